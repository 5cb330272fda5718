"""One expression, evaluated on its own: for checks of constant rules, and for whoever tries the language out."""

import datetime as dt
from collections.abc import Mapping, Sequence

from mshopper.model.form import Form, Question, Section
from mshopper.model.rules.compiler import compile_rule
from mshopper.model.rules.scope import Frame, Leaf, World
from mshopper.model.rules.values import RuleValue

_SECTION = "all"


def evaluate_text(
    text: str,
    *,
    now: dt.datetime,
    values: Mapping[str, str | float] | None = None,
    tables: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    at: str = "",
) -> RuleValue:
    """What an expression gives: text, a float, a bool, or a list of those (a nodeset's values).

    `values` are the answers to questions of these names, all at the top of a form called `data`; `at` is the question
    where the expression stands (`.`). Raises RuleError where the text can't be understood, RuleFailure where it can't be
    evaluated.
    """
    answers = dict(values or {})
    questions = tuple(Question(name, "text") for name in answers)
    form = Form("data", "", sections=(Section(_SECTION, items=questions, is_implicit=True),))
    frame = Frame("", None, 1, World(now, tables=dict(tables or {})))
    for name, value in answers.items():
        path = f"{_SECTION}/{name}"
        frame.leaves[path] = Leaf(path, frame)
        frame.leaves[path].atom = value
    frame.relevant[_SECTION] = True
    return compile_rule(text, form, f"{_SECTION}/{at}" if at else "").run(frame)
