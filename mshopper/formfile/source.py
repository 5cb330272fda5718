"""A form file's bytes and text: the first step of reading one, which refuses what can't be a form file at all."""

import stat
from pathlib import Path

from mshopper.errors import MshopperError
from mshopper.i18n import _

LARGEST_FILE = 8 * 1024 * 1024
"""In bytes; a form of a thousand questions in two languages takes a twentieth of it."""

LARGEST_WORKBOOK = 24 * 1024 * 1024
"""In bytes; the largest real workbooks, with pictures in them, take an eighth of it."""

_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def text_of(content: bytes, path: Path) -> str:
    """The text of a YAML or JSON form file, without a byte order mark.

    Raises MshopperError for one that is binary or not in UTF-8.
    """
    if content.startswith(_UTF16_MARKS):
        raise MshopperError(_("{file} is saved as UTF-16: save it as UTF-8 and open it again.").format(file=path))
    if b"\0" in content:
        raise MshopperError(
            _("{file} is neither a workbook nor a text: choose an XLSForm, or a YAML or JSON form file.").format(
                file=path
            )
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MshopperError(
            _("{file} isn't in UTF-8 (line {line}): save it as UTF-8 and open it again.").format(file=path, line=line)
        ) from None


def read_source(path: Path) -> bytes:
    """The bytes of the form file at `path`. Raises MshopperError for one that is missing, unreadable, empty or too large."""
    content = _read_bytes(path)
    if not content.strip():
        raise MshopperError(_("{file} is empty: choose a form file that has been written.").format(file=path))
    return content


def _read_bytes(path: Path) -> bytes:
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise MshopperError(_("{file} is a folder: choose the form file in it.").format(file=path))
        if not stat.S_ISREG(facts.st_mode):
            raise MshopperError(_("{file} isn't a file: choose a form file.").format(file=path))
        with path.open("rb") as file:
            start = file.read(8)
            limit = LARGEST_WORKBOOK if start.startswith(_CONTAINERS) else LARGEST_FILE
            if facts.st_size <= limit:
                return start + file.read(limit)
        sentence = _("{file} has {size} MB, more than the {limit} MB of a form file: choose a form file.")
        raise MshopperError(sentence.format(file=path, size=-(-facts.st_size // 2**20), limit=limit // 2**20))
    except (FileNotFoundError, NotADirectoryError):
        raise MshopperError(_("{file} doesn't exist: check its name and folder.").format(file=path)) from None
    except PermissionError:
        raise MshopperError(_("{file} may not be read: ask for the right to read it.").format(file=path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MshopperError(
            _("{file} can't be read ({reason}): check the disk and the name.").format(file=path, reason=reason)
        ) from None
