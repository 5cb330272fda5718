"""A store of the comparison on a page of its own: what to fix first, its trend, lost points, criticals, actions, visits."""

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, current_language, format_number, ngettext
from mshopper.model.comparison import Group, VisitLine
from mshopper.model.comparison_words import interval_text, note_text, points
from mshopper.model.corrective import Action
from mshopper.model.finding_words import finding_sentence
from mshopper.model.findings import LostPoints
from mshopper.progress import Progress
from mshopper.ui.actions import make_action
from mshopper.ui.background import Job, ProgressStrip
from mshopper.ui.compare.choice import Choice
from mshopper.ui.compare.exporting import export_button
from mshopper.ui.compare.league_model import LeagueModel, needs
from mshopper.ui.compare.opening import open_visit
from mshopper.ui.compare.page import visits_behind
from mshopper.ui.compare.picture_view import PictureView
from mshopper.ui.compare.pictures import Lead, Look, Picture, Place, lead, make
from mshopper.ui.compare.tables import Opened
from mshopper.ui.compare.visits_model import AT_ONCE
from mshopper.ui.compare.visits_view import VisitsView
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import column, empty_layout, frame, icon_button, label, scrolling_page
from mshopper.ui.review.words import ACTION_LOOKS, action_lines
from mshopper.ui.words import day

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator

_NOT_DONE = ("late", "reopened", "open")
_MOST = 8
_PICTURES = ("trend", "lost")


@dataclass(frozen=True)
class _Found:
    """What is known of the store: its line, what it loses, its newest visits."""

    group: Group | None
    lost: LostPoints
    visits: list[VisitLine]


def show_store(desk: Desk, navigator: "Navigator", choice: Choice, store_id: str) -> None:
    """Show the store's page, of the visits that are compared."""
    page = StoreView(desk, navigator, replace(choice, by="store", group=store_id))
    navigator.show_screen(page, lambda: show_store(desk, navigator, choice, store_id))


class StoreView(QWidget):
    """`choice.group` is the store. `left()` goes back to the comparison."""

    left = Signal()

    def __init__(self, desk: Desk, navigator: "Navigator", choice: Choice) -> None:
        super().__init__()
        self._desk, self._navigator, self._choice = desk, navigator, choice
        self._tables = desk.tables
        self._tables.forget()
        self.left.connect(lambda: navigator.go_to_place("compare"))
        self._build()
        self._tables.started.connect(self._show_reading)
        self._ask("table", self._question, self._show)
        make_action("leave_visit", self, self.left.emit)

    def _build(self) -> None:
        self.title = label(self._choice.group, "title")
        self.line = label("", "muted", wrap=True)
        self.back = icon_button(_("Back to the comparison"), self._desk.icons.icon("chevron-left"), self.left.emit)
        self.strip = ProgressStrip()
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 24, 4)
        head.setSpacing(12)
        head.addWidget(self.back)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(export_button(self._desk, self, lambda: self._choice, self.strip, is_store=True))
        area, inside = scrolling_page(margin=24, gap=12, width=1400)
        inside.setContentsMargins(24, 4, 24, 16)
        inside.addWidget(self.line)
        self.reading = ProgressStrip()
        inside.addWidget(self.strip)
        inside.addWidget(self.reading)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        side = QVBoxLayout()
        side.setSpacing(12)
        self.first = self._card(side, _("What to fix first"))
        self.criticals = self._card(side, _("Critical answers"))
        self.to_mend = self._card(side, _("Corrective actions"))
        side.addStretch(1)
        columns.addLayout(side, 4)
        wide = QVBoxLayout()
        wide.setSpacing(12)
        self.pictures: dict[str, PictureView] = {}
        for kind, title in zip(_PICTURES, (_("Trend"), _("Lost points")), strict=True):
            card = self._card(wide, title)
            view = PictureView(self._desk, whole=True)
            view.opened.connect(partial(self._take_place, kind))
            view.width_changed.connect(partial(self._ask_picture, kind))
            card.addWidget(view)
            self.pictures[kind] = view
        wide.addStretch(1)
        columns.addLayout(wide, 5)
        inside.addLayout(columns)
        self.visits = VisitsView(self._desk)
        self.visits.setMinimumHeight(260)
        self.visits.opened.connect(self._open_visit)
        self.visits.left.connect(lambda: self._ask("table", self._question, self._show))
        inside.addWidget(self.visits)
        outer = column(self, gap=0)
        outer.addLayout(head)
        outer.addWidget(area, 1)

    def _card(self, into: QVBoxLayout, title: str) -> QVBoxLayout:
        card = frame("card")
        outer = column(card, margin=16, gap=8)
        outer.addWidget(label(title, "heading"))
        inside = QVBoxLayout()
        inside.setSpacing(6)
        outer.addLayout(inside)
        into.addWidget(card)
        return inside

    def _show_reading(self, job: Job, is_opening: bool) -> None:
        self.reading.follow(job, _("Reading the visits to compare…") if is_opening else _("Comparing…"))

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self.back.setFocus()

    # What is known

    def _question(self, opened: Opened, _progress: Progress) -> _Found:
        choice = self._choice
        compared = opened.tables.stores(measure=choice.measure, filters=choice.filters, period=choice.period)
        group = next((group for group in compared.groups if group.id == choice.group), None)
        here = opened.tables.narrowed(choice.filters, "store", choice.group)
        lines = opened.tables.visits(filters=here, measure=choice.measure, limit=AT_ONCE)
        return _Found(group, opened.findings.lost(here), lines)

    def _show(self, found: _Found) -> None:
        group = found.group
        if group is None:
            self.line.setText(_("No visit to this store matches what is chosen."))
        else:
            self.title.setText(group.title)
            self.line.setText(_line(group))
        self._show_first(found)
        self._show_criticals(found)
        self._show_actions()
        self.visits.model.show(found.visits, has_more=False)
        self.visits.about.setText("")
        self.visits.back.hide()
        for kind in _PICTURES:
            self._ask_picture(kind)

    def _show_first(self, found: _Found) -> None:
        said = [finding_sentence(reason) for reason in found.lost.sentences]
        if found.group is not None and (more := needs(found.group)):
            said.append(more)
        late = len(self._actions(("late",)))
        if late:
            words = ngettext("{n} corrective action is late.", "{n} corrective actions are late.", late)
            said.insert(0, words.format(n=format_number(late)))
        _fill(self.first, [label(one, wrap=True) for one in said])

    def _show_criticals(self, found: _Found) -> None:
        labels = {(one.form_id, one.question_id): one.label for one in found.lost.questions}
        said = [
            f"{day(line.started_at)} · {labels.get((line.form_id, name.partition('[')[0]), name)}"
            for line in found.visits
            for name in line.criticals.split()
        ]
        rows = [label(one, "bad", wrap=True) for one in said[:_MOST]]
        _fill(self.criticals, rows or [label(_("No visit has a critical answer."), "muted", wrap=True)])

    def _actions(self, states: tuple[str, ...]) -> list[Action]:
        return ops.list_actions(self._desk.workspace, store_id=self._choice.group, states=states)

    def _show_actions(self) -> None:
        today = self._desk.workspace.clock().date()
        rows: list[QWidget] = []
        for action in self._actions(_NOT_DONE)[:_MOST]:
            row = QWidget()
            inside = QHBoxLayout(row)
            inside.setContentsMargins(0, 0, 0, 0)
            icon = QLabel()
            icon.setPixmap(self._desk.icons.pixmap(*ACTION_LOOKS[action.state(today)], 16))
            inside.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
            inside.addWidget(label(action_lines(action, today), wrap=True), 1)
            rows.append(row)
        nothing = _("No corrective action is open. One begins in Review, at what a visit found.")
        _fill(self.to_mend, rows or [label(nothing, "muted", wrap=True)])

    # Pictures and visits

    def _ask_picture(self, kind: str) -> None:
        view = self.pictures[kind]
        choice = replace(self._choice, picture=kind)
        look = Look(view.points, self._desk.theme.is_dark, current_language())

        def show(picture: Picture) -> None:
            view.show_picture(f"{choice.group}: {kind}", picture)

        self._ask(kind, lambda opened, _progress: make(opened, choice, look), show)

    def _take_place(self, kind: str, place: Place) -> None:
        choice = replace(self._choice, picture=kind)

        def question(opened: Opened, _progress: Progress) -> tuple[Lead, list[VisitLine]]:
            behind = lead(opened, choice, place)
            return behind, visits_behind(opened, behind, 0)

        self._ask("visits", question, self._show_visits)

    def _show_visits(self, found: tuple[Lead, list[VisitLine]]) -> None:
        behind, lines = found
        self.visits.model.show(lines, has_more=False)
        self.visits.about.setText(behind.words)
        self.visits.back.show()
        self.visits.begin()

    def _open_visit(self, line: VisitLine) -> None:
        with self._desk.messages.telling():
            open_visit(self._desk, self._navigator, line, self._choice.folder)

    def _ask(self, kind: str, question: Any, done: Any) -> None:
        def answered(result: Any) -> None:
            if isValid(self):  # the screen may be gone by then
                done(result)

        def failed(error: BaseException) -> None:
            if isValid(self) and isinstance(error, MshopperError):
                self.line.setText(str(error))
            else:
                self._desk.messages.show_error(error)

        self._tables.ask(kind, question, answered, failed)


def _fill(into: QVBoxLayout, rows: "list[Any]") -> None:
    empty_layout(into)
    for row in rows:
        into.addWidget(row)


def _line(group: Group) -> str:
    """The store's line of the table, in words."""
    visits = ngettext("{n} visit", "{n} visits", group.n).format(n=format_number(group.n))
    told = interval_text(group.interval) or note_text(group.note)
    parts = [visits, _("mean {points} ({interval})").format(points=points(group.mean), interval=told)]
    model = LeagueModel()
    parts += [model.told(group, place) for place in (0, 4, 5, 6, 7)]
    return " · ".join(part for part in parts if part)
