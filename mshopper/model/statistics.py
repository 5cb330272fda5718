"""The statistics of comparisons: pure functions of counts, sums and means, in the standard library alone.

Every function names the source of its formula. Probabilities are 0-1, confidence is two-sided. What the data don't allow is
None, never zero.

Sources: [AS] Abramowitz and Stegun, Handbook of Mathematical Functions (1964); [DLMF] NIST Digital Library of Mathematical
Functions; [KWW] Klein, Wright and Wieczorek, A joint confidence region for an overall ranking of populations, JRSS C 69 (2020).
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

from mshopper.model.comparison import LEVEL, Interval, Proportion

_NORMAL = NormalDist()
_TINY = 1e-300
_STEPS = 100_000

# --- Student's t


def t_tail(t: float, df: float) -> float:
    """P(|T| > |t|) for Student's t with `df` > 0 degrees of freedom, which needn't be whole.

    It is I_x(df/2, 1/2) with x = df/(df + t²) [AS 26.7.1]: near the middle by the series of the other side
    [DLMF 8.17.8], in the tails by its continued fraction [DLMF 8.17.22], so that small probabilities keep their digits.
    """
    if not t:
        return 1.0
    if math.isinf(t):
        return 0.0
    a = df / 2
    share = t * t / (df + t * t)
    # x^a · (1 − x)^(1/2) / B(a, 1/2)
    front = math.exp(-a * math.log1p(t * t / df) - _log_beta_half(a)) * math.sqrt(share)
    if share < 1.5 / (a + 2.5) or t * t < 9 < df:
        return 1 - front * _series(share, 0.5, a) / 0.5
    return front * _fraction(1 - share, a, 0.5) / a


def _log_beta_half(a: float) -> float:
    """ln B(a, 1/2); for large a by the asymptotic ratio of gammas [DLMF 5.11.13], where lgamma would cancel."""
    if a < 30:
        return math.lgamma(a) + math.lgamma(0.5) - math.lgamma(a + 0.5)
    step = 1 / a
    ratio = 0.5 * math.log(a) - step / 8 + step**3 / 192 - step**5 / 640 + 17 * step**7 / 14336
    return math.lgamma(0.5) - ratio


def _series(x: float, a: float, b: float) -> float:
    """Σ (a+b)_n / (a+1)_n xⁿ, all terms positive."""
    term = total = 1.0
    for n in range(_STEPS):
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        if term < total * 1e-17:
            break
    return total


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in range(1, _STEPS):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + step * d
            d = 1 / (d if abs(d) > _TINY else _TINY)
            c = 1 + step / c
            c = c if abs(c) > _TINY else _TINY
            value *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return value


@lru_cache(maxsize=20_000)
def t_critical(df: float, confidence: float = LEVEL) -> float:
    """The t that |T| exceeds with probability 1 − `confidence`.

    With many degrees of freedom by the expansion about the normal quantile [AS 26.7.5], else by Newton's method from there.
    """
    alpha = 1 - confidence
    z = normal_critical(confidence)
    t = _expanded(z, df)
    if df >= max(150, 40 * z * z):
        return t
    if df < 3:
        # The expansion is far off: begin on the side from which Newton's steps are monotone.
        t = min(t, math.tan(math.pi * confidence / 2)) if df >= 1 else z
    for _step in range(200):
        density = math.exp(-(df + 1) / 2 * math.log1p(t * t / df) - _log_beta_half(df / 2)) / math.sqrt(df)
        tail = t_tail(t, df)
        # In logarithms, since a tail of a few degrees of freedom falls as a power.
        move = (math.log(tail) - math.log(alpha)) * tail / (2 * density)
        t = max(t + move, t / 2)
        if abs(move) <= 1e-14 * t:
            break
    return t


def _expanded(z: float, df: float) -> float:
    square = z * z
    first = z * (square + 1) / 4
    second = z * ((5 * square + 16) * square + 3) / 96
    third = z * (((3 * square + 19) * square + 17) * square - 15) / 384
    fourth = z * ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92160
    return z + (first + (second + (third + fourth / df) / df) / df) / df


@lru_cache(maxsize=1000)
def normal_critical(confidence: float = LEVEL) -> float:
    """The z that a standard normal exceeds in absolute value with probability 1 − `confidence`."""
    return _NORMAL.inv_cdf((1 + confidence) / 2)


# --- means


class Mean(NamedTuple):
    """A mean that is an estimate: of `n` values, with `variance` of the mean and its degrees of freedom `df`."""

    n: int
    value: float
    variance: float
    df: float

    def interval(self, bounds: tuple[float, float] | None = (0.0, 100.0), confidence: float = LEVEL) -> Interval:
        """Student's t interval, clipped to `bounds`."""
        half = t_critical(self.df, confidence) * math.sqrt(self.variance)
        low, high = self.value - half, self.value + half
        return Interval(low, high) if bounds is None else Interval(max(low, bounds[0]), min(high, bounds[1]))


def simple_mean(n: int, mean: float, squares: float) -> Mean | None:
    """A mean of independent values; `squares` is the sum of their squared deviations. None for fewer than two."""
    return Mean(n, mean, squares / (n - 1) / n, n - 1) if n > 1 else None


def clustered_mean(n: int, mean: float, clusters: int, squares: float) -> Mean | None:
    """A mean of values that belong to stores: `squares` is Σ over stores of (sum of the store's deviations from `mean`)².

    The sandwich with the factor G/(G−1), t with G−1 (Cameron and Miller, A Practitioner's Guide to Cluster-Robust Inference, J.
    Human Resources 50, 2015, for a regression on a constant). None for fewer than two stores.
    """
    return Mean(n, mean, clusters / (clusters - 1) * squares / n**2, clusters - 1) if clusters > 1 else None


def welch(earlier: Mean, later: Mean) -> tuple[Interval, float] | None:
    """The interval and the two-sided p of `later` less `earlier` (Welch, Biometrika 34, 1947; df by Satterthwaite).

    None where neither varies.
    """
    variance = earlier.variance + later.variance
    if variance <= 0:
        return None
    df = variance**2 / (earlier.variance**2 / earlier.df + later.variance**2 / later.df)
    difference, error = later.value - earlier.value, math.sqrt(variance)
    half = t_critical(df) * error
    return Interval(difference - half, difference + half), t_tail(difference / error, df)


def slope(xs: Sequence[float], ns: Sequence[int], means: Sequence[float], squares: float) -> Mean | None:
    """The least-squares slope through `ns` values at each of `xs`, whose means are `means`.

    `squares` is the sum of squared deviations of the values from their own mean at x. None where there is no slope to
    estimate, or nothing left to estimate its error by.
    """
    n = sum(ns)
    x_mean = sum(count * x for count, x in zip(ns, xs, strict=True)) / n
    y_mean = math.fsum(count * y for count, y in zip(ns, means, strict=True)) / n
    spread = math.fsum(count * (x - x_mean) ** 2 for count, x in zip(ns, xs, strict=True))
    if spread <= 0 or n < 3:
        return None
    both = math.fsum(count * (x - x_mean) * (y - y_mean) for count, x, y in zip(ns, xs, means, strict=True))
    steep = both / spread
    left = squares + math.fsum(
        count * (y - y_mean - steep * (x - x_mean)) ** 2 for count, x, y in zip(ns, xs, means, strict=True)
    )
    return Mean(n, steep, left / (n - 2) / spread, n - 2) if left > 0 else None


class Pooled(NamedTuple):
    """A variance of one value, pooled within groups, with its degrees of freedom."""

    variance: float
    df: int


def pooled_variance(parts: Iterable[tuple[float, int]]) -> Pooled | None:
    """From (sum of squared deviations, degrees of freedom) of each group; None without any degree of freedom."""
    squares, df = 0.0, 0
    for part, part_df in parts:
        squares += part
        df += part_df
    return Pooled(squares / df, df) if df else None


# --- shrinkage


class Prior(NamedTuple):
    """What the groups have in common: the mean `center` of their true means, and the variance τ² `between` them."""

    center: float
    between: float


def method_of_moments(ns: Sequence[int], means: Sequence[float], within: float) -> Prior:
    """τ² by DerSimonian and Laird (Controlled Clinical Trials 7, 1986), floored at 0, with variances `within`/n.

    `center` is the mean weighted by 1/(τ² + within/n).
    """
    total = sum(ns)
    plain = sum(n * mean for n, mean in zip(ns, means, strict=True)) / total
    spread = sum(n * (mean - plain) ** 2 for n, mean in zip(ns, means, strict=True))
    room = total - sum(n * n for n in ns) / total
    between = max(0.0, (spread - (len(ns) - 1) * within) / room) if room > 0 else 0.0
    if between + within <= 0:
        return Prior(plain, 0.0)
    weights = [n / (n * between + within) for n in ns]
    center = sum(weight * mean for weight, mean in zip(weights, means, strict=True)) / sum(weights)
    return Prior(center, between)


def shrunken(n: int, mean: float, within: float, prior: Prior) -> tuple[float, float]:
    """The empirical-Bayes estimate of a group's true mean and the weight B = τ²/(τ² + σ²/n) of its own mean.

    Normal-normal (Efron and Morris, JASA 70, 1975).
    """
    noise = prior.between + within / n
    weight = prior.between / noise if noise > 0 else 1.0
    return weight * mean + (1 - weight) * prior.center, weight


# --- ranks and differences


def simultaneous_confidence(count: int, confidence: float = LEVEL) -> float:
    """The confidence of each of `count` intervals that hold jointly (Šidák, JASA 62, 1967)."""
    return float(confidence ** (1 / count)) if count else confidence


def rank_ranges(lows: Sequence[float], highs: Sequence[float]) -> list[tuple[int, int]]:
    """For each group, by the ends of its simultaneous interval, the best and worst rank that the data allow [KWW].

    They are those of the joint confidence region, 1 being the highest mean.

    Better for certain are those whose interval lies wholly above, worse those wholly below.
    """
    count, low_ends, high_ends = len(lows), sorted(lows), sorted(highs)
    return [
        (1 + count - bisect_right(low_ends, high), count - bisect_left(high_ends, low))
        for low, high in zip(lows, highs, strict=True)
    ]


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Adjusted p-values: the false discovery rate at which each would be found (Benjamini and Hochberg, JRSS B 57, 1995)."""
    count = len(ps)
    adjusted, least = [1.0] * count, 1.0
    for rank, place in zip(range(count, 0, -1), sorted(range(count), key=lambda one: -ps[one]), strict=True):
        least = min(least, ps[place] * count / rank)
        adjusted[place] = least
    return adjusted


# --- shares, scores and ranks of answers


def wilson(hits: int, n: int, confidence: float = LEVEL) -> Proportion | None:
    """A share 0-100 with its score interval (Wilson, JASA 22, 1927); None of nothing."""
    if not n:
        return None
    z = normal_critical(confidence)
    share, square = hits / n, z * z / n
    middle = (share + square / 2) / (1 + square)
    half = z * math.sqrt(share * (1 - share) / n + square / n / 4) / (1 + square)
    low = 0.0 if not hits else max(0.0, middle - half)
    high = 1.0 if hits == n else min(1.0, middle + half)
    return Proportion(hits, n, 100 * share, Interval(100 * low, 100 * high))


def nps_interval(promoters: int, detractors: int, n: int, confidence: float = LEVEL) -> Interval | None:
    """The interval of a Net Promoter Score, −100 to 100: 100·√((p₊ + p₋ − (p₊ − p₋)²)/n) is its standard error.

    None for fewer than two answers, or where all are of one kind, so that nothing varies.
    """
    if n < 2:
        return None
    up, down = promoters / n, detractors / n
    variance = (up + down - (up - down) ** 2) / n
    if variance <= 0:
        return None
    half = 100 * normal_critical(confidence) * math.sqrt(variance)
    score = 100 * (up - down)
    return Interval(max(-100.0, score - half), min(100.0, score + half))


def rank_correlation(n: int, both: int, xs: int, ys: int) -> tuple[float, Interval | None] | None:
    """Spearman's rank correlation of `n` pairs and its interval, of sums over the pairs of the ranks' deviations from their
    mean.

    `both` is the sum of products, `xs` and `ys` the sums of squares; ties share their mean rank. The interval is Fisher's z
    with the standard error √((1 + r²/2)/(n − 3)) (Bonett and Wright, Psychometrika 65, 2000); None for fewer than four
    pairs, or where they agree wholly. None in all where one side doesn't vary.
    """
    if xs <= 0 or ys <= 0:
        return None
    r = max(-1.0, min(1.0, both / (math.sqrt(xs) * math.sqrt(ys))))
    if n < 4 or abs(r) > 1 - 1e-12:
        return r, None
    half = normal_critical() * math.sqrt((1 + r * r / 2) / (n - 3))
    return r, Interval(math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half))


def correlation_tail(r: float, n: int) -> float | None:
    """P(|R| ≥ |r|) without any association, by t = r·√((n − 2)/(1 − r²)); None for fewer than three pairs."""
    if n < 3:
        return None
    return 0.0 if abs(r) >= 1 else t_tail(r * math.sqrt((n - 2) / (1 - r * r)), n - 2)


# --- how many visits


def visits_needed(deviation: float, half_width: float, confidence: float = LEVEL) -> int:
    """The fewest visits (at least two) whose t interval has that half-width, with values of that standard deviation."""
    start = max(2, math.ceil((normal_critical(confidence) * deviation / half_width) ** 2))
    n = start
    while t_critical(n - 1, confidence) * deviation / math.sqrt(n) > half_width:
        n += 1
    return n
