"""Rule text to a tree: the grammar of XPath 1.0 as XLSForms use it, with `${name}` references.

The grammar is lark's; `table` holds what lark makes of it (`.ci/rule-table`), and `parsing` reads a text by that. Only the
shape is read here; `compiler` gives names their meaning. Source: XPath 1.0 (W3C, section 3) and the XLSForm
and ODK XForms specifications for `${}`, `jr:` functions and the bare root path.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from mshopper.model.rules.parsing import Parser, Token, UnexpectedTextError

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
        | VARIABLE -> variable
        | "(" or_expr ")" -> group
        | LITERAL -> literal
        | NUMBER -> number
        | FUNC "(" [or_expr ("," or_expr)*] ")" -> call

location: relative -> relative_path
        | _SLASH -> root_path
        | _SLASH relative -> absolute_path
        | _DSLASH relative -> deep_absolute
relative: step (_SLASH step | DSLASH step)*
step: _test predicate* -> child
    | AXIS _test predicate* -> axis_step
    | "@" _test predicate* -> attribute
    | DOT predicate* -> self_step
    | DDOT predicate* -> parent_step
_test: NAME | STAR | NODE_TEST | ANY_OF
predicate: "[" or_expr "]"

REF: /\$\{\s*[^{}]+?\s*\}/
LITERAL: /"[^"]*"|'[^']*'|[“”„][^“”„]*[“”]|[‘’‚][^‘’‚]*[‘’]/
VARIABLE: /\$[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?/
NUMBER.3: /\d+(\.\d*)?|\.\d+/
NODE_TEST.3: /(node|text|comment)\s*\(\s*\)|processing-instruction\s*\(\s*("[^"]*"|'[^']*')?\s*\)/
FUNC.2: /[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?(?=\s*\()/
AXIS.3: /((ancestor|descendant)(-or-self)?|(following|preceding)(-sibling)?|attribute|child|namespace|parent|self)\s*::/
ANY_OF.2: /[^\W\d][\w.\-]*:\*/
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
MUL_OP: "*" | /div/i | /mod/i
_OR: /or/i
_AND: /and/i
%ignore /[\s\u00a0\ufeff]+/
"""


ANY = "*"
"""A step's name that fits every question and section."""

NODE = "node()"
"""The name of a step to whatever is below: a section's questions and sections, a question's own value."""

TEXT = "text()"
"""The name of a step to a question's own value."""

NOTHING = "nothing()"
"""The name of a step that a form never has: comments, other namespaces."""


class Literal(NamedTuple):
    """A text in quotes."""

    text: str


class Number(NamedTuple):
    """A number as written."""

    text: str


class Reference(NamedTuple):
    """`${name}`; `last-saved#` and the like keep their prefix."""

    name: str
    column: int


class Variable(NamedTuple):
    """`$name`, which XPath has and forms have not."""

    name: str
    column: int


class Call(NamedTuple):
    """A function's name and its arguments."""

    name: str
    arguments: tuple[Any, ...]
    column: int


class Binary(NamedTuple):
    """An operator between two expressions; `or` and `and` among them."""

    operator: str
    left: Any
    right: Any


class Negate(NamedTuple):
    """Minus."""

    of: Any


class Step(NamedTuple):
    """One step of a path: axis (child, parent, self, descendant, attribute, …), name (ANY and TEXT among them), predicates."""

    axis: str
    name: str = ANY
    predicates: tuple[Any, ...] = ()


class Path(NamedTuple):
    """Steps from a start: an expression, "/" for the root, or None for where the rule stands."""

    start: Any
    steps: tuple[Step, ...]


class Union(NamedTuple):
    """Nodes of either side."""

    left: Any
    right: Any


LONGEST = 100_000
"""Characters of a rule; the longest in a real form had 9,000."""


class RuleSyntaxError(ValueError):
    """Text that is no expression; `column` counts from 1, 0 where it lies at the end."""

    def __init__(self, what: str, column: int) -> None:
        super().__init__(what)
        self.column = column


DESCEND = Step("descendant-or-self")


class _Tree:
    """What becomes of each part of the grammar, by its name there; it is given what stands in the part."""

    def literal(self, token: Token) -> Literal:
        return Literal(token.text[1:-1])

    def number(self, token: Token) -> Number:
        return Number(token.text)

    def reference(self, token: Token) -> Reference:
        return Reference(token.text[2:-1].strip(), token.column)

    def variable(self, token: Token) -> Variable:
        return Variable(token.text, token.column)

    def group(self, inner: Any) -> Any:
        # Predicates after a bracket count over all of its nodes, so the bracket must stay visible.
        return Path(inner, ()) if isinstance(inner, Path | Union) else inner

    def call(self, name: Token, *arguments: Any) -> Call:
        # Names are in lower case in the standard; who writes IF(…) as in a spreadsheet means the same.
        return Call(name.text.lower(), arguments, name.column)

    def binary(self, left: Any, operator: Token, right: Any) -> Binary:
        return Binary("=" if operator.text == "==" else operator.text.lower(), left, right)

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
        return Path(primary, (Step("self", ANY, predicates),))

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

    def child(self, test: Token, *predicates: Any) -> Step:
        return Step("child", _named(test), predicates)

    def axis_step(self, axis: Token, test: Token, *predicates: Any) -> Step:
        name, kind = axis.text.rstrip(": \t\r\n"), _named(test)
        return Step(name, ANY if kind == NODE and name != "child" else kind, predicates)

    def attribute(self, test: Token, *predicates: Any) -> Step:
        return Step("attribute", _named(test), predicates)

    def self_step(self, _dot: Token, *predicates: Any) -> Step:
        return Step("self", ANY, predicates)

    def parent_step(self, _dots: Token, *predicates: Any) -> Step:
        return Step("parent", ANY, predicates)


def _named(test: Token) -> str:
    if test.kind == "NODE_TEST":
        kind = test.text.partition("(")[0].rstrip()
        return {"node": NODE, "text": TEXT}.get(kind, NOTHING)
    return NOTHING if test.kind == "ANY_OF" else test.text


def _extend(start: Any, steps: tuple[Step, ...]) -> Path:
    if isinstance(start, Path) and (start.start is None or start.steps):
        return Path(start.start, (*start.steps, *steps))
    return Path(start, steps)


@lru_cache(maxsize=1)
def _parser() -> Parser:
    return Parser(_Tree())


@lru_cache(maxsize=8192)
def parse(text: str) -> Any:
    """The tree of an expression. Raises RuleSyntaxError where the text is none."""
    if len(text) > LONGEST:
        raise RuleSyntaxError("too long", 0)
    try:
        return _parser().parse(text)
    except UnexpectedTextError as error:
        raise RuleSyntaxError(str(error), error.column) from None
