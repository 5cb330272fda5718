"""Reaching a head-office folder, on this computer or on a server: what follows works in a folder of this computer.

One on a server has a mirror in the data folder (`exchange.mirror`): it is brought up to date first, and what is written in
it is brought there by `deliver`. One process at a time works in a mirror.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import HeadOfficeError
from mshopper.exchange.address import Address, is_address, read_address
from mshopper.i18n import _
from mshopper.operations.logins import login_of, remember_login
from mshopper.operations.settings import settings
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress
from mshopper.store.lock import FolderLock

if TYPE_CHECKING:
    from mshopper.exchange.mirror import Mirror, Scope

Place = Path | Address
"""Where a head-office folder is."""

_WAIT_SECONDS = 0.1
_WAIT_AT_MOST = 600.0


def place_of(workspace: Workspace, text: str) -> Place:
    """The place that a person wrote: a path, or an address; a password in it is remembered apart. Raises HeadOfficeError."""
    if not is_address(text):
        return Path(text)
    address, login = read_address(text)
    if login is not None:
        remember_login(workspace, address, login)
    return address


def place_name(place: Place) -> str:
    """How a place is called on screens and in the store: never with a password."""
    return str(place if isinstance(place, Address) else place.absolute())


@dataclass
class Reached:
    """A head-office folder at hand: `folder` is it, or the mirror of one on a server."""

    place: Place
    folder: Path
    progress: Progress
    _workspace: Workspace
    _mirror: "Mirror | None" = None
    _scope: "Scope | None" = None

    @property
    def is_remote(self) -> bool:
        """Whether it is on a server."""
        return self._mirror is not None

    def fetch_results(self) -> None:
        """Bring here what all laptops published: a merge needs it. Raises HeadOfficeError, Cancelled."""
        if self._mirror is not None and self._scope is not None:
            self._scope = replace(self._scope, results=True)
            self._mirror.pull(self._scope, self.progress)

    def deliver(self, under: str = "") -> None:
        """Bring what was written into the folder `under` to where others see it. Raises HeadOfficeError, Cancelled."""
        if self._mirror is not None and self._scope is not None:
            # It may have taken another identity meanwhile.
            self._scope = replace(self._scope, devices=_devices(self._workspace))
            self._mirror.push(self._scope, self.progress, under=under)

    def make_folders(self) -> None:
        """Let there be a place for forms, as a folder of this computer has it. Raises HeadOfficeError."""
        if self._mirror is not None:
            self._mirror.remote.make_folder("forms")


@contextmanager
def reach(
    workspace: Workspace, place: Place, progress: Progress, *, evidence: bool = False, looking: bool = False
) -> Iterator[Reached]:
    """The head-office folder at `place`, for a block. Raises HeadOfficeError, exchange.remote.LoginError, Cancelled.

    With `looking` nothing that waits here from a sync that was broken off is sent.
    """
    if isinstance(place, Path):
        yield Reached(place, place, progress, workspace)
        return
    from mshopper.exchange.files import writing
    from mshopper.exchange.mirror import Mirror, Scope
    from mshopper.exchange.remote import RemoteFolder

    home = _home(workspace, place)
    with writing(home):
        home.mkdir(parents=True, exist_ok=True)
    login, scope = login_of(workspace, place), Scope(_devices(workspace), evidence=evidence)
    with (
        _alone(home, progress),
        RemoteFolder(place, login, workspace.folder / "known_hosts") as remote,
        Mirror(remote, home / "folder", home / "state.sqlite") as mirror,
    ):
        mirror.pull(scope, progress)
        if not looking:
            mirror.push(scope, progress)
        yield Reached(place, mirror.folder, progress, workspace, mirror, scope)


def _devices(workspace: Workspace) -> frozenset[str]:
    return frozenset(device.device_id for device in workspace.store.devices.all())


def mirrors(workspace: Workspace) -> Path:
    """Where the mirrors are."""
    return workspace.place_for("remote")


def _home(workspace: Workspace, address: Address) -> Path:
    return mirrors(workspace) / hashlib.sha256(str(address).encode()).hexdigest()[:16]


def chosen_folder(workspace: Workspace) -> Path | None:
    """The chosen head-office folder, to be read from; of one on a server what the last sync brought. None without one."""
    chosen = settings(workspace).head_office
    if not chosen:
        return None
    return _home(workspace, read_address(chosen)[0]) / "folder" if is_address(chosen) else Path(chosen)


@contextmanager
def _alone(home: Path, progress: Progress) -> Iterator[None]:
    """A block that has the mirror to itself. Raises Cancelled while it waits, HeadOfficeError after ten minutes."""
    waited = 0.0
    while not (lock := FolderLock(home)).held:
        if waited > _WAIT_AT_MOST:
            raise HeadOfficeError(
                _("Another window has been syncing with this folder for long: wait until it ends, or close it.")
            )
        progress.advance("", 0)
        time.sleep(_WAIT_SECONDS)
        waited += _WAIT_SECONDS
    try:
        yield
    finally:
        lock.release()
