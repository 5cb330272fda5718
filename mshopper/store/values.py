"""How values stand in columns: values with their kind, exact fractions, lists as JSON, times for sorting, folded text."""

import datetime as dt
import json
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from mshopper.model.text import Text

if TYPE_CHECKING:
    from mshopper.model.answer import Value


def to_json(data: object) -> str:
    """Compact JSON text. Half a surrogate pair stays as it is, for the database to refuse it as in any other text."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def kind_of(value: "Value") -> str:
    """What a value is, so that it comes back as it was: text, int, decimal, list; "" without one."""
    match value:
        case None:
            return ""
        case str():
            return "text"
        case Decimal():
            return "decimal"
        case tuple():
            return "list"
    return "int"


def value_column(value: "Value") -> str | None:
    """A value as column text."""
    match value:
        case None | str():
            return value
        case tuple():
            return to_json(value)
        case Decimal():
            return str(value)
    return str(int(value))


def read_value(kind: str, column: str | None) -> "Value":
    """What `value_column` wrote of a value of that kind."""
    if column is None or kind == "text":
        return column
    if kind == "list":
        return tuple(json.loads(column))
    return Decimal(column) if kind == "decimal" else int(column)


def fraction_columns(value: Fraction | None) -> tuple[str | None, float | None]:
    """A fraction exactly, as text, and nearly, for sorting."""
    return (None, None) if value is None else (str(value), float(value))


def text_column(text: Text) -> str:
    """A Text as a JSON list of (language, words) pairs."""
    return to_json(text.values)


def read_text(column: str) -> Text:
    """What `text_column` wrote."""
    return Text(tuple((language, words) for language, words in json.loads(column)))


def read_object(column: str) -> dict[str, Any]:
    """A JSON object column."""
    data: dict[str, Any] = json.loads(column)
    return data


def instant(time: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 date or time, for sorting across offsets; 0 for anything else."""
    try:
        moment = dt.datetime.fromisoformat(time)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return int(moment.timestamp() * 1000)


def folded(text: str) -> str:
    """`text` without case and accents, so that a search for "citta" finds "Città"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
