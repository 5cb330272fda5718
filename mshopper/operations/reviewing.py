"""What waits for a review: the visits that this laptop holds, or all that head office merged, as far as its folder has them.

Of visits of other laptops the merged tables are read, and the PDF and photos that lie in `evidence/`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import HeadOfficeError, MshopperError
from mshopper.i18n import _, current_language
from mshopper.model.corrective import CRITICAL, LOST, PHOTO, Finding
from mshopper.model.review import status_after
from mshopper.operations.reviews import Judged, decisions, judged_here
from mshopper.operations.workspace import Workspace
from mshopper.store import VisitFilter

if TYPE_CHECKING:
    from mshopper.exchange.merged import MergedTables
    from mshopper.exchange.schema import Row, Table

_MOST = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """A visit in the queue. `is_here` says that this laptop holds it; else it was read from head office's tables.

    `status` has this laptop's own decisions in it, sent or not. Times are ISO 8601; `flags` are ids, `criticals` how many
    were hit.
    """

    judged: Judged
    status: str
    store_id: str
    store_name: str
    form_id: str
    form: str
    auditor: str
    started_at: str
    submitted_at: str
    percent: Fraction | None
    verdict: str
    criticals: int
    flags: tuple[str, ...]
    is_here: bool

    @property
    def visit_id(self) -> str:
        """The visit."""
        return self.judged.visit_id


@dataclass(frozen=True, slots=True)
class AnswerSeen:
    """An answer of a visit as head office has it: the question, what was said, its points, and its photos' hashes."""

    question_id: str
    instance: str
    label: str
    text: str
    comment: str
    earned: str
    possible: str
    is_critical: bool
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """A visit to be judged: its answers, and where its photos are: `photo_ids` by SHA-256 where this laptop holds it.

    Of another laptop's, `report` is its PDF and `photos` the folder of its photos; None where they weren't sent.
    """

    waiting: Waiting
    answers: tuple[AnswerSeen, ...]
    report: Path | None = None
    photos: Path | None = None
    photo_ids: Mapping[str, str] = field(default_factory=dict)


def review_queue(
    workspace: Workspace,
    folder: Path | None = None,
    *,
    states: tuple[str, ...] = ("submitted",),
    newest: bool = True,
    limit: int = _MOST,
) -> list[Waiting]:
    """Visits in those states, flagged ones first: of this laptop, or of a head-office folder. Raises HeadOfficeError."""
    if folder is None:
        return _own_queue(workspace, states, newest, limit)
    from mshopper.exchange.lookup import visits_with

    merged = _tables(workspace, folder)
    # What was decided here isn't in the tables yet: more rows are read than asked for, and judged anew.
    rows = visits_with(merged, ("submitted", "approved", "returned"), newest=newest, limit=limit + _MOST)
    titles = _titles(workspace)
    found = [_read(workspace, row, titles) for row in rows]
    return [one for one in found if one.status in states][:limit]


def _own_queue(workspace: Workspace, states: tuple[str, ...], newest: bool, limit: int) -> list[Waiting]:
    wanted = VisitFilter(states=states, order="newest" if newest else "oldest")
    found = []
    for row in workspace.store.visit_list.list(wanted, limit, 0):
        header = workspace.store.visits.header(row.visit_id)
        if header is None or not header.seal:
            continue
        found.append(
            Waiting(
                judged=Judged(row.visit_id, row.revision, header.seal),
                status=row.state,
                store_id=row.store_id,
                store_name=row.store_name,
                form_id=row.form_id,
                form=row.form_title.get(current_language()),
                auditor=row.auditor or row.auditor_id,
                started_at=row.started_at,
                submitted_at=row.submitted_at,
                percent=row.percent,
                verdict=row.verdict,
                criticals=row.criticals,
                flags=row.flags,
                is_here=True,
            )
        )
    return sorted(found, key=lambda one: not one.flags)


def _tables(workspace: Workspace, folder: Path) -> "MergedTables":
    """The merged tables of a head-office folder: those in it, else those that this laptop merged for itself."""
    from mshopper.exchange.merged import read_merged

    for place in (folder, workspace.place_for("merged")):
        merged = read_merged(place) if place.is_dir() else None
        if merged is not None:
            return merged
    raise HeadOfficeError(_("“{folder}” holds no complete merged tables: sync first.").format(folder=folder))


def _titles(workspace: Workspace) -> dict[str, str]:
    """The forms that this laptop knows, by id, in the language shown."""
    from mshopper.operations.forms import list_forms

    return {info.id: info.title.get(current_language()) for info in list_forms(workspace)}


def _read(workspace: Workspace, row: "Row", titles: Mapping[str, str]) -> Waiting:
    standing = decisions(workspace, row["visit_id"]).standing
    status = row["status"] if row["status"] == "not_done" else status_after(standing, row["seal"]) or row["status"]
    return Waiting(
        judged=Judged(row["visit_id"], int(row["revision"]), row["seal"], row["percent"]),
        status=status,
        store_id=row["store_id"],
        store_name=row["store_name"],
        form_id=row["form_id"],
        form=titles.get(row["form_id"]) or row["form_id"],
        auditor=row["auditor"] or row["auditor_id"],
        started_at=row["started_at"],
        submitted_at=row["submitted_at"],
        percent=Fraction(Decimal(row["percent"])) if row["percent"] else None,
        verdict=row["verdict"],
        criticals=len(row["criticals"].split()),
        flags=tuple(row["flags"].split()),
        is_here=workspace.store.visits.header(row["visit_id"]) is not None,
    )


def judged(workspace: Workspace, wanted: str, folder: Path | None = None) -> Judged:
    """The submitted visit that `wanted` names (its id or the beginning of it), here or in a folder. Raises MshopperError."""
    from mshopper.operations.visits import find_visit

    if folder is None:
        return judged_here(workspace, find_visit(workspace, wanted))
    return seen_in(workspace, folder, wanted).waiting.judged


def seen_in(workspace: Workspace, folder: Path, wanted: str) -> VisitSeen:
    """A visit as a head-office folder has it. Raises MshopperError where it isn't there, or isn't the only one."""
    from mshopper.exchange.lookup import rows_of, visits_with
    from mshopper.exchange.schema import ANSWERS, PHOTOS

    merged = _tables(workspace, folder)
    found = visits_with(merged, (), beginning=wanted, limit=2) if wanted else []
    if not found:
        raise MshopperError(_("There is no visit “{visit}” in “{folder}”.").format(visit=wanted, folder=folder))
    if len(found) > 1:
        raise MshopperError(_("“{visit}” names several visits: give more of the id.").format(visit=wanted))
    if found[0]["status"] == "not_done":
        raise MshopperError(_("Only a submitted visit can be reviewed."))
    waiting = _read(workspace, found[0], _titles(workspace))
    answers = _answers(
        rows_of(merged, ANSWERS, waiting.visit_id), rows_of(merged, PHOTOS, waiting.visit_id), found[0]["criticals"]
    )
    evidence = folder / "evidence" / Path(waiting.visit_id).name
    reports = sorted(evidence.glob(f"visit-r{waiting.judged.revision}-*.pdf")) if evidence.is_dir() else []
    return VisitSeen(waiting, answers, reports[0] if reports else None, evidence if evidence.is_dir() else None)


def seen_here(workspace: Workspace, visit_id: str) -> VisitSeen:
    """A submitted visit that this laptop holds. Raises MshopperError where there is none."""
    from mshopper.exchange.rows import tables
    from mshopper.exchange.schema import ANSWERS, VISITS

    judged = judged_here(workspace, visit_id)
    record = workspace.record(visit_id, judged.revision)
    rows = tables(record)
    one = _read(workspace, _whole(rows.visits[0], VISITS), {})
    waiting = replace(
        one,
        judged=judged,
        form=record.form.title.get(current_language(), record.form.language),
        is_here=True,
    )
    answers = _answers([_whole(row, ANSWERS) for row in rows.answers], rows.photos, rows.visits[0].get("criticals", ""))
    return VisitSeen(waiting, answers, photo_ids={photo.sha256: photo.id for photo in record.photos})


def _whole(row: "Row", table: "Table") -> "Row":
    """A row with every cell, as it comes back from a file."""
    return {name: row.get(name, "") for name in table.column_names}


def _answers(answers: "Iterable[Row]", photos: "Iterable[Row]", criticals: str) -> tuple[AnswerSeen, ...]:
    at: dict[tuple[str, str], list[str]] = {}
    for row in photos:
        at.setdefault((row["question_id"], row["instance"]), []).append(row["sha256"])
    return tuple(
        AnswerSeen(
            row["question_id"],
            row["instance"],
            row["label"],
            _("N/A") if row["na"] == "true" else row["text"] or row["value"],
            row["comment"],
            row["earned"],
            row["possible"],
            row["question_id"] in criticals.split(),
            tuple(at.get((row["question_id"], row["instance"]), ())),
        )
        for row in answers
    )


def seen_photo(workspace: Workspace, seen: VisitSeen, sha256: str, *, small: bool = False) -> bytes:
    """A photo of a visit, JPEG, or a thumbnail where there is one; no bytes where it wasn't sent or was erased."""
    if photo_id := seen.photo_ids.get(sha256):
        photos = workspace.store.photos
        return (photos.thumbnail(photo_id) if small else photos.jpeg(photo_id)) or b""
    path = seen.photos / f"{Path(sha256).name}.jpg" if seen.photos else None
    try:
        return path.read_bytes() if path is not None else b""
    except OSError:
        return b""  # it wasn't sent, or isn't downloaded yet


def findings_seen(seen: VisitSeen) -> list[Finding]:
    """What a visit found wrong: criticals, lost points, photos."""
    found = []
    for answer in seen.answers:
        lost = answer.earned and answer.possible and Decimal(answer.earned) < Decimal(answer.possible)
        if answer.is_critical or lost:
            kind = CRITICAL if answer.is_critical else LOST
            found.append(Finding(answer.question_id, answer.instance, kind, answer.label))
    found += [
        Finding(answer.question_id, answer.instance, PHOTO, answer.label, sha256)
        for answer in seen.answers
        for sha256 in answer.photos
    ]
    return found
