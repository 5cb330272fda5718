"""What is compared, by what, and what narrows it: the choices over the compare screen, and the chips that say them."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from mshopper.i18n import _, format_number, ngettext
from mshopper.model.comparison import KEYS, PERIODS, Filters, Measure, Offer
from mshopper.model.comparison_words import key_title, measure_title
from mshopper.ui.compare.choice import NARROWINGS, Chip, Choice, chips, value_words, with_value, without
from mshopper.ui.desk import Desk
from mshopper.ui.filling.inputs.moments import read_date
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, column
from mshopper.ui.theme import restyle, scaled
from mshopper.ui.visits.filters import Choice as ChoiceBox
from mshopper.ui.visits.filters import period_days

LEAST_VISITS = (1, 2, 3, 5, 10, 20)
_NARROWEST, _WIDEST = 124, 240
_MEASURE = 180
_BETWEEN = "between"


class TopBar(QWidget):
    """Whose visits, grouped by what, which measure, over which periods, from how many visits. `changed(choice)`."""

    changed = Signal(object)

    def __init__(self, desk: Desk, choice: Choice) -> None:
        super().__init__()
        self._choice = choice
        folder = desk.settings.head_office
        self.source = _box(_("Whose visits"))
        self.source.addItem(_("Visits of this laptop"), "")
        if folder:
            self.source.addItem(_("All visits at head office"), folder)
        self.by = _box(_("Compare by"))
        for key in KEYS:
            self.by.addItem(_("By: {key}").format(key=key_title(key)), key)
        self.measure = _box(_("What is compared"))
        self.measure.addItem(measure_title(Measure()), "percent")
        self.period = _box(_("Change from one … to the next"))
        for period in PERIODS:
            self.period.addItem(_("Change by: {period}").format(period=key_title(period)), period)
        self.least = _box(_("Least number of visits"))
        for n in LEAST_VISITS:
            words = ngettext("from {n} visit", "from {n} visits", n).format(n=format_number(n))
            self.least.addItem(words, n)
        flow = Flow()
        for box in (self.source, self.by, self.measure, self.period, self.least):
            flow.add(box)
            _fit(box)
            box.currentIndexChanged.connect(self._tell)
        self._flow = flow
        column(self).addWidget(flow)
        self.show_choice(choice)

    def add(self, widget: QWidget) -> None:
        """A button behind the choices."""
        self._flow.add(widget)

    def show_choice(self, choice: Choice) -> None:
        """Show what is chosen, without telling."""
        self._choice = choice
        values = (
            (self.source, choice.folder),
            (self.by, choice.by),
            (self.measure, str(choice.measure)),
            (self.period, choice.period),
            (self.least, choice.minimum_n),
        )
        for box, value in values:
            box.blockSignals(True)
            box.setCurrentIndex(max(0, box.findData(value)))
            box.blockSignals(False)

    def offer(self, offer: Offer) -> None:
        """Offer what there is to measure."""
        self.measure.blockSignals(True)
        self.measure.clear()
        self.measure.addItem(measure_title(Measure()), "percent")
        for name, title in offer.measures.items():
            kind = measure_title(Measure.parse(name)).partition(":")[0]
            self.measure.addItem(f"{kind}: {title}", name)
        self.measure.setCurrentIndex(max(0, self.measure.findData(str(self._choice.measure))))
        _fit(self.measure, _MEASURE)
        self.measure.blockSignals(False)

    def _tell(self) -> None:
        chosen = replace(
            self._choice,
            folder=self.source.currentData(),
            by=self.by.currentData(),
            measure=Measure.parse(self.measure.currentData()),
            period=self.period.currentData(),
            minimum_n=self.least.currentData(),
        )
        if chosen != self._choice:
            self.changed.emit(chosen)


class FilterPanel(QWidget):
    """A choice for each thing that narrows; each one chosen is added to what narrows already. `changed(filters)`."""

    changed = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._filters = Filters()
        self._offer: Offer | None = None
        self.boxes: dict[str, ChoiceBox] = {}
        flow = Flow()
        self.days = ChoiceBox(_("Period"), _("Any time"), _days)
        self.days.activated.connect(self._take_days)
        flow.add(self.days)
        self.since, self.until = QLineEdit(), QLineEdit()
        for words, field in ((_("from"), self.since), (_("to"), self.until)):
            field.setPlaceholderText(f"{words} {_('dd/mm/yyyy')}")
            field.setFixedWidth(scaled(148))
            field.setAccessibleName(_("Period") + f": {words}")
            field.editingFinished.connect(self._take_typed)
            flow.add(field)
            field.hide()
        for key, name in NARROWINGS:
            box = ChoiceBox(_narrowing(key), f"{_narrowing(key)} …", _options(key, self._offered))
            box.activated.connect(partial(self._take, box, name))
            _fit(box)
            self.boxes[key] = box
            flow.add(box)
        column(self).addWidget(flow)

    def show_filters(self, filters: Filters, offer: Offer | None) -> None:
        """Start from these filters, and offer these values."""
        self._filters = filters
        if offer is not None and offer is not self._offer:
            self._offer = offer
            for key, box in self.boxes.items():
                box.offer_anew(_options(key, self._offered))
                box.setVisible(bool(list(_options(key, self._offered)())))

    def _offered(self) -> Offer | None:
        return self._offer

    def _take(self, box: ChoiceBox, name: str, _index: int = 0) -> None:
        value = box.currentData()
        box.clear_choice()
        if value is not None:
            self.changed.emit(with_value(self._filters, name, value))

    def _take_days(self) -> None:
        wish = self.days.currentData()
        self.days.clear_choice()
        for field in (self.since, self.until):
            field.setVisible(wish == _BETWEEN)
        if wish == _BETWEEN:
            self.since.setFocus()
            return
        today = self._desk.workspace.clock().date()
        first, last = period_days(wish, today) if wish else ("", "")
        self.changed.emit(replace(self._filters, first_day=first, last_day=last))

    def _take_typed(self) -> None:
        """The days that are typed; what is no day yet is shown as such."""
        today = self._desk.workspace.clock().date()
        days = []
        for field in (self.since, self.until):
            typed = field.text().strip()
            day = read_date(typed, today)
            restyle(field, wrong=bool(typed) and day is None)
            days.append(day.isoformat() if day else "")
        if (days[0], days[1]) != (self._filters.first_day, self._filters.last_day):
            self.changed.emit(replace(self._filters, first_day=days[0], last_day=days[1]))


class Chips(QWidget):
    """What narrows the comparison, each on a button that takes it away. `changed(filters)`."""

    changed = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._buttons: list[QWidget] = []
        self._flow = Flow()
        column(self).addWidget(self._flow)
        self.hide()

    def show_filters(self, filters: Filters, offer: Offer | None) -> None:
        """Show a chip for each thing."""
        for made in self._buttons:
            self._flow.remove(made)
            made.hide()
            made.deleteLater()
        self._buttons = []
        for chip in chips(filters, offer):
            made = self._button(chip.words, partial(self._take_away, filters, chip))
            made.setAccessibleName(_("Take away: {what}").format(what=chip.words))
        if self._buttons:
            self._button(_("Clear filters"), lambda: self.changed.emit(Filters()))
        self.setVisible(bool(self._buttons))

    def _take_away(self, filters: Filters, chip: Chip) -> None:
        self.changed.emit(without(filters, chip))

    def _button(self, words: str, slot: Callable[[], object]) -> QWidget:
        made = button(words, slot, "quiet", self._desk.icons.beside("x", "muted", off=False))
        self._buttons.append(made)
        self._flow.add(made)
        return made


def _fit(box: QComboBox, widest: int = _WIDEST) -> None:
    """Make a box as wide as its words, within limits."""
    words = max(box.fontMetrics().horizontalAdvance(box.itemText(n)) for n in range(box.count()))
    box.setFixedWidth(min(max(scaled(_NARROWEST), words + scaled(52)), scaled(widest)))


def _box(name: str) -> ChoiceBox:
    box = ChoiceBox(name, "", lambda: ())
    box.clear()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def _narrowing(key: str) -> str:
    return {"verdict": _("Verdict"), "status": _("State")}.get(key) or key_title(key)


def _options(key: str, offered: Callable[[], Offer | None]) -> Callable[[], list[tuple[str, object]]]:
    def options() -> list[tuple[str, object]]:
        offer = offered()
        if key == "status":
            return [(value_words(key, each, offer), each) for each in ("submitted", "approved")]
        ids = offer.values.get(key, {}) if offer else {}
        if key == "verdict":
            ids = {each: each for each in ids if each in ("pass", "fail", "not_scored")}
        values = [(value_words(key, each, offer), int(each) if key in ("weekday", "hour") else each) for each in ids]
        return list[tuple[str, object]](values if key in ("weekday", "hour") else sorted(values, key=_by_name))

    return options


def _by_name(option: tuple[str, object]) -> str:
    return option[0].casefold()


def _days() -> list[tuple[str, object]]:
    return [
        (_("Last 7 days"), "week"),
        (_("This month"), "month"),
        (_("Last month"), "last_month"),
        (_("This year"), "year"),
        (_("Last year"), "last_year"),
        (_("From … to …"), _BETWEEN),
    ]
