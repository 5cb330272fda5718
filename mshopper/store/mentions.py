"""Which visits hold certain words anywhere: in answers, comments, captions, reasons, among auditors, or in their form."""

from collections.abc import Callable
from functools import lru_cache

from mshopper.store.connection import Connection

_VISITS = """
SELECT visit_id FROM revisions r WHERE id NOT IN (SELECT revision_id FROM resting) AND (
    holds(auditor_id) OR holds(auditor) OR holds(reason)
    OR form_hash IN (SELECT hash FROM forms WHERE holds(document))
    OR EXISTS (SELECT 1 FROM answers a WHERE a.revision_id = r.id AND (
        (kind IN ('text', 'list') AND holds(value)) OR (comment <> '' AND holds(comment))))
    OR EXISTS (SELECT 1 FROM photo_places l WHERE l.revision_id = r.id AND caption <> '' AND holds(caption))
) GROUP BY visit_id ORDER BY max(began) DESC, visit_id
"""
_REMEMBERED = 100_000
"""Texts whose verdict is kept: most answers are of a few words that come again and again."""


def visits_holding(connection: Connection, holds: Callable[[str], bool]) -> list[str]:
    """The visits with a text of which `holds` is true, the newest first; a choice counts by the words of its form."""
    known = lru_cache(_REMEMBERED)(holds)
    connection.raw.create_function("holds", 1, lambda text: known(text or ""), deterministic=True)
    try:
        return [row[0] for row in connection.rows(_VISITS)]
    finally:
        connection.raw.create_function("holds", 1, None)
