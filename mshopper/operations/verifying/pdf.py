"""Verifying a visit's PDF: alone it proves the seal and what the seal says, and where the visit is at hand, every page.

Its pages are drawn again from the visit and compared byte by byte: the same visit gives the same PDF.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model import seal as seals
from mshopper.model.verification import Check, Verification, agrees, differs, unchecked
from mshopper.operations.verifying.keys import KnownKeys
from mshopper.operations.verifying.visit import signature_checks

if TYPE_CHECKING:
    from mshopper.model.record import PhotoInfo
    from mshopper.model.sealed import SealedVisit
    from mshopper.operations.workspace import Workspace
    from mshopper.progress import Progress

_LARGEST = 512 << 20
_LARGEST_STATEMENT = 16 << 20
STATEMENT_FILE = "seal.json"


def verify_report(workspace: "Workspace | None", path: Path, progress: "Progress | None" = None) -> Verification:
    """Verify a visit's PDF. Raises MshopperError for a file that can't be read or isn't one of ours, Cancelled."""
    if path.stat().st_size > _LARGEST:
        raise MshopperError(_("“{file}” is too large for a visit's report.").format(file=path.name))
    data = path.read_bytes()
    information, language, attached = _read(path, data)
    if attached is None:
        raise MshopperError(
            _("“{file}” isn't the report of a submitted visit: it carries no seal.").format(file=path.name)
        )
    try:
        statement = seals.read_statement(attached)
        said = _Said(statement.content)
    except (ValueError, KeyError, TypeError):
        return Verification("report", path.name, (differs("file", "statement_unreadable"),))
    keys = KnownKeys.of(workspace) if workspace else KnownKeys()
    checks = [
        *_seal(statement),
        *signature_checks(statement.seal, statement.signature, statement.public_key),
        *keys.checks(said.device_id, statement.public_key),
        *_information(information, said, statement.seal),
        *_pages(workspace, data, said, statement, language, progress),
    ]
    return Verification("report", path.name, tuple(checks), said.visit_id, said.revision, said.device_id)


class _Said:
    """What the sealed content says of the visit. Raises KeyError, TypeError or ValueError where it isn't such."""

    def __init__(self, content: Any) -> None:
        self.visit_id, self.device_id = str(content["visit_id"]), str(content["device_id"])
        self.revision = int(content["revision"])
        self.store_id, self.store_name = str(content["store"]["store_id"]), str(content["store"]["name"])
        self.form_id = str(content["form"]["id"])
        self.auditor = str(content["auditor"]["name"]) or str(content["auditor"]["id"])
        self.submitted_at = str(content["submitted_at"])
        score = content["score"]
        self.verdict = str(score["verdict"]) if score else "not_done"
        self.percent = score["percent"] if score else None


def _read(path: Path, data: bytes) -> tuple[dict[str, str], str, bytes | None]:
    """The document's own facts, its language and its embedded statement. Raises MshopperError."""
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong is said once, by us
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        information = {str(name): str(value) for name, value in (reader.metadata or {}).items()}
        language = str(reader.root_object.get("/Lang", ""))
        found = [file for file in reader.attachment_list if file.name == STATEMENT_FILE]
        attached = found[0].content if len(found) == 1 else None
    except (PyPdfError, *_BROKEN) as error:
        sentence = _("“{file}” can't be read as a PDF: it is damaged or was changed.")
        raise MshopperError(sentence.format(file=path.name)) from error
    if attached is not None and len(attached) > _LARGEST_STATEMENT:
        raise MshopperError(_("“{file}” is too large for a visit's report.").format(file=path.name))
    return information, language, attached


_BROKEN = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    ArithmeticError,
    RuntimeError,
    OSError,
    AssertionError,
)
"""What a PDF that somebody changed makes of its reader."""


def _seal(statement: seals.Statement) -> Iterator[Check]:
    if seals.seal(statement.content) == statement.seal:
        yield agrees("seal", "seal_agrees", seal=statement.seal)
    else:
        yield differs("seal", "seal_changed", seal=statement.seal)


def _information(information: dict[str, str], said: _Said, seal: str) -> Iterator[Check]:
    """What the file says of itself is what was sealed."""
    from mshopper.report.visit_pdf import report_keywords, report_stamp

    wrong = []
    if information.get("/Keywords") != report_keywords(said.store_id, said.form_id, seal):
        wrong.append(_("keywords"))
    if information.get("/Author", "") != said.auditor:
        wrong.append(_("author"))
    words = information.get("/Subject", "")
    if said.visit_id not in words or not words.endswith(f" {said.revision}"):
        wrong.append(_("subject"))
    if not information.get("/Title", "").startswith(said.store_name or said.store_id):
        wrong.append(_("title"))
    if {information.get("/CreationDate"), information.get("/ModDate")} != {report_stamp(said.submitted_at)}:
        wrong.append(_("date"))
    if wrong:
        yield differs("report", "information_changed", what=", ".join(wrong))
    else:
        yield agrees("report", "information_agrees", percent=said.percent or "", verdict=said.verdict)


def _pages(
    workspace: "Workspace | None",
    data: bytes,
    said: _Said,
    statement: seals.Statement,
    language: str,
    progress: "Progress | None",
) -> Iterator[Check]:
    from mshopper.operations.verifying.store import sealed_visit

    store = workspace.store if workspace else None
    there = store.visits.header(said.visit_id, said.revision) if store else None
    if workspace is None or store is None or there is None:
        yield unchecked("report", "pages_unproven")
        return
    if there.seal != statement.seal:
        yield differs("report", "other_seal_here")
        return
    visit = sealed_visit(workspace, workspace.record(said.visit_id, said.revision))
    yield from page_checks(data, visit, lambda photo: store.photos.jpeg(photo.id) or b"", progress, language)


def page_checks(
    data: bytes,
    visit: "SealedVisit",
    jpeg: "Callable[[PhotoInfo], bytes]",
    progress: "Progress | None" = None,
    language: str = "",
) -> Iterator[Check]:
    """Whether the PDF in `data` is, byte by byte, what this version prints of the visit."""
    from mshopper.operations.exported import report_of

    if report_of(visit, jpeg, progress, language) == data:
        yield agrees("report", "pages_agree")
    else:
        yield unchecked("report", "pages_differ")
