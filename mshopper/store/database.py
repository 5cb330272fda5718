"""The data file of a laptop: opening it safely, and its parts as attributes (`db.visits`, `db.photos`, …).

`operations` changes things through it, screens and commands read from it.
"""

import sqlite3
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from mshopper.progress import Progress
from mshopper.store import connection as connections
from mshopper.store import failures, migrations, place
from mshopper.store.connection import Connection
from mshopper.store.lock import FolderLock

if TYPE_CHECKING:
    from mshopper.store.auditors import Auditors
    from mshopper.store.backups import BackupContents
    from mshopper.store.cipher import Key
    from mshopper.store.devices import Devices
    from mshopper.store.erasure import Erasure
    from mshopper.store.folders import Folders
    from mshopper.store.forms import Forms
    from mshopper.store.imported import Imported
    from mshopper.store.journal import Journal
    from mshopper.store.photos import Photos
    from mshopper.store.plan import Plan
    from mshopper.store.segments import Segments
    from mshopper.store.settings import Settings
    from mshopper.store.statements import Statements
    from mshopper.store.stores import Stores
    from mshopper.store.syncs import Syncs
    from mshopper.store.visit_list import VisitList
    from mshopper.store.visits import Visits

FILE_NAME = "mshopper.sqlite"


class Database(Connection):
    """The data of one folder. Used from the thread that made it; `reader` and `writer` make another for a worker.

    `read_only` says that another process holds the folder: everything can be read, `write()` refuses.
    """

    def __init__(
        self,
        raw: sqlite3.Connection,
        folder: Path,
        *,
        read_only: bool,
        lock: FolderLock | None = None,
        key: "Key | None" = None,
    ) -> None:
        super().__init__(raw, folder, read_only=read_only, key=key)
        self._lock = lock

    # Each part is imported when it is first used: the list of visits, which opens the app, needs few of them.

    @cached_property
    def journal(self) -> "Journal":
        from mshopper.store.journal import Journal

        return Journal(self)

    @cached_property
    def forms(self) -> "Forms":
        from mshopper.store.forms import Forms

        return Forms(self)

    @cached_property
    def stores(self) -> "Stores":
        from mshopper.store.stores import Stores

        return Stores(self)

    @cached_property
    def plan(self) -> "Plan":
        from mshopper.store.plan import Plan

        return Plan(self)

    @cached_property
    def photos(self) -> "Photos":
        from mshopper.store.photos import Photos

        return Photos(self, self.journal)

    @cached_property
    def visits(self) -> "Visits":
        from mshopper.store.visits import Visits

        return Visits(self, journal=self.journal, photos=self.photos)

    @cached_property
    def visit_list(self) -> "VisitList":
        from mshopper.store.visit_list import VisitList

        return VisitList(self)

    @cached_property
    def auditors(self) -> "Auditors":
        from mshopper.store.auditors import Auditors

        return Auditors(self)

    @cached_property
    def devices(self) -> "Devices":
        from mshopper.store.devices import Devices

        return Devices(self)

    @cached_property
    def settings(self) -> "Settings":
        from mshopper.store.settings import Settings

        return Settings(self)

    @cached_property
    def imported(self) -> "Imported":
        from mshopper.store.imported import Imported

        return Imported(self, journal=self.journal, photos=self.photos)

    @cached_property
    def segments(self) -> "Segments":
        from mshopper.store.segments import Segments

        return Segments(self)

    @cached_property
    def folders(self) -> "Folders":
        from mshopper.store.folders import Folders

        return Folders(self)

    @cached_property
    def syncs(self) -> "Syncs":
        from mshopper.store.syncs import Syncs

        return Syncs(self)

    @cached_property
    def statements(self) -> "Statements":
        from mshopper.store.statements import Statements

        return Statements(self, self.journal)

    @cached_property
    def erasure(self) -> "Erasure":
        from mshopper.store.erasure import Erasure

        return Erasure(self, journal=self.journal)

    @property
    def has_deleted(self) -> bool:
        """Whether a deleted draft could still be brought back."""
        return self.row("SELECT 1 FROM resting LIMIT 1") is not None

    def reader(self) -> "Database":
        """Another Database on the same folder that only reads, for the worker thread that calls this."""
        return _connected(self.folder, read_only=True, key=self.key)

    def writer(self) -> "Database":
        """Another Database on the same folder that may write too, for the worker thread that calls this.

        It writes under this one's lock, so close it before this one. Raises ReadOnlyStoreError where there is no lock.
        """
        if self.read_only:
            raise failures.only_looking(self.folder)
        return _connected(self.folder, read_only=False, key=self.key)

    def backup(self, target: Path, progress: Progress | None = None) -> "BackupContents":
        """Write everything into the one file `target`, which appears whole, read again, or not at all. Raises StoreError."""
        from mshopper.store.backups import write_backup

        return write_backup(self, target, progress)

    def check(self) -> list[str]:
        """What SQLite finds wrong in the whole file; reads every page, photos included. Empty when all is well."""
        found = [str(line) for (line,) in self.rows("PRAGMA integrity_check(20)")]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Let the file and the folder go."""
        self.raw.close()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> "Database":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def hold_folder(folder: Path) -> FolderLock:
    """The lock of a folder whose data file nobody has open, for who replaces it. Raises StoreError where somebody has."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FolderLock(folder)
    except OSError as error:
        raise failures.from_os(error, folder) from error
    if not lock.held:
        raise failures.only_looking(folder)
    return lock


def open_store(folder: Path, *, anywhere: bool = False, key: "Key | None" = None) -> Database:
    """The data of `folder`, which is made where it isn't there yet, brought to this version's structure.

    `anywhere` skips the refusal of network and synced folders. A second process gets the data read-only
    (`Database.read_only`). Raises StoreError for a folder or file that can't be used; the file is then as it was.
    LockedStoreError where it is encrypted and `key` isn't its key; a plain one needs none and minds none.
    """
    if not anywhere:
        place.refuse_unsafe(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FolderLock(folder)
    except OSError as error:
        raise failures.from_os(error, folder) from error
    try:
        key = _fitting(folder, key)
        _probe(folder, key)
        if not lock.held:
            return _looking(folder, key)
        database = _connected(folder, read_only=False, lock=lock, key=key)
    except BaseException:
        lock.release()
        raise
    try:
        _prepare(database)
    except BaseException:
        database.close()
        raise
    return database


def _looking(folder: Path, key: "Key | None") -> Database:
    """The data that another process holds. Raises ReadOnlyStoreError where that one hasn't brought it to this version."""
    if not (folder / FILE_NAME).exists():
        raise failures.only_looking(folder)
    database = _connected(folder, read_only=True, key=key)
    if migrations.are_pending(database):
        database.close()
        raise failures.only_looking(folder)
    return database


def _connected(folder: Path, *, read_only: bool, lock: FolderLock | None = None, key: "Key | None" = None) -> Database:
    with failures.told(folder):
        raw = connections.connect(folder / FILE_NAME, read_only=read_only, key=key)
        return Database(raw, folder, read_only=read_only, lock=lock, key=key)
    raise AssertionError


def _fitting(folder: Path, key: "Key | None") -> "Key | None":
    """The key where the data file needs it, None for a plain file. Raises LockedStoreError where it needs another.

    A file that isn't there yet is made with the key.
    """
    from mshopper.store import unlocking

    state = unlocking.state(folder)
    if state == "none":
        return key
    if state == "plain":
        return None
    if key is None or not unlocking.fits(folder, key):
        raise failures.locked(folder)
    return key


def _probe(folder: Path, key: "Key | None") -> None:
    """Raise StoreError where the file isn't one that this version can use, without writing a byte to it."""
    file = folder / FILE_NAME
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        return
    except OSError as error:
        raise failures.from_os(error, folder) from error
    if size == 0:
        return
    # A connection that only reads leaves even the log of a killed process for the one that may write.
    try:
        with _connected(folder, read_only=True, key=key) as probe:
            if migrations.is_foreign(probe):
                raise failures.foreign(folder)
            if migrations.is_newer(probe):
                raise failures.newer(folder)
            _read_edges(probe)
    except failures.database_errors() as error:
        # Whatever SQLite has against a file of ours before we wrote to it, the file is to blame.
        raise failures.damaged(folder) from error


def _read_edges(probe: Connection) -> None:
    """Read the first and last row of every table: cheap however large the file, and a torn file rarely stands it."""
    for name, sql in probe.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
        order = "1" if "WITHOUT ROWID" in sql else "rowid"
        for direction in ("ASC", "DESC"):
            probe.row(f'SELECT * FROM "{name}" ORDER BY {order} {direction} LIMIT 1')  # noqa: S608 - names from the file


def _prepare(database: Database) -> None:
    """Bring the file to this version, after a backup of what is in it, and see that it can be written."""
    with failures.told(database.folder):
        database.raw.execute("PRAGMA journal_mode=WAL")
        # After many photos the log is cut back, rather than kept at its largest.
        database.raw.execute("PRAGMA journal_size_limit=16777216")
    if migrations.are_pending(database):
        done = len(migrations.applied(database))
        if done:
            _keep_as_before(database)
        migrations.apply(database)
    # SQLite lets a transaction begin on a file that it may only read; a statement that could write shows it.
    with database.write():
        database.execute("DELETE FROM settings WHERE 0")


def _keep_as_before(database: Database) -> None:
    """Copy the data as the earlier version left it."""
    import datetime as dt

    from mshopper.store import backups

    at = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    database.backup(backups.place_for(database.folder, "before-update", at))
