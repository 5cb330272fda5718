"""`mshopper stores import` and `mshopper plan …`: lists from head office, what is planned, and plans from rules."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mshopper.cli import common
from mshopper.i18n import _, current_language, ngettext
from mshopper.model.plan_progress import PLAN_STATES

if TYPE_CHECKING:
    from mshopper.model.proposal import Proposal

_DAY = click.DateTime(["%Y-%m-%d"])
_MAP = click.option("--map", "said", multiple=True, metavar="FIELD=COLUMN", help="Which column a field stands in.")
_SKIP = click.option(
    "--skip", is_flag=True, help="Leave out the lines that can't be used, instead of refusing the file."
)


@click.group("stores")
def stores_group() -> None:
    """The stores that are visited."""


@stores_group.command("import")
@click.argument("file", type=common.FILE)
@_MAP
@_SKIP
@common.data_option
def import_stores(file: Path, said: tuple[str, ...], skip: bool, data: Path | None) -> None:
    """Take stores from a FILE as head office or a spreadsheet writes it: CSV, xlsx, xls, ods."""
    count = _import("stores", file, said, skip, data)
    click.echo(ngettext("{n} store imported.", "{n} stores imported.", count).format(n=count))


@click.group("plan")
def plan_group() -> None:
    """What is to be visited, when and by whom."""


@plan_group.command("import")
@click.argument("file", type=common.FILE)
@_MAP
@_SKIP
@common.data_option
def import_plan(file: Path, said: tuple[str, ...], skip: bool, data: Path | None) -> None:
    """Take planned visits from a FILE (CSV, xlsx, xls, ods); what is planned under the same id is changed."""
    count = _import("plan", file, said, skip, data)
    click.echo(ngettext("{n} planned visit imported.", "{n} planned visits imported.", count).format(n=count))


def _import(kind: str, file: Path, said: tuple[str, ...], skip: bool, data: Path | None) -> int:
    from mshopper import operations as ops

    columns = {}
    for one in said:
        name, equals, column = one.partition("=")
        if not equals:
            raise click.UsageError(_("--map takes FIELD=COLUMN, as in --map store_id=Codice."))
        columns[name.strip()] = column
    with common.opened(data) as workspace:
        preview = ops.preview_list(workspace, file, kind, said=columns)
        for problem in preview.problems:
            click.echo(problem.sentence, err=True)
        if preview.problems and not skip:
            words = _("Nothing was imported: correct these lines, or leave them out by --skip.")
            raise click.ClickException(words)
        for note in preview.notes:
            click.echo(note, err=True)
        return ops.take_list(workspace, preview, skip=skip)


@plan_group.command("export")
@click.argument("file", type=common.FILE)
@click.option("--excel", type=click.Choice(["it", "en"]), help="A CSV that Excel opens in that language.")
@common.data_option
def export(file: Path, excel: str | None, data: Path | None) -> None:
    """Write the plan, and what has become of each visit, to FILE (.csv, .xlsx); into a head-office folder as plan.csv."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        if file.is_dir():
            count = ops.publish_plan(workspace, file)
        else:
            count = ops.export_plan(workspace, file, excel=excel or "", others=ops.sent_visits(workspace))
    click.echo(ngettext("{n} planned visit written.", "{n} planned visits written.", count).format(n=count))


@plan_group.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(PLAN_STATES), help="Only visits in this state.")
@click.option("--region", default="", help="Only stores of this region.")
@click.option("--form", "form_id", default="", metavar="ID", help="Only visits by this form.")
@click.option("--auditor", "auditor_id", default="", metavar="ID", help="Only visits of this auditor.")
@common.json_option
@common.data_option
def list_plan(
    states: tuple[str, ...], region: str, form_id: str, auditor_id: str, as_json: bool, data: Path | None
) -> None:
    """List what is planned and what has become of it, what is to be done first coming first."""
    from mshopper import operations as ops
    from mshopper.model.plan_words import plan_state_text
    from mshopper.model.reasons import not_done_text

    with common.opened(data) as workspace:
        entries = [
            entry
            for entry in ops.plan_entries(workspace, ops.sent_visits(workspace))
            if (not states or entry.state in states)
            and region in ("", entry.region)
            and form_id in ("", entry.item.form_id)
            and auditor_id in ("", entry.item.auditor_id)
        ]
    if as_json:
        common.print_json([_entry_data(entry) for entry in entries])
        return
    for entry in entries:
        item, reason = entry.item, entry.line.reason
        code, colon, note = reason.partition(": ")
        why = f" ({not_done_text(code)}{colon}{note})" if reason else ""
        title = entry.form_title.get(current_language()) or item.form_id
        days = " – ".join(filter(None, (item.from_date, item.to_date)))
        click.echo(
            f"{plan_state_text(entry.state):<11} {days:<23}  {entry.store_name or item.store_id}  {title}"
            f"  {entry.auditor}{why}".rstrip()
        )
    if not entries:
        click.echo(_("Nothing is planned: “mshopper plan import” or “mshopper plan propose” makes a plan."), err=True)


def _entry_data(entry: Any) -> dict[str, Any]:
    item, visit = entry.item, entry.line.visit
    return {
        "plan_id": item.plan_id,
        "store_id": item.store_id,
        "store_name": entry.store_name,
        "region": entry.region,
        "form_id": item.form_id,
        "auditor_id": item.auditor_id,
        "from": item.from_date,
        "to": item.to_date,
        "state": entry.state,
        "visit_id": visit.visit_id if visit else "",
        "reason": entry.line.reason,
    }


@plan_group.command("propose")
@click.option("--from", "first", type=_DAY, required=True, help="The first day to plan for.")
@click.option("--to", "last", type=_DAY, required=True, help="The last day to plan for.")
@click.option("--rules", "rules_file", type=common.FILE, help="Rules as YAML or JSON (default: those kept here).")
@click.option("--seed", default=0, show_default=True, help="Another number gives another plan by the same rules.")
@click.option("--accept", is_flag=True, help="Put the proposed visits into the plan.")
@click.option("--keep-rules", is_flag=True, help="Keep the rules of --rules for the next time.")
@common.json_option
@common.data_option
def propose(
    first: dt.datetime,
    last: dt.datetime,
    rules_file: Path | None,
    seed: int,
    accept: bool,
    keep_rules: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """Propose visits by the planning rules, each with its reasons, and say what can't be met."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        rules = ops.read_rules_file(rules_file) if rules_file else None
        proposal = ops.propose_plan(
            workspace, first.date(), last.date(), rules=rules, seed=seed, others=ops.sent_visits(workspace)
        )
        if keep_rules and rules is not None:
            ops.keep_plan_rules(workspace, rules)
        if accept:
            ops.accept_plan(workspace, proposal.lines)
        _print_proposal(proposal, accept, as_json)


def _print_proposal(proposal: "Proposal", accepted: bool, as_json: bool) -> None:
    from mshopper.model.plan_words import proposal_sentences, reason_text

    if as_json:
        common.print_json(
            {
                "lines": [
                    {
                        "plan_id": line.item.plan_id,
                        "store_id": line.item.store_id,
                        "form_id": line.item.form_id,
                        "auditor_id": line.item.auditor_id,
                        "from": line.item.from_date,
                        "to": line.item.to_date,
                        "why": {"code": line.why.code, **dict(line.why.values)},
                        "who": {"code": line.who.code, **dict(line.who.values)},
                        "notes": [{"code": note.code, **dict(note.values)} for note in line.notes],
                        "sentences": list(proposal_sentences(line)),
                    }
                    for line in proposal.lines
                ],
                "unmet": [
                    {"code": one.code, **dict(one.values), "sentence": reason_text(one)} for one in proposal.unmet
                ],
                "accepted": accepted,
            }
        )
        return
    for line in proposal.lines:
        item = line.item
        click.echo(
            f"{item.from_date} – {item.to_date}  {line.store.name or item.store_id}  {item.form_id}  {item.auditor_id or '–'}"
        )
        for sentence in proposal_sentences(line):
            click.echo(f"    {sentence}")
    for reason in proposal.unmet:
        click.echo(reason_text(reason), err=True)
    n = len(proposal.lines)
    if accepted:
        click.echo(ngettext("{n} visit was put into the plan.", "{n} visits were put into the plan.", n).format(n=n))
    else:
        words = ngettext(
            "{n} visit proposed; --accept puts it into the plan.",
            "{n} visits proposed; --accept puts them into the plan.",
            n,
        )
        click.echo(words.format(n=n))
