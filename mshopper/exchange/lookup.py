"""Questions to the merged tables, by DuckDB: which visits wait for a review, and the rows of one visit."""
# ruff: noqa: S608 - names of columns and files are ours, and quoted; values are parameters

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mshopper.exchange.index import connect
from mshopper.exchange.merged import MergedTables
from mshopper.exchange.parquet import cell, csv_source
from mshopper.exchange.schema import VISITS, Row, Table


def visits_with(
    merged: MergedTables, statuses: Sequence[str], *, newest: bool = True, limit: int = 500, beginning: str = ""
) -> list[Row]:
    """Visits with one of those statuses (all: no status given), the flagged first, then by their submission.

    `beginning` is that of a visit's id.
    """
    conditions, values = ["starts_with(visit_id, ?)"], list[object]([beginning])
    if statuses:
        conditions.append(f"status IN ({', '.join('?' for _ in statuses)})")
        values += statuses
    order = f"(flags = ''), submitted_at {'DESC' if newest else 'ASC'}, visit_id"
    return _rows(merged, VISITS, f"WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {int(limit)}", values)


def rows_of(merged: MergedTables, table: Table, visit_id: str) -> list[Row]:
    """The rows of one visit in a table, as they stand there."""
    return _rows(merged, table, "WHERE visit_id = ?", [visit_id])


def _rows(merged: MergedTables, table: Table, rest: str, values: Sequence[Any]) -> list[Row]:
    if not merged.has(table):
        return []
    with tempfile.TemporaryDirectory(prefix="mshopper-") as scratch:
        connection = connect(None, Path(scratch))
        try:
            columns = ", ".join(f"coalesce({cell(name)}, '') AS \"{name}\"" for name in table.column_names)
            source = f"(SELECT {columns} FROM {csv_source(merged, table)})"
            found = connection.execute(f"SELECT * FROM {source} {rest}", values).fetchall()
        finally:
            connection.close()
    return [dict(zip(table.column_names, row, strict=True)) for row in found]
