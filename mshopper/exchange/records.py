"""The records of a table of ours as bytes: found, checked and copied without being read cell by cell.

A merge copies what laptops wrote, so it needs to know where records end and whose they are, and that no stray quote in one
table could swallow the rows of another; it needn't know what the cells say. `csvfile` reads and writes cells.
"""

import csv
import re
from collections.abc import Iterable, Sequence

from mshopper.exchange.csvfile import csv_reader

_RECORD = re.compile(rb'(?:[^"\r\n]*(?:"[^"]*(?:""[^"]*)*")?)*\r\n')
_KEY = re.compile(rb"[0-9A-Za-z_.:-]{1,64},[1-9][0-9]{0,8},")


class DamagedTableError(ValueError):
    """These bytes aren't a table of ours."""


def body_of(data: bytes, columns: Sequence[str]) -> bytes:
    """What follows the header in `data`. Raises DamagedTableError where the header isn't `columns`."""
    header = (",".join(columns) + "\r\n").encode("utf-8")
    if not data.startswith(header):
        raise DamagedTableError("another header")
    return data[len(header) :]


def split_records(body: bytes, columns: int) -> list[bytes]:
    """The records of `body`, each without its line end, as RFC 4180 with CRLF has them; at least two columns.

    Raises DamagedTableError where a record has another number of cells, a quote stands within an unquoted cell, or the
    text isn't UTF-8.
    """
    if not body:
        return []
    if not body.endswith(b"\r\n"):
        raise DamagedTableError("broken off")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedTableError("not UTF-8") from error
    plain = _without_quoted(body) if b'"' in body else body
    count = plain.count(b"\r\n")
    if not plain.count(b"\n") == plain.count(b"\r") == count:
        raise DamagedTableError("a line end within a cell")
    records = plain.split(b"\r\n")[:-1]
    if {record.count(b",") for record in records} != {columns - 1}:
        raise DamagedTableError("another number of cells")
    if plain is body:
        return records
    return body.split(b"\r\n")[:-1] if body.count(b"\n") == count else _with_line_ends(body)


def _without_quoted(body: bytes) -> bytes:
    """`body` with a single quote in place of each quoted cell."""
    # What stands outside the quotes is every other part; a doubled quote leaves an empty part, so quotes that touch.
    parts = body.split(b'"')
    plain = b"\n" + b'"'.join(parts[::2])
    while b'""' in plain:
        plain = plain.replace(b'""', b'"')
    quotes = plain.count(b'"')
    begun = plain.count(b',"') + plain.count(b'\n"')
    ended = plain.count(b'",') + plain.count(b'"\r')
    if len(parts) % 2 == 0 or not begun == ended == quotes:
        raise DamagedTableError("a quote within a cell")
    return plain[1:]


def _with_line_ends(body: bytes) -> list[bytes]:
    """The records where quoted cells hold line ends."""
    return [record[:-2] for record in _RECORD.findall(body)]


def record_key(record: bytes) -> bytes:
    """Visit and revision of a record, as `visit_id,revision,`. Raises DamagedTableError where they aren't such."""
    match = _KEY.match(record)
    if match is None:
        raise DamagedTableError("no visit")
    return match.group()


def record_keys(records: Iterable[bytes]) -> set[bytes]:
    """The keys of all records. Raises DamagedTableError."""
    keys: set[bytes] = set()
    key = b"\n"
    for record in records:
        # The rows of a visit follow each other.
        if not record.startswith(key):
            key = record_key(record)
            keys.add(key)
    return keys


def only(records: Iterable[bytes], keys: set[bytes]) -> list[bytes]:
    """The records of those visits and revisions."""
    return [record for record in records if record_key(record) in keys]


def joined(records: Sequence[bytes]) -> bytes:
    """Records as a body again."""
    return b"\r\n".join((*records, b"")) if records else b""


def cells_of(records: Sequence[bytes]) -> Iterable[list[str]]:
    """The cells of each record as they stand in the file. Raises DamagedTableError."""
    text = joined(records).decode("utf-8")
    if '"' not in text:
        return [record.split(",") for record in text.split("\r\n")[:-1]]
    try:
        return list(csv_reader(text))
    except csv.Error as error:
        raise DamagedTableError("not CSV") from error
