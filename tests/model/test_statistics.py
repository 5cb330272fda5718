"""The statistics against scipy's to the last digits, and what must hold for any data."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mshopper.model import statistics as own
from mshopper.model.severity import Seen, severities

stats = pytest.importorskip("scipy.stats")
np = pytest.importorskip("numpy")

values = st.lists(st.floats(0, 100).map(lambda value: round(value, 2)), min_size=2, max_size=30)


def moments(sample: list[float]) -> tuple[int, float, float]:
    mean = math.fsum(sample) / len(sample)
    return len(sample), mean, math.fsum((value - mean) ** 2 for value in sample)


def near(mine: float, theirs: float) -> bool:
    return math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-12)


@given(st.floats(0.5, 1e6), st.floats(0.001, 60))
def test_t_tail_is_scipys(df: float, t: float) -> None:
    """Both tails of Student's t, for any degrees of freedom, in the middle and far out."""
    assert near(own.t_tail(t, df), 2 * stats.t.sf(t, df))
    assert own.t_tail(-t, df) == own.t_tail(t, df)


@given(st.floats(0.5, 1e6), st.floats(0.5, 0.9999))
def test_t_critical_is_scipys(df: float, confidence: float) -> None:
    """The quantile, few degrees of freedom or a million."""
    assert near(own.t_critical(df, confidence), stats.t.isf((1 - confidence) / 2, df))


@given(values)
def test_mean_interval_is_scipys(sample: list[float]) -> None:
    """Student's interval of a mean, clipped to 0-100."""
    estimate = own.simple_mean(*moments(sample))
    assert estimate is not None
    error = stats.sem(sample)
    found = estimate.interval()
    if error > 0:
        low, high = stats.t.interval(0.95, len(sample) - 1, loc=np.mean(sample), scale=error)
        assert near(found.low, max(0, low))
        assert near(found.high, min(100, high))
    assert 0 <= found.low <= estimate.value + 1e-9
    assert estimate.value - 1e-9 <= found.high <= 100


@given(values, values)
def test_welch_is_scipys(earlier: list[float], later: list[float]) -> None:
    """The change between periods: p and interval."""
    first, second = own.simple_mean(*moments(earlier)), own.simple_mean(*moments(later))
    assert first is not None
    assert second is not None
    found = own.welch(first, second)
    if min(np.var(earlier), np.var(later)) < 1e-6:
        return
    assert found is not None
    theirs = stats.ttest_ind(later, earlier, equal_var=False)
    between = theirs.confidence_interval(0.95)
    assert near(found[1], theirs.pvalue)
    assert near(found[0].low, between.low)
    assert near(found[0].high, between.high)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(counts: tuple[int, int]) -> None:
    """The interval of a share; none or all of few still has a width."""
    hits, n = counts
    found = own.wilson(hits, n)
    assert found is not None
    theirs = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert near(found.interval.low, 100 * theirs.low)
    assert near(found.interval.high, 100 * theirs.high)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_benjamini_hochberg_is_scipys(ps: list[float]) -> None:
    """The adjusted p-values, in the order given."""
    assert own.benjamini_hochberg(ps) == pytest.approx(list(stats.false_discovery_control(ps)), rel=1e-12)


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=4, max_size=40))
def test_spearman_is_scipys(pairs: list[tuple[int, int]]) -> None:
    """The rank correlation with ties and its p; none where one side doesn't vary."""
    xs, ys = [x for x, _y in pairs], [y for _x, y in pairs]
    x_ranks, y_ranks = (stats.rankdata(values) for values in (xs, ys))
    middle = (len(pairs) + 1) / 2
    sums = (
        sum((x - middle) * (y - middle) for x, y in zip(one, other, strict=True))
        for one, other in ((x_ranks, y_ranks), (x_ranks, x_ranks), (y_ranks, y_ranks))
    )
    # Ranks are halves at most: four times each sum is a whole number.
    found = own.rank_correlation(len(pairs), *(round(4 * total) for total in sums))
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        assert found is None
        return
    assert found is not None
    r, interval = found
    oracle = stats.spearmanr(xs, ys)
    assert r == pytest.approx(oracle.statistic, abs=1e-9)
    assert own.correlation_tail(r, len(pairs)) == pytest.approx(oracle.pvalue, abs=1e-9)
    assert interval is None or interval.low <= r <= interval.high


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 30)), min_size=1, max_size=25))
def test_rank_ranges_hold_what_any_truth_within_the_intervals_allows(places: list[tuple[float, float]]) -> None:
    """Whatever the true means, as long as each lies in its interval, every group's true rank is within its range."""
    lows, highs = [mean - half for mean, half in places], [mean + half for mean, half in places]
    ranges = own.rank_ranges(lows, highs)
    chance = random.Random(1)
    for _try in range(5):
        truth = [chance.uniform(low, high) for low, high in zip(lows, highs, strict=True)]
        for one, (best, worst) in zip(truth, ranges, strict=True):
            assert best <= 1 + sum(other > one for other in truth) <= worst
    assert ranges == [
        (1 + sum(low > mine_high for low in lows), len(lows) - sum(high < mine_low for high in highs))
        for mine_low, mine_high in zip(lows, highs, strict=True)
    ]


def test_nothing_is_estimated_where_nothing_varies() -> None:
    """One value has no interval, groups of one have no pooled variance, equal means shrink wholly."""
    assert own.simple_mean(1, 80.0, 0.0) is None
    assert own.clustered_mean(5, 80.0, 1, 12.0) is None
    assert own.pooled_variance([(0.0, 0), (0.0, 0)]) is None
    assert own.wilson(0, 0) is None
    assert own.nps_interval(5, 0, 5) is None
    assert own.method_of_moments([3, 3], [80.0, 80.0], 25.0) == own.Prior(80.0, 0.0)
    assert own.shrunken(3, 90.0, 25.0, own.Prior(80.0, 0.0)) == (80.0, 0.0)
    assert own.visits_needed(0.0, 5) == 2


def test_visits_needed_is_the_fewest_that_do() -> None:
    """With as many visits the interval is narrow enough, with one less it isn't."""
    for deviation in (3.0, 8.0, 20.0):
        n = own.visits_needed(deviation, 5)
        assert stats.t.isf(0.025, n - 1) * deviation / math.sqrt(n) <= 5
        assert n == 2 or stats.t.isf(0.025, n - 2) * deviation / math.sqrt(n - 1) > 5


def test_nps_interval_is_its_definition() -> None:
    """5 promoters, 3 passives, 2 detractors: 30 ± 1.96·100·√((0.7 − 0.09)/10)."""
    half = 100 * stats.norm.isf(0.025) * math.sqrt((0.7 - 0.09) / 10)
    found = own.nps_interval(5, 2, 10)
    assert found is not None
    assert found.low == pytest.approx(30 - half, abs=1e-9)
    assert found.high == pytest.approx(30 + half, abs=1e-9)


def test_slope_is_scipys() -> None:
    """Least squares through visits at periods, from their sums alone."""
    chance = random.Random(2)
    visits = {x: [70 + 2 * x + chance.gauss(0, 5) for _visit in range(2 + x % 3)] for x in range(6)}
    xs = [x for x, some in visits.items() for _value in some]
    ys = [value for some in visits.values() for value in some]
    parts = [moments(some) for some in visits.values()]
    found = own.slope(
        list(visits), [n for n, _m, _s in parts], [m for _n, m, _s in parts], sum(s for _n, _m, s in parts)
    )
    theirs = stats.linregress(xs, ys)
    assert found is not None
    assert near(found.value, theirs.slope)
    assert near(math.sqrt(found.variance), theirs.stderr)
    assert near(own.t_tail(found.value / math.sqrt(found.variance), found.df), theirs.pvalue)


def test_clusters_and_shrinkage_are_statsmodels() -> None:
    """Clustered errors as OLS on a constant has them, τ² and the centre as a random-effects meta-analysis has them.

    Needs `uv sync --group oracles`.
    """
    linear = pytest.importorskip("statsmodels.api")
    meta = pytest.importorskip("statsmodels.stats.meta_analysis")
    chance = random.Random(3)
    stores = [store for store in range(9) for _visit in range(1 + store % 4)]
    effects = [chance.gauss(0, 6) for _store in range(9)]
    sample = [80 + effects[store] + chance.gauss(0, 5) for store in stores]
    n, mean, _squares = moments(sample)
    away: dict[int, float] = {}
    for store, value in zip(stores, sample, strict=True):
        away[store] = away.get(store, 0.0) + value - mean
    found = own.clustered_mean(n, mean, 9, sum(part**2 for part in away.values()))
    fit = linear.OLS(sample, np.ones(n)).fit(cov_type="cluster", cov_kwds={"groups": stores}, use_t=True)
    assert found is not None
    assert near(math.sqrt(found.variance), fit.bse[0])
    assert near(found.interval(None).low, fit.conf_int()[0][0])

    ns, means, within = [2, 5, 9, 4], [70.0, 82.0, 88.0, 79.0], 30.0
    prior = own.method_of_moments(ns, means, within)
    theirs = meta.combine_effects(np.array(means), within / np.array(ns), method_re="dl")
    assert near(prior.between, theirs.tau2)
    assert near(prior.center, theirs.mean_effect_re)


def test_severity_is_least_squares_with_two_ways() -> None:
    """Effects, errors and degrees of freedom as numpy's least squares gives them for stores and auditors as dummies."""
    chance = random.Random(4)
    visits = [(f"s{chance.randrange(8)}", f"a{chance.randrange(4)}", chance.gauss(80, 6)) for _visit in range(60)]
    stores, auditors = sorted({s for s, _a, _y in visits}), sorted({a for _s, a, _y in visits})
    design = np.zeros((60, len(stores) + len(auditors)))
    for row, (store, auditor, _value) in enumerate(visits):
        design[row, stores.index(store)] = design[row, len(stores) + auditors.index(auditor)] = 1
    ys = np.array([value for _s, _a, value in visits])
    beta, _residuals, rank, _singular = np.linalg.lstsq(design, ys, rcond=None)
    df = 60 - rank
    sigma = float(((ys - design @ beta) ** 2).sum()) / df
    shares = np.array([sum(a == one for _s, a, _y in visits) for one in auditors]) / 60
    inverse = np.linalg.pinv(design.T @ design)
    cells: dict[tuple[str, str], list[float]] = {}
    for store, auditor, value in visits:
        cells.setdefault((store, auditor), []).append(value)
    found = severities([Seen(*key, *moments(some)) for key, some in cells.items()])
    for place, auditor in enumerate(auditors):
        contrast = np.concatenate([np.zeros(len(stores)), -shares])
        contrast[len(stores) + place] += 1
        error = found[auditor].error
        assert error is not None
        assert near(found[auditor].points, float(contrast @ beta))
        assert near(error.variance, sigma * float(contrast @ inverse @ contrast))
        assert error.df == df


def test_auditors_without_a_common_store_are_not_compared() -> None:
    """Two who share no store: whether the auditor is kind or the store is good, nobody can tell."""
    apart = [Seen("s1", "a", 2, 90.0, 8.0), Seen("s2", "b", 2, 60.0, 8.0)]
    assert severities(apart) == {}
    linked = severities([*apart, Seen("s1", "b", 2, 80.0, 8.0)])
    assert linked["a"].points - linked["b"].points == pytest.approx(10.0)
