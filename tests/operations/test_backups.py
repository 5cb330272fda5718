"""Daily copies, a copy where the user wants it, putting one back, and what is saved of a damaged data file."""

import datetime as dt
import json
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest

from mshopper import operations as ops
from mshopper.cli import run
from mshopper.errors import DamagedStoreError, StoreError
from mshopper.model.record import Store
from mshopper.operations import backups
from mshopper.store.backups import FOLDER

DAY = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


def visit_begun(workspace: ops.Workspace) -> str:
    """A visit of the exit interview, just begun."""
    ops.add_store(workspace, Store("MI-001", "Milano Duomo"))
    form = ops.find_form(workspace, "exit_interview").hash
    return ops.start_visit(workspace, form_hash=form, store_id="MI-001").header.visit_id


def ids(workspace: ops.Workspace) -> list[str]:
    """The visits of the folder."""
    return sorted(row[0] for row in workspace.store.rows("SELECT visit_id FROM visits"))


def test_there_is_one_backup_a_day_and_the_oldest_go(tmp_path: Path) -> None:
    """Twenty days of use leave five daily copies and those of the weeks before; a second start makes no second one."""
    for day in range(20):
        now = DAY + dt.timedelta(days=day)
        with ops.open_workspace(tmp_path / "data", clock=lambda now=now: now) as workspace:  # type: ignore[misc]
            assert ops.daily_backup(workspace) is not None
            assert ops.daily_backup(workspace) is None
    kept = [backup.at[:10] for backup in ops.list_backups(tmp_path / "data")]
    assert kept[:5] == ["2026-12-10", "2026-12-09", "2026-12-08", "2026-12-07", "2026-12-06"]
    assert len(kept) <= 9
    assert kept == sorted(kept, reverse=True)


def test_no_room_is_a_sentence_and_the_newest_copy_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk older daily copies go first, never the last one, and what is needed is said."""
    for day in range(3):
        now = DAY + dt.timedelta(days=day)
        with ops.open_workspace(tmp_path / "data", clock=lambda now=now: now) as workspace:  # type: ignore[misc]
            ops.daily_backup(workspace)
    monkeypatch.setattr(backups.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=0))
    with (
        ops.open_workspace(tmp_path / "data", clock=lambda: DAY + dt.timedelta(days=3)) as workspace,
        pytest.raises(StoreError, match="no room"),
    ):
        ops.daily_backup(workspace)
    assert [backup.at[:10] for backup in ops.list_backups(tmp_path / "data")] == ["2026-11-23"]


def test_a_backup_is_put_back_by_the_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`backup FILE`, a visit more, `restore FILE`: the visit is gone and stands in the copy that restore kept."""
    monkeypatch.setenv("LANG", "en")
    data = str(tmp_path / "data")
    with ops.open_workspace(tmp_path / "data") as workspace:
        first = visit_begun(workspace)
    assert run(["--data", data, "backup", str(tmp_path / "b.sqlite")]) == 0
    assert "1 visit saved" in capsys.readouterr().out
    with ops.open_workspace(tmp_path / "data") as workspace:
        second = visit_begun(workspace)
    assert run(["--data", data, "restore", str(tmp_path / "b.sqlite"), "--json"]) == 0
    kept = Path(json.loads(capsys.readouterr().out)["kept"])
    with ops.open_workspace(tmp_path / "data") as workspace:
        assert ids(workspace) == [first]
        assert workspace.store.journal.verify() is None
        assert [line.event for line in workspace.store.journal.lines()][-1] == "restored"
    assert run(["--data", data, "restore", str(kept)]) == 0
    with ops.open_workspace(tmp_path / "data") as workspace:
        assert ids(workspace) == sorted([first, second])
    assert run(["--data", data, "backup", "--list"]) == 0
    assert "before-restore" in capsys.readouterr().out


def test_a_restore_waits_until_the_window_is_closed(tmp_path: Path) -> None:
    """While another process has the folder open, nothing is put back."""
    with ops.open_workspace(tmp_path / "data") as workspace:
        visit_begun(workspace)
        ops.back_up(workspace, tmp_path)
        (copy,) = tmp_path.glob("mshopper-*.sqlite")
        with pytest.raises(StoreError, match="already open"):
            ops.restore(tmp_path / "data", copy)


def test_a_damaged_file_is_noticed_and_what_can_be_read_is_saved(tmp_path: Path) -> None:
    """With the forms' page torn the folder doesn't open; what is read of it opens, and the torn file is kept."""
    folder = tmp_path / "data"
    with ops.open_workspace(folder) as workspace:
        visit = visit_begun(workspace)
    file = folder / "mshopper.sqlite"
    raw = sqlite3.connect(file)
    (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'stores'").fetchone()
    (size,) = raw.execute("PRAGMA page_size").fetchone()
    raw.close()
    torn = bytearray(file.read_bytes())
    torn[(page - 1) * size : page * size] = b"\x5a" * size
    file.write_bytes(torn)
    with pytest.raises(DamagedStoreError, match="mshopper restore"):
        ops.open_workspace(folder)
    salvaged = ops.salvage(folder)
    assert salvaged.kept.parent == folder / FOLDER
    assert salvaged.kept.read_bytes() == bytes(torn)
    assert next(salvaged.sentences()) == "1 visit was found."
    with ops.open_workspace(folder) as workspace:
        assert ids(workspace) == [visit]
        assert workspace.store.check() == []
        assert ops.open_visit(workspace, visit).header.store.name == "Milano Duomo"


def test_nothing_readable_is_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    """A file of noise can't be saved: it stays, and a backup is named as the way out."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "mshopper.sqlite").write_bytes(b"\xa7" * 40_000)
    with pytest.raises(StoreError, match="damaged"):
        ops.salvage(folder)
    assert (folder / "mshopper.sqlite").read_bytes() == b"\xa7" * 40_000
