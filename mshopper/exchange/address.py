"""The address of a head-office folder on a server: `webdavs://name@host/folder`, `sftp://…`, `smb://…`, `s3://bucket/folder`.

An address never holds a password: `read_address` gives it apart, so that nothing that shows or keeps an address can leak one.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from mshopper.errors import HeadOfficeError
from mshopper.i18n import _

SCHEMES = ("webdavs", "webdav", "sftp", "smb", "s3")
_ALIASES = {"davs": "webdavs", "dav": "webdav", "ssh": "sftp"}
_ADDRESS = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]+)://")
_OPTIONS = frozenset({"endpoint_url", "region"})


@dataclass(frozen=True, slots=True)
class Login:
    """A name and password; on S3 the id of the access key and its secret."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "Login(…)"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a folder is. `path` has no slash at its ends; on S3 `host` is the bucket, and `options` may name its server."""

    scheme: str
    host: str
    port: int | None = None
    path: str = ""
    user: str = ""
    options: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        user = f"{quote(self.user)}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        path = f"/{quote(self.path)}" if self.path else ""
        options = f"?{urlencode(self.options, safe='/:')}" if self.options else ""
        return f"{self.scheme}://{user}{host}{port}{path}{options}"

    def option(self, name: str) -> str:
        """The value of an option, "" where it isn't given."""
        return dict(self.options).get(name, "")


def is_address(text: str) -> bool:
    """Whether `text` names a server rather than a folder of this computer."""
    return _ADDRESS.match(text) is not None


def read_address(text: str) -> tuple[Address, Login | None]:
    """The address that `text` is, and the login where it holds a password. Raises HeadOfficeError."""
    try:
        parts = urlsplit(text.strip())
        scheme, port = _ALIASES.get(parts.scheme, parts.scheme), parts.port
    except ValueError as error:
        raise _unreadable() from error
    if scheme not in SCHEMES or not parts.hostname:
        raise _unreadable()
    path = "/".join(part for part in unquote(parts.path).split("/") if part)
    if any(part in {".", ".."} for part in path.split("/")) or (scheme == "smb" and not path):
        raise _unreadable()
    options = tuple(sorted((name, value) for name, value in parse_qsl(parts.query) if name in _OPTIONS))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    # A bucket's name is lower case, a host's doesn't care.
    address = Address(scheme, parts.hostname, port, path, user, options)
    return address, Login(user, password) if password else None


def _unreadable() -> HeadOfficeError:
    # Not the text itself: it may hold a password.
    sentence = _(
        "That isn't an address that mshopper knows: write it like webdavs://server/folder, sftp://server/folder, "
        "smb://server/share/folder or s3://bucket/folder."
    )
    return HeadOfficeError(sentence)
