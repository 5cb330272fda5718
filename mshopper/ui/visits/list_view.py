"""The list of visits and the columns over it that sort it.

A table of one column: Qt lays 100,000 rows of one height out without asking the model for a single one, which its list
view doesn't.
"""

from functools import partial

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolButton, QWidget

from mshopper.i18n import _
from mshopper.store import VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.desk import Desk
from mshopper.ui.icons import BESIDE
from mshopper.ui.layouts import icon_button
from mshopper.ui.theme import TARGET, scaled
from mshopper.ui.visits.delegate import HEADING, ROW, Columns, VisitDelegate, columns, start_place
from mshopper.ui.visits.model import LINE_ROLE, VisitsModel
from mshopper.ui.visits.rows import OPEN_STATES

SELECT = QItemSelectionModel.SelectionFlag

SORTS = {
    "score": ("percent_high", "percent_low"),
    "store": ("store", "store_last"),
    "form": ("form", "form_last"),
    "day": ("newest", "oldest"),
    "auditor": ("auditor", "auditor_last"),
    "outcome": ("verdict", "verdict_last"),
}
"""The columns with the order that a first click gives, and the one that a second gives."""

_FALLING = ("percent_high", "store_last", "form_last", "newest", "auditor_last", "verdict_last")


class VisitList(QTableView):
    """The lines of a VisitsModel. Enter, a double click and a click on a line's Start do what comes first for a visit."""

    opened = Signal()
    deleted = Signal()
    chosen = Signal()
    """Something else is selected."""

    def __init__(self, desk: Desk, model: VisitsModel) -> None:
        super().__init__()
        self._model = model
        self._headings: list[int] = []
        self.setAccessibleName(_("Visits"))
        # The delegate paints the ground of each line, the window's is between them. (Asking for the viewport would make
        # PySide make all classes of its kind: 20 ms.)
        self.setFrameShape(QTableView.Shape.NoFrame)
        palette = self.palette()
        for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Highlight):
            palette.setColor(role, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(scaled(ROW))
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.setItemDelegate(VisitDelegate(desk, self))
        self.setModel(model)
        self.selectionModel().currentChanged.connect(lambda now, _before: self._show_heading(now))
        self.selectionModel().selectionChanged.connect(lambda _now, _before: self.chosen.emit())
        model.modelReset.connect(self._show_headings)
        self._show_headings()

    def _show_headings(self) -> None:
        for row in self._headings:
            self.setRowHeight(row, scaled(ROW))
        self._headings = self._model.headings()
        for row in self._headings:
            self.setRowHeight(row, scaled(HEADING))

    def ranges(self) -> list[tuple[int, int]]:
        """The rows that are selected, as (first, last)."""
        selection = self.selectionModel().selection()
        return [(selection.at(n).top(), selection.at(n).bottom()) for n in range(selection.count())]

    def choose(self, row: int) -> None:
        """Select that row alone and show it; a heading gives way to the line after it."""
        index: QModelIndex = self._model.index(row + 1 if row in self._headings else row)
        self.selectionModel().setCurrentIndex(index, SELECT.ClearAndSelect | SELECT.Rows)
        self.scrollTo(index)
        self._show_heading(index)

    def _show_heading(self, index: QModelIndex) -> None:
        """The heading over a line is shown with it."""
        if index.row() - 1 in self._headings:
            self.scrollTo(self._model.index(index.row() - 1))

    def selectAll(self) -> None:
        last = self._model.rowCount() - 1
        if last >= 0:
            every = QItemSelection(self._model.index(0), self._model.index(last))
            self.selectionModel().select(every, SELECT.ClearAndSelect)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
        else:
            super().keyPressEvent(event)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """In a table, Home and End would stay in their row."""
        last = self._model.rowCount() - 1
        if action == QAbstractItemView.CursorAction.MoveHome and last > 0:
            return self._model.index(1)
        if action == QAbstractItemView.CursorAction.MoveEnd and last > 0:
            return self._model.index(last)
        return super().moveCursor(action, modifiers)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        if event.button() == Qt.MouseButton.LeftButton and not event.modifiers() and index.isValid():
            line = index.data(LINE_ROLE)
            can_start = isinstance(line, PlanRow) or (isinstance(line, VisitRow) and line.state in OPEN_STATES)
            if can_start and start_place(self.visualRect(index)).contains(at):
                self.opened.emit()


class ColumnHeads(QWidget):
    """The names of the columns; a click sorts by one, another the other way round. `sorted_by(order)` says how."""

    sorted_by = Signal(str)

    def __init__(self, desk: Desk, view: VisitList) -> None:
        super().__init__()
        self._desk, self._view = desk, view
        self._order = "newest"
        self.setFixedHeight(scaled(TARGET))
        names = {
            "score": _("Score"),
            "store": _("Store"),
            "form": _("Form"),
            "day": _("Day"),
            "auditor": _("Auditor"),
            "outcome": _("Outcome"),
        }
        self.buttons: dict[str, QToolButton] = {}
        for column, name in names.items():
            icon = desk.icons.beside("arrow-down", "accent", off=False)
            made = icon_button(_("Sort by: {column}").format(column=name), icon, partial(self._sort, column))
            made.setParent(self)
            made.setText(name)
            made.setIconSize(BESIDE)
            self.buttons[column] = made
        self.show_order("newest")

    def show_order(self, order: str) -> None:
        """Show which column the list is sorted by, and which way."""
        self._order = order
        for column, made in self.buttons.items():
            is_on = order in SORTS[column]
            beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            made.setToolButtonStyle(beside if is_on else Qt.ToolButtonStyle.ToolButtonTextOnly)
            falling = order in _FALLING
            if is_on:
                made.setIcon(self._desk.icons.beside("arrow-down" if falling else "arrow-up", "accent", off=False))
            said = _("sorted, falling") if falling else _("sorted, rising")
            made.setAccessibleDescription(said if is_on else "")
        self._arrange()

    def _sort(self, column: str) -> None:
        first, second = SORTS[column]
        self.sorted_by.emit(second if self._order == first else first)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Each name over its column; store and form, day and auditor share one."""
        places: Columns = columns(self.width() - self._view.verticalScrollBar().sizeHint().width())
        for (left, width), names in zip(
            places, (("score",), ("store", "form"), ("day", "auditor"), ("outcome",)), strict=True
        ):
            x = left - 8
            for name in names:
                made = self.buttons[name]
                wide = min(made.sizeHint().width(), max(TARGET, (width + 16) // len(names)))
                if made.minimumSizeHint().width() > wide:  # the words matter more than the arrow
                    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
                made.setGeometry(x, 0, wide, self.height())
                x += wide + 4
