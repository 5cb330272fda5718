"""`mshopper stores import` and `mshopper plan …` on files as head offices have them."""

import csv
import json
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.exchange.workbook import write_workbook

from .conftest import Run

RULES = """\
forms:
  - {form: shop, every_months: 3, window_days: 10}
quotas:
  - {region: Nord, at_most: 5}
auditors:
  - {auditor: A1}
  - {auditor: A2}
"""


def test_stores_from_a_workbook_with_a_title_above_and_columns_of_its_own(data: Path, run: Run, tmp_path: Path) -> None:
    """The header stands in the third row, the code under a title that nobody knows: --map says it, once for all."""
    rows = [["Elenco negozi 2026"], [], ["Rif.", "Insegna", "Regione", "Cap"], ["TO-9", "Torino", "Piemonte", "00010"]]
    path = tmp_path / "negozi.xlsx"
    write_workbook(path, {"Note": [["niente"]], "Negozi": rows[2:]})
    refused = run("stores", "import", path)
    assert (refused.code, "no column “store_id”" in refused.err) == (1, True)
    assert run("stores", "import", path, "--map", "store_id=Rif.").out == "1 store imported.\n"
    again = run("stores", "import", path)
    assert (again.code, again.out) == (0, "1 store imported.\n")
    with ops.open_workspace(data) as workspace:
        store = ops.find_store(workspace, "TO-9")
    assert (store.name, store.region, store.extra) == ("Torino", "Piemonte", (("Cap", "00010"),))
    write_workbook(path, {"Negozi": [*rows[:2], ["Codice", "Nome"], ["TO-9", "Torino Roma"]]})
    assert run("stores", "import", path).code == 0


def test_every_wrong_line_is_said_and_the_good_ones_may_be_taken(data: Path, run: Run, tmp_path: Path) -> None:
    """Nothing is imported unless --skip asks for the rest."""
    path = tmp_path / "piano.csv"
    path.write_text(
        "negozio;modulo;auditor;dal;entro\nMI-001;shop;A1;1/12/26;31/12/2026\nMI-001;shop;;31/02/2026;\n;shop;;;\n",
        encoding="cp1252",
    )
    refused = run("plan", "import", path)
    assert refused.code == 1
    assert ["line 3" in refused.err, "line 4" in refused.err, "--skip" in refused.err] == [True] * 3
    assert run("plan", "list", "--json").json == []
    assert run("plan", "import", path, "--skip").out == "1 planned visit imported.\n"
    (line,) = run("plan", "list", "--json").json
    assert (line["plan_id"], line["from"], line["to"]) == ("2026-12-31-MI-001-shop", "2026-12-01", "2026-12-31")


@pytest.mark.parametrize("wrong", [("--map", "store_id"), ("--map", "shop=Rif."), ("--map", "store_id=Nowhere")])
def test_a_mapping_that_means_nothing_is_said(data: Path, run: Run, tmp_path: Path, wrong: tuple[str, str]) -> None:
    """Without an equals sign, to a field that isn't, to a column that isn't."""
    (tmp_path / "a.csv").write_text("Rif.\nA\n", encoding="utf-8")
    ran = run("stores", "import", tmp_path / "a.csv", *wrong)
    assert ran.code == (1 if "=" in wrong[1] else 2)
    assert ran.err


def test_a_plan_is_proposed_accepted_listed_and_goes_to_the_laptops(
    data: Path, run: Run, form: Path, tmp_path: Path
) -> None:
    """From rules to plan.csv in the head-office folder, which only the computer that merges may write."""
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    with ops.open_workspace(data) as workspace:
        ops.import_form(workspace, form)
        today = workspace.clock().date()
    period = ("--from", today, "--to", f"{today.year + 1}-{today:%m}-28")
    assert "no rules to plan by" in run("plan", "propose", *period).err
    proposed = run("plan", "propose", *period, "--rules", "rules.yaml", "--json").json
    assert {line["auditor_id"] for line in proposed["lines"]} == {"A1", "A2"}
    assert all(line["sentences"] for line in proposed["lines"])
    assert run("plan", "list", "--json").json == []
    accepted = run("plan", "propose", *period, "--rules", "rules.yaml", "--keep-rules", "--accept")
    assert (accepted.code, f"{len(proposed['lines'])} visits were put into the plan." in accepted.out) == (0, True)
    listed = run("plan", "list", "--json").json
    assert [line["plan_id"] for line in listed] == [line["plan_id"] for line in proposed["lines"]]
    assert run("plan", "propose", *period, "--json").json["lines"] == []
    north = run("plan", "list", "--region", "Nord", "--auditor", "A1", "--json").json
    assert {line["store_id"] for line in north} == {"MI-001"}
    office = tmp_path / "office"
    office.mkdir()
    assert "Only the computer that merges" in run("plan", "export", office).err
    assert run("sync", office).code == 0
    assert run("plan", "export", office).code == 0
    with (office / "plan.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["plan_id"] for row in csv.DictReader(stream)] == [line["plan_id"] for line in listed]
    assert run("sync", office, "--json").json["taken_plan"] == 0
    assert run("plan", "export", tmp_path / "piano.xlsx").code == 0
    run("plan", "export", tmp_path / "piano.csv", "--excel", "it")
    assert (tmp_path / "piano.csv").read_bytes().startswith(b"\xef\xbb\xbfplan_id;store_id;")
    for name in ("piano.xlsx", "piano.csv"):
        assert run("plan", "import", tmp_path / name).code == 0
    assert run("plan", "list", "--json").json == listed


def test_rules_that_are_wrong_are_said_with_their_place(data: Path, run: Run, tmp_path: Path) -> None:
    """YAML by line, JSON by its reader, meaning by rule."""
    path = tmp_path / "rules.yaml"
    wanted = ("plan", "propose", "--from", "2026-12-01", "--to", "2026-12-31", "--rules", path)
    for text, sentence in (
        ("forms: [", "rules.yaml:"),
        (json.dumps({"forms": [{"form": "a"}]}), "rule 1 of “forms”"),
        ('{"forms": ', "isn't JSON"),
    ):
        path.write_text(text, encoding="utf-8")
        ran = run(*wanted)
        assert (ran.code, sentence in ran.err) == (1, True), ran.err
    path.write_bytes(b"\xff\xfe\x00")
    assert "can't be read" in run(*wanted).err
