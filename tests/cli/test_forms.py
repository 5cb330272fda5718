"""`mshopper form` and `mshopper score`: form files without a store."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mshopper import paths
from tests.cli.conftest import ANSWERS, FORM, Run
from tests.shared_files import shared_file

Answers = Callable[..., Path]


def test_every_shipped_form_is_good(run: Run) -> None:
    """All of them in one call: a line each, no problem, exit 0."""
    files = sorted(paths.forms_folder().glob("*.yaml"))
    checked = run("form", "check", *files)
    assert (checked.code, checked.err) == (0, "")
    assert len(re.findall(r"good, \d+ questions$", checked.out, re.MULTILINE)) == len(files) >= 9


def test_every_problem_of_every_file_is_said_with_its_line(run: Run, tmp_path: Path, form: Path) -> None:
    """Two things wrong in one file and none in the other: both files are checked, exit 1; as JSON too."""
    bad = tmp_path / "bad.yaml"
    bad.write_text(FORM.replace("type: nps", "type: npx").replace("'2026-12-25'\"", "'2026-12-25' and ${nobody}\""))
    checked = run("form", "check", bad, form)
    assert checked.code == 1
    lines = checked.out.splitlines()
    assert lines[0].startswith(f"{bad}:{FORM[: FORM.index('type: nps')].count(chr(10)) + 1}: ")
    assert "nobody" in lines[1]
    assert lines[2:4] == [f"{bad}: 2 problems", f"{form}: good, 11 questions"]
    assert lines[4] == "  2 sections; 10 questions to answer; 5 scored; languages: en, it"
    assert lines[-1] == "2 forms, 1 without problems; 0 warnings"
    found = run("form", "check", bad, form, "--json")
    assert found.code == 1
    first, second = found.json
    assert [(problem["line"] > 0, bool(problem["remedy"])) for problem in first["problems"]] == [(True, True)] * 2
    assert (first["form"], second["problems"]) == (None, [])
    assert second["form"] == {"id": "shop", "version": "1", "questions": 11}
    about = second["profile"]
    assert (first["profile"], about["scored"]) == (None, 5)
    assert about["without_dimension"] == ["offer", "party", "clean"]


def test_a_form_with_a_cycle_a_ghost_and_a_double_id_says_all_three(run: Run, tmp_path: Path) -> None:
    """A cycle of rules, an unknown reference, an id used twice: three problems, exit 1."""
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "mshopper: 1\nid: f\nversion: '1'\ntitle: F\nlanguages: [en]\nsections:\n- id: s\n  title: S\n  questions:\n"
        "  - {id: a, type: calculate, calculate: '${b} + 1'}\n"
        "  - {id: b, type: calculate, calculate: '${a} + 1'}\n"
        "  - {id: c, type: text, label: C, when: '${ghost} = 1'}\n"
        "  - {id: d, type: text, label: D}\n"
        "  - {id: d, type: text, label: D}\n"
    )
    checked = run("form", "check", bad)
    assert checked.code == 1
    assert all(re.search(rf"^{re.escape(str(bad))}:{line}: ", checked.out, re.MULTILINE) for line in (10, 12, 14))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.yaml", None),
        ("empty.yaml", b""),
        ("binary.yaml", bytes(range(256)) * 20),
        ("photo.yaml", b"\xff\xd8\xff\xe0" + bytes(500)),
        ("huge.yaml", b"a: b\n" * 2_000_000),
        ("latin.yaml", "title: Perché\n".encode("latin-1")),
        ("folder.yaml", "folder"),
    ],
)
def test_a_file_that_is_no_form_is_one_sentence(
    run: Run, tmp_path: Path, form: Path, answers: Answers, name: str, content: bytes | str | None
) -> None:
    """`form check` and `score`: exit 1, a line on stderr that names the file; the other files still get their turn."""
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    checked = run("form", "check", path, form)
    assert checked.code == 1
    assert checked.err.count("\n") == 1
    assert name in checked.err
    assert "shop.yaml: good" in checked.out
    as_json = run("form", "check", "--json", path)
    assert (as_json.code, as_json.err) == (1, "")
    assert [problem["what"] + "\n" for problem in as_json.json[0]["problems"]] == [checked.err]
    scored = run("score", path, answers())
    assert (scored.code, scored.out) == (1, "")
    assert scored.err == checked.err


def test_the_schema_is_a_json_schema_that_names_the_language(run: Run) -> None:
    """It is printed as JSON and knows the keys of a form."""
    schema = run("form", "schema").json
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"mshopper", "id", "version", "title", "sections"} <= schema["properties"].keys()


def test_score_as_json_has_the_shape_of_the_design(run: Run, form: Path, answers: Answers) -> None:
    """Every key that design.md, The commands, names, with its kind of value; percentages are numbers."""
    sheet = run("score", form, answers(), "--json", "--at", "2026-11-21T10:00:00+01:00").json
    # 5 of 5 greeted, 0 of 3 for the queue, 1 of 2 offers, 2 of 4 at the tills.
    assert [sheet[name] for name in ("percent", "earned", "possible", "coverage")] == [57.14, 8, 14, 100]
    assert [sheet[name] for name in ("verdict", "grade", "criticals")] == ["pass", "B", []]
    part = {"percent": 60, "earned": 6, "possible": 10}
    assert [{name: section[name] for name in ("id", *part)} for section in sheet["sections"]] == [
        {"id": "door", **part},
        {"id": "till", "percent": 50, "earned": 2, "possible": 4},
    ]
    assert {name: one["percent"] for name, one in sheet["dimensions"].items() if one["percent"] is not None} == {
        "courtesy": 100,
        "time": 0,
    }
    assert sheet["touchpoints"] == {"store": part}
    assert sheet["phases"] == {"during": part}
    assert sheet["metrics"] == {"nps": 100}
    keys = {"question", "instance", "status", "earned", "possible", "weight", "reason"}
    assert all(line.keys() == keys for line in sheet["lines"])
    lines = {(line["question"], line["instance"]): line for line in sheet["lines"]}
    assert [lines[("clean", str(number))]["earned"] for number in (1, 2)] == [2, 0]
    assert lines[("party", "")]["status"] == "not_relevant"
    assert lines[("queue", "")]["reason"]["code"] == "band_open"


def test_score_lists_what_was_critical_and_caps(run: Run, form: Path, answers: Answers) -> None:
    """A critical "no": named by its id, the verdict fails, the percentage is capped."""
    said = ANSWERS | {"greeted": False, "queue": 5, "offer": ["a", "b"], "till": [{"clean": True}]}
    sheet = run("score", form, answers(said), "--json").json
    assert (sheet["criticals"], sheet["verdict"], sheet["percent"]) == (["greeted"], "fail", 58.33)
    text = run("score", form, answers(said)).out
    assert text.splitlines()[0].startswith("58.33%")
    assert "! greeted: " in text


def test_nothing_scored_is_null_never_a_number(run: Run, form: Path, answers: Answers) -> None:
    """Everything N/A or excluded: percent null, verdict not_scored."""
    document = FORM.replace("scoring: {", "scoring: {unanswered: exclude, ")
    form.write_text(document, encoding="utf-8")
    sheet = run("score", form, answers({"greeted": {"na": True}}), "--json").json
    assert (sheet["percent"], sheet["verdict"], sheet["possible"]) == (None, "not_scored", 0)
    assert run("score", form, answers({"greeted": {"na": True}})).out.startswith("–")


def test_at_makes_today_reproducible(run: Run, form: Path, answers: Answers) -> None:
    """A question that is asked at Christmas only counts then, whenever the command is run."""
    said = ANSWERS | {"party": True}
    for moment, possible in (("2026-12-25T00:00:00+01:00", 18), ("2026-12-24T23:59:59+01:00", 14), ("2026-12-25", 18)):
        assert run("score", form, answers(said), "--json", "--at", moment).json["possible"] == possible
    wrong = run("score", form, answers(said), "--at", "tomorrow")
    assert wrong.code == 2
    assert "2026-11-21T10:00:00+01:00" in wrong.err


def test_worked_examples_score_as_published(run: Run, tmp_path: Path) -> None:
    """Every score case of scoring_cases.json, form and answers as files, through the command."""
    cases = json.loads(shared_file("scoring_cases.json").read_text(encoding="utf-8"))["score"]
    assert len(cases) >= 15
    form, said = tmp_path / "form.json", tmp_path / "answers.json"
    for case in cases:
        form.write_text(json.dumps(case["form"]), encoding="utf-8")
        said.write_text(json.dumps(case["answers"]), encoding="utf-8")
        sheet = run("score", form, said, "--json").json
        expected = dict(case["expect"])
        sections = {section["id"]: section["percent"] for section in sheet["sections"]}
        for section, percent in expected.pop("sections", {}).items():
            assert sections[section] == percent, case["name"]
        assert {name: sheet[name] for name in expected} == expected, case["name"]


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("[1, 2]", "in braces"),
        ("", "line 1"),
        ('{\n"greeted": tru}', "line 2"),
        ('{"greeted": NaN}', "NaN"),
        ('{"age": 1e999999999}', "1e999999999"),
        ('{"age": ' + "9" * 100_000 + "}", "99999"),
        ('{"greeted": true, "greeted": false}', "twice"),
        ('{"who":' * 100_000 + "1" + "}" * 100_000, "too deeply"),
        ({"greted": True}, "Did you mean “greeted”?"),
        ({"greeted": "perhaps"}, "yes, no"),
        ({"greeted": 5}, "yes, no"),
        ({"offer": ["a", "z"]}, "“z” is no choice"),
        ({"offer": [["a"]]}, "“offer”"),
        ({"offer": [None]}, "“offer”"),
        ({"again": True}, "“again”"),
        ({"age": 1.5}, "“1.5”"),
        ({"age": "old"}, "“old”"),
        ({"when": "21/11/2026"}, "“21/11/2026”"),
        ({"when": 20261121}, "“when”"),
        ({"who": ["a", "b"]}, "“who”"),
        ({"view": "door.jpg"}, "“photos”"),
        ({"sum": 1}, "computed"),
        ({"clean": True}, "list its instances"),
        ({"till": {"clean": True}}, "list of mappings"),
        ({"till": [{}] * 4}, "more than the form allows"),
        ({"till": [{"greeted": True}]}, "doesn't stand in that section"),
        ({"door": [1]}, "mapping of its questions"),
        ({"queue": {"na": True}}, "not applicable"),
        ({"queue": {"value": 5, "seconds": -1}}, "“seconds”"),
        ({"queue": {"value": 5, "comment": 7}}, "a comment is text"),
        ({"queue": {"valeu": 5}}, "“valeu”"),
        ({"queue": {"photos": "x.jpg"}}, "list of file names"),
    ],
)
def test_answers_that_do_not_fit_are_said_and_nothing_is_scored(
    run: Run, form: Path, answers: Answers, said: Any, about: str
) -> None:
    """A value of another type, an unknown id, hostile JSON: exit 1, what is wrong on stderr, nothing on stdout."""
    scored = run("score", form, answers(said))
    assert (scored.code, scored.out) == (1, "")
    assert about in scored.err
    assert len(scored.err) < 500


def test_all_wrong_answers_are_said_at_once(run: Run, form: Path, answers: Answers) -> None:
    """Three wrong answers, three lines, each with its question and instance."""
    said = {"age": "old", "till": [{"clean": 3}, {"clean": "so so"}]}
    lines = run("score", form, answers(said)).err.splitlines()
    assert "3 answers" in lines[0]
    assert [line.strip().partition(":")[0] for line in lines[1:]] == ["“age”", "“clean [1]”", "“clean [2]”"]


def test_answers_may_bring_a_mark_sections_and_paths(run: Run, form: Path, answers: Answers) -> None:
    """A byte order mark, the section around a question, a path, numbers and lists as text: read as meant."""
    plain = run("score", form, answers(), "--json").json
    said = {"door/greeted": "yes", "door": {"queue": "61.5", "again": "9", "offer": "a"}, "till": ANSWERS["till"]}
    assert run("score", form, answers("\ufeff" + json.dumps(said)), "--json").json == plain


def test_answers_in_another_encoding_or_place_are_a_sentence(run: Run, form: Path, tmp_path: Path) -> None:
    """UTF-16, a folder, no file: exit 1."""
    (tmp_path / "wide.json").write_text("{}", encoding="utf-16")
    for name, about in (("wide.json", "UTF-8"), ("", "can't be read"), ("none.json", "no file")):
        scored = run("score", form, tmp_path / name)
        assert (scored.code, scored.err.count("\n")) == (1, 1)
        assert about in scored.err


def test_an_italian_terminal_reads_italian(
    run: Run, form: Path, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form's texts and the numbers follow the terminal's language, where the form has it."""
    monkeypatch.setenv("LC_ALL", "it_IT.UTF-8")
    text = run("score", form, answers(), "--at", "2026-11-21").out
    assert "57,14%" in text
    assert "Porta: 60,00%" in text
    assert "Door" not in text


def test_a_form_goes_to_a_workbook_and_back(run: Run, tmp_path: Path, form: Path) -> None:
    """`form convert` both ways by suffix; checking the workbook says the same as checking the text."""
    workbook, text = tmp_path / "f.xlsx", tmp_path / "back.yaml"
    there, back = run("form", "convert", form, workbook), run("form", "convert", workbook, text)
    assert (there.out, back.out) == (
        f"{workbook}: written, nothing is lost.\n",
        f"{text}: written, nothing is lost.\n",
    )
    first, second = run("form", "check", form, workbook, "--json").json
    assert first["profile"] == second["profile"]
    assert run("form", "convert", form, tmp_path / "f.doc").code == 1
