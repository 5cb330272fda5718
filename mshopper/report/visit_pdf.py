"""VisitRecord to PDF: the report of one visit, put together from its parts. The only way in for `operations`.

The same record gives the same bytes: dates come from the record, photos go in as they are, fonts are cut the same way.
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from mshopper.i18n import _, speaking
from mshopper.model.answer import AnswerKey
from mshopper.model.record import VisitRecord
from mshopper.progress import Progress
from mshopper.report.aftermath import Aftermath, aftermath
from mshopper.report.closing import closing
from mshopper.report.contents import Contents, moment_of
from mshopper.report.document import Facts, as_told, new_fonts, pdf_date, write_document
from mshopper.report.first_page import first_page
from mshopper.report.parts import heading
from mshopper.report.pictures import load_pictures, photo_grid, photo_targets
from mshopper.report.questions import questions

STATEMENT_FILE = "seal.json"
"""The embedded file that says what the seal covers."""


def write_visit_pdf(
    record: VisitRecord,
    target: Path | BinaryIO,
    *,
    language: str,
    photo: Callable[[str], bytes],
    label: Callable[[AnswerKey], str] | None = None,
    known: Aftermath | None = None,
    statement: bytes = b"",
    progress: Progress | None = None,
) -> tuple[str, ...]:
    """Write the report of a visit as PDF, in `language` (the form's own texts in its default where it lacks that).

    `photo` gives a photo's JPEG bytes by id (b"" where they were erased). `label` gives the words of a question or a
    section whose text shows answers (`${q}`); it is asked for no other. `known` is what became of the visit. `statement` is
    what the seal covers, with the seal and its signature, and goes along as the embedded file STATEMENT_FILE. Returns a
    warning for each character that no font has; it is printed as its code. Raises OSError where `target` can't be written,
    and Cancelled.
    """
    progress = progress or Progress()
    with speaking(language):
        contents = Contents(record, language, label)
        fonts = new_fonts()
        pictures = load_pictures(contents.photos, photo, progress)
        groups = [*first_page(contents, fonts), *questions(contents, fonts, pictures)]
        if contents.photos:
            groups.append(heading(fonts, _("Photos"), "photos", new_page=not contents.is_not_done))
            groups += photo_grid(contents, fonts, pictures)
        if known is not None:
            groups += aftermath(contents, fonts, known)
        groups += closing(contents, fonts)
        targets = photo_targets(contents)
        facts = _facts(contents, statement)
        return write_document(groups, target, facts, fonts, progress=progress, targets=targets)


def _facts(contents: Contents, statement: bytes) -> Facts:
    """The document's own facts: title, author, subject, keywords with the seal, dates from the record."""
    header = contents.header
    title = " · ".join(part for part in (contents.store_name, contents.form_title, contents.date) if part)
    moments = map(moment_of, (header.submitted_at, header.changed_at, header.started_at))
    return Facts(
        title=title,
        language=contents.language,
        author=header.auditor or header.auditor_id,
        subject=_("Visit {visit_id}, revision {revision}").format(visit_id=header.visit_id, revision=header.revision),
        keywords=report_keywords(header.store.store_id, header.form_id, header.seal),
        written=next(filter(None, moments), None),
        running=title,
        foot=header.visit_id,
        stamp=_("Draft") if contents.is_draft else "",
        embedded=((STATEMENT_FILE, statement),) if statement else (),
    )


def report_keywords(store_id: str, form_id: str, seal: str) -> str:
    """The document's keywords."""
    return as_told(" ".join(part for part in (store_id, form_id, seal) if part))


def report_stamp(submitted_at: str) -> str:
    """The document's dates, by the time of the submission (ISO 8601)."""
    return pdf_date(moment_of(submitted_at))
