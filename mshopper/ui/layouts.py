"""Small parts that all screens are built from: labels by role, cards, buttons, labelled rows, pages that scroll."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mshopper.ui.icons import beside_size
from mshopper.ui.theme import scaled

TEXT_WIDTH = 640
"""About 72 characters of the base type: no line of running text is wider."""

PAGE_WIDTH = 860

SCROLLS_ASIDE_FROM = 150
"""The size of text, in percent, from which a page that has no room scrolls aside too."""


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label in one of the theme's roles; text that people typed is never read as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if wrap:
        made.setWordWrap(True)
        made.setMinimumWidth(200)  # else a page reckons with its height at one word a line, and shows a scroll bar
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def button(text: str, slot: Callable[[], object], kind: str = "", icon: QIcon | None = None) -> QPushButton:
    """A push button of one of the theme's kinds."""
    made = QPushButton(text)
    if kind:
        made.setProperty("kind", kind)
    made.setIconSize(beside_size())
    if icon is not None:
        made.setIcon(icon)
    made.setAutoDefault(False)
    made.clicked.connect(lambda: slot())
    return made


def icon_button(name: str, icon: QIcon, slot: Callable[[], object], kind: str = "quiet") -> QToolButton:
    """A button that shows only an icon; `name` is what it is called, on hovering and to a screen reader."""
    made = QToolButton()
    made.setProperty("kind", kind)
    made.setIcon(icon)
    made.setIconSize(QSize(scaled(20), scaled(20)))
    made.setMinimumWidth(40)
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.clicked.connect(lambda: slot())
    return made


def frame(role: str) -> QFrame:
    """A frame of one of the theme's roles: card, bar, side, foot, notice."""
    made = QFrame()
    made.setProperty("role", role)
    return made


def rule() -> QFrame:
    """A thin line between rows."""
    return frame("rule")


def column(widget: QWidget, margin: int = 0, gap: int = 8) -> QVBoxLayout:
    """A vertical layout on `widget`."""
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    return layout


def add_row(layout: QBoxLayout, name: str, control: QWidget, help_text: str = "") -> QLabel:
    """Add a control under its label; the label is its buddy and names it, `help_text` describes it."""
    named = label(name)
    named.setBuddy(control)
    control.setAccessibleName(name)
    layout.addWidget(named)
    layout.addWidget(control)
    if help_text:
        control.setAccessibleDescription(help_text)
        layout.addWidget(label(help_text, "small", wrap=True))
    return named


class _Page(QWidget):
    """A page as high as its words are at its width: their least height is reckoned at their least width."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)


def scrolling_page(
    margin: int = 24, gap: int = 16, width: int = PAGE_WIDTH, *, centred: bool = False
) -> tuple[QScrollArea, QVBoxLayout]:
    """A scroll area with a column of at most `width` pixels (at the base size of text), and that column's layout."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    if scaled(100) < SCROLLS_ASIDE_FROM:
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    page = _Page()
    page.setProperty("role", "page")
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    inner = QWidget()
    inner.setMaximumWidth(scaled(width) + 2 * margin)
    if centred:
        row.addStretch(0)
    row.addWidget(inner, 1)
    row.addStretch(0)
    layout = column(inner, margin, gap)
    area.setWidget(page)
    return area, layout


def empty_layout(layout: QLayout) -> None:
    """Take all widgets out of a layout and delete them."""
    while item := layout.takeAt(0):
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            empty_layout(inner)
