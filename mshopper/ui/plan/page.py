"""The place of the plan: a calendar and a list of what is to be visited, what has become of it, and the quotas."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mshopper import operations as ops
from mshopper.i18n import _, current_language
from mshopper.model.plan_progress import OPEN_STATES, PLAN_STATES, PlanVisit, tally
from mshopper.model.plan_words import plan_count_text
from mshopper.ui.actions import keys_text, make_action
from mshopper.ui.desk import Desk
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, column, frame, icon_button, label
from mshopper.ui.plan import outputs
from mshopper.ui.plan.calendar import CalendarView, day_names, day_words, long_day
from mshopper.ui.plan.entries import EntryList
from mshopper.ui.plan.parts import EmptyPlan, Quotas
from mshopper.ui.theme import TARGET, scaled
from mshopper.ui.visits.filters import Choice

if TYPE_CHECKING:
    from mshopper.progress import Progress

SIDE = 400
_NOBODY = "-"


class PlanPage(QWidget):
    """Asks for other screens by signals; `open_wanted(entry)` is what comes first for a line, Enter or its button."""

    open_wanted = Signal(object)
    not_done_wanted = Signal(object)
    propose_wanted = Signal()
    import_wanted = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.entries: list[ops.PlanEntry] = []
        self.shown: list[ops.PlanEntry] = []
        self._sent: list[PlanVisit] = []
        self.states: dict[str, QPushButton] = {}
        self.calendar = CalendarView(desk)
        self.day_list = EntryList(desk, _("Visits of the day"))
        self.list = EntryList(desk, _("Planned visits"))
        self._build()
        self._connect()
        self.refresh()
        self._read_sent()

    # Building

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        inner = QWidget()
        self._inside = column(inner, gap=8)
        self._inside.setContentsMargins(24, 16, 24, 8)
        self._inside.addLayout(self._head())
        self._inside.addWidget(self._filters())
        self._stack = QStackedWidget()
        self._stack.addWidget(self._calendar_part())
        self._stack.addWidget(self._list_part())
        self._empty = EmptyPlan(self.propose_wanted.emit, self.import_wanted.emit, enabled=not self._desk.read_only)
        self._stack.addWidget(self._empty)
        self._inside.addWidget(self._stack, 1)
        outer.addWidget(inner, 1)
        outer.addWidget(self._foot())

    def _head(self) -> QHBoxLayout:
        icons = self._desk.icons
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(_("Plan"), "title"))
        head.addSpacing(16)
        self.views = QButtonGroup(self)
        for n, (words, slot) in enumerate(
            (
                (_("Month"), lambda: self.show_calendar(by_week=False)),
                (_("Week"), lambda: self.show_calendar(by_week=True)),
                (_("List"), self.show_list),
            )
        ):
            made = button(words, slot, "option")
            made.setCheckable(True)
            self.views.addButton(made, n)
            head.addWidget(made)
        self.views.button(0).setChecked(True)
        head.addStretch(1)
        self.importing = button(_("Import…"), lambda: None, icon=icons.beside("file-up", off=False))
        self.importing.setMenu(
            self._menu(
                self.importing,
                (_("Planned visits…"), partial(self.import_wanted.emit, "plan")),
                (_("Stores…"), partial(self.import_wanted.emit, "stores")),
            )
        )
        self.exporting = button(_("Export…"), lambda: None, icon=icons.beside("download", off=False))
        self.exporting.setMenu(
            self._menu(
                self.exporting,
                (_("To a file…"), self._ask_file),
                (_("To the laptops, by the head-office folder"), lambda: outputs.publish(self._desk)),
            )
        )
        self.propose = button(_("Propose…"), self.propose_wanted.emit, "primary", icons.beside("calendar", "on_accent"))
        self.propose.setToolTip(keys_text("plan_propose"))
        for widget in (self.importing, self.exporting, self.propose):
            head.addWidget(widget)
        for widget in (self.importing, self.propose):
            widget.setEnabled(not self._desk.read_only)
        return head

    def _menu(self, owner: QPushButton, *entries: tuple[str, Callable[[], object]]) -> QMenu:
        menu = QMenu(owner)
        menu.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        for words, slot in entries:
            menu.addAction(words).triggered.connect(lambda _checked=False, slot=slot: slot())
        return menu

    def _filters(self) -> QWidget:
        flow = Flow()
        for state in PLAN_STATES:
            made = button("", self._narrow, "option")
            made.setCheckable(True)
            made.setToolTip(_("Show only these"))
            self.states[state] = made
            flow.add(made)
        language = current_language()
        self.region = Choice(_("Region"), _("Any region"), lambda: self._offer(lambda each: (each.region, each.region)))
        self.form = Choice(
            _("Form"),
            _("Any form"),
            lambda: self._offer(lambda each: (each.form_title.get(language) or each.item.form_id, each.item.form_id)),
        )
        self.auditor = Choice(
            _("Auditor"),
            _("Any auditor"),
            lambda: [
                *self._offer(lambda each: (each.auditor, each.item.auditor_id)),
                (_("nobody yet"), _NOBODY),
            ],
        )
        for choice in (self.region, self.form, self.auditor):
            choice.currentIndexChanged.connect(self._narrow)
            flow.add(choice)
        self._bar = flow
        return flow

    def _offer(self, pair: Callable[[ops.PlanEntry], tuple[str, str]]) -> list[tuple[str, str]]:
        """What there is to choose from, by its words."""
        return sorted({pair(entry) for entry in self.entries if pair(entry)[1]})

    def _calendar_part(self) -> QWidget:
        part = QWidget()
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(4)
        title = QHBoxLayout()
        icons = self._desk.icons
        self._title = label("", "heading")
        back = icon_button(_("Earlier (PgUp)"), icons.icon("chevron-left"), lambda: self.calendar.step(-1))
        forth = icon_button(_("Later (PgDn)"), icons.icon("chevron-right"), lambda: self.calendar.step(1))
        today = button(_("Today"), lambda: self.calendar.go_to(self._desk.workspace.clock().date()))
        for widget in (back, forth, today):
            title.addWidget(widget)
        title.addSpacing(12)
        title.addWidget(self._title)
        title.addStretch(1)
        left.addLayout(title)
        names = QHBoxLayout()
        names.setSpacing(0)
        for name in day_names():
            made = label(name, "muted")
            made.setAlignment(Qt.AlignmentFlag.AlignCenter)
            names.addWidget(made, 1)
        left.addLayout(names)
        left.addWidget(self.calendar, 1)
        row.addLayout(left, 1)
        side = QWidget()
        side.setFixedWidth(scaled(SIDE))
        inside = column(side, gap=8)
        self._day = label("", "heading", wrap=True)
        self._day.setMinimumHeight(TARGET)
        self._day_words = label("", "muted", wrap=True)
        inside.addWidget(self._day)
        inside.addWidget(self._day_words)
        inside.addWidget(self.day_list, 1)
        self._quotas = Quotas()
        inside.addWidget(self._quotas)
        row.addWidget(side)
        return part

    def _list_part(self) -> QWidget:
        part = QWidget()
        inside = column(part)
        self._nothing = label(_("No planned visit matches: take a filter away."), "muted", wrap=True)
        inside.addWidget(self._nothing)
        inside.addWidget(self.list, 1)
        return part

    def _foot(self) -> QFrame:
        self._actions = frame("foot")
        row = QHBoxLayout(self._actions)
        row.setContentsMargins(24, 8, 24, 8)
        row.setSpacing(8)
        self.open = button("", self._open, "primary", self._desk.icons.beside("play", "on_accent"))
        self.not_done = button(_("Mark as not done…"), self._mark, icon=self._desk.icons.beside("ban"))
        self._chosen = label("", "muted")
        self._chosen.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self.open)
        row.addWidget(self.not_done)
        row.addWidget(self._chosen, 1)
        return self._actions

    def _connect(self) -> None:
        self.calendar.chosen.connect(self._show_day)
        self.calendar.opened.connect(self._to_day)
        for each in (self.day_list, self.list):
            each.opened.connect(self._open)
            each.chosen.connect(self._show_actions)
        make_action("plan_month", self, lambda: self.show_calendar(by_week=False))
        make_action("plan_week", self, lambda: self.show_calendar(by_week=True))
        make_action("plan_list", self, self.show_list)
        make_action("plan_propose", self, self.propose.click)
        make_action("plan_import", self, partial(self.import_wanted.emit, "plan"))
        make_action("plan_export", self, self._ask_file)

    # What is shown

    def begin(self) -> None:
        """Give the focus to what comes first."""
        if not self.entries:
            self._empty.propose.setFocus()
        else:
            (self.list if self._stack.currentIndex() == 1 else self.calendar).setFocus()

    def refresh(self) -> None:
        """Read the plan anew."""
        with self._desk.messages.telling():
            self.entries = ops.plan_entries(self._desk.workspace, self._sent)
        self._narrow()

    def show_calendar(self, *, by_week: bool) -> None:
        """Show the month, or the week, of the day that is chosen."""
        self.views.button(1 if by_week else 0).setChecked(True)
        self.calendar.go_to(self.calendar.day, by_week=by_week)
        self._show_part(0)
        self.calendar.setFocus()

    def show_list(self) -> None:
        """Show all lines below one another."""
        self.views.button(2).setChecked(True)
        self._show_part(1)
        self.list.setFocus()

    def _show_part(self, part: int) -> None:
        self._stack.setCurrentIndex(part if self.entries else 2)
        self._bar.setVisible(bool(self.entries))
        for made in self.views.buttons():
            made.setVisible(bool(self.entries))
        self.exporting.setEnabled(bool(self.entries))
        self._show_actions()

    def _narrow(self) -> None:
        """Show what the filters let through; the counts on the states are of what the other filters let through."""
        wanted = {state for state, made in self.states.items() if made.isChecked()}
        among = [entry for entry in self.entries if self._is_wanted(entry)]
        counts = tally(entry.line for entry in among).counts
        for state, made in self.states.items():
            made.setText(plan_count_text(state, counts[state]))
            made.setVisible(bool(counts[state]) or made.isChecked())
        self.shown = [entry for entry in among if not wanted or entry.state in wanted]
        days: dict[str, list[ops.PlanEntry]] = {}
        for entry in self.shown:
            days.setdefault(entry.line.day, []).append(entry)
        self._nothing.setVisible(not self.shown)
        # What is still to be done by its last day, then what is over, the newest first.
        over = [entry for entry in self.shown if entry.state not in OPEN_STATES]
        self.list.show_entries([*(entry for entry in self.shown if entry.state in OPEN_STATES), *reversed(over)])
        self.calendar.show_days(days)
        self._show_part(1 if self.views.checkedId() == 2 else 0)

    def _is_wanted(self, entry: ops.PlanEntry) -> bool:
        who = self.auditor.currentData()
        return (
            self.region.currentData() in (None, entry.region)
            and self.form.currentData() in (None, entry.item.form_id)
            and (who is None or entry.item.auditor_id == ("" if who == _NOBODY else who))
        )

    def _show_day(self) -> None:
        day = self.calendar.day
        entries = [entry for entry in self.shown if entry.line.day == day.isoformat()]
        self._title.setText(self.calendar.title())
        self._day.setText(long_day(day))
        self._day_words.setText(day_words(entries))
        self.day_list.show_entries(entries)
        with self._desk.messages.telling():
            rules = ops.load_plan_rules(self._desk.workspace)
            self._quotas.show_progress(ops.quota_progress(self.entries, rules, f"{day:%Y-%m}"))
        self._show_actions()

    def _to_day(self) -> None:
        if self.day_list.model_.rowCount():
            self.day_list.setFocus()

    # What others sent

    def _read_sent(self) -> None:
        """Learn from the merged tables what other laptops did, in the background: the screen shows what is here at once."""
        if not self._desk.settings.head_office:
            return
        workspace = self._desk.workspace

        def work(_progress: "Progress") -> list[PlanVisit]:
            with workspace.reader() as own:
                return ops.sent_visits(own)

        job = self._desk.background.run(work, self._sent.extend)
        job.ended.connect(self._show_sent)

    def _show_sent(self) -> None:
        if self._sent:
            self.refresh()

    # What can be done

    def entry(self) -> ops.PlanEntry | None:
        """The line that is chosen in the view that is shown."""
        return (self.list if self._stack.currentIndex() == 1 else self.day_list).entry()

    def _show_actions(self) -> None:
        entry = self.entry() if self.entries else None
        self._actions.setVisible(entry is not None)
        if entry is None:
            return
        can_write, visit = not self._desk.read_only, entry.line.visit
        is_here = visit is not None and bool(self._desk.workspace.store.visits.header(visit.visit_id))
        words = _("Start") if visit is None else _("Continue") if self._is_open(entry) else _("Look at it")
        self.open.setText(words)
        self.open.setEnabled(is_here or (visit is None and can_write))
        self.not_done.setVisible(visit is None)
        self.not_done.setEnabled(can_write)
        said = f"{entry.store_name or entry.item.store_id}"
        if visit is not None and not is_here:
            said = _("{store}: this visit is on another computer.").format(store=said)
        self._chosen.setText(said)

    def _is_open(self, entry: ops.PlanEntry) -> bool:
        return entry.state in ("in_progress", "returned") and not self._desk.read_only

    def _open(self) -> None:
        entry = self.entry()
        if entry is not None and self.open.isEnabled():
            # Once the key or the click is over: another screen follows.
            QTimer.singleShot(0, self, lambda: self.open_wanted.emit(entry))

    def _mark(self) -> None:
        entry = self.entry()
        if entry is not None:
            QTimer.singleShot(0, self, lambda: self.not_done_wanted.emit(entry))

    def _ask_file(self) -> None:
        if self.entries:
            outputs.ask_file(self._desk, self, self._sent)
