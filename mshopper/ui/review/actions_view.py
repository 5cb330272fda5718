"""The corrective actions of the stores, late ones first: the chosen one beside what is known of it, and how to go on."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.i18n import _
from mshopper.model.corrective import Action, ActionStep, action_state_text, finding_text
from mshopper.ui.desk import Desk
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, column, empty_layout, frame, label, scrolling_page
from mshopper.ui.review.editor import Editor, Field
from mshopper.ui.review.words import ACTION_LOOKS, action_lines
from mshopper.ui.words import day, day_and_time

LIST_WIDTH = 460
_FILTERS = {"": ("open", "late", "reopened"), "late": ("late",), "done": ("done",), "all": ()}


class ActionsView(QWidget):
    """The list is read anew whenever it is shown."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._rows: list[Action] = []
        self._build()

    def _build(self) -> None:
        self.state = QComboBox()
        self.state.setAccessibleName(_("Which actions"))
        for name, words in (
            ("", _("To be mended, late first")),
            ("late", _("Late")),
            ("done", _("Mended")),
            ("all", _("All")),
        ):
            self.state.addItem(words, name)
        self.store = QComboBox()
        self.store.setAccessibleName(_("Store"))
        self.told = label("", "small", wrap=True)
        self.list = QListWidget()
        self.list.setProperty("role", "choose")
        self.list.setAccessibleName(_("Corrective actions"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side = QWidget()
        side.setFixedWidth(LIST_WIDTH)
        inside = QVBoxLayout(side)
        inside.setContentsMargins(24, 8, 12, 16)
        inside.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        row.addWidget(self.store, 1)
        inside.addLayout(row)
        inside.addWidget(self.told)
        inside.addWidget(self.list, 1)
        area, self._detail = scrolling_page(margin=16, gap=12)
        self.editor = Editor()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(area, 1)
        right.addWidget(self.editor)
        right.addWidget(self._foot())
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(side)
        outer.addLayout(right, 1)
        self.state.currentIndexChanged.connect(lambda _index: self.refresh())
        self.store.currentIndexChanged.connect(lambda _index: self.refresh())
        self.list.currentRowChanged.connect(self._choose)

    def _foot(self) -> QWidget:
        foot = frame("foot")
        inside = QHBoxLayout(foot)
        inside.setContentsMargins(24, 8, 24, 8)
        row = Flow(gap=8)
        inside.addWidget(row, 1)
        icons = self._desk.icons
        self.buttons: dict[str, QPushButton] = {
            "done": button(_("Mended…"), self.ask_done, "primary", icons.beside("circle-check", "on_accent")),
            "change": button(_("Change…"), self.ask_change, "", icons.beside("wrench")),
            "reopen": button(_("Open again…"), self.ask_reopen, "", icons.beside("refresh-cw")),
        }
        for made in self.buttons.values():
            row.add(made)
        return foot

    def begin(self) -> None:
        """Read the list and give the focus to what comes first."""
        self.refresh()
        (self.list if self._rows else self.state).setFocus()

    def refresh(self) -> None:
        """Read the list anew, and stay at the place in it."""
        self.editor.close_form()
        at, chosen = max(self.list.currentRow(), 0), self.store.currentData() or ""
        with self._desk.messages.telling():
            everything = ops.list_actions(self._desk.workspace)
            self._fill_stores(everything, chosen)
            today, states = self._desk.workspace.clock().date(), _FILTERS[self.state.currentData()]
            self._rows = [
                one
                for one in everything
                if (not chosen or one.first.store_id == chosen) and (not states or one.state(today) in states)
            ]
            self.list.blockSignals(True)
            self.list.clear()
            for one in self._rows:
                icon = self._desk.icons.icon(*ACTION_LOOKS[one.state(today)])
                self.list.addItem(QListWidgetItem(icon, action_lines(one, today)))
            self.list.blockSignals(False)
            late = sum(one.is_late(today) for one in everything)
            still = sum(not one.is_done for one in everything)
            self.told.setText(
                _("{still} open in all stores, {late} of them late.").format(still=still, late=late)
                if everything
                else _("No corrective actions yet. Open one beside an answer of a visit under “Visits to review”.")
            )
            if self._rows:
                self.list.setCurrentRow(min(at, len(self._rows) - 1))
            self._choose(self.list.currentRow())

    def _fill_stores(self, everything: list[Action], chosen: str) -> None:
        stores = {one.first.store_id: one.first.store_name or one.first.store_id for one in everything}
        self.store.blockSignals(True)
        self.store.clear()
        self.store.addItem(_("All stores"), "")
        for store_id, name in sorted(stores.items(), key=lambda one: one[1].casefold()):
            self.store.addItem(name, store_id)
        self.store.setCurrentIndex(max(0, self.store.findData(chosen)))
        self.store.blockSignals(False)

    @property
    def chosen(self) -> Action | None:
        """The action that is chosen."""
        row = self.list.currentRow()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _choose(self, _row: int) -> None:
        self.editor.close_form()
        empty_layout(self._detail)
        one, can = self.chosen, not self._desk.read_only
        self.buttons["done"].setEnabled(can and one is not None and not one.is_done)
        self.buttons["change"].setEnabled(can and one is not None)
        self.buttons["reopen"].setEnabled(can and one is not None and one.is_done)
        if one is None:
            self._detail.addWidget(label(_("Choose an action to see what is known of it."), "muted", wrap=True))
            self._detail.addStretch(1)
            return
        today = self._desk.workspace.clock().date()
        state = one.state(today)
        card = frame("card")
        inside = column(card, margin=16, gap=6)
        inside.addWidget(label(one.first.label or one.first.question_id, "heading", wrap=True))
        where = (one.first.store_name or one.first.store_id, finding_text(one.first.finding))
        inside.addWidget(label(" · ".join(where), "muted", wrap=True))
        inside.addWidget(label(action_state_text(state), ACTION_LOOKS[state][1].replace("accent", "")))
        due = day(one.last.due, today=today) if one.last.due else _("no date")
        for name, said in ((_("Who mends it"), one.last.owner), (_("Until when"), due), (_("To do"), one.wanted)):
            if said:
                inside.addWidget(label(f"{name}: {said}", wrap=True))
        self._detail.addWidget(card)
        self._detail.addWidget(label(_("What happened"), "heading"))
        for step in one.steps.standing:
            self._detail.addWidget(label(_step_words(step), wrap=True))
            if step.photo:
                self._detail.addWidget(self._photo(step.photo))
        if one.steps.conflicts:
            words = _("Somebody changed it at the same time, which doesn't stand. Change it again to end that.")
            self._detail.addWidget(label(words, "warn", wrap=True))
        self._detail.addStretch(1)

    def _photo(self, sha256: str) -> QWidget:
        picture = QPixmap()
        picture.loadFromData(ops.action_photo(self._desk.workspace, sha256))
        if picture.isNull():
            return label(_("The photo of it isn't on this computer."), "muted")
        shown = label()
        shown.setPixmap(picture.scaledToWidth(min(320, picture.width()), Qt.TransformationMode.SmoothTransformation))
        shown.setAccessibleName(_("Photo of what was done"))
        return shown

    # Going on

    def ask_done(self) -> None:
        """Ask what was done, then for a photo of it."""
        if (one := self.chosen) is None:
            return

        def keep(said: dict[str, str]) -> None:
            with self._desk.messages.telling():
                photo = ops.take_in(Path(said["photo"])) if said["photo"] else None
                ops.finish_action(self._desk.workspace, one.id, said["done"], photo)
                self._kept()

        fields = [Field("done", _("What was done"), "lines"), Field("photo", _("A photo of it"), "photo")]
        self.editor.ask(_("It is mended"), fields, _("Mended"), keep, self.list.setFocus)

    def ask_change(self) -> None:
        """Ask for another owner, day or words."""
        if (one := self.chosen) is None:
            return

        def keep(said: dict[str, str]) -> None:
            with self._desk.messages.telling():
                ops.change_action(self._desk.workspace, one.id, **said)
                self._kept()

        fields = [
            Field("owner", _("Who mends it"), "line", one.last.owner),
            Field("due", _("Until when"), "day", one.last.due),
            Field("note", _("What is to be done"), "lines", one.wanted),
        ]
        self.editor.ask(_("Change the action"), fields, _("Change"), keep, self.list.setFocus)

    def ask_reopen(self) -> None:
        """Ask why the action is open again."""
        if (one := self.chosen) is None:
            return

        def keep(said: dict[str, str]) -> None:
            with self._desk.messages.telling():
                ops.reopen_action(self._desk.workspace, one.id, said["reason"])
                self._kept()

        fields = [Field("reason", _("Why"), "lines")]
        self.editor.ask(_("Open the action again"), fields, _("Open again"), keep, self.list.setFocus)

    def _kept(self) -> None:
        self.editor.close_form()
        self.refresh()
        self._desk.messages.say(_("Kept; it goes with the next sync."), "good")
        self.list.setFocus()


def _step_words(step: ActionStep) -> str:
    what = {
        "open": _("Opened"),
        "change": _("Changed"),
        "done": _("Mended"),
        "reopen": _("Opened again"),
    }[step.step]
    said = " · ".join(part for part in (what, day_and_time(step.created), step.reporter) if part)
    note = step.note or (_("It was found again.") if step.step == "reopen" else "")
    return f"{said}\n{note}" if note else said
