"""Windows shares: no server of theirs runs here, so fsspec's own file system works on a stand-in for smbprotocol's client.

What is proved is how we use it: paths, what is renamed over what, how its errors read. The protocol itself is not.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from mshopper import operations as ops
from mshopper.exchange.address import Login, read_address
from mshopper.exchange.remote import LoginError
from tests.operations.conftest import submitted
from tests.remote.conftest import PASSWORD, USER
from tests.remote.test_servers import Laptop


class Share:
    """`\\\\server\\share` as a folder of this computer, by the functions of smbclient that are used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _local(self, path: str) -> Path:
        assert path.startswith("\\\\files.example\\reti"), path
        return self.folder / path.removeprefix("\\\\files.example\\reti").replace("\\", "/").strip("/")

    def register_session(self, server: str, username: str, password: str, **more: Any) -> None:
        import smbprotocol.exceptions

        assert (server, more["port"]) == ("files.example", 445)
        if (username, password) != (USER, PASSWORD):
            raise smbprotocol.exceptions.SMBAuthenticationError("Failed to authenticate with server: Logon failure")

    def listdir(self, path: str, **_more: Any) -> list[str]:
        return sorted(os.listdir(self._local(path)))  # noqa: PTH208 - as smbclient gives it

    def stat(self, path: str, **_more: Any) -> os.stat_result:
        return self._local(path).stat()

    def open_file(self, path: str, mode: str = "rb", **_more: Any) -> Any:
        return self._local(path).open(mode)

    def makedirs(self, path: str, exist_ok: bool = False, **_more: Any) -> None:
        self._local(path).mkdir(parents=True, exist_ok=exist_ok)

    def replace(self, one: str, other: str, **_more: Any) -> None:
        self._local(one).replace(self._local(other))

    def delete_session(self, server: str, **_more: Any) -> None:
        assert server == "files.example"


def test_a_share_is_synced_with(laptop: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password is a sentence; with the right one visits go there, and a second sync changes nothing."""
    smbclient = pytest.importorskip("smbclient")
    pytest.importorskip("fsspec")
    share = Share(tmp_path / "share")
    share.folder.mkdir()
    for name in ("register_session", "listdir", "stat", "open_file", "makedirs", "replace", "delete_session"):
        monkeypatch.setattr(smbclient, name, getattr(share, name))
    address, _login = read_address(f"smb://{USER}@files.example/reti/Sede%20centrale")
    with laptop("a") as workspace:
        submitted(workspace)
        ops.remember_login(workspace, address, Login(USER, "wrong"))
        with pytest.raises(LoginError, match="doesn't let you in"):
            ops.sync(workspace, address)
        ops.remember_login(workspace, address, Login(USER, PASSWORD))
        assert ops.sync(workspace, address).merged == 1
        office = share.folder / "Sede centrale"
        before = {path: path.stat().st_mtime_ns for path in office.rglob("*")}
        assert (office / "head-office.csv").is_file()
        assert ops.sync(workspace, address).published == 0
        assert {path: path.stat().st_mtime_ns for path in office.rglob("*")} == before
