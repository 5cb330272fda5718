"""What can still be read of a damaged data file, row by row, put into a new one.

SQLite stops at the first page that it can't read. Here every table is read by its key, and reading goes on behind what
can't be read, so that one torn page costs the rows on it and nothing else.
"""
# ruff: noqa: S608 - the names of tables and columns come from our own schema; values are always parameters

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mshopper.progress import Progress
from mshopper.store import connection as connections
from mshopper.store import failures, migrations
from mshopper.store.connection import Connection

if TYPE_CHECKING:
    from mshopper.store.cipher import Key

_HIGHEST = 2**40
"""Above every row number that we give."""

_PROVED = ("photo_bytes", "photo_originals")
"""Tables whose key is the SHA-256 of their bytes; a thumbnail's is that of the photo it is made from."""


@dataclass(frozen=True, slots=True)
class RecoveredVisit:
    """A visit that was found. `answers` of `expected` answers are there; `lost_photos` have no readable picture."""

    visit_id: str
    store_name: str
    day: str
    state: str
    answers: int
    expected: int
    lost_photos: int

    @property
    def is_whole(self) -> bool:
        """Whether everything that the visit says it has was found."""
        return self.answers >= self.expected and not self.lost_photos


@dataclass
class Recovered:
    """What was found: rows by table, the visits, and what no longer belongs to anything and was left out."""

    rows: dict[str, int] = field(default_factory=dict)
    visits: list[RecoveredVisit] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)


def recover(damaged: Path, target: Path, progress: Progress | None = None, *, key: "Key | None" = None) -> Recovered:
    """Read all that can be read of `damaged` into the new data file `target`, which must not be there yet.

    `damaged` is only read; its `key`, where it has one, is the key of the new one.
    Raises StoreError where nothing in it can be understood, or `target` can't be written.
    """
    progress = progress or Progress()
    folder = target.parent
    source = _Source(damaged, key)
    try:
        with failures.told(folder):
            raw = connections.open_by_name(str(target), key)
            try:
                made = Connection(raw, folder, read_only=False, key=key)
                migrations.apply(made)
                found = _copy_all(source, raw, progress)
                raw.execute("PRAGMA journal_mode=DELETE")
            finally:
                raw.close()
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        source.raw.close()
    return found


class _Source:
    """The damaged file. SQLCipher reads nothing more through a connection that met a torn page: `renew` opens another."""

    def __init__(self, file: Path, key: "Key | None") -> None:
        self._file, self._key = file, key
        self.raw = _opened(file, key)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Begin to read. Raises `failures.database_errors()`, then or while rows are taken."""
        return self.raw.execute(sql, parameters)

    def renew(self) -> None:
        """Go on after an error."""
        if self._key is not None:
            self.raw.close()
            self.raw = _opened(self._file, self._key)


def _opened(damaged: Path, key: "Key | None") -> sqlite3.Connection:
    """A connection to the damaged file that reads its log too, or without the log where that is what can't be read."""
    for query in ("mode=ro", "immutable=1"):
        raw = connections.open_by_name(f"{damaged.absolute().as_uri()}?{query}", key, uri=True)
        try:
            raw.execute("PRAGMA cell_size_check=ON")
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except failures.database_errors():
            raw.close()
            continue
        return raw
    raise failures.damaged(damaged.parent)


def _copy_all(source: "_Source", raw: sqlite3.Connection, progress: Progress) -> Recovered:
    found = Recovered()
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("PRAGMA synchronous=OFF")  # the whole file is flushed before it takes the place of the other
    tables = _tables(raw)
    progress.expect(len(tables))
    raw.execute("BEGIN")
    for table in tables:
        found.rows[table] = _copy_table(source, raw, table)
        progress.advance()
    _mend(raw, found)
    raw.execute("COMMIT")
    found.visits = _visits(raw)
    return found


def _tables(raw: sqlite3.Connection) -> list[str]:
    """Our tables that hold rows of their own; an index of words is made anew from them by its triggers."""
    ours = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
    return [name for (name,) in raw.execute(ours) if name != "_sqlite_migrations"]


def _copy_table(source: "_Source", raw: sqlite3.Connection, table: str) -> int:
    there = {name for (name,) in raw.execute("SELECT name FROM pragma_table_info(?)", [table])}
    try:
        columns = [
            name for (name,) in source.execute("SELECT name FROM pragma_table_info(?)", [table]) if name in there
        ]
    except failures.database_errors():
        source.renew()
        return 0
    if not columns:
        return 0
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    before = raw.total_changes
    for row in _rows(source, raw, table, columns):
        try:
            raw.execute(insert, row)
        except failures.integrity_errors():
            continue  # torn within: a value that its column can't hold
    return raw.total_changes - before


def _rows(source: "_Source", raw: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    key = _key(raw, table)
    order = key[0] if key else "rowid"
    selected = f"SELECT {order}, {', '.join(columns)} FROM {table} NOT INDEXED"
    if key is None or key[1] == "INTEGER":
        rows = _range(source, selected, order)
    else:
        rows = _both_ways(source, selected, "", (), order)
    digest, content = (columns.index("sha256"), columns.index("bytes")) if table in _PROVED else (0, 0)
    for _order, *row in rows:
        if table not in _PROVED or hashlib.sha256(row[content]).hexdigest() == row[digest]:
            yield tuple(row)


def _key(raw: sqlite3.Connection, table: str) -> tuple[str, str] | None:
    """The first column of the primary key of a table WITHOUT ROWID and its type; None for a table with row numbers."""
    sql = str(raw.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()[0])
    if "WITHOUT ROWID" not in sql:
        return None
    row = raw.execute("SELECT name, type FROM pragma_table_info(?) WHERE pk = 1", [table]).fetchone()
    return str(row[0]), str(row[1])


def _range(source: "_Source", selected: str, key: str) -> Iterator[tuple[Any, ...]]:
    """The readable rows of a table by its whole-number key; some may come twice."""
    low = 0
    while low <= _HIGHEST:
        last = low - 1
        is_whole = True
        for row in _until_torn(source, selected, f"WHERE {key} >= ?", (low,), key):
            if row is None:
                is_whole = False
                continue
            if isinstance(row[0], int) and last < row[0] <= _HIGHEST:  # a torn page may say any number
                last = row[0]
            yield row
        if is_whole:
            return
        torn = max(last, low)
        low = _next_readable(source, selected, key, torn + 1)
        # Rows that share a key may go on behind the torn page: they are read from the other end.
        rows = _until_torn(source, selected, f"WHERE {key} BETWEEN ? AND ?", (torn, low - 1), key, "DESC")
        yield from (row for row in rows if row is not None)


def _next_readable(source: "_Source", selected: str, key: str, low: int) -> int:
    """The least key from `low` on behind which a row can be read again; above `_HIGHEST` where none can.

    It leaps, twice as far each time, then halves the last leap: a torn page costs few reads, however far the keys go.
    """

    def is_readable(at: int) -> bool:
        return None not in _until_torn(source, selected, f"WHERE {key} >= ?", (at,), f"{key} LIMIT 1", "")

    leap = 1
    torn, at = low - 1, low
    while not is_readable(at):
        torn, at = at, at + leap
        leap *= 2
        if at > _HIGHEST:
            return at
    while at - torn > 1:
        middle = (torn + at) // 2
        torn, at = (torn, middle) if is_readable(middle) else (middle, at)
    return at


def _until_torn(
    source: "_Source", selected: str, where: str, parameters: Sequence[Any], order: str, direction: str = "ASC"
) -> Iterator[tuple[Any, ...] | None]:
    """Rows, and None at last where the next one can't be read."""
    try:
        yield from source.execute(f"{selected} {where} ORDER BY {order} {direction}", parameters)
    except failures.database_errors(UnicodeDecodeError):
        source.renew()
        yield None


def _both_ways(
    source: "_Source", selected: str, where: str, parameters: Sequence[Any], order: str
) -> Iterator[tuple[Any, ...]]:
    """Rows from the first on and from the last back, each until one can't be read; some may come twice."""
    is_whole = True
    for row in _until_torn(source, selected, where, parameters, order):
        if row is None:
            is_whole = False
        else:
            yield row
    if not is_whole:
        yield from (row for row in _until_torn(source, selected, where, parameters, order, "DESC") if row is not None)


def _mend(raw: sqlite3.Connection, found: Recovered) -> None:
    """Make what was found agree: a visit whose salt is lost gets a new one (its seal won't verify), orphans go."""
    raw.execute("INSERT OR IGNORE INTO visits (visit_id, salt) SELECT DISTINCT visit_id, randomblob(32) FROM revisions")
    # What was deleted and could still be brought back is, rather than lost.
    raw.execute("DELETE FROM resting")
    raw.execute(
        "UPDATE revisions SET latest = (revision = (SELECT max(revision) FROM revisions other "
        "WHERE other.visit_id = revisions.visit_id))"
    )
    while orphans := raw.execute(
        'SELECT "table", rowid FROM pragma_foreign_key_check WHERE rowid IS NOT NULL'
    ).fetchall():
        for table, row in orphans:
            raw.execute(f"DELETE FROM {table} WHERE rowid = ?", [row])
            found.left_out[table] = found.left_out.get(table, 0) + 1
    for table, condition in _ORPHANS.items():
        gone = raw.execute(f"DELETE FROM {table} WHERE {condition}").rowcount
        if gone:
            found.left_out[table] = found.left_out.get(table, 0) + gone


_ORPHANS = dict.fromkeys(("answers", "counts", "photo_places"), "revision_id NOT IN (SELECT id FROM revisions)") | {
    **{
        table: f"NOT EXISTS (SELECT 1 FROM segments s WHERE s.device_id = {table}.device_id AND s.seq = {table}.seq)"
        for table in ("segment_visits", "published")
    },
    "published_statements": "hash NOT IN (SELECT hash FROM statements)",
}
"""Tables without row numbers, which SQLite's own check can't name a row of."""


def _visits(raw: sqlite3.Connection) -> list[RecoveredVisit]:
    rows = raw.execute(
        "SELECT r.visit_id, r.store_name, r.day, r.state, (SELECT count(*) FROM answers a WHERE a.revision_id = r.id), "
        "r.answered, (SELECT count(*) FROM photo_places l JOIN photos p USING (photo_id) WHERE l.revision_id = r.id "
        "AND NOT EXISTS (SELECT 1 FROM photo_bytes b WHERE b.sha256 = p.sha256)) "
        "FROM revisions r WHERE r.latest = 1 ORDER BY r.began, r.visit_id"
    )
    return [RecoveredVisit(*row) for row in rows]
