"""Real processes, really killed."""

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork and kill -9")


def test_sixteen_laptops_killed_at_random_lose_and_double_nothing(template: Path, tmp_path: Path) -> None:
    """Twenty times `kill -9`, whatever a laptop was at: each visit that it said it had submitted is there once."""
    from tests.operations.killing import rounds

    assert rounds(template, tmp_path, 12) > 16
