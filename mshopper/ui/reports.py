"""The PDF of a visit: written in the background, then opened by the system's own viewer, or printed (ui/printing.py)."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from mshopper import operations as ops
from mshopper.i18n import _, current_language
from mshopper.progress import Progress
from mshopper.ui.desk import Desk


def open_report(desk: Desk, visit_id: str) -> None:
    """Write the PDF into the reports of the data folder and open it; of an encrypted one it goes when the window closes."""
    _write(desk, visit_id, desk.workspace.place_for("reports"))


def save_report(desk: Desk, visit_id: str, parent: QWidget) -> None:
    """Ask for a file, write the PDF there and open it."""
    name, _kind = QFileDialog.getSaveFileName(parent, _("Save the PDF"), f"{visit_id[:8]}.pdf", "PDF (*.pdf)")
    if name:
        path = Path(name)
        _write(desk, visit_id, path if path.suffix else path.with_suffix(".pdf"))


def print_report(desk: Desk, visit_id: str, parent: QWidget) -> None:
    """Write the PDF as `open_report` does and show how it will be printed."""

    def show(path: Path) -> None:
        from mshopper.ui.printing import preview

        desk.messages.clear()
        with desk.messages.telling():
            preview(path, parent)

    _write(desk, visit_id, desk.workspace.place_for("reports"), show)


def _write(desk: Desk, visit_id: str, target: Path, then: Callable[[Path], None] | None = None) -> None:
    workspace, language = desk.workspace, current_language()

    def work(progress: Progress) -> Path:
        with workspace.reader() as own:
            path, _warnings = ops.write_report(own, visit_id, target, language=language, progress=progress)
            return path

    def opened(path: Path) -> None:
        if QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            desk.messages.say(_("The report is in {file}.").format(file=path), "good")
        else:
            desk.messages.say(_("The report is in {file}; no program here opens PDF files.").format(file=path), "warn")

    desk.messages.say(_("Writing the report…"))
    desk.background.run(work, then or opened)
