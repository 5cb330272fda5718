"""Heat maps: groups of visits against dimensions, sections, touchpoints or phases."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections.abc import Iterable, Mapping
from typing import Any

from mshopper.compare.known_forms import KnownForms
from mshopper.compare.lost import phase_columns, touchpoint_columns
from mshopper.compare.selection import KEY_COLUMNS
from mshopper.compare.source import Source
from mshopper.compare.sums import Question, where
from mshopper.model.comparison import Filters, FormSet, Measure
from mshopper.model.findings import HeatCell, HeatMap
from mshopper.model.form import DIMENSIONS
from mshopper.model.scoresheet import Reason
from mshopper.model.statistics import simple_mean

HEAT_KINDS = ("dimension", "section", "touchpoint", "phase")
_ENOUGH = 3
"""Visits that a cell needs to be called the lowest: one or two tell nothing yet."""


def heat_map(
    source: Source,
    forms: KnownForms,
    filters: Filters,
    *,
    by: str = "store",
    kind: str = "dimension",
    only: FormSet | None = None,
) -> HeatMap:
    """The heat map over the visits of the form versions in `only` (None: all). Raises ValueError for a kind not in HEAT_KINDS.

    Sections of different forms mean different things even where their ids agree, so that a caller narrows these.
    """
    if kind not in HEAT_KINDS:
        raise ValueError(kind)
    wanted, parameters = where(Question("", Measure(), filters, only))
    title = {"store": "store_name", "auditor": "auditor"}.get(by, "''")
    rows = source.rows(
        "SELECT key, max(name), id, max(title), count(s.percent), avg(s.percent::DOUBLE), var_samp(s.percent::DOUBLE), "
        f"sum(greatest(s.possible - s.earned, 0)), sum(s.possible) FROM {source.table('scores')} s "
        f"JOIN (SELECT visit_id, revision, coalesce({KEY_COLUMNS[by]}, '') AS key, {title} AS name FROM visits WHERE "
        f"{wanted}) v "
        "USING (visit_id, revision) WHERE kind = ? AND instance = '' AND s.percent IS NOT NULL AND key <> '' GROUP BY key, id",
        [*parameters, kind],
    )
    cells = tuple(sorted((_cell(row, by) for row in rows), key=lambda one: (one.row, one.column)))
    names = {row[0]: row[1] or row[0] for row in rows}
    titles = {row[2]: row[3] or row[2] for row in rows}
    columns = _columns(kind, titles, source, only.hashes if only else sorted(forms.hashes))
    named = tuple(sorted(names.items(), key=lambda one: (one[1].casefold(), one[0])))
    return HeatMap(by, kind, named, tuple((one, titles[one]) for one in columns), cells, _said(cells, names, titles))


def _cell(row: tuple[Any, ...], by: str) -> HeatCell:
    key, _name, part, _title, n, mean, variance, lost, possible = row
    interval = None
    # Visits to one store are independent; those of a group hang together by store, which a plain interval would ignore.
    if by == "store" and variance and (estimate := simple_mean(n, mean, variance * (n - 1))):
        interval = estimate.interval()
    return HeatCell(key, part, n, mean, interval, float(lost or 0), float(possible or 0))


def _columns(kind: str, titles: Mapping[str, str], source: Source, hashes: Iterable[str]) -> list[str]:
    if kind == "phase":
        return phase_columns(titles)
    if kind == "touchpoint":
        return touchpoint_columns(titles)
    if kind == "dimension":
        return [one for one in DIMENSIONS if one in titles] + sorted(titles.keys() - set(DIMENSIONS))
    order: dict[str, int] = {}
    for form_hash in hashes:
        for section, place in source.rows(
            "SELECT section, min(place) FROM form_questions WHERE form_hash = ? GROUP BY ALL", [form_hash]
        ):
            order.setdefault(section, place)
    return sorted(titles, key=lambda one: (order.get(one, len(order) * 1000), one))


def _said(cells: tuple[HeatCell, ...], names: Mapping[str, str], titles: Mapping[str, str]) -> tuple[Reason, ...]:
    told = [cell for cell in cells if cell.n >= _ENOUGH]
    if not told:
        return (Reason("heat_few" if cells else "heat_nothing"),)
    low = min(told, key=lambda cell: (cell.percent, cell.row, cell.column))
    values = {"row": names[low.row], "column": titles[low.column], "percent": repr(low.percent), "n": str(low.n)}
    return (Reason("heat_lowest", tuple(values.items())),)
