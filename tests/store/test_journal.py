"""The journal only grows, and says where it was changed."""

import hashlib
import sqlite3

import pytest

from mshopper.store import Database
from tests.store.conftest import AT


@pytest.fixture
def three_lines(db: Database) -> Database:
    """A journal of three lines."""
    for number in range(3):
        db.journal.append("synced", visit_id=f"v{number % 2}", revision=1, data={"n": str(number), "è": "ü"}, at=AT)
    return db


def test_each_line_carries_the_hash_of_the_one_before(three_lines: Database) -> None:
    """Lines are numbered from 1, chained, and the head is the last one's hash; an untouched journal verifies."""
    journal = three_lines.journal
    lines = list(journal.lines())
    assert [line.seq for line in lines] == [1, 2, 3]
    assert [line.previous for line in lines] == ["", lines[0].hash, lines[1].hash]
    assert journal.head() == lines[2].hash
    assert journal.verify() is None
    assert list(journal.lines("v0")) == [lines[0], lines[2]]


def test_the_same_line_has_the_same_hash_for_ever(db: Database) -> None:
    """The hash of a known line, so that a change of its making can't go unseen."""
    line = db.journal.append("answered", visit_id="v", revision=2, data={"a": "1"}, at=AT)
    said = '{"at":"2026-11-12T10:00:00+01:00","data":{"a":"1"},"event":"answered","revision":"2","visit_id":"v"}'
    content = hashlib.sha256(said.encode()).hexdigest()
    chained = f'{{"content":"{content}","previous":"","seq":"1"}}'
    assert line.hash == hashlib.sha256(chained.encode()).hexdigest()
    hidden = line.hidden()
    assert (hidden.content, hidden.expected_hash()) == (content, line.hash)


@pytest.mark.parametrize("sql", ["UPDATE journal SET at = ''", "DELETE FROM journal"])
def test_a_line_cannot_be_changed_by_a_statement(three_lines: Database, sql: str) -> None:
    """The database itself refuses to change or remove lines."""
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        three_lines.execute(sql)


@pytest.mark.parametrize(
    ("tampering", "bad"),
    [
        ('UPDATE journal SET data = \'{"n":"9"}\' WHERE seq = 2', 2),
        ("UPDATE journal SET data = '{' WHERE seq = 2", 2),
        ("UPDATE journal SET event = 'x' WHERE seq = 1", 1),
        ("UPDATE journal SET visit_id = 'x' WHERE seq = 3", 3),
        ("UPDATE journal SET revision = 9 WHERE seq = 3", 3),
        ("UPDATE journal SET at = '2026' WHERE seq = 2", 2),
        ("UPDATE journal SET previous = '' WHERE seq = 2", 2),
        ("UPDATE journal SET hash = previous WHERE seq = 2", 2),
        ("DELETE FROM journal WHERE seq = 2", 3),
        ("DELETE FROM journal WHERE seq = 1", 2),
    ],
)
def test_the_first_line_that_was_tampered_with_is_named(three_lines: Database, tampering: str, bad: int) -> None:
    """Whoever gets round the database's refusal is found out by the chain."""
    for name in ("journal_stays", "journal_is_kept"):
        three_lines.execute(f"DROP TRIGGER {name}")
    three_lines.execute(tampering)
    assert three_lines.journal.verify() == bad


def test_an_empty_journal_is_sound(db: Database) -> None:
    """No line, no head, nothing wrong."""
    assert (db.journal.head(), db.journal.verify()) == ("", None)
