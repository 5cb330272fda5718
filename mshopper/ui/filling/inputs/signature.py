"""A signature drawn by mouse, pen or finger; it is kept as a photo."""

from PySide6.QtCore import QBuffer, QByteArray, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QImageWriter, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from mshopper.i18n import _
from mshopper.model.answer import Answer
from mshopper.ui.filling.inputs.base import AnswerInput, Asked
from mshopper.ui.layouts import button, column, label

PAD = QSize(560, 180)


class Pad(QWidget):
    """White paper with dark ink in both themes, as it will be printed."""

    drawn = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(PAD)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(_("Draw the signature here"))
        self._strokes: list[QPainterPath] = []

    @property
    def is_blank(self) -> bool:
        """Whether nothing is drawn."""
        return not self._strokes

    def clear(self) -> None:
        """Take a new sheet."""
        self._strokes.clear()
        self.update()

    def image(self) -> QImage:
        """What is drawn, at twice the size of the pad."""
        image = QImage(PAD * 2, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.scale(2, 2)
        self._ink(painter)
        painter.end()
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        painter.setPen(QColor("#7D8693"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.drawLine(24, PAD.height() - 40, PAD.width() - 24, PAD.height() - 40)
        self._ink(painter)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            path = QPainterPath(event.position())
            path.lineTo(event.position() + QPointF(0.1, 0))
            self._strokes.append(path)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._strokes:
            self._strokes[-1].lineTo(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        self.drawn.emit()

    def _ink(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#1B1F24"), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for stroke in self._strokes:
            painter.drawPath(stroke)


class Signature(AnswerInput):
    """The pad, until it is signed; then the signature stands among the card's photos. `signed(png)` is the picture."""

    signed = Signal(bytes)

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self.pad = Pad()
        self._state = label("", "small")
        self._keep = button(_("Keep this signature"), self._sign, "primary")
        self._anew = button(_("Draw again"), self._clear, "quiet")
        self.pad.drawn.connect(lambda: self._keep.setEnabled(True))
        self._keep.setEnabled(False)
        row = QHBoxLayout()
        row.addWidget(self._keep)
        row.addWidget(self._anew)
        row.addStretch(1)
        layout = column(self)
        layout.addWidget(self.pad)
        layout.addLayout(row)
        layout.addWidget(self._state)

    def set_answer(self, answer: Answer) -> None:
        done = bool(answer.photos)
        for widget in (self.pad, self._keep, self._anew):
            widget.setVisible(not done)
        self._state.setText(_("Signed. Remove the picture below to sign again.") if done else "")
        self._state.setVisible(done)

    def focus_target(self) -> QWidget:
        return self._anew

    def _clear(self) -> None:
        self.pad.clear()
        self._keep.setEnabled(False)

    def _sign(self) -> None:
        if self.pad.is_blank:
            return
        drawn = QBuffer()
        QImageWriter(drawn, QByteArray(b"png")).write(self.pad.image())
        self._clear()
        self.signed.emit(bytes(drawn.data().data()))
