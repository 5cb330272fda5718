"""Reviewing: a supervisor approves, returns, corrects a submitted visit, or records a dispute and what came of it.

A decision is signed and kept at once and goes with the next sync; until then it may be withdrawn. Each names the seal that it
judges and the decision before it (`model.review`). The laptop that made the visit follows the decisions that it takes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.review import (
    APPROVE,
    CHANGED,
    CORRECT,
    DISPUTE,
    OUTCOMES,
    RETURN,
    SETTLE,
    Decision,
    decision_content,
    open_dispute,
    status_after,
)
from mshopper.operations.settings import settings
from mshopper.operations.statements import keep_statement, read_rows
from mshopper.operations.workspace import Workspace

if TYPE_CHECKING:
    from mshopper.model.chain import Chain
    from mshopper.operations.visits import OpenVisit

_DECIDED_STATES = ("submitted", "approved", "returned")


@dataclass(frozen=True, slots=True)
class Judged:
    """A submitted revision as a supervisor judges it: which one it is, and its score as the tables write it."""

    visit_id: str
    revision: int
    seal: str
    percent: str = ""


def judged_here(workspace: Workspace, visit_id: str) -> Judged:
    """The latest submitted revision of a visit that this laptop holds. Raises MshopperError where there is none."""
    from mshopper.exchange.rows import shown_percent

    headers = [one for one in workspace.store.visits.revisions(visit_id) if one.seal]
    if not headers or headers[-1].state == "not_done":
        raise MshopperError(_("Only a submitted visit can be reviewed."))
    record = workspace.record(visit_id, headers[-1].revision)
    percent = shown_percent(record.form, record.sheet) if record.sheet else ""
    return Judged(visit_id, record.header.revision, record.header.seal, percent)


def decisions(workspace: Workspace, visit_id: str) -> "Chain[Decision]":
    """What was decided on a visit as far as this laptop knows, in order."""
    from mshopper.model.chain import chain

    found = read_rows(workspace.store.statements.of("review", visit_id))
    return chain(one for one in found if isinstance(one, Decision))


def return_reason(workspace: Workspace, visit_id: str) -> str:
    """Why a visit was returned last; "" where it wasn't."""
    reasons = [one.reason for one in decisions(workspace, visit_id).standing if one.kind == RETURN]
    return reasons[-1] if reasons else ""


def approve_visit(workspace: Workspace, judged: Judged, reason: str = "") -> Decision:
    """Approve a visit. Raises MshopperError where it is approved already, ReadOnlyStoreError."""
    if status_after(decisions(workspace, judged.visit_id).standing, judged.seal) == "approved":
        raise MshopperError(_("This visit is approved already."))
    return _decide(workspace, judged, APPROVE, reason)


def return_visit(workspace: Workspace, judged: Judged, reason: str) -> Decision:
    """Return a visit to its auditor, who goes on with it as the next revision. Raises MshopperError without a reason."""
    if not reason.strip():
        raise MshopperError(_("Say why the visit is returned: the auditor reads it."))
    return _decide(workspace, judged, RETURN, reason)


def correct_with_reason(workspace: Workspace, visit_id: str, reason: str) -> "OpenVisit":
    """Begin a correction by the supervisor: a decision that says why, and the next revision, open.

    Raises MshopperError without a reason, or where this laptop doesn't hold the visit.
    """
    from mshopper.operations.lifecycle import correct_visit

    if not reason.strip():
        raise MshopperError(_("Say why the visit is corrected."))
    judged = judged_here(workspace, visit_id)
    with workspace.store.write():
        opened = correct_visit(workspace, visit_id, reason=reason)
        _decide(workspace, judged, CORRECT, reason)
    return opened


def dispute_visit(workspace: Workspace, judged: Judged, disputed_by: str, reason: str) -> Decision:
    """Record that the store disputes the score: who, and why. Raises MshopperError where either lacks."""
    if not disputed_by.strip() or not reason.strip():
        raise MshopperError(_("Say who disputes the score, and why."))
    if open_dispute(decisions(workspace, judged.visit_id).standing):
        raise MshopperError(_("The score is disputed already: record what came of it first."))
    return _decide(workspace, judged, DISPUTE, reason, disputed_by=disputed_by.strip())


def settle_dispute(workspace: Workspace, judged: Judged, outcome: str, reason: str = "") -> Decision:
    """Record what came of a dispute: the score confirmed, or changed by a further revision. Both scores are kept.

    Raises MshopperError where there is no dispute, or `outcome` isn't what happened to the score.
    """
    disputed = open_dispute(decisions(workspace, judged.visit_id).standing)
    if disputed is None:
        raise MshopperError(_("Nobody disputes this score."))
    if outcome not in OUTCOMES:
        raise MshopperError(_("A dispute ends with the score confirmed or changed."))
    if (outcome == CHANGED) != (judged.seal != disputed.seal):
        if outcome == CHANGED:
            raise MshopperError(_("Correct or return the visit first: the score changes with its next revision."))
        raise MshopperError(_("The visit was corrected since it was disputed: the dispute ends with a changed score."))
    return _decide(
        workspace,
        judged,
        SETTLE,
        reason,
        disputed_by=disputed.disputed_by,
        outcome=outcome,
        percent=disputed.percent,
        percent_after=judged.percent,
    )


def _decide(
    workspace: Workspace,
    judged: Judged,
    kind: str,
    reason: str,
    *,
    disputed_by: str = "",
    outcome: str = "",
    percent: str | None = None,
    percent_after: str = "",
) -> Decision:
    mine, before = settings(workspace), decisions(workspace, judged.visit_id)
    decision = Decision(
        hash="",
        visit_id=judged.visit_id,
        revision=judged.revision,
        seal=judged.seal,
        kind=kind,
        previous=before.head,
        seen=tuple(one.hash for one in before.conflicts),
        reason=reason.strip(),
        reviewer_id=mine.auditor_id,
        reviewer=mine.auditor,
        disputed_by=disputed_by,
        outcome=outcome,
        percent=judged.percent if percent is None else percent,
        percent_after=percent_after,
    )
    with workspace.store.write():
        digest = keep_statement(
            workspace,
            "review",
            decision_content(decision),
            subject=judged.visit_id,
            visit_id=judged.visit_id,
        )
        follow_decisions(workspace, [judged.visit_id])
    return next(one for one in decisions(workspace, judged.visit_id).standing if one.hash == digest)


def may_withdraw(workspace: Workspace, visit_id: str) -> Decision | None:
    """The last decision on a visit, where it is this laptop's own and not sent yet; None where there is none such."""
    standing = decisions(workspace, visit_id).standing
    if not standing or standing[-1].kind == CORRECT:
        return None
    row = workspace.store.statements.get(standing[-1].hash)
    header = workspace.store.visits.header(visit_id)
    begun = header is not None and not header.seal
    return standing[-1] if row and row.own and not row.published_at and not begun else None


def withdraw_decision(workspace: Workspace, visit_id: str) -> Decision:
    """Take back the last decision on a visit. Raises MshopperError where it was sent, or a correction has begun."""
    last = may_withdraw(workspace, visit_id)
    if last is None:
        raise MshopperError(_("There is no decision of yours that could be withdrawn: what was sent stays."))
    with workspace.store.write():
        workspace.store.statements.withdraw(last.hash, at=workspace.now())
        follow_decisions(workspace, [visit_id])
    return last


def follow_decisions(workspace: Workspace, visit_ids: Iterable[str]) -> dict[str, str]:
    """Give visits held here the state that decisions give them; those that changed, with their state."""
    changed: dict[str, str] = {}
    for visit_id in visit_ids:
        header = workspace.store.visits.header(visit_id)
        if header is None or not header.seal or header.state not in _DECIDED_STATES:
            continue
        state = status_after(decisions(workspace, visit_id).standing, header.seal) or "submitted"
        if state != header.state:
            workspace.store.visits.update_header(replace(header, state=state, changed_at=workspace.now()))
            changed[visit_id] = state
    return changed
