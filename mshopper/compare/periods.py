"""Periods of the calendar, and the two whose change a comparison tells."""

import datetime as dt
from dataclasses import dataclass

from mshopper.model.comparison import PERIODS, Filters


@dataclass(frozen=True, slots=True)
class Span:
    """A period by its name (2026-11, 2026-Q4, 2026; a filter's own "2026-10-03/2026-10-20"), its first and last day."""

    name: str
    first: str
    last: str

    @property
    def days(self) -> tuple[str, str]:
        """First and last day, ISO."""
        return self.first, self.last


def period_of(day: str, length: str) -> Span | None:
    """The month, quarter or year of an ISO date; None for what is no date."""
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        return None
    if length == "year":
        return _span(date.year, 1, 12, f"{date.year:04d}")
    if length == "quarter":
        quarter = (date.month + 2) // 3
        return _span(date.year, 3 * quarter - 2, 3 * quarter, f"{date.year:04d}-Q{quarter}")
    return _span(date.year, date.month, date.month, f"{date.year:04d}-{date.month:02d}")


def before(span: Span, length: str) -> Span | None:
    """The period before; None at the beginning of time."""
    first = dt.date.fromisoformat(span.first)
    return None if first == dt.date.min else period_of((first - dt.timedelta(days=1)).isoformat(), length)


def periods_between(first_day: str, last_day: str, length: str) -> list[Span]:
    """Every period from the one of the first day to the one of the last, in order."""
    first, span = period_of(first_day, length), period_of(last_day, length)
    found = []
    while first and span and span.first >= first.first:
        found.append(span)
        span = before(span, length)
    return found[::-1]


def compared_periods(filters: Filters, last_day: str, length: str) -> tuple[Span, Span] | None:
    """The earlier and the later period whose change is told.

    With a first day in the filters: their days, and as many days (or the calendar's period) before them; else the calendar's
    period of `last_day` and the one before. None where there is no visit with a date, or where months were chosen one by one.
    """
    try:
        last = dt.date.fromisoformat(filters.last_day or last_day)
        if not filters.first_day:
            last = min(last, dt.date.fromisoformat(last_day))
        first = dt.date.fromisoformat(filters.first_day) if filters.first_day else None
    except ValueError:
        return None
    if filters.months:
        return None
    if first is None:
        later = period_of(last.isoformat(), length)
        earlier = before(later, length) if later else None
        return (earlier, later) if earlier and later else None
    for whole in PERIODS:
        span = period_of(first.isoformat(), whole)
        if span and span.days == (first.isoformat(), last.isoformat()) and (earlier := before(span, whole)):
            return earlier, span
    took = last - first
    if took.days < 0 or first.toordinal() - took.days <= 1:
        return None
    end = first - dt.timedelta(days=1)
    return _days(end - took, end), _days(first, last)


def is_of_months(first_day: str, last_day: str) -> bool:
    """Whether these days begin with the first of a month and end with the last of one."""
    first, last = period_of(first_day, "month"), period_of(last_day, "month")
    return bool(first and last and first.first == first_day and last.last == last_day)


def _span(year: int, first_month: int, last_month: int, name: str) -> Span:
    following = dt.date(year, last_month, 28) + dt.timedelta(days=4)
    last = following - dt.timedelta(days=following.day)
    return Span(name, dt.date(year, first_month, 1).isoformat(), last.isoformat())


def _days(first: dt.date, last: dt.date) -> Span:
    return Span(f"{first.isoformat()}/{last.isoformat()}", first.isoformat(), last.isoformat())
