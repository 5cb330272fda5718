"""Where things are: the shipped forms and resources (from source, from a wheel, frozen), and the user's data folder."""

import os
import sys
from pathlib import Path

APP = "mshopper"

CHOSEN = "data-folder"
"""The file in the usual data folder that names another one, where the user chose one."""


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
    """The data folder: `MSHOPPER_DATA` where it is set, else the one that was chosen, else the system's place for it."""
    named = os.environ.get("MSHOPPER_DATA")
    if named:
        return Path(named)
    return chosen_data_folder() or _user_data(APP)


def chosen_data_folder() -> Path | None:
    """The data folder that the user chose; None where that is the system's place or `MSHOPPER_DATA` names another."""
    if data_folder_is_named():
        return None
    try:
        return Path((_user_data(APP) / CHOSEN).read_text(encoding="utf-8").strip())
    except OSError:
        return None


def data_folder_is_named() -> bool:
    """Whether `MSHOPPER_DATA` names the data folder, so that choosing another would change nothing."""
    return bool(os.environ.get("MSHOPPER_DATA"))


def choose_data_folder(folder: Path) -> None:
    """Use `folder` as the data folder from the next start on. Raises OSError where that can't be kept."""
    usual = _user_data(APP)
    if folder == usual:
        (usual / CHOSEN).unlink(missing_ok=True)
        return
    usual.mkdir(parents=True, exist_ok=True)
    temporary = usual / f"{CHOSEN}.tmp"
    temporary.write_text(f"{folder}\n", encoding="utf-8")
    temporary.replace(usual / CHOSEN)


def demo_data_folder() -> Path:
    """The demo's own data folder, beside the user's, so that samples never mix with real visits."""
    return _user_data(f"{APP}-demo")


def _user_data(name: str) -> Path:
    import platformdirs  # only here: a start with MSHOPPER_DATA does without

    return Path(platformdirs.user_data_dir(name, appauthor=False))
