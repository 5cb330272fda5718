"""What a score is once computed: a ScoreSheet, the one value that reports, tables and screens read.

Every number is an exact Fraction; rounding happens where a number is shown. Each line says why in a code and values,
which `reasons` puts in words, so that one stored sheet prints in every language.
"""

from dataclasses import dataclass
from fractions import Fraction

RULES_VERSION = "1"
"""The version of the scoring rules; it is part of the seal and changes whenever a score could."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line, effect or violation is as it is: a code, and named values as text."""

    code: str
    values: tuple[tuple[str, str], ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """The value of that name."""
        return dict(self.values).get(name, default)


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One question in one instance.

    `status` is scored, bonus, unanswered, invalid, na, not_relevant or unscored. `earned` and `possible` are what
    counts, before the weight: 0 and 0 where it counts nowhere.
    """

    path: str
    instance: str
    status: str
    earned: Fraction
    possible: Fraction
    weight: Fraction
    reason: Reason
    dimensions: tuple[str, ...] = ()
    phase: str = ""
    touchpoint: str = ""


@dataclass(frozen=True, slots=True)
class Subtotal:
    """Weighted earned and possible of a section, dimension, touchpoint or phase; percent None where nothing scored.

    A section's `effects` name what a critical did to it; `failed` is a pass mark not reached. `id` is a section's path.
    """

    id: str
    earned: Fraction
    possible: Fraction
    percent: Fraction | None
    pass_mark: Fraction | None = None
    effects: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the percentage lies below the mark."""
        return self.pass_mark is not None and self.percent is not None and self.percent < self.pass_mark


@dataclass(frozen=True, slots=True)
class CriticalHit:
    """A critical answer: which question, in which instance first, with what effect (and cap, in percent)."""

    path: str
    instance: str
    effect: str
    cap: Fraction | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Metric:
    """NPS, CSAT or CES over the answers of one visit: its value, how many answers, and the CES variant."""

    id: str
    value: Fraction
    n: int
    variant: str = ""


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The score of a visit, with everything that explains it.

    `percent` and `coverage` are 0-100 or None; `verdict` is pass, fail, none or not_scored; `grade` is "" without one.
    `answered_only` marks a live score that covers only what was answered. `sections` come in the form's order,
    sub-sections after the section that holds them; `instances` are the repeated sections by instance, id "path[2.1]".
    """

    rules_version: str
    earned: Fraction
    possible: Fraction
    percent: Fraction | None
    coverage: Fraction | None
    verdict: str
    grade: str
    criticals: tuple[CriticalHit, ...]
    sections: tuple[Subtotal, ...]
    instances: tuple[Subtotal, ...]
    dimensions: tuple[Subtotal, ...]
    touchpoints: tuple[Subtotal, ...]
    phases: tuple[Subtotal, ...]
    metrics: tuple[Metric, ...]
    lines: tuple[ScoreLine, ...]
    pass_mark: Fraction | None = None
    answered_only: bool = False

    def line(self, path: str, instance: str = "") -> ScoreLine | None:
        """The line of that question and instance."""
        return next((line for line in self.lines if line.path == path and line.instance == instance), None)
