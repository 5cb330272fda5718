"""The steps of undo in a visit: changes of answers and captions, each with a name that says what it was.

`session` makes a step after what it did was kept; undoing and doing again go the way that answers go.
"""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from mshopper import operations as ops
from mshopper.i18n import _, ngettext
from mshopper.model import reasons
from mshopper.model.answer import AnswerChange, AnswerKey, AnswerStep, is_empty

if TYPE_CHECKING:
    from mshopper.ui.filling.session import FillingSession

MERGE_WITHIN = 5.0
"""Typing that goes on within so many seconds is one step of undo."""

LONGEST_NAME = 48


class Step(QUndoCommand):
    """One step: done already when it is pushed."""

    def __init__(self, session: "FillingSession") -> None:
        super().__init__()
        self._session = session
        self._is_done = True
        self.rename()

    def rename(self) -> None:
        """Name it in the language that is shown now."""
        self.setText(self.name())

    def name(self) -> str:
        """What was done, in a few words."""
        raise AssertionError(f"{type(self).__name__} leaves this out")

    def redo(self) -> None:
        if self._is_done:  # QUndoStack calls redo on pushing
            self._is_done = False
            return
        self.repeat()

    def repeat(self) -> None:
        """Do it again."""
        raise AssertionError(f"{type(self).__name__} leaves this out")


class ChangeStep(Step):
    """A change of answers or instances. Typing in one field goes on being one step, and so do the photos of one batch."""

    def __init__(self, session: "FillingSession", change: AnswerChange, doubled: int = 0, batch: object = None) -> None:
        self._change = change
        self._doubled = doubled
        self._batch = batch
        self._at = time.monotonic()
        super().__init__(session)

    def name(self) -> str:
        return change_name(self._session, self._change, self._doubled)

    def repeat(self) -> None:
        self._session.replay(self._change)

    def undo(self) -> None:
        self._session.replay(ops.inverse(self._change))

    def id(self) -> int:
        return 2 if self._batch is not None else 1 if is_typing(self._change) else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, ChangeStep) or other._batch is not self._batch:
            return False
        if self._batch is None and other._at - self._at > MERGE_WITHIN:
            return False
        mine, later = self._change.answers[0], other._change.answers[0]
        if mine.key != later.key or (mine.before.comment == mine.after.comment) != (
            later.before.comment == later.after.comment
        ):
            return False
        self._change = AnswerChange(answers=(AnswerStep(mine.key, mine.before, later.after),))
        self._at = other._at
        self.rename()
        return True


class CaptionStep(Step):
    """What a photo is said to show."""

    def __init__(self, session: "FillingSession", key: AnswerKey, photo_id: str, before: str, after: str) -> None:
        self._key = key
        self._photo_id = photo_id
        self._before, self._after = before, after
        super().__init__(session)

    def name(self) -> str:
        return _("Caption: {question}").format(question=question_name(self._session, self._key))

    def repeat(self) -> None:
        self._session.replay_caption(self._key, self._photo_id, self._after)

    def undo(self) -> None:
        self._session.replay_caption(self._key, self._photo_id, self._before)


def change_name(session: "FillingSession", change: AnswerChange, doubled: int = 0) -> str:
    """What a change did, in a few words: "Greeted within 30 seconds = Yes"; `doubled` is the instance that was copied."""
    if change.counts:
        step = change.counts[0] if change.counts[0].after > change.counts[0].before else change.counts[-1]
        title = session.instance_title(step.key)
        if doubled:
            return _("Duplicate: {name}").format(name=f"{title} {doubled}")
        if step.after > step.before:
            return _("Add: {name}").format(name=f"{title} {step.after}")
        return _("Remove: {name}").format(name=title)
    key, before, after = change.answers[0]
    question = question_name(session, key)
    if len(change.answers) > 1 and before.photos != after.photos:
        return _("Photo moved: {question}").format(question=question_name(session, change.answers[1].key))
    if before.photos != after.photos:
        return _photos_name(before.photos, after.photos, question)
    if before.comment != after.comment:
        return _("Comment: {question}").format(question=question)
    if after.na:
        return _("{question} = {answer}").format(question=question, answer=_("Not applicable"))
    if is_empty(after.value):
        return _("{question}: no answer").format(question=question)
    answer = reasons.answer_text(session.question(key), after.value, session.language)
    return _("{question} = {answer}").format(question=question, answer=shortened(answer))


def _photos_name(before: tuple[str, ...], after: tuple[str, ...], question: str) -> str:
    added = len(after) - len(before)
    if added == 1:
        return _("Photo: {question}").format(question=question)
    if added > 1:
        return ngettext("{n} photo: {question}", "{n} photos: {question}", added).format(n=added, question=question)
    if added < 0:
        return _("Photo removed: {question}").format(question=question)
    if set(before) == set(after):
        return _("Order of the photos: {question}").format(question=question)
    return _("Photo edited: {question}").format(question=question)


def question_name(session: "FillingSession", key: AnswerKey) -> str:
    """A question in a few words, with its instance where it is repeated."""
    words = shortened(session.label(key))
    return f"{words} ({key.instance})" if key.instance else words


def shortened(words: str, length: int = LONGEST_NAME) -> str:
    """Words on one line, cut where they are long."""
    line = " ".join(words.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def is_typing(change: AnswerChange) -> bool:
    """Whether a change is text that grew or shrank: one answer's words or comment, and nothing else."""
    if len(change.answers) != 1 or change.counts:
        return False
    before, after = change.answers[0].before, change.answers[0].after
    if replace(before, comment="", seconds=None) == replace(after, comment="", seconds=None):
        return True
    return (
        isinstance(after.value, str)
        and (isinstance(before.value, str) or is_empty(before.value))
        and replace(before, value=None, seconds=None) == replace(after, value=None, seconds=None)
        and len(after.value) > 0
    )
