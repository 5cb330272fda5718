"""Findings and flags are the same of a laptop's own visits and of the merged tables, but for what only the laptop knows."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from mshopper import operations as ops
from tests.operations.conftest import begin, submitted

Laptop = Callable[[str], ops.Workspace]


def test_findings_of_own_visits_are_those_of_the_merged_tables(laptop: Laptop, tmp_path: Path) -> None:
    """Five visits and one not made: lost points by the form's weights, journey, times and metrics alike on either side."""
    office = tmp_path / "office"
    with laptop("a") as workspace:
        for store, wait in (("MI-001", 30), ("MI-001", 90), ("MI-001", 45), ("RM-002", 61), ("RM-002", 90)):
            submitted(workspace, store, wait=wait)
        ops.mark_not_done(workspace, visit_id=begin(workspace, "RM-002").header.visit_id, reason="closed")
        ops.sync(workspace, office)
        with ops.open_comparison(workspace) as own, ops.open_comparison(workspace, office) as merged:
            here, there = ops.Findings(own, workspace), ops.Findings(merged, workspace, office)
            lost = here.lost()
            assert lost == there.lost()
            assert (here.journey(), here.waiting()) == (there.journey(), there.waiting())
            assert (here.heat_map(kind="section"), here.satisfaction()) == (
                there.heat_map(kind="section"),
                there.satisfaction(),
            )
            assert here.flags.visits == there.flags.visits == 5
            first = lost.questions[0]
            behind = here.losing_visits(first.form_id, first.question_id)
            assert len(behind) == first.answers.hits > 0
            assert ops.findings_data(lost)["questions"][0]["lost"] == first.lost

    assert lost.weights == "form"


def test_a_clock_set_back_is_seen_on_the_laptop_alone(laptop: Laptop, tmp_path: Path) -> None:
    """An hour back between two visits is in the journal, not in the tables: the flag names the later visit."""
    office = tmp_path / "office"
    with laptop("a") as workspace:
        submitted(workspace, "MI-001", wait=30)
        earlier = workspace.clock() - dt.timedelta(hours=1)
        workspace.clock = lambda: earlier
        later = submitted(workspace, "RM-002", wait=61)
        ops.sync(workspace, office)
        with ops.open_comparison(workspace) as own, ops.open_comparison(workspace, office) as merged:
            here = ops.Findings(own, workspace)
            flags = here.flags
            assert ops.Findings(merged, workspace, office).flags.counts.get("clock_back") is None
            assert [one.code for one in here.flags_of(later.header.visit_id)] == ["clock_back"]

    assert flags.counts["clock_back"] == 1
    assert ops.findings_data(flags)["flags"][0]["text"]
