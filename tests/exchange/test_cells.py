"""Cells and tables: what people type comes back exactly, and a spreadsheet finds nothing in it to run."""

import csv
import io
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mshopper.exchange.cells import fixed, percent, read_cell, read_foreign_cell, write_cell
from mshopper.exchange.csvfile import read_rows, table_bytes
from mshopper.i18n import rounded

FIELD = r'(?:"(?:[^"]|"")*"|[^",\r\n]*)'
RFC_4180 = re.compile(rf"(?:{FIELD}(?:,{FIELD})*\r\n)+")
FORMULA_STARTS = "=+-@\t\r\n'＝＋－＠＇"
PAYLOADS = [
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")',
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "-1,5",
    "-Infinity",
    "'",
    "''=1",
]
texts = st.text() | st.builds("{}{}".format, st.sampled_from(FORMULA_STARTS), st.text()) | st.sampled_from(PAYLOADS)


@given(st.lists(st.tuples(texts, texts), max_size=8))
@example([("\0", "a\0b"), ("", ""), ("\ufeff", 'say "hi"'), ("32,767" * 5000, "🛍️ שלום"), ("x" * 200_000, "")])
def test_every_text_comes_back(rows: list[tuple[str, str]]) -> None:
    """Two columns of any text are valid RFC 4180 in UTF-8, open with the strict csv module, and read as written."""
    data, file = table_bytes(("a", "b"), [{"a": a, "b": b} for a, b in rows])
    assert RFC_4180.fullmatch(data.decode("utf-8"))
    csv.field_size_limit(1_000_000)
    cells = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    assert len(cells) == len(rows) + 1 == file.rows + 1
    assert [(row["a"], row["b"]) for row in read_rows(io.BytesIO(data))] == rows


@given(texts)
@example("-1e5")
def test_no_cell_begins_like_a_formula(text: str) -> None:
    """What stands in the file is a number, or begins with a harmless character or an apostrophe."""
    cell = write_cell(text)
    assert read_cell(cell) == text
    assert read_foreign_cell(cell) == text
    if cell[:1] in tuple(FORMULA_STARTS[:-1].replace("'", "")):
        float(cell)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_text(payload: str) -> None:
    """Published injection payloads get one apostrophe."""
    assert write_cell(payload) == f"'{payload}"


@pytest.mark.parametrize(
    "text", ["", "0", "-5", "+5", "-3.50", "1e3", "010", "Rossi & figli", "a=b", "2026-11-21", " =1"]
)
def test_numbers_and_plain_text_are_unchanged(text: str) -> None:
    """Nothing is added where nothing threatens."""
    assert write_cell(text) == text


def test_half_a_surrogate_is_written_as_a_question_mark() -> None:
    """Text that no UTF-8 file can hold doesn't stop a visit from being published."""
    data, _file = table_bytes(("a",), [{"a": "x\ud800y"}])
    assert data == b"a\r\nx?y\r\n"


def test_a_shop_keeps_its_apostrophe() -> None:
    """In a list that isn't ours only an apostrophe that we would have put goes."""
    assert [read_foreign_cell(cell) for cell in ("'O Vesuvio", "'=A1", "'", "''O", "'-5")] == [
        "'O Vesuvio",
        "=A1",
        "'",
        "'O",
        "'-5",
    ]


def test_rounding_is_half_away_from_zero() -> None:
    """Two decimals, dot, no trace of floats."""
    halves = [Fraction(1, 200), Fraction(-1, 200), Fraction(2, 3), Fraction(-1, 1000), Fraction(5), None]
    assert [fixed(value) for value in halves] == ["0.01", "-0.01", "0.67", "0.00", "5.00", ""]


def test_a_rounded_percentage_never_shows_a_mark_that_it_missed() -> None:
    """79.996 fails a mark of 80, and must not read 80.00."""
    mark = Fraction(80)
    assert percent(Fraction("79.996"), [mark]) == "79.996"
    assert percent(Fraction("79.99996"), [mark]) == "79.99996"
    assert percent(mark, [mark]) == "80.00"
    assert percent(Fraction("79.996")) == "80.00"


LARGEST = 10**15


@given(
    st.fractions(-LARGEST, LARGEST) | st.decimals(-LARGEST, LARGEST, places=4) | st.integers(-LARGEST, LARGEST),
    st.integers(1, 9),
)
def test_rounding_is_that_of_the_screens(number: "Fraction | Decimal | int", decimals: int) -> None:
    """The tables round as everything else does: exactly, half away from zero, never to a negative zero."""
    shown = fixed(number, decimals)
    assert Fraction(shown) == Fraction(rounded(number, decimals))
    assert len(shown.partition(".")[2]) == decimals
    assert shown != f"-{0:.{decimals}f}"
