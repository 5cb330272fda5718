"""Parts of the plan's page: how the quotas of a month stand, and what stands there before anything is planned."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from mshopper import operations as ops
from mshopper.i18n import _
from mshopper.ui.layouts import TEXT_WIDTH, button, column, empty_layout, frame, label
from mshopper.ui.theme import scaled


class Quotas(QFrame):
    """Each quota in words, with a bar of what is done; nothing where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._rows = column(self, margin=12, gap=6)

    def show_progress(self, quotas: Sequence[ops.QuotaProgress]) -> None:
        """Show how these stand."""
        empty_layout(self._rows)
        self.setVisible(bool(quotas))
        for quota in quotas:
            self._add(quota)

    def _add(self, quota: ops.QuotaProgress) -> None:
        rule = quota.rule
        goal = rule.at_least or rule.at_most or 0
        if rule.at_least:
            words = _("{name}: {done} of {goal} done, {planned} planned")
        else:
            words = _("{name}: {done} done, {planned} planned, at most {goal}")
        name = f"{rule.region}, {rule.form}" if rule.form else rule.region
        said = words.format(name=name, done=quota.done, goal=goal, planned=quota.planned)
        is_over = rule.at_most is not None and quota.planned > rule.at_most
        self._rows.addWidget(label(said, "warn" if is_over else "", wrap=True))
        bar = QProgressBar()
        bar.setTextVisible(False)
        bar.setAccessibleName(said)
        bar.setRange(0, max(goal, 1))
        bar.setValue(min(quota.done, max(goal, 1)))
        self._rows.addWidget(bar)


class EmptyPlan(QWidget):
    """What the plan will hold, and how to begin."""

    def __init__(self, propose: Callable[[], object], import_kind: Callable[[str], object], *, enabled: bool) -> None:
        super().__init__()
        outside = column(self)
        card = frame("card")
        inside = column(card, margin=24, gap=12)
        inside.addWidget(label(_("Nothing is planned yet"), "heading", wrap=True))
        words = label(
            _(
                "The plan will say which store is to be visited when, by which form and by whom, and what has become of it."
                " Begin with “Propose…”: say how often each form is due, and look at the plan that follows. Or import a plan"
                " from a spreadsheet; head office's own comes with a sync."
            ),
            "muted",
            wrap=True,
        )
        words.setFixedWidth(scaled(TEXT_WIDTH))
        words.setMinimumHeight(words.heightForWidth(scaled(TEXT_WIDTH)))  # a stack of parts doesn't ask for it
        inside.addWidget(words)
        self.propose = button(_("Propose a plan"), propose, "primary")
        row = QHBoxLayout()
        for made in (
            self.propose,
            button(_("Import a plan…"), lambda: import_kind("plan")),
            button(_("Import stores…"), lambda: import_kind("stores")),
        ):
            made.setEnabled(enabled)
            row.addWidget(made)
        row.addStretch(1)
        inside.addLayout(row)
        outside.addWidget(card)
        outside.addStretch(1)
