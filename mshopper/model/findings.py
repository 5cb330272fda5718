"""Where points are lost, as plain values: questions, heat maps, the customer journey, waiting times, NPS, CSAT and CES.

`compare` makes these from the tables, `operations` hands them on, `finding_words` says them. As in `model.comparison`,
percentages and shares are floats 0-100 (NPS −100 to 100, a mean CES 1-7), times are seconds, and None says that the data
don't allow a number.
"""

from dataclasses import dataclass

from mshopper.model.comparison import Interval, Proportion
from mshopper.model.scoresheet import Reason

WEIGHED_BY_FORM = "form"
"""Points are weighed as in the score, by question and section: the forms of all these visits are known here."""
WEIGHED_ALIKE = "alike"
"""The forms aren't known, but the points of the answers add up to those of the scores: every weight is 1."""
NOT_WEIGHED = "none"
"""Some forms aren't known and weigh their questions: points are those of the answers, before any weight."""


@dataclass(frozen=True, slots=True)
class LostQuestion:
    """One question: of `possible` points over `n` answers that count, `lost` were not earned, `share` of all that were lost.

    `answers` is how many of them lost something. `section`, `phase` and `touchpoint` are "" where the form isn't known.
    """

    form_id: str
    question_id: str
    label: str
    n: int
    lost: float
    possible: float
    share: float
    answers: Proportion
    section: str = ""
    phase: str = ""
    touchpoint: str = ""

    @property
    def percent(self) -> float | None:
        """The share of the possible points that was earned or kept."""
        return 100 * (1 - self.lost / self.possible) if self.possible else None


@dataclass(frozen=True)
class LostPoints:
    """The questions that lost points, the most first; `weights` is one of the three words above.

    Bonus points that weren't earned are not lost, nor is what a critical answer took from a score.
    """

    questions: tuple[LostQuestion, ...]
    lost: float
    possible: float
    visits: int
    weights: str = NOT_WEIGHED
    sentences: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitPoints:
    """What one visit lost at a question, over all instances, before weights."""

    visit_id: str
    store_name: str
    started_at: str
    earned: float
    possible: float


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A group and a part of the visit: the mean of `n` visits' percentages, its interval (of one store only), points lost."""

    row: str
    column: str
    n: int
    percent: float
    interval: Interval | None
    lost: float
    possible: float


@dataclass(frozen=True)
class HeatMap:
    """Groups (by a key of `comparison.KEYS`) against the parts of one kind: dimension, section, touchpoint or phase.

    `rows` and `columns` are (id, title); rows by title, columns in the order of a customer's way, else as in the form. What
    isn't in `cells` was never scored there.
    """

    by: str
    kind: str
    rows: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    cells: tuple[HeatCell, ...]
    sentences: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class JourneyCell:
    """A touchpoint in a phase: `percent` of the possible points was earned over `n` answers that count; `lost` were not.

    Where the forms aren't known phase and touchpoint are margins: one of both is "".
    """

    phase: str
    touchpoint: str
    n: int
    percent: float | None
    lost: float
    possible: float
    share: float


@dataclass(frozen=True)
class Journey:
    """The customer-journey map: phases in order (before, during, after), touchpoints as a customer comes to them.

    `is_crossed` says that each cell is a touchpoint in a phase; else the forms aren't known and `cells` are the margins.
    `elsewhere` are points lost outside any phase and touchpoint.
    """

    phases: tuple[str, ...]
    touchpoints: tuple[str, ...]
    cells: tuple[JourneyCell, ...]
    is_crossed: bool
    elsewhere: float = 0.0
    weights: str = NOT_WEIGHED
    sentences: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Times of a question, a touchpoint, or either at an hour of day: `kind` is question or touchpoint, `hour` None for all.

    `target` is the question's own, None where the form isn't known (then within means full points) or touchpoints mix several.
    `within` covers the times that can be judged; None where none can.
    """

    kind: str
    id: str
    title: str
    hour: int | None
    n: int
    median: float
    p90: float
    target: float | None = None
    within: Proportion | None = None
    form_id: str = ""


@dataclass(frozen=True)
class WaitingTimes:
    """All durations that were measured, by question, by touchpoint, and each by hour of day."""

    questions: tuple[Waiting, ...]
    touchpoints: tuple[Waiting, ...]
    by_hour: tuple[Waiting, ...]
    sentences: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricResult:
    """NPS, CSAT or CES over `n` answers of one variant, never several mixed; `group` is "" for all of them.

    `note` says why there is no interval: "one_answer" or "all_equal". `counts` are the answers by value.
    """

    metric: str
    variant: str
    group: str
    title: str
    n: int
    value: float
    interval: Interval | None
    note: str
    counts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Association:
    """How a dimension goes with a metric over visits: Spearman's rank correlation. It never says what causes what.

    `p` is of no association, `adjusted` after Benjamini-Hochberg over all of one table. `goes_with` is +1 or −1 where it
    does at the false discovery rate, 0 where the data don't say so; `note` "few" where under `MINIMUM_PAIRS` visits have both,
    "all_equal" where one of them never varies.
    """

    metric: str
    variant: str
    dimension: str
    title: str
    n: int
    r: float | None = None
    interval: Interval | None = None
    p: float | None = None
    adjusted: float | None = None
    goes_with: int = 0
    note: str = ""


@dataclass(frozen=True)
class Satisfaction:
    """Metrics of all answers and by group, and what goes with them."""

    by: str
    metrics: tuple[MetricResult, ...]
    groups: tuple[MetricResult, ...]
    associations: tuple[Association, ...]
    sentences: tuple[Reason, ...] = ()
