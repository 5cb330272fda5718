"""Visits out of the window: PDFs into a folder, a CSV, the printer. Long work, in the background, with progress and cancel."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, current_language, ngettext
from mshopper.progress import Progress
from mshopper.ui.background import Job
from mshopper.ui.desk import Desk

Follow = Callable[[Job, str], None]
"""Shows a job's progress and lets it be cancelled, under a sentence."""


def export_reports(desk: Desk, visit_ids: Sequence[str], parent: QWidget, follow: Follow) -> None:
    """Ask for a folder and write the PDF of each visit there."""
    chosen = QFileDialog.getExistingDirectory(parent, _("Folder for the PDFs"))
    if chosen:
        write_reports(desk, visit_ids, Path(chosen), follow)


def write_reports(desk: Desk, visit_ids: Sequence[str], folder: Path, follow: Follow) -> None:
    """Write the PDF of each visit into `folder`."""
    workspace, language = desk.workspace, current_language()

    def work(progress: Progress) -> int:
        with workspace.reader() as own:
            return len(ops.export_reports(own, visit_ids, folder, language=language, progress=progress))

    def done(n: int) -> None:
        said = ngettext("{n} PDF is in {folder}.", "{n} PDFs are in {folder}.", n).format(n=n, folder=folder)
        desk.messages.say(said, "good", action=_("Open the folder"), then=lambda: _open(folder))

    follow(desk.background.run(work, done), _("Writing the PDFs…"))


def export_visits(desk: Desk, visit_ids: Sequence[str], parent: QWidget, follow: Follow) -> None:
    """Ask for a folder and write each visit there, to be verified and kept on another computer."""
    chosen = QFileDialog.getExistingDirectory(parent, _("Folder for the visits"))
    if chosen:
        write_visits(desk, visit_ids, Path(chosen), follow)


def write_visits(desk: Desk, visit_ids: Sequence[str], folder: Path, follow: Follow) -> None:
    """Write each visit with all that proves it into `folder`."""
    workspace = desk.workspace

    def work(progress: Progress) -> int:
        with workspace.reader() as own:
            return len(ops.export_visits(own, visit_ids, folder, progress=progress))

    def done(n: int) -> None:
        said = ngettext("{n} visit is in {folder}.", "{n} visits are in {folder}.", n).format(n=n, folder=folder)
        desk.messages.say(said, "good", action=_("Open the folder"), then=lambda: _open(folder))

    follow(desk.background.run(work, done), _("Writing the visits…"))


def export_csv(desk: Desk, visit_ids: Sequence[str], parent: QWidget, follow: Follow) -> None:
    """Ask for a file and write a line for each visit."""
    name, _kind = QFileDialog.getSaveFileName(parent, _("Save the CSV"), "visits.csv", "CSV (*.csv)")
    if name:
        path = Path(name)
        write_csv(desk, visit_ids, path if path.suffix else path.with_suffix(".csv"), follow)


def write_csv(desk: Desk, visit_ids: Sequence[str], path: Path, follow: Follow) -> None:
    """Write a line for each visit to `path`, as a spreadsheet of the language shown opens it."""
    workspace, language = desk.workspace, current_language()

    def work(progress: Progress) -> int:
        with workspace.reader() as own:
            return ops.export_csv(own, visit_ids, path, language=language, progress=progress)

    def done(n: int) -> None:
        said = ngettext("{n} visit is in {file}.", "{n} visits are in {file}.", n).format(n=n, file=path)
        desk.messages.say(said, "good", action=_("Open the file"), then=lambda: _open(path))

    follow(desk.background.run(work, done), _("Writing the CSV…"))


def print_reports(desk: Desk, visit_ids: Sequence[str], follow: Follow) -> None:
    """Send the PDF of each visit to the system's printer."""
    workspace, language = desk.workspace, current_language()

    def work(progress: Progress) -> int:
        # They stay there, as those that are opened do: some systems print from the file long after this returns.
        with workspace.reader() as own:
            files = ops.export_reports(own, visit_ids, own.folder / "reports", language=language, progress=progress)
        for file in files:
            send_to_printer(file)
        return len(files)

    def done(n: int) -> None:
        desk.messages.say(
            ngettext("{n} report was sent to the printer.", "{n} reports were sent to the printer.", n).format(n=n),
            "good",
        )

    follow(desk.background.run(work, done), _("Printing…"))


def send_to_printer(file: Path) -> None:
    """Print a PDF as the system does. Raises MshopperError where nothing here prints."""
    refused = MshopperError(_("Nothing here prints: open the PDF and print it from there, or set a printer up first."))
    if os.name == "nt":
        try:
            os.startfile(file, "print")  # type: ignore[attr-defined,unused-ignore]  # on Windows alone  # noqa: S606
        except OSError:
            raise refused from None
        return
    command = shutil.which("lp") or shutil.which("lpr")
    if command is None:
        raise refused
    # The spooler has its own copy by the time that it returns.
    if subprocess.run([command, str(file)], capture_output=True, check=False).returncode:  # noqa: S603 - a file of ours
        raise refused


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
