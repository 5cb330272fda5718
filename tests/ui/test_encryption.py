"""Encrypting, locking and unlocking at the window; and what the log and the report of an error know."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QtMsgType
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from mshopper import app as desktop
from mshopper import operations as ops
from mshopper.store import cipher, unlocking
from mshopper.ui import waiting
from mshopper.ui.crash_report import CrashReport
from mshopper.ui.encryption_page import EncryptionPage
from mshopper.ui.failures import log_qt, watched
from mshopper.ui.idle import IdleLock
from mshopper.ui.settings_page import SettingsPage
from mshopper.ui.unlock import UnlockWindow

from .conftest import WAIT, Person

SECRET = "open sesame seeds"


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a key is slow on purpose."""
    monkeypatch.setattr(cipher, "_COST", 2)


def encryption_page(person: Person) -> EncryptionPage:
    """The page, by its button in the settings."""
    person.window.go_to_place("settings")
    found = person.screen(SettingsPage).findChildren(QPushButton)
    QTest.mouseClick(next(each for each in found if each.text() == "Encryption"), Qt.MouseButton.LeftButton)
    page = person.screen(EncryptionPage)
    assert isinstance(page, EncryptionPage)
    return page


def test_encrypted_locked_and_unlocked_a_visit_is_where_it_was(
    qtbot: QtBot, qapp: QApplication, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two unequal passphrases are said; equal ones encrypt. Left alone, the window locks in the middle of a visit; wrong
    passphrases are said and make wait; the right one opens the visit at its section."""
    pytest.importorskip("sqlcipher3")
    with ops.open_workspace(folder) as workspace:
        person = Person(qtbot, qapp, workspace)
        page = encryption_page(person)
        page.first.setText(SECRET)
        page.second.setText("something else")
        page.encrypt()
        assert page.error.text().startswith("The two passphrases")
        page.second.setText(SECRET)
        QTest.keyClick(page.second, Qt.Key.Key_Return)
        after = person.window.afterwards
        assert after is not None
    monkeypatch.setattr(waiting, "SHOW_AFTER_MS", 0)
    assert desktop._prepared(qapp, after)[0].startswith("The data is encrypted")
    with pytest.raises(desktop.LockedStoreError):
        desktop._opened(after)
    with ops.open_workspace(folder, key=ops.unlock(folder, SECRET)) as workspace:
        person = Person(qtbot, qapp, workspace)
        visit = person.start("store_visit")
        last = [section.path for section in visit.progress.sections if section.relevant][-1]
        assert last != visit._path
        visit.show_section(last)
        watch = IdleLock(person.window, person.desk)
        watch.look()
        assert person.window.afterwards is None
        watch.touched -= 16 * 60
        watch.look()
        after = person.window.afterwards
        assert after is not None
        assert after.locked
        assert not person.window.isVisible()
    unlock = UnlockWindow(folder)
    qtbot.addWidget(unlock)
    unlock.show()
    now = [1_000_000.0]
    monkeypatch.setattr(unlocking.time, "time", lambda: now[0])
    for _try in range(3):
        unlock.passphrase.setText("not this one")
        QTest.keyClick(unlock.passphrase, Qt.Key.Key_Return)
    assert "in 2 seconds" in unlock.error.text()
    assert not unlock.open_button.isEnabled()
    now[0] += 2
    qtbot.waitUntil(unlock.open_button.isEnabled, timeout=WAIT)
    unlock.passphrase.setText(SECRET)
    QTest.mouseClick(unlock.open_button, Qt.MouseButton.LeftButton)
    assert unlock.key is not None
    with ops.open_workspace(folder, key=unlock.key) as workspace:
        person = Person(qtbot, qapp, workspace)
        assert person.visit._path == last
        person.visit.leave()


def test_work_under_way_is_finished_behind_the_cover(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """While photos are taken in or a sync goes on, the window is covered; it is locked once that has ended."""
    busy = [True]
    monkeypatch.setattr(type(person.desk), "is_busy", property(lambda _desk: busy[0]))
    watch = IdleLock(person.window, person.desk)
    watch.touched -= 16 * 60
    watch.look()
    assert person.window.commands.cover is not None
    assert person.window.afterwards is None
    busy.clear()
    busy.append(False)
    watch.look()
    assert person.window.afterwards is not None
    assert not person.window.isVisible()


def test_plain_data_cannot_be_locked(person: Person) -> None:
    """The key that locks says so where the data is in clear, and the window stays."""
    person.keys("lock")
    assert person.desk.messages.sentence == "Only encrypted data can be locked: the settings encrypt it."
    assert person.window.isVisible()


def test_an_unexpected_error_offers_a_report_without_values(person: Person, tmp_path: Path, folder: Path) -> None:
    """Wherever it is raised, a thread included: a sentence, and a panel whose text is saved as it was read; neither it nor
    the log knows what the error says, nor Qt's complaint what it is about."""

    def fail() -> None:
        answer = "Zanzibarbone"
        raise ValueError(f"{answer} in {folder}")

    with watched(person.desk.messages, person.desk.log):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        person.qtbot.waitUntil(lambda: "unexpected" in person.desk.messages.sentence, timeout=WAIT)
    log_qt(person.desk.log, QtMsgType.QtWarningMsg, _Context(), f"QPixmap::load: Zanzibarbone {folder}")
    person.desk.messages._act()
    (panel,) = person.window.findChildren(CrashReport)
    shown = panel.text.toPlainText()
    assert "builtins.ValueError\n  threading:" in shown
    assert "in test_an_unexpected_error_offers_a_report_without_values.<locals>.fail" in shown
    assert "QPixmap::load" in shown
    panel.save_to(tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == shown
    for text in (shown, (folder / "mshopper.log").read_text(encoding="utf-8")):
        assert "Zanzibarbone" not in text
        assert str(folder) not in text


class _Context:
    category = "default"


def test_the_log_is_kept_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its size it begins anew, one former log beside it; a folder that isn't there has none, and nothing fails."""
    from mshopper.operations import logs

    monkeypatch.setattr(logs, "BYTES", 500)
    log = ops.Log(tmp_path)
    for _time in range(60):
        log.note("something of ours")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mshopper.log", "mshopper.log.1"]
    assert all(file.stat().st_size < 600 for file in tmp_path.iterdir())
    ops.Log(tmp_path / "nowhere").error(ValueError())
