"""The visits as a place: its page, and the ways from it to a new visit, a planned one, to looking, correcting, not done."""

from pathlib import Path
from typing import TYPE_CHECKING

from mshopper import operations as ops
from mshopper.i18n import _, ngettext
from mshopper.store import VisitRow
from mshopper.ui.actions import make_action
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
    page.look_wanted.connect(lambda visit_id: look_at(desk, navigator, visit_id))
    page.corrected.connect(lambda visit_id, reason: correct(desk, navigator, visit_id, reason))
    page.verify_wanted.connect(lambda visit_id: navigator.go_to_place("verify", visit_id))
    page.not_done_wanted.connect(lambda line: ask_not_done(desk, navigator, line))
    page.deleted.connect(lambda visit_ids: say_deleted(desk, navigator, visit_ids))
    make_action("preview_report", page, lambda: preview_report(navigator, page.chosen()))
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
    from mshopper.ui.photos.given import ask_for_photos
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


def preview_report(navigator: "Navigator", line: object) -> None:
    """Show how the report of a visit that is done will be printed."""
    if isinstance(line, VisitRow) and line.submitted_at:
        navigator.print_report(line.visit_id)


def look_at(desk: Desk, navigator: "Navigator", visit_id: str) -> None:
    """Show a submitted visit: answers, score, history; nothing of it can be changed there."""
    from mshopper.ui.visits.record_page import RecordPage

    with desk.messages.telling():
        page = RecordPage(desk, visit_id)
        page.left.connect(lambda: navigator.show_visit(visit_id))
        page.report_wanted.connect(navigator.open_report)
        page.report_file_wanted.connect(navigator.save_report)
        page.corrected.connect(lambda visit_id, reason: correct(desk, navigator, visit_id, reason))
        navigator.show_screen(page, lambda: look_at(desk, navigator, visit_id))


def correct(desk: Desk, navigator: "Navigator", visit_id: str, reason: str) -> None:
    """Begin a correction and show it."""
    with desk.messages.telling():
        ops.correct_visit(desk.workspace, visit_id, reason=reason)
        navigator.continue_visit(visit_id)


def say_deleted(desk: Desk, navigator: "Navigator", visit_ids: list[str]) -> None:
    """Say that drafts are deleted, with the way to bring them back."""

    def bring_back() -> None:
        with desk.messages.telling():
            for visit_id in visit_ids:
                ops.restore_draft(desk.workspace, visit_id)
            navigator.show_visit(visit_ids[0])

    n = len(visit_ids)
    said = ngettext("{n} draft was deleted.", "{n} drafts were deleted.", n).format(n=n)
    desk.messages.say(said, action=_("Undo"), then=bring_back)
