"""SurveyCTO's `search('file', …)` in the appearance: choices fetched from a CSV beside the form, as its documentation says.

The list on the sheet choices then names columns: its row whose name is a column of the file says which one holds the values
and, in its label, which one the words. Rows with a number for a name stay as they are.
"""

import re
from dataclasses import replace

from mshopper.formfile.xlsform.context import Context
from mshopper.formfile.xlsform.table import Row
from mshopper.formfile.xlsform.tables import table_name
from mshopper.i18n import _
from mshopper.model.form import Question

_SEARCH = re.compile(r"\bsearch\s*\((.*)\)", re.DOTALL)
_ARGUMENT = re.compile(r"\s*('[^']*'|\"[^\"]*\"|\$\{[^}]*\}|[^,]+?)\s*(?:,|$)")
_TESTS = {
    "matches": "{column} = {value}",
    "contains": "contains({column}, {value})",
    "startswith": "starts-with({column}, {value})",
    "endswith": "ends-with({column}, {value})",
}


def with_search(question: Question, row: Row, context: Context) -> Question:
    """The question with the choices that its appearance searches for; as it is where the file or column isn't there."""
    found = _SEARCH.search(question.appearance)
    if not found:
        return question
    arguments = [argument for argument in _ARGUMENT.findall(found[1]) if argument]
    file = arguments[0].strip("'\"") if arguments else ""
    table = context.table(file) if file else None
    column = next((choice for choice in question.choices if table and choice.id in table.columns), None)
    if table is None or column is None:
        context.notes.warn(
            row.place("appearance"),
            _("the choices that search() looks for in {file} aren't there; the list's own are offered").format(
                file=f"{table_name(file)}.csv"
            ),
            _("Put the file into the form's folder and open the form again."),
        )
        return question
    label = column.label.get(context.language).split(",")[0].strip()
    words = label if label in table.columns else column.id
    return replace(
        question,
        choices=tuple(choice for choice in question.choices if choice is not column),
        choices_from=table.name,
        parameters=(*question.parameters, ("value", column.id), ("label", words)),
        choice_filter=_filter(arguments[1:]) or question.choice_filter,
        appearance=_SEARCH.sub("", question.appearance).strip(),
    )


def _filter(arguments: list[str]) -> str:
    """The rule on each row: `'matches', 'column', value`, and maybe a second `'column', value`."""
    if len(arguments) < 3 or (test := _TESTS.get(arguments[0].strip("'\"").lower())) is None:
        return ""
    tests = [test.format(column=arguments[1].strip("'\""), value=arguments[2])]
    if len(arguments) >= 5:
        tests.append(f"{arguments[3].strip(chr(39) + chr(34))} = {arguments[4]}")
    return " and ".join(tests)
