"""What a page is made of: blocks that know their height, may be split, and draw themselves with a Pen.

`pages` stacks them; `first_page`, `questions`, `pictures` and `closing` make them. All lengths are points, and a
block's top is given as the distance from the top of the page.
"""

# ruff: noqa: ARG002 - a block is told width and room whether it needs them or not

from abc import ABC, abstractmethod
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor

from mshopper.report.fonts import Fonts, load
from mshopper.report.style import BODY, CONTROL, PAGE_HEIGHT, Type
from mshopper.report.text import BOX_PADDING, BOX_SCALE, Line, Span, set_lines

_ASCENT, _DESCENT = 1.069, 0.293
"""Of Noto Sans, in ems; the other fonts stand on the same baseline."""


@lru_cache(maxsize=64)
def _colour(code: str) -> Any:
    return HexColor(code)


class Pen:
    """Draws on a reportlab canvas with the origin at the top left."""

    def __init__(self, canvas: Any, fonts: Fonts, targets: Set[str] = frozenset()) -> None:
        self.canvas = canvas
        self.fonts = fonts
        self._targets = targets

    def lines(self, lines: Sequence[Line], kind: Type, x: float, top: float, right: float | None = None) -> None:
        """Set lines of text, each from `x` on, or ending at `right`."""
        baseline = PAGE_HEIGHT - top - (kind.leading - (_ASCENT + _DESCENT) * kind.size) / 2 - _ASCENT * kind.size
        for line in lines:
            self._line(line, kind.size, x if right is None else right - line.width, baseline)
            baseline -= kind.leading

    def _line(self, line: Line, size: float, x: float, baseline: float) -> None:
        canvas = self.canvas
        for piece in line.pieces:
            load(piece.run.font)
            left, scale = x + piece.x, 1.0
            if piece.run.boxed:
                canvas.setStrokeColor(_colour(CONTROL))
                canvas.setLineWidth(0.5)
                canvas.roundRect(left + size * 0.06, baseline - size * 0.2, piece.width - size * 0.12, size, 1.5)
                left, scale = left + size * BOX_PADDING, BOX_SCALE
            canvas.setFillColor(_colour(piece.colour))
            canvas.setFont(piece.run.font, size * scale)
            canvas.drawString(left, baseline, piece.run.text)

    def words(self, words: str, kind: Type, x: float, top: float, width: float, *, right: bool = False) -> None:
        """One line of words, shortened to `width`; ending at `x + width` where `right`."""
        lines = set_lines(self.fonts, [Span(words, kind.bold, kind.colour)], kind.size, width, max_lines=1)
        self.lines(lines, kind, x, top, x + width if right else None)

    def box(self, x: float, top: float, width: float, height: float, colour: str, radius: float = 0) -> None:
        """A filled rectangle."""
        if width <= 0 or height <= 0:
            return
        self.canvas.setFillColor(_colour(colour))
        y = PAGE_HEIGHT - top - height
        if radius:
            self.canvas.roundRect(x, y, width, height, min(radius, width / 2, height / 2), stroke=0, fill=1)
        else:
            self.canvas.rect(x, y, width, height, stroke=0, fill=1)

    def frame(self, x: float, top: float, width: float, height: float, colour: str, radius: float = 0) -> None:
        """The outline of a rectangle."""
        self.canvas.setStrokeColor(_colour(colour))
        self.canvas.setLineWidth(0.6)
        self.canvas.roundRect(x, PAGE_HEIGHT - top - height, width, height, radius, stroke=1, fill=0)

    def drawing(self, drawing: Drawing, x: float, top: float) -> None:
        """A drawing of reportlab's graphics, its top left corner there."""
        renderPDF.draw(drawing, self.canvas, x, PAGE_HEIGHT - top - drawing.height)

    def picture(self, jpeg: "Jpeg", x: float, top: float, width: float, height: float) -> None:
        """A photo, stretched to that size."""
        self.canvas.drawImage(jpeg, x, PAGE_HEIGHT - top - height, width, height)

    def link(self, target: str, x: float, top: float, width: float, height: float) -> None:
        """A rectangle that leads to a place of this document; nothing where it has no such place."""
        if target not in self._targets:
            return
        y = PAGE_HEIGHT - top
        self.canvas.linkAbsolute("", target, (x, y - height, x + width, y))

    def place(self, target: str, top: float) -> None:
        """A place that links and bookmarks lead to."""
        self.canvas.bookmarkHorizontalAbsolute(target, PAGE_HEIGHT - top + 6)


class Jpeg:
    """A stored photo as reportlab's image source: its bytes go into the PDF as they are, never decoded.

    (Given an ImageReader, `drawImage` decodes every pixel only to name the image by their digest.) However often it is
    drawn, it is embedded once.
    """

    def __init__(self, data: bytes, digest: str) -> None:
        self._data = data
        self._digest = digest

    def __str__(self) -> str:
        """What names the image inside the document."""
        return self._digest

    def jpeg_fh(self) -> BytesIO:
        """The JPEG file."""
        return BytesIO(self._data)


class Block(ABC):
    """One thing on a page, as wide as it is told."""

    @abstractmethod
    def height(self, width: float) -> float:
        """How high it stands at that width."""

    def split(self, width: float, room: float) -> "tuple[Block, Block] | None":
        """What fits into `room` and what is left, or None where it can't be divided so."""
        return None

    @abstractmethod
    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw itself with its top left corner there."""


@dataclass
class Gap(Block):
    """Air."""

    points: float

    def height(self, width: float) -> float:
        return self.points

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        pass


@dataclass
class Rule(Block):
    """A thin line across."""

    colour: str
    thickness: float = 0.6

    def height(self, width: float) -> float:
        return self.thickness

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        pen.box(x, top, width, self.thickness, self.colour)


@dataclass
class Words(Block):
    """Lines of text between `left` and `right` indents. `bar` is the colour of a rule along its left edge.

    `mark` stands in the left indent and `aside` in the right one, on the first line; `link` is where a click leads. It
    may be split anywhere but after its first or before its last line.
    """

    fonts: Fonts
    spans: Sequence[Span]
    kind: Type = BODY
    left: float = 0
    right: float = 0
    max_lines: int | None = None
    bar: str = ""
    mark: str = ""
    aside: Sequence[Span] = ()
    align_right: bool = False
    link: str = ""
    lines: Sequence[Line] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, fonts: Fonts, words: str, kind: Type = BODY, **options: Any) -> "Words":
        """Plain words in one type."""
        return cls(fonts, [Span(words, kind.bold, kind.colour)], kind, **options)

    def _set(self, width: float) -> Sequence[Line]:
        if self.lines is None:
            room = width - self.left - self.right
            self.lines = set_lines(self.fonts, self.spans, self.kind.size, room, self.max_lines)
        return self.lines

    def height(self, width: float) -> float:
        return len(self._set(width)) * self.kind.leading

    def split(self, width: float, room: float) -> "tuple[Block, Block] | None":
        lines = self._set(width)
        fitting = min(int(room / self.kind.leading), len(lines) - 2)
        if fitting < 2:
            return None
        head = Words(**{**self._options(), "lines": lines[:fitting]})
        rest = Words(**{**self._options(), "lines": lines[fitting:], "mark": "", "aside": ()})
        return head, rest

    def _options(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        lines = self._set(width)
        if self.bar:
            pen.box(x + self.left - 8, top, 2, len(lines) * self.kind.leading, self.bar)
        if self.mark:
            pen.words(self.mark, self.kind.in_(BODY.colour), x, top, self.left - 6)
        if self.aside:
            aside = set_lines(self.fonts, self.aside, self.kind.size, self.right - 8, max_lines=1)
            pen.lines(aside, self.kind, 0, top, right=x + width)
        pen.lines(lines, self.kind, x + self.left, top, right=x + width if self.align_right else None)
        if self.link:
            pen.link(self.link, x, top, width, len(lines) * self.kind.leading)


@dataclass
class Figure(Block):
    """A drawing, `left` points in."""

    drawing: Drawing
    left: float = 0

    def height(self, width: float) -> float:
        return float(self.drawing.height)

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        pen.drawing(self.drawing, x + self.left, top)


@dataclass(frozen=True)
class Cell:
    """Blocks stacked in one column of a Row, which begins at `x` and is `width` wide."""

    x: float
    width: float
    blocks: Sequence[Block]

    @property
    def height(self) -> float:
        """Of all its blocks."""
        return sum(block.height(self.width) for block in self.blocks)

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Draw the blocks one below the other."""
        for block in self.blocks:
            block.draw(pen, x + self.x, top, self.width)
            top += block.height(self.width)


@dataclass
class Row(Block):
    """Cells side by side, centred on one another where `centred`; on a card of colour `card` where given."""

    cells: Sequence[Cell]
    padding: float = 0
    card: str = ""
    centred: bool = False

    def height(self, width: float) -> float:
        return max((cell.height for cell in self.cells), default=0) + 2 * self.padding

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        height = self.height(width)
        if self.card:
            pen.box(x, top, width, height, self.card, radius=6)
        for cell in self.cells:
            drop = (height - cell.height) / 2 if self.centred else self.padding
            cell.draw(pen, x, top + drop)
