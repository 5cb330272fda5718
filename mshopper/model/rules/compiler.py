"""An expression's tree to Python closures over the visit's frames, with what it reads.

Names are resolved once, here: where a form's rule stands and what it names are both known when the form is read, so that
evaluating is a chain of plain calls. `locate` follows paths; `special` holds the functions that need more than values.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from mshopper.i18n import _
from mshopper.model.form import Form
from mshopper.model.rules import grammar, values
from mshopper.model.rules.functions import FUNCTIONS, Function, conversion
from mshopper.model.rules.grammar import Binary, Call, Literal, Negate, Number, Path, Reference, Union
from mshopper.model.rules.scope import Frame
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


class Code(NamedTuple):
    """A compiled expression: the closure, and what it gives: text, number, boolean, nodes (a list) or any."""

    run: Run
    kind: str
    constant: RuleValue = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule ready to run on a frame; `reads` are the paths of the questions and repeats it depends on.

    `across` are those of them that it reads in other instances of the repeats around it too; `reads_itself` says that it
    needs the very value it gives, which no calculation can have.
    """

    text: str
    holder: str
    run: Callable[[Frame], RuleValue]
    reads: frozenset[str]
    across: frozenset[str] = frozenset()
    reads_itself: bool = False

    def holds(self, frame: Frame) -> bool:
        """Whether the rule is true there. Raises RuleFailure where it can't be evaluated."""
        return to_boolean(self.run(frame))


def compile_rule(text: str, form: Form, holder: str) -> Rule:
    """Compile `text`, which stands at the question or section `holder` ("" is the form). Raises RuleError."""
    try:
        tree = grammar.parse(text)
    except grammar.RuleSyntaxError as error:
        where = _("near column {column}").format(column=error.column) if error.column else _("at its end")
        raise RuleError(
            _("“{rule}” is not a rule that can be read ({where})").format(rule=shortened(text), where=where),
            _("Check brackets, quotes and operators; a text stands in quotes, a question as ${{its_id}}.").format(),
            error.column,
        ) from None
    compiler = Compiler(form, holder)
    try:
        code = compiler.compile(tree)
    except RecursionError:
        raise RuleError(
            _("“{rule}” is nested too deeply").format(rule=shortened(text)),
            _("Split it: compute parts of it in questions of type calculate."),
        ) from None
    return Rule(text, holder, code.run, frozenset(compiler.reads), frozenset(compiler.across), compiler.reads_itself)


def shortened(text: str) -> str:
    """A rule's text, cut to a length that fits a sentence."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:77] + "…"


class Compiler:
    """One expression's compilation: where it stands, and what it turned out to read."""

    def __init__(self, form: Form, holder: str) -> None:
        self.form = form
        self.holder = holder
        self.holder_repeats = form.places[holder].repeats if holder else ()
        self.reads: set[str] = set()
        self.across: set[str] = set()
        self.reads_itself = False
        self.context: Any = None  # the locate.Branch (or rows) that a predicate being compiled filters

    def compile(self, tree: Any) -> Code:
        """The code of a tree."""
        match tree:
            case Literal(text):
                return constant(text, "text")
            case Number(text):
                return constant(float(text), "number")
            case Negate(of):
                return self._negate(of)
            case Binary("and" | "or"):
                return self._logic(tree)
            case Binary():
                return self._binary(tree)
            case Call():
                return self._call(tree)
            case Reference() | Path():
                return self._nodes(tree)
            case Union(left, right):
                return self._union(left, right)
        raise AssertionError(tree)

    def _nodes(self, tree: Any) -> Code:
        from mshopper.model.rules.locate import locate

        return locate(self, tree).code()

    def _union(self, left: Any, right: Any) -> Code:
        first, second = as_list(self.compile(left)), as_list(self.compile(right))
        return Code(lambda s: [*first(s), *second(s)], "nodes")

    def _negate(self, of: Any) -> Code:
        code = self.compile(of)
        if isinstance(code.constant, float):
            return constant(-code.constant, "number")
        number = as_number(code)
        return Code(lambda s: -number(s), "number")

    def _logic(self, tree: Binary) -> Code:
        parts = [as_boolean(self.compile(part)) for part in _operands(tree)]
        if len(parts) > 2:
            every = all if tree.operator == "and" else any
            return Code(lambda s: every(part(s) for part in parts), "boolean")
        left, right = parts
        if tree.operator == "and":
            return Code(lambda s: left(s) and right(s), "boolean")
        return Code(lambda s: left(s) or right(s), "boolean")

    def _binary(self, tree: Binary) -> Code:
        left, right = self.compile(tree.left), self.compile(tree.right)
        if tree.operator in _ARITHMETIC:
            return _arithmetic(tree.operator, left, right)
        return _comparison(tree.operator, left, right)

    def _call(self, call: Call) -> Code:
        from mshopper.model.rules.special import SPECIAL

        if special := SPECIAL.get(call.name):
            return special(self, call)
        function = FUNCTIONS.get(call.name)
        if function is None:
            raise self.unknown_function(call)
        if not function.least <= len(call.arguments) <= function.most:
            raise wrong_arguments(call, function.least, function.most)
        return _function_code(function, [self.compile(argument) for argument in call.arguments])

    def unknown_function(self, call: Call) -> RuleError:
        """The error for a function that nobody here knows, with the nearest name."""
        from mshopper.model.rules.special import SPECIAL

        near = get_close_matches(call.name, [*FUNCTIONS, *SPECIAL], n=1, cutoff=0.6)
        remedy = (
            _("Did you mean “{name}()”?").format(name=near[0]) if near else _("Use a function of the XLSForm standard.")
        )
        return RuleError(_("there is no function “{name}()”").format(name=call.name), remedy, call.column)


def _operands(tree: Binary) -> list[Any]:
    """The operands of a chain such as `a or b or c`: lists of answers make long ones, which must not nest."""
    operands: list[Any] = []
    rest: Any = tree
    while isinstance(rest, Binary) and rest.operator == tree.operator:
        operands.append(rest.right)
        rest = rest.left
    return [rest, *reversed(operands)]


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
        return value if type(value) is float else to_number(value)

    return number


def as_boolean(code: Code) -> Callable[[Scope], bool]:
    """The code's value as true or false."""
    run = code.run
    return run if code.kind == "boolean" else lambda s: to_boolean(run(s))


def as_list(code: Code) -> Callable[[Scope], list[RuleValue]]:
    """The code's value as a list of atoms."""
    run = code.run
    return run if code.kind == "nodes" else lambda s: [run(s)]


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


_COMPARE: dict[str, Callable[[RuleValue, RuleValue], bool]] = {
    "=": values.equal,
    "!=": values.unequal,
    "<": values.less,
    "<=": values.less_or_equal,
    ">": lambda a, b: values.less(b, a),
    ">=": lambda a, b: values.less_or_equal(b, a),
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
        return Code(lambda s: compare(first(s), second(s)), "boolean")
    fixed = right.constant
    if isinstance(fixed, str) and sign in ("=", "!="):
        same = sign == "="

        def compare_text(s: Scope) -> bool:
            value = first(s)
            return (value == fixed) is same if type(value) is str else compare(value, fixed)

        return Code(compare_text, "boolean")
    if isinstance(fixed, float) and sign in _PLAIN:
        plain = _PLAIN[sign]

        def compare_number(s: Scope) -> bool:
            value = first(s)
            return plain(value, fixed) if type(value) is float else compare(value, fixed)

        return Code(compare_number, "boolean")
    return Code(lambda s: compare(first(s), fixed), "boolean")


def _argument(code: Code, letter: str) -> Run:
    if letter == "n":
        return as_number(code)
    if letter == "b":
        return as_boolean(code)
    run = code.run
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
