"""Answers, where they stand, and what a change of one changed. Plain values: `visit` makes them, `store` keeps them.

A value is text, a whole number, an exact Decimal, or a tuple of texts, by the question's type:

    yes_no "yes"|"no" · choice id · choices, ranking (id, …) · rating, nps, csat, ces, integer int
    number, duration (seconds), money Decimal · date, time, datetime ISO 8601 text
    text, barcode text · location "lat lon altitude accuracy" · photo, signature None: the answer's photos are the value
"""

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from mshopper.model.form import NO_TEXT, Text
from mshopper.model.scoresheet import Reason

Value = str | int | Decimal | tuple[str, ...] | None


class AnswerKey(NamedTuple):
    """A question's (or section's) path, and the instance of the repeats around it: "", "2", "2.1" (numbers from 1)."""

    path: str
    instance: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to one question: a value or N/A, a comment, photos (their ids, in order), and the seconds spent."""

    value: Value = None
    na: bool = False
    comment: str = ""
    photos: tuple[str, ...] = ()
    seconds: Decimal | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was said, so that there is nothing to keep."""
        return self == replace(NO_ANSWER, seconds=self.seconds)


NO_ANSWER = Answer()


def is_empty(value: Value) -> bool:
    """Blank text and an empty list are unanswered (design.md, Forms)."""
    return value is None or value == () or (isinstance(value, str) and not value.strip())


def value_to_data(value: Value) -> str | list[str] | None:
    """A value as JSON keeps it: text, with numbers as decimal text, or a list of texts."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return list(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def kind_of(value: Value) -> str:
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


def value_text(value: Value) -> str | None:
    """A value as text, for `read_value`."""
    match value:
        case None | str():
            return value
        case tuple():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case Decimal():
            return str(value)
    return str(int(value))


def read_value(kind: str, text: str | None) -> Value:
    """What `value_text` wrote of a value of that kind."""
    if text is None or kind == "text":
        return text
    if kind == "list":
        return tuple(json.loads(text))
    return Decimal(text) if kind == "decimal" else int(text)


@dataclass(frozen=True, slots=True)
class Violation:
    """An answer that can't stand, or one that is missing: a value, never an exception.

    `code`: out_of_range, unknown_choice, wrong_type, check, required, photos, comment. `message` is the form author's
    own words where there are any; `reasons` puts the code in words otherwise.
    """

    key: AnswerKey
    reason: Reason
    message: Text = NO_TEXT

    @property
    def code(self) -> str:
        """The kind of violation."""
        return self.reason.code

    @property
    def is_invalid(self) -> bool:
        """Whether the answer itself is wrong, as against something missing beside it."""
        return self.code in ("out_of_range", "unknown_choice", "wrong_type", "check")


class AnswerStep(NamedTuple):
    """One answer before and after."""

    key: AnswerKey
    before: Answer
    after: Answer


class CountStep(NamedTuple):
    """The number of instances of a repeat before and after; keyed by the section's path and the instance around it."""

    key: AnswerKey
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """What one step changed: answers and instance counts, and what followed from them.

    `appeared` and `vanished` are questions and sections whose relevance changed; `recalculated` calculations with a
    new value; `revalidated` questions whose violations changed; `relabelled` those whose shown text changed; `reoffered`
    those that offer other choices; `recounted` repeats to which a rule gave another number of instances.
    """

    answers: tuple[AnswerStep, ...] = ()
    counts: tuple[CountStep, ...] = ()
    appeared: frozenset[AnswerKey] = frozenset()
    vanished: frozenset[AnswerKey] = frozenset()
    recalculated: frozenset[AnswerKey] = frozenset()
    revalidated: frozenset[AnswerKey] = frozenset()
    relabelled: frozenset[AnswerKey] = frozenset()
    reoffered: frozenset[AnswerKey] = frozenset()
    recounted: frozenset[AnswerKey] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.answers or self.counts)


def inverse(change: AnswerChange) -> AnswerChange:
    """The steps that take `change` back."""
    return AnswerChange(
        tuple(AnswerStep(key, after, before) for key, before, after in reversed(change.answers)),
        tuple(CountStep(key, after, before) for key, before, after in reversed(change.counts)),
    )
