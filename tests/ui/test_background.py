"""Long work: results and errors come back to the GUI thread, cancelling is silent."""

import threading

from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mshopper.progress import Progress
from mshopper.ui.background import Background, ProgressStrip

from .conftest import WAIT


def test_results_come_back_to_the_gui_thread(qtbot: QtBot, qapp: QApplication) -> None:
    """The work runs elsewhere, `done` here."""
    where: list[bool] = []
    failures: list[BaseException] = []
    background = Background(failures.append)

    def work(progress: Progress) -> bool:
        progress.expect(1)
        progress.advance("one")
        return QThread.currentThread() is qapp.thread()

    def done(in_gui: bool) -> None:
        where.extend([in_gui, QThread.currentThread() is qapp.thread()])

    background.run(work, done)
    qtbot.waitUntil(lambda: len(where) == 2, timeout=WAIT)
    assert where == [False, True]
    assert not background.is_busy
    assert not failures


def test_an_error_is_told_and_cancelling_is_not(qtbot: QtBot) -> None:
    """`failed` hears a ValueError; a cancelled job ends without a word."""
    failures: list[BaseException] = []
    background = Background(failures.append)

    def fail(progress: Progress) -> None:
        raise ValueError("broken")

    background.run(fail, lambda _result: None)
    qtbot.waitUntil(lambda: bool(failures), timeout=WAIT)
    assert isinstance(failures[0], ValueError)

    begun = threading.Event()

    def endless(progress: Progress) -> None:
        begun.set()
        while True:
            progress.advance()

    results: list[object] = []
    job = background.run(endless, results.append)
    strip = ProgressStrip()
    qtbot.addWidget(strip)
    strip.follow(job, "Working")
    qtbot.waitUntil(begun.is_set, timeout=WAIT)
    strip._stop()
    qtbot.waitUntil(lambda: not background.is_busy, timeout=WAIT)
    assert results == []
    assert len(failures) == 1
    assert strip.isHidden()


def test_the_strip_appears_only_for_work_that_takes_long(qtbot: QtBot) -> None:
    """Half a second of work shows it; it goes when the work ends."""
    background = Background(lambda _error: None)
    finish = threading.Event()
    strip = ProgressStrip()
    qtbot.addWidget(strip)
    job = background.run(lambda _progress: finish.wait(10), lambda _result: None)
    strip.follow(job, "Working")
    assert strip.isHidden()
    qtbot.waitUntil(lambda: not strip.isHidden(), timeout=WAIT)
    finish.set()
    qtbot.waitUntil(strip.isHidden, timeout=WAIT)
