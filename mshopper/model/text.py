"""Words in several languages, as forms hold them and lists show them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Words in one or several languages: (language, words) pairs; language "" is that of a text given without one."""

    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, words: "str | Mapping[str, str] | Text") -> "Text":
        """A Text from a plain string or from a mapping of language to words."""
        if isinstance(words, Text):
            return words
        if isinstance(words, str):
            return cls((("", words),)) if words else cls()
        return cls(tuple(words.items()))

    def get(self, language: str, fallback: str = "") -> str:
        """The words in `language`, else in `fallback`, else in the first language that has any."""
        words = dict(self.values)
        return words.get(language) or words.get("") or words.get(fallback) or next((w for w in words.values() if w), "")

    def __bool__(self) -> bool:
        return any(words for _, words in self.values)


NO_TEXT = Text()
