"""Forms: those that come with mshopper, and those taken in from a file or from head office."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper import paths
from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.operations.workspace import Workspace
from mshopper.store.forms import FormRow

if TYPE_CHECKING:
    from mshopper.model.form import Form, Text


@dataclass(frozen=True, slots=True)
class FormInfo:
    """A form for a list. `shipped` forms came with mshopper; `hash` names the exact version."""

    id: str
    version: str
    hash: str
    title: "Text"
    languages: tuple[str, ...]
    shipped: bool


def keep_form(workspace: Workspace, path: Path) -> "tuple[Form, str, bool]":
    """Read a form file and keep it: the form, its hash, and whether it wasn't there yet. Raises as `import_form`."""
    from mshopper.formfile import read_form
    from mshopper.model.form_document import form_document, form_hash

    form = read_form(path)
    digest = form_hash(form)
    row = FormRow(digest, form.id, form.version, form.title, path.name, workspace.now())
    added = workspace.store.forms.add(row, document=form_document(form), source=path.read_bytes())
    return form, digest, added


def import_form(workspace: Workspace, path: Path) -> FormInfo:
    """Take in a form file; it is there for new visits from now on. Raises FormProblemsError, MshopperError, StoreError."""
    form, digest, added = keep_form(workspace, path)
    if added:
        workspace.store.journal.append("form_added", data={"form_hash": digest}, at=workspace.now())
    return FormInfo(form.id, form.version, digest, form.title, form.languages, path.name in shipped_names())


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
        languages = tuple(language for language, _words in row.title.values if language)
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
