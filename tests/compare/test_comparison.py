"""A comparison of small tables, each number by another's hand; what is not known is not said."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mshopper.compare.comparison import stand
from mshopper.compare.sums import GroupSums, Window
from mshopper.i18n import languages, speaking
from mshopper.model.comparison import KEYS, Filters, Group, Measure
from mshopper.model.comparison_words import counted, group_title, interval_text, key_title, method_sentences, sentence
from mshopper.model.record import Store
from tests.compare.conftest import Opened, Row, a_visit

stats = pytest.importorskip("scipy.stats")


def codes(found: object) -> list[str]:
    return [reason.code for reason in found.sentences]  # type: ignore[attr-defined]


def by_id(groups: tuple[Group, ...]) -> dict[str, Group]:
    return {group.id: group for group in groups}


def test_one_store_is_compared_as_scipy_would(opened: Opened) -> None:
    """Mean, interval, pooled percentage, pass rate and criticals of visits that were submitted or approved, no others."""
    visits = [
        a_visit("A", 70.5, possible="200", earned="141", verdict="fail", criticals="q1"),
        a_visit("A", 90, verdict="pass"),
        a_visit("A", 85.25, verdict="pass", status="approved"),
        a_visit("A", ""),
        a_visit("A", 10, status="returned"),
        a_visit("A", "", status="not_done"),
        a_visit("B", 50),
        a_visit("B", 60),
    ]
    found = opened(visits).stores()
    store = by_id(found.groups)["A"]
    low, high = stats.t.interval(0.95, 2, loc=81.91666666666667, scale=stats.sem([70.5, 90, 85.25]))
    assert (store.n, store.unscored, store.stores) == (3, 1, 1)
    assert store.mean == pytest.approx(245.75 / 3, abs=1e-9)
    assert store.interval is not None
    assert (store.interval.low, store.interval.high) == pytest.approx((low, min(high, 100.0)), abs=1e-9)
    assert store.pooled == pytest.approx(100 * (141 + 90 + 85.25) / 400, abs=1e-9)
    assert store.passed is not None
    assert (store.passed.hits, store.passed.n) == (2, 3)
    assert store.criticals is not None
    assert (store.criticals.hits, store.criticals.n) == (1, 4)
    within = sum((x - 245.75 / 3) ** 2 for x in (70.5, 90, 85.25)) + 50
    assert found.spread.within == pytest.approx(within / 3, abs=1e-9)
    assert store.difference is not None
    error = math.sqrt(within / 3 * (1 / 3 + 1 / 2))
    assert store.difference.p == pytest.approx(2 * stats.t.sf((245.75 / 3 - 55) / error, 3), abs=1e-9)


def test_what_cannot_be_known_is_not_said(opened: Opened) -> None:
    """One visit has no interval, equal visits are called equal, nothing scored has no mean; each says so in words."""
    tables = opened([a_visit("one", 80), *[a_visit("equal", 75) for _visit in range(4)], a_visit("none", "")])
    groups = by_id(tables.stores(minimum_n=1).groups)
    assert (groups["one"].interval, groups["one"].note) == (None, "one_visit")
    assert (groups["equal"].interval, groups["equal"].note) == (None, "all_equal")
    assert "none" not in groups
    assert tables.stores().too_few == 1
    alone = opened([a_visit(store, 60 + number) for number, store in enumerate("ABC")]).stores()
    assert "no_repeats" in codes(alone)
    assert [(group.shrunken, group.ranks, group.difference) for group in alone.groups] == [(None, None, None)] * 3
    assert "nothing" in codes(opened([]).stores())


def test_regions_count_visits_to_one_store_as_alike(opened: Opened) -> None:
    """Two stores of 50 visits each are two pieces of evidence on a region, not a hundred."""
    visits = [a_visit(store, mean + number % 2) for store, mean in (("A", 60), ("B", 80)) for number in range(50)]
    region = opened(visits).stores(by="region").groups[0]
    assert (region.id, region.n, region.stores) == ("North", 100, 2)
    # With two equal stores, the clustered error is half of their difference, on one degree of freedom.
    assert region.interval is not None
    assert region.interval.low == pytest.approx(max(0, 70.5 - stats.t.isf(0.025, 1) * 10), abs=1e-9)


def test_forms_whose_scores_mean_different_things_are_not_mixed(opened: Opened) -> None:
    """Another form, and a version that gives other points, stand apart by name and can be chosen; a reprint doesn't."""

    def answered(visit: Row, **points: str) -> list[Row]:
        return [
            {
                "visit_id": visit["visit_id"],
                "revision": "1",
                "question_id": name,
                "type": "yes_no",
                "possible": points[name],
            }
            for name in points
        ]

    first = [a_visit("A", 80 + number) for number in range(4)]
    reprint = [a_visit("A", 70 + number, form_version="1b", form_hash="e" * 64) for number in range(3)]
    harder = [a_visit("A", 20 + number, form_version="2", form_hash="d" * 64) for number in range(2)]
    other = [a_visit("A", 50, form_id="call", form_hash="c" * 64)]
    answers = [row for visit in (*first, *reprint) for row in answered(visit, greeted="5", clean="10")]
    answers += [row for visit in harder for row in answered(visit, greeted="5", clean="20")]
    tables = opened([*first, *reprint, *harder, *other], answers=answers)
    found = tables.stores()
    assert found.compared is not None
    assert (found.compared.versions, found.total.n) == (("1", "1b"), 7)
    assert [(one.form_id, one.versions, one.visits) for one in found.apart] == [
        ("visit", ("2",), 2),
        ("call", ("1",), 1),
    ]
    chosen = tables.stores(filters=Filters(form_versions=found.apart[0].form_versions))
    assert (chosen.total.n, chosen.apart) == (2, ())
    forms = tables.stores(by="form")
    assert {group.id: group.n for group in forms.groups} == {"visit 1": 4, "visit 1b": 3, "visit 2": 2, "call 1": 1}
    assert (forms.total.mean, forms.groups[0].ranks) == (None, None)


@pytest.mark.parametrize("by", KEYS)
def test_every_number_leads_to_its_visits(opened: Opened, by: str) -> None:
    """By every key, the visits behind a group are as many as it says and have its mean."""
    chance = random.Random(by)
    visits = [
        a_visit(
            f"s{chance.randrange(4)}",
            chance.randint(0, 100),
            f"2026-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            region=chance.choice(["North", "South", ""]),
            auditor_id=chance.choice(["a1", "a2"]),
            channel=chance.choice(["store", "phone"]),
            form_version=chance.choice(["1", "2"]),
        )
        for _visit in range(60)
    ]
    stores = [Store(f"s{number}", f"Shop {number}", format=("small", "large")[number % 2]) for number in range(4)]
    tables = opened(visits, stores=stores)
    found = tables.stores(by=by)
    assert found.groups
    assert sum(group.n for group in found.groups) + found.nameless == 60
    for group in found.groups:
        lines = tables.visits(by=by, group_id=group.id)
        assert len(lines) == group.n
        assert math.fsum(line.value or 0 for line in lines) / group.n == pytest.approx(group.mean, abs=1e-9)


def test_filters_narrow_and_hostile_text_is_only_text(opened: Opened) -> None:
    """Every filter keeps its visits; quotes, semicolons and markup in ids are looked for as they are."""
    odd = "x'; DROP TABLE stores; --"
    visits = [
        a_visit(odd, 80, region="<b>", auditor_id="%", channel="_"),
        a_visit("B", 60, "2026-11-02", verdict="pass", status="approved", started_at="2026-11-02T23:30:00-05:00"),
    ]
    tables = opened(visits, stores=[Store("B", format="Città")])
    for filters, expected in (
        (Filters(stores=(odd,)), [odd]),
        (Filters(regions=("<b>",)), [odd]),
        (Filters(auditors=("%",)), [odd]),
        (Filters(channels=("_", "none")), [odd]),
        (Filters(formats=("Città",)), ["B"]),
        (Filters(hours=(23,)), ["B"]),
        (Filters(weekdays=(1,)), [odd, "B"]),
        (Filters(first_day="2026-11-01", last_day="2026-11-30"), ["B"]),
        (Filters(verdicts=("pass",)), ["B"]),
        (Filters(statuses=("approved",)), ["B"]),
        (Filters(statuses=("returned",)), []),
        (Filters(months=("2026-10",)), [odd]),
        (Filters(forms=("other",)), []),
    ):
        assert sorted(group.id for group in tables.stores(filters=filters).groups) == sorted(expected)


def test_change_compares_the_periods(opened: Opened) -> None:
    """The last quarter with the one before, or the month chosen with the month before it, which the filter leaves out."""
    earlier, later = [60, 62, 64, 70], [80, 85, 81]
    visits = [a_visit("A", value, "2026-09-10") for value in earlier] + [a_visit("A", value) for value in later]
    tables = opened(visits)
    theirs = stats.ttest_ind(later, earlier, equal_var=False)
    for filters, names in (
        (Filters(), ("2026-Q3", "2026-Q4")),
        (Filters(first_day="2026-10-01", last_day="2026-10-31"), ("2026-09", "2026-10")),
    ):
        found = tables.stores(filters=filters)
        change = found.groups[0].change
        assert change is not None
        assert (change.earlier, change.later) == found.periods == names
        assert (change.n_earlier, change.n_later, change.direction) == (4, 3, 1)
        assert change.p == pytest.approx(theirs.pvalue, abs=1e-9)
    assert found.groups[0].n == 3


def test_parts_of_a_visit_are_measures_too(opened: Opened) -> None:
    """A dimension's percentage is compared like the whole; visits without it are unscored."""
    visits = [a_visit("A", 50), a_visit("A", 60), a_visit("A", 70)]
    part = {"revision": "1", "kind": "dimension", "id": "own", "possible": "100"}
    scores = [
        part | {"visit_id": visit["visit_id"], "percent": percent, "earned": percent}
        for visit, percent in zip(visits, ("90", "94"), strict=False)
    ]
    group = opened(visits, scores=scores).stores(measure=Measure.parse("dimension:own")).groups[0]
    assert (group.n, group.unscored, group.mean, group.pooled) == (2, 1, 92.0, 92.0)
    for wrong in ("percent:x", "dimension", "colour:red"):
        with pytest.raises(ValueError, match=wrong):
            Measure.parse(wrong)


def test_tables_by_others_are_compared_too(opened: Opened) -> None:
    """Inspections without our forms: empty regions and hashes, nonsense dates, scores beyond 100, in the millions."""
    bare = {"form_hash": "", "form_version": "", "region": "", "auditor_id": "", "auditor": "", "started_at": ""}
    visits = [a_visit(f"rest {number}", -20 + number, **bare) for number in range(300)]
    visits += [a_visit("rest 7", "5000000", **bare), a_visit("dated", 3, **bare | {"started_at": "31/12/2026"})]
    visits += [a_visit("", 9, **bare), a_visit("bad", "many", **bare)]
    tables = opened(visits)
    for by in KEYS:
        found = tables.stores(by=by)
        assert [sentence(reason) for reason in found.sentences]
        assert tables.trends(by=by).groups is not None
    found = tables.stores()
    assert (len(found.groups), found.nameless, found.total.n) == (301, 1, 303)
    assert found.total.interval is not None
    assert found.total.interval.high > 100
    assert tables.auditors().auditors == ()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from("ABCDE"), st.integers(0, 10_000).map(lambda cents: Fraction(cents, 100))),
        min_size=1,
        max_size=25,
    )
)
def test_what_holds_of_any_table(opened: Opened, seen: list[tuple[str, Fraction]]) -> None:
    """Means are exact, estimates lie between the mean and the centre, ranks hold the place in the table."""
    visits = [a_visit(store, f"{float(value):.2f}") for store, value in seen]
    tables = opened(visits)
    found = tables.stores()
    tables.close()
    means = {store: [value for other, value in seen if other == store] for store, _value in seen}
    assert sum(group.n for group in found.groups) == found.total.n == len(seen)
    for place, group in enumerate(found.groups, 1):
        exact = float(sum(means[group.id]) / len(means[group.id]))
        assert group.mean == pytest.approx(exact, abs=1e-12)
        if group.interval:
            assert 0 <= group.interval.low <= exact + 1e-12
            assert exact - 1e-12 <= group.interval.high <= 100
        if group.shrunken is not None:
            assert found.spread.center is not None
            low, high = sorted((exact, found.spread.center))
            assert low - 1e-9 <= group.shrunken <= high + 1e-9
        if group.ranks:
            tied = [one for one in found.groups if one.mean == group.mean]
            assert group.ranks[0] <= place + len(tied)
            assert group.ranks[1] >= place - len(tied)
        if group.difference and group.difference.differs:
            assert group.difference.differs == (1 if group.difference.points > 0 else -1)


def sums_of(name: str, visits: list[float]) -> GroupSums:
    mean = math.fsum(visits) / len(visits)
    window = Window(len(visits), mean, math.fsum((value - mean) ** 2 for value in visits), 1, None)
    return GroupSums(name, name, window, None, None, 0, 0, len(visits), 0, 0, 0)


def test_simulated_chains_show_what_is_claimed() -> None:
    """Known truth: 93-97% of intervals hold it, estimates are closer than means, few equal stores "differ", ranks are right."""
    chance = random.Random(5)
    held = shrunk = raw = 0.0
    wrong_tables = wrong_ranks = 0
    for chain in range(120):
        truths = [50 + (chance.gauss(0, 4) if chain % 2 else 0.0) for _store in range(25)]
        sums = [
            sums_of(f"s{number}", [chance.gauss(truth, 6) for _visit in range(5)])
            for number, truth in enumerate(truths)
        ]
        groups, _spread = stand(sums)
        for truth, group in zip(truths, groups, strict=True):
            assert group.interval is not None
            assert group.mean is not None
            assert group.shrunken is not None
            held += group.interval.low <= truth <= group.interval.high
            raw += (group.mean - truth) ** 2
            shrunk += (group.shrunken - truth) ** 2
        if chain % 2:
            wrong_ranks += any(
                not group.ranks[0] <= 1 + sum(other > truth for other in truths) <= group.ranks[1]
                for truth, group in zip(truths, groups, strict=True)
                if group.ranks
            )
        else:
            wrong_tables += any(group.difference.differs for group in groups if group.difference)
    assert 0.93 <= held / 3000 <= 0.97
    assert shrunk < 0.8 * raw
    assert wrong_tables <= 60 * 0.05 + 3
    assert wrong_ranks <= 60 * 0.05 + 3


@pytest.mark.parametrize("language", languages())
def test_everything_is_said_in_words(opened: Opened, language: str) -> None:
    """Every sentence of a comparison, its trends and auditors fills its placeholders, in both languages."""
    chance = random.Random(6)
    visits = [
        a_visit(
            f"s{store}",
            50 + 10 * store + month * (3 - store) + chance.random(),
            f"2026-{month:02d}-0{1 + visit}",
            auditor_id=f"a{visit}",
        )
        for store in range(4)
        for month in range(4, 12)
        for visit in range(3)
    ]
    visits += [a_visit("once", 3), a_visit("none", ""), a_visit("", 4), a_visit("A", 9, form_id="other")]
    tables = opened(visits)
    with speaking(language):
        said = [
            sentence(reason)
            for found in (tables.stores(), tables.stores(minimum_n=5), tables.trends(), tables.auditors())
            for reason in found.sentences
        ]
        said += [counted(by, 2) + key_title(by) for by in KEYS] + list(method_sentences())
        said += [group_title("weekday", "1"), group_title("hour", "9"), group_title("quarter", "2026-Q2")]
        said += [interval_text(tables.stores().total.interval)]
    assert all(text and "{" not in text for text in said)
    assert len(said) > 30
