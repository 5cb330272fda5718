"""Visits being made: starting, answering, repeats, undo, and where the auditor was; their photos are in `photos`.

Each change goes through the model, is kept in one durable transaction, and returns what it changed.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.answer import Answer, AnswerChange, AnswerKey, AnswerStep
from mshopper.model.answer import inverse as inverse
from mshopper.model.form import Form
from mshopper.model.record import PhotoInfo, Store, VisitHeader, VisitRecord
from mshopper.operations.identity import this_device
from mshopper.operations.settings import settings
from mshopper.operations.stores import find_store
from mshopper.operations.workspace import Workspace
from mshopper.store import VisitFilter, VisitRow

if TYPE_CHECKING:
    from mshopper.model.scoring import LiveScore
    from mshopper.model.visit import Visit


@dataclass
class OpenVisit:
    """A visit that is being filled in: its header, form, living answers and photos."""

    header: VisitHeader
    form: Form
    visit: "Visit"
    photos: tuple[PhotoInfo, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether it can still be answered."""
        return self.header.state in ("planned", "in_progress")


def start_visit(
    workspace: Workspace,
    *,
    form_hash: str,
    store_id: str,
    plan_id: str = "",
    channel: str = "",
    language: str = "",
    auditor: str = "",
) -> OpenVisit:
    """Start a visit to a store by a form; the form's defaults are filled in.

    The auditor is that of the settings, or the one of the id `auditor`.

    Raises MshopperError where there is no such form or store.
    """
    return begin_visit(
        workspace,
        form_hash=form_hash,
        store=find_store(workspace, store_id),
        plan_id=plan_id,
        channel=channel,
        language=language,
        auditor=auditor,
    )


def begin_visit(
    workspace: Workspace,
    *,
    form_hash: str,
    store: Store,
    plan_id: str = "",
    channel: str = "",
    language: str = "",
    auditor: str = "",
) -> OpenVisit:
    """As `start_visit`, to a store given whole."""
    from mshopper.model.visit import Visit

    try:
        form, rules = workspace.form(form_hash)
    except KeyError:
        raise MshopperError(_("That form is not in this data folder: import it first.")) from None
    auditor_id, auditor_name = _auditor(workspace, auditor)
    now = workspace.now()
    planned = workspace.store.plan.get(plan_id) if plan_id else None
    header = VisitHeader(
        visit_id=str(uuid.uuid4()),
        revision=1,
        state="in_progress",
        form_id=form.id,
        form_version=form.version,
        form_hash=form_hash,
        store=store,
        auditor_id=auditor_id,
        auditor=auditor_name,
        device_id=this_device(workspace).device_id,
        language=language or form.language,
        channel=channel or form.channel,
        plan_id=plan_id,
        planned_for=planned.to_date if planned else "",
        started_at=now,
        changed_at=now,
    )
    visit = Visit(
        form,
        now=workspace.clock,
        visit_id=header.visit_id,
        rules=rules,
        started=dt.datetime.fromisoformat(now),
        preloads=header.preloads,
    )
    with workspace.store.write():
        workspace.store.visits.insert(header)
        opened = OpenVisit(header, form, visit)
        apply(workspace, opened, visit.defaults())
    return opened


def _auditor(workspace: Workspace, auditor_id: str) -> tuple[str, str]:
    mine = settings(workspace)
    if not auditor_id or auditor_id == mine.auditor_id:
        return mine.auditor_id, mine.auditor
    known = workspace.store.auditors.get(auditor_id)
    return auditor_id, known.name if known else ""


def open_visit(workspace: Workspace, visit_id: str) -> OpenVisit:
    """Open a visit as it was left. Raises MshopperError where there is none."""
    record = workspace.record(visit_id)
    return OpenVisit(record.header, record.form, revive(workspace, record), record.photos)


def revive(workspace: Workspace, record: VisitRecord) -> "Visit":
    """The living visit of a record; a submitted one stays at the time of its submission, whatever the clock says."""
    submitted = record.header.submitted_at
    return visit_at(workspace, record.header, record.answers, record.counts, submitted)


def visit_at(
    workspace: Workspace,
    header: VisitHeader,
    answers: Mapping[AnswerKey, Answer],
    counts: Mapping[AnswerKey, int],
    moment: str,
) -> "Visit":
    """A living visit with everything computed at `moment` (ISO 8601 with offset), or by the running clock where it is ""."""
    from mshopper.model.visit import Visit

    form, rules = workspace.form(header.form_hash)
    fixed = dt.datetime.fromisoformat(moment) if moment else None
    return Visit(
        form,
        now=(lambda: fixed) if fixed else workspace.clock,
        visit_id=header.visit_id,
        answers=answers,
        counts=counts,
        rules=rules,
        started=dt.datetime.fromisoformat(header.started_at) if header.started_at else None,
        preloads=header.preloads,
    )


def answer(workspace: Workspace, opened: OpenVisit, key: AnswerKey, said: Answer) -> AnswerChange:
    """Answer a question; NO_ANSWER takes the answer back. Kept durably on return. Raises StoreError."""
    before = opened.visit.answer(key)
    if before == said:
        return AnswerChange()
    return apply(workspace, opened, AnswerChange(answers=(AnswerStep(key, before, said),)))


def apply(
    workspace: Workspace, opened: OpenVisit, change: AnswerChange, *, resume: Mapping[str, object] | None = None
) -> AnswerChange:
    """Take the steps of `change` and keep them; undo and redo go this way too.

    Where keeping fails the visit on screen is put back as it was, and the error says what to do.
    """
    if not change:
        return change
    require_draft(opened)
    done = opened.visit.apply(change)
    _keep(workspace, opened, done, resume)
    return done


def _keep(
    workspace: Workspace, opened: OpenVisit, done: AnswerChange, resume: Mapping[str, object] | None = None
) -> None:
    now = workspace.now()
    header = opened.header
    try:
        workspace.store.visits.apply(
            header.visit_id, header.revision, done, at=now, resume=resume, progress=opened.visit.progress()
        )
    except BaseException:
        opened.visit.apply(inverse(done))
        raise
    opened.header = replace(header, changed_at=now)


def require_draft(opened: OpenVisit) -> None:
    """Raise MshopperError where the visit was submitted."""
    if not opened.is_draft:
        raise MshopperError(_("This visit was submitted: its answers can no longer be changed."))


def add_instance(workspace: Workspace, opened: OpenVisit, key: AnswerKey) -> AnswerChange:
    """Add an instance of a repeated section, with the form's defaults; `key` is its path and the instance around it."""
    require_draft(opened)
    done = opened.visit.add_instance(key)
    _keep(workspace, opened, done)
    return done


def duplicate_instance(workspace: Workspace, opened: OpenVisit, key: AnswerKey, number: int) -> AnswerChange:
    """Add an instance of a repeated section that is answered as instance `number` is, without its photos."""
    require_draft(opened)
    done = opened.visit.duplicate_instance(key, number)
    _keep(workspace, opened, done)
    return done


def remove_instance(workspace: Workspace, opened: OpenVisit, key: AnswerKey, number: int) -> AnswerChange:
    """Take out instance `number` of a repeated section; those behind it move up, photos with them."""
    require_draft(opened)
    done = opened.visit.remove_instance(key, number)
    _keep(workspace, opened, done)
    return done


def live_score(opened: OpenVisit) -> "LiveScore":
    """The score of what was answered so far, to be told of every change."""
    from mshopper.model.scoring import LiveScore

    return LiveScore(opened.form, opened.visit)


def save_resume(workspace: Workspace, opened: OpenVisit, where: Mapping[str, object]) -> None:
    """Remember where the auditor is: section, instance, question, scroll."""
    workspace.store.visits.save_resume(opened.header.visit_id, where)


def resume(workspace: Workspace, visit_id: str) -> dict[str, object]:
    """Where the auditor was; empty at first."""
    return workspace.store.visits.resume(visit_id)


def list_visits(workspace: Workspace, *, limit: int = 100, offset: int = 0, **narrowed: Any) -> list[VisitRow]:
    """A window of the visits, newest first; `narrowed` are fields of VisitFilter."""
    return workspace.store.visit_list.list(VisitFilter(**narrowed), limit, offset)


def count_visits(workspace: Workspace, **narrowed: Any) -> int:
    """How many visits there are; `narrowed` as in `list_visits`."""
    return workspace.store.visit_list.count(VisitFilter(**narrowed))


def find_visit(workspace: Workspace, wanted: str) -> str:
    """The id of the visit that `wanted` names: its id, or the beginning of it. Raises MshopperError."""
    if workspace.store.visits.header(wanted) is not None:
        return wanted
    found = [visit_id for visit_id in workspace.store.visit_list.ids(VisitFilter()) if visit_id.startswith(wanted)]
    if wanted and len(found) == 1:
        return found[0]
    if wanted and found:
        raise MshopperError(_("“{visit}” names several visits: give more of the id.").format(visit=wanted))
    raise MshopperError(_("There is no visit “{visit}” here: “mshopper visit list” shows them.").format(visit=wanted))
