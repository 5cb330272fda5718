"""The tables as the first version made them. A table is never changed here: later versions add a migration.

Wide columns stand last or in tables of their own, since SQLite reads a row from its left: lists never touch a score sheet,
a form's file or a photo.
"""

TABLES = (
    # A form is kept in every version for ever: a visit names its form by hash.
    """CREATE TABLE forms (
        number INTEGER PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        form_id TEXT NOT NULL,
        version TEXT NOT NULL,
        title TEXT NOT NULL,
        added_at TEXT NOT NULL,
        source_name TEXT NOT NULL,
        document TEXT NOT NULL,
        source BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX forms_by_id ON forms (form_id, number)",
    """CREATE TABLE stores (
        store_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        region TEXT NOT NULL,
        format TEXT NOT NULL,
        address TEXT NOT NULL,
        latitude TEXT NOT NULL,
        longitude TEXT NOT NULL,
        extra TEXT NOT NULL,
        folded TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE plan (
        plan_id TEXT PRIMARY KEY,
        store_id TEXT NOT NULL,
        form_id TEXT NOT NULL,
        auditor_id TEXT NOT NULL,
        from_date TEXT NOT NULL,
        to_date TEXT NOT NULL
    ) STRICT""",
    # The salt of a visit's answer hashes goes with the visit, so that erasing it makes them unguessable.
    """CREATE TABLE visits (
        visit_id TEXT PRIMARY KEY,
        salt BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # `began` (milliseconds) and `day` (as written, local) are when the visit was, for order and period; `*_real` sort.
    """CREATE TABLE revisions (
        id INTEGER PRIMARY KEY,
        visit_id TEXT NOT NULL REFERENCES visits (visit_id) ON DELETE CASCADE,
        revision INTEGER NOT NULL,
        latest INTEGER NOT NULL,
        state TEXT NOT NULL,
        form_id TEXT NOT NULL,
        form_version TEXT NOT NULL,
        form_hash TEXT NOT NULL REFERENCES forms (hash),
        store_id TEXT NOT NULL,
        store_name TEXT NOT NULL COLLATE NOCASE,
        store TEXT NOT NULL,
        auditor_id TEXT NOT NULL,
        auditor TEXT NOT NULL,
        device_id TEXT NOT NULL,
        language TEXT NOT NULL,
        channel TEXT NOT NULL,
        plan_id TEXT NOT NULL,
        planned_for TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT NOT NULL,
        submitted_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        parent_seal TEXT NOT NULL,
        seal TEXT NOT NULL,
        signature TEXT NOT NULL,
        reason TEXT NOT NULL,
        flags TEXT NOT NULL,
        began INTEGER NOT NULL,
        day TEXT NOT NULL,
        folded TEXT NOT NULL,
        answered INTEGER NOT NULL DEFAULT 0,
        total INTEGER NOT NULL DEFAULT 0,
        earned TEXT,
        possible TEXT,
        percent TEXT,
        percent_real REAL,
        coverage TEXT,
        verdict TEXT NOT NULL DEFAULT '',
        grade TEXT NOT NULL DEFAULT '',
        criticals INTEGER NOT NULL DEFAULT 0,
        resume TEXT NOT NULL DEFAULT '{}',
        UNIQUE (visit_id, revision)
    ) STRICT""",
    # Lists show the latest revision of a visit, newest first. All that a list is narrowed by rides in the index, so that
    # a search through every visit reads the index alone.
    """CREATE INDEX visits_newest ON revisions (began, visit_id, state, store_id, form_id, auditor_id, day, folded)
        WHERE latest = 1""",
    "CREATE INDEX visits_by_state ON revisions (state, began, visit_id) WHERE latest = 1",
    "CREATE INDEX visits_by_store ON revisions (store_id, began, visit_id) WHERE latest = 1",
    "CREATE INDEX visits_by_name ON revisions (store_name, store_id, began DESC, visit_id DESC) WHERE latest = 1",
    "CREATE INDEX visits_by_form ON revisions (form_id, began, visit_id) WHERE latest = 1",
    "CREATE INDEX visits_by_percent ON revisions (percent_real, began, visit_id) WHERE latest = 1",
    "CREATE INDEX visits_by_plan ON revisions (plan_id) WHERE latest = 1 AND plan_id <> ''",
    "CREATE INDEX revisions_by_form ON revisions (form_hash)",
    """CREATE TABLE answers (
        revision_id INTEGER NOT NULL REFERENCES revisions (id) ON DELETE CASCADE,
        path TEXT NOT NULL,
        instance TEXT NOT NULL,
        kind TEXT NOT NULL,
        value TEXT,
        na INTEGER NOT NULL,
        comment TEXT NOT NULL,
        photos TEXT NOT NULL,
        seconds TEXT,
        PRIMARY KEY (revision_id, path, instance)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE counts (
        revision_id INTEGER NOT NULL REFERENCES revisions (id) ON DELETE CASCADE,
        path TEXT NOT NULL,
        instance TEXT NOT NULL,
        n INTEGER NOT NULL,
        PRIMARY KEY (revision_id, path, instance)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE frozen (
        revision_id INTEGER PRIMARY KEY REFERENCES revisions (id) ON DELETE CASCADE,
        computed TEXT NOT NULL,
        irrelevant TEXT NOT NULL,
        sheet TEXT
    ) STRICT""",
    """CREATE TABLE photos (
        photo_id TEXT PRIMARY KEY,
        visit_id TEXT NOT NULL REFERENCES visits (visit_id) ON DELETE CASCADE,
        sha256 TEXT NOT NULL,
        original_sha256 TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        perceptual_hash TEXT NOT NULL,
        taken_at TEXT NOT NULL,
        device TEXT NOT NULL,
        latitude TEXT NOT NULL,
        longitude TEXT NOT NULL,
        original_name TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX photos_by_visit ON photos (visit_id)",
    "CREATE INDEX photos_by_hash ON photos (sha256)",
    "CREATE INDEX photos_by_original ON photos (original_sha256)",
    # Where a photo stands in each revision that shows it, and what is written below it there.
    """CREATE TABLE photo_places (
        revision_id INTEGER NOT NULL REFERENCES revisions (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        photo_id TEXT NOT NULL REFERENCES photos (photo_id) ON DELETE CASCADE,
        path TEXT NOT NULL,
        instance TEXT NOT NULL,
        caption TEXT NOT NULL,
        PRIMARY KEY (revision_id, photo_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX photo_places_by_photo ON photo_places (photo_id)",
    "CREATE TABLE photo_bytes (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
    "CREATE TABLE photo_thumbnails (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
    "CREATE TABLE photo_originals (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
    """CREATE TABLE journal (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        event TEXT NOT NULL,
        visit_id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        data TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX journal_by_visit ON journal (visit_id)",
    "CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END",
    "CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END",
    "CREATE TABLE auditors (auditor_id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT",
    """CREATE TABLE devices (
        number INTEGER PRIMARY KEY,
        device_id TEXT NOT NULL UNIQUE,
        fingerprint TEXT NOT NULL,
        created_at TEXT NOT NULL,
        public_key BLOB NOT NULL,
        private_key BLOB NOT NULL
    ) STRICT""",
    "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    # A segment is written down before it is published, so that a sync killed in between does the same one again.
    """CREATE TABLE segments (
        device_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL,
        begun_at TEXT NOT NULL,
        published_at TEXT NOT NULL,
        PRIMARY KEY (device_id, seq)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE segment_visits (
        visit_id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        device_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (visit_id, revision, device_id, seq),
        FOREIGN KEY (device_id, seq) REFERENCES segments (device_id, seq) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX segment_visits_by_segment ON segment_visits (device_id, seq)",
)
