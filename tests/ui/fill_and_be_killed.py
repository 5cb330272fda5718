"""Run by test_filling in a process of its own: fills in a part of a visit through the window, then is killed."""

import json
import os
import signal
import sys
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mshopper import app as desktop
from mshopper import operations as ops
from mshopper.ui.filling.visit_page import VisitPage


def main(folder: Path) -> None:
    """Answer, go on to the second section, tell what was answered, die."""
    app = QApplication([])
    workspace = ops.open_workspace(folder)
    window, _desk = desktop.build(app, workspace)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    window.begin()
    window.start_visit(ops.find_form(workspace, "store_visit").hash, "MI-001")
    page = window.screen_shown
    assert isinstance(page, VisitPage)
    page.show_section("outside")
    for key in page.pages["outside"].visible_keys():
        if page.session.question(key).type == "yes_no":
            page.go_to(key)
            QTest.keyClicks(QApplication.focusWidget(), "1")
    page.step_section(1)
    page.step(1)
    page.step(1)
    assert page._current is not None
    visit_id, question = page.session.open_visit.header.visit_id, page._current.key.path
    while ops.resume(workspace, visit_id).get("question") != question:  # the window keeps it within 0.4 s
        QTest.qWait(20)
    told = {
        "section": page._path,
        "question": list(page._current.key),
        "answers": {key.path: answer.value for key, answer in page.session.visit.answers.items()},
    }
    (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)


main(Path(sys.argv[1]))
