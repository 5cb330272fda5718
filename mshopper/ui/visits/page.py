"""The first place: the visits that are due, open and done; finding them, and what can be done with those selected."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.i18n import _
from mshopper.progress import Progress
from mshopper.store import VisitFilter, VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.actions import keys_text, make_action
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import TEXT_WIDTH, button, column, frame, label
from mshopper.ui.theme import scaled
from mshopper.ui.visits.action_bar import ActionBar, Situation
from mshopper.ui.visits.list_view import ColumnHeads, VisitList
from mshopper.ui.visits.model import LINE_ROLE, Chosen, VisitsModel
from mshopper.ui.visits.rows import OPEN_STATES

if TYPE_CHECKING:
    from mshopper.ui.background import Job, ProgressStrip, Work
    from mshopper.ui.visits.filters import FilterBar
    from mshopper.ui.visits.reason_panel import ReasonPanel

SEARCH_MS = 120

AT_ONCE = 10
"""So many visits are made again while one waits."""


class VisitsPage(QWidget):
    """Asks for other screens by signals, each with the ids that it takes; what stays in the list it does itself."""

    new_wanted = Signal()
    continue_wanted = Signal(str)
    start_wanted = Signal(object)
    look_wanted = Signal(str)
    report_wanted = Signal(str)
    verify_wanted = Signal(str)
    not_done_wanted = Signal(object)
    corrected = Signal(str, str)
    deleted = Signal(object)
    """These drafts were deleted, by their ids, and can be brought back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.model = VisitsModel(desk.workspace, self)
        self.list = VisitList(desk, self.model)
        self.heads = ColumnHeads(desk, self.list)
        self.bar = ActionBar(desk)
        self.filters: FilterBar | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search: store, auditor, comments"))
        self.search.setAccessibleName(_("Search the visits"))
        self.search.setFixedWidth(scaled(300))
        icons = desk.icons
        self.narrow = button(_("Filters"), self.toggle_filters, icon=icons.beside("list-filter", off=False))
        self.narrow.setToolTip(keys_text("filters"))
        self.new = button(_("New visit"), self.new_wanted.emit, "primary", icons.beside("plus", "on_accent"))
        self.new.setToolTip(keys_text("new_visit"))
        self.new.setEnabled(not desk.read_only)
        self._order = "newest"
        self._strip: ProgressStrip | None = None
        self._reason: ReasonPanel | None = None
        self._build()
        self._connect()
        self._show_list("")

    # Building

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        inner = QWidget()
        self._inside = column(inner, margin=24, gap=8)
        self._inside.setContentsMargins(24, 16, 24, 8)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label(_("Visits"), "title"))
        head.addStretch(1)
        for widget in (self.search, self.narrow, self.new):
            head.addWidget(widget)
        self._inside.addLayout(head)
        self._empty_title = label("", "heading", wrap=True)
        self._empty_words = label("", "muted", wrap=True)
        self._empty_words.setMaximumWidth(scaled(TEXT_WIDTH))
        self._all = button(_("Show all visits"), self.show_all)
        self._empty = frame("card")
        empty = column(self._empty, margin=24, gap=8)
        empty.addWidget(self._empty_title)
        line = QHBoxLayout()  # which reckons with the words' width, and so with their height
        line.addWidget(self._empty_words, 1)
        line.addStretch(0)
        empty.addLayout(line)
        row = QHBoxLayout()
        row.addWidget(self._all)
        row.addStretch(1)
        empty.addLayout(row)
        self._inside.addWidget(self._empty)
        self._inside.addWidget(self.heads)
        self._inside.addWidget(self.list, 1)
        self._rest = QWidget()
        self._inside.addWidget(self._rest, 1)
        outer.addWidget(inner, 1)
        outer.addWidget(self.bar)

    def _connect(self) -> None:
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(self._find)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search.returnPressed.connect(self._to_list)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.search)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self.search.clear)
        self.list.doubleClicked.connect(lambda _index: self._open())
        self.list.opened.connect(self._open)
        self.list.deleted.connect(self._delete)
        self.list.chosen.connect(self._show_bar)
        self.heads.sorted_by.connect(self.sort_by)
        self.bar.wanted.connect(self._do)
        make_action("new_visit", self, self.new.click)
        make_action("find", self, self.search.setFocus)
        make_action("filters", self, self.toggle_filters)
        make_action("open_report", self, lambda: self._do("open_pdf"))
        make_action("print_reports", self, lambda: self._do("print"))
        make_action("correct", self, lambda: self._do("correct"))
        make_action("duplicate", self, lambda: self._do("duplicate_blank"))

    # What is shown

    def refresh(self, visit_id: str = "") -> None:
        """Read the list anew, and choose that visit, or the one that was."""
        before = self.chosen()
        wanted = visit_id or (before.visit_id if isinstance(before, VisitRow) else "")
        with self._desk.messages.telling():
            self.model.refresh()
        self._show_list(wanted)

    def begin(self) -> None:
        """Give the focus to what comes first."""
        (self.list if self.model.rowCount() else self.new).setFocus()

    def sort_by(self, order: str) -> None:
        """Show the list in another order."""
        self._order = order
        self.heads.show_order(order)
        self._find()

    def toggle_filters(self) -> None:
        """Show what the list can be narrowed by; or clear it away, and with it what it hides."""
        if self.filters is None:
            from mshopper.ui.visits.filters import FilterBar

            self.filters = FilterBar(self._desk)
            self.filters.changed.connect(self._find)
            self._inside.insertWidget(1, self.filters)
            self.filters.show()
            self.filters.period.setFocus()
            return
        self.filters.setVisible(self.filters.isHidden())
        if self.filters.isHidden() and self.filters.count:
            self.filters.clear()

    def show_all(self) -> None:
        """Clear the search and the filters."""
        self.search.clear()
        self._timer.stop()
        if self.filters is not None and self.filters.count:
            self.filters.clear()
        else:
            self._find()

    def wanted(self) -> VisitFilter:
        """What the list is to show."""
        wanted = VisitFilter(text=self.search.text().strip(), order=self._order)
        return self.filters.apply(wanted) if self.filters is not None else wanted

    def _find(self) -> None:
        self._timer.stop()
        with self._desk.messages.telling():
            self.model.show(self.wanted())
        count = self.filters.count if self.filters is not None else 0
        self.narrow.setText(_("Filters ({n})").format(n=count) if count else _("Filters"))
        self._show_list("")

    def _show_list(self, visit_id: str) -> None:
        """Show the list as it was read, that visit or the first one chosen."""
        is_empty = self.model.rowCount() == 0
        self._show_empty(is_empty)
        if not is_empty:
            row = self.model.row_of(visit_id) if visit_id else -1
            self.list.choose(max(row, 1))
        self._show_bar()

    def _show_empty(self, is_empty: bool) -> None:
        self._empty.setVisible(is_empty)
        self._rest.setVisible(is_empty)
        self.list.setVisible(not is_empty)
        self.heads.setVisible(not is_empty)
        if not is_empty:
            return
        is_narrowed = self.model.wanted._replace(order="newest") != VisitFilter()
        self._all.setVisible(is_narrowed)
        self._empty_title.setText(_("No visit matches.") if is_narrowed else _("No visits yet"))
        self._empty_words.setText(
            _("The search looks at stores, auditors, forms and comments; every word must begin a word there.")
            if is_narrowed
            else _(
                "This list will hold the visits in progress, those that head office planned, and those done with their"
                " score. Begin with “New visit”: choose a form and a store. What you answer is saved at once."
            )
        )
        self._empty.setMinimumHeight(self._empty.sizeHint().height())  # words that wrap would be pressed together

    def _to_list(self) -> None:
        self._find()
        self.list.setFocus()

    # What is selected

    def selected(self) -> Chosen:
        """The lines that are selected."""
        return self.model.chosen(self.list.ranges())

    def chosen(self) -> object:
        """The line that is selected, where it is one alone."""
        index = self.list.currentIndex()
        if not index.isValid() or self.selected().count != 1:
            return None
        ((first, last),) = self.list.ranges() or ((index.row(), index.row()),)
        row = next((row for row in range(first, last + 1) if row not in self.model.headings()), first)
        return self.model.index(row).data(LINE_ROLE)

    def visit_ids(self, chosen: Chosen, *, drafts: bool = True, done: bool = True) -> list[str]:
        """The ids of the selected visits."""
        keys = [*(chosen.open if drafts else ()), *(chosen.done if done else ())]
        return list(self._desk.workspace.store.visit_list.visit_ids(keys))

    def _situation(self) -> Situation:
        return Situation(self.selected(), self.chosen(), not self._desk.read_only)

    def _show_bar(self) -> None:
        self.bar.show_situation(self._situation())

    # What can be done

    def _open(self) -> None:
        """What comes first for the one line that is selected."""
        line, can_write = self.chosen(), not self._desk.read_only
        if isinstance(line, PlanRow):
            if can_write:
                self.start_wanted.emit(line)
        elif isinstance(line, VisitRow):
            (self.continue_wanted if line.state in OPEN_STATES else self.look_wanted).emit(line.visit_id)

    def _do(self, action: str) -> None:
        """Do what the bar, a menu or a key asks for, where it fits what is selected."""
        situation = self._situation()
        visit, can_write = situation.visit, situation.can_write
        reports = bool(situation.chosen.done)
        todo: dict[str, tuple[bool, Callable[[], object]]] = {
            "go_on": (True, self._open),
            "start": (True, self._open),
            "look": (True, self._open),
            "seen": (visit is not None, lambda: self.look_wanted.emit(visit.visit_id if visit else "")),
            "open_pdf": (
                visit is not None and reports,
                lambda: self.report_wanted.emit(visit.visit_id if visit else ""),
            ),
            "verify": (
                visit is not None and reports,
                lambda: self.verify_wanted.emit(visit.visit_id if visit else ""),
            ),
            "print": (reports, lambda: self._put_out(action)),
            "export_pdf": (reports, lambda: self._put_out(action)),
            "export_visits": (reports, lambda: self._put_out(action)),
            "export_csv": (reports, lambda: self._put_out(action)),
            "duplicate_blank": (can_write and situation.made > 0, lambda: self._duplicate(False)),
            "duplicate_full": (can_write and situation.made > 0, lambda: self._duplicate(True)),
            "correct": (can_write and situation.is_in("submitted", "approved", "not_done"), self._ask_reason),
            "not_done": (can_write, lambda: self.not_done_wanted.emit(situation.line)),
            "delete": (True, self._delete),
        }
        fits, act = todo[action]
        if fits:
            act()

    def _ask_reason(self) -> None:
        from mshopper.ui.visits.reason_panel import ReasonPanel

        line = self.chosen()
        assert isinstance(line, VisitRow)
        if self._reason is None:
            panel = ReasonPanel()
            panel.given.connect(self.corrected)
            panel.left.connect(self.list.setFocus)
            layout = self.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.insertWidget(1, panel)
            self._reason = panel
        self._reason.ask(line.visit_id, line.store_name or line.store_id)

    def _duplicate(self, with_answers: bool) -> None:
        """Make the selected visits again; many in the background, all or none."""
        workspace, visit_ids = self._desk.workspace, self.visit_ids(self.selected())
        if len(visit_ids) > AT_ONCE:
            self._follow(
                lambda progress: _in_background(workspace, visit_ids, with_answers, progress),
                _("Duplicating…"),
                self.refresh,
            )
            return
        with self._desk.messages.telling():
            made = ops.duplicate_visits(workspace, visit_ids, with_answers=with_answers)
            self.refresh(made[-1])
            self.list.setFocus()

    def _delete(self) -> None:
        if self._desk.read_only:
            return
        rows = self._desk.workspace.store.visit_list.window(self.selected().open)
        drafts = [row.visit_id for row in rows if row is not None and row.state == "in_progress"]
        gone: list[str] = []
        workspace = self._desk.workspace
        with self._desk.messages.telling(), workspace.store.write():
            for visit_id in drafts:
                ops.delete_draft(workspace, visit_id)
            gone = drafts
        if gone:
            at = self.list.currentIndex().row()
            self.refresh()
            if self.model.rowCount():
                self.list.choose(min(at, self.model.rowCount() - 1))
            self.deleted.emit(gone)

    def _put_out(self, action: str) -> None:
        """Print or export the visits that are selected and done."""
        from mshopper.ui.visits import outputs

        visit_ids = self.visit_ids(self.selected(), drafts=False)
        if action == "print":
            outputs.print_reports(self._desk, visit_ids, self._show_progress)
        elif action == "export_pdf":
            outputs.export_reports(self._desk, visit_ids, self, self._show_progress)
        elif action == "export_visits":
            outputs.export_visits(self._desk, visit_ids, self, self._show_progress)
        else:
            outputs.export_csv(self._desk, visit_ids, self, self._show_progress)

    def _follow(self, work: "Work", what: str, done: Callable[[], object]) -> None:
        job = self._desk.background.run(work, lambda _result: None)
        job.ended.connect(done)
        self._show_progress(job, what)

    def _show_progress(self, job: "Job", what: str) -> None:
        """Show how far long work is, with the way to cancel it."""
        from mshopper.ui.background import ProgressStrip

        if self._strip is None:
            self._strip = ProgressStrip()
            self._inside.addWidget(self._strip)
        self._strip.follow(job, what)


def _in_background(workspace: ops.Workspace, visit_ids: list[str], with_answers: bool, progress: Progress) -> None:
    with workspace.writer() as own:
        ops.duplicate_visits(own, visit_ids, with_answers=with_answers, progress=progress)
