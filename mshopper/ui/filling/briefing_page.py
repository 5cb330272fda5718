"""What the auditor should do, read before starting; it can be read again at any time."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.i18n import _
from mshopper.model.answer import AnswerKey
from mshopper.model.corrective import Action
from mshopper.ui.filling.session import FillingSession
from mshopper.ui.layouts import TEXT_WIDTH, button, column, frame, label, scrolling_page
from mshopper.ui.review.words import action_lines


def is_worth_reading(session: FillingSession) -> bool:
    """Whether there is anything to read before starting: words of the form, a reason, something to look at again."""
    header = session.open_visit.header
    return bool(session.form.briefing or (header.revision > 1 and header.reason) or open_actions(session))


def open_actions(session: FillingSession) -> list[Action]:
    """What the store of the visit still has to mend; nothing in a trial."""
    if session.is_trial:
        return []
    store_id = session.open_visit.header.store.store_id
    return ops.list_actions(session.desk.workspace, store_id=store_id, states=("late", "reopened", "open"))


class BriefingPage(QWidget):
    """The form's briefing, a paragraph a line, and what the store still has to mend. `go_on()` when it was read."""

    go_on = Signal()

    def __init__(self, session: FillingSession) -> None:
        super().__init__()
        area, layout = scrolling_page(width=TEXT_WIDTH + 100)
        column(self).addWidget(area)
        layout.addWidget(label(_("Briefing"), "title"))
        card = frame("card")
        inside = column(card, margin=24, gap=12)
        for paragraph in session.words(session.form.briefing, AnswerKey("")).splitlines():
            if paragraph.strip():
                words = label(paragraph, "question", wrap=True)
                words.setMinimumWidth(TEXT_WIDTH - 100)
                inside.addWidget(words)
        if session.form.briefing:
            layout.addWidget(card)
        self._add_reason(session, layout)
        self._add_actions(session, layout)
        self._go = button(_("Go on to the questions"), self.go_on.emit, "primary")
        self._go.setMaximumWidth(280)
        layout.addWidget(self._go)
        layout.addStretch(1)

    def _add_reason(self, session: FillingSession, layout: QVBoxLayout) -> None:
        header = session.open_visit.header
        if header.revision > 1 and header.reason:
            notice = frame("notice")
            inside = column(notice, margin=16, gap=4)
            inside.addWidget(label(_("Why this visit is gone on with"), "heading"))
            inside.addWidget(label(header.reason, wrap=True))
            layout.addWidget(notice)

    def _add_actions(self, session: FillingSession, layout: QVBoxLayout) -> None:
        actions = open_actions(session)
        if not actions:
            return
        today = session.desk.workspace.clock().date()
        layout.addWidget(label(_("This store still has to mend"), "heading"))
        card = frame("card")
        inside = column(card, margin=16, gap=8)
        for action in actions:
            inside.addWidget(label(action_lines(action, today).partition("   ")[2], wrap=True))
            if action.wanted:
                inside.addWidget(label(action.wanted, "muted", wrap=True))
        layout.addWidget(card)

    def begin(self) -> None:
        """Give the focus to the way on."""
        self._go.setFocus()
