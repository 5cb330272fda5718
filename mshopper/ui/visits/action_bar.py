"""Below the list: how many visits are selected, and what can be done with them."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QMenu, QPushButton

from mshopper.i18n import _, ngettext
from mshopper.store import VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.actions import keys_text
from mshopper.ui.desk import Desk
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, column, label
from mshopper.ui.theme import TARGET
from mshopper.ui.visits.model import Chosen


class Situation(NamedTuple):
    """What an action depends on: what is selected, the line where it is one alone, and whether this window may write."""

    chosen: Chosen
    line: object
    can_write: bool

    @property
    def visit(self) -> VisitRow | None:
        """The one visit that is selected."""
        return self.line if isinstance(self.line, VisitRow) else None

    @property
    def made(self) -> int:
        """How many of the selected lines are visits, not plans."""
        return len(self.chosen.open) + len(self.chosen.done)

    def is_in(self, *states: str) -> bool:
        """Whether one visit is selected, in one of these states."""
        return self.visit is not None and self.visit.state in states


class Offer(NamedTuple):
    """One thing that can be done: its id, words, icon, the command whose keys it has, and when it fits."""

    id: str
    words: Callable[[Situation], str]
    icon: str
    keys: str
    fits: Callable[[Situation], bool]
    is_first: bool = False


def _delete_words(situation: Situation) -> str:
    n = len(situation.chosen.open)
    return ngettext("Delete the draft", "Delete {n} drafts", n).format(n=n)


def _is_begun(situation: Situation) -> bool:
    return situation.is_in("in_progress", "returned")


OFFERS = (
    Offer(
        "go_on",
        lambda _s: _("Continue"),
        "play",
        "",
        lambda s: s.can_write and s.is_in("in_progress", "returned"),
        True,
    ),
    Offer("start", lambda _s: _("Start"), "play", "", lambda s: s.can_write and isinstance(s.line, PlanRow), True),
    Offer("look", lambda _s: _("Open"), "eye", "", lambda s: s.visit is not None and not _is_begun(s), True),
    Offer(
        "look",
        lambda _s: _("Look at it"),
        "eye",
        "",
        lambda s: s.visit is not None and _is_begun(s) and not s.can_write,
        True,
    ),
    Offer("seen", lambda _s: _("What was submitted"), "eye", "", lambda s: s.can_write and s.is_in("returned")),
    Offer(
        "open_pdf",
        lambda _s: _("Open PDF"),
        "file-text",
        "open_report",
        lambda s: s.visit is not None and bool(s.chosen.done),
    ),
    Offer(
        "verify",
        lambda _s: _("Verify"),
        "shield-check",
        "",
        lambda s: s.visit is not None and bool(s.chosen.done),
    ),
    Offer("print", lambda _s: _("Print"), "printer", "print_reports", lambda s: bool(s.chosen.done)),
    Offer("export", lambda _s: _("Export"), "download", "", lambda s: bool(s.chosen.done)),
    Offer("duplicate", lambda _s: _("Duplicate"), "copy", "", lambda s: s.can_write and s.made > 0),
    Offer(
        "correct",
        lambda _s: _("Correct…"),
        "pencil",
        "correct",
        lambda s: s.can_write and s.is_in("submitted", "approved", "not_done"),
    ),
    Offer(
        "not_done",
        lambda _s: _("Mark as not done…"),
        "ban",
        "",
        lambda s: s.can_write and (s.is_in("in_progress") or isinstance(s.line, PlanRow)),
    ),
    Offer(
        "delete",
        _delete_words,
        "trash-2",
        "",
        lambda s: s.can_write and bool(s.chosen.open) and not s.is_in("returned"),
    ),
)


class ActionBar(QFrame):
    """`wanted(id)` when an action is asked for: the id of an offer, or of an entry of its menu."""

    wanted = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setProperty("role", "foot")
        inside = column(self)
        inside.setContentsMargins(24, 8, 24, 8)
        self._flow = Flow()
        self._count = label("", "muted")
        self._count.setMinimumHeight(TARGET)
        self._flow.add(self._count)
        self.buttons: dict[int, QPushButton] = {}
        inside.addWidget(self._flow)

    def show_situation(self, situation: Situation) -> None:
        """Show what can be done."""
        count = situation.chosen.count
        self._count.setText(ngettext("{n} selected", "{n} selected", count).format(n=count) if count > 1 else "")
        self._count.setVisible(count > 1)
        some = False
        for n, offer in enumerate(OFFERS):
            fits = count > 0 and offer.fits(situation)
            some = some or fits
            if fits and n not in self.buttons:  # most are never shown: made when one is
                self.buttons[n] = self._button(offer)
                self._flow.add(self.buttons[n], before=1 + sum(other < n for other in self.buttons))
            if n in self.buttons:
                self.buttons[n].setVisible(fits)
            if fits:
                self.buttons[n].setText(offer.words(situation))
        self.setVisible(some)

    def _button(self, offer: Offer) -> QPushButton:
        icon = self._desk.icons.beside(offer.icon, "on_accent" if offer.is_first else "text", off=False)
        made = button("", lambda: self._ask(offer), "primary" if offer.is_first else "", icon)
        if offer.keys:
            made.setToolTip(keys_text(offer.keys))
        if menu := _menu(offer.id, made):
            menu.triggered.connect(lambda action: self.wanted.emit(action.objectName()))
            made.setMenu(menu)
        return made

    def _ask(self, offer: Offer) -> None:
        # Once the click is over: what follows may remove the button.
        if offer.id not in _MENUS:
            QTimer.singleShot(0, self, lambda: self.wanted.emit(offer.id))


_MENUS: dict[str, tuple[tuple[str, Callable[[], str]], ...]] = {
    "export": (
        ("export_pdf", lambda: _("PDFs into a folder…")),
        ("export_visits", lambda: _("Visits with all that proves them…")),
        ("export_csv", lambda: _("One CSV for a spreadsheet…")),
    ),
    "duplicate": (
        ("duplicate_blank", lambda: _("Without answers")),
        ("duplicate_full", lambda: _("With the answers")),
    ),
}


def _menu(offer_id: str, owner: QPushButton) -> QMenu | None:
    if offer_id not in _MENUS:
        return None
    menu = QMenu(owner)
    menu.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
    for entry_id, words in _MENUS[offer_id]:
        menu.addAction(words()).setObjectName(entry_id)
    return menu
