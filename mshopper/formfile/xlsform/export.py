"""A Form as the sheets of an XLSForm, and what is lost on the way: found by reading the very sheets back."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mshopper.formfile.differences import differences
from mshopper.i18n import _
from mshopper.model.form import Form

Sheets = Mapping[str, Sequence[Sequence[str]]]

LONGEST_CELL = 32_767
"""Characters that a cell of a spreadsheet holds."""


def xlsform_sheets(form: Form) -> tuple[Sheets, tuple[str, ...]]:
    """The sheets of `form` by name, each as rows of texts with the header first, and a sentence for each loss.

    A form that YAML and XLSForm can both say comes back the same, with nothing lost.
    """
    from mshopper.formfile.xlsform.reader import check_sheets
    from mshopper.formfile.xlsform.writer import write_sheets

    sheets = write_sheets(form)
    read = check_sheets(sheets, Path(f"{form.id}.xlsx"))
    if read.form is None:
        return sheets, tuple(problem.sentence for problem in read.problems)
    too_long = any(len(cell) > LONGEST_CELL for rows in sheets.values() for row in rows for cell in row)
    cut = (_("A text is longer than a cell of a spreadsheet holds, and is cut."),) if too_long else ()
    return sheets, (*cut, *differences(form, read.form))
