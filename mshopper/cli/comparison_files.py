"""The options of `mshopper compare` that write documents: PDF, Excel, and a page for each store."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mshopper.cli import common
from mshopper.i18n import current_language, languages
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.model.comparison import Filters
    from mshopper.operations import Comparing, Findings, Workspace


def file_options(command: Any) -> Any:
    """`--pdf`, `--xlsx`, `--store-pages` and `--lang`."""
    for option in reversed(
        (
            click.option("--pdf", "pdf_file", type=common.FILE, help="Write the comparison as PDF, for a meeting."),
            click.option("--xlsx", "xlsx_file", type=common.FILE, help="Write it as Excel workbook, a sheet a view."),
            click.option(
                "--store-pages", "pages_folder", type=common.FOLDER, help="Write a one-page PDF for each store here."
            ),
            click.option("--lang", type=click.Choice(languages()), help="The language of PDF and Excel."),
        )
    ):
        command = option(command)
    return command


def write_files(
    tables: "Comparing",
    findings: "Findings",
    workspace: "Workspace",
    *,
    filters: "Filters",
    pdf_file: Path | None,
    xlsx_file: Path | None,
    pages_folder: Path | None,
    lang: str | None,
    progress: Progress,
    **asked: Any,
) -> None:
    """Write what was asked for, and say each file. `asked` goes to `comparison_report`."""
    from mshopper import operations as ops

    language = lang or current_language()
    if pdf_file or xlsx_file:
        report = ops.comparison_report(tables, findings, filters=filters, progress=progress, **asked)
        if pdf_file:
            for warning in ops.write_comparison_pdf(report, pdf_file, language=language, progress=progress):
                click.echo(warning, err=True)
            click.echo(str(pdf_file), err=True)
        if xlsx_file:
            ops.write_comparison_workbook(report, xlsx_file, language=language, progress=progress)
            click.echo(str(xlsx_file), err=True)
    if pages_folder:
        pages = ops.store_pages(tables, findings, workspace, filters=filters, progress=progress)
        for path in ops.write_store_pages(pages, pages_folder, language=language):
            click.echo(str(path), err=True)
