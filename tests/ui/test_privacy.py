"""The privacy page: settings kept, a person found, exported and erased; a comment that names staff is told of."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerKey
from mshopper.ui.privacy_page import PrivacyPage
from mshopper.ui.settings_page import SettingsPage

from .conftest import WAIT, Person

FORM = """
mshopper: 1
id: who
version: "1"
title: Who
languages: [en]
people: name
sections:
  - id: s
    title: S
    questions:
      - {id: who, type: text, label: Who?, staff: name}
      - {id: told, type: yes_no, label: Told?, points: 1}
"""
WHO, TOLD = AnswerKey("s/who"), AnswerKey("s/told")


def taken_in(person: Person, tmp_path: Path) -> str:
    """The hash of a form that asks for a name."""
    (tmp_path / "who.yaml").write_text(FORM, encoding="utf-8")
    return ops.import_form(person.workspace, tmp_path / "who.yaml").hash


def privacy_page(person: Person) -> PrivacyPage:
    """The page, by its button in the settings."""
    person.window.go_to_place("settings")
    settings = person.screen(SettingsPage)
    button = next(each for each in settings.findChildren(QPushButton) if each.text() == "Privacy")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    page = person.screen(PrivacyPage)
    assert isinstance(page, PrivacyPage)
    return page


def test_one_person_is_found_saved_and_erased(person: Person, tmp_path: Path) -> None:
    """By name, with what was said; erased are the visits that were ticked, and then nothing is found."""
    opened = ops.start_visit(person.workspace, form_hash=taken_in(person, tmp_path), store_id="MI-001")
    ops.answer(person.workspace, opened, WHO, Answer("Zoraide"))
    visit_id = ops.submit_visit(person.workspace, opened, reason="in a hurry").visit_id
    page = privacy_page(person)
    pressed = next(b for b in page.findChildren(QPushButton) if b.accessibleName() == "Staff: Under pseudonyms")
    pressed.click()
    assert ops.settings(person.workspace).pseudonyms
    page.name.setText("zoraide")
    page.search()
    person.qtbot.waitUntil(lambda: list(page.chosen) == [visit_id], timeout=WAIT)
    assert not page.erase.isEnabled()
    page.chosen[visit_id].setChecked(True)
    assert page.erase.isEnabled()
    page.save_to(tmp_path / "z.zip")
    person.qtbot.waitUntil(lambda: "1 place saved" in page.result.text(), timeout=WAIT)
    page.erase_visits([visit_id])
    person.qtbot.waitUntil(lambda: "1 visit erased" in page.result.text(), timeout=WAIT)
    assert ops.find_person(person.workspace, "zoraide") == []
    assert b"Zoraide" not in (person.workspace.folder / "mshopper.sqlite").read_bytes()


def test_a_comment_that_names_staff_is_told_of(person: Person, tmp_path: Path) -> None:
    """Whichever is written first, the name or the comment; another comment isn't."""
    person.window.start_visit(taken_in(person, tmp_path), "MI-001")
    person.visit.show_section("s")
    session, page = person.visit.session, person.visit._page("s")
    session.give(TOLD, Answer("yes", comment="Zora laughed"))
    assert "Zora" not in page.cards[TOLD].lacking.text()
    session.give(WHO, Answer("Zora Verdi"))
    assert "The comment names Zora Verdi" in page.cards[TOLD].lacking.text()
    session.give(TOLD, Answer("yes", comment="She laughed"))
    assert "names" not in page.cards[TOLD].lacking.text()
