"""One cell of a table: text made harmless for spreadsheets and read back exactly; numbers, values and lists as text.

Everything that goes into a CSV of the head-office folder passes `write_cell`, and everything that comes out of one
`read_cell`. A spreadsheet runs a cell that begins like a formula; an apostrophe before it makes it text.

A NUL stands in the file as it is: neither RFC 4180 nor any spreadsheet has a way to write it, and it comes back exactly.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from mshopper.model.answer import Value

_STARTS_A_FORMULA = frozenset("=+-@\t\r\n'" + "＝＋－＠＇")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_MOST_DECIMALS = 12


def is_number(text: str) -> bool:
    """Whether `text` is a number with a dot for decimals, as these tables write numbers."""
    return _NUMBER.fullmatch(text) is not None


def write_cell(text: str) -> str:
    """`text` as a cell: with one leading apostrophe where a spreadsheet could take it for a formula."""
    return f"'{text}" if text and text[0] in _STARTS_A_FORMULA and not is_number(text) else text


def read_cell(cell: str) -> str:
    """What `write_cell` was given: `cell` without one leading apostrophe."""
    return cell[1:] if cell.startswith("'") else cell


def read_foreign_cell(cell: str) -> str:
    """A cell of a table that may be ours or somebody else's: the apostrophe goes only where we would have put it.

    So `'=A1` is `=A1`, while the shop `'O Vesuvio` in a list that never passed through here keeps its name.
    """
    text = read_cell(cell)
    return text if write_cell(text) == cell else cell


def fixed(value: Fraction | Decimal | int | None, decimals: int = 2) -> str:
    """A number at `decimals` places (one at least), half away from zero, with a dot; "" for None."""
    if value is None:
        return ""
    numerator, denominator = value.as_integer_ratio()
    digits = f"{_scaled(abs(numerator), denominator, decimals):0{decimals + 1}d}"
    sign = "-" if numerator < 0 and digits.strip("0") else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def _scaled(numerator: int, denominator: int, decimals: int) -> int:
    """The whole number of units of the last decimal, half up; in whole numbers, since a visit has a hundred of these."""
    return int((2 * numerator * 10**decimals + denominator) // (2 * denominator))


def percent(value: Fraction | None, marks: Iterable[Fraction] = ()) -> str:
    """A percentage at two decimals, with more where two would show one of `marks` that it isn't (design.md, Scoring)."""
    if value is None:
        return ""
    missed = [mark for mark in marks if mark != value]
    for decimals in range(2, _MOST_DECIMALS):
        shown = fixed(value, decimals)
        if not missed or Fraction(shown) not in missed:
            return shown
    return fixed(value, _MOST_DECIMALS)


def value_cell(value: Value) -> str:
    """An answer's value for machines: exact numbers with a dot, lists joined by a space, "" for none."""
    match value:
        case None:
            return ""
        case str():
            return value
        case tuple():
            return " ".join(value)
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)
