"""Thumbnails of photos as pixmaps: decoded by a worker as they come into view, at most so many kept."""

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from mshopper.progress import Progress
from mshopper.ui.background import Background

KEPT = 300
"""About 20 MB of pixels at most, at the usual density of a screen."""
AT_A_GO = 12
"""So many are read from the store before other events have their turn."""


class Thumbnails(QObject):
    """The thumbnails of a visit by photo id, within `size` device pixels at the screen's `scale`.

    `ready(photo_id)` follows when one that was asked for has come.
    """

    ready = Signal(str)

    def __init__(
        self, background: Callable[[], Background], read: Callable[[str], bytes], size: QSize, scale: float
    ) -> None:
        super().__init__()
        self._background, self._read, self._size, self._scale = background, read, size, scale
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._wanted: list[str] = []
        self._under_way: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._ask)

    def get(self, photo_id: str) -> QPixmap | None:
        """The thumbnail within the size; a null one where there is none to show, None while it is being decoded."""
        if photo_id in self._kept:
            self._kept.move_to_end(photo_id)
            return self._kept[photo_id]
        if photo_id not in self._under_way:
            self._under_way.add(photo_id)
            self._wanted.append(photo_id)
            self._timer.start()
        return None

    def _ask(self) -> None:
        asked = [(photo_id, self._read(photo_id)) for photo_id in self._wanted[:AT_A_GO]]
        del self._wanted[:AT_A_GO]
        size = self._size

        def work(progress: Progress) -> list[tuple[str, QImage]]:
            found = []
            for photo_id, data in asked:
                progress.advance()
                image = QImage.fromData(data)
                if not image.isNull():
                    image = image.scaled(
                        size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                    )
                found.append((photo_id, image))
            return found

        self._background().run(work, self._keep)
        if self._wanted:
            self._timer.start()

    def _keep(self, found: list[tuple[str, QImage]]) -> None:
        for photo_id, image in found:
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(self._scale)
            self._kept[photo_id] = pixmap
            self._under_way.discard(photo_id)
            self.ready.emit(photo_id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
