"""Shows a picture: sharp at any size, its places told on hovering and as the arrows move among them, Enter leads on."""

from functools import cache
from math import hypot

from PySide6.QtCore import QByteArray, QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontDatabase,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QScrollArea, QToolTip, QVBoxLayout, QWidget

from mshopper.i18n import _
from mshopper.ui.announcing import announce
from mshopper.ui.compare.pictures import Picture, Place
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import label
from mshopper.ui.theme import QUESTION, scaled

ZOOM = 1.4
"""Pixels a point at the base size of text: the drawings are set in 8.5 points, as on paper."""
_NARROWEST = 320
_REDRAW_MS = 120

_WAYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class Canvas(QWidget):
    """The drawing itself. `told(label)` says the place under the mouse or the focus, "" for none."""

    told = Signal(str)
    opened = Signal(object)
    moved = Signal(object)
    """The rectangle of the place that the focus has come to."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.picture = Picture()
        self._drawings: list[QSvgRenderer] = []
        self.current = -1
        self._hovered = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @property
    def zoom(self) -> float:
        """Pixels a point."""
        return ZOOM * scaled(100) / 100

    def show_picture(self, picture: Picture) -> None:
        """Show another picture; the focus stays at the same place where it is there."""
        before = self.picture.places[self.current].id if 0 <= self.current < len(self.picture.places) else None
        self.picture = picture
        self._drawings = [QSvgRenderer(QByteArray(part.svg)) for part in picture.parts]
        ids = [place.id for place in picture.places]
        self.current = ids.index(before) if before in ids else -1
        self._hovered = -1
        width, height = picture.size
        self.setFixedSize(QSize(round(width * self.zoom) + 4, round(height * self.zoom) + 4))
        self.update()

    def rect_of(self, place: Place) -> QRectF:
        """Where a place is, in pixels."""
        z = self.zoom
        return QRectF(place.x * z, place.top * z, place.width * z, place.height * z)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        z, colours = self.zoom, self._desk.theme.colours
        for part, drawing in zip(self.picture.parts, self._drawings, strict=True):
            drawing.render(painter, QRectF(0, part.top * z, part.width * z, part.height * z))
            if part.heading:
                font = QFont(self.font())
                font.setPixelSize(scaled(QUESTION - 1))
                font.setWeight(QFont.Weight.DemiBold)
                painter.setFont(font)
                painter.setPen(QColor(colours.text))
                head = QRectF(0, (part.top - 24) * z, part.width * z, 22 * z)
                painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, part.heading)
        shown = self.current if self.hasFocus() else -1
        for place, width in ((self._hovered, 1), (shown, 2)):
            if 0 <= place < len(self.picture.places):
                painter.setPen(QPen(QColor(colours.accent), width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self.rect_of(self.picture.places[place]).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    # Keyboard

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.picture.places:
            self._go(max(self.current, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.told.emit("")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, places = Qt.Key(event.key()), self.picture.places
        if not places:
            super().keyPressEvent(event)
        elif key in _WAYS:
            self._go(self._next(*_WAYS[key]))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go(0 if key == Qt.Key.Key_Home else len(places) - 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.current >= 0:
            self.opened.emit(places[self.current])
        else:
            super().keyPressEvent(event)

    def _go(self, place: int) -> None:
        self.current = place
        at = self.picture.places[place]
        self.told.emit(at.label)
        self.moved.emit(self.rect_of(at))
        announce(self, at.label)
        self.update()

    def _next(self, right: int, down: int) -> int:
        """The nearest place that way; this one where there is none."""
        if self.current < 0:
            return 0
        here = self.rect_of(self.picture.places[self.current]).center()
        best, least = self.current, float("inf")
        for number, place in enumerate(self.picture.places):
            to = self.rect_of(place).center() - here
            ahead = to.x() * right + to.y() * down
            aside = abs(to.x() * down) + abs(to.y() * right)
            if ahead > 1 and hypot(ahead, 4 * aside) < least:
                best, least = number, hypot(ahead, 4 * aside)
        return best

    # Mouse

    def _at(self, point: QPointF) -> int:
        return next((n for n, place in enumerate(self.picture.places) if self.rect_of(place).contains(point)), -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position())
        if at != self._hovered:
            self._hovered = at
            self.setCursor(Qt.CursorShape.PointingHandCursor if at >= 0 else Qt.CursorShape.ArrowCursor)
            self.told.emit(self.picture.places[at].label if at >= 0 else "")
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = -1
        self.told.emit(self.picture.places[self.current].label if self.hasFocus() and self.current >= 0 else "")
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and at >= 0:
            self.current = at
            self.opened.emit(self.picture.places[at])
            self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._at(QPointF(event.pos()))
            if at >= 0:
                place = self.picture.places[at]
                QToolTip.showText(event.globalPos(), place.label, self, self.rect_of(place).toRect())
            else:
                QToolTip.hideText()
            return True
        return super().event(event)


class PictureView(QWidget):
    """The canvas, what the place under the mouse or focus says, and the sentences. `opened(place)` leads to its visits."""

    opened = Signal(object)
    width_changed = Signal()

    def __init__(self, desk: Desk, *, whole: bool = False) -> None:
        """`whole` shows all of it at once, on a page that scrolls."""
        super().__init__()
        _take_fonts()
        self._is_whole = whole
        self._drawn_for = 0.0
        self.canvas = Canvas(desk)
        self.canvas.opened.connect(self.opened)
        self.area = QScrollArea()
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.canvas)
        self.canvas.setAutoFillBackground(False)  # it stands on the card
        self.readout = label("", wrap=True)
        self.readout.setMinimumHeight(scaled(20))
        self.sentences = label("", "muted", wrap=True)
        self.empty = label("", "muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty.hide()
        self.canvas.told.connect(self.readout.setText)
        self.canvas.moved.connect(self._show_place)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(self.area, 1)
        inside.addWidget(self.empty, 1)
        inside.addWidget(self.readout)
        inside.addWidget(self.sentences)
        inside.addStretch(0)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REDRAW_MS)
        self._timer.timeout.connect(self._tell_width)

    @property
    def points(self) -> float:
        """The width that a picture has, in points."""
        room = self.width() - self.area.verticalScrollBar().sizeHint().width() - 8
        return round(max(_NARROWEST, room) / self.canvas.zoom)

    def show_picture(self, title: str, picture: Picture) -> None:
        """Show a picture; one without a drawing leaves its sentences to say why."""
        self._drawn_for = self.points
        self.canvas.show_picture(picture)
        has_drawing = bool(picture.parts)
        self.area.setVisible(has_drawing)
        self.area.setMaximumHeight(self.canvas.height() + 2)
        if self._is_whole:
            self.area.setMinimumHeight(self.canvas.height() + 2)
        self.readout.setVisible(has_drawing)
        self.readout.clear()
        self.empty.setVisible(not has_drawing)
        self.empty.setText("\n\n".join(picture.sentences))
        self.sentences.setVisible(has_drawing)
        self.sentences.setText("\n".join(picture.sentences))
        self.canvas.setAccessibleName(title)
        values = [place.label for place in picture.places]
        how = _("Arrows move among the values, Enter leads to the visits.")
        self.canvas.setAccessibleDescription("\n".join([*picture.sentences, *values, how]))

    def say(self, sentence: str) -> None:
        """Show no picture but a sentence."""
        self.show_picture("", Picture(sentences=(sentence,)))

    def _show_place(self, rect: QRectF) -> None:
        self.area.ensureVisible(round(rect.center().x()), round(rect.center().y()), 40, round(rect.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._timer.start()

    def _tell_width(self) -> None:
        if abs(self.points - self._drawn_for) > 4:
            self.width_changed.emit()


@cache
def _take_fonts() -> None:
    """Have Qt know the fonts of the drawings, once."""
    from mshopper.report.svg import font_files

    for path in font_files():
        QFontDatabase.addApplicationFont(str(path))
