"""Views of a comparison -> an Excel workbook: a sheet each, numbers as numbers, and charts that Excel itself draws.

`operations.comparison_sheets` says what stands in them. Like the other workbooks: texts are texts whatever they look like,
headers stay in view and filter, the same rows are the same bytes.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mshopper.exchange.files import put_in_place, temporary_of, writing
from mshopper.exchange.workbook import MADE, plain
from mshopper.progress import Progress

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Value = str | int | float | dt.date | None

_FORMATS = {
    "text": {"text_wrap": True, "valign": "top"},
    "whole": {"num_format": "0"},
    "points": {"num_format": "0.0"},
    "signed": {"num_format": "+0.0;-0.0;0.0"},
    "fine": {"num_format": "0.000"},
    "share": {"num_format": "0.0%"},
    "time": {"num_format": "[h]:mm:ss"},
    "day": {"num_format": "dd/mm/yyyy"},
}
_WIDTHS = {"text": 30, "day": 12, "time": 12}
_HEAT = ("#E08214", "#F7F7F7", "#5AA0CF")
_DAY = 86_400
_LINE, _MOST_LINES = 15, 6


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its title, and what its cells are: a key of the formats. Shares are 0-1, times are seconds."""

    title: str
    kind: str = "text"
    width: int = 0


@dataclass(frozen=True, slots=True)
class SheetChart:
    """A chart beside a sheet's rows: bars ("bar"), columns with a running share ("pareto") or lines ("line").

    `names` is the column of the categories (of a line: the header row from `values[0]` on, a series a row), `values` those of
    the numbers; `less` and `more` are columns of how far an error bar reaches. `rows` is how many of them are drawn.
    """

    kind: str
    title: str
    names: int
    values: tuple[int, ...]
    rows: int
    less: int | None = None
    more: int | None = None


@dataclass(frozen=True)
class ViewSheet:
    """A sheet. `heat` are the columns (first, last) whose cells are coloured by their percentage; `plain` has no table."""

    name: str
    columns: Sequence[SheetColumn]
    rows: Sequence[Sequence[Value]]
    chart: SheetChart | None = None
    heat: tuple[int, int] | None = None
    plain: bool = False


def write_views(path: Path, sheets: Sequence[ViewSheet], *, title: str = "", progress: Progress | None = None) -> None:
    """Write the sheets to the xlsx file at `path`, whole or not at all.

    Raises HeadOfficeError for a file that can't be written, and Cancelled.
    """
    import xlsxwriter

    progress = progress or Progress()
    progress.expect(len(sheets))
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with writing(path):
        try:
            with xlsxwriter.Workbook(str(temporary_of(path)), options) as workbook:
                workbook.set_properties({"created": MADE, "title": title})
                formats = {name: workbook.add_format(look) for name, look in _FORMATS.items()}
                formats["head"] = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
                for sheet in sheets:
                    _write(workbook, sheet, formats)
                    progress.advance(sheet.name)
        except BaseException:
            temporary_of(path).unlink(missing_ok=True)
            raise
        put_in_place(path)


def _write(workbook: "Workbook", view: ViewSheet, formats: dict[str, Any]) -> None:
    sheet = workbook.add_worksheet(view.name[:31])
    for place, column in enumerate(view.columns):
        width = column.width or _WIDTHS.get(column.kind, max(9, min(16, len(column.title) + 2)))
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, column.title, formats["head"])
    for number, row in enumerate(view.rows, 1):
        for place, (column, value) in enumerate(zip(view.columns, row, strict=True)):
            _cell(sheet, number, place, value, column.kind, formats)
        if (lines := max(map(_lines_of, view.columns, row))) > 1:
            sheet.set_row(number, _LINE * min(lines, _MOST_LINES))
    sheet.freeze_panes(1, 0 if view.plain else 1)
    if view.rows and not view.plain:
        sheet.autofilter(0, 0, len(view.rows), len(view.columns) - 1)
    if view.heat and view.rows:
        scale = {"type": "3_color_scale", "min_type": "num", "mid_type": "num", "max_type": "num"}
        limits = {"min_value": 0, "mid_value": 50, "max_value": 100}
        colours = dict(zip(("min_color", "mid_color", "max_color"), _HEAT, strict=True))
        sheet.conditional_format(1, view.heat[0], len(view.rows), view.heat[1], {**scale, **limits, **colours})
    if view.chart and view.rows:
        _chart(workbook, sheet, view, view.chart)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _lines_of(column: SheetColumn, value: Value) -> int:
    """How many lines a text takes in its column."""
    return -(-len(value) // (column.width or _WIDTHS["text"])) if isinstance(value, str) else 1


def _cell(sheet: "Worksheet", row: int, place: int, value: Value, kind: str, formats: dict[str, Any]) -> None:
    look = formats[kind]
    if value is None or value == "":
        return
    if isinstance(value, dt.date):
        sheet.write_datetime(row, place, dt.datetime(value.year, value.month, value.day), look)  # noqa: DTZ001
    elif isinstance(value, str):
        sheet.write_string(row, place, plain(value), formats["text"])
    else:
        sheet.write_number(row, place, value / _DAY if kind == "time" else value, look)


def _chart(workbook: "Workbook", sheet: "Worksheet", view: ViewSheet, wanted: SheetChart) -> None:
    last = min(wanted.rows, len(view.rows))
    make = {"bar": _bars, "pareto": _pareto, "line": _lines}[wanted.kind]
    chart = make(workbook, view, wanted, last)
    chart.set_title({"name": wanted.title, "name_font": {"size": 12}})
    height = max(320, 40 + 22 * last) if wanted.kind == "bar" else 380
    chart.set_size({"width": 760, "height": min(height, 1600)})
    sheet.insert_chart(1, len(view.columns) + 1, chart)


def _bars(workbook: "Workbook", view: ViewSheet, wanted: SheetChart, last: int) -> Any:
    """Bars in the order of the rows, the first on top, with error bars."""
    chart = workbook.add_chart({"type": "bar"})
    series = _series(view, wanted, wanted.values[0], last) | {"fill": {"color": "#5AA0CF"}, "gap": 60}
    if wanted.less is not None and wanted.more is not None:
        series["y_error_bars"] = {
            "type": "custom",
            "plus_values": _range(view, wanted.more, last),
            "minus_values": _range(view, wanted.less, last),
        }
    chart.add_series(series)
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#DCDFDB"}}})
    chart.set_legend({"none": True})
    return chart


def _pareto(workbook: "Workbook", view: ViewSheet, wanted: SheetChart, last: int) -> Any:
    """Columns, and the running share as a line on an axis of its own."""
    chart = workbook.add_chart({"type": "column"})
    chart.add_series(_series(view, wanted, wanted.values[0], last) | {"fill": {"color": "#2166AC"}, "gap": 40})
    line = workbook.add_chart({"type": "line"})
    line.add_series(
        _series(view, wanted, wanted.values[1], last)
        | {"y2_axis": True, "line": {"color": "#B35806", "width": 2}, "marker": {"type": "circle", "size": 5}}
    )
    line.set_y2_axis({"min": 0, "max": 1, "num_format": "0%"})
    chart.combine(line)
    chart.set_legend({"position": "bottom"})
    return chart


def _lines(workbook: "Workbook", view: ViewSheet, wanted: SheetChart, last: int) -> Any:
    """A line a row, the header row along the bottom; gaps stay gaps."""
    chart = workbook.add_chart({"type": "line"})
    first, end = wanted.values[0], wanted.values[-1]
    for row in range(1, last + 1):
        chart.add_series(
            {
                "name": [view.name[:31], row, wanted.names],
                "categories": [view.name[:31], 0, first, 0, end],
                "values": [view.name[:31], row, first, row, end],
                "marker": {"type": "circle", "size": 5},
            }
        )
    chart.show_blanks_as("gap")
    chart.set_legend({"position": "bottom"})
    return chart


def _series(view: ViewSheet, wanted: SheetChart, column: int, last: int) -> dict[str, Any]:
    name = view.name[:31]
    return {
        "name": [name, 0, column],
        "categories": [name, 1, wanted.names, last, wanted.names],
        "values": [name, 1, column, last, column],
    }


def _range(view: ViewSheet, column: int, last: int) -> str:
    from xlsxwriter.utility import xl_range_formula

    formula: str = xl_range_formula(view.name[:31], 1, column, last, column)
    return f"={formula}"
