"""All rules of a form, compiled, with what depends on what and in which order they run.

A *task* is a kind and a path: "when" (whether a section or question applies), "value" (a calculation), "check" (what is
wrong with an answer). `visit.Visit` runs tasks; a change runs only those that read what changed, each after what it reads.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mshopper.i18n import _
from mshopper.model.form import Form, Placed, Question, Section, Text
from mshopper.model.rules.compiler import Compiler, Rule, RuleError, compile_rule
from mshopper.model.rules.grammar import Reference
from mshopper.model.rules.locate import Branch, reference

REFERENCE = re.compile(r"\$\{\s*([^{}]+?)\s*\}")
_CALL = re.compile(r"\s*[a-z][a-z0-9-]*(:[a-z-]+)?\s*\(.*\)\s*", re.DOTALL)


def is_expression(text: str) -> bool:
    """Whether a default is computed rather than a plain value: it names a question or is a function's call."""
    return bool(REFERENCE.search(text) or _CALL.fullmatch(text))


class Task(NamedTuple):
    """Something to recompute: kind ("when", "value", "check", "text") and the path of its question or section."""

    kind: str
    path: str


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

    `readers` gives the tasks that read a question or repeat, `across` those of them that read it in other instances of
    their own repeats too, `order` each task's turn. Rules with a problem are absent.
    `shown` finds the frame in which a text's `${name}` stands: (holder path, name) -> branch.
    """

    when: dict[str, Rule] = field(default_factory=dict)
    calculate: dict[str, Rule] = field(default_factory=dict)
    default: dict[str, Rule] = field(default_factory=dict)
    checks: dict[str, tuple[Rule | None, ...]] = field(default_factory=dict)
    critical: dict[str, tuple[Rule | None, ...]] = field(default_factory=dict)
    evidence: dict[str, tuple[Rule | None, ...]] = field(default_factory=dict)
    shown: dict[tuple[str, str], Branch] = field(default_factory=dict)
    readers: dict[str, tuple[Task, ...]] = field(default_factory=dict)
    across: dict[str, frozenset[Task]] = field(default_factory=dict)
    order: dict[Task, int] = field(default_factory=dict)
    problems: tuple[RuleProblem, ...] = ()


def compile_form_rules(form: Form) -> FormRules:
    """Compile every rule of `form`; what can't be is among `problems`, all at once."""
    builder = _Builder(form)
    for placed in form.places.values():
        builder.add(placed)
    builder.add_text("", "title", form.title)
    builder.add_text("", "briefing", form.briefing)
    builder.connect()
    return builder.rules


class _Builder:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.rules = FormRules()
        self.problems: list[RuleProblem] = []
        self.reads: dict[Task, set[str]] = {}
        self.across: dict[str, set[Task]] = {}

    def add(self, placed: Placed) -> None:
        item, path = placed.item, placed.path
        for name in ("label", "hint") if isinstance(item, Question) else ("title", "hint"):
            self.add_text(path, name, getattr(item, name))
        self._add_one(path, "when", item.when, self.rules.when, Task("when", path))
        if isinstance(item, Section):
            if item.repeat:
                self.add_text(path, "repeat.label", item.repeat.label)
            return
        self._add_one(path, "calculate", item.calculate, self.rules.calculate, Task("value", path))
        if is_expression(item.default):
            self._add_one(path, "default", item.default, self.rules.default, None)
        check = Task("check", path)
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

    def _add_one(self, path: str, name: str, text: str, into: dict[str, Rule], task: Task | None) -> None:
        if rule := self._compile(path, name, text, task):
            into[path] = rule

    def _compile(self, path: str, name: str, text: str, task: Task | None) -> Rule | None:
        if not text.strip():
            return None
        try:
            rule = compile_rule(text, self.form, path)
        except RuleError as error:
            self.problems.append(RuleProblem(path, name, text, error.what, error.remedy))
            return None
        if task is not None:
            self.reads.setdefault(task, set()).update(rule.reads)
            for read in rule.across:
                self.across.setdefault(read, set()).add(task)
        return rule

    def add_text(self, path: str, name: str, text: Text) -> None:
        """Find what the `${name}` in a text mean."""
        names = {found for _language, words in text.values for found in REFERENCE.findall(words)}
        for found in sorted(names):
            try:
                branch = reference(Compiler(self.form, path), Reference(found, 0))
            except RuleError as error:
                self.problems.append(RuleProblem(path, name, f"${{{found}}}", error.what, error.remedy))
                continue
            self.rules.shown[path, found] = branch
            if path:
                self.reads.setdefault(Task("text", path), set()).add(branch.path)

    def connect(self) -> None:
        """Order the tasks, find cycles, and turn reads into readers."""
        rules, places = self.rules, self.form.places
        needs: dict[Task, list[Task]] = {}
        for path, placed in places.items():
            above = [Task("when", placed.section_path)] if placed.section_path else []
            needs[Task("when", path)] = above + self._values(Task("when", path))
            if isinstance(placed.item, Question):
                needs[Task("value", path)] = [Task("when", path), *self._values(Task("value", path))]
        ordered, cycles = _in_order(needs)
        for cycle in cycles:
            self._report_cycle(cycle)
        self.problems.sort(key=lambda problem: list(places).index(problem.path) if problem.path else -1)
        rules.problems = tuple(self.problems)
        late = [Task(kind, path) for kind in ("check", "text") for path in places]
        rules.order = {task: index for index, task in enumerate([*ordered, *late])}
        readers: dict[str, list[Task]] = {}
        for task, reads in self.reads.items():
            for path in reads:
                if task != Task("value", path):
                    readers.setdefault(path, []).append(task)
        rules.readers = {path: tuple(tasks) for path, tasks in readers.items()}
        rules.across = {path: frozenset(tasks) for path, tasks in self.across.items()}

    def _values(self, task: Task) -> list[Task]:
        """The tasks whose outcome a task reads; its own only where it reads that very value, not a sibling's."""
        found = []
        for path in sorted(self.reads.get(task, ())):
            is_question = isinstance(self.form.places[path].item, Question)
            found.append(Task("value" if is_question else "when", path))
        table = self.rules.when if task.kind == "when" else self.rules.calculate
        rule = table.get(task.path)
        reads_itself = rule is not None and rule.reads_itself
        return [need for need in found if need != task or reads_itself]

    def _report_cycle(self, cycle: list[Task]) -> None:
        around = dict.fromkeys(task.path for task in cycle)
        names = " → ".join(self.form.question_id(path) for path in [*around, cycle[0].path])
        rules = self.rules
        for task in cycle:
            table = rules.when if task.kind == "when" else rules.calculate
            if rule := table.pop(task.path, None):
                self.problems.append(
                    RuleProblem(
                        task.path,
                        "when" if task.kind == "when" else "calculate",
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
