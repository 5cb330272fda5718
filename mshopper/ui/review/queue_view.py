"""The queue of visits to review: which are shown, the chosen one beside its photos and flags, and what is decided on it.

Visits of this laptop are read from its store; those of others from the tables and the evidence of the head-office folder, in
the background. What is decided leads on to the next visit.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, ngettext
from mshopper.model.corrective import Finding
from mshopper.model.review import open_dispute
from mshopper.progress import Progress
from mshopper.ui.desk import Desk
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, frame, label
from mshopper.ui.navigator import Navigator
from mshopper.ui.review.editor import Editor, Field
from mshopper.ui.review.visit_view import VisitView
from mshopper.ui.review.words import waiting_lines, waiting_look

LIST_WIDTH = 380
STATES = ("submitted", "returned", "approved")


class QueueView(QWidget):
    """The queue; single keys decide while the list or the visit has the focus: A, R, C, D, W."""

    actions_changed = Signal()
    """An action was opened."""

    def __init__(self, desk: Desk, navigator: Navigator, chosen: str = "") -> None:
        super().__init__()
        self._desk = desk
        self._navigator = navigator
        self._wanted = chosen
        self._rows: list[ops.Waiting] = []
        self._seen: ops.VisitSeen | None = None
        self._reading = 0
        self._at = 0
        self._build()
        self.refresh()

    # Building

    def _build(self) -> None:
        folder = ops.chosen_folder(self._desk.workspace)
        self.source = QComboBox()
        self.source.setAccessibleName(_("Whose visits"))
        self.source.addItem(_("Visits of this laptop"), "")
        if folder:
            self.source.addItem(_("All visits at head office"), str(folder))
        self.state = QComboBox()
        self.state.setAccessibleName(_("Which visits"))
        for state, words in zip(
            STATES, (_("Visits to review"), _("Returned visits"), _("Approved visits")), strict=True
        ):
            self.state.addItem(words, state)
        self.order = QComboBox()
        self.order.setAccessibleName(_("In which order"))
        self.order.addItem(_("Newest first"), True)
        self.order.addItem(_("Oldest first"), False)
        self.told = label("", "small", wrap=True)
        self.list = QListWidget()
        self.list.setProperty("role", "choose")
        self.list.setAccessibleName(_("Visits"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side = QWidget()
        side.setFixedWidth(LIST_WIDTH)
        inside = QVBoxLayout(side)
        inside.setContentsMargins(24, 8, 12, 16)
        inside.setSpacing(8)
        inside.addWidget(self.source)
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        row.addWidget(self.order, 1)
        inside.addLayout(row)
        inside.addWidget(self.told)
        inside.addWidget(self.list, 1)
        self.visit = VisitView(self._desk)
        self.visit.action_wanted.connect(self._ask_action)
        self.editor = Editor()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.visit, 1)
        right.addWidget(self.editor)
        right.addWidget(self._foot())
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(side)
        outer.addLayout(right, 1)
        for combo in (self.source, self.state, self.order):
            combo.currentIndexChanged.connect(lambda _index: self.refresh())
        self.list.currentRowChanged.connect(self._choose)

    def _foot(self) -> QWidget:
        foot = frame("foot")
        inside = QHBoxLayout(foot)
        inside.setContentsMargins(24, 8, 24, 8)
        row = Flow(gap=8)
        inside.addWidget(row, 1)
        icons = self._desk.icons
        self.buttons: dict[str, QPushButton] = {}
        parts: tuple[tuple[str, str, str, str, Callable[[], object]], ...] = (
            ("approve", _("Approve"), "A", "circle-check", self.approve),
            ("return", _("Return…"), "R", "undo-2", self.ask_return),
            ("correct", _("Correct…"), "C", "clipboard-check", self.ask_correct),
            ("dispute", _("Dispute…"), "D", "message-square-text", self.ask_dispute),
            ("withdraw", _("Withdraw"), "W", "x", self.withdraw),
            ("report", _("Open PDF"), "P", "file-text", self.open_report),
        )
        for name, words, key, icon, slot in parts:
            kind = "primary" if name == "approve" else ""
            made = button(words, slot, kind, icons.beside(icon, "on_accent" if kind else "text"))
            made.setToolTip(f"{words.rstrip('…')} ({key})")
            row.add(made)
            self.buttons[name] = made
            for heard in (self.list, self.visit):
                shortcut = QShortcut(QKeySequence(key), heard)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(made.click)
        return foot

    # The queue

    @property
    def folder(self) -> Path | None:
        """The head-office folder whose visits are shown; None for those of this laptop."""
        chosen = self.source.currentData()
        return Path(chosen) if chosen else None

    def begin(self) -> None:
        """Give the focus to what comes first."""
        (self.list if self._rows else self.source).setFocus()

    def refresh(self) -> None:
        """Read the queue anew, and stay at the place in it."""
        self.editor.close_form()
        self._at = max(self.list.currentRow(), 0)
        folder, state, newest = self.folder, self.state.currentData(), bool(self.order.currentData())
        self._reading += 1
        reading = self._reading
        if folder is None:
            with self._desk.messages.telling():
                self._show(ops.review_queue(self._desk.workspace, states=(state,), newest=newest))
            return
        self._show([])
        self.told.setText(_("Reading the tables of head office…"))
        workspace = self._desk.workspace

        def work(_progress: Progress) -> list[ops.Waiting]:
            with workspace.reader() as own:
                return ops.review_queue(own, folder, states=(state,), newest=newest)

        def done(rows: list[ops.Waiting]) -> None:
            if reading == self._reading:
                self._show(rows)

        def failed(error: BaseException) -> None:
            if reading == self._reading:
                self._show([])
                if isinstance(error, MshopperError):
                    self.told.setText(str(error))
                else:
                    self._desk.messages.show_error(error)

        self._desk.background.run(work, done, failed)

    def _show(self, rows: list[ops.Waiting]) -> None:
        at = self._at
        self._rows = rows
        self.list.blockSignals(True)
        self.list.clear()
        for one in rows:
            item = QListWidgetItem(self._desk.icons.icon(*waiting_look(one)), waiting_lines(one))
            self.list.addItem(item)
        self.list.blockSignals(False)
        count = ngettext("{n} visit", "{n} visits", len(rows)).format(n=len(rows))
        if self.folder is None:
            where = _("{count} of those that this laptop holds. Flagged ones come first.")
        else:
            where = _("{count} of those that head office merged in its folder. Flagged ones come first.")
        empty = {
            "submitted": _(
                "Nothing waits for a review here. Submitted visits come here when they are sealed or synced."
            ),
            "returned": _("No visit is returned."),
            "approved": _("No visit is approved yet."),
        }
        self.told.setText(where.format(count=count) if rows else empty[self.state.currentData()])
        wanted = [number for number, one in enumerate(rows) if one.visit_id == self._wanted]
        self._wanted = ""
        if rows:
            self.list.setCurrentRow(wanted[0] if wanted else min(at, len(rows) - 1))
        else:
            self._choose(-1)

    def _choose(self, row: int) -> None:
        self.editor.close_form()
        if not 0 <= row < len(self._rows):
            self._look_at(None)
            return
        one, folder, workspace = self._rows[row], self.folder, self._desk.workspace
        if folder is None:
            with self._desk.messages.telling():
                self._look_at(ops.seen_here(workspace, one.visit_id))
            return
        self._seen = None
        self._enable()

        def work(_progress: Progress) -> ops.VisitSeen:
            with workspace.reader() as own:
                return ops.seen_in(own, folder, one.visit_id)

        def done(seen: ops.VisitSeen) -> None:
            if self.list.currentRow() == row and self._rows and self._rows[row].visit_id == seen.waiting.visit_id:
                self._look_at(seen)

        self._desk.background.run(work, done)

    def _look_at(self, seen: "ops.VisitSeen | None") -> None:
        self._seen = seen
        self.visit.show_visit(seen)
        self._enable()

    def _enable(self) -> None:
        seen, can = self._seen, not self._desk.read_only
        status = seen.waiting.status if seen else ""
        standing = ops.decisions(self._desk.workspace, seen.waiting.visit_id).standing if seen else ()
        is_disputed = open_dispute(standing) is not None
        may_withdraw = seen is not None and ops.may_withdraw(self._desk.workspace, seen.waiting.visit_id) is not None
        enabled = {
            "approve": can and status in ("submitted", "returned"),
            "return": can and status in ("submitted", "approved"),
            "correct": can and seen is not None and self.folder is None,
            "dispute": can and seen is not None,
            "withdraw": can and may_withdraw,
            "report": seen is not None and (self.folder is None or seen.report is not None),
        }
        for name, made in self.buttons.items():
            made.setEnabled(enabled[name])
        self.buttons["correct"].setVisible(self.folder is None)
        self.buttons["dispute"].setText(_("End the dispute…") if is_disputed else _("Dispute…"))
        self.buttons["withdraw"].setVisible(may_withdraw)

    # Deciding

    def approve(self) -> None:
        """Approve the chosen visit."""
        if (seen := self._seen) is not None:
            self._decide(lambda: ops.approve_visit(self._desk.workspace, seen.waiting.judged), _("Approved: {store}."))

    def ask_return(self) -> None:
        """Ask why the chosen visit is returned."""
        if (seen := self._seen) is None:
            return

        def send(said: dict[str, str]) -> None:
            ops.return_visit(self._desk.workspace, seen.waiting.judged, said["reason"])

        self._ask(
            _("Return the visit to its auditor"),
            [Field("reason", _("What is to be mended"), "lines")],
            _("Return the visit"),
            lambda said: self._decide(lambda: send(said), _("Returned: {store}.")),
        )

    def ask_correct(self) -> None:
        """Ask why the chosen visit is corrected, and open its next revision."""
        if (seen := self._seen) is None or self.folder is not None:
            return

        def begin(said: dict[str, str]) -> None:
            with self._desk.messages.telling():
                ops.correct_with_reason(self._desk.workspace, seen.waiting.visit_id, said["reason"])
                self._navigator.continue_visit(seen.waiting.visit_id)

        self._ask(
            _("Correct the visit as its next revision"),
            [Field("reason", _("Why it is corrected"), "lines")],
            _("Begin the correction"),
            begin,
        )

    def ask_dispute(self) -> None:
        """Ask who disputes the score and why, or what came of the dispute."""
        if (seen := self._seen) is None:
            return
        workspace, judged = self._desk.workspace, seen.waiting.judged
        disputed = open_dispute(ops.decisions(workspace, judged.visit_id).standing)
        if disputed is None:
            fields = [Field("who", _("Who disputes the score")), Field("reason", _("Why"), "lines")]
            self._ask(
                _("The store disputes the score"),
                fields,
                _("Record the dispute"),
                lambda said: self._decide(
                    lambda: ops.dispute_visit(workspace, judged, said["who"], said["reason"]), _("Disputed: {store}.")
                ),
            )
            return
        outcome = "changed" if judged.seal != disputed.seal else "confirmed"
        title = (
            _("End the dispute: the corrected score stands")
            if outcome == "changed"
            else _("End the dispute: the score is confirmed (to change it, correct or return the visit first)")
        )
        self._ask(
            title,
            [Field("reason", _("Why"), "lines")],
            _("End the dispute"),
            lambda said: self._decide(
                lambda: ops.settle_dispute(workspace, judged, outcome, said["reason"]),
                _("The dispute has ended: {store}."),
            ),
        )

    def withdraw(self) -> None:
        """Take back the last decision on the chosen visit."""
        if (seen := self._seen) is not None:
            self._decide(
                lambda: ops.withdraw_decision(self._desk.workspace, seen.waiting.visit_id), _("Withdrawn: {store}.")
            )

    def _ask_action(self, finding: object) -> None:
        """Ask who mends a finding, until when."""
        if (seen := self._seen) is None or self._desk.read_only:
            return
        assert isinstance(finding, Finding)
        one = seen.waiting

        def add(said: dict[str, str]) -> None:
            with self._desk.messages.telling():
                ops.open_action(
                    self._desk.workspace,
                    finding,
                    (one.visit_id, one.judged.revision),
                    store=(one.store_id, one.store_name),
                    form_id=one.form_id,
                    owner=said["owner"],
                    due=said["due"],
                    note=said["note"],
                )
                self.editor.close_form()
                self.visit.show_visit(seen)
                self.actions_changed.emit()
                self._desk.messages.say(_("The action is open; it goes with the next sync."), "good")
                self.list.setFocus()

        fields = [
            Field("owner", _("Who mends it")),
            Field("due", _("Until when"), "day"),
            Field("note", _("What is to be done"), "lines"),
        ]
        self._ask(_("Corrective action: {what}").format(what=finding.label), fields, _("Open the action"), add)

    def _ask(self, title: str, fields: list[Field], confirm: str, then: Callable[[dict[str, str]], object]) -> None:
        self.editor.ask(title, fields, confirm, then, self.list.setFocus)

    def _decide(self, decision: Callable[[], object], words: str) -> None:
        assert self._seen is not None
        one = self._seen.waiting
        with self._desk.messages.telling():
            decision()
            self.editor.close_form()
            store = one.store_name or one.store_id
            self._desk.messages.say(words.format(store=store) + " " + _("It goes with the next sync."), "good")
            self.refresh()
            self.list.setFocus()

    def open_report(self) -> None:
        """Open the PDF of the chosen visit."""
        if self._seen is None:
            return
        if self.folder is None:
            self._navigator.open_report(self._seen.waiting.visit_id)
        elif self._seen.report is not None:
            from PySide6.QtCore import QUrl
            from PySide6.QtGui import QDesktopServices

            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._seen.report)))
