"""Publishing: what head office doesn't have yet goes into its folder, and what it was given is still there.

Whatever happened to this laptop or to the folder (a restored backup, a clone, another stick, a sync client that lost a
file), nothing of another is overwritten and no visit is lost: a folder that knows more of this device than the device
itself makes it take a new identity, and what was published and isn't there is published again. A revision that stands in
two segments is counted once by the merge.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mshopper.i18n import _
from mshopper.operations.identity import mint_device, sign, this_device
from mshopper.operations.policy import shown
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress
from mshopper.store.segments import Segment

if TYPE_CHECKING:
    from mshopper.exchange.folder import HeadOffice, SegmentPlace

_AT_ONCE = 200
"""Visits in one segment: small enough that a killed sync repeats little."""

Deliver = Callable[[], None]
"""Brings what was written to where others see it. Raises HeadOfficeError, Cancelled."""


def publish_all(
    workspace: Workspace, head_office: "HeadOffice", progress: Progress, deliver: Deliver = lambda: None
) -> int:
    """Publish what the folder lacks; how many visits went. Raises HeadOfficeError, ReadOnlyStoreError, Cancelled.

    A segment counts as published once `deliver` has brought it there.
    """
    from mshopper.exchange.segment import DeviceClashError

    folder_id = head_office.identity()
    check_published(workspace, head_office)
    if _is_known_elsewhere(workspace, head_office):
        _become_another(workspace)
    progress.expect(len(workspace.store.segments.unpublished(folder_id)))
    published = 0
    while True:
        try:
            sent = _publish_next(workspace, head_office, progress, deliver)
        except DeviceClashError:
            _become_another(workspace)
            sent = _publish_next(workspace, head_office, progress, deliver)
        if not sent:
            return published
        published += sent


def check_published(workspace: Workspace, head_office: "HeadOffice") -> int:
    """See that all that was published stands whole in the folder; how many segments don't, and are to go again.

    Those whose files are as they were when they were last read through aren't read again. What stands there and wasn't
    noted as such (the folder was copied, or had no id yet) is noted.
    """
    store, folder_id = workspace.store, head_office.identity()
    key = f"published_stamps {folder_id}"
    checked: dict[str, str] = store.settings.get(key, {})
    seen: dict[str, str] = {}
    lost = 0
    for device in store.devices.all():
        places = {place.name: place for place in head_office.device_places(device.device_id)}
        noted = set(store.segments.standing(folder_id, device.device_id))
        replaced: frozenset[str] | None = None
        for standing in store.segments.standing_anywhere(device.device_id):
            name = f"{device.device_id}/{standing.seq}"
            stamp = places[standing.hash].stamp if standing.hash in places else ""
            if stamp and (checked.get(name) == stamp or _is_whole(head_office, places[standing.hash])):
                seen[name] = stamp
                if standing not in noted:
                    store.segments.publish(standing, folder_id, digest=standing.hash, at=workspace.now())
                continue
            if standing not in noted:
                continue
            replaced = head_office.replaced(device.device_id) if replaced is None else replaced
            if standing.hash not in replaced:
                lost += 1
                store.segments.withdraw(standing, folder_id)
    if seen != checked:
        store.settings.set(key, seen)
    return lost


def _is_whole(head_office: "HeadOffice", place: "SegmentPlace") -> bool:
    from mshopper.exchange.segment import Segment

    return isinstance(head_office.segment(place), Segment)


def _is_known_elsewhere(workspace: Workspace, head_office: "HeadOffice") -> bool:
    """Whether somebody published under this device's name what this laptop doesn't know of: a clone, or its former self."""
    device = this_device(workspace).device_id
    known = {standing.hash for standing in workspace.store.segments.standing_anywhere(device)}
    # One that is pending may have come to the folder before it was killed; its number tells whether it did.
    pending = workspace.store.segments.published_nowhere(device)
    strange = [
        place.name
        for place in head_office.device_places(device)
        if place.name not in known and int(place.name[:8]) not in pending
    ]
    return bool(strange) and not set(strange) <= head_office.compacted(device)


def _become_another(workspace: Workspace) -> None:
    """Take a new identity; what the old one hadn't published goes under the new one."""
    with workspace.store.write():
        workspace.store.segments.abandon(this_device(workspace).device_id)
        mint_device(workspace)


def _publish_next(workspace: Workspace, head_office: "HeadOffice", progress: Progress, deliver: Deliver) -> int:
    """Publish the segment that was begun, else the next one. Returns how many visits it brings; 0 when all is sent."""
    from mshopper.exchange.publish import publish

    segments, device, folder_id = workspace.store.segments, this_device(workspace), head_office.identity()
    lacking = segments.unpublished(folder_id)
    segment = segments.pending(device.device_id, folder_id)
    if segment is None:
        if not lacking:
            return 0
        segment = segments.begin(device.device_id, lacking[:_AT_ONCE], at=workspace.now())
    erased = {one.visit_id for one in workspace.store.erasure.erased().values() if one.is_whole}
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
    deliver()
    _mark(workspace, segment, folder_id, written.name)
    return len(set(lacking) & set(segment.revisions))


def _mark(workspace: Workspace, segment: Segment, folder_id: str, name: str) -> None:
    workspace.store.segments.publish(segment, folder_id, digest=name, at=workspace.now())
