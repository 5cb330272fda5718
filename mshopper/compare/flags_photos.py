"""Flags of photos: the same one in several visits or at several questions, taken at another time, place or with another camera."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections.abc import Iterable

from mshopper.compare.facts import Capture, PhotoFact, put_table
from mshopper.compare.flags_times import degrees, doubtful_stores, kilometres, reason
from mshopper.compare.source import Source
from mshopper.model.flags import (
    FIRST_CAMERA_YEAR,
    FLAT_BITS,
    FLAT_ROWS,
    PHOTO_DISTANCE,
    PHOTO_MARGIN_HOURS,
    PLACE_KM,
    USUAL_DEVICE_VISITS,
    Flag,
)

_OTHERS = 20
"""Other visits that a flag names; more wouldn't be opened one by one."""
_CROWD = 2000
"""Hashes that share a quarter of their bits: where more do, what they share is no picture, and all pairs of them would take for ever."""

# Two hashes that differ in at most three bits agree in one of four quarters; each quarter takes every fourth bit, since
# neighbours in a picture say the same.
_QUARTERS = tuple(0x1111111111111111 << shift for shift in range(PHOTO_DISTANCE + 1))


def repeated_photos(source: Source, samples: frozenset[str]) -> list[Flag]:
    """Photos (by their file, or nearly by their picture) that stand in several visits, or at several questions of one."""
    shown = _shown(source, samples)
    twins: dict[str, list[str]] = {}
    for one, other in _alike(source):
        twins.setdefault(one, []).append(other)
        twins.setdefault(other, []).append(one)
    rows = source.rows(
        f"SELECT picture, visit_id, question_id, instance, sha256 FROM {shown} WHERE picture IN "
        f"(SELECT picture FROM {shown} GROUP BY picture HAVING count(*) > 1) OR list_contains(?::VARCHAR[], picture)",
        [sorted(twins)],
    )
    places: dict[str, list[tuple[str, str, str, str]]] = {}
    for picture, *place in sorted(rows):
        places.setdefault(picture, []).append((place[0], place[1], place[2], place[3]))
    return [*_elsewhere(places, twins), *_twice(places)]


def _shown(source: Source, samples: frozenset[str]) -> str:
    """A table of the photos of visits, `picture` being the hash where it says something, else the file.

    Each row is a photo at a question; the samples that come with mshopper are none of anybody's.
    """
    put_table(source, "sample_photos", (("original_sha256", "VARCHAR"),), ((one,) for one in sorted(samples)))
    source.rows(
        "CREATE OR REPLACE TABLE shown_photos AS WITH photo AS (SELECT p.visit_id, question_id, instance, sha256, "
        "coalesce(nullif(original_sha256, ''), sha256) AS file, lower(perceptual_hash) AS picture "
        f"FROM {source.table('photos')} p JOIN visit_facts v USING (visit_id, revision) "
        "WHERE original_sha256 NOT IN (SELECT original_sha256 FROM sample_photos)) "
        "SELECT visit_id, question_id, instance, sha256, "
        f"CASE WHEN {_tells('picture')} THEN picture ELSE file END AS picture, {_tells('picture')} AS is_hash "
        "FROM photo WHERE file <> ''"
    )
    return "shown_photos"


def _tells(column: str) -> str:
    """Whether a hash is one, and of a picture with something in it."""
    number = f"('0x' || {column})::UBIGINT"
    rows = ", ".join(f"{column}[{at}:{at + 1}]" for at in range(1, 16, 2))
    return (
        f"(regexp_full_match({column}, '[0-9a-f]{{16}}') AND CASE WHEN regexp_full_match({column}, '[0-9a-f]{{16}}') THEN "
        f"bit_count({number}) BETWEEN {FLAT_BITS} AND {64 - FLAT_BITS} "
        f"AND len(list_distinct([{rows}])) > {FLAT_ROWS} ELSE false END)"
    )


def _alike(source: Source) -> list[tuple[str, str]]:
    """Pairs of different hashes of nearly the same picture. Only hashes that agree in a quarter of their bits are compared."""
    source.rows(
        "CREATE OR REPLACE TABLE pictures AS SELECT DISTINCT picture, ('0x' || picture)::UBIGINT AS bits FROM shown_photos WHERE is_hash"
    )
    quarters = " UNION ALL ".join(
        f"SELECT {at} AS quarter, bits & {mask}::UBIGINT AS part, bits, picture FROM pictures"
        for at, mask in enumerate(_QUARTERS)
    )
    rows = source.rows(
        f"WITH parts AS ({quarters}), "
        f"few AS (SELECT quarter, part FROM parts GROUP BY ALL HAVING count(*) BETWEEN 2 AND {_CROWD}), "
        "candidates AS (SELECT parts.* FROM parts SEMI JOIN few USING (quarter, part)) "
        "SELECT DISTINCT a.picture, b.picture FROM candidates a JOIN candidates b USING (quarter, part) "
        f"WHERE a.bits < b.bits AND bit_count(xor(a.bits, b.bits)) <= {PHOTO_DISTANCE}"
    )
    return [(one, other) for one, other in rows]


def _elsewhere(places: dict[str, list[tuple[str, str, str, str]]], twins: dict[str, list[str]]) -> Iterable[Flag]:
    """One flag a visit and picture that other visits show too."""
    for picture, own in places.items():
        around = [*own, *(place for other in twins.get(picture, ()) for place in places.get(other, ()))]
        visits = sorted({place[0] for place in around})
        if len(visits) < 2:
            continue
        for visit in sorted({place[0] for place in own}):
            mine = [place for place in own if place[0] == visit]
            others = [other for other in visits if other != visit]
            yield Flag(
                visit,
                reason("same_photo", n=len(others)),
                tuple(others[:_OTHERS]),
                tuple(dict.fromkeys((place[1], place[2]) for place in mine)),
                tuple(dict.fromkeys(place[3] for place in mine)),
            )


def _twice(places: dict[str, list[tuple[str, str, str, str]]]) -> Iterable[Flag]:
    """A visit that shows one picture at several questions, only just the same: a burst at one question is honest."""
    for own in places.values():
        for visit in sorted({place[0] for place in own}):
            mine = [place for place in own if place[0] == visit]
            questions = tuple(dict.fromkeys((place[1], place[2]) for place in mine))
            if len(questions) > 1:
                photos = tuple(dict.fromkeys(place[3] for place in mine))
                yield Flag(visit, reason("photo_twice", n=len(questions)), questions=questions, photos=photos)


def photo_times(source: Source, samples: frozenset[str]) -> list[Flag]:
    """Visits with photos that were taken long before or after, by the camera's clock.

    EXIF with an offset is compared as a moment, else by the shop's clock.
    """
    put_table(source, "sample_photos", (("original_sha256", "VARCHAR"),), ((one,) for one in sorted(samples)))
    rows = source.rows(
        "WITH taken AS (SELECT p.*, TRY_CAST(taken_at[:19] AS TIMESTAMP) AS local, "
        "CASE WHEN length(taken_at) > 19 THEN TRY_CAST(taken_at AS TIMESTAMPTZ) END AS moment "
        f"FROM {source.table('photos')} p WHERE taken_at > '{FIRST_CAMERA_YEAR}' AND length(taken_at) >= 19 "
        "AND original_sha256 NOT IN (SELECT original_sha256 FROM sample_photos)), "
        "apart AS (SELECT v.visit_id, question_id, instance, sha256, taken_at, greatest("
        "CASE WHEN moment IS NULL THEN epoch(local_start - local) ELSE epoch(start - moment) END, "
        "CASE WHEN moment IS NULL THEN epoch(local - local_end) ELSE epoch(moment - ended) END) / 3600 AS hours, "
        "coalesce(moment < start, local < local_start) AS is_before "
        "FROM taken JOIN visit_facts v USING (visit_id, revision)) "
        f"SELECT visit_id, question_id, instance, sha256, hours, is_before FROM apart WHERE hours > {PHOTO_MARGIN_HOURS}"
    )
    found: dict[str, list[tuple[str, str, str, float, bool]]] = {}
    for visit, *photo in sorted(rows):
        found.setdefault(visit, []).append((photo[0], photo[1], photo[2], photo[3], photo[4]))
    flags = []
    for visit, photos in found.items():
        worst = max(photos, key=lambda one: one[3])
        made = reason("photo_time", hours=worst[3], when="before" if worst[4] else "after", n=len(photos))
        questions = tuple(dict.fromkeys((one[0], one[1]) for one in photos))
        flags.append(Flag(visit, made, questions=questions, photos=tuple(dict.fromkeys(one[2] for one in photos))))
    return flags


# --- what only the own laptop knows


def photo_devices(source: Source, capture: Capture) -> list[Flag]:
    """Visits photographed with a camera that its auditor used in no other visit, where all the others agree on theirs."""
    cameras: dict[str, dict[str, list[PhotoFact]]] = {}
    auditors = dict(source.rows("SELECT visit_id, auditor_id FROM visit_facts WHERE auditor_id <> ''"))
    for photo in capture.photos:
        if photo.device and photo.visit_id in auditors:
            cameras.setdefault(auditors[photo.visit_id], {}).setdefault(photo.visit_id, []).append(photo)
    flags = []
    for visits in cameras.values():
        for visit, photos in visits.items():
            used = [{photo.device for photo in others} for other, others in visits.items() if other != visit]
            strange = [photo for photo in photos if not any(photo.device in devices for devices in used)]
            usual = set().union(*used)
            if strange and len(used) >= USUAL_DEVICE_VISITS and len(usual) == 1:
                made = reason("photo_device", device=strange[0].device, usual=next(iter(usual)))
                flags.append(Flag(visit, made, photos=tuple(dict.fromkeys(photo.sha256 for photo in strange))))
    return sorted(flags, key=lambda flag: flag.visit_id)


def photo_places(source: Source, capture: Capture) -> list[Flag]:
    """Visits with photos that were taken far from their store, by the camera's own position."""
    stores = dict(source.rows("SELECT visit_id, store_id FROM visit_facts"))
    measured = []
    for photo in capture.photos:
        store = source.stores.get(stores.get(photo.visit_id, ""))
        there = degrees(store.latitude, store.longitude) if store else None
        here = degrees(photo.latitude, photo.longitude)
        if store and here and there:
            measured.append((photo.visit_id, store.store_id, kilometres(here, there), photo.sha256))
    doubtful = doubtful_stores((store, distance) for _visit, store, distance, _photo in measured)
    far: dict[str, list[tuple[float, str]]] = {}
    for visit, store_id, distance, photo_hash in measured:
        if distance > PLACE_KM and store_id not in doubtful:
            far.setdefault(visit, []).append((distance, photo_hash))
    return [
        Flag(visit, reason("photo_place", km=max(photos)[0], n=len(photos)), photos=tuple(one[1] for one in photos))
        for visit, photos in sorted(far.items())
    ]
