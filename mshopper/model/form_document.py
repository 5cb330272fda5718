"""A Form as JSON-able data in the words of the form language, and the hash that names this exact form.

The store keeps this document, `formfile` reads it back to an equal Form and writes it as YAML. What has its default value
is left out, so that a field added to the language later changes no hash (design.md, Forms).
"""

import hashlib
from collections.abc import Callable, Mapping
from fractions import Fraction

from mshopper.model.canonical import canonical_json
from mshopper.model.form import (
    Band,
    Check,
    Choice,
    Condition,
    Critical,
    Dimension,
    Evidence,
    Form,
    Grade,
    Question,
    Repeat,
    ScoringPolicy,
    Section,
    Table,
    Text,
)

FORMAT_VERSION = 1
"""The version of the form language, under the key `mshopper`."""

Number = Callable[[Fraction], str]


def decimal_text(value: Fraction) -> str:
    """`value` as decimal text without exponent or trailing zeros: `5`, `-0.25`.

    Raises ValueError for a fraction without a finite decimal, which no form file can hold.
    """
    twos, fives, rest = 0, 0, value.denominator
    while rest % 2 == 0:
        twos, rest = twos + 1, rest // 2
    while rest % 5 == 0:
        fives, rest = fives + 1, rest // 5
    if rest != 1:
        raise ValueError(f"{value} has no finite decimal")
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def form_document(form: Form, number: Number = decimal_text) -> dict[str, object]:
    """`form` as data: text, whole numbers, booleans, lists and mappings; exact numbers as `number` writes them."""
    return _without_defaults(
        {
            "mshopper": FORMAT_VERSION,
            "id": form.id,
            "version": form.version,
            "title": _text(form.title),
            "languages": list(form.languages),
            "channel": form.channel,
            "briefing": _text(form.briefing),
            "people": "" if form.people == "none" else form.people,
            "dimensions": None if form.dimensions == DEFAULT_DIMENSIONS else [_dimension(d) for d in form.dimensions],
            "scoring": _scoring(form.scoring, number),
            "instance_name": form.instance_name,
            "tables": [_table(table) for table in form.tables],
        }
    ) | {"sections": [_section(section, number) for section in form.sections]}


def form_hash(form: Form) -> str:
    """SHA-256, in hexadecimal, of the form's canonical JSON without defaults."""
    return hashlib.sha256(canonical_json(form_document(form))).hexdigest()


DEFAULT_DIMENSIONS: tuple[Dimension, ...] = Form(id="", version="").dimensions


def _without_defaults(entries: Mapping[str, object]) -> dict[str, object]:
    """The entries that say something: an empty text, list or mapping, False and None are every key's default."""
    return {key: value for key, value in entries.items() if value}


def _text(text: Text) -> object:
    if len(text.values) == 1 and text.values[0][0] == "" and text.values[0][1]:
        return text.values[0][1]
    return dict(text.values)


def _optional(value: Fraction | None, number: Number) -> str:
    return "" if value is None else number(value)


def _weight(value: Fraction, number: Number) -> str:
    return "" if value == 1 else number(value)


def _dimension(dimension: Dimension) -> object:
    return {"id": dimension.id, "title": _text(dimension.title)} if dimension.title.values else dimension.id


def _scoring(policy: ScoringPolicy, number: Number) -> dict[str, object]:
    default = ScoringPolicy()
    entries = _without_defaults(
        {
            "aggregate": "" if policy.aggregate == default.aggregate else policy.aggregate,
            "unanswered": "" if policy.unanswered == default.unanswered else policy.unanswered,
            "pass_mark": _optional(policy.pass_mark, number),
            "grades": [_grade(grade, number) for grade in policy.grades],
        }
    )
    return entries if policy.cap else {**entries, "cap": False}


def _grade(grade: Grade, number: Number) -> dict[str, object]:
    return {"id": grade.id, "from": number(grade.from_percent)}


def _section(section: Section, number: Number) -> dict[str, object]:
    entries = _without_defaults(
        {
            "id": section.id,
            "title": _text(section.title),
            "hint": _text(section.hint),
            "phase": section.phase,
            "touchpoint": section.touchpoint,
            "weight": _weight(section.weight, number),
            "pass_mark": _optional(section.pass_mark, number),
            "when": section.when,
            "appearance": section.appearance,
            "media": _media(section.media),
            "implicit": section.is_implicit,
        }
    )
    if section.repeat is not None:
        entries["repeat"] = _repeat(section.repeat)
    entries["questions"] = [
        _section(item, number) if isinstance(item, Section) else _question(item, number) for item in section.items
    ]
    return entries


def _repeat(repeat: Repeat) -> dict[str, object]:
    entries = _without_defaults({"max": repeat.maximum, "label": _text(repeat.label), "count": repeat.count})
    return entries if repeat.minimum == Repeat().minimum else {"min": repeat.minimum, **entries}


def _question(question: Question, number: Number) -> dict[str, object]:
    return _without_defaults(
        {
            "id": question.id,
            "type": question.type,
            "label": _text(question.label),
            "hint": _text(question.hint),
            "guidance": _text(question.guidance),
            "media": _media(question.media),
            "appearance": question.appearance,
            "dimension": _one_or_list(list(question.dimensions)),
            "points": _points(question, number),
            "bands": [_band(band, number) for band in question.bands],
            "weight": _weight(question.weight, number),
            "choices": [] if question.type == "yes_no" else [_choice(choice, number) for choice in question.choices],
            "choices_from": question.choices_from,
            "choice_filter": question.choice_filter,
            "parameters": dict(question.parameters),
            "min": _optional(question.minimum, number),
            "max": _optional(question.maximum, number),
            "style": question.style,
            "scale": question.scale,
            "variant": question.variant,
            "currency": question.currency,
            "calculate": question.calculate,
            "trigger": _one_or_list(list(question.trigger)),
            "preload": question.preload,
            "unsupported": question.unsupported,
            "max_pixels": question.max_pixels,
            "staff": question.staff,
            "default": question.default,
            "read_only": question.read_only_when or question.read_only,
            "na": question.na_choice or question.na,
            "required": question.required_when or question.required,
            "required_message": _text(question.required_message),
            "bonus": question.bonus,
            "when": question.when,
            "check": _one_or_list([check_document(check) for check in question.checks]),
            "critical": _one_or_list([critical_document(critical, number) for critical in question.critical]),
            "evidence": _one_or_list([evidence_document(evidence) for evidence in question.evidence]),
        }
    )


def _one_or_list(items: list[object]) -> object:
    return items[0] if len(items) == 1 else items


def _points(question: Question, number: Number) -> object:
    """One number, or a yes_no's points by answer; those of other choices stand on the choices."""
    if question.points is not None or question.type != "yes_no":
        return _optional(question.points, number)
    return {choice.id: number(choice.points) for choice in question.choices if choice.points is not None}


def _choice(choice: Choice, number: Number) -> object:
    entries = _without_defaults(
        {
            "id": choice.id,
            "label": _text(choice.label),
            "points": _optional(choice.points, number),
            "attributes": dict(choice.attributes),
            "media": _media(choice.media),
        }
    )
    return choice.id if set(entries) == {"id"} else entries


def _media(media: tuple[tuple[str, Text], ...]) -> dict[str, object]:
    return {kind: _text(name) for kind, name in media}


def _table(table: Table) -> dict[str, object]:
    entries: dict[str, object] = {"name": table.name, "columns": list(table.columns)}
    return {**entries, "rows": [list(row) for row in table.rows]} if table.rows else entries


def _band(band: Band, number: Number) -> dict[str, object]:
    points: dict[str, object] = {"points": number(band.points)}
    return points if band.to is None else {"to": number(band.to), **points}


def _condition(condition: Condition) -> object:
    return condition.rule or _one_or_list(list(condition.answers))


def check_document(check: Check) -> object:
    """A check in the words of the form language."""
    return _without_defaults({"that": check.that, "message": _text(check.message)})


def critical_document(critical: Critical, number: Number = decimal_text) -> object:
    """A critical in the words of the form language."""
    entries: dict[str, object] = {"when": _condition(critical.when)}
    if critical.effect == "cap" and critical.cap is not None:
        entries["effect"] = {"cap": number(critical.cap)}
    elif critical.effect != "fail":
        entries["effect"] = critical.effect
    return entries


def evidence_document(evidence: Evidence) -> object:
    """What evidence is asked for, in the words of the form language."""
    when = None if evidence.when is None else _condition(evidence.when)
    return {
        key: value
        for key, value in {"photos": evidence.photos, "comment": evidence.comment, "when": when}.items()
        if value
    }
