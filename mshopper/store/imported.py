"""Visits that came from another device as exported files: their own journal lines and the key that signed them.

They are looked at, compared and verified here like any other, and never published again.
"""

import json
from collections.abc import Iterable

from mshopper.model.journal import HiddenLine, JournalLine, line_data, read_line
from mshopper.model.record import PhotoInfo, VisitRecord
from mshopper.store.answers import Answers
from mshopper.store.connection import Connection
from mshopper.store.headers import header_columns, insert_row, score_columns
from mshopper.store.journal import Journal
from mshopper.store.photos import Photos
from mshopper.store.values import to_json
from mshopper.store.visits import frozen_columns

ChainLine = JournalLine | HiddenLine

Picture = tuple[PhotoInfo, bytes, bytes, bytes | None]
"""A photo with its JPEG, its thumbnail, and the file as it was taken, where that was kept."""


class Imported:
    """The imported visits of one data folder."""

    def __init__(self, connection: Connection, *, journal: Journal, photos: Photos) -> None:
        self._connection = connection
        self._journal = journal
        self._photos = photos
        self._answers = Answers(connection, journal=journal, photos=photos)

    def add(
        self,
        record: VisitRecord,
        *,
        salt: bytes,
        lines: tuple[ChainLine, ...],
        public_key: str,
        pictures: Iterable[Picture],
        at: str,
    ) -> None:
        """Keep a sealed revision as another device made it, with the lines and the key (hex) that prove it.

        Its form must be kept already, and nothing of this visit may be but other imported revisions of it. All in one
        transaction, with a line in this folder's own journal.
        """
        header = record.header
        with self._connection.write():
            row = self._connection.row("SELECT max(revision) FROM revisions WHERE visit_id = ?", [header.visit_id])
            newest = row[0] if row and row[0] is not None else 0
            if newest:
                if header.revision > newest:
                    sql = "UPDATE revisions SET latest = 0 WHERE visit_id = ?"
                    self._connection.execute(sql, [header.visit_id])
            else:
                sql = "INSERT INTO visits (visit_id, salt) VALUES (?, ?)"
                self._connection.execute(sql, [header.visit_id, salt])
            self._add_revision(record, is_latest=header.revision > newest, pictures=pictures)
            self._connection.execute(
                "INSERT INTO imported (visit_id, revision, public_key, imported_at, lines) VALUES (?, ?, ?, ?, ?)",
                [header.visit_id, header.revision, public_key, at, to_json([line_data(line) for line in lines])],
            )
            data = {"seal": header.seal, "device_id": header.device_id}
            self._journal.append_within(
                "visit_imported", visit_id=header.visit_id, revision=header.revision, data=data, at=at
            )

    def _add_revision(self, record: VisitRecord, *, is_latest: bool, pictures: Iterable[Picture]) -> None:
        header = record.header
        columns = {**header_columns(header), **score_columns(record.sheet), "latest": int(is_latest)}
        revision_id = insert_row(self._connection, "revisions", columns)
        frozen = frozen_columns(record.computed or {}, record.irrelevant or frozenset(), record.sheet)
        insert_row(self._connection, "frozen", {"revision_id": revision_id, **frozen})
        for info, jpeg, thumbnail, original in pictures:
            self._photos.keep(revision_id, header.visit_id, info, jpeg=jpeg, thumbnail=thumbnail, original=original)
        self._answers.put(revision_id, record.answers, record.counts)

    def has(self, visit_id: str) -> bool:
        """Whether a revision of that visit came from another device."""
        return self._connection.row("SELECT 1 FROM imported WHERE visit_id = ?", [visit_id]) is not None

    def public_key(self, visit_id: str, revision: int) -> str:
        """The key (hex) that came with it; "" for a visit that wasn't imported."""
        sql = "SELECT public_key FROM imported WHERE visit_id = ? AND revision = ?"
        row = self._connection.row(sql, [visit_id, revision])
        return str(row[0]) if row else ""

    def chain(self, visit_id: str, revision: int) -> tuple[ChainLine, ...]:
        """The journal lines that came with it, those of other visits hidden; none for a visit that wasn't imported."""
        sql = "SELECT lines FROM imported WHERE visit_id = ? AND revision = ?"
        row = self._connection.row(sql, [visit_id, revision])
        return tuple(read_line(data) for data in json.loads(row[0])) if row else ()

    def lines(self, visit_id: str, revision: int) -> tuple[JournalLine, ...]:
        """Of those, the visit's own."""
        return tuple(line for line in self.chain(visit_id, revision) if isinstance(line, JournalLine))
