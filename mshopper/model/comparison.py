"""A comparison as plain values: what is compared, which visits count, and what the data allow to say of each group.

`compare` makes these from the merged tables; `operations` hands them to the windows, the commands and the exports, none
of which computes a number. What is to be said in words is a `Reason` (a code and values), which `comparison_words` turns into a
sentence in the language spoken.

Percentages are floats on the scale of the tables (0-100 where the form caps them), changes are percentage points, shares
are 0-100, probabilities 0-1. None is never zero: it says that the data don't allow the number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mshopper.model.comparison_keys import IN_TIME as IN_TIME
from mshopper.model.comparison_keys import KEYS as KEYS
from mshopper.model.comparison_keys import MEASURES
from mshopper.model.comparison_keys import PERIODS as PERIODS
from mshopper.model.scoresheet import Reason

COUNTED_STATUSES = ("submitted", "approved")
"""A returned visit is with its auditor again and counts once its next revision is submitted; one not done has no score."""

LEVEL = 0.95
"""The confidence of every interval; one minus it is the share of false discoveries."""

WANTED_HALF_WIDTH = 5.0
"""An interval of more points to either side than this is too wide to say anything: the store "needs a visit"."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which visits are looked at; what is left empty doesn't narrow it.

    `form_versions` are "form_id version" pairs joined by a space; `first_day` and `last_day` are ISO dates of the visit's own
    calendar, both included; `statuses` narrows the counted ones ("approved" alone, say) and can't widen them.
    """

    stores: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    auditors: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    form_versions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    months: tuple[str, ...] = ()
    first_day: str = ""
    last_day: str = ""
    verdicts: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What is compared: the visit's percentage, or that of one dimension, section, touchpoint or phase by its id."""

    kind: str = "percent"
    id: str = ""

    @classmethod
    def parse(cls, text: str) -> "Measure":
        """`percent`, `dimension:courtesy`, `section:welcome`. Raises ValueError for anything else."""
        kind, _colon, part = text.partition(":")
        if kind not in MEASURES or bool(part) != (kind != "percent"):
            raise ValueError(text)
        return cls(kind, part)

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval at `LEVEL`."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of its length."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Proportion:
    """`hits` of `n`, the share 0-100 and its Wilson interval."""

    hits: int
    n: int
    share: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Difference:
    """How a group differs from the mean of all other visits, in points: the test's p, and p after Benjamini-Hochberg.

    `differs` is +1 or -1 where it does at the false discovery rate of one minus `LEVEL`, 0 where the data don't say so.
    """

    points: float
    interval: Interval
    p: float
    adjusted: float
    differs: int


@dataclass(frozen=True, slots=True)
class Change:
    """The mean of the later period less that of the earlier one, in points, with Welch's interval (None: too few visits).

    `p` is the test's, `adjusted` that after Benjamini-Hochberg over the groups of the table.
    """

    earlier: str
    later: str
    n_earlier: int
    n_later: int
    points: float
    interval: Interval | None
    p: float | None
    adjusted: float | None = None

    @property
    def direction(self) -> int:
        """+1 risen, -1 fallen, 0 where the data don't say so at the false discovery rate of one minus `LEVEL`."""
        if self.adjusted is None or self.adjusted > 1 - LEVEL:
            return 0
        return 1 if self.points > 0 else -1


@dataclass(frozen=True, slots=True)
class SampleSizeAdvice:
    """How many more visits until the interval's half-width is likely at most `half_width` points; 0: it is already."""

    more: int
    half_width: float


@dataclass(frozen=True)
class Group:
    """One line of the comparison.

    `n` visits with a score in `stores` stores; `unscored` visits beside them have none. `mean` is of their percentages, with
    `interval` where it can be estimated; `note` says why it can't ("one_visit", "all_equal", "stores_equal", "no_score",
    "not_comparable"). `pooled` is points earned of points possible over all of them. `shrunken` is the empirical-Bayes
    estimate, `weight` the share of the group's own mean in it. `ranks` are the best and the worst place (1 is the highest)
    that the data allow.
    `criticals` counts visits with a critical answer. The visits behind it are those of `Comparing.visits`.
    """

    id: str
    title: str
    n: int
    stores: int
    mean: float | None
    interval: Interval | None = None
    note: str = ""
    deviation: float | None = None
    pooled: float | None = None
    shrunken: float | None = None
    weight: float | None = None
    ranks: tuple[int, int] | None = None
    difference: Difference | None = None
    change: Change | None = None
    passed: Proportion | None = None
    criticals: Proportion | None = None
    unscored: int = 0
    advice: SampleSizeAdvice | None = None

    @property
    def needs_visit(self) -> bool:
        """Whether too few visits stand behind it to say anything."""
        return self.advice is not None and self.advice.more > 0


@dataclass(frozen=True, slots=True)
class FormSet:
    """Versions of one form whose scores mean the same: same scored questions, same points. `visits` under the filters."""

    form_id: str
    versions: tuple[str, ...]
    hashes: tuple[str, ...]
    visits: int

    @property
    def form_versions(self) -> tuple[str, ...]:
        """As `Filters.form_versions` takes them."""
        return tuple(f"{self.form_id} {version}" for version in self.versions)


@dataclass(frozen=True, slots=True)
class Spread:
    """What the groups have in common: σ² within (pooled), τ² between, the mean that estimates are drawn to.

    `within_df` are σ²'s degrees of freedom; None where all groups have one visit, so that nothing of this can be estimated.
    """

    within: float | None
    within_df: int
    between: float | None
    center: float | None
    clustered: bool


@dataclass(frozen=True)
class StoreComparison:
    """A comparison, its groups by mean, the highest first.

    `compared` are the form versions whose visits are in the groups, `apart` those whose scores don't mean the same and that
    can be chosen instead. `too_few` is how many groups had fewer than `minimum_n` visits; `nameless` how many visits
    have no value to be grouped by. `total` is all visits compared as one group. `sentences` say what the table shows,
    the most important first.
    """

    by: str
    measure: Measure
    filters: Filters
    minimum_n: int
    groups: tuple[Group, ...]
    total: Group
    compared: FormSet | None
    apart: tuple[FormSet, ...]
    spread: Spread
    too_few: int = 0
    nameless: int = 0
    periods: tuple[str, str] = ("", "")
    sentences: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period of a trend. `planned` visits were due in it by the plan, of which `missed` weren't made (nor tried)."""

    period: str
    n: int
    mean: float | None
    interval: Interval | None = None
    note: str = ""
    planned: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Slope:
    """Points per period by least squares over a store's visits, with its t interval, p, and p after Benjamini-Hochberg."""

    points: float
    interval: Interval
    p: float
    adjusted: float

    @property
    def direction(self) -> int:
        """+1 rising, -1 falling, 0 where the data don't say so at the false discovery rate of one minus `LEVEL`."""
        if self.adjusted > 1 - LEVEL:
            return 0
        return 1 if self.points > 0 else -1


@dataclass(frozen=True)
class Trend:
    """A group over time: its periods with a visit, made or planned, in order; the others are gaps.

    `slope` is of groups that are one store, seen in three periods at least.
    """

    id: str
    title: str
    points: tuple[TrendPoint, ...]
    slope: Slope | None = None


@dataclass(frozen=True)
class Trends:
    """Trends of the groups of one comparison, and of all its visits; `periods` are all there are from first to last."""

    by: str
    period: str
    periods: tuple[str, ...]
    total: Trend
    groups: tuple[Trend, ...]
    compared: FormSet | None = None
    apart: tuple[FormSet, ...] = ()
    sentences: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class AuditorEffect:
    """What an auditor's visits have in common, the stores they saw taken into account.

    `severity` is points above (+, kinder) or below (−, stricter) the average auditor in the same stores, with its interval;
    None where the auditor shares no store with others (`note` "not_linked"). The interval is None where nothing is left to
    tell chance by ("no_repeats"), or the auditors linked are too many ("many"). `raw` is the plain mean of the visits.
    `na` is the share of asked questions answered N/A; `minutes` is the median duration.
    """

    id: str
    title: str
    n: int
    stores: int
    raw: float | None
    severity: float | None = None
    interval: Interval | None = None
    p: float | None = None
    adjusted: float | None = None
    differs: int = 0
    note: str = ""
    na: Proportion | None = None
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two auditors' visits to the same stores: how far apart, and how often the same choice beyond chance.

    `pairs` are visits to one store by different auditors within `days` days, each visit in one pair. `difference` is the mean
    absolute difference of their percentages, with its interval. `kappa` is Cohen's over the `answers` choice answers that both
    gave, None where chance alone would agree always; `agreed` is the plain share.
    """

    pairs: int
    days: int
    difference: float | None = None
    interval: Interval | None = None
    answers: int = 0
    agreed: float | None = None
    kappa: float | None = None
    kappa_interval: Interval | None = None


@dataclass(frozen=True)
class AuditorEffects:
    """All auditors of a comparison: a question to ask, never a verdict on a person."""

    auditors: tuple[AuditorEffect, ...]
    agreement: Agreement
    compared: FormSet | None = None
    apart: tuple[FormSet, ...] = ()
    sentences: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit behind a number. Times are ISO 8601 with offset as written; `value` is the measure compared."""

    visit_id: str
    revision: int
    store_id: str
    store_name: str
    auditor: str
    form_id: str
    form_version: str
    started_at: str
    value: float | None
    verdict: str
    criticals: str
    status: str


@dataclass(frozen=True)
class Offer:
    """What the filters can be set to: id -> title of each value there is, by key of `KEYS` and of Filters."""

    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    first_day: str = ""
    last_day: str = ""
    visits: int = 0
