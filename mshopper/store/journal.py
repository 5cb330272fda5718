"""The journal: a line for everything that happens, each carrying the hash of the one before it, so that none can be changed.

It holds salted hashes, never what was answered (design.md, The seal).
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import json
from collections.abc import Iterator, Mapping

from mshopper.model.journal import JournalLine, chained, first_broken
from mshopper.store import failures
from mshopper.store.connection import Connection
from mshopper.store.values import to_json

_COLUMNS = "seq, at, event, visit_id, revision, data, previous, hash"


class Journal:
    """The journal of one data folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(
        self, event: str, *, visit_id: str = "", revision: int = 0, data: Mapping[str, str] | None = None, at: str
    ) -> JournalLine:
        """Add a line, within the caller's `write()` or in a transaction of its own; `at` is ISO 8601 with offset."""
        with self._connection.write():
            return self.append_within(event, visit_id=visit_id, revision=revision, data=data or {}, at=at)

    def append_within(
        self, event: str, *, visit_id: str, revision: int, data: Mapping[str, str], at: str
    ) -> JournalLine:
        """As `append`, for a caller that is in a transaction already: saves a savepoint at every answer."""
        last = self._connection.row("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        seq, previous = (last[0] + 1, last[1]) if last else (1, "")
        line = chained(seq, at, event, visit_id, revision, data, previous)
        self._connection.execute(
            f"INSERT INTO journal ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (seq, at, event, visit_id, revision, to_json(data), previous, line.hash),
        )
        return line

    def head(self) -> str:
        """The hash of the last line; "" while there is none."""
        row = self._connection.row("SELECT hash FROM journal ORDER BY seq DESC LIMIT 1")
        return str(row[0]) if row else ""

    def lines(self, visit_id: str | None = None) -> Iterator[JournalLine]:
        """The lines from the first on, all or those of one visit."""
        where, parameters = ("", ()) if visit_id is None else ("WHERE visit_id = ?", (visit_id,))
        # Row by row: a journal of years is larger than memory should be asked for.
        with failures.told(self._connection.folder):
            for row in self._connection.execute(f"SELECT {_COLUMNS} FROM journal {where} ORDER BY seq", parameters):
                yield _line(row)

    def span(self, first: int, last: int) -> Iterator[JournalLine]:
        """The lines of those numbers, whatever visit they are of."""
        with failures.told(self._connection.folder):
            for row in self._connection.execute(
                f"SELECT {_COLUMNS} FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq", [first, last]
            ):
                yield _line(row)

    def count(self) -> int:
        """How many lines there are."""
        row = self._connection.row("SELECT count(*) FROM journal")
        assert row is not None
        return int(row[0])

    def verify(self) -> int | None:
        """The number of the first line that was changed, or follows one that was changed or removed; None when all is well.

        Lines cut off at the end can't be told from here: the seals that name a later head can.
        """
        return first_broken(self.lines())


def _line(row: tuple[int, str, str, str, int, str, str, str]) -> JournalLine:
    seq, at, event, visit_id, revision, data, previous, digest = row
    try:
        said = json.loads(data)
    except ValueError:
        said = {"": data}  # nothing that was ever written: the line's hash doesn't agree
    return JournalLine(seq, at, event, visit_id, revision, said, previous, digest)
