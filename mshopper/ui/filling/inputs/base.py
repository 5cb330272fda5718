"""What every answer widget is to its card: it shows an answer, and says the new value when the person gave one.

Answer widgets are dumb: they know the question and how to show its texts, nothing of visits, scores or stores.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from mshopper.model.answer import Answer, Value
from mshopper.model.form import Choice, Question, Text
from mshopper.model.media import Media
from mshopper.ui.icons import Icons
from mshopper.ui.theme import Theme

TYPING_MS = 800
"""Typed text is given on at the latest so long after the first unsaved key."""


@dataclass(frozen=True)
class Asked:
    """A question as an answer widget needs it: `show` gives a text in the form's language with answers filled in.

    `picture` gives the JPEG that stands with a text. `choices` are all that it may ever offer, `offered` those that it
    offers now.
    """

    question: Question
    show: Callable[[Text], str]
    icons: Icons
    theme: Theme
    choices: tuple[Choice, ...] = ()
    offered: tuple[Choice, ...] = ()
    picture: Callable[[Media], bytes] = lambda _media: b""

    def looks(self, *appearances: str) -> bool:
        """Whether the form's author asks for one of these looks."""
        return not set(appearances).isdisjoint(self.question.appearance.split())


class AnswerInput(QWidget):
    """The base of all answer widgets.

    `answer_changed(value)` tells a value to keep; `typing()` that something is typed that isn't told yet.
    """

    answer_changed = Signal(object)
    typing = Signal()

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked = asked

    def set_answer(self, answer: Answer) -> None:
        """Show `answer` without telling of a change."""
        del answer
        raise AssertionError(f"{type(self).__name__} leaves this out")

    def show_offered(self, choices: Sequence[Choice]) -> None:
        """Offer these choices from now on."""
        del choices

    def flush(self) -> None:
        """Tell what is typed and not told yet."""

    def focus_target(self) -> QWidget:
        """The control that takes the focus when the question is gone to."""
        return self

    def press_digit(self, digit: int) -> bool:
        """Choose by a digit key; False where digits choose nothing."""
        del digit
        return False

    def press_letter(self, letter: str) -> bool:
        """Choose by a letter's key (A to Z); False where it chooses nothing."""
        del letter
        return False

    def add_beside(self, widget: QWidget) -> bool:
        """Put "not applicable" beside the options; False where there are none, so that it stands below."""
        del widget
        return False


class TypedInput(AnswerInput):
    """An answer that is typed: told at most TYPING_MS after a key, and when the focus leaves."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._shown: Value = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_MS)
        self._timer.timeout.connect(self.flush)

    def listen_to(self, field: QLineEdit | QPlainTextEdit) -> None:
        """Follow what is typed into `field`."""
        if isinstance(field, QLineEdit):
            field.textEdited.connect(lambda _text: self.typed())
        else:
            field.textChanged.connect(self.typed)
        field.installEventFilter(self)

    def typed(self) -> None:
        """Something was typed: it will be told soon."""
        if not self._timer.isActive():
            self._timer.start()
        self.typing.emit()

    def flush(self) -> None:
        self._timer.stop()
        value = self.value()
        if value != self._shown:
            self._shown = value
            self.answer_changed.emit(value)

    def set_answer(self, answer: Answer) -> None:
        if self._timer.isActive() and answer.value == self._shown:
            return  # the person is typing on: what comes back is what was told a moment ago
        self._timer.stop()
        if answer.value != self.value() or answer.value != self._shown:
            self.show_value(answer.value)
        self._shown = answer.value

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.flush()
            self.tidy()
        return super().eventFilter(watched, event)

    def value(self) -> Value:
        """What is typed, as a value; text that can't be read as one stays text, for the person to mend."""
        raise AssertionError(f"{type(self).__name__} leaves this out")

    def show_value(self, value: Value) -> None:
        """Show `value` in the field."""
        del value
        raise AssertionError(f"{type(self).__name__} leaves this out")

    def tidy(self) -> None:
        """Write what was typed in the usual way, when the person has gone on."""
