"""Before a visit is submitted: what is missing, each a link to it; submit anyway with a reason; then the seal."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from mshopper.i18n import _, ngettext
from mshopper.model.answer import Violation
from mshopper.model.record import VisitHeader
from mshopper.store import VisitRow
from mshopper.ui.actions import keys_text
from mshopper.ui.filling.inputs.typed import GrowingText
from mshopper.ui.filling.section_page import violation_sentence
from mshopper.ui.filling.session import FillingSession
from mshopper.ui.layouts import add_row, button, column, empty_layout, frame, label, scrolling_page
from mshopper.ui.visits.rows import verdict_words
from mshopper.ui.words import day_and_time, percent

SHOWN_AT_MOST = 200
LONGEST_LINK = 95


class SubmitPage(QWidget):
    """`go_to(key)` asks to jump to a question; `submit(reason)` to submit, "" where nothing is missing."""

    go_to = Signal(object)
    go_back = Signal()
    submit = Signal(str)
    open_report = Signal()
    leave = Signal()
    typing = Signal()

    def __init__(self, session: FillingSession) -> None:
        super().__init__()
        self._session = session
        self._reason = GrowingText()
        self._seal = ""
        area, self._column = scrolling_page(width=760)
        column(self).addWidget(area)

    @property
    def reason(self) -> str:
        """What is typed as the reason for submitting all the same."""
        return self._reason.toPlainText()

    def show_missing(self, missing: Sequence[Violation], reason: str = "") -> None:
        """List what is missing, or say that all is there; a reason that was begun stays."""
        reason = reason or self.reason
        empty_layout(self._column)
        self._column.addWidget(label(_("Before submitting"), "title"))
        if missing:
            sentence = ngettext("{n} thing is missing.", "{n} things are missing.", len(missing))
            self._column.addWidget(label(sentence.format(n=len(missing)), "warn"))
            for heading, those in _by_kind(missing):
                self._column.addWidget(label(heading, "heading"))
                self._column.addWidget(self._list(those))
            self._column.addWidget(self._anyway())
        else:
            words = _("Nothing is missing. After submitting, the visit is sealed: a correction is a new revision.")
            self._column.addWidget(label(words, wrap=True))
        self._column.addLayout(self._buttons(bool(missing)))
        if missing and reason:
            self._reason.setPlainText(reason)
        self._column.addStretch(1)

    def _list(self, missing: Sequence[Violation]) -> QWidget:
        card = frame("card")
        layout = column(card, margin=8, gap=0)
        shown_section = ""
        for violation in missing[:SHOWN_AT_MOST]:
            section = violation.key.path.partition("/")[0]
            if section != shown_section:
                title = label(self._session.title(section), "muted")
                title.setContentsMargins(9, 10 if shown_section else 2, 8, 0)
                layout.addWidget(title)
                shown_section = section
            layout.addWidget(self._link(violation))
        if len(missing) > SHOWN_AT_MOST:
            layout.addWidget(label(_("… and {n} more").format(n=len(missing) - SHOWN_AT_MOST), "muted"))
        return card

    def _link(self, violation: Violation) -> QWidget:
        session, key = self._session, violation.key
        words = f"{session.label(key)} {f'({key.instance})' if key.instance else ''}".strip()
        short = words if len(words) <= LONGEST_LINK else f"{words[: LONGEST_LINK - 1]}…"
        row = QWidget()
        layout = column(row, gap=0)
        made = button(short.replace("&", "&&"), lambda: self.go_to.emit(key), "link")
        layout.addWidget(made)
        if violation.code != "required":
            sentence = label(violation_sentence(session, violation), "small", wrap=True)
            sentence.setContentsMargins(9, 0, 8, 6)
            layout.addWidget(sentence)
        return row

    def _anyway(self) -> QWidget:
        card = frame("card")
        layout = column(card, margin=16)
        layout.addWidget(label(_("Submit anyway"), "heading"))
        self._reason = GrowingText()
        add_row(
            layout,
            _("Why is it incomplete?"),
            self._reason,
            _("The reason stands in the report, and the visit is marked as incomplete."),
        )
        self._reason.textChanged.connect(self._reason_typed)
        return card

    def _buttons(self, is_incomplete: bool) -> QHBoxLayout:
        icons = self._session.desk.icons
        row = QHBoxLayout()
        text = _("Submit anyway") if is_incomplete else _("Submit and seal")
        self._submit = button(
            text, self._do_submit, "" if is_incomplete else "primary", icons.beside("send", "on_accent")
        )
        if is_incomplete:
            self._submit.setIcon(icons.beside("send"))
            self._submit.setEnabled(False)
        row.addWidget(button(_("Go on filling in"), self.go_back.emit, "primary" if is_incomplete else ""))
        row.addWidget(self._submit)
        row.addStretch(1)
        if not is_incomplete:
            self._submit.setToolTip(keys_text("submit"))
        return row

    def start(self) -> None:
        """Give the focus to what comes first."""
        self._submit.setFocus() if self._submit.isEnabled() else self.setFocus()

    def _reason_typed(self) -> None:
        self.typing.emit()
        self._submit.setEnabled(bool(self._reason.toPlainText().strip()))

    def _do_submit(self) -> None:
        self.submit.emit(self._reason.toPlainText().strip())

    def show_sealed(self, header: VisitHeader, row: VisitRow) -> None:
        """Say that the visit is submitted: its score, its verdict, its seal."""
        empty_layout(self._column)
        icons = self._session.desk.icons
        self._column.addWidget(label(_("Submitted"), "title"))
        card = frame("card")
        layout = column(card, margin=24, gap=12)
        layout.addWidget(label(f"{header.store.name or header.store.store_id} · {day_and_time(header.submitted_at)}"))
        score = QHBoxLayout()
        score.setSpacing(16)
        score.addWidget(label(percent(row.percent), "score"))
        words, role = verdict_words(row.verdict)
        parts = [words, _("grade {grade}").format(grade=row.grade) if row.grade else ""]
        score.addWidget(label(" · ".join(part for part in parts if part), role))
        score.addStretch(1)
        layout.addLayout(score)
        layout.addWidget(label(_("Seal"), "small"))
        self._seal = header.seal
        seal = label(" ".join(header.seal[n : n + 8] for n in range(0, len(header.seal), 8)), wrap=True)
        seal.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        seal.setAccessibleName(_("Seal"))
        seal.setTextInteractionFlags(seal.textInteractionFlags() | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        layout.addWidget(seal)
        copying = QHBoxLayout()
        self._copied = label("", "small")
        copying.addWidget(button(_("Copy the seal"), self._copy, icon=icons.beside("copy")))
        copying.addWidget(self._copied, 1)
        layout.addLayout(copying)
        words = _("The seal covers every answer, photo and score as they are now; it is printed in the report.")
        layout.addWidget(label(words, "small", wrap=True))
        self._column.addWidget(card)
        buttons = QHBoxLayout()
        self._back = button(_("Back to the visits"), self.leave.emit, "primary")
        buttons.addWidget(self._back)
        buttons.addWidget(button(_("Open PDF"), self.open_report.emit, icon=icons.beside("file-text")))
        buttons.addStretch(1)
        self._column.addLayout(buttons)
        self._column.addStretch(1)
        self._back.setFocus()

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._seal)
        self._copied.setText(_("Copied."))


def _by_kind(missing: Sequence[Violation]) -> list[tuple[str, list[Violation]]]:
    """What is missing under its headings: answers, what is wrong with answers, evidence."""
    kinds = (
        (_("Not answered"), [each for each in missing if each.code == "required"]),
        (_("To correct"), [each for each in missing if each.is_invalid]),
        (_("Evidence lacking"), [each for each in missing if each.code != "required" and not each.is_invalid]),
    )
    return [(heading, those) for heading, those in kinds if those]
