"""Erasing visits, their photos, and names of auditors: really, in every copy that the data folder holds.

What other people keep can't be reached from here: the head office is told by a signed tombstone at the next sync, copies
saved elsewhere are for those who saved them.
"""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError, StoreError
from mshopper.i18n import _, ngettext
from mshopper.operations.identity import sign, this_device
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress
from mshopper.store import VisitFilter

if TYPE_CHECKING:
    from mshopper.exchange.folder import HeadOffice
    from mshopper.store.backups import Backup

_NAMES_LEFT = "erased_names"
"""Auditors whose name was erased and may still be in copies."""

_DERIVED = ("merged", "merge-state", "compared", "remote")
"""Folders of the data folder that hold rows of visits and are made anew when they are needed, mirrors of servers too."""

_REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: the visits, and the copies of the data that were replaced by a fresh one."""

    visits: tuple[str, ...] = ()
    backups: int = 0

    def sentence(self) -> str:
        """The result in words."""
        said = ngettext("{n} visit erased.", "{n} visits erased.", len(self.visits)).format(n=len(self.visits))
        if not self.backups:
            return said
        copies = ngettext(
            "{n} backup that held it was replaced by a fresh one.",
            "{n} backups that held it were replaced by a fresh one.",
            self.backups,
        )
        return said + " " + copies.format(n=self.backups)


def what_erasing_does(workspace: Workspace, visit_ids: Sequence[str]) -> tuple[str, ...]:
    """What erasing these visits does and can't be undone, in sentences, to be said before it is done."""
    n = len(visit_ids)
    said = [
        ngettext(
            "Answers, comments, photos and names of {n} visit are erased for good. This can't be undone.",
            "Answers, comments, photos and names of {n} visits are erased for good. This can't be undone.",
            n,
        ).format(n=n),
        _("What stays says that there was a visit: its id, shop, times, form and seal, which verifies as erased."),
    ]
    backups = len(_holding(workspace, visit_ids))
    if backups:
        copies = ngettext(
            "{n} backup in the data folder holds them: it is replaced by a fresh one.",
            "{n} backups in the data folder hold them: they are replaced by a fresh one.",
            backups,
        )
        said.append(copies.format(n=backups))
    said.append(_("The head office is told at the next sync. Copies saved elsewhere, and what was exported, stay."))
    return tuple(said)


def erase_visits(
    workspace: Workspace, visit_ids: Sequence[str], progress: Progress | None = None, *, tell: bool = True
) -> Erased:
    """Erase all that these visits hold, here and in every copy in the data folder; with `tell` head office hears of it.

    Repeating it is safe: what was killed half-way is completed. Raises StoreError, ReadOnlyStoreError.
    """
    workspace.require_writable()
    erased = workspace.store.erasure.erase(visit_ids, at=workspace.now(), tell=tell)
    return Erased(tuple(erased), finish_erasing(workspace, progress))


def erase_photos(workspace: Workspace, visit_ids: Sequence[str], progress: Progress | None = None) -> Erased:
    """Erase the photos of these visits; the answers stay. As `erase_visits`; nobody is told."""
    workspace.require_writable()
    erased = workspace.store.erasure.erase_photos(visit_ids, at=workspace.now())
    return Erased(tuple(erased), finish_erasing(workspace, progress))


def erase_auditor_name(workspace: Workspace, auditor_id: str, progress: Progress | None = None) -> Erased:
    """Put the auditor's id in place of the name, in every visit held here and in every copy in the data folder.

    Raises MshopperError without an id.
    """
    workspace.require_writable()
    if not auditor_id.strip():
        raise MshopperError(_("Say the auditor's id: it takes the place of the name."))
    store = workspace.store
    visits = [row.visit_id for row in store.visit_list.list(VisitFilter(auditor_id=auditor_id), -1, 0)]
    with store.write():
        if store.erasure.erase_auditor(auditor_id, at=workspace.now()):
            left: list[str] = store.settings.get(_NAMES_LEFT, [])
            store.settings.set(_NAMES_LEFT, [*left, auditor_id])
    return Erased(tuple(visits), finish_erasing(workspace, progress))


def finish_erasing(workspace: Workspace, progress: Progress | None = None) -> int:
    """Take what was erased out of the file, its log, its copies and what was made of it; how many copies were replaced.

    Nothing is done where nothing is left to do. Raises StoreError: it is done again at the next start.
    """
    store, folder = workspace.store, workspace.folder
    visits, names = store.erasure.to_clean(), store.settings.get(_NAMES_LEFT, [])
    if not visits and not names:
        return 0
    progress = progress or Progress()
    erased = store.erasure.erased()
    whole = [visit_id for visit_id in visits if erased[visit_id].is_whole]
    holding = _holding(workspace, whole, visits, all_of_them=bool(names))
    store.erasure.clean()
    _forget_derived(folder, visits, all_reports=bool(names))
    _replace(workspace, holding, progress)
    with store.write():
        store.erasure.cleaned(visits, at=workspace.now())
        store.settings.set(_NAMES_LEFT, [])
    return len(holding)


def _holding(
    workspace: Workspace, visits: Sequence[str], photos_of: Sequence[str] = (), *, all_of_them: bool = False
) -> "list[Backup]":
    """The copies in the data folder that hold what these visits held, or that can't be read, so that nobody knows."""
    from mshopper.store import backups

    kept, key = backups.listed(workspace.folder), workspace.store.key
    return [one for one in kept if all_of_them or backups.holds(one.file, set(visits), set(photos_of), key=key)]


def _replace(workspace: Workspace, holding: "list[Backup]", progress: Progress) -> None:
    """Make a fresh copy, then delete those; where there is room for no more, delete them first."""
    from mshopper.store import backups

    if not holding:
        return
    fresh = backups.place_for(workspace.folder, "daily", workspace.now())
    try:
        workspace.store.backup(fresh, progress)
    except StoreError:
        for old in holding:
            backups.remove(old)
        workspace.store.backup(fresh, progress)
    for old in holding:
        if old.file != fresh:
            backups.remove(old)


def _forget_derived(folder: Path, visit_ids: Iterable[str], *, all_reports: bool) -> None:
    """Delete reports of these visits in the data folder, and the tables that it keeps of the head office's."""
    for name in _DERIVED:
        shutil.rmtree(folder / name, ignore_errors=True)
    endings = tuple(f"-{visit_id[:8]}.pdf" for visit_id in visit_ids)
    for report in (folder / _REPORTS).glob("*.pdf"):
        if all_reports or report.name.endswith(endings):
            report.unlink(missing_ok=True)


def publish_erasures(
    workspace: Workspace, head_office: "HeadOffice", deliver: Callable[[], object] = lambda: None
) -> int:
    """Tell the head office what was erased here and it hasn't heard of; how many visits. Raises HeadOfficeError.

    `deliver` brings what was written to where the folder really is.
    """
    waiting = workspace.store.erasure.to_tell()
    if waiting:
        write_tombstone(workspace, head_office, waiting)
        deliver()
        workspace.store.erasure.told(waiting, at=workspace.now())
    return len(waiting)


def write_tombstone(workspace: Workspace, head_office: "HeadOffice", visit_ids: Sequence[str]) -> None:
    """Put a tombstone of these visits, signed by this device, into the folder. Raises HeadOfficeError."""
    from mshopper.exchange import tombstone

    device = this_device(workspace)
    head_office.register(device.device_id, device.public_key)
    tombstone.write_tombstone(
        head_office.device_folder(device.device_id),
        visit_ids,
        device_id=device.device_id,
        public_key=device.public_key,
        sign=lambda message: sign(device, message),
        created=workspace.now(),
    )
