"""`mshopper verify`, `rescore`, `visit export` and `visit import`: what they print and how they end."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.cli import run
from mshopper.i18n import use_language
from tests.operations.conftest import Clock, make_template, submitted


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one submitted visit; the commands speak English."""
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    use_language("en")
    folder = make_template(tmp_path / "template")
    with ops.open_workspace(folder, clock=Clock()) as workspace:
        submitted(workspace)
    return folder


def test_verify_export_import_rescore(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All agrees: 0. Exported, verified and imported elsewhere. After a change by hand: 1, and what it is."""
    mine, other = ["--data", str(data)], ["--data", str(tmp_path / "other")]
    assert run(["verify", *mine]) == 0
    assert "1 visit verified, 0 don't agree." in capsys.readouterr().out
    assert run(["visit", "list", "--json", *mine]) == 0
    visit_id = json.loads(capsys.readouterr().out)[0]["visit_id"]
    file = tmp_path / "one.mshopper-visit"
    assert run(["visit", "export", visit_id[:8], "--out", str(file), *mine]) == 0
    assert run(["visit", "import", str(file), *other]) == 0
    assert run(["verify", str(file), visit_id, *other]) == 0
    printed = capsys.readouterr().out
    assert "[not checked] Device: The key of" in printed
    assert "[agrees] Score: Scored again from form and answers" in printed
    assert run(["rescore", *other]) == 0
    assert "1 visit scored again, 0 differ." in capsys.readouterr().out
    assert run(["rescore", "--weights", "till=9", *other]) == 0
    assert "→" in capsys.readouterr().out

    with closing(sqlite3.connect(data / "mshopper.sqlite")) as db:
        db.execute("UPDATE answers SET value = '61' WHERE path = 'door/wait'")
        db.commit()
    assert run(["verify", "--json", visit_id, *mine]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["agrees"], found["visit_id"]) == (False, visit_id)
    assert {"answer_changed", "line_changed"} <= {check["code"] for check in found["checks"]}
    assert run(["rescore", *mine]) == 1
    assert "1 differ" in capsys.readouterr().out
    assert run(["verify", str(tmp_path / "nothing.pdf"), *mine]) == 1
    assert "There is no file" in capsys.readouterr().err
