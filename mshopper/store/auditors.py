"""The people who make visits: an id, and the name that reports show."""

from typing import NamedTuple

from mshopper.store.connection import Connection


class Auditor(NamedTuple):
    """Somebody who makes visits."""

    auditor_id: str
    name: str


class Auditors:
    """The auditors of one data folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upsert(self, auditor: Auditor) -> None:
        """Keep an auditor, in place of what was known of the id."""
        with self._connection.write():
            self._connection.execute("INSERT OR REPLACE INTO auditors (auditor_id, name) VALUES (?, ?)", auditor)

    def get(self, auditor_id: str) -> Auditor | None:
        """The auditor of that id."""
        row = self._connection.row("SELECT auditor_id, name FROM auditors WHERE auditor_id = ?", [auditor_id])
        return Auditor(*row) if row else None

    def all(self) -> list[Auditor]:
        """Every auditor, by name."""
        sql = "SELECT auditor_id, name FROM auditors ORDER BY name COLLATE NOCASE, auditor_id"
        return [Auditor(*row) for row in self._connection.rows(sql)]
