"""The look of a report: the light colours of the screens, sizes of type, and the page. Drawn by `blocks` and `charts`."""

from dataclasses import dataclass, replace

WINDOW = "#F5F6F4"
CARD = "#FFFFFF"
INK = "#1B1F24"
MUTED = "#57606C"
LINE = "#DCDFDB"
CONTROL = "#7D8693"
ACCENT = "#1B5FAF"
GOOD = "#1B7340"
WARN = "#8A5800"
BAD = "#B3261E"
TRACK = "#E6E8E5"
WATERMARK = "#EEF0ED"

PALE = "#F7F7F7"
"""The middle of the heat map: on white it needs an edge."""
HEAT = ("#B35806", "#E08214", "#FDB863", PALE, "#B2D3EA", "#5AA0CF", "#2166AC")
"""Orange to blue through grey, lowest first: safe for colour-blind people."""

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
MARGIN = 48.0
TOP = 60.0
BOTTOM = 56.0
WIDTH = PAGE_WIDTH - 2 * MARGIN
BODY_HEIGHT = PAGE_HEIGHT - TOP - BOTTOM

LEFT, RIGHT = 28.0, 112.0
"""The indents of a question: its number stands in the left one, its points in the right one."""


@dataclass(frozen=True, slots=True)
class Type:
    """How words are set: size and leading in points."""

    size: float
    bold: bool = False
    colour: str = INK
    line: float = 1.36

    @property
    def leading(self) -> float:
        """From one baseline to the next, in points."""
        return self.size * self.line

    def in_(self, colour: str) -> "Type":
        """The same type in another colour."""
        return replace(self, colour=colour)


KICKER = Type(9, bold=True, colour=ACCENT)
TITLE = Type(21, bold=True, line=1.2)
HEADING = Type(13, bold=True, line=1.25)
SUBHEADING = Type(10.5, bold=True)
BODY = Type(9.5)
STRONG = Type(9.5, bold=True)
SMALL = Type(8.25, colour=MUTED)
TINY = Type(7.25, colour=MUTED)
FIGURE = Type(30, bold=True, line=1.1)
"""The score itself."""


def heat(percent: float) -> tuple[str, str]:
    """The colour of a cell for a percentage, and of the number in it."""
    step = min(len(HEAT) - 1, max(0, int(percent / 100 * len(HEAT))))
    return HEAT[step], (CARD if step in (0, len(HEAT) - 1) else INK)
