"""Going on with a submitted visit: a returned one by its auditor, a wrong one by whoever corrects it. Either is a new revision.

The revision before stays as it was sealed; the new one names its seal and says why it is there.
"""

from dataclasses import replace

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.operations.identity import this_device
from mshopper.operations.visits import OpenVisit, open_visit
from mshopper.operations.workspace import Workspace


def correct_visit(workspace: Workspace, visit_id: str, *, reason: str) -> OpenVisit:
    """Begin the next revision of a submitted visit, with its answers and photos, open.

    Raises MshopperError without a reason, or where the latest revision isn't submitted.
    """
    header = workspace.record(visit_id).header
    if not reason.strip():
        raise MshopperError(_("Say why the visit is corrected."))
    if not header.seal or header.state == "not_done":
        raise MshopperError(_("Only a submitted visit can be corrected."))
    workspace.store.visits.new_revision(
        replace(
            header,
            revision=header.revision + 1,
            state="in_progress",
            parent_seal=header.seal,
            seal="",
            signature="",
            device_id=this_device(workspace).device_id,
            submitted_at="",
            changed_at=workspace.now(),
            reason=reason.strip(),
            flags=(),
        )
    )
    return open_visit(workspace, visit_id)


def continue_visit(workspace: Workspace, visit_id: str) -> OpenVisit:
    """Open a visit to go on with it; a returned one as its next revision, for the reason it was returned for."""
    opened = open_visit(workspace, visit_id)
    if opened.header.state != "returned" or not opened.header.seal or workspace.read_only:
        return opened
    return correct_visit(workspace, visit_id, reason=return_reason(workspace, visit_id) or _("Returned"))


def return_reason(workspace: Workspace, visit_id: str) -> str:
    """Why a visit was returned last; "" where it wasn't."""
    from mshopper.model.review import RETURN
    from mshopper.operations.reviews import decisions

    reasons = [one.reason for one in decisions(workspace, visit_id).standing if one.kind == RETURN]
    return reasons[-1] if reasons else ""
