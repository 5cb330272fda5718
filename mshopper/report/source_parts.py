"""Where the numbers of a comparison come from: the folder, the dates, the filters, the method, the visits behind them."""

import datetime as dt
from collections.abc import Iterator

from mshopper.i18n import _, format_date, format_dates, format_number
from mshopper.model.comparison import VisitLine
from mshopper.model.comparison_report import ComparisonReport, Sources
from mshopper.model.comparison_words import filter_facts, method_sentences, period_title, points
from mshopper.model.outcome import verdict_text
from mshopper.report.blocks import Block, Cell, Gap, Row, Words
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Group
from mshopper.report.parts import facts_row, heading
from mshopper.report.style import INK, SMALL, SUBHEADING, WIDTH, WINDOW
from mshopper.report.tables import Column, Rows, word_table

_MOST_VISITS = 200
"""Lines of the table of visits, the newest."""


def days(sources: Sources) -> str:
    """From when to when the visits are, in words."""
    if not sources.first_day:
        return ""
    return format_dates(dt.date.fromisoformat(sources.first_day), dt.date.fromisoformat(sources.last_day))


def day(iso: str) -> str:
    """A day in words; what is no date as it is."""
    try:
        return format_date(dt.date.fromisoformat(iso[:10]))
    except ValueError:
        return iso


def foot(sources: Sources) -> str:
    """What stands at the foot of every page: what the numbers are made of."""
    if not sources.folder:
        return _("This computer's own visits")
    return " · ".join(part for part in (sources.folder, sources.generation) if part)


def sources(fonts: Fonts, report: ComparisonReport, language: str) -> Iterator[Group]:
    """Folder, generation, dates, n, filters."""
    comparison, known = report.comparison, report.sources
    compared = comparison.compared
    form = ""
    if compared is not None:
        form = f"{known.form_title(compared.form_id, language)} ({', '.join(compared.versions)})"
    facts = [
        (_("Tables"), known.folder or _("This computer's own visits")),
        (_("State of the tables"), known.generation),
        (_("Days of the visits"), days(known)),
        (_("Visits compared"), format_number(comparison.total.n)),
        (_("Without a score"), format_number(comparison.total.unscored) if comparison.total.unscored else ""),
        (_("Form and version"), form),
        (_("Change between"), " – ".join(period_title(name) for name in comparison.periods if name)),
        (_("Shown from so many visits"), format_number(comparison.minimum_n) if comparison.minimum_n > 1 else ""),
        *filter_facts(known.filters, known.offer),
    ]
    top = heading(fonts, _("Sources"), "sources")
    yield Group(top.blocks, space=20, heading=True, bookmarks=top.bookmarks)
    yield Group(facts_row(fonts, facts, 3))


def method(fonts: Fonts) -> Iterator[Group]:
    """How the numbers were made, in a box."""
    words: list[Block] = [Words.of(fonts, _("Method"), SUBHEADING), Gap(3)]
    for sentence in method_sentences():
        words += [Words.of(fonts, sentence, SMALL.in_(INK)), Gap(2)]
    yield Group([Row([Cell(14, WIDTH - 28, words)], padding=12, card=WINDOW)], space=12)


def visits(fonts: Fonts, report: ComparisonReport) -> Iterator[Group]:
    """The visits behind the table, the newest first."""
    shown = report.visits[:_MOST_VISITS]
    if not shown:
        return
    top = heading(fonts, _("Visits behind these numbers"), "visits")
    yield Group(top.blocks, space=20, heading=True, bookmarks=top.bookmarks)
    columns = [
        Column(_("Day"), 0, 60),
        Column(_("Store"), 64, 136),
        Column(_("Auditor"), 206, 86),
        Column(_("Score"), 294, 40, right=True),
        Column(_("Verdict"), 346, 104),
        Column(_("Visit"), 454, 45),
    ]
    yield Rows.of(word_table(fonts, columns, [_visit(line) for line in shown], WIDTH), len(shown)).group()
    if report.of > len(shown):
        more = _("The newest {n} of {of} visits; the merged tables have them all.")
        yield Group([Words.of(fonts, more.format(n=format_number(len(shown)), of=format_number(report.of)), SMALL)])


def _visit(line: VisitLine) -> list[str]:
    verdict = " · ".join(part for part in (verdict_text(line.verdict), _("critical") if line.criticals else "") if part)
    return [
        day(line.started_at),
        line.store_name or line.store_id,
        line.auditor,
        points(line.value),
        verdict,
        line.visit_id[:8],
    ]
