"""The visit that is being filled in, between the screens and `operations`: answers, undo, and what is saved.

Every change goes through here and comes back as an AnswerChange by `changed`; screens touch only what it names. An
answer that can't be written is kept and tried again until it is safe; `state` is only ever true.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QUndoStack

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import current_language
from mshopper.model import reasons
from mshopper.model.answer import Answer, AnswerChange, AnswerKey
from mshopper.model.consequences import is_computed
from mshopper.model.form import Form, Question, Section, Text
from mshopper.model.media import Media, picture_name
from mshopper.model.record import PhotoInfo
from mshopper.model.scoresheet import ScoreSheet
from mshopper.model.visit import Visit
from mshopper.ui.desk import Desk
from mshopper.ui.filling.steps import CaptionStep, ChangeStep, Step

if TYPE_CHECKING:
    from mshopper.model.scoring import LiveScore
    from mshopper.photo import EditedPhoto, TakenPhoto
    from mshopper.ui.photos.thumbnails import Thumbnails

RETRY_MS, RETRY_AT_MOST_MS = 1000, 30_000
"""What can't be written is tried again after so long, then after twice as long, up to the second."""

SAVED, TYPING, FAILED = "saved", "typing", "failed"


class FillingSession(QObject):
    """One open visit. `changed(AnswerChange)` follows every change, `state_changed()` every change of what is saved."""

    changed = Signal(object)
    state_changed = Signal()
    replayed = Signal(object)
    """The key of what undo or redo changed: a question's, or a section's whose instances it changed."""
    is_trial = False

    def __init__(self, desk: Desk, open_visit: ops.OpenVisit) -> None:
        super().__init__()
        self.desk = desk
        self.open_visit = open_visit
        self.undo = QUndoStack(self)
        self.language = form_language(open_visit.form)
        self.saved_at: dt.datetime | None = None
        self._live: LiveScore | None = None
        self._typing = False
        self._pending: dict[AnswerKey, Answer] = {}
        self._pending_captions: dict[str, str] = {}
        self.failure = ""
        self.refused: dict[AnswerKey, list[str]] = {}
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry_ms = RETRY_MS
        self._retry.timeout.connect(self.retry)

    # What there is

    @property
    def read_only(self) -> bool:
        """Whether the visit can only be looked at here."""
        return self.desk.read_only

    @property
    def form(self) -> Form:
        """The form of the visit."""
        return self.open_visit.form

    @property
    def visit(self) -> Visit:
        """The visit as the model sees it."""
        return self.open_visit.visit

    @property
    def state(self) -> str:
        """SAVED when all that was told is written; TYPING while something typed isn't told yet; FAILED."""
        if self._pending or self._pending_captions:
            return FAILED
        return TYPING if self._typing else SAVED

    def answer(self, key: AnswerKey) -> Answer:
        """The answer that the person sees: the one that waits to be written, else the kept one."""
        return self._pending.get(key) or self.visit.answer(key)

    def words(self, text: Text, key: AnswerKey) -> str:
        """A text of the form in its language, with answers filled in."""
        return without_markup(self.visit.show(text, key, self.language, reasons.answer_text))

    def label(self, key: AnswerKey) -> str:
        """A question's words; its id where it has none."""
        question = self.question(key)
        return self.words(question.label, key) or question.id

    def applies(self, key: AnswerKey) -> bool:
        """Whether a section applies: a repeated one where any of its instances does, or while it has none."""
        item = self.form.places[key.path].item
        if not isinstance(item, Section) or item.repeat is None:
            return self.visit.is_relevant(key)
        count = self.count(key)
        return not count or any(self.visit.is_relevant(instance_key(key, n + 1)) for n in range(count))

    def instance_title(self, key: AnswerKey) -> str:
        """What one instance of a repeated section is called, without its number."""
        section = self.form.places[key.path].item
        assert isinstance(section, Section)
        own = section.repeat.label.get(self.language, self.form.language) if section.repeat else ""
        return own or self.title(key.path)

    def count(self, key: AnswerKey) -> int:
        """How many instances a repeated section has."""
        return self.visit.counts.get(key, 0)

    def question(self, key: AnswerKey) -> Question:
        """The question of that key."""
        item = self.form.places[key.path].item
        assert isinstance(item, Question)
        return item

    def heading(self, path: str, instance: str = "") -> str:
        """What stands over a section: its title; the form's, once, over questions outside any group; else nothing."""
        item = self.form.places[path].item
        assert isinstance(item, Section)
        if item.is_implicit and path != next((each.id for each in self.sections if each.is_implicit), ""):
            return ""
        return self.words(item.title, AnswerKey(path, instance))

    def title(self, path: str, instance: str = "") -> str:
        """What a section is called in lists: its heading, else its first question, else its id."""
        if heading := self.heading(path, instance):
            return heading
        item = self.form.places[path].item
        assert isinstance(item, Section)
        first = next((each for each in item.items if isinstance(each, Question) and is_shown(each)), None)
        if first is None or item.repeat is not None:
            return item.id.replace("_", " ")
        text = first.label.get(self.language, self.form.language)
        return " ".join(without_markup(text).split()) or item.id.replace("_", " ")

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The top sections that have anything to show: not those that only record and calculate."""
        return tuple(section for section in self.form.sections if _shows_anything(section))

    def failures(self, path: str) -> tuple[str, ...]:
        """Why rules of a question or section could not be worked out: they are left aside."""
        found = [said for task, said in self.visit.failures.items() if task.path == path]
        if path in self.visit.offering.failures:
            found.append(self.visit.offering.failures[path])
        return tuple(dict.fromkeys(found))

    def failing(self) -> dict[str, tuple[str, ...]]:
        """All such failures by path."""
        paths = {task.path for task in self.visit.failures} | set(self.visit.offering.failures)
        return {path: self.failures(path) for path in paths}

    def thumbnail(self, photo_id: str) -> bytes:
        """A photo's thumbnail, JPEG."""
        return ops.thumbnail(self.desk.workspace, photo_id)

    def photo_jpeg(self, photo_id: str) -> bytes:
        """A photo as kept, JPEG."""
        return ops.photo_jpeg(self.desk.workspace, photo_id)

    @cached_property
    def thumbnails(self) -> "Thumbnails":
        """The thumbnails of this visit as they are drawn."""
        from mshopper.ui.filling.photo_strip import TILE
        from mshopper.ui.photos.thumbnails import Thumbnails

        app = QGuiApplication.instance()
        scale = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
        return Thumbnails(lambda: self.desk.background, self.thumbnail, (TILE - QSize(6, 6)) * scale, scale)

    def photos(self, key: AnswerKey) -> list[PhotoInfo]:
        """The photos of an answer, in their order."""
        infos = {photo.id: photo for photo in self.open_visit.photos}
        return [infos[photo_id] for photo_id in self.answer(key).photos if photo_id in infos]

    def live_sheet(self) -> ScoreSheet:
        """The score of what is answered so far; the first time takes a while in a large form."""
        if self._live is None:
            self._live = ops.live_score(self.open_visit)
        return self._live.sheet()

    def picture(self, media: Media) -> bytes:
        """The picture that stands with a text of the form, JPEG; no bytes where there is none."""
        name = picture_name(media, self.language, self.form.language)
        return ops.form_picture(self.desk.workspace, self.open_visit.header.form_hash, name) if name else b""

    # What the person does

    def note_typing(self) -> None:
        """Something is typed that isn't told yet."""
        if not self._typing:
            self._typing = True
            self.state_changed.emit()

    def give(self, key: AnswerKey, answer: Answer) -> None:
        """Keep an answer."""
        self._typing = False
        if self.read_only or answer == self.answer(key):
            self.state_changed.emit()
            return
        try:
            change = self.write_answer(key, answer)
        except MshopperError as error:
            self._pending[key] = answer
            self._fail(str(error))
            return
        self._pending.pop(key, None)
        self._keep(change)

    def add_instance(self, key: AnswerKey) -> None:
        """Add an instance to a repeated section."""
        with self.desk.messages.telling():
            self._keep(self.write_added(key))

    def duplicate_instance(self, key: AnswerKey, n: int) -> None:
        """Add an instance that is answered as the instance number `n` is, without its photos."""
        with self.desk.messages.telling():
            self._keep(self.write_duplicated(key, n), doubled=n)

    def remove_instance(self, key: AnswerKey, n: int) -> None:
        """Remove the instance number `n` of a repeated section, its answers with it; undo brings them back."""
        with self.desk.messages.telling():
            self._keep(self.write_removed(key, n))

    def attach(self, key: AnswerKey, taken: "Sequence[TakenPhoto]", *, batch: object = None) -> None:
        """Keep photos that were taken in; those of one `batch` are one step of undo. Raises StoreError."""
        self._keep(self.write_photos(key, taken), batch=batch)

    def refuse(self, key: AnswerKey, sentence: str) -> None:
        """Say at a question why a file was not taken in; "" forgets what was said there."""
        if not sentence and not self.refused.pop(key, []):
            return
        if sentence:
            self.refused.setdefault(key, []).append(sentence)
        self.changed.emit(AnswerChange(relabelled=frozenset({key})))

    def remove_photo(self, key: AnswerKey, photo_id: str) -> None:
        """Take a photo from an answer; undo brings it back."""
        self.arrange_photos(key, [each for each in self.visit.answer(key).photos if each != photo_id])

    def arrange_photos(self, key: AnswerKey, photo_ids: Sequence[str]) -> None:
        """Let an answer show these of its photos, in this order."""
        with self.desk.messages.telling():
            self._keep(self.write_answer(key, replace(self.visit.answer(key), photos=tuple(photo_ids))))

    def move_photo(self, photo_id: str, target: AnswerKey) -> None:
        """Move a photo to the end of another question's."""
        source = self.holder(photo_id)
        if source is not None and not self.read_only:
            with self.desk.messages.telling():
                self._keep(self.write(ops.moving(self.open_visit, source, photo_id, target)))

    def edit_photo(self, photo_id: str, edited: "EditedPhoto") -> str:
        """Show an edited picture in the place of a photo; its id, "" where it could not be kept."""
        return self._replace(photo_id, lambda key: self.write_edited(key, photo_id, edited))

    def show_original(self, photo_id: str) -> str:
        """Show the picture that an edited one was made from in its place; its id, "" where that could not be kept."""
        return self._replace(photo_id, lambda key: self.write_original(key, photo_id))

    def _replace(self, photo_id: str, write: Callable[[AnswerKey], AnswerChange]) -> str:
        key = self.holder(photo_id)
        if key is None or self.read_only:
            return ""
        at = self.visit.answer(key).photos.index(photo_id)
        with self.desk.messages.telling():
            self._keep(write(key))
        now = self.visit.answer(key).photos[at]
        return now if now != photo_id else ""

    def caption(self, photo_id: str, caption: str) -> None:
        """Keep a photo's caption."""
        before = next((photo.caption for photo in self.open_visit.photos if photo.id == photo_id), "")
        if self.read_only or caption == before:
            return
        try:
            self.write_caption(photo_id, caption)
        except MshopperError as error:
            self._pending_captions[photo_id] = caption
            self._fail(str(error))
            return
        self._pending_captions.pop(photo_id, None)
        if (key := self.holder(photo_id)) is not None:
            self.undo.push(CaptionStep(self, key, photo_id, before, caption))
        self._saved()

    def holder(self, photo_id: str) -> AnswerKey | None:
        """The question that a photo belongs to now."""
        return next((key for key, answer in self.visit.answers.items() if photo_id in answer.photos), None)

    def replay(self, change: AnswerChange) -> None:
        """Apply a change again, or its inverse: undo and redo."""
        with self.desk.messages.telling():
            self._tell(self.write(change))
            self._saved()
            key = change.counts[0].key if change.counts else change.answers[0].key
            self.replayed.emit(key)

    def replay_caption(self, key: AnswerKey, photo_id: str, caption: str) -> None:
        """Give a photo a caption again, or its former one."""
        with self.desk.messages.telling():
            self.write_caption(photo_id, caption)
            self._tell(AnswerChange(relabelled=frozenset({self.holder(photo_id) or key})))
            self._saved()
            self.replayed.emit(self.holder(photo_id) or key)

    def rename_steps(self) -> None:
        """Name the steps of undo in the language that is shown now."""
        for n in range(self.undo.count()):
            step = self.undo.command(n)
            if isinstance(step, Step):
                step.rename()

    # Where it is kept

    def write(self, change: AnswerChange) -> AnswerChange:
        """Take the steps of a change and keep them."""
        return ops.apply(self.desk.workspace, self.open_visit, change)

    def write_answer(self, key: AnswerKey, answer: Answer) -> AnswerChange:
        """Keep one answer."""
        return ops.answer(self.desk.workspace, self.open_visit, key, answer)

    def write_added(self, key: AnswerKey) -> AnswerChange:
        """Keep one more instance."""
        return ops.add_instance(self.desk.workspace, self.open_visit, key)

    def write_duplicated(self, key: AnswerKey, n: int) -> AnswerChange:
        """Keep one more instance, answered as another."""
        return ops.duplicate_instance(self.desk.workspace, self.open_visit, key, n)

    def write_removed(self, key: AnswerKey, n: int) -> AnswerChange:
        """Keep that an instance is gone."""
        return ops.remove_instance(self.desk.workspace, self.open_visit, key, n)

    def write_photos(self, key: AnswerKey, taken: "Sequence[TakenPhoto]") -> AnswerChange:
        """Keep photos."""
        return ops.attach_photos(self.desk.workspace, self.open_visit, key, taken)

    def write_edited(self, key: AnswerKey, photo_id: str, edited: "EditedPhoto") -> AnswerChange:
        """Keep an edited photo in the place of one."""
        return ops.edit_photo(self.desk.workspace, self.open_visit, key, photo_id, edited)

    def write_original(self, key: AnswerKey, photo_id: str) -> AnswerChange:
        """Keep that the original is shown again."""
        return ops.show_original(self.desk.workspace, self.open_visit, key, photo_id)

    def write_caption(self, photo_id: str, caption: str) -> None:
        """Keep what a photo shows."""
        ops.caption_photo(self.desk.workspace, self.open_visit, photo_id, caption)

    def retry(self) -> None:
        """Try again to write what could not be written."""
        try:
            for key, answer in list(self._pending.items()):
                change = self.write_answer(key, answer)
                del self._pending[key]
                self._keep(change)
            for photo_id, caption in list(self._pending_captions.items()):
                self.write_caption(photo_id, caption)
                del self._pending_captions[photo_id]
        except MshopperError as error:
            self._fail(str(error))
            return
        self._retry.stop()
        self._retry_ms = RETRY_MS
        self.failure = ""
        self.state_changed.emit()

    def _keep(self, change: AnswerChange, doubled: int = 0, batch: object = None) -> None:
        if change:
            self.undo.push(ChangeStep(self, change, doubled, batch))
        self._tell(change)
        self._saved()

    def _tell(self, change: AnswerChange) -> None:
        if self._live is not None:
            self._live.follow(change)
        self.changed.emit(change)

    def _saved(self) -> None:
        self.saved_at = self.desk.workspace.clock()
        self.state_changed.emit()

    def _fail(self, sentence: str) -> None:
        self.failure = sentence
        if not self._retry.isActive():
            self._retry.start(self._retry_ms)
            self._retry_ms = min(self._retry_ms * 2, RETRY_AT_MOST_MS)
        self.state_changed.emit()


def is_shown(question: Question) -> bool:
    """Whether a question is on the screen: not what only records, or calculates without any words."""
    return not question.preload and (question.type != "calculate" or bool(question.label))


def is_asked(question: Question) -> bool:
    """Whether the person answers it: not what is worked out, read-only, or only the heads of a table of choices."""
    if not question.is_answered_by_person or question.read_only or is_computed(question):
        return False
    return not is_table_head(question)


def is_table_head(question: Question) -> bool:
    """Whether it only writes the choices over the questions that follow (the appearance `label`)."""
    return question.type in ("choice", "choices") and "label" in question.appearance.split()


def _shows_anything(section: Section) -> bool:
    return any(_shows_anything(item) if isinstance(item, Section) else is_shown(item) for item in section.items)


_MARKUP = re.compile(
    r"</?(?:b|i|u|p|em|strong|small|big|center|span|font|div|sub|sup|h[1-6]|a|ul|ol|li)(?:\s[^<>]*)?/?>"
    r"|(?m:^#{1,6} )|\*\*(?=\S)|(?<=\S)\*\*|(?<!\w)__(?=\S)|(?<=\S)__(?!\w)",
    re.IGNORECASE,
)


def without_markup(text: str) -> str:
    """A text of a form without the emphasis that form authors write into it for other tools (HTML tags, `**`, `#`)."""
    if not any(mark in text for mark in "<*#_"):
        return text
    return _MARKUP.sub("", re.sub(r"<br\s*/?>", "\n", text, flags=re.IGNORECASE))


def instance_key(key: AnswerKey, n: int) -> AnswerKey:
    """The key of instance `n` (from 1) of a repeated section, itself keyed by the instance around it."""
    return AnswerKey(key.path, f"{key.instance}.{n}" if key.instance else str(n))


def form_language(form: Form) -> str:
    """The language in which a form is shown: the app's where the form has it, else the form's own."""
    return current_language() if current_language() in form.languages else form.language
