"""Verifying 1,000 visits with 5,000 photos, everything from the store anew, against the bare SHA-256 of the same photos.

The peer reads the photos as files from the same disk and hashes them, one after the other: what nobody who verifies can save.
"""

import hashlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mshopper import operations as ops
from mshopper.model.answer import Answer
from mshopper.model.record import PhotoInfo
from mshopper.model.verification import AGREES
from tests.operations.conftest import GREETED, WAIT, WHO, make_template

VISITS, PHOTOS_EACH = 1_000, 5
PHOTO_BYTES = 600_000
"""A photo of 2048 x 1536 pixels as the intake writes it."""
ROUNDS = 3


def run() -> list[tuple[str, float, float | None]]:
    """Verify all visits of a data folder, and hash the same bytes; alternately, the medians compared."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        data = make_template(folder / "template")
        with ops.open_workspace(data) as workspace:
            ids = _fill(workspace, folder / "photos")
            ours, theirs = [], []
            for _round in range(ROUNDS):
                theirs.append(_seconds(lambda: _hash(folder / "photos")))
                ours.append(_seconds(lambda: _verify(workspace, ids)))
    ratio = statistics.median(ours) / statistics.median(theirs)
    return [("verifying 1,000 visits with 5,000 photos / bare SHA-256 of the photos", ratio, 1.5)]


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _verify(workspace: ops.Workspace, ids: list[str]) -> None:
    for found in ops.verify_visits(workspace, ids):
        assert found.agrees
        assert {"answers", "photos", "score", "seal", "signature"} <= {one.subject for one in found.of(AGREES)}


def _hash(folder: Path) -> None:
    for path in folder.iterdir():
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(1 << 18):
                digest.update(chunk)


def _fill(workspace: ops.Workspace, photos: Path) -> list[str]:
    photos.mkdir()
    rng = random.Random(1)
    form = ops.find_form(workspace, "visit").hash
    ids = []
    for begin in range(0, VISITS, 50):
        with workspace.store.write():
            ids += [_visit(workspace, form, rng, visit, photos) for visit in range(begin, begin + 50)]
    return ids


def _visit(workspace: ops.Workspace, form: str, rng: random.Random, visit: int, photos: Path) -> str:
    opened = ops.start_visit(workspace, form_hash=form, store_id="MI-001")
    visit_id = opened.header.visit_id
    names = tuple(f"{visit}-{number}" for number in range(PHOTOS_EACH))
    for name in names:
        jpeg = rng.randbytes(PHOTO_BYTES)
        digest = hashlib.sha256(jpeg).hexdigest()
        (photos / name).write_bytes(jpeg)
        info = PhotoInfo(name, GREETED, digest, digest, 2048, 1536)
        workspace.store.photos.add(visit_id, 1, GREETED, info, jpeg=jpeg, thumbnail=b"", at=workspace.now())
    ops.answer(workspace, opened, GREETED, Answer("yes", photos=names))
    ops.answer(workspace, opened, WAIT, Answer(30))
    ops.answer(workspace, opened, WHO, Answer(f"Anna {visit}"))
    ops.submit_visit(workspace, opened)
    return visit_id


if __name__ == "__main__":
    for what, number, limit in run():
        print(f"{what}: {number:.2f} (limit {limit})")
