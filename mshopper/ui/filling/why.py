"""Why a question is asked, and why it must be answered: the form's rules in words, with the answers that made them so."""

from collections.abc import Iterable

from mshopper.i18n import _
from mshopper.model import reasons
from mshopper.model.answer import AnswerKey
from mshopper.model.form import Question
from mshopper.model.rules import Rule
from mshopper.model.rules.wording import Names, rule_in_words
from mshopper.ui.filling.session import FillingSession
from mshopper.ui.filling.steps import shortened

LONGEST = 90


def has_rules(session: FillingSession, key: AnswerKey) -> bool:
    """Whether a rule of its own, or of a section around it, decides if it is asked or required."""
    return bool(session.question(key).required_when) or bool(_ruled(session, key))


def why(session: FillingSession, key: AnswerKey) -> str:
    """Why the question is shown and why an answer is required, a sentence a line; "" without any rule."""
    rules, question = session.visit.rules, session.question(key)
    lines = [
        _because(session, key, path, rules.when[path], _("It is asked because {rule}."))
        for path in _ruled(session, key)
    ]
    if key.path in rules.required:
        if any(violation.code == "required" for violation in session.visit.violations(key)):
            lines.append(
                _because(session, key, key.path, rules.required[key.path], _("An answer is required because {rule}."))
            )
    elif question.required and question.na:
        lines.append(_("The form always asks for an answer here; “not applicable” counts as one."))
    elif question.required:
        lines.append(_("The form always asks for an answer here."))
    return "\n".join(lines)


def _ruled(session: FillingSession, key: AnswerKey) -> list[str]:
    """The paths, from the outermost section to the question itself, that apply only by a rule."""
    parts = key.path.split("/")
    paths = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    return [path for path in paths if path in session.visit.rules.when]


def _because(session: FillingSession, key: AnswerKey, path: str, rule: Rule, sentence: str) -> str:
    read = {each.rpartition("/")[2]: each for each in rule.levels}

    def question(name: str) -> str:
        return _words(session, key, read.get(name, ""), name)

    def answer(name: str, text: str) -> str:
        place = session.form.questions.get(read.get(name, ""))
        if place is None or not isinstance(place.item, Question):
            return text
        choice = session.visit.offering.choice(place.path, text)
        shown = choice.label.get(session.language, session.form.language) if choice else ""
        return shown or reasons.answer_text(place.item, text, session.language)

    words = rule_in_words(rule.text, Names(question, answer, path.rpartition("/")[2]))
    said = [f"{asked} = {given}" for asked, given in _answers(session, key, rule.levels) if f"“{given}”" not in words]
    if not words:
        words = _("the form's rule is met: {rule}").format(rule=" ".join(rule.text.split()))
    shown = sentence.format(rule=words)
    answers = _("Answers: {answers}.").format(answers="; ".join(said)) if said else ""
    return f"{shown} {answers}".strip()


def _answers(session: FillingSession, key: AnswerKey, paths: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The questions and answers that a rule reads, as they stand around the question."""
    for path in paths:
        place = session.form.questions.get(path)
        if place is None or not isinstance(place.item, Question):
            continue
        instance = ".".join(key.instance.split(".")[: len(place.repeats)])
        at = AnswerKey(path, instance)
        if not session.visit.has(at):
            continue
        answer = reasons.answer_text(place.item, session.visit.value(at), session.language)
        if session.visit.is_na(at):
            answer = _("Not applicable")
        yield _words(session, key, path, path), answer or _("no answer")


def _words(session: FillingSession, key: AnswerKey, path: str, otherwise: str) -> str:
    place = session.form.questions.get(path)
    if place is None:
        return otherwise
    instance = ".".join(key.instance.split(".")[: len(place.repeats)])
    return shortened(session.label(AnswerKey(path, instance)), LONGEST)
