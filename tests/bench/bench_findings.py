"""Findings and flags over 100,000 visits with three million answers, against reading the same Parquet once.

`python tests/bench/bench_findings.py 10000` measures fewer. The peer is DuckDB's bare sums by question.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from mshopper.compare.facts import visit_facts
from mshopper.compare.flags import all_flags
from mshopper.compare.heat import heat_map
from mshopper.compare.known_forms import KnownForms
from mshopper.compare.lost import journey, lost_points
from mshopper.compare.numbers import number_answers
from mshopper.compare.satisfaction import satisfaction
from mshopper.compare.source import TableFiles, open_files
from mshopper.compare.waiting import waiting_times
from mshopper.exchange.schema import TABLES
from mshopper.model.comparison import Filters

_TYPES = {"integer": "BIGINT", "number": "DECIMAL(38, 12)", "boolean": "BOOLEAN"}
_VISIT = {
    "form_id": "'f'",
    "form_version": "'1'",
    "form_hash": "'h'",
    "store_id": "'s' || n % 1000",
    "store_name": "'Store ' || n % 1000",
    "region": "'R' || n % 20",
    "auditor_id": "'a' || n % 60",
    "channel": "'store'",
    "started_at": "strftime(began, '%Y-%m-%dT%H:%M:%S+01:00')",
    "ended_at": "strftime(began + to_seconds(60 * took), '%Y-%m-%dT%H:%M:%S+01:00')",
    "submitted_at": "strftime(began + to_seconds(60 * took), '%Y-%m-%dT%H:%M:%S+01:00')",
    "minutes": "round(took, 1)",
    "percent": "round(100 * quality, 2)",
    "earned": "round(125 * quality, 2)",
    "possible": "125",
    "status": "'submitted'",
}
_ANSWER = {
    "question_id": "'question_' || q",
    "instance": "''",
    "label": "'Question ' || q",
    "type": "CASE WHEN q < 18 THEN 'yes_no' WHEN q < 25 THEN 'rating' WHEN q = 25 THEN 'nps' WHEN q = 26 THEN 'csat' "
    "WHEN q < 29 THEN 'duration' ELSE 'text' END",
    "variant": "CASE WHEN q = 26 THEN '5' ELSE '' END",
    "value": "CASE WHEN q < 18 THEN CASE WHEN good THEN 'yes' ELSE 'no' END "
    "WHEN q < 27 THEN (1 + floor(least(4.9, 2.5 * (quality + random()))))::INTEGER::VARCHAR "
    "WHEN q < 29 THEN floor(300 * random())::INTEGER::VARCHAR ELSE 'What visit ' || n || ' has to say of all this' END",
    "na": "random() < 0.03",
    "comment": "CASE WHEN q % 5 = 0 AND random() < 0.1 THEN 'A comment of a certain length of ' || n || '-' || q ELSE '' END",
    "earned": "CASE WHEN q < 25 THEN 5 * good::INTEGER END",
    "possible": "CASE WHEN q < 25 THEN 5 END",
}
_SCORE = {"kind": "'dimension'", "id": "d", "instance": "''", "title": "d", "percent": "round(100 * quality)"}
_PHOTO = {
    "question_id": "'question_1'",
    "instance": "''",
    "sha256": "md5(n || '-' || p)",
    "original_sha256": "md5(n || '+' || p)",
    "taken_at": "strftime(began + INTERVAL 3 MINUTE, '%Y-%m-%dT%H:%M:%S')",
    "perceptual_hash": "printf('%016x', hash(n || '-' || p))",
}
_PARTS = {
    "visits": (_VISIT, "made"),
    "answers": (_ANSWER, "(SELECT *, random() < 0.2 + 0.7 * quality AS good FROM made, range(30) r(q))"),
    "scores": (_SCORE, "made, (VALUES ('time'), ('quality'), ('courtesy')) k(d)"),
    "photos": (_PHOTO, "made, range(3) r(p)"),
}


def run(scale: int = 100_000) -> list[tuple[str, float, float | None]]:
    """(what, ratio or seconds, limit), for `scale` visits."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-findings-") as name:
        folder = Path(name)
        _make(folder, scale)
        schema = {table.name: {column.name: column.type for column in table.columns} for table in TABLES}
        files = TableFiles({table.name: folder / table.name for table in TABLES}, is_parquet=True)
        with open_files(files, schema) as source:
            known, day = KnownForms(source, {}), Filters()
            peer = _best(
                lambda: source.rows(f"SELECT question_id, sum(earned) FROM {source.table('answers')} GROUP BY 1")
            )
            prepared = _seconds(lambda: (number_answers(source), visit_facts(source)))
            rows: list[tuple[str, float, float | None]] = [
                (f"findings: {what} over {scale} visits / one bare sum by question", _best(ask) / peer, None)
                for what, ask in (
                    ("lost points", lambda: lost_points(source, known, day)),
                    ("journey", lambda: journey(source, known, day)),
                    ("heat map", lambda: heat_map(source, known, day)),
                    ("waiting times", lambda: waiting_times(source, day)),
                    ("metrics and what goes with them", lambda: satisfaction(source, day)),
                )
            ]
            rows.append(("findings: facts and numbers picked out once, seconds", prepared, None))
            rows.append(("flags of all visits, seconds", _seconds(lambda: all_flags(source)), None))
            rows.append(("one bare sum by question, seconds", peer, None))
    return rows


def _make(folder: Path, scale: int) -> None:
    connection = duckdb.connect(config={"threads": 2})
    connection.execute(
        "CREATE TABLE made AS SELECT n, 'v' || md5(n::VARCHAR) AS visit_id, 1 AS revision, random() AS quality, "
        f"10 + 20 * random() AS took, TIMESTAMP '2026-01-01 08:00:00' + to_minutes(5 * n) AS began FROM range({scale}) r(n)"
    )
    for table in TABLES:
        cells, relation = _PARTS[table.name]
        cells = {"visit_id": "visit_id", "revision": "revision", **cells}
        columns = ", ".join(
            f'({cells.get(column.name, "NULL")})::{_TYPES.get(column.type, "VARCHAR")} AS "{column.name}"'
            for column in table.columns
        )
        (folder / table.name).mkdir()
        target = folder / table.name / "part-0.parquet"
        connection.execute(f"COPY (SELECT {columns} FROM {relation}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    connection.close()


def _best(ask: Callable[[], object]) -> float:
    return min(_seconds(ask) for _try in range(3))


def _seconds(ask: Callable[[], object]) -> float:
    begin = time.perf_counter()
    ask()
    return time.perf_counter() - begin


if __name__ == "__main__":
    for what, number, _limit in run(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000):
        print(f"{what:<90}{number:>10.3f}")
