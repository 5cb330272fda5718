"""The drawings of a comparison: interval bars, the league table, trends; `finding_charts` has those of where points are lost.

Each takes a value of `model.comparison`, a width in points, the colours and the language, and gives a `Chart` that stands
alone: the same one goes onto paper and, by `svg`, onto the screen. Nothing is computed here but where a number stands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from mshopper.i18n import _, format_number, ngettext, speaking
from mshopper.model.comparison import Group, Interval, StoreComparison, Trend, TrendPoint, Trends
from mshopper.model.comparison_words import (
    group_title,
    interval_text,
    key_title,
    note_text,
    period_mark,
    period_title,
    points,
    signed,
)
from mshopper.report.fonts import Fonts
from mshopper.report.sheet import LIGHT, Chart, Palette, Sheet
from mshopper.report.style import Type

NAME = Type(8.5)
NUMBER = Type(8.5, bold=True)
NOTE = Type(7.5)
TICK = Type(7.25)

ROW = 20.0
_STEPS = (5, 10, 20, 25, 50, 100, 200, 500, 1000)
_HEAD, _FOOT = 26.0, 18.0
_PANEL, _PANELS = 92.0, 3


@dataclass(frozen=True)
class Scale:
    """Numbers from `low` to `high` on a stretch from `start` to `end`, with round ticks."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value stands; one outside stands at the end."""
        share = (min(self.high, max(self.low, value)) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round numbers, six at most, and as many as have room."""
        most = max(2, min(5, int(abs(self.end - self.start) / 24)))
        step = next(step for step in (*_STEPS, 10**12) if (self.high - self.low) / step <= most)
        first = ceil(self.low / step)
        return [float(n * step) for n in range(first, floor(self.high / step) + 1)]


def scale_of(values: Sequence[float], start: float, end: float, *, least: float = 20.0) -> Scale:
    """A scale that holds all values, its ends whole tens, at least `least` long and within 0-100 where the values are."""
    low, high = min(values, default=0.0), max(values, default=100.0)
    bottom, top = floor(low / 10) * 10.0, ceil(high / 10) * 10.0
    while top - bottom < least:
        top, bottom = (top + 10, bottom) if top < 100 or low < 0 else (top, bottom - 10)
    return Scale(bottom, top, start, end)


def _ends(of: Sequence[Group | TrendPoint]) -> list[float]:
    """Everything that wants room on the scale."""
    found: list[float] = []
    for one in of:
        found += [] if one.mean is None else [one.mean]
        found += [] if one.interval is None else [one.interval.low, one.interval.high]
    return found


def draw_interval(
    sheet: Sheet, scale: Scale, middle: float, value: float | None, interval: Interval | None, colour: str
) -> None:
    """A value on its scale with its interval as a band around it; a ring where no interval is known."""
    if interval is not None:
        left, right = scale.at(interval.low), scale.at(interval.high)
        sheet.rect(left, middle - 3.5, max(2.0, right - left), 7, sheet.palette.band, 3.5)
    if value is not None:
        sheet.dot(scale.at(value), middle, 3.4, colour, hollow=interval is None)


def sign_of(direction: int) -> str:
    """▲ for +1, ▼ for −1."""
    return {1: "▲", -1: "▼"}.get(direction, "")


def _colour_of(palette: Palette, direction: int) -> str:
    return {1: palette.good, -1: palette.bad}.get(direction, palette.accent)


def group_label(by: str, group: Group) -> str:
    """All that a line says, in words: for hover, focus and screen readers."""
    title = group_title(by, group.id, group.title) if group.id else _("All")
    visits = ngettext("{n} visit", "{n} visits", group.n).format(n=format_number(group.n))
    said = interval_text(group.interval) or note_text(group.note)
    parts = [f"{points(group.mean)} ({said})" if said else points(group.mean), visits]
    if group.ranks:
        parts.append(_("rank {best} to {worst}").format(best=group.ranks[0], worst=group.ranks[1]))
    if group.difference and group.difference.differs:
        better = group.difference.differs > 0
        parts.append(_("better than the rest, beyond chance") if better else _("worse than the rest, beyond chance"))
    return f"{title}: {', '.join(parts)}"


@dataclass(frozen=True)
class _Column:
    """A column of the table: its title, where its words end (or begin), what it says, and whether it is bold."""

    title: str
    x: float
    width: float
    says: Callable[[Group], str]
    anchor: str = "end"
    bold: bool = False


def interval_bars(
    comparison: StoreComparison,
    width: float,
    palette: Palette = LIGHT,
    *,
    language: str,
    rows: slice = slice(None),
    fonts: Fonts | None = None,
) -> Chart:
    """Each group a line: name, visits, interval bar, mean and interval. Spots: (group,); `rows` draws some of them.

    A thin line stands at the mean of all. Groups without an interval show a ring.
    """
    with speaking(language):
        name = min(170.0, width * 0.3)
        columns = [
            _Column(key_title(comparison.by), 0, name - 8, _name(comparison), "start"),
            _Column("n", name + 20, 26, lambda group: format_number(group.n)),
            _Column(_("Mean"), width - 86, 34, lambda group: points(group.mean), bold=True),
            _Column(_("Interval at 95%"), width, 80, _said),
        ]
        return _table(comparison, width, palette, fonts, rows, columns, (name + 32, width - 128))


def league_table(
    comparison: StoreComparison,
    width: float,
    palette: Palette = LIGHT,
    *,
    language: str,
    rows: slice = slice(None),
    fonts: Fonts | None = None,
) -> Chart:
    """The same with everything that a comparison says of a group, for a page. Spots: (group,)."""
    with speaking(language):
        name = width * 0.23
        columns = [
            _Column(_("Rank"), 0, 32, _ranks, "start"),
            _Column(key_title(comparison.by), 34, name - 4, _name(comparison), "start"),
            _Column("n", 34 + name + 18, 24, lambda group: format_number(group.n)),
            _Column(_("Mean"), width - 212, 32, lambda group: points(group.mean), bold=True),
            _Column(_("Interval"), width - 150, 60, _said),
            _Column(
                _("Estimate"), width - 112, 36, lambda group: "" if group.shrunken is None else points(group.shrunken)
            ),
            _Column(_("Change"), width - 64, 46, _change),
            _Column(_("Passed"), width - 26, 37, _passed),
            _Column(_("Crit."), width, 24, _criticals),
        ]
        return _table(comparison, width, palette, fonts, rows, columns, (34 + name + 30, width - 256))


def _name(comparison: StoreComparison) -> Callable[[Group], str]:
    return lambda group: group_title(comparison.by, group.id, group.title) if group.id else _("All")


def _said(group: Group) -> str:
    if group.interval is not None:
        return f"{points(group.interval.low)}–{points(group.interval.high)}"
    return _("one visit") if group.note == "one_visit" else note_text(group.note)


def _ranks(group: Group) -> str:
    if not group.ranks:
        return ""
    return str(group.ranks[0]) if group.ranks[0] == group.ranks[1] else f"{group.ranks[0]}–{group.ranks[1]}"


def _change(group: Group) -> str:
    if group.change is None:
        return ""
    return f"{signed(group.change.points)} {sign_of(group.change.direction)}".strip()


def _passed(group: Group) -> str:
    return f"{points(group.passed.share, 0)}%" if group.passed else ""


def _criticals(group: Group) -> str:
    return format_number(group.criticals.hits) if group.criticals and group.criticals.hits else ""


def _table(
    comparison: StoreComparison,
    width: float,
    palette: Palette,
    fonts: Fonts | None,
    rows: slice,
    columns: Sequence[_Column],
    bar: tuple[float, float],
) -> Chart:
    groups = comparison.groups[rows]
    is_last = rows.stop is None or rows.stop >= len(comparison.groups)
    has_total = is_last and comparison.by != "form" and comparison.total.n > 0
    lines = [*groups, *([comparison.total] if has_total else [])]
    sheet = Sheet(width, _HEAD + ROW * len(lines) + _FOOT, palette, fonts)
    scale = scale_of(_ends([*comparison.groups, comparison.total]), *bar)
    for column in columns:
        sheet.words(column.title, TICK.in_(palette.muted), column.x, 16, column.width, column.anchor)
    sheet.line((0, _HEAD - 3), (width, _HEAD - 3), palette.line)
    end = _HEAD + ROW * len(lines)
    for tick in scale.ticks():
        x = scale.at(tick)
        sheet.line((x, _HEAD), (x, end + 2), palette.line, 0.5)
        sheet.words(f"{tick:.0f}", TICK.in_(palette.muted), x, end + 11, 30, "middle")
    if comparison.total.mean is not None:
        x = scale.at(comparison.total.mean)
        sheet.line((x, _HEAD), (x, end), palette.control, 0.8, (2, 2))
    for place, group in enumerate(lines):
        _line(sheet, comparison.by, group, columns, scale, _HEAD + ROW * place)
    return sheet.chart()


def _line(sheet: Sheet, by: str, group: Group, columns: Sequence[_Column], scale: Scale, top: float) -> None:
    palette = sheet.palette
    is_total = not group.id
    if is_total:
        sheet.line((0, top), (sheet.width, top), palette.control, 0.6)
    for column in columns:
        kind = NUMBER if column.bold or is_total else NAME
        sheet.words(column.says(group), kind.in_(palette.text), column.x, top + 13.5, column.width, column.anchor)
    differs = group.difference.differs if group.difference else 0
    draw_interval(sheet, scale, top + ROW / 2, group.mean, group.interval, _colour_of(palette, differs))
    if differs:
        sheet.words(sign_of(differs), TICK.in_(_colour_of(palette, differs)), scale.end + 8, top + 13, 12, "middle")
    sheet.spot(0, top, sheet.width, ROW, group_label(by, group), group.id)


# --- over time


def trend_chart(
    trends: Trends,
    width: float,
    palette: Palette = LIGHT,
    *,
    language: str,
    group_id: str = "",
    height: float = 190.0,
    fonts: Fonts | None = None,
) -> Chart:
    """One group over time (all visits for no group), the mean of all as a pale line beside it. Spots: (group, period).

    Whiskers are intervals, a ring is a period of one visit, a broken line spans periods without a visit, a cross below
    stands for planned visits that weren't made. A group that isn't there gives an empty chart.
    """
    with speaking(language):
        sheet = Sheet(width, height, palette, fonts)
        trend = trends.total if not group_id else next((one for one in trends.groups if one.id == group_id), None)
        if trend is None or not trends.periods:
            return sheet.chart()
        beside = [trends.total] if group_id else []
        pale_means = [point.mean for one in beside for point in one.points if point.mean is not None]
        scale = scale_of([*_ends(trend.points), *pale_means], height - 40, 10)
        for tick in scale.ticks():
            sheet.line((30, scale.at(tick)), (width, scale.at(tick)), palette.line, 0.5)
            sheet.words(f"{tick:.0f}", TICK.in_(palette.muted), 24, scale.at(tick) + 2.5, 24, "end")
        across = _across(trends.periods, 30, width)
        _period_marks(sheet, across, height - 14)
        for pale in beside:
            places = [
                (across[point.period], scale.at(point.mean))
                for point in pale.points
                if point.mean is not None and point.period in across
            ]
            sheet.path(places, palette.control, 1)
            if places:
                sheet.words(_("All"), TICK.in_(palette.muted), places[-1][0] + 6, places[-1][1] - 4, 40)
        _draw_trend(sheet, trends, trend, across, scale, height - 33)
        return sheet.chart()


def trend_panels(
    trends: Trends,
    width: float,
    palette: Palette = LIGHT,
    *,
    language: str,
    rows: slice = slice(None),
    fonts: Fonts | None = None,
) -> Chart:
    """Every group over time in a small panel of its own, three to a row on one scale. Spots: (group, period)."""
    with speaking(language):
        gap = 16.0
        column = (width - gap * (_PANELS - 1)) / _PANELS
        start = (rows.start or 0) * _PANELS
        stop = len(trends.groups) if rows.stop is None else rows.stop * _PANELS
        shown = trends.groups[start:stop]
        sheet = Sheet(width, _PANEL * ceil(len(shown) / _PANELS), palette, fonts)
        for place, trend in enumerate(shown):
            left, top = place % _PANELS * (column + gap), place // _PANELS * _PANEL
            scale = _trend_scale(trends.groups, top + _PANEL - 26, top + 20)
            title = group_title(trends.by, trend.id, trend.title)
            sheet.words(title, NUMBER.in_(palette.text), left, top + 10, column)
            for tick in (scale.low, scale.high):
                sheet.line((left + 20, scale.at(tick)), (left + column, scale.at(tick)), palette.line, 0.5)
                sheet.words(f"{tick:.0f}", TICK.in_(palette.muted), left + 16, scale.at(tick) + 2.5, 18, "end")
            across = _across(trends.periods, left + 20, left + column)
            for name, x, anchor in _outer(trends.periods, left + 20, left + column):
                sheet.words(period_mark(name), TICK.in_(palette.muted), x, top + _PANEL - 12, column / 2 - 12, anchor)
            _draw_trend(sheet, trends, trend, across, scale, top + _PANEL - 22)
        return sheet.chart()


def panel_rows(trends: Trends) -> int:
    """How many rows of panels there are."""
    return ceil(len(trends.groups) / _PANELS)


def _outer(periods: Sequence[str], left: float, right: float) -> list[tuple[str, float, str]]:
    """The first and the last period at the ends of a panel; a single one in its middle."""
    if len(periods) < 2:
        return [(name, (left + right) / 2, "middle") for name in periods]
    return [(periods[0], left, "start"), (periods[-1], right, "end")]


def _trend_scale(trends: Sequence[Trend], bottom: float, top: float) -> Scale:
    return scale_of(_ends([point for trend in trends for point in trend.points]), bottom, top)


def _across(periods: Sequence[str], left: float, right: float) -> dict[str, float]:
    step = (right - left) / max(1, len(periods))
    return {name: left + step * (place + 0.5) for place, name in enumerate(periods)}


def _period_marks(sheet: Sheet, across: dict[str, float], base: float) -> None:
    names = list(across)
    step = (across[names[1]] - across[names[0]]) if len(names) > 1 else sheet.width
    every = max(1, ceil(44 / step))
    for name in names[::every]:
        sheet.words(period_mark(name), TICK.in_(sheet.palette.muted), across[name], base, step * every - 4, "middle")


def _draw_trend(
    sheet: Sheet, trends: Trends, trend: Trend, across: dict[str, float], scale: Scale, base: float
) -> None:
    palette = sheet.palette
    shown = [point for point in trend.points if point.period in across]
    scored = [point for point in shown if point.mean is not None]
    for before, after in pairwise(scored):
        ends = [(across[point.period], scale.at(point.mean or 0)) for point in (before, after)]
        apart = trends.periods.index(after.period) - trends.periods.index(before.period)
        if apart == 1:
            sheet.line(ends[0], ends[1], palette.accent, 1.6)
        else:
            sheet.line(ends[0], ends[1], palette.accent, 1, (2, 3))
    for point in shown:
        x = across[point.period]
        if point.interval is not None:
            sheet.line((x, scale.at(point.interval.low)), (x, scale.at(point.interval.high)), palette.band, 4)
        if point.mean is not None:
            sheet.dot(x, scale.at(point.mean), 3.2, palette.accent, hollow=point.interval is None)
        if point.missed:
            for way in (-1, 1):
                sheet.line((x - 3, base - 3 * way), (x + 3, base + 3 * way), palette.bad, 1.2)
        half = min(20.0, (across[trends.periods[-1]] - across[trends.periods[0]]) / max(1, len(across)) / 2 or 20.0)
        top = min(scale.start, scale.end) - 4
        sheet.spot(x - half, top, 2 * half, base + 5 - top, _point_label(trends, trend, point), trend.id, point.period)


def _point_label(trends: Trends, trend: Trend, point: TrendPoint) -> str:
    title = group_title(trends.by, trend.id, trend.title) if trend.id else _("All")
    visits = ngettext("{n} visit", "{n} visits", point.n).format(n=format_number(point.n))
    said = interval_text(point.interval) or note_text(point.note)
    parts = [visits]
    if point.mean is not None:
        parts.insert(0, f"{points(point.mean)} ({said})" if said else points(point.mean))
    if point.missed:
        parts.append(ngettext("{n} missed", "{n} missed", point.missed).format(n=point.missed))
    return f"{title}, {period_title(point.period)}: {', '.join(parts)}"
