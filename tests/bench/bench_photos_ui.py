"""Fifty photos of 12 megapixels dropped at once on a question, in a real window: how long the event loop ever waits.

A timer of 5 ms runs beside the intake; the longest time between two of its beats, less those 5 ms, is how long a key or a
click would have waited. The intake's wall time, each photo durable, is held against decoding and encoding the same files
one after the other, without window or store, in this same run. No two of the pictures are the same.
"""

import gc
import io
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from mshopper import app as desktop
from mshopper import operations as ops
from mshopper.model.answer import AnswerKey
from mshopper.model.record import Store
from mshopper.photo import take_photo
from mshopper.ui.filling.visit_page import VisitPage
from tests.bench.bench_photo import photo

PHOTOS, BEAT_MS, GAP_MS, WALL_LIMIT = 50, 5, 50.0, 1.5
WAIT_SECONDS, REST_SECONDS = 60, 2.0
"""At rest the window shows what other programs on this machine cost."""
FORM = """\
mshopper: 1
id: photos
version: "1"
title: Photos
languages: [en]
sections: [{id: all, title: All, questions: [{id: pic, type: photo, label: Pictures}, {id: note, type: text, label: Note}]}]
"""
KEY = AnswerKey("all/pic")


class Beats:
    """A timer whose lateness is measured."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to measure."""
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.late.append((now - self._last) * 1000 - BEAT_MS)
        self._last = now


def run() -> list[tuple[str, float, float | None]]:
    """(what, milliseconds or ratio, limit)"""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    # In the working folder rather than in the temporary one, which may be memory and never waits for a disk.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-photos-") as place:
        files = _files(Path(place))
        begun = time.perf_counter()
        for file in files:
            take_photo(file)
        alone = time.perf_counter() - begun
        idle, beats, wall = _dropped(app, Path(place), files)
    late = sorted(beats.late)
    words = f"{PHOTOS} photos of 12 MP dropped at once"
    return [
        (f"{words}: longest wait of the event loop, ms", late[-1], GAP_MS),
        (f"{words}: wait at the 99th percentile, ms", late[int(len(late) * 0.99)], None),
        ("the same window at rest: longest wait of the event loop, ms", max(idle.late), None),
        (f"{words}: {wall:.1f} s / without a window, one by one ({alone:.1f} s)", wall / alone, WALL_LIMIT),
    ]


def _files(place: Path) -> list[Path]:
    picture = Image.open(io.BytesIO(photo(4032, 3024, 6)))
    exif = picture.getexif()
    paths = [place / f"IMG_{n:04}.jpg" for n in range(PHOTOS)]
    for n, path in enumerate(paths):
        picture.paste((5 * n, 90, 200), (40 * n, 0, 40 * n + 600, 900))
        picture.save(path, "JPEG", quality=92, exif=exif)
    return paths


def _dropped(app: QApplication, place: Path, files: list[Path]) -> tuple[Beats, Beats, float]:
    with ops.open_workspace(place / "data", anywhere=True) as workspace:
        ops.change_settings(workspace, language="en", theme="light", auditor="Anna", auditor_id="12")
        ops.add_store(workspace, Store("MI01", "Milano Duomo"))
        form = place / "form.yaml"
        form.write_text(FORM, encoding="utf-8")
        info = ops.import_form(workspace, form)
        window, desk = desktop.build(app, workspace)
        window.resize(1366, 768)
        window.show()
        window.begin()
        window.start_visit(info.hash, "MI01")
        page = window.screen_shown
        assert isinstance(page, VisitPage)
        page.show_section("all")
        _until(app, lambda: not desk.background.is_busy, least=0.5)
        gc.collect()
        gc.freeze()  # as the app does once its window is there
        idle, beats = Beats(), Beats()
        idle.start()
        _until(app, lambda: True, least=REST_SECONDS)
        idle.stop()
        beats.start()
        begun = time.perf_counter()
        _drop(page, files)
        _until(app, lambda: len(page.session.visit.answer(KEY).photos) == PHOTOS, least=0.0)
        wall = time.perf_counter() - begun
        _until(app, lambda: not desk.background.is_busy, least=0.5)
        beats.stop()
        gc.unfreeze()
        window.go_to_place("visits")
        desk.stop_work()
        window.close()
    return idle, beats, wall


def _drop(page: VisitPage, files: list[Path]) -> None:
    card = page.pages["all"].cards[KEY]
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    at = card.rect().center()
    QApplication.sendEvent(card, QDragEnterEvent(at, copy, mime, left, none))
    QApplication.sendEvent(card, QDropEvent(QPointF(at), copy, mime, left, none))


def _until(app: QApplication, done: object, *, least: float) -> None:
    """Let the app run until `done()`, for `least` seconds at least."""
    assert callable(done)
    begun = time.monotonic()
    while time.monotonic() - begun < least or not done():
        if time.monotonic() - begun > WAIT_SECONDS:
            raise AssertionError("the photos don't come")
        app.processEvents()
        time.sleep(0.0005)
