"""The place where stores are compared: the league table, the picture of what is chosen, and the visits behind it.

Every change is asked of the open tables in turn (table, picture, visits), of each only the last; what was chosen stays with
the desk, so that coming back finds it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from mshopper.errors import MshopperError
from mshopper.i18n import _, current_language, format_number, ngettext
from mshopper.model.comparison import Filters, Measure, Offer, StoreComparison, VisitLine
from mshopper.model.comparison_words import key_title, sentence
from mshopper.progress import Progress
from mshopper.ui.actions import keys_text, make_action
from mshopper.ui.background import ProgressStrip
from mshopper.ui.compare.choice import Choice
from mshopper.ui.compare.exporting import export_button
from mshopper.ui.compare.filters import Chips, FilterPanel, TopBar
from mshopper.ui.compare.league_model import LeagueModel, needs
from mshopper.ui.compare.league_view import LeagueView
from mshopper.ui.compare.picture_view import PictureView
from mshopper.ui.compare.pictures import HEAT_KINDS, PICTURES, TREND_PERIODS, Lead, Look, Picture, Place, lead, make
from mshopper.ui.compare.tables import Opened
from mshopper.ui.compare.visits_model import AT_ONCE
from mshopper.ui.compare.visits_view import VisitsView
from mshopper.ui.desk import Desk
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, empty_layout, frame, label
from mshopper.ui.visits.filters import Choice as ChoiceBox

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator

_SENTENCES = 3
_OFFERED = 3


class ComparePage(QWidget):
    """`chosen` is the id of a store to be chosen, "" for what was chosen last."""

    def __init__(self, desk: Desk, navigator: "Navigator", chosen: str = "") -> None:
        super().__init__()
        self._desk, self._navigator = desk, navigator
        self._tables = desk.tables
        self._tables.forget()
        self._offer: Offer | None = None
        self._lead: Lead | None = None
        self.comparison: StoreComparison | None = None
        self.choice = desk.compared or Choice(folder=desk.settings.head_office)
        if self.choice.folder not in ("", desk.settings.head_office):
            self.choice = replace(self.choice, folder=desk.settings.head_office)
        if chosen:
            self.choice = replace(self.choice, by="store", group=chosen)
        self._build()
        self._tables.started.connect(self._show_reading)
        self._tables.given_up.connect(self._show_given_up)

    # Building

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 12, 24, 12)
        outer.setSpacing(8)
        self.top = TopBar(self._desk, self.choice)
        self.top.changed.connect(self._take_top)
        icons = self._desk.icons
        self.filters_button = button(_("Filters"), self._toggle_filters, "", icons.beside("list-filter"))
        self.filters_button.setCheckable(True)
        self.filters_button.setToolTip(keys_text("compare_filters"))
        self.top.add(self.filters_button)
        self.strip = ProgressStrip()
        self.top.add(export_button(self._desk, self, lambda: self.choice, self.strip))
        self.panel = FilterPanel(self._desk)
        self.panel.changed.connect(self._take_filters)
        self.panel.hide()
        self.chips = Chips(self._desk)
        self.chips.changed.connect(self._take_filters)
        self.told = label("", "small", wrap=True)
        self.apart = frame("notice")
        self._apart_inside = QHBoxLayout(self.apart)
        self._apart_inside.setContentsMargins(12, 4, 8, 4)
        self.apart.hide()
        self.reading = ProgressStrip()
        for widget in (self.top, self.panel, self.chips, self.told, self.strip, self.reading, self.apart):
            outer.addWidget(widget)
        outer.addWidget(self._panes(), 1)
        make_action("compare_filters", self, self.filters_button.click)
        make_action("next_pane", self, self._next_pane)

    def _panes(self) -> QWidget:
        self.model = LeagueModel(self)
        self.table = LeagueView(self._desk, self.model)
        self.table.chosen.connect(self._take_group)
        self.table.opened.connect(self._open_group)
        self.table.sorted_by.connect(self._sort)
        self.summary = label("", "muted", wrap=True)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.visits = VisitsView(self._desk)
        self.visits.opened.connect(self._open_visit)
        self.visits.left.connect(lambda: self._ask_visits(None))
        self.visits.model.wanted.connect(self._ask_more)
        left = QWidget()
        inside = QVBoxLayout(left)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(8)
        inside.addWidget(self.table, 3)
        inside.addWidget(self.summary)
        inside.addWidget(self.visits, 2)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.setChildrenCollapsible(False)
        panes.setHandleWidth(8)
        panes.addWidget(left)
        self._right = self._picture_pane()
        panes.addWidget(self._right)
        panes.setStretchFactor(0, 11)
        panes.setStretchFactor(1, 9)
        panes.setSizes([1100, 900])
        return panes

    def _picture_pane(self) -> QWidget:
        right = frame("card")
        inside = QVBoxLayout(right)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.setSpacing(8)
        self._group = QButtonGroup(self)
        self.tabs: dict[str, QPushButton] = {}
        flow = Flow(gap=2)
        for kind in PICTURES:
            tab = button(_(kind.title), partial(self._take_picture, kind.id), "tab")
            tab.setCheckable(True)
            tab.setChecked(kind.id == self.choice.picture)
            self._group.addButton(tab)
            self.tabs[kind.id] = tab
            flow.add(tab)
        self.kind = ChoiceBox(_("What is drawn"), "", lambda: ())
        self.kind.activated.connect(self._take_kind)
        head = QHBoxLayout()
        self.title = label("", "heading", wrap=True)
        head.addWidget(self.title, 1)
        head.addWidget(self.kind, 0)
        self.picture = PictureView(self._desk)
        self.picture.opened.connect(self._take_place)
        self.picture.width_changed.connect(self._ask_picture)
        inside.addWidget(flow)
        inside.addLayout(head)
        inside.addWidget(self.picture, 1)
        return right

    def begin(self) -> None:
        """Ask for what was chosen last, and give the focus to what comes first."""
        if self.comparison is None:
            self._change(self.choice)
        self.table.setFocus()

    @property
    def is_busy(self) -> bool:
        """Whether anything here is still being read."""
        return self._tables.is_busy

    # Choosing

    def _take_top(self, choice: Choice) -> None:
        if choice.folder != self.choice.folder:
            self._offer = None
            choice = replace(choice, filters=Filters(), group="", measure=Measure())
        elif choice.by != self.choice.by:
            choice = replace(choice, group="", order=None)
        self._change(choice)

    def _take_filters(self, filters: Filters) -> None:
        self._change(replace(self.choice, filters=filters))

    def _take_group(self, group_id: str) -> None:
        if group_id == self.choice.group:
            return
        self._keep(replace(self.choice, group=group_id))
        self._show_summary()
        self._ask_picture()
        self._ask_visits(None)

    def _take_picture(self, picture: str) -> None:
        self._keep(replace(self.choice, picture=picture))
        self._ask_picture()

    def _take_kind(self) -> None:
        name = "kind" if self.choice.picture == "heat" else "trend_period"
        self._keep(replace(self.choice, **{name: self.kind.currentData()}))
        self._ask_picture()

    def _toggle_filters(self) -> None:
        self.panel.setVisible(self.filters_button.isChecked())
        if self.filters_button.isChecked():
            self.panel.days.setFocus()

    def _keep(self, choice: Choice) -> None:
        self.choice = self._desk.compared = choice
        self.top.show_choice(choice)

    def _change(self, choice: Choice) -> None:
        """Compare something else: everything is asked anew."""
        self._keep(choice)
        self._tables.choose(Path(choice.folder) if choice.folder else None)
        self._show_filters()
        self._ask_table()
        self._ask_picture()
        self._ask_visits(None)
        self._ask_offer()

    def _show_filters(self) -> None:
        self.panel.show_filters(self.choice.filters, self._offer)
        self.chips.show_filters(self.choice.filters, self._offer)

    # The table

    def _ask_table(self) -> None:
        choice = self.choice

        def question(opened: Opened, _progress: Progress) -> StoreComparison:
            return compared(opened, choice)

        self._ask("table", question, self._show_table)

    def _show_table(self, comparison: StoreComparison) -> None:
        self.comparison = comparison
        self.model.show(comparison, self.choice.order)
        self.table.show_order()
        if self.choice.group and not any(group.id == self.choice.group for group in comparison.groups):
            self._keep(replace(self.choice, group=""))
            self._ask_picture()
            self._ask_visits(None)
        self.table.choose(self.choice.group)
        self._show_summary()
        self._show_apart(comparison)
        self._show_source(comparison)

    def _show_source(self, comparison: StoreComparison) -> None:
        n = comparison.total.n + comparison.total.unscored
        count = ngettext("{n} visit", "{n} visits", n).format(n=format_number(n))
        if self.choice.folder:
            words = _("{count}, of those that head office merged in {folder}.")
        else:
            words = _("{count}, of those that this laptop holds.")
        parts = [words.format(count=count, folder=self.choice.folder)]
        if comparison.too_few:
            groups = format_number(comparison.too_few)
            parts.append(
                ngettext(
                    "{n} line with fewer visits than asked isn't shown.",
                    "{n} lines with fewer visits than asked aren't shown.",
                    comparison.too_few,
                ).format(n=groups)
            )
        self.told.setText(" ".join(parts))

    def _show_summary(self) -> None:
        """What the table shows; of a line, what is to be known of it. Where there is no line, how to come to one."""
        has_lines = bool(self.model.groups)
        if self.table.hasFocus() and not has_lines:
            self.top.source.setFocus()
        for pane in (self.table, self.visits, self._right):
            pane.setVisible(has_lines)
        if self.comparison is None:
            self.summary.clear()
            return
        if not self.model.groups:
            narrowed = self.choice.is_narrowed or self.choice.minimum_n > 1
            self.summary.setText(_nothing(narrowed, bool(self.choice.folder)))
            return
        group = self.model.groups[self.model.row_of(self.choice.group)]
        if not group.id:
            self.summary.setText(" ".join(sentence(one) for one in self.comparison.sentences[:_SENTENCES]))
            return
        told = (self.model.told(group, column) for column in (1, 3, 5))
        parts = [one if one.endswith(".") else f"{one}." for one in (*told, needs(group)) if one]
        self.summary.setText(" ".join(parts))

    def _show_apart(self, comparison: StoreComparison) -> None:
        """Name the forms whose scores mean something else, each with the way to compare it."""
        empty_layout(self._apart_inside)
        self.apart.setVisible(bool(comparison.apart) and comparison.compared is not None)
        if comparison.compared is None or not comparison.apart:
            return
        words = _("Compared: {form}. Scores of other forms mean something else:").format(
            form=_form_words(comparison.compared.form_id, comparison.compared.versions, comparison.compared.visits)
        )
        self._apart_inside.addWidget(label(words, "small", wrap=True), 1)
        for one in comparison.apart[:_OFFERED]:
            filters = replace(self.choice.filters, form_versions=one.form_versions)
            words = _form_words(one.form_id, one.versions, one.visits)
            self._apart_inside.addWidget(button(words, partial(self._take_filters, filters), "link"))

    def _sort(self, column: int) -> None:
        now = self.model.order or self.model.natural_order
        falling = not now[1] if now[0] == column else column != 1
        self._keep(replace(self.choice, order=(column, falling)))
        self.model.show(self.comparison, self.choice.order)
        self.table.show_order()
        self.table.choose(self.choice.group)

    # The picture

    def _ask_picture(self) -> None:
        choice = self.choice
        self.tabs[choice.picture].setChecked(True)
        self._offer_kinds()
        look = Look(self.picture.points, self._desk.theme.is_dark, current_language())
        self._ask(
            "picture",
            lambda opened, _progress: make(opened, choice, look),
            partial(self._show_picture, choice),
            self.picture.say,
        )

    def _show_picture(self, choice: Choice, picture: Picture) -> None:
        title = _(next(kind.title for kind in PICTURES if kind.id == choice.picture))
        if self.comparison is not None and self.model.groups:
            title = f"{title}: {self.model.title(self.model.groups[self.model.row_of(choice.group)])}"
        self.title.setText(title)
        self.picture.show_picture(title, picture)

    def _offer_kinds(self) -> None:
        kinds = {"heat": HEAT_KINDS, "trend": TREND_PERIODS}.get(self.choice.picture, ())
        self.kind.setVisible(bool(kinds))
        self.kind.clear()
        for kind in kinds:
            self.kind.addItem(_kind_title(kind), kind)
        chosen = self.choice.kind if self.choice.picture == "heat" else self.choice.trend_period
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)))

    def _take_place(self, place: Place) -> None:
        choice = self.choice

        def question(opened: Opened, _progress: Progress) -> Lead:
            return lead(opened, choice, place)

        self._ask("lead", question, self._ask_visits)

    # The visits behind

    def _ask_visits(self, behind: Lead | None) -> None:
        """Show the visits behind a place of the picture, or behind the line chosen."""
        self._lead = behind
        self._ask("visits", self._visits_question(0), partial(self._show_visits, behind))

    def _ask_more(self) -> None:
        there = len(self.visits.model.lines)
        self._ask(
            "more",
            self._visits_question(there),
            lambda lines: self.visits.model.add(lines, has_more=len(lines) == AT_ONCE),
        )

    def _visits_question(self, offset: int) -> Callable[[Opened, Progress], list[VisitLine]]:
        choice, behind = self.choice, self._lead

        def question(opened: Opened, _progress: Progress) -> list[VisitLine]:
            if behind is None:
                return opened.tables.visits(
                    by=choice.by,
                    group_id=choice.group,
                    measure=choice.measure,
                    filters=choice.filters,
                    limit=AT_ONCE,
                    offset=offset,
                )
            return visits_behind(opened, behind, offset)

        return question

    def _show_visits(self, behind: Lead | None, lines: list[VisitLine]) -> None:
        self.visits.model.show(lines, has_more=len(lines) == AT_ONCE)
        if behind is not None:
            words = behind.words
        elif self.choice.group and self.model.groups:
            words = self.model.title(self.model.groups[self.model.row_of(self.choice.group)])
        else:
            words = ""
        self.visits.about.setText(words)
        self.visits.back.setVisible(behind is not None)
        if behind is not None:
            self.visits.begin()

    def _open_visit(self, line: VisitLine) -> None:
        from mshopper.ui.compare.opening import open_visit

        with self._desk.messages.telling():
            open_visit(self._desk, self._navigator, line, self.choice.folder)

    def _open_group(self, group_id: str) -> None:
        if group_id and self.choice.by == "store":
            from mshopper.ui.compare.store_page import show_store

            show_store(self._desk, self._navigator, self.choice, group_id)
        else:
            self._to_visits()

    def _to_visits(self) -> None:
        self.visits.begin()

    def _next_pane(self) -> None:
        """Lead from the table to the picture, to the visits, to the table."""
        if self.table.hasFocus():
            self.picture.canvas.setFocus()
        elif self.picture.canvas.hasFocus():
            self._to_visits()
        else:
            self.table.setFocus()

    # Asking

    def _ask_offer(self) -> None:
        if self._offer is None:
            self._ask("offer", lambda opened, _progress: opened.offer, self._show_offer)

    def _show_offer(self, offer: Offer) -> None:
        self._offer = offer
        self.top.offer(offer)
        self._show_filters()

    def _ask(
        self,
        kind: str,
        question: Callable[[Opened, Progress], Any],
        done: Callable[[Any], object],
        say: Callable[[str], object] | None = None,
    ) -> None:
        def failed(error: BaseException) -> None:
            if not isValid(self) or not isinstance(error, MshopperError):
                self._desk.messages.show_error(error)
            elif kind == "table":
                self.comparison = None
                self.model.show(None, None)
                self.told.setText(str(error))
                self._show_summary()
                self.summary.setText(_nothing(False, bool(self.choice.folder)))
            elif say is not None:
                say(str(error))

        def answered(result: Any) -> None:
            if isValid(self):  # the screen may be gone by then
                done(result)

        self._tables.ask(kind, question, answered, failed)

    def _show_reading(self, job: Any, is_opening: bool) -> None:
        self.reading.follow(job, _("Reading the visits to compare…") if is_opening else _("Comparing…"))

    def _show_given_up(self) -> None:
        self.told.setText(_("Reading was cancelled. Change anything here to read again."))


def compared(opened: Opened, choice: Choice) -> StoreComparison:
    """The comparison that is chosen."""
    asked: dict[str, Any] = {
        "by": choice.by,
        "measure": choice.measure,
        "filters": choice.filters,
        "minimum_n": choice.minimum_n,
        "period": choice.period,
    }
    found = opened.remembered(("table", *asked.values()), lambda: opened.tables.stores(**asked))
    assert isinstance(found, StoreComparison)
    return found


def visits_behind(opened: Opened, behind: Lead, offset: int) -> list[VisitLine]:
    """The visits behind a place; where points were lost at a question, the value is what was earned there."""
    tables = opened.tables
    if behind.question is not None:
        losing = opened.findings.losing_visits(*behind.question, behind.filters)[offset : offset + AT_ONCE]
        earned = {one.visit_id: 100 * one.earned / one.possible for one in losing if one.possible}
        lines = tables.visits(filters=behind.filters, visit_ids=[one.visit_id for one in losing], limit=AT_ONCE)
        order = {one.visit_id: place for place, one in enumerate(losing)}
        found = [replace(line, value=earned.get(line.visit_id)) for line in lines] if losing else []
        return sorted(found, key=lambda line: order[line.visit_id])
    if behind.visit_ids is not None and not behind.visit_ids:
        return []
    return tables.visits(
        measure=behind.measure,
        filters=behind.filters,
        limit=AT_ONCE,
        offset=offset,
        visit_ids=behind.visit_ids or (),
    )


def _kind_title(kind: str) -> str:
    if kind in TREND_PERIODS:
        return key_title(kind)
    return {
        "dimension": _("Dimensions"),
        "section": _("Sections"),
        "touchpoint": _("Touchpoints"),
        "phase": _("Phases"),
    }[kind]


def _form_words(form_id: str, versions: tuple[str, ...], visits: int) -> str:
    count = ngettext("{n} visit", "{n} visits", visits).format(n=format_number(visits))
    return f"{form_id} {', '.join(versions)} ({count})"


def _nothing(narrowed: bool, is_office: bool) -> str:
    """Why there is nothing to compare, and what to do."""
    if narrowed:
        return _("No visit matches what is chosen: take a filter away.")
    if is_office:
        return _(
            "Nothing to compare yet. Laptops send their visits with a sync; once they are merged, the stores stand here."
        )
    return _("Nothing to compare yet. Submit a visit, and its store stands here; sync to compare those of all laptops.")
