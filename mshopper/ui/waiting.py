"""Between two windows: what is done to a data folder that nobody has open, with a sign that it goes on where it takes long."""

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QProgressBar, QWidget

from mshopper.i18n import _
from mshopper.progress import Progress
from mshopper.ui.afterwards import Afterwards
from mshopper.ui.background import SHOW_AFTER_MS, Background
from mshopper.ui.layouts import column, label
from mshopper.ui.theme import Theme


class WaitingWindow(QWidget):
    """It can't be closed: what goes on has the data in its hands."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("mshopper")
        self.setProperty("role", "page")
        self.resize(480, 160)
        layout = column(self, margin=24, gap=16)
        layout.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        words = _("The data is being written anew. This may take some minutes; leave the computer on.")
        layout.addWidget(label(words, wrap=True))
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName(_("Progress"))
        layout.addWidget(bar)
        self.is_done = False

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self.is_done)


def prepared(app: QApplication, now: Afterwards) -> tuple[str, str]:
    """Do what comes first, off the GUI thread. Returns the sentence on it and its kind, as `Afterwards.prepare` does."""
    Theme(app)
    window, loop, outcome = WaitingWindow(), QEventLoop(), list[object]()

    def work(_progress: Progress) -> tuple[str, str]:
        return now.prepare()

    job = Background(outcome.append).run(work, outcome.append)
    job.ended.connect(loop.quit)
    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(window.show)
    timer.start(SHOW_AFTER_MS)
    loop.exec()
    timer.stop()
    window.is_done = True
    window.close()
    (found,) = outcome
    if isinstance(found, BaseException):
        raise found
    assert isinstance(found, tuple)
    return found
