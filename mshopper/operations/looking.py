"""Looking before a sync: what would go and come, without a change to the folder or to this laptop's data."""

from dataclasses import dataclass

from mshopper.errors import HeadOfficeError
from mshopper.i18n import _
from mshopper.operations.reaching import Place, place_name, reach
from mshopper.operations.statements import coming_statements
from mshopper.operations.taking import Coming, coming
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress


@dataclass(frozen=True, slots=True)
class SyncPreview:
    """How many visits, and decisions and actions, would go; what would come, and how many of others' decisions."""

    visits: int
    reviews: int
    coming: Coming
    decisions: int


def look(workspace: Workspace, place: Place, progress: Progress | None = None) -> SyncPreview:
    """What a sync with the folder at `place` would do. Raises HeadOfficeError where it isn't there, LoginError, Cancelled.

    A folder that is there and empty gets everything; what comes is then nothing.
    """
    from mshopper.exchange.folder import HeadOffice

    with reach(workspace, place, progress or Progress(), looking=True) as there:
        head_office, store = HeadOffice(there.folder), workspace.store
        if not there.folder.is_dir():
            raise HeadOfficeError(
                _("The folder {folder} isn't there now: connect the drive or the network that it is on.").format(
                    folder=place_name(place)
                )
            )
        has_id = head_office.identity()
        if has_id and not workspace.read_only:
            store.folders.seen(place_name(place), has_id)
        folder_id = has_id or store.folders.id_of(place_name(place))
        return SyncPreview(
            len(store.segments.unpublished(folder_id)),
            len(store.statements.unpublished(folder_id)),
            coming(workspace, head_office),
            coming_statements(workspace, head_office),
        )


def is_reachable(place: Place) -> bool:
    """Whether the folder at `place` seems to be there: cheap, but a network that hangs may take its time over it."""
    import socket
    from pathlib import Path
    from urllib.parse import urlsplit

    if isinstance(place, Path):
        return place.is_dir()
    ports = {"webdav": 80, "webdavs": 443, "sftp": 22, "smb": 445}
    target, port = place.host, place.port or ports.get(place.scheme, 443)
    if place.scheme == "s3":
        server = urlsplit(place.option("endpoint_url") or "https://s3.amazonaws.com")
        target, port = server.hostname or "", server.port or (80 if server.scheme == "http" else 443)
    try:
        with socket.create_connection((target, port), timeout=3):
            return True
    except OSError:
        return False
