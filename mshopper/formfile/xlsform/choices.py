"""The sheet `choices`: lists by name, each choice with its texts, points, media and further columns."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from mshopper.formfile.problems import short, suggestion
from mshopper.formfile.xlsform.columns import MEDIA
from mshopper.formfile.xlsform.names import mended_choice
from mshopper.formfile.xlsform.notes import Notes
from mshopper.formfile.xlsform.table import Row, Table
from mshopper.i18n import _
from mshopper.model.form import Choice, Text
from mshopper.model.form import Table as FormTable

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,20})?")


@dataclass
class ChoiceList:
    """A list as its rows stand, under the name it was first given."""

    name: str
    choices: list[Choice] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def as_table(self, language: str, *, with_text_ids: bool = False) -> FormTable:
        """The list as rules read it by `instance(name)/root/item`; `jr:itext()` asks for the ids of its texts."""
        extra = dict.fromkeys(key for choice in self.choices for key, _value in choice.attributes)
        own = ("name", "label", "itextId") if with_text_ids else ("name", "label")
        columns = (*own, *(key for key in extra if key not in own))
        rows = []
        for index, choice in enumerate(self.choices):
            given = {"name": choice.id, "label": choice.label.get(language), "itextId": f"{self.name}-{index}"}
            cells = dict(choice.attributes) | given
            rows.append(tuple(cells.get(column, "") for column in columns))
        return FormTable(self.name, columns, tuple(rows))


@dataclass
class ChoiceLists:
    """All lists of a form. `renamed` holds the ids that had blanks in them, and what they became."""

    lists: dict[str, ChoiceList] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> ChoiceList | None:
        """The list of that name; else the one whose name differs only in case, blanks and underscores."""
        if found := self.lists.get(name):
            return found
        alike = [known for known in self.lists.values() if _plain(known.name) == _plain(name)]
        return alike[0] if len(alike) == 1 else None

    def nearest(self, name: str) -> str:
        """A remedy for a list that isn't there."""
        return suggestion(name, list(self.lists)) if self.lists else _("Add it on the sheet `choices`.")


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-.]+", "", name).lower()


def read_choices(rows: Iterable[Row], table: Table, notes: Notes) -> ChoiceLists:
    """The lists in these rows. Names that stand twice in a list, or not at all, are told and mended."""
    lists = ChoiceLists()
    for row in rows:
        if _is_off(row):
            continue
        if not (name := row.get("list_name")):
            if row.get("name") and row.text("label"):
                notes.warn(
                    row.place("list_name"),
                    _("a choice stands in no list and is left out"),
                    _("Write the list's name in the column list_name."),
                )
            continue
        if choice := _choice(row, table, lists, notes):
            of = lists.lists.setdefault(name, ChoiceList(name))
            _add(of, choice, row, notes)
    return lists


def _is_off(row: Row) -> bool:
    return row.get("disabled").lower() in ("yes", "true", "true()", "1")


def _choice(row: Row, table: Table, lists: ChoiceLists, notes: Notes) -> Choice | None:
    name, label = row.get("name"), row.text("label")
    if not name and not label:
        return None
    if not name:
        words = next(words for _language, words in label.values if words)
        name = mended_choice(short(words))
        notes.warn(
            row.place("name", words[:40]),
            _("a choice has no name; it is called `{name}`").format(name=name),
            _("Write one in the column name."),
        )
    if (row.number, table.positions.get("name", 0) - 1) in table.sheet.dates:
        notes.warn(
            row.place("name"),
            _("the spreadsheet made a date of a choice's name: {name}").format(name=name),
            _("Format the cell as text and write the name again."),
        )
    if (mended := mended_choice(name)) != name:
        notes.warn(
            row.place("name"),
            _("the choice `{name}` has a blank in it; it is called `{mended}`").format(name=name, mended=mended),
            _("Write names without blanks, and the words in the column label."),
        )
        lists.renamed[name] = mended
    return Choice(mended, label, _points(row, notes), tuple(row.rest.items()), media_of(row))


def _points(row: Row, notes: Notes) -> Fraction | None:
    text = row.get("score")
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return Fraction(text)
    notes.refuse(
        row.place("score"),
        _("`{value}` is not a number").format(value=short(text)),
        _("Write a number such as 5 or 2.5."),
    )
    return None


def media_of(row: Row) -> tuple[tuple[str, Text], ...]:
    """The files that a row shows: (kind, name by language)."""
    return tuple((kind, row.text(kind)) for kind in MEDIA if kind in row.words)


def _add(of: ChoiceList, choice: Choice, row: Row, notes: Notes) -> None:
    """Add a choice; one that repeats another in all it says is left out."""
    twins = [known for known in of.choices if known.id == choice.id]
    if any(known.label == choice.label and known.attributes == choice.attributes for known in twins):
        notes.warn(
            row.place("name"),
            _("the choice `{choice}` stands twice in the list {name}; the second is left out").format(
                choice=choice.id, name=of.name
            ),
            _("Remove one of them."),
        )
        return
    of.choices.append(choice)
    of.rows.append(row)


def with_other(choices: tuple[Choice, ...], languages: tuple[str, ...]) -> tuple[Choice, ...]:
    """The choices of an or_other question: `other` after them, unless it is there."""
    if any(choice.id == "other" for choice in choices):
        return choices
    return (*choices, Choice("other", _in(languages, {"it": "Altro"}, "Other")))


def other_label(languages: tuple[str, ...]) -> Text:
    """What the question for the other answer says."""
    return _in(languages, {"it": "Specificare."}, "Specify other.")


def _in(languages: tuple[str, ...], words: dict[str, str], english: str) -> Text:
    """A text of the standard's own, in the form's languages where we have it."""
    if not any(language in words for language in languages):
        return Text.of(english)
    return Text(tuple((language, words.get(language, english)) for language in languages))
