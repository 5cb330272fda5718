"""The merged tables as readers find them: a set that belongs together, the newest there is.

A merge writes its tables whole into `merged/<hash>/` first, then puts them in place on top, `datapackage.json` last. Whoever
reads meanwhile, after a merge that was killed, or while a spreadsheet holds a table open, finds the set in `merged/`
instead; the one before it is kept there too, for those to whom the new one hasn't come whole.
"""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mshopper.errors import HeadOfficeError
from mshopper.exchange.csvfile import read_rows
from mshopper.exchange.files import TEMPORARY, file_sha256, read_document, reading, sync_folder, temporary_of
from mshopper.exchange.schema import MERGED_TABLES, PACKAGE_FILE, PACKAGE_FORMAT, TABLES, Row, Table, TableFile
from mshopper.i18n import _

GENERATIONS = "merged"


@dataclass(frozen=True, slots=True)
class MergedTables:
    """Tables that belong together, in `folder`, and the data package that describes them.

    `is_previous` says that they aren't those on top: a merge is under way, was broken off, or waits for a table that
    somebody has open.
    """

    folder: Path
    package: Mapping[str, Any]
    is_previous: bool

    def path(self, table: Table) -> Path:
        """The file of one table."""
        return self.folder / table.file

    def has(self, table: Table) -> bool:
        """Whether the set has that table: one that was merged before there were reviews has none of them."""
        return table.file in package_files(self.package)

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows of one table, as they were before they were made harmless for spreadsheets; none where it isn't there."""
        if not self.has(table):
            return
        yield from read_rows(self.path(table).open("rb"))

    @property
    def segments(self) -> frozenset[str]:
        """The segments merged in them, as "device/name"."""
        return segments_of(self.package)


def read_merged(folder: Path) -> MergedTables | None:
    """The newest set of merged tables in `folder` that is whole; None where there is none. Raises HeadOfficeError."""
    with reading(folder):
        found = [(place, package) for place in (folder, *generations(folder)) if (package := known_package(place))]
        # Of two that hold as much, the one on top: it comes first, and sorting keeps that.
        for place, package in sorted(found, key=lambda one: _extent(one[1]), reverse=True):
            if _is_whole(place, package):
                return MergedTables(place, package, is_previous=place != folder)
    return None


def newest_package(folder: Path) -> tuple[Path, Mapping[str, Any]] | None:
    """The place and the data package of the newest set in `folder`, its tables unread: they may have come in part.

    Raises HeadOfficeError.
    """
    with reading(folder):
        found = [(place, package) for place in (folder, *generations(folder)) if (package := known_package(place))]
    return max(found, key=lambda one: _extent(one[1]), default=None)


def _extent(package: Mapping[str, Any]) -> tuple[int, int, int]:
    """How much a set takes into account: a merge never knows less than the one before."""
    return len(segments_of(package)), len(tombstones_of(package)), len(reviews_of(package))


def known_inputs(folder: Path) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The segments, the tombstones and the reviews that the tables in `folder` were made of, be they whole or broken off.

    Raises HeadOfficeError.
    """
    with reading(folder):
        packages = [
            package for place in (folder, *generations(folder)) if (package := known_package(place)) is not None
        ]
    if not packages:
        return frozenset(), frozenset(), frozenset()
    newest = max(packages, key=_extent)
    return segments_of(newest), tombstones_of(newest), reviews_of(newest)


def segments_of(package: Mapping[str, Any]) -> frozenset[str]:
    """The segments that a data package lists, as "device/name"."""
    return _listed(package["mshopper"]["segments"])


def tombstones_of(package: Mapping[str, Any]) -> frozenset[str]:
    """The tombstones that a data package lists, as "device/name"."""
    return _listed(package["mshopper"].get("tombstones", {}))


def reviews_of(package: Mapping[str, Any]) -> frozenset[str]:
    """The decisions and corrective actions that a data package lists, as "device/file"."""
    return _listed(package["mshopper"].get("reviews", {}))


def _listed(names: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(f"{device}/{name}" for device, own in names.items() for name in own)


def matching_package(folder: Path) -> dict[str, Any] | None:
    """The data package of `folder` where every table there is as it says, else None. Raises OSError, HeadOfficeError."""
    package = known_package(folder)
    return package if package is not None and _is_whole(folder, package) else None


def package_files(package: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    """Bytes and SHA-256 (hex) of each table, by its file's name."""
    return {part["path"]: (part["bytes"], str(part["hash"]).removeprefix("sha256:")) for part in package["resources"]}


def _is_whole(folder: Path, package: Mapping[str, Any]) -> bool:
    said = package_files(package)
    return all(table.file in said for table in TABLES) and all(
        is_written(folder / table.file, TableFile(0, *said[table.file]))
        for table in MERGED_TABLES
        if table.file in said
    )


def is_written(path: Path, file: TableFile) -> bool:
    """Whether `path` holds exactly those bytes. Raises OSError."""
    return path.is_file() and path.stat().st_size == file.bytes and file_sha256(path) == file.sha256


def known_package(folder: Path) -> dict[str, Any] | None:
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
        _extent(package)
    except (KeyError, TypeError, AttributeError):
        return None
    if isinstance(version, int) and version > PACKAGE_FORMAT:
        sentence = _("“{path}” was written by a newer mshopper: update mshopper on this computer.")
        raise HeadOfficeError(sentence.format(path=path))
    return package if readable else None


def generations(folder: Path) -> list[Path]:
    """The sets of tables that are kept in `folder`. Raises OSError."""
    kept = folder / GENERATIONS
    if not kept.is_dir():
        return []
    return sorted(path for path in kept.iterdir() if path.is_dir() and not path.name.endswith(TEMPORARY))


@contextlib.contextmanager
def new_generation(folder: Path) -> Iterator[Path]:
    """A folder beside the generations to write a new one in; what is left of it at the end is removed. Raises OSError."""
    unfinished = folder / GENERATIONS / f"new{TEMPORARY}"
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        with contextlib.suppress(OSError):  # other generations stand there
            unfinished.parent.rmdir()


def keep_generation(folder: Path, unfinished: Path) -> Path:
    """Give the tables in `unfinished` their name, by their data package; one that is there already stays. Raises OSError."""
    place = folder / GENERATIONS / generation_name((unfinished / PACKAGE_FILE).read_bytes())
    if matching_package(place) is None:
        if place.exists():
            shutil.rmtree(place)
        sync_folder(unfinished)
        unfinished.replace(place)
        sync_folder(place.parent)
    return place


def generation_name(package: bytes) -> str:
    """16 hex digits of the SHA-256 of a data package."""
    return hashlib.sha256(package).hexdigest()[:16]


def put_on_top(folder: Path, generation: Path, names: Sequence[str]) -> tuple[str, ...]:
    """Put those files of a generation in place in `folder`, the package last. Raises OSError.

    Returns the files that somebody has open, so that nothing could be put there: all stands as it was then.
    """
    before = folder / GENERATIONS / generation_name(_bytes(folder / PACKAGE_FILE))
    done: list[str] = []
    for name in (*names, PACKAGE_FILE):
        try:
            _place(generation / name, folder / name)
        except PermissionError:
            for former in done:
                with contextlib.suppress(OSError):  # then readers find the whole set in `merged`
                    _place(before / former, folder / former)
            return (name,)
        done.append(name)
    sync_folder(folder)
    return ()


def _place(source: Path, target: Path) -> None:
    """A link where the disk has them, else a copy: the same bytes needn't be written twice."""
    temporary = temporary_of(target)
    temporary.unlink(missing_ok=True)
    try:
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)
            with temporary.open("rb+") as stream:
                os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        # Where both are links to one file already, renaming one to the other leaves both.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def forget_generations(folder: Path, keep: frozenset[str]) -> None:
    """Remove the generations of other names than `keep`. What somebody reads just now stays until the next merge."""
    for place in generations(folder):
        if place.name not in keep:
            shutil.rmtree(place, ignore_errors=True)
