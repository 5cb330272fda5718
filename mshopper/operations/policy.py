"""What may leave this laptop and how long it stays: this laptop's settings, and what the head office asks for in policy.json.

The head office can only ask for more: the shorter of two times counts, and what either hides is hidden.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from mshopper.errors import MshopperError
from mshopper.i18n import _, languages, speaking
from mshopper.model.people import pseudonymised
from mshopper.model.record import FLAG_ERASED, VisitHeader, VisitRecord
from mshopper.operations.settings import settings
from mshopper.operations.workspace import Workspace

KEPT = "policy"
"""Where what the head office asked for last is kept."""

APPROVED, PUBLISHED = "approved", "published"


class Policy(NamedTuple):
    """What holds here. Months are 0 where nothing is erased by itself.

    `erase_when` is what a visit must be before it is erased by itself where there is a head office: APPROVED or PUBLISHED.
    """

    retention_months: int = 0
    photo_months: int = 0
    pseudonyms: bool = False
    auditor_by_id: bool = False
    erase_when: str = APPROVED
    from_head_office: bool = False


def policy_of(workspace: Workspace) -> Policy:
    """What holds for this data folder, by its settings and the head office."""
    mine, asked = settings(workspace), _asked(workspace)
    return Policy(
        _shorter(mine.retention_months, asked.get("retention_months", 0)),
        _shorter(mine.photo_months, asked.get("photo_months", 0)),
        mine.pseudonyms or asked.get("pseudonyms", False),
        mine.auditor_by_id or asked.get("auditor_by_id", False),
        asked.get("erase_when", APPROVED),
        bool(asked),
    )


def _asked(workspace: Workspace) -> Mapping[str, Any]:
    kept: Mapping[str, Any] = workspace.store.settings.get(KEPT, {})
    return kept


def _shorter(mine: int, asked: int) -> int:
    return min(mine, asked) if mine and asked else mine or asked


def shown(workspace: Workspace, record: VisitRecord, *, language: str = "") -> VisitRecord:
    """The visit as it may leave this laptop: with pseudonyms for staff and the auditor's id alone, where that is asked for.

    Pseudonyms are in `language`, by default the form's, so that the same visit gives the same rows everywhere.
    """
    holds = policy_of(workspace)
    if holds.auditor_by_id and record.header.auditor_id:
        record = replace(record, header=replace(record.header, auditor=record.header.auditor_id))
    if not holds.pseudonyms:
        return record
    spoken = language or record.form.language
    with speaking(spoken if spoken in languages() else "en"):
        return pseudonymised(record, _key(workspace))


def _key(workspace: Workspace) -> bytes:
    """The head office's key, under which its laptops give one person one pseudonym, else a key of this data folder."""
    if given := _asked(workspace).get("pseudonym_key"):
        return bytes.fromhex(given)
    own = workspace.store.devices.all()[0].private_key
    return hmac.new(own, b"mshopper pseudonyms", hashlib.sha256).digest()


def refuse_erased(header: VisitHeader) -> None:
    """Raise MshopperError for a visit whose content was erased."""
    if FLAG_ERASED in header.flags:
        raise MshopperError(_("What this visit held was erased: nothing is left to show."))
