"""The panels for a folder on a server: its address, and the name and password that it asks for."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mshopper.i18n import _
from mshopper.ui.layouts import add_row, button, column, label


class AddressPanel(QWidget):
    """Asks for the address of a folder on a server; `use(text)` is called with it."""

    def __init__(self, use: Callable[[str], None]) -> None:
        super().__init__()
        inside = column(self, gap=8)
        self.address = QLineEdit()
        self.address.setPlaceholderText("webdavs://server/folder")
        words = _(
            "As head office gave it: webdavs://server/folder, sftp://server/folder, smb://server/share/folder or "
            "s3://bucket/folder."
        )
        add_row(inside, _("Address of the folder on the server"), self.address, words)
        self.address.returnPressed.connect(lambda: use(self.address.text()))
        row = QHBoxLayout()
        row.addWidget(button(_("Use this address"), lambda: use(self.address.text())))
        row.addStretch(1)
        inside.addLayout(row)


class LoginPanel(QWidget):
    """Asks for the name and password of a server; `connect_as(name, password)` is called with them."""

    def __init__(self, connect_as: Callable[[str, str], None]) -> None:
        super().__init__()
        self._connect_as = connect_as
        inside = column(self, gap=8)
        self.user, self.password = QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        add_row(inside, _("Name on the server (on S3 the id of the access key)"), self.user)
        add_row(inside, _("Password (on S3 the secret key)"), self.password)
        self.password.returnPressed.connect(self._use)
        words = _("The password goes into this computer's keyring where it has one, else it is forgotten on closing.")
        inside.addWidget(label(words, "small", wrap=True))
        row = QHBoxLayout()
        row.addWidget(button(_("Connect and sync"), self._use))
        row.addStretch(1)
        inside.addLayout(row)

    def _use(self) -> None:
        name, password = self.user.text().strip(), self.password.text()
        if name and password:
            self.password.clear()
            self._connect_as(name, password)
