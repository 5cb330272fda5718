"""Publishing: what head office doesn't have yet goes into its folder, and what it was given is still there.

Whatever happened to this laptop or to the folder (a restored backup, a clone, another stick, a sync client that lost a
file), nothing of another is overwritten and no visit is lost: a folder that knows more of this device than the device
itself makes it take a new identity, and what was published and isn't there is published again. A revision that stands in
two segments is counted once by the merge.
"""

from typing import TYPE_CHECKING

from mshopper.i18n import _
from mshopper.operations.identity import mint_device, sign, this_device
from mshopper.operations.policy import shown
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.exchange.folder import HeadOffice, SegmentPlace
    from mshopper.store.segments import Segment

_CHECKED = "published_stamps"
_AT_ONCE = 200
"""Visits in one segment: small enough that a killed sync repeats little."""


def publish_all(workspace: Workspace, head_office: "HeadOffice", progress: Progress) -> int:
    """Publish what the folder lacks; how many visits went. Raises HeadOfficeError, ReadOnlyStoreError, Cancelled."""
    from mshopper.exchange.segment import DeviceClashError

    check_published(workspace, head_office)
    if _is_known_elsewhere(workspace, head_office):
        _become_another(workspace)
    progress.expect(len(workspace.store.segments.unpublished()))
    published = 0
    while True:
        try:
            sent = _publish_next(workspace, head_office, progress)
        except DeviceClashError:
            _become_another(workspace)
            sent = _publish_next(workspace, head_office, progress)
        if not sent:
            return published
        published += sent


def check_published(workspace: Workspace, head_office: "HeadOffice") -> int:
    """See that all that was published stands whole in the folder; how many segments don't, and are to go again.

    Those whose files are as they were when they were last read through aren't read again.
    """
    store, current = workspace.store, this_device(workspace).device_id
    checked: dict[str, str] = store.settings.get(_CHECKED, {})
    seen: dict[str, str] = {}
    lost = 0
    for device in store.devices.all():
        places = {place.name: place for place in head_office.device_places(device.device_id)}
        replaced: frozenset[str] | None = None
        for segment in store.segments.all(device.device_id):
            if not segment.published_at:
                continue
            name = f"{device.device_id}/{segment.seq}"
            stamp = places[segment.hash].stamp if segment.hash in places else ""
            if stamp and (checked.get(name) == stamp or _is_whole(head_office, places[segment.hash])):
                seen[name] = stamp
                continue
            replaced = head_office.replaced(device.device_id) if replaced is None else replaced
            if segment.hash in replaced:
                continue
            lost += 1
            if device.device_id == current:
                store.segments.withdraw(segment)
            else:
                store.segments.forget(segment)
    if seen != checked:
        store.settings.set(_CHECKED, seen)
    return lost


def _is_whole(head_office: "HeadOffice", place: "SegmentPlace") -> bool:
    from mshopper.exchange.segment import Segment

    return isinstance(head_office.segment(place), Segment)


def _is_known_elsewhere(workspace: Workspace, head_office: "HeadOffice") -> bool:
    """Whether somebody published under this device's name what this folder doesn't know of: a clone, or its former self."""
    device = this_device(workspace).device_id
    segments = workspace.store.segments.all(device)
    known = {segment.hash for segment in segments if segment.hash}
    # One that is pending may have come to the folder before it was killed; its number tells whether it did.
    pending = {segment.seq for segment in segments if not segment.hash}
    strange = [
        place.name
        for place in head_office.device_places(device)
        if place.name not in known and int(place.name[:8]) not in pending
    ]
    return bool(strange) and not set(strange) <= head_office.compacted(device)


def _become_another(workspace: Workspace) -> None:
    """Take a new identity; what the old one hadn't published goes under the new one."""
    with workspace.store.write():
        device = this_device(workspace).device_id
        while pending := workspace.store.segments.pending(device):
            workspace.store.segments.abandon(pending)
        mint_device(workspace)


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
    erased = {one.visit_id for one in workspace.store.erasure.erased().values() if one.is_whole}
    if erased.issuperset(revision.visit_id for revision in segment.revisions):
        segments.abandon(segment)
        return _publish_next(workspace, head_office, progress)
    records = []
    for visit_id, revision in segment.revisions:
        if visit_id in erased:
            continue
        records.append(shown(workspace, workspace.record(visit_id, revision)))
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
    _mark(workspace, segment, written.name)
    return len(records)


def _mark(workspace: Workspace, segment: "Segment", name: str) -> None:
    workspace.store.segments.publish(segment, digest=name, at=workspace.now())
