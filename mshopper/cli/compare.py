"""`mshopper compare`: what the merged tables, or this laptop's own visits, allow to say of stores, regions, auditors."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mshopper.cli import common
from mshopper.cli.comparison_files import file_options, write_files
from mshopper.cli.finding_options import finding_options
from mshopper.cli.tables import print_sentences, print_table
from mshopper.i18n import _, format_fixed, format_number, ngettext
from mshopper.model.comparison_keys import KEYS, PERIODS

if TYPE_CHECKING:
    from mshopper.model.comparison import AuditorEffects, Group, Measure, StoreComparison, Trends
    from mshopper.model.flags import Flags

_FILTERS = (
    ("store", "stores", "Visits to this store (its id) only; may be given again, as all of these."),
    ("region", "regions", "Visits in this region only."),
    ("format", "formats", "Visits to stores of this format only."),
    ("auditor", "auditors", "Visits by this auditor (the id) only."),
    ("form", "forms", "Visits made with this form (its id) only."),
    ("form-version", "form_versions", "Visits made with this version of a form only: “form_id version”."),
    ("channel", "channels", "Visits by this channel only."),
    ("verdict", "verdicts", "Visits with this verdict only: pass, fail, none, not_scored."),
    ("status", "statuses", "Visits of this status only: submitted or approved."),
)


def _measure(_context: click.Context, _option: click.Parameter, text: str) -> "Measure":
    from mshopper.model.comparison import Measure

    try:
        return Measure.parse(text)
    except ValueError as error:
        sentence = _("“{text}” is no measure: write percent, dimension:courtesy or section:welcome.")
        raise click.BadParameter(sentence.format(text=text)) from error


def _filter_options(command: Any) -> Any:
    for option, name, text in reversed(_FILTERS):
        command = click.option(f"--{option}", name, multiple=True, help=text)(command)
    return command


@click.command("compare")
@click.argument("folder", type=common.FOLDER, required=False)
@click.option("--by", type=click.Choice(KEYS), default="store", show_default=True, help="What to compare.")
@click.option(
    "--measure",
    callback=_measure,
    default="percent",
    show_default=True,
    help="Or a part of the visit: dimension:ID, section:ID, touchpoint:ID, phase:ID.",
)
@_filter_options
@click.option("--weekday", "weekdays", multiple=True, type=click.IntRange(1, 7), help="1 is Monday.")
@click.option("--hour", "hours", multiple=True, type=click.IntRange(0, 23), help="The hour in which a visit started.")
@click.option("--from", "first_day", type=click.DateTime(["%Y-%m-%d"]), help="Visits from this day on.")
@click.option("--to", "last_day", type=click.DateTime(["%Y-%m-%d"]), help="Visits up to this day.")
@click.option("--min-n", "minimum_n", type=click.IntRange(1), default=1, help="Show what has so many scored visits.")
@click.option("--period", type=click.Choice(PERIODS), help="How long the periods are whose change is told, or shown.")
@click.option("--trends", "over_time", is_flag=True, help="Show each group over time, with the gaps of the plan.")
@click.option("--auditors", "per_auditor", is_flag=True, help="Show auditors, the stores they saw taken into account.")
@click.option("--visits", "group_id", help="List the visits behind this group (its id).")
@finding_options
@click.option("--csv", "csv_file", type=common.FILE, help="Write the table into this CSV file.")
@file_options
@common.json_option
@common.data_option
def compare(
    folder: Path | None,
    by: str,
    measure: "Measure",
    minimum_n: int,
    period: str | None,
    over_time: bool,
    per_auditor: bool,
    group_id: str | None,
    view: str | None,
    heat: str | None,
    csv_file: Path | None,
    as_json: bool,
    data: Path | None,
    first_day: Any,
    last_day: Any,
    pdf_file: Path | None,
    xlsx_file: Path | None,
    pages_folder: Path | None,
    lang: str | None,
    **chosen: tuple[Any, ...],
) -> None:
    """Compare stores (or regions, auditors, …) over the merged tables of FOLDER, or over this computer's own visits."""
    from mshopper import operations as ops
    from mshopper.model.comparison import Filters, StoreComparison, Trends

    filters = Filters(**chosen, first_day=_day(first_day), last_day=_day(last_day))
    with (
        common.opened(data) as workspace,
        common.progress_bar(_("Compare")) as progress,
        ops.open_comparison(workspace, folder, progress=progress) as tables,
    ):
        if pdf_file or xlsx_file or pages_folder:
            write_files(
                tables,
                ops.Findings(tables, workspace, folder),
                workspace,
                filters=filters,
                pdf_file=pdf_file,
                xlsx_file=xlsx_file,
                pages_folder=pages_folder,
                lang=lang,
                progress=progress,
                by=by,
                measure=measure,
                minimum_n=minimum_n,
                period=period or "quarter",
            )
        if group_id is not None:
            lines = tables.visits(by=by, group_id=group_id, measure=measure, filters=filters)
            _print_visits(lines, ops.Findings(tables, workspace, folder).flags, as_json=as_json)
            return
        if view or heat:
            from mshopper.cli.findings import show_findings

            show_findings(ops.Findings(tables, workspace, folder), view, heat, by, filters, as_json=as_json)
            return
        found: StoreComparison | Trends | AuditorEffects
        if per_auditor:
            found = tables.auditors(measure=measure, filters=filters)
        elif over_time:
            found = tables.trends(
                by=by, measure=measure, filters=filters, minimum_n=minimum_n, period=period or "month"
            )
        else:
            found = tables.stores(
                by=by, measure=measure, filters=filters, minimum_n=minimum_n, period=period or "quarter"
            )
    if csv_file is not None:
        if not isinstance(found, StoreComparison):
            raise click.UsageError(_("--csv writes the table of a comparison: leave out --trends and --auditors."))
        ops.write_comparison_csv(found, csv_file)
        click.echo(str(csv_file), err=True)
    if as_json:
        common.print_json(ops.comparison_data(found))
    elif isinstance(found, StoreComparison):
        _print_comparison(found)
    elif isinstance(found, Trends):
        _print_trends(found)
    else:
        _print_auditors(found)


def _day(value: Any) -> str:
    return value.date().isoformat() if value else ""


def _print_comparison(found: "StoreComparison") -> None:
    from mshopper.model.comparison_words import key_title, method_sentences, sentence

    header = [
        key_title(found.by),
        _("Visits"),
        _("Score"),
        _("Interval at 95%"),
        "",
        _("Points"),
        _("Estimate"),
        _("Ranks"),
        _("Change"),
        _("Passed"),
        _("Criticals"),
    ]
    rows = [_line(found.by, group) for group in found.groups]
    if found.total.n and found.by != "form":
        rows.append([_("All"), *_line("", found.total)[1:]])
    print_table(header, rows)
    print_sentences([sentence(reason) for reason in found.sentences])
    if any(group.difference for group in found.groups):
        click.echo()
        for words in method_sentences():
            click.echo(click.wrap_text(words, 100, "  ", "  "))


def _line(by: str, group: "Group") -> list[str]:
    from mshopper.model.comparison_words import group_title, interval_text, note_text, points, signed

    mark = {1: "▲", -1: "▼"}.get(group.difference.differs if group.difference else 0, "")
    change = ""
    if group.change is not None:
        change = signed(group.change.points) + {1: " ▲", -1: " ▼"}.get(group.change.direction, "")
    return [
        group_title(by, group.id, group.title),
        format_number(group.n),
        points(group.mean),
        interval_text(group.interval) or note_text(group.note),
        mark,
        "" if group.pooled is None else points(group.pooled),
        "" if group.shrunken is None else points(group.shrunken),
        f"{group.ranks[0]}–{group.ranks[1]}" if group.ranks else "",
        change,
        f"{points(group.passed.share, 0)}%" if group.passed else "",
        format_number(group.criticals.hits) if group.criticals and group.criticals.hits else "",
    ]


def _print_trends(found: "Trends") -> None:
    from mshopper.model.comparison_words import group_title, key_title, period_title, points, sentence, signed

    header = [key_title(found.by), *[period_title(name) for name in found.periods], _("Slope")]
    rows = []
    for trend in (*found.groups, found.total):
        cells = {point.period: point for point in trend.points}
        line = [group_title(found.by, trend.id, trend.title) if trend.id else _("All")]
        for name in found.periods:
            point = cells.get(name)
            shown = points(point.mean) if point and point.mean is not None else ""
            if point and point.missed:
                gap = ngettext("{n} missed", "{n} missed", point.missed).format(n=point.missed)
                shown = f"{shown} {gap}".strip()
            line.append(shown)
        mark = {1: " ▲", -1: " ▼"}.get(trend.slope.direction if trend.slope else 0, "")
        rows.append([*line, signed(trend.slope.points, 2) + mark if trend.slope else ""])
    print_table(header, rows)
    print_sentences([sentence(reason) for reason in found.sentences])


def _print_auditors(found: "AuditorEffects") -> None:
    from mshopper.model.comparison_words import points, sentence, signed

    header = [
        _("Auditor"),
        _("Visits"),
        _("Stores"),
        _("Mean"),
        _("Against others in the same stores"),
        "",
        _("N/A"),
        _("Minutes"),
    ]
    rows = []
    for one in found.auditors:
        interval = ""
        if one.interval is not None:
            interval = _("{low} to {high}").format(low=signed(one.interval.low), high=signed(one.interval.high))
        against = signed(one.severity) + (f" ({interval})" if interval else "")
        rows.append(
            [
                one.title,
                format_number(one.n),
                format_number(one.stores),
                points(one.raw),
                against,
                {1: "▲", -1: "▼"}.get(one.differs, ""),
                f"{points(one.na.share)}%" if one.na else "",
                "" if one.minutes is None else format_fixed(int(one.minutes), 0),
            ]
        )
    print_table(header, rows)
    print_sentences([sentence(reason) for reason in found.sentences])


def _print_visits(lines: Sequence[Any], flags: "Flags", *, as_json: bool) -> None:
    """Each visit on a line, with what is unusual about it."""
    from dataclasses import asdict

    from mshopper.model.comparison_words import points
    from mshopper.model.finding_words import flag_title

    if as_json:
        common.print_json([{**asdict(line), "unusual": _codes(flags, line)} for line in lines])
        return
    for line in lines:
        name = line.store_name or line.store_id
        unusual = ", ".join(flag_title(code) for code in _codes(flags, line))
        shown = f"{line.visit_id}  {line.started_at[:16]}  {points(line.value, 2):>6}  {name}  {line.auditor}"
        click.echo(f"{shown}  ({unusual})" if unusual else shown)


def _codes(flags: "Flags", line: Any) -> list[str]:
    return list(dict.fromkeys(flag.code for flag in flags.of(line.visit_id)))
