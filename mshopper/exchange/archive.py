"""Zip archives from anywhere, opened without trust: what a hostile one could do is refused before it is done.

An archive must hold just the entries that its reader expects, each once, none larger than that reader allows and none
that grows beyond reason when it is unpacked. Nothing is ever unpacked to the disk, so no name can lead anywhere.
"""

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from mshopper.errors import MshopperError
from mshopper.exchange.files import open_temporary, put_in_place, writing
from mshopper.i18n import N_, _

MOST_ENTRIES = 5_000
MOST_BYTES = 4 << 30
"""All entries together, unpacked."""
MOST_RATIO = 250
"""How much larger than packed an entry may be; text of ours packs to a tenth."""

_END = b"PK\x05\x06"
_END_BYTES = 22
_DIRECTORY_ENTRY = 46
_LONGEST_NAME = 120
_ENCRYPTED = 0x1
_CHUNK = 1 << 20
_FIXED_TIME = (2000, 1, 1, 0, 0, 0)

_REFUSALS = {
    "no_archive": N_("“{file}” isn't a whole exported visit: it is damaged or cut off. Ask for it again."),
    "entries": N_("“{file}” was refused: it holds {n} entries, more than any exported visit has."),
    "name": N_("“{file}” was refused: it holds “{name}”, which doesn't belong in an exported visit."),
    "twice": N_("“{file}” was refused: it holds “{name}” twice."),
    "encrypted": N_("“{file}” was refused: “{name}” in it is encrypted; exported visits never are."),
    "link": N_("“{file}” was refused: “{name}” in it is a link or a folder."),
    "large": N_("“{file}” was refused: “{name}” in it is too large."),
    "bomb": N_("“{file}” was refused: “{name}” in it would grow beyond reason when unpacked."),
    "missing": N_("“{file}” isn't a whole exported visit: it lacks “{name}”. Ask for it again."),
    "damaged": N_("“{file}” is damaged: “{name}” in it can't be read. Ask for it again."),
    "unreadable": N_("“{file}” can't be read ({name}): check that it is there and may be opened."),
}


class ArchiveRefusedError(MshopperError):
    """An archive that isn't what it should be; `code` says why."""

    def __init__(self, code: str, file: str, name: str = "", n: int = 0) -> None:
        super().__init__(_(_REFUSALS[code]).format(file=file, name=shown(name), n=n))
        self.code = code


def shown(name: str) -> str:
    """A name of somebody else's making as it can stand in a sentence."""
    plain = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(char if char.isprintable() else "\ufffd" for char in plain[:60])


class Archive:
    """An open archive whose entries were all looked at. Used in a `with` block; each read checks the entry's CRC."""

    def __init__(self, path: Path, file: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> None:
        self._path, self._file, self._entries = path, file, entries

    @property
    def names(self) -> frozenset[str]:
        """What it holds."""
        return frozenset(self._entries)

    def read(self, name: str) -> bytes:
        """An entry's bytes. Raises ArchiveRefusedError."""
        return b"".join(self._chunks(name))

    def sha256(self, name: str) -> str:
        """The SHA-256 (hex) of an entry, without holding it whole. Raises ArchiveRefusedError."""
        digest = hashlib.sha256()
        for chunk in self._chunks(name):
            digest.update(chunk)
        return digest.hexdigest()

    def _chunks(self, name: str) -> Iterator[bytes]:
        info = self._entries.get(name)
        if info is None:
            raise ArchiveRefusedError("missing", self._path.name, name)
        left = info.file_size
        with _told(self._path, name), self._file.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise ArchiveRefusedError("bomb", self._path.name, name)
                yield chunk

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def open_archive(path: Path, largest: Callable[[str], int | None]) -> Archive:
    """The archive at `path`, where all of it is as expected; `largest` gives the most bytes of an entry by its name.

    It gives None for a name that doesn't belong there. Raises ArchiveRefusedError.
    """
    _check_end(path)
    with _told(path):
        file = zipfile.ZipFile(path)
    try:
        return Archive(path, file, _checked(path, file, largest))
    except BaseException:
        file.close()
        raise


def _check_end(path: Path) -> None:
    """Refuse what has too many entries or no plain end before the list of them is read, which takes memory for each."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - _END_BYTES))
            end = stream.read(_END_BYTES)
    except OSError as error:
        raise ArchiveRefusedError("unreadable", path.name, error.strerror or "") from error
    # Ours end in the plain record, without the comment in which another end could be hidden.
    if len(end) != _END_BYTES or not end.startswith(_END) or end[-2:] != b"\0\0":
        raise ArchiveRefusedError("no_archive", path.name)
    _mark, disk, first_disk, here, entries, directory, _offset = struct.unpack("<4sHHHHII", end[:20])
    if entries > MOST_ENTRIES or directory > MOST_ENTRIES * (_DIRECTORY_ENTRY + _LONGEST_NAME):
        raise ArchiveRefusedError(
            "entries", path.name, n=entries if entries > MOST_ENTRIES else directory // _DIRECTORY_ENTRY
        )
    if disk or first_disk or here != entries or directory > size:
        raise ArchiveRefusedError("no_archive", path.name)


def _checked(path: Path, file: zipfile.ZipFile, largest: Callable[[str], int | None]) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for info in file.infolist():
        name, limit = info.orig_filename, largest(info.orig_filename)
        if limit is None or info.filename != name:
            raise ArchiveRefusedError("name", path.name, name)
        if name in found:
            raise ArchiveRefusedError("twice", path.name, name)
        if info.flag_bits & _ENCRYPTED:
            raise ArchiveRefusedError("encrypted", path.name, name)
        mode = info.external_attr >> 16
        if info.is_dir() or (stat.S_IFMT(mode) and not stat.S_ISREG(mode)):
            raise ArchiveRefusedError("link", path.name, name)
        total += info.file_size
        if info.file_size > limit or total > MOST_BYTES:
            raise ArchiveRefusedError("large", path.name, name)
        if info.file_size > MOST_RATIO * info.compress_size + _DIRECTORY_ENTRY:
            raise ArchiveRefusedError("bomb", path.name, name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArchiveRefusedError("damaged", path.name, name)
        found[name] = info
    return found


@contextmanager
def _told(path: Path, name: str = "") -> Iterator[None]:
    """A block in which whatever the zip module makes of a broken archive becomes a sentence."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        struct.error,
        RuntimeError,
        ValueError,
    ) as error:
        raise ArchiveRefusedError("damaged" if name else "no_archive", path.name, name) from error
    except OSError as error:
        raise ArchiveRefusedError("unreadable", path.name, error.strerror or "") from error


def write_archive(path: Path, first: tuple[str, bytes], entries: Mapping[str, Callable[[], bytes]]) -> None:
    """Write an archive whole or not at all: `first`, stored, then the entries by name; the same ones give the same bytes.

    Pictures and PDFs are stored, since they are packed already. Raises HeadOfficeError when the disk refuses.
    """
    with writing(path):
        with open_temporary(path) as stream, zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(_entry(first[0], packed=False), first[1])
            for name in sorted(entries):
                archive.writestr(_entry(name, packed=name.endswith(".json") or "." not in name), entries[name]())
        put_in_place(path)


def _entry(name: str, *, packed: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _FIXED_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.create_system = 3
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info
