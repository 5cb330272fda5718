"""Edited photos: what is shown, what is kept, what is sealed and what is sent; and many files taken in at once."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.model.record import PhotoInfo
from mshopper.photo import Blur, EditedPhoto, Editing, Turn
from mshopper.progress import Cancelled, Progress
from tests.operations.conftest import GREETED, WAIT, WHO, begin, said
from tests.operations.test_submission import recomputed_seal
from tests.operations.test_verifying import wrong

Camera = Callable[..., Path]


def edited(workspace: ops.Workspace, photo: PhotoInfo) -> EditedPhoto:
    """The photo turned by a quarter, with a corner made unrecognisable."""
    return Editing(ops.photo_jpeg(workspace, photo.id)).keep([Blur((0, 0, 30, 20)), Turn(1)])


def rows(workspace: ops.Workspace, table: str) -> int:
    """How many rows a table has."""
    row = workspace.store.row(f"SELECT count(*) FROM {table}")
    assert row is not None
    return int(row[0])


def test_an_edited_photo_is_shown_and_sealed_and_the_original_kept_beside_it(
    workspace: ops.Workspace, camera: Camera, tmp_path: Path
) -> None:
    """The answer shows the edited one with the caption; undo shows the original; after submission the original's bytes are
    kept, no revision shows it, head office doesn't get it, the edit between is gone, and the seal covers both hashes."""
    opened = begin(workspace)
    ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera("face.jpg")))
    (first,) = opened.photos
    ops.caption_photo(workspace, opened, first.id, "The desk")
    change = ops.edit_photo(workspace, opened, GREETED, first.id, edited(workspace, first))
    once = opened.photos[-1]
    assert (once.width, once.height, once.caption) == (first.height, first.width, "The desk")
    assert (once.derived_from, once.source_sha256, once.original_sha256) == (
        first.id,
        first.sha256,
        first.original_sha256,
    )
    ops.apply(workspace, opened, ops.inverse(change))
    assert [photo.id for photo in workspace.record(opened.header.visit_id).photos] == [first.id]
    ops.apply(workspace, opened, change)
    ops.edit_photo(workspace, opened, GREETED, once.id, edited(workspace, once))
    twice = opened.photos[-1]
    assert twice.derived_from == first.id

    ops.answer(workspace, opened, GREETED, replace(opened.visit.answer(GREETED), value="yes"))
    visit_id = ops.submit_visit(workspace, opened).visit_id
    record = workspace.record(visit_id)
    assert [photo.id for photo in record.photos] == [twice.id]
    assert [photo.id for photo in workspace.store.photos.of_visit(visit_id, 1)] == [twice.id]
    assert ops.photo_jpeg(workspace, first.id)
    assert ops.photo_jpeg(workspace, once.id) == b""
    assert recomputed_seal(workspace, record) == record.header.seal
    forged = replace(record, photos=(replace(twice, source_sha256="0" * 64),))
    assert recomputed_seal(workspace, forged) != record.header.seal
    assert wrong(ops.verify_visit(workspace, visit_id)) == set()


def test_an_edited_photo_travels_without_what_it_was_made_from(
    workspace: ops.Workspace, camera: Camera, laptop: Callable[[str], ops.Workspace], tmp_path: Path
) -> None:
    """An exported visit has the edited picture alone, not the camera's file even where that was kept; where it is
    imported it verifies, the hash of the unedited one with it."""
    opened = begin(workspace)
    ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera("face.jpg"), keep_original=True))
    (first,) = opened.photos
    ops.edit_photo(workspace, opened, GREETED, first.id, edited(workspace, first))
    ops.answer(workspace, opened, GREETED, replace(opened.visit.answer(GREETED), value="yes"))
    visit_id = ops.submit_visit(workspace, opened).visit_id
    file = ops.export_visit(workspace, visit_id, tmp_path)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    assert [name for name in names if name.startswith(("photos/", "originals/"))] == [
        f"photos/{opened.photos[-1].sha256}"
    ]
    with laptop("other") as other:
        ops.import_exported(other, file)
        assert other.record(visit_id).photos == workspace.record(visit_id).photos
        assert wrong(ops.verify_visit(other, visit_id)) == set()


def test_a_correction_can_go_back_to_the_original(workspace: ops.Workspace, camera: Camera) -> None:
    """In the next revision the original is shown again; the submitted one still shows the edited photo. A photo that was
    edited and removed takes its original with it."""
    opened = begin(workspace)
    ops.attach_photos(workspace, opened, WHO, [ops.take_in(camera("a.jpg")), ops.take_in(camera("b.jpg"))])
    a, b = opened.photos
    for photo in (a, b):
        ops.edit_photo(workspace, opened, WHO, photo.id, edited(workspace, photo))
    a_edited, b_edited = opened.photos[2:]
    ops.remove_photo(workspace, opened, WHO, b_edited.id)
    ops.answer(workspace, opened, GREETED, said("yes"))
    visit_id = ops.submit_visit(workspace, opened).visit_id
    assert rows(workspace, "photos") == rows(workspace, "photo_bytes") == 2
    ops.correct_visit(workspace, visit_id, reason="The face is the author's own")
    opened = ops.open_visit(workspace, visit_id)
    ops.caption_photo(workspace, opened, a_edited.id, "The author")
    ops.show_original(workspace, opened, WHO, a_edited.id)
    assert opened.visit.answer(WHO).photos == (a.id,)
    ops.submit_visit(workspace, opened)
    assert wrong(ops.verify_visit(workspace, visit_id)) == set()
    assert workspace.record(visit_id).photos[0].caption == "The author"
    assert [photo.id for photo in workspace.record(visit_id, 1).photos] == [a_edited.id]
    assert [photo.id for photo in workspace.record(visit_id, 2).photos] == [a.id]


def test_a_photo_moves_to_another_question_with_its_caption(workspace: ops.Workspace, camera: Camera) -> None:
    """Both answers change in one step, which undo takes back whole."""
    opened = begin(workspace)
    ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera("a.jpg")))
    (photo,) = opened.photos
    ops.caption_photo(workspace, opened, photo.id, "Queue")
    change = ops.apply(workspace, opened, ops.moving(opened, GREETED, photo.id, WAIT))
    again = ops.open_visit(workspace, opened.header.visit_id)
    assert (again.visit.answer(GREETED).photos, again.visit.answer(WAIT).photos) == ((), (photo.id,))
    assert again.photos == (replace(photo, key=WAIT, caption="Queue"),)
    ops.apply(workspace, opened, ops.inverse(change))
    assert ops.open_visit(workspace, opened.header.visit_id).photos[0].key == GREETED


def test_many_files_come_in_their_order_and_a_broken_one_stops_no_other(
    workspace: ops.Workspace, camera: Camera, tmp_path: Path
) -> None:
    """Bytes are written ahead by a worker's writer; those that no photo came to have go with the next files."""
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff broken")
    files = [camera(f"{n}.jpg") for n in range(4)]
    files.insert(2, broken)
    arrived: list[object] = []
    ops.take_in_all(files, lambda _n, taken: arrived.append(taken), Progress(), writer=workspace.writer)
    assert [isinstance(one, MshopperError) for one in arrived] == [False, False, True, False, False]
    assert "broken.jpg" in str(arrived[2])
    assert rows(workspace, "photo_bytes") == rows(workspace, "photo_thumbnails") == 4
    opened = begin(workspace)
    ops.attach_photos(workspace, opened, WHO, [arrived[0], arrived[1]])  # type: ignore[list-item]
    ops.take_in_all([], lambda _n, _taken: None, Progress(), writer=workspace.writer)
    assert rows(workspace, "photo_bytes") == rows(workspace, "photo_thumbnails") == 2
    assert all(ops.photo_jpeg(workspace, photo.id) for photo in opened.photos)


def test_taking_in_stops_between_two_files(camera: Camera) -> None:
    """What came before stays."""
    arrived: list[int] = []
    with pytest.raises(Cancelled):
        ops.take_in_all(
            [camera(f"{n}.jpg") for n in range(6)],
            lambda n, _taken: arrived.append(n),
            Progress(is_cancelled=lambda: len(arrived) == 2),
        )
    assert arrived == [0, 1]


def test_a_picture_that_is_no_file_is_named_where_it_is_refused() -> None:
    """The clipboard's bytes go the way that files go."""
    with pytest.raises(MshopperError, match="Clipboard"):
        ops.take_in(ops.GivenPhoto("Clipboard.png", lambda: b"nothing"))
