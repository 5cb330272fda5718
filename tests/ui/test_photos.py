"""Photos while filling in: every way in, the strip, the large view with its edits, moving, and what goes wrong."""

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mshopper import operations as ops
from mshopper import paths
from mshopper.errors import MshopperError
from mshopper.model.answer import AnswerKey
from mshopper.ui.filling.photo_strip import PhotoStrip
from mshopper.ui.filling.visit_page import VisitPage
from mshopper.ui.photos.camera import Camera, CameraPanel
from mshopper.ui.photos.given import OWN
from mshopper.ui.photos.picker import QuestionPicker
from mshopper.ui.photos.viewer import BLUR_ROUND, PhotoViewer
from tests.shared_files import shared_file

from .conftest import WAIT, Person
from .test_filling import card, every_type, photo

PIC, YN = AnswerKey("all/pic"), AnswerKey("all/yn")
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SAMPLES = sorted((paths.resources_folder()).rglob("photos/*.jpg"))


def drop(target: QWidget, mime: QMimeData) -> None:
    """Drag something onto a widget and let it go there."""
    at, copy = target.rect().center(), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(at, copy, mime, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(at), copy, mime, left, none))


def files(*paths: Path) -> QMimeData:
    """Files as a file manager hands them over."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def come(person: Person, key: AnswerKey, count: int) -> tuple[str, ...]:
    """Wait until a question has so many photos; their ids."""
    session = person.visit.session
    idle = lambda: len(session.visit.answer(key).photos) == count and not person.desk.background.is_busy  # noqa: E731
    person.qtbot.waitUntil(idle, timeout=WAIT)
    return session.visit.answer(key).photos


def with_photos(person: Person, tmp_path: Path, count: int = 3) -> tuple[VisitPage, PhotoStrip, tuple[str, ...]]:
    """A visit whose picture question has some of the sample photos, the strip having the focus."""
    page = every_type(person, tmp_path)
    page.add_photos(PIC, SAMPLES[:count])
    ids = come(person, PIC, count)
    page.go_to(PIC)
    strip = card(page, "pic").photos
    strip.list.setFocus()
    return page, strip, ids


def viewer(person: Person) -> PhotoViewer:
    """The large view, its picture there."""
    found = [each for each in person.window.findChildren(PhotoViewer) if each.isVisible()]
    person.qtbot.waitUntil(lambda: not person.desk.background.is_busy, timeout=WAIT)
    return found[0]


def pixels(person: Person, photo_id: str) -> Image.Image:
    """A photo as the data folder has it."""
    return Image.open(io.BytesIO(ops.photo_jpeg(person.workspace, photo_id)))


def detail(picture: Image.Image) -> float:
    """How much a picture has that a little blur takes away."""
    smooth = picture.filter(ImageFilter.GaussianBlur(8))
    return sum(ImageStat.Stat(ImageChops.difference(picture, smooth)).mean)


def drag(target: QWidget, start: QPointF, end: QPointF) -> None:
    """Draw with the mouse."""
    for kind, at in (
        (QEvent.Type.MouseButtonPress, start),
        (QEvent.Type.MouseMove, end),
        (QEvent.Type.MouseButtonRelease, end),
    ):
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(target, QMouseEvent(kind, at, at, left, left, none))


def test_what_is_dropped_on_a_question_goes_in_as_one_step(person: Person, tmp_path: Path) -> None:
    """Several files at once; the broken one is named beside them; a picture without a file too; one undo takes them all."""
    page = every_type(person, tmp_path)
    broken = tmp_path / "torn.jpg"
    broken.write_bytes(shared_file("corpus/photos/broken.png").read_bytes())
    drop(card(page, "pic"), files(*SAMPLES[:5], broken))
    come(person, PIC, 5)
    strip = card(page, "pic").photos
    assert "torn.jpg" in strip.refused.text()
    assert page.session.undo.undoText() == "5 photos: Picture"
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    mime = QMimeData()
    mime.setImageData(image)
    drop(card(page, "pic"), mime)
    come(person, PIC, 6)
    assert not strip.refused.isVisible()
    page.session.undo.undo()
    page.session.undo.undo()
    assert come(person, PIC, 0) == ()
    text = QMimeData()
    text.setText("no photo")
    drop(card(page, "pic"), text)
    assert not person.desk.background.is_busy


def test_pasting_puts_files_or_a_picture_on_the_question_with_the_focus(person: Person, tmp_path: Path) -> None:
    """By Ctrl+V while a card has the focus; text in the clipboard is no photo, and is said so."""
    page = every_type(person, tmp_path)
    clipboard = QApplication.clipboard()
    page.go_to(YN)
    clipboard.setText("words")
    person.keys("paste_photos")
    assert "no picture" in person.desk.messages.sentence
    clipboard.setMimeData(files(SAMPLES[0], SAMPLES[1]))
    person.keys("paste_photos")
    come(person, YN, 2)
    clipboard.setImage(QImage(str(SAMPLES[2])))
    person.keys("paste_photos")
    come(person, YN, 3)
    assert page.session.open_visit.photos[-1].original_name == "Pasted picture.png"


def test_the_strip_is_used_by_keys_alone(person: Person, tmp_path: Path) -> None:
    """Choose, arrange, caption, move to another question, remove: each a step of undo with its name."""
    page, strip, (a, b, c) = with_photos(person, tmp_path)
    session = page.session
    person.press(Qt.Key.Key_Home)
    person.press(Qt.Key.Key_Right, CTRL | SHIFT)
    assert session.visit.answer(PIC).photos == (b, a, c)
    assert strip.current == a
    person.press(Qt.Key.Key_F2)
    person.press("Queue\t")
    strip.list.setFocus()
    person.press("m")
    picker = person.window.findChild(QuestionPicker)
    assert isinstance(picker, QuestionPicker)
    person.press("yes or\n")
    assert (session.visit.answer(PIC).photos, session.visit.answer(YN).photos) == ((b, c), (a,))
    page.go_to(PIC)
    strip.list.setFocus()
    person.press(Qt.Key.Key_Delete)
    assert session.visit.answer(PIC).photos == (b,)
    names = [session.undo.text(n) for n in range(1, session.undo.count())]
    assert names == [
        "Order of the photos: Picture",
        "Caption: Picture",
        "Photo moved: Yes or no",
        "Photo removed: Picture",
    ]
    for _step in names:
        person.keys("undo")
    assert session.visit.answer(PIC).photos == (a, b, c)
    assert [photo.caption for photo in session.photos(PIC)] == ["", "", ""]
    assert strip.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "Photo 1 of 3"


def test_photos_are_dragged_to_a_place_and_to_another_question(person: Person, tmp_path: Path) -> None:
    """Within the strip to where another one is; onto another card at its end."""
    page, strip, (a, b, c) = with_photos(person, tmp_path)
    person.qtbot.waitUntil(lambda: strip.list.visualRect(strip.model.index(0)).width() > 0, timeout=WAIT)
    mime = strip.model.mimeData([strip.model.index(2)])
    at = strip.list.visualRect(strip.model.index(0)).center()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    strip.list.dropEvent(QDropEvent(QPointF(at), Qt.DropAction.MoveAction, mime, left, none))
    assert page.session.visit.answer(PIC).photos == (c, a, b)
    assert mime.hasFormat(OWN)
    drop(card(page, "yn"), mime)
    assert page.session.visit.answer(YN).photos == (c,)


def test_a_face_is_hidden_for_good_and_the_original_stays(person: Person, tmp_path: Path) -> None:
    """Enter shows the photo large; the mouse hides an ellipse, keys crop and turn; Ctrl+Z takes the turn back; Escape
    keeps it as a picture of its own, of whose ellipse only a blur is left; undo and "original" show what was there."""
    page, strip, ids = with_photos(person, tmp_path)
    strip.choose(ids[1])
    person.press("\n")
    large = viewer(person)
    before = pixels(person, ids[1])
    canvas, (width, height) = large.canvas, before.size
    large.choose_tool(BLUR_ROUND)
    hidden = (width * 0.3, height * 0.3, width * 0.6, height * 0.7)
    drag(canvas, canvas.to_screen(QPointF(*hidden[:2])), canvas.to_screen(QPointF(*hidden[2:])))
    large.choose_tool("")
    person.press("r")
    person.press(Qt.Key.Key_Z, CTRL)
    person.press("t")
    person.press("Wrong price\n")
    assert len(large.edits) == 2
    person.press(Qt.Key.Key_Escape)
    assert not large.isVisible()
    shown = page.session.visit.answer(PIC).photos
    assert (shown[0], shown[2]) == (ids[0], ids[2])
    assert page.session.undo.undoText() == "Photo edited: Picture"
    core = tuple(round(each) for each in (width * 0.38, height * 0.4, width * 0.44, height * 0.46))
    after = pixels(person, shown[1])
    assert after.size == before.size
    assert detail(after.crop(core)) < detail(before.crop(core)) / 4
    corner = (0, 0, round(width * 0.2), round(height * 0.2))
    assert ImageStat.Stat(after.crop(corner)).mean == pytest.approx(ImageStat.Stat(before.crop(corner)).mean, abs=2)
    assert pixels(person, ids[1]).tobytes() == before.tobytes()
    page.session.undo.undo()
    assert page.session.visit.answer(PIC).photos == ids
    page.session.undo.redo()
    strip.list.setFocus()
    person.press("\n")
    large = viewer(person)
    QTest.mouseClick(large.original, Qt.MouseButton.LeftButton)
    assert viewer(person).photo_id == ids[1]
    person.press(Qt.Key.Key_Escape)
    assert page.session.visit.answer(PIC).photos == ids


def test_the_large_view_by_keys(person: Person, tmp_path: Path) -> None:
    """Right and left go through the photos and keep what was edited; a crop by keys; zoom; Tab stays within; the caption."""
    page, strip, ids = with_photos(person, tmp_path)
    strip.choose(ids[0])
    person.press("\n")
    large = viewer(person)
    size = large.canvas.picture_size
    person.press("c")
    for _step in range(3):
        person.press(Qt.Key.Key_Right, SHIFT)
    person.press(Qt.Key.Key_Left)
    person.press("\n")
    assert large.canvas.picture_size.width() < size.width() / 2
    person.press(Qt.Key.Key_Right)
    assert viewer(person).photo_id == ids[1]
    assert page.session.photos(PIC)[0].derived_from == ids[0]
    fitting = large.canvas.scale
    person.press("+")
    person.press("+")
    assert large.canvas.scale > fitting * 1.5
    person.press("0")
    assert large.canvas.scale == fitting
    seen = set()
    for _step in range(25):
        person.press(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert large.isAncestorOf(focus)
        assert focus.accessibleName() or getattr(focus, "text", str)()
        seen.add(focus)
    assert large.caption in seen
    large.caption.setFocus()
    person.press("The till")
    large.canvas.setFocus()
    assert page.session.photos(PIC)[1].caption == "The till"
    person.press(Qt.Key.Key_Left)
    assert viewer(person).photo_id == page.session.visit.answer(PIC).photos[0]
    person.press(Qt.Key.Key_Escape)


def test_a_watched_folder_offers_what_is_new_once(person: Person, tmp_path: Path) -> None:
    """What was there before is not new, nor is half a file; what comes is offered for the question with the focus, never a
    second time, not under another name either; a folder that goes away is no error."""
    folder = tmp_path / "DCIM"
    (folder / "100APPLE").mkdir(parents=True)
    old = Path(shutil.copy(SAMPLES[0], folder))
    os.utime(old, (1e9, 1e9))
    ops.change_settings(person.workspace, photo_folder=str(folder))
    page = every_type(person, tmp_path)
    page.go_to(YN)
    watch, bar = page.photos.watch, page.photos.bar

    def look(times: int = 3) -> None:
        for _time in range(times):
            person.qtbot.waitUntil(lambda: not watch._is_looking, timeout=WAIT)
            watch.look()
            person.qtbot.waitUntil(lambda: not watch._is_looking, timeout=WAIT)

    person.qtbot.waitUntil(lambda: watch.folder == folder, timeout=WAIT)
    watch._timer.stop()
    look()
    assert not bar.widget.isVisible()
    whole = SAMPLES[1].read_bytes()
    new = folder / "100APPLE" / "IMG_1.JPG"
    new.write_bytes(whole[: len(whole) // 2])
    look(1)
    new.write_bytes(whole)
    look(1)
    assert watch.waiting == []
    look(1)
    shutil.copy(SAMPLES[2], folder / "b.jpg")
    look()
    assert bar.words.text() == "2 new photos in DCIM"
    assert bar.take.text() == "Put them on “Yes or no”"
    person.keys("take_new_photos")
    come(person, YN, 2)
    assert not bar.widget.isVisible()
    shutil.copy(SAMPLES[1], folder / "again.jpg")
    shutil.copy(SAMPLES[3], folder / "c.jpg")
    look()
    assert [found.path.name for found in watch.waiting] == ["c.jpg"]
    QTest.mouseClick(bar.pass_over, Qt.MouseButton.LeftButton)
    again = ops.WatchedFolder(folder, ("jpg",), 0)
    found = [*again.look(), *again.look()]
    assert [each.path.name for each in found if ops.is_photo_new(person.workspace, each.sha256)] == [old.name]
    shutil.rmtree(folder)
    look()
    assert person.desk.messages.sentence == ""


class StandIn(Camera):
    """A camera that always sees the same."""

    def __init__(self) -> None:
        super().__init__()
        self.running = False

    def start(self) -> None:
        self.running = True
        self.seen.emit(QImage(str(SAMPLES[0])))

    def stop(self) -> None:
        self.running = False

    def take(self) -> None:
        self.taken.emit(QImage(str(SAMPLES[0])))


def test_the_laptops_camera_takes_photos_until_it_is_closed(person: Person, tmp_path: Path) -> None:
    """Enter takes one after the other; Escape lets the camera go; one that fails says so and takes nothing."""
    page = every_type(person, tmp_path)
    page.go_to(PIC)
    camera = StandIn()
    page.photos.make_camera = lambda: camera
    page.photos.open_camera()
    panel = person.window.findChild(CameraPanel)
    assert isinstance(panel, CameraPanel)
    assert not panel.picture.pixmap().isNull()
    person.press("\n\n")
    come(person, PIC, 2)
    camera.failed.emit("The camera is gone.")
    person.press("\n")
    assert (panel.said.text(), panel.shoot.isEnabled()) == ("The camera is gone.", False)
    panel.setFocus()
    person.press(Qt.Key.Key_Escape)
    assert not camera.running
    assert page.session.open_visit.photos[0].original_name == "Camera.png"


def test_a_full_disk_loses_no_photo(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be kept is said at once and offered again, and then all are there, each once."""
    page = every_type(person, tmp_path)
    real: Callable[..., object] = person.workspace.store.photos.add
    left = [4]

    def add(*given: object, **named: object) -> object:
        if left[0] == 0:
            raise MshopperError("The disk is full.")
        left[0] -= 1
        return real(*given, **named)

    monkeypatch.setattr(person.workspace.store.photos, "add", add)
    page.add_photos(PIC, SAMPLES[:7])
    person.qtbot.waitUntil(lambda: "disk is full" in person.desk.messages.sentence, timeout=WAIT)
    person.qtbot.waitUntil(lambda: not person.desk.background.is_busy, timeout=WAIT)
    kept = len(page.session.visit.answer(PIC).photos)
    assert kept < 7
    left[0] = 100
    person.desk.messages._act()
    come(person, PIC, 7)
    names = [each.original_name for each in page.session.photos(PIC)]
    assert names == [path.name for path in SAMPLES[:7]]


def test_cancel_keeps_what_came_and_says_so(person: Person, tmp_path: Path) -> None:
    """The rest isn't taken; submitting waits for photos that still come."""
    page = every_type(person, tmp_path)
    page.add_photos(PIC, SAMPLES)
    page.submit("")
    assert "still being taken in" in person.desk.messages.sentence
    person.qtbot.waitUntil(lambda: len(page.session.visit.answer(PIC).photos) >= 3, timeout=WAIT)
    page.strip._stop()
    person.qtbot.waitUntil(lambda: not person.desk.background.is_busy, timeout=WAIT)
    person.settle()
    kept = len(page.session.visit.answer(PIC).photos)
    assert 3 <= kept < len(SAMPLES)
    assert person.desk.messages.sentence == f"{kept} of {len(SAMPLES)} photos were taken in."


def test_a_trial_edits_and_moves_in_memory(person: Person, tmp_path: Path) -> None:
    """Nothing of it reaches the data folder."""
    every_type(person, tmp_path)
    info = ops.find_form(person.workspace, "every_type")
    person.window.try_out(ops.load_form(person.workspace, info.hash))
    page = person.visit
    assert page.is_trial
    page.add_photos(PIC, [photo(tmp_path / "a.jpg")])
    (first,) = come(person, PIC, 1)
    page.photos.view(PIC, first)
    large = viewer(person)
    person.press("r")
    person.press(Qt.Key.Key_Escape)
    (edited,) = page.session.visit.answer(PIC).photos
    assert edited != first
    page.session.show_original(edited)
    page.session.move_photo(first, YN)
    assert page.session.visit.answer(YN).photos == (first,)
    assert not large.isVisible()
    row = person.workspace.store.row("SELECT count(*) FROM photo_bytes")
    assert row == (0,)
