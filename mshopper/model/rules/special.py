"""Functions whose meaning depends on which question an argument names, which branch is taken, or where the rule stands.

Source: the ODK XForms specification; `count-if()` and its like, `index()` and `choice-label()` are SurveyCTO's.
"""

import hashlib
import math
from collections.abc import Callable
from typing import Any

from mshopper.i18n import _
from mshopper.model.form import Section
from mshopper.model.rules import list_functions, locate
from mshopper.model.rules.compiler import (
    Code,
    Compiler,
    RuleError,
    Scope,
    as_boolean,
    as_number,
    wrong_arguments,
)
from mshopper.model.rules.functions import is_selected, largest, smallest, total
from mshopper.model.rules.grammar import Call, Literal, Path, Reference, RuleSyntaxError, Step, Union, parse
from mshopper.model.rules.itext import text_of_id
from mshopper.model.rules.scope import Frame, Place, Predicate, Row
from mshopper.model.rules.values import RuleFailure, to_boolean, to_number, to_text

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST_UUID = 1_000


def _exactly(call: Call, *counts: int) -> None:
    if len(call.arguments) not in counts:
        raise wrong_arguments(call, min(counts), max(counts))


def _if(compiler: Compiler, call: Call) -> Code:
    """`if(a, b, if(c, d, e))` becomes one list of cases, however long the chain is."""
    cases: list[tuple[Callable[[Scope], bool], Code]] = []
    rest: Any = call
    while isinstance(rest, Call) and rest.name == "if":
        _exactly(rest, 3)
        test, then, rest = rest.arguments
        cases.append((as_boolean(compiler.compile(test)), compiler.compile(then)))
    other = compiler.compile(rest)
    kinds = {code.kind for _test, code in cases} | {other.kind}
    kind = other.kind if len(kinds) == 1 else "any"
    last = other.run
    if len(cases) == 1:
        holds, yes = cases[0][0], cases[0][1].run
        return Code(lambda s: yes(s) if holds(s) else last(s), kind)
    runs = [(test, code.run) for test, code in cases]

    def run(s: Scope) -> Any:
        for holds, then in runs:
            if holds(s):
                return then(s)
        return last(s)

    return Code(run, kind)


def _once(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 1)
    first = compiler.compile(call.arguments[0]).run
    holder = compiler.holder

    def run(s: Scope) -> Any:
        leaf = s.current.leaves.get(holder)
        return first(s) if leaf is None or leaf.atom == "" else leaf.atom

    return Code(run, "any")


def _selected(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 2)
    chosen, choice = (compiler.compile(argument) for argument in call.arguments)
    run = chosen.run
    if not isinstance(choice.constant, str):
        other = choice.run
        return Code(lambda s: is_selected(to_text(run(s)), to_text(other(s))), "boolean")
    wanted, leaf = f" {choice.constant.strip()} ", chosen.leaf
    if leaf:

        def answered(s: Scope) -> bool:
            value = s.leaves[leaf].atom
            return wanted in f" {value} " if type(value) is str else is_selected(to_text(value), wanted)

        return Code(answered, "boolean")
    return Code(lambda s: is_selected(to_text(run(s)), wanted), "boolean")


# --- nodes


def _is_nodes(tree: Any) -> bool:
    if isinstance(tree, Call):
        return tree.name in ("instance", "current", "randomize")
    return isinstance(tree, Reference | Path | Union)


def _counting(compiler: Compiler, call: Call, *, filled: bool) -> Code:
    _exactly(call, 1)
    tree = call.arguments[0]
    if _is_nodes(tree):
        count = locate.locate(compiler, tree).counting()[filled]
        return Code(lambda s: float(count(s)), "number")
    code = compiler.compile(tree)
    if code.kind not in ("nodes", "any"):
        raise RuleError(_("a question was expected here"), _("Write a question as ${{its_id}}.").format(), call.column)
    run = code.run

    def counted(s: Scope) -> float:
        value = run(s)
        if not isinstance(value, list):
            raise RuleFailure(_("{function}() was given a single value").format(function=call.name))
        return float(sum(atom != "" for atom in value) if filled else len(value))

    return Code(counted, "number")


def _count(compiler: Compiler, call: Call) -> Code:
    return _counting(compiler, call, filled=False)


def _count_non_empty(compiler: Compiler, call: Call) -> Code:
    return _counting(compiler, call, filled=True)


def _position(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 0, 1)
    if call.arguments:
        if own := _own_repeat(compiler, call.arguments[0]):
            return own
        located = locate.locate(compiler, call.arguments[0])
        located.read()
        position = located.positions()
        return Code(lambda s: float(position(s)), "number")
    return Code(lambda s: float(getattr(s, "position", 1)), "number")


def _own_repeat(compiler: Compiler, tree: Any) -> Code | None:
    """The position of the instance where the rule stands, for `position(${repeat})` inside that repeat."""
    if not isinstance(tree, Reference):
        return None
    path = locate.resolve_name(compiler, tree.name, tree.column)
    if path not in compiler.holder_repeats:
        return None
    level = compiler.holder_repeats.index(path)
    locate.note_read(compiler, path, level)
    return Code(lambda s: float(s.current.chain[level + 1].index), "number")


def _last(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 0)
    if compiler.context is None:
        raise RuleError(_("last() stands outside a condition in [ ]"), _("Use count() instead."), call.column)
    return Code(lambda s: float(s.size), "number")


def _index(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 0)
    if compiler.holder_repeats:
        locate.note_read(compiler, compiler.holder_repeats[-1], len(compiler.holder_repeats) - 1)
    return Code(lambda s: float(s.current.index), "number")


def _name(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 0, 1)
    tree = call.arguments[0] if call.arguments else Path(None, (Step("self"),))
    found, shape = locate.locate(compiler, tree).nodes(), compiler.shape

    def name(s: Scope) -> str:
        first = next(iter(found(s)), None)
        return shape.name(first.path) if isinstance(first, Place) else ""

    return Code(name, "text")


def _randomize(compiler: Compiler, call: Call) -> Code:
    return locate.locate(compiler, call).code()


def _path_call(compiler: Compiler, call: Call) -> Code:
    return locate.locate(compiler, Path(call, ())).code()


def _filtered(compiler: Compiler, tree: Any, condition: Any) -> Callable[[Scope], list[Any]]:
    """The values of those nodes for which a condition, read where each of them stands, is true."""
    located = locate.locate(compiler, tree)
    located.read()
    found = located.nodes()
    around = located.walked() if isinstance(located, locate.Branched) else located
    outer, compiler.context = compiler.context, around
    holds, value = compiler.compile(condition).run, compiler.compile(Path(None, (Step("self"),))).run
    compiler.context = outer

    def kept(s: Scope) -> list[Any]:
        scopes = (Predicate(node, s.current) for node in found(s))
        return [atom for scope in scopes if to_boolean(holds(scope)) for atom in value(scope)]

    return kept


def _over_some(fold: Callable[[list[float]], float]) -> Callable[[Compiler, Call], Code]:
    def make(compiler: Compiler, call: Call) -> Code:
        _exactly(call, 2)
        kept = _filtered(compiler, *call.arguments)
        return Code(lambda s: fold([to_number(atom, s.world.zone) for atom in kept(s) if atom != ""]), "number")

    return make


def _count_if(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 2)
    kept = _filtered(compiler, *call.arguments)
    return Code(lambda s: float(len(kept(s))), "number")


def _join_if(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 3)
    separator = compiler.compile(call.arguments[0]).run
    kept = _filtered(compiler, *call.arguments[1:])
    return Code(lambda s: list_functions.join(to_text(separator(s)), kept(s)), "text")


def _indexed_repeat(compiler: Compiler, call: Call) -> Code:
    """Of two engines a position below 1 finds nothing; JavaRosa takes the first instance, which would be a wrong answer."""
    arguments = call.arguments
    if len(arguments) < 3 or len(arguments) % 2 == 0:
        raise wrong_arguments(call, 3, 7)
    target = locate.question_path(compiler, arguments[0])
    places = compiler.form.places
    wanted: dict[str, Callable[[Scope], float]] = {}
    for repeat, index in zip(arguments[1::2], arguments[2::2], strict=True):
        path = locate.question_path(compiler, repeat)
        item = places[path].item
        if not (isinstance(item, Section) and item.repeat and path in places[target].repeats):
            raise RuleError(
                _("indexed-repeat() needs a repeat around the question"),
                _("Name the repeat that holds it."),
                call.column,
            )
        wanted[path] = as_number(compiler.compile(index))
    repeats, own = places[target].repeats, compiler.holder_repeats
    level = next(
        (i for i, repeat in enumerate(repeats) if repeat in wanted or own[i : i + 1] != (repeat,)), len(repeats)
    )
    locate.note_read(compiler, target, level)

    def run(s: Scope) -> Any:
        frame: Frame = s.chain[0]
        for depth, repeat in enumerate(repeats):
            siblings = frame.repeats.get(repeat, [])
            if repeat in wanted:
                number = wanted[repeat](s)
                at = int(number) if math.isfinite(number) else 0
            else:
                at = s.current.chain[depth + 1].index if own[: depth + 1] == repeats[: depth + 1] else 1
            if not 1 <= at <= len(siblings):
                return ""
            frame = siblings[at - 1]
        leaf = frame.leaves.get(target)
        return leaf.atom if leaf is not None else ""

    return Code(run, "any")


# --- the visit's own


def _random(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 0)
    return Code(compiler.draw(), "number")


def _uuid(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 0, 1)
    draw = compiler.draw()
    if not call.arguments:

        def whole(s: Scope) -> str:
            from uuid import UUID  # only here: its module asks the system for more than a form needs

            return str(UUID(int=_bits(draw(s), 128), version=4))

        return Code(whole, "text")
    length = as_number(compiler.compile(call.arguments[0]))

    def token(s: Scope) -> str:
        wanted = length(s)
        if not 0 <= wanted <= _LONGEST_UUID:
            raise RuleFailure(_("uuid() makes at most {n} characters").format(n=_LONGEST_UUID))
        bits = _bits(draw(s), 8 * int(wanted) + 8)
        return "".join(_DIGITS[bits >> 8 * place & 31] for place in range(int(wanted)))

    return Code(token, "text")


def _bits(drawn: float, count: int) -> int:
    """`count` bits that follow from a draw: what is stored of a visit is its seed, so no more chance enters it."""
    return int.from_bytes(hashlib.shake_256(repr(drawn).encode()).digest(count // 8), "big")


def _choice_name(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 2)
    value, named = call.arguments
    try:
        tree = parse(named.text) if isinstance(named, Literal) else named
    except RuleSyntaxError:
        tree = None
    if not isinstance(tree, Reference | Path):
        raise RuleError(
            _("{function}() needs a question as its second argument").format(function=call.name),
            _("Write '${{its_id}}'.").format(),
            call.column,
        )
    path = locate.question_path(compiler, tree)
    run = compiler.compile(value).run
    return Code(lambda s: s.world.label(path, to_text(run(s))), "text")


def _itext(compiler: Compiler, call: Call) -> Code:
    """A text of the form by its id; one that a rule names and the form doesn't have is a mistake, as for JavaRosa."""
    _exactly(call, 1)
    code, form, shape = compiler.compile(call.arguments[0]), compiler.form, compiler.shape
    if isinstance(code.constant, str):
        words = text_of_id(form, shape, code.constant)
        if words is None:
            raise RuleError(
                _("the form has no text “{id}”").format(id=code.constant),
                _("Write the question's path and which of its texts: '/data/group/question:label'."),
                call.column,
            )
        return Code(lambda _s: words, "text", words)
    run = code.run
    return Code(lambda s: text_of_id(form, shape, to_text(run(s))) or "", "text")


def _choice_label(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 2)
    return _choice_name(compiler, Call(call.name, call.arguments[::-1], call.column))


def _pulldata(compiler: Compiler, call: Call) -> Code:
    _exactly(call, 4)
    table, wanted, key, value = (compiler.compile(argument).run for argument in call.arguments)

    def run(s: Scope) -> str:
        row: Row = s.world.row(to_text(table(s)), to_text(key(s)), to_text(value(s)))
        return row.get(to_text(wanted(s)), "")

    return Code(run, "text")


SPECIAL: dict[str, Callable[[Compiler, Call], Code]] = {
    "if": _if,
    "once": _once,
    "selected": _selected,
    "is-selected": _selected,
    "count": _count,
    "count-non-empty": _count_non_empty,
    "count-if": _count_if,
    "sum-if": _over_some(total),
    "min-if": _over_some(smallest),
    "max-if": _over_some(largest),
    "join-if": _join_if,
    "position": _position,
    "last": _last,
    "index": _index,
    "name": _name,
    "local-name": _name,
    "indexed-repeat": _indexed_repeat,
    "random": _random,
    "randomize": _randomize,
    "uuid": _uuid,
    "jr:choice-name": _choice_name,
    "choice-label": _choice_label,
    "jr:itext": _itext,
    "pulldata": _pulldata,
    "current": _path_call,
    "instance": _path_call,
}
