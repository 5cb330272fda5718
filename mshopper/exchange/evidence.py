"""The evidence of one visit in the head-office folder: `evidence/<visit>/`, files written once and named by content.

Several files are written at a time: each waits for the disk or the network on its own, which takes most of the time.
"""

import hashlib
import re
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from mshopper.exchange.files import reading, sync_folder, write_file, writing
from mshopper.exchange.folder import HeadOffice

FOLDER = "evidence"
_VISIT = re.compile(r"[0-9a-z-]{1,40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass
class EvidenceFolder:
    """What a visit has there. Used in a `with` block: at its end what was put there is on the disk.

    What the disk refused is raised then, as HeadOfficeError; the other files are there.
    """

    folder: Path
    _writers: Executor
    _names: set[str] = field(default_factory=set)
    _begun: list[Future[None]] = field(default_factory=list)

    @classmethod
    def of(cls, head_office: HeadOffice, visit_id: str, writers: Executor) -> "EvidenceFolder":
        """The evidence of that visit (a UUID); nothing is made before something is put there. Raises HeadOfficeError."""
        if not _VISIT.fullmatch(visit_id):
            raise ValueError(f"visit {visit_id!r}")
        folder = head_office.folder / FOLDER / visit_id
        with reading(folder):
            return cls(folder, writers, {path.name for path in folder.iterdir()} if folder.is_dir() else set())

    def __enter__(self) -> "EvidenceFolder":
        return self

    def __exit__(self, error: type[BaseException] | None, *_more: object) -> None:
        wait(self._begun)
        if self._begun:
            sync_folder(self.folder)
        if error is None:
            for written in self._begun:
                written.result()

    def has_photo(self, sha256: str) -> bool:
        """Whether that photo is there."""
        return f"{sha256}.jpg" in self._names

    def put_photo(self, sha256: str, jpeg: bytes) -> None:
        """Write a photo under its content's hash."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"hash {sha256!r}")
        self._put(f"{sha256}.jpg", jpeg)

    def has_report(self, revision: int) -> bool:
        """Whether the PDF of that revision is there."""
        return any(name.startswith(f"visit-r{revision}-") and name.endswith(".pdf") for name in self._names)

    def put_report(self, revision: int, pdf: bytes) -> None:
        """Write the PDF of a revision."""
        self._put(f"visit-r{revision}-{hashlib.sha256(pdf).hexdigest()[:16]}.pdf", pdf)

    def _put(self, name: str, data: bytes) -> None:
        if not self._names:
            with writing(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
        # The folder's entries are flushed once, at the end: a file that isn't there after a power cut goes again.
        self._begun.append(self._writers.submit(write_file, self.folder / name, data, flush_folder=False))
        self._names.add(name)
