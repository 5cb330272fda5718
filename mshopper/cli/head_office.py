"""`mshopper sync` and `merge`: what goes to and comes from head office."""

from dataclasses import asdict
from pathlib import Path

import click

from mshopper.cli import common
from mshopper.i18n import _, ngettext


@click.command("sync")
@click.argument("folder", type=common.FOLDER)
@click.option(
    "--evidence/--no-evidence", default=None, help="Send photos and reports too (default: as in the settings)."
)
@common.json_option
@common.data_option
def sync(folder: Path, evidence: bool | None, as_json: bool, data: Path | None) -> None:
    """Publish visits to the head-office FOLDER, take forms, stores and plan, merge where this device merges."""
    from mshopper import operations as ops

    with common.opened(data) as workspace, common.progress_bar(_("Sync")) as progress:
        result = ops.sync(workspace, folder, progress, evidence=evidence)
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


@click.command("merge")
@click.argument("folder", type=common.FOLDER)
@click.option("--claim", is_flag=True, help="Let this computer write the merged tables from now on.")
@click.option("--excel", type=click.Choice(["it", "en"]), help="Also write tables that Excel opens in that language.")
@click.option("--xlsx", is_flag=True, help="Also write one Excel workbook, a sheet a table.")
@click.option("--parquet", is_flag=True, help="Also write the tables as Parquet into FOLDER/tables, for other engines.")
@click.option("--compact", is_flag=True, help="Take erased visits out of all files for good.")
@common.json_option
@common.data_option
def merge(
    folder: Path,
    claim: bool,
    excel: str | None,
    xlsx: bool,
    parquet: bool,
    compact: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """Merge all results of the head-office FOLDER."""
    from mshopper import operations as ops

    with common.opened(data) as workspace, common.progress_bar(_("Merge")) as progress:
        report = ops.merge(
            workspace, folder, claim=claim, excel=excel or "", workbook=xlsx, parquet=parquet, progress=progress
        )
        compacted = ops.compact(workspace, folder, progress=progress) if compact else None
    if as_json:
        common.print_json(
            {
                "target": str(report.target),
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
            n=report.visits, folder=report.target
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
