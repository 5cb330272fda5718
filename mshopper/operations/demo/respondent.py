"""Fills in a visit as an auditor would: question by question, better at better stores, with the evidence answers demand.

Scored questions are answered by chance at the store's level, all others by `facts`. Works on a living Visit in memory;
`making` keeps what comes out.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from random import Random

from mshopper.model.answer import NO_ANSWER, Answer, AnswerKey, Value
from mshopper.model.form import PICTURE_TYPES, SCALE_TYPES, Question
from mshopper.model.record import Store
from mshopper.model.visit import Visit
from mshopper.operations.demo.facts import NOT_APPLICABLE, SCALES, fact
from mshopper.operations.demo.pictures import offered, wanted
from mshopper.operations.demo.samples import Samples
from mshopper.operations.demo.schedule import Appointment
from mshopper.operations.demo.situation import Situation

_INSTANCES = {"restaurant/dish": (2, 3), "store_standards/tills": (1, 2)}
"""How many instances a repeat gets that wants more than it begins with."""

_NOT_APPLICABLE = 0.05
"""The share of answers that are "not applicable" where they may be."""

_REMARKS = 0.35
"""The share of answers that get a comment although none is demanded, where something is known to say."""


@dataclass
class FilledVisit:
    """What a respondent said; photos are (place, name of the sample, caption), in order."""

    answers: dict[AnswerKey, Answer] = field(default_factory=dict)
    counts: Mapping[AnswerKey, int] = field(default_factory=dict)
    photos: list[tuple[AnswerKey, str, str]] = field(default_factory=list)


def fill(visit: Visit, appointment: Appointment, store: Store, samples: Samples) -> FilledVisit:
    """Answer `visit`, a new one, as `appointment` has it."""
    rng = Random(appointment.name)
    filled = FilledVisit()
    for path, bounds in _INSTANCES.items():
        form_id, _slash, section = path.partition("/")
        if visit.form.id == form_id:
            key = AnswerKey(section)
            while visit.counts[key] < rng.randint(*bounds):
                visit.add_instance(key)
    filled.counts = visit.counts
    keys = list(visit.keys())
    for key in keys[: round(len(keys) * appointment.fate.until)]:
        question = visit.question(key)
        if not visit.is_relevant(key) or not question.is_answered_by_person or question.id in appointment.fate.skip:
            continue
        _answer(Situation(visit, key, appointment, store, samples, rng), filled)
    return filled


def _answer(at: Situation, filled: FilledVisit) -> None:
    photos = _photos(at) if at.question.type in PICTURE_TYPES else []
    said = _said(at)
    if not photos and not said.na and said.value is None:
        return
    said = replace(said, seconds=Decimal(at.rng.randrange(3, 38)))
    said = _with_evidence(at, said, photos)
    filled.answers[at.key] = replace(said, photos=())
    filled.photos += [(at.key, name, at.samples.caption(at.question_id, name)) for name in photos]


def _said(at: Situation) -> Answer:
    forced = at.appointment.fate.said
    if at.question_id in forced:
        value = forced[at.question_id]
        return Answer(na=True) if value is None else Answer(value=value)
    known = fact(at)
    if known is not None:
        value = known(at)
        return Answer(na=True) if value == NOT_APPLICABLE else Answer(value=value)
    if at.question.type in PICTURE_TYPES:
        return NO_ANSWER
    if at.question.na and at.rng.random() < _NOT_APPLICABLE:
        return Answer(na=True)
    return Answer(value=_judged(at))


def _photos(at: Situation) -> list[str]:
    if at.question_id in at.appointment.fate.said:
        return []
    return at.rng.sample(offered(at), 1) if offered(at) else []


def _with_evidence(at: Situation, said: Answer, photos: list[str]) -> Answer:
    """The answer with the comment and photos that it demands, or that an auditor would add."""
    at.visit.set_answer(at.key, replace(said, photos=tuple(photos)))
    value = said.value if isinstance(said.value, str) else str(said.value)
    remarks = at.samples.comments(at.form_id, at.question_id, value)
    if remarks and at.rng.random() < _REMARKS:
        said = replace(said, comment=at.rng.choice(remarks))
    for violation in at.visit.violations(at.key):
        needed = int(violation.reason.get("needed") or 0)
        if violation.code == "comment":
            fitting = [*remarks, *at.samples.remarks(at.form_id, at.question_id)]
            said = replace(said, comment=at.rng.choice([words for words in fitting if len(words) >= needed]))
        elif violation.code == "photos":
            photos += at.rng.sample(offered(at), needed)
    if not photos and not said.na and wanted(at, value):
        photos += at.rng.sample(offered(at), 1)
    at.visit.set_answer(at.key, replace(said, photos=tuple(photos)))
    return said


# --- answers that are good or bad


def _judged(at: Situation) -> Value:
    """An answer to a scored question, good or bad by chance; what is critical goes well unless it is told otherwise."""
    question = at.question
    if question.type in SCALE_TYPES:
        return _on_scale(at, question) if question.scores else SCALES(at)
    if question.bands:
        return _in_band(at, question)
    if question.type == "choices":
        return _several(at, question)
    options = _options(question)
    if not options:
        return None
    best = max(points for _id, points in options)
    if question.critical or at.is_good():
        return at.rng.choice([choice for choice, points in options if points == best])
    return at.rng.choice([choice for choice, points in options if points != best] or [options[0][0]])


def _options(question: Question) -> list[tuple[str, Fraction]]:
    """The answers of a yes_no or a choice with their points; those that nothing scores count nothing."""
    if question.type == "yes_no" and not question.choices:
        return [("yes", Fraction(1)), ("no", Fraction(0))]
    barred = {answer for critical in question.critical for answer in critical.when.answers}
    return [(choice.id, choice.points or Fraction(0)) for choice in question.choices if choice.id not in barred]


def _several(at: Situation, question: Question) -> Value:
    """Several choices: where "nothing" is the best answer it stands alone, else all that earns points may be there."""
    points = {choice.id: choice.points or Fraction(0) for choice in question.choices}
    if points.get("nothing", Fraction(0)) > 0:
        others = [choice for choice in points if choice != "nothing"]
        return ("nothing",) if at.is_good() else tuple(at.rng.sample(others, at.rng.randint(1, 2)))
    earning = [choice for choice, worth in points.items() if worth > 0]
    return tuple(choice for choice in earning if at.is_good()) or (at.rng.choice(earning),)


def _on_scale(at: Situation, question: Question) -> Value:
    bounds = question.scale_bounds
    assert bounds is not None
    low, high = bounds
    share = min(1.0, max(0.0, at.appointment.level + at.rng.uniform(-0.2, 0.12)))
    # The lowest rating is where forms put their criticals.
    return max(low + 1, low + round(share * (high - low)))


def _in_band(at: Situation, question: Question) -> Value:
    """A number in the best band, or where it goes badly in one of the others, rather in the next one."""
    bands = list(question.bands)
    best = max(range(len(bands)), key=lambda index: bands[index].points)
    index = best
    if not question.critical and not at.is_good():
        index = at.rng.choice([other for other in range(len(bands)) if other != best])
    whole = question.type == "integer"
    low, high = _edges(question, index)
    if whole:
        return at.rng.randint(math.ceil(low), math.floor(high))
    places = 1 if high <= 20 else 0
    drawn = low + (high - low) * Fraction(at.rng.randrange(35, 101), 100)
    return max(_rounded(low, places), _rounded(drawn, places)) if drawn > low else _rounded(high, places)


def _edges(question: Question, index: int) -> tuple[Fraction, Fraction]:
    """The lowest and highest answer that an auditor would meet in a band; open ends lie near their neighbour."""
    bands, whole = question.bands, question.type == "integer"
    to, before = bands[index].to, bands[index - 1].to if index else None
    low = Fraction(0) if before is None else before + (1 if whole else 0)
    if question.minimum is not None and low < question.minimum:
        low = question.minimum
    if before is None and to is not None and to < 0:
        low = to - 2
    high = to if to is not None else low + (2 if whole else max(Fraction(1), low * Fraction(6, 10)))
    return low, min(high, question.maximum) if question.maximum is not None else high


def _rounded(value: Fraction, places: int) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-places))
