"""How an older data file becomes one of this version: named steps, each done once, all or nothing.

A released step is never changed; a change of the tables is a new step at the end of STEPS.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mshopper.store import erasure
from mshopper.store.connection import Connection
from mshopper.store.schema import TABLES
from mshopper.store.search import FILL, LIST_INDEXES, RESTING, SEARCH_TABLES, SEARCH_TRIGGERS

if TYPE_CHECKING:
    import sqlite_utils

Step = tuple[str, Callable[["sqlite_utils.Database"], None]]

APPLICATION_ID = 0x6D736870
"""Says in the file's header whose it is ("mshp"), so that somebody else's database is never touched."""

MIGRATION_SET = "mshopper"


def _first_tables(db: "sqlite_utils.Database") -> None:
    for statement in TABLES:
        db.execute(statement)


# What supervisors say of visits: their own statements until they are in the head-office folder, and those of others.
_REVIEWS = (
    """CREATE TABLE statements (
        hash TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        device_id TEXT NOT NULL,
        subject TEXT NOT NULL,
        visit_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        own INTEGER NOT NULL,
        published_at TEXT NOT NULL,
        document TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX statements_by_subject ON statements (kind, subject)",
    "CREATE INDEX statements_by_store ON statements (kind, store_id)",
    "CREATE TABLE action_photos (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
)


def _reviews(db: "sqlite_utils.Database") -> None:
    for statement in _REVIEWS:
        db.execute(statement)


def _imported_visits(db: "sqlite_utils.Database") -> None:
    """Visits of other devices, with the journal lines and the key (hex) that prove them."""
    db.execute(
        """CREATE TABLE imported (
            visit_id TEXT NOT NULL,
            revision INTEGER NOT NULL,
            public_key TEXT NOT NULL,
            imported_at TEXT NOT NULL,
            lines TEXT NOT NULL,
            PRIMARY KEY (visit_id, revision),
            FOREIGN KEY (visit_id, revision) REFERENCES revisions (visit_id, revision) ON DELETE CASCADE
        ) STRICT"""
    )


def _visit_search(db: "sqlite_utils.Database") -> None:
    for statement in (*LIST_INDEXES, *SEARCH_TABLES, FILL, *SEARCH_TRIGGERS, RESTING):
        db.execute(statement)


def _derived_photos(db: "sqlite_utils.Database") -> None:
    """An edited photo says what it was made from, by hash too: where a visit was imported, that one isn't there."""
    for column in ("derived_from", "source_sha256"):
        db.execute(f"ALTER TABLE photos ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX photos_by_source ON photos (derived_from) WHERE derived_from <> ''")


def _form_pictures(db: "sqlite_utils.Database") -> None:
    """The pictures of forms' texts: equal ones are kept once, and each form version names its own."""
    db.execute("CREATE TABLE pictures (sha256 TEXT PRIMARY KEY, jpeg BLOB NOT NULL) STRICT")
    db.execute(
        "CREATE TABLE form_pictures (form_hash TEXT NOT NULL REFERENCES forms (hash) ON DELETE CASCADE, "
        "name TEXT NOT NULL, sha256 TEXT NOT NULL REFERENCES pictures (sha256), PRIMARY KEY (form_hash, name)"
        ") STRICT, WITHOUT ROWID"
    )


def _erasures(db: "sqlite_utils.Database") -> None:
    db.execute(erasure.TABLE)


# Which segments stand in which head-office folder: `folder_id` is the folder's own id, "" one from before there were any.
# `folders` is what is known of the folders by how they are reached: NULL is the id of one that was chosen and never seen.
_SYNC = (
    """CREATE TABLE published (
        folder_id TEXT NOT NULL,
        device_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL,
        published_at TEXT NOT NULL,
        PRIMARY KEY (folder_id, device_id, seq),
        FOREIGN KEY (device_id, seq) REFERENCES segments (device_id, seq) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX published_by_segment ON published (device_id, seq)",
    """INSERT INTO published SELECT '', device_id, seq, hash, published_at FROM segments WHERE published_at <> ''""",
    "ALTER TABLE segments DROP COLUMN hash",
    "ALTER TABLE segments DROP COLUMN published_at",
    """CREATE TABLE folders (
        place TEXT PRIMARY KEY,
        folder_id TEXT,
        last_sync TEXT NOT NULL,
        chosen INTEGER NOT NULL
    ) STRICT""",
    """INSERT INTO folders SELECT place, '', coalesce((SELECT value ->> '$' FROM settings WHERE key = 'last_sync'), ''), 1
        FROM (SELECT value ->> 'head_office' AS place FROM settings WHERE key = 'settings') WHERE place <> ''""",
    "DELETE FROM settings WHERE key IN ('last_sync', 'published_stamps')",
    """CREATE TABLE published_statements (
        folder_id TEXT NOT NULL,
        hash TEXT NOT NULL REFERENCES statements (hash) ON DELETE CASCADE,
        PRIMARY KEY (folder_id, hash)
    ) STRICT, WITHOUT ROWID""",
    "INSERT INTO published_statements SELECT '', hash FROM statements WHERE own = 1 AND published_at <> ''",
    """CREATE TABLE syncs (
        number INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        place TEXT NOT NULL,
        seconds REAL NOT NULL,
        automatic INTEGER NOT NULL,
        result TEXT NOT NULL,
        problems TEXT NOT NULL
    ) STRICT""",
)


def _sync_folders(db: "sqlite_utils.Database") -> None:
    for statement in _SYNC:
        db.execute(statement)


STEPS: tuple[Step, ...] = (
    ("0001_first_tables", _first_tables),
    ("0002_visit_search", _visit_search),
    ("0003_form_pictures", _form_pictures),
    ("0004_reviews", _reviews),
    ("0005_imported_visits", _imported_visits),
    ("0006_derived_photos", _derived_photos),
    ("0007_erasures", _erasures),
    ("0008_sync_folders", _sync_folders),
)


def applied(connection: Connection) -> list[str]:
    """The names of the steps done in this file, in their order."""
    if not connection.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_sqlite_migrations'"):
        return []
    sql = "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id"
    return [name for (name,) in connection.rows(sql, [MIGRATION_SET])]


def is_newer(connection: Connection) -> bool:
    """Whether the file has been through steps that this version doesn't know."""
    row = connection.row("PRAGMA user_version")
    assert row is not None
    known = {name for name, _ in STEPS}
    return row[0] > len(STEPS) or not known.issuperset(applied(connection))


def is_foreign(connection: Connection) -> bool:
    """Whether the file holds tables and isn't ours."""
    row = connection.row("PRAGMA application_id")
    assert row is not None
    return row[0] != APPLICATION_ID and connection.row("SELECT 1 FROM sqlite_master LIMIT 1") is not None


def are_pending(connection: Connection) -> bool:
    """Whether the file lacks a step of this version."""
    return len(applied(connection)) < len(STEPS)


def apply(connection: Connection) -> None:
    """Do every step that is missing, in one transaction. Raises StoreError (a full disk, …) with nothing changed."""
    # Only here: its import would cost every start of the app 40 ms.
    import sqlite_utils
    from sqlite_utils import Migrations

    steps = Migrations(MIGRATION_SET)
    for name, step in STEPS:
        steps(name=name)(step)
    with connection.write():
        steps.apply(sqlite_utils.Database(connection.raw, execute_plugins=False, recursive_triggers=False))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
