"""Trying a form out: a session like any other whose answers and photos go nowhere but into memory."""

from collections.abc import Sequence
from dataclasses import replace

from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerChange, AnswerKey, AnswerStep
from mshopper.model.form import Form
from mshopper.model.record import PhotoInfo
from mshopper.photo import EditedPhoto, TakenPhoto
from mshopper.ui.desk import Desk
from mshopper.ui.filling.session import FillingSession


class TrialSession(FillingSession):
    """A visit by `form` that is never kept; leaving it discards it. It works also where the data folder is read-only."""

    is_trial = True

    def __init__(self, desk: Desk, form: Form) -> None:
        super().__init__(desk, ops.start_trial(desk.workspace, form))
        self._photos: dict[str, TakenPhoto | EditedPhoto] = {}

    @property
    def read_only(self) -> bool:
        return False

    def write(self, change: AnswerChange) -> AnswerChange:
        return self.visit.apply(change)

    def write_answer(self, key: AnswerKey, answer: Answer) -> AnswerChange:
        return self.visit.set_answer(key, answer)

    def write_added(self, key: AnswerKey) -> AnswerChange:
        return self.visit.add_instance(key)

    def write_duplicated(self, key: AnswerKey, n: int) -> AnswerChange:
        return self.visit.duplicate_instance(key, n)

    def write_removed(self, key: AnswerKey, n: int) -> AnswerChange:
        return self.visit.remove_instance(key, n)

    def write_photos(self, key: AnswerKey, taken: Sequence[TakenPhoto]) -> AnswerChange:
        infos = [ops.photo_info(key, photo) for photo in taken]
        self._photos |= {info.id: photo for info, photo in zip(infos, taken, strict=True)}
        self.open_visit.photos = (*self.open_visit.photos, *infos)
        return self._show(key, (*self.visit.answer(key).photos, *(info.id for info in infos)))

    def write_edited(self, key: AnswerKey, photo_id: str, edited: EditedPhoto) -> AnswerChange:
        info = ops.edited_info(self._info(photo_id), edited)
        self._photos[info.id] = edited
        self.open_visit.photos = (*self.open_visit.photos, info)
        return self._instead(key, photo_id, info.id)

    def write_original(self, key: AnswerKey, photo_id: str) -> AnswerChange:
        return self._instead(key, photo_id, self._info(photo_id).derived_from)

    def _info(self, photo_id: str) -> PhotoInfo:
        return next(photo for photo in self.open_visit.photos if photo.id == photo_id)

    def _instead(self, key: AnswerKey, photo_id: str, other: str) -> AnswerChange:
        photos = self.visit.answer(key).photos
        return self._show(key, tuple(other if each == photo_id else each for each in photos))

    def _show(self, key: AnswerKey, photos: tuple[str, ...]) -> AnswerChange:
        said = self.visit.answer(key)
        return self.write(AnswerChange(answers=(AnswerStep(key, said, replace(said, photos=photos)),)))

    def write_caption(self, photo_id: str, caption: str) -> None:
        photos = self.open_visit.photos
        self.open_visit.photos = tuple(replace(p, caption=caption) if p.id == photo_id else p for p in photos)

    def thumbnail(self, photo_id: str) -> bytes:
        return self._photos[photo_id].thumbnail if photo_id in self._photos else b""

    def photo_jpeg(self, photo_id: str) -> bytes:
        return self._photos[photo_id].jpeg if photo_id in self._photos else b""
