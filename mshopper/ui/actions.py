"""The commands as one table: what each is called, its keys, and where it is in force. Menus and shortcuts read it.

A screen makes QActions from the commands of its scope. Single keys are no QActions: a question card hears them only
when nothing that takes text has the focus (filling/card.py).
"""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from mshopper.i18n import N_, _
from mshopper.ui.places import PLACES, place_keys


class Command(NamedTuple):
    """What can be done: its id, its name in English, its keys (Qt's spelling, "" for none) and its scope, one of SCOPES."""

    id: str
    text: str
    keys: str
    scope: str
    starts_group: bool = False
    """Whether the menu has a line above it."""
    also: str = ""
    """Further keys for the same."""


SCOPES = {
    "app": N_("Everywhere"),
    "visits": N_("In the list of visits"),
    "plan": N_("In the plan"),
    "visit": N_("While filling in"),
    "card": N_("In a question"),
    "compare": N_("While comparing"),
}
"""Where a command is in force: everywhere, on one screen, or (single keys) in a question card."""

COMMANDS = (
    *(Command(f"place_{place.id}", place.title, place_keys(place), "app") for place in PLACES),
    Command("menu", N_("Menu"), "F10", "app"),
    Command("palette", N_("All commands…"), "Ctrl+K", "app", True),
    Command("shortcuts", N_("Keys"), "F1", "app"),
    Command("cover", N_("Cover the screen"), "F9", "app"),
    Command("lock", N_("Lock the data"), "Ctrl+Shift+K", "app"),
    Command("switch_theme", N_("Light or dark"), "Ctrl+Shift+D", "app", True),
    Command("switch_language", N_("Next language"), "Ctrl+Shift+L", "app"),
    Command("larger_text", N_("Larger text"), "Ctrl++", "app", also="Ctrl+="),
    Command("smaller_text", N_("Smaller text"), "Ctrl+-", "app"),
    Command("normal_text", N_("Text of normal size"), "Ctrl+0", "app"),
    Command("about", N_("About mshopper"), "", "app", True),
    Command("quit", N_("Quit"), "Ctrl+Q", "app"),
    Command("new_visit", N_("New visit"), "Ctrl+N", "visits"),
    Command("find", N_("Search"), "Ctrl+F", "visits"),
    Command("filters", N_("Filters"), "Ctrl+Shift+F", "visits"),
    Command("open_report", N_("Open PDF"), "Ctrl+P", "visits"),
    Command("print_reports", N_("Print"), "Ctrl+Alt+P", "visits"),
    Command("correct", N_("Correct…"), "Ctrl+E", "visits"),
    Command("duplicate", N_("Duplicate"), "Ctrl+D", "visits"),
    Command("preview_report", N_("Print preview"), "Ctrl+Shift+V", "visits"),
    Command("plan_month", N_("Month"), "Ctrl+1", "plan"),
    Command("plan_week", N_("Week"), "Ctrl+2", "plan"),
    Command("plan_list", N_("List"), "Ctrl+3", "plan"),
    Command("plan_propose", N_("Propose a plan"), "Ctrl+N", "plan"),
    Command("plan_import", N_("Import planned visits"), "Ctrl+I", "plan"),
    Command("plan_export", N_("Export the plan"), "Ctrl+E", "plan"),
    Command("back", N_("Back to the visits"), "Alt+Left", "visit"),
    Command("undo", N_("Undo"), "Ctrl+Z", "visit"),
    Command("redo", N_("Redo"), "Ctrl+Shift+Z", "visit"),
    Command("find_question", N_("Search in the form"), "Ctrl+F", "visit"),
    Command("next_problem", N_("Go to the next question to fix"), "F8", "visit"),
    Command("next_question", N_("Next question"), "Ctrl+Down", "visit"),
    Command("previous_question", N_("Previous question"), "Ctrl+Up", "visit"),
    Command("next_section", N_("Next section"), "Ctrl+PgDown", "visit"),
    Command("previous_section", N_("Previous section"), "Ctrl+PgUp", "visit"),
    Command("hide_score", N_("Hide or show the score"), "Ctrl+H", "visit"),
    Command("submit", N_("Submit"), "Ctrl+Return", "visit"),
    Command("paste_photos", N_("Paste a picture or photo files"), "Ctrl+V", "visit", also="Ctrl+Shift+V"),
    Command("take_new_photos", N_("Put the new photos on this question"), "Ctrl+Alt+V", "visit"),
    Command("watch_folder", N_("Watch a folder for new photos…"), "", "visit"),
    Command("camera", N_("Take a photo with the camera"), "Ctrl+Alt+C", "visit"),
    Command("not_applicable", N_("Not applicable"), "N", "card"),
    Command("comment", N_("Comment"), "C", "card"),
    Command("photo", N_("Photo"), "P", "card"),
    Command("stopwatch", N_("Start or stop the stopwatch"), "T", "card"),
    Command("why", N_("Why is this asked?"), "W", "card"),
    Command("lap", N_("Lap"), "L", "card"),
    Command("clear_answer", N_("Clear the answer"), "Del", "card"),
    Command("compare_filters", N_("Filters"), "Ctrl+Shift+F", "compare"),
    Command("next_pane", N_("Table, picture or visits"), "F6", "compare"),
    Command("sort_column", N_("Sort the table by the column"), "S", "compare"),
    Command("leave_visit", N_("Back to the comparison"), "Alt+Left", "compare"),
)
"""Beside these, in a card digits and then letters choose, as its buttons show (on a scale: the number itself)."""


def command(command_id: str) -> Command:
    """The command of that id."""
    return next(each for each in COMMANDS if each.id == command_id)


def keys_text(command_id: str) -> str:
    """The keys of a command as this system writes them; "" without any."""
    return written(command(command_id).keys)


def written(keys: str) -> str:
    """Keys in Qt's spelling as this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def make_action(command_id: str, owner: QWidget, slot: Callable[[], object]) -> QAction:
    """The command as an action of `owner`: in force while the focus is in `owner`; app commands in the whole window."""
    wanted = command(command_id)
    action = QAction(_(wanted.text), owner)
    action.setObjectName(command_id)
    if wanted.keys:
        action.setShortcuts([QKeySequence(keys) for keys in (wanted.keys, wanted.also) if keys])
    everywhere = wanted.scope == "app"
    action.setShortcutContext(
        Qt.ShortcutContext.WindowShortcut if everywhere else Qt.ShortcutContext.WidgetWithChildrenShortcut
    )
    action.triggered.connect(lambda: slot())
    owner.addAction(action)
    return action
