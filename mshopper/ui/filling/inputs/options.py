"""Answers that are chosen: big buttons for yes and no, choices, scales, stars and faces; digits choose too."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mshopper.i18n import _
from mshopper.model.answer import Answer, Value
from mshopper.model.form import Choice
from mshopper.ui.filling.inputs.base import AnswerInput, Asked
from mshopper.ui.filling.pictures import button_pixmap
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import column, label

LONG_LABEL = 26
"""Options with longer words stand under each other."""

WRAP_AT = 560
WRAP_IN_ROW_AT = 120
IN_A_ROW = (
    "likert",
    "likert-mid",
    "horizontal",
    "horizontal-compact",
    "columns",
    "columns-pack",
    "list-nolabel",
    "list",
)
"""Appearances by which the options stand beside each other however long their words are."""

TWO_DIGITS_WITHIN = 1.2
"""Seconds in which 1 and 0 together mean 10."""

_FACES = {3: ("frown", "meh", "smile"), 5: ("angry", "frown", "meh", "smile", "laugh")}


@dataclass(frozen=True, slots=True)
class Option:
    """One button: the value it stands for, its words, its icon or picture (JPEG)."""

    value: str | int
    words: str
    icon: str = ""
    picture: bytes = b""


class OptionButton(QPushButton):
    """A button of a row: the arrow keys go along the row, Enter chooses and goes on to the next question."""

    walked = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Down) and not (
            event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            self.walked.emit(-1 if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up) else 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self.isChecked() and not self.property("several"):
                self.click()
            event.ignore()
        else:
            super().keyPressEvent(event)


KEYS = "1234567890ABDEFGHIJKMOQRSUVXYZ"
"""What chooses the first option, the second, …: digits, then the letters that do nothing else on a question."""


class Options(AnswerInput):
    """Buttons of which one is chosen, or several. Choosing the chosen one again takes it back."""

    def __init__(
        self, asked: Asked, options: Sequence[Option], *, several: bool = False, numbered: bool = True
    ) -> None:
        super().__init__(asked)
        self._options: tuple[Option, ...] = ()
        self._several = several
        self._numbered = numbered
        self._beside: list[QWidget] = []
        self._chosen: tuple[str | int, ...] = ()
        self._last_digit = (-1, 0.0)
        self.buttons: list[OptionButton] = []
        words = [option.words for option in options] + [asked.show(choice.label) for choice in asked.choices]
        self._in_row = asked.looks(*IN_A_ROW)
        self._upright = not self._in_row and len(words) > 2 and any(len(each) > LONG_LABEL for each in words)
        self._row: Flow | QVBoxLayout = QVBoxLayout() if self._upright else Flow()
        outer = column(self, gap=8)
        outer.addWidget(self._row) if isinstance(self._row, Flow) else outer.addLayout(self._row)
        self._show_options(tuple(options))

    def _show_options(self, options: tuple[Option, ...]) -> None:
        """Make the buttons, in the place of those that are there."""
        for widget in (*self.buttons, *self._beside):
            self._row.remove(widget) if isinstance(self._row, Flow) else self._row.removeWidget(widget)
        for made in self.buttons:
            made.hide()
            made.deleteLater()
        self._options = options
        numbered = self._numbered and len(options) > 1
        self.buttons = [self._button(n, option, numbered=numbered) for n, option in enumerate(options)]
        for widget in (*self.buttons, *self._beside):
            self._add(widget)

    def _button(self, n: int, option: Option, *, numbered: bool) -> OptionButton:
        made = OptionButton()
        made.setProperty("kind", "option")
        made.setProperty("several", self._several)
        made.setCheckable(True)
        made.setAutoDefault(False)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if n == 0 else Qt.FocusPolicy.ClickFocus)
        words = wrapped(option.words, made.fontMetrics(), WRAP_IN_ROW_AT if self._in_row else WRAP_AT)
        made.setText((f"{KEYS[n]}   {words}" if numbered and n < len(KEYS) else words).replace("&", "&&"))
        made.setAccessibleName(option.words)
        if self._upright:
            made.setStyleSheet("text-align: left;")
        if self._upright or self._in_row:
            made.setMinimumHeight(16 + made.fontMetrics().height() * (words.count("\n") + 1))
        if option.icon:
            made.setIcon(self.asked.icons.icon(option.icon, "text", 24, checked_role="on_accent"))
            made.setIconSize(QSize(24, 24))
        if pixmap := button_pixmap(option.picture, self.devicePixelRatioF()):
            made.setIcon(QIcon(pixmap))
            made.setIconSize(pixmap.deviceIndependentSize().toSize())
        made.clicked.connect(lambda: self._press(option.value))
        made.walked.connect(lambda step: self._walk(n + step))
        return made

    def set_answer(self, answer: Answer) -> None:
        value = answer.value
        self._chosen = () if value is None else value if isinstance(value, tuple) else (_plain(value),)
        self.show_chosen()

    def show_chosen(self) -> None:
        """Show which options are chosen."""
        entry = 0
        for n, (option, each) in enumerate(zip(self._options, self.buttons, strict=True)):
            each.setChecked(option.value in self._chosen)
            if each.isChecked() and not self._several:
                entry = n
        for n, each in enumerate(self.buttons):  # one stop of the Tab key for the whole row
            each.setFocusPolicy(Qt.FocusPolicy.StrongFocus if n == entry else Qt.FocusPolicy.ClickFocus)

    def show_offered(self, choices: Sequence[Choice]) -> None:
        options = options_of(self.asked, choices)
        if options != self._options:
            self._show_options(options)
            self.show_chosen()

    def focus_target(self) -> QWidget:
        return next((each for each in self.buttons if each.focusPolicy() & Qt.FocusPolicy.TabFocus), self)

    def add_beside(self, widget: QWidget) -> bool:
        self._beside.append(widget)
        self._add(widget)
        return True

    def _add(self, widget: QWidget) -> None:
        self._row.add(widget) if isinstance(self._row, Flow) else self._row.addWidget(widget)

    def press_digit(self, digit: int) -> bool:
        return self.press_letter(str(digit))

    def press_letter(self, letter: str) -> bool:
        n = KEYS.find(letter)
        if not 0 <= n < len(self.buttons):
            return False
        self.buttons[n].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._press(self._options[n].value)
        return True

    def _press(self, value: str | int) -> None:
        had = value in self._chosen
        if self._several:
            kept = {*self._chosen, value} - ({value} if had else set())
            # What is no longer offered goes with the next choice.
            self._chosen = tuple(option.value for option in self._options if option.value in kept)
        else:
            self._chosen = () if had else (value,)
        self.show_chosen()
        self.answer_changed.emit(self._value())

    def _value(self) -> Value:
        if self._several:
            return tuple(str(value) for value in self._chosen) or None
        return self._chosen[0] if self._chosen else None

    def _walk(self, n: int) -> None:
        if 0 <= n < len(self.buttons):
            self.buttons[n].setFocus(Qt.FocusReason.TabFocusReason)


class Scale(Options):
    """Whole numbers from `low` to `high` as buttons, with words at the two ends; a digit is the number itself."""

    def __init__(self, asked: Asked, low: int, high: int, ends: tuple[str, str] = ("", "")) -> None:
        super().__init__(asked, [Option(n, str(n)) for n in range(low, high + 1)], numbered=False)
        self._low = low
        for n, each in enumerate(self.buttons):
            each.setAccessibleName(_("{n} of {high}").format(n=low + n, high=high))
        if any(ends):
            words = QHBoxLayout()
            for end in ends:
                words.addWidget(label(end, "small"))
            words.insertStretch(1)
            layout = self.layout()
            assert isinstance(layout, QVBoxLayout)
            below = QWidget()
            below.setLayout(words)
            words.setContentsMargins(0, 0, 0, 0)
            below.setMaximumWidth(sum(each.sizeHint().width() + 8 for each in self.buttons) - 8)
            layout.addWidget(below)

    def press_digit(self, digit: int) -> bool:
        before, at = self._last_digit
        now = time.monotonic()
        self._last_digit = (digit, now)
        number = 10 if (before, digit) == (1, 0) and now - at < TWO_DIGITS_WITHIN else digit
        n = number - self._low
        if not 0 <= n < len(self.buttons):
            return False
        if not self.buttons[n].isChecked():
            self.buttons[n].setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._press(number)
        return True

    def press_letter(self, letter: str) -> bool:
        del letter  # a scale has numbers alone
        return False


class Stars(Scale):
    """A rating as stars, filled up to the answer."""

    def __init__(self, asked: Asked, low: int, high: int) -> None:
        super().__init__(asked, low, high)
        for each in self.buttons:
            each.setProperty("kind", "star")
            each.setText("")
            each.setIconSize(QSize(28, 28))
        self.show_chosen()

    def show_chosen(self) -> None:
        super().show_chosen()
        value = int(self._chosen[0]) if self._chosen and str(self._chosen[0]).isdigit() else self._low - 1
        for n, each in enumerate(self.buttons):
            lit = self._low + n <= value
            pixmap = self.asked.icons.pixmap("star", "accent" if lit else "control_line", 28, filled=lit)
            each.setIcon(pixmap)


def yes_no(asked: Asked) -> Options:
    """Yes and no, in the form's words where it has its own."""
    own = {choice.id: asked.show(choice.label) for choice in asked.question.choices}
    words = {"yes": _("Yes"), "no": _("No")}
    return Options(asked, [Option(value, own.get(value) or words[value]) for value in ("yes", "no")])


def choices(asked: Asked) -> Options:
    """One of the choices that are offered, or several of them."""
    return Options(asked, options_of(asked, asked.offered), several=asked.question.type == "choices")


def options_of(asked: Asked, choices: Sequence[Choice]) -> tuple[Option, ...]:
    """Choices as options; of choices with one name the first."""
    found = {
        choice.id: Option(
            choice.id,
            asked.show(choice.label) or choice.id,
            picture=asked.picture(choice.media) if choice.media else b"",
        )
        for choice in reversed(choices)
    }
    return tuple(reversed(found.values()))


def scale(asked: Asked) -> Options:
    """rating, nps, csat or ces in the style that the form asks for."""
    question = asked.question
    bounds = question.scale_bounds
    assert bounds is not None
    low, high = bounds
    if question.type == "csat" and high == 3:
        words = (_("Dissatisfied"), _("Neutral"), _("Satisfied"))
        return Options(asked, [Option(n + 1, words[n], icon) for n, icon in enumerate(_FACES[3])])
    if question.type == "rating" and question.style != "numbers":
        count = high - low + 1
        if question.style == "faces" and count in _FACES:
            options = [Option(low + n, str(low + n), icon) for n, icon in enumerate(_FACES[count])]
            return Options(asked, options, numbered=False)
        if low >= 0 and count <= 10:
            return Stars(asked, low, high)
    ends = {
        "nps": (_("not at all likely"), _("extremely likely")),
        "csat": (_("very dissatisfied"), _("very satisfied")),
        "ces": (_("very difficult"), _("very easy")),
    }
    return Scale(asked, low, high, ends.get(question.type, ("", "")))


def wrapped(text: str, metrics: QFontMetrics, width: int) -> str:
    """`text` broken between words into lines no wider than `width` pixels (a button breaks no lines itself)."""
    lines: list[str] = []
    for word in text.split():
        if lines and metrics.horizontalAdvance(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)
