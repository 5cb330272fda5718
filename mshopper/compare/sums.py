"""One pass over the tables: counts, sums and sums of squares of every group, exact.

A visit's value has twelve decimals at most; DuckDB adds values and squares as decimals, and here they become whole numbers
of the last decimal. So the same visits give the same figures to the last digit, whatever thread saw them first, and values
that are all equal are seen to be. Values too large for that (uncapped scores in the millions) are added as floats.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from dataclasses import dataclass, replace
from decimal import Context, Decimal
from typing import Any

from mshopper.compare.periods import is_of_months
from mshopper.compare.selection import KEY_COLUMNS, condition, measured
from mshopper.compare.source import Source
from mshopper.model.comparison import Filters, FormSet, Measure
from mshopper.model.record import Store

_EXACT = Context(prec=80)
_VALUE, _SQUARE, _CLUSTER = Decimal(10**12), Decimal(10**24), Decimal(10**6)
_LARGEST = 1e12
_TITLES = {"store": "max(store_name)", "auditor": "max(auditor)"}
_NO_TITLE = "''"


@dataclass(frozen=True, slots=True)
class Window:
    """Sums over some visits: `squares` is Σ(x − mean)², `cluster_squares` Σ over stores of (Σ(x − mean))².

    The latter is None of a store, whose visits are independent.
    """

    n: int
    mean: float
    squares: float
    stores: int
    cluster_squares: float | None


@dataclass(frozen=True, slots=True)
class GroupSums:
    """What one pass tells of a group: `whole` of its visits, `earlier` and `later` of two periods where asked for.

    `visits` are all that count, with a score or without; `judged` those whose form passes or fails them.
    """

    id: str
    title: str
    whole: Window | None
    earlier: Window | None
    later: Window | None
    earned: float
    possible: float
    visits: int
    judged: int
    passed: int
    critical: int


@dataclass(frozen=True, slots=True)
class Question:
    """What to sum: visits under `filters` made with `forms` (None: all), by `by` ("" all together), and in two periods beside.

    A period is (first day, last day), both included.
    """

    by: str
    measure: Measure
    filters: Filters
    forms: FormSet | None = None
    earlier: tuple[str, str] | None = None
    later: tuple[str, str] | None = None


def group_sums(source: Source, question: Question) -> list[GroupSums]:
    """The sums of each group, one without an id ("") for the visits that have no value to be grouped by."""
    if question.measure.kind != "percent":
        source.table("scores")
    exact = is_exact(source, question.measure)
    sql, parameters = _sql(question, exact=exact)
    # In one order, so that sums over groups come out the same to the last digit.
    found = sorted((_group(row, exact=exact) for row in source.rows(sql, parameters)), key=lambda one: one.id)
    if question.by != "store" or not source.stores:
        return found
    return [_named(one, source.stores.get(one.id)) for one in found]


@dataclass(frozen=True, slots=True)
class PeriodSums:
    """The visits of a group in one period: those with a score in `window`."""

    id: str
    title: str
    period: str
    window: Window | None


def period_sums(source: Source, question: Question, length: str) -> list[PeriodSums]:
    """The sums of each group in each month, quarter or year, in order; visits without a date or a group are left out."""
    if question.measure.kind != "percent":
        source.table("scores")
    exact = is_exact(source, question.measure)
    relation, parameters = measured(question.measure, lean=_is_lean(question))
    wanted, values = where(question)
    value = "value" if exact else "value::DOUBLE"
    key = KEY_COLUMNS[question.by] if question.by else "'all'"
    cells = (
        f"SELECT {key}, {KEY_COLUMNS[length]}, store_id, {_TITLES.get(question.by, _NO_TITLE)}, count({value}), "
        f"sum({value}), sum({value} * {value}) FROM {relation} WHERE {wanted} GROUP BY ALL"
    )
    rows = source.rows(
        f"SELECT key, period, max(title), {_outer('n', 's', 'q', exact=exact)} "
        f"FROM ({cells}) cells (key, period, store_id, title, n, s, q) "
        "WHERE key <> '' AND period <> '' GROUP BY key, period ORDER BY key, period",
        [*parameters, *values],
    )
    return [PeriodSums(row[0], row[2] or "", row[1], _window(list(row[3:]), exact=exact)) for row in rows]


def _named(sums: GroupSums, store: Store | None) -> GroupSums:
    return replace(sums, title=store.name) if store and store.name else sums


def is_exact(source: Source, measure: Measure) -> bool:
    """Whether values and their squares can be added as decimals."""
    lowest, highest, count = source.extremes("visits" if measure.kind == "percent" else "scores")
    return max(abs(highest), abs(lowest)) ** 2 * (count + 1) < _LARGEST


def where(question: Question) -> tuple[str, list[object]]:
    """The condition of a question, its forms included."""
    sql, parameters = condition(question.filters)
    forms = question.forms
    if forms is None:
        return sql, parameters
    versions, hashes = (", ".join("?" * len(names)) for names in (forms.versions, forms.hashes))
    sql += (
        f" AND coalesce(form_id, '') = ? AND coalesce(form_version, '') IN ({versions}) "
        f"AND coalesce(form_hash, '') IN ({hashes})"
    )
    return sql, [*parameters, forms.form_id, *forms.versions, *forms.hashes]


def _is_lean(question: Question) -> bool:
    """Whether nothing of stores.csv is asked for."""
    return question.by not in ("region", "format") and not question.filters.regions and not question.filters.formats


def _sql(question: Question, *, exact: bool) -> tuple[str, list[object]]:
    relation, parameters = measured(question.measure, lean=_is_lean(question))
    wanted, values = where(question)
    value = "value" if exact else "value::DOUBLE"
    key = KEY_COLUMNS[question.by] if question.by else "''"
    # One column to group by where one will do: each costs a million hashes.
    store = "NULL" if question.by == "store" else "store_id"
    title = _TITLES.get(question.by, _NO_TITLE)
    windows, days = [f"count({value}), sum({value}), sum({value} * {value})"], list[object]()
    for period in (question.earlier, question.later):
        if period is None:
            windows.append("0, NULL, NULL")
            continue
        # Whole months are known from the names of Parquet's folders, without reading any date.
        column, limits = ("month", [day[:7] for day in period]) if is_of_months(*period) else ("day", list(period))
        narrowed = f"FILTER ({column} BETWEEN ? AND ?)"
        windows.append(f"count({value}) {narrowed}, sum({value}) {narrowed}, sum({value} * {value}) {narrowed}")
        days += limits * 3
    names = "n, s, q, n1, s1, q1, n2, s2, q2"
    cells = (
        f"SELECT {key} AS key, {store}, {title}, {', '.join(windows)}, sum(got), sum(out_of), count(*), "
        "count_if(verdict = 'fail'), count_if(verdict = 'pass'), count_if(criticals <> '') "
        f"FROM {relation} WHERE {wanted} GROUP BY ALL"
    )
    parameters = [*days, *parameters, *values]
    if question.by == "store":
        return cells, parameters
    cell = f"({cells}) cells (key, store_id, title, {names}, got, out_of, visits, failed, passed, critical)"
    sums = ", ".join(
        _outer(*names_of, exact=exact) for names_of in (("n", "s", "q"), ("n1", "s1", "q1"), ("n2", "s2", "q2"))
    )
    return (
        f"SELECT key, '', max(title), {sums}, sum(got), sum(out_of), sum(visits), sum(failed), sum(passed), sum(critical) "
        f"FROM {cell} GROUP BY key"
    ), parameters


def _outer(n: str, s: str, q: str, *, exact: bool) -> str:
    """Over the stores of a group: n, Σ, Σ of squares, stores, and what the spread between stores is made of."""
    total = f"{s}::DECIMAL(38, 6)" if exact else s
    count = f"{n}::DECIMAL(12, 0)" if exact else n
    return (
        f"sum({n}), sum({s}), sum({q}), count_if({n} > 0), sum({total} * {total}), sum({count} * {total}), "
        f"sum({count} * {count})"
    )


def _group(row: tuple[Any, ...], *, exact: bool) -> GroupSums:
    key, _store, title, *cells = row
    width = 3 if len(cells) == 15 else 7
    whole, earlier, later = (_window(cells[at : at + width], exact=exact) for at in (0, width, 2 * width))
    got, out_of, visits, failed, passed, critical = cells[3 * width :]
    return GroupSums(
        key or "",
        title or "",
        whole,
        earlier,
        later,
        float(got or 0),
        float(out_of or 0),
        int(visits),
        int(failed or 0) + int(passed or 0),
        int(passed or 0),
        int(critical or 0),
    )


def _window(cells: list[Any], *, exact: bool) -> Window | None:
    n = int(cells[0] or 0)
    if not n:
        return None
    return _exact_window(n, cells) if exact else _float_window(n, cells)


def _exact_window(n: int, cells: list[Any]) -> Window:
    total, squares = int(_EXACT.multiply(cells[1], _VALUE)), int(_EXACT.multiply(cells[2], _SQUARE))
    mean, deviations = total / n / 1e12, (n * squares - total * total) / n / 1e24
    if len(cells) == 3:
        return Window(n, mean, deviations, 1, None)
    stores, own = int(cells[3]), int(_EXACT.multiply(cells[4], _VALUE))
    mixed, counts = int(_EXACT.multiply(cells[5], _CLUSTER)), int(cells[6])
    rounded = total // 10**6
    # n²·Σ(s − n_c·mean)², all of it in whole numbers: what is nothing comes out as nothing.
    spread = n * n * own - 2 * n * rounded * mixed + rounded * rounded * counts
    return Window(n, mean, deviations, stores, max(0.0, spread / (n * n) / 1e12))


def _float_window(n: int, cells: list[Any]) -> Window:
    mean = cells[1] / n
    deviations = max(0.0, cells[2] - cells[1] * mean)
    if len(cells) == 3:
        return Window(n, mean, deviations, 1, None)
    spread = float(cells[4]) - 2 * mean * float(cells[5]) + mean * mean * float(cells[6])
    return Window(n, mean, deviations, int(cells[3]), max(0.0, spread))
