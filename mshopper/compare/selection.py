"""Filters as conditions, keys as expressions: what a person chose becomes SQL with parameters, never part of its text."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from dataclasses import replace
from typing import Any

from mshopper.model.comparison import COUNTED_STATUSES, Filters, Measure

Condition = tuple[str, list[object]]
"""A condition over the view `visits`, and its parameters."""

_COLUMNS = {
    "stores": "store_id",
    "regions": "region",
    "formats": "format",
    "auditors": "auditor_id",
    "forms": "form_id",
    "form_versions": "coalesce(form_id, '') || ' ' || coalesce(form_version, '')",
    "channels": "channel",
    "weekdays": "weekday",
    "hours": "hour",
    "months": "month",
    "verdicts": "verdict",
}
KEY_COLUMNS = {
    "store": "store_id",
    "region": "region",
    "format": "format",
    "auditor": "auditor_id",
    "form": "coalesce(form_id, '') || ' ' || coalesce(form_version, '')",
    "channel": "channel",
    "weekday": "weekday::VARCHAR",
    "hour": "hour::VARCHAR",
    "month": "month",
    "quarter": "CASE WHEN month <> '' THEN month[:4] || '-Q' || (TRY_CAST(month[6:7] AS INTEGER) + 2) // 3 END",
    "year": "month[:4]",
}
"""An expression over `visits` for each of `model.comparison.KEYS`: text, "" or NULL where a visit has no value."""


def condition(filters: Filters) -> Condition:
    """Which rows of `visits` count; those that are returned or were not done never do."""
    wanted = [status for status in filters.statuses or COUNTED_STATUSES if status in COUNTED_STATUSES]
    parts = [_among("status", len(wanted))]
    parameters: list[object] = [*wanted]
    for name, column in _COLUMNS.items():
        values = getattr(filters, name)
        if values:
            parts.append(_among(column, len(values)))
            parameters += values
    for comparison, day in (("day >= ?", filters.first_day), ("day <= ?", filters.last_day)):
        if day:
            parts.append(comparison)
            parameters.append(day)
    return " AND ".join(parts), parameters


def measured(measure: Measure, *, lean: bool = False) -> tuple[str, list[object]]:
    """A relation `m` of visits with what is measured: columns of `visits`, and `value`, `got` of `out_of` points.

    It reads `visits` (or `lean_visits`), and `scores` beside it for a part of the visit; both must be there.
    """
    visits = "lean_visits" if lean else "visits"
    if measure.kind == "percent":
        return f"(SELECT *, percent AS value, earned AS got, possible AS out_of FROM {visits}) m", []
    relation = (
        f"(SELECT v.*, s.percent AS value, s.earned AS got, s.possible AS out_of FROM {visits} v "
        "LEFT JOIN (SELECT * FROM scores WHERE kind = ? AND id = ? AND instance = '') s "
        "ON s.visit_id = v.visit_id AND s.revision = v.revision) m"
    )
    return relation, [measure.kind, measure.id]


def only(filters: Filters, by: str, group_id: str) -> Filters:
    """The same filters narrowed to one group, for the visits behind it. Raises KeyError for a key without a filter."""
    if by in ("quarter", "year"):
        first, last = period_days(group_id)
        return replace(filters, first_day=max(filters.first_day, first), last_day=_earlier(filters.last_day, last))
    name = {
        "store": "stores",
        "region": "regions",
        "format": "formats",
        "auditor": "auditors",
        "form": "form_versions",
        "channel": "channels",
        "weekday": "weekdays",
        "hour": "hours",
        "month": "months",
    }[by]
    values: Any = (int(group_id),) if by in ("weekday", "hour") else (group_id,)
    return replace(filters, **{name: values})


def period_days(period: str) -> tuple[str, str]:
    """First and last day (the latter as text that no day of the period exceeds) of 2026, 2026-Q4 or 2026-11."""
    year, _dash, part = period.partition("-")
    if not part:
        return f"{year}-01-01", f"{year}-12-31"
    if part.startswith("Q"):
        first = 3 * int(part[1:]) - 2
        return f"{year}-{first:02d}-01", f"{year}-{first + 2:02d}-31"
    return f"{year}-{part}-01", f"{year}-{part}-31"


def _earlier(one: str, other: str) -> str:
    return min(one, other) if one else other


def _among(column: str, count: int) -> str:
    if not count:
        return "false"
    return f"{column} IN ({', '.join('?' * count)})"
