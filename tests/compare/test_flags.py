"""Flags: each is raised by what it is about, opens what raised it, and honest visits raise hardly any."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mshopper.compare.facts import Capture, JournalFact, PhotoFact, Samples
from mshopper.compare.flags import all_flags, flags_under
from mshopper.i18n import speaking
from mshopper.model.comparison import Filters
from mshopper.model.finding_words import common_sentence, flag_sentence, flag_title, flags_summary
from mshopper.model.flags import CODES, PHOTO_DISTANCE, Flag, Flags
from tests.compare.honest import Row, Rows, answer, honest_rows, opened, photo, stores, visit

COUNT = 80
FIFTH, TENTH = "v000005", "v000010"
WORDS = "Nessuno al banco per dieci minuti, poi una collega ha chiesto scusa e ci ha serviti."
OTHER_WORDS = "La vetrina a sinistra era spenta e il cartello degli orari era caduto a terra."


def flagged(rows: Rows, capture: Capture | None = None, samples: Samples | None = None, **cells: object) -> Flags:
    """The flags of these rows."""
    with opened(rows, **cells) as source:
        return all_flags(source, capture=capture, samples=samples)


def line(rows: Rows, visit_id: str) -> Row:
    """A visit's line."""
    return next(row for row in rows["visits"] if row["visit_id"] == visit_id)


def said(rows: Rows, visit_id: str, *kinds: str) -> list[Row]:
    """A visit's answers of some types, all without any."""
    return [row for row in rows["answers"] if row["visit_id"] == visit_id and (not kinds or row["type"] in kinds)]


def only(flags: Flags, code: str) -> dict[str, Flag]:
    """The flags of one kind, by visit."""
    return {visit_id: flag for visit_id in flags.by_visit for flag in flags.of(visit_id) if flag.code == code}


def test_honest_visits_hardly_ever_raise_a_flag() -> None:
    """Of 600 visits to good and bad shops by six auditors, at most one in a hundred has any flag."""
    found = flagged(honest_rows(600, seed=11))

    assert found.visits == 600
    assert len(found.by_visit) <= 6, found.counts
    assert not found.common


def test_a_visit_done_in_a_fraction_of_the_time_is_too_fast() -> None:
    """34 answers in three minutes, where the form takes half an hour: flagged with both paces; half the usual isn't."""
    rows = honest_rows(COUNT)
    line(rows, FIFTH)["minutes"] = "3.0"
    line(rows, TENTH)["minutes"] = "14.0"

    found = only(flagged(rows), "too_fast")

    assert found.keys() == {FIFTH}
    assert float(found[FIFTH].reason.get("pace")) < 6 < 30 < float(found[FIFTH].reason.get("usual"))


def test_a_form_with_few_visits_is_too_fast_only_where_nobody_could_read() -> None:
    """Of three visits, the one with a second an answer is flagged; where no times were kept at all, none is."""
    rows = honest_rows(3)
    line(rows, "v000000")["minutes"] = "0.4"
    assert only(flagged(rows), "too_fast").keys() == {"v000000"}

    for row in rows["visits"]:
        row["minutes"] = "0.0"
    assert not only(flagged(rows), "too_fast")


def test_the_same_answer_throughout_is_a_straight_line_only_where_others_differ() -> None:
    """No to all 22 questions is flagged beside a good score, and names them; nine times the same of five is flagged too."""
    rows = honest_rows(COUNT)
    for row in said(rows, FIFTH, "yes_no"):
        row |= {"value": "no", "na": "false"}
    for row in said(rows, TENTH, "rating", "csat"):
        row["value"] = "2"

    found = only(flagged(rows), "straight_lining")

    assert found.keys() == {FIFTH, TENTH}
    assert found[TENTH].reason.get("value") == "2"
    assert (len(found[FIFTH].questions), len(found[TENTH].questions)) == (22, 9)


def test_a_visit_copied_from_another_names_it() -> None:
    """All closed answers of visit 5 are those of visit 10, with its lost points: both are flagged and name each other."""
    rows = honest_rows(COUNT)
    for row, other in zip(said(rows, FIFTH), said(rows, TENTH), strict=True):
        if row["type"] not in ("text", "duration"):
            row |= {name: other.get(name, "") for name in ("value", "na", "earned", "possible")}
    line(rows, FIFTH)["percent"] = line(rows, TENTH)["percent"]

    found = only(flagged(rows), "identical_answers")

    assert found.keys() == {FIFTH, TENTH}
    assert found[FIFTH].others == (TENTH,)


def test_two_perfect_visits_are_no_copies() -> None:
    """Visits that lost nothing agree because there was nothing to lose."""
    rows = honest_rows(COUNT)
    for visit_id in (FIFTH, TENTH):
        line(rows, visit_id)["percent"] = "100.00"
        for row in said(rows, visit_id, "yes_no"):
            row |= {"value": "no" if row["question_id"] in ("q8", "q17") else "yes", "na": "false", "earned": "5"}
        for row in said(rows, visit_id, "rating", "nps", "csat"):
            row["value"] = "10" if row["type"] == "nps" else "5"

    assert not only(flagged(rows), "identical_answers")


def test_copied_comments_are_found_whatever_their_case_and_blanks() -> None:
    """Two long comments in two visits are flagged at their questions; short ones, stock phrases and the demo's aren't."""
    rows = honest_rows(COUNT)
    first, second = said(rows, FIFTH), said(rows, TENTH)
    first[0]["comment"], first[1]["comment"] = WORDS, OTHER_WORDS
    second[2]["comment"], second[3]["comment"] = WORDS.upper().replace(" ", "  "), OTHER_WORDS
    said(rows, "v000020")[0]["comment"] = said(rows, "v000021")[0]["comment"] = (
        "Tutto in ordine, personale molto gentile."
    )
    for number in range(30, 50):
        for at, words in enumerate(("Nulla da segnalare in questa visita, tutto nella norma.", "x" * 120)):
            said(rows, f"v{number:06}")[at]["comment"] = words

    found = only(flagged(rows), "copied_comments")

    assert found.keys() == {FIFTH, TENTH}
    assert found[TENTH].questions == (("q2", ""), ("q3", ""))
    assert found[TENTH].others == (FIFTH,)
    assert not only(flagged(rows, samples=Samples(texts=frozenset({WORDS}))), "copied_comments")


def test_a_photo_in_two_visits_is_found_by_file_and_by_picture() -> None:
    """The same file, and a picture that differs in three bits, name their hashes; black pictures and samples aren't found."""
    rows = honest_rows(COUNT)
    picture = 0x9A3C61F05B7D2E84
    rows["photos"] += [
        photo(FIFTH, "q1", "file-a", "0" * 16, original_sha256="one"),
        photo(TENTH, "q1", "file-b", "0" * 16, original_sha256="one"),
        photo("v000020", "q1", "near-a", f"{picture:016x}"),
        photo("v000021", "q2", "near-b", f"{picture ^ 0b1011:016x}"),
        photo("v000022", "q2", "far", f"{picture ^ 0b11011:016X}"),
        photo("v000030", "q1", "dark-a", "0" * 16),
        photo("v000031", "q1", "dark-b", "0" * 16),
        photo("v000032", "q1", "bands-a", "ff00" * 4),
        photo("v000033", "q1", "bands-b", "ff00" * 4),
        photo("v000034", "q1", "sample-a", "9a3c61f05b7d2e00", original_sha256="shipped"),
        photo("v000035", "q1", "sample-b", "9a3c61f05b7d2e00", original_sha256="shipped"),
        photo("v000036", "q1", "", "", original_sha256=""),
        photo("v000037", "q1", "", "", original_sha256=""),
    ]

    found = only(flagged(rows, samples=Samples(photos=frozenset({"shipped"}))), "same_photo")

    # 0b1011 and 0b11011 differ in one bit, but the latter and the first picture in four.
    assert found.keys() == {FIFTH, TENTH, "v000020", "v000021", "v000022"}
    assert found[FIFTH].photos == ("file-a",)
    assert found["v000020"].others == ("v000021",)
    assert found["v000021"].questions == (("q2", ""),)


def test_one_picture_at_two_questions_is_flagged_and_a_burst_at_one_is_not() -> None:
    """The picture twice in a visit counts only where it answers different questions."""
    rows = honest_rows(COUNT)
    rows["photos"] += [
        *(photo(FIFTH, question, f"a{question}", "9a3c61f05b7d2e84") for question in ("q1", "q2")),
        *(photo(TENTH, "q1", f"b{at}", "1b3c61f05b7d2e99") for at in range(3)),
    ]

    found = only(flagged(rows), "photo_twice")

    assert found.keys() == {FIFTH}
    assert found[FIFTH].questions == (("q1", ""), ("q2", ""))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=6), st.data())
def test_near_pictures_are_those_that_differ_in_few_bits(seeds: list[int], data: st.DataObject) -> None:
    """The pairs found by quarters are those of comparing every hash with every other."""
    flips = st.sets(st.integers(0, 63), max_size=6)
    pictures = [seed ^ sum(1 << bit for bit in data.draw(flips)) for seed in seeds for _copy in range(3)]
    names = [f"v{number:06}" for number in range(len(pictures))]
    shown = [photo(name, "q", name, f"{one:016x}") for name, one in zip(names, pictures, strict=True)]
    rows: Rows = {"visits": [visit(at) for at in range(len(pictures))], "photos": shown}

    found = only(flagged(rows), "same_photo")

    def tells(one: int) -> bool:
        return 6 <= one.bit_count() <= 58 and len(set(one.to_bytes(8, "big"))) > 2

    expected = {
        name
        for name, one in zip(names, pictures, strict=True)
        for other_name, other in zip(names, pictures, strict=True)
        if name != other_name and tells(one) and tells(other) and (one ^ other).bit_count() <= PHOTO_DISTANCE
    }
    assert found.keys() == expected


@pytest.mark.parametrize(
    ("taken_at", "when"),
    [
        ("2026-01-05T06:40:00", "before"),
        ("2026-01-05T16:00:00+01:00", "after"),
        ("2026-01-05T18:20:00+09:00", ""),  # 10:20 in the shop
        ("2026-01-05T07:40:00", ""),  # a camera on winter time, or the front photographed on arriving
        ("2000-01-01T00:03:00", ""),  # a clock that was never set
        ("2026-01-05", ""),
        ("yesterday", ""),
    ],
)
def test_a_photo_of_another_time_is_flagged(taken_at: str, when: str) -> None:
    """The visit began at 9:00 and took half an hour; what counts is the camera's clock, by its offset where it has one."""
    rows = {"visits": [visit(0)], "photos": [photo("v000000", "q1", "one", "", taken_at=taken_at)]}

    found = only(flagged(rows), "photo_time")

    assert [flag.reason.get("when") for flag in found.values()] == ([when] if when else [])


def test_times_that_cannot_be_are_flagged() -> None:
    """A visit that ends before it starts; one auditor in two stores at once, though an online order may run beside."""
    rows: Rows = {"visits": [visit(number) for number in range(4)]}
    line(rows, "v000000")["ended_at"] = "2026-01-05T08:00:00.000+01:00"
    for number, channel in ((1, "store"), (2, "store"), (3, "website")):
        moments = {"started_at": "2026-01-09T10:00:00.000+01:00", "ended_at": "2026-01-09T11:00:00.000+01:00"}
        line(rows, f"v{number:06}").update(moments, auditor_id="same", minutes="60", channel=channel, submitted_at="")

    found = flagged(rows)

    assert only(found, "clock_back").keys() == {"v000000"}
    assert {name: flag.others for name, flag in only(found, "overlap").items()} == {
        "v000001": ("v000002",),
        "v000002": ("v000001",),
    }


def test_a_place_far_from_the_store_is_flagged_unless_the_store_is_wrong() -> None:
    """Milan for a shop in Rome; where two of three visits are far, the shop's coordinates are what's wrong."""
    rows: Rows = {"visits": [visit(0), *(visit(40 * at + 1) for at in range(3))], "answers": []}
    rows["answers"] = [
        answer("v000000", "where", "location", "45.4642 9.1900 0 15"),
        *(answer(f"v{40 * at + 1:06}", "where", "location", "45.4642 9.1900") for at in (0, 1)),
        answer("v000081", "where", "location", "41.9028 12.4964"),
    ]

    found = flagged(rows, stores=stores(("s0", "41.9028", "12.4964"), ("s1", "41.9028", "12.4964"), ("s2", "x", "")))

    assert only(found, "place").keys() == {"v000000"}
    assert found.of("v000000")[0].questions == (("where", ""),)
    assert float(found.of("v000000")[0].reason.get("km")) == pytest.approx(477, abs=2)


def test_much_not_applicable_and_a_score_at_odds_are_flagged() -> None:
    """18 of 34 answered N/A; a 10 beside 12%; each names its questions."""
    rows = honest_rows(COUNT)
    for row in said(rows, FIFTH, "yes_no")[:18]:
        row |= {"value": "", "na": "true"}
    line(rows, TENTH)["percent"] = "12.00"
    said(rows, TENTH, "nps")[0]["value"] = "10"

    found = flagged(rows)

    assert only(found, "na_rate").keys() == {FIFTH}
    assert len(only(found, "na_rate")[FIFTH].questions) >= 18
    assert only(found, "score_nps").keys() == {TENTH}
    assert only(found, "score_nps")[TENTH].questions == (("nps", ""),)


def test_what_a_tenth_of_the_visits_do_says_nothing_of_one() -> None:
    """A quarter of a form's visits with photos of another day: no visit is flagged, and the form is named."""
    rows = honest_rows(COUNT)
    for number in range(0, COUNT, 4):
        rows["photos"].append(photo(f"v{number:06}", "q1", f"x{number}", "", taken_at="2025-01-01T10:00:00"))

    found = flagged(rows)

    assert not only(found, "photo_time")
    assert [(one.code, one.form_id, one.visits, one.of) for one in found.common] == [("photo_time", "f", 20, COUNT)]
    assert "20" in common_sentence(found.common[0])


def test_a_laptop_knows_more_of_its_own_visits() -> None:
    """Cameras, places of photos, a journal that goes back, and answers a day later raise flags that the tables can't."""
    rows: Rows = {"visits": [visit(6 * number, store_id="s0") for number in range(12)]}
    names = [row["visit_id"] for row in rows["visits"]]
    photos = [PhotoFact(name, 1, f"p{name}", "Fairphone 5", "41.9", "12.5") for name in names]
    photos[3] = PhotoFact(names[3], 1, "strange", "Canon EOS", "41.9", "12.5")
    photos[4] = PhotoFact(names[4], 1, "elsewhere", "Fairphone 5", "45.46", "9.19")
    journal = [
        JournalFact(names[0], 1, "answered", "2026-01-05T09:00:00.000+01:00", ("q1",)),
        JournalFact(names[0], 1, "answered", "2026-01-06T09:00:00.000+01:00", ("q2",)),
        JournalFact(names[1], 1, "answered", "2026-01-06T10:00:00.000+01:00", ("q1",)),
        JournalFact(names[1], 1, "answered", "2026-01-06T09:20:00.000+01:00", ("q1",)),
        JournalFact(names[1], 1, "answered", "2026-01-06T09:21:00.000+01:00", ("q2",)),
        JournalFact("", 0, "form_added", "not a time"),
    ]

    found = flagged(rows, Capture(tuple(photos), tuple(journal)), stores=stores(("s0", "41.9", "12.5")))

    assert only(found, "photo_device")[names[3]].photos == ("strange",)
    assert only(found, "photo_place")[names[4]].photos == ("elsewhere",)
    assert only(found, "clock_back").keys() == {names[1]}
    assert only(found, "edited_late")[names[0]].questions == (("q2", ""),)
    assert len(found.by_visit) == 4


def test_tables_by_others_break_nothing() -> None:
    """Nothing but ids, strange ids, no values, numbers that aren't: no flag and no error; nor where there is no visit."""
    strange = "'; DROP TABLE visits; -- \U0001f389"
    rows: Rows = {
        "visits": [{"visit_id": "a"}, {"visit_id": strange, "revision": "x", "minutes": "nan", "started_at": "?"}],
        "answers": [
            {"visit_id": "a"},
            answer(strange, "", "nps", "ten", na=""),
            answer("nobody", "q", "duration", "-1"),
        ],
        "photos": [{"visit_id": "a"}, photo("a", "", "", "zzzzzzzzzzzzzzzz", taken_at="2026-99-99T99:99:99")],
        "scores": [{"visit_id": "a", "kind": "dimension"}],
    }

    assert not flagged(rows).by_visit
    assert flagged({}) == Flags()


def test_filters_narrow_what_was_found_over_all_visits() -> None:
    """A flag found beside all visits is shown under a filter, and not under one that leaves its visit out."""
    rows = honest_rows(COUNT)
    line(rows, FIFTH)["minutes"] = "3.0"
    with opened(rows) as source:
        found = all_flags(source)
        assert flags_under(source, found, Filters(stores=("s5",))).by_visit.keys() == {FIFTH}
        elsewhere = flags_under(source, found, Filters(stores=("s6",)))

    assert (elsewhere.visits, dict(elsewhere.by_visit)) == (2, {})


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_flag_is_told_in_words(language: str) -> None:
    """Each code has a title of its own, and the sentences of those raised hold their numbers."""
    rows = honest_rows(COUNT)
    line(rows, FIFTH)["minutes"] = "3.0"
    found = flagged(rows)
    with speaking(language):
        assert len({flag_title(code) for code in CODES}) == len(CODES)
        assert "34" in flag_sentence(found.of(FIFTH)[0].reason)
        assert flags_summary(80, 0) != flags_summary(80, 1)
