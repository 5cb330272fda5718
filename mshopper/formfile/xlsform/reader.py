"""An XLSForm -> a Form with every problem and warning at its sheet, row and column.

Lenient as real files need: what can be understood opens, what was skipped or mended is a warning, and refused is only what
has no meaning: no survey, no questions, scoring columns that would score wrongly.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mshopper.formfile.beside import FilesBeside
from mshopper.formfile.problems import FormCheck
from mshopper.formfile.xlsform.choices import ChoiceLists, read_choices
from mshopper.formfile.xlsform.columns import CHOICES, SURVEY, TRANSLATED, Dialect
from mshopper.formfile.xlsform.context import Context
from mshopper.formfile.xlsform.languages import DEFAULT, Languages
from mshopper.formfile.xlsform.media import warn_of_media
from mshopper.formfile.xlsform.mending import mend
from mshopper.formfile.xlsform.notes import Notes, Place
from mshopper.formfile.xlsform.outline import read_outline
from mshopper.formfile.xlsform.scores import Scores
from mshopper.formfile.xlsform.sections import Sections
from mshopper.formfile.xlsform.settings import form_of, read_settings, settings_table
from mshopper.formfile.xlsform.table import Row, Table, read_table, warn_unused
from mshopper.formfile.xlsform.tables import external_tables, own_tables, tables_read_by
from mshopper.formfile.xlsform.workbook import Sheet, cell_text, read_csv_form, read_workbook
from mshopper.i18n import _
from mshopper.model.form import Dimension, Form
from mshopper.model.form import Table as FormTable

_SURVEY = Dialect.of(SURVEY)
_CHOICES = Dialect.of(CHOICES)
_SURVEY_NEEDS = (frozenset({"type"}), frozenset({"name", "label"}))
_CHOICES_NEED = (frozenset({"list_name"}), frozenset({"name", "label"}))
_SHEETS = {
    "survey": ("survey", "survey_sheet", "questions", "form"),
    "choices": ("choices", "choice", "select_options", "options"),
    "settings": ("settings", "setting"),
    "external_choices": ("external_choices",),
    "dimensions": ("mshopper_dimensions",),
    "tables": ("mshopper_tables",),
}


def _plain(title: str) -> str:
    return "_".join(title.strip().lower().replace("-", " ").replace("_", " ").split())


def check_workbook(content: bytes, path: Path) -> FormCheck:
    """The XLSForm in a workbook's bytes; `path` names it in messages, and files beside it are read from its folder."""
    known = {title for titles in _SHEETS.values() for title in titles}
    sheets = read_workbook(content, str(path), lambda title: _plain(title) in known)
    if _pick(sheets, "survey") is None:
        sheets = [*sheets, *_with_a_survey(read_workbook(content, str(path), lambda title: _plain(title) not in known))]
    return _check(sheets, path)


def check_csv(text: str, path: Path) -> FormCheck:
    """The XLSForm in a CSV's text."""
    return _check(read_csv_form(text), path)


def check_sheets(sheets: Mapping[str, Sequence[Sequence[str]]], path: Path) -> FormCheck:
    """The XLSForm in sheets of texts, as our writer makes them."""
    made = []
    for name, rows in sheets.items():
        texts = ([cell_text(cell) for cell in row] for row in rows)
        made.append(Sheet(name, [(number, row) for number, row in enumerate(texts, start=1) if any(row)]))
    return _check(made, path)


def _pick(sheets: list[Sheet], wanted: str) -> Sheet | None:
    """The sheet of that name, the exact one before another spelling."""
    by_title = {_plain(sheet.name): sheet for sheet in reversed(sheets)}
    return next((by_title[title] for title in _SHEETS[wanted] if title in by_title), None)


def _with_a_survey(sheets: list[Sheet]) -> Iterator[Sheet]:
    """The first sheet of another name that has a survey's header."""
    for sheet in sheets:
        if read_table(sheet, _SURVEY, (frozenset({"type"}), frozenset({"name"})), Notes("")) is not None:
            yield replace(sheet, name="survey")
            return


def _check(sheets: list[Sheet], path: Path) -> FormCheck:
    notes = Notes(str(path))
    survey = _pick(sheets, "survey")
    table = read_table(survey, _SURVEY, _SURVEY_NEEDS, notes) if survey else None
    if survey is None or table is None:
        _refuse_without_survey(survey, notes)
        return FormCheck(None, notes.sorted_problems(), notes.sorted_warnings())
    warn_unused(table, notes)
    choices = _pick(sheets, "choices")
    lists_table = read_table(choices, _CHOICES, _CHOICES_NEED, notes) if choices else None
    form = _Reading(sheets, table, lists_table, path, notes).form()
    problems = notes.sorted_problems()
    return FormCheck(None if problems else form, problems, notes.sorted_warnings())


def _refuse_without_survey(survey: Sheet | None, notes: Notes) -> None:
    if survey is None:
        what = _("there is no sheet `survey`, so nothing to ask")
        notes.refuse(Place(), what, _("Name the sheet with the questions `survey`."))
        return
    what = _("the sheet has no header with the columns type and name")
    notes.refuse(Place(survey.name, survey.rows[0][0] if survey.rows else 0), what, _("Write them in its first row."))


class _Reading:
    """One form being read: the steps share its languages and context."""

    def __init__(self, sheets: list[Sheet], survey: Table, choices: Table | None, path: Path, notes: Notes) -> None:
        self.sheets, self.survey, self.choices, self.path, self.notes = sheets, survey, choices, path, notes
        self.scores = Scores(notes)
        settings_sheet = settings_table(_pick(sheets, "settings"), notes)
        named = [
            language
            for table in (survey, choices, settings_sheet)
            if table is not None
            for language in table.languages()
        ]
        self.languages = Languages(named)
        self.settings = read_settings(settings_sheet, self.languages)

    def form(self) -> Form | None:
        """The form; None, with its problem, where there are no questions."""
        rows = list(self.survey.rows(self.languages))
        codes = self._codes(rows)
        lists = ChoiceLists()
        if self.choices is not None:
            lists = read_choices(self.choices.rows(self.languages), self.choices, self.notes)
        context = Context(self.notes, lists, codes, FilesBeside(self.path))
        self._take_tables(context)
        outline = read_outline(rows, self.notes)
        context.name_all(outline)
        form = form_of(self.settings, self.path, codes, self._dimensions(), self.scores)
        form = replace(form, sections=Sections(context, self.scores).top(outline, form.title))
        if not form.questions:
            what = _("the survey has no questions")
            self.notes.refuse(Place(self.survey.sheet.name), what, _("Write a row for each below the header."))
            return None
        form = replace(form, tables=self._tables(form, context))
        warn_of_media(form, context)
        return mend(form, context, self.settings.row)

    def _codes(self, rows: list[Row]) -> tuple[str, ...]:
        """The form's languages, the default first. Texts without a language make one of their own beside others."""
        if self.settings.languages:
            return self.languages.codes(self.settings.languages)
        text_kinds = TRANSLATED - {"image", "big-image", "audio", "video"}
        tables = [table for table in (self.survey, self.choices) if table is not None]
        named = self.languages.codes(name for table in tables for name in table.languages(text_kinds))
        default = self.languages.code(self.settings.default_language)
        has_plain = any(language == "" for row in rows for language, _words in row.words.get("label", ()))
        if default and (default in named or has_plain):
            return tuple(dict.fromkeys((default, *named)))
        return (DEFAULT, *named) if has_plain and named else named

    def _dimensions(self) -> list[Dimension]:
        """Dimensions with titles, from the sheet that our writer makes."""
        sheet = _pick(self.sheets, "dimensions")
        dialect = Dialect.of({"name": ("name",), "label": ("label",)})
        table = read_table(sheet, dialect, (frozenset({"name"}),), self.notes) if sheet else None
        rows = table.rows(self.languages) if table else ()
        return [Dimension(row.get("name"), row.text("label")) for row in rows if row.get("name")]

    def _take_tables(self, context: Context) -> None:
        for wanted, read in (("external_choices", external_tables), ("tables", own_tables)):
            if sheet := _pick(self.sheets, wanted):
                context.tables.update({table.name: table for table in read(sheet)})

    def _tables(self, form: Form, context: Context) -> tuple[FormTable, ...]:
        """The tables that choices and rules read: the form's own lists, and CSV files beside it."""
        settings = self.settings.row.place("instance_name") if self.settings.row else Place()
        read_at: dict[str, Place] = {}
        for rule, place in (*context.rules.items(), (form.instance_name, settings)):
            for name in tables_read_by(rule):
                read_at.setdefault(name.removesuffix(".csv"), place)
        asks_for_texts = any("itext" in rule for rule in context.rules)
        for name, place in read_at.items():
            if name in context.tables:
                continue
            if found := context.lists.find(name):
                context.tables[name] = replace(
                    found.as_table(context.language, with_text_ids=asks_for_texts), name=name
                )
            elif context.table(name) is None and not name.startswith("uuid:"):
                self.notes.warn(
                    place,
                    _("the list `{name}` that rules read isn't there; they find nothing").format(name=name),
                    _("Put {file} into the form's folder and open the form again.").format(file=f"{name}.csv"),
                )
        return tuple(context.tables.values())
