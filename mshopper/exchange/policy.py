"""policy.json: what a head office asks of its laptops about personal data.

Beside forms/ and stores.csv, written by hand; every key but the first may be left out:

    {"mshopper_policy": 1, "retention_months": 24, "photo_months": 6, "erase_when": "approved", "pseudonyms": true,
     "pseudonym_key": "64 hexadecimal digits", "auditor_by_id": false}
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mshopper.errors import HeadOfficeError
from mshopper.exchange.files import read_document
from mshopper.i18n import _

_FORMAT = 1
_MOST_MONTHS = 1200
_KEY = re.compile("[0-9a-f]{64}")


def read_policy(path: Path) -> dict[str, Any]:
    """What the file asks for, checked, without its format. Raises HeadOfficeError with what is wrong, OSError."""
    said = read_document(path)
    if said is None:
        raise _wrong(path, _("it isn't JSON"))
    if said.pop("mshopper_policy", None) != _FORMAT:
        raise _wrong(path, _("it doesn't begin with “mshopper_policy”: 1"))
    for name, value in said.items():
        if name not in _GOOD:
            raise _wrong(path, _("“{name}” is unknown").format(name=name))
        if not _GOOD[name](value):
            raise _wrong(path, _("the value of “{name}” can't stand").format(name=name))
    return said


def _is_months(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_MONTHS


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


_GOOD: dict[str, Callable[[Any], bool]] = {
    "retention_months": _is_months,
    "photo_months": _is_months,
    "pseudonyms": _is_flag,
    "auditor_by_id": _is_flag,
    "pseudonym_key": lambda value: isinstance(value, str) and _KEY.fullmatch(value) is not None,
    "erase_when": lambda value: value in ("approved", "published"),
}


def _wrong(path: Path, what: str) -> HeadOfficeError:
    sentence = _("“{file}” was not taken, and what was asked before goes on: {what}.")
    return HeadOfficeError(sentence.format(file=path.name, what=what))
