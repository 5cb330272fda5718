"""Erasing what visits hold, so that no byte of it stays in the data file, its log or its free pages.

Of a sealed visit stays what lets it verify as erased: ids, shop, times, form, seals and signatures, and the journal's hashes,
whose salt goes too. What was never submitted, or was imported, goes whole. An erasure is written down first and cleaned up
afterwards, so that one that was killed half-way is completed by the next `clean`.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections.abc import Iterable
from dataclasses import dataclass

from mshopper.errors import StoreError
from mshopper.i18n import _
from mshopper.model.journal import ERASED, NAME_ERASED
from mshopper.store import failures
from mshopper.store.connection import Connection
from mshopper.store.journal import Journal

ALL, PHOTOS = "all", "photos"
"""What was erased of a visit."""

TABLE = """CREATE TABLE erasures (
    visit_id TEXT PRIMARY KEY,
    what TEXT NOT NULL,
    erased_at TEXT NOT NULL,
    cleaned_at TEXT NOT NULL,
    tell INTEGER NOT NULL
) STRICT, WITHOUT ROWID"""
"""What was erased, and whether the head office is still to be told; `cleaned_at` is "" until copies and free pages are gone."""

_BLANK = (
    "auditor_id = '', auditor = '', reason = '', resume = '{}', answered = 0, total = 0, earned = NULL, possible = NULL, "
    "percent = NULL, percent_real = NULL, coverage = NULL, verdict = '', grade = '', criticals = 0, flags = '[\"erased\"]'"
)
"""What the row of a sealed revision no longer says."""

_BYTES = {"photo_bytes": "sha256", "photo_thumbnails": "sha256", "photo_originals": "original_sha256"}


@dataclass(frozen=True, slots=True)
class ErasedVisit:
    """A visit of which content was erased; `what` is ALL or PHOTOS, `erased_at` ISO 8601."""

    visit_id: str
    what: str
    erased_at: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left of it but what proves that it was."""
        return self.what == ALL


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sealed visit that holds something: its state, when it was submitted (ISO 8601), whether its segment stands."""

    visit_id: str
    state: str
    submitted_at: str
    published: bool
    imported: bool


class Erasure:
    """Erasing in one data folder."""

    def __init__(self, connection: Connection, *, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal

    def erase(self, visit_ids: Iterable[str], *, at: str, tell: bool) -> list[str]:
        """Erase all that these visits hold, in every revision; those that were there and not erased yet.

        With `tell`, the head office is to hear of those that were submitted here.
        """
        self._connection.execute("PRAGMA secure_delete = ON")
        with self._connection.write():
            found = [visit_id for visit_id in dict.fromkeys(visit_ids) if self._holds(visit_id, ALL)]
            for visit_id in found:
                self._erase(visit_id, at=at, tell=tell)
            self._sweep_photos()
        return found

    def erase_photos(self, visit_ids: Iterable[str], *, at: str) -> list[str]:
        """Erase the bytes of these visits' photos, thumbnails and originals; their hashes stay. As `erase`."""
        self._connection.execute("PRAGMA secure_delete = ON")
        with self._connection.write():
            found = [visit_id for visit_id in dict.fromkeys(visit_ids) if self._holds(visit_id, PHOTOS)]
            for visit_id in found:
                self._note(visit_id, PHOTOS, at=at, tell=False)
            self._sweep_photos()
        return found

    def erased(self) -> dict[str, ErasedVisit]:
        """The visits of which content was erased, by id."""
        rows = self._connection.rows("SELECT visit_id, what, erased_at FROM erasures ORDER BY erased_at, visit_id")
        return {row[0]: ErasedVisit(*row) for row in rows}

    def get(self, visit_id: str) -> ErasedVisit | None:
        """What was erased of a visit; None where nothing was."""
        sql = "SELECT visit_id, what, erased_at FROM erasures WHERE visit_id = ?"
        row = self._connection.row(sql, [visit_id])
        return ErasedVisit(*row) if row else None

    def to_tell(self) -> list[str]:
        """The visits whose erasure the head office hasn't been told."""
        return [row[0] for row in self._connection.rows("SELECT visit_id FROM erasures WHERE tell = 1 ORDER BY 1")]

    def told(self, visit_ids: Iterable[str], *, at: str) -> None:
        """Note that the head office was told."""
        with self._connection.write():
            for visit_id in visit_ids:
                self._connection.execute("UPDATE erasures SET tell = 0 WHERE visit_id = ?", [visit_id])
                self._journal.append_within("erasure_published", visit_id=visit_id, revision=0, data={}, at=at)

    def to_clean(self) -> list[str]:
        """The visits that free pages, the log or copies may still hold."""
        return [row[0] for row in self._connection.rows("SELECT visit_id FROM erasures WHERE cleaned_at = ''")]

    def clean(self) -> None:
        """Write the whole file anew, without what was erased, and empty its log. Raises StoreError."""
        connection = self._connection
        with failures.told(connection.folder):
            connection.execute("PRAGMA secure_delete = ON")
            with connection.write():
                # Words of deleted rows stay in the index's older parts, which a rebuilding replaces.
                connection.execute("INSERT INTO visit_words (visit_words) VALUES ('rebuild')")
            connection.execute("VACUUM")
            row = connection.row("PRAGMA wal_checkpoint(TRUNCATE)")
        if row is None or row[0]:
            raise StoreError(
                _("What was erased can't be taken out of the data file now, since it is being read: try again.")
            )

    def cleaned(self, visit_ids: Iterable[str], *, at: str) -> None:
        """Note that nothing in the data folder holds what was erased of these any more."""
        with self._connection.write():
            for visit_id in visit_ids:
                self._connection.execute("UPDATE erasures SET cleaned_at = ? WHERE visit_id = ?", [at, visit_id])

    def candidates(self, what: str) -> list[Candidate]:
        """The visits that were sealed last (none with a draft under way), of which that could be erased."""
        rows = self._connection.rows(
            "SELECT visit_id, state, submitted_at, EXISTS (SELECT 1 FROM segment_visits v "
            "JOIN published p USING (device_id, seq) WHERE v.visit_id = r.visit_id AND v.revision = r.revision), "
            "EXISTS (SELECT 1 FROM imported i WHERE i.visit_id = r.visit_id) "
            "FROM revisions r WHERE latest = 1 AND seal <> '' ORDER BY submitted_at, visit_id"
        )
        found = [
            Candidate(visit_id, state, at, published=bool(published), imported=bool(imported))
            for visit_id, state, at, published, imported in rows
        ]
        return [one for one in found if self._holds(one.visit_id, what)]

    def erase_auditor(self, auditor_id: str, *, at: str) -> int:
        """Put the auditor's id in place of the name everywhere; how many visits had it."""
        connection = self._connection
        connection.execute("PRAGMA secure_delete = ON")
        with connection.write():
            sql = "SELECT DISTINCT visit_id FROM revisions WHERE auditor_id = ?1 AND auditor NOT IN ('', ?1)"
            visits = [row[0] for row in connection.rows(sql, [auditor_id])]
            connection.execute("UPDATE revisions SET auditor = ?1 WHERE auditor_id = ?1", [auditor_id])
            connection.execute("DELETE FROM auditors WHERE auditor_id = ?", [auditor_id])
            for visit_id in visits:
                self._journal.append_within(NAME_ERASED, visit_id=visit_id, revision=0, data={}, at=at)
        return len(visits)

    def _holds(self, visit_id: str, what: str) -> bool:
        """Whether there is something of that to erase."""
        before = self.get(visit_id)
        if before is not None and (before.what == ALL or what == PHOTOS):
            return False
        table = "revisions" if what == ALL else "photos"
        return self._connection.row(f"SELECT 1 FROM {table} WHERE visit_id = ?", [visit_id]) is not None

    def _erase(self, visit_id: str, *, at: str, tell: bool) -> None:
        connection = self._connection
        rows = connection.rows(
            "SELECT id, revision, seal FROM revisions WHERE visit_id = ? ORDER BY revision", [visit_id]
        )
        for row_id, _revision, _seal in rows:
            for table in ("answers", "counts", "photo_places"):
                connection.execute(f"DELETE FROM {table} WHERE revision_id = ?", [row_id])
            connection.execute(
                "UPDATE frozen SET computed = '[]', irrelevant = '[]', sheet = NULL WHERE revision_id = ?", [row_id]
            )
        connection.execute("DELETE FROM photos WHERE visit_id = ?", [visit_id])
        connection.execute("DELETE FROM statements WHERE visit_id = ?", [visit_id])
        connection.execute(
            "DELETE FROM action_photos WHERE NOT EXISTS (SELECT 1 FROM statements s "
            "WHERE instr(s.document, action_photos.sha256) > 0)"
        )
        connection.execute("DELETE FROM revisions WHERE visit_id = ? AND seal = ''", [visit_id])
        connection.execute(f"UPDATE revisions SET {_BLANK} WHERE visit_id = ?", [visit_id])
        connection.execute(
            "UPDATE revisions SET latest = (revision = (SELECT max(revision) FROM revisions WHERE visit_id = ?1)) "
            "WHERE visit_id = ?1",
            [visit_id],
        )
        connection.execute("UPDATE visits SET salt = x'' WHERE visit_id = ?", [visit_id])
        # Of an imported visit nothing here proves anything, and its head office isn't told by whoever read it.
        is_imported = connection.row("SELECT 1 FROM imported WHERE visit_id = ?", [visit_id]) is not None
        is_proved = any(seal for _row_id, _revision, seal in rows) and not is_imported
        if not is_proved:
            connection.execute("DELETE FROM visits WHERE visit_id = ?", [visit_id])
        self._note(visit_id, ALL, at=at, tell=tell and is_proved)

    def _note(self, visit_id: str, what: str, *, at: str, tell: bool) -> None:
        sql = "INSERT OR REPLACE INTO erasures (visit_id, what, erased_at, cleaned_at, tell) VALUES (?, ?, ?, '', ?)"
        self._connection.execute(sql, [visit_id, what, at, int(tell)])
        self._journal.append_within(ERASED, visit_id=visit_id, revision=0, data={"what": what}, at=at)

    def _sweep_photos(self) -> None:
        """Remove the bytes of photos that no visit shows but those whose photos were erased."""
        for table, column in _BYTES.items():
            self._connection.execute(
                f"DELETE FROM {table} WHERE sha256 NOT IN (SELECT {column} FROM photos "
                "WHERE visit_id NOT IN (SELECT visit_id FROM erasures))"
            )
