"""Long work off the GUI thread: a Qt-free function that takes a Progress runs in a pool and reports back by signals.

The store's connection belongs to the GUI thread: what runs here opens its own reader (`workspace.reader()`), and what
it finds is stored by `done`, back on the GUI thread.
"""

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from mshopper.i18n import _
from mshopper.progress import Cancelled, Progress

SHOW_AFTER_MS = 500
"""Work that is done sooner shows no progress bar."""

Work = Callable[[Progress], Any]


class _Signals(QObject):
    advanced = Signal(int, int, str)
    ended = Signal(object, object)


class _Run(QRunnable):
    def __init__(self, work: Work, signals: _Signals, stop: threading.Event) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self._work, self._signals, self._stop = work, signals, stop

    def run(self) -> None:
        result: object = None
        error: BaseException | None = None
        try:
            result = self._work(Progress(self._signals.advanced.emit, self._stop.is_set))
        except BaseException as raised:  # noqa: BLE001 - carried to the GUI thread, which tells the kinds apart
            error = raised
        self._signals.ended.emit(result, error)


class Job(QObject):
    """One piece of work under way: `done(result)` or `failed(error)`, then `ended`, on the GUI thread. Cancelling is silent.

    The callbacks outlive any screen: they must not touch widgets that may be gone; slots of widgets belong on `ended`.
    """

    advanced = Signal(int, int, str)
    cancelled = Signal()
    ended = Signal()

    def __init__(
        self, pool: QThreadPool, work: Work, done: Callable[[Any], None], failed: Callable[[BaseException], None]
    ) -> None:
        super().__init__()
        self._done, self._failed = done, failed
        self._stop = threading.Event()
        self._signals = _Signals()
        self._signals.advanced.connect(self.advanced)
        self._signals.ended.connect(self._finish)
        self._run = _Run(work, self._signals, self._stop)
        pool.start(self._run)

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._stop.set()
        self.cancelled.emit()

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    @Slot(object, object)
    def _finish(self, result: object, error: BaseException | None) -> None:
        try:
            if error is None:
                self._done(result)
            elif not isinstance(error, Cancelled):
                self._failed(error)
        finally:
            self.ended.emit()


class Background:
    """Runs work in a pool and keeps each job until it ends. `failed` hears what a job gives no ear of its own to.

    `keep_threads` is for work that leaves something to its thread: none ends before this does.
    """

    def __init__(
        self, failed: Callable[[BaseException], None], threads: int = 2, *, keep_threads: bool = False
    ) -> None:
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        if keep_threads:
            self._pool.setExpiryTimeout(-1)
        self._failed = failed
        self._jobs: set[Job] = set()

    def run(
        self, work: Work, done: Callable[[Any], None], failed: Callable[[BaseException], None] | None = None
    ) -> Job:
        """Start `work(progress)`; `done(result)` or `failed(error)` follows on the GUI thread."""
        job = Job(self._pool, work, done, failed or self._failed)
        self._jobs.add(job)
        job.ended.connect(lambda: self._jobs.discard(job))
        return job

    @property
    def is_busy(self) -> bool:
        """Whether any work is under way."""
        return bool(self._jobs)

    def stop(self) -> None:
        """Cancel all work and wait for it: before the store closes."""
        for job in self._jobs:
            job.cancel()
        self.wait()

    def wait(self) -> None:
        """Wait until all work is done."""
        self._pool.waitForDone()


class ProgressStrip(QWidget):
    """What is being done, how far it is, and Cancel; it appears when the work has taken half a second.

    A screen reader is told when it appears, and at each quarter.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._quarter = 0
        """How many quarters of it a screen reader was told of."""
        self._what = QLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress"))
        self._cancel = QPushButton(_("Cancel"))
        self._cancel.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._what)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOW_AFTER_MS)
        self._timer.timeout.connect(self._appear)
        self.hide()

    def follow(self, job: Job, what: str) -> None:
        """Show `job`, described by the sentence `what`, until it ends."""
        self._job = job
        self._quarter = 0
        self._what.setText(what)
        self._bar.setAccessibleDescription(what)
        self._bar.setRange(0, 0)
        self._cancel.setEnabled(True)
        job.advanced.connect(self._advance)
        job.ended.connect(self._finish)
        self._timer.start()

    def _advance(self, done: int, total: int, what: str) -> None:
        del what  # files and folders by name: the sentence given says enough
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        quarter = 4 * done // total if total else 0
        if quarter > self._quarter and not self.isHidden():
            self._quarter = quarter
            self._say(_("{what}: {percent} %").format(what=self._what.text(), percent=25 * quarter))

    def _appear(self) -> None:
        self.show()
        self._say(self._what.text())

    def _say(self, sentence: str) -> None:
        from mshopper.ui.announcing import announce  # here: only long work needs it

        announce(self._bar, sentence)

    def _finish(self) -> None:
        self._timer.stop()
        self._job = None
        self.hide()

    def _stop(self) -> None:
        if self._job is not None:
            self._cancel.setEnabled(False)
            self._job.cancel()
