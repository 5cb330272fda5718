"""The panel with the report of an unexpected error: read first, then saved as a file to send, or not."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QWidget

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import button, column, icon_button, label
from mshopper.ui.overlay import Overlay
from mshopper.ui.theme import scaled

WIDTH = 820
HEIGHT = 280


class CrashReport(Overlay):
    """Shows `text` and saves it where the person says."""

    def __init__(self, window: QWidget, desk: Desk, text: str) -> None:
        super().__init__(window, _("Report of the error"), scaled(WIDTH))
        self._desk = desk
        outer = column(self, margin=16, gap=12)
        head = QHBoxLayout()
        head.addWidget(label(_("Report of the error"), "title"), 1)
        head.addWidget(icon_button(_("Close"), desk.icons.icon("x"), self.dismiss), 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(head)
        words = _(
            "This is all that the file holds: no answer, name or path is in it. Nothing is sent by mshopper; give the file to "
            "whoever is to mend the error."
        )
        outer.addWidget(label(words, wrap=True))
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(_("Report of the error"))
        self.text.setMinimumHeight(HEIGHT)
        outer.addWidget(self.text, 1)
        row = QHBoxLayout()
        self.save = button(_("Save the report…"), self._ask, "primary")
        row.addWidget(self.save)
        row.addStretch(1)
        outer.addLayout(row)

    def _ask(self) -> None:
        name, _kind = QFileDialog.getSaveFileName(
            self.over, _("Save the report"), str(Path.home() / "mshopper-report.txt"), "Text (*.txt)"
        )
        if name:
            self.save_to(Path(name))

    def save_to(self, file: Path) -> None:
        """Write the file; the message bar says how it went."""
        text, desk = self.text.toPlainText(), self._desk
        self.dismiss()
        with desk.messages.telling():
            try:
                file.write_text(text, encoding="utf-8")
            except OSError as error:
                sentence = _("The report can't be written to {file}: choose another folder.")
                raise MshopperError(sentence.format(file=file)) from error
            desk.messages.say(_("The report is in {file}.").format(file=file), "good")
