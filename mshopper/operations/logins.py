"""Names and passwords of head-office servers: in the system's keyring where that is installed, else for this session.

They never go into the data folder. `MSHOPPER_REMOTE_PASSWORD` (and `MSHOPPER_REMOTE_USER`) serve commands that run by
themselves.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mshopper.exchange.address import Address, Login
    from mshopper.operations.workspace import Workspace

_SERVICE = "mshopper head office"


def remember_login(workspace: "Workspace", address: "Address", login: "Login") -> bool:
    """Use that login there from now on; whether the system's keyring keeps it beyond this session."""
    workspace.logins[str(address)] = login
    kept = False
    with _keyring() as keyring:
        if keyring is not None:
            keyring.set_password(_SERVICE, str(address), json.dumps([login.user, login.password]))
            kept = keyring.get_password(_SERVICE, str(address)) is not None
    return kept


def login_of(workspace: "Workspace", address: "Address") -> "Login | None":
    """The login to use there; None where none is known."""
    from mshopper.exchange.address import Login

    if known := workspace.logins.get(str(address)):
        return known
    if password := os.environ.get("MSHOPPER_REMOTE_PASSWORD"):
        return Login(os.environ.get("MSHOPPER_REMOTE_USER") or address.user, password)
    kept = None
    with _keyring() as keyring:
        kept = keyring.get_password(_SERVICE, str(address)) if keyring is not None else None
    if not kept:
        return None
    try:
        user, password = json.loads(kept)
    except ValueError:
        return None
    workspace.logins[str(address)] = Login(str(user), str(password))
    return workspace.logins[str(address)]


@contextlib.contextmanager
def _keyring() -> Iterator[Any]:
    """The system's keyring, None where there is none; one that is locked or broken is done without."""
    try:
        import keyring
    except ImportError:
        yield None
        return
    try:
        yield keyring
    except keyring.errors.KeyringError:
        return
