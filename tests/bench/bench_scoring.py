"""How fast a visit is scored, and that the time grows with the number of questions and no faster."""

import datetime as dt
import gc
import statistics
import time
from collections.abc import Iterator
from fractions import Fraction

from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.form import Form, Question, Section
from mshopper.model.scoring import score
from mshopper.model.visit import Visit

AT = dt.datetime(2026, 11, 21, 10, 30, tzinfo=dt.UTC)
QUESTIONS_IN_A_SECTION = 20
ROUNDS = 15


def run() -> list[tuple[str, float, float | None]]:
    """(what, number, limit): visits of 300 questions scored in a second, and the time of 1,200 questions over that of 300."""
    small, large = _visit(300), _visit(1_200)
    taken: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()  # as timeit does: collecting the other visit's objects isn't scoring this one
    try:
        for _round in range(ROUNDS):  # in turns, so that a slow moment of the machine meets both
            for times, visit in zip(taken, (small, large), strict=True):
                start = time.perf_counter()
                score(visit.form, visit)
                times.append(time.perf_counter() - start)
    finally:
        gc.enable()
    quick, slow = (statistics.median(times) for times in taken)
    return [
        ("visits of 300 questions scored in a second", 1 / quick, None),
        ("scoring 1,200 questions / 300 questions", slow / quick, 5.0),
    ]


def _visit(questions: int) -> Visit:
    """A visit of that many answered questions, one in five with a condition on another."""
    sections = tuple(
        Section(f"s{number}", phase="during", touchpoint="store", items=tuple(_questions(number)))
        for number in range(questions // QUESTIONS_IN_A_SECTION)
    )
    form = Form("bench", "1", sections=sections)
    answers = {AnswerKey(path): Answer("yes" if len(path) % 2 else "no") for path in form.questions}
    return Visit(form, now=lambda: AT, answers=answers)


def _questions(section: int) -> Iterator[Question]:
    for number in range(QUESTIONS_IN_A_SECTION):
        when = f"${{s{section}q0}} != ''" if number and number % 5 == 0 else ""
        yield Question(f"s{section}q{number}", "yes_no", points=Fraction(5), dimensions=("quality",), when=when)


if __name__ == "__main__":
    for what, number, limit in run():
        print(f"{what}: {number:.1f}" + (f" (limit {limit})" if limit else ""))
