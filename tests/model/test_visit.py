"""A visit in progress: what a step changes, that it can be taken back, and that it equals the visit made from scratch."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from mshopper import paths
from mshopper.formfile import read_form
from mshopper.model.answer import NO_ANSWER, Answer, AnswerChange, AnswerKey, Violation, inverse
from mshopper.model.form import Check, Choice, Condition, Evidence, Form, Question, Repeat, Section, Text
from mshopper.model.reasons import answer_text
from mshopper.model.rules import Rule, compile_form_rules
from mshopper.model.scoring import score
from mshopper.model.visit import Visit
from tests.builders import NA, calculate, form_of, key_of, question, section, visit_of, yaml_form
from tests.scenario import fill_in

# --- what a step changes

FORM = yaml_form("""
    sections:
    - id: s
      title: S
      questions:
      - {id: came_in, label: In, type: yes_no}
      - {id: name, label: Name, type: text}
      - id: staff
        title: Staff
        when: "${came_in} = 'yes'"
        questions:
        - {id: helped, label: "Did ${name} help?", type: yes_no, required: true}
        - {id: wait, label: W, type: duration, check: {that: ". < ${most}", message: Too long}}
      - {id: most, label: M, type: number}
      - {id: minutes, label: Min, type: calculate, calculate: "${wait} div 60"}
""")


def changed(change: AnswerChange) -> dict[str, set[str]]:
    """What followed from a step, by the last name of each path."""
    kinds = ("appeared", "vanished", "recalculated", "revalidated", "relabelled")
    found = {kind: {key.path.rpartition("/")[2] for key in getattr(change, kind)} for kind in kinds}
    return {kind: names for kind, names in found.items() if names}


def test_an_answer_tells_what_followed() -> None:
    """Sections and questions that appear or vanish, calculations, violations and texts that changed, and no others."""
    visit = visit_of(FORM)
    helped, wait = key_of(FORM, "helped"), key_of(FORM, "wait")
    assert not visit.is_relevant(helped)
    assert changed(visit.set_answer(key_of(FORM, "came_in"), Answer("yes"))) == {
        "appeared": {"staff", "helped", "wait"},
        "revalidated": {"helped"},
    }
    assert changed(visit.set_answer(key_of(FORM, "name"), Answer("Anna"))) == {"relabelled": {"helped"}}
    assert changed(visit.set_answer(wait, Answer(Decimal(120)))) == {
        "recalculated": {"minutes"},
        "revalidated": {"wait"},
    }
    assert changed(visit.set_answer(key_of(FORM, "most"), Answer(Decimal(200)))) == {"revalidated": {"wait"}}
    change = visit.set_answer(key_of(FORM, "came_in"), Answer("no"))
    assert changed(change) == {
        "vanished": {"staff", "helped", "wait"},
        "recalculated": {"minutes"},
        "revalidated": {"helped"},
    }
    assert (change.answers[0].before.value, change.answers[0].after.value) == ("yes", "no")
    assert visit.answer(wait).value == 120


def test_the_same_answer_again_changes_nothing() -> None:
    """Setting what is there already is no step."""
    visit = visit_of(FORM, {"name": "Anna"})
    assert not visit.set_answer(key_of(FORM, "name"), Answer("Anna"))


def test_a_place_that_is_not_there_is_an_error() -> None:
    """Only questions and instances that exist can be changed."""
    form = form_of(section("r", question("a"), repeat=1))
    visit = visit_of(form)
    with pytest.raises(KeyError):
        visit.set_answer(AnswerKey("r/a", "2"), Answer("yes"))
    with pytest.raises(KeyError):
        visit.set_answer(AnswerKey("r/b", "1"), Answer("yes"))
    with pytest.raises(KeyError):
        visit.remove_instance(AnswerKey("r"), 2)
    assert visit.answers == {}


def counted(form: Form) -> tuple[Visit, list[tuple[str, str]]]:
    """A visit whose rules note each evaluation as (path, instance)."""
    rules, ran = compile_form_rules(form), list[tuple[str, str]]()

    def noting(rule: Rule) -> Rule:
        def run(frame: Any) -> Any:
            ran.append((rule.holder, frame.instance))
            return rule.run(frame)

        return replace(rule, run=run)

    rules.when = {path: noting(rule) for path, rule in rules.when.items()}
    rules.calculate = {path: noting(rule) for path, rule in rules.calculate.items()}
    rules.checks = {p: tuple(noting(r) if r else None for r in checks) for p, checks in rules.checks.items()}
    return visit_of(form, rules=rules), ran


def test_an_answer_evaluates_what_depends_on_it_once_and_nothing_else() -> None:
    """Each rule that reads the answer, directly or through others, runs once; in a repeat only its own instance's."""
    form = form_of(
        question("a", "number"),
        calculate("b", "${a} + 1"),
        calculate("c", "${a} + ${b}"),
        calculate("d", "${c} * ${b}"),
        question("e", when="${d} > 3"),
        question("other", "number"),
        calculate("apart", "${other} + 1"),
        section(
            "r", question("n", "number"), calculate("own", "${n} + 1"), calculate("mixed", "${n} + ${a}"), repeat=3
        ),
    )
    visit, ran = counted(form)
    ran.clear()
    visit.set_answer(AnswerKey("s/a"), Answer(Decimal(2)))
    mixed = [("r/mixed", "1"), ("r/mixed", "2"), ("r/mixed", "3")]
    assert sorted(ran) == [*mixed, ("s/b", ""), ("s/c", ""), ("s/d", ""), ("s/e", "")]
    assert (visit.value(AnswerKey("s/d")), visit.is_relevant(AnswerKey("s/e"))) == (15, True)
    ran.clear()
    visit.set_answer(AnswerKey("r/n", "2"), Answer(Decimal(1)))
    assert sorted(ran) == [("r/mixed", "2"), ("r/own", "2")]


def test_a_value_that_stays_stops_the_wave() -> None:
    """What reads a calculation doesn't run while the calculation gives the same."""
    form = form_of(question("a", "number"), calculate("b", "${a} > 5"), calculate("c", "${b}"))
    visit, ran = counted(form)
    visit.set_answer(AnswerKey("s/a"), Answer(Decimal(1)))
    ran.clear()
    visit.set_answer(AnswerKey("s/a"), Answer(Decimal(2)))
    assert ran == [("s/b", "")]


# --- violations


def codes(visit: Visit, name: str) -> list[str]:
    return [violation.code for violation in visit.violations(key_of(visit.form, name))]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("yes_no", ["yes", True], [("si", "unknown_choice")]),
        ("choice, choices: [a, b]", ["a"], [("c", "unknown_choice")]),
        ("choices, choices: [a, b]", ["a", ["b", "a"]], [(["c"], "unknown_choice"), (["a", "a"], "wrong_type")]),
        ("ranking, choices: [a, b]", [["b", "a"]], [(["a", "c"], "unknown_choice")]),
        ("rating", [1, 5, "3.0"], [(0, "out_of_range"), ("2.5", "wrong_type"), ("x", "wrong_type")]),
        ("nps", [0, 10], [(11, "out_of_range")]),
        ("csat, scale: faces", [3], [(4, "out_of_range")]),
        ("ces, variant: five_top", [5], [(6, "out_of_range")]),
        ("integer, min: 2", [2], [(1, "out_of_range"), ("2.5", "wrong_type")]),
        (
            "number, max: 0.1",
            ["0.1", "-1e3"],
            [("0.11", "out_of_range"), ("1,5", "wrong_type"), ("9" * 99, "wrong_type")],
        ),
        ("duration", [0, "1.5"], [(-1, "out_of_range"), ("1:05", "wrong_type")]),
        ("money, currency: EUR", ["12.50"], [("€ 12", "wrong_type")]),
        (
            "date",
            ["2026-02-28"],
            [("2026-02-30", "wrong_type"), ("20260228", "wrong_type"), ("28/2/2026", "wrong_type")],
        ),
        ("time", ["23:59", "08:30:15"], [("24:30", "wrong_type"), ("8", "wrong_type")]),
        ("datetime", ["2026-11-21T10:30", "2026-11-21T10:30:00+01:00"], [("2026-11-21", "wrong_type")]),
        ("location", ["45.46 9.19", "45.46 9.19 120 5"], [("Milano", "wrong_type"), ("45.46", "wrong_type")]),
        ("text", ["x", "=1+1"], []),
    ],
)
def test_answers_are_judged_by_their_type(kind: str, good: list[Any], bad: list[tuple[Any, str]]) -> None:
    """Each type's answers, its bounds and its choices; what is wrong is one violation with its code."""
    head = "sections:\n- {id: s, title: S, questions: ["
    form = yaml_form(f"{head}{{id: q, label: Q, type: {kind}}}]}}")
    for answer in good:
        assert codes(visit_of(form, {"q": answer}), "q") == [], answer
    for answer, code in bad:
        assert codes(visit_of(form, {"q": answer}), "q") == [code], answer


@pytest.mark.parametrize("value", [("yes",), 5, Decimal("NaN"), Decimal("Infinity")])
@pytest.mark.parametrize("kind", ["yes_no", "rating", "number", "date", "text"])
def test_values_of_another_type_are_violations(kind: str, value: Any) -> None:
    """Whatever a value is, it is judged and not raised; not-a-number is no number."""
    fits = value == 5 and kind in ("rating", "number")
    visit = visit_of(form_of(question("q", kind)), {"q": Answer(value)})
    assert codes(visit, "q") == ([] if fits else ["wrong_type"])
    score(visit.form, visit)


def test_required_is_answered_or_na() -> None:
    """A required question wants an answer or N/A, while it is relevant; blank words are none."""
    form = form_of(
        question("show"),
        section("hidden", question("a", required=True), when="${show} = 'yes'"),
        section("r", question("t", "text", required=True, na=True), repeat=2),
    )
    visit = visit_of(form, {"t[1]": "  "})
    assert [(p.code, p.key) for p in visit.problems()] == [
        ("required", AnswerKey("r/t", "1")),
        ("required", AnswerKey("r/t", "2")),
    ]
    visit.set_answer(AnswerKey("r/t", "1"), NA)
    visit.set_answer(AnswerKey("r/t", "2"), Answer("x"))
    assert visit.problems() == ()
    visit.set_answer(AnswerKey("s/show"), Answer("yes"))
    assert [p.key.path for p in visit.problems()] == ["hidden/a"]


def test_checks_skip_empty_answers_and_say_the_authors_words() -> None:
    """A check judges an answer that is there, valid by its type, and not N/A."""
    check = Check(". >= ${least}", Text.of({"it": "Troppo poco", "en": "Too little"}))
    form = form_of(question("least", "number"), question("q", "number", checks=(check, Check(". != 7"))))
    assert codes(visit_of(form, {"least": 5}), "q") == []
    assert codes(visit_of(form, {"least": 5, "q": NA}), "q") == []
    assert codes(visit_of(form, {"least": 5, "q": "many"}), "q") == ["wrong_type"]
    (violation,) = visit_of(form, {"least": 5, "q": 3}).violations(AnswerKey("s/q"))
    assert (violation.code, violation.message.get("en"), violation.reason.get("rule")) == (
        "check",
        "Too little",
        ". >= ${least}",
    )
    assert codes(visit_of(form, {"least": 9, "q": 7}), "q") == ["check", "check"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer("no"), ["photos", "comment"]),
        (Answer("no", photos=("p",), comment="a" * 20), []),
        (Answer("no", photos=("p",), comment=" " * 30 + "a"), ["comment"]),
        (Answer("yes"), []),
        (NO_ANSWER, []),
        (NA, []),
        (Answer("no", na=True), []),
    ],
)
def test_evidence(answer: Answer, expected: list[str]) -> None:
    """At least that many photos and characters when answered so; never for N/A or nothing."""
    evidence = (Evidence(1, 20, Condition(("no",))),)
    assert codes(visit_of(form_of(question("q", evidence=evidence)), {"q": answer}), "q") == expected


def test_evidence_always_and_by_rule() -> None:
    """Evidence without `when` belongs to any answer; by a rule it follows what the rule reads."""
    form = form_of(
        question("strict"),
        question(
            "q", "number", evidence=(Evidence(photos=2), Evidence(comment=3, when=Condition(rule="${strict} = 'yes'")))
        ),
    )
    visit = visit_of(form, {"q": 1})
    assert codes(visit, "q") == ["photos"]
    assert changed(visit.set_answer(AnswerKey("s/strict"), Answer("yes"))) == {"revalidated": {"q"}}
    assert codes(visit, "q") == ["photos", "comment"]
    visit.set_answer(AnswerKey("s/q"), Answer(Decimal(1), photos=("a", "b"), comment="yes"))
    assert codes(visit, "q") == []


def test_problems_come_in_the_order_of_the_form() -> None:
    """All that stands against submission, instance by instance, whatever the order of answering."""
    form = form_of(
        section("r", question("a", required=True), question("n", "integer"), repeat=2),
        section("z", question("b", required=True)),
    )
    visit = visit_of(form)
    visit.set_answer(AnswerKey("r/n", "2"), Answer("x"))
    visit.set_answer(AnswerKey("r/n", "1"), Answer("x"))
    assert [(p.key.path, p.key.instance) for p in visit.problems()] == [
        ("r/a", "1"),
        ("r/n", "1"),
        ("r/a", "2"),
        ("r/n", "2"),
        ("z/b", ""),
    ]


def test_an_answer_to_a_calculation_changes_nothing() -> None:
    """What is computed can't be answered: an answer given for it is no violation and no value."""
    visit = visit_of(form_of(calculate("c", "1 + 1")), {"c": Answer("5")})
    assert (visit.value(AnswerKey("s/c")), visit.problems()) == (2, ())


# --- texts, defaults, progress


def test_texts_show_answers_in_words() -> None:
    """`${q}` in a text is that answer as a person reads it; all instances of a repeat; nothing where there is none."""
    form = form_of(
        question("who", "choice", choices=(Choice("a", Text.of("Anna")), Choice("b", Text.of("Bruno")))),
        question("n", "number", when="${who} = 'a'"),
        section("till", question("id", "text"), calculate("upper", "concat(${id}, '!')"), repeat=2),
    )
    asks = question("ask", label=Text.of("Was ${who} at ${id} (${upper}, ${n})?"))
    inside = question("here", label=Text.of("At ${id}?"))
    till = replace(form.sections[1], items=(*form.sections[1].items, inside))
    form = replace(form, sections=(form.sections[0], till, section("z", asks)))
    visit = visit_of(form, {"who": "a", "n": "1234.5", "id[1]": "left", "id[2]": "right"})
    shown = visit.show(asks.label, AnswerKey("z/ask"), "en", answer_text)
    assert shown == "Was Anna at left, right (left!, right!, 1,234.5)?"
    visit.set_answer(AnswerKey("s/who"), Answer("b"))
    visit.set_answer(AnswerKey("till/id", "1"), NA)
    assert visit.show(asks.label, AnswerKey("z/ask"), "en", answer_text) == "Was Bruno at right (!, right!, )?"
    assert visit.show(inside.label, AnswerKey("till/here", "2"), "en", answer_text) == "At right?"


def test_defaults_fill_what_was_not_said() -> None:
    """A default, plain or computed, fits its type and never overwrites an answer."""
    form = form_of(
        question("d", "date", default="today()"),
        question("n", "integer", default="3"),
        question("c", "choices", default="a b", choices=(Choice("a"), Choice("b"))),
        question("kept", "text", default="x"),
    )
    visit = visit_of(form, {"kept": "mine"})
    assert not changed(visit.apply(visit.defaults()))
    assert [visit.answer(key).value for key in visit.keys()] == ["2026-11-21", 3, ("a", "b"), "mine"]
    assert not visit.defaults()


def test_progress_counts_what_a_person_answers() -> None:
    """Relevant questions, notes and calculations apart; N/A is done."""
    form = form_of(
        question("a"), question("b"), question("c", when="false()"), question("n", "note"), calculate("x", "1")
    )
    assert visit_of(form, {"a": NA}).progress() == (1, 2)


def test_seconds_alone_are_kept() -> None:
    """Time spent on a question that was cleared again stays, also in a visit opened again."""
    visit = visit_of(FORM, {"name": Answer(seconds=Decimal(4))})
    assert visit.answers == {key_of(FORM, "name"): Answer(seconds=Decimal(4))}


@pytest.mark.parametrize("file", sorted(paths.forms_folder().glob("*.yaml")), ids=lambda file: str(file.stem))
def test_a_person_can_finish_every_shipped_form(file: Path) -> None:
    """Answered top down as it unfolds, a visit ends without problems, is scored whole, and good answers score better."""
    form = read_form(file)
    good, bad = (fill_in(visit_of(form), seed=3, praise=praise) for praise in (1.0, 0.2))
    for visit in (good, bad):
        done, total = visit.progress()
        assert [(p.key, p.reason) for p in visit.problems()] == []
        assert done == total > 3
    best, worst = score(form, good), score(form, bad)
    assert best.percent is not None
    assert worst.percent is not None
    assert best.coverage == worst.coverage == 100
    assert best.percent > worst.percent


# --- repeats, undo, and the visit from scratch

DEEP = form_of(
    section(
        "a",
        question("x", "number"),
        section("b", question("y", "number"), section("c", question("z", "number"), repeat=1), repeat=1),
        calculate("sum_a", "sum(${z})"),
        repeat=1,
    ),
    section("end", calculate("all", "sum(${z}) + sum(${y}) + count(${c})")),
)


def test_a_copied_instance_is_answered_as_the_other_at_every_depth() -> None:
    """Values and comments are copied with the repeats inside, photos and seconds are not; undo takes all away."""
    visit = visit_of(DEEP, {"x[1]": 1, "y[1.2]": 12, "z[1.2.3]": 123}, {"a": 1, "b[1]": 2, "c[1.2]": 3})
    visit.set_answer(AnswerKey("a/x", "1"), Answer(1, comment="seen", photos=("p",), seconds=Decimal(9)))
    before = state(visit)
    change = visit.duplicate_instance(AnswerKey("a"), 1)
    assert visit.answer(AnswerKey("a/x", "2")) == Answer(1, comment="seen")
    assert (visit.value(AnswerKey("a/b/y", "2.2")), visit.value(AnswerKey("a/b/c/z", "2.2.3"))) == (12, 123)
    assert (visit.counts[AnswerKey("a/b", "2")], visit.counts[AnswerKey("a/b/c", "2.2")]) == (2, 3)
    visit.apply(inverse(change))
    assert state(visit) == before


def test_removing_an_instance_moves_those_behind_it_with_all_in_them() -> None:
    """Nested repeats move with their instance, counts and answers at every depth; undo and redo bring all back."""
    answers = {"x[1]": 1, "x[2]": 2, "y[2.2]": 22, "z[2.2.3]": 223, "z[2.1.1]": 211, "z[1.1.1]": 111}
    visit = visit_of(DEEP, answers, {"a": 2, "b[2]": 2, "c[2.2]": 3})
    before = state(visit)
    change = visit.remove_instance(AnswerKey("a"), 1)
    said = {f"{key.path[-1]}[{key.instance}]": answer.value for key, answer in visit.answers.items()}
    assert said == {"x[1]": 2, "y[1.2]": 22, "z[1.2.3]": 223, "z[1.1.1]": 211}
    assert visit.counts[AnswerKey("a/b/c", "1.2")] == 3
    after = state(visit)
    undone = visit.apply(inverse(change))
    assert state(visit) == before
    visit.apply(inverse(undone))
    assert state(visit) == after


def state(visit: Visit) -> dict[str, Any]:
    """All that can be seen of a visit."""
    keys = list(visit.keys())
    frames = {AnswerKey(p, k.instance) for k in keys for p in (k.path.rpartition("/")[0],)}
    return {
        "answers": dict(visit.answers),
        "counts": visit.counts,
        "keys": keys,
        "values": {key: visit.value(key) for key in keys},
        "relevant": {key: visit.is_relevant(key) for key in keys},
        "sections": {key: visit.is_relevant(key) for key in frames},
        "progress": visit.progress(),
        "problems": visit.problems(),
        "violations": {key: visit.violations(key) for key in keys},
        "score": score(visit.form, visit),
        "texts": [visit.show(visit.question(key).label, key, "en", answer_text) for key in keys],
    }


def from_scratch(visit: Visit) -> Visit:
    """A visit made anew with the same answers and counts."""
    return Visit(
        visit.form,
        now=lambda: visit._world.now,
        visit_id=visit._world.seed,
        answers=visit.answers,
        counts=visit.counts,
    )


CONDITIONS = (
    "",
    "",
    "${yes} = 'yes'",
    "${n} > 1",
    "${x} > 1",
    "${z} >= 2",
    "${kept} = 'yes'",
    "${sum_in} > 3",
    "${all} > 3",
    "sum(${z}) > 2",
    "sum(${x}) > 2",
    "count(${r}) > 1",
    "count(${rr}) > 1",
    "count(${r}[x > 1]) > 0",
    "count(${z}) > 1",
    "position(..) != 2",
    "../x != 1",
    "indexed-repeat(${x}, ${r}, 1) > 1",
    "indexed-repeat(${x}, ${r}, position(..) - 1) > 1",
    "indexed-repeat(${z}, ${r}, 1, ${rr}, 2) > 1",
    "/f/r/rr[z > 1]/z > 0",
    "${r}[position() = last()]/x > 1",
)
VALUES = (
    "${n} + 1",
    "sum(${z})",
    "max(${x})",
    "coalesce(${x}, 7)",
    "count(${rr})",
    "count-non-empty(${z})",
    "join(' ', ${x})",
    "indexed-repeat(${x}, ${r}, position(..) - 1)",
    "coalesce(indexed-repeat(${sum_in}, ${r}, position(..) - 1), 0) + 1",
    "if(${yes} = 'yes', ${all}, ${sum_in})",
    "position(..)",
    "sum(/f/r[x > 0]/x)",
)


@st.composite
def ruled_forms(draw: st.DrawFn) -> Form:
    """Two repeats, one inside the other, and random rules everywhere; a rule that makes a cycle is left out."""
    when: Callable[[], str] = lambda: draw(st.sampled_from(CONDITIONS))  # noqa: E731 - a closure with a type
    value: Callable[[], str] = lambda: draw(st.sampled_from(VALUES))  # noqa: E731 - a closure with a type

    def number(name: str) -> Question:
        check = (Check(when() or "true()"),) if draw(st.booleans()) else ()
        return question(name, "number", when=when(), checks=check, label=Text.of("${yes} ${x} ${sum_in}"))

    inner = section("rr", number("z"), calculate("deep", value()), when=when(), repeat=1)
    group = section("g", question("kept", required=True, when=when(), points=1), when=when())
    outer = section("r", number("x"), inner, group, calculate("sum_in", value()), when=when(), repeat=1)
    first = section("top", question("yes", points=2), number("n"))
    form = form_of(first, outer, section("end", calculate("all", value()), when=when()))
    for _attempt in range(20):
        problems = compile_form_rules(form).problems
        if not problems:
            return form
        form = replace(
            form, sections=tuple(_without(s, "", {p.path: p.field for p in problems}) for s in form.sections)
        )
    raise UnsatisfiedAssumption


def _without(item: Any, prefix: str, fields: dict[str, str]) -> Any:
    path = f"{prefix}{item.id}"
    if field := fields.get(path):
        item = replace(item, checks=()) if field.startswith("checks") else replace(item, **{field: _HARMLESS[field]})
    if isinstance(item, Section):
        item = replace(item, items=tuple(_without(inner, f"{path}/", fields) for inner in item.items))
    return item


_HARMLESS: dict[str, Any] = {"when": "", "calculate": "1", "label": Text()}


def random_step(visit: Visit, data: st.DataObject) -> AnswerChange:
    """One thing that a person may do: answer, clear, answer N/A, add an instance, copy one, take one out."""
    repeats = sorted(visit.counts)
    what = data.draw(st.integers(0, 9), label="what")
    if what == 0:
        return visit.add_instance(data.draw(st.sampled_from(repeats)))
    if what in (1, 2):
        key = data.draw(st.sampled_from(repeats))
        count = visit.counts[key]
        act = visit.remove_instance if what == 1 else visit.duplicate_instance
        return act(key, data.draw(st.integers(1, count))) if count else AnswerChange()
    keys = [key for key in visit.keys() if visit.question(key).is_answered_by_person]
    if not keys:
        return AnswerChange()
    key = data.draw(st.sampled_from(keys), label="key")
    kind = visit.question(key).type
    value: Any = (
        data.draw(st.sampled_from(("yes", "no"))) if kind == "yes_no" else Decimal(data.draw(st.integers(0, 3)))
    )
    return visit.set_answer(key, data.draw(st.sampled_from((Answer(value), Answer(value), NO_ANSWER, NA))))


@settings(max_examples=70, deadline=None)
@given(ruled_forms(), st.data())
def test_every_step_equals_the_visit_from_scratch_and_can_be_taken_back(form: Form, data: st.DataObject) -> None:
    """After any steps a visit is as if made anew with its answers; all steps taken back, it is as it was at first."""
    visit = visit_of(form, {"x[1]": 2}, {"r": 2})
    first = state(visit)
    steps = [random_step(visit, data) for _ in range(data.draw(st.integers(1, 8)))]
    last = state(visit)
    assert last == state(from_scratch(visit))
    redo = [visit.apply(inverse(step)) for step in reversed(steps)]
    assert state(visit) == first
    for step in reversed(redo):
        visit.apply(inverse(step))
    assert state(visit) == last


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_deep_repeats_come_back_too(data: st.DataObject) -> None:
    """The same with three repeats, one inside the other, mostly grown and shrunk."""
    visit = visit_of(DEEP, counts={"a": 2, "b[1]": 2})
    first = state(visit)
    steps = [random_step(visit, data) for _ in range(data.draw(st.integers(1, 14)))]
    assert state(visit) == state(from_scratch(visit))
    for step in reversed(steps):
        visit.apply(inverse(step))
    assert state(visit) == first


@settings(max_examples=60, deadline=None)
@given(ruled_forms(), st.data())
def test_a_change_names_all_that_changed(form: Form, data: st.DataObject) -> None:
    """What a step reports is exactly what differs before and after, for the instances that were there all along."""
    visit = visit_of(form, {"x[1]": 2}, {"r": 2})
    before = state(visit)
    change = random_step(visit, data)
    after = state(visit)
    there = set(before["keys"]) & set(after["keys"])
    differs = {name: {key for key in there if before[name][key] != after[name][key]} for name in ("values", "relevant")}
    stepped = {step.key for step in change.answers}
    assert (change.appeared | change.vanished) & there == differs["relevant"]
    assert change.recalculated & there == {
        k for k in differs["values"] - stepped if visit.question(k).type == "calculate"
    }
    revalidated = {key for key in there if before["violations"][key] != after["violations"][key]}
    assert change.revalidated & there == revalidated
    texts = dict(zip(before["keys"], before["texts"], strict=True))
    shown = dict(zip(after["keys"], after["texts"], strict=True))
    assert {key for key in there if texts[key] != shown[key]} <= change.relabelled


def test_add_instance_and_its_undo() -> None:
    """A new instance is empty and judged; undo takes it out with what was said in it since."""
    form = form_of(section("r", question("a", required=True), repeat=Repeat(0)))
    visit = visit_of(form)
    change = visit.add_instance(AnswerKey("r"))
    assert visit.problems() == (Violation(AnswerKey("r/a", "1"), visit.problems()[0].reason),)
    visit.set_answer(AnswerKey("r/a", "1"), Answer("yes"))
    visit.apply(inverse(change))
    assert (visit.answers, visit.problems(), list(visit.keys())) == ({}, (), [])
