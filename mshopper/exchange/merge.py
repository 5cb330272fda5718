"""The merge: all segments of a head-office folder become four tables.

A pure function of the segments: the same segments give the same bytes, in whatever order they arrived, whoever merges,
however often. Per visit the highest revision counts. Two children of one parent (the same revision sealed twice) are
both kept in their segments; the lower hash is shown and the other listed as a conflict. The visits stand by their start, the
newest last; the other tables in the order of device and segment, as published.

Two passes: the first reads the visits alone and chooses, the second copies the rows of what was chosen, so that answers never
have to be in memory together.
"""

import contextlib
import csv
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mshopper.errors import HeadOfficeError
from mshopper.exchange.csvfile import TableWriter
from mshopper.exchange.files import document_bytes, open_temporary, put_in_place, temporary_of, write_file, writing
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.merged import forget_generations, is_written, keep_generation, known_segments
from mshopper.exchange.schema import PACKAGE_FILE, TABLES, VISITS, Row, Table, TableFile, datapackage_document
from mshopper.exchange.segment import Segment, SegmentProblem, Verify
from mshopper.i18n import _, ngettext
from mshopper.model.canonical import canonical_json
from mshopper.progress import Progress

Key = tuple[str, str]
"""Visit id and revision, as text."""


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """One revision of a visit in several versions: `shown` and `others` are their hashes (the seal, where sealed)."""

    visit_id: str
    revision: int
    shown: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What a merge did in `target`: how many segments it read, the rows of each table, the files that changed.

    `problems` were left out. Where `missing` (segments of the former merge that aren't there now, "device/name") isn't
    empty, nothing was written.
    """

    target: Path
    segments: int
    rows: Mapping[str, int]
    written: tuple[str, ...]
    problems: tuple[SegmentProblem, ...]
    conflicts: tuple[Conflict, ...]
    missing: tuple[str, ...] = ()

    @property
    def visits(self) -> int:
        """How many visits the merged table holds."""
        return self.rows.get(VISITS.name, 0)

    def sentences(self) -> list[str]:
        """What there is to look at, in the language shown; empty where all went well."""
        said = [problem.sentence for problem in self.problems]
        if self.missing:
            said.append(
                ngettext(
                    "The merged tables hold {n} set of results that isn't in the folder now ({first}), so they were "
                    "left as they are: wait until the folder has been downloaded completely, and sync again.",
                    "The merged tables hold {n} sets of results that aren't in the folder now ({first}, …), so they "
                    "were left as they are: wait until the folder has been downloaded completely, and sync again.",
                    len(self.missing),
                ).format(n=len(self.missing), first=self.missing[0])
            )
        for conflict in self.conflicts:
            sentence = _("Visit {visit}, revision {revision}, was corrected in two places: review which one is right.")
            said.append(sentence.format(visit=conflict.visit_id, revision=conflict.revision))
        return said


@dataclass(frozen=True, slots=True)
class _Version:
    """One visit as one segment has it. `hash` is its seal, else the hash of its row."""

    revision: int
    hash: str
    segment: int


def merge(
    head_office: HeadOffice,
    *,
    device_id: str,
    into: Path | None = None,
    progress: Progress | None = None,
    verify: Verify | None = None,
) -> MergeReport:
    """Merge all results: in the folder itself where merger.json names `device_id`, else into the folder `into`.

    Tables that wouldn't change aren't touched. Raises HeadOfficeError where this device may not merge there, or the
    disk refuses, and Cancelled; what was there before stays readable (`merged`).
    """
    progress = progress or Progress()
    target = _target(head_office, device_id, into)
    segments, problems = _arrived(head_office, progress, verify)
    missing = sorted(known_segments(target) - {_id(segment) for segment in segments})
    if missing:
        return MergeReport(target, len(segments), {}, (), problems, (), tuple(missing))
    chosen, conflicts = _choose(segments, progress)
    try:
        files = _write_tables(target, segments, chosen, progress)
        written = _take_over(target, files, _about(segments, conflicts))
    finally:
        with contextlib.suppress(OSError):
            for table in TABLES:
                temporary_of(target / table.file).unlink(missing_ok=True)
    rows = {name: file.rows for name, file in files.items()}
    return MergeReport(target, len(segments), rows, written, problems, conflicts)


def _target(head_office: HeadOffice, device_id: str, into: Path | None) -> Path:
    if head_office.merger() == device_id:
        return head_office.folder
    if into is None:
        sentence = _(
            "Another computer merges in “{folder}”: take over with “mshopper merge --claim” if that is wanted."
        )
        raise HeadOfficeError(sentence.format(folder=head_office.folder))
    with writing(into):
        into.mkdir(parents=True, exist_ok=True)
    return into


def _id(segment: Segment) -> str:
    return f"{segment.device_id}/{segment.name}"


def _arrived(
    head_office: HeadOffice, progress: Progress, verify: Verify | None
) -> tuple[list[Segment], tuple[SegmentProblem, ...]]:
    places, found = head_office.scan()
    problems = list(found)
    segments: list[Segment] = []
    # Each is read three times: looked into, chosen from, copied from.
    progress.expect(3 * len(places))
    for place in places:
        result = head_office.segment(place, verify=verify)
        if isinstance(result, Segment):
            segments.append(result)
        else:
            problems.append(result)
        progress.advance(place.id)
    return segments, tuple(sorted(problems))


def _choose(segments: Sequence[Segment], progress: Progress) -> tuple[list[set[Key]], tuple[Conflict, ...]]:
    """The revisions to take from each segment, by its index, and the conflicts among all revisions."""
    versions: dict[str, list[_Version]] = {}
    for index, segment in enumerate(segments):
        for row in _rows(segment, VISITS):
            version = _Version(int(row["revision"]), row.get("seal") or _row_hash(row), index)
            versions.setdefault(row["visit_id"], []).append(version)
        progress.advance(_id(segment))
    chosen: list[set[Key]] = [set() for _segment in segments]
    conflicts: list[Conflict] = []
    for visit_id, known in versions.items():
        shown = _shown(known, segments)
        chosen[shown.segment].add((visit_id, str(shown.revision)))
        conflicts.extend(_conflicts(visit_id, known))
    return chosen, tuple(sorted(conflicts))


def _shown(versions: Sequence[_Version], segments: Sequence[Segment]) -> _Version:
    """The highest revision, of two such the lower hash, of the same published twice the later one (its status)."""
    highest = max(version.revision for version in versions)
    lowest_hash = min(version.hash for version in versions if version.revision == highest)
    same = [version for version in versions if (version.revision, version.hash) == (highest, lowest_hash)]
    return max(same, key=lambda version: (segments[version.segment].seq, _id(segments[version.segment])))


def _conflicts(visit_id: str, versions: Sequence[_Version]) -> Iterator[Conflict]:
    if len(versions) == 1:
        return
    hashes: dict[int, set[str]] = {}
    for version in versions:
        hashes.setdefault(version.revision, set()).add(version.hash)
    for revision, different in hashes.items():
        if len(different) > 1:
            shown, *others = sorted(different)
            yield Conflict(visit_id, revision, shown, tuple(others))


def _row_hash(row: Row) -> str:
    return hashlib.sha256(canonical_json(row)).hexdigest()


def _rows(segment: Segment, table: Table) -> Iterator[Row]:
    try:
        yield from segment.rows(table)
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        sentence = _("“{path}” changed while it was being read: check that the folder is connected, and sync again.")
        raise HeadOfficeError(sentence.format(path=segment.path(table))) from error


def _write_tables(
    target: Path, segments: Sequence[Segment], chosen: Sequence[set[Key]], progress: Progress
) -> dict[str, TableFile]:
    """Write the four tables beside the ones in place, and say what they are."""
    visits: list[Row] = []
    with writing(target), contextlib.ExitStack() as open_files:
        writers = {
            table.name: TableWriter(open_files.enter_context(open_temporary(target / table.file)), table.column_names)
            for table in TABLES
        }
        for segment, keys in zip(segments, chosen, strict=True):
            if keys:
                visits.extend(_taken(segment, VISITS, keys))
                for table in TABLES[1:]:
                    for row in _taken(segment, table, keys):
                        writers[table.name].row(row)
            progress.advance(_id(segment))
        for row in sorted(visits, key=_newest_last):
            writers[VISITS.name].row(row)
        return {name: writer.file() for name, writer in writers.items()}


def _taken(segment: Segment, table: Table, keys: set[Key]) -> Iterator[Row]:
    return (row for row in _rows(segment, table) if (row["visit_id"], row["revision"]) in keys)


def _newest_last(row: Row) -> tuple[str, str]:
    return _instant(row.get("started_at", "")), row["visit_id"]


def _instant(text: str) -> str:
    """A time in UTC, so that visits from two time zones stand in their order; other text as it is."""
    try:
        moment = dt.datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC).isoformat()
    except (ValueError, OverflowError):
        return text


def _about(segments: Sequence[Segment], conflicts: Sequence[Conflict]) -> dict[str, Any]:
    """What the data package remembers of the merge: which segments it holds, and what is to be reviewed."""
    names: dict[str, list[str]] = {}
    for segment in segments:
        names.setdefault(segment.device_id, []).append(segment.name)
    return {
        "segments": names,
        "conflicts": [
            {
                "visit_id": conflict.visit_id,
                "revision": conflict.revision,
                "shown": conflict.shown,
                "others": list(conflict.others),
            }
            for conflict in conflicts
        ],
    }


def _take_over(target: Path, files: Mapping[str, TableFile], about: Mapping[str, Any]) -> tuple[str, ...]:
    """Put the new tables in place of the old, the package last; returns the names of the files that changed."""
    package = document_bytes(datapackage_document(files, about))
    with writing(target):
        changed = [table.file for table in TABLES if not is_written(target / table.file, files[table.name])]
        if not changed and _holds(target / PACKAGE_FILE, package):
            return ()
        kept = keep_generation(target) if changed else None
        for name in changed:
            put_in_place(target / name)
    write_file(target / PACKAGE_FILE, package)
    with contextlib.suppress(OSError):  # somebody reads them just now: the next merge removes them
        forget_generations(target, kept)
    return (*changed, PACKAGE_FILE)


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data
