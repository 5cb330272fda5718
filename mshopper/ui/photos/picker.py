"""Which question a photo moves to: the form's questions as they are shown, narrowed by typing, chosen by Enter."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from mshopper.i18n import _
from mshopper.model.answer import AnswerKey
from mshopper.ui.layouts import column, label
from mshopper.ui.overlay import Overlay
from mshopper.ui.theme import TARGET, scaled

WIDTH, ROWS = 640, 9


class QuestionPicker(Overlay):
    """`chosen(key)` once; Escape leaves everything as it is. `questions` are keys and words, in the form's order."""

    chosen = Signal(object)

    def __init__(self, window: QWidget, questions: Sequence[tuple[AnswerKey, str]]) -> None:
        super().__init__(window, _("Move the photo to"), scaled(WIDTH))
        self._questions = questions
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("Search the questions"))
        self.field.setAccessibleName(_("Search the questions"))
        self.list = QListWidget()
        self.list.setAccessibleName(_("Questions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(min(max(len(questions), 3), ROWS) * scaled(TARGET) + 8)
        self._nothing = label(_("Nothing found"), "muted")
        layout = column(self, margin=12, gap=8)
        layout.addWidget(label(_("Move the photo to"), "heading"))
        layout.addWidget(self.field)
        layout.addWidget(self._nothing)
        layout.addWidget(self.list, 1)
        self.field.textChanged.connect(self._narrow)
        self.field.returnPressed.connect(self._choose)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._choose())
        self._narrow("")

    def _narrow(self, typed: str) -> None:
        wanted = typed.casefold().split()
        self.list.clear()
        for n, (_key, words) in enumerate(self._questions):
            if all(word in words.casefold() for word in wanted):
                item = QListWidgetItem(words)
                item.setData(Qt.ItemDataRole.UserRole, n)
                item.setSizeHint(QSize(100, scaled(TARGET)))
                self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._nothing.setVisible(not self.list.count())

    def _choose(self) -> None:
        if item := self.list.currentItem():
            key = self._questions[item.data(Qt.ItemDataRole.UserRole)][0]
            self.dismiss()
            self.chosen.emit(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}
            if (step := steps.get(Qt.Key(event.key()))) is not None and self.list.count():
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)
