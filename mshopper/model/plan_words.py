"""A plan in words, in the language that `i18n` speaks: its states, why a line is proposed, what can't be met."""

from mshopper.i18n import N_, _, format_date, ngettext
from mshopper.model.proposal import ProposedLine, Reason, read_day

_SENTENCES = {
    "around": N_("To be visited around {day}, at most {days} days before or after."),
    "quota": N_("For the quota of {region}: at least {n} a month, and this store's other visits are farthest."),
    "earlier": N_("Earlier than needed ({day}): {region} is full in that month."),
    "later": N_("Later than needed ({day}): {region} is full in that month and before."),
    "only": N_("{auditor} is the only one for {region}."),
    "other": N_("{auditor}, so that nobody goes twice running."),
    "repeated_only": N_("{auditor} twice running: nobody else goes to {region}."),
    "repeated": N_("{auditor} twice running: nobody else has room in that month."),
    "no_room": N_("Nobody: all auditors of {region} have their number of visits in {month}."),
    "no_auditor": N_("Nobody: no auditor goes to {region}."),
    "nobody_named": N_("Nobody yet: the rules name no auditors."),
    "no_stores": N_("The form {form} is due nowhere: no store is in {regions}."),
    "unknown_form": N_("The form {form} isn't here: import it, or sync, before its visits are made."),
    "around_full": N_("{store}, form {form}: no visit around {day}, {region} is full in those months."),
    "rhythm_later": N_("{store}, form {form}: due by {day}, planned later because {region} is full."),
    "rhythm_full": N_("{store}, form {form}: due by {day}, not planned because {region} is full."),
    "kept_late": N_("{store}, form {form}: due by {day}, but the plan has it later already."),
}


def plan_state_text(state: str) -> str:
    """The state of a plan's line."""
    return {
        "late": _("Late"),
        "due": _("Due"),
        "planned": _("To come"),
        "in_progress": _("In progress"),
        "returned": _("Returned"),
        "done": _("Made"),
        "not_done": _("Not done"),
    }[state]


def plan_count_text(state: str, n: int) -> str:
    """So many lines in a state: "3 late"."""
    return {
        "late": ngettext("{n} late", "{n} late", n),
        "due": ngettext("{n} due", "{n} due", n),
        "planned": ngettext("{n} to come", "{n} to come", n),
        "in_progress": ngettext("{n} in progress", "{n} in progress", n),
        "returned": ngettext("{n} returned", "{n} returned", n),
        "done": ngettext("{n} made", "{n} made", n),
        "not_done": ngettext("{n} not done", "{n} not done", n),
    }[state].format(n=n)


def proposal_sentences(line: ProposedLine) -> tuple[str, ...]:
    """Why this store at this time, why this auditor, and what had to give way: a sentence each."""
    return tuple(reason_text(reason) for reason in (line.why, line.who, *line.notes))


def reason_text(reason: Reason) -> str:
    """A reason, or what can't be met, as a sentence."""
    code, n = reason.code, int(reason.get("n") or 0)
    if code == "quota_short":
        missing = int(reason.get("missing"))
        sentence = ngettext(
            "{region}, {month}: {n} visit is missing from the quota of {least}; no store has room for it.",
            "{region}, {month}: {n} visits are missing from the quota of {least}; no store has room for them.",
            missing,
        )
        return sentence.format(region=reason.get("region"), month=_month(reason), n=missing, least=n)
    if code == "fewest":
        sentence = ngettext(
            "{auditor} has most room: {n} visit in {month} so far.",
            "{auditor} has most room: {n} visits in {month} so far.",
            n,
        )
        return sentence.format(auditor=reason.get("auditor"), n=n, month=_month(reason))
    if code in ("never", "due", "overdue", "again"):
        return _rhythm_text(reason)
    return _(_SENTENCES[code]).format(**_values(reason))


def _rhythm_text(reason: Reason) -> str:
    months = int(reason.get("months"))
    sentence = {
        "never": ngettext(
            "Never visited with this form, which is due every month.",
            "Never visited with this form, which is due every {n} months.",
            months,
        ),
        "again": ngettext(
            "A month after the visit before.",
            "No more than {n} months after the visit before.",
            months,
        ),
        "due": ngettext(
            "Last visited on {day}; due every month.", "Last visited on {day}; due every {n} months.", months
        ),
        "overdue": ngettext(
            "Overdue: last visited on {day}, due every month.",
            "Overdue: last visited on {day}, due every {n} months.",
            months,
        ),
    }[reason.code]
    return sentence.format(n=months, day=_day(reason))


def _values(reason: Reason) -> dict[str, str | int]:
    values = dict(reason.values)
    # A region may be unnamed: stores without one are planned for like any other.
    values["region"] = values.get("region") or _("the stores without a region")
    values["regions"] = values.get("regions") or _("any region")
    if "day" in values:
        values["day"] = _day(reason)
    if "month" in values:
        values["month"] = _month(reason)
    return values


def _day(reason: Reason) -> str:
    day = read_day(str(reason.get("day")))
    return format_date(day) if day else ""


def _month(reason: Reason) -> str:
    """A month in figures, as both languages read it: 11/2026."""
    year, _dash, month = str(reason.get("month")).partition("-")
    return f"{month}/{year}"
