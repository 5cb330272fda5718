"""Every screen opens in both languages and both looks, with all its controls named and large enough; places work."""

from collections.abc import Iterator
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mshopper import app as desktop
from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import catalogue
from mshopper.model.record import PlanItem
from mshopper.store import VisitRow
from mshopper.ui.bar import WORDS
from mshopper.ui.failures import error_hook
from mshopper.ui.filling.visit_page import VisitPage
from mshopper.ui.first_run import show_first_run
from mshopper.ui.form_panel import Findings
from mshopper.ui.forms_page import FormsPage
from mshopper.ui.head_office.page import HeadOfficePage
from mshopper.ui.head_office.syncing import state_sentence
from mshopper.ui.overlay import Overlay
from mshopper.ui.places import PLACES
from mshopper.ui.plan.import_page import ImportPage
from mshopper.ui.plan.page import PlanPage
from mshopper.ui.sheet import TARGET, target
from mshopper.ui.visits.new_visit import NewVisitPage
from mshopper.ui.visits.not_done import NotDonePage
from mshopper.ui.visits.page import VisitsPage

from .conftest import WAIT, Person
from .test_filling import every_type

AMBIGUOUS = {"Data", "Day", "Satisfied", "Signature"}
"""The first is Italian for a date; the others stand in the form that the sweep fills in."""

CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView)


def walk(person: Person, tmp_path: Path) -> Iterator[str]:
    """Go to every screen of the app; gives the name of each once it is shown."""
    window = person.window
    window.go_to_place("visits")
    yield "no visits"
    person.workspace.store.plan.replace([PlanItem("P1", "MI-001", "store_visit", "", "", "2026-11-30")])
    for place in PLACES:
        window.go_to_place(place.id)
        yield place.id
    yield from walk_plan(person, tmp_path)
    window.new_visit()
    yield "new visit"
    page = every_type(person, tmp_path)
    for state in page.progress.sections:
        page.show_section(state.path)
        yield f"section {state.path}"
    page.show_summary()
    yield "summary"
    page.submit("because")
    yield "sealed"
    person.start("store_visit").show_briefing()
    yield "briefing"
    window.go_to_place("visits")
    yield "all kinds of visits"
    visits = window.screen_shown
    assert isinstance(visits, VisitsPage)
    visits.toggle_filters()
    visits.search.setText("nothing at all")
    visits._find()
    yield "no visit found"
    visits.show_all()
    visits.toggle_filters()
    visits.list.selectAll()
    yield "several selected"
    visits.list.choose(visits.model.rowCount() - 1)
    visits._do("correct")
    yield "a correction"
    done = visits.chosen()
    assert isinstance(done, VisitRow)
    visits.look_wanted.emit(done.visit_id)
    yield "a submitted visit"
    window.go_to_place("visits")
    visits = window.screen_shown
    assert isinstance(visits, VisitsPage)
    visits.not_done_wanted.emit(visits.chosen())
    yield "not done"
    window.go_to_place("visits")
    for panel in ("palette", "shortcuts", "about"):
        getattr(window.commands, f"open_{panel}")()
        yield panel
        window.findChild(Overlay).dismiss()
        person.settle()
    window.commands.switch_cover()
    yield "cover"
    window.commands.switch_cover()
    show_first_run(person.desk, window)
    yield "first run"


def walk_plan(person: Person, tmp_path: Path) -> Iterator[str]:
    """The plan's week and list, a list being imported, and a proposal before it is made."""
    person.window.go_to_place("plan")
    plan = person.window.screen_shown
    assert isinstance(plan, PlanPage)
    plan.show_calendar(by_week=True)
    yield "week of the plan"
    plan.show_list()
    yield "list of the plan"
    plan.import_wanted.emit("stores")
    importing = person.window.screen_shown
    assert isinstance(importing, ImportPage)
    (tmp_path / "shops.csv").write_text("Rif.;Nome\nA;Alba\n;Brera\n", encoding="utf-8")
    importing.open(tmp_path / "shops.csv")
    yield "import"
    person.window.go_to_place("plan")
    plan = person.window.screen_shown
    assert isinstance(plan, PlanPage)
    plan.propose_wanted.emit()
    yield "propose"


def controls(window: QWidget) -> Iterator[QWidget]:
    """The controls that can be seen and used; the head of a table is part of it, and its keys are those of the table."""
    for kind in CONTROLS:
        for control in window.findChildren(kind):
            if (
                control.isVisible()
                and not isinstance(control, QScrollBar | QHeaderView)
                and not control.objectName().startswith("qt_")
            ):
                yield control


def unusable(control: QWidget, target_height: int) -> str:
    """Why a person can't use a control, or not everyone can; "" where all can."""
    interface = QAccessible.queryAccessibleInterface(control)
    if not interface.text(QAccessible.Text.Name):
        return "has no name"
    if interface.role() in (QAccessible.Role.NoRole, QAccessible.Role.Client):
        return "has no role"
    by_keys = (
        control.focusPolicy() is not Qt.FocusPolicy.NoFocus
    )  # of options side by side Tab reaches one, arrows the rest
    if control.isEnabled() and not by_keys and control.objectName() != "driven by the field above":
        return "can't be reached by keyboard"
    if isinstance(control, QAbstractButton | QLineEdit):
        if control.height() < target_height:
            return f"is {control.height()} px high"
        if isinstance(control, QAbstractButton) and control.width() < TARGET:
            return f"is {control.width()} px wide"
    return ""


def clipped(window: QWidget) -> Iterator[str]:
    """The labels and buttons whose words don't fit."""
    for each in (*window.findChildren(QLabel), *window.findChildren(QAbstractButton)):
        if not each.isVisible() or not each.text() or each.property("elides"):
            continue
        if isinstance(each, QLabel) and each.wordWrap():
            if each.height() < each.heightForWidth(each.width()):
                yield f"{each.text()!r} {each.height()} of {each.heightForWidth(each.width())} px high"
        elif each.width() < each.minimumSizeHint().width() or each.height() < each.fontMetrics().height():
            yield f"{each.text()!r} {each.size().toTuple()} of {each.minimumSizeHint().toTuple()}"


def words(window: QWidget) -> Iterator[str]:
    """Everything that the window says in words of its own, also to a screen reader."""
    for each in window.findChildren(QWidget):
        if each.isVisible():
            yield from (each.accessibleName(), each.toolTip())
            if isinstance(each, QLabel | QAbstractButton | QLineEdit):
                yield each.text()
            if isinstance(each, QLineEdit | QPlainTextEdit):
                yield each.placeholderText()
    yield from (action.text() for action in window.findChildren(QAction))


@lru_cache
def untranslated() -> frozenset[str]:
    """English texts that Italian says in other words."""
    known = catalogue("it")
    assert isinstance(known, GNUTranslations)
    return frozenset(
        text
        for text, said in known._catalog.items()
        if isinstance(text, str) and text and said != text and text not in AMBIGUOUS  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize(
    ("language", "theme", "scale"),
    [("it", "light", 100), ("it", "contrast", 150), ("en", "dark", 100), ("en", "contrast_dark", 125)],
)
def test_everyone_can_use_every_screen(person: Person, tmp_path: Path, language: str, theme: str, scale: int) -> None:
    """Each control has a name, a role and keys, and is large enough; no words are clipped, none left in English."""
    person.window.choose_theme(theme)
    person.window.choose_text_scale(scale)
    person.window.choose_language(language)
    person.window.resize(1280, 720)
    person.settle()
    assert ops.settings(person.workspace)[:1] == (language,)
    seen = 0
    for screen in walk(person, tmp_path):
        person.settle()
        image = person.window.grab().toImage()
        assert len({image.pixel(x, y) for x in range(60, image.width(), 11) for y in range(70, 700, 3)}) > 4, screen
        for control in controls(person.window):
            seen += 1
            why = unusable(control, target(scale) - 2)
            assert not why, f"{screen}: {type(control).__name__} {control.accessibleName()!r} {why}"
        found_clipped = [*clipped(person.window)]
        assert not found_clipped, f"{screen}: {found_clipped}"
        if language == "it":
            english = {each.replace("&", "") for each in words(person.window)} & untranslated()
            assert not english, f"{screen}: {english}"
    assert seen > 200


def test_the_visit_stays_over_a_change_of_language_and_look(person: Person, tmp_path: Path) -> None:
    """Answers, place and undo are there after switching."""
    page = every_type(person, tmp_path)
    page.pages["all"].go_to(page.pages["all"].visible_keys()[0])
    person.press("1")
    person.window.choose_language("it")
    person.settle()
    person.window.choose_theme("dark")
    person.settle()
    after = person.visit
    assert after is not page
    assert after._path == "all"
    assert after.session.undo.canUndo()
    after.session.undo.undo()
    assert not after.session.visit.answers


def test_places_by_keyboard(person: Person) -> None:
    """Each place has keys, in the order of the bar; Escape leaves the new visit."""
    for place in PLACES:
        person.keys(f"place_{place.id}")
        assert person.window.bar.places[place.id].isChecked()
    person.keys("place_forms")
    person.screen(FormsPage)
    person.keys("place_visits")
    person.keys("new_visit")
    person.screen(NewVisitPage)
    person.press(Qt.Key.Key_Escape)
    person.screen(VisitsPage)


def test_places_without_room_for_their_words_are_icons(person: Person) -> None:
    """The place that is shown keeps its words; the others say theirs on hovering and to a screen reader."""
    bar = person.window.bar
    bar.show_place("forms")
    for width, with_words in ((2000, set(bar.places)), (500, {"forms"})):
        bar.resize(width, bar.height())
        assert {name for name, tab in bar.places.items() if tab.toolButtonStyle() == WORDS} == with_words
    assert all(tab.accessibleName() in tab.toolTip() for tab in bar.places.values())


def test_a_form_with_problems_lists_them_and_a_good_one_is_taken(person: Person, tmp_path: Path) -> None:
    """What is wrong stands in the page, each problem once; nothing was taken in."""
    person.window.go_to_place("forms")
    page = person.screen(FormsPage)
    assert isinstance(page, FormsPage)
    before = len(ops.list_forms(person.workspace))
    bad = tmp_path / "bad.yaml"
    bad.write_text("mshopper: 1\nid: bad\nversion: '1'\nsections: [{id: s, questions: [{id: q, type: nonsense}]}]\n")
    page.take(bad)
    person.settle()
    findings = page.findChild(Findings)
    assert findings is not None
    assert findings.isVisible()
    assert findings.list.count() == 1
    assert len(ops.list_forms(person.workspace)) == before
    good = tmp_path / "good.yaml"
    good.write_text(
        "mshopper: 1\nid: good\nversion: '1'\ntitle: Good\nlanguages: [en]\n"
        "sections: [{id: s, title: S, questions: [{id: q, type: text, label: Q}]}]\n"
    )
    page.take(good)
    assert "Good" in person.desk.messages.sentence
    assert len(ops.list_forms(person.workspace)) == before + 1


def test_a_visit_is_marked_as_not_done(person: Person) -> None:
    """A planned visit to a closed store: a reason, words, and it stands among the done ones without a score."""
    person.workspace.store.plan.replace([PlanItem("P1", "TO-001", "store_visit", "", "", "2026-11-30")])
    person.window.go_to_place("visits")
    visits = person.screen(VisitsPage)
    assert isinstance(visits, VisitsPage)
    visits.not_done_wanted.emit(visits.chosen())
    page = person.screen(NotDonePage)
    assert isinstance(page, NotDonePage)
    page.reasons["other"].click()
    assert not page.mark.isEnabled()
    page.note.setPlainText("The street was closed")
    page.mark.click()
    person.screen(VisitsPage)
    rows = ops.list_visits(person.workspace, states=("not_done",), limit=5, offset=0)
    assert [(row.store_id, row.percent) for row in rows] == [("TO-001", None)]


def test_syncing_says_what_it_did(person: Person, tmp_path: Path) -> None:
    """A folder, one button, a sentence; then everything is sent."""
    head_office = tmp_path / "head office"
    head_office.mkdir()
    visit = person.start("store_visit")
    visit.submit("only a trial")
    person.window.go_to_place("head_office")
    page = person.screen(HeadOfficePage)
    assert isinstance(page, HeadOfficePage)
    page.choose(head_office)
    assert "1 visit to send" in page._state.text()
    page._sync.click()
    person.window.go_to_place("visits")  # the sync goes on without its page
    person.window.go_to_place("head_office")
    person.qtbot.waitUntil(lambda: person.desk.sync_job is None, timeout=WAIT)
    again = person.screen(HeadOfficePage)
    assert isinstance(again, HeadOfficePage)
    assert again._sync.isEnabled()
    assert person.desk.sync_outcome is not None
    assert "1 visit sent" in person.desk.sync_outcome.sentence
    assert state_sentence(ops.sync_state(person.workspace)).startswith("Everything is sent")
    assert list(head_office.glob("results/*/*.json"))


def test_a_second_window_may_only_look(person: Person, qtbot: QtBot, qapp: QApplication, folder: Path) -> None:
    """It says so, offers no new visit, and a visit opened there takes no answer."""
    person.start("store_visit")
    with ops.open_workspace(folder) as second:
        assert second.read_only
        other = Person(qtbot, qapp, second)
        assert "looked at" in other.desk.messages.sentence
        page = other.screen(VisitsPage)
        assert isinstance(page, VisitsPage)
        assert not page.new.isEnabled()
        page._open()
        assert all(
            not card.input.isEnabled() for card in other.visit.pages[other.visit._path].cards.values() if card.input
        )
        other.visit.leave()


def test_errors_are_sentences_and_details_go_to_the_log(person: Person, folder: Path) -> None:
    """What the user can act on is said as it is; what is our fault is said calmly, and the log has its kind, not its words."""
    hook = error_hook(person.desk.messages)
    hook(MshopperError, MshopperError("Plug the disk in."), None)
    assert person.desk.messages.sentence == "Plug the disk in."
    hook(ValueError, ValueError("inner thing"), None)
    assert "inner thing" not in person.desk.messages.sentence
    assert "unexpected" in person.desk.messages.sentence.casefold()
    log = (folder / "mshopper.log").read_text(encoding="utf-8")
    assert "builtins.ValueError" in log
    assert "inner thing" not in log


def test_a_new_store_gets_an_id_of_its_own(person: Person) -> None:
    """Two stores of one name are two stores."""
    person.window.new_visit()
    page = person.screen(NewVisitPage)
    assert isinstance(page, NewVisitPage)
    assert page._add_store("Caffè d'Oro") == "caffè-d-oro"
    assert page._add_store("Caffè d'Oro") == "caffè-d-oro-2"
    page.search.setText("torino")
    first = page.stores.item(0)
    assert isinstance(page.stores, QListWidget)
    assert first.text().startswith("Torino Roma")


def test_the_app_runs_and_quits(folder: Path, qapp: QApplication, qtbot: QtBot) -> None:
    """run_app opens the window, lets it take input and closes it when told to."""
    assert desktop.run_app(folder, quit_after_ms=0) == 0
    assert not isinstance(QApplication.activeWindow(), VisitPage)
