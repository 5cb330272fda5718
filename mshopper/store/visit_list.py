"""Lists of visits: which are wanted, in which order, and what a list shows of each. Fast at 100,000 visits."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from mshopper.model.text import Text
from mshopper.store.connection import Connection
from mshopper.store.values import folded, read_text

ORDERS = {
    "newest": "began DESC, visit_id DESC",
    "oldest": "began, visit_id",
    "percent_high": "percent_real DESC, began DESC, visit_id DESC",
    "percent_low": "percent_real IS NULL, percent_real, began, visit_id",
    "store": "store_name, store_id, began DESC, visit_id DESC",
}


class VisitFilter(NamedTuple):
    """Which visits a list holds; what is left empty doesn't narrow it.

    `text`: every word of it stands in the store's name or id, the auditor's name, the form's or the visit's id, without
    regard to case and accents. `from_day` and `to_day` are ISO dates, both included, of the day the visit was begun as
    written there. `order` is a key of ORDERS.
    """

    states: tuple[str, ...] = ()
    store_id: str = ""
    form_id: str = ""
    auditor_id: str = ""
    text: str = ""
    from_day: str = ""
    to_day: str = ""
    order: str = "newest"


class VisitRow(NamedTuple):
    """What a list shows of a visit's latest revision. Scores are exact and None before submission; times ISO 8601.

    `answered` of `total` questions, as the last step told; `criticals` is how many were hit; `synced` says that a
    published segment holds this revision.
    """

    visit_id: str
    revision: int
    state: str
    store_id: str
    store_name: str
    form_id: str
    form_hash: str
    form_title: Text
    auditor_id: str
    auditor: str
    planned_for: str
    started_at: str
    ended_at: str
    submitted_at: str
    changed_at: str
    answered: int
    total: int
    earned: Fraction | None
    possible: Fraction | None
    percent: Fraction | None
    coverage: Fraction | None
    verdict: str
    grade: str
    criticals: int
    flags: tuple[str, ...]
    seal: str
    synced: bool


VisitRows = list[VisitRow]

# In the order of VisitRow's fields.
_ROW = """SELECT visit_id, revision, state, store_id, store_name, r.form_id, form_hash, f.title,
    auditor_id, auditor, planned_for, started_at, ended_at, submitted_at, changed_at, answered, total,
    earned, possible, percent, coverage, verdict, grade, criticals, flags, seal,
    EXISTS (SELECT 1 FROM segment_visits v JOIN segments s USING (device_id, seq)
        WHERE v.visit_id = r.visit_id AND v.revision = r.revision AND s.published_at <> '')
    FROM revisions r JOIN forms f ON f.hash = r.form_hash"""


class VisitList:
    """The visits of one data folder as lists show them, each by its latest revision; reads, never writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, wanted: VisitFilter, limit: int = 100, offset: int = 0) -> VisitRows:
        """A window of the visits wanted."""
        where, parameters = _where(wanted)
        # The window is found in an index first, so that rows are read for what is shown alone.
        sql = (
            f"{_ROW} JOIN (SELECT id AS shown FROM {_table(wanted)} WHERE {where} ORDER BY {ORDERS[wanted.order]} "
            f"LIMIT ? OFFSET ?) ON r.id = shown ORDER BY {_qualified(wanted.order)}"
        )
        return [_visit_row(row) for row in self._connection.rows(sql, [*parameters, limit, offset])]

    def ids(self, wanted: VisitFilter) -> Sequence[str]:
        """The ids of all visits wanted, in order: a screen keeps these and reads windows of rows."""
        where, parameters = _where(wanted)
        sql = f"SELECT visit_id FROM {_table(wanted)} WHERE {where} ORDER BY {ORDERS[wanted.order]}"
        return [visit_id for (visit_id,) in self._connection.rows(sql, parameters)]

    def rows(self, visit_ids: Sequence[str]) -> VisitRows:
        """The rows of these visits in this order; one that is gone is left out."""
        marks = ", ".join("?" for _ in visit_ids)
        found = self._connection.rows(f"{_ROW} WHERE r.latest = 1 AND r.visit_id IN ({marks})", list(visit_ids))
        by_id = {row[0]: row for row in found}
        return [_visit_row(by_id[visit_id]) for visit_id in visit_ids if visit_id in by_id]

    def count(self, wanted: VisitFilter) -> int:
        """How many visits are wanted in all."""
        where, parameters = _where(wanted)
        row = self._connection.row(f"SELECT count(*) FROM {_table(wanted)} WHERE {where}", parameters)
        assert row is not None
        return int(row[0])


def _table(wanted: VisitFilter) -> str:
    """Where every visit must be looked at, SQLite would read the rows: the index that holds all it needs is 5 times faster."""
    if wanted.text or wanted.from_day or wanted.to_day or wanted.auditor_id:
        return "revisions INDEXED BY visits_newest"
    return "revisions"


def _where(wanted: VisitFilter) -> tuple[str, list[object]]:
    conditions, parameters = ["latest = 1"], list[object]()
    if wanted.states:
        conditions.append(f"state IN ({', '.join('?' for _ in wanted.states)})")
        parameters += wanted.states
    for column, value in (
        ("store_id = ?", wanted.store_id),
        ("form_id = ?", wanted.form_id),
        ("auditor_id = ?", wanted.auditor_id),
        ("day >= ?", wanted.from_day),
        ("day <= ?", wanted.to_day),
    ):
        if value:
            conditions.append(column)
            parameters.append(value)
    for word in folded(wanted.text).split():
        conditions.append("instr(folded, ?) > 0")
        parameters.append(word)
    return " AND ".join(conditions), parameters


def _qualified(order: str) -> str:
    return ", ".join(f"r.{part}" for part in ORDERS[order].split(", "))


def _visit_row(row: tuple[Any, ...]) -> VisitRow:
    values = list(row)
    values[7] = read_text(values[7])
    values[17:21] = [None if text is None else Fraction(text) for text in values[17:21]]
    values[24] = tuple(json.loads(values[24]))
    values[26] = bool(values[26])
    return VisitRow(*values)
