"""Dates and times of day: typed in the usual short ways, set to now by a button, picked from a calendar, or left empty."""

import datetime as dt
import re
from collections.abc import Callable

from PySide6.QtCore import QDate, QLocale, QPoint, Qt
from PySide6.QtWidgets import QCalendarWidget, QHBoxLayout, QLineEdit, QMenu, QWidget, QWidgetAction

from mshopper.i18n import _, current_language
from mshopper.model.answer import Value
from mshopper.ui.filling.inputs.base import Asked, TypedInput
from mshopper.ui.layouts import button, icon_button
from mshopper.ui.theme import scaled

Now = Callable[[], dt.datetime]


class MomentInput(TypedInput):
    """A date, a time, or both; `kind` is date, time or datetime. A datetime carries this machine's offset from UTC."""

    def __init__(self, asked: Asked, now: Now = lambda: dt.datetime.now().astimezone()) -> None:
        super().__init__(asked)
        self._kind = asked.question.type
        self._now = now
        self._offset: dt.tzinfo | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.date_field = self._field(_("Date"), _("dd/mm/yyyy"), 130) if self._kind != "time" else None
        self.time_field = self._field(_("Time of day"), _("hh:mm"), 90) if self._kind != "date" else None
        if self.date_field is not None:
            row.addWidget(self.date_field)
            self._calendar = icon_button(_("Choose from a calendar"), asked.icons.icon("calendar"), self._pick)
            row.addWidget(self._calendar)
        if self.time_field is not None:
            row.addWidget(self.time_field)
        row.addWidget(button(_("Today") if self._kind == "date" else _("Now"), self._set_now))
        row.addWidget(button(_("Clear"), self._clear, "quiet"))
        row.addStretch(1)

    def _field(self, name: str, placeholder: str, width: int) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setPlaceholderText(placeholder)
        field.setFixedWidth(scaled(width))
        field.returnPressed.connect(self.flush)
        self.listen_to(field)
        return field

    def value(self) -> Value:
        date_text = self.date_field.text().strip() if self.date_field else ""
        time_text = self.time_field.text().strip() if self.time_field else ""
        if not date_text and not time_text:
            return None
        typed = " ".join(part for part in (date_text, time_text) if part)
        today = self._now().date()
        day = read_date(date_text, today) if self.date_field else today
        clock = read_time(time_text) if self.time_field else dt.time()
        if day is None or clock is None:
            return typed
        if self._kind == "date":
            return day.isoformat()
        if self._kind == "time":
            return clock.isoformat()
        zone = self._offset or self._now().tzinfo
        return dt.datetime.combine(day, clock, zone).isoformat()

    def show_value(self, value: Value) -> None:
        day, clock, self._offset = _parts(str(value or ""), self._kind)
        if self.date_field is not None:
            self.date_field.setText(day)
        if self.time_field is not None:
            self.time_field.setText(clock)

    def tidy(self) -> None:
        value = self.value()
        if value is not None and value == self._shown and _parts(str(value), self._kind)[:2] != ("", ""):
            self.show_value(value)

    def focus_target(self) -> QWidget:
        return self.date_field or self.time_field or self

    def _set_now(self) -> None:
        now = self._now().replace(microsecond=0, second=0)
        shown = {"date": now.date().isoformat(), "time": now.time().isoformat(), "datetime": now.isoformat()}
        self.show_value(shown[self._kind])
        self.flush()

    def _clear(self) -> None:
        self.show_value(None)
        self.flush()

    def _pick(self) -> None:
        assert self.date_field is not None
        menu = QMenu(self)
        calendar = QCalendarWidget()
        calendar.setLocale(QLocale(current_language()))
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setAccessibleName(_("Calendar"))
        today = self._now().date()
        day = read_date(self.date_field.text(), today) or today
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(calendar)
        menu.addAction(holder)
        calendar.clicked.connect(lambda chosen: self._picked(menu, chosen))
        calendar.activated.connect(lambda chosen: self._picked(menu, chosen))
        menu.exec(self._calendar.mapToGlobal(QPoint(0, self._calendar.height())))

    def _picked(self, menu: QMenu, chosen: QDate) -> None:
        assert self.date_field is not None
        menu.close()
        self.date_field.setText(_written_date(dt.date(chosen.year(), chosen.month(), chosen.day())))
        self.flush()


def read_date(typed: str, today: dt.date) -> dt.date | None:
    """A date typed as day, month and perhaps year ("21/11/2026", "21.11", "2111"), or as ISO; None where it is none."""
    parts = re.findall(r"\d+", typed)
    if len(parts) == 1 and len(parts[0]) in (4, 6, 8):
        digits = parts[0]
        parts = [digits[:2], digits[2:4], *([digits[4:]] if digits[4:] else [])]
    if len(parts) == 3 and len(parts[0]) == 4:
        parts.reverse()
    if not 2 <= len(parts) <= 3 or re.search(r"[^\d\s./-]", typed):
        return None
    year = int(parts[2]) if len(parts) == 3 else today.year
    try:
        return dt.date(year + 2000 if year < 100 else year, int(parts[1]), int(parts[0]))
    except ValueError:
        return None


def read_time(typed: str) -> dt.time | None:
    """A time of day typed as "14:05", "14.05", "1405" or "14"; None where it is none."""
    match = re.fullmatch(r"(\d{1,2})(?:[:.\s]?(\d{2}))?(?:[:.](\d{2}))?", typed.strip())
    if match is None:
        return None
    try:
        hour, minute, second = (int(part or 0) for part in match.groups())
        return dt.time(hour, minute, second)
    except ValueError:
        return None


def _parts(value: str, kind: str) -> tuple[str, str, dt.tzinfo | None]:
    try:
        if kind == "date":
            return _written_date(dt.date.fromisoformat(value)), "", None
        if kind == "time":
            return "", _written_time(dt.time.fromisoformat(value)), None
        moment = dt.datetime.fromisoformat(value)
        return _written_date(moment.date()), _written_time(moment.time()), moment.tzinfo
    except ValueError:
        day, _space, clock = value.partition(" ")
        return (day, clock, None) if kind == "datetime" else (value, value, None)


def _written_date(day: dt.date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _written_time(clock: dt.time) -> str:
    return clock.strftime("%H:%M:%S" if clock.second else "%H:%M")
