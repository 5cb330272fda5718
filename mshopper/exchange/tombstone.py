"""Erasure: a tombstone names visits that are to be forgotten, and a merge leaves them out whatever segments hold them.

It lies beside the segments of the device that wrote it, as `results/<device>/<hash16>.tombstone.json`, a statement as
`statement` has them. The segments stay until head office compacts them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mshopper.exchange.folder import TOMBSTONE, HeadOffice
from mshopper.exchange.segment import Keys, SegmentProblem, Sign, Verify
from mshopper.exchange.statement import Kind, put_statement, read_statement, signed_statement

KIND = Kind("tombstone", TOMBSTONE, "mshopper_tombstone", 1)

_VISIT = re.compile(r"[0-9A-Za-z_.:-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Visits that `device_id` erased, at `created` (ISO 8601)."""

    device_id: str
    name: str
    created: str
    visit_ids: tuple[str, ...]

    @property
    def id(self) -> str:
        """How it is called across devices."""
        return f"{self.device_id}/{self.name}"


def write_tombstone(
    folder: Path, visit_ids: Iterable[str], *, device_id: str, public_key: bytes, sign: Sign, created: str
) -> Tombstone:
    """Write a tombstone into `folder` (`results/<device>`). The same one again changes nothing. Raises HeadOfficeError."""
    wanted = sorted(set(visit_ids))
    if not wanted or not all(_VISIT.fullmatch(visit_id) for visit_id in wanted):
        raise ValueError(f"visits {wanted!r}")
    statement = signed_statement(
        KIND, {"visits": wanted}, device_id=device_id, public_key=public_key, sign=sign, created=created
    )
    put_statement(folder, statement)
    return Tombstone(device_id, statement.name, created, tuple(wanted))


def read_tombstone(folder: Path, name: str, *, keys: Keys, verify: Verify | None = None) -> Tombstone | SegmentProblem:
    """The tombstone of that name in `folder` where all of it agrees, else what is wrong."""
    found = read_statement(folder, name, KIND, keys=keys, verify=verify)
    if isinstance(found, SegmentProblem):
        return found
    try:
        visits = tuple(str(visit_id) for visit_id in found.document["visits"])
    except (KeyError, TypeError):
        return SegmentProblem(f"{folder.name}/{found.file}", "damaged")
    return Tombstone(found.device_id, name, found.created, visits)


def tombstones_in(
    head_office: HeadOffice, places: Iterable[tuple[str, str]], *, keys: Keys, verify: Verify | None = None
) -> tuple[list[Tombstone], list[SegmentProblem]]:
    """The tombstones at those places (device, name), and what is wrong with the others."""
    found = [read_tombstone(head_office.results / device, name, keys=keys, verify=verify) for device, name in places]
    return (
        [one for one in found if isinstance(one, Tombstone)],
        [one for one in found if isinstance(one, SegmentProblem)],
    )


def erased_visits(head_office: HeadOffice, *, verify: Verify | None = None) -> frozenset[str]:
    """The visits that the folder's tombstones name. Raises HeadOfficeError."""
    stones, _problems = tombstones_in(
        head_office, head_office.scan().tombstones, keys=head_office.keys(), verify=verify
    )
    return frozenset(visit_id for stone in stones for visit_id in stone.visit_ids)
