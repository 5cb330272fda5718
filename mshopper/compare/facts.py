"""What flags are made of: one pass over the answers gives a short table of facts a visit, `visit_facts`.

Beside it stand the facts that only this laptop has of its own visits (`Capture`): with what and where photos were taken, and
when the journal saw answers come.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mshopper.compare.source import Source

CLOSED = "('yes_no', 'choice', 'choices', 'rating', 'csat', 'ces', 'nps', 'ranking')"
SCALES = "('rating', 'csat', 'ces')"

# `twin` adds up a hash of each closed answer, so that visits with the same answers have the same number, whatever the order of
# rows.
_FACTS = f"""
CREATE TABLE visit_facts AS
WITH told AS (
    SELECT visit_id, revision, count(*) AS asked, count_if(na) AS nas, count_if(NOT na AND value <> '') AS answered,
        count_if(NOT na AND value <> '' AND type IN {CLOSED}) AS closed,
        sum(hash(question_id, instance, value, na)) FILTER (type IN {CLOSED}) AS twin,
        count_if(type IN {SCALES} AND NOT na AND value <> '') AS scales,
        min(hash(value)) FILTER (type IN {SCALES} AND NOT na AND value <> '')
            = max(hash(value)) FILTER (type IN {SCALES} AND NOT na AND value <> '') AS same_scales,
        count_if(type = 'yes_no' AND value = 'yes') AS yeses,
        count_if(type = 'yes_no' AND value = 'no') AS noes
    FROM {{answers}} GROUP BY visit_id, revision)
SELECT v.visit_id, v.revision, v.form_id, v.store_id, v.auditor_id, v.channel, v.percent::DOUBLE AS percent,
    v.minutes::DOUBLE AS minutes, v.started_at, v.ended_at, v.submitted_at,
    TRY_CAST(v.started_at[:19] AS TIMESTAMP) AS local_start, TRY_CAST(v.ended_at[:19] AS TIMESTAMP) AS local_end,
    TRY_CAST(v.started_at AS TIMESTAMPTZ) AS start, TRY_CAST(v.ended_at AS TIMESTAMPTZ) AS ended,
    TRY_CAST(v.submitted_at AS TIMESTAMPTZ) AS submitted, v.percent < 100 AS lost, t.* EXCLUDE (visit_id, revision)
FROM visits v LEFT JOIN told t USING (visit_id, revision) WHERE v.status <> 'not_done'
"""


@dataclass(frozen=True, slots=True)
class PhotoFact:
    """With what and where a photo of an own visit was taken: make and model, decimal degrees; "" where it doesn't say."""

    visit_id: str
    revision: int
    sha256: str
    device: str
    latitude: str
    longitude: str


@dataclass(frozen=True, slots=True)
class JournalFact:
    """A line of this laptop's journal that has a visit, in the journal's order; `questions` are ids of what was answered."""

    visit_id: str
    revision: int
    event: str
    at: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capture:
    """What a laptop knows of its own visits beyond the tables; empty for merged tables."""

    photos: tuple[PhotoFact, ...] = ()
    journal: tuple[JournalFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Samples:
    """What comes with mshopper for its demo, which all demos share and nobody copied: SHA-256 of photos, and texts."""

    photos: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()


def visit_facts(source: Source) -> str:
    """The name of the table of facts. Raises HeadOfficeError where the tables can't be read."""
    if not source.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'visit_facts'"):
        source.rows(_FACTS.format(answers=source.table("answers")))
    return "visit_facts"


def put_table(source: Source, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]) -> str:
    """Make a table of values, by column: a parameter a cell would take fifty times as long."""
    source.rows(f"CREATE OR REPLACE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns)})")
    kept = list(rows)
    if kept:
        cells = ", ".join(f"unnest(?::{kind}[])" for _column, kind in columns)
        source.rows(f"INSERT INTO {name} SELECT {cells}", [list(cells) for cells in zip(*kept, strict=True)])
    return name
