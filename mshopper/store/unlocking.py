"""Whether a data folder is encrypted, whether a key is its key, and the delays after wrong passphrases.

Beside an encrypted data file lies `mshopper.key`: nothing secret, but what tells a wrong passphrase from a damaged file, and
how many wrong ones were tried. It may be lost: the data file and the passphrase are enough.
"""

import json
import time
from pathlib import Path
from typing import Any, Literal

from mshopper.errors import WrongPassphraseError
from mshopper.i18n import _, ngettext
from mshopper.store import cipher, failures
from mshopper.store import connection as connections
from mshopper.store.cipher import Key

DATA_FILE = "mshopper.sqlite"
KEY_FILE = "mshopper.key"
FREE_TRIES = 3
"""So many wrong passphrases cost no wait; each further one doubles it."""
LONGEST_WAIT = 900.0
"""Seconds."""


def state(folder: Path) -> Literal["none", "plain", "encrypted"]:
    """What the data file of a folder is; an encrypted one whose first page is torn still counts as encrypted."""
    file = folder / DATA_FILE
    try:
        with file.open("rb") as stream:
            head = stream.read(len(cipher.PLAIN_HEADER))
    except FileNotFoundError:
        return "none"
    except OSError as error:
        raise failures.from_os(error, folder) from error
    if not head:
        return "none"
    if head == cipher.PLAIN_HEADER:
        return "plain"
    return "encrypted" if cipher.is_encrypted(file) or "check" in _noted(folder) else "plain"


def salt(folder: Path) -> bytes:
    """The salt of the folder's key."""
    noted = _noted(folder).get("salt")
    return bytes.fromhex(noted) if noted else cipher.salt_of(folder / DATA_FILE)


def fits(folder: Path, key: Key) -> bool:
    """Whether `key` is the key of the folder's data file, however damaged that is where its key file is there."""
    noted = _noted(folder).get("check")
    return noted == key.check() if noted else opens(folder / DATA_FILE, key)


def opens(file: Path, key: Key) -> bool:
    """Whether `key` opens the encrypted file. Raises StoreError for what isn't the key's fault."""
    with failures.told(file.parent):
        raw = connections.open_by_name(f"{file.absolute().as_uri()}?mode=ro", key, uri=True)
        try:
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except failures.database_errors() as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == failures.SQLITE_NOTADB:
                return False
            raise
        finally:
            raw.close()
    return True


def note_key(folder: Path, key: Key | None) -> None:
    """Write the key file of a data file that has this key now; without one it goes. Raises StoreError."""
    if key is None:
        (folder / KEY_FILE).unlink(missing_ok=True)
        return
    _write(folder, {"salt": key.salt.hex(), "check": key.check()})


def try_passphrase(folder: Path, passphrase: str) -> Key:
    """The key of an encrypted data folder. Raises WrongPassphraseError, at once where it isn't time for another try yet."""
    wait = seconds_to_wait(folder)
    if wait > 0:
        raise _too_early(wait)
    noted = _noted(folder)
    failed = int(noted.get("failed", 0)) + 1
    # Before it is tried: who ends the program meanwhile gains nothing.
    _write(folder, {**noted, "failed": failed, "failed_at": time.time()})
    key = cipher.make_key(passphrase, salt(folder))
    if not fits(folder, key):
        raise _wrong(_wait_after(failed))
    note_key(folder, key)
    return key


def seconds_to_wait(folder: Path) -> float:
    """How long it is until another passphrase may be tried; a clock that was set back gains at most one wait."""
    noted = _noted(folder)
    wait = _wait_after(int(noted.get("failed", 0)))
    passed = time.time() - float(noted.get("failed_at", 0.0))
    return max(0.0, min(wait, wait - passed))


def _wait_after(failed: int) -> float:
    return 0.0 if failed < FREE_TRIES else min(LONGEST_WAIT, 2.0 ** min(failed - FREE_TRIES + 1, 20))


def _wrong(wait: float) -> WrongPassphraseError:
    seconds = round(wait)
    if not seconds:
        return WrongPassphraseError(_("That passphrase doesn't open the data: try again."), 0.0)
    sentence = ngettext(
        "That passphrase doesn't open the data: another can be tried in {n} second.",
        "That passphrase doesn't open the data: another can be tried in {n} seconds.",
        seconds,
    )
    return WrongPassphraseError(sentence.format(n=seconds), wait)


def _too_early(wait: float) -> WrongPassphraseError:
    seconds = max(1, round(wait))
    sentence = ngettext(
        "After several wrong passphrases the next can be tried in {n} second.",
        "After several wrong passphrases the next can be tried in {n} seconds.",
        seconds,
    )
    return WrongPassphraseError(sentence.format(n=seconds), wait)


def _noted(folder: Path) -> dict[str, Any]:
    """What the key file says; nothing where it isn't there or isn't ours."""
    try:
        noted = json.loads((folder / KEY_FILE).read_text(encoding="utf-8"))
        bytes.fromhex(noted.get("salt", ""))
        float(noted.get("failed_at", 0)), int(noted.get("failed", 0))
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}
    return dict(noted)


def _write(folder: Path, noted: dict[str, Any]) -> None:
    temporary = folder / f"{KEY_FILE}.tmp"
    try:
        temporary.write_text(json.dumps(noted), encoding="utf-8")
        temporary.replace(folder / KEY_FILE)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise failures.from_os(error, folder) from error
