"""A statement: a small document that a device signs and writes once, named by its content (`<hash16>.<kind>.json`).

Tombstones, decisions and corrective actions are statements. Whoever reads one gets it where all of it agrees; whatever else
lies there is a problem, which is named and left alone.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mshopper.exchange.files import document_bytes, read_document, write_file, writing
from mshopper.exchange.segment import Keys, SegmentProblem, Sign, Verify, signed_part

NAME = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of statement: how its files end, the key of its format's version, and the version written.

    `needs_key` says that one counts only where the device that signed it has published its key.
    """

    name: str
    suffix: str
    marker: str
    format: int
    needs_key: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement whose parts agree. `hash` is the SHA-256 (hex) of what was signed, `document` all that it says."""

    kind: Kind
    hash: str
    device_id: str
    created: str
    document: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What its file is called, without the kind."""
        return self.hash[:16]

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}{self.kind.suffix}"


def signed_statement(
    kind: Kind, content: Mapping[str, Any], *, device_id: str, public_key: bytes, sign: Sign, created: str
) -> Statement:
    """A statement of `content` by that device; `created` is ISO 8601 with offset."""
    document = {
        kind.marker: kind.format,
        "device": device_id,
        "created": created,
        "public_key": public_key.hex(),
        **content,
    }
    message = signed_part(document)
    digest = hashlib.sha256(message).hexdigest()
    return Statement(kind, digest, device_id, created, document | {"signature": sign(message).hex()})


def put_statement(folder: Path, statement: Statement) -> bool:
    """Write a statement into `folder` (that of its device); whether it wasn't there. Raises HeadOfficeError."""
    path = folder / statement.file
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.read_bytes() == document_bytes(dict(statement.document)):
            return False
    write_file(path, document_bytes(dict(statement.document)))
    return True


def read_statement(
    folder: Path, name: str, kind: Kind, *, keys: Keys, verify: Verify | None = None
) -> Statement | SegmentProblem:
    """The statement of that name in `folder`, if all of it agrees; else what is wrong with it."""
    try:
        found = _read(folder, name, kind, keys, verify)
    except OSError:
        found = "unreadable"
    return SegmentProblem(f"{folder.name}/{name}{kind.suffix}", found) if isinstance(found, str) else found


def _read(folder: Path, name: str, kind: Kind, keys: Keys, verify: Verify | None) -> Statement | str:
    document = read_document(folder / f"{name}{kind.suffix}")
    if document is None:
        return "damaged"
    version = document.get(kind.marker)
    if not isinstance(version, int):
        return "foreign"
    if version > kind.format:
        return "newer"
    try:
        message = signed_part(document)
        device, key, signature = (str(document[part]) for part in ("device", "public_key", "signature"))
        signed = bytes.fromhex(key), bytes.fromhex(signature)
    except (KeyError, TypeError, ValueError, RecursionError):
        return "damaged"
    digest = hashlib.sha256(message).hexdigest()
    if digest[:16] != name:
        return "damaged"
    if device != folder.name:
        return "foreign"
    known = keys(device)
    if known is None and kind.needs_key:
        return "keyless"
    if known not in (None, key) or (verify is not None and not verify(signed[0], message, signed[1])):
        return "forged"
    return Statement(kind, digest, device, str(document.get("created", "")), document)


def kept_statement(kind: Kind, text: str, digest: str) -> Statement:
    """A statement that was verified before, from the JSON text that it was kept as."""
    document = json.loads(text)
    return Statement(kind, digest, document["device"], document["created"], document)
