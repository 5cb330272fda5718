"""Answers that are numbers to be counted (NPS, CSAT, CES, durations), picked out of the answers once.

Few answers are of these types, so that each change of a filter joins a short table of numbers instead of reading every
answer anew.
"""

from mshopper.compare.source import Source

_NAME = "number_answers"
_SQL = """
CREATE TABLE IF NOT EXISTS {name} AS
SELECT visit_id, revision, question_id, instance, label, type AS kind,
    CASE type WHEN 'csat' THEN coalesce(nullif(variant, ''), '5') WHEN 'ces' THEN coalesce(nullif(variant, ''), 'seven_mean')
        ELSE '' END AS variant,
    TRY_CAST(value AS DOUBLE) AS number,
    CASE WHEN possible > 0 THEN earned >= possible END AS is_full
FROM {answers}
WHERE type IN ('nps', 'csat', 'ces', 'duration') AND NOT coalesce(na, false) AND isfinite(TRY_CAST(value AS DOUBLE))
"""


def number_answers(source: Source) -> str:
    """The name of that table: visit_id, revision, question_id, instance, label, kind, variant, number, is_full (NULL where
    it scores nothing).

    Raises HeadOfficeError where the tables can't be read.
    """
    source.rows(_SQL.format(name=_NAME, answers=source.table("answers")))
    return _NAME
