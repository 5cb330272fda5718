"""Compaction: what was erased leaves the head-office folder for good.

A merge only leaves erased visits out; here head office rewrites the segments that hold them, in the same place under the same
number, signed by its own device, and removes the visits' evidence. The old files go once the new ones are whole, so that
a compaction that was killed is completed by the next one, and a merge at any moment in between finds the same visits.
"""

import shutil
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from mshopper.errors import HeadOfficeError
from mshopper.exchange.evidence import FOLDER as EVIDENCE
from mshopper.exchange.files import sync_folder, writing
from mshopper.exchange.folder import HeadOffice, SegmentPlace
from mshopper.exchange.records import joined, only, record_keys, split_records
from mshopper.exchange.reviews import read_review, remove_erased, scan_reviews
from mshopper.exchange.schema import TABLES
from mshopper.exchange.segment import (
    Keys,
    Segment,
    SegmentProblem,
    Sign,
    Verify,
    compacted_statement,
    put_segment,
)
from mshopper.exchange.tombstone import tombstones_in
from mshopper.i18n import _
from mshopper.progress import Progress


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction did: the segments that were rewritten ("device/name" as they were), the visits they lost."""

    segments: tuple[str, ...]
    visits: int
    problems: tuple[SegmentProblem, ...]


def compact(
    head_office: HeadOffice,
    *,
    device_id: str,
    public_key: bytes,
    sign: Sign,
    verify: Verify | None = None,
    progress: Progress | None = None,
) -> Compacted:
    """Rewrite every segment that holds an erased visit. Raises HeadOfficeError, Cancelled.

    Only the device of merger.json may.
    """
    progress = progress or Progress()
    if head_office.merger() != device_id:
        sentence = _(
            "Another computer merges in “{folder}”: take over with “mshopper merge --claim” if that is wanted."
        )
        raise HeadOfficeError(sentence.format(folder=head_office.folder))
    head_office.register(device_id, public_key)
    arrived, keys = head_office.scan(), head_office.keys()
    stones, problems = tombstones_in(head_office, arrived.tombstones, keys=keys, verify=verify)
    erased = frozenset(visit_id.encode("ascii") for stone in stones for visit_id in stone.visit_ids)
    progress.expect(len(arrived.segments))
    rewritten, lost, replaced = [], 0, set()
    for place in arrived.segments:
        progress.advance(place.id)
        found = head_office.examine(place, keys=keys, verify=verify) if erased else None
        if isinstance(found, SegmentProblem):
            problems.append(found)
        elif found is not None:
            segment, records = found
            replaced |= {(segment.device_id, name) for name in segment.replaces}
            kept = {key for key in record_keys(records) if key.partition(b",")[0] not in erased}
            if len(kept) < len(records):
                _rewrite(segment, kept, device_id, public_key, sign)
                rewritten.append(segment.id)
                replaced.add((segment.device_id, segment.name))
                lost += len(records) - len(kept)
    for device, name in sorted(replaced):
        _remove(head_office, device, name, keys, verify)
    places, strange = scan_reviews(head_office)
    said = [read_review(head_office, place, keys=keys, verify=verify) for place in (places if erased else ())]
    problems += (*strange, *(one for one in said if isinstance(one, SegmentProblem)))
    names = frozenset(visit_id.decode("ascii") for visit_id in erased)
    remove_erased(head_office, [one for one in said if not isinstance(one, SegmentProblem)], names)
    for visit_id in sorted(erased):
        evidence = head_office.folder / EVIDENCE / visit_id.decode("ascii")
        if evidence.parent.name == EVIDENCE and evidence.is_dir():
            with writing(evidence):
                shutil.rmtree(evidence)
    return Compacted(tuple(rewritten), lost, tuple(sorted(problems)))


def _rewrite(segment: Segment, kept: AbstractSet[bytes], device_id: str, public_key: bytes, sign: Sign) -> None:
    contents: dict[str, bytes] = {}
    rows: dict[str, int] = {}
    for table in TABLES:
        records = only(split_records(segment.body(table), len(table.columns)), set(kept))
        contents[table.name] = (",".join(table.column_names) + "\r\n").encode("utf-8") + joined(records)
        rows[table.name] = len(records)
    statement = compacted_statement(segment, contents, device_id=device_id, public_key=public_key, rows=rows)
    put_segment(segment.folder, contents, statement, sign)


def _remove(head_office: HeadOffice, device: str, name: str, keys: Keys, verify: Verify | None) -> None:
    """Remove the files of a segment that was replaced: its statement first, so that no half of it ever counts."""
    folder = head_office.device_folder(device)
    files = [folder / f"{name}.json", *(folder / f"{name}.{table.name}.csv" for table in TABLES)]
    there = [path for path in files if path.exists()]
    if there and _is_replaced(head_office, device, name, keys, verify):
        with writing(folder):
            for path in there:
                path.unlink()
            sync_folder(folder)


def _is_replaced(head_office: HeadOffice, device: str, name: str, keys: Keys, verify: Verify | None) -> bool:
    """Whether what is left of a segment stands there whole, as read back from the disk."""
    for place in head_office.device_places(device):
        if place.name[:8] == name[:8] and place.name != name:
            found = head_office.examine(SegmentPlace(device, place.name), keys=keys, verify=verify)
            if not isinstance(found, SegmentProblem) and name in found[0].replaces:
                return True
    return False
