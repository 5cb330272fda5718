"""Photo files into answers: read by workers one after the other, kept on the GUI thread a few at a time as they come.

What came before Cancel stays, as one step of undo. A file that is refused is named at its question and stops no other;
where the data folder takes no more, the rest is offered again.
"""

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock

from PySide6.QtCore import QObject, QTimer, Signal

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, ngettext
from mshopper.model.answer import AnswerKey
from mshopper.photo import TakenPhoto
from mshopper.progress import Progress
from mshopper.ui.background import Job, ProgressStrip
from mshopper.ui.filling.session import FillingSession
from mshopper.ui.photos.given import Source

KEEP_MS = 120
"""Photos that come within so long are kept in one transaction, as soon as there are MOST of them."""
MOST = 3
AGAIN_MS = 10
"""After so long it is tried again while a worker writes."""


class _Taking(QObject):
    """Files on their way into one answer."""

    arrived = Signal(int, object)

    def __init__(self, taking: "PhotoTaking", key: AnswerKey, sources: Sequence[Source]) -> None:
        super().__init__()
        self._session, self._taking = taking.session, taking
        self.key, self.sources = key, list(sources)
        self._question = taking.session.question(key)
        self.job: Job | None = None
        self._waiting: list[tuple[int, TakenPhoto]] = []
        self._turn = Lock()
        self._kept = 0
        self.has_failed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.keep)
        self.arrived.connect(self._take)

    def work(self, progress: Progress) -> None:
        """Read the files; runs in a worker."""
        ops.take_in_all(
            self.sources, self.arrived.emit, progress, writer=self._taking.writer, turn=self._turn, at=self._question
        )

    def _take(self, n: int, taken: TakenPhoto | MshopperError) -> None:
        if self.has_failed:
            return
        if isinstance(taken, MshopperError):
            self._session.refuse(self.key, str(taken))
            return
        for warning in taken.warnings:
            self._session.refuse(self.key, warning)
        self._waiting.append((n, taken))
        if len(self._waiting) >= MOST:
            self.keep()
        elif not self._timer.isActive():
            self._timer.start(KEEP_MS)

    def keep(self, *, wait: bool = False) -> None:
        """Keep the photos that have come; a little later where a worker writes just now, unless told to wait for it."""
        self._timer.stop()
        if not self._turn.acquire(blocking=wait):
            self._timer.start(AGAIN_MS)
            return
        try:
            self._keep_waiting()
        finally:
            self._turn.release()

    def _keep_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting or self.has_failed:
            return
        try:
            self._session.attach(self.key, [taken for _n, taken in waiting], batch=self)
        except MshopperError as error:
            self.has_failed = True
            if self.job is not None:
                self.job.cancel()
            left = self.sources[waiting[0][0] :]
            self._session.desk.messages.say(
                str(error), "bad", action=_("Try again"), then=partial(self._taking.take, self.key, left)
            )
            return
        self._kept += len(waiting)

    def end(self, *, cancelled: bool) -> None:
        """Keep the last ones; after Cancel say how many stayed."""
        self.keep(wait=True)
        if cancelled and not self.has_failed:
            count = len(self.sources)
            words = ngettext("{n} of {count} photos was taken in.", "{n} of {count} photos were taken in.", self._kept)
            self._session.desk.messages.say(words.format(n=self._kept, count=count))


class PhotoTaking:
    """Takes photos into one session. `strip` shows how far it is, and stops it."""

    def __init__(self, session: FillingSession, strip: ProgressStrip) -> None:
        self.session = session
        self._strip = strip
        self._under_way: set[_Taking] = set()

    @property
    def writer(self) -> Callable[[], ops.Workspace] | None:
        """Opens the data folder for a worker that writes ahead; None where nothing is kept."""
        return None if self.session.is_trial else self.session.desk.workspace.writer

    @property
    def is_busy(self) -> bool:
        """Whether files are on their way."""
        return bool(self._under_way)

    def take(self, key: AnswerKey, sources: Sequence[Source], then: Callable[[], None] | None = None) -> None:
        """Take photos into the answer of `key`; one that is refused says why and stops no other."""
        if not sources or self.session.read_only or not self.session.open_visit.is_draft:
            return
        self.session.refuse(key, "")
        taking = _Taking(self, key, sources)
        self._under_way.add(taking)
        finished: list[bool] = []
        job = self.session.desk.background.run(taking.work, lambda _none: finished.append(True))
        taking.job = job

        def end() -> None:
            self._under_way.discard(taking)
            taking.end(cancelled=not finished)
            if then is not None:
                then()

        job.ended.connect(end)
        words = ngettext("Taking in {n} photo", "Taking in {n} photos", len(sources)).format(n=len(sources))
        self._strip.follow(job, words)

    def settle(self) -> None:
        """Stop, and keep what has come: the visit is being left or submitted."""
        for taking in list(self._under_way):
            if taking.job is not None:
                taking.job.cancel()
            taking.keep(wait=True)
