"""Killing a process that fills in a visit, at random moments, and looking at what it leaves behind."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from mshopper import operations as ops
from mshopper.model.record import Store
from tests.ui.fill_until_killed import FORM, number_of

SCRIPT = Path(__file__).with_name("fill_until_killed.py")


@dataclass
class Toll:
    """What came of killing: how often, how many answers were told of, which were lost, what could not be read."""

    kills: int = 0
    told: int = 0
    lost: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def prepare(folder: Path) -> None:
    """A data folder with the form that is filled in and a store."""
    path = folder.parent / "killed.yaml"
    path.write_text(FORM, encoding="utf-8")
    with ops.open_workspace(folder, anywhere=True) as workspace:
        ops.change_settings(workspace, language="en", theme="light", auditor="Anna Rossi", auditor_id="12")
        ops.add_store(workspace, Store("MI-001", "Milano Duomo"))
        ops.import_form(workspace, path)


def kill_often(folder: Path, times: int, seed: int = 1) -> Toll:
    """Let a process go on with one visit, kill -9 it after some of its answers, `times` over, each time looking."""
    dice = random.Random(seed)
    toll, known = Toll(), dict[str, int]()
    for n in range(times):
        told = _one(folder, max(known.values(), default=0) + 1, seed + n, dice)
        toll.kills += 1
        toll.told += len(told)
        for question, number in told:
            known[question] = max(number, known.get(question, 0))
        try:
            kept = _kept(folder)
        except Exception as error:  # noqa: BLE001 - whatever can't be read is what is looked for
            toll.unreadable.append(f"kill {n}: {error!r}")
            continue
        toll.lost += [f"kill {n}: {q} {known[q]}, kept {kept.get(q, 0)}" for q in known if kept.get(q, 0) < known[q]]
        for question, number in kept.items():
            known[question] = max(number, known.get(question, 0))
    return toll


def _one(folder: Path, first: int, seed: int, dice: random.Random) -> list[tuple[str, int]]:
    """Run one process and kill it some milliseconds after it told of some answers; all that it told of."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, str(SCRIPT), str(folder), str(first), str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    if process.stdout.readline().strip() != "ready":
        process.kill()
        raise AssertionError("the window could not go on with the visit")
    heard = [process.stdout.readline() for _answer in range(dice.randint(1, 60))]
    time.sleep(dice.uniform(0.0, 0.03))
    process.send_signal(signal.SIGKILL)
    said = process.stdout.read()  # with what was read ahead of the lines heard
    process.stdout.close()
    process.wait()
    lines = [line.split() for line in (*heard, *said.splitlines(keepends=True)) if line.endswith("\n")]
    return [(question, int(number)) for question, number in lines]


def _kept(folder: Path) -> dict[str, int]:
    """The number that each question's answer carries in the data folder, whose file must be whole."""
    with ops.open_workspace(folder, anywhere=True) as workspace:
        (state,) = workspace.store.raw.execute("PRAGMA integrity_check").fetchone()
        assert state == "ok", state
        rows = ops.list_visits(workspace)
        if not rows:
            return {}
        answers = ops.open_visit(workspace, rows[0].visit_id).visit.answers
        return {key.path: number_of(answer.value, answer.comment) for key, answer in answers.items()}
