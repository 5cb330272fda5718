"""The last step of reading an XLSForm: what the whole form shows to be wrong is left out, each with a warning that quotes it.

A rule that can't be understood goes and its question stays; so does a default that is no answer. The form that comes out
passes the checks that a form kept in the store passes.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from mshopper.formfile.meaning import meaning_findings
from mshopper.formfile.problems import Finding, short
from mshopper.formfile.xlsform.context import Context
from mshopper.formfile.xlsform.notes import Place
from mshopper.formfile.xlsform.scores import QUESTION_KEYS, SECTION_KEYS
from mshopper.formfile.xlsform.table import Row
from mshopper.i18n import _
from mshopper.model.form import Form, Question, Section, Text
from mshopper.model.rules import compile_form_rules
from mshopper.model.rules.compiler import RuleError, compile_rule
from mshopper.model.rules.form_rules import REFERENCE, RuleProblem

Item = Question | Section

_COLUMNS = {
    "label": "label",
    "title": "label",
    "hint": "hint",
    "guidance": "guidance_hint",
    "when": "relevant",
    "check": "constraint",
    "checks": "constraint",
    "calculate": "calculation",
    "default": "default",
    "required": "required",
    "required_when": "required",
    "required_message": "required_message",
    "read_only_when": "read_only",
    "choice_filter": "choice_filter",
    "choices": "type",
    "choices_from": "type",
    "repeat": "repeat_count",
    "questions": "type",
    "trigger": "trigger",
} | {key: kind for kind, key in (SECTION_KEYS | QUESTION_KEYS).items() if key not in ("check", "min", "max")}
"""Keys of the form language, and fields of the model -> the column that says so."""

_SCORED = frozenset(QUESTION_KEYS.values()) | frozenset(SECTION_KEYS.values())
_ROUNDS = 40
"""Passes over rules: each removes what it finds, and a cycle may hide another."""


def mend(form: Form, context: Context, settings: Row | None) -> Form:
    """The form without what can't be used."""
    mender = _Mender(context, settings)
    # Rules first: without its filter, a list may turn out to hold a choice twice.
    return mender.without_findings(mender.without_rules(form))


class _Mender:
    def __init__(self, context: Context, settings: Row | None) -> None:
        self.context, self.notes, self.settings = context, context.notes, settings

    def without_findings(self, form: Form) -> Form:
        """Judge the form's meaning: warnings are passed on, defaults that are no answers go, the rest is a problem."""
        changes: list[tuple[str, Callable[[Any], Item]]] = []
        for finding in list(meaning_findings(form)):
            path, item, key = _item_at(form, finding)
            if item is None:
                self._form_finding(finding)
                continue
            if finding.warning:
                self._warn(finding, path, item, key)
            elif key == "default":
                self._drop_default(path, item)
                changes.append((path, lambda question: replace(question, default="")))
            elif key == "choices" and isinstance(item, Question) and item.choices:
                self.notes.warn(self._place(path, "type"), finding.what, _("Remove one of them; the first is offered."))
                changes.append((path, _with_choices_once))
            else:
                place = self._place(path, _COLUMNS.get(key, ""))
                self.notes.refuse(place, finding.what, finding.remedy)
        for path, change in changes:
            form = _changed(form, path, change)
        return form

    def _form_finding(self, finding: Finding) -> None:
        place = self.settings.place() if self.settings else Place("settings")
        place = place._replace(where=".".join(str(step) for step in finding.location if isinstance(step, str)))
        (self.notes.warn if finding.warning else self.notes.refuse)(place, finding.what, finding.remedy)

    def _warn(self, finding: Finding, path: str, item: Item, key: str) -> None:
        """Pass on what is of use to somebody who writes in a spreadsheet."""
        if key == "title" and not (isinstance(item, Section) and item.title):
            return  # a group without a label is common, and means no heading
        if isinstance(item, Section) and item.is_implicit:
            return
        if key == "label" and isinstance(item, Question) and not item.label:
            if item.type != "calculate" and not item.hint and not item.media:
                self.notes.warn(self._place(path, "label"), finding.what, _("Write one in the column label."))
            return
        self.notes.warn(self._place(path, _COLUMNS.get(key, key)), finding.what, finding.remedy)

    def _drop_default(self, path: str, item: Item) -> None:
        written = item.default if isinstance(item, Question) else ""
        self.notes.warn(
            self._place(path, "default"),
            _("the default `{value}` is no answer to this question and is left out").format(value=short(written)),
            _("Write an answer that can be given."),
        )

    def _place(self, path: str, kind: str) -> Place:
        row = self.context.rows.get(path)
        return row.place(kind, path.rpartition("/")[2]) if row else Place("survey", 0, 0, path)

    def without_rules(self, form: Form) -> Form:
        """The form without the rules that don't compile."""
        for _round in range(_ROUNDS):
            problems = compile_form_rules(form).problems
            if not problems:
                return form
            changes: dict[str, list[RuleProblem]] = {}
            for problem in problems:
                self._warn_rule(problem)
                changes.setdefault(problem.path, []).append(problem)
            before = form
            for path, found in changes.items():
                form = _without(form, path, found)
            assert form != before, f"rules that can't be left out: {problems}"
            if not any(_may_be_a_cycle(form, problem) for problem in problems):
                return form
        return form

    def _warn_rule(self, problem: RuleProblem) -> None:
        """Say which rule goes; what scores may not go unseen."""
        key = problem.field.partition(".")[0]
        if not problem.path:
            place = (self.settings.place(key) if self.settings else Place("settings"))._replace(where=key)
        else:
            place = self._place(problem.path, _COLUMNS.get(key, key))
        rule = " ".join(problem.rule.split())
        if key in ("critical", "evidence"):
            self.notes.refuse(place, problem.what, problem.remedy)
            return
        what = _("{what}; this rule is left out: {rule}").format(what=problem.what, rule=rule[:300])
        if rule.startswith("${") and key in _TEXTS:
            what = _("{what}; the text shows the name instead: {rule}").format(what=problem.what, rule=rule[:300])
        self.notes.warn(place, what, problem.remedy)


def _may_be_a_cycle(form: Form, problem: RuleProblem) -> bool:
    """Whether a rule is fine by itself, so that only its company was wrong: behind a cycle another may hide."""
    if problem.rule.startswith("${") and problem.field.split(".")[0] in _TEXTS:
        return False
    try:
        compile_rule(problem.rule, form, problem.path)
    except RuleError:
        return False
    return True


_TEXTS = ("label", "hint", "title", "guidance", "required_message", "briefing", "repeat", "checks", "choices")


def _item_at(form: Form, finding: Finding) -> tuple[str, Item | None, str]:
    """The item that a finding is about, by its path, and the key in it; None for what is about the whole form."""
    items: Iterable[Item] = form.sections
    path, item, rest = "", None, list(finding.location)
    while len(rest) >= 2 and rest[0] in ("sections", "questions") and isinstance(rest[1], int):
        item = list(items)[rest[1]]
        path = f"{path}/{item.id}" if path else item.id
        items = item.items if isinstance(item, Section) else ()
        rest = rest[2:]
    return path, item, str(rest[0]) if rest else ""


def _with_choices_once(question: Question) -> Question:
    """The question without choices that repeat another's id and don't say other words."""
    words: dict[str, set[Text]] = {}
    kept = []
    for choice in question.choices:
        before = words.setdefault(choice.id, set())
        if not before or (choice.label not in {Text(), *before} and Text() not in before):
            kept.append(choice)
        before.add(choice.label)
    return replace(question, choices=tuple(kept))


def _changed(form: Form, path: str, change: Callable[[Any], Item]) -> Form:
    """The form with the item at `path` changed."""

    def within(items: tuple[Item, ...], steps: list[str]) -> tuple[Item, ...]:
        found: list[Item] = []
        for item in items:
            if item.id == steps[0]:
                if len(steps) == 1:
                    item = change(item)
                elif isinstance(item, Section):
                    item = replace(item, items=within(item.items, steps[1:]))
            found.append(item)
        return tuple(found)

    return replace(form, sections=within(form.sections, path.split("/")))  # type: ignore[arg-type]


def _without(form: Form, path: str, problems: list[RuleProblem]) -> Form:
    """The form without these rules at `path`; "" is the form itself."""
    if not path:
        for problem in problems:
            form = replace(form, **_left_out(form, problem))
        return form

    def change(item: Item) -> Item:
        checks = sorted({_number(p) for p in problems if p.field.startswith("checks.") and p.field.count(".") == 1})
        for problem in problems:
            if not (problem.field.startswith("checks.") and problem.field.count(".") == 1):
                item = replace(item, **_left_out(item, problem))
        if checks and isinstance(item, Question):
            kept = tuple(check for index, check in enumerate(item.checks) if index not in checks)
            item = replace(item, checks=kept)
        return item

    return _changed(form, path, change)


def _number(problem: RuleProblem) -> int:
    return int(problem.field.split(".")[1])


def _left_out(item: Any, problem: RuleProblem) -> dict[str, Any]:
    """The field of a rule without it: a text shows the name, a calculation is empty, any other rule isn't there."""
    name, _dot, rest = problem.field.partition(".")
    value = getattr(item, name)
    if isinstance(value, Text):
        return {name: _plainly(value, problem.rule)}
    if name == "repeat":
        if rest == "label":
            return {name: replace(value, label=_plainly(value.label, problem.rule))}
        return {name: replace(value, count="")}
    if name == "checks":
        index = int(rest.split(".")[0])
        mended = replace(value[index], message=_plainly(value[index].message, problem.rule))
        return {name: (*value[:index], mended, *value[index + 1 :])}
    if name == "choices":
        return {
            name: tuple(replace(choice, label=_plainly(choice.label, problem.rule)) for choice in value),
        }
    if name in ("critical", "evidence"):
        index = int(rest.split(".")[0])
        return {name: (*value[:index], *value[index + 1 :])}
    if name == "calculate" and getattr(item, "type", "") == "calculate":
        return {name: "''", "trigger": ()}  # what sets it off may be what it depends on
    return {name: "" if isinstance(value, str) else False if isinstance(value, bool) else ()}


def _plainly(text: Text, reference: str) -> Text:
    """A text with the reference that means nothing shown as the name alone."""
    name = reference.strip()[2:-1].strip() if reference.strip().startswith("${") else ""

    def shown(words: str) -> str:
        return REFERENCE.sub(lambda match: name if match[1] == name or not name else match[0], words)

    return Text(tuple((language, shown(words)) for language, words in text.values))
