"""What a comparison's documents say, gathered: the whole comparison, and one store of it. Plain values, nothing is computed.

`operations` gathers them from open tables; `report` and `exchange` make PDF and workbook of them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mshopper.model.comparison import Filters, Group, Offer, StoreComparison, Trend, Trends, VisitLine
from mshopper.model.comparison_words import measure_title, sentence
from mshopper.model.corrective import Action
from mshopper.model.finding_words import finding_sentence
from mshopper.model.findings import HeatMap, Journey, LostPoints, Satisfaction, WaitingTimes
from mshopper.model.scoresheet import Reason
from mshopper.model.text import Text

_SURE = frozenset(
    ("total", "above", "below", "is_first", "risen", "fallen", "all_risen", "all_fallen", "rising", "falling")
)
"""Codes of sentences that say what the visits show beyond chance, or with its interval."""
_TO_FIX = frozenset(("lost_most", "lost_half", "journey_most", "heat_lowest", "times_worst"))


@dataclass(frozen=True, slots=True)
class Sources:
    """What numbers were made of: the folder ("" for this computer's own visits), the generation of its tables (16 hex
    digits), first and last day of the visits compared (ISO, "" where there are none), and what filters can be."""

    folder: str
    generation: str
    first_day: str
    last_day: str
    filters: Filters
    offer: Offer
    form_titles: Mapping[str, Text] = field(default_factory=dict)

    def form_title(self, form_id: str, language: str) -> str:
        """A form as people call it; its id where it isn't known here."""
        title = self.form_titles.get(form_id)
        return (title.get(language) if title else "") or form_id

    @property
    def written(self) -> dt.datetime | None:
        """The last day of the visits: a document of the same visits is dated alike."""
        return dt.datetime.fromisoformat(self.last_day) if self.last_day else None


@dataclass(frozen=True)
class ComparisonReport:
    """A comparison and what goes with it, of the same visits. `visits` are the newest behind it, `of` is how many there are."""

    comparison: StoreComparison
    trends: Trends
    lost: LostPoints
    heat: HeatMap
    journey: Journey
    waiting: WaitingTimes
    satisfaction: Satisfaction
    visits: tuple[VisitLine, ...]
    of: int
    sources: Sources

    @property
    def measure(self) -> str:
        """What is compared, in words."""
        measure = self.comparison.measure
        return measure_title(measure, self.sources.offer.measures.get(str(measure), ""))

    @property
    def sure(self) -> list[str]:
        """What the visits show, in sentences."""
        return [sentence(reason) for reason in _unique(self._said()) if reason.code in _SURE]

    @property
    def unsure(self) -> list[str]:
        """What they don't tell, and what isn't in the numbers."""
        return [sentence(reason) for reason in _unique(self._said()) if reason.code not in _SURE]

    @property
    def to_fix(self) -> list[str]:
        """Where most is lost."""
        parts = (self.lost, self.journey, self.heat, self.waiting)
        reasons = [reason for part in parts for reason in part.sentences]
        return [finding_sentence(reason) for reason in reasons if reason.code in _TO_FIX]

    def _said(self) -> list[Reason]:
        return [*self.comparison.sentences, *self.trends.sentences]


def _unique(reasons: Iterable[Reason]) -> list[Reason]:
    return list(dict.fromkeys(reasons))


@dataclass(frozen=True, slots=True)
class CriticalVisit:
    """A critical answer of a visit: its day (ISO), and the question's label."""

    day: str
    label: str
    auditor: str


@dataclass(frozen=True)
class StorePage:
    """One store among others: its line of the comparison, what it loses, criticals, actions, its trend and times.

    `group` is None where no visit of it is in the comparison; `actions` are those not done, the late ones first, on `today`.
    """

    store_id: str
    title: str
    where: str
    group: Group | None
    comparison: StoreComparison
    trend: Trend | None
    trends: Trends
    lost: LostPoints
    waiting: WaitingTimes
    criticals: tuple[CriticalVisit, ...]
    actions: tuple[Action, ...]
    today: dt.date
    sources: Sources
