"""An exported visit: one zip archive with everything that a visit is and everything that proves it.

    mimetype           what the file is, first and plain, for systems that look at bytes
    visit.json         header, answers, photos' facts, what submission froze, the score, the salt, the key
    journal.json       the journal's lines of this visit; between them those of others, by their hashes alone
    form.json, form    the form as data, and the file that it was read from
    photos/<sha256>    each photo; originals/<sha256> the files as they were taken, where they were kept
    report.pdf         the report

The documents are canonical JSON and read only as such, so that not a byte of them can differ unnoticed.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from mshopper.errors import MshopperError
from mshopper.exchange.archive import Archive, ArchiveRefusedError, open_archive, write_archive
from mshopper.i18n import _
from mshopper.model.canonical import canonical_json
from mshopper.model.form import Form
from mshopper.model.form_document import form_document
from mshopper.model.journal import HiddenLine, JournalLine, line_data, read_line
from mshopper.model.record import PhotoInfo
from mshopper.model.record_document import read_record, record_document
from mshopper.model.sealed import SealedVisit

SUFFIX = ".mshopper-visit"
MIME = b"application/vnd.mshopper.visit+zip"
FORMAT = 1

_MB = 1 << 20
_LARGEST = {
    "mimetype": len(MIME),
    "visit.json": 16 * _MB,
    "journal.json": 32 * _MB,
    "form.json": 16 * _MB,
    "form": 64 * _MB,
    "report.pdf": 256 * _MB,
}
_PICTURE = re.compile(r"(?P<kind>photos|originals)/(?P<sha256>[0-9a-f]{64})", re.ASCII)
_LARGEST_PICTURE = {"photos": 32 * _MB, "originals": 256 * _MB}
_HEX = re.compile(r"[0-9a-f]*", re.ASCII)
_VISIT_ID = re.compile(r"[0-9a-z-]{1,40}", re.ASCII)

ChainLine = JournalLine | HiddenLine
FormReader = Callable[[object], Form]


@dataclass(frozen=True)
class Exported:
    """An exported visit: the visit, its journal lines from its first to its seal, the form's own file, and the report.

    Where it was read from an archive, that stays open until the `with` block ends.
    """

    visit: SealedVisit
    chain: tuple[ChainLine, ...]
    form_source: bytes
    form_source_name: str
    report: bytes
    jpeg: Callable[[PhotoInfo], bytes]
    original: Callable[[PhotoInfo], bytes | None]
    archive: Archive | None = None

    def __enter__(self) -> "Exported":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.archive is not None:
            self.archive.__exit__(kind, error, trace)


def write_visit_file(path: Path, exported: Exported) -> None:
    """Write `exported` to `path`, whole or not at all; the same visit gives the same bytes. Raises HeadOfficeError."""
    record = exported.visit.record
    documents = {
        "visit.json": _visit_document(exported),
        "journal.json": [line_data(line) for line in exported.chain],
        "form.json": form_document(record.form),
    }
    entries: dict[str, Callable[[], bytes]] = {
        name: lambda data=document: canonical_json(data)  # type: ignore[misc]
        for name, document in documents.items()
    }
    entries["form"] = lambda: exported.form_source
    entries["report.pdf"] = lambda: exported.report
    for photo in record.photos:
        if exported.visit.stored(photo.sha256) is not None:
            entries[f"photos/{photo.sha256}"] = lambda photo=photo: exported.jpeg(photo)  # type: ignore[misc]
        # The file behind an edited photo shows what was hidden in it.
        if not photo.derived_from and exported.visit.original(photo.original_sha256) is not None:
            entries[f"originals/{photo.original_sha256}"] = lambda photo=photo: exported.original(photo)  # type: ignore
    write_archive(path, ("mimetype", MIME), entries)


def is_visit_file(path: Path) -> bool:
    """Whether the file says of itself that it is an exported visit. Raises OSError."""
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04"


def read_visit_file(path: Path, form_reader: FormReader) -> Exported:
    """The exported visit at `path`, with its archive open; `form_reader` makes a Form of its document.

    That it is what it seems to be is for `operations.verifying` to say. Raises MshopperError where it can't be read.
    """
    archive = open_archive(path, _largest)
    try:
        if archive.read("mimetype") != MIME:
            raise ArchiveRefusedError("no_archive", path.name)
        return _read(path, archive, form_reader)
    except BaseException:
        archive.__exit__(None, None, None)
        raise


def _largest(name: str) -> int | None:
    if found := _PICTURE.fullmatch(name):
        return _LARGEST_PICTURE[found["kind"]]
    return _LARGEST.get(name)


def _visit_document(exported: Exported) -> dict[str, Any]:
    visit = exported.visit
    header = visit.record.header
    # What happens to a visit after its seal (a supervisor's decision) isn't the file's business.
    outcome = "not_done" if visit.record.sheet is None else "submitted"
    sealed = replace(visit.record, header=replace(header, state=outcome, changed_at=header.submitted_at))
    return {
        "mshopper_visit": FORMAT,
        "record": record_document(sealed),
        "salt": visit.salt.hex(),
        "public_key": visit.public_key,
        "form_source_name": exported.form_source_name,
    }


def _read(path: Path, archive: Archive, form_reader: FormReader) -> Exported:
    document = _document(path, archive, "visit.json")
    if isinstance(document, dict) and isinstance(number := document.get("mshopper_visit"), int) and number > FORMAT:
        sentence = _("“{file}” comes from a newer mshopper: update mshopper on this computer to open it.")
        raise MshopperError(sentence.format(file=path.name))
    form = form_reader(_document(path, archive, "form.json"))
    try:
        record = read_record(document["record"], form)
        chain = tuple(read_line(line) for line in _document(path, archive, "journal.json"))
        salt, public_key = bytes.fromhex(document["salt"]), _hex(document["public_key"])
        name = str(document["form_source_name"])
        if not _VISIT_ID.fullmatch(record.header.visit_id) or record.header.revision < 1:
            raise ValueError("visit")
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise ArchiveRefusedError("damaged", path.name, "visit.json") from error
    hashes: dict[str, str] = {}

    def hashed(kind: str, digest: str) -> str | None:
        entry = f"{kind}/{digest}"
        if entry in archive.names and entry not in hashes:
            hashes[entry] = archive.sha256(entry)
        return hashes.get(entry)

    own = tuple(line for line in chain if isinstance(line, JournalLine))
    visit = SealedVisit(
        record,
        salt,
        own,
        public_key,
        lambda digest: hashed("photos", digest),
        lambda digest: hashed("originals", digest),
    )
    exported = Exported(
        visit,
        chain,
        archive.read("form"),
        name,
        archive.read("report.pdf"),
        lambda photo: archive.read(f"photos/{photo.sha256}"),
        lambda photo: _original(archive, photo),
        archive,
    )
    _check_whole(path, archive, document, exported)
    return exported


def _original(archive: Archive, photo: PhotoInfo) -> bytes | None:
    name = f"originals/{photo.original_sha256}"
    return archive.read(name) if name in archive.names else None


def _check_whole(path: Path, archive: Archive, document: Mapping[str, Any], exported: Exported) -> None:
    """Refuse what holds more than we would write: what nobody reads nobody would verify."""
    if canonical_json(_visit_document(exported)) != canonical_json(document):
        raise ArchiveRefusedError("damaged", path.name, "visit.json")
    photos = exported.visit.record.photos
    known = {f"photos/{photo.sha256}" for photo in photos} | {f"originals/{photo.original_sha256}" for photo in photos}
    for name in sorted(archive.names - known - _LARGEST.keys()):
        raise ArchiveRefusedError("name", path.name, name)


def _document(path: Path, archive: Archive, name: str) -> Any:
    data = archive.read(name)
    try:
        document = json.loads(data)
        if canonical_json(document) != data:
            raise ValueError("not canonical")
    except (ValueError, TypeError, RecursionError) as error:
        raise ArchiveRefusedError("damaged", path.name, name) from error
    return document


def _hex(text: object) -> str:
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        raise ValueError("hex")
    return text
