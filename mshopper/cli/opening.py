"""`mshopper open`: the app on files, as the desktop starts it when one is opened by a double click."""

from pathlib import Path

import click

from mshopper.cli import common
from mshopper.cli.starting import start_app


@click.command("open")
@click.argument("files", type=common.FILE, nargs=-1)
@common.data_option
def open_command(files: tuple[Path, ...], data: Path | None) -> None:
    """Open the app on FILES: forms are taken in, exported visits and reports verified."""
    root = click.get_current_context().find_root().params.get("data")
    click.get_current_context().exit(start_app(data or root, files=tuple(file.absolute() for file in files)))
