"""A visit's photos: small ones beside their question, all of them in a grid with number, caption, question and time.

Takes Contents and the photos' bytes, gives blocks for `pages`. A photo is embedded once, however often it is drawn.
"""

# ruff: noqa: ARG002 - a row of photos is as wide as the page, whatever it is told

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from statistics import median_low

from reportlab.pdfbase.pdfutils import readJPEGInfo

from mshopper.i18n import _
from mshopper.model.record import PhotoInfo
from mshopper.progress import Progress
from mshopper.report.blocks import Block, Jpeg, Pen, Words
from mshopper.report.contents import Contents
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Group, question_target
from mshopper.report.style import BODY_HEIGHT, CARD, INK, LEFT, LINE, MUTED, RIGHT, SMALL, STRONG, TINY, WIDTH, WINDOW
from mshopper.report.text import Span

_THUMB_WIDTH, _THUMB_HEIGHT = 53.0, 40.0
_THUMB_GAP = 5.0
_FEW = 24
"""Up to so many photos stand in two columns, more in three."""
_GUTTER = 16.0
_SPACE = 14.0
"""Between two rows of the grid."""
_MOST_BELOW = 80.0
"""What the words under a photo may take from it, in points; a longer caption takes a page of fewer rows instead."""
_TO_WORDS = 5.0
"""Between a photo and its words."""
_NEARLY = 0.75
"""How far a photo may stay below the width of its column for another row on the page."""
_HEADING = 22.0
"""What the heading takes of the grid's first page, in points."""


def photo_target(photo: PhotoInfo) -> str:
    """The place of a photo in the grid."""
    return f"photo:{photo.id}"


def load_pictures(photos: Sequence[PhotoInfo], photo: Callable[[str], bytes], progress: Progress) -> dict[str, Jpeg]:
    """The photos by id; one whose bytes are gone or are no JPEG is left out, and its place says so."""
    pictures: dict[str, Jpeg] = {}
    progress.expect(len(photos))
    for info in photos:
        progress.advance(info.caption)
        data = photo(info.id)
        if _is_jpeg(data):
            pictures[info.id] = Jpeg(data, info.sha256 or info.id)
    return pictures


def _is_jpeg(data: bytes) -> bool:
    try:
        return bool(readJPEGInfo(BytesIO(data)))
    except Exception:  # noqa: BLE001 - reportlab raises whatever it stumbles over; the answer is no
        return False


def fitted(photo: PhotoInfo, width: float, height: float) -> tuple[float, float]:
    """The size at which a photo just fits into a box, its shape kept."""
    wide, high = max(1, photo.width), max(1, photo.height)
    scale = min(width / wide, height / high)
    return wide * scale, high * scale


@dataclass
class Thumbs(Block):
    """Small photos with their numbers between the indents of a question, each a link to the photo in full."""

    numbers: Mapping[str, int]
    photos: Sequence[PhotoInfo]
    pictures: Mapping[str, Jpeg]

    def _places(self, width: float) -> Iterator[tuple[PhotoInfo, float, float]]:
        step = _THUMB_WIDTH + _THUMB_GAP
        across = max(1, int((width - LEFT - RIGHT) / step))
        for n, photo in enumerate(self.photos):
            yield photo, LEFT + (n % across) * step, n // across * (_THUMB_HEIGHT + _THUMB_GAP)

    def height(self, width: float) -> float:
        return max(top for _photo, _left, top in self._places(width)) + _THUMB_HEIGHT

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:
        fitting = sum(1 for _photo, _left, top in self._places(width) if top + _THUMB_HEIGHT <= room)
        if not 0 < fitting < len(self.photos):
            return None
        return replace(self, photos=self.photos[:fitting]), replace(self, photos=self.photos[fitting:])

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        for photo, left, down in self._places(width):
            _draw_photo(pen, photo, self.pictures, x + left, top + down, _THUMB_WIDTH, _THUMB_HEIGHT)
            _draw_badge(pen, self.numbers[photo.id], x + left, top + down)
            pen.link(photo_target(photo), x + left, top + down, _THUMB_WIDTH, _THUMB_HEIGHT)


def _draw_photo(
    pen: Pen, photo: PhotoInfo, pictures: Mapping[str, Jpeg], x: float, top: float, width: float, height: float
) -> None:
    pen.box(x, top, width, height, WINDOW)
    picture = pictures.get(photo.id)
    if picture is None:
        pen.frame(x, top, width, height, LINE)
        pen.words(_("Not available"), TINY, x + 4, top + height / 2 - 5, width - 8)
        return
    wide, high = fitted(photo, width, height)
    pen.picture(picture, x + (width - wide) / 2, top + (height - high) / 2, wide, high)


def _draw_badge(pen: Pen, number: int, x: float, top: float) -> None:
    kind = replace(TINY, bold=True, colour=INK)
    width = pen.fonts.width(str(number), kind.size, bold=True) + 7
    pen.box(x, top, width, kind.leading + 1, CARD)
    pen.words(str(number), kind, x + 3.5, top + 0.5, width)


@dataclass
class PhotoRow(Block):
    """Photos side by side, each with its words below."""

    numbers: Mapping[str, int]
    photos: Sequence[PhotoInfo]
    pictures: Mapping[str, Jpeg]
    words: Sequence[Sequence[Words]]
    column: float
    picture_height: float

    def height(self, width: float) -> float:
        words = max(sum(each.height(self.column) for each in under) for under in self.words)
        return self.picture_height + _TO_WORDS + words

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        column, high = self.column, self.picture_height
        for n, (photo, under) in enumerate(zip(self.photos, self.words, strict=True)):
            left = x + n * (column + _GUTTER)
            # Its place has its own shape, so that no bars stand beside it; the words below stay in line.
            _draw_photo(pen, photo, self.pictures, left, top, *fitted(photo, column, high))
            _draw_badge(pen, self.numbers[photo.id], left, top)
            pen.place(photo_target(photo), top)
            down = top + high + _TO_WORDS
            for words in under:
                words.draw(pen, left, down, column)
                down += words.height(column)


def photo_grid(contents: Contents, fonts: Fonts, pictures: Mapping[str, Jpeg]) -> Iterator[Group]:
    """All photos of the visit, in the order of their numbers; every row is as high as the others."""
    photos = contents.photos
    columns = 2 if len(photos) <= _FEW else 3
    column = (WIDTH - _GUTTER * (columns - 1)) / columns
    words = [list(_under(contents, fonts, photo)) for photo in photos]
    below = max((sum(each.height(column) for each in under) for under in words), default=0)
    high = _picture_height(photos, columns, column, min(below, _MOST_BELOW) + _TO_WORDS)
    for start in range(0, len(photos), columns):
        row, under = photos[start : start + columns], words[start : start + columns]
        yield Group(
            [PhotoRow(contents.photo_numbers, row, pictures, under, column, high)], space=_SPACE if start else 0
        )


def _picture_height(photos: Sequence[PhotoInfo], columns: int, column: float, below: float) -> float:
    """The height at which most photos fill their column, or nearly, so that whole rows fill the page."""
    if not photos:
        return 0
    shape = median_low(max(1, photo.height) / max(1, photo.width) for photo in photos)
    full = column * shape
    for rows in range(columns + 1, 0, -1):
        high = (BODY_HEIGHT - _HEADING - _SPACE * (rows - 1)) / rows - below
        if high >= full * _NEARLY:
            break
    return min(full, high)


def photo_targets(contents: Contents) -> frozenset[str]:
    """The places that the grid makes."""
    return frozenset(photo_target(photo) for photo in contents.photos)


def _under(contents: Contents, fonts: Fonts, photo: PhotoInfo) -> Iterator[Words]:
    if photo.caption.strip():
        yield Words.of(fonts, photo.caption.strip(), STRONG, max_lines=6)
    if photo.key.path in contents.form.questions:
        number, place = contents.numbers.get(photo.key.path, ""), contents.place(photo.key)
        spans = [Span(f"{number}  ", bold=True), Span(contents.label(photo.key))]
        yield Words(fonts, spans, SMALL.in_(INK), max_lines=2, link=question_target(photo.key))
        yield Words.of(fonts, place, SMALL, max_lines=1)
    taken = contents.time(photo.taken_at) if photo.taken_at else _("time unknown")
    yield Words.of(fonts, _("Taken: {time}").format(time=taken), TINY.in_(MUTED), max_lines=1)
