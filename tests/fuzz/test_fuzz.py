"""A short turn of the fuzzing that the nightly script does for long; in a process of its own, whose memory is bounded."""

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_damaged_files_are_refused_with_a_sentence() -> None:
    """Whatever is done to a file of any kind, its reader takes it or says what is wrong, within the memory it is given."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.fuzz", "1", "--files", "6"],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert done.stdout.count(" ok") >= 15


def test_the_fuzzer_finds_what_is_wrong() -> None:
    """A reader that breaks on a byte is found, with the smallest file; one that takes more memory than there is, too."""
    script = (
        "from tests.fuzz.__main__ import Reader, fuzz, limit_memory\n"
        "from tests.fuzz.damage import in_bytes\n"
        "limit_memory(2)\n"
        "def breaks(file):\n"
        "    if b'\\0' in file.read_bytes():\n"
        "        raise KeyError('a bug')\n"
        "def swells(file):\n"
        "    bytearray(4 * 2**30)\n"
        "for read in (breaks, swells):\n"
        "    print(fuzz(Reader('x', in_bytes(b'good'), read), 5, 1)[1] is not None)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=TOP, capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["True", "True"], done.stderr[-2000:]
