"""Real windows on a real data folder, offscreen."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mshopper import app as desktop
from mshopper import operations as ops
from mshopper.model.answer import AnswerKey
from mshopper.model.record import Store
from mshopper.ui.actions import command
from mshopper.ui.desk import Desk
from mshopper.ui.filling.visit_page import VisitPage
from mshopper.ui.main_window import MainWindow

HERE = Path(__file__).parent

WAIT = 60_000
"""Milliseconds to wait for what will come, however loaded the machine is."""

SPECIAL = {"\t": Qt.Key.Key_Tab, "\n": Qt.Key.Key_Return}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform warns whenever a window has a minimum size; that is no fault of ours."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as it is after the first start: forms taken in, an auditor, two stores."""
    folder = tmp_path_factory.mktemp("template")
    with ops.open_workspace(folder) as workspace:
        ops.change_settings(workspace, language="en", theme="light", auditor="Anna Rossi", auditor_id="12")
        ops.add_store(workspace, Store("MI-001", "Milano Duomo", "Lombardia"))
        ops.add_store(workspace, Store("TO-001", "Torino Roma", "Piemonte"))
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    return Path(shutil.copytree(template, tmp_path / "data"))


@pytest.fixture
def workspace(folder: Path) -> Iterator[ops.Workspace]:
    """The data folder, open."""
    with ops.open_workspace(folder) as opened:
        yield opened


class Person:
    """Someone at the window: it can be looked at, clicked and typed into."""

    def __init__(self, qtbot: QtBot, app: QApplication, workspace: ops.Workspace) -> None:
        self.qtbot = qtbot
        self.workspace = workspace
        self.window: MainWindow
        self.desk: Desk
        self.window, self.desk = desktop.build(app, workspace)
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window, timeout=WAIT)
        self.window.begin()

    def screen(self, kind: type[QWidget]) -> QWidget:
        """The screen that is shown, which is of that kind."""
        shown = self.window.screen_shown
        assert isinstance(shown, kind), f"{type(shown).__name__} is shown"
        return shown

    @property
    def visit(self) -> VisitPage:
        """The visit that is being filled in."""
        shown = self.screen(VisitPage)
        assert isinstance(shown, VisitPage)
        return shown

    def start(self, form_id: str) -> VisitPage:
        """Start a visit to Milano Duomo, past the briefing."""
        self.window.start_visit(ops.find_form(self.workspace, form_id).hash, "MI-001")
        self.visit.show_section(self.visit.progress.sections[0].path)
        return self.visit

    def press(self, keys: str | Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press keys where the focus is, each where it is by then; in text, tab and newline are those keys."""
        for key in [keys] if isinstance(keys, Qt.Key) else keys:
            target = QApplication.focusWidget() or self.window
            if isinstance(key, str) and key not in SPECIAL:
                QTest.keyClick(target, key, modifier)
            else:
                QTest.keyClick(target, SPECIAL.get(key, key), modifier)

    def keys(self, command_id: str) -> None:
        """Press the keys of a command."""
        QTest.keySequence(QApplication.focusWidget() or self.window, QKeySequence(command(command_id).keys))

    def settle(self) -> None:
        """Let what was set off be done."""
        QTest.qWait(5)

    def kept(self, key: AnswerKey) -> object:
        """The value of an answer as the data folder has it."""
        visit_id = self.visit.session.open_visit.header.visit_id
        return ops.open_visit(self.workspace, visit_id).visit.answer(key).value


@pytest.fixture
def person(qtbot: QtBot, qapp: QApplication, workspace: ops.Workspace) -> Iterator[Person]:
    """Someone at a window on the data folder."""
    someone = Person(qtbot, qapp, workspace)
    yield someone
    someone.desk.stop_work()
