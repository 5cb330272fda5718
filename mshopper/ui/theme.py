"""Which colours and which size of text are in force: those of the system, or those that the settings ask for.

The colours by name are in ui/colours.py, the style sheet in ui/sheet.py. Widgets say what they are by a dynamic property
(`role`, `kind`); nothing outside ui/colours.py names a colour by its code.
"""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from mshopper.ui.colours import CONTRAST, CONTRAST_DARK, DARK, LIGHT, Colours
from mshopper.ui.sheet import BASE, QUESTION, SCORE, SMALL, TARGET, TITLE, style_sheet

__all__ = [
    "BASE",
    "QUESTION",
    "SCALES",
    "SCORE",
    "SMALL",
    "TARGET",
    "TITLE",
    "WISHES",
    "Colours",
    "Theme",
    "palette",
    "restyle",
    "scaled",
    "tabular",
]


SCALES = (100, 110, 125, 150, 175, 200)
"""The sizes of text that are offered, in percent."""

WISHES = {
    "light": LIGHT,
    "dark": DARK,
    "contrast": CONTRAST,
    "contrast_dark": CONTRAST_DARK,
}
"""The colours by what the settings call them; beside these, "system" follows the system."""


class Theme(QObject):
    """`changed` is emitted when the colours or the size of text change.

    `wish` is "system" or one of WISHES; `scale` is the size of text in percent, one of SCALES.
    """

    changed = Signal()

    def __init__(self, app: QApplication, wish: str = "system", scale: int = 100) -> None:
        super().__init__()
        self._app = app
        self._wish = wish
        self.scale = scale
        self.colours = LIGHT
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        if hasattr(hints, "accessibility"):  # since Qt 6.10
            hints.accessibility().contrastPreferenceChanged.connect(self._follow)
        self._dress()

    @property
    def wish(self) -> str:
        """What was asked for: "system" or one of WISHES."""
        return self._wish

    @property
    def is_dark(self) -> bool:
        """Whether the colours in force are dark ones."""
        return self.colours in (DARK, CONTRAST_DARK)

    @property
    def opposite(self) -> str:
        """The wish for light colours where these are dark, and the other way round, as contrasty as they are."""
        if self.colours in (CONTRAST, CONTRAST_DARK):
            return "contrast" if self.is_dark else "contrast_dark"
        return "light" if self.is_dark else "dark"

    def choose(self, wish: str, scale: int) -> None:
        """Use the colours of a wish, and that size of text."""
        if (wish, scale) == (self._wish, self.scale):
            return
        rescaled, self._wish, self.scale = scale != self.scale, wish, scale
        self._follow(rescaled=rescaled)

    def stepped(self, step: int) -> int:
        """The size of text `step` steps larger, or smaller where it is negative; the last one at the ends."""
        at = min(range(len(SCALES)), key=lambda n: abs(SCALES[n] - self.scale))
        return SCALES[min(max(at + step, 0), len(SCALES) - 1)]

    def _follow(self, *_told: object, rescaled: bool = False) -> None:
        if rescaled or self._wanted() is not self.colours:
            self._dress()
            self.changed.emit()

    def _wanted(self) -> Colours:
        if self._wish in WISHES:
            return WISHES[self._wish]
        hints = self._app.styleHints()
        is_dark = hints.colorScheme() is Qt.ColorScheme.Dark
        if hasattr(hints, "accessibility"):
            preference = hints.accessibility().contrastPreference()
            if preference is Qt.ContrastPreference.HighContrast:
                return CONTRAST_DARK if is_dark else CONTRAST
        return DARK if is_dark else LIGHT

    def _dress(self) -> None:
        self.colours = self._wanted()
        font = self._app.font()
        font.setPixelSize(round(BASE * self.scale / 100))
        self._app.setFont(font)
        self._app.setPalette(palette(self.colours))
        sheet = style_sheet(self.colours, self.scale)
        if self._app.styleSheet() != sheet:  # Qt looks at every widget anew, even for the sheet that it has
            self._app.setStyleSheet(sheet)


def scaled(pixels: int) -> int:
    """A width or height that is reckoned for text of the base size, at the size of text in force."""
    return round(pixels * QApplication.font().pixelSize() / BASE)


def palette(colours: Colours) -> QPalette:
    """Qt's palette in our colours, for what the style sheet leaves to the style."""
    made = QPalette()
    role = QPalette.ColorRole
    for roles, colour in (
        ((role.Window,), colours.window),
        ((role.Base, role.Button, role.ToolTipBase), colours.card),
        ((role.AlternateBase,), colours.raised),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText), colours.text),
        ((role.PlaceholderText,), colours.muted),
        ((role.Highlight, role.Link, role.Accent), colours.accent),
        ((role.HighlightedText,), colours.on_accent),
        ((role.Mid, role.Dark), colours.control_line),
        ((role.Light, role.Midlight), colours.line),
    ):
        for each in roles:
            made.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(colours.muted))
    return made


def tabular(font: QFont) -> QFont:
    """`font` with digits of one width, so that numbers stand under each other."""
    made = QFont(font)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def restyle(widget: QWidget, **properties: object) -> None:
    """Set style properties of `widget` and have the style sheet look again."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
