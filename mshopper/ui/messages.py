"""The place where a screen says what happened: one sentence, with the action that mends it, until it is closed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.progress import Cancelled
from mshopper.ui.icons import Icons
from mshopper.ui.theme import restyle

_ICONS = {"info": ("info", "accent"), "good": ("circle-check", "good"), "warn": ("triangle-alert", "warn")}


class MessageBar(QFrame):
    """One sentence at a time; `kind` is info, good, warn or bad. `log` keeps the details of what was not expected."""

    def __init__(self, icons: Icons, log: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._icons = icons
        self._log = log
        self.report_wanted: Callable[[], object] | None = None
        """Shows the report of the error that was said last, where the app has set it."""
        self.setProperty("role", "notice")
        self._icon = QLabel()
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._action = QPushButton()
        self._then: Callable[[], object] | None = None
        self._action.clicked.connect(self._act)
        self._close = QToolButton()
        self._close.setProperty("kind", "quiet")
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(12)
        for widget in (self._icon, self._words, self._action, self._close):
            row.addWidget(widget, 1 if widget is self._words else 0)
        self.hide()

    @property
    def sentence(self) -> str:
        """What is said now; "" when nothing is."""
        return "" if self.isHidden() else self._words.text()

    def say(
        self, sentence: str, kind: str = "info", *, action: str = "", then: Callable[[], object] | None = None
    ) -> None:
        """Show `sentence`, and a button named `action` that calls `then`."""
        restyle(self, kind=kind)
        name, role = _ICONS.get(kind, ("circle-alert", "bad"))
        self._icon.setPixmap(self._icons.pixmap(name, role))
        self._words.setText(sentence)
        self._then = then
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._close.setIcon(self._icons.icon("x", "muted"))
        self._close.setAccessibleName(_("Close the message"))
        self._close.setToolTip(_("Close the message"))
        self.show()
        from mshopper.ui.announcing import announce  # here: the app starts without

        announce(self, sentence, urgent=kind == "bad")

    def show_error(self, error: BaseException) -> None:
        """Say an error: its own sentence where the user can act on it, else a calm one, with the details in the log."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, MshopperError):
            self.say(str(error), "bad")
            return
        self._log(error)
        self.say(
            _(
                "Something unexpected happened. Your work so far is kept; if it happens again, close and reopen"
                " the window."
            ),
            "bad",
            action=_("See the report…") if self.report_wanted else "",
            then=self.report_wanted,
        )

    @contextmanager
    def telling(self) -> Iterator[None]:
        """A block whose MshopperError becomes a sentence here instead of going up."""
        try:
            yield
        except (MshopperError, Cancelled) as error:
            self.show_error(error)

    def clear(self) -> None:
        """Say nothing."""
        self.hide()

    def _act(self) -> None:
        then = self._then
        self.hide()
        if then is not None:
            then()
