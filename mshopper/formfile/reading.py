"""A form file -> Form, or every problem in it: the first arrow of the way of the data.

A workbook goes to `xlsform`. Other text becomes a Document (YAML or JSON, with lines), the Document's shape is checked by
pydantic (`language`), then the Form built from it is checked for its meaning and its rules. pydantic is imported here only
when a form is read: the window opens without it.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mshopper.errors import FormProblemsError
from mshopper.formfile.document import Document
from mshopper.formfile.problems import Finding, FormCheck, Location, Problem
from mshopper.formfile.source import read_source, text_of
from mshopper.formfile.xlsform.workbook import decode_csv, is_csv_form, is_workbook
from mshopper.i18n import _, ngettext
from mshopper.model.form import Form

if TYPE_CHECKING:
    from mshopper.formfile.document import DocumentBuilder


def read_form(path: Path | str) -> Form:
    """The form in the file at `path`: YAML, JSON, or an XLSForm as workbook or CSV, whatever its suffix.

    Raises FormProblemsError, with every problem, for a form that can't be used, and MshopperError for a file that
    can't be read.
    """
    return _form_of(check_form(path), str(path))


def check_form(path: Path | str) -> FormCheck:
    """The form file at `path` with its problems and warnings. Raises MshopperError only for a file that can't be read."""
    with _without_collecting():
        return _check_file(path)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A form read makes tens of thousands of objects that stay: looking for garbage among them would find none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check_file(path: Path | str) -> FormCheck:
    content = read_source(Path(path))
    if is_workbook(content):
        from mshopper.formfile.xlsform.reader import check_workbook

        return check_workbook(content, Path(path))
    if is_csv_form(text := decode_csv(content)):
        from mshopper.formfile.xlsform.reader import check_csv

        return check_csv(text, Path(path))
    return check_text(text_of(content, Path(path)), str(path))


def check_text(text: str, name: str) -> FormCheck:
    """A form as text (YAML, or JSON where it begins with a brace), called `name` in messages."""
    builder, complete = _read(text, name)
    document = builder.document
    if not complete:
        return _check_of(document, None, builder.findings)
    if document.data is None:
        nothing = Finding((), _("the file holds no form"), _("Begin with `mshopper: 1`."))
        return _check_of(document, None, [*builder.findings, nothing])
    form, findings = _check(document, [finding.location for finding in builder.findings if finding.unreadable])
    return _check_of(document, form, [*builder.findings, *findings])


def read_form_document(data: object, *, name: str) -> Form:
    """The form in JSON-like `data` (a form document of the store, or a JSON file's data), called `name` in messages.

    Raises FormProblemsError like `read_form`, without lines.
    """
    document = Document(name, data)
    form, findings = _check(document, [])
    return _form_of(_check_of(document, form, findings), name)


def form_schema() -> dict[str, Any]:
    """The JSON Schema of a form file, for editors."""
    from mshopper.formfile.language import json_schema

    return json_schema()


def _read(text: str, name: str) -> "tuple[DocumentBuilder, bool]":
    if text.lstrip().startswith("{"):
        from mshopper.formfile.json_reader import read_json

        return read_json(text, name)
    from mshopper.formfile.yaml_reader import read_yaml

    return read_yaml(text, name)


def _check(document: Document, unreadable: list[Location]) -> tuple[Form | None, list[Finding]]:
    """Shape, then meaning; of a form with problems of shape, the meaning of what is left. `unreadable` is known already."""
    from pydantic import ValidationError

    from mshopper.formfile import explain, language
    from mshopper.formfile.build import build_form
    from mshopper.formfile.salvage import salvage

    if not isinstance(document.data, dict):
        return None, [Finding((), _("this is not a form"), _("Begin with `mshopper: 1`, and write keys and values."))]
    try:
        keys = language.FormKeys.model_validate(document.data)
    except ValidationError as error:
        shape = [f for f in explain.findings_of(error, document) if f.location not in unreadable]
        rest = salvage(document.data, [*(finding.location for finding in shape), *unreadable])
        if rest is None:
            return None, shape
        form, notation = build_form(rest.keys)
        return None, [*shape, *filter(rest.believes, [*notation, *_meaning(form)])]
    form, notation = build_form(keys)
    return form, [*notation, *_meaning(form)]


def _meaning(form: Form) -> Iterable[Finding]:
    from mshopper.formfile.meaning import meaning_findings
    from mshopper.formfile.rule_checks import rule_findings

    return [*meaning_findings(form), *rule_findings(form)]


def _check_of(document: Document, form: Form | None, findings: list[Finding]) -> FormCheck:
    problems = _in_order(document, [finding for finding in findings if not finding.warning])
    warnings = _in_order(document, [finding for finding in findings if finding.warning])
    return FormCheck(None if problems else form, problems, warnings)


def _in_order(document: Document, findings: list[Finding]) -> tuple[Problem, ...]:
    located = dict.fromkeys(document.problem(finding) for finding in findings)
    return tuple(sorted(located, key=lambda problem: (problem.line, problem.column)))


def _form_of(check: FormCheck, name: str) -> Form:
    if check.form is not None:
        return check.form
    count = len(check.problems)
    sentence = ngettext(
        "{file} can't be used, it has a problem: {first}",
        "{file} can't be used, it has {n} problems. The first: {first}",
        count,
    ).format(file=name, n=count, first=check.problems[0].sentence)
    raise FormProblemsError(sentence, check.problems)
