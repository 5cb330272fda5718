"""The drawings of what to ask about visits: how auditors compare in the same stores, and how many visits raise each flag.

As `comparison_charts`: a value of `model`, a width in points, colours and language give a `Chart`.
"""

from mshopper.i18n import _, format_number, ngettext, speaking
from mshopper.model.comparison import AuditorEffect, AuditorEffects
from mshopper.model.comparison_words import interval_text, points, signed
from mshopper.model.finding_words import flag_title
from mshopper.model.flags import Flags
from mshopper.report.comparison_charts import NAME, NUMBER, ROW, TICK, Scale, draw_interval
from mshopper.report.fonts import Fonts
from mshopper.report.sheet import LIGHT, Chart, Palette, Sheet

_HEAD, _FOOT = 22.0, 16.0


def auditor_bars(
    found: AuditorEffects,
    width: float,
    palette: Palette = LIGHT,
    *,
    language: str,
    rows: slice = slice(None),
    fonts: Fonts | None = None,
) -> Chart:
    """Each auditor a line: points above or below the others in the same stores, with the interval. Spots: (auditor,).

    Who shares no store with others has no dot: auditor and stores can't be told apart.
    """
    with speaking(language):
        shown = found.auditors[rows]
        sheet = Sheet(width, _HEAD + ROW * len(shown) + _FOOT, palette, fonts)
        name = width * 0.32
        reach = max([5.0, *(_reach(one) for one in found.auditors)])
        scale = Scale(-reach, reach, name + 36, width - 56)
        muted = TICK.in_(palette.muted)
        for title, x, anchor in (
            (_("Auditor"), 0.0, "start"),
            ("n", name + 22, "end"),
            (_("Points against the others"), (scale.start + scale.end) / 2, "middle"),
            (_("N/A"), width, "end"),
        ):
            sheet.words(title, muted, x, 12, 160, anchor)
        end = _HEAD + ROW * len(shown)
        zero = scale.at(0)
        sheet.line((zero, _HEAD - 4), (zero, end), palette.control, 0.8)
        for value in (-reach, 0.0, reach):
            sheet.words(signed(value, 0), muted, scale.at(value), end + 11, 40, "middle")
        for place, one in enumerate(shown):
            _auditor(sheet, one, scale, _HEAD + ROW * place, name)
        return sheet.chart()


def _reach(one: AuditorEffect) -> float:
    ends = [one.severity or 0.0]
    if one.interval is not None:
        ends += (one.interval.low, one.interval.high)
    return min(60.0, max(map(abs, ends)))


def _auditor(sheet: Sheet, one: AuditorEffect, scale: Scale, top: float, name: float) -> None:
    palette = sheet.palette
    title = one.title or one.id
    sheet.line((0, top), (sheet.width, top), palette.line, 0.5)
    sheet.words(title, NAME.in_(palette.text), 0, top + 13.5, name - 8)
    sheet.words(format_number(one.n), NAME.in_(palette.muted), name + 22, top + 13.5, 30, "end")
    colour = palette.warn if one.differs else palette.accent
    draw_interval(sheet, scale, top + ROW / 2, one.severity, one.interval, colour)
    said = signed(one.severity) if one.severity is not None else "–"
    sheet.words(said, NUMBER.in_(palette.text), scale.end + 32, top + 13.5, 30, "end")
    share = f"{points(one.na.share, 0)}%" if one.na else ""
    sheet.words(share, NAME.in_(palette.muted), sheet.width, top + 13.5, 26, "end")
    sheet.spot(0, top, sheet.width, ROW, auditor_label(one), one.id)


def auditor_label(one: AuditorEffect) -> str:
    """All that is known of an auditor's visits, in words."""
    parts = [ngettext("{n} visit", "{n} visits", one.n).format(n=format_number(one.n))]
    if one.severity is None:
        parts.append(_("shares no store with others"))
    else:
        between = interval_text(one.interval) or _("no interval yet")
        parts.append(
            _("{points} points against the others in the same stores ({interval})").format(
                points=signed(one.severity), interval=between
            )
        )
    if one.na:
        parts.append(_("{share} answered N/A").format(share=f"{points(one.na.share)}%"))
    if one.minutes is not None:
        parts.append(_("half of the visits within {n} minutes").format(n=points(one.minutes, 0)))
    return f"{one.title or one.id}: {', '.join(parts)}"


def flag_bars(
    found: Flags, width: float, palette: Palette = LIGHT, *, language: str, fonts: Fonts | None = None
) -> Chart:
    """Each kind of flag a bar: how many visits raise it. Spots: (code,)."""
    with speaking(language):
        counts = found.counts
        sheet = Sheet(width, ROW * 1.2 * len(counts), palette, fonts)
        name, most = width * 0.46, max(counts.values(), default=1)
        track = width - name - 40
        for place, (code, count) in enumerate(counts.items()):
            top = ROW * 1.2 * place
            sheet.words(flag_title(code), NAME.in_(palette.text), 0, top + 15.5, name - 8)
            sheet.rect(name, top + 7, track, 10, palette.track, 3)
            sheet.rect(name, top + 7, max(2.0, track * count / most), 10, palette.accent, 3)
            sheet.words(format_number(count), NUMBER.in_(palette.text), width, top + 15.5, 34, "end")
            visits = ngettext("{n} visit", "{n} visits", count).format(n=format_number(count))
            sheet.spot(0, top, width, ROW * 1.2, f"{flag_title(code)}: {visits}", code)
        return sheet.chart()
