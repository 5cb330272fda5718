"""Opening a data folder, and what becomes of it when the folder, the disk or another program is in the way."""

import importlib
import os
import pkgutil
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import mshopper.store
from mshopper.errors import ReadOnlyStoreError, StoreError
from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.record import VisitHeader
from mshopper.store import Database, backups, connection, migrations, open_store, place
from mshopper.store.database import FILE_NAME
from mshopper.store.segments import Standing
from tests.store.conftest import AT, FORM_HASH, HEADER, keep_form, read_form, step

GREETED = AnswerKey("welcome/greeted")


@contextmanager
def as_nobody() -> Iterator[None]:
    """A block that the file system treats as an ordinary user, since file modes don't bind root."""
    if os.geteuid() != 0:
        yield
        return
    for part in pkgutil.iter_modules(mshopper.store.__path__):
        importlib.import_module(f"mshopper.store.{part.name}")  # nobody may not read the interpreter's own folder
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A temporary folder that another user can reach, as pytest's own can't be."""
    folder = Path(tempfile.mkdtemp(prefix="mshopper-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def test_what_was_saved_is_there_after_closing_and_opening(folder: Path) -> None:
    """A visit with an answer comes back from a store opened anew."""
    with open_store(folder) as db:
        keep_form(db)
        db.visits.insert(HEADER)
        db.visits.apply(HEADER.visit_id, 1, step(GREETED.path, Answer("yes")), at=AT)
    with open_store(folder) as db:
        record = db.visits.record(HEADER.visit_id, form_reader=read_form)
    assert record.header == HEADER
    assert record.answers == {GREETED: Answer("yes")}


def test_every_connection_waits_for_the_disk(db: Database) -> None:
    """synchronous=FULL in WAL with foreign keys, without which a power cut could take an answer back."""
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "fullfsync", "checkpoint_fullfsync")
    assert [db.row(f"PRAGMA {name}") for name in pragmas] == [("wal",), (2,), (1,), (1,), (1,)]


def test_a_second_process_may_look_but_not_write(db: Database, visit: VisitHeader) -> None:
    """Another process reads what this one wrote, knows that it is read-only, and is refused with a sentence."""
    program = f"""
from pathlib import Path
from mshopper.store import open_store
from mshopper.errors import ReadOnlyStoreError
with open_store(Path({str(db.folder)!r})) as db:
    print(db.read_only, db.visits.header({visit.visit_id!r}).auditor)
    try:
        db.settings.set("a", 1)
    except ReadOnlyStoreError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    first, sentence = done.stdout.splitlines()
    assert first == "True Zoë Rossi"
    assert "already open" in sentence


def test_closing_lets_the_next_one_write(db: Database) -> None:
    """While one Database is open the next is read-only; once the first is closed the next may write."""
    with open_store(db.folder) as second:
        assert second.read_only
    db.close()
    with open_store(db.folder) as third:
        third.settings.set("language", "it")
        assert third.settings.get("language") == "it"


def test_a_second_process_says_why_it_cannot_even_look(
    folder: Path, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an older version holds the folder, this one can't bring the data up to date, and names the other window."""
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, ("0003_later", lambda db: None)))
    with pytest.raises(ReadOnlyStoreError, match="already open"):
        open_store(folder)


def test_a_reader_sees_what_is_committed_and_cannot_write(db: Database) -> None:
    """A worker's reader follows the writer; a worker's writer changes what the first one reads."""
    with db.reader() as reader, db.writer() as writer:
        writer.settings.set("n", 1)
        assert db.settings.get("n") == reader.settings.get("n") == 1
        with pytest.raises(ReadOnlyStoreError), reader.write():
            raise AssertionError("a reader must not get here")


def test_an_error_within_a_write_leaves_nothing_half_there(db: Database, visit: VisitHeader) -> None:
    """An error after an answer and a setting undoes both, and the next answer is saved as ever."""

    def break_after_both() -> None:
        with db.write():
            db.visits.apply(visit.visit_id, 1, step(GREETED.path, Answer("yes")), at=AT)
            db.settings.set("n", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_after_both()
    assert db.visits.record(visit.visit_id, form_reader=read_form).answers == {}
    assert db.settings.get("n") is None
    assert [line.event for line in db.journal.lines()] == ["visit_begun"]
    db.visits.apply(visit.visit_id, 1, step(GREETED.path, Answer("no")), at=AT)
    assert db.visits.record(visit.visit_id, form_reader=read_form).answers == {GREETED: Answer("no")}


def test_an_inner_write_that_fails_is_undone_alone(db: Database) -> None:
    """Where the outer block goes on after an inner error, its own part is kept and no half of the inner one."""

    def break_inside() -> None:
        with db.write():
            db.settings.set("inner", 1)
            raise ZeroDivisionError

    with db.write():
        db.settings.set("outer", 1)
        with pytest.raises(ZeroDivisionError):
            break_inside()
    assert db.settings.all() == {"outer": 1}


def test_half_a_character_is_refused_with_a_sentence(db: Database, visit: VisitHeader) -> None:
    """A lone surrogate, which no file can hold, is told to the user, and the answer before it stays."""
    db.visits.apply(visit.visit_id, 1, step("welcome/note", Answer("fine")), at=AT)
    for broken in (Answer("half \ud83d"), Answer("x", comment="\udc80"), Answer(("a", "\ud800"))):
        with pytest.raises(StoreError, match="half a character"):
            db.visits.apply(visit.visit_id, 1, step("welcome/note", broken), at=AT)
    answers = db.visits.record(visit.visit_id, form_reader=read_form).answers
    assert answers == {AnswerKey("welcome/note"): Answer("fine")}


def test_a_full_disk_is_a_sentence_and_takes_nothing(db: Database, visit: VisitHeader) -> None:
    """Answers go in until no page is left; the one that doesn't fit is refused, all before it are there."""
    pages = db.row("PRAGMA page_count")
    assert pages is not None
    db.execute(f"PRAGMA max_page_count = {pages[0] + 30}")
    saved: list[str] = []

    def answer_until_full() -> None:
        for number in range(1000):
            db.visits.apply(visit.visit_id, 1, step(f"q{number:03}", Answer("x" * 2000)), at=AT)
            saved.append(f"q{number:03}")

    with pytest.raises(StoreError, match="is full"):
        answer_until_full()
    answers = db.visits.record(visit.visit_id, form_reader=read_form).answers
    assert [key.path for key in sorted(answers)] == saved
    assert len(saved) > 10
    assert db.journal.verify() is None
    db.execute("PRAGMA max_page_count = 1000000")
    db.visits.apply(visit.visit_id, 1, step("after", Answer("yes")), at=AT)
    assert db.check() == []


def test_another_programs_lock_is_a_sentence(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database viewer in a transaction of its own is named as the reason."""
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.01)
    viewer = sqlite3.connect(db.folder / FILE_NAME, isolation_level=None)
    viewer.execute("BEGIN IMMEDIATE")
    with db.writer() as writer, pytest.raises(StoreError, match="Another program"):
        writer.settings.set("n", 1)
    viewer.close()


def test_a_read_only_folder_is_a_sentence(open_to_all: Path) -> None:
    """No data folder can be made in a folder without write permission."""
    open_to_all.chmod(0o555)
    with as_nobody(), pytest.raises(StoreError, match="can't be written to"):
        open_store(open_to_all / "data")
    assert list(open_to_all.iterdir()) == []


def test_a_read_only_data_file_is_a_sentence(open_to_all: Path) -> None:
    """A data file without write permission is refused at opening, not at the first answer, and stays as it is."""
    with as_nobody():
        folder = open_to_all / "data"
        open_store(folder).close()
        file = folder / FILE_NAME
        before = file.read_bytes()
        file.chmod(0o444)
        with pytest.raises(StoreError, match="can't be written to"):
            open_store(folder)
        assert file.read_bytes() == before


def test_a_file_in_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    """A data folder named as a file that exists is refused."""
    (tmp_path / "data").write_text("mine")
    with pytest.raises(StoreError, match="can't be written to"):
        open_store(tmp_path / "data")
    assert (tmp_path / "data").read_text() == "mine"


@pytest.mark.parametrize(
    "change",
    [
        "PRAGMA user_version = 99",
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('mshopper', '0099_later', '')",
    ],
)
def test_a_newer_version_is_refused_untouched(folder: Path, change: str) -> None:
    """Data with a structure that this version doesn't know is named as such, and not a byte changes."""
    open_store(folder).close()
    file = folder / FILE_NAME
    raw = sqlite3.connect(file)
    raw.execute(change)
    raw.commit()
    raw.close()
    before = file.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        open_store(folder)
    assert file.read_bytes() == before


def _text(file: Path) -> None:
    file.write_text("id,name\n1,Milano\n" * 50)


def _cut_short(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 3)


def _zeroed_middle(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\0" * (file.stat().st_size - 4096))


def _broken_schema(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"\xff" * 400)


@pytest.mark.parametrize("damage", [_text, _cut_short, _zeroed_middle, _broken_schema])
def test_a_damaged_file_is_a_sentence_and_is_left_alone(folder: Path, damage: object) -> None:
    """A file that is something else, cut short or overwritten is refused, and what is left of it stays."""
    assert callable(damage)
    with open_store(folder) as db:
        keep_form(db)
        db.visits.insert(HEADER)
        db.settings.set("big", "x" * 50_000)
    file = folder / FILE_NAME
    damage(file)
    before = file.read_bytes()
    with pytest.raises(StoreError, match=r"is damaged|isn't a data file"):
        open_store(folder)
    assert file.read_bytes() == before


def test_somebody_elses_database_is_left_alone(folder: Path) -> None:
    """A SQLite file of our name with other tables is no data file of ours."""
    folder.mkdir()
    file = folder / FILE_NAME
    raw = sqlite3.connect(file)
    raw.execute("CREATE TABLE theirs (a)")
    raw.commit()
    raw.close()
    before = file.read_bytes()
    with pytest.raises(StoreError, match="isn't a data file"):
        open_store(folder)
    assert file.read_bytes() == before


def test_an_empty_file_becomes_a_store(folder: Path) -> None:
    """A file of no bytes, as a process killed at its very first start leaves, is filled."""
    folder.mkdir()
    (folder / FILE_NAME).touch()
    with open_store(folder) as db:
        assert db.stores.count() == 0


def test_a_migration_keeps_the_data_and_a_backup_of_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later version's step is done once on existing data, after a backup that opens in the earlier version."""
    with open_store(folder) as db:
        keep_form(db)
        db.visits.insert(HEADER)
    earlier = migrations.STEPS

    def add_mood(db: object) -> None:
        db.execute("ALTER TABLE revisions ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'")  # type: ignore[attr-defined]

    monkeypatch.setattr(migrations, "STEPS", (*earlier, ("9999_mood", add_mood)))
    for _ in range(2):
        with open_store(folder) as db:
            assert db.rows("SELECT auditor, mood FROM revisions") == [("Zoë Rossi", "calm")]
    (backup,) = [kept.file for kept in backups.listed(folder)]
    assert backup.name.startswith("mshopper.before-update-")

    monkeypatch.setattr(migrations, "STEPS", earlier)
    with pytest.raises(StoreError, match="newer version"):
        open_store(folder)
    (tmp_path / "restored").mkdir()
    shutil.copy(backup, tmp_path / "restored" / FILE_NAME)
    with open_store(tmp_path / "restored") as db:
        assert db.visits.header(HEADER.visit_id) == HEADER


def test_a_migration_that_fails_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that breaks halfway is undone whole, and the version before still opens the data."""
    with open_store(folder) as db:
        keep_form(db)
    earlier = migrations.STEPS

    def break_halfway(db: object) -> None:
        db.execute("DROP TABLE settings")  # type: ignore[attr-defined]
        raise ZeroDivisionError

    monkeypatch.setattr(migrations, "STEPS", (*earlier, ("0003_broken", break_halfway)))
    with pytest.raises(ZeroDivisionError):
        open_store(folder)
    monkeypatch.setattr(migrations, "STEPS", earlier)
    with open_store(folder) as db:
        assert db.settings.all() == {}
        assert db.forms.row(FORM_HASH) is not None


@pytest.mark.parametrize(
    "folder",
    ["OneDrive - Ditta/mshopper", "Dropbox/a/b", "Nextcloud2/x", "Library/Mobile Documents/x", "google drive/x"],
)
def test_a_synced_folder_is_refused_unless_told(tmp_path: Path, folder: str) -> None:
    """A data folder within one that a sync client names so is refused, and nothing is made there."""
    with pytest.raises(StoreError, match="sync"):
        open_store(tmp_path / folder)
    assert list(tmp_path.iterdir()) == []
    with open_store(tmp_path / folder, anywhere=True) as db:
        assert not db.read_only


def test_a_folder_with_a_sync_clients_marks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A renamed synced folder is known by its client's file at the top, or by what Windows says of OneDrive."""
    (tmp_path / "work").mkdir()
    assert not place.is_synced(tmp_path / "work" / "data")
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "work"))
    assert place.is_synced(tmp_path / "work" / "data")
    monkeypatch.delenv("OneDriveCommercial")
    (tmp_path / "work" / ".stfolder").mkdir()
    assert place.is_synced(tmp_path / "work" / "data")


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are listed on Linux")
@pytest.mark.parametrize(("kind", "refused"), [("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("ext4", False)])
def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, refused: bool) -> None:
    """The type of the nearest mount decides, also where its path holds a space."""
    drive = tmp_path / "the drive"
    mounts = tmp_path / "mounts"
    escaped = str(drive).replace(" ", "\\040")
    mounts.write_text(
        f"/dev/sda / ext4 rw 0 0\nserver:/x {escaped} {kind} rw 0 0\nserver:/y {tmp_path}/the nfs rw 0 0\n"
    )
    monkeypatch.setattr(place, "_MOUNTS", mounts)
    assert place.is_network(drive / "data") is refused
    assert not place.is_network(tmp_path / "data")


def test_what_was_sent_before_folders_had_ids_stays_sent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments, the folder and the last sync of the version before are taken over by the step that knows folders."""
    number = [name for name, _step in migrations.STEPS].index("0008_sync_folders")
    steps = migrations.STEPS
    monkeypatch.setattr(migrations, "STEPS", steps[:number])
    with open_store(folder) as db:
        db.settings.set("settings", {"head_office": "/mnt/office"})
        db.settings.set("last_sync", "2026-11-21T10:30:00+01:00")
        for seq, digest, at in ((1, "00000001-ab", "2026-11-21"), (2, "", "")):
            db.execute("INSERT INTO segments VALUES ('d1', ?, ?, '2026-11-20', ?)", [seq, digest, at])
            db.execute("INSERT INTO segment_visits VALUES (?, 1, 'd1', ?)", [f"v{seq}", seq])
    monkeypatch.setattr(migrations, "STEPS", steps)
    with open_store(folder) as db:
        assert db.segments.standing("", "d1") == [Standing("d1", 1, "00000001-ab")]
        pending = db.segments.pending("d1", "")
        assert pending is not None
        assert pending.seq == 2
        assert db.folders.current() == "/mnt/office"
        assert (db.folders.id_of("/mnt/office"), db.folders.last_sync("/mnt/office")) == (
            "",
            "2026-11-21T10:30:00+01:00",
        )
