"""`mshopper review` and `mshopper action`: what the screen does, on the command line."""

from pathlib import Path

from tests.cli.conftest import Run


def test_review_and_action(data: Path, recorded: str, run: Run, tmp_path: Path) -> None:
    """A visit is disputed, returned by folder and id, withdrawn; an action on it is opened, changed, mended, open again."""
    office = tmp_path / "office"
    run("sync", office)
    (waiting,) = run("review", "list", office, "--json").json
    assert waiting["visit_id"] == recorded
    visit, by_folder = waiting["visit_id"][:8], f"{office}/{waiting['visit_id'][:8]}"
    assert run("review", "return", by_folder).code == 1
    assert "Say why" in run("review", "return", by_folder).err
    assert run("review", "return", by_folder, "--reason", "dark").code == 0
    assert run("review", "list", "--json").json == []
    assert run("review", "withdraw", visit).code == 0
    assert run("review", "dispute", visit, "--by", "Rossi", "--reason", "was clean").code == 0
    assert run("review", "dispute", visit, "--outcome", "confirmed").code == 0
    assert run("review", "approve", visit).code == 0
    shown = run("review", "show", visit, "--json").json
    assert [one["kind"] for one in shown["standing"]] == ["dispute", "settle", "approve"]
    assert (shown["standing"][1]["percent"], shown["others"]) == (shown["standing"][1]["percent_after"], [])
    findings = run("action", "add", visit)
    assert findings.code == 0
    question = findings.out.split()[0]
    assert run("action", "add", visit, question, "--owner", "Ugo", "--due", "soon").code == 1
    assert (
        run("action", "add", by_folder, question, "--owner", "Ugo", "--due", "2020-01-31", "--note", "clean").code == 0
    )
    (action,) = run("action", "list", "--state", "late", "--json").json
    assert (action["owner"], action["due"], action["wanted"]) == ("Ugo", "2020-01-31", "clean")
    assert run("action", "change", action["action_id"], "--due", "2999-01-31").code == 0
    assert run("action", "done", action["action_id"], "--note", "cleaned").code == 0
    assert run("action", "reopen", action["action_id"], "--reason", "dirty again").code == 0
    (action,) = run("action", "list", "--json").json
    assert (action["state"], action["reopened"], action["done"]) == ("reopened", 1, "cleaned")
    assert run("sync", office, "--json").json["reviews"] == 7
    assert "dirty again" not in (office / "head-office-actions.csv").read_text("utf-8")
    assert "reopened" in (office / "head-office-actions.csv").read_text("utf-8")
    assert "Approved" in run("review", "list", "--status", "approved").out
