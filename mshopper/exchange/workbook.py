"""Rows of texts and numbers -> an Excel workbook, the header of each sheet bold and frozen.

Used for forms as XLSForm and for tables that people open in Excel. Texts are written as texts, so that nothing in them
becomes a formula, a date or a link.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from mshopper.exchange.files import put_in_place, temporary_of, writing

Cell = str | int | float | Fraction | None

_LONGEST_CELL = 32_767
_NO_XML = re.compile("[\ufffe\uffff]")
_WIDEST, _NARROWEST = 60, 9
MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The workbook's date of making: fixed, so that the same rows are the same bytes."""


def plain(text: str) -> str:
    """A text as a cell can hold it: no longer than Excel allows, without what XML can't say."""
    text = _NO_XML.sub("\ufffd", text)
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> None:
    """Write `sheets`, by name, to the xlsx file at `path`, whole or not at all.

    Raises MshopperError for a file that can't be written.
    """
    import xlsxwriter

    with writing(path):
        temporary = temporary_of(path)
        # Never a formula, a number or a link out of what is written as text.
        options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(temporary), options) as workbook:
            workbook.set_properties({"created": MADE})
            header = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
            body = workbook.add_format({"text_wrap": True, "valign": "top"})
            for name, rows in sheets.items():
                _write_sheet(workbook.add_worksheet(name[:31]), rows, header, body)
        put_in_place(path)


def _write_sheet(sheet: Any, rows: Sequence[Sequence[Cell]], header: Any, body: Any) -> None:
    widths: dict[int, int] = {}
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            look = body if number else header
            if isinstance(cell, str):
                sheet.write_string(number, column, plain(cell), look)
            else:
                sheet.write_number(number, column, float(cell), look)
            longest = max(map(len, str(cell).split("\n")))
            widths[column] = max(widths.get(column, _NARROWEST), min(longest + 2, _WIDEST))
    for column, width in widths.items():
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
