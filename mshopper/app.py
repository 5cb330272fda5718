"""The composition root of the desktop app: opens the workspace, makes the parts, wires them together, runs the loop."""

import logging
import logging.handlers
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from mshopper import operations as ops
from mshopper import paths
from mshopper.i18n import system_language, use_language
from mshopper.ui.background import Background
from mshopper.ui.desk import Desk
from mshopper.ui.icons import Icons
from mshopper.ui.main_window import MainWindow
from mshopper.ui.messages import MessageBar
from mshopper.ui.theme import Theme

LOG_BYTES = 500_000

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def run_app(workspace_folder: Path | None, *, demo: bool = False, quit_after_ms: int | None = None) -> int:
    """Open the window on a data folder (the user's own without one; the demo's with `demo`) until it is closed.

    `quit_after_ms` closes it so long after it first takes input (for tests and benchmarks). Returns the exit code.
    Raises MshopperError where the data folder can't be used.
    """
    app = _application()
    folder = workspace_folder or (paths.demo_data_folder() if demo else paths.default_data_folder())
    workspace = ops.open_workspace(folder)
    try:
        log_to(folder)
        window, desk = build(app, workspace)
        sys.excepthook = _hook(desk.messages)
        window.show()
        window.begin()
        if quit_after_ms is not None:
            wait = quit_after_ms
            window.ready.connect(lambda: QTimer.singleShot(wait, window.close))
        return app.exec()
    finally:
        sys.excepthook = sys.__excepthook__
        workspace.close()


def build(app: QApplication, workspace: ops.Workspace) -> tuple[MainWindow, Desk]:
    """The window on an open workspace, and the parts that its screens share."""
    settings = ops.settings(workspace)
    use_language(settings.language or system_language())
    theme = Theme(app, settings.theme or "system")
    icons = Icons(theme, app.devicePixelRatio())
    messages = MessageBar(icons)
    desk = Desk(workspace, theme, icons, Background(messages.show_error), messages)
    return MainWindow(desk), desk


def log_to(folder: Path) -> None:
    """Keep the details of what went wrong in `mshopper.log` of the data folder; a folder that can't be written has none."""
    try:
        handler = logging.handlers.RotatingFileHandler(
            folder / "mshopper.log", maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("mshopper")
    logger.addHandler(handler)
    logger.propagate = False


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(sys.argv[:1])
    app.setApplicationName(paths.APP)
    app.setDesktopFileName(paths.APP)
    return app


def _hook(messages: MessageBar) -> Hook:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        messages.show_error(error)

    return hook
