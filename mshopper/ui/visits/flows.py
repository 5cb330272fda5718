"""The visits as a place: its page, and the ways from it to a new visit, a planned one, not done and deletion."""

from pathlib import Path
from typing import TYPE_CHECKING

from mshopper import operations as ops
from mshopper.i18n import _
from mshopper.store import VisitRow
from mshopper.ui.desk import Desk
from mshopper.ui.visits.page import VisitsPage

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator


def visits_page(desk: Desk, navigator: "Navigator", chosen: str = "") -> VisitsPage:
    """The page of visits, that one chosen, wired to the window."""
    page = VisitsPage(desk)
    page.new_wanted.connect(navigator.new_visit)
    page.continue_wanted.connect(lambda visit_id: navigator.continue_visit(visit_id))
    page.start_wanted.connect(lambda row: start_planned(desk, navigator, row))
    page.report_wanted.connect(navigator.open_report)
    page.report_file_wanted.connect(navigator.save_report)
    page.not_done_wanted.connect(lambda line: ask_not_done(desk, navigator, line))
    page.delete_wanted.connect(lambda line: delete_draft(desk, navigator, line, page))
    if chosen:
        page.refresh(chosen)
    return page


def new_visit(desk: Desk, navigator: "Navigator") -> None:
    """Ask for a form and a store."""
    from mshopper.ui.visits.new_visit import NewVisitPage

    page = NewVisitPage(desk)
    page.left.connect(lambda: navigator.go_to_place("visits"))
    page.started.connect(navigator.start_visit)
    navigator.show_screen(page, lambda: new_visit(desk, navigator))


def start_planned(desk: Desk, navigator: "Navigator", row: object) -> None:
    """Start a visit that head office planned."""
    from mshopper.store.plan import PlanRow

    assert isinstance(row, PlanRow)
    forms = [info for info in ops.list_forms(desk.workspace) if info.id == row.item.form_id]
    if forms:
        navigator.start_visit(forms[0].hash, row.item.store_id, row.item.plan_id)
        return
    words = _("The form “{form}” isn't here yet: sync with the head office to take it.")
    desk.messages.say(words.format(form=row.item.form_id), "bad")


def ask_not_done(desk: Desk, navigator: "Navigator", line: object) -> None:
    """Ask why a visit was not made, and keep it."""
    from mshopper.store.plan import PlanRow
    from mshopper.ui.filling.photo_taking import ask_for_photos
    from mshopper.ui.visits.not_done import NotDonePage, mark_not_done

    assert isinstance(line, VisitRow | PlanRow)

    def done(visit_id: str) -> None:
        navigator.show_visit(visit_id)
        desk.messages.say(_("The visit is marked as not done."), "good")

    def mark(reason: str, note: str, photos: tuple[Path, ...]) -> None:
        mark_not_done(desk, line, reason, note, photos, done)

    store = line.store_name or (line.store_id if isinstance(line, VisitRow) else line.item.store_id)
    page = NotDonePage(desk, store, ask_for_photos)
    page.left.connect(lambda: navigator.go_to_place("visits"))
    page.marked.connect(mark)
    navigator.show_screen(page, lambda: ask_not_done(desk, navigator, line))


def delete_draft(desk: Desk, navigator: "Navigator", line: VisitRow, page: VisitsPage) -> None:
    """Delete a draft, once that is confirmed."""
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(page.window())
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(_("Delete the draft"))
    box.setText(_("Delete the visit to {store} with its answers and photos?").format(store=line.store_name))
    box.setInformativeText(_("It can't be undone."))
    delete = box.addButton(_("Delete"), QMessageBox.ButtonRole.DestructiveRole)
    keep = box.addButton(_("Keep it"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.exec()
    if box.clickedButton() is delete:
        with desk.messages.telling():
            ops.delete_draft(desk.workspace, line.visit_id)
        navigator.go_to_place("visits")
