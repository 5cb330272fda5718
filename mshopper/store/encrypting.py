"""A data file written anew with another key, or with none: encrypting, decrypting and a new passphrase are this one thing.

The new file is compared with the old one row by row before it takes its place; what was in clear is then overwritten.
"""
# ruff: noqa: S608 - the names of tables come from the file; values are always parameters

import hashlib
import secrets
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import StoreError
from mshopper.i18n import _
from mshopper.progress import Progress
from mshopper.store import backups, cipher, failures

if TYPE_CHECKING:
    from mshopper.store.cipher import Key

_BLOCK = 1_000_000


def rewrite(
    source: Path, target: Path, *, key: "Key | None", new_key: "Key | None", progress: Progress | None = None
) -> None:
    """Write all of the data file `source`, opened with `key`, into the new file `target`, for `new_key`.

    `target` is proved to hold the same rows, flushed, and no log lies beside it. Raises StoreError, Cancelled, and leaves
    no `target` then; `source` is only read, but for its log.
    """
    progress = progress or Progress()
    progress.expect(3)
    target.unlink(missing_ok=True)
    try:
        with failures.told(source.parent):
            expected = _exported(source, target, key, new_key)
            progress.advance()
            made = cipher.connect(str(target), key=new_key)
            try:
                wrong = made.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",)
                progress.advance()
                if wrong or _digest(made) != expected:
                    raise StoreError(
                        _(
                            "The data that was written anew could not be read again, and the old file stays as it is: "
                            "check the disk that holds {folder}."
                        ).format(folder=target.parent)
                    )
            finally:
                made.close()
        backups.flush(target)
        progress.advance()
    except OSError as error:
        target.unlink(missing_ok=True)
        raise failures.from_os(error, target.parent) from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _exported(source: Path, target: Path, key: "Key | None", new_key: "Key | None") -> str:
    """Copy the rows. Returns the digest of what was copied."""
    raw = cipher.connect(str(source), key=key)
    try:
        raw.execute(f"ATTACH ? AS made KEY {new_key.pragma() if new_key else chr(39) * 2}", [str(target)])
        raw.execute("SELECT sqlcipher_export('made')").fetchone()
        for pragma in ("application_id", "user_version"):
            (value,) = raw.execute(f"PRAGMA {pragma}").fetchone()
            raw.execute(f"PRAGMA made.{pragma} = {int(value)}")
        digest = _digest(raw)
        raw.execute("DETACH made")
        return digest
    finally:
        raw.close()


def _digest(raw: sqlite3.Connection) -> str:
    """A hash over every row of every table, and over what the file says of its tables."""
    found = hashlib.sha256()
    structure = raw.execute("SELECT type, name, sql FROM main.sqlite_master ORDER BY type, name").fetchall()
    found.update(repr((structure, *raw.execute("PRAGMA user_version"), *raw.execute("PRAGMA application_id"))).encode())
    for kind, name, sql in structure:
        if kind != "table" or sql.upper().startswith("CREATE VIRTUAL"):
            continue  # an index of words lies in tables that are looked at for themselves
        keyed = "WITHOUT ROWID" not in sql.upper()
        selected = "rowid, *" if keyed else "*"
        order = "rowid" if keyed else ", ".join(str(n + 1) for n in range(_key_columns(raw, name)))
        found.update(f"\n{name}\n".encode())
        for row in raw.execute(f'SELECT {selected} FROM main."{name}" ORDER BY {order}'):
            for value in row:
                data = value if isinstance(value, bytes) else repr(value).encode(errors="surrogatepass")
                found.update(len(data).to_bytes(8, "big"))
                found.update(data)
    return found.hexdigest()


def _key_columns(raw: sqlite3.Connection, table: str) -> int:
    (number,) = raw.execute("SELECT count(*) FROM pragma_table_info(?)", [table]).fetchone()
    return int(number)


def overwrite(file: Path) -> None:
    """Delete a file after writing noise over it, as far as a disk lets a program write where the bytes were. Raises OSError.

    Disks without moving parts and file systems that keep versions may hold the old bytes elsewhere.
    """
    try:
        left = file.stat().st_size
        with file.open("rb+", buffering=0) as stream:
            while left > 0:
                stream.write(secrets.token_bytes(min(left, _BLOCK)))
                left -= _BLOCK
        backups.flush(file)
    except FileNotFoundError:
        return
    file.unlink()
