"""How values stand in columns: exact fractions, lists as JSON, times for sorting, folded text."""

import datetime as dt
import json
import unicodedata
from fractions import Fraction
from typing import Any

from mshopper.model.text import Text


def to_json(data: object) -> str:
    """Compact JSON text. Half a surrogate pair stays as it is, for the database to refuse it as in any other text."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


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
