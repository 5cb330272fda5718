"""The frame of the window: the bar, the place to speak, the stack of screens; its name, its looks and its language."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.i18n import _, use_language
from mshopper.ui.actions import COMMANDS, make_action
from mshopper.ui.bar import Bar
from mshopper.ui.desk import Desk
from mshopper.ui.icons import app_icon

if TYPE_CHECKING:
    from mshopper.ui.app_commands import AppCommands
    from mshopper.ui.navigator import Navigator


class Shell(QMainWindow):
    """What stays while screens come and go."""

    ready = Signal()
    """The first screen is painted and takes input."""

    language_changed = Signal()
    """All that the window says is to be said anew."""

    commands: "AppCommands"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._was_painted = False
        self.setMinimumSize(960, 600)
        self.resize(1280, 760)
        self._shell: QWidget | None = None

    @property
    def shell(self) -> QWidget:
        """All that stands in the window."""
        assert self._shell is not None
        return self._shell

    def _build(self, navigator: "Navigator") -> None:
        """The bar, the place to speak and the stack of screens, in the language and colours in force."""
        for action in self.actions():
            self.removeAction(action)
            action.deleteLater()
        slots = self.commands.slots()
        actions = {each.id: make_action(each.id, self, slots[each.id]) for each in COMMANDS if each.scope == "app"}
        shell = QWidget()
        layout = QVBoxLayout(shell)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.stack = QStackedWidget()
        self.bar = Bar(self._desk, actions, navigator)
        layout.addWidget(self.bar)
        layout.addWidget(self._desk.messages)
        layout.addWidget(self.stack, 1)
        if self._shell is not None:
            self._desk.messages.setParent(shell)
        self._shell = shell
        self.setCentralWidget(shell)
        self._write_title()
        if self.commands.cover is not None:  # the system's colours may change behind it
            self.commands.cover.stay()

    def name_window(self) -> None:
        """Write the window's title and icon: the app's, or plain ones where the settings ask for these."""
        self._write_title()
        self.show_icon()

    def _write_title(self) -> None:
        self._plain = self._desk.settings.plain_title
        self.setWindowTitle(_("Notes") if self._is_plain else "mshopper")

    @property
    def _is_plain(self) -> bool:
        return self._plain or self.commands.cover is not None

    def show_icon(self) -> None:
        """Show the icon that goes with the title."""
        self.setWindowIcon(self._desk.icons.icon("file-text") if self._is_plain else app_icon())

    def choose_theme(self, wish: str) -> None:
        """Keep and use those colours from here on."""
        self._keep(theme=wish)
        self._desk.theme.choose(wish, self._desk.theme.scale)

    def choose_text_scale(self, scale: int) -> None:
        """Keep and use that size of text, in percent, from here on."""
        self._keep(text_scale=scale)
        self._desk.theme.choose(self._desk.theme.wish, scale)

    def choose_language(self, language: str) -> None:
        """Keep and speak that language from here on."""
        from mshopper.ui.qt_language import speak_qt

        self._keep(language=language)
        use_language(language)
        speak_qt()
        QTimer.singleShot(0, self, self.language_changed.emit)

    def _keep(self, **changes: object) -> None:
        if not self._desk.read_only:
            with self._desk.messages.telling():
                ops.change_settings(self._desk.workspace, **changes)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.ready.emit)
