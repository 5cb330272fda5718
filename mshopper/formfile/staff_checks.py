"""What a form may record about the staff that was seen: no question may ask for more than its `people` allows."""

import re
from collections.abc import Iterator

from mshopper.formfile.problems import Finding, Location
from mshopper.i18n import _
from mshopper.model.form import Question

_ALLOWED = {"none": (), "role": ("role",), "name": ("role", "name")}
"""What `staff` may be, by the form's `people`."""

_STAFF = (
    r"(?:addett|commess|venditor|cassier|operator|dipendent|personale|consulent|camerier|receptionist|staff|employee|"
    r"assistant|cashier|seller|salesperson|clerk|waiter|waitress|advis[eo]r|colleague)\w*"
)
_ASKS_NAME = re.compile(
    rf"\b(?:nome|cognome|nominativo|name)\b(?:\W+\w+){{0,4}}?\W+(?:\w+[’'])?{_STAFF}|"
    rf"\b{_STAFF}(?:[’']s?)?\W+(?:nome|name)\b",
    re.IGNORECASE,
)
"""Words that ask for the name of staff, in the languages of the shipped forms."""


def staff_findings(people: str, question: Question, location: Location) -> Iterator[Finding]:
    """Whether the question asks for more than the form's `people` allows, as it says or as its words do."""
    allowed = _ALLOWED.get(people, ("role", "name"))
    if question.staff and question.staff not in allowed:
        yield Finding(
            (*location, "staff"),
            _("the question identifies staff by {how}, and the form says `people: {people}`").format(
                how=question.staff, people=people
            ),
            _("Ask for the role: `staff: role` and `people: role`; or say `people: name` in the form.")
            if question.staff == "name"
            else _("Say `people: role` in the form, or remove the question."),
            relies_on="people",
        )
    elif not question.staff and question.type == "text" and _asks_name(question):
        yield Finding(
            (*location, "staff"),
            _("the question seems to ask for the name of staff")
            if "name" in allowed
            else _("the question seems to ask for the name of staff, and the form says `people: {people}`").format(
                people=people
            ),
            _("Say `staff: name`, so that reports can hide it.")
            if "name" in allowed
            else _("Ask for the role instead; or say `people: name` in the form, and `staff: name` here."),
            warning=True,
            relies_on="people",
        )


def _asks_name(question: Question) -> bool:
    return any(_ASKS_NAME.search(words) for text in (question.label, question.hint) for _language, words in text.values)
