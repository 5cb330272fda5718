"""Instead of the window, where the data file is damaged: put a backup back, save what can be read, or go elsewhere."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QFileDialog, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import DamagedStoreError, MshopperError
from mshopper.i18n import _
from mshopper.progress import Progress
from mshopper.ui.background import Background, ProgressStrip
from mshopper.ui.backups_page import ask_backup_passphrase, kind_words
from mshopper.ui.layouts import button, column, frame, label, scrolling_page
from mshopper.ui.words import day_and_time

if TYPE_CHECKING:
    from mshopper.store.cipher import Key

NEWEST = 3
"""So many of the newest backups are offered by name."""


class RescueWindow(QWidget):
    """It closes with `outcome` said where the data can be opened again; left as None the app ends."""

    def __init__(self, folder: Path, error: DamagedStoreError, key: "Key | None" = None) -> None:
        super().__init__()
        self._folder, self._key = folder, key
        self.outcome: str | None = None
        self.setWindowTitle("mshopper")
        self.setProperty("role", "page")
        self.resize(900, 640)
        self._background = Background(self._failed)
        area, layout = scrolling_page(width=720)
        column(self).addWidget(area)
        layout.addWidget(label(_("The data file is damaged"), "title"))
        words = _(
            "The file in {folder} can't be read to its end, because of the disk or of a program that wrote into it. It was "
            "left as it is, and whatever you choose keeps it."
        )
        layout.addWidget(label(words.format(folder=folder), wrap=True))
        self.strip = ProgressStrip()
        self._said = label("", "bad", wrap=True)
        self._said.hide()
        self._actions = QWidget()
        self._fill(column(self._actions, gap=16))
        layout.addWidget(self._actions)
        layout.addWidget(self.strip)
        layout.addWidget(self._said)
        details = label(str(error), "small", wrap=True)
        layout.addWidget(details)
        layout.addStretch(1)

    def _fill(self, layout: QVBoxLayout) -> None:
        card = frame("card")
        inside = column(card, margin=24, gap=8)
        inside.addWidget(label(_("Save what can be read"), "heading"))
        words = _("Every visit, answer and photo that can still be read goes into a new file. Try this first.")
        inside.addWidget(label(words, "muted", wrap=True))
        self.salvage = button(_("Save what can be read"), self._salvage, "primary")
        inside.addWidget(self.salvage)
        layout.addWidget(card)
        card = frame("card")
        inside = column(card, margin=24, gap=8)
        inside.addWidget(label(_("Put a backup back"), "heading"))
        usable = [backup for backup in ops.list_backups(self._folder) if backup.kind != "damaged"][:NEWEST]
        for backup in usable:
            words = f"{day_and_time(backup.at)} · {kind_words(backup.kind)}"
            inside.addWidget(button(words, self._restorer(backup.file)))
        inside.addWidget(button(_("From a file…"), self._ask))
        layout.addWidget(card)

    def _restorer(self, file: Path) -> Callable[[], None]:
        return lambda: self._restore(file)

    def _ask(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(
            self, _("Choose the backup to put back"), str(self._folder.parent), _("Backups (*.sqlite)")
        )
        if name:
            self._restore(Path(name))

    def _restore(self, file: Path) -> None:
        try:
            goes_on, passphrase = ask_backup_passphrase(self, file, self._key)
        except MshopperError as error:
            self._failed(error)
            return
        if goes_on:
            self._run(
                lambda _progress: ops.restore(self._folder, file, key=self._key, passphrase=passphrase).sentence(),
                _("Putting the backup back"),
            )

    def _salvage(self) -> None:
        self._run(
            lambda progress: " ".join(ops.salvage(self._folder, progress, key=self._key).sentences()),
            _("Reading what can be read"),
        )

    def _run(self, work: Callable[[Progress], str], what: str) -> None:
        self._said.hide()
        self._actions.setEnabled(False)
        job = self._background.run(work, self._done)
        job.ended.connect(lambda: self._actions.setEnabled(True))
        self.strip.follow(job, what)

    def _done(self, sentence: str) -> None:
        self.outcome = sentence
        self.close()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, MshopperError):
            raise error
        self._said.setText(str(error))
        self._said.show()


def rescue(app: QApplication, folder: Path, error: DamagedStoreError, key: "Key | None" = None) -> str | None:
    """Show the ways out until one worked. Returns what it says, None where the window was closed."""
    window = RescueWindow(folder, error, key)
    window.show()
    window.salvage.setFocus()
    app.exec()
    return window.outcome
