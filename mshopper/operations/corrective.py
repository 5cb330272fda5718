"""Corrective actions: opened from what a visit found, changed, done with a photo, and open again when it is found again.

Each step is signed and kept at once and goes with the next sync, as decisions do. The laptop that made a visit opens an
action again: when it submits the visit, or when it learns of the action.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.corrective import (
    CHANGE,
    DONE,
    OPEN,
    PHOTO,
    REOPEN,
    Action,
    ActionStep,
    Finding,
    actions_of,
    findings_of,
    step_content,
)
from mshopper.operations.settings import settings
from mshopper.operations.statements import keep_statement, read_rows
from mshopper.operations.workspace import Workspace
from mshopper.store import VisitFilter

if TYPE_CHECKING:
    from mshopper.model.record import VisitHeader, VisitRecord
    from mshopper.photo import TakenPhoto
    from mshopper.store.statements import StatementRow

_ORDER = ("late", "reopened", "open", "done")


def found_to_mend(workspace: Workspace, visit_id: str) -> list[Finding]:
    """What a submitted visit found wrong: criticals, lost points, photos. Raises MshopperError for an unknown visit."""
    return list(findings_of(_submitted(workspace, visit_id)[1]))


def _submitted(workspace: Workspace, visit_id: str) -> "tuple[VisitHeader, VisitRecord]":
    headers = [one for one in workspace.store.visits.revisions(visit_id) if one.seal]
    if not headers:
        raise MshopperError(_("Only a submitted visit has findings to act on."))
    return headers[-1], workspace.record(visit_id, headers[-1].revision)


def list_actions(
    workspace: Workspace, *, store_id: str = "", visit_id: str = "", states: tuple[str, ...] = ()
) -> list[Action]:
    """The actions, late ones first, then by due date; of one store, one visit or in some states (open, late, …)."""
    rows = (
        workspace.store.statements.of_store("action", store_id)
        if store_id
        else workspace.store.statements.all("action")
    )
    today = workspace.clock().date()
    found = [
        action
        for action in _actions(rows).values()
        if (not visit_id or action.first.visit_id == visit_id) and (not states or action.state(today) in states)
    ]
    return sorted(
        found,
        key=lambda one: (_ORDER.index(one.state(today)), one.last.due or "9999", one.first.created, one.id),
    )


def _actions(rows: "Iterable[StatementRow]") -> dict[str, Action]:
    return actions_of(step for step in read_rows(rows) if isinstance(step, ActionStep))


def find_action(workspace: Workspace, wanted: str) -> Action:
    """The action that `wanted` names: its id, or the beginning of it. Raises MshopperError."""
    found = [one for one in list_actions(workspace) if one.id.startswith(wanted)] if wanted else []
    if len(found) == 1:
        return found[0]
    if found:
        raise MshopperError(_("“{action}” names several actions: give more of the id.").format(action=wanted))
    raise MshopperError(
        _("There is no action “{action}” here: “mshopper action list” shows them.").format(action=wanted)
    )


def find_finding(found: Iterable[Finding], wanted: str) -> Finding:
    """The finding at a question ("till" or "till [2]"), critical before lost before photo. Raises MshopperError."""
    question, _bracket, instance = wanted.replace(" ", "").rstrip("]").partition("[")
    for finding in found:
        if finding.question_id == question and finding.instance == instance:
            return finding
    raise MshopperError(_("The visit found nothing wrong at “{question}”.").format(question=wanted))


def add_action(
    workspace: Workspace, visit_id: str, finding: Finding, *, owner: str, due: str = "", note: str = ""
) -> Action:
    """Open an action on a finding of a visit held here. `due` is an ISO date. Raises MshopperError."""
    header = _submitted(workspace, visit_id)[0]
    return open_action(
        workspace,
        finding,
        (header.visit_id, header.revision),
        store=(header.store.store_id, header.store.name),
        form_id=header.form_id,
        owner=owner,
        due=due,
        note=note,
    )


def open_action(
    workspace: Workspace,
    finding: Finding,
    visit: tuple[str, int],
    *,
    store: tuple[str, str],
    form_id: str,
    owner: str,
    due: str = "",
    note: str = "",
) -> Action:
    """Open an action on a finding of any visit: its id and revision, its store's id and name, its form.

    Raises MshopperError.
    """
    if not owner.strip():
        raise MshopperError(_("Say who has to mend it."))
    for action in list_actions(workspace, store_id=store[0]):
        same = (action.first.visit_id, action.first.question_id, action.first.instance)
        if not action.is_done and same == (visit[0], finding.question_id, finding.instance):
            raise MshopperError(_("There is an open action on this finding already."))
    first = ActionStep(
        hash="",
        action_id=str(uuid.uuid4()),
        step=OPEN,
        visit_id=visit[0],
        revision=visit[1],
        question_id=finding.question_id,
        instance=finding.instance,
        finding=finding.kind,
        label=finding.label,
        store_id=store[0],
        store_name=store[1],
        form_id=form_id,
        owner=owner.strip(),
        due=_date(due),
        note=note.strip(),
    )
    return _keep(workspace, first)


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text.strip()).isoformat() if text.strip() else ""
    except ValueError:
        raise MshopperError(_("“{text}” is not a day as 2026-12-31.").format(text=text)) from None


def change_action(
    workspace: Workspace, action_id: str, *, owner: str | None = None, due: str | None = None, note: str | None = None
) -> Action:
    """Change who mends it, until when, or what is to be done. Raises MshopperError."""
    action = find_action(workspace, action_id)
    if owner is not None and not owner.strip():
        raise MshopperError(_("Say who has to mend it."))
    return _follow(
        workspace,
        action,
        CHANGE,
        owner=action.last.owner if owner is None else owner.strip(),
        due=action.last.due if due is None else _date(due),
        note=action.wanted if note is None else note.strip(),
    )


def finish_action(workspace: Workspace, action_id: str, done: str, photo: "TakenPhoto | None" = None) -> Action:
    """Say what was done, with a photo of it. Raises MshopperError where it is done already, or nothing is said."""
    action = find_action(workspace, action_id)
    if action.is_done:
        raise MshopperError(_("This action is done already."))
    if not done.strip():
        raise MshopperError(_("Say what was done."))
    sha256 = ""
    with workspace.store.write():
        if photo is not None:
            sha256 = hashlib.sha256(photo.jpeg).hexdigest()
            workspace.store.statements.add_photo(sha256, photo.jpeg)
        return _follow(workspace, action, DONE, note=done.strip(), photo=sha256)


def reopen_action(workspace: Workspace, action_id: str, reason: str) -> Action:
    """Open an action again by hand. Raises MshopperError where it is open, or without a reason."""
    action = find_action(workspace, action_id)
    if not action.is_done:
        raise MshopperError(_("This action is open already."))
    if not reason.strip():
        raise MshopperError(_("Say why the action is open again."))
    return _follow(workspace, action, REOPEN, note=reason.strip())


def action_photo(workspace: Workspace, sha256: str) -> bytes:
    """The photo of what was done, JPEG; no bytes where it isn't here."""
    return workspace.store.statements.photo(sha256) or b""


def reopen_found_again(workspace: Workspace, store_ids: Iterable[str]) -> list[Action]:
    """Open the actions of those stores again that a later visit held here found again. Gives them."""
    opened: list[Action] = []
    for store_id in dict.fromkeys(store_ids):
        done = [action for action in list_actions(workspace, store_id=store_id) if action.is_done]
        if not done:
            continue
        visits = workspace.store.visit_list.list(
            VisitFilter(states=("submitted", "approved"), store_id=store_id, order="oldest"), 10_000, 0
        )
        for row in visits:
            for action in done:
                if not action.is_done or not _is_later(action, row.visit_id, row.form_id, row.started_at):
                    continue
                header, record = _submitted(workspace, row.visit_id)
                if _finds(action, list(findings_of(record))):
                    opened.append(_found_again(workspace, action, header))
            done = [one for one in list_actions(workspace, store_id=store_id) if one.is_done]
    return opened


def _is_later(action: Action, visit_id: str, form_id: str, started_at: str) -> bool:
    """Whether a visit by the same form began after the action was done."""
    done = action.done
    assert done is not None
    if visit_id == action.first.visit_id or form_id != action.first.form_id:
        return False
    return bool(started_at) and dt.datetime.fromisoformat(started_at) > dt.datetime.fromisoformat(done.created)


def _finds(action: Action, found: list[Finding]) -> bool:
    wanted = (action.first.question_id, action.first.instance)
    return any((one.question_id, one.instance) == wanted and one.kind != PHOTO for one in found)


def _found_again(workspace: Workspace, action: Action, header: "VisitHeader") -> Action:
    return _follow(
        workspace,
        action,
        REOPEN,
        visit_id=header.visit_id,
        revision=header.revision,
    )


def _follow(workspace: Workspace, action: Action, step: str, **changes: str | int) -> Action:
    following = replace(
        action.last,
        hash="",
        step=step,
        previous=action.steps.head,
        seen=tuple(one.hash for one in action.steps.conflicts),
        photo="",
        note="",
    )
    return _keep(workspace, replace(following, **changes))  # type: ignore[arg-type]


def _keep(workspace: Workspace, step: ActionStep) -> Action:
    mine = settings(workspace)
    step = replace(step, reporter_id=mine.auditor_id, reporter=mine.auditor)
    keep_statement(
        workspace,
        "action",
        step_content(step),
        subject=step.action_id,
        visit_id=step.visit_id,
        store_id=step.store_id,
    )
    return _actions(workspace.store.statements.of("action", step.action_id))[step.action_id]
