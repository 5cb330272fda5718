"""A sync in the background, begun by the button or by itself; it goes on while another screen is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, ngettext
from mshopper.progress import Progress
from mshopper.ui.background import Job
from mshopper.ui.desk import Desk
from mshopper.ui.words import day_and_time

SHOWN_NAMES = 5
"""So many names are shown in a sentence, then how many more there are."""


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """How the last sync of this session went: its result, or why it failed."""

    result: "ops.SyncResult | None"
    problems: tuple[str, ...] = ()
    needs_login: bool = False

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        return self.result.sentence() if self.result else " ".join(self.problems)

    @property
    def did_something(self) -> bool:
        """Whether anything went or came."""
        one = self.result
        return one is not None and bool(one.published or one.reviews or one.evidence or one.changes())


def start_sync(desk: Desk, *, automatic: bool = False, told: Callable[[SyncOutcome], None] | None = None) -> Job:
    """Sync with the chosen folder in the background; how it went is in `desk.sync_outcome`, and goes to `told`."""
    workspace = desk.workspace

    def work(progress: Progress) -> ops.SyncResult:
        with workspace.writer() as own:
            place = ops.place_of(own, ops.settings(own).head_office)
            return ops.sync(own, place, progress, automatic=automatic)

    def tell(outcome: SyncOutcome) -> None:
        desk.sync_outcome = outcome
        if told is not None:
            told(outcome)

    def failed(error: BaseException) -> None:
        if isinstance(error, MshopperError):
            tell(SyncOutcome(None, (str(error),), is_login_error(error)))
        else:
            desk.messages.show_error(error)

    def ended() -> None:
        desk.sync_job = None

    job = desk.background.run(work, lambda result: tell(SyncOutcome(result, result.problems)), failed)
    desk.sync_job = job
    job.ended.connect(ended)
    return job


def is_login_error(error: BaseException) -> bool:
    """Whether another name or password may help."""
    from mshopper.exchange.remote import LoginError

    return isinstance(error, LoginError)


def state_sentence(state: "ops.SyncState") -> str:
    """How things stand: "3 visits to send, last sync 20 Nov 2026 18:40"."""
    parts = going_parts(state.to_publish, state.reviews) or [_("Everything is sent")]
    last = day_and_time(state.last_sync)
    parts.append(_("last sync {when}").format(when=last) if last else _("never synced yet"))
    return ", ".join(parts) + "."


def going_parts(visits: int, reviews: int) -> list[str]:
    """What is to be sent, in words."""
    parts = [ngettext("{n} visit to send", "{n} visits to send", visits).format(n=visits)] if visits else []
    if reviews:
        said = ngettext("{n} decision or action to send", "{n} decisions and actions to send", reviews)
        parts.append(said.format(n=reviews))
    return parts


def preview_sentence(preview: "ops.SyncPreview") -> str:
    """What a sync would bring: "To take: 1 new form (shop.yaml), 12 stores."."""
    coming, parts = preview.coming, []
    if coming.forms:
        names = ", ".join(coming.forms[:SHOWN_NAMES]) + (", …" if len(coming.forms) > SHOWN_NAMES else "")
        said = ngettext("{n} new form ({names})", "{n} new forms ({names})", len(coming.forms))
        parts.append(said.format(n=len(coming.forms), names=names))
    if coming.stores:
        said = ngettext("{n} store, new or changed", "{n} stores, new or changed", coming.stores)
        parts.append(said.format(n=coming.stores))
    if coming.plan:
        said = ngettext("{n} change of the plan", "{n} changes of the plan", coming.plan)
        parts.append(said.format(n=coming.plan))
    if preview.decisions:
        said = ngettext("{n} decision or action of others", "{n} decisions and actions of others", preview.decisions)
        parts.append(said.format(n=preview.decisions))
    return _("To take: {things}.").format(things=", ".join(parts)) if parts else _("Nothing new to take.")
