"""All rules of a form, compiled, with what depends on what and in which order they run.

A *task* is a kind and a path: "when" (whether a section or question applies), "value" (a calculation), "count" (how many
instances a repeat has), "offer" (which choices are offered), "check" (what is wrong with an answer), "text" (words that
show answers). `visit.Visit` runs tasks; a change runs only those that read what changed, each after what it reads.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mshopper.i18n import _
from mshopper.model.form import Form, Placed, Question, Section, Text
from mshopper.model.rules.compiler import Compiler, Rule, RuleError, compile_filter, compile_rule
from mshopper.model.rules.grammar import Reference
from mshopper.model.rules.locate import Branch, note_read, reference
from mshopper.model.rules.scope import Row
from mshopper.model.rules.shape import Shape

REFERENCE = re.compile(r"\$\{\s*([^{}]+?)\s*\}")
_CALL = re.compile(r"\s*[a-z][a-z0-9-]*(:[a-z-]+)?\s*\(.*\)\s*", re.DOTALL)


def is_expression(text: str) -> bool:
    """Whether a default is computed rather than a plain value: it names a question or is a function's call."""
    return bool(REFERENCE.search(text) or _CALL.fullmatch(text))


class Task(NamedTuple):
    """Something to recompute: its kind, and the path of its question or section."""

    kind: str
    path: str


class Reader(NamedTuple):
    """A task that reads a place; `level` is how many repeats around both are the same instance at most."""

    task: Task
    level: int


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """A rule that can't be used: where it stands (`field` as "when", "checks.0", "calculate", …), what is wrong, what to do."""

    path: str
    field: str
    rule: str
    what: str
    remedy: str


@dataclass
class FormRules:
    """The compiled rules of a form by path, their problems, and how changes travel.

    `readers` gives the tasks that read a question or repeat, `order` each task's turn. Rules with a problem are absent.
    `shown` finds the frame in which a text's `${name}` stands: (holder path, name) -> branch. `filters` choose among the
    rows of a question's choices, `seeds` shuffle them, `counts` number a repeat's instances, `name` names a visit.
    `triggered` calculations run when what sets them off was answered. `tables` are the form's lists, as rules read them.
    """

    when: dict[str, Rule] = field(default_factory=dict)
    calculate: dict[str, Rule] = field(default_factory=dict)
    default: dict[str, Rule] = field(default_factory=dict)
    checks: dict[str, tuple[Rule | None, ...]] = field(default_factory=dict)
    critical: dict[str, tuple[Rule | None, ...]] = field(default_factory=dict)
    evidence: dict[str, tuple[Rule | None, ...]] = field(default_factory=dict)
    required: dict[str, Rule] = field(default_factory=dict)
    read_only: dict[str, Rule] = field(default_factory=dict)
    filters: dict[str, Rule] = field(default_factory=dict)
    seeds: dict[str, Rule] = field(default_factory=dict)
    counts: dict[str, Rule] = field(default_factory=dict)
    name: Rule | None = None
    triggered: frozenset[str] = frozenset()
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    shown: dict[tuple[str, str], Branch] = field(default_factory=dict)
    readers: dict[str, tuple[Reader, ...]] = field(default_factory=dict)
    order: dict[Task, int] = field(default_factory=dict)
    problems: tuple[RuleProblem, ...] = ()


def compile_form_rules(form: Form) -> FormRules:
    """Compile every rule of `form`; what can't be is among `problems`, all at once."""
    builder = _Builder(form)
    for placed in form.places.values():
        builder.add(placed)
    builder.add_text("", "title", form.title)
    builder.add_text("", "briefing", form.briefing)
    builder.add_name()
    builder.connect()
    builder.rules.tables = {
        table.name: [dict(zip(table.columns, row, strict=False)) for row in table.rows] for table in form.tables
    }
    return builder.rules


class _Builder:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.shape = Shape(form)
        self.rules = FormRules()
        self.problems: list[RuleProblem] = []
        self.reads: dict[Task, dict[str, int]] = {}
        self.triggered: set[str] = set()

    def add(self, placed: Placed) -> None:
        item, path = placed.item, placed.path
        for name in ("label", "hint") if isinstance(item, Question) else ("title", "hint"):
            self.add_text(path, name, getattr(item, name))
        self._add_one(path, "when", item.when, self.rules.when, Task("when", path))
        if isinstance(item, Section):
            self._add_repeat(path, item)
            return
        self._add_calculation(path, item)
        if is_expression(item.default):
            self._add_one(path, "default", item.default, self.rules.default, None)
        self._add_choices(path, item)
        check = Task("check", path)
        self._add_one(path, "required_when", item.required_when, self.rules.required, check)
        self._add_one(path, "read_only_when", item.read_only_when, self.rules.read_only, check)
        if rule := self.rules.read_only.get(path):
            self._note(Task("text", path), rule.levels)  # what is shown changes even where nothing is wrong
        self.rules.checks[path] = tuple(
            self._compile(path, f"checks.{i}", one.that, check) for i, one in enumerate(item.checks)
        )
        for i, one in enumerate(item.checks):
            self.add_text(path, f"checks.{i}.message", one.message)
        self.rules.critical[path] = tuple(
            self._compile(path, f"critical.{i}", one.when.rule, None) for i, one in enumerate(item.critical)
        )
        self.rules.evidence[path] = tuple(
            self._compile(path, f"evidence.{i}", one.when.rule if one.when else "", check)
            for i, one in enumerate(item.evidence)
        )

    def _add_repeat(self, path: str, item: Section) -> None:
        if not item.repeat:
            return
        self.add_text(path, "repeat.label", item.repeat.label)
        if not item.repeat.count.strip():
            return
        around = self.form.places[path].section_path
        rule = self._compile(path, "repeat.count", item.repeat.count, Task("count", path), at=around)
        if rule:
            self.rules.counts[path] = rule

    def _add_calculation(self, path: str, item: Question) -> None:
        if not item.trigger:
            self._add_one(path, "calculate", item.calculate, self.rules.calculate, Task("value", path))
            return
        task = Task("value", path)
        self._add_one(path, "calculate", item.calculate, self.rules.calculate, None)
        self.triggered.add(path)
        for name in item.trigger:
            compiler = Compiler(self.form, path, self.shape)
            try:
                branch = reference(compiler, Reference(name.strip().removeprefix("${").removesuffix("}"), 0))
            except RuleError as error:
                self.problems.append(RuleProblem(path, "trigger", name, error.what, error.remedy))
                continue
            self._note(task, {branch.path: branch.level})

    def _add_choices(self, path: str, item: Question) -> None:
        if item.choice_filter.strip():
            rule = self._compile(path, "choice_filter", item.choice_filter, Task("offer", path), make=compile_filter)
            if rule:
                self.rules.filters[path] = rule
        seed = dict(item.parameters).get("seed", "")
        if REFERENCE.search(seed):
            self._add_one(path, "parameters.seed", seed, self.rules.seeds, Task("offer", path))

    def add_name(self) -> None:
        """Compile the rule that names a visit."""
        self.rules.name = self._compile("", "instance_name", self.form.instance_name, None)

    def _add_one(self, path: str, name: str, text: str, into: dict[str, Rule], task: Task | None) -> None:
        if rule := self._compile(path, name, text, task):
            into[path] = rule

    def _compile(
        self,
        path: str,
        name: str,
        text: str,
        task: Task | None,
        *,
        at: str | None = None,
        make: Callable[[str, Form, str, Shape], Rule] = compile_rule,
    ) -> Rule | None:
        if not text.strip():
            return None
        try:
            rule = make(text, self.form, path if at is None else at, self.shape)
        except RuleError as error:
            self.problems.append(RuleProblem(path, name, text, error.what, error.remedy))
            return None
        if task is not None:
            self._note(task, rule.levels)
        return rule

    def _note(self, task: Task, levels: Mapping[str, int]) -> None:
        reads = self.reads.setdefault(task, {})
        for path, level in levels.items():
            reads[path] = min(level, reads.get(path, level))

    def add_text(self, path: str, name: str, text: Text) -> None:
        """Find what the `${name}` in a text mean."""
        names = {found for _language, words in text.values for found in REFERENCE.findall(words)}
        for found in sorted(names):
            try:
                compiler = Compiler(self.form, path, self.shape)
                branch = reference(compiler, Reference(found, 0))
            except RuleError as error:
                self.problems.append(RuleProblem(path, name, f"${{{found}}}", error.what, error.remedy))
                continue
            self.rules.shown[path, found] = branch
            if path:
                note_read(compiler, branch.path, branch.level)
                self._note(Task("text", path), compiler.reads)

    def connect(self) -> None:
        """Order the tasks, find cycles, and turn reads into readers."""
        rules, places = self.rules, self.form.places
        needs: dict[Task, list[Task]] = {}
        for path, placed in places.items():
            above = [Task("when", placed.section_path)] if placed.section_path else []
            needs[Task("when", path)] = above + self._values(Task("when", path))
            if isinstance(placed.item, Question):
                needs[Task("value", path)] = [Task("when", path), *self._values(Task("value", path))]
            elif path in rules.counts:
                needs[Task("count", path)] = [Task("when", path), *self._values(Task("count", path))]
        ordered, cycles = _in_order(needs)
        for cycle in cycles:
            self._report_cycle(cycle)
        self.problems.sort(key=lambda problem: self.shape.ordinal.get(problem.path, -1))
        rules.problems = tuple(self.problems)
        rules.triggered = frozenset(self.triggered)
        late = [Task(kind, path) for kind in ("offer", "check", "text") for path in places]
        rules.order = {task: index for index, task in enumerate([*ordered, *late])}
        readers: dict[str, list[Reader]] = {}
        for task, reads in self.reads.items():
            for path, level in reads.items():
                if task != Task("value", path):
                    readers.setdefault(path, []).append(Reader(task, level))
        rules.readers = {path: tuple(found) for path, found in readers.items()}

    def _values(self, task: Task) -> list[Task]:
        """The tasks whose outcome a task reads; its own only where it reads that very value, not a sibling's."""
        found = []
        for path, level in sorted(self.reads.get(task, {}).items()):
            need = Task("value" if self.shape.is_question(path) else "when", path)
            is_itself = level >= len(self.form.places[path].repeats) or not self.shape.is_question(path)
            if need != task or is_itself:
                found.append(need)
        return found

    def _report_cycle(self, cycle: list[Task]) -> None:
        around = dict.fromkeys(task.path for task in cycle)
        names = " → ".join(self.form.question_id(path) for path in [*around, cycle[0].path])
        rules = self.rules
        for task in cycle:
            table = {"when": rules.when, "count": rules.counts}.get(task.kind, rules.calculate)
            if rule := table.pop(task.path, None):
                self.problems.append(
                    RuleProblem(
                        task.path,
                        {"when": "when", "count": "repeat.count"}.get(task.kind, "calculate"),
                        rule.text,
                        _("this rule depends on itself ({cycle})").format(cycle=names),
                        _("Take one of these out of the other's rule."),
                    )
                )
                self.reads.pop(task, None)
                return


def _in_order(needs: Mapping[Task, Iterable[Task]]) -> tuple[list[Task], list[list[Task]]]:
    """Tasks each after what it needs (in the form's order where free), and the cycles met on the way."""
    ordered: list[Task] = []
    cycles: list[list[Task]] = []
    state: dict[Task, int] = {}
    for first in needs:
        if first in state:
            continue
        trail = [first]
        stack: list[Iterator[Task]] = [iter(needs[first])]
        state[first] = 1
        while stack:
            following = next(stack[-1], None)
            if following is None:
                stack.pop()
                done = trail.pop()
                state[done] = 2
                ordered.append(done)
            elif state.get(following) == 1:
                cycles.append(trail[trail.index(following) :])
            elif following not in state and following in needs:
                state[following] = 1
                trail.append(following)
                stack.append(iter(needs[following]))
    return ordered, cycles
