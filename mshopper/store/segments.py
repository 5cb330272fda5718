"""What this laptop gave the head office: numbered segments, each with the revisions that it holds, and where they stand.

A segment is begun here before a file of it is written, and noted as standing in a head-office folder once it does: a sync
that was killed in between finds the same segment pending and publishes it again, so that nothing is lost and nothing doubled.
A folder is known by its own id, so that another folder gets all that it lacks.
"""
# ruff: noqa: S608 - conditions are constants here; values are always parameters

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from mshopper.store.connection import Connection
from mshopper.store.erasure import ALL

_KEPT = f"visit_id NOT IN (SELECT visit_id FROM erasures WHERE what = '{ALL}')"
"""A condition: nothing of the visit but photos was erased."""


class RevisionId(NamedTuple):
    """One revision of one visit."""

    visit_id: str
    revision: int


class Standing(NamedTuple):
    """A segment as it stands in a head-office folder, under the name `hash`."""

    device_id: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment; `revisions` come sorted."""

    device_id: str
    seq: int
    begun_at: str
    revisions: tuple[RevisionId, ...]


class Segments:
    """The segments of one data folder. `folder_id` is the id of a head-office folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unpublished(self, folder_id: str | None) -> list[RevisionId]:
        """Sealed revisions that no segment in that folder holds and that weren't erased, in the order they were submitted in.

        None is a folder that was never seen, which lacks them all.
        """
        rows = self._connection.rows(
            f"""SELECT visit_id, revision FROM revisions r WHERE seal <> ''
            AND visit_id NOT IN (SELECT visit_id FROM imported) AND {_KEPT} AND NOT EXISTS (
                SELECT 1 FROM segment_visits v JOIN published p USING (device_id, seq)
                WHERE v.visit_id = r.visit_id AND v.revision = r.revision AND p.folder_id = ?)
            ORDER BY submitted_at, visit_id, revision""",
            [folder_id],
        )
        return [RevisionId(*row) for row in rows]

    def begin(self, device_id: str, revisions: Iterable[RevisionId], *, at: str) -> Segment:
        """The device's next segment, with these revisions; durable before anything of it is published."""
        with self._connection.write():
            seq = self.last_seq(device_id) + 1
            self._connection.execute("INSERT INTO segments VALUES (?, ?, ?)", [device_id, seq, at])
            for visit_id, revision in revisions:
                sql = "INSERT INTO segment_visits (visit_id, revision, device_id, seq) VALUES (?, ?, ?, ?)"
                self._connection.execute(sql, [visit_id, revision, device_id, seq])
            segment = self.get(device_id, seq)
        assert segment is not None
        return segment

    def pending(self, device_id: str, folder_id: str) -> Segment | None:
        """The first segment of the device that isn't noted in that folder and holds a revision which the folder lacks."""
        row = self._connection.row(
            f"""SELECT s.seq FROM segments s WHERE s.device_id = :device AND NOT EXISTS (
                SELECT 1 FROM published p WHERE p.device_id = s.device_id AND p.seq = s.seq AND p.folder_id = :folder)
            AND EXISTS (SELECT 1 FROM segment_visits v WHERE v.device_id = s.device_id AND v.seq = s.seq AND {_KEPT}
            AND NOT EXISTS (
                SELECT 1 FROM segment_visits o JOIN published p USING (device_id, seq)
                WHERE o.visit_id = v.visit_id AND o.revision = v.revision AND p.folder_id = :folder))
            ORDER BY s.seq LIMIT 1""",
            {"device": device_id, "folder": folder_id},
        )
        return self.get(device_id, row[0]) if row else None

    def publish(self, segment: Segment | Standing, folder_id: str, *, digest: str, at: str) -> None:
        """Note a segment as standing in that folder, under the hash `digest`."""
        with self._connection.write():
            self._connection.execute(
                "INSERT OR REPLACE INTO published (folder_id, device_id, seq, hash, published_at) VALUES (?, ?, ?, ?, ?)",
                [folder_id, segment.device_id, segment.seq, digest, at],
            )

    def withdraw(self, standing: Standing, folder_id: str) -> None:
        """Note that a segment isn't in that folder, or isn't whole there, so that its revisions go again."""
        with self._connection.write():
            sql = "DELETE FROM published WHERE folder_id = ? AND device_id = ? AND seq = ?"
            self._connection.execute(sql, [folder_id, standing.device_id, standing.seq])

    def abandon(self, device_id: str) -> None:
        """Give up the device's segments that were published nowhere, so that their revisions go under another name."""
        with self._connection.write():
            sql = """DELETE FROM segments WHERE device_id = ? AND NOT EXISTS (
                SELECT 1 FROM published p WHERE p.device_id = segments.device_id AND p.seq = segments.seq)"""
            self._connection.execute(sql, [device_id])

    def standing(self, folder_id: str, device_id: str) -> list[Standing]:
        """The device's segments noted in that folder, the first one first."""
        sql = "SELECT device_id, seq, hash FROM published WHERE folder_id = ? AND device_id = ? ORDER BY seq"
        return [Standing(*row) for row in self._connection.rows(sql, [folder_id, device_id])]

    def standing_anywhere(self, device_id: str) -> list[Standing]:
        """The device's segments under each name that they have in any folder."""
        sql = "SELECT DISTINCT device_id, seq, hash FROM published WHERE device_id = ? ORDER BY seq, hash"
        return [Standing(*row) for row in self._connection.rows(sql, [device_id])]

    def published_nowhere(self, device_id: str) -> frozenset[int]:
        """The numbers of the device's segments that were begun and are noted in no folder."""
        rows = self._connection.rows(
            """SELECT seq FROM segments s WHERE device_id = ? AND NOT EXISTS (
                SELECT 1 FROM published p WHERE p.device_id = s.device_id AND p.seq = s.seq)""",
            [device_id],
        )
        return frozenset(seq for (seq,) in rows)

    def sealed(self) -> list[RevisionId]:
        """The latest sealed revision of each visit, in the order they were submitted in."""
        rows = self._connection.rows(
            f"""SELECT visit_id, revision FROM revisions r WHERE seal <> ''
            AND visit_id NOT IN (SELECT visit_id FROM imported) AND {_KEPT} AND NOT EXISTS (
                SELECT 1 FROM revisions n WHERE n.visit_id = r.visit_id AND n.revision > r.revision AND n.seal <> '')
            ORDER BY submitted_at, visit_id"""
        )
        return [RevisionId(*row) for row in rows]

    def scored(self) -> list[RevisionId]:
        """As `sealed`, with the visits that were imported."""
        rows = self._connection.rows(
            "SELECT visit_id, max(revision) FROM revisions WHERE seal <> '' "
            f"AND {_KEPT} GROUP BY visit_id "
            "ORDER BY max(submitted_at), visit_id"
        )
        return [RevisionId(*row) for row in rows]

    def last_seq(self, device_id: str) -> int:
        """The number of the device's last segment; 0 before the first."""
        row = self._connection.row("SELECT coalesce(max(seq), 0) FROM segments WHERE device_id = ?", [device_id])
        assert row is not None
        return int(row[0])

    def get(self, device_id: str, seq: int) -> Segment | None:
        """The device's segment of that number."""
        sql = "SELECT device_id, seq, begun_at FROM segments WHERE device_id = ? AND seq = ?"
        row = self._connection.row(sql, [device_id, seq])
        if row is None:
            return None
        held = self._connection.rows(
            "SELECT visit_id, revision FROM segment_visits WHERE device_id = ? AND seq = ? ORDER BY 1, 2",
            [device_id, seq],
        )
        return Segment(row[0], row[1], row[2], tuple(RevisionId(*item) for item in held))
