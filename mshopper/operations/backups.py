"""Copies of a data folder's data: daily ones kept by a rule, one where the user wants it, putting one back, and saving what
can be read of a damaged file.

What replaces the data file works on a folder that nobody has open; the window closes its workspace first.
"""

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import LockedStoreError, StoreError, WrongPassphraseError
from mshopper.i18n import _, ngettext
from mshopper.operations.workspace import Clock, Workspace, open_workspace, system_clock
from mshopper.progress import Progress
from mshopper.store import backups, failures
from mshopper.store.backups import Backup, BackupContents

if TYPE_CHECKING:
    from mshopper.store.cipher import Key
    from mshopper.store.recovery import Recovered

ROOM = 200_000_000
"""Bytes that a daily copy leaves free on the disk: an auditor's photos of a day matter more than one more copy."""


def list_backups(folder: Path) -> list[Backup]:
    """The copies in a data folder, the newest first."""
    return backups.listed(folder)


def back_up(workspace: Workspace, target: Path, progress: Progress | None = None) -> tuple[Path, BackupContents]:
    """Copy all data into `target`, a file, or a folder that is there already, in which it gets a name by the day.

    Returns the file and what it holds. Raises StoreError; Cancelled by `progress`, with nothing left behind.
    """
    file = target / f"mshopper-{workspace.now()[:10]}.sqlite" if target.is_dir() else target
    return file, workspace.store.backup(file, progress)


def daily_backup(workspace: Workspace, progress: Progress | None = None) -> Backup | None:
    """Make the copy of today where there is none yet, and let go what the rule doesn't keep. Returns the new copy.

    None where today has one. Raises StoreError where the disk has no room, before anything is written.
    """
    now = workspace.now()
    folder = workspace.folder
    kept = backups.listed(folder)
    if any(backup.kind == "daily" and backup.at[:10] == now[:10] for backup in kept):
        return None
    for old in backups.superfluous(kept):
        backups.remove(old)
    _make_room(folder, backups.listed(folder))
    file = backups.place_for(folder, "daily", now)
    contents = workspace.store.backup(file, progress)
    for old in backups.superfluous(backups.listed(folder)):
        backups.remove(old)
    return Backup(file, "daily", now[:19], contents.bytes)


def _make_room(folder: Path, kept: list[Backup]) -> None:
    """Let go the oldest daily copies, all but the newest, until a new one fits. Raises StoreError where it can't."""
    needed = _size(folder) + ROOM
    daily = [backup for backup in kept if backup.kind == "daily"]
    while shutil.disk_usage(folder).free < needed and len(daily) > 1:
        backups.remove(daily.pop())
    if shutil.disk_usage(folder).free < needed:
        raise StoreError(
            _(
                "There is no room on the disk for today's backup of {folder}: free some space, or save a backup on "
                "another disk."
            ).format(folder=folder)
        )


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob(f"{backups.DATA_FILE}*") if file.is_file())


@dataclass(frozen=True)
class Restored:
    """What was put back, and where what was there before is kept (None: there was nothing)."""

    contents: BackupContents
    kept: Path | None

    def sentence(self) -> str:
        """The result in words."""
        said = ngettext("{n} visit put back.", "{n} visits put back.", self.contents.visits).format(
            n=self.contents.visits
        )
        if self.kept is None:
            return said
        return said + " " + _("What was there before is kept in {file}.").format(file=self.kept)


def restore(
    folder: Path,
    file: Path,
    *,
    key: "Key | None" = None,
    passphrase: str | None = None,
    clock: Clock | None = None,
    anywhere: bool = False,
) -> Restored:
    """Make the backup `file` the data of `folder`; what was there is copied into its backups first.

    `key` is the folder's, and stays so where the folder is encrypted, whatever the backup was; `passphrase` opens a backup
    with another key. Raises LockedStoreError where one of them is needed, WrongPassphraseError.

    Raises StoreError, with the data as it was: no backup, a damaged or newer one, a folder that another process has open, a
    full disk.
    """
    from mshopper.store import unlocking

    file_key, contents = _opened(file, key, passphrase)
    if unlocking.state(folder) != "encrypted":
        key = None
    elif key is None and file_key is None:
        raise failures.locked(folder)  # else a backup in clear would end the encryption unasked
    now = (clock or system_clock)().isoformat(timespec="seconds")
    with locked_folder(folder), _with_key(folder, file, file_key, key or file_key) as wanted:
        erased = backups.erased_in(folder, key)
        kept = backups.place_for(folder, "before-restore", now) if (folder / backups.DATA_FILE).exists() else None
        backups.put_back(folder, wanted, kept, key=key, new_key=key or file_key)
    note_event(folder, "restored", now, {"visits": str(contents.visits)}, anywhere=anywhere, key=key or file_key)
    if erased:
        _erase_again(folder, erased, anywhere=anywhere, key=key or file_key)
    return Restored(contents, kept)


def backup_needs_passphrase(file: Path, key: "Key | None") -> bool:
    """Whether the backup `file` is encrypted with another key than `key`. Raises StoreError where it can't be read."""
    from mshopper.store import cipher, unlocking

    return cipher.is_encrypted(file) and (key is None or not unlocking.opens(file, key))


def _opened(file: Path, key: "Key | None", passphrase: str | None) -> "tuple[Key | None, BackupContents]":
    """The key of a backup, None where it is plain, and what it holds."""
    from mshopper.store import cipher

    if not cipher.is_encrypted(file):
        return None, backups.check_backup(file)
    try:
        return key, backups.check_backup(file, key)
    except LockedStoreError:
        if passphrase is None:
            raise
    own = cipher.make_key(passphrase, cipher.salt_of(file))
    try:
        return own, backups.check_backup(file, own)
    except LockedStoreError:
        raise WrongPassphraseError(_("That passphrase doesn't open the backup: try again."), 0.0) from None


@contextmanager
def _with_key(folder: Path, file: Path, key: "Key | None", wanted: "Key | None") -> Iterator[Path]:
    """The backup as a file with the key `wanted`: itself where that is its key, else written anew for this block."""
    if key == wanted:
        yield file
        return
    from mshopper.store.encrypting import rewrite

    made = folder / f"{backups.DATA_FILE}.arriving"
    rewrite(file, made, key=key, new_key=wanted)
    try:
        yield made
    finally:
        made.unlink(missing_ok=True)


@dataclass(frozen=True)
class Salvaged:
    """What could be read of a damaged data file, which is kept as `kept`."""

    found: "Recovered"
    kept: Path

    def sentences(self) -> Iterator[str]:
        """The result in words: the number of visits, then each that isn't whole, then where the damaged file is."""
        visits = self.found.visits
        yield ngettext("{n} visit was found.", "{n} visits were found.", len(visits)).format(n=len(visits))
        for visit in visits:
            if visit.is_whole:
                continue
            sentence = _("{store}, {day}: {answers} of {expected} answers found, {photos} photos lost.")
            yield sentence.format(
                store=visit.store_name,
                day=visit.day,
                answers=visit.answers,
                expected=max(visit.expected, visit.answers),
                photos=visit.lost_photos,
            )
        yield _("The damaged file is kept as {file}.").format(file=self.kept)


def salvage(
    folder: Path,
    progress: Progress | None = None,
    *,
    key: "Key | None" = None,
    clock: Clock | None = None,
    anywhere: bool = False,
) -> Salvaged:
    """Put all that can be read of a damaged data file into a new one; the damaged one is kept among the backups.

    An encrypted one needs its `key`. Raises StoreError, with the data as it was, where nothing can be read of it.
    """
    from mshopper.store import unlocking
    from mshopper.store.recovery import recover

    current = folder / backups.DATA_FILE
    if unlocking.state(folder) != "encrypted":
        key = None
    elif key is None:
        raise failures.locked(folder)
    if not current.exists():
        raise StoreError(_("There is no data file in {folder}: nothing to read.").format(folder=folder))
    now = (clock or system_clock)().isoformat(timespec="seconds")
    with locked_folder(folder):
        kept = backups.place_for(folder, "damaged", now)
        new = folder / f"{backups.DATA_FILE}.recovered"
        new.unlink(missing_ok=True)
        try:
            found = recover(current, new, progress, key=key)
            backups.check_backup(new, key)
            backups.put_back(folder, new, kept, key=key, new_key=key)
        finally:
            new.unlink(missing_ok=True)
    note_event(folder, "recovered", now, {"visits": str(len(found.visits))}, anywhere=anywhere, key=key)
    return Salvaged(found, kept)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """A block in which no other process may write in the folder. Raises StoreError where one does."""
    from mshopper.store import hold_folder

    lock = hold_folder(folder)
    try:
        yield
    finally:
        lock.release()


def _erase_again(folder: Path, visit_ids: list[str], *, anywhere: bool, key: "Key | None") -> None:
    """What was erased isn't brought back by an older copy."""
    from mshopper.operations.erasing import erase_visits

    with open_workspace(folder, anywhere=anywhere, key=key) as workspace:
        erase_visits(workspace, visit_ids, tell=False)


def note_event(
    folder: Path, event: str, at: str, data: dict[str, str], *, anywhere: bool, key: "Key | None" = None
) -> None:
    """Write into the journal of what is there now that it was put there. Bringing it to this version comes first."""
    with open_workspace(folder, clock=lambda: dt.datetime.fromisoformat(at), anywhere=anywhere, key=key) as workspace:
        workspace.store.journal.append(event, data=data, at=at)
