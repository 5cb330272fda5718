"""What is done with photos while a visit is filled in: every way in, the large view, moving; `visit_page` has one.

Files and pictures all go through PhotoTaking, changes through the session.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from mshopper import operations as ops
from mshopper.i18n import _
from mshopper.model.answer import AnswerKey
from mshopper.ui.background import ProgressStrip
from mshopper.ui.filling.photo_taking import PhotoTaking
from mshopper.ui.filling.session import FillingSession, is_asked, is_shown
from mshopper.ui.filling.steps import question_name
from mshopper.ui.photos import camera as cameras
from mshopper.ui.photos.given import OWN, Source, ask_for_photos, given, holds_photos, photos_in
from mshopper.ui.photos.watching import FolderWatch, NewPhotosBar


class VisitPhotos(QObject):
    """`current()` is the question that has the focus, None without any."""

    def __init__(
        self, page: QWidget, session: FillingSession, strip: ProgressStrip, current: Callable[[], AnswerKey | None]
    ) -> None:
        super().__init__(page)
        self._page, self._session, self._current = page, session, current
        self._desk = session.desk
        self.taking = PhotoTaking(session, strip)
        self.make_camera: Callable[[], cameras.Camera] = cameras.LaptopCamera
        self.bar = NewPhotosBar(self._desk.icons, self.take_new, self._pass_over)
        self.watch = FolderWatch(self._is_new, _started(session))
        self.watch.setParent(self)
        self.watch.changed.connect(self.show_waiting)
        if not session.read_only and not session.is_trial and (folder := self._desk.settings.photo_folder):
            QTimer.singleShot(0, self, lambda: self.watch.watch(Path(folder)))

    # Ways in

    def take(self, key: AnswerKey, sources: Sequence[Source], then: Callable[[], None] | None = None) -> None:
        """Take photos into the answer of a question."""
        self.taking.take(key, sources, then)

    def choose(self, key: AnswerKey) -> None:
        """Ask for photo files."""
        self.take(key, ask_for_photos(self._page))

    def drop(self, key: AnswerKey, mime: QMimeData) -> None:
        """Take what was dropped on a question: files, a picture, or a photo of another question."""
        if mime.hasFormat(OWN):
            self._session.move_photo(bytes(mime.data(OWN).data()).decode(), key)
        else:
            sources = photos_in(mime)
            # Not before the drop is over: the program that the files come from waits for that.
            QTimer.singleShot(0, self, lambda: self.take(key, sources))

    def paste(self) -> None:
        """Take what the clipboard holds into the question that has the focus."""
        mime = QGuiApplication.clipboard().mimeData()
        if not holds_photos(mime):
            self._desk.messages.say(_("There is no picture in the clipboard: copy one, then paste it here."))
        elif (key := self._target()) is not None:
            self.take(key, photos_in(mime))

    def _target(self) -> AnswerKey | None:
        """The question that photos go to; where none has the focus, say so."""
        key = self._current()
        if key is None or self._session.read_only or not is_asked(self._session.question(key)):
            self._desk.messages.say(_("Choose the question first that the photos belong to."))
            return None
        return key

    def open_camera(self) -> None:
        """Let the laptop's camera take photos for the question that has the focus."""
        if (key := self._target()) is None:
            return
        panel = cameras.CameraPanel(self._page.window(), self.make_camera(), self._desk.icons)

        def keep(image: QImage) -> None:
            self.take(key, [given(image, _("Camera"))])

        panel.taken.connect(keep)
        panel.begin()

    # The watched folder

    def choose_folder(self) -> None:
        """Ask for the folder that a phone or card puts photos into, and watch it from now on."""
        before = self._desk.settings.photo_folder
        name = QFileDialog.getExistingDirectory(self._page, _("Choose the folder that new photos come to"), before)
        if name:
            with self._desk.messages.telling():
                ops.change_settings(self._desk.workspace, photo_folder=name)
                self.watch.watch(Path(name))
                words = _("New photos in {folder} will be offered here.")
                self._desk.messages.say(words.format(folder=Path(name).name), "good")

    def show_waiting(self) -> None:
        """Offer the new photos for the question that has the focus."""
        key = self._current()
        question = question_name(self._session, key) if key is not None else ""
        self.bar.show_waiting(len(self.watch.waiting), self.watch.folder, question)

    def take_new(self) -> None:
        """Put the new photos on the question that has the focus."""
        if self.watch.waiting and (key := self._target()) is not None:
            self.take(key, [found.path for found in self.watch.take_all()])

    def _pass_over(self) -> None:
        with self._desk.messages.telling():
            ops.pass_photos(self._desk.workspace, [found.sha256 for found in self.watch.take_all()])

    def _is_new(self, sha256: str) -> bool:
        return ops.is_photo_new(self._desk.workspace, sha256)

    # What there is

    def view(self, key: AnswerKey, photo_id: str) -> None:
        """Show a photo large."""
        from mshopper.ui.photos.viewer import PhotoViewer

        PhotoViewer(self._page.window(), self._session, key, photo_id).begin()

    def move(self, photo_id: str) -> None:
        """Ask which question a photo moves to."""
        from mshopper.ui.photos.picker import QuestionPicker

        session, source = self._session, self._session.holder(photo_id)
        questions = [
            (key, f"{question_name(session, key)} · {session.title(key.path.partition('/')[0])}")
            for key in session.visit.keys()
            if key != source
            and session.visit.is_relevant(key)
            and is_shown(session.question(key))
            and is_asked(session.question(key))
            and session.question(key).type != "signature"
        ]
        picker = QuestionPicker(self._page.window(), questions)
        picker.chosen.connect(partial(session.move_photo, photo_id))
        picker.open(picker.field)


def _started(session: FillingSession) -> float:
    """When the visit was begun, in seconds since 1970."""
    try:
        return dt.datetime.fromisoformat(session.open_visit.header.started_at).timestamp()
    except ValueError:
        return dt.datetime.now(tz=dt.UTC).timestamp()
