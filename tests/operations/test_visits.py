"""Filling in a visit through real files: answers, tills, photos, undo; a disk that is full, a process that is killed."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import MshopperError, StoreError
from mshopper.model.answer import NO_ANSWER, AnswerKey
from tests.operations.conftest import FESTIVE, GREETED, TILLS, WAIT, WHO, Clock, begin, clean, on_screen, said

Camera = Callable[..., Path]


def test_a_visit_is_there_as_it_was_left(folder: Path, clock: Clock, camera: Camera) -> None:
    """Answers, defaults, tills, photos, captions and the place where the auditor was are all there after reopening."""
    with ops.open_workspace(folder, clock=clock) as workspace:
        opened = begin(workspace)
        visit_id = opened.header.visit_id
        ops.answer(workspace, opened, GREETED, said("no", comment="Nobody looked up"))
        ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera("door.jpg")))
        ops.caption_photo(workspace, opened, opened.photos[0].id, "The empty desk")
        ops.add_instance(workspace, opened, TILLS)
        ops.answer(workspace, opened, clean(2), said("no"))
        ops.save_resume(workspace, opened, {"section": "till", "instance": "2"})
        shown, score = on_screen(opened), ops.live_score(opened).sheet()
        thumbnail = ops.thumbnail(workspace, opened.photos[0].id)
    with ops.open_workspace(folder, clock=clock) as workspace:
        again = ops.open_visit(workspace, visit_id)
        assert on_screen(again) == shown
        assert ops.live_score(again).sheet() == score
        assert again.visit.answer(clean(1)) == said("yes")  # the form's default, for the first till and the added one
        assert again.visit.answer(clean(2)) == said("no")
        assert [photo.caption for photo in again.photos] == ["The empty desk"]
        assert ops.resume(workspace, visit_id) == {"section": "till", "instance": "2"}
        assert ops.thumbnail(workspace, again.photos[0].id) == thumbnail
        assert thumbnail.startswith(b"\xff\xd8")


def test_removing_a_till_moves_the_ones_behind_it_up_and_undo_brings_it_back(
    workspace: ops.Workspace, camera: Camera
) -> None:
    """The photo of till 3 goes with its answers to place 2, and back: on the screen and in the store."""
    opened = begin(workspace)
    visit_id = opened.header.visit_id
    for number in (2, 3):
        ops.add_instance(workspace, opened, TILLS)
        ops.answer(workspace, opened, AnswerKey("till/staff", str(number)), said(f"till {number}"))
    ops.attach_photo(workspace, opened, clean(3), ops.take_in(camera("third.jpg")))
    before = dict(opened.visit.answers)
    removed = ops.remove_instance(workspace, opened, TILLS, 2)
    kept = workspace.record(visit_id)
    assert kept.counts[TILLS] == 2
    assert kept.answers[AnswerKey("till/staff", "2")] == said("till 3")
    assert [photo.key for photo in kept.photos] == [clean(2)]
    ops.apply(workspace, opened, ops.inverse(removed))
    kept = workspace.record(visit_id)
    assert (kept.answers, opened.visit.answers, kept.counts[TILLS]) == (before, before, 3)
    assert [photo.key for photo in kept.photos] == [clean(3)]


def test_a_removed_photo_comes_back_by_undo_and_goes_for_good_at_submission(
    workspace: ops.Workspace, camera: Camera
) -> None:
    """What was taken off a question is in no record, no seal and no bytes of the submitted visit."""
    opened = begin(workspace)
    visit_id = opened.header.visit_id
    ops.answer(workspace, opened, GREETED, said("yes"))
    for name in ("kept.jpg", "face.jpg"):
        ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera(name)))
    kept, face = opened.photos
    removal = ops.remove_photo(workspace, opened, GREETED, face.id)
    assert [photo.id for photo in workspace.record(visit_id).photos] == [kept.id]
    ops.apply(workspace, opened, ops.inverse(removal))
    assert [photo.id for photo in workspace.record(visit_id).photos] == [kept.id, face.id]
    assert ops.photo_jpeg(workspace, face.id)
    ops.remove_photo(workspace, opened, GREETED, face.id)
    ops.submit_visit(workspace, opened)
    assert [photo.id for photo in workspace.record(visit_id).photos] == [kept.id]
    assert ops.photo_jpeg(workspace, kept.id)
    assert ops.photo_jpeg(workspace, face.id) == b""


def test_an_answer_that_changes_nothing_writes_nothing(workspace: ops.Workspace) -> None:
    """Saying the same again adds no line to the journal, so that a form may save as often as it likes."""
    opened = begin(workspace)
    change = ops.answer(workspace, opened, GREETED, said("no"))
    assert change.revalidated == {GREETED}  # photo and comment are now missing
    head = workspace.store.journal.head()
    assert not ops.answer(workspace, opened, GREETED, said("no"))
    assert not ops.answer(workspace, opened, WHO, NO_ANSWER)
    assert workspace.store.journal.head() == head


@pytest.mark.parametrize("step", ["answer", "add", "remove", "photo", "remove_photo", "submit", "caption"])
@pytest.mark.parametrize("moment", ["first_write", "commit"])
def test_a_full_disk_leaves_screen_and_store_as_they_were(
    workspace: ops.Workspace, clock: Clock, camera: Camera, monkeypatch: pytest.MonkeyPatch, step: str, moment: str
) -> None:
    """The step fails with the sentence that says what to do; nothing moved on the screen; afterwards the step works."""
    opened = begin(workspace)
    visit_id = opened.header.visit_id
    ops.add_instance(workspace, opened, TILLS)
    ops.answer(workspace, opened, GREETED, said("yes"))
    ops.answer(workspace, opened, clean(2), said("no"))
    ops.attach_photo(workspace, opened, clean(2), ops.take_in(camera("a.jpg")))
    photo = opened.photos[0].id
    taken = ops.take_in(camera("b.jpg"))
    steps: dict[str, Callable[[], object]] = {
        "answer": lambda: ops.answer(workspace, opened, WAIT, said(30)),
        "add": lambda: ops.add_instance(workspace, opened, TILLS),
        "remove": lambda: ops.remove_instance(workspace, opened, TILLS, 1),
        "photo": lambda: ops.attach_photo(workspace, opened, WAIT, taken),
        "remove_photo": lambda: ops.remove_photo(workspace, opened, clean(2), photo),
        "caption": lambda: ops.caption_photo(workspace, opened, photo, "Dust"),
        "submit": lambda: ops.submit_visit(workspace, opened),
    }
    shown, kept = on_screen(opened), workspace.record(visit_id)
    clock.pass_by(minutes=1)
    full = _FullDisk(workspace.store.raw, "COMMIT" if moment == "commit" else ("INSERT", "UPDATE", "DELETE"))
    with monkeypatch.context() as broken:
        broken.setattr(workspace.store, "raw", full)
        with pytest.raises(StoreError, match="is full"):
            steps[step]()
    assert full.refused == 1
    assert on_screen(opened) == shown
    assert workspace.record(visit_id) == kept
    steps[step]()
    assert workspace.record(visit_id) != kept
    assert workspace.store.journal.verify() is None


class _FullDisk:
    """A connection whose disk is full when a statement of a kind comes."""

    def __init__(self, raw: sqlite3.Connection, refuses: str | tuple[str, ...]) -> None:
        self._raw = raw
        self._refuses = refuses
        self.refused = 0

    def execute(self, sql: str, parameters: object = ()) -> sqlite3.Cursor:
        if sql.startswith(self._refuses):
            self.refused += 1
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return self._raw.execute(sql, parameters)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> object:
        return getattr(self._raw, name)


def test_drafts_alone_can_be_deleted(workspace: ops.Workspace) -> None:
    """A draft goes with its answers; a submitted visit stays, with a sentence."""
    draft, done = begin(workspace), begin(workspace)
    ops.answer(workspace, done, GREETED, said("yes"))
    ops.submit_visit(workspace, done)
    ops.delete_draft(workspace, draft.header.visit_id)
    with pytest.raises(MshopperError, match="never submitted"):
        ops.delete_draft(workspace, done.header.visit_id)
    assert [row.visit_id for row in ops.list_visits(workspace)] == [done.header.visit_id]
    assert ops.count_visits(workspace) == 1


def test_a_visit_is_found_by_the_beginning_of_its_id(workspace: ops.Workspace) -> None:
    """One letter is enough where no other visit begins so; several are named as such, none as none."""
    visit_id = begin(workspace).header.visit_id
    assert ops.find_visit(workspace, visit_id[:1]) == visit_id
    with pytest.raises(MshopperError, match="no visit"):
        ops.find_visit(workspace, "")
    with pytest.raises(MshopperError, match="no visit"):
        ops.find_visit(workspace, "zz")
    ids = {begin(workspace).header.visit_id[0] for _ in range(17)} | {visit_id[0]}
    shared = next(
        first for first in sorted(ids) if sum(row.visit_id[0] == first for row in ops.list_visits(workspace)) > 1
    )
    with pytest.raises(MshopperError, match="several"):
        ops.find_visit(workspace, shared)


def test_a_question_appears_and_keeps_its_answer_while_it_is_away(workspace: ops.Workspace, clock: Clock) -> None:
    """`when` on today(): the change names what appeared; an irrelevant answer comes back as it was."""
    clock.pass_by(days=40)
    opened = begin(workspace)
    assert opened.visit.is_relevant(FESTIVE)
    ops.answer(workspace, opened, FESTIVE, said("no"))
    clock.pass_by(days=-40)
    away = ops.open_visit(workspace, opened.header.visit_id)
    assert not away.visit.is_relevant(FESTIVE)
    assert away.visit.answer(FESTIVE) == said("no")


# Answers, adds tills and attaches photos for ever, and says what is kept once the operation has returned.
WRITER = """
import sys
from pathlib import Path
from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerKey

folder, visit_id, photo = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
with ops.open_workspace(folder) as workspace:
    opened = ops.open_visit(workspace, visit_id)
    taken = ops.take_in(photo)
    number = int(str(opened.visit.answer(AnswerKey("door/who")).value or 0))
    while True:
        number += 1
        ops.answer(workspace, opened, AnswerKey("door/who"), Answer(str(number)))
        ops.attach_photo(workspace, opened, AnswerKey("door/wait"), taken)
        print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_kill_9_loses_no_answer_and_no_photo(folder: Path, camera: Camera) -> None:
    """Killed in the middle, three times: what was said to be kept is there, photos with their answers, journal whole."""
    with ops.open_workspace(folder) as workspace:
        visit_id = begin(workspace).header.visit_id
    kept = 0
    for rounds in (3, 17, 40):
        command = [sys.executable, "-c", WRITER, str(folder), visit_id, str(camera("door.jpg"))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="ascii") as process:
            assert process.stdout is not None
            for _line in range(rounds):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
            last = max([kept, *(int(line) for line in process.stdout.read().splitlines())])
        with ops.open_workspace(folder) as workspace:
            opened = ops.open_visit(workspace, visit_id)
            kept = int(str(opened.visit.answer(WHO).value))
            photos = opened.visit.answer(WAIT).photos
            # The kill may fall between the answer and the photo, or before the line was printed.
            assert kept >= max(last, rounds)
            assert kept - len(photos) in range(len((3, 17, 40)) + 1)
            assert {photo.id for photo in opened.photos} == set(photos)
            assert all(ops.photo_jpeg(workspace, photo_id) for photo_id in photos)
            assert workspace.store.journal.verify() is None
            assert workspace.store.check() == []


def test_a_visit_needs_a_store_and_a_form_that_are_there(workspace: ops.Workspace) -> None:
    """An unknown store or form is a sentence, and no visit is begun."""
    form_hash = ops.find_form(workspace, "visit").hash
    with pytest.raises(MshopperError, match="no store “NOPE”"):
        ops.start_visit(workspace, form_hash=form_hash, store_id="NOPE")
    with pytest.raises(MshopperError, match="import it first"):
        ops.start_visit(workspace, form_hash="0" * 64, store_id="MI-001")
    with pytest.raises(MshopperError, match=r"There are: .*visit"):
        ops.find_form(workspace, "nope")
    assert ops.count_visits(workspace) == 0


def test_a_folder_that_was_copied_while_open_opens_elsewhere(workspace: ops.Workspace, tmp_path: Path) -> None:
    """A copy with its write-ahead log holds all that was answered, and the original goes on."""
    opened = begin(workspace)
    ops.answer(workspace, opened, GREETED, said("yes"))
    copy = Path(shutil.copytree(workspace.folder, tmp_path / "copy"))
    with ops.open_workspace(copy) as other:
        assert ops.open_visit(other, opened.header.visit_id).visit.answer(GREETED) == said("yes")
    ops.answer(workspace, opened, WAIT, said(5))
