"""`mshopper demo`: sample shops and visits, in the app or as files."""

from pathlib import Path

import click

from mshopper import paths
from mshopper.cli import common
from mshopper.cli.starting import has_display, start_app
from mshopper.i18n import _, current_language


@click.command("demo")
@click.option("--headless", is_flag=True, help="Write the samples' PDFs and CSVs instead of opening the app.")
@click.option(
    "--out", type=common.FOLDER, default=Path("mshopper-demo"), show_default=True, help="Where to write them."
)
@common.data_option
def demo(headless: bool, out: Path, data: Path | None) -> None:
    """Open the app on sample shops and visits; without a display, write their reports and tables."""
    from mshopper.operations.demo import make_demo, write_demo

    root = click.get_current_context().find_root().params.get("data")
    folder = data or root or paths.demo_data_folder()
    if headless or not has_display():
        with common.progress_bar(_("Demo")) as progress:
            written = write_demo(folder, out, language=current_language(), progress=progress)
        for path in (*written.pdfs, *written.tables):
            click.echo(str(path))
        for problem in written.problems:
            click.echo(problem, err=True)
        return
    with common.progress_bar(_("Demo")) as progress:
        make_demo(folder, progress=progress).close()
    click.get_current_context().exit(start_app(folder, demo=True))
