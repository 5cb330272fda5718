"""Lines, pages and drawings: the promises that hold whatever goes in."""

from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.graphics.shapes import Group as Shapes
from reportlab.graphics.shapes import Rect

from mshopper.report.blocks import Gap, Words
from mshopper.report.charts import Bar, Stage, dimension_bars, icon, journey_map, score_bar, small_bar
from mshopper.report.fonts import Fonts, clean
from mshopper.report.pages import Bookmark, Group, Page, paginate
from mshopper.report.style import BODY_HEIGHT, TOP, WIDTH
from mshopper.report.text import Span, set_lines

texts = st.text(st.sampled_from("abc xyz<&>é 欢迎😀א\n-WWWW"), max_size=200)


@given(words=texts, width=st.floats(20, 500))
def test_lines_hold_every_character_and_no_more_than_the_width(words: str, width: float) -> None:
    """Broken into lines, a text keeps every character in order (or its code), and no line is wider than asked."""
    lines = set_lines(Fonts(), [Span(words)], 10, width)
    printed = "".join(piece.run.text for line in lines for piece in line.pieces)
    assert "".join(printed.split()) == "".join(clean(words).replace("א", "U+05D0").split())
    assert all(line.width <= max(width, 40) + 0.01 for line in lines)


@given(words=texts, lines=st.integers(1, 3), width=st.floats(60, 300))
def test_a_shortened_text_ends_with_an_ellipsis(words: str, lines: int, width: float) -> None:
    """A text cut to so many lines says that it was cut, and stays within the width."""
    whole = set_lines(Fonts(), [Span(words)], 10, width)
    cut = set_lines(Fonts(), [Span(words)], 10, width, max_lines=lines)
    if len(whole) <= lines:
        assert cut == whole
    else:
        assert len(cut) == lines
        assert cut[-1].pieces[-1].run.text == "…"
        assert cut[-1].width <= width + 0.01


def _tops(page: Page) -> list[float]:
    return [placed.top for placed in page]


groups = st.lists(
    st.builds(
        lambda heights, heading, words: Group(
            [*map(Gap, heights), *([Words.of(Fonts(), "word " * words)] if words else [])], space=10, heading=heading
        ),
        st.lists(st.floats(1, 200), min_size=1, max_size=4),
        st.booleans(),
        st.sampled_from([0, 0, 30, 3000]),
    ),
    max_size=12,
)


@settings(max_examples=30)
@given(groups)
def test_pages_are_never_overfull(contents: list[Group]) -> None:
    """Nothing stands below the page's end, and blocks stand in order."""
    for page in paginate(contents):
        assert _tops(page) == sorted(_tops(page))
        for placed in page:
            assert not isinstance(placed.item, Bookmark)
            assert placed.top + placed.item.height(WIDTH) <= TOP + BODY_HEIGHT + 0.01


def test_a_heading_goes_with_what_follows() -> None:
    """A heading that would stand alone at the foot of a page begins the next one."""
    heading = Group([Gap(20)], heading=True)
    pages = paginate([Group([Gap(BODY_HEIGHT - 60)]), heading, heading, Group([Gap(80)])])
    assert [len(page) for page in pages] == [1, 3]


def _rects(shape: object) -> list[Rect]:
    if isinstance(shape, Rect):
        return [shape]
    return [rect for inner in shape.contents for rect in _rects(inner)] if isinstance(shape, Shapes) else []


percents = st.none() | st.floats(-1e6, 1e6)


@given(percents, percents, st.lists(st.builds(Bar, texts, percents, texts, texts), max_size=4))
def test_no_drawing_has_a_negative_size(percent: float | None, mark: float | None, bars: list[Bar]) -> None:
    """Odd percentages and titles give bars within their track."""
    fonts = Fonts()
    head = Bar("During", percent, "shown")
    for drawing in (
        score_bar(fonts, 400, percent, mark, "Pass mark", "#1B7340"),
        small_bar(80, percent, mark),
        dimension_bars(fonts, bars, WIDTH),
        journey_map(fonts, [Stage(head, bars), Stage(head, bars)], WIDTH),
        icon("warn"),
    ):
        assert drawing.height >= 0
        for rect in _rects(drawing):
            assert rect.width >= 0
            assert rect.height >= 0
            assert rect.x >= -0.01
            assert rect.x + rect.width <= drawing.width + 0.01
