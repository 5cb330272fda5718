"""The visits: answering, submitting, correcting, deleting, and lists of them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mshopper.errors import MshopperError
from mshopper.model.answer import NO_ANSWER, Answer, AnswerChange, AnswerKey, AnswerStep, CountStep
from mshopper.model.record import Store, VisitHeader
from mshopper.model.scoresheet import CriticalHit, Reason, ScoreSheet
from mshopper.model.seal import answer_digest
from mshopper.store import Database, VisitFilter
from mshopper.store.segments import RevisionId
from tests.store.conftest import AT, FORM, HEADER, read_form, step, submitted

GREETED = AnswerKey("welcome/greeted")
NOTE = AnswerKey("welcome/note")
LATER = "2026-11-12T10:05:00+01:00"
SHEET = ScoreSheet(
    rules_version="1",
    earned=Fraction(26),
    possible=Fraction(30),
    percent=Fraction(260, 3),
    coverage=Fraction(100),
    verdict="fail",
    grade="B",
    criticals=(CriticalHit("welcome/greeted", "", "fail", None, Reason("critical_answer", (("answer", "no"),))),),
    sections=(),
    instances=(),
    dimensions=(),
    touchpoints=(),
    phases=(),
    metrics=(),
    lines=(),
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
numbers = st.decimals(allow_nan=False, allow_infinity=False)
values = st.one_of(st.none(), texts, st.integers(), numbers, st.lists(texts, max_size=4).map(tuple))
answers = st.builds(Answer, values, st.booleans(), texts, st.just(()), st.one_of(st.none(), numbers))


def answers_of(db: Database, revision: int | None = None) -> dict[AnswerKey, Answer]:
    return dict(db.visits.record(HEADER.visit_id, revision, form_reader=read_form).answers)


def submit(db: Database, revision: int = 1, seal: str = "5" * 64) -> VisitHeader:
    before = db.visits.header(HEADER.visit_id, revision)
    assert before is not None
    header = submitted(before, seal)
    irrelevant = frozenset({NOTE})
    computed = {AnswerKey("welcome/total"): Decimal("2.50"), AnswerKey("welcome/mood"): None}
    db.visits.freeze(HEADER.visit_id, revision, computed=computed, irrelevant=irrelevant, sheet=SHEET, header=header)
    return header


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(answer=answers, instance=st.sampled_from(["", "2", "2.1"]))
def test_every_answer_comes_back_as_it_was(db: Database, answer: Answer, instance: str) -> None:
    """Any text (NUL, emoji, any script), number, list, N/A, comment and seconds is read back equal and of its type."""
    if db.visits.header(HEADER.visit_id) is None:
        db.visits.insert(HEADER)
    db.visits.apply(HEADER.visit_id, 1, step("welcome/note", answer, instance), at=AT)
    kept = answers_of(db).get(AnswerKey("welcome/note", instance))
    assert kept == (None if answer.is_blank else answer)
    if kept:
        assert (type(kept.value), str(kept.value), str(kept.seconds)) == (
            type(answer.value),
            str(answer.value),
            str(answer.seconds),
        )


def test_a_step_changes_and_takes_back_answers_and_counts(db: Database, visit: VisitHeader) -> None:
    """One change may set several answers and counts; a blank answer is removed; 5,000 characters stay 5,000."""
    long = Answer("è" * 5000, comment="\0 👩‍👧 Ω żółw 北京")
    change = AnswerChange(
        answers=(AnswerStep(GREETED, NO_ANSWER, Answer("yes")), AnswerStep(NOTE, NO_ANSWER, long)),
        counts=(CountStep(AnswerKey("tills"), 1, 3),),
    )
    db.visits.apply(visit.visit_id, 1, change, at=AT)
    db.visits.apply(visit.visit_id, 1, AnswerChange(answers=(AnswerStep(GREETED, Answer("yes"), NO_ANSWER),)), at=LATER)
    record = db.visits.record(visit.visit_id, form_reader=read_form)
    assert record.answers == {NOTE: long}
    assert record.counts == {AnswerKey("tills"): 3}
    assert record.header == replace(visit, changed_at=LATER)
    assert record.form is FORM
    assert (record.computed, record.irrelevant, record.sheet) == (None, None, None)


def test_where_the_auditor_was_is_kept_with_the_answer(db: Database, visit: VisitHeader) -> None:
    """`apply` keeps the place and the progress it is told, and leaves both alone when told nothing."""
    assert db.visits.resume(visit.visit_id) == {}
    there = {"section": "welcome", "question": "greeted", "scroll": 12}
    db.visits.apply(visit.visit_id, 1, step(GREETED.path, Answer("yes")), at=AT, resume=there, progress=(1, 2))
    db.visits.apply(visit.visit_id, 1, step(NOTE.path, Answer("x")), at=AT)
    assert db.visits.resume(visit.visit_id) == there
    (row,) = db.visits.list(VisitFilter())
    assert (row.answered, row.total) == (1, 2)
    db.visits.save_resume(visit.visit_id, {"section": "end"})
    assert db.visits.resume(visit.visit_id) == {"section": "end"}


def test_the_journal_holds_salted_hashes_and_no_content(db: Database, visit: VisitHeader) -> None:
    """The line of an answer carries the digest that the seal uses; nothing that was typed is in the journal."""
    answer = Answer("no", comment="the manager was rude")
    db.visits.apply(visit.visit_id, 1, step(GREETED.path, answer, "2"), at=AT)
    db.visits.apply(visit.visit_id, 1, step(GREETED.path, NO_ANSWER, "2"), at=AT)
    _, told, taken_back = db.journal.lines(visit.visit_id)
    salt = db.visits.salt(visit.visit_id)
    assert len(salt) == 16
    assert told.data == {"welcome/greeted[2]": answer_digest(AnswerKey(GREETED.path, "2"), answer, [], salt=salt)}
    assert taken_back.data == {"welcome/greeted[2]": ""}
    assert not db.rows("SELECT 1 FROM journal WHERE instr(data, 'rude') OR instr(data, 'no\"')")


def test_submission_freezes_everything_at_once(db: Database, visit: VisitHeader) -> None:
    """Header, seal, calculated values, relevance and score come back exactly; the journal says it."""
    db.visits.apply(visit.visit_id, 1, step(GREETED.path, Answer("no")), at=AT)
    header = submit(db)
    record = db.visits.record(visit.visit_id, form_reader=read_form)
    assert record.header == header
    assert record.computed == {AnswerKey("welcome/total"): Decimal("2.50"), AnswerKey("welcome/mood"): None}
    assert record.irrelevant == {NOTE}
    assert record.sheet == SHEET
    (row,) = db.visits.list(VisitFilter())
    assert (row.percent, row.earned, row.possible, row.coverage) == (Fraction(260, 3), 26, 30, 100)
    assert (row.verdict, row.grade, row.criticals, row.seal) == ("fail", "B", 1, header.seal)
    last = list(db.journal.lines())[-1]
    assert (last.event, last.data) == ("submitted", {"seal": header.seal, "signature": "sig"})


def test_a_drafts_header_may_change_and_the_journal_says_what(db: Database, visit: VisitHeader) -> None:
    """Names of changed fields and states go into the journal, their content doesn't; a mere time doesn't either."""
    db.visits.update_header(replace(visit, changed_at=LATER))
    changed = replace(visit, auditor="Ugo Bianchi", store=Store("RM02", "Roma"), changed_at=LATER)
    db.visits.update_header(changed)
    db.visits.update_header(replace(changed, state="planned"))
    assert db.visits.header(visit.visit_id) == replace(changed, state="planned")
    assert [(line.event, line.data) for line in db.journal.lines()][1:] == [
        ("header_changed", {"fields": "store auditor"}),
        ("state_changed", {"from": "in_progress", "to": "planned"}),
    ]


def test_what_is_sealed_stays(db: Database, visit: VisitHeader) -> None:
    """No answer, header or second submission gets into a submitted revision; a supervisor's decision does."""
    header = submit(db)
    for forbidden in (
        lambda: db.visits.apply(visit.visit_id, 1, step(GREETED.path, Answer("yes")), at=AT),
        lambda: db.visits.update_header(replace(header, auditor="Somebody else")),
        lambda: submit(db),
        lambda: db.visits.delete(visit.visit_id, at=AT),
    ):
        with pytest.raises(ValueError):
            forbidden()
    db.visits.update_header(replace(header, state="approved", changed_at=LATER))
    assert db.visits.header(visit.visit_id) == replace(header, state="approved", changed_at=LATER)
    assert db.visits.record(visit.visit_id, form_reader=read_form).sheet == SHEET


def test_a_visit_that_was_not_done_has_no_score(db: Database, visit: VisitHeader) -> None:
    """Marked as not done: its reason and frozen parts are kept, and nothing is scored."""
    header = replace(submitted(visit), state="not_done", reason="Closed for works")
    db.visits.freeze(visit.visit_id, 1, computed={}, irrelevant=frozenset(), sheet=None, header=header)
    record = db.visits.record(visit.visit_id, form_reader=read_form)
    assert (record.header, record.sheet, record.irrelevant) == (header, None, frozenset())
    (row,) = db.visits.list(VisitFilter(states=("not_done",)))
    assert (row.percent, row.verdict) == (None, "")


def test_a_correction_is_a_revision_that_names_its_parent(db: Database, visit: VisitHeader) -> None:
    """The next revision begins with all answers and counts; changing it leaves the first one as it was."""
    change = AnswerChange(
        answers=(AnswerStep(GREETED, NO_ANSWER, Answer("no")),), counts=(CountStep(AnswerKey("tills"), 1, 2),)
    )
    db.visits.apply(visit.visit_id, 1, change, at=AT)
    first = submit(db)
    second = replace(visit, revision=2, parent_seal=first.seal, reason="Wrong shop assistant")
    db.visits.new_revision(second)
    assert answers_of(db) == {GREETED: Answer("no")}
    db.visits.apply(visit.visit_id, 2, step(GREETED.path, Answer("yes")), at=LATER)
    assert answers_of(db, 1) == {GREETED: Answer("no")}
    assert answers_of(db, 2) == {GREETED: Answer("yes")}
    assert db.visits.record(visit.visit_id, form_reader=read_form).counts == {AnswerKey("tills"): 2}
    assert db.visits.revisions(visit.visit_id) == [first, replace(second, changed_at=LATER)]
    assert [row.revision for row in db.visits.list(VisitFilter())] == [2]


def test_a_revision_must_follow_the_last_one(db: Database, visit: VisitHeader) -> None:
    """A wrong number, a wrong parent, or a last one that was never sealed: no revision is made."""
    with pytest.raises(ValueError):
        db.visits.new_revision(replace(visit, revision=2))
    first = submit(db)
    for wrong in (replace(visit, revision=3, parent_seal=first.seal), replace(visit, revision=2, parent_seal="other")):
        with pytest.raises(ValueError):
            db.visits.new_revision(wrong)
    assert len(db.visits.revisions(visit.visit_id)) == 1


def test_a_deleted_draft_leaves_its_journal_alone(db: Database, visit: VisitHeader, photo: object) -> None:
    """A forgotten draft goes with its answers, counts, photos and words; the journal keeps its lines and says so."""
    assert callable(photo)
    photo("p1", b"jpeg", original=b"raw")
    change = AnswerChange(
        answers=(AnswerStep(GREETED, NO_ANSWER, Answer("no", comment="unforgettable", photos=("p1",))),),
        counts=(CountStep(AnswerKey("tills"), 1, 2),),
    )
    db.visits.apply(visit.visit_id, 1, change, at=AT)
    assert b"unforgettable" in _index(db)
    db.visits.delete(visit.visit_id, at=LATER)
    assert db.visits.header(visit.visit_id) is None
    assert db.visits.forget_deleted(at=LATER) == 1
    assert b"unforgettable" not in _index(db)
    tables = ("visits", "revisions", "answers", "counts", "photos", "photo_places")
    tables += ("photo_bytes", "photo_thumbnails", "photo_originals", "visit_texts", "resting")
    assert [db.row(f"SELECT count(*) FROM {table}") for table in tables] == [(0,)] * len(tables)
    assert [line.event for line in db.journal.lines(visit.visit_id)][-2:] == ["draft_deleted", "draft_forgotten"]
    assert db.journal.verify() is None


def _index(db: Database) -> bytes:
    """All that the full-text index holds."""
    return b"".join(block for (block,) in db.rows("SELECT block FROM visit_words_data"))


def test_an_unknown_visit_is_a_sentence(db: Database) -> None:
    """Asking for a visit that isn't there names it."""
    with pytest.raises(MshopperError, match="no visit nothing"):
        db.visits.record("nothing", form_reader=read_form)


def some_visits(db: Database) -> None:
    """Four visits in two shops: two drafts, one submitted on a day that is earlier in UTC, one of another form."""
    rome = Store("RM02", "Roma Città", "Lazio")
    visits = [
        replace(HEADER, visit_id="a", started_at="2026-11-10T09:00:00+01:00"),
        replace(HEADER, visit_id="b", started_at="2026-11-12T00:30:00+02:00", store=rome),
        replace(HEADER, visit_id="c", started_at="2026-11-11T23:00:00+00:00", auditor="Ugo Bianchi"),
        replace(HEADER, visit_id="d", state="planned", started_at="", planned_for="2026-12-01", form_id="call"),
    ]
    for header in visits:
        db.visits.insert(header)
    header = submitted(visits[1])
    db.visits.freeze("b", 1, computed={}, irrelevant=frozenset(), sheet=SHEET, header=header)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (VisitFilter(), "dcba"),
        (VisitFilter(order="oldest"), "abcd"),
        (VisitFilter(states=("in_progress", "planned")), "dca"),
        (VisitFilter(store_id="RM02"), "b"),
        (VisitFilter(form_id="call"), "d"),
        (VisitFilter(text="citta roma"), "b"),
        (VisitFilter(text="BIANCHI milano"), "c"),
        (VisitFilter(text="bianchi roma"), ""),
        (VisitFilter(from_day="2026-11-11", to_day="2026-11-12"), "cb"),
        (VisitFilter(to_day="2026-11-11"), "ca"),
        (VisitFilter(order="percent_low"), "bacd"),
        (VisitFilter(order="percent_high"), "bdca"),
        (VisitFilter(order="store"), "dcab"),
        (VisitFilter(auditor_id="nobody"), ""),
        (VisitFilter(text="?!"), ""),
        (VisitFilter(text='zo" mil'), "da"),
        (VisitFilter(text="visita negoz", order="store_last"), "bacd"),
        (VisitFilter(text="mi01", order="oldest"), "acd"),
        (VisitFilter(verdict="fail"), "b"),
        (VisitFilter(from_percent=0, below_percent=86.7), "b"),
        (VisitFilter(from_percent=86.7), ""),
        (VisitFilter(order="auditor"), "cdba"),
        (VisitFilter(order="form_last", to_day="2026-11-12"), "abc"),
        (VisitFilter(states=("submitted", "approved"), order="verdict"), "b"),
    ],
)
def test_a_list_holds_what_is_wanted_in_its_order(db: Database, wanted: VisitFilter, found: str) -> None:
    """States, shop, form, words without accents, local days and orders; moments compare across offsets."""
    some_visits(db)
    assert "".join(row.visit_id for row in db.visits.list(wanted)) == found
    assert "".join(db.visits.ids(wanted)) == found
    assert db.visits.count(wanted) == len(found)


def test_a_list_is_read_in_windows(db: Database) -> None:
    """A window by number, and the rows of given ids in the order asked for, without those that are gone."""
    some_visits(db)
    assert [row.visit_id for row in db.visits.list(VisitFilter(), 2, 1)] == ["c", "b"]
    rows = db.visits.rows(["a", "gone", "b"])
    assert [row.visit_id for row in rows] == ["a", "b"]
    assert (rows[0].store_name, rows[0].form_title.get("en")) == ("Milano Duomo", "Store visit")


@pytest.mark.parametrize(
    "wanted",
    [
        VisitFilter(),
        VisitFilter(states=("in_progress",)),
        VisitFilter(store_id="MI01"),
        VisitFilter(form_id="store_visit"),
        VisitFilter(order="percent_high"),
        VisitFilter(order="store"),
    ],
)
def test_a_window_costs_the_same_however_many_visits_there_are(db: Database, wanted: VisitFilter) -> None:
    """SQLite takes as many steps to the first 20 of 1,200 visits as of 100: no list is sorted or read through."""

    def insert(numbers: range) -> None:
        with db.write():
            for number in numbers:
                db.visits.insert(replace(HEADER, visit_id=f"v{number}"))

    def steps() -> int:
        taken: list[None] = []
        db.raw.set_progress_handler(lambda: taken.append(None), 10)
        assert len(db.visits.list(wanted, 20)) == 20
        db.raw.set_progress_handler(None, 10)
        return len(taken)

    insert(range(100))
    few = steps()
    insert(range(100, 1200))
    assert steps() <= few * 1.2


def test_a_visit_is_synced_once_its_revision_is_published(db: Database, visit: VisitHeader) -> None:
    """Begun is not published; another folder hasn't got it; a new revision is unsynced again."""
    first = submit(db)
    segment = db.segments.begin("d1", [RevisionId(visit.visit_id, 1)], at=AT)
    assert [row.synced for row in db.visits.list(VisitFilter())] == [False]
    db.segments.publish(segment, "office", digest="h", at=LATER)
    assert [row.synced for row in db.visits.list(VisitFilter())] == [True]
    db.folders.choose("/mnt/stick")
    assert [row.synced for row in db.visits.list(VisitFilter())] == [False]
    db.folders.seen("/mnt/stick", "office")
    assert [row.synced for row in db.visits.list(VisitFilter())] == [True]
    db.visits.new_revision(replace(visit, revision=2, parent_seal=first.seal))
    assert [row.synced for row in db.visits.list(VisitFilter())] == [False]
