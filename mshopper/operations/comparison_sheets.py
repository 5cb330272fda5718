"""The sheets of a comparison's workbook: every view with real numbers, in words of the language asked for."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import accumulate

from mshopper.exchange.view_workbook import SheetChart, SheetColumn, Value, ViewSheet
from mshopper.i18n import N_, _, speaking
from mshopper.model.comparison import Group, Interval, Proportion, Trend
from mshopper.model.comparison_report import ComparisonReport
from mshopper.model.comparison_words import (
    filter_facts,
    group_title,
    key_title,
    method_sentences,
    note_text,
    period_mark,
)
from mshopper.model.finding_words import metric_name, question_words, waiting_title
from mshopper.model.findings import JourneyCell, MetricResult, Waiting
from mshopper.model.outcome import state_text, verdict_text
from mshopper.model.reasons import phase_title, touchpoint_title

_CHARTED, _CHARTED_QUESTIONS, _CHARTED_LINES = 60, 20, 10
_COLUMNS: Sequence[tuple[str, str]] = (
    (N_("Visits"), "whole"),
    (N_("Stores"), "whole"),
    (N_("Mean"), "points"),
    (N_("Low (95%)"), "points"),
    (N_("High (95%)"), "points"),
    (N_("Below"), "points"),
    (N_("Above"), "points"),
    (N_("Note"), "text"),
    (N_("Points"), "points"),
    (N_("Estimate"), "points"),
    (N_("Best rank"), "whole"),
    (N_("Worst rank"), "whole"),
    (N_("Difference"), "signed"),
    (N_("p after correction"), "fine"),
    (N_("Differs"), "text"),
    (N_("Change"), "signed"),
    (N_("Change, low"), "signed"),
    (N_("Change, high"), "signed"),
    (N_("Passed"), "share"),
    (N_("Passed, low"), "share"),
    (N_("Passed, high"), "share"),
    (N_("Visits with a critical"), "whole"),
    (N_("More visits needed"), "whole"),
)


def comparison_sheets(report: ComparisonReport, language: str) -> list[ViewSheet]:
    """All sheets in their order; a view without anything in it has none."""
    with speaking(language):
        sheets = [
            _summary(report, language),
            _league(report),
            _trends(report),
            _lost(report, language),
            _heat(report),
            _journey(report),
            _times(report),
            _metrics(report),
            _goes_with(report),
            _visits(report),
        ]
        return [sheet for sheet in sheets if sheet.rows]


def _share(value: float | None) -> float | None:
    return None if value is None else value / 100


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


def _shares(found: Proportion | None) -> list[Value]:
    return [None, None, None] if found is None else [_share(found.share), *map(_share, _ends(found.interval))]


def _day(text: str) -> Value:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return text


def _summary(report: ComparisonReport, language: str) -> ViewSheet:
    rows: list[tuple[str, str]] = []
    for title, sentences in (
        (_("What is sure"), report.sure),
        (_("What to fix first"), report.to_fix),
        (_("What isn't sure, and what isn't in these numbers"), report.unsure),
    ):
        rows += [(title, sentence) for sentence in sentences]
    known, compared = report.sources, report.comparison.compared
    facts = [
        (_("Tables"), known.folder or _("This computer's own visits")),
        (_("State of the tables"), known.generation),
        (_("First day"), known.first_day),
        (_("Last day"), known.last_day),
        (_("Form"), known.form_title(compared.form_id, language) if compared else ""),
        (_("Versions"), ", ".join(compared.versions) if compared else ""),
        (_("Measure"), report.measure),
        *filter_facts(known.filters, known.offer),
    ]
    rows += [(title, words) for title, words in facts if words]
    rows += [(_("Method"), sentence) for sentence in method_sentences()]
    columns = [SheetColumn(_("What"), width=30), SheetColumn(_("Says"), width=110)]
    return ViewSheet(_("Summary"), columns, rows, plain=True)


def _league(report: ComparisonReport) -> ViewSheet:
    comparison = report.comparison
    columns = [SheetColumn(key_title(comparison.by)), SheetColumn(_("Code"), width=12)]
    columns += [SheetColumn(_(title), kind, 20 if kind == "text" else 0) for title, kind in _COLUMNS]
    rows = [_group(comparison.by, group) for group in comparison.groups]
    charted = min(_CHARTED, len(rows))
    title = _("Mean with its interval at 95%")
    chart = SheetChart("bar", title, names=0, values=(4,), rows=charted, less=7, more=8)
    return ViewSheet(_("Comparison"), columns, rows, chart)


def _group(by: str, group: Group) -> list[Value]:
    low, high = _ends(group.interval)
    mean, difference, change = group.mean, group.difference, group.change
    differs = {1: _("better"), -1: _("worse")}.get(difference.differs, "") if difference else ""
    return [
        group_title(by, group.id, group.title),
        group.id,
        group.n,
        group.stores,
        mean,
        low,
        high,
        None if mean is None or low is None else mean - low,
        None if mean is None or high is None else high - mean,
        note_text(group.note),
        group.pooled,
        group.shrunken,
        *(group.ranks or (None, None)),
        difference and difference.points,
        difference and difference.adjusted,
        differs,
        change and change.points,
        *_ends(change.interval if change else None),
        *_shares(group.passed),
        group.criticals and group.criticals.hits,
        group.advice and group.advice.more,
    ]


def _trends(report: ComparisonReport) -> ViewSheet:
    trends = report.trends
    columns = [SheetColumn(key_title(trends.by))]
    columns += [SheetColumn(period_mark(name), "points") for name in trends.periods]
    lines: list[Trend] = [trends.total, *trends.groups] if trends.periods else []
    rows = []
    for trend in lines:
        means = {point.period: point.mean for point in trend.points}
        title = group_title(trends.by, trend.id, trend.title) if trend.id else _("All")
        rows.append([title, *(means.get(name) for name in trends.periods)])
    last = len(trends.periods)
    chart = SheetChart("line", _("Mean by month"), names=0, values=(1, last), rows=_CHARTED_LINES)
    return ViewSheet(_("Over time"), columns, rows, chart if last > 1 else None)


def _lost(report: ComparisonReport, language: str) -> ViewSheet:
    losing = [one for one in report.lost.questions if one.lost > 0]
    together = accumulate(one.share / 100 for one in losing)
    columns = [
        SheetColumn("#", "whole", 5),
        SheetColumn(_("Question"), width=60),
        SheetColumn(_("Form")),
        SheetColumn(_("Phase"), width=14),
        SheetColumn(_("Touchpoint"), width=16),
        SheetColumn(_("Lost points"), "points"),
        SheetColumn(_("Share"), "share"),
        SheetColumn(_("Together"), "share"),
        SheetColumn(_("Possible points"), "points"),
        SheetColumn(_("Answers"), "whole"),
        SheetColumn(_("Lose something"), "share"),
        SheetColumn(_("Low (95%)"), "share"),
        SheetColumn(_("High (95%)"), "share"),
    ]
    rows: list[list[Value]] = [
        [
            place,
            question_words(one.label),
            report.sources.form_title(one.form_id, language),
            phase_title(one.phase) if one.phase else "",
            touchpoint_title(one.touchpoint) if one.touchpoint else "",
            one.lost,
            _share(one.share),
            running,
            one.possible,
            one.n,
            *_shares(one.answers),
        ]
        for place, (one, running) in enumerate(zip(losing, together, strict=True), 1)
    ]
    chart = SheetChart("pareto", _("Lost points"), names=0, values=(5, 7), rows=_CHARTED_QUESTIONS)
    return ViewSheet(_("Lost points"), columns, rows, chart)


def _heat(report: ComparisonReport) -> ViewSheet:
    heat = report.heat
    cells = {(cell.row, cell.column): cell.percent for cell in heat.cells}
    columns = [SheetColumn(key_title(heat.by)), *(SheetColumn(title, "points") for _part, title in heat.columns)]
    rows = [
        [group_title(heat.by, row, title), *(cells.get((row, part)) for part, _title in heat.columns)]
        for row, title in heat.rows
    ]
    return ViewSheet(_("Dimensions"), columns, rows if heat.columns else [], heat=(1, len(heat.columns)))


def _journey(report: ComparisonReport) -> ViewSheet:
    columns = [
        SheetColumn(_("Phase"), width=16),
        SheetColumn(_("Touchpoint"), width=20),
        SheetColumn(_("Percent"), "points"),
        SheetColumn(_("Answers"), "whole"),
        SheetColumn(_("Lost points"), "points"),
        SheetColumn(_("Share"), "share"),
    ]
    return ViewSheet(_("The customer's way"), columns, [_step(cell) for cell in report.journey.cells])


def _step(cell: JourneyCell) -> list[Value]:
    phase = phase_title(cell.phase) if cell.phase else ""
    touchpoint = touchpoint_title(cell.touchpoint) if cell.touchpoint else ""
    return [phase, touchpoint, cell.percent, cell.n, cell.lost, _share(cell.share)]


def _times(report: ComparisonReport) -> ViewSheet:
    columns = [
        SheetColumn(_("Time"), width=60),
        SheetColumn(_("Hour of day"), width=12),
        SheetColumn(_("Answers"), "whole"),
        SheetColumn(_("Median"), "time"),
        SheetColumn(_("Nine in ten within"), "time"),
        SheetColumn(_("Target"), "time"),
        SheetColumn(_("In time"), "share"),
        SheetColumn(_("Low (95%)"), "share"),
        SheetColumn(_("High (95%)"), "share"),
    ]
    waiting = report.waiting
    rows = [_time(one) for one in (*waiting.questions, *waiting.touchpoints, *waiting.by_hour)]
    return ViewSheet(_("Times"), columns, rows)


def _time(one: Waiting) -> list[Value]:
    hour = "" if one.hour is None else group_title("hour", str(one.hour))
    return [waiting_title(one.kind, one.title), hour, one.n, one.median, one.p90, one.target, *_shares(one.within)]


def _metrics(report: ComparisonReport) -> ViewSheet:
    found = report.satisfaction
    columns = [
        SheetColumn(_("Metric"), width=22),
        SheetColumn(key_title(found.by)),
        SheetColumn(_("Answers"), "whole"),
        SheetColumn(_("Value"), "points"),
        SheetColumn(_("Low (95%)"), "points"),
        SheetColumn(_("High (95%)"), "points"),
    ]
    return ViewSheet(_("NPS, CSAT, CES"), columns, list(_metric_rows(found.by, (*found.metrics, *found.groups))))


def _metric_rows(by: str, metrics: Sequence[MetricResult]) -> Iterator[list[Value]]:
    for one in metrics:
        title = group_title(by, one.group, one.title) if one.group else _("All")
        yield [metric_name(one.metric, one.variant), title, one.n, one.value, *_ends(one.interval)]


def _goes_with(report: ComparisonReport) -> ViewSheet:
    columns = [
        SheetColumn(_("Metric"), width=22),
        SheetColumn(_("Goes with")),
        SheetColumn(_("Visits"), "whole"),
        SheetColumn("r", "fine"),
        SheetColumn(_("Low (95%)"), "fine"),
        SheetColumn(_("High (95%)"), "fine"),
        SheetColumn(_("p after correction"), "fine"),
    ]
    rows: list[list[Value]] = [
        [metric_name(one.metric, one.variant), one.title, one.n, one.r, *_ends(one.interval), one.adjusted]
        for one in report.satisfaction.associations
    ]
    return ViewSheet(_("What goes together"), columns, rows)


def _visits(report: ComparisonReport) -> ViewSheet:
    columns = [
        SheetColumn(_("Visit"), width=38),
        SheetColumn(_("Day"), "day"),
        SheetColumn(_("Store")),
        SheetColumn(_("Auditor"), width=22),
        SheetColumn(_("Score"), "points"),
        SheetColumn(_("Verdict"), width=16),
        SheetColumn(_("Criticals"), width=24),
        SheetColumn(_("Status"), width=14),
        SheetColumn(_("Version"), width=12),
    ]
    rows: list[list[Value]] = [
        [
            line.visit_id,
            _day(line.started_at),
            line.store_name or line.store_id,
            line.auditor,
            line.value,
            verdict_text(line.verdict),
            line.criticals,
            state_text(line.status),
            line.form_version,
        ]
        for line in report.visits
    ]
    return ViewSheet(_("Visits"), columns, rows)
