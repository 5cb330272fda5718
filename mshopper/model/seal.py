"""The seal of a visit: one hash over all that a submitted visit says, so that any later change can be told.

Pure: `operations` seals a VisitRecord at submission and signs the result, `store` keeps both and writes the salted answer
hashes into its journal. Answers enter only as salted hashes, so that a seal still verifies once their content is erased.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mshopper.model.answer import Answer, AnswerKey, value_to_data
from mshopper.model.canonical import canonical_json
from mshopper.model.form import Form
from mshopper.model.record import PhotoInfo, VisitHeader, VisitRecord
from mshopper.model.scoresheet import RULES_VERSION, ScoreSheet, Subtotal
from mshopper.model.sheet_document import fraction_text

SEAL_FORMAT = "1"
"""The version of what a seal covers; it is part of the seal."""

STATEMENT_FORMAT = "1"
"""The version of a Statement as it is written."""


def answer_digest(key: AnswerKey, answer: Answer, photo_hashes: Sequence[str], *, salt: bytes) -> str:
    """SHA-256 (hex) over `salt` and the canonical JSON of key, value, N/A, comment, seconds and photo hashes.

    `salt` is the visit's own random bytes, so that a short answer can't be guessed from its hash. `photo_hashes` are the
    SHA-256 of the stored photos, in the answer's order.
    """
    said = {
        "path": key.path,
        "instance": key.instance,
        "value": value_to_data(answer.value),
        "na": answer.na,
        "comment": answer.comment,
        "seconds": None if answer.seconds is None else format(answer.seconds, "f"),
        "photos": list(photo_hashes),
    }
    return hashlib.sha256(salt + canonical_json(said)).hexdigest()


def photo_digest(photo: PhotoInfo, *, salt: bytes) -> str:
    """SHA-256 (hex) over `salt` and what is known of a photo beside its bytes: time, camera, place, size, fingerprint."""
    said = {
        "photo": photo.id,
        "taken_at": photo.taken_at,
        "device": photo.device,
        "latitude": photo.latitude,
        "longitude": photo.longitude,
        "width": str(photo.width),
        "height": str(photo.height),
        "perceptual_hash": photo.perceptual_hash,
        "original_name": photo.original_name,
    }
    return hashlib.sha256(salt + canonical_json(said)).hexdigest()


def caption_digest(photo_id: str, caption: str, *, salt: bytes) -> str:
    """SHA-256 (hex) over `salt` and a photo's caption; "" for none."""
    said = {"photo": photo_id, "caption": caption}
    return hashlib.sha256(salt + canonical_json(said)).hexdigest() if caption else ""


def seal_content(record: VisitRecord, *, journal_head: str, salt: bytes) -> dict[str, Any]:
    """All that the seal of `record` covers, as data for canonical JSON: no number but as decimal text.

    `journal_head` is the hash of the journal's last line before the seal. A visit that was not done has no score (None).
    """
    header = record.header
    return {
        "seal": SEAL_FORMAT,
        "rules_version": record.sheet.rules_version if record.sheet else RULES_VERSION,
        **_header_content(header),
        "answers": _answers_content(record, salt),
        "photos": [_photo_content(photo, record.form) for photo in record.photos],
        "score": _score_content(record.sheet, record.form) if record.sheet else None,
        "journal_head": journal_head,
    }


def seal(content: Mapping[str, Any]) -> str:
    """The seal: SHA-256 (hex) over the canonical JSON of `seal_content`."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a seal covers, the seal, its signature and the key that verifies it (hex), as a visit's PDF carries them.

    Whoever has it can recompute the seal without the answers, of which it holds salted hashes alone.
    """

    content: Mapping[str, Any]
    seal: str
    signature: str
    public_key: str

    def to_bytes(self) -> bytes:
        """As canonical JSON."""
        return canonical_json(
            {
                "mshopper_statement": STATEMENT_FORMAT,
                "content": self.content,
                "seal": self.seal,
                "signature": self.signature,
                "public_key": self.public_key,
            }
        )


def read_statement(data: bytes) -> Statement:
    """What `Statement.to_bytes` wrote, byte for byte. Raises ValueError for anything else."""
    try:
        document = json.loads(data)
        statement = Statement(document["content"], document["seal"], document["signature"], document["public_key"])
        if statement.to_bytes() != data:
            raise ValueError("not canonical")
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("no statement") from error
    return statement


def _header_content(header: VisitHeader) -> dict[str, Any]:
    # A supervisor's decision comes after the seal and mustn't break it: only "done or not" is sealed of the state.
    return {
        "visit_id": header.visit_id,
        "revision": str(header.revision),
        "parent_seal": header.parent_seal,
        "outcome": "not_done" if header.state == "not_done" else "submitted",
        "reason": header.reason,
        "flags": list(header.flags),
        "form": {"id": header.form_id, "version": header.form_version, "hash": header.form_hash},
        "store": {
            "store_id": header.store.store_id,
            "name": header.store.name,
            "region": header.store.region,
            "format": header.store.format,
            "address": header.store.address,
            "latitude": header.store.latitude,
            "longitude": header.store.longitude,
        },
        "auditor": {"id": header.auditor_id, "name": header.auditor},
        "device_id": header.device_id,
        "language": header.language,
        "channel": header.channel,
        "plan_id": header.plan_id,
        "planned_for": header.planned_for,
        "started_at": header.started_at,
        "ended_at": header.ended_at,
        "submitted_at": header.submitted_at,
    }


def _photo_content(photo: PhotoInfo, form: Form) -> dict[str, str]:
    content = {
        "question": _question_id(form, photo.key.path),
        "instance": photo.key.instance,
        "sha256": photo.sha256,
        "original_sha256": photo.original_sha256,
    }
    # Only an edited photo says what it was made from, so that seals from before there were any verify.
    return content | ({"source_sha256": photo.source_sha256} if photo.source_sha256 else {})


def _answers_content(record: VisitRecord, salt: bytes) -> list[dict[str, Any]]:
    hashes = {photo.id: photo.sha256 for photo in record.photos}
    return [
        {
            "question": _question_id(record.form, key.path),
            "instance": key.instance,
            "digest": answer_digest(key, answer, [hashes.get(photo, photo) for photo in answer.photos], salt=salt),
        }
        for key, answer in sorted(record.answers.items())
    ]


def _score_content(sheet: ScoreSheet, form: Form) -> dict[str, Any]:
    return {
        "earned": fraction_text(sheet.earned),
        "possible": fraction_text(sheet.possible),
        "percent": fraction_text(sheet.percent),
        "coverage": fraction_text(sheet.coverage),
        "verdict": sheet.verdict,
        "grade": sheet.grade,
        "pass_mark": fraction_text(sheet.pass_mark),
        "criticals": [
            {
                "question": _question_id(form, hit.path),
                "instance": hit.instance,
                "effect": hit.effect,
                "cap": fraction_text(hit.cap),
            }
            for hit in sheet.criticals
        ],
        "sections": _parts(sheet.sections),
        "instances": _parts(sheet.instances),
        "dimensions": _parts(sheet.dimensions),
        "touchpoints": _parts(sheet.touchpoints),
        "phases": _parts(sheet.phases),
        "metrics": [
            [metric.id, fraction_text(metric.value), str(metric.n), metric.variant] for metric in sheet.metrics
        ],
        "lines": [
            {
                "question": _question_id(form, line.path),
                "instance": line.instance,
                "status": line.status,
                "earned": fraction_text(line.earned),
                "possible": fraction_text(line.possible),
                "weight": fraction_text(line.weight),
            }
            for line in sheet.lines
        ],
    }


def _parts(parts: tuple[Subtotal, ...]) -> list[list[str | None]]:
    return [
        [part.id, fraction_text(part.earned), fraction_text(part.possible), fraction_text(part.percent)]
        for part in parts
    ]


def _question_id(form: Form, path: str) -> str:
    return form.question_id(path) if path in form.places else path
