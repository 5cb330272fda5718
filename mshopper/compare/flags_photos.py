"""Flags of photos: one in several visits or at several questions, or from another time, place or camera."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections import Counter
from collections.abc import Iterable

from mshopper.compare.facts import Capture, PhotoFact, Samples, put_table
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
"""Hashes that share a quarter of their bits: where more do, what they share is no picture, and all pairs of them would take
for ever."""

# Two hashes that differ in at most three bits agree in one of four quarters; each quarter takes every fourth bit, since
# neighbours in a picture say the same.
_BITS = "CASE WHEN length(perceptual_hash) = 16 THEN TRY_CAST('0x' || perceptual_hash AS UBIGINT) END"
_PICTURES = f"""
CREATE OR REPLACE TABLE pictures AS SELECT DISTINCT {_BITS} AS bits FROM {{photos}}
WHERE {_BITS} IS NOT NULL AND original_sha256 NOT IN (SELECT original_sha256 FROM sample_photos)
    AND bit_count({_BITS}) BETWEEN {FLAT_BITS} AND {64 - FLAT_BITS}
"""
_QUARTERS = tuple(0x1111111111111111 << shift for shift in range(PHOTO_DISTANCE + 1))


def repeated_photos(source: Source, samples: Samples) -> list[Flag]:
    """Photos (by their file, or nearly by their picture) that stand in several visits, or at several questions of one."""
    put_table(source, "sample_photos", (("original_sha256", "VARCHAR"),), ((one,) for one in sorted(samples.photos)))
    source.rows(_PICTURES.format(photos=source.table("photos")))
    twins: dict[str, list[str]] = {}
    for one, other in _alike(source):
        twins.setdefault(_hash(one), []).append(_hash(other))
        twins.setdefault(_hash(other), []).append(_hash(one))
    places: dict[str, list[tuple[str, str, str, str]]] = {}
    for picture, visit, question, instance, sha256 in _repeated(source, [int(picture, 16) for picture in twins]):
        places.setdefault(picture, []).append((visit, question, instance, sha256))
    return [*_elsewhere(places, twins), *_twice(places)]


def _alike(source: Source) -> list[tuple[int, int]]:
    """Pairs of different hashes of nearly the same picture. Only hashes that agree in a quarter of their bits are compared."""
    found: set[tuple[int, int]] = set()
    for mask in _QUARTERS:
        parts = f"SELECT bits, bits & {mask}::UBIGINT AS part FROM pictures"
        crowded = f"SELECT part FROM ({parts}) GROUP BY part HAVING count(*) > {_CROWD}"
        few = f"WHERE part NOT IN ({crowded})" if source.rows(f"{crowded} LIMIT 1") else ""
        found.update(
            (one, other)
            for one, other in source.rows(
                f"SELECT a.bits, b.bits FROM (SELECT * FROM ({parts}) {few}) a JOIN ({parts}) b USING (part) "
                f"WHERE a.bits < b.bits AND bit_count(xor(a.bits, b.bits)) <= {PHOTO_DISTANCE}"
            )
            if _tells(_hash(one)) and _tells(_hash(other))
        )
    return sorted(found)


def _repeated(source: Source, alike: list[int]) -> list[tuple[str, str, str, str, str]]:
    """(picture, visit, question, instance, sha256) of photos whose picture is there more than once, in order.

    The picture is the hash where it says something; of flat ones only the very same file is the same.
    """
    rows = source.rows(
        f"WITH photo AS (SELECT *, {_BITS} AS bits, coalesce(nullif(original_sha256, ''), sha256) AS file, "
        f"coalesce(bit_count({_BITS}) NOT BETWEEN {FLAT_BITS} AND {64 - FLAT_BITS}, true) AS is_flat "
        f"FROM {source.table('photos')} WHERE original_sha256 NOT IN (SELECT original_sha256 FROM sample_photos)), "
        "often AS (SELECT bits FROM photo WHERE NOT is_flat GROUP BY bits HAVING count(*) > 1 "
        "UNION SELECT unnest(?::UBIGINT[])), "
        "again AS (SELECT file FROM photo WHERE is_flat AND file <> '' GROUP BY file HAVING count(*) > 1), "
        "chosen AS (SELECT * FROM photo WHERE bits IN (FROM often) OR (is_flat AND file IN (FROM again))) "
        "SELECT c.visit_id, question_id, instance, sha256, bits, file "
        "FROM chosen c JOIN visit_facts v USING (visit_id, revision)",
        [alike],
    )
    files = Counter(row[5] for row in rows)
    found = []
    for visit, question, instance, sha256, bits, file in rows:
        if bits is not None and _tells(_hash(bits)):
            found.append((_hash(bits), visit, question, instance, sha256))
        elif files[file] > 1:
            found.append((file, visit, question, instance, sha256))
    return sorted(found)


def _hash(bits: int) -> str:
    return f"{bits:016x}"


def _tells(picture: str) -> bool:
    """Whether a hash is of a picture with something in it: neither nearly empty nor made of the same few rows."""
    ones = int(picture, 16).bit_count()
    rows = {picture[at : at + 2] for at in range(0, 16, 2)}
    return FLAT_BITS <= ones <= 64 - FLAT_BITS and len(rows) > FLAT_ROWS


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


def photo_times(source: Source, samples: Samples) -> list[Flag]:
    """Visits with photos that were taken long before or after, by the camera's clock.

    EXIF with an offset is compared as a moment, else by the shop's clock.
    """
    put_table(source, "sample_photos", (("original_sha256", "VARCHAR"),), ((one,) for one in sorted(samples.photos)))
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
