"""Stores over time with the plan's gaps; auditors with the stores taken into account."""

import pytest

from mshopper.model.comparison import Filters
from mshopper.model.plan_item import PlanItem
from mshopper.model.record import Store
from tests.compare.conftest import Opened, Row, a_visit


def test_trends_show_each_period_and_the_gaps_of_the_plan(opened: Opened) -> None:
    """A visit that was planned and neither made nor tried is a gap once its day has passed, and only then."""
    visits = [
        a_visit("A", 60, "2026-07-03"),
        a_visit("A", 64, "2026-07-20"),
        a_visit("A", 70, "2026-09-03", plan_id="p1"),
        a_visit("A", "", "2026-09-08", plan_id="p2", status="not_done"),
        a_visit("B", 50, "2026-07-03"),
    ]
    plan = [
        PlanItem("p1", "A", "visit", to_date="2026-09-30"),
        PlanItem("p2", "A", "visit", to_date="2026-09-30"),
        PlanItem("p3", "A", "visit", to_date="2026-10-10"),
        PlanItem("p4", "A", "visit", to_date="2026-12-10"),
        PlanItem("p5", "A", "another form", to_date="2026-10-10"),
        PlanItem("p6", "A", "visit"),
    ]
    tables = opened(visits, plan=plan, stores=[Store("A", "Duomo", "North"), Store("B", "Lago", "South")])
    found = tables.trends()
    assert found.periods == ("2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12")
    store = found.groups[0]
    assert (store.id, store.title) == ("A", "Duomo")
    shown = [(point.period, point.n, point.mean, point.planned, point.missed) for point in store.points]
    assert shown == [
        ("2026-07", 2, 62.0, 0, 0),
        ("2026-09", 1, 70.0, 2, 0),
        ("2026-10", 0, None, 1, 1),
        ("2026-12", 0, None, 1, 0),
    ]
    assert [point.note for point in store.points] == ["", "one_visit", "no_score", "no_score"]
    assert ("missed", "1") in [(reason.code, reason.get("n")) for reason in found.sentences]
    south = tables.trends(by="region", filters=Filters(regions=("South",)))
    assert [(trend.id, len(trend.points)) for trend in south.groups] == [("South", 1)]


def test_a_store_that_rises_is_told_from_one_that_wavers(opened: Opened) -> None:
    """Ten points a month in six months are a trend; the same values shuffled are none."""
    months = range(4, 10)
    visits = [a_visit("up", 20 + 10 * month + visit, f"2026-{month:02d}-05") for month in months for visit in (0, 3)]
    visits += [
        a_visit("wavers", value + visit, f"2026-{month:02d}-05")
        for month, value in zip(months, (80, 60, 90, 70, 65, 85), strict=True)
        for visit in (0, 3)
    ]
    slopes = {trend.id: trend.slope for trend in opened(visits).trends().groups}
    up, wavers = slopes["up"], slopes["wavers"]
    assert up is not None
    assert wavers is not None
    assert (up.points, up.direction, wavers.direction) == (pytest.approx(10.0), 1, 0)


def answered(visit: Row, **values: str) -> list[Row]:
    """Choices with these values, "na" for not applicable."""
    return [
        {
            "visit_id": visit["visit_id"],
            "revision": "1",
            "question_id": name,
            "type": "choice",
            "value": "" if value == "na" else value,
            "na": "true" if value == "na" else "false",
        }
        for name, value in values.items()
    ]


def test_a_kind_auditor_is_told_from_a_good_store(opened: Opened) -> None:
    """Anna sees the good stores, Bruno the poor ones; where both went, Bruno gives ten points more."""
    visits = [
        a_visit(store, level + extra + chance, f"2026-{month:02d}-{day}", auditor_id=auditor, auditor=auditor, minutes=minutes)
        for store, level, seen_by in (("good", 85, "ab"), ("fair", 70, "ab"), ("poor", 50, "b"), ("best", 88, "a"))
        for auditor, extra, day, minutes in (("a", 0, "01", "30"), ("b", 10, "09", "12"))
        if auditor in seen_by
        for month, chance in ((6, -1), (7, 1), (8, 0.5))
    ]  # fmt: skip
    visits += [a_visit("far", 40, auditor_id="c"), a_visit("far", 44, auditor_id="c")]
    effects = {one.id: one for one in opened(visits).auditors().auditors}
    assert effects["a"].severity is not None
    assert effects["b"].severity is not None
    assert effects["b"].severity - effects["a"].severity == pytest.approx(10.0)
    assert (effects["a"].differs, effects["b"].differs, effects["b"].minutes) == (-1, 1, 12.0)
    assert (effects["c"].severity, effects["c"].note) == (None, "not_linked")


def test_agreement_is_of_pairs_of_auditors_in_one_store(opened: Opened) -> None:
    """Two pairs within a month; one visit is never in two pairs, nor two visits by one auditor in one."""
    first = a_visit("A", 80, "2026-06-01", auditor_id="a")
    second = a_visit("A", 70, "2026-06-10", auditor_id="b")
    third = a_visit("A", 10, "2026-06-12", auditor_id="a")
    fourth = a_visit("B", 50, "2026-06-01", auditor_id="a")
    fifth = a_visit("B", 54, "2026-06-20", auditor_id="b")
    late = [a_visit("C", 50, "2026-01-01", auditor_id="a"), a_visit("C", 90, "2026-06-01", auditor_id="b")]
    answers = [
        *answered(first, q1="yes", q2="yes", q3="na", q4="red"),
        *answered(second, q1="yes", q2="no", q3="yes", q4="red"),
        *answered(fourth, q1="no", q2="no", q4="blue"),
        *answered(fifth, q1="no", q2="no", q4="blue"),
    ]
    found = opened([first, second, third, fourth, fifth, *late], answers=answers).auditors().agreement
    assert (found.pairs, found.difference, found.answers) == (2, 7.0, 6)
    assert found.agreed == pytest.approx(100 * 5 / 6)
    # By chance: q1 and q4 half each; q2 half of one and none: (1/2 + 1/2 + 1/2) / 3.
    assert found.kappa == pytest.approx((5 / 6 - 1 / 2) / (1 / 2))
    na = opened([first, second], answers=answers).auditors().auditors
    assert {one.id: (one.na.hits, one.na.n) for one in na if one.na} == {"a": (1, 4), "b": (0, 4)}
