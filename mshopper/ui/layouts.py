"""Small parts that all screens are built from: labels by role, cards, buttons, labelled rows, a layout that flows."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mshopper.ui.icons import BESIDE

TEXT_WIDTH = 640
"""About 72 characters of the base type: no line of running text is wider."""

PAGE_WIDTH = 860

MOST_MINIMUM = 320
"""Nothing in a flow asks for more width than this: wider words are cut where there is no room."""


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label in one of the theme's roles; text that people typed is never read as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if wrap:
        made.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def button(text: str, slot: Callable[[], object], kind: str = "", icon: QIcon | None = None) -> QPushButton:
    """A push button of one of the theme's kinds."""
    made = QPushButton(text)
    if kind:
        made.setProperty("kind", kind)
    if icon is not None:
        made.setIcon(icon)
        made.setIconSize(BESIDE)
    made.setAutoDefault(False)
    made.clicked.connect(lambda: slot())
    return made


def icon_button(name: str, icon: QIcon, slot: Callable[[], object], kind: str = "quiet") -> QToolButton:
    """A button that shows only an icon; `name` is what it is called, on hovering and to a screen reader."""
    made = QToolButton()
    made.setProperty("kind", kind)
    made.setIcon(icon)
    made.setIconSize(QSize(20, 20))
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


def scrolling_page(margin: int = 24, gap: int = 16, width: int = PAGE_WIDTH) -> tuple[QScrollArea, QVBoxLayout]:
    """A scroll area with a column of at most `width` pixels, and that column's layout."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    inner = QWidget()
    inner.setProperty("role", "page")
    inner.setMaximumWidth(width)
    layout = column(inner, margin, gap)
    area.setWidget(inner)
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


class Flow(QWidget):
    """Widgets side by side, going on in the next line where there is no more room.

    A widget of its own and no QLayout: PySide6 loses a reference to None each time a layout's itemAt or takeAt returns
    it, as Qt's way of asking makes them do, until the interpreter aborts.
    """

    def __init__(self, gap: int = 8) -> None:
        super().__init__()
        self._widgets: list[QWidget] = []
        self._gap = gap
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Add a widget at the end."""
        widget.setParent(self)
        self._widgets.append(widget)
        widget.show()
        self.updateGeometry()

    def remove(self, widget: QWidget) -> None:
        """Take a widget out; it stays alive."""
        self._widgets.remove(widget)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(width, move=False)

    def sizeHint(self) -> QSize:
        hints = [widget.sizeHint() for widget in self._shown()]
        width = sum(hint.width() + self._gap for hint in hints) - self._gap
        return QSize(max(width, 0), max((hint.height() for hint in hints), default=0))

    def minimumSizeHint(self) -> QSize:
        hints = [widget.minimumSizeHint() for widget in self._shown()]
        width = max((min(hint.width(), MOST_MINIMUM) for hint in hints), default=0)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self.width(), move=True)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._arrange(self.width(), move=True)
        return super().event(event)

    def _shown(self) -> list[QWidget]:
        return [widget for widget in self._widgets if not widget.isHidden()]

    def _arrange(self, width: int, *, move: bool) -> int:
        x = y = line_height = 0
        for widget in self._shown():
            size = widget.sizeHint().expandedTo(widget.minimumSize()).boundedTo(widget.maximumSize())
            size.setWidth(min(size.width(), width))
            if x and x + size.width() > width:
                x, y, line_height = 0, y + line_height + self._gap, 0
            if move:
                widget.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self._gap
            line_height = max(line_height, size.height())
        return y + line_height
