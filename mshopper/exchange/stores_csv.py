"""Stores and plans as people really keep them: CSV from Excel, Italian or English, workbooks, or our own tables.

Columns are known by their English and Italian titles, in any order, or as a person says (exchange/columns.py). A file that
can't be used is refused with one sentence, so that what was known before stays; a screen shows all that is wrong instead.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from mshopper.errors import HeadOfficeError
from mshopper.exchange.cells import is_number
from mshopper.exchange.columns import EXTRA, LEFT_OUT, PLAN, STORES, Kind, Listed, need, read_listed
from mshopper.exchange.table_file import read_table as read_table
from mshopper.i18n import _
from mshopper.model.plan_item import PlanItem
from mshopper.model.record import Store

Item = TypeVar("Item")

_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.ASCII)
_WRITTEN_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: .*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: its number in the file, the cells we know by our names, and the others that are kept."""

    number: int
    known: Mapping[str, str]
    others: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """The cell of that column, without blanks around it; "" where the list has no such column."""
        return self.known.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line, in a sentence that names the file and the line."""

    line: int
    sentence: str


@dataclass(frozen=True)
class ReadList(Generic[Item]):
    """What came of a list: the items that can be used, in the file's order, and what is wrong with the other lines."""

    items: tuple[Item, ...]
    problems: tuple[LineProblem, ...]

    def whole(self) -> list[Item]:
        """The items of a list without problems. Raises HeadOfficeError, the first problem, for any other."""
        if self.problems:
            raise HeadOfficeError(self.problems[0].sentence)
        return list(self.items)


def read_stores(path: Path) -> list[Store]:
    """The stores of a stores.csv, in its order. Raises HeadOfficeError for a file that can't be used.

    Columns that we don't know go into `extra`; so does a coordinate that isn't a number.
    """
    listed = read_listed(path, STORES)
    return stores_of(listed, listed.guess()).whole()


def read_plan(path: Path) -> list[PlanItem]:
    """The lines of a plan.csv, in its order. Raises HeadOfficeError for a file that can't be used.

    Dates are ISO, or day, month and year as written in Italy. Where there is no column of ids, a line's is made of its
    last day, store and form.
    """
    listed = read_listed(path, PLAN)
    return plan_of(listed, listed.guess()).whole()


def stores_of(listed: Listed, meanings: Sequence[str]) -> ReadList[Store]:
    """The stores of a list whose columns mean that. Raises HeadOfficeError where a needed column is missing."""
    return _read(listed, meanings, _store, lambda store: store.store_id)


def plan_of(listed: Listed, meanings: Sequence[str]) -> ReadList[PlanItem]:
    """The lines of a plan whose columns mean that. Raises HeadOfficeError where a needed column is missing."""
    return _read(listed, meanings, lambda line: _plan_item(listed.path, line), lambda item: item.plan_id)


def _read(
    listed: Listed, meanings: Sequence[str], make: Callable[[Line], Item], key: Callable[[Item], str]
) -> ReadList[Item]:
    """Each item once, in order: the same line twice is one, two different ones under one id are a problem."""
    need(listed, meanings)
    kept: dict[str, tuple[Line, Item]] = {}
    problems = []
    for line in _lines(listed, meanings):
        try:
            _require(listed.path, line, listed.kind)
            item = make(line)
            first = kept.setdefault(key(item), (line, item))
            if first[1] != item:
                sentence = _(
                    "“{path}”: “{id}” stands in line {first} and, with other values, in line {second}; keep one."
                )
                raise HeadOfficeError(
                    sentence.format(path=listed.path, id=key(item), first=first[0].number, second=line.number)
                )
        except HeadOfficeError as error:
            problems.append(LineProblem(line.number, str(error)))
    return ReadList(tuple(item for _line, item in kept.values()), tuple(problems))


def _lines(listed: Listed, meanings: Sequence[str]) -> list[Line]:
    named = {meaning: n for n, meaning in enumerate(meanings) if meaning not in (EXTRA, LEFT_OUT)}
    extra = [n for n, meaning in enumerate(meanings) if meaning == EXTRA and listed.titles[n]]
    lines = []
    for number, cells in listed.records:
        padded = [*cells, *[""] * (len(listed.titles) - len(cells))]
        known = {name: padded[n] for name, n in named.items()}
        lines.append(Line(number, known, tuple((listed.titles[n], padded[n]) for n in extra)))
    return lines


def _require(path: Path, line: Line, kind: Kind) -> None:
    # An id may be lacking as a column, but where there is one it says which line is which.
    for name in (*kind.required, *(("plan_id",) if "plan_id" in line.known else ())):
        if not line.get(name):
            sentence = _("“{path}”, line {line}: the column “{column}” is empty; fill it in or delete the line.")
            raise HeadOfficeError(sentence.format(path=path, line=line.number, column=name))


def _store(line: Line) -> Store:
    latitude, longitude = _degrees(line.get("latitude")), _degrees(line.get("longitude"))
    unread = [
        (name, line.get(name))
        for name, degrees in (("latitude", latitude), ("longitude", longitude))
        if line.get(name) and not degrees
    ]
    return Store(
        store_id=line.get("store_id"),
        name=line.get("name"),
        region=line.get("region"),
        format=line.get("format"),
        address=line.get("address"),
        latitude=latitude,
        longitude=longitude,
        extra=(*line.others, *unread),
    )


def _degrees(text: str) -> str:
    """Decimal degrees with a dot; "" for anything else."""
    dotted = text.replace(",", ".")
    return dotted if is_number(dotted) else ""


def _plan_item(path: Path, line: Line) -> PlanItem:
    from_date, to_date = (_date(path, line, name) for name in ("from", "to"))
    if from_date and to_date and from_date > to_date:
        sentence = _("“{path}”, line {line}: the visit's last day comes before its first one; correct the dates.")
        raise HeadOfficeError(sentence.format(path=path, line=line.number))
    store_id, form_id = line.get("store_id"), line.get("form_id")
    return PlanItem(
        plan_id=line.get("plan_id") or "-".join(filter(None, (to_date or from_date, store_id, form_id))),
        store_id=store_id,
        form_id=form_id,
        auditor_id=line.get("auditor_id"),
        from_date=from_date,
        to_date=to_date,
    )


def _date(path: Path, line: Line, name: str) -> str:
    """An ISO date, or "" for none."""
    text = line.get(name)
    if not text:
        return ""
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _WRITTEN_DATE.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise _not_a_date(path, line, text)
    try:
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)).isoformat()
    except ValueError as error:
        raise _not_a_date(path, line, text) from error


def _not_a_date(path: Path, line: Line, text: str) -> HeadOfficeError:
    sentence = _("“{path}”, line {line}: “{text}” isn't a date; write it as 2026-11-21 or 21/11/2026.")
    return HeadOfficeError(sentence.format(path=path, line=line.number, text=text))
