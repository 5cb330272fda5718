"""The one window: it leads from screen to screen, and is the Navigator of them all.

Screens are built when first shown (ui/places.py) and built anew when the language or the looks change; only visits keep all
of their state over it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from mshopper import operations as ops
from mshopper.i18n import _
from mshopper.ui.app_commands import AppCommands
from mshopper.ui.desk import Desk
from mshopper.ui.places import PLACES, place
from mshopper.ui.shell import Shell

if TYPE_CHECKING:
    from mshopper.model.form import Form
    from mshopper.ui.afterwards import Afterwards
    from mshopper.ui.filling.session import FillingSession


class MainWindow(Shell):
    """A visit being filled in takes the whole window, without the bar."""

    def __init__(self, desk: Desk) -> None:
        self._place = PLACES[0].id
        self._screen: QWidget | None = None
        self._again: Callable[[], object] = lambda: self.go_to_place(self._place)
        self._lose_unsaved = False
        self._tried = ""
        self.afterwards: Afterwards | None = None
        """The data folder to go on with once this window is closed; None ends the app."""
        super().__init__(desk)
        self.commands = AppCommands(self, desk)
        self._build(self)
        desk.theme.changed.connect(self.rebuild)
        self.language_changed.connect(self.rebuild)
        self.setAcceptDrops(True)

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
        self.go_to_place(PLACES[0].id)
        if ops.is_first_start(desk.workspace):
            from mshopper.ui.first_run import show_first_run

            show_first_run(desk, self)

    def go_to_place(self, place_id: str, chosen: str = "") -> None:
        """Show one of the places; `chosen` is the id of what is to be chosen there."""
        if not self._may_leave_visit():
            return
        self._place = place_id
        self._leave_screen()
        self.bar.show()
        self.bar.show_place(place_id)
        self._show(place(place_id).build(self._desk, self, chosen))

    def show_screen(self, screen: QWidget, again: Callable[[], object] | None = None) -> None:
        """Show a screen within the place that is shown; `again` shows it anew, in another language or size."""
        self._leave_screen()
        self._show(screen)
        if again is not None:
            self._again = again

    def _show(self, screen: QWidget) -> None:
        self._screen = screen
        self._again = lambda: self.go_to_place(self._place)
        self.stack.addWidget(screen)
        self.stack.setCurrentWidget(screen)
        if hasattr(screen, "begin"):
            screen.begin()

    def _leave_screen(self) -> None:
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
        if not self._desk.read_only:
            from mshopper.ui.visits.flows import new_visit

            new_visit(self._desk, self)

    def show_visit(self, visit_id: str) -> None:
        """Show the list of visits with this one chosen."""
        self.go_to_place("visits", visit_id)

    def start_visit(self, form_hash: str, store_id: str, plan_id: str = "") -> None:
        """Start a visit and show it."""
        with self._desk.messages.telling():
            opened = ops.start_visit(self._desk.workspace, form_hash=form_hash, store_id=store_id, plan_id=plan_id)
            self._open(opened, {})

    def continue_visit(self, visit_id: str, said: str = "") -> None:
        """Open a visit where it was left, and say `said`."""
        with self._desk.messages.telling():
            opened = ops.continue_visit(self._desk.workspace, visit_id)
            if self._open(opened, ops.resume(self._desk.workspace, visit_id)):
                watch = _("A stopwatch was running: it goes on.")
                said = f"{said} {watch}".strip()
            if said:
                self._desk.messages.say(said)

    def _open(self, opened: "ops.OpenVisit", place_then: dict[str, object]) -> bool:
        from mshopper.ui.filling.session import FillingSession

        self._desk.messages.clear()
        if not self._desk.read_only:
            ops.change_settings(self._desk.workspace, last_visit=opened.header.visit_id)
        self._leave_screen()
        return self._show_visit(FillingSession(self._desk, opened), place_then)

    def _show_visit(self, session: "FillingSession", place_then: dict[str, object]) -> bool:
        """Show a visit at `place_then`; whether a stopwatch goes on in it."""
        from mshopper.ui.filling.visit_page import VisitPage

        page = VisitPage(self._desk, session)
        if session.is_trial:
            page.left.connect(lambda: self.go_to_place("forms", self._tried))
        else:
            page.left.connect(lambda: self.show_visit(session.open_visit.header.visit_id))
        page.report_wanted.connect(self.open_report)
        self.bar.hide()
        self._show(page)
        return page.open_place(place_then)

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

    def take_forms(self, paths: list[Path]) -> None:
        """Go to the forms and take in these files."""
        from mshopper.ui.forms_page import FormsPage

        self.go_to_place("forms")
        if isinstance(self._screen, FormsPage):
            for path in paths:
                self._screen.take(path)

    def verify_files(self, paths: list[Path]) -> None:
        """Go to verifying, and verify these files."""
        from mshopper.ui.verify_page import VerifyPage

        self.go_to_place("verify")
        if isinstance(self._screen, VerifyPage):
            self._screen.verify([str(path) for path in paths])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := self._dropped(event):
            event.acceptProposedAction()
            # Not before the drop is over: the program that the file comes from waits for that.
            QTimer.singleShot(0, self, lambda: self.open_files(paths))

    def _dropped(self, event: QDropEvent) -> list[Path]:
        """The files that are being dropped, where there is one among them that the window opens."""
        from mshopper.ui.opening import can_open

        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        return paths if any(can_open(path) for path in paths) else []

    def open_files(self, paths: list[Path]) -> None:
        """Open files that were dropped here or double-clicked: forms are taken in, exported visits and PDFs verified."""
        from mshopper.ui.opening import open_files

        open_files(self._desk, self, paths)

    # Reports

    def open_report(self, visit_id: str) -> None:
        """Write the PDF into the data folder's reports and open it."""
        from mshopper.ui.reports import open_report

        open_report(self._desk, visit_id)

    def save_report(self, visit_id: str) -> None:
        """Ask for a file, write the PDF there and open it."""
        from mshopper.ui.reports import save_report

        save_report(self._desk, visit_id, self)

    def rebuild(self) -> None:
        """Make the shell and the current screen anew: the language, the colours or the size of text changed."""
        from mshopper.ui.filling.visit_page import VisitPage

        screen = self._screen
        if isinstance(screen, VisitPage) and not screen.is_sealed:
            if not screen.close_visit(leaving=False):
                return
            session = screen.session
            place_then = (
                screen.place_now()
                if session.is_trial
                else ops.resume(self._desk.workspace, session.open_visit.header.visit_id)
            )
            self._leave_screen()
            self._build(self)
            self._show_visit(session, place_then)
            return
        from mshopper.ui.refocus import go_back, spot

        here, again = spot(screen) if screen is not None else None, self._again
        self._leave_screen()
        self._build(self)
        again()
        if here is not None and self._screen is not None:
            go_back(self._screen, here)

    def print_report(self, visit_id: str) -> None:
        """Write the PDF of a visit and show how it will be printed."""
        from mshopper.ui.reports import print_report

        print_report(self._desk, visit_id, self)

    # Closing

    def reopen(self, folder: Path, first: Callable[[], str] = lambda: "") -> None:
        """Close this window and go on with a data folder, once `first` is done to it; what that returns is said then."""
        from mshopper.ui.afterwards import Afterwards

        self.afterwards = Afterwards(folder, first, self._desk.workspace.store.key)
        if not self.close():
            self.afterwards = None

    def close_to_lock(self) -> bool:
        """Close this window, to go on when the passphrase was given again. False where an answer can't be kept yet."""
        from mshopper.ui.afterwards import Afterwards

        visit = self._screen
        if visit is not None and hasattr(visit, "close_visit"):
            if not visit.close_visit(leaving=False):
                return False
            self._leave_screen()
        self.afterwards = Afterwards(self._desk.workspace.folder, locked=True)
        if self.close():
            return True
        self.afterwards = None
        return False

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
