"""The functions that expressions may call, as a table of small functions over values.

Source: the ODK XForms specification ("XPath functions") and the XLSForm one. What needs more than values (which
question an argument names, which branch to take) is compiled in `special`.
"""

import datetime as dt
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from mshopper.i18n import _
from mshopper.model.rules import date_functions as dates
from mshopper.model.rules import list_functions as lists
from mshopper.model.rules.values import NAN, RuleFailure, RuleValue, to_boolean, to_number, to_text

MANY = 1_000

REGEX_SECONDS = 0.25
"""How long one pattern may take on one answer; a pattern that backtracks for ever must not stop the auditor."""


_LONGEST_PATTERN = 1_000


@dataclass(frozen=True, slots=True)
class Function:
    """How a function is called: what its arguments turn into, how many there may be, and what it gives.

    `takes` is a letter an argument, the last one for all further ones: n number, s text, b boolean, v as it is, a
    all atoms of a nodeset, m the numbers among them (blanks left out, as in Collect). `world` functions get the World
    first. `gives` is number, text, boolean or any. `here` functions take `.` where they are given nothing.
    """

    run: Callable[..., RuleValue]
    takes: str
    least: int
    most: int
    gives: str = "any"
    world: bool = False
    here: bool = False


def rounded(number: float, digits: float = 0.0) -> float:
    """To `digits` places (negative: tens, hundreds, …), half away from zero.

    Two of the three engines round -1.5 to -2, as Excel does; JavaRosa rounds it to -1.
    """
    if not math.isfinite(number):
        return number
    if not abs(digits) <= 30:
        return NAN
    places = int(digits)
    scaled = Decimal(repr(number)).scaleb(places)
    return float(scaled.to_integral_value(ROUND_HALF_UP).scaleb(-places))


def integer(number: float) -> float:
    """Without what is behind the point."""
    return float(math.trunc(number)) if math.isfinite(number) else number


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text matches the regular expression: ODK's documentation and Collect; browsers look for a part."""
    try:
        return _pattern(pattern).fullmatch(text, timeout=REGEX_SECONDS) is not None
    except TimeoutError:
        raise RuleFailure(_("the pattern “{pattern}” takes too long").format(pattern=pattern)) from None


@lru_cache(maxsize=512)
def _pattern(pattern: str) -> Any:
    if len(pattern) > _LONGEST_PATTERN:
        raise RuleFailure(_("a pattern of {n} characters is too long").format(n=len(pattern)))
    import regex  # only here: most forms have no pattern, and it takes longer to load than all else of the rules

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of doubtful spellings, which the form's author can't see
            return regex.compile(pattern)
    except (regex.error, OverflowError, RecursionError, ValueError):
        raise RuleFailure(_("“{pattern}” is not a pattern that can be read").format(pattern=pattern)) from None


def is_selected(chosen: str, choice: str) -> bool:
    """Whether `choice` is among the choices, which are joined by blanks."""
    return f" {choice.strip()} " in f" {chosen} "


def total(*groups: list[float]) -> float:
    """The sum of the numbers that are there."""
    try:
        return math.fsum(number for numbers in groups for number in numbers)
    except (OverflowError, ValueError):
        return sum(number for numbers in groups for number in numbers)


def smallest(*groups: list[float]) -> float:
    """The least of the numbers that are there; NaN without any, and where one is no number."""
    return _least([number for numbers in groups for number in numbers])


def largest(*groups: list[float]) -> float:
    """The greatest of the numbers that are there; NaN without any, and where one is no number."""
    return -_least([-number for numbers in groups for number in numbers])


def _least(numbers: list[float]) -> float:
    return NAN if any(number != number for number in numbers) else min(numbers, default=NAN)


def part(text: str, start: float, end: float = math.inf) -> str:
    """`substr`: from `start` (0-based) up to `end`; negative positions count from the end."""
    size = len(text)

    def place(position: float) -> int:
        if position != position:
            return 0
        at = int(max(-size, min(size, position)))
        return at + size if at < 0 else at

    return text[place(start) : place(end)]


def substring(text: str, start: float, length: float | None = None) -> str:
    """XPath's own `substring`: `length` characters from `start` (1-based), both rounded; all the rest without `length`."""
    first = _half_up(start)
    end = math.inf if length is None else first + _half_up(length)
    return "".join(letter for place, letter in enumerate(text, 1) if first <= place < end)


def _half_up(number: float) -> float:
    return math.floor(number + 0.5) if math.isfinite(number) else number


def _power(base: float, exponent: float) -> float:
    try:
        result = base**exponent
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ZeroDivisionError:
        return math.inf
    return result if isinstance(result, float) else NAN


def _real(function: Callable[..., float]) -> Callable[..., float]:
    def run(*numbers: float) -> float:
        try:
            return function(*numbers)
        except (ValueError, ZeroDivisionError):
            return NAN
        except OverflowError:
            return math.inf

    return run


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    return _real(lambda number: function(number) if number else -math.inf)


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda number: float(function(number)) if math.isfinite(number) else number


def _from_text(text: str) -> bool:
    return text.lower() == "true" or text == "1"


def _before(text: str, mark: str) -> str:
    return text.partition(mark)[0] if mark and mark in text else ""


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


def _translate(text: str, old: str, new: str) -> str:
    table: dict[int, str | None] = {}
    for index, character in enumerate(old):
        table.setdefault(ord(character), new[index] if index < len(new) else None)
    return text.translate(table)


def _selected_at(chosen: str, index: float) -> str:
    names = chosen.split()
    return names[int(index)] if index == index and 0 <= index < len(names) else ""


def _coalesce(*found: RuleValue) -> RuleValue:
    return next((value for value in found if to_text(value) not in ("", "NaN")), "")


FUNCTIONS: dict[str, Function] = {
    "selected-at": Function(_selected_at, "sn", 2, 2, "text"),
    "count-selected": Function(lambda chosen: float(len(chosen.split())), "s", 1, 1, "number"),
    "coalesce": Function(_coalesce, "v", 1, MANY),
    "not": Function(lambda value: not value, "b", 1, 1, "boolean"),
    "true": Function(lambda: True, "", 0, 0, "boolean"),
    "false": Function(lambda: False, "", 0, 0, "boolean"),
    "boolean": Function(lambda value: value, "b", 1, 1, "boolean"),
    "boolean-from-string": Function(_from_text, "s", 1, 1, "boolean"),
    "regex": Function(matches, "ss", 2, 2, "boolean"),
    "string-length": Function(lambda text: float(len(text)), "s", 0, 1, "number", here=True),
    "concat": Function(lists.concat, "a", 0, MANY, "text"),
    "join": Function(lists.join, "sa", 1, MANY, "text"),
    "substr": Function(part, "snn", 2, 3, "text"),
    "substring": Function(substring, "snn", 2, 3, "text"),
    "substring-before": Function(_before, "ss", 2, 2, "text"),
    "substring-after": Function(_after, "ss", 2, 2, "text"),
    "contains": Function(lambda text, part: part in text, "ss", 2, 2, "boolean"),
    "starts-with": Function(lambda text, part: text.startswith(part), "ss", 2, 2, "boolean"),
    "ends-with": Function(lambda text, part: text.endswith(part), "ss", 2, 2, "boolean"),
    "translate": Function(_translate, "sss", 3, 3, "text"),
    "normalize-space": Function(lambda text: " ".join(text.split()), "s", 0, 1, "text", here=True),
    "trim": Function(lambda text: text.strip(), "s", 1, 1, "text"),
    "lower": Function(lambda text: text.lower(), "s", 1, 1, "text"),
    "upper": Function(lambda text: text.upper(), "s", 1, 1, "text"),
    "linebreak": Function(lambda: "\n", "", 0, 0, "text"),
    "empty": Function(lambda text: text == "", "s", 1, 1, "boolean"),
    "string": Function(lambda text: text, "s", 0, 1, "text", here=True),
    "number": Function(lambda number: number, "n", 0, 1, "number", here=True),
    "round": Function(rounded, "nn", 1, 2, "number"),
    "int": Function(integer, "n", 1, 1, "number"),
    "floor": Function(_whole(math.floor), "n", 1, 1, "number"),
    "ceiling": Function(_whole(math.ceil), "n", 1, 1, "number"),
    "abs": Function(abs, "n", 1, 1, "number"),
    "pow": Function(_power, "nn", 2, 2, "number"),
    "sqrt": Function(_real(math.sqrt), "n", 1, 1, "number"),
    "exp": Function(_real(math.exp), "n", 1, 1, "number"),
    "exp10": Function(lambda number: _power(10.0, number), "n", 1, 1, "number"),
    "log": Function(_logarithm(math.log), "n", 1, 1, "number"),
    "log10": Function(_logarithm(math.log10), "n", 1, 1, "number"),
    "pi": Function(lambda: math.pi, "", 0, 0, "number"),
    "sin": Function(_real(math.sin), "n", 1, 1, "number"),
    "cos": Function(_real(math.cos), "n", 1, 1, "number"),
    "tan": Function(_real(math.tan), "n", 1, 1, "number"),
    "asin": Function(_real(math.asin), "n", 1, 1, "number"),
    "acos": Function(_real(math.acos), "n", 1, 1, "number"),
    "atan": Function(_real(math.atan), "n", 1, 1, "number"),
    "atan2": Function(_real(math.atan2), "nn", 2, 2, "number"),
    "min": Function(smallest, "m", 1, MANY, "number"),
    "max": Function(largest, "m", 1, MANY, "number"),
    "sum": Function(total, "m", 1, 1, "number"),
    "checklist": Function(lists.checklist, "nna", 2, MANY, "boolean"),
    "weighted-checklist": Function(lists.weighted_checklist, "nna", 2, MANY, "boolean"),
    "distance": Function(lists.distance, "a", 1, MANY, "number"),
    "area": Function(lists.area, "a", 1, MANY, "number"),
    "enclosed-area": Function(lists.area, "a", 1, MANY, "number"),
    "digest": Function(lists.digest, "sss", 2, 3, "text"),
    "base64-decode": Function(lists.from_base64, "s", 1, 1, "text"),
    "item-at": Function(lists.item_at, "ssn", 3, 3, "text"),
    "count-items": Function(lists.count_items, "ss", 2, 2, "number"),
    "de-duplicate": Function(lists.without_repetition, "ss", 2, 2, "text"),
    "today": Function(dates.today, "", 0, 0, "text", world=True),
    "now": Function(dates.now, "", 0, 0, "text", world=True),
    "date": Function(dates.to_date, "v", 1, 1, "text", world=True),
    "date-time": Function(dates.to_moment, "v", 1, 1, "text", world=True),
    "decimal-date-time": Function(dates.decimal_moment, "v", 1, 1, "number", world=True),
    "decimal-time": Function(dates.decimal_time, "v", 1, 1, "number", world=True),
    "format-date": Function(dates.formatted, "vs", 2, 2, "text", world=True),
    "format-date-time": Function(dates.formatted, "vs", 2, 2, "text", world=True),
    "duration": Function(dates.duration, "", 0, 0, "number", world=True),
    "version": Function(lambda world: world.version, "", 0, 0, "text", world=True),
    "username": Function(lambda world: world.preloads.get("username", ""), "", 0, 0, "text", world=True),
    "device-info": Function(lambda world: world.preloads.get("deviceid", ""), "", 0, 0, "text", world=True),
    "property": Function(lambda world, name: world.preloads.get(name, ""), "s", 1, 1, "text", world=True),
    "lang": Function(lambda _language: False, "s", 1, 1, "boolean"),
    "namespace-uri": Function(lambda _nodes: "", "v", 0, 1, "text", here=True),
    "depend": Function(lambda first, *_rest: first, "v", 1, MANY),
}


def conversion(letter: str) -> Callable[[RuleValue], Any]:
    """What turns a value into the kind of argument that `Function.takes` names, where no time zone matters."""
    found: dict[str, Callable[..., Any]] = {
        "n": to_number,
        "s": to_text,
        "b": to_boolean,
        "v": lambda value: value,
        "a": _atoms,
        "m": numbers,
    }
    return found[letter]


def numbers(value: RuleValue, zone: dt.tzinfo | None = None) -> list[float]:
    """The numbers of a nodeset or single value, blanks left out."""
    return [to_number(atom, zone) for atom in _atoms(value) if atom != ""]


def _atoms(value: RuleValue) -> list[RuleValue]:
    return value if isinstance(value, list) else [value]
