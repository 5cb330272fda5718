"""Paths and `${references}` to the nodes they mean.

A form's shape is fixed when it is read, so a path turns into *branches*: a place in the form, and a closure that gives the
frames in which it stands. A reference inside a repeat means that instance; from outside it means all instances (XLSForm,
"Variables"; pyxform writes the same as relative and absolute paths).
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from mshopper.i18n import _
from mshopper.model.form import Question
from mshopper.model.rules.compiler import Code, Compiler, RuleError, Scope, constant
from mshopper.model.rules.grammar import Call, Literal, Path, Reference, Step
from mshopper.model.rules.scope import Frame, Predicate, Row
from mshopper.model.rules.values import Atom, to_boolean

Frames = Callable[[Scope], list[Frame]]


@dataclass(frozen=True, slots=True)
class Branch:
    """The nodes of one place of the form: its path ("" is the form), and the frames that hold it.

    `one` gives the only frame where there is always exactly one. `is_own` says that all of them lie within the instances
    of the repeats that the rule itself stands in.
    """

    path: str
    frames: Frames
    one: Callable[[Scope], Frame] | None = None
    is_own: bool = False


class Located:
    """What a path found: branches of the form's tree."""

    def __init__(self, compiler: Compiler, branches: list[Branch]) -> None:
        self.compiler = compiler
        self.branches = branches

    def code(self) -> Code:
        """The values of the questions found: an atom where there is always one node, else a list."""
        if len(self.branches) == 1 and self.branches[0].one is not None:
            return self._single(self.branches[0])
        parts = [self._leaf_atoms(branch) for branch in self.branches]
        if len(parts) == 1:
            return Code(parts[0], "nodes")
        return Code(lambda s: [atom for part in parts for atom in part(s)], "nodes")

    def _single(self, branch: Branch) -> Code:
        one, path = branch.one, branch.path
        assert one is not None
        if not self._is_question(path):
            return constant("", "text")
        compiler = self.compiler
        compiler.reads.add(path)
        if compiler.context is not None:
            compiler.across.add(path)
        elif path == compiler.holder:
            compiler.reads_itself = True
        return Code(lambda s: one(s).leaves[path].atom, "any")

    def _leaf_atoms(self, branch: Branch) -> Callable[[Scope], list[Atom]]:
        frames, path = branch.frames, branch.path
        self._read(branch)
        if not self._is_question(path):
            if path and path == self.compiler.holder:
                self.compiler.reads_itself = True
            return lambda s: ["" for frame in frames(s) if frame.relevant.get(path, True)]
        return lambda s: [leaf.atom for frame in frames(s) if (leaf := frame.leaves[path]).relevant]

    def counting(self) -> tuple[Callable[[Scope], int], Callable[[Scope], int]]:
        """How many nodes were found, and how many of them have a value."""
        listed = [self._leaf_atoms(branch) for branch in self.branches]
        return (
            lambda s: sum(len(atoms(s)) for atoms in listed),
            lambda s: sum(1 for atoms in listed for atom in atoms(s) if atom != ""),
        )

    def positions(self) -> Callable[[Scope], int]:
        """The position of the first node's repeat among its siblings."""
        frames = self.branches[0].frames

        def position(s: Scope) -> int:
            found = frames(s)
            return found[0].index if found else 0

        self._read(self.branches[0])
        return position

    def _is_question(self, path: str) -> bool:
        return path != "" and isinstance(self.compiler.form.places[path].item, Question)

    def _read(self, branch: Branch) -> None:
        if not branch.path:
            return
        read = {branch.path, *self.compiler.form.places[branch.path].repeats}
        self.compiler.reads |= read
        if not branch.is_own:
            self.compiler.across |= read


class LocatedRows(Located):
    """Rows of a list (`instance('x')/root/item`), and the column asked for once a path names one."""

    def __init__(self, compiler: Compiler, rows: Callable[[Scope], list[Row]], column: str = "") -> None:
        super().__init__(compiler, [])
        self.rows = rows
        self.column = column

    def code(self) -> Code:
        rows, column = self.rows, self.column
        return Code(lambda s: [row.get(column, "") for row in rows(s)], "nodes")

    def counting(self) -> tuple[Callable[[Scope], int], Callable[[Scope], int]]:
        rows, column = self.rows, self.column
        return lambda s: len(rows(s)), lambda s: sum(1 for row in rows(s) if row.get(column, ""))

    def positions(self) -> Callable[[Scope], int]:
        return lambda s: getattr(s, "position", 0)


def locate(compiler: Compiler, tree: Any) -> Located:
    """The nodes that a path or reference means. Raises RuleError where it names nothing."""
    if isinstance(tree, Reference):
        return Located(compiler, [reference(compiler, tree)])
    if not isinstance(tree, Path):
        raise RuleError(_("a question was expected here"), _("Write a question as ${{its_id}}.").format())
    found, steps, is_absolute = _start(compiler, tree)
    for index, step in enumerate(steps):
        found = _step(found, step, inside=is_absolute and index < len(steps) - 1)
    return found


def question_path(compiler: Compiler, tree: Any) -> str:
    """The path of the one place that a reference or path means. Raises RuleError."""
    branches = locate(compiler, tree).branches
    if len(branches) != 1:
        raise RuleError(_("one question was expected here"), _("Write a question as ${{its_id}}.").format())
    return branches[0].path


def resolve_name(compiler: Compiler, name: str, column: int = 0) -> str:
    """The path that `${name}` means where the rule stands: of several equal names the nearest. Raises RuleError."""
    form, holder = compiler.form, compiler.holder
    paths = form.by_name.get(name, ())
    if not paths:
        if name in form.places:
            return name
        near = get_close_matches(name, list(form.by_name), n=1, cutoff=0.6)
        remedy = (
            _("Did you mean “{name}”?").format(name=near[0])
            if near
            else _("Use the id of a question or section of this form.")
        )
        raise RuleError(_("nothing in this form is called “{name}”").format(name=name), remedy, column)
    around = holder.split("/")

    def shared(path: str) -> int:
        parts = path.split("/")
        return next(
            (i for i, (a, b) in enumerate(zip(around, parts, strict=False)) if a != b), min(len(around), len(parts))
        )

    return max(paths, key=lambda path: (shared(path), _has_value(compiler, path)))


def _has_value(compiler: Compiler, path: str) -> bool:
    """Of a group and a question of one name, a reference means the question."""
    item = compiler.form.places[path].item
    return isinstance(item, Question) or item.repeat is not None


def reference(compiler: Compiler, tree: Reference) -> Branch:
    """The branch that `${name}` means."""
    path = resolve_name(compiler, tree.name, tree.column)
    repeats = compiler.form.places[path].repeats
    own = repeats[:-1] if repeats and repeats[-1] == path else repeats
    here = _common(compiler.holder_repeats, own)
    context = compiler.context
    if isinstance(context, Branch) and context.path:
        there = _common(compiler.form.places[context.path].repeats, own)
        if there >= here:
            return _from_chain(path, repeats, there, lambda s: s.chain[there])
    if context is not None:
        return _from_chain(path, repeats, here, lambda s: s.current.chain[here])
    is_own = here == _common(compiler.holder_repeats, repeats)
    return _from_chain(path, repeats, here, lambda s: s.chain[here], is_own=is_own)


def _from_chain(
    path: str, repeats: tuple[str, ...], level: int, start: Callable[[Scope], Frame], *, is_own: bool = False
) -> Branch:
    deeper = repeats[level:]
    if not deeper:
        return Branch(path, lambda s: [start(s)], start, is_own)
    return Branch(path, lambda s: descend([start(s)], deeper), None, is_own)


def descend(frames: list[Frame], repeats: tuple[str, ...]) -> list[Frame]:
    """All instances of `repeats`, one inside the other, below `frames`."""
    for repeat in repeats:
        frames = [inner for frame in frames for inner in frame.repeats.get(repeat, ())]
    return frames


def _common(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count


def _start(compiler: Compiler, path: Path) -> tuple[Located, tuple[Step, ...], bool]:
    steps = path.steps
    match path.start:
        case None if compiler.context is not None:
            return _context(compiler), steps, False
        case None:
            return Located(compiler, [_own(compiler)]), steps, False
        case "/":
            root = Branch("", lambda s: [s.chain[0]], lambda s: s.chain[0])
            return Located(compiler, [root]), _without_root(compiler, steps), True
        case Reference() as named:
            return Located(compiler, [reference(compiler, named)]), steps, False
        case Call("current"):
            return Located(compiler, [_own(compiler)]), steps, False
        case Call("instance") as call:
            return _instance(compiler, call), steps, False
        case _:
            raise RuleError(
                _("a path can't start from this"), _("Start a path from a question, “.”, “..”, “/” or instance().")
            )


def _own(compiler: Compiler) -> Branch:
    inside = compiler.context is not None
    one: Callable[[Scope], Frame] = (lambda s: s.current) if inside else (lambda s: s)
    return Branch(compiler.holder, lambda s: [one(s)], one)


def _context(compiler: Compiler) -> Located:
    context = compiler.context
    if isinstance(context, Branch):
        one: Callable[[Scope], Frame] = lambda s: s.node  # noqa: E731 - a closure with a type
        return Located(compiler, [Branch(context.path, lambda s: [s.node], one)])
    return LocatedRows(compiler, lambda s: [s.node])


def _without_root(compiler: Compiler, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """An absolute path begins with the form's root element, whatever its name: `/data/group/question`."""
    if not steps or steps[0].axis != "child":
        return steps
    is_top = steps[0].name in compiler.form.places and steps[0].name not in ("data", compiler.form.id)
    return steps if is_top and len(steps) == 1 else steps[1:]


def _instance(compiler: Compiler, call: Call) -> Located:
    if len(call.arguments) != 1 or not isinstance(call.arguments[0], Literal):
        raise RuleError(
            _("instance() takes the name of a list, in quotes"), _("Write instance('name')/root/item."), call.column
        )
    name = call.arguments[0].text
    return LocatedRows(compiler, lambda s: list(s.world.tables.get(name, ())))


def _step(found: Located, step: Step, *, inside: bool) -> Located:
    if isinstance(found, LocatedRows):
        return _row_step(found, step)
    compiler = found.compiler
    match step.axis:
        case "self":
            branches = found.branches
        case "parent":
            branches = [_parent(compiler, branch) for branch in found.branches]
        case "child":
            return Located(compiler, _children(compiler, found.branches, step, inside=inside))
        case "descendant-or-self" | "descendant":
            branches = [deep for branch in found.branches for deep in _below(compiler, branch)]
        case "attribute":
            return LocatedRows(compiler, lambda _s: [])
        case _:
            raise RuleError(_("the axis “{axis}” is not known").format(axis=step.axis), _("Use “..” and names."))
    if step.predicates:
        branches = [_filtered(compiler, branch, step.predicates) for branch in branches]
    return Located(compiler, branches)


def _parent(compiler: Compiler, branch: Branch) -> Branch:
    if not branch.path:
        raise RuleError(_("“..” leads out of the form"), _("Use fewer “..”."))
    placed = compiler.form.places[branch.path]
    above, frames, one = placed.section_path, branch.frames, branch.one
    if placed.repeats and placed.repeats[-1] == branch.path:
        up = (lambda s: one(s).chain[-2]) if one is not None else None
        return Branch(above, lambda s: list(dict.fromkeys(frame.chain[-2] for frame in frames(s))), up)
    return Branch(above, frames, one)


def _children(compiler: Compiler, branches: list[Branch], step: Step, *, inside: bool) -> list[Branch]:
    found: list[Branch] = []
    for branch in branches:
        prefix = f"{branch.path}/" if branch.path else ""
        if step.name == "*":
            paths = [path for path in compiler.form.places if compiler.form.places[path].section_path == branch.path]
        else:
            paths = [prefix + step.name] if prefix + step.name in compiler.form.places else []
        found += [_child(compiler, branch, path, step, inside=inside) for path in paths]
    if not found and step.name != "*":
        raise RuleError(
            _("the path names “{name}”, which isn't there").format(name=step.name),
            _("Use the id of a question or section of this form."),
        )
    return found


def _child(compiler: Compiler, branch: Branch, path: str, step: Step, *, inside: bool) -> Branch:
    placed = compiler.form.places[path]
    frames, one = branch.frames, branch.one
    if not (placed.repeats and placed.repeats[-1] == path):
        child = Branch(path, frames, one)
        return _filtered(compiler, child, step.predicates) if step.predicates else child
    if inside and not step.predicates and path in compiler.holder_repeats:
        level = len(placed.repeats)
        own: Callable[[Scope], Frame] = lambda s: s.current.chain[level]  # noqa: E731 - a closure with a type
        return Branch(path, lambda s: [own(s)], own)
    keep = _predicate(compiler, Branch(path, frames), step.predicates)
    return Branch(path, lambda s: [g for frame in frames(s) for g in keep(s, frame.repeats.get(path, []))])


def _below(compiler: Compiler, branch: Branch) -> list[Branch]:
    found = [branch]
    level = len(compiler.form.places[branch.path].repeats) if branch.path else 0
    prefix = f"{branch.path}/" if branch.path else ""
    for path, placed in compiler.form.places.items():
        if path.startswith(prefix) and path != branch.path:
            deeper = placed.repeats[level:]
            found.append(_descended(branch, path, deeper) if deeper else Branch(path, branch.frames, branch.one))
    return found


def _descended(branch: Branch, path: str, repeats: tuple[str, ...]) -> Branch:
    frames = branch.frames
    return Branch(path, lambda s: descend(frames(s), repeats))


def _filtered(compiler: Compiler, branch: Branch, predicates: tuple[Any, ...]) -> Branch:
    keep, frames = _predicate(compiler, branch, predicates), branch.frames
    return Branch(branch.path, lambda s: keep(s, frames(s)))


def _predicate(
    compiler: Compiler, context: Any, predicates: tuple[Any, ...]
) -> Callable[[Scope, list[Any]], list[Any]]:
    if not predicates:
        return lambda _s, nodes: nodes
    outer, compiler.context = compiler.context, context
    codes = [compiler.compile(predicate) for predicate in predicates]
    compiler.context = outer

    def keep(s: Scope, nodes: list[Any]) -> list[Any]:
        current: Frame = s.current
        for code in codes:
            size = len(nodes)
            nodes = [
                node
                for position, node in enumerate(nodes, 1)
                if _holds(code, Predicate(node, current, position=position, size=size, chain=_chain(node, current)))
            ]
        return nodes

    return keep


def _chain(node: Any, current: Frame) -> tuple[Frame, ...]:
    return node.chain if isinstance(node, Frame) else current.chain


def _holds(code: Code, scope: Predicate) -> bool:
    value = code.run(scope)
    return value == scope.position if isinstance(value, float) else to_boolean(value)


def _row_step(found: LocatedRows, step: Step) -> Located:
    rows, compiler = found.rows, found.compiler
    if step.predicates:
        keep = _predicate(compiler, found, step.predicates)
        inner = rows
        rows = lambda s: keep(s, inner(s))  # noqa: E731 - a closure
    if step.axis == "child" and step.name not in ("root", "item"):
        return LocatedRows(compiler, rows, step.name)
    return LocatedRows(compiler, rows, found.column)
