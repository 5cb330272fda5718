"""What the standard's own converter makes of a workbook, in the terms of our Form, for tests that compare the two."""

import contextlib
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mshopper.model.form import Form, Question, Section

TYPES = {
    "select one": "choice", "select all that apply": "choices", "rank": "ranking", "integer": "integer",
    "int": "integer", "decimal": "number", "text": "text", "string": "text", "date": "date", "time": "time",
    "datetime": "datetime", "dateTime": "datetime", "geopoint": "location", "gps": "location", "photo": "photo",
    "image": "photo", "barcode": "barcode", "note": "note", "calculate": "calculate", "hidden": "calculate",
    "acknowledge": "choice", "trigger": "choice", "audio": "note", "video": "note", "file": "note", "geotrace": "note",
    "geoshape": "note", "background-audio": "note", "select one external": "choice",
}  # fmt: skip
METADATA = {
    "start", "end", "today", "deviceid", "username", "phonenumber", "email", "simserial", "subscriberid", "audit",
    "start-geopoint", "imei", "phone number",
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A question or group as either side has it."""

    path: str
    type: str
    labels: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...]
    relevant: str
    constraint: str
    calculation: str
    more: tuple[tuple[str, object], ...] = ()


def plain(text: object) -> str:
    """Words without what isn't meant: blanks, and the quotes that a word processor bends."""
    straight = str(text).translate(str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "}))
    return re.sub(r"\s+", " ", re.sub(r"\$\{\s*(.*?)\s*\}", r"${\1}", straight)).strip()


def texts(label: object) -> tuple[str, ...]:
    """A label's words in any order of languages."""
    words = label.values() if isinstance(label, dict) else [label]
    return tuple(sorted({plain(text) for text in words if text and text != "-"}))


def converted(path: Path) -> dict[str, Any] | None:
    """The converter's survey as data; None for a workbook that it refuses."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            return convert(str(path), warnings=[])._survey.to_json_dict()
        except PyXFormError:
            return None


def theirs(survey: dict[str, Any]) -> list[Seen]:
    """What the converter sees, in its order."""
    lists = survey.get("choices") or {}
    return list(_theirs(survey["children"], "", lists))


def _theirs(items: list[dict[str, Any]], around: str, lists: dict[str, Any]) -> Iterator[Seen]:
    for item in items:
        kind, name = item["type"], item["name"]
        path = f"{around}/{name}" if around else name
        if name == "meta" or kind in ("csv-external", "xml-external"):
            continue
        bind = item.get("bind", {})
        common = (bind.get("relevant", ""), bind.get("constraint", ""), bind.get("calculate", ""))
        rules = tuple(plain(rule) for rule in common)
        if kind in ("group", "repeat"):
            if name.endswith("_count") and not item.get("children"):
                continue
            # The converter's data leaves out the relevance of groups.
            yield Seen(path, kind, texts(item.get("label", "")), (), "", "", "")
            yield from _theirs(item.get("children", []), path, lists)
            continue
        if kind == "calculate" and name.endswith("_count") and "jr:count" in str(items):
            continue
        ours = "calculate" if kind in METADATA else "range" if kind == "range" else TYPES[kind]
        choices = item.get("children") or item.get("choices") or lists.get(item.get("itemset") or "", [])
        seen = tuple((str(choice["name"]), texts(choice.get("label", ""))) for choice in choices)
        shown = seen if "rank" in ours or "choice" in ours else ()
        yield Seen(path, ours, texts(item.get("label", "")), shown, *rules, _more_of(item, bind))


def our_view(form: Form) -> list[Seen]:
    """What we see, in the form's order, implicit sections left out."""
    return list(_ours(form.sections, ""))


def _ours(items: tuple[Question | Section, ...], around: str) -> Iterator[Seen]:
    for item in items:
        path = f"{around}/{item.id}" if around else item.id
        if isinstance(item, Section):
            if item.is_implicit:
                yield from _ours(item.items, around)
                continue
            kind = "repeat" if item.repeat else "group"
            yield Seen(path, kind, texts(dict(item.title.values)), (), "", "", "")
            yield from _ours(item.items, path)
            continue
        choices = tuple((choice.id, texts(dict(choice.label.values))) for choice in item.choices)
        constraint = plain(item.checks[0].that) if item.checks else ""
        calculation = plain(item.calculate)
        message = texts(dict(item.checks[0].message.values)) if item.checks else ()
        more = {
            "hint": texts(dict(item.hint.values)),
            "required": "true()" if item.required else plain(item.required_when),
            "message": message,
            "appearance": item.appearance,
            "read_only": item.read_only,
            "choice_filter": plain(item.choice_filter),
            "default": plain(item.default),
        }
        labels = texts(dict(item.label.values))
        yield Seen(
            path, item.type, labels, choices, plain(item.when), constraint, calculation, tuple(sorted(more.items()))
        )


def _more_of(item: dict[str, Any], bind: dict[str, Any]) -> tuple[tuple[str, object], ...]:
    more = {
        "hint": texts(item.get("hint", "")),
        "required": _flag(bind.get("required", "")),
        "message": texts(bind.get("jr:constraintMsg", "")) if bind.get("constraint") else (),
        "appearance": item.get("control", {}).get("appearance", ""),
        "read_only": _flag(bind.get("readonly", "")) == "true()",
        "choice_filter": plain(item.get("choice_filter", "")),
        "default": plain(item.get("default", "")).removesuffix(" 00:00:00"),
    }
    return tuple(sorted(more.items()))


def _flag(written: str) -> str:
    """A flag as a rule: "" for no."""
    return {"yes": "true()", "true": "true()", "no": "", "false": "", "false()": ""}.get(
        written.lower(), plain(written)
    )
