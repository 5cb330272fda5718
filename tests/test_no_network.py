"""The app never opens a network connection by itself: it is used from start to end while every attempt is noted."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path

WATCHED = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg",
           "urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect")
noted = []

def note(event, details):
    # A path is a socket of this machine's own (a keyring, a sound server); anything else leads to a network.
    if event in WATCHED and not (event in ("socket.connect", "socket.bind") and isinstance(details[1], (str, bytes))):
        noted.append(event)

sys.addaudithook(note)

from PySide6.QtTest import QTest
from mshopper import app as desktop
from mshopper import operations as ops
from mshopper.cli import run
from mshopper.model.answer import Answer

place = Path(sys.argv[1])
data, office = place / "data", place / "office"
data_option = ["--data", str(data)]
(place / "stores.csv").write_text("store_id,name\\nMI-001,Milano Duomo\\n")
assert run(["stores", "import", str(place / "stores.csv"), *data_option]) == 0
app = desktop._application()
with ops.open_workspace(data) as workspace:
    window, desk = desktop.build(app, workspace)
    window.show()
    window.begin()
    for where in ("visits", "forms", "head_office", "settings"):
        window.go_to_place(where)
        QTest.qWait(5)
    form = ops.find_form(workspace, "exit_interview").hash
    store = ops.list_stores(workspace)[0].store_id
    window.start_visit(form, store)
    opened = window.screen_shown.session.open_visit
    keys = [key for key in opened.visit.keys() if opened.visit.is_relevant(key)]
    ops.answer(workspace, opened, keys[0], Answer(comment="seen"))
    window.go_to_place("visits")
    opened = ops.open_visit(workspace, opened.header.visit_id)
    ops.submit_visit(workspace, opened, reason="a test")
    ops.write_report(workspace, opened.header.visit_id, place / "report.pdf", language="it")
    desktop._finish_start(window, desk)
    QTest.qWait(20)
    window.close()
    desk.stop_work()
assert run(["sync", str(office), *data_option]) == 0
assert run(["merge", str(office), *data_option]) == 0
assert run(["compare", str(office), "--json", *data_option]) == 0
assert run(["backup", str(place / "b.sqlite"), *data_option]) == 0
assert run(["restore", str(place / "b.sqlite"), *data_option]) == 0
VERIFY
loaded = [name for name in ("PySide6.QtNetwork", "urllib.request", "http.client", "ftplib", "smtplib", "requests", "httpx",
                            "fsspec") if name in sys.modules]
import socket
probe = socket.socket()
probe.settimeout(0.01)
try:
    probe.connect(("127.0.0.1", 9))
except OSError:
    pass
assert noted.pop() == "socket.connect", "the watch sees nothing"
print("noted", noted, loaded, file=sys.stderr)
sys.exit(bool(noted or loaded))
"""


def test_nothing_connects(tmp_path: Path) -> None:
    """Started, filled in, submitted, reported, synced, merged, compared, backed up and verified: no socket leads out, no
    name is asked for, no module that speaks to a network is loaded. The watch is shown to see a connection at the end."""
    from mshopper.cli.main import program

    verify = 'assert run(["verify", opened.header.visit_id, *data_option]) == 0' if "verify" in program.commands else ""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("VERIFY", verify), str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
