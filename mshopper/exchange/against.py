"""Merged tables against the segments that they were made of: each row must be one that a laptop published and signed.

Rows are compared by what they say, so that a table that went through a spreadsheet and says the same agrees. The status of a
visit is left out: supervisors' decisions change it after a laptop published.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from mshopper.exchange.csvfile import csv_reader, read_rows
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.merged import known_package, segments_of
from mshopper.exchange.schema import TABLES, VISITS, Row, Table
from mshopper.exchange.segment import Segment, SegmentProblem, Verify
from mshopper.exchange.tombstone import tombstones_in
from mshopper.progress import Progress

Revision = tuple[str, str]
"""Visit and revision, as tables write them."""

_MOST_COLUMNS = 6
DECIDED = frozenset({"status"})


@dataclass
class TableComparison:
    """What a table says otherwise than the segments.

    `changed` has the columns (of a visit's row) or questions, sections and photos whose rows differ; `unknown` stand in no
    segment, `missing` were merged and aren't there, `erased` should have been left out; `unmerged` haven't been merged yet.
    """

    table: Table
    path: Path
    rows: int = 0
    changed: dict[Revision, tuple[str, ...]] = field(default_factory=dict)
    unknown: list[Revision] = field(default_factory=list)
    missing: list[Revision] = field(default_factory=list)
    erased: list[Revision] = field(default_factory=list)
    unmerged: int = 0


@dataclass(frozen=True)
class Published:
    """What devices published: segments that agree in hash and signature, what doesn't, and the visits that were erased."""

    segments: tuple[Segment, ...]
    problems: tuple[SegmentProblem, ...]
    erased: frozenset[str]


def published(head_office: HeadOffice, verify: Verify, progress: Progress) -> Published:
    """Look into every segment and tombstone of the folder. Raises HeadOfficeError, Cancelled."""
    arrived, keys = head_office.scan(), head_office.keys()
    progress.expect(len(arrived.segments))
    segments, problems = [], list(arrived.problems)
    for place in arrived.segments:
        found = head_office.examine(place, keys=keys, verify=verify)
        if isinstance(found, SegmentProblem):
            problems.append(found)
        else:
            segments.append(found[0])
        progress.advance(place.id)
    tombstones, unread = tombstones_in(head_office, arrived.tombstones, keys=keys, verify=verify)
    replaced = {f"{one.device_id}/{name}" for one in segments for name in one.replaces}
    kept = tuple(one for one in segments if one.id not in replaced)
    erased = frozenset(visit_id for one in tombstones for visit_id in one.visit_ids)
    return Published(kept, tuple(sorted([*problems, *unread])), erased)


def table_at(path: Path) -> Table | None:
    """Which of the four tables the file is, by its header; None for any other file. Raises OSError."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    line = head.split(b"\n")[0].rstrip(b"\r").decode("utf-8", "replace")
    try:
        columns = tuple(next(csv_reader(line), ()))
    except csv.Error:
        return None
    return next((table for table in TABLES if table.column_names == columns), None)


def compare_table(path: Path, table: Table, known: Published, *, folder: Path | None) -> TableComparison:
    """The table at `path` against what was published; where it is that of `folder`, all that was merged must be in it.

    Raises OSError, and csv.Error or UnicodeDecodeError where it isn't a table.
    """
    found = TableComparison(table, path)
    expected, holders = _expected(table, known)
    seen: dict[Revision, list[str]] = {}
    for key, rows in _grouped(read_rows(path.open("rb"))):
        digests = seen.setdefault(key, [])
        for row in rows:
            digests.append(_digest(table, row))
            found.rows += 1
    for key, digests in seen.items():
        if key[0] in known.erased:
            found.erased.append(key)
        elif key not in expected:
            found.unknown.append(key)
        elif digests not in expected[key]:
            found.changed[key] = ()
    if folder is not None:
        package = known_package(folder)
        merged = segments_of(package) if package else frozenset()
        _note_missing(found, expected, holders, seen.keys(), merged, known.erased)
    _name_changes(found, known)
    return found


def _note_missing(
    found: TableComparison,
    expected: Mapping[Revision, list[list[str]]],
    holders: Mapping[Revision, set[str]],
    seen: Set[Revision],
    merged: Set[str],
    erased: Set[str],
) -> None:
    newest: dict[str, int] = {}
    for visit_id, revision in expected:
        newest[visit_id] = max(newest.get(visit_id, 0), int(revision))
    for visit_id, number in newest.items():
        key = (visit_id, str(number))
        if visit_id in erased or key in seen or not any(expected[key]):
            continue
        if holders[key] & merged:
            found.missing.append(key)
        else:
            found.unmerged += 1


def _expected(table: Table, known: Published) -> tuple[dict[Revision, list[list[str]]], dict[Revision, set[str]]]:
    """For each revision the rows of each segment that holds it, as hashes; and those segments."""
    expected: dict[Revision, list[list[str]]] = {}
    holders: dict[Revision, set[str]] = {}
    for segment in known.segments:
        for key, rows in _grouped(segment.rows(table)):
            expected.setdefault(key, []).append([_digest(table, row) for row in rows])
            holders.setdefault(key, set()).add(segment.id)
    return expected, holders


def _grouped(rows: Iterable[Row]) -> Iterator[tuple[Revision, Iterator[Row]]]:
    return groupby(rows, key=lambda row: (row["visit_id"], row["revision"]))


def _digest(table: Table, row: Row) -> str:
    said = "\x1f".join(row.get(column, "") for column in table.column_names if column not in DECIDED)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _name_changes(found: TableComparison, known: Published) -> None:
    """Say what differs in the rows of each changed visit: a second look at the files, for these alone."""
    if not found.changed:
        return
    ours = _rows_of(read_rows(found.path.open("rb")), found.changed.keys())
    theirs: dict[Revision, list[Row]] = {}
    for segment in known.segments:
        for key, rows in _rows_of(segment.rows(found.table), found.changed.keys()).items():
            theirs.setdefault(key, rows)
    for key in found.changed:
        found.changed[key] = _differences(found.table, ours.get(key, []), theirs.get(key, []))


def _rows_of(rows: Iterable[Row], wanted: Set[Revision]) -> dict[Revision, list[Row]]:
    return {key: list(own) for key, own in _grouped(rows) if key in wanted}


def _differences(table: Table, ours: list[Row], theirs: list[Row]) -> tuple[str, ...]:
    if table is VISITS and ours and theirs:
        columns = [name for name in table.column_names if name not in DECIDED and ours[0][name] != theirs[0].get(name)]
        return tuple(columns[:_MOST_COLUMNS])
    there = {_digest(table, row) for row in theirs}
    here = {_digest(table, row) for row in ours}
    names = [_name(row) for row in ours if _digest(table, row) not in there]
    names += [_name(row) for row in theirs if _digest(table, row) not in here]
    return tuple(dict.fromkeys(names))[:_MOST_COLUMNS]


def _name(row: Row) -> str:
    """What a row is about: a question, or a part of the score."""
    name = row.get("question_id") or f"{row.get('kind', '')} {row.get('id', '')}".strip()
    return f"{name}[{row['instance']}]" if row.get("instance") else name
