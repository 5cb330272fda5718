"""Trends: each group period by period, with its intervals, its slope where it is one store, and the plan's gaps."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mshopper.compare.comparison import Asked, bounds_of, mean_of
from mshopper.compare.forms import FormSets
from mshopper.compare.periods import period_of, periods_between
from mshopper.compare.sentences import apart_sentences
from mshopper.compare.source import Source
from mshopper.compare.sums import PeriodSums, Question, period_sums
from mshopper.model.comparison import FormSet, Slope, Trend, TrendPoint, Trends
from mshopper.model.plan_item import PlanItem
from mshopper.model.scoresheet import Reason
from mshopper.model.statistics import Mean, benjamini_hochberg, slope, t_tail

_MOST_PERIODS = 400
_LEAST_PERIODS = 3
_PLANNED_BY = ("store", "region", "format", "auditor")


@dataclass(frozen=True, slots=True)
class _Planned:
    """Visits of the plan by group and period: all that were due, and those of them that nobody made nor tried to."""

    due: Mapping[str, Mapping[str, int]]
    missed: Mapping[str, Mapping[str, int]]


def trends(source: Source, forms: FormSets, asked: Asked, *, today: str) -> Trends:
    """Every group of `asked` by its `period`; `today` (ISO) says which planned visits are overdue.

    Raises HeadOfficeError where the tables can't be read.
    """
    found = forms.under(asked.filters)
    compared = found.sets[0] if found.sets and asked.by != "form" else None
    question = Question(asked.by, asked.measure, asked.filters, compared if len(found.sets) > 1 else None)
    rows = period_sums(source, question, asked.period)
    all_rows = period_sums(source, replace(question, by=""), asked.period) if compared else []
    planned = _planned(source, asked, asked.by, compared, today)
    whole = _planned(source, asked, "all", compared, today)
    bounds = bounds_of(source, asked.measure)
    by_group: dict[str, list[PeriodSums]] = {}
    for row in rows:
        by_group.setdefault(row.id, []).append(row)
    periods = _periods([row.period for row in rows] + list(whole.due.get("all", ())), asked.period)
    places = {name: place for place, name in enumerate(periods)}
    kept = {
        group: one
        for group, one in by_group.items()
        if sum(row.window.n for row in one if row.window) >= asked.minimum_n
    }
    slopes = _slopes(kept, places)
    groups = tuple(
        Trend(group, _title(source, asked.by, one), _points(group, one, planned, places, bounds), slopes.get(group))
        for group, one in kept.items()
    )
    made = Trends(
        asked.by,
        asked.period,
        periods,
        Trend("", "", _points("all", all_rows, whole, places, bounds)),
        groups,
        compared,
        found.sets[1:] if compared else (),
    )
    return replace(made, sentences=_sentences(made))


def _title(source: Source, by: str, rows: Sequence[PeriodSums]) -> str:
    known = source.stores.get(rows[0].id) if by == "store" else None
    return (known.name if known else "") or rows[-1].title or rows[0].id


def _periods(names: Iterable[str], length: str) -> tuple[str, ...]:
    """All periods from the first to the last; of a table whose dates are nonsense, the last few hundred."""
    known = sorted({name for name in names if _first_day(name)})
    if not known:
        return ()
    spans = periods_between(_first_day(known[0]), _first_day(known[-1]), length)
    return tuple(span.name for span in spans[-_MOST_PERIODS:])


def _first_day(name: str) -> str:
    """The first day of a period by its name; "" for what is none."""
    year, _dash, part = name.partition("-")
    month = 3 * int(part[1:]) - 2 if part.startswith("Q") else int(part or 1)
    day = f"{year}-{month:02d}-01"
    return day if period_of(day, "year") else ""


def _points(
    group: str,
    rows: Sequence[PeriodSums],
    planned: _Planned,
    places: Mapping[str, int],
    bounds: tuple[float, float],
) -> tuple[TrendPoint, ...]:
    found: dict[str, TrendPoint] = {}
    for row in rows:
        estimate, note = mean_of(row.window)
        found[row.period] = TrendPoint(
            row.period,
            row.window.n if row.window else 0,
            row.window.mean if row.window else None,
            estimate.interval(bounds) if estimate else None,
            note,
        )
    for period, due in planned.due.get(group, {}).items():
        point = found.get(period, TrendPoint(period, 0, None, note="no_score"))
        found[period] = replace(point, planned=due, missed=planned.missed[group][period])
    return tuple(found[period] for period in sorted(found) if period in places)


def _planned(source: Source, asked: Asked, by: str, compared: FormSet | None, today: str) -> _Planned:
    """The plan under the filters that a plan can be narrowed by."""
    if not source.plan or by not in (*_PLANNED_BY, "all"):
        return _Planned({}, {})
    tried = {row[0] for row in source.rows("SELECT DISTINCT plan_id FROM visits WHERE plan_id <> ''")}
    due: dict[str, Counter[str]] = {}
    missed: dict[str, Counter[str]] = {}
    for item in source.plan:
        day = item.to_date or item.from_date
        period = period_of(day, asked.period)
        owner = _owner(source, item, by)
        if period is None or not owner or not _is_wanted(source, item, asked, compared, day):
            continue
        due.setdefault(owner, Counter())[period.name] += 1
        missed.setdefault(owner, Counter())[period.name] += item.plan_id not in tried and day < today
    return _Planned(due, missed)


def _owner(source: Source, item: PlanItem, by: str) -> str:
    store = source.stores.get(item.store_id)
    return {
        "all": "all",
        "store": item.store_id,
        "region": store.region if store else "",
        "format": store.format if store else "",
        "auditor": item.auditor_id,
    }[by]


def _is_wanted(source: Source, item: PlanItem, asked: Asked, compared: FormSet | None, day: str) -> bool:
    filters, store = asked.filters, source.stores.get(item.store_id)
    return (
        (not filters.stores or item.store_id in filters.stores)
        and (not filters.regions or bool(store and store.region in filters.regions))
        and (not filters.formats or bool(store and store.format in filters.formats))
        and (not filters.auditors or item.auditor_id in filters.auditors)
        and (compared is None or item.form_id == compared.form_id)
        and (not filters.first_day or day >= filters.first_day)
        and (not filters.last_day or day <= filters.last_day)
    )


def _slopes(groups: Mapping[str, Sequence[PeriodSums]], places: Mapping[str, int]) -> dict[str, Slope]:
    """The slope of each group that is one store; together they are many tests."""
    found: list[tuple[str, Mean, float]] = []
    for group, rows in groups.items():
        windows = [(places[row.period], row.window) for row in rows if row.window and row.period in places]
        if len(windows) < _LEAST_PERIODS or any(window.stores > 1 for _place, window in windows):
            continue
        estimate = slope(
            [place for place, _window in windows],
            [window.n for _place, window in windows],
            [window.mean for _place, window in windows],
            sum(window.squares for _place, window in windows),
        )
        if estimate:
            found.append((group, estimate, t_tail(estimate.value / estimate.variance**0.5, estimate.df)))
    adjusted = benjamini_hochberg([p for _group, _estimate, p in found])
    return {
        group: Slope(estimate.value, estimate.interval(None), p, p_adjusted)
        for (group, estimate, p), p_adjusted in zip(found, adjusted, strict=True)
    }


def _sentences(made: Trends) -> tuple[Reason, ...]:
    said = []
    for code, sign in (("rising", 1), ("falling", -1)):
        found = [trend for trend in made.groups if trend.slope and trend.slope.direction == sign]
        if found:
            order = sorted(found, key=lambda trend: -sign * (trend.slope.points if trend.slope else 0.0))
            names = ", ".join(trend.title for trend in order[:3]) + (", …" if len(order) > 3 else "")
            said.append(Reason(code, (("by", made.by), ("n", str(len(found))), ("names", names))))
    sloped = [trend for trend in made.groups if trend.slope]
    if sloped and not said:
        said.append(Reason("no_slope", (("by", made.by), ("of", str(len(sloped))))))
    planned = sum(point.planned for point in made.total.points)
    missed = sum(point.missed for point in made.total.points)
    if missed:
        said.append(Reason("missed", (("n", str(missed)), ("of", str(planned)))))
    return (*said, *apart_sentences(made.apart))
