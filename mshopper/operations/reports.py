"""Reports: a visit's PDF in the language asked for."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.answer import AnswerKey
from mshopper.model.form import Question
from mshopper.model.reasons import answer_text
from mshopper.model.record import VisitHeader, VisitRecord
from mshopper.operations.policy import refuse_erased, shown
from mshopper.operations.visits import revive
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.model.visit import Visit
    from mshopper.report.aftermath import Aftermath


def write_report(
    workspace: Workspace, visit_id: str, target: Path, *, language: str, progress: Progress | None = None
) -> tuple[Path, tuple[str, ...]]:
    """Write the PDF of a visit to `target`, a file, or a folder (made where it isn't there) in which it gets a name.

    Returns the file and warnings. Raises MshopperError where there is no such visit or the disk refuses.
    """
    real = workspace.record(visit_id)
    refuse_erased(real.header)
    record = shown(workspace, real, language=language)
    path = target if target.suffix.lower() == ".pdf" else target / report_name(record.header)
    with writing_report(path):
        warnings = draw_report(
            record,
            lambda: revive(workspace, record),
            path,
            language=language,
            photo=lambda photo_id: workspace.store.photos.jpeg(photo_id) or b"",
            known=_aftermath(workspace, record.header),
            statement=_statement(workspace, real, record),
            progress=progress,
        )
    return path, warnings


def _aftermath(workspace: Workspace, header: VisitHeader) -> "Aftermath | None":
    """Decisions on the visit, what it found to mend, and what its store has still to mend; None where there is nothing."""
    from mshopper.operations.corrective import action_photo, list_actions
    from mshopper.operations.reviews import decisions
    from mshopper.report.aftermath import Aftermath

    said = decisions(workspace, header.visit_id).standing
    actions = [
        action
        for action in list_actions(workspace, store_id=header.store.store_id)
        if not action.is_done or action.first.visit_id == header.visit_id
    ]
    if not said and not actions:
        return None
    return Aftermath(said, actions, workspace.clock().date(), lambda sha256: action_photo(workspace, sha256))


@contextmanager
def writing_report(path: Path) -> Iterator[None]:
    """Make the folder for a report; what the disk refuses meanwhile becomes a MshopperError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise MshopperError(
            _(
                "The report can't be written to “{file}” ({reason}): check the folder, and close the file if it is open."
            ).format(file=path, reason=error.strerror or error)
        ) from None


def draw_report(
    record: VisitRecord,
    visit: Callable[[], "Visit"],
    target: Path | BinaryIO,
    *,
    language: str,
    photo: Callable[[str], bytes],
    statement: bytes,
    known: "Aftermath | None" = None,
    progress: Progress | None = None,
) -> tuple[str, ...]:
    """The PDF of `record`; `visit` gives its living visit, where that is needed, `known` is what became of it.

    Returns warnings. Raises OSError, Cancelled.
    """
    from mshopper.report.visit_pdf import write_visit_pdf

    return write_visit_pdf(
        record,
        target,
        language=language,
        photo=photo,
        label=_words(record, visit, language),
        known=known,
        statement=statement,
        progress=progress or Progress(),
    )


def _statement(workspace: Workspace, record: VisitRecord, printed: VisitRecord) -> bytes:
    """What the seal covers, for whoever has the PDF alone; nothing before submission, or where it says a hidden name."""
    hidden = replace(printed.header, flags=record.header.flags) != record.header
    if not record.header.seal or hidden:
        return b""
    from mshopper.operations.verifying.store import sealed_visit

    statement = sealed_visit(workspace, record).statement()
    return statement.to_bytes() if statement else b""


def question_words(workspace: Workspace, record: VisitRecord, language: str) -> Callable[[AnswerKey], str]:
    """What gives the words of a question or section of a visit whose text shows answers."""
    return _words(record, lambda: revive(workspace, record), language)


def _words(record: VisitRecord, visit: Callable[[], "Visit"], language: str) -> Callable[[AnswerKey], str]:
    living = cache(visit)

    def words(key: AnswerKey) -> str:
        item = record.form.places[key.path].item
        return living().show(item.label if isinstance(item, Question) else item.title, key, language, answer_text)

    return words


def report_name(header: VisitHeader) -> str:
    """A file name that sorts by day and says which visit: 2026-11-21-milano-duomo-1a2b3c4d.pdf."""
    day = (header.submitted_at or header.started_at)[:10]
    return f"{day}-{file_word(header.store.name or header.store.store_id) or 'visit'}-{header.visit_id[:8]}.pdf"


def file_word(name: str) -> str:
    """A name as part of a file's: small letters, digits and dashes, 40 at most; "" where nothing is left of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-")
