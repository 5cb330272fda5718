"""What every screen is handed by the composition root: the workspace, the look, the background and a place to speak."""

from functools import cached_property
from typing import TYPE_CHECKING

from mshopper import operations as ops
from mshopper.ui.icons import Icons
from mshopper.ui.messages import MessageBar
from mshopper.ui.theme import Theme

if TYPE_CHECKING:
    from mshopper.operations.logs import Log
    from mshopper.ui.background import Background, Job
    from mshopper.ui.compare.choice import Choice
    from mshopper.ui.compare.tables import Tables
    from mshopper.ui.head_office.syncing import SyncOutcome


class Desk:
    """The parts that screens share.

    `sync_job` is a sync under way, which goes on while another screen is shown; `sync_outcome` is how the last one went.
    """

    def __init__(self, workspace: ops.Workspace, theme: Theme, icons: Icons, messages: MessageBar, log: "Log") -> None:
        self.workspace = workspace
        self.theme = theme
        self.icons = icons
        self.messages = messages
        self.log = log
        self.sync_job: Job | None = None
        self.compared: Choice | None = None
        """What was last chosen to be compared."""
        self.sync_outcome: SyncOutcome | None = None
        self._works = False
        self._compares = False

    @cached_property
    def background(self) -> "Background":
        """Where long work runs; what fails there without an ear of its own is said in `messages`."""
        from mshopper.ui.background import Background

        self._works = True
        return Background(self.messages.show_error)

    @cached_property
    def tables(self) -> "Tables":
        """The tables that are compared, opened when they are first asked."""
        from mshopper.ui.compare.tables import Tables

        self._compares = True
        return Tables(self.workspace, self.messages.show_error)

    @property
    def is_busy(self) -> bool:
        """Whether long work is under way."""
        return (self._works and self.background.is_busy) or (self._compares and self.tables.is_busy)

    def stop_work(self) -> None:
        """Cancel long work and wait for it, where there ever was any: before the store closes."""
        if self._works:
            self.background.stop()
        if self._compares:
            self.tables.stop()

    @property
    def settings(self) -> ops.Settings:
        """The settings as they stand."""
        return ops.settings(self.workspace)

    @property
    def read_only(self) -> bool:
        """Whether another process writes to this data folder, so that this one may only look."""
        return self.workspace.read_only
