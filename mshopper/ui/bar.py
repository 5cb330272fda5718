"""The bar at the top of the window: the menu, the places with their words where there is room, colours and language."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from mshopper import operations as ops
from mshopper.i18n import _, current_language, languages
from mshopper.ui.actions import COMMANDS, keys_text
from mshopper.ui.desk import Desk
from mshopper.ui.icons import beside_size
from mshopper.ui.layouts import icon_button
from mshopper.ui.places import PLACES

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator

WORDS = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
RECENT = 10
"""How many visits the menu offers."""

ICON = Qt.ToolButtonStyle.ToolButtonIconOnly


class Bar(QFrame):
    """Where not all words fit, only the place that is shown keeps its own; the others are icons with a tooltip."""

    def __init__(self, desk: Desk, actions: dict[str, QAction], navigator: "Navigator") -> None:
        super().__init__()
        self.setProperty("role", "bar")
        icons = desk.icons
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 16, 6)
        self._row.setSpacing(4)
        self._all_words = -1
        self._actions, self._desk, self._navigator = actions, desk, navigator
        self._button = icon_button(_("Menu"), icons.icon("menu", off=False), self.open_menu)
        self._button.setToolTip(f"{_('Menu')} ({keys_text('menu')})")
        self._row.addWidget(self._button)
        self.places: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for place in PLACES:
            name = _(place.title)
            icon = icons.beside(place.icon, "muted", checked_role="accent", off=False)
            tab = icon_button(name, icon, lambda place_id=place.id: navigator.go_to_place(place_id), "place")  # type: ignore[misc]
            tab.setText(name)
            tab.setToolTip(f"{name} ({keys_text(f'place_{place.id}')})")
            tab.setIconSize(beside_size())
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
            _("Language"), icons.beside("languages", off=False), lambda: self._open_languages(language)
        )
        language.setIconSize(beside_size())
        language.setText(current_language().upper())
        language.setToolButtonStyle(WORDS)
        self._row.addWidget(language)

    # The menus are made when they are opened: the window starts without.

    def open_menu(self) -> None:
        """Open the menu below its button, or, while the bar is hidden, at the top of the window."""
        _popup(self.menu(), self._button if self.isVisible() else self.window())

    def menu(self) -> QMenu:
        """The app's commands in groups, and the visits made last."""
        menu = QMenu(self)
        for command in COMMANDS:
            if command.scope == "app" and command.id != "menu":
                if command.id == "palette":
                    menu.addMenu(self._recent(menu))
                if command.starts_group:
                    menu.addSeparator()
                menu.addAction(self._actions[command.id])
        return menu

    def _recent(self, within: QMenu) -> QMenu:
        recent = QMenu(_("Recent visits"), within)
        recent.aboutToShow.connect(lambda: fill_recent(recent, self._desk, self._navigator))
        return recent

    def _open_languages(self, below: QToolButton) -> None:
        languages_menu = QMenu(self)
        fill_languages(languages_menu, self._navigator)
        _popup(languages_menu, below)

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
        wanted = {tab: WORDS if fits or tab.isChecked() else ICON for tab in self.places.values()}
        if any(tab.toolButtonStyle() != style for tab, style in wanted.items()):
            for tab, style in wanted.items():
                tab.setToolButtonStyle(style)
            self._row.activate()  # at once, not at the next turn of the loop, lest words be seen cut


def _popup(menu: QMenu, below: QWidget) -> None:
    corner = below.rect().topLeft() if below.isWindow() else below.rect().bottomLeft()
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(below.mapToGlobal(corner))
    menu.setActiveAction(menu.actions()[0])


def fill_languages(menu: QMenu, navigator: "Navigator") -> None:
    """The languages by their own names, the one shown checked."""
    from mshopper.ui.qt_language import own_name

    menu.clear()
    for language in languages():
        action = menu.addAction(own_name(language))
        action.setCheckable(True)
        action.setChecked(language == current_language())
        action.triggered.connect(lambda _checked, language=language: navigator.choose_language(language))


def fill_recent(menu: QMenu, desk: Desk, navigator: "Navigator") -> None:
    """The visits made last: one in progress is gone on with, any other is shown in the list."""
    from mshopper.ui.words import day

    menu.clear()
    for row in ops.list_visits(desk.workspace, limit=RECENT):
        shown = f"{row.store_name or row.store_id} · {row.form_title.get(current_language()) or row.form_id}"
        action = menu.addAction(f"{shown} · {day(row.started_at)}".replace("&", "&&"))
        is_open = row.state in ("in_progress", "returned")
        lead = navigator.continue_visit if is_open else navigator.show_visit
        action.triggered.connect(lambda _checked, lead=lead, visit_id=row.visit_id: lead(visit_id))
    if menu.isEmpty():
        menu.addAction(_("No visits yet")).setEnabled(False)
