"""A Form -> the sheets of an XLSForm that other tools open, with what they can't say in columns of our own.

Read back, the sheets give the same Form; what they can't hold is named in sentences. Lists of choices are shared by the
questions that have the same ones; a question's points stand in the column `score` of its list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from mshopper.formfile.xlsform.cells import (
    Cells,
    bands_cell,
    checks_cell,
    conditions_cell,
    evidence_cell,
    pairs_cell,
    parameters_cell,
)
from mshopper.formfile.xlsform.types import STANDARD_UNSUPPORTED
from mshopper.model.form import CHOICE_TYPES, Choice, Form, Question, Section, Text
from mshopper.model.form_document import DEFAULT_DIMENSIONS

Sheets = Mapping[str, Sequence[Sequence[str]]]

_TYPES = {
    "yes_no": "select_one",
    "choice": "select_one",
    "choices": "select_multiple",
    "ranking": "rank",
    "rating": "range",
    "nps": "range",
    "csat": "range",
    "ces": "range",
    "number": "decimal",
    "integer": "integer",
    "duration": "decimal",
    "money": "decimal",
    "date": "date",
    "time": "time",
    "datetime": "dateTime",
    "text": "text",
    "barcode": "barcode",
    "location": "geopoint",
    "photo": "image",
    "signature": "image",
    "note": "note",
    "calculate": "calculate",
}
_OWN_TYPES = frozenset({"yes_no", "rating", "nps", "csat", "ces", "duration", "money"})
"""Types that XLSForm hasn't: another tool sees the nearest, and the column mshopper::type says which it is."""

_METADATA = frozenset(
    {"start", "end", "today", "deviceid", "username", "phonenumber", "email", "simserial", "subscriberid", "audit",
     "caseid", "start-geopoint"}
)  # fmt: skip
_FIRST = ("type", "name", "label", "hint", "guidance_hint", "required", "required_message", "relevant", "constraint",
          "constraint_message", "calculation", "trigger", "default", "read_only", "appearance", "choice_filter",
          "parameters", "repeat_count", "image", "big-image", "audio", "video", "list_name", "score")  # fmt: skip
_NAMES = {"it": "Italiano", "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "pt": "Português",
          "nl": "Nederlands", "pl": "Polski", "ro": "Română", "sl": "Slovenščina", "hr": "Hrvatski"}  # fmt: skip
_YES_NO = {"it": ("Sì", "No"), "en": ("Yes", "No"), "de": ("Ja", "Nein"), "fr": ("Oui", "Non"), "es": ("Sí", "No")}


def write_sheets(form: Form) -> Sheets:
    """The sheets of `form` by name, each as rows of texts, the header first."""
    return _Writer(form).sheets()


@dataclass
class _Sheet:
    """Rows as they come, by column; the header is made of the columns that any row fills."""

    rows: list[Cells] = field(default_factory=list)

    def table(self, languages: tuple[str, ...], always: Sequence[str]) -> list[list[str]]:
        """Header and rows: known columns in their usual order, then ours, then the rest, each by language."""
        used = dict.fromkeys(key for row in self.rows for key in row.cells)
        used = dict.fromkeys([*((kind, "") for kind in always if not any(k == kind for k, _l in used)), *used])

        kinds = list(dict.fromkeys(kind for kind, _language in used))

        def rank(key: tuple[str, str]) -> tuple[int, int, int]:
            kind, language = key
            first = _FIRST.index(kind) if kind in _FIRST else len(_FIRST)
            return (first, kinds.index(kind), _position(language, languages))

        columns = sorted(used, key=rank)
        header = [_header(kind, language) for kind, language in columns]
        return [header, *([row.cells.get(column, "") for column in columns] for row in self.rows)]


def _position(language: str, languages: tuple[str, ...]) -> int:
    return languages.index(language) + 1 if language in languages else 0


def _header(kind: str, language: str) -> str:
    shown = f"media::{kind}" if kind in ("image", "big-image", "audio", "video") else kind
    if not language:
        return shown
    return f"{shown}::{_NAMES[language]} ({language})" if language in _NAMES else f"{shown}::{language}"


class _Writer:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.survey, self.choices = _Sheet(), _Sheet()
        self._lists: dict[tuple[Choice, ...], str] = {}

    def sheets(self) -> dict[str, list[list[str]]]:
        """All sheets that have something to say, in the standard's order."""
        for section in self.form.sections:
            if section.is_implicit:
                for item in section.items:
                    self._item(item)
            else:
                self._section(section)
        languages = self.form.languages
        sheets = {"survey": self.survey.table(languages, ("type", "name", "label"))}
        sheets["choices"] = self.choices.table(languages, ("list_name", "name", "label"))
        sheets["settings"] = self._settings().table(languages, ("form_title", "form_id", "version"))
        if any(dimension.title.values for dimension in self.form.dimensions):
            sheets["mshopper_dimensions"] = self._dimensions().table(languages, ("name", "label"))
        if self.form.tables:
            sheets["mshopper_tables"] = [
                [table.name, *row] for table in self.form.tables for row in (table.columns, *table.rows)
            ]
        return sheets

    def _settings(self) -> _Sheet:
        form, row = self.form, Cells()
        row.put("form_title", form.title.get(form.language))
        if any(language for language, _words in form.title.values):
            row.text(
                "mshopper::title", form.title
            )  # translated, form_title is more than the standard's converter takes
        row.put("form_id", form.id)
        row.put("version", form.version)
        row.put("default_language", _language(form.language))
        row.put("instance_name", form.instance_name)
        row.put("mshopper::languages", ", ".join(form.languages))
        row.put("mshopper::channel", form.channel)
        row.text("mshopper::briefing", form.briefing)
        row.put("mshopper::people", "" if form.people == "none" else form.people)
        if form.dimensions != DEFAULT_DIMENSIONS and not any(one.title.values for one in form.dimensions):
            row.put("mshopper::dimensions", " ".join(one.id for one in form.dimensions) or "[]")
        policy = form.scoring
        row.put("score::aggregate", "" if policy.aggregate == "points" else policy.aggregate)
        row.put("score::unanswered", "" if policy.unanswered == "zero" else policy.unanswered)
        row.put("score::cap", "" if policy.cap else "no")
        row.number("score::pass_mark", policy.pass_mark)
        row.put(
            "score::grades", pairs_cell([(grade.id, grade.from_percent) for grade in policy.grades], ("id", "from"))
        )
        if self._has_twins():
            row.put("allow_choice_duplicates", "yes")
        return _Sheet([row])

    def _has_twins(self) -> bool:
        places = self.form.questions.values()
        return any(
            len({choice.id for choice in place.item.choices}) < len(place.item.choices)
            for place in places
            if isinstance(place.item, Question)
        )

    def _dimensions(self) -> _Sheet:
        sheet = _Sheet()
        for dimension in self.form.dimensions:
            row = Cells()
            row.put("name", dimension.id)
            row.text("label", dimension.title)
            sheet.rows.append(row)
        return sheet

    def _item(self, item: Question | Section) -> None:
        if isinstance(item, Section):
            self._section(item)
        else:
            self._question(item)

    def _section(self, section: Section) -> None:
        structure = "group" if section.repeat is None else "repeat"
        row = Cells()
        row.put("type", f"begin_{structure}")
        row.put("name", section.id)
        row.text("label", section.title)
        row.text("hint", section.hint)
        row.put("relevant", section.when)
        row.put("appearance", section.appearance)
        row.media(section.media)
        row.number("score::weight", None if section.weight == 1 else section.weight)
        row.number("score::pass_mark", section.pass_mark)
        row.put("mshopper::phase", section.phase)
        row.put("mshopper::touchpoint", section.touchpoint)
        if repeat := section.repeat:
            row.put("repeat_count", repeat.count)
            row.put("mshopper::repeat_min", "" if repeat.minimum == 1 else str(repeat.minimum))
            row.put("mshopper::repeat_max", "" if repeat.maximum is None else str(repeat.maximum))
            row.text("mshopper::repeat_label", repeat.label)
        self.survey.rows.append(row)
        for item in section.items:
            self._item(item)
        end = Cells()
        end.put("type", f"end_{structure}")
        self.survey.rows.append(end)

    def _question(self, question: Question) -> None:
        row = Cells()
        row.put("type", self._type(question))
        row.put("name", question.id)
        row.text("label", question.label)
        row.text("hint", question.hint)
        row.text("guidance_hint", question.guidance)
        row.put("required", "yes" if question.required else question.required_when)
        row.text("required_message", question.required_message)
        row.put("relevant", question.when)
        if question.checks:
            row.put("constraint", question.checks[0].that)
            row.text("constraint_message", question.checks[0].message)
        row.put("calculation", question.calculate)
        row.put("trigger", ", ".join(f"${{{name}}}" for name in question.trigger))
        row.put("default", question.default)
        row.put("read_only", "yes" if question.read_only else question.read_only_when)
        is_signature = question.type == "signature" and "signature" not in question.appearance.split()
        row.put("appearance", f"{question.appearance} signature".strip() if is_signature else question.appearance)
        row.put("choice_filter", question.choice_filter)
        most = () if question.max_pixels is None else (("max-pixels", str(question.max_pixels)),)
        row.put("parameters", parameters_cell((*_range(question), *most, *question.parameters)))
        row.media(question.media)
        self._scores(question, row)
        self.survey.rows.append(row)

    def _scores(self, question: Question, row: Cells) -> None:
        """The columns of our own."""
        looks_signed = "signature" in question.appearance.split()
        if question.type in _OWN_TYPES or looks_signed != (question.type == "signature"):
            row.put("mshopper::type", question.type)
        if question.unsupported not in STANDARD_UNSUPPORTED:
            row.put("mshopper::unsupported", question.unsupported)
        row.put("mshopper::style", question.style)
        row.put("mshopper::scale", question.scale)
        row.put("mshopper::variant", question.variant)
        row.put("mshopper::currency", question.currency)
        row.put("mshopper::staff", question.staff)
        if not _is_range(question):
            row.number("mshopper::min", question.minimum)
            row.number("mshopper::max", question.maximum)
        row.put("mshopper::checks", checks_cell(question.checks[1:]))
        row.number("score::points", question.points)
        if question.type == "yes_no" and question.choices:
            worth = [(choice.id, choice.points or Fraction(0)) for choice in question.choices]
            row.put("score::points", pairs_cell(worth))
        row.number("score::weight", None if question.weight == 1 else question.weight)
        row.put("score::dimension", " ".join(question.dimensions))
        row.put("score::bands", bands_cell(question.bands))
        row.put("score::critical", conditions_cell(question.critical))
        row.put("score::evidence", evidence_cell(question.evidence))
        row.put("score::bonus", "yes" if question.bonus else "")
        na = f'"{question.na_choice}"' if question.na_choice.lower() == "true" else question.na_choice
        row.put("score::na", na or ("true" if question.na else ""))

    def _type(self, question: Question) -> str:
        """The standard's type, with the list that the choices stand in."""
        kind = _TYPES[question.type]
        if question.type == "calculate" and question.preload:
            return question.preload if question.preload in _METADATA else "calculate"
        if _is_range(question):
            return "range"
        if question.unsupported in STANDARD_UNSUPPORTED:
            return question.unsupported
        if question.type not in CHOICE_TYPES:
            return kind
        if question.choices_from:
            if question.type == "ranking":
                return f"{kind} {question.choices_from}"
            return f"{kind}_from_file {question.choices_from}.csv"
        if question.type == "yes_no":
            return f"{kind} {self._list(self._yes_no(), 'yes_no')}"
        return f"{kind} {self._list(question.choices, question.id)}"

    def _yes_no(self) -> tuple[Choice, ...]:
        """Yes and no as other tools show them."""
        words = {language: _YES_NO[language] for language in self.form.languages if language in _YES_NO}
        if not words:
            return (Choice("yes", Text.of("Yes")), Choice("no", Text.of("No")))
        return tuple(
            Choice(answer, Text(tuple((language, both[index]) for language, both in words.items())))
            for index, answer in enumerate(("yes", "no"))
        )

    def _list(self, choices: tuple[Choice, ...], wanted: str) -> str:
        """The name of the list of these choices, written when first asked for."""
        if name := self._lists.get(choices):
            return name
        taken = set(self._lists.values()) | {table.name for table in self.form.tables}
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}_{number}", number + 1
        self._lists[choices] = name
        for choice in choices:
            row = Cells()
            row.put("list_name", name)
            row.put("name", choice.id)
            row.text("label", choice.label)
            row.number("score", choice.points)
            row.media(choice.media)
            for key, value in choice.attributes:
                row.put(key, value)
            self.choices.rows.append(row)
        return name


def _language(code: str) -> str:
    return f"{_NAMES[code]} ({code})" if code in _NAMES else code


def _range(question: Question) -> tuple[tuple[str, str], ...]:
    """A scale's bounds as the standard's range has them, so that other tools ask for the same numbers."""
    bounds = question.scale_bounds
    if bounds is None:
        return ()
    return (("start", str(bounds[0])), ("end", str(bounds[1])), ("step", "1"))


def _is_range(question: Question) -> bool:
    """Whether a number's bounds are those of the standard's range, as its parameters say them."""
    said = dict(question.parameters)
    bounds = (question.minimum, question.maximum)
    if question.type not in ("integer", "number") or None in bounds or not {"start", "end"} <= set(said):
        return False
    try:
        low, high, step = (Fraction(said.get(key, "1")) for key in ("start", "end", "step"))
    except (ValueError, ZeroDivisionError):
        return False
    is_whole = all(bound.denominator == 1 for bound in (low, high, step))
    return bounds == (low, high) and is_whole == (question.type == "integer")
