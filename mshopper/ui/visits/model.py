"""The visits list as Qt sees it: what is open, what is planned, what is done. Holds counts and reads windows of rows.

Filtering is SQL's work; the model never holds more than a few windows, however many visits there are.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mshopper import operations as ops
from mshopper.i18n import _, current_language
from mshopper.store import VisitFilter, VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.visits.rows import DONE_STATES, OPEN_STATES, Header, Line, spoken

WINDOW = 64
WINDOWS_KEPT = 16

LINE_ROLE = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex
Read = Callable[[int, int], Sequence[PlanRow | VisitRow]]


class _Part:
    """One part of the list: its heading, how many lines it has, and how to read a window (limit, offset) of them."""

    def __init__(self, title: str, count: int, read: Read) -> None:
        self.title, self.count, self._read = title, count, read
        self._windows: OrderedDict[int, Sequence[PlanRow | VisitRow]] = OrderedDict()

    def line(self, n: int) -> PlanRow | VisitRow | None:
        start = n - n % WINDOW
        if start not in self._windows:
            self._windows[start] = self._read(WINDOW, start)
            while len(self._windows) > WINDOWS_KEPT:
                self._windows.popitem(last=False)
        window = self._windows[start]
        return window[n - start] if n - start < len(window) else None


class VisitsModel(QAbstractListModel):
    """Lines are headings, planned and made visits; `LINE_ROLE` gives the line itself."""

    def __init__(self, workspace: ops.Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._parts: list[_Part] = []
        self._text = ""
        self._states: tuple[str, ...] = ()
        self.refresh()

    def search(self, text: str, states: Sequence[str] = ()) -> None:
        """Show what holds every word of `text`; only these states, where any are given."""
        self._text, self._states = text.strip(), tuple(states)
        self.refresh()

    def refresh(self) -> None:
        """Read the list anew."""
        self.beginResetModel()
        parts = [self._visits(_("In progress"), OPEN_STATES), self._plan(), self._visits(_("Done"), DONE_STATES)]
        self._parts = [part for part in parts if part is not None and part.count]
        self.endResetModel()

    def _visits(self, title: str, states: tuple[str, ...]) -> _Part | None:
        wanted = tuple(state for state in states if not self._states or state in self._states)
        if not wanted:
            return None
        visits, shown = self._workspace.store.visit_list, VisitFilter(states=wanted, text=self._text)
        return _Part(title, visits.count(shown), lambda limit, offset: visits.list(shown, limit, offset))

    def _plan(self) -> _Part | None:
        if self._states and "planned" not in self._states:
            return None
        words = self._text.casefold().split()
        rows = [
            row
            for row in self._workspace.store.plan.list(open_only=True)
            if all(word in f"{row.store_name} {row.item.store_id} {row.form_title}".casefold() for word in words)
        ]
        return _Part(_("Planned"), len(rows), lambda limit, offset: rows[offset : offset + limit])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else sum(part.count + 1 for part in self._parts)

    def line(self, row: int) -> Line | None:
        """The line at `row`."""
        for part in self._parts:
            if row == 0:
                return Header(part.title, part.count)
            if row <= part.count:
                return part.line(row - 1)
            row -= part.count + 1
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role not in (LINE_ROLE, Qt.ItemDataRole.DisplayRole):
            return None
        line = self.line(index.row())
        if role == LINE_ROLE or line is None:
            return line
        return spoken(line, current_language(), self._workspace.clock().date())

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self.line(index.row()), Header):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def row_of(self, visit_id: str) -> int:
        """The row of a visit among the first windows of each part; -1 where it isn't there."""
        row = 0
        for part in self._parts:
            for n in range(min(part.count, WINDOW)):
                line = part.line(n)
                if isinstance(line, VisitRow) and line.visit_id == visit_id:
                    return row + 1 + n
            row += part.count + 1
        return -1
