"""Which form versions give scores that mean the same, found out from the tables alone.

Different forms never do. Two versions of one form do when the questions that score in both give the same points, and no
question scores in one of them only. A question may also be missing because nobody came to it, so that one that is missing
counts as a difference only where the other version's visits make it unlikely (under 5%) that chance alone hid it. Where the
tables hold no answers, the most points that a visit could earn are compared.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from mshopper.compare.selection import condition
from mshopper.compare.source import Source
from mshopper.model.comparison import COUNTED_STATUSES, Filters, FormSet

_UNLIKELY = 0.05
_LOOKED_INTO = 500
"""Visits of a version that are looked into: enough to see what one visit in a hundred is asked."""

_KEPT = 200


@dataclass(frozen=True, slots=True)
class Version:
    """A form as published once: its content's hash, id and version, and the visits made with it."""

    form_id: str
    version: str
    hash: str
    visits: int

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the others; tables by others may lack the hash."""
        return self.form_id, self.version, self.hash


@dataclass(frozen=True, slots=True)
class Found:
    """What the visits under some filters were made with, the set with the most visits first; and a day of their last month."""

    sets: tuple[FormSet, ...]
    last_day: str


@dataclass(frozen=True, slots=True)
class _Points:
    """What is known of a version: visits looked into, and by question in how many of them it scored and its points."""

    visits: int
    questions: Mapping[str, tuple[int, Decimal]]
    most: Decimal


class FormSets:
    """The comparable versions of one source's forms; what was found out once is kept."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._points: dict[tuple[str, str, str], _Points] = {}
        self._found: dict[Filters, Found] = {}

    def under(self, filters: Filters) -> Found:
        """What the visits under these filters were made with."""
        if filters not in self._found:
            if len(self._found) > _KEPT:
                self._found.clear()
            self._found[filters] = self._look(filters)
        return self._found[filters]

    def _look(self, filters: Filters) -> Found:
        return (self._only_version() if filters == Filters() else None) or self._counted(filters)

    def _only_version(self) -> Found | None:
        """Where all visits there are were made with one form version, the Parquet files say so: no text need be read."""
        stated = self._source.stated("visits")
        parts = [stated.get(name, ("", "x", 0)) for name in ("form_id", "form_version", "form_hash")]
        if any(lowest != highest or lacking for lowest, highest, lacking in parts):
            return None
        counted = f"FROM raw_visits WHERE status IN ({', '.join('?' * len(COUNTED_STATUSES))})"
        visits = self._source.rows(f"SELECT count(*) {counted}", COUNTED_STATUSES)[0][0]
        if not visits:
            return Found((), "")
        # The newest month alone nearly always answers.
        sql, newest = f"SELECT max(month) {counted}", self._source.newest_month()
        last = self._source.rows(f"{sql} AND month = ?", [*COUNTED_STATUSES, newest])[0][0]
        last = last or self._source.rows(sql, COUNTED_STATUSES)[0][0]
        form_id, version, form_hash = (lowest for lowest, _highest, _lacking in parts)
        return Found((FormSet(form_id, (version,), (form_hash,), visits),), f"{last}-01" if last else "")

    def _counted(self, filters: Filters) -> Found:
        wanted, parameters = condition(filters)
        rows = self._source.rows(
            f"SELECT form_id, form_version, form_hash, count(*), max(day) FROM visits WHERE {wanted} GROUP BY ALL "
            "ORDER BY count(*) DESC, form_id, form_version, form_hash",
            parameters,
        )
        sets: list[list[Version]] = []
        for version in (Version(*row[:4]) for row in rows):
            home = next((one for one in sets if all(self._are_comparable(version, other) for other in one)), None)
            if home is None:
                sets.append([version])
            else:
                home.append(version)
        made = sorted(map(_form_set, sets), key=lambda one: (-one.visits, one.form_id, one.versions))
        return Found(tuple(made), max((row[4] for row in rows), default=""))

    def _are_comparable(self, one: Version, other: Version) -> bool:
        if one.form_id != other.form_id:
            return False
        if one.hash and one.hash == other.hash:
            return True
        unknown = {version.key for version in (one, other)} - self._points.keys()
        if unknown:
            self._points |= _points(self._source, unknown)
        first, second = self._points[one.key], self._points[other.key]
        if not first.questions or not second.questions:
            return first.questions == second.questions and first.most == second.most
        return _cover(first, second) and _cover(second, first)


def _form_set(among: list[Version]) -> FormSet:
    return FormSet(
        among[0].form_id,
        tuple(sorted({version.version for version in among})),
        tuple(dict.fromkeys(version.hash for version in among)),
        sum(version.visits for version in among),
    )


def _cover(one: _Points, other: _Points) -> bool:
    """Whether nothing that scores in `one` is known to score otherwise, or not at all, in `other`."""
    for question, (seen, points) in one.questions.items():
        if question in other.questions:
            if other.questions[question][1] != points:
                return False
        elif (1 - seen / one.visits) ** other.visits < _UNLIKELY:
            return False
    return True


def _points(source: Source, keys: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], _Points]:
    """What each version's visits say of its questions."""
    wanted = sorted(keys)
    cells = [cell for key in wanted for cell in key]
    among = f"(form_id, form_version, form_hash) IN ({', '.join(['(?, ?, ?)'] * len(wanted))}) AND percent IS NOT NULL"
    looked_into = (
        f"SELECT form_id, form_version, form_hash, visit_id, revision FROM visits WHERE {among} "
        f"QUALIFY row_number() OVER (PARTITION BY form_id, form_version, form_hash ORDER BY visit_id) <= {_LOOKED_INTO}"
    )
    counts = source.rows(
        f"SELECT form_id, form_version, form_hash, count(*), max(possible) FROM visits WHERE {among} GROUP BY ALL",
        cells,
    )
    seen: dict[tuple[str, str, str], dict[str, tuple[int, Decimal]]] = {key: {} for key in wanted}
    for *key, question, visits, points in source.rows(
        f"SELECT form_id, form_version, form_hash, question_id, count(DISTINCT a.visit_id), max(a.possible) "
        f"FROM {source.table('answers')} a JOIN ({looked_into}) l ON l.visit_id = a.visit_id "
        "AND l.revision = a.revision WHERE a.possible IS NOT NULL GROUP BY ALL",
        cells,
    ):
        seen[key[0], key[1], key[2]][question] = visits, points
    known = {(row[0], row[1], row[2]): (row[3], row[4]) for row in counts}
    made = {}
    for one in wanted:
        count, most = known.get(one, (0, None))
        made[one] = _Points(min(count, _LOOKED_INTO), seen[one], most or Decimal(0))
    return made
