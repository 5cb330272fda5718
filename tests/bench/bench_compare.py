"""The comparison by store against DuckDB's bare GROUP BY on the same Parquet, its memory, and a change of filter.

`python tests/bench/bench_compare.py 1000000` measures a million visits to 900 stores; by default 200,000. The bare query has
no more than the sums that the statistics are made of. Both are timed in turns, the best of several, each with a connection.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from mshopper.compare.comparison import Asked, compare
from mshopper.compare.forms import FormSets
from mshopper.compare.source import TableFiles, open_files
from mshopper.exchange.schema import TABLES
from mshopper.model.comparison import Filters, StoreComparison

STORES, TURNS = 900, 9
SCHEMA = {table.name: {column.name: column.type for column in table.columns} for table in TABLES}
BARE = """
SELECT store_id, count(*), avg(percent), stddev_samp(percent), sum(earned), sum(possible),
    count_if(verdict = 'pass'), count_if(criticals <> '')
FROM read_parquet('{files}', hive_partitioning = false) GROUP BY store_id
"""
CELLS = {
    "visit_id": "uuid()::VARCHAR",
    "revision": "1::BIGINT",
    "form_id": "'store_visit'",
    "form_version": "'2026.1'",
    "form_hash": "repeat('f', 64)",
    "store_id": "'S' || store",
    "store_name": "'Milano ' || store",
    "region": "'Region ' || (store % 20)",
    "auditor_id": "'a' || (store % 211)",
    "auditor": "'Anna ' || (store % 211)",
    "channel": "'store'",
    "started_at": "strftime(began, '%Y-%m-%dT%H:%M:%S.000+01:00')",
    "minutes": "31.5::DECIMAL(38, 12)",
    "percent": "percent::DECIMAL(38, 12)",
    "earned": "percent::DECIMAL(38, 12)",
    "possible": "100::DECIMAL(38, 12)",
    "verdict": "CASE WHEN percent > 70 THEN 'pass' ELSE 'fail' END",
    "criticals": "CASE WHEN percent < 50 THEN 'q1' END",
    "status": "'submitted'",
}
KINDS = {"integer": "BIGINT", "number": "DECIMAL(38, 12)", "boolean": "BOOLEAN"}


def run(scale: int = 200_000) -> list[tuple[str, float, float | None]]:
    """(what, number, limit), for `scale` visits."""
    with tempfile.TemporaryDirectory(prefix="bench-compare-") as name:
        large, small = Path(name, "large"), Path(name, "small")
        _write(large, scale)
        _write(small, 100_000)
        bare, ours = _in_turns(lambda: _bare(large), lambda: _compared(large))
        peak = json.loads(
            subprocess.run([sys.executable, __file__, "--peak", str(large)], capture_output=True, check=True).stdout
        )
        return [
            (f"compare by store, {scale} visits / DuckDB's bare GROUP BY of the same Parquet", ours / bare, 2.0),
            (f"compare by store, {scale} visits, seconds", ours, None),
            ("peak memory, GB", peak, 1.0),
            ("a change of filter, 100,000 visits, the slowest, seconds", _slowest_filter(small), 0.3),
        ]


def _write(folder: Path, visits: int) -> None:
    """Tables as `merge --parquet` leaves them: a folder a month."""
    for table in TABLES:
        (folder / table.name).mkdir(parents=True)
    columns = ", ".join(_column(column.name, column.type) for column in TABLES[0].columns)
    seconds = 365 * 86_400 // visits
    connection = duckdb.connect()
    connection.execute("SELECT setseed(0.5)")
    connection.execute(
        f"COPY (SELECT {columns}, strftime(began, '%Y-%m') AS month FROM (SELECT (random() * {STORES})::INTEGER AS store, "
        f"round(40 + random() * 60, 2) AS percent, TIMESTAMP '2026-01-01 08:00:00' + to_seconds(i * {seconds}) AS began "
        f"FROM range({visits}) t(i))) TO '{folder / 'visits'}' "
        "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (month), FILENAME_PATTERN 'part-{i}')"
    )
    connection.close()


def _column(name: str, kind: str) -> str:
    return f'{CELLS.get(name) or "NULL::" + KINDS.get(kind, "VARCHAR")} AS "{name}"'


def _files(folder: Path) -> TableFiles:
    return TableFiles({table.name: folder / table.name for table in TABLES}, is_parquet=True)


def _bare(folder: Path) -> int:
    with duckdb.connect(config={"threads": "2"}) as connection:
        return len(connection.execute(BARE.format(files=folder / "visits" / "**" / "*.parquet")).fetchall())


def _compared(folder: Path) -> StoreComparison:
    with open_files(_files(folder), SCHEMA) as source:
        return compare(source, FormSets(source), Asked())


def _in_turns(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """The best time of each, in seconds."""
    best = [float("inf")] * 2
    for _turn in range(TURNS):
        for place, act in enumerate((first, second)):
            start = time.perf_counter()
            act()
            best[place] = min(best[place], time.perf_counter() - start)
    return best[0], best[1]


def _slowest_filter(folder: Path) -> float:
    """On tables that a screen holds open: each key and filter, the best of three, and of these the slowest."""
    slowest = 0.0
    with open_files(_files(folder), SCHEMA) as source:
        forms = FormSets(source)
        for by in ("store", "region", "auditor", "weekday", "hour", "month"):
            for filters in (
                Filters(),
                Filters(regions=("Region 3", "Region 7")),
                Filters(first_day="2026-07-01", last_day="2026-09-30"),
                Filters(weekdays=(1, 2), hours=(9, 10, 11)),
            ):
                best = float("inf")
                for _turn in range(3):
                    start = time.perf_counter()
                    compare(source, forms, Asked(by, filters=filters))
                    best = min(best, time.perf_counter() - start)
                slowest = max(slowest, best)
    return slowest


def _peak() -> float:
    # Not ru_maxrss, which begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / (1 << 20)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        _compared(Path(sys.argv[2]))
        print(_peak())
    else:
        for what, number, limit in run(*map(int, sys.argv[1:2])):
            print(f"{what}: {number:.3f}" + (f" (limit {limit})" if limit else ""))
