"""Visits that came from another device as exported files: their own journal lines and the key that signed them.

They are looked at, compared and verified here like any other, and never published again.
"""

import json

from mshopper.model.journal import HiddenLine, JournalLine, line_data, read_line
from mshopper.store.connection import Connection
from mshopper.store.values import to_json

ChainLine = JournalLine | HiddenLine


class Imported:
    """The imported visits of one data folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, visit_id: str, revision: int, *, lines: tuple[ChainLine, ...], public_key: str, at: str) -> None:
        """Note a revision as another device's; `lines` are its journal's, `public_key` hex."""
        data = to_json([line_data(line) for line in lines])
        self._connection.execute(
            "INSERT INTO imported (visit_id, revision, public_key, imported_at, lines) VALUES (?, ?, ?, ?, ?)",
            [visit_id, revision, public_key, at, data],
        )

    def has(self, visit_id: str) -> bool:
        """Whether a revision of that visit came from another device."""
        return self._connection.row("SELECT 1 FROM imported WHERE visit_id = ?", [visit_id]) is not None

    def public_key(self, visit_id: str, revision: int) -> str:
        """The key (hex) that came with it; "" for a visit that wasn't imported."""
        sql = "SELECT public_key FROM imported WHERE visit_id = ? AND revision = ?"
        row = self._connection.row(sql, [visit_id, revision])
        return str(row[0]) if row else ""

    def chain(self, visit_id: str, revision: int) -> tuple[ChainLine, ...]:
        """The journal lines that came with it, those of other visits hidden; none for a visit that wasn't imported."""
        sql = "SELECT lines FROM imported WHERE visit_id = ? AND revision = ?"
        row = self._connection.row(sql, [visit_id, revision])
        return tuple(read_line(data) for data in json.loads(row[0])) if row else ()

    def lines(self, visit_id: str, revision: int) -> tuple[JournalLine, ...]:
        """Of those, the visit's own."""
        return tuple(line for line in self.chain(visit_id, revision) if isinstance(line, JournalLine))
