"""Lines of the journal: each carries the hash of the one before it, so that none can be changed without being noticed.

`store` keeps them, an exported visit carries those of its visit. A line's hash is over its number, the hash of what it says
and the hash of the line before: so the lines of other visits can be left out of a file by what they say and still hold
the chain together.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mshopper.model.canonical import canonical_json

SEALING_EVENTS = ("submitted", "not_done")
"""Events whose line carries the seal of a revision, and follows the line that the seal names as the journal's head."""

ERASED = "content_erased"
"""The event of a line that says that answers and photos of a visit were erased for good; by `what`, its photos alone."""

NAME_ERASED = "auditor_name_erased"
"""The event of a line that says that the auditor's id took the place of the name."""


@dataclass(frozen=True, slots=True)
class HiddenLine:
    """A line of which only the hash of what it says is known: it belongs to another visit."""

    seq: int
    content: str
    previous: str
    hash: str

    def expected_hash(self) -> str:
        """The hash that the line must carry."""
        return _line_hash(self.seq, self.content, self.previous)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line. `seq` counts from 1; `previous` is the hash of the line before, "" for the first; hashes are hex."""

    seq: int
    at: str
    event: str
    visit_id: str
    revision: int
    data: Mapping[str, str]
    previous: str
    hash: str

    @property
    def content(self) -> str:
        """SHA-256 (hex) over the canonical JSON of what the line says."""
        said = {
            "at": self.at,
            "event": self.event,
            "visit_id": self.visit_id,
            "revision": str(self.revision),
            "data": self.data,
        }
        return hashlib.sha256(canonical_json(said)).hexdigest()

    def expected_hash(self) -> str:
        """The hash that the line must carry, by what it says."""
        return _line_hash(self.seq, self.content, self.previous)

    def hidden(self) -> HiddenLine:
        """The line without what it says."""
        return HiddenLine(self.seq, self.content, self.previous, self.hash)


def chained(
    seq: int, at: str, event: str, visit_id: str, revision: int, data: Mapping[str, str], previous: str
) -> JournalLine:
    """The line that says this after the one whose hash is `previous`."""
    content = JournalLine(seq, at, event, visit_id, revision, data, previous, "").content
    return JournalLine(seq, at, event, visit_id, revision, data, previous, _line_hash(seq, content, previous))


def first_broken(lines: Iterable[JournalLine | HiddenLine], *, seq: int = 1, previous: str = "") -> int | None:
    """The number of the first line that was changed, or follows one that was changed or removed; None when all is well.

    The first line must have the number `seq` and follow the hash `previous`.
    """
    for line in lines:
        if (line.seq, line.previous) != (seq, previous) or line.hash != line.expected_hash():
            return line.seq
        seq, previous = seq + 1, line.hash
    return None


def line_data(line: JournalLine | HiddenLine) -> dict[str, Any]:
    """A line as JSON data."""
    return {name: dict(value) if name == "data" else value for name, value in _fields(line)}


def _fields(line: JournalLine | HiddenLine) -> Iterable[tuple[str, Any]]:
    return ((name, getattr(line, name)) for name in type(line).__slots__)


def read_line(data: Mapping[str, Any]) -> JournalLine | HiddenLine:
    """What `line_data` gave. Raises TypeError or ValueError for anything else."""
    kind = HiddenLine if "content" in data else JournalLine
    numbers, texts = {"seq", "revision"}, data.keys() - {"seq", "revision", "data"}
    said = data.get("data", {})
    if any(type(data[name]) is not int for name in numbers & data.keys()) or not isinstance(said, dict):
        raise ValueError("no line")
    if not all(isinstance(text, str) for text in (*(data[name] for name in texts), *said.values())):
        raise ValueError("no line")
    return kind(**data)


def _line_hash(seq: int, content: str, previous: str) -> str:
    return hashlib.sha256(canonical_json({"seq": str(seq), "content": content, "previous": previous})).hexdigest()
