"""NPS, CSAT and CES from the answers, each variant by itself, and which dimensions go with them.

Every answer is a respondent's (design.md, Metrics); the visits' own columns are never averaged. What goes together is asked of
visits: a dimension's percentage beside the mean answer of that visit. It says nothing of causes.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mshopper.compare.numbers import number_answers
from mshopper.compare.selection import KEY_COLUMNS, condition
from mshopper.compare.source import Source
from mshopper.compare.sums import Question, where
from mshopper.model.comparison import LEVEL, Filters, FormSet, Interval, Measure
from mshopper.model.findings import Association, MetricResult, Satisfaction
from mshopper.model.form import CES_SCALES, CSAT_SCALES
from mshopper.model.metrics import ces, csat, nps
from mshopper.model.scoresheet import Reason
from mshopper.model.statistics import (
    benjamini_hochberg,
    correlation_tail,
    nps_interval,
    rank_correlation,
    simple_mean,
    wilson,
)

MINIMUM_PAIRS = 20
"""Visits under which no association is told: at 20 a correlation must be about 0.45 to be told from none, and fewer swing
wildly."""

_SCALES: Mapping[tuple[str, str], tuple[int, int]] = {
    ("nps", ""): (0, 10),
    **{("csat", scale): (1, highest) for scale, highest in CSAT_SCALES.items()},
    **{("ces", variant): (1, highest) for variant, highest in CES_SCALES.items()},
}
_ASKED = "a.kind IN ('nps', 'csat', 'ces') AND a.number = floor(a.number) AND a.number BETWEEN 0 AND 10"

# Twice a value's mean rank less n + 1, twice the mean of all ranks, is a whole number: n·(its rank's deviation) adds up
# exactly.
_TOGETHER = f"""
WITH chosen AS (SELECT visit_id, revision FROM visits WHERE {{wanted}}),
said AS (
    SELECT visit_id, revision, a.kind AS metric, a.variant, avg(a.number) AS answer
    FROM {{numbers}} a SEMI JOIN chosen USING (visit_id, revision) WHERE {_ASKED} GROUP BY ALL),
pairs AS (
    SELECT metric, variant, id, s.percent AS x, answer AS y, count(*) AS n, max(title) AS title
    FROM said JOIN {{scores}} s USING (visit_id, revision)
    WHERE kind = 'dimension' AND instance = '' AND s.percent IS NOT NULL GROUP BY ALL),
xs AS (
    SELECT metric, variant, id, x, 2 * sum(sum(n)) OVER (one ORDER BY x) - sum(n) - sum(sum(n)) OVER one AS deviation
    FROM pairs GROUP BY metric, variant, id, x WINDOW one AS (PARTITION BY metric, variant, id)),
ys AS (
    SELECT metric, variant, id, y, 2 * sum(sum(n)) OVER (one ORDER BY y) - sum(n) - sum(sum(n)) OVER one AS deviation
    FROM pairs GROUP BY metric, variant, id, y WINDOW one AS (PARTITION BY metric, variant, id))
SELECT metric, variant, id, max(title), sum(n)::BIGINT, sum(n * xs.deviation * ys.deviation),
    sum(n * xs.deviation * xs.deviation), sum(n * ys.deviation * ys.deviation)
FROM pairs JOIN xs USING (metric, variant, id, x) JOIN ys USING (metric, variant, id, y)
GROUP BY metric, variant, id
"""


def satisfaction(source: Source, filters: Filters, *, by: str = "store", forms: FormSet | None = None) -> Satisfaction:
    """The metrics of all answers, by group, and their associations over the visits of comparable `forms` (None: all).

    Raises HeadOfficeError where the tables can't be read, KeyError for a key that visits can't be grouped by.
    """
    everyone, groups = _metrics(source, filters, by)
    associations = _associations(source, filters, forms)
    return Satisfaction(by, everyone, groups, associations, _said(everyone, associations))


# --- metrics


def _metrics(source: Source, filters: Filters, by: str) -> tuple[tuple[MetricResult, ...], tuple[MetricResult, ...]]:
    wanted, parameters = condition(filters)
    title = {"store": "store_name", "auditor": "auditor"}.get(by, "''")
    rows = source.rows(
        f"SELECT a.kind, a.variant, a.number::INTEGER AS answer, key, max(name), count(*) FROM "
        f"{number_answers(source)} a JOIN (SELECT visit_id, revision, coalesce({KEY_COLUMNS[by]}, '') AS key, "
        f"{title} AS name FROM visits WHERE {wanted}) v USING (visit_id, revision) WHERE {_ASKED} GROUP BY ALL",
        parameters,
    )
    counts: dict[tuple[str, str, str], dict[int, int]] = {}
    names: dict[str, str] = {}
    for metric, variant, answer, key, name, count in rows:
        scale = _SCALES.get((metric, variant))
        if scale is None or not scale[0] <= answer <= scale[1]:
            continue
        names[key] = max(names.get(key, ""), name or key)
        for group in {"", key}:
            cell = counts.setdefault((metric, variant, group), {})
            cell[answer] = cell.get(answer, 0) + count
    made = [_metric(*which, names.get(which[2], ""), cell) for which, cell in counts.items()]
    made.sort(key=lambda one: (one.metric != "nps", one.metric != "csat", one.variant, one.title.casefold(), one.group))
    return tuple(one for one in made if not one.group), tuple(one for one in made if one.group)


def _metric(metric: str, variant: str, group: str, title: str, counts: Mapping[int, int]) -> MetricResult:
    n = sum(counts.values())
    answers = [answer for answer, count in counts.items() for _one in range(count)]
    if metric == "nps":
        value = nps(answers)
        interval = nps_interval(_at_least(counts, 9), n - _at_least(counts, 7), n)
    elif metric == "ces" and variant == "seven_mean":
        value = ces(answers, variant)
        interval = _mean_interval(counts, n)
    else:
        value = csat(answers, variant) if metric == "csat" else ces(answers, variant)
        least = 3 if variant == "faces" else 5 if variant == "seven_top" else 4
        share = wilson(_at_least(counts, least), n)
        interval = share.interval if share else None
    assert value is not None, "a group is made of answers"
    note = "" if interval else "one_answer" if n < 2 else "all_equal"
    kept = tuple(sorted(counts.items()))
    return MetricResult(metric, variant, group, title if group else "", n, float(value), interval, note, kept)


def _at_least(counts: Mapping[int, int], least: int) -> int:
    return sum(count for answer, count in counts.items() if answer >= least)


def _mean_interval(counts: Mapping[int, int], n: int) -> Interval | None:
    total = sum(answer * count for answer, count in counts.items())
    squares = sum(count * (n * answer - total) ** 2 for answer, count in counts.items()) / n**2
    estimate = simple_mean(n, total / n, squares)
    return estimate.interval((1.0, 7.0)) if estimate and squares > 0 else None


# --- what goes with them


def _associations(source: Source, filters: Filters, forms: FormSet | None) -> tuple[Association, ...]:
    wanted, parameters = where(Question("", Measure(), filters, forms))
    sql = _TOGETHER.format(numbers=number_answers(source), scores=source.table("scores"), wanted=wanted)
    found = [_association(*row) for row in source.rows(sql, parameters) if (row[0], row[1]) in _SCALES]
    return _adjusted(sorted(found, key=lambda one: (one.metric, one.variant, one.dimension)))


def _association(
    metric: str, variant: str, dimension: str, title: str, n: int, both: int, xs: int, ys: int
) -> Association:
    found = Association(metric, variant, dimension, title or dimension, n)
    if n < MINIMUM_PAIRS:
        return replace(found, note="few")
    correlation = rank_correlation(n, int(both), int(xs), int(ys))
    if correlation is None:
        return replace(found, note="all_equal")
    r, interval = correlation
    # An effort is better the lower it is: the sign is the answers', not a judgement.
    return replace(found, r=r, interval=interval, p=correlation_tail(r, n))


def _adjusted(found: Iterable[Association]) -> tuple[Association, ...]:
    made = list(found)
    tested = [place for place, one in enumerate(made) if one.p is not None]
    for place, adjusted in zip(tested, benjamini_hochberg([made[at].p or 0.0 for at in tested]), strict=True):
        sign = 1 if (made[place].r or 0.0) > 0 else -1
        made[place] = replace(made[place], adjusted=adjusted, goes_with=sign if adjusted <= 1 - LEVEL else 0)
    return tuple(sorted(made, key=lambda one: (one.metric != "nps", one.metric, one.variant, -abs(one.r or 0.0))))


def _said(metrics: Iterable[MetricResult], associations: Iterable[Association]) -> tuple[Reason, ...]:
    said = []
    for one in metrics:
        values = {"metric": one.metric, "variant": one.variant, "value": repr(one.value), "n": str(one.n)}
        if one.interval:
            values |= {"low": repr(one.interval.low), "high": repr(one.interval.high)}
        said.append(Reason("metric" if one.interval else f"metric_{one.note}", tuple(values.items())))
    if not said:
        return (Reason("metrics_nothing"),)
    tested = list(associations)
    going = [one for one in tested if one.goes_with]
    for found in going[:3]:
        values = {"metric": found.metric, "dimension": found.title, "r": repr(found.r), "n": str(found.n)}
        said.append(Reason("goes_with" if found.goes_with > 0 else "goes_against", tuple(values.items())))
    if tested and not going:
        few = all(one.note == "few" for one in tested)
        said.append(Reason("goes_few" if few else "goes_none", (("minimum", str(MINIMUM_PAIRS)),)))
    return tuple(said)
