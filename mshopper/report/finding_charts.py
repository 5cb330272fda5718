"""The drawings of where points are lost: heat map, customer journey, lost points, times, NPS, CSAT and CES.

As `comparison_charts`: a value of `model.findings`, a width in points, colours and language give a `Chart`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from mshopper.i18n import _, format_number, ngettext, speaking, spoken_duration
from mshopper.model.comparison_words import group_title, interval_text, points
from mshopper.model.finding_words import metric_name, question_words, waiting_title
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
from mshopper.model.reasons import phase_title, touchpoint_title
from mshopper.report.comparison_charts import NAME, NOTE, NUMBER, TICK, Scale, draw_interval
from mshopper.report.fonts import Fonts
from mshopper.report.sheet import LIGHT, Chart, Palette, Sheet
from mshopper.report.style import PALE, Type, heat
from mshopper.report.text import Span, set_lines, words_width

_CELL = 25.0
_UPWARDS = 96.0
"""How high the titles of columns stand where they have no room side by side."""
_NARROWEST = 30.0
"""Points that a column of the heat map needs for its number."""
_STAGE, _STAGE_ROW = 32.0, 34.0
_LOST_ROW = 37.0
_TIME_ROW = 35.0
_MOST_TIMES = 3.0
"""The scale of times ends at so many times the target; what is longer stands at its end."""
_METRIC_ROW = 22.0
_METRIC_ENDS = {"nps": (-100.0, 100.0), "csat": (0.0, 100.0)}
_CES_MEAN = "seven_mean"


def _visits(n: int) -> str:
    return ngettext("{n} visit", "{n} visits", n).format(n=format_number(n))


def _answers(n: int) -> str:
    return ngettext("{n} answer", "{n} answers", n).format(n=format_number(n))


def part_title(kind: str, part: str, title: str = "") -> str:
    """A dimension or section by its title; a phase or touchpoint in words."""
    if kind == "phase":
        return phase_title(part)
    return touchpoint_title(part) if kind == "touchpoint" else title or part


# --- the heat map


def heat_columns(width: float) -> int:
    """How many columns of a heat map find room in so many points."""
    return max(1, int((width - _row_titles(width)) / _NARROWEST))


def _row_titles(width: float) -> float:
    return min(170.0, width * 0.3)


def heat_map(
    found: HeatMap,
    width: float,
    palette: Palette = LIGHT,
    *,
    language: str,
    rows: slice = slice(None),
    columns: slice = slice(None),
    fonts: Fonts | None = None,
) -> Chart:
    """Groups against parts of the visit: the number and its visits in every cell, a dash where nothing was scored.

    Spots: (row, column). More than `heat_columns(width)` columns make the drawing wider than asked.
    """
    with speaking(language):
        kept = [(part, part_title(found.kind, part, title)) for part, title in found.columns[columns]]
        lines = found.rows[rows]
        left = _row_titles(width)
        column = max(_NARROWEST, min(90.0, (width - left) / max(1, len(kept))))
        fonts = fonts or Fonts()
        kind = TICK.in_(palette.muted)
        upright = any(words_width(fonts, title, kind) > column - 4 for _part, title in kept)
        longest = max((words_width(fonts, title, kind) for _part, title in kept), default=0.0)
        head = min(_UPWARDS, longest) + 8 if upright else 18.0
        sheet = Sheet(max(width, left + column * len(kept)), head + _CELL * len(lines), palette, fonts)
        for place, (_part, title) in enumerate(kept):
            middle = left + column * (place + 0.5)
            if upright:
                sheet.upwards(title, kind, middle + 2.5, head - 5, head - 6)
            else:
                sheet.words(title, kind, middle, head - 6, column - 2, "middle")
        cells = {(cell.row, cell.column): cell for cell in found.cells}
        for line, (row, title) in enumerate(lines):
            top = head + _CELL * line
            name = group_title(found.by, row, title)
            sheet.words(name, NAME.in_(palette.text), 0, top + 15.5, left - 8)
            for place, (part, part_name) in enumerate(kept):
                _heat_cell(
                    sheet, left + column * place, top, column, cells.get((row, part)), (name, part_name), (row, part)
                )
        return sheet.chart()


def _heat_cell(
    sheet: Sheet,
    x: float,
    top: float,
    width: float,
    cell: HeatCell | None,
    titles: tuple[str, str],
    of: tuple[str, str],
) -> None:
    if cell is None:
        sheet.rect(x + 1, top + 1, width - 2, _CELL - 2, sheet.palette.track, 3)
        sheet.words("–", TICK.in_(sheet.palette.muted), x + width / 2, top + 15.5, width, "middle")
        sheet.spot(x, top, width, _CELL, _("{row}, {column}: not scored").format(row=titles[0], column=titles[1]), *of)
        return
    background, ink = heat(cell.percent)
    edge = sheet.palette.line if background == PALE else ""
    sheet.rect(x + 1, top + 1, width - 2, _CELL - 2, background, 3, edge)
    sheet.words(points(cell.percent), NUMBER.in_(ink), x + width / 2, top + 12, width - 4, "middle")
    sheet.words(f"n {format_number(cell.n)}", Type(6.5, colour=ink), x + width / 2, top + 20.5, width - 4, "middle")
    said = f"{points(cell.percent)}%"
    if cell.interval is not None:
        said = f"{said} ({interval_text(cell.interval)})"
    sheet.spot(x, top, width, _CELL, f"{titles[0]}, {titles[1]}: {said}, {_visits(cell.n)}", *of)


# --- the customer's way


def journey_map(
    found: Journey, width: float, palette: Palette = LIGHT, *, language: str, fonts: Fonts | None = None
) -> Chart:
    """Phases from left to right, touchpoints down, each cell with what was earned and its share of the lost points.

    Spots: (phase, touchpoint), "" where a cell has none.
    """
    with speaking(language):
        phases = [*found.phases, *([""] if any(not cell.phase for cell in found.cells) else [])]
        lines = [*found.touchpoints, *([""] if any(not cell.touchpoint for cell in found.cells) else [])]
        left = min(120.0, width * 0.22)
        gap = 8.0
        column = (width - left - gap * max(0, len(phases) - 1)) / max(1, len(phases))
        sheet = Sheet(width, _STAGE + 6 + _STAGE_ROW * len(lines), palette, fonts)
        nowhere = _("In no phase") if found.is_crossed else _("All phases")
        for place, phase in enumerate(phases):
            x = left + (column + gap) * place
            title = phase_title(phase) if phase else nowhere
            sheet.arrow(x, 0, column, _STAGE - 4, palette.track, 0 if place == len(phases) - 1 else 7)
            sheet.words(title, NUMBER.in_(palette.text), x + 8, 18, column - 16)
        cells = {(cell.phase, cell.touchpoint): cell for cell in found.cells}
        elsewhere = _("No touchpoint") if found.is_crossed else _("All touchpoints")
        for line, touchpoint in enumerate(lines):
            top = _STAGE + 6 + _STAGE_ROW * line
            title = touchpoint_title(touchpoint) if touchpoint else elsewhere
            sheet.words(title, NAME.in_(palette.text), 0, top + 18, left - 8)
            for place, phase in enumerate(phases):
                if cell := cells.get((phase, touchpoint)):
                    name = phase_title(phase) if phase else nowhere
                    _journey_cell(sheet, cell, left + (column + gap) * place, top, column, f"{name}, {title}")
        return sheet.chart()


def _journey_cell(sheet: Sheet, cell: JourneyCell, x: float, top: float, width: float, title: str) -> None:
    palette = sheet.palette
    height = _STAGE_ROW - 4
    background, ink = heat(cell.percent) if cell.percent is not None else (palette.track, palette.muted)
    sheet.rect(x, top, width, height, palette.card, 4, palette.line)
    sheet.rect(x, top, 46, height, background, 4, palette.line if background == PALE else "")
    sheet.words(points(cell.percent), NUMBER.in_(ink), x + 23, top + height / 2 + 3, 44, "middle")
    share = _("{share} of loss").format(share=f"{points(cell.share)}%")
    room = width - 56
    shown, below = share, _answers(cell.n)
    if max(words_width(sheet.fonts, words, NOTE) for words in (shown, below)) > room:
        shown, below = f"{points(cell.share)}%", f"n {format_number(cell.n)}"
    sheet.words(shown, NOTE.in_(palette.text), x + 52, top + 12.5, room)
    sheet.words(below, NOTE.in_(palette.muted), x + 52, top + 23.5, room)
    label = f"{title}: {points(cell.percent)}%, {share}, {_answers(cell.n)}"
    sheet.spot(x, top, width, height, label, cell.phase, cell.touchpoint)


# --- lost points


def lost_points(
    found: LostPoints,
    width: float,
    palette: Palette = LIGHT,
    *,
    language: str,
    rows: slice = slice(12),
    titles: Mapping[str, str] | None = None,
    fonts: Fonts | None = None,
) -> Chart:
    """The questions that lose the most, a bar each, with the share that they and those above lose (Pareto).

    `titles` are those of the forms by id. Spots: (form, question).
    """
    with speaking(language):
        losing = [one for one in found.questions if one.lost > 0]
        start = rows.start or 0
        shown = losing[rows]
        sheet = Sheet(width, 18 + _LOST_ROW * len(shown), palette, fonts)
        name, numbers = width * 0.46, 162.0
        track = width - name - numbers - 8
        muted = TICK.in_(palette.muted)
        for title, x in (
            (_("Lost points"), width - 118),
            (_("Share"), width - 78),
            (_("Together"), width - 34),
            ("n", width),
        ):
            sheet.words(title, muted, x, 10, 44, "end")
        most = losing[0].lost if losing else 1.0
        together = sum(one.share for one in losing[:start])
        for place, one in enumerate(shown):
            together += one.share
            top = 18 + _LOST_ROW * place
            sheet.line((0, top), (width, top), palette.line, 0.5)
            base = top + _LOST_ROW / 2 + 3
            sheet.words(f"{start + place + 1}", NUMBER.in_(palette.muted), 14, base, 16, "end")
            where = " · ".join(part for part in ((titles or {}).get(one.form_id, one.form_id), _where(one)) if part)
            _asked(sheet, question_words(one.label), where, 20, top, name - 30, _LOST_ROW)
            sheet.rect(name, base - 8, track, 10, palette.track, 3)
            sheet.rect(name, base - 8, max(2.0, track * one.lost / most), 10, palette.accent, 3)
            for words, x, kind in (
                (points(one.lost), width - 118, NUMBER),
                (f"{points(one.share)}%", width - 78, NAME),
                (f"{points(together, 0)}%", width - 34, NAME),
                (format_number(one.n), width, NAME),
            ):
                sheet.words(words, kind.in_(palette.text), x, base, 44, "end")
            sheet.spot(0, top, width, _LOST_ROW, _lost_label(one), one.form_id, one.question_id)
        return sheet.chart()


def _asked(sheet: Sheet, label: str, note: str, x: float, top: float, width: float, height: float) -> None:
    """A question in one line or two, with a note below, in the middle of its row."""
    kind = NAME.in_(sheet.palette.text)
    count = len(set_lines(sheet.fonts, [Span(label)], kind.size, width, max_lines=2))
    base = top + (height - count * 10 - 10) / 2 + 8
    sheet.lines(label, replace(kind, line=10 / kind.size), x, base, width, 2)
    sheet.words(note, NOTE.in_(sheet.palette.muted), x, base + 10 * count + 0.5, width)


def _where(one: LostQuestion) -> str:
    parts = (phase_title(one.phase) if one.phase else "", touchpoint_title(one.touchpoint) if one.touchpoint else "")
    return ", ".join(part for part in parts if part)


def _lost_label(one: LostQuestion) -> str:
    return _(
        "{question}: {lost} points lost, {share} of all that are lost; {answers} of {n} answers lose something"
    ).format(
        question=question_words(one.label),
        lost=points(one.lost),
        share=f"{points(one.share)}%",
        answers=format_number(one.answers.hits),
        n=format_number(one.answers.n),
    )


# --- times


def timed(found: WaitingTimes) -> list[Waiting]:
    """The questions that `times_chart` draws: those with a target."""
    return [one for one in found.questions if one.target]


def times_chart(
    found: WaitingTimes,
    width: float,
    palette: Palette = LIGHT,
    *,
    language: str,
    rows: slice = slice(None),
    fonts: Fonts | None = None,
) -> Chart:
    """Times of each question against its own target: half of them to the dot, nine in ten to the line's end.

    Spots: (kind, id, form).
    """
    with speaking(language):
        shown = timed(found)[rows]
        sheet = Sheet(width, 22 + _TIME_ROW * len(shown), palette, fonts)
        name, numbers = width * 0.42, 146.0
        scale = Scale(0, _MOST_TIMES, name, width - numbers - 10)
        muted = TICK.in_(palette.muted)
        bottom = 22 + _TIME_ROW * len(shown)
        for times in (0, 1, 2, 3):
            x = scale.at(times)
            sheet.line(
                (x, 18), (x, bottom), palette.control if times == 1 else palette.line, 1.0 if times == 1 else 0.5
            )
            sheet.words(_("target") if times == 1 else f"{times}×", muted, x, 12, 40, "middle")
        sheet.words(_("Median"), muted, width - 84, 12, 60, "end")
        sheet.words(_("In time"), muted, width, 12, 60, "end")
        for place, one in enumerate(shown):
            _time_row(sheet, one, scale, 22 + _TIME_ROW * place, name)
        return sheet.chart()


def _spoken(seconds: float) -> str:
    """A time as exactly as it matters: hours to the minute, minutes to the second, seconds to a tenth."""
    unit = Fraction(60) if seconds >= 3600 else Fraction(1) if seconds >= 60 else Fraction(1, 10)
    return spoken_duration(round(Fraction(seconds) / unit) * unit)


def _time_row(sheet: Sheet, one: Waiting, scale: Scale, top: float, name: float) -> None:
    palette, width, middle = sheet.palette, sheet.width, top + _TIME_ROW / 2
    target = one.target or 1.0
    late = one.median > target
    colour = palette.bad if late else palette.accent
    goal = _("target {time}, n = {n}").format(time=spoken_duration(Fraction(target)), n=format_number(one.n))
    _asked(sheet, waiting_title(one.kind, one.title), goal, 0, top, name - 12, _TIME_ROW)
    left, right = scale.at(one.median / target), scale.at(one.p90 / target)
    sheet.line((left, middle), (right, middle), palette.band, 4)
    sheet.dot(left, middle, 3.4, colour)
    if one.p90 / target > scale.high:
        sheet.words("›", NUMBER.in_(palette.muted), scale.end + 3, middle + 3, 8)
    median = _spoken(one.median)
    sheet.words(median, NUMBER.in_(palette.bad if late else palette.text), width - 84, middle + 3, 62, "end")
    if one.within:
        sheet.words(f"{points(one.within.share, 0)}%", NUMBER.in_(palette.text), width, middle - 1, 76, "end")
        interval = one.within.interval
        between = f"{points(interval.low, 0)}–{points(interval.high, 0)}%"
        sheet.words(between, NOTE.in_(palette.muted), width, middle + 9, 76, "end")
    sheet.spot(0, top, width, _TIME_ROW, time_label(one), one.kind, one.id, one.form_id)


def time_label(one: Waiting) -> str:
    """All that a time says."""
    words = [
        _("half within {median}, nine in ten within {p90}").format(
            median=_spoken(one.median),
            p90=_spoken(one.p90),
        )
    ]
    if one.target:
        words.append(_("target {time}, n = {n}").format(time=spoken_duration(Fraction(one.target)), n=one.n))
    if one.within:
        words.append(
            _("{share} in time ({interval})").format(
                share=f"{points(one.within.share, 0)}%", interval=interval_text(one.within.interval)
            )
        )
    title = waiting_title(one.kind, one.title)
    if one.hour is not None:
        title = f"{title}, {group_title('hour', str(one.hour))}"
    return f"{title}: {'; '.join(words)}"


def hours_chart(
    shown: Sequence[Waiting],
    width: float,
    palette: Palette = LIGHT,
    *,
    language: str,
    height: float = 150.0,
    fonts: Fonts | None = None,
) -> Chart:
    """One question or touchpoint by hour of day (its lines of `by_hour`): the share in time with its interval.

    Spots: (kind, id, form, hour).
    """
    with speaking(language):
        sheet = Sheet(width, height, palette, fonts)
        hours = [one for one in shown if one.hour is not None]
        if not hours:
            return sheet.chart()
        scale = Scale(0, 100, height - 34, 10)
        for tick in (0, 50, 100):
            sheet.line((30, scale.at(tick)), (width, scale.at(tick)), palette.line, 0.5)
            sheet.words(f"{tick}%", TICK.in_(palette.muted), 26, scale.at(tick) + 2.5, 26, "end")
        first, last = min(one.hour or 0 for one in hours), max(one.hour or 0 for one in hours)
        step = (width - 30) / (last - first + 1)
        for one in hours:
            hour = one.hour or 0
            x = 30 + step * (hour - first + 0.5)
            sheet.words(f"{hour:02d}", TICK.in_(palette.muted), x, height - 20, step, "middle")
            sheet.words(f"n {format_number(one.n)}", TICK.in_(palette.muted), x, height - 9, step, "middle")
            if one.within is not None:
                interval = one.within.interval
                sheet.line((x, scale.at(interval.low)), (x, scale.at(interval.high)), palette.band, 4)
                sheet.dot(x, scale.at(one.within.share), 3.4, palette.accent)
            sheet.spot(x - step / 2, 0, step, height, time_label(one), one.kind, one.id, one.form_id, f"{hour:02d}")
        return sheet.chart()


# --- NPS, CSAT, CES


def metric_bars(
    found: Satisfaction,
    width: float,
    palette: Palette = LIGHT,
    *,
    language: str,
    rows: slice = slice(None),
    by_group: bool = False,
    fonts: Fonts | None = None,
) -> Chart:
    """Each metric over all answers (or each group's), on the scale that it has. Spots: (metric, variant, group)."""
    with speaking(language):
        shown = (found.groups if by_group else found.metrics)[rows]
        sheet = Sheet(width, _METRIC_ROW * len(shown), palette, fonts)
        name = width * 0.36
        for place, one in enumerate(shown):
            _metric_row(sheet, found.by, one, _METRIC_ROW * place, name)
        return sheet.chart()


def _metric_row(sheet: Sheet, by: str, one: MetricResult, top: float, name: float) -> None:
    palette, width = sheet.palette, sheet.width
    low, high = (1.0, 7.0) if one.variant == _CES_MEAN else _METRIC_ENDS.get(one.metric, (0.0, 100.0))
    scale = Scale(low, high, name + 28, width - 176)
    title = metric_name(one.metric, one.variant)
    if one.group:
        title = f"{group_title(by, one.group, one.title)} · {title}"
    base = top + 14
    sheet.words(title, NAME.in_(palette.text), 0, base, name - 6)
    sheet.rect(scale.start, top + 9, scale.end - scale.start, 4, palette.track, 2)
    for end, x, anchor in ((low, scale.start - 5, "end"), (high, scale.end + 5, "start")):
        sheet.words(points(end, 0), TICK.in_(palette.muted), x, base, 24, anchor)
    draw_interval(sheet, scale, top + 11, one.value, one.interval, palette.accent)
    unit = "%" if high == 100.0 and low == 0.0 else ""
    sheet.words(f"{points(one.value)}{unit}", NUMBER.in_(palette.text), width - 110, base, 44, "end")
    said = interval_text(one.interval) or _metric_note(one.note)
    sheet.words(said, NOTE.in_(palette.muted), width - 30, base, 78, "end")
    sheet.words(f"n {format_number(one.n)}", NOTE.in_(palette.muted), width, base, 28, "end")
    label = f"{title}: {points(one.value)}{unit} ({said}), {_answers(one.n)}"
    sheet.spot(0, top, width, _METRIC_ROW, label, one.metric, one.variant, one.group)


def _metric_note(note: str) -> str:
    return {"one_answer": _("one answer"), "all_equal": _("all equal")}.get(note, "")
