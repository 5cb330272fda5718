"""Small builders: a form, a visit and its score in a line, so that a test shows nothing but what matters to it."""

import datetime as dt
import textwrap
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from mshopper.formfile import check_text
from mshopper.model.answer import Answer, AnswerKey, Value
from mshopper.model.form import Form, Question, Repeat, ScoringPolicy, Section
from mshopper.model.rules import FormRules
from mshopper.model.scoresheet import ScoreLine, ScoreSheet, Subtotal
from mshopper.model.scoring import score
from mshopper.model.validation import parse_value
from mshopper.model.visit import Visit

NOW = dt.datetime(2026, 11, 21, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
"""The time of every visit in tests, unless one says otherwise: a Saturday morning in Italy."""

NA = Answer(na=True)


def clock(moment: dt.datetime = NOW) -> Callable[[], dt.datetime]:
    """A clock that stands still."""
    return lambda: moment


def yaml_form(text: str) -> Form:
    """The form in YAML `text`; its head (`mshopper`, `id`, `version`, `title`) is added. Fails with its problems."""
    body = textwrap.dedent(text).strip("\n")
    check = check_text(f"mshopper: 1\nid: f\nversion: '1'\ntitle: F\nlanguages: [en]\n{body}\n", "f.yaml")
    assert check.form is not None, [problem.sentence for problem in check.problems]
    return check.form


def questions_form(questions: str, **scoring: Any) -> Form:
    """A form of YAML `questions` in the one section `s`; `scoring` are keys of its policy."""
    form = yaml_form(
        f"sections:\n- id: s\n  title: S\n  questions:\n{textwrap.indent(textwrap.dedent(questions), '  ')}"
    )
    return Form(form.id, form.version, form.title, form.languages, scoring=policy(**scoring), sections=form.sections)


def policy(**keys: Any) -> ScoringPolicy:
    """A scoring policy; a `pass_mark` is made exact."""
    if keys.get("pass_mark") is not None:
        keys["pass_mark"] = Fraction(keys["pass_mark"])
    return ScoringPolicy(**keys)


def form_of(*items: Question | Section, **keys: Any) -> Form:
    """A form: sections as they are, questions together in the section `s`."""
    loose = tuple(item for item in items if isinstance(item, Question))
    sections = tuple(item for item in items if isinstance(item, Section))
    return Form("f", "1", sections=((Section("s", items=loose),) if loose else ()) + sections, **keys)


def section(section_id: str, *items: Question | Section, **keys: Any) -> Section:
    """A section; numbers among its keys are made exact, `repeat` may be the least number of instances."""
    for name in ("weight", "pass_mark"):
        if name in keys:
            keys[name] = Fraction(keys[name])
    if isinstance(keys.get("repeat"), int):
        keys["repeat"] = Repeat(keys["repeat"])
    return Section(section_id, items=items, **keys)


def question(question_id: str, kind: str = "yes_no", points: int | None = None, **keys: Any) -> Question:
    """A question; a weight is made exact."""
    if "weight" in keys:
        keys["weight"] = Fraction(keys["weight"])
    return Question(question_id, kind, points=None if points is None else Fraction(points), **keys)


def calculate(question_id: str, rule: str, **keys: Any) -> Question:
    """A calculation."""
    return Question(question_id, "calculate", calculate=rule, **keys)


def key_of(form: Form, name: str) -> AnswerKey:
    """`greeted`, `welcome/greeted` or, with the instance in brackets, `price[2.1]`."""
    bare, _bracket, instance = name.partition("[")
    path = form.path_of(bare)
    assert path is not None, f"{bare} is no question of this form"
    return AnswerKey(path, instance.rstrip("]"))


def answer_of(form: Form, key: AnswerKey, said: Any) -> Answer:
    """An answer from what a test says: an Answer, or data as ANSWERS.json has it."""
    if isinstance(said, Answer):
        return said
    item = form.questions[key.path].item
    assert isinstance(item, Question)
    return Answer(parse_value(item, said if not isinstance(said, float) else Decimal(str(said))))


def visit_of(
    form: Form,
    answers: Mapping[str, Any] | None = None,
    counts: Mapping[str, int] | None = None,
    *,
    now: dt.datetime = NOW,
    rules: FormRules | None = None,
) -> Visit:
    """A visit of `form` with `answers` by name (see `key_of`) and `counts` of repeats likewise."""
    keyed = {key_of(form, name): said for name, said in (answers or {}).items()}
    return Visit(
        form,
        now=clock(now),
        visit_id="11111111-0000-4000-8000-000000000001",
        answers={key: answer_of(form, key, said) for key, said in keyed.items()},
        counts={key_of(form, name): number for name, number in (counts or {}).items()},
        rules=rules,
    )


def sheet_of(
    form: Form, answers: Mapping[str, Any] | None = None, counts: Mapping[str, int] | None = None
) -> ScoreSheet:
    """The score of those answers."""
    return score(form, visit_of(form, answers, counts))


def line_of(sheet: ScoreSheet, name: str, instance: str = "") -> ScoreLine:
    """The line of the question whose path ends in `name`."""
    return next(line for line in sheet.lines if line.path.rpartition("/")[2] == name and line.instance == instance)


def part(subtotals: tuple[Subtotal, ...], name: str) -> Subtotal:
    """The subtotal of that id."""
    return next(one for one in subtotals if one.id == name)


def value_of(rule: str, *items: Question | Section, answers: Mapping[str, Any] | None = None, **keys: Any) -> Value:
    """What `rule` gives as a calculation beside those questions, answered so."""
    form = form_of(*items, section("of_rule", calculate("result", rule)))
    visit = visit_of(form, answers, **keys)
    assert visit.rules.problems == (), visit.rules.problems
    return visit.value(AnswerKey("of_rule/result"))
