"""An expression's tree to Python closures over the visit's frames, with what it reads.

Names are resolved once, here: where a form's rule stands and what it names are both known when the form is read, so that
evaluating is a chain of plain calls. `locate` follows paths; `special` holds the functions that need more than values.
"""

import hashlib
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

from mshopper.i18n import _
from mshopper.model.form import Form
from mshopper.model.rules import grammar, values
from mshopper.model.rules.functions import FUNCTIONS, Function, conversion, numbers
from mshopper.model.rules.grammar import Binary, Call, Literal, Negate, Number, Path, Reference, Step, Union, Variable
from mshopper.model.rules.scope import Frame, Predicate
from mshopper.model.rules.shape import Shape
from mshopper.model.rules.values import RuleValue, to_boolean, to_number

Scope = Any
"""A Frame, or a Predicate inside `[…]`."""

Run = Callable[[Scope], RuleValue]


class RuleError(Exception):
    """An expression that can't be understood: what is wrong, what to do, and the column (from 1; 0 unknown)."""

    def __init__(self, what: str, remedy: str, column: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.column = column


DEEPEST = 80
"""How deeply an expression may nest: each level costs stack when it runs. Chains of one operator count once."""


class Code(NamedTuple):
    """A compiled expression: the closure, and what it gives: text, number, boolean, nodes (a list) or any.

    `leaf` is the path of the question that it reads in the rule's own frame, where it does just that: the commonest
    tests of one answer are then a single closure.
    """

    run: Run
    kind: str
    constant: RuleValue = None
    leaf: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule ready to run on a frame; `reads` are the paths of the questions and repeats it depends on.

    `levels` says for each how many of the repeats around the rule are the same instance there: 0 where it may read any.
    """

    text: str
    holder: str
    run: Callable[[Any], RuleValue]
    levels: Mapping[str, int]

    @property
    def reads(self) -> frozenset[str]:
        """The paths of the questions and repeats that the rule depends on."""
        return frozenset(self.levels)

    def holds(self, frame: Frame | Predicate) -> bool:
        """Whether the rule is true there. Raises RuleFailure where it can't be evaluated."""
        return to_boolean(self.run(frame))


def compile_rule(text: str, form: Form, holder: str, shape: Shape | None = None) -> Rule:
    """Compile `text`, which stands at the question or section `holder` ("" is the form). Raises RuleError.

    `shape` is the form's, where many rules of one form are compiled.
    """
    compiler = Compiler(form, holder, shape)
    code = compiler.compile(_parsed(text))
    return Rule(text, holder, code.run, compiler.reads)


def compile_filter(text: str, form: Form, holder: str, shape: Shape | None = None) -> Rule:
    """Compile a choice filter, which reads a row's columns by their bare names; it runs on a `scope.Predicate` of the row."""
    from mshopper.model.rules.locate import LocatedRows

    compiler = Compiler(form, holder, shape)
    compiler.context = LocatedRows(compiler, lambda s: [s.node])
    code = compiler.compile(_parsed(text))
    return Rule(text, holder, code.run, compiler.reads)


def _parsed(text: str) -> Any:
    try:
        return grammar.parse(text)
    except grammar.RuleSyntaxError as error:
        where = _("near column {column}").format(column=error.column) if error.column else _("at its end")
        raise RuleError(
            _("“{rule}” is not a rule that can be read ({where})").format(rule=shortened(text), where=where),
            _("Check brackets, quotes and operators; a text stands in quotes, a question as ${{its_id}}.").format(),
            error.column,
        ) from None


def shortened(text: str) -> str:
    """A rule's text, cut to a length that fits a sentence."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:77] + "…"


class Compiler:
    """One expression's compilation: where it stands, and what it turned out to read."""

    def __init__(self, form: Form, holder: str, shape: Shape | None = None) -> None:
        self.form = form
        self.shape = shape or Shape(form)
        self.holder = holder
        self.holder_repeats = form.places[holder].repeats if holder else ()
        self.reads: dict[str, int] = {}
        self.context: Any = None  # the locate.Located whose nodes a predicate being compiled filters
        self._draws = 0
        self._depth = 0

    def draw(self) -> Callable[[Scope], float]:
        """What gives a random number from 0 to 1: the same at each evaluation, another in each place of each visit."""
        self._draws += 1
        mark = f"{self.holder}#{self._draws}"

        def drawn(s: Scope) -> float:
            place = f"{s.world.seed}/{mark}/{s.current.instance}"
            return int.from_bytes(hashlib.sha256(place.encode()).digest()[:6], "big") / 2**48

        return drawn

    def compile(self, tree: Any) -> Code:
        """The code of a tree."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise RuleError(_("this rule is too deeply nested"), _("Calculate a part of it in a question of its own."))
        code = self._compile(tree)
        self._depth -= 1
        return code

    def _compile(self, tree: Any) -> Code:
        match tree:
            case Literal(text):
                return constant(text, "text")
            case Number(text):
                return constant(float(text), "number")
            case Negate(of):
                return self._negate(of)
            case Binary("and" | "or" as sign):
                return self._logic(sign, _chain(tree, lambda operator: operator == sign))
            case Binary("+" | "-"):
                return self._sum(_chain(tree, lambda operator: operator in ("+", "-")))
            case Binary():
                return self._binary(tree)
            case Call():
                return self._call(tree)
            case Reference() | Path() | Union():
                return self._nodes(tree)
            case Variable(name, column):
                raise RuleError(
                    _("“{name}” is no question").format(name=name),
                    _("Write a question as ${{its_id}}.").format(),
                    column,
                )
        raise AssertionError(tree)

    def _nodes(self, tree: Any) -> Code:
        found: Code = _locate()(self, tree).code()
        return found

    def _negate(self, of: Any) -> Code:
        code = self.compile(of)
        if isinstance(code.constant, float):
            return constant(-code.constant, "number")
        number = as_number(code)
        return Code(lambda s: -number(s), "number")

    def _logic(self, sign: str, links: "list[tuple[str, Any]]") -> Code:
        tests = [as_boolean(self.compile(link)) for _sign, link in links]
        if len(tests) == 2:
            left, right = tests
            if sign == "and":
                return Code(lambda s: left(s) and right(s), "boolean")
            return Code(lambda s: left(s) or right(s), "boolean")
        every = sign == "and"

        def run(s: Scope) -> bool:
            for test in tests:
                if test(s) is not every:
                    return not every
            return every

        return Code(run, "boolean")

    def _sum(self, links: "list[tuple[str, Any]]") -> Code:
        if len(links) == 2:
            (_first, left), (sign, right) = links
            return _arithmetic(sign, self.compile(left), self.compile(right))
        terms = [(sign == "-", as_number(self.compile(link))) for sign, link in links]

        def run(s: Scope) -> float:
            total = terms[0][1](s)
            for negative, term in terms[1:]:
                total = total - term(s) if negative else total + term(s)
            return total

        return Code(run, "number")

    def _binary(self, tree: Binary) -> Code:
        left, right = self.compile(tree.left), self.compile(tree.right)
        if tree.operator in _ARITHMETIC:
            return _arithmetic(tree.operator, left, right)
        return _comparison(tree.operator, left, right)

    def _call(self, call: Call) -> Code:
        if special := _special().get(call.name):
            return special(self, call)
        function = FUNCTIONS.get(call.name)
        if function is None:
            raise self.unknown_function(call)
        if not function.least <= len(call.arguments) <= function.most:
            raise wrong_arguments(call, function.least, function.most)
        arguments = call.arguments
        if function.here and not arguments:
            arguments = (Path(None, (Step("self"),)),)
        return _function_code(function, [self.compile(argument) for argument in arguments])

    def unknown_function(self, call: Call) -> RuleError:
        """The error for a function that nobody here knows, with the nearest name."""
        near = get_close_matches(call.name, [*FUNCTIONS, *_special()], n=1, cutoff=0.6)
        remedy = (
            _("Did you mean “{name}()”?").format(name=near[0]) if near else _("Use a function of the XLSForm standard.")
        )
        return RuleError(_("there is no function “{name}()”").format(name=call.name), remedy, call.column)


@cache
def _locate() -> "Callable[[Compiler, Any], Any]":
    """What follows paths: it needs this module, so it comes when it is asked for."""
    from mshopper.model.rules.locate import locate

    return locate


@cache
def _special() -> "Mapping[str, Callable[[Compiler, Call], Code]]":
    """The functions that need more than values: they need this module too."""
    from mshopper.model.rules.special import SPECIAL

    return SPECIAL


def _chain(tree: Any, belongs: Callable[[str], bool]) -> "list[tuple[str, Any]]":
    """The links of a chain of operators, left to right, each with the operator before it ("" before the first)."""
    links: list[tuple[str, Any]] = []
    while isinstance(tree, Binary) and belongs(tree.operator):
        links.append((tree.operator, tree.right))
        tree = tree.left
    links.append(("", tree))
    return links[::-1]


def wrong_arguments(call: Call, least: int, most: int) -> RuleError:
    """The error for too few or too many arguments."""
    if least == most:
        wanted = _("It takes exactly {n} arguments.").format(n=least)
    elif most >= 1_000:
        wanted = _("It takes at least {n} arguments.").format(n=least)
    else:
        wanted = _("It takes {least} to {most} arguments.").format(least=least, most=most)
    what = _("“{name}()” has {n} arguments").format(name=call.name, n=len(call.arguments))
    return RuleError(what, wanted, call.column)


def constant(value: RuleValue, kind: str) -> Code:
    """Code that always gives `value`."""
    return Code(lambda _scope: value, kind, value)


def as_number(code: Code) -> Callable[[Scope], float]:
    """The code's value as a number."""
    run = code.run
    if code.kind == "number":
        return run

    def number(s: Scope) -> float:
        value = run(s)
        return value if type(value) is float else to_number(value, s.world.zone)

    return number


def as_boolean(code: Code) -> Callable[[Scope], bool]:
    """The code's value as true or false."""
    run = code.run
    return run if code.kind == "boolean" else lambda s: to_boolean(run(s))


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": values.divide,
    "mod": values.remainder,
}


def _arithmetic(sign: str, left: Code, right: Code) -> Code:
    first, second = as_number(left), as_number(right)
    if sign == "+":
        return Code(lambda s: first(s) + second(s), "number")
    if sign == "-":
        return Code(lambda s: first(s) - second(s), "number")
    operate = _ARITHMETIC[sign]
    return Code(lambda s: operate(first(s), second(s)), "number")


_COMPARE: dict[str, Callable[..., bool]] = {
    "=": values.equal,
    "!=": values.unequal,
    "<": values.less,
    "<=": values.less_or_equal,
    ">": lambda a, b, zone: values.less(b, a, zone),
    ">=": lambda a, b, zone: values.less_or_equal(b, a, zone),
}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_PLAIN: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _comparison(sign: str, left: Code, right: Code) -> Code:
    if left.constant is not None and right.constant is None:
        left, right, sign = right, left, _FLIPPED[sign]
    compare, first, second = _COMPARE[sign], left.run, right.run
    if right.constant is None:
        return Code(lambda s: compare(first(s), second(s), s.world.zone), "boolean")
    fixed = right.constant
    if isinstance(fixed, str) and sign in ("=", "!="):
        same = sign == "="
        timed, leaf = values.is_date(fixed), left.leaf
        if leaf and not timed:

            def compare_words(s: Scope) -> bool:
                value = s.leaves[leaf].atom
                return (value == fixed) is same if type(value) is str else compare(value, fixed, s.world.zone)

            return Code(compare_words, "boolean")

        def compare_text(s: Scope) -> bool:
            value = first(s)
            if type(value) is not str or timed:
                return compare(value, fixed, s.world.zone)
            return (value == fixed) is same

        return Code(compare_text, "boolean")
    if isinstance(fixed, float) and sign in _PLAIN:
        plain, leaf = _PLAIN[sign], left.leaf
        if leaf:

            def compare_answer(s: Scope) -> bool:
                value = s.leaves[leaf].atom
                return plain(value, fixed) if type(value) is float else compare(value, fixed, s.world.zone)

            return Code(compare_answer, "boolean")

        def compare_number(s: Scope) -> bool:
            value = first(s)
            return plain(value, fixed) if type(value) is float else compare(value, fixed, s.world.zone)

        return Code(compare_number, "boolean")
    return Code(lambda s: compare(first(s), fixed, s.world.zone), "boolean")


def _argument(code: Code, letter: str) -> Run:
    if letter == "n":
        return as_number(code)
    if letter == "b":
        return as_boolean(code)
    run = code.run
    if letter == "m":
        return lambda s: numbers(run(s), s.world.zone)
    if letter == "v" or (letter == "s" and code.kind == "text") or (letter == "a" and code.kind == "nodes"):
        return run
    convert = conversion(letter)
    return lambda s: convert(run(s))


def _function_code(function: Function, codes: list[Code]) -> Code:
    letters = function.takes + function.takes[-1:] * (len(codes) - len(function.takes))
    arguments = [_argument(code, letter) for code, letter in zip(codes, letters, strict=False)]
    run = function.run
    if function.world:
        return Code(lambda s: run(s.world, *[argument(s) for argument in arguments]), function.gives)
    if len(arguments) == 1:
        only = arguments[0]
        return Code(lambda s: run(only(s)), function.gives)
    if len(arguments) == 2:
        first, second = arguments
        return Code(lambda s: run(first(s), second(s)), function.gives)
    return Code(lambda s: run(*[argument(s) for argument in arguments]), function.gives)
