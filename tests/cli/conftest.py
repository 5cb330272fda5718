"""The commands run in this process on a data folder of their own: `run("visit", "list")` gives code, output and errors."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mshopper.cli import run as run_command
from mshopper.i18n import use_language

FORM = """\
mshopper: 1
id: shop
version: "1"
title: {en: Shop, it: Negozio}
languages: [en, it]
scoring: {pass_mark: 50, grades: [{id: A, from: 80}, {id: B, from: 0}]}
sections:
  - id: door
    title: {en: Door, it: Porta}
    phase: during
    touchpoint: store
    pass_mark: 40
    questions:
      - id: greeted
        type: yes_no
        label: {en: Greeted?, it: Saluto?}
        points: 5
        na: true
        required: true
        dimension: courtesy
        critical: {when: no, effect: {cap: 60}}
        evidence: {photos: 1, when: no}
      - {id: queue, type: duration, label: Queue, dimension: time, bands: [{to: 60, points: 3}, {points: 0}]}
      - {id: again, type: nps, label: Again?}
      - {id: offer, type: choices, label: Offer, choices: [{id: a, label: A, points: 1}, {id: b, label: B, points: 1}]}
      - {id: age, type: integer, label: Age}
      - {id: when, type: date, label: Day}
      - {id: who, type: text, label: Who?}
      - {id: view, type: photo, label: View}
      - {id: sum, type: calculate, calculate: today()}
      - {id: party, type: yes_no, label: Party, points: 4, when: "${sum} = '2026-12-25'"}
  - id: till
    title: Till
    repeat: {min: 1, max: 3, label: Till}
    questions:
      - {id: clean, type: yes_no, label: Clean?, points: 2}
"""

ANSWERS: dict[str, Any] = {
    "greeted": True,
    "queue": {"value": 61.5, "comment": "One till", "seconds": 12},
    "again": 9,
    "offer": ["a"],
    "till": [{"clean": "yes"}, {"clean": {"value": False}}],
}


@dataclass(frozen=True)
class Ran:
    """How a command ended: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A terminal in English, without a display."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setenv("MSHOPPER_DEBUG", "1")  # a bug of ours shows itself as what it is
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    yield
    use_language("en")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; its arguments may be paths."""

    def run_it(*arguments: object) -> Ran:
        capsys.readouterr()
        code = run_command([str(one) for one in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run_it


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of this machine with two stores, made by the command itself."""
    folder = tmp_path_factory.mktemp("template")
    (folder / "stores.csv").write_text(
        "store_id,name,region\nMI-001,Milano Duomo,Nord\nRM-002,Roma,\n", encoding="utf-8"
    )
    assert run_command(["stores", "import", str(folder / "stores.csv"), "--data", str(folder / "data")]) == 0
    return folder / "data"


@pytest.fixture
def data(_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, which MSHOPPER_DATA names; the test works in the folder around it."""
    place = Path(shutil.copytree(_template, tmp_path / "data"))
    monkeypatch.setenv("MSHOPPER_DATA", str(place))
    monkeypatch.chdir(tmp_path)
    return place


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """The form's file."""
    path = tmp_path / "shop.yaml"
    path.write_text(FORM, encoding="utf-8")
    return path


@pytest.fixture
def answers(tmp_path: Path) -> Callable[..., Path]:
    """`answers({...})`: a file of them; those of ANSWERS by default."""

    def write(said: object = ANSWERS, name: str = "answers.json") -> Path:
        path = tmp_path / name
        path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
        return path

    return write


@pytest.fixture
def recorded(data: Path, form: Path, answers: Callable[..., Path], run: Run) -> str:
    """A visit recorded and submitted; its id."""
    made = run("visit", "record", "--form", form, "--store", "MI-001", "--answers", answers(), "--submit", "--json")
    assert made.code == 0, made.err
    return str(made.json["visit_id"])
