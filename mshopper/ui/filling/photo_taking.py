"""Photo files into answers: taken in one after the other in the background, kept on the GUI thread as they come."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, ngettext
from mshopper.model.answer import AnswerKey
from mshopper.photo import TakenPhoto
from mshopper.progress import Progress
from mshopper.ui.background import ProgressStrip
from mshopper.ui.filling.session import FillingSession

Taken = TakenPhoto | MshopperError

PICTURES = "*.jpg *.jpeg *.png *.webp *.tif *.tiff *.gif *.mpo *.heic *.heif"


def ask_for_photos(parent: QWidget) -> list[Path]:
    """The picture files that the person chooses."""
    kind = _("Pictures")
    kinds = f"{kind} ({PICTURES} {PICTURES.upper()})"
    names, _chosen = QFileDialog.getOpenFileNames(parent, _("Choose photos"), "", kinds)
    return [Path(name) for name in names]


class PhotoTaking:
    """Takes photo files into one session."""

    def __init__(self, session: FillingSession, strip: ProgressStrip) -> None:
        self._session = session
        self._strip = strip

    def take(self, key: AnswerKey, paths: Sequence[Path], then: Callable[[], None] | None = None) -> None:
        """Take the files into the answer of `key`; one that is refused says why and stops no other."""
        if not paths or self._session.read_only:
            return

        question = self._session.question(key)

        def work(progress: Progress) -> list[Taken]:
            progress.expect(len(paths))
            taken: list[Taken] = []
            for path in paths:
                try:
                    taken.append(ops.take_in(path, at=question))
                except MshopperError as refused:
                    taken.append(refused)
                progress.advance()
            return taken

        def done(taken: list[Taken]) -> None:
            self._keep(key, taken)
            if then is not None:
                then()

        job = self._session.desk.background.run(work, done)
        words = ngettext("Taking in {n} photo", "Taking in {n} photos", len(paths)).format(n=len(paths))
        self._strip.follow(job, words)

    def _keep(self, key: AnswerKey, taken: Sequence[Taken]) -> None:
        refused = []
        for photo in taken:
            if isinstance(photo, MshopperError):
                refused.append(str(photo))
            else:
                self._session.attach(key, photo)
        if refused:
            self._session.desk.messages.say(" ".join(refused), "bad")
