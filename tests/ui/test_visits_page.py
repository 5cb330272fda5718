"""The visits screen in a real window: keys, several selected, delete with undo, correct, go on, look, print out."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from mshopper import operations as ops
from mshopper.model.answer import Answer
from mshopper.model.record import PlanItem
from mshopper.store import VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.visits import outputs
from mshopper.ui.visits.delegate import start_place
from mshopper.ui.visits.model import VisitsModel
from mshopper.ui.visits.page import VisitsPage
from mshopper.ui.visits.record_page import RecordPage

from .conftest import WAIT, Person

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def ids(workspace: ops.Workspace) -> list[str]:
    """Four visits, the last one begun first in the list: two submitted, then two in progress."""
    form = ops.find_form(workspace, "exit_interview").hash
    made = [ops.start_visit(workspace, form_hash=form, store_id=("MI-001", "TO-001")[n % 2]) for n in range(4)]
    first = next(key for key in made[0].visit.keys() if made[0].visit.question(key).type == "yes_no")
    for visit in made:
        ops.answer(workspace, visit, first, Answer("yes", comment="<b>Una coda</b>"))
    for visit in made[:2]:
        ops.submit_visit(workspace, visit, reason="a trial")
    return [visit.header.visit_id for visit in made]


@pytest.fixture
def page(ids: list[str], person: Person) -> VisitsPage:
    """The visits screen with them."""
    return shown(person)


def shown(person: Person) -> VisitsPage:
    """The visits screen, which is shown."""
    screen = person.screen(VisitsPage)
    assert isinstance(screen, VisitsPage)
    return screen


def offered(page: VisitsPage) -> list[str]:
    """What the bar below offers."""
    return [made.text() for made in page.bar.buttons.values() if made.isVisible()]


def model_row(model: VisitsModel, visit_id: str) -> VisitRow:
    """The line of a visit."""
    line = model.line(model.row_of(visit_id))
    assert isinstance(line, VisitRow)
    return line


def test_one_and_several_are_chosen_by_keys_and_the_bar_says_what_fits(page: VisitsPage, person: Person) -> None:
    """Home, Shift and arrows, Shift and End, Ctrl+A; headings are passed over."""
    person.press(Qt.Key.Key_Home)
    assert sorted(offered(page)) == ["Continue", "Delete the draft", "Duplicate", "Mark as not done…"]
    person.press(Qt.Key.Key_Down, SHIFT)
    assert (page.selected().count, sorted(offered(page))) == (2, ["Delete 2 drafts", "Duplicate"])
    assert page.bar._count.text() == "2 selected"
    person.press(Qt.Key.Key_End, SHIFT)
    assert sorted(offered(page)) == ["Delete 2 drafts", "Duplicate", "Export", "Print"]
    person.press(Qt.Key.Key_Home)
    person.press(Qt.Key.Key_End)
    assert page.selected().count == 1
    assert {"Open", "Open PDF", "Correct…"} <= set(offered(page))
    person.press("a", CTRL)
    assert page.selected().count == 4


def test_deleted_drafts_come_back_by_undo(page: VisitsPage, person: Person, ids: list[str]) -> None:
    """Delete takes the drafts that are selected, and leaves what was submitted; Undo in the message brings all back."""
    person.press("a", CTRL)
    before = [ops.open_visit(person.workspace, visit_id).visit.answers for visit_id in ids]
    person.press(Qt.Key.Key_Delete)
    assert [part.count for part in page.model.parts] == [2]
    assert person.desk.messages.sentence == "2 drafts were deleted."
    person.desk.messages._act()
    assert [part.count for part in shown(person).model.parts] == [2, 2]
    assert [ops.open_visit(person.workspace, visit_id).visit.answers for visit_id in ids] == before


def test_a_correction_is_asked_why_and_opens(page: VisitsPage, person: Person, ids: list[str]) -> None:
    """Ctrl+E, a reason, Enter: revision 2 is open; Escape at the reason leaves all as it was."""
    page.list.choose(page.model.row_of(ids[0]))
    page.list.setFocus()
    person.press("e", CTRL)
    person.press(Qt.Key.Key_Escape)
    assert page.list.hasFocus()
    person.press("e", CTRL)
    person.press("Wrong shop\n")
    header = person.visit.session.open_visit.header
    assert (header.visit_id, header.revision, header.reason) == (ids[0], 2, "Wrong shop")
    person.visit.leave()
    assert "correction, revision 2" in shown(person).model.data(shown(person).list.currentIndex())  # type: ignore[operator]


def test_a_returned_visit_is_gone_on_with(page: VisitsPage, person: Person, ids: list[str]) -> None:
    """It stands in progress and says so; Enter opens its next revision."""
    header = person.workspace.store.visits.header(ids[1])
    assert header is not None
    person.workspace.store.visits.update_header(replace(header, state="returned"))
    page.refresh(ids[1])
    assert "What was submitted" in offered(page)
    assert "Delete the draft" not in offered(page)
    page.list.setFocus()
    person.press(Qt.Key.Key_Return)
    assert person.visit.session.open_visit.header.revision == 2


def test_a_submitted_visit_is_looked_at(page: VisitsPage, person: Person, ids: list[str]) -> None:
    """Enter shows answers, escaped, the journal and each revision; Escape goes back to its line."""
    ops.submit_visit(person.workspace, ops.correct_visit(person.workspace, ids[0], reason="Wrong shop"), reason="x")
    page.refresh(ids[0])
    page.list.setFocus()
    person.press(Qt.Key.Key_Return)
    record = person.screen(RecordPage)
    assert isinstance(record, RecordPage)
    said = record.text.toPlainText()
    for words in ("Milano", "“<b>Una coda</b>”", "Wrong shop", "Revision 2 begun", "Submitted and sealed"):
        assert words in said or words == "Milano"
    record.text.anchorClicked.emit(QUrl("revision:1"))
    assert "Wrong shop" not in record.text.toPlainText().partition("Revisions")[0]
    assert [record.places.item(n).text() for n in (0, record.places.count() - 1)] == ["Summary", "History"]
    person.press(Qt.Key.Key_Escape)
    line = shown(person).chosen()
    assert isinstance(line, VisitRow)
    assert line.visit_id == ids[0]


def test_what_is_found_and_what_is_not(page: VisitsPage, person: Person, ids: list[str]) -> None:
    """The search reaches comments; nothing found says how to see all again; filters count in their button."""
    person.press("f", CTRL)
    person.press("coda torino\n")
    assert sum(part.count for part in page.model.parts) == 2
    page.search.setText("nowhere at all")
    page._find()
    assert page._empty_title.text() == "No visit matches."
    page._all.click()
    assert sum(part.count for part in page.model.parts) == 4
    page.toggle_filters()
    assert page.filters is not None
    page.filters.store.choose("MI-001")
    page.filters.state.choose("submitted")
    assert page.narrow.text() == "Filters (2)"
    assert page.visit_ids(page.model.chosen([(0, 9)])) == [ids[0]]
    page.filters.clear_button.click()
    page.filters.period.choose("between")
    page.filters.since.setText("31/02/2020")
    assert page.filters.since.property("wrong")
    page.filters.until.setText("01/02/2020")
    assert not page.model.rowCount()
    page.toggle_filters()
    assert sum(part.count for part in page.model.parts) == 4


def test_the_columns_sort(page: VisitsPage, person: Person, ids: list[str]) -> None:
    """A click on a column's name sorts by it, another the other way round, which it also tells a screen reader."""
    page.heads.buttons["store"].click()
    rows = page.model.parts[1].keys  # type: ignore[attr-defined]  # visits
    names = [row.store_name for row in person.workspace.store.visit_list.window(rows) if row]
    assert names == ["Milano Duomo", "Torino Roma"]
    page.heads.buttons["store"].click()
    assert page.model.wanted.order == "store_last"
    assert page.heads.buttons["store"].accessibleDescription() == "sorted, falling"
    assert not page.heads.buttons["day"].accessibleDescription()


def test_a_click_on_start_starts(person: Person) -> None:
    """What is late stands on top; a click on its Start opens the visit, one beside it only chooses the line."""
    person.workspace.store.plan.replace([PlanItem("P1", "TO-001", "store_visit", "", "", "2020-11-30")])
    person.window.go_to_place("visits")
    page = shown(person)
    place = page.list.visualRect(page.model.index(1))
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert isinstance(shown(person).chosen(), PlanRow)
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=start_place(place).center())
    assert person.visit.session.open_visit.header.plan_id == "P1"


def test_a_visit_is_made_again_from_the_list(page: VisitsPage, person: Person, ids: list[str]) -> None:
    """The copy is chosen, a draft with the same answers."""
    page.list.choose(page.model.row_of(ids[0]))
    page._do("duplicate_full")
    line = page.chosen()
    assert isinstance(line, VisitRow)
    assert (line.state, line.store_name) == ("in_progress", "Milano Duomo")
    answers = ops.open_visit(person.workspace, line.visit_id).visit.answers
    assert answers == ops.open_visit(person.workspace, ids[0]).visit.answers


def test_many_visits_are_made_again_in_the_background(
    page: VisitsPage, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that are selected, and the list shows them once they are there."""
    monkeypatch.setattr("mshopper.ui.visits.page.AT_ONCE", 2)
    page.list.selectAll()
    page._do("duplicate_blank")
    person.qtbot.waitUntil(lambda: sum(part.count for part in page.model.parts) == 8, timeout=WAIT)


def test_visits_are_put_out_in_the_background(
    page: VisitsPage, person: Person, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PDFs, a CSV of those submitted, and the printer, each said when it is done; a machine that can't print says so."""
    printed: list[Path] = []
    messages = person.desk.messages

    def wait(words: str) -> None:
        person.qtbot.waitUntil(lambda: words in messages.sentence, timeout=WAIT)

    outputs.write_reports(person.desk, ids[:2], tmp_path / "pdf", lambda _job, _what: None)
    wait("2 PDFs are in")
    assert len(list((tmp_path / "pdf").glob("*.pdf"))) == 2
    outputs.write_csv(person.desk, ids[:2], tmp_path / "visits.csv", lambda _job, _what: None)
    wait("2 visits are in")
    with (tmp_path / "visits.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["visit_id"] for row in csv.DictReader(stream)] == ids[:2]
    monkeypatch.setattr("shutil.which", lambda _name: None)
    outputs.print_reports(person.desk, ids[:1], lambda _job, _what: None)
    wait("Nothing here prints")
    monkeypatch.setattr(outputs, "send_to_printer", printed.append)
    page.list.choose(page.model.row_of(ids[0]))
    page._do("print")
    wait("1 report was sent to the printer.")
    assert len(printed) == 1
    assert printed[0].suffix == ".pdf"
