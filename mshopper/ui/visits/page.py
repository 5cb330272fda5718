"""The first place: the visits that are open, planned and done, and what can be done with the chosen one."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLineEdit, QListView, QPushButton, QVBoxLayout, QWidget

from mshopper.i18n import _
from mshopper.store import VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.actions import keys_text, make_action
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import button, column, frame, label
from mshopper.ui.visits.delegate import VisitDelegate
from mshopper.ui.visits.model import LINE_ROLE, VisitsModel
from mshopper.ui.visits.rows import OPEN_STATES

SEARCH_MS = 120


class VisitList(QListView):
    """The list; Enter and a double click do what comes first for a visit, Delete deletes a draft."""

    opened = Signal()
    deleted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
        else:
            super().keyPressEvent(event)


class VisitsPage(QWidget):
    """Asks for what it can't do itself by signals, each with the ids that it takes."""

    new_wanted = Signal()
    continue_wanted = Signal(str)
    start_wanted = Signal(object)
    report_wanted = Signal(str)
    report_file_wanted = Signal(str)
    verify_wanted = Signal(str)
    not_done_wanted = Signal(object)
    delete_wanted = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.model = VisitsModel(desk.workspace, self)
        self.list = VisitList()
        self.list.setAccessibleName(_("Visits"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(VisitDelegate(desk, self.list))
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search: store, form, auditor"))
        self.search.setAccessibleName(_("Search the visits"))
        self.search.setFixedWidth(280)
        icons = desk.icons
        self.new = button(_("New visit"), self.new_wanted.emit, "primary", icons.beside("plus", "on_accent"))
        self.new.setToolTip(keys_text("new_visit"))
        self.new.setEnabled(not desk.read_only)
        self._empty_title = label("", "heading", wrap=True)
        self._empty_words = label("", "muted", wrap=True)
        self._empty = frame("card")
        self._foot = frame("foot")
        self._buttons: list[tuple[QPushButton, tuple[str, str], Callable[[object], bool]]] = []
        self._build()
        self._connect()
        self._show_list("")

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        inner = QWidget()
        inside = column(inner, margin=24, gap=12)
        inside.setContentsMargins(24, 16, 24, 8)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label(_("Visits"), "title"))
        head.addStretch(1)
        head.addWidget(self.search)
        head.addWidget(self.new)
        inside.addLayout(head)
        empty = column(self._empty, margin=24, gap=8)
        empty.addWidget(self._empty_title)
        empty.addWidget(self._empty_words)
        inside.addWidget(self._empty)
        inside.addWidget(self.list, 1)
        self._rest = QWidget()
        inside.addWidget(self._rest, 1)
        outer.addWidget(inner, 1)
        outer.addWidget(self._foot)
        self._build_foot()

    def _build_foot(self) -> None:
        """What can be done with the chosen visit."""
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(24, 8, 24, 8)
        can_write = not self._desk.read_only
        for text, icon, kind, slot, fits in (
            (_("Continue"), "play", "primary", self._open, lambda line: _is_open(line) and can_write),
            (_("Look at it"), "eye", "primary", self._open, lambda line: _is_open(line) and not can_write),
            (_("Start"), "play", "primary", self._open, lambda line: isinstance(line, PlanRow) and can_write),
            (_("Open PDF"), "file-text", "primary", self._open, _is_done),
            (_("Save PDF as…"), "download", "", lambda: self._tell(self.report_file_wanted), _is_done),
            (_("Verify"), "shield-check", "", lambda: self._tell(self.verify_wanted), _is_done),
            (
                _("Mark as not done…"),
                "ban",
                "",
                lambda: self.not_done_wanted.emit(self.chosen()),
                lambda line: (_is_open(line) or isinstance(line, PlanRow)) and can_write,
            ),
            (
                _("Delete the draft…"),
                "trash-2",
                "",
                self._delete,
                lambda line: isinstance(line, VisitRow) and line.state == "in_progress" and can_write,
            ),
        ):
            made = button(text, slot, kind)
            row.addWidget(made)
            self._buttons.append((made, (icon, "on_accent" if kind else "text"), fits))
        row.addStretch(1)

    def _connect(self) -> None:
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(self._search)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search.returnPressed.connect(self._to_list)
        self.list.doubleClicked.connect(lambda _index: self._open())
        self.list.opened.connect(self._open)
        self.list.deleted.connect(self._delete)
        selection = self.list.selectionModel()
        selection.currentChanged.connect(lambda _now, _before: self._show_buttons())
        make_action("new_visit", self, self.new.click)
        make_action("find", self, self.search.setFocus)
        make_action("open_report", self, self._open_report)

    def chosen(self) -> object:
        """The chosen line; None without one."""
        index = self.list.currentIndex()
        return index.data(LINE_ROLE) if index.isValid() else None

    def refresh(self, visit_id: str = "") -> None:
        """Read the list anew, and choose that visit, or the first."""
        before = self.chosen()
        wanted = visit_id or (before.visit_id if isinstance(before, VisitRow) else "")
        with self._desk.messages.telling():
            self.model.refresh()
        self._show_list(wanted)

    def _show_list(self, wanted: str) -> None:
        """Show the list as it was read, that visit or the first chosen."""
        self._show_empty()
        row = self.model.row_of(wanted) if wanted else -1
        if self.model.rowCount():
            self._choose(row if row >= 0 else 1)
        self._show_buttons()

    def _choose(self, row: int) -> None:
        index: QModelIndex = self.model.index(row)
        self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def begin(self) -> None:
        """Give the focus to what comes first."""
        (self.list if self.model.rowCount() else self.new).setFocus()

    def _search(self) -> None:
        self.model.search(self.search.text())
        self._show_empty()
        if self.model.rowCount():
            self._choose(1)
        self._show_buttons()

    def _to_list(self) -> None:
        self._timer.stop()
        self._search()
        self.list.setFocus()

    def _show_empty(self) -> None:
        is_empty = self.model.rowCount() == 0
        searching = bool(self.search.text().strip())
        self._empty_title.setText(_("No visit matches.") if searching else _("No visits yet"))
        self._empty_words.setText(
            _("The search looks at stores, forms and auditors; every word must be there.")
            if searching
            else _(
                "This list will hold the visits in progress, those that head office planned, and those done with their"
                " score. Begin with “New visit”: choose a form and a store. What you answer is saved at once."
            )
        )
        self._empty.setVisible(is_empty)
        self._rest.setVisible(is_empty)
        self.list.setVisible(not is_empty)

    def _show_buttons(self) -> None:
        line = self.chosen()
        for made, icon, fits in self._buttons:
            if fits(line):
                made.setIcon(
                    self._desk.icons.beside(*icon, off=False)
                )  # most buttons are never shown: drawn when one is
            made.setVisible(fits(line))
        self._foot.setVisible(any(fits(line) for _made, _icon, fits in self._buttons))

    def _open(self) -> None:
        line = self.chosen()
        if isinstance(line, PlanRow):
            if not self._desk.read_only:
                self.start_wanted.emit(line)
        elif _is_open(line):
            self._tell(self.continue_wanted)
        elif _is_done(line):
            self._tell(self.report_wanted)

    def _open_report(self) -> None:
        if _is_done(self.chosen()):
            self._tell(self.report_wanted)

    def _delete(self) -> None:
        line = self.chosen()
        if isinstance(line, VisitRow) and line.state == "in_progress" and not self._desk.read_only:
            self.delete_wanted.emit(line)

    def _tell(self, signal: object) -> None:
        line = self.chosen()
        if isinstance(line, VisitRow):
            signal.emit(line.visit_id)  # type: ignore[attr-defined]  # a bound Signal


def _is_open(line: object) -> bool:
    return isinstance(line, VisitRow) and line.state in OPEN_STATES


def _is_done(line: object) -> bool:
    return isinstance(line, VisitRow) and line.state not in (*OPEN_STATES, "planned")
