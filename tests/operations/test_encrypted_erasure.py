"""Erasing in an encrypted data folder: the copies are opened by its key, and an older one brings nothing back."""

from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.model.record import Store

pytest.importorskip("sqlcipher3", reason="the extra `encrypted` isn't installed")

PASSPHRASE = "three grey herons"
WORD = b"SECRETWORD"


def test_what_was_erased_stays_so_when_an_encrypted_backup_is_put_back(tmp_path: Path) -> None:
    """The copy of before the erasure is replaced; put back from elsewhere, its visit is erased again and verifies as that."""
    folder, stick = tmp_path / "data", tmp_path / "stick.sqlite"
    with ops.open_workspace(folder) as workspace:
        ops.add_store(workspace, Store("MI-001", "Milano Duomo"))
        form = ops.find_form(workspace, "exit_interview").hash
        opened = ops.start_visit(workspace, form_hash=form, store_id="MI-001")
        ops.submit_visit(workspace, opened, reason=WORD.decode())
    visit_id = opened.header.visit_id
    ops.encrypt(folder, PASSPHRASE)
    key = ops.unlock(folder, PASSPHRASE)
    with ops.open_workspace(folder, key=key) as workspace:
        ops.daily_backup(workspace)
        ops.back_up(workspace, stick)
        before = ops.list_backups(folder)[0].file.read_bytes()
        ops.erase_visits(workspace, [visit_id])
        ops.finish_erasing(workspace)
        assert before not in [one.file.read_bytes() for one in ops.list_backups(folder)]
    ops.restore(folder, stick, key=key)
    with ops.open_workspace(folder, key=key) as workspace:
        assert visit_id in workspace.store.erasure.erased()
        assert workspace.store.row("SELECT count(*) FROM answers") == (0,)
        assert ops.verify_visit(workspace, visit_id).agrees
    assert not [path for path in folder.rglob("*") if path.is_file() and WORD in path.read_bytes()]
