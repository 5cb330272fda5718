"""A visit being filled in: answers, instances of repeats, and everything that follows from them.

A form file becomes a Form, a Form and answers become a Visit, a Visit becomes a ScoreSheet. The visit keeps a tree of
values (`rules.scope`) and, after each step, runs only the rules that read what changed. It does no I/O and knows no clock
but the one given.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import replace
from decimal import Decimal

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
from mshopper.model.consequences import Work, as_atom, is_computed
from mshopper.model.form import PICTURE_TYPES, Choice, Condition, Form, Placed, Question, Section, Text
from mshopper.model.offering import Offering
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

    `now` gives the visit's date and time with offset each time a rule asks; `rules` may be shared between visits of one
    form. `started` is when the visit began, `preloads` what the machine knows (deviceid, username, …) for the questions
    that record such. `answers` may hold calculated values that must not be calculated anew (`once()`, triggers).
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
        started: dt.datetime | None = None,
        preloads: Mapping[str, str] | None = None,
    ) -> None:
        self.form = form
        self.rules = rules or compile_form_rules(form)
        self.offering = Offering(form, self.rules)
        self._now = now
        self._world = World(
            now(),
            seed=visit_id,
            tables=self.rules.tables,
            label=self._choice_label,
            started=started or now(),
            preloads=dict(preloads or {}),
            language=form.language,
            version=form.version,
        )
        self._answers: dict[AnswerKey, Answer] = {}
        self._leaves: dict[AnswerKey, Leaf] = {}
        self._violations: dict[AnswerKey, tuple[Violation, ...]] = {}
        self._offered: dict[AnswerKey, tuple[Choice, ...]] = {}
        self._said: set[AnswerKey] = set()  # what a default no longer fills in
        # Of instances that a rule took away, for when it brings them back.
        self._set_aside: dict[AnswerKey, Answer] = {}
        self._ends = {path for path in form.questions if self._question_at(path).preload == "end"}
        self.failures: dict[Task, str] = {}
        self._standing: dict[AnswerKey, tuple[int, int]] | None = None
        self._progress = (0, 0)
        self._outline = _outline(form)
        self._root = Frame("", None, 1, self._world)
        work = Work(self, is_first=True)
        for key, answer in (answers or {}).items():
            if key.path in form.questions and answer != NO_ANSWER:
                self._answers[key] = answer
        self._build(self._root, dict(counts or {}), work)
        work.run()
        for key in [key for key in self._answers if key not in self._leaves]:
            del self._answers[key]

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
        if not is_computed(self.question(key)):
            return self.answer(key).value
        atom = leaf.atom
        if isinstance(atom, float):
            text = plain_number(atom)
            return Decimal(text) if text else None
        return atom or None

    def question(self, key: AnswerKey) -> Question:
        """The question of that key."""
        return self._question_at(key.path)

    def _question_at(self, path: str) -> Question:
        item = self.form.questions[path].item
        assert isinstance(item, Question)
        return item

    def is_relevant(self, key: AnswerKey) -> bool:
        """Whether a question, or a section by its path and instance, applies."""
        if key in self._leaves:
            return self._leaves[key].relevant
        frame = self._frame(key.instance, self.form.places[key.path].repeats)
        return frame is not None and frame.relevant.get(key.path, True)

    def is_read_only(self, key: AnswerKey) -> bool:
        """Whether the form lets nobody change the answer, always or as things stand."""
        rule = self.rules.read_only.get(key.path)
        if rule is None:
            return self.question(key).read_only
        return self._holds(rule, self._leaves[key].frame, Task("check", key.path), otherwise=False)

    def is_answered(self, key: AnswerKey) -> bool:
        """Whether there is a value (N/A is none), calculations included."""
        question = self.question(key)
        if is_computed(question):
            return self._leaves[key].atom != ""
        return is_answered(question, self.answer(key))

    def is_na(self, key: AnswerKey) -> bool:
        """Whether the question doesn't apply by what was said: N/A, or the choice that the form's author made mean it."""
        answer, meant = self.answer(key), self.question(key).na_choice
        return answer.na or (meant != "" and answer.value in (meant, (meant,)))

    def choices(self, path: str) -> tuple[Choice, ...]:
        """All choices that a question may offer, a table's among them."""
        return self.offering.choices(path)

    def offered(self, key: AnswerKey) -> tuple[Choice, ...]:
        """The choices that a question offers now, in their order."""
        found = self._offered.get(key)
        if found is None:
            found = self._offered[key] = self.offering.offered(key.path, self._leaves[key].frame)
        return found

    def name(self) -> str:
        """The visit's name by the form's own rule; "" where it has none, or it fails."""
        rule = self.rules.name
        if rule is None:
            return ""
        try:
            return to_text(rule.run(self._root))
        except RuleFailure:
            return ""

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
        if self._standing is None:
            self._standing = {key: self._stands(key) for key in self._leaves}
            stands = self._standing.values()
            self._progress = (sum(done for done, _asked in stands), sum(asked for _done, asked in stands))
        return self._progress

    def _stands(self, key: AnswerKey) -> tuple[int, int]:
        """Whether a question was answered, and whether a person is asked it: 1 or 0 each."""
        question = self.question(key)
        if not (self._leaves[key].relevant and question.is_answered_by_person):
            return (0, 0)
        if is_computed(question) or self.is_read_only(key):
            return (0, 0)
        return (int(self.answer(key).na or self.is_answered(key)), 1)

    def _follow(self, change: AnswerChange) -> None:
        """Keep `progress` true after a step by looking at what it changed alone: each answer asks for it."""
        if self._standing is None:
            return
        if change.counts or change.recounted:
            self._standing = None
            return
        answered = {step.key for step in change.answers}
        done, asked = self._progress
        locked = {key for key in change.relabelled if key.path in self.rules.read_only}
        for key in (answered | change.appeared | change.vanished | locked) & self._leaves.keys():
            before, now = self._standing[key], self._stands(key)
            self._standing[key] = now
            done, asked = done + now[0] - before[0], asked + now[1] - before[1]
        self._progress = (done, asked)

    def hits(self, key: AnswerKey, condition: Condition, rule: Rule | None) -> bool:
        """Whether a critical or evidence condition is met: never by what is unanswered, N/A or not relevant."""
        leaf = self._leaves[key]
        if not leaf.relevant or self.is_na(key) or not self.is_answered(key):
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
        choice = self.offering.choice(path, choice_id) if isinstance(item, Question) else None
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
        """Add an instance at the end of a repeat, with the form's defaults; `key` is its path and the instance around it."""
        before = len(self._siblings(key))
        return self._apply(AnswerChange(counts=(CountStep(key, before, before + 1),)), filled=True)

    def duplicate_instance(self, key: AnswerKey, number: int) -> AnswerChange:
        """Add an instance at the end, answered as instance `number` (from 1): values, N/A, comments, and what repeats in it.

        Photos stay where they were taken, and so do the seconds that answering took.
        """
        before = len(self._siblings(key))
        if not 1 <= number <= before:
            raise KeyError(number)
        prefix = f"{key.instance}." if key.instance else ""
        source, target = f"{prefix}{number}", f"{prefix}{before + 1}"
        answers = [
            AnswerStep(moved, NO_ANSWER, replace(answer, photos=(), seconds=None))
            for at, answer in self._answers.items()
            if at.path.startswith(f"{key.path}/") and _within(at.instance, source)
            if not is_computed(self.question(at))
            for moved in [AnswerKey(at.path, target + at.instance[len(source) :])]
        ]
        counts = [
            CountStep(AnswerKey(at.path, target + at.instance[len(source) :]), self._least(at.path), count)
            for at, count in self.counts.items()
            if at.path.startswith(f"{key.path}/") and _within(at.instance, source) and at.path not in self.rules.counts
        ]
        grown = [CountStep(key, before, before + 1), *(step for step in counts if step.after != step.before)]
        return self.apply(AnswerChange(tuple(step for step in answers if not step.after.is_blank), tuple(grown)))

    def _least(self, path: str) -> int:
        """How many instances a repeat begins with."""
        section = self.form.places[path].item
        assert isinstance(section, Section)
        assert section.repeat is not None
        return section.repeat.minimum

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
            least = self._least(key.path)
            before = counts.get(key, least)
            after = counts.get(AnswerKey(key.path, source + key.instance[len(target) :]), least)
            if after != before:
                steps.append(CountStep(key, before, after))
        return steps

    def apply(self, change: AnswerChange) -> AnswerChange:
        """Take the steps of `change` (undo and redo go this way too). Returns them with what followed."""
        return self._apply(change, filled=False)

    def _apply(self, change: AnswerChange, *, filled: bool) -> AnswerChange:
        """`filled` says whether instances that the change adds get the form's defaults; those that a rule adds always do."""
        self._world.now = self._now()
        work = Work(self)
        for step in sorted(change.counts, key=_depth):
            if step.after > step.before:
                self._grow(step, work)
        for key, _before, after in change.answers:
            self._put(key, after, work)
        for step in change.counts:
            if step.after < step.before:
                self._shrink(step, work)
        if not filled:
            work.grown.clear()
        work.touch_clock()
        work.run()
        while filling := self._defaults(work.take_grown()):
            for filled_in in filling:
                work.steps.append(filled_in)
                self._put(filled_in.key, filled_in.after, work)
            work.run()
        done = work.change(change)
        self._follow(done)
        return done

    def freeze(self, computed: Mapping[AnswerKey, Value], irrelevant: Set[AnswerKey]) -> bool:
        """Let calculations have these values and these questions be irrelevant, whatever the rules say today.

        For reading alone: a later step would run the rules again. Says whether the rules give just the same.
        """
        calculated = {key: self.value(key) for key in self._leaves if self.question(key).type == "calculate"}
        if (
            calculated == dict(computed)
            and {key for key, leaf in self._leaves.items() if not leaf.relevant} == irrelevant
        ):
            return True
        for key, leaf in self._leaves.items():
            leaf.relevant = key not in irrelevant
        for key, leaf in self._leaves.items():
            leaf.atom = _plain_value(computed[key]) if key in computed else self._answer_atom(key)
        for key, leaf in self._leaves.items():
            self._violations[key] = self._judge(key, leaf)
        return False

    def defaults(self) -> AnswerChange:
        """The steps that fill in the form's defaults where nothing was said yet, and keep what is calculated only once."""
        return AnswerChange(answers=tuple(self._defaults(self._leaves)))

    def _defaults(self, keys: Iterable[AnswerKey]) -> list[AnswerStep]:
        """Plain defaults first, so that computed ones, in the form's order, see them and each other."""
        steps: list[AnswerStep] = []
        before: list[tuple[Leaf, Atom]] = []
        free = [key for key in keys if key in self._leaves and key not in self._answers and key not in self._said]
        try:
            for key in sorted(free, key=lambda key: key.path in self.rules.default):
                leaf, value = self._leaves[key], self._default(key)
                if is_empty(value):
                    continue
                steps.append(AnswerStep(key, NO_ANSWER, Answer(value=value)))
                before.append((leaf, leaf.atom))
                if leaf.relevant:
                    leaf.atom = _plain_value(value)
        finally:
            for leaf, atom in reversed(before):
                leaf.atom = atom
        return steps

    def _default(self, key: AnswerKey) -> Value:
        """What a question is answered with before anybody answers."""
        question, leaf = self.question(key), self._leaves[key]
        if is_computed(question):
            return self.value(key) if self.is_kept(key.path) else None
        rule = self.rules.default.get(key.path)
        if rule is None:
            return parse_value(question, question.default)
        try:
            return parse_value(question, to_text(as_atom(rule.run(leaf.frame))))
        except RuleFailure:
            return None

    def is_kept(self, path: str) -> bool:
        """Whether a calculated value is kept like an answer, since calculating it anew would give another."""
        question = self._question_at(path)
        if not is_computed(question):
            return False
        return bool(question.preload or question.trigger or not question.calculate) or "once" in question.calculate

    def _put(self, key: AnswerKey, answer: Answer, work: Work) -> None:
        leaf = self._leaves.get(key)
        if answer == NO_ANSWER or leaf is None:
            self._answers.pop(key, None)
        else:
            self._answers[key] = answer
        self._said.add(key)
        self._set_aside.pop(key, None)
        if leaf is None and answer != NO_ANSWER and self._is_counted(key.path):
            self._set_aside[key] = answer  # a rule is about to make room for it
        if leaf is None:
            return
        work.touch("check", key.path, leaf.frame)
        if is_computed(self.question(key)):
            if self.is_kept(key.path):
                work.set_atom(leaf, _plain_value(answer.value))
            return
        work.set_atom(leaf, self._answer_atom(key))

    def _is_counted(self, path: str) -> bool:
        """Whether a rule says how many instances there are around a question."""
        placed = self.form.places.get(path)
        return placed is not None and any(repeat in self.rules.counts for repeat in placed.repeats)

    def _answer_atom(self, key: AnswerKey) -> Atom:
        """The answer as rules see it."""
        leaf = self._leaves[key]
        question = self.question(key)
        answer = self._answers.get(key)
        if is_computed(question):
            return leaf.atom
        if answer is None or not leaf.relevant or answer.na:
            return ""
        if question.type in PICTURE_TYPES:
            return answer.photos[0] if answer.photos else ""
        return _plain_value(answer.value)

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

    def _build(self, frame: Frame, counts: dict[AnswerKey, int], work: Work) -> None:
        """Give a new frame its leaves and the instances of the repeats in it."""
        outline = self._outline[frame.path]
        for path in outline.questions:
            leaf = Leaf(path, frame)
            frame.leaves[path] = leaf
            key = AnswerKey(path, frame.instance)
            self._leaves[key] = leaf
            work.grown.append(key)
            if key in self._set_aside:
                work.bring_back(key)
            leaf.atom = self._first_atom(key)
        for path in outline.sections:
            frame.relevant[path] = True
        for path in (*outline.sections, *outline.questions):
            work.touch("when", path, frame)
        for path in outline.questions:
            if path not in self.rules.triggered:
                work.touch("value", path, frame)
            work.touch("check", path, frame)
        for path, placed in outline.repeats.items():
            section = placed.item
            assert isinstance(section, Section)
            assert section.repeat is not None
            number = counts.get(AnswerKey(path, frame.instance), section.repeat.minimum)
            frame.repeats[path] = []
            if path in self.rules.counts:
                number = 0
                work.touch("count", path, frame)
            for index in range(1, max(number, 0) + 1):
                inner = Frame(path, frame, index, self._world)
                frame.repeats[path].append(inner)
                self._build(inner, counts, work)

    def _first_atom(self, key: AnswerKey) -> Atom:
        """What a question's value is before any rule ran."""
        question, said = self.question(key), self._answers.get(key)
        if not is_computed(question):
            return self._answer_atom(key)
        if said is not None and self.is_kept(key.path):
            return _plain_value(said.value)
        if question.preload:
            return self._preloaded(question.preload)
        if question.calculate:
            return ""
        rule = self.rules.default.get(key.path)
        if rule is None:
            return question.default
        try:
            return as_atom(rule.run(self._leaves[key].frame))
        except RuleFailure:
            return ""

    def _preloaded(self, name: str) -> str:
        """What a question of the machine's records: the times of the visit, else one of the preloads."""
        world = self._world
        started = world.started or world.now
        moments = {
            "start": started.isoformat(timespec="milliseconds"),
            "end": world.now.isoformat(timespec="milliseconds"),
            "today": started.date().isoformat(),
        }
        return world.preloads.get(name) or moments.get(name, "")

    def _grow(self, step: CountStep, work: Work) -> None:
        siblings = self._siblings(step.key)
        around = self._frame(step.key.instance, self.form.places[step.key.path].repeats[:-1])
        assert around is not None
        while len(siblings) < step.after:
            frame = Frame(step.key.path, around, len(siblings) + 1, self._world)
            siblings.append(frame)
            self._build(frame, {}, work)
        work.counted(step.key.path, around)

    def _shrink(self, step: CountStep, work: Work) -> None:
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
            self._violations.pop(key, None)
            self._offered.pop(key, None)
            self._answers.pop(key, None)
            self._said.discard(key)
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
        if not is_computed(question):
            found += self._own_violations(key, leaf)
        if not found and self.is_answered(key):
            found += self._failed_checks(placed, key, leaf)
        for asked, rule in zip(question.evidence, self.rules.evidence[key.path], strict=True):
            if asked.when is None or self.hits(key, asked.when, rule):
                if asked.when is None and not self.is_answered(key):
                    continue
                found += evidence_violations(key, answer, asked)
        return tuple(found)

    def _own_violations(self, key: AnswerKey, leaf: Leaf) -> list[Violation]:
        """What is wrong with a given answer, or that there is none, apart from the form's checks."""
        question, answer = self.question(key), self.answer(key)
        required: bool | None = None
        if rule := self.rules.required.get(key.path):
            required = self._holds(rule, leaf.frame, Task("check", key.path), otherwise=False)
        if key.path in self.rules.read_only and self.is_read_only(key):
            required = False
        missing = required_violation(question, key, answer, required=required)
        offered = self.offered(key) if self.offering.varies(question) and answer.value is not None else None
        return [*([missing] if missing else []), *own_violations(question, key, answer, offered)]

    def _failed_checks(self, placed: Placed, key: AnswerKey, leaf: Leaf) -> list[Violation]:
        question = placed.item
        assert isinstance(question, Question)
        failed = []
        for check, rule in zip(question.checks, self.rules.checks[key.path], strict=True):
            if rule is not None and not self._holds(rule, leaf.frame, Task("check", key.path), otherwise=True):
                failed.append(Violation(key, Reason("check", (("rule", check.that),)), check.message))
        return failed


def _plain_value(value: Value) -> Atom:
    if value is None or is_empty(value):
        return ""
    if isinstance(value, int | Decimal):
        return float(Decimal(value))  # a whole number too great for a float is infinite, not an error
    return " ".join(value) if isinstance(value, tuple) else value


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
