"""What every screen is handed by the composition root: the workspace, the look, the background and a place to speak."""

from dataclasses import dataclass, field

from mshopper import operations as ops
from mshopper.ui.background import Background, Job
from mshopper.ui.icons import Icons
from mshopper.ui.messages import MessageBar
from mshopper.ui.theme import Theme


@dataclass
class Desk:
    """The parts that screens share.

    `events` are the sentences of this session at the head office, the newest first; `sync_job` is a sync under way, which
    goes on while another screen is shown.
    """

    workspace: ops.Workspace
    theme: Theme
    icons: Icons
    background: Background
    messages: MessageBar
    events: list[str] = field(default_factory=list)
    sync_job: Job | None = None

    @property
    def settings(self) -> ops.Settings:
        """The settings as they stand."""
        return ops.settings(self.workspace)

    @property
    def read_only(self) -> bool:
        """Whether another process writes to this data folder, so that this one may only look."""
        return self.workspace.read_only
