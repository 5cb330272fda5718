"""Lines of the plan as a list: a Qt model over them, how each is painted and said, and the list itself."""

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem

from mshopper import operations as ops
from mshopper.i18n import _, current_language
from mshopper.model.plan_words import plan_state_text
from mshopper.model.reasons import not_done_text
from mshopper.store.plan import PlanRow
from mshopper.ui.desk import Desk
from mshopper.ui.theme import SMALL, scaled, tabular
from mshopper.ui.visits.rows import due
from mshopper.ui.words import day

ENTRY_ROLE = Qt.ItemDataRole.UserRole
ROW = 56
MARGIN = 12
STATE = 130
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

ICONS = {
    "late": ("triangle-alert", "bad"),
    "due": ("clock", "warn"),
    "planned": ("calendar", "muted"),
    "in_progress": ("circle-dot", "accent"),
    "returned": ("undo-2", "warn"),
    "done": ("circle-check", "good"),
    "not_done": ("ban", "muted"),
}
"""The icon of each state and its colour role."""

Index = QModelIndex | QPersistentModelIndex


def plan_row(entry: ops.PlanEntry) -> PlanRow:
    """A line as the list of visits has it, for starting it or marking it as not done."""
    return PlanRow(entry.item, entry.store_name, entry.form_title, "", "")


def store_words(entry: ops.PlanEntry) -> str:
    """The store and the form."""
    title = entry.form_title.get(current_language()) or entry.item.form_id
    return f"{entry.store_name or entry.item.store_id} · {title}"


def state_words(entry: ops.PlanEntry, today: dt.date) -> str:
    """What has become of a line: "3 days late", "closed", "done"."""
    if entry.state in ("late", "due", "planned"):
        return due(plan_row(entry), today)
    reason = entry.line.reason
    return not_done_text(reason.partition(":")[0]) if reason else plan_state_text(entry.state)


def detail_words(entry: ops.PlanEntry) -> str:
    """The days, the auditor, the region, and in words why it was not done."""
    item = entry.item
    days = " – ".join(dict.fromkeys(filter(None, (day(item.from_date), day(item.to_date)))))
    note = entry.line.reason.partition(": ")[2]
    return " · ".join(filter(None, (days, entry.auditor or _("nobody yet"), entry.region, note)))


class EntryModel(QAbstractListModel):
    """The lines that a list shows; `ENTRY_ROLE` gives the line itself."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.entries: Sequence[ops.PlanEntry] = ()

    def show(self, entries: Sequence[ops.PlanEntry]) -> None:
        """Show these lines."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role not in (ENTRY_ROLE, Qt.ItemDataRole.DisplayRole):
            return None
        entry = self.entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        words = state_words(entry, self._desk.workspace.clock().date())
        return ", ".join((store_words(entry), plan_state_text(entry.state), words, detail_words(entry)))


class EntryList(QListView):
    """Lines of the plan. Enter and a double click are `opened()`, another selection is `chosen()`."""

    opened = Signal()
    chosen = Signal()

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self.model_ = EntryModel(desk, self)
        self.setAccessibleName(name)
        self.setModel(self.model_)
        self.setItemDelegate(_EntryDelegate(desk, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        self.selectionModel().currentChanged.connect(lambda _now, _before: self.chosen.emit())

    def show_entries(self, entries: Sequence[ops.PlanEntry]) -> None:
        """Show these lines, and choose the one that was chosen, else the first."""
        before = self.entry()
        self.model_.show(entries)
        ids = [entry.item.plan_id for entry in entries]
        row = ids.index(before.item.plan_id) if before is not None and before.item.plan_id in ids else 0
        if entries:
            self.setCurrentIndex(self.model_.index(row))
        self.chosen.emit()

    def entry(self) -> ops.PlanEntry | None:
        """The line that is chosen."""
        index = self.currentIndex()
        return self.model_.entries[index.row()] if index.isValid() else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


class _EntryDelegate(QStyledItemDelegate):
    def __init__(self, desk: Desk, view: QListView) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(200, scaled(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(ENTRY_ROLE)
        colours = self._desk.theme.colours
        painter.save()
        rect: QRect = option.rect.adjusted(2, 2, -2, -2)
        is_chosen = index == self._view.currentIndex()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.accent if is_chosen and self._view.hasFocus() else colours.line), 1))
        painter.setBrush(QColor(colours.accent_soft if is_chosen else colours.card))
        painter.drawRoundedRect(rect, 8, 8)
        icon, role = ICONS[entry.state]
        painter.drawPixmap(rect.left() + MARGIN, rect.center().y() - 10, self._desk.icons.pixmap(icon, role, 20))
        words = state_words(entry, self._desk.workspace.clock().date())
        state = min(painter.fontMetrics().horizontalAdvance(words) + 4, scaled(STATE))
        left = rect.left() + MARGIN + 20 + MARGIN
        text = QRect(
            left, rect.top() + 6, rect.width() - (left - rect.left()) - state - MARGIN - 8, rect.height() // 2 - 6
        )
        self._write(painter, text, store_words(entry), "text", bold=True)
        self._write(painter, text.translated(0, rect.height() // 2 - 4), detail_words(entry), "muted", SMALL)
        place = QRect(rect.right() - state - MARGIN, rect.top(), state, rect.height())
        self._write(painter, place, words, role if role != "accent" else "text", align=RIGHT)
        painter.restore()

    def _write(
        self,
        painter: QPainter,
        rect: QRect,
        words: str,
        role: str,
        size: int = 13,
        *,
        bold: bool = False,
        align: Qt.AlignmentFlag = LEFT,
    ) -> None:
        font = tabular(self._view.font())
        font.setPixelSize(scaled(size))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(getattr(self._desk.theme.colours, role)))
        painter.drawText(
            rect, align, painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        )
