"""An original file's pixels, reduced: the step between `source` and `colour` where a hostile file meets the decoders.

Pixels are counted in the header before memory is spent. A JPEG is reduced while it is decoded. Whatever Pillow raises
becomes one sentence; what a cut-off JPEG or PNG still holds is saved when it is most of the picture.
"""

import io
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

from PIL import (
    GifImagePlugin,
    Image,
    ImageChops,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL.ExifTags import Base

from mshopper.errors import PhotoRefusedError
from mshopper.i18n import _
from mshopper.photo.colour import on_white_in_srgb, resizable
from mshopper.photo.facts import PhotoFacts, read_facts
from mshopper.photo.metering import MeteredStream
from mshopper.photo.source import Original, raw_refused

HOSTILE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Image.DecompressionBombError,
    struct.error,
    zlib.error,
)
"""What Pillow and its plugins raise on damaged files, seen in its source and by fuzzing."""

_MEMORY = 200_000_000
"""Bytes that a decoder and the pixels it makes may take; the process around them keeps an intake below 300 MB."""
_BYTES_A_PIXEL = {"1": 6, "L": 3, "P": 6, "RGB": 5, "CMYK": 5, "LAB": 5}
"""What a decoded pixel takes at its peak, by mode, as measured. Transparency and 16 bits go by way of a copy: 12."""
_BASELINE_JPEG_PIXELS = 120_000_000
"""A baseline JPEG is decoded row by row at up to an eighth of its size, so that pixels cost next to no memory."""
_HEIC_PIXELS = 52_000_000
"""48-megapixel iPhone photos are taken although they need more memory: refusing them would lose real evidence."""
_MOST_SCANS = 64
"""Encoders write about ten scans in a progressive JPEG; thousands make a small file decode for hours."""
_GOOD_ENOUGH = 0.9
"""A JPEG decoded straight to 90-100% of the wanted size stays so: decoding and resampling all of it takes five times
as long."""


class _PngImageFile(PngImagePlugin.PngImageFile):
    """A PNG whose blocks behind the picture are metered like those before it."""

    def load_end(self) -> None:
        cast("MeteredStream", self.fp).headers()
        super().load_end()


_PLUGINS: dict[str, type[ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": _PngImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "GIF": GifImagePlugin.GifImageFile,
}
_UPRIGHT_WHEN_LOADED = {"TIFF", "HEIC"}  # their readers turn the pixels themselves
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Decoded:
    """An upright RGB picture in sRGB within the wanted size, what its EXIF says, and whether part of it is missing."""

    picture: Image.Image
    facts: PhotoFacts
    damaged: bool


def decode(original: Original, long_side: int) -> Decoded:
    """The picture in `original`, its longer side at most `long_side` pixels. Raises PhotoRefusedError."""
    try:
        return _decoded(original, long_side)
    except MemoryError as error:
        raise PhotoRefusedError(
            _("There isn't enough memory for {name}: close other programs and add the photo again.").format(
                name=original.name
            )
        ) from error
    except Image.DecompressionBombError as error:
        raise PhotoRefusedError(
            _("{name} has far too many pixels: save it smaller and add that.").format(name=original.name)
        ) from error
    except HOSTILE as error:
        raise PhotoRefusedError(
            _("{name} is damaged and can't be shown: copy it from the camera or phone again, or take it again.").format(
                name=original.name
            )
        ) from error


def fitted(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """`size` scaled down, never up, until its longer side is `long_side`; no side vanishes."""
    longest = max(size)
    if longest <= long_side:
        return size
    return max(1, round(size[0] * long_side / longest)), max(1, round(size[1] * long_side / longest))


@contextmanager
def _quiet() -> Iterator[None]:
    """A block in which Pillow's remarks about odd files (UserWarning) stay silent.

    Warning filters belong to the process, so that two threads that change them at once could leave them changed: one
    at a time. Only headers and the rarer formats are read within; JPEG pixels, most of the work, are decoded outside.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _decoded(original: Original, long_side: int) -> Decoded:
    stream = MeteredStream(original.stream)
    with _quiet():
        image = _opened(original, stream)
        # TIFF forgets its orientation and closes its directories when it is loaded; PNG may have its EXIF at the end.
        facts, orientation = _said_by_exif(image) if original.kind == "TIFF" else (PhotoFacts(), 1)
    stream.pixels()
    image, damaged = _loaded(original, image, long_side)
    if original.kind != "TIFF":
        with _quiet():
            facts, orientation = _said_by_exif(image)
    profile = image.info.get("icc_profile")
    pixels = resizable(image)
    if pixels is None:
        raise PhotoRefusedError(
            _("{name} isn't a photo but a picture of measurements: save it as JPEG and add that.").format(
                name=original.name
            )
        )
    size = fitted(pixels.size, long_side)
    if size != pixels.size:
        pixels = pixels.resize(size, Image.Resampling.LANCZOS)
    if damaged and _present(pixels) < 0.5:
        raise PhotoRefusedError(
            _("{name} is cut short and most of the picture is missing: copy it from the camera or phone again.").format(
                name=original.name
            )
        )
    picture = on_white_in_srgb(pixels, profile if isinstance(profile, bytes) else None)
    if original.kind not in _UPRIGHT_WHEN_LOADED and orientation in _TURNS:
        picture = picture.transpose(_TURNS[orientation])
    return Decoded(picture, facts, damaged)


def _opened(original: Original, stream: MeteredStream) -> ImageFile.ImageFile:
    """The file's header, within the limits of its kind. Only the named plugin ever sees it."""
    if original.kind == "HEIC":
        image = _opened_heic(original)
        limit = _HEIC_PIXELS
    else:
        if original.kind == "WEBP":
            stream.pixels()  # its reader takes the whole file at once
        image = _PLUGINS[original.kind](cast("IO[bytes]", stream))
        limit = _limit(original, image)
    pixels = image.size[0] * image.size[1]
    if pixels > limit:
        sentence = _("{name} has too many pixels ({pixels} megapixels, at most {limit}): save it smaller and add that.")
        raise PhotoRefusedError(
            sentence.format(name=original.name, pixels=-(-pixels // 1_000_000), limit=limit // 1_000_000)
        )
    if isinstance(image, TiffImagePlugin.TiffImageFile) and _is_raw(image):
        raise raw_refused(original.name)
    return image


def _opened_heic(original: Original) -> ImageFile.ImageFile:
    try:
        from pillow_heif import HeifImageFile
    except ImportError as error:
        sentence = _(
            '{name} is a HEIC photo, whose decoder isn\'t installed: run pip install "mshopper[heic]", or set the '
            "phone to JPEG (iPhone: Settings, Camera, Formats, Most Compatible)."
        )
        raise PhotoRefusedError(sentence.format(name=original.name)) from error
    image = HeifImageFile(original.stream)  # type: ignore[no-untyped-call]
    assert isinstance(image, ImageFile.ImageFile)
    return image


def _limit(original: Original, image: ImageFile.ImageFile) -> int:
    """The most pixels that this kind of file may have."""
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        a_pixel = 12 if "transparency" in image.info else _BYTES_A_PIXEL.get(image.mode, 12)
        if original.kind == "WEBP":
            a_pixel = 16  # its decoder keeps two canvases and a copy
        if isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(Base.Orientation, 1) != 1:
            a_pixel += 4  # turned before it is reduced
        return _MEMORY // a_pixel
    if original.jpeg_scans > _MOST_SCANS:
        raise ValueError(f"{original.jpeg_scans} scans")
    if _in_one_scan(original, image):
        return _BASELINE_JPEG_PIXELS
    # Several scans: libjpeg keeps every coefficient of every component, two bytes each, until the last one is read.
    most = max(h * v for _id, h, v, _table in image.layer)
    sampled = sum(h * v for _id, h, v, _table in image.layer)
    return _MEMORY * most // (2 * sampled)


def _in_one_scan(original: Original, image: JpegImagePlugin.JpegImageFile) -> bool:
    """Whether the first scan holds every component, told from its header, behind which Pillow has stopped reading."""
    if image.info.get("progressive"):
        return False
    length = 6 + 2 * image.layers
    end = original.stream.tell()
    original.stream.seek(max(0, end - length))
    header = original.stream.read(3)
    original.stream.seek(end)
    return header == bytes((0, length, image.layers))


def _is_raw(image: TiffImagePlugin.TiffImageFile) -> bool:
    """A DNG, NEF or ARW is a TIFF whose first page is a small preview."""
    dng_version, new_subfile_type = 50706, 254
    kind = image.tag_v2.get(new_subfile_type, 0)
    return dng_version in image.tag_v2 or (isinstance(kind, int) and kind & 1 == 1)


def _loaded(original: Original, image: ImageFile.ImageFile, long_side: int) -> tuple[ImageFile.ImageFile, bool]:
    """`image` with its pixels, and whether some are missing. May be another object than was given."""
    if original.kind == "JPEG":
        _draft(image, long_side)
        try:
            image.load()
        except HOSTILE:
            return _loaded_cut_jpeg(original, long_side), True
        return image, False
    with _quiet():
        try:
            image.load()
        except HOSTILE:
            # The rows decoded so far are in the image; only the plugin's bookkeeping isn't done. An interlaced
            # picture has holes all over instead of rows.
            if original.kind != "PNG" or image.info.get("interlace") or image.size != image.im.size:
                raise
            image.tile = []
            return image, True
    return image, False


def _draft(image: ImageFile.ImageFile, long_side: int) -> None:
    """Have libjpeg decode at 1/2, 1/4 or 1/8 where that leaves about `long_side` pixels or more."""
    enough = long_side * _GOOD_ENOUGH / max(image.size)
    if enough < 1:
        image.draft("RGB", (max(1, int(image.size[0] * enough)), max(1, int(image.size[1] * enough))))


def _loaded_cut_jpeg(original: Original, long_side: int) -> ImageFile.ImageFile:
    """A cut-off JPEG ended properly, upon which libjpeg leaves what is missing grey (and a progressive one blurred).

    Pillow's LOAD_TRUNCATED_IMAGES would do likewise, but is one switch for all threads.
    """
    original.stream.seek(0)
    whole = io.BytesIO(original.stream.read() + b"\xff\xd9")
    with _quiet():
        image = JpegImagePlugin.JpegImageFile(whole)
    _draft(image, long_side)
    image.load()
    return image


def _present(picture: Image.Image) -> float:
    """The share of rows above those at the bottom that are all of one colour: what a cut-off file still held."""
    width, height = picture.size
    blank = Image.new(picture.mode, picture.size, picture.getpixel((width - 1, height - 1)))
    box = ImageChops.difference(picture, blank).getbbox(alpha_only=False)
    return box[3] / height if box else 0.0


def _said_by_exif(image: ImageFile.ImageFile) -> tuple[PhotoFacts, int]:
    """The facts, and the orientation from 1 to 8 (1 where it is absent or invalid). Damaged EXIF says nothing."""
    try:
        # The plugins' own getexif may decode the whole picture (PNG).
        exif = Image.Image.getexif(image)
        orientation = exif.get(Base.Orientation, 1)
    except HOSTILE:
        return PhotoFacts(), 1
    try:
        facts = read_facts(exif)
    except HOSTILE:
        facts = PhotoFacts()
    return facts, orientation if orientation in _TURNS else 1
