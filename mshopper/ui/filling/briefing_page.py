"""What the auditor should do, read before starting; it can be read again at any time."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mshopper.i18n import _
from mshopper.model.answer import AnswerKey
from mshopper.ui.filling.session import FillingSession
from mshopper.ui.layouts import TEXT_WIDTH, button, column, frame, label, scrolling_page


class BriefingPage(QWidget):
    """The form's briefing, a paragraph a line. `go_on()` when it was read."""

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
        layout.addWidget(card)
        self._go = button(_("Go on to the questions"), self.go_on.emit, "primary")
        self._go.setMaximumWidth(280)
        layout.addWidget(self._go)
        layout.addStretch(1)

    def begin(self) -> None:
        """Give the focus to the way on."""
        self._go.setFocus()
