"""How long work tells what it has done and learns that it should stop; knows no Qt and no terminal."""

from collections.abc import Callable


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """The user stopped the work; nothing is said about it."""


class Progress:
    """Steps done of a total, told to a listener.

    `listener(done, total, what)` is called after each step; `is_cancelled()` is asked at each step, and when it says so
    `advance` raises `Cancelled`. Both are optional: `Progress()` is silent and never cancelled.
    """

    def __init__(
        self,
        listener: Callable[[int, int, str], None] | None = None,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._listener = listener
        self._is_cancelled = is_cancelled
        self.done = 0
        self.total = 0

    def expect(self, steps: int) -> None:
        """Add `steps` to the total."""
        self.total += steps

    def advance(self, what: str = "", steps: int = 1) -> None:
        """Count `steps` as done, `what` being worked on. Raises Cancelled where the user asked to stop."""
        if self._is_cancelled is not None and self._is_cancelled():
            raise Cancelled
        self.done += steps
        if self._listener is not None:
            self._listener(self.done, max(self.total, self.done), what)
