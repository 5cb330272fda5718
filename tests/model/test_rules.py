"""The rule language: what expressions mean over a visit's answers, and how mistakes in them are told."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mshopper.model.answer import NO_ANSWER, Answer, AnswerKey, Value
from mshopper.model.form import Check, Choice, Condition, Critical, Form, Repeat, Text
from mshopper.model.rules import RuleError, RuleFailure, compile_form_rules, compile_rule
from mshopper.model.rules.functions import FUNCTIONS, conversion
from mshopper.model.rules.grammar import RuleSyntaxError, parse
from mshopper.model.rules.scope import World
from mshopper.model.rules.special import SPECIAL
from tests.builders import NOW, calculate, form_of, question, section, value_of, visit_of

N, T = question("n", "number"), question("t", "text")
D = question("d", "date")
C = question("c", "choices", choices=tuple(Choice(x, Text.of(x.upper())) for x in ("red", "blue", "green")))

YES, NO = "true", "false"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("(1 + 2) * 3", Decimal(9)),
        ("10 - 4 - 3", Decimal(3)),
        ("-2 * -3", Decimal(6)),
        ("--2", Decimal(2)),
        ("2 - -1", Decimal(3)),
        ("7 div 2", Decimal("3.5")),
        ("-7 mod 3", Decimal(-1)),
        ("1 div 0", None),
        ("0.1 + 0.2", Decimal("0.3")),
        ("6.1 - 7.8 = -1.7", YES),
        ("0.1 + 0.2 = 0.3", YES),
        ("1 = 1 and 2 = 3 or 4 = 4", YES),
        ("1 = 1 or 1 = 1 and 1 = 2", YES),
        ("(1 = 1 or 1 = 1) and 1 = 2", NO),
        ("1 < 2 = true()", YES),
        ("1 + 1 >= 2", YES),
        ("3 != 3.0", NO),
        ("1 == 1", YES),
        ("'a' = \"a\"", YES),
        ("'10' = 10", YES),
        ("'' = 0", NO),
        ("'' < 5", NO),
        ("'' + 1", None),
        ("'b' > 'a'", NO),
        ("5>3", YES),
        ("“curly” = 'curly'", YES),
    ],
)
def test_operators_and_precedence(rule: str, expected: Value) -> None:
    """XPath 1.0's operators in its precedence; numbers compare with ODK's tolerance, blanks are no number."""
    assert value_of(rule) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("${d} > '2026-11-20'", YES),
        ("${d} < date('2026-11-21')", NO),
        ("${d} = today()", YES),
        ("today() + 1 > ${d}", YES),
        ("date(${d} + 1)", "2026-11-22"),
        ("date(today() - 21)", "2026-10-31"),
        ("date('2026-02-30')", None),
        ("${d} - '2026-11-01'", Decimal(20)),
        ("decimal-date-time('1970-01-02T01:00:00')", Decimal(1)),
        ("decimal-time('06:00')", Decimal("0.25")),
        ("'10:30' > '09:45'", YES),
        ("now() > today()", YES),
        ("now()", "2026-11-21T10:30:00.000+01:00"),
        ("string-length(now())", Decimal(29)),
        ("date-time('1970-01-01T00:00:00Z')", "1970-01-01T01:00:00.000+01:00"),
        ("date-time(0.5)", "1970-01-01T13:00:00.000+01:00"),
        ("'99999999999-01-01' > 3", NO),
        ("date(1 div 0)", None),
        ("date(999999999)", None),
    ],
)
def test_dates(rule: str, expected: Value) -> None:
    """Dates compare, a date plus 1 is tomorrow; the clock is the visit's; what is no date is empty."""
    assert value_of(rule, D, answers={"d": "2026-11-21"}, now=NOW) == expected


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("5", "5"),
        ("5.0", "5"),
        ("0.50", "0.5"),
        ("-0.0", "0"),
        ("1234567.25", "1234567.25"),
        ("0.0000001", "0.0000001"),
    ],
)
def test_numbers_as_text(number: str, text: str) -> None:
    """A number reads as people write it: without exponent and needless zeros."""
    assert value_of("concat(${n}, '')", N, answers={"n": number}) == text


def test_blanks_are_unanswered_in_rules() -> None:
    """Blank text reads as empty."""
    assert value_of("${t} = ''", T, answers={"t": Answer("  ")}) == YES


TABLE: dict[str, list[tuple[str, Value]]] = {
    "if": [("if(${n} > 3, 'many', 'few')", "many"), ("if('' , 1, 2)", Decimal(2))],
    "selected": [("selected(${c}, 'red')", YES), ("selected(${c}, 'gre')", NO), ("selected('a b', ${t})", NO)],
    "selected-at": [("selected-at(${c}, 1)", "green"), ("selected-at(${c}, 9)", None), ("selected-at(${c}, -1)", None)],
    "count-selected": [("count-selected(${c})", Decimal(2)), ("count-selected('')", Decimal(0))],
    "coalesce": [("coalesce('', ${n})", Decimal(5)), ("coalesce(${t}, 'x')", "Ab c"), ("coalesce('', '')", None)],
    "not": [("not(${n} = 5)", NO), ("not('')", YES)],
    "true": [("true()", YES)],
    "false": [("false()", NO)],
    "boolean": [("boolean('x')", YES), ("boolean(0)", NO)],
    "boolean-from-string": [("boolean-from-string('TRUE')", YES), ("boolean-from-string('yes')", NO)],
    "regex": [("regex(${t}, '[A-Z].*')", YES), ("regex('abc', 'b')", NO), ("regex('è', '\\w')", YES)],
    "string-length": [("string-length(${t})", Decimal(4)), ("string-length('')", Decimal(0))],
    "concat": [("concat(${t}, '-', ${n})", "Ab c-5"), ("concat('')", None)],
    "join": [("join(', ', 'a', 'b')", "a, b")],
    "substr": [("substr('hello', 1, 3)", "el"), ("substr('hello', -2)", "lo"), ("substr('hello', 9)", None)],
    "substring-before": [("substring-before('12/05', '/')", "12"), ("substring-before('x', '/')", None)],
    "substring-after": [("substring-after('12/05', '/')", "05"), ("substring-after('x', '/')", None)],
    "contains": [("contains(${t}, 'b c')", YES), ("contains(${t}, 'z')", NO)],
    "starts-with": [("starts-with(${t}, 'Ab')", YES)],
    "ends-with": [("ends-with(${t}, 'Ab')", NO)],
    "translate": [("translate('2026-11', '-0', '/')", "226/11")],
    "normalize-space": [("normalize-space('  a   b ')", "a b")],
    "string": [("string(5.0)", "5")],
    "number": [("number('4.5')", Decimal("4.5")), ("number('x')", None)],
    "round": [
        ("round(2.5)", Decimal(3)),
        ("round(-2.5)", Decimal(-3)),
        ("round(1.005, 2)", Decimal("1.01")),
        ("round(1234, -2)", Decimal(1200)),
        ("round(1.5, 1000000000)", None),
    ],
    "int": [("int(2.9)", Decimal(2)), ("int(-2.9)", Decimal(-2)), ("int('x')", None)],
    "floor": [("floor(-2.1)", Decimal(-3))],
    "ceiling": [("ceiling(2.1)", Decimal(3))],
    "abs": [("abs(-4)", Decimal(4))],
    "pow": [("pow(2, 10)", Decimal(1024)), ("pow(10, 999)", None), ("pow(-8, 0.5)", None)],
    "sqrt": [("sqrt(9)", Decimal(3)), ("sqrt(-1)", None)],
    "exp": [("exp(0)", Decimal(1)), ("exp(9999)", None)],
    "log": [("log(1)", Decimal(0)), ("log(0)", None)],
    "log10": [("log10(1000)", Decimal(3))],
    "pi": [("pi()", Decimal("3.14159265358979"))],
    "sin": [("sin(0)", Decimal(0))],
    "cos": [("cos(0)", Decimal(1))],
    "tan": [("tan(0)", Decimal(0))],
    "asin": [("asin(2)", None)],
    "acos": [("acos(1)", Decimal(0))],
    "atan": [("atan(0)", Decimal(0))],
    "atan2": [("atan2(0, 1)", Decimal(0))],
    "min": [("min(3, '', 1)", Decimal(1)), ("min('')", None)],
    "max": [("max(3, ${n})", Decimal(5))],
    "sum": [("sum(${n})", Decimal(5))],
    "today": [("today()", "2026-11-21")],
    "now": [("substr(now(), 0, 10)", "2026-11-21")],
    "date": [("date(0)", "1970-01-01")],
    "date-time": [("date-time('x')", None)],
    "decimal-date-time": [("decimal-date-time('1970-01-11T00:00:00Z')", Decimal(10))],
    "decimal-time": [("decimal-time('12:00')", Decimal("0.5")), ("decimal-time('x')", None)],
    "uuid": [("string-length(uuid())", Decimal(36)), ("string-length(uuid(8))", Decimal(8)), ("uuid() != uuid()", YES)],
    "once": [("once('first')", "first")],
    "count": [("count(${n})", Decimal(1))],
    "count-non-empty": [("count-non-empty(${n})", Decimal(1)), ("count-non-empty(${d})", Decimal(0))],
    "position": [("position(..)", Decimal(1))],
    "jr:choice-name": [("jr:choice-name('blue', '${c}')", "BLUE"), ("jr:choice-name('no such', '${c}')", None)],
    "pulldata": [("pulldata('list', 'a', 'b', 'c')", None)],
    "instance": [("count(instance('list')/root/item)", Decimal(0))],
    "current": [("count(current()/../../s/n)", Decimal(1))],
}
ELSEWHERE = {"indexed-repeat", "last"}
"""Functions that need a repeat; see below."""

FURTHER = {
    "area",
    "base64-decode",
    "checklist",
    "choice-label",
    "count-if",
    "count-items",
    "de-duplicate",
    "depend",
    "device-info",
    "digest",
    "distance",
    "duration",
    "empty",
    "enclosed-area",
    "exp10",
    "format-date",
    "format-date-time",
    "index",
    "is-selected",
    "item-at",
    "join-if",
    "jr:itext",
    "lang",
    "linebreak",
    "local-name",
    "lower",
    "max-if",
    "min-if",
    "name",
    "namespace-uri",
    "property",
    "random",
    "randomize",
    "substring",
    "sum-if",
    "trim",
    "upper",
    "username",
    "version",
    "weighted-checklist",
}
"""Functions tested in rules/test_functions.py."""


def test_every_function_is_in_the_table() -> None:
    """No function goes untested."""
    assert TABLE.keys() | ELSEWHERE | FURTHER == FUNCTIONS.keys() | SPECIAL.keys()


@pytest.mark.parametrize(("rule", "expected"), [case for cases in TABLE.values() for case in cases])
def test_functions(rule: str, expected: Value) -> None:
    """Each function of the table, and what it gives where its arguments make no sense."""
    answers = {"n": 5, "t": "Ab c", "c": ["red", "green"]}
    assert value_of(rule, N, T, D, C, answers=answers) == expected


odd = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e308, -1e-308, 0.5, -3.0, 1e16]) | st.floats()
atoms = odd | st.text(max_size=12) | st.sampled_from(["", "2026-11-21", "-1", "99999999999-01-01", "25:61", "(a+", "٣"])
rule_values = atoms | st.booleans() | st.lists(atoms, max_size=3)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(FUNCTIONS)), st.data())
def test_no_function_breaks_on_any_value(name: str, data: st.DataObject) -> None:
    """Whatever the arguments, a function gives a value or says that it can't: it never raises anything else."""
    function = FUNCTIONS[name]
    number = data.draw(st.integers(max(function.least, function.here), min(function.most, 4)))
    letters = function.takes + function.takes[-1:] * number
    arguments = [conversion(letters[i])(data.draw(rule_values)) for i in range(number)]
    world = [World(NOW)] if function.world else []
    try:
        result = function.run(*world, *arguments)
    except RuleFailure:
        return
    assert isinstance(result, str | float | bool | list)


# --- mistakes


@pytest.mark.parametrize(
    ("rule", "column"),
    [("1 +", 0), ("(1", 0), ("1 + )", 5), ("${n} = 'a", 8), ("a b", 3), ("=1", 1), ("", 0), ("1 2", 3), ("${n", 1)],
)
def test_syntax_errors_are_located(rule: str, column: int) -> None:
    """Text that is no rule is refused with the column where it stops making sense, 0 for its end."""
    with pytest.raises(RuleSyntaxError) as error:
        parse(rule)
    assert error.value.column == column


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=30) | st.text(alphabet="${}nab()[]'\"/.*+-=<>!|,:@ andor12", max_size=25))
def test_any_text_parses_or_is_a_syntax_error(text: str) -> None:
    """Reading any text as a rule gives a tree or RuleSyntaxError, and compiling that a rule or RuleError."""
    try:
        parse(text)
    except RuleSyntaxError:
        return
    try:
        compile_rule(text, form_of(N, T), "s/n")
    except RuleError as error:
        assert error.what  # noqa: PT017 - the other way out is a rule
        assert error.remedy  # noqa: PT017


@pytest.mark.parametrize(
    ("rule", "what", "remedy"),
    [
        ("selcted(${n}, 'a')", "there is no function “selcted()”", "Did you mean “selected()”?"),
        ("xyzzy()", "there is no function “xyzzy()”", "Use a function of the XLSForm standard."),
        ("${nn} = 1", "nothing in this form is called “nn”", "Did you mean “n”?"),
        ("${elsewhere} = 1", "nothing in this form is called “elsewhere”", "Use the id of a question or section"),
        ("not()", "“not()” has 0 arguments", "It takes exactly 1 arguments."),
        ("substr('a')", "“substr()” has 1 arguments", "It takes 2 to 3 arguments."),
        ("if(1, 2)", "“if()” has 2 arguments", "It takes exactly 3 arguments."),
        ("../nothing = 1", "the path names “nothing”, which isn't there", "Use the id"),
        ("../../../.. = 1", "“..” leads out of the form", "Use fewer"),
        ("last()", "last() stands outside", "Use count()"),
        ("count(3)", "a question was expected here", "Write a question as ${its_id}."),
        ("indexed-repeat(${n}, ${s}, 1)", "indexed-repeat() needs a repeat", "Name the repeat"),
        ("1 +", "is not a rule that can be read (at its end)", "Check brackets"),
        ("1 + )", "(near column 5)", "Check brackets"),
    ],
)
def test_mistakes_are_told_with_a_remedy(rule: str, what: str, remedy: str) -> None:
    """An unknown name, function or path, or a wrong call: what is wrong and what to do, with the nearest name."""
    with pytest.raises(RuleError) as error:
        compile_rule(rule, form_of(N), "s/n")
    assert what in error.value.what
    assert remedy in error.value.remedy


@pytest.mark.parametrize(
    "rule", ["(" * 5_000 + "1" + ")" * 5_000, "-" * 50_000 + "1", "if(1,1," * 190 + "1" + ")" * 190]
)
def test_deep_nesting_is_refused_or_runs(rule: str) -> None:
    """Nesting is either refused as a RuleError or runs: nothing runs out of stack."""
    form = form_of(calculate("c", rule))
    rules = compile_form_rules(form)
    if rules.problems:
        assert "s/c" in {problem.path for problem in rules.problems}
    else:
        assert visit_of(form, rules=rules).value(AnswerKey("s/c")) == 1


@pytest.mark.parametrize("word", ["or", "and"])
def test_long_chains_are_fine(word: str) -> None:
    """Five hundred alternatives, as lists of products make them, are no nesting."""
    assert value_of(f" {word} ".join(["1 = 2"] * 500)) == NO
    assert value_of(f" {word} ".join(["1 = 1"] * 499 + ["1 = 2"])) == (YES if word == "or" else NO)


def test_a_pattern_that_backtracks_for_ever_is_stopped() -> None:
    """A hostile pattern gives up within its time, and the visit goes on with the answer."""
    form = form_of(question("t", "text", checks=(Check("regex(., '(x+x+)+(y|z)+w')"),)))
    visit = visit_of(form, {"t": "x" * 4_000})
    assert visit.answer(AnswerKey("s/t")).value == "x" * 4_000


# --- cycles


@pytest.mark.parametrize(
    "form",
    [
        form_of(calculate("a", "${b} + 1"), calculate("b", "${a} + 1")),
        form_of(calculate("a", "coalesce(${a}, 0) + 1")),
        form_of(question("a", when="${b} = 'yes'"), question("b", when="${a} = 'yes'")),
        form_of(question("a", when=". = 'yes'")),
        form_of(section("s", calculate("a", "1"), when="${a} = 1")),
        form_of(section("s", section("u", question("a")), when="${a} = 'yes'")),
        form_of(section("r", N, repeat=1, when="count(${r}) < 2")),
        form_of(section("r", N, repeat=1, when="sum(${n}) < 2")),
        form_of(section("s", section("r", N, repeat=1), when="count(${r}) < 2")),
    ],
)
def test_cycles_are_a_problem(form: Form) -> None:
    """A rule that depends on itself, directly or around, is told at the rule."""
    (problem,) = compile_form_rules(form).problems
    assert "depends on itself" in problem.what
    assert problem.field in ("when", "calculate")


@pytest.mark.parametrize(
    "form",
    [
        form_of(
            question("a", "number", checks=(Check(". > 1 and ${b} != 2"),)), question("b", "number", when="${a} > 0")
        ),
        form_of(
            section("r", calculate("a", "coalesce(indexed-repeat(${a}, ${r}, position(..) - 1), 0) + 1"), repeat=1)
        ),
        form_of(section("r", N, repeat=1, when="position(..) < 3"), question("z", when="count(${r}) > 1")),
        form_of(calculate("a", "once(now())")),
    ],
)
def test_what_is_no_cycle(form: Form) -> None:
    """A check may read its own answer, a running total its elder sibling, a repeat its place."""
    assert compile_form_rules(form).problems == ()


def test_all_problems_at_once_each_at_its_field() -> None:
    """Problems are told together, in the form's order, with the field that holds each rule."""
    form = form_of(
        question("a", when="1 +", checks=(Check("true()"), Check("${x} = 1", Text.of("not ${y}")))),
        question("b", label=Text.of("Hello ${z}"), critical=(Critical(Condition(rule="foo()")),)),
        title=Text.of("${nobody}"),
    )
    assert [(p.path, p.field) for p in compile_form_rules(form).problems] == [
        ("", "title"),
        ("s/a", "when"),
        ("s/a", "checks.1"),
        ("s/a", "checks.1.message"),
        ("s/b", "label"),
        ("s/b", "critical.0"),
    ]


# --- references and repeats

TILLS = form_of(
    section(
        "tills",
        section(
            "till",
            N,
            calculate("own", "${n} * 10"),
            calculate("relative", "../n + 1"),
            calculate("absolute", "/data/tills/till/n + 2"),
            calculate("all", "sum(/data/tills/till[true()]/n)"),
            calculate("here", "position(..)"),
            calculate("before", "indexed-repeat(${n}, ${till}, position(..) - 1)"),
            calculate(
                "running", "coalesce(indexed-repeat(${running}, ${till}, position(..) - 1), 0) + coalesce(${n}, 0)"
            ),
            calculate("others", "count(${till}[position() != position(current()/..)])"),
            repeat=2,
        ),
    ),
    section(
        "after",
        calculate("how_many", "count(${till})"),
        calculate("total", "sum(${n})"),
        calculate("most", "max(${n})"),
        calculate("filled", "count-non-empty(${n})"),
        calculate("second", "indexed-repeat(${n}, ${till}, 2)"),
        calculate("none", "indexed-repeat(${n}, ${till}, 1 div 0)"),
        calculate("big", "count(${till}[n > 4])"),
        calculate("last_one", "${till}[position() = last()]/n"),
        calculate("listed", "join('-', ${n})"),
    ),
)


def values(form: Form, visit: Any, names: str, instance: str = "") -> list[Value]:
    return [visit.value(AnswerKey(str(form.path_of(name)), instance)) for name in names.split()]


def test_references_inside_a_repeat_mean_that_instance() -> None:
    """`${n}`, `../n` and the absolute path mean the rule's own instance; predicates and indices reach the others."""
    visit = visit_of(TILLS, {"n[1]": 3, "n[2]": 5})
    names = "own relative absolute all here before running others"
    assert values(TILLS, visit, names, "1") == [30, 4, 5, 8, 1, None, 3, 1]
    assert values(TILLS, visit, names, "2") == [50, 6, 7, 8, 2, 3, 8, 1]


def test_references_from_outside_mean_all_instances_and_follow_them() -> None:
    """Counts and sums follow answers, additions and removals of instances."""
    visit = visit_of(TILLS, {"n[1]": 3, "n[2]": 5})
    names = "how_many total most filled second none big last_one listed"
    assert values(TILLS, visit, names) == [2, 8, 5, 2, 5, None, 1, 5, "3-5"]
    till = AnswerKey("tills/till")
    change = visit.add_instance(till)
    assert AnswerKey("after/how_many") in change.recalculated
    assert values(TILLS, visit, "how_many total filled last_one") == [3, 8, 2, None]
    visit.set_answer(AnswerKey("tills/till/n", "3"), Answer(Decimal(7)))
    assert values(TILLS, visit, "total most last_one big") == [15, 7, 7, 2]
    assert values(TILLS, visit, "before running all others", "3") == [5, 15, 15, 2]
    visit.remove_instance(till, 1)
    assert values(TILLS, visit, names) == [2, 12, 7, 2, 7, None, 2, 7, "5-7"]
    assert values(TILLS, visit, "before running all", "2") == [5, 12, 12]


def test_an_answer_reaches_the_rules_of_other_instances() -> None:
    """A later instance that reads an earlier one follows its change, not only its own."""
    visit = visit_of(TILLS, {"n[1]": 3, "n[2]": 5})
    visit.set_answer(AnswerKey("tills/till/n", "1"), Answer(Decimal(4)))
    assert values(TILLS, visit, "before running all", "2") == [4, 9, 9]


def test_nested_repeats_read_their_own_branch() -> None:
    """In a repeat within a repeat a reference means the inner instances of the own outer one."""
    form = form_of(
        section(
            "shop",
            section("shelf", N, calculate("share", "${n} div ${sum_here}"), repeat=2),
            calculate("sum_here", "sum(${n})"),
            repeat=2,
        ),
        section("z", calculate("sum_all", "sum(${n})")),
    )
    visit = visit_of(form, {"n[1.1]": 1, "n[1.2]": 3, "n[2.1]": 10})
    assert [visit.value(AnswerKey("shop/sum_here", i)) for i in "12"] == [4, 10]
    assert visit.value(AnswerKey("shop/shelf/share", "1.2")) == Decimal("0.75")
    change = visit.set_answer(AnswerKey("shop/shelf/n", "2.2"), Answer(Decimal(30)))
    assert visit.value(AnswerKey("z/sum_all")) == 44
    assert AnswerKey("shop/sum_here", "1") not in change.recalculated
    assert AnswerKey("shop/shelf/share", "2.1") in change.recalculated


def test_counting_sees_empty_nodes_come_and_go() -> None:
    """count() counts what is relevant, answered or not."""
    form = form_of(
        section("r", question("kind"), question("n", "number", when="${kind} = 'yes'"), repeat=2),
        section("z", calculate("asked", "count(${n})")),
    )
    visit = visit_of(form)
    assert visit.value(AnswerKey("z/asked")) == 0
    visit.set_answer(AnswerKey("r/kind", "2"), Answer("yes"))
    assert visit.value(AnswerKey("z/asked")) == 1


def test_irrelevant_answers_read_as_empty_and_come_back() -> None:
    """A hidden question keeps its answer, reads as empty in every rule, and is there again when it is shown."""
    form = form_of(
        question("open"), question("n", "number", when="${open} = 'yes'"), calculate("c", "coalesce(${n}, 'none')")
    )
    visit = visit_of(form, {"open": "yes", "n": 5})
    assert visit.value(AnswerKey("s/c")) == 5
    visit.set_answer(AnswerKey("s/open"), Answer("no"))
    assert (visit.value(AnswerKey("s/c")), visit.answer(AnswerKey("s/n")).value) == ("none", 5)
    visit.set_answer(AnswerKey("s/open"), Answer("yes"))
    assert visit.value(AnswerKey("s/c")) == 5


def test_na_reads_as_empty() -> None:
    """N/A is no value."""
    assert value_of("${t} = ''", T, answers={"t": Answer("old words", na=True)}) == YES


def test_a_name_in_two_groups_means_the_nearest() -> None:
    """Of equal names a reference means the one nearest to the rule; of a group and a question, the question."""
    form = form_of(
        section("a", question("n", "number"), calculate("c", "${n}")),
        section("b", question("n", "number"), calculate("d", "${n}")),
        section("details", question("details", "number")),
        section("z", calculate("e", "${details}"), calculate("g", "${a/n}")),
    )
    visit = visit_of(form, {"a/n": 1, "b/n": 2, "details/details": 3})
    assert [visit.value(AnswerKey(path)) for path in ("a/c", "b/d", "z/e", "z/g")] == [1, 2, 3, 1]


def test_a_rule_that_fails_leaves_the_question_there() -> None:
    """A condition that can't be evaluated never hides a question, and a check that can't never refuses an answer."""
    form = form_of(question("t", "text", when="regex('a', '(')", checks=(Check("regex(., '(')"),)))
    visit = visit_of(form, {"t": "x"})
    assert visit.is_relevant(AnswerKey("s/t"))
    assert visit.problems() == ()


def test_numbers_beyond_a_float_break_nothing() -> None:
    """A whole number of a thousand digits is an answer like any other."""
    form = form_of(question("n", "integer"), calculate("c", "${n} > 5"), calculate("d", "${n} + 1"))
    visit = visit_of(form)
    visit.set_answer(AnswerKey("s/n"), Answer(10**999))
    assert (visit.value(AnswerKey("s/c")), visit.value(AnswerKey("s/d"))) == (YES, None)
    visit.set_answer(AnswerKey("s/n"), NO_ANSWER)
    assert visit.value(AnswerKey("s/c")) == NO


def test_repeat_of_no_instances() -> None:
    """A repeat that begins empty sums to 0 and counts 0."""
    form = form_of(section("r", N, repeat=Repeat(0)), section("z", calculate("c", "count(${r}) + sum(${n})")))
    assert visit_of(form).value(AnswerKey("z/c")) == 0
