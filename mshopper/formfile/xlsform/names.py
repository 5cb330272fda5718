"""Names as rules and files need them: mended where they can't be used, and in every reference to them alike."""

import re
from collections.abc import Callable, Iterable

from mshopper.formfile.ncname import is_name

REFERENCE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " "})
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")


def mended_name(text: str) -> str:
    """`text` as an XML NCName: itself where it is one."""
    if is_name(text):
        return text
    mended = re.sub(r"[^\w.\-]+", "_", text.strip()).strip("_") or "_"
    mended = "".join(letter if is_name("a" + letter) else "_" for letter in mended)
    return mended if is_name(mended) else f"_{mended}"


def mended_choice(text: str) -> str:
    """`text` as a choice's id, which has no blanks: lists of chosen ids are joined by them."""
    return re.sub(r"\s+", "_", text)


def mended_rule(text: str) -> str:
    """A rule with the quotation marks and blanks that a word processor bent made straight again."""
    return text if text.isascii() else text.translate(_QUOTES)


def with_references(text: str, known: Callable[[str], str]) -> str:
    """`text` with every `${name}` as `known` gives it back."""
    if "${" not in text:
        return text
    return REFERENCE.sub(lambda match: "${" + known(match[1]) + "}", text)


def with_literals(text: str, renamed: dict[str, str]) -> str:
    """A rule with the choices' ids that were mended mended in its quoted texts too."""
    if not renamed:
        return text
    return _LITERAL.sub(lambda m: m[0][0] + renamed.get(m[0][1:-1], m[0][1:-1]) + m[0][-1], text)


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or with the first number from 2 that makes it another than all of `taken`."""
    used = set(taken)
    if wanted not in used:
        return wanted
    number = 2
    while f"{wanted}_{number}" in used:
        number += 1
    return f"{wanted}_{number}"
