"""The list of 100,000 visits: first paint, search, sort and jump to the end, and the memory above the empty app's.

Each is measured in a process of its own in a real window offscreen, from the act to the pixels painted; times are in ms,
memory in MB (resident). The limits are those of the task; the peer that each time is divided by is none: they are absolute.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.many_visits import make

VISITS = 100_000

SCRIPT = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from mshopper import app as desktop, operations as ops
from mshopper.ui.visits.page import VisitsPage

def resident():
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS"))) / 1024

def timed(act):
    start = time.perf_counter()
    act()
    page = window.screen_shown
    (page.list if page.list.isVisible() else page).repaint()
    return 1000 * (time.perf_counter() - start)

app = desktop._application()
workspace = ops.open_workspace(Path(sys.argv[1]), anywhere=True)
window, desk = desktop.build(app, workspace)
window.resize(1366, 768)
found = {}
start = time.perf_counter()
window.begin()
window.show()
app.processEvents()
found["start"] = 1000 * (time.perf_counter() - start)
found["first paint"] = min(timed(lambda: window.go_to_place("visits")) for _ in range(3))
page = window.screen_shown
assert isinstance(page, VisitsPage)

def search(text):
    page.search.setText(text)
    page._find()

def worst(words):
    times = []
    for text in words:
        times.append(timed(lambda: search(text)))
        app.processEvents()
    search("")
    return max(times)

if page.model.rowCount():
    found["search"] = worst(["m", "mi", "milano", "milano duomo", "queue", "perche", "auditor", "nowhere"])
    orders = ["percent_high", "percent_low", "store", "store_last", "form", "auditor", "verdict", "oldest", "newest"]
    found["sort"] = max(timed(lambda order=order: page.sort_by(order)) for order in orders)
    page.search.setText("milano")
    found["sort what was found"] = max(timed(lambda order=order: page.sort_by(order)) for order in orders)
    page.show_all()
    page.list.setFocus()
    found["jump to the end"] = timed(lambda: QTest.keyClick(page.list, Qt.Key.Key_End))
    found["select all"] = timed(page.list.selectAll)
    page.toggle_filters()
    found["filter"] = max(timed(lambda value=value: page.filters.verdict.choose(value)) for value in ("pass", "fail"))
    page.show_all()
    for row in range(0, page.model.rowCount(), 997):
        page.list.scrollTo(page.model.index(row))
        app.processEvents()
app.processEvents()
found["memory"] = resident()
print(json.dumps(found))
workspace.close()
"""


def run() -> list[tuple[str, float, float | None]]:
    """Milliseconds of each act, then megabytes above the same app without a visit: (what, value, limit)."""
    with tempfile.TemporaryDirectory() as folder:
        full, empty = Path(folder) / "full", Path(folder) / "empty"
        make(full, VISITS)
        make(empty, 0)
        many, none = _measure(full), _measure(empty)
    rows: list[tuple[str, float, float | None]] = [
        (f"{VISITS:,} visits, {what} [ms]", value, None if what == "start" else 100.0)
        for what, value in many.items()
        if what != "memory"
    ]
    return [*rows, (f"{VISITS:,} visits, memory above the empty app [MB]", many["memory"] - none["memory"], 30.0)]


def _measure(data: Path) -> dict[str, float]:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(data)], env=env, capture_output=True, text=True, check=True, timeout=300
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    for what, value, limit in run():
        print(f"{what}: {value:.1f} (limit {limit})")
