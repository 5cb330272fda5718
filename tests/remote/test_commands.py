"""`mshopper sync URL` and `merge URL` work as with a path."""

import json
from pathlib import Path

import pytest

from mshopper.cli import run
from tests.remote.conftest import PASSWORD, Server


def test_sync_and_merge_by_url(
    webdav: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The password comes from the environment; without it the command ends with the server's sentence."""
    url = f"{webdav.url}/sede"
    data = ["--data", str(tmp_path / "data")]
    assert run([*data, "sync", url]) == 1
    assert "doesn't let you in" in capfd.readouterr().err
    monkeypatch.setenv("MSHOPPER_REMOTE_PASSWORD", PASSWORD)
    assert run([*data, "sync", url, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["merged"] == 0
    assert run([*data, "merge", url, "--excel", "it"]) == 0
    assert f"merged in {url}" in capfd.readouterr().out
    assert (webdav.files / "sede" / "head-office.it.csv").is_file()
    assert run([*data, "merge", url, "--compact"]) == 1
    assert "Nothing is ever deleted on a server" in capfd.readouterr().err
