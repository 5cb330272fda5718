"""A drawing of reportlab's graphics as SVG that QtSvg shows as the PDF does.

reportlab's own SVG clips everything and names fonts as PDF does, neither of which QtSvg honours. Our drawings are made of few
shapes, so that each is written out plainly here; words name the family "Noto Sans" by weight, which whoever shows the
picture registers from `font_files` first.
"""

from html import escape
from pathlib import Path
from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, Group, Line, Polygon, PolyLine, Rect, String

from mshopper import paths
from mshopper.report.fonts import BOLD, HAN, REGULAR, SYMBOLS

_FAMILIES = {
    REGULAR: "Noto Sans",
    BOLD: "Noto Sans",
    HAN: "Droid Sans Fallback",
    SYMBOLS: "Symbola",
}


def font_files() -> tuple[Path, ...]:
    """The fonts that the words of an SVG are set in."""
    folder = paths.resources_folder() / "fonts"
    return tuple(folder / f"{name}.ttf" for name in _FAMILIES)


def as_svg(drawing: Drawing) -> bytes:
    """The drawing as an SVG document of its own size in points, without clip paths. TypeError for a shape we never draw."""
    width, height = _n(drawing.width), _n(drawing.height)
    shapes = "".join(map(_shape, drawing.contents))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<g transform="matrix(1 0 0 -1 0 {height})">{shapes}</g></svg>'
    ).encode()


def _n(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


def _numbers(values: Any) -> str:
    return " ".join(map(_n, values))


def _look(shape: Any) -> str:
    """Fill and stroke."""
    parts = [f'fill="{_colour(getattr(shape, "fillColor", None))}"']
    stroke = shape.strokeColor
    parts.append(f'stroke="{_colour(stroke)}"')
    if stroke is not None:
        parts.append(f'stroke-width="{_n(shape.strokeWidth)}"')
        if shape.strokeDashArray:
            parts.append(f'stroke-dasharray="{_numbers(shape.strokeDashArray)}"')
        if getattr(shape, "strokeLineCap", 0) == 1:
            parts.append('stroke-linecap="round"')
        if getattr(shape, "strokeLineJoin", 0) == 1:
            parts.append('stroke-linejoin="round"')
    return " ".join(parts)


def _colour(colour: Any) -> str:
    return "none" if colour is None else f"#{colour.hexval()[2:]}"


def _shape(shape: Any) -> str:
    match shape:
        case Group():
            inner = "".join(map(_shape, shape.contents))
            return f'<g transform="matrix({_numbers(shape.transform)})">{inner}</g>'
        case String():
            return _string(shape)
        case Rect():
            place = f'x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" height="{_n(shape.height)}"'
            return f'<rect {place} rx="{_n(shape.rx)}" ry="{_n(shape.ry)}" {_look(shape)}/>'
        case Circle():
            return f'<circle cx="{_n(shape.cx)}" cy="{_n(shape.cy)}" r="{_n(shape.r)}" {_look(shape)}/>'
        case Line():
            ends = f'x1="{_n(shape.x1)}" y1="{_n(shape.y1)}" x2="{_n(shape.x2)}" y2="{_n(shape.y2)}"'
            return f"<line {ends} {_look(shape)}/>"
        case Polygon():
            return f'<polygon points="{_numbers(shape.points)}" {_look(shape)}/>'
        case PolyLine():
            return f'<polyline points="{_numbers(shape.points)}" {_look(shape)}/>'
    raise TypeError(type(shape).__name__)


def _string(shape: Any) -> str:
    """Words the right way up; the minus is the en dash, as the fonts have it.

    QtSvg takes whole sizes only: the size stands in the matrix.
    """
    scale = _n(shape.fontSize / 100)
    weight = ' font-weight="bold"' if shape.fontName == BOLD else ""
    words = escape(shape.text.replace("\u2212", "\u2013"))
    return (
        f'<text transform="matrix({scale} 0 0 -{scale} {_n(shape.x)} {_n(shape.y)})" font-family="{_FAMILIES[shape.fontName]}"'
        f' font-size="100"{weight} fill="{_colour(shape.fillColor)}" xml:space="preserve">{words}</text>'
    )
