"""A picture that fills its place: zoom, pan, and a box or an arrow drawn on it by pointer or keys.

It knows pixels and nothing of photos; `viewer` says what a box is for.
"""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mshopper.ui.theme import Theme

STEP, MOST = 1.25, 8.0
BOX, ARROW, POINT, NOTHING = "box", "arrow", "point", ""
"""What can be drawn."""
ELLIPSE = "ellipse"

_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class Canvas(QWidget):
    """Shows one picture. `drawn()` follows when the pointer has drawn; the two points are `start` and `end`, in its pixels."""

    drawn = Signal()
    zoomed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pixmap = QPixmap()
        self._zoom: float | None = None
        self._centre = QPointF()
        self._held: QPointF | None = None
        self._panned_from = QPointF()
        self.shape = NOTHING
        self.start, self.end = QPointF(), QPointF()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 160)

    # What it shows

    def show_image(self, image: QImage) -> None:
        """Show this picture, whole where it is of another size than the one before."""
        if image.size() != self._pixmap.size():
            self._zoom = None
        self._pixmap = QPixmap.fromImage(image)
        self.update()
        self.zoomed.emit()

    @property
    def picture_size(self) -> QSizeF:
        """The size of the picture in its own pixels."""
        return QSizeF(self._pixmap.size())

    @property
    def scale(self) -> float:
        """Screen pixels per pixel of the picture."""
        return self._fitting() if self._zoom is None else self._zoom

    def _fitting(self) -> float:
        size = self._pixmap.size()
        if size.isEmpty():
            return 1.0
        return min(self.width() / size.width(), self.height() / size.height(), 1.0)

    def zoom(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom by a factor; the point of the picture below `around` stays where it is."""
        around = around if around is not None else QPointF(self.rect().center())
        fixed, least = self.to_picture(around), self._fitting()
        wanted = min(max(self.scale * factor, least), MOST)
        self._centre = self._visible_centre()
        self._zoom = None if wanted <= least * 1.001 else wanted
        if self._zoom is not None:
            self._centre = fixed - (around - QPointF(self.rect().center())) / self._zoom
            self._hold_in()
        self.update()
        self.zoomed.emit()

    def fit(self) -> None:
        """Show the whole picture."""
        self._zoom = None
        self.update()
        self.zoomed.emit()

    def zoom_to_pixels(self) -> None:
        """Show the picture pixel by pixel."""
        self.zoom(1.0 / self.scale)

    def pan(self, by: QPointF) -> None:
        """Move what is seen by so many screen pixels."""
        if self._zoom is not None:
            self._centre += by / self._zoom
            self._hold_in()
            self.update()

    def _visible_centre(self) -> QPointF:
        size = self._pixmap.size()
        return QPointF(size.width() / 2, size.height() / 2) if self._zoom is None else self._centre

    def _hold_in(self) -> None:
        size, half = self._pixmap.size(), QPointF(self.width(), self.height()) / (2 * self.scale)
        for whole, reach, get, put in (
            (size.width(), half.x(), self._centre.x, self._centre.setX),
            (size.height(), half.y(), self._centre.y, self._centre.setY),
        ):
            put(whole / 2 if whole <= 2 * reach else min(max(get(), reach), whole - reach))

    def to_picture(self, at: QPointF) -> QPointF:
        """A point of the screen as one of the picture."""
        return self._visible_centre() + (at - QPointF(self.width() / 2, self.height() / 2)) / self.scale

    def to_screen(self, at: QPointF) -> QPointF:
        """A point of the picture as one of the screen."""
        return (at - self._visible_centre()) * self.scale + QPointF(self.width() / 2, self.height() / 2)

    # Drawing on it

    def begin(self, shape: str) -> None:
        """Let a shape be drawn, or none; it begins in the middle of what is seen, to be moved by keys."""
        self.shape = shape
        middle = self.to_picture(QPointF(self.width() / 2, self.height() / 2))
        reach = QPointF(min(self.width(), self.picture_size.width() * self.scale), 0).x() / self.scale / 6
        down = min(self.height() / self.scale, self.picture_size.height()) / 6
        self.start = self._inside(middle - QPointF(reach, down))
        self.end = self._inside(middle + QPointF(reach, down))
        if shape == POINT:
            self.start = self.end = middle
        self.setCursor(Qt.CursorShape.CrossCursor if shape else Qt.CursorShape.ArrowCursor)
        self.update()

    def nudge(self, by: QPointF, *, resize: bool) -> None:
        """Move the shape by so many pixels of the picture, or with `resize` its second point alone."""
        end = self._inside(self.end + by)
        if resize:
            self.end = end
        else:
            start = self._inside(self.start + by)
            if start - self.start == end - self.end:
                self.start, self.end = start, end
        self.update()

    def _inside(self, point: QPointF) -> QPointF:
        size = self.picture_size
        return QPointF(min(max(point.x(), 0.0), size.width()), min(max(point.y(), 0.0), size.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = _ARROWS.get(Qt.Key(event.key()))
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        if way is None or modifiers & ~(shift | control):
            event.ignore()
        elif self.shape:
            step = 1.0 if modifiers & control else max(1.0, max(self.width(), self.height()) / self.scale / 50)
            self.nudge(way * step, resize=bool(modifiers & shift) and self.shape != POINT)
        elif modifiers == shift:
            self.pan(way * 60)
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned:
            self.zoom(STEP if turned > 0 else 1 / STEP, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pixmap.isNull():
            return
        self._held = event.position()
        if self.shape:
            self.start = self.end = self._inside(self.to_picture(event.position()))
            self.update()
        elif self._zoom is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            return
        if self.shape:
            self.end = self._inside(self.to_picture(event.position()))
            if self.shape == POINT:
                self.start = self.end
            self.update()
        else:
            self.pan(self._held - event.position())
            self._held = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        if self._held is None:
            return
        self._held = None
        self.setCursor(Qt.CursorShape.CrossCursor if self.shape else Qt.CursorShape.ArrowCursor)
        moved = (self.end - self.start) * self.scale
        if self.shape == POINT or (self.shape and max(abs(moved.x()), abs(moved.y())) >= 4):
            self.drawn.emit()
        elif self.shape:
            self.begin(self.shape)  # a mere click: the shape to be moved by keys

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self.shape:
            if self._zoom is None:
                self.zoom(1.0 / self.scale, event.position())
            else:
                self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.colours.raised))
        if self._pixmap.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale < 2)
        corner = self.to_screen(QPointF(0, 0))
        painter.drawPixmap(
            QRectF(corner, self.picture_size * self.scale), self._pixmap, QRectF(QPointF(0, 0), self.picture_size)
        )
        if self.shape:
            self._paint_shape(painter)

    def _paint_shape(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        start, end = self.to_screen(self.start), self.to_screen(self.end)
        box = QRectF(start, end).normalized()
        for colour, width, style in (
            (Qt.GlobalColor.black, 4, Qt.PenStyle.SolidLine),
            (Qt.GlobalColor.white, 2, Qt.PenStyle.DashLine),
        ):
            painter.setPen(QPen(QColor(colour), width, style))
            if self.shape == ARROW:
                painter.drawLine(start, end)
                painter.drawEllipse(end, 6, 6)
            elif self.shape == POINT:
                painter.drawLine(start - QPointF(12, 0), start + QPointF(12, 0))
                painter.drawLine(start - QPointF(0, 12), start + QPointF(0, 12))
            elif self.shape == ELLIPSE:
                painter.drawEllipse(box)
            else:
                painter.drawRect(box)
