"""Visits out of the data folder, for people: their PDFs or the visits themselves into a folder, their lines into one CSV."""

from collections.abc import Sequence
from pathlib import Path

from mshopper.model.record import FLAG_ERASED
from mshopper.operations.policy import shown
from mshopper.operations.reports import write_report
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress


def export_reports(
    workspace: Workspace, visit_ids: Sequence[str], folder: Path, *, language: str, progress: Progress | None = None
) -> list[Path]:
    """Write the PDF of each visit into `folder`; the files. Raises MshopperError, and Cancelled with those written kept."""
    progress = progress or Progress()
    progress.expect(len(visit_ids))
    written = []
    for visit_id in visit_ids:
        path, _warnings = write_report(workspace, visit_id, folder, language=language)
        written.append(path)
        progress.advance(path.name)
    return written


def export_visits(
    workspace: Workspace, visit_ids: Sequence[str], folder: Path, *, progress: Progress | None = None
) -> list[Path]:
    """Write each visit with all that proves it into a file of its own; the files. Raises as `export_reports` does."""
    from mshopper.operations.exported import export_visit

    progress = progress or Progress()
    progress.expect(len(visit_ids))
    written = []
    for visit_id in visit_ids:
        written.append(export_visit(workspace, visit_id, folder))
        progress.advance(written[-1].name)
    return written


def export_csv(
    workspace: Workspace, visit_ids: Sequence[str], path: Path, *, language: str, progress: Progress | None = None
) -> int:
    """Write a line for each visit to `path`, with the columns of head-office.csv, as a spreadsheet of `language` opens it.

    Visits that are still being filled in have no line; how many lines there are. The file is written whole or not at
    all. Raises MshopperError and Cancelled.
    """
    from mshopper.exchange.files import open_temporary, put_in_place, writing
    from mshopper.exchange.rows import tables
    from mshopper.exchange.schema import VISITS
    from mshopper.exchange.spreadsheet import DIALECTS, SpreadsheetWriter

    progress = progress or Progress()
    progress.expect(len(visit_ids))
    with writing(path):
        with open_temporary(path) as stream:
            table = SpreadsheetWriter(stream, VISITS, DIALECTS[language])
            lines = 0
            for visit_id in visit_ids:
                record = shown(workspace, workspace.record(visit_id))
                if record.header.seal and FLAG_ERASED not in record.header.flags:
                    table.row(tables(record).visits[0])
                    lines += 1
                progress.advance(record.header.store.name)
        put_in_place(path)
    return lines
