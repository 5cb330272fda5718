"""The last syncs, each as it went: when, where, what went and came, what was left aside."""

import json
from typing import Any, NamedTuple

from mshopper.store.connection import Connection
from mshopper.store.values import to_json

KEPT = 200
"""How many syncs are remembered."""


class SyncEntry(NamedTuple):
    """A sync that ended. `result` is what `operations` made of it, empty where it failed; `problems` are sentences."""

    at: str
    place: str
    seconds: float
    automatic: bool
    result: dict[str, Any]
    problems: tuple[str, ...]


class Syncs:
    """The history of syncs of one data folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: SyncEntry) -> None:
        """Remember a sync; the oldest beyond KEPT are forgotten."""
        with self._connection.write():
            self._connection.execute(
                "INSERT INTO syncs (at, place, seconds, automatic, result, problems) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    entry.at,
                    entry.place,
                    entry.seconds,
                    int(entry.automatic),
                    to_json(entry.result),
                    to_json(entry.problems),
                ],
            )
            self._connection.execute(
                "DELETE FROM syncs WHERE number <= (SELECT number FROM syncs ORDER BY number DESC LIMIT 1 OFFSET ?)",
                [KEPT],
            )

    def latest(self, limit: int = KEPT) -> list[SyncEntry]:
        """The last syncs, the newest first."""
        rows = self._connection.rows(
            "SELECT at, place, seconds, automatic, result, problems FROM syncs ORDER BY number DESC LIMIT ?", [limit]
        )
        return [
            SyncEntry(at, place, seconds, bool(automatic), json.loads(result), tuple(json.loads(problems)))
            for at, place, seconds, automatic, result, problems in rows
        ]
