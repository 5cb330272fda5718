"""The plan put out: to a file for people, or into the head-office folder for the laptops."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from mshopper import operations as ops
from mshopper.i18n import _, current_language, ngettext
from mshopper.model.plan_progress import PlanVisit
from mshopper.ui.desk import Desk


def ask_file(desk: Desk, parent: QWidget, sent: Sequence[PlanVisit]) -> None:
    """Ask for a file and write the plan there."""
    kinds = ";;".join((_("Excel workbook (*.xlsx)"), _("CSV for Excel (*.csv)")))
    name, _kind = QFileDialog.getSaveFileName(parent, _("Export the plan"), _("plan") + ".xlsx", kinds)
    if name:
        export(desk, Path(name), sent)


def export(desk: Desk, path: Path, sent: Sequence[PlanVisit] = ()) -> None:
    """Write the plan, with what has become of it, to a file; `sent` are the visits of other laptops."""
    with desk.messages.telling():
        n = ops.export_plan(desk.workspace, path, excel="it" if current_language() == "it" else "en", others=sent)
        words = ngettext("{n} planned visit is in {file}.", "{n} planned visits are in {file}.", n)
        desk.messages.say(words.format(n=n, file=path.name), "good")


def publish(desk: Desk) -> None:
    """Put the plan into the head-office folder, for the laptops to take."""
    folder = desk.settings.head_office
    if not folder:
        desk.messages.say(_("Choose the head-office folder first, under Head office."), "warn")
        return
    with desk.messages.telling():
        place = ops.place_of(desk.workspace, folder)
        if not isinstance(place, Path):
            words = _("The head-office folder is on a server: export the plan, and put it there as “plan.csv”.")
            desk.messages.say(words, "warn")
            return
        n = ops.publish_plan(desk.workspace, place)
        words = ngettext(
            "{n} planned visit is in the head-office folder: laptops take it at their next sync.",
            "{n} planned visits are in the head-office folder: laptops take them at their next sync.",
            n,
        )
        desk.messages.say(words.format(n=n), "good")
