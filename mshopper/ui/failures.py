"""Whatever goes wrong unexpectedly, wherever: logged without values, said in a sentence, with a report to read.

Python's and its threads' hooks and Qt's own messages lead here while the window runs.
"""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

if TYPE_CHECKING:
    from mshopper.operations.logs import Log
    from mshopper.ui.messages import MessageBar

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]

_QT_NAME = re.compile(r"Q\w+(::\w+)*(?=[(:])")
"""Where in Qt a message comes from; the rest of it may hold a path or a text."""


def error_hook(messages: "MessageBar") -> Hook:
    """What `sys.excepthook` is while the window runs."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        messages.show_error(error)

    return hook


class _FromThreads(QObject):
    """Carries an error of any thread to the one of the window."""

    raised = Signal(object)


@contextmanager
def watched(messages: "MessageBar", log: "Log") -> Iterator[None]:
    """A block in which nothing that goes wrong ends the program or stays unsaid."""
    carrier = _FromThreads()
    carrier.raised.connect(messages.show_error)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            carrier.raised.emit(args.exc_value)

    former, former_thread = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = error_hook(messages), in_thread
    former_qt = qInstallMessageHandler(lambda kind, context, text: log_qt(log, kind, context, text))
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = former, former_thread
        qInstallMessageHandler(former_qt)


def log_qt(log: "Log", kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Keep that Qt complained, and about what part of itself."""
    if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
        return
    name = _QT_NAME.match(text)
    log.note(f"Qt {kind.name} {context.category or ''} {name.group() if name else ''}".rstrip())
