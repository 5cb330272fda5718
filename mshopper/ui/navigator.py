"""What a screen may ask of the window that shows it. Screens are handed it when they are built (ui/places.py)."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from mshopper.model.form import Form


class Navigator(Protocol):
    """The window as a screen sees it: it leads to places, visits and reports."""

    def go_to_place(self, place: str, chosen: str = "") -> None:
        """Show a place by its id; `chosen` is the id of what is to be chosen there."""

    def show_screen(self, screen: QWidget, again: Callable[[], object] | None = None) -> None:
        """Show a screen within the place that is shown, and call its `begin()`; leaving it is by `go_to_place`.

        `again` builds and shows it anew when the language, the colours or the size of text change; without it, the place is
        shown then.
        """

    def show_visit(self, visit_id: str) -> None:
        """Show the list of visits with this one chosen."""

    def new_visit(self) -> None:
        """Ask for a form and a store."""

    def start_visit(self, form_hash: str, store_id: str, plan_id: str = "") -> None:
        """Start a visit and show it; `plan_id` where head office planned it."""

    def continue_visit(self, visit_id: str, said: str = "") -> None:
        """Open a visit where it was left, and say `said`."""

    def try_out(self, form: "Form", path: str = "", form_hash: str = "") -> None:
        """Show a form as it will look, at the question or section `path`; what is answered is not kept."""

    def take_forms(self, paths: list[Path]) -> None:
        """Go to the forms and take in these files."""

    def verify_files(self, paths: list[Path]) -> None:
        """Go to verifying, and verify these files."""

    def open_report(self, visit_id: str) -> None:
        """Write the PDF of a visit into the data folder's reports and open it."""

    def save_report(self, visit_id: str) -> None:
        """Ask for a file, write the PDF of a visit there and open it."""

    def print_report(self, visit_id: str) -> None:
        """Write the PDF of a visit and show how it will be printed."""

    def choose_language(self, language: str) -> None:
        """Keep and speak that language from here on."""

    def choose_theme(self, wish: str) -> None:
        """Keep and use those colours from here on: "system" or an id of `theme.WISHES`."""

    def choose_text_scale(self, scale: int) -> None:
        """Keep and use that size of text, in percent, from here on: one of `theme.SCALES`."""

    def name_window(self) -> None:
        """Write the window's title and icon as the settings ask."""

    def reopen(self, folder: Path, first: Callable[[], str] = lambda: "") -> None:
        """Close this window and open one on a data folder, once `first` is done to it; what that returns is said then."""
