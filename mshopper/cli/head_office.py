"""`mshopper sync` and `merge`: what goes to and comes from head office."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from mshopper.cli import common
from mshopper.i18n import _, ngettext

if TYPE_CHECKING:
    from mshopper.exchange.compact import Compacted
    from mshopper.exchange.merge import MergeReport
    from mshopper.operations import Place, Workspace


@click.command("sync")
@click.argument("folder", metavar="FOLDER|URL")
@click.option(
    "--evidence/--no-evidence", default=None, help="Send photos and reports too (default: as in the settings)."
)
@common.json_option
@common.data_option
def sync(folder: str, evidence: bool | None, as_json: bool, data: Path | None) -> None:
    """Publish visits to the head-office FOLDER, take forms, stores and plan, merge where this device merges.

    A URL is webdavs://, sftp://, smb:// or s3://; its password is asked for, or taken from MSHOPPER_REMOTE_PASSWORD.
    """
    from mshopper import operations as ops

    def work(workspace: ops.Workspace, place: ops.Place) -> ops.SyncResult:
        with common.progress_bar(_("Sync")) as progress:
            return ops.sync(workspace, place, progress, evidence=evidence)

    with common.opened(data) as workspace:
        result = _let_in(workspace, folder, work)
    if as_json:
        common.print_json(
            {
                "published": result.published,
                "taken_forms": result.taken_forms,
                "taken_stores": result.taken_stores,
                "taken_plan": result.taken_plan,
                "taken": {name: names for name, names in asdict(result.taken).items() if name != "problems"},
                "evidence": result.evidence,
                "reviews": result.reviews,
                "decided": [list(one) for one in result.decided],
                "merged": result.merged,
                "merged_into": str(result.merged_into) if result.merged_into else None,
                "problems": list(result.problems),
            }
        )
        return
    click.echo(result.sentence())
    for change in result.changes():
        click.echo(change)
    for problem in result.problems:
        click.echo(problem, err=True)


Result = TypeVar("Result")


def _let_in(workspace: "Workspace", text: str, work: "Callable[[Workspace, Place], Result]") -> Result:
    """What `work` makes of the place `text`; on a terminal a server's name and password are asked for where needed."""
    from mshopper import operations as ops
    from mshopper.exchange.address import Address, Login
    from mshopper.exchange.remote import LoginError

    place = ops.place_of(workspace, text)
    try:
        return work(workspace, place)
    except LoginError as error:
        if not isinstance(place, Address) or not sys.stdin.isatty():
            raise
        click.echo(str(error), err=True)
        user = click.prompt(_("Name"), default=place.user or None, err=True)
        password = click.prompt(_("Password"), hide_input=True, err=True)
        ops.remember_login(workspace, place, Login(user, password))
        return work(workspace, place)


@click.command("merge")
@click.argument("folder", metavar="FOLDER|URL")
@click.option("--claim", is_flag=True, help="Let this computer write the merged tables from now on.")
@click.option("--excel", type=click.Choice(["it", "en"]), help="Also write tables that Excel opens in that language.")
@click.option("--xlsx", is_flag=True, help="Also write one Excel workbook, a sheet a table.")
@click.option("--parquet", is_flag=True, help="Also write the tables as Parquet into FOLDER/tables, for other engines.")
@click.option("--compact", is_flag=True, help="Take erased visits out of all files for good.")
@common.json_option
@common.data_option
def merge(
    folder: str,
    claim: bool,
    excel: str | None,
    xlsx: bool,
    parquet: bool,
    compact: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """Merge all results of the head-office FOLDER (or URL, as for sync)."""
    from mshopper import operations as ops

    def work(workspace: ops.Workspace, place: ops.Place) -> "tuple[MergeReport, Compacted | None]":
        with common.progress_bar(_("Merge")) as progress:
            report = ops.merge(
                workspace, place, claim=claim, excel=excel or "", workbook=xlsx, parquet=parquet, progress=progress
            )
            return report, ops.compact(workspace, place, progress=progress) if compact else None

    with common.opened(data) as workspace:
        report, compacted = _let_in(workspace, folder, work)
    if as_json:
        common.print_json(
            {
                "target": report.place or str(report.target),
                "segments": report.segments,
                "rows": dict(report.rows),
                "problems": [asdict(problem) for problem in report.problems],
                "conflicts": [asdict(conflict) for conflict in report.conflicts],
                "missing": list(report.missing),
                "waiting": list(report.waiting),
                "erased": report.erased,
                "disagreements": list(report.disagreements),
                "compacted": list(compacted.segments) if compacted else None,
            }
        )
        return
    click.echo(
        ngettext("{n} visit merged in {folder}.", "{n} visits merged in {folder}.", report.visits).format(
            n=report.visits, folder=report.place or report.target
        )
    )
    if compacted:
        click.echo(
            ngettext(
                "{n} erased visit taken out of the files.",
                "{n} erased visits taken out of the files.",
                compacted.visits,
            ).format(n=compacted.visits)
        )
    for sentence in report.sentences():
        click.echo(sentence, err=True)
