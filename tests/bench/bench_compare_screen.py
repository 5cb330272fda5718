"""The compare screen on 100,000 visits of a head office: from choosing the place to the table, and each change of filter.

`python tests/bench/bench_compare_screen.py 10000` measures fewer. The window is real, offscreen; the tables are Parquet with
answers and scores, as `merge --parquet` leaves them. "To the table" is until the league table shows the new numbers,
"all" until the picture and the visits do too.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import duckdb
from PySide6.QtCore import QEventLoop, QTimer

from mshopper import app as desktop
from mshopper import operations as ops
from mshopper.compare.source import TableFiles, open_files
from mshopper.exchange.schema import TABLES
from mshopper.model.comparison import Filters
from mshopper.operations import comparing
from mshopper.ui.compare.page import ComparePage
from mshopper.ui.compare.pictures import PICTURES
from mshopper.ui.main_window import MainWindow

LIMIT = 0.3
_KINDS = {"integer": "BIGINT", "number": "DECIMAL(38, 12)", "boolean": "BOOLEAN"}
_CELLS = {
    "visits": {
        "form_id": "'store_visit'",
        "form_version": "'1'",
        "form_hash": "repeat('f', 64)",
        "store_id": "'s' || n % 300",
        "store_name": "'Store ' || n % 300",
        "region": "'Region ' || n % 20",
        "auditor_id": "'a' || n % 60",
        "auditor": "'Auditor ' || n % 60",
        "channel": "'store'",
        "started_at": "strftime(began, '%Y-%m-%dT%H:%M:%S+01:00')",
        "minutes": "30",
        "percent": "round(100 * quality, 2)",
        "earned": "round(125 * quality, 2)",
        "possible": "125",
        "verdict": "CASE WHEN quality > 0.7 THEN 'pass' ELSE 'fail' END",
        "status": "'submitted'",
    },
    "scores": {"kind": "'dimension'", "id": "d", "instance": "''", "title": "d", "percent": "round(100 * quality)"},
    "answers": {
        "question_id": "'question_' || q",
        "instance": "''",
        "label": "'Question ' || q",
        "type": "CASE WHEN q < 18 THEN 'yes_no' ELSE 'rating' END",
        "value": "CASE WHEN good THEN 'yes' ELSE 'no' END",
        "na": "false",
        "earned": "5 * good::INTEGER",
        "possible": "5",
    },
    "photos": {"question_id": "'question_1'", "instance": "''", "sha256": "md5(n::VARCHAR)"},
}
_FROM = {
    "visits": "made",
    "scores": "made, (VALUES ('time'), ('quality'), ('courtesy')) k(d)",
    "answers": "(SELECT *, random() < quality AS good FROM made, range(25) r(q))",
    "photos": "made WHERE n % 10 = 0",
}


def _filters(turn: int) -> tuple[Filters, ...]:
    """Filters that weren't asked before: answers are remembered."""
    return (
        Filters(regions=(f"Region {turn}", "Region 17")),
        Filters(weekdays=(1, 2), hours=(9, 10 + turn)),
        Filters(auditors=tuple(f"a{n}" for n in range(turn, turn + 20))),
        Filters(verdicts=("pass",), hours=(turn, turn + 1, turn + 2)),
        Filters(first_day=f"2026-0{1 + turn % 9}-01"),
    )


def run(scale: int = 100_000) -> list[tuple[str, float, float | None]]:
    """(what, seconds, limit), for `scale` visits."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-compare-screen-") as name:
        folder = Path(name)
        _make(folder, scale)
        schema = {table.name: {column.name: column.type for column in table.columns} for table in TABLES}
        files = TableFiles({table.name: folder / table.name for table in TABLES}, is_parquet=True)
        # The folder's own bookkeeping isn't what is measured: the screen is given the tables themselves.
        comparing._of_folder = lambda _workspace, _folder: open_files(files, schema)
        with ops.open_workspace(folder / "data") as workspace:
            ops.change_settings(workspace, language="en", head_office=str(folder))
            window, desk = desktop.build(desktop._application(), workspace)
            window.resize(1366, 768)
            window.show()
            window.begin()
            try:
                return _measure(window, scale)
            finally:
                desk.stop_work()
                window.close()


def _measure(window: MainWindow, scale: int) -> list[tuple[str, float, float | None]]:
    def page() -> ComparePage:
        shown = window.screen_shown
        assert isinstance(shown, ComparePage)
        return shown

    rows: list[tuple[str, float, float | None]] = []
    for what in ("first opening, with all that is loaded for it", "opening again"):
        window.go_to_place("visits")
        table, everything = _timed(lambda: window.go_to_place("compare"), page)
        rows.append((f"compare screen, {scale} visits, {what}: to the table, seconds", table, LIMIT))
        rows.append((f"compare screen, {scale} visits, {what}: all of it, seconds", everything, None))
    for turn, picture in enumerate(PICTURES):
        start = time.perf_counter()
        page().tabs[picture.id].click()
        _wait(lambda: not page().is_busy)
        rows.append((f"picture {picture.id}, first asked, seconds", time.perf_counter() - start, None))
        slowest = {"table": 0.0, "all": 0.0}
        for filters in _filters(turn):
            change = partial(page()._change, replace(page().choice, filters=filters))
            table, everything = _timed(change, page)
            slowest = {"table": max(slowest["table"], table), "all": max(slowest["all"], everything)}
        rows.append((f"a change of filter, {picture.id}: to the table, the slowest, seconds", slowest["table"], LIMIT))
        rows.append((f"a change of filter, {picture.id}: all of it, the slowest, seconds", slowest["all"], LIMIT))
    return rows


def _timed(act: Callable[[], object], page: Callable[[], ComparePage]) -> tuple[float, float]:
    """Seconds until the table shows what was asked, and until everything does."""
    start = time.perf_counter()
    act()
    before = page().comparison if page().comparison else None
    _wait(lambda: page().comparison is not None and page().comparison is not before)
    table = time.perf_counter() - start
    _wait(lambda: not page().is_busy)
    return table, time.perf_counter() - start


def _wait(until: Callable[[], bool]) -> None:
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(1)
    timer.timeout.connect(lambda: loop.quit() if until() else None)
    timer.start()
    loop.exec()


def _make(folder: Path, scale: int) -> None:
    connection = duckdb.connect(config={"threads": 2})
    connection.execute(
        "CREATE TABLE made AS SELECT n, 'v' || md5(n::VARCHAR) AS visit_id, 1 AS revision, random() AS quality, "
        f"TIMESTAMP '2026-01-01 08:00:00' + to_minutes(5 * n) AS began FROM range({scale}) r(n)"
    )
    for table in TABLES:
        cells = {"visit_id": "visit_id", "revision": "revision", **_CELLS[table.name]}
        columns = ", ".join(
            f'({cells.get(column.name, "NULL")})::{_KINDS.get(column.type, "VARCHAR")} AS "{column.name}"'
            for column in table.columns
        )
        (folder / table.name).mkdir()
        target = folder / table.name / "part-0.parquet"
        connection.execute(
            f"COPY (SELECT {columns} FROM {_FROM[table.name]}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )
    connection.close()


if __name__ == "__main__":
    for what, seconds, _limit in run(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000):
        print(f"{what:<90}{seconds:>10.3f}")
