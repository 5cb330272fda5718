"""What the commands that are in force everywhere do: panels over the screen, the cover, looks and language."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mshopper.i18n import _, current_language, languages
from mshopper.ui.places import PLACES

if TYPE_CHECKING:
    from mshopper.ui.cover import Cover
    from mshopper.ui.desk import Desk
    from mshopper.ui.main_window import MainWindow


class AppCommands:
    """The slots of a window's commands. While the window is covered, only uncovering it does anything."""

    def __init__(self, window: "MainWindow", desk: "Desk") -> None:
        self._window, self._desk = window, desk
        self.cover: Cover | None = None
        """The neutral screen, while it is there."""

    def slots(self) -> dict[str, Callable[[], object]]:
        """What each command of the scope "app" does."""
        window, theme = self._window, self._desk.theme
        slots: dict[str, Callable[[], object]] = {
            **{f"place_{each.id}": self._goer(each.id) for each in PLACES},
            "palette": self.open_palette,
            "shortcuts": self.open_shortcuts,
            "about": self.open_about,
            "menu": self.open_menu,
            "switch_theme": lambda: window.choose_theme(theme.opposite),
            "switch_language": self.switch_language,
            "larger_text": lambda: window.choose_text_scale(theme.stepped(1)),
            "smaller_text": lambda: window.choose_text_scale(theme.stepped(-1)),
            "normal_text": lambda: window.choose_text_scale(100),
            "quit": window.close,
        }
        return {
            **{name: self._unless_covered(slot) for name, slot in slots.items()},
            "cover": self.switch_cover,
            "lock": self.lock,
        }

    def _goer(self, place_id: str) -> Callable[[], object]:
        return lambda: self._window.go_to_place(place_id)

    def _unless_covered(self, slot: Callable[[], object]) -> Callable[[], object]:
        return lambda: None if self.cover is not None else slot()

    def open_palette(self) -> None:
        """Open the command palette over the screen."""
        from mshopper.ui.palette import Palette

        opened = Palette(self._window, self._window.screen_shown, self._desk.theme.scale)
        opened.open(opened.field)

    def open_shortcuts(self) -> None:
        """Open the sheet of keys over the screen; the same key closes it."""
        from mshopper.ui.shortcuts import ShortcutSheet

        if (opened := self._window.findChild(ShortcutSheet)) is not None:
            opened.dismiss()
            return
        sheet = ShortcutSheet(self._window, self._desk)
        sheet.open(sheet.shut)

    def open_about(self) -> None:
        """Open the panel with the version and the licences."""
        from mshopper.ui.about import About

        about = About(self._window, self._desk)
        about.open(about.shut)

    def switch_language(self) -> None:
        """The next of the languages."""
        known = languages()
        at = known.index(current_language()) + 1
        self._window.choose_language(known[at % len(known)])

    def open_report_of_error(self) -> None:
        """Open the panel with the report of the last unexpected error."""
        from mshopper.ui.crash_report import CrashReport

        report = CrashReport(self._window, self._desk, self._desk.log.report())
        report.open(report.save)

    def lock(self) -> None:
        """Lock encrypted data; say how to encrypt where it is in clear."""
        if self._desk.workspace.store.key is None:
            self._desk.messages.say(_("Only encrypted data can be locked: the settings encrypt it."))
            return
        from mshopper.ui.idle import lock

        lock(self._window, self._desk)

    def switch_cover(self) -> None:
        """Cover the window, or show again what was there."""
        if self.cover is not None:
            cover, self.cover = self.cover, None
            cover.uncover()
        else:
            from mshopper.ui.cover import Cover

            self.cover = Cover(self._window)
        self._window.name_window()

    def open_menu(self) -> None:
        """Open the menu, also where a visit takes the whole window."""
        self._window.bar.open_menu()
