"""The visits behind a number, as Qt sees them: the newest first, more of them read as the list is scrolled."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from mshopper.i18n import _
from mshopper.model.comparison import VisitLine
from mshopper.model.comparison_words import points
from mshopper.model.outcome import state_text, verdict_text
from mshopper.ui.words import day

LINE_ROLE = Qt.ItemDataRole.UserRole
AT_ONCE = 200

DAY, STORE, AUDITOR, FORM, VALUE, OUTCOME, STATE = range(7)

Index = QModelIndex | QPersistentModelIndex


class BehindModel(QAbstractTableModel):
    """`wanted()` when more lines are to be read."""

    wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[VisitLine] = []
        self._has_more = False

    def show(self, lines: Sequence[VisitLine], *, has_more: bool) -> None:
        """Show these lines."""
        self.beginResetModel()
        self.lines, self._has_more = list(lines), has_more
        self.endResetModel()

    def add(self, lines: Sequence[VisitLine], *, has_more: bool) -> None:
        """Show these after the others."""
        self._has_more = has_more
        if lines:
            self.beginInsertRows(QModelIndex(), len(self.lines), len(self.lines) + len(lines) - 1)
            self.lines += lines
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else 7

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._has_more

    def fetchMore(self, parent: Index) -> None:
        del parent
        self._has_more = False  # until they are there
        self.wanted.emit()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (_("Day"), _("Store"), _("Auditor"), _("Form"), _("Score"), _("Outcome"), _("State"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == VALUE else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return cell(line, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == VALUE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


def cell(line: VisitLine, column: int) -> str:
    """What a cell says."""
    match column:
        case 0:
            return day(line.started_at)
        case 1:
            return line.store_name or line.store_id
        case 2:
            return line.auditor
        case 3:
            return f"{line.form_id} {line.form_version}"
        case 4:
            return points(line.value)
        case 5:
            critical = _("critical") if line.criticals else ""
            return " · ".join(part for part in (verdict_text(line.verdict or "none"), critical) if part)
    return state_text(line.status)
