"""Which font prints which character: Noto Sans, then Chinese/Japanese/Korean, then symbols, then its code in a box.

The first step from typed words to ink: `text` lays the runs out, `charts` draws them. A character that no font has is
collected, so that the report can name it; nothing that can be seen vanishes.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from mshopper import paths

REGULAR = "NotoSans-Regular"
BOLD = "NotoSans-Bold"
HAN = "DroidSansFallback"
SYMBOLS = "Symbola"

# reportlab's defaults would wrap every stream in ASCII85 (a quarter larger, and encoded in Python) and name Helvetica,
# which is never embedded, wherever a drawing begins.
rl_config.useA85 = 0
for _bold, _name in ((0, REGULAR), (1, BOLD)):
    for _italic in (0, 1):
        addMapping(REGULAR, _bold, _italic, _name)
rl_config.defaultGraphicsFontName = REGULAR

_DROPPED = frozenset({"Cc", "Cf"})
"""Control and format characters (bidi marks, joiners, byte order mark): they have no shape of their own."""

_MINUS, _EN_DASH = 0x2212, 0x2013

_LONG_CODE = re.compile(r"<([0-9A-F]{5,6})>")
_VARIATION_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive characters of one font. `width` is in ems; a boxed run is the code of a character no font has."""

    font: str
    text: str
    width: float
    boxed: bool = False


class _Font(TTFont):
    """A TrueType font that can be copied from: reportlab writes characters beyond U+FFFF as five digits, where PDF wants
    UTF-16 (ISO 32000-1, 9.10.3)."""

    def addObjects(self, doc: Any) -> None:
        """Add the font's objects to the document, its character maps mended."""
        super().addObjects(doc)
        for name, stream in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                stream.content = _LONG_CODE.sub(lambda found: f"<{_utf16(int(found[1], 16))}>", stream.content)


def _utf16(code: int) -> str:
    return chr(code).encode("utf-16-be").hex().upper()


@lru_cache(maxsize=8)
def load(name: str) -> Any:
    """The font of that name, read from resources/fonts and known to reportlab from then on."""
    file = paths.resources_folder() / "fonts" / f"{name}.ttf"
    font = _Font(name, BytesIO(file.read_bytes()))
    if name in (REGULAR, BOLD):
        _add_minus(font.face)
    pdfmetrics.registerFont(font)
    return font


def _add_minus(face: Any) -> None:
    """Noto Sans has no minus sign: its en dash draws it, in either weight, and the text still reads as a minus."""
    face.charToGlyph.setdefault(_MINUS, face.charToGlyph[_EN_DASH])
    face.charWidths.setdefault(_MINUS, face.charWidths[_EN_DASH])


@lru_cache(maxsize=8)
def _glyphs(name: str) -> dict[int, float]:
    """Width in ems of every character that the font can draw."""
    face = load(name).face
    widths, default = face.charWidths, face.defaultWidth
    return {code: widths.get(code, default) / 1000 for code, glyph in face.charToGlyph.items() if glyph}


@lru_cache(maxsize=20_000)
def _font_of(char: str, bold: bool) -> str | None:
    """The first font that draws `char`; None where none does."""
    code = ord(char)
    for name in (BOLD if bold else REGULAR, HAN, SYMBOLS):
        if code in _glyphs(name):
            return name
    return None


def clean(words: str) -> str:
    """`words` composed (NFC), with one kind of line break and blank, and without characters that have no shape."""
    if words.isascii() and words.isprintable():
        return words
    words = unicodedata.normalize("NFC", words.replace("\r\n", "\n").replace("\r", "\n"))
    shown = []
    for char in words:
        category = unicodedata.category(char)
        if char == "\n" or category in ("Zl", "Zp"):
            shown.append("\n")
        elif char == "\t" or (category == "Zs" and char != "\u00a0"):
            shown.append(" ")
        elif category not in _DROPPED and char not in _VARIATION_SELECTORS:
            shown.append(char)
    return "".join(shown)


@dataclass
class Fonts:
    """The fonts of one document; `missing` gathers the characters that had to be printed as their code."""

    missing: set[str] = field(default_factory=set)

    def runs(self, words: str, bold: bool) -> list[Run]:
        """`words` (cleaned, without line breaks) as runs of one font each."""
        name = BOLD if bold else REGULAR
        glyphs = _glyphs(name)
        try:
            return [Run(name, words, sum([glyphs[ord(char)] for char in words]))] if words else []
        except KeyError:
            return self._mixed(words, bold)

    def _mixed(self, words: str, bold: bool) -> list[Run]:
        runs: list[Run] = []
        for char in words:
            font = _font_of(char, bold)
            if font is None:
                self.missing.add(char)
                code = self.runs(f"U+{ord(char):04X}", bold=False)[0]
                runs.append(Run(code.font, code.text, code.width, boxed=True))
                continue
            width = _glyphs(font)[ord(char)]
            last = runs[-1] if runs else None
            if last is not None and last.font == font and not last.boxed:
                runs[-1] = Run(font, last.text + char, last.width + width)
            else:
                runs.append(Run(font, char, width))
        return runs

    def width(self, words: str, size: float, bold: bool = False) -> float:
        """How wide `words` stand on one line, in points."""
        return size * sum(run.width for run in self.runs(words, bold))
