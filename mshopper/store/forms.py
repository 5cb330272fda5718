"""The forms: every version that was ever taken in, by its hash: canonical document, the file it came from, pictures."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from mshopper.model.text import Text
from mshopper.store.connection import Connection
from mshopper.store.values import read_text, text_column, to_json

_ROW = "hash, form_id, version, title, source_name, added_at"


@dataclass(frozen=True, slots=True)
class FormRow:
    """A version of a form, without its content. `source_name` is the file's name as it was taken in."""

    hash: str
    form_id: str
    version: str
    title: Text
    source_name: str
    added_at: str


class Forms:
    """The forms of one data folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, row: FormRow, *, document: object, source: bytes) -> bool:
        """Keep a version; False, and nothing changes, where one of that hash is kept already.

        `document` is the form's canonical JSON data, `source` the file as it was.
        """
        with self._connection.write():
            added = self._connection.execute(
                "INSERT INTO forms (hash, form_id, version, title, source_name, added_at, document, source) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
                (
                    row.hash,
                    row.form_id,
                    row.version,
                    text_column(row.title),
                    row.source_name,
                    row.added_at,
                    to_json(document),
                    source,
                ),
            )
        return added.rowcount == 1

    def make_latest(self, form_hash: str) -> bool:
        """Let a version that is kept count as taken in last, as when head office goes back to it; whether it didn't."""
        with self._connection.write():
            changed = self._connection.execute(
                "UPDATE forms SET number = (SELECT max(number) + 1 FROM forms) WHERE hash = ?1 AND number < "
                "(SELECT max(n.number) FROM forms n WHERE n.form_id = forms.form_id)",
                [form_hash],
            )
        return changed.rowcount == 1

    def keep_pictures(self, form_hash: str, pictures: Mapping[str, bytes]) -> None:
        """Keep a version's pictures, JPEG by the name that its texts call them; what it had by that name goes."""
        with self._connection.write():
            for name, jpeg in pictures.items():
                digest = hashlib.sha256(jpeg).hexdigest()
                self._connection.execute(
                    "INSERT INTO pictures (sha256, jpeg) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING", (digest, jpeg)
                )
                self._connection.execute(
                    "INSERT INTO form_pictures (form_hash, name, sha256) VALUES (?, ?, ?) "
                    "ON CONFLICT (form_hash, name) DO UPDATE SET sha256 = excluded.sha256",
                    (form_hash, name, digest),
                )
            self._connection.execute("DELETE FROM pictures WHERE sha256 NOT IN (SELECT sha256 FROM form_pictures)", ())

    def picture(self, form_hash: str, name: str) -> bytes | None:
        """A version's picture, JPEG; None where it isn't kept."""
        sql = "SELECT jpeg FROM form_pictures JOIN pictures USING (sha256) WHERE form_hash = ? AND name = ?"
        found = self._connection.row(sql, [form_hash, name])
        return bytes(found[0]) if found else None

    def document(self, form_hash: str) -> object:
        """The document of that hash, to be made a Form. Raises KeyError for a hash that isn't kept."""
        found = self._connection.row("SELECT document FROM forms WHERE hash = ?", [form_hash])
        if found is None:
            raise KeyError(form_hash)
        return json.loads(found[0])

    def source(self, form_hash: str) -> bytes:
        """The file that this version was read from. Raises KeyError for a hash that isn't kept."""
        found = self._connection.row("SELECT source FROM forms WHERE hash = ?", [form_hash])
        if found is None:
            raise KeyError(form_hash)
        return bytes(found[0])

    def row(self, form_hash: str) -> FormRow | None:
        """What is known of the version of that hash."""
        found = self._connection.row(f"SELECT {_ROW} FROM forms WHERE hash = ?", [form_hash])
        return _form_row(found) if found else None

    def latest(self, form_id: str) -> FormRow | None:
        """The version of that form that was taken in last."""
        sql = f"SELECT {_ROW} FROM forms WHERE form_id = ? ORDER BY number DESC LIMIT 1"
        found = self._connection.row(sql, [form_id])
        return _form_row(found) if found else None

    def list(self) -> "FormRows":
        """The latest version of every form, by form id."""
        sql = f"SELECT {_ROW} FROM forms WHERE number IN (SELECT max(number) FROM forms GROUP BY form_id)"
        return [_form_row(found) for found in self._connection.rows(f"{sql} ORDER BY form_id")]

    def versions(self, form_id: str) -> "FormRows":
        """Every version of a form, the latest first."""
        sql = f"SELECT {_ROW} FROM forms WHERE form_id = ? ORDER BY number DESC"
        return [_form_row(found) for found in self._connection.rows(sql, [form_id])]


FormRows = list[FormRow]


def _form_row(row: tuple[str, str, str, str, str, str]) -> FormRow:
    form_hash, form_id, version, title, source_name, added_at = row
    return FormRow(form_hash, form_id, version, read_text(title), source_name, added_at)
