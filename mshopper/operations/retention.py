"""Retention: visits and photos older than some months are erased by themselves, where settings or the head office say so.

Where there is a head office, only what it has and accepted goes; what is still being filled in or was returned never does.
The head office keeps its own: it isn't told.
"""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

from mshopper.i18n import _, ngettext
from mshopper.operations.backups import daily_backup
from mshopper.operations.erasing import finish_erasing
from mshopper.operations.policy import PUBLISHED, Policy, policy_of
from mshopper.operations.settings import settings
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress
from mshopper.store.backups import Backup
from mshopper.store.erasure import ALL, PHOTOS, Candidate


@dataclass(frozen=True, slots=True)
class Due:
    """What retention would erase now: visits whole, and visits of which the photos go."""

    visits: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.visits or self.photos)

    def sentence(self) -> str:
        """It in words."""
        if not self:
            return _("Nothing is old enough to be erased.")
        visits = ngettext(
            "{n} visit is old enough to be erased", "{n} visits are old enough to be erased", len(self.visits)
        )
        photos = ngettext("{n} visit to lose its photos", "{n} visits to lose their photos", len(self.photos))
        return f"{visits.format(n=len(self.visits))}, {photos.format(n=len(self.photos))}."

    def done_sentence(self) -> str:
        """What was erased, in words."""
        if not self:
            return _("Nothing was old enough to be erased.")
        visits = ngettext("{n} visit erased", "{n} visits erased", len(self.visits))
        photos = ngettext("the photos of {n} visit erased", "the photos of {n} visits erased", len(self.photos))
        return f"{visits.format(n=len(self.visits))}, {photos.format(n=len(self.photos))}."


def due(workspace: Workspace, *, months: int | None = None, photo_months: int | None = None) -> Due:
    """What retention would erase now, by what holds here or by these months."""
    holds = policy_of(workspace)
    holds = holds._replace(
        retention_months=holds.retention_months if months is None else months,
        photo_months=holds.photo_months if photo_months is None else photo_months,
    )
    visits = _older(workspace, holds, ALL, holds.retention_months)
    photos = [one for one in _older(workspace, holds, PHOTOS, holds.photo_months) if one not in set(visits)]
    return Due(tuple(visits), tuple(photos))


def before_day(workspace: Workspace, day: str) -> list[str]:
    """The sealed visits submitted before that day (ISO), accepted or not."""
    return [one.visit_id for one in workspace.store.erasure.candidates(ALL) if one.submitted_at[:10] < day]


def apply_retention(workspace: Workspace, progress: Progress | None = None) -> Due:
    """Erase what is due; what it was. The journal says how many and by which months, and each visit's line that it was."""
    found = due(workspace)
    if found:
        holds = policy_of(workspace)
        data = {
            "months": str(holds.retention_months),
            "photo_months": str(holds.photo_months),
            "visits": str(len(found.visits)),
            "photos": str(len(found.photos)),
        }
        with workspace.store.write():
            workspace.store.journal.append("retention_applied", data=data, at=workspace.now())
            workspace.store.erasure.erase(found.visits, at=workspace.now(), tell=False)
            workspace.store.erasure.erase_photos(found.photos, at=workspace.now())
        finish_erasing(workspace, progress)
    return found


def daily_upkeep(workspace: Workspace, progress: Progress | None = None) -> Backup | None:
    """What is done once a day: an erasure that was killed is completed, what is too old is erased, a copy is made."""
    finish_erasing(workspace, progress)
    apply_retention(workspace, progress)
    return daily_backup(workspace, progress)


def _older(workspace: Workspace, holds: Policy, what: str, months: int) -> list[str]:
    if not months:
        return []
    limit = months_before(workspace.clock(), months)
    has_head_office = holds.from_head_office or bool(settings(workspace).head_office)
    return [
        one.visit_id
        for one in workspace.store.erasure.candidates(what)
        if _is_accepted(one, holds, has_head_office) and dt.datetime.fromisoformat(one.submitted_at) < limit
    ]


def _is_accepted(one: Candidate, holds: Policy, has_head_office: bool) -> bool:
    if one.imported or not has_head_office:
        return one.state != "returned"
    decided = holds.erase_when == PUBLISHED or one.state in ("approved", "not_done")
    return one.published and decided and one.state != "returned"


def months_before(moment: dt.datetime, months: int) -> dt.datetime:
    """The same day so many months before, or that month's last."""
    total = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(total, 12)
    if year < 1:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
