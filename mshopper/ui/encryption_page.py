"""Encryption of the data: turning it on and off, another passphrase, locking by itself. Reached from the settings."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, ngettext
from mshopper.ui.actions import keys_text
from mshopper.ui.desk import Desk
from mshopper.ui.idle import lock
from mshopper.ui.layouts import add_row, button, column, frame, icon_button, label, scrolling_page
from mshopper.ui.settings_page import choice_row
from mshopper.ui.unlock import passphrase_field, show_box

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator

LOCK_AFTER = (0, 2, 5, 15, 30)
"""Minutes to choose from; 0 is never."""


class EncryptionPage(QWidget):
    """What writes the data anew closes the window, and opens it again on it."""

    def __init__(self, desk: Desk, navigator: "Navigator") -> None:
        super().__init__()
        self._desk, self._navigator = desk, navigator
        self._key = desk.workspace.store.key
        area, layout = scrolling_page()
        column(self).addWidget(area)
        head = QHBoxLayout()
        self._back = icon_button(_("Back to the settings"), desk.icons.icon("chevron-left"), self._leave)
        head.addWidget(self._back)
        head.addWidget(label(_("Encryption"), "title"), 1)
        layout.addLayout(head)
        self.error = label("", "bad", wrap=True)
        self.error.hide()
        self._fill(layout)
        layout.addStretch(1)

    def _fill(self, layout: QVBoxLayout) -> None:
        if self._key is None:
            inside = self._card(layout, _("Encrypt the data"))
            words = _(
                "Who steals this computer then reads no visit, photo or backup. The passphrase is asked for at each start, "
                "and nobody can help who forgets it: write it down and keep it elsewhere."
            )
            inside.addWidget(label(words, wrap=True))
            words = _(
                "Reports and merged tables in the data folder are removed, and made again when they are wanted. Files that "
                "you saved elsewhere stay as they are."
            )
            inside.addWidget(label(words, "small", wrap=True))
            self._new_passphrase(inside, _("Encrypt"), self.encrypt)
            return
        self._locking(layout)
        self._new_passphrase(self._card(layout, _("Change the passphrase")), _("Change the passphrase"), self.change)
        inside = self._card(layout, _("Keep the data in clear"))
        words = _("Whoever has this computer can then read everything. Earlier backups still need the passphrase.")
        inside.addWidget(label(words, wrap=True))
        self.stop = button(_("Decrypt the data"), self.decrypt)
        self.stop.setEnabled(not self._desk.read_only)
        _add_left(inside, self.stop)

    def _locking(self, layout: QVBoxLayout) -> None:
        inside = self._card(layout, _("Locking"))
        names = {
            str(n): ngettext("After {n} minute", "After {n} minutes", n).format(n=n) if n else _("Never")
            for n in LOCK_AFTER
        }
        chosen = str(self._desk.settings.lock_after)
        choice_row(
            inside, _("When nobody touches the window"), names, chosen, self._keep_lock, not self._desk.read_only
        )
        words = _("{key} locks at once. Unlocked, a visit is where it was.").format(key=keys_text("lock"))
        inside.addWidget(label(words, "small", wrap=True))
        if ops.can_remember():
            box = QCheckBox(_("Open without asking: keep the key in this system's keyring"))
            box.setChecked(ops.remembered_key(self._desk.workspace.folder) is not None)
            box.toggled.connect(self._remember)
            inside.addWidget(box)
        self.lock = button(_("Lock now"), self._lock)
        _add_left(inside, self.lock)

    def _card(self, layout: QVBoxLayout, title: str) -> QVBoxLayout:
        layout.addWidget(label(title, "heading"))
        card = frame("card")
        layout.addWidget(card)
        return column(card, margin=24, gap=8)

    def _new_passphrase(self, inside: QVBoxLayout, name: str, slot: Callable[[], object]) -> None:
        self.first, self.second = passphrase_field(), passphrase_field()
        add_row(inside, _("New passphrase"), self.first, _("Some words that belong together for you alone do well."))
        add_row(inside, _("Once more"), self.second)
        self.second.returnPressed.connect(slot)
        inside.addWidget(show_box(self.first, self.second))
        inside.addWidget(self.error)
        self.go = button(name, slot, "primary")
        for control in (self.first, self.second, self.go):
            control.setEnabled(not self._desk.read_only)
        _add_left(inside, self.go)

    def begin(self) -> None:
        """Give the focus to what comes first."""
        (self.first if self._key is None else self._back).setFocus()

    def encrypt(self) -> None:
        """Encrypt with what is typed."""
        folder, passphrase = self._desk.workspace.folder, self.first.text()
        if self._is_fine():
            self._navigator.reopen(folder, lambda: ops.encrypt(folder, passphrase).sentence())

    def change(self) -> None:
        """Take the passphrase that is typed."""
        folder, key, passphrase = self._desk.workspace.folder, self._key, self.first.text()
        if key is not None and self._is_fine():
            words = _("The passphrase is changed. Earlier backups still open with the former one.")

            def work() -> str:
                ops.change_passphrase(folder, key, passphrase)
                return words

            self._navigator.reopen(folder, work)

    def decrypt(self) -> None:
        """Keep the data in clear from now on."""
        folder, key = self._desk.workspace.folder, self._key
        if key is not None:
            self._navigator.reopen(folder, lambda: ops.decrypt(folder, key).sentence())

    def _is_fine(self) -> bool:
        try:
            ops.check_passphrase(self.first.text())
            if self.first.text() != self.second.text():
                raise MshopperError(_("The two passphrases aren't the same: type them again."))
        except MshopperError as error:
            from mshopper.ui.announcing import announce

            self.error.setText(str(error))
            self.error.show()
            announce(self, str(error), urgent=True)
            self.second.setFocus()
            return False
        self.error.hide()
        return True

    def _keep_lock(self, minutes: str) -> None:
        with self._desk.messages.telling():
            ops.change_settings(self._desk.workspace, lock_after=int(minutes))

    def _remember(self, wanted: bool) -> None:
        folder = self._desk.workspace.folder
        with self._desk.messages.telling():
            if wanted and self._key is not None:
                ops.remember_key(folder, self._key)
            elif not wanted:
                ops.forget_key(folder)

    def _lock(self) -> None:
        from mshopper.ui.main_window import MainWindow

        window = self.window()
        assert isinstance(window, MainWindow)
        lock(window, self._desk)

    def _leave(self) -> None:
        self._navigator.go_to_place("settings")


def _add_left(layout: QVBoxLayout, control: QWidget) -> None:
    row = QHBoxLayout()
    row.addWidget(control)
    row.addStretch(1)
    layout.addLayout(row)
