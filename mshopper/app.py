"""The composition root of the desktop app: opens the workspace, makes the parts, wires them together, runs the loop."""

import contextlib
import gc
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from mshopper import operations as ops
from mshopper import paths
from mshopper.errors import DamagedStoreError, LockedStoreError, MshopperError
from mshopper.i18n import system_language, use_language
from mshopper.ui.afterwards import Afterwards
from mshopper.ui.desk import Desk
from mshopper.ui.icons import Icons
from mshopper.ui.main_window import MainWindow
from mshopper.ui.messages import MessageBar
from mshopper.ui.theme import Theme

AFTER_MS = 300
"""How long after the first screen the rest of the start follows, out of the way of the first keys."""

BACKUP_AFTER_MS = 5_000
"""How long after that today's copy of the data is begun."""


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
        workspace_folder or (paths.demo_data_folder() if demo else paths.default_data_folder()), files=files
    )
    code = 0
    while after is not None:
        code, after = _run_on(app, after, quit_after_ms)
    return code


def _run_on(app: QApplication, now: Afterwards, quit_after_ms: int | None) -> tuple[int, Afterwards | None]:
    """Run the window on a data folder until it is closed. Returns the exit code, and what to go on with."""
    from mshopper.ui.failures import watched

    said, kind = _prepared(app, now)
    try:
        workspace = _opened(now)
    except LockedStoreError:
        return _unlock(app, now, said, kind)
    except DamagedStoreError as error:
        return _rescue(app, now, error)
    with workspace:
        window, desk = build(app, workspace)
        with watched(desk.messages, desk.log):
            return _shown(app, window, desk, said, kind, now.files, quit_after_ms)


def _shown(
    app: QApplication,
    window: MainWindow,
    desk: Desk,
    said: str,
    kind: str,
    files: tuple[Path, ...],
    quit_after_ms: int | None,
) -> tuple[int, Afterwards | None]:
    """Run the window until it is closed."""
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
    if desk.workspace.store.has_deleted:
        with contextlib.suppress(MshopperError):  # what can't be removed now is at the next start
            ops.forget_deleted(desk.workspace)
    return code, window.afterwards


def _prepared(app: QApplication, now: Afterwards) -> tuple[str, str]:
    """Do what comes first. Returns the sentence on it, and its kind."""
    if now.has_nothing_first:
        return "", now.kind
    from mshopper.ui.waiting import prepared

    return prepared(app, now)


def _opened(now: Afterwards) -> ops.Workspace:
    """The data folder, open; with the key that the system's keyring has, where it isn't to be asked for."""
    try:
        return ops.open_workspace(now.folder, key=now.key)
    except LockedStoreError:
        key = None if now.locked else ops.remembered_key(now.folder)
        if key is None:
            raise
    return ops.open_workspace(now.folder, key=key)


def _unlock(app: QApplication, now: Afterwards, said: str, kind: str) -> tuple[int, Afterwards | None]:
    """Ask for the passphrase. Returns what to go on with; None where the person left it."""
    from mshopper.ui.unlock import ask_to_unlock

    Theme(app)
    key = ask_to_unlock(app, now.folder, said)
    return (0, None) if key is None else (0, Afterwards(now.folder, lambda: said, key, kind, files=now.files))


def _rescue(app: QApplication, now: Afterwards, error: DamagedStoreError) -> tuple[int, Afterwards | None]:
    """Offer the ways out of a damaged data file. Returns what to go on with; None where the person left it."""
    from mshopper.ui.rescue import rescue

    Theme(app)
    key = now.key or ops.remembered_key(now.folder)
    said = rescue(app, now.folder, error, key)
    return (1, None) if said is None else (0, Afterwards(now.folder, lambda: said, key))


def build(app: QApplication, workspace: ops.Workspace) -> tuple[MainWindow, Desk]:
    """The window on an open workspace, and the parts that its screens share."""
    settings = ops.settings(workspace)
    use_language(settings.language or system_language())
    theme = Theme(app, settings.theme or "system", settings.text_scale)
    icons = Icons(theme, app.devicePixelRatio())
    log = ops.Log(workspace.folder)
    messages = MessageBar(icons, log.error)
    desk = Desk(workspace, theme, icons, messages, log)
    window = MainWindow(desk)
    messages.report_wanted = window.commands.open_report_of_error
    return window, desk


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
    """What the first screen does without: Qt's own words, the window's icon, syncing by itself, and today's backup."""
    from mshopper.ui.backups_page import keep_daily_backup
    from mshopper.ui.head_office.automatic import AutoSync
    from mshopper.ui.qt_language import speak_qt

    speak_qt()
    window.show_icon()
    if desk.workspace.store.key is not None:
        from mshopper.ui.idle import IdleLock

        IdleLock(window, desk)
    AutoSync(desk, lambda: window.screen_shown, window)
    QTimer.singleShot(BACKUP_AFTER_MS, window, lambda: keep_daily_backup(desk))
