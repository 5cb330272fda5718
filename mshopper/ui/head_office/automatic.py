"""Syncing by itself, where the user wants it: when the folder appears, and while it is there when there is something to send.

Whether it is there is asked every few seconds in a thread of its own, which a network that hangs may hold up for as long as it
likes. Nothing begins while a visit is being typed into. What was done is said once, and so is why it can't be.
"""

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.ui.desk import Desk
from mshopper.ui.head_office.syncing import SyncOutcome, start_sync

CHECK_MS = 5_000
REMOTE_SECONDS = 60.0
LONGEST_SECONDS = 60.0
"""How rarely a folder that stays away is looked for."""
RETRY_SECONDS = 30.0
LONGEST_RETRY_SECONDS = 1_800.0
AGAIN_SECONDS = 900.0
"""After so long a folder that stays there is synced with again, for what came meanwhile."""

Clock = Callable[[], float]


class Probe:
    """Asks in a thread whether a folder is there; `answer` is None until it is known."""

    def __init__(self, place: "ops.Place") -> None:
        self.answer: bool | None = None
        threading.Thread(target=self._ask, args=(place,), daemon=True).start()

    def _ask(self, place: "ops.Place") -> None:
        try:
            self.answer = ops.is_reachable(place)
        except OSError:
            self.answer = False


class AutoSync(QObject):
    """Begins a sync when it is time; `screen` gives the screen that is shown."""

    def __init__(
        self,
        desk: Desk,
        screen: Callable[[], QWidget | None],
        window: QWidget,
        *,
        clock: Clock = time.monotonic,
        probe: "Callable[[ops.Place], Probe]" = Probe,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk, self._screen, self._clock, self._make_probe = desk, screen, clock, probe
        self._probe: Probe | None = None
        self._place = ""
        self._was_there = False
        self._absent = 0
        self._failures = 0
        self._check_at = self._try_at = 0.0
        self._done_at: float | None = None
        self._said = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.check)
        self._timer.start(CHECK_MS)

    def stop(self) -> None:
        """Begin nothing any more."""
        self._timer.stop()

    def check(self) -> None:
        """See whether it is time."""
        if not self._window.isVisible():
            return  # it was closed, and its data folder with it
        settings = self._desk.settings
        if not settings.auto_sync or not settings.head_office or self._desk.read_only:
            return
        if settings.head_office != self._place:
            self._place, self._probe, self._was_there, self._done_at, self._said = (
                settings.head_office,
                None,
                False,
                None,
                "",
            )
            self._absent = self._failures = 0
            self._check_at = self._try_at = 0.0
        if self._probe is None:
            if self._clock() >= self._check_at:
                try:
                    self._probe = self._make_probe(ops.place_of(self._desk.workspace, self._place))
                except MshopperError:
                    self._check_at = self._clock() + LONGEST_SECONDS
            return
        if (is_there := self._probe.answer) is not None:
            self._probe = None
            self._found(is_there)

    def _found(self, is_there: bool) -> None:
        now = self._clock()
        if not is_there:
            self._was_there, self._try_at, self._failures = False, 0.0, 0
            self._absent += 1
            self._check_at = now + min(CHECK_MS / 1000 * 2 ** min(self._absent, 10), LONGEST_SECONDS)
            return
        self._absent = 0
        self._check_at = now + (REMOTE_SECONDS if "://" in self._place and self._was_there else 0.0)
        if now < self._try_at or self._desk.sync_job is not None or self._is_typing() or not self._is_time(now):
            return
        self._was_there = True
        start_sync(self._desk, automatic=True, told=self._tell)

    def _is_time(self, now: float) -> bool:
        if not self._was_there or self._done_at is None or now - self._done_at >= AGAIN_SECONDS:
            return True
        try:
            state = ops.sync_state(self._desk.workspace)
        except MshopperError:
            return False
        return bool(state.to_publish or state.reviews)

    def _is_typing(self) -> bool:
        from mshopper.ui.filling.session import TYPING

        session = getattr(self._screen(), "session", None)
        return session is not None and getattr(session, "state", "") == TYPING

    def _tell(self, outcome: SyncOutcome) -> None:
        now = self._clock()
        if outcome.result is None:
            self._try_at = now + min(RETRY_SECONDS * 2 ** min(self._failures, 10), LONGEST_RETRY_SECONDS)
            self._failures += 1
        else:
            self._failures, self._try_at, self._done_at = 0, 0.0, now
        problems = " ".join(outcome.problems)
        if problems and problems != self._said:
            self._desk.messages.say(f"{outcome.sentence} {problems}" if outcome.result else problems, "warn")
        elif outcome.did_something:
            self._desk.messages.say(outcome.sentence, "good")
        self._said = problems
