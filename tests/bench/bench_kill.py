"""`kill -9` at 200 random moments while a visit is filled in through the window: nothing told may be lost.

Each process goes on with the visit that the one before it left, so that reopening is tried as often. Takes some minutes.
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.ui.killing import kill_often, prepare

KILLS = 200


def run() -> list[tuple[str, float, float | None]]:
    """(what, number, limit): answers told of, those lost, stores that could not be read."""
    # In the working folder rather than in the temporary one, which may be memory and never waits for a disk.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-kill-") as place:
        folder = Path(place) / "data"
        prepare(folder)
        toll = kill_often(folder, KILLS)
    for line in (*toll.lost, *toll.unreadable):
        print(line)
    return [
        (f"kill -9 while filling in, {toll.kills} times: answers told of", toll.told, None),
        (f"kill -9 while filling in, {toll.kills} times: answers lost", len(toll.lost), 0),
        (f"kill -9 while filling in, {toll.kills} times: unreadable stores", len(toll.unreadable), 0),
    ]


if __name__ == "__main__":
    for what, value, limit in run():
        print(f"{what}: {value:g}{'' if limit is None else f' (limit {limit:g})'}")
