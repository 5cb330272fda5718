"""Plain words into lines: breaking, mixed fonts, boxed codes. There is no markup, so what people type needs no escaping.

reportlab's own Paragraph reads markup, takes one font a run and drops what the font lacks; a report made of typed words
needs the opposite. `blocks` puts the lines on pages.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mshopper.report.fonts import HAN, Fonts, Run, clean
from mshopper.report.style import INK, Type

BOX_SCALE = 0.72
"""A boxed code is set in smaller type."""
BOX_PADDING = 0.22
"""On either side of a boxed code, in ems."""

_TOKENS = re.compile(r"\n| +|[^ \n]+")
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Span:
    """Words in one colour and weight."""

    text: str
    bold: bool = False
    colour: str = INK


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line: a run at `x` points from the line's start, in a colour; `width` in points."""

    run: Run
    x: float
    width: float
    colour: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line as set."""

    pieces: tuple[Piece, ...]
    width: float


def run_width(run: Run, size: float) -> float:
    """How wide a run stands, in points."""
    return size * (run.width * BOX_SCALE + 2 * BOX_PADDING if run.boxed else run.width)


def words_width(fonts: Fonts, words: str, kind: Type) -> float:
    """How wide `words` stand on one line of that type, in points."""
    return sum(run_width(run, kind.size) for run in fonts.runs(clean(words).replace("\n", " "), kind.bold))


def set_lines(
    fonts: Fonts, spans: Sequence[Span], size: float, width: float, max_lines: int | None = None
) -> tuple[Line, ...]:
    """`spans` broken into lines no wider than `width` points; an ellipsis ends the last where `max_lines` cuts."""
    setter = _Setter(fonts, size, max(width, size))
    for span in spans:
        setter.add(span)
    lines = setter.finish()
    if max_lines is None or len(lines) <= max_lines:
        return lines
    return (*lines[: max_lines - 1], _shortened(fonts, lines[max_lines - 1], size, width))


def _shortened(fonts: Fonts, line: Line, size: float, width: float) -> Line:
    """The line with an ellipsis, and what then has no room left out."""
    run = fonts.runs(_ELLIPSIS, bold=False)[0]
    room = width - run_width(run, size)
    pieces = list(line.pieces)
    while pieces and pieces[-1].x + pieces[-1].width > room:
        last = pieces.pop()
        kept = last.run.text
        while kept and not last.run.boxed and last.x + size * _ems(fonts, kept, last.run) > room:
            kept = kept[:-1]
        if kept and not last.run.boxed:
            cut = Run(last.run.font, kept, _ems(fonts, kept, last.run))
            pieces.append(Piece(cut, last.x, size * cut.width, last.colour))
            break
    end = pieces[-1].x + pieces[-1].width if pieces else 0.0
    colour = line.pieces[-1].colour if line.pieces else INK
    return Line((*pieces, Piece(run, end, run_width(run, size), colour)), end + run_width(run, size))


def _ems(fonts: Fonts, words: str, run: Run) -> float:
    return sum(part.width for part in fonts.runs(words, bold=run.font.endswith("Bold")))


class _Setter:
    """Fills lines greedily, word by word; a word wider than a line is broken where the line ends."""

    def __init__(self, fonts: Fonts, size: float, width: float) -> None:
        self._fonts = fonts
        self._size = size
        self._width = width
        self._lines: list[Line] = []
        self._pieces: list[Piece] = []
        self._x = 0.0
        self._blank: Piece | None = None

    def add(self, span: Span) -> None:
        for token in _TOKENS.findall(clean(span.text)):
            if token == "\n":  # noqa: S105 - a line break, not a password
                self._break()
            elif token[0] == " ":
                run = self._fonts.runs(token, span.bold)[0]
                self._blank = Piece(run, self._x, run_width(run, self._size), span.colour)
            else:
                for part in _breakable(self._fonts.runs(token, span.bold)):
                    self._put(part, span)

    def finish(self) -> tuple[Line, ...]:
        if self._pieces or not self._lines:
            self._break()
        return tuple(self._lines)

    def _put(self, part: list[Run], span: Span) -> None:
        blank = self._blank.width if self._blank else 0.0
        width = sum(run_width(run, self._size) for run in part)
        if self._pieces and self._x + blank + width > self._width:
            self._break()
        elif self._blank and self._pieces:
            self._append(self._blank.run, self._blank.colour)
        self._blank = None
        if width > self._width:
            part = list(self._letters(part, span))
        for run in part:
            if self._pieces and self._x + run_width(run, self._size) > self._width:
                self._break()
            self._append(run, span.colour)

    def _letters(self, part: list[Run], span: Span) -> Iterator[Run]:
        for run in part:
            if run.boxed:
                yield run
            else:
                for char in run.text:
                    yield from self._fonts.runs(char, span.bold)

    def _append(self, run: Run, colour: str) -> None:
        width = run_width(run, self._size)
        last = self._pieces[-1] if self._pieces else None
        if last and not run.boxed and not last.run.boxed and last.run.font == run.font and last.colour == colour:
            joined = Run(run.font, last.run.text + run.text, last.run.width + run.width)
            self._pieces[-1] = Piece(joined, last.x, last.width + width, colour)
        else:
            self._pieces.append(Piece(run, self._x, width, colour))
        self._x += width

    def _break(self) -> None:
        self._lines.append(Line(tuple(self._pieces), self._x))
        self._pieces, self._x, self._blank = [], 0.0, None


def _breakable(runs: list[Run]) -> Iterator[list[Run]]:
    """The parts of a word between which a line may break: Chinese and Japanese break at any character."""
    part: list[Run] = []
    for run in runs:
        if run.font != HAN:
            part.append(run)
            continue
        if part:
            yield part
            part = []
        em = run.width / len(run.text)
        for char in run.text:
            yield [Run(HAN, char, em)]
    if part:
        yield part
