"""`mshopper visit`, `report`, `stores`, `sync` and `merge` on a data folder."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mshopper import __version__
from tests.cli.conftest import ANSWERS, FORM, Run

Answers = Callable[..., Path]


def photo(path: Path) -> Path:
    """A photo file."""
    Image.linear_gradient("L").save(path)
    return path


def test_a_visit_recorded_and_submitted_shows_what_was_said(run: Run, recorded: str) -> None:
    """`visit show --json` and `visit list --json` say state, seal, answers and score; the text says so in words."""
    shown = run("visit", "show", recorded[:8], "--json").json
    assert (shown["visit_id"], shown["state"], shown["flags"]) == (recorded, "submitted", [])
    assert (shown["store"]["name"], shown["form_id"], shown["score"]["percent"]) == ("Milano Duomo", "shop", 57.14)
    answers = {(one["question"], one["instance"]): one for one in shown["answers"]}
    assert answers[("queue", "")] == {
        "question": "queue",
        "instance": "",
        "value": "61.5",
        "na": False,
        "comment": "One till",
        "photos": [],
        "seconds": "12",
    }
    assert [answers[("clean", number)]["value"] for number in ("1", "2")] == ["yes", "no"]
    (row,) = run("visit", "list", "--json").json
    assert (row["visit_id"], row["percent"], row["earned"], row["coverage"]) == (recorded, 57.14, 8, 100)
    assert (row["form_title"], row["state"], row["seal"]) == ("Shop", "submitted", shown["seal"])
    text = run("visit", "show", recorded).out
    assert "  queue: 1\u00a0min 1.5\u00a0s — One till\n" in text
    assert "57.14%" in text
    listed = run("visit", "list").out
    assert listed.startswith(recorded)
    assert listed.count("\n") == 1
    assert run("visit", "list", "--text", "duomo shop").out == listed
    assert run("visit", "list", "--text", "nowhere").out == ""


def test_visits_are_listed_as_wanted(run: Run, recorded: str) -> None:
    """By state, store, form, auditor, verdict, day and words of a comment; what nothing matches is said, not listed."""
    listed = run("visit", "list").out
    day = listed.split()[1][:10]
    for wanted in (
        ["--state", "submitted", "--state", "approved"],
        ["--store", "MI-001", "--form", "shop"],
        ["--from", day, "--to", day],
        ["--search", "one ti"],
    ):
        assert run("visit", "list", *wanted).out == listed
    for wanted in (
        ["--state", "returned"],
        ["--store", "X"],
        ["--to", "2020-01-01"],
        ["--verdict", "pass", "--auditor", "X"],
    ):
        nothing = run("visit", "list", *wanted)
        assert (nothing.code, nothing.out, nothing.err) == (0, "", "No visit matches.\n")
    assert run("visit", "list", "--from", "yesterday").code == 2


def test_a_visit_is_corrected_and_the_correction_deleted(run: Run, recorded: str) -> None:
    """`visit correct` begins revision 2, once; `visit delete` takes it away for good and never what was submitted."""
    assert run("visit", "correct", recorded[:8]).code == 2
    begun = run("visit", "correct", recorded[:8], "--reason", "Wrong till")
    assert begun.out.startswith(f"Revision 2 of {recorded} is begun")
    assert run("visit", "correct", recorded, "--reason", "again").code == 1
    (row,) = run("visit", "list", "--json").json
    assert (row["state"], row["revision"]) == ("in_progress", 2)
    assert run("visit", "delete", recorded[:8]).out == "1 draft was deleted.\n"
    assert run("visit", "show", recorded, "--json").json["state"] == "submitted"
    refused = run("visit", "delete", recorded)
    assert (refused.code, refused.err) == (1, "Only what was never submitted can be deleted.\n")


def test_photos_come_by_option_and_by_answers(
    run: Run, data: Path, form: Path, answers: Answers, tmp_path: Path
) -> None:
    """Beside the answers file, by --photo, twice at one question, with spaces and `=` in the name; for the first till too."""
    (tmp_path / "my shots").mkdir()
    for name in ("a.jpg", "b=2.jpg", "c.png", "my shots/città d.jpg"):
        photo(tmp_path / name)
    said = ANSWERS | {"greeted": {"value": False, "photos": ["my shots/città d.jpg", "a.jpg"]}}
    record = ["visit", "record", "--form", form, "--store", "MI-001", "--answers", answers(said), "--submit", "--json"]
    made = run(*record, "--photo", "view=b=2.jpg", "--photo", "greeted=c.png", "--photo", "clean=a.jpg")
    assert made.code == 0, made.err
    places = [(one["key"], one["original_name"]) for one in made.json["photos"]]
    assert places == [
        (["door/greeted", ""], "città d.jpg"),
        (["door/greeted", ""], "a.jpg"),
        (["door/view", ""], "b=2.jpg"),
        (["door/greeted", ""], "c.png"),
        (["till/clean", "1"], "a.jpg"),
    ]
    answered = {one["question"]: one["photos"] for one in made.json["answers"] if one["instance"] in ("", "1")}
    assert [len(answered[name]) for name in ("greeted", "view", "clean")] == [3, 1, 1]


def test_incomplete_visits_need_a_reason(run: Run, data: Path, form: Path, answers: Answers) -> None:
    """Without one: what is missing on stderr, exit 1, nothing kept; with one: flagged. --incomplete alone is wrong usage."""
    record = ["visit", "record", "--form", form, "--store", "MI-001", "--answers", answers({"greeted": False})]
    refused = run(*record, "--submit")
    assert (refused.code, refused.out) == (1, "")
    assert "greeted: " in refused.err
    assert "1 thing is missing" in refused.err
    assert run("visit", "list", "--json").json == []
    assert run(*record, "--incomplete", "late").code == 2
    forced = run(*record, "--submit", "--incomplete", "Sent away").out.split()[0]
    shown = run("visit", "show", forced, "--json").json
    assert (shown["flags"], shown["reason"]) == (["incomplete"], "Sent away")
    draft = run(*record)
    assert (draft.code, run("visit", "show", draft.out.strip(), "--json").json["state"]) == (0, "in_progress")


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"--form": "nope"}, "no form “nope”"),
        ({"--form": "nope.yaml"}, "nope.yaml doesn't exist"),
        ({"--store": "NOPE"}, "no store “NOPE”"),
        ({"--answers": "none.json"}, "no file “none.json”"),
        ({"--photo": "nothing=a.jpg"}, "no question “nothing”"),
        ({"--photo": "sum=a.jpg"}, "no question “sum”"),
        ({"--photo": "door=a.jpg"}, "no question “door”"),
        ({"--photo": "view=none.jpg"}, "none.jpg"),
        ({"--photo": "view=shop.yaml"}, "shop.yaml"),
    ],
)
def test_what_does_not_exist_is_said_and_nothing_is_kept(
    run: Run, data: Path, form: Path, answers: Answers, tmp_path: Path, change: dict[str, str], about: str
) -> None:
    """A form, store, file or question that isn't there: one sentence, exit 1; no visit, no form, no journal line is left."""
    photo(tmp_path / "a.jpg")
    options = {"--form": form, "--store": "MI-001", "--answers": answers(), **change}
    refused = run("visit", "record", *(part for option in options.items() for part in option))
    assert (refused.code, refused.out) == (1, "")
    assert about in refused.err
    assert refused.err.count("\n") == 1
    assert run("visit", "list", "--json").json == []
    assert "no form “shop”" in run("visit", "record", "--form", "shop", "--store", "x", "--answers", "x").err


def test_reports_are_written_where_asked(run: Run, recorded: str, tmp_path: Path) -> None:
    """A folder that isn't there yet, a file that is there, a language; several into one file is wrong usage."""
    written = run("report", recorded, "--out", tmp_path / "città" / "reports")
    path = Path(written.out.strip())
    assert (written.code, path.parent.name, path.read_bytes()[:5]) == (0, "reports", b"%PDF-")
    target = tmp_path / "one.pdf"
    target.write_bytes(b"old")
    assert run("report", recorded[:6], "--out", target, "--lang", "en").code == 0
    assert target.read_bytes() == path.read_bytes()
    assert run("report", recorded, "--out", target, "--lang", "it").code == 0
    assert target.read_bytes() != path.read_bytes()
    assert run("report", recorded, recorded, "--out", target).code == 2
    assert run("report", "zz", "--out", target).code == 1
    in_the_way = tmp_path / "notes"
    in_the_way.write_text("mine", encoding="utf-8")
    refused = run("report", recorded, "--out", in_the_way)
    assert (refused.code, refused.err.count("\n"), in_the_way.read_text(encoding="utf-8")) == (1, 1, "mine")


def test_sync_twice_and_merge_with_claim_and_excel(run: Run, recorded: str, tmp_path: Path) -> None:
    """The first sync sends, the second sends nothing and changes no byte; another folder claims and writes Excel's tables."""
    office = tmp_path / "head office è"
    first = run("sync", office, "--json").json
    assert {name: first[name] for name in ("published", "merged", "problems")} == {
        "published": 1,
        "merged": 1,
        "problems": [],
    }
    assert first["merged_into"] == str(office)
    before = {path: path.read_bytes() for path in office.rglob("*") if path.is_file()}
    again = run("sync", office)
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith("0 visits sent")
    assert {path: path.read_bytes() for path in office.rglob("*") if path.is_file()} == before
    other = ["--data", tmp_path / "other"]
    aside = run(*other, "merge", office, "--json").json
    assert (aside["target"], aside["rows"]["visits"]) == (str(tmp_path / "other" / "merged"), 1)
    claimed = run("merge", office, "--claim", "--excel", "it", *other)
    assert (claimed.code, claimed.err) == (0, "")
    excel = (office / "head-office.it.csv").read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(excel.splitlines(), delimiter=";")
    assert (row["visit_id"], row["percent"]) == (recorded, "57,14")
    assert run("merge", office, "--excel", "de").code == 2


@pytest.mark.parametrize("place", ["no/such/office", "mine.txt"])
def test_a_head_office_that_cannot_be_is_said(run: Run, recorded: str, tmp_path: Path, place: str) -> None:
    """No parent folder, a file in its place: not 0, a sentence, and the visit still waits."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for command in ("sync", "merge"):
        refused = run(command, tmp_path / place)
        assert refused.code in (1, 2)
        assert refused.err
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert run("sync", tmp_path / "office", "--json").json["published"] == 1


def test_stores_come_from_excels_csv(run: Run, data: Path, form: Path, answers: Answers, tmp_path: Path) -> None:
    """Semicolons and cp1252, names of 5,000 characters; a file without the column, or of another kind, changes nothing."""
    file = tmp_path / "negozi.csv"
    file.write_text(f"store_id;name\nTO-003;Città\nX;{'n' * 5000}\n", encoding="cp1252")
    assert run("stores", "import", file).out == "2 stores imported.\n"
    for content in (b"", b"name\nx\n", bytes(range(256))):
        file.write_bytes(content)
        refused = run("stores", "import", file)
        assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert run("stores", "import", tmp_path / "none.csv").code == 1
    for store_id in ("TO-003", "X"):
        made = run("visit", "record", "--form", form, "--store", store_id, "--answers", answers(), "--submit")
        assert made.code == 0
        assert run("report", made.out.split()[0], "--out", tmp_path / "out").code == 0


def test_the_data_folder_is_named_before_or_after_the_command_or_by_the_environment(
    run: Run, recorded: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--data on either side, the inner one first; else MSHOPPER_DATA."""
    empty = tmp_path / "leer è"
    assert run("visit", "list").out.startswith(recorded)
    monkeypatch.setenv("MSHOPPER_DATA", str(empty))
    assert run("visit", "list").out == ""
    assert run("visit", "list", "--data", data).out.startswith(recorded)
    assert run("--data", data, "visit", "list").out.startswith(recorded)
    assert run("--data", empty, "visit", "list", "--data", data).out.startswith(recorded)
    assert (empty / "mshopper.sqlite").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["score"],
        ["form", "check"],
        ["visit", "record"],
        ["report", "x"],
        ["visit", "list", "--limit", "x"],
    ],
)
def test_wrong_usage_is_2(run: Run, data: Path, arguments: list[str]) -> None:
    """A command or option that isn't there, or is missing: usage on stderr, exit 2."""
    wrong = run(*arguments)
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.startswith("Usage: mshopper")


def test_help_version_and_no_display(run: Run) -> None:
    """Help and version end with 0; without a display the app is refused with what to do instead."""
    assert run("--version").out == f"mshopper, version {__version__}\n"
    for arguments in (["--help"], ["visit", "--help"], ["score", "-h"]):
        assert run(*arguments).code == 0
    refused = run()
    assert refused.code == 1
    assert "mshopper --help" in refused.err


def test_a_form_that_changed_is_a_version_of_its_own(run: Run, recorded: str, form: Path, answers: Answers) -> None:
    """The visit made by the old text keeps its form; the form's id names the newest."""
    form.write_text(FORM.replace("points: 5", "points: 50"), encoding="utf-8")
    record = ["visit", "record", "--store", "RM-002", "--answers", answers(), "--submit", "--json", "--form"]
    changed = run(*record, form).json
    assert run(*record, "shop").json["form_hash"] == changed["form_hash"]
    old = run("visit", "show", recorded, "--json").json
    assert old["form_hash"] != changed["form_hash"]
    assert (old["score"]["possible"], changed["score"]["possible"]) == (14, 59)


def test_text_typed_by_people_comes_back_as_typed(run: Run, data: Path, form: Path, answers: Answers) -> None:
    """Markup, emoji, Greek and Chinese, 5,000 characters, a formula: the same in JSON; half a character is refused."""
    words = "<b>&amp; \U0001f600 Ελλάδα 北京 =1+1\n" + "x" * 5000
    record = ["visit", "record", "--form", form, "--store", "MI-001", "--json", "--answers"]
    made = run(*record, answers(ANSWERS | {"who": {"value": words, "comment": words}}))
    said = {one["question"]: one for one in made.json["answers"]}["who"]
    assert (said["value"], said["comment"]) == (words, words)
    half = run(*record, answers(json.dumps({"who": "\ud800"})))
    assert (half.code, half.err.count("\n")) == (1, 1)
