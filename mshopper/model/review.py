"""Decisions of supervisors on submitted visits, and what they make of a visit's status.

A decision names the seal that it judges and the decision on the same visit before it; `chain` puts them into their order. A
dispute is a decision too: who disputes and why, later its outcome, with the score disputed and the score after it.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mshopper.i18n import _
from mshopper.model.chain import Chain, chain

APPROVE, RETURN, CORRECT, DISPUTE, SETTLE = KINDS = ("approve", "return", "correct", "dispute", "settle")

CONFIRMED, CHANGED = OUTCOMES = ("confirmed", "changed")
"""A dispute ends with the score confirmed, or with a changed one: that of a further revision."""

_STATUS = {APPROVE: "approved", RETURN: "returned", CORRECT: "returned"}
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?")
_ID = re.compile(r"[0-9A-Za-z_.:-]{1,64}", re.ASCII)
_TEXTS = (
    "visit",
    "seal",
    "previous",
    "kind",
    "reason",
    "reviewer_id",
    "reviewer",
    "disputed_by",
    "outcome",
    "percent",
    "percent_after",
    "created",
    "device",
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on one revision of a visit. `percent` is the score judged, decimal text; "" where there was none.

    Of a dispute, `disputed_by` says who disputes; where it is settled, `percent` is the score disputed and `percent_after`
    the one that stands. `created` is ISO 8601 with offset; it orders nothing.
    """

    hash: str
    visit_id: str
    revision: int
    seal: str
    kind: str
    previous: str = ""
    seen: tuple[str, ...] = ()
    reason: str = ""
    reviewer_id: str = ""
    reviewer: str = ""
    disputed_by: str = ""
    outcome: str = ""
    percent: str = ""
    percent_after: str = ""
    created: str = ""
    device_id: str = ""


def decision_content(decision: Decision) -> dict[str, Any]:
    """What a statement says of a decision; the device that signs adds itself and the time."""
    return {
        "visit": decision.visit_id,
        "revision": decision.revision,
        "seal": decision.seal,
        "previous": decision.previous,
        "seen": list(decision.seen),
        "kind": decision.kind,
        "reason": decision.reason,
        "reviewer_id": decision.reviewer_id,
        "reviewer": decision.reviewer,
        "disputed_by": decision.disputed_by,
        "outcome": decision.outcome,
        "percent": decision.percent,
        "percent_after": decision.percent_after,
    }


def read_decision(document: Mapping[str, Any], digest: str) -> Decision:
    """The decision that a statement of that hash says. Raises KeyError, TypeError, ValueError where it says none."""
    texts = {name: text_of(document[name]) for name in _TEXTS}
    if texts["kind"] not in KINDS:
        raise ValueError(texts["kind"])
    dt.datetime.fromisoformat(texts["created"])
    for percent in (texts["percent"], texts["percent_after"]):
        if percent and not _NUMBER.fullmatch(percent):
            raise ValueError(percent)
    return Decision(
        hash=digest,
        visit_id=id_of(texts.pop("visit")),
        seal=id_of(texts.pop("seal")),
        device_id=texts.pop("device"),
        revision=whole_of(document["revision"]),
        seen=tuple(text_of(one) for one in document["seen"]),
        **texts,
    )


def id_of(value: object) -> str:
    """`value`, where it is an id as ours are: a UUID, a hash. Raises TypeError, ValueError."""
    text = text_of(value)
    if not _ID.fullmatch(text):
        raise ValueError(text)
    return text


def text_of(value: object) -> str:
    """`value`, where it is text. Raises TypeError, and ValueError for text that UTF-8 can't hold."""
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode("utf-8")
    return value


def whole_of(value: object) -> int:
    """`value`, where it is a whole number from 1 on. Raises TypeError, ValueError."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    if not 1 <= value < 10**9:
        raise ValueError(value)
    return value


def reviews_of(decisions: Iterable[Decision]) -> dict[str, Chain[Decision]]:
    """The decisions on each visit in their order, by visit."""
    by_visit: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_visit.setdefault(decision.visit_id, []).append(decision)
    return {visit_id: chain(found) for visit_id, found in sorted(by_visit.items())}


def status_after(decisions: Iterable[Decision], seal: str) -> str:
    """The status that decisions give to the revision of that seal: approved or returned; "" where none was taken."""
    status = ""
    for decision in decisions:
        if decision.seal == seal:
            status = _STATUS.get(decision.kind, status)
    return status


def open_dispute(decisions: Iterable[Decision]) -> Decision | None:
    """The dispute that has no outcome yet; None where there is none."""
    found = None
    for decision in decisions:
        if decision.kind == DISPUTE:
            found = decision
        elif decision.kind == SETTLE:
            found = None
    return found


def decision_text(decision: Decision) -> str:
    """What was decided, in a word or two."""
    if decision.kind == SETTLE:
        return _("Dispute: score changed") if decision.outcome == CHANGED else _("Dispute: score confirmed")
    return {
        APPROVE: _("Approved"),
        RETURN: _("Returned"),
        CORRECT: _("Corrected"),
        DISPUTE: _("Disputed"),
    }[decision.kind]
