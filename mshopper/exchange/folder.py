"""The head-office folder: where everything lies in it, what it offers to laptops, and which segments have arrived.

Nobody writes a file that another writes: `results/<device>/` belongs to that device, the merged tables to the device
that `merger.json` names, `forms/`, `stores.csv` and `plan.csv` to head office. `head-office.json`, written once by whoever made
the folder, is its id: the same under every path that leads to it.
"""

import os
import re
import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mshopper.errors import HeadOfficeError
from mshopper.exchange.files import TEMPORARY, document_bytes, read_document, reading, write_file, writing
from mshopper.exchange.schema import PACKAGE_FILE, TABLES
from mshopper.exchange.segment import (
    DEVICE,
    DEVICE_FILE,
    NAME,
    DeviceClashError,
    Keys,
    Segment,
    SegmentProblem,
    Verify,
    examine_segment,
)
from mshopper.i18n import _

MERGER_FILE = "merger.json"
POLICY_FILE = "policy.json"
FOLDER_FILE = "head-office.json"
TOMBSTONE = ".tombstone.json"
_TOMBSTONE_NAME = re.compile(r"[0-9a-f]{16}")
_FORMAT = 1
_FORM_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".xlsx", ".xls", ".ods"})
# What systems, sync clients and open spreadsheets leave behind: nobody's results, and not worth a word.
_SYSTEM_FILES = frozenset({"desktop.ini", "thumbs.db"})
_SYSTEM_PREFIXES = (".", "~$", "~")
_SEGMENT_SUFFIXES = frozenset({".json", *(f".{table.name}.csv" for table in TABLES)})
# "00000001-….visits (1).csv", "device in conflitto con ….json": sync clients name copies by what they copied.
_COPY = re.compile(rf"(?:{NAME.pattern}|device\b|[0-9a-f]{{16}}\.tombstone\b)")


@dataclass(frozen=True, slots=True)
class Offered:
    """What head office has put there for laptops to take; None where a file isn't there."""

    forms: tuple[Path, ...]
    stores: Path | None
    plan: Path | None
    policy: Path | None = None


@dataclass(frozen=True, slots=True, order=True)
class SegmentPlace:
    """A segment that seems to be there: its device and name, not looked into yet.

    `stamp` changes when a file of it does: sizes and times of its five files; "" where one isn't there.
    """

    device_id: str
    name: str
    stamp: str = ""

    @property
    def id(self) -> str:
        """How it is called across devices."""
        return f"{self.device_id}/{self.name}"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What lies under `results/`, in order: segments and tombstones (device, name) to look into, and what is neither."""

    segments: tuple[SegmentPlace, ...]
    tombstones: tuple[tuple[str, str], ...]
    problems: tuple[SegmentProblem, ...]


@dataclass(frozen=True, slots=True)
class HeadOffice:
    """A head-office folder at `folder`, a local or mounted path."""

    folder: Path

    @classmethod
    def open(cls, folder: Path, *, device_id: str) -> "HeadOffice":
        """The head-office folder at `folder`, made where there is none yet; whoever makes it merges there.

        A folder that others publish to already, but whose merger.json hasn't arrived, is left without one: it may be
        half downloaded. Raises HeadOfficeError where it can't be made or read.
        """
        head_office = cls(folder)
        if not folder.parent.is_dir():
            sentence = _(
                "There is no folder “{parent}” to hold the head-office folder: connect the drive or make it first."
            )
            raise HeadOfficeError(sentence.format(parent=folder.parent))
        if folder.exists() and not folder.is_dir():
            sentence = _("“{folder}” is a file: name a folder for the head office.")
            raise HeadOfficeError(sentence.format(folder=folder))
        with writing(folder):
            for part in (folder, head_office.forms, head_office.results):
                part.mkdir(exist_ok=True)
        if not (folder / MERGER_FILE).exists() and not head_office._is_used_by_others(device_id):
            head_office.claim(device_id)
        if not (folder / FOLDER_FILE).exists() and head_office.merger() == device_id:
            document = {"mshopper_head_office": _FORMAT, "id": str(uuid.uuid4())}
            write_file(folder / FOLDER_FILE, document_bytes(document))
        return head_office

    @property
    def forms(self) -> Path:
        """Where head office puts forms."""
        return self.folder / "forms"

    @property
    def results(self) -> Path:
        """Where each device publishes, in a folder of its own."""
        return self.folder / "results"

    @property
    def reviews(self) -> Path:
        """Where each device says what it thinks of visits, in a folder of its own."""
        return self.folder / "reviews"

    def reviews_folder(self, device_id: str) -> Path:
        """Where that device's decisions and corrective actions are. `device_id` as for `device_folder`."""
        if not DEVICE.fullmatch(device_id):
            raise ValueError(f"device id {device_id!r}")
        return self.reviews / device_id

    def device_folder(self, device_id: str) -> Path:
        """Where that device publishes. `device_id` is made of a-z, 0-9 and "-" (a UUID)."""
        if not DEVICE.fullmatch(device_id):
            raise ValueError(f"device id {device_id!r}")
        return self.results / device_id

    def identity(self) -> str:
        """The folder's own id, the same however it is reached; "" where it has none (yet). Raises HeadOfficeError."""
        return self._entry(self.folder / FOLDER_FILE, "id") or ""

    def merger(self) -> str | None:
        """The device that writes the merged tables; None where nobody does, or where its name can't be read.

        Raises HeadOfficeError where the folder can't be.
        """
        return self._entry(self.folder / MERGER_FILE, "device")

    def claim(self, device_id: str) -> None:
        """Let this device write the merged tables from now on. Raises HeadOfficeError."""
        document = {"mshopper_merger": _FORMAT, "device": device_id}
        write_file(self.folder / MERGER_FILE, document_bytes(document))

    def register(self, device_id: str, public_key: bytes) -> None:
        """Publish the device's key beside its results, once. Raises DeviceClashError where another key stands there."""
        folder = self.device_folder(device_id)
        known = self.device_key(device_id)
        if known is None:
            with writing(folder):
                folder.mkdir(parents=True, exist_ok=True)
            document = {"mshopper_device": _FORMAT, "device": device_id, "public_key": public_key.hex()}
            write_file(folder / DEVICE_FILE, document_bytes(document))
        elif known != public_key.hex():
            raise DeviceClashError(
                _(
                    "Another computer publishes to the head-office folder under this one's identity; "
                    "this computer needs an identity of its own before it can publish."
                )
            )

    def device_key(self, device_id: str) -> str | None:
        """The public key (hex) that a device published; None where there is none to be read. Raises HeadOfficeError."""
        return self._entry(self.device_folder(device_id) / DEVICE_FILE, "public_key")

    @staticmethod
    def _entry(path: Path, name: str) -> str | None:
        with reading(path):
            document = read_document(path) if path.exists() else None
        value = document.get(name) if document else None
        return value if isinstance(value, str) and value else None

    def offered(self) -> Offered:
        """Forms, stores and plan that are there to be taken. Raises HeadOfficeError."""
        stores, plan = self.folder / "stores.csv", self.folder / "plan.csv"
        with reading(self.folder):
            entries = sorted(self.forms.iterdir()) if self.forms.is_dir() else []
            forms = [path for path in entries if path.suffix.lower() in _FORM_SUFFIXES and not is_systems(path.name)]
            policy = self.folder / POLICY_FILE
            return Offered(
                tuple(forms),
                stores if stores.exists() else None,
                plan if plan.exists() else None,
                policy if policy.exists() else None,
            )

    def scan(self) -> Arrived:
        """What seems to have arrived, without a look into any file. Raises HeadOfficeError."""
        scan = _Scan()
        with reading(self.results):
            if not self.results.is_dir():
                sentence = _(
                    "“{folder}” isn't a head-office folder, or it hasn't arrived yet: it has no folder “results”."
                )
                raise HeadOfficeError(sentence.format(folder=self.folder))
            for entry in sorted(os.scandir(self.results), key=lambda entry: entry.name):
                if entry.is_dir() and DEVICE.fullmatch(entry.name):
                    scan.device(entry.path, entry.name)
                elif not is_systems(entry.name):
                    scan.problems.append(SegmentProblem(entry.name, "foreign"))
        return Arrived(tuple(scan.segments), tuple(sorted(scan.tombstones)), tuple(scan.problems))

    def device_places(self, device_id: str) -> tuple[SegmentPlace, ...]:
        """The segments that one device seems to have there. Raises HeadOfficeError."""
        scan, folder = _Scan(), self.device_folder(device_id)
        with reading(folder):
            if folder.is_dir():
                scan.device(str(folder), device_id)
        return tuple(scan.segments)

    def replaced(self, device_id: str) -> frozenset[str]:
        """The names of a device's segments of which head office has only what was left after an erasure."""
        return frozenset(name for segment in self._compacted(device_id) for name in segment.replaces)

    def compacted(self, device_id: str) -> frozenset[str]:
        """The names of a device's segments that head office rewrote after an erasure."""
        return frozenset(segment.name for segment in self._compacted(device_id))

    def _compacted(self, device_id: str) -> list[Segment]:
        found = [self.segment(place) for place in self.device_places(device_id)]
        return [segment for segment in found if isinstance(segment, Segment) and segment.replaces]

    def keys(self) -> Keys:
        """The devices' published keys, each read once. An unreadable one raises HeadOfficeError at its question."""
        return lru_cache(maxsize=None)(self.device_key)

    def segment(self, place: SegmentPlace, *, verify: Verify | None = None) -> Segment | SegmentProblem:
        """The segment at `place` where all of it agrees, else what is wrong with it."""
        found = self.examine(place, keys=self.keys(), verify=verify)
        return found if isinstance(found, SegmentProblem) else found[0]

    def examine(
        self, place: SegmentPlace, *, keys: Keys, verify: Verify | None = None
    ) -> tuple[Segment, list[bytes]] | SegmentProblem:
        """The segment at `place` and the records of its visits where all of it agrees, else what is wrong with it."""
        try:
            return examine_segment(self.results / place.device_id, place.name, keys=keys, verify=verify)
        except HeadOfficeError:
            return SegmentProblem(place.id, "unreadable")

    def _is_used_by_others(self, device_id: str) -> bool:
        with reading(self.results):
            others = [
                entry for entry in self.results.iterdir() if entry.name != device_id and not is_systems(entry.name)
            ]
            return bool(others) or (self.folder / PACKAGE_FILE).exists()


class _Scan:
    """What a look through `results/` finds."""

    def __init__(self) -> None:
        self.segments: list[SegmentPlace] = []
        self.tombstones: list[tuple[str, str]] = []
        self.problems: list[SegmentProblem] = []

    def device(self, path: str, device_id: str) -> None:
        """Look through one device's folder. Raises OSError."""
        names: dict[str, dict[str, str]] = {}
        for entry in os.scandir(path):
            stem, dot, rest = entry.name.partition(".")
            if dot + rest in _SEGMENT_SUFFIXES and (stem in names or NAME.fullmatch(stem)):
                names.setdefault(stem, {})[rest] = file_stamp(entry)
            elif dot + rest == TOMBSTONE and _TOMBSTONE_NAME.fullmatch(stem):
                self.tombstones.append((device_id, stem))
            elif entry.name != DEVICE_FILE and not is_systems(entry.name):
                code = "copy" if _COPY.match(entry.name) else "foreign"
                self.problems.append(SegmentProblem(f"{device_id}/{entry.name}", code))
        for name, parts in sorted(names.items()):
            if "json" in parts:
                whole = len(parts) == len(_SEGMENT_SUFFIXES)
                stamp = " ".join(part for _suffix, part in sorted(parts.items())) if whole else ""
                self.segments.append(SegmentPlace(device_id, name, stamp))
            else:
                self.problems.append(SegmentProblem(f"{device_id}/{name}", "half"))


def file_stamp(entry: "os.DirEntry[str]") -> str:
    """Size and times. A file that was changed keeps its ctime on no system that has one."""
    about = entry.stat()
    return f"{about.st_size}:{about.st_mtime_ns}:{about.st_ctime_ns}"


def is_systems(name: str) -> bool:
    """Whether a file of that name is nobody's results: left behind by a system, a sync client or a spreadsheet."""
    folded = name.lower()
    return folded in _SYSTEM_FILES or folded.startswith(_SYSTEM_PREFIXES) or folded.endswith(TEMPORARY)
