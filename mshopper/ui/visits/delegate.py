"""Paints a line of the visits list: score with its bar, store, form, day, auditor, outcome, whether it is synced."""

from fractions import Fraction
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QCursor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from mshopper.i18n import _, current_language
from mshopper.store import VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.desk import Desk
from mshopper.ui.theme import QUESTION, SMALL, TARGET, scaled, tabular
from mshopper.ui.visits.model import LINE_ROLE
from mshopper.ui.visits.rows import (
    OPEN_STATES,
    Header,
    due,
    is_late,
    outcome,
    status,
    verdict_icon,
    verdict_words,
    visit_day,
)
from mshopper.ui.words import locale, percent

ROW = 56
HEADING = 44
MARGIN = 16
SCORE = 150
START = 104
"""The width of the place at a line's end that starts a visit or goes on with it; all for text of the base size."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class Columns(NamedTuple):
    """Where a line has what, as (left, width) from the line's left edge."""

    score: tuple[int, int]
    names: tuple[int, int]
    when: tuple[int, int]
    end: tuple[int, int]


def columns(width: int) -> Columns:
    """The columns of a line of that width: score, store and form, day and auditor, outcome and status."""
    score = scaled(SCORE)
    left = MARGIN + score + 16
    rest = width - MARGIN - left
    names, when = int(rest * 0.36), int(rest * 0.24)
    return Columns(
        (MARGIN, score),
        (left, names),
        (left + names + 16, when - 16),
        (left + names + when + 16, rest - names - when - 16),
    )


def start_place(rect: QRect) -> QRect:
    """Where in a line that can be started or gone on with a click does that."""
    wide, high = scaled(START), scaled(TARGET)
    return QRect(rect.right() - wide - MARGIN, rect.top() + (rect.height() - high) // 2, wide, high)


class VisitDelegate(QStyledItemDelegate):
    """Paints the lines of `view`, each over its whole width."""

    def __init__(self, desk: Desk, view: QTableView) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._fonts: dict[tuple[int, bool], QFont] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line = index.data(LINE_ROLE)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(line, Header):
            self._heading(painter, rect, line)
        elif line is not None:
            self._ground(painter, rect, index)
            self._row(painter, rect, line)
        painter.restore()

    def _heading(self, painter: QPainter, rect: QRect, line: Header) -> None:
        self._pen(painter, "text", QUESTION, bold=True)
        base = rect.adjusted(4, 12, 0, 0)
        painter.drawText(base, LEFT, line.title)
        room = base.adjusted(painter.fontMetrics().horizontalAdvance(line.title) + 8, 1, 0, 0)
        self._pen(painter, "muted")
        painter.drawText(room, LEFT, locale().toString(line.count))

    def _ground(self, painter: QPainter, rect: QRect, index: Index) -> None:
        # `option.state` says it too, but asking it, or for the viewport, makes PySide make all classes of their kind: 10 ms.
        colours = self._desk.theme.colours
        chosen = self._view.selectionModel().isSelected(index)
        current = self._view.hasFocus() and self._view.currentIndex() == index
        hovered = self._view.underMouse() and rect.contains(self._view.mapFromGlobal(QCursor.pos()))
        painter.setPen(QPen(QColor(colours.accent if chosen or current else colours.line), 2 if current else 1))
        painter.setBrush(QColor(colours.accent_soft if chosen else colours.raised if hovered else colours.card))
        painter.drawRoundedRect(rect.adjusted(1, 2, -2, -3), 8, 8)

    def _row(self, painter: QPainter, rect: QRect, line: VisitRow | PlanRow) -> None:
        score, names, when, end = (
            QRect(rect.left() + left, rect.top(), width, rect.height()) for left, width in columns(rect.width())
        )
        form = line.form_title.get(current_language())
        if isinstance(line, PlanRow):
            today = self._desk.workspace.clock().date()
            late = is_late(line, today)
            self._icon(painter, score, "calendar", "warn" if late else "muted")
            self._two(painter, names, line.store_name or line.item.store_id, form or line.item.form_id)
            self._two(painter, when, due(line, today), line.item.auditor_id, "warn" if late else "text")
            self._start(painter, rect, _("Start"))
            return
        self._score(painter, score, line)
        self._two(painter, names, line.store_name or line.store_id, form or line.form_id)
        self._two(painter, when, visit_day(line), line.auditor or line.auditor_id)
        if line.state in OPEN_STATES:
            end.setRight(start_place(rect).left() - MARGIN)
            self._start(painter, rect, _("Continue"))
        self._outcome(painter, end, line)

    def _start(self, painter: QPainter, rect: QRect, words: str) -> None:
        if self._desk.read_only:
            return
        place = start_place(rect)
        colours = self._desk.theme.colours
        painter.setPen(QColor(colours.control_line))
        painter.setBrush(QColor(colours.card))
        painter.drawRoundedRect(place.adjusted(0, 0, -1, -1), 8, 8)
        self._pen(painter, "text")
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _score(self, painter: QPainter, rect: QRect, row: VisitRow) -> None:
        colours = self._desk.theme.colours
        share = row.percent
        if row.state in ("in_progress", "returned"):
            self._icon(painter, rect, *verdict_icon(row))
            share = Fraction(100 * row.answered, row.total) if row.total else None
        elif row.state == "not_done" or share is None:
            self._icon(painter, rect, *verdict_icon(row))
            return
        else:
            self._pen(painter, "text", QUESTION + 1, bold=True)
            painter.drawText(QRect(rect.left(), rect.top(), scaled(52), rect.height()), RIGHT, percent(share))
        room = scaled(52) + 12
        bar = QRect(rect.left() + room, rect.center().y() - 3, rect.width() - room, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(bar, 3, 3)
        if share is not None:
            filled = min(max(share, Fraction(0)), Fraction(100))
            bar.setWidth(max(6, int(bar.width() * filled / 100)) if filled else 0)
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(bar, 3, 3)

    def _outcome(self, painter: QPainter, rect: QRect, row: VisitRow) -> None:
        name, role = verdict_icon(row)
        painter.drawPixmap(rect.left(), rect.center().y() - 8, self._desk.icons.pixmap(name, role, 16))
        words = rect.adjusted(26, 0, 0, 0)
        _verdict, colour = verdict_words(row.verdict)
        self._two(painter, words, outcome(row), status(row), "text" if row.state in ("in_progress",) else colour)

    def _icon(self, painter: QPainter, rect: QRect, name: str, role: str) -> None:
        painter.drawPixmap(rect.left() + 32, rect.center().y() - 10, self._desk.icons.pixmap(name, role, 20))

    def _two(self, painter: QPainter, rect: QRect, above: str, below: str, role: str = "text") -> None:
        """Two lines of text, the upper one in `role`, each cut with an ellipsis where it is too long."""
        half = rect.height() // 2
        upper = QRect(rect.left(), rect.top() + 5, rect.width(), half - 4)
        lower = QRect(rect.left(), rect.top() + half + 1, rect.width(), half - 7)
        if not below:
            upper = rect
        self._pen(painter, role if role != "muted" else "text")
        metrics = painter.fontMetrics()
        painter.drawText(upper, LEFT, metrics.elidedText(above, Qt.TextElideMode.ElideRight, rect.width()))
        self._pen(painter, "muted", SMALL)
        metrics = painter.fontMetrics()
        painter.drawText(lower, LEFT, metrics.elidedText(below, Qt.TextElideMode.ElideRight, rect.width()))

    def _pen(self, painter: QPainter, role: str, size: int = 13, *, bold: bool = False) -> None:
        if (size, bold) not in self._fonts:
            font = tabular(self._view.font())
            font.setPixelSize(scaled(size))
            font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            self._fonts[size, bold] = font
        painter.setFont(self._fonts[size, bold])
        painter.setPen(QColor(getattr(self._desk.theme.colours, role)))
