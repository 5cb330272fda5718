"""What the user chose: a JSON value by key. What a key means is the business of whoever sets it."""

import json
from typing import Any

from mshopper.store.connection import Connection
from mshopper.store.values import to_json


class Settings:
    """The settings of one data folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str, default: Any = None) -> Any:
        """The value of `key`; `default` where it was never set."""
        row = self._connection.row("SELECT value FROM settings WHERE key = ?", [key])
        return json.loads(row[0]) if row else default

    def set(self, key: str, value: Any) -> None:
        """Keep a JSON value under `key`."""
        with self._connection.write():
            self._connection.execute(
                "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", [key, to_json(value)]
            )

    def all(self) -> dict[str, Any]:
        """Everything that was set."""
        return {key: json.loads(value) for key, value in self._connection.rows("SELECT key, value FROM settings")}
