"""Files from outside: what is dropped on the window or double-clicked goes where it belongs."""

from pathlib import Path

from PySide6.QtWidgets import QPushButton

from mshopper import operations as ops
from mshopper import paths
from mshopper.model.record import Store
from mshopper.ui.forms_page import FormsPage
from mshopper.ui.verify_page import VerifyPage

from .conftest import WAIT, Person


def sealed_elsewhere(place: Path) -> Path:
    """A visit that another laptop submitted, as the file that it exported."""
    with ops.open_workspace(place / "other") as other:
        ops.add_store(other, Store("MI-001", "Milano Duomo"))
        visit = ops.start_visit(other, form_hash=ops.find_form(other, "exit_interview").hash, store_id="MI-001")
        ops.submit_visit(other, visit, reason="a test")
        return ops.export_visits(other, [visit.header.visit_id], place)[0]


def test_an_exported_visit_is_verified_and_kept(person: Person, tmp_path: Path) -> None:
    """Double-clicked, it is verified; one button keeps it, and the list has it."""
    person.window.open_files([sealed_elsewhere(tmp_path)])
    page = person.screen(VerifyPage)
    assert isinstance(page, VerifyPage)
    person.qtbot.waitUntil(lambda: bool(page.shown), timeout=WAIT)
    assert page.shown[0].agrees
    (keep,) = [each for each in page.findChildren(QPushButton) if each.text() == "Keep this visit here"]
    keep.click()
    person.qtbot.waitUntil(lambda: ops.count_visits(person.workspace) == 1, timeout=WAIT)


def test_a_form_is_taken_in_and_a_letter_is_named(person: Person, tmp_path: Path) -> None:
    """A form goes to the forms; what the window can't open is said by its name."""
    (tmp_path / "letter.odt").write_text("Dear shop")
    form = next(paths.forms_folder().glob("*.yaml"))
    person.window.open_files([form, tmp_path / "letter.odt"])
    person.screen(FormsPage)
    assert "letter.odt" in person.desk.messages.sentence
