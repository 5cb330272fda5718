"""What a plan is proposed from, and what is proposed: plain values that planning makes and screens and commands show."""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

from mshopper.model.plan_item import PlanItem
from mshopper.model.plan_progress import PlanLine, PlanVisit
from mshopper.model.record import Store

Month = tuple[int, int]
"""A year and a month."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line is as it is, or what can't be met: a code and its values (plan_words.py says them)."""

    code: str
    values: tuple[tuple[str, str | int], ...] = ()

    @classmethod
    def of(cls, code: str, **values: str | int) -> "Reason":
        """A reason with its values by name."""
        return cls(code, tuple(values.items()))

    def get(self, name: str) -> str | int:
        """One of its values; "" where it has none of that name."""
        return dict(self.values).get(name, "")


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What a plan starts from: the stores, the visits made so far, and the lines there are (with their state)."""

    stores: tuple[Store, ...]
    visits: tuple[PlanVisit, ...] = ()
    lines: tuple[PlanLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """A line of the plan that is proposed, why this store at this time, why this auditor, and what had to give way."""

    item: PlanItem
    store: Store
    why: Reason
    who: Reason
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The lines proposed, by their last day, and what of the rules can't be met."""

    lines: tuple[ProposedLine, ...]
    unmet: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The days, both included, on which one visit is made; the one that ends first comes first."""

    last: dt.date
    first: dt.date


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months on; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def same(region: str) -> str:
    """A region's name as two spellings of it compare."""
    return " ".join(region.split()).casefold()


def month_of(day: dt.date) -> Month:
    """The month of a day."""
    return day.year, day.month


def read_day(text: str) -> dt.date | None:
    """The day of an ISO date or time; None without one."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
