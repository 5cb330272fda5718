"""Fuzz the readers for a time: `python -m tests.fuzz SECONDS [READER…] [--seed N] [--gigabytes N]`.

Run as a program, since the limit of memory holds for a whole process. What fails is printed with its smallest file, kept in
the folder `.fuzz`; the exit code is 1 then.
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import HypothesisException

from mshopper.errors import MshopperError
from tests.fuzz.readers import Reader, readers

KEPT = Path(".fuzz")


def limit_memory(gigabytes: float) -> None:
    """Let this process have so much address space and no more, where the system can say so."""
    if sys.platform != "win32":
        import resource

        most = int(gigabytes * 2**30)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


class Found(Exception):  # noqa: N818 - it is what was looked for
    """An error that is none of ours came out of a reader."""


def fuzz(reader: Reader, seconds: float, first: int, files: int = 40) -> tuple[int, bytes | None]:
    """Give a reader damaged files for so long, `files` between two looks at the clock.

    Returns how many, and the smallest file that broke it.
    """
    count = 0
    broken: list[bytes] = []

    def one(data: bytes) -> None:
        nonlocal count
        count += 1
        with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
            file = Path(name) / reader.name
            file.write_bytes(data)
            try:
                reader.read(file)
            except MshopperError:
                return
            except Exception as error:
                broken.append(data)
                raise Found(type(error).__name__) from error

    ends = time.monotonic() + seconds
    turn = first
    while True:
        try:
            _many(one, reader, turn, files)
        except Found:
            traceback.print_exc()
            return count, broken[-1]
        except HypothesisException as error:
            print(f"{reader.name}: {error}", file=sys.stderr)
            return count, broken[-1] if broken else b""
        turn += 1
        if time.monotonic() > ends:
            return count, None


def _many(one: Callable[[bytes], None], reader: Reader, turn: int, files: int) -> None:
    checked = settings(
        max_examples=files,
        database=None,
        deadline=None,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )(given(reader.bad)(one))
    seed(turn)(checked)()


def main(arguments: list[str]) -> int:
    """Fuzz each reader for its share of the time."""
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("seconds", type=float)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--files", type=int, default=40, help="between two looks at the clock")
    parser.add_argument("--gigabytes", type=float, default=3.0)
    wanted = parser.parse_args(arguments)
    failed = False
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        chosen = [each for each in readers(Path(place)) if not wanted.names or each.name in wanted.names]
        limit_memory(wanted.gigabytes)
        for reader in chosen:
            count, broke = fuzz(reader, wanted.seconds / len(chosen), wanted.seed, wanted.files)
            print(f"{reader.name:<40}{count:>8} files  {'ok' if broke is None else 'BROKEN'}", flush=True)
            if broke is not None:
                failed = True
                KEPT.mkdir(exist_ok=True)
                (KEPT / reader.name).write_bytes(broke)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
