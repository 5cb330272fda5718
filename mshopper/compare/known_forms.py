"""What the forms say of their questions, beside the tables: weights, sections, phases, touchpoints and targets.

The tables name a visit's form by its hash and carry none of this. Which forms are known is for `operations` to say (those in
the head-office folder and those kept on this laptop); a form that isn't known leaves its questions without them, never the
question out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from mshopper.compare.facts import put_table
from mshopper.compare.source import Source
from mshopper.model.form import Form, Placed, Question

_COLUMNS = (
    ("form_hash", "VARCHAR"),
    ("question_id", "VARCHAR"),
    ("place", "INTEGER"),
    ("weight", "DOUBLE"),
    ("in_section", "DOUBLE"),
    ("section", "VARCHAR"),
    ("phase", "VARCHAR"),
    ("touchpoint", "VARCHAR"),
    ("target", "DOUBLE"),
)


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """What a form says of one question. `place` counts from 0 in the form's order.

    `weight` is the question's times its top section's, as it counts in the score; `in_section` the question's alone, as it
    counts in touchpoints and phases. `target` is the upper end of a duration's first band, in seconds.
    """

    place: int
    weight: float
    in_section: float
    section: str
    phase: str
    touchpoint: str
    target: float | None


UNKNOWN = KnownQuestion(0, 1.0, 1.0, "", "", "", None)


class KnownForms:
    """The forms that are known, by hash, and a table `form_questions` of them for questions in SQL."""

    def __init__(self, source: Source, forms: Mapping[str, Form]) -> None:
        self.hashes = frozenset(forms)
        self.titles = {form.id: form.title for form in forms.values()}
        self._questions = {
            (form_hash, question_id): question
            for form_hash, form in forms.items()
            for question_id, question in _questions(form)
        }
        _write(source, self._questions)

    def question(self, form_hash: str, question_id: str) -> KnownQuestion:
        """What is known of a question; `UNKNOWN` where nothing is."""
        return self._questions.get((form_hash, question_id), UNKNOWN)


def _questions(form: Form) -> Iterator[tuple[str, KnownQuestion]]:
    for place, (path, placed) in enumerate(form.questions.items()):
        question = placed.item
        assert isinstance(question, Question)
        top = placed.sections[0].weight if placed.sections else Fraction(1)
        yield (
            form.question_id(path),
            KnownQuestion(
                place,
                float(question.weight * top),
                float(question.weight),
                form.question_id(placed.section_path) if placed.section_path else "",
                placed.phase,
                placed.touchpoint,
                _target(placed),
            ),
        )


def _target(placed: Placed) -> float | None:
    """The first band is what the form calls good: "within 60 seconds" has 60."""
    question = placed.item
    if not isinstance(question, Question) or question.type != "duration" or not question.bands:
        return None
    first = question.bands[0].to
    return None if first is None else float(first)


def _write(source: Source, questions: Mapping[tuple[str, str], KnownQuestion]) -> None:
    put_table(
        source,
        "form_questions",
        _COLUMNS,
        (
            (*key, one.place, one.weight, one.in_section, one.section, one.phase, one.touchpoint, one.target)
            for key, one in questions.items()
        ),
    )
