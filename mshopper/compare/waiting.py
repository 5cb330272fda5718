"""Waiting and response times against their targets: every stopwatch of the forms, by question, touchpoint and hour of day."""

from typing import Any

from mshopper.compare.numbers import number_answers
from mshopper.compare.selection import condition
from mshopper.compare.source import Source
from mshopper.model.comparison import Filters
from mshopper.model.findings import Waiting, WaitingTimes
from mshopper.model.scoresheet import Reason
from mshopper.model.statistics import wilson

# A time within its target: the form's, where it is known, else one that earned all the points it could.
_SQL = """
WITH times AS (
    SELECT v.form_id, a.question_id, a.label, coalesce(q.touchpoint, '') AS touchpoint, v.hour, q.target,
        a.number AS seconds, CASE WHEN q.target IS NOT NULL THEN a.number <= q.target ELSE a.is_full END AS within
    FROM {numbers} a
    JOIN (SELECT visit_id, revision, form_id, form_hash, hour FROM visits WHERE {wanted}) v USING (visit_id, revision)
    LEFT JOIN form_questions q ON q.form_hash = v.form_hash AND q.question_id = a.question_id
    WHERE a.kind = 'duration' AND a.number >= 0
)
SELECT form_id, question_id, touchpoint, hour, grouping(question_id), grouping(hour), max(label), count(*),
    quantile_cont(seconds, 0.5), quantile_cont(seconds, 0.9), max(target), min(target), count(within), count_if(within)
FROM times
GROUP BY GROUPING SETS ((form_id, question_id), (form_id, question_id, hour), (touchpoint), (touchpoint, hour))
"""


def waiting_times(source: Source, filters: Filters) -> WaitingTimes:
    """All durations that were measured. `form_questions` must be there (`KnownForms`). Raises HeadOfficeError."""
    wanted, parameters = condition(filters)
    rows = source.rows(_SQL.format(numbers=number_answers(source), wanted=wanted), parameters)
    made = [_waiting(row) for row in rows]
    # A touchpoint without a name is no place of the journey, and an hour that isn't known no hour.
    made = [(one, by_hour) for one, by_hour in made if one.id and (not by_hour or one.hour is not None)]
    questions = sorted((one for one, by_hour in made if one.kind == "question" and not by_hour), key=_order)
    touchpoints = sorted((one for one, by_hour in made if one.kind == "touchpoint" and not by_hour), key=_order)
    hours = sorted((one for one, by_hour in made if by_hour), key=lambda one: (*_order(one), one.hour or 0))
    return WaitingTimes(tuple(questions), tuple(touchpoints), tuple(hours), _said(questions))


def _waiting(row: tuple[Any, ...]) -> tuple[Waiting, bool]:
    form_id, question, touchpoint, hour, no_question, no_hour, label, n, median, p90, high, low, judged, hits = row
    is_question = not no_question
    title = (label or question) if is_question else touchpoint
    return Waiting(
        "question" if is_question else "touchpoint",
        question if is_question else touchpoint,
        title,
        None if no_hour else hour,
        n,
        median,
        p90,
        high if high == low else None,
        wilson(int(hits or 0), judged),
        form_id if is_question else "",
    ), not no_hour


def _order(one: Waiting) -> tuple[str, float, str, str]:
    """What misses its target for certain first: by the upper end of the interval, so that one late answer isn't the worst."""
    return (one.kind, one.within.interval.high if one.within else 101.0, one.form_id, one.id)


def _said(questions: list[Waiting]) -> tuple[Reason, ...]:
    if not questions:
        return (Reason("times_nothing"),)
    judged = [one for one in questions if one.within]
    if not judged:
        return (Reason("times_no_target"),)
    worst = judged[0]
    assert worst.within is not None
    values = {
        "question": worst.title,
        "share": repr(worst.within.share),
        "low": repr(worst.within.interval.low),
        "high": repr(worst.within.interval.high),
        "n": str(worst.within.n),
        "median": repr(worst.median),
        "target": "" if worst.target is None else repr(worst.target),
    }
    return (Reason("times_worst", tuple(values.items())),)
