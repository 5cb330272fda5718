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
    IN_TIME,
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
    bounds = bounds_of(source, asked.measure)
    groups, spread = stand(kept, bounds, spans, tested=not by_form)
    comparison = StoreComparison(
        by=asked.by,
        measure=asked.measure,
        filters=asked.filters,
        minimum_n=asked.minimum_n,
        groups=_ordered(groups, asked.by),
        total=_total(source, question, sums, bounds, spans),
        compared=compared,
        apart=found.sets[1:] if compared else (),
        spread=spread,
        too_few=len(named) - len(kept),
        nameless=sum(one.visits for one in sums if not one.id),
        periods=(spans[0].name, spans[1].name) if spans else ("", ""),
    )
    return replace(comparison, sentences=comparison_sentences(comparison))


def stand(
    kept: Sequence[GroupSums],
    bounds: tuple[float, float] = (0.0, 100.0),
    spans: tuple[Span, Span] | None = None,
    *,
    tested: bool = True,
) -> tuple[list[Group], Spread]:
    """The groups with all that their sums allow to say, in the same order, and what they have in common.

    `tested` compares each with the others. `spans` names the periods of the earlier and later sums.
    """
    common = _common(kept, bounds) if tested else _Common(bounds)
    return _groups(kept, common, spans), _spread(common)


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


def bounds_of(source: Source, measure: Measure) -> tuple[float, float]:
    """What percentages lie within: 0 to 100, or as far as the scores of uncapped forms go."""
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


def _groups(kept: Sequence[GroupSums], common: _Common, spans: tuple[Span, Span] | None) -> list[Group]:
    ranks = _ranks(kept, common)
    differences = _differences(kept, common)
    changes = _changes(kept, spans)
    return [_group(*parts, common) for parts in zip(kept, ranks, differences, changes, strict=True)]


def _group(
    sums: GroupSums,
    ranks: tuple[int, int] | None,
    difference: Difference | None,
    change: Change | None,
    common: _Common,
) -> Group:
    window = sums.whole
    estimate, note = mean_of(window)
    drawn: tuple[float, float] | tuple[None, None] = (None, None)
    if window and common.prior and common.within and common.within.variance > 0:
        drawn = shrunken(window.n, window.mean, common.within.variance, common.prior)
    return Group(
        id=sums.id,
        title=sums.title or sums.id,
        n=window.n if window else 0,
        stores=window.stores if window else 0,
        mean=window.mean if window else None,
        interval=estimate.interval(common.bounds) if estimate else None,
        note=note,
        deviation=math.sqrt(window.squares / (window.n - 1)) if window and window.n > 1 else None,
        pooled=100 * sums.earned / sums.possible if sums.possible > 0 else None,
        shrunken=drawn[0],
        weight=drawn[1],
        ranks=ranks,
        difference=difference,
        change=change,
        passed=wilson(sums.passed, sums.judged),
        criticals=wilson(sums.critical, sums.visits),
        unscored=sums.visits - _n(sums),
        advice=_advice(window, estimate, note, common.within),
    )


def _changes(kept: Sequence[GroupSums], spans: tuple[Span, Span] | None) -> list[Change | None]:
    """The change of each group; together they are many tests."""
    if spans is None:
        return [None] * len(kept)
    tests = [_change(one) for one in kept]
    adjusted = iter(benjamini_hochberg([test[1] for test in tests if test]))
    found: list[Change | None] = []
    for one, test in zip(kept, tests, strict=True):
        if one.earlier is None or one.later is None:
            found.append(None)
            continue
        interval, p, p_adjusted = (*test, next(adjusted)) if test else (None, None, None)
        points = one.later.mean - one.earlier.mean
        found.append(Change(spans[0].name, spans[1].name, one.earlier.n, one.later.n, points, interval, p, p_adjusted))
    return found


def _change(sums: GroupSums) -> tuple[Interval, float] | None:
    earlier, later = mean_of(sums.earlier)[0], mean_of(sums.later)[0]
    return welch(earlier, later) if earlier and later else None


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


def _is_testable(common: _Common) -> bool:
    return common.prior is not None and common.within is not None and common.within.variance > 0


def _ranks(kept: Sequence[GroupSums], common: _Common) -> list[tuple[int, int] | None]:
    windows = [one.whole for one in kept if one.whole]
    if common.within is None or not _is_testable(common):
        return [None] * len(kept)
    confidence = simultaneous_confidence(len(windows))
    reach = t_critical(common.within.df, confidence) * math.sqrt(common.within.variance)
    halves = [reach / math.sqrt(window.n) for window in windows]
    found = iter(
        rank_ranges(
            [window.mean - half for window, half in zip(windows, halves, strict=True)],
            [window.mean + half for window, half in zip(windows, halves, strict=True)],
        )
    )
    return [next(found) if one.whole else None for one in kept]


def _differences(kept: Sequence[GroupSums], common: _Common) -> list[Difference | None]:
    """Each group of two visits or more against the visits of all others."""
    if common.within is None or not _is_testable(common):
        return [None] * len(kept)
    variance, df = common.within
    windows = [one.whole for one in kept]
    total_n = sum(window.n for window in windows if window)
    total = math.fsum(window.n * window.mean for window in windows if window)
    tests: list[tuple[float, float, float] | None] = []
    for window in windows:
        if window is None or window.n < 2:
            tests.append(None)
            continue
        rest = total_n - window.n
        points = window.mean - (total - window.n * window.mean) / rest
        error = math.sqrt(variance * (1 / window.n + 1 / rest))
        tests.append((points, error, t_tail(points / error, df)))
    adjusted = iter(benjamini_hochberg([test[2] for test in tests if test]))
    critical = t_critical(df)
    return [_difference(test, next(adjusted), critical) if test else None for test in tests]


def _difference(test: tuple[float, float, float], adjusted: float, critical: float) -> Difference:
    points, error, p = test
    half = critical * error
    differs = int(math.copysign(1, points)) if adjusted <= 1 - LEVEL else 0
    return Difference(points, Interval(points - half, points + half), p, adjusted, differs)


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
    return _groups([together], _Common(bounds), spans)[0]


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
    if by in IN_TIME:
        return tuple(sorted(groups, key=lambda group: (len(group.id) if by == "hour" else 0, group.id)))
    return tuple(sorted(groups, key=lambda group: (group.mean is None, -(group.mean or 0.0), group.id)))
