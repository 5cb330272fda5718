"""Corrective actions: a finding of a visit that somebody has to mend, until when, and what was done.

An action is a chain of steps, each of which says all that is known then; the last one that stands is the action. It is
opened again when the next visit of the store finds the same. Whether it is late depends on the day that it is looked at.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mshopper.i18n import _
from mshopper.model.chain import Chain, chain
from mshopper.model.form import Question
from mshopper.model.record import VisitRecord
from mshopper.model.review import id_of, text_of, whole_of

OPEN, CHANGE, DONE, REOPEN = STEPS = ("open", "change", "done", "reopen")
CRITICAL, LOST, PHOTO = FINDINGS = ("critical", "lost", "photo")

_TEXTS = (
    "action",
    "previous",
    "step",
    "visit",
    "question_id",
    "instance",
    "finding",
    "label",
    "store_id",
    "store_name",
    "form_id",
    "owner",
    "due",
    "note",
    "photo",
    "reporter_id",
    "reporter",
    "created",
    "device",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a visit found wrong: a critical answer, lost points or a photo.

    `label` is the question in the form's default language, `photo` a photo's SHA-256 where the finding is one.
    """

    question_id: str
    instance: str
    kind: str
    label: str
    photo: str = ""


@dataclass(frozen=True, slots=True)
class ActionStep:
    """A step of an action. `due` is an ISO date or "", `note` what is to be done, what was done, or why it is open again.

    `photo` is the SHA-256 of a photo of what was done. `visit_id` and `revision` name the visit that found it: that of the
    opening, or the one that found it again.
    """

    hash: str
    action_id: str
    step: str
    visit_id: str
    revision: int
    question_id: str
    instance: str
    finding: str
    label: str
    store_id: str
    store_name: str
    form_id: str
    owner: str = ""
    due: str = ""
    note: str = ""
    photo: str = ""
    previous: str = ""
    seen: tuple[str, ...] = ()
    reporter_id: str = ""
    reporter: str = ""
    created: str = ""
    device_id: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A corrective action as its steps make it."""

    steps: Chain[ActionStep]

    @property
    def first(self) -> ActionStep:
        """How it was opened."""
        return self.steps.standing[0]

    @property
    def last(self) -> ActionStep:
        """What is known of it now."""
        return self.steps.standing[-1]

    @property
    def id(self) -> str:
        """A UUID."""
        return self.last.action_id

    @property
    def is_done(self) -> bool:
        """Whether it was done, and not found again since."""
        return next((step.step == DONE for step in reversed(self.steps.standing) if step.step != CHANGE), False)

    @property
    def reopened(self) -> int:
        """How often it was found again after it had been done."""
        return sum(step.step == REOPEN for step in self.steps.standing)

    @property
    def done(self) -> ActionStep | None:
        """The step that said last what was done; None where nothing was."""
        return next((step for step in reversed(self.steps.standing) if step.step == DONE), None)

    @property
    def wanted(self) -> str:
        """What is to be done."""
        notes = [step.note for step in self.steps.standing if step.step in (OPEN, CHANGE) and step.note]
        return notes[-1] if notes else ""

    def is_late(self, today: dt.date) -> bool:
        """Whether it should have been done before today."""
        try:
            return not self.is_done and bool(self.last.due) and dt.date.fromisoformat(self.last.due) < today
        except ValueError:
            return False

    def state(self, today: dt.date) -> str:
        """open, late, reopened or done."""
        if self.is_done:
            return "done"
        if self.is_late(today):
            return "late"
        return "reopened" if self.reopened else "open"


def step_content(step: ActionStep) -> dict[str, Any]:
    """What a statement says of a step; the device that signs adds itself and the time."""
    return {
        "action": step.action_id,
        "previous": step.previous,
        "seen": list(step.seen),
        "step": step.step,
        "visit": step.visit_id,
        "revision": step.revision,
        "question_id": step.question_id,
        "instance": step.instance,
        "finding": step.finding,
        "label": step.label,
        "store_id": step.store_id,
        "store_name": step.store_name,
        "form_id": step.form_id,
        "owner": step.owner,
        "due": step.due,
        "note": step.note,
        "photo": step.photo,
        "reporter_id": step.reporter_id,
        "reporter": step.reporter,
    }


def read_step(document: Mapping[str, Any], digest: str) -> ActionStep:
    """The step that a statement of that hash says. Raises KeyError, TypeError, ValueError where it says none."""
    texts = {name: text_of(document[name]) for name in _TEXTS}
    if texts["step"] not in STEPS or texts["finding"] not in FINDINGS:
        raise ValueError(texts["step"])
    if (texts["step"] == OPEN) != (not texts["previous"]):
        raise ValueError(texts["previous"])
    dt.datetime.fromisoformat(texts["created"])
    if texts["due"]:
        dt.date.fromisoformat(texts["due"])
    return ActionStep(
        hash=digest,
        action_id=id_of(texts.pop("action")),
        visit_id=id_of(texts.pop("visit")),
        device_id=texts.pop("device"),
        revision=whole_of(document["revision"]),
        seen=tuple(text_of(one) for one in document["seen"]),
        **texts,
    )


def actions_of(steps: Iterable[ActionStep]) -> dict[str, Action]:
    """The actions that steps make, by id; one whose opening hasn't arrived isn't there yet."""
    by_action: dict[str, list[ActionStep]] = {}
    for step in steps:
        by_action.setdefault(step.action_id, []).append(step)
    chains = {action_id: chain(found) for action_id, found in sorted(by_action.items())}
    return {action_id: Action(found) for action_id, found in chains.items() if found.standing}


def findings_of(record: VisitRecord) -> Iterator[Finding]:
    """What a submitted visit found wrong, in the order of its form: criticals, lost points, then photos."""
    form, sheet = record.form, record.sheet
    if sheet is not None:
        hits = {(hit.path, hit.instance): None for hit in sheet.criticals}
        for path, instance in hits:
            yield _finding(record, path, instance, CRITICAL)
        for line in sheet.lines:
            lost = line.weight > 0 and line.earned < line.possible
            if lost and (line.path, line.instance) not in hits:
                yield _finding(record, line.path, line.instance, LOST)
    for photo in record.photos:
        if photo.key.path in form.questions:
            yield _finding(record, photo.key.path, photo.key.instance, PHOTO, photo.sha256)


def _finding(record: VisitRecord, path: str, instance: str, kind: str, photo: str = "") -> Finding:
    form = record.form
    item = form.questions[path].item
    label = item.label.get(form.language) if isinstance(item, Question) else ""
    return Finding(form.question_id(path), instance, kind, label, photo)


def action_state_text(state: str) -> str:
    """An action's state."""
    return {
        "open": _("To be mended"),
        "late": _("Late"),
        "reopened": _("Found again"),
        "done": _("Mended"),
    }[state]


def finding_text(kind: str) -> str:
    """What kind of finding it is."""
    return {CRITICAL: _("Critical"), LOST: _("Lost points"), PHOTO: _("Photo")}[kind]
