"""Publishing 100 visits with 500 photos against a plain copy of the same bytes, each file flushed; on one disk, in turns."""

import hashlib
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mshopper import operations as ops
from mshopper.exchange.folder import HeadOffice
from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.record import PhotoInfo
from mshopper.operations.evidence import publish_evidence
from mshopper.operations.identity import this_device
from mshopper.operations.publishing import publish_all
from mshopper.progress import Progress
from tests.operations.conftest import make_template

VISITS, PHOTOS_EACH, PHOTO_BYTES = 100, 5, 300_000
GREETED, WHO = AnswerKey("door/greeted"), AnswerKey("door/who")
ROUNDS = 5


def run() -> list[tuple[str, float, float | None]]:
    """(what, ratio, limit): visits and photos through publishing over the plain copy; the PDFs apart."""
    # In the working folder rather than in the temporary one, which may be memory and never waits for a disk.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-publish-") as name:
        folder = Path(name)
        with ops.open_workspace(make_template(folder / "template"), anywhere=True) as workspace:
            _fill(workspace)
            ours, theirs = [], []
            for number in range(ROUNDS):
                office = folder / f"office-{number}"
                ours.append(_seconds(lambda office=office: _publish(workspace, office)))  # type: ignore[misc]
                theirs.append(_seconds(lambda office=office: _copy(office, office.with_name(office.name + "-copy"))))  # type: ignore[misc]
    ratio = statistics.median(ours) / statistics.median(theirs)
    return [("publishing 100 visits, 500 photos / plain copy with fsync", ratio, 1.5)]


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _publish(workspace: ops.Workspace, office: Path) -> None:
    head_office = HeadOffice.open(office, device_id=this_device(workspace).device_id)
    publish_all(workspace, head_office, Progress())
    publish_evidence(workspace, head_office, Progress(), reports=False)


def _copy(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with copy.open("wb") as stream:
                stream.write(path.read_bytes())
                stream.flush()
                os.fsync(stream.fileno())


def _fill(workspace: ops.Workspace) -> None:
    rng = random.Random(1)
    form = ops.find_form(workspace, "visit").hash
    with workspace.store.write():
        for visit in range(VISITS):
            opened = ops.start_visit(workspace, form_hash=form, store_id="MI-001")
            ids = tuple(f"{visit}-{number}" for number in range(PHOTOS_EACH))
            for photo_id in ids:
                jpeg = rng.randbytes(PHOTO_BYTES)
                digest = hashlib.sha256(jpeg).hexdigest()
                info = PhotoInfo(photo_id, GREETED, digest, digest, 2048, 1536)
                workspace.store.photos.add(
                    opened.header.visit_id, 1, GREETED, info, jpeg=jpeg, thumbnail=b"", at=workspace.now()
                )
            ops.answer(workspace, opened, GREETED, Answer("yes", photos=ids))
            ops.answer(workspace, opened, WHO, Answer(f"Anna {visit}"))
            ops.submit_visit(workspace, opened)


if __name__ == "__main__":
    for what, number, limit in run():
        print(f"{what}: {number:.2f} (limit {limit})")
