"""Canonical JSON: one value, one sequence of bytes, so that its hash is the same on every machine for ever.

RFC 8785 (JSON Canonicalization Scheme), without its floating-point numbers: an exact number travels as decimal text.
"""

import json
from collections.abc import Mapping

_LARGEST_INTEGER = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 8785, section 3.2.2.3; RFC 7493, section 2.2)."""


def canonical_json(data: object) -> bytes:
    """`data` (mappings with text keys, lists, tuples, text, whole numbers, booleans, None) as canonical UTF-8 JSON.

    Raises TypeError for anything else, floats included, and ValueError for a whole number beyond 2^53 - 1 or for text
    that UTF-8 can't hold (a lone surrogate).
    """
    return _WRITER.encode(_ordered(data)).encode()


_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
"""Made once: `json.dumps` would make one for every call."""


def _ordered(data: object) -> object:
    if isinstance(data, str) or data is None or data is True or data is False:
        return data
    if isinstance(data, int):
        if abs(data) > _LARGEST_INTEGER:
            raise ValueError(f"{data} is too large for a JSON number: write it as text")
        return data
    if isinstance(data, dict | Mapping):  # of the two the first is by far the faster to ask
        if not all(isinstance(key, str) for key in data):
            raise TypeError("the keys of canonical JSON are text")
        # In ASCII both orders are one.
        keys = sorted(data) if "".join(data).isascii() else sorted(data, key=_utf16)
        # Most of it is text, which needn't be asked for one by one.
        return {key: value if type(value := data[key]) is str else _ordered(value) for key in keys}
    if isinstance(data, list | tuple):
        return [item if type(item) is str else _ordered(item) for item in data]
    raise TypeError(f"{type(data).__name__} has no canonical JSON: write it as text")


def _utf16(key: str) -> bytes:
    """The order of keys in RFC 8785, section 3.2.3: by UTF-16 code units, where emoji come before U+FFFD."""
    return key.encode("utf-16-be")
