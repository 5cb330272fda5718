"""A visit behind a number, opened: the whole of it where this laptop holds it, else what head office has of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.i18n import _
from mshopper.model.comparison import VisitLine
from mshopper.progress import Progress
from mshopper.ui.actions import make_action
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import button, column, icon_button, label
from mshopper.ui.review.visit_view import VisitView

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator


def open_visit(desk: Desk, navigator: "Navigator", line: VisitLine, folder: str) -> None:
    """Show a visit; leaving it leads back to the comparison. Raises MshopperError where it isn't there any more."""
    header = desk.workspace.store.visits.header(line.visit_id)
    if header is not None and header.submitted_at:
        _open_here(desk, navigator, line.visit_id)
    elif folder:
        _open_there(desk, navigator, line.visit_id, Path(folder))


def _open_here(desk: Desk, navigator: "Navigator", visit_id: str) -> None:
    from mshopper.ui.visits.flows import correct
    from mshopper.ui.visits.record_page import RecordPage

    page = RecordPage(desk, visit_id)
    page.left.connect(lambda: navigator.go_to_place("compare"))
    page.report_wanted.connect(navigator.open_report)
    page.report_file_wanted.connect(navigator.save_report)
    page.corrected.connect(lambda visit_id, reason: correct(desk, navigator, visit_id, reason))
    navigator.show_screen(page, lambda: _open_here(desk, navigator, visit_id))


def _open_there(desk: Desk, navigator: "Navigator", visit_id: str, folder: Path) -> None:
    workspace = desk.workspace

    def work(_progress: Progress) -> ops.VisitSeen:
        with workspace.reader() as own:
            return ops.seen_in(own, folder, visit_id)

    page = SeenPage(desk)
    page.left.connect(lambda: navigator.go_to_place("compare"))
    navigator.show_screen(page, lambda: _open_there(desk, navigator, visit_id, folder))
    desk.background.run(work, page.seen.emit)


class SeenPage(QWidget):
    """A visit of another laptop: its answers as head office merged them, and its PDF where it was sent. `left()` to go back."""

    left = Signal()
    seen = Signal(object)
    """The visit, once it is read."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.visit = VisitView(desk)
        self.told = label(_("Reading the tables of head office…"), "muted", wrap=True)
        self.back = icon_button(_("Back to the comparison"), desk.icons.icon("chevron-left"), self.left.emit)
        self.report = button(_("Open PDF"), self._open_report, "", desk.icons.beside("file-text"))
        self.report.setEnabled(False)
        self._path: Path | None = None
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 24, 8)
        head.setSpacing(12)
        head.addWidget(self.back)
        head.addWidget(self.told, 1)
        head.addWidget(self.report)
        outer = column(self, gap=0)
        outer.addLayout(head)
        outer.addWidget(self.visit, 1)
        self.seen.connect(self._show)
        make_action("leave_visit", self, self.left.emit)

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self.back.setFocus()

    def _show(self, seen: "ops.VisitSeen") -> None:
        words = _("A visit of another laptop: its answers and scores as head office merged them.")
        if seen.report is None:
            words += " " + _("Its PDF and photos weren't sent along.")
        self.told.setText(words)
        self._path = seen.report
        self.report.setEnabled(seen.report is not None)
        self.visit.show_visit(seen)

    def _open_report(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))
