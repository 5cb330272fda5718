"""The rows of a survey as a tree: groups and repeats around what stands between their begin and end.

Groups that don't close, close twice or close as something else are mended with a warning; rows of no use are left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from mshopper.formfile.problems import short
from mshopper.formfile.xlsform.notes import Notes
from mshopper.formfile.xlsform.table import Row
from mshopper.formfile.xlsform.types import TypeCell, read_type
from mshopper.i18n import _

_YES = ("yes", "true", "true()", "1", "x")


@dataclass
class Node:
    """A row with its type understood; a group or repeat also has what stands in it. `name` is mended later."""

    row: Row
    cell: TypeCell
    items: "list[Node]" = field(default_factory=list)
    name: str = ""

    @property
    def is_group(self) -> bool:
        """Whether this is a group or a repeat."""
        return self.cell.role == "begin"


def read_outline(rows: Iterable[Row], notes: Notes) -> list[Node]:
    """The tree of these rows; files for rules (`csv-external`) stand in it as nodes of role "attach"."""
    top: list[Node] = []
    open_: list[Node] = []
    for row in _enabled(list(rows)):
        kind = row.get("type")
        if not kind:
            _warn_untyped(row, notes)
            continue
        if kind.startswith("#"):
            continue
        cell = read_type(kind)
        if cell.meant:
            notes.warn(
                row.place("type"),
                _("`{type}` is read as `{meant}`").format(type=short(kind), meant=cell.meant.replace(" ", "_")),
                _("Write it so, and other tools read it too."),
            )
        items = open_[-1].items if open_ else top
        if cell.role == "begin":
            node = Node(row, cell)
            items.append(node)
            open_.append(node)
        elif cell.role == "end":
            _close(open_, row, cell, notes)
        else:
            items.append(Node(row, cell))
    for node in open_:
        notes.warn(
            node.row.place("type"),
            _("this {structure} is never closed; it ends with the form").format(structure=node.cell.structure),
            _("Write `end {structure}` where it ends.").format(structure=node.cell.structure),
        )
    return top


def _close(open_: list[Node], row: Row, cell: TypeCell, notes: Notes) -> None:
    if not open_:
        notes.warn(
            row.place("type"),
            _("this closes a {structure}, and none is open").format(structure=cell.structure),
            _("Remove the row, or write where it begins."),
        )
        return
    if open_[-1].cell.structure != cell.structure:
        meant = next((node for node in reversed(open_) if _closes(node, row, cell)), None)
        opened = open_[-1]
        notes.warn(
            row.place("type"),
            _("this closes a {closed}, and the {opened} `{name}` is open").format(
                closed=cell.structure, opened=opened.cell.structure, name=opened.row.get("name")
            ),
            _("Write `end {structure}`.").format(structure=opened.cell.structure),
        )
        while meant is not None and open_[-1] is not meant:
            open_.pop()
    open_.pop()


def _closes(node: Node, row: Row, cell: TypeCell) -> bool:
    """Whether an end names this very group: only then are those within it taken for closed too."""
    return node.cell.structure == cell.structure and bool(row.get("name")) and node.row.get("name") == row.get("name")


def _warn_untyped(row: Row, notes: Notes) -> None:
    if row.get("name") or row.words:
        notes.warn(
            row.place("type", row.get("name") or short(next(iter(row.words.values()))[0][1] if row.words else "")),
            _("the row has no type and is left out"),
            _("Write one in the column type, or clear the row."),
        )


def _enabled(rows: list[Row]) -> Iterable[Row]:
    """The rows that aren't disabled. A disabled group whose end isn't disabled itself takes all within it along."""
    position = 0
    while position < len(rows):
        row = rows[position]
        position += 1
        if row.get("disabled").lower() not in _YES:
            yield row
            continue
        end = _end_of(rows, position) if read_type(row.get("type")).role == "begin" else None
        if end is not None and rows[end].get("disabled").lower() not in _YES:
            position = end + 1


def _end_of(rows: list[Row], position: int) -> int | None:
    """Where the group that began before `position` ends."""
    depth = 1
    for index in range(position, len(rows)):
        role = read_type(rows[index].get("type")).role
        depth += {"begin": 1, "end": -1}.get(role, 0)
        if not depth:
            return index
    return None
