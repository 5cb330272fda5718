"""What is wrong with an answer, or missing beside it: violations, which are values.

Rules (checks, evidence) are evaluated by `visit`, which knows the frames; this module judges an answer by its question.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

from mshopper.model.answer import Answer, AnswerKey, Value, Violation, is_empty, value_to_data
from mshopper.model.form import PICTURE_TYPES, SCALE_TYPES, Choice, Condition, Evidence, Question
from mshopper.model.scoresheet import Reason

YES_NO = ("yes", "no")
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_LONGEST_NUMBER = 60
"""Characters: longer than any real number, and short enough to be kept, compared and written exactly."""

# The forms of ISO 8601 that rules understand as well; Python's parsers take others too (20261130, week dates).
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_LOCATION = re.compile(r"-?\d+(\.\d+)?( -?\d+(\.\d+)?){1,3}")


def is_answered(question: Question, answer: Answer) -> bool:
    """Whether there is a value (a picture question's photos are its value); N/A is not a value."""
    if answer.na:
        return False
    return bool(answer.photos) if question.type in PICTURE_TYPES else not is_empty(answer.value)


def own_violations(
    question: Question, key: AnswerKey, answer: Answer, offered: Iterable[Choice] | None = None
) -> tuple[Violation, ...]:
    """What is wrong with the value by the question's type, scale and choices alone; at most one.

    `offered` are the choices that it offers now, where that isn't all of its own.
    """
    if answer.na or is_empty(answer.value) or not question.is_answered_by_person:
        return ()
    value = answer.value
    if question.type in ("yes_no", "choice", "choices", "ranking"):
        return _choices(question, key, value, question.choices if offered is None else offered)
    if question.type in SCALE_TYPES or question.type in ("number", "integer", "duration", "money"):
        return _number(question, key, value)
    wrong = _WRONG.get(question.type)
    if not isinstance(value, str) or (wrong is not None and wrong(value)):
        return (_violation(key, "wrong_type", value, type=question.type),)
    return ()


def _choices(question: Question, key: AnswerKey, value: Value, choices: Iterable[Choice]) -> tuple[Violation, ...]:
    several = question.type in ("choices", "ranking")
    if isinstance(value, tuple) is not several or not isinstance(value, str | tuple):
        return (_violation(key, "wrong_type", value, type=question.type),)
    offered = set(YES_NO) if question.type == "yes_no" else {choice.id for choice in choices}
    chosen = value if isinstance(value, tuple) else (value,)
    for choice in chosen:
        if choice not in offered:
            return (_violation(key, "unknown_choice", choice),)
    if len(set(chosen)) != len(chosen):
        return (_violation(key, "wrong_type", value, type=question.type),)
    return ()


def _number(question: Question, key: AnswerKey, value: Value) -> tuple[Violation, ...]:
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or not Decimal(value).is_finite():
        return (_violation(key, "wrong_type", value, type=question.type),)
    whole = question.type in SCALE_TYPES or question.type == "integer"
    if whole and Fraction(value).denominator != 1:
        return (_violation(key, "wrong_type", value, type="integer"),)
    bounds = question.scale_bounds or (question.minimum, question.maximum)
    low, high = bounds
    if question.type == "duration" and low is None:
        low = 0
    if (low is not None and value < low) or (high is not None and value > high):
        return (_violation(key, "out_of_range", value, low=_plain(low), high=_plain(high)),)
    return ()


def _plain(bound: Fraction | int | None) -> str:
    if bound is None:
        return ""
    exact = Fraction(bound)
    return str(exact.numerator) if exact.denominator == 1 else format(Decimal(exact.numerator) / exact.denominator, "f")


def _violation(key: AnswerKey, code: str, value: Value, **more: str) -> Violation:
    data = value_to_data(value)
    shown = " ".join(data) if isinstance(data, list) else str(data)
    return Violation(key, Reason(code, (("value", shown[:200]), *more.items())))


def is_location(text: str) -> bool:
    """Whether a text is a place: latitude and longitude in degrees, perhaps altitude and accuracy in metres."""
    return _LOCATION.fullmatch(text) is not None


def _not(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def wrong(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return True
        return False

    return wrong


_is_no_date, _is_no_time, _is_no_datetime = map(
    _not, (dt.date.fromisoformat, dt.time.fromisoformat, dt.datetime.fromisoformat)
)

_WRONG: dict[str, Callable[[str], bool]] = {
    "date": lambda text: _DATE.fullmatch(text) is None or _is_no_date(text),
    "time": lambda text: _TIME.match(text) is None or _is_no_time(text),
    "datetime": lambda text: _DATETIME.match(text) is None or _is_no_datetime(text),
    "location": lambda text: not is_location(text),
}


def required_violation(
    question: Question, key: AnswerKey, answer: Answer, *, required: bool | None = None
) -> Violation | None:
    """A required question that is neither answered nor N/A; `required` where a rule says whether it is."""
    needed = question.required if required is None else required
    if not needed or not question.is_answered_by_person or question.read_only:
        return None
    if answer.na or is_answered(question, answer):
        return None
    return Violation(key, Reason("required"), question.required_message)


def evidence_violations(key: AnswerKey, answer: Answer, asked: Evidence) -> tuple[Violation, ...]:
    """Photos and words that an answer must bring and doesn't; `asked` is known to apply."""
    found = []
    if len(answer.photos) < asked.photos:
        found.append(
            Violation(key, Reason("photos", (("needed", str(asked.photos)), ("found", str(len(answer.photos))))))
        )
    written = len(answer.comment.strip())
    if written < asked.comment:
        found.append(Violation(key, Reason("comment", (("needed", str(asked.comment)), ("found", str(written))))))
    return tuple(found)


def names_answer(condition: Condition, value: Value) -> bool:
    """Whether the value is one of a condition's answers: any chosen of several; numbers by their value."""
    if isinstance(value, tuple):
        return any(chosen in condition.answers for chosen in value)
    if isinstance(value, str):
        return value in condition.answers
    if value is None:
        return False
    exact = Fraction(value)
    return any(_NUMBER.fullmatch(answer) and Fraction(answer) == exact for answer in condition.answers)


def parse_value(question: Question, data: object) -> Value:
    """A value from JSON data: text, numbers (int or Decimal), true and false for yes_no, lists.

    What doesn't fit the question's type is kept as text, so that `own_violations` can say so; nothing raises.
    """
    if data is None or data == "" or data == []:
        return None
    if isinstance(data, bool):
        return ("yes" if data else "no") if question.type == "yes_no" else str(data).lower()
    if isinstance(data, list | tuple):
        texts = tuple(_text(item) for item in data)
        return texts if question.type in ("choices", "ranking") else " ".join(texts)
    if question.type in ("choices", "ranking"):
        return tuple(_text(data).split())
    if question.type in SCALE_TYPES or question.type in ("number", "integer", "duration", "money"):
        return _parse_number(question, data)
    return _text(data)


def _parse_number(question: Question, data: object) -> Value:
    text = _text(data).strip()
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return text
    exact = Decimal(text)
    if (question.type in SCALE_TYPES or question.type == "integer") and exact == exact.to_integral_value():
        return int(exact)
    return exact


def _text(data: object) -> str:
    if isinstance(data, Decimal):
        return format(data, "f")
    return data if isinstance(data, str) else str(data)
