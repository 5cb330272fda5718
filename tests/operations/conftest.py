"""A form that has a bit of everything, data folders on it, and a clock that a test sets."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.record import Store
from mshopper.operations import identity

FORM = """\
mshopper: 1
id: visit
version: "1"
title: {en: Visit, it: Visita}
languages: [en, it]
scoring: {pass_mark: 70}
sections:
  - id: door
    title: Door
    touchpoint: store
    phase: during
    questions:
      - id: greeted
        type: yes_no
        label: Greeted?
        points: 5
        required: true
        dimension: courtesy
        evidence: {photos: 1, comment: 5, when: no}
      - {id: wait, type: duration, label: Wait, dimension: time, bands: [{to: 60, points: 10}, {points: 0}]}
      - {id: who, type: text, label: Who?}
      - {id: day, type: calculate, calculate: today()}
      - {id: festive, type: yes_no, label: "Open on ${day}?", points: 3, when: "${day} >= '2026-12-25'"}
  - id: till
    title: Till
    repeat: {min: 1, max: 4, label: Till}
    questions:
      - {id: clean, type: yes_no, label: Clean?, points: 2, default: "yes"}
      - {id: staff, type: text, label: Staff?}
"""

GREETED, WAIT, WHO, DAY = (AnswerKey(f"door/{name}") for name in ("greeted", "wait", "who", "day"))
FESTIVE, TILLS = AnswerKey("door/festive"), AnswerKey("till")
ROME = dt.timezone(dt.timedelta(hours=1))


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 11, 21, 10, 30, tzinfo=ROME)

    def __call__(self) -> dt.datetime:
        return self.moment

    def pass_by(self, **amount: float) -> None:
        """Let time pass: `days=1`, `minutes=5`."""
        self.moment += dt.timedelta(**amount)


def clean(number: int) -> AnswerKey:
    """The question whether till `number` is clean."""
    return AnswerKey("till/clean", str(number))


@pytest.fixture
def clock() -> Clock:
    """21 November 2026, 10:30 in Rome."""
    return Clock()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of this machine with two stores and the form; tests work on copies."""
    return make_template(tmp_path_factory.mktemp("template"))


def make_template(folder: Path) -> Path:
    """A data folder in `folder` with two stores and the form."""
    folder.mkdir(exist_ok=True)
    form = folder / "visit.yaml"
    form.write_text(FORM, encoding="utf-8")
    with ops.open_workspace(folder / "data") as workspace:
        ops.import_form(workspace, form)
        ops.add_store(workspace, Store("MI-001", "Milano Duomo", "Lombardia"))
        ops.add_store(workspace, Store("RM-002", "Roma, città", "Lazio"))
    return folder / "data"


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A data folder of its own."""
    return Path(shutil.copytree(template, tmp_path / "data"))


@pytest.fixture
def workspace(folder: Path, clock: Clock) -> Iterator[ops.Workspace]:
    """That folder, open."""
    with ops.open_workspace(folder, clock=clock) as opened:
        yield opened


@pytest.fixture
def laptop(
    template: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], ops.Workspace]:
    """`laptop("a")`: the data folder of machine "a", open; a device of its own, since it is another machine."""

    def open_on(machine: str) -> ops.Workspace:
        monkeypatch.setattr(identity, "machine_fingerprint", lambda: machine)
        place = tmp_path / f"laptop-{machine}"
        if not place.exists():
            shutil.copytree(template, place)
        return ops.open_workspace(place, clock=clock)

    return open_on


@pytest.fixture
def camera(tmp_path: Path) -> Callable[..., Path]:
    """`camera("door.jpg")`: a photo file, another picture for each name."""

    def shoot(name: str, size: tuple[int, int] = (64, 48)) -> Path:
        path = tmp_path / name
        shade = sum(name.encode()) % 200
        Image.linear_gradient("L").resize(size).point([min(255, shade + level // 4) for level in range(256)]).save(path)
        return path

    return shoot


def begin(workspace: ops.Workspace, store_id: str = "MI-001") -> ops.OpenVisit:
    """A visit begun with the form."""
    return ops.start_visit(workspace, form_hash=ops.find_form(workspace, "visit").hash, store_id=store_id)


def said(value: str | int, **more: object) -> Answer:
    """An answer."""
    return Answer(value, **more)  # type: ignore[arg-type]


def submitted(workspace: ops.Workspace, store_id: str = "MI-001", wait: int = 30, who: str = "Anna") -> ops.OpenVisit:
    """A complete visit, submitted."""
    opened = begin(workspace, store_id)
    for key, answer in ((GREETED, said("yes")), (WAIT, said(wait)), (WHO, said(who))):
        ops.answer(workspace, opened, key, answer)
    ops.submit_visit(workspace, opened)
    return opened


def on_screen(opened: ops.OpenVisit) -> tuple[object, ...]:
    """All that a screen shows of a visit."""
    visit = opened.visit
    keys = list(visit.keys())
    return (
        dict(visit.answers),
        visit.counts,
        [(key, visit.value(key), visit.is_relevant(key), visit.violations(key)) for key in keys],
        opened.photos,
        opened.header,
    )
