"""The photos of a visit being made: taking files in, attaching, editing, moving, removing, captions.

Files are read by workers (`take_in`, `take_in_all`); what they give is kept on the thread of the workspace, each change in
one durable transaction with the answer that shows the photo.
"""

import uuid
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError
from mshopper.model.answer import AnswerChange, AnswerKey, AnswerStep
from mshopper.model.form import Question
from mshopper.model.record import PhotoInfo
from mshopper.operations.visits import OpenVisit, answer, require_draft
from mshopper.operations.workspace import Workspace

if TYPE_CHECKING:
    from threading import Lock

    from mshopper.photo import EditedPhoto, TakenPhoto
    from mshopper.progress import Progress

READERS = 2
"""Files that are decoded at a time: more would keep a laptop of two cores from drawing its windows."""


@dataclass(frozen=True)
class GivenPhoto:
    """A picture that is no file: from the clipboard or a camera. `read` gives its bytes, called by a worker."""

    name: str
    read: Callable[[], bytes]


Source = Path | GivenPhoto


def take_in(source: Source, *, keep_original: bool = False, at: Question | None = None) -> "TakenPhoto":
    """Read a camera file; needs no workspace, so that a worker can do it. Raises PhotoRefusedError.

    `at` is the question that it is for, which may ask for smaller photos.
    """
    from mshopper.photo import take_photo

    most = at.max_pixels if at else None
    if isinstance(source, GivenPhoto):
        return take_photo(source.read(), name=source.name, keep_original=keep_original, max_pixels=most)
    return take_photo(source, keep_original=keep_original, max_pixels=most)


def take_in_all(
    sources: Sequence[Source],
    arrived: "Callable[[int, TakenPhoto | MshopperError], None]",
    progress: "Progress",
    *,
    writer: Callable[[], Workspace] | None = None,
    turn: "Lock | None" = None,
    at: Question | None = None,
) -> None:
    """Read many files, for a worker to call; `arrived(n, photo or why it was refused)` follows in their order.

    A `writer` of the workspace writes their bytes ahead, so that attaching them is quick on the thread that shows them;
    while it writes it holds `turn`, so that this thread can do something else meanwhile.
    Raises Cancelled between two files.
    """
    progress.expect(len(sources))
    opened = writer() if writer is not None else None
    waiting: deque[Future[TakenPhoto | MshopperError]] = deque()
    pool = ThreadPoolExecutor(READERS)
    try:
        if opened is not None:
            opened.store.photos.drop_orphans()
        ahead = iter(sources)
        for n in range(len(sources)):
            for source in ahead:
                waiting.append(pool.submit(_taken_or_refused, source, at))
                if len(waiting) > READERS:
                    break
            taken = waiting.popleft().result()
            if opened is not None and not isinstance(taken, MshopperError):
                with turn or nullcontext():
                    _write_ahead(opened, taken)
            arrived(n, taken)
            progress.advance()
    finally:
        pool.shutdown(cancel_futures=True)
        if opened is not None:
            opened.close()


def _taken_or_refused(source: Source, at: Question | None) -> "TakenPhoto | MshopperError":
    try:
        return take_in(source, at=at)
    except MshopperError as refused:
        return refused


def _write_ahead(workspace: Workspace, taken: "TakenPhoto") -> None:
    try:
        workspace.store.photos.keep_ahead(
            photo_info(AnswerKey(""), taken), jpeg=taken.jpeg, thumbnail=taken.thumbnail, original=taken.original
        )
    except MshopperError:
        return  # a full disk is said where the photo is kept


def photo_info(key: AnswerKey, taken: "TakenPhoto") -> PhotoInfo:
    """A taken photo as a new photo at `key`: its hashes, size, and what its EXIF says."""
    facts = taken.facts
    return PhotoInfo(
        id=str(uuid.uuid4()),
        key=key,
        sha256=taken.sha256,
        original_sha256=taken.original_sha256,
        width=taken.width,
        height=taken.height,
        perceptual_hash=taken.perceptual_hash,
        taken_at=facts.taken_at or "",
        device=facts.device or "",
        latitude="" if facts.latitude is None else format(facts.latitude, "f"),
        longitude="" if facts.longitude is None else format(facts.longitude, "f"),
        original_name=taken.original_name,
    )


def edited_info(photo: PhotoInfo, edited: "EditedPhoto") -> PhotoInfo:
    """What an edited picture of `photo` is: a photo of its own with the same facts, made from the unedited one."""
    return replace(
        photo,
        id=str(uuid.uuid4()),
        sha256=edited.sha256,
        width=edited.width,
        height=edited.height,
        perceptual_hash=edited.perceptual_hash,
        derived_from=photo.derived_from or photo.id,
        source_sha256=photo.source_sha256 or photo.sha256,
    )


def attach_photo(workspace: Workspace, opened: OpenVisit, key: AnswerKey, taken: "TakenPhoto") -> AnswerChange:
    """Keep a photo at a question: its bytes and the answer that shows it, in one transaction."""
    return attach_photos(workspace, opened, key, [taken])


def attach_photos(
    workspace: Workspace, opened: OpenVisit, key: AnswerKey, taken: "Sequence[TakenPhoto]"
) -> AnswerChange:
    """Keep photos at a question, after those that it has, in one transaction."""
    require_draft(opened)
    infos = [photo_info(key, photo) for photo in taken]

    def write() -> None:
        for photo, info in zip(taken, infos, strict=True):
            workspace.store.photos.add(
                opened.header.visit_id,
                opened.header.revision,
                key,
                info,
                jpeg=photo.jpeg,
                thumbnail=photo.thumbnail,
                original=photo.original,
                at=workspace.now(),
            )

    shown = (*opened.visit.answer(key).photos, *(info.id for info in infos))
    change = _show(workspace, opened, key, shown, write)
    opened.photos = (*opened.photos, *infos)
    return change


def edit_photo(
    workspace: Workspace, opened: OpenVisit, key: AnswerKey, photo_id: str, edited: "EditedPhoto"
) -> AnswerChange:
    """Show an edited picture in the place of a photo, which stays as it was, kept beside it."""
    require_draft(opened)
    photo = _photo(opened, photo_id)
    info = replace(edited_info(photo, edited), key=key)

    def write() -> None:
        header = opened.header
        workspace.store.photos.add(
            header.visit_id,
            header.revision,
            key,
            info,
            jpeg=edited.jpeg,
            thumbnail=edited.thumbnail,
            at=workspace.now(),
        )

    change = _show(workspace, opened, key, _with(opened, key, photo_id, info.id), write)
    opened.photos = (*opened.photos, info)
    return change


def show_original(workspace: Workspace, opened: OpenVisit, key: AnswerKey, photo_id: str) -> AnswerChange:
    """Show again the photo that an edited one was made from."""
    require_draft(opened)
    header, now = opened.header, workspace.now()
    found: list[PhotoInfo] = []

    def write() -> None:
        found.append(workspace.store.photos.show_source(header.visit_id, header.revision, photo_id, at=now))

    source = _photo(opened, photo_id).derived_from
    change = _show(workspace, opened, key, _with(opened, key, photo_id, source), write)
    opened.photos = (*(photo for photo in opened.photos if photo.id != source), *found)
    return change


def _photo(opened: OpenVisit, photo_id: str) -> PhotoInfo:
    return next(photo for photo in opened.photos if photo.id == photo_id)


def _with(opened: OpenVisit, key: AnswerKey, photo_id: str, instead: str) -> tuple[str, ...]:
    """The photos of an answer with another one in the place of one."""
    return tuple(instead if each == photo_id else each for each in opened.visit.answer(key).photos)


def _show(
    workspace: Workspace, opened: OpenVisit, key: AnswerKey, photos: tuple[str, ...], write: Callable[[], None]
) -> AnswerChange:
    """Keep what `write` writes, and the answer that shows these photos, in one transaction."""
    said, header = opened.visit.answer(key), opened.header
    try:
        with workspace.store.write():
            write()
            return answer(workspace, opened, key, replace(said, photos=photos))
    except BaseException:
        # A full disk shows only when the transaction ends, after the answer was taken on the screen.
        opened.visit.apply(AnswerChange(answers=(AnswerStep(key, opened.visit.answer(key), said),)))
        opened.header = header
        raise


def moving(opened: OpenVisit, key: AnswerKey, photo_id: str, target: AnswerKey) -> AnswerChange:
    """The change that moves a photo from one question to the end of another's, for `apply`."""
    source, there = opened.visit.answer(key), opened.visit.answer(target)
    if target == key or photo_id not in source.photos:
        return AnswerChange()
    left = replace(source, photos=tuple(each for each in source.photos if each != photo_id))
    got = replace(there, photos=(*there.photos, photo_id))
    return AnswerChange(answers=(AnswerStep(key, source, left), AnswerStep(target, there, got)))


def remove_photo(workspace: Workspace, opened: OpenVisit, key: AnswerKey, photo_id: str) -> AnswerChange:
    """Take a photo off a question. Its bytes stay while the visit is open, so that this can be undone."""
    said = opened.visit.answer(key)
    return answer(workspace, opened, key, replace(said, photos=tuple(p for p in said.photos if p != photo_id)))


def caption_photo(workspace: Workspace, opened: OpenVisit, photo_id: str, caption: str) -> None:
    """Say what a photo shows."""
    require_draft(opened)
    workspace.store.photos.set_caption(photo_id, caption, at=workspace.now())
    opened.photos = tuple(replace(p, caption=caption) if p.id == photo_id else p for p in opened.photos)


def thumbnail(workspace: Workspace, photo_id: str) -> bytes:
    """A photo's thumbnail, JPEG; no bytes where it was erased."""
    return workspace.store.photos.thumbnail(photo_id) or b""


def photo_jpeg(workspace: Workspace, photo_id: str) -> bytes:
    """A photo as kept, JPEG; no bytes where it was erased."""
    return workspace.store.photos.jpeg(photo_id) or b""
