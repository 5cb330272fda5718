"""The drawings of a comparison: nothing leaves its drawing, and every value is told."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.graphics.shapes import Circle, Line, Polygon, PolyLine, Rect, String
from reportlab.graphics.shapes import Group as Shapes

from mshopper.model.comparison import (
    Filters,
    Group,
    Interval,
    Measure,
    Proportion,
    Spread,
    StoreComparison,
    Trend,
    TrendPoint,
    Trends,
)
from mshopper.model.findings import (
    HeatCell,
    HeatMap,
    Journey,
    JourneyCell,
    LostPoints,
    LostQuestion,
    MetricResult,
    Satisfaction,
    Waiting,
    WaitingTimes,
)
from mshopper.report import comparison_charts, finding_charts
from mshopper.report.fonts import Fonts
from mshopper.report.sheet import DARK, LIGHT, Chart
from mshopper.report.style import HEAT, heat
from mshopper.report.svg import as_svg

titles = st.text(st.sampled_from("abc WWW é 欢<&>“"), max_size=120)
percents = st.floats(0, 100)
intervals = st.none() | st.tuples(percents, percents).map(lambda two: Interval(min(two), max(two)))
shares = st.none() | st.builds(Proportion, st.integers(0, 9), st.just(9), percents, intervals.filter(bool))


@st.composite
def groups(draw: st.DrawFn, number: int) -> Group:
    mean = draw(st.none() | percents)
    return Group(
        f"s{number}",
        draw(titles),
        draw(st.integers(0, 9999)),
        1,
        mean,
        draw(intervals) if mean is not None else None,
        "" if mean is not None else "no_score",
        shrunken=mean,
        ranks=draw(st.none() | st.just((1, 200))),
        passed=draw(shares),
        criticals=draw(shares),
    )


@st.composite
def comparisons(draw: st.DrawFn) -> StoreComparison:
    count = draw(st.integers(0, 4))
    found = tuple(draw(groups(number)) for number in range(count))
    total = Group("", "", 9, count, draw(percents), draw(intervals))
    return StoreComparison("store", Measure(), Filters(), 1, found, total, None, (), Spread(None, 0, None, None, False))


@st.composite
def trends(draw: st.DrawFn) -> Trends:
    periods = tuple(f"2026-{month:02}" for month in range(1, draw(st.integers(1, 14)) + 1) if month < 13)
    points = st.builds(
        TrendPoint,
        st.sampled_from(periods),
        st.integers(1, 9),
        st.none() | percents,
        intervals,
        missed=st.integers(0, 2),
    )
    lines = [
        tuple(sorted({point.period: point for point in draw(st.lists(points, max_size=5))}.values(), key=_period))
        for _ in range(draw(st.integers(0, 5)))
    ]
    made = tuple(Trend(f"s{number}", draw(titles), line) for number, line in enumerate(lines))
    return Trends("store", "month", periods, Trend("", "", lines[0] if lines else ()), made)


def _period(point: TrendPoint) -> str:
    return point.period


def boxes(shape: object, matrix: tuple[float, ...] = (1, 0, 0, 1, 0, 0)) -> Iterator[tuple[float, float]]:
    """Points that a shape reaches, in the drawing's own units."""
    a, b, c, d, e, f = matrix
    match shape:
        case Shapes():
            g, h, i, j, k, m = shape.transform
            inner = (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)
            for part in shape.contents:
                yield from boxes(part, inner)
            return
        case String():
            width = Fonts().width(shape.text, shape.fontSize, shape.fontName.endswith("Bold"))
            reached = [(shape.x, shape.y), (shape.x + width, shape.y)]
        case Rect():
            reached = [(shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height)]
        case Circle():
            reached = [(shape.cx - shape.r, shape.cy - shape.r), (shape.cx + shape.r, shape.cy + shape.r)]
        case Line():
            reached = [(shape.x1, shape.y1), (shape.x2, shape.y2)]
        case Polygon() | PolyLine():
            reached = list(zip(shape.points[::2], shape.points[1::2], strict=True))
        case _:
            raise AssertionError(shape)
    for x, y in reached:
        yield a * x + c * y + e, b * x + d * y + f


def check(chart: Chart) -> None:
    """Shapes and spots stay inside; the SVG is whole and plain."""
    drawing = chart.drawing
    for shape in drawing.contents:
        for x, y in boxes(shape):
            assert -1.5 <= x <= drawing.width + 1.5, shape
            assert -1.5 <= y <= drawing.height + 1.5, shape
    for spot in chart.spots:
        assert spot.label
        assert spot.width >= 0 <= spot.height
        assert spot.x >= -1
        assert spot.x + spot.width <= drawing.width + 1
        assert spot.top >= -1
        assert spot.top + spot.height <= drawing.height + 1
    tags = {element.tag.partition("}")[2] for element in ET.fromstring(as_svg(drawing)).iter()}
    assert tags <= {"svg", "g", "rect", "circle", "line", "polygon", "polyline", "text"}


@settings(max_examples=12)
@given(comparisons(), trends(), st.sampled_from([330.0, 499.28, 900.0]), st.sampled_from(["it", "en"]))
def test_nothing_leaves_its_drawing(found: StoreComparison, moved: Trends, width: float, language: str) -> None:
    """Any names and numbers, at any width, in either language: each group is a line with its spot."""
    bars = comparison_charts.interval_bars(found, width, DARK, language=language)
    check(bars)
    assert [spot.id for spot in bars.spots] == [*((group.id,) for group in found.groups), ("",)]
    if width > 480:
        check(comparison_charts.league_table(found, width, language=language))
    check(comparison_charts.trend_chart(moved, width, language=language))
    check(comparison_charts.trend_panels(moved, max(width, 480), language=language))


LONG = "Attesa dall'arrivo al reparto “all'inizio” dell'assistenza <b> 欢迎 " * 3
HALF = Proportion(1, 2, 50.0, Interval(9.5, 90.5))
LOST = LostPoints(
    tuple(LostQuestion("f", f"q{n}", LONG, 12, 30.0 - n, 100, 10.0, HALF, phase="during") for n in range(15)),
    330,
    1500,
    9,
)
HEAT_MAP = HeatMap(
    "store",
    "dimension",
    tuple((f"s{n}", LONG) for n in range(3)),
    tuple((f"d{n}", LONG if n % 2 else "Time") for n in range(9)),
    tuple(HeatCell(f"s{n % 3}", f"d{n}", n, 12.0 * n, Interval(0, 100) if n % 2 else None, 1, 2) for n in range(9)),
)
JOURNEY = Journey(
    ("before", "during", "after"),
    ("website", "store"),
    tuple(
        JourneyCell(phase, place, 3, percent, 4, 9, 33.3)
        for phase, place, percent in (("before", "website", 20.0), ("during", "store", None), ("", "store", 99.0))
    ),
    is_crossed=True,
)
TIMES = WaitingTimes(
    tuple(Waiting("question", f"w{n}", LONG, None, 5, 60.0 * n, 90_000.0, 120.0, HALF, "f") for n in range(3)),
    (),
    tuple(Waiting("touchpoint", "store", "store", hour, 5, 60, 90, None, HALF) for hour in (9, 13, 20)),
)
METRICS = Satisfaction(
    "store",
    (
        MetricResult("nps", "", "", "", 40, -100.0, None, "all_equal", ()),
        MetricResult("ces", "seven_mean", "", "", 40, 5.1, Interval(4.2, 6.0), "", ()),
    ),
    (MetricResult("csat", "five", "s1", LONG, 4, 50.0, Interval(15, 85), "", ()),),
    (),
)


@pytest.mark.parametrize("width", [420.0, 499.28, 900.0])
@pytest.mark.parametrize("language", ["it", "en"])
def test_findings_stay_inside_and_name_what_they_are_of(width: float, language: str) -> None:
    """Long labels, missing cells, times far beyond their target: inside, each with what it is of."""
    lost = finding_charts.lost_points(LOST, width, language=language)
    assert [spot.id for spot in lost.spots] == [("f", f"q{n}") for n in range(12)]
    cells = finding_charts.heat_map(HEAT_MAP, width, DARK, language=language)
    assert len(cells.spots) == 27
    assert cells.spots[0].id == ("s0", "d0")
    way = finding_charts.journey_map(JOURNEY, width, language=language)
    assert {spot.id for spot in way.spots} == {("before", "website"), ("during", "store"), ("", "store")}
    for chart in (
        *(lost, cells, way),
        finding_charts.times_chart(TIMES, width, language=language),
        finding_charts.hours_chart(TIMES.by_hour, width, language=language),
        finding_charts.metric_bars(METRICS, width, language=language),
        finding_charts.metric_bars(METRICS, width, language=language, by_group=True),
    ):
        check(chart)


def _light(colour: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


def test_words_can_be_read_on_their_colours() -> None:
    """Numbers on every colour of the heat map, words on both cards: a contrast of 4.5 or more (WCAG AA)."""
    for step in range(len(HEAT)):
        background, ink = heat((step + 0.5) * 100 / len(HEAT))
        assert background == HEAT[step]
        assert _contrast(background, ink) >= 4.5, background
    for palette in (LIGHT, DARK):
        for colour in (palette.text, palette.muted, palette.accent, palette.good, palette.bad):
            assert _contrast(palette.card, colour) >= 4.5, colour
