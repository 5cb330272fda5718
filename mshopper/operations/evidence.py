"""Evidence: the PDF and the photos of submitted visits in the head-office folder, for those who judge a score.

Each photo is a file named by its content, so that it goes once and a sync that was broken off goes on where it was. Visits
that were erased are left out.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.i18n import _
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.exchange.evidence import EvidenceFolder
    from mshopper.exchange.folder import HeadOffice
    from mshopper.model.record import VisitHeader

_WRITERS = 4


def publish_evidence(
    workspace: Workspace, head_office: "HeadOffice", progress: Progress, *, reports: bool = True
) -> int:
    """Publish what the folder lacks of photos and, with `reports`, PDFs; how many files went.

    Raises HeadOfficeError, Cancelled.
    """
    from mshopper.exchange.evidence import EvidenceFolder
    from mshopper.exchange.tombstone import erased_visits
    from mshopper.operations.identity import is_signature

    erased = erased_visits(head_office, verify=is_signature)
    wanted = [one for one in workspace.store.segments.sealed() if one.visit_id not in erased]
    progress.expect(len(wanted))
    written = 0
    with ThreadPoolExecutor(_WRITERS) as writers:
        for visit_id, revision in wanted:
            with EvidenceFolder.of(head_office, visit_id, writers) as folder:
                for photo in workspace.store.photos.of_visit(visit_id, revision):
                    if not folder.has_photo(photo.sha256) and (jpeg := workspace.store.photos.jpeg(photo.id)):
                        folder.put_photo(photo.sha256, jpeg)
                        written += 1
                header = workspace.store.visits.header(visit_id, revision)
                if reports and header is not None and not folder.has_report(revision):
                    written += _put_report(workspace, folder, header)
            progress.advance(_("Sending photos and reports"))
    return written


def _put_report(workspace: Workspace, folder: "EvidenceFolder", header: "VisitHeader") -> int:
    from mshopper.i18n import languages
    from mshopper.operations.reports import write_report

    latest = workspace.store.visits.header(header.visit_id)
    if latest is None or latest.revision != header.revision:
        return 0  # it is being corrected: its report goes with the correction
    language = header.language if header.language in languages() else languages()[0]
    with workspace.temporary_folder() as name:
        path, _warnings = write_report(workspace, header.visit_id, Path(name) / "report.pdf", language=language)
        folder.put_report(header.revision, path.read_bytes())
    return 1
