"""Photo intake, start to end: check the file, decode it upright and bounded, encode it anew, fingerprint it.

Encoding pixels anew is what removes the GPS position and everything else a file can carry; the same original gives the
same bytes every time (with the same Pillow).
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from mshopper.i18n import _
from mshopper.photo.decoding import decode, fitted
from mshopper.photo.facts import PhotoFacts
from mshopper.photo.source import opened

LONG_SIDE = 2048
"""The longer side of a stored photo, at most, in pixels."""
PICTURE_SIDE = 1280
"""The longer side of a form's picture, at most, in pixels: a card shows it smaller."""
THUMBNAIL_SIDE = 320
"""The longer side of a thumbnail, at most, in pixels."""
JPEG_QUALITY = 85
THUMBNAIL_QUALITY = 80


@dataclass(frozen=True, slots=True)
class TakenPhoto:
    """A photo as it is stored.

    `jpeg` is upright sRGB, at most LONG_SIDE pixels long, without any metadata; `sha256` is its hash, `original_sha256`
    that of the bytes given, `original` those bytes where they were asked for. `perceptual_hash` is 16 hexadecimal
    digits. `warnings` are sentences to show.
    """

    jpeg: bytes
    sha256: str
    width: int
    height: int
    thumbnail: bytes
    original_sha256: str
    original_name: str
    original: bytes | None
    perceptual_hash: str
    facts: PhotoFacts
    warnings: tuple[str, ...]


def take_photo(
    source: Path | bytes, *, name: str | None = None, keep_original: bool = False, max_pixels: int | None = None
) -> TakenPhoto:
    """The photo in a file, or in bytes that came as `name`. Safe to call from several threads.

    `max_pixels` bounds the longer side where that is less than LONG_SIDE.

    Raises PhotoRefusedError where it can't be read, is too large or hostile, or lacks most of the picture.
    """
    with opened(source, name, keep=keep_original) as original:
        decoded = decode(original, min(LONG_SIDE, max_pixels or LONG_SIDE))
    picture = decoded.picture
    small = picture.resize(fitted(picture.size, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    jpeg = encoded(picture, JPEG_QUALITY)
    return TakenPhoto(
        jpeg=jpeg,
        sha256=hashlib.sha256(jpeg).hexdigest(),
        width=picture.width,
        height=picture.height,
        thumbnail=encoded(small, THUMBNAIL_QUALITY),
        original_sha256=original.sha256,
        original_name=original.name,
        original=original.data,
        perceptual_hash=difference_hash(small),
        facts=decoded.facts,
        warnings=_warnings(original.name) if decoded.damaged else (),
    )


def take_picture(source: Path) -> bytes:
    """A form's picture as it is kept: JPEG, upright, at most PICTURE_SIDE pixels long, transparency on white.

    Raises PhotoRefusedError like `take_photo`.
    """
    with opened(source, None, keep=False) as original:
        return encoded(decode(original, PICTURE_SIDE).picture, JPEG_QUALITY)


def _warnings(name: str) -> tuple[str, ...]:
    sentence = _("{name} was cut short, so that part of the picture is missing or blurred: take it again if you can.")
    return (sentence.format(name=name),)


def encoded(picture: Image.Image, quality: int) -> bytes:
    """The picture as a JPEG without any metadata."""
    # Pillow writes a comment it finds in `info` into the new file.
    picture.info.clear()
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling="4:2:0", optimize=False)
    return file.getvalue()


def difference_hash(picture: Image.Image) -> str:
    """The 64-bit difference hash (Krawetz, "Kind of Like That", 2013): does brightness grow from each cell of a 9x8
    grid to its right neighbour? Near-duplicates differ in a few bits, however they were resized or compressed."""
    cells = picture.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (cells[row * 9 + column] < cells[row * 9 + column + 1])
    return f"{bits:016x}"
