"""The merged tables as a spreadsheet of some country opens them by a double click.

Excel splits a CSV at the list separator of the system's region and reads numbers by its decimal sign: an Italian one sees
our tables as a single column. So copies are written beside them, on request: `head-office.it.csv`,
`head-office.it-scores.csv` and so on. Nothing reads them back.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mshopper.errors import HeadOfficeError
from mshopper.exchange.cells import is_number, write_cell
from mshopper.exchange.csvfile import TableWriter
from mshopper.exchange.files import open_temporary, put_in_place, temporary_of, writing
from mshopper.exchange.merged import MergedTables, is_written, read_merged
from mshopper.exchange.schema import ANSWERS, MERGED_TABLES, VISITS, Row, Table, TableFile
from mshopper.i18n import _
from mshopper.model.form import NUMBER_TYPES
from mshopper.progress import Progress


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a spreadsheet of a language separates cells, and writes decimals."""

    delimiter: str
    decimal: str


DIALECTS = {"it": Dialect(";", ","), "en": Dialect(",", ".")}


def write_spreadsheets(folder: Path, language: str, *, progress: Progress | None = None) -> tuple[Path, ...]:
    """Write the merged tables in `folder` for spreadsheets of `language` (a key of DIALECTS); returns the files.

    Files that wouldn't change aren't touched. Raises HeadOfficeError where nothing was merged there yet, or a file can't
    be written, and Cancelled.
    """
    progress = progress or Progress()
    merged = read_merged(folder)
    if merged is None:
        sentence = _("“{folder}” holds no complete merged tables: merge first.")
        raise HeadOfficeError(sentence.format(folder=folder))
    progress.expect(len(MERGED_TABLES))
    paths = []
    for table in MERGED_TABLES:
        path = folder / spreadsheet_name(table, language)
        with writing(path):
            if is_written(path, _write(path, merged, table, DIALECTS[language])):
                temporary_of(path).unlink()
            else:
                put_in_place(path)
        paths.append(path)
        progress.advance(path.name)
    return tuple(paths)


def spreadsheet_name(table: Table, language: str) -> str:
    """head-office.it.csv, head-office.it-scores.csv, …"""
    main = VISITS.resource
    return f"{main}.{language}{table.resource.removeprefix(main)}.csv"


class SpreadsheetWriter:
    """Writes rows of one of our tables to `stream`, in a dialect."""

    def __init__(self, stream: BinaryIO, table: Table, dialect: Dialect) -> None:
        self._table, self._dialect = table, dialect
        self._numbers = frozenset(column.name for column in table.columns if column.type == "number")
        self._writer = TableWriter(stream, table.column_names, delimiter=dialect.delimiter, bom=True)

    def row(self, row: Row) -> None:
        """Write a row; a column that it lacks is empty."""
        # An answer is a number or words by its question's type.
        is_number_row = self._table is ANSWERS and row.get("type") in NUMBER_TYPES
        numbers = self._numbers | {"value"} if is_number_row else self._numbers
        cells = ((row.get(name, ""), name in numbers) for name in self._table.column_names)
        self._writer.cells([_cell(text, self._dialect.decimal, is_numeric) for text, is_numeric in cells])

    def file(self) -> TableFile:
        """Rows, bytes and hash of what was written."""
        return self._writer.file()


def _write(path: Path, merged: MergedTables, table: Table, dialect: Dialect) -> TableFile:
    with open_temporary(path) as stream:
        writer = SpreadsheetWriter(stream, table, dialect)
        for row in merged.rows(table):
            writer.row(row)
        return writer.file()


def _cell(text: str, decimal: str, may_be_number: bool) -> str:
    return text.replace(".", decimal) if may_be_number and is_number(text) else write_cell(text)
