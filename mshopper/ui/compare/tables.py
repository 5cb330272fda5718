"""The open tables behind the compare screen: one thread of their own asks them, and of each kind only the last request counts.

Opening tables costs more than asking them, so that they stay open while the window lives, until another source is chosen
or what they were read from has changed.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from mshopper import operations as ops
from mshopper.progress import Progress
from mshopper.ui.background import Background, Job

if TYPE_CHECKING:
    from mshopper.model.comparison import Offer


class Opened:
    """The tables of a source, open; used from the asking thread alone. `folder` is None for this laptop's own visits."""

    def __init__(self, workspace: ops.Workspace, folder: Path | None, progress: Progress) -> None:
        self.workspace = workspace
        self.folder = folder
        self.mark = _mark(workspace, folder)
        self.tables = ops.open_comparison(workspace, folder, progress=progress)
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    @cached_property
    def findings(self) -> "ops.Findings":
        """Where points are lost, and flags."""
        return ops.Findings(self.tables, self.workspace, self.folder)

    @cached_property
    def offer(self) -> "Offer":
        """What there is to choose from."""
        return self.tables.offer()

    def remembered(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        """The answer to a question that was asked before, or now: of a few hundred, those asked last."""
        if key not in self._answers:
            self._answers[key] = ask()
            while len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        self._answers.move_to_end(key)
        return self._answers[key]

    @property
    def is_fresh(self) -> bool:
        """Whether what the tables were read from is still the same."""
        return self.mark == _mark(self.workspace, self.folder)


def _mark(workspace: ops.Workspace, folder: Path | None) -> object:
    """What changes whenever the source does."""
    if folder is None:
        return workspace.store.journal.head()
    marks: list[tuple[int, int] | None] = []
    for name in ("datapackage.json", "stores.csv", "plan.csv"):
        try:
            stat = (folder / name).stat()
        except OSError:
            marks.append(None)
        else:
            marks.append((stat.st_mtime_ns, stat.st_size))
    return tuple(marks)


Question = Callable[[Opened, Progress], Any]

_REMEMBERED = 200
"""Answers that are kept: of a filter taken away again, or of the screen come back to."""

ORDER = ("table", "lead", "visits", "more", "picture", "trend", "lost", "offer")
"""What is answered first: what is looked at first, and what is quick before what isn't."""


@dataclass
class _Request:
    question: Question
    done: Callable[[Any], object]
    failed: Callable[[BaseException], None]


class Tables(QObject):
    """Asks one thing after another. `started(job, is_opening)` with each, which may take long; `given_up` when the person
    cancels one, whereupon nothing more of what was asked is answered.
    """

    started = Signal(object, bool)
    given_up = Signal()

    def __init__(self, workspace: ops.Workspace, failed: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._workspace = workspace
        # SQLite and what is found out stay with the thread that asked: one, which never ends while this lives.
        self._background = Background(failed, threads=1, keep_threads=True)
        self._own: ops.Workspace | None = None
        self._opened: Opened | None = None
        self._folder: Path | None = None
        self._waiting: dict[str, _Request] = {}
        self._running: tuple[str, Job] | None = None
        self._outdated = False
        """Whether the job that runs was cancelled because something newer was asked."""
        self._stopped = False

    def choose(self, folder: Path | None) -> None:
        """Ask the tables of that folder from here on; of this laptop's own visits for None."""
        if folder != self._folder:
            self.forget()
        self._folder = folder

    def ask(
        self, kind: str, question: Question, done: Callable[[Any], object], failed: Callable[[BaseException], None]
    ) -> None:
        """Ask a question; of one `kind` of ORDER only the last one asked is answered, on the GUI thread."""
        self._waiting[kind] = _Request(question, done, failed)
        if self._running is not None and self._running[0] == kind:
            self._outdate()
        self._next()

    @property
    def is_busy(self) -> bool:
        """Whether anything that was asked isn't answered yet."""
        return self._running is not None or bool(self._waiting)

    def forget(self) -> None:
        """Answer nothing that was asked before: whoever asked is gone, or asks for something else."""
        self._waiting.clear()
        self._outdate()

    def _outdate(self) -> None:
        if self._running is not None:
            self._outdated = True
            self._running[1].cancel()

    def stop(self) -> None:
        """Close the tables and wait for that."""
        self._stopped = True
        self.forget()
        self._background.run(lambda _progress: self._close(), lambda _nothing: None)
        self._background.wait()

    def _next(self) -> None:
        if self._running is not None or not self._waiting or self._stopped:
            return
        kind = min(self._waiting, key=ORDER.index)
        request = self._waiting.pop(kind)
        folder = self._folder

        def work(progress: Progress) -> Any:
            return request.question(self._ready(folder, progress), progress)

        def done(result: object) -> None:
            if not job.is_cancelled:
                request.done(result)

        def failed(error: BaseException) -> None:
            if not job.is_cancelled:
                request.failed(error)

        job = self._background.run(work, done, failed)
        self._running, self._outdated = (kind, job), False
        job.ended.connect(self._ended)
        job.cancelled.connect(self._interrupt)
        self.started.emit(job, self._opened is None or self._opened.folder != folder)

    def _interrupt(self) -> None:
        opened = self._opened
        if opened is not None:
            opened.tables.interrupt()

    def _ended(self) -> None:
        assert self._running is not None, "it is the one that ran"
        is_given_up = self._running[1].is_cancelled and not self._outdated
        self._running = None
        if is_given_up:
            self._waiting.clear()
            self.given_up.emit()
        self._next()

    # On the asking thread

    def _ready(self, folder: Path | None, progress: Progress) -> Opened:
        if self._own is None:
            self._own = self._workspace.reader()
        opened = self._opened
        if opened is None or opened.folder != folder or not opened.is_fresh:
            self._close_tables()
            self._opened = opened = Opened(self._own, folder, progress)
        progress.advance(steps=0)
        return opened

    def _close_tables(self) -> None:
        if self._opened is not None:
            opened, self._opened = self._opened, None
            opened.tables.close()

    def _close(self) -> None:
        self._close_tables()
        if self._own is not None:
            self._own.close()
            self._own = None
