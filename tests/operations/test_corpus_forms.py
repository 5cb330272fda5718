"""Real forms by others, from opening to the head office: filled in by an automatic respondent, submitted, printed, merged."""

import csv
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.model.answer import NO_ANSWER, AnswerChange, AnswerStep, CountStep
from mshopper.model.record import Store
from tests.scenario import fill_in
from tests.shared_files import SHARED

FORMS = sorted((SHARED / "corpus" / "forms").glob("*.xls*"))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> ops.Workspace:
    workspace = ops.open_workspace(tmp_path_factory.mktemp("data"), anywhere=True)
    ops.add_store(workspace, Store("S-1", "Somewhere"))
    return workspace


@pytest.mark.skipif(not FORMS, reason="the corpus isn't here")
@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_real_form_is_filled_in_submitted_and_printed(path: Path, workspace: ops.Workspace, tmp_path: Path) -> None:
    """Whatever its author wrote, the form is answered to the end, without a rule that fails, and printed."""
    opened = ops.start_visit(workspace, form_hash=ops.import_form(workspace, path).hash, store_id="S-1")
    before = opened.visit.counts
    filled = ops.open_visit(workspace, opened.header.visit_id).visit
    fill_in(filled, seed=1)
    counts = tuple(CountStep(key, before.get(key, 0), n) for key, n in filled.counts.items() if before.get(key) != n)
    said = tuple(AnswerStep(key, NO_ANSWER, answer) for key, answer in filled.answers.items() if not answer.photos)
    ops.apply(workspace, opened, AnswerChange(answers=said, counts=counts))

    header = ops.submit_visit(workspace, opened, reason="filled in by a machine")
    report, _warnings = ops.write_report(workspace, header.visit_id, tmp_path, language="en")

    assert opened.visit.failures == {}
    assert report.read_bytes().startswith(b"%PDF")


@pytest.mark.skipif(not FORMS, reason="the corpus isn't here")
def test_visits_by_real_forms_arrive_at_head_office(workspace: ops.Workspace, tmp_path: Path) -> None:
    """Every visit made above is one line of the merged table."""
    result = ops.sync(workspace, tmp_path / "office")

    with (tmp_path / "office" / "head-office.csv").open(encoding="utf-8", newline="") as stream:
        merged = [row["visit_id"] for row in csv.DictReader(stream)]
    assert sorted(merged) == sorted(
        row.visit_id for row in ops.list_visits(workspace, states=("submitted",), limit=500)
    )
    assert result.problems == ()
