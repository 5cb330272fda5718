"""Names that ids may have: apart from `scalars`, since workbooks are read without pydantic."""

import re
from functools import lru_cache

_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")


@lru_cache(maxsize=1)
def _ncname() -> re.Pattern[str]:
    """Namespaces in XML 1.0, NCName: the Name of XML 1.0 (fifth edition) without a colon. Only a few forms need it."""
    return re.compile(f"[{_NAME_START}][{_NAME_START}\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040]*")


def is_name(text: str) -> bool:
    """Whether `text` is an XML NCName."""
    return (_PLAIN if text.isascii() else _ncname()).fullmatch(text) is not None
