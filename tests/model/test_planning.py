"""Plans from rules: whatever the stores, visits and rules, a plan keeps what it claims, and says what it could not keep."""

import datetime as dt
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mshopper.errors import MshopperError
from mshopper.model.plan_item import PlanItem
from mshopper.model.plan_progress import PlanVisit, latest, plan_line, plan_lines, tally
from mshopper.model.plan_rules import AuditorRule, FormRule, PlanRules, QuotaRule, read_rules, rules_document
from mshopper.model.plan_words import proposal_sentences, reason_text
from mshopper.model.planning import propose
from mshopper.model.proposal import PlanFacts, Proposal, add_months
from mshopper.model.record import Store

DAY = dt.date(2026, 11, 22)
LATE, SAME, FULL = (
    {"rhythm_later", "rhythm_full", "kept_late"},
    {"repeated", "repeated_only"},
    {"no_room", "no_auditor"},
)


def visit(name: str, store: str, day: str, auditor: str = "", state: str = "submitted", **more: str) -> PlanVisit:
    """A visit by the form "a"."""
    return PlanVisit(name, 1, state, "", more.get("plan", ""), store, "a", auditor, day, more.get("reason", ""))


days = st.integers(0, 500).map(lambda n: DAY - dt.timedelta(days=n))
regions = st.sampled_from(["Nord", "Sud"])
shops = st.lists(regions, min_size=1, max_size=5).map(
    lambda found: tuple(Store(f"S{n}", f"Shop {n}", region) for n, region in enumerate(found))
)
form_rules = st.builds(
    FormRule,
    st.sampled_from("ab"),
    st.integers(1, 6),
    st.integers(1, 21),
    st.lists(st.integers(-20, 300).map(lambda n: DAY + dt.timedelta(days=n)), max_size=2).map(tuple),
    st.one_of(st.just(()), regions.map(lambda region: (region,))),
)
rules = st.builds(
    PlanRules,
    st.lists(form_rules, min_size=1, max_size=2, unique_by=lambda rule: rule.form).map(tuple),
    st.lists(
        st.builds(
            QuotaRule, regions, st.sampled_from(["", "a"]), st.integers(0, 2), st.one_of(st.none(), st.integers(2, 4))
        ),
        max_size=2,
    ).map(tuple),
    st.lists(
        st.builds(
            AuditorRule,
            st.sampled_from(["A1", "A2", "A3"]),
            st.one_of(st.none(), st.integers(0, 5)),
            st.one_of(st.just(()), regions.map(lambda region: (region,))),
        ),
        max_size=3,
        unique_by=lambda rule: rule.auditor,
    ).map(tuple),
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[PlanFacts, PlanRules, dt.date]:
    """Stores, visits made, lines of a plan, rules, and the last day of the period that begins on DAY."""
    stores = draw(shops)
    some = st.sampled_from([store.store_id for store in stores])
    auditor = st.sampled_from(["", "A1", "A2"])
    made = draw(st.lists(st.tuples(some, st.sampled_from("ab"), auditor, days), max_size=6))
    visits = [
        PlanVisit(f"v{n}", 1, "submitted", "", "", store, form, who, day.isoformat())
        for n, (store, form, who, day) in enumerate(made)
    ]
    planned = draw(
        st.lists(st.tuples(some, st.sampled_from("ab"), auditor, st.integers(-30, 200), st.integers(0, 10)), max_size=4)
    )
    items = [
        PlanItem(f"p{n}", store, form, who, str(DAY + dt.timedelta(days=at - back)), str(DAY + dt.timedelta(days=at)))
        for n, (store, form, who, at, back) in enumerate(planned)
    ]
    facts = PlanFacts(stores, tuple(visits), tuple(plan_lines(items, visits, DAY)))
    return facts, draw(rules), DAY + dt.timedelta(days=draw(st.integers(0, 400)))


def windows(facts: PlanFacts, proposal: Proposal, store: str, form: str) -> list[tuple[dt.date, dt.date]]:
    """The windows (last day, first day) of all visits of a form at a store, made, planned and proposed, in order."""
    found = [
        (dt.date.fromisoformat(each.day),) * 2
        for each in facts.visits
        if (each.store_id, each.form_id) == (store, form)
    ]
    items = [line.item for line in facts.lines if line.state != "late"] + [line.item for line in proposal.lines]
    found += [(DAY, DAY)] * sum(
        line.state == "late" and (line.item.store_id, line.item.form_id) == (store, form) for line in facts.lines
    )
    found += [
        (dt.date.fromisoformat(item.to_date), dt.date.fromisoformat(item.from_date))
        for item in items
        if (item.store_id, item.form_id) == (store, form)
    ]
    return sorted(found)


@settings(deadline=None, max_examples=150)
@given(situations())
def test_a_proposed_plan_keeps_its_rules_or_says_where_not(situation: tuple[PlanFacts, PlanRules, dt.date]) -> None:
    """The rhythm whichever day of each window is used, days to be around, quotas, regions, room, the change of auditors."""
    facts, rules, end = situation
    proposal = propose(facts, rules, DAY, end, seed=1)
    assert proposal == propose(facts, rules, DAY, end, seed=1)
    ids = [line.item.plan_id for line in proposal.lines] + [line.item.plan_id for line in facts.lines]
    assert len(set(ids)) == len(ids)
    excused = {(reason.get("store_id"), reason.get("form")) for reason in proposal.unmet}
    for rule in rules.forms:
        for store in facts.stores:
            if rule.regions and store.region not in rule.regions:
                continue
            if (store.store_id, rule.form) not in excused:
                check_rhythm(rule, windows(facts, proposal, store.store_id, rule.form), end)
    check_lines(facts, rules, proposal, end)
    check_auditors(facts, rules, proposal)
    assert all("{" not in sentence for line in proposal.lines for sentence in proposal_sentences(line))


def check_rhythm(rule: FormRule, found: list[tuple[dt.date, dt.date]], end: dt.date) -> None:
    """From the first day of one window to the last of the next is no longer than the rhythm, up to the end of the period."""
    seen = max((last for last, _first in found if last < DAY), default=None)
    due = add_months(seen or DAY, rule.every_months)
    due = due if due >= DAY else min(DAY + dt.timedelta(days=rule.window_days - 1), end)
    for last, first in found:
        if last >= DAY:
            assert last <= due or due > end, found
            seen = max(seen or first, first)
            due = add_months(seen, rule.every_months)
    assert due > end, found


def check_lines(facts: PlanFacts, rules: PlanRules, proposal: Proposal, end: dt.date) -> None:
    """Windows lie in the period; no month has more than its quota allows; what lacks is said to the number."""
    shops = {store.store_id: store.region for store in facts.stores}
    before, after = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for each in facts.visits:
        before[shops[each.store_id], each.form_id, each.day[:7]] += 1
    for line in facts.lines:
        before[shops[line.item.store_id], line.item.form_id, line.item.to_date[:7]] += 1
    for proposed in proposal.lines:
        item = proposed.item
        assert str(DAY) <= item.from_date <= item.to_date <= str(end)
        after[shops[item.store_id], item.form_id, item.to_date[:7]] += 1
    months = {key[2] for key in after} | {str(DAY)[:7], str(end)[:7]}
    for quota in rules.quotas:
        for month in months:
            had, got = (
                sum(
                    n
                    for (region, form, when), n in counts.items()
                    if region == quota.region and when == month and quota.form in ("", form)
                )
                for counts in (before, after)
            )
            assert not got or quota.at_most is None or had + got <= quota.at_most
            short = [
                each.get("missing")
                for each in proposal.unmet
                if each.code == "quota_short"
                and each.get("region") == quota.region
                and each.get("month") == month
                and each.get("n") == quota.at_least
            ]
            assert had + got >= quota.at_least or quota.at_least - had - got in short


def check_auditors(facts: PlanFacts, rules: PlanRules, proposal: Proposal) -> None:
    """Auditors go where they may, as often as they may, and not twice running unless the line says why."""
    who = {rule.auditor: rule for rule in rules.auditors}
    loads = Counter[tuple[str, str]]()
    for line in proposal.lines:
        auditor = line.item.auditor_id
        if auditor:
            assert not who[auditor].regions or line.store.region in who[auditor].regions
            loads[auditor, line.item.to_date[:7]] += 1
        else:
            assert line.who.code in FULL | {"nobody_named"}
    assert all(
        who[auditor].per_month is None or n <= (who[auditor].per_month or 0) for (auditor, _m), n in loads.items()
    )
    for store in facts.stores:
        turns = [(each.day, each.day, each.auditor_id, "") for each in facts.visits if each.store_id == store.store_id]
        turns += [
            (line.item.to_date, line.item.from_date, line.item.auditor_id, "")
            for line in facts.lines
            if line.item.store_id == store.store_id
        ]
        turns += [
            (line.item.to_date, line.item.from_date, line.item.auditor_id, line.who.code)
            for line in proposal.lines
            if line.store == store
        ]
        for one, other in pairwise(sorted(turns)):
            if one[2] == other[2] != "" and (one[3] or other[3]):
                assert {one[3], other[3]} & SAME, (one, other)


SHOPS = (Store("MI", "Milano", "Lombardia"), Store("TO", "Torino", "Piemonte"))


def test_a_plan_says_why_each_store_and_each_auditor() -> None:
    """Overdue first, then in rhythm; the other auditor goes; a full region moves a visit and says so."""
    facts = PlanFacts(SHOPS, (visit("v1", "MI", "2026-06-01", "A1"), visit("v2", "TO", "2026-11-01", "A1")))
    auditors = (AuditorRule("A1"), AuditorRule("A2"))
    rules = PlanRules((FormRule("a", 3, 10),), (QuotaRule("lombardia ", at_most=1),), auditors)
    proposal = propose(facts, rules, DAY, dt.date(2027, 2, 10))
    first, second = proposal.lines
    assert first.item == PlanItem("2026-12-01-MI-a", "MI", "a", "A2", "2026-11-22", "2026-12-01")
    assert proposal_sentences(first) == (
        "Overdue: last visited on Jun 1, 2026, due every 3 months.",
        "A2, so that nobody goes twice running.",
    )
    assert (second.item.store_id, second.item.to_date, second.who.code) == ("TO", "2027-02-01", "other")
    tight = PlanRules((FormRule("a", 3, 10),), (QuotaRule("Lombardia", at_most=0),), auditors[:1])
    full = propose(facts, tight, DAY, dt.date(2027, 2, 10))
    assert [reason_text(reason) for reason in full.unmet] == [
        "Milano, form a: due by Dec 1, 2026, not planned because Lombardia is full."
    ]
    assert [line.who.code for line in full.lines] == ["repeated_only"]


def test_a_planned_line_is_no_visit_twice() -> None:
    """What is planned or late already serves; what was not done is planned anew."""
    items = [PlanItem("p1", "MI", "a", "", "2026-11-20", "2026-11-30"), PlanItem("p2", "TO", "a", "", "", "2026-11-01")]
    not_done = visit("v", "MI", "2026-11-20", plan="p1", state="not_done", reason="closed: ferie")
    rules = PlanRules((FormRule("a", 12),))
    open_lines = PlanFacts(SHOPS, (), tuple(plan_lines(items, [], DAY)))
    assert propose(open_lines, rules, DAY, dt.date(2027, 2, 1)).lines == ()
    closed = PlanFacts(SHOPS, (not_done,), tuple(plan_lines(items, [not_done], DAY)))
    assert [line.item.store_id for line in propose(closed, rules, DAY, dt.date(2027, 2, 1)).lines] == ["MI"]


@pytest.mark.parametrize(
    ("visits", "state", "reason"),
    [
        ([], "due", ""),
        ([("submitted", "")], "done", ""),
        ([("in_progress", "")], "in_progress", ""),
        ([("in_progress", "submitted")], "done", ""),
        ([("in_progress", "approved")], "done", ""),
        ([("returned", "")], "returned", ""),
        ([("in_progress", "returned")], "returned", ""),
        ([("submitted", "returned")], "done", ""),
        ([("not_done", "")], "not_done", "closed: ferie"),
        ([("not_done", ""), ("submitted", "")], "done", ""),
        ([("submitted", ""), ("submitted", "")], "done", ""),
        ([("in_progress", ""), ("returned", "")], "returned", ""),
    ],
)
def test_what_has_become_of_a_line(visits: list[tuple[str, str]], state: str, reason: str) -> None:
    """A correction is the same visit; a returned one isn't done until its next revision is; two visits count once."""
    item = PlanItem("p1", "MI", "a", "", "2026-11-20", "2026-11-30")
    made = [
        PlanVisit(
            f"v{n}", 2, now, before, "p1", "MI", "a", "A1", "2026-11-21", "closed: ferie" if now == "not_done" else ""
        )
        for n, (now, before) in enumerate(visits)
    ]
    line = plan_line(item, made, DAY)
    assert (line.state, line.reason) == (state, reason)
    counts = tally([line])
    assert (counts.total, counts.counts[state]) == (1, 1)


def test_dates_say_what_is_late_due_and_to_come() -> None:
    """The last day itself is in time; without dates a line is due from the start; the earliest last day comes first."""
    windows = {
        "late": ("", "2026-11-21"),
        "due": ("2026-11-01", "2026-11-22"),
        "planned": ("2026-11-23", ""),
        "any": ("", ""),
    }
    items = [PlanItem(name, "MI", "a", "", *window) for name, window in windows.items()]
    found = [(line.item.plan_id, line.state) for line in plan_lines(items, [], DAY)]
    assert found == [("late", "late"), ("due", "due"), ("planned", "planned"), ("any", "due")]


def test_of_a_visit_known_twice_the_highest_revision_counts() -> None:
    """This laptop's own and the merged tables tell of the same visit."""
    old, new = (
        visit("v", "MI", "2026-11-01", state="returned"),
        PlanVisit("v", 2, "submitted", "", "", "MI", "a", "", "2026-11-01"),
    )
    assert latest([old, new]) == latest([new, old]) == [new]


@given(rules)
def test_rules_come_back_from_their_document(wanted: PlanRules) -> None:
    """What is kept and edited is what was meant."""
    assert read_rules(rules_document(wanted)) == wanted


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "the rules: write names"),
        ({"form": []}, "“form” isn't known"),
        ({"forms": {"form": "a"}}, "must be a list"),
        ({"forms": [{"form": "a"}]}, "rule 1 of “forms”: say how often"),
        ({"forms": [{"form": "a", "every_months": 1, "window_days": 28}]}, "as long as the rhythm"),
        ({"forms": [{"form": "a", "every_months": "soon"}]}, "whole number from 0 to 120"),
        ({"forms": [{"form": "a", "around": ["24/12/2026"]}]}, "isn't a day"),
        ({"quotas": [{"at_least": 1}]}, "“region” is missing"),
        ({"quotas": [{"region": "A", "at_least": 3, "at_most": 2}]}, "“at_least” is more"),
        ({"different_auditor": "maybe"}, "true or false"),
    ],
)
def test_rules_that_cannot_be_meant(document: object, sentence: str) -> None:
    """Which rule, what is wrong, what to do."""
    with pytest.raises(MshopperError, match=sentence):
        read_rules(document)
