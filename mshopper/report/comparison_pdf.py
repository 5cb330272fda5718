"""A comparison as PDF: what is sure, what isn't and what to fix first, then the pictures, the sources and the method.

Takes a `ComparisonReport`, whose sentences and numbers are ready, and gives pages. The only way in for `operations`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from reportlab.graphics.shapes import Drawing

from mshopper.i18n import _, format_number, ngettext, speaking
from mshopper.model.comparison import Trends
from mshopper.model.comparison_report import ComparisonReport
from mshopper.model.comparison_words import counted, interval_text, key_title, points, signed
from mshopper.model.finding_words import finding_sentence, weights_note
from mshopper.model.scoresheet import Reason
from mshopper.progress import Progress
from mshopper.report import comparison_charts as charts
from mshopper.report import finding_charts, satisfaction_parts, source_parts
from mshopper.report.blocks import Block, Cell, Figure, Gap, Row, Rule, Words
from mshopper.report.document import Facts, new_fonts, write_document
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Bookmark, Group
from mshopper.report.parts import heading
from mshopper.report.parts import signed as with_sign
from mshopper.report.sheet import Chart
from mshopper.report.style import (
    BODY,
    HEADING,
    KICKER,
    LINE,
    MUTED,
    SMALL,
    SUBHEADING,
    TINY,
    TITLE,
    WIDTH,
    WINDOW,
)
from mshopper.report.tables import Rows
from mshopper.report.text import Span

_MOST_PANELS = 30
_MOST_LOST = 15
_MOST_TIMES = 20


def write_comparison_pdf(
    report: ComparisonReport, target: Path | BinaryIO, *, language: str, progress: Progress | None = None
) -> tuple[str, ...]:
    """Write the comparison as PDF in `language`. The same report gives the same bytes.

    Returns warnings of characters that no font has. Raises OSError where `target` can't be written, and Cancelled.
    """
    with speaking(language):
        fonts = new_fonts()
        pages = _Pages(report, fonts, language)
        title = " · ".join((_("Comparison"), key_title(report.comparison.by), pages.subject))
        facts = Facts(
            title=title,
            language=language,
            subject=pages.extent,
            keywords=report.sources.generation,
            written=report.sources.written,
            running=f"{title} · {pages.extent}",
            foot=source_parts.foot(report.sources),
        )
        return write_document(list(pages.groups()), target, facts, fonts, progress=progress or Progress())


class _Pages:
    """The parts of the document in their order, as groups of blocks."""

    def __init__(self, report: ComparisonReport, fonts: Fonts, language: str) -> None:
        self._report, self._fonts, self._language = report, fonts, language
        compared = report.comparison.compared
        self.subject = report.sources.form_title(compared.form_id, language) if compared else _("All forms")
        total = report.comparison.total
        visits = ngettext("{n} visit", "{n} visits", total.n).format(n=format_number(total.n))
        stores = counted("store", total.stores) if total.stores else ""
        self.extent = " · ".join(part for part in (source_parts.days(report.sources), visits, stores) if part)

    def groups(self) -> Iterator[Group]:
        """All of it."""
        yield self._title()
        if self._report.comparison.total.mean is not None:
            yield self._figures()
        yield from self._summary()
        if self._report.comparison.groups:
            yield from self._league()
            yield from self._trends()
            yield from self._lost()
            yield from self._heat()
            yield from self._journey()
            yield from self._times()
            yield from satisfaction_parts.satisfaction(self._fonts, self._report.satisfaction, self._language)
        yield from source_parts.sources(self._fonts, self._report, self._language)
        yield from source_parts.method(self._fonts)
        yield from source_parts.visits(self._fonts, self._report)

    # --- the first page

    def _title(self) -> Group:
        comparison = self._report.comparison
        kicker = " · ".join((_("Comparison"), key_title(comparison.by), self._report.measure))
        return Group(
            [
                Words.of(self._fonts, kicker, KICKER),
                Gap(3),
                Words.of(self._fonts, self.subject, TITLE),
                Words.of(self._fonts, self.extent, BODY.in_(MUTED)),
                Gap(12),
                Rule(LINE),
                Gap(10),
            ],
            bookmarks=[Bookmark("top", _("Summary"))],
        )

    def _figures(self) -> Group:
        total = self._report.comparison.total
        figures = [(_("Mean"), points(total.mean), interval_text(total.interval))]
        if total.change is not None:
            figures.append((_("Change"), signed(total.change.points), interval_text(total.change.interval)))
        for title, share in ((_("Passed"), total.passed), (_("Visits with a critical"), total.criticals)):
            if share is not None:
                figures.append((title, f"{points(share.share, 0)}%", interval_text(share.interval)))
        step = (WIDTH - 24) / len(figures)
        cells = [
            Cell(
                12 + step * place,
                step - 8,
                [
                    Words.of(self._fonts, title, TINY, max_lines=1),
                    Words.of(self._fonts, value, replace(HEADING, size=17)),
                    Words.of(self._fonts, interval or _("no interval"), SMALL, max_lines=1),
                ],
            )
            for place, (title, value, interval) in enumerate(figures)
        ]
        return Group([Row(cells, padding=10, card=WINDOW)])

    def _summary(self) -> Iterator[Group]:
        report = self._report
        for title, sign, sentences in (
            (_("What is sure"), "good", report.sure),
            (_("What to fix first"), "bad", report.to_fix),
            (_("What isn't sure, and what isn't in these numbers"), "none", report.unsure),
        ):
            if sentences:
                title_block: list[Block] = [Words.of(self._fonts, title, SUBHEADING), Gap(4)]
                yield Group(title_block, space=14, heading=True)
                for sentence in sentences:
                    yield Group([with_sign(self._fonts, sign, [Span(sentence)]), Gap(4)])

    # --- the pictures

    def _rows(self, draw: Callable[..., Chart], value: object, last: int, **options: object) -> Rows:
        """The first rows of a drawing, over as many pages as they need."""

        def make(rows: slice) -> Drawing:
            chart = draw(value, WIDTH, language=self._language, fonts=self._fonts, rows=rows, **options)
            return chart.drawing

        return Rows.of(make, last)

    def _headed(self, title: str, target: str, how: str, said: Sequence[Reason] = ()) -> Iterator[Group]:
        """A heading, what the picture shows in a sentence, and how to read it."""
        top = heading(self._fonts, title, target)
        blocks: list[Block] = [*top.blocks]
        for reason in said:
            blocks += [Words.of(self._fonts, finding_sentence(reason), BODY), Gap(2)]
        blocks += [Words.of(self._fonts, how, SMALL), Gap(6)]
        yield replace(top, blocks=blocks, space=20)

    def _league(self) -> Iterator[Group]:
        comparison = self._report.comparison
        how = _(
            "The dot is the mean of the visits, the band its interval at 95%; a ring has none. The broken line is the mean of "
            "all. ▲ and ▼ mark what differs from the rest beyond chance. Ranks are the best and the worst place that the "
            "visits allow."
        )
        yield from self._headed(_("League table"), "league", how)
        yield self._rows(charts.league_table, comparison, len(comparison.groups)).group()

    def _trends(self) -> Iterator[Group]:
        trends, fonts, language = self._report.trends, self._fonts, self._language
        if len(trends.periods) < 2:
            return
        how = _(
            "Means by month; bars are intervals at 95%, a ring is a single visit, a broken line spans months without a visit, "
            "a cross marks planned visits that weren't made."
        )
        yield from self._headed(_("Over time"), "trends", how)
        whole = charts.trend_chart(trends, WIDTH, language=language, height=150, fonts=fonts)
        if any(point.mean is not None for point in trends.total.points):
            yield _figure(whole)
        shown = self._moving(trends)
        if shown.groups:
            if len(shown.groups) == _MOST_PANELS < len(trends.groups):
                told = _("Each of the {n} lowest that were visited in two months or more:")
                yield Group([Words.of(fonts, told.format(n=len(shown.groups)), SMALL)], space=10, heading=True)
            yield self._rows(charts.trend_panels, shown, charts.panel_rows(shown)).group(8)

    def _moving(self, trends: Trends) -> Trends:
        """The groups with something to see, the lowest of the table where they are many."""
        moving = [one for one in trends.groups if sum(point.mean is not None for point in one.points) > 1]
        places = {group.id: place for place, group in enumerate(self._report.comparison.groups)}
        if len(moving) > _MOST_PANELS:
            moving = sorted(moving, key=lambda one: places.get(one.id, -1))[-_MOST_PANELS:]
        return replace(trends, groups=tuple(moving))

    def _lost(self) -> Iterator[Group]:
        lost, fonts, language = self._report.lost, self._fonts, self._language
        losing = sum(one.lost > 0 for one in lost.questions)
        if not losing:
            return
        said = [reason for reason in lost.sentences if reason.code != "lost_unweighed"]  # `how` says it
        how = _("“Together” is what a question and all above it lose of all lost points. {weights}")
        yield from self._headed(_("Lost points"), "lost", how.format(weights=weights_note(lost.weights)), said)
        titles = {one.form_id: self._report.sources.form_title(one.form_id, language) for one in lost.questions}

        yield self._rows(finding_charts.lost_points, lost, min(losing, _MOST_LOST), titles=titles).group()
        if losing > _MOST_LOST:
            more = ngettext("{n} more question loses points.", "{n} more questions lose points.", losing - _MOST_LOST)
            yield Group([Words.of(fonts, more.format(n=format_number(losing - _MOST_LOST)), SMALL)], space=4)

    def _heat(self) -> Iterator[Group]:
        heat = self._report.heat
        if not heat.rows or not heat.columns:
            return
        how = _(
            "Mean percentage and, below it, the visits that it is of: a cell of one visit says little. Blue is high, orange is "
            "low; a dash was never scored."
        )
        yield from self._headed(_("Dimensions"), "heat", how, heat.sentences)
        most = finding_charts.heat_columns(WIDTH)
        for start in range(0, len(heat.columns), most):
            columns = slice(start, start + most)
            yield Group(
                [self._rows(finding_charts.heat_map, heat, len(heat.rows), columns=columns)], space=10 if start else 0
            )

    def _journey(self) -> Iterator[Group]:
        journey, fonts, language = self._report.journey, self._fonts, self._language
        if not journey.cells:
            return
        how = _(
            "From left to right as a customer goes: the share of points kept, and of all lost points those lost here."
        )
        yield from self._headed(_("The customer's way"), "journey", how, journey.sentences)
        yield _figure(finding_charts.journey_map(journey, WIDTH, language=language, fonts=fonts))

    def _times(self) -> Iterator[Group]:
        waiting = self._report.waiting
        timed = len(finding_charts.timed(waiting))
        if not timed:
            return
        how = _(
            "Half of the times are shorter than the dot, nine in ten end within the bar; the scale is in times of each target. "
            "“In time” has its interval at 95%."
        )
        yield from self._headed(_("Times against their targets"), "times", how, waiting.sentences)
        yield self._rows(finding_charts.times_chart, waiting, min(timed, _MOST_TIMES)).group()


def _figure(chart: Chart) -> Group:
    """A drawing that can't be divided: whatever is above goes with all of it."""
    return Group([Figure(chart.drawing)], start=chart.drawing.height)
