"""The rules by which visits are planned, as they are kept, edited and written in a file.

forms:
  - {form: store_visit, every_months: 3, window_days: 14, regions: [Lombardia]}
  - {form: store_standards, around: ["2026-12-24"], window_days: 5}
quotas:
  - {region: Lombardia, at_least: 10, at_most: 30}
  - {region: Lazio, form: store_visit, at_most: 5}
auditors:
  - {auditor: AU-01, per_month: 20, regions: [Lombardia, Piemonte]}
different_auditor: true
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from mshopper.errors import MshopperError
from mshopper.i18n import _

WINDOW_DAYS = 14
"""On how many days a visit may be made where a rule doesn't say."""

_SHORTEST_MONTH = 28


@dataclass(frozen=True, slots=True)
class FormRule:
    """How often a form is due at each store: at least every `every_months` (0: no rhythm), and around each of some days.

    A visit may be made on any of `window_days` days up to the last one, or so many before and after a day to be around.
    `regions` are those whose stores it is for; without any, all.
    """

    form: str
    every_months: int = 0
    window_days: int = WINDOW_DAYS
    around: tuple[dt.date, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotaRule:
    """How many visits a region is to have in a month; `form` "" counts those of every form, None is no limit."""

    region: str
    form: str = ""
    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class AuditorRule:
    """Whom visits are given to: at most `per_month` (None: any number), in `regions` (without any: everywhere)."""

    auditor: str
    per_month: int | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanRules:
    """All rules. With `different_auditor` nobody visits a store twice running, unless there is nobody else."""

    forms: tuple[FormRule, ...] = ()
    quotas: tuple[QuotaRule, ...] = ()
    auditors: tuple[AuditorRule, ...] = ()
    different_auditor: bool = True


def rules_document(rules: PlanRules) -> dict[str, Any]:
    """The rules as JSON or YAML has them, without what is as by default."""
    return {
        "forms": [_shown(rule) for rule in rules.forms],
        "quotas": [_shown(rule) for rule in rules.quotas],
        "auditors": [_shown(rule) for rule in rules.auditors],
        "different_auditor": rules.different_auditor,
    }


def _shown(rule: FormRule | QuotaRule | AuditorRule) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, tuple):
            return [plain(each) for each in value]
        return value.isoformat() if isinstance(value, dt.date) else value

    values = {field.name: (getattr(rule, field.name), field.default) for field in fields(rule)}
    return {name: plain(value) for name, (value, default) in values.items() if value != default}


def read_rules(document: object) -> PlanRules:
    """The rules of a document. Raises MshopperError with a sentence that says which rule is wrong and what to do."""
    top = _mapping(document, _("the rules"))
    _only(top, ("forms", "quotas", "auditors", "different_auditor"), _("the rules"))
    different = top.get("different_auditor", True)
    if isinstance(different, str) and different.strip().lower() in ("true", "false"):
        different = different.strip().lower() == "true"
    if not isinstance(different, bool):
        raise MshopperError(_("“different_auditor” must be true or false."))
    return PlanRules(
        tuple(_form_rule(*each) for each in _each(top, "forms")),
        tuple(_quota_rule(*each) for each in _each(top, "quotas")),
        tuple(_auditor_rule(*each) for each in _each(top, "auditors")),
        different,
    )


def _form_rule(rule: Mapping[str, Any], where: str) -> FormRule:
    _only(rule, ("form", "every_months", "window_days", "around", "regions"), where)
    made = FormRule(
        _name(rule, "form", where),
        _whole(rule, "every_months", where, 0, 120) or 0,
        _whole(rule, "window_days", where, 1, 366) or WINDOW_DAYS,
        tuple(_day(text, where) for text in _texts(rule, "around", where)),
        _texts(rule, "regions", where),
    )
    if not made.every_months and not made.around:
        sentence = _("{where}: say how often (“every_months”) or around which days (“around”) the form is due.")
        raise MshopperError(sentence.format(where=where))
    if made.every_months and made.window_days >= made.every_months * _SHORTEST_MONTH:
        sentence = _("{where}: a window of {days} days is as long as the rhythm itself; make it shorter.")
        raise MshopperError(sentence.format(where=where, days=made.window_days))
    return made


def _quota_rule(rule: Mapping[str, Any], where: str) -> QuotaRule:
    _only(rule, ("region", "form", "at_least", "at_most"), where)
    least, most = _whole(rule, "at_least", where, 0, 10**6), _whole(rule, "at_most", where, 0, 10**6)
    if most is not None and (least or 0) > most:
        sentence = _("{where}: “at_least” is more than “at_most”; correct one of them.")
        raise MshopperError(sentence.format(where=where))
    return QuotaRule(_name(rule, "region", where), str(rule.get("form") or "").strip(), least or 0, most)


def _auditor_rule(rule: Mapping[str, Any], where: str) -> AuditorRule:
    _only(rule, ("auditor", "per_month", "regions"), where)
    most = _whole(rule, "per_month", where, 0, 10**6)
    return AuditorRule(_name(rule, "auditor", where), most, _texts(rule, "regions", where))


def _each(top: Mapping[str, Any], name: str) -> list[tuple[Mapping[str, Any], str]]:
    rules = top.get(name) or []
    if not isinstance(rules, list):
        raise MshopperError(_("“{name}” must be a list of rules.").format(name=name))
    said = _("rule {n} of “{name}”")
    return [
        (_mapping(rule, said.format(n=n, name=name)), said.format(n=n, name=name)) for n, rule in enumerate(rules, 1)
    ]


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise MshopperError(_("{where}: write names with their values, as in “form: store_visit”.").format(where=where))
    return value


def _only(rule: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    for name in rule:
        if name not in names:
            sentence = _("{where}: “{name}” isn't known; these are: {names}.")
            raise MshopperError(sentence.format(where=where, name=name, names=", ".join(names)))


def _name(rule: Mapping[str, Any], name: str, where: str) -> str:
    value = str(rule.get(name) or "").strip()
    if not value:
        raise MshopperError(_("{where}: “{name}” is missing.").format(where=where, name=name))
    return value


def _whole(rule: Mapping[str, Any], name: str, where: str, least: int, most: int) -> int | None:
    value = rule.get(name)
    if value is None or value == "":
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = least - 1
    if isinstance(value, bool) or not least <= number <= most:
        sentence = _("{where}: “{name}” must be a whole number from {least} to {most}.")
        raise MshopperError(sentence.format(where=where, name=name, least=least, most=most))
    return number


def _texts(rule: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    value = rule.get(name) or []
    if not isinstance(value, list | tuple):
        raise MshopperError(_("{where}: “{name}” must be a list, as in [A, B].").format(where=where, name=name))
    return tuple(str(each).strip() for each in value)


def _day(text: str, where: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise MshopperError(
            _("{where}: “{text}” isn't a day; write it as 2026-12-24.").format(where=where, text=text)
        ) from None
