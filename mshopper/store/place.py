"""Whether a data folder lies where a database can be trusted: not on a network drive, not where a sync client copies files.

SQLite's locks don't hold on network drives, and a sync client copies a database and its log at different moments: both end
in a damaged file.
"""

import os
import re
import sys
from pathlib import Path

from mshopper.errors import StoreError
from mshopper.i18n import _

NETWORK_TYPES = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "ncpfs", "davfs", "glusterfs", "ceph", "lustre", "afs"}
    | {f"fuse.{name}" for name in ("sshfs", "davfs2", "rclone", "glusterfs", "gvfsd-fuse", "onedriver", "s3fs")}
)

SYNCED_NAMES = re.compile(
    r"OneDrive( - .+)?|Dropbox( \(.+\))?|Nextcloud\d*|ownCloud\d*|Google ?Drive|My Drive|Il mio Drive|iCloud ?Drive"
    r"|Mobile Documents|CloudStorage|Box Sync|pCloudDrive|SynologyDrive|Seafile|kDrive|MEGAsync",
    re.IGNORECASE,
)
"""Names that sync clients give to their folders."""

SYNC_MARKERS = (".dropbox.cache", ".owncloudsync.log", ".nextcloudsync.log", ".stfolder", ".tmp.drivedownload")
"""Files that sync clients leave at the top of a folder they copy."""

_MOUNTS = Path("/proc/mounts")


def refuse_unsafe(folder: Path) -> None:
    """Raise StoreError where `folder` can be told to lie on a network drive or in a synced folder."""
    if is_network(folder):
        raise StoreError(
            _(
                "The data folder {folder} is on a network drive, where data can be damaged. Choose a folder on this "
                "computer's own disk."
            ).format(folder=folder)
        )
    if is_synced(folder):
        raise StoreError(
            _(
                "The data folder {folder} is copied by a sync program, which can damage it. Choose a folder that isn't "
                "synced; results go to head office with Sync."
            ).format(folder=folder)
        )


def is_network(folder: Path) -> bool:
    """Whether `folder` (which need not exist yet) is known to be on a network drive."""
    resolved = folder.resolve()
    if sys.platform == "win32":
        import ctypes

        drive_remote = 4
        return (
            resolved.drive.startswith("\\\\")
            or ctypes.windll.kernel32.GetDriveTypeW(f"{resolved.drive}\\") == drive_remote
        )
    return _mount_type(resolved) in NETWORK_TYPES


def is_synced(folder: Path) -> bool:
    """Whether `folder` is known to be in a folder of a sync client."""
    resolved = folder.resolve()
    around = (resolved, *resolved.parents)
    roots = {Path(root).resolve() for name, root in os.environ.items() if name.startswith("OneDrive") and root}
    return (
        any(SYNCED_NAMES.fullmatch(part) for part in resolved.parts)
        or any(place in roots for place in around)
        or any((place / marker).exists() for place in around for marker in SYNC_MARKERS)
    )


def _mount_type(resolved: Path) -> str:
    """The type of the file system that holds `resolved`; "" where the system doesn't list its mounts."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    here, deepest, kind = str(resolved), -1, ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        if not here.startswith(fields[1].partition("\\")[0]):
            continue  # most mounts are elsewhere; making a Path of each would take a start a millisecond
        mount = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1]))
        # A later line covers an earlier one on the same place.
        if resolved.is_relative_to(mount) and len(mount.parts) >= deepest:
            deepest, kind = len(mount.parts), fields[2]
    return kind
