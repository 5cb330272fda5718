"""The one visual language: named colours for light and dark, Qt's palette and style sheet made from them.

Widgets say what they are by a dynamic property (`role`, `kind`); nothing outside this module names a colour by its code.
The theme follows the system unless the settings say light or dark.
"""

from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

SMALL, BASE, QUESTION, TITLE, SCORE = 12, 13, 15, 20, 28
"""Sizes of type, in logical pixels."""

TARGET = 40
"""The least height of what is clicked or touched, in logical pixels."""


class Colours(NamedTuple):
    """Colours by what they are for, as "#RRGGBB". Texts keep a contrast of 4.5 on what they stand on (tests/ui)."""

    window: str
    card: str
    raised: str
    text: str
    muted: str
    control_line: str
    line: str
    accent: str
    on_accent: str
    accent_soft: str
    good: str
    warn: str
    bad: str


LIGHT = Colours(
    window="#F5F6F4",
    card="#FFFFFF",
    raised="#EDEFEC",
    text="#1B1F24",
    muted="#57606C",
    control_line="#7D8693",
    line="#DFE2DE",
    accent="#1B5FAF",
    on_accent="#FFFFFF",
    accent_soft="#E6EEF8",
    good="#1B7340",
    warn="#8A5800",
    bad="#B3261E",
)
DARK = Colours(
    window="#14171B",
    card="#1D2127",
    raised="#262B32",
    text="#E9EBEE",
    muted="#A7B0BC",
    control_line="#6B7480",
    line="#31373F",
    accent="#8AB8F5",
    on_accent="#0C1B30",
    accent_soft="#22324A",
    good="#74D19B",
    warn="#F0BA55",
    bad="#F59A92",
)


class Theme(QObject):
    """Which colours are in force. `changed` is emitted when they change; `wish` is "system", "light" or "dark"."""

    changed = Signal()

    def __init__(self, app: QApplication, wish: str = "system") -> None:
        super().__init__()
        self._app = app
        self._wish = wish
        self.colours = LIGHT
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._dress()

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in force."""
        return self.colours is DARK

    def choose(self, wish: str) -> None:
        """Use "light" or "dark", or follow the "system"."""
        if wish != self._wish:
            self._wish = wish
            self._follow()

    def _follow(self) -> None:
        if self._wanted() is not self.colours:
            self._dress()
            self.changed.emit()

    def _wanted(self) -> Colours:
        system_is_dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return DARK if self._wish == "dark" or (self._wish == "system" and system_is_dark) else LIGHT

    def _dress(self) -> None:
        self.colours = self._wanted()
        font = QGuiApplication.font()
        font.setPixelSize(BASE)
        self._app.setFont(font)
        self._app.setPalette(palette(self.colours))
        sheet = style_sheet(self.colours)
        if self._app.styleSheet() != sheet:  # Qt looks at every widget anew, even for the sheet that it has
            self._app.setStyleSheet(sheet)


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


def style_sheet(colours: Colours) -> str:
    """The application's style sheet; `@name` in _SHEET stands for the colour of that name."""
    sheet = _SHEET
    for name in sorted(Colours._fields, key=len, reverse=True):
        sheet = sheet.replace(f"@{name};", f"{getattr(colours, name)};")
    return sheet


_SHEET = f"""
QWidget {{ outline: none; }}
QMainWindow, QScrollArea, QWidget[role="page"] {{ background: @window; }}
QScrollArea {{ border: none; }}
QLabel {{ background: transparent; color: @text; }}
QLabel[role="muted"] {{ color: @muted; }}
QLabel[role="small"] {{ color: @muted; font-size: {SMALL}px; }}
QLabel[role="title"] {{ font-size: {TITLE}px; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {QUESTION}px; font-weight: 600; }}
QLabel[role="question"] {{ font-size: {QUESTION}px; }}
QLabel[role="score"] {{ font-size: {SCORE}px; font-weight: 600; }}
QLabel[role="number"] {{ color: @muted; font-size: {QUESTION}px; }}
QLabel[role="clock"] {{ font-size: {TITLE}px; font-weight: 600; }}
QLabel[role="good"] {{ color: @good; }}
QLabel[role="warn"] {{ color: @warn; }}
QLabel[role="bad"] {{ color: @bad; }}
QFrame[role="card"] {{ background: @card; border: 1px solid @line; border-radius: 8px; }}
QFrame[role="card"][current="true"] {{ border: 1px solid @accent; }}
QFrame[role="bar"] {{ background: @card; border: none; border-bottom: 1px solid @line; }}
QFrame[role="side"] {{ background: @card; border: none; border-right: 1px solid @line; }}
QFrame[role="foot"] {{ background: @card; border: none; border-top: 1px solid @line; }}
QFrame[role="notice"] {{ background: @raised; border: none; border-left: 4px solid @accent; }}
QFrame[role="notice"][kind="bad"] {{ border-left: 4px solid @bad; }}
QFrame[role="notice"][kind="warn"] {{ border-left: 4px solid @warn; }}
QFrame[role="notice"][kind="good"] {{ border-left: 4px solid @good; }}
QFrame[role="rule"] {{ background: @line; border: none; max-height: 1px; min-height: 1px; }}

QPushButton, QToolButton {{
  background: @card; color: @text; border: 1px solid @control_line; border-radius: 8px;
  padding: 0 16px; min-height: {TARGET - 2}px; }}
QToolButton {{ padding: 0 8px; }}
QPushButton:hover, QToolButton:hover {{ background: @raised; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid @accent; padding: 0 15px; min-height: {TARGET - 4}px; }}
QToolButton:focus {{ padding: 0 7px; }}
QPushButton:pressed, QToolButton:pressed {{ background: @accent_soft; }}
QPushButton:disabled, QToolButton:disabled {{ color: @muted; border: 1px solid @line; background: transparent; }}
QPushButton[kind="primary"] {{ background: @accent; color: @on_accent; border: 1px solid @accent; font-weight: 600; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid @text; }}
QPushButton[kind="primary"]:disabled {{ background: transparent; color: @muted; border: 1px solid @line; }}
QPushButton[kind="option"] {{ min-width: 32px; text-align: center; }}
QPushButton[kind="option"]:checked, QToolButton[kind="option"]:checked {{
  background: @accent; color: @on_accent; border: 1px solid @accent; }}
QPushButton[kind="option"]:checked:focus {{ border: 2px solid @text; }}
QPushButton[kind="option"]:checked:disabled {{ background: @accent_soft; color: @text; border: 1px solid @line; }}
QPushButton[kind="star"] {{ border: 1px solid transparent; background: transparent; padding: 0 4px; min-width: 32px; }}
QPushButton[kind="star"]:focus {{ border: 2px solid @accent; padding: 0 3px; }}
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {{ border: 1px solid transparent; background: transparent; }}
QPushButton[kind="quiet"] {{ color: @muted; padding: 0 8px; min-width: 24px; }}
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus {{ border: 2px solid @accent; }}
QPushButton[kind="quiet"]:focus {{ padding: 0 7px; }}
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover {{ background: @raised; color: @text; }}
QPushButton[kind="quiet"]:checked {{ background: @accent_soft; color: @text; }}
QPushButton[kind="link"] {{ border: 1px solid transparent; background: transparent; color: @accent; text-align: left;
  padding: 0 8px; }}
QPushButton[kind="link"]:hover {{ background: @raised; }}
QPushButton[kind="link"]:focus {{ border: 2px solid @accent; padding: 0 7px; }}
QPushButton[kind="danger"] {{ color: @bad; border: 1px solid @bad; }}
QToolButton[kind="place"] {{ border: 1px solid transparent; background: transparent; color: @muted; padding: 0 12px;
  font-size: {BASE + 1}px; }}
QToolButton[kind="place"]:hover {{ background: @raised; color: @text; }}
QToolButton[kind="place"]:checked {{ color: @accent; background: @accent_soft; }}
QToolButton[kind="place"]:focus {{ border: 2px solid @accent; padding: 0 11px; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}

QLineEdit, QPlainTextEdit, QComboBox, QDateEdit {{
  background: @card; color: @text; border: 1px solid @control_line; border-radius: 8px; padding: 0 10px;
  selection-background-color: @accent; selection-color: @on_accent; }}
QLineEdit, QComboBox, QDateEdit {{ min-height: {TARGET - 2}px; }}
QPlainTextEdit {{ padding: 6px; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QDateEdit:focus {{ border: 2px solid @accent; }}
QLineEdit:focus, QComboBox:focus, QDateEdit:focus {{ padding: 0 9px; min-height: {TARGET - 4}px; }}
QPlainTextEdit:focus {{ padding: 5px; }}
QLineEdit[wrong="true"] {{ border: 2px solid @bad; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{ color: @muted; border: 1px solid @line; }}
QComboBox QLineEdit, QComboBox QLineEdit:focus {{ border: none; min-height: 0; padding: 0; background: transparent; }}
QLineEdit QToolButton, QLineEdit QToolButton:hover {{ border: none; min-height: 0; padding: 0; background: transparent; }}
QComboBox::drop-down, QDateEdit::drop-down {{ border: none; width: 28px; }}
QComboBox QAbstractItemView {{ background: @card; border: 1px solid @control_line; padding: 4px;
  selection-background-color: @accent_soft; selection-color: @text; }}
QComboBox QAbstractItemView::item {{ min-height: {TARGET}px; }}

QListView, QListWidget {{ background: transparent; border: none; color: @text; }}
QListWidget[role="choose"] {{ background: @card; border: 1px solid @control_line; border-radius: 8px; }}
QListWidget[role="choose"]:focus {{ border: 2px solid @accent; }}
QListWidget::item {{ padding: 4px 8px; min-height: {TARGET - 8}px; border-radius: 6px; color: @text; }}
QListWidget::item:hover {{ background: @raised; }}
QListWidget::item:selected {{ background: @accent_soft; color: @text; }}
QListWidget::item:disabled {{ color: @muted; }}

QListWidget::indicator {{ width: 16px; height: 16px; border: 1px solid @control_line; border-radius: 4px; background: @card; }}
QListWidget::indicator:checked {{ border: 5px solid @accent; width: 8px; height: 8px; }}
QSlider {{ min-height: {TARGET}px; }}
QSlider::groove:horizontal {{ height: 6px; background: @raised; border: 1px solid @control_line; border-radius: 4px; }}
QSlider::sub-page:horizontal {{ background: @accent; border: 1px solid @accent; border-radius: 4px; }}
QSlider::handle:horizontal {{ width: 22px; height: 22px; margin: -9px 0; border: 1px solid @control_line;
  border-radius: 12px; background: @card; }}
QSlider::handle:horizontal:hover {{ background: @raised; }}
QSlider::handle:horizontal:focus {{ border: 2px solid @accent; }}

QProgressBar {{ background: @raised; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: @accent; border-radius: 3px; }}
QMenu {{ background: @card; color: @text; border: 1px solid @control_line; padding: 4px; }}
QMenu::item {{ padding: 9px 32px 9px 16px; border-radius: 6px; }}
QMenu::item:selected {{ background: @accent_soft; }}
QMenu::item:disabled {{ color: @muted; }}
QMenu::separator {{ height: 1px; background: @line; margin: 4px 8px; }}
QToolTip {{ background: @card; color: @text; border: 1px solid @control_line; padding: 4px; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar::handle:vertical {{ background: @control_line; border-radius: 4px; min-height: 32px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: @control_line; border-radius: 4px; min-width: 32px; margin: 2px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QCalendarWidget QToolButton {{ border: none; }}
"""
