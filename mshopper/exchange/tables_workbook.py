"""The merged tables as one Excel workbook, streamed: `head-office.<language>.xlsx`, a sheet a table.

Numbers are numbers, times are times (as the clock on the wall showed them), everything else is text, whatever it looks
like; the header stays in view and filters. Nothing reads it back.
"""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import HeadOfficeError
from mshopper.exchange.cells import is_number
from mshopper.exchange.files import file_sha256, put_in_place, temporary_of, writing
from mshopper.exchange.merged import MergedTables, read_merged
from mshopper.exchange.schema import ANSWERS, MERGED_TABLES, VISITS, Column, Table
from mshopper.exchange.workbook import plain
from mshopper.i18n import N_, _, speaking
from mshopper.model.form import NUMBER_TYPES
from mshopper.progress import Progress

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""
_MOST_DIGITS = 15
_SHEETS = {
    "visits": N_("Visits"),
    "scores": N_("Scores"),
    "answers": N_("Answers"),
    "photos": N_("Photos"),
    "reviews": N_("Reviews"),
    "actions": N_("Corrective actions"),
}
_WIDTHS = {
    "visit_id": 14,
    "seal": 14,
    "form_hash": 14,
    "sha256": 14,
    "original_sha256": 14,
    "label": 40,
    "text": 30,
    "reason": 40,
    "wanted": 40,
    "done": 40,
}


def write_workbook(folder: Path, language: str, *, progress: Progress | None = None) -> Path:
    """Write the merged tables in `folder` as a workbook with sheets named in `language`; a table too long for one takes more.

    A workbook that wouldn't change isn't touched. Raises HeadOfficeError where nothing was merged there yet, or the file
    can't be written, and Cancelled.
    """
    from xlsxwriter.workbook import Workbook

    progress = progress or Progress()
    merged = read_merged(folder)
    if merged is None:
        sentence = _("“{folder}” holds no complete merged tables: merge first.")
        raise HeadOfficeError(sentence.format(folder=folder))
    progress.expect(len(MERGED_TABLES))
    path = folder / f"{VISITS.resource}.{language}.xlsx"
    with writing(path):
        try:
            options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
            workbook = Workbook(str(temporary_of(path)), options)
            # The same tables give the same file.
            workbook.set_properties({"created": dt.datetime(2000, 1, 1), "title": merged.package.get("title", "")})  # noqa: DTZ001
            with speaking(language):
                for table in MERGED_TABLES:
                    _Sheets(workbook, table).write(merged, progress)
                    progress.advance(table.name)
            workbook.close()
        except BaseException:
            temporary_of(path).unlink(missing_ok=True)
            raise
        if path.is_file() and file_sha256(path) == file_sha256(temporary_of(path)):
            temporary_of(path).unlink()
        else:
            put_in_place(path)
    return path


class _Sheets:
    """The sheets of one table."""

    def __init__(self, workbook: "Workbook", table: Table) -> None:
        self._workbook, self._table = workbook, table
        self._header = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": False})
        self._text = workbook.add_format({"num_format": "@"})
        self._formats = {
            "integer": workbook.add_format({"num_format": "0"}),
            "number": workbook.add_format({"num_format": "0.00"}),
            "datetime": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        self._count = 0

    def write(self, merged: MergedTables, progress: Progress) -> None:
        sheet, row = self._sheet(), 0
        for cells in merged.rows(self._table):
            if row == _MOST_ROWS:
                self._finish(sheet, row)
                sheet, row = self._sheet(), 0
            row += 1
            if row % 1000 == 0:
                progress.advance(self._table.name, 0)
            is_value = self._table is ANSWERS and cells.get("type") in NUMBER_TYPES
            for place, column in enumerate(self._table.columns):
                if text := cells.get(column.name, ""):
                    kind = "number" if is_value and column.name == "value" else column.type
                    self._cell(sheet, row, place, text, kind)
        self._finish(sheet, row)

    def _sheet(self) -> "Worksheet":
        self._count += 1
        title = _(_SHEETS[self._table.name])
        sheet = self._workbook.add_worksheet(title if self._count == 1 else f"{title} {self._count}")
        for place, column in enumerate(self._table.columns):
            sheet.set_column(place, place, _width(column), self._formats.get(column.type, self._text))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._table.columns):
            sheet.write_string(0, place, column.name, self._header)
        return sheet

    def _finish(self, sheet: "Worksheet", rows: int) -> None:
        sheet.autofilter(0, 0, rows, len(self._table.columns) - 1)

    def _cell(self, sheet: "Worksheet", row: int, place: int, text: str, kind: str) -> None:
        shape: Format = self._formats.get(kind, self._text)
        if kind in ("integer", "number") and is_number(text) and sum(map(str.isdigit, text)) <= _MOST_DIGITS:
            sheet.write_number(row, place, float(text), shape)
        elif kind == "datetime" and (moment := _wall_time(text)) is not None:
            sheet.write_datetime(row, place, moment, shape)
        else:
            sheet.write_string(row, place, plain(text), self._text)


def _width(column: Column) -> int:
    return _WIDTHS.get(column.name, 19 if column.type == "datetime" else max(9, len(column.name) + 3))


def _wall_time(text: str) -> dt.datetime | None:
    """The time as the clock there showed it: a sheet knows no offsets. None before 1900 and for what is no time."""
    try:
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    return moment if moment.year > 1900 else None
