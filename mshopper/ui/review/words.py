"""Lines of the review screen in words: a visit in the queue, an action, a decision."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from mshopper.i18n import _, ngettext
from mshopper.model.corrective import Action, action_state_text
from mshopper.model.outcome import flag_text, state_text, verdict_text
from mshopper.model.review import Decision, decision_text
from mshopper.ui.words import day, day_and_time, percent, plain_number

if TYPE_CHECKING:
    from mshopper.operations import Waiting

ACTION_LOOKS = {
    "late": ("triangle-alert", "bad"),
    "reopened": ("refresh-cw", "warn"),
    "open": ("circle-dot", "accent"),
    "done": ("circle-check", "good"),
}


def waiting_look(one: "Waiting") -> tuple[str, str]:
    """The icon of a visit in the queue, and its colour role."""
    if one.flags:
        return "flag", "warn"
    return {"pass": ("circle-check", "good"), "fail": ("triangle-alert", "bad")}.get(one.verdict, ("circle", "muted"))


def waiting_lines(one: "Waiting") -> str:
    """A visit in the queue: score and store, then form, day and auditor, then what is unusual."""
    about = " · ".join(part for part in (one.form, day(one.submitted_at), one.auditor) if part)
    lines = [f"{percent(one.percent)}   {one.store_name or one.store_id}", about]
    if one.flags:
        lines.append(" · ".join(flag_text(flag) for flag in one.flags))
    return "\n".join(lines)


def outcome_words(one: "Waiting") -> str:
    """What came of a visit: "Not passed · 1 critical · Submitted"."""
    parts = [verdict_text(one.verdict) if one.verdict else ""]
    if one.criticals:
        parts.append(ngettext("{n} critical", "{n} critical", one.criticals).format(n=one.criticals))
    parts.append(state_text(one.status))
    return " · ".join(part for part in parts if part)


def decision_words(decision: Decision) -> str:
    """A decision in a line or two."""
    who = decision.reviewer or decision.reviewer_id
    revision = _("revision {revision}").format(revision=decision.revision)
    parts = (decision_text(decision), revision, day_and_time(decision.created), who)
    said = " · ".join(part for part in parts if part)
    if decision.disputed_by:
        said += "\n" + _("Disputed by {who}.").format(who=decision.disputed_by)
    if decision.percent_after:
        scores = _("Score disputed: {before}%. Score that stands: {after}%.")
        said += "\n" + scores.format(before=_score(decision.percent), after=_score(decision.percent_after))
    return f"{said}\n{decision.reason}" if decision.reason else said


def _score(text: str) -> str:
    """A score as the tables write it, in the language shown; "–" without one."""
    return plain_number(Decimal(text)) if text else "–"


def action_lines(one: Action, today: dt.date) -> str:
    """An action: what is wrong and where, then its state, who mends it and until when."""
    state = action_state_text(one.state(today))
    due = _("due {day}").format(day=day(one.last.due, today=today)) if one.last.due else _("no date")
    head = f"{one.first.store_name or one.first.store_id}   {one.first.label or one.first.question_id}"
    return f"{head}\n{state} · {one.last.owner} · {due}"
