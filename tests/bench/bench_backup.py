"""A backup of a 1 GB store, read again in full, against a plain copy of the same bytes with fsync; and the app meanwhile."""

import os
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path

from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.record import Store

GIGABYTE = 1_000_000_000
PHOTO = 500_000
ROUNDS = 3
LIMIT = 2.0
ANSWER_LIMIT_MS = 50.0


def run() -> list[tuple[str, float, float | None]]:
    """Seconds, their ratio with its limit, and the longest that an answer took while a backup was made."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        with ops.open_workspace(folder) as workspace:
            visit = _filled(workspace)
            copies, backups, answers = [], [], []
            for _ in range(ROUNDS):
                copies.append(_plain_copy(folder / "mshopper.sqlite", Path(place) / "copy"))
                seconds, slowest = _backup(workspace, Path(place) / "backup.sqlite", visit)
                backups.append(seconds)
                answers.append(slowest)
    copy, backup = statistics.median(copies), statistics.median(backups)
    return [
        ("backup: cp of 1 GB and fsync, s", copy, None),
        ("backup: 1 GB, read again, s", backup, None),
        ("backup: mshopper / cp", backup / copy, LIMIT),
        ("backup: slowest answer meanwhile, ms", statistics.median(answers), ANSWER_LIMIT_MS),
    ]


def _filled(workspace: ops.Workspace) -> ops.OpenVisit:
    ops.add_store(workspace, Store("MI-001", "Milano Duomo"))
    visit = ops.start_visit(workspace, form_hash=ops.find_form(workspace, "exit_interview").hash, store_id="MI-001")
    with workspace.store.write():
        for number in range(GIGABYTE // PHOTO):
            workspace.store.execute(
                "INSERT INTO photo_bytes (sha256, bytes) VALUES (?, ?)", [f"{number:064x}", os.urandom(PHOTO)]
            )
    workspace.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return visit


def _plain_copy(source: Path, target: Path) -> float:
    target.unlink(missing_ok=True)
    begun = time.perf_counter()
    shutil.copyfile(source, target)
    with target.open("rb+") as stream:
        os.fsync(stream.fileno())
    seconds = time.perf_counter() - begun
    target.unlink()
    return seconds


def _backup(workspace: ops.Workspace, target: Path, visit: ops.OpenVisit) -> tuple[float, float]:
    target.unlink(missing_ok=True)
    taken: list[float] = []

    def work() -> None:
        begun = time.perf_counter()
        with workspace.reader() as own:
            ops.back_up(own, target)
        taken.append(time.perf_counter() - begun)

    worker = threading.Thread(target=work)
    worker.start()
    key = next(key for key in visit.visit.keys() if visit.form.places[key.path].item.type == "nps")
    slowest = 0.0
    number = 0
    while worker.is_alive():
        begun = time.perf_counter()
        ops.answer(workspace, visit, AnswerKey(key.path, key.instance), Answer(number % 11))
        slowest = max(slowest, time.perf_counter() - begun)
        number += 1
        time.sleep(0.02)
    worker.join()
    return taken[0], slowest * 1000
