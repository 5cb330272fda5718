"""Tables and long drawings on pages: rows of a drawing that go on, with their heads, on the next page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from reportlab.graphics.shapes import Drawing

from mshopper.report.blocks import Block, Pen
from mshopper.report.comparison_charts import NAME, TICK
from mshopper.report.fonts import Fonts
from mshopper.report.sheet import LIGHT, Sheet

_HEAD, _ROW = 20.0, 16.0


@dataclass
class Rows(Block):
    """Rows `first` up to `last` of a drawing that `make(rows)` draws, with its head; it may be split between any two."""

    make: Callable[[slice], Drawing]
    first: int
    last: int

    def height(self, width: float) -> float:  # noqa: ARG002 - drawings know their width
        return float(self._drawn().height)

    def split(self, width: float, room: float) -> tuple[Block, Block] | None:
        one, two = (float(self.make(slice(self.first, self.first + n)).height) for n in (1, 2))
        fitting = int((room - (2 * one - two)) / (two - one))
        if not 1 < fitting < self.last - self.first or self.height(width) <= room:
            return None
        # Never one row alone on the next page.
        middle = self.first + min(fitting, self.last - self.first - 2)
        return (replace(self, last=middle), replace(self, first=middle)) if middle > self.first else None

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:  # noqa: ARG002
        pen.drawing(self._drawn(), x, top)

    def _drawn(self) -> Drawing:
        return self.make(slice(self.first, self.last))


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
