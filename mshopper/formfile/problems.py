"""What is wrong with a form file, where, and what to do: the values that every reader of form files hands back.

A reader works on data, so it makes a `Finding`, placed by keys and positions in that data; the document it read knows the
line of each and makes it a `Problem` that a person can go to.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from mshopper.i18n import _
from mshopper.model.form import Form

Location = tuple[str | int, ...]
"""A place in a form's data: keys of mappings and positions in lists, from 0."""


class Mark(NamedTuple):
    """A place in a text file, lines and columns from 1; line 0 where there is no file."""

    line: int
    column: int


NOWHERE = Mark(0, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, at `location`. `mark` overrides where that is; `relies_on` names a form-wide key it judges by.

    `unreadable` says that the value there was lost in reading, so that nothing more can be said about it.
    """

    location: Location
    what: str
    remedy: str
    warning: bool = False
    mark: Mark | None = None
    relies_on: str = ""
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem (or warning) of a file: line and column from 1 (0 where unknown), `where` in the form's own ids.

    In a workbook `sheet` names the sheet, and the line is the row as the spreadsheet numbers it.
    """

    file: str
    line: int
    column: int
    where: str
    what: str
    remedy: str
    sheet: str = ""

    @property
    def sentence(self) -> str:
        """All of it in one line: file:line: where: what. Remedy. In a workbook the place is [sheet]D12."""
        if self.sheet:
            cell = f"{column_letters(self.column)}{self.line}" if self.line else ""
            place = f"{self.file}:[{self.sheet}]{cell}"
        else:
            place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.where}: {self.what}. {self.remedy}" if self.where else self._without_where(place)

    def _without_where(self, place: str) -> str:
        return f"{place}: {self.what}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class FormCheck:
    """A form file as checked: the form, unless there are problems, and what was found."""

    form: Form | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def column_letters(column: int) -> str:
    """A spreadsheet's name of a column, from 1: A, B, …, Z, AA; "" for 0."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def short(value: object) -> str:
    """A value as a message quotes it: on one line, and cut where it is long."""
    words = " ".join(str(value).split())
    return words if len(words) <= 60 else f"{words[:57]}…"


def suggestion(wrong: str, known: list[str]) -> str:
    """A remedy for an unknown name: the nearest one that exists, else all that exist."""
    if near := get_close_matches(wrong, known, n=1, cutoff=0.6):
        return _("Did you mean `{name}`?").format(name=near[0])
    return _("Use one of: {names}.").format(names=listed(known))


def listed(names: list[str]) -> str:
    """Names in a message, the first twenty of them."""
    return ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
