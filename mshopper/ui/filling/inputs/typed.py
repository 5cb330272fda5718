"""Answers that are typed: text, barcodes, numbers and money, the place of a visit."""

import re
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import QLocale, QMimeData, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from mshopper.i18n import _, current_language
from mshopper.model.answer import Value
from mshopper.ui.filling.inputs.base import Asked, TypedInput
from mshopper.ui.layouts import TEXT_WIDTH, button, column, label
from mshopper.ui.theme import scaled


class GrowingText(QPlainTextEdit):
    """A text of several lines, as high as its words; Tab goes on to the next control."""

    def __init__(self, lines: int = 2) -> None:
        super().__init__()
        self._lines = lines
        self.setTabChangesFocus(True)
        self.setMaximumWidth(TEXT_WIDTH)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self._fit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """A file that is dropped here is for the window: its name is no answer."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def _fit(self) -> None:
        lines = min(max(self.document().size().height(), self._lines), 12)
        self.setFixedHeight(int(lines * self.fontMetrics().lineSpacing()) + 24)


class TextInput(TypedInput):
    """Free text."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self.field = GrowingText(lines=4 if asked.looks("multiline") else 2)
        self.field.setAccessibleName(_("Answer"))
        column(self).addWidget(self.field)
        self.listen_to(self.field)

    def value(self) -> Value:
        return self.field.toPlainText() or None

    def show_value(self, value: Value) -> None:
        self.field.blockSignals(True)
        self.field.setPlainText("" if value is None else str(value))
        self.field.blockSignals(False)

    def focus_target(self) -> QWidget:
        return self.field


class LineInput(TypedInput):
    """One line; Enter tells it and lets the card go on."""

    def __init__(self, asked: Asked, width: int = 240, after: str = "") -> None:
        super().__init__(asked)
        self.field = QLineEdit()
        self.field.setAccessibleName(_("Answer"))
        self.field.setFixedWidth(scaled(width))
        if asked.looks("numbers"):
            self.field.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        if asked.looks("masked"):
            self.field.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)
        self.row.addWidget(self.field)
        if after:
            self.row.addWidget(label(after, "muted"))
        self.row.addStretch(1)
        self.listen_to(self.field)
        self.field.returnPressed.connect(self.flush)

    def value(self) -> Value:
        return self.field.text().strip() or None

    def show_value(self, value: Value) -> None:
        self.field.setText("" if value is None else str(value))

    def focus_target(self) -> QWidget:
        return self.field


class NumberInput(LineInput):
    """number, integer or money. Comma and point both part the decimals."""

    def __init__(self, asked: Asked) -> None:
        question = asked.question
        super().__init__(asked, width=160, after=question.currency if question.type == "money" else "")
        self._whole = question.type == "integer"
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setInputMethodHints(
            Qt.InputMethodHint.ImhDigitsOnly if self._whole else Qt.InputMethodHint.ImhFormattedNumbersOnly
        )

    def value(self) -> Value:
        typed = self.field.text().strip()
        if not typed:
            return None
        number = read_number(typed)
        if number is None:
            return typed
        return int(number) if self._whole and number == int(number) else number

    def show_value(self, value: Value) -> None:
        self.field.setText(written(value))

    def tidy(self) -> None:
        value = self.value()
        if not isinstance(value, str):
            self.field.setText(written(value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        value = self.value()
        if step is None or not self._whole or not isinstance(value, int | None) or event.modifiers():
            super().keyPressEvent(event)
            return
        self.field.setText(written((value or 0) + step))
        self.typed()


SMALL_TEXT = 125
"""Up to this size of text, in percent, the four fields of a place have room side by side, and a button beside them."""


class LocationInput(TypedInput):
    """A place: latitude, longitude, altitude and accuracy, typed or pasted together."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        names = (_("Latitude"), _("Longitude"), _("Altitude (m)"), _("Accuracy (m)"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        self.fields: list[QLineEdit] = []
        for n, name in enumerate(names):
            field = QLineEdit()
            field.setAccessibleName(name)
            field.setFixedWidth(scaled(108))
            row, at = divmod(n, len(names) if scaled(100) < SMALL_TEXT else 2)
            grid.addWidget(label(name, "small"), 2 * row, at)
            grid.addWidget(field, 2 * row + 1, at)
            self.listen_to(field)
            self.fields.append(field)
        grid.addWidget(button(_("Paste coordinates"), self._paste), 2 * row + 1, at + 1)
        grid.setColumnStretch(len(names) + 1, 1)

    def value(self) -> Value:
        parts = [field.text().strip().replace(",", ".") for field in self.fields]
        while parts and not parts[-1]:
            parts.pop()
        return " ".join(part or "0" for part in parts) or None

    def show_value(self, value: Value) -> None:
        parts = str(value or "").split()
        for n, field in enumerate(self.fields):
            field.setText(parts[n] if n < len(parts) else "")

    def focus_target(self) -> QWidget:
        return self.fields[0]

    def _paste(self) -> None:
        numbers = read_coordinates(QApplication.clipboard().text())
        if numbers:
            self.show_value(" ".join(numbers))
            self.flush()


def read_number(typed: str) -> Decimal | None:
    """The number that was typed, with comma or point, thousands parted or not; None where it is none."""
    text = re.sub(r"[\s'\u00a0\u202f€$£]", "", typed)
    last = max(text.rfind(","), text.rfind("."))
    if last >= 0:
        mark = text[last]
        is_thousands = text.count(mark) > 1  # as in 1.234.567
        text = re.sub(r"[.,]", "", text[:last]) + ("" if is_thousands else ".") + text[last + 1 :]
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def read_coordinates(text: str) -> list[str]:
    """Up to four decimal numbers in a pasted text, such as "45.4642, 9.1900"; empty where there are fewer than two."""
    numbers = re.findall(r"[+-]?\d+(?:\.\d+)?", text)
    if len(numbers) < 2 or not all(abs(float(number)) <= 180 for number in numbers[:2]):
        return []
    return numbers[:4]


def written(value: Value) -> str:
    """A number as people of the language type it: no thousands marks, the language's decimal mark."""
    if value is None or isinstance(value, str | tuple):
        return "" if value is None else str(value)
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return text.replace(".", QLocale(current_language()).decimalPoint())
