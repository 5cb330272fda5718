"""A row of a survey -> a Question: its type as ours, its rules, texts, choices and the rest of its columns."""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from mshopper.formfile.problems import short
from mshopper.formfile.xlsform.choices import ChoiceList, media_of, with_other
from mshopper.formfile.xlsform.context import Context
from mshopper.formfile.xlsform.outline import Node
from mshopper.formfile.xlsform.searching import with_search
from mshopper.formfile.xlsform.table import Row
from mshopper.formfile.xlsform.tables import table_name
from mshopper.formfile.xlsform.types import TypeCell, likely_type
from mshopper.i18n import _
from mshopper.model.form import Check, Choice, Question, Text
from mshopper.model.rules.form_rules import REFERENCE, is_expression

YES = frozenset(
    {"yes", "true", "true()", "1", "y", "x", "*", "required", "si", "sì", "sí", "oui", "ja", "sim", "mandatory", "t"}
)
NO = frozenset({"no", "false", "false()", "0", "n", "none", "optional", "non", "nein", "não", "f", "-"})

_PARAMETER = re.compile(r"([\w.\-:]+)\s*=\s*('[^']*'|\"[^\"]*\"|[^\s,;]+)")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,20})?")
_TRUE, _FALSE = "true()", "false()"
_GEOJSON = (("value", "id"), ("label", "title"))
"""What a list in GeoJSON calls its values and labels, where the form doesn't say."""
_RANGE = {"start": "1", "end": "10", "step": "1"}


def read_question(node: Node, list_above: str, context: Context) -> Question:
    """The question in a row; `list_above` is the list of choices that a matrix or score around it names."""
    row, cell = node.row, node.cell
    if cell.role == "unknown":
        cell = _unknown(row, cell, context)
    question = Question(
        id=node.name,
        type=cell.type,
        label=context.text(row, "label"),
        hint=context.text(row, "hint"),
        guidance=context.text(row, "guidance_hint"),
        media=media_of(row),
        appearance=row.get("appearance"),
        parameters=read_parameters(row),
        when=_relevance(row, context),
        calculate=context.rule(row, "calculation"),
        trigger=_trigger(row, context),
    )
    make = _MAKERS.get(cell.type, _plain)
    if not cell.list_name and (list_name := row.get("list") or list_above):
        cell = replace(cell, list_name=list_name)
    question = make(question, row, cell, context)
    if question.type in ("note", "calculate"):
        return question
    return _answered(question, row, context)


def _unknown(row: Row, cell: TypeCell, context: Context) -> TypeCell:
    written = row.get("type")
    if found := context.lists.find(written):
        context.notes.warn(
            row.place("type"),
            _("`{type}` is no type, but a list of choices: one of them is asked for").format(type=short(written)),
            _("Write `select_one {list}`.").format(list=found.name),
        )
        return TypeCell("ask", type="choice", list_name=found.name, source="list", name="select_one")
    likely = likely_type(written)
    context.notes.warn(
        row.place("type"),
        _("`{type}` is no type that is known here; the row is shown as a note").format(type=short(written)),
        _("Did you mean `{name}`?").format(name=likely) if likely else _("Write one of the standard's types."),
    )
    return replace(cell, type="note", name=short(written))


def _relevance(row: Row, context: Context) -> str:
    """When a row applies: "" for always, which authors also write as yes."""
    rule = context.rule(row, "relevant")
    return "" if rule.lower() in ("yes", "true", _TRUE, "1") else _FALSE if rule.lower() in ("no", "false") else rule


def _trigger(row: Row, context: Context) -> tuple[str, ...]:
    written = row.get("trigger")
    if not written:
        return ()
    names = REFERENCE.findall(written) or [part for part in re.split(r"[\s,;]+", written) if part]
    found = dict.fromkeys(context.reference(name) for name in names)
    known = set(context.names())
    for name in found:
        if name not in known:
            context.notes.warn(
                row.place("trigger"),
                _("there is no question `{name}` to trigger this").format(name=name),
                _("Write the name of a question: {example}.").format(example="${name}"),
            )
    return tuple(name for name in found if name in known)


def read_parameters(row: Row) -> tuple[tuple[str, str], ...]:
    """`start=1 end=10` as pairs, names in lower case."""
    written = row.get("parameters")
    pairs = ((name.lower(), value.strip("'\"")) for name, value in _PARAMETER.findall(written))
    return tuple(dict(pairs).items())


def _plain(question: Question, _row: Row, _cell: TypeCell, _context: Context) -> Question:
    return question


def _photo(question: Question, row: Row, _cell: TypeCell, context: Context) -> Question:
    said = dict(question.parameters)
    written = said.pop("max-pixels", "")
    question = replace(question, parameters=tuple(said.items()))
    if "signature" in question.appearance.split():
        return replace(question, type="signature")
    if not written:
        return question
    if not written.isdecimal() or not 16 <= int(written) <= 100_000:
        context.notes.warn(
            row.place("parameters"),
            _("max-pixels is no number of pixels: {value}; photos are kept as large as usual").format(
                value=short(written)
            ),
            _("Write the longest side that a photo may have: max-pixels=1024."),
        )
        return question
    return replace(question, max_pixels=int(written))


_WHY_NOTES: dict[str, Callable[[], tuple[str, str]]] = {
    "audio": lambda: (
        _("sound is never recorded here; the question is shown as a note"),
        _("Ask for a text, or leave it out."),
    ),
    "video": lambda: (
        _("no video is taken here; the question is shown as a note"),
        _("Ask for a photo with the type image."),
    ),
    "file": lambda: (
        _("no files are attached here; the question is shown as a note"),
        _("Ask for a photo with the type image."),
    ),
    "drawing": lambda: (
        _("lines and areas aren't drawn here; the question is shown as a note"),
        _("Ask for a place with the type geopoint."),
    ),
}


def _note(question: Question, row: Row, cell: TypeCell, context: Context) -> Question:
    if cell.reason:
        what, remedy = _WHY_NOTES[cell.reason]()
        context.notes.warn(row.place("type"), what, remedy)
        return replace(question, calculate="", trigger=(), unsupported=cell.name)
    if cell.role == "unknown":
        return replace(question, unsupported=cell.name)
    return replace(question, unsupported=row.get("mshopper::unsupported"))


def _calculate(question: Question, row: Row, cell: TypeCell, context: Context) -> Question:
    if cell.preload:
        return replace(question, preload=cell.preload, calculate="", trigger=())
    if cell.reason == "vendor":
        context.notes.warn(
            row.place("type"),
            _("`{type}` is another tool's own; it stays empty here").format(type=short(row.get("type"))),
            _("Leave it as it is, or remove it if a rule depends on it."),
        )
        return replace(question, calculate="''", trigger=())
    if question.calculate:
        return question
    default = context.rule(row, "default")
    if default:
        return replace(question, calculate=f"once({default})" if is_expression(default) else _quoted(default))
    if cell.type == "calculate":
        context.notes.warn(
            row.place("calculation"),
            _("nothing says what to calculate; it stays empty"),
            _("Write a rule in the column calculation."),
        )
    return replace(question, calculate="''")


def _hidden(question: Question, row: Row, cell: TypeCell, context: Context) -> Question:
    return _calculate(replace(question, type="calculate"), row, cell, context)


def _quoted(text: str) -> str:
    """A text as a rule says it; XPath has no escapes, so a text with both kinds of quotes loses one kind."""
    return f"'{text}'" if "'" not in text else '"' + text.replace('"', "'") + '"'


def _acknowledge(question: Question, _row: Row, _cell: TypeCell, _context: Context) -> Question:
    return replace(question, type="choice", choices=(Choice("OK", Text.of("OK")),))


def _range(question: Question, row: Row, _cell: TypeCell, context: Context) -> Question:
    said = _RANGE | dict(question.parameters)
    bounds = [said[key] for key in ("start", "end", "step")]
    if not all(_DECIMAL.fullmatch(bound) for bound in bounds):
        context.notes.warn(
            row.place("parameters"),
            _("the range's start, end and step aren't all numbers; a number without bounds is asked for"),
            _("Write them like this: start=0 end=10 step=1."),
        )
        return replace(question, type="number")
    low, high, step = (Fraction(bound) for bound in bounds)
    is_whole = all(bound.denominator == 1 for bound in (low, high, step))
    low, high = min(low, high), max(low, high)
    return replace(question, type="integer" if is_whole else "number", minimum=low, maximum=high)


def _select(question: Question, row: Row, cell: TypeCell, context: Context) -> Question:
    question = replace(question, choice_filter=context.rule(row, "choice_filter"))
    if cell.source in ("file", "external") and context.table(cell.list_name) is not None:
        names = _GEOJSON if cell.list_name.lower().endswith(".geojson") else ()
        said = dict(question.parameters)
        parameters = (*question.parameters, *((key, name) for key, name in names if key not in said))
        return replace(question, choices_from=table_name(cell.list_name), parameters=parameters)
    found = context.lists.find(cell.list_name)
    if found is None or not found.choices:
        return _without_choices(question, row, cell, context)
    if found.name != cell.list_name:
        context.notes.warn(
            row.place("type"),
            _("the list `{name}` is read as `{meant}`").format(name=cell.list_name, meant=found.name),
            _("Write the name in the same way on both sheets."),
        )
    choices = _choices(question, found)
    has_other = cell.has_other or found.name in context.with_other
    choices = with_other(choices, context.languages) if has_other else choices
    return with_search(replace(question, choices=choices), row, context)


def _choices(question: Question, of: ChoiceList) -> tuple[Choice, ...]:
    """A list's choices; a ranking doesn't score and can't hold one of them twice."""
    if question.type != "ranking":
        return tuple(of.choices)
    return tuple({choice.id: replace(choice, points=None) for choice in reversed(of.choices)}.values())[::-1]


def _without_choices(question: Question, row: Row, cell: TypeCell, context: Context) -> Question:
    if cell.source == "file":
        what = _("the file {file} with the choices isn't beside the form; a text is asked for")
        remedy = _("Put the file into the form's folder and open the form again.")
        context.notes.warn(row.place("type"), what.format(file=short(cell.list_name)), remedy)
    elif not cell.list_name:
        context.notes.warn(
            row.place("type"),
            _("no list of choices is named; a text is asked for"),
            _("Write the list after the type: `select_one list`."),
        )
    else:
        context.notes.warn(
            row.place("type"),
            _("there is no list of choices `{name}`; a text is asked for").format(name=short(cell.list_name)),
            context.lists.nearest(cell.list_name),
        )
    return replace(question, type="text", choice_filter="")


_MAKERS: dict[str, Callable[[Question, Row, TypeCell, Context], Question]] = {
    "photo": _photo,
    "note": _note,
    "calculate": _calculate,
    "hidden": _hidden,
    "acknowledge": _acknowledge,
    "range": _range,
    "choice": _select,
    "choices": _select,
    "ranking": _select,
}


def _answered(question: Question, row: Row, context: Context) -> Question:
    """What a question has that a person answers: required, read only, a check, a default."""
    given: dict[str, Any] = {}
    required, when = _required(row, context)
    given["required"], given["required_when"] = required, when
    given["required_message"] = context.text(row, "required_message")
    given["read_only"], given["read_only_when"] = _read_only(row, context)
    if constraint := context.rule(row, "constraint"):
        given["checks"] = (Check(constraint, context.text(row, "constraint_message")),)
    given["default"] = _default(question, row, context)
    return replace(question, **given)


def _required(row: Row, context: Context) -> tuple[bool, str]:
    """Whether an answer is required: always, or by a rule."""
    written = row.get("required")
    if not written or written.lower() in NO:
        return False, ""
    if written.lower() in YES:
        return True, ""
    rule = context.rule(row, "required")
    if re.fullmatch(r"\w+", rule):
        context.notes.warn(
            row.place("required"),
            _("`{value}` is neither yes nor no nor a rule; the answer isn't required").format(value=short(written)),
            _("Write yes, or leave the cell empty."),
        )
        return False, ""
    return False, rule


def _read_only(row: Row, context: Context) -> tuple[bool, str]:
    """Whether an answer may only be read: always, or by a rule."""
    written = row.get("read_only")
    if not written or written.lower() in NO:
        return False, ""
    if written.lower() in YES:
        return True, ""
    rule = context.rule(row, "read_only")
    if re.fullmatch(r"\w+", rule):
        context.notes.warn(
            row.place("read_only"),
            _("`{value}` is neither yes nor no nor a rule; the answer may be changed").format(value=short(written)),
            _("Write yes, or leave the cell empty."),
        )
        return False, ""
    return False, rule


def _default(question: Question, row: Row, context: Context) -> str:
    written = row.get("default")
    if not written:
        return ""
    rule = context.rule(row, "default")
    if is_expression(rule):
        return rule
    if question.type in ("choice", "choices", "ranking"):
        renamed = context.lists.renamed
        return renamed.get(written) or " ".join(renamed.get(name, name) for name in written.split())
    if question.type in ("number", "integer") and re.fullmatch(r"[+-]?[0-9]+,[0-9]+", written):
        return written.replace(",", ".")  # a cell of text, in a language that writes numbers so
    if question.type == "location" and re.fullmatch(r"-?[0-9.]+ -?[0-9.]+", written):
        return f"{written} 0 0"
    if question.type == "datetime" and re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        return f"{written}T00:00:00"
    return written
