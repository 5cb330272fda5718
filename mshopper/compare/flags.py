"""Can this visit be believed? All flags over all tables at once, since most show only beside other visits.

The same here for merged tables and a laptop's own visits; the latter bring more facts (`Capture`) and so can raise more.
Filters don't come into it: what is unusual is so beside all visits of the form, whichever are looked at just now.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections.abc import Iterable
from dataclasses import replace

from mshopper.compare.facts import Capture, Samples, visit_facts
from mshopper.compare.flags_answers import copied_comments, identical_answers, na_rates, scores_at_odds, straight_lines
from mshopper.compare.flags_photos import photo_devices, photo_places, photo_times, repeated_photos
from mshopper.compare.flags_times import clocks_set_back, late_edits, overlaps, places, too_fast
from mshopper.compare.selection import condition
from mshopper.compare.source import Source
from mshopper.model.comparison import Filters
from mshopper.model.flags import ALWAYS_TOLD, CODES, COMMON_SHARE, COMMON_VISITS, CommonFlag, Flag, Flags


def all_flags(source: Source, *, capture: Capture | None = None, samples: Samples | None = None) -> Flags:
    """The flags of every visit that was made. `samples` count for nothing.

    Raises HeadOfficeError where the tables can't be read.
    """
    capture, samples = capture or Capture(), samples or Samples()
    facts = visit_facts(source)
    found = [
        *too_fast(source),
        *straight_lines(source),
        *identical_answers(source),
        *copied_comments(source, samples),
        *repeated_photos(source, samples),
        *photo_times(source, samples),
        *photo_devices(source, capture),
        *photo_places(source, capture),
        *places(source),
        *overlaps(source),
        *late_edits(source, capture),
        *clocks_set_back(source, capture),
        *na_rates(source),
        *scores_at_odds(source),
    ]
    forms = dict(source.rows(f"SELECT visit_id, form_id FROM {facts}")) if found else {}
    sizes = dict(source.rows(f"SELECT form_id, count(*) FROM {facts} GROUP BY ALL"))
    return _telling(found, forms, sizes)


def flags_under(source: Source, flags: Flags, filters: Filters) -> Flags:
    """Those of the visits that filters let through: found out over all visits, and only then narrowed."""
    wanted, parameters = condition(filters)
    chosen = {visit for (visit,) in source.rows(f"SELECT visit_id FROM visits WHERE {wanted}", parameters)}
    kept = {visit: found for visit, found in flags.by_visit.items() if visit in chosen}
    return replace(flags, visits=len(chosen), by_visit=kept)


def _telling(found: Iterable[Flag], forms: dict[str, str], sizes: dict[str, int]) -> Flags:
    """Without the flags that a form's visits raise so often that they say nothing of one of them."""
    raised: dict[tuple[str, str], set[str]] = {}
    for flag in found:
        raised.setdefault((flag.code, forms[flag.visit_id]), set()).add(flag.visit_id)
    common = {
        (code, form_id): CommonFlag(code, form_id, len(visits), sizes[form_id])
        for (code, form_id), visits in raised.items()
        if code not in ALWAYS_TOLD and sizes[form_id] >= COMMON_VISITS and len(visits) > COMMON_SHARE * sizes[form_id]
    }
    by_visit: dict[str, list[Flag]] = {}
    for flag in found:
        if (flag.code, forms[flag.visit_id]) not in common:
            by_visit.setdefault(flag.visit_id, []).append(flag)
    return Flags(
        sum(sizes.values()),
        {visit_id: tuple(sorted(flags, key=_order)) for visit_id, flags in sorted(by_visit.items())},
        tuple(common[key] for key in sorted(common)),
    )


def _order(flag: Flag) -> tuple[int, tuple[tuple[str, str], ...]]:
    return CODES.index(flag.code), flag.questions
