"""The list of visits: windows of rows from the store, searched in SQL, sound as a Qt model."""

import datetime as dt

import pytest
from pytestqt.modeltest import ModelTester

from mshopper import operations as ops
from mshopper.model.form import Text
from mshopper.model.record import PlanItem
from mshopper.store import VisitFilter, VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.visits.filters import period_days
from mshopper.ui.visits.model import LINE_ROLE, WINDOW, WINDOWS_KEPT, VisitsModel, VisitsPart
from mshopper.ui.visits.rows import Header, due, is_late, spoken

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def model(workspace: ops.Workspace) -> VisitsModel:
    """150 visits in progress, one submitted, one planned."""
    form = ops.find_form(workspace, "exit_interview").hash
    for n in range(150):
        ops.start_visit(workspace, form_hash=form, store_id=("MI-001", "TO-001")[n % 2])
    done = ops.start_visit(workspace, form_hash=form, store_id="TO-001")
    ops.submit_visit(workspace, done, reason="a trial")
    workspace.store.plan.replace(
        [
            PlanItem("P1", "MI-001", "store_visit", "", "", "2099-11-30"),
            PlanItem("P2", "TO-001", "store_visit", "", "", "2020-01-31"),
        ]
    )
    return VisitsModel(workspace)


def counts(model: VisitsModel) -> dict[str, int]:
    """The parts of the list with how many lines each has."""
    return {part.title: part.count for part in model.parts}


def test_lines_stand_under_their_headings(model: VisitsModel, qtmodeltester: ModelTester) -> None:
    """What is late on top, in progress, planned, done, each with its count; headings can't be chosen."""
    qtmodeltester.check(model)
    assert counts(model) == {"Today": 1, "In progress": 150, "Planned": 1, "Done": 1}
    assert model.rowCount() == 150 + 3 + 4
    kinds = [type(model.line(row)) for row in (0, 1, 2, 3, 152, 153, 154, 155, 156)]
    assert kinds == [Header, PlanRow, Header, VisitRow, VisitRow, Header, PlanRow, Header, VisitRow]
    assert [row for row in range(model.rowCount()) if not model.flags(model.index(row))] == [0, 2, 153, 155]
    done = model.index(156).data(LINE_ROLE)
    assert done.state == "submitted"
    assert model.row_of(done.visit_id) == 156


def test_searching_and_filtering_narrow_every_part(model: VisitsModel) -> None:
    """Every word must begin a word there, in whatever part of the list; what no plan can have leaves plans out."""
    model.show(VisitFilter(text="torino"))
    assert counts(model) == {"Today": 1, "In progress": 75, "Done": 1}
    model.show(VisitFilter(text="duomo milano vis"))
    assert counts(model) == {"Planned": 1}
    model.show(VisitFilter(text="nowhere"))
    assert model.rowCount() == 0
    model.show(VisitFilter(store_id="MI-001", to_day="2098-12-31", states=("in_progress", "planned")))
    assert counts(model) == {"In progress": 75}
    model.show(VisitFilter(verdict="fail"))
    assert "Today" not in counts(model)


def test_only_a_few_windows_are_held(model: VisitsModel) -> None:
    """However far one scrolls, no more rows than a few windows are in memory."""
    for row in range(model.rowCount()):
        model.line(row)
    parts = [part for part in model.parts if isinstance(part, VisitsPart)]
    assert all(len(part._windows) <= WINDOWS_KEPT for part in parts)
    assert max(len(window) for part in parts for window in part._windows.values()) <= WINDOW


def test_what_is_selected_is_known_without_reading_it(model: VisitsModel) -> None:
    """Ranges of rows over headings and parts: plans, visits being filled in and those done."""
    every = model.chosen([(0, model.rowCount() - 1)])
    assert (len(every.plans), len(every.open), len(every.done), every.count) == (2, 150, 1, 153)
    some = model.chosen([(154, 156), (1, 4)])
    assert ([row.item.plan_id for row in some.plans], len(some.open), len(some.done)) == (["P2", "P1"], 2, 1)
    assert model.chosen([(0, 0), (2, 2)]).count == 0


def test_a_line_is_said_in_words(model: VisitsModel) -> None:
    """A screen reader hears store, form, day, auditor and outcome."""
    said = spoken(model.line(156), "en", TODAY)  # type: ignore[arg-type]
    assert "Torino Roma" in said
    assert "Anna Rossi" in said
    assert "not synced yet" in said


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("today", ("2026-11-21", "2026-11-21")),
        ("week", ("2026-11-15", "2026-11-21")),
        ("month", ("2026-11-01", "2026-11-21")),
        ("last_month", ("2026-10-01", "2026-10-31")),
        ("year", ("2026-01-01", "2026-11-21")),
        ("last_year", ("2025-01-01", "2025-12-31")),
    ],
)
def test_a_period_has_its_days(period: str, days: tuple[str, str]) -> None:
    """First and last day, both included, seen from 21 November 2026."""
    assert period_days(period, TODAY) == days


@pytest.mark.parametrize(
    ("to_date", "words", "late"),
    [
        ("2026-11-19", "2 days late", True),
        ("2026-11-21", "due today", False),
        ("2026-11-30", "due 30 Nov", False),
        ("", "no date", False),
    ],
)
def test_a_planned_visit_says_when_it_is_due(to_date: str, words: str, late: bool) -> None:
    """Late from the day after; the day itself is today."""
    row = PlanRow(PlanItem("P1", "MI-001", "store_visit", "", "", to_date), "Milano", Text.of("Visit"), "", "")
    assert (due(row, TODAY), is_late(row, TODAY)) == (words, late)
