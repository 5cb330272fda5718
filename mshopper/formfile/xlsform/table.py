"""A sheet as a table: the header found, its columns understood, every row by kind and language."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mshopper.formfile.problems import column_letters, short
from mshopper.formfile.xlsform.columns import TRANSLATED, Column, Dialect, is_unused
from mshopper.formfile.xlsform.languages import Languages
from mshopper.formfile.xlsform.notes import Notes, Place
from mshopper.formfile.xlsform.workbook import Sheet
from mshopper.i18n import _
from mshopper.model.form import Text

_HEADER_WITHIN = 25
"""Rows from the top in which a header is looked for: titles and instructions may stand above it."""


@dataclass(slots=True)
class Row:
    """One row: `cells` by kind, `words` the (language, text) pairs of translated kinds, `rest` the columns of no kind."""

    sheet: str
    number: int
    cells: dict[str, str]
    words: dict[str, list[tuple[str, str]]]
    rest: dict[str, str]
    columns: dict[str, int]

    def get(self, kind: str) -> str:
        """The cell of that kind; "" where there is none."""
        return self.cells.get(kind, "")

    def text(self, kind: str) -> Text:
        """The words of that kind, in the order of the columns."""
        words = self.words.get(kind)
        return Text(tuple(words)) if words else Text()

    def place(self, kind: str = "", where: str = "") -> Place:
        """Where the cell of that kind stands."""
        return Place(self.sheet, self.number, self.columns.get(kind, 0), where or self.cells.get("name", ""))


@dataclass
class Table:
    """A sheet with its header understood."""

    sheet: Sheet
    header_row: int
    columns: list[Column]
    positions: dict[str, int] = field(default_factory=dict)

    def languages(self, kinds: frozenset[str] = TRANSLATED) -> list[str]:
        """The languages that headers of these kinds name, as written and in their order."""
        named = [column.language for column in self.columns if column.language and column.kind in kinds]
        return list(dict.fromkeys(named))

    def rows(self, languages: Languages) -> Iterator[Row]:
        """The rows below the header. Of two columns of one kind and language the first that says something counts."""
        plan = [
            (column.at, column.kind, languages.code(column.language), column.kind in TRANSLATED, column.header)
            for column in self.columns
        ]
        for number, texts in self.sheet.rows:
            if number <= self.header_row:
                continue
            row = Row(self.sheet.name, number, {}, {}, {}, self.positions)
            width = len(texts)
            for index, kind, language, is_translated, header in plan:
                if index >= width or not (text := texts[index]):
                    continue
                if is_translated:
                    words = row.words.setdefault(kind, [])
                    if all(language != known for known, _text in words):
                        words.append((language, text))
                elif kind:
                    row.cells.setdefault(kind, text)
                else:
                    row.rest.setdefault(header, text)
            yield row


def read_table(sheet: Sheet, dialect: Dialect, needed: tuple[frozenset[str], ...], notes: Notes) -> Table | None:
    """The table in a sheet, its header the first row with a column of each of `needed`; None where there is none.

    Headers that are near a known one are taken for it, and columns of no use here are named: both with a warning.
    """
    for number, texts in sheet.rows[:_HEADER_WITHIN]:
        columns = [dialect.column(header, at) for at, header in enumerate(texts) if header]
        kinds = {column.kind for column in columns}
        if not all(kinds & one_of for one_of in needed):
            continue
        table = Table(sheet, number, _mended(sheet, number, columns, dialect, notes))
        for column in table.columns:
            table.positions.setdefault(column.kind or column.header, column.at + 1)
        return table
    return None


def _mended(sheet: Sheet, number: int, columns: list[Column], dialect: Dialect, notes: Notes) -> list[Column]:
    known = {column.kind for column in columns}
    mended = []
    for column in columns:
        if not column.kind and (kind := dialect.nearest(column.header)) and kind not in known:
            notes.warn(
                Place(sheet.name, number, column.at + 1, short(column.header)),
                _("the column “{header}” is read as `{kind}`").format(header=short(column.header), kind=kind),
                _("Call it `{kind}`, so that other tools read it too.").format(kind=kind),
            )
            known.add(kind)
            column = Column(kind, "", column.at, column.header)
        mended.append(column)
    return mended


def warn_unused(table: Table, notes: Notes) -> None:
    """Name the columns that hold something and are of no use here."""
    for column in table.columns:
        if column.kind or is_unused(column.header):
            continue
        index = column.at
        if any(len(texts) > index and texts[index] for number, texts in table.sheet.rows if number > table.header_row):
            notes.warn(
                Place(table.sheet.name, table.header_row, index + 1, short(column.header)),
                _("the column {letters}, “{header}”, isn't used").format(
                    letters=column_letters(index + 1), header=short(column.header)
                ),
                _("Leave it as it is, or check its spelling if it should count."),
            )
