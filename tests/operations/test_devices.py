"""Who a data folder is: minted once, another on another machine; and a second process, which may only look."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import ReadOnlyStoreError
from mshopper.model.answer import Answer
from mshopper.model.record import Store
from mshopper.operations import identity
from tests.operations.conftest import GREETED, begin, submitted

OPENER = """
import sys
from pathlib import Path
from mshopper import operations as ops
with ops.open_workspace(Path(sys.argv[1])) as workspace:
    print(workspace.read_only, flush=True)
    sys.stdin.readline()
"""


def test_a_device_is_minted_once(folder: Path) -> None:
    """Opening again, also in another process, finds the same UUID and key."""
    devices = []
    for _ in range(3):
        with ops.open_workspace(folder) as workspace:
            devices.append([(one.device_id, one.public_key) for one in workspace.store.devices.all()])
    code = OPENER.replace("read_only", "store.devices.current().device_id")
    shown = subprocess.run([sys.executable, "-c", code, folder], input="\n", capture_output=True, encoding="utf-8")
    assert devices[0] == devices[1] == devices[2]
    assert [device_id for device_id, _key in devices[0]] == [shown.stdout.strip()]


def test_a_copied_folder_becomes_a_device_of_its_own(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the other machine a new UUID and key, the former kept for its signatures; each publishes under its own name."""
    office = tmp_path / "office"
    with ops.open_workspace(folder) as workspace:
        before = workspace.store.devices.current()
        common = submitted(workspace).header
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    with ops.open_workspace(folder) as workspace:
        first = submitted(workspace).header
        ops.sync(workspace, office)
    monkeypatch.setattr(identity, "machine_fingerprint", lambda: "another machine")
    with ops.open_workspace(copy) as workspace:
        device = workspace.store.devices.current()
        assert before is not None
        assert device is not None
        assert (device.device_id, device.public_key) != (before.device_id, before.public_key)
        assert workspace.store.devices.get(before.device_id) == before
        second = submitted(workspace).header
        assert second.device_id == device.device_id
        result = ops.sync(workspace, office)
        assert (result.published, result.merged) == (2, 3)
        # The folder names the other one, which it was before, as the one that merges.
        (said_once,) = result.problems
        assert "before it got its present identity" in said_once
    assert {path.name for path in (office / "results").iterdir()} == {before.device_id, device.device_id}
    with ops.open_workspace(copy) as workspace:
        assert workspace.store.devices.current() == device
        merged = (copy / "merged" / "head-office.csv").read_text(encoding="utf-8")
        assert all(merged.count(header.seal) == 1 for header in (common, first, second))


def test_a_folder_restored_on_its_own_machine_does_not_publish_under_a_used_number(
    folder: Path, tmp_path: Path
) -> None:
    """An older copy of the folder, same machine: its next number is taken, so it goes on as a new device; nothing is lost."""
    office = tmp_path / "office"
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    with ops.open_workspace(folder) as workspace:
        first = submitted(workspace).header
        ops.sync(workspace, office)
    with ops.open_workspace(copy) as workspace:
        second = submitted(workspace).header
        result = ops.sync(workspace, office)
        assert (result.published, result.merged) == (1, 2)
        assert "mshopper merge --claim" in result.problems[0]
        assert len(workspace.store.devices.all()) == 2
        assert ops.sync(workspace, office).published == 0
    with ops.open_workspace(folder) as workspace:
        assert ops.sync(workspace, office).merged == 2
    merged = (office / "head-office.csv").read_text(encoding="utf-8")
    assert merged.count(first.seal) == merged.count(second.seal) == 1


def test_a_second_process_may_look_and_says_so(folder: Path, tmp_path: Path) -> None:
    """Everything can be read; whatever writes is refused with the sentence, and changes nothing in the head office."""
    with ops.open_workspace(folder) as workspace:
        visit_id = submitted(workspace).header.visit_id
        draft = begin(workspace).header.visit_id
    with subprocess.Popen([sys.executable, "-c", OPENER, folder], stdin=-1, stdout=-1, encoding="utf-8") as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "False"
        with ops.open_workspace(folder) as second:
            assert second.read_only
            assert ops.open_visit(second, visit_id).header.state == "submitted"
            assert ops.count_visits(second) == 2
            ops.write_report(second, visit_id, tmp_path / "out.pdf", language="it")
            opened = ops.open_visit(second, draft)
            answers: tuple[tuple[str, Callable[[], object]], ...] = (
                ("answer", lambda: ops.answer(second, opened, GREETED, Answer("yes"))),
                ("begin", lambda: begin(second)),
                ("store", lambda: ops.add_store(second, Store("X"))),
                ("settings", lambda: ops.change_settings(second, language="it")),
                ("sync", lambda: ops.sync(second, tmp_path / "office")),
                ("merge", lambda: ops.merge(second, tmp_path / "office", claim=True)),
                ("writer", second.writer),
            )
            for _what, attempt in answers:
                with pytest.raises(ReadOnlyStoreError, match="already open"):
                    attempt()
            assert opened.visit.answer(GREETED) == Answer()
            assert not (tmp_path / "office").exists()
        process.communicate("\n")
    with ops.open_workspace(folder) as third:
        assert not third.read_only


def test_workers_have_a_connection_of_their_own(workspace: ops.Workspace) -> None:
    """A reader sees what was committed and can't write; a writer writes under the same lock."""
    visit_id = submitted(workspace).header.visit_id
    with workspace.reader() as reader:
        assert ops.open_visit(reader, visit_id).header.state == "submitted"
        with pytest.raises(ReadOnlyStoreError):
            begin(reader)
    with workspace.writer() as writer:
        begun = begin(writer).header.visit_id
    assert ops.open_visit(workspace, begun).is_draft


def test_the_fingerprint_is_stable_and_tells_nothing() -> None:
    """The same twice, a hash only."""
    assert identity.machine_fingerprint() == identity.machine_fingerprint()
    assert len(bytes.fromhex(identity.machine_fingerprint())) == 32
