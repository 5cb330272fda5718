"""The visits list as Qt sees it: what is due, open, planned, done. Holds keys and reads windows of rows.

Filtering and sorting are SQL's work; of 100,000 visits the model holds a number each, and a few windows of rows.
"""

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mshopper import operations as ops
from mshopper.i18n import _, current_language
from mshopper.store import VisitFilter, VisitRow
from mshopper.store.plan import PlanRow
from mshopper.store.visit_list import VisitList
from mshopper.ui.visits.rows import DONE_STATES, OPEN_STATES, Header, Line, fits_plan, is_due, spoken

WINDOW = 64
WINDOWS_KEPT = 16

LINE_ROLE = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex


class PlanPart:
    """One part of the list: planned visits, all of them."""

    def __init__(self, title: str, rows: Sequence[PlanRow]) -> None:
        self.title, self.rows = title, rows
        self.count = len(rows)

    def line(self, n: int) -> PlanRow:
        """Line `n`, from 0."""
        return self.rows[n]


class VisitsPart:
    """One part of the list: visits by their keys, whose rows are read by windows."""

    def __init__(self, title: str, visits: VisitList, keys: "array[int]", *, is_done: bool) -> None:
        self._visits = visits
        self.keys = keys
        self.is_done = is_done
        self.title, self.count = title, len(keys)
        self._windows: OrderedDict[int, Sequence[VisitRow | None]] = OrderedDict()

    def line(self, n: int) -> VisitRow | None:
        """Line `n`, from 0; None where it is gone since."""
        start = n - n % WINDOW
        if start not in self._windows:
            self._windows[start] = self._visits.window(self.keys[start : start + WINDOW])
            while len(self._windows) > WINDOWS_KEPT:
                self._windows.popitem(last=False)
        return self._windows[start][n - start]


@dataclass
class Chosen:
    """The lines that are selected: planned ones, and the keys of visits being filled in and of those done."""

    plans: list[PlanRow] = field(default_factory=list)
    open: "array[int]" = field(default_factory=lambda: array("q"))
    done: "array[int]" = field(default_factory=lambda: array("q"))

    @property
    def count(self) -> int:
        """How many lines."""
        return len(self.plans) + len(self.open) + len(self.done)


class VisitsModel(QAbstractListModel):
    """Lines are headings, planned and made visits; `LINE_ROLE` gives the line itself."""

    def __init__(self, workspace: ops.Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.parts: list[PlanPart | VisitsPart] = []
        self._count = 0
        self.wanted = VisitFilter()
        self._matching: frozenset[int] | None = None
        self.refresh()

    def show(self, wanted: VisitFilter) -> None:
        """Show what is wanted, in its order."""
        self.wanted = wanted
        self.refresh()

    def refresh(self) -> None:
        """Read the list anew."""
        self.beginResetModel()
        today = self._workspace.clock().date()
        planned = self._planned()
        self._matching = self._workspace.store.visit_list.matching(self.wanted.text)
        parts: list[PlanPart | VisitsPart | None] = [
            PlanPart(_("Today"), [row for row in planned if is_due(row, today)]),
            self._visits(_("In progress"), OPEN_STATES, is_done=False),
            PlanPart(_("Planned"), [row for row in planned if not is_due(row, today)]),
            self._visits(_("Done"), DONE_STATES, is_done=True),
        ]
        self.parts = [part for part in parts if part is not None and part.count]
        self._count = sum(part.count + 1 for part in self.parts)
        self._matching = None
        self.endResetModel()

    def _visits(self, title: str, states: tuple[str, ...], *, is_done: bool) -> VisitsPart | None:
        among = self.wanted.states
        states = tuple(state for state in states if not among or state in among)
        wanted = self.wanted._replace(states=states)
        visits = self._workspace.store.visit_list
        return VisitsPart(title, visits, visits.keys(wanted, self._matching), is_done=is_done) if states else None

    def _planned(self) -> list[PlanRow]:
        if self.wanted.states and "planned" not in self.wanted.states:
            return []
        rows = self._workspace.store.plan.list(open_only=True)
        return [row for row in rows if fits_plan(row, self.wanted)]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._count

    def headings(self) -> list[int]:
        """The rows that are headings."""
        rows, row = [], 0
        for part in self.parts:
            rows.append(row)
            row += part.count + 1
        return rows

    def line(self, row: int) -> Line | None:
        """The line at `row`."""
        for part in self.parts:
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
        if not index.isValid() or index.row() in self.headings():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def chosen(self, ranges: Iterable[tuple[int, int]]) -> Chosen:
        """The lines in ranges of rows (both ends included), without reading a row."""
        found = Chosen()
        for first, last in sorted(ranges):
            start = 1
            for part in self.parts:
                some = slice(max(0, first - start), max(0, min(part.count, last - start + 1)))
                if isinstance(part, PlanPart):
                    found.plans += part.rows[some]
                else:
                    (found.done if part.is_done else found.open).extend(part.keys[some])
                start += part.count + 1
        return found

    def row_of(self, visit_id: str) -> int:
        """The row of a visit; -1 where the list doesn't show it."""
        key, row = self._workspace.store.visit_list.key_of(visit_id), 1
        for part in self.parts:
            if key is not None and isinstance(part, VisitsPart) and key in part.keys:
                return row + part.keys.index(key)
            row += part.count + 1
        return -1
