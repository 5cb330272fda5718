"""Small arrangements that several parts of a report use: headings, facts in columns, a line with an icon."""

from collections.abc import Sequence

from mshopper.report.blocks import Block, Cell, Figure, Gap, Row, Words
from mshopper.report.charts import icon
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Bookmark, Group
from mshopper.report.style import BODY, HEADING, TINY, WIDTH
from mshopper.report.text import Span


def heading(fonts: Fonts, words: str, target: str = "", level: int = 0, *, new_page: bool = False) -> Group:
    """A heading that stays with what follows, and stands in the outline."""
    bookmarks = [Bookmark(target, words, level)] if target else []
    blocks: list[Block] = [Words.of(fonts, words, HEADING), Gap(5)]
    return Group(blocks, space=16, heading=True, new_page=new_page, bookmarks=bookmarks)


def facts_row(fonts: Fonts, facts: Sequence[tuple[str, str]], columns: int) -> list[Block]:
    """Small titles with their values below, in columns; a fact without a value is left out."""
    told = [(title, value) for title, value in facts if value]
    step = WIDTH / columns
    rows: list[Block] = []
    for start in range(0, len(told), columns):
        cells = [
            Cell(step * n, step - 12, [Words.of(fonts, title, TINY), Words.of(fonts, value, BODY, max_lines=5)])
            for n, (title, value) in enumerate(told[start : start + columns])
        ]
        rows += [Row(cells), Gap(7)]
    return rows


def signed(fonts: Fonts, sign: str, spans: Sequence[Span]) -> Row:
    """A line with an icon before it."""
    return Row([Cell(0, 12, [Gap(1), Figure(icon(sign, 10.5))]), Cell(18, WIDTH - 18, [Words(fonts, spans)])])
