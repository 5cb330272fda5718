"""One store on one page: what to fix first. For the manager of the store, who has one minute.

Takes a `StorePage` and gives a single page: what is long is shortened until everything fits, and says what was left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from mshopper.i18n import _, format_number, ngettext, speaking
from mshopper.model.comparison_report import StorePage
from mshopper.model.comparison_words import points, store_sentences
from mshopper.model.corrective import Action, action_state_text
from mshopper.progress import Progress
from mshopper.report import comparison_charts, finding_charts, source_parts
from mshopper.report.blocks import Block, Cell, Figure, Gap, Row, Rule, Words
from mshopper.report.charts import icon
from mshopper.report.document import Facts, new_fonts, write_document
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Group
from mshopper.report.style import (
    BAD,
    BODY,
    BODY_HEIGHT,
    FIGURE,
    HEADING,
    KICKER,
    LINE,
    MUTED,
    SMALL,
    STRONG,
    TITLE,
    WARN,
    WIDTH,
    WINDOW,
)

_GAP = 22.0
_COLUMN = (WIDTH - _GAP) / 2


@dataclass(frozen=True)
class _Room:
    """How much of everything is shown, and how high the trend stands."""

    lost: int
    listed: int
    times: int
    trend: float


_ROOMS = (
    *(
        _Room(8, 8, 6, 130.0),
        _Room(7, 6, 5, 120.0),
        _Room(6, 5, 4, 110.0),
        _Room(5, 5, 3, 105.0),
        _Room(5, 4, 3, 100.0),
    ),
    *(_Room(4, 4, 2, 95.0), _Room(3, 3, 2, 90.0), _Room(3, 2, 1, 85.0), _Room(2, 2, 1, 80.0), _Room(2, 1, 0, 75.0)),
)
"""From the most to the least."""


def write_store_page(page: StorePage, target: Path | BinaryIO, *, language: str) -> tuple[str, ...]:
    """Write the page of one store as PDF in `language`; the same page gives the same bytes.

    Returns warnings of characters that no font has. Raises OSError where `target` can't be written.
    """
    with speaking(language):
        fonts = new_fonts()
        title = " · ".join((_("What to fix first"), page.title, source_parts.days(page.sources)))
        facts = Facts(
            title=title.removesuffix(" · "),
            language=language,
            keywords=f"{page.store_id} {page.sources.generation}".strip(),
            written=page.sources.written,
            foot=source_parts.foot(page.sources),
        )
        return write_document([_whole(page, fonts, language)], target, facts, fonts, progress=Progress())


def _whole(page: StorePage, fonts: Fonts, language: str) -> Group:
    """Everything, with as much of each part as fits onto the page."""
    for room in _ROOMS:
        group = Group(list(_blocks(page, Fonts(), language, room)))
        if group.height <= BODY_HEIGHT:
            break
    return Group(list(_blocks(page, fonts, language, room)))


def _blocks(page: StorePage, fonts: Fonts, language: str, room: _Room) -> Iterator[Block]:
    yield Words.of(fonts, _("What to fix first"), KICKER)
    yield Gap(3)
    yield Words.of(fonts, page.title, TITLE, max_lines=2)
    yield Words.of(fonts, page.where, BODY.in_(MUTED), max_lines=2)
    yield Gap(8)
    yield Rule(LINE)
    yield Gap(10)
    yield _headline(page, fonts, language)
    yield from _lost(page, fonts, language, room)
    yield from _side_by_side(page, fonts, room)
    yield from _trend(page, fonts, language, room)
    yield from _times(page, fonts, language, room)


def _head(fonts: Fonts, words: str) -> list[Block]:
    return [Words.of(fonts, words, replace(HEADING, size=11.5), max_lines=1), Gap(4)]


def _headline(page: StorePage, fonts: Fonts, language: str) -> Block:
    """The mean as a figure, and what is certain about it in words."""
    said = [Words.of(fonts, sentence, BODY) for sentence in store_sentences(page.group, page.comparison)]
    compared = page.comparison.compared
    if compared is not None:
        form = page.sources.form_title(compared.form_id, language)
        told = " · ".join(part for part in (form, source_parts.days(page.sources)) if part)
        said.append(Words.of(fonts, told, SMALL))
    if page.group is None or page.group.mean is None:
        return Row([Cell(14, WIDTH - 28, said)], padding=10, card=WINDOW)
    number = Words.of(fonts, points(page.group.mean), FIGURE)
    return Row([Cell(14, 88, [number]), Cell(108, WIDTH - 122, said)], padding=10, card=WINDOW, centred=True)


def _lost(page: StorePage, fonts: Fonts, language: str, room: _Room) -> Iterator[Block]:
    losing = sum(one.lost > 0 for one in page.lost.questions)
    yield Gap(14)
    yield from _head(fonts, _("Most points are lost here"))
    if not losing:
        yield Words.of(fonts, _("No points are lost."), BODY)
        return
    titles = {one.form_id: page.sources.form_title(one.form_id, language) for one in page.lost.questions}
    chart = finding_charts.lost_points(
        page.lost, WIDTH, language=language, rows=slice(room.lost), titles=titles, fonts=fonts
    )
    yield Figure(chart.drawing)
    if losing > room.lost:
        yield _more(fonts, losing - room.lost)


def _more(fonts: Fonts, n: int) -> Block:
    return Words.of(fonts, ngettext("and {n} more", "and {n} more", n).format(n=format_number(n)), SMALL)


def _side_by_side(page: StorePage, fonts: Fonts, room: _Room) -> Iterator[Block]:
    """Criticals to the left, open actions to the right."""
    criticals = [
        (critical.label, " · ".join(part for part in (source_parts.day(critical.day), critical.auditor) if part), "bad")
        for critical in page.criticals
    ]
    actions = [_action(page, action) for action in page.actions]
    left = _list(fonts, _("Critical answers"), criticals, _("None in these visits."), room)
    right = _list(fonts, _("Open actions"), actions, _("None is open."), room)
    yield Gap(14)
    yield Row([Cell(0, _COLUMN, left), Cell(_COLUMN + _GAP, _COLUMN, right)])


def _action(page: StorePage, action: Action) -> tuple[str, str, str]:
    state = action.state(page.today)
    due = _("due {day}").format(day=source_parts.day(action.last.due)) if action.last.due else ""
    told = " · ".join(part for part in (action_state_text(state), action.last.owner, due) if part)
    return action.wanted or action.first.label or action.first.question_id, told, "bad" if state == "late" else "warn"


def _list(fonts: Fonts, title: str, items: Sequence[tuple[str, str, str]], empty: str, room: _Room) -> list[Block]:
    blocks = _head(fonts, f"{title} ({format_number(len(items))})" if items else title)
    if not items:
        return [*blocks, Words.of(fonts, empty, BODY.in_(MUTED))]
    for words, told, sign in items[: room.listed]:
        lines: list[Block] = [Words.of(fonts, words, replace(STRONG, size=8.75), max_lines=2)]
        if told:
            lines.append(Words.of(fonts, told, SMALL.in_(BAD if sign == "bad" else WARN), max_lines=1))
        blocks += [Row([Cell(0, 12, [Gap(1), Figure(icon(sign, 10))]), Cell(16, _COLUMN - 16, lines)]), Gap(4)]
    if len(items) > room.listed:
        blocks.append(_more(fonts, len(items) - room.listed))
    return blocks


def _trend(page: StorePage, fonts: Fonts, language: str, room: _Room) -> Iterator[Block]:
    if page.trend is None or len(page.trends.periods) < 2:
        return
    yield Gap(12)
    yield from _head(fonts, _("Over time, beside all stores"))
    chart = comparison_charts.trend_chart(
        page.trends, WIDTH, language=language, group_id=page.store_id, height=room.trend, fonts=fonts
    )
    yield Figure(chart.drawing)


def _times(page: StorePage, fonts: Fonts, language: str, room: _Room) -> Iterator[Block]:
    timed = len(finding_charts.timed(page.waiting))
    if not timed or not room.times:
        return
    yield Gap(8)
    yield from _head(fonts, _("Times against their targets"))
    chart = finding_charts.times_chart(page.waiting, WIDTH, language=language, rows=slice(room.times), fonts=fonts)
    yield Figure(chart.drawing)
    if timed > room.times:
        yield _more(fonts, timed - room.times)
