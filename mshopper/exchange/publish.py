"""Publishing: visits become one segment in the head-office folder.

`operations` gathers the records that weren't published yet and remembers the number once this returns; repeating it
after a kill at any moment completes the same segment.
"""

from collections.abc import Iterable

from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.rows import tables
from mshopper.exchange.schema import Tables
from mshopper.exchange.segment import Segment, Sign, write_segment
from mshopper.model.record import VisitRecord


def publish(
    head_office: HeadOffice,
    records: Iterable[VisitRecord],
    *,
    device_id: str,
    seq: int,
    public_key: bytes,
    sign: Sign,
    created: str,
) -> Segment:
    """Write `records` (at least one, each revision once) as segment `seq` (from 1) of this device.

    `public_key` is the device's Ed25519 key (32 bytes), `sign` signs with its other half, `created` is ISO 8601 with
    offset. Raises DeviceClashError where another computer published under this device's name or number (mint a new
    device), HeadOfficeError when a write fails; publishing again is safe.
    """
    parts = [tables(record) for record in records]
    if not parts:
        raise ValueError("a segment without visits")
    head_office.register(device_id, public_key)
    return write_segment(
        head_office.device_folder(device_id),
        _joined(parts),
        device_id=device_id,
        seq=seq,
        public_key=public_key,
        sign=sign,
        created=created,
    )


def _joined(parts: list[Tables]) -> Tables:
    """One after the other: concatenating tuples pairwise would take quadratic time."""
    return Tables(
        visits=tuple(row for part in parts for row in part.visits),
        scores=tuple(row for part in parts for row in part.scores),
        answers=tuple(row for part in parts for row in part.answers),
        photos=tuple(row for part in parts for row in part.photos),
    )
