"""Lists of visits: which are wanted, in which order, and what a list shows of each. Fast at 100,000 visits."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import json
from array import array
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from mshopper.model.text import Text
from mshopper.store.connection import Connection
from mshopper.store.search import match
from mshopper.store.values import read_text, to_json

ORDERS = {
    "newest": ("visits_newest", "began DESC, id DESC"),
    "oldest": ("visits_newest", "began, id"),
    "percent_high": ("visits_by_percent", "percent_real DESC, began DESC, id DESC"),
    "percent_low": ("visits_by_percent", "percent_real IS NULL, percent_real, began, id"),
    "store": ("visits_by_name", "store_name, store_id, began DESC, id DESC"),
    "store_last": ("visits_by_name", "store_name DESC, store_id DESC, began, id"),
    "form": ("visits_by_form", "form_id, began DESC, id DESC"),
    "form_last": ("visits_by_form", "form_id DESC, began, id"),
    "auditor": ("visits_by_auditor", "auditor, began DESC, id DESC"),
    "auditor_last": ("visits_by_auditor", "auditor DESC, began, id"),
    "verdict": ("visits_by_verdict", "verdict, began DESC, id DESC"),
    "verdict_last": ("visits_by_verdict", "verdict DESC, began, id"),
}
"""Each order with the index that has it."""


class VisitFilter(NamedTuple):
    """Which visits a list holds; what is left empty doesn't narrow it.

    `text`: each word of it begins a word of the store's name or id, the auditor's, the form's, the reason, a comment or
    the visit's id, without regard to case and accents. `from_day` and `to_day` are ISO dates, both included, of the day
    the visit was begun as written there. `from_percent` is included, `below_percent` isn't; a visit without a score lies in
    no range. `order` is a key of ORDERS.
    """

    states: tuple[str, ...] = ()
    store_id: str = ""
    form_id: str = ""
    auditor_id: str = ""
    text: str = ""
    from_day: str = ""
    to_day: str = ""
    verdict: str = ""
    from_percent: float | None = None
    below_percent: float | None = None
    order: str = "newest"

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out, the states apart."""
        return self._replace(states=(), order="newest") != VisitFilter()


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

# The key, then the columns in the order of VisitRow's fields.
_ROW = """SELECT r.id, visit_id, revision, state, store_id, store_name, r.form_id, form_hash, f.title,
    auditor_id, auditor, planned_for, started_at, ended_at, submitted_at, changed_at, answered, total,
    earned, possible, percent, coverage, verdict, grade, criticals, flags, seal,
    EXISTS (SELECT 1 FROM segment_visits v JOIN published p USING (device_id, seq)
        WHERE v.visit_id = r.visit_id AND v.revision = r.revision AND (NOT EXISTS (SELECT 1 FROM folders WHERE chosen)
            OR p.folder_id = (SELECT folder_id FROM folders WHERE chosen)))
    FROM revisions r JOIN forms f ON f.hash = r.form_hash"""


class VisitList:
    """The visits of one data folder, each by its latest revision; reads, never writes.

    A key is a number that stands for a visit's latest revision, until the visit gets another.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def matching(self, text: str) -> frozenset[int] | None:
        """The keys of the revisions in which each word of `text` begins a word; None without a word to look for."""
        if not text.strip():
            return None
        words = match(text)
        sql = "SELECT json_group_array(rowid) FROM visit_words WHERE visit_words MATCH ?"
        return frozenset(self._numbers(sql, [words]) if words else ())

    def keys(self, wanted: VisitFilter, matching: frozenset[int] | None = None) -> "array[int]":
        """The keys of all visits wanted, in order: a screen keeps these and reads windows of rows. Indexes alone are read.

        `matching` is what `matching(wanted.text)` gave, where it is known already.
        """
        found = self.matching(wanted.text) if matching is None else matching
        sql, parameters = _keys(wanted._replace(text=""))
        if found is not None and len(found) <= _FEW:
            where, parameters = _where(wanted._replace(text=""))
            few = "id IN (SELECT value FROM json_each(?))"
            sql = f"SELECT id FROM revisions NOT INDEXED WHERE {few} AND {where} ORDER BY {ORDERS[wanted.order][1]}"
            parameters = [to_json(sorted(found)), *parameters]
        numbers = self._numbers(f"SELECT json_group_array(id) FROM ({sql})", parameters)
        return array("q", numbers if found is None else filter(found.__contains__, numbers))

    def _numbers(self, sql: str, parameters: Sequence[object]) -> Sequence[int]:
        """One JSON list of numbers, which crosses over from SQLite in half the time that rows take."""
        row = self._connection.row(sql, list(parameters))
        assert row is not None
        numbers: Sequence[int] = json.loads(row[0])
        return numbers

    def list(self, wanted: VisitFilter, limit: int = 100, offset: int = 0) -> VisitRows:
        """A window of the visits wanted."""
        sql, parameters = _keys(wanted)
        keys = self._connection.rows(f"{sql} LIMIT ? OFFSET ?", [*parameters, limit, offset])
        return [row for row in self.window([key for (key,) in keys]) if row is not None]

    def ids(self, wanted: VisitFilter) -> Sequence[str]:
        """The ids of all visits wanted, in order."""
        return self.visit_ids(self.keys(wanted))

    def visit_ids(self, keys: Sequence[int]) -> Sequence[str]:
        """The ids of the visits with these keys, in their order; one that is gone is left out."""
        by_key: dict[int, str] = {}
        for start in range(0, len(keys), _AT_ONCE):
            some = list(keys[start : start + _AT_ONCE])
            by_key.update(
                self._connection.rows(f"SELECT id, visit_id FROM revisions WHERE id IN ({_marks(some)})", some)
            )
        return [by_key[key] for key in keys if key in by_key]

    def window(self, keys: Sequence[int]) -> "Window":
        """The rows with these keys, in their order; None in place of one that is gone."""
        found = self._connection.rows(f"{_ROW} WHERE r.latest = 1 AND r.id IN ({_marks(keys)})", list(keys))
        by_key = {row[0]: _visit_row(row[1:]) for row in found}
        return [by_key.get(key) for key in keys]

    def rows(self, visit_ids: Sequence[str]) -> VisitRows:
        """The rows of these visits in this order; one that is gone is left out."""
        sql = f"{_ROW} WHERE r.latest = 1 AND r.visit_id IN ({_marks(visit_ids)})"
        by_id = {row[1]: row for row in self._connection.rows(sql, list(visit_ids))}
        return [_visit_row(by_id[visit_id][1:]) for visit_id in visit_ids if visit_id in by_id]

    def key_of(self, visit_id: str) -> int | None:
        """The key of a visit; None where there is none."""
        row = self._connection.row("SELECT id FROM revisions WHERE visit_id = ? AND latest = 1", [visit_id])
        return int(row[0]) if row else None

    def count(self, wanted: VisitFilter) -> int:
        """How many visits are wanted in all."""
        sql, parameters = _keys(wanted._replace(order="newest"))
        row = self._connection.row(f"SELECT count(*) FROM ({sql})", parameters)
        assert row is not None
        return int(row[0])

    def shops(self) -> "Pairs":
        """The shops that were visited, as (store_id, name), by name: what a list can be narrowed to."""
        return self._connection.rows(
            "SELECT store_id, max(store_name) FROM revisions WHERE latest = 1 GROUP BY store_id ORDER BY 2, 1"
        )

    def forms(self) -> "Titles":
        """The forms of the visits, as (form_id, title of the last version)."""
        rows = self._connection.rows(
            """SELECT form_id, (SELECT title FROM forms f WHERE f.form_id = r.form_id ORDER BY number DESC LIMIT 1)
            FROM (SELECT DISTINCT form_id FROM revisions WHERE latest = 1) r ORDER BY form_id"""
        )
        return [(form_id, read_text(title)) for form_id, title in rows]

    def visiting_auditors(self) -> "Pairs":
        """The auditors of the visits, as (auditor_id, name), by name."""
        return self._connection.rows(
            "SELECT auditor_id, max(auditor) FROM revisions WHERE latest = 1 GROUP BY auditor_id ORDER BY 2, 1"
        )


Window = list[VisitRow | None]

Titles = list[tuple[str, Text]]

Pairs = list[tuple[Any, ...]]

_OPEN = frozenset(("planned", "in_progress", "returned"))

_FEW = 3000
"""So many visits are read and sorted sooner than an index is gone through."""

_AT_ONCE = 500
"""So many parameters any SQLite takes in one statement."""


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" for _ in values)


def _keys(wanted: VisitFilter) -> tuple[str, list[object]]:
    """The statement that finds the keys in their order.

    SQLite would read rows, or sort: what is narrowed is found in the one index that holds all that a list is narrowed by,
    and where another order is wanted, the index of that order is gone through for it.
    """
    index, order = ORDERS[wanted.order]
    where, parameters = _where(wanted)
    if wanted.states and (_OPEN.issuperset(wanted.states) or (len(wanted.states) == 1 and not wanted.narrows)):
        # Few visits are open at a time: they are found by their state, and sorted.
        by = "visits_by_state" if wanted.order == "newest" or _OPEN.issuperset(wanted.states) else index
        return f"SELECT id FROM revisions INDEXED BY {by} WHERE {where} ORDER BY {order}", parameters
    if not wanted.narrows:
        return f"SELECT id FROM revisions INDEXED BY {index} WHERE {where} ORDER BY {order}", parameters
    if index == "visits_newest":
        return f"SELECT id FROM revisions{_narrowed(wanted)} WHERE {where} ORDER BY {order}", parameters
    found = f"SELECT id FROM revisions INDEXED BY visits_newest WHERE {where}"
    return (
        f"SELECT id FROM revisions INDEXED BY {index} WHERE latest = 1 AND id IN ({found}) ORDER BY {order}",
        parameters,
    )


def _narrowed(wanted: VisitFilter) -> str:
    """Which index is gone through for what is wanted, newest first: a shop's or a form's own where that is all."""
    for index, column in (("visits_by_store", "store_id"), ("visits_by_form", "form_id")):
        if getattr(wanted, column) and not wanted._replace(**{column: ""}).narrows:  # type: ignore[arg-type]  # a str field
            return f" INDEXED BY {index}"
    return " INDEXED BY visits_newest"


def _where(wanted: VisitFilter) -> tuple[str, list[object]]:
    conditions, parameters = ["latest = 1"], list[object]()
    if wanted.states:
        conditions.append(f"state IN ({_marks(wanted.states)})")
        parameters += wanted.states
    for condition, value in (
        ("store_id = ?", wanted.store_id),
        ("form_id = ?", wanted.form_id),
        ("auditor_id = ?", wanted.auditor_id),
        ("day >= ?", wanted.from_day),
        ("day <= ?", wanted.to_day),
        ("verdict = ?", wanted.verdict),
        ("percent_real >= ?", wanted.from_percent),
        ("percent_real < ?", wanted.below_percent),
    ):
        if value not in ("", None):
            conditions.append(condition)
            parameters.append(value)
    if words := match(wanted.text):
        conditions.append("id IN (SELECT rowid FROM visit_words WHERE visit_words MATCH ?)")
        parameters.append(words)
    elif wanted.text.strip():
        conditions.append("id < 0")  # signs alone are in no visit
    return " AND ".join(conditions), parameters


def _visit_row(row: tuple[Any, ...]) -> VisitRow:
    values = list(row)
    values[7] = read_text(values[7])
    values[17:21] = [None if text is None else Fraction(text) for text in values[17:21]]
    values[24] = tuple(json.loads(values[24]))
    values[26] = bool(values[26])
    return VisitRow(*values)
