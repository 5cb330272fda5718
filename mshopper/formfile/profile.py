"""What a form amounts to: counts, languages, points by dimension, and what nobody will ever see or use."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from mshopper.model.form import CHOICE_TYPES, SCALE_TYPES, Form, Placed, Question, Section

_CONSTANT = r"'[^']*'|\"[^\"]*\"|[0-9]+(?:\.[0-9]+)?"
_COMPARED = re.compile(rf"\s*(?P<left>{_CONSTANT})\s*(?P<sign>=|!=|<=|>=|<|>)\s*(?P<right>{_CONSTANT})\s*")


@dataclass(frozen=True, slots=True)
class FormProfile:
    """A form's profile. `points` is the possible by dimension ("" for questions without one), weights applied.

    Questions are named by their id in tables; a choice as (question, choice).
    """

    sections: int
    questions: int
    languages: tuple[str, ...]
    scored: int
    points: tuple[tuple[str, Fraction], ...]
    unreachable: tuple[str, ...]
    never_offered: tuple[tuple[str, str], ...]
    without_dimension: tuple[str, ...]


def profile(form: Form) -> FormProfile:
    """The profile of `form`."""
    placed = list(form.questions.values())
    scoring = [place for place in placed if _question(place).scores]
    return FormProfile(
        sections=sum(isinstance(place.item, Section) for place in form.places.values()),
        questions=sum(_question(place).is_answered_by_person for place in placed),
        languages=form.languages,
        scored=len(scoring),
        points=_points(form, scoring),
        unreachable=tuple(form.question_id(place.path) for place in placed if _is_unreachable(place)),
        never_offered=tuple(_never_offered(form, placed)),
        without_dimension=tuple(form.question_id(p.path) for p in scoring if not _question(p).dimensions),
    )


def _question(place: Placed) -> Question:
    assert isinstance(place.item, Question)
    return place.item


def _points(form: Form, scoring: list[Placed]) -> tuple[tuple[str, Fraction], ...]:
    """The possible points of each dimension that has any, in the form's order; a question in two counts in both."""
    totals: dict[str, Fraction] = {dimension.id: Fraction(0) for dimension in form.dimensions} | {"": Fraction(0)}
    for place in scoring:
        question = _question(place)
        for dimension in question.dimensions or ("",):
            totals[dimension] = totals.get(dimension, Fraction(0)) + question.weight * possible(question)
    return tuple((dimension, total) for dimension, total in totals.items() if total)


def possible(question: Question) -> Fraction:
    """The most points that count as possible for a question (design.md, Scoring); 0 for a bonus."""
    if question.bonus:
        return Fraction(0)
    worth = [choice.points for choice in question.choices if choice.points is not None]
    if question.points is not None:
        best = question.points
    elif question.bands:
        best = max(band.points for band in question.bands)
    elif question.type == "choices":
        best = sum((points for points in worth if points > 0), Fraction(0))
    else:
        best = max(worth, default=Fraction(0))
    return max(best, Fraction(0))


def _is_unreachable(place: Placed) -> bool:
    """Whether the question's own rule, or that of a section around it, is always false."""
    return any(is_never(item.when) for item in (place.item, *place.sections)) or any(
        section.repeat is not None and section.repeat.maximum == 0 for section in place.sections
    )


def is_never(rule: str) -> bool:
    """Whether a rule reads nothing and is false: `false()`, `1 = 2`, `0`."""
    rule = rule.strip()
    if rule in ("0", "''", '""') or re.fullmatch(r"false\s*\(\s*\)", rule):
        return True
    if not (match := _COMPARED.fullmatch(rule)):
        return False
    left, right = (match[side].strip("'\"") for side in ("left", "right"))
    try:
        pair: tuple[Fraction, Fraction] | tuple[str, str] = (Fraction(left), Fraction(right))
    except ValueError:
        if match["sign"] not in ("=", "!="):
            return True  # an order of texts that are no numbers is never true
        pair = (left, right)
    return not _SIGNS[match["sign"]](*pair)


_SIGNS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _never_offered(form: Form, placed: list[Placed]) -> Iterator[tuple[str, str]]:
    """Choices that a filter which reads only their own columns shuts out for good."""
    for place in placed:
        question = _question(place)
        if question.type not in CHOICE_TYPES or not question.choice_filter or question.type in SCALE_TYPES:
            continue
        never = is_never(question.choice_filter)
        column = _FIXED.fullmatch(question.choice_filter)
        for choice in question.choices:
            cells = dict(choice.attributes) | {"name": choice.id}
            shut = (
                column is not None
                and column["column"] in _columns(question)
                and ((cells.get(column["column"], "") == column["value"]) != (column["sign"] == "="))
            )
            if never or shut:
                yield form.question_id(place.path), choice.id


_FIXED = re.compile(r"\s*(?P<column>[\w.\-]+)\s*(?P<sign>=|!=)\s*['\"](?P<value>[^'\"]*)['\"]\s*")


def _columns(question: Question) -> set[str]:
    return {"name", *(key for choice in question.choices for key, _value in choice.attributes)}
