"""What is compared, out of the window: a menu of files, each written in the background with progress and cancel."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from mshopper import operations as ops
from mshopper.i18n import _, current_language
from mshopper.progress import Progress
from mshopper.ui.background import ProgressStrip
from mshopper.ui.compare.choice import Choice
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import button


def export_button(
    desk: Desk, parent: QWidget, chosen: Callable[[], Choice], strip: ProgressStrip, *, is_store: bool = False
) -> QPushButton:
    """A button with a menu of what can be written of the comparison that `chosen()` tells; of its store with `is_store`."""
    made = button(_("Export"), lambda: None, "", desk.icons.beside("download"))
    menu = QMenu(made)
    menu.setAccessibleName(_("Export"))
    kinds = ("store",) if is_store else ("pdf", "stores", "xlsx", "csv")
    for kind in kinds:
        menu.addAction(_titles()[kind], partial(_export_chosen, desk, parent, chosen, kind, strip))
    made.setMenu(menu)
    return made


def _export_chosen(desk: Desk, parent: QWidget, chosen: Callable[[], Choice], kind: str, strip: ProgressStrip) -> None:
    export(desk, parent, chosen(), kind, strip)


def _titles() -> dict[str, str]:
    return {
        "pdf": _("Comparison as PDF…"),
        "stores": _("A page for each store as PDF…"),
        "store": _("This store's page as PDF…"),
        "xlsx": _("Comparison as Excel workbook…"),
        "csv": _("League table as CSV…"),
    }


def export(desk: Desk, parent: QWidget, choice: Choice, kind: str, strip: ProgressStrip) -> None:
    """Ask for a file (for pages of all stores a folder) and write it."""
    if kind == "stores":
        name = QFileDialog.getExistingDirectory(parent, _("Folder for the PDFs"))
    else:
        ending = "pdf" if kind == "store" else kind
        suggested = f"{choice.group or 'comparison'}.{ending}"
        name, _kind = QFileDialog.getSaveFileName(parent, _titles()[kind].rstrip("…"), suggested, f"*.{ending}")
        if name and not Path(name).suffix:
            name += f".{ending}"
    if name:
        write(desk, choice, kind, Path(name), strip)


def write(desk: Desk, choice: Choice, kind: str, path: Path, strip: ProgressStrip) -> None:
    """Write it to `path`, in the language shown, and say where it is."""
    workspace, language = desk.workspace, current_language()
    folder = Path(choice.folder) if choice.folder else None

    def work(progress: Progress) -> Path:
        with workspace.reader() as own, ops.open_comparison(own, folder, progress=progress) as tables:
            return _write(own, tables, choice, kind, path, language, progress)

    def done(written: Path) -> None:
        words = _("The pages are in {file}.") if kind == "stores" else _("The comparison is in {file}.")
        desk.messages.say(
            words.format(file=written),
            "good",
            action=_("Open the folder") if kind == "stores" else _("Open the file"),
            then=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(written))),
        )

    strip.follow(desk.background.run(work, done), _("Writing…"))


def _write(
    workspace: ops.Workspace,
    tables: ops.Comparing,
    choice: Choice,
    kind: str,
    path: Path,
    language: str,
    progress: Progress,
) -> Path:
    findings = ops.Findings(tables, workspace, Path(choice.folder) if choice.folder else None)
    if kind == "csv":
        compared = tables.stores(
            by=choice.by,
            measure=choice.measure,
            filters=choice.filters,
            minimum_n=choice.minimum_n,
            period=choice.period,
        )
        return ops.write_comparison_csv(compared, path)
    if kind in ("store", "stores"):
        chosen = (choice.group,) if kind == "store" else ()
        pages = ops.store_pages(
            tables, findings, workspace, store_ids=chosen, filters=choice.filters, progress=progress
        )
        if kind == "stores":
            ops.write_store_pages(pages, path, language=language, progress=progress)
        else:
            ops.write_store_page(next(iter(pages)), path, language=language)
        return path
    report = ops.comparison_report(
        tables,
        findings,
        by=choice.by,
        measure=choice.measure,
        filters=choice.filters,
        minimum_n=choice.minimum_n,
        period=choice.period,
        progress=progress,
    )
    if kind == "pdf":
        ops.write_comparison_pdf(report, path, language=language, progress=progress)
    else:
        ops.write_comparison_workbook(report, path, language=language)
    return path
