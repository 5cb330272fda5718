"""Flags of a visit's times and places: too fast, edited late, a clock set back, two shops at once, far from the store."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from mshopper.compare.facts import Capture, JournalFact, put_table
from mshopper.compare.source import Source
from mshopper.model.flags import (
    CLOCK_BACK_SECONDS,
    ENOUGH_VISITS,
    FAST_FACTOR,
    LATE_HOURS,
    LATE_USUAL_HOURS,
    OUTLIER,
    OVERLAP_MINUTES,
    PLACE_KM,
    REMOTE_CHANNELS,
    SHORT_VISIT_MINUTES,
    SLOWEST_IMPOSSIBLE,
    SMALLEST_SPREAD,
    TWIN_ANSWERS,
    Flag,
)
from mshopper.model.scoresheet import Reason

_EARTH_KM = 6371.0088
_MAD = 1.4826
"""What makes a median absolute deviation a standard deviation, of normal values."""


def reason(code: str, **values: object) -> Reason:
    """A flag's reason: floats as they are, to be read again."""
    return Reason(
        code, tuple((name, value if isinstance(value, str) else repr(value)) for name, value in values.items())
    )


def too_fast(source: Source) -> list[Flag]:
    """Visits done far faster, for the answers they have, than their form usually is.

    The pace (seconds an answer) is compared on a logarithmic scale by median and MAD. A visit of a form with few visits is told
    only where nobody could read that fast.
    """
    rows = source.rows(
        "WITH paced AS (SELECT visit_id, form_id, minutes, answered, 60 * greatest(minutes, 0.05) / answered AS pace "
        "FROM visit_facts WHERE minutes >= 0 AND answered > 0), "
        "usual AS (SELECT form_id, median(ln(pace)) AS middle, mad(ln(pace)) AS spread, count(*) AS n FROM paced "
        "GROUP BY form_id) "
        "SELECT visit_id, minutes, answered, pace, exp(middle), n FROM paced JOIN usual USING (form_id) WHERE "
        f"(n >= {ENOUGH_VISITS} AND exp(middle) > {SLOWEST_IMPOSSIBLE} AND ln(pace) < middle - ln({FAST_FACTOR}) "
        f"AND ln(pace) < middle - {OUTLIER} * greatest({_MAD} * spread, {SMALLEST_SPREAD})) "
        f"OR (n < {ENOUGH_VISITS} AND minutes > 0 AND answered >= {TWIN_ANSWERS} AND pace < {SLOWEST_IMPOSSIBLE} "
        f"AND exp(middle) > {SLOWEST_IMPOSSIBLE})"
    )
    return [
        Flag(visit, reason("too_fast", minutes=minutes, answers=answered, pace=pace, usual=usual, n=n))
        for visit, minutes, answered, pace, usual, n in rows
    ]


def late_edits(source: Source, capture: Capture) -> list[Flag]:
    """Visits whose last answers came long after the others, of forms that are done in one go."""
    rows = source.rows(
        "WITH usual AS (SELECT form_id, median(minutes) AS middle, count(*) AS n FROM visit_facts WHERE minutes > 0 "
        "GROUP BY form_id) "
        "SELECT visit_id, revision, minutes, middle, epoch(submitted - ended) / 3600 FROM visit_facts JOIN usual "
        "USING (form_id) "
        f"WHERE n >= {ENOUGH_VISITS} AND middle < {60 * LATE_USUAL_HOURS}"
    )
    found = {}
    for visit, _revision, minutes, middle, waited in rows:
        hours = max((minutes or 0) / 60, waited or 0)
        if hours > LATE_HOURS:
            found[visit] = Flag(visit, reason("edited_late", hours=hours, usual=middle / 60))
    told = {(visit, revision): middle for visit, revision, _minutes, middle, _waited in rows}
    for (visit, revision), lines in _by_visit(capture.journal):
        if (visit, revision) in told and (late := _late(lines)):
            hours, questions = late
            made = reason("edited_late", hours=hours, usual=told[visit, revision] / 60)
            found[visit] = Flag(visit, made, questions=tuple((one, "") for one in questions))
    return [found[visit] for visit in sorted(found)]


def _late(lines: list[JournalFact]) -> tuple[float, tuple[str, ...]] | None:
    """The longest break between two answers, in hours, and what was answered after it."""
    answered = [(moment, line) for line in lines if line.event == "answered" and (moment := _moment(line.at))]
    gaps = [
        ((later[0] - earlier[0]).total_seconds() / 3600, at) for at, (earlier, later) in enumerate(pairwise(answered))
    ]
    hours, at = max(gaps, default=(0.0, 0))
    if hours <= LATE_HOURS:
        return None
    return hours, tuple(dict.fromkeys(one for _at, line in answered[at + 1 :] for one in line.questions))


def clocks_set_back(source: Source, capture: Capture) -> list[Flag]:
    """Visits whose times run backwards, in the tables or in the journal of this laptop."""
    rows = source.rows(
        "SELECT visit_id, greatest(epoch(start - ended), epoch(ended - submitted)) AS back FROM visit_facts "
        f"WHERE epoch(start - ended) > {CLOCK_BACK_SECONDS} OR epoch(ended - submitted) > {CLOCK_BACK_SECONDS}"
    )
    found = {visit: float(back) for visit, back in rows}
    seen = {visit for (visit,) in source.rows("SELECT visit_id FROM visit_facts")} if capture.journal else set()
    latest: dt.datetime | None = None
    for line in capture.journal:
        moment = _moment(line.at)
        if moment is None:
            continue
        back = (latest - moment).total_seconds() if latest else 0.0
        if back > CLOCK_BACK_SECONDS and line.visit_id in seen:
            found[line.visit_id] = max(found.get(line.visit_id, 0.0), back)
        # What follows is told from the new time: one step back is one flag, not one a line.
        latest = moment
    return [Flag(visit, reason("clock_back", minutes=back / 60)) for visit, back in sorted(found.items())]


def overlaps(source: Source) -> list[Flag]:
    """Visits by one auditor in two stores at the same time."""
    remote = ", ".join(f"'{channel}'" for channel in sorted(REMOTE_CHANNELS))
    rows = source.rows(
        "WITH short AS (SELECT visit_id, auditor_id, store_id, start, ended FROM visit_facts "
        f"WHERE minutes BETWEEN 1 AND {SHORT_VISIT_MINUTES} AND channel NOT IN ({remote}) AND auditor_id <> '' "
        "AND start IS NOT NULL AND ended IS NOT NULL), "
        "following AS (SELECT *, lead(visit_id) OVER one AS other, lead(store_id) OVER one AS other_store, "
        "lead(start) OVER one AS other_start, lead(ended) OVER one AS other_end FROM short "
        "WINDOW one AS (PARTITION BY auditor_id ORDER BY start, visit_id)) "
        "SELECT visit_id, other, epoch(least(ended, other_end) - other_start) / 60 AS shared FROM following "
        f"WHERE other_store <> store_id AND epoch(least(ended, other_end) - other_start) > {60 * OVERLAP_MINUTES}"
    )
    found: dict[str, list[tuple[str, float]]] = {}
    for visit, other, shared in rows:
        found.setdefault(visit, []).append((other, shared))
        found.setdefault(other, []).append((visit, shared))
    return [
        Flag(visit, reason("overlap", minutes=max(one[1] for one in others)), tuple(one[0] for one in others))
        for visit, others in sorted(found.items())
    ]


# --- places


def places(source: Source) -> list[Flag]:
    """Visits with a location answer far from their store. Where most visits are, the store's coordinates are wrong."""
    coordinates = {
        store.store_id: place for store in source.stores.values() if (place := degrees(store.latitude, store.longitude))
    }
    if not coordinates:
        return []
    put_table(source, "store_places", (("store_id", "VARCHAR"),), ((store_id,) for store_id in coordinates))
    rows = source.rows(
        f"SELECT v.visit_id, v.store_id, a.question_id, a.instance, a.value FROM {source.table('answers')} a "
        "JOIN visit_facts v USING (visit_id, revision) SEMI JOIN store_places s ON s.store_id = v.store_id "
        "WHERE a.type = 'location' AND NOT coalesce(a.na, false) AND a.value <> ''"
    )
    measured = [
        (visit, store, (question, instance), kilometres(place, coordinates[store]), _accuracy(value))
        for visit, store, question, instance, value in rows
        if (place := _location(value))
    ]
    doubtful = doubtful_stores((store, distance) for _visit, store, _question, distance, _accuracy in measured)
    return [
        Flag(visit, reason("place", km=distance), questions=(question,))
        for visit, store, question, distance, accuracy in sorted(measured)
        if distance - accuracy > PLACE_KM and store not in doubtful
    ]


def doubtful_stores(measured: Iterable[tuple[str, float]]) -> frozenset[str]:
    """Stores where most of three or more measured distances are too long, so that their coordinates must be wrong."""
    near: dict[str, list[bool]] = {}
    for store, distance in measured:
        near.setdefault(store, []).append(distance <= PLACE_KM)
    return frozenset(store for store, all_of in near.items() if len(all_of) > 2 and 2 * sum(all_of) < len(all_of))


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance of two places in degrees, on a sphere (haversine)."""
    (lat1, lon1), (lat2, lon2) = (tuple(math.radians(angle) for angle in place) for place in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def degrees(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Two texts as degrees; None where they aren't. 0, 0 is what devices and tables write for "unknown"."""
    try:
        place = float(latitude), float(longitude)
    except ValueError:
        return None
    return place if abs(place[0]) <= 90 and abs(place[1]) <= 180 and place != (0.0, 0.0) else None


def _location(value: str) -> tuple[float, float] | None:
    parts = value.split()
    return degrees(parts[0], parts[1]) if len(parts) > 1 else None


def _accuracy(value: str) -> float:
    """The accuracy that a location says, in kilometres."""
    parts = value.split()
    try:
        metres = float(parts[3]) if len(parts) > 3 else 0.0
    except ValueError:
        return 0.0
    return metres / 1000 if metres > 0 else 0.0


# --- the journal


def _by_visit(journal: Iterable[JournalFact]) -> Iterator[tuple[tuple[str, int], list[JournalFact]]]:
    groups: dict[tuple[str, int], list[JournalFact]] = {}
    for line in journal:
        groups.setdefault((line.visit_id, line.revision), []).append(line)
    yield from groups.items()


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
