"""A visit is filled in as a person would, and nothing that was answered is lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton, QWidget

from mshopper import operations as ops
from mshopper.model.answer import AnswerKey
from mshopper.ui.filling.card import Card
from mshopper.ui.filling.inputs.moments import MomentInput
from mshopper.ui.filling.inputs.options import OptionButton, Options
from mshopper.ui.filling.inputs.ranking import Ranking
from mshopper.ui.filling.inputs.signature import Signature
from mshopper.ui.filling.inputs.stopwatch import Stopwatch
from mshopper.ui.filling.section_page import SectionPage
from mshopper.ui.filling.session import FAILED, SAVED, TYPING
from mshopper.ui.filling.visit_page import VisitPage
from mshopper.ui.visits.new_visit import NewVisitPage
from mshopper.ui.visits.page import VisitsPage

from .conftest import WAIT, Person

CTRL = Qt.KeyboardModifier.ControlModifier

EVERY_TYPE = """
mshopper: 1
id: every_type
version: "1"
title: {it: Tutti i tipi, en: Every type}
languages: [it, en]
sections:
  - id: all
    title: {it: Tutto, en: Everything}
    questions:
      - {id: yn, type: yes_no, label: Yes or no, na: true, points: 5, evidence: {photos: 1, comment: 5, when: no}}
      - {id: one, type: choice, label: One, choices: [{id: a, label: A}, {id: b, label: B}]}
      - {id: more, type: choices, label: Several, choices: [{id: a, label: A}, {id: b, label: B}, {id: c, label: C}]}
      - {id: stars, type: rating, label: Stars, min: 1, max: 5, style: stars}
      - {id: nps, type: nps, label: Recommend}
      - {id: csat, type: csat, label: Satisfied, scale: faces}
      - {id: ces, type: ces, label: Effort, variant: five_top}
      - {id: whole, type: integer, label: Whole, min: 0, max: 9}
      - {id: num, type: number, label: Number}
      - {id: eur, type: money, label: Money, currency: EUR}
      - {id: wait, type: duration, label: Wait}
      - {id: day, type: date, label: Day}
      - {id: clock, type: time, label: Clock}
      - {id: moment, type: datetime, label: Moment}
      - {id: words, type: text, label: Words}
      - {id: code, type: barcode, label: Code}
      - {id: place, type: location, label: Place}
      - {id: pic, type: photo, label: Picture}
      - {id: sign, type: signature, label: Signature}
      - {id: rank, type: ranking, label: Rank, choices: [{id: a, label: A}, {id: b, label: B}, {id: c, label: C}]}
      - {id: said, type: note, label: "You said ${whole}"}
      - {id: twice, type: calculate, label: Twice, calculate: "${whole} * 2"}
  - id: tills
    title: Tills
    when: "${yn} = 'yes'"
    repeat: {min: 1, max: 3, label: Till}
    questions:
      - {id: fast, type: yes_no, label: Fast}
"""


def every_type(person: Person, tmp_path: Path) -> VisitPage:
    """A visit with a question of every type."""
    path = tmp_path / "every_type.yaml"
    path.write_text(EVERY_TYPE, encoding="utf-8")
    ops.import_form(person.workspace, path)
    return person.start("every_type")


def card(page: VisitPage, name: str) -> Card:
    """A card of the page shown, by the end of its path."""
    shown = page.stack.currentWidget()
    assert isinstance(shown, SectionPage)
    return next(each for key, each in shown.cards.items() if key.path.endswith(f"/{name}"))


def photo(path: Path) -> Path:
    """A photo file."""
    Image.new("RGB", (320, 240), (20, 90, 160)).save(path)
    return path


def pressed(button: QPushButton) -> None:
    """A click on a button."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def tab_to(person: Person, *wanted: QWidget) -> None:
    """Press Tab until one of these has the focus."""
    for _step in range(60):
        if QApplication.focusWidget() in wanted:
            return
        person.press(Qt.Key.Key_Tab)
    raise AssertionError("Tab doesn't get there")


def choose_file(person: Person, path: Path) -> None:
    """Press P, and type the name of a photo into the dialog that opens."""

    def type_name() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog):
            return
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        field.selectAll()
        QTest.keyClicks(field, str(path))
        if popup := QApplication.activePopupWidget():  # names that begin so
            QTest.keyClick(popup, Qt.Key.Key_Escape)
        QTest.keyClick(field, Qt.Key.Key_Return)

    timer = QTimer()
    timer.timeout.connect(type_name)
    timer.start(100)
    person.press("p")
    timer.stop()
    person.window.activateWindow()  # as a window manager does when a dialog closes
    person.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=WAIT)


def answer_by_keys(person: Person, picture: Path) -> None:
    """Answer the question that has the focus as it asks, with keys alone."""
    page = person.visit
    current = page._current
    assert current is not None
    key = current.key
    kind = page.session.question(key).type
    lacking = {violation.code for violation in page.session.visit.violations(key)}
    if "required" in lacking:
        if kind in ("integer", "number", "money"):
            person.press("2\t")
        elif kind == "duration":
            assert isinstance(current.input, Stopwatch)
            person.press("tt")
            tab_to(person, current.input.field)
            person.press(Qt.Key.Key_A, CTRL)
            person.press("0:45\t")
        elif kind == "text":
            person.press("Scarpe da corsa 42\t")
        elif kind == "photo":
            lacking.add("photos")
        elif kind == "datetime":
            person.press("21/11/2026\t\t1405\t")
        else:
            person.press("1")
    if "comment" in lacking:
        person.press("c")
        person.press("Facts as they were seen in the store.\t")
    if "photos" in lacking:
        tab_to(person, current.photo_button, *current.findChildren(OptionButton))
        choose_file(person, picture)
        person.qtbot.waitUntil(lambda: bool(page.session.visit.answer(key).photos), timeout=WAIT)


def test_the_in_store_form_is_filled_in_by_keyboard_and_submitted(person: Person, tmp_path: Path) -> None:
    """From the empty list to the seal with keys alone: new visit, a store added, F8 to each question, photos, submit."""
    person.press(Qt.Key.Key_N, CTRL)
    new = person.screen(NewVisitPage)
    assert isinstance(new, NewVisitPage)
    person.press("Bologna Centro")
    tab_to(person, new.forms)
    person.press("Store visit")
    tab_to(person, new.start)
    person.press(Qt.Key.Key_Space)
    assert person.visit.session.form.id == "store_visit"
    assert [store.name for store in ops.list_stores(person.workspace, "bologna")] == ["Bologna Centro"]
    person.press(Qt.Key.Key_Space)  # the briefing has been read

    picture = photo(tmp_path / "evidence.jpg")
    for _step in range(150):
        person.press(Qt.Key.Key_F8)
        if not person.visit.progress.open_keys():
            break
        answer_by_keys(person, picture)
    person.press(Qt.Key.Key_Return, CTRL)
    person.press(Qt.Key.Key_Space)  # "Submit and seal" has the focus
    assert person.visit.is_sealed
    row = ops.list_visits(person.workspace, states=("submitted",), limit=5, offset=0)[0]
    assert (row.store_name, row.flags, len(row.seal)) == ("Bologna Centro", (), 64)
    assert ops.settings(person.workspace).last_visit == ""
    person.settle()
    tab_to(person, next(each for each in person.visit.findChildren(QPushButton) if each.text() == "Copy the seal"))
    person.press(Qt.Key.Key_Space)
    assert QApplication.clipboard().text() == row.seal


def test_every_type_takes_what_a_person_gives(person: Person, tmp_path: Path) -> None:
    """Each answer widget tells the value that its type keeps."""
    page = every_type(person, tmp_path)
    for name, keys, value in (
        ("yn", "1", "yes"),
        ("one", "2", "b"),
        ("more", "13", ("a", "c")),
        ("stars", "4", 4),
        ("nps", "10", 10),
        ("csat", "3", 3),
        ("ces", "5", 5),
        ("whole", "7\t", 7),
        ("num", "3,50\t", Decimal("3.50")),
        ("eur", "12.90\t", Decimal("12.90")),
        ("day", "21/11/2026\t", "2026-11-21"),
        ("clock", "1405\t", "14:05:00"),
        ("words", "Two\nlines\t", "Two\nlines"),
        ("code", "8001234567890\n", "8001234567890"),
        ("place", "45.4642\t9.19\t", "45.4642 9.19"),
    ):
        card(page, name).focus_target().setFocus()
        person.press(keys)
        assert person.kept(AnswerKey(f"all/{name}")) == value, name
    assert card(page, "said")._words.text() == "You said 7"
    assert card(page, "twice").calculated.text() == "14"
    moment = card(page, "moment").input
    assert isinstance(moment, MomentInput)
    moment._set_now()
    assert "T" in str(person.kept(AnswerKey("all/moment")))
    rank = card(page, "rank").input
    assert isinstance(rank, Ranking)
    rank.list.setFocus()
    QTest.keyClick(rank.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert person.kept(AnswerKey("all/rank")) == ("b", "a", "c")


def test_an_answer_that_cannot_be_read_is_kept_and_named(person: Person, tmp_path: Path) -> None:
    """ "many" stays in the number's field, and the card says what is wrong in a sentence."""
    page = every_type(person, tmp_path)
    card(page, "whole").focus_target().setFocus()
    person.press("many\t")
    assert person.kept(AnswerKey("all/whole")) == "many"
    assert "many" in card(page, "whole").problems.text()
    assert card(page, "whole").problems.isVisible()


def test_the_stopwatch_runs_stops_and_is_corrected_by_hand(person: Person, tmp_path: Path) -> None:
    """T starts and stops, L notes a lap, and what is typed over it counts."""
    page = every_type(person, tmp_path)
    wait = card(page, "wait")
    watch = wait.input
    assert isinstance(watch, Stopwatch)
    wait.focus_target().setFocus()
    person.press("t")
    assert watch.is_running
    assert page.session.state == TYPING
    person.qtbot.waitUntil(lambda: watch.value() >= Decimal("0.2"), timeout=WAIT)
    person.press("l")
    person.press("t")
    assert not watch.is_running
    kept = person.kept(AnswerKey("all/wait"))
    assert isinstance(kept, Decimal)
    assert kept >= Decimal("0.2")
    watch.field.selectAll()
    watch.field.setFocus()
    watch.field.selectAll()
    person.press("1:30\t")
    assert person.kept(AnswerKey("all/wait")) == 90


def test_not_applicable_digits_and_taking_back(person: Person, tmp_path: Path) -> None:
    """N answers N/A, a digit takes its place, the same digit again takes the answer back."""
    page = every_type(person, tmp_path)
    card(page, "yn").focus_target().setFocus()
    key = AnswerKey("all/yn")
    person.press("n")
    assert page.session.visit.answer(key).na
    person.press("1")
    assert (page.session.visit.answer(key).na, person.kept(key)) == (False, "yes")
    person.press("1")
    assert person.kept(key) is None


def test_single_keys_are_off_while_text_is_typed(person: Person, tmp_path: Path) -> None:
    """A comment that holds digits and the letter n changes no answer."""
    page = every_type(person, tmp_path)
    yn = card(page, "yn")
    yn.focus_target().setFocus()
    person.press("c")
    assert QApplication.focusWidget() is yn.comment.field
    person.press("12 no thanks\t")
    answer = page.session.visit.answer(AnswerKey("all/yn"))
    assert (answer.value, answer.na, answer.comment) == (None, False, "12 no thanks")


def test_evidence_relevance_and_repeats_follow_the_answers(person: Person, tmp_path: Path) -> None:
    """ "No" asks for a photo and a comment at once; "yes" opens the tills, of which one more can be added and removed."""
    page = every_type(person, tmp_path)
    yn = card(page, "yn")
    yn.focus_target().setFocus()
    person.press("2")
    assert "photo" in yn.lacking.text()
    assert not yn.comment.isHidden()
    assert not page.progress.sections[1].relevant
    person.press("1")
    assert yn.lacking.isHidden()
    person.settle()
    assert page.progress.sections[1].relevant
    page.show_section("tills")
    tills = page.pages["tills"]
    assert list(tills.cards) == [AnswerKey("tills/fast", "1")]
    page.session.add_instance(AnswerKey("tills"))
    assert list(tills.cards) == [AnswerKey("tills/fast", "1"), AnswerKey("tills/fast", "2")]
    tills.go_to(AnswerKey("tills/fast", "2"))
    person.press("1")
    page.session.remove_instance(AnswerKey("tills"), 1)
    assert list(tills.cards) == [AnswerKey("tills/fast", "1")]
    assert page.session.visit.value(AnswerKey("tills/fast", "1")) == "yes"
    page.session.undo.undo()
    assert page.session.visit.value(AnswerKey("tills/fast", "2")) == "yes"


def test_photos_and_a_signature_are_taken_captioned_and_removed(person: Person, tmp_path: Path) -> None:
    """Good files are kept, a broken one is named and stops no other; undo brings a removed photo back."""
    page = every_type(person, tmp_path)
    key = AnswerKey("all/pic")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    page.add_photos(key, [photo(tmp_path / "a.jpg"), broken, photo(tmp_path / "b.jpg")])
    person.qtbot.waitUntil(lambda: len(page.session.visit.answer(key).photos) == 2, timeout=WAIT)
    strip = card(page, "pic").photos
    assert "broken.jpg" in strip.refused.text()
    assert strip.refused.isVisible()
    assert strip.model.rowCount() == 2
    strip.choose(page.session.open_visit.photos[0].id)
    strip.caption.setFocus()
    person.press("The window\t")
    assert person.visit.session.open_visit.photos[0].caption == "The window"
    pressed(strip.remove_button)  # type: ignore[arg-type]
    assert strip.model.rowCount() == 1
    page.session.undo.undo()
    assert strip.model.rowCount() == 2
    sign = card(page, "sign").input
    assert isinstance(sign, Signature)
    for kind, at in (
        (QEvent.Type.MouseButtonPress, QPoint(40, 60)),
        (QEvent.Type.MouseMove, QPoint(200, 90)),
        (QEvent.Type.MouseButtonRelease, QPoint(200, 90)),
    ):
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        where = QPointF(at)
        QApplication.sendEvent(sign.pad, QMouseEvent(kind, where, where, left, left, none))
    sign._sign()
    person.qtbot.waitUntil(lambda: bool(page.session.visit.answer(AnswerKey("all/sign")).photos), timeout=WAIT)


def test_undo_and_redo_go_the_way_answers_go(person: Person, tmp_path: Path) -> None:
    """Each step back and forth is kept; typing in one field is one step."""
    page = every_type(person, tmp_path)
    words, key = card(page, "words"), AnswerKey("all/words")
    card(page, "yn").focus_target().setFocus()
    person.press("1")
    words.focus_target().setFocus()
    person.press("Good")
    words.flush()
    person.press(" morning")
    words.flush()
    assert page.session.undo.count() == 2
    page.session.undo.undo()
    assert person.kept(key) is None
    assert words.input.value() is None
    page.session.undo.redo()
    assert person.kept(key) == "Good morning"
    page.session.undo.undo()
    page.session.undo.undo()
    assert person.kept(AnswerKey("all/yn")) is None
    first = card(page, "yn").input
    assert isinstance(first, Options)
    assert not any(button.isChecked() for button in first.buttons)


def test_what_cannot_be_written_stays_on_the_screen_until_it_is(person: Person, tmp_path: Path) -> None:
    """A disk that refuses: "not saved" with a sentence, the answer still shown; it is written once the disk takes it."""
    page = every_type(person, tmp_path)
    key = AnswerKey("all/words")
    person.workspace.store.raw.execute("PRAGMA query_only = ON")
    card(page, "words").focus_target().setFocus()
    person.press("Precious\t")
    assert page.session.state == FAILED
    assert person.desk.messages.sentence
    assert card(page, "words").input.value() == "Precious"
    person.workspace.store.raw.execute("PRAGMA query_only = OFF")
    page.session.retry()
    assert page.session.state == SAVED
    assert person.kept(key) == "Precious"


def test_submitting_lists_what_is_missing_and_takes_a_reason(person: Person) -> None:
    """Each missing thing is a link that jumps; a reason submits all the same, and the visit is flagged."""
    page = person.start("store_visit")
    page.show_summary()
    missing = ops.missing(page.session.open_visit)
    links = [each for each in page.summary.findChildren(QPushButton) if each.property("kind") == "link"]
    assert len(links) == len(missing)
    pressed(links[3])
    assert page._current is not None
    assert page._current.key == missing[3].key
    assert page._current.problems.isVisible()
    page.show_summary()
    page.summary._reason.setFocus()
    person.press("The store closed early")
    pressed(page.summary._submit)
    assert page.is_sealed
    header = ops.open_visit(person.workspace, page.session.open_visit.header.visit_id).header
    assert (header.state, header.reason, header.flags) == ("submitted", "The store closed early", ("incomplete",))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_after_kill_9_the_visit_is_where_it_was(folder: Path, qtbot: object, qapp: QApplication) -> None:
    """A process that is killed while filling in: the next start shows the same section, question and answers, and says so."""
    script = Path(__file__).with_name("fill_and_be_killed.py")
    died = subprocess.run(
        [sys.executable, str(script), str(folder)],
        check=False,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert died.returncode == -signal.SIGKILL
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    with ops.open_workspace(folder) as workspace:
        person = Person(qtbot, qapp, workspace)  # type: ignore[arg-type]
        assert "you are where you were" in person.desk.messages.sentence
        page = person.visit
        assert page._path == told["section"]
        person.qtbot.waitUntil(lambda: page._current is not None, timeout=WAIT)
        assert page._current is not None
        assert list(page._current.key) == told["question"]
        kept = {key.path: answer.value for key, answer in page.session.visit.answers.items()}
        assert kept == told["answers"]
        page.leave()
        assert isinstance(person.window.screen_shown, VisitsPage)


def test_a_stopwatch_goes_on_after_a_kill_and_ends_when_the_visit_is_left(
    person: Person, folder: Path, tmp_path: Path, qapp: QApplication
) -> None:
    """The data as a process that died would leave it: the next start says that the stopwatch goes on, with its time."""
    page = every_type(person, tmp_path)
    visit_id = page.session.open_visit.header.visit_id
    card(page, "wait").focus_target().setFocus()
    person.press("t")
    person.qtbot.waitUntil(lambda: bool(ops.resume(person.workspace, visit_id).get("watches")), timeout=WAIT)
    left_behind = Path(shutil.copytree(folder, tmp_path / "left behind"))
    with ops.open_workspace(left_behind) as workspace:
        after = Person(person.qtbot, qapp, workspace)
        assert "stopwatch" in after.desk.messages.sentence
        watch = card(after.visit, "wait").input
        assert isinstance(watch, Stopwatch)
        assert watch.is_running
        after.window.choose_language("it")
        after.settle()
        watch = card(after.visit, "wait").input
        assert isinstance(watch, Stopwatch)
        assert watch.is_running
        shown = watch.value()
        assert isinstance(shown, Decimal)
        after.visit.leave()
        after.window.continue_visit(visit_id)
        watch = card(after.visit, "wait").input
        assert isinstance(watch, Stopwatch)
        assert not watch.is_running
        kept = after.kept(AnswerKey("all/wait"))
        assert isinstance(kept, Decimal)
        assert kept >= shown
        after.visit.leave()
        after.settle()


def test_the_window_stays_open_while_an_answer_is_not_safe(person: Person, tmp_path: Path) -> None:
    """Closing or leaving is refused with a sentence; once the answer is written, the window closes."""
    page = every_type(person, tmp_path)
    person.workspace.store.raw.execute("PRAGMA query_only = ON")
    card(page, "words").focus_target().setFocus()
    person.press("Precious")
    assert not person.window.close()
    assert "could not be saved" in person.desk.messages.sentence
    page.leave()
    assert person.visit is page
    person.workspace.store.raw.execute("PRAGMA query_only = OFF")
    page.session.retry()
    assert person.window.close()
    assert person.kept(AnswerKey("all/words")) == "Precious"
