"""Tables as bytes: RFC 4180 (commas, quotes doubled, CRLF), UTF-8 without a byte order mark, one header line.

`TableWriter` streams rows to a file and hashes them on the way; `read_rows` gives them back. Both pass every cell through
`cells`. Text that isn't valid Unicode (half a surrogate pair) can't be written in UTF-8 and becomes "?".
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Protocol, TextIO

from mshopper.exchange.cells import read_cell, write_cell
from mshopper.exchange.schema import Row, TableFile

_LONGEST_CELL = 2**31 - 1


class TableWriter:
    """Writes one table to `stream`; `file()` says what was written so far."""

    def __init__(self, stream: BinaryIO, columns: Sequence[str], *, delimiter: str = ",", bom: bool = False) -> None:
        self._stream = stream
        self._columns = tuple(columns)
        self._hash = hashlib.sha256()
        self._bytes = 0
        self._rows = 0
        if bom:
            self.write("\ufeff")
        self._writer = csv.writer(self, delimiter=delimiter, lineterminator="\r\n")
        self._writer.writerow(self._columns)

    def row(self, row: Row) -> None:
        """Write a row; a column that it lacks is empty."""
        self.cells([write_cell(row.get(column, "")) for column in self._columns])

    def cells(self, cells: Sequence[str]) -> None:
        """Write a row of cells as they are, made harmless already."""
        self._writer.writerow(cells)
        self._rows += 1

    def file(self) -> TableFile:
        """Rows, bytes and hash of what was written."""
        return TableFile(self._rows, self._bytes, self._hash.hexdigest())

    def write(self, text: str) -> None:
        """Take a line from the csv module."""
        data = text.encode("utf-8", "replace")
        self._hash.update(data)
        self._bytes += len(data)
        self._stream.write(data)


def table_bytes(columns: Sequence[str], rows: Iterable[Row]) -> tuple[bytes, TableFile]:
    """A whole table in memory, and its rows, bytes and hash."""
    stream = io.BytesIO()
    writer = TableWriter(stream, columns)
    for row in rows:
        writer.row(row)
    return stream.getvalue(), writer.file()


class _Reader(Protocol):
    """What csv.reader makes."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


def csv_reader(text: str | TextIO, delimiter: str = ",") -> _Reader:
    """The csv module's strict reader, for cells of any length. It raises csv.Error for what isn't CSV."""
    csv.field_size_limit(_LONGEST_CELL)
    lines = io.StringIO(text, newline="") if isinstance(text, str) else text
    return csv.reader(lines, delimiter=delimiter, strict=True)


def read_rows(stream: BinaryIO) -> Iterator[dict[str, str]]:
    """The rows of a table of ours by column name; closes the stream at the end.

    Raises csv.Error or UnicodeDecodeError for anything else.
    """
    with io.TextIOWrapper(stream, encoding="utf-8", newline="") as text:
        reader = csv_reader(text)
        columns = next(reader, [])
        for cells in reader:
            if len(cells) != len(columns):
                raise csv.Error(f"{len(cells)} cells for {len(columns)} columns")
            yield {column: read_cell(cell) for column, cell in zip(columns, cells, strict=True)}
