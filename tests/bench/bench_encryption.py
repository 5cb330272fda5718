"""What encryption costs: a committed answer against the same in a plain store, and what opening takes longer.

Same disk, same run, taken in turns; medians of the answers. Opening is from the passphrase to the open workspace, the
key's making included.
"""

import tempfile
import time
from pathlib import Path

from mshopper import operations as ops
from mshopper.model.record import Store
from tests.bench.bench_answer import _answering, _interleaved

PASSPHRASE = "open sesame seeds"
OPENINGS = 15
ANSWER_LIMIT, OPENING_LIMIT_MS = 2.0, 150.0


def run() -> list[tuple[str, float, float | None]]:
    """(what, ratio or milliseconds, limit)."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-encryption-") as name:
        plain, encrypted = Path(name) / "plain", Path(name) / "encrypted"
        for folder in (plain, encrypted):
            with ops.open_workspace(folder, anywhere=True) as workspace:
                ops.add_store(workspace, Store("MI01", "Milano Duomo"))
        ops.encrypt(encrypted, PASSPHRASE)
        longer = _opening(encrypted, plain)
        key = ops.unlock(encrypted, PASSPHRASE)
        with (
            ops.open_workspace(encrypted, anywhere=True, key=key) as first,
            ops.open_workspace(plain, anywhere=True) as second,
        ):
            ours, theirs = _interleaved(*(_answering(each, _begun(each)) for each in (first, second)))
    return [
        (f"committed answer, encrypted ({ours * 1000:.2f} ms) / plain", ours / theirs, ANSWER_LIMIT),
        ("opening by the passphrase - opening in clear, milliseconds", longer * 1000, OPENING_LIMIT_MS),
    ]


def _begun(workspace: ops.Workspace) -> ops.OpenVisit:
    info = ops.find_form(workspace, "store_visit")
    return ops.start_visit(workspace, form_hash=info.hash, store_id="MI01")


def _opening(encrypted: Path, plain: Path) -> float:
    """Seconds of the processor that opening takes longer, the quickest of each; the disk has the same to do for both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _turn in range(OPENINGS):
        start = time.process_time()
        ops.open_workspace(encrypted, anywhere=True, key=ops.unlock(encrypted, PASSPHRASE)).close()
        middle = time.process_time()
        ops.open_workspace(plain, anywhere=True).close()
        times[0].append(middle - start)
        times[1].append(time.process_time() - middle)
    return min(times[0]) - min(times[1])
