"""`mshopper review …` and `mshopper action …`: what supervisors decide on visits, and what stores have to mend.

A visit is named by its id or the beginning of it where this laptop holds it, else as FOLDER/ID by the head-office folder that
has it. What is decided goes with the next sync.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mshopper.cli import common
from mshopper.errors import MshopperError
from mshopper.i18n import _, format_fixed

if TYPE_CHECKING:
    from mshopper.model.corrective import Action, Finding
    from mshopper.model.review import Decision
    from mshopper.operations import Judged, Waiting, Workspace

_REASON = click.option("--reason", default="", help="Why, in words.")


@click.group("review")
def review_group() -> None:
    """Review submitted visits: approve, return, correct, dispute."""


@review_group.command("list")
@click.argument("folder", type=common.FOLDER, required=False)
@click.option(
    "--status",
    "states",
    type=click.Choice(["submitted", "approved", "returned"]),
    multiple=True,
    help="Visits with this status (default: submitted).",
)
@click.option("--oldest", is_flag=True, help="The oldest first.")
@click.option("--limit", default=100, show_default=True, help="At most so many.")
@common.json_option
@common.data_option
def list_command(
    folder: Path | None, states: tuple[str, ...], oldest: bool, limit: int, as_json: bool, data: Path | None
) -> None:
    """List visits that wait for a review: those held here, or those of a head-office FOLDER; flagged ones first."""
    from mshopper import operations as ops
    from mshopper.model.outcome import state_text

    with common.opened(data) as workspace:
        found = ops.review_queue(workspace, folder, states=states or ("submitted",), newest=not oldest, limit=limit)
        if as_json:
            common.print_json([_waiting_data(one) for one in found])
            return
        for one in found:
            percent = "–" if one.percent is None else format_fixed(one.percent, 2)
            parts = (state_text(one.status), one.store_name or one.store_id, one.form, one.auditor, " ".join(one.flags))
            click.echo(
                f"{one.visit_id}  {one.submitted_at[:16]}  {percent:>6}  " + "  ".join(part for part in parts if part)
            )
        if not found:
            click.echo(_("No visit waits for a review."), err=True)


def _waiting_data(one: "Waiting") -> dict[str, Any]:
    data = asdict(one)
    judged = data.pop("judged")
    about = {name: judged[name] for name in ("visit_id", "revision", "seal")}
    return about | data | {"percent": None if one.percent is None else float(one.percent)}


@review_group.command("show")
@click.argument("visit", metavar="VISIT")
@common.json_option
@common.data_option
def show(visit: str, as_json: bool, data: Path | None) -> None:
    """Show what was decided on a VISIT (ID, or FOLDER/ID), in order."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        found = ops.decisions(workspace, _judged(workspace, visit).visit_id)
        if as_json:
            common.print_json(
                {
                    name: [asdict(one) for one in getattr(found, name)]
                    for name in ("standing", "others", "waiting", "conflicts")
                }
            )
            return
        for decision in found.standing:
            _print_decision(decision)
        for decision in found.conflicts:
            click.echo(_("Decided at the same time, and doesn't stand:"), err=True)
            _print_decision(decision)
        if not found.standing:
            click.echo(_("Nothing was decided on this visit yet."), err=True)


def _print_decision(decision: "Decision") -> None:
    from mshopper.model.review import decision_text

    scores = " → ".join(score for score in (decision.percent, decision.percent_after) if score)
    parts = (decision.created[:16], str(decision.revision), decision_text(decision), scores, decision.reviewer)
    click.echo("  ".join(part for part in (*parts, decision.disputed_by, decision.reason) if part))


@review_group.command("approve")
@click.argument("visit", metavar="VISIT")
@_REASON
@common.data_option
def approve(visit: str, reason: str, data: Path | None) -> None:
    """Approve a VISIT (ID, or FOLDER/ID)."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        _decided(ops.approve_visit(workspace, _judged(workspace, visit), reason))


@review_group.command("return")
@click.argument("visit", metavar="VISIT")
@_REASON
@common.data_option
def return_command(visit: str, reason: str, data: Path | None) -> None:
    """Return a VISIT (ID, or FOLDER/ID) to its auditor, who goes on with it; needs --reason."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        _decided(ops.return_visit(workspace, _judged(workspace, visit), reason))


@review_group.command("correct")
@click.argument("visit_id")
@_REASON
@common.data_option
def correct(visit_id: str, reason: str, data: Path | None) -> None:
    """Begin a correction of a visit held here, as its next revision; needs --reason."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        opened = ops.correct_with_reason(workspace, ops.find_visit(workspace, visit_id), reason)
        said = _("Revision {revision} of {visit} is open: correct and submit it.")
        click.echo(said.format(revision=opened.header.revision, visit=opened.header.visit_id))


@review_group.command("dispute")
@click.argument("visit", metavar="VISIT")
@click.option("--by", "disputed_by", default="", metavar="WHO", help="Who disputes the score for the store.")
@click.option("--outcome", type=click.Choice(["confirmed", "changed"]), help="What came of the dispute.")
@_REASON
@common.data_option
def dispute(visit: str, disputed_by: str, outcome: str | None, reason: str, data: Path | None) -> None:
    """Record that the store disputes the score of a VISIT (--by, --reason), or what came of it (--outcome)."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        judged = _judged(workspace, visit)
        if outcome:
            _decided(ops.settle_dispute(workspace, judged, outcome, reason))
        else:
            _decided(ops.dispute_visit(workspace, judged, disputed_by, reason))


@review_group.command("withdraw")
@click.argument("visit", metavar="VISIT")
@common.data_option
def withdraw(visit: str, data: Path | None) -> None:
    """Take back the last decision on a VISIT (ID, or FOLDER/ID), while it hasn't been sent."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        _print_decision(ops.withdraw_decision(workspace, _judged(workspace, visit).visit_id))
        click.echo(_("Withdrawn."))


def _judged(workspace: "Workspace", wanted: str) -> "Judged":
    from mshopper import operations as ops

    folder, visit_id = _place(wanted)
    return ops.judged(workspace, visit_id, folder)


def _place(wanted: str) -> tuple[Path | None, str]:
    """FOLDER/ID as the folder and the id; an id alone is a visit held here."""
    path = Path(wanted)
    return (path.parent, path.name) if len(path.parts) > 1 else (None, wanted)


def _decided(decision: "Decision") -> None:
    _print_decision(decision)
    click.echo(_("It goes to head office with the next sync."), err=True)


@click.group("action")
def action_group() -> None:
    """What stores have to mend: open, change and finish corrective actions."""


@action_group.command("list")
@click.option("--store", "store_id", default="", help="Actions of this store.")
@click.option(
    "--state", "states", type=click.Choice(["open", "late", "reopened", "done"]), multiple=True, help="In this state."
)
@common.json_option
@common.data_option
def list_actions(store_id: str, states: tuple[str, ...], as_json: bool, data: Path | None) -> None:
    """List corrective actions, late ones first."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        found = ops.list_actions(workspace, store_id=store_id, states=states)
        if as_json:
            common.print_json([_action_data(workspace, one) for one in found])
            return
        for one in found:
            _print_action(workspace, one)
        if not found:
            click.echo(_("There are no corrective actions: “mshopper action add” opens one."), err=True)


def _action_data(workspace: "Workspace", one: "Action") -> dict[str, Any]:
    done = one.done
    return {
        "action_id": one.id,
        "state": one.state(workspace.clock().date()),
        "reopened": one.reopened,
        **{
            name: getattr(one.first, name)
            for name in (
                "visit_id",
                "revision",
                "store_id",
                "store_name",
                "question_id",
                "instance",
                "label",
                "finding",
            )
        },
        "owner": one.last.owner,
        "due": one.last.due,
        "wanted": one.wanted,
        "done": done.note if done else "",
        "photo": done.photo if done else "",
    }


def _print_action(workspace: "Workspace", one: "Action") -> None:
    from mshopper.model.corrective import action_state_text

    state = action_state_text(one.state(workspace.clock().date()))
    parts = (one.last.due, one.first.store_name or one.first.store_id, one.first.label, one.last.owner, one.wanted)
    click.echo(f"{one.id}  {state}  " + "  ".join(part for part in parts if part))


@action_group.command("add")
@click.argument("visit", metavar="VISIT")
@click.argument("question", required=False)
@click.option("--owner", default="", help="Who has to mend it.")
@click.option("--due", default="", metavar="DAY", help="Until when, as 2026-12-31.")
@click.option("--note", default="", help="What is to be done.")
@common.data_option
def add(visit: str, question: str | None, owner: str, due: str, note: str, data: Path | None) -> None:
    """Open an action on what a VISIT (ID, or FOLDER/ID) found at a QUESTION; without one, list what it found."""
    from mshopper import operations as ops

    folder, visit_id = _place(visit)
    with common.opened(data) as workspace:
        if folder is None:
            found_id = ops.find_visit(workspace, visit_id)
            findings = ops.found_to_mend(workspace, found_id)
            if question:
                finding = ops.find_finding(findings, question)
                _print_action(workspace, ops.add_action(workspace, found_id, finding, owner=owner, due=due, note=note))
                return
        else:
            seen = ops.seen_in(workspace, folder, visit_id)
            findings = ops.findings_seen(seen)
            if question:
                one = seen.waiting
                opened = ops.open_action(
                    workspace,
                    ops.find_finding(findings, question),
                    (one.visit_id, one.judged.revision),
                    store=(one.store_id, one.store_name),
                    form_id=one.form_id,
                    owner=owner,
                    due=due,
                    note=note,
                )
                _print_action(workspace, opened)
                return
    _print_findings(findings)


def _print_findings(findings: "list[Finding]") -> None:
    from mshopper.model.corrective import finding_text

    if not findings:
        raise MshopperError(_("The visit found nothing to act on."))
    for finding in findings:
        where = finding.question_id + (f"[{finding.instance}]" if finding.instance else "")
        click.echo(f"{where}  {finding_text(finding.kind)}  {finding.label}")


@action_group.command("change")
@click.argument("action")
@click.option("--owner", help="Who has to mend it.")
@click.option("--due", metavar="DAY", help="Until when, as 2026-12-31.")
@click.option("--note", help="What is to be done.")
@common.data_option
def change(action: str, owner: str | None, due: str | None, note: str | None, data: Path | None) -> None:
    """Change who mends it, until when, or what is to be done."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        _print_action(workspace, ops.change_action(workspace, action, owner=owner, due=due, note=note))


@action_group.command("done")
@click.argument("action")
@click.option("--note", default="", help="What was done.")
@click.option("--photo", type=common.FILE, help="A photo of what was done.")
@common.data_option
def done(action: str, note: str, photo: Path | None, data: Path | None) -> None:
    """Say what was done, with a photo of it."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        taken = ops.take_in(photo) if photo else None
        _print_action(workspace, ops.finish_action(workspace, action, note, taken))


@action_group.command("reopen")
@click.argument("action")
@_REASON
@common.data_option
def reopen(action: str, reason: str, data: Path | None) -> None:
    """Open an action again that was said to be done; needs --reason."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        _print_action(workspace, ops.reopen_action(workspace, action, reason))
