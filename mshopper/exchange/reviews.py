"""Reviews: what supervisors say of visits, as statements in `reviews/<device>/` of the head-office folder.

Decisions (`<hash16>.review.json`) and steps of corrective actions (`<hash16>.action.json`) lie there, and the photos of what
was done under their own SHA-256. Each is written once, by the device that it is filed under.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mshopper.errors import HeadOfficeError
from mshopper.exchange.files import reading, write_file, writing
from mshopper.exchange.folder import HeadOffice, file_stamp, is_systems
from mshopper.exchange.segment import DEVICE, Keys, SegmentProblem, Verify
from mshopper.exchange.statement import NAME, Kind, Statement, put_statement, read_statement
from mshopper.model.corrective import ActionStep, read_step
from mshopper.model.review import Decision, read_decision

REVIEW = Kind("review", ".review.json", "mshopper_review", 1, needs_key=True)
ACTION = Kind("action", ".action.json", "mshopper_action", 1, needs_key=True)
KINDS = {kind.name: kind for kind in (REVIEW, ACTION)}

_BY_SUFFIX = {kind.suffix: kind for kind in KINDS.values()}
_PHOTO = re.compile(r"[0-9a-f]{64}\.jpg")
_COPY = re.compile(r"[0-9a-f]{16}\.(?:review|action)\b|[0-9a-f]{64}\b")


@dataclass(frozen=True, slots=True, order=True)
class ReviewPlace:
    """A statement that seems to be there, not looked into yet. `stamp` changes when its file does."""

    device_id: str
    name: str
    kind: str
    stamp: str

    @property
    def id(self) -> str:
        """How it is called across devices."""
        return f"{self.device_id}/{self.name}{KINDS[self.kind].suffix}"


Said = Decision | ActionStep


def said_by(statement: Statement) -> Said | None:
    """The decision or the step of an action that a statement says; None where it says neither rightly."""
    try:
        if statement.kind is REVIEW:
            return read_decision(statement.document, statement.hash)
        return read_step(statement.document, statement.hash)
    except (KeyError, TypeError, ValueError):
        return None


def scan_reviews(head_office: HeadOffice) -> tuple[list[ReviewPlace], list[SegmentProblem]]:
    """What lies under `reviews/`, in order, and what doesn't belong there. Raises HeadOfficeError."""
    places: list[ReviewPlace] = []
    problems: list[SegmentProblem] = []
    with reading(head_office.reviews):
        if not head_office.reviews.is_dir():
            return [], []
        for entry in sorted(os.scandir(head_office.reviews), key=lambda entry: entry.name):
            if entry.is_dir() and DEVICE.fullmatch(entry.name):
                _scan_device(entry.path, entry.name, places, problems)
            elif not is_systems(entry.name):
                problems.append(SegmentProblem(entry.name, "foreign"))
    return sorted(places), problems


def _scan_device(path: str, device_id: str, places: list[ReviewPlace], problems: list[SegmentProblem]) -> None:
    for entry in os.scandir(path):
        stem, dot, rest = entry.name.partition(".")
        kind = _BY_SUFFIX.get(dot + rest)
        if kind is not None and NAME.fullmatch(stem):
            places.append(ReviewPlace(device_id, stem, kind.name, file_stamp(entry)))
        elif not _PHOTO.fullmatch(entry.name) and not is_systems(entry.name):
            code = "copy" if _COPY.match(entry.name) else "foreign"
            problems.append(SegmentProblem(f"{device_id}/{entry.name}", code))


def read_review(
    head_office: HeadOffice, place: ReviewPlace, *, keys: Keys, verify: Verify | None = None
) -> Statement | SegmentProblem:
    """The statement at `place` where all of it agrees and says something, else what is wrong with it."""
    try:
        found = read_statement(
            head_office.reviews / place.device_id, place.name, KINDS[place.kind], keys=keys, verify=verify
        )
    except HeadOfficeError:
        return SegmentProblem(place.id, "unreadable")
    if isinstance(found, Statement) and said_by(found) is None:
        return SegmentProblem(place.id, "damaged")
    return found


def publish_statements(head_office: HeadOffice, statements: Iterable[Statement]) -> int:
    """Write a device's statements; how many weren't there. Their device's key must be registered. Raises HeadOfficeError."""
    return sum(put_statement(head_office.reviews_folder(one.device_id), one) for one in statements)


def put_photo(head_office: HeadOffice, device_id: str, sha256: str, jpeg: bytes) -> None:
    """Write the photo of what was done, once. Raises HeadOfficeError."""
    folder = head_office.reviews_folder(device_id)
    path = folder / f"{sha256}.jpg"
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.stat().st_size == len(jpeg):
            return
    write_file(path, jpeg)


def read_photo(head_office: HeadOffice, device_id: str, sha256: str) -> bytes | None:
    """The photo of what was done; None where it isn't there, or isn't the one it is called. Raises HeadOfficeError."""
    path = head_office.reviews_folder(device_id) / f"{sha256}.jpg"
    with reading(path):
        data = path.read_bytes() if path.is_file() else b""
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def remove_erased(head_office: HeadOffice, statements: Sequence[Statement], erased: frozenset[str]) -> None:
    """Remove what was said of erased visits, photos included. Raises HeadOfficeError."""
    for statement in statements:
        said = said_by(statement)
        if said is None or said.visit_id not in erased:
            continue
        folder = head_office.reviews_folder(statement.device_id)
        paths = [folder / statement.file]
        if isinstance(said, ActionStep) and said.photo:
            paths.append(folder / f"{Path(said.photo).name}.jpg")
        with writing(folder):
            for path in paths:
                path.unlink(missing_ok=True)
