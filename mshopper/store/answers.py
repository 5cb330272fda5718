"""The answers and instance counts of one revision, and one committed step of answering: the store's busiest path."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import json
import secrets
from collections.abc import Mapping
from decimal import Decimal

from mshopper.model.answer import (
    NO_ANSWER,
    Answer,
    AnswerChange,
    AnswerKey,
    AnswerStep,
    CountStep,
    kind_of,
    read_value,
    value_text,
)
from mshopper.model.seal import answer_digest
from mshopper.store.connection import Connection
from mshopper.store.journal import Journal
from mshopper.store.photos import DRAFT_STATES, Photos
from mshopper.store.values import to_json

SALT_BYTES = 16


class Answers:
    """What was answered in the visits of one data folder."""

    def __init__(self, connection: Connection, *, journal: Journal, photos: Photos) -> None:
        self._connection = connection
        self._journal = journal
        self._photos = photos
        self._salts: dict[str, bytes] = {}

    def apply(
        self,
        visit_id: str,
        revision: int,
        change: AnswerChange,
        *,
        at: str,
        resume: Mapping[str, object] | None,
        progress: tuple[int, int] | None,
    ) -> None:
        """As `Visits.apply`."""
        with self._connection.write():
            revision_id = self._touch(visit_id, revision, at=at, resume=resume, progress=progress)
            for count in change.counts:
                self._put_count(revision_id, count)
            for step in change.answers:
                self._put_answer(revision_id, step)
            self._journal.append_within(
                "answered", visit_id=visit_id, revision=revision, data=self._digests(visit_id, change), at=at
            )

    def read(self, revision_id: int) -> dict[AnswerKey, Answer]:
        """Every answer of a revision."""
        rows = self._connection.rows(
            "SELECT path, instance, kind, value, na, comment, photos, seconds FROM answers WHERE revision_id = ?",
            [revision_id],
        )
        return {AnswerKey(path, instance): _read_answer(*columns) for path, instance, *columns in rows}

    def read_counts(self, revision_id: int) -> dict[AnswerKey, int]:
        """How many instances each repeat of a revision has."""
        rows = self._connection.rows("SELECT path, instance, n FROM counts WHERE revision_id = ?", [revision_id])
        return {AnswerKey(path, instance): n for path, instance, n in rows}

    def copy(self, source_id: int, target_id: int) -> None:
        """Begin a revision with the answers, counts and photos of another."""
        for table, columns in (
            ("answers", "path, instance, kind, value, na, comment, photos, seconds"),
            ("counts", "path, instance, n"),
            ("photo_places", "number, photo_id, path, instance, caption"),
        ):
            self._connection.execute(
                f"INSERT INTO {table} (revision_id, {columns}) SELECT ?, {columns} FROM {table} WHERE revision_id = ?",
                [target_id, source_id],
            )

    def put(self, revision_id: int, answers: Mapping[AnswerKey, Answer], counts: Mapping[AnswerKey, int]) -> None:
        """Keep all answers and counts of a revision that has none yet, within the caller's transaction."""
        for key, answer in answers.items():
            self._put_answer(revision_id, AnswerStep(key, NO_ANSWER, answer))
        for key, count in counts.items():
            self._put_count(revision_id, CountStep(key, 0, count))

    def new_salt(self) -> bytes:
        """Random bytes for a new visit."""
        return secrets.token_bytes(SALT_BYTES)

    def salt(self, visit_id: str) -> bytes:
        """The visit's salt. Raises KeyError for a visit that isn't there."""
        if visit_id not in self._salts:
            row = self._connection.row("SELECT salt FROM visits WHERE visit_id = ?", [visit_id])
            if row is None:
                raise KeyError(visit_id)
            # One visit is filled in at a time: no more is remembered.
            self._salts = {visit_id: bytes(row[0])}
        return self._salts[visit_id]

    def _touch(
        self,
        visit_id: str,
        revision: int,
        *,
        at: str,
        resume: Mapping[str, object] | None,
        progress: tuple[int, int] | None,
    ) -> int:
        answered, total = progress or (None, None)
        row = self._connection.row(
            "UPDATE revisions SET changed_at = ?, resume = coalesce(?, resume), answered = coalesce(?, answered), "
            f"total = coalesce(?, total) WHERE visit_id = ? AND revision = ? AND state IN {DRAFT_STATES} RETURNING id",
            (at, None if resume is None else to_json(resume), answered, total, visit_id, revision),
        )
        if row is None:
            raise ValueError(f"revision {revision} of {visit_id} takes no answer")
        return int(row[0])

    def _put_answer(self, revision_id: int, step: AnswerStep) -> None:
        key, answer = step.key, step.after
        if answer.is_blank:
            self._connection.execute(
                "DELETE FROM answers WHERE revision_id = ? AND path = ? AND instance = ?",
                (revision_id, key.path, key.instance),
            )
            return
        self._connection.execute(
            "INSERT INTO answers (revision_id, path, instance, kind, value, na, comment, photos, seconds) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind = excluded.kind, value = excluded.value, "
            "na = excluded.na, comment = excluded.comment, photos = excluded.photos, seconds = excluded.seconds",
            (revision_id, key.path, key.instance, *_answer_columns(answer)),
        )
        if answer.photos:
            self._photos.place(revision_id, key, answer.photos)

    def _put_count(self, revision_id: int, step: CountStep) -> None:
        self._connection.execute(
            "INSERT INTO counts (revision_id, path, instance, n) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET n = excluded.n",
            (revision_id, step.key.path, step.key.instance, step.after),
        )

    def _digests(self, visit_id: str, change: AnswerChange) -> dict[str, str]:
        """What the journal says of a step: salted hashes by key, "" for an answer taken back, and instance counts."""
        salt = self.salt(visit_id)
        said = {_name(step.key): str(step.after) for step in change.counts}
        for step in change.answers:
            answer = step.after
            hashes = self._photos.hashes(answer.photos)
            said[_name(step.key)] = "" if answer.is_blank else answer_digest(step.key, answer, hashes, salt=salt)
        return said


def _name(key: AnswerKey) -> str:
    return f"{key.path}[{key.instance}]" if key.instance else key.path


def _answer_columns(answer: Answer) -> tuple[str, str | None, int, str, str, str | None]:
    """kind, value, na, comment, photos, seconds."""
    return (
        kind_of(answer.value),
        value_text(answer.value),
        int(answer.na),
        answer.comment,
        to_json(answer.photos) if answer.photos else "",
        None if answer.seconds is None else str(answer.seconds),
    )


def _read_answer(kind: str, value: str | None, na: int, comment: str, photos: str, seconds: str | None) -> Answer:
    """What `_answer_columns` wrote."""
    return Answer(
        read_value(kind, value),
        bool(na),
        comment,
        tuple(json.loads(photos)) if photos else (),
        None if seconds is None else Decimal(seconds),
    )
