"""Copies of the data file, what the rule keeps of them, putting one back, and reading a damaged file row by row."""

import datetime as dt
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mshopper.errors import StoreError
from mshopper.model.answer import Answer
from mshopper.model.record import PhotoInfo, VisitHeader
from mshopper.progress import Cancelled, Progress
from mshopper.store import Database, backups, open_store
from mshopper.store.backups import Backup
from mshopper.store.recovery import recover
from tests.store.conftest import AT, HEADER, keep_form, read_form, step

JPEG = b"a picture " * 1000


def filled(folder: Path, answers: int = 40) -> None:
    """A data folder with one visit of so many answers."""
    with open_store(folder) as db:
        keep_form(db)
        db.visits.insert(HEADER)
        for n in range(answers):
            db.visits.apply(HEADER.visit_id, 1, step(f"q{n:03}", Answer(f"answer {n} " * 20)), at=AT)


def answers_of(db: Database) -> list[str]:
    """What the visit answers, in order of the questions."""
    found = db.visits.record(HEADER.visit_id, form_reader=read_form).answers
    return [str(found[key].value) for key in sorted(found)]


def test_a_backup_is_whole_and_is_one_file(
    db: Database, visit: VisitHeader, photo: Callable[..., PhotoInfo], tmp_path: Path
) -> None:
    """A backup made while the store is open holds what was committed, and replaces an earlier one."""
    photo("p1", JPEG)
    target = tmp_path / "copies" / "backup.sqlite"
    target.parent.mkdir()
    db.backup(target)
    photo("p2", JPEG + b"2")
    made = db.backup(target)
    assert (made.visits, made.photos) == (1, 2)
    assert [file.name for file in target.parent.iterdir()] == ["backup.sqlite"]
    assert backups.check_backup(target) == made


def test_a_backup_is_of_one_moment_though_answers_go_on(db: Database, visit: VisitHeader, tmp_path: Path) -> None:
    """An answer committed by another connection while pages are copied is in the store and not in the copy."""
    for n in range(400):
        db.visits.apply(visit.visit_id, 1, step(f"q{n:03}", Answer("x" * 20_000)), at=AT)
    added: list[str] = []

    def answer_meanwhile(_done: int, _total: int, _what: str) -> None:
        if not added:
            with db.writer() as other:
                other.visits.apply(visit.visit_id, 1, step("late", Answer("yes")), at=AT)
            added.append("late")

    with db.reader() as reader:
        reader.backup(tmp_path / "copy.sqlite", Progress(answer_meanwhile))
    assert len(answers_of(db)) == 401
    raw = sqlite3.connect(tmp_path / "copy.sqlite")
    assert raw.execute("SELECT count(*) FROM answers").fetchone() == (400,)
    raw.close()


def test_a_cancelled_backup_leaves_nothing(db: Database, tmp_path: Path) -> None:
    """Cancelled halfway, the folder is as it was."""
    with pytest.raises(Cancelled):
        db.backup(tmp_path / "copy.sqlite", Progress(is_cancelled=lambda: True))
    assert not list(tmp_path.glob("copy*"))


@pytest.mark.parametrize("name", ["nowhere/b.sqlite", "data/mshopper.sqlite", "letter.txt", "."])
def test_a_backup_replaces_nothing_of_somebody_elses(db: Database, tmp_path: Path, name: str) -> None:
    """A folder that isn't there, the data file itself, another file and a folder are refused with a sentence."""
    (tmp_path / "letter.txt").write_text("Dear shop")
    with pytest.raises(StoreError, match=r"isn't there|isn't a backup"):
        db.backup(tmp_path / name)
    assert (tmp_path / "letter.txt").read_text() == "Dear shop"


@given(st.lists(st.integers(0, 400), max_size=80))
def test_the_rule_keeps_five_days_and_four_weeks(days_ago: list[int]) -> None:
    """Of one copy a day at most nine stay, the newest always, and those of the last five days that have any."""
    today = dt.date(2026, 11, 21)
    made = [
        Backup(Path(f"{n}"), "daily", f"{today - dt.timedelta(days=ago)}T09:00:{n % 60:02}", 1)
        for n, ago in enumerate(days_ago)
    ]
    gone = backups.superfluous(made)
    kept = [backup for backup in made if backup not in gone]
    assert len(kept) <= backups.KEEP_DAYS + backups.KEEP_WEEKS
    newest = sorted({backup.at[:10] for backup in made}, reverse=True)[: backups.KEEP_DAYS]
    assert set(newest) <= {backup.at[:10] for backup in kept}


def test_putting_back_keeps_what_was_there(folder: Path, tmp_path: Path) -> None:
    """After a restore the store holds what the backup held, and the copy of before what came after it."""
    filled(folder, 3)
    with open_store(folder) as db:
        db.backup(tmp_path / "early.sqlite")
        db.visits.apply(HEADER.visit_id, 1, step("q999", Answer("late")), at=AT)
    kept = backups.place_for(folder, "before-restore", AT)
    backups.put_back(folder, tmp_path / "early.sqlite", kept)
    with open_store(folder) as db:
        assert len(answers_of(db)) == 3
        assert db.check() == []
    backups.put_back(folder, kept, backups.place_for(folder, "before-restore", "2026-11-13T10:00:00"))
    with open_store(folder) as db:
        assert answers_of(db)[-1] == "late"


def test_putting_back_keeps_the_log_of_a_killed_process(folder: Path, tmp_path: Path) -> None:
    """An answer that stands only in the log of a process that was killed is in the copy of what was there."""
    filled(folder, 1)
    with open_store(folder) as db:
        db.backup(tmp_path / "early.sqlite")
        db.visits.apply(HEADER.visit_id, 1, step("q999", Answer("only in the log")), at=AT)
        left = Path(shutil.copytree(folder, tmp_path / "killed"))  # as kill -9 leaves it
    assert (left / "mshopper.sqlite-wal").stat().st_size > 0
    kept = backups.place_for(left, "before-restore", AT)
    backups.put_back(left, tmp_path / "early.sqlite", kept)
    with open_store(left) as db:
        assert len(answers_of(db)) == 1
    backups.put_back(left, kept, backups.place_for(left, "before-restore", "2026-11-13T10:00:00"))
    with open_store(left) as db:
        assert answers_of(db)[-1] == "only in the log"


def test_a_restore_that_fails_changes_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no room for what is put back, the store is as it was."""
    filled(folder, 2)
    with open_store(folder) as db:
        db.backup(tmp_path / "b.sqlite")
    before = (folder / "mshopper.sqlite").read_bytes()

    def full(_file: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "flush", full)
    with pytest.raises(StoreError, match="is full"):
        backups.put_back(folder, tmp_path / "b.sqlite", backups.place_for(folder, "before-restore", AT))
    assert (folder / "mshopper.sqlite").read_bytes() == before
    assert not list(folder.glob("*.tmp"))


def test_what_is_no_backup_is_a_sentence(folder: Path, tmp_path: Path) -> None:
    """A file that is missing, something else, cut short or torn within is refused before anything is touched."""
    filled(folder)
    with open_store(folder) as db:
        db.backup(tmp_path / "good.sqlite")
    (tmp_path / "text").write_text("visit,score\n" * 1000)
    (tmp_path / "empty").touch()
    shutil.copy(tmp_path / "good.sqlite", tmp_path / "short")
    os.truncate(tmp_path / "short", 9000)
    torn = bytearray((tmp_path / "good.sqlite").read_bytes())
    torn[-4096:] = b"\xa5" * 4096
    (tmp_path / "torn").write_bytes(torn)
    for name in ("missing", "text", "empty", "short", "torn"):
        with pytest.raises(StoreError, match=r"no backup|isn't a backup"):
            backups.check_backup(tmp_path / name)


def test_one_torn_page_costs_its_rows_alone(folder: Path, tmp_path: Path) -> None:
    """Whichever page of the file is overwritten, the rest is found: never more than that page's answers are lost."""
    filled(folder, 60)
    with open_store(folder) as db:
        db.execute("UPDATE revisions SET answered = 60")
    file = folder / "mshopper.sqlite"
    whole = file.read_bytes()
    raw = sqlite3.connect(file)
    (size,) = raw.execute("PRAGMA page_size").fetchone()
    leaves = [
        (name, number)
        for name, number, kind in raw.execute(
            "SELECT name, pageno, pagetype FROM dbstat WHERE name IN ('answers', 'journal', 'forms') AND pagetype = 'leaf'"
        )
    ]
    raw.close()
    assert {name for name, _ in leaves} == {"answers", "journal", "forms"}
    for turn, (name, number) in enumerate(leaves):
        torn = bytearray(whole)
        torn[(number - 1) * size : number * size] = b"\x5a" * size
        file.write_bytes(torn)
        target = tmp_path / f"recovered-{turn}.sqlite"
        found = recover(file, target)
        if name == "answers":
            assert 60 > found.rows["answers"] > 60 - size // 150
            assert not found.visits[0].is_whole
        elif name == "journal":
            assert found.rows["answers"] == 60
            assert 0 < found.rows["journal"] < 61
            assert found.visits[0].is_whole
        assert backups.check_backup(target).bytes == target.stat().st_size


def test_a_picture_that_changed_is_not_taken_for_the_photo(
    db: Database, visit: VisitHeader, photo: Callable[..., PhotoInfo], tmp_path: Path
) -> None:
    """A photo whose bytes no longer are those of its hash is named as lost; the other one is there."""
    photo("p1", JPEG)
    photo("p2", b"another picture " * 900)
    db.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = db.folder / "mshopper.sqlite"
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(file.read_bytes().replace(b"another picture another", b"another puncture anothe"))
    found = recover(damaged, tmp_path / "new.sqlite")
    assert found.rows["photo_bytes"] == 1
    (one,) = found.visits
    assert (one.lost_photos, one.is_whole) == (1, False)
