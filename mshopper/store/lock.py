"""The lock that lets one process write to a data folder; the operating system frees it however the process ends."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """A lock on `mshopper.lock` in a folder; `held` says whether this object has it. Raises OSError on a bad folder."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder / "mshopper.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _try_lock(self._descriptor)
        except OSError:
            # Whatever the reason, without the lock nobody may write: two writers would be worse than none.
            self.release()

    @property
    def held(self) -> bool:
        """Whether this object holds the folder."""
        return self._descriptor >= 0

    def release(self) -> None:
        """Let go; the file stays, since deleting it would let two processes lock two files of one name."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
