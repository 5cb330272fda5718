"""Whatever somebody wants verified: recognised by what is in it, not by what it is called."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.verification import Verification, agrees, differs
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.operations.workspace import Workspace

_CODE = re.compile(r"mshopper:seal:(?P<visit>[0-9a-z-]{1,40}):(?P<revision>\d{1,9}):(?P<seal>[0-9a-f]{64})", re.ASCII)
"""What the QR code of a report says."""


def verify_file(
    workspace: "Workspace", path: Path, *, office: Path | None = None, progress: Progress | None = None
) -> Verification:
    """Verify a file or folder: a visit's PDF, an exported visit, a merged table, a head-office folder.

    `office` is the head-office folder for a table that lies elsewhere. Raises MshopperError for anything else, Cancelled.
    """
    from mshopper.exchange.against import table_at
    from mshopper.exchange.visit_file import is_visit_file
    from mshopper.operations.verifying.folder import verify_folder, verify_table
    from mshopper.operations.verifying.pdf import verify_report

    try:
        if path.is_dir():
            return verify_folder(workspace, path, progress)
        with path.open("rb") as stream:
            head = stream.read(1024)
        if b"%PDF-" in head:
            return verify_report(workspace, path, progress)
        if is_visit_file(path):
            return _verify_exported(workspace, path, progress)
        if (table := table_at(path)) is not None:
            return verify_table(workspace, path, table, office=office, progress=progress)
    except OSError as error:
        sentence = _("“{file}” can't be read ({reason}): check that it is there and may be opened.")
        raise MshopperError(sentence.format(file=path, reason=error.strerror or error)) from error
    sentence = _(
        "“{file}” is nothing that can be verified: a visit's PDF, an exported visit, a merged table or a head-office folder."
    )
    raise MshopperError(sentence.format(file=path.name))


def _verify_exported(workspace: "Workspace", path: Path, progress: Progress | None) -> Verification:
    from mshopper.operations.exported import open_exported
    from mshopper.operations.verifying.exported import exported_verification

    with open_exported(path) as exported:
        return exported_verification(workspace, path, exported, progress)


def verify(
    workspace: "Workspace",
    wanted: Sequence[str],
    *,
    office: Path | None = None,
    progress: Progress | None = None,
) -> Iterator[Verification]:
    """Verify each of these: ids of visits or their beginnings, the words of a QR code, files, folders; all visits by default.

    Raises MshopperError at one that can't be read, Cancelled.
    """
    from mshopper.operations.verifying.store import verify_visits
    from mshopper.operations.visits import find_visit
    from mshopper.store import VisitFilter

    if not wanted:
        yield from verify_visits(workspace, list(workspace.store.visit_list.ids(VisitFilter())), progress)
    for one in wanted:
        if code := _CODE.fullmatch(one.strip()):
            yield _of_code(workspace, code)
        elif Path(one).exists():
            yield verify_file(workspace, Path(one), office=office, progress=progress)
        elif "/" in one or "\\" in one or "." in one:
            raise MshopperError(_("There is no file “{file}”.").format(file=one))
        else:
            yield from verify_visits(workspace, [find_visit(workspace, one)], progress)


def _of_code(workspace: "Workspace", code: "re.Match[str]") -> Verification:
    """The visit that a QR code names, with whether it has that seal."""
    from mshopper.operations.verifying.store import verify_visit
    from mshopper.operations.visits import find_visit

    visit_id, revision = find_visit(workspace, code["visit"]), int(code["revision"])
    found = verify_visit(workspace, visit_id)
    header = workspace.store.visits.header(visit_id, revision)
    same = header is not None and header.seal == code["seal"]
    check = agrees("seal", "code_agrees") if same else differs("seal", "code_differs", revision=revision)
    return Verification("visit", visit_id, (check, *found.checks), visit_id, found.revision, found.device_id)
