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

from mshopper.errors import StoreError
from mshopper.i18n import _, ngettext
from mshopper.operations.workspace import Clock, Workspace, open_workspace, system_clock
from mshopper.progress import Progress
from mshopper.store import backups
from mshopper.store.backups import Backup, BackupContents

if TYPE_CHECKING:
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


def restore(folder: Path, file: Path, *, clock: Clock | None = None, anywhere: bool = False) -> Restored:
    """Make the backup `file` the data of `folder`; what was there is copied into its backups first.

    Raises StoreError, with the data as it was: no backup, a damaged or newer one, a folder that another process has open, a
    full disk.
    """
    contents = backups.check_backup(file)
    now = (clock or system_clock)().isoformat(timespec="seconds")
    with _locked(folder):
        erased = backups.erased_in(folder)
        kept = backups.place_for(folder, "before-restore", now) if (folder / backups.DATA_FILE).exists() else None
        backups.put_back(folder, file, kept)
    _note(folder, "restored", now, {"visits": str(contents.visits)}, anywhere=anywhere)
    if erased:
        _erase_again(folder, erased, anywhere=anywhere)
    return Restored(contents, kept)


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
    folder: Path, progress: Progress | None = None, *, clock: Clock | None = None, anywhere: bool = False
) -> Salvaged:
    """Put all that can be read of a damaged data file into a new one; the damaged one is kept among the backups.

    Raises StoreError, with the data as it was, where nothing can be read of it.
    """
    from mshopper.store.recovery import recover

    current = folder / backups.DATA_FILE
    if not current.exists():
        raise StoreError(_("There is no data file in {folder}: nothing to read.").format(folder=folder))
    now = (clock or system_clock)().isoformat(timespec="seconds")
    with _locked(folder):
        kept = backups.place_for(folder, "damaged", now)
        new = folder / f"{backups.DATA_FILE}.recovered"
        new.unlink(missing_ok=True)
        try:
            found = recover(current, new, progress)
            backups.check_backup(new)
            backups.put_back(folder, new, kept)
        finally:
            new.unlink(missing_ok=True)
    _note(folder, "recovered", now, {"visits": str(len(found.visits))}, anywhere=anywhere)
    return Salvaged(found, kept)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """A block in which no other process may write in the folder. Raises StoreError where one does."""
    from mshopper.store import hold_folder

    lock = hold_folder(folder)
    try:
        yield
    finally:
        lock.release()


def _erase_again(folder: Path, visit_ids: list[str], *, anywhere: bool) -> None:
    """What was erased isn't brought back by an older copy."""
    from mshopper.operations.erasing import erase_visits

    with open_workspace(folder, anywhere=anywhere) as workspace:
        erase_visits(workspace, visit_ids, tell=False)


def _note(folder: Path, event: str, at: str, data: dict[str, str], *, anywhere: bool) -> None:
    """Write into the journal of what is there now that it was put there. Bringing it to this version comes first."""
    with open_workspace(folder, clock=lambda: dt.datetime.fromisoformat(at), anywhere=anywhere) as workspace:
        workspace.store.journal.append(event, data=data, at=at)
