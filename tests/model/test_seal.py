"""The seal changes with all that it covers, with nothing else, and gives no answer away."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.canonical import canonical_json
from mshopper.model.form import Form, Question, Repeat, Section
from mshopper.model.record import PhotoInfo, Store, VisitHeader, VisitRecord
from mshopper.model.scoresheet import Reason, ScoreLine, ScoreSheet
from mshopper.model.seal import answer_digest, seal, seal_content

SALT = bytes(range(16))
AT = "2026-11-12T10:00:00+01:00"
QUEUE = AnswerKey("tills/queue", "2")
FORM = Form("f", "1", sections=(Section("tills", repeat=Repeat(), items=(Question("queue", "duration"),)),))
SHEET = ScoreSheet(
    "1",
    Fraction(1),
    Fraction(3),
    Fraction(100, 3),
    Fraction(100),
    "fail",
    "D",
    (),
    (),
    (),
    (),
    (),
    (),
    (),
    (ScoreLine("tills/queue", "2", "scored", Fraction(1), Fraction(3), Fraction(1), Reason("band")),),
)
RECORD = VisitRecord(
    VisitHeader(
        "v1",
        1,
        "submitted",
        "f",
        "1",
        "h" * 64,
        Store("MI01", "Milano"),
        "a1",
        "Rossi",
        "d1",
        started_at=AT,
        submitted_at=AT,
    ),
    FORM,
    {QUEUE: Answer(Decimal("61.5"), comment="a very long queue", photos=("p1",), seconds=Decimal(9))},
    {AnswerKey("tills"): 2},
    (PhotoInfo("p1", QUEUE, "1" * 64, "2" * 64, 640, 480),),
    {},
    frozenset(),
    SHEET,
)


def sealed(record: VisitRecord, *, head: str = "j", salt: bytes = SALT) -> str:
    return seal(seal_content(record, journal_head=head, salt=salt))


def with_answer(**changes: object) -> Callable[[VisitRecord], VisitRecord]:
    return lambda record: replace(record, answers={QUEUE: replace(record.answers[QUEUE], **changes)})


def with_header(**changes: object) -> Callable[[VisitRecord], VisitRecord]:
    return lambda record: replace(record, header=replace(record.header, **changes))


def with_photo(**changes: object) -> Callable[[VisitRecord], VisitRecord]:
    return lambda record: replace(record, photos=(replace(record.photos[0], **changes),))


def with_line(**changes: object) -> Callable[[VisitRecord], VisitRecord]:
    return lambda record: replace(record, sheet=replace(SHEET, lines=(replace(SHEET.lines[0], **changes),)))


@pytest.mark.parametrize(
    "change",
    [
        with_answer(value=Decimal("61.6")),
        with_answer(na=True),
        with_answer(comment="a very long queue."),
        with_answer(seconds=Decimal(10)),
        with_answer(photos=()),
        lambda record: replace(record, answers={AnswerKey("tills/queue", "1"): record.answers[QUEUE]}),
        with_photo(sha256="3" * 64),
        with_photo(original_sha256="3" * 64),
        with_header(visit_id="v2"),
        with_header(revision=2),
        with_header(parent_seal="p"),
        with_header(form_hash="g" * 64),
        with_header(store=Store("MI02", "Milano")),
        with_header(auditor="Bianchi"),
        with_header(auditor_id="a2"),
        with_header(device_id="d2"),
        with_header(started_at="2026-11-12T09:00:00+00:00"),
        with_header(submitted_at="2026-11-12T10:00:01+01:00"),
        with_header(state="not_done"),
        with_header(reason="closed"),
        with_header(flags=("incomplete",)),
        with_line(earned=Fraction(1, 3)),
        with_line(possible=Fraction(4)),
        with_line(weight=Fraction(2)),
        lambda record: replace(record, sheet=replace(SHEET, percent=Fraction(100))),
        lambda record: replace(record, sheet=replace(SHEET, rules_version="2")),
        lambda record: replace(record, sheet=None),
    ],
)
def test_whatever_is_changed_breaks_the_seal(change: Callable[[VisitRecord], VisitRecord]) -> None:
    """One changed answer, photo, header field or score gives another seal."""
    assert sealed(change(RECORD)) != sealed(RECORD)


def test_journal_and_salt_are_sealed_too() -> None:
    """The journal's head and the visit's salt are part of the seal, and the same record gives the same seal."""
    assert len({sealed(RECORD), sealed(RECORD, head="k"), sealed(RECORD, salt=b"x" * 16)}) == 3
    assert sealed(RECORD) == sealed(replace(RECORD))


@pytest.mark.parametrize("changes", [{"state": "approved"}, {"state": "returned"}, {"seal": "s", "signature": "t"}])
def test_what_comes_after_the_seal_leaves_it_whole(changes: dict[str, str]) -> None:
    """A supervisor's decision, and the seal written into its own header, don't break it."""
    assert sealed(with_header(**changes)(RECORD)) == sealed(RECORD)


def test_the_content_gives_no_answer_away() -> None:
    """What was answered stands in the sealed content as a salted hash alone, by question id and instance."""
    content = seal_content(RECORD, journal_head="j", salt=SALT)
    text = canonical_json(content).decode()
    assert "61.5" not in text
    assert "very long" not in text
    digest = answer_digest(QUEUE, RECORD.answers[QUEUE], ["1" * 64], salt=SALT)
    assert content["answers"] == [{"question": "queue", "instance": "2", "digest": digest}]
    assert content["score"]["percent"] == "100/3"
    assert content["score"]["lines"][0]["earned"] == "1"
