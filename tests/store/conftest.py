"""A small form, a visit begun with it, and the ways to change it, for every test of the store."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mshopper.model.answer import NO_ANSWER, Answer, AnswerChange, AnswerKey, AnswerStep
from mshopper.model.form import Form, Question, Section, Text
from mshopper.model.record import PhotoInfo, Store, VisitHeader
from mshopper.store import Database, open_store
from mshopper.store.forms import FormRow

AT = "2026-11-12T10:00:00+01:00"
FORM_HASH = "f" * 64
FORM = Form(
    "store_visit",
    "2026.1",
    Text.of({"it": "Visita in negozio", "en": "Store visit"}),
    ("it", "en"),
    sections=(Section("welcome", items=(Question("greeted", "yes_no"), Question("note", "text"))),),
)
HEADER = VisitHeader(
    visit_id="11111111-0000-4000-8000-000000000001",
    revision=1,
    state="in_progress",
    form_id="store_visit",
    form_version="2026.1",
    form_hash=FORM_HASH,
    store=Store("MI01", "Milano Duomo", "Lombardia", "flagship", "Piazza Duomo 1", extra=(("manager", "yes"),)),
    auditor_id="a12",
    auditor="Zoë Rossi",
    device_id="d1",
    language="it",
    channel="store",
    started_at=AT,
    changed_at=AT,
    flags=("incomplete",),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that isn't there yet."""
    return tmp_path / "data"


@pytest.fixture
def db(folder: Path) -> Iterator[Database]:
    """An open store with the form and no visit."""
    with open_store(folder) as database:
        keep_form(database)
        yield database


@pytest.fixture
def visit(db: Database) -> VisitHeader:
    """A visit in progress without answers."""
    db.visits.insert(HEADER)
    return HEADER


@pytest.fixture
def photo(db: Database, visit: VisitHeader) -> Callable[..., PhotoInfo]:
    """Take a photo into the visit: `photo("p1", b"bytes", original=b"…")`."""

    def take(photo_id: str, jpeg: bytes, *, revision: int = 1, original: bytes | None = None) -> PhotoInfo:
        info = photo_info(photo_id, jpeg)
        db.photos.add(
            visit.visit_id, revision, info.key, info, jpeg=jpeg, thumbnail=b"small " + jpeg, original=original, at=AT
        )
        return info

    return take


def keep_form(database: Database) -> None:
    """Take the form in; its document is its id, which `read_form` understands."""
    row = FormRow(FORM_HASH, FORM.id, FORM.version, FORM.title, "store_visit.yaml", AT)
    database.forms.add(row, document={"id": FORM.id}, source=b"mshopper: 1\n")


def read_form(document: object) -> Form:
    """The form of a stored document."""
    assert document == {"id": FORM.id}
    return FORM


def photo_info(photo_id: str, jpeg: bytes) -> PhotoInfo:
    """What is known of a photo with these bytes."""
    digest = hashlib.sha256(jpeg).hexdigest()
    original = hashlib.sha256(b"original of " + jpeg).hexdigest()
    key = AnswerKey("welcome/greeted")
    return PhotoInfo(photo_id, key, digest, original, 640, 480, "aa55", AT, "Phone X", "45.46", "9.19", "Door", "a.jpg")


def step(path: str, after: Answer, instance: str = "") -> AnswerChange:
    """A change of one answer."""
    return AnswerChange(answers=(AnswerStep(AnswerKey(path, instance), NO_ANSWER, after),))


def submitted(header: VisitHeader, seal: str = "5" * 64) -> VisitHeader:
    """The header as it is at submission."""
    return replace(header, state="submitted", submitted_at=AT, ended_at=AT, seal=seal, signature="sig")
