"""Verifying: what is untouched agrees; a changed byte of whatever kind, in the store, a table or a PDF, is found."""

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.model.answer import Answer
from mshopper.model.canonical import canonical_json
from mshopper.model.verification import DIFFERS, Verification
from mshopper.model.verification_words import as_text
from mshopper.operations.verifying.visit import entry_name
from tests.operations.conftest import FESTIVE, GREETED, TILLS, WAIT, WHO, Clock, begin, make_template, submitted


@dataclass(frozen=True)
class Made:
    """A data folder with a sealed visit (a photo with its original, a comment, two tills) and a second one, and its files."""

    data: Path
    visit_id: str
    pdf: Path
    exported: Path
    office: Path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """That folder; tests work on copies."""
    folder = tmp_path_factory.mktemp("made")
    picture = folder / "door.jpg"
    Image.linear_gradient("L").resize((64, 48)).save(picture)
    data = make_template(folder / "template")
    with ops.open_workspace(data, clock=Clock()) as workspace:
        opened = begin(workspace)
        submitted(workspace, "RM-002")  # its journal lines stand among those of the first
        ops.answer(workspace, opened, GREETED, Answer("no", comment="Nobody looked up"))
        ops.attach_photo(workspace, opened, GREETED, ops.take_in(picture, keep_original=True))
        ops.caption_photo(workspace, opened, opened.photos[0].id, "The door")
        ops.answer(workspace, opened, WAIT, Answer(61))
        ops.add_instance(workspace, opened, TILLS)
        ops.answer(workspace, opened, WHO, Answer("Anna"))
        visit_id = ops.submit_visit(workspace, opened).visit_id
        pdf, _warnings = ops.write_report(workspace, visit_id, folder / "report.pdf", language="en")
        exported = ops.export_visit(workspace, visit_id, folder / "visit.mshopper-visit")
        ops.sync(workspace, folder / "office")
    shutil.copy(folder / "template" / "visit.yaml", folder / "office" / "forms")
    return Made(data, visit_id, pdf, exported, folder / "office")


@pytest.fixture
def opened_copy(made: Made, tmp_path: Path) -> Iterator[Callable[[str], ops.Workspace]]:
    """`opened_copy(sql)`: a copy of the data folder after that tampering, open."""
    folder = Path(shutil.copytree(made.data, tmp_path / "copy"))
    opened: list[ops.Workspace] = []

    def tampered(sql: str) -> ops.Workspace:
        with closing(sqlite3.connect(folder / "mshopper.sqlite")) as db:
            for name in ("journal_stays", "journal_is_kept"):
                db.execute(f"DROP TRIGGER {name}")
            db.create_function("flipped", 1, flipped)
            changed = db.execute(sql).rowcount
            db.commit()
        assert changed == 1, "the tampering must hit just what it is about"
        opened.append(ops.open_workspace(folder, clock=Clock()))
        return opened[0]

    yield tampered
    for workspace in opened:
        workspace.close()


@pytest.fixture
def elsewhere(template: Path, tmp_path: Path) -> Iterator[ops.Workspace]:
    """A data folder of somebody else, who knows nothing of the visit."""
    folder = tmp_path / "elsewhere"
    with ops.open_workspace(folder, clock=Clock()) as workspace:
        yield workspace


def flipped(data: bytes) -> bytes:
    """The bytes with one bit of one in the middle turned."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def wrong(found: Verification) -> set[str]:
    """The codes of what doesn't agree."""
    assert as_text(found), "every check has words"
    return {check.reason.code for check in found.of(DIFFERS)}


OF_VISIT = "(SELECT id FROM revisions WHERE store_id = 'MI-001')"
SEALED = f"revision_id = {OF_VISIT}"
LAST = "seq = (SELECT max(seq) FROM journal WHERE event = 'submitted')"
FIRST = "seq = (SELECT min(seq) FROM journal WHERE event = 'answered')"

TAMPERINGS = [
    ("UPDATE answers SET value = 'yes' WHERE path = 'door/greeted' AND " + SEALED, {"answer_changed"}),
    ("UPDATE answers SET comment = 'Nobody looked  up' WHERE path = 'door/greeted' AND " + SEALED, {"answer_changed"}),
    ("UPDATE answers SET value = '60' WHERE path = 'door/wait' AND " + SEALED, {"answer_changed", "line_changed"}),
    ("UPDATE answers SET kind = 'int', value = '' WHERE path = 'door/wait' AND " + SEALED, {"visit_unreadable"}),
    ("UPDATE answers SET seconds = '3' WHERE path = 'door/who' AND " + SEALED, {"answer_changed"}),
    ("DELETE FROM answers WHERE path = 'door/who' AND " + SEALED, {"answer_changed"}),
    ("UPDATE counts SET n = 3 WHERE " + SEALED, {"answer_changed"}),
    (
        f"UPDATE revisions SET submitted_at = replace(submitted_at, ':00.', ':01.') WHERE id = {OF_VISIT}",
        {"sealing_other"},
    ),
    (
        f"UPDATE revisions SET started_at = '2026-11-21T10:29:00.000+01:00' WHERE id = {OF_VISIT}",
        {"seal_header_changed"},
    ),
    (f"UPDATE revisions SET submitted_at = 'x' WHERE id = {OF_VISIT}", {"visit_unreadable"}),
    (f"UPDATE revisions SET auditor = 'Somebody else' WHERE id = {OF_VISIT}", {"seal_header_changed"}),
    (f"UPDATE revisions SET store = replace(store, 'Duomo', 'Duom') WHERE id = {OF_VISIT}", {"columns_changed"}),
    (f"UPDATE revisions SET state = 'approved' WHERE id = {OF_VISIT}", {"state_changed"}),
    (f"UPDATE revisions SET percent = '100' WHERE id = {OF_VISIT}", {"columns_changed"}),
    (f"UPDATE revisions SET seal = replace(seal, substr(seal, 1, 4), '0000') WHERE id = {OF_VISIT}", {"seal_changed"}),
    (f"UPDATE revisions SET signature = substr(signature, 2) || '0' WHERE id = {OF_VISIT}", {"signature_wrong"}),
    ('UPDATE frozen SET sheet = replace(sheet, \'"earned":"0"\', \'"earned":"1"\') WHERE ' + SEALED, {"line_changed"}),
    ("UPDATE frozen SET sheet = NULL WHERE " + SEALED, {"score_missing", "seal_changed"}),
    ("UPDATE frozen SET computed = replace(computed, '2026-11-21', '2026-12-25') WHERE " + SEALED, {"frozen_changed"}),
    ("UPDATE frozen SET sheet = '{' WHERE " + SEALED, {"visit_unreadable"}),
    ("UPDATE photo_bytes SET bytes = flipped(bytes)", {"photo_changed"}),
    ("UPDATE photo_originals SET bytes = flipped(bytes)", {"original_changed"}),
    ("DELETE FROM photo_bytes", {"photo_missing"}),
    ("UPDATE photos SET sha256 = replace(sha256, substr(sha256, 1, 4), '0000')", {"photo_missing", "answer_changed"}),
    ("UPDATE photos SET taken_at = '2026-11-21T10:31:00'", {"facts_changed"}),
    ("UPDATE photo_places SET caption = 'The back door'", {"facts_changed"}),
    ("UPDATE journal SET at = replace(at, '10:30', '10:31') WHERE " + FIRST, {"chain_broken"}),
    ("UPDATE journal SET data = replace(data, '{', '{ ') || '}' WHERE " + LAST, {"chain_broken"}),
    ("UPDATE journal SET hash = replace(hash, substr(hash, 1, 4), '0000') WHERE " + LAST, {"chain_broken"}),
    ("DELETE FROM journal WHERE " + LAST, {"sealing_missing"}),
    (
        "UPDATE forms SET document = replace(document, '\"Wait\"', '\"Waits\"') WHERE form_id = 'visit'",
        {"form_changed"},
    ),
    ("UPDATE forms SET document = '{}' WHERE form_id = 'visit'", {"form_unreadable"}),
    ("UPDATE devices SET public_key = flipped(public_key)", {"signature_wrong"}),
    ("UPDATE visits SET salt = flipped(salt) WHERE visit_id = (SELECT visit_id FROM photos)", {"answer_changed"}),
]


def test_what_is_untouched_agrees(made: Made) -> None:
    """Every visit of the data folder, by id, by QR code, its PDF and its file agree, whatever the screen's language."""
    with ops.open_workspace(made.data, clock=Clock()) as workspace:
        everything = list(ops.verify(workspace, []))
        assert len(everything) == 2
        header = workspace.record(made.visit_id).header
        code = f"mshopper:seal:{made.visit_id}:1:{header.seal}"
        found = list(
            ops.verify(workspace, [made.visit_id[:8], code, str(made.pdf), str(made.exported), str(made.office)])
        )
        assert [one.kind for one in found] == ["visit", "visit", "report", "exported", "folder"]
        for one in (*everything, *found):
            assert one.agrees, as_text(one)
        assert {"pages_agree"} <= {check.reason.code for check in found[2].checks}
        assert {"pages_agree"} <= {check.reason.code for check in found[3].checks}
        assert {"rows_score_agrees"} <= {check.reason.code for check in found[4].checks}
        other = code.replace(header.seal[:4], "0000")
        (forged,) = ops.verify(workspace, [other])
        assert wrong(forged) == {"code_differs"}


@pytest.mark.parametrize(("sql", "codes"), TAMPERINGS)
def test_a_change_in_the_store_is_found(
    opened_copy: Callable[[str], ops.Workspace], made: Made, sql: str, codes: set[str]
) -> None:
    """Answers, times, photos, their facts, counts, score, journal, form, seal, signature: each change is named."""
    found = ops.verify_visit(opened_copy(sql), made.visit_id)
    assert codes <= wrong(found), as_text(found)
    assert not found.agrees


def test_erased_content_verifies_as_erased(opened_copy: Callable[[str], ops.Workspace], made: Made) -> None:
    """Where the journal says that content was erased, what is gone is said to be erased, and nothing is wrong."""
    workspace = opened_copy(f"DELETE FROM answers WHERE path = 'door/who' AND {SEALED}")
    workspace.store.execute("DELETE FROM photo_bytes")
    assert {"answer_changed", "photo_missing"} <= wrong(ops.verify_visit(workspace, made.visit_id))
    workspace.store.journal.append("content_erased", visit_id=made.visit_id, revision=1, at=workspace.now())
    found = ops.verify_visit(workspace, made.visit_id)
    assert wrong(found) == set(), as_text(found)
    said = {check.reason.code for check in found.checks}
    assert {"answers_erased", "photos_erased", "score_erased", "seal_erased", "signature_agrees"} <= said


def test_a_corrected_visit_agrees_in_each_revision(workspace: ops.Workspace, tmp_path: Path) -> None:
    """A correction that was deleted leaves no trace in the next; while one is under way, what was sealed is verified."""
    visit_id = submitted(workspace).header.visit_id
    given_up = ops.correct_visit(workspace, visit_id, reason="Wrong name")
    ops.answer(workspace, given_up, WHO, Answer("Bruno"))
    ops.answer(workspace, given_up, WAIT, Answer(61))
    found = ops.verify_visit(workspace, visit_id)
    assert (found.revision, found.agrees) == (1, True), as_text(found)
    ops.delete_draft(workspace, visit_id)
    ops.forget_deleted(workspace)
    corrected = ops.correct_visit(workspace, visit_id, reason="Wrong name")
    ops.answer(workspace, corrected, WHO, Answer("Carla"))
    ops.submit_visit(workspace, corrected)
    found = ops.verify_visit(workspace, visit_id)
    assert (found.revision, found.agrees) == (2, True), as_text(found)
    assert "parent_agrees" in {check.reason.code for check in found.checks}
    exported = ops.export_visit(workspace, visit_id, tmp_path / "two.mshopper-visit")
    assert ops.verify_file(workspace, exported).agrees
    with ops.open_workspace(tmp_path / "other") as other:
        ops.import_exported(other, exported)
        assert "parent_missing" in {check.reason.code for check in ops.verify_visit(other, visit_id).checks}
        with pytest.raises(MshopperError, match="imported"):
            ops.correct_visit(other, visit_id, reason="Mine")


# PDF


def test_a_pdf_alone_proves_its_seal_and_says_what_it_does_not(made: Made, elsewhere: ops.Workspace) -> None:
    """Elsewhere the seal and signature agree, the key is only carried, the pages aren't proven."""
    found = ops.verify_file(elsewhere, made.pdf)
    assert found.agrees
    assert {check.reason.code for check in found.of("unchecked")} == {"key_carried", "pages_unproven"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("/Keywords", "MI-001 visit " + "0" * 64),
        ("/Author", "Somebody else"),
        ("/Title", "Roma"),
        ("/Subject", "Visit 1, revision 1"),
        ("/CreationDate", "D:20261121103100+01'00'"),
    ],
)
def test_changed_pdf_metadata_is_found(
    made: Made, elsewhere: ops.Workspace, tmp_path: Path, field: str, value: str
) -> None:
    """What the file says of itself must be what was sealed."""
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=made.pdf)
    writer.add_metadata({field: value})
    writer.write(tmp_path / "changed.pdf")
    assert wrong(ops.verify_file(elsewhere, tmp_path / "changed.pdf")) == {"information_changed"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda said: said["content"]["score"].update(percent="100"), "seal_changed"),
        (lambda said: said["content"].update(submitted_at="2026-11-21T10:31:00.000+01:00"), "seal_changed"),
        (lambda said: said.update(signature="0" * 128), "signature_wrong"),
        (lambda said: said.update(more="x"), "statement_unreadable"),
    ],
)
def test_a_changed_statement_in_a_pdf_is_found(
    made: Made, elsewhere: ops.Workspace, tmp_path: Path, change: Callable[[dict[str, object]], None], code: str
) -> None:
    """The sealed headline can't be changed, nor anything be added to it."""
    from pypdf import PdfReader, PdfWriter

    said = json.loads(PdfReader(made.pdf).attachments["seal.json"][0])
    change(said)
    writer = PdfWriter(clone_from=made.pdf)
    del writer.root_object["/Names"]
    writer.add_attachment("seal.json", canonical_json(said))
    writer.write(tmp_path / "changed.pdf")
    assert code in wrong(ops.verify_file(elsewhere, tmp_path / "changed.pdf"))


def test_other_files_are_refused_with_a_sentence(elsewhere: ops.Workspace, made: Made, tmp_path: Path) -> None:
    """What isn't ours, is cut off or isn't there."""
    (tmp_path / "a.txt").write_text("visit_id,revision\n", encoding="utf-8")
    (tmp_path / "cut.pdf").write_bytes(made.pdf.read_bytes()[:2000])
    (tmp_path / "plain.pdf").write_bytes(b"%PDF-1.4\n%%EOF")
    shutil.copy(made.office / "head-office.csv", tmp_path / "lonely.csv")
    for name in ("a.txt", "cut.pdf", "plain.pdf", "lonely.csv", "nowhere.pdf"):
        with pytest.raises(MshopperError, match=name):
            list(ops.verify(elsewhere, [str(tmp_path / name)]))


def test_another_key_than_the_published_one_is_found(made: Made, elsewhere: ops.Workspace, tmp_path: Path) -> None:
    """A head office knows the device's key: the file's own is then checked against it, and a forger's is found."""
    office = Path(shutil.copytree(made.office, tmp_path / "office"))
    ops.change_settings(elsewhere, head_office=str(office))
    known = ops.verify_file(elsewhere, made.pdf)
    assert "key_published" in {check.reason.code for check in known.checks}
    device = next((office / "results").glob("*/device.json"))
    document = json.loads(device.read_text(encoding="utf-8"))
    device.write_text(json.dumps({**document, "public_key": "00" * 32}), encoding="utf-8")
    assert "key_other" in wrong(ops.verify_file(elsewhere, made.pdf))


# Tables


@pytest.mark.parametrize(
    ("file", "before", "after", "code"),
    [
        ("head-office.csv", ",Milano Duomo,", ",Milano Centro,", "row_changed"),
        ("head-office.csv", "2026-11-21T10:30:00.000+01:00", "2026-11-21T10:31:00.000+01:00", "row_changed"),
        ("head-office-scores.csv", "section,till", "section,tills", "row_changed"),
        ("head-office-answers.csv", ",Nobody looked up,", ",Nobody looks up,", "row_changed"),
        ("head-office-photos.csv", ",The door", ",A door", "row_changed"),
        ("head-office-answers.csv", "\r\n", '\n"', "table_unreadable"),
    ],
)
def test_a_changed_row_is_found(
    made: Made, elsewhere: ops.Workspace, tmp_path: Path, file: str, before: str, after: str, code: str
) -> None:
    """A cell of a merged table that isn't as its laptop published it, in the folder or in a copy of the table."""
    office = Path(shutil.copytree(made.office, tmp_path / "office"))
    text = (office / file).read_bytes().decode()
    assert before in text
    (office / file).write_bytes(text.replace(before, after, 1).encode())
    assert code in wrong(ops.verify_file(elsewhere, office))
    (copy,) = ops.verify(elsewhere, [str(shutil.copy(office / file, tmp_path / "copy.csv"))], office=made.office)
    assert code in wrong(copy)


def test_missing_and_added_rows_are_found_and_a_few_rows_agree(
    made: Made, elsewhere: ops.Workspace, tmp_path: Path
) -> None:
    """A visit taken out of the folder's table is missing, an invented one unknown; a table of one row alone agrees."""
    office = Path(shutil.copytree(made.office, tmp_path / "office"))
    head, *rows = (office / "head-office.csv").read_bytes().splitlines(keepends=True)
    first, second = sorted(rows, key=lambda row: not row.startswith(made.visit_id.encode()))
    (office / "head-office.csv").write_bytes(head + first.replace(made.visit_id.encode(), b"0" * 36) + second)
    found = ops.verify_file(elsewhere, office)
    assert len(wrong(found)) == 2, as_text(found)
    assert wrong(found) == {"row_missing", "row_unknown"}
    (tmp_path / "row.csv").write_bytes(head + second)
    (one,) = ops.verify(elsewhere, [str(tmp_path / "row.csv")], office=made.office)
    assert one.agrees


def test_a_changed_segment_is_found(made: Made, elsewhere: ops.Workspace, tmp_path: Path) -> None:
    """A byte of what a laptop published."""
    office = Path(shutil.copytree(made.office, tmp_path / "office"))
    segment = next((office / "results").glob("*/*.answers.csv"))
    segment.write_bytes(flipped(segment.read_bytes()))
    assert {"segment_damaged", "row_unknown"} <= wrong(ops.verify_file(elsewhere, office))


# Scoring again


def test_rescoring_finds_no_difference_and_says_what_would_differ(made: Made, tmp_path: Path) -> None:
    """By its own form each visit scores the same, from the store and from the folder; with other weights it wouldn't."""
    with ops.open_workspace(made.data, clock=Clock()) as workspace:
        before = workspace.record(made.visit_id)
        for folder in (None, made.office):
            again = ops.rescore(workspace, folder=folder)
            assert (len(again.visits), again.different, dict(again.left_out)) == (2, (), {})
            # door 0/15, till 4/4: 4/19; with till five times as heavy: 20/35
            heavier = ops.rescore(workspace, folder=folder, weights=ops.read_weights(("till=5",)))
            mine = next(one for one in heavier.visits if one.visit_id == made.visit_id)
            assert [round(float(percent or 0), 1) for percent in mine.percent] == [21.1, 57.1]
        form = tmp_path / "visit.yaml"
        text = (made.office / "forms" / "visit.yaml").read_text(encoding="utf-8")
        form.write_text(
            text.replace("points: 2", "points: 20").replace('version: "1"', 'version: "2"'), encoding="utf-8"
        )
        other = ops.rescore(workspace, form=form)
        mine = next(one for one in other.visits if one.visit_id == made.visit_id)
        assert round(float(mine.percent[1] or 0), 1) == 72.7  # 40/55
        assert workspace.record(made.visit_id) == before


def test_a_changed_score_is_found_by_rescoring(opened_copy: Callable[[str], ops.Workspace], made: Made) -> None:
    """A total in the score sheet that the answers don't give."""
    workspace = opened_copy(
        'UPDATE frozen SET sheet = replace(sheet, \'"earned":"4"\', \'"earned":"5"\') WHERE ' + SEALED
    )
    (found,) = ops.rescore(workspace).different
    assert found.visit_id == made.visit_id


def test_a_festive_day_scores_again_as_it_was(workspace: ops.Workspace, clock: Clock) -> None:
    """Relevance that hung on the day of the visit is that of the submission, a year later too."""
    clock.pass_by(days=34)
    opened = begin(workspace)
    for key in (GREETED, FESTIVE):
        ops.answer(workspace, opened, key, Answer("yes"))
    visit_id = ops.submit_visit(workspace, opened).visit_id
    clock.pass_by(days=400)
    assert ops.verify_visit(workspace, visit_id).agrees
    assert ops.rescore(workspace).different == ()
    assert entry_name(FESTIVE) == "door/festive"


# Exported visits are tested in test_exported.py


def test_a_zip_that_is_none_of_ours_is_refused(elsewhere: ops.Workspace, tmp_path: Path) -> None:
    """Any other archive."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("hello.txt", "x")
    with pytest.raises(MshopperError, match="doesn't belong"):
        ops.verify_file(elsewhere, tmp_path / "a.zip")
