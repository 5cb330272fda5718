"""The functions that expressions may call, as a table of small functions over values.

Source: the ODK XForms specification ("XPath functions") and the XLSForm one. What needs more than values (which
question an argument names, which branch to take) is compiled in `special`.
"""

import math
import uuid as uuid_module
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import regex

from mshopper.model.rules import values
from mshopper.model.rules.scope import World
from mshopper.model.rules.values import NAN, RuleFailure, RuleValue, to_boolean, to_number, to_text

MANY = 1_000

REGEX_SECONDS = 0.25
"""How long one pattern may take on one answer; a pattern that backtracks for ever must not stop the auditor."""


@dataclass(frozen=True, slots=True)
class Function:
    """How a function is called: what its arguments turn into, how many there may be, and what it gives.

    `takes` is a letter an argument, the last one for all further ones: n number, s text, b boolean, v as it is, a
    all atoms of a nodeset. `world` functions get the World first. `gives` is number, text, boolean or any.
    """

    run: Callable[..., RuleValue]
    takes: str
    least: int
    most: int
    gives: str = "any"
    world: bool = False


def rounded(number: float, digits: float = 0.0) -> float:
    """To `digits` places, half towards plus infinity (XPath 1.0, round)."""
    if not math.isfinite(number) or not math.isfinite(digits):
        return number
    places = int(max(-400.0, min(400.0, digits)))  # beyond the range of a float's digits nothing changes
    scaled = Decimal(repr(number)).scaleb(places) + Decimal("0.5")
    return float(scaled.to_integral_value(ROUND_FLOOR).scaleb(-places))


def integer(number: float) -> float:
    """Without what is behind the point."""
    return float(math.trunc(number)) if math.isfinite(number) else NAN


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text matches the regular expression."""
    try:
        return regex.fullmatch(pattern, text, timeout=REGEX_SECONDS) is not None
    except (regex.error, ValueError, OverflowError, RecursionError):
        raise RuleFailure(f"“{pattern}” is not a regular expression") from None
    except TimeoutError:
        raise RuleFailure(f"“{pattern}” takes too long") from None


def is_selected(chosen: str, choice: str) -> bool:
    """Whether `choice` is among the choices, which are joined by blanks."""
    return choice == chosen or choice.strip() in chosen.split()


def to_date(value: RuleValue) -> str:
    """A date from ISO text or from days since 1970-01-01; "" from "" and from what is no date."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return values.date_of_days(to_number(value))


def to_moment(world: World, value: RuleValue) -> str:
    """A date and time from ISO text or from days since 1970-01-01; "" from what is none."""
    text = to_text(value)
    if isinstance(value, str) and len(text) > 10 and values.days(text) == values.days(text):
        return text
    return values.moment_of_days(to_number(value), world.now.tzinfo)


def now(world: World) -> str:
    """The visit's date and time, with milliseconds and offset."""
    return world.now.isoformat(timespec="milliseconds")


def today(world: World) -> str:
    """The visit's date."""
    return world.now.date().isoformat()


def new_uuid(world: World, length: float = 0.0) -> str:
    """A UUID that belongs to this visit's seed, the same at each evaluation; or `length` hexadecimal digits."""
    made = uuid_module.uuid5(uuid_module.NAMESPACE_URL, f"{world.visit_id}/{world.seed}")
    return made.hex[: int(min(length, 32.0))] if length > 0 else str(made)


def _numbers(atoms: list[RuleValue]) -> list[float]:
    return [to_number(atom) for atom in atoms if atom != ""]


def total(atoms: list[RuleValue]) -> float:
    """The sum of the answers that are there."""
    numbers = _numbers(atoms)
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):  # fsum refuses what passes the range of a float
        return sum(numbers, 0.0)


def smallest(*lists: list[RuleValue]) -> float:
    """The least of the numbers that are there; NaN without any."""
    found = [number for atoms in lists for number in _numbers(atoms)]
    return min(found) if found else NAN


def largest(*lists: list[RuleValue]) -> float:
    """The greatest of the numbers that are there; NaN without any."""
    found = [number for atoms in lists for number in _numbers(atoms)]
    return max(found) if found else NAN


def substring(text: str, start: float, end: float = math.inf) -> str:
    """From `start` (0-based) up to `end`; negative positions count from the end."""
    size = len(text)

    def place(position: float) -> int:
        if position != position:
            return 0
        at = int(max(-size, min(size, position)))
        return at + size if at < 0 else at

    return text[place(start) : place(end)]


def _power(base: float, exponent: float) -> float:
    try:
        result = base**exponent
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return result if isinstance(result, float) else NAN


def _real(function: Callable[..., float]) -> Callable[..., float]:
    def run(*numbers: float) -> float:
        try:
            return function(*numbers)
        except (ValueError, OverflowError, ZeroDivisionError):
            return NAN

    return run


def _decimal_time(text: str) -> float:
    number = values.days(text)
    return number % 1 if number == number else NAN


def _from_text(text: str) -> bool:
    return text.strip().lower() in ("true", "1")


def _concat(*lists: list[RuleValue]) -> str:
    return "".join(to_text(atom) for atoms in lists for atom in atoms)


def _join(separator: str, *lists: list[RuleValue]) -> str:
    return separator.join(to_text(atom) for atoms in lists for atom in atoms)


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
    return next((value for value in found if to_text(value) != ""), "")


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
    "string-length": Function(lambda text: float(len(text)), "s", 1, 1, "number"),
    "concat": Function(_concat, "a", 1, MANY, "text"),
    "join": Function(_join, "sa", 1, MANY, "text"),
    "substr": Function(substring, "snn", 2, 3, "text"),
    "substring-before": Function(_before, "ss", 2, 2, "text"),
    "substring-after": Function(_after, "ss", 2, 2, "text"),
    "contains": Function(lambda text, part: part in text, "ss", 2, 2, "boolean"),
    "starts-with": Function(lambda text, part: text.startswith(part), "ss", 2, 2, "boolean"),
    "ends-with": Function(lambda text, part: text.endswith(part), "ss", 2, 2, "boolean"),
    "translate": Function(_translate, "sss", 3, 3, "text"),
    "normalize-space": Function(lambda text: " ".join(text.split()), "s", 1, 1, "text"),
    "string": Function(lambda text: text, "s", 1, 1, "text"),
    "number": Function(lambda number: number, "n", 1, 1, "number"),
    "round": Function(rounded, "nn", 1, 2, "number"),
    "int": Function(integer, "n", 1, 1, "number"),
    "floor": Function(_real(lambda n: float(math.floor(n))), "n", 1, 1, "number"),
    "ceiling": Function(_real(lambda n: float(math.ceil(n))), "n", 1, 1, "number"),
    "abs": Function(abs, "n", 1, 1, "number"),
    "pow": Function(_power, "nn", 2, 2, "number"),
    "sqrt": Function(_real(math.sqrt), "n", 1, 1, "number"),
    "exp": Function(_real(math.exp), "n", 1, 1, "number"),
    "log": Function(_real(math.log), "n", 1, 1, "number"),
    "log10": Function(_real(math.log10), "n", 1, 1, "number"),
    "pi": Function(lambda: math.pi, "", 0, 0, "number"),
    "sin": Function(_real(math.sin), "n", 1, 1, "number"),
    "cos": Function(_real(math.cos), "n", 1, 1, "number"),
    "tan": Function(_real(math.tan), "n", 1, 1, "number"),
    "asin": Function(_real(math.asin), "n", 1, 1, "number"),
    "acos": Function(_real(math.acos), "n", 1, 1, "number"),
    "atan": Function(_real(math.atan), "n", 1, 1, "number"),
    "atan2": Function(_real(math.atan2), "nn", 2, 2, "number"),
    "min": Function(smallest, "a", 1, MANY, "number"),
    "max": Function(largest, "a", 1, MANY, "number"),
    "sum": Function(total, "a", 1, 1, "number"),
    "today": Function(today, "", 0, 0, "text", world=True),
    "now": Function(now, "", 0, 0, "text", world=True),
    "date": Function(to_date, "v", 1, 1, "text"),
    "date-time": Function(to_moment, "v", 1, 1, "text", world=True),
    "decimal-date-time": Function(to_number, "v", 1, 1, "number"),
    "decimal-time": Function(_decimal_time, "s", 1, 1, "number"),
    "uuid": Function(new_uuid, "n", 0, 1, "text", world=True),
}


def conversion(letter: str) -> Callable[[RuleValue], Any]:
    """What turns a value into the kind of argument that `Function.takes` names."""
    return {"n": to_number, "s": to_text, "b": to_boolean, "v": lambda value: value, "a": _atoms}[letter]


def _atoms(value: RuleValue) -> list[RuleValue]:
    return value if isinstance(value, list) else [value]
