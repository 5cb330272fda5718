"""Our own columns of a survey -> what a question, section or form says beyond XLSForm, held to the form language's checks.

Each cell becomes the key of the YAML language that it stands for, and is read by the same models, so that both formats
mean and refuse the same. A wrong score is worse than none: what is wrong here is a problem, never skipped.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from mshopper.formfile.document import Document
from mshopper.formfile.problems import Finding, short, suggestion
from mshopper.formfile.xlsform.notes import Notes, Place
from mshopper.formfile.xlsform.questions import read_parameters
from mshopper.formfile.xlsform.table import Row
from mshopper.i18n import _
from mshopper.model.form import CHOICE_TYPES, QUESTION_TYPES, SCALE_TYPES, Choice, Form, Question, Repeat, Section

if TYPE_CHECKING:
    from pydantic import ValidationError

QUESTION_KEYS = {
    "score::points": "points",
    "score::weight": "weight",
    "score::dimension": "dimension",
    "score::critical": "critical",
    "score::bands": "bands",
    "score::evidence": "evidence",
    "score::na": "na",
    "score::bonus": "bonus",
    "mshopper::style": "style",
    "mshopper::scale": "scale",
    "mshopper::variant": "variant",
    "mshopper::currency": "currency",
    "mshopper::staff": "staff",
    "mshopper::min": "min",
    "mshopper::max": "max",
    "mshopper::checks": "check",
}
"""Column -> key of a question."""

SECTION_KEYS = {
    "score::weight": "weight",
    "score::pass_mark": "pass_mark",
    "mshopper::phase": "phase",
    "mshopper::touchpoint": "touchpoint",
    "mshopper::repeat_min": "min",
    "mshopper::repeat_max": "max",
}
"""Column -> key of a section, or of its repeat."""

OWN = frozenset({*QUESTION_KEYS, *SECTION_KEYS, "mshopper::type", "mshopper::repeat_label"})

_TRUE = ("yes", "true", "true()", "1", "x", "si", "sì")
_FALSE = ("no", "false", "false()", "0")
_PAIR = re.compile(r"\s*([^=:,;\n]+?)\s*[=:]\s*([^=:,;\n]+?)\s*")
_SPLIT = re.compile(r"[,;\n]")
_WORD_LIST = re.compile(r"[\s,;]+")
_EVIDENCE = re.compile(r"\s*(photos|comment)\s*[=:]\s*(\S+?)\s*(?:[,;]\s*|\s+|$)", re.IGNORECASE)
_WHEN = re.compile(r"\s*when\s*[=:]\s*(.+)", re.IGNORECASE | re.DOTALL)
_EFFECT = re.compile(r"(.*?)\s*=>\s*(fail|zero_section|zero_form|cap\s*[=:]?\s*[0-9.]+)\s*", re.DOTALL)


def _fraction(text: str) -> Fraction | None:
    return Fraction(text) if re.fullmatch(r"[+-]?[0-9]{1,30}(\.[0-9]{1,20})?", text) else None


def _json(cell: str) -> Any:
    """A cell in JSON, the notation for what the short ones can't say; None for another."""
    if cell.startswith(("{", "[", '"')):
        try:
            return json.loads(cell)
        except ValueError:
            return None
    return None


def _flag(cell: str) -> object:
    return True if cell.lower() in _TRUE else False if cell.lower() in _FALSE else cell


def _pairs(cell: str) -> object:
    """`yes=5, no=0` as a mapping; anything else as it stands."""
    parts = [part for part in _SPLIT.split(cell) if part.strip()]
    pairs = [_PAIR.fullmatch(part) for part in parts]
    return {pair[1]: pair[2] for pair in pairs if pair} if parts and all(pairs) else cell


def _bands(cell: str) -> object:
    """`60=10, 180=5, else=0`: up to 60 gives 10, up to 180 gives 5, above it 0."""
    bands = []
    for part in _SPLIT.split(cell):
        if not part.strip():
            continue
        pair = _PAIR.fullmatch(part)
        if not pair:
            return cell
        is_rest = pair[1].lower() in ("else", "*", "above", "altro", "oltre")
        bands.append({"points": pair[2]} if is_rest else {"to": pair[1], "points": pair[2]})
    return bands


def _condition(text: str) -> object:
    """A rule, or answers separated by commas."""
    text = text.strip()
    if "${" in text or text.startswith("."):
        return text
    return [part.strip() for part in re.split("[,;]", text) if part.strip()]


def _criticals(cell: str) -> object:
    """A line each: an answer, several, or a rule; then `=> zero_section`, `=> zero_form` or `=> cap 50`, else it fails."""
    found = []
    for line in filter(str.strip, cell.split("\n")):
        if not (match := _EFFECT.fullmatch(line)):
            found.append({"when": _condition(line)})
            continue
        effect: object = match[2]
        if match[2].startswith("cap"):
            effect = {"cap": match[2].removeprefix("cap").strip(" =:")}
        found.append({"when": _condition(match[1]), "effect": effect})
    return found


def _evidences(cell: str) -> object:
    """A line each: `photos=1 comment=20 when=no`; `when` last, since a rule may stand in it."""
    found = []
    for line in filter(str.strip, cell.split("\n")):
        asked: dict[str, object] = {}
        rest = line
        while match := _EVIDENCE.match(rest):
            asked[match[1].lower()] = match[2].rstrip(",;")
            rest = rest[match.end() :]
        if match := _WHEN.fullmatch(rest):
            asked["when"] = _condition(match[1])
        elif rest.strip():
            return cell
        found.append(asked)
    return found


_READERS: dict[str, Callable[[str], object]] = {
    "points": _pairs,
    "dimension": lambda cell: [word for word in _WORD_LIST.split(cell) if word],
    "critical": _criticals,
    "bands": _bands,
    "evidence": _evidences,
    "na": _flag,
    "bonus": _flag,
    "cap": _flag,
    "grades": lambda cell: _graded(_pairs(cell)),
    "dimensions": lambda cell: [word for word in _WORD_LIST.split(cell) if word],
    "languages": lambda cell: [word.strip() for word in re.split("[,;]", cell) if word.strip()],
}


def _graded(pairs: object) -> object:
    return [{"id": key, "from": value} for key, value in pairs.items()] if isinstance(pairs, Mapping) else pairs


def key_value(key: str, cell: str) -> object:
    """The value of a key of the form language as a cell says it."""
    said = _json(cell)
    return said if said is not None else _READERS.get(key, str)(cell)


class Scores:
    """Reads our columns; `notes` takes what is wrong with them."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    def question(self, question: Question, row: Row) -> Question:
        """The question with what our columns in its row say."""
        if not any(kind in OWN for kind in row.cells):
            return question
        question = self._typed(question, row)
        data: dict[str, object] = {"id": question.id, "type": question.type}
        for kind, key in QUESTION_KEYS.items():
            if cell := row.get(kind):
                is_choice = key == "na" and question.choice(cell) is not None and cell.lower() != "true"
                data[key] = cell if is_choice else key_value(key, cell)
        if question.type in ("choice", "choices", "ranking"):
            data["choices"] = [choice.id for choice in question.choices]
        if question.type == "rating":
            data = _bounds_of_range(row) | data
        if question.type == "calculate" and question.calculate:
            data["calculate"] = question.calculate
        return self._merged(question, data, row)

    def _typed(self, question: Question, row: Row) -> Question:
        """The question of the type that the column mshopper::type says."""
        wanted = row.get("mshopper::type").lower().replace(" ", "_").replace("yesno", "yes_no")
        if wanted == "signature" and question.type in ("photo", "signature"):
            words = question.appearance.split()  # the word that makes other tools ask for one
            kept = " ".join(word for index, word in enumerate(words) if word != "signature" or index < len(words) - 1)
            return replace(question, type="signature", appearance=kept)
        if not wanted or wanted == question.type:
            return question
        if wanted not in QUESTION_TYPES:
            what = _("`{type}` is no type of question").format(type=short(wanted))
            self.notes.refuse(row.place("mshopper::type"), what, suggestion(wanted, list(QUESTION_TYPES)))
            return question
        if wanted == "yes_no":
            return self._yes_no(question, row)
        if wanted in CHOICE_TYPES and not question.choices and not question.choices_from:
            what = _("a question of type {type} needs a list of choices").format(type=wanted)
            self.notes.refuse(row.place("type"), what, _("Write `select_one list` in the column type."))
            return question
        if wanted in SCALE_TYPES:
            others = tuple(pair for pair in question.parameters if pair[0] not in ("start", "end", "step"))
            question = replace(question, minimum=None, maximum=None, parameters=others)
        choices = question.choices if wanted in CHOICE_TYPES else ()
        return replace(question, type=wanted, choices=choices)

    def _yes_no(self, question: Question, row: Row) -> Question:
        """A yes_no has the choices yes and no, where a list gives them points of their own only."""
        if question.choices and {choice.id for choice in question.choices} != {"yes", "no"}:
            what = _("a question of type yes_no has the choices `yes` and `no`, and this list has others")
            self.notes.refuse(row.place("type"), what, _("Use the type choice, or name them yes and no."))
            return question
        worth = {choice.id: choice.points for choice in question.choices}
        choices: tuple[Choice, ...] = ()
        if any(points is not None for points in worth.values()):
            choices = tuple(Choice(answer, points=worth.get(answer) or Fraction(0)) for answer in ("yes", "no"))
        return replace(question, type="yes_no", choices=choices, choice_filter="")

    def _merged(self, question: Question, data: dict[str, object], row: Row) -> Question:
        from pydantic import ValidationError

        from mshopper.formfile import language
        from mshopper.formfile.build import build_question

        columns = {key: kind for kind, key in QUESTION_KEYS.items()} | {"choices": "type"}
        model = language.question_types()[question.type]
        try:
            keys = model.model_validate(data)
        except ValidationError as error:
            self._refuse(error, data, row, columns)
            return question
        said, findings = build_question(keys)  # type: ignore[arg-type]
        for finding in findings:
            self._find(finding, row, columns)
        kept = {name: getattr(said, name) for name, key in _TAKEN.items() if key in data}
        if question.type == "yes_no":
            kept["choices"] = said.choices or question.choices
        elif question.type in ("choice", "choices") and isinstance(data.get("points"), Mapping):
            worth = {choice.id: choice.points for choice in said.choices}
            kept["choices"] = tuple(
                replace(choice, points=worth[choice.id]) if worth.get(choice.id) is not None else choice
                for choice in question.choices
            )
        return replace(question, **kept, checks=question.checks + said.checks)

    def section(self, section: Section, row: Row) -> Section:
        """The section with what our columns in its row say."""
        label = row.text("mshopper::repeat_label")
        if not label and not any(kind in SECTION_KEYS for kind in row.cells):
            return section
        from pydantic import ValidationError

        from mshopper.formfile import language

        data: dict[str, object] = {"id": section.id, "questions": []}
        repeat: dict[str, object] = {}
        for kind, key in SECTION_KEYS.items():
            if cell := row.get(kind):
                (repeat if kind.startswith("mshopper::repeat") else data)[key] = cell
        if section.repeat is not None:
            data["repeat"] = repeat
        columns = {key: kind for kind, key in SECTION_KEYS.items()}
        try:
            keys = language.SectionKeys.model_validate(data)
        except ValidationError as error:
            self._refuse(error, data, row, columns)
            return section
        if section.repeat is not None and keys.repeat is not None:
            own = Repeat(keys.repeat.minimum, keys.repeat.maximum, label, section.repeat.count)
            section = replace(section, repeat=own)
        return replace(
            section, weight=keys.weight, pass_mark=keys.pass_mark, phase=keys.phase, touchpoint=keys.touchpoint
        )

    def form(self, form: Form, data: Mapping[str, object], row: Row, columns: Mapping[str, str]) -> Form:
        """The form with what our columns of the sheet settings say, given as keys of the form language."""
        from pydantic import ValidationError

        from mshopper.formfile import language
        from mshopper.formfile.build import build_form

        document = {"mshopper": "1", "id": "form", "version": "1", "sections": [], **data}
        try:
            said, _findings = build_form(language.FormKeys.model_validate(document))
        except ValidationError as error:
            self._refuse(error, document, row, columns)
            return form
        return replace(
            form,
            channel=said.channel,
            briefing=form.briefing,
            people=said.people,
            dimensions=said.dimensions,
            scoring=said.scoring,
        )

    def _refuse(self, error: "ValidationError", data: object, row: Row, columns: Mapping[str, str]) -> None:
        from mshopper.formfile import explain

        for finding in explain.findings_of(error, Document(self.notes.file, data)):
            self._find(finding, row, columns)

    def _find(self, finding: Finding, row: Row, columns: Mapping[str, str]) -> None:
        steps = [step for step in finding.location if isinstance(step, str) and step in columns]
        kind = columns[steps[0]] if steps else ""
        place = row.place(kind)
        where = ".".join(part for part in (row.get("name"), kind) if part)
        self.notes.refuse(Place(place.sheet, place.row, place.column, where), finding.what, finding.remedy)


_TAKEN = {
    "points": "points",
    "bands": "bands",
    "dimensions": "dimension",
    "weight": "weight",
    "bonus": "bonus",
    "na": "na",
    "na_choice": "na",
    "critical": "critical",
    "evidence": "evidence",
    "minimum": "min",
    "maximum": "max",
    "style": "style",
    "scale": "scale",
    "variant": "variant",
    "currency": "currency",
    "staff": "staff",
}


def _bounds_of_range(row: Row) -> dict[str, object]:
    """A rating's bounds as the standard's range says them, where they aren't a rating's own."""
    said = dict(read_parameters(row))
    pairs = (("min", said.get("start"), "1"), ("max", said.get("end"), "5"))
    return {key: value for key, value, default in pairs if value is not None and value != default}
