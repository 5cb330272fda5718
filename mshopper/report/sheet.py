"""What the drawings of a comparison are drawn on: a sheet with its origin at the top left, in the colours of a theme.

A sheet gathers the places that say something (`Spot`), so that a screen can tell a value on hover or focus and lead to
what is behind it. `comparison_charts` draws on it; `svg` turns the drawing into what a screen shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, Rect
from reportlab.graphics.shapes import Group as Shapes
from reportlab.lib.colors import HexColor

from mshopper.report import style
from mshopper.report.charts import line_at, words_at
from mshopper.report.fonts import Fonts
from mshopper.report.style import Type
from mshopper.report.text import Span, set_lines


class Palette(NamedTuple):
    """The colours of a drawing as #RRGGBB; `track` is behind bars, `band` an interval, `line` separates."""

    card: str
    text: str
    muted: str
    line: str
    control: str
    track: str
    band: str
    accent: str
    good: str
    warn: str
    bad: str


LIGHT = Palette(
    *(style.CARD, style.INK, style.MUTED, style.LINE, style.CONTROL, style.TRACK, "#A9C4E4"),
    *(style.ACCENT, style.GOOD, style.WARN, style.BAD),
)
"""The light colours of the screens, and of paper."""

DARK = Palette(
    *("#1D2127", "#E9EBEE", "#A7B0BC", "#343A43", "#6B7480", "#2E343C", "#3E5F8A"),
    *("#8AB8F5", "#74D19B", "#F0BA55", "#F59A92"),
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a drawing that says something: its rectangle in points from the top left, the words, and what it is of.

    `id` names it as the values do: (group,), (row, column), (phase, touchpoint), (form, question), (group, period), …
    """

    x: float
    top: float
    width: float
    height: float
    label: str
    id: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """A drawing and its spots, in reading order. `drawing.width` and `.height` are points."""

    drawing: Drawing
    spots: Sequence[Spot]


class Sheet:
    """An empty drawing to be filled. Lengths are points from the top left; words stand on their baseline."""

    def __init__(self, width: float, height: float, palette: Palette, fonts: Fonts | None = None) -> None:
        self.width, self.height = width, height
        self.palette = palette
        self.fonts = fonts or Fonts()
        self._drawing = Drawing(width, height)
        self._spots: list[Spot] = []

    def chart(self) -> Chart:
        """What was drawn."""
        return Chart(self._drawing, tuple(self._spots))

    def spot(self, x: float, top: float, width: float, height: float, label: str, *of: str) -> None:
        """A place that says `label`."""
        self._spots.append(Spot(x, top, width, height, label, of))

    def rect(
        self, x: float, top: float, width: float, height: float, colour: str, radius: float = 0, edge: str = ""
    ) -> None:
        """A filled rectangle; `edge` is the colour of its outline."""
        if width <= 0 or height <= 0:
            return
        corner = min(radius, width / 2, height / 2)
        outline = {"strokeColor": HexColor(edge) if edge else None, "strokeWidth": 0.6}
        y = self.height - top - height
        self._drawing.add(Rect(x, y, width, height, rx=corner, ry=corner, fillColor=HexColor(colour), **outline))

    def arrow(self, x: float, top: float, width: float, height: float, colour: str, point: float) -> None:
        """A rectangle whose right side comes to a point."""
        upper, lower = self.height - top, self.height - top - height
        right, middle = x + width, self.height - top - height / 2
        outline = [x, lower, right, lower, right + point, middle, right, upper, x, upper]
        self._drawing.add(Polygon(outline, fillColor=HexColor(colour), strokeColor=None))

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        colour: str,
        width: float = 0.6,
        dash: Sequence[float] | None = None,
    ) -> None:
        """A line from (x, top) to (x, top)."""
        ends = (start[0], self.height - start[1], end[0], self.height - end[1])
        dashes = {"strokeDashArray": list(dash)} if dash else {}
        self._drawing.add(Line(*ends, strokeColor=HexColor(colour), strokeWidth=width, **dashes))

    def path(self, points: Sequence[tuple[float, float]], colour: str, width: float) -> None:
        """A line through points (x, top)."""
        if len(points) > 1:
            flat = [value for x, top in points for value in (x, self.height - top)]
            looks = {"strokeColor": HexColor(colour), "strokeWidth": width, "strokeLineJoin": 1}
            self._drawing.add(PolyLine(flat, fillColor=None, **looks))

    def dot(self, x: float, top: float, radius: float, colour: str, *, hollow: bool = False) -> None:
        """A disc with an edge in the colour of the card, or a ring."""
        fill, edge = (self.palette.card, colour) if hollow else (colour, self.palette.card)
        looks = {"fillColor": HexColor(fill), "strokeColor": HexColor(edge), "strokeWidth": 1.2}
        self._drawing.add(Circle(x, self.height - top, radius, **looks))

    def words(self, words: str, kind: Type, x: float, base: float, width: float, anchor: str = "start") -> None:
        """One line, shortened to `width`; `x` is its start, middle or end."""
        if words and width > 0:
            self._drawing.add(words_at(self.fonts, words, kind, x, self.height - base, width, anchor))

    def lines(self, words: str, kind: Type, x: float, base: float, width: float, most: int) -> int:
        """Up to `most` lines of words, the first on `base`; how many there are."""
        found = set_lines(self.fonts, [Span(words, kind.bold, kind.colour)], kind.size, width, max_lines=most)
        for place, line in enumerate(found):
            self._drawing.add(line_at(line, kind, x, self.height - base - kind.leading * place))
        return len(found)

    def upwards(self, words: str, kind: Type, x: float, base: float, width: float) -> None:
        """One line that reads from the bottom up: it begins at `base`, its baseline stands at `x`."""
        if words:
            group = Shapes(words_at(self.fonts, words, kind, 0, 0, width))
            group.transform = (0, 1, -1, 0, x, self.height - base)
            self._drawing.add(group)
