"""Paths and `${references}` to the nodes they mean.

A form's shape is fixed when it is read, so the paths that most rules have turn into *branches*: a place in the form, and a
closure that gives the frames in which it stands. What needs more (conditions, `*`, `//`, siblings) is *walked* node by
node (`nodes`). A reference inside a repeat means that instance; from outside it means all instances (XLSForm,
"Variables"; pyxform writes the same as relative and absolute paths).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from mshopper.i18n import _
from mshopper.model.form import Question
from mshopper.model.rules import list_functions, nodes
from mshopper.model.rules.compiler import Code, Compiler, RuleError, Scope, constant
from mshopper.model.rules.grammar import ANY, NODE, NOTHING, TEXT, Call, Literal, Path, Reference, Step, Union
from mshopper.model.rules.scope import Frame, Place, Predicate, Row
from mshopper.model.rules.values import Atom, to_boolean

Frames = Callable[[Scope], list[Frame]]
Keep = Callable[[Scope, list[Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class Branch:
    """The nodes of one place of the form: its path ("" is the form), and the frames that hold it.

    `one` gives the only frame where there is always exactly one, `is_own_frame` where it is the rule's own. `level` is how
    many of the repeats around where the rule stands are fixed: another instance at that level is never meant.
    """

    path: str
    frames: Frames
    one: Callable[[Scope], Frame] | None = None
    level: int = 0
    is_own_frame: bool = False


class Located(ABC):
    """What a path found."""

    def __init__(self, compiler: Compiler) -> None:
        self.compiler = compiler

    @abstractmethod
    def code(self) -> Code:
        """The values of the nodes found: an atom where there is always one node, else a list."""

    @abstractmethod
    def step(self, step: Step, *, inside: bool) -> "Located":
        """The nodes one step further; `inside` an absolute path, before its last step."""

    @abstractmethod
    def nodes(self) -> Callable[[Scope], list[Any]]:
        """The nodes themselves."""

    @abstractmethod
    def of_nodes(self, found: Callable[[Scope], list[Any]]) -> "Located":
        """The same kind of nodes, chosen or ordered otherwise."""

    @abstractmethod
    def read(self) -> None:
        """Note that the rule depends on these nodes."""

    def narrowed(self, predicates: tuple[Any, ...]) -> "Located":
        """The nodes for which each predicate holds in turn, positions counted over all of them."""
        if not predicates:
            return self
        found, keep = self.nodes(), keeping(self.compiler, self, predicates)
        return self.of_nodes(lambda s: keep(s, found(s)))

    def counting(self) -> tuple[Callable[[Scope], int], Callable[[Scope], int]]:
        """How many nodes were found, and how many of them have a value."""
        self.read()
        found, values = self.nodes(), self.code().run
        return lambda s: len(found(s)), lambda s: sum(1 for atom in _listed(values(s)) if atom != "")

    def positions(self) -> Callable[[Scope], int]:
        """The position of the first node among its siblings of the same name."""
        return lambda s: getattr(s, "position", 1)


def _listed(value: Any) -> list[Atom]:
    return value if isinstance(value, list) else [value]


class Branched(Located):
    """Branches of the form's tree."""

    def __init__(self, compiler: Compiler, branches: list[Branch]) -> None:
        super().__init__(compiler)
        self.branches = branches

    def code(self) -> Code:
        self.read()
        if len(self.branches) == 1 and self.branches[0].one is not None:
            return self._single(self.branches[0])
        parts = [self._atoms(branch) for branch in self.branches]
        if len(parts) == 1:
            return Code(parts[0], "nodes")
        return Code(lambda s: [atom for part in parts for atom in part(s)], "nodes")

    def _single(self, branch: Branch) -> Code:
        one, path = branch.one, branch.path
        assert one is not None
        if not self.compiler.shape.is_question(path):
            return constant("", "text")
        if branch.is_own_frame:
            return Code(lambda s: s.leaves[path].atom, "any", None, path)
        return Code(lambda s: one(s).leaves[path].atom, "any")

    def _atoms(self, branch: Branch) -> Callable[[Scope], list[Atom]]:
        frames, path = branch.frames, branch.path
        if not self.compiler.shape.is_question(path):
            return lambda s: ["" for frame in frames(s) if frame.relevant.get(path, True)]
        return lambda s: [leaf.atom for frame in frames(s) if (leaf := frame.leaves[path]).relevant]

    def nodes(self) -> Callable[[Scope], list[Place]]:
        branches = self.branches
        if len(branches) == 1:
            frames, path = branches[0].frames, branches[0].path
            return lambda s: [p for frame in frames(s) if nodes.is_relevant(p := Place(frame, path))]
        return lambda s: [
            p for branch in branches for frame in branch.frames(s) if nodes.is_relevant(p := Place(frame, branch.path))
        ]

    def of_nodes(self, found: Callable[[Scope], list[Place]]) -> "Walked":
        level = min((branch.level for branch in self.branches), default=0)
        return Walked(self.compiler, found, frozenset(branch.path for branch in self.branches), level)

    def narrowed(self, predicates: tuple[Any, ...]) -> Located:
        return self.walked().narrowed(predicates) if predicates else self

    def walked(self) -> "Walked":
        """The same nodes, to be walked on from."""
        return self.of_nodes(self.nodes())

    def read(self) -> None:
        for branch in self.branches:
            note_read(self.compiler, branch.path, branch.level)

    def positions(self) -> Callable[[Scope], int]:
        return self.walked().positions()

    def step(self, step: Step, *, inside: bool) -> Located:
        if len(self.branches) != 1 or step.predicates:
            return self.walked().step(step, inside=inside)
        branch, shape = self.branches[0], self.compiler.shape
        if step.axis == "self" and step.name == ANY:
            return self
        if step.axis == "parent" and step.name == ANY:
            return Branched(self.compiler, [_parent(self.compiler, branch)])
        if step.axis == "child" and step.name not in (ANY, NODE, TEXT, NOTHING):
            children = [path for path in shape.children.get(branch.path, ()) if shape.is_called(path, step.name)]
            if len(children) == 1:
                return Branched(self.compiler, [_child(self.compiler, branch, children[0], inside=inside)])
        return self.walked().step(step, inside=inside)


class Walked(Located):
    """Nodes of the form's tree, found one by one; `paths` are the places where they may stand."""

    def __init__(
        self, compiler: Compiler, found: Callable[[Scope], list[Place]], paths: frozenset[str], level: int
    ) -> None:
        super().__init__(compiler)
        self.found = found
        self.paths = paths
        self.level = level

    def code(self) -> Code:
        self.read()
        found = self.found
        return Code(lambda s: [nodes.atom(place) for place in found(s)], "nodes")

    def nodes(self) -> Callable[[Scope], list[Place]]:
        return self.found

    def of_nodes(self, found: Callable[[Scope], list[Place]]) -> "Walked":
        return Walked(self.compiler, found, self.paths, self.level)

    def read(self) -> None:
        for path in self.paths:
            note_read(self.compiler, path, self.level)

    def positions(self) -> Callable[[Scope], int]:
        self.read()
        found, shape = self.found, self.compiler.shape

        def position(s: Scope) -> int:
            first = next(iter(found(s)), None)
            if first is None:
                return 0
            return first.frame.index if shape.is_repeat(first.path) else 1

        return position

    def step(self, step: Step, *, inside: bool) -> "Walked":  # noqa: ARG002 - only a branch can be this instance's own
        compiler, shape, name = self.compiler, self.compiler.shape, step.name
        axis = nodes.AXES["content" if step.axis == "child" and name in (NODE, TEXT) else step.axis]
        paths = frozenset(
            path for start in self.paths for path in axis.paths(shape, start) if nodes.fits(shape, path, name)
        )
        if not paths and name not in (ANY, NODE, TEXT, NOTHING) and step.axis != "attribute":
            raise RuleError(
                _("the path names “{name}”, which isn't there").format(name=name),
                _("Use the id of a question or section of this form."),
            )
        keep = keeping(compiler, Walked(compiler, self.found, paths, 0), step.predicates)
        found, places = self.found, axis.places

        def walk(s: Scope) -> list[Place]:
            starts = found(s)
            groups = [
                keep(s, [place for place in places(shape, start) if nodes.fits_place(shape, place, name)])
                for start in starts
            ]
            if len(groups) == 1 and not axis.backwards:
                return groups[0]
            return nodes.in_order(shape, (place for group in groups for place in group))

        own_level = self.level if axis.downwards else 0
        return Walked(compiler, walk, paths, own_level)


class LocatedRows(Located):
    """Rows of a list (`instance('x')/root/item`), and the column asked for once a path names one.

    `depth` is 0 at the list, 1 at its root, 2 at its rows, whatever those are called.
    """

    def __init__(
        self, compiler: Compiler, rows: Callable[[Scope], list[Row]], depth: int = 2, column: str = ""
    ) -> None:
        super().__init__(compiler)
        self.rows = rows
        self.depth = depth
        self.column = column

    def code(self) -> Code:
        rows, column = self.rows, self.column
        return Code(lambda s: [row.get(column, "") for row in rows(s)], "nodes")

    def nodes(self) -> Callable[[Scope], list[Row]]:
        return self.rows

    def read(self) -> None:
        """A list never changes during a visit."""

    def of_nodes(self, found: Callable[[Scope], list[Row]]) -> "LocatedRows":
        return LocatedRows(self.compiler, found, self.depth, self.column)

    def step(self, step: Step, *, inside: bool) -> Located:  # noqa: ARG002 - a list has no repeats
        depth, column = self.depth, self.column
        match step.axis:
            case "child" if step.name in (TEXT, NODE, NOTHING):
                pass
            case "child" if depth < 2:
                depth += 1
            case "child" | "attribute":
                column = f"{column}/{step.name}" if column else step.name
            case "parent":
                column, depth = "", depth if column else depth - 1
            case "descendant" | "descendant-or-self":
                depth = max(depth, 1)
        return LocatedRows(self.compiler, self.rows, depth, column).narrowed(step.predicates)


# --- from a tree


def locate(compiler: Compiler, tree: Any) -> Located:
    """The nodes that a path or reference means. Raises RuleError where it names nothing."""
    if isinstance(tree, Reference):
        return Branched(compiler, [reference(compiler, tree)])
    if isinstance(tree, Union):
        return _union(compiler, locate(compiler, tree.left), locate(compiler, tree.right))
    if isinstance(tree, Call) and tree.name in ("current", "instance", "randomize"):
        tree = Path(tree, ())
    if not isinstance(tree, Path):
        raise RuleError(_("a question was expected here"), _("Write a question as ${{its_id}}.").format())
    found, steps, is_absolute = _start(compiler, tree)
    if tree.start is not None and tree.start != "/" and steps and steps[0].axis == "self":
        found, steps = found.narrowed(steps[0].predicates), steps[1:]
    for index, step in enumerate(steps):
        found = found.step(step, inside=is_absolute and index < len(steps) - 1)
    return found


def question_path(compiler: Compiler, tree: Any) -> str:
    """The path of the one place that a reference or path means. Raises RuleError."""
    found = locate(compiler, tree)
    paths = [branch.path for branch in found.branches] if isinstance(found, Branched) else []
    if isinstance(found, Walked):
        paths = list(found.paths)
    if len(paths) != 1 or not paths[0]:
        raise RuleError(_("one question was expected here"), _("Write a question as ${{its_id}}.").format())
    return paths[0]


def note_read(compiler: Compiler, path: str, level: int) -> None:
    """Note that the rule reads a place, and how many repeats are fixed there."""
    if not path:
        return
    for read in (path, *compiler.form.places[path].repeats):
        compiler.reads[read] = min(level, compiler.reads.get(read, level))


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
    if len(paths) == 1:
        return paths[0]
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
    if isinstance(context, Walked) and len(context.paths) == 1 and (around := next(iter(context.paths))):
        there = _common(compiler.form.places[around].repeats, own)
        if there > 0 and there >= here:
            return _from_chain(path, repeats, there, lambda s: s.chain[there], 0)
    if context is None and here == len(repeats) == len(compiler.holder_repeats):
        return Branch(path, lambda s: [s], lambda s: s, here, is_own_frame=True)
    if context is None:
        return _from_chain(path, repeats, here, lambda s: s.chain[here], here)
    return _from_chain(path, repeats, here, lambda s: s.current.chain[here], here)


def _from_chain(path: str, repeats: tuple[str, ...], level: int, start: Callable[[Scope], Frame], fixed: int) -> Branch:
    deeper = repeats[level:]
    if not deeper:
        return Branch(path, lambda s: [start(s)], start, fixed)
    return Branch(path, lambda s: descend([start(s)], deeper), None, fixed)


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
            return Branched(compiler, [_own(compiler)]), steps, False
        case "/":
            root = Branch("", lambda s: [s.chain[0]], lambda s: s.chain[0])
            return Branched(compiler, [root]), _without_root(compiler, steps), True
        case Reference() | Path() | Union() as named:
            return locate(compiler, named), steps, False
        case Call("current"):
            return Branched(compiler, [_own(compiler)]), steps, False
        case Call("instance") as call:
            return _instance(compiler, call), steps, False
        case Call("randomize") as call:
            return _randomized(compiler, call), steps, False
        case _:
            raise RuleError(
                _("a path can't start from this"), _("Start a path from a question, “.”, “..”, “/” or instance().")
            )


def _own(compiler: Compiler) -> Branch:
    inside = compiler.context is not None
    one: Callable[[Scope], Frame] = (lambda s: s.current) if inside else (lambda s: s)
    return Branch(compiler.holder, lambda s: [one(s)], one, len(compiler.holder_repeats), not inside)


def _context(compiler: Compiler) -> Located:
    context = compiler.context
    if isinstance(context, Walked):
        return Walked(compiler, lambda s: [s.node], context.paths, 0)
    return LocatedRows(compiler, lambda s: [s.node], context.depth, context.column)


def _without_root(compiler: Compiler, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """An absolute path begins with the form's root element, whatever its name: `/data/group/question`."""
    if not steps or steps[0].axis != "child":
        return steps
    is_top = steps[0].name in compiler.form.places and steps[0].name not in ("data", compiler.form.id)
    return steps if is_top and len(steps) == 1 else steps[1:]


def _instance(compiler: Compiler, call: Call) -> LocatedRows:
    if len(call.arguments) != 1 or not isinstance(call.arguments[0], Literal):
        raise RuleError(
            _("instance() takes the name of a list, in quotes"), _("Write instance('name')/root/item."), call.column
        )
    name = call.arguments[0].text
    return LocatedRows(compiler, lambda s: list(s.world.tables.get(name, ())), 0)


def _randomized(compiler: Compiler, call: Call) -> Located:
    if not 1 <= len(call.arguments) <= 2:
        raise RuleError(
            _("randomize() takes nodes, and perhaps a seed"), _("Write randomize(nodes, seed)."), call.column
        )
    located = locate(compiler, call.arguments[0])
    located.read()
    found = located.nodes()
    if len(call.arguments) == 2:
        seed = compiler.compile(call.arguments[1]).run
        return located.of_nodes(lambda s: list_functions.shuffled(found(s), list_functions.seed_of(seed(s))))
    draw = compiler.draw()
    return located.of_nodes(lambda s: list_functions.shuffled(found(s), int(draw(s) * 2**31)))


def _union(compiler: Compiler, left: Located, right: Located) -> Located:
    if isinstance(left, LocatedRows) or isinstance(right, LocatedRows):
        raise RuleError(_("lists can't be joined by “|”"), _("Ask for one list at a time."))
    first, second = _walked(left), _walked(right)
    one, other, shape = first.found, second.found, compiler.shape
    return Walked(
        compiler,
        lambda s: nodes.in_order(shape, (*one(s), *other(s))),
        first.paths | second.paths,
        min(first.level, second.level),
    )


def _walked(located: Located) -> Walked:
    if isinstance(located, Branched):
        return located.walked()
    assert isinstance(located, Walked)
    return located


# --- steps


def _parent(compiler: Compiler, branch: Branch) -> Branch:
    if not branch.path:
        raise RuleError(_("“..” leads out of the form"), _("Use fewer “..”."))
    shape = compiler.shape
    above, frames, one = shape.parent[branch.path], branch.frames, branch.one
    if not shape.is_repeat(branch.path):
        return Branch(above, frames, one, branch.level)
    level = min(branch.level, len(compiler.form.places[branch.path].repeats) - 1)
    up = (lambda s: one(s).chain[-2]) if one is not None else None
    return Branch(above, lambda s: list(dict.fromkeys(frame.chain[-2] for frame in frames(s))), up, level)


def _child(compiler: Compiler, branch: Branch, path: str, *, inside: bool) -> Branch:
    frames = branch.frames
    if not compiler.shape.is_repeat(path):
        return Branch(path, frames, branch.one, branch.level)
    if inside and path in compiler.holder_repeats:
        # Inside its own repeat an absolute path means this instance (JavaRosa contextualizes it so).
        level = len(compiler.form.places[path].repeats)
        own: Callable[[Scope], Frame] = lambda s: s.current.chain[level]  # noqa: E731 - a closure with a type
        return Branch(path, lambda s: [own(s)], own, level)
    return Branch(
        path, lambda s: [inner for frame in frames(s) for inner in frame.repeats.get(path, ())], None, branch.level
    )


def keeping(compiler: Compiler, context: Located, predicates: Iterable[Any]) -> Keep:
    """What keeps those of some nodes for which each predicate holds in turn."""
    predicates = tuple(predicates)
    if not predicates:
        return lambda _s, found: found
    outer, compiler.context = compiler.context, context
    codes = [compiler.compile(predicate) for predicate in predicates]
    compiler.context = outer

    def keep(s: Scope, found: list[Any]) -> list[Any]:
        current: Frame = s.current
        for code in codes:
            size = len(found)
            found = [
                node
                for position, node in enumerate(found, 1)
                if _holds(code, Predicate(node, current, position=position, size=size))
            ]
        return found

    return keep


def _holds(code: Code, scope: Predicate) -> bool:
    value = code.run(scope)
    return value == scope.position if isinstance(value, float) else to_boolean(value)
