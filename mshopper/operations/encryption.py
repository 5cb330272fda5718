"""Encryption at rest: unlocking a data folder, encrypting and decrypting one, another passphrase, and the system's keyring.

What writes the data file anew works on a folder that nobody has open, as `operations.backups` does; the window closes its
workspace first.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from mshopper.errors import MshopperError, StoreError
from mshopper.i18n import _, ngettext
from mshopper.operations.backups import locked_folder, note_event
from mshopper.operations.workspace import Clock, system_clock
from mshopper.progress import Progress
from mshopper.store import backups, cipher, failures, unlocking
from mshopper.store.cipher import Key

SHORTEST = 8
"""Characters of a passphrase."""

_SERVICE = "mshopper"
_CLEAR = ".clear"
_DERIVED = ("merged", "merge-state", "compared", "reports")
"""Folders of the data folder that hold copies of its content; all can be made again."""


def encryption_state(folder: Path) -> Literal["none", "plain", "encrypted"]:
    """What the data of a folder is; none where there is none yet. Raises StoreError where it can't be looked at."""
    return unlocking.state(folder)


def can_encrypt() -> bool:
    """Whether the extra `encrypted` is installed."""
    return cipher.is_available()


def unlock(folder: Path, passphrase: str) -> Key:
    """The key of an encrypted data folder. Raises WrongPassphraseError, with the delay before the next try; StoreError."""
    return unlocking.try_passphrase(folder, passphrase)


def seconds_to_wait(folder: Path) -> float:
    """How long it is until a passphrase may be tried."""
    return unlocking.seconds_to_wait(folder)


def check_passphrase(passphrase: str) -> None:
    """Raise MshopperError where a new passphrase is too short."""
    if len(passphrase.strip()) < SHORTEST:
        sentence = ngettext(
            "A passphrase has at least {n} character: choose a longer one.",
            "A passphrase has at least {n} characters: choose a longer one.",
            SHORTEST,
        )
        raise MshopperError(sentence.format(n=SHORTEST))


# Writing the data anew


@dataclass(frozen=True)
class Rewritten:
    """The data as it is kept now, with `key` (None: in clear). `left_clear` are files that could not be encrypted."""

    key: Key | None
    left_clear: tuple[Path, ...] = ()

    def sentence(self) -> str:
        """The result in words."""
        if self.key is None:
            return _("The data is no longer encrypted. Backups made before still open with their passphrase.")
        said = _(
            "The data is encrypted, and what was in clear was overwritten; a disk without moving parts may keep traces of "
            "it until it is used again."
        )
        if self.left_clear:
            files = ", ".join(str(file) for file in self.left_clear)
            said += " " + _(
                "Still in clear, since it can't be read: {files}. Delete it when you no longer need it."
            ).format(files=files)
        return said


def encrypt(
    folder: Path, passphrase: str, progress: Progress | None = None, *, clock: Clock | None = None
) -> Rewritten:
    """Encrypt the data of a folder and the backups in it; reports and tables that can be made again are removed.

    Raises StoreError, MshopperError for a passphrase that is too short, and Cancelled, with the data in clear as it was.
    """
    check_passphrase(passphrase)
    if not can_encrypt():
        raise StoreError(_("What encrypts data isn't installed: install mshopper with the extra “encrypted”."))
    key = cipher.make_key(passphrase)
    with locked_folder(folder):
        if unlocking.state(folder) == "encrypted":
            raise StoreError(_("The data in {folder} is encrypted already.").format(folder=folder))
        _exchange(folder, None, key, progress)
        left = tuple(_encrypt_backups(folder, key))
        _remove_derived(folder)
    _note(folder, "encrypted", key, clock)
    return Rewritten(key, left)


def change_passphrase(
    folder: Path, key: Key, passphrase: str, progress: Progress | None = None, *, clock: Clock | None = None
) -> Rewritten:
    """Encrypt the data anew, so that the former passphrase opens it no more; earlier backups keep theirs.

    Raises as `encrypt` does.
    """
    check_passphrase(passphrase)
    new_key = cipher.make_key(passphrase)
    was_remembered = remembered_key(folder) is not None
    with locked_folder(folder):
        _exchange(folder, key, new_key, progress)
    if was_remembered:
        remember_key(folder, new_key)
    _note(folder, "passphrase_changed", new_key, clock)
    return Rewritten(new_key)


def decrypt(folder: Path, key: Key, progress: Progress | None = None, *, clock: Clock | None = None) -> Rewritten:
    """Keep the data of a folder in clear again. Raises StoreError, Cancelled."""
    with locked_folder(folder):
        _exchange(folder, key, None, progress)
    forget_key(folder)
    _note(folder, "decrypted", None, clock)
    return Rewritten(None)


def _exchange(folder: Path, key: Key | None, new_key: Key | None, progress: Progress | None) -> None:
    """Put the data file, written anew, in the place of the old one. Killed anywhere, one of the two is there whole."""
    from mshopper.store.encrypting import rewrite

    current = folder / backups.DATA_FILE
    if key is not None and not unlocking.fits(folder, key):
        raise failures.locked(folder)
    if not current.exists():
        raise StoreError(_("There is no data file in {folder}: nothing to read.").format(folder=folder))
    _empty_log(folder, key)
    arriving = folder / f"{backups.DATA_FILE}.tmp"
    rewrite(current, arriving, key=key, new_key=new_key, progress=progress)
    with _overwritten(current, wanted=key is None):
        try:
            backups.take_place(folder, arriving, new_key)
        except OSError as error:
            raise failures.from_os(error, folder) from error


def _empty_log(folder: Path, key: Key | None) -> None:
    """See that the data file alone holds everything."""
    from mshopper.store import connection as connections

    with failures.told(folder):
        raw = connections.connect(folder / backups.DATA_FILE, read_only=False, key=key)
        try:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()


@contextlib.contextmanager
def _overwritten(file: Path, *, wanted: bool) -> Iterator[None]:
    """A block that replaces a file in clear, whose old bytes are overwritten after it; a second name holds them until then."""
    from mshopper.store.encrypting import overwrite

    clear = file.with_name(file.name + _CLEAR)
    if wanted:
        clear.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # a file system without second names: the bytes go as those of any file
            os.link(file, clear)
    yield
    if wanted:
        with contextlib.suppress(OSError):
            overwrite(clear)


def finish_encrypting(folder: Path, key: Key) -> None:
    """Do what a process that was killed while encrypting left to be done; for the one that holds the folder."""
    from mshopper.store.encrypting import overwrite

    for clear in (*folder.glob(f"*{_CLEAR}"), *(folder / backups.FOLDER).glob(f"*{_CLEAR}")):
        original = clear.with_name(clear.name.removesuffix(_CLEAR))
        with contextlib.suppress(OSError):
            if original.exists() and original.samefile(clear):
                clear.unlink()  # its place was not taken yet: it is the one copy there is
            else:
                overwrite(clear)
    for _unreadable in _encrypt_backups(folder, key, among=("daily", "before-update", "before-restore")):
        pass  # it was named when the data was encrypted


def _encrypt_backups(
    folder: Path, key: Key, among: tuple[str, ...] = ("daily", "before-update", "before-restore", "damaged")
) -> Iterator[Path]:
    """Encrypt the copies of the folder. Gives those that can't be read, which stay in clear rather than be lost."""
    from mshopper.store.encrypting import rewrite

    for backup in backups.listed(folder):
        if backup.kind not in among or cipher.is_encrypted(backup.file):
            continue
        arriving = backup.file.with_name(f"{backup.file.name}.tmp")
        try:
            rewrite(backup.file, arriving, key=None, new_key=key)
        except StoreError:
            yield backup.file
            continue
        with _overwritten(backup.file, wanted=True):
            arriving.replace(backup.file)


def _remove_derived(folder: Path) -> None:
    from mshopper.store.encrypting import overwrite

    places = [folder / name for name in _DERIVED]
    files = [file for place in places if place.is_dir() for file in place.rglob("*") if file.is_file()]
    for file in (*files, *folder.glob("mshopper.log*")):
        with contextlib.suppress(OSError):
            overwrite(file)
    for place in places:
        shutil.rmtree(place, ignore_errors=True)


def _note(folder: Path, event: str, key: Key | None, clock: Clock | None) -> None:
    at = (clock or system_clock)().isoformat(timespec="seconds")
    note_event(folder, event, at, {}, anywhere=True, key=key)


# The system's keyring


def can_remember() -> bool:
    """Whether the system has a keyring that programs can use here."""
    keyring = _keyring()
    if keyring is None:
        return False
    try:
        return float(keyring.get_keyring().priority) > 0
    except Exception:  # noqa: BLE001 - a backend of somebody else's: whatever it raises, it is of no use
        return False


def remembered_key(folder: Path) -> Key | None:
    """The key that the keyring holds for a folder, where it still fits."""
    keyring = _keyring()
    if keyring is None:
        return None
    try:
        kept = keyring.get_password(_SERVICE, _account(folder))
        both = bytes.fromhex(kept or "")
    except Exception:  # noqa: BLE001 - locked, refused, gone: then the passphrase is asked for
        return None
    if len(both) != 32 + cipher.SALT_BYTES:
        return None
    key = Key(both[:32], both[32:])
    return key if unlocking.state(folder) == "encrypted" and unlocking.fits(folder, key) else None


def remember_key(folder: Path, key: Key) -> None:
    """Put the key into the system's keyring, so that who is logged in needn't type the passphrase. Raises MshopperError."""
    try:
        _needed_keyring().set_password(_SERVICE, _account(folder), (key.secret + key.salt).hex())
    except MshopperError:
        raise
    except Exception as error:
        raise _no_keyring() from error


def forget_key(folder: Path) -> None:
    """Take the key out of the keyring, where it is there."""
    keyring = _keyring()
    if keyring is not None:
        with contextlib.suppress(Exception):
            keyring.delete_password(_SERVICE, _account(folder))


def _account(folder: Path) -> str:
    return str(folder.absolute())


def _keyring() -> Any:
    return import_module("keyring") if find_spec("keyring") else None


def _needed_keyring() -> Any:
    keyring = _keyring()
    if keyring is None or not can_remember():
        raise _no_keyring()
    return keyring


def _no_keyring() -> MshopperError:
    return MshopperError(
        _("This system has no keyring that can be used now: the passphrase is asked for at each start.")
    )
