"""The records of a table of ours as bytes: found, checked and copied without being read cell by cell.

A merge copies what laptops wrote, so it needs to know where records end and whose they are, and that no stray quote in one
table could swallow the rows of another; it needn't know what the cells say. `csvfile` reads and writes cells.
"""

import re
from collections.abc import Iterable, Sequence

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
    records = plain.split(b"\r\n")[:-1]
    if not plain.count(b"\n") == plain.count(b"\r") == len(records):
        raise DamagedTableError("a line end within a cell")
    if {record.count(b",") for record in records} != {columns - 1}:
        raise DamagedTableError("another number of cells")
    if plain is body:
        return records
    return body.split(b"\r\n")[:-1] if body.count(b"\n") == len(records) else _with_line_ends(body)


def _without_quoted(text: bytes) -> bytes:
    """What stands outside the quotes. Raises DamagedTableError where quotes don't begin and end a cell."""
    parts = text.split(b'"')
    # Every other part is outside; a quote that is doubled within a cell leaves an empty one.
    outside = parts[::2]
    if (
        len(parts) % 2 == 0
        or not {part[-1:] for part in outside[:-1]} <= {b",", b"\n", b""}
        or not {part[:1] for part in outside[1:]} <= {b",", b"\r", b""}
    ):
        raise DamagedTableError("a quote within a cell")
    return b"".join(outside)


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


def plain_cells(record: bytes) -> list[bytes]:
    """The cells of a record that `split_records` gave, with nothing in place of those in quotes."""
    return (b"".join(record.split(b'"')[::2]) if b'"' in record else record).split(b",")
