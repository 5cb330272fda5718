"""Every sentence of design.md's "Scoring" as a small worked example."""

# An exact Fraction equals an int here, which strict equality doesn't know.
# mypy: disable-error-code="comparison-overlap"

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from mshopper.model.answer import Answer
from mshopper.model.form import Band, Condition, Critical, Form, Grade, Question, Section
from mshopper.model.scoresheet import ScoreSheet
from mshopper.model.scoring import exact_text, score
from tests.builders import (
    NA,
    calculate,
    form_of,
    line_of,
    part,
    policy,
    question,
    questions_form,
    section,
    sheet_of,
    visit_of,
    yaml_form,
)

FAIL, ZERO_SECTION, ZERO_FORM = "fail", "zero_section", "zero_form"


def critical(answer: str, effect: str = FAIL, cap: int | None = None) -> dict[str, Any]:
    """The keys of a question with that critical answer."""
    return {"critical": (Critical(Condition((answer,)), effect, None if cap is None else Fraction(cap)),)}


def earned(questions: str, **answers: Any) -> tuple[Fraction, Fraction]:
    """Earned and possible of the question `q` once answered."""
    line = line_of(sheet_of(questions_form(questions), answers), "q")
    return line.earned, line.possible


# --- what a question earns


@pytest.mark.parametrize(
    ("keys", "answer", "expected"),
    [
        ("type: yes_no, points: 5", "yes", (5, 5)),
        ("type: yes_no, points: 5", "no", (0, 5)),
        ("type: yes_no, points: {yes: 0, no: 5}", "no", (5, 5)),
        ("type: yes_no, points: {yes: 3, no: -2}", "no", (-2, 3)),
        ("type: yes_no, points: -5", "yes", (-5, 0)),
        ("type: choice, points: {a: 1, b: 4}, choices: [a, b, c]", "a", (1, 4)),
        ("type: choice, points: {a: 1, b: 4}, choices: [a, b, c]", "c", (0, 4)),
        ("type: choice, points: {a: -1, b: -4}, choices: [a, b]", "b", (-4, 0)),
        ("type: choices, points: {a: 1, b: 2, c: -4}, choices: [a, b, c]", ["a", "b"], (3, 3)),
        ("type: choices, points: {a: 1, b: 2, c: -4}, choices: [a, b, c]", ["b", "c"], (-2, 3)),
        ("type: rating, points: 10", 1, (0, 10)),
        ("type: rating, points: 10", 4, (Fraction(15, 2), 10)),
        ("type: rating, points: 10, min: -2, max: 2", 0, (5, 10)),
        ("type: nps, points: 3", 9, (Fraction(27, 10), 3)),
        ("type: csat, points: 4", 2, (1, 4)),
        ("type: csat, scale: faces, points: 4", 2, (2, 4)),
        ("type: ces, variant: seven_mean, points: 6", 7, (6, 6)),
        ("type: ces, variant: five_top, points: 6", 2, (Fraction(3, 2), 6)),
    ],
)
def test_points(keys: str, answer: Any, expected: tuple[Any, Any]) -> None:
    """Choices earn their points, of the highest or of the sum of the positive ones; scales are linear from 0 at min."""
    assert earned(f"- {{id: q, label: Q, {keys}}}", q=answer) == expected


@pytest.mark.parametrize(
    ("bands", "answer", "expected"),
    [
        ("bands: [{to: 60, points: 10}, {to: 180, points: 5}, {points: 1}]", 60, (10, 10)),
        ("bands: [{to: 60, points: 10}, {to: 180, points: 5}, {points: 1}]", "60.0000001", (5, 10)),
        ("bands: [{to: 60, points: 10}, {to: 180, points: 5}, {points: 1}]", 181, (1, 10)),
        ("bands: [{to: 60, points: 10}, {to: 180, points: 5}]", 181, (0, 10)),
        ("bands: [{to: 60, points: 10}], points: 20", 10, (10, 20)),
        ("bands: [{to: 60, points: -3}]", 10, (-3, 0)),
        ("bands: [{to: '0.1', points: 1}]", "0.1", (1, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["number", "duration", "money, currency: EUR"])
def test_bands(kind: str, bands: str, answer: Any, expected: tuple[int, int]) -> None:
    """The first band whose `to` is not below the value; above the last 0; possible is the highest, or `points`."""
    assert earned(f"- {{id: q, label: Q, type: {kind}, {bands}}}", q=answer) == expected


@pytest.mark.parametrize(("rule", "expected"), [("30 + 30", 10), ("60.5", 0), ("if(1 = 1, '10', '0')", 10)])
def test_a_calculation_scores_by_bands(rule: str, expected: int) -> None:
    """A calculation's number earns by bands, also where the rule writes it as text."""
    form = form_of(calculate("q", rule, bands=(Band(Fraction(10), Fraction(60)),)))
    assert line_of(sheet_of(form), "q").earned == expected


def test_a_calculation_that_gives_words_is_invalid() -> None:
    """A calculated text that no band knows counts as invalid: none of its possible points."""
    line = line_of(sheet_of(form_of(calculate("q", "'soon'", bands=(Band(Fraction(10)),)))), "q")
    assert (line.status, line.earned, line.possible) == ("invalid", 0, 10)


def test_weight_multiplies_both_sides_and_zero_takes_the_question_out() -> None:
    """A question's weight counts for earned and possible alike."""
    form = form_of(question("a", points=2, weight=3), question("b", points=4), question("c", points=9, weight=0))
    sheet = sheet_of(form, {"a": "yes", "b": "no", "c": "no"})
    assert (sheet.earned, sheet.possible, sheet.percent) == (6, 10, 60)


# --- what doesn't count


def test_na_and_irrelevant_count_nowhere() -> None:
    """N/A and not relevant count in neither earned nor possible."""
    form = form_of(question("a", points=1), question("b", points=5), question("c", points=7, when="${a} = 'no'"))
    sheet = sheet_of(form, {"a": "yes", "b": NA, "c": "yes"})
    assert (sheet.earned, sheet.possible) == (1, 1)
    assert [line.status for line in sheet.lines] == ["scored", "na", "not_relevant"]


@pytest.mark.parametrize(("unanswered", "possible"), [("zero", 11), ("exclude", 1)])
@pytest.mark.parametrize(("said", "status"), [(None, "unanswered"), ("perhaps", "invalid"), ("  ", "unanswered")])
def test_unanswered_and_invalid(unanswered: str, possible: int, said: str | None, status: str) -> None:
    """Unanswered or invalid counts 0 of its points under `zero`, nowhere under `exclude`."""
    form = form_of(question("a", points=1), question("b", points=10), scoring=policy(unanswered=unanswered))
    sheet = sheet_of(form, {"a": "yes", "b": Answer(said)})
    assert (sheet.earned, sheet.possible) == (1, possible)
    assert (line_of(sheet, "b").status, line_of(sheet, "b").earned) == (status, 0)


def test_a_failed_check_makes_an_answer_invalid() -> None:
    """An answer that its check refuses earns nothing."""
    form = questions_form("- {id: q, label: Q, type: number, bands: [{points: 5}], check: {that: '. >= 0'}}")
    assert line_of(sheet_of(form, {"q": "-1"}), "q").status == "invalid"
    assert line_of(sheet_of(form, {"q": "1"}), "q").earned == 5


def test_missing_evidence_leaves_the_points() -> None:
    """Evidence that lacks stops submission, but the answer itself is valid and scores."""
    form = questions_form("- {id: q, label: Q, type: yes_no, points: 5, required: true, evidence: {photos: 1}}")
    visit = visit_of(form, {"q": "yes"})
    assert [problem.code for problem in visit.problems()] == ["photos"]
    assert score(form, visit).percent == 100


def test_not_scored_is_no_number() -> None:
    """With nothing possible there is no percentage, verdict not_scored and no grade, under both aggregates."""
    for aggregate in ("points", "mean"):
        scoring = policy(aggregate=aggregate, pass_mark=80, grades=(Grade("D", Fraction(0)),))
        sheet = sheet_of(form_of(question("a", points=5), question("b"), scoring=scoring), {"a": NA, "b": "yes"})
        assert (sheet.percent, sheet.verdict, sheet.grade, sheet.coverage) == (None, "not_scored", "", None)
        assert [s.percent for s in sheet.sections] == [None]


def test_mean_with_weightless_sections_is_not_scored() -> None:
    """Sections that all weigh nothing can't be averaged: not scored, under both aggregates."""
    for aggregate in ("points", "mean"):
        form = form_of(section("s", question("a", points=5), weight=0), scoring=policy(aggregate=aggregate))
        assert sheet_of(form, {"a": "yes"}).percent is None


# --- bonus


BONUS = form_of(
    section("main", question("a", points=10)),
    section("extra", question("b", points=5, bonus=True)),
)


@pytest.mark.parametrize(
    ("aggregate", "cap", "a", "percent"),
    [
        ("points", False, "no", 50),
        ("points", False, "yes", 150),
        ("points", True, "yes", 100),
        ("mean", False, "no", 0),
    ],
)
def test_bonus(aggregate: str, cap: bool, a: str, percent: int) -> None:
    """A bonus adds to earned only; a section of bonus alone gives it under points and nothing under mean."""
    form = Form("f", "1", scoring=policy(aggregate=aggregate, cap=cap), sections=BONUS.sections)
    sheet = sheet_of(form, {"a": a, "b": "yes"})
    assert (sheet.percent, sheet.possible, part(sheet.sections, "extra").percent) == (percent, 10, None)
    assert line_of(sheet, "b").status == "bonus"


def test_an_unanswered_bonus_costs_nothing() -> None:
    """An unanswered bonus has no possible points to lose."""
    assert sheet_of(BONUS, {"a": "yes"}).percent == 100


# --- sections, repeats, groups

JOURNEY = """
    dimensions: [courtesy, {id: light, title: Light}]
    sections:
    - id: visit
      title: Visit
      weight: 2
      phase: during
      touchpoint: store
      questions:
      - {id: hello, label: H, type: yes_no, points: 1, dimension: [courtesy, light]}
      - id: till
        title: Till
        touchpoint: till
        repeat: {min: 2}
        questions:
        - {id: thanks, label: T, type: yes_no, points: 2, dimension: courtesy, weight: 3}
    - id: call
      title: Call
      phase: after
      touchpoint: phone
      questions:
      - {id: answered, label: A, type: yes_no, points: 5}
      - {id: remark, label: R, type: text, dimension: light}
"""
JOURNEY_ANSWERS = {"hello": "yes", "thanks[1]": "yes", "thanks[2]": "no", "answered": "yes"}


def test_sections_add_all_instances_and_subsections() -> None:
    """A section is the sum over its instances and sub-sections; the visit weighs the top sections."""
    sheet = sheet_of(yaml_form(JOURNEY), JOURNEY_ANSWERS)
    assert [(s.id, s.earned, s.possible) for s in sheet.sections] == [
        ("visit", 7, 13),
        ("visit/till", 6, 12),
        ("call", 5, 5),
    ]
    assert (sheet.earned, sheet.possible, sheet.percent) == (2 * 7 + 5, 2 * 13 + 5, Fraction(1900, 31))
    assert [(s.id, s.percent) for s in sheet.instances] == [("visit/till[1]", 100), ("visit/till[2]", 0)]


def test_mean_weighs_section_percentages() -> None:
    """`mean` is the weighted mean of the top sections' percentages; earned and possible stay sums."""
    form = yaml_form("    scoring: {aggregate: mean}" + JOURNEY)
    sheet = sheet_of(form, JOURNEY_ANSWERS)
    assert sheet.percent == (2 * Fraction(700, 13) + 100) / 3
    assert (sheet.earned, sheet.possible) == (19, 31)


def test_mean_passes_over_sections_that_are_not_scored() -> None:
    """A section all N/A has no part in the mean."""
    form = form_of(
        section("a", question("x", points=1)),
        section("b", question("y", points=1), weight=9),
        scoring=policy(aggregate="mean"),
    )
    assert sheet_of(form, {"x": "yes", "y": NA}).percent == 100


def test_groups_ignore_section_weights_and_count_a_question_whole_in_each_dimension() -> None:
    """Dimensions, touchpoints and phases sum their questions; touchpoint and phase come from the sections around."""
    sheet = sheet_of(yaml_form(JOURNEY), JOURNEY_ANSWERS)
    assert [(d.id, d.earned, d.possible) for d in sheet.dimensions] == [("courtesy", 7, 13), ("light", 1, 1)]
    assert [(t.id, t.earned, t.possible) for t in sheet.touchpoints] == [
        ("store", 1, 1),
        ("till", 6, 12),
        ("phone", 5, 5),
    ]
    assert [(p.id, p.earned, p.possible) for p in sheet.phases] == [("during", 7, 13), ("after", 5, 5)]


def test_nested_repeats() -> None:
    """A repeat in a repeat: each outer instance has its own inner ones, and all count once."""
    form = form_of(section("shop", section("shelf", question("tidy", points=1), repeat=1), repeat=2))
    sheet = sheet_of(form, {"tidy[1.1]": "yes", "tidy[1.2]": "no", "tidy[2.1]": "yes"}, {"shelf[1]": 2})
    assert [(line.instance, line.earned) for line in sheet.lines] == [("1.1", 1), ("1.2", 0), ("2.1", 1)]
    assert (sheet.earned, sheet.possible) == (2, 3)
    assert {(i.id, i.percent) for i in sheet.instances} == {
        ("shop[1]", 50),
        ("shop[2]", 100),
        ("shop/shelf[1.1]", 100),
        ("shop/shelf[1.2]", 0),
        ("shop/shelf[2.1]", 100),
    }


def test_answers_of_unknown_places_count_nowhere() -> None:
    """Answers beyond the instances there are, and counts below the minimum, are taken as they come."""
    form = form_of(section("till", question("fast", points=1), repeat=2))
    sheet = sheet_of(form, {"fast[1]": "yes", "fast[7]": "no"}, {"till": 1})
    assert (len(sheet.lines), sheet.percent) == (1, 100)
    assert sheet_of(form, {}, {"till": 0}).percent is None


def test_equal_names_in_two_groups_are_two_questions() -> None:
    """Questions of one name in different sections score each by itself."""
    form = form_of(section("a", question("clean", points=1)), section("b", question("clean", points=3)))
    assert sheet_of(form, {"a/clean": "no", "b/clean": "yes"}).earned == 3


# --- effects and their order


def two_sections(effect: str, cap: int | None = None, **scoring: Any) -> Form:
    """Section `s1` with a (1 point) and b (1 point, critical on no); `s2` with c (2 points)."""
    return form_of(
        section("s1", question("a", points=1), question("b", points=1, **critical("no", effect, cap))),
        section("s2", question("c", points=2)),
        scoring=policy(**scoring),
    )


HIT: Mapping[str, Any] = {"a": "yes", "b": "no", "c": "yes"}


def percent(sheet: ScoreSheet) -> Fraction | None:
    return sheet.percent


def test_fail_keeps_the_score() -> None:
    """A critical that fails changes the verdict and nothing else."""
    sheet = sheet_of(two_sections(FAIL), HIT)
    assert (sheet.percent, sheet.verdict) == (75, "fail")
    assert [(hit.path, hit.effect) for hit in sheet.criticals] == [("s1/b", "fail")]


def test_zero_section() -> None:
    """zero_section takes the section's earned to 0 and leaves its possible; dimensions and lines keep theirs."""
    sheet = sheet_of(two_sections(ZERO_SECTION), HIT)
    first = part(sheet.sections, "s1")
    assert (first.earned, first.possible, first.percent, first.effects) == (0, 2, 0, ("zero_section",))
    assert (sheet.earned, sheet.percent, line_of(sheet, "a").earned) == (2, 50, 1)
    assert sheet_of(two_sections(ZERO_SECTION, aggregate="mean"), HIT).percent == 50


def test_zero_section_of_a_subsection_zeroes_that_one_only() -> None:
    """The section zeroed is the one around the question; the one around that keeps its own points."""
    inner = section("inner", question("b", points=4, **critical("no", ZERO_SECTION)), question("d", points=5))
    sheet = sheet_of(form_of(section("outer", question("a", points=1), inner)), {"a": "yes", "b": "no", "d": "yes"})
    assert [(s.id, s.earned, s.possible) for s in sheet.sections] == [("outer", 1, 10), ("outer/inner", 0, 9)]


@pytest.mark.parametrize("effect", [ZERO_SECTION, ZERO_FORM])
def test_zero_is_the_lesser_of_zero_and_the_percentage(effect: str) -> None:
    """With `cap: false` a negative percentage stays: effects only lower."""
    form = form_of(
        section("s", question("a", points=1), question("b", points=-5, **critical("yes", effect))),
        scoring=policy(cap=False),
    )
    assert sheet_of(form, {"a": "yes", "b": "yes"}).percent == -400
    assert sheet_of(form_of(*form.sections), {"a": "yes", "b": "yes"}).percent == 0


def test_cap_n_lowers_to_n_and_never_raises() -> None:
    """{cap: n} is the most the visit gets; the lowest of several counts."""
    assert sheet_of(two_sections("cap", 50), HIT).percent == 50
    assert sheet_of(two_sections("cap", 90), HIT).percent == 75
    both = form_of(question("a", points=1, **critical("yes", "cap", 60)), question("b", **critical("yes", "cap", 40)))
    assert sheet_of(both, {"a": "yes", "b": "yes"}).percent == 40


def test_cap_keeps_each_section_within_bounds_before_the_mean() -> None:
    """Under mean each section is capped before it is averaged: a bonus in one can't help another."""
    sections = (
        section("s1", question("a", points=1), question("x", points=9, bonus=True)),
        section("s2", question("b", points=1)),
    )
    answers = {"a": "yes", "x": "yes", "b": "no"}
    assert sheet_of(form_of(*sections, scoring=policy(aggregate="mean")), answers).percent == 50
    assert sheet_of(form_of(*sections, scoring=policy(aggregate="mean", cap=False)), answers).percent == 500
    assert sheet_of(form_of(*sections), answers).percent == 100, "under points nothing is clipped before the visit"


def test_negative_points_lower_other_sections_under_points_only() -> None:
    """Negative points are not clipped before the section: under points they weigh on the whole."""
    sections = (
        section("s1", question("a", points=1), question("x", points=-3)),
        section("s2", question("b", points=4)),
    )
    answers = {"a": "yes", "x": "yes", "b": "yes"}
    sheet = sheet_of(form_of(*sections), answers)
    assert (part(sheet.sections, "s1").earned, part(sheet.sections, "s1").percent, sheet.percent) == (-2, 0, 40)
    assert sheet_of(form_of(*sections, scoring=policy(aggregate="mean")), answers).percent == 50


def test_cap_n_comes_after_cap() -> None:
    """150 % is first kept to 100, then limited; zero_form comes last of all."""
    items = (question("a", points=2), question("x", points=1, bonus=True))
    last = question("z", **critical("no", "cap", 70))
    assert sheet_of(form_of(*items, last), {"a": "yes", "x": "yes", "z": "no"}).percent == 70
    zero = question("y", **critical("no", ZERO_FORM))
    sheet = sheet_of(form_of(*items, last, zero), {"a": "yes", "x": "yes", "z": "no", "y": "no"})
    assert (sheet.percent, sheet.earned) == (0, 3)


# --- criticals


def test_a_critical_in_a_repeat_triggers_once() -> None:
    """Any instance triggers it, once, and the first one is named."""
    form = form_of(section("till", question("safe", points=1, **critical("no")), repeat=3))
    sheet = sheet_of(form, {"safe[1]": "yes", "safe[2]": "no", "safe[3]": "no"})
    assert [(hit.path, hit.instance) for hit in sheet.criticals] == [("till/safe", "2")]


@pytest.mark.parametrize("said", [Answer(), NA, Answer(na=True, value="no")])
def test_unanswered_and_na_never_hit(said: Answer) -> None:
    """No answer and N/A hit no critical, not even a rule that would hold."""
    rule = Critical(Condition(rule=". != 'yes'"))
    form = form_of(question("a", points=1, critical=(*critical("no")["critical"], rule)))
    assert sheet_of(form, {"a": said}).criticals == ()


def test_irrelevant_never_hits() -> None:
    """A hidden question keeps its answer and hits nothing."""
    form = form_of(question("in"), question("a", points=1, when="${in} = 'yes'", **critical("no")))
    assert sheet_of(form, {"in": "no", "a": "no"}).criticals == ()
    assert len(sheet_of(form, {"in": "yes", "a": "no"}).criticals) == 1


def test_critical_by_list_chosen_number_and_rule() -> None:
    """An answer, any of several, any chosen, a number by its value, or a rule."""
    form = yaml_form("""
        sections:
        - id: s
          title: S
          questions:
          - {id: a, label: A, type: choice, choices: [x, y, z], critical: {when: [x, y]}}
          - {id: b, label: B, type: choices, choices: [x, y, z], critical: {when: z, effect: {cap: 50}}}
          - {id: c, label: C, type: number, critical: {when: '10'}}
          - {id: d, label: D, type: duration, critical: {when: '. > 600', effect: zero_form}}
          - {id: e, label: E, type: calculate, calculate: '${c} * 2', critical: {when: ". = 20"}}
    """)
    hits = sheet_of(form, {"a": "y", "b": ["x", "z"], "c": "10.0", "d": "600.5"}).criticals
    assert [(hit.path, hit.effect) for hit in hits] == [
        ("s/a", "fail"),
        ("s/b", "cap"),
        ("s/c", "fail"),
        ("s/d", "zero_form"),
        ("s/e", "fail"),
    ]
    assert sheet_of(form, {"a": "z", "b": ["x"], "c": "10.01", "d": "600"}).criticals == ()


# --- verdict, grade, coverage


def scored(percent_of_hundred: str | int, *, hit: bool = False, **keys: Any) -> ScoreSheet:
    """A visit at that percentage: a number that earns by itself, out of 100, and perhaps a critical hit."""
    points = Fraction(percent_of_hundred)
    sections = (
        section("s", question("q", "number", 100, bands=(Band(points),)), **keys.pop("of_section", {})),
        *keys.pop("sections", ()),
    )
    more: tuple[Section, ...] = (section("c", question("x", **critical("no"))),) if hit else ()
    return sheet_of(form_of(*sections, *more, **keys), {"q": 1, **({"x": "no"} if hit else {})})


def test_verdict_row_by_row() -> None:
    """The first that applies: critical, not scored, section mark, total mark, none, pass."""
    mark = policy(pass_mark=80)
    assert scored(90, scoring=mark).verdict == "pass"
    assert scored(90, hit=True, scoring=mark).verdict == "fail"
    only_critical = form_of(question("a", points=1), question("b", **critical("no")))
    assert sheet_of(only_critical, {"a": NA, "b": "no"}).verdict == "fail", "a critical hit comes before not_scored"
    assert sheet_of(only_critical, {"a": NA, "b": "yes"}).verdict == "not_scored"
    assert sheet_of(only_critical, {"a": "no", "b": "yes"}).verdict == "pass", "something is critical and wasn't hit"
    assert scored(75, scoring=mark).verdict == "fail"
    assert scored(90, of_section={"pass_mark": 95}).verdict == "fail"
    assert scored(90, of_section={"pass_mark": 95}, scoring=mark).verdict == "fail"
    assert scored(90, of_section={"pass_mark": 90}).verdict == "pass", "a mark of a section is a mark"
    assert scored(10).verdict == "none"


def test_a_section_that_is_not_scored_cannot_fail_its_mark() -> None:
    """A mark on a section without a number is no failure."""
    form = form_of(question("a", points=1), section("b", question("x", points=1), pass_mark=50))
    assert sheet_of(form, {"a": "yes", "x": NA}).verdict == "pass"


def test_marks_compare_exactly() -> None:
    """Exactly 80 passes a mark of 80; 79.99999999999999999 doesn't, though it shows as 80.00."""
    mark = policy(pass_mark=80, grades=(Grade("A", Fraction(80)), Grade("B", Fraction(0))))
    assert (scored(80, scoring=mark).verdict, scored(80, scoring=mark).grade) == ("pass", "A")
    below = scored("79.99999999999999999", scoring=mark)
    assert (below.verdict, below.grade) == ("fail", "B")
    third = question("a", points=1, weight=Fraction(1, 3))
    exact = sheet_of(form_of(third, question("b", points=1, weight=Fraction(2, 3))), {"a": "yes", "b": "no"})
    assert exact.percent == Fraction(100, 3)


@pytest.mark.parametrize(("percent_", "grade"), [(100, "A"), (90, "A"), ("89.999", "B"), (60, "C"), (0, "")])
def test_grades(percent_: Any, grade: str) -> None:
    """The highest grade reached, whatever their order; none below the lowest."""
    grades = (Grade("C", Fraction(60)), Grade("A", Fraction(90)), Grade("B", Fraction(75)))
    assert scored(percent_, scoring=policy(grades=grades)).grade == grade


def test_coverage() -> None:
    """Of the weighted points that were relevant, bonus apart, the share answered; N/A and hidden are out of it."""
    form = form_of(
        section("s1", question("a", points=1), question("b", points=2), question("x", points=50, bonus=True), weight=3),
        section("s2", question("c", points=3, weight=2), question("d", points=9, when="false()")),
    )
    assert sheet_of(form, {"a": "no"}).coverage == Fraction(100 * 3, 3 * 3 + 6)
    assert sheet_of(form, {"a": "no", "c": NA}).coverage == Fraction(100, 3)
    assert sheet_of(form, {"a": "no", "b": "yes", "c": "yes"}).coverage == 100
    assert sheet_of(form, {"a": NA, "b": NA, "c": NA}).coverage is None
    assert sheet_of(form, {"a": "nonsense"}).coverage == 0, "an invalid answer is none"


def test_coverage_is_the_same_under_exclude() -> None:
    """Coverage tells what the percentage doesn't: what was left out."""
    form = form_of(question("a", points=1), question("b", points=3), scoring=policy(unanswered="exclude"))
    sheet = sheet_of(form, {"a": "yes"})
    assert (sheet.percent, sheet.coverage) == (100, 25)


def test_live_score_covers_what_is_answered_and_says_so() -> None:
    """While filling in, unanswered questions count nowhere, whatever the form says."""
    form = form_of(question("a", points=1), question("b", points=3))
    visit = visit_of(form, {"a": "yes"})
    live = score(form, visit, answered_only=True)
    assert (live.percent, live.coverage, live.answered_only) == (100, 25, True)
    assert score(form, visit).percent == 25


# --- metrics and words


def test_metrics_of_one_visit() -> None:
    """NPS, CSAT and CES over the valid, relevant answers of a visit, by scale and variant."""
    form = yaml_form("""
        sections:
        - id: guest
          title: Guest
          repeat: {min: 3}
          questions:
          - {id: n, label: N, type: nps, na: true}
          - {id: c, label: C, type: csat, scale: faces}
          - {id: e, label: E, type: ces, variant: seven_mean}
    """)
    sheet = sheet_of(form, {"n[1]": 10, "n[2]": 6, "n[3]": NA, "c[1]": 3, "c[2]": 9, "e[1]": 7, "e[2]": Decimal(2)})
    assert [(m.id, m.variant, m.value, m.n) for m in sheet.metrics] == [
        ("ces", "seven_mean", Fraction(9, 2), 2),
        ("csat", "faces", 100, 1),
        ("nps", "", 0, 2),
    ]


def test_a_scale_answered_by_an_exact_decimal() -> None:
    """A whole number scores whether it is kept as an int or as a Decimal."""
    form = form_of(question("r", "rating", 4))
    assert sheet_of(form, {"r": Answer(Decimal("3.0"))}).earned == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 4), "0.25"),
        (Fraction(-3, 40), "-0.075"),
        (Fraction(7), "7"),
        (Fraction(1, 3), "1/3"),
        (Fraction(0), "0"),
    ],
)
def test_exact_text(value: Fraction, text: str) -> None:
    """A fraction is decimal text where it has one."""
    assert exact_text(value) == text


def test_an_unscored_question_forms_no_group_even_while_hidden() -> None:
    """A dimension that only an unscored question has stays absent, relevant or not."""
    form = form_of(question("a", points=1), question("t", "text", dimensions=("time",), when="${a} = 'yes'"))
    assert sheet_of(form, {"a": "yes"}).dimensions == sheet_of(form, {"a": "no"}).dimensions == ()


def test_score_is_the_same_twice() -> None:
    """The same form and answers give the same sheet."""
    assert sheet_of(yaml_form(JOURNEY), JOURNEY_ANSWERS) == sheet_of(yaml_form(JOURNEY), JOURNEY_ANSWERS)


def test_shipped_question_keys_reach_the_model() -> None:
    """The builders and the YAML language mean the same question."""
    assert questions_form("- {id: q, label: '', type: yes_no, points: 2, weight: 3}").sections[0].items == (
        question("q", points=2, weight=3),
    )
    assert isinstance(question("q"), Question)
