"""What becomes of a visit after it was begun: corrected, gone on with, made again, deleted and brought back.

What was submitted stays as it is for ever: going on is a new revision, which names the seal of the one before.
"""

from collections.abc import Sequence
from dataclasses import replace

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.answer import NO_ANSWER, AnswerChange, AnswerStep, CountStep
from mshopper.model.form import Question
from mshopper.model.record import VisitHeader
from mshopper.operations.forms import list_forms
from mshopper.operations.identity import this_device
from mshopper.operations.visits import OpenVisit, apply, begin_visit, open_visit
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

_OF_THE_MOMENT = ("photo", "signature", "location", "calculate", "note")
"""Answers that belong to the visit that they were given in, whatever is made again of it."""


def correct_visit(workspace: Workspace, visit_id: str, *, reason: str) -> OpenVisit:
    """Begin the next revision of a submitted visit, with its answers and photos; the submitted one stays as it is.

    Raises MshopperError without a reason, and for a visit that is still being filled in.
    """
    if not reason.strip():
        raise MshopperError(_("Say in words why the visit is corrected."))
    return _next_revision(workspace, _known(workspace, visit_id), reason.strip())


def continue_visit(workspace: Workspace, visit_id: str) -> OpenVisit:
    """Open a visit to fill it in: a draft where it was left, a returned one as its next revision. Raises MshopperError."""
    header = _known(workspace, visit_id)
    if header.state == "returned" and not workspace.read_only:
        from mshopper.operations.reviews import return_reason

        return _next_revision(workspace, header, return_reason(workspace, visit_id))
    return open_visit(workspace, visit_id)


def _next_revision(workspace: Workspace, header: VisitHeader, reason: str) -> OpenVisit:
    if not header.seal:
        raise MshopperError(_("This visit is still being filled in: go on with it instead."))
    if workspace.store.erasure.get(header.visit_id):
        raise MshopperError(_("What this visit held was erased: there is nothing to correct."))
    if workspace.store.imported.has(header.visit_id):
        raise MshopperError(_("This visit was imported: it is corrected on the computer that it comes from."))
    following = replace(
        header,
        revision=header.revision + 1,
        state="in_progress",
        device_id=this_device(workspace).device_id,
        # The visit itself ended when it did: a correction takes no time in the shop.
        submitted_at="",
        changed_at=workspace.now(),
        parent_seal=header.seal,
        seal="",
        signature="",
        reason=reason,
        flags=(),
    )
    workspace.store.visits.new_revision(following)
    return open_visit(workspace, header.visit_id)


def duplicate_visit(workspace: Workspace, visit_id: str, *, with_answers: bool = False) -> OpenVisit:
    """A new visit to the same store by the same form, blank and in the form's last version; or with the same answers.

    Photos, signatures, places and times spent belong to the visit that they were taken in and stay there. Raises
    MshopperError.
    """
    source = open_visit(workspace, visit_id)
    form_hash = source.header.form_hash
    if not with_answers:
        form_hash = next(
            (info.hash for info in list_forms(workspace) if info.id == source.header.form_id), source.header.form_hash
        )
    with workspace.store.write():
        copy = begin_visit(
            workspace,
            form_hash=form_hash,
            store=source.header.store,
            channel=source.header.channel,
            language=source.header.language,
        )
        if with_answers:
            apply(workspace, copy, _copied(source, copy))
    return copy


def duplicate_visits(
    workspace: Workspace, visit_ids: Sequence[str], *, with_answers: bool = False, progress: Progress | None = None
) -> list[str]:
    """As `duplicate_visit`, several, all or none: the ids of the new visits. Raises MshopperError and Cancelled."""
    progress = progress or Progress()
    progress.expect(len(visit_ids))
    made = []
    with workspace.store.write():
        for visit_id in visit_ids:
            made.append(duplicate_visit(workspace, visit_id, with_answers=with_answers).header.visit_id)
            progress.advance()
    return made


def _copied(source: OpenVisit, copy: OpenVisit) -> AnswerChange:
    """The steps that give a copy the answers of its source."""
    steps = []
    for key, answer in source.visit.answers.items():
        item = source.form.places[key.path].item if key.path in source.form.places else None
        if not isinstance(item, Question) or item.type in _OF_THE_MOMENT or item.preload:
            continue
        said = replace(answer, photos=(), seconds=None)
        if not said.is_blank:
            steps.append(AnswerStep(key, copy.visit.answer(key) if copy.visit.has(key) else NO_ANSWER, said))
    counts = copy.visit.counts
    grown = [CountStep(key, counts.get(key, 0), n) for key, n in source.visit.counts.items() if counts.get(key, 0) != n]
    return AnswerChange(tuple(steps), tuple(grown))


def delete_draft(workspace: Workspace, visit_id: str) -> None:
    """Delete a visit that was never submitted, or a correction that wasn't: `restore_draft` brings it back until
    `forget_deleted`. Raises MshopperError for any other.
    """
    _known(workspace, visit_id)
    try:
        workspace.store.visits.delete(visit_id, at=workspace.now())
    except ValueError:
        raise MshopperError(_("Only what was never submitted can be deleted.")) from None


def restore_draft(workspace: Workspace, visit_id: str) -> None:
    """Bring a deleted draft back with its answers and photos. Raises MshopperError where it is gone for good."""
    try:
        workspace.store.visits.restore(visit_id, at=workspace.now())
    except ValueError:
        raise MshopperError(_("The deleted visit can't be brought back any more.")) from None


def forget_deleted(workspace: Workspace) -> int:
    """Remove deleted drafts for good: when a window closes, or at the next start. How many they were."""
    return 0 if workspace.read_only else workspace.store.visits.forget_deleted(at=workspace.now())


def _known(workspace: Workspace, visit_id: str) -> VisitHeader:
    header = workspace.store.visits.header(visit_id)
    if header is None:
        raise MshopperError(_("There is no visit {visit_id} in this data folder.").format(visit_id=visit_id))
    return header
