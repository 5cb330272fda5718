"""Copies of all data: saving one, the ones kept by themselves, and putting one back. Reached from the settings."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QInputDialog, QLineEdit, QMessageBox, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import DamagedStoreError, MshopperError
from mshopper.i18n import _, ngettext
from mshopper.progress import Progress
from mshopper.ui.background import ProgressStrip
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import button, column, empty_layout, frame, icon_button, label, rule, scrolling_page
from mshopper.ui.words import day_and_time, plain_number

if TYPE_CHECKING:
    from mshopper.store.backups import Backup
    from mshopper.store.cipher import Key
    from mshopper.ui.navigator import Navigator

MEGA = 1_000_000


class BackupsPage(QWidget):
    """What a backup replaces is said before, and kept."""

    def __init__(self, desk: Desk, navigator: "Navigator") -> None:
        super().__init__()
        self._desk, self._navigator = desk, navigator
        area, layout = scrolling_page()
        column(self).addWidget(area)
        head = QHBoxLayout()
        back = icon_button(_("Back to the settings"), desk.icons.icon("chevron-left"), self._leave)
        head.addWidget(back)
        head.addWidget(label(_("Backups"), "title"), 1)
        layout.addLayout(head)
        self.save = button(_("Save a backup…"), self._ask_where, "primary", desk.icons.beside("download", "on_accent"))
        self.strip = ProgressStrip()
        self._result = label("", wrap=True)
        self._result.hide()
        self._list = QVBoxLayout()
        layout.addWidget(self._saving())
        layout.addWidget(label(_("Kept by themselves"), "heading"))
        layout.addLayout(self._list)
        layout.addStretch(1)
        self.refresh()

    def _saving(self) -> QWidget:
        card = frame("card")
        inside = column(card, margin=24, gap=12)
        words = _(
            "A backup is one file with all visits and photos. Keep one outside this computer: a stolen laptop takes the "
            "others with it."
        )
        inside.addWidget(label(words, wrap=True))
        row = QHBoxLayout()
        row.addWidget(self.save)
        from_file = button(_("Put a backup back…"), self._ask_which, icon=self._desk.icons.beside("folder-open"))
        from_file.setEnabled(not self._desk.read_only)
        row.addWidget(from_file)
        row.addStretch(1)
        inside.addLayout(row)
        inside.addWidget(self.strip)
        inside.addWidget(self._result)
        return card

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self.save.setFocus()

    def refresh(self) -> None:
        """Show the copies that are there."""
        empty_layout(self._list)
        found = ops.list_backups(self._desk.workspace.folder)
        if not found:
            words = _("None yet: once a day, while the window is open, a copy is made here and read again.")
            self._list.addWidget(label(words, "muted", wrap=True))
            return
        card = frame("card")
        inside = column(card, margin=16, gap=4)
        for number, backup in enumerate(found):
            if number:
                inside.addWidget(rule())
            inside.addWidget(self._line(backup))
        self._list.addWidget(card)

    def _line(self, backup: "Backup") -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        when = day_and_time(backup.at)
        row.addWidget(label(when))
        size = f"{plain_number(backup.bytes // MEGA or 1)} MB"
        row.addWidget(label(f"{kind_words(backup.kind)} · {size}", "muted"), 1)
        if backup.kind != "damaged" and not self._desk.read_only:
            back = button(_("Put back"), lambda: self._confirm(backup.file))
            back.setAccessibleName(_("Put back the backup of {when}").format(when=when))
            row.addWidget(back)
        return holder

    def _leave(self) -> None:
        self._navigator.go_to_place("settings")

    # Saving

    def _ask_where(self) -> None:
        suggested = Path.home() / f"mshopper-{self._desk.workspace.now()[:10]}.sqlite"
        name, _kind = QFileDialog.getSaveFileName(self, _("Save a backup"), str(suggested), _("Backups (*.sqlite)"))
        if name:
            self.save_to(Path(name))

    def save_to(self, file: Path) -> None:
        """Copy all data into `file`, in the background."""
        workspace = self._desk.workspace

        def work(progress: Progress) -> str:
            with workspace.reader() as own:
                _file, contents = ops.back_up(own, file, progress)
            sentence = ngettext(
                "{n} visit saved in {file}, and read again.",
                "{n} visits saved in {file}, and read again.",
                contents.visits,
            )
            return sentence.format(n=contents.visits, file=file)

        outcome: list[str] = []
        job = self._desk.background.run(
            work, outcome.append, lambda error: outcome.append(error_words(self._desk, error))
        )
        self.save.setEnabled(False)
        job.ended.connect(lambda: self._saved(outcome))
        self.strip.follow(job, _("Saving a backup"))

    def _saved(self, outcome: list[str]) -> None:
        self.save.setEnabled(True)
        self._result.setText("".join(outcome))
        self._result.setVisible(bool(self._result.text()))

    # Putting back

    def _ask_which(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(
            self, _("Choose the backup to put back"), str(Path.home()), _("Backups (*.sqlite)")
        )
        if name:
            self._confirm(Path(name))

    def _confirm(self, file: Path) -> None:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(_("Put a backup back"))
        box.setText(_("Put back the data of {file}?").format(file=file.name))
        box.setInformativeText(
            _("The window closes and opens again on it. What is here now is kept among the backups.")
        )
        yes = box.addButton(_("Put back"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(_("Leave it as it is"), QMessageBox.ButtonRole.RejectRole))
        box.exec()
        if box.clickedButton() is yes:
            self.put_back(file)

    def put_back(self, file: Path) -> None:
        """Make `file` the data of this folder; the window opens again on it, and says how it went."""
        folder, key = self._desk.workspace.folder, self._desk.workspace.store.key
        with self._desk.messages.telling():
            goes_on, passphrase = ask_backup_passphrase(self, file, key)
            if goes_on:
                self._navigator.reopen(
                    folder, lambda: ops.restore(folder, file, key=key, passphrase=passphrase).sentence()
                )


def ask_backup_passphrase(parent: QWidget, file: Path, key: "Key | None") -> tuple[bool, str | None]:
    """The passphrase of an encrypted backup that `key` doesn't open; whether to go on. Raises StoreError."""
    if not ops.backup_needs_passphrase(file, key):
        return True, None
    words = _("The backup {file} is encrypted: the passphrase that it was made with opens it.").format(file=file.name)
    typed, given = QInputDialog.getText(parent, _("Passphrase of the backup"), words, QLineEdit.EchoMode.Password)
    return given, typed


def kind_words(kind: str) -> str:
    """Why a copy was made."""
    return {
        "daily": _("of the day"),
        "before-update": _("before an update of mshopper"),
        "before-restore": _("before a backup was put back"),
        "damaged": _("the damaged file"),
    }[kind]


def keep_daily_backup(desk: Desk) -> None:
    """Make today's copy in the background, where there is none yet, after erasing what is too old; what fails is said."""
    workspace = desk.workspace
    if desk.read_only:
        return

    def work(progress: Progress) -> object:
        with workspace.writer() as own:
            return ops.daily_upkeep(own, progress)

    desk.background.run(work, lambda _made: None, lambda error: desk.messages.say(error_words(desk, error), "bad"))


def error_words(desk: Desk, error: BaseException) -> str:
    """The sentence of an error; one that was not expected is in the log too."""
    if isinstance(error, DamagedStoreError):
        return _("A part of the data file can't be read. Save what you are doing, close the window and open it again.")
    if isinstance(error, MshopperError):
        return str(error)
    desk.messages.show_error(error)
    return desk.messages.sentence
