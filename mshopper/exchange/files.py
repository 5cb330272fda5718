"""Files in the head-office folder: written whole or not at all, and what goes wrong said in a sentence.

A file is written as a `.tmp` sibling, flushed to the disk and renamed, so that nobody ever sees half of one, whatever
happens to the laptop, the stick or the network meanwhile.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from mshopper.errors import HeadOfficeError
from mshopper.i18n import _

TEMPORARY = ".tmp"
_CHUNK = 1 << 20
_LARGEST_DOCUMENT = 64 << 20


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """A block that writes into the folder around `path`: what the disk refuses becomes a HeadOfficeError."""
    try:
        yield
    except OSError as error:
        sentence = _("“{path}” can't be written ({reason}): check that the folder is there, writable and not full.")
        raise HeadOfficeError(sentence.format(path=path, reason=error.strerror or error)) from error


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """A block that reads `path`: what the disk refuses becomes a HeadOfficeError."""
    try:
        yield
    except OSError as error:
        sentence = _("“{path}” can't be read ({reason}): check that the folder is connected and may be opened.")
        raise HeadOfficeError(sentence.format(path=path, reason=error.strerror or error)) from error


@contextlib.contextmanager
def open_temporary(path: Path) -> Iterator[BinaryIO]:
    """The `.tmp` sibling of `path`, open for writing; on the disk when the block ends, gone when it fails."""
    temporary = temporary_of(path)
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def temporary_of(path: Path) -> Path:
    """The `.tmp` sibling of `path`."""
    return path.with_name(path.name + TEMPORARY)


def write_file(path: Path, data: bytes, *, flush_folder: bool = True) -> None:
    """Write `path` whole; what stood there before stays until it is. Raises HeadOfficeError.

    Without `flush_folder` the caller flushes it once (`sync_folder`) after the last of several files.
    """
    with writing(path):
        with open_temporary(path) as stream:
            stream.write(data)
        put_in_place(path, flush_folder=flush_folder)


def put_in_place(path: Path, *, flush_folder: bool = True) -> None:
    """Rename the `.tmp` sibling to `path`, durably. Raises OSError."""
    temporary = temporary_of(path)
    try:
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    if flush_folder:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, where the system can: Windows and some network drives can't."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def document_bytes(document: dict[str, Any]) -> bytes:
    """A JSON document as it is written: for people to read, the same bytes for the same content."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read_document(path: Path) -> dict[str, Any] | None:
    """A JSON document of ours; None where it isn't one. Raises OSError."""
    if path.stat().st_size > _LARGEST_DOCUMENT:
        return None
    try:
        document = json.loads(path.read_bytes().decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
