"""One SQLite connection of the store: durable settings, transactions that nest, errors as sentences.

The repositories (visits, photos, journal, …) work through it; `database` opens it.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mshopper.store import failures

BUSY_SECONDS = 5.0
"""How long a statement waits for another program's lock before it gives up."""

Parameters = Sequence[Any] | Mapping[str, Any]


def connect(file: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection to `file`, made for the calling thread.

    Every commit has reached the disk when it returns (design.md, The store). Raises sqlite3.Error.
    """
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    try:
        for pragma in ("synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class Connection:
    """Statements and transactions on one open file. Used from the thread that made it."""

    def __init__(self, raw: sqlite3.Connection, folder: Path, *, read_only: bool) -> None:
        self.raw = raw
        self.folder = folder
        self.read_only = read_only

    def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement. Raises StoreError for what the user can mend, sqlite3.Error for bugs."""
        try:
            return self.raw.execute(sql, parameters)
        except (sqlite3.Error, UnicodeEncodeError) as error:
            failures.raise_told(error, self.folder)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Every row of a query. Raises as `execute` does."""
        try:
            return self.raw.execute(sql, parameters).fetchall()
        except (sqlite3.Error, UnicodeEncodeError) as error:
            failures.raise_told(error, self.folder)

    def row(self, sql: str, parameters: Parameters = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None. Raises as `execute` does."""
        try:
            row: tuple[Any, ...] | None = self.raw.execute(sql, parameters).fetchone()
        except (sqlite3.Error, UnicodeEncodeError) as error:
            failures.raise_told(error, self.folder)
        return row

    @contextmanager
    def write(self) -> Iterator[None]:
        """A transaction, durable once the block has ended; an error in the block leaves nothing of it behind.

        A block within a block joins it: it is kept when the outer one is, and an error in it undoes the inner part alone
        where the outer one goes on. Raises ReadOnlyStoreError where another process holds the folder.
        """
        if self.read_only:
            raise failures.only_looking(self.folder)
        if self.raw.in_transaction:
            begin, keep, undo = "SAVEPOINT inner_write", "RELEASE inner_write", "ROLLBACK TO inner_write"
        else:
            # A deferred BEGIN would fail at its first write, after its reads, where another connection writes meanwhile.
            begin, keep, undo = "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"
        self.execute(begin)
        try:
            yield
            self.execute(keep)
        except BaseException as error:
            # A full disk may have ended the whole transaction already.
            if self.raw.in_transaction:
                self.raw.execute(undo)
                if undo != "ROLLBACK":
                    self.raw.execute(keep)
            if isinstance(error, UnicodeEncodeError):
                failures.raise_told(error, self.folder)
            raise
