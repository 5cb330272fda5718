"""The key of an encrypted data file, and SQLCipher, which reads and writes one; `connection` opens files through it.

An encrypted file begins with the salt that its key was made with, so that the file and the passphrase are all that is
needed, on any machine. SQLCipher comes with the extra `encrypted`; a plain data file does without.
"""

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from mshopper.errors import StoreError
from mshopper.i18n import _

PLAIN_HEADER = b"SQLite format 3\0"
SALT_BYTES = 16
_PAGE = 4096

_COST, _BLOCK, _LANES = 2**15, 8, 1
"""scrypt (RFC 7914): 32 MB and some 80 ms for a guess."""


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a data file: 32 bytes made of the passphrase, and the salt (16 bytes) of its making. Never shown."""

    secret: bytes = field(repr=False)
    salt: bytes = field(repr=False)

    def pragma(self) -> str:
        """The key as SQLCipher takes it."""
        return f"\"x'{self.secret.hex()}{self.salt.hex()}'\""

    def check(self) -> str:
        """What tells this key from a wrong one without the data file: it helps a guess no more than the file does."""
        return hashlib.sha256(b"mshopper key check" + self.secret).hexdigest()


def make_key(passphrase: str, salt: bytes | None = None) -> Key:
    """The key that a passphrase gives with a salt; with a new salt where none is given."""
    salt = salt or secrets.token_bytes(SALT_BYTES)
    secret = hashlib.scrypt(
        passphrase.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=128 * (_COST + 64) * _BLOCK, dklen=32
    )
    return Key(secret, salt)


def is_available() -> bool:
    """Whether the extra `encrypted` is installed."""
    return find_spec("sqlcipher3") is not None


def is_encrypted(file: Path) -> bool:
    """Whether `file` looks like an encrypted data file: whole pages that begin like noise. False where it isn't there."""
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            page = stream.read(_PAGE)
    except OSError:
        return False
    # In so much noise every value of a byte occurs; of a thousand million such pages one lacks four of them.
    return size > 0 and size % _PAGE == 0 and not page.startswith(PLAIN_HEADER) and len(set(page)) > 252


def salt_of(file: Path) -> bytes:
    """The salt at the beginning of an encrypted file. Raises OSError."""
    with file.open("rb") as stream:
        return stream.read(SALT_BYTES)


def connect(name: str, *, key: Key | None, uri: bool = False, timeout: float = 5.0) -> sqlite3.Connection:
    """A connection by SQLCipher, made for the calling thread; without a key, to a plain file. Raises StoreError.

    It has the methods of sqlite3.Connection; its errors are those of `failures.database_errors`.
    """
    raw = _driver().connect(name, uri=uri, timeout=timeout, isolation_level=None)
    raw.execute("PRAGMA cipher_log_level=NONE")  # else it tells the terminal of every wrong key
    if key is not None:
        raw.execute(f"PRAGMA key={key.pragma()}")
        raw.execute("PRAGMA temp_store=MEMORY")
    return cast(sqlite3.Connection, raw)


def _driver() -> Any:
    try:
        return import_module("sqlcipher3.dbapi2")
    except ImportError:
        sentence = _(
            "This data is encrypted, and what reads it isn't installed: install mshopper with the extra “encrypted”."
        )
        raise StoreError(sentence) from None
