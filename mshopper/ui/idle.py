"""Locks encrypted data when nobody has touched the window for a while, or at once when asked to."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from mshopper.ui.desk import Desk
    from mshopper.ui.main_window import MainWindow

LOOK_MS = 5_000
"""How often the clock is looked at; by the wall's clock, so that a laptop that slept locks as it wakes."""

_TOUCHES = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
        QEvent.Type.InputMethod,
    )
)


class IdleLock(QObject):
    """Watches the window of an encrypted data folder."""

    def __init__(self, window: "MainWindow", desk: "Desk") -> None:
        super().__init__(window)
        self._window, self._desk = window, desk
        self.touched = time.time()
        """When the window was last touched."""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)  # what reaches the window alone: each event of a widget would cost time

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self.touched = time.time()
        return super().eventFilter(watched, event)

    def look(self) -> None:
        """Lock where it is time to."""
        minutes = self._desk.settings.lock_after
        passed = time.time() - self.touched
        if minutes and not 0 <= passed < minutes * 60:
            lock(self._window, self._desk)


def lock(window: "MainWindow", desk: "Desk") -> None:
    """Close the window, and with it the data, until the passphrase is given again.

    Where work is under way, or an answer can't be kept yet, the window is covered instead; who asked asks again later.
    """
    while (open_dialog := QApplication.activeModalWidget()) is not None and open_dialog.close():
        pass
    if (desk.is_busy or not window.close_to_lock()) and window.commands.cover is None:
        window.commands.switch_cover()
