"""The comparison: what each group's visits allow to say, and how the groups stand to each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mshopper.compare.forms import FormSets
from mshopper.compare.periods import Span, compared_periods
from mshopper.compare.sentences import comparison_sentences
from mshopper.compare.source import Source
from mshopper.compare.sums import GroupSums, Question, Window, group_sums
from mshopper.model.comparison import (
    KEYS,
    LEVEL,
    PERIODS,
    WANTED_HALF_WIDTH,
    Change,
    Difference,
    Filters,
    Group,
    Interval,
    Measure,
    SampleSizeAdvice,
    Spread,
    StoreComparison,
)
from mshopper.model.statistics import (
    Mean,
    Pooled,
    Prior,
    benjamini_hochberg,
    clustered_mean,
    method_of_moments,
    pooled_variance,
    rank_ranges,
    shrunken,
    simple_mean,
    simultaneous_confidence,
    t_critical,
    t_tail,
    visits_needed,
    welch,
    wilson,
)

_IN_TIME = ("weekday", "hour", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared. `period` is how long the two periods are whose change is told. ValueError for an unknown key."""

    by: str = "store"
    measure: Measure = field(default_factory=Measure)
    filters: Filters = field(default_factory=Filters)
    minimum_n: int = 1
    period: str = "quarter"

    def __post_init__(self) -> None:
        if self.by not in KEYS:
            raise ValueError(self.by)
        if self.period not in PERIODS:
            raise ValueError(self.period)


@dataclass(frozen=True, slots=True)
class _Common:
    """What the groups of one table share: the range of percentages, and σ² and τ² where they can be estimated."""

    bounds: tuple[float, float]
    within: Pooled | None = None
    prior: Prior | None = None
    clustered: bool = False


def compare(source: Source, forms: FormSets, asked: Asked) -> StoreComparison:
    """Compare the groups.

    Of forms whose scores mean different things, the set with the most visits is compared and the others are named; by form,
    each version stands for itself and nothing is tested across. Raises HeadOfficeError where the tables can't be read.
    """
    found = forms.under(asked.filters)
    spans = compared_periods(asked.filters, found.last_day, asked.period)
    by_form = asked.by == "form"
    compared = found.sets[0] if found.sets and not by_form else None
    question = Question(asked.by, asked.measure, asked.filters, compared if compared and len(found.sets) > 1 else None)
    sums = _sums(source, question, spans)
    named = [one for one in sums if one.id]
    kept = [one for one in named if _n(one) >= asked.minimum_n]
    bounds = _bounds(source, asked.measure)
    common = _Common(bounds) if by_form else _common(kept, bounds)
    groups = _with_adjusted_changes(_tested([_group(one, common, spans) for one in kept], common))
    comparison = StoreComparison(
        by=asked.by,
        measure=asked.measure,
        filters=asked.filters,
        minimum_n=asked.minimum_n,
        groups=_ordered(groups, asked.by),
        total=_total(source, question, sums, bounds, spans),
        compared=compared,
        apart=found.sets[1:] if compared else (),
        spread=_spread(common),
        too_few=len(named) - len(kept),
        nameless=sum(one.visits for one in sums if not one.id),
        periods=(spans[0].name, spans[1].name) if spans else ("", ""),
    )
    return replace(comparison, sentences=comparison_sentences(comparison))


def mean_of(window: Window | None) -> tuple[Mean | None, str]:
    """The mean with what is known of its error; else why nothing is known: one_visit, all_equal, stores_equal, no_score."""
    if window is None:
        return None, "no_score"
    if window.n == 1:
        return None, "one_visit"
    if window.squares <= 0:
        return None, "all_equal"
    if window.stores == 1 or window.cluster_squares is None:
        return simple_mean(window.n, window.mean, window.squares), ""
    if window.cluster_squares <= 0:
        return None, "stores_equal"
    return clustered_mean(window.n, window.mean, window.stores, window.cluster_squares), ""


def _sums(source: Source, question: Question, spans: tuple[Span, Span] | None) -> list[GroupSums]:
    """The sums of the groups with those of two periods, of which the earlier may lie before the days that are compared."""
    if spans is None:
        return group_sums(source, question)
    earlier, later = spans
    if not question.filters.first_day:
        return group_sums(source, replace(question, earlier=earlier.days, later=later.days))
    wider = replace(question.filters, first_day=earlier.first, last_day=later.last)
    windows = {
        one.id: one
        for one in group_sums(source, replace(question, filters=wider, earlier=earlier.days, later=later.days))
    }
    return [
        replace(one, earlier=windows[one.id].earlier, later=windows[one.id].later) if one.id in windows else one
        for one in group_sums(source, question)
    ]


def _n(sums: GroupSums) -> int:
    return sums.whole.n if sums.whole else 0


def _bounds(source: Source, measure: Measure) -> tuple[float, float]:
    """0 to 100, or as far as the scores of uncapped forms go."""
    lowest, highest, _count = source.extremes("visits" if measure.kind == "percent" else "scores")
    return min(0.0, lowest), max(100.0, highest)


def _common(kept: Sequence[GroupSums], bounds: tuple[float, float]) -> _Common:
    windows = [one.whole for one in kept if one.whole]
    clustered = any(window.stores > 1 for window in windows)
    if clustered:
        # Of a visit, with the likeness of visits to one store in it: n times the clustered variance of each group's mean.
        within = pooled_variance(
            (window.stores * (window.cluster_squares or 0.0) / window.n, window.stores - 1) for window in windows
        )
    else:
        within = pooled_variance((window.squares, window.n - 1) for window in windows)
    if within is None or len(windows) < 2:
        return _Common(bounds, within, None, clustered)
    prior = method_of_moments([window.n for window in windows], [window.mean for window in windows], within.variance)
    return _Common(bounds, within, prior, clustered)


def _spread(common: _Common) -> Spread:
    within, prior = common.within, common.prior
    return Spread(
        within.variance if within else None,
        within.df if within else 0,
        prior.between if prior else None,
        prior.center if prior else None,
        common.clustered,
    )


def _group(sums: GroupSums, common: _Common, spans: tuple[Span, Span] | None) -> Group:
    window = sums.whole
    estimate, note = mean_of(window)
    interval = estimate.interval(common.bounds) if estimate else None
    drawn = None
    if window and common.prior and common.within and common.within.variance > 0:
        drawn = shrunken(window.n, window.mean, common.within.variance, common.prior)
    return Group(
        id=sums.id,
        title=sums.title or sums.id,
        n=window.n if window else 0,
        stores=window.stores if window else 0,
        mean=window.mean if window else None,
        interval=interval,
        note=note,
        deviation=math.sqrt(window.squares / (window.n - 1)) if window and window.n > 1 else None,
        pooled=100 * sums.earned / sums.possible if sums.possible > 0 else None,
        shrunken=drawn[0] if drawn else None,
        weight=drawn[1] if drawn else None,
        change=_change(sums, spans),
        passed=wilson(sums.passed, sums.judged),
        criticals=wilson(sums.critical, sums.visits),
        unscored=sums.visits - _n(sums),
        advice=_advice(window, estimate, note, common.within),
    )


def _change(sums: GroupSums, spans: tuple[Span, Span] | None) -> Change | None:
    if spans is None or sums.earlier is None or sums.later is None:
        return None
    earlier, later = mean_of(sums.earlier)[0], mean_of(sums.later)[0]
    found = welch(earlier, later) if earlier and later else None
    return Change(
        spans[0].name,
        spans[1].name,
        sums.earlier.n,
        sums.later.n,
        sums.later.mean - sums.earlier.mean,
        found[0] if found else None,
        found[1] if found else None,
        found[1] if found else None,
    )


def _with_adjusted_changes(groups: list[Group]) -> list[Group]:
    """The changes of one table are many tests, too."""
    tested = [
        (place, group.change, group.change.p)
        for place, group in enumerate(groups)
        if group.change and group.change.p is not None
    ]
    adjusted = benjamini_hochberg([p for _place, _change, p in tested])
    for (place, change, _p), p in zip(tested, adjusted, strict=True):
        groups[place] = replace(groups[place], change=replace(change, adjusted=p))
    return groups


def _advice(window: Window | None, estimate: Mean | None, note: str, within: Pooled | None) -> SampleSizeAdvice | None:
    """How many more visits would tell; None where nothing is known of how visits vary."""
    if window is None or note in ("all_equal", "stores_equal"):
        return None
    if estimate is not None:
        half = t_critical(estimate.df) * math.sqrt(estimate.variance)
        if half <= WANTED_HALF_WIDTH:
            return SampleSizeAdvice(0, WANTED_HALF_WIDTH)
    deviation = math.sqrt(within.variance) if within and within.variance > 0 else None
    if deviation is None and estimate is not None:
        deviation = math.sqrt(estimate.variance * estimate.n)
    if deviation is None:
        return None
    return SampleSizeAdvice(max(1, visits_needed(deviation, WANTED_HALF_WIDTH) - window.n), WANTED_HALF_WIDTH)


def _tested(groups: list[Group], common: _Common) -> list[Group]:
    """The groups with their ranges of ranks, and how they differ from the rest."""
    scored = [place for place, group in enumerate(groups) if group.n]
    within = common.within
    if within is None or within.variance <= 0 or len(scored) < 2 or common.prior is None:
        return groups
    ranks = _ranks([groups[place] for place in scored], within)
    differences = _differences([groups[place] for place in scored], within)
    for place, rank, difference in zip(scored, ranks, differences, strict=True):
        groups[place] = replace(groups[place], ranks=rank, difference=difference)
    return groups


def _ranks(groups: Sequence[Group], within: Pooled) -> list[tuple[int, int]]:
    reach = t_critical(within.df, simultaneous_confidence(len(groups))) * math.sqrt(within.variance)
    intervals = []
    for group in groups:
        half = reach / math.sqrt(group.n)
        intervals.append(Interval((group.mean or 0.0) - half, (group.mean or 0.0) + half))
    return rank_ranges(intervals)


def _differences(groups: Sequence[Group], within: Pooled) -> list[Difference | None]:
    """Each group of two visits or more against the visits of all others."""
    total_n = sum(group.n for group in groups)
    total = math.fsum(group.n * (group.mean or 0.0) for group in groups)
    tests: list[tuple[float, float, float] | None] = []
    for group in groups:
        if group.n < 2:
            tests.append(None)
            continue
        mean, rest = group.mean or 0.0, total_n - group.n
        points = mean - (total - group.n * mean) / rest
        error = math.sqrt(within.variance * (1 / group.n + 1 / rest))
        tests.append((points, error, t_tail(points / error, within.df)))
    adjusted = iter(benjamini_hochberg([test[2] for test in tests if test]))
    critical = t_critical(within.df)
    found: list[Difference | None] = []
    for test in tests:
        if test is None:
            found.append(None)
            continue
        points, error, p = test
        p_adjusted, half = next(adjusted), critical * error
        differs = int(math.copysign(1, points)) if p_adjusted <= 1 - LEVEL else 0
        found.append(Difference(points, Interval(points - half, points + half), p, p_adjusted, differs))
    return found


def _total(
    source: Source,
    question: Question,
    sums: Sequence[GroupSums],
    bounds: tuple[float, float],
    spans: tuple[Span, Span] | None,
) -> Group:
    """All visits compared, as one group of several stores; by form, where together they mean nothing, their number alone."""
    if question.by == "form":
        n, visits = sum(_n(one) for one in sums), sum(one.visits for one in sums)
        return Group("", "", n, 0, None, note="not_comparable", unscored=visits - n)
    if question.by == "store":
        together = _together(sums)
    else:
        found = _sums(source, replace(question, by=""), spans)
        together = found[0] if found else _together(())
    return _group(together, _Common(bounds), spans)


def _together(stores: Sequence[GroupSums]) -> GroupSums:
    return GroupSums(
        "",
        "",
        _merged([one.whole for one in stores if one.whole]),
        _merged([one.earlier for one in stores if one.earlier]),
        _merged([one.later for one in stores if one.later]),
        math.fsum(one.earned for one in stores),
        math.fsum(one.possible for one in stores),
        sum(one.visits for one in stores),
        sum(one.judged for one in stores),
        sum(one.passed for one in stores),
        sum(one.critical for one in stores),
    )


def _merged(stores: Sequence[Window]) -> Window | None:
    """The visits of several stores as one window."""
    n = sum(window.n for window in stores)
    if not n:
        return None
    if all(window.mean == stores[0].mean for window in stores):
        mean = stores[0].mean
    else:
        mean = math.fsum(window.n * window.mean for window in stores) / n
    away = [window.n * (window.mean - mean) for window in stores]
    squares = math.fsum(window.squares for window in stores)
    between = math.fsum(part * part / window.n for part, window in zip(away, stores, strict=True))
    return Window(n, mean, squares + between, len(stores), math.fsum(part * part for part in away))


def _ordered(groups: Sequence[Group], by: str) -> tuple[Group, ...]:
    """The highest mean first, those without one last; what belongs to time in its order."""
    if by in _IN_TIME:
        return tuple(sorted(groups, key=lambda group: (len(group.id) if by == "hour" else 0, group.id)))
    return tuple(sorted(groups, key=lambda group: (group.mean is None, -(group.mean or 0.0), group.id)))
