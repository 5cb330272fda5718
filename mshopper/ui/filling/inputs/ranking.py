"""An order of preference: the choices under each other, dragged, or moved by buttons or Alt and the arrow keys."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mshopper.i18n import _
from mshopper.model.answer import Answer, Value
from mshopper.model.form import Choice
from mshopper.ui.filling.inputs.base import AnswerInput, Asked
from mshopper.ui.filling.pictures import IN_LIST, line_icon
from mshopper.ui.layouts import TEXT_WIDTH, button, icon_button, label
from mshopper.ui.theme import TARGET

_CHOICE = Qt.ItemDataRole.UserRole


class _Order(QListWidget):
    def __init__(self, ranking: "Ranking") -> None:
        super().__init__()
        self._ranking = ranking
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setAutoScroll(False)

    def dropEvent(self, event: QDropEvent) -> None:
        super().dropEvent(event)
        # Not before the drop is over: the list takes the dragged line from its former place after this.
        QTimer.singleShot(0, self, self._ranking.take_order)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._ranking.move_chosen(step)
        elif event.text() and event.key() not in (Qt.Key.Key_Space,):
            event.ignore()  # digits and single keys are the card's
        else:
            super().keyPressEvent(event)


class Ranking(AnswerInput):
    """The order counts as answered once something was moved or the order was confirmed."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._words = {choice.id: asked.show(choice.label) or choice.id for choice in asked.offered}
        pictures = {choice.id: asked.picture(choice.media) for choice in asked.choices if choice.media}
        self._icons = {name: line_icon(jpeg, self.devicePixelRatioF()) for name, jpeg in pictures.items()}
        self._line = IN_LIST.height() + 8 if any(self._icons.values()) else TARGET
        self._order = list(self._words)
        self._answered = False
        self.list = _Order(self)
        self.list.setProperty("role", "choose")
        self.list.setAccessibleName(_("Order, the first on top"))
        self.list.setFixedWidth(TEXT_WIDTH - 160)
        self.list.setIconSize(IN_LIST)
        self.list.setFixedHeight(len(self._order) * self._line + 6)
        icons = asked.icons
        buttons = QVBoxLayout()
        buttons.addWidget(icon_button(_("Move up"), icons.icon("arrow-up"), lambda: self.move_chosen(-1), ""))
        buttons.addWidget(icon_button(_("Move down"), icons.icon("arrow-down"), lambda: self.move_chosen(1), ""))
        buttons.addStretch(1)
        self._state = label("", "small", wrap=True)
        self._confirm = button(_("Keep this order"), self._tell)
        row = QHBoxLayout()
        row.addWidget(self.list)
        row.addLayout(buttons)
        row.addStretch(1)
        below = QHBoxLayout()
        below.addWidget(self._confirm)
        below.addWidget(self._state, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(row)
        outer.addLayout(below)
        self._show(0)

    def set_answer(self, answer: Answer) -> None:
        value: Value = answer.value
        self._answered = isinstance(value, tuple) and bool(value)
        given = [each for each in value if each in self._words] if isinstance(value, tuple) else []
        self._order = given + [each for each in self._words if each not in given]
        self._show(max(self.list.currentRow(), 0))

    def show_offered(self, choices: Sequence[Choice]) -> None:
        words = {choice.id: self.asked.show(choice.label) or choice.id for choice in choices}
        if words != self._words:
            self._words = words
            self._order = [each for each in self._order if each in words] + [e for e in words if e not in self._order]
            self.list.setFixedHeight(len(self._order) * self._line + 6)
            self._show(0)

    def focus_target(self) -> QWidget:
        return self.list

    def move_chosen(self, step: int) -> None:
        """Move the chosen line up (-1) or down (1)."""
        row = self.list.currentRow()
        if 0 <= row + step < len(self._order):
            self._order[row], self._order[row + step] = self._order[row + step], self._order[row]
            self._show(row + step)
            self._tell()

    def take_order(self) -> None:
        """Take the order in which the lines stand after one was dragged."""
        order = [str(self.list.item(n).data(_CHOICE)) for n in range(self.list.count())]
        if sorted(order) == sorted(self._order) and order != self._order:
            self._order = order
            self._tell()

    def _tell(self) -> None:
        self._answered = True
        self._show(self.list.currentRow())
        self.answer_changed.emit(tuple(self._order))

    def _show(self, row: int) -> None:
        self.list.clear()
        for n, choice_id in enumerate(self._order):
            item = _line(f"{n + 1}   {self._words[choice_id]}", choice_id, self._line)
            if (icon := self._icons.get(choice_id)) is not None:
                item.setIcon(icon)
            self.list.addItem(item)
        self.list.setCurrentRow(row)
        self._confirm.setVisible(not self._answered)
        self._state.setText("" if self._answered else _("Not answered yet: move a line, or keep this order."))


def _line(words: str, choice_id: str, height: int) -> QListWidgetItem:
    item = QListWidgetItem(words)
    item.setData(_CHOICE, choice_id)
    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)  # between lines, never on one
    item.setSizeHint(QSize(100, height))
    return item
