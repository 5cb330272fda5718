"""Starting the window, and how errors reach the user; knows no command, so that the app starts fast."""

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.progress import Cancelled

STOPPED = 130
"""The exit code of a program that was interrupted."""


def start_app(
    data: Path | None, *, demo: bool = False, quit_after_ms: int | None = None, files: tuple[Path, ...] = ()
) -> int:
    """Open the window, on `files` where the person opened some. Raises MshopperError where there is no display."""
    if not has_display():
        raise MshopperError(_("There is no display for the window: see “mshopper --help” for what works without one."))
    gc.disable()  # nothing that is imported becomes garbage; looking for it would take 8% of the start
    from mshopper.app import run_app

    return run_app(data, demo=demo, quit_after_ms=quit_after_ms, files=files)


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def guarded(action: Callable[[], int]) -> int:
    """The exit code of `action`; whatever it raises becomes a sentence on stderr."""
    try:
        return action()
    except (Cancelled, KeyboardInterrupt):
        return STOPPED
    except MshopperError as error:
        return _say(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        about = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
        return _say(_("The system refused it ({reason}): check the folder and the free space.").format(reason=about))
    except Exception as error:
        if os.environ.get("MSHOPPER_DEBUG"):
            raise
        _log(error)
        sentence = _("Something went wrong inside mshopper ({kind}); what was saved before is safe. Please report it.")
        return _say(sentence.format(kind=type(error).__name__))


def _log(error: Exception) -> None:
    """Keep the error, without what it says, in the log of the data folder, where that is there."""
    from mshopper import paths
    from mshopper.operations.logs import Log

    folder = paths.default_data_folder()
    if folder.is_dir():
        Log(folder).error(error)


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
