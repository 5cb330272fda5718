"""The list of visits: windows of rows from the store, searched in SQL, sound as a Qt model."""

import datetime as dt

import pytest
from pytestqt.modeltest import ModelTester

from mshopper import operations as ops
from mshopper.model.form import Text
from mshopper.model.record import PlanItem
from mshopper.store import VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.visits.model import LINE_ROLE, WINDOW, WINDOWS_KEPT, VisitsModel
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
    workspace.store.plan.replace([PlanItem("P1", "MI-001", "store_visit", "", "", "2026-11-30")])
    return VisitsModel(workspace)


def test_lines_stand_under_their_headings(model: VisitsModel, qtmodeltester: ModelTester) -> None:
    """In progress, planned, done, each with its count; headings can't be chosen."""
    qtmodeltester.check(model)
    assert model.rowCount() == 150 + 1 + 1 + 3
    kinds = [type(model.line(row)) for row in (0, 1, 150, 151, 152, 153, 154)]
    assert kinds == [Header, VisitRow, VisitRow, Header, PlanRow, Header, VisitRow]
    assert not model.flags(model.index(0))
    assert model.flags(model.index(1))
    assert model.index(154).data(LINE_ROLE).state == "submitted"


def test_searching_narrows_every_part(model: VisitsModel) -> None:
    """Every word must be there, in whatever part of the list."""
    model.search("torino")
    assert [line.count for row in range(model.rowCount()) if isinstance(line := model.line(row), Header)] == [75, 1]
    model.search("milano duomo")
    assert [line.count for row in range(model.rowCount()) if isinstance(line := model.line(row), Header)] == [75, 1]
    model.search("nowhere")
    assert model.rowCount() == 0


def test_only_a_few_windows_are_held(model: VisitsModel) -> None:
    """However far one scrolls, no more rows than a few windows are in memory."""
    for row in range(model.rowCount()):
        model.line(row)
    assert all(len(part._windows) <= WINDOWS_KEPT for part in model._parts)
    assert max(len(window) for part in model._parts for window in part._windows.values()) <= WINDOW


def test_a_line_is_said_in_words(model: VisitsModel) -> None:
    """A screen reader hears store, form, day, auditor and outcome."""
    said = spoken(model.line(154), "en", TODAY)  # type: ignore[arg-type]
    assert "Torino Roma" in said
    assert "Anna Rossi" in said
    assert "not synced yet" in said


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
