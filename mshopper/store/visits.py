"""The visits: headers with their revisions, answers, and what was frozen at submission.

A revision that is sealed never changes but for its state; a correction is the next revision.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.answer import AnswerChange, AnswerKey, Value, kind_of, read_value, value_text
from mshopper.model.form import Form
from mshopper.model.record import VisitHeader, VisitRecord
from mshopper.model.scoresheet import ScoreSheet
from mshopper.model.sheet_document import read_sheet, sheet_document
from mshopper.store.answers import Answers
from mshopper.store.connection import Connection
from mshopper.store.headers import find_header, header_columns, insert_row, score_columns, update_revision
from mshopper.store.journal import Journal
from mshopper.store.photos import DRAFT_STATES, Photos
from mshopper.store.values import read_object, to_json
from mshopper.store.visit_list import VisitList


class Visits(VisitList):
    """The visits of one data folder."""

    def __init__(self, connection: Connection, *, journal: Journal, photos: Photos) -> None:
        super().__init__(connection)
        self._journal = journal
        self._photos = photos
        self._answers = Answers(connection, journal=journal, photos=photos)

    # Reading

    def header(self, visit_id: str, revision: int | None = None) -> VisitHeader | None:
        """The header of that revision, the latest by default; None where there is none."""
        found = find_header(self._connection, visit_id, revision)
        return found[1] if found else None

    def revisions(self, visit_id: str) -> list[VisitHeader]:
        """The headers of all revisions, the first one first."""
        numbers = self._connection.rows(
            "SELECT revision FROM revisions WHERE visit_id = ? AND id NOT IN (SELECT revision_id FROM resting) "
            "ORDER BY revision",
            [visit_id],
        )
        return [header for (number,) in numbers if (header := self.header(visit_id, number))]

    def record(
        self, visit_id: str, revision: int | None = None, *, form_reader: Callable[[object], Form]
    ) -> VisitRecord:
        """The whole visit, without the bytes of its photos; `form_reader` makes a Form of a stored form document.

        Raises MshopperError where there is no such visit.
        """
        found = find_header(self._connection, visit_id, revision)
        if found is None:
            raise MshopperError(_("There is no visit {visit_id} in this data folder.").format(visit_id=visit_id))
        row_id, header = found
        row = self._connection.row("SELECT document FROM forms WHERE hash = ?", [header.form_hash])
        assert row is not None, "a foreign key keeps the form of every visit"
        record = VisitRecord(
            header,
            form_reader(json.loads(row[0])),
            self._answers.read(row_id),
            self._answers.read_counts(row_id),
            self._photos.of_visit(visit_id, header.revision),
        )
        frozen = self._connection.row("SELECT computed, irrelevant, sheet FROM frozen WHERE revision_id = ?", [row_id])
        return _with_frozen(record, *frozen) if frozen else record

    def salt(self, visit_id: str) -> bytes:
        """The random bytes in the visit's answer hashes. Raises KeyError for a visit that isn't there."""
        return self._answers.salt(visit_id)

    def resume(self, visit_id: str) -> dict[str, object]:
        """Where the auditor was in the latest revision, as `apply` or `save_resume` was told; empty at first."""
        row = self._connection.row("SELECT resume FROM revisions WHERE visit_id = ? AND latest = 1", [visit_id])
        return read_object(row[0]) if row else {}

    # Changing

    def insert(self, header: VisitHeader) -> None:
        """Begin a visit. Its form must be kept already (sqlite3.IntegrityError otherwise, as for a known visit id)."""
        with self._connection.write():
            salt = self._answers.new_salt()
            self._connection.execute("INSERT INTO visits (visit_id, salt) VALUES (?, ?)", [header.visit_id, salt])
            insert_row(self._connection, "revisions", {**header_columns(header), "latest": 1})
            self._log("visit_begun", header, {"state": header.state, "form_hash": header.form_hash})

    def apply(
        self,
        visit_id: str,
        revision: int,
        change: AnswerChange,
        *,
        at: str,
        resume: Mapping[str, object] | None = None,
        progress: tuple[int, int] | None = None,
    ) -> None:
        """Keep one step of answering: answers, instance counts, journal line and the time, in one durable transaction.

        `at` is ISO 8601 with offset; `resume` is where the auditor is now, `progress` the questions answered and in all;
        None leaves what was there. A blank answer is removed. Raises ValueError for a revision that is no draft.
        """
        self._answers.apply(visit_id, revision, change, at=at, resume=resume, progress=progress)

    def save_resume(self, visit_id: str, data: Mapping[str, object]) -> None:
        """Keep where the auditor is in the latest revision; JSON data."""
        with self._connection.write():
            sql = "UPDATE revisions SET resume = ? WHERE visit_id = ? AND latest = 1"
            self._connection.execute(sql, [to_json(data), visit_id])

    def update_header(self, header: VisitHeader) -> None:
        """Change the header of a revision. Of a frozen one the state and `changed_at` alone: ValueError otherwise."""
        with self._connection.write():
            row_id, before = self._existing(header.visit_id, header.revision)
            if self._is_frozen(row_id) and replace(before, state=header.state, changed_at=header.changed_at) != header:
                raise ValueError(f"revision {header.revision} of {header.visit_id} is sealed")
            update_revision(self._connection, row_id, header_columns(header))
            if header.state != before.state:
                self._log("state_changed", header, {"from": before.state, "to": header.state})
            elif changed := _changed(before, header):
                self._log("header_changed", header, {"fields": " ".join(changed)})

    def freeze(
        self,
        visit_id: str,
        revision: int,
        *,
        computed: Mapping[AnswerKey, Value],
        irrelevant: frozenset[AnswerKey],
        sheet: ScoreSheet | None,
        header: VisitHeader,
    ) -> None:
        """Submit a revision, or mark it as not done: header with seal and signature, frozen values and score, journal line.

        The seal covers the journal's head, so take `journal.head()`, seal and call this within one `write()`. Raises
        ValueError for a revision that is no draft.
        """
        with self._connection.write():
            row_id, before = self._existing(visit_id, revision)
            if before.state not in DRAFT_STATES or (header.visit_id, header.revision) != (visit_id, revision):
                raise ValueError(f"revision {revision} of {visit_id} can't be submitted")
            insert_row(
                self._connection, "frozen", {"revision_id": row_id, **frozen_columns(computed, irrelevant, sheet)}
            )
            update_revision(self._connection, row_id, {**header_columns(header), **score_columns(sheet)})
            self._log(header.state, header, {"seal": header.seal, "signature": header.signature})

    def new_revision(self, header: VisitHeader) -> None:
        """Begin the next revision of a visit with the answers and photos of its last one, which stays as it is.

        Raises ValueError unless `header` has the next number and names the last one's seal as its parent.
        """
        with self._connection.write():
            row_id, last = self._existing(header.visit_id, None)
            if (header.revision, header.parent_seal) != (last.revision + 1, last.seal) or not last.seal:
                raise ValueError(f"revision {header.revision} doesn't follow {last.revision} of {header.visit_id}")
            progress = self._connection.row("SELECT answered, total FROM revisions WHERE id = ?", [row_id])
            assert progress is not None
            self._forget_resting(header.visit_id, at=header.changed_at)
            update_revision(self._connection, row_id, {"latest": 0})
            columns = {**header_columns(header), "latest": 1, "answered": progress[0], "total": progress[1]}
            new_id = insert_row(self._connection, "revisions", columns)
            self._answers.copy(row_id, new_id)
            self._log("revised", header, {"parent_seal": header.parent_seal})

    def delete(self, visit_id: str, *, at: str) -> None:
        """Delete the visit's draft: hidden at once, and gone with all that only it has once `forget_deleted` is called.

        Where an earlier revision was submitted, that one is the latest again. Raises ValueError where the latest revision
        is no draft.
        """
        with self._connection.write():
            row_id, header = self._existing(visit_id, None)
            if header.state not in DRAFT_STATES:
                raise ValueError(f"{visit_id} is no draft")
            update_revision(self._connection, row_id, {"latest": 0})
            self._connection.execute(
                "UPDATE revisions SET latest = 1 WHERE visit_id = ? AND revision = ?", [visit_id, header.revision - 1]
            )
            self._connection.execute("INSERT INTO resting (revision_id, since) VALUES (?, ?)", [row_id, at])
            self._log("draft_deleted", replace(header, changed_at=at), {})

    def restore(self, visit_id: str, *, at: str) -> None:
        """Take the deletion of a visit's draft back. Raises ValueError where it is gone."""
        with self._connection.write():
            row = self._connection.row(
                "SELECT id, revision FROM revisions WHERE visit_id = ? AND id IN (SELECT revision_id FROM resting)",
                [visit_id],
            )
            if row is None:
                raise ValueError(f"{visit_id} has no deleted draft")
            self._connection.execute("UPDATE revisions SET latest = 0 WHERE visit_id = ?", [visit_id])
            update_revision(self._connection, row[0], {"latest": 1})
            self._connection.execute("DELETE FROM resting WHERE revision_id = ?", [row[0]])
            _row_id, header = self._existing(visit_id, row[1])
            self._log("draft_restored", replace(header, changed_at=at), {})

    def forget_deleted(self, *, at: str) -> int:
        """Remove the deleted drafts for good, their photos and comments with them; how many they were."""
        gone = self._connection.rows(
            "SELECT DISTINCT visit_id FROM revisions WHERE id IN (SELECT revision_id FROM resting)"
        )
        if gone:
            with self._connection.write():
                for (visit_id,) in gone:
                    self._forget_resting(visit_id, at=at)
                # What was deleted stays in the index's older parts until they are written anew.
                self._connection.execute("INSERT INTO visit_words (visit_words) VALUES ('optimize')")
        return len(gone)

    def _forget_resting(self, visit_id: str, *, at: str) -> None:
        rows = self._connection.rows(
            "SELECT id, revision FROM revisions WHERE visit_id = ? AND id IN (SELECT revision_id FROM resting)",
            [visit_id],
        )
        for row_id, revision in rows:
            _row_id, header = self._existing(visit_id, revision)
            self._connection.execute("DELETE FROM photo_places WHERE revision_id = ?", [row_id])
            self._photos.drop_unused(visit_id)
            self._connection.execute("DELETE FROM revisions WHERE id = ?", [row_id])
            if not self._connection.row("SELECT 1 FROM revisions WHERE visit_id = ?", [visit_id]):
                self._connection.execute("DELETE FROM visits WHERE visit_id = ?", [visit_id])
            self._log("draft_forgotten", replace(header, changed_at=at), {})

    def _existing(self, visit_id: str, revision: int | None) -> tuple[int, VisitHeader]:
        found = find_header(self._connection, visit_id, revision)
        if found is None:
            raise ValueError(f"no revision {revision or ''} of {visit_id}")
        return found

    def _is_frozen(self, row_id: int) -> bool:
        return self._connection.row("SELECT 1 FROM frozen WHERE revision_id = ?", [row_id]) is not None

    def _log(self, event: str, header: VisitHeader, data: Mapping[str, str]) -> None:
        at = header.changed_at or header.submitted_at or header.started_at
        self._journal.append_within(event, visit_id=header.visit_id, revision=header.revision, data=data, at=at)


def frozen_columns(
    computed: Mapping[AnswerKey, Value], irrelevant: frozenset[AnswerKey], sheet: ScoreSheet | None
) -> dict[str, str | None]:
    """What submission froze, as columns of `frozen`."""
    return {
        "computed": to_json([[*key, kind_of(value), value_text(value)] for key, value in computed.items()]),
        "irrelevant": to_json(sorted(irrelevant)),
        "sheet": None if sheet is None else to_json(sheet_document(sheet)),
    }


def _changed(before: VisitHeader, after: VisitHeader) -> list[str]:
    """The names of the fields that differ, the time of the change apart."""
    names = [field.name for field in fields(VisitHeader) if field.name != "changed_at"]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _with_frozen(record: VisitRecord, computed: str, irrelevant: str, sheet: str | None) -> VisitRecord:
    return replace(
        record,
        computed={
            AnswerKey(path, instance): read_value(kind, column) for path, instance, kind, column in json.loads(computed)
        },
        irrelevant=frozenset(AnswerKey(path, instance) for path, instance in json.loads(irrelevant)),
        sheet=None if sheet is None else read_sheet(json.loads(sheet)),
    )
