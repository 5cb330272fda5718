"""The laptop's camera, where the extra `camera` (QtMultimedia) is installed: what it sees, and a button that takes it.

QtMultimedia is imported when the panel is opened. No sound is ever made or recorded.
"""

import importlib
import importlib.util
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from mshopper.i18n import _
from mshopper.ui.icons import Icons
from mshopper.ui.layouts import button, column, label
from mshopper.ui.overlay import Overlay
from mshopper.ui.theme import scaled

WIDTH = 760


def is_installed() -> bool:
    """Whether the extra is installed; whether there is a camera shows when it is opened."""
    return importlib.util.find_spec("PySide6.QtMultimedia") is not None


class Camera(QObject):
    """The first camera. `seen(QImage)` while it runs, `taken(QImage)` after `take()`, `failed(sentence)`."""

    seen = Signal(object)
    taken = Signal(object)
    failed = Signal(str)

    def start(self) -> None:
        """Begin to look."""

    def stop(self) -> None:
        """Let the camera go."""

    def take(self) -> None:
        """Take one photo."""


class LaptopCamera(Camera):
    """A camera by QtMultimedia."""

    def __init__(self) -> None:
        super().__init__()
        self._media: Any = importlib.import_module("PySide6.QtMultimedia")
        self._session: Any = None
        self._camera: Any = None
        self._capture: Any = None
        self._sink: Any = None

    def start(self) -> None:
        media, device = self._media, self._media.QMediaDevices.defaultVideoInput()
        if device.isNull():
            self.failed.emit(_("No camera was found: connect one, or take the photo with the phone."))
            return
        self._camera, self._capture, self._sink = media.QCamera(device), media.QImageCapture(), media.QVideoSink()
        self._session = media.QMediaCaptureSession()
        self._session.setCamera(self._camera)
        self._session.setImageCapture(self._capture)
        self._session.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(lambda frame: self.seen.emit(frame.toImage()))
        self._capture.imageCaptured.connect(lambda _id, image: self.taken.emit(image))
        broken = _("The camera can't be used: close other programs that use it, and try again.")
        self._camera.errorOccurred.connect(lambda *_error: self.failed.emit(broken))
        self._capture.errorOccurred.connect(lambda *_error: self.failed.emit(broken))
        self._camera.start()

    def stop(self) -> None:
        if self._camera is not None:
            self._camera.stop()

    def take(self) -> None:
        if self._capture is not None:
            self._capture.capture()


class CameraPanel(Overlay):
    """What the camera sees. `taken(QImage)` at each photo; it stays open for the next until Escape."""

    taken = Signal(object)

    def __init__(self, window: QWidget, camera: Camera, icons: Icons) -> None:
        super().__init__(window, _("Camera"), scaled(WIDTH))
        self._camera = camera
        camera.setParent(self)
        self._count = 0
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setMinimumHeight(360)
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.picture.setAccessibleName(_("What the camera sees"))
        self.said = label("", "muted", wrap=True)
        self.shoot = button(_("Take the photo"), self._shoot, "primary", icons.beside("camera", "on_accent"))
        close = button(_("Close"), self.dismiss)
        layout = column(self, margin=12, gap=8)
        layout.addWidget(self.picture, 1)
        row = QHBoxLayout()
        row.addWidget(self.said, 1)
        row.addWidget(self.shoot)
        row.addWidget(close)
        layout.addLayout(row)
        camera.seen.connect(self._show)
        camera.taken.connect(self._take)
        camera.failed.connect(self._fail)

    def begin(self) -> None:
        """Show what the camera sees."""
        self.open(self.shoot)
        self._camera.start()

    def dismiss(self) -> None:
        self._camera.stop()
        super().dismiss()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._shoot()
        else:
            super().keyPressEvent(event)

    def _shoot(self) -> None:
        if self.shoot.isEnabled():
            self._camera.take()

    def _show(self, image: QImage) -> None:
        fit, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
        self.picture.setPixmap(QPixmap.fromImage(image.scaled(self.picture.size(), fit, smooth)))

    def _take(self, image: QImage) -> None:
        self._count += 1
        self.said.setText(_("Photos taken: {n}").format(n=self._count))
        self.taken.emit(image)

    def _fail(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.shoot.setEnabled(False)
