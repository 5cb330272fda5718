"""The demo is made by the real operations, once, and its files agree with what it holds."""

import csv
import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from mshopper import operations as ops
from mshopper import paths
from mshopper.errors import MshopperError
from mshopper.model.record import Store
from mshopper.operations.demo import make_demo, making, schedule, write_demo
from mshopper.progress import Cancelled, Progress


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "data"
    make_demo(folder).close()
    return folder


@pytest.fixture(scope="module")
def second_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another demo of the same day."""
    folder = tmp_path_factory.mktemp("second") / "data"
    make_demo(folder).close()
    return folder


@pytest.fixture
def demo(demo_folder: Path) -> Iterator[ops.Workspace]:
    with make_demo(demo_folder) as workspace:
        yield workspace


def _pdf_text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _content(workspace: ops.Workspace) -> list[object]:
    found: list[object] = []
    for row in ops.list_visits(workspace, limit=1000):
        record = workspace.record(row.visit_id)
        said = [(key, a.value, a.na, a.comment, len(a.photos)) for key, a in sorted(record.answers.items())]
        found.append((row.started_at, row.state, row.store_id, row.form_id, row.auditor, row.percent, said))
    return found


def test_written_demo_agrees_with_its_store(demo_folder: Path, tmp_path: Path) -> None:
    """Reports open and name their store; the merged tables hold each sealed visit once; nothing is left to complain of."""
    written = write_demo(demo_folder, tmp_path / "out", language="it")
    assert written.problems == ()
    assert len(written.tables) == 12
    with make_demo(demo_folder) as workspace:
        rows = {row.visit_id: row for row in ops.list_visits(workspace, limit=1000)}
        photos = sum(len(workspace.record(visit_id).photos) for visit_id, row in rows.items() if row.seal)
    sealed = {visit_id for visit_id, row in rows.items() if row.seal}
    assert {row["visit_id"] for row in _table(tmp_path / "out/head-office/head-office.csv")} == sealed
    assert len(_table(tmp_path / "out/head-office/head-office-photos.csv")) == photos

    printed = [row for path in written.pdfs for row in rows.values() if row.visit_id[:8] in path.name]
    assert len(printed) == len(written.pdfs) == 8
    assert len({row.form_id for row in printed}) >= 6
    assert {"fail", "pass"} <= {row.verdict for row in printed}
    assert "not_done" in {row.state for row in printed}
    for path, row in zip(written.pdfs, printed, strict=True):
        assert row.store_name in _pdf_text(path)


def test_second_writing_reuses_the_demo(demo_folder: Path, tmp_path: Path) -> None:
    """A second run makes no visit anew, writes the same bytes into the same folder, and whole tables into another."""
    first = write_demo(demo_folder, tmp_path / "out", language="it")
    before = {path: path.read_bytes() for path in (*first.pdfs, *first.tables)}
    assert write_demo(demo_folder, tmp_path / "out", language="it") == first
    assert {path: path.read_bytes() for path in before} == before
    elsewhere = write_demo(demo_folder, tmp_path / "elsewhere", language="en")
    assert [path.read_bytes() for path in elsewhere.tables] == [path.read_bytes() for path in first.tables]


def test_another_demo_replaces_the_files_of_the_first(demo_folder: Path, second_folder: Path, tmp_path: Path) -> None:
    """Tables written by a demo of another data folder aren't mixed with those of this one."""
    out = tmp_path / "out"
    write_demo(demo_folder, out, language="it")
    written = write_demo(second_folder, out, language="it")
    assert written.problems == ()
    with make_demo(second_folder) as workspace:
        sealed = {row.visit_id for row in ops.list_visits(workspace, limit=1000) if row.seal}
    assert {row["visit_id"] for row in _table(out / "head-office/head-office.csv")} == sealed


def test_real_results_are_never_written_over(demo_folder: Path, tmp_path: Path) -> None:
    """A head-office folder that isn't the demo's is refused and stays as it is."""
    real = tmp_path / "head-office"
    (real / "results").mkdir(parents=True)
    (real / "head-office.csv").write_text("real")
    with pytest.raises(MshopperError, match="--out"):
        write_demo(demo_folder, tmp_path, language="it")
    assert (real / "head-office.csv").read_text() == "real"
    assert [path.name for path in sorted(real.iterdir())] == ["head-office.csv", "results"]


def test_every_visit_satisfies_its_form(demo: ops.Workspace) -> None:
    """No submitted visit lacks anything its form demands, but for those that were submitted incomplete with a reason."""
    submitted = ops.list_visits(demo, states=("submitted", "approved", "returned"), limit=1000)
    incomplete = [row for row in submitted if row.flags]
    for row in submitted:
        opened = ops.open_visit(demo, row.visit_id)
        assert bool(ops.missing(opened)) == (row in incomplete), row
        assert bool(opened.header.reason) == (row in incomplete)
    assert len(incomplete) == 3


def test_samples_show_what_there_is(demo: ops.Workspace) -> None:
    """Every shipped form was used several times, stores differ, criticals were hit, work is under way, done and late."""
    rows = ops.list_visits(demo, limit=1000)
    by_form = Counter(row.form_id for row in rows)
    shipped = {info.id for info in ops.list_forms(demo)}
    assert set(by_form) == shipped
    assert len(shipped) == len(list(paths.forms_folder().glob("*.yaml")))
    assert min(by_form.values()) >= 2
    assert by_form["store_visit"] == max(by_form.values()) >= 20
    states = Counter(row.state for row in rows)
    assert (states["in_progress"], states["not_done"]) == (2, 1)
    assert all(0 < row.answered < row.total for row in rows if row.state == "in_progress")
    assert sum(row.criticals > 0 for row in rows) >= 4

    best, worst = (
        [float(row.percent) for row in rows if row.store_id == store and row.percent is not None]
        for store in ("MI-001", "RM-002")
    )
    assert sum(best) / len(best) > sum(worst) / len(worst) + 15
    today = dt.date.fromisoformat(making.read_mark(demo).day)  # type: ignore[union-attr]  # the demo is made
    due = [row.item.to_date for row in demo.store.plan.list(auditor_id="AU-01", open_only=True)]
    assert min(due) < today.isoformat() < max(due)
    assert today.isoformat() in due
    not_done = next(row for row in rows if row.state == "not_done")
    assert len(demo.record(not_done.visit_id).photos) == 1


def test_what_a_supervisor_said_is_there_and_at_head_office(demo_folder: Path, tmp_path: Path) -> None:
    """Approved, returned and disputed visits; an action open, one late, those done with one photo; all in the tables."""
    with make_demo(demo_folder) as demo:
        states = Counter(row.state for row in ops.list_visits(demo, limit=1000))
        assert states["approved"] >= 15
        assert states["returned"] == 1
        today = dt.date.fromisoformat(making.read_mark(demo).day)  # type: ignore[union-attr]  # the demo is made
        actions = {one.id: one for one in ops.list_actions(demo)}
    assert Counter(one.state(today) for one in actions.values()) == {"done": 2, "late": 1, "open": 1}
    assert [bool(one.done.photo) for one in actions.values() if one.done].count(True) == 1
    write_demo(demo_folder, tmp_path / "out", language="it")
    office = tmp_path / "out/head-office"
    merged = Counter(row["status"] for row in _table(office / "head-office.csv"))
    assert {name: merged[name] for name in ("approved", "returned")} == {
        name: states[name] for name in ("approved", "returned")
    }
    reviews = Counter(row["decision"] for row in _table(office / "head-office-reviews.csv"))
    assert reviews == {"approve": states["approved"], "return": 1, "dispute": 2, "settle": 1}
    assert {row["action_id"] for row in _table(office / "head-office-actions.csv")} == set(actions)


def test_nobody_is_in_two_places_at_a_time() -> None:
    """Whatever the day on which the demo is made, no auditor's visits overlap or are on one day in two cities."""
    for days in range(0, 370, 3):
        wanted = schedule.appointments(dt.date(2026, 1, 1) + dt.timedelta(days=days))
        assert len({one.auditor for one in wanted}) == 5
        on_foot = [one for one in wanted if one.ended - one.started < dt.timedelta(hours=12)]
        for one, other in itertools.combinations(on_foot, 2):
            if one.auditor == other.auditor:
                assert one.ended <= other.started or other.ended <= one.started, (one, other)
                cities = {each.store_id[:2] for each in (one, other) if each.form_id != "mystery_call"}
                assert len(cities) < 2 or one.started.date() != other.started.date(), (one, other)


def test_demo_is_the_same_everywhere(demo: ops.Workspace, second_folder: Path) -> None:
    """Two demos made on one day hold the same answers, and their journals stand in the order of time."""
    with make_demo(second_folder) as again:
        lines = list(again.store.journal.lines())
        assert _content(again) == _content(demo)
    moments = [dt.datetime.fromisoformat(line.at) for line in lines]
    assert moments == sorted(moments)


@pytest.mark.parametrize("steps", [138])
def test_cancelled_demo_is_made_whole_by_the_next_try(tmp_path: Path, steps: int, demo: ops.Workspace) -> None:
    """Cancelled in its second step a demo is as the first left it; the next try makes the same one."""
    progress = Progress(is_cancelled=lambda: progress.done >= steps)
    with pytest.raises(Cancelled):
        make_demo(tmp_path / "data", progress=progress)
    with ops.open_workspace(tmp_path / "data") as workspace:
        mark = making.read_mark(workspace)
        begun = ops.count_visits(workspace, states=("in_progress",))
        if steps == 5:
            assert mark is None
            assert ops.count_visits(workspace) == 0
        else:
            assert mark is not None
            assert not mark.is_complete
            assert begun == len(mark.begun) > 0
    with make_demo(tmp_path / "data") as workspace:
        assert _content(workspace) == _content(demo)
        assert {row.synced for row in ops.list_visits(workspace, limit=1000) if row.seal} == {True, False}
        reports = making.read_mark(workspace).reports  # type: ignore[union-attr]  # it is made
        assert len(reports) == len(making.read_mark(demo).reports)  # type: ignore[union-attr]


def test_demo_never_takes_over_real_data(tmp_path: Path) -> None:
    """A data folder with stores of its own is refused, and keeps what it holds."""
    with ops.open_workspace(tmp_path) as workspace:
        ops.add_store(workspace, Store("REAL-1", "A real shop"))
    with pytest.raises(MshopperError, match="another folder"):
        make_demo(tmp_path)
    with ops.open_workspace(tmp_path) as workspace:
        assert [store.store_id for store in ops.list_stores(workspace)] == ["REAL-1"]
        assert ops.count_visits(workspace) == 0


def test_demo_of_an_earlier_version_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the samples change the demo is made anew, and what was tried out in the former one is still there."""
    with make_demo(tmp_path) as workspace:
        visit_id = ops.list_visits(workspace)[0].visit_id
    monkeypatch.setattr(making, "VERSION", making.VERSION + 1)
    with make_demo(tmp_path) as workspace:
        assert workspace.store.visits.header(visit_id) is None
        assert ops.count_visits(workspace) > 40
    (aside,) = tmp_path.glob("version-*")
    with ops.open_workspace(aside) as former:
        assert former.store.visits.header(visit_id) is not None
