"""Problems of a form's rules (syntax, unknown references, cycles), placed in its file."""

from collections.abc import Iterator

from mshopper.formfile.build import file_location
from mshopper.formfile.problems import Finding, Location
from mshopper.model.form import Form
from mshopper.model.rules import compile_form_rules

_KEYS = {"checks": "check"}
_RULE_KEY = {"checks": "that", "critical": "when", "evidence": "when"}


def rule_findings(form: Form) -> Iterator[Finding]:
    """What is wrong with `when`, `check`, `calculate`, `${q}` in texts and the like."""
    for problem in compile_form_rules(form).problems:
        location = (*file_location(form, problem.path), *_within(problem.field))
        yield Finding(location, problem.what, problem.remedy)


def _within(field: str) -> Location:
    """`checks.0` -> check, 0, that; `repeat.label` -> repeat, label."""
    parts = field.split(".")
    steps: list[str | int] = [int(part) if part.isdigit() else _KEYS.get(part, part) for part in parts]
    if len(parts) == 2 and parts[0] in _RULE_KEY:
        steps.append(_RULE_KEY[parts[0]])
    return tuple(steps)
