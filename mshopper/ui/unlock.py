"""Instead of the window, where the data is encrypted: ask for its passphrase, at the start and after it was locked."""

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError, WrongPassphraseError
from mshopper.i18n import _, ngettext
from mshopper.store.cipher import Key
from mshopper.ui.layouts import add_row, button, column, frame, label, scrolling_page

TICK_MS = 500


class UnlockWindow(QWidget):
    """It closes with `key` set where the passphrase was right; closed without, the app ends.

    `said` is what happened before, e.g. that the data is encrypted from now on.
    """

    def __init__(self, folder: Path, said: str = "") -> None:
        super().__init__()
        self._folder = folder
        self.key: Key | None = None
        self.setWindowTitle("mshopper")
        self.setProperty("role", "page")
        self.resize(720, 520)
        area, layout = scrolling_page(width=560, centred=True)
        column(self).addWidget(area)
        layout.addWidget(label(_("The data is locked"), "title"))
        words = _("The visits on this computer are encrypted. Their passphrase opens them where you left them.")
        layout.addWidget(label(said or words, "" if said else "muted", wrap=True))
        card = frame("card")
        layout.addWidget(card)
        self._fill(column(card, margin=24, gap=8))
        layout.addWidget(label(_("Data folder: {folder}").format(folder=folder), "small", wrap=True))
        layout.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._count_down)
        self._count_down()

    def _fill(self, inside: QVBoxLayout) -> None:
        self.passphrase = passphrase_field()
        self.passphrase.returnPressed.connect(self.unlock)
        add_row(inside, _("Passphrase"), self.passphrase)
        inside.addWidget(show_box(self.passphrase))
        self.remember = QCheckBox(_("Open without asking: keep the key in this system's keyring"))
        self.remember.setVisible(ops.can_remember())
        inside.addWidget(self.remember)
        self.error = label("", "bad", wrap=True)
        self.error.hide()
        inside.addWidget(self.error)
        row = QHBoxLayout()
        self.open_button = button(_("Unlock"), self.unlock, "primary")
        row.addWidget(self.open_button)
        row.addWidget(button(_("Quit"), self.close))
        row.addStretch(1)
        inside.addLayout(row)

    def unlock(self) -> None:
        """Try what is typed."""
        if not self.passphrase.text() or not self.open_button.isEnabled():
            return
        try:
            self.key = ops.unlock(self._folder, self.passphrase.text())
            if self.remember.isChecked():
                ops.remember_key(self._folder, self.key)
        except WrongPassphraseError as error:
            self._say(str(error))
            self.passphrase.selectAll()
            self._count_down()
            return
        except MshopperError as error:
            self._say(str(error))
            if self.key is None:
                return
        self.close()

    def _say(self, sentence: str) -> None:
        from mshopper.ui.announcing import announce

        self.error.setText(sentence)
        self.error.show()
        announce(self, sentence, urgent=True)

    def _count_down(self) -> None:
        wait = math.ceil(ops.seconds_to_wait(self._folder))
        self.open_button.setEnabled(wait == 0)
        if wait and not self._timer.isActive():
            self._timer.start()
        if wait:
            words = ngettext(
                "After several wrong passphrases the next can be tried in {n} second.",
                "After several wrong passphrases the next can be tried in {n} seconds.",
                wait,
            )
            self.error.setText(words.format(n=wait))
            self.error.show()
        elif self._timer.isActive():
            self._timer.stop()
            self.error.hide()


def passphrase_field() -> QLineEdit:
    """A field that doesn't show what is typed."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def show_box(*fields: QLineEdit) -> QCheckBox:
    """A box that shows what is typed in the fields."""
    box = QCheckBox(_("Show what is typed"))

    def show(shown: bool) -> None:
        for field in fields:
            field.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    box.toggled.connect(show)
    return box


def ask_to_unlock(
    app: QApplication, folder: Path, said: str = "", *, shown: Callable[[UnlockWindow], object] = lambda _window: None
) -> Key | None:
    """Ask until the passphrase is right. Returns the key, None where the window was closed; `shown` is told of the window."""
    window = UnlockWindow(folder, said)
    window.show()
    window.passphrase.setFocus()
    shown(window)
    app.exec()
    return window.key
