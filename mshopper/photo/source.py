"""The given file or bytes, checked before anything decodes them: there, a file, not empty, not too large, of a known kind.

First step of the intake: `opened` gives an `Original` whose stream `decoding` reads. The kind is told from the first
bytes, never from the suffix, since phones and mail programs rename at will.
"""

import hashlib
import io
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mshopper.errors import PhotoRefusedError
from mshopper.i18n import _

MAX_BYTES = 64_000_000
"""The largest file taken. A phone's largest JPEG or HEIC has about half of it; Pillow holds a PNG's or a WebP's bytes
twice while it reads them, which must fit into the 300 MB of an intake."""

_BLOCK = 1 << 20
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@dataclass(frozen=True, slots=True)
class Original:
    """A file as given, its stream at the start; `data` are its bytes where they are to be kept.

    `kind` is JPEG, PNG, GIF, WEBP, TIFF or HEIC. `jpeg_scans` counts the start-of-scan markers, embedded previews included.
    """

    name: str
    kind: str
    stream: BinaryIO
    sha256: str
    jpeg_scans: int
    data: bytes | None


def base_name(name: str) -> str:
    """The last part of a path of any system, without what would break a line of text."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c if c.isprintable() else "�" for c in last) or "photo"


@contextmanager
def opened(source: Path | bytes, name: str | None, *, keep: bool) -> Iterator[Original]:
    """The checked original, open as long as the block lasts. Raises PhotoRefusedError."""
    if isinstance(source, bytes):
        shown = base_name(name or "photo")
        _check_size(shown, len(source))
        yield _examined(shown, io.BytesIO(source), source if keep else None)
        return
    shown = base_name(name or source.name)
    stream = _open_file(shown, source)
    with stream:
        try:
            data = stream.read(MAX_BYTES + 1) if keep else None
            if data is not None:
                # A file that grew since its size was asked; and what is hashed, decoded and kept are the same bytes.
                _check_size(shown, len(data))
            original = _examined(shown, stream if data is None else io.BytesIO(data), data)
        except OSError as error:
            raise _unreadable(shown, error) from error
        yield original


def _open_file(name: str, path: Path) -> BinaryIO:
    try:
        status = path.stat()
        # Opening a pipe or a device would wait for ever.
        if not stat.S_ISREG(status.st_mode):
            raise PhotoRefusedError(_("{name} isn't a file: choose a photo.").format(name=name))
        _check_size(name, status.st_size)
        return path.open("rb")
    except FileNotFoundError as error:
        raise PhotoRefusedError(
            _("{name} isn't there: check that the card or phone is connected, and choose the photo again.").format(
                name=name
            )
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> PhotoRefusedError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return PhotoRefusedError(
        _("{name} can't be read ({reason}): copy it onto this computer and choose it there.").format(
            name=name, reason=reason
        )
    )


def _check_size(name: str, size: int) -> None:
    if size == 0:
        raise PhotoRefusedError(_("{name} is empty: copy the photo from the camera or phone again.").format(name=name))
    if size > MAX_BYTES:
        sentence = _("{name} is too large ({size} MB, at most {limit} MB): save it as a smaller JPEG and add that.")
        raise PhotoRefusedError(sentence.format(name=name, size=-(-size // 1_000_000), limit=MAX_BYTES // 1_000_000))


def _examined(name: str, stream: BinaryIO, data: bytes | None) -> Original:
    stream.seek(0)
    kind = _kind_of(stream.read(32))
    if kind is None:
        raise PhotoRefusedError(
            _("{name} isn't a photo that can be read here: use JPEG, PNG, WebP, TIFF, GIF or HEIC.").format(name=name)
        )
    if kind == "raw":
        raise raw_refused(name)
    stream.seek(0)
    digest, scans = hashlib.sha256(), 0
    while block := stream.read(_BLOCK):
        digest.update(block)
        # Within coded data FF is always followed by 00 or a restart marker, so that FF DA begins a scan.
        scans += block.count(b"\xff\xda") if kind == "JPEG" else 0
    stream.seek(0)
    return Original(name, kind, stream, digest.hexdigest(), scans, data)


def raw_refused(name: str) -> PhotoRefusedError:
    """A camera's raw file: what a TIFF reader finds in it is a preview the size of a stamp."""
    return PhotoRefusedError(
        _("{name} is a camera's raw file: set the camera to JPEG, or export the photo as JPEG and add that.").format(
            name=name
        )
    )


def _kind_of(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"  # MPO too: its first picture is a plain JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "raw" if head[8:10] == b"CR" else "TIFF"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "HEIC"
    return None
