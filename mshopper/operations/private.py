"""Where an encrypted store's reports, caches and merged tables lie while they are in use: never in the data folder.

A folder of this user alone, in memory where the system has such a place, removed when the data folder is let go; what a
killed process left is removed at the next start.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path


class PrivateFolder:
    """The folder for one data folder; made when it is first asked for."""

    def __init__(self, data_folder: Path) -> None:
        self._prefix = f"mshopper-{hashlib.sha256(str(data_folder.absolute()).encode()).hexdigest()[:12]}-"
        self._path: Path | None = None

    @property
    def path(self) -> Path:
        """The folder. Raises OSError where none can be made."""
        if self._path is None:
            self._path = Path(tempfile.mkdtemp(prefix=self._prefix, dir=_place()))
        return self._path

    def forget_former(self) -> None:
        """Remove what earlier processes left; for the one that holds the data folder."""
        for left in _place().glob(f"{self._prefix}*"):
            if left != self._path and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)
            self._path = None


def _place() -> Path:
    """A file system in memory where there is one, else the system's place for temporary files."""
    if sys.platform.startswith("linux"):
        for place in (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):  # noqa: S108 - mkdtemp makes what is used
            if place and os.access(place, os.W_OK | os.X_OK):
                return Path(place)
    return Path(tempfile.gettempdir())
