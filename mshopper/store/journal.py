"""The journal: a line for everything that happens, each carrying the hash of the one before it, so that none can be changed.

It holds salted hashes, never what was answered (design.md, The seal).
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mshopper.model.canonical import canonical_json
from mshopper.store import failures
from mshopper.store.connection import Connection
from mshopper.store.values import to_json

_COLUMNS = "seq, at, event, visit_id, revision, data, previous, hash"


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line. `seq` counts from 1; `previous` is the hash of the line before, "" for the first; hashes are hex."""

    seq: int
    at: str
    event: str
    visit_id: str
    revision: int
    data: Mapping[str, str]
    previous: str
    hash: str

    def expected_hash(self) -> str:
        """The hash that the line must carry, by what it says."""
        return _line_hash(self.seq, self.at, self.event, self.visit_id, self.revision, self.data, self.previous)


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
        digest = _line_hash(seq, at, event, visit_id, revision, data, previous)
        self._connection.execute(
            f"INSERT INTO journal ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (seq, at, event, visit_id, revision, to_json(data), previous, digest),
        )
        return JournalLine(seq, at, event, visit_id, revision, data, previous, digest)

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

    def verify(self) -> JournalLine | None:
        """The first line that was changed, or follows one that was changed or removed; None when all is well.

        Lines cut off at the end can't be told from here: the seals that name a later head can.
        """
        previous = ""
        for seq, line in enumerate(self.lines(), start=1):
            if (line.seq, line.previous, line.hash) != (seq, previous, line.expected_hash()):
                return line
            previous = line.hash
        return None


def _line_hash(
    seq: int, at: str, event: str, visit_id: str, revision: int, data: Mapping[str, str], previous: str
) -> str:
    """SHA-256 (hex) over the canonical JSON of all that a line says, numbers as decimal text."""
    said = {
        "seq": str(seq),
        "at": at,
        "event": event,
        "visit_id": visit_id,
        "revision": str(revision),
        "data": data,
        "previous": previous,
    }
    return hashlib.sha256(canonical_json(said)).hexdigest()


def _line(row: tuple[int, str, str, str, int, str, str, str]) -> JournalLine:
    seq, at, event, visit_id, revision, data, previous, digest = row
    return JournalLine(seq, at, event, visit_id, revision, json.loads(data), previous, digest)
