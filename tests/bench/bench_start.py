"""Start to interactive window, against a process that shows a bare PySide6 main window.

Both run offscreen, in processes of their own, one after the other in turn, from compiled bytecode. A start lasts from the
moment the process is made until its first screen is painted and the event loop idle; what Python does to end is not in it.
The data folder has visits in progress and submitted; making it is not measured.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 15
LIMIT = 1.5

BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow()
window.resize(1280, 760)
window.show()
app.processEvents()
QTimer.singleShot(0, app.quit)
app.exec()
print(time.monotonic())
"""

APP = """
import sys, time
from mshopper.cli import run
code = run(["--quit-after-ms", "0"])
print(time.monotonic())
sys.exit(code)
"""

VISITS = """
import sys
from pathlib import Path
from mshopper import operations as ops
from mshopper.model.record import Store
with ops.open_workspace(Path(sys.argv[1])) as workspace:
    ops.add_store(workspace, Store("MI-001", "Milano Duomo"))
    form = ops.find_form(workspace, "exit_interview").hash
    for n in range(20):
        visit = ops.start_visit(workspace, form_hash=form, store_id="MI-001")
        if n % 2:
            ops.submit_visit(workspace, visit, reason="a benchmark")
"""


def run() -> list[tuple[str, float, float | None]]:
    """Medians and minima in seconds, and their ratios, that of the medians with its limit: (what, value, limit)."""
    with tempfile.TemporaryDirectory() as folder:
        data = str(Path(folder) / "data")
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env |= {
            "MSHOPPER_DATA": data,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode"),
        }
        subprocess.run([sys.executable, "-c", VISITS, data], env=env, check=True)
        taken: dict[str, list[float]] = {BARE: [], APP: []}
        for turn in range(ROUNDS + 1):
            for script, times in taken.items():
                seconds = _start(script, env)
                if turn:  # the first turn writes the bytecode
                    times.append(seconds)
    bare, app = statistics.median(taken[BARE]), statistics.median(taken[APP])
    least_bare, least_app = min(taken[BARE]), min(taken[APP])
    return [
        ("start: bare PySide6 main window, s", bare, None),
        ("start: mshopper with its list of visits, s", app, None),
        ("start: mshopper / bare", app / bare, LIMIT),
        ("start, least: bare, s", least_bare, None),
        ("start, least: mshopper, s", least_app, None),
        ("start, least: mshopper / bare", least_app / least_bare, None),
    ]


def _start(script: str, env: dict[str, str]) -> float:
    """Seconds from the making of the process to the moment that it prints; the clock is the same in all processes."""
    begun = time.monotonic()
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return float(done.stdout) - begun


if __name__ == "__main__":
    for what, value, limit in run():
        print(f"{what:50s} {value:8.3f} {'' if limit is None else f'limit {limit}'}")
