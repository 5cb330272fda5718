"""About: what this is, its version, and what comes with it under which licence."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QPlainTextEdit, QWidget

from mshopper import __version__
from mshopper.i18n import _
from mshopper.ui.desk import Desk
from mshopper.ui.icons import app_icon
from mshopper.ui.layouts import column, icon_button, label
from mshopper.ui.overlay import Overlay
from mshopper.ui.theme import scaled

WIDTH = 900
HEIGHT = 480


class About(Overlay):
    """A list of the parts, and the licence of the one chosen."""

    def __init__(self, window: QWidget, desk: Desk) -> None:
        from mshopper.ui.licences import parts

        super().__init__(window, _("About mshopper"), scaled(WIDTH))
        self._parts = parts()
        outer = column(self, margin=16, gap=12)
        head = QHBoxLayout()
        head.setSpacing(16)
        picture = label()
        picture.setPixmap(app_icon().pixmap(48, 48))
        head.addWidget(picture)
        words = column(said := QWidget(), gap=0)
        words.addWidget(label(f"mshopper {__version__}", "title"))
        words.addWidget(
            label(_("Store evaluation for field auditors and mystery shoppers, offline."), "muted", wrap=True)
        )
        head.addWidget(said, 1)
        self.shut = icon_button(_("Close"), desk.icons.icon("x"), self.dismiss)
        head.addWidget(self.shut, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(head)
        outer.addWidget(label(_("Made of these parts, each under its own licence:"), wrap=True))
        row = QHBoxLayout()
        row.setSpacing(12)
        self.list = QListWidget()
        self.list.setProperty("role", "choose")
        self.list.setAccessibleName(_("Parts"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(_("Licence"))
        self.text.setMinimumHeight(HEIGHT - 180)
        for part in self._parts:
            self.list.addItem(f"{part.name}\n{part.licence}" if part.licence else part.name)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row.addWidget(self.list, 2)
        row.addWidget(self.text, 3)
        outer.addLayout(row, 1)
        self.list.currentRowChanged.connect(lambda n: self.text.setPlainText(self._parts[n].text))
        self.list.setCurrentRow(0)
