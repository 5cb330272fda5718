"""The head office: its folder, how things stand in a sentence, one button, what happened."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, ngettext
from mshopper.progress import Progress
from mshopper.ui.background import Job, ProgressStrip
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import button, column, empty_layout, frame, label, scrolling_page
from mshopper.ui.words import day_and_time


class HeadOfficePage(QWidget):
    """A sync goes on when the page is left, and is found again on coming back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._folder = label("", wrap=True)
        self._state = label("", "heading", wrap=True)
        self._result = label("", wrap=True)
        self._choose = button(_("Choose the folder…"), self._ask, icon=desk.icons.beside("folder-open"))
        self._sync = button(_("Sync"), self.sync, "primary", desk.icons.beside("refresh-cw", "on_accent"))
        self.strip = ProgressStrip()
        self._history = QVBoxLayout()
        self._build()
        self.refresh()
        if desk.sync_job is not None:
            self._follow(desk.sync_job)

    def _build(self) -> None:
        area, layout = scrolling_page()
        column(self).addWidget(area)
        layout.addWidget(label(_("Head office"), "title"))
        card = frame("card")
        inside = column(card, margin=24, gap=12)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._folder, 1)
        row.addWidget(self._choose)
        inside.addLayout(row)
        inside.addWidget(self._state)
        buttons = QHBoxLayout()
        buttons.addWidget(self._sync)
        buttons.addStretch(1)
        inside.addLayout(buttons)
        inside.addWidget(self.strip)
        inside.addWidget(self._result)
        layout.addWidget(card)
        layout.addWidget(label(_("In this session"), "heading"))
        layout.addLayout(self._history)
        layout.addStretch(1)

    def begin(self) -> None:
        """Give the focus to what comes first."""
        (self._sync if self._sync.isEnabled() else self._choose).setFocus()

    def refresh(self) -> None:
        """Show how things stand."""
        folder = self._desk.settings.head_office
        can = bool(folder) and not self._desk.read_only
        self._sync.setEnabled(can)
        self._choose.setEnabled(not self._desk.read_only)
        self._folder.setText(folder or _("No folder chosen yet"))
        if not folder:
            self._state.setText(
                _("Choose the folder that head office shares: a network folder, a synced folder or a USB stick.")
            )
        else:
            try:
                self._state.setText(state_sentence(ops.sync_state(self._desk.workspace)))
            except MshopperError as error:
                self._state.setText(str(error))
        self._result.setVisible(bool(self._result.text()))
        self._show_history()

    def _ask(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self, _("Choose the head-office folder"), self._desk.settings.head_office
        )
        if name:
            self.choose(Path(name))

    def choose(self, folder: Path) -> None:
        """Use `folder` from now on."""
        with self._desk.messages.telling():
            ops.change_settings(self._desk.workspace, head_office=str(folder))
        self._result.setText("")
        self.refresh()

    def sync(self) -> None:
        """Publish and take, in the background."""
        if self._desk.sync_job is None:
            self._follow(start_sync(self._desk, Path(self._desk.settings.head_office)))

    def _follow(self, job: Job) -> None:
        self._sync.setEnabled(False)
        job.ended.connect(self._ended)
        self.strip.follow(job, _("Syncing with the head office"))

    def _ended(self) -> None:
        self._result.setText(self._desk.events[0] if self._desk.events else "")
        self.refresh()

    def _show_history(self) -> None:
        empty_layout(self._history)
        for event in self._desk.events:
            self._history.addWidget(label(event, "muted", wrap=True))
        if not self._desk.events:
            self._history.addWidget(label(_("Nothing synced yet since the window was opened."), "muted"))


def start_sync(desk: Desk, folder: Path) -> Job:
    """Sync in the background; what happened, or why not, is told to `desk.events`."""
    workspace = desk.workspace

    def work(progress: Progress) -> ops.SyncResult:
        with workspace.writer() as own:
            return ops.sync(own, folder, progress)

    def tell(words: str) -> None:
        desk.events.insert(0, f"{workspace.clock().strftime('%H:%M')}   {words}")

    def failed(error: BaseException) -> None:
        if isinstance(error, MshopperError):
            tell(str(error))
        else:
            desk.messages.show_error(error)

    def ended() -> None:
        desk.sync_job = None

    job = desk.background.run(
        work, lambda result: tell("\n".join([result.sentence(), *result.changes(), *result.problems])), failed
    )
    desk.sync_job = job
    job.ended.connect(ended)
    return job


def state_sentence(state: "ops.SyncState") -> str:
    """How things stand: "3 visits to send, last sync 20 Nov 2026 18:40"."""
    waiting = state.to_publish
    parts = [ngettext("{n} visit to send", "{n} visits to send", waiting).format(n=waiting)] if waiting else []
    if state.reviews:
        said = ngettext("{n} decision or action to send", "{n} decisions and actions to send", state.reviews)
        parts.append(said.format(n=state.reviews))
    if not parts:
        parts = [_("Everything is sent")]
    last = day_and_time(state.last_sync)
    parts.append(_("last sync {when}").format(when=last) if last else _("never synced yet"))
    return ", ".join(parts) + "."
