"""Rules: the expression language of XLSForm (`when`, `check`, `calculate`, …), compiled to closures over a visit's values."""

from mshopper.model.rules.compiler import Rule, RuleError, compile_rule
from mshopper.model.rules.evaluate import evaluate_text
from mshopper.model.rules.form_rules import FormRules, RuleProblem, Task, compile_form_rules
from mshopper.model.rules.grammar import RuleSyntaxError
from mshopper.model.rules.values import RuleFailure

__all__ = [
    "FormRules",
    "Rule",
    "RuleError",
    "RuleFailure",
    "RuleProblem",
    "RuleSyntaxError",
    "Task",
    "compile_form_rules",
    "compile_rule",
    "evaluate_text",
]
