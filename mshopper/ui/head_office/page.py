"""The head office: its folder, what goes and comes, one button, what happened, and what happened before."""

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.progress import Progress
from mshopper.ui.background import Job, ProgressStrip
from mshopper.ui.desk import Desk
from mshopper.ui.flow import Flow
from mshopper.ui.head_office.history import HistoryView, Problems
from mshopper.ui.head_office.server import AddressPanel, LoginPanel
from mshopper.ui.head_office.syncing import is_login_error, preview_sentence, start_sync, state_sentence
from mshopper.ui.layouts import button, column, empty_layout, frame, label, scrolling_page
from mshopper.ui.settings_page import choice_row

FOLLOW_MS = 1000
"""How soon a sync that began by itself is noticed here."""


class HeadOfficePage(QWidget):
    """A sync goes on when the page is left, and is found again on coming back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._followed: Job | None = None
        self._looking: Job | None = None
        self._looked: ops.SyncPreview | MshopperError | None = None
        self._folder = label("", wrap=True)
        self._state = label("", "heading", wrap=True)
        self._coming = label("", "muted", wrap=True)
        self._result = label("", wrap=True)
        icons = desk.icons
        self._choose = button(_("Choose the folder…"), self._ask, icon=icons.beside("folder-open"))
        self._server = button(_("A folder on a server…"), self._ask_address)
        self._sync = button(_("Sync"), self.sync, "primary", icons.beside("refresh-cw", "on_accent"))
        self._address, self._login = AddressPanel(self.choose_address), LoginPanel(self.connect_as)
        self._problems = QVBoxLayout()
        self.strip = ProgressStrip()
        self._history = HistoryView(desk.workspace, icons)
        self._build()
        self.refresh()
        self._look()
        timer = QTimer(self)
        timer.timeout.connect(self._follow_what_runs)
        timer.start(FOLLOW_MS)
        self._follow_what_runs()

    def _build(self) -> None:
        area, layout = scrolling_page()
        column(self).addWidget(area)
        layout.addWidget(label(_("Head office"), "title"))
        card = frame("card")
        inside = column(card, margin=24, gap=12)
        for words in (self._folder, self._state, self._coming):
            inside.addWidget(words)
        tools = Flow()
        for tool in (self._sync, self._choose, self._server):
            tools.add(tool)
        for widget in (tools, self._address, self._login, self.strip, self._result):
            inside.addWidget(widget)
        inside.addLayout(self._problems)
        by_itself = choice_row(
            inside,
            _("Sync by itself when the folder is there"),
            {"": _("No"), "auto": _("Yes")},
            "auto" if self._desk.settings.auto_sync else "",
            lambda value: self._keep(auto_sync=value == "auto"),
            not self._desk.read_only,
        )
        by_itself.setToolTip(_("A stick that is plugged in, a network that comes back: never while you are typing."))
        layout.addWidget(card)
        layout.addWidget(label(_("Syncs so far"), "heading"))
        layout.addWidget(self._history)
        layout.addStretch(1)
        self._address.hide()
        self._login.hide()

    def begin(self) -> None:
        """Give the focus to what comes first."""
        (self._sync if self._sync.isEnabled() else self._choose).setFocus()

    def refresh(self) -> None:
        """Show how things stand."""
        desk, folder = self._desk, self._desk.settings.head_office
        self._sync.setEnabled(bool(folder) and not desk.read_only and desk.sync_job is None)
        for tool in (self._choose, self._server):
            tool.setEnabled(not desk.read_only and desk.sync_job is None)
        self._folder.setText(folder or _("No folder chosen yet"))
        if not folder:
            self._state.setText(
                _("Choose the folder that head office shares: a network folder, a synced folder or a USB stick.")
            )
        else:
            try:
                self._state.setText(state_sentence(ops.sync_state(desk.workspace)))
            except MshopperError as error:
                self._state.setText(str(error))
        self._show_outcome()
        self._show_coming()
        self._history.refresh()

    # The folder

    def _ask(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self, _("Choose the head-office folder"), self._desk.settings.head_office
        )
        if name:
            self.choose(Path(name))

    def _ask_address(self) -> None:
        self._address.setVisible(self._address.isHidden())
        if not self._address.isHidden():
            self._address.address.setFocus()

    def choose_address(self, text: str) -> None:
        """Use the folder at an address from now on; a password in it is kept apart."""
        with self._desk.messages.telling():
            place = ops.place_of(self._desk.workspace, text.strip())
            if isinstance(place, Path):
                raise MshopperError(
                    _("That is no address of a server: it begins with webdavs://, sftp://, smb:// or s3://.")
                )
            self._use(ops.place_name(place))

    def choose(self, folder: Path) -> None:
        """Use `folder` from now on."""
        with self._desk.messages.telling():
            self._use(str(folder))

    def _use(self, place: str) -> None:
        self._keep(head_office=place)
        self._desk.sync_outcome = None
        self._address.hide()
        self._login.hide()
        self.refresh()
        self._look()

    def _keep(self, **changes: object) -> None:
        with self._desk.messages.telling():
            ops.change_settings(self._desk.workspace, **changes)

    def connect_as(self, user: str, password: str) -> None:
        """Remember that login of the server, and sync."""
        from mshopper.exchange.address import Address, Login

        self._login.hide()
        with self._desk.messages.telling():
            place = ops.place_of(self._desk.workspace, self._desk.settings.head_office)
            if isinstance(place, Address):
                ops.remember_login(self._desk.workspace, place, Login(user, password))
            self.sync()

    # What would come

    def _look(self) -> None:
        """See in the background what a sync would bring."""
        self._looked = None
        workspace, text = self._desk.workspace, self._desk.settings.head_office
        if not text or self._desk.read_only or self._desk.sync_job is not None:
            self._show_coming()
            return

        def work(progress: Progress) -> ops.SyncPreview:
            with workspace.writer() as own:
                return ops.look(own, ops.place_of(own, text), progress)

        def keep(found: "ops.SyncPreview") -> None:
            self._looked = found

        def failed(error: BaseException) -> None:
            if not isinstance(error, MshopperError):
                self._desk.messages.show_error(error)
            else:
                self._looked = error

        self._looking = self._desk.background.run(work, keep, failed)
        self._looking.ended.connect(self._has_looked)
        self._show_coming()

    def _has_looked(self) -> None:
        self._looking = None
        self.refresh()
        if isinstance(self._looked, MshopperError) and is_login_error(self._looked):
            self._login.show()

    def _show_coming(self) -> None:
        found = self._looked
        if isinstance(found, MshopperError):
            self._coming.setText(str(found))
        elif found is not None:
            self._coming.setText(preview_sentence(found))
        else:
            self._coming.setText(_("Looking at what is there…") if self._looking is not None else "")
        self._coming.setVisible(bool(self._coming.text()))

    # The sync

    def sync(self) -> None:
        """Publish and take, in the background."""
        if self._desk.sync_job is None:
            if self._looking is not None:
                self._looking.cancel()
            self._desk.sync_outcome = None
            start_sync(self._desk)
            self._follow_what_runs()

    def _follow_what_runs(self) -> None:
        job = self._desk.sync_job
        if job is None or job is self._followed:
            return
        self._followed = job
        self._looked = None
        job.ended.connect(self._ended)
        self.strip.follow(job, _("Syncing with the head office"))
        self.refresh()

    def _ended(self) -> None:
        outcome = self._desk.sync_outcome
        self._login.setVisible(outcome is not None and outcome.needs_login)
        self.refresh()

    def _show_outcome(self) -> None:
        outcome = self._desk.sync_outcome
        empty_layout(self._problems)
        said = [outcome.sentence, *outcome.result.changes()] if outcome and outcome.result else []
        self._result.setText("\n".join(said))
        self._result.setVisible(bool(said))
        if outcome and outcome.problems:
            self._problems.addWidget(Problems(outcome.problems, self._desk.icons))
