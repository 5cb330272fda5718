"""What follows from a step in a visit: the rules that read what changed, run in their order, and what they changed.

`Visit` makes a Work for each step and asks it for the AnswerChange; the two share the visit's tree and are one mechanism in two
files, so this one may reach into the other.
"""

import heapq
from functools import partial
from typing import TYPE_CHECKING

from mshopper.model.answer import NO_ANSWER, Answer, AnswerChange, AnswerKey, AnswerStep
from mshopper.model.form import Question, Section
from mshopper.model.rules import RuleFailure, Task
from mshopper.model.rules.scope import Frame, Leaf
from mshopper.model.rules.values import Atom, plain_number, to_number, to_text

if TYPE_CHECKING:
    from mshopper.model.visit import Visit


MOST_INSTANCES = 1_000
"""How many instances a repeat's rule may make."""


class Work:
    """The tasks that a step set off, run in their order, and what they changed."""

    def __init__(self, visit: "Visit", *, is_first: bool = False) -> None:
        self.visit = visit
        self.is_first = is_first
        self.pending: dict[Task, dict[Frame, None]] = {}
        self.heap: list[tuple[int, Task]] = []
        self.appeared: set[AnswerKey] = set()
        self.vanished: set[AnswerKey] = set()
        self.recalculated: set[AnswerKey] = set()
        self.revalidated: set[AnswerKey] = set()
        self.relabelled: set[AnswerKey] = set()
        self.reoffered: set[AnswerKey] = set()
        self.recounted: set[AnswerKey] = set()
        self.grown: list[AnswerKey] = []
        self.steps: list[AnswerStep] = []
        self.rounds: dict[tuple[str, Frame], int] = {}

    def touch(self, kind: str, path: str, frame: Frame) -> None:
        """Have a task run on a frame."""
        task = Task(kind, path)
        if task not in self.pending:
            turn = self.visit.rules.order.get(task)
            if turn is None:
                return
            self.pending[task] = {}
            heapq.heappush(self.heap, (turn, task))
        self.pending[task][frame] = None

    def forget(self, gone: set[Frame]) -> None:
        """Instances that were taken out need nothing any more."""
        for frames in self.pending.values():
            for frame in gone & frames.keys():
                del frames[frame]

    def readers(self, path: str, frame: Frame) -> None:
        """Have every rule run that reads what `path` is in `frame`, wherever the two can see each other."""
        for task, most in self.visit.rules.readers.get(path, ()):
            for holder in self._holders(task, path, frame, most):
                self.touch(task.kind, task.path, holder)

    def _holders(self, task: Task, read: str, frame: Frame, most: int) -> list[Frame]:
        places = self.visit.form.places
        wanted, own = places[task.path].repeats, places[read].repeats
        if task.kind == "count":
            wanted = wanted[:-1]  # a repeat is counted where it stands
        level = 0
        while level < min(most, len(wanted), len(own), len(frame.chain) - 1) and wanted[level] == own[level]:
            level += 1
        frames = [frame.chain[level]]
        for repeat in wanted[level:]:
            frames = [inner for outer in frames for inner in outer.repeats.get(repeat, ())]
        return frames

    def counted(self, repeat: str, around: Frame) -> None:
        """The number of a repeat's instances changed: all that reads it or anything in it runs."""
        prefix = f"{repeat}/"
        for path in self.visit.rules.readers:
            if path == repeat or path.startswith(prefix):
                self.readers(path, around)

    def set_atom(self, leaf: Leaf, atom: Atom) -> bool:
        """Give a leaf its value; what reads it runs. Says whether it changed."""
        if leaf.atom == atom and type(leaf.atom) is type(atom):
            return False
        leaf.atom = atom
        self.readers(leaf.path, leaf.frame)
        return True

    def run(self) -> None:
        """Run what is pending until nothing is."""
        handlers = {
            "when": self._when,
            "value": self._value,
            "count": self._count,
            "offer": self._offer,
            "check": self._check,
            "text": self._text,
        }
        while self.heap:
            _turn, task = heapq.heappop(self.heap)
            handle = partial(handlers[task.kind], task)
            for frame in self.pending.pop(task):
                handle(frame)

    def _when(self, task: Task, frame: Frame) -> None:
        visit, path = self.visit, task.path
        above = visit.form.places[path].section_path
        holder = frame.parent if frame.path == path else frame
        relevant = not above or (holder is not None and holder.relevant[above])
        if relevant and (rule := visit.rules.when.get(path)):
            relevant = visit._holds(rule, frame, task, otherwise=True)
        leaf = frame.leaves.get(path)
        before = leaf.relevant if leaf else frame.relevant[path]
        if relevant == before:
            return
        key = AnswerKey(path, frame.instance)
        (self.appeared if relevant else self.vanished).add(key)
        if leaf is None:
            frame.relevant[path] = relevant
            self._below(path, frame)
            self.readers(path, frame)
            return
        leaf.relevant = relevant
        self.readers(path, frame)  # counting sees it come and go even where it has no value
        self.touch("check", path, frame)
        question = visit.question(key)
        if not is_computed(question):
            self.set_atom(leaf, visit._answer_atom(key))
        elif path in visit.rules.triggered or not question.calculate:
            self.set_atom(leaf, visit._first_atom(key) if relevant else "")
        else:
            self.touch("value", path, frame)

    def _below(self, section: str, frame: Frame) -> None:
        item = self.visit.form.places[section].item
        assert isinstance(item, Section)
        for child in item.items:
            path = f"{section}/{child.id}"
            frames = frame.repeats.get(path, []) if isinstance(child, Section) and child.repeat else [frame]
            for inner in frames:
                self.touch("when", path, inner)

    def _value(self, task: Task, frame: Frame) -> None:
        visit, path = self.visit, task.path
        rule = visit.rules.calculate.get(path)
        leaf = frame.leaves.get(path)
        if rule is None or leaf is None:
            return
        atom: Atom = ""
        if leaf.relevant:
            try:
                atom = as_atom(rule.run(frame))
                visit.failures.pop(task, None)
            except RuleFailure as failure:
                visit.failures[task] = str(failure)
        key = AnswerKey(path, frame.instance)
        if not self.set_atom(leaf, atom):
            return
        self.recalculated.add(key)
        if leaf.relevant and visit.is_kept(path):
            self._keep(key)
        self.touch("check", path, frame)
        if path in rule.reads and frame.parent is not None:
            for sibling in frame.parent.repeats[frame.path][frame.index :]:
                self.touch("value", path, sibling)

    def _keep(self, key: AnswerKey) -> None:
        """Keep a calculated value like an answer."""
        visit, before = self.visit, self.visit.answer(key)
        after = Answer(value=visit.value(key))
        if self.is_first or before == after:
            return
        self.steps.append(AnswerStep(key, before, after))
        if after.is_blank:
            visit._answers.pop(key, None)
        else:
            visit._answers[key] = after

    def _count(self, task: Task, frame: Frame) -> None:
        """Give a repeat as many instances as its rule says."""
        visit, path = self.visit, task.path
        rule = visit.rules.counts.get(path)
        siblings = frame.repeats.get(path)
        turn = self.rounds[path, frame] = self.rounds.get((path, frame), 0) + 1
        if rule is None or siblings is None or turn > MOST_INSTANCES:
            return
        try:
            number = to_number(rule.run(frame), visit._world.zone)
            visit.failures.pop(task, None)
        except RuleFailure as failure:
            visit.failures[task] = str(failure)
            return
        wanted = int(min(max(number, 0), MOST_INSTANCES)) if number == number else 0
        if wanted == len(siblings):
            return
        while len(siblings) < wanted:
            inner = Frame(path, frame, len(siblings) + 1, visit._world)
            siblings.append(inner)
            visit._build(inner, {}, self)
        while len(siblings) > wanted:
            self.set_aside(siblings[-1])
            self.forget(visit._drop(siblings.pop()))
        self.recounted.add(AnswerKey(path, frame.instance))
        self.counted(path, frame)

    def set_aside(self, frame: Frame) -> None:
        """Take the answers of an instance that a rule takes away out of the visit, but keep them at hand."""
        visit = self.visit
        for path in frame.leaves:
            key = AnswerKey(path, frame.instance)
            if (said := visit._answers.get(key)) is not None:
                visit._set_aside[key] = said
                self.steps.append(AnswerStep(key, said, NO_ANSWER))
        for inner in (inner for frames in frame.repeats.values() for inner in frames):
            self.set_aside(inner)

    def bring_back(self, key: AnswerKey) -> None:
        """Answer a question of an instance that came back as it was answered."""
        visit = self.visit
        said = visit._set_aside.pop(key)
        if key not in visit._answers:
            visit._answers[key] = said
            self.steps.append(AnswerStep(key, NO_ANSWER, said))

    def _offer(self, task: Task, frame: Frame) -> None:
        """Offer other choices; only where they were asked for before, so that nobody waits for lists that aren't seen."""
        visit, key = self.visit, AnswerKey(task.path, frame.instance)
        before = visit._offered.pop(key, None)
        if key not in visit._leaves:
            return
        if before is None or visit.offered(key) != before:
            self.reoffered.add(key)
            self.touch("check", task.path, frame)

    def touch_clock(self) -> None:
        """Have what records the end of the visit follow the clock."""
        visit = self.visit
        if not visit._ends:
            return
        for key, leaf in visit._leaves.items():
            if key.path in visit._ends and leaf.relevant:
                self.set_atom(leaf, visit._preloaded("end"))

    def take_grown(self) -> list[AnswerKey]:
        """The questions that new instances brought."""
        found, self.grown = self.grown, []
        return found

    def _check(self, task: Task, frame: Frame) -> None:
        key = AnswerKey(task.path, frame.instance)
        leaf = frame.leaves.get(task.path)
        if leaf is None:
            return
        found = self.visit._judge(key, leaf)
        if found != self.visit._violations.get(key, ()):
            self.revalidated.add(key)
            if found:
                self.visit._violations[key] = found
            else:
                self.visit._violations.pop(key, None)

    def _text(self, task: Task, frame: Frame) -> None:
        self.relabelled.add(AnswerKey(task.path, frame.instance))

    def change(self, steps: AnswerChange) -> AnswerChange:
        """The steps taken, with what followed from them."""
        return AnswerChange(
            (*steps.answers, *self.steps),
            steps.counts,
            frozenset(self.appeared),
            frozenset(self.vanished),
            frozenset(self.recalculated),
            frozenset(self.revalidated),
            frozenset(self.relabelled),
            frozenset(self.reoffered),
            frozenset(self.recounted),
        )


def as_atom(value: object) -> Atom:
    """What a rule gave, as an atom: of a nodeset the first, a number as it is kept."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, float):
        text = plain_number(value)
        return float(text) if text else ""
    return to_text(value)


def is_computed(question: Question) -> bool:
    """Whether rules or the machine give the value, and nobody answers."""
    return question.type == "calculate" or bool(question.calculate or question.preload)
