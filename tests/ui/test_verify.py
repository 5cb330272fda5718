"""The screen for verifying: reached from a visit and from the bar, fed by dropping, and what it shows."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QLabel

from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerKey
from mshopper.ui.verify_page import VerifyPage
from tests.ui.conftest import WAIT, Person

FORM = """\
mshopper: 1
id: short
version: "1"
title: Short
languages: [en]
sections:
  - {id: door, title: Door, questions: [{id: greeted, type: yes_no, label: Greeted?, points: 5}]}
"""


def page_of(person: Person) -> VerifyPage:
    """The screen, once it is done."""
    page = person.screen(VerifyPage)
    assert isinstance(page, VerifyPage)
    person.qtbot.waitUntil(lambda: bool(page.shown) or bool(page.trouble), timeout=WAIT)
    return page


def words(page: VerifyPage) -> list[str]:
    """All that the screen says."""
    return [each.text() for each in page.findChildren(QLabel) if each.isVisibleTo(page)]


def test_a_visit_and_a_dropped_file_are_verified_line_by_line(person: Person, tmp_path: Path) -> None:
    """From a visit: everything agrees, each line with its word; a changed file: what is wrong comes first; copied as text."""
    form = tmp_path / "short.yaml"
    form.write_text(FORM, encoding="utf-8")
    workspace = person.workspace
    opened = ops.start_visit(workspace, form_hash=ops.import_form(workspace, form).hash, store_id="MI-001")
    ops.answer(workspace, opened, AnswerKey("door/greeted"), Answer("yes"))
    visit_id = ops.submit_visit(workspace, opened).visit_id
    exported = ops.export_visit(workspace, visit_id, tmp_path / "visit.mshopper-visit")

    person.window.go_to_place("visits")
    person.window.screen_shown.verify_wanted.emit(visit_id)  # type: ignore[union-attr]
    page = page_of(person)
    assert [one.visit_id for one in page.shown] == [visit_id]
    person.qtbot.waitUntil(lambda: "All agrees." in words(page), timeout=WAIT)
    said = words(page)
    assert "Seal" in said
    assert said.count("agrees") == len(page.shown[0].checks)
    page.copy.click()
    assert QApplication.clipboard().text() == page.text()
    assert "[agrees] Signature: The device's key signed this seal." in page.text()

    with workspace.store.write():
        workspace.store.execute("UPDATE answers SET value = 'no'")
    drop(page, exported)
    page_of(person)
    person.qtbot.waitUntil(lambda: bool(page.shown) and page.shown[0].kind == "exported", timeout=WAIT)
    assert page.shown[0].agrees, "the file is as it was"
    page.verify([visit_id])
    person.qtbot.waitUntil(lambda: "Something doesn't agree." in words(page), timeout=WAIT)
    said = words(page)
    assert said.index("doesn't agree") < said.index("agrees"), "what is wrong stands first"


def drop(page: VerifyPage, path: Path) -> None:
    """Drop a file onto the screen."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(10, 10), copy, data, Qt.MouseButton.LeftButton, none)
    page.dropEvent(event)
    assert event.isAccepted()


def test_what_cannot_be_verified_is_said_where_it_was_asked(person: Person, tmp_path: Path) -> None:
    """A file that is none of ours: a sentence, and nothing shown."""
    person.window.go_to_place("verify")
    page = person.screen(VerifyPage)
    assert isinstance(page, VerifyPage)
    (tmp_path / "a.txt").write_text("hello", encoding="utf-8")
    page.verify([str(tmp_path / "a.txt")])
    assert "a.txt" in page_of(person).trouble
    assert page.shown == ()
