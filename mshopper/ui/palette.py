"""The command palette: every command that is in force here, found by a few of its letters, run by Enter.

It reads the same table as the menu and the keys (ui/actions.py), and runs the actions that the window and its screen made.
"""

import unicodedata
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from mshopper.i18n import _
from mshopper.ui.actions import COMMANDS, Command, written
from mshopper.ui.layouts import column, label
from mshopper.ui.overlay import Overlay
from mshopper.ui.sheet import target
from mshopper.ui.theme import scaled

WIDTH = 620
ROWS = 9
_KEYS = {"Del": "Delete"}
"""Single keys whose names differ from those in Qt's table of keys."""


class Entry(NamedTuple):
    """A command in force: what it is called now, and the action that does it; None for a key of a question card."""

    command: Command
    text: str
    action: QAction | None


class Palette(Overlay):
    """Type to narrow, arrows to choose, Enter to run, Escape to leave."""

    def __init__(self, window: QWidget, screen: QWidget | None, scale: int) -> None:
        super().__init__(window, _("All commands…"), scaled(WIDTH))
        self._row = target(scale)
        self._entries = entries(window, screen, self.before)
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("What do you want to do?"))
        self.field.setAccessibleName(_("Search the commands"))
        self.list = QListWidget()
        self.list.setAccessibleName(_("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setObjectName("driven by the field above")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(ROWS * self._row + 8)
        self._nothing = label(_("No command has these letters."), "muted")
        layout = column(self, margin=12, gap=8)
        layout.addWidget(self.field)
        layout.addWidget(self._nothing)
        layout.addWidget(self.list, 1)
        self.field.textChanged.connect(self._narrow)
        self.field.returnPressed.connect(self.run)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self.run())
        self._narrow("")

    def _narrow(self, typed: str) -> None:
        """List what fits, the best first."""
        self.list.clear()
        fits = [(fit, n) for n, entry in enumerate(self._entries) if (fit := fitness(typed, entry.text)) is not None]
        for _fit, n in sorted(fits, key=lambda each: -each[0]):
            entry = self._entries[n]
            item = QListWidgetItem()
            keys = written(entry.command.keys)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.text}, {keys}" if keys else entry.text)
            item.setData(Qt.ItemDataRole.UserRole, n)
            item.setSizeHint(QSize(100, self._row))
            self.list.addItem(item)
            self.list.setItemWidget(item, _line(entry.text, keys))
        self.list.setCurrentRow(0)
        self._nothing.setVisible(not fits)

    def run(self) -> None:
        """Close, and do what is chosen where the focus was before."""
        row = self.list.currentRow()
        if row < 0:
            return
        entry, before = self._entries[self.list.item(row).data(Qt.ItemDataRole.UserRole)], self.before
        self.dismiss()
        if entry.action is not None:
            QTimer.singleShot(0, entry.action, entry.action.trigger)
        elif (card := _card_of(before)) is not None:
            key = Qt.Key[f"Key_{_KEYS.get(entry.command.keys, entry.command.keys)}"]
            QApplication.sendEvent(card, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}.get(
                Qt.Key(event.key())
            )
            if step is not None and self.list.count():
                row = self.list.currentRow() + step
                self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)


def entries(window: QWidget, screen: QWidget | None, focus: QWidget | None) -> list[Entry]:
    """The commands in force: those of the screen first, then those of the question that has the focus, then the app's."""
    actions: dict[str, QAction] = {}
    for action in (*(screen.findChildren(QAction) if screen is not None else ()), *window.actions()):
        owner = action.parent()
        if action.isEnabled() and isinstance(owner, QWidget) and owner.isVisibleTo(window):
            actions.setdefault(action.objectName(), action)
    card = _card_of(focus)
    found = []
    for command in sorted(COMMANDS, key=lambda each: (each.scope == "app", each.scope == "card")):
        here = actions.get(command.id)
        if (here is not None or (command.scope == "card" and card is not None)) and command.id != "palette":
            found.append(Entry(command, _(command.text), here))
    return found


def _card_of(widget: QWidget | None) -> QWidget | None:
    """The question card that a widget stands in."""
    while widget is not None and widget.property("role") != "card":
        widget = widget.parentWidget()
    return widget if widget is not None and hasattr(widget, "focus_target") else None


def _line(text: str, keys: str) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(8, 0, 8, 0)
    row.addWidget(QLabel(text), 1)
    row.addWidget(label(keys, "muted"))
    line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return line


def fitness(typed: str, text: str) -> int | None:
    """How well a text fits the letters typed, which stand in it in that order; None where they don't.

    Letters that follow each other and letters that begin a word count more; case and accents count nothing.
    """
    wanted, there = _plain(typed).replace(" ", ""), _plain(text)
    at, points, run = 0, 0, 0
    for letter in wanted:
        found = there.find(letter, at)
        if found < 0:
            return None
        begins = found == 0 or not there[found - 1].isalnum()
        run = run + 1 if found == at and at else 1
        points += 3 * run + (8 if begins else 0) - min(found - at, 5)
        at = found + 1
    return points


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
