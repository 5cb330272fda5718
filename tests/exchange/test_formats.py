"""What other programs open: Excel workbooks, Parquet for engines, a Data Package that its own validator takes."""

import json
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from mshopper.errors import HeadOfficeError
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.merge import merge
from mshopper.exchange.merged import read_merged
from mshopper.exchange.parquet import write_parquet
from mshopper.exchange.schema import ANSWERS, MERGED_TABLES, VISITS
from mshopper.exchange.tables_workbook import write_workbook
from mshopper.model.record import Store

ODD = [
    "=cmd|' /C calc'!A0",
    "@SUM(1,1)",
    "-1+1",
    "'quoted",
    'say "hi"',
    "two\r\nlines",
    "a\0b",
    "\ufeffstart",
    "🛍️ שלום عربى",
    "NULL",
    " =1",
    "x" * 32_767,
    "y" * 40_000,
    "\ufffe",
    "1,5;2",
]


@pytest.fixture
def merged_folder(head_office: HeadOffice, laptop: Any, visit: Any) -> Path:
    """A head office with a visit for each odd text, as comment and as the store's name."""
    anna = laptop("anna")
    for number, text in enumerate(ODD, start=1):
        anna.publish(head_office, visit(number, comment=text, earned=number % 11, store=Store("010", text[:200])))
        said = text.encode("utf-8", "replace").decode()
        anna.review(head_office, visit(number, comment=text, earned=number % 11), "return", reason=said, reviewer=said)
        anna.act(head_office, visit(number), "open", owner=said, note=said, due="2026-12-01")
    anna.publish(head_office, visit(99, status="not_done"))
    merge(head_office, device_id="office")
    return head_office.folder


def test_a_data_package_that_its_own_validator_takes(merged_folder: Path) -> None:
    """The validator of the standard finds nothing wrong in the merged tables, odd cells and all."""
    command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"]
    done = subprocess.run(command, cwd=merged_folder, capture_output=True, encoding="utf-8")
    report = json.loads(done.stdout)
    assert report["valid"], [task["errors"][:3] for task in report["tasks"]]
    assert [task["name"] for task in report["tasks"]] == [table.resource for table in MERGED_TABLES]
    (merged_folder / "head-office.csv").write_bytes((merged_folder / "head-office.csv").read_bytes() + b"x,y\r\n")
    assert not json.loads(subprocess.run(command, cwd=merged_folder, capture_output=True).stdout)["valid"]


def test_a_workbook_has_numbers_times_and_text(merged_folder: Path) -> None:
    """A sheet a table, header in view; numbers are numbers, times the wall's, formulas are text; the same bytes again."""
    path = write_workbook(merged_folder, "en")
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["Visits", "Scores", "Answers", "Photos", "Reviews", "Corrective actions"]
    rows = book.get_sheet_by_name("Visits").to_python()
    assert rows[0] == list(VISITS.column_names)
    visits = [dict(zip(VISITS.column_names, row, strict=True)) for row in rows[1:]]
    assert len(visits) == len(ODD) + 1
    first = next(row for row in visits if str(row["visit_id"]).endswith("0001"))
    assert (first["percent"], first["revision"], first["store_id"]) == (10.0, 1.0, "010")
    assert str(first["started_at"]) == "2026-11-21 11:00:00"
    answers = book.get_sheet_by_name("Answers").to_python()
    comments = {int(str(row[0])[-2:], 16): row[answers[0].index("comment")] for row in answers[1:]}
    assert comments[1] == ODD[0]
    assert comments[12] == ODD[11]
    assert comments[13] == "y" * 32_766 + "…"
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
        assert b'state="frozen"' in sheet
        assert b"<autoFilter" in sheet
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]
    stamp = path.stat().st_mtime_ns
    assert write_workbook(merged_folder, "en").stat().st_mtime_ns == stamp
    assert list(merged_folder.glob("*.tmp")) == []


def test_parquet_holds_the_same_cells(merged_folder: Path) -> None:
    """Partitioned by month as Hive does, with the columns of the tables: text as typed, exact decimals, nothing lost."""
    target = write_parquet(merged_folder)
    assert {path.parent.name for path in target.rglob("*.parquet")} == {"month=2026-11"}
    merged = read_merged(merged_folder)
    assert merged is not None
    with duckdb.connect() as connection:
        for table in MERGED_TABLES:
            names = ", ".join(f'"{name}"' for name in table.column_names)
            found = connection.execute(
                f"SELECT {names} FROM read_parquet('{target / table.name}/*/*.parquet', hive_partitioning=true)"
            ).fetchall()
            wanted = [tuple(_typed(row[one.name], one.type) for one in table.columns) for row in merged.rows(table)]
            assert sorted(map(repr, found)) == sorted(map(repr, wanted)), table.name
        query = (
            f"SELECT avg(earned) FROM read_parquet('{target / ANSWERS.name}/*/*.parquet') WHERE question_id = 'greeted'"
        )
        assert connection.execute(query).fetchone()
    before = {path: path.stat().st_mtime_ns for path in target.rglob("*")}
    write_parquet(merged_folder)
    assert {path: path.stat().st_mtime_ns for path in target.rglob("*")} == before


def _typed(text: str, kind: str) -> object:
    if not text:
        return None
    match kind:
        case "integer":
            return int(text)
        case "number":
            return Decimal(text).quantize(Decimal("1e-12"))
        case "boolean":
            return text == "true"
        case _:
            return text


def test_without_a_merge_there_is_nothing_to_write(tmp_path: Path) -> None:
    """A sentence that says what to do first."""
    with pytest.raises(HeadOfficeError, match="merge first"):
        write_workbook(tmp_path, "en")
    with pytest.raises(HeadOfficeError, match="merge first"):
        write_parquet(tmp_path)


def documented_query() -> str:
    """The query for DuckDB as README.md has it, for the folder that holds `tables/`."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"In DuckDB:\n\n((?:    .*\n)+)", readme)
    return str(block)


def test_the_documented_query_gives_what_the_tables_say(merged_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The query of the README in DuckDB: visits by store, earned and possible points, as added up from the CSV."""
    write_parquet(merged_folder)
    monkeypatch.chdir(merged_folder)
    with duckdb.connect() as connection:
        found = connection.execute(documented_query()).fetchall()
    merged = read_merged(merged_folder)
    assert merged is not None
    wanted: dict[tuple[str, str], list[Decimal]] = {}
    for row in merged.rows(VISITS):
        if row["status"] != "not_done":
            sums = wanted.setdefault((row["store_id"], row["started_at"][:7]), [Decimal(0)] * 3)
            sums[:] = [sums[0] + 1, sums[1] + Decimal(row["earned"]), sums[2] + Decimal(row["possible"])]
    assert {(store, month): list(sums) for store, month, *sums in found} == wanted
    assert sum(sums[0] for sums in wanted.values()) == len(ODD)


SPARK = """
import json, sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
folder, queries = sys.argv[1], json.loads(sys.argv[2])
for table in queries:
    spark.read.parquet(folder + "/" + table).createOrReplaceTempView(table)
answers = {table: [[str(cell) for cell in row] for row in spark.sql(query).collect()] for table, query in queries.items()}
print(json.dumps(answers))
"""


@pytest.mark.slow
def test_spark_agrees_with_duckdb_to_the_last_digit(merged_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The query of the README, and the sums of every table, over the same Parquet; needs `uv sync --group spark` and Java."""
    pytest.importorskip("pyspark")
    target = write_parquet(merged_folder)
    monkeypatch.chdir(merged_folder)
    ours: dict[str, list[tuple[object, ...]]] = {}
    queries = {}
    with duckdb.connect() as connection:
        for table in MERGED_TABLES:
            numbers = [one.name for one in table.columns if one.type in ("number", "integer")]
            sums = ", ".join(["count(*)", "count(DISTINCT visit_id)", *(f"sum({name})" for name in numbers)])
            source = f"read_parquet('tables/{table.name}/*/*.parquet', hive_partitioning = true)"
            query = f"SELECT month, {sums} FROM {{}} GROUP BY month"
            ours[table.name] = connection.execute(query.format(source)).fetchall()
            queries[table.name] = query.format(table.name)
        documented = documented_query()
        select, condition = documented.partition("FROM")[0], documented.partition("WHERE")[2].partition("GROUP")[0]
        ours[VISITS.name] = sorted(connection.execute(documented).fetchall())
        queries[VISITS.name] = f"{select} FROM visits WHERE {condition} GROUP BY store_id, month"
    command = [sys.executable, "-c", SPARK, str(target), json.dumps(queries)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    theirs = json.loads(done.stdout.splitlines()[-1])
    for name, rows in ours.items():
        assert sorted(theirs[name]) == sorted([str(cell) for cell in row] for row in rows), name
    assert {name for name, rows in ours.items() if rows} == {table.name for table in MERGED_TABLES}
