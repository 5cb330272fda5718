"""The merged tables as Parquet for other engines: `tables/<table>/month=<yyyy-mm>/part-0.parquet`, partitioned as Hive does.

The columns are those of the CSV, with their types: whole numbers, exact decimals, booleans; times stay text with their
offset, and text is as it was typed. Every table has the month in which the visit started as its partition, so that a
month's visits and answers lie in folders of one name, whatever engine reads them.
"""
# ruff: noqa: S608 - names of columns and files are ours, and quoted

import contextlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mshopper.errors import HeadOfficeError
from mshopper.exchange.files import document_bytes, read_document, reading, sync_folder, write_file, writing
from mshopper.exchange.index import connect
from mshopper.exchange.merged import MergedTables, read_merged
from mshopper.exchange.schema import MERGED_TABLES, VISITS, Column, Table
from mshopper.i18n import _
from mshopper.progress import Progress

FOLDER = "tables"
# Engines pass over files that begin so.
_PACKAGE = "_mshopper.json"
_TYPES = {"integer": "BIGINT", "number": "DECIMAL(38, 12)", "boolean": "BOOLEAN"}
_LONGEST_LINE = 8 << 20


def write_parquet(folder: Path, *, progress: Progress | None = None) -> Path:
    """Write the merged tables in `folder` as Parquet into its `tables/`; tables that it holds already aren't touched.

    Raises HeadOfficeError where nothing was merged there yet, or a file can't be written, and Cancelled.
    """
    progress = progress or Progress()
    merged = read_merged(folder)
    if merged is None:
        sentence = _("“{folder}” holds no complete merged tables: merge first.")
        raise HeadOfficeError(sentence.format(folder=folder))
    target, said = folder / FOLDER, _said(merged.package)
    with writing(target):
        if parquet_of(folder, merged.package):
            return target
        new = folder / f"{FOLDER}.tmp"
        _clear(new)
        new.mkdir()
        try:
            _write(merged, new, progress)
            write_file(new / _PACKAGE, document_bytes(said))
            _clear(target)
            new.replace(target)
            sync_folder(folder)
        finally:
            with contextlib.suppress(OSError):
                _clear(new)
    return target


def parquet_of(folder: Path, package: Mapping[str, Any]) -> Path | None:
    """The folder in `folder` that holds the tables of that data package as Parquet; None where there is none."""
    target = folder / FOLDER
    with reading(target):
        is_there = (target / _PACKAGE).is_file() and read_document(target / _PACKAGE) == _said(package)
    return target if is_there else None


def _said(package: Mapping[str, Any]) -> dict[str, Any]:
    return {"tables": [part["hash"] for part in package["resources"]]}


def _clear(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _write(merged: MergedTables, target: Path, progress: Progress) -> None:
    import duckdb

    progress.expect(len(MERGED_TABLES))
    with tempfile.TemporaryDirectory(prefix="mshopper-") as scratch:
        connection = connect(None, Path(scratch))
        try:
            # One thread: the same rows in the same files in the same order.
            connection.execute("SET threads = 1")
            months = f"SELECT {cell('visit_id')} AS visit_id, {_month()} AS month FROM {csv_source(merged, VISITS)}"
            connection.execute(f"CREATE TABLE months AS {months}")
            for table in MERGED_TABLES:
                columns = ", ".join(f"{_typed(column)} AS {_name(column.name)}" for column in table.columns)
                connection.execute(
                    f"COPY (SELECT t.*, m.month FROM (SELECT {columns} FROM {csv_source(merged, table)}) t "
                    f"JOIN months m USING (visit_id)) TO '{_quoted(target / table.name)}' "
                    "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (month), FILENAME_PATTERN 'part-{i}')"
                )
                progress.advance(table.name)
        except duckdb.IOException as error:
            raise OSError(str(error).splitlines()[0]) from error
        finally:
            connection.close()


def csv_source(merged: MergedTables, table: Table) -> str:
    """The table as DuckDB reads it: every cell text, nothing guessed."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in table.column_names)
    return (
        f"read_csv('{_quoted(merged.path(table))}', header=true, auto_detect=false, delim=',', quote='\"', escape='\"', "
        f"new_line='\\r\\n', max_line_size={_LONGEST_LINE}, buffer_size={4 * _LONGEST_LINE}, parallel=false, "
        f"columns={{{columns}}})"
    )


def cell(name: str) -> str:
    """The text of a cell without the apostrophe that makes it harmless in spreadsheets."""
    column = _name(name)
    return f"CASE WHEN starts_with({column}, '''') THEN substr({column}, 2) ELSE {column} END"


def _typed(column: Column) -> str:
    kind = _TYPES.get(column.type)
    return f"TRY_CAST({cell(column.name)} AS {kind})" if kind else cell(column.name)


def _month() -> str:
    """The month of a visit's start as written there; visits without one share a folder."""
    return "coalesce(nullif(regexp_extract(started_at, '^[0-9]{4}-(0[1-9]|1[0-2])'), ''), 'unknown')"


def _name(column: str) -> str:
    return f'"{column}"'


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
