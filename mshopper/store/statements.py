"""What was said of visits: decisions and steps of corrective actions, this laptop's own and those it took from head office.

A statement is kept as it was signed. One of this laptop's own may be withdrawn until it was published.
"""

from collections.abc import Iterable
from typing import NamedTuple

from mshopper.store.connection import Connection
from mshopper.store.journal import Journal

_COLUMNS = "hash, kind, device_id, subject, visit_id, store_id, own, published_at, document"


class StatementRow(NamedTuple):
    """A statement: its hash, its kind (review, action), who signed it, what it is about, and the JSON text.

    `subject` is the visit of a decision, the action of a step. `published_at` is "" while it is in no folder.
    """

    hash: str
    kind: str
    device_id: str
    subject: str
    visit_id: str
    store_id: str
    own: bool
    published_at: str
    document: str


class Statements:
    """The statements of one data folder."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal

    def add(self, row: StatementRow, *, at: str) -> bool:
        """Keep a statement; whether it wasn't there."""
        with self._connection.write():
            cursor = self._connection.execute(
                f"INSERT OR IGNORE INTO statements ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                [*row[:6], int(row.own), *row[7:]],
            )
            if cursor.rowcount != 1:
                return False
            event = "statement_made" if row.own else "statement_taken"
            data = {"hash": row.hash, "kind": row.kind, "device_id": row.device_id}
            self._journal.append(event, visit_id=row.visit_id, data=data, at=at)
            return True

    def withdraw(self, digest: str, *, at: str) -> None:
        """Take back a statement that wasn't published. Raises ValueError for any other."""
        with self._connection.write():
            row = self.get(digest)
            if row is None or not row.own or row.published_at:
                raise ValueError(digest)
            self._connection.execute("DELETE FROM statements WHERE hash = ?", [digest])
            self._journal.append("statement_withdrawn", visit_id=row.visit_id, data={"hash": digest}, at=at)

    def hand_over(self, hashes: Iterable[str], *, at: str) -> None:
        """Note that statements may have been seen by others, so that they can't be withdrawn."""
        with self._connection.write():
            for digest in hashes:
                sql = "UPDATE statements SET published_at = ? WHERE hash = ? AND published_at = ''"
                self._connection.execute(sql, [at, digest])

    def publish(self, hashes: Iterable[str], folder_id: str) -> None:
        """Note statements as standing in the head-office folder of that id."""
        with self._connection.write():
            for digest in hashes:
                sql = "INSERT OR IGNORE INTO published_statements (folder_id, hash) VALUES (?, ?)"
                self._connection.execute(sql, [folder_id, digest])

    def get(self, digest: str) -> StatementRow | None:
        """The statement of that hash."""
        found = self._rows("hash = ?", [digest])
        return found[0] if found else None

    def of(self, kind: str, subject: str) -> list[StatementRow]:
        """What was said of a visit, or in a corrective action."""
        return self._rows("kind = ? AND subject = ?", [kind, subject])

    def of_store(self, kind: str, store_id: str) -> list[StatementRow]:
        """What was said of a store."""
        return self._rows("kind = ? AND store_id = ?", [kind, store_id])

    def all(self, kind: str) -> list[StatementRow]:
        """All of a kind."""
        return self._rows("kind = ?", [kind])

    def own(self) -> list[StatementRow]:
        """Those of this laptop, published or not."""
        return self._rows("own = 1", [])

    def unpublished(self, folder_id: str | None) -> list[StatementRow]:
        """Those that go with the next sync to that folder; all, where it is None: a folder that was never seen."""
        where = (
            "own = 1 AND NOT EXISTS (SELECT 1 FROM published_statements p WHERE p.hash = s.hash AND p.folder_id = ?)"
        )
        return self._rows(where, [folder_id])

    def known(self) -> set[tuple[str, str, str]]:
        """Device, name in the folder and kind of every statement that is kept."""
        rows = self._connection.rows("SELECT device_id, substr(hash, 1, 16), kind FROM statements")
        return {(device, name, kind) for device, name, kind in rows}

    def add_photo(self, sha256: str, jpeg: bytes) -> None:
        """Keep the photo of what was done."""
        with self._connection.write():
            self._connection.execute("INSERT OR IGNORE INTO action_photos VALUES (?, ?)", [sha256, jpeg])

    def photo(self, sha256: str) -> bytes | None:
        """The photo of what was done; None where it isn't here."""
        row = self._connection.row("SELECT bytes FROM action_photos WHERE sha256 = ?", [sha256])
        return bytes(row[0]) if row else None

    def _rows(self, where: str, parameters: list[object]) -> list[StatementRow]:
        sql = f"SELECT {_COLUMNS} FROM statements s WHERE {where} ORDER BY hash"  # noqa: S608 - conditions are constants here
        return [StatementRow(*row)._replace(own=bool(row[6])) for row in self._connection.rows(sql, parameters)]
