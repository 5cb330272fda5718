"""The lists that rules and choices read: files beside the form, the sheet `external_choices`, the form's own lists.

A file is CSV, XML or GeoJSON, read as the XForms specification has it (secondary instances).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.formfile.beside import FilesBeside
from mshopper.formfile.xlsform.workbook import Sheet, cell_text, csv_rows, decode_csv
from mshopper.model.form import Table

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_TABLE = 8 * 1024 * 1024
"""Bytes of a list beside a form: beyond it a list is no list to choose from, and the form would be heavy to keep."""

_READS = re.compile(r"(?:instance|pulldata|search)\s*\(\s*(?:'([^']+)'|\"([^\"]+)\")")


def tables_read_by(rule: str) -> list[str]:
    """The names that a rule reads by instance() or pulldata()."""
    return [match[0] or match[1] for match in _READS.findall(rule)] if "(" in rule else []


def table_name(file: str) -> str:
    """A file's name as rules call it: without folder and suffix."""
    return re.sub(r"\s+", "_", Path(file.strip()).stem)


def read_table_file(beside: FilesBeside, file: str) -> Table | None:
    """The list in the file of that name, or of that name with another suffix; None where there is none that can be read."""
    path = beside.find(file)
    if path is None or path.suffix.lower() not in _READERS:
        wanted = table_name(file).lower()
        alike = (path for path in beside.by_name.values() if table_name(path.name).lower() == wanted)
        path = next((path for path in alike if path.suffix.lower() in _READERS and path.is_file()), None)
    if path is None:
        return None
    try:
        if path.stat().st_size > LARGEST_TABLE:
            return None
        rows = _READERS[path.suffix.lower()](path.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError):  # SyntaxError: what ElementTree says of XML that is none
        return None
    return as_table(table_name(file), rows)


def _csv_list(content: bytes) -> list[list[str]]:
    return [row for _number, row in csv_rows(decode_csv(content))]


def _xml_list(content: bytes) -> list[list[str]]:
    """`<root><item><name>…</name>…</item>…</root>`, whatever root and item are called; what nests is `outer/inner`."""
    from xml.etree import ElementTree

    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("a list needs no entities")
    root = ElementTree.fromstring(content)  # noqa: S314 - without a document type there is nothing to expand
    return _as_rows([dict(_leaves(item, "")) for item in root])


def _leaves(element: "Element", above: str) -> Iterator[tuple[str, str]]:
    for child in element:
        name = f"{above}{child.tag.rpartition('}')[2]}"
        if len(child):
            yield from _leaves(child, f"{name}/")
        else:
            yield name, cell_text(child.text)


def _geojson_list(content: bytes) -> list[list[str]]:
    """A FeatureCollection's features: their properties, an `id` of their own, and `geometry` as ODK writes places."""
    items = []
    for feature in _listed(_mapped(json.loads(content)).get("features")):
        of = _mapped(feature)
        item = {"id": _plain(of["id"])} if "id" in of else {}
        item |= {name: _plain(value) for name, value in _mapped(of.get("properties")).items()}
        items.append({**item, "geometry": _places(_mapped(of.get("geometry")).get("coordinates"))})
    return _as_rows(items)


def _mapped(data: object) -> dict[str, object]:
    return data if isinstance(data, dict) else {}


def _listed(data: object) -> list[object]:
    return data if isinstance(data, list) else []


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return cell_text(float(value) if isinstance(value, int) else value)


def _places(coordinates: object) -> str:
    """`lat lon 0 0`, several divided by "; ": of GeoJSON's (longitude, latitude) points, lines and outer rings."""
    while isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        if not coordinates[0] or not isinstance(coordinates[0][0], list):
            return "; ".join(_places(point) for point in coordinates)
        coordinates = coordinates[0]
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        return ""
    return f"{_plain(coordinates[1])} {_plain(coordinates[0])} 0 0"


def _as_rows(items: list[dict[str, str]]) -> list[list[str]]:
    """Items as rows below a header of all their names."""
    names = list(dict.fromkeys(name for item in items for name in item))
    return [names, *([item.get(name, "") for name in names] for item in items)]


_READERS = {
    ".csv": _csv_list,
    ".tsv": _csv_list,
    ".txt": _csv_list,
    ".xml": _xml_list,
    ".geojson": _geojson_list,
}
"""Suffix of a list -> what reads its bytes. Raises ValueError or SyntaxError for what is no list."""


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
