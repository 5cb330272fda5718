"""Encryption at rest: nothing in clear, wrong passphrases cost time, and every copy keeps its key."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from mshopper import operations as ops
from mshopper.cli import run
from mshopper.errors import DamagedStoreError, LockedStoreError, MshopperError, StoreError, WrongPassphraseError
from mshopper.operations import private
from mshopper.operations.comparing import open_comparison
from mshopper.store import cipher, unlocking
from tests.operations.conftest import GREETED, WHO, begin, said

pytest.importorskip("sqlcipher3")

SECRET, OTHER = "open sesame seeds", "close the door now"
MARKER = b"Zanzibarbone"


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a key is slow on purpose; that it is one is a bench's business."""
    monkeypatch.setattr(cipher, "_COST", 2)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files of any kind are made."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    monkeypatch.setattr(private, "_place", lambda: place)
    return place


def in_clear(words: tuple[bytes, ...], *folders: Path) -> list[str]:
    """The files below the folders that contain one of the words."""
    files: Iterator[Path] = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return sorted(file.name for file in files if any(word in file.read_bytes() for word in words))


def marked_visit(workspace: ops.Workspace, camera: Callable[..., Path]) -> tuple[str, bytes]:
    """A visit with the marker in an answer and a comment, submitted: its id, and some bytes of its photo."""
    opened = begin(workspace)
    ops.answer(workspace, opened, WHO, said(f"{MARKER.decode()} at the till"))
    ops.answer(workspace, opened, GREETED, said("no", comment=f"{MARKER.decode()} looked away"))
    ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera("face.jpg", (400, 300))))
    ops.submit_visit(workspace, opened, reason="in a hurry")
    jpeg = ops.photo_jpeg(workspace, workspace.record(opened.header.visit_id).photos[0].id)
    return opened.header.visit_id, jpeg[-80:-20]


def test_nothing_is_in_clear(folder: Path, camera: Callable[..., Path], temporary: Path, tmp_path: Path) -> None:
    """Of a marker in an answer, a comment and a photo no file of the data folder knows, nor a temporary one, whatever was done
    before and after: reports, merged tables, comparisons, backups, a killed process. Plain, all of that holds it."""
    office, elsewhere = tmp_path / "office", tmp_path / "elsewhere"
    with ops.open_workspace(folder) as workspace:
        visit_id, picture = marked_visit(workspace, camera)
        ops.write_report(workspace, visit_id, workspace.place_for("reports"), language="it")
        ops.daily_backup(workspace)
        ops.sync(workspace, office)
        open_comparison(workspace, office).close()
    words = (MARKER, picture)
    assert {"mshopper.sqlite"} < set(in_clear(words, folder))
    key = ops.encrypt(folder, SECRET).key
    assert key is not None
    assert in_clear(words, folder, temporary) == []
    with ops.open_workspace(folder, key=key) as workspace:
        assert ops.list_backups(folder)
        second, _picture = marked_visit(workspace, camera)
        path, _warnings = ops.write_report(workspace, visit_id, workspace.place_for("reports"), language="it")
        assert path.is_relative_to(temporary)
        ops.sync(workspace, office, evidence=True)
        open_comparison(workspace, office).close()
        open_comparison(workspace).close()
        assert workspace.store.visit_list.rows([second])
        left = Path(shutil.copytree(folder, elsewhere))  # as kill -9 leaves it
        assert in_clear(words, folder, left) == []
    assert in_clear(words, folder, temporary) == []
    assert not list(temporary.iterdir())
    with ops.open_workspace(folder, key=key) as workspace:
        assert workspace.record(visit_id).answers[WHO].value == f"{MARKER.decode()} at the till"
        assert workspace.store.check() == []


def test_a_killed_process_leaves_nothing_at_the_next_start(folder: Path, temporary: Path) -> None:
    """What was in the private folder, and the old file that was still to be overwritten, go when the data is opened."""
    key = ops.encrypt(folder, SECRET).key
    workspace = ops.open_workspace(folder, key=key)
    (workspace.place_for("reports")).mkdir()
    (workspace.place_for("reports") / "visit.pdf").write_bytes(MARKER)
    (folder / "mshopper.sqlite.clear").write_bytes(MARKER)
    workspace.store.close()  # and nothing else of what closing does
    assert in_clear((MARKER,), folder, temporary)
    ops.open_workspace(folder, key=key).close()
    assert in_clear((MARKER,), folder, temporary) == []


def test_wrong_passphrases_cost_more_and_more_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three are free, then each doubles the wait, which a restart doesn't end nor a clock set back; the right one does."""
    ops.encrypt(folder, SECRET)
    now = [1_000_000.0]
    monkeypatch.setattr(unlocking.time, "time", lambda: now[0])
    waits = []
    for _try in range(6):
        now[0] += ops.seconds_to_wait(folder)
        with pytest.raises(WrongPassphraseError) as told:
            ops.unlock(folder, OTHER)
        waits.append(told.value.wait)
    assert waits == [0, 0, 2, 4, 8, 16]
    with pytest.raises(WrongPassphraseError, match="next can be tried in 16 seconds"):
        ops.unlock(folder, SECRET)
    now[0] -= 5_000
    assert ops.seconds_to_wait(folder) == 16
    now[0] += 5_016
    with ops.open_workspace(folder, key=ops.unlock(folder, SECRET)) as workspace:
        assert ops.list_stores(workspace)
    assert ops.seconds_to_wait(folder) == 0


def test_without_the_key_it_is_a_sentence(folder: Path) -> None:
    """No key, another one, and a key file that is gone or was written into: a sentence, and the file is as it was."""
    ops.encrypt(folder, SECRET)
    before = (folder / "mshopper.sqlite").read_bytes()
    for key in (None, cipher.make_key(OTHER, unlocking.salt(folder))):
        with pytest.raises(LockedStoreError, match="is encrypted: its passphrase opens it"):
            ops.open_workspace(folder, key=key)
    for content in ("", "{", "[]", '{"salt": 3}'):
        (folder / "mshopper.key").write_text(content)
        with pytest.raises(WrongPassphraseError, match="doesn't open the data"):
            ops.unlock(folder, OTHER)
    assert (folder / "mshopper.sqlite").read_bytes() == before
    (folder / "mshopper.key").unlink()
    ops.open_workspace(folder, key=ops.unlock(folder, SECRET)).close()


def test_another_passphrase_and_none(folder: Path) -> None:
    """After a change the former one opens nothing; decrypted, any program of SQLite's reads it. Short ones are refused."""
    with pytest.raises(MshopperError, match="at least 8 characters"):
        ops.encrypt(folder, "short")
    key = ops.encrypt(folder, SECRET).key
    assert key is not None
    new = ops.change_passphrase(folder, key, OTHER).key
    assert new is not None
    with pytest.raises(LockedStoreError):
        ops.open_workspace(folder, key=key)
    with pytest.raises(LockedStoreError):
        ops.decrypt(folder, key)
    ops.decrypt(folder, new)
    assert not (folder / "mshopper.key").exists()
    with ops.open_workspace(folder, key=key) as workspace:
        events = [row[0] for row in workspace.store.rows("SELECT event FROM journal ORDER BY seq")]
    assert events[-3:] == ["encrypted", "passphrase_changed", "decrypted"]


def test_a_copy_that_is_not_the_same_takes_no_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what was written can't be read again as it was, the data stays in clear as it was, with nothing beside it."""
    from mshopper.store import encrypting

    digests = iter(("one", "another"))
    monkeypatch.setattr(encrypting, "_digest", lambda _raw: next(digests))
    before = sorted(file.name for file in folder.iterdir())
    with pytest.raises(StoreError, match="could not be read again"):
        ops.encrypt(folder, SECRET)
    assert ops.encryption_state(folder) == "plain"
    assert {file.name for file in folder.iterdir()} - {"mshopper.lock"} <= set(before)


@pytest.mark.parametrize("step", ["rewrite", "take_place", "replace", "note_key", "overwrite", "backup"])
def test_killed_while_encrypting_the_data_is_there_whole(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Stopped at any step, the data opens, in clear or by the passphrase; the next start leaves nothing half done."""
    from mshopper.store import backups, encrypting

    class Killed(BaseException):
        """The process is gone."""

    def stop(*_arguments: object, **_named: object) -> None:
        raise Killed

    class SecondStops:
        """The data file is exchanged; the place of the copy isn't taken any more."""

        def __call__(self, file: Path, target: Path) -> None:
            if target.parent.name == backups.FOLDER:
                raise Killed
            os.replace(file, target)  # noqa: PTH105 - Path.replace is what is stood in for

    target: dict[str, tuple[object, str]] = {
        "rewrite": (encrypting, "rewrite"),
        "take_place": (backups, "take_place"),
        "replace": (Path, "replace"),
        "note_key": (unlocking, "note_key"),
        "overwrite": (encrypting, "overwrite"),
    }
    with ops.open_workspace(folder) as workspace:
        stores = ops.list_stores(workspace)
        ops.daily_backup(workspace)
    with monkeypatch.context() as patched:
        if step == "backup":
            replaced = SecondStops()
            patched.setattr(Path, "replace", lambda file, target: replaced(file, target))
        else:
            patched.setattr(*target[step], stop)
        with pytest.raises(Killed):
            ops.encrypt(folder, SECRET)
    state = ops.encryption_state(folder)
    assert state == ("plain" if step in ("rewrite", "take_place", "replace") else "encrypted")
    key = ops.unlock(folder, SECRET) if state == "encrypted" else None
    with ops.open_workspace(folder, key=key) as workspace:
        assert ops.list_stores(workspace) == stores
    if key is not None:
        assert not list(folder.rglob("*.clear"))
        assert [backups.check_backup(copy.file, key).visits for copy in ops.list_backups(folder)] == [0]
        assert all(cipher.is_encrypted(copy.file) for copy in ops.list_backups(folder))
    else:
        ops.encrypt(folder, SECRET)


def test_backups_keep_their_key_and_a_restore_asks_for_it(folder: Path, tmp_path: Path) -> None:
    """A backup of encrypted data is encrypted; put back elsewhere it asks for its passphrase, and here it takes on the
    key that the folder has; a plain one is encrypted on its way in."""
    with ops.open_workspace(folder) as workspace:
        ops.back_up(workspace, tmp_path / "plain.sqlite")
    key = ops.encrypt(folder, SECRET).key
    with ops.open_workspace(folder, key=key) as workspace:
        ops.back_up(workspace, tmp_path / "b.sqlite")
        ops.back_up(workspace, tmp_path / "b.sqlite")  # it replaces a copy, as a plain one does
    assert key is not None
    new = ops.change_passphrase(folder, key, OTHER).key
    fresh = tmp_path / "fresh"
    for place, own in ((folder, new), (fresh, None)):
        with pytest.raises(LockedStoreError, match="passphrase that it was made with"):
            ops.restore(place, tmp_path / "b.sqlite", key=own)
        with pytest.raises(WrongPassphraseError):
            ops.restore(place, tmp_path / "b.sqlite", key=own, passphrase="another one again")
        ops.restore(place, tmp_path / "b.sqlite", key=own, passphrase=SECRET)
    ops.open_workspace(folder, key=ops.unlock(folder, OTHER)).close()
    ops.open_workspace(fresh, key=ops.unlock(fresh, SECRET)).close()
    with pytest.raises(LockedStoreError):
        ops.restore(folder, tmp_path / "plain.sqlite")
    ops.restore(folder, tmp_path / "plain.sqlite", key=new)
    assert ops.encryption_state(folder) == "encrypted"
    assert all(cipher.is_encrypted(backup.file) for backup in ops.list_backups(folder))


def test_a_damaged_encrypted_file_is_not_a_wrong_passphrase(folder: Path, camera: Callable[..., Path]) -> None:
    """A torn page is said and its rows alone are lost; a torn first page is said as damage, since the key is known."""
    with ops.open_workspace(folder) as workspace:
        for _visit in range(3):
            marked_visit(workspace, camera)
    key = ops.encrypt(folder, SECRET).key
    file = folder / "mshopper.sqlite"
    whole = file.read_bytes()
    torn = bytearray(whole)
    pages = len(whole) // 4096
    for page in range(pages // 2, pages // 2 + 2):
        torn[page * 4096 + 9] ^= 1
    file.write_bytes(torn)
    salvaged = ops.salvage(folder, key=key)
    assert len(salvaged.found.visits) >= 2
    ops.open_workspace(folder, key=ops.unlock(folder, SECRET)).close()
    torn = bytearray(file.read_bytes())
    torn[99] ^= 1
    file.write_bytes(torn)
    with pytest.raises(DamagedStoreError):
        ops.open_workspace(folder, key=ops.unlock(folder, SECRET))


class _Ring(ModuleType):
    """A keyring as the package `keyring` offers it."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}
        self.__spec__ = SimpleNamespace(name="keyring", loader=None)  # type: ignore[assignment]

    def get_keyring(self) -> SimpleNamespace:
        return SimpleNamespace(priority=5)

    def set_password(self, service: str, account: str, secret: str) -> None:
        self.kept[service, account] = secret

    def get_password(self, service: str, account: str) -> str | None:
        return self.kept.get((service, account))

    def delete_password(self, service: str, account: str) -> None:
        del self.kept[service, account]


def test_the_systems_keyring_opens_the_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the key in the keyring nobody is asked; a new passphrase goes there too, and decrypting takes it out."""
    ring = _Ring()
    monkeypatch.setitem(sys.modules, "keyring", ring)
    key = ops.encrypt(folder, SECRET).key
    assert key is not None
    assert ops.remembered_key(folder) is None
    ops.remember_key(folder, key)
    assert ops.remembered_key(folder) == key
    assert SECRET not in repr(ring.kept)
    new = ops.change_passphrase(folder, key, OTHER).key
    assert new is not None
    assert ops.remembered_key(folder) == new
    ops.decrypt(folder, new)
    assert ring.kept == {}


def test_the_commands(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On, used, changed and off without a screen: passphrases by file or variable, never as an argument."""
    secret, other = tmp_path / "secret", tmp_path / "other"
    secret.write_text(f"{SECRET}\n")
    other.write_text(f"{OTHER}\n")
    data = ["--data", str(folder)]
    assert run(["encryption", "on", *data, "--new-passphrase-file", str(secret)]) == 0
    assert run(["visit", "list", *data]) == 1
    assert run(["visit", "list", *data, "--passphrase-file", str(other)]) == 1
    assert run(["visit", "list", *data, "--passphrase-file", str(secret)]) == 0
    assert run([*data, "--passphrase-file", str(secret), "backup", str(tmp_path / "b.sqlite")]) == 0
    monkeypatch.setenv("MSHOPPER_PASSPHRASE", SECRET)
    monkeypatch.setenv("MSHOPPER_NEW_PASSPHRASE", OTHER)
    assert run(["encryption", "change", *data]) == 0
    assert run(["restore", str(tmp_path / "b.sqlite"), "--data", str(tmp_path / "new")]) == 0
    monkeypatch.setenv("MSHOPPER_PASSPHRASE", OTHER)
    assert run(["encryption", "off", *data]) == 0
    assert run(["encryption", "off", *data]) == 1
    assert ops.encryption_state(folder) == "plain"
