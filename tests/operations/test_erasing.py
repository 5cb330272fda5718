"""Erasing: no byte of it stays in the data folder, what stays verifies as erased, and the head office hears of it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.model.answer import Answer
from mshopper.model.verification import DIFFERS
from mshopper.model.verification_words import as_text
from mshopper.store.backups import FOLDER
from tests.operations.conftest import GREETED, WHO, begin, submitted

Laptop = Callable[[str], ops.Workspace]
SECRETS = ("Zoraide", "quisquiglia", "Didascalia", "Ermenegilda")
"""A name in an answer, a word of a comment, one of a caption, and the auditor."""


def told_of(workspace: ops.Workspace, tmp_path: Path, *, submit: bool = True) -> str:
    """A visit that holds every secret, with a photo and its original."""
    ops.change_settings(workspace, auditor="Ermenegilda Bianchi", auditor_id="A-7")
    opened = begin(workspace)
    picture = tmp_path / "camera.jpg"
    Image.effect_noise((320, 240), 80).save(picture, quality=95, comment=b"Ermenegilda")
    ops.answer(workspace, opened, GREETED, Answer("no", comment="Una quisquiglia, detta piano"))
    ops.attach_photo(workspace, opened, GREETED, ops.take_in(picture, keep_original=True))
    ops.caption_photo(workspace, opened, opened.photos[0].id, "Didascalia della foto")
    ops.answer(workspace, opened, WHO, Answer("Zoraide"))
    if submit:
        ops.submit_visit(workspace, opened)
    ops.change_settings(workspace, auditor="", auditor_id="")
    workspace.store.execute("DELETE FROM auditors")  # who works here is no part of a visit
    return opened.header.visit_id


def middle(picture: bytes) -> bytes:
    """Bytes that no other picture has."""
    return picture[len(picture) // 2 :][:40]


def found_in(folder: Path, *needles: bytes) -> set[str]:
    """The files below `folder` that hold one of these."""
    found = set()
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        found |= {path.name for needle in needles if needle in content}
    return found


def test_no_byte_of_an_erased_visit_stays_in_the_data_folder(laptop: Laptop, tmp_path: Path) -> None:
    """Answers, comment, caption, names, photo, thumbnail, original and salt: not in the data, its log, backups, merged
    tables, or reports; another visit, and what proves this one, stay."""
    office = tmp_path / "office"
    with laptop("head office") as workspace:
        ops.sync(workspace, office)
    workspace = laptop("a")
    gone, kept = told_of(workspace, tmp_path), submitted(workspace, who="Kept Name").header.visit_id
    photo = workspace.store.photos.of_visit(gone)[0]
    pictures = [workspace.store.photos.jpeg(photo.id), workspace.store.photos.thumbnail(photo.id)]
    pictures.append(workspace.store.photos.original(photo.id))
    needles = [word.encode() for word in SECRETS] + [workspace.store.visits.salt(gone)]
    needles += [middle(picture) for picture in pictures if picture]
    ops.sync(workspace, office)
    ops.daily_backup(workspace)
    report, _warnings = ops.write_report(workspace, gone, workspace.folder / "reports", language="it")
    assert found_in(workspace.folder, *needles) > {"mshopper.sqlite-wal"}
    assert (workspace.folder / "merged").is_dir()
    said = " ".join(ops.what_erasing_does(workspace, [gone]))
    assert "can't be undone" in said
    assert "1 backup" in said

    assert ops.erase_visits(workspace, [gone]).backups == 1
    assert found_in(workspace.folder, *needles) == set()
    assert not report.exists()
    assert len(list((workspace.folder / FOLDER).iterdir())) == 1
    found = ops.verify_visit(workspace, gone)
    assert not found.of(DIFFERS), as_text(found)
    said_codes = {check.reason.code for check in found.checks}
    assert {"answers_erased", "score_erased", "seal_erased", "signature_agrees", "form_agrees"} <= said_codes
    assert ops.verify_visit(workspace, kept).agrees
    assert ops.list_visits(workspace, text="quisquiglia") == ops.list_visits(workspace, text="Ermenegilda") == []
    with pytest.raises(MshopperError, match="erased"):
        ops.correct_visit(workspace, gone, reason="Why not")

    assert ops.merge(workspace, office).visits == 1, "the tombstone goes before the merge"
    assert ops.sync(workspace, office).published == 0
    assert found_in(workspace.folder, *needles) == set()
    workspace.close()
    with laptop("head office") as other:
        ops.compact(other, office)
    assert found_in(office, *needles) == set()


def test_a_backup_put_back_doesnt_bring_back_what_was_erased(workspace: ops.Workspace, tmp_path: Path) -> None:
    """A copy saved elsewhere before the erasure: its other visits come back, and the copy of what was there before stays."""
    gone, kept = told_of(workspace, tmp_path), submitted(workspace, who="Kept Name").header.visit_id
    file, _contents = ops.back_up(workspace, tmp_path / "stick.sqlite")
    folder = workspace.folder
    ops.erase_visits(workspace, [gone])
    workspace.close()
    before = ops.restore(folder, file).kept
    assert found_in(folder, *(word.encode() for word in SECRETS)) == set()
    assert before is not None
    assert before.exists()
    with ops.open_workspace(folder) as again:
        assert ops.verify_visit(again, kept).agrees
        assert not ops.verify_visit(again, gone).of(DIFFERS)


def test_an_erased_visit_never_goes_to_head_office(workspace: ops.Workspace, tmp_path: Path) -> None:
    """One erased before its first sync isn't published, a draft goes whole, and the tombstone waits for the sync."""
    gone, draft = told_of(workspace, tmp_path), told_of(workspace, tmp_path, submit=False)
    assert ops.erase_visits(workspace, [gone, draft, gone, "unknown"]).visits == (gone, draft)
    assert ops.erase_visits(workspace, [gone]).visits == ()
    assert [row.visit_id for row in ops.list_visits(workspace)] == [gone]
    assert workspace.store.erasure.to_tell() == [gone]
    assert ops.sync(workspace, tmp_path / "office").published == 0
    assert workspace.store.erasure.to_tell() == []
    assert found_in(workspace.folder, *(word.encode() for word in SECRETS)) == set()


def test_an_erasure_that_was_killed_is_completed(
    workspace: ops.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the backups were replaced, the next start's upkeep does the rest."""
    gone = told_of(workspace, tmp_path)
    ops.daily_backup(workspace)
    with monkeypatch.context() as patch:
        patch.setattr(type(workspace.store.erasure), "clean", lambda _self: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ops.erase_visits(workspace, [gone])
    needles = [word.encode() for word in SECRETS]
    assert found_in(workspace.folder, *needles)
    assert ops.finish_erasing(workspace) == 1
    assert found_in(workspace.folder, *needles) == set()
    assert ops.finish_erasing(workspace) == 0


def test_photos_alone_go_and_the_answers_still_agree(workspace: ops.Workspace, tmp_path: Path) -> None:
    """Bytes, thumbnails and originals are gone, the score is scored again, the seal recomputed; equal bytes that another
    visit shows stay."""
    gone = told_of(workspace, tmp_path)
    shutil.copy(tmp_path / "camera.jpg", tmp_path / "same.jpg")
    other = begin(workspace)
    ops.attach_photo(workspace, other, GREETED, ops.take_in(tmp_path / "same.jpg"))
    photo = workspace.store.photos.of_visit(gone)[0]
    original = workspace.store.photos.original(photo.id)
    assert original is not None
    ops.erase_photos(workspace, [gone])
    assert ops.photo_jpeg(workspace, other.photos[0].id)
    ops.erase_visits(workspace, [other.header.visit_id])
    assert found_in(workspace.folder, middle(original)) == set()
    assert ops.photo_jpeg(workspace, photo.id) == b""
    found = ops.verify_visit(workspace, gone)
    assert not found.of(DIFFERS), as_text(found)
    assert {"answers_agree", "score_agrees", "seal_agrees", "photos_erased"} <= {
        check.reason.code for check in found.checks
    }


def test_an_auditors_name_gives_way_to_the_id(workspace: ops.Workspace, tmp_path: Path) -> None:
    """Nowhere in the data folder is the name any more, the id is, and the visit verifies."""
    visit_id = told_of(workspace, tmp_path)
    ops.erase_photos(workspace, [visit_id])  # its EXIF says the name
    ops.daily_backup(workspace)
    assert ops.erase_auditor_name(workspace, "A-7").visits == (visit_id,)
    assert found_in(workspace.folder, b"Ermenegilda") == set()
    header = workspace.store.visits.header(visit_id)
    assert header is not None
    assert (header.auditor, header.auditor_id) == ("A-7", "A-7")
    assert not ops.verify_visit(workspace, visit_id).of(DIFFERS)
