"""The visits behind what is selected: Enter opens one."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QWidget

from mshopper.i18n import _
from mshopper.model.comparison import VisitLine
from mshopper.ui.compare.visits_model import AUDITOR, DAY, FORM, LINE_ROLE, OUTCOME, STATE, STORE, VALUE, BehindModel
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import column, icon_button, label
from mshopper.ui.theme import scaled

ROW = 32
_WIDTHS = {DAY: 76, AUDITOR: 110, FORM: 140, VALUE: 78, OUTCOME: 150, STATE: 100}
_SHED = (STATE, FORM, AUDITOR, OUTCOME)
_STORE_AT_LEAST = 120


class VisitLines(QTableView):
    """The lines. `opened(line)` by Enter or a double click."""

    opened = Signal(object)

    def __init__(self, model: BehindModel) -> None:
        super().__init__()
        self.setAccessibleName(_("The visits behind it"))
        self.setAccessibleDescription(_("Enter opens a visit."))
        self.setProperty("role", "lines")
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(scaled(ROW))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setAccessibleName(_("Columns"))
        self.setMinimumHeight(2 * scaled(ROW))
        self.setModel(model)
        self.doubleClicked.connect(self._open)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE) if index.isValid() else None
        if isinstance(line, VisitLine):
            self.opened.emit(line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.viewport().width()
        shown = {number: scaled(width) for number, width in _WIDTHS.items()}
        for number in _SHED:
            if room - sum(shown.values()) < scaled(_STORE_AT_LEAST):
                del shown[number]
        for number in _WIDTHS:
            self.setColumnHidden(number, number not in shown)
            if number in shown:
                self.setColumnWidth(number, shown[number])
        self.setColumnWidth(STORE, max(room - sum(shown.values()), scaled(_STORE_AT_LEAST)))


class VisitsView(QWidget):
    """A heading that says behind what they stand, and the lines. `left()` goes back to all visits of the line chosen."""

    opened = Signal(object)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.model = BehindModel(self)
        self.lines = VisitLines(self.model)
        self.lines.opened.connect(self.opened)
        self.heading = label("", "heading")
        self.about = label("", "small", wrap=True)
        self.back = icon_button(_("All visits of the line chosen"), desk.icons.icon("x", "muted"), self.left.emit)
        head = QHBoxLayout()
        head.addWidget(self.heading)
        head.addWidget(self.about, 1)
        head.addWidget(self.back)
        inside = column(self, gap=4)
        inside.addLayout(head)
        inside.addWidget(self.lines, 1)
        self.heading.setText(_("Visits"))
        self.back.hide()

    def begin(self) -> None:
        """Give the focus to the lines, the first chosen."""
        if self.model.lines and not self.lines.currentIndex().isValid():
            self.lines.setCurrentIndex(self.model.index(0, 0))
        self.lines.setFocus()
