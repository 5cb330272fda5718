"""What an expression's values are and how they turn into each other, as ODK bends XPath 1.0.

A value is text, a float, a bool, or a list of atoms (a nodeset's values); an *atom* is text or a float. Dates are their
ISO text and turn into days since 1970-01-01 where a number is wanted, so that dates compare and a date plus 1 is the next
day (ODK XForms specification, "XPath functions"). Those days are of the wall clock in the visit's time zone, as in
JavaRosa: whole for a date, and never off by an hour across a clock change, as in the two engines for browsers. Numbers
within 1e-12 are equal, so that `6.1 - 7.8 = -1.7` is true. The decimal comma is read, as on JavaRosa.
"""

import datetime as dt
import math
import operator
import re
from decimal import Decimal
from typing import Any

Atom = str | float
RuleValue = Any
"""str | float | bool | list[Atom]; Any keeps the closures free of casts."""

TOLERANCE = 1e-12
NAN = float("nan")

_NUMBER = re.compile(r"\s*-?([0-9]+([.,][0-9]*)?|[.,][0-9]+)\s*")
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?\s*(Z|[+-][0-9]{2}:?(?:[0-9]{2})?)?)?"
)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?\s*(Z|[+-][0-9]{2}:?(?:[0-9]{2})?)?")
_MIDNIGHT = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EPOCH = _MIDNIGHT.toordinal()


class RuleFailure(Exception):  # noqa: N818 - a rule that can't be evaluated on these answers; the visit goes on without it
    """What made this evaluation impossible, in one sentence."""


def to_number(value: RuleValue, zone: dt.tzinfo | None = None) -> float:
    """The number that a value stands for; NaN where it stands for none. `zone` is the visit's, for moments."""
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        if _NUMBER.fullmatch(value):
            return float(value.replace(",", "."))
        return days(value, zone)
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return to_number(value[0], zone) if value else NAN


def to_text(value: RuleValue) -> str:
    """A value as text; a nodeset's is that of its first node."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    return to_text(value[0]) if value else ""


def to_boolean(value: RuleValue) -> bool:
    """Whether a value counts as true: a number but 0 and NaN, any text but "", any nodeset that has nodes."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value == value and abs(value) > TOLERANCE
    return len(value) > 0


def number_text(number: float) -> str:
    """A number as XPath writes it: no exponent, no ".0"."""
    if number != number:
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number.is_integer():
        return str(int(number)) if abs(number) < 1e15 else format(Decimal(repr(number)), "f").removesuffix(".0")
    text = repr(number)
    return format(Decimal(text), "f") if "e" in text else text


def plain_number(number: float) -> str:
    """A calculated number as it is kept: 15 significant digits, so that 0.1 + 0.2 is kept as 0.3; "" for NaN."""
    if number != number or math.isinf(number):
        return ""
    text = format(Decimal(f"{number:.15g}"), "f")
    return "0" if text == "-0" else text


def equal(left: RuleValue, right: RuleValue, zone: dt.tzinfo | None = None) -> bool:
    """XPath 1.0, section 3.4, with JavaRosa's tolerance between numbers; two dates or moments as times."""
    if isinstance(left, list) or isinstance(right, list):
        return _any_pair(equal, left, right, zone)
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right or _same_time(left, right, zone)
    first, second = to_number(left, zone), to_number(right, zone)
    return first == second or abs(first - second) < TOLERANCE


def _same_time(left: str, right: str, zone: dt.tzinfo | None) -> bool:
    """Whether both are dates or moments and the same; asked where the texts differ, so one of them has a time of day."""
    if max(len(left), len(right)) <= 10 or not is_date(left) or not is_date(right):
        return False
    return days(left, zone) == days(right, zone)


def unequal(left: RuleValue, right: RuleValue, zone: dt.tzinfo | None = None) -> bool:
    """Some pair differs; for single values the opposite of `equal`."""
    if isinstance(left, list) or isinstance(right, list):
        return _any_pair(unequal, left, right, zone)
    return not equal(left, right, zone)


def less(left: RuleValue, right: RuleValue, zone: dt.tzinfo | None = None) -> bool:
    """left < right as numbers, dates being days."""
    if isinstance(left, list) or isinstance(right, list):
        return _any_number(operator.lt, left, right, zone)
    return to_number(left, zone) < to_number(right, zone)


def less_or_equal(left: RuleValue, right: RuleValue, zone: dt.tzinfo | None = None) -> bool:
    """left <= right as numbers, dates being days."""
    if isinstance(left, list) or isinstance(right, list):
        return _any_number(operator.le, left, right, zone)
    return to_number(left, zone) <= to_number(right, zone)


def _any_pair(compare: Any, left: RuleValue, right: RuleValue, zone: dt.tzinfo | None) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return bool(compare(to_boolean(left), to_boolean(right)))
    return any(compare(a, b, zone) for a in _listed(left) for b in _listed(right))


def _any_number(compare: Any, left: RuleValue, right: RuleValue, zone: dt.tzinfo | None) -> bool:
    """Whether some pair compares so: by the extremes, for n * m pairs of two long lists would take for ever."""
    lefts = [number for atom in _listed(left) if (number := to_number(atom, zone)) == number]
    rights = [number for atom in _listed(right) if (number := to_number(atom, zone)) == number]
    return bool(lefts and rights and compare(min(lefts), max(rights)))


def _listed(value: RuleValue) -> list[RuleValue]:
    return value if isinstance(value, list) else [value]


def divide(left: float, right: float) -> float:
    """IEEE 754 division: by zero gives an infinity or NaN, never an error."""
    if right:
        return left / right
    if not left or left != left:
        return NAN
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """`mod`: the sign of the dividend, as in XPath 1.0."""
    if not right or math.isinf(left) or left != left or right != right:
        return NAN
    return math.fmod(left, right)


def is_date(text: str) -> bool:
    """Whether the text is an ISO date, perhaps with a time of day."""
    return len(text) > 7 and text[4:5] == "-" and moment(text, None) is not None


def moment(text: str, zone: dt.tzinfo | None) -> dt.datetime | None:
    """The wall-clock time in `zone` of an ISO date, or date and time; None for other text.

    Without `zone`, or where the text has no offset, it is the time as written.
    """
    if len(text) < 8 or (match := _DATE.fullmatch(text.strip())) is None:
        return None
    year, month, day, hours, minutes, seconds, fraction, offset = match.groups()
    try:
        written = dt.datetime(  # noqa: DTZ001 - a wall clock has no zone
            int(year), int(month), int(day), int(hours or 0), int(minutes or 0), int(seconds or 0), _micro(fraction)
        )
        if not offset or zone is None:
            return written
        return written.replace(tzinfo=_zone_of(offset)).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def clock(text: str, zone: dt.tzinfo | None) -> float:
    """The part of a day that a time of day is, by the wall clock in `zone`; NaN for other text."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return NAN
    hours, minutes, seconds, fraction, offset = match.groups()
    try:
        written = dt.datetime(2000, 1, 1, int(hours), int(minutes), int(seconds or 0), _micro(fraction))  # noqa: DTZ001
        if offset and zone is not None:
            written = written.replace(tzinfo=_zone_of(offset)).astimezone(zone)
        elif offset:
            _zone_of(offset)
    except (ValueError, OverflowError):
        return NAN
    return _part_of_day(written)


def _micro(fraction: str | None) -> int:
    return int((fraction or ".0")[1:7].ljust(6, "0"))


def _zone_of(offset: str) -> dt.timezone:
    """The time zone of "Z", "+02:00", "+0200" or "+02". Raises ValueError beyond a day."""
    if offset == "Z":
        return dt.UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:
        raise ValueError(offset)
    apart = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-apart if offset[0] == "-" else apart)


def days(text: str, zone: dt.tzinfo | None = None) -> float:
    """Days since 1970-01-01 of an ISO date or moment, the part of a day of a time; NaN for other text. Wall clock in `zone`."""
    if len(text) < 4 or not text[-1:].isalnum():
        return NAN
    if found := moment(text, zone):
        return found.toordinal() - _EPOCH + _part_of_day(found)
    return clock(text, zone)


def _part_of_day(time: dt.datetime) -> float:
    return (time.hour * 3600 + time.minute * 60 + time.second + time.microsecond / 1e6) / 86400


def date_of_days(number: float) -> str:
    """The ISO date of days since 1970-01-01, without what is behind the point; "" where there is none."""
    if not math.isfinite(number):
        return ""
    try:
        return dt.date.fromordinal(math.trunc(number + math.copysign(TOLERANCE, number)) + _EPOCH).isoformat()
    except (ValueError, OverflowError):
        return ""


def instant_days(text: str, zone: dt.tzinfo) -> float:
    """Days since 1970-01-01 00:00 UTC of a moment; one without offset is in `zone`. NaN for other text."""
    found = moment(text, zone)
    if found is None:
        return NAN
    try:
        return (found.replace(tzinfo=zone) - _MIDNIGHT) / dt.timedelta(days=1)
    except OverflowError:
        return NAN


def moment_of_days(number: float, zone: dt.tzinfo) -> str:
    """The ISO date and time, in `zone`, of days since 1970-01-01 00:00 UTC; "" where there is none."""
    if not math.isfinite(number):
        return ""
    try:
        found = _MIDNIGHT + dt.timedelta(milliseconds=round(number * 86_400_000))
        return found.astimezone(zone).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        return ""
