"""The look and the commands as tables: contrast, icons with their licence, no shortcut twice."""

import re
from itertools import product

import pytest
from PySide6.QtGui import QColor, QKeySequence

from mshopper import paths
from mshopper.ui.actions import COMMANDS
from mshopper.ui.theme import DARK, LIGHT, Colours, style_sheet


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2, 1-21."""

    def luminance(colour: str) -> float:
        parts = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_and_controls_be_seen(colours: Colours) -> None:
    """4.5 for text on all it stands on, 3 for the outline of a control."""
    texts = ("text", "muted", "accent", "good", "warn", "bad")
    for text, ground in product(texts, ("window", "card")):
        assert contrast(getattr(colours, text), getattr(colours, ground)) >= 4.5, (text, ground)
    for text, ground in product(("text", "muted"), ("raised", "accent_soft")):
        assert contrast(getattr(colours, text), getattr(colours, ground)) >= 4.5, (text, ground)
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.accent, colours.accent_soft) >= 4.5
    for ground in (colours.window, colours.card):
        assert contrast(colours.control_line, ground) >= 3


def test_the_style_sheet_names_no_colour_that_is_not_there() -> None:
    """Each @name of the sheet is a colour of the theme."""
    sheet = style_sheet(LIGHT)
    assert "@" not in sheet
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in LIGHT)


@pytest.mark.parametrize("scope", ["visits", "visit"])
def test_no_two_commands_share_a_shortcut_where_both_are_in_force(scope: str) -> None:
    """App commands are in force everywhere, the others on their screen."""
    keys = [QKeySequence(each.keys).toString() for each in COMMANDS if each.keys and each.scope in ("app", scope)]
    assert all(keys)
    assert sorted(set(keys)) == sorted(keys)


def test_single_keys_are_used_once_and_are_no_digits() -> None:
    """Digits choose answers."""
    keys = [each.keys for each in COMMANDS if each.scope == "card"]
    assert sorted(set(keys)) == sorted(keys)
    assert not any(key.isdigit() for key in keys)


def test_every_icon_has_its_licence_and_is_used() -> None:
    """resources/icons holds only what the windows show, and the licence beside it."""
    folder = paths.resources_folder() / "icons"
    assert "ISC" in (folder / "LICENSE").read_text(encoding="utf-8")
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (paths.resources_folder().parent / "mshopper" / "ui").rglob("*.py")
    )
    for icon in folder.glob("*.svg"):
        assert f'"{icon.stem}"' in sources, icon.name
