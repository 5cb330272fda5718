"""What a merge remembers, in DuckDB: which segments it verified, which revisions they hold, and where those stand.

It lies in the merging device's own data folder and is only ever a shortcut: a segment is looked into again when its files
changed, and an index that can't be read, or doesn't belong to the tables that are there, is made anew from the segments.

A revision is *shown* when it is its visit's highest; of two with one number the lower hash, of the same one published twice
the later (its status). Tombstones hide a visit altogether.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import bisect
import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import duckdb

from mshopper.errors import HeadOfficeError
from mshopper.i18n import _

FILE = "merge.duckdb"
_VERSION = "2"
_MEMORY = "384MB"
_MOST_THREADS = 4

_TABLES = """
CREATE TABLE about (name VARCHAR, value VARCHAR);
CREATE TABLE segments (number INTEGER, id VARCHAR, seq INTEGER, stamp VARCHAR, key VARCHAR, replaces VARCHAR);
CREATE TABLE versions (visit_id VARCHAR, revision INTEGER, hash VARCHAR, instant VARCHAR, segment INTEGER, start INTEGER,
    length INTEGER, status VARCHAR, shown BOOLEAN, decided VARCHAR);
CREATE TABLE chunks (segment INTEGER, name VARCHAR, rows INTEGER, bytes BIGINT);
CREATE TABLE erased (visit_id VARCHAR);
CREATE TABLE decided (visit_id VARCHAR, hash VARCHAR, status VARCHAR);
CREATE TABLE statements (id VARCHAR, kind VARCHAR, stamp VARCHAR, key VARCHAR, hash VARCHAR, document VARCHAR);
CREATE TABLE conflicts (visit_id VARCHAR, revision INTEGER, hashes VARCHAR[]);
"""
_RANKED = """
SELECT v.* EXCLUDE (shown, decided), row_number() OVER (
    PARTITION BY v.visit_id ORDER BY v.revision DESC, v.hash, s.seq DESC, s.id DESC) = 1 AS shown,
    CASE WHEN v.status = 'submitted' THEN coalesce(d.status, '') ELSE '' END AS decided
FROM {among} v JOIN segments s ON s.number = v.segment LEFT JOIN decided d
    ON d.visit_id = v.visit_id AND d.hash = v.hash
"""
# A record is as long in the table as in its segment, but for the status that was decided.
_SIZE = "(length + CASE WHEN decided = '' THEN 0 ELSE strlen(decided) - strlen(status) END)"
_CONFLICTS = """
INSERT INTO conflicts SELECT visit_id, revision, list(DISTINCT hash ORDER BY hash) FROM {among}
WHERE visit_id IN (SELECT visit_id FROM {among} GROUP BY visit_id HAVING count(*) > 1)
GROUP BY visit_id, revision HAVING count(DISTINCT hash) > 1
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A segment as the index has it. `stamp` and `key` are what it was verified with, `replaces` what it was made from."""

    number: int
    id: str
    seq: int
    stamp: str
    key: str
    replaces: tuple[str, ...] = ()


class Version(NamedTuple):
    """A revision of a visit in a segment: `start` and `length` are bytes in the body of its table of visits.

    `instant` is when the visit started, as text that sorts; `status` as published, "" where no decision may change it.
    """

    visit_id: str
    revision: int
    hash: str
    instant: str
    start: int
    length: int
    status: str = ""


@dataclass(frozen=True, slots=True)
class KnownStatement:
    """A statement as the index has it: its kind, and what it was verified with; `document` is its JSON text."""

    id: str
    kind: str
    stamp: str
    key: str
    hash: str
    document: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A shown revision in its place. `offset` is where it stands in the tables before, as bytes of the body.

    `size` is how many bytes it has there; `decided` the status that was decided, "" where none was.
    """

    instant: str
    visit_id: str
    segment: int
    start: int
    length: int
    decided: str
    size: int
    offset: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What is shown that wasn't and the reverse, both in order; None for `added` where too much changed to say."""

    added: tuple[Shown, ...] | None
    removed: tuple[Shown, ...]
    segments: frozenset[int]

    @property
    def are_none(self) -> bool:
        """Whether the tables before are those of now."""
        return self.added == () and not self.removed and not self.segments


class MergeIndex:
    """An open index: one transaction, kept by `commit`, forgotten otherwise."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        self._connection = connection
        self.scratch = scratch
        self._next = self._one("SELECT coalesce(max(number), 0) + 1 FROM segments")
        self._listed: TextIO | None = None
        self._new: dict[int, Known] = {}
        self._gone: set[int] = set()

    # Segments and what they hold

    def segments(self) -> list[Known]:
        """Every segment that is known, by id."""
        rows = self._all("SELECT number, id, seq, stamp, key, replaces FROM segments ORDER BY id")
        return [
            Known(number, name, seq, stamp, key, tuple(replaces.split()))
            for number, name, seq, stamp, key, replaces in rows
        ]

    def add(self, segment: Known, versions: Iterable[Version]) -> Known:
        """Remember a segment that was verified. Returns it with its number."""
        number, self._next = self._next, self._next + 1
        if self._listed is None:
            self._listed = (self.scratch / "versions").open("w", encoding="ascii", newline="")
        self._listed.writelines(
            f"{one.visit_id},{one.revision},{one.hash},{one.instant},{number},{one.start},{one.length},{one.status}\n"
            for one in versions
        )
        self._new[number] = replace(segment, number=number)
        return self._new[number]

    def renew(self, segment: Known, stamp: str, key: str) -> Known:
        """Remember that a segment was verified anew, its files having other times or its device another key."""
        values = [stamp, key, segment.number]
        self._connection.execute("UPDATE segments SET stamp = ?, key = ? WHERE number = ?", values)
        return replace(segment, stamp=stamp, key=key)

    def drop(self, segments: Iterable[int]) -> None:
        """Forget segments that aren't there now, or don't count."""
        self._gone.update(segments)

    def _take_listed(self) -> None:
        """Take in what was added, all at once: row by row it would take minutes."""
        new = self._new.values()
        columns = [
            [one.number for one in new],
            [one.id for one in new],
            [one.seq for one in new],
            [one.stamp for one in new],
            [one.key for one in new],
            [" ".join(one.replaces) for one in new],
        ]
        self._connection.execute(
            "INSERT INTO segments SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::INTEGER[]), "
            "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            columns,
        )
        if self._listed is not None:
            self._listed.close()
            self._listed = None
            self._connection.execute(
                "INSERT INTO versions SELECT * REPLACE (coalesce(status, '') AS status), false, '' "
                f"FROM read_csv('{_quoted(self.scratch / 'versions')}', "
                "header=false, auto_detect=false, delim=',', quote='', escape='', columns={'visit_id': 'VARCHAR', "
                "'revision': 'INTEGER', 'hash': 'VARCHAR', 'instant': 'VARCHAR', 'segment': 'INTEGER', "
                "'start': 'INTEGER', 'length': 'INTEGER', 'status': 'VARCHAR'})"
            )

    # Choosing

    def choose(self, erased: frozenset[str], decided: Mapping[tuple[str, str], str], *, anew: bool) -> Changes:
        """Decide what is shown, with the status `decided` by visit and seal; `anew` where no tables stand that it could
        differ from.

        Where segments went, or a tenth of all came, changes aren't listed: the tables are then as well written anew.
        """
        self._take_listed()
        before = {visit_id for (visit_id,) in self._all("SELECT visit_id FROM erased")}
        if before != erased:
            self._set_erased(erased)
        judged = self._set_decided(decided)
        if anew or self._gone or not self._is_little(len(judged)):
            self._choose_all()
            return Changes(None, (), frozenset())
        return self._choose_touched({*(before ^ erased), *judged})

    def _set_decided(self, decided: Mapping[tuple[str, str], str]) -> list[str]:
        """Take over what was decided; the visits whose status may change by it."""
        now = {(visit_id, seal, status) for (visit_id, seal), status in decided.items()}
        before = set(self._all("SELECT visit_id, hash, status FROM decided"))
        if before != now:
            self._connection.execute("DELETE FROM decided")
            columns = [list(column) for column in zip(*sorted(now), strict=True)] or [[], [], []]
            self._connection.execute(
                "INSERT INTO decided SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])", columns
            )
        return sorted({visit_id for visit_id, _seal, _status in before ^ now})

    def _is_little(self, judged: int) -> bool:
        """Whether few revisions came or were judged."""
        self._number_list("moved", self._new)
        moved = self._one("SELECT count(*) FROM versions SEMI JOIN moved ON segment = number")
        return 10 * (moved + judged) <= self._one("SELECT count(*) FROM versions") + 1000

    def _set_erased(self, erased: Iterable[str]) -> None:
        self._connection.execute("DELETE FROM erased")
        self._connection.execute("INSERT INTO erased SELECT unnest(?::VARCHAR[])", [sorted(erased)])

    def _number_list(self, name: str, numbers: Iterable[int]) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (number INTEGER)")
        self._connection.execute(f"INSERT INTO {name} SELECT unnest(?::INTEGER[])", [sorted(numbers)])

    def _forget_gone(self) -> None:
        if self._gone:
            self._number_list("gone", self._gone)
            for table, column in (("versions", "segment"), ("segments", "number"), ("chunks", "segment")):
                self._connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT number FROM gone)")
            self._gone.clear()

    def _choose_all(self) -> None:
        self._forget_gone()
        self._connection.execute(
            f"CREATE OR REPLACE TABLE versions AS SELECT * REPLACE (shown AND visit_id NOT IN "
            f"(SELECT visit_id FROM erased) AS shown) FROM ({_RANKED.format(among='versions')})"
        )

        self._connection.execute("DELETE FROM conflicts")
        self._connection.execute(_CONFLICTS.format(among="versions"))

    def _choose_touched(self, of_statements: Iterable[str]) -> Changes:
        run = self._connection.execute
        # Visits are looked up once, over all there are; everything else is about these few.
        run(
            "CREATE OR REPLACE TEMP TABLE touched AS SELECT *, rowid AS place FROM versions WHERE visit_id IN "
            "(SELECT visit_id FROM versions SEMI JOIN moved ON segment = number UNION SELECT unnest(?::VARCHAR[]))",
            [sorted(of_statements)],
        )
        columns = f"instant, visit_id, segment, start, length, decided, {_SIZE} AS size, place"
        run(f"CREATE OR REPLACE TEMP TABLE was AS SELECT {columns} FROM touched WHERE shown")
        run(
            f"CREATE OR REPLACE TEMP TABLE now AS SELECT {columns} FROM ({_RANKED.format(among='touched')}) "
            "WHERE shown AND visit_id NOT IN (SELECT visit_id FROM erased)"
        )
        run("CREATE OR REPLACE TEMP TABLE added AS SELECT * FROM now EXCEPT SELECT * FROM was")
        run("CREATE OR REPLACE TEMP TABLE removed AS SELECT * FROM was EXCEPT SELECT * FROM now")
        run("DELETE FROM conflicts WHERE visit_id IN (SELECT visit_id FROM touched)")
        run(_CONFLICTS.format(among="touched"))
        added, removed = self._placed()
        for table, shown in (("removed", "false"), ("added", "true")):
            run(
                f"UPDATE versions SET shown = {shown}, decided = x.decided FROM {table} x "
                "WHERE versions.rowid = x.place"
            )
        return Changes(added, removed, frozenset({one.segment for one in (*added, *removed)} | self._new.keys()))

    def _placed(self) -> tuple[tuple[Shown, ...], tuple[Shown, ...]]:
        """The rows of `added` and of `removed`, each with its offset in the order before.

        Whole hours are counted first, so that only visits within an hour that changed are compared.
        """
        run = self._connection.execute
        run(
            "CREATE OR REPLACE TEMP TABLE moments AS SELECT DISTINCT instant, visit_id, left(instant, 13) AS hour "
            "FROM (FROM added UNION ALL FROM removed)"
        )
        hours = self._all(
            f"SELECT left(instant, 13) AS hour, sum({_SIZE})::BIGINT FROM versions WHERE shown GROUP BY 1 ORDER BY 1"
        )
        begins = list(accumulate((length for _hour, length in hours), initial=0))
        within = self._all(
            f"""SELECT m.instant, m.visit_id, coalesce(sum(v.size), 0)::BIGINT FROM moments m LEFT JOIN (
                SELECT instant, visit_id, left(instant, 13) AS hour, {_SIZE} AS size FROM versions
                WHERE shown AND left(instant, 13) IN (SELECT hour FROM moments)
            ) v ON v.hour = m.hour AND (v.instant, v.visit_id) < (m.instant, m.visit_id) GROUP BY 1, 2"""
        )
        # An hour without visits begins where the next one does.
        offsets = {
            (instant, visit_id): length + begins[bisect.bisect_left(hours, (instant[:13], -1))]
            for instant, visit_id, length in within
        }
        return self._listed_shown("added", offsets), self._listed_shown("removed", offsets)

    def _listed_shown(self, table: str, offsets: Mapping[tuple[str, str], int]) -> tuple[Shown, ...]:
        rows = self._all(
            f"SELECT instant, visit_id, segment, start, length, decided, size FROM {table} ORDER BY instant, visit_id"
        )
        return tuple(
            Shown(instant, visit_id, segment, start, length, decided, size, offsets[instant, visit_id])
            for instant, visit_id, segment, start, length, decided, size in rows
        )

    # What the tables are made of

    def conflicts(self) -> list[tuple[str, int, list[str]]]:
        """Visit, revision and hashes, the lowest first, of each revision that is there in several versions."""
        return self._all(
            "SELECT * FROM conflicts WHERE visit_id NOT IN (SELECT visit_id FROM erased) ORDER BY visit_id, revision"
        )

    def in_order(self) -> Iterator[list[tuple[int, int, int, str]]]:
        """Segment, start, length and decided status of every visit shown, by their start, the newest last; in bunches."""
        cursor = self._connection.execute(
            "SELECT segment, start, length, decided FROM versions WHERE shown ORDER BY instant, visit_id"
        )
        while bunch := cursor.fetchmany(20_000):
            yield bunch

    def shown_of(self, segments: Iterable[int]) -> Mapping[int, set[bytes] | None]:
        """What is shown of each segment: keys as `records.record_key` has them; None for all that it holds."""
        self._number_list("asked", segments)
        found: dict[int, set[bytes] | None] = {
            number: None if shown == held else set()
            for number, shown, held in self._all(
                "SELECT segment, count(*) FILTER (shown), count(*) FROM versions SEMI JOIN asked ON segment = number GROUP BY 1"
            )
        }
        self._number_list("parted", [number for number, keys in found.items() if keys is not None])
        for number, visit_id, revision in self._all(
            "SELECT segment, visit_id, revision FROM versions SEMI JOIN parted ON segment = number WHERE shown"
        ):
            keys = found[number]
            assert keys is not None
            keys.add(f"{visit_id},{revision},".encode("ascii"))
        return found

    def visits(self) -> int:
        """How many visits are shown."""
        return self._one("SELECT count(*) FROM versions WHERE shown")

    def chunks(self, name: str) -> dict[int, tuple[int, int]]:
        """Rows and bytes that each segment has in the table of that name, as written last."""
        rows = self._all("SELECT segment, rows, bytes FROM chunks WHERE name = ?", [name])
        return {number: (count, length) for number, count, length in rows}

    def set_chunks(self, name: str, chunks: Mapping[int, tuple[int, int]]) -> None:
        """Remember rows and bytes of each segment in the table of that name."""
        known = self.chunks(name)
        changed = {number: chunk for number, chunk in chunks.items() if known.get(number) != chunk}
        self._number_list("stale", changed)
        self._connection.execute("DELETE FROM chunks WHERE name = ? AND segment IN (SELECT number FROM stale)", [name])
        columns = [list(changed), [rows for rows, _ in changed.values()], [size for _, size in changed.values()]]
        self._connection.execute(
            "INSERT INTO chunks SELECT unnest(?::INTEGER[]), ?, unnest(?::INTEGER[]), unnest(?::BIGINT[])",
            [columns[0], name, *columns[1:]],
        )

    # Statements

    def statements(self) -> list[KnownStatement]:
        """Every statement that was verified."""
        return [
            KnownStatement(*row) for row in self._all("SELECT id, kind, stamp, key, hash, document FROM statements")
        ]

    def set_statements(self, new: Sequence[KnownStatement], gone: Iterable[str]) -> None:
        """Remember statements that were verified, and forget those of the ids in `gone`."""
        self._connection.execute(
            "DELETE FROM statements WHERE id IN (SELECT unnest(?::VARCHAR[]))",
            [sorted({*gone, *(one.id for one in new)})],
        )
        columns = [[getattr(one, name) for one in new] for name in ("id", "kind", "stamp", "key", "hash", "document")]
        self._connection.execute(
            f"INSERT INTO statements SELECT {', '.join(['unnest(?::VARCHAR[])'] * len(columns))}", columns
        )

    def shown_among(self, visit_ids: Iterable[str]) -> frozenset[str]:
        """Those of the visits that are shown."""
        sql = "SELECT DISTINCT visit_id FROM versions WHERE shown AND visit_id IN (SELECT unnest(?::VARCHAR[]))"
        return frozenset(visit_id for (visit_id,) in self._all(sql, [sorted(visit_ids)]))

    # The rest

    def about(self, name: str) -> str:
        """What was noted under `name`; "" for nothing."""
        rows = self._all("SELECT value FROM about WHERE name = ?", [name])
        return str(rows[0][0]) if rows else ""

    def note(self, name: str, value: str) -> None:
        """Note something of the tables written last."""
        self._connection.execute("DELETE FROM about WHERE name = ?", [name])
        self._connection.execute("INSERT INTO about VALUES (?, ?)", [name, value])

    def commit(self) -> None:
        """Keep what was remembered."""
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Close the file with the versions that weren't taken in."""
        if self._listed is not None:
            self._listed.close()

    def _all(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        return self._connection.execute(sql, values).fetchall()

    def _one(self, sql: str) -> int:
        return int(self._all(sql)[0][0])


@contextlib.contextmanager
def open_index(folder: Path | None) -> Iterator[MergeIndex]:
    """The index kept in `folder`, or one for this time only. Raises HeadOfficeError where the disk refuses."""
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="merge-", dir=folder, ignore_cleanup_errors=True) as name:
            scratch = Path(name)
            connection = _connect(folder / FILE if folder else None, scratch)
            try:
                index = MergeIndex(connection, scratch)
                try:
                    yield index
                finally:
                    index.close()
            finally:
                connection.close()
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        sentence = _("The results can't be merged on this computer just now ({reason}): free some space and retry.")
        raise HeadOfficeError(sentence.format(reason=str(error).splitlines()[0])) from error


def connect(file: Path | None, scratch: Path) -> duckdb.DuckDBPyConnection:
    """A connection that stays on this machine: no extension is loaded, memory is bounded, the rest goes to `scratch`."""
    return duckdb.connect(
        str(file) if file else ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": _MEMORY,
            "temp_directory": str(scratch),
            "threads": str(min(_MOST_THREADS, os.cpu_count() or 1)),
        },
    )


def _connect(file: Path | None, scratch: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the tables of this version, in a transaction; a file that isn't such is made anew."""
    if file is not None and file.exists():
        with contextlib.suppress(duckdb.Error):
            connection = connect(file, scratch)
            try:
                if connection.execute("SELECT value FROM about WHERE name = 'version'").fetchall() == [(_VERSION,)]:
                    connection.execute("BEGIN")
                    return connection
            except duckdb.Error:
                pass
            connection.close()
        for leftover in (file, file.with_name(file.name + ".wal")):
            leftover.unlink(missing_ok=True)
    connection = connect(file, scratch)
    connection.execute("BEGIN")
    connection.execute(_TABLES)
    connection.execute("INSERT INTO about VALUES ('version', ?)", [_VERSION])
    return connection


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
