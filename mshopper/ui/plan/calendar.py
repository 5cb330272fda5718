"""The plan as a calendar: a month or a week, each day with what is planned for it. Arrows, PgUp, PgDn, Home, Enter."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QDate,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from mshopper import operations as ops
from mshopper.i18n import _, ngettext
from mshopper.model.plan_progress import PLAN_STATES
from mshopper.model.plan_words import plan_count_text
from mshopper.model.proposal import add_months
from mshopper.ui.desk import Desk
from mshopper.ui.plan.entries import ICONS
from mshopper.ui.theme import SMALL, scaled, tabular
from mshopper.ui.words import locale

DAY_ROLE = Qt.ItemDataRole.UserRole
WEEK = 7
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex
Days = Mapping[str, Sequence[ops.PlanEntry]]


class CalendarModel(QAbstractTableModel):
    """The days of a month's or a week's rows; `DAY_ROLE` gives the date."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.first = dt.date.min
        self.weeks = 1
        self.days: Days = {}

    def show(self, first: dt.date, weeks: int, days: Days) -> None:
        """Show `weeks` rows from the Monday `first`."""
        self.beginResetModel()
        self.first, self.weeks, self.days = first, weeks, days
        self.endResetModel()

    def day(self, index: Index) -> dt.date:
        """The date of a cell."""
        return self.first + dt.timedelta(days=index.row() * WEEK + index.column())

    def cell(self, day: dt.date) -> QModelIndex:
        """The cell of a date; an invalid one where it isn't shown."""
        n = (day - self.first).days
        return self.index(n // WEEK, n % WEEK) if 0 <= n < self.weeks * WEEK else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self.weeks

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else WEEK

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role not in (DAY_ROLE, Qt.ItemDataRole.DisplayRole):
            return None
        day = self.day(index)
        return day if role == DAY_ROLE else f"{long_day(day)}: {day_words(self.days.get(day.isoformat(), ()))}"


def day_names() -> list[str]:
    """The days of the week in short, Monday first."""
    return [locale().standaloneDayName(n, QLocale.FormatType.ShortFormat) for n in range(1, WEEK + 1)]


def long_day(day: dt.date) -> str:
    """A day in words: "Tuesday 24 November"."""
    return _capital(_written(day, "dddd d MMMM"))


def _written(day: dt.date, pattern: str) -> str:
    return locale().toString(QDate(day.year, day.month, day.day), pattern)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def day_words(entries: Sequence[ops.PlanEntry]) -> str:
    """What a day holds, in words."""
    counts = Counter(entry.state for entry in entries)
    parts = [plan_count_text(state, counts[state]) for state in PLAN_STATES if counts[state]]
    return ", ".join(parts) or _("nothing planned")


class CalendarView(QTableView):
    """`opened()` asks for the chosen day's lines, `chosen()` says that another day is chosen or other days are shown."""

    opened = Signal()
    chosen = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.by_week = False
        self.day = desk.workspace.clock().date()
        self._model = CalendarModel(self)
        self._days: Days = {}
        self.setAccessibleName(_("Calendar of the plan"))
        palette = self.palette()  # the delegate paints the ground of each day
        for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Highlight):
            palette.setColor(role, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.setModel(self._model)
        self.setItemDelegate(_DayDelegate(desk, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setMinimumSectionSize(24)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().hide()  # its names stand above, as labels that a screen reader knows
        self.selectionModel().currentChanged.connect(self._choose)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def show_days(self, days: Days) -> None:
        """Show these lines, by the ISO date at which they stand."""
        self._days = days
        self.go_to(self.day)

    def go_to(self, day: dt.date, *, by_week: bool | None = None) -> None:
        """Show a day, in its month or its week, and choose it."""
        self.by_week = self.by_week if by_week is None else by_week
        self.day = day
        first = day if self.by_week else day.replace(day=1)
        first -= dt.timedelta(days=first.weekday())
        last = day if self.by_week else add_months(day.replace(day=1), 1) - dt.timedelta(days=1)
        self._model.show(first, (last - first).days // WEEK + 1, self._days)
        self.setCurrentIndex(self._model.cell(day))
        self.chosen.emit()

    def step(self, pages: int) -> None:
        """Go on by so many months, or weeks."""
        self.go_to(self.day + dt.timedelta(days=WEEK * pages) if self.by_week else add_months(self.day, pages))

    def is_shown(self, day: dt.date) -> bool:
        """Whether a day belongs to the month that is shown, or the week."""
        return self.by_week or (day.year, day.month) == (self.day.year, self.day.month)

    def title(self) -> str:
        """What is shown: "November 2026", or the week's days."""
        if not self.by_week:
            return _capital(_written(self.day, "MMMM yyyy"))
        last = self._model.first + dt.timedelta(days=WEEK - 1)
        return f"{_written(self._model.first, 'd MMM')} – {_written(last, 'd MMM yyyy')}"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -WEEK, Qt.Key.Key_Down: WEEK}
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key in steps:
            self.go_to(self.day + dt.timedelta(days=steps[key]))
        elif key in pages:
            self.step(pages[key])
        elif key == Qt.Key.Key_Home:
            self.go_to(self._desk.workspace.clock().date())
        else:
            super().keyPressEvent(event)

    def _choose(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid() and self._model.day(now) != self.day:
            self.day = self._model.day(now)
            self.viewport().update()
            self.chosen.emit()


class _DayDelegate(QStyledItemDelegate):
    """A day: its number, and a line for each state that it holds, as many as there is room for."""

    def __init__(self, desk: Desk, view: CalendarView) -> None:
        super().__init__(view)
        self._desk, self._view = desk, view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, CalendarModel)
        day = model.day(index)
        colours = self._desk.theme.colours
        is_chosen, is_shown = day == self._view.day, self._view.is_shown(day)
        rect: QRect = option.rect.adjusted(2, 2, -2, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = colours.accent if is_chosen else colours.line
        painter.setPen(QPen(QColor(edge), 2 if is_chosen and self._view.hasFocus() else 1))
        ground = colours.card if is_shown else colours.window
        painter.setBrush(QColor(colours.accent_soft if is_chosen else ground))
        painter.drawRoundedRect(rect, 8, 8)
        height = painter.fontMetrics().height()
        is_today = day == self._desk.workspace.clock().date()
        self._font(painter, bold=is_today)
        painter.setPen(QColor(colours.accent if is_today else colours.text if is_shown else colours.muted))
        number = _("{day} · today").format(day=day.day) if is_today else str(day.day)
        painter.drawText(QRect(rect.left() + 8, rect.top() + 4, rect.width() - 12, height), LEFT, number)
        self._lines(painter, rect.adjusted(8, 6 + height, -4, -4), model.days.get(day.isoformat(), ()))
        painter.restore()

    def _lines(self, painter: QPainter, rect: QRect, entries: Sequence[ops.PlanEntry]) -> None:
        """By week each store by name; by month how many of each state."""
        lines = [(entry.state, entry.store_name or entry.item.store_id) for entry in entries]
        height = scaled(20)
        room = max(rect.height() // height, 1)
        counts = Counter(entry.state for entry in entries)
        if not self._view.by_week:
            lines = [(state, plan_count_text(state, counts[state])) for state in PLAN_STATES if counts[state]]
        hidden = lines[room - 1 :] if len(lines) > room else []
        for n, (state, words) in enumerate(lines[: room - 1] if hidden else lines):
            self._line(painter, rect.translated(0, n * height), height, state, words)
        if hidden:
            n = len(hidden) if self._view.by_week else sum(counts[state] for state, _words in hidden)
            words = ngettext("{n} more", "{n} more", n).format(n=n)
            self._line(painter, rect.translated(0, (room - 1) * height), height, "", words)

    def _line(self, painter: QPainter, rect: QRect, height: int, state: str, words: str) -> None:
        left = rect.left()
        if state:
            icon, role = ICONS[state]
            painter.drawPixmap(left, rect.top() + (height - 14) // 2, self._desk.icons.pixmap(icon, role, 14))
            left += 19
        self._font(painter)
        painter.setPen(QColor(self._desk.theme.colours.text if state else self._desk.theme.colours.muted))
        place = QRect(left, rect.top(), rect.right() - left, height)
        painter.drawText(
            place, LEFT, painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        )

    def _font(self, painter: QPainter, *, bold: bool = False) -> None:
        font = tabular(self._view.font())
        font.setPixelSize(scaled(13 if bold else SMALL))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        painter.setFont(font)
