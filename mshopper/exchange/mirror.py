"""The mirror: a local copy of what this laptop needs of a head-office folder on a server, in which everything else works.

`pull` brings what is new there, `push` what this laptop wrote here. The folder's own rules make that safe: each file has
one writer, and what counts is written last. What was pulled or pushed is remembered by size and tag (never by a clock), so that
a mirror that was killed anywhere goes on from where it was. Nothing is deleted on the server; what went away there goes
away here.

Photos and reports are only sent: once one is there its copy here is emptied, and its name stays, so that it goes once.
"""

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mshopper.errors import HeadOfficeError
from mshopper.exchange.evidence import FOLDER as EVIDENCE
from mshopper.exchange.files import TEMPORARY, writing
from mshopper.exchange.folder import FOLDER_FILE, MERGER_FILE, TOMBSTONE, is_systems
from mshopper.exchange.merged import GENERATIONS
from mshopper.exchange.remote import RemoteFile, RemoteFolder
from mshopper.exchange.schema import PACKAGE_FILE, TABLES
from mshopper.exchange.segment import DEVICE, DEVICE_FILE
from mshopper.i18n import _
from mshopper.progress import Progress

_RESULTS, _REVIEWS, _FORMS = "results", "reviews", "forms"
_TAKEN = ("stores.csv", "plan.csv")
_TOLD = (FOLDER_FILE, MERGER_FILE)
_TABLE_FILES = frozenset({PACKAGE_FILE, *(table.file for table in TABLES)})


@dataclass(frozen=True, slots=True)
class Scope:
    """What is wanted of the folder: always forms, stores, plan, reviews, and what `devices` (this laptop's) published.

    With `results` also what all others did, which a merge needs; with `evidence` which visits have some.
    """

    devices: frozenset[str]
    results: bool = False
    evidence: bool = False

    def is_own(self, path: str) -> bool:
        """Whether this laptop may have written that file."""
        first, _slash, rest = path.partition("/")
        if first in {_RESULTS, _REVIEWS}:
            return rest.partition("/")[0] in self.devices
        if not rest:
            return first in {*_TOLD, PACKAGE_FILE} or first.startswith("head-office")
        return first in {EVIDENCE, "tables"}

    def wants(self, path: str) -> bool:
        """Whether a file that is there is to be here."""
        parts = PurePosixPath(path).parts
        if parts[0] == _RESULTS and len(parts) == 3:
            always = parts[2] == DEVICE_FILE or parts[2].endswith(TOMBSTONE)
            return self.results or always or parts[1] in self.devices
        if len(parts) == 1:
            return path in {*_TAKEN, *_TOLD} or (self.results and path in _TABLE_FILES)
        return parts[0] in {_FORMS, _REVIEWS}


class Mirror:
    """A copy in `folder` of the folder `remote`; `state` is the file in which it remembers. Used in a `with` block."""

    def __init__(self, remote: RemoteFolder, folder: Path, state: Path) -> None:
        self.remote, self.folder = remote, folder
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._state = sqlite3.connect(state, isolation_level=None)
        self._top: frozenset[str] = frozenset()
        """The files at the top there, wanted or not."""
        self._state.execute("CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size, tag, stamp)")

    def __enter__(self) -> "Mirror":
        return self

    def __exit__(self, *_error: object) -> None:
        self._state.close()

    # From there

    def pull(self, scope: Scope, progress: Progress) -> None:
        """Bring here what is there and wanted, and take away what went away there. Raises HeadOfficeError, Cancelled."""
        there, looked = self._there(scope, progress)
        new = [path for path, file in there.items() if not self._is_here(path, file)]
        progress.expect(len(new))
        for path in new:
            self._fetch(path, there[path])
            progress.advance(path)
        for path in self._here():
            if path in there or path in self._top or path.rpartition("/")[0] not in looked:
                continue
            # What this laptop wrote and hasn't sent yet stays.
            may_go = scope.wants(path) or path.startswith(f"{EVIDENCE}/") or "/" not in path
            if may_go and (self._record(path) is not None or not scope.is_own(path)):
                self._forget(path)

    def _there(self, scope: Scope, progress: Progress) -> tuple[dict[str, RemoteFile], set[str]]:
        """The wanted files by path, and the folders that were looked into ("" is the top)."""
        found: dict[str, RemoteFile] = {}
        looked: set[str] = set()

        def look(folder: str) -> frozenset[str]:
            progress.advance(folder, 0)
            listing = self.remote.list(folder)
            looked.add(folder)
            if not folder:
                self._top = frozenset(listing.files) if listing else frozenset()
            for name, file in listing.files.items() if listing else ():
                path = f"{folder}/{name}" if folder else name
                if scope.wants(path) and not is_systems(name) and _is_plain(name):
                    found[path] = file
            return listing.folders if listing else frozenset()

        top = look("")
        if not top and not found and not self.remote.parent_is_there():
            sentence = _("There is no folder at {place} to hold the head-office folder: make it first.")
            raise HeadOfficeError(sentence.format(place=self.remote.address))
        for part in (_FORMS, _RESULTS, _REVIEWS):
            inside = look(part) if part in top else frozenset[str]()
            if part != _FORMS:
                for device in filter(DEVICE.fullmatch, sorted(inside)):
                    look(f"{part}/{device}")
            looked.update({part, *(self._folders_here(part) - {f"{part}/{one}" for one in inside})})
        if scope.evidence:
            # Only whole visits that went away are noticed: to list each would take as long as all the rest.
            visits = look(EVIDENCE) if EVIDENCE in top else frozenset[str]()
            looked.update(self._folders_here(EVIDENCE) - {f"{EVIDENCE}/{visit}" for visit in visits})
        return found, looked

    def _folders_here(self, part: str) -> set[str]:
        return {path.rpartition("/")[0] for path in self._here(f"{part}/")}

    def _is_here(self, path: str, file: RemoteFile) -> bool:
        known = self._record(path)
        if known is None or known != (file.size, file.tag, _stamp(self.folder / path)):
            return False
        # A time of whole seconds may miss a change; what is written once has none.
        return file.is_sure or path.startswith((f"{_RESULTS}/", f"{_REVIEWS}/"))

    def _fetch(self, path: str, file: RemoteFile) -> None:
        target = self.folder / path
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        arriving = target.with_name(target.name + TEMPORARY)
        try:
            self.remote.read(path, arriving)
            with writing(target):
                if arriving.stat().st_size != file.size:
                    sentence = _("“{file}” didn't come whole from {place}: check the network, and sync again.")
                    raise HeadOfficeError(sentence.format(file=path, place=self.remote.address))
                if target.is_file() and target.read_bytes() == arriving.read_bytes():
                    arriving.unlink()  # its times stay, so that nothing is looked through again
                else:
                    arriving.replace(target)
        finally:
            with contextlib.suppress(OSError):
                arriving.unlink(missing_ok=True)
        self._remember(path, file)

    # To there

    def push(self, scope: Scope, progress: Progress, *, under: str = "") -> int:
        """Bring there what this laptop wrote here in the folder `under`; how many files. Raises HeadOfficeError, Cancelled."""
        going = sorted((path for path in self._here(under) if self._is_to_go(path, scope)), key=_order)
        progress.expect(len(going))
        for path in going:
            self._send(path)
            progress.advance(path)
        return len(going)

    def _is_to_go(self, path: str, scope: Scope) -> bool:
        if not scope.is_own(path):
            return False
        stamp, known = _stamp(self.folder / path), self._record(path)
        if path.startswith(f"{EVIDENCE}/"):
            return not stamp.startswith("0:")
        return known is None or known[2] != stamp

    def _send(self, path: str) -> None:
        source, is_evidence = self.folder / path, path.startswith(f"{EVIDENCE}/")
        there = self.remote.info(path) if is_evidence or (path in _TOLD and self._record(path) is None) else None
        if there is not None and path in _TOLD:
            # Somebody made the folder at the same moment: theirs stands.
            self._fetch(path, there)
            return
        if there is None or there.size != source.stat().st_size:
            # What is named by its content is known by its name; a file of another size was broken off.
            there = self.remote.put(path, source, read_back=not is_evidence)
        if is_evidence:
            with writing(source):
                source.write_bytes(b"")
        self._remember(path, there)

    # What is here

    def _here(self, under: str = "") -> list[str]:
        """The files here in the folder `under`, by path; not what the merge keeps for itself."""
        found = []
        for path, _folders, names in os.walk(self.folder / under):
            inside = Path(path).relative_to(self.folder).as_posix()
            if inside.partition("/")[0] != GENERATIONS:
                found += [name if inside == "." else f"{inside}/{name}" for name in names if not is_systems(name)]
        return found

    def _record(self, path: str) -> tuple[int, str, str] | None:
        row = self._state.execute("SELECT size, tag, stamp FROM files WHERE path = ?", [path]).fetchone()
        return (row[0], row[1], row[2]) if row else None

    def _remember(self, path: str, file: RemoteFile) -> None:
        values = [path, file.size, file.tag, _stamp(self.folder / path)]
        self._state.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", values)

    def _forget(self, path: str) -> None:
        with writing(self.folder / path):
            (self.folder / path).unlink(missing_ok=True)
        self._state.execute("DELETE FROM files WHERE path = ?", [path])


def _stamp(path: Path) -> str:
    try:
        about = path.stat()
    except OSError:
        return ""
    return f"{about.st_size}:{about.st_mtime_ns}"


def _order(path: str) -> tuple[int, bool, str]:
    """What a statement states goes before it; the tables go after the results, and what vouches for them last."""
    if path == PACKAGE_FILE:
        return 2, True, path
    return int("/" not in path and path not in _TOLD), path.endswith(".json"), path


def _is_plain(name: str) -> bool:
    """Whether a name can be a file's here: a server may hold names that would lead out of the folder."""
    forbidden = '<>:"/\\|?*\0' if os.name == "nt" else "/\0"
    return name not in {".", ".."} and not any(sign in name for sign in forbidden)
