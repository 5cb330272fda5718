"""The one window: the bar with its places, what is said, and the screen shown. It leads from screen to screen.

Screens are built when first shown and built anew when the language changes; only visits keep their state over it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mshopper import operations as ops
from mshopper.i18n import LANGUAGES, _, current_language, ngettext, use_language
from mshopper.store import VisitRow
from mshopper.ui.actions import COMMANDS, make_action
from mshopper.ui.desk import Desk
from mshopper.ui.icons import BESIDE
from mshopper.ui.layouts import frame, icon_button
from mshopper.ui.visits.page import VisitsPage

if TYPE_CHECKING:
    from mshopper.model.form import Form

PLACES = ("visits", "forms", "head_office")


class MainWindow(QMainWindow):
    """Places are visits, forms, head_office and settings; a visit being filled in takes the whole window."""

    ready = Signal()
    """The first screen is painted and takes input."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._place = "visits"
        self._screen: QWidget | None = None
        self._was_painted = False
        self._lose_unsaved = False
        self._tried = ""
        self.setWindowTitle("mshopper")
        self.setMinimumSize(960, 600)
        self.setAcceptDrops(True)
        self.resize(1280, 760)
        self._shell: QWidget | None = None
        self._build()
        desk.theme.changed.connect(self._rebuild)

    # The shell

    def _build(self) -> None:
        """The bar, the place to speak and the stack of screens, in the language and colours in force."""
        shell = QWidget()
        layout = QVBoxLayout(shell)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.stack = QStackedWidget()
        self.bar = frame("bar")
        self._fill_bar()
        layout.addWidget(self.bar)
        layout.addWidget(self._desk.messages)
        layout.addWidget(self.stack, 1)
        if self._shell is not None:
            self._desk.messages.setParent(shell)
        self._shell = shell
        self.setCentralWidget(shell)
        for action in self.actions():
            self.removeAction(action)
            action.deleteLater()
        self._make_actions()

    def _fill_bar(self) -> None:
        icons = self._desk.icons
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(12, 6, 16, 6)
        row.setSpacing(4)
        self._menu_button = icon_button(_("Menu"), icons.icon("menu", off=False), lambda: None)
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row.addWidget(self._menu_button)
        self._tabs = QButtonGroup(self.bar)
        names = {"visits": _("Visits"), "forms": _("Forms"), "head_office": _("Head office")}
        pictures = {"visits": "list-checks", "forms": "clipboard-list", "head_office": "building-2"}
        self._place_buttons: dict[str, QToolButton] = {}
        for place in PLACES:
            icon = icons.beside(pictures[place], "muted", checked_role="accent", off=False)
            tab = icon_button(names[place], icon, self._goer(place), "place")
            tab.setText(names[place])
            tab.setIconSize(BESIDE)
            tab.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            tab.setCheckable(True)
            self._tabs.addButton(tab)
            row.addWidget(tab)
            self._place_buttons[place] = tab
        row.addStretch(1)
        dark = self._desk.theme.is_dark
        name = _("Use light colours") if dark else _("Use dark colours")
        row.addWidget(icon_button(name, icons.icon("sun" if dark else "moon", off=False), self.switch_theme))
        language = icon_button(_("Italian or English"), icons.beside("languages", off=False), self.switch_language)
        language.setIconSize(BESIDE)
        language.setText(current_language().upper())
        language.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        row.addWidget(language)
        settings = icon_button(
            _("Settings"),
            icons.icon("settings", "text", checked_role="accent", off=False),
            self._goer("settings"),
            "place",
        )
        settings.setCheckable(True)
        self._tabs.addButton(settings)
        self._place_buttons["settings"] = settings
        row.addWidget(settings)

    def _goer(self, place: str) -> Callable[[], None]:
        return lambda: self.go_to_place(place)

    def _make_actions(self) -> None:
        slots: dict[str, Callable[[], object]] = {
            **{f"place_{place}": self._goer(place) for place in (*PLACES, "settings")},
            "switch_theme": self.switch_theme,
            "switch_language": self.switch_language,
            "quit": self.close,
        }
        menu = QMenu(self._menu_button)
        for command in COMMANDS:
            if command.scope == "app":
                if command.id in ("switch_theme", "quit"):
                    menu.addSeparator()
                menu.addAction(make_action(command.id, self, slots[command.id]))
        self._menu_button.setMenu(menu)

    def _rebuild(self) -> None:
        """Make the shell and the current screen anew: the language or the colours changed."""
        from mshopper.ui.filling.visit_page import VisitPage

        screen = self._screen
        if isinstance(screen, VisitPage) and not screen.is_sealed:
            if not screen.close_visit(leaving=False):
                return
            session = screen.session
            if session.is_trial:
                place = screen.place_now()
                self._leave_screen()
                self._build()
                self._show_visit(session, place)
                return
            place = ops.resume(self._desk.workspace, session.open_visit.header.visit_id)
            self._leave_screen()
            self._build()
            self._show_visit(session, place)
            return
        self._leave_screen()
        self._build()
        self.go_to_place(self._place)

    def switch_theme(self) -> None:
        """From light to dark, or back."""
        self._choose_theme("light" if self._desk.theme.is_dark else "dark")

    def _choose_theme(self, wish: str) -> None:
        if not self._desk.read_only:
            with self._desk.messages.telling():
                ops.change_settings(self._desk.workspace, theme=wish)
        self._desk.theme.choose(wish)

    def switch_language(self) -> None:
        """From Italian to English, or back."""
        self._choose_language(next(each for each in LANGUAGES if each != current_language()))

    def _choose_language(self, language: str) -> None:
        with self._desk.messages.telling():
            if not self._desk.read_only:
                ops.change_settings(self._desk.workspace, language=language)
            use_language(language)
            QTimer.singleShot(0, self, self._rebuild)

    # Screens

    def begin(self) -> None:
        """Show the visit that was open when the window last closed, else the list."""
        desk = self._desk
        if desk.read_only:
            desk.messages.say(
                _("Another window works on this data folder: here everything can be looked at, nothing changed."),
                "warn",
            )
        last = desk.settings.last_visit
        if last and not desk.read_only:
            with desk.messages.telling():
                row = desk.workspace.store.visit_list.rows([last])
                if row and row[0].state == "in_progress":
                    self.continue_visit(
                        last, _("This visit was open when the window last closed: you are where you were.")
                    )
                    return
        self.go_to_place("visits")

    def go_to_place(self, place: str, visit_id: str = "") -> None:
        """Show one of the places."""
        if not self._may_leave_visit():
            return
        self._place = place
        self._leave_screen()
        self.bar.show()
        self._place_buttons[place].setChecked(True)
        if place == "visits":
            page = self._visits_page()
            if visit_id:
                page.refresh(visit_id)
            self._show(page)
            page.begin()
        else:
            self._show(self._other_page(place))

    def _visits_page(self) -> VisitsPage:
        page = VisitsPage(self._desk)
        page.new_wanted.connect(self.new_visit)
        page.continue_wanted.connect(self.continue_visit)
        page.start_wanted.connect(lambda row: self._start_planned(row))
        page.report_wanted.connect(self.open_report)
        page.look_wanted.connect(self.look_at)
        page.not_done_wanted.connect(self._ask_not_done)
        page.corrected.connect(self._correct)
        page.deleted.connect(self._say_deleted)
        return page

    def _other_page(self, place: str) -> QWidget:
        if place == "forms":
            from mshopper.ui.forms_page import FormsPage

            forms = FormsPage(self._desk)
            forms.trial_wanted.connect(lambda form, path: self.try_out(form, path, forms.chosen))
            return forms
        if place == "head_office":
            from mshopper.ui.head_office_page import HeadOfficePage

            return HeadOfficePage(self._desk)
        from mshopper.ui.settings_page import SettingsPage

        page = SettingsPage(self._desk)
        page.language_chosen.connect(self._choose_language)
        page.theme_chosen.connect(self._choose_theme)
        return page

    def _show(self, screen: QWidget) -> None:
        self._screen = screen
        self.stack.addWidget(screen)
        self.stack.setCurrentWidget(screen)

    def _leave_screen(self) -> None:
        from PySide6.QtWidgets import QApplication

        if self._screen is None:
            return
        screen, self._screen = self._screen, None
        focus = QApplication.focusWidget()
        if focus is not None and screen.isAncestorOf(focus):
            focus.clearFocus()  # what is typed is kept before the screen goes
        self.stack.removeWidget(screen)
        screen.hide()
        screen.deleteLater()

    def _may_leave_visit(self) -> bool:
        """Keep all of a visit that is being filled in, and that it was closed. False where an answer isn't safe yet."""
        if self._screen is None or not hasattr(self._screen, "close_visit"):
            return True
        if not self._screen.close_visit():
            return False
        if getattr(self._screen, "is_trial", False):
            self._desk.messages.clear()
            return True
        if not self._desk.read_only:
            with self._desk.messages.telling():
                ops.change_settings(self._desk.workspace, last_visit="")
        self._desk.messages.clear()
        return True

    @property
    def screen_shown(self) -> QWidget | None:
        """The screen that is shown now."""
        return self._screen

    # Visits

    def new_visit(self) -> None:
        """Ask for a form and a store."""
        from mshopper.ui.visits.new_visit import NewVisitPage

        if self._desk.read_only:
            return
        self._leave_screen()
        page = NewVisitPage(self._desk)
        page.left.connect(self._back_to_list)
        page.started.connect(self._start)
        self._show(page)
        page.begin()

    def _start(self, form_hash: str, store_id: str, plan_id: str = "") -> None:
        with self._desk.messages.telling():
            opened = ops.start_visit(self._desk.workspace, form_hash=form_hash, store_id=store_id, plan_id=plan_id)
            self._open(opened, {})

    def _start_planned(self, row: object) -> None:
        from mshopper.store.plan import PlanRow

        assert isinstance(row, PlanRow)
        forms = [info for info in ops.list_forms(self._desk.workspace) if info.id == row.item.form_id]
        if not forms:
            self._desk.messages.say(
                _("The form “{form}” isn't here yet: sync with the head office to take it.").format(
                    form=row.item.form_id
                ),
                "bad",
            )
            return
        self._start(forms[0].hash, row.item.store_id, row.item.plan_id)

    def continue_visit(self, visit_id: str, said: str = "") -> None:
        """Open a visit where it was left, and say `said`."""
        with self._desk.messages.telling():
            opened = ops.continue_visit(self._desk.workspace, visit_id)
            if self._open(opened, ops.resume(self._desk.workspace, visit_id)):
                watch = _("A stopwatch was running: it goes on.")
                said = f"{said} {watch}".strip()
            if said:
                self._desk.messages.say(said)

    def _open(self, opened: "ops.OpenVisit", place: dict[str, object]) -> bool:
        from mshopper.ui.filling.session import FillingSession

        self._desk.messages.clear()
        if not self._desk.read_only:
            ops.change_settings(self._desk.workspace, last_visit=opened.header.visit_id)
        self._leave_screen()
        return self._show_visit(FillingSession(self._desk, opened), place)

    def _show_visit(self, session: object, place: dict[str, object]) -> bool:
        """Show a visit; whether a stopwatch goes on in it."""
        from mshopper.ui.filling.session import FillingSession
        from mshopper.ui.filling.visit_page import VisitPage

        assert isinstance(session, FillingSession)
        page = VisitPage(self._desk, session)
        if session.is_trial:
            page.left.connect(self._back_to_forms)
        else:
            page.left.connect(lambda: self.go_to_place("visits", session.open_visit.header.visit_id))
        page.report_wanted.connect(self.open_report)
        self.bar.hide()
        self._show(page)
        return page.open_place(place)

    def try_out(self, form: "Form", path: str = "", form_hash: str = "") -> None:
        """Show a form as it will look, at the question or section `path`; what is answered is not kept."""
        from mshopper.ui.filling.trial import TrialSession

        with self._desk.messages.telling():
            session = TrialSession(self._desk, form)
            self._desk.messages.clear()
            self._tried = form_hash
            self._leave_screen()
            self._show_visit(session, {"section": path.partition("/")[0]} if path else {})
            if path and self._screen is not None and hasattr(self._screen, "show_path"):
                self._screen.show_path(path)

    def _back_to_forms(self) -> None:
        from mshopper.ui.forms_page import FormsPage

        self.go_to_place("forms")
        if self._tried and isinstance(self._screen, FormsPage):
            self._screen.choose(self._tried)

    def take_forms(self, paths: list[Path]) -> None:
        """Go to the forms and take in these files."""
        from mshopper.ui.forms_page import FormsPage

        self.go_to_place("forms")
        if isinstance(self._screen, FormsPage):
            for path in paths:
                self._screen.take(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := self._dropped(event):
            event.acceptProposedAction()
            # Not before the drop is over: the program that the file comes from waits for that.
            QTimer.singleShot(0, self, lambda: self.take_forms(paths))

    def _dropped(self, event: QDropEvent) -> list[Path]:
        """The form files that are being dropped."""
        from mshopper.ui.forms_page import form_files

        return form_files([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])

    def _back_to_list(self) -> None:
        self.go_to_place("visits")

    def _ask_not_done(self, line: object) -> None:
        from mshopper.store.plan import PlanRow
        from mshopper.ui.filling.photo_taking import ask_for_photos
        from mshopper.ui.visits.not_done import NotDonePage

        assert isinstance(line, VisitRow | PlanRow)
        store = line.store_name or (line.store_id if isinstance(line, VisitRow) else line.item.store_id)
        self._leave_screen()
        page = NotDonePage(self._desk, store, ask_for_photos)
        page.left.connect(self._back_to_list)
        page.marked.connect(lambda reason, note, photos: self._mark_not_done(line, reason, note, photos))
        self._show(page)
        page.begin()

    def _mark_not_done(self, line: object, reason: str, note: str, photos: tuple[Path, ...]) -> None:
        from mshopper.ui.visits.not_done import mark_not_done

        def done(visit_id: str) -> None:
            self.go_to_place("visits", visit_id)
            self._desk.messages.say(_("The visit is marked as not done."), "good")

        mark_not_done(self._desk, line, reason, note, photos, done)

    def look_at(self, visit_id: str) -> None:
        """Show a submitted visit: answers, score, history; nothing of it can be changed there."""
        from mshopper.ui.visits.record_page import RecordPage

        with self._desk.messages.telling():
            page = RecordPage(self._desk, visit_id)
            self._desk.messages.clear()
            self._leave_screen()
            page.left.connect(lambda: self.go_to_place("visits", visit_id))
            page.report_wanted.connect(self.open_report)
            page.report_file_wanted.connect(self._save_report)
            page.corrected.connect(self._correct)
            self.bar.hide()
            self._show(page)
            page.begin()

    def _correct(self, visit_id: str, reason: str) -> None:
        with self._desk.messages.telling():
            self._open(ops.correct_visit(self._desk.workspace, visit_id, reason=reason), {})

    def _say_deleted(self, visit_ids: list[str]) -> None:
        """Say that drafts are deleted, with the way to bring them back."""

        def bring_back() -> None:
            with self._desk.messages.telling():
                for visit_id in visit_ids:
                    ops.restore_draft(self._desk.workspace, visit_id)
                self.go_to_place("visits", visit_ids[0])

        n = len(visit_ids)
        said = ngettext("{n} draft was deleted.", "{n} drafts were deleted.", n).format(n=n)
        self._desk.messages.say(said, action=_("Undo"), then=bring_back)

    # Reports

    def open_report(self, visit_id: str) -> None:
        """Write the PDF into the data folder's reports and open it."""
        from mshopper.ui.reports import open_report

        open_report(self._desk, visit_id)

    def _save_report(self, visit_id: str) -> None:
        from mshopper.ui.reports import save_report

        save_report(self._desk, visit_id, self)

    # The window itself

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.ready.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        visit = self._screen if hasattr(self._screen, "close_visit") else None
        if visit is not None and not visit.close_visit() and not self._lose_unsaved:
            self._desk.messages.say(
                _("An answer could not be saved yet. Mend what keeps it from being saved, or close without it."),
                "bad",
                action=_("Close without saving it"),
                then=self._close_anyway,
            )
            event.ignore()
            return
        self._desk.stop_work()
        super().closeEvent(event)

    def _close_anyway(self) -> None:
        self._lose_unsaved = True
        self.close()
