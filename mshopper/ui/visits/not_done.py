"""A visit that could not be made: why, in a word and in words, with photos where they help."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, ngettext
from mshopper.model import reasons
from mshopper.photo import TakenPhoto
from mshopper.progress import Progress
from mshopper.store import VisitRow
from mshopper.store.plan import PlanRow
from mshopper.ui.desk import Desk
from mshopper.ui.filling.inputs.typed import GrowingText
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import add_row, button, column, frame, label, scrolling_page

NOT_DONE = ("closed", "refused", "discovered", "other")
"""The reasons by the code that is kept."""


class NotDonePage(QWidget):
    """`marked(reason, note, photos)` once a reason is chosen; another reason needs words."""

    marked = Signal(str, str, object)
    left = Signal()

    def __init__(self, desk: Desk, title: str, choose_photos: Callable[[QWidget], list[Path]]) -> None:
        super().__init__()
        self._choose_photos = choose_photos
        self._paths: list[Path] = []
        self._reason = ""
        area, layout = scrolling_page(width=720)
        column(self).addWidget(area)
        layout.addWidget(label(_("Mark as not done"), "title"))
        layout.addWidget(label(title, "muted", wrap=True))
        card = frame("card")
        inside = column(card, margin=16, gap=12)
        inside.addWidget(label(_("Why was it not made?"), "heading"))
        flow = Flow()
        self.reasons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for code in NOT_DONE:
            made = button(reasons.not_done_text(code), lambda code=code: self._choose(code), "option")  # type: ignore[misc]
            made.setCheckable(True)
            group.addButton(made)
            flow.add(made)
            self.reasons[code] = made
        inside.addWidget(flow)
        self.note = GrowingText(3)
        add_row(inside, _("What happened?"), self.note)
        self.note.textChanged.connect(self._check)
        row = QHBoxLayout()
        row.addWidget(button(_("Add photos…"), self._add_photos, icon=desk.icons.beside("camera")))
        self._photos: QLabel = label("", "muted", wrap=True)
        row.addWidget(self._photos, 1)
        inside.addLayout(row)
        layout.addWidget(card)
        self._note = label(
            _("It counts in the plan, never in a score. A correction is a new revision."), "muted", wrap=True
        )
        layout.addWidget(self._note)
        buttons = QHBoxLayout()
        self.mark = button(_("Mark as not done"), self._mark, "primary")
        self.mark.setEnabled(False)
        buttons.addWidget(self.mark)
        buttons.addWidget(button(_("Cancel"), self.left.emit))
        buttons.addStretch(1)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def begin(self) -> None:
        """Give the focus to the first reason."""
        self.reasons["closed"].setFocus()

    def _choose(self, code: str) -> None:
        self._reason = code
        self._check()

    def _check(self) -> None:
        explained = self._reason != "other" or bool(self.note.toPlainText().strip())
        self.mark.setEnabled(bool(self._reason) and explained)

    def _add_photos(self) -> None:
        self._paths += self._choose_photos(self)
        names = ", ".join(path.name for path in self._paths)
        count = ngettext("{n} photo", "{n} photos", len(self._paths)).format(n=len(self._paths))
        self._photos.setText(f"{count}: {names}" if names else "")

    def _mark(self) -> None:
        self.marked.emit(self._reason, self.note.toPlainText().strip(), tuple(self._paths))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def mark_not_done(
    desk: Desk, line: object, reason: str, note: str, photos: tuple[Path, ...], done: Callable[[str], None]
) -> None:
    """Mark a visit, or the planned one, as not done, its photos taken in first; `done(visit_id)` follows."""

    def keep(taken: tuple["TakenPhoto", ...]) -> None:
        with desk.messages.telling():
            header = ops.mark_not_done(
                desk.workspace, visit_id=visit_of(desk, line), reason=reason, note=note, photos=taken
            )
            done(header.visit_id)

    def work(progress: Progress) -> tuple["TakenPhoto", ...]:
        progress.expect(len(photos))
        taken = []
        for path in photos:
            taken.append(ops.take_in(path))
            progress.advance()
        return tuple(taken)

    if photos:
        desk.background.run(work, keep)
    else:
        keep(())


def visit_of(desk: Desk, line: object) -> str:
    """The visit of a line of the list; one is started for a planned line, so that what happened can be kept with it."""
    if isinstance(line, VisitRow):
        return line.visit_id
    assert isinstance(line, PlanRow)
    info = next((each for each in ops.list_forms(desk.workspace) if each.id == line.item.form_id), None)
    if info is None:
        raise MshopperError(
            _("The form “{form}” isn't here yet: sync with the head office to take it.").format(form=line.item.form_id)
        )
    opened = ops.start_visit(
        desk.workspace, form_hash=info.hash, store_id=line.item.store_id, plan_id=line.item.plan_id
    )
    return opened.header.visit_id
