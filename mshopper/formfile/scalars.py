"""The scalars of the form language as pydantic types: what each key's value is, read strictly from YAML or JSON data.

YAML brings every number as text and JSON as a number, so each type says what it takes from both. What is wrong is raised
as a PydanticCustomError whose code `explain` puts in words; its context may name the key inside the value (`at`).
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from mshopper.formfile.ncname import is_name
from mshopper.model.form import CES_SCALES, CSAT_SCALES, PHASES, Condition, Text

_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,20})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s")
_CURRENCY = re.compile(r"[A-Z]{3}")

PEOPLE = ("none", "role", "name")
STAFF = ("name", "role")
STYLES = ("stars", "faces", "numbers")

MOST_INSTANCES = 999
"""Instances of a repeated section: more than a visit can hold, and few enough to open at once."""


def fail(code: str, **context: Any) -> PydanticCustomError:
    """An error that `explain` knows how to say."""
    return PydanticCustomError(code, code, context or None)


def line(value: object) -> str:
    """Text as it stands, without control characters."""
    if not isinstance(value, str):
        raise fail("text")
    if _UNWANTED.search(value):
        raise fail("characters")
    return value


def filled(value: object) -> str:
    """Text that says something."""
    if not line(value).strip():
        raise fail("blank")
    return line(value)


def words(value: object) -> Text:
    """A text, or a mapping of language to text."""
    if isinstance(value, str):
        return Text.of(line(value))
    if not isinstance(value, Mapping):
        raise fail("words")
    for language, text in value.items():
        try:
            line(text)
        except PydanticCustomError as error:
            raise fail(error.type, at=language) from None
    return Text(tuple(value.items()))


def name(value: object) -> str:
    """An XML NCName."""
    if not is_name(filled(value)):
        raise fail("name")
    return line(value)


def token(value: object) -> str:
    """An id without blanks: a choice's, which tables join by a blank."""
    if _SPACE.search(filled(value)):
        raise fail("token")
    return line(value)


def flag(value: object) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise fail("flag")
    return value


BOOLEAN_WORDS = dict.fromkeys(("yes", "y", "on", "1", "si", "sì", "true"), "true") | dict.fromkeys(
    ("no", "n", "off", "0", "false"), "false"
)
"""What people write for true and false; none of them is a rule or a choice where true or false is due."""


def flag_or_rule(value: object) -> bool | str:
    """`true`, `false`, or a rule."""
    if isinstance(value, bool) or not isinstance(value, str) or value.strip().lower() in BOOLEAN_WORDS:
        return flag(value)
    return filled(value)


def flag_or_choice(value: object) -> bool | str:
    """`true`, `false`, or the id of a choice, which may be any word."""
    return value if isinstance(value, bool) else token(value)


def media(value: object) -> tuple[tuple[str, Text], ...]:
    """A mapping of kind (image, audio, video) to a file's name, or to one for each language."""
    if not isinstance(value, Mapping):
        raise fail("mapping")
    read = []
    for kind, name_ in value.items():
        try:
            read.append((kind, words(name_)))
        except PydanticCustomError as error:
            raise fail(error.type, at=kind) from None
    return tuple(read)


def number(value: object) -> Fraction:
    """An exact decimal: text in YAML, a number or text in JSON."""
    if isinstance(value, bool):
        raise fail("number")
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        if not value.is_finite() or not -20 <= value.adjusted() <= 30 or len(value.as_tuple().digits) > 50:
            raise fail("number")
        return Fraction(value)
    if isinstance(value, int):
        value = str(value) if abs(value) < 10**30 else ""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise fail("number")
    return Fraction(value)


def weight(value: object) -> Fraction:
    """A number that isn't negative."""
    if number(value) < 0:
        raise fail("negative")
    return number(value)


def percent(value: object) -> Fraction:
    """A number from 0 to 100."""
    if not 0 <= number(value) <= 100:
        raise fail("percent")
    return number(value)


MOST_PIXELS = (16, 100_000)
"""What a form may say of the longer side of its photos."""


def whole(low: int, high: int) -> Callable[[object], int]:
    """A reader of whole numbers from `low` to `high`."""

    def read(value: object) -> int:
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise fail("whole", low=low, high=high)
        return value

    return read


def points(value: object) -> Fraction | dict[str, Fraction]:
    """One number, or a mapping of answer to number."""
    if not isinstance(value, Mapping):
        return number(value)
    read = {}
    for answer, worth in value.items():
        try:
            read[answer] = number(worth)
        except PydanticCustomError as error:
            raise fail(error.type, at=answer) from None
    return read


def effect(value: object) -> tuple[str, Fraction | None]:
    """What a critical does: a word, or `{cap: n}`."""
    if value in ("fail", "zero_section", "zero_form"):
        return str(value), None
    if isinstance(value, Mapping) and set(value) == {"cap"}:
        try:
            return "cap", percent(value["cap"])
        except PydanticCustomError as error:
            raise fail(error.type, at="cap") from None
    raise fail("effect")


def condition(value: object) -> Condition:
    """An answer, a list of answers, or a rule: text that holds `${` or begins with a dot."""
    if isinstance(value, str) and ("${" in value or value.lstrip().startswith(".")):
        return Condition(rule=filled(value))
    answers = value if isinstance(value, list) else [value]
    if not answers:
        raise fail("blank")
    return Condition(answers=tuple(_answer(answer) for answer in answers))


def _answer(value: object) -> str:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if not isinstance(value, str):
        raise fail("answer")
    if "${" in value or value.lstrip().startswith("."):
        raise fail("rule_in_list")
    return filled(value)


def default(value: object) -> str:
    """The answer that stands at first: text; in JSON a number too."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _answer(value)
    return filled(value)


def one_of(*names: str) -> Callable[[object], str]:
    """A reader of one of `names`; a JSON number is read as its text."""

    def read(value: object) -> str:
        wanted = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(wanted, str) or wanted not in names:
            raise fail("one_of", names=names)
        return wanted

    return read


def currency(value: object) -> str:
    """An ISO 4217 code: three capital letters."""
    if not _CURRENCY.fullmatch(line(value)):
        raise fail("currency")
    return line(value)


def format_version(value: object) -> int:
    """The version of the form language: 1."""
    if not isinstance(value, str | int) or isinstance(value, bool) or str(value) != "1":
        raise fail("format_version")
    return 1


def given(value: object) -> object:
    """Anything but an empty value."""
    if value is None:
        raise fail("empty")
    return value


def one_or_list(value: object) -> object:
    """A list; one thing alone is a list of one."""
    return value if isinstance(value, list) else [value]


def with_id(value: object) -> object:
    """A mapping with an id; an id alone is such a mapping."""
    return {"id": value} if isinstance(value, str) else value


# Editors read YAML by its core schema, so that a plain 2026.1 is a number to them and text to us: the JSON Schema allows both.
_PLAIN_TEXT = {"type": ["string", "number"]}
_EXACT = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[+-]?[0-9]+(\.[0-9]+)?$"}]}
_SHARE = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 100}, _EXACT["anyOf"][1]]}
_COUNT = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+$"}]}
_STEP = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[+-]?[0-9]+$"}]}
_WORDS = {"anyOf": [_PLAIN_TEXT, {"type": "object", "additionalProperties": _PLAIN_TEXT}]}
_CAP = {"type": "object", "properties": {"cap": _SHARE}, "required": ["cap"], "additionalProperties": False}

Line = Annotated[str, PlainValidator(line), WithJsonSchema(_PLAIN_TEXT)]
Filled = Annotated[str, PlainValidator(filled), WithJsonSchema(_PLAIN_TEXT)]
Words = Annotated[Text, PlainValidator(words), WithJsonSchema(_WORDS)]
Name = Annotated[str, PlainValidator(name), WithJsonSchema(_PLAIN_TEXT)]
Token = Annotated[str, PlainValidator(token), WithJsonSchema(_PLAIN_TEXT)]
Flag = Annotated[bool, PlainValidator(flag), WithJsonSchema({"type": "boolean"})]
FlagOrRule = Annotated[
    bool | str, PlainValidator(flag_or_rule), WithJsonSchema({"anyOf": [{"type": "boolean"}, _PLAIN_TEXT]})
]
FlagOrChoice = Annotated[bool | str, PlainValidator(flag_or_choice), FlagOrRule.__metadata__[1]]
Media = Annotated[
    tuple[tuple[str, Text], ...],
    PlainValidator(media),
    WithJsonSchema({"type": "object", "additionalProperties": _WORDS}),
]
Number = Annotated[Fraction, PlainValidator(number), WithJsonSchema(_EXACT)]
MaybeNumber = Annotated[Fraction | None, PlainValidator(number), WithJsonSchema(_EXACT)]
Weight = Annotated[Fraction, PlainValidator(weight), WithJsonSchema(_EXACT)]
Percent = Annotated[Fraction, PlainValidator(percent), WithJsonSchema(_SHARE)]
MaybePercent = Annotated[Fraction | None, PlainValidator(percent), WithJsonSchema(_SHARE)]
Count = Annotated[int, PlainValidator(whole(0, 9999)), WithJsonSchema(_COUNT)]
Instances = Annotated[int, PlainValidator(whole(0, MOST_INSTANCES)), WithJsonSchema(_COUNT)]
MostInstances = Annotated[int | None, PlainValidator(whole(1, MOST_INSTANCES)), WithJsonSchema(_COUNT)]
Pixels = Annotated[int | None, PlainValidator(whole(MOST_PIXELS[0], MOST_PIXELS[1])), WithJsonSchema(_COUNT)]
Step = Annotated[int | None, PlainValidator(whole(-100, 100)), WithJsonSchema(_STEP)]
Points = Annotated[
    Fraction | dict[str, Fraction] | None,
    PlainValidator(points),
    WithJsonSchema({"anyOf": [*_EXACT["anyOf"], {"type": "object", "additionalProperties": _EXACT}]}),
]
Effect = Annotated[
    tuple[str, Fraction | None],
    PlainValidator(effect),
    WithJsonSchema({"anyOf": [{"enum": ["fail", "zero_section", "zero_form"]}, _CAP]}),
]
When = Annotated[
    Condition,
    PlainValidator(condition),
    WithJsonSchema({"anyOf": [_PLAIN_TEXT, {"type": "array", "items": _PLAIN_TEXT, "minItems": 1}]}),
]
MaybeWhen = Annotated[Condition | None, *When.__metadata__]
Default = Annotated[str, PlainValidator(default), WithJsonSchema(_PLAIN_TEXT)]
Currency = Annotated[str, PlainValidator(currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]
FormatVersion = Annotated[int, PlainValidator(format_version), WithJsonSchema({"const": 1})]

Aggregate = Annotated[str, PlainValidator(one_of("points", "mean")), WithJsonSchema({"enum": ["points", "mean"]})]
Unanswered = Annotated[str, PlainValidator(one_of("zero", "exclude")), WithJsonSchema({"enum": ["zero", "exclude"]})]
People = Annotated[str, PlainValidator(one_of(*PEOPLE)), WithJsonSchema({"enum": list(PEOPLE)})]
Phase = Annotated[str, PlainValidator(one_of(*PHASES)), WithJsonSchema({"enum": list(PHASES)})]
Staff = Annotated[str, PlainValidator(one_of(*STAFF)), WithJsonSchema({"enum": list(STAFF)})]
Style = Annotated[str, PlainValidator(one_of(*STYLES)), WithJsonSchema({"enum": list(STYLES)})]
Scale = Annotated[str, PlainValidator(one_of(*CSAT_SCALES)), WithJsonSchema({"enum": [5, *CSAT_SCALES]})]
Variant = Annotated[str, PlainValidator(one_of(*CES_SCALES)), WithJsonSchema({"enum": list(CES_SCALES)})]
