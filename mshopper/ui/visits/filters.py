"""What the list of visits is narrowed by: state, shop, form, period, score, verdict, auditor.

Made when the person first asks for it. What there is to choose from is read when a choice is first looked at.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from mshopper.i18n import _, current_language
from mshopper.model.outcome import state_text, verdict_text
from mshopper.model.record import STATES
from mshopper.store import VisitFilter
from mshopper.ui.desk import Desk
from mshopper.ui.filling.inputs.moments import read_date
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, column, label
from mshopper.ui.theme import restyle, scaled

Options = Iterable[tuple[str, object]]

SCORES: tuple[tuple[float | None, float | None], ...] = ((None, 60), (60, 75), (75, 90), (90, None))
"""The ranges of scores offered, as (from, below) in percent."""

_BETWEEN = "between"
_WIDTH = 148


class Choice(QComboBox):
    """One thing that the list is narrowed by: nothing, or one of `options()`, which is asked when it is first needed."""

    def __init__(self, name: str, any_text: str, options: Callable[[], Options]) -> None:
        super().__init__()
        self._options: Callable[[], Options] | None = options
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFixedWidth(scaled(_WIDTH))
        self.setMaxVisibleItems(12)
        self.addItem(any_text, None)

    def load(self) -> None:
        """Read what there is to choose from."""
        if self._options is not None:
            options, self._options = self._options, None
            for words, value in options():
                self.addItem(words, value)

    def offer_anew(self, options: Callable[[], Options]) -> None:
        """Offer other values, asked when they are first needed; nothing is chosen then."""
        self.blockSignals(True)
        while self.count() > 1:
            self.removeItem(1)
        self.blockSignals(False)
        self._options = options

    def showPopup(self) -> None:
        self.load()
        self.view().setMinimumWidth(min(360, self.view().sizeHintForColumn(0) + 32))
        super().showPopup()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.load()
        super().focusInEvent(event)

    def choose(self, value: object) -> None:
        """Choose that value, where it is offered."""
        self.load()
        self.setCurrentIndex(max(0, next((n for n in range(self.count()) if self.itemData(n) == value), 0)))

    def clear_choice(self) -> None:
        """Narrow by nothing."""
        self.setCurrentIndex(0)


class FilterBar(QWidget):
    """`changed()` when the person chose something; `apply` puts it into a VisitFilter."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        visits = desk.workspace.store.visit_list
        language = current_language()
        self.period = Choice(_("Period"), _("Any time"), lambda: _periods())
        self.store = Choice(
            _("Store"),
            _("Any store"),
            lambda: [(name or store_id, store_id) for store_id, name in visits.shops()],
        )
        self.form = Choice(
            _("Form"),
            _("Any form"),
            lambda: [(title.get(language) or form_id, form_id) for form_id, title in visits.forms()],
        )
        self.state = Choice(_("State"), _("Any state"), lambda: [(state_text(state), state) for state in STATES])
        self.verdict = Choice(
            _("Verdict"),
            _("Any verdict"),
            lambda: [(verdict_text(verdict), verdict) for verdict in ("pass", "fail", "not_scored")],
        )
        self.score = Choice(_("Score"), _("Any score"), lambda: [(_range(*each), each) for each in SCORES])
        self.auditor = Choice(
            _("Auditor"),
            _("Any auditor"),
            lambda: [(name or auditor_id, auditor_id) for auditor_id, name in visits.visiting_auditors() if auditor_id],
        )
        self.choices = (self.period, self.store, self.form, self.state, self.verdict, self.score, self.auditor)
        flow = Flow()
        flow.add(self.period)
        self._dates = self._between()
        flow.add(self._dates)
        self._dates.hide()
        for choice in self.choices:
            choice.currentIndexChanged.connect(self._tell)
            if choice is not self.period:
                flow.add(choice)
        self.clear_button = button(_("Clear filters"), self.clear, "quiet", desk.icons.beside("x", "muted", off=False))
        flow.add(self.clear_button)
        column(self).addWidget(flow)

    def _between(self) -> QWidget:
        """Two dates, shown where the period is one of one's own."""
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.since, self.until = QLineEdit(), QLineEdit()
        for words, field in ((_("from"), self.since), (_("to"), self.until)):
            field.setPlaceholderText(_("dd/mm/yyyy"))
            field.setFixedWidth(scaled(116))
            field.setAccessibleName(_("Period") + f": {words}")
            field.textChanged.connect(self._tell)
            row.addWidget(label(words, "muted"))
            row.addWidget(field)
        return box

    def _tell(self) -> None:
        self._dates.setVisible(self.period.currentData() == _BETWEEN)
        self.changed.emit()

    @property
    def count(self) -> int:
        """By how many things the list is narrowed."""
        return sum(choice.currentIndex() > 0 for choice in self.choices)

    def clear(self) -> None:
        """Narrow by nothing."""
        for choice in self.choices:
            choice.blockSignals(True)
            choice.clear_choice()
            choice.blockSignals(False)
        self._tell()

    def apply(self, wanted: VisitFilter) -> VisitFilter:
        """`wanted`, narrowed by what is chosen."""
        from_day, to_day = self._days()
        scores = self.score.currentData() or (None, None)
        state = self.state.currentData()
        return wanted._replace(
            states=(state,) if state else (),
            store_id=self.store.currentData() or "",
            form_id=self.form.currentData() or "",
            auditor_id=self.auditor.currentData() or "",
            from_day=from_day,
            to_day=to_day,
            verdict=self.verdict.currentData() or "",
            from_percent=scores[0],
            below_percent=scores[1],
        )

    def _days(self) -> tuple[str, str]:
        wish = self.period.currentData()
        today = self._desk.workspace.clock().date()
        if wish == _BETWEEN:
            return self._typed(self.since, today), self._typed(self.until, today)
        return period_days(wish, today) if wish else ("", "")

    def _typed(self, field: QLineEdit, today: dt.date) -> str:
        """A day that is typed, ISO; "" where it is none yet, which is shown."""
        typed = field.text().strip()
        day = read_date(typed, today)
        restyle(field, wrong=bool(typed) and day is None)
        return day.isoformat() if day else ""


def _periods() -> Options:
    return (
        (_("Today"), "today"),
        (_("Last 7 days"), "week"),
        (_("This month"), "month"),
        (_("Last month"), "last_month"),
        (_("This year"), "year"),
        (_("Last year"), "last_year"),
        (_("From … to …"), _BETWEEN),
    )


def period_days(period: str, today: dt.date) -> tuple[str, str]:
    """The first and last day of a period, ISO, both included."""
    first_of_month = today.replace(day=1)
    before = first_of_month - dt.timedelta(days=1)
    first, last = {
        "today": (today, today),
        "week": (today - dt.timedelta(days=6), today),
        "month": (first_of_month, today),
        "last_month": (before.replace(day=1), before),
        "year": (today.replace(month=1, day=1), today),
        "last_year": (dt.date(today.year - 1, 1, 1), dt.date(today.year - 1, 12, 31)),
    }[period]
    return first.isoformat(), last.isoformat()


def _range(least: float | None, below: float | None) -> str:
    if least is None:
        return _("below {percent}").format(percent=f"{below:g}")
    if below is None:
        return _("{percent} and above").format(percent=f"{least:g}")
    return _("{least} to {below}").format(least=f"{least:g}", below=f"{below:g}")
