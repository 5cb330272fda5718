"""Visit headers as rows of the table `revisions`, with what lists sort and search by."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import json
from collections.abc import Mapping
from typing import Any

from mshopper.model.record import Store, VisitHeader
from mshopper.model.scoresheet import ScoreSheet
from mshopper.store.connection import Connection
from mshopper.store.stores import read_store, store_columns
from mshopper.store.values import fraction_columns, instant, to_json

_PLAIN = (
    "visit_id",
    "revision",
    "state",
    "form_id",
    "form_version",
    "form_hash",
    "auditor_id",
    "auditor",
    "device_id",
    "language",
    "channel",
    "plan_id",
    "planned_for",
    "started_at",
    "ended_at",
    "submitted_at",
    "changed_at",
    "parent_seal",
    "seal",
    "signature",
    "reason",
)
"""Columns that are the header's fields of the same name."""


def header_columns(header: VisitHeader) -> dict[str, Any]:
    """The header as columns of `revisions`."""
    when = header.started_at or header.planned_for or header.changed_at
    return {
        **{name: getattr(header, name) for name in _PLAIN},
        "store_id": header.store.store_id,
        "store_name": header.store.name,
        "store": to_json(store_columns(header.store)),
        "flags": to_json(header.flags),
        "began": instant(when),
        "day": when[:10],
    }


def score_columns(sheet: ScoreSheet | None) -> dict[str, Any]:
    """What lists show of a score sheet, exact as text; the percentage nearly too, for sorting."""
    if sheet is None:
        return {"earned": None, "possible": None, "percent": None, "percent_real": None, "coverage": None}
    percent, nearly = fraction_columns(sheet.percent)
    return {
        "earned": str(sheet.earned),
        "possible": str(sheet.possible),
        "percent": percent,
        "percent_real": nearly,
        "coverage": fraction_columns(sheet.coverage)[0],
        "verdict": sheet.verdict,
        "grade": sheet.grade,
        "criticals": len(sheet.criticals),
    }


def find_header(connection: Connection, visit_id: str, revision: int | None) -> tuple[int, VisitHeader] | None:
    """The row's own id and the header of that revision, the latest by default."""
    which = "latest = 1" if revision is None else "revision = ?"
    parameters: list[object] = [visit_id] if revision is None else [visit_id, revision]
    sql = f"SELECT id, store, flags, {', '.join(_PLAIN)} FROM revisions WHERE visit_id = ? AND {which}"
    row = connection.row(sql, parameters)
    if row is None:
        return None
    row_id, store, flags, *plain = row
    fields = dict(zip(_PLAIN, plain, strict=True))
    return row_id, VisitHeader(**fields, store=_store(store), flags=tuple(json.loads(flags)))


def insert_row(connection: Connection, table: str, columns: Mapping[str, Any]) -> int:
    """Insert a row and give its id; the names of columns are ours, never a user's."""
    marks = ", ".join(f":{name}" for name in columns)
    cursor = connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", columns)
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def update_revision(connection: Connection, row_id: int, columns: Mapping[str, Any]) -> None:
    """Change columns of a row of `revisions`."""
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    connection.execute(f"UPDATE revisions SET {changes} WHERE id = :row_id", {**columns, "row_id": row_id})


def _store(column: str) -> Store:
    return read_store(tuple(json.loads(column)))
