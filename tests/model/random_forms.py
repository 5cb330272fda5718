"""Random forms and answers for properties: every scored type, nesting, repeats, bonus, N/A, criticals, hidden questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.form import (
    PHASES,
    Band,
    Choice,
    Condition,
    Critical,
    Form,
    Grade,
    Question,
    Repeat,
    ScoringPolicy,
    Section,
)
from mshopper.model.scoresheet import ScoreSheet
from mshopper.model.scoring import score
from tests.builders import visit_of

CHOICES = ("a", "b", "c")
EFFECTS = ("fail", "zero_section", "zero_form", "cap")


@dataclass(frozen=True)
class Case:
    """A form with answers to every question in every instance, and the counts of its repeats."""

    form: Form
    answers: Mapping[AnswerKey, Answer]
    counts: Mapping[AnswerKey, int]

    def sheet(self, form: Form | None = None, answers: Mapping[AnswerKey, Answer] | None = None) -> ScoreSheet:
        """The score; of another form or with other answers where given."""
        form = form or self.form
        said = {_named(key): answer for key, answer in (self.answers if answers is None else answers).items()}
        return score(form, visit_of(form, said, {_named(key): n for key, n in self.counts.items()}))


def _named(key: AnswerKey) -> str:
    return f"{key.path}[{key.instance}]"


points = st.integers(-4, 10).map(Fraction) | st.fractions(0, 3, max_denominator=7)
weights = st.fractions(0, 4, max_denominator=3)


@st.composite
def questions(draw: st.DrawFn, name: str, *, effects: bool) -> Question:
    """A question of any scored type, or one that doesn't score."""
    kind = draw(st.sampled_from(("yes_no", "choice", "choices", "rating", "nps", "csat", "ces", "number", "text")))
    given: dict[str, object] = {}
    if kind in ("choice", "choices"):
        given["choices"] = tuple(Choice(name, points=draw(st.none() | points)) for name in CHOICES)
    elif kind == "number":
        given["bands"] = (Band(draw(points), Fraction(3)), Band(draw(points)))
    elif kind != "text":
        given["points"] = draw(points)
    hits = _answers_that_hit(kind)
    if effects and hits and draw(st.integers(0, 5)) == 0:
        effect = draw(st.sampled_from(EFFECTS))
        cap = Fraction(draw(st.integers(0, 100))) if effect == "cap" else None
        given["critical"] = (Critical(Condition((draw(st.sampled_from(hits)),)), effect, cap),)
    return Question(
        name,
        kind,
        weight=draw(weights),
        na=True,
        bonus=draw(st.integers(0, 6)) == 0,
        dimensions=tuple(draw(st.sets(st.sampled_from(("time", "quality")), max_size=2))),
        when="false()" if draw(st.integers(0, 7)) == 0 else "",
        **given,  # type: ignore[arg-type]
    )


def _answers_that_hit(kind: str) -> tuple[str, ...]:
    return {"yes_no": ("yes", "no"), "choice": CHOICES, "choices": CHOICES, "number": ("3", "4"), "nps": ("0",)}.get(
        kind, ()
    )


@st.composite
def sections(draw: st.DrawFn, name: str, depth: int, *, effects: bool) -> Section:
    """A section with questions and perhaps a section within."""
    items: list[Question | Section] = [
        draw(questions(f"{name}q{i}", effects=effects)) for i in range(draw(st.integers(0, 3)))
    ]
    if depth and draw(st.booleans()):
        items.insert(draw(st.integers(0, len(items))), draw(sections(f"{name}s", depth - 1, effects=effects)))
    return Section(
        name,
        phase=draw(st.sampled_from(("", *PHASES))),
        touchpoint=draw(st.sampled_from(("", "store", "phone"))),
        weight=draw(weights),
        pass_mark=draw(st.none() | st.just(Fraction(50))),
        repeat=Repeat(0) if draw(st.integers(0, 3)) == 0 else None,
        items=tuple(items),
    )


@st.composite
def policies(draw: st.DrawFn, *, cap: bool | None = None) -> ScoringPolicy:
    """How the visit is scored."""
    return ScoringPolicy(
        aggregate=draw(st.sampled_from(("points", "mean"))),
        unanswered=draw(st.sampled_from(("zero", "exclude"))),
        cap=draw(st.booleans()) if cap is None else cap,
        pass_mark=draw(st.none() | st.just(Fraction(80))),
        grades=(Grade("A", Fraction(75)), Grade("B", Fraction(0))),
    )


@st.composite
def cases(draw: st.DrawFn, *, effects: bool = True, cap: bool | None = None) -> Case:
    """A form, its counts and its answers."""
    tops = tuple(draw(sections(f"t{i}", 2, effects=effects)) for i in range(draw(st.integers(1, 3))))
    form = Form("f", "1", scoring=draw(policies(cap=cap)), sections=tops)
    counts: dict[AnswerKey, int] = {}
    answers: dict[AnswerKey, Answer] = {}
    frames: dict[str, list[str]] = {"": [""]}
    for path, placed in form.places.items():
        around = placed.repeats[:-1] if placed.repeats[-1:] == (path,) else placed.repeats
        instances = frames[around[-1] if around else ""]
        if isinstance(placed.item, Question):
            for instance in instances:
                answers[AnswerKey(path, instance)] = draw(said(placed.item))
        elif placed.item.repeat:
            frames[path] = []
            for instance in instances:
                number = counts[AnswerKey(path, instance)] = draw(st.integers(0, 2))
                frames[path] += [f"{instance}.{n}".lstrip(".") for n in range(1, number + 1)]
    return Case(form, answers, counts)


@st.composite
def said(draw: st.DrawFn, question: Question) -> Answer:
    """An answer: mostly a fitting one, sometimes none, N/A or one that isn't valid."""
    what = draw(st.integers(0, 9))
    if what == 0:
        return Answer()
    if what == 1:
        return Answer(na=True)
    if what == 2:
        return Answer("no such choice")
    if question.scale_bounds is not None:
        return Answer(draw(st.integers(*question.scale_bounds)))
    match question.type:
        case "choices":
            return Answer(tuple(draw(st.sets(st.sampled_from(CHOICES)))))
        case "choice":
            return Answer(draw(st.sampled_from(CHOICES)))
        case "yes_no":
            return Answer(draw(st.sampled_from(("yes", "no"))))
        case "number":
            return Answer(draw(st.sampled_from((Decimal("3"), Decimal("3.01"), Decimal(-2)))))
    return Answer("words")
