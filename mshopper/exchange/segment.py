"""A segment: what one laptop hands over at once, as four tables and a statement written last.

`write_segment` puts it into `results/<device>/` of the head-office folder, `read_segment` gives it back only where
everything agrees; whatever else lies there is a `SegmentProblem`, which is named and left alone, never an exception.

The statement (`.json`) holds format, device, number, time, and rows, bytes, columns and SHA-256 of each table; it is signed
by the device's Ed25519 key over its own canonical JSON without the signature. Keys never come here: who signs and
who verifies passes in a function.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mshopper.errors import HeadOfficeError
from mshopper.exchange.csvfile import read_header, read_rows, table_bytes
from mshopper.exchange.files import document_bytes, read_document, write_file, writing
from mshopper.exchange.schema import TABLES, Row, Table, TableFile, Tables
from mshopper.i18n import N_, _
from mshopper.model.canonical import canonical_json

FORMAT = 1
"""The version of the segment format."""

NAME = re.compile(r"(?P<seq>[0-9]{8})-(?P<hash>[0-9a-f]{16})")
DEVICE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
DEVICE_FILE = "device.json"
HIGHEST_SEQ = 99_999_999

Sign = Callable[[bytes], bytes]
"""message -> signature"""

Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, message, signature) -> whether the key's owner signed the message"""


class DeviceClashError(HeadOfficeError):
    """The folder holds other results under this device's next number: a clone or a restored backup. Mint a new device."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment whose files all agree. `folder` is `results/<device>`; `files` has each table's file by its name."""

    folder: Path
    device_id: str
    seq: int
    created: str
    public_key: str
    signature: str
    files: Mapping[str, TableFile]
    columns: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """Number and content hash, as its files are called."""
        return segment_name(self.seq, self.files)

    def path(self, table: Table) -> Path:
        """The file of one table."""
        return self.folder / f"{self.name}.{table.name}.csv"

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows of one table. Raises OSError, csv.Error or UnicodeDecodeError where it changed since it was read."""
        yield from read_rows(self.path(table).open("rb"))


_PROBLEMS = {
    "half": N_("“{name}” hasn't arrived completely; it will be taken up when it has."),
    "damaged": N_("“{name}” is damaged and was left out; the laptop it comes from can publish it again."),
    "unreadable": N_("“{name}” can't be opened just now and was left out; it will be taken up when it can."),
    "newer": N_("“{name}” comes from a newer mshopper and was left out; update mshopper on this computer."),
    "foreign": N_("“{name}” isn't one of mshopper's results and was left out; remove it if nobody needs it there."),
    "forged": N_("“{name}” isn't signed by the device it is filed under and was left out; ask where it comes from."),
}


@dataclass(frozen=True, slots=True, order=True)
class SegmentProblem:
    """Something under `results/` that wasn't merged: its name there, and why.

    `code`: half, damaged, unreadable, newer, foreign or forged.
    """

    name: str
    code: str

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in the language shown."""
        return _(_PROBLEMS[self.code]).format(name=self.name)


def segment_name(seq: int, files: Mapping[str, TableFile]) -> str:
    """Eight digits, and 16 hex digits of the SHA-256 over the tables' own hashes (hex, in the tables' order)."""
    hashes = "".join(files[table.name].sha256 for table in TABLES)
    return f"{seq:08d}-{hashlib.sha256(hashes.encode('ascii')).hexdigest()[:16]}"


def write_segment(
    folder: Path, tables: Tables, *, device_id: str, seq: int, public_key: bytes, sign: Sign, created: str
) -> Segment:
    """Write a segment into `folder` (`results/<device>`), its statement last. Writing the same again changes nothing.

    `seq` counts from 1, `created` is ISO 8601 with offset, `public_key` the 32 bytes that verify `sign`.
    Raises DeviceClashError where the folder holds other content under `seq`, HeadOfficeError when the disk refuses.
    """
    if not 1 <= seq <= HIGHEST_SEQ:
        raise ValueError(f"segment number {seq}")
    contents = {table.name: table_bytes(table.column_names, tables.of(table)) for table in TABLES}
    files = {name: file for name, (_data, file) in contents.items()}
    name = segment_name(seq, files)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_another(folder, seq, name)
    there = read_segment(folder, name)
    if isinstance(there, Segment):
        return there
    for table in TABLES:
        write_file(folder / f"{name}.{table.name}.csv", contents[table.name][0])
    statement = _statement(device_id, seq, created, public_key, files)
    statement["signature"] = sign(_signed(statement)).hex()
    write_file(folder / f"{name}.json", document_bytes(statement))
    return _segment(folder, statement)


def _refuse_another(folder: Path, seq: int, name: str) -> None:
    for path in folder.glob(f"{seq:08d}-*.json"):
        if path.stem != name:
            sentence = _(
                "The head-office folder already holds other results under number {seq} of this device; "
                "this computer needs an identity of its own before it can publish."
            )
            raise DeviceClashError(sentence.format(seq=seq))


def _statement(
    device_id: str, seq: int, created: str, public_key: bytes, files: Mapping[str, TableFile]
) -> dict[str, Any]:
    return {
        "mshopper_segment": FORMAT,
        "device": device_id,
        "seq": seq,
        "created": created,
        "public_key": public_key.hex(),
        "files": {
            table.name: {
                "rows": files[table.name].rows,
                "bytes": files[table.name].bytes,
                "sha256": files[table.name].sha256,
                "columns": list(table.column_names),
            }
            for table in TABLES
        },
    }


def _signed(statement: Mapping[str, Any]) -> bytes:
    return canonical_json({key: value for key, value in statement.items() if key != "signature"})


def read_segment(
    folder: Path, name: str, *, device_key: str | None = None, verify: Verify | None = None
) -> Segment | SegmentProblem:
    """The segment of that name in `folder`, if its statement and its four tables agree; else what is wrong.

    `device_key` is the public key (hex) that the device published, where it is known; `verify` checks the signature.
    """
    try:
        found = _read(folder, name, device_key, verify)
    except FileNotFoundError:
        found = "half"
    except OSError:
        found = "unreadable"
    return found if isinstance(found, Segment) else SegmentProblem(f"{folder.name}/{name}", found)


def _read(folder: Path, name: str, device_key: str | None, verify: Verify | None) -> Segment | str:
    """The segment, or the code of what is wrong."""
    statement = read_document(folder / f"{name}.json")
    if statement is None:
        return "damaged"
    version = statement.get("mshopper_segment")
    if not isinstance(version, int):
        return "foreign"
    if version > FORMAT:
        return "newer"
    try:
        segment = _segment(folder, statement)
        message = _signed(statement)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return "damaged"
    if segment.name != name or segment.device_id != folder.name:
        return "foreign"
    if not _tables_agree(segment):
        return "damaged"
    return segment if _is_signed(segment, message, device_key, verify) else "forged"


def _segment(folder: Path, statement: Mapping[str, Any]) -> Segment:
    parts = statement["files"]
    return Segment(
        folder=folder,
        device_id=_text(statement["device"]),
        seq=_whole(statement["seq"]),
        created=_text(statement["created"]),
        public_key=_text(statement["public_key"]),
        signature=_text(statement["signature"]),
        files={
            table.name: TableFile(
                _whole(parts[table.name]["rows"]),
                _whole(parts[table.name]["bytes"]),
                _text(parts[table.name]["sha256"]),
            )
            for table in TABLES
        },
        columns={table.name: tuple(_text(column) for column in parts[table.name]["columns"]) for table in TABLES},
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _tables_agree(segment: Segment) -> bool:
    """Whether every table is as the statement says."""
    for table in TABLES:
        data = segment.path(table).read_bytes()
        said = segment.files[table.name]
        if len(data) != said.bytes or hashlib.sha256(data).hexdigest() != said.sha256:
            return False
        try:
            if not _header_agrees(data, segment.columns[table.name]) or not _rows_agree(data, table, said.rows):
                return False
        except (csv.Error, UnicodeDecodeError):
            return False
    return True


def _header_agrees(data: bytes, columns: tuple[str, ...]) -> bool:
    known = {"visit_id", "revision"}
    return read_header(io.BytesIO(data)) == columns and len(set(columns)) == len(columns) and known <= set(columns)


def _rows_agree(data: bytes, table: Table, count: int) -> bool:
    """Every row belongs to a revision of a visit, a revision stands once, and there are as many rows as said."""
    seen: set[tuple[str, str]] = set()
    rows = 0
    for row in read_rows(io.BytesIO(data)):
        rows += 1
        key = (row["visit_id"], row["revision"])
        if not row["visit_id"] or not re.fullmatch(r"[1-9][0-9]{0,8}", row["revision"], re.ASCII):
            return False
        if table.primary_key and key in seen:
            return False
        seen.add(key)
    return rows == count


def _is_signed(segment: Segment, message: bytes, device_key: str | None, verify: Verify | None) -> bool:
    if device_key is not None and segment.public_key != device_key:
        return False
    if verify is None:
        return True
    try:
        return verify(bytes.fromhex(segment.public_key), message, bytes.fromhex(segment.signature))
    except ValueError:
        return False
