"""What comes with the app, by whom it is and under which licence, with the text: read from the licence files themselves."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageMetadata, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import NamedTuple

from mshopper import __version__, paths

_NAMED = re.compile(r"(?i)(^|/)(licen[cs]e|copying|notice)[^/]*$")


class Part(NamedTuple):
    """A part of the app: its name with its version, the name of its licence ("" where only the text says it), and the text."""

    name: str
    licence: str
    text: str


def parts() -> list[Part]:
    """The app itself, what it is drawn and printed with, Python, then every package it needs, by name."""
    return [
        Part(f"mshopper {__version__}", "MIT", _own_text()),
        *_resources(),
        Part(f"Python {sys.version.split()[0]}", "PSF-2.0", _python_text()),
        *sorted(_packages(), key=lambda part: part.name.casefold()),
    ]


def _own_text() -> str:
    file = paths.resources_folder().parent / "LICENSE"  # beside the sources, and in the bundle
    if file.is_file():
        return file.read_text(encoding="utf-8")
    return next(part.text for part in _of(distribution("mshopper")))


def _resources() -> Iterator[Part]:
    folder = paths.resources_folder()
    for name, licence, file in (
        ("Qt and PySide6 (windows)", "LGPL-3.0", "licences/LGPL-3.0.txt"),
        ("GNU GPL (a part of the LGPL)", "GPL-3.0", "licences/GPL-3.0.txt"),
        ("Lucide (icons)", "ISC", "icons/LICENSE"),
        ("Noto Sans (font)", "OFL-1.1", "fonts/NotoSans-OFL.txt"),
        ("Droid Sans Fallback (font)", "Apache-2.0", "fonts/DroidSansFallback-LICENSE.txt"),
        ("Symbola (font)", "", "fonts/Symbola-LICENSE.txt"),
    ):
        yield Part(name, licence, (folder / file).read_text(encoding="utf-8"))


def _python_text() -> str:
    for folder in (Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix) / "lib" / _python_folder()):
        for name in ("LICENSE.txt", "LICENSE"):
            if (folder / name).is_file():
                return (folder / name).read_text(encoding="utf-8", errors="replace")
    return sys.copyright


def _python_folder() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _packages() -> Iterator[Part]:
    """The packages that mshopper needs, and those that they need; extras only where another asks for them."""
    if getattr(sys, "frozen", False):  # build.spec carries the metadata of these alone
        for each in distributions():
            yield from _of(each)
        return
    seen, waiting = {"mshopper"}, ["mshopper"]
    while waiting:
        try:
            found = distribution(waiting.pop())
        except PackageNotFoundError:
            continue  # not needed on this system, or the app runs from its sources
        if found.metadata["Name"] != "mshopper":
            yield from _of(found)
        for requirement in found.requires or ():
            name = re.split(r"[\s;<>=!~\[(]", requirement, maxsplit=1)[0].casefold().replace("_", "-")
            if name not in seen and "extra ==" not in requirement:
                seen.add(name)
                waiting.append(name)


def _of(found: Distribution) -> Iterator[Part]:
    about = found.metadata
    files = [file for file in found.files or () if ".dist-info/" in str(file) and _NAMED.search(str(file))]
    texts = [Path(str(file.locate())).read_text(encoding="utf-8", errors="replace") for file in files]
    named = [line for line in about.get_all("Classifier") or () if line.startswith("License ::")]
    classified = named[0].rpartition(" :: ")[2] if named else ""
    licence = _first(about, "License-Expression") or classified or _first(about, "License")
    home = _first(about, "Project-URL") or _first(about, "Home-page")
    text = "\n\n".join(texts) or "\n".join(line for line in (licence, home.rpartition(", ")[2]) if line)
    yield Part(f"{about['Name']} {found.version}", licence.splitlines()[0] if licence else "", text)


def _first(about: PackageMetadata, field: str) -> str:
    return next(iter(about.get_all(field) or ()), "")
