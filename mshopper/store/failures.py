"""What SQLite and the disk say, in a sentence for the person before the screen."""

import errno
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from mshopper.errors import DamagedStoreError, LockedStoreError, ReadOnlyStoreError, StoreError
from mshopper.i18n import _

SQLITE_PERM, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY = 3, 5, 6, 8
SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_NOTADB = 10, 11, 13, 14, 26


def database_errors(*more: type[Exception]) -> tuple[type[Exception], ...]:
    """The errors of SQLite, and of SQLCipher, whose are not the same classes, where it is in use; and `more`."""
    cipher = sys.modules.get("sqlcipher3.dbapi2")
    return (sqlite3.Error, *more) if cipher is None else (sqlite3.Error, cipher.Error, *more)


def integrity_errors() -> tuple[type[Exception], ...]:
    """Those of `database_errors` that say that a row broke a rule of its table."""
    cipher = sys.modules.get("sqlcipher3.dbapi2")
    return (sqlite3.IntegrityError,) if cipher is None else (sqlite3.IntegrityError, cipher.IntegrityError)


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """A block whose SQLite errors become StoreErrors where the user can act on them; ours pass as they are."""
    try:
        yield
    except database_errors(UnicodeEncodeError) as error:
        raise_told(error, folder)


def raise_told(error: Exception, folder: Path) -> NoReturn:
    """Raise the StoreError that `error` means to the user, or `error` itself where it is a bug of ours."""
    told_as = _told_as(error, folder)
    if told_as is None:
        raise error
    raise told_as from error


def damaged(folder: Path) -> DamagedStoreError:
    """The data file can't be read to its end."""
    return DamagedStoreError(
        _(
            "The data file in {folder} is damaged; it was left as it is. Put a backup back (mshopper restore FILE), or "
            "have what can still be read put into a new file (mshopper restore --damaged)."
        ).format(folder=folder)
    )


def foreign(folder: Path) -> DamagedStoreError:
    """The file of our name is something else, or its first page is torn."""
    return DamagedStoreError(
        _(
            "The file mshopper.sqlite in {folder} isn't a data file of mshopper, or its beginning is damaged; it was "
            "left as it is. Move it elsewhere and restore a backup, or choose another data folder."
        ).format(folder=folder)
    )


def locked(folder: Path) -> LockedStoreError:
    """The data file is encrypted, and no key or another one was given."""
    return LockedStoreError(
        _(
            "The data in {folder} is encrypted: its passphrase opens it (--passphrase-file, or MSHOPPER_PASSPHRASE)."
        ).format(folder=folder)
    )


def newer(folder: Path) -> StoreError:
    """The data file has a structure that this version doesn't know."""
    return StoreError(
        _(
            "The data in {folder} was written by a newer version of mshopper; nothing was changed. Install that "
            "version, or choose another data folder."
        ).format(folder=folder)
    )


def unwritable(folder: Path) -> StoreError:
    """Nothing can be written into the folder."""
    return StoreError(
        _(
            "The data folder {folder} can't be written to. Allow this user to write there, or choose another data folder."
        ).format(folder=folder)
    )


def disk_full(folder: Path) -> StoreError:
    """No space is left."""
    return StoreError(
        _(
            "The disk that holds {folder} is full. Free some space and do the last step again; all that was saved "
            "before is there."
        ).format(folder=folder)
    )


def only_looking(folder: Path) -> ReadOnlyStoreError:
    """Another process holds the folder."""
    return ReadOnlyStoreError(
        _(
            "mshopper is already open on the data folder {folder}, so that nothing can be changed here. Go on in the "
            "other window, or close it first."
        ).format(folder=folder)
    )


def from_os(error: OSError, folder: Path) -> StoreError:
    """The sentence for what the operating system said about the folder or a file beside the data file."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return disk_full(folder)
    return unwritable(folder)


def _told_as(error: Exception, folder: Path) -> StoreError | None:
    if isinstance(error, UnicodeEncodeError):
        return StoreError(_("The text holds half a character, which can't be saved. Delete it and type it again."))
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Python's own complaint about text in the file that isn't UTF-8; every text that we wrote is.
        return damaged(folder) if str(error).startswith("Could not decode to UTF-8") else None
    return _by_code(code & 0xFF, folder)


def _by_code(code: int, folder: Path) -> StoreError | None:
    if code == SQLITE_FULL:
        return disk_full(folder)
    if code == SQLITE_NOTADB:
        return foreign(folder)
    if code == SQLITE_CORRUPT:
        return damaged(folder)
    if code in (SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN):
        return unwritable(folder)
    if code in (SQLITE_BUSY, SQLITE_LOCKED):
        sentence = _(
            "Another program is using the data file in {folder}. Close it (a backup, a database viewer) and try again."
        )
        return StoreError(sentence.format(folder=folder))
    if code == SQLITE_IOERR:
        sentence = _(
            "The disk that holds {folder} reported an error while reading or writing. Check the disk and try again; "
            "all that was saved before is there."
        )
        return StoreError(sentence.format(folder=folder))
    return None
