"""What is found on the way through a workbook, each at its sheet, row and column."""

from dataclasses import dataclass, field
from typing import NamedTuple

from mshopper.formfile.problems import Problem
from mshopper.i18n import ngettext

_MOST_ALIKE = 5
"""Warnings of the same words before the rest is counted rather than listed."""


class Place(NamedTuple):
    """A cell or row: number from 1 as the spreadsheet shows it, column from 1; 0 where there is none."""

    sheet: str = ""
    row: int = 0
    column: int = 0
    where: str = ""


@dataclass
class Notes:
    """Problems and warnings of one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def warn(self, place: Place, what: str, remedy: str) -> None:
        """Something was skipped, mended or understood otherwise; the form opens."""
        self.warnings.append(self._of(place, what, remedy))

    def refuse(self, place: Place, what: str, remedy: str) -> None:
        """Something without which the form would not be what its author meant."""
        self.problems.append(self._of(place, what, remedy))

    def _of(self, place: Place, what: str, remedy: str) -> Problem:
        return Problem(self.file, place.row, place.column, place.where, what, remedy, place.sheet)

    def sorted_problems(self) -> tuple[Problem, ...]:
        """The problems in the order of the file, each once."""
        return tuple(sorted(dict.fromkeys(self.problems), key=_order))

    def sorted_warnings(self) -> tuple[Problem, ...]:
        """The warnings in the order of the file; of many alike the first few, the last of them counting the rest."""
        alike: dict[tuple[str, str], list[Problem]] = {}
        for warning in sorted(dict.fromkeys(self.warnings), key=_order):
            alike.setdefault((warning.sheet, warning.what), []).append(warning)
        kept: list[Problem] = []
        for found in alike.values():
            kept += found[:_MOST_ALIKE]
            if len(found) > _MOST_ALIKE:
                kept[-1] = _with_rest(kept[-1], len(found) - _MOST_ALIKE)
        return tuple(sorted(kept, key=_order))


def _order(problem: Problem) -> tuple[str, int, int]:
    return (problem.sheet, problem.line, problem.column)


def _with_rest(problem: Problem, more: int) -> Problem:
    rest = ngettext("The same in {n} more row.", "The same in {n} more rows.", more).format(n=more)
    return Problem(
        problem.file,
        problem.line,
        problem.column,
        problem.where,
        problem.what,
        f"{problem.remedy} {rest}",
        problem.sheet,
    )
