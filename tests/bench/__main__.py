"""Every benchmark in one table: `python -m tests.bench [NAME…]` from the checkout's root.

Each `bench_NAME.py` beside this file has `run() -> [(what, ratio, limit or None)]`. Exit 1 where one is over its limit or
fails. Benchmarks run one after the other in this process, so that none meets another's load.
"""

import importlib
import os
import sys
import traceback
from pathlib import Path

Row = tuple[str, float, float | None]


def main(names: list[str]) -> int:
    """Run the benchmarks of these names, all without any; returns the exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    known = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    if unknown := sorted(set(names) - set(known)):
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    failed = False
    print(f"{'what':<84}{'ratio':>10}{'limit':>8}  ok")
    for name in names or known:
        try:
            rows: list[Row] = importlib.import_module(f"tests.bench.bench_{name}").run()
        except Exception:  # noqa: BLE001 - one that breaks mustn't keep the others from their turn
            traceback.print_exc()
            print(f"{name:<84}{'':>10}{'':>8}  FAILED", flush=True)
            failed = True
            continue
        for what, ratio, limit in rows:
            is_over = limit is not None and ratio > limit
            failed |= is_over
            shown = "" if limit is None else f"{limit:g}"
            verdict = "" if limit is None else "OVER" if is_over else "ok"
            print(f"{what:<84}{ratio:>10.3f}{shown:>8}  {verdict}".rstrip(), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
