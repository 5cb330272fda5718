"""What becomes of a visit after it was begun: corrected, returned and gone on with, made again, deleted, exported."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.model.answer import NO_ANSWER
from mshopper.progress import Cancelled, Progress
from mshopper.store import VisitFilter
from mshopper.store.database import FILE_NAME
from mshopper.store.recovery import recover

from .conftest import GREETED, TILLS, WHO, Clock, begin, clean, said

Camera = Callable[..., Path]


def submitted(workspace: ops.Workspace, camera: Camera | None = None) -> ops.OpenVisit:
    """A submitted visit to Milano Duomo, with a comment, and a photo where there is a camera."""
    visit = begin(workspace)
    ops.answer(workspace, visit, GREETED, said("yes", comment="A smile at the entrance"))
    ops.answer(workspace, visit, WHO, said("Bruna"))
    if camera:
        ops.attach_photo(workspace, visit, GREETED, ops.take_in(camera("door.jpg")))
    ops.submit_visit(workspace, visit)
    return visit


def state(workspace: ops.Workspace, visit: ops.OpenVisit, new: str) -> None:
    """Let a visit be in another state, as a supervisor's decision makes it."""
    header = workspace.store.visits.header(visit.header.visit_id)
    assert header is not None
    workspace.store.visits.update_header(replace(header, state=new))


def test_a_correction_keeps_what_was_submitted(workspace: ops.Workspace, clock: Clock, camera: Camera) -> None:
    """Revision 2 begins with the answers and photos of 1, names its seal and its reason; 1 reads as it was."""
    first = submitted(workspace, camera)
    visit_id = first.header.visit_id
    before = workspace.record(visit_id, 1)
    clock.pass_by(days=3)
    with pytest.raises(MshopperError, match="why"):
        ops.correct_visit(workspace, visit_id, reason=" ")
    second = ops.correct_visit(workspace, visit_id, reason="The name was wrong")
    assert (second.header.revision, second.header.parent_seal) == (2, first.header.seal)
    assert second.visit.answer(GREETED).photos == first.visit.answer(GREETED).photos
    ops.answer(workspace, second, WHO, said("Bianca"))
    with pytest.raises(MshopperError, match="being filled in"):
        ops.correct_visit(workspace, visit_id, reason="again")
    header = ops.submit_visit(workspace, second)
    assert (header.reason, header.ended_at) == ("The name was wrong", first.header.ended_at)
    assert workspace.record(visit_id, 1) == before
    assert workspace.record(visit_id).answers[WHO].value == "Bianca"
    assert len(header.seal) == 64
    assert header.seal != first.header.seal


def test_an_incomplete_correction_says_both_reasons(workspace: ops.Workspace) -> None:
    """Why it is corrected and why it is incomplete."""
    visit_id = submitted(workspace).header.visit_id
    second = ops.correct_visit(workspace, visit_id, reason="Wrong shop")
    ops.answer(workspace, second, GREETED, NO_ANSWER)
    assert ops.submit_visit(workspace, second, reason="no time").reason == "Wrong shop · no time"


def test_a_returned_visit_goes_on_as_revision_2(workspace: ops.Workspace) -> None:
    """Going on makes the next revision, once; it is answered and submitted like any other."""
    first = submitted(workspace)
    visit_id = first.header.visit_id
    state(workspace, first, "returned")
    going_on = ops.continue_visit(workspace, visit_id)
    again = ops.continue_visit(workspace, visit_id)
    assert (going_on.header.revision, again.header.revision) == (2, 2)
    ops.answer(workspace, again, WHO, said("Bianca"))
    header = ops.submit_visit(workspace, again)
    assert (header.state, header.parent_seal) == ("submitted", first.header.seal)
    assert [each.state for each in workspace.store.visits.revisions(visit_id)] == ["returned", "submitted"]


def test_a_deleted_draft_comes_back_whole_until_it_is_forgotten(folder: Path, clock: Clock, camera: Camera) -> None:
    """Answers, tills, comments, photos; when the folder is opened again it is gone with the bytes of its photos."""
    with ops.open_workspace(folder, clock=clock) as workspace:
        visit = begin(workspace)
        ops.attach_photo(workspace, visit, GREETED, ops.take_in(camera("door.jpg")))
        ops.add_instance(workspace, visit, TILLS)
        ops.answer(workspace, visit, clean(2), said("no", comment="Sticky"))
        visit_id = visit.header.visit_id
        before, photo = workspace.record(visit_id), ops.photo_jpeg(workspace, visit.photos[0].id)
        ops.delete_draft(workspace, visit_id)
        assert ops.count_visits(workspace) == ops.count_visits(workspace, text="sticky") == 0
        with pytest.raises(MshopperError, match="no visit"):
            ops.open_visit(workspace, visit_id)
        ops.restore_draft(workspace, visit_id)
        assert workspace.record(visit_id) == before
        assert ops.photo_jpeg(workspace, before.photos[0].id) == photo
        assert ops.count_visits(workspace, text="sticky") == 1
        ops.delete_draft(workspace, visit_id)
    with ops.open_workspace(folder, clock=clock) as workspace:
        with pytest.raises(MshopperError, match="brought back"):
            ops.restore_draft(workspace, visit_id)
        assert ops.photo_jpeg(workspace, before.photos[0].id) == b""
        assert workspace.store.journal.verify() is None


def test_a_deleted_correction_leaves_the_submitted_visit(workspace: ops.Workspace) -> None:
    """The submitted revision is the latest again; undo brings the correction back, another correction ends that."""
    visit_id = submitted(workspace).header.visit_id
    ops.answer(workspace, ops.correct_visit(workspace, visit_id, reason="why"), WHO, said("Bianca"))
    ops.delete_draft(workspace, visit_id)
    assert workspace.record(visit_id).header.state == "submitted"
    assert len(workspace.store.visits.revisions(visit_id)) == 1
    ops.restore_draft(workspace, visit_id)
    assert workspace.record(visit_id).answers[WHO].value == "Bianca"
    ops.delete_draft(workspace, visit_id)
    ops.correct_visit(workspace, visit_id, reason="why else")
    with pytest.raises(MshopperError, match="brought back"):
        ops.restore_draft(workspace, visit_id)
    assert workspace.record(visit_id).answers[WHO].value == "Bruna"
    ops.delete_draft(workspace, visit_id)
    assert ops.forget_deleted(workspace) == 1
    assert workspace.record(visit_id).header.seal


def test_a_visit_is_made_again(workspace: ops.Workspace, camera: Camera) -> None:
    """Blank, or with what was said; photos, and who made it when, stay with the first."""
    first = submitted(workspace, camera)
    ops.change_settings(workspace, auditor="Ugo", auditor_id="7")
    blank = ops.duplicate_visit(workspace, first.header.visit_id)
    full = ops.duplicate_visit(workspace, first.header.visit_id, with_answers=True)
    assert blank.visit.answer(GREETED).is_blank
    assert full.visit.answer(GREETED) == said("yes", comment="A smile at the entrance")
    assert (full.header.store, full.header.auditor, full.header.revision) == (first.header.store, "Ugo", 1)
    assert full.header.visit_id not in (first.header.visit_id, blank.header.visit_id)
    assert not full.photos


def test_tills_are_made_again_with_their_answers(workspace: ops.Workspace) -> None:
    """Repeated sections get as many instances as there were."""
    visit = begin(workspace)
    for _more in range(2):
        ops.add_instance(workspace, visit, TILLS)
    ops.answer(workspace, visit, clean(3), said("no"))
    copy = ops.duplicate_visit(workspace, visit.header.visit_id, with_answers=True)
    reopened = ops.open_visit(workspace, copy.header.visit_id)
    assert reopened.visit.counts == visit.visit.counts
    assert reopened.visit.value(clean(3)) == "no"


def test_comments_are_found_in_the_latest_revision(workspace: ops.Workspace) -> None:
    """A comment is found without its accents and by its beginning; one that was taken back isn't, nor an earlier one."""
    visit = begin(workspace)
    visit_id = visit.header.visit_id
    ops.answer(workspace, visit, GREETED, said("no", comment="Perché così tardi?"))
    ops.answer(workspace, visit, WHO, said("x", comment="Una coda"))
    assert workspace.store.visit_list.ids(VisitFilter(text="PERCHE tard coda milano")) == [visit_id]
    ops.answer(workspace, visit, GREETED, said("no", comment="Gentile"))
    assert not workspace.store.visit_list.keys(VisitFilter(text="perche"))
    ops.submit_visit(workspace, visit, reason="Chiuso prima")
    assert workspace.store.visit_list.ids(VisitFilter(text="chiuso gentile")) == [visit_id]
    second = ops.correct_visit(workspace, visit_id, reason="Rilettura")
    ops.answer(workspace, second, GREETED, said("no"))
    assert not workspace.store.visit_list.keys(VisitFilter(text="gentile"))
    assert workspace.store.visit_list.ids(VisitFilter(text="coda")) == [visit_id]


def test_visits_are_exported(workspace: ops.Workspace, tmp_path: Path) -> None:
    """A PDF each; a CSV line for each that was submitted, in the dialect of the language; cancelling leaves no CSV."""
    ids = [submitted(workspace).header.visit_id for _ in range(2)]
    draft = begin(workspace).header.visit_id
    files = ops.export_reports(workspace, ids, tmp_path / "pdf", language="it")
    assert sorted(files) == sorted((tmp_path / "pdf").iterdir())
    assert all(file.read_bytes().startswith(b"%PDF") for file in files)
    target = tmp_path / "visits.csv"
    with pytest.raises(Cancelled):
        ops.export_csv(workspace, ids, target, language="it", progress=Progress(is_cancelled=lambda: True))
    assert not list(tmp_path.glob("visits*"))
    assert ops.export_csv(workspace, [*ids, draft], target, language="it") == 2
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert [row["visit_id"] for row in rows] == ids
    assert rows[0]["store_name"] == "Milano Duomo"
    assert rows[0]["percent"].count(",") == 1


def test_a_damaged_file_gives_back_what_was_deleted_last(folder: Path, clock: Clock, tmp_path: Path) -> None:
    """What is read out of a data file has a deleted correction as its latest revision, and its words can be found."""
    with ops.open_workspace(folder, clock=clock) as workspace:
        visit_id = submitted(workspace).header.visit_id
        ops.answer(workspace, ops.correct_visit(workspace, visit_id, reason="why"), WHO, said("x", comment="Raro"))
        ops.delete_draft(workspace, visit_id)
        (tmp_path / "found").mkdir()
        recover(folder / FILE_NAME, tmp_path / "found" / FILE_NAME)
    with ops.open_workspace(tmp_path / "found", clock=clock) as workspace:
        assert workspace.record(visit_id).header.revision == 2
        assert workspace.store.visit_list.ids(VisitFilter(text="raro bruna")) == []
        assert workspace.store.visit_list.ids(VisitFilter(text="raro smile")) == [visit_id]
