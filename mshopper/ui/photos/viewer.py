"""The photos of a question, large, over the whole window: to look at closely, and to edit.

What is edited becomes a picture of its own when the person goes on or closes: the original stays as it was, and the
visit's undo shows it again. Until then each edit can be taken back here.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QToolButton, QWidget

from mshopper.i18n import _
from mshopper.model.answer import AnswerChange, AnswerKey
from mshopper.photo import Arrow, Blur, Crop, Edit, Editing, Turn, Words
from mshopper.progress import Progress
from mshopper.ui.filling.session import FillingSession
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, column, frame, icon_button, label
from mshopper.ui.overlay import Overlay
from mshopper.ui.photos.canvas import ARROW, BOX, ELLIPSE, NOTHING, POINT, STEP, Canvas

CROP, BLUR, BLUR_ROUND, POINT_AT, WRITE = "crop", "blur", "blur_round", "arrow", "words"
_SHAPES = {CROP: BOX, BLUR: BOX, BLUR_ROUND: ELLIPSE, POINT_AT: ARROW, WRITE: POINT}


class PhotoViewer(Overlay):
    """Over the whole window until it is closed."""

    def __init__(self, window: QWidget, session: FillingSession, key: AnswerKey, photo_id: str) -> None:
        super().__init__(window, _("Photo"), window.width())
        self.setProperty("role", "page")
        self._session, self._key = session, key
        self.photo_id = photo_id
        self.edits: list[Edit] = []
        self._editing: Editing | None = None
        self._tool = ""
        self._may_change = not session.read_only and session.open_visit.is_draft
        self.canvas = Canvas(session.desk.theme)
        self.canvas.drawn.connect(self._drawn)
        self.canvas.zoomed.connect(self._show_zoom)
        self._tools: dict[str, QPushButton] = {}
        layout = column(self, margin=0, gap=0)
        layout.addWidget(self._top())
        self._bar = self._edit_bar()
        layout.addWidget(self._bar)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self._foot())
        self._bar.setVisible(self._may_change)
        session.changed.connect(self._visit_changed)
        self.load(photo_id)

    def begin(self) -> None:
        """Show it, the focus on the picture."""
        self.open(self.canvas)

    def place(self) -> None:
        self.setGeometry(self.over.rect())

    # Building

    def _top(self) -> QWidget:
        icons, bar = self._session.desk.icons, frame("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        close = button(_("Close"), self.dismiss, "quiet", icons.beside("chevron-left", "muted"))
        close.setToolTip(_("{name} (key {keys})").format(name=_("Close"), keys="Esc"))
        row.addWidget(close)
        self._title = label("", "heading")
        self._title.setMinimumWidth(120)
        row.addWidget(self._title, 1)
        self._count = label("", "muted")
        row.addWidget(self._count)
        for name, icon, slot in (
            (_("Smaller (-)"), "zoom-out", lambda: self.canvas.zoom(1 / STEP)),
            (_("Larger (+)"), "zoom-in", lambda: self.canvas.zoom(STEP)),
            (_("The whole picture (0)"), "maximize", self.canvas.fit),
        ):
            row.addWidget(icon_button(name, icons.icon(icon, "muted"), slot))
        self._zoom = label("", "muted")
        self._zoom.setMinimumWidth(52)
        row.addWidget(self._zoom)
        return bar

    def _edit_bar(self) -> QWidget:
        icons, bar = self._session.desk.icons, frame("bar")
        inside = column(bar, gap=4)
        inside.setContentsMargins(12, 4, 12, 4)
        tools = Flow(gap=4)
        for name, keys, icon, quarters in (
            (_("Turn left"), "L", "rotate-ccw", 3),
            (_("Turn right"), "R", "rotate-cw", 1),
        ):
            words = _("{name} (key {keys})").format(name=name, keys=keys)
            tools.add(icon_button(words, icons.icon(icon, "muted"), partial(self.edit, Turn(quarters))))
        for tool, name, keys, icon in (
            (CROP, _("Crop"), "C", "crop"),
            (BLUR, _("Hide a box"), "B", "square-dashed"),
            (BLUR_ROUND, _("Hide a face"), "F", "circle-dashed"),
            (POINT_AT, _("Arrow"), "A", "move-up-right"),
            (WRITE, _("Text"), "T", "type"),
        ):
            made = button(name, partial(self.choose_tool, tool), "quiet", icons.beside(icon, "muted"))
            made.setCheckable(True)
            made.setToolTip(_("{name} (key {keys})").format(name=name, keys=keys))
            self._tools[tool] = made
            tools.add(made)
        self.undo_button = icon_button(_("Take the last edit back (Ctrl+Z)"), icons.icon("undo-2"), self.undo)
        self.discard = button(_("Discard the edits"), self.discard_edits, "quiet")
        self.original = button(_("Show the original"), self._show_original, "quiet", icons.beside("history", "muted"))
        for widget in (self.undo_button, self.discard, self.original):
            tools.add(widget)
        inside.addWidget(tools)
        self._ask = QWidget()
        row = QHBoxLayout(self._ask)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(8)
        self.words = QLineEdit()
        self.words.setAccessibleName(_("Text to write on the picture"))
        self.words.setPlaceholderText(_("Text to write on the picture"))
        self.words.setMaximumWidth(420)
        self.words.returnPressed.connect(self.apply_tool)
        row.addWidget(self.words, 2)
        self._help = label("", "muted", wrap=True)
        row.addWidget(self._help, 3)
        self.apply_button = button(_("Apply"), self.apply_tool, "primary")
        row.addWidget(self.apply_button)
        self._cancel = button(_("Cancel"), lambda: self.choose_tool(""))
        row.addWidget(self._cancel)
        inside.addWidget(self._ask)
        self._ask.hide()
        return bar

    def _foot(self) -> QWidget:
        icons, foot = self._session.desk.icons, frame("foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        self._previous = icon_button(_("Previous photo (Left)"), icons.icon("chevron-left"), lambda: self.step(-1))
        self._next = icon_button(_("Next photo (Right)"), icons.icon("chevron-right"), lambda: self.step(1))
        self.caption = QLineEdit()
        self.caption.setPlaceholderText(_("Caption: what the photo shows"))
        self.caption.setAccessibleName(_("Caption of the photo"))
        self.caption.editingFinished.connect(self._keep_caption)
        self.caption.setEnabled(self._may_change)
        row.addWidget(self._previous)
        row.addWidget(self.caption, 1)
        row.addWidget(self._next)
        return foot

    # Which photo

    def load(self, photo_id: str) -> None:
        """Show another photo of the question; it is decoded by a worker."""
        self.photo_id, self.edits, self._editing = photo_id, [], None
        jpeg = self._session.photo_jpeg(photo_id)
        self.choose_tool("")
        self._show_state()

        def work(progress: Progress) -> tuple[Editing, QImage] | None:
            progress.advance()
            if not jpeg:
                return None
            editing = Editing(jpeg)
            return editing, _image(editing, [])

        def shown(found: tuple[Editing, QImage] | None) -> None:
            if self.photo_id != photo_id or self.is_closed:
                return
            if found is None:
                self._title.setText(_("The picture was erased: only what is known of it is kept."))
                return
            self._editing = found[0]
            self.canvas.show_image(found[1])
            self._show_state()

        self._session.desk.background.run(work, shown)

    def step(self, step: int) -> None:
        """Go to the next photo (1) or the one before (-1)."""
        ids = [photo.id for photo in self._session.photos(self._key)]
        if self.photo_id in ids:
            at = ids.index(self.photo_id) + step
            if 0 <= at < len(ids):
                wanted = ids[at]
                self.keep()
                self.load(wanted)

    def keep(self) -> None:
        """Keep the caption, and what was edited as a picture of its own."""
        self._keep_caption()
        if self.edits and self._editing is not None:
            edits, self.edits = self.edits, []
            if kept := self._session.edit_photo(self.photo_id, self._editing.keep(edits)):
                self.photo_id = kept
            else:
                self.edits = edits

    def dismiss(self) -> None:
        if not self.is_closed:
            self.keep()
            if self.edits:
                return  # they could not be saved: they stay on the screen, and the message says why
            self._session.changed.disconnect(self._visit_changed)
        super().dismiss()

    def _visit_changed(self, _change: AnswerChange) -> None:
        ids = [photo.id for photo in self._session.photos(self._key)]
        if self.photo_id not in ids and not self.edits:
            # Undo, or the question before, took it away.
            if ids:
                self.load(ids[0])
            else:
                self.dismiss()
        else:
            self._show_state()

    # Editing

    def choose_tool(self, tool: str) -> None:
        """Take a tool up; the one in hand again, or none, puts it down."""
        self._tool = tool if tool != self._tool and self._editing is not None and self._may_change else ""
        for name, made in self._tools.items():
            made.setChecked(name == self._tool)
        self.canvas.begin(_SHAPES.get(self._tool, NOTHING))
        self.words.setVisible(self._tool == WRITE)
        self._ask.setVisible(bool(self._tool))
        self._help.setText(_help(self._tool))
        self.canvas.setAccessibleDescription(_help(self._tool))
        if self._tool == WRITE:
            self.words.setFocus()
        else:
            self.canvas.setFocus()

    def apply_tool(self) -> None:
        """Do with what is drawn what the tool is for."""
        start, end = self.canvas.start, self.canvas.end
        box = (start.x(), start.y(), end.x(), end.y())
        words = " ".join(self.words.text().split())
        edits: dict[str, Edit | None] = {
            CROP: Crop(box),
            BLUR: Blur(box),
            BLUR_ROUND: Blur(box, ellipse=True),
            POINT_AT: Arrow((start.x(), start.y()), (end.x(), end.y())),
            WRITE: Words((start.x(), start.y()), words) if words else None,
        }
        made = edits.get(self._tool)
        if made is None:
            return
        if self._tool in (CROP, WRITE):
            self.words.clear()
            self.choose_tool("")
        else:
            self.canvas.begin(self.canvas.shape)  # several faces are hidden one after the other
        self.edit(made)

    def _drawn(self) -> None:
        if self._tool == WRITE:
            self.words.setFocus()
        elif self._tool != CROP:  # a crop may be adjusted first
            self.apply_tool()

    def edit(self, edit: Edit) -> None:
        """Edit the picture that is shown."""
        if self._editing is not None and self._may_change:
            self.edits.append(edit)
            self._redraw()

    def undo(self) -> None:
        """Take the last edit back."""
        if self.edits:
            self.edits.pop()
            self._redraw()

    def discard_edits(self) -> None:
        """Take all edits back that were made since the photo was opened here."""
        self.edits.clear()
        self.choose_tool("")
        self._redraw()

    def _redraw(self) -> None:
        if self._editing is not None:
            self.canvas.show_image(_image(self._editing, self.edits))
            if self._tool:
                self.canvas.begin(self.canvas.shape)
        self._show_state()

    def _show_original(self) -> None:
        self.edits.clear()
        if shown := self._session.show_original(self.photo_id):
            self.load(shown)

    # Showing

    def _show_state(self) -> None:
        photos = self._session.photos(self._key)
        ids = [photo.id for photo in photos]
        at = ids.index(self.photo_id) if self.photo_id in ids else -1
        self._previous.setEnabled(at > 0)
        self._next.setEnabled(0 <= at < len(ids) - 1)
        count = _("Photo {n} of {count}").format(n=at + 1, count=len(ids))
        self._count.setText(count)
        words = self._session.label(self._key)
        self._title.setText(self._title.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, 700))
        if at >= 0 and not self.caption.hasFocus():
            self.caption.setText(photos[at].caption)
        self.canvas.setAccessibleName(", ".join(part for part in (count, self.caption.text()) if part))
        self.undo_button.setEnabled(bool(self.edits))
        self.discard.setVisible(bool(self.edits))
        self.original.setVisible(at >= 0 and bool(photos[at].derived_from) and not self.edits)

    def _show_zoom(self) -> None:
        self._zoom.setText(f"{round(self.canvas.scale * 100)} %")

    def _keep_caption(self) -> None:
        if self._may_change:
            self._session.caption(self.photo_id, self.caption.text())

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
            return
        key = Qt.Key(event.key())
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_Escape and self._tool:
            self.choose_tool("")
        elif plain and not isinstance(self.focusWidget(), QLineEdit) and (slot := self._keys().get(key)) is not None:
            slot()
        else:
            super().keyPressEvent(event)

    def _keys(self) -> dict[Qt.Key, Callable[[], object]]:
        keys: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Plus: lambda: self.canvas.zoom(STEP),
            Qt.Key.Key_Equal: lambda: self.canvas.zoom(STEP),
            Qt.Key.Key_Minus: lambda: self.canvas.zoom(1 / STEP),
            Qt.Key.Key_0: self.canvas.fit,
            Qt.Key.Key_1: self.canvas.zoom_to_pixels,
            Qt.Key.Key_Left: lambda: self.step(-1),
            Qt.Key.Key_Right: lambda: self.step(1),
            Qt.Key.Key_PageUp: lambda: self.step(-1),
            Qt.Key.Key_PageDown: lambda: self.step(1),
        }
        if self._may_change:
            keys |= {
                Qt.Key.Key_L: lambda: self.edit(Turn(3)),
                Qt.Key.Key_R: lambda: self.edit(Turn(1)),
                Qt.Key.Key_C: lambda: self.choose_tool(CROP),
                Qt.Key.Key_B: lambda: self.choose_tool(BLUR),
                Qt.Key.Key_F: lambda: self.choose_tool(BLUR_ROUND),
                Qt.Key.Key_A: lambda: self.choose_tool(POINT_AT),
                Qt.Key.Key_T: lambda: self.choose_tool(WRITE),
                Qt.Key.Key_F2: self.caption.setFocus,
            }
        if self._tool:
            keys |= dict.fromkeys((Qt.Key.Key_Return, Qt.Key.Key_Enter), self.apply_tool)
        return keys

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays here: what is below can't be seen."""
        controls = [
            each
            for each in self.findChildren(QWidget)
            if isinstance(each, (QPushButton, QToolButton, QLineEdit, Canvas)) and each.isVisible() and each.isEnabled()
        ]
        now = self.focusWidget()
        at = controls.index(now) if now in controls else -1
        if controls:
            reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
            controls[(at + (1 if forward else -1)) % len(controls)].setFocus(reason)
        return True


def _image(editing: Editing, edits: list[Edit]) -> QImage:
    width, height, pixels = editing.pixels(edits)
    return QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _help(tool: str) -> str:
    """How a tool is used, by pointer and by keys."""
    if tool == CROP:
        return _("Draw what is to stay, or move the box by the arrow keys, with Shift its corner; then apply.")
    if tool in (BLUR, BLUR_ROUND):
        return _(
            "Draw over what nobody shall recognise, or move the shape by the arrow keys, with Shift its corner; Enter applies."
        )
    if tool == POINT_AT:
        return _("Draw towards what is meant, or move the arrow by the arrow keys, with Shift its tip; Enter applies.")
    if tool == WRITE:
        return _("Click where the text begins, or move the cross by the arrow keys, and apply.")
    return ""
