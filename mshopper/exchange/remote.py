"""Files on a server, by fsspec: listed, read, and written whole or not at all; what goes wrong is said in a sentence.

Where a server can rename, a file is written as a `.tmp` sibling and renamed; on an object store one PUT is all or nothing.
What was written is read back before it counts. Nothing is ever deleted there.
"""

import contextlib
import errno
import logging
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from mshopper.errors import HeadOfficeError
from mshopper.exchange.address import Address, Login
from mshopper.exchange.files import TEMPORARY, file_sha256
from mshopper.i18n import _

CONNECT_SECONDS = 10
ANSWER_SECONDS = 30

_LOGIN_ERRORS = frozenset(
    {
        "AccessDenied",
        "AuthenticationException",
        "ForbiddenOperation",
        "LogonFailure",
        "NoCredentialsError",
        "PermissionError",
        "SMBAuthenticationError",
        "SSHException: No authentication methods available",
    }
)
_FULL_ERRORS = frozenset({"InsufficientStorage", "DiskFull", "QuotaExceeded"})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class LoginError(HeadOfficeError):
    """The server doesn't let one in: another name or password may help."""


class RemoteFile(NamedTuple):
    """A file there: its size, and a tag that changes with its content; `is_sure` where the tag can't miss a change."""

    size: int
    tag: str
    is_sure: bool


class Listing(NamedTuple):
    """What is in one folder, by name."""

    files: dict[str, RemoteFile]
    folders: frozenset[str]


class RemoteFolder:
    """The folder at an address, to be closed. Paths are relative to it, with slashes.

    Every method raises HeadOfficeError, LoginError.
    """

    def __init__(self, address: Address, login: Login | None, known_hosts: Path) -> None:
        self.address = address
        self._login = login
        with self._told():
            connected = _CONNECT[address.scheme](address, login, known_hosts)
        self._fs, self._root, self._put, self._close, self._get, self._spell = connected

    def __enter__(self) -> "RemoteFolder":
        return self

    def __exit__(self, *_error: object) -> None:
        with contextlib.suppress(Exception):  # a connection that broke off can't be closed well
            self._close()

    def list(self, under: str = "") -> Listing | None:
        """What is in the folder `under`; None where there is none."""
        with self._told():
            try:
                entries = self._fs.ls(self._path(under), detail=True)
            except (FileNotFoundError, NotADirectoryError):
                return None
        files, folders = {}, set()
        for entry in entries:
            name = entry["name"].rstrip("/").rpartition("/")[2]
            if entry["name"].strip("/") == f"{self._root}/{under}".strip("/"):
                continue  # some servers list a folder within itself
            if entry["type"] == "directory":
                folders.add(name)
            else:
                files[name] = _file(entry)
        return Listing(files, frozenset(folders))

    def parent_is_there(self) -> bool:
        """Whether there is a folder to hold this one, or it itself is there."""
        is_bucket = self.address.scheme == "s3"  # folders in it are but names
        parent = self._root.partition("/")[0] if is_bucket else self._root.rpartition("/")[0]
        with self._told():
            return not parent or any(self._fs.exists(self._spell(path)) for path in (parent, self._root))

    def info(self, path: str) -> RemoteFile | None:
        """The file at `path`; None where there is none."""
        with self._told():
            try:
                entry = self._fs.info(self._path(path))
            except FileNotFoundError:
                return None
            return _file(entry)

    def read(self, path: str, into: Path) -> None:
        """Read the file at `path` into the file `into`."""
        with self._told():
            try:
                self._get(self._fs, self._path(path), into)
            except FileNotFoundError as error:
                raise OSError(errno.EIO, _("it went away meanwhile")) from error

    def put(self, path: str, source: Path, *, read_back: bool = True) -> RemoteFile:
        """Write the file `source` to `path`, and see that it stands there whole.

        By its size alone without `read_back`.
        """
        size, target = source.stat().st_size, self._path(path)
        with self._told():
            self._fs.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._put(self._fs, source, target)
        there = self.info(path)
        if there is None or there.size != size or (read_back and self._sha256(path) != file_sha256(source)):
            sentence = _(
                "“{file}” didn't arrive whole at {place}: check the network, and sync again; it is sent again then."
            )
            raise HeadOfficeError(sentence.format(file=path, place=self.address))
        return there

    def make_folder(self, path: str) -> None:
        """Make the folder `path`, for people to put files into; an object store has none."""
        if self.address.scheme != "s3":
            with self._told():
                self._fs.makedirs(self._path(path), exist_ok=True)

    def _sha256(self, path: str) -> str:
        with tempfile.TemporaryDirectory(prefix="mshopper-") as scratch:
            self.read(path, Path(scratch) / "back")
            return file_sha256(Path(scratch) / "back")

    def _path(self, path: str) -> str:
        return self._spell(f"{self._root}/{path}" if path else self._root)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """A block of calls of the libraries below: what they raise becomes a sentence."""
        try:
            yield
        except HeadOfficeError:
            raise
        except ImportError as error:
            raise HeadOfficeError(
                _(
                    "Folders on a server need a part of mshopper that isn't installed here: install mshopper[remote], "
                    "or connect the folder as a drive and choose that."
                )
            ) from error
        except Exception as error:
            raise self._sentence(error) from error

    def _sentence(self, error: BaseException) -> HeadOfficeError:
        chain = list(_chain(error))
        kinds = {kind for one in chain for kind in _kinds(one)}
        place = str(self.address)
        if "BadHostKeyException" in kinds:
            sentence = _(
                "The server of {place} isn't the one that answered before (its key is another): nothing was sent. "
                "Ask head office; if the server was replaced, remove its line from “known_hosts” in the data folder."
            )
            return HeadOfficeError(sentence.format(place=place))
        if kinds & _LOGIN_ERRORS:
            sentence = _(
                "{place} doesn't let you in, or doesn't let you write: check the name and the password, and ask head "
                "office if they are right."
            )
            return LoginError(sentence.format(place=place))
        if kinds & _FULL_ERRORS or any(isinstance(one, OSError) and one.errno in _FULL for one in chain):
            sentence = _("There is no room left at {place}: make some, and sync again; nothing is lost.")
            return HeadOfficeError(sentence.format(place=place))
        sentence = _(
            "{place} can't be reached, or broke off ({reason}): check the network, and sync again; nothing is lost."
        )
        return HeadOfficeError(sentence.format(place=place, reason=self._reason(error)))

    def _reason(self, error: BaseException) -> str:
        words = next(iter(str(error).strip().splitlines()), "")[:120] or type(error).__name__
        secret = self._login.password if self._login else ""
        return words.replace(secret, "…") if secret else words


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _kinds(error: BaseException) -> Iterator[str]:
    """What an error is called, by its classes and by what the server answered."""
    yield from (kind.__name__ for kind in type(error).__mro__)
    if str(error).startswith("No authentication methods"):
        yield "AuthenticationException"
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    if status in {401, 403}:
        yield "AccessDenied"
    if status == 507:
        yield "InsufficientStorage"
    if isinstance(response, dict):  # botocore's
        code = str(response.get("Error", {}).get("Code", ""))
        yield "AccessDenied" if code in _S3_LOGIN or code == "403" else code


_S3_LOGIN = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "Forbidden", "ExpiredToken"})


def _file(entry: dict[str, Any]) -> RemoteFile:
    etag = entry.get("ETag") or entry.get("etag")
    changed = entry.get("mtime") or entry.get("modified") or entry.get("LastModified") or ""
    return RemoteFile(int(entry["size"] or 0), str(etag or changed), bool(etag))


# How each kind of server is reached: the file system, the folder's path in it, and how a file is put in its place

Put = Callable[[Any, Path, str], None]
Get = Callable[[Any, str, Path], None]


def _get_file(fs: Any, path: str, into: Path) -> None:
    fs.get_file(path, str(into))


class _Connected(NamedTuple):
    fs: Any
    root: str
    put: Put
    close: Callable[[], object]
    get: Get = _get_file
    spell: Callable[[str], str] = str
    """How a path is written for it."""


def _put_renamed(rename: Callable[[Any, str, str], None]) -> Put:
    def put(fs: Any, source: Path, target: str) -> None:
        fs.put_file(str(source), target + TEMPORARY)
        rename(fs, target + TEMPORARY, target)

    return put


def _put_at_once(fs: Any, source: Path, target: str) -> None:
    fs.put_file(str(source), target)


def _webdav(address: Address, login: Login | None, _known_hosts: Path) -> _Connected:
    import httpx
    from webdav4.fsspec import WebdavFileSystem

    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every address that it asks
    scheme = "https" if address.scheme == "webdavs" else "http"
    host = f"[{address.host}]" if ":" in address.host else address.host
    base = f"{scheme}://{host}" + (f":{address.port}" if address.port else "")
    auth = (login.user, login.password) if login else None
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    fs = WebdavFileSystem(base, auth=auth, timeout=timeout, retry=False, skip_instance_cache=True)
    rename = _put_renamed(lambda fs, one, other: fs.client.move(one, other, overwrite=True))

    def get(fs: Any, path: str, into: Path) -> None:
        # Not webdav4's own way: it asks six times for a file, and finds none of an odd name.
        with into.open("wb") as sink, fs.client.http.stream("GET", fs.client.join_url(path)) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                raise FileNotFoundError(path)
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                sink.write(chunk)

    return _Connected(fs, address.path, rename, fs.client.http.close, get, quote)


def _s3(address: Address, login: Login | None, _known_hosts: Path) -> _Connected:
    import s3fs

    timeouts = {"connect_timeout": CONNECT_SECONDS, "read_timeout": ANSWER_SECONDS, "retries": {"max_attempts": 2}}
    region = address.option("region")
    fs = s3fs.S3FileSystem(
        key=login.user if login else None,
        secret=login.password if login else None,
        endpoint_url=address.option("endpoint_url") or None,
        client_kwargs={"region_name": region} if region else {},
        config_kwargs=timeouts,
        use_listings_cache=False,
        skip_instance_cache=True,
    )
    root = "/".join(part for part in (address.host, address.path) if part)
    return _Connected(fs, root, _put_at_once, lambda: fs.close_session(fs.loop, fs.s3))


def _sftp(address: Address, login: Login | None, known_hosts: Path) -> _Connected:
    import paramiko
    from fsspec.implementations.sftp import SFTPFileSystem

    class Remembering(SFTPFileSystem):  # type: ignore[misc]
        """Keeps the key of each server at first sight, and refuses another one later."""

        def _connect(self) -> None:
            known_hosts.touch(mode=0o600)
            self.client = paramiko.SSHClient()
            self.client.load_system_host_keys()
            self.client.load_host_keys(str(known_hosts))
            self.client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
            try:
                self.client.connect(self.host, **self.ssh_kwargs)
                self.ftp = self.client.open_sftp()
            except BaseException:
                self.client.close()
                raise
            self.ftp.get_channel().settimeout(ANSWER_SECONDS)

    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    fs = Remembering(
        address.host,
        port=address.port or 22,
        username=login.user if login else address.user or None,
        password=login.password if login else None,
        allow_agent=login is None,
        look_for_keys=login is None,
        timeout=CONNECT_SECONDS,
        banner_timeout=CONNECT_SECONDS,
        auth_timeout=ANSWER_SECONDS,
        skip_instance_cache=True,
    )
    rename = _put_renamed(lambda fs, one, other: fs.ftp.posix_rename(one, other))
    return _Connected(fs, "/" + address.path, rename, fs.client.close)


def _smb(address: Address, login: Login | None, _known_hosts: Path) -> _Connected:
    import smbclient
    from fsspec.implementations.smb import SMBFileSystem

    port = address.port or 445
    fs = SMBFileSystem(
        address.host,
        port=port,
        username=login.user if login else address.user or None,
        password=login.password if login else None,
        timeout=CONNECT_SECONDS,
        register_session_retries=0,
        skip_instance_cache=True,
    )

    def replace(_fs: Any, one: str, other: str) -> None:
        shared = [rf"\\{address.host}" + path.replace("/", "\\") for path in (one, other)]
        smbclient.replace(*shared, port=port)

    return _Connected(
        fs, "/" + address.path, _put_renamed(replace), lambda: smbclient.delete_session(address.host, port=port)
    )


_CONNECT: dict[str, Callable[[Address, Login | None, Path], _Connected]] = {
    "webdav": _webdav,
    "webdavs": _webdav,
    "s3": _s3,
    "sftp": _sftp,
    "smb": _smb,
}
