"""The functions about dates, times and moments.

Source: the ODK XForms specification. `date()` counts days of the wall clock in the visit's time zone; `date-time()` and
`decimal-date-time()` count from 1970-01-01 00:00 UTC, as all three public engines do.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping

from mshopper.i18n import _
from mshopper.model.rules import values
from mshopper.model.rules.scope import World
from mshopper.model.rules.values import NAN, RuleFailure, RuleValue, to_number, to_text

_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "it": ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"),
}
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "it": ("lun", "mar", "mer", "gio", "ven", "sab", "dom"),
}
"""Short names are kept here, not taken from a library that rewords them: a calculated text must stay the same for ever."""


def now(world: World) -> str:
    """The visit's date and time, with milliseconds and offset."""
    return world.now.isoformat(timespec="milliseconds")


def today(world: World) -> str:
    """The visit's date."""
    return world.now.date().isoformat()


def duration(world: World) -> float:
    """Seconds since the visit began, whole."""
    return float(math.floor((world.now - (world.started or world.now)).total_seconds()))


def to_date(world: World, value: RuleValue) -> str:
    """A date from ISO text or from days since 1970-01-01; "" from "" and from what is no date."""
    single = _first(value)
    if isinstance(single, bool):
        return ""
    if isinstance(single, str) and (found := values.moment(single, world.zone)):
        return found.date().isoformat()
    return values.date_of_days(_count(single))


def to_moment(world: World, value: RuleValue) -> str:
    """A moment from ISO text (a date stays one) or from days since 1970-01-01 00:00 UTC; "" from what is none."""
    single = _first(value)
    if isinstance(single, bool):
        return ""
    if isinstance(single, str) and (found := values.moment(single, world.zone)):
        if len(single.strip()) <= 10:
            return found.date().isoformat()
        return _here(found, world).isoformat(timespec="milliseconds")
    return values.moment_of_days(_count(single), world.zone)


def decimal_moment(world: World, value: RuleValue) -> float:
    """Days since 1970-01-01 00:00 UTC, with their fraction."""
    single = _first(value)
    found = values.instant_days(single, world.zone) if isinstance(single, str) else NAN
    return found if found == found else _count(single)


def decimal_time(world: World, value: RuleValue) -> float:
    """The part of a day that a time of day, or that of a moment, is."""
    single = _first(value)
    number = values.days(single, world.zone) if isinstance(single, str) else _count(single)
    return number - math.floor(number) if math.isfinite(number) else NAN


def formatted(world: World, value: RuleValue, form: str) -> str:
    """A date or moment by the letters of `form`, each behind a %; "" from what is no date.

    Y, y year; m, n month (padded, plain), b its name; d, e day; a weekday; W week; H, h hour; M minute; S second;
    3 millisecond.
    """
    text = to_moment(world, value)
    found = values.moment(text, world.zone)
    if found is None:
        return ""
    parts: list[str] = []
    letters = iter(form)
    for letter in letters:
        if letter != "%":
            parts.append(letter)
            continue
        escape = next(letters, "")
        write = _ESCAPES.get(escape)
        if write is None:
            raise RuleFailure(_("“%{letter}” in a date format means nothing").format(letter=escape))
        parts.append(write(found, world.language))
    return "".join(parts)


def _named(names: Mapping[str, tuple[str, ...]], language: str, index: int) -> str:
    return names.get(language[:2], names["en"])[index]


_ESCAPES: dict[str, Callable[[dt.datetime, str], str]] = {
    "%": lambda _time, _language: "%",
    "Y": lambda time, _language: f"{time.year:04}",
    "y": lambda time, _language: f"{time.year % 100:02}",
    "m": lambda time, _language: f"{time.month:02}",
    "n": lambda time, _language: str(time.month),
    "b": lambda time, language: _named(_MONTHS, language, time.month - 1),
    "d": lambda time, _language: f"{time.day:02}",
    "e": lambda time, _language: str(time.day),
    "a": lambda time, language: _named(_DAYS, language, time.weekday()),
    "W": lambda time, _language: str(time.isocalendar().week),
    "H": lambda time, _language: f"{time.hour:02}",
    "h": lambda time, _language: str(time.hour),
    "M": lambda time, _language: f"{time.minute:02}",
    "S": lambda time, _language: f"{time.second:02}",
    "3": lambda time, _language: f"{time.microsecond // 1000:03}",
}


def _first(value: RuleValue) -> RuleValue:
    if isinstance(value, list):
        return value[0] if value else ""
    return value


def _count(value: RuleValue) -> float:
    """A number of days: a number, or text that is one; a time of day is none."""
    return (
        NAN
        if isinstance(value, str) and ":" in value
        else to_number(to_text(value) if isinstance(value, str) else value)
    )


def _here(found: dt.datetime, world: World) -> dt.datetime:
    return found.replace(tzinfo=world.zone)
