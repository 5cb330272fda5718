"""The colours by what they are for, in four sets: light, dark, and both with high contrast."""

from typing import NamedTuple


class Colours(NamedTuple):
    """Colours by what they are for, as "#RRGGBB". Texts keep a contrast of 4.5 on what they stand on (tests/ui)."""

    window: str
    card: str
    raised: str
    text: str
    muted: str
    control_line: str
    line: str
    accent: str
    on_accent: str
    accent_soft: str
    good: str
    warn: str
    bad: str


LIGHT = Colours(
    window="#F5F6F4",
    card="#FFFFFF",
    raised="#EDEFEC",
    text="#1B1F24",
    muted="#57606C",
    control_line="#7D8693",
    line="#DFE2DE",
    accent="#1B5FAF",
    on_accent="#FFFFFF",
    accent_soft="#E6EEF8",
    good="#1B7340",
    warn="#8A5800",
    bad="#B3261E",
)
DARK = Colours(
    window="#14171B",
    card="#1D2127",
    raised="#262B32",
    text="#E9EBEE",
    muted="#A7B0BC",
    control_line="#6B7480",
    line="#31373F",
    accent="#8AB8F5",
    on_accent="#0C1B30",
    accent_soft="#22324A",
    good="#74D19B",
    warn="#F0BA55",
    bad="#F59A92",
)
CONTRAST = Colours(
    window="#FFFFFF",
    card="#FFFFFF",
    raised="#EBEBEB",
    text="#000000",
    muted="#2E2E2E",
    control_line="#000000",
    line="#5C5C5C",
    accent="#003C8F",
    on_accent="#FFFFFF",
    accent_soft="#DCE8FF",
    good="#00501F",
    warn="#5C3A00",
    bad="#8F0000",
)
CONTRAST_DARK = Colours(
    window="#000000",
    card="#000000",
    raised="#242424",
    text="#FFFFFF",
    muted="#DADADA",
    control_line="#FFFFFF",
    line="#A0A0A0",
    accent="#FFD93B",
    on_accent="#000000",
    accent_soft="#333000",
    good="#7CF5A8",
    warn="#FFC861",
    bad="#FFB0AA",
)
