"""The places of the app as one table: what each is called, its icon, and what builds its screen.

A place is added by one row here and the file of its screen. The bar, the menu, the keys (Alt and its number) and the
command palette read the table. Each builder imports its screen itself: the window starts with the first one alone.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from mshopper.i18n import N_

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mshopper.ui.desk import Desk
    from mshopper.ui.navigator import Navigator


class Place(NamedTuple):
    """A place: its id, its name in English, its icon, and `build(desk, navigator, chosen)`.

    `chosen` is the id of what the screen is to show as chosen, "" for nothing. A screen may have `begin()`, which gives the
    focus to what comes first.
    """

    id: str
    title: str
    icon: str
    build: "Callable[[Desk, Navigator, str], QWidget]"
    keys: str = ""
    """Its keys where these aren't Alt and its number."""


def _visits(desk: "Desk", navigator: "Navigator", chosen: str) -> "QWidget":
    from mshopper.ui.visits.flows import visits_page

    return visits_page(desk, navigator, chosen)


def _plan(desk: "Desk", navigator: "Navigator", _chosen: str) -> "QWidget":
    from mshopper.ui.plan.flows import plan_page

    return plan_page(desk, navigator)


def _forms(desk: "Desk", navigator: "Navigator", chosen: str) -> "QWidget":
    from mshopper.ui.forms_page import FormsPage

    page = FormsPage(desk)
    page.trial_wanted.connect(lambda form, path: navigator.try_out(form, path, page.chosen))
    if chosen:
        page.choose(chosen)
    return page


def _head_office(desk: "Desk", _navigator: "Navigator", _chosen: str) -> "QWidget":
    from mshopper.ui.head_office.page import HeadOfficePage

    return HeadOfficePage(desk)


def _review(desk: "Desk", navigator: "Navigator", chosen: str) -> "QWidget":
    from mshopper.ui.review.page import ReviewPage

    return ReviewPage(desk, navigator, chosen)


def _verify(desk: "Desk", _navigator: "Navigator", chosen: str) -> "QWidget":
    from mshopper.ui.verify_page import VerifyPage

    return VerifyPage(desk, chosen)


def _compare(desk: "Desk", navigator: "Navigator", chosen: str) -> "QWidget":
    from mshopper.ui.compare.page import ComparePage

    return ComparePage(desk, navigator, chosen)


def _settings(desk: "Desk", navigator: "Navigator", _chosen: str) -> "QWidget":
    from mshopper.ui.settings_page import SettingsPage

    return SettingsPage(desk, navigator)


PLACES = (
    Place("visits", N_("Visits"), "list-checks", _visits),
    Place("plan", N_("Plan"), "calendar", _plan),
    Place("review", N_("Review"), "clipboard-check", _review),
    Place("compare", N_("Compare"), "chart-bar-big", _compare),
    Place("forms", N_("Forms"), "clipboard-list", _forms),
    Place("head_office", N_("Head office"), "building-2", _head_office),
    Place("verify", N_("Verify"), "shield-check", _verify),
    Place("settings", N_("Settings"), "settings", _settings, "Ctrl+,"),
)
"""In the order of the bar; the first is where the window begins."""


def place(place_id: str) -> Place:
    """The place of that id."""
    return next(each for each in PLACES if each.id == place_id)


def place_keys(wanted: Place) -> str:
    """The keys that lead to a place, in Qt's spelling."""
    return wanted.keys or f"Alt+{PLACES.index(wanted) + 1}"
