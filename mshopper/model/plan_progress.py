"""What has become of each line of a plan: to come, due, late, in progress, returned, done, not done; and how many are.

Pure: `store` (and the merged tables) say which visits there are, screens and commands show what this makes of them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mshopper.model.plan_item import PlanItem

PLAN_STATES = ("late", "due", "planned", "in_progress", "returned", "done", "not_done")
"""What may have become of a line, what asks for something first."""

OPEN_STATES = ("late", "due", "planned", "in_progress", "returned")

_DONE = ("submitted", "approved")
_BETTER = ("done", "returned", "in_progress", "not_done")


@dataclass(frozen=True, slots=True)
class PlanVisit:
    """A visit as a plan looks at it, by its latest revision.

    `before` is the state of the revision before, "" for a first one: a correction that is being written leaves the visit
    what it was. `day` is the ISO date on which it was begun; `reason` says why it was not done ("closed: …").
    """

    visit_id: str
    revision: int
    state: str
    before: str
    plan_id: str
    store_id: str
    form_id: str
    auditor_id: str
    day: str
    reason: str = ""

    @property
    def standing(self) -> str:
        """What it is worth to a plan: done, not_done, returned or in_progress.

        A returned visit isn't done until its next revision is submitted; a correction is the same visit.
        """
        state = self.before if self.state == "in_progress" and self.before else self.state
        if state in _DONE:
            return "done"
        return state if state in ("not_done", "returned") else "in_progress"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the plan, what has become of it on a day, and the visit that says so (None without one)."""

    item: PlanItem
    state: str
    visit: PlanVisit | None = None

    @property
    def day(self) -> str:
        """The day at which it stands in a calendar: its last one, or its first; "" without dates."""
        return self.item.to_date or self.item.from_date

    @property
    def reason(self) -> str:
        """Why it was not done: the code, and the words after a colon; "" for any other."""
        return self.visit.reason if self.visit is not None and self.state == "not_done" else ""


def plan_line(item: PlanItem, visits: Sequence[PlanVisit], today: dt.date) -> PlanLine:
    """What has become of a line by `today`. Of several visits for it, the one that came furthest counts, and alone."""
    if visits:
        best = min(visits, key=lambda visit: (_BETTER.index(visit.standing), visit.day, visit.visit_id))
        return PlanLine(item, best.standing, best)
    now = today.isoformat()
    if item.to_date and item.to_date < now:
        return PlanLine(item, "late")
    return PlanLine(item, "planned" if item.from_date > now else "due")


def plan_lines(items: Iterable[PlanItem], visits: Iterable[PlanVisit], today: dt.date) -> list[PlanLine]:
    """Every line with what has become of it, those with the earliest last day first, those without a date at the end."""
    made: dict[str, list[PlanVisit]] = {}
    for visit in visits:
        if visit.plan_id:
            made.setdefault(visit.plan_id, []).append(visit)
    lines = [plan_line(item, made.get(item.plan_id, ()), today) for item in items]
    return sorted(lines, key=lambda line: (not line.day, line.day, line.item.from_date, line.item.plan_id))


def latest(visits: Iterable[PlanVisit]) -> list[PlanVisit]:
    """Each visit once, by its highest revision: what this laptop knows and what others sent overlap."""
    best: dict[str, PlanVisit] = {}
    for visit in visits:
        known = best.setdefault(visit.visit_id, visit)
        if visit.revision > known.revision:
            best[visit.visit_id] = visit
    return list(best.values())


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines there are of each state."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many lines in all."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """How many are done."""
        return self.counts.get("done", 0)


def tally(lines: Iterable[PlanLine]) -> Tally:
    """Count lines by their state, each once."""
    counts = dict.fromkeys(PLAN_STATES, 0)
    for line in lines:
        counts[line.state] += 1
    return Tally(counts)
