"""A workbook's bytes -> named sheets of texts, whatever program wrote it: forms, lists of stores and plans come so.

xlsx, xls, xlsb and ods are read by python-calamine. Every cell becomes the text that its author saw or meant: a whole
number without ".0", a date in ISO form, TRUE for a ticked boolean.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from mshopper.errors import MshopperError
from mshopper.i18n import _

MOST_EXPANDED = 400 * 1024 * 1024
"""Bytes that a workbook may unpack to: real ones stay under a fifth of it, a hostile archive doesn't."""

_MOST_COLUMNS = 400
_MOST_ROWS = 60_000
"""Beyond these a sheet holds formatting and nothing to read."""

_ZIP_MARK = b"PK\x03\x04"
_OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class Sheet:
    """One sheet: `rows` are (row number from 1, texts by column); rows without any text are left out.

    `dates` are the (row, column) whose text was a date to the spreadsheet, `errors` those of a failed formula.
    """

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    dates: set[tuple[int, int]] = field(default_factory=set)
    errors: list[tuple[int, int]] = field(default_factory=list)


def is_workbook(content: bytes) -> bool:
    """Whether these bytes are a workbook's container: a zip archive or an OLE2 file."""
    return content.startswith((_ZIP_MARK, _OLE_MARK))


def read_workbook(
    content: bytes, name: str, wanted: Callable[[str], bool], needed: Callable[[str], bool] = lambda _title: True
) -> list[Sheet]:
    """The sheets of a workbook that are `wanted` by their name and hold anything, hidden ones too.

    Raises MshopperError for one that is damaged, protected by a password or too large; a damaged sheet that isn't `needed`
    is passed over.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_hostile(content, name)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(workbook.sheet_names)
    except (CalamineError, OSError, ValueError) as error:
        if _ENCRYPTED in content:
            raise MshopperError(
                _("{file} is protected by a password: save it without one and open it again.").format(file=name)
            ) from None
        raise _damaged(name, error) from None
    sheets = (_read_sheet(workbook, title, name, needed(title)) for title in names if wanted(title))
    return [sheet for sheet in sheets if sheet.rows]


def _read_sheet(workbook: object, title: str, name: str, is_needed: bool) -> Sheet:
    from python_calamine import CalamineError, CalamineWorkbook

    assert isinstance(workbook, CalamineWorkbook)
    try:
        source = workbook.get_sheet_by_name(title)
        if source.start is None:
            return Sheet(title)
        # Without the empty area around: a stray format in the last row costs nothing.
        cells = source.to_python(skip_empty_area=True, nrows=_MOST_ROWS)
    except (CalamineError, OSError, ValueError) as error:
        if is_needed:
            raise _damaged(name, error) from None
        return Sheet(title)
    top, left = source.start
    return _sheet(title, cells, top, left)


def _damaged(name: str, error: Exception) -> MshopperError:
    reason = " ".join(str(error).split())[:120] or type(error).__name__
    sentence = _("{file} can't be read as a workbook ({reason}): open it in a spreadsheet program and save it again.")
    return MshopperError(sentence.format(file=name, reason=reason))


def _refuse_hostile(content: bytes, name: str) -> None:
    if not content.startswith(_ZIP_MARK):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _damaged(name, error) from None
    if sum(member.file_size for member in members) > MOST_EXPANDED:
        raise MshopperError(
            _("{file} unpacks to more than {limit} MB, which no such file does: choose another one.").format(
                file=name, limit=MOST_EXPANDED // 2**20
            )
        )
    files = {member.filename for member in members}
    if not any(file.endswith(("workbook.xml", "workbook.bin", "content.xml")) for file in files):
        raise MshopperError(_("{file} is an archive without a workbook in it: choose another file.").format(file=name))


def _sheet(title: str, cells: Iterable[Sequence[object]], top: int, left: int) -> Sheet:
    sheet = Sheet(title)
    padding = [""] * left
    for number, row in enumerate(cells, start=top + 1):
        texts = [*padding, *["" if cell == "" else cell_text(cell) for cell in row[:_MOST_COLUMNS]]]
        if not any(texts):
            continue
        while not texts[-1]:
            texts.pop()
        for position, cell in enumerate(row[: len(texts) - left], start=left):
            if type(cell) is str:
                if cell in _ERRORS:
                    sheet.errors.append((number, position))
            elif isinstance(cell, dt.date | dt.time):
                sheet.dates.add((number, position))
        sheet.rows.append((number, texts))
    return sheet


_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}


def cell_text(cell: object) -> str:
    """What a cell says: trimmed, without invisible characters; "" for a failed formula."""
    if isinstance(cell, str):
        if cell in _ERRORS:
            return ""
        return (_INVISIBLE.sub("", cell) if not cell.isascii() or not cell.isprintable() else cell).strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else _decimal(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(timespec="seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, dt.time):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return "" if cell is None else str(cell)


def _decimal(value: float) -> str:
    """A spreadsheet's number as it shows it, to 15 digits: 0.1 + 0.2 is 0.3, and no exponent for what people write."""
    text = format(value, ".15g")
    if "e" not in text:
        return text
    plain = format(value, ".20f").rstrip("0").rstrip(".")
    return plain if len(plain) <= 20 else text


def decode_csv(content: bytes) -> str:
    """A CSV's text: UTF-8, UTF-16 with its mark, or what Excel writes in Western Europe."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
