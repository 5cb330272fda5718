"""Functions whose meaning depends on which question an argument names or which branch is taken.

Source: the ODK XForms specification; `indexed-repeat`, `position(..)`, `once` and `jr:choice-name` as JavaRosa has them.
"""

import math
from collections.abc import Callable
from typing import Any

from mshopper.i18n import _
from mshopper.model.form import Section
from mshopper.model.rules import locate
from mshopper.model.rules.compiler import (
    Code,
    Compiler,
    RuleError,
    Scope,
    as_boolean,
    as_number,
    wrong_arguments,
)
from mshopper.model.rules.functions import is_selected
from mshopper.model.rules.grammar import Call, Literal, Path, Reference, parse
from mshopper.model.rules.scope import Frame
from mshopper.model.rules.values import to_text


def _if(compiler: Compiler, call: Call) -> Code:
    if len(call.arguments) != 3:
        raise wrong_arguments(call, 3, 3)
    test, then, other = (compiler.compile(argument) for argument in call.arguments)
    holds, yes, no = as_boolean(test), then.run, other.run
    kind = then.kind if then.kind == other.kind else "any"
    return Code(lambda s: yes(s) if holds(s) else no(s), kind)


def _once(compiler: Compiler, call: Call) -> Code:
    if len(call.arguments) != 1:
        raise wrong_arguments(call, 1, 1)
    first = compiler.compile(call.arguments[0]).run
    holder = compiler.holder

    def run(s: Scope) -> Any:
        leaf = s.current.leaves.get(holder)
        return first(s) if leaf is None or leaf.atom == "" else leaf.atom

    return Code(run, "any")


def _selected(compiler: Compiler, call: Call) -> Code:
    if len(call.arguments) != 2:
        raise wrong_arguments(call, 2, 2)
    chosen, choice = (compiler.compile(argument) for argument in call.arguments)
    run = chosen.run
    if not isinstance(choice.constant, str):
        other = choice.run
        return Code(lambda s: is_selected(to_text(run(s)), to_text(other(s))), "boolean")
    wanted = choice.constant.strip()

    def selected(s: Scope) -> bool:
        value = run(s)
        if value == wanted:
            return True
        return wanted in (value if type(value) is str else to_text(value)).split()

    return Code(selected, "boolean")


def _count(compiler: Compiler, call: Call) -> Code:
    if len(call.arguments) != 1:
        raise wrong_arguments(call, 1, 1)
    count, _filled = locate.locate(compiler, call.arguments[0]).counting()
    return Code(lambda s: float(count(s)), "number")


def _count_non_empty(compiler: Compiler, call: Call) -> Code:
    if len(call.arguments) != 1:
        raise wrong_arguments(call, 1, 1)
    _all, filled = locate.locate(compiler, call.arguments[0]).counting()
    return Code(lambda s: float(filled(s)), "number")


def _position(compiler: Compiler, call: Call) -> Code:
    if call.arguments:
        position = locate.locate(compiler, call.arguments[0]).positions()
        return Code(lambda s: float(position(s)), "number")
    if compiler.context is None:
        return Code(lambda s: float(s.index), "number")
    return Code(lambda s: float(s.position), "number")


def _last(compiler: Compiler, call: Call) -> Code:
    if compiler.context is None:
        raise RuleError(_("last() stands outside a condition in [ ]"), _("Use count() instead."), call.column)
    return Code(lambda s: float(s.size), "number")


def _indexed_repeat(compiler: Compiler, call: Call) -> Code:
    arguments = call.arguments
    if len(arguments) not in (3, 5, 7):
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
    repeats = places[target].repeats
    own = compiler.holder_repeats
    compiler.reads.update((target, *repeats))
    compiler.across.update((target, *repeats))

    def run(s: Scope) -> Any:
        frame: Frame = s.chain[0]
        for level, repeat in enumerate(repeats):
            siblings = frame.repeats.get(repeat, [])
            if repeat in wanted:
                number = wanted[repeat](s)
                at = int(number) if math.isfinite(number) else 0
            else:
                at = s.current.chain[level + 1].index if own[: level + 1] == repeats[: level + 1] else 1
            if not 1 <= at <= len(siblings):
                return ""
            frame = siblings[at - 1]
        return frame.leaves[target].atom if target in frame.leaves else ""

    return Code(run, "any")


def _choice_name(compiler: Compiler, call: Call) -> Code:
    if len(call.arguments) != 2:
        raise wrong_arguments(call, 2, 2)
    value, named = call.arguments
    tree = parse(named.text) if isinstance(named, Literal) else named
    if not isinstance(tree, Reference | Path):
        raise RuleError(
            _("jr:choice-name() needs a question as its second argument"),
            _("Write '${{its_id}}'.").format(),
            call.column,
        )
    path = locate.question_path(compiler, tree)
    run = compiler.compile(value).run
    return Code(lambda s: s.world.label(path, to_text(run(s))), "text")


def _pulldata(compiler: Compiler, call: Call) -> Code:
    if len(call.arguments) != 4:
        raise wrong_arguments(call, 4, 4)
    table, wanted, key, value = (compiler.compile(argument).run for argument in call.arguments)

    def run(s: Scope) -> str:
        rows = s.world.tables.get(to_text(table(s)), ())
        column, at, sought = to_text(wanted(s)), to_text(key(s)), to_text(value(s))
        return next((row.get(column, "") for row in rows if row.get(at) == sought), "")

    return Code(run, "text")


def _path_call(compiler: Compiler, call: Call) -> Code:
    return locate.locate(compiler, Path(call, ())).code()


SPECIAL: dict[str, Callable[[Compiler, Call], Code]] = {
    "if": _if,
    "once": _once,
    "selected": _selected,
    "count": _count,
    "count-non-empty": _count_non_empty,
    "position": _position,
    "last": _last,
    "indexed-repeat": _indexed_repeat,
    "jr:choice-name": _choice_name,
    "pulldata": _pulldata,
    "current": _path_call,
    "instance": _path_call,
}
