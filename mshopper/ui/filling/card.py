"""A question as a card: its words, its answer widget, N/A, comment and photos, and what is wrong in a sentence.

The card composes an Answer of what the person did and tells it; it shows what it is given back. Single keys choose here
while nothing that takes text has the focus: a field that takes text keeps its keys to itself.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from mshopper.i18n import _
from mshopper.model.answer import NO_ANSWER, Answer, AnswerKey, Value, is_empty
from mshopper.model.form import Choice
from mshopper.ui.filling.inputs.base import AnswerInput, Asked
from mshopper.ui.filling.inputs.signature import Signature
from mshopper.ui.filling.inputs.stopwatch import Stopwatch
from mshopper.ui.filling.inputs.table import make_input
from mshopper.ui.filling.inputs.typed import TextInput
from mshopper.ui.filling.photo_strip import PhotoStrip, Shown
from mshopper.ui.filling.pictures import Picture
from mshopper.ui.filling.session import is_asked, is_table_head
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, column, label
from mshopper.ui.photos.given import OWN, holds_photos
from mshopper.ui.photos.thumbnails import Thumbnails
from mshopper.ui.theme import restyle
from mshopper.ui.words import unsupported_words


class Card(QFrame):
    """One question in one instance."""

    answered = Signal(object, object)
    """The key, and the new Answer."""
    typing = Signal()
    photo_wanted = Signal(object)
    signed = Signal(object, bytes)
    strip_made = Signal(object)
    """The PhotoStrip of the card, made when it gets its first photo."""
    photos_dropped = Signal(object, object)
    """The key, and the QMimeData that was dropped."""
    stepped = Signal(object, int)
    """The key, and 1 for the next or -1 for the question before."""

    def __init__(
        self, asked: Asked, key: AnswerKey, number: int, worth: str, thumbnails: Callable[[], Thumbnails]
    ) -> None:
        super().__init__()
        self.key = key
        self._asked = asked
        self._question = asked.question
        self._answer: Answer = NO_ANSWER
        self._entered: float | None = None
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._words = label("", "question", wrap=True)
        self._hint = label("", "muted", wrap=True)
        jpeg = asked.picture(self._question.media) if self._question.media else b""
        self.picture = Picture(jpeg) if jpeg else None
        self._guidance = label("", "muted", wrap=True)
        self._more = button(_("More"), self._toggle_guidance, "quiet")
        self._star = label(_("required"), "small")
        self._is_asked = is_asked(self._question)
        self.aside = label("", "warn", wrap=True)
        self._layout = column(self, gap=8)
        self._layout.setContentsMargins(16, 14, 16, 8)
        self._layout.addLayout(self._head(number, worth))
        self._layout.addWidget(self._hint)
        if self.picture is not None:
            self._layout.addWidget(self.picture)
        if self._question.unsupported:
            self._layout.addWidget(label(unsupported_words(self._question.unsupported), "small", wrap=True))
        self._more.setCheckable(True)
        above = QHBoxLayout()
        above.addWidget(self._more)
        above.addStretch(1)
        self._layout.addLayout(above)
        self._layout.addWidget(self._guidance)
        self._layout.addWidget(self.aside)
        self._guidance.hide()
        self.aside.hide()
        self._more.hide()
        self.input: AnswerInput | None = None if is_table_head(self._question) else make_input(asked)
        self._comment: TextInput | None = None
        self._photos: PhotoStrip | None = None
        self._thumbnails = thumbnails
        self._read_only = False
        self.why_button = self._tool(_("Why?"), "W", self._toggle_why, "info")
        self.why = label("", "muted", wrap=True)
        self._reasons: Callable[[], str] = str
        self.calculated = label("", "heading", wrap=True)
        self.na_button = self._tool(_("Not applicable"), "N", self._toggle_na)
        self.comment_button = self._tool(_("Comment"), "C", self._toggle_comment, "message-square-text")
        self.photo_button = self._tool(_("Photo"), "P", lambda: self.photo_wanted.emit(self.key), "camera")
        self.photo_button.setCheckable(False)
        self.lacking = label("", "warn", wrap=True)
        self.problems = label("", "bad", wrap=True)
        self._build()

    def _head(self, number: int, worth: str) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(12)
        top = Qt.AlignmentFlag.AlignTop
        if self._is_asked:
            head.addWidget(label(str(number), "number"), 0, top)
        head.addWidget(self._words, 1)
        if worth:
            head.addWidget(label(worth, "small"), 0, top)
        head.addWidget(self._star, 0, top)
        if not self._question.required:
            self._star.hide()
        return head

    def _tool(self, text: str, keys: str, slot: object, icon: str = "") -> QPushButton:
        made = button(text, slot, "quiet", self._asked.icons.beside(icon, "muted") if icon else None)  # type: ignore[arg-type]
        made.setCheckable(True)
        made.setToolTip(_("{name} (key {keys})").format(name=text, keys=keys))
        return made

    def _build(self) -> None:
        if self.input is not None:
            self.input.answer_changed.connect(self._value_given)
            self.input.typing.connect(self.typing)
            self._layout.addWidget(self.input)
            if isinstance(self.input, Signature):
                self.input.signed.connect(lambda png: self.signed.emit(self.key, png))
        if self._question.type == "calculate":
            self._layout.addWidget(self.calculated)
        if not self._is_asked:
            self._show_as_told()
            return
        tools = Flow(gap=8)
        if self._question.type == "photo":
            restyle(self.photo_button, kind="")
            self.photo_button.setText(_("Add photos…"))
            tools.add(self.photo_button)
        elif self._question.type == "money":
            self.photo_button.setText(_("Photo of the receipt"))
        if self._question.na and self.input is not None and self.input.add_beside(self.na_button):
            self.na_button.setText(_("N   Not applicable"))
            restyle(self.na_button, kind="option")
        elif self._question.na:
            tools.add(self.na_button)
        tools.add(self.comment_button)
        if self._question.type not in ("photo", "signature"):
            tools.add(self.photo_button)
        tools.add(self.why_button)
        self.why_button.hide()
        self._tools = tools
        self.setAcceptDrops(True)
        for widget in (tools, self.why, self.lacking, self.problems):
            self._layout.addWidget(widget)
        for widget in (self.why, self.lacking, self.problems):
            widget.hide()

    @property
    def comment(self) -> TextInput:
        """The field of the comment, made when it is first needed: few questions get one."""
        if self._comment is None:
            made = self._comment = TextInput(self._asked)
            made.field.setPlaceholderText(_("Comment: facts, as seen"))
            made.field.setAccessibleName(_("Comment"))
            made.set_answer(Answer(value=self._answer.comment or None))
            made.answer_changed.connect(self._comment_given)
            made.typing.connect(self.typing)
            made.setEnabled(self.comment_button.isEnabled())
            made.hide()
            made.field.setAcceptDrops(False)  # photos are the card's
            self._layout.insertWidget(self._layout.indexOf(self._tools), made)
        return self._comment

    @property
    def photos(self) -> PhotoStrip:
        """The strip of photos, made when it is first needed: few questions get any."""
        if self._photos is None:
            made = self._photos = PhotoStrip(self._asked.icons, self._asked.theme, self._thumbnails())
            made.set_read_only(self._read_only)
            before = self._comment if self._comment is not None else self._tools
            self._layout.insertWidget(self._layout.indexOf(before), made)
            self.strip_made.emit(made)
        return self._photos

    def _show_as_told(self) -> None:
        """Of a question that nobody answers: its value to be seen, or the heads of a table of choices."""
        if self.input is not None:
            self.input.setEnabled(False)
        if is_table_head(self._question):
            words = [self._asked.show(choice.label) or choice.id for choice in self._asked.offered]
            self._layout.addWidget(label(" · ".join(words), "muted", wrap=True))

    # What the card shows

    def show_words(self, words: str, hint: str, guidance: str = "") -> None:
        """The question's text, its hint and, behind a button, its guidance, with answers filled in."""
        self._words.setText(words)
        self._guidance.setText(guidance)
        self._more.setVisible(bool(guidance))
        self._guidance.setVisible(bool(guidance) and self._more.isChecked())
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        if self.picture is not None:
            self.picture.setAccessibleName(words)
            self.picture.setToolTip(words)
        target = self.focus_target()
        self.setAccessibleName(words)
        target.setAccessibleDescription(words)

    def show_answer(self, answer: Answer) -> None:
        """The answer as it stands."""
        self._answer = answer
        if self.input is not None:
            self.input.set_answer(answer)
        self.na_button.setChecked(answer.na)
        if self._comment is not None or (answer.comment and self._is_asked):
            self.comment.set_answer(Answer(value=answer.comment or None))
        if answer.comment and self._is_asked:
            self._open_comment(True)

    def show_offered(self, choices: Sequence[Choice]) -> None:
        """The choices as they are offered now."""
        if self.input is not None:
            self.input.show_offered(choices)

    def show_required(self, required: bool) -> None:
        """Whether an answer is required as things stand, and why on hovering."""
        self._star.setVisible(required)
        self._star.setToolTip(self._reasons() if required else "")
        if not self.why.isHidden():
            self.why.setText(self._reasons())

    def explain_by(self, reasons: Callable[[], str], *, offer: bool) -> None:
        """Say by a key why the question is asked, and `offer` a button too; `reasons` gives the words as things stand."""
        self._reasons = reasons
        self.why_button.setVisible(offer)

    def _toggle_why(self) -> None:
        self.why.setText(self._reasons())
        self.why.setVisible(self.why_button.isChecked() and bool(self.why.text()))

    def show_failures(self, failures: Sequence[str]) -> None:
        """Rules of the form that could not be worked out here: said calmly, and left aside."""
        self.aside.setText("\n".join(failure_sentence(each) for each in failures))
        self.aside.setVisible(bool(failures))

    def show_photos(self, photos: Sequence[Shown], refused: Sequence[str] = ()) -> None:
        """The photos as they stand, and why files were refused."""
        if self._is_asked and (photos or refused or self._photos is not None):
            self.photos.show_photos(photos)
            self.photos.show_refused(refused)

    def show_calculated(self, text: str) -> None:
        """The value of a calculation, in words."""
        self.calculated.setText(text or "–")

    def show_problems(self, wrong: Sequence[str], lacking: Sequence[str], *, open_comment: bool = False) -> None:
        """What is wrong with the answer, and what it still lacks, in sentences."""
        self.problems.setText("\n".join(wrong))
        self.problems.setVisible(bool(wrong))
        self.lacking.setText("\n".join(lacking))
        self.lacking.setVisible(bool(lacking))
        self.setAccessibleDescription(" ".join([*wrong, *lacking]))
        if open_comment:
            self._open_comment(True)

    @property
    def is_commenting(self) -> bool:
        """Whether the comment is being typed."""
        return self._comment is not None and self._comment.field.hasFocus()

    def begin_comment(self) -> None:
        """Open the comment, to be typed on at its end."""
        self._open_comment(True)
        self.comment.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.comment.field.moveCursor(QTextCursor.MoveOperation.End)

    def set_current(self, current: bool) -> None:
        """Mark the card as the one that has the focus, and measure the time spent on it."""
        restyle(self, current="true" if current else "false")
        self._entered = time.monotonic() if current else None

    def set_read_only(self, read_only: bool = True) -> None:
        """Let it be looked at only, or be answered again."""
        self._read_only = read_only
        for widget in (self.input, self._comment, self.na_button, self.photo_button, self.comment_button):
            if widget is not None:
                widget.setEnabled(not read_only)
        if self._photos is not None:
            self._photos.set_read_only(read_only)

    def focus_target(self) -> QWidget:
        """The control that takes the focus when the question is gone to."""
        if self.input is not None:
            return self.input.focus_target()
        return self.photo_button if self._question.type == "photo" else self

    def flush(self) -> None:
        """Tell what is typed and not told yet."""
        if self.input is not None:
            self.input.flush()
        if self._comment is not None:
            self._comment.flush()
        if self._photos is not None:
            self._photos.flush()

    # What the person does

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if not self._read_only and self._is_asked and (mime.hasFormat(OWN) or holds_photos(mime)):
            event.acceptProposedAction()
            restyle(self, target="true")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        restyle(self, target="false")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        restyle(self, target="false")
        event.acceptProposedAction()
        self.photos_dropped.emit(self.key, event.mimeData())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers or not self.isEnabled() or not self._press(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def _press(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(self.key, 1)
            return True
        if not self._is_asked or not self.comment_button.isEnabled():
            return False
        digit = int(key) - int(Qt.Key.Key_0)
        if 0 <= digit <= 9:
            return self.input is not None and self.input.press_digit(digit)
        watch = self.input if isinstance(self.input, Stopwatch) else None
        if key == Qt.Key.Key_N and self._question.na:
            self.na_button.click()
        elif key == Qt.Key.Key_C:
            self.begin_comment()
        elif key == Qt.Key.Key_W:
            self.why_button.toggle()
            self._toggle_why()
        elif key == Qt.Key.Key_P and self.photo_button.parent() is not None:
            self.photo_wanted.emit(self.key)
        elif key == Qt.Key.Key_T and watch is not None:
            watch.start_or_stop()
        elif key == Qt.Key.Key_L and watch is not None:
            watch.lap()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not is_empty(self._answer.value):
            self._give(replace(self._answer, value=None, na=False))
        elif Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
            return self.input is not None and self.input.press_letter(chr(key))
        else:
            return False
        return True

    def _value_given(self, value: Value) -> None:
        self._give(replace(self._answer, value=value, na=self._answer.na and is_empty(value)))
        goes_on = self._question.type in ("choice", "yes_no") and self._asked.looks("quick", "quickcompact")
        if goes_on and not is_empty(value):
            self.stepped.emit(self.key, 1)

    def _comment_given(self, value: Value) -> None:
        self._give(replace(self._answer, comment=str(value or "")))

    def _toggle_na(self) -> None:
        na = not self._answer.na
        self._give(replace(self._answer, na=na, value=None if na else self._answer.value))

    def _toggle_guidance(self) -> None:
        self._guidance.setVisible(self._more.isChecked())
        self._more.setText(_("Less") if self._more.isChecked() else _("More"))

    def _toggle_comment(self) -> None:
        self._open_comment(self._comment is None or self._comment.isHidden())
        if not self.comment.isHidden():
            self.begin_comment()

    def _open_comment(self, is_open: bool) -> None:
        shown = is_open or bool(self._answer.comment)
        if shown or self._comment is not None:
            self.comment.setVisible(shown)
        self.comment_button.setChecked(shown)

    def _give(self, answer: Answer) -> None:
        if self._entered is not None:
            now = time.monotonic()
            spent = Decimal(int((now - self._entered) * 10)) / 10
            self._entered = now
            answer = replace(answer, seconds=(self._answer.seconds or Decimal(0)) + spent)
        self.answered.emit(self.key, answer)


def failure_sentence(reason: str) -> str:
    """What to say of a rule that could not be worked out."""
    return _("A rule of the form can't be worked out here and is left aside: {reason}").format(reason=reason)
