"""The place of the plan in a real window: calendar by keys, list with filters, start, not done, import, propose, export."""

import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from mshopper import operations as ops
from mshopper.exchange.stores_csv import read_plan
from mshopper.exchange.workbook import write_workbook
from mshopper.model.record import PlanItem
from mshopper.ui.filling.visit_page import VisitPage
from mshopper.ui.plan import outputs
from mshopper.ui.plan.import_page import ImportPage
from mshopper.ui.plan.page import PlanPage
from mshopper.ui.plan.propose_page import ProposePage
from mshopper.ui.visits.not_done import NotDonePage

from .conftest import WAIT, Person

RULES = """\
forms:
  - {form: store_visit, every_months: 1, window_days: 7}
quotas:
  - {region: Lombardia, at_least: 3}
auditors:
  - {auditor: "12"}
"""


def day(workspace: ops.Workspace, ahead: int) -> dt.date:
    """A day so many days ahead of today."""
    return workspace.clock().date() + dt.timedelta(days=ahead)


@pytest.fixture
def planned(workspace: ops.Workspace) -> ops.Workspace:
    """One visit late, one due today, one next month, by two auditors in two regions."""
    workspace.store.plan.replace(
        [
            PlanItem("late", "MI-001", "store_visit", "12", "", day(workspace, -3).isoformat()),
            PlanItem("today", "TO-001", "exit_interview", "", "", day(workspace, 0).isoformat()),
            PlanItem(
                "next", "MI-001", "store_visit", "13", day(workspace, 34).isoformat(), day(workspace, 40).isoformat()
            ),
        ]
    )
    return workspace


def shown(person: Person) -> PlanPage:
    """The page of the plan, gone to anew."""
    person.window.go_to_place("plan")
    screen = person.screen(PlanPage)
    assert isinstance(screen, PlanPage)
    return screen


def day_ids(page: PlanPage) -> list[str]:
    """The ids of the lines of the day that is chosen."""
    return [entry.item.plan_id for entry in page.day_list.model_.entries]


def test_the_calendar_goes_by_keys_from_day_to_day_and_opens_one(planned: ops.Workspace, person: Person) -> None:
    """Arrows over the edge of a month, PgDn and PgUp, Home is today; Enter goes to the day's lines, once more starts one."""
    page = shown(person)
    today = day(planned, 0)
    assert (page.calendar.day, day_ids(page)) == (today, ["today"])
    for _n in range(3):
        person.press(Qt.Key.Key_Left)
    assert day_ids(page) == ["late"]
    person.press(Qt.Key.Key_PageDown)
    person.press(Qt.Key.Key_PageDown)
    assert page.calendar.day.month == (day(planned, -3).month + 1) % 12 + 1
    person.keys("plan_week")
    person.press(Qt.Key.Key_Home)
    for _n in range(40):
        person.press(Qt.Key.Key_Right)
    assert (page.calendar.day, day_ids(page)) == (day(planned, 40), ["next"])
    person.press(Qt.Key.Key_PageUp)
    assert page.calendar.day == day(planned, 33)
    person.keys("plan_month")
    person.press(Qt.Key.Key_Home)
    person.press("\n")
    assert page.day_list.hasFocus()
    person.press("\n")
    person.qtbot.waitUntil(lambda: isinstance(person.window.screen_shown, VisitPage), timeout=WAIT)
    assert person.visit.session.open_visit.header.plan_id == "today"
    states = {entry.item.plan_id: entry.state for entry in ops.plan_entries(planned)}
    assert states == {"late": "late", "today": "in_progress", "next": "planned"}


def test_the_list_is_narrowed_and_counts_say_what_there_is(planned: ops.Workspace, person: Person) -> None:
    """By state, region, form and auditor; a state's count is of what the other filters let through."""
    page = shown(person)
    person.keys("plan_list")
    assert [entry.item.plan_id for entry in page.list.model_.entries] == ["late", "today", "next"]
    page.states["late"].click()
    assert [entry.item.plan_id for entry in page.shown] == ["late"]
    page.region.choose("Piemonte")
    assert (page.shown, page.states["late"].text(), page.states["due"].text()) == ([], "0 late", "1 due")
    assert page._nothing.isVisible()
    page.states["late"].click()
    assert [entry.item.plan_id for entry in page.shown] == ["today"]
    page.region.choose(None)
    page.auditor.choose("13")
    assert [entry.item.plan_id for entry in page.shown] == ["next"]
    page.auditor.choose("-")
    assert [entry.item.plan_id for entry in page.shown] == ["today"]
    assert "today" not in (page.list.entry() or page.shown[0]).store_name


def test_what_was_not_done_says_why_and_the_quota_does_not_count_it(planned: ops.Workspace, person: Person) -> None:
    """Marked from the plan; a correction of a visit counts once; the bar says how many are done."""
    ops.keep_plan_rules(planned, ops.read_rules_text("quotas:\n  - {region: Lombardia, at_least: 1}\n", "rules"))
    page = shown(person)
    page.show_list()
    page._mark()
    person.qtbot.waitUntil(lambda: isinstance(person.window.screen_shown, NotDonePage), timeout=WAIT)
    marking = person.screen(NotDonePage)
    assert isinstance(marking, NotDonePage)
    marking.reasons["closed"].click()
    marking.mark.click()
    (late,) = [entry for entry in ops.plan_entries(planned) if entry.item.plan_id == "late"]
    assert (late.state, late.line.reason) == ("not_done", "closed")
    form = ops.find_form(planned, "store_visit").hash
    visit = ops.start_visit(planned, form_hash=form, store_id="MI-001", plan_id="late")
    ops.submit_visit(planned, visit, reason="a trial")
    ops.correct_visit(planned, visit.header.visit_id, reason="a typo")
    page = shown(person)
    (late,) = [entry for entry in page.entries if entry.item.plan_id == "late"]
    month = late.line.day[:7]
    (quota,) = ops.quota_progress(page.entries, ops.load_plan_rules(planned), month)
    assert (late.state, quota.done, quota.planned) == ("done", 1, 1 + (day(planned, 40).isoformat()[:7] == month))


def test_stores_come_in_from_a_workbook_by_columns_that_a_person_says(person: Person, tmp_path: Path) -> None:
    """The code's column is unknown: it is asked for, the first rows are shown, a wrong line is said and left out."""
    path = tmp_path / "negozi.xlsx"
    rows = [["Rif.", "Insegna", "Regione", "Cap"], ["RM-1", "Roma", "Lazio", "00100"], ["", "Senza", "Lazio", ""]]
    write_workbook(path, {"Negozi": rows})
    page = shown(person)
    page.import_wanted.emit("stores")
    importing = person.screen(ImportPage)
    assert isinstance(importing, ImportPage)
    importing.open(path)
    assert importing._state.text() == "Say which column is: Code of the store."
    assert not importing._take.isEnabled()
    code = importing.choices[0]
    code.setCurrentIndex(code.findData("store_id"))
    extra = importing.choices[2]
    extra.setCurrentIndex(extra.findData(""))
    assert importing._state.text() == "1 line can be imported; 1 of them is new or changed."
    assert importing._problems.isVisible()
    importing._skip.click()
    store = ops.find_store(person.workspace, "RM-1")
    assert (store.name, store.region, store.extra) == ("Roma", "", (("Cap", "00100"),))
    person.screen(PlanPage)
    again = ops.preview_list(person.workspace, path, "stores")
    assert again.meanings == ("store_id", "name", "", "+")


def test_a_plan_is_proposed_explained_accepted_and_exported(person: Person, tmp_path: Path) -> None:
    """From the empty plan: rules that are wrong are said, right ones kept; the plan is put in and written to a file."""
    page = shown(person)
    assert not page.entries
    page.propose.click()
    proposing = person.screen(ProposePage)
    assert isinstance(proposing, ProposePage)
    assert "store_visit" in proposing.rules.toPlainText() or "forms:" in proposing.rules.toPlainText()
    proposing.rules.setPlainText("forms:\n  - {form: store_visit}\n")
    proposing.propose.click()
    assert "rule 1 of “forms”" in person.desk.messages.sentence
    proposing.rules.setPlainText(RULES)
    proposing.propose.click()
    person.qtbot.waitUntil(lambda: proposing.proposal is not None, timeout=WAIT)
    assert proposing.proposal is not None
    n = len(proposing.proposal.lines)
    assert n >= 6
    shown_lines = [proposing.lines.item(row).text() for row in range(proposing.lines.count())]
    assert any("twice running" in line or "only one" in line for line in shown_lines)
    assert any("quota of 3" in line for line in shown_lines)
    proposing.accept.click()
    page = person.screen(PlanPage)
    assert isinstance(page, PlanPage)
    assert (len(page.entries), person.desk.messages.sentence) == (n, f"{n} visits were put into the plan.")
    outputs.export(person.desk, tmp_path / "piano.xlsx")
    written = read_plan(tmp_path / "piano.xlsx")
    assert sorted(written, key=lambda item: item.plan_id) == person.workspace.store.plan.all()
    outputs.publish(person.desk)
    assert "head-office folder first" in person.desk.messages.sentence
    proposed = [entry.item.plan_id for entry in page.entries]
    page.propose.click()
    again = person.screen(ProposePage)
    assert isinstance(again, ProposePage)
    again.rules.setPlainText(RULES.replace("store_visit", "exit_interview"))
    again.propose.click()
    person.qtbot.waitUntil(lambda: again.proposal is not None, timeout=WAIT)
    again.accept.click()
    assert len(person.workspace.store.plan.all()) > n
    person.desk.messages._action.click()
    assert [entry.item.plan_id for entry in shown(person).entries] == proposed
