"""One visit as it is kept: header, form, answers, photos and score sheet. Reports, tables and screens read this value.

`store` makes records; none of its readers computes a score.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mshopper.model.answer import Answer, AnswerKey, Value
from mshopper.model.form import Form
from mshopper.model.plan_item import PlanItem as PlanItem
from mshopper.model.scoresheet import ScoreSheet

STATES = ("planned", "in_progress", "submitted", "approved", "returned", "not_done")

FLAG_INCOMPLETE = "incomplete"
"""The visit was submitted although something was missing; the header's `reason` says why."""

FLAG_PSEUDONYMS = "pseudonyms"
"""Names of staff were replaced in this copy of a visit; the seal covers the real ones."""

FLAG_ERASED = "erased"
"""Answers, photos and names of the visit were erased for good; its seal verifies as erased."""


@dataclass(frozen=True, slots=True)
class Store:
    """A shop. Coordinates are decimal degrees as text, "" where unknown; `extra` holds other columns of stores.csv."""

    store_id: str
    name: str = ""
    region: str = ""
    format: str = ""
    address: str = ""
    latitude: str = ""
    longitude: str = ""
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """A photo of a visit without its bytes. Times are ISO 8601, degrees decimal text; "" where unknown.

    One that was edited (cropped, a face blurred, …) says by `derived_from` which photo it was made from, an unedited one,
    and by `source_sha256` that one's bytes; both are "" in a photo as the camera took it.
    """

    id: str
    key: AnswerKey
    sha256: str
    original_sha256: str
    width: int
    height: int
    perceptual_hash: str = ""
    taken_at: str = ""
    device: str = ""
    latitude: str = ""
    longitude: str = ""
    caption: str = ""
    original_name: str = ""
    derived_from: str = ""
    source_sha256: str = ""


@dataclass(frozen=True, slots=True)
class VisitHeader:
    """What a visit is, apart from its answers. Times are ISO 8601 with offset, "" where it hasn't come to that.

    `revision` counts from 1; `parent_seal` is the seal of the revision before. `reason` is why it is incomplete, not
    done, or corrected. `percent`, `verdict` and `grade` repeat the score sheet's, for lists.
    """

    visit_id: str
    revision: int
    state: str
    form_id: str
    form_version: str
    form_hash: str
    store: Store
    auditor_id: str
    auditor: str
    device_id: str
    language: str = ""
    channel: str = ""
    plan_id: str = ""
    planned_for: str = ""
    started_at: str = ""
    ended_at: str = ""
    submitted_at: str = ""
    changed_at: str = ""
    parent_seal: str = ""
    seal: str = ""
    signature: str = ""
    reason: str = ""
    flags: tuple[str, ...] = ()

    @property
    def preloads(self) -> dict[str, str]:
        """What the machine knows, for an XLSForm's questions that record it."""
        return {"deviceid": self.device_id, "username": self.auditor_id or self.auditor}


@dataclass(frozen=True)
class VisitRecord:
    """A whole visit: what it is, its form, answers by key, instances by repeat, and once submitted its frozen parts.

    `computed` (values of calculations) and `irrelevant` are as they stood at submission; None before it. `sheet` is the
    score at submission; None before it and for a visit that was not done.
    """

    header: VisitHeader
    form: Form
    answers: Mapping[AnswerKey, Answer] = field(default_factory=dict)
    counts: Mapping[AnswerKey, int] = field(default_factory=dict)
    photos: tuple[PhotoInfo, ...] = ()
    computed: Mapping[AnswerKey, Value] | None = None
    irrelevant: frozenset[AnswerKey] | None = None
    sheet: ScoreSheet | None = None
