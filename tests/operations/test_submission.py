"""Submitting: what is missing, the frozen score, seal and signature recomputed from what is stored; and visits not done."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.model import seal as seals
from mshopper.model.answer import NO_ANSWER, Answer
from mshopper.model.record import VisitRecord
from mshopper.operations.identity import is_signature
from tests.operations.conftest import DAY, FESTIVE, GREETED, TILLS, WAIT, WHO, Clock, begin, clean, said, submitted

Camera = Callable[..., Path]


def recomputed_seal(workspace: ops.Workspace, record: VisitRecord) -> str:
    """The seal by what is stored now, over the journal's head as it was before the visit was submitted."""
    lines = list(workspace.store.journal.lines(record.header.visit_id))
    last = next(line for line in lines if line.data.get("seal") == record.header.seal)
    salt = workspace.store.visits.salt(record.header.visit_id)
    return seals.seal(seals.seal_content(record, journal_head=last.previous, salt=salt))


def test_the_seal_verifies_from_what_is_stored(folder: Path, clock: Clock, camera: Camera) -> None:
    """After reopening, seal and Ed25519 signature are those of the stored visit, and any change breaks the seal."""
    with ops.open_workspace(folder, clock=clock) as workspace:
        opened = begin(workspace)
        ops.answer(workspace, opened, GREETED, said("no", comment="Nobody looked up"))
        ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera("door.jpg")))
        ops.add_instance(workspace, opened, TILLS)
        ops.answer(workspace, opened, WAIT, said(61))
        visit_id = ops.submit_visit(workspace, opened).visit_id
    clock.pass_by(days=400)
    with ops.open_workspace(folder, clock=clock) as workspace:
        record = workspace.record(visit_id)
        header = record.header
        assert len(header.seal) == 64
        assert recomputed_seal(workspace, record) == header.seal
        device = workspace.store.devices.get(header.device_id)
        assert device is not None
        signature = bytes.fromhex(header.signature)
        assert is_signature(device.public_key, bytes.fromhex(header.seal), signature)
        assert not is_signature(device.public_key, bytes(32), signature)
        assert workspace.store.journal.verify() is None
        sheet = record.sheet
        assert sheet is not None
        forged = (
            replace(record, answers={**record.answers, GREETED: said("yes", comment="Nobody looked up")}),
            replace(record, photos=()),
            replace(record, sheet=replace(sheet, earned=sheet.earned + 1)),
            replace(record, header=replace(header, auditor="Somebody else")),
            replace(record, header=replace(header, flags=("incomplete",))),
        )
        assert all(recomputed_seal(workspace, one) != header.seal for one in forged)


def test_what_is_missing_is_said_and_only_a_reason_submits_it(workspace: ops.Workspace) -> None:
    """Without a reason nothing is submitted; with one the visit is flagged, the reason kept and sealed."""
    opened = begin(workspace)
    ops.answer(workspace, opened, GREETED, said("no", comment="No"))
    assert [(violation.key, violation.code) for violation in ops.missing(opened)] == [
        (GREETED, "photos"),
        (GREETED, "comment"),
    ]
    for reason in ("", "   "):
        with pytest.raises(ops.IncompleteVisitError, match="2 things are missing") as refused:
            ops.submit_visit(workspace, opened, reason=reason)
        assert all(sentence.startswith("greeted: ") for sentence in refused.value.sentences)
    assert workspace.record(opened.header.visit_id).header.state == "in_progress"
    header = ops.submit_visit(workspace, opened, reason=" Sent away ")
    assert (header.state, header.reason, header.flags) == ("submitted", "Sent away", ("incomplete",))
    record = workspace.record(header.visit_id)
    assert record.header == header
    assert recomputed_seal(workspace, record) == header.seal


def test_a_reason_without_need_leaves_no_flag(workspace: ops.Workspace) -> None:
    """A complete visit submitted with a reason is a complete visit."""
    opened = begin(workspace)
    ops.answer(workspace, opened, GREETED, said("yes"))
    header = ops.submit_visit(workspace, opened, reason="just in case")
    assert (header.flags, header.reason) == ((), "")


def test_a_submitted_visit_takes_nothing_more(workspace: ops.Workspace, camera: Camera) -> None:
    """Answers, tills, photos, captions, a second submission, not done: all refused, in the open visit and a reopened one."""
    opened = begin(workspace)
    ops.answer(workspace, opened, GREETED, said("yes"))
    ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera("a.jpg")))
    visit_id = ops.submit_visit(workspace, opened).visit_id
    before, head = workspace.record(visit_id), workspace.store.journal.head()
    taken = ops.take_in(camera("b.jpg"))
    for visit in (opened, ops.open_visit(workspace, visit_id)):
        attempts: tuple[Callable[[], object], ...] = (
            lambda visit=visit: ops.answer(workspace, visit, GREETED, NO_ANSWER),  # type: ignore[misc]
            lambda visit=visit: ops.add_instance(workspace, visit, TILLS),  # type: ignore[misc]
            lambda visit=visit: ops.remove_instance(workspace, visit, TILLS, 1),  # type: ignore[misc]
            lambda visit=visit: ops.attach_photo(workspace, visit, WAIT, taken),  # type: ignore[misc]
            lambda visit=visit: ops.caption_photo(workspace, visit, visit.photos[0].id, "x"),  # type: ignore[misc]
            lambda visit=visit: ops.submit_visit(workspace, visit),  # type: ignore[misc]
            lambda: ops.mark_not_done(workspace, visit_id=visit_id, reason="closed"),
        )
        for attempt in attempts:
            with pytest.raises(MshopperError, match="was submitted"):
                attempt()
    assert workspace.record(visit_id) == before
    assert workspace.store.journal.head() == head


def test_calculated_values_are_those_of_the_moment_of_submission_for_ever(
    workspace: ops.Workspace, clock: Clock, tmp_path: Path
) -> None:
    """Opened before Christmas, submitted on it: day, relevance and score are Christmas's, today and in ten years."""
    clock.pass_by(days=33, hours=13, minutes=29)  # 24 December, 23:59
    opened = begin(workspace)
    ops.answer(workspace, opened, GREETED, said("yes"))
    assert opened.visit.value(DAY) == "2026-12-24"
    clock.pass_by(minutes=2)
    visit_id = ops.submit_visit(workspace, opened).visit_id
    record = workspace.record(visit_id)
    assert record.computed == {DAY: "2026-12-25"}
    assert record.irrelevant == frozenset()
    pdf, _warnings = ops.write_report(workspace, visit_id, tmp_path / "then.pdf", language="en")
    clock.pass_by(days=3653)
    later = ops.open_visit(workspace, visit_id)
    assert later.visit.value(DAY) == opened.visit.value(DAY) == "2026-12-25"
    assert later.visit.is_relevant(FESTIVE)
    assert workspace.record(visit_id) == record
    again, _warnings = ops.write_report(workspace, visit_id, tmp_path / "now.pdf", language="en")
    assert again.read_bytes() == pdf.read_bytes()


def test_the_score_sealed_is_that_of_the_answers_stored(workspace: ops.Workspace) -> None:
    """5 + 10 + 2 of 17 points; the header, the list and the record say the same."""
    opened = submitted(workspace, wait=60)
    record = workspace.record(opened.header.visit_id)
    assert record.sheet is not None
    assert [record.sheet.percent, record.sheet.earned, record.sheet.possible] == [
        Fraction(100),
        Fraction(17),
        Fraction(17),
    ]
    (row,) = ops.list_visits(workspace)
    assert (row.percent, row.verdict, row.state, row.seal) == (Fraction(100), "pass", "submitted", record.header.seal)


def test_not_done_keeps_its_evidence_and_has_no_score(workspace: ops.Workspace, camera: Camera) -> None:
    """Closed: reason and photo are kept and sealed; no score, no answers needed."""
    opened = begin(workspace)
    ops.answer(workspace, opened, WHO, said("nobody"))
    photos = [ops.take_in(camera("shutter.jpg"))]
    header = ops.mark_not_done(
        workspace, visit_id=opened.header.visit_id, reason="closed", note="Shutters down", photos=photos
    )
    record = workspace.record(header.visit_id)
    assert (header.state, header.reason, record.sheet) == ("not_done", "closed: Shutters down", None)
    assert [photo.key for photo in record.photos] == [ops.NOT_DONE_KEY]
    assert ops.photo_jpeg(workspace, record.photos[0].id) == photos[0].jpeg
    assert recomputed_seal(workspace, record) == header.seal
    (row,) = ops.list_visits(workspace, states=("not_done",))
    assert row.percent is None


def test_not_done_wants_a_reason_that_it_knows(workspace: ops.Workspace, camera: Camera) -> None:
    """An unknown reason, or "other" without words, changes nothing."""
    visit_id = begin(workspace).header.visit_id
    taken = ops.take_in(camera("a.jpg"))
    for reason, note in (("bored", ""), ("other", " ")):
        with pytest.raises(MshopperError, match="Say"):
            ops.mark_not_done(workspace, visit_id=visit_id, reason=reason, note=note, photos=[taken])
    record = workspace.record(visit_id)
    assert (record.header.state, record.photos) == ("in_progress", ())


def test_a_visit_that_fails_to_submit_is_a_draft_as_before(
    workspace: ops.Workspace, monkeypatch: pytest.MonkeyPatch, camera: Camera
) -> None:
    """An error at the last write leaves no seal, no frozen values, and the photo that was taken off for undo."""
    opened = begin(workspace)
    ops.answer(workspace, opened, GREETED, said("yes"))
    ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera("a.jpg")))
    removal = ops.remove_photo(workspace, opened, GREETED, opened.photos[0].id)
    before = workspace.record(opened.header.visit_id)
    with monkeypatch.context() as broken:
        broken.setattr(workspace.store.visits, "freeze", lambda *_args, **_kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ops.submit_visit(workspace, opened)
    assert workspace.record(opened.header.visit_id) == before
    ops.apply(workspace, opened, ops.inverse(removal))
    ops.submit_visit(workspace, opened)
    assert len(workspace.record(opened.header.visit_id).photos) == 1


def test_reports_of_one_visit_are_the_same_bytes(workspace: ops.Workspace, camera: Camera, tmp_path: Path) -> None:
    """Twice into a folder that isn't there yet: one name, the same bytes; the other language differs; a draft prints too."""
    opened = begin(workspace, "RM-002")
    ops.answer(workspace, opened, GREETED, Answer("yes", comment="<b>&\U0001f600 Ελλάδα 北京"))
    ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera("door.jpg", (640, 480))))
    draft, _warnings = ops.write_report(workspace, opened.header.visit_id, tmp_path / "draft.pdf", language="en")
    assert draft.read_bytes().startswith(b"%PDF")
    visit_id = ops.submit_visit(workspace, opened).visit_id
    first, _warnings = ops.write_report(workspace, visit_id, tmp_path / "a" / "deep", language="en")
    second, _warnings = ops.write_report(workspace, visit_id, tmp_path / "b", language="en")
    italian, _warnings = ops.write_report(workspace, visit_id, tmp_path / "b", language="it")
    assert first.name == second.name == f"2026-11-21-roma-citta-{visit_id[:8]}.pdf"
    assert first.read_bytes() != italian.read_bytes()
    ops.write_report(workspace, visit_id, tmp_path / "b", language="en")
    assert first.read_bytes() == second.read_bytes()


def test_a_report_that_cannot_be_written_is_a_sentence(workspace: ops.Workspace, tmp_path: Path) -> None:
    """A file where the folder should be: said so, and the file is as it was."""
    visit_id = submitted(workspace).header.visit_id
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")
    for target in (file, file / "below"):
        with pytest.raises(MshopperError, match="can't be written"):
            ops.write_report(workspace, visit_id, target, language="en")
    assert file.read_text(encoding="utf-8") == "mine"
    with pytest.raises(MshopperError, match="no visit"):
        ops.write_report(workspace, "nope", tmp_path, language="en")


def test_an_open_till_counts_only_where_it_is(workspace: ops.Workspace) -> None:
    """Three tills, one removed: the frozen sheet has two instances of the section."""
    opened = begin(workspace)
    ops.answer(workspace, opened, GREETED, said("yes"))
    for _ in range(2):
        ops.add_instance(workspace, opened, TILLS)
    ops.answer(workspace, opened, clean(2), said("no"))
    ops.remove_instance(workspace, opened, TILLS, 1)
    ops.submit_visit(workspace, opened)
    sheet = workspace.record(opened.header.visit_id).sheet
    assert sheet is not None
    earned = {line.instance: line.earned for line in sheet.lines if line.path == "till/clean"}
    assert earned == {"1": Fraction(0), "2": Fraction(2)}
