"""A process that fills in a visit through the window until it is killed (by test_desk and tests.bench kill).

Every answer carries a number that only grows. After each that the data folder took, a line "question number" is written
to the standard output, so that whoever kills this process knows what must be there.
"""

import itertools
import random
import sys
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from mshopper import app as desktop
from mshopper import operations as ops
from mshopper.model.answer import AnswerChange
from mshopper.ui.filling.visit_page import VisitPage

FORM = """
mshopper: 1
id: killed
version: "1"
title: Killed
languages: [en]
sections:
"""
FORM += "".join(
    f"  - id: s{s}\n    title: Section {s}\n    questions:\n"
    + "".join(
        f"      - {{id: q{s}_{n}, type: {kind}, label: Question {n}, na: true}}\n"
        for n, kind in enumerate(("text", "integer") * 6)
    )
    for s in range(3)
)


def number_of(value: object, comment: str) -> int:
    """The number that an answer carries: its value's or its comment's, whichever is greater."""
    return max(int(text) if text.isdigit() else 0 for text in (str(value), comment))


def main(folder: Path, first: int, seed: int) -> None:
    """Go on with the visit that is open, or start one; answer at random, with numbers from `first` on."""
    dice = random.Random(seed)
    app = QApplication([])
    workspace = ops.open_workspace(folder)
    window, _desk = desktop.build(app, workspace)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    window.begin()
    if not isinstance(window.screen_shown, VisitPage):
        window.start_visit(ops.find_form(workspace, "killed").hash, "MI-001")
    page = window.screen_shown
    assert isinstance(page, VisitPage)
    page.session.changed.connect(tell)
    print("ready", flush=True)
    for number in itertools.count(first):
        if dice.random() < 0.2:
            page.show_section(dice.choice(page.progress.sections).path)
        shown = page.pages[page._path]
        key = dice.choice(shown.visible_keys())
        shown.go_to(key)
        card = shown.cards[key]
        if dice.random() < 0.3:
            card.begin_comment()
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit | QPlainTextEdit)
        field.selectAll()
        QTest.keyClicks(field, str(number))
        card.flush()
        QTest.qWait(dice.choice((0, 0, 0, 5)))


def tell(change: AnswerChange) -> None:
    """Say what the data folder has taken."""
    for key, _before, after in change.answers:
        print(key.path, number_of(after.value, after.comment), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
