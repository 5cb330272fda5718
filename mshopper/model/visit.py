"""A visit being filled in: answers, instances of repeats, and everything that follows from them.

A form file becomes a Form, a Form and answers become a Visit, a Visit becomes a ScoreSheet. The visit keeps a tree of
values (`rules.scope`) and, after each step, runs only the rules that read what changed. It does no I/O and knows no clock
but the one given.
"""

import datetime as dt
import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial

from mshopper.model.answer import (
    NO_ANSWER,
    Answer,
    AnswerChange,
    AnswerKey,
    AnswerStep,
    CountStep,
    Value,
    Violation,
    is_empty,
)
from mshopper.model.form import PICTURE_TYPES, Condition, Form, Placed, Question, Section, Text
from mshopper.model.rules import FormRules, Rule, RuleFailure, Task, compile_form_rules
from mshopper.model.rules.form_rules import REFERENCE
from mshopper.model.rules.scope import Frame, Leaf, World
from mshopper.model.rules.values import Atom, plain_number, to_text
from mshopper.model.scoresheet import Reason
from mshopper.model.validation import (
    evidence_violations,
    is_answered,
    names_answer,
    own_violations,
    parse_value,
    required_violation,
)

Words = Callable[[Question, Value, str], str]
"""Puts a value in words: (question, value, language) -> text."""


class Visit:
    """One visit's answers and what they imply.

    `now` gives the visit's date and time with offset each time a rule asks; `rules` may be shared between visits of one form.
    """

    def __init__(
        self,
        form: Form,
        *,
        now: Callable[[], dt.datetime],
        visit_id: str = "",
        answers: Mapping[AnswerKey, Answer] | None = None,
        counts: Mapping[AnswerKey, int] | None = None,
        rules: FormRules | None = None,
    ) -> None:
        self.form = form
        self.rules = rules or compile_form_rules(form)
        self._now = now
        self._world = World(now(), seed=visit_id, visit_id=visit_id, label=self._choice_label)
        self._answers: dict[AnswerKey, Answer] = {}
        self._leaves: dict[AnswerKey, Leaf] = {}
        self._violations: dict[AnswerKey, tuple[Violation, ...]] = {}
        self.failures: dict[Task, str] = {}
        self._outline = _outline(form)
        self._root = Frame("", None, 1, self._world)
        work = _Work(self)
        self._build(self._root, dict(counts or {}), work)
        for key, answer in (answers or {}).items():
            if key in self._leaves and answer != NO_ANSWER:
                self._answers[key] = answer
        for key, leaf in self._leaves.items():
            leaf.atom = self._answer_atom(key)
        work.run()

    # --- reading

    def keys(self) -> Iterator[AnswerKey]:
        """Every question in every instance, in the order of the form, relevant or not."""
        yield from self._keys_in(self.form.sections, "", self._root)

    def _keys_in(self, items: Iterable[Question | Section], prefix: str, frame: Frame) -> Iterator[AnswerKey]:
        for item in items:
            path = f"{prefix}/{item.id}" if prefix else item.id
            if isinstance(item, Question):
                yield AnswerKey(path, frame.instance)
            elif item.repeat:
                for inner in frame.repeats.get(path, ()):
                    yield from self._keys_in(item.items, path, inner)
            else:
                yield from self._keys_in(item.items, path, frame)

    @property
    def answers(self) -> Mapping[AnswerKey, Answer]:
        """What was said, by key; nothing for questions without an answer."""
        return self._answers

    @property
    def counts(self) -> dict[AnswerKey, int]:
        """How many instances each repeat has."""
        found: dict[AnswerKey, int] = {}

        def collect(frame: Frame) -> None:
            for path, frames in frame.repeats.items():
                found[AnswerKey(path, frame.instance)] = len(frames)
                for inner in frames:
                    collect(inner)

        collect(self._root)
        return found

    def has(self, key: AnswerKey) -> bool:
        """Whether there is such a question instance."""
        return key in self._leaves

    def answer(self, key: AnswerKey) -> Answer:
        """What was said; NO_ANSWER where nothing was."""
        return self._answers.get(key, NO_ANSWER)

    def value(self, key: AnswerKey) -> Value:
        """The value, calculations included; kept though the question isn't relevant."""
        leaf = self._leaves[key]
        if self.question(key).type != "calculate":
            return self.answer(key).value
        atom = leaf.atom
        if isinstance(atom, float):
            text = plain_number(atom)
            return Decimal(text) if text else None
        return atom or None

    def question(self, key: AnswerKey) -> Question:
        """The question of that key."""
        item = self.form.questions[key.path].item
        assert isinstance(item, Question)
        return item

    def is_relevant(self, key: AnswerKey) -> bool:
        """Whether a question, or a section by its path and instance, applies."""
        if key in self._leaves:
            return self._leaves[key].relevant
        frame = self._frame(key.instance, self.form.places[key.path].repeats)
        return frame is not None and frame.relevant.get(key.path, True)

    def is_answered(self, key: AnswerKey) -> bool:
        """Whether there is a value (N/A is none), calculations included."""
        question = self.question(key)
        if question.type == "calculate":
            return self._leaves[key].atom != ""
        return is_answered(question, self.answer(key))

    def violations(self, key: AnswerKey) -> tuple[Violation, ...]:
        """What is wrong with the answer or missing beside it; nothing while the question isn't relevant."""
        return self._violations.get(key, ())

    def is_invalid(self, key: AnswerKey) -> bool:
        """Whether the answer itself can't stand."""
        return any(violation.is_invalid for violation in self.violations(key))

    def problems(self) -> tuple[Violation, ...]:
        """All that stands against submitting, in the order of the form."""
        return tuple(violation for key in self.keys() for violation in self._violations.get(key, ()))

    def progress(self) -> tuple[int, int]:
        """How many relevant questions were answered (or are N/A), of how many that a person answers."""
        done = total = 0
        for key, leaf in self._leaves.items():
            if leaf.relevant and self.question(key).is_answered_by_person:
                total += 1
                done += self.answer(key).na or self.is_answered(key)
        return done, total

    def hits(self, key: AnswerKey, condition: Condition, rule: Rule | None) -> bool:
        """Whether a critical or evidence condition is met: never by what is unanswered, N/A or not relevant."""
        leaf = self._leaves[key]
        if not leaf.relevant or self.answer(key).na or not self.is_answered(key):
            return False
        if not condition.rule:
            return names_answer(condition, self.value(key))
        return rule is not None and self._holds(rule, leaf.frame, Task("check", key.path), otherwise=False)

    def show(self, text: Text, key: AnswerKey, language: str, words: Words) -> str:
        """A text of the form in `language`, with each `${question}` replaced by that answer in words."""
        shown = text.get(language, self.form.language)
        if "${" not in shown:
            return shown
        return REFERENCE.sub(lambda match: self._shown(match.group(1), key, language, words), shown)

    def _shown(self, name: str, key: AnswerKey, language: str, words: Words) -> str:
        branch = self.rules.shown.get((key.path, name))
        frame = self._frame(key.instance, self.form.places[key.path].repeats if key.path else ())
        if branch is None or frame is None or branch.path not in self.form.questions:
            return ""
        found = [AnswerKey(branch.path, inner.instance) for inner in branch.frames(frame)]
        said = [
            words(self.question(at), self.value(at), language)
            for at in found
            if self._leaves[at].relevant and not self.answer(at).na
        ]
        return ", ".join(one for one in said if one)

    def _choice_label(self, path: str, choice_id: str) -> str:
        item = self.form.places[path].item
        choice = item.choice(choice_id) if isinstance(item, Question) else None
        return choice.label.get(self.form.language) if choice else ""

    # --- changing

    def set_answer(self, key: AnswerKey, answer: Answer) -> AnswerChange:
        """Answer a question (NO_ANSWER takes the answer back). Returns what changed. KeyError where there is no such key."""
        if key not in self._leaves:
            raise KeyError(key)
        before = self.answer(key)
        if before == answer:
            return AnswerChange()
        return self.apply(AnswerChange(answers=(AnswerStep(key, before, answer),)))

    def add_instance(self, key: AnswerKey) -> AnswerChange:
        """Add an instance at the end of a repeat; `key` is the section's path and the instance around it."""
        before = len(self._siblings(key))
        return self.apply(AnswerChange(counts=(CountStep(key, before, before + 1),)))

    def remove_instance(self, key: AnswerKey, number: int) -> AnswerChange:
        """Take out instance `number` (from 1) of a repeat; those behind it move up."""
        before = len(self._siblings(key))
        if not 1 <= number <= before:
            raise KeyError(number)
        prefix = f"{key.instance}." if key.instance else ""
        answers: list[AnswerStep] = []
        counts: list[CountStep] = []
        for target in range(number, before + 1):
            answers += self._moved_answers(key.path, f"{prefix}{target + 1}", f"{prefix}{target}")
            counts += self._moved_counts(key.path, f"{prefix}{target + 1}", f"{prefix}{target}")
        return self.apply(AnswerChange(tuple(answers), (*counts, CountStep(key, before, before - 1))))

    def _moved_answers(self, section: str, source: str, target: str) -> list[AnswerStep]:
        """The steps by which what stands in instance `source` takes the place of `target`."""
        moved = {
            AnswerKey(key.path, target + key.instance[len(source) :]): answer
            for key, answer in self._answers.items()
            if key.path.startswith(f"{section}/") and _within(key.instance, source)
        }
        there = {
            key: answer
            for key, answer in self._answers.items()
            if key.path.startswith(f"{section}/") and _within(key.instance, target)
        }
        return [
            AnswerStep(key, there.get(key, NO_ANSWER), moved.get(key, NO_ANSWER))
            for key in sorted({*moved, *there})
            if there.get(key) != moved.get(key)
        ]

    def _moved_counts(self, section: str, source: str, target: str) -> list[CountStep]:
        counts = self.counts
        inside = [key for key in counts if key.path.startswith(f"{section}/")]
        there = [key for key in inside if _within(key.instance, target)]
        moved = [
            AnswerKey(key.path, target + key.instance[len(source) :]) for key in inside if _within(key.instance, source)
        ]
        steps = []
        for key in dict.fromkeys((*there, *moved)):
            nested = self.form.places[key.path].item
            assert isinstance(nested, Section)
            assert nested.repeat is not None
            least = nested.repeat.minimum
            before = counts.get(key, least)
            after = counts.get(AnswerKey(key.path, source + key.instance[len(target) :]), least)
            if after != before:
                steps.append(CountStep(key, before, after))
        return steps

    def apply(self, change: AnswerChange) -> AnswerChange:
        """Take the steps of `change` (undo and redo go this way too). Returns them with what followed."""
        self._world.now = self._now()
        work = _Work(self)
        for step in sorted(change.counts, key=_depth):
            if step.after > step.before:
                self._grow(step, work)
        for key, _before, after in change.answers:
            self._put(key, after, work)
        for step in change.counts:
            if step.after < step.before:
                self._shrink(step, work)
        work.run()
        return work.change(change)

    def defaults(self) -> AnswerChange:
        """The steps that fill in the form's defaults where nothing was said yet."""
        steps = []
        for key, leaf in self._leaves.items():
            question = self.question(key)
            if not question.default or key in self._answers:
                continue
            data: object = question.default
            if rule := self.rules.default.get(key.path):
                try:
                    data = to_text(rule.run(leaf.frame))
                except RuleFailure:
                    continue
            value = parse_value(question, data)
            if not is_empty(value):
                steps.append(AnswerStep(key, NO_ANSWER, Answer(value=value)))
        return AnswerChange(answers=tuple(steps))

    def _put(self, key: AnswerKey, answer: Answer, work: "_Work") -> None:
        leaf = self._leaves.get(key)
        if answer == NO_ANSWER or leaf is None:
            self._answers.pop(key, None)
        else:
            self._answers[key] = answer
        if leaf is None:
            return
        work.touch("check", key.path, leaf.frame)
        work.set_atom(leaf, self._answer_atom(key))

    def _answer_atom(self, key: AnswerKey) -> Atom:
        """The answer as rules see it."""
        leaf = self._leaves[key]
        question = self.question(key)
        if question.type == "calculate":
            return leaf.atom
        answer = self._answers.get(key)
        if answer is None or not leaf.relevant or answer.na:
            return ""
        if question.type in PICTURE_TYPES:
            return answer.photos[0] if answer.photos else ""
        value = answer.value
        if value is None or is_empty(value):
            return ""
        if isinstance(value, int | Decimal):
            return float(Decimal(value))  # a whole number too great for a float is infinite, not an error
        return " ".join(value) if isinstance(value, tuple) else value

    # --- instances

    def _frame(self, instance: str, repeats: tuple[str, ...]) -> Frame | None:
        frame = self._root
        numbers = [int(part) for part in instance.split(".")] if instance else []
        for repeat, number in zip(repeats, numbers, strict=False):
            siblings = frame.repeats.get(repeat, [])
            if not 1 <= number <= len(siblings):
                return None
            frame = siblings[number - 1]
        return frame

    def _siblings(self, key: AnswerKey) -> list[Frame]:
        around = self._frame(key.instance, self.form.places[key.path].repeats[:-1])
        if around is None or key.path not in around.repeats:
            raise KeyError(key)
        return around.repeats[key.path]

    def _build(self, frame: Frame, counts: dict[AnswerKey, int], work: "_Work") -> None:
        """Give a new frame its leaves and the instances of the repeats in it."""
        outline = self._outline[frame.path]
        for path in outline.questions:
            leaf = Leaf(path, frame)
            frame.leaves[path] = leaf
            self._leaves[AnswerKey(path, frame.instance)] = leaf
        for path in outline.sections:
            frame.relevant[path] = True
        for path in (*outline.sections, *outline.questions):
            work.touch("when", path, frame)
        for path in outline.questions:
            work.touch("value", path, frame)
            work.touch("check", path, frame)
        for path, placed in outline.repeats.items():
            section = placed.item
            assert isinstance(section, Section)
            assert section.repeat is not None
            number = counts.get(AnswerKey(path, frame.instance), section.repeat.minimum)
            frame.repeats[path] = []
            for index in range(1, max(number, 0) + 1):
                inner = Frame(path, frame, index, self._world)
                frame.repeats[path].append(inner)
                self._build(inner, counts, work)

    def _grow(self, step: CountStep, work: "_Work") -> None:
        siblings = self._siblings(step.key)
        around = self._frame(step.key.instance, self.form.places[step.key.path].repeats[:-1])
        assert around is not None
        while len(siblings) < step.after:
            frame = Frame(step.key.path, around, len(siblings) + 1, self._world)
            siblings.append(frame)
            self._build(frame, {}, work)
        work.counted(step.key.path, around)

    def _shrink(self, step: CountStep, work: "_Work") -> None:
        try:
            siblings = self._siblings(step.key)
        except KeyError:  # an instance around it went first
            return
        around = self._frame(step.key.instance, self.form.places[step.key.path].repeats[:-1])
        assert around is not None
        while len(siblings) > step.after:
            work.forget(self._drop(siblings.pop()))
        work.counted(step.key.path, around)

    def _drop(self, frame: Frame) -> set[Frame]:
        gone = {frame}
        for path in frame.leaves:
            key = AnswerKey(path, frame.instance)
            self._leaves.pop(key, None)
            self._answers.pop(key, None)
            self._violations.pop(key, None)
        for frames in frame.repeats.values():
            for inner in frames:
                gone |= self._drop(inner)
        return gone

    # --- rules

    def _holds(self, rule: Rule, frame: Frame, task: Task, *, otherwise: bool) -> bool:
        """Evaluate a condition; one that fails counts as `otherwise` and is noted, so that the visit goes on."""
        try:
            result = rule.holds(frame)
        except RuleFailure as failure:
            self.failures[task] = str(failure)
            return otherwise
        self.failures.pop(task, None)
        return result

    def _judge(self, key: AnswerKey, leaf: Leaf) -> tuple[Violation, ...]:
        """All violations of one question."""
        if not leaf.relevant:
            return ()
        placed = self.form.questions[key.path]
        question, answer = self.question(key), self.answer(key)
        found: list[Violation] = []
        if missing := required_violation(question, key, answer):
            found.append(missing)
        found += own_violations(question, key, answer)
        if not found and self.is_answered(key):
            found += self._failed_checks(placed, key, leaf)
        for asked, rule in zip(question.evidence, self.rules.evidence[key.path], strict=True):
            if asked.when is None or self.hits(key, asked.when, rule):
                if asked.when is None and not self.is_answered(key):
                    continue
                found += evidence_violations(key, answer, asked)
        return tuple(found)

    def _failed_checks(self, placed: Placed, key: AnswerKey, leaf: Leaf) -> list[Violation]:
        question = placed.item
        assert isinstance(question, Question)
        failed = []
        for check, rule in zip(question.checks, self.rules.checks[key.path], strict=True):
            if rule is not None and not self._holds(rule, leaf.frame, Task("check", key.path), otherwise=True):
                failed.append(Violation(key, Reason("check", (("rule", check.that),)), check.message))
        return failed


def _depth(step: CountStep) -> int:
    """How many instances lie around a repeat: what is outside grows first, so that what is inside has a place."""
    return len(step.key.instance.split(".")) if step.key.instance else 0


def _within(instance: str, around: str) -> bool:
    return instance == around or instance.startswith(f"{around}.")


class _Level:
    """What belongs to one frame: its questions, its sections (its own path first) and the repeats right below."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.sections: list[str] = []
        self.repeats: dict[str, Placed] = {}


def _outline(form: Form) -> dict[str, _Level]:
    levels: dict[str, _Level] = {"": _Level()}
    for path, placed in form.places.items():
        own = placed.repeats[-1] if placed.repeats else ""
        if isinstance(placed.item, Question):
            levels[own].questions.append(path)
            continue
        if placed.item.repeat:
            levels[path] = _Level()
            above = placed.repeats[-2] if len(placed.repeats) > 1 else ""
            levels[above].repeats[path] = placed
        levels[own].sections.append(path)
    return levels


class _Work:
    """The tasks that a step set off, run in their order, and what they changed."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.pending: dict[Task, dict[Frame, None]] = {}
        self.heap: list[tuple[int, Task]] = []
        self.appeared: set[AnswerKey] = set()
        self.vanished: set[AnswerKey] = set()
        self.recalculated: set[AnswerKey] = set()
        self.revalidated: set[AnswerKey] = set()
        self.relabelled: set[AnswerKey] = set()

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
        for task in self.visit.rules.readers.get(path, ()):
            start = frame.chain[0] if task in self.visit.rules.across.get(path, ()) else frame
            for holder in self._holders(task.path, path, start):
                self.touch(task.kind, task.path, holder)

    def _holders(self, holder: str, read: str, frame: Frame) -> list[Frame]:
        places = self.visit.form.places
        wanted, own = places[holder].repeats, places[read].repeats
        level = 0
        while level < min(len(wanted), len(own), len(frame.chain) - 1) and wanted[level] == own[level]:
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
        handlers = {"when": self._when, "value": self._value, "check": self._check, "text": self._text}
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
        if visit.question(key).type == "calculate":
            self.touch("value", path, frame)
        else:
            self.set_atom(leaf, visit._answer_atom(key))

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
        if rule is None:
            return
        leaf = frame.leaves[path]
        atom: Atom = ""
        if leaf.relevant:
            try:
                atom = _as_atom(rule.run(frame))
                visit.failures.pop(task, None)
            except RuleFailure as failure:
                visit.failures[task] = str(failure)
        if not self.set_atom(leaf, atom):
            return
        self.recalculated.add(AnswerKey(path, frame.instance))
        self.touch("check", path, frame)
        if path in rule.reads and frame.parent is not None:
            for sibling in frame.parent.repeats[frame.path][frame.index :]:
                self.touch("value", path, sibling)

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
            steps.answers,
            steps.counts,
            frozenset(self.appeared),
            frozenset(self.vanished),
            frozenset(self.recalculated),
            frozenset(self.revalidated),
            frozenset(self.relabelled),
        )


def _as_atom(value: object) -> Atom:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, float):
        text = plain_number(value)
        return float(text) if text else ""
    return to_text(value)
