"""What every test has in common: how hypothesis searches, and that no test reaches the person's own data."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from mshopper.i18n import use_language

# A slow machine is no failure; and a check that is to say "this change is good" must not depend on luck.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A test that speaks another language leaves the next one in English."""
    yield
    use_language("en")


@pytest.fixture(autouse=True)
def _no_one_elses_data(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A test that forgets to name a data folder gets an empty one."""
    monkeypatch.setenv("XDG_DATA_HOME", str(Path(tmp_path_factory.getbasetemp()) / "data-home"))
