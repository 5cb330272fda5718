"""What leaves the laptop and how long it stays: pseudonyms, retention, what the head office asks for, one person's data."""

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.model.answer import Answer
from mshopper.model.verification import DIFFERS
from mshopper.model.verification_words import as_text
from tests.operations.conftest import FORM, GREETED, WHO, Clock, begin, submitted

Laptop = Callable[[str], ops.Workspace]
NAMING = FORM.replace('version: "1"', 'version: "2"\npeople: name').replace(
    "{id: who, type: text, label: Who?}", "{id: who, type: text, label: Who?, staff: name}"
)


def naming(workspace: ops.Workspace, tmp_path: Path, who: str = "Zoraide Verdi") -> str:
    """A submitted visit that names somebody of the staff, in a comment too."""
    form = tmp_path / "naming.yaml"
    form.write_text(NAMING, encoding="utf-8")
    info = ops.import_form(workspace, form)
    opened = ops.start_visit(workspace, form_hash=info.hash, store_id="MI-001")
    ops.answer(workspace, opened, GREETED, Answer("yes", comment=f"{who.split()[0]} salutava tutti"))
    ops.answer(workspace, opened, WHO, Answer(who))
    return ops.submit_visit(workspace, opened).visit_id


def answers_csv(office: Path) -> list[dict[str, str]]:
    """The merged answers."""
    with (office / "head-office-answers.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def printed(pdf: Path) -> str:
    """All words of a PDF."""
    return " ".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)


def test_names_of_staff_leave_as_pseudonyms_where_that_is_set(workspace: ops.Workspace, tmp_path: Path) -> None:
    """Segments, merged CSV, the visits' CSV and the PDF name nobody; the row says so; the visit here verifies with the
    real name, whose salted hash the seal covers, and the PDF and the tables verify too."""
    ops.change_settings(workspace, pseudonyms=True)
    visit_id = naming(workspace, tmp_path)
    office = tmp_path / "office"
    ops.sync(workspace, office)
    ops.export_csv(workspace, [visit_id], tmp_path / "visits.csv", language="en")
    pdf, _warnings = ops.write_report(workspace, visit_id, tmp_path / "r.pdf", language="en")
    for path in [*office.rglob("*.csv"), tmp_path / "visits.csv"]:
        assert "zoraide" not in path.read_text(encoding="utf-8").casefold(), path
    assert "zoraide" not in printed(pdf).casefold()
    row = next(row for row in answers_csv(office) if row["question_id"] == "who")
    assert row["variant"] == "pseudonym"
    assert row["value"].startswith("Staff ")
    assert row["value"] in printed(pdf).replace("\n", " ")
    assert ops.open_visit(workspace, visit_id).visit.answer(WHO).value == "Zoraide Verdi"
    for found in (ops.verify_visit(workspace, visit_id), ops.verify_file(workspace, pdf)):
        assert not found.of(DIFFERS), as_text(found)
    assert not ops.verify_file(workspace, office / "head-office.csv").of(DIFFERS)


def test_the_head_offices_key_gives_one_person_one_pseudonym(laptop: Laptop, tmp_path: Path) -> None:
    """By policy.json two laptops call the same person the same; a broken file is refused, and what was asked goes on."""
    office = tmp_path / "office"
    for machine in "ab":
        with laptop(machine) as workspace:
            ops.sync(workspace, office)
            asked = {"mshopper_policy": 1, "pseudonyms": True, "pseudonym_key": "ab" * 32, "retention_months": 24}
            (office / "policy.json").write_text(json.dumps(asked), encoding="utf-8")
            assert ops.sync(workspace, office).problems == ()
            naming(workspace, tmp_path, "Zoraide Verdi" if machine == "a" else "ZORAIDE  verdi")
            (office / "policy.json").write_text('{"mshopper_policy": 1, "retention_months": "x"}', encoding="utf-8")
            problems = ops.sync(workspace, office).problems
            assert len(problems) == 1
            assert "retention_months" in problems[0]
            holds = ops.policy_of(workspace)
            assert (holds.pseudonyms, holds.retention_months) == (True, 24)
            ops.change_settings(workspace, retention_months=30)
            assert ops.policy_of(workspace).retention_months == 24, "the shorter counts"
    with laptop("a") as workspace:
        ops.merge(workspace, office)
    assert len({row["value"] for row in answers_csv(office) if row["question_id"] == "who"}) == 1


def test_retention_erases_what_head_office_accepted_and_nothing_else(
    workspace: ops.Workspace, tmp_path: Path, clock: Clock
) -> None:
    """Not a draft, not what wasn't sent, not what wasn't approved; photos by their own months; the head office isn't told."""
    office = tmp_path / "office"
    ops.change_settings(workspace, head_office=str(office), retention_months=12, photo_months=3)
    approved, waiting, draft = submitted(workspace), submitted(workspace), begin(workspace)
    ops.sync(workspace, office)
    unsent = submitted(workspace)
    clock.pass_by(days=364)
    assert not ops.due(workspace)
    ops.approve_visit(workspace, ops.judged_here(workspace, approved.header.visit_id))
    assert not ops.due(workspace), "without photos nothing is due before twelve months"
    clock.pass_by(days=2)
    assert ops.due(workspace).visits == (approved.header.visit_id,)
    assert ops.due(workspace, months=24).visits == ()
    assert ops.daily_upkeep(workspace) is not None
    assert set(workspace.store.erasure.erased()) == {approved.header.visit_id}
    assert workspace.store.erasure.to_tell() == []
    lines = [line for line in workspace.store.journal.lines() if line.event == "retention_applied"]
    assert [line.data["visits"] for line in lines] == ["1"]
    for one in (waiting, unsent):
        assert ops.verify_visit(workspace, one.header.visit_id).agrees
    assert ops.open_visit(workspace, draft.header.visit_id).is_draft
    assert not ops.apply_retention(workspace)
    assert ops.merge(workspace, office).visits == 2, "its copies stay"


def test_retention_is_off_by_default(workspace: ops.Workspace, clock: Clock) -> None:
    """Ten years later everything is there."""
    visit_id = submitted(workspace).header.visit_id
    clock.pass_by(days=3653)
    ops.daily_upkeep(workspace)
    assert ops.verify_visit(workspace, visit_id).agrees


def test_all_about_one_person_is_found_and_exported(workspace: ops.Workspace, tmp_path: Path) -> None:
    """By a name in answers and comments, whatever its case, and by an auditor's id; the zip says it in JSON, CSV, HTML."""
    ops.change_settings(workspace, auditor="Ermenegilda Bianchi", auditor_id="A-7")
    visit_id = naming(workspace, tmp_path)
    other = naming(workspace, tmp_path, "=Zora Verdi")
    found = ops.find_person(workspace, "zoraide")
    assert {(one.kind, one.text) for one in found} == {
        ("staff", "Zoraide Verdi"),
        ("comment", "Zoraide salutava tutti"),
    }
    assert ops.visits_of(found) == [visit_id]
    assert set(ops.visits_of(ops.find_person(workspace, "VERDI"))) == {visit_id, other}
    assert [one.kind for one in ops.find_person(workspace, "a-7")] == ["auditor", "auditor"]
    assert ops.find_person(workspace, "Zoraid") == []
    with pytest.raises(MshopperError):
        ops.find_person(workspace, " ,")

    ops.export_person(workspace, "verdi", tmp_path / "p.zip")
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        assert len(json.loads(archive.read("person.json"))["mentions"]) == 2
        rows = list(csv.reader(archive.read("person.csv").decode().splitlines()))
        assert "'=Zora Verdi" in {cell for row in rows for cell in row}
        assert "Zoraide Verdi" in archive.read("person.html").decode()
    assert b"verdi" not in str([line.data for line in workspace.store.journal.lines()]).encode()
    ops.erase_visits(workspace, ops.visits_of(found))
    assert ops.find_person(workspace, "zoraide") == []
