"""The same comparison of the same visits, wherever the tables come from; and folders that can't be compared."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import HeadOfficeError
from mshopper.exchange.schema import TABLES
from mshopper.progress import Cancelled, Progress
from tests.operations.conftest import begin, submitted

Laptop = Callable[[str], ops.Workspace]


def visited(workspace: ops.Workspace) -> None:
    """Five visits to two stores, one of which couldn't be made, and one that is still open."""
    for store, wait in (("MI-001", 30), ("MI-001", 90), ("MI-001", 45), ("RM-002", 61), ("RM-002", 90)):
        submitted(workspace, store, wait=wait)
    ops.mark_not_done(workspace, visit_id=begin(workspace, "RM-002").header.visit_id, reason="closed")
    begin(workspace)


def test_own_visits_merged_tables_and_parquet_give_the_same(laptop: Laptop, tmp_path: Path) -> None:
    """One laptop's visits: compared where they are, as merged CSV, from its cache, as Parquet, and half-way into a merge."""
    office = tmp_path / "office"
    with laptop("a") as workspace:
        visited(workspace)
        with ops.open_comparison(workspace) as own:
            expected, trends, auditors = own.stores(), own.trends(by="region"), own.auditors()
            columns = {row[0] for row in own.source.rows("DESCRIBE visits")}
            assert {column for table in TABLES[:1] for column in table.column_names} <= columns
        assert [(group.id, group.n, group.title) for group in expected.groups] == [
            ("MI-001", 3, "Milano Duomo"),
            ("RM-002", 2, "Roma, città"),
        ]
        ops.sync(workspace, office)
        before = {path: path.stat().st_mtime_ns for path in office.rglob("*")}
        for _time in range(2):
            with ops.open_comparison(workspace, office) as merged:
                assert (merged.stores(), merged.trends(by="region"), merged.auditors()) == (expected, trends, auditors)
        assert {path: path.stat().st_mtime_ns for path in office.rglob("*")} == before
        ops.merge(workspace, office, parquet=True)
        with ops.open_comparison(workspace, office) as parquet:
            assert not list(workspace.folder.glob("compared/*/*.tmp"))
            assert (parquet.stores(), parquet.trends(by="region"), parquet.auditors()) == (expected, trends, auditors)
        shutil.rmtree(office / "tables")
        (office / "head-office.csv").unlink()
        (office / "head-office.csv").write_bytes(b"half of a table")
        with ops.open_comparison(workspace, office) as previous:
            assert previous.stores() == expected


def test_what_cannot_be_compared_is_said(laptop: Laptop, tmp_path: Path) -> None:
    """Without a merge there is nothing to compare; damaged Parquet is a sentence; cancelling is silent."""
    office = tmp_path / "office"
    office.mkdir()
    with laptop("a") as workspace:
        with pytest.raises(HeadOfficeError, match="merge first"):
            ops.open_comparison(workspace, office)
        visited(workspace)
        ops.sync(workspace, office)
        ops.merge(workspace, office, parquet=True)
        for part in (office / "tables" / "visits").rglob("*.parquet"):
            part.write_bytes(part.read_bytes()[:100])
        with (
            pytest.raises(HeadOfficeError, match="can't be compared"),
            ops.open_comparison(workspace, office) as broken,
        ):
            broken.stores()
        with pytest.raises(Cancelled):
            ops.open_comparison(workspace, progress=Progress(is_cancelled=lambda: True))


def test_csv_holds_what_the_comparison_says(laptop: Laptop, tmp_path: Path) -> None:
    """A line a group with the same numbers, and a title that no spreadsheet runs."""
    with laptop("a") as workspace:
        ops.add_store(workspace, ops.list_stores(workspace)[0].__class__("=X", '=HYPERLINK("x")'))
        for store in ("MI-001", "MI-001", "=X"):
            submitted(workspace, store)
        with ops.open_comparison(workspace) as own:
            found = own.stores()
    path = ops.write_comparison_csv(found, tmp_path / "table.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["title"] for line in lines] == ['\'=HYPERLINK("x")', "Milano Duomo"]
    assert [(line["visits"], line["mean"], line["note"]) for line in lines] == [
        ("1", "100.0", "one_visit"),
        ("2", "100.0", "all_equal"),
    ]
    assert ops.comparison_data(found)["groups"][0]["title"] == '=HYPERLINK("x")'
