"""The bar at the top of the window: the menu, the places with their words where there is room, colours and language."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QToolButton

from mshopper.i18n import _, current_language
from mshopper.ui.actions import COMMANDS, keys_text
from mshopper.ui.desk import Desk
from mshopper.ui.icons import BESIDE
from mshopper.ui.layouts import icon_button
from mshopper.ui.places import PLACES

WORDS = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
ICON = Qt.ToolButtonStyle.ToolButtonIconOnly


class Bar(QFrame):
    """Where not all words fit, only the place that is shown keeps its own; the others are icons with a tooltip."""

    def __init__(self, desk: Desk, actions: dict[str, QAction], go: Callable[[str], None]) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        icons = desk.icons
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 16, 6)
        self._row.setSpacing(4)
        self._all_words = -1
        self._menu = QMenu(self)
        menu = icon_button(_("Menu"), icons.icon("menu", off=False), lambda: None)
        menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu.setMenu(self._menu)
        self._row.addWidget(menu)
        for command in COMMANDS:
            if command.scope == "app":
                if command.starts_group:
                    self._menu.addSeparator()
                self._menu.addAction(actions[command.id])
        self.places: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for place in PLACES:
            name = _(place.title)
            icon = icons.beside(place.icon, "muted", checked_role="accent", off=False)
            tab = icon_button(name, icon, lambda place_id=place.id: go(place_id), "place")  # type: ignore[misc]
            tab.setText(name)
            tab.setToolTip(f"{name} ({keys_text(f'place_{place.id}')})")
            tab.setIconSize(BESIDE)
            tab.setToolButtonStyle(WORDS)
            tab.setCheckable(True)
            group.addButton(tab)
            self._row.addWidget(tab)
            self.places[place.id] = tab
        self._row.addStretch(1)
        dark = desk.theme.is_dark
        name = _("Use light colours") if dark else _("Use dark colours")
        look = icon_button(name, icons.icon("sun" if dark else "moon", off=False), actions["switch_theme"].trigger)
        self._row.addWidget(look)
        language = icon_button(
            _("Italian or English"), icons.beside("languages", off=False), actions["switch_language"].trigger
        )
        language.setIconSize(BESIDE)
        language.setText(current_language().upper())
        language.setToolButtonStyle(WORDS)
        self._row.addWidget(language)

    def show_place(self, place_id: str) -> None:
        """Mark a place as the one shown."""
        self.places[place_id].setChecked(True)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """That of the icons alone: the window may be narrower than all words."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._all_words < 0:  # reckoned once: the words and their size stay as long as the bar
            self._all_words = self._row.sizeHint().width()
        fits = self._all_words <= self.width()
        for tab in self.places.values():
            tab.setToolButtonStyle(WORDS if fits or tab.isChecked() else ICON)
