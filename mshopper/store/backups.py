"""Copies of the data file: written whole and read again, kept by a rule, put back without losing what was there.

They lie in `backups/` of the data folder, their names saying when and why; `operations.backups` decides when.
"""

import os
import re
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import DamagedStoreError, LockedStoreError, StoreError
from mshopper.i18n import _
from mshopper.progress import Progress
from mshopper.store import connection as connections
from mshopper.store import failures, migrations
from mshopper.store.connection import Connection

if TYPE_CHECKING:
    from mshopper.store.cipher import Key

FOLDER = "backups"
DATA_FILE = "mshopper.sqlite"
_BESIDE = ("-wal", "-shm")
"""What SQLite may leave beside a data file: its log, and the log's index."""

_PAGES = 1024
"""Pages copied in a step: 4 MB, after which they are flushed and work may be cancelled."""

KEEP_DAYS, KEEP_WEEKS, KEEP_OTHERS = 5, 4, 3
_NAME = re.compile(r"mshopper\.(daily|before-update|before-restore|damaged)-(\d{4}-\d\d-\d\d)-(\d{6})\.sqlite")


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy in the backups folder. `kind` is daily, before-update, before-restore or damaged; `at` is ISO 8601, local."""

    file: Path
    kind: str
    at: str
    bytes: int


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What a copy holds: visits, photos and its size in bytes."""

    visits: int
    photos: int
    bytes: int


def listed(folder: Path) -> list[Backup]:
    """The copies in the data folder `folder`, the newest first."""
    found = []
    for file in _entries(folder / FOLDER):
        if match := _NAME.fullmatch(file.name):
            kind, day, clock = match.groups()
            at = f"{day}T{clock[:2]}:{clock[2:4]}:{clock[4:]}"
            try:
                found.append(Backup(file, kind, at, file.stat().st_size))
            except OSError:
                continue  # it went while we looked
    return sorted(found, key=lambda backup: (backup.at, backup.file.name), reverse=True)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def place_for(folder: Path, kind: str, at: str) -> Path:
    """Where a copy of that kind, made at that time (ISO 8601), is kept. Raises StoreError where no folder can be made."""
    try:
        (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise failures.from_os(error, folder) from error
    return folder / FOLDER / f"mshopper.{kind}-{at[:10]}-{at[11:19].replace(':', '')}.sqlite"


def superfluous(backups: Iterable[Backup]) -> list[Backup]:
    """Which of these the rule lets go: kept are the newest of each of five days and of each of four weeks, and of every
    other kind the newest three."""
    import datetime as dt

    kept: set[Path] = set()
    days: set[str] = set()
    weeks: set[tuple[int, int]] = set()
    others: dict[str, int] = {}
    ordered = sorted(backups, key=lambda backup: backup.at, reverse=True)
    for backup in ordered:
        if backup.kind != "daily":
            others[backup.kind] = others.get(backup.kind, 0) + 1
            if others[backup.kind] <= KEEP_OTHERS:
                kept.add(backup.file)
            continue
        day = backup.at[:10]
        week = dt.date.fromisoformat(day).isocalendar()[:2]
        if (day not in days and len(days) < KEEP_DAYS) or (week not in weeks and len(weeks) < KEEP_WEEKS):
            kept.add(backup.file)
        days.add(day)
        weeks.add(week)
    return [backup for backup in ordered if backup.file not in kept]


def remove(backup: Backup) -> None:
    """Delete a copy, and what may lie beside it. Raises StoreError."""
    try:
        for file in _with_beside(backup.file):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise failures.from_os(error, backup.file.parent) from error


def holds(file: Path, visits: Collection[str], photos_of: Collection[str] = (), *, key: "Key | None" = None) -> bool:
    """Whether a copy holds what these visits held, or the photos of those; one that can't be read may hold anything."""
    try:
        raw = connections.connect(file, read_only=True, key=_needed(file, key))
        try:
            # What was erased lost its salt.
            whole = raw.execute("SELECT visit_id FROM visits WHERE length(salt) > 0")
            if any(row[0] in visits for row in whole):
                return True
            shown = raw.execute("SELECT DISTINCT visit_id FROM photos p JOIN photo_bytes b ON b.sha256 = p.sha256")
            return any(row[0] in photos_of for row in shown)
        finally:
            raw.close()
    except failures.database_errors(StoreError):
        return True


def erased_in(folder: Path, key: "Key | None" = None) -> list[str]:
    """The visits whose content was erased whole from the data of `folder`; none where that can't be read."""
    try:
        raw = connections.connect(folder / DATA_FILE, read_only=True, key=key)
        try:
            return [row[0] for row in raw.execute("SELECT visit_id FROM erasures WHERE what = 'all'")]
        finally:
            raw.close()
    except failures.database_errors(StoreError):
        return []


# Writing


def write_backup(source: Connection, target: Path, progress: Progress | None = None) -> BackupContents:
    """Copy all of `source` into the file `target`, which appears whole and proved or not at all.

    The copy is that of one moment, whatever is written meanwhile; it is read again in full before it gets its name.
    A file that is there already is replaced only where it is a copy too. Raises StoreError; Cancelled by `progress`.
    """
    _refuse_target(source, target)
    partial = target.with_name(f"{target.name}.tmp")
    try:
        partial.unlink(missing_ok=True)
        with failures.told(target.parent):
            contents = _copied(source, partial, progress or Progress())
        flush(partial)
        partial.replace(target)
        flush_folder(target.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise failures.from_os(error, target.parent) from error
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return contents


def _refuse_target(source: Connection, target: Path) -> None:
    if not target.parent.is_dir():
        raise StoreError(
            _("The folder {folder} isn't there: make it, or choose another one for the backup.").format(
                folder=target.parent
            )
        )
    if not target.exists():
        return
    is_copy = _is_ours(target) or (source.key is not None and _opens(target, source.key))
    if target.is_dir() or target.samefile(source.folder / DATA_FILE) or not is_copy:
        raise StoreError(
            _("{file} is there already and isn't a backup: choose another name for the backup.").format(file=target)
        )


def _is_ours(file: Path) -> bool:
    """Whether `file` says in its header that it is a data file of ours; SQLite keeps the application id at byte 68."""
    try:
        with file.open("rb") as stream:
            header = stream.read(72)
    except OSError:
        return False
    return header[:16] == b"SQLite format 3\0" and header[68:72] == migrations.APPLICATION_ID.to_bytes(4, "big")


def _opens(file: Path, key: "Key") -> bool:
    """Whether `file` is encrypted, and `key` is its key."""
    from mshopper.store import cipher, unlocking

    return cipher.is_encrypted(file) and unlocking.opens(file, key)


def _copied(source: Connection, partial: Path, progress: Progress) -> BackupContents:
    seen = 0

    def step(_status: int, remaining: int, total: int) -> None:
        nonlocal seen
        if not progress.total:
            progress.expect(total)
        progress.advance(steps=total - remaining - seen)
        seen = total - remaining
        # Little by little: an answer that is saved meanwhile would wait for all that one flush at the end has to write.
        flush(partial)

    copy = connections.open_by_name(str(partial), source.key)
    # A transaction that only reads holds one moment of the log: without it each write elsewhere would begin the copy anew.
    reading = not source.raw.in_transaction
    if reading:
        source.raw.execute("BEGIN")
    try:
        expected = _contents(source.raw)
        copy.execute("PRAGMA synchronous=OFF")  # each step is flushed by us
        source.raw.backup(copy, pages=_PAGES, progress=step)
        # One file that any program can open, without a log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        if (wrong := _wrong(copy)) and _wrong(source.raw):
            raise failures.damaged(source.folder)
        if wrong or _contents(copy) != expected:
            raise StoreError(
                _(
                    "The backup could not be read again and was taken away: check the disk that holds {folder}, or "
                    "choose another folder."
                ).format(folder=partial.parent)
            )
    finally:
        if reading:
            source.raw.execute("ROLLBACK")
        copy.close()
    visits, photos, _head = expected
    return BackupContents(visits, photos, partial.stat().st_size)


def _contents(raw: sqlite3.Connection) -> tuple[int, int, str]:
    """Visits, photos, and the journal's head."""
    visits, photos = raw.execute("SELECT (SELECT count(*) FROM visits), (SELECT count(*) FROM photos)").fetchone()
    head = raw.execute("SELECT hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return visits, photos, head[0] if head else ""


def _wrong(raw: sqlite3.Connection) -> str:
    """The first thing that SQLite finds wrong in a whole file; "" when all is well."""
    said = str(raw.execute("PRAGMA integrity_check(1)").fetchone()[0])
    return "" if said == "ok" else said


# Putting back


def check_backup(file: Path, key: "Key | None" = None) -> BackupContents:
    """What the copy `file` holds, every page of it read; a plain one needs no key, and minds none.

    Raises StoreError where it can't be put back, LockedStoreError where it is encrypted with another key.
    """
    if not file.is_file():
        raise StoreError(_("There is no backup {file}: check its name and folder.").format(file=file))
    try:
        with file.open("rb"):
            pass
        key = _needed(file, key)
        raw = connections.connect(file, read_only=True, key=key)
        try:
            probe = Connection(raw, file.parent, read_only=True)
            if (key is None and not _is_ours(file)) or migrations.is_foreign(probe):
                raise StoreError(_("{file} isn't a backup of mshopper: choose another file.").format(file=file))
            if migrations.is_newer(probe):
                raise StoreError(
                    _("The backup {file} is of a newer version of mshopper: install that version first.").format(
                        file=file
                    )
                )
            if _wrong(raw):
                raise _damaged(file)
            visits, photos, _head = _contents(raw)
        finally:
            raw.close()
        return BackupContents(visits, photos, file.stat().st_size)
    except failures.database_errors() as error:
        raise _damaged(file) from error
    except OSError as error:
        raise StoreError(
            _("The backup {file} can't be read ({reason}): check its folder.").format(file=file, reason=error.strerror)
        ) from error


def _needed(file: Path, key: "Key | None") -> "Key | None":
    """The key where the copy is encrypted, None where it is plain. Raises LockedStoreError where it needs another."""
    from mshopper.store import cipher

    if not cipher.is_encrypted(file):
        return None
    if key is None or not _opens(file, key):
        sentence = _("The backup {file} is encrypted: the passphrase that it was made with opens it.")
        raise LockedStoreError(sentence.format(file=file))
    return key


def _damaged(file: Path) -> StoreError:
    return StoreError(
        _("{file} is damaged or no backup of mshopper, and nothing was changed: use another backup.").format(file=file)
    )


def put_back(
    folder: Path, backup: Path, kept: Path | None, *, key: "Key | None" = None, new_key: "Key | None" = None
) -> None:
    """Make the proved copy `backup` the data file of `folder`; what was there, if anything, is first copied to `kept`.

    `key` is the key of what was there, `new_key` that of the copy. An encrypted file without its key is kept byte by byte.

    The caller holds the folder's lock, and nobody has the data file open. Killed anywhere, the folder has the old data or
    the new. Raises StoreError with the old data in place.
    """
    arriving = folder / f"{DATA_FILE}.tmp"
    try:
        copy_file(backup, arriving)
        if kept is not None:
            keep_copy(folder, kept, key)
        take_place(folder, arriving, new_key)
    except OSError as error:
        arriving.unlink(missing_ok=True)
        raise failures.from_os(error, folder) from error
    except BaseException:
        arriving.unlink(missing_ok=True)
        raise


def take_place(folder: Path, arriving: Path, key: "Key | None") -> None:
    """Make the flushed file `arriving`, whose key is `key`, the data file of `folder`. Raises OSError, StoreError."""
    from mshopper.store import unlocking

    current = folder / DATA_FILE
    for name in _BESIDE:
        # The log belongs to the old file: SQLite would play it into the new one.
        current.with_name(current.name + name).unlink(missing_ok=True)
    # What it says is of the old file; without it the new one can be opened too.
    (folder / unlocking.KEY_FILE).unlink(missing_ok=True)
    arriving.replace(current)
    unlocking.note_key(folder, key)
    flush_folder(folder)


def keep_copy(folder: Path, kept: Path, key: "Key | None" = None) -> None:
    """Copy the data file of `folder` to `kept` as one whole file where it can be read, else byte by byte with its log.

    Where it can be read, its log is emptied into it, so that the data file alone holds everything. Raises OSError, StoreError.
    """
    current = folder / DATA_FILE
    try:
        raw = connections.connect(current, read_only=False, key=key)
        try:
            write_backup(Connection(raw, folder, read_only=False, key=key), kept)
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()
    except failures.database_errors(DamagedStoreError):
        for file in _with_beside(current):
            if file.exists():
                copy_file(file, kept.with_name(kept.name + file.name.removeprefix(current.name)))
        flush_folder(kept.parent)


def copy_file(source: Path, target: Path) -> None:
    """Copy bytes, flushed to the disk. Raises OSError, with no half copy left."""
    import shutil

    try:
        shutil.copyfile(source, target)
        flush(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def flush(file: Path) -> None:
    """See that the file's bytes have reached the disk. Raises OSError."""
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def flush_folder(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut; Windows does so by itself and can't open a folder."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _with_beside(file: Path) -> list[Path]:
    return [file, *(file.with_name(file.name + name) for name in _BESIDE)]
