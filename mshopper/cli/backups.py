"""`mshopper backup` and `restore`: all data into one file, and back."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mshopper.cli import common
from mshopper.i18n import _, ngettext

if TYPE_CHECKING:
    from mshopper.operations.backups import Restored
    from mshopper.store.backups import Backup


@click.command("backup")
@click.argument("file", type=common.FILE, required=False)
@click.option("--list", "listing", is_flag=True, help="List the backups that the data folder keeps by itself.")
@common.json_option
@common.data_option
def backup(file: Path | None, listing: bool, as_json: bool, data: Path | None) -> None:
    """Copy all data, photos included, into one FILE (or into a folder, under a name by the day)."""
    from mshopper import operations as ops

    if listing == (file is not None):
        raise click.UsageError("Name a FILE, or ask for the --list.")
    if listing:
        _list(ops.list_backups(common.data_folder(data)), as_json)
        return
    assert file is not None
    with common.opened(data) as workspace, common.progress_bar(_("Backup")) as progress:
        target, contents = ops.back_up(workspace, file, progress)
    if as_json:
        common.print_json({"file": str(target), **asdict(contents)})
        return
    sentence = ngettext(
        "{n} visit saved in {file}, and read again.", "{n} visits saved in {file}, and read again.", contents.visits
    )
    click.echo(sentence.format(n=contents.visits, file=target))


def _list(found: "list[Backup]", as_json: bool) -> None:
    if as_json:
        common.print_json(
            [{"file": str(each.file), "kind": each.kind, "at": each.at, "bytes": each.bytes} for each in found]
        )
        return
    if not found:
        click.echo(_("There is no backup yet: the app makes one a day, “mshopper backup FILE” makes one now."))
    for each in found:
        click.echo(f"{each.at}  {each.kind:14}  {each.bytes / 1_000_000:8.1f} MB  {each.file}")


def _restored(folder: Path, file: Path) -> "Restored":
    """Put back; a backup with a key of its own is opened by the passphrase that was given, or asked for."""
    from mshopper import operations as ops
    from mshopper.errors import LockedStoreError

    key = common.key_of(folder)
    try:
        return ops.restore(folder, file, key=key, passphrase=common.given_passphrase())
    except LockedStoreError:
        passphrase = common.ask_secret(_("Passphrase of the backup"))
        if passphrase is None:
            raise
        return ops.restore(folder, file, key=key, passphrase=passphrase)


@click.command("restore")
@click.argument("file", type=common.FILE, required=False)
@click.option("--damaged", is_flag=True, help="Put what can be read of a damaged data file into a new one.")
@common.json_option
@common.data_option
def restore(file: Path | None, damaged: bool, as_json: bool, data: Path | None) -> None:
    """Put the backup FILE back as the data; what was there before is kept."""
    from mshopper import operations as ops

    if damaged == (file is not None):
        raise click.UsageError("Name a FILE to put back, or say --damaged.")
    folder = common.data_folder(data)
    if file is not None:
        restored = _restored(folder, file)
        if as_json:
            common.print_json({"kept": str(restored.kept) if restored.kept else None, **asdict(restored.contents)})
        else:
            click.echo(restored.sentence())
        return
    with common.progress_bar(_("Reading what can be read")) as progress:
        salvaged = ops.salvage(folder, progress, key=common.key_of(folder))
    if as_json:
        common.print_json({"kept": str(salvaged.kept), **asdict(salvaged.found)})
        return
    for sentence in salvaged.sentences():
        click.echo(sentence)
