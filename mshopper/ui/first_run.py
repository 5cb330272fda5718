"""The first page of a new data folder: language, who makes the visits, where data is kept, head office, or samples first.

Nothing on it must be filled in; Enter on its button, or Escape, goes on to the visits.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from mshopper import operations as ops
from mshopper import paths
from mshopper.i18n import _, current_language, languages
from mshopper.progress import Progress
from mshopper.ui.background import ProgressStrip
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import add_row, button, column, frame, label, scrolling_page
from mshopper.ui.qt_language import own_name
from mshopper.ui.settings_page import ask_for_data_folder, can_choose_folder, choice_row, show_encryption

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator


def show_first_run(desk: Desk, navigator: "Navigator") -> None:
    """Show the page; in another language it is made anew."""
    navigator.show_screen(FirstRunPage(desk, navigator), lambda: show_first_run(desk, navigator))


class FirstRunPage(QWidget):
    """What is chosen is kept at once; what is typed, on going on."""

    def __init__(self, desk: Desk, navigator: "Navigator") -> None:
        super().__init__()
        self._desk, self._navigator = desk, navigator
        area, layout = scrolling_page(width=640, centred=True)
        column(self).addWidget(area)
        layout.addWidget(label(_("Welcome"), "title"))
        words = _("A few things to begin with. All of them can be skipped, and changed later in the settings.")
        layout.addWidget(label(words, "muted", wrap=True))
        card = frame("card")
        inside = column(card, margin=24, gap=8)
        layout.addWidget(card)
        names = {language: own_name(language) for language in languages()}
        choice_row(inside, _("Language"), names, current_language(), navigator.choose_language)
        self.auditor = QLineEdit(desk.settings.auditor)
        self.auditor.returnPressed.connect(self.go_on)
        add_row(inside, _("Your name"), self.auditor, _("It stands in your reports as the auditor."))
        inside.addSpacing(8)
        inside.addLayout(self._folders())
        if ops.can_encrypt():
            inside.addSpacing(8)
            told = label(_("A stolen computer tells nothing where its data is encrypted."), "muted", wrap=True)
            inside.addWidget(told)
            encrypt = button(_("Encrypt the data…"), self.encrypt)
            inside.addWidget(encrypt, 0, Qt.AlignmentFlag.AlignLeft)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        self.begin_button = button(_("Begin"), self.go_on, "primary")
        buttons.addWidget(self.begin_button)
        self.samples = button(_("Look around with sample data"), self.open_samples)
        buttons.addWidget(self.samples)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        words = _("The samples are kept apart: the next time, the app opens your own data.")
        layout.addWidget(label(words, "small", wrap=True))
        self.strip = ProgressStrip()
        layout.addWidget(self.strip)
        layout.addStretch(1)

    def _folders(self) -> QHBoxLayout:
        desk = self._desk
        row = QHBoxLayout()
        row.setSpacing(24)
        data = column(holder := QWidget(), gap=4)
        data.addWidget(label(_("Data folder")))
        data.addWidget(label(str(desk.workspace.folder), "muted", wrap=True))
        if can_choose_folder(desk):
            other = button(_("Use another…"), lambda: ask_for_data_folder(self, desk, self._navigator))
            other.setAccessibleName(_("Use another data folder…"))
            data.addWidget(other, 0, Qt.AlignmentFlag.AlignLeft)
        data.addStretch(1)
        row.addWidget(holder, 1)
        office = column(holder := QWidget(), gap=4)
        office.addWidget(label(_("Head-office folder")))
        self._office = label(desk.settings.head_office or _("Not needed to begin"), "muted", wrap=True)
        office.addWidget(self._office)
        choose = button(_("Choose the folder…"), self._ask_office)
        choose.setAccessibleName(_("Choose the head-office folder"))
        office.addWidget(choose, 0, Qt.AlignmentFlag.AlignLeft)
        office.addStretch(1)
        row.addWidget(holder, 1)
        return row

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self.auditor.setFocus()

    def _ask_office(self) -> None:
        name = QFileDialog.getExistingDirectory(self, _("Choose the head-office folder"))
        if name:
            self._keep(head_office=name)
            self._office.setText(name)

    def go_on(self) -> None:
        """Keep what is typed, and show the visits."""
        self._keep(auditor=self.auditor.text().strip(), language=current_language())
        self._navigator.go_to_place("visits")

    def encrypt(self) -> None:
        """Keep what is typed, and go on to the page that encrypts."""
        self._keep(auditor=self.auditor.text().strip(), language=current_language())
        show_encryption(self._desk, self._navigator)

    def open_samples(self) -> None:
        """Make the demo's data folder and go on with it, for this time."""
        folder, navigator = paths.demo_data_folder(), self._navigator

        def work(progress: Progress) -> None:
            from mshopper.operations.demo import make_demo

            make_demo(folder, progress=progress).close()

        self.samples.setEnabled(False)
        job = self._desk.background.run(work, lambda _made: navigator.reopen(folder))
        job.ended.connect(self._made_or_not)
        self.strip.follow(job, _("Making sample data"))

    def _made_or_not(self) -> None:
        self.samples.setEnabled(True)

    def _keep(self, **changes: object) -> None:
        with self._desk.messages.telling():
            ops.change_settings(self._desk.workspace, **changes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.go_on()
        else:
            super().keyPressEvent(event)
