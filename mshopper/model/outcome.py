"""What came of a visit, in the language that `i18n` speaks: its state and its verdict, as lists and reports say them."""

from mshopper.i18n import _


def verdict_text(verdict: str) -> str:
    """Passed, not passed, not scored; "" without a verdict."""
    return {"pass": _("Passed"), "fail": _("Not passed"), "not_scored": _("Not scored"), "none": ""}[verdict]


def state_text(state: str) -> str:
    """A visit's state."""
    return {
        "planned": _("Planned"),
        "in_progress": _("In progress"),
        "submitted": _("Submitted"),
        "approved": _("Approved"),
        "returned": _("Returned"),
        "not_done": _("Not done"),
    }[state]


def flag_text(flag: str) -> str:
    """What is unusual about a visit; the flag itself where this version has no words for it."""
    # Only here: the list that the app opens with needs the state alone.
    from mshopper.model.record import FLAG_ERASED, FLAG_INCOMPLETE, FLAG_PSEUDONYMS

    return {
        FLAG_INCOMPLETE: _("Submitted although something was missing"),
        FLAG_PSEUDONYMS: _("Staff stand under pseudonyms"),
        FLAG_ERASED: _("Content erased for good"),
    }.get(flag, flag)
