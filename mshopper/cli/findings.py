"""What `mshopper compare` shows instead of the table: lost points, heat map, journey, times, metrics, flags.

The options stand in `finding_options`, since every command loads those at its start.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from mshopper.cli import common
from mshopper.cli.tables import print_sentences, print_table
from mshopper.i18n import _, format_number, spoken_duration
from mshopper.model.comparison import Filters
from mshopper.model.comparison_words import group_title, interval_text, key_title, points, signed
from mshopper.model.finding_words import (
    common_sentence,
    finding_sentence,
    flag_sentence,
    flag_title,
    flags_summary,
    metric_name,
    waiting_title,
    weights_note,
)
from mshopper.model.findings import HeatMap, Journey, LostPoints, Satisfaction, WaitingTimes
from mshopper.model.flags import Flags
from mshopper.model.reasons import phase_title, touchpoint_title

if TYPE_CHECKING:
    from mshopper.operations import Findings


def show_findings(
    findings: "Findings", view: str | None, heat: str | None, by: str, filters: Filters, *, as_json: bool
) -> None:
    """Print what was asked for."""
    from mshopper import operations as ops

    found = _found(findings, view, heat, by, filters)
    if as_json:
        common.print_json(ops.findings_data(found))
        return
    if isinstance(found, Flags):
        _print_flags(found)
        return
    _PRINTERS[type(found)](found)
    print_sentences([finding_sentence(reason) for reason in found.sentences])


def _found(
    findings: "Findings", view: str | None, heat: str | None, by: str, filters: Filters
) -> LostPoints | HeatMap | Journey | WaitingTimes | Satisfaction | Flags:
    match view:
        case "lost":
            return findings.lost(filters)
        case "journey":
            return findings.journey(filters)
        case "times":
            return findings.waiting(filters)
        case "metrics":
            return findings.satisfaction(filters, by=by)
        case "flags":
            return findings.flags_under(filters)
    return findings.heat_map(by=by, kind=heat or "dimension", filters=filters)


def _print_lost(found: LostPoints) -> None:
    header = [_("Question"), _("Form"), _("Lost points"), _("Share"), _("Answers"), _("Lose something")]
    rows = [
        [
            one.label,
            one.form_id,
            points(one.lost),
            f"{points(one.share)}%",
            format_number(one.n),
            f"{points(one.answers.share, 0)}% ({interval_text(one.answers.interval)})",
        ]
        for one in found.questions
        if one.lost > 0
    ]
    print_table(header, rows)
    if rows:
        click.echo()
        click.echo(weights_note(found.weights))


def _print_heat(found: HeatMap) -> None:
    cells = {(cell.row, cell.column): cell for cell in found.cells}
    rows = []
    for row, title in found.rows:
        line = [group_title(found.by, row, title)]
        for column, _title in found.columns:
            cell = cells.get((row, column))
            line.append(f"{points(cell.percent)} ({format_number(cell.n)})" if cell else "")
        rows.append(line)
    print_table([key_title(found.by), *(_column(found.kind, *column) for column in found.columns)], rows)


def _column(kind: str, part: str, title: str) -> str:
    if kind == "phase":
        return phase_title(part)
    return touchpoint_title(part) if kind == "touchpoint" else title


def _print_journey(found: Journey) -> None:
    header = [_("Phase"), _("Touchpoint"), _("Percent"), _("Answers"), _("Lost points"), _("Share")]
    print_table(
        header,
        [
            [
                phase_title(cell.phase) if cell.phase else "–",
                touchpoint_title(cell.touchpoint) if cell.touchpoint else "–",
                points(cell.percent),
                format_number(cell.n),
                points(cell.lost),
                f"{points(cell.share)}%",
            ]
            for cell in found.cells
        ],
    )


def _print_times(found: WaitingTimes) -> None:
    header = [_("Time"), _("Hour of day"), "n", _("Median"), _("Nine in ten within"), _("Target"), _("In time")]
    rows = []
    for one in (*found.questions, *found.touchpoints, *found.by_hour):
        within = one.within
        rows.append(
            [
                waiting_title(one.kind, one.title),
                "" if one.hour is None else group_title("hour", str(one.hour)),
                format_number(one.n),
                spoken_duration(Fraction(one.median)),
                spoken_duration(Fraction(one.p90)),
                "" if one.target is None else spoken_duration(Fraction(one.target)),
                f"{points(within.share, 0)}% ({interval_text(within.interval)})" if within else "",
            ]
        )
    print_table(header, rows)


def _print_satisfaction(found: Satisfaction) -> None:
    header = [_("Metric"), key_title(found.by), "n", _("Value"), _("Interval at 95%")]
    rows = [
        [
            metric_name(one.metric, one.variant),
            group_title(found.by, one.group, one.title) if one.group else _("All"),
            format_number(one.n),
            points(one.value),
            interval_text(one.interval),
        ]
        for one in (*found.metrics, *found.groups)
    ]
    print_table(header, rows)
    if not found.associations:
        return
    click.echo()
    together = [
        [
            metric_name(one.metric, one.variant),
            one.title,
            format_number(one.n),
            signed(one.r, 2),
            "" if one.interval is None else f"{signed(one.interval.low, 2)} – {signed(one.interval.high, 2)}",
            {1: "▲", -1: "▼"}.get(one.goes_with, ""),
        ]
        for one in found.associations
    ]
    print_table([_("Metric"), _("Goes with"), "n", "r", _("Interval at 95%"), ""], together)


def _print_flags(found: Flags) -> None:
    for visit_id, flags in found.by_visit.items():
        click.echo(visit_id)
        for flag in flags:
            click.echo(click.wrap_text(f"{flag_title(flag.code)}: {flag_sentence(flag.reason)}", 100, "  ", "    "))
            places = " ".join(
                f"{question}[{instance}]" if instance else question for question, instance in flag.questions
            )
            for words in (places, " ".join(flag.others)):
                if words:
                    click.echo(click.wrap_text(words, 100, "    ", "    "))
    said = [flags_summary(found.visits, len(found.by_visit)), *(common_sentence(one) for one in found.common)]
    print_sentences(said)


_PRINTERS: dict[type, Callable[[Any], None]] = {
    LostPoints: _print_lost,
    HeatMap: _print_heat,
    Journey: _print_journey,
    WaitingTimes: _print_times,
    Satisfaction: _print_satisfaction,
}
