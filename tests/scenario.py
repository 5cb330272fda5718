"""Answers a form as a person would: one relevant question after the other, top down, until nothing is left to answer.

For tests that need a whole visit (reports, export, screens) and not a particular one. The same seed answers the same.
"""

import random
from decimal import Decimal
from fractions import Fraction

from mshopper.model.answer import Answer, AnswerKey, Value
from mshopper.model.form import PICTURE_TYPES, Choice, Question
from mshopper.model.scoring import earned_points
from mshopper.model.visit import Visit


def fill_in(visit: Visit, *, seed: int = 0, praise: float = 0.8) -> Visit:
    """Answer all that is asked, also what only appears on the way; `praise` is how often the best answer is given."""
    chance = random.Random(seed)
    while waiting := [key for key in visit.keys() if _is_asked(visit, key)]:
        for key in waiting:
            if not (visit.has(key) and _is_asked(visit, key)):
                continue
            visit.set_answer(key, _answer(visit, key, chance, praise))
            for _try in range(30):  # whoever is told that an answer can't stand gives another
                if visit.is_invalid(key):
                    visit.set_answer(key, _answer(visit, key, chance, 0))
    return visit


def _is_asked(visit: Visit, key: AnswerKey) -> bool:
    question = visit.question(key)
    return question.is_answered_by_person and visit.is_relevant(key) and not visit.answer(key).seconds


def _answer(visit: Visit, key: AnswerKey, chance: random.Random, praise: float) -> Answer:
    """A fitting value with the photos and words that its evidence asks for."""
    question = visit.question(key)
    seconds = Decimal(chance.randint(2, 30))
    if question.na and chance.random() < 0.1:
        return Answer(na=True, seconds=seconds)
    is_best = chance.random() < praise
    answer = Answer(_value(question, visit.offered(key), chance, is_best=is_best), seconds=seconds)
    photos = max([1 if question.type in PICTURE_TYPES else 0, *(one.photos for one in question.evidence)])
    words = max([0, *(one.comment for one in question.evidence)])
    comment = "" if is_best and not words else "Seen at the entrance, told to the manager. ".ljust(words, ".")
    shown = tuple(f"photo-{key.path}-{key.instance}-{n}" for n in range(photos))
    return Answer(answer.value, comment=comment, photos=shown, seconds=seconds)


def _value(question: Question, choices: tuple[Choice, ...], chance: random.Random, *, is_best: bool) -> Value:
    if question.scale_bounds is not None:
        low, high = question.scale_bounds
        return high if is_best else chance.randint(low, high)
    ids = list(dict.fromkeys(choice.id for choice in choices))
    if not ids and question.type in ("choice", "choices", "ranking"):
        return None
    match question.type:
        case "yes_no" | "choice":
            offered = ids or ["yes", "no"]
            if is_best and question.scores:
                return max(offered, key=lambda one: earned_points(question, one)[0])
            return offered[0] if is_best else chance.choice(offered)
        case "choices":
            good = tuple(choice.id for choice in choices if (choice.points or 0) > 0)
            return (good or (ids[0],)) if is_best else tuple(chance.sample(ids, chance.randint(1, len(ids))))
        case "ranking":
            return tuple(chance.sample(ids, len(ids)))
        case "number" | "integer" | "duration" | "money":
            return _number(question, chance, is_best=is_best)
        case "text":  # some questions want a word, others a sentence
            return chance.choice(("Friendly", "Anna at the till greeted us at once and asked what we were looking for"))
    return _WORDS.get(question.type)


_WORDS = {
    "date": "2026-11-21",
    "time": "10:45",
    "datetime": "2026-11-21T10:45",
    "barcode": "8001234567890",
    "location": "45.4642 9.1900",
}


def _number(question: Question, chance: random.Random, *, is_best: bool) -> Value:
    limits = [band.to for band in question.bands if band.to is not None]
    low = question.minimum if question.minimum is not None else Fraction(0)
    high = question.maximum if question.maximum is not None else max([low + 100, *limits])
    if is_best and question.bands:
        best = max(question.bands, key=lambda band: band.points)
        wanted = best.to if best.to is not None else high
    else:
        wanted = low + (high - low) * chance.randint(0, 10) / 10
    number = min(max(Fraction(round(wanted)), low), high)
    return int(number) if question.type == "integer" else Decimal(number.numerator) / number.denominator
