"""A folder that a phone or card fills with photos: which of its files are new, whole, and not in any visit yet.

Looking reads a disk that may be slow or gone, so a worker does it; a folder that goes away is no error.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mshopper.operations.workspace import Workspace
from mshopper.photo import MAX_BYTES

_KEY = "passed_photos"
_PASSED_AT_MOST = 2000
_DEEPEST, _MOST_FILES = 3, 20_000
"""A camera's folders lie two deep; somebody who watches a whole disk isn't made to wait for it."""


@dataclass(frozen=True)
class FoundPhoto:
    """A new file, and the SHA-256 of its bytes."""

    path: Path
    sha256: str


class WatchedFolder:
    """`look()` now and then tells the new pictures. Files from before `since` (seconds since 1970) that are there at the
    first look are not new; one that still grows waits until two looks find it the same."""

    def __init__(self, folder: Path, suffixes: tuple[str, ...], since: float) -> None:
        self.folder = folder
        self._suffixes, self._since = suffixes, since
        self._before: dict[Path, tuple[int, int]] | None = None
        self._done: dict[Path, tuple[int, int]] = {}
        self._hashes: set[str] = set()

    def look(self) -> list[FoundPhoto]:
        """The pictures that are new and whole since the last look; none while the folder isn't there."""
        if not self.folder.is_dir():
            return []
        now = dict(self._pictures())
        if self._before is None:
            old = {path: mark for path, mark in now.items() if mark[1] < self._since * 1e9}
            self._done |= old
        before, self._before = self._before or {}, now
        found = []
        for path, mark in now.items():
            if mark[0] and self._done.get(path) != mark and before.get(path) == mark:
                digest = _sha256(path)
                if digest is None:
                    continue
                self._done[path] = mark
                if digest not in self._hashes:
                    self._hashes.add(digest)
                    found.append(FoundPhoto(path, digest))
        return sorted(found, key=lambda each: each.path)

    def _pictures(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        """Each picture's size and time of change."""
        depth, seen = len(self.folder.parts), 0
        for place, folders, files in os.walk(self.folder):
            folders[:] = [] if len(Path(place).parts) - depth >= _DEEPEST else sorted(folders)
            for name in files:
                if name.startswith(".") or Path(name).suffix.lower().removeprefix(".") not in self._suffixes:
                    continue
                seen += 1
                if seen > _MOST_FILES:
                    return
                path = Path(place) / name
                try:
                    status = path.stat()
                except OSError:
                    continue
                yield path, (status.st_size, status.st_mtime_ns)


def _sha256(path: Path) -> str | None:
    """The hash of a file; None where it can't be read now, or is too large to be a photo."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def pass_photos(workspace: Workspace, hashes: list[str]) -> None:
    """Remember that these files were offered and not wanted."""
    kept = [*workspace.store.settings.get(_KEY, []), *hashes]
    workspace.store.settings.set(_KEY, kept[-_PASSED_AT_MOST:])


def is_photo_new(workspace: Workspace, sha256: str) -> bool:
    """Whether a file with that hash is in no visit and was not passed over."""
    return sha256 not in workspace.store.settings.get(_KEY, []) and not workspace.store.photos.is_known(sha256)
