"""The forms that come with mshopper, taken in when a data folder is first opened by a version that has other ones.

Every start looks whether that is so: what it takes to read a form is imported only then.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from mshopper import paths

if TYPE_CHECKING:
    from mshopper.operations.workspace import Workspace

_KEY = "shipped_forms"


def add_shipped_forms(workspace: "Workspace") -> None:
    """Take in the forms that come with this version of mshopper; quick where that was done before."""
    files = sorted(paths.forms_folder().glob("*.yaml"))
    stamps = [_stamp(path) for path in files]
    if workspace.read_only or workspace.store.settings.get(_KEY) == stamps:
        return
    from mshopper.operations.forms import keep_form

    for path in files:
        keep_form(workspace, path)
    workspace.store.settings.set(_KEY, stamps)


def _stamp(path: Path) -> str:
    about = path.stat()
    return f"{path.name}/{about.st_size}/{about.st_mtime_ns}"
