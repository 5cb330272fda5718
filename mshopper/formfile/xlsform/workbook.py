"""The sheets of an XLSForm, in a workbook or as CSV: the first step of reading one, whatever program wrote it."""

import csv
import io
import re
from collections.abc import Callable, Iterator

from mshopper.sheets import Sheet as Sheet
from mshopper.sheets import cell_text as cell_text
from mshopper.sheets import decode_csv as decode_csv
from mshopper.sheets import is_workbook as is_workbook
from mshopper.sheets import read_workbook as read_sheets

_DELIMITERS = ",;\t|"
_SHEET_NAMES = {"survey", "choices", "settings", "external_choices", "external choices"}


def is_csv_form(text: str) -> bool:
    """Whether a text is an XLSForm as CSV: one of its first lines is a survey's header, or names a sheet."""
    for line in text.splitlines()[:25]:
        if re.match(r"\s*mshopper\s*:", line):
            return False
        cells = [cell.strip().strip('"').strip().lower() for cell in re.split(f"[{_DELIMITERS}]", line)]
        if len(cells) > 1 and ("type" in cells and ("name" in cells or "label" in cells)):
            return True
        if len(cells) > 1 and cells[0] == "survey" and not any(cells[1:]):
            return True
    return False


def read_workbook(content: bytes, name: str, wanted: Callable[[str], bool]) -> list[Sheet]:
    """The sheets of a form's workbook that are `wanted` by their name; a damaged one is refused where it may be the form.

    Raises MshopperError.
    """
    return read_sheets(content, name, wanted, _may_be_a_form)


def _may_be_a_form(title: str) -> bool:
    return " ".join(title.lower().replace("_", " ").split()) in {"survey", "choices", "settings", "external choices"}


def csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV as (number from 1, trimmed texts), by the delimiter that its first lines use most."""
    head = text[:4000]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(reader, start=1):
            texts = [cell_text(cell) for cell in row]
            if any(texts):
                yield number, texts
    except csv.Error:  # a field beyond csv's limit: what was read so far stands
        return


def read_csv_form(text: str) -> list[Sheet]:
    """An XLSForm as CSV: the survey alone, or all sheets below one another, each named in the first column."""
    sheets: list[Sheet] = []
    for number, row in csv_rows(text):
        first = row[0].strip().lower()
        names_a_sheet = first in _SHEET_NAMES
        if not sheets or (names_a_sheet and first != sheets[-1].name):
            sheets.append(Sheet(first if names_a_sheet else "survey"))
        texts = ["", *row[1:]] if names_a_sheet else row
        if any(texts):
            sheets[-1].rows.append((number, texts))
    return sheets
