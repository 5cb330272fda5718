"""The watched folder while a visit is filled in, and the bar that offers what is new in it."""

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel
from shiboken6 import isValid

from mshopper import operations as ops
from mshopper.i18n import _, ngettext
from mshopper.ui.icons import Icons
from mshopper.ui.layouts import button, frame, label
from mshopper.ui.photos.given import SUFFIXES

LOOK_MS = 1500


class FolderWatch(QObject):
    """Looks into the folder now and then. `changed()` follows when `waiting`, the new photos, did."""

    changed = Signal()
    _looked = Signal(object, object)

    def __init__(self, is_new: Callable[[str], bool], since: float) -> None:
        super().__init__()
        self._is_new, self._since = is_new, since
        self._folder: ops.WatchedFolder | None = None
        self._is_looking = False
        self.waiting: list[ops.FoundPhoto] = []
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._looked.connect(self._take)

    @property
    def folder(self) -> Path | None:
        """The folder that is watched; None without one."""
        return self._folder.folder if self._folder is not None else None

    def watch(self, folder: Path | None) -> None:
        """Watch this folder from now on, or none."""
        if folder == self.folder:
            return
        self._folder = ops.WatchedFolder(folder, SUFFIXES, self._since) if folder is not None else None
        self._set_waiting([])
        if folder is None:
            self._timer.stop()
        else:
            self._timer.start()
            self.look()

    def look(self) -> None:
        """Look, in a thread that nobody waits for: a folder on a network may never answer."""
        folder = self._folder
        if folder is None or self._is_looking:
            return
        self._is_looking = True

        def work() -> None:
            try:
                found = folder.look()
            except OSError:
                found = []
            if isValid(self):
                self._looked.emit(folder, found)

        threading.Thread(target=work, daemon=True, name="watched folder").start()

    def take_all(self) -> list[ops.FoundPhoto]:
        """The new photos, which are no longer offered."""
        waiting = self.waiting
        self._set_waiting([])
        return waiting

    def _take(self, folder: ops.WatchedFolder, found: list[ops.FoundPhoto]) -> None:
        self._is_looking = False
        if folder is self._folder:
            new = [each for each in found if self._is_new(each.sha256)]
            # One that was taken in by hand meanwhile is no longer new, and one that is gone can't be taken.
            still = [each for each in self.waiting if self._is_new(each.sha256)]
            if new or len(still) != len(self.waiting):
                self._set_waiting([*still, *new])

    def _set_waiting(self, waiting: list[ops.FoundPhoto]) -> None:
        if waiting != self.waiting:
            self.waiting = waiting
            self.changed.emit()


class NewPhotosBar(QObject):
    """ "3 new photos in DCIM", with a button that puts them on the question that has the focus."""

    def __init__(self, icons: Icons, take: Callable[[], object], pass_over: Callable[[], object]) -> None:
        super().__init__()
        self.widget = frame("notice")
        self.widget.setAccessibleName(_("New photos"))
        row = QHBoxLayout(self.widget)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        picture = QLabel()
        picture.setPixmap(icons.pixmap("image", "accent"))
        self.words = label("", wrap=True)
        self.take = button("", take, "primary")
        self.pass_over = button(_("Not these"), pass_over)
        for widget in (picture, self.words, self.take, self.pass_over):
            row.addWidget(widget, 1 if widget is self.words else 0)
        self.widget.hide()

    def show_waiting(self, count: int, folder: Path | None, question: str) -> None:
        """Offer so many photos for a question; hide without any."""
        words = ngettext("{n} new photo in {folder}", "{n} new photos in {folder}", count)
        if not question:
            words = ngettext(
                "{n} new photo in {folder}: choose the question that it belongs to",
                "{n} new photos in {folder}: choose the question that they belong to",
                count,
            )
        self.words.setText(words.format(n=count, folder=folder.name if folder is not None else ""))
        take = ngettext("Put it on “{question}”", "Put them on “{question}”", count)
        self.take.setText(take.format(question=question).replace("&", "&&"))
        self.take.setVisible(bool(question))
        self.widget.setVisible(count > 0)
