"""Where things are: the shipped forms and resources (from source, from a wheel, frozen), and the user's data folder."""

import os
import sys
from pathlib import Path

APP = "mshopper"


def shipped(name: str) -> Path:
    """The folder `forms` or `resources`, wherever this copy of the program keeps it.

    Raises FileNotFoundError when the installation lacks it.
    """
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen) / name] if frozen else [package / "_data" / name, package.parent / name]
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(name)


def forms_folder() -> Path:
    """The forms that come with mshopper."""
    return shipped("forms")


def resources_folder() -> Path:
    """Icons, fonts, translations and sample data."""
    return shipped("resources")


def default_data_folder() -> Path:
    """The data folder: `MSHOPPER_DATA` where it is set, else the system's place for a user's data."""
    named = os.environ.get("MSHOPPER_DATA")
    return Path(named) if named else _user_data(APP)


def demo_data_folder() -> Path:
    """The demo's own data folder, beside the user's, so that samples never mix with real visits."""
    return _user_data(f"{APP}-demo")


def _user_data(name: str) -> Path:
    import platformdirs  # only here: a start with MSHOPPER_DATA does without

    return Path(platformdirs.user_data_dir(name, appauthor=False))
