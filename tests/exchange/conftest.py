"""Laptops that publish to a real head-office folder, and visits for them to publish."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.publish import publish
from mshopper.exchange.reviews import ACTION, REVIEW, publish_statements
from mshopper.exchange.segment import Segment
from mshopper.exchange.statement import Kind, Statement, signed_statement
from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.corrective import ActionStep, step_content
from mshopper.model.form import Form, Question, Section, Text
from mshopper.model.record import PhotoInfo, Store, VisitHeader, VisitRecord
from mshopper.model.review import Decision, decision_content
from mshopper.model.scoresheet import Reason, ScoreLine, ScoreSheet, Subtotal

FORM = Form(
    "visit",
    "1",
    languages=("it", "en"),
    sections=(
        Section(
            "welcome",
            Text.of({"it": "Accoglienza"}),
            items=(Question("greeted", "yes_no", Text.of({"it": "Ha salutato?"}), points=Fraction(10)),),
        ),
    ),
)
START = dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def a_sheet(earned: int) -> ScoreSheet:
    share = Fraction(earned * 10)
    line = ScoreLine("welcome/greeted", "", "scored", Fraction(earned), Fraction(10), Fraction(1), Reason("choice"))
    part = Subtotal("welcome", Fraction(earned), Fraction(10), share)
    return ScoreSheet(
        "1", Fraction(earned), Fraction(10), share, Fraction(100), "none", "", (), (part,), (), (), (), (), (), (line,)
    )


def a_visit(
    number: int = 1,
    *,
    revision: int = 1,
    earned: int = 10,
    status: str = "submitted",
    comment: str = "",
    store: Store | None = None,
) -> VisitRecord:
    """Visit `number` of the tests; visits start an hour after each other, and what differs is sealed differently."""
    visit_id = str(uuid.UUID(int=number))
    said = f"{visit_id}|{revision}|{earned}|{comment}"
    started = START + dt.timedelta(hours=number)
    key = AnswerKey("welcome/greeted")
    header = VisitHeader(
        visit_id=visit_id,
        revision=revision,
        state=status,
        form_id="visit",
        form_version="1",
        form_hash="f" * 64,
        store=store or Store("010", "Milano Duomo", "Lombardia"),
        auditor_id="a1",
        auditor="Anna",
        device_id="d1",
        started_at=started.isoformat(),
        ended_at=(started + dt.timedelta(seconds=90)).isoformat(),
        submitted_at=(started + dt.timedelta(seconds=120)).isoformat(),
        seal=hashlib.sha256(said.encode("utf-8", "replace")).hexdigest(),
    )
    return VisitRecord(
        header=header,
        form=FORM,
        answers={key: Answer("yes" if earned else "no", comment=comment, photos=("p",))},
        photos=(PhotoInfo("p", key, hashlib.sha256(said.encode("utf-8", "replace")).hexdigest(), "0" * 64, 4, 3),),
        irrelevant=frozenset(),
        sheet=a_sheet(earned),
    )


@dataclass
class Laptop:
    """A device with a key of its own, that numbers its segments."""

    device_id: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    seq: int = 0

    def publish(self, head_office: HeadOffice, *records: VisitRecord) -> Segment:
        segment = self.publish_again(head_office, *records, seq=self.seq + 1)
        self.seq += 1
        return segment

    def publish_again(self, head_office: HeadOffice, *records: VisitRecord, seq: int | None = None) -> Segment:
        return publish(
            head_office,
            records,
            device_id=self.device_id,
            seq=self.seq if seq is None else seq,
            public_key=self.key.public_key().public_bytes_raw(),
            sign=self.key.sign,
            created="2026-11-21T12:00:00+01:00",
        )

    def review(
        self, head_office: HeadOffice, record: VisitRecord, kind: str, previous: str = "", **more: Any
    ) -> Statement:
        """Decide on a visit, and publish it; gives the statement."""
        header = record.header
        percent = "" if record.sheet is None or record.sheet.percent is None else str(record.sheet.percent)
        decision = Decision("", header.visit_id, header.revision, header.seal, kind, previous, percent=percent, **more)
        return self.say(head_office, REVIEW, decision_content(decision))

    def act(
        self, head_office: HeadOffice, record: VisitRecord, step: str, previous: str = "", **more: Any
    ) -> Statement:
        """Make a step of the one action on a visit's question, and publish it; gives the statement."""
        header = record.header
        known: dict[str, Any] = {"finding": "lost", "label": "Ha salutato?", "store_id": header.store.store_id}
        said = ActionStep(
            hash="",
            action_id=f"action-{header.visit_id}",
            step=step,
            visit_id=header.visit_id,
            revision=header.revision,
            question_id="greeted",
            instance="",
            store_name=header.store.name,
            form_id="visit",
            previous=previous,
            **(known | more),
        )
        return self.say(head_office, ACTION, step_content(said))

    def say(self, head_office: HeadOffice, kind: Kind, content: dict[str, Any], *, register: bool = True) -> Statement:
        """Publish a statement of this device."""
        key = self.key.public_key().public_bytes_raw()
        if register:
            head_office.register(self.device_id, key)
        created = "2026-11-21T12:00:00+01:00"
        statement = signed_statement(
            kind, content, device_id=self.device_id, public_key=key, sign=self.key.sign, created=created
        )
        publish_statements(head_office, [statement])
        return statement


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.fixture
def visit() -> Callable[..., VisitRecord]:
    return a_visit


@pytest.fixture
def check_signature() -> Callable[[bytes, bytes, bytes], bool]:
    return verify


@pytest.fixture
def laptop() -> Callable[[str], Laptop]:
    return Laptop


@pytest.fixture
def head_office(tmp_path: Path) -> HeadOffice:
    """A folder that the laptop "office" made, and where it merges."""
    return HeadOffice.open(tmp_path / "head-office", device_id="office")
