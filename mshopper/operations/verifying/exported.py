"""Verifying an exported visit: everything is in the file but the word of somebody who knows the device's key."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError
from mshopper.model.verification import DIFFERS, Check, Verification, agrees, differs, unchecked
from mshopper.operations.verifying.keys import KnownKeys
from mshopper.operations.verifying.pdf import page_checks
from mshopper.operations.verifying.visit import chain_check, visit_checks

if TYPE_CHECKING:
    from mshopper.exchange.visit_file import Exported
    from mshopper.operations.workspace import Workspace
    from mshopper.progress import Progress

_MISREAD = (ValueError, KeyError, TypeError, ArithmeticError, AttributeError, RecursionError)


def exported_verification(
    workspace: "Workspace | None", path: Path, exported: "Exported", progress: "Progress | None" = None
) -> Verification:
    """Verify an open exported visit; `workspace` knows keys. Raises ArchiveRefusedError where a part can't be read."""
    visit, header = exported.visit, exported.visit.record.header
    keys = KnownKeys.of(workspace) if workspace else KnownKeys()
    try:
        checks = [
            chain_check(exported.chain, visit),
            *visit_checks(visit),
            *_source(exported),
            *keys.checks(header.device_id, visit.public_key),
        ]
        if all(check.result != DIFFERS for check in checks):
            checks += page_checks(exported.report, visit, exported.jpeg, progress)
        else:
            checks.append(unchecked("report", "pages_unproven"))
    except _MISREAD:
        checks = [differs("file", "visit_unreadable")]
    return Verification("exported", path.name, tuple(checks), header.visit_id, header.revision, header.device_id)


def _source(exported: "Exported") -> Iterator[Check]:
    """The form's own file must say the same as the form that was filled in."""
    import tempfile

    from mshopper.formfile import read_form
    from mshopper.model.form_document import form_hash

    suffix = Path(exported.form_source_name).suffix[:8]
    with tempfile.TemporaryDirectory(prefix="mshopper-") as folder:
        file = Path(folder) / f"form{suffix if suffix.isascii() and suffix[1:].isalnum() else ''}"
        file.write_bytes(exported.form_source)
        try:
            same = form_hash(read_form(file)) == exported.visit.record.header.form_hash
        except MshopperError:
            same = False
    if same:
        yield agrees("form", "source_agrees")
    else:
        yield unchecked("form", "source_differs")
