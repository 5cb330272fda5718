"""The review screen: a supervisor at the keyboard, on visits of this laptop and on those of a head-office folder."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerKey
from mshopper.ui.review.page import ReviewPage
from tests.ui.conftest import WAIT, Person


def record(workspace: ops.Workspace, store_id: str, said: str) -> str:
    """A submitted visit to a store, both questions answered so."""
    opened = ops.start_visit(workspace, form_hash=ops.find_form(workspace, "till").hash, store_id=store_id)
    for path in ("till/clean", "till/receipt"):
        ops.answer(workspace, opened, AnswerKey(path), Answer(said))
    return ops.submit_visit(workspace, opened).visit_id


FORM = """\
mshopper: 1
id: till
version: "1"
title: Till
languages: [en]
sections:
  - id: till
    title: Till
    questions:
      - {id: clean, type: yes_no, label: Is the till clean?, points: {yes: 5, no: 0}}
      - {id: receipt, type: yes_no, label: Was there a receipt?, points: 5}
"""


@pytest.fixture
def visits(workspace: ops.Workspace, tmp_path: Path) -> list[str]:
    """Two submitted visits, the second one bad, both in a head-office folder."""
    form = tmp_path / "till.yaml"
    form.write_text(FORM, encoding="utf-8")
    ops.import_form(workspace, form)
    made = [record(workspace, "MI-001", "yes"), record(workspace, "TO-001", "no")]
    ops.sync(workspace, tmp_path / "office")
    ops.change_settings(workspace, head_office=str(tmp_path / "office"))
    return made


def review(person: Person) -> ReviewPage:
    person.window.go_to_place("review")
    page = person.screen(ReviewPage)
    assert isinstance(page, ReviewPage)
    return page


def states(workspace: ops.Workspace) -> dict[str, str]:
    return {row.visit_id: row.state for row in ops.list_visits(workspace)}


def test_a_supervisor_decides_by_keys(visits: list[str], person: Person) -> None:
    """A approves and leads to the next visit, R asks for a reason and returns, W takes back what wasn't sent."""
    page = review(person)
    first = ops.review_queue(person.workspace)[0].visit_id
    other = next(visit_id for visit_id in visits if visit_id != first)
    assert page.queue.list.count() == 2
    person.press("A")
    assert states(person.workspace)[first] == "approved"
    assert page.queue.list.count() == 1
    person.press("R")
    page.queue.editor.confirm()
    assert "Say why" in person.desk.messages.sentence
    page.queue.editor.set_text("reason", "The photo is dark")
    page.queue.editor.confirm()
    assert states(person.workspace)[other] == "returned"
    assert "Nothing waits" in page.queue.told.text()
    page.queue.state.setCurrentIndex(1)
    page.queue.list.setFocus()
    person.press("W")
    assert states(person.workspace) == {first: "approved", other: "submitted"}


def test_a_dispute_and_an_action_from_the_screen(visits: list[str], person: Person) -> None:
    """Where points were lost a button opens an action; it stands under the actions, is mended, and is listed then."""
    page = review(person)
    row = [one.store_id for one in ops.review_queue(person.workspace)].index("TO-001")
    page.queue.list.setCurrentRow(row)
    person.press("D")
    page.queue.editor.set_text("who", "Direttore")
    page.queue.editor.set_text("reason", "It was clean")
    page.queue.editor.confirm()
    page.queue.list.setCurrentRow(row)
    assert page.queue.buttons["dispute"].text().startswith("End the dispute")
    person.settle()
    buttons = page.queue.visit.findChildren(QPushButton)
    acts = [each for each in buttons if each.isVisible() and each.text().startswith("Action")]
    assert [each.accessibleName() for each in acts] == [
        "Corrective action: Is the till clean?",
        "Corrective action: Was there a receipt?",
    ]
    acts[0].click()
    page.queue.editor.set_text("owner", "Ugo")
    page.queue.editor.confirm()
    (action,) = ops.list_actions(person.workspace)
    assert (action.last.owner, action.first.question_id, len(action.last.due)) == ("Ugo", "clean", 10)
    page.show_view(1)
    assert page.actions_view.list.count() == 1
    page.actions_view.ask_done()
    page.actions_view.editor.set_text("done", "Cleaned")
    page.actions_view.editor.confirm()
    assert page.actions_view.list.count() == 0
    page.actions_view.state.setCurrentIndex(2)
    assert "Mended" in page.actions_view.list.item(0).text()


def test_the_queue_of_a_head_office_folder(visits: list[str], person: Person) -> None:
    """All merged visits are read from the folder's tables, and it says so; a decision on one leads on to the next."""
    page = review(person)
    page.queue.source.setCurrentIndex(1)
    person.qtbot.waitUntil(lambda: page.queue.list.count() == 2, timeout=WAIT)
    person.qtbot.waitUntil(lambda: page.queue.buttons["approve"].isEnabled(), timeout=WAIT)
    assert "head office merged" in page.queue.told.text()
    assert not page.queue.buttons["correct"].isVisible()
    page.queue.approve()
    person.qtbot.waitUntil(lambda: page.queue.list.count() == 1, timeout=WAIT)
    assert sorted(states(person.workspace).values()) == ["approved", "submitted"]


def test_every_control_has_a_name_and_fits(visits: list[str], person: Person) -> None:
    """Each control of both views tells a screen reader what it is, and none is cut at 960 x 600."""
    person.window.resize(960, 600)
    page = review(person)
    page.queue.ask_dispute()
    for view in (0, 1):
        page.show_view(view)
        person.settle()
        for each in page.findChildren(QWidget):
            if (
                each.isVisible()
                and each.focusPolicy() & Qt.FocusPolicy.TabFocus
                and each.metaObject().className()[0] == "Q"
            ):
                assert each.accessibleName() or getattr(each, "text", lambda: "")(), each
    foot = page.queue.buttons["report"]
    page.show_view(0)
    person.settle()
    assert foot.mapTo(page, foot.rect().topRight()).x() <= page.width()
