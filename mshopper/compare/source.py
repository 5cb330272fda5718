"""The tables, open for questions: views `visits`, `scores`, `answers`, `photos` with types, whatever they come from.

Parquet is read where it lies. A CSV is turned into Parquet in a scratch folder when it is first asked for, since a screen asks
again with every filter. Rows of the laptop's own visits stay in memory, so that an encrypted store leaves nothing in clear.

Numbers are exact decimals, so that a sum doesn't depend on which thread added first; times are text with their offset, and
`day`, `month`, `hour` and `weekday` are read from that text: they are those of the clock in the shop.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from mshopper.errors import HeadOfficeError
from mshopper.i18n import _
from mshopper.model.plan_item import PlanItem
from mshopper.model.record import Store
from mshopper.progress import Cancelled, Progress

Schema = Mapping[str, Mapping[str, str]]
"""The columns of each table, in order: table -> column -> Frictionless type (string, integer, number, boolean, datetime)."""

Rows = Mapping[str, Iterable[Mapping[str, str]]]
"""Rows of each table, every cell text."""

_MEMORY = "640MB"
_THREADS = 2
_AT_ONCE = 2000
_LONGEST_LINE = 8 << 20
_TYPES = {"integer": "BIGINT", "number": "DECIMAL(38, 12)", "boolean": "BOOLEAN"}
_CLOCK = """
    {table}.started_at[:10] AS day,
    TRY_CAST({table}.started_at[12:13] AS TINYINT) AS hour,
    isodow(TRY_CAST({table}.started_at[:10] AS DATE)) AS weekday
"""
_VISITS = f"""
CREATE OR REPLACE VIEW visits AS SELECT v.* EXCLUDE (region, store_name),
    coalesce(nullif(s.region, ''), v.region) AS region,
    coalesce(s.format, '') AS format,
    coalesce(nullif(s.name, ''), v.store_name) AS store_name,
    {_CLOCK.format(table="v")}
FROM (SELECT {{columns}}, coalesce(month, '') AS month FROM raw_visits) v LEFT JOIN stores s ON s.store_id = v.store_id
"""
_LEAN = f"CREATE OR REPLACE VIEW lean_visits AS SELECT *, {_CLOCK.format(table='raw_visits')} FROM raw_visits"
_MONTH = "nullif(regexp_extract(started_at, '^[0-9]{4}-(0[1-9]|1[0-2])'), '')"


@dataclass(frozen=True, slots=True)
class TableFiles:
    """Where the four tables lie, by name: CSV files, or folders of Parquet files."""

    paths: Mapping[str, Path]
    is_parquet: bool


@dataclass
class Source:
    """Open tables. Use it from one thread at a time; `close` it, or use it as a context.

    `visits` is there at once, the others by `table(name)`, which says the name to put into a question. A visit's `region`,
    `format` and name are those of stores.csv where it has them, else as they were at the visit. `lean_visits` is the same
    without stores.csv, and without value (NULL) where a text is empty: what a million visits are summed by.
    """

    connection: duckdb.DuckDBPyConnection
    schema: Schema
    stores: Mapping[str, Store]
    plan: tuple[PlanItem, ...]
    _files: TableFiles | None
    _scratch: Path | None
    _made: set[str] = field(default_factory=set)
    _extremes: dict[str, tuple[float, float, int]] = field(default_factory=dict)
    _cleanup: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The answer to a question. Raises HeadOfficeError where the tables can't be read."""
        with _asking():
            return self.connection.execute(sql, list(parameters)).fetchall()

    def table(self, name: str) -> str:
        """The view of that table, made ready where it wasn't asked for before. Raises HeadOfficeError."""
        if name not in self._made:
            with _asking():
                self._make(name)
            self._made.add(name)
        return name

    def stated(self, name: str) -> Mapping[str, tuple[str, str, int]]:
        """What the Parquet files of a table say of their columns: the lowest and highest value as text, and how many lack one.

        Empty where the table isn't Parquet, or a column without such a statement.
        """
        if self._files is None or not self._files.is_parquet or not any(self._files.paths[name].glob("**/*.parquet")):
            return {}
        found = self.rows(
            "SELECT path_in_schema, array_agg(stats_min_value), array_agg(stats_max_value), sum(stats_null_count) "
            f"FROM parquet_metadata({_text(self._files.paths[name] / '**' / '*.parquet')}) GROUP BY path_in_schema "
            "HAVING count(stats_min_value) = count(*) AND count(stats_max_value) = count(*)"
        )
        numbers = {column for column, kind in self.schema[name].items() if kind in ("integer", "number")}
        made = {}
        for column, lows, highs, nulls in found:
            key = Decimal if column in numbers else str
            made[column] = (min(lows, key=key), max(highs, key=key), int(nulls))
        return made

    def newest_month(self) -> str:
        """The newest month that Parquet has a folder of visits for; "" where its folders don't say."""
        if self._files is None or not self._files.is_parquet:
            return ""
        months = {path.name.removeprefix("month=") for path in self._files.paths["visits"].glob("month=*")}
        return max(months - {"unknown"}, default="")

    def extremes(self, name: str) -> tuple[float, float, int]:
        """The lowest and the highest percentage in `visits` or `scores`, and how many rows there are; found out once."""
        if name not in self._extremes:
            sql = f"SELECT min(percent), max(percent), count(*) FROM raw_{self.table(name)}"
            stated = self.stated(name).get("percent")
            if stated:
                sql = f"SELECT {stated[0]}, {stated[1]}, count(*) FROM raw_{name}"
            found = self.rows(f"{sql} GROUP BY ALL" if stated else sql)
            lowest, highest, count = found[0] if found else (0, 0, 0)
            self._extremes[name] = float(lowest or 0), float(highest or 0), int(count)
        return self._extremes[name]

    def interrupt(self) -> None:
        """Stop what is being asked, from any thread: whoever asked gets Cancelled."""
        self.connection.interrupt()

    def close(self) -> None:
        """Let the tables go, and what was written for them."""
        self.connection.close()
        self._cleanup.close()

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _make(self, name: str) -> None:
        if self._files is not None:
            self.connection.execute(f"CREATE OR REPLACE VIEW raw_{name} AS SELECT * FROM {self._relation(name)}")
        columns = ", ".join(_read(column, kind) for column, kind in self.schema[name].items())
        if name == "visits":
            self.connection.execute(_VISITS.format(columns=columns))
            self.connection.execute(_LEAN)
        else:
            self.connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT {columns} FROM raw_{name}")

    def _relation(self, name: str) -> str:
        """What a table is read from, with its month where it is that of the visits."""
        assert self._files is not None
        month = f", {_MONTH} AS month" if name == "visits" else ""
        path = self._files.paths[name]
        if not self._files.is_parquet:
            return f"(SELECT *{month} FROM read_parquet({_text(self._converted(name, path))}))"
        files = _text(path / "**" / "*.parquet")
        if not any(path.glob("**/*.parquet")):
            return f"(SELECT *{month} FROM (SELECT {_no_columns(self.schema[name])} WHERE false))"
        if not any(path.glob("month=*")):
            return f"(SELECT *{month} FROM read_parquet({files}, hive_partitioning = false))"
        # The month is in the names of the folders: asking for one reads no other.
        return (
            "(SELECT * REPLACE (nullif(month, 'unknown') AS month) "
            f"FROM read_parquet({files}, hive_partitioning = true, hive_types = {{'month': VARCHAR}}))"
        )

    def _converted(self, name: str, csv: Path) -> Path:
        """The CSV as Parquet in the scratch folder, made once."""
        assert self._scratch is not None
        target = self._scratch / f"{name}.parquet"
        if not target.exists():
            unfinished = target.with_suffix(".tmp")
            columns = ", ".join(_typed(column, kind) for column, kind in self.schema[name].items())
            self.connection.execute(
                f"COPY (SELECT {columns} FROM {_csv(csv, self.schema[name])}) TO {_text(unfinished)} "
                "(FORMAT parquet, COMPRESSION snappy)"
            )
            unfinished.replace(target)
        return target


def open_files(
    files: TableFiles,
    schema: Schema,
    *,
    stores: Iterable[Store] = (),
    plan: Iterable[PlanItem] = (),
    cache: Path | None = None,
) -> Source:
    """The tables in these files. What is made of a CSV is kept in `cache`, a folder for this one set of tables, where given.

    Raises HeadOfficeError.
    """
    cleanup = contextlib.ExitStack()
    scratch = Path(cleanup.enter_context(_temporary_folder()))
    source = _opened(schema, stores, plan, files, cache or scratch, spill=scratch)
    source._cleanup = cleanup
    if cache is not None:
        try:
            cache.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(str(error.strerror or error)) from error
    return _ready(source)


def open_rows(
    rows: Rows,
    schema: Schema,
    *,
    stores: Iterable[Store] = (),
    plan: Iterable[PlanItem] = (),
    progress: Progress | None = None,
) -> Source:
    """Tables made of these rows, in memory alone: nothing of them is ever written to a disk. Raises Cancelled."""
    source = _opened(schema, stores, plan, None, None, spill=None)
    progress = progress or Progress()
    try:
        for name, columns in schema.items():
            kinds = ", ".join(f'"{column}" {_TYPES.get(kind, "VARCHAR")}' for column, kind in columns.items())
            month = f", month VARCHAR AS ({_MONTH})" if name == "visits" else ""
            source.connection.execute(f"CREATE TABLE raw_{name} ({kinds}{month})")
            _insert(source.connection, name, columns, rows.get(name, ()), progress)
    except BaseException:
        source.close()
        raise
    return _ready(source)


def _opened(
    schema: Schema,
    stores: Iterable[Store],
    plan: Iterable[PlanItem],
    files: TableFiles | None,
    scratch: Path | None,
    *,
    spill: Path | None,
) -> Source:
    connection = _connect(spill)
    by_id = {store.store_id: store for store in stores}
    connection.execute("CREATE TABLE stores (store_id VARCHAR, name VARCHAR, region VARCHAR, format VARCHAR)")
    if by_id:
        cells = [[store.store_id, store.name, store.region, store.format] for store in by_id.values()]
        connection.execute(
            "INSERT INTO stores SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[])",
            [list(column) for column in zip(*cells, strict=True)],
        )
    return Source(connection, schema, by_id, tuple(plan), files, scratch)


def _ready(source: Source) -> Source:
    try:
        source.table("visits")
    except BaseException:
        source.close()
        raise
    return source


def _connect(spill: Path | None) -> duckdb.DuckDBPyConnection:
    """A connection that stays on this machine: no extension is fetched, memory is bounded, no file but those in `spill`."""
    return duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": _MEMORY,
            "temp_directory": str(spill) if spill else "",
            "threads": str(_THREADS),
            "preserve_insertion_order": "false",
        },
    )


def _insert(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Mapping[str, str],
    rows: Iterable[Mapping[str, str]],
    progress: Progress,
) -> None:
    """A column at a time as one parameter: a parameter a cell takes fifty times as long."""
    cells = ", ".join(_cast(f"unnest(${place}::VARCHAR[])", kind) for place, kind in enumerate(columns.values(), 1))
    waiting: list[Mapping[str, str]] = []

    def put() -> None:
        connection.execute(
            f"INSERT INTO raw_{name} SELECT {cells}", [[row.get(column, "") for row in waiting] for column in columns]
        )
        waiting.clear()

    for row in rows:
        waiting.append(row)
        if len(waiting) == _AT_ONCE:
            put()
            progress.advance(steps=0)
    if waiting:
        put()


def _csv(path: Path, columns: Mapping[str, str]) -> str:
    """The table as DuckDB reads it: every cell text, nothing guessed."""
    kinds = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
    return (
        f"read_csv({_text(path)}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
        f"new_line = '\\r\\n', max_line_size = {_LONGEST_LINE}, buffer_size = {4 * _LONGEST_LINE}, parallel = false, "
        f"columns = {{{kinds}}})"
    )


def _typed(name: str, kind: str) -> str:
    """A cell of a CSV: without the apostrophe that makes it harmless in spreadsheets, and with its type."""
    column = f'"{name}"'
    plain = f"CASE WHEN starts_with({column}, '''') THEN substr({column}, 2) ELSE {column} END"
    return f"{_cast(plain, kind)} AS {column}"


def _read(name: str, kind: str) -> str:
    """A column of a Parquet file: an empty text stands there as no value at all."""
    column = f'"{name}"'
    return column if kind in _TYPES else f"coalesce({column}, '') AS {column}"


def _cast(cell: str, kind: str) -> str:
    return f"TRY_CAST({cell} AS {_TYPES[kind]})" if kind in _TYPES else cell


def _no_columns(columns: Mapping[str, str]) -> str:
    return ", ".join(f'NULL::{_TYPES.get(kind, "VARCHAR")} AS "{name}"' for name, kind in columns.items())


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


@contextlib.contextmanager
def _temporary_folder() -> Iterator[str]:
    name = tempfile.mkdtemp(prefix="mshopper-")
    try:
        yield name
    finally:
        shutil.rmtree(name, ignore_errors=True)


@contextlib.contextmanager
def _asking() -> Iterator[None]:
    """What the disk or a damaged table does becomes a sentence; a question that makes no sense is a bug and stays one."""
    try:
        yield
    except duckdb.InterruptException:
        raise Cancelled from None
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.InvalidInputException, OSError) as error:
        raise _refused(str(error).splitlines()[0]) from error


def _refused(reason: str) -> HeadOfficeError:
    sentence = _("The results can't be compared just now ({reason}): merge again, free some space and retry.")
    return HeadOfficeError(sentence.format(reason=reason))
