"""What one question means, checked by its type: choices, bands, bounds, and the answers that criticals and evidence name."""

import re
from collections.abc import Iterator
from fractions import Fraction

from mshopper.formfile.problems import Finding, Location, suggestion
from mshopper.i18n import _
from mshopper.model.form import (
    CHOICE_TYPES,
    NUMBER_TYPES,
    PICTURE_TYPES,
    SCALE_TYPES,
    Condition,
    Question,
    Text,
)
from mshopper.model.rules.form_rules import is_expression
from mshopper.model.validation import is_location

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WIDEST_RATING = 20
"""Steps of a rating: what a screen can show as stars, faces or numbers."""


def question_findings(question: Question, location: Location) -> Iterator[Finding]:
    """All that is wrong or doubtful in the question by itself."""
    if not question.label and question.type != "calculate":
        yield Finding(
            (*location, "label"),
            _("the question has no label"),
            _("Add one: `label: …`; its id is shown till then."),
            warning=True,
        )
    if question.type == "calculate" and not (question.calculate or question.preload or question.default):
        yield Finding((*location, "calculate"), _("nothing says what to calculate"), _("Write a rule: `calculate: …`."))
    yield from _choice_findings(question, location)
    yield from _band_findings(question, location)
    yield from _bound_findings(question, location)
    for position, critical in enumerate(question.critical):
        yield from _condition_findings(question, critical.when, (*location, "critical", position, "when"))
    for position, evidence in enumerate(question.evidence):
        place = (*location, "evidence", position)
        if evidence.when is not None:
            yield from _condition_findings(question, evidence.when, (*place, "when"))
        if not evidence.photos and not evidence.comment:
            yield Finding(
                place, _("this evidence asks for nothing"), _("Add `photos: 1` or `comment: 20`, or remove it.")
            )
    is_place = question.type == "location" and is_location(question.default)
    if question.default and not is_place and not is_expression(question.default):
        for answer in question.default.split() if question.type in ("choices", "ranking") else [question.default]:
            yield from _answer_findings(question, answer, (*location, "default"))


def _choice_findings(question: Question, location: Location) -> Iterator[Finding]:
    if question.type not in CHOICE_TYPES or question.type == "yes_no":
        return
    if not question.choices and not question.choices_from:
        yield Finding(
            (*location, "choices"),
            _("the question has no choices"),
            _("Add them: `choices: [{example}]`.").format(example="{id: a, label: …}"),
        )
    if question.na_choice and question.choices and question.choice(question.na_choice) is None:
        what = _("`{choice}` is no choice of this question").format(choice=question.na_choice)
        yield Finding((*location, "na"), what, suggestion(question.na_choice, [c.id for c in question.choices]))
    yield from _twin_findings(question, location)
    for position, choice in enumerate(question.choices):
        if question.type == "ranking" and choice.points is not None:
            yield Finding(
                (*location, "choices", position, "points"),
                _("a ranking can't score"),
                _("Remove the points, or ask for a choice."),
            )


def _twin_findings(question: Question, location: Location) -> Iterator[Finding]:
    """Choices of one id: meant where a filter picks among them, doubtful where their words differ, else a mistake."""
    if question.choice_filter:
        return
    words: dict[str, set[Text]] = {}
    for position, choice in enumerate(question.choices):
        before = words.setdefault(choice.id, set())
        if before:
            is_other = choice.label not in {Text(), *before} and Text() not in before and question.type != "ranking"
            yield Finding(
                (*location, "choices", position, "id"),
                _("the choice `{choice}` stands twice").format(choice=choice.id),
                _("Remove one of them, or give it another id."),
                warning=is_other,
            )
        before.add(choice.label)


def _band_findings(question: Question, location: Location) -> Iterator[Finding]:
    before: Fraction | None = None
    for position, band in enumerate(question.bands):
        place = (*location, "bands", position)
        if position and question.bands[position - 1].to is None:
            yield Finding(
                place,
                _("a band follows the one without `to`, which takes all that is above"),
                _("Move the band without `to` to the end."),
            )
        if band.to is None:
            continue
        if before is not None and band.to <= before:
            yield Finding(
                (*place, "to"),
                _("the bands don't ascend, so that this one is never reached"),
                _("Order them by `to`, the lowest first."),
            )
        before = band.to if before is None else max(before, band.to)


def _bound_findings(question: Question, location: Location) -> Iterator[Finding]:
    if question.type == "rating":
        low, high = question.scale_bounds or (1, 5)
        place = (*location, "min" if question.maximum is None else "max")
        if low >= high:
            yield Finding(
                place,
                _("a rating from {low} to {high} has no steps").format(low=low, high=high),
                _("Make `max` greater than `min`."),
            )
        elif high - low > _WIDEST_RATING:
            yield Finding(
                place,
                _("a rating from {low} to {high} has too many steps to choose from").format(low=low, high=high),
                _("Keep it within {most} steps, or ask for an integer.").format(most=_WIDEST_RATING),
            )
    elif question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
        yield Finding(
            (*location, "max"), _("no number can be at least `min` and at most `max`"), _("Make `max` at least `min`.")
        )


def _condition_findings(question: Question, condition: Condition, location: Location) -> Iterator[Finding]:
    for position, answer in enumerate(condition.answers):
        place = (*location, position) if len(condition.answers) > 1 else location
        yield from _answer_findings(question, answer, place)


def _answer_findings(question: Question, answer: str, location: Location) -> Iterator[Finding]:
    """Whether `answer` can be given to the question at all."""
    if question.type in CHOICE_TYPES:
        known = ["yes", "no"] if question.type == "yes_no" else [choice.id for choice in question.choices]
        if answer not in known and known:
            what = _("`{answer}` is no answer to this question").format(answer=answer)
            yield Finding(location, what, suggestion(answer, known))
    elif question.type in SCALE_TYPES:
        low, high = question.scale_bounds or (0, 10)
        if not re.fullmatch("-?[0-9]{1,4}", answer) or not low <= int(answer) <= high:
            yield Finding(
                location,
                _("`{answer}` is no answer to this question").format(answer=answer),
                _("Write a whole number from {low} to {high}, or a rule: `. < {high}`.").format(low=low, high=high),
            )
    elif question.type in NUMBER_TYPES:
        if not _DECIMAL.fullmatch(answer):
            yield Finding(
                location,
                _("`{answer}` is no answer to this question").format(answer=answer),
                _("Write a number, or a rule: `. > 600`."),
            )
    elif question.type in PICTURE_TYPES or question.type == "location":
        yield Finding(
            location,
            _("the answer to a question of type {type} can't be compared").format(type=question.type),
            _("Write a rule on another question, or remove this."),
        )
