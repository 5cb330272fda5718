"""What visits are searched by: words of store, auditor, form, reason and comments, in a full-text index.

Triggers keep `visit_texts` beside `revisions` and `answers`, and the index beside `visit_texts`, so that no way of
changing a visit can forget it. A deleted visit leaves the index with it.
"""
# ruff: noqa: S608 - the parts put in are constants here

SEARCH_TABLES = (
    """CREATE TABLE visit_texts (
        revision_id INTEGER PRIMARY KEY REFERENCES revisions (id) ON DELETE CASCADE,
        head TEXT NOT NULL,
        comments TEXT NOT NULL
    ) STRICT""",
    # Case and accents are folded by the tokenizer. The prefixes of one to three letters are kept, for search as you type.
    """CREATE VIRTUAL TABLE visit_words USING fts5 (
        head, comments, content = 'visit_texts', content_rowid = 'revision_id',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
    )""",
    """CREATE TRIGGER visit_texts_added AFTER INSERT ON visit_texts BEGIN
        INSERT INTO visit_words (rowid, head, comments) VALUES (new.revision_id, new.head, new.comments);
    END""",
    """CREATE TRIGGER visit_texts_removed AFTER DELETE ON visit_texts BEGIN
        INSERT INTO visit_words (visit_words, rowid, head, comments)
        VALUES ('delete', old.revision_id, old.head, old.comments);
    END""",
    """CREATE TRIGGER visit_texts_changed AFTER UPDATE ON visit_texts BEGIN
        INSERT INTO visit_words (visit_words, rowid, head, comments)
        VALUES ('delete', old.revision_id, old.head, old.comments);
        INSERT INTO visit_words (rowid, head, comments) VALUES (new.revision_id, new.head, new.comments);
    END""",
)

_HEAD = """{row}.store_name || ' ' || {row}.store_id || ' ' || {row}.auditor || ' ' || {row}.auditor_id || ' ' ||
    {row}.reason || ' ' || {row}.form_id || ' ' || substr({row}.visit_id, 1, 8) || ' ' ||
    coalesce((SELECT group_concat(json_extract(value, '$[1]'), ' ') FROM forms f, json_each(f.title)
        WHERE f.hash = {row}.form_hash), '')"""
"""The words of a visit's header: store, auditor, reason, form by id and by its title in every language, the id's beginning."""

_COMMENTS = """coalesce((SELECT group_concat(comment, ' ') FROM answers a
    WHERE a.revision_id = {row} AND a.comment <> ''), '')"""

SEARCH_TRIGGERS = (
    f"""CREATE TRIGGER revisions_added AFTER INSERT ON revisions BEGIN
        INSERT INTO visit_texts (revision_id, head, comments) VALUES (new.id, {_HEAD.format(row="new")}, '');
    END""",
    f"""CREATE TRIGGER revisions_renamed
        AFTER UPDATE OF store_name, store_id, auditor, auditor_id, reason ON revisions
        WHEN (old.store_name, old.store_id, old.auditor, old.auditor_id, old.reason)
            IS NOT (new.store_name, new.store_id, new.auditor, new.auditor_id, new.reason) BEGIN
        UPDATE visit_texts SET head = {_HEAD.format(row="new")} WHERE revision_id = new.id;
    END""",
    *(
        f"""CREATE TRIGGER comment_{name} AFTER {event} ON answers WHEN {condition} BEGIN
            UPDATE visit_texts SET comments = {_COMMENTS.format(row=f"{row}.revision_id")}
            WHERE revision_id = {row}.revision_id;
        END"""
        for name, event, row, condition in (
            ("added", "INSERT", "new", "new.comment <> ''"),
            ("changed", "UPDATE OF comment", "new", "new.comment IS NOT old.comment"),
            ("removed", "DELETE", "old", "old.comment <> ''"),
        )
    ),
)

FILL = f"""INSERT INTO visit_texts (revision_id, head, comments)
    SELECT r.id, {_HEAD.format(row="r")}, {_COMMENTS.format(row="r.id")} FROM revisions r"""
"""Brings in the visits that were there before the index was."""

LIST_INDEXES = (
    "DROP INDEX visits_newest",
    "DROP INDEX visits_by_state",
    "DROP INDEX visits_by_store",
    "DROP INDEX visits_by_name",
    "DROP INDEX visits_by_form",
    "DROP INDEX visits_by_percent",
    "ALTER TABLE revisions DROP COLUMN folded",
    # An index for each order of the list; the state rides along, so that a list of one state reads the index alone. All
    # that a list is narrowed by rides in the first.
    """CREATE INDEX visits_newest ON revisions
        (began, id, state, store_id, form_id, auditor_id, day, verdict, percent_real) WHERE latest = 1""",
    "CREATE INDEX visits_by_state ON revisions (state, began, id) WHERE latest = 1",
    "CREATE INDEX visits_by_store ON revisions (store_id, began, id, state) WHERE latest = 1",
    "CREATE INDEX visits_by_name ON revisions (store_name, store_id, began DESC, id DESC, state) WHERE latest = 1",
    "CREATE INDEX visits_by_form ON revisions (form_id, began DESC, id DESC, state) WHERE latest = 1",
    "CREATE INDEX visits_by_auditor ON revisions (auditor, began DESC, id DESC, state) WHERE latest = 1",
    "CREATE INDEX visits_by_percent ON revisions (percent_real, began, id, state) WHERE latest = 1",
    "CREATE INDEX visits_by_verdict ON revisions (verdict, began DESC, id DESC, state) WHERE latest = 1",
)

RESTING = """CREATE TABLE resting (
    revision_id INTEGER PRIMARY KEY REFERENCES revisions (id) ON DELETE CASCADE,
    since TEXT NOT NULL
) STRICT"""
"""Deleted drafts that can still be brought back: hidden by `latest` = 0, gone when the window closes."""


def match(text: str) -> str:
    """`text` as a full-text question: every word of it begins a word of the visit; "" where it holds no word."""
    words = [word.replace("\0", "") for word in text.split()]
    return " ".join('"' + word.replace('"', '""') + '"*' for word in words if any(map(str.isalnum, word)))
