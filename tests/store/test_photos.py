"""Photos: bytes kept once, shown by each revision that has them, gone when none does."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mshopper.model.answer import NO_ANSWER, Answer, AnswerChange, AnswerKey, AnswerStep
from mshopper.model.record import PhotoInfo, VisitHeader
from mshopper.model.seal import answer_digest
from mshopper.store import Database
from tests.store.conftest import AT, photo_info, read_form, step, submitted

Take = Callable[..., PhotoInfo]
TABLES = ("photos", "photo_bytes", "photo_thumbnails", "photo_originals")


def kept(db: Database) -> list[int]:
    """How many rows each photo table holds."""
    return [row[0] for table in TABLES if (row := db.row(f"SELECT count(*) FROM {table}"))]


def submit(db: Database, visit: VisitHeader) -> VisitHeader:
    header = submitted(visit)
    db.visits.freeze(visit.visit_id, 1, computed={}, irrelevant=frozenset(), sheet=None, header=header)
    return header


def test_a_photo_comes_back_with_its_bytes_and_facts(db: Database, visit: VisitHeader, photo: Take) -> None:
    """Facts, JPEG, thumbnail and original are there; the visit's record has the facts."""
    info = photo("p1", b"\xff\xd8 jpeg \0", original=b"raw")
    assert db.photos.info("p1") == info
    assert db.photos.jpeg("p1") == b"\xff\xd8 jpeg \0"
    assert db.photos.thumbnail("p1") == b"small \xff\xd8 jpeg \0"
    assert db.photos.original("p1") == b"raw"
    assert db.visits.record(visit.visit_id, form_reader=read_form).photos == (info,)
    assert [line.data for line in db.journal.lines()][-1]["sha256"] == info.sha256


def test_a_photo_that_is_not_there_is_none(db: Database, photo: Take) -> None:
    """An unknown photo has no facts and no bytes; one taken in without its original has none."""
    photo("p1", b"jpeg")
    assert (db.photos.info("x"), db.photos.jpeg("x"), db.photos.thumbnail("x")) == (None, None, None)
    assert db.photos.original("p1") is None


def test_equal_bytes_are_kept_once(db: Database, visit: VisitHeader, photo: Take) -> None:
    """The same picture twice is two photos over one set of bytes, which stay until both are gone."""
    photo("p1", b"same", original=b"raw")
    photo("p2", b"same", original=b"raw")
    assert kept(db) == [2, 1, 1, 1]
    db.photos.remove("p1", at=AT)
    assert db.photos.jpeg("p2") == b"same"
    db.photos.remove("p2", at=AT)
    assert kept(db) == [0, 0, 0, 0]


def test_photos_come_in_the_order_they_were_taken_in(db: Database, visit: VisitHeader, photo: Take) -> None:
    """Not in the order of their ids, also after one was removed."""
    for name in ("c", "a", "b"):
        photo(name, name.encode())
    db.photos.remove("a", at=AT)
    photo("0", b"0")
    assert [info.id for info in db.photos.of_visit(visit.visit_id)] == ["c", "b", "0"]


def test_photo_and_answer_commit_together(db: Database, visit: VisitHeader, photo: Take) -> None:
    """Where the answer fails, the photo that was to go with it is not kept either."""

    def attach(path: str) -> None:
        with db.write():
            photo("p1", b"jpeg")
            db.visits.apply(visit.visit_id, 1, step(path, Answer(photos=("p1",))), at=AT)
            if path == "bad":
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attach("bad")
    assert kept(db) == [0, 0, 0, 0]
    attach("welcome/greeted")
    answers = db.visits.record(visit.visit_id, form_reader=read_form).answers
    assert answers == {AnswerKey("welcome/greeted"): Answer(photos=("p1",))}


def test_a_photo_follows_its_answer(db: Database, visit: VisitHeader, photo: Take) -> None:
    """When instance 1 of a repeat is removed and 2 becomes 1, the photo says so; its hash is in the answer's digest."""
    info = photo("p1", b"jpeg")
    answer = Answer("no", photos=("p1",))
    second, first = AnswerKey("tills/queue", "2"), AnswerKey("tills/queue", "1")
    db.visits.apply(visit.visit_id, 1, AnswerChange((AnswerStep(second, NO_ANSWER, answer),)), at=AT)
    moved = AnswerChange((AnswerStep(first, NO_ANSWER, answer), AnswerStep(second, answer, NO_ANSWER)))
    db.visits.apply(visit.visit_id, 1, moved, at=AT)
    assert db.photos.info("p1") == replace(info, key=first)
    salt = db.visits.salt(visit.visit_id)
    said = [line.data for line in db.journal.lines()][-1]
    assert said == {"tills/queue[1]": answer_digest(first, answer, [info.sha256], salt=salt), "tills/queue[2]": ""}


def test_the_next_revision_shares_photos_and_cannot_change_them_before(
    db: Database, visit: VisitHeader, photo: Take
) -> None:
    """Caption and removal in revision 2 leave revision 1 and its bytes alone."""
    one, two = photo("p1", b"one"), photo("p2", b"two")
    first = submit(db, visit)
    db.visits.new_revision(replace(visit, revision=2, parent_seal=first.seal))
    assert kept(db)[1] == 2
    db.photos.set_caption("p1", "Ingresso <b>&", at=AT)
    db.photos.remove("p2", at=AT)
    third = photo("p3", b"three", revision=2)
    assert db.photos.of_visit(visit.visit_id, 1) == (one, two)
    assert db.photos.of_visit(visit.visit_id) == (replace(one, caption="Ingresso <b>&"), third)
    assert db.photos.jpeg("p2") == b"two"


def test_a_sealed_revision_takes_gives_and_changes_no_photo(db: Database, visit: VisitHeader, photo: Take) -> None:
    """Adding, removing and captioning are refused after submission."""
    photo("p1", b"one")
    submit(db, visit)
    for forbidden in (
        lambda: photo("p2", b"two"),
        lambda: db.photos.remove("p1", at=AT),
        lambda: db.photos.set_caption("p1", "late", at=AT),
    ):
        with pytest.raises(ValueError):
            forbidden()
    assert kept(db) == [1, 1, 1, 0]


def test_bytes_that_are_not_the_photos_are_refused(db: Database, visit: VisitHeader) -> None:
    """A hash that doesn't fit the bytes never gets into the store."""
    info = photo_info("p1", b"one")
    with pytest.raises(ValueError):
        db.photos.add(visit.visit_id, 1, info.key, info, jpeg=b"two", thumbnail=b"", at=AT)
    assert kept(db) == [0, 0, 0, 0]
