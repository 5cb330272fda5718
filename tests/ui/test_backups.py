"""Saving and putting back by the window, and the way out of a damaged data file."""

import datetime as dt
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from mshopper import app as desktop
from mshopper import operations as ops
from mshopper.errors import DamagedStoreError
from mshopper.store.backups import check_backup
from mshopper.ui.backups_page import BackupsPage, keep_daily_backup
from mshopper.ui.rescue import RescueWindow
from mshopper.ui.settings_page import SettingsPage

from .conftest import WAIT, Person


def backups_page(person: Person) -> BackupsPage:
    """The page, by its button in the settings."""
    person.window.go_to_place("settings")
    settings = person.screen(SettingsPage)
    button = next(each for each in settings.findChildren(QPushButton) if each.text() == "Backups")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    page = person.screen(BackupsPage)
    assert isinstance(page, BackupsPage)
    return page


def test_a_copy_is_made_of_the_day_and_one_where_it_is_wanted(person: Person, tmp_path: Path) -> None:
    """Today's copy appears in the list; a copy saved to a stick is whole, and the page says so."""
    keep_daily_backup(person.desk)
    person.qtbot.waitUntil(lambda: bool(ops.list_backups(person.workspace.folder)), timeout=WAIT)
    page = backups_page(person)
    assert [each.accessibleName()[:22] for each in page.findChildren(QPushButton) if each.text() == "Put back"] == [
        "Put back the backup of"
    ]
    page.save_to(tmp_path / "stick.sqlite")
    person.qtbot.waitUntil(lambda: "read again" in page._result.text(), timeout=WAIT)
    assert check_backup(tmp_path / "stick.sqlite").visits == 0


def test_a_backup_put_back_opens_the_window_on_it(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    """The window closes, the copy becomes the data, and the next window says what was put back and what is kept."""
    file, _contents = ops.back_up(person.workspace, tmp_path / "before.sqlite")
    person.start("exit_interview").close_visit()
    backups_page(person).put_back(file)
    after = person.window.afterwards
    assert after is not None
    person.workspace.close()
    said, kind = after.prepare()
    assert said.startswith("0 visits put back. What was there before is kept in ")
    assert kind == "good"
    with ops.open_workspace(after.folder) as workspace:
        assert ops.count_visits(workspace) == 0


def test_a_damaged_file_offers_its_ways_out(qtbot: QtBot, qapp: QApplication, folder: Path) -> None:
    """Where the data file is torn, the start shows what can be done; what can be read is saved by one key."""
    with ops.open_workspace(folder, clock=lambda: dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)) as workspace:
        ops.daily_backup(workspace)
        (page, size) = workspace.store.row(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = 'plan'"
        ) or (0, 0)
    file = folder / "mshopper.sqlite"
    torn = bytearray(file.read_bytes())
    torn[(page - 1) * size : page * size] = b"\x5a" * size
    file.write_bytes(torn)
    try:
        ops.open_workspace(folder)
        raise AssertionError("it opened")
    except DamagedStoreError as error:
        window = RescueWindow(folder, error)
    qtbot.addWidget(window)
    window.show()
    offered = [each.text() for each in window.findChildren(QPushButton)]
    assert "20 Nov 2026 09:00 · of the day" in offered
    QTest.keyClick(window.salvage, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.outcome is not None, timeout=WAIT)
    assert "0 visits were found." in str(window.outcome)
    with ops.open_workspace(folder) as workspace:
        assert {store.store_id for store in ops.list_stores(workspace)} == {"MI-001", "TO-001"}
    assert desktop.Afterwards(folder).prepare() == ("", "good")
