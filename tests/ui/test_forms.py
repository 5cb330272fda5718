"""The forms screen: files are taken in by dialog and by drop, their problems lead somewhere, and a trial keeps nothing."""

import sqlite3
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QWidget

from mshopper import operations as ops
from mshopper.formfile import check_form
from mshopper.model.answer import Answer, AnswerKey
from mshopper.ui.filling.inputs.lists import PickOne, PickSeveral
from mshopper.ui.filling.inputs.options import Options
from mshopper.ui.filling.inputs.ranking import Ranking
from mshopper.ui.filling.inputs.slider import RangeInput
from mshopper.ui.filling.visit_page import VisitPage
from mshopper.ui.form_panel import Findings
from mshopper.ui.forms_page import FormsPage

from .conftest import WAIT, Person

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "forms"
SURVEY = "type,name,label,relevant,choice_filter,repeat_count,appearance,parameters,guidance_hint,calculation,read_only"

Row = tuple[str, ...]


def workbook(path: Path, survey: list[Row], choices: list[Row] = [], settings: list[Row] = []) -> Path:  # noqa: B006 - only read
    """An XLSForm as xlsx, written as head offices do."""
    from xlsxwriter import Workbook

    with Workbook(str(path)) as book:
        for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def cascading(folder: Path) -> Path:
    """A form with a choice filter, a counted repeat, a range, guidance, a read-only question and an unused column."""
    survey: list[Row] = [
        (*SURVEY.split(","), "odd_column"),
        ("select_one country", "country", "Country"),
        ("select_one city", "city", "City", "", "country = ${country}"),
        ("integer", "tills", "How many tills?", *[""] * 8, "stray"),
        ("begin repeat", "till", "Till", "", "", "${tills}"),
        ("text", "who", "Who sits there?", "", "", "", "", "", "The name on the badge"),
        ("end repeat", ""),
        ("range", "clean", "How clean?", "", "", "", "", "start=0 end=10 step=2"),
        ("text", "twice", "Twice", "", "", "", "", "", "", "${tills} * 2", "yes"),
        ("select_one country", "again", "Again", "", "", "", "quick"),
        ("text", "last", "Last", "${country} = 'it'"),
    ]
    choices: list[Row] = [
        ("list_name", "name", "label", "country"),
        ("country", "it", "Italy"),
        ("country", "fr", "France"),
        ("city", "mi", "Milano", "it"),
        ("city", "to", "Torino", "it"),
        ("city", "ly", "Lyon", "fr"),
    ]
    settings: list[Row] = [("form_title", "form_id", "version"), ("Cascade", "cascade", "3")]
    return workbook(folder / "cascade.xlsx", survey, choices, settings)


def focused() -> QWidget:
    """What has the focus."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def forms_page(person: Person) -> FormsPage:
    """The forms screen."""
    shown = person.screen(FormsPage)
    assert isinstance(shown, FormsPage)
    return shown


def drop(person: Person, path: Path, on: QWidget) -> None:
    """Drop a file on a widget of the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(on, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(on, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, left, none))


def try_out(person: Person, path: Path) -> VisitPage:
    """Take a form in and try it out."""
    person.window.take_forms([path])
    page = forms_page(person)
    page.try_out(page.chosen)
    return person.visit


def contents(folder: Path) -> dict[str, list[object]]:
    """Every row of every table of a data folder."""
    found: dict[str, list[object]] = {}
    for file in folder.glob("*.sqlite*"):
        if file.suffix in (".sqlite", ".sqlite3", ".db"):
            with sqlite3.connect(file) as connection:
                names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                for (name,) in names:
                    found[f"{file.name}/{name}"] = connection.execute(f'SELECT * FROM "{name}"').fetchall()
    return found


def test_a_workbook_is_taken_in_by_the_dialog_and_its_warning_leads_to_its_cell(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list has the form with its version and number of warnings; a chosen warning shows sheet, cell and words."""
    path = cascading(tmp_path)
    asked: list[str] = []

    def dialog(*arguments: object) -> tuple[str, str]:
        asked.append(str(arguments[3]))
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", dialog)
    person.window.go_to_place("forms")
    page = forms_page(person)
    page._add.click()
    for kind in ("yaml", "yml", "json", "xlsx", "xls", "ods", "csv"):
        assert f"*.{kind}" in asked[0]
    shown = " ".join(each.text() for each in page.findChildren(QLabel))
    assert "version 3" in shown
    assert "1 warning" in shown
    findings = page.findChild(Findings)
    assert findings is not None
    findings.list.setCurrentRow(0)
    detail = [each.text() for each in findings.detail.findChildren(QLabel)]
    for words in ("cascade.xlsx", "survey", "L1", "odd_column"):
        assert words in detail


def test_a_broken_workbook_dropped_anywhere_shows_its_problems_and_takes_nothing_in(
    person: Person, tmp_path: Path
) -> None:
    """From the list of visits, the drop leads to the forms screen; each problem says where it is."""
    before = ops.list_forms(person.workspace)
    survey: list[Row] = [("type", "name", "label", "score::points"), ("integer", "many", "How many?", "lots")]
    drop(person, workbook(tmp_path / "broken.xlsx", survey), person.window)
    person.qtbot.waitUntil(lambda: isinstance(person.window.screen_shown, FormsPage), timeout=WAIT)
    page = forms_page(person)
    assert ops.list_forms(person.workspace) == before
    assert "broken.xlsx" in person.desk.messages.sentence
    findings = page.findChild(Findings)
    assert findings is not None
    assert "survey D2" in findings.list.item(0).text()
    findings.list.setCurrentRow(0)
    assert "lots" in [each.text() for each in findings.detail.findChildren(QLabel)]


def test_a_dropped_form_is_taken_in_and_other_files_are_left_alone(person: Person, tmp_path: Path) -> None:
    """A form file anywhere on the window; a picture isn't accepted at all."""
    drop(person, cascading(tmp_path), person.window)
    person.qtbot.waitUntil(lambda: any(info.id == "cascade" for info in ops.list_forms(person.workspace)), timeout=WAIT)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "picture.png"))])
    enter = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    enter.ignore()
    QApplication.sendEvent(person.window, enter)
    assert not enter.isAccepted()


def test_a_finding_about_a_question_opens_the_preview_there(person: Person, tmp_path: Path) -> None:
    """The question of the warning has the focus in the trial."""
    survey: list[Row] = [
        ("type", "name", "label", "relevant"),
        ("text", "first", "First"),
        ("text", "second", "Second", "nonsense(1)"),
    ]
    person.window.take_forms([workbook(tmp_path / "odd.xlsx", survey)])
    findings = forms_page(person).findChild(Findings)
    assert findings is not None
    findings.list.setCurrentRow(0)
    button = next(each for each in findings.detail.findChildren(QPushButton))
    button.click()
    page = person.visit
    assert page.is_trial
    card = page.pages["page_1"].cards[AnswerKey("page_1/second")]
    assert card.isAncestorOf(focused())


def test_a_trial_keeps_nothing(person: Person, folder: Path, tmp_path: Path) -> None:
    """Answers count and score while trying; the data folder is as before, and leaving leads back to the form."""
    person.window.go_to_place("forms")
    info = ops.find_form(person.workspace, "store_visit")
    before = contents(folder)
    assert before
    forms_page(person).try_out(info.hash)
    page = person.visit
    shown = " ".join(each.text() for each in page.findChildren(QLabel))
    assert "nothing is saved" in shown
    assert page.side.submit_button.isHidden()
    form = page.session.form
    for key in list(page.session.visit.keys()):
        if form.places[key.path].item.type == "yes_no":  # type: ignore[union-attr]
            page.session.give(key, Answer(value="yes"))
    person.settle()
    assert page.side.score._number.text() != "–"
    page.toggle_score()
    page.session.undo.undo()
    page.save_place()
    page.leave()
    assert forms_page(person).chosen == info.hash
    assert contents(folder) == before


def test_choices_repeats_and_calculations_follow_the_answers(person: Person, tmp_path: Path) -> None:
    """Only the cities of the country are offered; as many instances stand there as were counted, and none can be added."""
    page = try_out(person, cascading(tmp_path))
    session = page.session
    page.show_section("page_1")
    section = page.pages["page_1"]
    city = section.cards[AnswerKey("page_1/city")].input
    assert isinstance(city, Options)
    assert [each.accessibleName() for each in city.buttons] == []
    session.give(AnswerKey("page_1/country"), Answer(value="it"))
    assert [each.accessibleName() for each in city.buttons] == ["Milano", "Torino"]
    session.give(AnswerKey("page_1/country"), Answer(value="fr"))
    assert [each.accessibleName() for each in city.buttons] == ["Lyon"]
    page.show_section("till")
    session.give(AnswerKey("page_1/tills"), Answer(value=3))
    cards = page.pages["till"].cards
    assert [key.instance for key in cards] == ["1", "2", "3"]
    assert not [each for each in page.pages["till"].findChildren(QPushButton) if each.text().startswith(("Add", "Rem"))]
    who = cards[AnswerKey("till/who", "1")]
    assert not who._guidance.isVisible()
    who._more.click()
    assert who._guidance.text() == "The name on the badge"
    assert who._guidance.isVisible()
    session.give(AnswerKey("page_1/tills"), Answer(value=1))
    assert [key.instance for key in page.pages["till"].cards] == ["1"]
    page.show_section("page_2")
    twice = page.pages["page_2"].cards[AnswerKey("page_2/twice")]
    assert twice.input is not None
    assert not twice.input.isEnabled()
    assert twice.input.focus_target().toPlainText() == "2"  # type: ignore[attr-defined]


def test_pictures_notes_and_locks_of_a_form_show_on_its_cards(person: Person, tmp_path: Path) -> None:
    """A question's and a choice's picture, scaled and named by their text; why a note is one; a lock that a rule turns."""
    (tmp_path / "shelf-media").mkdir()
    for name, size in (("shelf.png", (1600, 800)), ("milk.png", (300, 600))):
        Image.new("RGBA", size, (0, 90, 200, 128)).save(tmp_path / "shelf-media" / name)
    path = workbook(
        tmp_path / "shelf.xlsx",
        [
            ("type", "name", "label", "media::image", "read_only"),
            ("select_one what", "seen", "What do you see?", "shelf.png"),
            ("text", "why", "Why?", "", "${seen} = 'milk'"),
            ("audio", "sound", "Say something", ""),
        ],
        [("list_name", "name", "label", "image"), ("what", "milk", "Milk", "milk.png"), ("what", "no", "Nothing", "")],
    )
    page = try_out(person, path)
    cards = page.pages["page_1"].cards
    seen, why, sound = (cards[AnswerKey(f"page_1/{name}")] for name in ("seen", "why", "sound"))
    assert seen.picture is not None
    assert (seen.picture.pixmap().deviceIndependentSize().toSize().toTuple(), seen.picture.accessibleName()) == (
        (560, 280),
        "What do you see?",
    )
    assert isinstance(seen.input, Options)
    milk, nothing = seen.input.buttons
    assert (milk.iconSize().toTuple(), milk.accessibleName()) == ((68, 136), "Milk")
    assert milk.height() >= 136
    assert nothing.icon().isNull()
    assert any("never recorded" in each.text() for each in sound.findChildren(QLabel))
    assert why.input is not None
    assert why.input.isEnabled()
    milk.click()
    assert not why.input.isEnabled()
    milk.click()
    assert why.input.isEnabled()


def test_pictures_of_choices_stand_in_lists_too(person: Person, tmp_path: Path) -> None:
    """In a box to choose from and in a list to tick each line has the picture of its choice, and no other has."""
    (tmp_path / "shelf-media").mkdir()
    Image.new("RGB", (300, 600), (0, 90, 200)).save(tmp_path / "shelf-media" / "milk.png")
    choices = [("what", f"c{n}", f"Choice {n}", "milk.png" if n == 3 else "") for n in range(1, 16)]
    path = workbook(
        tmp_path / "shelf.xlsx",
        [
            ("type", "name", "label", "appearance"),
            ("select_one what", "one", "Which one?", "minimal"),
            ("select_multiple what", "some", "Which ones?", "minimal"),
            ("rank what", "order", "In which order?", ""),
        ],
        [("list_name", "name", "label", "image"), *choices],
    )
    cards = try_out(person, path).pages["page_1"].cards
    one, some, order = (cards[AnswerKey(f"page_1/{name}")].input for name in ("one", "some", "order"))
    assert isinstance(one, PickOne)
    assert isinstance(some, PickSeveral)
    assert [n for n in range(15) if not one.box.itemIcon(n).isNull()] == [2]
    assert isinstance(order, Ranking)
    for each in (some, order):
        assert [n for n in range(15) if not each.list.item(n).icon().isNull()] == [2]


def test_a_range_is_a_slider_and_quick_goes_on(person: Person, tmp_path: Path) -> None:
    """A key on the slider answers by its step; a quick choice leads to the next question."""
    page = try_out(person, cascading(tmp_path))
    page.session.give(AnswerKey("page_1/country"), Answer(value="it"))
    page.show_section("page_2")
    cards = page.pages["page_2"].cards
    clean = cards[AnswerKey("page_2/clean")]
    assert isinstance(clean.input, RangeInput)
    assert clean.input.value_shown.text() == "–"
    page.go_to(clean.key)
    person.press(Qt.Key.Key_Right)
    assert page.session.answer(clean.key).value == 2
    assert clean.input.value_shown.text() == "2"
    again = cards[AnswerKey("page_2/again")]
    page.go_to(again.key)
    person.press("1")
    assert page.session.answer(again.key).value == "it"
    assert cards[AnswerKey("page_2/last")].isAncestorOf(focused())


def test_a_list_of_thousands_is_found_in_by_typing(person: Person, tmp_path: Path) -> None:
    """One of 5,000 by a part of its name; several by ticks; what is no choice is not taken."""
    survey: list[Row] = [
        ("type", "name", "label"),
        ("select_one shops", "one", "Which shop?"),
        ("select_multiple shops", "more", "Which shops?"),
    ]
    choices: list[Row] = [("list_name", "name", "label")]
    choices += [("shops", f"s{n}", f"Shop {n:04}") for n in range(5000)]
    page = try_out(person, workbook(tmp_path / "large.xlsx", survey, choices))
    section = page.pages["page_1"]
    one = section.cards[AnswerKey("page_1/one")].input
    assert isinstance(one, PickOne)
    field = one.box.lineEdit()
    assert field is not None
    field.setFocus()
    QTest.keyClicks(field, "4321")
    assert one.completer.completionCount() == 1
    one.completer.activated[one.completer.currentIndex().__class__].emit(one.completer.currentIndex())  # type: ignore[index]
    assert page.session.answer(AnswerKey("page_1/one")).value == "s4321"
    field.setText("no such shop")
    one.flush()
    assert page.session.answer(AnswerKey("page_1/one")).value == "s4321"
    assert field.text() == "Shop 4321"
    field.setText("shop 0007")
    one.flush()
    assert page.session.answer(AnswerKey("page_1/one")).value == "s7"
    more = section.cards[AnswerKey("page_1/more")].input
    assert isinstance(more, PickSeveral)
    more.search.setText("0042")
    assert [n for n in range(5000) if not more.list.isRowHidden(n)] == [42]
    more.list.item(42).setCheckState(Qt.CheckState.Checked)
    more.list.item(3).setCheckState(Qt.CheckState.Checked)
    assert page.session.answer(AnswerKey("page_1/more")).value == ("s3", "s42")


def test_a_rule_that_fails_is_said_on_its_card(person: Person, tmp_path: Path) -> None:
    """The answer stands, the rule is left aside, and the card says so calmly."""
    survey: list[Row] = [
        ("type", "name", "label", "constraint"),
        ("text", "pattern", "A pattern"),
        ("text", "words", "Words", "regex(., ${pattern})"),
    ]
    page = try_out(person, workbook(tmp_path / "fails.xlsx", survey))
    page.session.give(AnswerKey("page_1/pattern"), Answer(value="(("))
    page.session.give(AnswerKey("page_1/words"), Answer(value="abc"))
    card = page.pages["page_1"].cards[AnswerKey("page_1/words")]
    assert card.aside.isVisible()
    page.session.give(AnswerKey("page_1/pattern"), Answer(value="[a-c]+"))
    assert not card.aside.isVisible()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real forms isn't beside this tree")
def test_real_forms_open_in_the_trial_on_every_page(person: Person) -> None:
    """Each section of a dozen forms by others is built and shown, and the score is worked out."""
    paths = sorted(path for path in CORPUS.iterdir() if path.suffix in (".xlsx", ".xls"))[::4]
    assert len(paths) >= 9
    for path in paths:
        form = check_form(path).form
        assert form is not None
        person.window.try_out(form)
        page = person.visit
        for section in page.session.sections:
            page.show_section(section.id)
        person.settle()
        page.go_to_next_problem()
        page.leave()
