"""The catalogues: what the program says is there, in Italian too, and comes out as it was meant."""

import ast
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from mshopper import paths
from mshopper.i18n import _, current_language, languages, ngettext, speaking

SOURCE = Path(__file__).resolve().parents[1] / "mshopper"
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}
"""The functions whose texts are gathered; the same as in .ci/translations."""
TRANSLATED = [language for language in languages() if language != "en"]
SAME_IN_BOTH = {
    "App",
    "Auditor",
    "Chat",
    "Demo",
    "E-mail",
    "Menu",
    "N/A",
    "No",
    "Password",
    "Privacy",
    "hh:mm",
    "m:ss",
} | {
    "{points} bonus",
    "{n} auditor",
    "Crit.",
    "NPS, CSAT, CES",
}
"""What Italian says as English does."""

Forms = tuple[str, ...]
"""A message, or its singular and plural."""


@lru_cache
def said() -> frozenset[Forms]:
    """Every message in the source, as the tool that gathers them finds it."""
    found = extract_from_dir(str(SOURCE), keywords=KEYWORDS)
    return frozenset(
        (text,) if isinstance(text, str) else tuple(text) for _file, _line, text, _notes, _context in found
    )


def file_of(language: str) -> Path:
    """The catalogue of `language`, as people edit it."""
    return paths.resources_folder() / "translations" / language / "LC_MESSAGES" / "mshopper.po"


@lru_cache
def catalogue(language: str) -> Catalog:
    return read_po(io.BytesIO(file_of(language).read_bytes()), locale=language)


def forms_of(text: str | list[str] | tuple[str, ...] | None) -> Forms:
    return (text,) if isinstance(text, str) else tuple(text or ())


def translations(language: str) -> Iterator[tuple[Forms, Forms]]:
    """Each message with its translation, the plural beside the singular."""
    return ((forms_of(message.id), forms_of(message.string)) for message in catalogue(language) if message.id)


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Each English text with its translation, singular and plural apart."""
    for ids, strings in translations(language):
        yield from zip(ids, strings, strict=True)


def holes(text: str) -> set[str]:
    """The names of the placeholders in `text`, conversions and formats included."""
    parts = Formatter().parse(text)
    return {f"{name}!{how}:{shape}" for _words, name, shape, how in parts if name is not None}


def calls() -> Iterator[tuple[str, Forms]]:
    """Where the source says something: file and line, and the texts in the call (none where it names a variable)."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                count = 2 if node.func.id == "ngettext" else 1
                texts = [arg.value for arg in node.args[:count] if isinstance(arg, ast.Constant)]
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", tuple(map(str, texts))


def test_everything_said_is_gathered() -> None:
    """No text stands where the tool doesn't see it, such as in a call within an f-string."""
    unseen = [f"{place} {texts}" for place, texts in calls() if texts and texts not in said()]
    assert unseen == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_said_is_translated(language: str) -> None:
    """The catalogue holds the messages of the source and no other, each translated, none of them doubtful."""
    known = dict(translations(language))
    assert said() - known.keys() == set(), "run .ci/translations, then translate"
    assert known.keys() - said() == set(), "run .ci/translations"
    assert [ids for ids, strings in known.items() if not all(strings)] == []
    assert [message.id for message in catalogue(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_what_is_filled_in_and_typed(language: str) -> None:
    """A translation has its text's placeholders and `code words`, as many “quotes”, and ends as a sentence if it does."""
    for text, translation in pairs(language):
        assert holes(translation) == holes(text), text
        assert sorted(re.findall("`[^`]*`", translation)) == sorted(re.findall("`[^`]*`", text)), text
        assert [translation.count(mark) for mark in '“”"'] == [text.count(mark) for mark in '“”"'], text
        assert re.findall(r"[.…?!:]?$", translation) == re.findall(r"[.…?!:]?$", text), text
        assert translation == translation.strip(), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(language: str) -> None:
    """No text with words of its own is the same in both languages, but for the words that are."""
    same = {text for text, translation in pairs(language) if text == translation}
    assert {text for text in same if re.search(r"[^\W\d_]", re.sub(r"\{\w*\}", "", text))} <= SAME_IN_BOTH


@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_catalogue_is_up_to_date(language: str) -> None:
    """The file that the program reads is what the one that people edit compiles to."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    assert file_of(language).with_suffix(".mo").read_bytes() == compiled.getvalue(), "run .ci/translations"


def test_plurals_agree_with_their_number() -> None:
    """One visit is singular, none and many are plural, in each language."""
    shown = {}
    for language in ("it", "en"):
        with speaking(language):
            shown[language] = [ngettext("{n} visit sent", "{n} visits sent", n).format(n=n) for n in (0, 1, 2, 21)]
    assert shown["it"] == ["0 visite trasmesse", "1 visita trasmessa", "2 visite trasmesse", "21 visite trasmesse"]
    assert shown["en"] == ["0 visits sent", "1 visit sent", "2 visits sent", "21 visits sent"]


def test_a_language_within_another() -> None:
    """`speaking` holds within its block, also within another, and the language before is back after an error too."""
    before = current_language()
    heard = []
    with speaking("it"):
        heard.append(_("Store"))
        with suppress(ZeroDivisionError), speaking("en"):
            heard.append(_("Store"))
            heard.append(str(1 / 0))
        heard.append(_("Store"))
    assert heard == ["Punto vendita", "Store", "Punto vendita"]
    assert current_language() == before
