"""The pictures of forms' texts: taken in with the form from beside its file, shown by its hash while filling in."""

from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.operations.workspace import Workspace

if TYPE_CHECKING:
    from mshopper.formfile import Problem
    from mshopper.model.form import Form

MOST_PICTURES = 1000
"""Of one form: beyond it the rest isn't kept."""


def keep_pictures(workspace: Workspace, path: Path, form: "Form", form_hash: str) -> "tuple[Problem, ...]":
    """Keep the pictures that the form in the file at `path` shows; what can't be used is told, with its name."""
    from mshopper.formfile.beside import FilesBeside
    from mshopper.formfile.problems import Problem
    from mshopper.model.media import picture_names

    names = picture_names(form)[:MOST_PICTURES]
    if not names:
        return ()
    from mshopper.photo import take_picture  # Pillow is loaded only for a form that shows pictures

    beside, kept, told = FilesBeside(path), {}, []
    remedy = _("Save it anew as PNG or JPEG, and take the form in again.")
    for name in names:
        found = beside.find(name)
        if found is None:
            continue  # the check of the form has said so
        try:
            kept[name] = take_picture(found)
        except MshopperError as error:
            told.append(Problem(str(path), 0, 0, name, str(error), remedy))
    if kept:
        workspace.store.forms.keep_pictures(form_hash, kept)
    return tuple(told)


def form_picture(workspace: Workspace, form_hash: str, name: str) -> bytes:
    """A kept form's picture, JPEG; no bytes where it isn't there."""
    return workspace.store.forms.picture(form_hash, name) or b""


def files_digest(path: Path) -> str:
    """What changes when a file beside a form comes, goes or changes: names, sizes and times, hashed."""
    import hashlib

    from mshopper.formfile.beside import FilesBeside

    found = []
    for name, file in sorted(FilesBeside(path).by_name.items()):
        try:
            facts = file.stat()
        except OSError:
            continue
        found.append(f"{name} {facts.st_size} {facts.st_mtime_ns}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]
