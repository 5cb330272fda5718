"""Flags of answers: straight lines, twins, copied comments, too much N/A, a score at odds with the recommendation.

Whether two visits agree by chance is told from how often each answer is given in visits of the form, each question by
itself: the surprise of an answer is −ln of that share, and that of a visit their sum.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import math

from mshopper.compare.facts import CLOSED, SCALES, Samples
from mshopper.compare.flags_times import reason
from mshopper.compare.numbers import number_answers
from mshopper.compare.source import Source
from mshopper.model.flags import (
    COMMENT_ALONE,
    COMMENT_LENGTH,
    ENOUGH_VISITS,
    NA_LEAST,
    NA_OUTLIER,
    NPS_HIGH,
    NPS_LOW,
    SCORE_HIGH,
    SCORE_LOW,
    STOCK_VISITS,
    STRAIGHT_SCALES,
    STRAIGHT_YES_NO,
    TWIN_ANSWERS,
    UNLIKELY_LINE,
    UNLIKELY_TWIN,
    Flag,
)

_LEARNT_FROM = 1000
"""Visits of a form from which shares of answers are learnt: enough to know them to three points in a hundred."""
_BAND = 10
"""Points of score within which visits are compared."""
_OTHERS = 20

# How surprising the answers of candidates (visit_id, revision, kind) are, beside those of the form's visits with a like score:
# visits to good shops agree since the shops are good. One is added to every count, so that what only this visit said isn't
# impossible.
_SURPRISE = f"""
WITH candidates AS ({{candidates}}),
banded AS (SELECT visit_id, revision, form_id, coalesce(floor(percent / {_BAND}), -1) AS band FROM visit_facts),
chosen AS (SELECT visit_id, revision, kind, form_id, band FROM candidates JOIN banded USING (visit_id, revision)),
learnt AS (
    SELECT visit_id, revision, form_id, band FROM banded SEMI JOIN chosen USING (form_id, band)
    QUALIFY row_number() OVER (PARTITION BY form_id, band ORDER BY visit_id) <= {_LEARNT_FROM}),
given AS (
    SELECT l.form_id, l.band, a.question_id, a.value, count(*) AS n FROM {{answers}} a JOIN learnt l USING (visit_id, revision)
    WHERE a.type IN {CLOSED} AND NOT coalesce(a.na, false) AND a.value <> '' GROUP BY ALL),
asked AS (SELECT form_id, band, question_id, sum(n) AS n, count(*) AS kinds FROM given GROUP BY ALL),
told AS (
    SELECT c.visit_id, c.kind, c.form_id, c.band, a.question_id, a.instance, a.value FROM {{answers}} a
    JOIN chosen c USING (visit_id, revision)
    WHERE NOT coalesce(a.na, false) AND a.value <> '' AND a.type IN {CLOSED}
        AND (c.kind = 'all' OR (c.kind = 'yes_no' AND a.type = 'yes_no') OR (c.kind = 'scale' AND a.type IN {SCALES})))
SELECT t.visit_id, t.kind, count(*), sum(-ln((coalesce(g.n, 0) + 1) / (coalesce(k.n, 0) + coalesce(k.kinds, 0) + 1))),
    min(t.value), list((t.question_id, t.instance) ORDER BY t.question_id, t.instance)
FROM told t LEFT JOIN given g USING (form_id, band, question_id, value) LEFT JOIN asked k USING (form_id, band, question_id)
GROUP BY t.visit_id, t.kind
"""


def straight_lines(source: Source) -> list[Flag]:
    """Visits with the same answer to every question of a kind, where other visits of the form answer differently."""
    candidates = (
        "SELECT visit_id, revision, 'scale' AS kind FROM visit_facts "
        f"WHERE scales >= {STRAIGHT_SCALES} AND same_scales UNION ALL "
        "SELECT visit_id, revision, 'yes_no' FROM visit_facts "
        f"WHERE yeses + noes >= {STRAIGHT_YES_NO} AND least(yeses, noes) = 0"
    )
    lines = _surprises(source, candidates)
    forms = _form_sizes(source, [line[0] for line in lines])
    return [
        Flag(visit, reason("straight_lining", n=n, value=value, kind=kind), questions=_pairs(questions))
        for visit, kind, n, surprise, value, questions in lines
        if forms[visit] * math.exp(-surprise) < UNLIKELY_LINE
    ]


def identical_answers(source: Source) -> list[Flag]:
    """Visits of one form with all the same closed answers, N/A included, though they lost points and could have differed."""
    twins = (
        "SELECT form_id, twin, closed FROM visit_facts "
        f"WHERE closed >= {TWIN_ANSWERS} AND lost GROUP BY form_id, twin, closed HAVING count(*) > 1"
    )
    candidates = (
        f"SELECT v.visit_id, v.revision, 'all' AS kind FROM visit_facts v JOIN ({twins}) t "
        "ON t.form_id = v.form_id AND t.twin = v.twin AND t.closed = v.closed WHERE v.lost"
    )
    surprises = {row[0]: (row[2], row[3]) for row in _surprises(source, candidates)}
    if not surprises:
        return []
    sizes = _form_sizes(source, list(surprises))
    groups: dict[tuple[str, object], list[str]] = {}
    for visit, form_id, twin in source.rows(
        "SELECT visit_id, form_id, twin FROM visit_facts WHERE list_contains(?::VARCHAR[], visit_id)", [list(surprises)]
    ):
        groups.setdefault((form_id, twin), []).append(visit)
    flags = []
    for visits in groups.values():
        for visit in sorted(visits):
            n, surprise = surprises[visit]
            others = sorted(other for other in visits if other != visit)
            if others and sizes[visit] * math.exp(-surprise) < UNLIKELY_TWIN:
                flags.append(Flag(visit, reason("identical_answers", n=n, visits=len(others)), tuple(others[:_OTHERS])))
    return flags


def _form_sizes(source: Source, visits: list[str]) -> dict[str, int]:
    """How many visits there are of the form of each of these visits."""
    rows = source.rows(
        "SELECT visit_id, n FROM visit_facts JOIN (SELECT form_id, count(*) AS n FROM visit_facts GROUP BY form_id) "
        "USING (form_id) WHERE list_contains(?::VARCHAR[], visit_id)",
        [visits],
    )
    return dict(rows)


def _surprises(source: Source, candidates: str) -> list[tuple[str, str, int, float, str, list[tuple[str, str]]]]:
    """(visit, kind, answers, surprise, least answer, questions) of each candidate; nothing is read where there is none."""
    if not source.rows(f"SELECT 1 FROM ({candidates}) LIMIT 1"):
        return []
    sql = _SURPRISE.format(candidates=candidates, answers=source.table("answers"))
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in sorted(source.rows(sql))]


def copied_comments(source: Source, samples: Samples) -> list[Flag]:
    """Visits with comments or texts, long enough to be one's own, that stand word for word in other visits."""
    rows = source.rows(
        "WITH said AS (SELECT visit_id, revision, question_id, instance, "
        "unnest(CASE WHEN type = 'text' THEN [comment, value] ELSE [comment] END) AS words "
        f"FROM {source.table('answers')} WHERE length(comment) >= {COMMENT_LENGTH} "
        f"OR (type = 'text' AND length(value) >= {COMMENT_LENGTH})), "
        "plain AS (SELECT v.visit_id, question_id, instance, lower(trim(regexp_replace(words, '\\s+', ' ', 'g'))) AS words "
        f"FROM said JOIN visit_facts v USING (visit_id, revision) WHERE length(words) >= {COMMENT_LENGTH}), "
        "shared AS (SELECT words, list(DISTINCT visit_id ORDER BY visit_id) AS visits FROM plain GROUP BY words "
        f"HAVING count(DISTINCT visit_id) BETWEEN 2 AND {STOCK_VISITS}) "
        "SELECT visit_id, question_id, instance, words, visits FROM plain JOIN shared USING (words)"
    )
    ours = {" ".join(text.split()).lower() for text in samples.texts}
    found: dict[str, list[tuple[str, str, str, list[str]]]] = {}
    for visit, *copy in sorted(rows):
        if copy[2] not in ours:
            found.setdefault(visit, []).append((copy[0], copy[1], copy[2], copy[3]))
    flags = []
    for visit, copies in found.items():
        texts = {copy[2] for copy in copies}
        if len(texts) < 2 and max(map(len, texts)) < COMMENT_ALONE:
            continue
        others = sorted({other for copy in copies for other in copy[3]} - {visit})
        questions = tuple(dict.fromkeys((copy[0], copy[1]) for copy in copies))
        made = reason("copied_comments", n=len(texts), visits=len(others))
        flags.append(Flag(visit, made, tuple(others[:_OTHERS]), questions))
    return flags


def na_rates(source: Source) -> list[Flag]:
    """Visits with far more N/A than their form usually has, its own spread from visit to visit taken into account.

    z² of a visit is (k − n·p)² / (n·p·(1 − p)); their median over that of χ² with one degree of freedom (0.4549) is how much
    more than chance the visits differ.
    """
    rows = source.rows(
        "WITH form AS (SELECT form_id, sum(nas) / sum(asked) AS p, count(*) AS n FROM visit_facts WHERE asked > 0 "
        "GROUP BY form_id), "
        "told AS (SELECT visit_id, revision, form_id, nas, asked, p, (nas - asked * p) / sqrt(asked * p * (1 - p)) AS z "
        f"FROM visit_facts JOIN form USING (form_id) WHERE asked > 0 AND p > 0 AND p < 1 AND n >= {ENOUGH_VISITS}), "
        "wide AS (SELECT form_id, greatest(1, sqrt(median(z * z) / 0.4549)) AS width FROM told GROUP BY form_id) "
        "SELECT visit_id, nas, asked, p, list((question_id, instance) ORDER BY question_id, instance) "
        f"FROM told JOIN wide USING (form_id) JOIN {source.table('answers')} a USING (visit_id, revision) "
        f"WHERE a.na AND nas >= {NA_LEAST} AND z / width > {NA_OUTLIER} GROUP BY visit_id, nas, asked, p"
    )
    return [
        Flag(visit, reason("na_rate", n=nas, of=asked, usual=100 * p), questions=_pairs(questions))
        for visit, nas, asked, p, questions in sorted(rows)
    ]


def scores_at_odds(source: Source) -> list[Flag]:
    """Visits whose score says the contrary of the recommendation, at the ends of what their form's visits score."""
    rows = source.rows(
        "WITH said AS (SELECT visit_id, revision, avg(number) AS nps, "
        "list(DISTINCT (question_id, instance) ORDER BY (question_id, instance)) AS questions "
        f"FROM {number_answers(source)} WHERE kind = 'nps' GROUP BY ALL HAVING nps >= {NPS_HIGH} OR nps <= {NPS_LOW}), "
        "ranked AS (SELECT visit_id, revision, percent, percent_rank() OVER (PARTITION BY form_id ORDER BY percent) AS place, "
        "count(*) OVER (PARTITION BY form_id) AS n FROM visit_facts WHERE percent IS NOT NULL) "
        "SELECT visit_id, percent, nps, questions FROM said JOIN ranked USING (visit_id, revision) "
        f"WHERE (nps >= {NPS_HIGH} AND percent < {SCORE_LOW} AND (place <= 0.1 OR n < {ENOUGH_VISITS})) "
        f"OR (nps <= {NPS_LOW} AND percent >= {SCORE_HIGH})"
    )
    return [
        Flag(visit, reason("score_nps", percent=percent, nps=nps), questions=_pairs(questions))
        for visit, percent, nps, questions in sorted(rows)
    ]


def _pairs(questions: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((question, instance) for question, instance in questions)
