"""Verify: what is dropped, chosen or named is recomputed, and shown line by line: what agrees, what doesn't, what nobody could
check.
"""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, ngettext
from mshopper.model.verification import AGREES, DIFFERS, UNCHECKED, Check, Verification
from mshopper.model.verification_words import as_text, check_sentence, result_text, subject_text, summary, title
from mshopper.progress import Progress
from mshopper.ui.background import ProgressStrip
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import TEXT_WIDTH, button, column, empty_layout, frame, label, scrolling_page

_SIGNS = {
    AGREES: ("circle-check", "good"),
    DIFFERS: ("circle-alert", "bad"),
    UNCHECKED: ("circle-question-mark", "warn"),
}
_MOST_SHOWN = 30
"""So many visits that don't agree are shown one by one."""


class VerifyPage(QWidget):
    """Takes files by dropping or choosing, and visits by id; `wanted` is the id of one to begin with."""

    def __init__(self, desk: Desk, wanted: str = "") -> None:
        super().__init__()
        self._desk = desk
        self._shown: list[Verification] = []
        self._wanted: list[str] = []
        self._is_busy = False
        self.setAcceptDrops(True)
        icons = desk.icons
        self.named = QLineEdit(wanted)
        self.named.setAccessibleName(_("Visit's id, or the words of a report's QR code"))
        self.named.setPlaceholderText(self.named.accessibleName())
        self.named.returnPressed.connect(self._verify_named)
        self._go = button(_("Verify"), self._verify_named, "primary", icons.beside("shield-check", "on_accent"))
        self._file = button(_("Choose a file…"), self._ask_file, icon=icons.beside("file-up"))
        self._folder = button(_("Choose a folder…"), self._ask_folder, icon=icons.beside("folder-open"))
        self._all = button(_("All visits here"), lambda: self.verify([]), icon=icons.beside("list-checks"))
        self.copy = button(_("Copy as text"), self._copy, icon=icons.beside("copy"))
        self.strip = ProgressStrip()
        self._summary = label("", "heading", wrap=True)
        self._trouble = label("", "bad", wrap=True)
        self._results = QVBoxLayout()
        self._build()
        self._trouble.hide()
        self._show([])
        if wanted:
            self.verify([wanted])

    def _build(self) -> None:
        area, layout = scrolling_page()
        column(self).addWidget(area)
        layout.addWidget(label(_("Verify"), "title"))
        card = frame("card")
        inside = column(card, margin=24, gap=12)
        words = label(
            _(
                "Drop a visit's PDF, an exported visit or a merged table here, or choose the head-office folder. Everything"
                " that can be is computed anew and compared: answers, photos, times, score, seal and signature."
            ),
            "muted",
            wrap=True,
        )
        words.setMaximumWidth(TEXT_WIDTH)
        line = QHBoxLayout()  # which reckons with the words' width, and so with their height
        line.addWidget(words, 1)
        line.addStretch(0)
        inside.addLayout(line)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.named, 1)
        row.addWidget(self._go)
        inside.addLayout(row)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        for each in (self._file, self._folder, self._all):
            buttons.addWidget(each)
        buttons.addStretch(1)
        inside.addLayout(buttons)
        inside.addWidget(self.strip)
        inside.addWidget(self._trouble)
        layout.addWidget(card)
        head = QHBoxLayout()
        head.addWidget(self._summary, 1)
        head.addStretch(0)
        head.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        layout.addLayout(self._results)
        layout.addStretch(1)

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self.named.setFocus()

    @property
    def trouble(self) -> str:
        """Why nothing could be verified; "" where it could."""
        return "" if self._trouble.isHidden() else self._trouble.text()

    @property
    def shown(self) -> tuple[Verification, ...]:
        """What the screen shows."""
        return tuple(self._shown)

    def verify(self, wanted: list[str]) -> None:
        """Verify visits by id, files and folders by path, in the background; all visits of this data folder by default."""
        if self._is_busy:
            return
        workspace = self._desk.workspace

        def work(progress: Progress) -> list[Verification]:
            with workspace.reader() as own:
                return list(ops.verify(own, wanted, progress=progress))

        self._wanted = wanted
        if wanted != [self.named.text().strip()]:
            self.named.clear()
        self._trouble.hide()
        self._set_busy(True)
        self._show([])
        self._found: list[Verification] = []
        self._error = ""
        job = self._desk.background.run(work, self._found.extend, self._failed)
        job.ended.connect(self._ended)
        self.strip.follow(job, _("Verifying"))

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, MshopperError):
            self._error = str(error)
        else:
            self._desk.messages.show_error(error)

    def _ended(self) -> None:
        self._set_busy(False)
        self._show(self._found)
        self._trouble.setText(self._error)
        self._trouble.setVisible(bool(self._error))

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        for each in (self._go, self._file, self._folder, self._all):
            each.setEnabled(not is_busy)

    def _verify_named(self) -> None:
        if text := self.named.text().strip():
            self.verify([text])

    def _ask_file(self) -> None:
        kinds = _("Reports, exported visits, tables")
        name, _kind = QFileDialog.getOpenFileName(
            self, _("Choose a file to verify"), "", f"{kinds} (*.pdf *.mshopper-visit *.csv)"
        )
        if name:
            self.verify([name])

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self, _("Choose the head-office folder"), self._desk.settings.head_office
        )
        if name:
            self.verify([name])

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.text())
        self._desk.messages.say(_("The result is copied as text."), "good")

    def text(self) -> str:
        """What is shown, as text."""
        return "\n\n".join(as_text(found) for found in self._shown)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := _dropped(event):
            event.acceptProposedAction()
            self.verify(paths)

    def keep(self, path: Path) -> None:
        """Take an exported visit in, as the other device's that it is."""
        workspace = self._desk.workspace

        def work(progress: Progress) -> bool:
            with workspace.writer() as own:
                _header, is_new = ops.import_exported(own, path, progress=progress)
                return is_new

        def done(is_new: bool) -> None:
            said = _("The visit is in the list now.") if is_new else _("The visit was here already.")
            self._desk.messages.say(said, "good")

        self.strip.follow(self._desk.background.run(work, done), _("Taking the visit in"))

    # What came of it

    def _show(self, found: list[Verification]) -> None:
        self._shown = found
        empty_layout(self._results)
        wrong = [one for one in found if one.of(DIFFERS)]
        self.copy.setVisible(bool(found))
        self._summary.setVisible(len(found) > 1)
        if len(found) > 1:
            total = ngettext(
                "{n} visit verified, {bad} don't agree.", "{n} visits verified, {bad} don't agree.", len(found)
            )
            self._summary.setText(total.format(n=len(found), bad=len(wrong)))
        for one in found if len(found) == 1 else wrong[:_MOST_SHOWN]:
            self._results.addWidget(self._card(one))

    def _card(self, found: Verification) -> QWidget:
        card = frame("card")
        inside = column(card, margin=24, gap=12)
        inside.addWidget(label(title(found), "heading", wrap=True))
        result = DIFFERS if found.of(DIFFERS) else AGREES if found.of(AGREES) else UNCHECKED
        inside.addLayout(self._row_of(result, label(summary(found), _SIGNS[result][1], wrap=True)))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        for number, check in enumerate(_ordered(found.checks)):
            self._add_check(grid, number, check)
        inside.addLayout(grid)
        if found.kind == "exported" and found.agrees and len(self._wanted) == 1 and not self._desk.read_only:
            row = QHBoxLayout()
            path = Path(self._wanted[0])
            row.addWidget(button(_("Keep this visit here"), lambda: self.keep(path), "primary"))
            row.addStretch(1)
            inside.addLayout(row)
        return card

    def _row_of(self, result: str, words: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        sign = label()
        sign.setPixmap(self._desk.icons.pixmap(*_SIGNS[result], 18))
        row.addWidget(sign)
        row.addWidget(words, 1)
        return row

    def _add_check(self, grid: QGridLayout, number: int, check: Check) -> None:
        role = _SIGNS[check.result][1]
        told = label(result_text(check.result), role)
        holder = QWidget()
        row = self._row_of(check.result, told)
        row.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(row)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(holder, number, 0, top)
        grid.addWidget(label(subject_text(check)), number, 1, top)
        said = label(check_sentence(check), "muted", wrap=True)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(said, number, 2, top)


def _ordered(checks: Iterable[Check]) -> list[Check]:
    """What doesn't agree first, then what nobody could check."""
    order = (DIFFERS, UNCHECKED, AGREES)
    return sorted(checks, key=lambda check: order.index(check.result))


def _dropped(event: QDropEvent) -> list[str]:
    """The files and folders that are being dropped."""
    return [str(Path(url.toLocalFile())) for url in event.mimeData().urls() if url.isLocalFile()]
