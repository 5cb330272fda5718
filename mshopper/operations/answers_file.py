"""ANSWERS.json: a visit's answers as a file, for `mshopper score` and `mshopper visit record`.

It maps a question's id to a value, or to `{"value", "na", "comment", "photos": [path], "seconds"}`; a repeated section's
id to a list of such mappings. All that is wrong is said at once.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mshopper.errors import MshopperError
from mshopper.i18n import _, ngettext
from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.form import CHOICE_TYPES, PICTURE_TYPES, Form, Question, Section
from mshopper.model.validation import YES_NO, own_violations, parse_value

_MOST_BYTES = 32 * 1024 * 1024
_MOST_INSTANCES = 10_000
_LONGEST_NUMBER = 60
"""In digits."""
_ENTRY = frozenset({"value", "na", "comment", "photos", "seconds"})


@dataclass
class FiledAnswers:
    """What a file says: answers and instance counts by key, and the photo files to attach."""

    answers: dict[AnswerKey, Answer] = field(default_factory=dict)
    counts: dict[AnswerKey, int] = field(default_factory=dict)
    photos: list[tuple[AnswerKey, Path]] = field(default_factory=list)


def read_answers(path: Path, form: Form) -> FiledAnswers:
    """Read ANSWERS.json for `form`; photo paths are relative to the file. Raises MshopperError with all that is wrong."""
    return _Reader(form, path).read(_load(path))


def _load(path: Path) -> Any:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise MshopperError(
                _("“{file}” is too large to be a file of answers: choose another.").format(file=path.name)
            )
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise MshopperError(_("There is no file “{file}”: check its name and folder.").format(file=path)) from None
    except UnicodeDecodeError:
        raise MshopperError(
            _("“{file}” is not a text file in UTF-8: save it as UTF-8 and try again.").format(file=path.name)
        ) from None
    except OSError as error:
        raise MshopperError(
            _("“{file}” can't be read ({reason}): check the disk and the name.").format(
                file=path, reason=error.strerror or error
            )
        ) from None
    try:
        return json.loads(
            text, parse_float=_number, parse_int=_number, parse_constant=_no_number, object_pairs_hook=_each_once
        )
    except RecursionError:
        raise MshopperError(
            _("“{file}” is nested too deeply to be a file of answers: choose another.").format(file=path.name)
        ) from None
    except json.JSONDecodeError as error:
        sentence = _("“{file}”, line {line}: this is not JSON ({what}).")
        raise MshopperError(sentence.format(file=path.name, line=error.lineno, what=error.msg)) from None
    except ValueError as error:
        raise MshopperError(f"“{path.name}”: {error}") from None


def _number(text: str) -> int | Decimal:
    """A number of the file, exact; one of more digits than anything in a shop has would only keep the program busy."""
    if len(text) > _LONGEST_NUMBER or abs(Decimal(text).adjusted()) > _LONGEST_NUMBER:
        _no_number(f"{text[:_LONGEST_NUMBER]}…" if len(text) > _LONGEST_NUMBER else text)
    return int(text) if text.lstrip("-").isdecimal() else Decimal(text)


def _no_number(name: str) -> Any:
    raise ValueError(_("{name} is not a number that can be used.").format(name=name))


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(_("“{name}” stands there twice.").format(name=name))
        found[name] = value
    return found


class _Reader:
    def __init__(self, form: Form, path: Path) -> None:
        self.form = form
        self.path = path
        self.found = FiledAnswers()
        self.problems: list[str] = []

    def read(self, data: Any) -> FiledAnswers:
        if not isinstance(data, dict):
            raise MshopperError(
                _("“{file}” must be a mapping of question ids to answers, in braces.").format(file=self.path.name)
            )
        self._mapping(data, around="", instance="")
        if self.problems:
            shown = "\n".join(f"  {problem}" for problem in self.problems[:20])
            raise MshopperError(
                ngettext(
                    "“{file}” has {n} answer that doesn't fit the form:\n{problems}",
                    "“{file}” has {n} answers that don't fit the form:\n{problems}",
                    len(self.problems),
                ).format(file=self.path.name, n=len(self.problems), problems=shown)
            )
        return self.found

    def _mapping(self, data: Mapping[str, Any], around: str, instance: str) -> None:
        for name, value in data.items():
            path = self._path(name, around)
            if path is None:
                near = get_close_matches(name, list(self.form.by_name), n=1)
                hint = " " + _("Did you mean “{name}”?").format(name=near[0]) if near else ""
                self.problems.append(_("“{name}”: the form has no such question.").format(name=name) + hint)
                continue
            placed = self.form.places[path]
            levels = instance.count(".") + 1 if instance else 0
            if isinstance(placed.item, Section):
                self._section(path, value, instance, levels)
            elif len(placed.repeats) < levels:
                self.problems.append(_("“{name}” doesn't stand in that section.").format(name=name))
            elif len(placed.repeats) > levels:
                self.problems.append(_("“{name}” stands in a repeated section: list its instances.").format(name=name))
            else:
                self._answer(AnswerKey(path, instance), placed.item, value)

    def _path(self, name: str, around: str) -> str | None:
        """The place that `name` means: first in the section around it, then anywhere."""
        if around:
            inside = [p for p in self.form.by_name.get(name, ()) if p.startswith(f"{around}/")]
            if len(inside) == 1:
                return inside[0]
        return self.form.path_of(name)

    def _section(self, path: str, value: Any, instance: str, levels: int) -> None:
        placed = self.form.places[path]
        section = placed.item
        assert isinstance(section, Section)
        if not section.repeat:
            if isinstance(value, dict):
                self._mapping(value, path, instance)
            else:
                self.problems.append(
                    _("“{name}” is a section: give a mapping of its questions.").format(name=section.id)
                )
            return
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.problems.append(_("“{name}” is repeated: give a list of mappings.").format(name=section.id))
            return
        most = section.repeat.maximum
        if len(value) > (_MOST_INSTANCES if most is None else most):
            self.problems.append(
                _("“{name}” has {n} instances, more than the form allows.").format(name=section.id, n=len(value))
            )
            return
        if len(placed.repeats) - 1 != levels:
            self.problems.append(
                _("“{name}” stands in a repeated section: list its instances.").format(name=section.id)
            )
            return
        self.found.counts[AnswerKey(path, instance)] = max(len(value), section.repeat.minimum)
        for number, one in enumerate(value, 1):
            self._mapping(one, path, f"{instance}.{number}" if instance else str(number))

    def _answer(self, key: AnswerKey, question: Question, value: Any) -> None:
        entry = value if isinstance(value, dict) else {"value": value}
        said = list(self._wrong(key, question, entry))
        if said:
            self.problems += said
            return
        self.found.photos += [(key, self.path.parent / name) for name in entry.get("photos", [])]
        seconds = entry.get("seconds")
        self.found.answers[key] = Answer(
            value=parse_value(question, entry.get("value")),
            na=bool(entry.get("na", False)),
            comment=str(entry.get("comment") or ""),
            seconds=None if seconds is None else Decimal(str(seconds)),
        )

    def _wrong(self, key: AnswerKey, question: Question, entry: Mapping[str, Any]) -> Iterator[str]:
        name = self.form.question_id(key.path) + (f" [{key.instance}]" if key.instance else "")
        for unknown in sorted(entry.keys() - _ENTRY):
            yield _("“{name}”: an answer has no “{key}”.").format(name=name, key=unknown)
        if not isinstance(entry.get("na", False), bool):
            yield _("“{name}”: “na” is true or false.").format(name=name)
        elif entry.get("na") and not question.na:
            yield _("“{name}”: the form doesn't allow “not applicable” here.").format(name=name)
        if not isinstance(entry.get("comment") or "", str):
            yield _("“{name}”: a comment is text.").format(name=name)
        photos = entry.get("photos", [])
        if not isinstance(photos, list) or not all(isinstance(one, str) for one in photos):
            yield _("“{name}”: “photos” is a list of file names.").format(name=name)
        seconds = entry.get("seconds")
        if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | Decimal) or seconds < 0):
            yield _("“{name}”: “seconds” is a number of 0 or more.").format(name=name)
        yield from self._wrong_value(name, key, question, entry.get("value"))

    def _wrong_value(self, name: str, key: AnswerKey, question: Question, value: Any) -> Iterator[str]:
        if value is None or value == "" or value == []:
            return
        if not question.is_answered_by_person:
            yield _("“{name}” is computed, or only read: it takes no answer.").format(name=name)
            return
        if question.type in PICTURE_TYPES:
            yield _("“{name}” is answered by photos: give “photos”, a list of file names.").format(name=name)
            return
        shaped = isinstance(value, str | int | Decimal) or (
            isinstance(value, list) and all(isinstance(one, str | int | Decimal) for one in value)
        )
        is_odd_flag = isinstance(value, bool) and question.type != "yes_no"
        is_number_for_words = isinstance(value, int | Decimal) and question.type in ("date", "time", "datetime")
        if (
            not shaped
            or is_odd_flag
            or is_number_for_words
            or (isinstance(value, list) and question.type not in CHOICE_TYPES)
        ):
            yield _("“{name}”: this is no answer to a question of type {type}.").format(name=name, type=question.type)
            return
        for violation in own_violations(question, key, Answer(value=parse_value(question, value))):
            if violation.code == "unknown_choice":
                yield _("“{name}”: “{value}” is no choice here: there are {choices}.").format(
                    name=name,
                    value=violation.reason.get("value"),
                    choices=", ".join([choice.id for choice in question.choices] or YES_NO),
                )
            elif violation.code == "wrong_type":
                yield _("“{name}”: “{value}” is no answer to a question of type {type}.").format(
                    name=name, value=violation.reason.get("value"), type=question.type
                )
