"""Planning by rules: the rules as a text that says what each means, the period, and the plan that follows, explained."""

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QPlainTextEdit, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.i18n import _, current_language, ngettext
from mshopper.model.plan_progress import PlanVisit
from mshopper.model.plan_rules import AuditorRule, FormRule, PlanRules, QuotaRule
from mshopper.model.plan_words import proposal_sentences, reason_text
from mshopper.model.proposal import Proposal, add_months
from mshopper.progress import Progress
from mshopper.ui.desk import Desk
from mshopper.ui.filling.inputs.moments import read_date
from mshopper.ui.layouts import add_row, button, column, label
from mshopper.ui.theme import restyle, scaled
from mshopper.ui.words import day

RULES = 480
_MONTHS = 3


class ProposePage(QWidget):
    """`accepted(plan_ids)` once a proposed plan is taken."""

    accepted = Signal(object)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.proposal: Proposal | None = None
        self.rules = QPlainTextEdit()
        self.first, self.last = QLineEdit(), QLineEdit()
        self.lines = QListWidget()
        self.propose = button(_("Propose"), self.make, "primary", desk.icons.beside("calendar", "on_accent"))
        self.accept = button("", self._accept, "primary")
        self.another = button(_("Another plan by the same rules"), self._make_another)
        self._state = label("", "heading", wrap=True)
        self._words = label("", "muted", wrap=True)
        self._seed = 0
        self._found: list[Proposal] = []
        self._build()
        self._show()

    def _build(self) -> None:
        outer = column(self, margin=24, gap=12)
        head = QHBoxLayout()
        head.addWidget(label(_("Propose a plan"), "title"))
        head.addStretch(1)
        head.addWidget(button(_("Back to the plan"), self.left.emit))
        outer.addLayout(head)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self._left_part())
        row.addLayout(self._right_part(), 1)
        outer.addLayout(row, 1)

    def _left_part(self) -> QWidget:
        part = QWidget()
        part.setFixedWidth(scaled(RULES))
        inside = column(part, gap=8)
        today = self._desk.workspace.clock().date()
        first = today + dt.timedelta(days=1)
        period = QHBoxLayout()
        for name, field, value in (
            (_("First day"), self.first, first),
            (_("Last day"), self.last, add_months(first, _MONTHS) - dt.timedelta(days=1)),
        ):
            box = QVBoxLayout()
            field.setText(_typed(value))
            field.setPlaceholderText(_("dd/mm/yyyy"))
            add_row(box, name, field)
            period.addLayout(box)
        inside.addLayout(period)
        self.rules.setPlainText(ops.rules_text(self._rules_to_begin_with()))
        self.rules.setTabChangesFocus(True)
        self.rules.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        add_row(inside, _("Rules, one a line"), self.rules)
        inside.setStretchFactor(self.rules, 1)
        help_text = label(
            _(
                "forms: how often (every_months), on how many days (window_days), around which days (around), in which"
                " regions. quotas: visits of a region in a month (at_least, at_most). auditors: who goes, how often"
                " (per_month), where (regions). Values with signs or blanks stand in quotation marks."
            ),
            "small",
            wrap=True,
        )
        inside.addWidget(help_text)
        buttons = QHBoxLayout()
        buttons.addWidget(self.propose)
        buttons.addWidget(self.another)
        buttons.addStretch(1)
        inside.addLayout(buttons)
        return part

    def _right_part(self) -> QVBoxLayout:
        inside = QVBoxLayout()
        inside.setSpacing(8)
        inside.addWidget(self._state)
        inside.addWidget(self._words)
        self.lines.setAccessibleName(_("Proposed visits, each with its reasons"))
        self.lines.setWordWrap(True)
        self.lines.setProperty("role", "choose")
        self.lines.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside.addWidget(self.lines, 1)
        row = QHBoxLayout()
        row.addWidget(self.accept)
        row.addStretch(1)
        inside.addLayout(row)
        inside.addStretch(0)
        return inside

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self.rules.setFocus()

    def _rules_to_begin_with(self) -> PlanRules:
        """The rules that are kept; before there are any, some to change: the forms, regions and auditors that are here."""
        with self._desk.messages.telling():
            kept = ops.load_plan_rules(self._desk.workspace)
            if kept.forms:
                return kept
        store = self._desk.workspace.store
        forms = [info.form_id for info in store.forms.list()][:2]
        regions = sorted({shop.region for shop in store.stores.all() if shop.region})[:3]
        auditors = [auditor.auditor_id for auditor in store.auditors.all()]
        return PlanRules(
            tuple(FormRule(form, _MONTHS) for form in forms),
            tuple(QuotaRule(region, at_most=30) for region in regions),
            tuple(AuditorRule(auditor, 20) for auditor in auditors),
        )

    # What is proposed

    def make(self) -> None:
        """Keep the rules and propose a plan by them, in the background."""
        today = self._desk.workspace.clock().date()
        first, last = self._day(self.first, today), self._day(self.last, today)
        self._desk.messages.clear()
        if first is None or last is None:
            self._desk.messages.say(_("Write the first and the last day to plan for, as 31/12/2026."), "bad")
            return
        with self._desk.messages.telling():
            rules = ops.read_rules_text(self.rules.toPlainText(), _("Rules"))
            if not self._desk.read_only:
                ops.keep_plan_rules(self._desk.workspace, rules)
            self._start(first, last, rules)

    def _start(self, first: dt.date, last: dt.date, rules: PlanRules) -> None:
        workspace, seed = self._desk.workspace, self._seed
        self._found = found = list[Proposal]()

        def work(progress: Progress) -> Proposal:
            del progress
            with workspace.reader() as own:
                sent: list[PlanVisit] = ops.sent_visits(own)
                return ops.propose_plan(own, first, last, rules=rules, seed=seed, others=sent)

        job = self._desk.background.run(work, found.append)
        self.propose.setEnabled(False)
        job.ended.connect(self._ended)

    def _ended(self) -> None:
        self.propose.setEnabled(True)
        if self._found:
            self.proposal = self._found[0]
            self._show()
            (self.accept if self.accept.isEnabled() else self.rules).setFocus()

    def _make_another(self) -> None:
        self._seed += 1
        self.make()

    def _day(self, field: QLineEdit, today: dt.date) -> dt.date | None:
        found = read_date(field.text().strip(), today)
        restyle(field, wrong=found is None)
        return found

    def _show(self) -> None:
        found = self.proposal
        self.lines.clear()
        for widget in (self.lines, self.accept, self.another):
            widget.setVisible(found is not None)
        if found is None:
            self._state.setText(_("What will stand here"))
            self._words.setText(
                _(
                    "“Propose” shows a plan that follows from the rules: each visit with the reason why this store, why then"
                    " and why this auditor, and what of the rules can't be met. Nothing is planned before you accept it."
                )
            )
            return
        n = len(found.lines)
        self._state.setText(
            _("Nothing to plan") if not n else ngettext("{n} visit proposed", "{n} visits proposed", n).format(n=n)
        )
        missing = len(found.unmet)
        said = ngettext("{n} rule can't be met; it stands first.", "{n} rules can't be met; they stand first.", missing)
        self._words.setText(said.format(n=missing) if missing else _("All rules are met."))
        for reason in found.unmet:
            item = QListWidgetItem(self._desk.icons.icon("triangle-alert", "warn"), reason_text(reason))
            self.lines.addItem(item)
        titles = {info.form_id: info.title.get(current_language()) for info in self._desk.workspace.store.forms.list()}
        for line in found.lines:
            title = titles.get(line.item.form_id) or line.item.form_id
            head = f"{line.store.name or line.store.store_id} · {title}"
            days = f"{day(line.item.from_date)} – {day(line.item.to_date)}"
            reasons = " ".join(proposal_sentences(line))
            item = QListWidgetItem(self._desk.icons.icon("calendar", "muted"), f"{head}   {days}\n{reasons}")
            self.lines.addItem(item)
        self.accept.setText(ngettext("Put {n} visit into the plan", "Put {n} visits into the plan", n).format(n=n))
        self.accept.setVisible(n > 0)
        self.accept.setEnabled(n > 0 and not self._desk.read_only)

    def _accept(self) -> None:
        if self.proposal is not None:
            with self._desk.messages.telling():
                ops.accept_plan(self._desk.workspace, self.proposal.lines)
                self.accepted.emit([line.item.plan_id for line in self.proposal.lines])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _typed(value: dt.date) -> str:
    return f"{value:%d/%m/%Y}"
