"""The merged tables as bytes: put together from the segments' own records and from the tables written before.

Nothing is parsed and written again here: what laptops wrote is copied. So a merge costs little more than reading and
writing, and no cell can come out other than it went in.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from mshopper.exchange.index import Changes, MergeIndex
from mshopper.exchange.records import joined, only, split_records
from mshopper.exchange.schema import ANSWERS, PHOTOS, SCORES, TABLES, VISITS, Table, TableFile
from mshopper.exchange.segment import Segment

_AT_ONCE = 1 << 18
"""Bytes that are read, hashed and written while they are in the processor's cache."""

Step = Callable[[], None]
"""Called between pieces of work; raises to stop."""


@dataclass(frozen=True, slots=True)
class Former:
    """Tables written before."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """What the tables are made of: the segments in order, by the index's number, and where their records come from."""

    order: Sequence[int]
    segment: Callable[[int], Segment]
    index: MergeIndex
    changes: Changes
    former: Former | None


class _Writer:
    """Writes a table, and knows its hash.

    Without a stream's own buffer: filling one would hold the interpreter's lock, and the other tables would wait.
    """

    def __init__(self, stream: FileIO, table: Table) -> None:
        self._stream, self._hash, self.bytes = stream, hashlib.sha256(), 0
        self._buffer = memoryview(bytearray(_AT_ONCE))
        self._gathered = bytearray()
        self.write((",".join(table.column_names) + "\r\n").encode("utf-8"))

    def write(self, data: bytes) -> None:
        """Write `data`, in its turn: what is little is gathered first."""
        self._gathered += data
        if len(self._gathered) >= _AT_ONCE:
            self._put_gathered()

    def copy(self, source: FileIO, begin: int, length: int, step: Step) -> None:
        """Write a part of a table written before."""
        self._put_gathered()
        source.seek(begin)
        while length:
            count = source.readinto(self._buffer[: min(length, _AT_ONCE)])
            if not count:
                raise OSError(f"{source.name!r} is shorter than it was")
            self._put(self._buffer[:count])
            length -= count
            step()

    def finish(self, rows: int) -> TableFile:
        """What was written, once it is on the disk."""
        self._put_gathered()
        os.fsync(self._stream.fileno())
        return TableFile(rows, self.bytes, self._hash.hexdigest())

    def _put_gathered(self) -> None:
        gathered, self._gathered = self._gathered, bytearray()
        self._put(memoryview(gathered))

    def _put(self, data: memoryview) -> None:
        self._hash.update(data)
        self.bytes += len(data)
        while data:
            data = data[self._stream.write(data) :]


def write_tables(target: Path, plan: Plan, step: Step) -> dict[str, TableFile]:
    """Write the four tables into `target`, flushed, and say what they are. `step` is called from this thread alone.

    Raises OSError, DamagedTableError where a segment changed meanwhile, and what `step` raises.
    """
    stopped: list[bool] = []

    def other_step() -> None:
        if stopped:
            raise InterruptedError

    shown = plan.index.shown_of(_unlike_before(plan))
    chunks = {table.name: plan.index.chunks(table.name) for table in TABLES[1:]}
    files: dict[str, TableFile] = {}
    # Hashing, reading and writing leave the interpreter's lock, so threads keep the other cores busy.
    with ThreadPoolExecutor(2) as pool:
        others = {
            table.name: pool.submit(_write_chunks, target, table, plan, shown, chunks[table.name], other_step)
            for table in (ANSWERS, SCORES, PHOTOS)  # the longest first
        }
        try:
            files[VISITS.name] = _write_visits(target, plan, step)
            for name, other in others.items():
                while True:
                    try:
                        file, new_chunks = other.result(timeout=0.2)
                        break
                    except TimeoutError:
                        step()
                files[name], chunks[name] = file, new_chunks
        except BaseException:
            stopped.append(True)
            raise
    for name, new_chunks in chunks.items():
        plan.index.set_chunks(name, new_chunks)
    return files


def _unlike_before(plan: Plan) -> Iterable[int]:
    """The segments whose records aren't to be had from the tables before."""
    if plan.former is None or plan.changes.added is None:
        return plan.order
    return [number for number in plan.order if number in plan.changes.segments]


def _header_bytes(table: Table) -> int:
    return len(",".join(table.column_names)) + 2


def _write_chunks(
    target: Path,
    table: Table,
    plan: Plan,
    shown: Mapping[int, set[bytes] | None],
    before: Mapping[int, tuple[int, int]],
    step: Step,
) -> tuple[TableFile, dict[int, tuple[int, int]]]:
    """A table whose records stand as published, segment after segment; and each segment's rows and bytes in it."""
    chunks: dict[int, tuple[int, int]] = {}
    with FileIO(target / table.file, "wb") as stream:
        writer = _Writer(stream, table)
        with _source(plan, table) as former:
            # `offset` is where the table before goes on; what stands together there is copied together.
            offset = begin = _header_bytes(table)
            for number in plan.order:
                if former is not None and number not in shown and number in before:
                    chunks[number] = before[number]
                    offset += before[number][1]
                    continue
                if former is not None:
                    writer.copy(former, begin, offset - begin, step)
                    offset += before.get(number, (0, 0))[1]
                    begin = offset
                step()
                rows, body = _chunk(plan.segment(number), table, shown.get(number, set()))
                writer.write(body)
                chunks[number] = rows, len(body)
            if former is not None:
                writer.copy(former, begin, offset - begin, step)
        return writer.finish(sum(rows for rows, _bytes in chunks.values())), chunks


def _chunk(segment: Segment, table: Table, keys: set[bytes] | None) -> tuple[int, bytes]:
    """What a segment gives to a table: rows and records."""
    if keys is None:
        return segment.files[table.name].rows, segment.body(table)
    if not keys:
        return 0, b""
    records = only(split_records(segment.body(table), len(table.columns)), keys)
    return len(records), joined(records)


class _Source:
    """A table written before, open; or none."""

    def __init__(self, path: Path | None) -> None:
        self._stream = FileIO(path) if path else None

    def __enter__(self) -> FileIO | None:
        return self._stream

    def __exit__(self, *_error: object) -> None:
        if self._stream:
            self._stream.close()


def _source(plan: Plan, table: Table) -> _Source:
    former = plan.former if plan.changes.added is not None else None
    return _Source(former.folder / table.file if former else None)


def _write_visits(target: Path, plan: Plan, step: Step) -> TableFile:
    """The visits by their start: from the table before with what changed, or from all segments."""
    with FileIO(target / VISITS.file, "wb") as stream:
        writer = _Writer(stream, VISITS)
        if plan.former is None or plan.changes.added is None:
            for piece in _sorted_visits(plan, step):
                writer.write(piece)
                step()
        else:
            _splice_visits(writer, plan, step)
        return writer.finish(plan.index.visits())


def _sorted_visits(plan: Plan, step: Step) -> Iterator[bytes]:
    """All visits shown. The segments' bodies go into one file, since ten thousand can't be open at a time."""
    path, begins, length = plan.index.scratch / "visits", {}, 0
    with path.open("wb", buffering=_AT_ONCE) as bodies:
        for number in plan.order:
            body = plan.segment(number).body(VISITS)
            begins[number] = length
            length += bodies.write(body)
            step()
    with path.open("rb", buffering=0) as bodies:
        for bunch in plan.index.in_order():
            pieces = []
            for number, start, size, decided in bunch:
                bodies.seek(begins[number] + start)
                pieces.append(_with_status(bodies.read(size), decided))
            yield b"".join(pieces)
    path.unlink()


def _splice_visits(writer: _Writer, plan: Plan, step: Step) -> None:
    former, changes = plan.former, plan.changes
    assert former is not None
    assert changes.added is not None
    bodies: dict[int, bytes] = {}
    # Removed before added where both stand at one place: the record that replaces another comes after the gap.
    edits = sorted(
        [(one.offset, 0, one) for one in changes.removed] + [(one.offset, 1, one) for one in changes.added],
        key=lambda edit: (edit[0], edit[1], edit[2].instant, edit[2].visit_id),
    )
    with FileIO(former.folder / VISITS.file) as source:
        header = _header_bytes(VISITS)
        at = 0
        for offset, is_added, one in edits:
            if offset > at:
                writer.copy(source, header + at, offset - at, step)
                at = offset
            if is_added:
                if one.segment not in bodies:
                    bodies[one.segment] = plan.segment(one.segment).body(VISITS)
                writer.write(_with_status(bodies[one.segment][one.start : one.start + one.length], one.decided))
            else:
                at = offset + one.size
        end = source.seek(0, os.SEEK_END) - header
        writer.copy(source, header + at, end - at, step)


def _with_status(record: bytes, decided: str) -> bytes:
    """A record of a visit with the status that was decided; "" leaves it as published.

    Only those are decided whose last three cells (status, seal, device) stand without quotes.
    """
    if not decided:
        return record
    before, _status, seal, device = record.rsplit(b",", 3)
    return b",".join((before, decided.encode("ascii"), seal, device))
