"""Where the files shared beside this checkout are: worked examples and a corpus of real ones, which a clone may lack."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("MSHOPPER_SHARED") or Path(__file__).resolve().parents[2] / "shared")
"""The folder; it may not be there."""


def shared_file(name: str) -> Path:
    """The shared file `name`; skips the test where there is none."""
    file = SHARED / name
    if not file.exists():
        pytest.skip(f"{name} isn't beside this checkout")
    return file
