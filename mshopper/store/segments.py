"""What this laptop gave the head office: numbered segments, each with the revisions that it holds.

A segment is begun here before a file of it is written, and marked published once it stands in the folder: a sync that was
killed in between finds the same segment pending and publishes it again, so that nothing is lost and nothing doubled.
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


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment. `hash` and `published_at` are "" while it is pending; `revisions` come sorted."""

    device_id: str
    seq: int
    hash: str
    begun_at: str
    published_at: str
    revisions: tuple[RevisionId, ...]


class Segments:
    """The segments of one data folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unpublished(self) -> list[RevisionId]:
        """Sealed revisions that no published segment holds and that weren't erased, in the order they were submitted in."""
        rows = self._connection.rows(
            f"""SELECT visit_id, revision FROM revisions r WHERE seal <> ''
            AND visit_id NOT IN (SELECT visit_id FROM imported) AND {_KEPT} AND NOT EXISTS (
                SELECT 1 FROM segment_visits v JOIN segments s USING (device_id, seq)
                WHERE v.visit_id = r.visit_id AND v.revision = r.revision AND s.published_at <> '')
            ORDER BY submitted_at, visit_id, revision"""
        )
        return [RevisionId(*row) for row in rows]

    def begin(self, device_id: str, revisions: Iterable[RevisionId], *, at: str) -> Segment:
        """The device's next segment, with these revisions; durable before anything of it is published."""
        with self._connection.write():
            seq = self.last_seq(device_id) + 1
            self._connection.execute("INSERT INTO segments VALUES (?, ?, '', ?, '')", [device_id, seq, at])
            for visit_id, revision in revisions:
                sql = "INSERT INTO segment_visits (visit_id, revision, device_id, seq) VALUES (?, ?, ?, ?)"
                self._connection.execute(sql, [visit_id, revision, device_id, seq])
            segment = self.get(device_id, seq)
        assert segment is not None
        return segment

    def pending(self, device_id: str) -> Segment | None:
        """The segment that was begun and not marked published."""
        sql = "SELECT seq FROM segments WHERE device_id = ? AND published_at = '' ORDER BY seq LIMIT 1"
        row = self._connection.row(sql, [device_id])
        return self.get(device_id, row[0]) if row else None

    def publish(self, segment: Segment, *, digest: str, at: str) -> None:
        """Mark a segment as standing in the head-office folder, under the hash `digest`."""
        with self._connection.write():
            self._connection.execute(
                "UPDATE segments SET hash = ?, published_at = ? WHERE device_id = ? AND seq = ?",
                [digest, at, segment.device_id, segment.seq],
            )

    def abandon(self, segment: Segment) -> None:
        """Give up a pending segment, so that its revisions are unpublished again; ValueError for a published one."""
        with self._connection.write():
            sql = "DELETE FROM segments WHERE device_id = ? AND seq = ? AND published_at = ''"
            if self._connection.execute(sql, [segment.device_id, segment.seq]).rowcount != 1:
                raise ValueError(segment)

    def withdraw(self, segment: Segment) -> None:
        """Make a published segment pending again: it isn't where it was published, or isn't whole there."""
        with self._connection.write():
            sql = "UPDATE segments SET published_at = '' WHERE device_id = ? AND seq = ?"
            self._connection.execute(sql, [segment.device_id, segment.seq])

    def forget(self, segment: Segment) -> None:
        """Forget a segment, so that its revisions are unpublished again unless another holds them."""
        with self._connection.write():
            sql = "DELETE FROM segments WHERE device_id = ? AND seq = ?"
            self._connection.execute(sql, [segment.device_id, segment.seq])

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
        sql = "SELECT device_id, seq, hash, begun_at, published_at FROM segments WHERE device_id = ? AND seq = ?"
        row = self._connection.row(sql, [device_id, seq])
        if row is None:
            return None
        held = self._connection.rows(
            "SELECT visit_id, revision FROM segment_visits WHERE device_id = ? AND seq = ? ORDER BY 1, 2",
            [device_id, seq],
        )
        device, number, digest, begun_at, published_at = row
        return Segment(device, number, digest, begun_at, published_at, tuple(RevisionId(*item) for item in held))

    def all(self, device_id: str) -> list[Segment]:
        """Every segment of the device, the first one first."""
        rows = self._connection.rows("SELECT seq FROM segments WHERE device_id = ? ORDER BY seq", [device_id])
        return [segment for (seq,) in rows if (segment := self.get(device_id, seq))]
