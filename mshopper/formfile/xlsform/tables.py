"""The lists that rules and choices read: files beside the form, the sheet `external_choices`, the form's own lists."""

import re
from pathlib import Path

from mshopper.formfile.xlsform.workbook import Sheet, csv_rows, decode_csv
from mshopper.model.form import Table

LARGEST_TABLE = 8 * 1024 * 1024
"""Bytes of a CSV beside a form: beyond it a list is no list to choose from, and the form would be heavy to keep."""

_READS = re.compile(r"(?:instance|pulldata|search)\s*\(\s*(?:'([^']+)'|\"([^\"]+)\")")


def tables_read_by(rule: str) -> list[str]:
    """The names that a rule reads by instance() or pulldata()."""
    return [match[0] or match[1] for match in _READS.findall(rule)] if "(" in rule else []


def table_name(file: str) -> str:
    """A file's name as rules call it: without folder and suffix."""
    return re.sub(r"\s+", "_", Path(file.strip()).stem)


def read_table_file(folder: Path | None, file: str) -> Table | None:
    """The CSV of that name in `folder`, whatever its case; None where there is none that can be read."""
    if folder is None or not folder.is_dir():
        return None
    wanted = {f"{table_name(file)}.csv".lower(), Path(file.strip()).name.lower()}
    for path in sorted(folder.iterdir()):
        is_csv = path.suffix.lower() in (".csv", ".tsv", ".txt")
        if is_csv and (path.name.lower() in wanted or table_name(path.name).lower() == table_name(file).lower()):
            try:
                if not path.is_file() or path.stat().st_size > LARGEST_TABLE:
                    return None
                text = decode_csv(path.read_bytes())
            except OSError:
                return None
            return as_table(table_name(file), [row for _number, row in csv_rows(text)])
    return None


def as_table(name: str, rows: list[list[str]]) -> Table | None:
    """A table of rows below a header; columns without a name, or of one that stood before, are left out."""
    if not rows:
        return None
    header, *body = rows
    places = {text: index for index, text in reversed(list(enumerate(header))) if text}
    columns = tuple(sorted(places, key=places.__getitem__))
    if not columns:
        return None
    kept = tuple(
        tuple(row[places[column]] if places[column] < len(row) else "" for column in columns)
        for row in body
        if any(row)
    )
    return Table(name, columns, kept)


def external_tables(sheet: Sheet) -> list[Table]:
    """The lists on the sheet `external_choices`, one table for each."""
    if not sheet.rows:
        return []
    header = [text.strip() for text in sheet.rows[0][1]]
    keys = [text.lower().replace(" ", "_") for text in header]
    if "list_name" not in keys:
        return []
    place = keys.index("list_name")
    header = [text for index, text in enumerate(header) if index != place]
    by_list: dict[str, list[list[str]]] = {}
    for _number, row in sheet.rows[1:]:
        if len(row) > place and row[place]:
            by_list.setdefault(row[place], []).append([text for index, text in enumerate(row) if index != place])
    tables = (as_table(table_name(name), [header, *rows]) for name, rows in by_list.items())
    return [table for table in tables if table is not None]


def own_tables(sheet: Sheet) -> list[Table]:
    """The tables on the sheet `tables` that our writer makes: each row begins with its table's name, the first is a header."""
    by_name: dict[str, list[list[str]]] = {}
    for _number, row in sheet.rows:
        if row[0]:
            by_name.setdefault(row[0], []).append(row[1:])
    tables = (as_table(name, rows) for name, rows in by_name.items())
    return [table for table in tables if table is not None]
