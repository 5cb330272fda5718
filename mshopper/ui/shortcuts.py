"""The sheet of keys (F1): every command with its keys, by where it is in force. It reads the table in ui/actions.py."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mshopper.i18n import _
from mshopper.ui.actions import COMMANDS, SCOPES, written
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import column, icon_button, label, scrolling_page
from mshopper.ui.overlay import Overlay
from mshopper.ui.photos.camera import is_installed
from mshopper.ui.theme import scaled

WIDTH = 980
KEYS_WIDTH = 140


class ShortcutSheet(Overlay):
    """Two columns of commands; it scrolls where the window is low."""

    def __init__(self, window: QWidget, desk: Desk) -> None:
        super().__init__(window, _("Keys"), scaled(WIDTH))
        outer = column(self, margin=8, gap=0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 0, 0)
        head.addWidget(label(_("Keys"), "title"))
        head.addStretch(1)
        self.shut = icon_button(_("Close"), desk.icons.icon("x"), self.dismiss)
        head.addWidget(self.shut)
        outer.addLayout(head)
        area, page = scrolling_page(margin=16, width=scaled(WIDTH))
        outer.addWidget(area, 1)
        columns = QHBoxLayout()
        columns.setSpacing(32)
        sides = (QVBoxLayout(), QVBoxLayout())
        for side in sides:
            side.setSpacing(8)
            columns.addLayout(side, 1)
        for n, (scope, title) in enumerate(SCOPES.items()):
            side = sides[0 if n == 0 else 1]
            side.addWidget(label(_(title), "heading"))
            side.addLayout(_keys_of(scope))
        for side in sides:
            side.addStretch(1)
        page.addLayout(columns)
        self._page = page

    def place(self) -> None:
        """As high as the window allows, but no higher than all that is in it."""
        super().place()
        inside = self._page.sizeHint().height() + 64
        room = self.over.height() - self.y() - 24
        self.resize(self.width(), min(inside, room))


def _keys_of(scope: str) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 1)
    grid.setColumnMinimumWidth(1, scaled(KEYS_WIDTH))
    absent = () if is_installed() else ("camera",)
    rows = [
        (_(each.text), [each.keys, each.also])
        for each in COMMANDS
        if each.scope == scope and each.keys and each.id not in absent
    ]
    lines = [(text, "  ".join(written(each) for each in keys if each)) for text, keys in rows]
    if scope == "card":
        lines.append((_("Choose the first option, the second, … the tenth"), "1 2 … 9 0"))
    for n, (text, keys) in enumerate(lines):
        grid.addWidget(label(text, wrap=True), n, 0)
        grid.addWidget(label(keys, "muted"), n, 1)
    return grid
