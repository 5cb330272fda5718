"""A panel over the screen that is shown: it takes the focus, and gives it back when it is closed or left."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget
from shiboken6 import isValid

TOP = 56
"""How far below the top of the window it stands."""

MARGIN = 24


class Overlay(QFrame):
    """At most `width` pixels wide. Escape closes it, and so does giving the focus to anything else."""

    def __init__(self, window: QWidget, name: str, width: int) -> None:
        super().__init__(window)
        self.over = window
        self._width = width
        self._before = QApplication.focusWidget()
        self._is_closed = False
        self.setProperty("role", "overlay")
        self.setAccessibleName(name)
        self.setAutoFillBackground(True)

    @property
    def before(self) -> QWidget | None:
        """What had the focus before."""
        return self._before

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._is_closed

    def open(self, first: QWidget) -> None:
        """Show it, with the focus on `first`."""
        self.over.installEventFilter(self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)
        self.place()
        self.show()
        self.raise_()
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    def place(self) -> None:
        """Stand in the middle of the window, as high as what is in it asks for and the window allows."""
        window, inside = self.over, self.layout()
        assert inside is not None
        width = min(self._width, window.width() - 2 * MARGIN)
        asked = inside.heightForWidth(width) if inside.hasHeightForWidth() else self.sizeHint().height()
        height = min(max(asked, self.sizeHint().height()), window.height() - TOP - MARGIN)
        self.setGeometry((window.width() - width) // 2, TOP, width, height)

    def dismiss(self) -> None:
        """Close it and give the focus back."""
        if self._is_closed:
            return
        self._is_closed = True
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.disconnect(self._focus_moved)
        focus = QApplication.focusWidget()
        if self._before is not None and isValid(self._before) and (focus is None or self.isAncestorOf(focus)):
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()
        self.deleteLater()

    def _focus_moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now is not self and not self.isAncestorOf(now):
            self.dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)
