"""The validated keys of a form file -> Form, with what only the file's notation can get wrong.

`points` has several notations (design.md, Forms): of yes, of each answer, of a scale's top, of the highest band. Here each
becomes the one place where the model keeps it.
"""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from mshopper.formfile import language
from mshopper.formfile.problems import Finding, Location, suggestion
from mshopper.i18n import _
from mshopper.model.form import (
    CHOICE_TYPES,
    NUMBER_TYPES,
    Band,
    Check,
    Choice,
    Critical,
    Dimension,
    Evidence,
    Form,
    Grade,
    Question,
    Repeat,
    ScoringPolicy,
    Section,
    Table,
)

_YES_NO = ("yes", "no")
_FLAGS_OR_MORE = (
    ("na", "na_choice", True),
    ("required", "required_when", False),
    ("read_only", "read_only_when", False),
)
"""Keys that are true or false, or say more: the key, the field for what more it says, the flag that then holds."""


def build_form(keys: language.FormKeys) -> tuple[Form, list[Finding]]:
    """The form, and what is wrong with the notation of its points."""
    builder = _Builder()
    form = Form(
        id=keys.id,
        version=keys.version,
        title=keys.title,
        languages=keys.languages,
        channel=keys.channel,
        briefing=keys.briefing,
        people=keys.people,
        scoring=_scoring(keys.scoring),
        instance_name=keys.instance_name,
        tables=tuple(Table(table.name, table.columns, table.rows) for table in keys.tables),
        sections=tuple(builder.section(section, ("sections", i)) for i, section in enumerate(keys.sections)),
    )
    if keys.dimensions is not None:
        form = replace(form, dimensions=tuple(Dimension(own.id, own.title) for own in keys.dimensions))
    return form, builder.findings


def build_question(keys: language.Item) -> tuple[Question, list[Finding]]:
    """One question, and what is wrong with the notation of its points; findings are placed from the question on."""
    builder = _Builder()
    return builder.question(keys, ()), builder.findings


def _scoring(keys: language.ScoringKeys) -> ScoringPolicy:
    grades = tuple(Grade(grade.id, grade.from_percent) for grade in keys.grades)
    return ScoringPolicy(keys.aggregate, keys.unanswered, keys.cap, keys.pass_mark, grades)


class _Builder:
    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def section(self, keys: language.SectionKeys, location: Location) -> Section:
        """A section with all that is in it."""
        items = []
        for position, item in enumerate(keys.questions):
            place = (*location, "questions", position)
            items.append(
                self.section(item, place) if isinstance(item, language.SectionKeys) else self.question(item, place)
            )
        repeat = None
        if keys.repeat is not None:
            repeat = Repeat(keys.repeat.minimum, keys.repeat.maximum, keys.repeat.label, keys.repeat.count)
        return Section(
            id=keys.id,
            title=keys.title,
            hint=keys.hint,
            phase=keys.phase,
            touchpoint=keys.touchpoint,
            weight=keys.weight,
            pass_mark=keys.pass_mark,
            when=keys.when,
            appearance=keys.appearance,
            media=keys.media,
            is_implicit=keys.implicit,
            repeat=repeat,
            items=tuple(items),
        )

    def question(self, keys: language.Item, location: Location) -> Question:
        """A question, whatever its type: each type's keys have the name of the field they fill, or one of _RENAMED."""
        given: dict[str, Any] = {_RENAMED.get(name, name): value for name, value in keys}
        for name, convert in _CONVERTED.items():
            if name in given:
                given[name] = tuple(convert(part) for part in given[name])
        for bound in ("minimum", "maximum"):
            if isinstance(given.get(bound), int):
                given[bound] = Fraction(given[bound])
        if "max_pixels" in given:  # the standard says it among the parameters
            pixels = given["parameters"].pop("max-pixels", "")
            given["max_pixels"] = given["max_pixels"] or (int(pixels) if pixels.isdecimal() else None)
        given["parameters"] = tuple(given["parameters"].items())
        for name, own, flag in _FLAGS_OR_MORE:
            if isinstance(said := given.get(name), str):
                given[name], given[own] = flag, said
        points = given.pop("points", None)
        question = Question(**given)
        if points is None:
            return question
        if isinstance(points, Fraction):
            return self._with_number(question, points, (*location, "points"))
        return self._with_mapping(question, points, (*location, "points"))

    def _with_number(self, question: Question, points: Fraction, location: Location) -> Question:
        if question.type in ("choice", "choices"):
            self._find(
                location,
                _("one number of points stands at a question with several choices"),
                _("Give points to each choice: {example}.").format(example=_example(question)),
            )
        elif question.type in NUMBER_TYPES and not question.bands:
            self._find(
                location,
                _("a question of type {type} scores by bands only").format(type=question.type),
                _("Add `bands: {example}`, or remove the points.").format(
                    example="[{to: 60, points: 10}, {to: 180, points: 5}]"
                ),
            )
        return replace(question, points=points)

    def _with_mapping(self, question: Question, points: dict[str, Fraction], location: Location) -> Question:
        if question.type not in CHOICE_TYPES:
            self._find(
                location,
                _("points by answer stand at a question of type {type}").format(type=question.type),
                _("Write one number: the points of the highest answer."),
            )
            return question
        known = _YES_NO if question.type == "yes_no" else tuple(choice.id for choice in question.choices)
        for unknown in (answer for answer in points if answer not in known):
            self._find(
                (*location, unknown),
                _("`{choice}` is no choice of this question").format(choice=unknown),
                suggestion(unknown, list(known)),
            )
        if question.type == "yes_no":
            worth = [Choice(answer, points=points.get(answer, Fraction(0))) for answer in _YES_NO]
            return replace(question, choices=tuple(worth) if points else ())
        return replace(question, choices=tuple(self._worth(choice, points, location) for choice in question.choices))

    def _worth(self, choice: Choice, points: dict[str, Fraction], location: Location) -> Choice:
        if choice.id not in points:
            return choice
        if choice.points is not None:
            self._find(
                (*location, choice.id),
                _("the points of `{choice}` stand twice").format(choice=choice.id),
                _("Keep them here or on the choice."),
            )
        return replace(choice, points=points[choice.id])

    def _find(self, location: Location, what: str, remedy: str) -> None:
        self.findings.append(Finding(location, what, remedy))


def _example(question: Question) -> str:
    return "{" + ", ".join(f"{choice.id}: {worth}" for worth, choice in enumerate(question.choices[:3])) + "}"


def _choice(keys: language.ChoiceKeys) -> Choice:
    return Choice(keys.id, keys.label, keys.points, tuple(keys.attributes.items()), keys.media)


def _band(keys: language.BandKeys) -> Band:
    return Band(keys.points, keys.to)


def _check(keys: language.CheckKeys) -> Check:
    return Check(keys.that, keys.message)


def _critical(keys: language.CriticalKeys) -> Critical:
    effect, cap = keys.effect
    return Critical(keys.when, effect, cap)


def _evidence(keys: language.EvidenceKeys) -> Evidence:
    return Evidence(keys.photos, keys.comment, keys.when)


_RENAMED = {"dimension": "dimensions", "check": "checks"}
_CONVERTED: dict[str, Any] = {
    "choices": _choice,
    "bands": _band,
    "checks": _check,
    "critical": _critical,
    "evidence": _evidence,
}


def file_location(form: Form, path: str) -> Location:
    """Where the section or question of `path` stands in a form file; the first, where several have that path."""
    location: Location = ()
    items: Iterable[Question | Section] = form.sections
    key = "sections"
    for name in path.split("/") if path else ():
        for position, item in enumerate(items):
            if item.id == name:
                location = (*location, key, position)
                items, key = (item.items if isinstance(item, Section) else ()), "questions"
                break
    return location
