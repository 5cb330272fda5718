"""`mshopper compare`: the table for people, JSON with the same numbers, and wrong usage."""

import json
from fractions import Fraction
from pathlib import Path

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from mshopper.i18n import format_fixed
from tests.cli.conftest import ANSWERS, FORM, Run


@pytest.fixture
def office(run: Run, data: Path, tmp_path: Path) -> Path:
    """A head-office folder with four visits to two stores."""
    assert data.is_dir()
    (tmp_path / "shop.yaml").write_text(FORM, encoding="utf-8")
    for number, store in enumerate(("MI-001", "MI-001", "MI-001", "RM-002")):
        answers = ANSWERS | {"queue": 30 if number else 90}
        (tmp_path / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
        done = run("visit", "record", "--form", "shop.yaml", "--store", store, "--answers", "answers.json", "--submit")
        assert done.code == 0, done.err
    assert run("sync", "office").code == 0
    return tmp_path / "office"


def test_people_and_programs_get_the_same_numbers(run: Run, office: Path) -> None:
    """Each group's mean and interval stands in the table as in the JSON; the sentences are the same."""
    table, data = run("compare", office), run("compare", office, "--json").json
    assert (table.code, table.err) == (0, "")
    assert [(group["id"], group["n"]) for group in data["groups"]] == [("RM-002", 1), ("MI-001", 3)]
    for group, line in zip(data["groups"], table.out.splitlines()[1:], strict=False):
        assert line.startswith(group["title"])
        assert f" {format_fixed(Fraction(group['mean']), 1)} " in line
    assert "one visit: tells nothing yet" in table.out
    words = " ".join(table.out.split())
    assert all(" ".join(one["text"].split()) in words for one in data["sentences"])
    assert data == run("compare", "--json").json, "the laptop's own visits are the same"


def test_every_view_prints_and_filters_narrow(run: Run, office: Path) -> None:
    """Trends, auditors, the visits behind a group, each key and filter, in both forms."""
    for options in (
        ["--by", "region", "--min-n", "1"],
        ["--by", "weekday", "--period", "month"],
        ["--by", "form"],
        ["--trends"],
        ["--auditors"],
        ["--visits", "MI-001"],
        ["--measure", "dimension:time", "--store", "MI-001", "--from", "2020-01-01", "--to", "2100-01-01"],
        ["--form-version", "shop 1", "--status", "approved"],
    ):
        shown = run("compare", office, *options)
        assert (shown.code, shown.err) == (0, ""), options
        assert shown.out.strip(), options
        assert run("compare", office, *options, "--json").json is not None
    assert len(run("compare", office, "--visits", "MI-001", "--json").json) == 3
    written = run("compare", office, "--csv", "table.csv")
    assert Path("table.csv").read_bytes().count(b"\r\n") == 3
    assert written.code == 0


def test_documents_are_written_beside_the_table(run: Run, office: Path) -> None:
    """PDF, workbook and a page for each store, in the language asked for; each file is named, the table is as without."""
    shown = run("compare", office, "--pdf", "a.pdf", "--xlsx", "a.xlsx", "--store-pages", "pages", "--lang", "it")
    assert shown.code == 0
    assert shown.out == run("compare", office).out
    pages = sorted(Path("pages").iterdir())
    assert [path.name.rpartition("-")[2] for path in pages] == ["001.pdf", "002.pdf"]
    assert sorted(shown.err.split()) == sorted(["a.pdf", "a.xlsx", *map(str, pages)])
    with pypdfium2.PdfDocument("a.pdf") as document:
        assert "Classifica" in " ".join(page.get_textpage().get_text_range() for page in document)
    assert "Sintesi" in CalamineWorkbook.from_path("a.xlsx").sheet_names
    assert run("compare", office, "--pdf", "office").code == 1, "a folder is in the way"


def test_findings_and_flags_print_for_people_and_programs(run: Run, office: Path) -> None:
    """Lost points, heat maps, journey, times, metrics and flags, of a folder and of own visits; filters narrow them."""
    for options in (["--lost"], ["--heat", "section"], ["--journey"], ["--times"], ["--metrics"], ["--flags"]):
        shown, data = run("compare", office, *options), run("compare", office, *options, "--json").json
        assert (shown.code, shown.err) == (0, ""), options
        assert shown.out.strip(), options
        assert data == run("compare", *options, "--json").json, options
    lost = run("compare", office, "--lost", "--json").json
    assert sum(one["share"] for one in lost["questions"]) == pytest.approx(100)
    assert run("compare", office, "--lost", "--store", "MI-001", "--json").json["visits"] == 3
    assert run("compare", office, "--flags", "--json").json["visits"] == 4


def test_wrong_usage_and_missing_tables_are_said(run: Run, office: Path, tmp_path: Path) -> None:
    """An unknown key or measure is wrong usage; a folder without tables is the user's problem."""
    for options in (["--by", "colour"], ["--measure", "colour:red"], ["--min-n", "0"], ["--trends", "--csv", "x.csv"]):
        assert run("compare", office, *options).code == 2, options
    (tmp_path / "empty").mkdir()
    assert run("compare", tmp_path / "empty").code == 1
