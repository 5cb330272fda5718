"""A segment: what one laptop hands over at once, as four tables and a statement written last.

`write_segment` puts it into `results/<device>/` of the head-office folder, `read_segment` gives it back only where
everything agrees; whatever else lies there is a `SegmentProblem`, which is named and left alone, never an exception.

The statement (`.json`) holds format, device, number, time, and rows, bytes, columns and SHA-256 of each table; it is signed
by the device's Ed25519 key over its own canonical JSON without the signature. Keys never come here: who signs and
who verifies passes in a function.

Once erased visits are compacted away, head office's own device writes what is left under the same number: such a
statement is of format 2, names what it replaces and who wrote it, and counts once what it replaces is gone.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mshopper.errors import HeadOfficeError
from mshopper.exchange.csvfile import read_rows, table_bytes
from mshopper.exchange.files import document_bytes, read_document, sync_folder, write_file, writing
from mshopper.exchange.records import DamagedTableError, body_of, record_key, record_keys, split_records
from mshopper.exchange.schema import TABLES, VISITS, Row, Table, TableFile, Tables
from mshopper.i18n import N_, _
from mshopper.model.canonical import canonical_json

FORMAT = 1
"""The version of the segment format."""

COMPACTED_FORMAT = 2
"""The version of a segment that was compacted: one that an mshopper without erasure must leave alone."""

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
    """A segment whose files all agree. `folder` is `results/<device>`; `files` has each table's file by its name.

    `replaces` are the names of the segments that it was compacted from, `compacted_by` is the device that did it.
    """

    folder: Path
    device_id: str
    seq: int
    created: str
    public_key: str
    signature: str
    files: Mapping[str, TableFile]
    columns: Mapping[str, tuple[str, ...]]
    replaces: tuple[str, ...] = ()
    compacted_by: str = ""

    @property
    def id(self) -> str:
        """How it is called across devices."""
        return f"{self.device_id}/{self.name}"

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

    def body(self, table: Table) -> bytes:
        """The records of one table, with the columns that this version of mshopper writes.

        Raises OSError, or DamagedTableError where it changed since it was read.
        """
        data = self.path(table).read_bytes()
        columns = self.columns[table.name]
        if columns == table.column_names:
            return body_of(data, columns)
        # Another version's columns: what it lacks is empty, what we don't know stays in its segment.
        whole, _file = table_bytes(table.column_names, self.rows(table))
        return body_of(whole, table.column_names)


_PROBLEMS = {
    "half": N_("“{name}” hasn't arrived completely; it will be taken up when it has."),
    "damaged": N_("“{name}” is damaged and was left out; the laptop it comes from can publish it again."),
    "unreadable": N_("“{name}” can't be opened just now and was left out; it will be taken up when it can."),
    "newer": N_("“{name}” comes from a newer mshopper and was left out; update mshopper on this computer."),
    "copy": N_(
        "“{name}” is a copy that a sync program or a person made, and was left out; remove it if nobody needs it there."
    ),
    "foreign": N_("“{name}” isn't one of mshopper's results and was left out; remove it if nobody needs it there."),
    "keyless": N_(
        "“{name}” comes from a device whose key isn't in the folder, and was left out; it will be taken up when the "
        "key has arrived."
    ),
    "forged": N_("“{name}” isn't signed by the device it is filed under and was left out; ask where it comes from."),
}


@dataclass(frozen=True, slots=True, order=True)
class SegmentProblem:
    """Something under `results/` that wasn't merged: its name there, and why.

    `code`: half, damaged, unreadable, newer, copy, foreign, keyless or forged.
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
    folder: Path,
    tables: Tables,
    *,
    device_id: str,
    seq: int,
    public_key: bytes,
    sign: Sign,
    created: str,
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
    statement = _statement(device_id, seq, created, public_key, files)
    return put_segment(folder, {name: data for name, (data, _file) in contents.items()}, statement, sign)


def put_segment(folder: Path, contents: Mapping[str, bytes], statement: dict[str, Any], sign: Sign) -> Segment:
    """Write the four tables, then the statement that makes them a segment, signed. Raises HeadOfficeError."""
    segment = _segment(folder, statement | {"signature": ""})
    for table in TABLES:
        write_file(segment.path(table), contents[table.name], flush_folder=False)
    sync_folder(folder)
    statement["signature"] = sign(signed_part(statement)).hex()
    write_file(folder / f"{segment.name}.json", document_bytes(statement))
    return _segment(folder, statement)


def compacted_statement(
    segment: Segment, contents: Mapping[str, bytes], *, device_id: str, public_key: bytes, rows: Mapping[str, int]
) -> dict[str, Any]:
    """What `put_segment` takes for the rest of `segment`, by the device that compacts."""
    files = {
        name: TableFile(rows[name], len(data), hashlib.sha256(data).hexdigest()) for name, data in contents.items()
    }
    statement = _statement(segment.device_id, segment.seq, segment.created, public_key, files)
    replaces = sorted({*segment.replaces, segment.name})
    return statement | {"mshopper_segment": COMPACTED_FORMAT, "compacted_by": device_id, "replaces": replaces}


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


def signed_part(statement: Mapping[str, Any]) -> bytes:
    """What the signature of a statement is over."""
    return canonical_json({key: value for key, value in statement.items() if key != "signature"})


Keys = Callable[[str], str | None]
"""device id -> the public key (hex) that the device published; None where it isn't known"""


def read_segment(
    folder: Path, name: str, *, device_key: str | None = None, verify: Verify | None = None
) -> Segment | SegmentProblem:
    """The segment of that name in `folder`, if its statement and its four tables agree; else what is wrong.

    `device_key` is the public key (hex) that the device published, where it is known; `verify` checks the signature.
    """
    found = examine_segment(folder, name, keys=lambda _device: device_key, verify=verify)
    return found if isinstance(found, SegmentProblem) else found[0]


def examine_segment(
    folder: Path, name: str, *, keys: Keys, verify: Verify | None = None
) -> tuple[Segment, list[bytes]] | SegmentProblem:
    """The segment of that name and the records of its visits, if all of it agrees; else what is wrong.

    The records have the columns of the segment.
    """
    try:
        found = _examined(folder, name, keys, verify)
    except FileNotFoundError:
        found = "half"
    except OSError:
        found = "unreadable"
    return SegmentProblem(f"{folder.name}/{name}", found) if isinstance(found, str) else found


def read_statement(folder: Path, name: str) -> Segment:
    """A segment by its statement alone, for one that was examined before. Raises OSError, DamagedTableError."""
    found = _stated(folder, name)
    if isinstance(found, str):
        raise DamagedTableError(found)
    return found[0]


def _stated(folder: Path, name: str) -> tuple[Segment, bytes] | str:
    """The segment as its statement has it and what was signed, or the code of what is wrong."""
    statement = read_document(folder / f"{name}.json")
    if statement is None:
        return "damaged"
    version = statement.get("mshopper_segment")
    if not isinstance(version, int):
        return "foreign"
    if version > COMPACTED_FORMAT:
        return "newer"
    try:
        segment, message = _segment(folder, statement), signed_part(statement)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return "damaged"
    if segment.name != name or segment.device_id != folder.name:
        return "foreign"
    return segment, message


def _examined(folder: Path, name: str, keys: Keys, verify: Verify | None) -> tuple[Segment, list[bytes]] | str:
    """The segment and its visits, or the code of what is wrong."""
    stated = _stated(folder, name)
    if isinstance(stated, str):
        return stated
    segment, message = stated
    try:
        visits = _agreeing(segment)
    except DamagedTableError:
        return "damaged"
    signer = segment.compacted_by or segment.device_id
    return (segment, visits) if _is_signed(segment, message, keys(signer), verify) else "forged"


def _segment(folder: Path, statement: Mapping[str, Any]) -> Segment:
    parts = statement["files"]
    compacted = statement["mshopper_segment"] == COMPACTED_FORMAT
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
        columns={table.name: _columns(table, parts[table.name]["columns"]) for table in TABLES},
        replaces=tuple(_text(name) for name in statement["replaces"]) if compacted else (),
        compacted_by=_device(statement["compacted_by"]) if compacted else "",
    )


def _columns(table: Table, names: object) -> tuple[str, ...]:
    if names == list(table.column_names):
        return table.column_names  # one tuple for ten thousand segments
    if not isinstance(names, list):
        raise TypeError(names)
    return tuple(_text(name) for name in names)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _device(value: object) -> str:
    if not DEVICE.fullmatch(_text(value)):
        raise ValueError(value)
    return _text(value)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _agreeing(segment: Segment) -> list[bytes]:
    """The visits of a segment whose tables are all as the statement says. Raises OSError, DamagedTableError."""
    visits = _records(segment, VISITS)
    keys = {record_key(record) for record in visits}
    if len(keys) != len(visits):
        raise DamagedTableError("a revision twice")
    for table in TABLES[1:]:
        if not record_keys(_records(segment, table)) <= keys:
            raise DamagedTableError("rows of no visit")
    return visits


def _records(segment: Segment, table: Table) -> list[bytes]:
    said, columns = segment.files[table.name], segment.columns[table.name]
    data = segment.path(table).read_bytes()
    if len(data) != said.bytes or hashlib.sha256(data).hexdigest() != said.sha256:
        raise DamagedTableError("other bytes")
    if len(set(columns)) != len(columns) or columns[:2] != table.column_names[:2]:
        raise DamagedTableError("other columns")
    records = split_records(body_of(data, columns), len(columns))
    if len(records) != said.rows:
        raise DamagedTableError("another number of rows")
    return records


def _is_signed(segment: Segment, message: bytes, device_key: str | None, verify: Verify | None) -> bool:
    if device_key is not None and segment.public_key != device_key:
        return False
    if verify is None:
        return True
    try:
        return verify(bytes.fromhex(segment.public_key), message, bytes.fromhex(segment.signature))
    except ValueError:
        return False
