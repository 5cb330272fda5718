"""A rule in words, for the person whose screen it changed: `${came_in} = 'yes'` is “Did you go in?” is “Yes”.

Only what people meet in forms is put in words: comparisons of a question with an answer, selected(), not(), and, or.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mshopper.i18n import _
from mshopper.model.rules.grammar import Binary, Call, Literal, Negate, Number, Path, Reference, RuleSyntaxError, parse


@dataclass(frozen=True)
class Names:
    """How a rule's parts are called: `question(name)` by its words, `answer(name, text)` as its choice is shown."""

    question: Callable[[str], str]
    answer: Callable[[str, str], str]
    own: str = ""
    """The name of the question whose rule it is: what `.` means."""


def rule_in_words(text: str, names: Names) -> str:
    """The rule as a clause of a sentence; "" where it says more than words of ours can."""
    try:
        return _clause(parse(text), names) or ""
    except RuleSyntaxError:
        return ""


def _clause(tree: object, names: Names) -> str | None:
    if isinstance(tree, Path) and not tree.steps:
        inner = _clause(tree.start, names)
        return f"({inner})" if inner else None
    if isinstance(tree, Binary) and tree.operator in ("and", "or"):
        left, right = _part(tree.left, tree.operator, names), _part(tree.right, tree.operator, names)
        if not left or not right:
            return None
        joined = _("{one} and {other}") if tree.operator == "and" else _("{one} or {other}")
        return joined.format(one=left, other=right)
    if isinstance(tree, Binary):
        return _comparison(tree, names)
    if isinstance(tree, Call):
        return _call(tree, names)
    return None


def _part(tree: object, around: str, names: Names) -> str | None:
    """One side of an `and` or `or`; in brackets where it is the other of the two."""
    clause = _clause(tree, names)
    mixed = isinstance(tree, Binary) and tree.operator in ("and", "or") and tree.operator != around
    return f"({clause})" if clause and mixed else clause


def _call(tree: Call, names: Names) -> str | None:
    if tree.name == "not" and len(tree.arguments) == 1:
        inner = _clause(tree.arguments[0], names)
        return _("it is not so that {clause}").format(clause=inner) if inner else None
    if tree.name == "selected" and len(tree.arguments) == 2:
        name, answer = _name(tree.arguments[0], names), tree.arguments[1]
        if name and isinstance(answer, Literal):
            said = {"question": names.question(name), "answer": names.answer(name, answer.text)}
            return _("“{question}” includes “{answer}”").format(**said)
    return None


def _comparison(tree: Binary, names: Names) -> str | None:
    name, answer, operator = _name(tree.left, names), _text(tree.right), tree.operator
    if not name or answer is None:
        name, answer = _name(tree.right, names), _text(tree.left)
        operator = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
    if not name or answer is None:
        return None
    if not answer:
        blank = {"=": _("“{question}” has no answer"), "!=": _("“{question}” has an answer")}.get(operator)
        return blank.format(question=names.question(name)) if blank else None
    sentences = {
        "=": _("“{question}” is “{answer}”"),
        "!=": _("“{question}” is not “{answer}”"),
        "<": _("“{question}” is less than {answer}"),
        ">": _("“{question}” is more than {answer}"),
        "<=": _("“{question}” is at most {answer}"),
        ">=": _("“{question}” is at least {answer}"),
    }
    sentence = sentences.get(operator)
    return sentence.format(question=names.question(name), answer=names.answer(name, answer)) if sentence else None


def _name(tree: object, names: Names) -> str:
    if isinstance(tree, Path) and not tree.steps:
        return _name(tree.start, names)
    if isinstance(tree, Path) and tree.start is None and len(tree.steps) == 1:
        step = tree.steps[0]
        return names.own if step.axis == "self" and not step.predicates else ""
    return tree.name if isinstance(tree, Reference) and "#" not in tree.name else ""


def _text(tree: object) -> str | None:
    if isinstance(tree, Negate) and isinstance(tree.of, Number):
        return f"-{tree.of.text}"
    return tree.text if isinstance(tree, Literal | Number) else None
