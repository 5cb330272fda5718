"""The commands on personal data, on a data folder of the demo's kind."""

import json
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.cli import run
from mshopper.model.answer import Answer
from tests.operations.conftest import WHO, begin, make_template


def test_find_export_erase_and_retention(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name is found, exported and erased; what erasing does is said before; a dry run sets nothing; the notice is written."""
    data = make_template(tmp_path / "template")
    with ops.open_workspace(data) as workspace:
        opened = begin(workspace)
        ops.answer(workspace, opened, WHO, Answer("Zoraide"))
        visit_id = ops.submit_visit(workspace, opened, reason="in a hurry").visit_id

    def privacy(*arguments: str) -> str:
        assert run(["--data", str(data), "privacy", *arguments]) == 0
        return capsys.readouterr().out

    assert visit_id in privacy("find", "zoraide")
    assert json.loads(privacy("find", "zoraide", "--json"))[0]["text"] == "Zoraide"
    privacy("export", "zoraide", "--out", str(tmp_path / "z.zip"))
    assert (tmp_path / "z.zip").stat().st_size > 100
    dry = json.loads(privacy("retention", "--months", "1", "--dry-run", "--json"))
    assert (dry["retention_months"], dry["visits"], dry["erased"]) == (0, [], False)
    assert "24" in privacy("retention", "--months", "24", "--photos", "6")
    assert "1 visit erased" in privacy("erase", visit_id[:8], "--yes")
    assert "0 places" in privacy("find", "zoraide")
    privacy("notice", str(tmp_path / "notice.md"), "--lang", "it")
    assert "300" in (tmp_path / "notice.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments", [["erase"], ["erase", "abc", "--before", "2026-01-01"], ["erase", "--before", "x"]]
)
def test_wrong_usage_is_told(tmp_path: Path, arguments: list[str]) -> None:
    """Nothing named, two things named, or no day: exit 2, with nothing erased."""
    assert run(["--data", str(tmp_path / "data"), "privacy", *arguments]) == 2
