"""A page of many parts under each other, each made when it comes into view: a form's section may have a thousand.

`section_page` says which rows there are; here they are made, measured and placed. What the person looks at stays where
it is on the screen, whatever grows, shrinks, comes or goes above it.
"""

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from mshopper.ui.layouts import PAGE_WIDTH

MARGIN, GAP = 24, 12
RECKONED = 150
"""The height that a row is reckoned with before any of its kind was measured."""

SLICE = 0.008
"""Seconds at most that rows are made ahead at one go, while nothing else is to be done."""

PARKED = -30_000
"""Where rows that are out of sight wait: nothing is painted there, and what has the focus keeps it."""


_TAB, _BACKTAB = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason


class Row:
    """One part: `id` says which it is when the rows are told anew, `kind` whose height it shares until it is measured."""

    __slots__ = ("height", "id", "kind", "make", "shown", "widget", "y")

    def __init__(self, row_id: Hashable, kind: str, make: Callable[[], QWidget], *, shown: bool = True) -> None:
        self.id = row_id
        self.kind = kind
        self.make = make
        self.shown = shown
        self.widget: QWidget | None = None
        self.height = 0
        self.y = 0


class _Sheet(QWidget):
    """What scrolls: it holds the rows, and hears when one of them wants another height."""

    wanted = Signal()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.wanted.emit()
        return super().event(event)


class RowsPage(QScrollArea):
    """Rows under each other, no wider than PAGE_WIDTH."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[Hashable, Row] = {}
        self._shown_rows: list[Row] = []
        self.placed: dict[Hashable, Row] = {}  # those that are in view
        self._heights: dict[str, tuple[int, int]] = {}
        self._aim: tuple[Hashable, int] | None = None
        self._is_arranging = False
        self._sheet = _Sheet()
        self._sheet.setProperty("role", "page")
        self._sheet.wanted.connect(self.arrange)
        self.setWidget(self._sheet)
        self._ahead = QTimer(self)
        self._ahead.setInterval(0)
        self._ahead.timeout.connect(self._make_ahead)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.arrange())

    # Which rows there are

    def set_rows(self, rows: Sequence[Row]) -> None:
        """These rows from now on; one that was there before keeps its widget and its place."""
        before, self.rows = self.rows, {row.id: row for row in rows}
        self._shown_rows = []  # while rows go, the Tab key has nowhere to go
        for row_id, old in before.items():
            row = self.rows.get(row_id)
            if row is not None:
                row.widget, row.height, row.y = old.widget, old.height, old.y
            elif old.widget is not None:
                old.widget.hide()
                old.widget.deleteLater()
        self.placed = {row_id: self.rows[row_id] for row_id in self.placed if row_id in self.rows}
        for row in rows:
            if row.widget is not None:
                row.widget.setVisible(row.shown)
        self.rows_changed()

    def rows_changed(self) -> None:
        """Some rows show, or show no longer."""
        self._shown_rows = [row for row in self.rows.values() if row.shown]
        self.arrange()

    def show_row(self, row_id: Hashable, *, shown: bool) -> bool:
        """Let a row show or not; whether that is a change, which `rows_changed` has to follow."""
        row = self.rows[row_id]
        if row.shown == shown:
            return False
        row.shown = shown
        if row.widget is not None:
            row.widget.setVisible(shown)
        return True

    def made(self, row: Row) -> QWidget:
        """The widget of a row, made by now."""
        if row.widget is None:
            row.widget = row.make()
            row.widget.setParent(self._sheet)
            row.widget.move(PARKED, 0)
            self._keep_order(row)
            row.widget.setVisible(row.shown)
        return row.widget

    def _keep_order(self, row: Row) -> None:
        """Have a screen reader read the rows in their order, whenever each was made."""
        assert row.widget is not None
        rows = list(self.rows.values())
        for later in rows[rows.index(row) + 1 :]:
            if later.widget is not None:
                row.widget.stackUnder(later.widget)
                return

    # Where they are

    def arrange(self) -> None:
        """Make and place what is in view. What the person looks at stays where it is."""
        if self._is_arranging or not self.isVisible():
            return
        self._is_arranging = True
        try:
            anchor, self._aim = self._aim or self._anchor(), None
            self._arrange(anchor)
            if self._sheet.width() != self.viewport().width():  # a scroll bar came or went
                self._arrange(anchor)
        finally:
            self._is_arranging = False

    def place(self) -> tuple[Hashable, int] | None:
        """The first row in view, and how far below the upper edge it begins (negative: above it), in pixels."""
        top = self.verticalScrollBar().value()
        row = next((row for row in self._shown_rows if row.id in self.placed and row.y + row.height > top), None)
        return None if row is None else (row.id, row.y - top)

    def aim_top(self) -> None:
        """Scroll to the beginning."""
        if self._shown_rows:
            self.aim(self._shown_rows[0].id, MARGIN)

    def aim(self, row_id: Hashable, offset: int) -> None:
        """Scroll so that a row begins `offset` pixels below the upper edge."""
        self._aim = (row_id, offset)
        self.arrange()

    def reveal(self, row_id: Hashable) -> None:
        """Bring a row into view, where it isn't all in view already."""
        row, view = self.rows[row_id], self.viewport().height()
        if not self.isVisible():
            self._aim = (row_id, view // 4)
            return
        self.arrange()
        top = row.y - self.verticalScrollBar().value()
        if row_id in self.placed and top >= 8 and top + row.height <= view - 8:
            return
        height = self._measured(row)
        self.aim(row_id, MARGIN if height > view // 2 else view // 4)

    def _anchor(self) -> tuple[Hashable, int] | None:
        """What is to stay where it is: the row with the focus where it is in view, else the first in view."""
        top, view = self.verticalScrollBar().value(), self.viewport().height()
        focus = QApplication.focusWidget()
        if focus is not None and self._sheet.isAncestorOf(focus):
            for row in self.placed.values():
                holds = row.shown and row.widget is not None and (row.widget is focus or row.widget.isAncestorOf(focus))
                if holds and row.y + row.height > top and row.y < top + view:
                    return row.id, row.y - top
        return self.place()

    def _arrange(self, anchor: tuple[Hashable, int] | None) -> None:
        width, view = self.viewport().width(), self.viewport().height()
        top, near = self.verticalScrollBar().value(), []
        total = self._stack()
        for _round in range(12):
            if anchor is not None and anchor[0] in self.rows:
                top = self.rows[anchor[0]].y - anchor[1]
            top = max(0, min(top, total - view))
            near = [row for row in self._shown_rows if row.y + self._height(row) > top and row.y < top + view]
            news = [self._measure(row) for row in near]
            if not any(news):
                break
            total = self._stack()
        for row_id in self.placed.keys() - {row.id for row in near}:
            if (widget := self.placed[row_id].widget) is not None:
                widget.move(PARKED, widget.y())
        self.placed = {row.id: row for row in near}
        for row in near:
            self.made(row).setGeometry(MARGIN, row.y, self._row_width(), row.height)
        self._sheet.resize(width, max(total, view))
        self.verticalScrollBar().setValue(top)
        self._ahead.start()

    def _stack(self) -> int:
        """Say where each row is; how high all are together."""
        y = MARGIN
        for row in self._shown_rows:
            row.y = y
            height = self._height(row)
            y += height + GAP if height else 0
        return y + MARGIN - GAP

    def _height(self, row: Row) -> int:
        if row.height:
            return row.height
        total, count = self._heights.get(row.kind, (0, 0))
        return total // count if count else RECKONED

    def _measure(self, row: Row) -> bool:
        """Make a row, and see how high it wants to be; whether that is news."""
        is_new = row.widget is None
        height = self._measured(row)
        if is_new:
            total, count = self._heights.get(row.kind, (0, 0))
            self._heights[row.kind] = (total + height, count + 1)
        changed, row.height = is_new or height != row.height, height
        return changed

    def _measured(self, row: Row) -> int:
        widget, width = self.made(row), self._row_width()
        if not row.shown:  # out of sight, but its parts must count
            widget.show()
        height = widget.heightForWidth(width) if widget.hasHeightForWidth() else widget.sizeHint().height()
        if not row.shown:
            widget.hide()
        return height

    def _row_width(self) -> int:
        return min(self.viewport().width(), PAGE_WIDTH + 2 * MARGIN) - 2 * MARGIN

    def _make_ahead(self) -> None:
        """Make what is about to come into view, by scrolling or by an answer that shows it, a little at a time."""
        top, view = self.verticalScrollBar().value(), self.viewport().height()
        begun, y = time.monotonic(), MARGIN
        for row in self.rows.values():
            y = row.y if row.shown else y
            if row.widget is None and top - view < y < top + 2 * view:
                self._measure(row)
                if time.monotonic() - begun > SLICE / 2:
                    return
        self._ahead.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.arrange()

    # The Tab key

    def focusNextPrevChild(self, forward: Any) -> bool:
        """Tab follows the rows as they are read, also those that aren't made yet."""
        focus = QApplication.focusWidget()
        rows = self._shown_rows
        here = next(
            (n for n, row in enumerate(rows) if row.widget is not None and _holds(row.widget, focus)), len(rows)
        )
        if not rows:
            return False
        if not self.isVisible():  # the page is being left
            return super().focusNextPrevChild(forward)
        if focus is None or here == len(rows):
            return super().focusNextPrevChild(forward)
        step = 1 if forward else -1
        inside = stops(self.made(rows[here]))
        beyond = inside[inside.index(focus) + 1 :] if focus in inside else []
        if not forward:
            beyond = inside[: inside.index(focus)][::-1] if focus in inside else []
        at = here
        while not beyond:
            at += step
            if not 0 <= at < len(rows):
                return self._leave(focus, forward=bool(forward))
            beyond = stops(self.made(rows[at]))[::step]
        self.reveal(rows[at].id)
        beyond[0].setFocus(_TAB if forward else _BACKTAB)
        return True

    def _leave(self, focus: QWidget, *, forward: bool) -> bool:
        """Give the focus to what stands before or after the page."""
        widget = focus
        while True:
            following = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
            if following is None or following is focus:
                return False
            widget = following
            if not self.isAncestorOf(widget) and is_stop(widget):
                widget.setFocus(_TAB if forward else _BACKTAB)
                return True


def _holds(widget: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (widget is focus or widget.isAncestorOf(focus))


def is_stop(widget: QWidget) -> bool:
    """Whether the Tab key stops at a widget as things stand."""
    takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes_tab and widget.isEnabled() and widget.isVisible() and widget.focusProxy() is None


def stops(widget: QWidget) -> list[QWidget]:
    """Where the Tab key stops within a widget, as they are read: line by line, from left to right."""
    found = [(each.mapTo(widget, QPoint(0, 0)), each) for each in widget.findChildren(QWidget) if is_stop(each)]
    found.sort(key=lambda one: (one[0].y(), one[0].x()))
    ordered: list[QWidget] = []
    while found:
        edge = found[0][0].y() + found[0][1].height() // 2
        line = [one for one in found if one[0].y() < edge]
        ordered += [each for _at, each in sorted(line, key=lambda one: one[0].x())]
        found = [one for one in found if one[0].y() >= edge]
    return ordered
