"""A list that people keep, as rows of texts: a CSV of any dialect, or a sheet of a workbook (xlsx, xls, xlsb, ods).

Separator (comma, semicolon, tab) and encoding (UTF-8 with or without a byte order mark, UTF-16, Windows-1252) are found
out. What the columns mean is the business of exchange/columns.py.
"""

import csv
import re
from collections import Counter
from pathlib import Path

from mshopper.errors import HeadOfficeError, MshopperError
from mshopper.exchange.cells import read_foreign_cell
from mshopper.exchange.csvfile import csv_reader
from mshopper.exchange.files import reading
from mshopper.i18n import _
from mshopper.sheets import is_workbook, read_workbook

Records = list[tuple[int, list[str]]]
"""The line (or row) number of each record, from 1, and its cells."""

_SEPARATORS = (";", ",", "\t")
_QUOTED = re.compile(r'"[^"]*"')
_NO_TEXT = b"\0"
_LARGEST_FILE = 64 << 20
_FIRST_LINES = 12
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_table(path: Path) -> Records:
    """Line number (of its end) and cells of each record of a CSV of any origin, the header first, blank ones left out.

    Raises HeadOfficeError where the file isn't there or isn't CSV.
    """
    return _csv_records(path, _content(path))


def read_tables(path: Path) -> list[Records]:
    """The records of each list in a file: one of a CSV, one a sheet of a workbook, in the workbook's order.

    Raises HeadOfficeError where the file can't be read.
    """
    content = _content(path)
    if not is_workbook(content):
        return [_csv_records(path, content)]
    try:
        sheets = read_workbook(content, str(path), lambda _title: True)
    except MshopperError as error:
        raise HeadOfficeError(str(error)) from error
    return [sheet.rows for sheet in sheets]


def _content(path: Path) -> bytes:
    with reading(path):
        return path.read_bytes() if path.stat().st_size <= _LARGEST_FILE else _NO_TEXT


def _csv_records(path: Path, data: bytes) -> Records:
    separator, text, skipped = _separator(_decoded(path, data))
    reader = csv_reader(text, separator)
    try:
        records = [(reader.line_num + skipped, [read_foreign_cell(cell) for cell in cells]) for cells in reader]
    except csv.Error as error:
        sentence = _("“{path}” can't be read as CSV near line {line}: save it again as “CSV UTF-8” and retry.")
        raise HeadOfficeError(sentence.format(path=path, line=reader.line_num + skipped)) from error
    return [(number, cells) for number, cells in records if any(cell.strip() for cell in cells)]


def _decoded(path: Path, data: bytes) -> str:
    encoding = next((name for bom, name in _BOMS.items() if data.startswith(bom)), "utf-8")
    if b"\0" in data and encoding != "utf-16":
        sentence = _("“{path}” isn't a CSV file: open it in a spreadsheet and save it as “CSV UTF-8”.")
        raise HeadOfficeError(sentence.format(path=path))
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        # An Excel of Western Europe; five bytes of its code page stand for nothing.
        return data.decode("cp1252", "replace")


def _separator(text: str) -> tuple[str, str, int]:
    """The separator, the text without Excel's own `sep=` line, and how many lines that took."""
    first, _newline, rest = text.partition("\n")
    said = first.strip("\r ")
    if said.lower().startswith("sep=") and said[4:] in _SEPARATORS:
        return said[4:], rest, 1
    lines = [_counts(line) for line in _QUOTED.sub("", text.lstrip()).splitlines()[:_FIRST_LINES]] or [Counter()]
    if not lines[0]:  # a title above the list: what several lines have equally often is between their cells
        alike = Counter(pair for line in lines for pair in line.items())
        return max(alike, key=lambda pair: alike[pair], default=(_SEPARATORS[0], 0))[0], text, 0
    return max(_SEPARATORS, key=lambda separator: lines[0][separator]), text, 0


def _counts(line: str) -> "Counter[str]":
    return +Counter({separator: line.count(separator) for separator in _SEPARATORS})
