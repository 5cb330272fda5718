"""A submitted visit as plain JSON data and back, so that an exported file holds it exactly.

What is read comes from anywhere: numbers are looked at as text before they are made, since a short text can name a number
that no memory holds.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from mshopper.model.answer import Answer, AnswerKey, Value, kind_of, read_value, value_text
from mshopper.model.form import Form
from mshopper.model.record import PhotoInfo, Store, VisitHeader, VisitRecord
from mshopper.model.sheet_document import read_sheet, sheet_document

MOST_INSTANCES = 10_000
"""How many instances all repeats of a visit may have together."""

_DECIMAL = re.compile(r"-?(?:\d{1,400}\.?\d{0,400}|\.\d{1,400})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_FRACTION = re.compile(r"-?\d{1,2000}(?:/\d{1,2000})?", re.ASCII)
_FRACTIONS = frozenset({"earned", "possible", "percent", "coverage", "pass_mark", "weight", "cap", "value"})
"""Keys of a score sheet's document that hold fractions."""


_EDITED = ("derived_from", "source_sha256")
"""What only an edited photo says."""


def record_document(record: VisitRecord) -> dict[str, Any]:
    """`record` without its form, as dicts, lists, text, whole numbers and None."""
    return {
        "header": asdict(record.header),
        "answers": [_answer(key, record.answers[key]) for key in sorted(record.answers)],
        "counts": [[*key, record.counts[key]] for key in sorted(record.counts)],
        "photos": [_photo_document(photo) for photo in record.photos],
        "computed": [[*key, *_value(value)] for key, value in sorted((record.computed or {}).items())],
        "irrelevant": [list(key) for key in sorted(record.irrelevant or ())],
        "sheet": sheet_document(record.sheet) if record.sheet else None,
    }


def read_record(document: Mapping[str, Any], form: Form) -> VisitRecord:
    """What `record_document` wrote. Raises ValueError, TypeError or KeyError for anything else."""
    counts = {_key(path, instance): _whole(n) for path, instance, n in document["counts"]}
    if sum(counts.values()) > MOST_INSTANCES or min(counts.values(), default=0) < 0:
        raise ValueError("instances")
    sheet = document["sheet"]
    if sheet is not None:
        _check_fractions(sheet)
    return VisitRecord(
        header=_header(document["header"]),
        form=form,
        answers=dict(_read_answer(said) for said in document["answers"]),
        counts=counts,
        photos=tuple(_photo(photo) for photo in document["photos"]),
        computed={_key(path, instance): _read_value(kind, text) for path, instance, kind, text in document["computed"]},
        irrelevant=frozenset(_key(path, instance) for path, instance in document["irrelevant"]),
        sheet=None if sheet is None else read_sheet(sheet),
    )


def _value(value: Value) -> tuple[str, str | None]:
    return kind_of(value), value_text(value)


def _answer(key: AnswerKey, answer: Answer) -> dict[str, Any]:
    return {
        "path": key.path,
        "instance": key.instance,
        "value": list(_value(answer.value)),
        "na": answer.na,
        "comment": answer.comment,
        "photos": list(answer.photos),
        "seconds": None if answer.seconds is None else str(answer.seconds),
    }


def _read_answer(said: Mapping[str, Any]) -> tuple[AnswerKey, Answer]:
    kind, text = said["value"]
    seconds = said["seconds"]
    if not isinstance(said["na"], bool):
        raise TypeError("na")
    return _key(said["path"], said["instance"]), Answer(
        value=_read_value(kind, text),
        na=said["na"],
        comment=_text(said["comment"]),
        photos=tuple(_text(photo) for photo in said["photos"]),
        seconds=None if seconds is None else Decimal(_decimal(seconds)),
    )


def _read_value(kind: object, text: object) -> Value:
    if kind in ("int", "decimal"):
        _decimal(text)
    elif kind not in ("", "text", "list"):
        raise ValueError(kind)
    value = read_value(str(kind), None if text is None else _text(text))
    if isinstance(value, tuple):
        return tuple(_text(one) for one in value)
    return value


def _header(document: Mapping[str, Any]) -> VisitHeader:
    said = dict(document)
    revision, flags, store = _whole(said.pop("revision")), said.pop("flags"), dict(said.pop("store"))
    extra = tuple((_text(name), _text(value)) for name, value in store.pop("extra"))
    return VisitHeader(
        revision=revision,
        flags=tuple(_text(flag) for flag in flags),
        store=Store(**{name: _text(value) for name, value in store.items()}, extra=extra),
        **{name: _text(value) for name, value in said.items()},
    )


def _photo_document(photo: PhotoInfo) -> dict[str, Any]:
    document = {**asdict(photo), "key": list(photo.key)}
    # Documents from before photos could be edited have no such names.
    return {name: value for name, value in document.items() if value or name not in _EDITED}


def _photo(document: Mapping[str, Any]) -> PhotoInfo:
    path, instance = document["key"]
    sizes = {"width", "height"}
    names = [field.name for field in fields(PhotoInfo) if field.name != "key"]
    document = dict.fromkeys(_EDITED, "") | dict(document)
    said: dict[str, Any] = {name: _whole(document[name]) if name in sizes else _text(document[name]) for name in names}
    return PhotoInfo(key=_key(path, instance), **said)


def _check_fractions(document: object) -> None:
    """Raise ValueError where a text that will be made a fraction isn't one of a size that a score can have."""
    pending: list[object] = [document]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            for name, value in part.items():
                if name in _FRACTIONS and value is not None and not _FRACTION.fullmatch(_text(value)):
                    raise ValueError(name)
                if name != "reason":  # what reasons say is text for people
                    pending.append(value)
        elif isinstance(part, list):
            pending.extend(part)


def _key(path: object, instance: object) -> AnswerKey:
    return AnswerKey(_text(path), _text(instance))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def _whole(value: object) -> int:
    if type(value) is not int or abs(value) >= 1 << 53:
        raise TypeError(type(value).__name__)
    return value


def _decimal(value: object) -> str:
    if not _DECIMAL.fullmatch(_text(value)):
        raise ValueError("number")
    return _text(value)
