"""The pictures of a form's texts: taken in with it from beside its file, by hand and from head office; photos as it says."""

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from mshopper import operations as ops
from mshopper.exchange.workbook import write_workbook
from mshopper.model.answer import AnswerKey
from mshopper.model.record import Store

Laptop = Callable[[str], ops.Workspace]


def form(folder: Path) -> Path:
    """A form with a picture in its media folder, one beside it that is broken, and a photo question."""
    (folder / "shelf-media").mkdir(parents=True)
    Image.new("RGBA", (2000, 1000), (0, 90, 200, 128)).save(folder / "shelf-media" / "Shelf.PNG")
    (folder / "broken.png").write_bytes(b"no picture")
    path = folder / "shelf.xlsx"
    survey = [
        ["type", "name", "label", "image", "parameters"],
        ["note", "a", "A", "shelf.png", ""],
        ["note", "b", "B", "broken.png", ""],
        ["image", "photo", "Photo", "", "max-pixels=400"],
    ]
    write_workbook(path, {"survey": survey})
    return path


def size(jpeg: bytes) -> tuple[int, int]:
    """A JPEG's width and height."""
    return Image.open(io.BytesIO(jpeg)).size


def test_pictures_are_kept_with_the_form(laptop: Laptop, tmp_path: Path) -> None:
    """Bounded, by the form's hash; a broken one is told with its name, and taking the form in again changes nothing."""
    with laptop("a") as workspace:
        taken = ops.import_checked(workspace, form(tmp_path / "forms"))
        assert taken.info is not None
        for _again in range(2):
            assert size(ops.form_picture(workspace, taken.info.hash, "shelf.png")) == (1280, 640)
            assert ops.form_picture(workspace, taken.info.hash, "broken.png") == b""
            ops.import_form(workspace, tmp_path / "forms" / "shelf.xlsx")
        assert [warning.where for warning in ops.form_warnings(workspace, taken.info.hash)] == ["broken.png"]


def test_pictures_come_from_head_office_whenever_they_arrive(laptop: Laptop, tmp_path: Path) -> None:
    """A picture that is put beside a form that was taken already comes with the next sync."""
    office = tmp_path / "office"
    with laptop("a") as workspace:
        ops.sync(workspace, office)
        (office / "forms").mkdir(exist_ok=True)
        path = form(office / "forms")
        late = (office / "forms" / "shelf-media" / "Shelf.PNG").rename(tmp_path / "late.png")
        ops.sync(workspace, office)
        found = ops.find_form(workspace, "shelf")
        assert ops.form_picture(workspace, found.hash, "shelf.png") == b""
        late.rename(path.parent / "shelf-media" / "Shelf.PNG")
        ops.sync(workspace, office)
        assert size(ops.form_picture(workspace, found.hash, "shelf.png")) == (1280, 640)


def test_a_photo_has_at_most_the_pixels_that_its_question_says(
    laptop: Laptop, tmp_path: Path, camera: Callable[..., Path]
) -> None:
    """Recorded by a command or on the screen alike: the longer side is no more than max-pixels."""
    with laptop("a") as workspace:
        path = form(tmp_path / "forms")
        (tmp_path / "answers.json").write_text("{}")
        ops.add_store(workspace, Store("S-1", "Somewhere"))
        opened = ops.record_visit(
            workspace,
            form=str(path),
            store_id="S-1",
            answers=tmp_path / "answers.json",
            photos=[("photo", camera("door.jpg", (1600, 1200)))],
        )
    assert [(photo.key, photo.width, photo.height) for photo in opened.photos] == [
        (AnswerKey("page_1/photo"), 400, 300)
    ]
