"""Real servers on this machine's loopback, started by the tests; a server whose package isn't installed is skipped."""

import logging
import os
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.operations.conftest import camera, clock, folder, laptop, template, workspace

__all__ = ["PASSWORD", "USER", "Faults", "Server", "camera", "clock", "folder", "laptop", "template", "workspace"]

USER, PASSWORD = "anna", "pa ss%wörd/1"


@dataclass
class Faults:
    """What the server does wrong: `answer(method, path)` gives a status to refuse with, 0 to cut the connection off."""

    answer: Callable[[str, str], int | None] = lambda _method, _path: None
    asked: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Server:
    """A server: its URL without a folder, where its files lie, and what it does wrong."""

    url: str
    files: Path
    faults: Faults


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring of who runs the tests is left alone."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("MSHOPPER_REMOTE_PASSWORD", raising=False)


@pytest.fixture
def webdav(tmp_path: Path) -> Iterator[Server]:
    """WsgiDAV behind cheroot, that lets USER in and can be told to fail."""
    pytest.importorskip("webdav4")
    wsgidav = pytest.importorskip("wsgidav.wsgidav_app")
    wsgi = pytest.importorskip("cheroot.wsgi")
    files = tmp_path / "webdav"
    files.mkdir()
    app = wsgidav.WsgiDAVApp(
        {
            "provider_mapping": {"/": str(files)},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )
    logging.getLogger("wsgidav").setLevel(logging.CRITICAL)
    faults = Faults()

    def failing(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        faults.asked.append((method, path))
        status = faults.answer(method, path)
        if status is None:
            return app(environ, start_response)  # type: ignore[no-any-return]
        if status == 0:
            environ["wsgi.input"].read(10)
            raise ConnectionAbortedError
        start_response(f"{status} No", [("Content-Length", "0")])
        return []

    server = wsgi.Server(("127.0.0.1", 0), failing, numthreads=2)
    server.error_log = lambda *_args, **_more: None
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield Server(f"webdav://{USER}@127.0.0.1:{server.bind_addr[1]}", files, faults)
    finally:
        server.stop()
        thread.join()


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Moto's S3 with the bucket "visits"."""
    pytest.importorskip("s3fs")
    moto = pytest.importorskip("moto.server")
    boto3 = pytest.importorskip("boto3")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    server = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    urllib.request.urlopen(f"{endpoint}/moto-api/reset", b"").close()  # it is the same for all tests
    keys = {"aws_access_key_id": USER, "aws_secret_access_key": PASSWORD, "region_name": "eu-south-1"}
    client = boto3.client("s3", endpoint_url=endpoint, **keys)
    client.create_bucket(Bucket="visits", CreateBucketConfiguration={"LocationConstraint": "eu-south-1"})
    try:
        yield Server(f"s3://{USER}@visits?endpoint_url={endpoint}&region=eu-south-1", tmp_path, Faults())
    finally:
        server.stop()


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[Server]:
    """AsyncSSH's SFTP server on a folder."""
    asyncssh = pytest.importorskip("asyncssh")
    pytest.importorskip("paramiko")
    import asyncio

    files = tmp_path / "sftp"
    files.mkdir()

    class Guard(asyncssh.SSHServer):  # type: ignore[misc]
        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == (USER, PASSWORD)

    loop = asyncio.new_event_loop()
    port = free_port()

    async def serve() -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            port,
            server_factory=Guard,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=os.fsencode(files)),
        )

    server = loop.run_until_complete(serve())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield Server(f"sftp://{USER}@127.0.0.1:{port}", files, Faults())
    finally:

        async def stop() -> None:
            server.close()
            await server.wait_closed()
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                for task in others:
                    task.cancel()
                await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0.2)  # for the last transports to close

        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
