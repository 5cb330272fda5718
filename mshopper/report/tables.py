"""Tables and long drawings on pages: rows of a drawing that go on, with their heads, on the next page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from reportlab.graphics.shapes import Drawing

from mshopper.report.blocks import Block, Pen
from mshopper.report.comparison_charts import NAME, TICK
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Group
from mshopper.report.sheet import LIGHT, Sheet

_HEAD, _ROW = 20.0, 16.0


@dataclass
class Rows(Block):
    """Rows `first` up to `last` of a drawing that `make(rows)` draws, with its head; it may be split between any two.

    All rows are equally high; what stands below the last one of all is `foot`.
    """

    make: Callable[[slice], Drawing]
    first: int
    last: int
    head: float
    row: float
    foot: float

    @classmethod
    def of(cls, make: Callable[[slice], Drawing], count: int) -> "Rows":
        """The first `count` rows, at least one."""
        one = float(make(slice(0, 1)).height)
        row = float(make(slice(0, 2)).height) - one if count > 1 else 0.0
        foot = float(make(slice(count - 1, count)).height) - one if count > 1 else 0.0
        if count == 2:
            # The second is the last: what is below it isn't a row's.
            row, foot = row - foot, foot
        return cls(make, 0, count, one - row, row, foot)

    @property
    def start(self) -> float:
        """As much as should stand together at least."""
        return self.head + self.row * min(2, self.last - self.first) + self.foot

    def height(self, width: float) -> float:  # noqa: ARG002 - drawings know their width
        return self.head + self.row * (self.last - self.first) + self.foot

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:  # noqa: ARG002
        if not self.row:
            return None
        # Never one row alone on either page.
        fitting = min(int((room - self.head) / self.row), self.last - self.first - 2)
        if fitting < 2:
            return None
        middle = self.first + fitting
        return replace(self, last=middle, foot=0.0), replace(self, first=middle)

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:  # noqa: ARG002
        pen.drawing(self.make(slice(self.first, self.last)), x, top)

    def group(self, space: float = 0) -> Group:
        """It as a group that stays with its heading."""
        return Group([self], space=space, start=self.start)


class Column(NamedTuple):
    """A column of words: where it begins, how wide it is, and whether its words end at its right."""

    title: str
    x: float
    width: float
    right: bool = False


def word_table(
    fonts: Fonts, columns: Sequence[Column], lines: Sequence[Sequence[str]], width: float
) -> Callable[[slice], Drawing]:
    """A plain table of one-line cells, for `Rows`."""

    def make(rows: slice) -> Drawing:
        shown = lines[rows]
        sheet = Sheet(width, _HEAD + _ROW * len(shown) + 4, LIGHT, fonts)
        for place, line in enumerate([[column.title for column in columns], *shown]):
            base = 12.0 if not place else _HEAD + _ROW * (place - 1) + 11.5
            kind = NAME.in_(LIGHT.text) if place else TICK.in_(LIGHT.muted)
            for column, words in zip(columns, line, strict=True):
                end, anchor = (column.x + column.width, "end") if column.right else (column.x, "start")
                sheet.words(words, kind, end, base, column.width, anchor)
            below = _HEAD - 2 if not place else _HEAD + _ROW * place
            sheet.line((0, below), (width, below), LIGHT.line, 0.5)
        return sheet.chart().drawing

    return make
