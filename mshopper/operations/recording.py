"""Recording a visit from files: a form, a store and ANSWERS.json become a visit as if it had been filled in by hand."""

from collections.abc import Sequence
from pathlib import Path

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.answer import NO_ANSWER, AnswerChange, AnswerKey, AnswerStep, CountStep
from mshopper.model.form import Form, Question
from mshopper.operations.answers_file import read_answers
from mshopper.operations.forms import find_form, import_form, load_form
from mshopper.operations.photos import attach_photo, take_in
from mshopper.operations.stores import find_store
from mshopper.operations.submission import submit_visit
from mshopper.operations.visits import OpenVisit, apply, start_visit
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
    workspace.require_writable()
    file = Path(form) if _is_file(form) else None
    the_form = _read(file) if file else load_form(workspace, find_form(workspace, form).hash)
    find_store(workspace, store_id)
    filed = read_answers(answers, the_form)
    wanted = [*filed.photos, *((_photo_key(the_form, question_id), path) for question_id, path in photos)]
    taken = [(key, take_in(path, at=_question(the_form, key))) for key, path in wanted]
    with workspace.store.write():
        form_hash = import_form(workspace, file).hash if file else find_form(workspace, form).hash
        opened = start_visit(workspace, form_hash=form_hash, store_id=store_id, auditor=auditor)
        counts = opened.visit.counts
        steps = tuple(CountStep(key, counts.get(key, 0), n) for key, n in filed.counts.items() if counts.get(key) != n)
        apply(workspace, opened, AnswerChange(counts=steps))
        said = tuple(AnswerStep(key, NO_ANSWER, answer) for key, answer in filed.answers.items())
        apply(workspace, opened, AnswerChange(answers=said))
        for key, photo in taken:
            if not opened.visit.has(key):
                raise _no_question(key.path)
            attach_photo(workspace, opened, key, photo)
        if submit:
            submit_visit(workspace, opened, reason=reason)
    return opened


def _question(form: Form, key: AnswerKey) -> Question | None:
    item = form.places[key.path].item if key.path in form.places else None
    return item if isinstance(item, Question) else None


def _photo_key(form: Form, question_id: str) -> AnswerKey:
    """The question that a photo goes to; in a repeated section, that of the first instance."""
    path = form.path_of(question_id)
    placed = form.questions.get(path) if path else None
    if path is None or placed is None or not isinstance(placed.item, Question) or not placed.item.is_answered_by_person:
        raise _no_question(question_id)
    return AnswerKey(path, ".".join("1" for _repeat in placed.repeats))


def _no_question(question_id: str) -> MshopperError:
    return MshopperError(_("There is no question “{question}” to attach a photo to.").format(question=question_id))


def _read(path: Path) -> Form:
    from mshopper.formfile import read_form

    return read_form(path)


def _is_file(form: str) -> bool:
    path = Path(form)
    return path.suffix.lower() in (".yaml", ".yml", ".json") or path.is_file()
