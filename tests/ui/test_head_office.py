"""The head-office screen and syncing by itself."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from mshopper import operations as ops
from mshopper.ui.filling import session
from mshopper.ui.head_office.automatic import AutoSync, Probe
from mshopper.ui.head_office.page import HeadOfficePage
from tests.ui.conftest import WAIT, Person


def page_of(person: Person, office: Path) -> HeadOfficePage:
    """The screen, with that folder chosen and looked at."""
    person.window.go_to_place("head_office")
    page = person.screen(HeadOfficePage)
    assert isinstance(page, HeadOfficePage)
    page.choose(office)
    person.qtbot.waitUntil(lambda: not person.desk.background.is_busy, timeout=WAIT)
    return page


def click(person: Person, page: HeadOfficePage, words: str) -> None:
    """Press the only button of those words that can be seen."""

    def seen() -> list[QPushButton]:
        return [one for one in page.findChildren(QPushButton) if one.text() == words and one.isVisible()]

    person.qtbot.waitUntil(lambda: len(seen()) == 1, timeout=WAIT)
    seen()[0].click()


def test_what_goes_and_comes_is_shown_before_and_problems_after(person: Person, tmp_path: Path) -> None:
    """Counts before; then a sentence, the problems, which can be copied, and a line of history that is still there later."""
    office = tmp_path / "office"
    (office / "forms").mkdir(parents=True)
    (office / "forms" / "broken.yaml").write_text("mshopper: 1\nid: x\n", encoding="utf-8")
    (office / "stores.csv").write_text("store_id,name\nNA-9,Napoli\nMI-001,Milano\n", encoding="utf-8")
    person.start("store_visit").submit("only a trial")
    page = page_of(person, office)
    assert page._state.text().startswith("1 visit to send")
    assert page._coming.text() == "To take: 1 new form (broken.yaml), 2 stores, new or changed."
    assert not (office / "results").exists()
    page.sync()
    person.qtbot.waitUntil(lambda: person.desk.sync_job is None, timeout=WAIT)
    person.qtbot.waitUntil(lambda: not page._result.isHidden(), timeout=WAIT)
    assert page._result.text().startswith("1 visit sent, 0 forms taken, 2 stores taken")
    click(person, page, "Copy the problem")
    assert "broken.yaml" in QApplication.clipboard().text()
    again = page_of(person, office)
    assert again._coming.text() == "To take: 1 new form (broken.yaml)."
    click(person, again, "Show 1 problem")
    click(person, again, "Copy the problem")


def test_a_folder_that_is_not_there_is_a_sentence(person: Person, tmp_path: Path) -> None:
    """Before a sync and after it, and in the history."""
    page = page_of(person, tmp_path / "stick" / "office")
    assert "isn't there now" in page._coming.text()
    page.sync()
    person.qtbot.waitUntil(lambda: person.desk.sync_job is None, timeout=WAIT)
    (entry,) = ops.list_syncs(person.workspace)
    assert entry.result is None
    assert "connect the drive" in entry.problems[0]


def test_an_address_is_kept_without_its_password(person: Person, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Typed with one, it is shown, kept and looked up without; the login is this session's."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    page = page_of(person, folder / "nowhere")
    page.choose_address("webdav://anna:sEcret7@127.0.0.1:9/sede")
    person.qtbot.waitUntil(lambda: not person.desk.background.is_busy, timeout=WAIT)
    assert page._folder.text() == person.desk.settings.head_office == "webdav://anna@127.0.0.1:9/sede"
    assert [login.password for login in person.workspace.logins.values()] == ["sEcret7"]
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"sEcret7" not in kept
    page.choose_address("no address")
    assert "no address of a server" in person.desk.messages.sentence


class Sight(Probe):
    """What is asked whether the folder is there, answered by the test."""

    there = True

    def __init__(self, _place: ops.Place) -> None:
        self.answer = self.there


class Auto:
    """Syncing by itself with a clock that the test moves."""

    def __init__(self, person: Person, office: Path) -> None:
        ops.change_settings(person.workspace, head_office=str(office), auto_sync=True)
        self.person, self.now = person, 1000.0
        Sight.there = True
        self.made = AutoSync(
            person.desk, lambda: person.window.screen_shown, person.window, clock=lambda: self.now, probe=Sight
        )
        self.made.stop()  # the test asks itself

    def pass_by(self, seconds: float) -> int:
        """Let time pass, checking every five seconds; how many syncs there have been."""
        for _step in range(int(seconds // 5)):
            self.now += 5
            self.made.check()
            self.person.qtbot.waitUntil(lambda: self.person.desk.sync_job is None, timeout=WAIT)
        return len(ops.list_syncs(self.person.workspace))


def test_it_syncs_when_the_folder_appears_and_when_there_is_something_to_send(person: Person, tmp_path: Path) -> None:
    """Once while nothing is new, again for a visit, again when the stick is back; what was done is said."""
    office = tmp_path / "office"
    office.mkdir()
    auto = Auto(person, office)
    assert auto.pass_by(60) == 1
    assert person.desk.messages.sentence == ""
    person.start("store_visit").submit("only a trial")
    assert auto.pass_by(60) == 2
    assert person.desk.messages.sentence.startswith("1 visit sent")
    Sight.there = False
    assert auto.pass_by(120) == 2
    Sight.there = True
    assert auto.pass_by(120) == 3
    assert [one.automatic for one in ops.list_syncs(person.workspace)] == [True] * 3
    ops.change_settings(person.workspace, auto_sync=False)
    Sight.there = False
    auto.pass_by(20)
    Sight.there = True
    assert auto.pass_by(120) == 3


def test_it_waits_while_a_visit_is_being_typed_into(person: Person, tmp_path: Path) -> None:
    """It begins once what was typed is kept."""
    office = tmp_path / "office"
    office.mkdir()
    visit = person.start("store_visit")
    visit.session.note_typing()
    assert visit.session.state == session.TYPING
    auto = Auto(person, office)
    assert auto.pass_by(60) == 0
    person.window.go_to_place("visits")
    assert auto.pass_by(20) == 1


def test_a_failure_is_said_once_and_tried_ever_more_rarely(person: Person, tmp_path: Path) -> None:
    """An hour of failures is one message, one line of history and a few tries; then it works and goes on."""
    office = tmp_path / "stick" / "office"
    auto = Auto(person, office)
    tries: list[Path] = []
    begin = ops.Workspace.writer

    def counted(workspace: ops.Workspace) -> ops.Workspace:
        tries.append(workspace.folder)
        return begin(workspace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ops.Workspace, "writer", counted)
        assert auto.pass_by(30) == 1
        assert "connect the drive" in person.desk.messages.sentence
        person.desk.messages.clear()
        assert auto.pass_by(3600) == 1
    assert person.desk.messages.sentence == ""
    assert 3 < len(tries) < 10
    office.parent.mkdir()
    auto.pass_by(1800)
    assert ops.list_syncs(person.workspace)[0].result is not None
