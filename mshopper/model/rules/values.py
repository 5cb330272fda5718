"""What an expression's values are and how they turn into each other, as ODK bends XPath 1.0.

A value is text, a float, a bool, or a list of atoms (a nodeset's values); an *atom* is text or a float. Dates are their
ISO text and turn into days since 1970-01-01 where a number is wanted, so that dates compare and a date plus 1 is the next
day (ODK XForms specification, "XPath functions" and JavaRosa's XPathFuncExpr). Numbers within 1e-12 are equal, as in
JavaRosa, so that `6.1 - 7.8 = -1.7` is true.
"""

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any

Atom = str | float
RuleValue = Any
"""str | float | bool | list[Atom]; Any keeps the closures free of casts."""

TOLERANCE = 1e-12
NAN = float("nan")

_NUMBER = re.compile(r"\s*-?(\d+(\.\d*)?|\.\d+)\s*")
_DATE = re.compile(
    r"(-?\d{4,})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(Z|[+-]\d{2}:?(?:\d{2})?)?)?"
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(?:Z|[+-]\d{2}:?(?:\d{2})?)?")
_MIDNIGHT = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EPOCH = _MIDNIGHT.toordinal()


class RuleFailure(Exception):  # noqa: N818 - a rule that can't be evaluated on these answers; the visit goes on without it
    """What made this evaluation impossible, in one sentence."""


def to_number(value: RuleValue) -> float:
    """The number that a value stands for; NaN where it stands for none."""
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        if _NUMBER.fullmatch(value):
            return float(value)
        return days(value)
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return to_number(value[0]) if value else NAN


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
        return value == value and value != 0.0
    return len(value) > 0


def number_text(number: float) -> str:
    """A number as XPath writes it: no exponent, no ".0"."""
    if number != number:
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number.is_integer():
        return str(int(number))
    text = repr(number)
    return format(Decimal(text), "f") if "e" in text else text


def plain_number(number: float) -> str:
    """A calculated number as it is kept: 15 significant digits, so that 0.1 + 0.2 is kept as 0.3; "" for NaN."""
    if number != number or math.isinf(number):
        return ""
    text = format(Decimal(f"{number:.15g}"), "f")
    return "0" if text == "-0" else text


def equal(left: RuleValue, right: RuleValue) -> bool:
    """XPath 1.0, section 3.4, with JavaRosa's tolerance between numbers."""
    if isinstance(left, list) or isinstance(right, list):
        return _any_pair(equal, left, right)
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, float) or isinstance(right, float):
        difference = to_number(left) - to_number(right)
        return abs(difference) < TOLERANCE or to_number(left) == to_number(right)
    return bool(left == right)


def unequal(left: RuleValue, right: RuleValue) -> bool:
    """Some pair differs; for single values the opposite of `equal`."""
    if isinstance(left, list) or isinstance(right, list):
        return _any_pair(unequal, left, right)
    return not equal(left, right)


def less(left: RuleValue, right: RuleValue) -> bool:
    """left < right as numbers, dates being days."""
    if isinstance(left, list) or isinstance(right, list):
        return _any_pair(less, left, right)
    return to_number(left) < to_number(right)


def less_or_equal(left: RuleValue, right: RuleValue) -> bool:
    """left <= right as numbers, dates being days."""
    if isinstance(left, list) or isinstance(right, list):
        return _any_pair(less_or_equal, left, right)
    return to_number(left) <= to_number(right)


def _any_pair(compare: Any, left: RuleValue, right: RuleValue) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return bool(compare(to_boolean(left), to_boolean(right)))
    lefts = left if isinstance(left, list) else [left]
    rights = right if isinstance(right, list) else [right]
    return any(compare(a, b) for a in lefts for b in rights)


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


def days(text: str) -> float:
    """Days since 1970-01-01 of an ISO date or datetime (wall clock), the part of a day of a time; NaN for other text."""
    if len(text) < 4 or not text[-1:].isalnum():
        return NAN
    if match := _DATE.fullmatch(text.strip()):
        year, month, day, hours, minutes, seconds, fraction, _offset = match.groups()
        try:
            whole = dt.date(int(year), int(month), int(day)).toordinal() - _EPOCH
        except (ValueError, OverflowError):
            return NAN
        return whole + _part_of_day(hours, minutes, seconds, fraction)
    if match := _TIME.fullmatch(text.strip()):
        return _part_of_day(*match.groups())
    return NAN


def _part_of_day(hours: str | None, minutes: str | None, seconds: str | None, fraction: str | None) -> float:
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(fraction or 0)
    return total / 86400


def date_of_days(number: float) -> str:
    """The ISO date of days since 1970-01-01; "" where there is none."""
    if number != number or math.isinf(number):
        return ""
    try:
        return dt.date.fromordinal(math.floor(number + TOLERANCE) + _EPOCH).isoformat()
    except (ValueError, OverflowError):
        return ""


def moment_of_days(number: float, zone: dt.tzinfo | None) -> str:
    """The ISO date and time, in `zone`, of days since 1970-01-01 00:00 there; "" where there is none."""
    if number != number or math.isinf(number):
        return ""
    try:
        moment = _MIDNIGHT + dt.timedelta(milliseconds=round(number * 86_400_000))
    except OverflowError:
        return ""
    return moment.replace(tzinfo=zone).isoformat(timespec="milliseconds")
