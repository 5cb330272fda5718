"""The league table: lines with the interval of each mean as a bar on a scale that all share."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from mshopper.i18n import _
from mshopper.model.comparison import Group
from mshopper.ui.compare.league_model import (
    CHANGE,
    CRITICAL,
    ESTIMATE,
    GROUP_ROLE,
    MEAN,
    NAME,
    NEEDS,
    PASSED,
    RANK,
    VISITS,
    LeagueModel,
)
from mshopper.ui.desk import Desk
from mshopper.ui.theme import SMALL, scaled, tabular

ROW = 40
_WIDTHS = {RANK: 56, VISITS: 52, MEAN: 150, ESTIMATE: 62, CHANGE: 76, PASSED: 64, CRITICAL: 58, NEEDS: 28}
_SHED = (ESTIMATE, PASSED, RANK, CRITICAL, CHANGE, NEEDS)
"""What gives way, in this order, where names would have no room."""
_NAME_AT_LEAST = 150
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class LeagueView(QTableView):
    """Arrows move among lines and columns; S sorts by the column, Enter opens the line. `chosen(id)` is the line's group."""

    chosen = Signal(str)
    opened = Signal(str)
    sorted_by = Signal(int)

    def __init__(self, desk: Desk, model: LeagueModel) -> None:
        super().__init__()
        self._league = model
        self._is_quiet = False
        self.setAccessibleName(_("League table"))
        self.setAccessibleDescription(_("Arrows move, S sorts by the column, Enter opens the line."))
        self.setProperty("role", "lines")
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows, heads = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(scaled(ROW))
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setMinimumHeight(scaled(ROW))
        heads.setHighlightSections(False)
        heads.setAccessibleName(_("Columns"))
        heads.setSectionsClickable(True)
        heads.setSortIndicatorShown(True)
        heads.sectionClicked.connect(self.sorted_by)
        self.setMinimumHeight(3 * scaled(ROW))
        self.setModel(model)
        self.setItemDelegate(LeagueDelegate(desk, self, model))
        self.selectionModel().currentRowChanged.connect(self._tell)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(GROUP_ROLE).id))
        model.modelReset.connect(self._arrange)

    def choose(self, group_id: str) -> None:
        """Choose that group's line, without telling."""
        if not self._league.groups:
            return
        self._is_quiet = True
        column = max(self.currentIndex().column(), NAME)
        self.setCurrentIndex(self._league.index(self._league.row_of(group_id), column))
        self._is_quiet = False

    def show_order(self) -> None:
        """Show which column the lines are sorted by."""
        column, falling = self._league.order or self._league.natural_order
        order = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(column, order)

    def _tell(self, now: QModelIndex, _before: QModelIndex) -> None:
        group = now.data(GROUP_ROLE)
        if isinstance(group, Group) and not self._is_quiet:
            self.chosen.emit(group.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.opened.emit(index.data(GROUP_ROLE).id)
        elif event.key() == Qt.Key.Key_S and not event.modifiers() and index.isValid():
            self.sorted_by.emit(index.column())
        else:
            super().keyPressEvent(event)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """In a table, Home and End would stay in their row."""
        last = self._league.rowCount() - 1
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: last}
        if action in ends and last >= 0:
            made: QModelIndex = self._league.index(ends[action], max(self.currentIndex().column(), 0))
            return made
        return super().moveCursor(action, modifiers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        room = self.viewport().width() if self.model() is not None else 0
        widths = {column: scaled(width) for column, width in _WIDTHS.items()}
        shown = dict(widths)
        for column in _SHED:
            if room - sum(shown.values()) < scaled(_NAME_AT_LEAST):
                del shown[column]
        for column in _WIDTHS:
            self.setColumnHidden(column, column not in shown)
            if column in shown:
                self.setColumnWidth(column, widths[column])
        self.setColumnWidth(NAME, max(room - sum(shown.values()), scaled(_NAME_AT_LEAST)))


class LeagueDelegate(QStyledItemDelegate):
    """Paints the cells."""

    def __init__(self, desk: Desk, view: LeagueView, model: LeagueModel) -> None:
        super().__init__(view)
        self._desk, self._view, self._model = desk, view, model
        self._scale = model.scale
        model.modelReset.connect(self._take_scale)

    def _take_scale(self) -> None:
        self._scale = self._model.scale

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        group, column, rect = index.data(GROUP_ROLE), index.column(), option.rect
        if not isinstance(group, Group):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, rect, index)
        inner = rect.adjusted(6, 0, -6, 0)
        if column == MEAN:
            self._mean(painter, inner, group)
        elif column == NEEDS:
            if group.needs_visit:
                self._icon(painter, rect, "calendar", "warn")
        else:
            role, bold = self._look(group, column)
            self._pen(painter, role, bold=bold or not group.id)
            if column == NAME and group.difference is not None and group.difference.differs:
                up = group.difference.differs > 0
                self._icon(painter, QRect(inner.left(), inner.top(), 16, inner.height()), *_arrow(up))
                inner.setLeft(inner.left() + scaled(20))
            text = painter.fontMetrics().elidedText(
                self._model.short(group, column), Qt.TextElideMode.ElideRight, inner.width()
            )
            painter.drawText(inner, _LEFT if column == NAME else _RIGHT, text)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, index: Index) -> None:
        colours = self._desk.theme.colours
        chosen = self._view.currentIndex().row() == index.row()
        if chosen:
            painter.fillRect(rect, QColor(colours.accent_soft))
        painter.setPen(QColor(colours.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if chosen and self._view.hasFocus():
            is_cell = self._view.currentIndex().column() == index.column()
            painter.setPen(QPen(QColor(colours.accent), 2 if is_cell else 1))
            if is_cell:
                painter.drawRoundedRect(rect.adjusted(1, 1, -2, -2), 4, 4)
            else:
                painter.drawLine(rect.topLeft(), rect.topRight())

    def _look(self, group: Group, column: int) -> tuple[str, bool]:
        """The colour and weight of a cell's words."""
        if column == CHANGE and group.change is not None and group.change.direction:
            return ("good" if group.change.direction > 0 else "bad"), True
        if column == CRITICAL:
            return "bad", True
        return ("muted" if column in (RANK, VISITS, ESTIMATE, CHANGE) else "text"), False

    def _mean(self, painter: QPainter, rect: QRect, group: Group) -> None:
        """The number, and right of it the interval with the mean in it; what one visit says is a hollow dot."""
        colours = self._desk.theme.colours
        number = QRect(rect.left(), rect.top(), scaled(40), rect.height())
        self._pen(painter, "text", bold=True)
        painter.drawText(number, _RIGHT, self._model.short(group, MEAN))
        if group.mean is None:
            return
        left, right = number.right() + 12, rect.right() - 4
        low, high = self._scale

        def at(value: float) -> float:
            return left + (right - left) * (min(max(value, low), high) - low) / (high - low)

        middle = rect.center().y() + 1
        painter.setPen(QPen(QColor(colours.line), 2))
        painter.drawLine(left, middle, right, middle)
        if group.interval is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.control_line))
            start, end = at(group.interval.low), at(group.interval.high)
            painter.drawRoundedRect(QRectF(start, middle - 3.5, max(end - start, 3), 7), 3.5, 3.5)
        differs = group.difference.differs if group.difference else 0
        colour = QColor(getattr(colours, {1: "good", -1: "bad"}.get(differs, "accent")))
        painter.setPen(QPen(colour if group.interval is None else QColor(colours.card), 1.6))
        painter.setBrush(colour if group.interval is not None else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(at(group.mean), middle), 4.2, 4.2)

    def _icon(self, painter: QPainter, rect: QRect, name: str, role: str) -> None:
        size = scaled(16)
        pixmap = self._desk.icons.pixmap(name, role, size)
        painter.drawPixmap(rect.left() + (rect.width() - size) // 2, rect.center().y() - size // 2 + 1, pixmap)

    def _pen(self, painter: QPainter, role: str, *, bold: bool = False) -> None:
        font = tabular(self._view.font())
        font.setPixelSize(scaled(SMALL + 1))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(getattr(self._desk.theme.colours, role)))


def _arrow(up: bool) -> tuple[str, str]:
    return ("arrow-up", "good") if up else ("arrow-down", "bad")
