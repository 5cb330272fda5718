"""The merged tables as readers find them: a set that belongs together, or the one before.

`merge` replaces one table after another and writes `datapackage.json` last. Whoever reads meanwhile, or after a merge that
was killed, sees tables that don't match their package, and takes the previous generation in `merged/<hash>/` instead.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mshopper.errors import HeadOfficeError
from mshopper.exchange.csvfile import read_rows
from mshopper.exchange.files import TEMPORARY, file_sha256, read_document, reading, sync_folder
from mshopper.exchange.schema import PACKAGE_FILE, PACKAGE_FORMAT, TABLES, Row, Table, TableFile
from mshopper.i18n import _

GENERATIONS = "merged"


@dataclass(frozen=True, slots=True)
class MergedTables:
    """Four tables that belong together, in `folder`, and the data package that describes them.

    `is_previous` says that a merge is under way or was broken off, and that these are the tables before it.
    """

    folder: Path
    package: Mapping[str, Any]
    is_previous: bool

    def path(self, table: Table) -> Path:
        """The file of one table."""
        return self.folder / table.file

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows of one table, as they were before they were made harmless for spreadsheets."""
        yield from read_rows(self.path(table).open("rb"))

    @property
    def segments(self) -> frozenset[str]:
        """The segments merged in them, as "device/name"."""
        return segments_of(self.package)


def read_merged(folder: Path) -> MergedTables | None:
    """The newest set of merged tables in `folder` that is whole; None where there is none. Raises HeadOfficeError."""
    with reading(folder):
        if (package := matching_package(folder)) is not None:
            return MergedTables(folder, package, is_previous=False)
        older = [(place, package) for place in generations(folder) if (package := matching_package(place)) is not None]
    if not older:
        return None
    place, package = max(older, key=lambda found: (len(segments_of(found[1])), found[0].name))
    return MergedTables(place, package, is_previous=True)


def known_segments(folder: Path) -> frozenset[str]:
    """The segments that the tables in `folder` contain, be they whole or broken off. Raises HeadOfficeError."""
    with reading(folder):
        for place in (folder, *generations(folder)):
            if (package := _package(place)) is not None:
                return segments_of(package)
    return frozenset()


def segments_of(package: Mapping[str, Any]) -> frozenset[str]:
    """The segments that a data package lists, as "device/name"."""
    return frozenset(f"{device}/{name}" for device, names in package["mshopper"]["segments"].items() for name in names)


def matching_package(folder: Path) -> dict[str, Any] | None:
    """The data package of `folder` where every table there is as it says, else None. Raises OSError, HeadOfficeError."""
    package = _package(folder)
    if package is None:
        return None
    said = {part["path"]: (part["bytes"], part["hash"]) for part in package["resources"]}
    for table in TABLES:
        path = folder / table.file
        if table.file not in said or not path.is_file() or path.stat().st_size != said[table.file][0]:
            return None
        if said[table.file][1] != f"sha256:{file_sha256(path)}":
            return None
    return package


def is_written(path: Path, file: TableFile) -> bool:
    """Whether `path` holds exactly those bytes. Raises OSError."""
    return path.is_file() and path.stat().st_size == file.bytes and file_sha256(path) == file.sha256


def _package(folder: Path) -> dict[str, Any] | None:
    """What a merge of ours wrote there last; None where nothing did, or where it hasn't arrived whole."""
    path = folder / PACKAGE_FILE
    package = read_document(path) if path.is_file() else None
    if package is None:
        return None
    try:
        version = package["mshopper"]["format"]
        readable = all(
            isinstance(part["path"], str) and part["bytes"] and part["hash"] for part in package["resources"]
        )
        segments_of(package)
    except (KeyError, TypeError, AttributeError):
        return None
    if isinstance(version, int) and version > PACKAGE_FORMAT:
        sentence = _("“{path}” was written by a newer mshopper: update mshopper on this computer.")
        raise HeadOfficeError(sentence.format(path=path))
    return package if readable else None


def generations(folder: Path) -> list[Path]:
    """The previous sets of tables that are kept in `folder`. Raises OSError."""
    kept = folder / GENERATIONS
    return sorted(path for path in kept.iterdir() if path.is_dir()) if kept.is_dir() else []


def keep_generation(folder: Path) -> Path | None:
    """Copy the tables in `folder` to `merged/<hash>/` before they are replaced, where they belong together.

    Returns where they are; None where they don't match, as after a merge that was broken off: then the generation
    before that one is still the one to keep. Raises OSError.
    """
    if matching_package(folder) is None:
        return None
    digest = hashlib.sha256((folder / PACKAGE_FILE).read_bytes()).hexdigest()[:16]
    place = folder / GENERATIONS / digest
    if place.is_dir() and matching_package(place) is not None:
        return place
    unfinished = place.with_name(digest + TEMPORARY)
    for leftover in (unfinished, place):
        if leftover.exists():
            shutil.rmtree(leftover)
    unfinished.mkdir(parents=True)
    # A copy, not a link: a spreadsheet that saves in place would change both. The package last, as always.
    for name in (*(table.file for table in TABLES), PACKAGE_FILE):
        shutil.copyfile(folder / name, unfinished / name)
    unfinished.replace(place)
    sync_folder(place.parent)
    return place


def forget_generations(folder: Path, kept: Path | None) -> None:
    """Remove the generations before `kept`; with None, nothing. Raises OSError."""
    if kept is not None:
        for place in generations(folder):
            if place != kept:
                shutil.rmtree(place)
