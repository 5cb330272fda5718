"""The head-office folders that this laptop knows: how each is reached, its id, and when the last sync with it was."""

from mshopper.store.connection import Connection


class Folders:
    """The head-office folders of one data folder. `place` is a path or an address, as it is shown: without a password."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def choose(self, place: str) -> None:
        """Sync with `place` from now on; "" with none."""
        with self._connection.write():
            self._connection.execute("UPDATE folders SET chosen = 0 WHERE chosen")
            if place:
                sql = """INSERT INTO folders VALUES (?, NULL, '', 1) ON CONFLICT (place) DO UPDATE SET chosen = 1"""
                self._connection.execute(sql, [place])

    def current(self) -> str:
        """The place that was chosen, else the one last synced with; "" where there was none."""
        sql = "SELECT place FROM folders WHERE chosen OR last_sync <> '' ORDER BY chosen DESC, last_sync DESC LIMIT 1"
        row = self._connection.row(sql)
        return str(row[0]) if row else ""

    def seen(self, place: str, folder_id: str, *, synced_at: str = "") -> None:
        """Note that the folder of that id is reached by `place`, and was synced with."""
        with self._connection.write():
            sql = """INSERT INTO folders VALUES (?, ?, ?, 0) ON CONFLICT (place) DO UPDATE SET
                folder_id = excluded.folder_id, last_sync = coalesce(nullif(excluded.last_sync, ''), last_sync)"""
            self._connection.execute(sql, [place, folder_id, synced_at])

    def id_of(self, place: str) -> str | None:
        """The id of the folder at `place` when it was last seen; None where it never was."""
        row = self._connection.row("SELECT folder_id FROM folders WHERE place = ?", [place])
        return row[0] if row else None

    def last_sync(self, place: str) -> str:
        """When the folder at `place`, however it is reached, was last synced with (ISO 8601); "" never."""
        row = self._connection.row(
            """SELECT max(last_sync) FROM folders f WHERE place = :place
                OR folder_id = (SELECT folder_id FROM folders WHERE place = :place AND folder_id <> '')""",
            {"place": place},
        )
        return str(row[0]) if row and row[0] else ""
