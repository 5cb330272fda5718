"""Sync with a head-office folder: publish what is new, take forms, stores and plan, merge where this device merges.

Repeating it is safe at any moment: a segment is begun in the store before it is written, so that one that was killed
half-way is completed and nothing is published twice.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import FormProblemsError, HeadOfficeError, MshopperError, StoreError
from mshopper.i18n import _, ngettext
from mshopper.operations.forms import import_form
from mshopper.operations.identity import is_signature, mint_device, sign, this_device
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.exchange.folder import HeadOffice
    from mshopper.exchange.merge import MergeReport

_LAST_SYNC = "last_sync"
_AT_ONCE = 200
"""Visits in one segment: small enough that a killed sync repeats little."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync did. `merged` is how many visits the merged tables hold, None where this device doesn't merge.

    `problems` are sentences on what was left aside.
    """

    published: int
    taken_forms: int
    taken_stores: int
    taken_plan: int
    merged: int | None
    merged_into: Path | None
    problems: tuple[str, ...] = ()

    def sentence(self) -> str:
        """What happened, in one sentence."""
        sent = ngettext("{n} visit sent", "{n} visits sent", self.published).format(n=self.published)
        forms = ngettext("{n} form taken", "{n} forms taken", self.taken_forms).format(n=self.taken_forms)
        stores = ngettext("{n} store taken", "{n} stores taken", self.taken_stores).format(n=self.taken_stores)
        parts = [sent, forms, stores]
        if self.merged is not None:
            parts.append(ngettext("{n} visit merged", "{n} visits merged", self.merged).format(n=self.merged))
        return ", ".join(parts) + "."


@dataclass(frozen=True, slots=True)
class SyncState:
    """What waits to be sent, and when the last sync ended ("" never; ISO 8601)."""

    to_publish: int
    last_sync: str


def sync_state(workspace: Workspace) -> SyncState:
    """Where sending stands."""
    last = workspace.store.settings.get(_LAST_SYNC, "")
    return SyncState(len(workspace.store.segments.unpublished()), str(last))


def sync(workspace: Workspace, folder: Path, progress: Progress | None = None) -> SyncResult:
    """Publish, take and merge. Raises HeadOfficeError, ReadOnlyStoreError, Cancelled; what was done stays done."""
    from mshopper.exchange.folder import HeadOffice

    workspace.require_writable()
    progress = progress or Progress()
    device = this_device(workspace)
    head_office = HeadOffice.open(folder, device_id=device.device_id)
    problems: list[str] = []
    published = _publish_all(workspace, head_office, progress)
    forms, stores, plan = _take(workspace, head_office, problems, progress)
    merged = _merge(workspace, head_office, progress)
    problems += merged.sentences()
    with workspace.store.write():
        workspace.store.settings.set(_LAST_SYNC, workspace.now())
    return SyncResult(published, forms, stores, plan, merged.visits, merged.target, tuple(problems))


def merge(
    workspace: Workspace, folder: Path, *, claim: bool = False, excel: str = "", progress: Progress | None = None
) -> "MergeReport":
    """Merge alone, for the head office; `claim` makes this device the one that merges, `excel` a language ("it").

    Where another device merges and `claim` isn't given, the tables go into the data folder. Raises HeadOfficeError,
    ReadOnlyStoreError, Cancelled.
    """
    from mshopper.exchange.folder import HeadOffice
    from mshopper.exchange.spreadsheet import write_spreadsheets

    workspace.require_writable()
    device = this_device(workspace)
    head_office = HeadOffice.open(folder, device_id=device.device_id)
    if claim:
        head_office.claim(device.device_id)
    report = _merge(workspace, head_office, progress or Progress())
    if excel:
        write_spreadsheets(report.target, excel)
    return report


def _publish_all(workspace: Workspace, head_office: "HeadOffice", progress: Progress) -> int:
    from mshopper.exchange.segment import DeviceClashError

    waiting = workspace.store.segments.unpublished()
    progress.expect(len(waiting))
    published = 0
    while True:
        try:
            sent = _publish_next(workspace, head_office, progress)
        except DeviceClashError:
            # A clone of this laptop, or this one before a restore, published here already: go on under a name of our own.
            if pending := workspace.store.segments.pending(this_device(workspace).device_id):
                workspace.store.segments.abandon(pending)
            mint_device(workspace)
            sent = _publish_next(workspace, head_office, progress)
        if not sent:
            return published
        published += sent


def _publish_next(workspace: Workspace, head_office: "HeadOffice", progress: Progress) -> int:
    """Publish the segment that was begun, else the next one. Returns how many visits it holds; 0 when all is sent."""
    from mshopper.exchange.publish import publish

    segments, device = workspace.store.segments, this_device(workspace)
    segment = segments.pending(device.device_id)
    if segment is None:
        waiting = segments.unpublished()[:_AT_ONCE]
        if not waiting:
            return 0
        segment = segments.begin(device.device_id, waiting, at=workspace.now())
    records = []
    for visit_id, revision in segment.revisions:
        records.append(workspace.record(visit_id, revision))
        progress.advance(_("Sending visits"))
    written = publish(
        head_office,
        records,
        device_id=device.device_id,
        seq=segment.seq,
        public_key=device.public_key,
        sign=lambda message: sign(device, message),
        created=segment.begun_at,
    )
    segments.publish(segment, digest=written.name, at=workspace.now())
    return len(records)


def _take(
    workspace: Workspace, head_office: "HeadOffice", problems: list[str], progress: Progress
) -> tuple[int, int, int]:
    """Take what head office offers. What is broken is named, and the previous one stays."""
    from mshopper.exchange.stores_csv import read_plan, read_stores

    offered = head_office.offered()
    progress.expect(len(offered.forms) + 1)
    forms = 0
    for path in offered.forms:
        progress.advance(path.name)
        forms += _take_form(workspace, path, problems)
    stores = plan = 0
    if offered.stores:
        try:
            stores = workspace.store.stores.upsert(read_stores(offered.stores))
        except HeadOfficeError as error:
            problems.append(str(error))
    if offered.plan:
        try:
            plan = workspace.store.plan.replace(read_plan(offered.plan))
        except HeadOfficeError as error:
            problems.append(str(error))
    progress.advance(_("Taking stores and plan"))
    return forms, stores, plan


def _take_form(workspace: Workspace, path: Path, problems: list[str]) -> bool:
    known = {info.hash for info in workspace.store.forms.list()}
    try:
        return import_form(workspace, path).hash not in known
    except FormProblemsError as error:
        problems.append(_("The form “{file}” was not taken: {problem}").format(file=path.name, problem=error))
    except StoreError:
        raise
    except MshopperError as error:
        problems.append(str(error))
    return False


def _merge(workspace: Workspace, head_office: "HeadOffice", progress: Progress) -> "MergeReport":
    from mshopper.exchange.merge import merge as merge_segments

    device = this_device(workspace)
    return merge_segments(
        head_office,
        device_id=device.device_id,
        into=workspace.folder / "merged",
        progress=progress,
        verify=is_signature,
    )
