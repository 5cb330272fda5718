"""Sync through real folders: three laptops, kills at every step, what head office offers, and folders that can't be used."""

import csv
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import HeadOfficeError, StoreError
from mshopper.progress import Cancelled, Progress
from mshopper.store.segments import Segments
from tests.operations.conftest import FORM, GREETED, TILLS, Clock, begin, clean, said, submitted

Laptop = Callable[[str], ops.Workspace]


class KilledError(BaseException):
    """The process ends here; no handler of errors takes it for one."""


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a merged table."""
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_three_laptops_make_one_table_with_each_visit_once(laptop: Laptop, tmp_path: Path, clock: Clock) -> None:
    """Nine visits from three machines, synced in turns and again: each once, with exactly its own values."""
    office = tmp_path / "office"
    expected: dict[str, dict[str, str]] = {}
    answers: dict[str, str] = {}
    for round_number in range(3):
        for number, machine in enumerate("abc"):
            clock.pass_by(minutes=5)
            with laptop(machine) as workspace:
                wait, who = 30 + 31 * number, f"=Anna; “{machine}”\n{round_number}"
                opened = submitted(workspace, ("MI-001", "RM-002", "MI-001")[number], wait=wait, who=who)
                header = opened.header
                earned = 17 if wait <= 60 else 7
                expected[header.visit_id] = {
                    "revision": "1",
                    "form_id": "visit",
                    "store_id": header.store.store_id,
                    "store_name": header.store.name,
                    "region": header.store.region,
                    "percent": f"{100 if wait <= 60 else 41.18:.2f}",
                    "earned": f"{earned}.00",
                    "possible": "17.00",
                    "coverage": "100.00",
                    "verdict": "pass" if wait <= 60 else "fail",
                    "time": "100.00" if wait <= 60 else "0.00",
                    "courtesy": "100.00",
                    "quality": "",
                    "started_at": header.started_at,
                    "submitted_at": header.submitted_at,
                    "minutes": "0.0",
                    "photos": "0",
                    "flags": "",
                    "status": "submitted",
                    "seal": header.seal,
                    "device_id": header.device_id,
                }
                answers[header.visit_id] = who
                assert ops.sync_state(workspace).to_publish == 1
                result = ops.sync(workspace, office)
                assert (result.published, result.merged, result.problems) == (1, len(expected), ())
                assert result.merged_into == (office if machine == "a" else workspace.folder / "merged")
                assert ops.sync_state(workspace) == ops.SyncState(0, workspace.now())
    with laptop("a") as workspace:
        ops.sync(workspace, office)
        before = tree(office)
        assert ops.sync(workspace, office).published == 0
        assert tree(office) == before
        merged = ops.merge(workspace, office)
        assert (merged.target, merged.visits, merged.problems, merged.conflicts) == (office, 9, (), ())
        assert tree(office) == before
    rows = table(office, "head-office.csv")
    assert [row["visit_id"] for row in rows] == list(expected)  # oldest first, each once
    for row in rows:
        assert {name: row[name] for name in expected[row["visit_id"]]} == expected[row["visit_id"]]
    rows_of_who = [row for row in table(office, "head-office-answers.csv") if row["question_id"] == "who"]
    # A formula is made harmless by one apostrophe, which readers strip.
    said_by_visit = {row["visit_id"]: row["value"] for row in rows_of_who}
    assert said_by_visit == {visit_id: f"'{value}" for visit_id, value in answers.items()}
    assert len({row["device_id"] for row in rows}) == 3


@contextmanager
def killed_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A block in which the `step`th rename (from 1) never happens, nor anything after it; gives the renames done."""
    done: list[str] = []
    replace = os.replace

    def once(source: str, target: str) -> None:
        if len(done) + 1 >= step:
            raise KilledError
        done.append(Path(target).name)
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", once)
        yield done


def test_a_sync_killed_at_any_rename_and_repeated_is_as_if_it_had_not_been(
    folder: Path, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each of its renames: the office folder ends byte for byte as without the kill; no visit lost, none doubled."""
    with ops.open_workspace(folder, clock=clock) as workspace:
        ops.sync(workspace, tmp_path / "first")
        opened = begin(workspace)
        ops.answer(workspace, opened, GREETED, said("yes"))
        ops.submit_visit(workspace, opened)
        submitted(workspace, "RM-002")
    start = tmp_path / "start"
    shutil.copytree(folder, start / "data")
    shutil.copytree(tmp_path / "first", start / "office")

    def run(step: int) -> tuple[dict[str, bytes], list[str]]:
        place = tmp_path / f"run-{step}"
        shutil.copytree(start, place)
        with ops.open_workspace(place / "data", clock=clock) as workspace, killed_at(step, monkeypatch) as done:
            try:
                ops.sync(workspace, place / "office")
            except KilledError:
                pass
            else:
                return tree(place / "office"), done
        with ops.open_workspace(place / "data", clock=clock) as workspace:
            assert ops.sync_state(workspace).to_publish in (0, 2)
            result = ops.sync(workspace, place / "office")
            assert (result.merged, result.problems) == (2, ())
            assert ops.sync(workspace, place / "office").published == 0
        rows = table(place / "office", "head-office.csv")
        assert len({row["visit_id"] for row in rows}) == len(rows) == 2
        return tree(place / "office"), done

    whole, done = run(step=1000)
    assert done[-1] == "datapackage.json"
    assert len(done) > 8
    for step in range(1, len(done) + 1):
        assert run(step)[0] == whole, f"killed at {done[step - 1]}"


def test_a_sync_killed_before_it_is_noted_is_noted_the_next_time(
    workspace: ops.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The segment stands in the folder, the store doesn't know: the same one is found complete, not published anew."""
    submitted(workspace)
    office = tmp_path / "office"
    with monkeypatch.context() as patched:
        patched.setattr(Segments, "publish", _kill)
        with pytest.raises(KilledError):
            ops.sync(workspace, office)
    segments = tree(office / "results")
    submitted(workspace)
    assert ops.sync_state(workspace).to_publish == 2
    assert ops.sync(workspace, office).merged == 2
    assert segments.items() <= tree(office / "results").items()
    assert len(list((office / "results").rglob("*.visits.csv"))) == 2


def _kill(*_args: object, **_kwargs: object) -> None:
    raise KilledError


def test_a_cancelled_sync_keeps_what_was_done(workspace: ops.Workspace, tmp_path: Path) -> None:
    """Cancelled at every step that it tells of: repeating it sends and merges each visit once."""
    office = tmp_path / "office"
    for step in range(1, 6):
        submitted(workspace)
        asked = [False] * (step - 1) + [True]
        with pytest.raises(Cancelled):
            ops.sync(workspace, office, Progress(is_cancelled=iter(asked).__next__))
    assert ops.sync(workspace, office).merged == 5
    assert len(table(office, "head-office.csv")) == 5


def test_forms_stores_and_plan_are_taken_and_what_is_broken_is_named(workspace: ops.Workspace, tmp_path: Path) -> None:
    """A new form version, a broken one, stores and a plan: the good are there afterwards, the broken named, kept ones stay."""
    office = tmp_path / "office"
    ops.sync(workspace, office)
    (office / "forms" / "visit.yaml").write_text(FORM.replace('version: "1"', 'version: "2"'), encoding="utf-8")
    (office / "forms" / "broken.yaml").write_text("mshopper: 1\nid: broken\n", encoding="utf-8")
    (office / "forms" / "noise.yaml").write_bytes(bytes(range(256)))
    (office / "stores.csv").write_text("store_id;name\nTO-003;Torino\n", encoding="cp1252")
    (office / "plan.csv").write_text("plan_id,store_id,form_id,to\nP1,TO-003,visit,2026-12-01\n", encoding="utf-8")
    result = ops.sync(workspace, office)
    assert (result.taken_forms, result.taken_stores, result.taken_plan) == (1, 1, 1)
    assert len(result.problems) == 2
    assert "broken.yaml" in result.problems[0]
    assert "noise.yaml" in result.problems[1]
    assert ops.find_form(workspace, "visit").version == "2"
    assert ops.find_store(workspace, "TO-003").name == "Torino"
    again = ops.sync(workspace, office)
    assert (again.taken_forms, again.taken_stores, again.taken_plan) == (0, 0, 0)
    planned = ops.start_visit(
        workspace, form_hash=ops.find_form(workspace, "visit").hash, store_id="TO-003", plan_id="P1"
    )
    assert (planned.header.plan_id, planned.header.planned_for) == ("P1", "2026-12-01")
    (office / "stores.csv").write_bytes(b"\x00\x01nothing")
    assert len(ops.sync(workspace, office).problems) == 3
    assert ops.find_store(workspace, "TO-003").name == "Torino"


def test_not_done_and_incomplete_visits_reach_the_table_as_such(workspace: ops.Workspace, tmp_path: Path) -> None:
    """Not done: no number anywhere; incomplete: its flag; drafts stay at home."""
    begin(workspace)
    closed = ops.mark_not_done(workspace, visit_id=begin(workspace).header.visit_id, reason="closed")
    opened = begin(workspace)
    ops.add_instance(workspace, opened, TILLS)
    ops.answer(workspace, opened, clean(2), said("no"))
    forced = ops.submit_visit(workspace, opened, reason="in a hurry")
    assert ops.sync(workspace, tmp_path / "office").published == 2
    rows = {row["visit_id"]: row for row in table(tmp_path / "office", "head-office.csv")}
    assert set(rows) == {closed.visit_id, forced.visit_id}
    assert [rows[closed.visit_id][name] for name in ("status", "percent", "verdict")] == ["not_done", "", ""]
    assert (rows[forced.visit_id]["flags"], rows[forced.visit_id]["percent"]) == ("incomplete", "10.53")
    assert not any(row["visit_id"] == closed.visit_id for row in table(tmp_path / "office", "head-office-scores.csv"))


def test_the_right_to_merge_moves_with_claim(laptop: Laptop, tmp_path: Path) -> None:
    """Before it, the second machine merges into its own folder; after it the tables of the office are its, Excel's too."""
    office = tmp_path / "office"
    with laptop("a") as workspace:
        submitted(workspace)
        ops.sync(workspace, office)
    with laptop("b") as workspace:
        submitted(workspace)
        ops.sync(workspace, office)
        assert len(table(office, "head-office.csv")) == 1
        assert ops.merge(workspace, office).target == workspace.folder / "merged"
        report = ops.merge(workspace, office, claim=True, excel="it")
        assert (report.target, report.visits) == (office, 2)
    assert (office / "head-office.it.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with laptop("a") as workspace:
        assert ops.sync(workspace, office).merged_into == workspace.folder / "merged"


def test_folders_that_cannot_be_used_are_a_sentence_and_nothing_is_lost(
    workspace: ops.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No parent, a file in its place, a full disk: what waits still waits, and goes out once the folder is there."""
    submitted(workspace)
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    for place in (tmp_path / "no" / "office", file):
        with pytest.raises(HeadOfficeError):
            ops.sync(workspace, place)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", _no_space)
        with pytest.raises(HeadOfficeError, match="full"):
            ops.sync(workspace, tmp_path / "office")
    assert file.read_text(encoding="utf-8") == "mine"
    assert ops.sync_state(workspace).to_publish == 1
    assert ops.sync(workspace, tmp_path / "office").merged == 1


def _no_space(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_store_stops_the_taking_of_forms(
    workspace: ops.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form that can't be kept because the laptop's disk is full is the disk's problem, not the form's."""
    ops.sync(workspace, tmp_path / "office")
    (tmp_path / "office" / "forms" / "visit.yaml").write_text(FORM.replace('"1"', '"9"'), encoding="utf-8")

    def full(*_args: object, **_kwargs: object) -> None:
        raise StoreError("full")

    with monkeypatch.context() as broken:
        broken.setattr(workspace.store.forms, "add", full)
        with pytest.raises(StoreError):
            ops.sync(workspace, tmp_path / "office")
    assert ops.sync(workspace, tmp_path / "office").taken_forms == 1
