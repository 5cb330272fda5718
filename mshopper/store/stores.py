"""The shops that can be visited, as head office or the user named them."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import json
from collections.abc import Iterable

from mshopper.model.record import Store
from mshopper.store.connection import Connection
from mshopper.store.values import folded, to_json

_COLUMNS = "store_id, name, region, format, address, latitude, longitude, extra"


class Stores:
    """The shops of one data folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upsert(self, stores: Iterable[Store]) -> int:
        """Keep these shops, each in place of what was known of its id; how many are new or differ."""
        changed = 0
        with self._connection.write():
            for store in stores:
                if self.get(store.store_id) != store:
                    self._put(store)
                    changed += 1
        return changed

    def get(self, store_id: str) -> Store | None:
        """The shop of that id."""
        found = self._connection.row(f"SELECT {_COLUMNS} FROM stores WHERE store_id = ?", [store_id])
        return read_store(found) if found else None

    def search(self, text: str = "", *, limit: int = 100) -> list[Store]:
        """Shops whose id, name, region, format or address holds every word of `text`, by name.

        Case and accents don't matter.
        """
        words = folded(text).split()
        where = " AND ".join("instr(folded, ?) > 0" for _ in words) or "1"
        sql = f"SELECT {_COLUMNS} FROM stores WHERE {where} ORDER BY folded, store_id LIMIT ?"
        return [read_store(row) for row in self._connection.rows(sql, [*words, limit])]

    def all(self) -> list[Store]:
        """Every shop, by id."""
        return [read_store(row) for row in self._connection.rows(f"SELECT {_COLUMNS} FROM stores ORDER BY store_id")]

    def count(self) -> int:
        """How many shops are known."""
        row = self._connection.row("SELECT count(*) FROM stores")
        assert row is not None
        return int(row[0])

    def _put(self, store: Store) -> None:
        words = (store.name, store.store_id, store.region, store.format, store.address)
        self._connection.execute(
            f"INSERT OR REPLACE INTO stores ({_COLUMNS}, folded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*store_columns(store), folded(" ".join(words))),
        )


def store_columns(store: Store) -> tuple[str, ...]:
    """A shop as a row of columns, its further columns as a JSON list of pairs."""
    return (
        store.store_id,
        store.name,
        store.region,
        store.format,
        store.address,
        store.latitude,
        store.longitude,
        to_json(store.extra),
    )


def read_store(row: tuple[str, ...]) -> Store:
    """What `store_columns` wrote."""
    store_id, name, region, kind, address, latitude, longitude, extra = row
    further = tuple((column, value) for column, value in json.loads(extra))
    return Store(store_id, name, region, kind, address, latitude, longitude, further)
