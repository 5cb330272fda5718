"""Edited photos: a stored JPEG turned, cropped, with a face or name made unrecognisable, with arrows and words.

The edits are values, each in pixels of the picture as the edits before it left it, so that taking the last one back is
leaving it out. `Editing` draws them on a screen's picture and, when it is kept, into a photo as the intake makes them.
"""

import hashlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from mshopper import paths
from mshopper.photo.decoding import fitted
from mshopper.photo.intake import JPEG_QUALITY, THUMBNAIL_QUALITY, THUMBNAIL_SIDE, difference_hash, encoded

_CELLS = 6
"""What is made unrecognisable keeps at most so many cells along its longer side: fewer than tell a face or a letter."""
_LEAST = 8
"""A crop has at least so many pixels a side."""
_FONTS = ("NotoSans-Bold.ttf", "DroidSansFallback.ttf", "Symbola.ttf")

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom; the corners may be given the other way round."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Turned by so many quarters, clockwise."""

    quarters: int


@dataclass(frozen=True, slots=True)
class Crop:
    """Cut down to a box."""

    box: Box


@dataclass(frozen=True, slots=True)
class Blur:
    """A box, or the ellipse in it, made unrecognisable for good: its pixels are averaged into a few cells."""

    box: Box
    ellipse: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow from one point to another."""

    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text, its upper left corner at a point."""

    at: Point
    text: str


Edit = Turn | Crop | Blur | Arrow | Words


@dataclass(frozen=True, slots=True)
class EditedPhoto:
    """An edited photo as it is stored; the fields are those of a TakenPhoto."""

    jpeg: bytes
    sha256: str
    width: int
    height: int
    thumbnail: bytes
    perceptual_hash: str


class Editing:
    """A stored photo, and what edits make of it. Pixels are decoded once."""

    def __init__(self, jpeg: bytes) -> None:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            self._source = picture.convert("RGB")

    def pixels(self, edits: Sequence[Edit]) -> tuple[int, int, bytes]:
        """Width, height and RGB bytes, row by row, of the picture with these edits."""
        picture = self._edited(edits)
        return picture.width, picture.height, picture.tobytes()

    def keep(self, edits: Sequence[Edit]) -> EditedPhoto:
        """The picture with these edits as a photo of its own."""
        picture = self._edited(edits)
        small = picture.resize(fitted(picture.size, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        jpeg = encoded(picture, JPEG_QUALITY)
        return EditedPhoto(
            jpeg=jpeg,
            sha256=hashlib.sha256(jpeg).hexdigest(),
            width=picture.width,
            height=picture.height,
            thumbnail=encoded(small, THUMBNAIL_QUALITY),
            perceptual_hash=difference_hash(small),
        )

    def _edited(self, edits: Sequence[Edit]) -> Image.Image:
        picture = self._source.copy()
        for edit in edits:
            picture = _apply(picture, edit)
        return picture


def _apply(picture: Image.Image, edit: Edit) -> Image.Image:
    match edit:
        case Turn(quarters):
            return picture.rotate(-90 * (quarters % 4), expand=True)
        case Crop(box):
            return picture.crop(_within(box, picture.size))
        case Blur(box, ellipse):
            _blur(picture, _within(box, picture.size), ellipse=ellipse)
        case Arrow(start, end):
            _draw_arrow(picture, start, end)
        case Words(at, text):
            _write(picture, at, text)
    return picture


def _within(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box in whole pixels, grown outward to them, within the picture and of a usable size."""
    sides = []
    for low, high, most in ((box[0], box[2], size[0]), (box[1], box[3], size[1])):
        low, high = sorted((low, high))
        start = min(max(0, math.floor(low)), max(0, most - _LEAST))
        sides.append((start, min(most, max(math.ceil(high), start + _LEAST))))
    (left, right), (top, bottom) = sides
    return left, top, right, bottom


def _blur(picture: Image.Image, box: tuple[int, int, int, int], *, ellipse: bool) -> None:
    part = picture.crop(box)
    cells = fitted(part.size, _CELLS)
    cell = max(part.size) / max(cells)
    coarse = part.resize(cells, Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST)
    coarse = coarse.filter(ImageFilter.GaussianBlur(cell / 4))
    mask = Image.new("L", part.size, 0 if ellipse else 255)
    if ellipse:
        ImageDraw.Draw(mask).ellipse((0, 0, part.width - 1, part.height - 1), fill=255)
    picture.paste(coarse, box, mask)


def _stroke(picture: Image.Image) -> int:
    """The width of a line that is well seen on the whole picture."""
    return max(2, round(max(picture.size) / 200))


_RED, _WHITE = (200, 30, 25), (255, 255, 255)


def _draw_arrow(picture: Image.Image, start: Point, end: Point) -> None:
    """A red arrow with a white border, so that it is seen on any ground."""
    width, length = _stroke(picture), math.dist(start, end)
    if length < 1:
        return
    ahead = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    aside = (-ahead[1], ahead[0])
    head = min(width * 5.0, length * 0.6)

    def at(back: float, sideways: float) -> Point:
        return end[0] - ahead[0] * back + aside[0] * sideways, end[1] - ahead[1] * back + aside[1] * sideways

    half = width / 2
    outline = [
        at(0, 0), at(head, head * 0.55), at(head * 0.85, half), at(length, half),
        at(length, -half), at(head * 0.85, -half), at(head, -head * 0.55),
    ]  # fmt: skip
    pen = ImageDraw.Draw(picture)
    pen.line([*outline, outline[0], outline[1]], fill=_WHITE, width=max(3, width), joint="curve")
    pen.polygon(outline, fill=_RED)


def _write(picture: Image.Image, at: Point, text: str) -> None:
    """White words on red, moved in where they would leave the picture."""
    size = max(14, round(max(picture.size) / 36))
    pad = size // 3
    runs = [(character, _font_for(character, size)) for character in " ".join(text.split())]
    width = math.ceil(sum(font.getlength(character) for character, font in runs)) + 2 * pad
    height = round(size * 1.3) + pad
    left = max(0.0, min(at[0], picture.width - width))
    top = max(0.0, min(at[1], picture.height - height))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((left, top, left + width, top + height), radius=pad, fill=_RED)
    baseline = top + height / 2 + size * 0.36
    x = left + pad
    for character, font in runs:
        pen.text((x, baseline), character, font=font, fill=_WHITE, anchor="ls")
        x += font.getlength(character)


def _font_for(character: str, size: int) -> ImageFont.FreeTypeFont:
    """The first of the fonts that has the character."""
    fonts = [_font(name, size) for name in _FONTS]
    return next((font for font in fonts if _has(font, character)), fonts[0])


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(paths.resources_folder() / "fonts" / name), size)


def _has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    """Whether the font draws the character as anything but what it draws for one that no font has."""
    missing = font.getmask("\U0010fffd")
    drawn = font.getmask(character)
    return character.isspace() or (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))
