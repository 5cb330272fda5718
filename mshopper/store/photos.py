"""The photos of visits: facts in one table, bytes, thumbnails and originals in others, so that lists read no picture.

A photo belongs to a visit and stands in each revision that shows it, with a place and a caption there: the next revision
begins with the same photos, and what it removes stays in the one before. Equal bytes are kept once. An edited photo names
the one it was made from, which stays as long as it does, whether or not any revision still shows it.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from mshopper.model.answer import AnswerKey
from mshopper.model.record import PhotoInfo
from mshopper.model.seal import caption_digest, photo_digest
from mshopper.store.connection import Connection
from mshopper.store.journal import Journal

DRAFT_STATES = ("planned", "in_progress")
"""States of a revision that may still change: nothing of it is sealed."""

_FACTS = (
    "sha256",
    "original_sha256",
    "width",
    "height",
    "perceptual_hash",
    "taken_at",
    "device",
    "latitude",
    "longitude",
    "original_name",
    "derived_from",
    "source_sha256",
)
"""Columns of `photos` that are the fields of PhotoInfo of the same name."""
_INFO = (
    "SELECT l.photo_id, l.path, l.instance, "
    + ", ".join(f"p.{name}" for name in _FACTS)
    + ", l.caption FROM photo_places l JOIN photos p USING (photo_id) JOIN revisions r "
    "ON r.id = l.revision_id"
)
_BYTES = {"photo_bytes": "sha256", "photo_thumbnails": "sha256", "photo_originals": "original_sha256"}


class Photos:
    """The photos of one data folder."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal

    def add(
        self,
        visit_id: str,
        revision: int,
        key: AnswerKey,
        info: PhotoInfo,
        *,
        jpeg: bytes,
        thumbnail: bytes,
        original: bytes | None = None,
        at: str,
    ) -> None:
        """Keep a photo at `key` of a revision, with its journal line, in one transaction or within the caller's.

        `jpeg` is what is shown and printed (its SHA-256 is `info.sha256`), `original` the file as it was, where wanted.
        Raises ValueError where the bytes aren't those of `info` or the revision is sealed.
        """
        if hashlib.sha256(jpeg).hexdigest() != info.sha256:
            raise ValueError("these aren't the bytes of the photo")
        info = replace(info, key=key)
        with self._connection.write():
            revision_id = self._draft(visit_id, revision)
            self.keep(revision_id, visit_id, info, jpeg=jpeg, thumbnail=thumbnail, original=original)
            salt = self._salt(visit_id)
            data = {
                "photo": info.id,
                "sha256": info.sha256,
                "original_sha256": info.original_sha256,
                "facts": photo_digest(info, salt=salt),
                "caption": caption_digest(info.id, info.caption, salt=salt),
            }
            if info.derived_from:
                data["source_sha256"] = info.source_sha256
            event = "photo_edited" if info.derived_from else "photo_added"
            self._journal.append_within(event, visit_id=visit_id, revision=revision, data=data, at=at)

    def keep_ahead(self, info: PhotoInfo, *, jpeg: bytes, thumbnail: bytes, original: bytes | None = None) -> None:
        """Write the bytes of a photo that `add` is about to keep, so that keeping it is quick; for a worker's connection.

        Bytes that no photo comes to have are dropped by `drop_orphans`.
        """
        with self._connection.write():
            self._keep_bytes(info, jpeg, thumbnail, original)

    def drop_orphans(self) -> None:
        """Drop bytes that were written ahead of a photo that was never kept."""
        orphans = [
            (table, digest)
            for table, column in _BYTES.items()
            for (digest,) in self._connection.rows(
                f"SELECT sha256 FROM {table} b WHERE NOT EXISTS (SELECT 1 FROM photos p WHERE p.{column} = b.sha256)"
            )
        ]
        if orphans:
            with self._connection.write():
                for table, digest in orphans:
                    self._drop_bytes(table, digest)

    def show_source(self, visit_id: str, revision: int, photo_id: str, *, at: str) -> PhotoInfo:
        """Let the photo that an edited one was made from stand beside it in a revision, with its caption; which that is.

        Raises ValueError where the revision is sealed or doesn't show the photo, KeyError where it isn't an edited one.
        """
        with self._connection.write():
            revision_id = self._draft(visit_id, revision)
            edited = self._of(visit_id, revision).get(photo_id)
            if edited is None or not edited.derived_from:
                raise KeyError(photo_id)
            self._stand(revision_id, edited.derived_from, edited.key, "")
            if self._of(visit_id, revision)[edited.derived_from].caption != edited.caption:
                self.set_caption(edited.derived_from, edited.caption, at=at)
            return self._of(visit_id, revision)[edited.derived_from]

    def _of(self, visit_id: str, revision: int) -> dict[str, PhotoInfo]:
        return {info.id: info for info in self.of_visit(visit_id, revision)}

    def _stand(self, revision_id: int, photo_id: str, key: AnswerKey, caption: str) -> None:
        """Let a photo stand at `key` of a revision, as its last one where it didn't stand in it."""
        self._connection.execute(
            "INSERT INTO photo_places (revision_id, number, photo_id, path, instance, caption) VALUES (?1, "
            "(SELECT coalesce(max(number), 0) + 1 FROM photo_places WHERE revision_id = ?1), ?2, ?3, ?4, ?5) "
            "ON CONFLICT DO UPDATE SET path = ?3, instance = ?4",
            (revision_id, photo_id, key.path, key.instance, caption),
        )

    def is_known(self, original_sha256: str) -> bool:
        """Whether any visit has a photo of a file with that hash."""
        sql = "SELECT 1 FROM photos WHERE original_sha256 = ? LIMIT 1"
        return self._connection.row(sql, [original_sha256]) is not None

    def keep(
        self,
        revision_id: int,
        visit_id: str,
        info: PhotoInfo,
        *,
        jpeg: bytes,
        thumbnail: bytes,
        original: bytes | None = None,
    ) -> None:
        """Keep a photo and its place in a revision, without a word in the journal; within the caller's transaction.

        What is known already of a photo of that id stays: another revision of the visit shows it.
        """
        self._keep_bytes(info, jpeg, thumbnail, original)
        self._connection.execute(
            f"INSERT INTO photos (photo_id, visit_id, {', '.join(_FACTS)}) "
            f"VALUES (?, ?{', ?' * len(_FACTS)}) ON CONFLICT DO NOTHING",
            (info.id, visit_id, *(getattr(info, name) for name in _FACTS)),
        )
        self._stand(revision_id, info.id, info.key, info.caption)

    def owner(self, photo_id: str) -> str:
        """The visit that a photo is of; "" for one that isn't known."""
        row = self._connection.row("SELECT visit_id FROM photos WHERE photo_id = ?", [photo_id])
        return str(row[0]) if row else ""

    def info(self, photo_id: str) -> PhotoInfo | None:
        """The photo of that id, as the latest revision that shows it has it."""
        row = self._connection.row(f"{_INFO} WHERE l.photo_id = ? ORDER BY r.revision DESC LIMIT 1", [photo_id])
        return _photo_info(row) if row else None

    def of_visit(self, visit_id: str, revision: int | None = None) -> tuple[PhotoInfo, ...]:
        """The photos of a revision (the latest by default), in the order they were taken in."""
        which = "r.latest = 1" if revision is None else "r.revision = ?"
        parameters: list[object] = [visit_id] if revision is None else [visit_id, revision]
        rows = self._connection.rows(f"{_INFO} WHERE r.visit_id = ? AND {which} ORDER BY l.number", parameters)
        return tuple(_photo_info(row) for row in rows)

    def jpeg(self, photo_id: str) -> bytes | None:
        """The JPEG that is shown and printed; None where there is no such photo."""
        return self._bytes("photo_bytes", photo_id)

    def thumbnail(self, photo_id: str) -> bytes | None:
        """The small JPEG for lists; None where there is no such photo."""
        return self._bytes("photo_thumbnails", photo_id)

    def original(self, photo_id: str) -> bytes | None:
        """The file as it was taken in; None where it wasn't kept."""
        return self._bytes("photo_originals", photo_id)

    def hashes(self, photo_ids: Iterable[str]) -> list[str]:
        """The SHA-256 of the stored bytes of each; the id itself for a photo that isn't there."""
        found = []
        for photo_id in photo_ids:
            row = self._connection.row("SELECT sha256 FROM photos WHERE photo_id = ?", [photo_id])
            found.append(str(row[0]) if row else photo_id)
        return found

    def set_caption(self, photo_id: str, caption: str, *, at: str) -> None:
        """Write `caption` below a photo, in the revision that may still change. ValueError where none may."""
        with self._connection.write():
            revision_id, visit_id, revision, _ = self._changeable(photo_id)
            sql = "UPDATE photo_places SET caption = ? WHERE photo_id = ? AND revision_id = ?"
            self._connection.execute(sql, [caption, photo_id, revision_id])
            data = {"photo": photo_id, "caption": caption_digest(photo_id, caption, salt=self._salt(visit_id))}
            self._journal.append_within("photo_captioned", visit_id=visit_id, revision=revision, data=data, at=at)

    def remove(self, photo_id: str, *, at: str) -> None:
        """Take a photo out of the revision that may still change; its bytes go where no sealed revision shows them.

        Raises ValueError where no revision may change.
        """
        with self._connection.write():
            revision_id, visit_id, revision, digest = self._changeable(photo_id)
            sql = "DELETE FROM photo_places WHERE photo_id = ? AND revision_id = ?"
            self._connection.execute(sql, [photo_id, revision_id])
            self.drop_unused(visit_id)
            data = {"photo": photo_id, "sha256": digest}
            self._journal.append_within("photo_removed", visit_id=visit_id, revision=revision, data=data, at=at)

    def set_aside(self, photo_id: str) -> None:
        """Let a photo of which an edited one is shown stand in its revision no longer; it is kept beside that one.

        Raises ValueError where no revision may change.
        """
        with self._connection.write():
            revision_id, *_rest = self._changeable(photo_id)
            sql = "DELETE FROM photo_places WHERE photo_id = ? AND revision_id = ?"
            self._connection.execute(sql, [photo_id, revision_id])

    def place(self, revision_id: int, key: AnswerKey, photo_ids: Sequence[str]) -> None:
        """Let these photos of a revision stand at `key`: an answer moves where an instance before it is removed."""
        for photo_id in photo_ids:
            self._connection.execute(
                "UPDATE photo_places SET path = ?1, instance = ?2 WHERE revision_id = ?3 AND photo_id = ?4 "
                "AND (path <> ?1 OR instance <> ?2)",
                (key.path, key.instance, revision_id, photo_id),
            )

    def drop_unused(self, visit_id: str) -> None:
        """Forget the visit's photos that no revision shows, and bytes that no photo has; within a transaction."""
        unused = self._connection.rows(
            "SELECT photo_id, sha256, original_sha256 FROM photos WHERE visit_id = ? AND photo_id NOT IN "
            "(SELECT photo_id FROM photo_places UNION SELECT e.derived_from FROM photos e JOIN photo_places "
            "USING (photo_id) WHERE e.derived_from <> '')",
            [visit_id],
        )
        for photo_id, digest, original_digest in unused:
            self._connection.execute("DELETE FROM photos WHERE photo_id = ?", [photo_id])
            for table, column in _BYTES.items():
                self._drop_bytes(table, digest if column == "sha256" else original_digest)

    def _drop_bytes(self, table: str, digest: str) -> None:
        """Forget bytes that no photo has."""
        self._connection.execute(
            f"DELETE FROM {table} WHERE sha256 = ?1 AND NOT EXISTS (SELECT 1 FROM photos WHERE {_BYTES[table]} = ?1)",
            [digest],
        )

    def stored_sha256(self, digest: str, *, original: bool = False) -> str | None:
        """The SHA-256 of the bytes that are kept as those of `digest`; None where there are none."""
        table = "photo_originals" if original else "photo_bytes"
        row = self._connection.row(f"SELECT bytes FROM {table} WHERE sha256 = ?", [digest])
        return hashlib.sha256(row[0]).hexdigest() if row else None

    def has_original(self, digest: str) -> bool:
        """Whether a file as it was taken is kept under that hash."""
        return self._connection.row("SELECT 1 FROM photo_originals WHERE sha256 = ?", [digest]) is not None

    def _salt(self, visit_id: str) -> bytes:
        row = self._connection.row("SELECT salt FROM visits WHERE visit_id = ?", [visit_id])
        assert row is not None, "a foreign key keeps the visit of every revision"
        return bytes(row[0])

    def _draft(self, visit_id: str, revision: int) -> int:
        row = self._connection.row(
            "SELECT id, state FROM revisions WHERE visit_id = ? AND revision = ?", [visit_id, revision]
        )
        if row is None or row[1] not in DRAFT_STATES:
            raise ValueError(f"revision {revision} of {visit_id} takes no photo")
        return int(row[0])

    def _changeable(self, photo_id: str) -> tuple[int, str, int, str]:
        """Row id, visit and number of the draft revision that shows a photo, and the photo's SHA-256."""
        row = self._connection.row(
            "SELECT r.id, r.visit_id, r.revision, p.sha256 FROM photo_places l JOIN photos p USING (photo_id) "
            f"JOIN revisions r ON r.id = l.revision_id WHERE photo_id = ? AND r.state IN {DRAFT_STATES}",
            [photo_id],
        )
        if row is None:
            raise ValueError(f"no revision of photo {photo_id} may change")
        revision_id, visit_id, revision, digest = row
        return revision_id, visit_id, revision, digest

    def _keep_bytes(self, info: PhotoInfo, jpeg: bytes, thumbnail: bytes, original: bytes | None) -> None:
        kept = [("photo_bytes", info.sha256, jpeg), ("photo_thumbnails", info.sha256, thumbnail)]
        if original is not None:
            kept.append(("photo_originals", info.original_sha256, original))
        for table, digest, data in kept:
            sql = f"INSERT INTO {table} (sha256, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING"
            self._connection.execute(sql, [digest, data])

    def _bytes(self, table: str, photo_id: str) -> bytes | None:
        sql = f"SELECT b.bytes FROM photos p JOIN {table} b ON b.sha256 = p.{_BYTES[table]} WHERE p.photo_id = ?"
        row = self._connection.row(sql, [photo_id])
        return bytes(row[0]) if row else None


def _photo_info(row: tuple[Any, ...]) -> PhotoInfo:
    photo_id, path, instance, *facts, caption = row
    return PhotoInfo(photo_id, AnswerKey(path, instance), **dict(zip(_FACTS, facts, strict=True)), caption=caption)
