"""Sixteen laptops as real processes on one head-office folder, killed with `kill -9` at random and started again.

`python -m tests.operations.killing 1000` kills a thousand times. What a laptop said it had submitted it notes, flushed,
outside its data folder, and what it decided on it and opened as a corrective action; in the end each such visit, decision
and action must stand in the merged tables exactly once, with its values, and each visit with the status that was decided.
"""

import csv
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerKey
from mshopper.operations import identity
from mshopper.store import open_store

LAPTOPS = 16
GREETED, WHO = AnswerKey("door/greeted"), AnswerKey("door/who")


def rounds(template: Path, place: Path, kills: int, *, seed: int = 1) -> int:
    """Kill `kills` times, then let all sync in peace and compare. Returns how many visits there were."""
    chance = random.Random(seed)
    for number in range(LAPTOPS):
        shutil.copytree(template, place / f"laptop-{number}")
    office = place / "office"
    assert _in_process(lambda: _sync(place, 0, office)) == 0
    running = {_started(place, number, office): number for number in range(LAPTOPS)}
    try:
        for _kill in range(kills):
            time.sleep(chance.expovariate(1 / 0.15))
            process = chance.choice(sorted(running))
            number = running.pop(process)
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            running[_started(place, number, office)] = number
    finally:
        for process in running:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    for number in range(1, LAPTOPS):
        assert _in_process(lambda number=number: _sync(place, number, office)) == 0  # type: ignore[misc]
    assert _in_process(lambda: _sync(place, 0, office, whole=True)) == 0
    return _compare(place, office)


def _started(place: Path, number: int, office: Path) -> int:
    process = os.fork()
    if process == 0:
        _end_after(lambda: _work(place, number, office))
    return process


def _in_process(act: Callable[[], None]) -> int:
    """The exit code of `act` in a process of its own, so that this one opens no database before it forks."""
    process = os.fork()
    if process == 0:
        _end_after(act)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _end_after(act: Callable[[], None]) -> None:
    code = 1
    try:
        act()
        code = 0
    except BaseException:  # noqa: BLE001 - this process ends here, whatever it was
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _work(place: Path, number: int, office: Path) -> None:
    """Record visits, correct some, and sync, until killed."""
    identity.machine_fingerprint = lambda: f"machine {number}"
    with (
        ops.open_workspace(place / f"laptop-{number}", anywhere=True) as workspace,
        (place / f"said-{number}").open("a", encoding="utf-8") as said,
    ):
        while True:
            for _visit in range(2):
                form = ops.find_form(workspace, "visit").hash
                opened = ops.start_visit(workspace, form_hash=form, store_id="MI-001")
                who = f"laptop {number}, {time.time_ns()}"
                for key, value in ((GREETED, "yes"), (WHO, who)):
                    ops.answer(workspace, opened, key, Answer(value))
                header = ops.submit_visit(workspace, opened)
                _say(said, "visit", header.visit_id, header.seal, who)
            _supervise(workspace, header.visit_id, who, said)
            ops.sync(workspace, office)


def _supervise(workspace: ops.Workspace, visit_id: str, who: str, said: TextIO) -> None:
    """Return a visit or approve it, and open an action on what it found."""
    judged = ops.judged_here(workspace, visit_id)
    if int(visit_id[0], 16) % 2:
        _say(said, "decision", visit_id, ops.return_visit(workspace, judged, who).hash, "returned")
    else:
        _say(said, "decision", visit_id, ops.approve_visit(workspace, judged).hash, "approved")
    finding = next(one for one in ops.found_to_mend(workspace, visit_id) if one.question_id == "wait")
    action = ops.add_action(workspace, visit_id, finding, owner=who, due="2026-12-01")
    _say(said, "action", visit_id, action.id, who)


def _say(said: TextIO, *what: str) -> None:
    said.write("\t".join(what) + "\n")
    said.flush()
    os.fsync(said.fileno())


def _sync(place: Path, number: int, office: Path, *, whole: bool = False) -> None:
    identity.machine_fingerprint = lambda: f"machine {number}"
    with ops.open_workspace(place / f"laptop-{number}", anywhere=True) as workspace:
        result = ops.sync(workspace, office)
        # Until each has synced, there are halves of those that were killed.
        assert not (whole and result.problems), result.problems
        assert ops.sync_state(workspace).to_publish == 0


def _compare(place: Path, office: Path) -> int:
    visits = _by(office / "head-office.csv", "visit_id")
    reviews = _by(office / "head-office-reviews.csv", "decision_hash")
    actions = _by(office / "head-office-actions.csv", "action_id")
    with (office / "head-office-answers.csv").open(encoding="utf-8", newline="") as stream:
        who = {row["visit_id"]: row["value"] for row in csv.DictReader(stream) if row["question_id"] == "who"}
    kept = set()
    for number in range(LAPTOPS):
        with open_store(place / f"laptop-{number}", anywhere=True) as store:
            kept |= {
                (one.visit_id, header.seal)
                for one in store.segments.sealed()
                if (header := store.visits.header(one.visit_id, one.revision))
            }
            assert store.check() == []
    assert {(name, row["seal"]) for name, row in visits.items()} == kept
    said = [line.split("\t") for path in place.glob("said-*") for line in path.read_text(encoding="utf-8").splitlines()]
    for kind, visit_id, one, value in said:
        match kind:
            case "visit":
                assert (visit_id, one) in kept
                assert who[visit_id] == value
            case "decision":
                assert (reviews[one]["visit_id"], reviews[one]["standing"]) == (visit_id, "stands")
                assert visits[visit_id]["status"] == value
            case "action":
                assert (actions[one]["visit_id"], actions[one]["owner"]) == (visit_id, value)
    assert {kind for kind, *_rest in said} == {"visit", "decision", "action"}
    return len(visits)


def _by(path: Path, column: str) -> dict[str, dict[str, str]]:
    """The rows of a table by a column in which each value stands once."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = {row[column]: row for row in rows}
    assert len(found) == len(rows), path.name
    return found


if __name__ == "__main__":
    from tests.operations.conftest import make_template

    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".killing-") as name:
        began = time.perf_counter()
        count = rounds(make_template(Path(name) / "template"), Path(name), int(sys.argv[1]))
        took = time.perf_counter() - began
        print(
            f"{sys.argv[1]} kills, {count} visits, every other one with a decision and an action, {took:.0f} s: all there once"
        )
