"""The merge: all segments of a head-office folder, and what was said of them, become tables.

A pure function of the segments, tombstones and reviews: the same ones give the same bytes, in whatever order they arrived,
whoever merges, however often, whether all is read or only what is new. Per visit the highest revision counts. Two children
of one parent (the same revision sealed twice) are both kept in their segments; the lower hash is shown and the other listed
as a conflict. The visits stand by their start, the newest last; their parts in the order of device and segment, as published.
A visit's status is what the chain of decisions on it says.

`index` remembers what was verified and chooses, `compose` writes the tables, `merged` puts them in place.
"""

import csv
import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mshopper.errors import HeadOfficeError
from mshopper.exchange.compose import Former, Plan, write_tables
from mshopper.exchange.files import document_bytes, writing
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.index import Changes, Known, MergeIndex, Version, open_index
from mshopper.exchange.merged import (
    GENERATIONS,
    forget_generations,
    generation_name,
    is_written,
    keep_generation,
    known_inputs,
    known_package,
    new_generation,
    package_files,
    put_on_top,
)
from mshopper.exchange.records import DamagedTableError, plain_cells, split_records
from mshopper.exchange.said import Said, arrived_reviews, write_reviews
from mshopper.exchange.schema import MERGED_TABLES, PACKAGE_FILE, VISITS, TableFile, datapackage_document
from mshopper.exchange.segment import Keys, Segment, SegmentProblem, Verify, read_statement
from mshopper.exchange.tombstone import Tombstone, tombstones_in
from mshopper.i18n import _, ngettext
from mshopper.progress import Progress

_HASH = re.compile(r"[0-9a-f]{64}")
_STARTED, _SEAL = VISITS.column_names.index("started_at"), VISITS.column_names.index("seal")
_STATUS = VISITS.column_names.index("status")


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

    `problems` were left out. Where `missing` (segments and tombstones of the former merge that aren't there now,
    "device/name") isn't empty, nothing was written. `waiting` are files on top that another program has open: the new
    tables lie in `generation` meanwhile, and readers take them from there. `erased` visits are in tombstones;
    `disagreements` are visits on which two decisions were taken at once.
    """

    target: Path
    segments: int
    rows: Mapping[str, int]
    written: tuple[str, ...]
    problems: tuple[SegmentProblem, ...]
    conflicts: tuple[Conflict, ...]
    missing: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    generation: Path | None = None
    erased: int = 0
    disagreements: tuple[str, ...] = ()
    place: str = ""
    """The address of the folder that `target` mirrors; "" where it mirrors none."""

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
        if self.waiting:
            sentence = _(
                "“{file}” is open in another program, so the new tables wait in “{folder}”: close it and sync again."
            )
            said.append(sentence.format(file=self.target / self.waiting[0], folder=self.generation))
        for conflict in self.conflicts:
            sentence = _("Visit {visit}, revision {revision}, was corrected in two places: review which one is right.")
            said.append(sentence.format(visit=conflict.visit_id, revision=conflict.revision))
        for visit_id in self.disagreements:
            sentence = _("Two decisions were taken on visit {visit} at the same time: review which one is right.")
            said.append(sentence.format(visit=visit_id))
        return said


@dataclass(frozen=True)
class _Inputs:
    """What a merge is made of: verified segments in order, by id, those looked into just now, and tombstones.

    `aside` are compacted segments that wait, since what they were made from is there.
    """

    known: Mapping[str, Known]
    examined: Mapping[str, Segment]
    tombstones: tuple[Tombstone, ...]
    said: Said
    problems: tuple[SegmentProblem, ...] = ()
    aside: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self.known)

    @property
    def replaced(self) -> frozenset[str]:
        """Segments that need not be there, since what was left of them is."""
        return frozenset(f"{one.id.partition('/')[0]}/{name}" for one in self.known.values() for name in one.replaces)

    @property
    def erased(self) -> frozenset[str]:
        return frozenset(visit_id for tombstone in self.tombstones for visit_id in tombstone.visit_ids)


def merge(
    head_office: HeadOffice,
    *,
    device_id: str,
    into: Path | None = None,
    state: Path | None = None,
    progress: Progress | None = None,
    verify: Verify | None = None,
) -> MergeReport:
    """Merge all results: in the folder itself where merger.json names `device_id`, else into the folder `into`.

    `state` is a folder of this device's own in which it remembers what it verified, so that the next merge reads only what
    is new. Tables that wouldn't change aren't touched. Raises HeadOfficeError where this device may not merge there, or
    the disk refuses, and Cancelled; what was there before stays readable (`merged`).
    """
    progress = progress or Progress()
    target = _target(head_office, device_id, into)
    with open_index(_own(state, target)) as index:
        inputs = _arrived(head_office, index, progress, verify)
        segments, tombstones, reviews = known_inputs(target)
        missing = sorted(
            (segments - inputs.ids - inputs.replaced - inputs.aside)
            | (tombstones - {one.id for one in inputs.tombstones})
            | (reviews - inputs.said.ids)
        )
        if missing:
            return MergeReport(target, len(inputs.known), {}, (), inputs.problems, (), tuple(missing))
        with writing(target):
            report = _merge_into(target, head_office, index, inputs, progress)
        index.commit()
        return report


def _own(state: Path | None, target: Path) -> Path | None:
    """Where the index for that target lies: each folder that this device merges has its own."""
    return state / hashlib.sha256(str(target.absolute()).encode("utf-8", "replace")).hexdigest()[:16] if state else None


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


# What has arrived


def _arrived(head_office: HeadOffice, index: MergeIndex, progress: Progress, verify: Verify | None) -> _Inputs:
    """Look into what is new or changed; the index then knows exactly the segments that count."""
    arrived, keys = head_office.scan(), head_office.keys()
    problems = list(arrived.problems)
    before = {known.id: known for known in index.segments()}
    known: dict[str, Known] = {}
    examined: dict[str, Segment] = {}
    progress.expect(len(arrived.segments))
    for place in arrived.segments:
        former = before.get(place.id)
        trusted_with = f"{_key(keys, place.device_id)} {verify is not None}"
        if former and place.stamp and (former.stamp, former.key) == (place.stamp, trusted_with):
            known[place.id] = former
            progress.advance(place.id)
            continue
        found = head_office.examine(place, keys=keys, verify=verify)
        progress.advance(place.id)
        if isinstance(found, SegmentProblem):
            problems.append(found)
            continue
        segment, records = found
        examined[place.id] = segment
        if former:
            # Its name says what it holds, and it does: only its files' times are others.
            known[place.id] = index.renew(former, place.stamp, trusted_with)
        else:
            fresh = Known(0, place.id, segment.seq, place.stamp, trusted_with, segment.replaces)
            known[place.id] = index.add(fresh, _versions(segment, records))
    # What was compacted counts once that which it replaces is gone: that one bears its own device's signature.
    aside = [
        one for one in known.values() if any(f"{one.id.partition('/')[0]}/{name}" in known for name in one.replaces)
    ]
    index.drop(known.pop(one.id).number for one in aside)
    index.drop(former.number for name, former in before.items() if name not in known)
    tombstones, unread = tombstones_in(head_office, arrived.tombstones, keys=keys, verify=verify)
    said, not_said = arrived_reviews(head_office, index, keys, verify)
    problems += (*unread, *not_said)
    inputs = _Inputs(known, examined, tuple(tombstones), said, aside=frozenset(one.id for one in aside))
    return replace(inputs, problems=tuple(sorted(one for one in problems if one.name not in inputs.replaced)))


def _key(keys: Keys, device: str) -> str:
    try:
        return keys(device) or ""
    except HeadOfficeError:
        return "unreadable"


def _versions(segment: Segment, records: Sequence[bytes]) -> Iterator[Version]:
    """The revisions that a segment holds, by the records of its table of visits."""
    if segment.columns[VISITS.name] != VISITS.column_names:
        records = split_records(segment.body(VISITS), len(VISITS.columns))
    start = 0
    for record in records:
        # Seals and times are never quoted: neither has a comma or a quote in it.
        row = plain_cells(record)
        seal = row[_SEAL].decode("utf-8")
        digest = seal if _HASH.fullmatch(seal) else hashlib.sha256(record).hexdigest()
        length = len(record) + 2
        yield Version(
            row[0].decode("ascii"),
            int(row[1]),
            digest,
            _instant(row[_STARTED].decode("utf-8")),
            start,
            length,
            _status(record, row),
        )
        start += length


def _status(record: bytes, row: Sequence[bytes]) -> str:
    """The status of a record that a decision may change; "" for any other."""
    _before, status, seal, _device = record.rsplit(b",", 3)
    plain = status == row[_STATUS] == b"submitted" and seal == row[_SEAL] and _HASH.fullmatch(seal.decode("utf-8"))
    return "submitted" if plain else ""


def _instant(text: str) -> str:
    """A time in UTC, so that visits from two time zones stand in their order; what isn't a time comes before all."""
    try:
        moment = dt.datetime.fromisoformat(text)
        in_utc = (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return "-" + text[:64].encode("utf-8").hex()
    return in_utc.isoformat(timespec="microseconds")


# The tables


def _merge_into(
    target: Path, head_office: HeadOffice, index: MergeIndex, inputs: _Inputs, progress: Progress
) -> MergeReport:
    former = _former(index, target)
    counted = inputs.said.without(inputs.erased)
    changes = index.choose(inputs.erased, counted.decided(), anew=former is None)
    conflicts = tuple(
        Conflict(visit_id, revision, hashes[0], tuple(hashes[1:])) for visit_id, revision, hashes in index.conflicts()
    )
    about = _about(inputs, counted, conflicts)
    before = generation_name((target / PACKAGE_FILE).read_bytes()) if (target / PACKAGE_FILE).is_file() else ""
    if former is not None and changes.are_none and _is_package(former, about):
        files, place = former.files, former.folder
        package = document_bytes(datapackage_document(files, about))
    else:
        files, package, place = _write(target, head_office, index, inputs, counted, (former, changes), about, progress)
        _note(index, place, files)
    written, waiting = _take_over(target, place, files, package)
    if written and not waiting:
        forget_generations(target, frozenset({place.name, before}))
    rows = {name: file.rows for name, file in files.items()}
    return MergeReport(
        target,
        len(inputs.known),
        rows,
        written,
        inputs.problems,
        conflicts,
        waiting=waiting,
        generation=place,
        erased=len(inputs.erased),
        disagreements=counted.disagreements(),
    )


def _write(
    target: Path,
    head_office: HeadOffice,
    index: MergeIndex,
    inputs: _Inputs,
    counted: Said,
    since: tuple["_FormerTables | None", Changes],
    about: Mapping[str, Any],
    progress: Progress,
) -> tuple[Mapping[str, TableFile], bytes, Path]:
    """Write a generation: its tables, its data package and where it is."""
    former, changes = since
    ids = {known.number: known.id for known in inputs.known.values()}

    def segment(number: int) -> Segment:
        device, _slash, name = ids[number].partition("/")
        try:
            return inputs.examined.get(ids[number]) or read_statement(head_office.results / device, name)
        except (OSError, DamagedTableError) as error:
            raise _changed(head_office.results / device / name) from error

    order = [known.number for known in inputs.known.values()]
    plan = Plan(order, segment, index, changes, Former(former.folder) if former else None)
    with new_generation(target) as unfinished:
        try:
            files = write_tables(unfinished, plan, lambda: progress.advance(_("Merging"), 0))
            files |= write_reviews(unfinished, counted, index)
        except (DamagedTableError, csv.Error, UnicodeDecodeError) as error:
            raise _changed(head_office.results) from error
        package = document_bytes(datapackage_document(files, about))
        (unfinished / PACKAGE_FILE).write_bytes(package)
        return files, package, keep_generation(target, unfinished)


def _changed(path: Path) -> HeadOfficeError:
    sentence = _("“{path}” changed while it was being read: check that the folder is connected, and sync again.")
    return HeadOfficeError(sentence.format(path=path))


def _about(inputs: _Inputs, counted: Said, conflicts: Sequence[Conflict]) -> dict[str, Any]:
    """What the data package remembers of the merge: what it is made of, and what is to be reviewed."""
    tombstones, reviews = _by_device(one.id for one in inputs.tombstones), _by_device(counted.ids)
    return {
        "segments": _by_device(inputs.known),
        **({"tombstones": tombstones} if tombstones else {}),
        **({"reviews": reviews} if reviews else {}),
        "conflicts": [asdict(conflict) | {"others": list(conflict.others)} for conflict in conflicts],
    }


def _by_device(ids: Iterable[str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for one in sorted(ids):
        device, _slash, name = one.partition("/")
        names.setdefault(device, []).append(name)
    return names


@dataclass(frozen=True)
class _FormerTables:
    """The generation that the index was kept with."""

    folder: Path
    files: Mapping[str, TableFile]


def _note(index: MergeIndex, place: Path, files: Mapping[str, TableFile]) -> None:
    tables = {table.name: [*asdict(files[table.name]).values(), _stamp(place / table.file)] for table in MERGED_TABLES}
    index.note("tables", json.dumps({"generation": place.name, "tables": tables}))


def _former(index: MergeIndex, target: Path) -> _FormerTables | None:
    """The tables that the index tells of, where nobody touched them since; else None."""
    noted = index.about("tables")
    if not noted:
        return None
    said = json.loads(noted)
    place = target / GENERATIONS / said["generation"]
    files = {name: TableFile(*part[:3]) for name, part in said["tables"].items()}
    try:
        untouched = all(_stamp(place / table.file) == said["tables"][table.name][3] for table in MERGED_TABLES)
    except OSError:
        return None
    return _FormerTables(place, files) if untouched else None


def _stamp(path: Path) -> str:
    about = path.stat()
    return f"{about.st_size}:{about.st_mtime_ns}"


def _is_package(former: _FormerTables, about: Mapping[str, Any]) -> bool:
    """Whether a generation is what would be written now, and is whole."""
    wanted = generation_name(document_bytes(datapackage_document(former.files, about)))
    return former.folder.name == wanted and (former.folder / PACKAGE_FILE).is_file()


def _take_over(
    target: Path, place: Path, files: Mapping[str, TableFile], package: bytes
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put a generation on top. Returns the files that changed there, and those that somebody has open."""
    on_top = target / PACKAGE_FILE
    former = known_package(target)
    said = package_files(former) if former else {}
    changed = [table.file for table in MERGED_TABLES if not _stands(target / table.file, files[table.name], said)]
    if not changed and on_top.is_file() and on_top.read_bytes() == package:
        return (), ()
    if waiting := put_on_top(target, place, changed):
        return (), waiting
    return (*changed, PACKAGE_FILE), ()


def _stands(path: Path, file: TableFile, said: Mapping[str, tuple[int, str]]) -> bool:
    """Whether `path` holds those bytes already: it isn't read where the package there says otherwise."""
    return said.get(path.name, (file.bytes, file.sha256)) == (file.bytes, file.sha256) and is_written(path, file)
