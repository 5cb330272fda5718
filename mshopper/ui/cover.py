"""The neutral screen that one key puts over everything: a page of notes. The same key shows again what was there."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from mshopper.i18n import _
from mshopper.ui.layouts import label

if TYPE_CHECKING:
    from mshopper.ui.shell import Shell


class Cover(QWidget):
    """While it is there, nothing else of the window is to be seen or heard; what was there stays as it was, focus included."""

    def __init__(self, window: "Shell") -> None:
        super().__init__(window)
        self._window = window
        self._focus = QApplication.focusWidget()
        self.setProperty("role", "page")
        self.setAutoFillBackground(True)
        self.setAccessibleName(_("Notes"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 32, 48, 32)
        layout.setSpacing(16)
        layout.addWidget(label(_("Notes"), "title"))
        self.notes = QPlainTextEdit(_("Milk\nBread\nCoffee\nCall home"))
        self.notes.setAccessibleName(_("Notes"))
        layout.addWidget(self.notes, 1)
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        self.setGeometry(window.rect())
        window.installEventFilter(self)
        self.stay()
        self.notes.setFocus()

    def stay(self) -> None:
        """Stand before all that is in the window, also where that was made anew."""
        self._window.shell.hide()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        return super().eventFilter(watched, event)

    def uncover(self) -> None:
        """Show again what was there."""
        self._window.removeEventFilter(self)
        self._window.shell.show()
        self.hide()
        if self._focus is not None and isValid(self._focus):
            self._focus.setFocus()
        self.deleteLater()
