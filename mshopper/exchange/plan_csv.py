"""The plan as a file: plan.csv for head office and laptops, a CSV that Italian Excel opens, or a workbook.

What laptops need stands in the first columns, as `read_plan` takes it; what has become of each line stands beside it, for
people.
"""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from mshopper.exchange.cells import write_cell
from mshopper.exchange.csvfile import TableWriter
from mshopper.exchange.files import write_file
from mshopper.exchange.workbook import write_workbook
from mshopper.model.plan_item import PlanItem

COLUMNS = ("plan_id", "store_id", "form_id", "auditor_id", "from", "to")
FURTHER = ("store_name", "region", "state", "visited_on", "reason")

_WORKBOOKS = (".xlsx",)


def plan_bytes(items: Iterable[PlanItem]) -> bytes:
    """plan.csv as laptops take it."""
    return _csv(COLUMNS, [_cells(item) for item in items])


def write_plan(path: Path, lines: Iterable[tuple[PlanItem, Sequence[str]]], *, excel: str = "") -> None:
    """Write lines with their FURTHER cells to a file: a workbook by its ending .xlsx, else a CSV.

    With `excel` "it" the CSV is one that Italian Excel opens. Raises HeadOfficeError.
    """
    rows = [[*_cells(item), *further] for item, further in lines]
    columns = (*COLUMNS, *FURTHER)
    if path.suffix.lower() in _WORKBOOKS:
        write_workbook(path, {"plan": [list(columns), *rows]})
    else:
        write_file(path, _csv(columns, rows, excel=excel))


def _cells(item: PlanItem) -> list[str]:
    return [item.plan_id, item.store_id, item.form_id, item.auditor_id, item.from_date, item.to_date]


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]], *, excel: str = "") -> bytes:
    stream = io.BytesIO()
    writer = TableWriter(stream, columns, delimiter=";" if excel == "it" else ",", bom=bool(excel))
    for cells in rows:
        writer.cells([write_cell(cell) for cell in cells])
    return stream.getvalue()
