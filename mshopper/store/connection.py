"""One SQLite connection of the store: durable settings, transactions that nest, errors as sentences.

The repositories (visits, photos, journal, …) work through it; `database` opens it.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mshopper.store import failures

if TYPE_CHECKING:
    from mshopper.store.cipher import Key

BUSY_SECONDS = 5.0
"""How long a statement waits for another program's lock before it gives up."""

Parameters = Sequence[Any] | Mapping[str, Any]


def connect(file: Path, *, read_only: bool, key: "Key | None" = None) -> sqlite3.Connection:
    """A connection to `file`, made for the calling thread; an encrypted one needs its key.

    Every commit has reached the disk when it returns (design.md, The store). Raises `failures.database_errors()`.
    """
    mode = "ro" if read_only else "rwc"
    connection = open_by_name(f"{file.absolute().as_uri()}?mode={mode}", key, uri=True)
    try:
        for pragma in ("synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
    except failures.database_errors():
        connection.close()
        raise
    return connection


def open_by_name(name: str, key: "Key | None" = None, *, uri: bool = False) -> sqlite3.Connection:
    """A bare connection to a file, or a URI, without our settings. Raises `failures.database_errors()`."""
    if key is None:
        return sqlite3.connect(name, uri=uri, timeout=BUSY_SECONDS, isolation_level=None)
    from mshopper.store import cipher

    return cipher.connect(name, key=key, uri=uri, timeout=BUSY_SECONDS)


class Connection:
    """Statements and transactions on one open file, encrypted where it has a `key`. Used from the thread that made it."""

    def __init__(self, raw: sqlite3.Connection, folder: Path, *, read_only: bool, key: "Key | None" = None) -> None:
        self.raw = raw
        self.folder = folder
        self.read_only = read_only
        self.key = key

    def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement. Raises StoreError for what the user can mend, sqlite3.Error for bugs."""
        try:
            return self.raw.execute(sql, parameters)
        except failures.database_errors(UnicodeEncodeError) as error:
            failures.raise_told(error, self.folder)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Every row of a query. Raises as `execute` does."""
        try:
            return self.raw.execute(sql, parameters).fetchall()
        except failures.database_errors(UnicodeEncodeError) as error:
            failures.raise_told(error, self.folder)

    def row(self, sql: str, parameters: Parameters = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None. Raises as `execute` does."""
        try:
            row: tuple[Any, ...] | None = self.raw.execute(sql, parameters).fetchone()
        except failures.database_errors(UnicodeEncodeError) as error:
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
