"""Start to interactive window, against a process that shows a bare PySide6 main window.

Both run offscreen, in processes of their own, one after the other in turn, from compiled bytecode; a start is over when the
first screen is painted and the event loop is idle. The data folder has a few visits; making it is not measured.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 9
LIMIT = 1.5

BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow()
window.resize(1280, 760)
window.show()
app.processEvents()
QTimer.singleShot(0, app.quit)
app.exec()
"""

VISITS = """
import sys
from pathlib import Path
from mshopper import operations as ops
from mshopper.model.record import Store
with ops.open_workspace(Path(sys.argv[1])) as workspace:
    ops.add_store(workspace, Store("MI-001", "Milano Duomo"))
    form = ops.find_form(workspace, "exit_interview").hash
    for _ in range(20):
        ops.start_visit(workspace, form_hash=form, store_id="MI-001")
"""


def run() -> list[tuple[str, float, float | None]]:
    """The medians in seconds, and their ratio with its limit: (what, value, limit)."""
    with tempfile.TemporaryDirectory() as folder:
        data = str(Path(folder) / "data")
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env |= {
            "MSHOPPER_DATA": data,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode"),
        }
        subprocess.run([sys.executable, "-c", VISITS, data], env=env, check=True)
        commands = {
            "bare": [sys.executable, "-c", BARE],
            "app": [sys.executable, "-m", "mshopper", "--quit-after-ms", "0"],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(ROUNDS + 1):
            for name, command in commands.items():
                begun = time.perf_counter()
                subprocess.run(command, env=env, check=True, stderr=subprocess.DEVNULL)
                if turn:  # the first turn writes the bytecode
                    taken[name].append(time.perf_counter() - begun)
    bare, app = statistics.median(taken["bare"]), statistics.median(taken["app"])
    return [
        ("start: bare PySide6 main window, s", bare, None),
        ("start: mshopper with its list of visits, s", app, None),
        ("start: mshopper / bare", app / bare, LIMIT),
    ]


if __name__ == "__main__":
    for what, value, limit in run():
        print(f"{what:50s} {value:8.3f} {'' if limit is None else f'limit {limit}'}")
