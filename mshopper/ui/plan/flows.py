"""The plan as a place: its page, and the ways from it to a visit, to importing a list, to proposing a plan."""

from typing import TYPE_CHECKING

from mshopper import operations as ops
from mshopper.i18n import _, ngettext
from mshopper.ui.desk import Desk
from mshopper.ui.plan.entries import plan_row
from mshopper.ui.plan.page import PlanPage

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator


def plan_page(desk: Desk, navigator: "Navigator") -> PlanPage:
    """The page of the plan, wired to the window."""
    page = PlanPage(desk)
    page.open_wanted.connect(lambda entry: open_entry(desk, navigator, entry))
    page.not_done_wanted.connect(lambda entry: _not_done(desk, navigator, entry))
    page.import_wanted.connect(lambda kind: import_list(desk, navigator, kind))
    page.propose_wanted.connect(lambda: propose(desk, navigator))
    return page


def open_entry(desk: Desk, navigator: "Navigator", entry: ops.PlanEntry) -> None:
    """Start a planned visit, go on with it, or look at what was submitted."""
    from mshopper.ui.visits.flows import look_at, start_planned

    visit = entry.line.visit
    if visit is None:
        start_planned(desk, navigator, plan_row(entry))
    elif entry.state in ("in_progress", "returned") and not desk.read_only:
        navigator.continue_visit(visit.visit_id)
    else:
        look_at(desk, navigator, visit.visit_id)


def _not_done(desk: Desk, navigator: "Navigator", entry: ops.PlanEntry) -> None:
    from mshopper.ui.visits.flows import ask_not_done

    ask_not_done(desk, navigator, plan_row(entry))


def import_list(desk: Desk, navigator: "Navigator", kind: str) -> None:
    """Take in stores, or planned visits, from a file."""
    from mshopper.ui.plan.import_page import ImportPage

    page = ImportPage(desk, kind)

    def done(n: int) -> None:
        navigator.go_to_place("plan")
        if kind == "stores":
            said = ngettext("{n} store imported.", "{n} stores imported.", n)
        else:
            said = ngettext("{n} planned visit imported.", "{n} planned visits imported.", n)
        desk.messages.say(said.format(n=n), "good")

    page.left.connect(lambda: navigator.go_to_place("plan"))
    page.imported.connect(done)
    navigator.show_screen(page, lambda: import_list(desk, navigator, kind))


def propose(desk: Desk, navigator: "Navigator") -> None:
    """Edit the rules, look at the plan that follows from them, and accept it."""
    from mshopper.ui.plan.propose_page import ProposePage

    page = ProposePage(desk)

    def take_back(plan_ids: list[str]) -> None:
        with desk.messages.telling():
            ops.withdraw_plan(desk.workspace, plan_ids)
            navigator.go_to_place("plan")

    def accepted(plan_ids: list[str]) -> None:
        navigator.go_to_place("plan")
        n = len(plan_ids)
        said = ngettext("{n} visit was put into the plan.", "{n} visits were put into the plan.", n)
        desk.messages.say(said.format(n=n), "good", action=_("Undo"), then=lambda: take_back(plan_ids))

    page.left.connect(lambda: navigator.go_to_place("plan"))
    page.accepted.connect(accepted)
    navigator.show_screen(page, lambda: propose(desk, navigator))
