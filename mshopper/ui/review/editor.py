"""A few fields and a button, in a panel above the foot: what a decision or an action needs to be said."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDateEdit,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mshopper.i18n import _
from mshopper.ui.layouts import button, empty_layout, label
from mshopper.ui.words import locale

_NO_DAY = QDate(2000, 1, 1)


class Field(NamedTuple):
    """Something to be said: its name, its words, and whether it is a "line", "lines" of text, a "day" or a "photo"."""

    name: str
    words: str
    kind: str = "line"
    value: str = ""


class PhotoChoice(QPushButton):
    """Asks for a photo; `path` is what was chosen, "" for none."""

    def __init__(self) -> None:
        super().__init__(_("Choose a photo…"))
        self.path = ""
        self.setAutoDefault(False)
        self.clicked.connect(self._ask)

    def _ask(self) -> None:
        from mshopper.ui.photos.given import ask_for_photos

        if paths := ask_for_photos(self):
            self.choose(paths[0])

    def choose(self, path: Path) -> None:
        """Take this file."""
        self.path = str(path)
        self.setText(path.name)


class Editor(QFrame):
    """Hidden until something is asked; Escape closes it, Ctrl+Enter confirms. A day left out is ""."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self._fields: dict[str, QWidget] = {}
        self._then: Callable[[dict[str, str]], object] = lambda _said: None
        self._left: Callable[[], object] = lambda: None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(24, 12, 24, 12)
        self._layout.setSpacing(8)
        self.hide()

    def ask(
        self,
        title: str,
        fields: list[Field],
        confirm: str,
        then: Callable[[dict[str, str]], object],
        left: Callable[[], object],
    ) -> None:
        """Show the fields under `title`; `then(said)` hears what was said, `left()` that it was closed."""
        empty_layout(self._layout)
        self._then, self._left = then, left
        self._layout.addWidget(label(title, "heading", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(12)
        self._fields = {field.name: _control(field) for field in fields}
        for field in fields:
            cell = QVBoxLayout()
            cell.setSpacing(2)
            named = label(field.words, "small")
            named.setBuddy(self._fields[field.name])
            cell.addWidget(named)
            cell.addWidget(self._fields[field.name])
            cell.addStretch(1)
            row.addLayout(cell, 2 if field.kind == "lines" else 1)
        self._layout.addLayout(row)
        buttons = QHBoxLayout()
        buttons.addWidget(button(confirm, self.confirm, "primary"))
        buttons.addWidget(button(_("Cancel"), self.leave))
        buttons.addStretch(1)
        self._layout.addLayout(buttons)
        self.show()
        next(iter(self._fields.values())).setFocus()

    def said(self) -> dict[str, str]:
        """What stands in the fields now."""
        return {name: _text(control) for name, control in self._fields.items()}

    def set_text(self, name: str, text: str) -> None:
        """Write into a field of text."""
        control = self._fields[name]
        assert isinstance(control, QLineEdit | QPlainTextEdit)
        if isinstance(control, QLineEdit):
            control.setText(text)
        else:
            control.setPlainText(text)

    def confirm(self) -> None:
        """Hand over what was said."""
        if not self.isHidden():
            self._then(self.said())

    def leave(self) -> None:
        """Close without a word."""
        self.close_form()
        self._left()

    def close_form(self) -> None:
        """Close."""
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirm()
        else:
            super().keyPressEvent(event)


def _control(field: Field) -> QWidget:
    made: QWidget
    if field.kind == "photo":
        made = PhotoChoice()
    elif field.kind == "day":
        day = QDateEdit()
        day.setCalendarPopup(True)
        day.setLocale(locale())
        day.setDisplayFormat("d MMM yyyy")
        day.setMinimumWidth(150)
        day.setMinimumDate(_NO_DAY)
        day.setSpecialValueText(_("no date"))
        day.setDate(QDate.fromString(field.value, Qt.DateFormat.ISODate) if field.value else _NO_DAY)
        if not field.value:
            day.setDate(QDate.currentDate().addDays(14))
        made = day
    elif field.kind == "lines":
        text = QPlainTextEdit(field.value)
        text.setTabChangesFocus(True)
        text.setFixedHeight(72)
        made = text
    else:
        made = QLineEdit(field.value)
    made.setAccessibleName(field.words)
    return made


def _text(control: QWidget) -> str:
    if isinstance(control, QDateEdit):
        day = control.date()
        return "" if day == _NO_DAY else day.toString(Qt.DateFormat.ISODate)
    if isinstance(control, QPlainTextEdit):
        return control.toPlainText()
    if isinstance(control, PhotoChoice):
        return control.path
    assert isinstance(control, QLineEdit)
    return control.text()
