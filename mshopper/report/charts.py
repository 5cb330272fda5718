"""The pictures of a score as reportlab drawings: icons, the score bar, dimension bars, the journey map.

Each takes plain values and words, and returns a Drawing that stands alone, so that a PDF and a screen show the same.
Sizes are points. Colour is never alone: an icon, a word or the number says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, Group, Polygon, PolyLine, Rect, String
from reportlab.graphics.shapes import Line as Stroke
from reportlab.lib.colors import HexColor

from mshopper.report.fonts import Fonts, load
from mshopper.report.style import (
    ACCENT,
    BAD,
    CARD,
    CONTROL,
    GOOD,
    INK,
    LINE,
    MUTED,
    PALE,
    SMALL,
    TINY,
    TRACK,
    WARN,
    WINDOW,
    Type,
    heat,
)
from mshopper.report.text import BOX_PADDING, BOX_SCALE, Line, Span, set_lines, words_width

ICON_COLOURS = {"good": GOOD, "bad": BAD, "warn": WARN, "none": MUTED}

_LABEL = Type(9)
_NUMBER = Type(9, bold=True)
_NAME = Type(8.25)


@dataclass(frozen=True)
class Bar:
    """One bar: its title, how full it is (0-100, or None where nothing scored), the number as shown, and what of it."""

    title: str
    percent: float | None
    shown: str
    detail: str = ""


@dataclass(frozen=True)
class Stage:
    """A phase of the journey: its own bar, and one for each touchpoint met in it."""

    phase: Bar
    touchpoints: Sequence[Bar]


def _fill(percent: float | None) -> float:
    """How much of a track is filled, 0-1: a percentage may lie outside 0-100 where the form doesn't cap it."""
    return 0.0 if percent is None else min(1.0, max(0.0, percent / 100))


def _rect(x: float, y: float, width: float, height: float, colour: str, radius: float = 0) -> Rect:
    corner = min(radius, width / 2, height / 2)
    return Rect(x, y, width, height, rx=corner, ry=corner, fillColor=HexColor(colour), strokeColor=None)


def words_at(fonts: Fonts, words: str, kind: Type, x: float, y: float, width: float, anchor: str = "start") -> Group:
    """One line of words with its baseline at y, shortened to `width`; `x` is its start, middle or end."""
    line = set_lines(fonts, [Span(words, kind.bold, kind.colour)], kind.size, width, max_lines=1)[0]
    left = x - {"start": 0.0, "middle": line.width / 2, "end": line.width}[anchor]
    return line_at(line, kind, left, y)


def line_at(line: Line, kind: Type, left: float, y: float) -> Group:
    """A line that is already set, its baseline at y."""
    group = Group()
    for piece in line.pieces:
        load(piece.run.font)
        start, size = left + piece.x, kind.size
        if piece.run.boxed:
            edge = {"fillColor": None, "strokeColor": HexColor(CONTROL), "strokeWidth": 0.5}
            group.add(
                Rect(start + size * 0.06, y - size * 0.2, piece.width - size * 0.12, size, rx=1.5, ry=1.5, **edge)
            )
            start, size = start + size * BOX_PADDING, size * BOX_SCALE
        fill = HexColor(piece.colour)
        group.add(String(start, y, piece.run.text, fontName=piece.run.font, fontSize=size, fillColor=fill))
    return group


def icon(kind: str, size: float = 11) -> Drawing:
    """A small sign: "good" a tick, "bad" a cross, "warn" a triangle with its mark, "none" a dash."""
    drawing = Drawing(size, size)
    s = size
    colour = HexColor(ICON_COLOURS[kind])
    white: dict[str, Any] = {"strokeColor": HexColor(CARD), "strokeWidth": s * 0.12, "strokeLineCap": 1}
    if kind == "warn":
        drawing.add(Polygon([s * 0.5, s * 0.96, s, s * 0.06, 0, s * 0.06], fillColor=colour, strokeColor=None))
        drawing.add(Stroke(s * 0.5, s * 0.64, s * 0.5, s * 0.36, **white))
        drawing.add(Stroke(s * 0.5, s * 0.2, s * 0.5, s * 0.19, **white))
        return drawing
    drawing.add(Circle(s * 0.5, s * 0.5, s * 0.5, fillColor=colour, strokeColor=None))
    match kind:
        case "good":
            drawing.add(PolyLine([s * 0.27, s * 0.5, s * 0.44, s * 0.32, s * 0.74, s * 0.67], fillColor=None, **white))
        case "bad":
            drawing.add(Stroke(s * 0.33, s * 0.33, s * 0.67, s * 0.67, **white))
            drawing.add(Stroke(s * 0.33, s * 0.67, s * 0.67, s * 0.33, **white))
        case _:
            drawing.add(Stroke(s * 0.3, s * 0.5, s * 0.7, s * 0.5, **white))
    return drawing


def score_bar(
    fonts: Fonts, width: float, percent: float | None, mark: float | None, mark_words: str, colour: str
) -> Drawing:
    """The score on a track from 0 to 100, with a tick and its words at the pass mark."""
    drawing = Drawing(width, 40)
    bar_y, bar_height = 20.0, 12.0
    drawing.add(_rect(0, bar_y, width, bar_height, TRACK, 6))
    if _fill(percent) > 0:
        drawing.add(_rect(0, bar_y, max(bar_height, width * _fill(percent)), bar_height, colour, 6))
    for at, anchor in ((0, "start"), (100, "end")):
        near = mark is not None and abs(at - mark) < 25
        if not near:
            drawing.add(words_at(fonts, str(at), TINY, width * at / 100, 6, 30, anchor))
    if mark is not None:
        x = width * _fill(mark)
        ends = (bar_y - 4, bar_y + bar_height + 4)
        drawing.add(Stroke(x, ends[0], x, ends[1], strokeColor=HexColor(CARD), strokeWidth=4))
        drawing.add(Stroke(x, ends[0], x, ends[1], strokeColor=HexColor(INK), strokeWidth=1.4))
        half = min(x, width - x)
        anchor = "middle" if half > 45 else ("start" if x < width / 2 else "end")
        drawing.add(words_at(fonts, mark_words, SMALL.in_(INK), x, 6, width, anchor))
    return drawing


def small_bar(width: float, percent: float | None, mark: float | None = None, height: float = 6) -> Drawing:
    """A thin bar with a tick at the mark, for a row of a table."""
    drawing = Drawing(width, height + 4)
    drawing.add(_rect(0, 2, width, height, TRACK, height / 2))
    if _fill(percent) > 0:
        drawing.add(_rect(0, 2, max(height, width * _fill(percent)), height, ACCENT, height / 2))
    if mark is not None:
        x = width * _fill(mark)
        drawing.add(Stroke(x, 0, x, height + 4, strokeColor=HexColor(CARD), strokeWidth=3))
        drawing.add(Stroke(x, 0, x, height + 4, strokeColor=HexColor(INK), strokeWidth=1.1))
    return drawing


def dimension_bars(fonts: Fonts, bars: Sequence[Bar], width: float) -> Drawing:
    """Horizontal bars, one under another, with title, number and what it is made of."""
    row = 18.0
    title, number, detail = width * 0.26, 56.0, 92.0
    track = width - title - number - detail
    drawing = Drawing(width, row * len(bars))
    for index, bar in enumerate(bars):
        y = row * (len(bars) - index) - 12
        drawing.add(words_at(fonts, bar.title, _LABEL, 0, y, title - 10))
        drawing.add(_rect(title, y - 1, track, 8, TRACK, 4))
        if _fill(bar.percent) > 0:
            drawing.add(_rect(title, y - 1, max(8.0, track * _fill(bar.percent)), 8, ACCENT, 4))
        kind = _NUMBER if bar.percent is not None else SMALL
        drawing.add(words_at(fonts, bar.shown, kind, title + track + number, y, number - 4, "end"))
        drawing.add(words_at(fonts, bar.detail, SMALL, width, y, detail - 8, "end"))
    return drawing


def journey_map(fonts: Fonts, stages: Sequence[Stage], width: float) -> Drawing:
    """The way of the customer from left to right: a phase a column, its touchpoints below it, each with its number."""
    gap, head, row = 10.0, 38.0, 24.0
    rows = max((len(stage.touchpoints) for stage in stages), default=0)
    drawing = Drawing(width, head + 6 + rows * row)
    column = (width - gap * (len(stages) - 1)) / max(1, len(stages))
    for index, stage in enumerate(stages):
        x = index * (column + gap)
        top = drawing.height
        is_last = index == len(stages) - 1
        drawing.add(_stage_head(fonts, stage.phase, x, top - head, column, head, is_last=is_last))
        for place, touchpoint in enumerate(stage.touchpoints):
            y = top - head - 6 - row * (place + 1)
            drawing.add(_rect(x, y + 3, column, row - 4, WINDOW, 4))
            drawing.add(words_at(fonts, touchpoint.title, _NAME, x + 8, y + 9.5, column - 78))
            drawing.add(_chip(fonts, touchpoint, x + column - 58, y + 5, 54, row - 8))
    return drawing


def _stage_head(fonts: Fonts, bar: Bar, x: float, y: float, width: float, height: float, *, is_last: bool) -> Group:
    group = Group()
    point = 0.0 if is_last else 8.0
    background, ink = heat(bar.percent) if bar.percent is not None else (TRACK, MUTED)
    right = x + width
    outline = [x, y, right, y, right + point, y + height / 2, right, y + height, x, y + height]
    edge = HexColor(LINE) if bar.percent is None or background == PALE else None
    group.add(Polygon(outline, fillColor=HexColor(background), strokeColor=edge, strokeWidth=0.6))
    number = Type(11, bold=True, colour=ink)
    room = width - 18 - min(72, words_width(fonts, bar.shown, number))
    group.add(words_at(fonts, bar.title, Type(9, bold=True, colour=ink), x + 8, y + height / 2 - 3, room))
    group.add(words_at(fonts, bar.shown, number, right - 6, y + height / 2 - 4, 72, "end"))
    return group


def _chip(fonts: Fonts, bar: Bar, x: float, y: float, width: float, height: float) -> Group:
    group = Group()
    background, ink = heat(bar.percent) if bar.percent is not None else (TRACK, MUTED)
    chip = _rect(x, y, width, height, background, 4)
    if background == PALE:
        chip.strokeColor, chip.strokeWidth = HexColor(LINE), 0.6
    group.add(chip)
    group.add(words_at(fonts, bar.shown, Type(8, bold=True, colour=ink), x + width / 2, y + 5, width - 4, "middle"))
    return group
