"""stores.csv and plan.csv as people really save them: from Excel, Italian or English, or from our own tables.

Separator (comma, semicolon, tab) and encoding (UTF-8 with or without a byte order mark, UTF-16, Windows-1252) are found
out; columns are known by their English and Italian names, in any order. A file that can't be used is refused with one
sentence, so that what was known before stays.
"""

import csv
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mshopper.errors import HeadOfficeError
from mshopper.exchange.cells import is_number, read_foreign_cell
from mshopper.exchange.csvfile import csv_reader
from mshopper.exchange.files import reading
from mshopper.i18n import _
from mshopper.model.record import PlanItem, Store

Item = TypeVar("Item")

_SEPARATORS = (";", ",", "\t")
_QUOTED = re.compile(r'"[^"]*"')
_NO_TEXT = b"\0"
_LARGEST_FILE = 64 << 20
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

_STORE_COLUMNS = {
    "store_id": "store_id id store shop_id codice codice_negozio codice_punto_vendita codice_pdv cod_pdv id_negozio "
    "id_punto_vendita id_pdv pdv",
    "name": "name store_name shop_name nome nome_negozio nome_punto_vendita negozio punto_vendita denominazione insegna",
    "region": "region regione area zona",
    "format": "format formato tipologia",
    "address": "address indirizzo",
    "latitude": "latitude lat latitudine",
    "longitude": "longitude lon lng long longitudine",
}
_PLAN_COLUMNS = {
    "plan_id": "plan_id id plan id_piano codice_piano piano",
    "store_id": "store_id store shop_id codice_negozio codice_punto_vendita codice_pdv cod_pdv id_negozio "
    "id_punto_vendita id_pdv pdv negozio punto_vendita",
    "form_id": "form_id form id_modulo codice_modulo modulo questionario",
    "auditor_id": "auditor_id auditor id_auditor codice_auditor",
    "from": "from from_date da dal da_data dalla_data data_inizio inizio",
    "to": "to to_date a al a_data alla_data data_fine fine entro scadenza",
}

_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.ASCII)
_WRITTEN_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: .*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table that people keep: its number in the file, the cells we know by our names, and the others."""

    number: int
    known: Mapping[str, str]
    others: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """The cell of that column, without blanks around it; "" where the table has no such column."""
        return self.known.get(name, "").strip()


def read_stores(path: Path) -> list[Store]:
    """The stores of a stores.csv, in its order. Raises HeadOfficeError for a file that can't be used.

    Columns that we don't know go into `extra`; so does a coordinate that isn't a number.
    """
    lines = _lines(path, _STORE_COLUMNS, required=("store_id",))
    return _each_once(path, [(line, line.get("store_id"), _store(line)) for line in lines])


def read_plan(path: Path) -> list[PlanItem]:
    """The lines of a plan.csv, in its order. Raises HeadOfficeError for a file that can't be used.

    Dates are ISO, or day, month and year as written in Italy.
    """
    lines = _lines(path, _PLAN_COLUMNS, required=("plan_id", "store_id", "form_id"))
    return _each_once(path, [(line, line.get("plan_id"), _plan_item(path, line)) for line in lines])


def read_table(path: Path) -> list[tuple[int, list[str]]]:
    """Line number (of its end) and cells of each record of a CSV of any origin, the header first, blank ones left out.

    Raises HeadOfficeError where the file isn't there or isn't CSV.
    """
    with reading(path):
        data = path.read_bytes() if path.stat().st_size <= _LARGEST_FILE else _NO_TEXT
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
    header = _QUOTED.sub("", text.lstrip()).splitlines()[:1]
    counts = {separator: header[0].count(separator) if header else 0 for separator in _SEPARATORS}
    return max(_SEPARATORS, key=lambda separator: counts[separator]), text, 0


def _lines(path: Path, columns: Mapping[str, str], *, required: tuple[str, ...]) -> list[Line]:
    records = read_table(path)
    header = [cell.strip() for cell in records[0][1]] if records else []
    names = _known_columns(header, columns)
    for name in required:
        if name not in names.values():
            sentence = _("“{path}” has no column “{column}”: add it, with the names of the columns in the first line.")
            raise HeadOfficeError(sentence.format(path=path, column=name))
    lines = []
    for number, cells in records[1:]:
        padded = [*cells, *[""] * (len(header) - len(cells))]
        known = {name: padded[index] for index, name in names.items()}
        others = [(title, padded[index]) for index, title in enumerate(header) if title and index not in names]
        line = Line(number, known, tuple(others))
        for name in required:
            if not line.get(name):
                sentence = _("“{path}”, line {line}: the column “{column}” is empty; fill it in or delete the line.")
                raise HeadOfficeError(sentence.format(path=path, line=number, column=name))
        lines.append(line)
    return lines


def _known_columns(header: list[str], columns: Mapping[str, str]) -> dict[int, str]:
    """Our name of each column that we know, by its index. Our own name goes before a synonym, the left before the right."""
    written = [re.sub(r"[\s.\-/]+", "_", title.casefold()).strip("_") for title in header]
    found: dict[int, str] = {}
    for name, synonyms in columns.items():
        index = next((written.index(synonym) for synonym in synonyms.split() if synonym in written), None)
        if index is not None:
            found.setdefault(index, name)
    return found


def _each_once(path: Path, items: list[tuple[Line, str, Item]]) -> list[Item]:
    """The items in order; the same line twice is one, two different ones under one id are a problem."""
    kept: dict[str, tuple[Line, Item]] = {}
    for line, item_id, item in items:
        first = kept.setdefault(item_id, (line, item))
        if first[1] != item:
            sentence = _("“{path}”: “{id}” stands in line {first} and, with other values, in line {second}; keep one.")
            raise HeadOfficeError(sentence.format(path=path, id=item_id, first=first[0].number, second=line.number))
    return [item for _line, item in kept.values()]


def _store(line: Line) -> Store:
    latitude, longitude = _degrees(line.get("latitude")), _degrees(line.get("longitude"))
    unread = [
        (name, line.get(name))
        for name, degrees in (("latitude", latitude), ("longitude", longitude))
        if line.get(name) and not degrees
    ]
    return Store(
        store_id=line.get("store_id"),
        name=line.get("name"),
        region=line.get("region"),
        format=line.get("format"),
        address=line.get("address"),
        latitude=latitude,
        longitude=longitude,
        extra=(*line.others, *unread),
    )


def _degrees(text: str) -> str:
    """Decimal degrees with a dot; "" for anything else."""
    dotted = text.replace(",", ".")
    return dotted if is_number(dotted) else ""


def _plan_item(path: Path, line: Line) -> PlanItem:
    dates = [_date(path, line, name) for name in ("from", "to")]
    if all(dates) and dates[0] > dates[1]:
        sentence = _("“{path}”, line {line}: the visit's last day comes before its first one; correct the dates.")
        raise HeadOfficeError(sentence.format(path=path, line=line.number))
    return PlanItem(
        plan_id=line.get("plan_id"),
        store_id=line.get("store_id"),
        form_id=line.get("form_id"),
        auditor_id=line.get("auditor_id"),
        from_date=dates[0],
        to_date=dates[1],
    )


def _date(path: Path, line: Line, name: str) -> str:
    """An ISO date, or "" for none."""
    text = line.get(name)
    if not text:
        return ""
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _WRITTEN_DATE.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise _not_a_date(path, line, text)
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError as error:
        raise _not_a_date(path, line, text) from error


def _not_a_date(path: Path, line: Line, text: str) -> HeadOfficeError:
    sentence = _("“{path}”, line {line}: “{text}” isn't a date; write it as 2026-11-21 or 21/11/2026.")
    return HeadOfficeError(sentence.format(path=path, line=line.number, text=text))
