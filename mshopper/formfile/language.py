"""The form language as pydantic models: which keys stand where, and what each holds.

They check a file's shape, every problem at once, and write the JSON Schema for editors; `build` makes a Form of them. What
can only be judged over the whole form (references, order of bands, translations) is `meaning`'s.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mshopper.formfile.scalars import (
    Aggregate,
    Count,
    Currency,
    Default,
    Effect,
    Filled,
    Flag,
    FlagOrChoice,
    FlagOrRule,
    FormatVersion,
    Instances,
    Line,
    MaybeNumber,
    MaybePercent,
    MaybeWhen,
    Media,
    MostInstances,
    Name,
    Number,
    People,
    Percent,
    Phase,
    Pixels,
    Points,
    Scale,
    Staff,
    Step,
    Style,
    Token,
    Unanswered,
    Variant,
    Weight,
    When,
    Words,
    given,
    one_or_list,
    with_id,
)
from mshopper.model.form import NO_TEXT


class Keys(BaseModel):
    """A mapping of the form language: no keys but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class DimensionKeys(Keys):
    """A dimension of the form's own; an id alone will do."""

    id: Name
    title: Words = NO_TEXT


class GradeKeys(Keys):
    """A grade, for percentages from `from` up."""

    id: Filled
    from_percent: Percent = Field(alias="from")


class ScoringKeys(Keys):
    """How sections make a visit's score."""

    aggregate: Aggregate = "points"
    unanswered: Unanswered = "zero"
    cap: Flag = True
    pass_mark: MaybePercent = None
    grades: tuple[GradeKeys, ...] = ()


class RepeatKeys(Keys):
    """How often a section may be filled in."""

    minimum: Instances = Field(default=1, alias="min")
    maximum: MostInstances = Field(default=None, alias="max")
    label: Words = NO_TEXT
    count: Filled = ""


class ChoiceKeys(Keys):
    """An option; an id alone will do. `attributes` are further columns of the list, for choice filters."""

    id: Token
    label: Words = NO_TEXT
    points: MaybeNumber = None
    attributes: dict[str, Line] = Field(default_factory=dict)
    media: Media = ()


class BandKeys(Keys):
    """Points for values up to and including `to`, or for all above."""

    to: MaybeNumber = None
    points: Number


class CheckKeys(Keys):
    """A rule that an answer must satisfy, and what to say when it doesn't."""

    that: Filled
    message: Words = NO_TEXT


class CriticalKeys(Keys):
    """An answer that must not be, and what it does."""

    when: When
    effect: Effect = ("fail", None)


class EvidenceKeys(Keys):
    """What an answer must bring: photos, and a comment of so many characters."""

    photos: Count = 0
    comment: Count = 0
    when: MaybeWhen = None


class TableKeys(Keys):
    """A list that rules and choices read; each row has a text for each column."""

    name: Token
    columns: tuple[Filled, ...]
    rows: tuple[tuple[Line, ...], ...] = ()


Names = Annotated[tuple[Name, ...], BeforeValidator(one_or_list, Name | list[Name])]
Checks = Annotated[tuple[CheckKeys, ...], BeforeValidator(one_or_list, CheckKeys | list[CheckKeys])]
Criticals = Annotated[tuple[CriticalKeys, ...], BeforeValidator(one_or_list, CriticalKeys | list[CriticalKeys])]
Evidences = Annotated[tuple[EvidenceKeys, ...], BeforeValidator(one_or_list, EvidenceKeys | list[EvidenceKeys])]
Choices = tuple[Annotated[ChoiceKeys, BeforeValidator(with_id, Token | ChoiceKeys)], ...]
MaybeRepeat = Annotated[RepeatKeys | None, BeforeValidator(given, RepeatKeys)]
_OwnDimension = Annotated[DimensionKeys, BeforeValidator(with_id, Name | DimensionKeys)]
OwnDimensions = Annotated[tuple[_OwnDimension, ...] | None, BeforeValidator(given, list[Name | DimensionKeys])]


class QuestionKeys(Keys):
    """What every question has."""

    id: Name
    label: Words = NO_TEXT
    hint: Words = NO_TEXT
    guidance: Words = NO_TEXT
    media: Media = ()
    appearance: Line = ""
    when: Filled = ""
    calculate: Filled = ""
    trigger: Names = ()
    parameters: dict[str, Line] = Field(default_factory=dict)
    default: Default = ""


class NoteQuestion(QuestionKeys):
    """Words to read; nobody answers. `unsupported` is the type that was asked for, where it can't be answered here."""

    type: Literal["note"]
    unsupported: Line = ""


class AnsweredQuestion(QuestionKeys):
    """What every question has that a person answers."""

    dimension: Names = ()
    na: Flag = False
    required: FlagOrRule = False
    required_message: Words = NO_TEXT
    read_only: FlagOrRule = False
    check: Checks = ()
    critical: Criticals = ()
    evidence: Evidences = ()


class PlainQuestion(AnsweredQuestion):
    """An answer that can't score."""

    type: Literal["barcode", "date", "time", "datetime", "location", "signature"]


class TextQuestion(AnsweredQuestion):
    """Words; with `staff`, they say who was seen, by name or by role."""

    type: Literal["text"]
    staff: Staff = ""


class PhotoQuestion(AnsweredQuestion):
    """Photos, whose longer side has at most `max_pixels`."""

    type: Literal["photo"]
    max_pixels: Pixels = None


class RankingQuestion(AnsweredQuestion):
    """Choices to be put in order."""

    type: Literal["ranking"]
    choices: Choices = ()
    choices_from: Line = ""
    choice_filter: Filled = ""


class ScoredQuestion(AnsweredQuestion):
    """What every question has that can score."""

    points: Points = None
    weight: Weight = Field(default=1, validate_default=True)
    bonus: Flag = False


class YesNoQuestion(ScoredQuestion):
    """Yes or no; `points` are those of yes, or a mapping."""

    type: Literal["yes_no"]


class ChoiceQuestion(ScoredQuestion):
    """One choice or several; `points` is a mapping, unless they stand on each choice."""

    type: Literal["choice", "choices"]
    na: FlagOrChoice = False  # type: ignore[assignment]  # of these questions a choice may mean N/A
    staff: Staff = ""
    choices: Choices = ()
    choices_from: Line = ""
    choice_filter: Filled = ""


class BandedQuestion(ScoredQuestion):
    """What every question has whose answer is a number: points by bands of it."""

    bands: tuple[BandKeys, ...] = ()


class RatingQuestion(BandedQuestion):
    """Whole numbers from `min` (1) to `max` (5)."""

    type: Literal["rating"]
    minimum: Step = Field(default=None, alias="min")
    maximum: Step = Field(default=None, alias="max")
    style: Style = ""


class NpsQuestion(BandedQuestion):
    """Would you recommend, 0-10."""

    type: Literal["nps"]


class CsatQuestion(BandedQuestion):
    """How satisfied, 1-5 or three faces."""

    type: Literal["csat"]
    scale: Scale = ""


class CesQuestion(BandedQuestion):
    """How much effort."""

    type: Literal["ces"]
    variant: Variant = ""


class NumberQuestion(BandedQuestion):
    """A number, which scores by bands; `min` and `max` bound it."""

    type: Literal["number", "integer", "duration"]
    minimum: MaybeNumber = Field(default=None, alias="min")
    maximum: MaybeNumber = Field(default=None, alias="max")


class MoneyQuestion(BandedQuestion):
    """An amount in a currency, which scores by bands; the question called `spent` is what the visit cost."""

    type: Literal["money"]
    currency: Currency
    minimum: MaybeNumber = Field(default=None, alias="min")
    maximum: MaybeNumber = Field(default=None, alias="max")


class CalculateQuestion(QuestionKeys):
    """A value that a rule computes, which scores by bands."""

    type: Literal["calculate"]
    preload: Name = ""
    dimension: Names = ()
    points: Points = None
    bands: tuple[BandKeys, ...] = ()
    weight: Weight = Field(default=1, validate_default=True)
    bonus: Flag = False
    critical: Criticals = ()


QUESTION_MODELS: tuple[type[QuestionKeys], ...] = (
    NoteQuestion,
    PlainQuestion,
    TextQuestion,
    PhotoQuestion,
    RankingQuestion,
    YesNoQuestion,
    ChoiceQuestion,
    RatingQuestion,
    NpsQuestion,
    CsatQuestion,
    CesQuestion,
    NumberQuestion,
    MoneyQuestion,
    CalculateQuestion,
)

SECTION_TAG = "section"


def question_types() -> dict[str, type[QuestionKeys]]:
    """The model of each question type."""
    return {name: model for model in QUESTION_MODELS for name in model.model_fields["type"].annotation.__args__}  # type: ignore[union-attr]


_TAGS = {name: model.__name__ for name, model in question_types().items()}


def item_tag(item: object) -> str | None:
    """Which model an entry of `questions` is held to: that of its type, else a section's where it holds questions."""
    if isinstance(item, Keys):
        return type(item).__name__
    if not isinstance(item, Mapping):
        return None
    if "type" in item:
        kind = item["type"]
        return _TAGS.get(kind, "") if isinstance(kind, str) else ""
    return SECTION_TAG if "questions" in item else None


class SectionKeys(Keys):
    """A section: questions, and sections within it."""

    id: Name
    title: Words = NO_TEXT
    hint: Words = NO_TEXT
    phase: Phase = ""
    touchpoint: Name = ""
    weight: Weight = Field(default=1, validate_default=True)
    pass_mark: MaybePercent = None
    when: Filled = ""
    appearance: Line = ""
    media: Media = ()
    implicit: Flag = False
    repeat: MaybeRepeat = None
    questions: tuple["Item", ...]


Item = Annotated[
    Annotated[NoteQuestion, Tag("NoteQuestion")]
    | Annotated[PlainQuestion, Tag("PlainQuestion")]
    | Annotated[TextQuestion, Tag("TextQuestion")]
    | Annotated[PhotoQuestion, Tag("PhotoQuestion")]
    | Annotated[RankingQuestion, Tag("RankingQuestion")]
    | Annotated[YesNoQuestion, Tag("YesNoQuestion")]
    | Annotated[ChoiceQuestion, Tag("ChoiceQuestion")]
    | Annotated[RatingQuestion, Tag("RatingQuestion")]
    | Annotated[NpsQuestion, Tag("NpsQuestion")]
    | Annotated[CsatQuestion, Tag("CsatQuestion")]
    | Annotated[CesQuestion, Tag("CesQuestion")]
    | Annotated[NumberQuestion, Tag("NumberQuestion")]
    | Annotated[MoneyQuestion, Tag("MoneyQuestion")]
    | Annotated[CalculateQuestion, Tag("CalculateQuestion")]
    | Annotated[SectionKeys, Tag(SECTION_TAG)],
    Discriminator(item_tag),
]


class FormKeys(Keys):
    """A whole form file."""

    mshopper: FormatVersion
    id: Token
    version: Filled
    title: Words = NO_TEXT
    languages: tuple[Filled, ...] = ()
    channel: Line = ""
    briefing: Words = NO_TEXT
    people: People = "none"
    dimensions: OwnDimensions = None
    scoring: ScoringKeys = ScoringKeys()
    instance_name: Filled = ""
    tables: tuple[TableKeys, ...] = ()
    sections: tuple[SectionKeys, ...]


class _Schema(GenerateJsonSchema):
    """The JSON Schema without titles made up from names, and without defaults, which are our values and not JSON's."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a form file, for editors."""
    schema = FormKeys.model_json_schema(mode="validation", by_alias=True, schema_generator=_Schema)
    return {"$schema": _Schema.schema_dialect, **schema, "title": "mshopper form"}
