"""Where a person is on a screen, so that the same screen built anew (in another language or size) is left where it was."""

from typing import NamedTuple

from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLineEdit, QPlainTextEdit, QWidget


class Spot(NamedTuple):
    """The control with the focus, by its number among those of the screen; what is typed; how far each part is scrolled."""

    focus: int
    typed: tuple[str, ...]
    scrolled: tuple[int, ...]


def spot(screen: QWidget) -> Spot:
    """Where the person is on `screen`."""
    focus = QApplication.focusWidget()
    controls = _controls(screen)
    return Spot(
        controls.index(focus) if focus in controls else -1,
        tuple(_text(field) for field in _fields(screen)),
        tuple(area.verticalScrollBar().value() for area in screen.findChildren(QAbstractScrollArea)),
    )


def go_back(screen: QWidget, to: Spot) -> None:
    """Be there again, as far as the screen is the same."""
    fields, controls, areas = _fields(screen), _controls(screen), screen.findChildren(QAbstractScrollArea)
    if len(fields) == len(to.typed):
        for field, text in zip(fields, to.typed, strict=True):
            if _text(field) != text:
                field.setText(text) if isinstance(field, QLineEdit) else field.setPlainText(text)
    if 0 <= to.focus < len(controls):
        controls[to.focus].setFocus()
    if len(areas) == len(to.scrolled):
        for area, value in zip(areas, to.scrolled, strict=True):
            area.verticalScrollBar().setValue(value)


def _controls(screen: QWidget) -> list[QWidget]:
    return screen.findChildren(QWidget)


def _fields(screen: QWidget) -> list[QLineEdit | QPlainTextEdit]:
    return [*screen.findChildren(QLineEdit), *screen.findChildren(QPlainTextEdit)]


def _text(field: QLineEdit | QPlainTextEdit) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()
