"""Which column of somebody's list is which of our fields: guessed from its title, or said by a person.

A meaning stands for each column of the header: the name of a field, EXTRA (kept under its title) or LEFT_OUT.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mshopper.errors import HeadOfficeError, MshopperError
from mshopper.exchange.table_file import Records, read_tables
from mshopper.i18n import _

EXTRA, LEFT_OUT = "+", ""
"""What a column may be beside one of our fields: kept under its own title, or not read."""

_TITLES_ABOVE = 10
"""So many lines may stand above the header: a title, a date, who made the list."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of list: the synonyms (folded, by blanks) of each field's title, the fields it needs, what it doesn't keep."""

    name: str
    synonyms: Mapping[str, str]
    required: tuple[str, ...]
    keeps_others: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(self.synonyms)


STORES = Kind(
    "stores",
    {
        "store_id": "store_id id store shop_id store_code shop_code codice codice_negozio codice_punto_vendita "
        "codice_pdv cod_pdv cod_negozio cod_punto_vendita id_negozio id_punto_vendita id_pdv pdv",
        "name": "name store_name shop_name nome nome_negozio nome_punto_vendita negozio punto_vendita denominazione "
        "ragione_sociale insegna descrizione",
        "region": "region regione area zona",
        "format": "format formato tipologia tipo",
        "address": "address indirizzo via",
        "latitude": "latitude lat latitudine",
        "longitude": "longitude lon lng long longitudine",
    },
    ("store_id",),
)
PLAN = Kind(
    "plan",
    {
        "plan_id": "plan_id id plan id_piano codice_piano piano",
        "store_id": "store_id store shop_id store_code codice_negozio codice_punto_vendita codice_pdv cod_pdv "
        "cod_negozio cod_punto_vendita id_negozio id_punto_vendita id_pdv pdv negozio punto_vendita",
        "form_id": "form_id form id_modulo codice_modulo modulo questionario",
        "auditor_id": "auditor_id auditor id_auditor codice_auditor",
        "from": "from from_date da dal da_data dalla_data data_inizio inizio",
        "to": "to to_date a al a_data alla_data data_fine fine entro scadenza",
    },
    ("store_id", "form_id"),
    keeps_others=False,
)


@dataclass(frozen=True)
class Listed:
    """A list as it was read: where its header stands, its titles, and the records below it."""

    kind: Kind
    path: Path
    titles: tuple[str, ...]
    records: Records

    def guess(self) -> tuple[str, ...]:
        """What each column means by its title."""
        known = _known(self.titles, self.kind)
        other = EXTRA if self.kind.keeps_others else LEFT_OUT
        return tuple(known.get(n, other if title else LEFT_OUT) for n, title in enumerate(self.titles))

    def meant(self, said: Mapping[str, str]) -> tuple[str, ...]:
        """What each column means where `said` gives the title of a field's column; the others as guessed.

        Raises MshopperError for a field or a title that isn't there.
        """
        meanings = list(self.guess())
        for name, title in said.items():
            if name not in self.kind.fields:
                sentence = _("There is no field “{field}”; these are: {fields}.")
                raise MshopperError(sentence.format(field=name, fields=", ".join(self.kind.fields)))
            wanted = next(
                (n for n, each in enumerate(self.titles) if each.casefold() == title.strip().casefold()), None
            )
            if wanted is None:
                sentence = _("“{path}” has no column “{column}”; its columns are: {columns}.")
                raise MshopperError(
                    sentence.format(path=self.path, column=title, columns=", ".join(filter(None, self.titles)))
                )
            meanings = [EXTRA if meaning == name else meaning for meaning in meanings]
            meanings[wanted] = name
        return tuple(meanings)

    def lacking(self, meanings: Sequence[str]) -> tuple[str, ...]:
        """The fields that are needed and that no column means."""
        return tuple(name for name in self.kind.required if name not in meanings)


def read_listed(path: Path, kind: Kind) -> Listed:
    """The list in a file: of a workbook's sheets the one whose titles say most. Raises HeadOfficeError."""
    return max(
        (_listed(path, kind, records) for records in read_tables(path)),
        key=lambda found: sum(name in kind.fields for name in found.guess()),
        default=Listed(kind, path, (), []),
    )


def need(listed: Listed, meanings: Sequence[str]) -> None:
    """Raise HeadOfficeError where a needed column is missing."""
    for name in listed.lacking(meanings):
        sentence = _("“{path}” has no column “{column}”: add it, with the names of the columns in the first line.")
        raise HeadOfficeError(sentence.format(path=listed.path, column=name))


def _listed(path: Path, kind: Kind, records: Records) -> Listed:
    header = next(
        (n for n, (_line, cells) in enumerate(records[:_TITLES_ABOVE]) if _has_all(_titles(cells), kind)),
        0,
    )
    titles = _titles(records[header][1]) if records else ()
    return Listed(kind, path, titles, records[header + 1 :])


def _titles(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(cell.split()) for cell in cells)


def _has_all(titles: Sequence[str], kind: Kind) -> bool:
    known = _known(titles, kind).values()
    return all(name in known for name in kind.required)


def _known(titles: Sequence[str], kind: Kind) -> dict[int, str]:
    """Our name of each column that we know, by its index. Our own name goes before a synonym, the left before the right."""
    written = [re.sub(r"[\s.\-/]+", "_", title.casefold()).strip("_") for title in titles]
    found: dict[int, str] = {}
    for name, synonyms in kind.synonyms.items():
        index = next((written.index(synonym) for synonym in synonyms.split() if synonym in written), None)
        if index is not None:
            found.setdefault(index, name)
    return found
