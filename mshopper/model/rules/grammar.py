"""Rule text to a tree: the grammar of XPath 1.0 as XLSForms use it, with `${name}` references.

Only the shape is read here; `compiler` gives names their meaning. Source: XPath 1.0 (W3C, section 3) and the XLSForm
and ODK XForms specifications for `${}`, `jr:` functions and the bare root path.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args

GRAMMAR = r"""
?start: or_expr
?or_expr: and_expr | or_expr _OR and_expr -> logical_or
?and_expr: eq_expr | and_expr _AND eq_expr -> logical_and
?eq_expr: rel_expr | eq_expr EQ_OP rel_expr -> binary
?rel_expr: add_expr | rel_expr REL_OP add_expr -> binary
?add_expr: mul_expr | add_expr ADD_OP mul_expr -> binary
?mul_expr: unary_expr | mul_expr MUL_OP unary_expr -> binary
?unary_expr: union_expr | "-" unary_expr -> negate | "+" unary_expr -> affirm
?union_expr: path_expr | union_expr "|" path_expr -> union

?path_expr: location | filtered | filtered _SLASH relative -> path | filtered _DSLASH relative -> deep_path
?filtered: primary | primary predicate+ -> filtered
?primary: REF -> reference
        | "(" or_expr ")" -> group
        | LITERAL -> literal
        | NUMBER -> number
        | FUNC "(" [or_expr ("," or_expr)*] ")" -> call

location: relative -> relative_path
        | _SLASH -> root_path
        | _SLASH relative -> absolute_path
        | _DSLASH relative -> deep_absolute
relative: step (_SLASH step | DSLASH step)*
step: NAME predicate* -> child
    | AXIS NAME predicate* -> axis_step
    | AXIS STAR predicate* -> axis_step
    | STAR predicate* -> child
    | "@" NAME predicate* -> attribute
    | DOT predicate* -> self_step
    | DDOT predicate* -> parent_step
    | NODE_TEST predicate* -> self_any
predicate: "[" or_expr "]"

REF: /\$\{\s*[^{}]+?\s*\}/
LITERAL: /"[^"]*"|'[^']*'|“[^”]*”|‘[^’]*’/
NUMBER.3: /\d+(\.\d*)?|\.\d+/
NODE_TEST.3: /(node|text)\s*\(\s*\)/
FUNC.2: /[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?(?=\s*\()/
AXIS.3: /(ancestor(-or-self)?|child|descendant(-or-self)?|following-sibling|parent|preceding-sibling|self)\s*::/
NAME: /[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?/
STAR: "*"
DOT: "."
DDOT.2: ".."
_SLASH: "/"
_DSLASH.2: "//"
DSLASH.2: "//"
EQ_OP: "!=" | "=" | "=="
REL_OP: "<=" | ">=" | "<" | ">"
ADD_OP: "+" | "-"
MUL_OP: "*" | /div(?![\w.\-])/ | /mod(?![\w.\-])/
_OR: /or(?![\w\-])/
_AND: /and(?![\w\-])/
%ignore /[\s\u00a0\ufeff]+/
"""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in quotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`; `last-saved#` and the like keep their prefix."""

    name: str
    column: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function's name and its arguments."""

    name: str
    arguments: tuple[Any, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two expressions; `or` and `and` among them."""

    operator: str
    left: Any
    right: Any


@dataclass(frozen=True, slots=True)
class Negate:
    """Minus."""

    of: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: axis (child, parent, self, descendant, attribute, …), name ("*" any) and predicates."""

    axis: str
    name: str = "*"
    predicates: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from a start: an expression, "/" for the root, or None for where the rule stands."""

    start: Any
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """Nodes of either side."""

    left: Any
    right: Any


class RuleSyntaxError(ValueError):
    """Text that is no expression; `column` counts from 1, 0 where it lies at the end."""

    def __init__(self, what: str, column: int) -> None:
        super().__init__(what)
        self.column = column


DESCEND = Step("descendant-or-self")


@v_args(inline=True)
class _Tree(Transformer[Token, Any]):
    def literal(self, token: Token) -> Literal:
        return Literal(str(token)[1:-1])

    def number(self, token: Token) -> Number:
        return Number(str(token))

    def reference(self, token: Token) -> Reference:
        return Reference(str(token)[2:-1].strip(), token.column or 0)

    def group(self, inner: Any) -> Any:
        return inner

    def call(self, name: Token, *arguments: Any) -> Call:
        return Call(str(name), tuple(a for a in arguments if a is not None), name.column or 0)

    def binary(self, left: Any, operator: Token, right: Any) -> Binary:
        return Binary("=" if operator == "==" else str(operator), left, right)

    def logical_or(self, left: Any, right: Any) -> Binary:
        return Binary("or", left, right)

    def logical_and(self, left: Any, right: Any) -> Binary:
        return Binary("and", left, right)

    def negate(self, of: Any) -> Negate:
        return Negate(of)

    def affirm(self, of: Any) -> Any:
        return Negate(Negate(of))

    def union(self, left: Any, right: Any) -> Union:
        return Union(left, right)

    def predicate(self, inner: Any) -> Any:
        return inner

    def filtered(self, primary: Any, *predicates: Any) -> Path:
        return Path(primary, (Step("self", "*", predicates),))

    def relative(self, *parts: Any) -> tuple[Step, ...]:
        return tuple(DESCEND if isinstance(part, Token) else part for part in parts)

    def relative_path(self, steps: tuple[Step, ...]) -> Path:
        return Path(None, steps)

    def root_path(self) -> Path:
        return Path("/", ())

    def absolute_path(self, steps: tuple[Step, ...]) -> Path:
        return Path("/", steps)

    def deep_absolute(self, steps: tuple[Step, ...]) -> Path:
        return Path("/", (DESCEND, *steps))

    def path(self, start: Any, steps: tuple[Step, ...]) -> Path:
        return _extend(start, steps)

    def deep_path(self, start: Any, steps: tuple[Step, ...]) -> Path:
        return _extend(start, (DESCEND, *steps))

    def child(self, name: Token, *predicates: Any) -> Step:
        return Step("child", str(name), predicates)

    def axis_step(self, axis: Token, name: Token, *predicates: Any) -> Step:
        return Step(str(axis).rstrip(": \t\n"), str(name), predicates)

    def attribute(self, name: Token, *predicates: Any) -> Step:
        return Step("attribute", str(name), predicates)

    def self_step(self, _dot: Token, *predicates: Any) -> Step:
        return Step("self", "*", predicates)

    def parent_step(self, _dots: Token, *predicates: Any) -> Step:
        return Step("parent", "*", predicates)

    def self_any(self, test: Token, *predicates: Any) -> Step:
        return Step("self" if str(test).startswith("text") else "child", "*", predicates)


def _extend(start: Any, steps: tuple[Step, ...]) -> Path:
    if isinstance(start, Path) and (start.start is None or start.steps):
        return Path(start.start, (*start.steps, *steps))
    return Path(start, steps)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    # The transformer runs while parsing, so that deep nesting costs no recursion here.
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=False, transformer=_Tree())


@lru_cache(maxsize=8192)
def parse(text: str) -> Any:
    """The tree of an expression. Raises RuleSyntaxError where the text is none."""
    if len(text) > 100_000 or _depth(text) > 200:
        raise RuleSyntaxError("too long or too deeply nested", 0)
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        column = 0 if at_end else getattr(error, "column", 0)
        raise RuleSyntaxError(
            str(type(error).__name__), column if isinstance(column, int) and column > 0 else 0
        ) from None


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "([":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]":
            depth -= 1
    return deepest
