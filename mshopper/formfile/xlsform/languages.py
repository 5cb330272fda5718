"""Languages as headers name them ("English (en)", "english", "en") -> one code each, the same on every sheet."""

import re
from collections.abc import Iterable

_WITH_CODE = re.compile(r"(.*?)\s*\(\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*\)")
DEFAULT = "default"
"""The language of texts given without one, in a form that has others beside them."""


class Languages:
    """The languages of a form. A code in brackets names it; else its name as first written does."""

    def __init__(self, named: Iterable[str]) -> None:
        self._codes: dict[str, str] = {}
        names = [name.strip() for name in named if name.strip()]
        for name in names:
            if match := _WITH_CODE.fullmatch(name):
                code = match[2]
                for key in (name, match[1], code):
                    if key:
                        self._codes.setdefault(key.lower(), code)
        for name in names:
            self._codes.setdefault(name.lower(), name)

    def code(self, name: str) -> str:
        """The code of a language as a header or setting names it; "" for no name."""
        name = name.strip()
        if found := self._codes.get(name.lower()):
            return found
        match = _WITH_CODE.fullmatch(name)
        return match[2] if match else name

    def codes(self, names: Iterable[str]) -> tuple[str, ...]:
        """The codes of these, each once."""
        return tuple(dict.fromkeys(code for name in names if (code := self.code(name))))
