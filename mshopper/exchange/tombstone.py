"""Erasure: a tombstone names visits that are to be forgotten, and a merge leaves them out whatever segments hold them.

It lies beside the segments of the device that wrote it, as `results/<device>/<hash16>.tombstone.json`: written once, signed
by that device, named by its content. The segments stay until head office compacts them.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mshopper.exchange.files import document_bytes, read_document, write_file, writing
from mshopper.exchange.folder import TOMBSTONE, HeadOffice
from mshopper.exchange.segment import Keys, SegmentProblem, Sign, Verify, signed_part

FORMAT = 1
"""The version of the tombstone format."""

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
    statement = {
        "mshopper_tombstone": FORMAT,
        "device": device_id,
        "created": created,
        "public_key": public_key.hex(),
        "visits": wanted,
    }
    message = signed_part(statement)
    name = hashlib.sha256(message).hexdigest()[:16]
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / f"{name}{TOMBSTONE}", document_bytes(statement | {"signature": sign(message).hex()}))
    return Tombstone(device_id, name, created, tuple(wanted))


def read_tombstone(folder: Path, name: str, *, keys: Keys, verify: Verify | None = None) -> Tombstone | SegmentProblem:
    """The tombstone of that name in `folder` where all of it agrees, else what is wrong."""
    try:
        found = _read(folder, name, keys, verify)
    except OSError:
        found = "unreadable"
    return SegmentProblem(f"{folder.name}/{name}{TOMBSTONE}", found) if isinstance(found, str) else found


def _read(folder: Path, name: str, keys: Keys, verify: Verify | None) -> Tombstone | str:
    statement = read_document(folder / f"{name}{TOMBSTONE}")
    if statement is None:
        return "damaged"
    version = statement.get("mshopper_tombstone")
    if not isinstance(version, int):
        return "foreign"
    if version > FORMAT:
        return "newer"
    try:
        message = signed_part(statement)
        device, key, signature = (str(statement[part]) for part in ("device", "public_key", "signature"))
        visits = tuple(str(visit_id) for visit_id in statement["visits"])
        signed = bytes.fromhex(key), bytes.fromhex(signature)
    except (KeyError, TypeError, ValueError, RecursionError):
        return "damaged"
    if hashlib.sha256(message).hexdigest()[:16] != name:
        return "damaged"
    if device != folder.name:
        return "foreign"
    if keys(device) not in (None, key) or (verify is not None and not verify(signed[0], message, signed[1])):
        return "forged"
    return Tombstone(device, name, str(statement.get("created", "")), visits)


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
