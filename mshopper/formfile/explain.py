"""pydantic's errors in the words of somebody who writes forms: what is wrong at a key, and what to write there."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from mshopper.formfile import language
from mshopper.formfile.document import Document
from mshopper.formfile.problems import Finding, Location, listed, short, suggestion
from mshopper.formfile.scalars import BOOLEAN_WORDS
from mshopper.i18n import _

Words = tuple[str, str]
"""What is wrong, and the remedy."""

_SYNONYMS = {
    "title": "label",
    "label": "title",
    "name": "id",
    "text": "label",
    "question": "label",
    "description": "hint",
    "help": "hint",
    "relevant": "when",
    "condition": "when",
    "constraint": "check",
    "calculation": "calculate",
    "guidance_hint": "guidance",
    "read-only": "read_only",
    "repeat_count": "count",
    "expression": "calculate",
    "options": "choices",
    "answers": "choices",
    "score": "points",
    "mandatory": "required",
    "dimensions": "dimension",
    "checks": "check",
    "weighting": "weight",
    "sections": "questions",
    "items": "questions",
}
"""Words that people write for a key of ours; each counts only where that key is known."""

_MODELS: Mapping[str, type[BaseModel]] = {
    "sections": language.SectionKeys,
    "scoring": language.ScoringKeys,
    "grades": language.GradeKeys,
    "repeat": language.RepeatKeys,
    "choices": language.ChoiceKeys,
    "bands": language.BandKeys,
    "check": language.CheckKeys,
    "critical": language.CriticalKeys,
    "evidence": language.EvidenceKeys,
    "dimensions": language.DimensionKeys,
    "tables": language.TableKeys,
}
"""The model that the entries under a key are held to, besides `questions`, where it goes by type."""


def findings_of(error: ValidationError, document: Document) -> list[Finding]:
    """Every error as a finding, in the order of the file."""
    return [_finding(cast(Mapping[str, Any], entry), document) for entry in error.errors(include_url=False)]


def _finding(entry: Mapping[str, Any], document: Document) -> Finding:
    context = dict(entry.get("ctx") or {})
    location = document.real(_without_tags(tuple(entry["loc"])))
    if entry["type"] == "missing":
        location = (*_without_tags(tuple(entry["loc"]))[:-1], entry["loc"][-1])
    elif "at" in context:
        location = (*location, context.pop("at"))
    value = document.value(location)
    what, remedy = _in_words(entry["type"], value, location, context, document)
    return Finding(location, what, remedy)


def _without_tags(location: Location) -> Location:
    """`location` without the names of models that pydantic puts after each entry of `questions`."""
    steps: list[str | int] = []
    for step in location:
        if not (len(steps) >= 2 and steps[-2] == "questions" and isinstance(steps[-1], int) and step in _TAGS):
            steps.append(step)
    return tuple(steps)


_TAGS = {model.__name__ for model in language.QUESTION_MODELS} | {language.SECTION_TAG}


def _in_words(code: str, value: object, location: Location, context: dict[str, Any], document: Document) -> Words:
    if code == "missing":
        return _("`{key}` is missing").format(key=location[-1]), _("Add it: `{key}: …`.").format(key=location[-1])
    if code == "extra_forbidden":
        return _unknown_key(location, document)
    if value is None:
        return _("there is no value"), _("Write one, or remove the key.")
    if code in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_item(value)
    return _PHRASES[code](value, **context)


def _unknown_key(location: Location, document: Document) -> Words:
    key = str(location[-1])
    owner = document.value(location[:-1])
    known = _known_keys(location[:-1], owner)
    what = _("the key `{key}` is unknown here").format(key=short(key))
    if key == "type" and location[:1] == ("sections",) and len(location) == 3:
        return _("a question stands among the sections"), _("Put it under `questions:` of a section.")
    kind = owner.get("type") if isinstance(owner, dict) else None
    if isinstance(kind, str) and kind in language.question_types():
        if key == "questions":
            return what, _("A section has no `type`: remove `type`, or `questions`.")
        if types := [name for name, model in language.question_types().items() if key in _keys_of(model)]:
            what = _("the key `{key}` doesn't belong to a question of type {type}").format(key=key, type=kind)
            return what, _("Remove it, or change the type: it belongs to {types}.").format(types=listed(types))
    if _SYNONYMS.get(key) in known:
        return what, _("Did you mean `{name}`?").format(name=_SYNONYMS[key])
    return what, suggestion(key, known)


def _known_keys(location: Location, owner: object) -> list[str]:
    names = [step for step in location if isinstance(step, str)]
    if names and names[-1] == "questions":
        tag = language.item_tag(owner)
        models = {model.__name__: model for model in language.QUESTION_MODELS}
        return _keys_of(models.get(tag or "", language.SectionKeys))
    return _keys_of(_MODELS[names[-1]] if names else language.FormKeys)


def _keys_of(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _unknown_item(item: object) -> Words:
    if not isinstance(item, Mapping):
        return _mapping(item)
    types = list(language.question_types())
    if "type" not in item:
        return (
            _("this has neither a `type` nor `questions`"),
            _("Add `type: …` for a question, or `questions: …` for a section."),
        )
    what = _("`{type}` is no type of question").format(type=short(item["type"]))
    return what, suggestion(str(item["type"]), types)


def _text(value: object) -> Words:
    if isinstance(value, bool):
        shown = "true" if value else "false"
        return (
            _("{value} stands where a text is due").format(value=shown),
            _('If it is meant as a text, put it in quotes: "{value}".').format(value=shown),
        )
    if isinstance(value, int | float | Decimal):
        return (
            _("the number {value} stands where a text is due").format(value=value),
            _('Put it in quotes: "{value}".').format(value=value),
        )
    return _("a list or a mapping stands where a text is due"), _("Write one text.")


def _words(value: object) -> Words:
    if isinstance(value, list):
        return (
            _("a list stands where a text is due"),
            _("Write a text, or one for each language: {example}.").format(example="{it: …, en: …}"),
        )
    return _text(value)


def _characters(_value: object) -> Words:
    return _("the text holds a character that can't be shown"), _("Remove it; line breaks and tabs may stay.")


def _blank(_value: object) -> Words:
    return _("there is nothing here"), _("Write something, or remove the key.")


def _name(value: object) -> Words:
    return (
        _("`{value}` can't be an id").format(value=short(value)),
        _("Begin with a letter and use letters, digits, - and _ only: `{example}`.").format(example=_as_name(value)),
    )


def _token(value: object) -> Words:
    return (
        _("the id `{value}` has a blank in it").format(value=short(value)),
        _("Write it without blanks, `{example}`, and the words as its label or title.").format(example=_as_name(value)),
    )


def _as_name(value: object) -> str:
    """An id near to what was written."""
    name = re.sub(r"\W+", "_", str(value).lower()).strip("_")[:40]
    return name if name[:1].isalpha() else f"q_{name}".rstrip("_")


def _flag(value: object) -> Words:
    what = _("`{value}` is neither true nor false").format(value=short(value))
    if (meant := BOOLEAN_WORDS.get(str(value).strip().lower())) is None:
        return what, _("Write true or false.")
    if isinstance(value, str) and value == meant:
        return _("`{value}` is a text here").format(value=value), _("Write {value} without quotes.").format(value=meant)
    return what, _("Write {value}.").format(value=meant)


def _number(value: object) -> Words:
    if isinstance(value, Mapping | list):
        return _("a list or a mapping stands where a number is due"), _("Write one number.")
    shown = ("true" if value else "false") if isinstance(value, bool) else short(value)
    what = _("`{value}` is not a number").format(value=shown)
    if re.fullmatch(r"[+-]?\d+,\d+", str(value)):
        return what, _("Write it with a dot: {number}.").format(number=str(value).replace(",", "."))
    return what, _("Write a number such as 5 or 2.5.")


def _negative(value: object) -> Words:
    return _("{value} is negative").format(value=short(value)), _("Write 0 or more.")


def _percent(value: object) -> Words:
    return _("{value} is not a percentage").format(value=short(value)), _("Write a number from 0 to 100.")


def _whole(value: object, low: int, high: int) -> Words:
    shown = ("true" if value else "false") if isinstance(value, bool) else short(value)
    return (
        _("`{value}` is not a whole number from {low} to {high}").format(value=shown, low=low, high=high),
        _("Write a number from {low} to {high}.").format(low=low, high=high),
    )


def _effect(value: object) -> Words:
    return (
        _("`{value}` is no effect").format(value=short(value)),
        _("Write fail, zero_section, zero_form or {example}.").format(example="{cap: 50}"),
    )


def _answer(value: object) -> Words:
    if isinstance(value, bool):
        meant = "yes" if value else "no"
        return (
            _("{value} is not an answer").format(value="true" if value else "false"),
            _("Write {value}, or the id of a choice.").format(value=meant),
        )
    return _("this is not an answer"), _("Write an answer, a list of answers, or a rule.")


def _rule_in_list(_value: object) -> Words:
    return (
        _("a rule stands in a list of answers"),
        _("Write the rule alone, and join several by `or`."),
    )


def _one_of(value: object, names: tuple[str, ...]) -> Words:
    shown = ("true" if value else "false") if isinstance(value, bool) else short(value)
    return _("`{value}` is not known here").format(value=shown), suggestion(shown, list(names))


def _currency(value: object) -> Words:
    return _("`{value}` is no currency").format(value=short(value)), _("Write its three capital letters: EUR.")


def _format_version(value: object) -> Words:
    return (
        _("version {value} of the form language is unknown").format(value=short(value)),
        _("Write `mshopper: 1`, or open the form with a newer mshopper."),
    )


def _list(_value: object, **_context: object) -> Words:
    return _("a list is due here"), _("Write each entry on a line that begins with `- `, or all in brackets: [a, b].")


def _mapping(_value: object, **_context: object) -> Words:
    return _("a mapping is due here"), _("Write keys and values: `key: value`.")


def _literal(value: object, expected: str) -> Words:
    return _("`{value}` is not known here").format(value=short(value)), _("Use {names}.").format(names=expected)


_PHRASES: Mapping[str, Callable[..., Words]] = {
    "text": _text,
    "words": _words,
    "characters": _characters,
    "blank": _blank,
    "name": _name,
    "token": _token,
    "flag": _flag,
    "number": _number,
    "negative": _negative,
    "percent": _percent,
    "whole": _whole,
    "effect": _effect,
    "answer": _answer,
    "rule_in_list": _rule_in_list,
    "one_of": _one_of,
    "currency": _currency,
    "format_version": _format_version,
    "mapping": _mapping,
    "tuple_type": _list,
    "list_type": _list,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "dict_type": _mapping,
    "string_type": _text,
    "literal_error": _literal,
}
