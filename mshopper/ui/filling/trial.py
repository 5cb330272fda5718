"""Trying a form out: a session like any other whose answers and photos go nowhere but into memory."""

from dataclasses import replace

from mshopper import operations as ops
from mshopper.model.answer import Answer, AnswerChange, AnswerKey, AnswerStep
from mshopper.model.form import Form
from mshopper.photo import TakenPhoto
from mshopper.ui.desk import Desk
from mshopper.ui.filling.session import FillingSession


class TrialSession(FillingSession):
    """A visit by `form` that is never kept; leaving it discards it. It works also where the data folder is read-only."""

    is_trial = True

    def __init__(self, desk: Desk, form: Form) -> None:
        super().__init__(desk, ops.start_trial(desk.workspace, form))
        self._photos: dict[str, TakenPhoto] = {}

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

    def write_photo(self, key: AnswerKey, taken: TakenPhoto) -> AnswerChange:
        info = ops.photo_info(key, taken)
        self._photos[info.id] = taken
        self.open_visit.photos = (*self.open_visit.photos, info)
        said = self.visit.answer(key)
        after = replace(said, photos=(*said.photos, info.id))
        return self.write(AnswerChange(answers=(AnswerStep(key, said, after),)))

    def write_caption(self, photo_id: str, caption: str) -> None:
        photos = self.open_visit.photos
        self.open_visit.photos = tuple(replace(p, caption=caption) if p.id == photo_id else p for p in photos)

    def thumbnail(self, photo_id: str) -> bytes:
        return self._photos[photo_id].thumbnail if photo_id in self._photos else b""
