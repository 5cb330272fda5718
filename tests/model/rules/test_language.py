"""The expression language itself: operators, comparisons, paths, and text that is none of it."""

import contextlib
import datetime as dt
import functools
import math
import runpy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mshopper.model.rules import RuleError, RuleFailure, RuleSyntaxError, evaluate_text
from mshopper.model.rules.functions import FUNCTIONS
from mshopper.model.rules.grammar import GRAMMAR, parse
from mshopper.model.rules.special import SPECIAL

ROME = dt.timezone(dt.timedelta(hours=1))
NOW = dt.datetime(2026, 11, 21, 10, 30, tzinfo=ROME)
NAN, INF = math.nan, math.inf

VALUES: dict[str, str | float] = {
    "one": 1.0,
    "two": "2",
    "word": "pear",
    "blank": "",
    "list": "red green",
    "day": "2026-11-21",
}
TABLES = {"shops": [{"name": "a", "town": "Rome", "size": "3"}, {"name": "b", "town": "Turin", "size": "12"}]}


def value(rule: str, at: str = "") -> object:
    """What a rule gives over VALUES and TABLES."""
    return evaluate_text(rule, now=NOW, values=VALUES, tables=TABLES, at=at)


def same(found: object, expected: object) -> bool:
    """Equality under which NaN is NaN, numbers may differ in their last digits, and True is not 1."""
    if isinstance(expected, float) and isinstance(found, float):
        return (found != found and expected != expected) or math.isclose(found, expected, abs_tol=1e-12)
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    return type(found) is type(expected) and found == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("7", 7.0),
        (".5", 0.5),
        ("7.", 7.0),
        ("007.50", 7.5),
        ("'it''", RuleError),
        ('"it\'s"', "it's"),
        ("“so”", "so"),
        ("’so’", "so"),
        ("((7))", 7.0),
        ("--7", 7.0),
        ("- 7", -7.0),
        ("2 + 3 * 4", 14.0),
        ("(2 + 3) * 4", 20.0),
        ("10 - 4 - 3", 3.0),
        ("10-4-3", 3.0),
        ("2--3", 5.0),
        ("9 div 2 div 3", 1.5),
        ("9div2", 4.5),
        ("9 mod 4", 1.0),
        ("9mod4", 1.0),
        ("-9 mod 4", -1.0),
        ("9 mod -4", 1.0),
        ("9.5 mod 4", 1.5),
        ("9 mod 0", NAN),
        ("9 div 0", INF),
        ("-9 div 0", -INF),
        ("0 div 0", NAN),
        ("'9' + '1'", 10.0),
        ("'9' + 'x'", NAN),
        ("'' + 1", NAN),
        ("true() + true()", 2.0),
        ("4,5", RuleError),
        ("'4,5' + 1", 5.5),
        ("1 + 2 - 3 + 4 - 5", -1.0),
        ("5 / 2", RuleError),
        ("5 % 2", RuleError),
        ("5 <> 2", RuleError),
        ("$five", RuleError),
    ],
)
def test_arithmetic(rule: str, expected: object) -> None:
    """Numbers are IEEE 754's, operators bind as in XPath 1.0 and may stand without spaces; Excel's are refused."""
    if expected is RuleError:
        with pytest.raises(RuleError):
            value(rule)
    else:
        assert same(value(rule), expected)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("0.1 + 0.2 = 0.3", True),
        ("0.1 + 0.2 != 0.3", False),
        ("boolean(0.1 + 0.2 - 0.3)", False),
        ("7 = '7.00'", True),
        ("'7' = '7.00'", False),
        ("'b' > 'a'", False),
        ("'10' > '9'", True),
        ("'' < 1", False),
        ("'' > 1", False),
        ("'' = 0", False),
        ("'' = ''", True),
        ("true() = 'no'", True),
        ("false() = ''", True),
        ("true() = 3", True),
        ("1 < 2 < 3", True),
        ("3 > 2 > 1", False),
        ("1 = 2 = 0", True),
        ("1 == 1", True),
        ("1 = 1 or 1 div 0 = 1 and 1 = 2", True),
        ("true() or false() and false()", True),
        ("(true() or false()) and false()", False),
        ("1 = 1 AND 2 = 2", True),
        ("1 = 2 Or 2 = 2", True),
        ("number('x') = number('x')", False),
        ("number('x') != number('x')", True),
        ("1 div 0 = 2 div 0", True),
    ],
)
def test_comparisons(rule: str, expected: bool) -> None:
    """Numbers within 1e-12 are equal, order is numbers' order, a boolean makes the other side one."""
    assert value(rule) is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("${one} + ${two}", 3.0),
        ("${ one }", 1.0),
        ("/data/two + 1", 3.0),
        ("/data/word", "pear"),
        ("count(/data/*)", 6.0),
        ("count(//*)", 6.0),
        ("count-non-empty(/data/*)", 5.0),
        ("count(/data/node())", 6.0),
        ("count(/data/*/*)", 0.0),
        ("/data/*[2]", ["2"]),
        ("/data/*[position() = 2]", ["2"]),
        ("/data/*[last()]", ["2026-11-21"]),
        ("/data/*[. = 'pear']", ["pear"]),
        ("/data/*[. = ''][1]", [""]),
        ("/data/*[2][1]", ["2"]),
        ("(/data/two | /data/one)[1]", [1.0]),
        ("count(/data/two | /data/two)", 1.0),
        ("name(/data/*[3])", "word"),
        ("//word", ["pear"]),
        ("/data//word", ["pear"]),
        ("/data/descendant::word", ["pear"]),
        ("/data/child::word", "pear"),
        ("/data/word/self::word", ["pear"]),
        ("/data/word/self::other", RuleError),
        ("/data/word/text()", ["pear"]),
        ("/data/blank/text()", []),
        ("/data/word/..", ""),
        ("/data/word/../two", "2"),
        ("/data/word/parent::data/two", ["2"]),
        ("/data/word/ancestor::data/two", ["2"]),
        ("/data/word/preceding-sibling::*", [1.0, "2"]),
        ("/data/word/preceding-sibling::*[1]", ["2"]),
        ("/data/word/following-sibling::*[1]", [""]),
        ("/data/word/following::list", ["red green"]),
        ("/data/word/preceding::two", ["2"]),
        ("/data/word/@id", []),
        ("/data/no", RuleError),
        ("${no}", RuleError),
        ("/data/* = 'pear'", True),
        ("/data/* != 'pear'", True),
        ("/data/*[. = 'no'] = ''", False),
        ("/data/*[. = 'no'] != ''", False),
        ("/data/* > 1", True),
        ("boolean(/data/*[. = 'no'])", False),
        ("boolean(/data/blank)", False),
        ("${one}${two}", RuleError),
        ("instance('shops')/root/item/name", ["a", "b"]),
        ("instance('shops')/root/item[town = 'Turin']/name", ["b"]),
        ("instance('shops')/root/item[size > ${two}]/name", ["a", "b"]),
        ("instance('shops')/root/item[size > 5 and town != 'Rome']/name", ["b"]),
        ("instance('shops')/root/row[2]/name", ["b"]),
        ("count(instance('shops')/root/item[size > 5])", 1.0),
        ("sum(instance('shops')/root/item/size)", 15.0),
        ("instance('nothing')/root/item/name", []),
        ("pulldata('shops', 'town', 'name', 'b')", "Turin"),
        ("pulldata('shops.csv', 'town', 'name', 'z')", ""),
    ],
)
def test_paths(rule: str, expected: object) -> None:
    """Absolute and relative paths, axes, predicates, unions and lists; what the form doesn't have is refused."""
    if expected is RuleError:
        with pytest.raises(RuleError):
            value(rule)
    else:
        assert same(value(rule), expected)


@pytest.mark.parametrize(
    ("rule", "at", "expected"),
    [
        (".", "word", "pear"),
        (".='pear'", "word", True),
        (". > 1", "two", True),
        ("../two", "word", "2"),
        ("current()/../two", "word", "2"),
        ("string-length()", "word", 4.0),
        ("normalize-space()", "list", "red green"),
        ("number()", "two", 2.0),
        ("string()", "one", "1"),
        ("name()", "word", "word"),
        ("position(..)", "word", 1.0),
        ("selected(., 'red')", "list", True),
        ("regex(., '[a-z]{4}')", "word", True),
        ("instance('shops')/root/item[name = substr(current(), 2, 3)]/town", "word", ["Rome"]),
    ],
)
def test_where_the_rule_stands(rule: str, at: str, expected: object) -> None:
    """`.`, `..`, `current()` and functions without arguments mean the rule's own question."""
    assert same(value(rule, at), expected)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("'2026-11-21' = date('2026-11-21')", True),
        ("date('2026-11-21') + 1 = '2026-11-22'", True),
        ("date('2026-11-21') - date('2025-11-21')", 365.0),
        ("date('1970-1-2')", "1970-01-02"),
        ("date(1)", "1970-01-02"),
        ("date(1.9)", "1970-01-02"),
        ("date(-1)", "1969-12-31"),
        ("date(-1.5)", "1969-12-31"),
        ("date('2026-02-30')", ""),
        ("date('soon')", ""),
        ("date('')", ""),
        ("date(true())", ""),
        ("date('12:30')", ""),
        ("date('2026-11-21T23:30:00Z')", "2026-11-22"),
        ("date(99999999999)", ""),
        ("number('2026-11-21')", 20778.0),
        ("number('2026-11-21T12:00:00+01:00')", 20778.5),
        ("'2026-11-21T23:00:00Z' > '2026-11-21T23:30:00+01:00'", True),
        ("'2026-11-21' = '2026-11-21T00:00:00+01:00'", True),
        ("'2026-11-21' = '2026-11-21T00:00:00Z'", False),
        ("today() = '2026-11-21'", True),
        ("now() = '2026-11-21T09:30:00Z'", True),
        ("now() > today()", True),
        ("now() < today() + 1", True),
        ("date-time('2026-11-21T09:30:00Z')", "2026-11-21T10:30:00.000+01:00"),
        ("date-time('2026-11-21')", "2026-11-21"),
        ("date-time(0)", "1970-01-01T01:00:00.000+01:00"),
        ("date-time('x')", ""),
        ("decimal-date-time('1970-01-03T00:00:00Z')", 2.0),
        ("decimal-date-time('1970-01-03T00:00:00')", 2.0 - 1 / 24),
        ("decimal-date-time(4.5)", 4.5),
        ("decimal-date-time('')", NAN),
        ("decimal-time('18:00:00.000+01:00')", 0.75),
        ("decimal-time('18:00:00Z')", 19 / 24),
        ("decimal-time('18:00')", 0.75),
        ("decimal-time('24:00:00')", NAN),
        ("decimal-time('10:60:00')", NAN),
        ("decimal-time('10:00:00+25:00')", NAN),
        ("decimal-time('x')", NAN),
        ("decimal-time(2.25)", 0.25),
        ("decimal-time('12:00') - decimal-time('06:00')", 0.25),
        ("format-date('2026-03-04', '%Y %y %m %n %d %e')", "2026 26 03 3 04 4"),
        ("format-date('2026-03-04', '%b %a')", "Mar Wed"),
        ("format-date-time('2026-03-04T05:06:07.089', '%H %h %M %S %3')", "05 5 06 07 089"),
        ("format-date('2026-03-04', '100%%')", "100%"),
        ("format-date('x', '%Y')", ""),
        ("format-date('', '%Y')", ""),
        ("format-date(0, '%Y-%m-%d')", "1970-01-01"),
        ("format-date(today() + 1, '%d')", "22"),
        ("format-date('2026-03-04', '%q')", RuleFailure),
        ("format-date('2026-03-04', '%')", RuleFailure),
    ],
)
def test_dates(rule: str, expected: object) -> None:
    """Dates count days of the wall clock, moments compare as instants, what is no date is empty."""
    if expected is RuleFailure:
        with pytest.raises(RuleFailure):
            value(rule)
    else:
        assert same(value(rule), expected)


NO_EXPRESSIONS = [
    *("", "  ", ")", "(", "()", "1 +", "+", "= 1", "a b", "'open", "a/", "//", "a:b:c", "5a", "a[", "[1]"),
    *("child::.", "@@a", "f(1,", "a/(b)[1]", "8|-9", "{a}", "::a", "no-axis::a", "a[]"),
]


@pytest.mark.parametrize("text", NO_EXPRESSIONS)
def test_what_is_no_expression_is_refused(text: str) -> None:
    """Text that is none of the language says so, whatever it is."""
    with pytest.raises(RuleSyntaxError):
        parse(text)


@pytest.mark.parametrize(
    "rule",
    ["(" * 500 + "1" + ")" * 500, "-" * 5000 + "1", "not(" * 300 + "1" + ")" * 300, "1" + "*1" * 3000, "1" * 200_000],
)
def test_too_deep_is_a_mistake(rule: str) -> None:
    """Nesting that no author wrote is refused with a sentence, or works; it never breaks anything."""
    with contextlib.suppress(RuleError):
        assert isinstance(value(rule), float | bool)


def test_long_chains_work() -> None:
    """A thousand cases of `or`, `+` or nested `if` are no depth."""
    assert value(" or ".join(f"${{word}} = 'w{i}'" for i in range(1000)) + " or ${word} = 'pear'") is True
    assert value("+".join(["1"] * 1000)) == 1000.0
    assert value("".join(f"if(${{one}} = {i + 2}, {i}, " for i in range(300)) + "7" + ")" * 300) == 7.0


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abe ${}()[]'\"/.*+-=<>!|,@:0159é\n", max_size=40))
def test_any_text_is_an_expression_or_a_mistake(text: str) -> None:
    """Whatever is typed parses, or is a RuleSyntaxError."""
    with contextlib.suppress(RuleSyntaxError):
        parse(text)


leaves = st.sampled_from(
    [
        *("1", "0", "-2.5", "'x'", "''", "'2026-11-21'", "'12:30'", "'a b'", "1 div 0", "0 div 0", "true()", "today()"),
        *("${one}", "${word}", "${blank}", "/data/*", "//word", ".", "..", "/data/*[. > 1]", "99999999999999999999"),
        "instance('shops')/root/item/size",
    ]
)


def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of expressions: operators, calls of every function, predicates."""
    operators = st.sampled_from(["+", "-", "*", " div ", " mod ", "=", "!=", "<", ">=", " and ", " or ", " | "])
    names = st.sampled_from(sorted({*FUNCTIONS, *SPECIAL}))
    return st.one_of(
        st.tuples(inner, operators, inner).map("".join),
        inner.map(lambda text: f"-({text})"),
        inner.map(lambda text: f"/data/*[{text}]"),
        inner.map(lambda text: f"(/data/* | //word)[{text}]"),
        st.tuples(names, st.lists(inner, max_size=4)).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
    )


@settings(max_examples=700, deadline=None)
@given(st.recursive(leaves, grow, max_leaves=8))
def test_any_expression_gives_a_value_or_says_why_not(rule: str) -> None:
    """Whatever the expression and the answers: a value, a mistake with a remedy, or a failure in a sentence."""
    with contextlib.suppress(RuleError, RuleFailure):
        found = value(rule, "list")
        assert isinstance(found, str | float | bool | list)
        if isinstance(found, list):
            assert all(isinstance(atom, str | float) for atom in found)


HOUSE = Path(__file__).resolve().parents[3]


def test_the_table_is_what_the_grammar_makes() -> None:
    """The table that texts are read by is lark's for the grammar as it stands; .ci/rule-table makes it again."""
    made = runpy.run_path(str(HOUSE / ".ci" / "rule-table"))["made"]()
    assert (HOUSE / "mshopper" / "model" / "rules" / "table.py").read_text(encoding="utf-8") == made


class _Larks:
    def __init__(self) -> None:
        from lark import Lark

        self.parser = Lark(GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=False)

    def takes(self, text: str) -> bool:
        """Whether lark's own parser finds an expression in `text`."""
        from lark import UnexpectedInput

        try:
            self.parser.parse(text)
        except UnexpectedInput:
            return False
        return True


_larks = functools.cache(_Larks)

PARTS = ("${one}", "1", ".5", "'a'", "..", ".", "word", "text()", "/", "//", "*", "@", "::", "self::", "(", ")", "[", "]",
         ",", "|", "=", "<=", "+", "-", "div", "mod", "and", "or", "not(", "concat (", "a:*", " ", "\n")  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=9).map("".join))
@settings(max_examples=200)
def test_the_grammar_is_read_as_lark_reads_it(text: str) -> None:
    """Whatever text: lark's own parser takes it where ours does, and refuses it where ours does."""
    try:
        parse(text)
        taken = True
    except RuleSyntaxError:
        taken = False
    assert taken == _larks().takes(text)
