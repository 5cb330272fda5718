"""What an auditor may rely on at the desk: large forms, undo, search, reasons, and that nothing told is ever lost."""

import signal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerKey
from mshopper.ui.filling.inputs.ranking import Ranking
from mshopper.ui.filling.section_page import SectionPage
from mshopper.ui.filling.session import FAILED, RETRY_MS
from mshopper.ui.filling.visit_page import VisitPage

from .conftest import WAIT, Person
from .killing import kill_often, prepare
from .test_filling import card, every_type, photo, tab_to

CTRL = Qt.KeyboardModifier.ControlModifier

LONG = """
mshopper: 1
id: long
version: "1"
title: Long
languages: [en]
sections:
  - id: one
    title: One
    questions:
      - {id: in, type: yes_no, label: Did you go in?}
      - {id: extra, type: text, label: And what did you see?, when: "${in} = 'yes' and ${q1} > 3"}
"""
LONG += "".join(
    f"      - {{id: q{n}, type: {('integer', 'barcode')[n % 2 == 0]}, label: Number {n}, hint: Shelf {n % 7}}}\n"
    for n in range(1, 400)
)


def long_form(person: Person, tmp_path: Path) -> VisitPage:
    """A visit by a form with 400 questions in one section."""
    path = tmp_path / "long.yaml"
    path.write_text(LONG, encoding="utf-8")
    ops.import_form(person.workspace, path)
    return person.start("long")


def section(page: VisitPage) -> SectionPage:
    """The section that is shown."""
    shown = page.stack.currentWidget()
    assert isinstance(shown, SectionPage)
    return shown


def top_on_screen(page: VisitPage, key: AnswerKey) -> int:
    """How far below the upper edge of the page a card begins."""
    shown = section(page)
    return shown.rows[key].y - shown.verticalScrollBar().value()


def test_a_long_section_makes_only_what_is_looked_at(person: Person, tmp_path: Path) -> None:
    """Of 401 cards a few are made; Enter and Tab go on through those that aren't yet, and a jump makes its target."""
    page = long_form(person, tmp_path)
    shown = section(page)
    assert len(shown.cards) == 401
    assert len(shown.cards.built) < 40
    shown.go_to(AnswerKey("one/q2"))
    for n in range(2, 60, 2):  # a scanner at the keyboard: digits and Enter, then the next question; Tab passes over it
        person.press(f"80{n}\n")
        assert page._current is not None
        assert page._current.key == AnswerKey(f"one/q{n + 1}")
        while page._current.key != AnswerKey(f"one/q{n + 2}"):
            person.press("\t")
    assert person.kept(AnswerKey("one/q58")) == "8058"
    page.go_to(AnswerKey("one/q399"))
    person.settle()
    here = top_on_screen(page, AnswerKey("one/q399"))
    assert 0 <= here < shown.viewport().height()
    assert len(shown.cards.built) < 150


def test_what_comes_and_goes_above_moves_nothing_on_the_screen(person: Person, tmp_path: Path) -> None:
    """A question that an answer elsewhere shows above the one with the focus: that one stays where it is."""
    page = long_form(person, tmp_path)
    key = AnswerKey("one/q8")
    page.go_to(key)
    section(page).aim(key, 60)
    person.settle()
    before = top_on_screen(page, key)
    page.session.give(AnswerKey("one/in"), Answer("yes"))
    page.session.give(AnswerKey("one/q1"), Answer(4))
    person.settle()
    assert page.session.visit.is_relevant(AnswerKey("one/extra"))
    assert top_on_screen(page, key) == before
    section(page).verticalScrollBar().setValue(0)
    person.settle()
    assert section(page).cards[AnswerKey("one/extra")].isVisible()


def test_a_question_says_why_it_is_asked(person: Person, tmp_path: Path) -> None:
    """W: the rule in words, with the answers that it read where the rule doesn't say them itself."""
    page = long_form(person, tmp_path)
    page.session.give(AnswerKey("one/in"), Answer("yes"))
    page.session.give(AnswerKey("one/q1"), Answer(4))
    person.settle()
    extra = card(page, "extra")
    extra.setFocus()
    person.press("w")
    assert extra.why.isVisible()
    assert extra.why.text() == (
        "It is asked because “Did you go in?” is “Yes” and “Number 1” is more than 3. Answers: Number 1 = 4."
    )


def test_search_goes_to_questions_hints_answers_and_comments(person: Person, tmp_path: Path) -> None:
    """Ctrl+F, a few words, Enter: the question has the focus, wherever its words stand."""
    page = long_form(person, tmp_path)
    page.session.give(AnswerKey("one/q300"), Answer("8001", comment="torn label"))
    for typed, key in (("number 222", "one/q222"), ("torn", "one/q300"), ("8001", "one/q300")):
        person.press(Qt.Key.Key_F, CTRL)
        person.press(typed)
        assert page.finder.list.count() == 1
        person.press(Qt.Key.Key_Return)
        assert page._current is not None
        assert page._current.key == AnswerKey(key)
    person.press(Qt.Key.Key_F, CTRL)
    person.press("shelf 6 number 27")
    assert page.finder.said.text() == "4 questions"
    person.press(Qt.Key.Key_Escape)
    assert not page.finder.isVisible()


def test_undo_names_its_steps_and_outlives_a_change_of_look(person: Person, tmp_path: Path) -> None:
    """Answer, comment, N/A, instance, copy and caption, each by its name; all taken back after theme and language changed."""
    page = every_type(person, tmp_path)
    key, session = AnswerKey("all/yn"), page.session
    page.add_photos(AnswerKey("all/pic"), [photo(tmp_path / "a.jpg")])
    person.qtbot.waitUntil(lambda: bool(session.visit.answer(AnswerKey("all/pic")).photos), timeout=WAIT)
    session.caption(session.open_visit.photos[0].id, "The window")
    session.give(key, Answer("yes", comment=""))
    session.give(AnswerKey("tills/fast", "1"), Answer("no", comment="slow"))
    session.duplicate_instance(AnswerKey("tills"), 1)
    assert session.visit.answer(AnswerKey("tills/fast", "2")) == Answer("no", comment="slow")
    session.give(key, Answer("yes", comment="At once"))
    session.give(key, Answer(na=True, comment="At once"))
    names = [session.undo.text(n) for n in range(session.undo.count())]
    assert names == [
        "Photo: Picture",
        "Caption: Picture",
        "Yes or no = Yes",
        "Comment: Fast (1)",
        "Duplicate: Till 1",
        "Comment: Yes or no",
        "Yes or no = Not applicable",
    ]
    person.window.choose_theme("dark")
    person.window.choose_language("it")
    person.settle()
    person.settle()
    page = person.visit
    assert page.session is session
    assert page._undo.toolTip() == "Annulla: Yes or no = Non applicabile (Ctrl+Z)"
    for _step in names:
        person.press(Qt.Key.Key_Z, CTRL)
    assert not session.undo.canUndo()
    assert dict(session.visit.answers) == {}
    assert session.open_visit.photos[0].caption == ""
    for _step in names:
        person.press(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert session.open_visit.photos[0].caption == "The window"
    assert session.visit.answer(key) == Answer(na=True, comment="At once")
    assert session.visit.answer(AnswerKey("tills/fast", "2")) == Answer("no", comment="slow")
    person.window.choose_language("en")
    person.settle()


def test_writing_is_tried_again_by_itself_later_and_later(person: Person, tmp_path: Path) -> None:
    """A folder that refuses: the waits double, the answer is safe without anybody's doing once it takes it again."""
    page = every_type(person, tmp_path)
    session, key = page.session, AnswerKey("all/words")
    person.workspace.store.raw.execute("PRAGMA query_only = ON")
    session.give(key, Answer("Precious"))
    assert session.state == FAILED
    assert session._retry.interval() == RETRY_MS
    session._retry.stop()
    session.retry()
    assert session._retry.interval() == 2 * RETRY_MS
    assert section(page).cards[key].input.value() == "Precious"  # type: ignore[union-attr]
    person.workspace.store.raw.execute("PRAGMA query_only = OFF")
    person.qtbot.waitUntil(lambda: session.state != FAILED, timeout=WAIT)
    assert person.kept(key) == "Precious"


def test_a_visit_is_reopened_at_the_same_line_in_the_middle_of_a_comment(person: Person, tmp_path: Path) -> None:
    """The place as a killed process would leave it: section, question, comment with the words so far, scroll position."""
    page = long_form(person, tmp_path)
    key = AnswerKey("one/q200")
    page.go_to(key)
    person.press("12\n")
    page.go_to(key)
    card(page, "q200").begin_comment()
    person.press("The shelf was")
    section(page).aim(key, 5)
    person.settle()
    visit_id = page.session.open_visit.header.visit_id
    person.qtbot.waitUntil(lambda: bool(ops.resume(person.workspace, visit_id).get("comment")), timeout=WAIT)
    person.qtbot.waitUntil(lambda: ops.resume(person.workspace, visit_id).get("top") == [*key, 5], timeout=WAIT)
    person.qtbot.waitUntil(
        lambda: ops.open_visit(person.workspace, visit_id).visit.answer(key).comment == "The shelf was", timeout=WAIT
    )
    place = ops.resume(person.workspace, visit_id)
    page.leave()
    person.window.continue_visit(visit_id)
    person.visit.open_place(place)
    person.settle()
    page = person.visit
    assert QApplication.focusWidget() is card(page, "q200").comment.field
    assert card(page, "q200").comment.value() == "The shelf was"
    assert top_on_screen(page, key) == 5
    assert page._current is not None
    assert page._current.key == key


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_no_answer_that_was_told_is_lost_to_kill_9(tmp_path: Path) -> None:
    """Killed at random while filling in, each process going on where the last one died (`tests.bench kill`: 200 times)."""
    prepare(tmp_path / "data")
    toll = kill_often(tmp_path / "data", 3)
    assert toll.told >= toll.kills == 3
    assert (toll.lost, toll.unreadable) == ([], [])


def test_a_visit_is_reopened_on_the_page_before_submitting_with_the_reason_begun(person: Person) -> None:
    """Killed while the reason for submitting an incomplete visit is typed: the page and the words are there again."""
    page = person.start("store_visit")
    visit_id = page.session.open_visit.header.visit_id
    page.show_summary()
    tab_to(person, page.summary._reason)
    person.press("Closed early")
    person.qtbot.waitUntil(lambda: ops.resume(person.workspace, visit_id).get("reason") == "Closed early", timeout=WAIT)
    place = ops.resume(person.workspace, visit_id)
    page.leave()
    person.window.continue_visit(visit_id)
    assert (
        person.visit.stack.currentWidget() is not person.visit.summary
    )  # who left the visit comes back to its questions
    person.visit.open_place(place)
    assert person.visit.stack.currentWidget() is person.visit.summary
    assert person.visit.summary.reason == "Closed early"


def test_a_line_is_dragged_to_its_place(person: Person, tmp_path: Path) -> None:
    """The order in which the lines stand after a drag is the answer, numbered anew."""
    page = every_type(person, tmp_path)
    rank = card(page, "rank").input
    assert isinstance(rank, Ranking)
    line = rank.list.takeItem(2)  # what a drop of the list's own does
    rank.list.insertItem(0, line)
    rank.take_order()
    assert person.kept(AnswerKey("all/rank")) == ("c", "a", "b")
    assert [rank.list.item(n).text() for n in range(3)] == ["1   C", "2   A", "3   B"]


def test_letters_choose_beyond_the_tenth_option(person: Person, tmp_path: Path) -> None:
    """Of twelve options the eleventh is chosen by A, the twelfth by B; N, C and W keep what they do on any question."""
    choices = "".join(f"{{id: c{n}, label: Choice {n}}}, " for n in range(1, 13))
    form = tmp_path / "twelve.yaml"
    form.write_text(
        'mshopper: 1\nid: twelve\nversion: "1"\ntitle: Twelve\nlanguages: [en]\nsections:\n  - id: s\n    title: S\n'
        f"    questions:\n      - {{id: q, type: choice, label: Which?, choices: [{choices}], na: true}}\n"
    )
    ops.import_form(person.workspace, form)
    person.start("twelve")
    key = AnswerKey("s/q")
    person.press("a")
    assert person.kept(key) == "c11"
    person.press("b")
    assert person.kept(key) == "c12"
    person.press("n")
    assert ops.open_visit(person.workspace, person.visit.session.open_visit.header.visit_id).visit.answer(key).na
