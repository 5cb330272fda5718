"""Forms: those that come with mshopper, and those taken in from a file or from head office."""

import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper import paths
from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.operations.form_pictures import keep_pictures
from mshopper.operations.workspace import Workspace
from mshopper.store.forms import FormRow

if TYPE_CHECKING:
    from mshopper.formfile import FormCheck, Problem
    from mshopper.model.form import Form, Text
    from mshopper.operations.visits import OpenVisit

_WARNINGS = "form_warnings/{hash}"
"""The setting that keeps what was warned of when a form was taken in."""


@dataclass(frozen=True, slots=True)
class FormInfo:
    """A form for a list. `shipped` forms came with mshopper; `hash` names the exact version."""

    id: str
    version: str
    hash: str
    title: "Text"
    languages: tuple[str, ...]
    shipped: bool


@dataclass(frozen=True, slots=True)
class CheckedImport:
    """What came of taking in a form file: its problems and warnings, and the form where there are no problems.

    `content` is the file, for quoting from it.
    """

    check: "FormCheck"
    content: bytes
    info: FormInfo | None


def keep_form(workspace: Workspace, path: Path, form: "Form | None" = None) -> "tuple[Form, str, bool]":
    """Keep the form in a file: the form, its hash, and whether it wasn't there yet. Raises as `import_form`.

    `form` is what was read from the file, where that was done already.
    """
    from mshopper.formfile import read_form
    from mshopper.model.form_document import form_document, form_hash

    form = form or read_form(path)
    digest = form_hash(form)
    row = FormRow(digest, form.id, form.version, form.title, path.name, workspace.now())
    added = workspace.store.forms.add(row, document=form_document(form), source=path.read_bytes())
    return form, digest, added


def import_form(workspace: Workspace, path: Path) -> FormInfo:
    """Take in a form file; it is there for new visits from now on. Raises FormProblemsError, MshopperError, StoreError."""
    return _take(workspace, path, None)[0]


def import_checked(workspace: Workspace, path: Path) -> CheckedImport:
    """Take in a form file like `import_form`, and say all that was found in it; nothing is kept where it has problems.

    The warnings are kept with the form (`form_warnings`). Raises MshopperError for a file that can't be read, StoreError.
    """
    from mshopper.formfile import check_form

    workspace.require_writable()
    check = check_form(path)
    content = path.read_bytes()
    if check.form is None:
        return CheckedImport(check, content, None)
    info, told = _take(workspace, path, check.form)
    check = replace(check, warnings=(*check.warnings, *told))
    workspace.store.settings.set(_WARNINGS.format(hash=info.hash), [asdict(warning) for warning in check.warnings])
    return CheckedImport(check, content, info)


def _take(workspace: Workspace, path: Path, form: "Form | None") -> "tuple[FormInfo, tuple[Problem, ...]]":
    form, digest, added = keep_form(workspace, path, form)
    told = keep_pictures(workspace, path, form, digest)
    if added:
        workspace.store.journal.append("form_added", data={"form_hash": digest}, at=workspace.now())
    info = FormInfo(form.id, form.version, digest, form.title, form.languages, path.name in shipped_names())
    return info, told


def form_warnings(workspace: Workspace, form_hash: str) -> "tuple[Problem, ...]":
    """What was warned of when a form was taken in here."""
    from mshopper.formfile import Problem

    return tuple(Problem(**kept) for kept in workspace.store.settings.get(_WARNINGS.format(hash=form_hash), []))


def form_content(workspace: Workspace, form_hash: str) -> bytes:
    """The file that a kept form was read from. Raises MshopperError for an unknown hash."""
    load_form(workspace, form_hash)
    return workspace.store.forms.source(form_hash)


def quoted(content: bytes, problem: "Problem") -> str:
    """What stands in a form file where a problem is: the cell's text, the row's, or the line; "" where that is nowhere."""
    from mshopper.formfile.xlsform.workbook import csv_rows, decode_csv, is_workbook, read_workbook

    if not problem.line:
        return ""
    if not is_workbook(content):
        if problem.sheet:  # an XLSForm as CSV, whose quoted cells may go over several lines
            return _cell_of(dict(csv_rows(decode_csv(content))), problem)
        lines = decode_csv(content).splitlines()
        return lines[problem.line - 1].strip() if problem.line <= len(lines) else ""
    sheets = read_workbook(content, problem.file, lambda title: title == problem.sheet)
    return _cell_of(dict(sheets[0].rows), problem) if sheets else ""


def _cell_of(rows: dict[int, list[str]], problem: "Problem") -> str:
    row = rows.get(problem.line, [])
    if 0 < problem.column <= len(row) and row[problem.column - 1]:
        return row[problem.column - 1]
    return " · ".join(cell for cell in row if cell)


def start_trial(workspace: Workspace, form: "Form") -> "OpenVisit":
    """A visit for trying a form out, with the form's defaults: it is nowhere kept, and nothing done to it here is."""
    import datetime as dt

    from mshopper.model.form_document import form_hash
    from mshopper.model.record import Store, VisitHeader
    from mshopper.model.visit import Visit
    from mshopper.operations.visits import OpenVisit

    now = workspace.now()
    header = VisitHeader(
        visit_id=str(uuid.uuid4()),
        revision=1,
        state="in_progress",
        form_id=form.id,
        form_version=form.version,
        form_hash=form_hash(form),  # whose pictures it shows
        store=Store("", "", ""),
        auditor_id="",
        auditor="",
        device_id="",
        language=form.language,
        started_at=now,
        changed_at=now,
    )
    visit = Visit(form, now=workspace.clock, visit_id=header.visit_id, started=dt.datetime.fromisoformat(now))
    visit.apply(visit.defaults())
    return OpenVisit(header, form, visit)


@lru_cache(maxsize=1)
def shipped_names() -> frozenset[str]:
    """The file names of the forms that come with mshopper."""
    return frozenset(path.name for path in paths.forms_folder().glob("*.yaml"))


def list_forms(workspace: Workspace) -> tuple[FormInfo, ...]:
    """The newest version of every form, by title."""
    return tuple(_infos(workspace))


def _infos(workspace: Workspace) -> Iterator[FormInfo]:
    shipped = shipped_names()
    for row in workspace.store.forms.list():
        document = workspace.store.forms.document(row.hash)
        languages = tuple(document.get("languages", ())) if isinstance(document, dict) else ()
        yield FormInfo(row.form_id, row.version, row.hash, row.title, languages, row.source_name in shipped)


def load_form(workspace: Workspace, form_hash: str) -> "Form":
    """A kept form. Raises MshopperError for an unknown hash."""
    try:
        return workspace.form(form_hash)[0]
    except KeyError:
        raise MshopperError(_("That form is not in this data folder: import it first.")) from None


def find_form(workspace: Workspace, form_id: str) -> FormInfo:
    """The newest version of the form of that id. Raises MshopperError, naming the forms that are there."""
    known = list_forms(workspace)
    for info in known:
        if form_id in (info.id, info.hash):
            return info
    raise MshopperError(
        _("There is no form “{form}” here. There are: {forms}.").format(
            form=form_id, forms=", ".join(info.id for info in known) or "–"
        )
    )
