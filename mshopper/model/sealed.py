"""A sealed visit with all that its seal can be recomputed from, wherever it was kept: a store, or an exported file."""

from collections.abc import Callable
from dataclasses import dataclass

from mshopper.model.journal import SEALING_EVENTS, JournalLine
from mshopper.model.record import VisitRecord
from mshopper.model.seal import Statement, seal_content


@dataclass(frozen=True)
class SealedVisit:
    """One revision of a visit, and what proves it.

    `salt` is the visit's own, `lines` are the journal's lines of this visit, `public_key` (hex, "" unknown) that of the
    device that sealed it. `stored` gives the SHA-256 of the bytes kept under a photo's hash, `original` likewise of the
    files as they were taken; None where there are no bytes.
    """

    record: VisitRecord
    salt: bytes
    lines: tuple[JournalLine, ...]
    public_key: str
    stored: Callable[[str], str | None]
    original: Callable[[str], str | None]

    @property
    def sealing(self) -> JournalLine | None:
        """The journal's line that carries the seal of this revision."""
        header = self.record.header
        for line in self.lines:
            if line.event in SEALING_EVENTS and line.revision == header.revision:
                return line
        return None

    def statement(self) -> Statement | None:
        """What the seal covers, with seal and signature; None where the journal has no line of the sealing."""
        if (sealing := self.sealing) is None:
            return None
        content = seal_content(self.record, journal_head=sealing.previous, salt=self.salt)
        header = self.record.header
        return Statement(content, header.seal, header.signature, self.public_key)
