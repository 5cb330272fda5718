"""Widgets side by side that go on in the next line: options, tools, photos."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

MOST_MINIMUM = 320
"""Nothing in a flow asks for more width than this: wider words are cut where there is no room."""


class Flow(QWidget):
    """Widgets side by side, going on in the next line where there is no more room.

    A widget of its own and no QLayout: PySide6 loses a reference to None each time a layout's itemAt or takeAt returns
    it, as Qt's way of asking makes them do, until the interpreter aborts.
    """

    def __init__(self, gap: int = 8) -> None:
        super().__init__()
        self._widgets: list[QWidget] = []
        self._gap = gap
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget, before: int | None = None) -> None:
        """Add a widget at the end, or before the one of that number."""
        widget.setParent(self)
        self._widgets.insert(len(self._widgets) if before is None else before, widget)
        widget.show()
        self.updateGeometry()

    def remove(self, widget: QWidget) -> None:
        """Take a widget out; it stays alive."""
        self._widgets.remove(widget)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(width, move=False)

    def sizeHint(self) -> QSize:
        hints = [widget.sizeHint() for widget in self._shown()]
        width = sum(hint.width() + self._gap for hint in hints) - self._gap
        return QSize(max(width, 0), max((hint.height() for hint in hints), default=0))

    def minimumSizeHint(self) -> QSize:
        hints = [widget.minimumSizeHint() for widget in self._shown()]
        width = max((min(hint.width(), MOST_MINIMUM) for hint in hints), default=0)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self.width(), move=True)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._arrange(self.width(), move=True)
        return super().event(event)

    def _shown(self) -> list[QWidget]:
        return [widget for widget in self._widgets if not widget.isHidden()]

    def _arrange(self, width: int, *, move: bool) -> int:
        x = y = line_height = 0
        for widget in self._shown():
            size = widget.sizeHint().expandedTo(widget.minimumSize()).boundedTo(widget.maximumSize())
            size.setWidth(min(size.width(), width))
            if x and x + size.width() > width:
                x, y, line_height = 0, y + line_height + self._gap, 0
            if move:
                widget.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self._gap
            line_height = max(line_height, size.height())
        return y + line_height
