"""The compare screen: a supervisor at the keyboard, on visits of this laptop and on those of a head-office folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.comparison import Filters
from mshopper.model.record import Store
from mshopper.ui.compare.exporting import write
from mshopper.ui.compare.opening import SeenPage
from mshopper.ui.compare.page import ComparePage
from mshopper.ui.compare.pictures import PICTURES
from mshopper.ui.compare.store_page import StoreView
from mshopper.ui.visits.record_page import RecordPage
from tests.ui.conftest import WAIT, Person

TILL = """\
mshopper: 1
id: {form}
version: "1"
title: Till
languages: [en]
sections:
  - id: till
    title: Till
    phase: during
    touchpoint: store
    questions:
      - {{id: clean, type: yes_no, label: Is the till clean?, points: {{yes: 5, no: 0}}, dimension: quality}}
      - {{id: receipt, type: yes_no, label: Was there a receipt?, points: {points}, dimension: courtesy}}
"""


def record(workspace: ops.Workspace, store_id: str, *said: str, form: str = "till") -> str:
    """A submitted visit to a store, its questions answered so."""
    opened = ops.start_visit(workspace, form_hash=ops.find_form(workspace, form).hash, store_id=store_id)
    for path, value in zip(("till/clean", "till/receipt"), said, strict=True):
        ops.answer(workspace, opened, AnswerKey(path), Answer(value))
    return ops.submit_visit(workspace, opened).visit_id


def take_form(workspace: ops.Workspace, folder: Path, form: str = "till", points: int = 5) -> None:
    path = folder / f"{form}.yaml"
    path.write_text(TILL.format(form=form, points=points), encoding="utf-8")
    ops.import_form(workspace, path)


@pytest.fixture
def office(workspace: ops.Workspace, tmp_path: Path) -> Path:
    """A head-office folder with five visits to two stores of this laptop, and one to a third of another one."""
    folder = tmp_path / "office"
    take_form(workspace, tmp_path)
    for store_id, said in (
        ("MI-001", ("yes", "yes")),
        ("MI-001", ("yes", "yes")),
        ("MI-001", ("yes", "no")),
        ("TO-001", ("no", "no")),
        ("TO-001", ("no", "yes")),
    ):
        record(workspace, store_id, *said)
    with ops.open_workspace(tmp_path / "other") as other:
        ops.change_settings(other, language="en", auditor="Bruno Neri", auditor_id="13")
        ops.add_store(other, Store("GE-001", "Genova Porto", "Liguria"))
        take_form(other, tmp_path)
        record(other, "GE-001", "no", "no")
        ops.sync(other, folder)
    ops.sync(workspace, folder)
    ops.merge(workspace, folder, claim=True)
    ops.change_settings(workspace, head_office=str(folder))
    return folder


@pytest.fixture
def compare(person: Person) -> Iterator["Supervisor"]:
    """Someone on the compare screen."""
    yield Supervisor(person)
    person.desk.stop_work()


class Supervisor:
    """Looks at the compare screen of a window."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def go(self) -> ComparePage:
        self.person.window.go_to_place("compare")
        self.settle()
        return self.page

    @property
    def page(self) -> ComparePage:
        page = self.person.screen(ComparePage)
        assert isinstance(page, ComparePage)
        return page

    def settle(self) -> None:
        """Wait until nothing is being read."""
        self.person.qtbot.waitUntil(lambda: not self.person.desk.tables.is_busy, timeout=WAIT)

    def titles(self) -> list[str]:
        return [self.page.model.title(group) for group in self.page.model.groups]

    def visits(self) -> list[str]:
        return [line.store_id for line in self.page.visits.model.lines]


def test_a_supervisor_compares_by_keyboard(office: Path, compare: Supervisor) -> None:
    """Arrows choose a store, whose picture and visits follow; F6 leads on; Enter on a value of the picture shows the visits
    behind it and Enter there opens one; coming back finds everything as it was."""
    page = compare.go()
    assert compare.titles() == ["All visits", "Milano Duomo", "Torino Roma", "Genova Porto"]
    assert "6 visits, of those that head office merged" in page.told.text()
    assert str(office) in page.told.text()
    assert sorted(compare.visits()) == ["GE-001", "MI-001", "MI-001", "MI-001", "TO-001", "TO-001"]
    person = compare.person
    person.press(Qt.Key.Key_Down)
    compare.settle()
    assert page.choice.group == "MI-001"
    assert compare.visits() == ["MI-001"] * 3
    assert "Milano Duomo" in page.summary.text()
    person.press(Qt.Key.Key_F6)
    canvas = page.picture.canvas
    assert QApplication.focusWidget() is canvas
    assert "Milano Duomo, Quality" in page.picture.readout.text()
    person.press(Qt.Key.Key_Right)
    assert "Milano Duomo, Courtesy" in page.picture.readout.text()
    assert page.picture.readout.text() in canvas.accessibleDescription()
    person.press(Qt.Key.Key_Return)
    compare.settle()
    assert "Courtesy" in page.visits.about.text()
    assert sorted(line.value or 0.0 for line in page.visits.model.lines) == [0.0, 100.0, 100.0]
    assert QApplication.focusWidget() is page.visits.lines
    person.press(Qt.Key.Key_Return)
    record_page = person.screen(RecordPage)
    assert isinstance(record_page, RecordPage)
    record_page.left.emit()
    compare.settle()
    assert compare.page is not page
    assert compare.page.choice.group == "MI-001"
    assert compare.visits() == ["MI-001"] * 3


def test_every_picture_says_what_it_shows_and_leads_to_visits(office: Path, compare: Supervisor) -> None:
    """Each tab has a sentence; where there is a drawing, its name and values are told, and each value leads somewhere."""
    page = compare.go()
    drawn = []
    for kind in PICTURES:
        page.tabs[kind.id].click()
        compare.settle()
        picture = page.picture.canvas.picture
        assert picture.sentences, kind.id
        if picture.parts:
            drawn.append(kind.id)
            assert page.picture.canvas.accessibleName() == page.title.text()
            page.picture.opened.emit(picture.places[0])
            compare.settle()
            assert page.visits.about.text() == picture.places[0].label
            assert page.visits.model.lines, kind.id
        else:
            assert page.picture.empty.text() == "\n\n".join(picture.sentences)
    assert {"heat", "journey", "trend", "lost", "auditors"} <= set(drawn)


def test_filters_are_chips_that_can_be_taken_away(office: Path, compare: Supervisor) -> None:
    """A filter narrows everything and stands as a chip; what leaves nothing says so; clearing brings all back."""
    page = compare.go()
    page.filters_button.click()
    page.panel.boxes["region"].choose("Piemonte")
    page.panel.boxes["region"].activated.emit(1)
    compare.settle()
    assert compare.titles() == ["All visits", "Torino Roma"]
    assert page.choice.filters == Filters(regions=("Piemonte",))
    chip = next(one for one in page.chips.findChildren(QWidget) if one.accessibleName() == "Take away: Piemonte")
    page.top.least.setCurrentIndex(page.top.least.findData(5))
    compare.settle()
    assert "Torino Roma" not in compare.titles()
    page.panel.changed.emit(Filters(regions=("Piemonte",), stores=("MI-001",)))
    compare.settle()
    assert compare.titles() == []
    assert "take a filter away" in page.summary.text()
    assert chip is not None
    page.chips.changed.emit(Filters())
    page.top.least.setCurrentIndex(0)
    compare.settle()
    assert len(compare.titles()) == 4
    assert page.chips.isHidden()


def test_sorting_is_kept_and_missing_numbers_come_last(office: Path, compare: Supervisor) -> None:
    """S sorts by the column with the cursor, a second time the other way; one visit has no interval and says so."""
    page = compare.go()
    compare.person.press("S")
    assert compare.titles() == ["All visits", "Genova Porto", "Milano Duomo", "Torino Roma"]
    compare.person.press("S")
    assert compare.titles() == ["All visits", "Torino Roma", "Milano Duomo", "Genova Porto"]
    genova = page.model.groups[3]
    assert "one visit: tells nothing yet" in page.model.told(genova, 3)
    assert page.model.told(genova, 8).startswith("Needs a visit")
    page.model.show(page.comparison, (5, True))
    assert [group.change for group in page.model.groups[1:]] == [None] * 3


def test_a_visit_of_another_laptop_shows_what_head_office_has(office: Path, compare: Supervisor) -> None:
    """Its answers come from the merged tables, and it says that they do and that the PDF wasn't sent."""
    page = compare.go()
    line = next(line for line in page.visits.model.lines if line.store_id == "GE-001")
    page.visits.opened.emit(line)
    seen = compare.person.screen(SeenPage)
    assert isinstance(seen, SeenPage)
    compare.person.qtbot.waitUntil(lambda: "another laptop" in seen.told.text(), timeout=WAIT)
    assert "weren't sent" in seen.told.text()
    assert any("Genova Porto" in one.text() for one in seen.visit.findChildren(QLabel))
    compare.person.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert isinstance(compare.person.window.screen_shown, ComparePage)


def test_a_store_has_a_page_of_its_own(office: Path, compare: Supervisor, tmp_path: Path) -> None:
    """Enter on a store's line leads there: what it loses, its open actions, its visits; its page is written as PDF."""
    workspace = compare.person.workspace
    visit_id = next(row.visit_id for row in ops.list_visits(workspace) if row.store_id == "TO-001")
    finding = ops.findings_seen(ops.seen_here(workspace, visit_id))[0]
    ops.add_action(workspace, visit_id, finding, owner="Carla", due="2020-01-01", note="Clean it")
    page = compare.go()
    page.table.choose("TO-001")
    compare.person.press(Qt.Key.Key_Return)
    store = compare.person.screen(StoreView)
    assert isinstance(store, StoreView)
    compare.settle()
    words = "\n".join(one.text() for one in store.findChildren(QLabel))
    assert store.title.text() == "Torino Roma"
    assert "Is the till clean?" in words
    assert "1 corrective action is late." in words
    assert "Carla" in words
    assert [line.store_id for line in store.visits.model.lines] == ["TO-001"] * 2
    choice = compare.person.desk.compared
    assert choice is not None
    target = tmp_path / "to.pdf"
    from dataclasses import replace

    write(compare.person.desk, replace(choice, group="TO-001"), "store", target, store.strip)
    compare.person.qtbot.waitUntil(lambda: str(target) in compare.person.desk.messages.sentence, timeout=WAIT)
    assert target.read_bytes().startswith(b"%PDF")
    store.back.click()
    assert isinstance(compare.person.window.screen_shown, ComparePage)


def test_without_any_visit_it_says_how_to_begin(compare: Supervisor) -> None:
    """A laptop without a submitted visit has an empty table, and a sentence that says what to do."""
    page = compare.go()
    assert compare.titles() == []
    assert page.summary.text().startswith("Nothing to compare yet. Submit a visit")


def test_forms_that_mean_something_else_are_named_and_offered(
    workspace: ops.Workspace, tmp_path: Path, compare: Supervisor
) -> None:
    """Two forms are never mixed: the one with more visits is compared, the other is named and a click compares it."""
    take_form(workspace, tmp_path)
    take_form(workspace, tmp_path, "counter", 9)
    for form in ("till", "till", "counter"):
        record(workspace, "MI-001", "yes", "no", form=form)
    page = compare.go()
    assert page.model.groups[0].n == 2
    assert not page.apart.isHidden()
    offers = [one for one in page.apart.findChildren(QWidget) if one.property("kind") == "link"]
    assert [one.text() for one in offers if hasattr(one, "text")] == ["counter 1 (1 visit)"]
    QTest.mouseClick(offers[0], Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    compare.settle()
    assert page.model.groups[0].n == 1
    assert page.choice.filters.form_versions == ("counter 1",)


def test_only_the_last_request_is_answered(office: Path, compare: Supervisor, qtbot: QtBot) -> None:
    """Of many requests of one kind that come at once, the last one is shown and none fails."""
    page = compare.go()
    for by in ("region", "auditor", "store", "region"):
        page.top.by.setCurrentIndex(page.top.by.findData(by))
    qtbot.waitUntil(lambda: not page.is_busy, timeout=WAIT)
    assert sorted(compare.titles()) == ["All visits", "Liguria", "Lombardia", "Piemonte"]
    assert compare.person.desk.messages.sentence == ""
