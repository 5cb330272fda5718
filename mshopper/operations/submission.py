"""Submitting a visit: what is missing, the score, the frozen values, the seal and its signature; and visits not done."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError
from mshopper.i18n import _, ngettext
from mshopper.model.answer import AnswerKey, Violation
from mshopper.model.reasons import violation_sentence
from mshopper.model.record import FLAG_INCOMPLETE, VisitHeader, VisitRecord
from mshopper.model.scoresheet import ScoreSheet
from mshopper.model.visit import Visit
from mshopper.operations.identity import sign, this_device
from mshopper.operations.photos import attach_photo
from mshopper.operations.visits import OpenVisit, open_visit, visit_at
from mshopper.operations.workspace import Workspace

if TYPE_CHECKING:
    from mshopper.photo import TakenPhoto

NOT_DONE_REASONS = ("closed", "refused", "discovered", "other")

NOT_DONE_KEY = AnswerKey("", "")
"""Where the evidence of a visit that was not done stands: it belongs to no question."""


class IncompleteVisitError(MshopperError):
    """A visit that can't be submitted as it is, without a reason.

    `violations` says what is missing; `sentences` says so in words, each with its question.
    """

    def __init__(self, sentence: str, violations: tuple[Violation, ...], sentences: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.violations = violations
        self.sentences = sentences


def missing(opened: OpenVisit) -> tuple[Violation, ...]:
    """All that stands against submitting, in the order of the form."""
    return opened.visit.problems()


def _missing_sentence(opened: OpenVisit, violation: Violation) -> str:
    form, key = opened.form, violation.key
    where = form.question_id(key.path) + (f" [{key.instance}]" if key.instance else "")
    return f"{where}: {violation_sentence(violation, form, opened.header.language or form.language)}"


def submit_visit(workspace: Workspace, opened: OpenVisit, *, reason: str = "") -> VisitHeader:
    """Submit a visit: score it, freeze what was computed, seal and sign it, in one transaction.

    Raises IncompleteVisitError while anything is missing and no `reason` is given; with one, the visit is flagged.
    """
    if not opened.is_draft:
        raise MshopperError(_("This visit was submitted already."))
    now = workspace.now()
    visit = visit_at(workspace, opened.header, opened.visit.answers, opened.visit.counts, now)
    found = visit.problems()
    if found and not reason.strip():
        raise IncompleteVisitError(
            ngettext(
                "{n} thing is missing: complete it, or give a reason to submit the visit incomplete.",
                "{n} things are missing: complete them, or give a reason to submit the visit incomplete.",
                len(found),
            ).format(n=len(found)),
            found,
            tuple(_missing_sentence(opened, violation) for violation in found),
        )
    from mshopper.model.scoring import score

    header = replace(
        opened.header,
        state="submitted",
        ended_at=opened.header.ended_at or now,
        submitted_at=now,
        changed_at=now,
        device_id=this_device(workspace).device_id,
        reason=" · ".join(filter(None, (opened.header.reason, reason.strip() if found else ""))),
        flags=(FLAG_INCOMPLETE,) if found else (),
    )
    from mshopper.operations.corrective import reopen_found_again

    with workspace.store.write():
        header = _freeze(workspace, header, visit, score(opened.form, visit))
        reopen_found_again(workspace, [header.store.store_id])
    opened.header = header
    opened.visit = visit
    return opened.header


def mark_not_done(
    workspace: Workspace,
    *,
    visit_id: str,
    reason: str,
    note: str = "",
    photos: Sequence["TakenPhoto"] = (),
) -> VisitHeader:
    """Close a visit that could not be made: a reason (one of NOT_DONE_REASONS), words, and taken photos as evidence.

    It counts in the plan, never in a score; it is sealed like any other. Raises MshopperError.
    """
    opened = open_visit(workspace, visit_id)
    if not opened.is_draft:
        raise MshopperError(_("This visit was submitted already."))
    if reason not in NOT_DONE_REASONS:
        raise MshopperError(_("Say why the visit was not done: closed, refused, discovered or other."))
    if reason == "other" and not note.strip():
        raise MshopperError(_("Say in words why the visit was not done."))
    now = workspace.now()
    header = replace(
        opened.header,
        state="not_done",
        ended_at=opened.header.ended_at or now,
        submitted_at=now,
        changed_at=now,
        device_id=this_device(workspace).device_id,
        reason=f"{reason}: {note.strip()}" if note.strip() else reason,
    )
    with workspace.store.write():
        for taken in photos:
            attach_photo(workspace, opened, NOT_DONE_KEY, taken)
        visit = visit_at(workspace, header, opened.visit.answers, opened.visit.counts, now)
        return _freeze(workspace, header, visit, None)


def _freeze(workspace: Workspace, header: VisitHeader, visit: Visit, sheet: ScoreSheet | None) -> VisitHeader:
    """Score, frozen values, seal and signature: the seal covers the journal's head, so all in one transaction.

    `visit` was computed at the time of submission, so that the visit says the same whenever it is opened again.
    """
    from mshopper.model import seal as seals

    store = workspace.store
    computed = {key: visit.value(key) for key in visit.keys() if visit.question(key).type == "calculate"}
    irrelevant = frozenset(key for key in visit.keys() if not visit.is_relevant(key))
    with store.write():
        kept = workspace.record(header.visit_id, header.revision)
        _drop_removed_photos(workspace, kept)
        record = VisitRecord(header, kept.form, kept.answers, kept.counts, kept.photos, computed, irrelevant, sheet)
        content = seals.seal_content(record, journal_head=store.journal.head(), salt=store.visits.salt(header.visit_id))
        sealed = seals.seal(content)
        signature = sign(this_device(workspace), bytes.fromhex(sealed)).hex()
        header = replace(header, seal=sealed, signature=signature)
        store.visits.freeze(
            header.visit_id, header.revision, computed=computed, irrelevant=irrelevant, sheet=sheet, header=header
        )
    return header


def _drop_removed_photos(workspace: Workspace, kept: VisitRecord) -> None:
    """Let go of the photos that were taken off a question: they stayed for undo alone, and are nobody's business now.

    What an edited photo was made from stays beside it, but in no revision: nothing shows, prints or sends it.
    """
    shown = {photo.id for photo in kept.photos}
    sources = {photo.derived_from for photo in kept.photos}
    for photo in workspace.store.photos.of_visit(kept.header.visit_id, kept.header.revision):
        if photo.id in shown:
            continue
        if photo.id in sources:
            workspace.store.photos.set_aside(photo.id)
        else:
            workspace.store.photos.remove(photo.id, at=workspace.now())
