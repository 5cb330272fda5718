"""A line of the visits list in words: verdict, state, dates. The delegate paints them, a screen reader reads them."""

import datetime as dt
from dataclasses import dataclass

from mshopper.i18n import _, ngettext
from mshopper.model.outcome import state_text, verdict_text
from mshopper.store import VisitFilter, VisitRow
from mshopper.store.plan import PlanRow
from mshopper.store.values import folded
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
    if row.state == "returned":
        return _("returned: to be corrected")
    if row.state == "in_progress":
        return _("correction, revision {n}").format(n=row.revision) if row.revision > 1 else ""
    synced = _("synced") if row.synced else _("not synced yet")
    parts = [state_text(row.state) if row.state == "approved" else "", synced]
    if row.revision > 1:
        parts.append(_("revision {n}").format(n=row.revision))
    return " · ".join(part for part in parts if part)


def visit_day(row: VisitRow) -> str:
    """The day on which a visit was begun."""
    return day(row.started_at or row.planned_for or row.changed_at)


def due(row: PlanRow, today: dt.date) -> str:
    """When a planned visit is due, or how late it is."""
    until, since = moment(row.item.to_date), row.item.from_date
    if until is None:
        return _("from {day}").format(day=day(since, today=today)) if since else _("no date")
    late = (today - until.date()).days
    if late > 0:
        return ngettext("{n} day late", "{n} days late", late).format(n=late)
    return _("due {day}").format(day=day(row.item.to_date, today=today)) if late else _("due today")


def is_due(row: PlanRow, today: dt.date) -> bool:
    """Whether a planned visit is for today, or should have been made before."""
    until = moment(row.item.to_date)
    return until is not None and until.date() <= today


def fits_plan(row: PlanRow, wanted: VisitFilter) -> bool:
    """Whether a planned visit is among what is wanted; it has no score yet and lies in no range of scores."""
    item = row.item
    if wanted.verdict or wanted.from_percent is not None or wanted.below_percent is not None:
        return False
    when = item.to_date or item.from_date
    if (wanted.from_day and when < wanted.from_day) or (wanted.to_day and when[:10] > wanted.to_day):
        return False
    for value, own in (
        (wanted.store_id, item.store_id),
        (wanted.form_id, item.form_id),
        (wanted.auditor_id, item.auditor_id),
    ):
        if value and value != own:
            return False
    titles = " ".join(words for _language, words in row.form_title.values)
    said = folded(f"{row.store_name} {item.store_id} {item.auditor_id} {item.form_id} {titles}")
    return all(f" {word}" in f" {said}" for word in folded(wanted.text).split())


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
