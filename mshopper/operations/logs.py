"""The log of a data folder, and the report of an unexpected error that a person may read and send.

Neither knows anything personal: of an error they keep its kind and the places in the program that it went through, never its
message, since that may hold an answer, a name or a path.
"""

import datetime as dt
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from mshopper import __version__

FILE_NAME = "mshopper.log"
BYTES = 500_000
"""The log is begun anew beyond this size; the one before is kept as mshopper.log.1."""

_LAST_LINES = 60
_MOST_FRAMES = 40


class Log:
    """The rotating log in a data folder; the file is opened for each line, so that nothing of it is held."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.last: tuple[str, ...] = ()
        """The last error, described."""

    def error(self, error: BaseException) -> None:
        """Keep an unexpected error, without what it says."""
        self.last = tuple(described(error))
        self._write("unexpected error", *self.last)

    def note(self, event: str) -> None:
        """Keep that something happened; `event` is words of ours, never of the data."""
        self._write(event)

    def lines(self) -> list[str]:
        """The last lines of the log."""
        try:
            text = (self._folder / FILE_NAME).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        return text.splitlines()[-_LAST_LINES:]

    def report(self) -> str:
        """What somebody who is to mend an error needs: version, system, the last error, the last lines of the log."""
        head = [f"mshopper {__version__}", *_system(), ""]
        return "\n".join([*head, "Last error:", *(self.last or ("none",)), "", "Log:", *self.lines()]) + "\n"

    def _write(self, *lines: str) -> None:
        at = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        file = self._folder / FILE_NAME
        try:
            if file.exists() and file.stat().st_size > BYTES:
                file.replace(file.with_name(f"{FILE_NAME}.1"))
            with file.open("a", encoding="utf-8", errors="replace") as stream:
                stream.write(f"{at} " + "\n  ".join(lines) + "\n")
        except OSError:
            return  # a folder that can't be written has no log


def described(error: BaseException) -> Iterator[str]:
    """An error and what it came from: kinds, and the places of the program; a line each, without any value."""
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield f"{type(now).__module__}.{type(now).__qualname__}{_code(now)}"
        yield from _frames(now.__traceback__)
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
        if now is not None:
            yield "which came of"


def _code(error: BaseException) -> str:
    """The number that the system or SQLite gave the error."""
    code = getattr(error, "sqlite_errorcode", None) or (error.errno if isinstance(error, OSError) else None)
    return f" ({int(code)})" if isinstance(code, int) else ""


def _frames(trace: TracebackType | None) -> Iterator[str]:
    frames = [
        (module_of(frame.f_globals.get("__name__")), frame.f_code.co_qualname, line)
        for frame, line in traceback.walk_tb(trace)
    ]
    for module, function, line in frames[-_MOST_FRAMES:]:
        yield f"  {module}:{line} in {function}"


def module_of(name: object) -> str:
    """A module's name as it is shown: it says nothing of where the program is installed."""
    return name if isinstance(name, str) else "?"


def _system() -> Iterator[str]:
    import platform

    yield f"{platform.system()} {platform.release()} {platform.machine()}"
    yield f"Python {platform.python_version()}{', built' if getattr(sys, 'frozen', False) else ''}"
