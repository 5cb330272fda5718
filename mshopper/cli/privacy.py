"""`mshopper privacy`: one person's data, erasing, retention, and the notice for the staff that is seen."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mshopper.cli import common
from mshopper.i18n import _, current_language, ngettext

if TYPE_CHECKING:
    from mshopper.operations import Mention


@click.group("privacy")
def privacy_group() -> None:
    """Personal data: find, export and erase it, and how long it stays."""


@privacy_group.command("find")
@click.argument("name")
@common.json_option
@common.data_option
def find(name: str, as_json: bool, data: Path | None) -> None:
    """Every place where NAME stands: an auditor (or the id), staff, comments, captions."""
    from mshopper import operations as ops

    with common.opened(data) as workspace, common.progress_bar(_("Searching")) as progress:
        found = ops.find_person(workspace, name, progress)
    if as_json:
        common.print_json([asdict(one) for one in found])
        return
    for one in found:
        click.echo(_line(one))
    _told(len(found), len(ops.visits_of(found)))


def _line(one: "Mention") -> str:
    place = f"{one.where}: " if one.where else ""
    return f"{one.visit_id}  {one.day}  {one.store}  {one.kind_text}: {place}{' '.join(one.text.split())}"


def _told(mentions: int, visits: int) -> None:
    places = ngettext("{n} place", "{n} places", mentions).format(n=mentions)
    click.echo(ngettext("{places} in {n} visit.", "{places} in {n} visits.", visits).format(places=places, n=visits))


@privacy_group.command("export")
@click.argument("name")
@click.option("--out", "target", type=common.FILE, required=True, help="The zip file to write.")
@common.json_option
@common.data_option
def export(name: str, target: Path, as_json: bool, data: Path | None) -> None:
    """Write all about NAME into a zip: JSON, CSV, and HTML to read."""
    from mshopper import operations as ops

    with common.opened(data) as workspace, common.progress_bar(_("Searching")) as progress:
        found = ops.export_person(workspace, name, target, progress)
    if as_json:
        common.print_json({"file": str(target), "mentions": len(found), "visits": ops.visits_of(found)})
        return
    _told(len(found), len(ops.visits_of(found)))
    click.echo(str(target))


@privacy_group.command("erase")
@click.argument("visits", nargs=-1, metavar="VISIT…")
@click.option("--before", metavar="DATE", help="All submitted before that day (2026-01-31).")
@click.option("--photos", is_flag=True, help="Only their photos.")
@click.option("--auditor", metavar="ID", help="Put the auditor's id in place of the name everywhere.")
@click.option("--head-office", "folder", type=common.FOLDER, help="Tell this folder now, visits of others too.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@common.json_option
@common.data_option
def erase(
    visits: tuple[str, ...],
    before: str | None,
    photos: bool,
    auditor: str | None,
    folder: Path | None,
    yes: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """Erase what visits hold, for good, in every copy of the data folder; the head office hears of it at the next sync."""
    from mshopper import operations as ops

    if sum((bool(visits), before is not None, auditor is not None)) != 1:
        raise click.UsageError("Name a VISIT, or say --before DATE, or --auditor ID.")
    if (folder or before is not None or auditor is not None) and ((photos and auditor) or (folder and not visits)):
        raise click.UsageError("--head-office goes with VISIT, --photos with VISIT or --before.")
    with common.opened(data) as workspace, common.progress_bar(_("Erasing")) as progress:
        if auditor is not None:
            if not yes:
                click.confirm(_("The name is erased for good. This can't be undone. Erase it?"), abort=True, err=True)
            done = ops.erase_auditor_name(workspace, auditor, progress)
        elif folder is not None:
            if not yes:
                click.confirm(_("The head office can't undo this. Erase them?"), abort=True, err=True)
            ops.erase(workspace, folder, visits)
            here = tuple(one for one in visits if workspace.store.visits.header(one))
            done = ops.erase_visits(workspace, here, progress, tell=False)
        else:
            wanted = [ops.find_visit(workspace, one) for one in visits] or ops.before_day(workspace, _day(before or ""))
            if wanted and not yes:
                for sentence in ops.what_erasing_does(workspace, wanted):
                    click.echo(sentence, err=True)
                click.confirm(_("Erase them?"), abort=True, err=True)
            done = (ops.erase_photos if photos else ops.erase_visits)(workspace, wanted, progress)
    if as_json:
        common.print_json(asdict(done))
        return
    click.echo(done.sentence())


def _day(said: str) -> str:
    import datetime as dt

    try:
        return dt.date.fromisoformat(said).isoformat()
    except ValueError:
        raise click.UsageError("--before wants a day such as 2026-01-31.") from None


@privacy_group.command("retention")
@click.option("--months", type=click.IntRange(0, 1200), help="Visits stay so many months; 0: for ever.")
@click.option("--photos", type=click.IntRange(0, 1200), help="Photos stay so many months; 0: as long as their visit.")
@click.option("--dry-run", is_flag=True, help="Only say what would be erased; nothing is set.")
@common.json_option
@common.data_option
def retention(months: int | None, photos: int | None, dry_run: bool, as_json: bool, data: Path | None) -> None:
    """How long visits and photos stay, and what is erased now."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        given = {"retention_months": months, "photo_months": photos}
        changes = {name: value for name, value in given.items() if value is not None}
        if dry_run:
            found = ops.due(workspace, months=months, photo_months=photos)
        else:
            if changes:
                ops.change_settings(workspace, **changes)
            found = ops.apply_retention(workspace)
        holds = ops.policy_of(workspace)
    if as_json:
        common.print_json({**holds._asdict(), **asdict(found), "erased": not dry_run})
        return
    click.echo(
        _("Months that visits stay: {months}; photos: {photos} (0: for ever).").format(
            months=holds.retention_months, photos=holds.photo_months
        )
    )
    click.echo(found.sentence() if dry_run else found.done_sentence())


@privacy_group.command("notice")
@click.argument("target", type=common.FILE)
@click.option("--lang", type=click.Choice(["it", "en"]), help="The language; that of the program unless said.")
def notice(target: Path, lang: str | None) -> None:
    """Write the notice for the staff that is seen, to be adapted, to the file TARGET."""
    from mshopper import operations as ops

    click.echo(str(ops.write_notice(target, lang or current_language())))
