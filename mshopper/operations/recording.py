"""Recording a visit from files: a form, a store and ANSWERS.json become a visit as if it had been filled in by hand."""

from collections.abc import Sequence
from pathlib import Path

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.answer import NO_ANSWER, AnswerChange, AnswerKey, AnswerStep, CountStep
from mshopper.operations.answers_file import read_answers
from mshopper.operations.forms import find_form, import_form
from mshopper.operations.submission import missing, submit_visit
from mshopper.operations.visits import OpenVisit, apply, attach_photo, start_visit, take_in
from mshopper.operations.workspace import Workspace


def record_visit(
    workspace: Workspace,
    *,
    form: str,
    store_id: str,
    answers: Path,
    photos: Sequence[tuple[str, Path]] = (),
    submit: bool = False,
    reason: str = "",
    auditor: str = "",
) -> OpenVisit:
    """Record a visit; all of it is kept, or nothing where something is wrong.

    `form` is a form's id or file; `photos` are (question id, file). With `submit` the visit is submitted, with a `reason`
    even incomplete. Raises MshopperError and its kin.
    """
    info = import_form(workspace, Path(form)) if _is_file(form) else find_form(workspace, form)
    filed = read_answers(answers, workspace.form(info.hash)[0])
    the_form = workspace.form(info.hash)[0]
    wanted = [*filed.photos]
    for question_id, path in photos:
        place = the_form.path_of(question_id)
        if place is None or place not in the_form.questions:
            raise MshopperError(
                _("There is no question “{question}” to attach a photo to.").format(question=question_id)
            )
        wanted.append((AnswerKey(place, "1" if the_form.questions[place].repeats else ""), path))
    taken = [(key, take_in(path)) for key, path in wanted]
    with workspace.store.write():
        opened = start_visit(workspace, form_hash=info.hash, store_id=store_id, auditor=auditor)
        counts = opened.visit.counts
        steps = tuple(CountStep(key, counts.get(key, 0), n) for key, n in filed.counts.items() if counts.get(key) != n)
        apply(workspace, opened, AnswerChange(counts=steps))
        said = tuple(AnswerStep(key, NO_ANSWER, answer) for key, answer in filed.answers.items())
        apply(workspace, opened, AnswerChange(answers=said))
        for key, photo in taken:
            attach_photo(workspace, opened, key, photo)
        if submit:
            submit_visit(workspace, opened, reason=reason if missing(opened) else "")
    return opened


def _is_file(form: str) -> bool:
    path = Path(form)
    return path.suffix.lower() in (".yaml", ".yml", ".json") or path.is_file()
