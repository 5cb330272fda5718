"""A line of the visits list in words: verdict, state, dates. The delegate paints them, a screen reader reads them."""

import datetime as dt
from dataclasses import dataclass

from mshopper.i18n import _, ngettext
from mshopper.model.outcome import state_text, verdict_text
from mshopper.store import VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.words import day, moment, percent

OPEN_STATES = ("in_progress", "returned")
DONE_STATES = ("submitted", "approved", "not_done")


@dataclass(frozen=True, slots=True)
class Header:
    """A heading between the lines: what follows, and how many."""

    title: str
    count: int


Line = Header | PlanRow | VisitRow


def verdict_words(verdict: str) -> tuple[str, str]:
    """A verdict in words, and the colour role it has; "" where a form gives none."""
    role = {"pass": "good", "fail": "bad"}.get(verdict, "muted")
    return (verdict_text(verdict) if verdict else "", role)


def verdict_icon(row: VisitRow) -> tuple[str, str]:
    """The icon that goes with a visit's outcome, and its colour role."""
    if row.state == "not_done":
        return "ban", "muted"
    if row.state in OPEN_STATES:
        return ("undo-2", "warn") if row.state == "returned" else ("circle-dot", "accent")
    return {"pass": ("circle-check", "good"), "fail": ("triangle-alert", "bad")}.get(row.verdict, ("circle", "muted"))


def outcome(row: VisitRow) -> str:
    """What came of a visit: "failed · 1 critical", "not done", or how far it is."""
    if row.state in OPEN_STATES:
        if not row.total:
            return _("just started")
        return _("{answered} of {total} answered").format(answered=row.answered, total=row.total)
    if row.state == "not_done":
        return state_text(row.state)
    parts = [verdict_words(row.verdict)[0] or state_text(row.state)]
    if row.criticals:
        parts.append(ngettext("{n} critical", "{n} critical", row.criticals).format(n=row.criticals))
    return " · ".join(parts)


def status(row: VisitRow) -> str:
    """Where a visit stands: its state, and whether it is at the head office."""
    if row.state in OPEN_STATES:
        return _("returned: to be corrected") if row.state == "returned" else ""
    return _("synced") if row.synced else _("not synced yet")


def visit_day(row: VisitRow) -> str:
    """The day of a visit."""
    return day(row.submitted_at or row.started_at or row.changed_at)


def due(row: PlanRow, today: dt.date) -> str:
    """When a planned visit is due, or how late it is."""
    until, since = moment(row.item.to_date), row.item.from_date
    if until is None:
        return _("from {day}").format(day=day(since, today=today)) if since else _("no date")
    late = (today - until.date()).days
    if late > 0:
        return ngettext("{n} day late", "{n} days late", late).format(n=late)
    return _("due {day}").format(day=day(row.item.to_date, today=today)) if late else _("due today")


def is_late(row: PlanRow, today: dt.date) -> bool:
    """Whether a planned visit should have been made before today."""
    until = moment(row.item.to_date)
    return until is not None and until.date() < today


def spoken(line: Line, language: str, today: dt.date) -> str:
    """A line as a screen reader says it."""
    if isinstance(line, Header):
        return f"{line.title}: {line.count}"
    store = line.store_name
    title = line.form_title.get(language)
    if isinstance(line, PlanRow):
        return ", ".join(part for part in (store or line.item.store_id, title, _("planned"), due(line, today)) if part)
    parts = [store or line.store_id, title, visit_day(line), line.auditor, outcome(line), status(line)]
    if line.percent is not None:
        parts.append(percent(line.percent))
    return ", ".join(part for part in parts if part)
