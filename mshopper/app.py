"""The composition root of the desktop app: opens the workspace, makes the parts, wires them together, runs the loop."""

import contextlib
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from mshopper import operations as ops
from mshopper import paths
from mshopper.errors import DamagedStoreError, MshopperError
from mshopper.i18n import system_language, use_language
from mshopper.ui.afterwards import Afterwards
from mshopper.ui.desk import Desk
from mshopper.ui.icons import Icons
from mshopper.ui.main_window import MainWindow
from mshopper.ui.messages import MessageBar
from mshopper.ui.theme import Theme

LOG_BYTES = 500_000

AFTER_MS = 300
"""How long after the first screen the rest of the start follows, out of the way of the first keys."""

BACKUP_AFTER_MS = 5_000
"""How long after that today's copy of the data is begun."""

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def run_app(
    workspace_folder: Path | None,
    *,
    demo: bool = False,
    quit_after_ms: int | None = None,
    files: tuple[Path, ...] = (),
) -> int:
    """Open the window on a data folder (the user's own without one; the demo's with `demo`) until it is closed.

    `files` are opened in it first (forms, exported visits).

    `quit_after_ms` closes it so long after it first takes input (for tests and benchmarks). Returns the exit code.
    Raises MshopperError where the data folder can't be used.
    """
    app = _application()
    after: Afterwards | None = Afterwards(
        workspace_folder or (paths.demo_data_folder() if demo else paths.default_data_folder())
    )
    code = 0
    while after is not None:
        code, after = _run_on(app, after, quit_after_ms, files)
        files = ()
    return code


def _run_on(
    app: QApplication, now: Afterwards, quit_after_ms: int | None, files: tuple[Path, ...]
) -> tuple[int, Afterwards | None]:
    """Run the window on a data folder until it is closed. Returns the exit code, and what to go on with."""
    said, kind = now.prepare()
    try:
        workspace = ops.open_workspace(now.folder)
    except DamagedStoreError as error:
        return _rescue(app, now.folder, error)
    try:
        window, desk = build(app, workspace)
        sys.excepthook = _hook(desk.messages)
        window.ready.connect(_collect_garbage)
        window.ready.connect(lambda: QTimer.singleShot(AFTER_MS, window, lambda: _finish_start(window, desk)))
        window.show()
        window.begin()
        if files:
            window.open_files(list(files))
        if said:
            desk.messages.say(said, kind)
        if quit_after_ms is not None:
            wait = quit_after_ms
            window.ready.connect(lambda: QTimer.singleShot(wait, window.close))
        code = app.exec()
        if workspace.store.has_deleted:
            with contextlib.suppress(MshopperError):  # what can't be removed now is at the next start
                ops.forget_deleted(workspace)
        return code, window.afterwards
    finally:
        sys.excepthook = sys.__excepthook__
        workspace.close()


def _rescue(app: QApplication, folder: Path, error: DamagedStoreError) -> tuple[int, Afterwards | None]:
    """Offer the ways out of a damaged data file. Returns what to go on with; None where the person left it."""
    from mshopper.ui.rescue import rescue

    Theme(app)
    said = rescue(app, folder, error)
    return (1, None) if said is None else (0, Afterwards(folder, lambda: said))


def build(app: QApplication, workspace: ops.Workspace) -> tuple[MainWindow, Desk]:
    """The window on an open workspace, and the parts that its screens share."""
    settings = ops.settings(workspace)
    use_language(settings.language or system_language())
    theme = Theme(app, settings.theme or "system", settings.text_scale)
    icons = Icons(theme, app.devicePixelRatio())
    messages = MessageBar(icons, log_to(workspace.folder))
    desk = Desk(workspace, theme, icons, messages)
    return MainWindow(desk), desk


def log_to(folder: Path) -> Callable[[BaseException], None]:
    """What keeps an error with its traceback in `mshopper.log` of the data folder; it opens the file at the first."""

    def log(error: BaseException) -> None:
        import logging
        from logging.handlers import RotatingFileHandler

        try:
            handler = RotatingFileHandler(folder / "mshopper.log", maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
        except OSError:
            return  # a folder that can't be written has no log
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        record = logging.LogRecord(paths.APP, logging.ERROR, __file__, 0, "unexpected", None, None)
        record.exc_info = (type(error), error, error.__traceback__)
        handler.emit(record)
        handler.close()

    return log


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    app = QApplication(
        [*sys.argv[:1], "-style", "Fusion"]
    )  # the style sheet is made for it; naming it here is quickest
    app.setApplicationName(paths.APP)
    app.setDesktopFileName(paths.APP)
    return app


def _collect_garbage() -> None:
    """From here on; what the start has made stays and is never looked through."""
    gc.freeze()
    gc.enable()


def _finish_start(window: MainWindow, desk: Desk) -> None:
    """What the first screen does without: Qt's own words, the window's icon, and today's backup."""
    from mshopper.ui.backups_page import keep_daily_backup
    from mshopper.ui.qt_language import speak_qt

    speak_qt()
    window.show_icon()
    QTimer.singleShot(BACKUP_AFTER_MS, window, lambda: keep_daily_backup(desk))


def _hook(messages: MessageBar) -> Hook:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        messages.show_error(error)

    return hook
