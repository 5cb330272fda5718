"""Faults of disks and odd names, through whole syncs: nothing is lost, nothing half, nothing outside the folder."""

import csv
import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import HeadOfficeError
from mshopper.exchange.csvfile import read_rows
from mshopper.exchange.merged import read_merged
from mshopper.exchange.schema import VISITS
from mshopper.model.record import Store
from tests.operations.conftest import GREETED, WAIT, Clock, begin, said, submitted

NAMES = ("../../x", "/etc/passwd", "..", "CON", "C:\\x", "n" * 300, "two\r\nlines", "=cmd|' /C calc'!A0", "a\0b", "ʤ 🛍️")


def test_names_of_stores_and_auditors_are_never_paths(workspace: ops.Workspace, tmp_path: Path) -> None:
    """Stores and auditors called like paths, devices or formulas: results, evidence and reports keep to their folders."""
    office, out = tmp_path / "office", tmp_path / "out"
    ops.change_settings(workspace, evidence=True)
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(workspace.folder)}
    for number, name in enumerate(NAMES):
        ops.add_store(workspace, Store(f"S-{number}", name, name))
        ops.change_settings(workspace, auditor_id=name, auditor=name)
        visit = submitted(workspace, f"S-{number}")
        ops.write_report(workspace, visit.header.visit_id, out, language="en")
    assert ops.sync(workspace, office).problems == ()
    with (office / VISITS.file).open("rb") as stream:
        rows = list(read_rows(stream))
    assert sorted((row["store_name"], row["region"]) for row in rows) == sorted((name, name) for name in NAMES)
    assert {row["auditor"] for row in rows} == set(NAMES)
    assert len(list(out.iterdir())) == len(NAMES)
    made = {path for path in tmp_path.rglob("*") if not path.is_relative_to(workspace.folder)} - before
    assert all(path.is_relative_to(office) or path.is_relative_to(out) for path in made)
    assert all(len(str(path.relative_to(office))) < 120 for path in made if path.is_relative_to(office))
    assert all(path.name.isprintable() and len(path.name.encode()) < 256 for path in made)


@pytest.mark.parametrize(("call", "number", "reason"), [("fsync", 28, "full"), ("replace", 30, "writable")])
def test_a_disk_that_refuses_at_any_write_is_said_and_loses_nothing(
    folder: Path, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, reason: str
) -> None:
    """Full or read-only from the n-th write on, for each n: a sentence; readers see the old tables or the new ones, and the
    next sync ends byte for byte where one without the fault does."""
    with ops.open_workspace(folder, clock=clock) as workspace:
        submitted(workspace)
        ops.sync(workspace, tmp_path / "first")
        opened = begin(workspace, "RM-002")
        for key, value in ((GREETED, "yes"), (WAIT, 90)):
            ops.answer(workspace, opened, key, said(value))
        ops.submit_visit(workspace, opened)
        visit_id = opened.header.visit_id
        ops.return_visit(workspace, ops.judged_here(workspace, visit_id), "why?")
        finding = next(one for one in ops.found_to_mend(workspace, visit_id) if one.question_id == "wait")
        ops.add_action(workspace, visit_id, finding, owner="Rossi")
    start = tmp_path / "start"
    shutil.copytree(folder, start / "data")
    shutil.copytree(tmp_path / "first", start / "office")
    real: Callable[..., None] = getattr(os, call)

    def run(last: int) -> tuple[dict[str, bytes], int]:
        place = Path(shutil.copytree(start, tmp_path / f"run-{last}"))
        calls = itertools.count(1)
        refused = 0

        def refusing(*arguments: object) -> None:
            nonlocal refused
            refused = next(calls)
            if refused >= last:
                raise OSError(number, os.strerror(number))
            real(*arguments)

        with ops.open_workspace(place / "data", clock=clock) as workspace:
            with monkeypatch.context() as patched:
                patched.setattr(os, call, refusing)
                try:
                    sentences = list(ops.sync(workspace, place / "office").problems)
                except HeadOfficeError as error:
                    sentences = [str(error)]
            # Flushing a folder is done where it can be: only that may have been refused.
            assert all(reason in sentence and os.strerror(number) in sentence for sentence in sentences)
            assert sentences or call == "fsync" or refused < last
            merged = read_merged(place / "office")
            assert merged is not None
            assert len(list(merged.rows(VISITS))) in (1, 2)
            assert not list((place / "office").glob("*.tmp"))
            assert ops.sync(workspace, place / "office").problems == ()
            assert ops.sync_state(workspace).to_publish == 0
        with (place / "office" / VISITS.file).open(encoding="utf-8", newline="") as stream:
            assert sorted(row["status"] for row in csv.DictReader(stream)) == ["returned", "submitted"]
        office = place / "office"
        # What is kept in merged/ beside the newest is the one before, whichever that was.
        kept = [path for path in office.rglob("*") if path.is_file() and path.parent.parent != office / "merged"]
        whole = {str(path.relative_to(office)): path.read_bytes() for path in kept}
        shutil.rmtree(place)
        return whole, refused

    whole, writes = run(last=1000)
    assert writes > 8
    for last in range(1, writes + 1):
        assert run(last)[0] == whole, last
