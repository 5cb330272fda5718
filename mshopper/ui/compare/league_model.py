"""The league table as Qt sees it: a line for all visits, then a line a group, each cell in words for whoever can't see it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mshopper.i18n import _, format_number, ngettext
from mshopper.model.comparison import IN_TIME, Group, Interval, StoreComparison
from mshopper.model.comparison_words import group_title, interval_text, key_title, note_text, points, signed

GROUP_ROLE = Qt.ItemDataRole.UserRole

RANK, NAME, VISITS, MEAN, ESTIMATE, CHANGE, PASSED, CRITICAL, NEEDS = range(9)

Index = QModelIndex | QPersistentModelIndex
_LAST = float("-inf")


class Column(NamedTuple):
    """A column: its name, what it says for somebody who wonders, and what it is sorted by (the highest first)."""

    name: str
    about: str
    sorted_by: Callable[[Group], tuple[Any, ...]]


def columns(by: str) -> tuple[Column, ...]:
    """The columns in the language spoken."""
    return (
        Column(_("Rank"), _("The best and the worst place that the visits allow"), _by_rank),
        Column(key_title(by), "", lambda group: (group_title(by, group.id, group.title).casefold(),)),
        Column(_("Visits"), _("Visits with a score"), lambda group: (group.n,)),
        Column(
            _("Mean"), _("The mean of the visits, and where it likely is (interval at 95%)"), lambda g: _number(g.mean)
        ),
        Column(
            _("Estimate"),
            _("The mean drawn towards that of all, the more the fewer visits there are"),
            lambda group: _number(group.shrunken),
        ),
        Column(
            _("Change"),
            _("Points since the period before"),
            lambda group: _number(group.change.points if group.change else None),
        ),
        Column(
            _("Passed"), _("The share of visits that passed"), lambda g: _number(g.passed.share if g.passed else None)
        ),
        Column(_("Critical"), _("Visits with a critical answer"), lambda g: (g.criticals.hits if g.criticals else 0,)),
        Column(
            "",
            _("Needs a visit: too few to say anything"),
            lambda group: (group.advice.more if group.advice else 0,),
        ),
    )


def _number(value: float | None) -> tuple[float]:
    return (_LAST if value is None else value,)


def _by_rank(group: Group) -> tuple[float, float]:
    """The best place first, whichever way others fall."""
    return (-group.ranks[0], -group.ranks[1]) if group.ranks else (_LAST, _LAST)


class LeagueModel(QAbstractTableModel):
    """Line 0 is all visits; `order` is (column, falling), None as the comparison has them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.comparison: StoreComparison | None = None
        self.order: tuple[int, bool] | None = None
        self.groups: list[Group] = []
        self._columns = columns("store")

    def show(self, comparison: StoreComparison | None, order: tuple[int, bool] | None) -> None:
        """Show a comparison; None for none."""
        self.beginResetModel()
        self.comparison, self.order = comparison, order
        self.groups = self._ordered()
        if comparison is not None:
            self._columns = columns(comparison.by)
        self.endResetModel()

    def _ordered(self) -> list[Group]:
        if self.comparison is None:
            return []
        groups = list(self.comparison.groups)
        if self.order is not None:
            column, falling = self.order
            sorted_by = columns(self.comparison.by)[column].sorted_by
            groups.sort(key=sorted_by, reverse=falling)
            groups.sort(key=lambda group: _LAST in sorted_by(group))  # without a number last, either way
        if not groups and not self.comparison.total.n:
            return []
        return [self.comparison.total, *groups]

    @property
    def natural_order(self) -> tuple[int, bool]:
        """How the comparison has its lines."""
        by_time = self.comparison is not None and self.comparison.by in IN_TIME
        return (NAME, False) if by_time else (MEAN, True)

    @property
    def scale(self) -> tuple[float, float]:
        """From where to where the intervals in the cells are drawn, the same for all: whole tens around them."""
        ends: list[float] = []
        for group in self.groups:
            if group.interval is not None:
                ends += (group.interval.low, group.interval.high)
            elif group.mean is not None:
                ends.append(group.mean)
        if not ends:
            return 0.0, 100.0
        low, high = 10 * (min(ends) // 10), 10 * -(-max(ends) // 10)
        return (low, high) if high > low else (low - 10, high + 10)

    def row_of(self, group_id: str) -> int:
        """The row of that group; that of all visits where it isn't there."""
        return next((row for row, group in enumerate(self.groups) if group.id == group_id), 0)

    def title(self, group: Group) -> str:
        """What a line is called."""
        if not group.id:
            return _("All visits")
        return group_title(self.comparison.by if self.comparison else "store", group.id, group.title)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.groups)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return ": ".join(part for part in (column.name, column.about) if part)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section in (NAME, MEAN) else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        group = self.groups[index.row()]
        if role == GROUP_ROLE:
            return group
        if role == Qt.ItemDataRole.DisplayRole:
            return self.short(group, index.column())
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.told(group, index.column())
        return None

    def short(self, group: Group, column: int) -> str:
        """What a cell shows."""
        match column:
            case 0:
                return _ranks(group)
            case 1:
                return self.title(group)
            case 2:
                return format_number(group.n)
            case 3:
                return points(group.mean)
            case 4:
                return points(group.shrunken) if group.id else ""
            case 5:
                return signed(group.change.points) if group.change else "–"
            case 6:
                return f"{points(group.passed.share, 0)}%" if group.passed else "–"
            case 7:
                return format_number(group.criticals.hits) if group.criticals and group.criticals.hits else ""
        return ""

    def told(self, group: Group, column: int) -> str:
        """A cell in full, for hovering and for a screen reader."""
        match column:
            case 0:
                return _("Rank {ranks}").format(ranks=_ranks(group)) if group.ranks else ""
            case 1:
                return ". ".join(part for part in (self.title(group), _difference(group)) if part)
            case 3:
                return _mean(group)
            case 4:
                return _("Estimate {points}").format(points=points(group.shrunken)) if group.shrunken else ""
            case 5:
                return _change(group)
            case 6 | 7:
                return _share(group, column)
            case 8:
                return needs(group)
        return ngettext("{n} visit", "{n} visits", group.n).format(n=format_number(group.n))


def _ranks(group: Group) -> str:
    if group.ranks is None:
        return ""
    best, worst = group.ranks
    return str(best) if best == worst else f"{best}–{worst}"


def _mean(group: Group) -> str:
    if group.mean is None:
        return note_text(group.note) or "–"
    told = interval_text(group.interval) or note_text(group.note)
    parts = [_("Mean {points} ({interval})").format(points=points(group.mean), interval=told)]
    if group.pooled is not None:
        parts.append(_("{percent} of all possible points").format(percent=f"{points(group.pooled)}%"))
    return "; ".join(parts)


def _difference(group: Group) -> str:
    if group.difference is None or not group.difference.differs:
        return ""
    if group.difference.differs > 0:
        return _("Better than the rest, beyond chance")
    return _("Worse than the rest, beyond chance")


def _change(group: Group) -> str:
    from mshopper.model.comparison_words import period_title

    change = group.change
    if change is None:
        return _("No visits in both periods")
    words = _("{points} points from {earlier} to {later}").format(
        points=signed(change.points), earlier=period_title(change.earlier), later=period_title(change.later)
    )
    if change.interval is None:
        return words
    interval = f"{signed(change.interval.low)} … {signed(change.interval.high)}"
    return f"{words} ({interval})" + ("" if change.direction else "; " + _("could be chance"))


def _share(group: Group, column: int) -> str:
    share = group.passed if column == PASSED else group.criticals
    if share is None:
        return ""
    values = {"hits": format_number(share.hits), "n": format_number(share.n), "interval": _percents(share.interval)}
    if column == PASSED:
        return _("{hits} of {n} visits passed ({interval})").format(**values)
    return _("{hits} of {n} visits have a critical answer ({interval})").format(**values)


def _percents(interval: Interval) -> str:
    return interval_text(interval) + " %"


def needs(group: Group) -> str:
    """How many more visits would tell; "" where there are enough."""
    if not group.needs_visit or group.advice is None:
        return ""
    return ngettext(
        "Needs a visit: about {n} more tells the mean to within {half} points.",
        "Needs a visit: about {n} more tell the mean to within {half} points.",
        group.advice.more,
    ).format(n=format_number(group.advice.more), half=points(group.advice.half_width, 0))
