"""Exported visits: one file that holds a visit and what proves it, to be opened, verified and imported elsewhere."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError
from mshopper.i18n import _, languages
from mshopper.operations.policy import refuse_erased
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.exchange.visit_file import Exported
    from mshopper.model.record import PhotoInfo, VisitHeader
    from mshopper.model.sealed import SealedVisit
    from mshopper.model.verification import Verification
    from mshopper.store.imported import ChainLine, Picture


def export_visit(workspace: Workspace, visit_id: str, target: Path, *, progress: Progress | None = None) -> Path:
    """Write a submitted visit to `target`, a file, or a folder in which it gets a name. Returns the file.

    The same visit gives the same bytes. Raises MshopperError where it was never submitted or the disk refuses, Cancelled.
    """
    from mshopper.exchange.visit_file import SUFFIX, Exported, write_visit_file
    from mshopper.operations.reports import report_name
    from mshopper.operations.verifying.store import sealed_visit

    store, record = workspace.store, workspace.record(visit_id)
    refuse_erased(record.header)
    header = record.header
    if not header.seal:
        raise MshopperError(_("This visit has no seal yet: submit it, then export it."))
    kept = store.forms.row(header.form_hash)
    assert kept is not None, "a foreign key keeps the form of every visit"
    visit = sealed_visit(workspace, record)
    exported = Exported(
        visit=visit,
        chain=_chain(workspace, visit),
        form_source=store.forms.source(header.form_hash),
        form_source_name=kept.source_name,
        report=report_of(visit, lambda photo: store.photos.jpeg(photo.id) or b"", progress),
        jpeg=lambda photo: store.photos.jpeg(photo.id) or b"",
        original=lambda photo: store.photos.original(photo.id),
    )
    path = target / report_name(header).replace(".pdf", SUFFIX) if target.is_dir() else target
    write_visit_file(path, exported)
    return path


def _chain(workspace: Workspace, visit: "SealedVisit") -> "tuple[ChainLine, ...]":
    """The journal from the visit's first line to its seal, the lines of other visits hidden."""
    header, sealing = visit.record.header, visit.sealing
    if chain := workspace.store.imported.chain(header.visit_id, header.revision):
        return chain
    if sealing is None:
        raise MshopperError(_("The journal doesn't say that this visit was sealed: verify the visit to see more."))
    lines = workspace.store.journal.span(visit.lines[0].seq, sealing.seq)
    return tuple(line if line.visit_id == header.visit_id else line.hidden() for line in lines)


def report_of(
    visit: "SealedVisit", jpeg: "Callable[[PhotoInfo], bytes]", progress: Progress | None = None, language: str = ""
) -> bytes:
    """The PDF of a sealed visit, in its own language or the one given; the same as `write_report` makes."""
    from mshopper.operations.reports import draw_report
    from mshopper.operations.verifying.rescored import visit_of

    record, statement = visit.record, visit.statement()
    photos = {photo.id: photo for photo in record.photos}
    spoken = language or record.header.language
    stream = io.BytesIO()
    draw_report(
        record,
        lambda: visit_of(record, record.form),
        stream,
        language=spoken if spoken in languages() else languages()[0],
        photo=lambda photo_id: jpeg(photos[photo_id]),
        statement=statement.to_bytes() if statement else b"",
        progress=progress,
    )
    return stream.getvalue()


def open_exported(path: Path) -> "Exported":
    """The exported visit at `path`, to be used in a `with` block; nothing of it is believed yet (`verify_file`).

    Raises MshopperError for a file that isn't one, is damaged or hostile.
    """
    from mshopper.errors import FormProblemsError
    from mshopper.exchange.archive import ArchiveRefusedError
    from mshopper.exchange.visit_file import read_visit_file
    from mshopper.formfile import read_form_document

    try:
        return read_visit_file(path, lambda document: read_form_document(document, name="form.json"))
    except FormProblemsError as error:
        raise ArchiveRefusedError("damaged", path.name, "form.json") from error


def import_exported(
    workspace: Workspace, path: Path, *, progress: Progress | None = None
) -> "tuple[VisitHeader, bool]":
    """Keep the visit of an exported file as the other device's that it is: its header, and whether it wasn't here yet.

    It must verify. It keeps its device and seal, is never published from here, and replaces nothing. Raises MshopperError
    where it doesn't verify, or another visit stands here under its id; ReadOnlyStoreError, Cancelled.
    """
    from mshopper.operations.verifying.exported import exported_verification

    workspace.require_writable()
    with open_exported(path) as exported:
        header = exported.visit.record.header
        if (there := workspace.store.visits.header(header.visit_id, header.revision)) is not None:
            if there.seal == header.seal:
                return there, False
            raise MshopperError(_("Another visit stands here under the id {visit}.").format(visit=header.visit_id))
        found = exported_verification(workspace, path, exported, progress)
        if not found.agrees:
            _refuse(path, found)
        _check_place(workspace, exported)
        with workspace.store.write():
            _keep_form(workspace, exported)
            workspace.store.imported.add(
                exported.visit.record,
                salt=exported.visit.salt,
                lines=exported.chain,
                public_key=exported.visit.public_key,
                pictures=_pictures(exported),
                at=workspace.now(),
            )
        return header, True


def _refuse(path: Path, found: "Verification") -> None:
    from mshopper.model.verification import DIFFERS
    from mshopper.model.verification_words import check_sentence

    wrong = found.of(DIFFERS)
    why = check_sentence(wrong[0]) if wrong else ""
    raise MshopperError(_("“{file}” can't be imported, it doesn't verify: {why}").format(file=path.name, why=why))


def _check_place(workspace: Workspace, exported: "Exported") -> None:
    """Refuse what would stand among other content: a visit made here, other salt, a photo of another visit."""
    store, record = workspace.store, exported.visit.record
    visit_id = record.header.visit_id
    is_known = store.visits.header(visit_id) is not None
    is_ours = is_known and not store.imported.has(visit_id)
    is_other = is_known and store.visits.salt(visit_id) != exported.visit.salt
    if is_ours or is_other or any(store.photos.owner(photo.id) not in ("", visit_id) for photo in record.photos):
        raise MshopperError(_("Another visit stands here under the id {visit}.").format(visit=visit_id))


def _keep_form(workspace: Workspace, exported: "Exported") -> None:
    """Keep the form for this visit, without making it the version that new visits are made with."""
    from mshopper.model.form_document import form_document
    from mshopper.store.forms import FormRow

    record, forms = exported.visit.record, workspace.store.forms
    form, latest = record.form, forms.latest(record.form.id)
    row = FormRow(
        record.header.form_hash, form.id, form.version, form.title, exported.form_source_name, workspace.now()
    )
    if forms.add(row, document=form_document(form), source=exported.form_source) and latest is not None:
        forms.make_latest(latest.hash)


def _pictures(exported: "Exported") -> "Iterator[Picture]":
    """Each photo with a thumbnail made here: one that came along could show something else."""
    from mshopper.photo import take_photo

    for photo in exported.visit.record.photos:
        jpeg = exported.jpeg(photo)
        yield photo, jpeg, take_photo(jpeg, name=f"{photo.sha256[:12]}.jpg").thumbnail, exported.original(photo)
