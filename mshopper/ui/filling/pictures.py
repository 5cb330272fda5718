"""The pictures that a form shows with its texts: scaled to fit, never enlarged, named by the text they stand with."""

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QLabel

ON_CARD = QSize(560, 320)
ON_BUTTON = QSize(160, 120)
"""The most that a picture takes on a question's card, and on the button of a choice."""

IN_LIST = QSize(48, 48)
"""The most that a picture takes on a line of a list."""

ROOM = 8
"""Around a picture on a button."""


def fitted_pixmap(jpeg: bytes, most: QSize, scale: float) -> QPixmap | None:
    """The picture, at most of that size on a screen of `scale` pixels a point; None where the bytes are no picture."""
    pixmap = QPixmap()
    if not jpeg or not pixmap.loadFromData(jpeg):
        return None
    if pixmap.width() > most.width() * scale or pixmap.height() > most.height() * scale:
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        pixmap = pixmap.scaled(most * scale, keep, smooth)
        pixmap.setDevicePixelRatio(scale)
    return pixmap


def button_pixmap(jpeg: bytes, scale: float) -> QPixmap | None:
    """The picture for a choice's button, with room around it: a button gives an icon none."""
    inner = fitted_pixmap(jpeg, ON_BUTTON, scale)
    if inner is None:
        return None
    size = inner.deviceIndependentSize()
    outer = QPixmap(QSizeF(size.width() + ROOM, size.height() + 2 * ROOM).toSize() * scale)
    outer.setDevicePixelRatio(scale)
    outer.fill(Qt.GlobalColor.transparent)
    painter = QPainter(outer)
    painter.drawPixmap(QRectF(QPointF(0, ROOM), size), inner, QRectF(inner.rect()))
    painter.end()
    return outer


def line_icon(jpeg: bytes, scale: float) -> QIcon | None:
    """The picture for a line of a list."""
    pixmap = fitted_pixmap(jpeg, IN_LIST, scale)
    return None if pixmap is None else QIcon(pixmap)


class Picture(QLabel):
    """A picture on a card."""

    def __init__(self, jpeg: bytes) -> None:
        super().__init__()
        self.setAlignment(Qt.AlignmentFlag.AlignLeft)
        pixmap = fitted_pixmap(jpeg, ON_CARD, self.devicePixelRatioF())
        if pixmap is not None:
            self.setPixmap(pixmap)
        self.setVisible(pixmap is not None)
