"""The look and the commands as tables: contrast, icons with their licence, no shortcut twice."""

import re
from configparser import ConfigParser
from itertools import product
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QKeySequence, QPainter, QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from mshopper import paths
from mshopper.ui.actions import COMMANDS, SCOPES
from mshopper.ui.colours import CONTRAST, CONTRAST_DARK, DARK, LIGHT
from mshopper.ui.icons import Icons
from mshopper.ui.sheet import TARGET, style_sheet, target
from mshopper.ui.theme import SCALES, Theme, palette


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2, 1-21."""

    def luminance(colour: str) -> float:
        parts = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


ALL = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST, "contrast_dark": CONTRAST_DARK}


@pytest.mark.parametrize("name", ALL)
def test_text_can_be_read_and_controls_be_seen(name: str) -> None:
    """4.5 for text on all it stands on, 3 for the outline of a control; with high contrast 7, and 4.5 for outlines."""
    colours, high = ALL[name], name.startswith("contrast")
    least, least_line = (7, 4.5) if high else (4.5, 3)
    texts = ("text", "muted", "accent", "good", "warn", "bad")
    for text, ground in product(texts, ("window", "card", "raised", "accent_soft")):
        assert contrast(getattr(colours, text), getattr(colours, ground)) >= least, (text, ground)
    assert contrast(colours.on_accent, colours.accent) >= least
    for ground in (colours.window, colours.card):
        assert contrast(colours.control_line, ground) >= least_line
        if high:
            assert contrast(colours.line, ground) >= least_line


def test_what_the_style_leaves_to_qt_is_in_our_colours_too() -> None:
    """Text of Qt's palette can be read on its ground, chosen and disabled text too."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    for colours in ALL.values():
        made = palette(colours)
        for text, ground in (
            (role.WindowText, role.Window),
            (role.Text, role.Base),
            (role.ButtonText, role.Button),
            (role.ToolTipText, role.ToolTipBase),
            (role.PlaceholderText, role.Base),
            (role.HighlightedText, role.Highlight),
            (role.Link, role.Base),
        ):
            for each in (group.Active, group.Disabled):
                assert contrast(made.color(each, text).name(), made.color(each, ground).name()) >= 4.5, (text, each)


def test_the_style_sheet_names_no_colour_that_is_not_there() -> None:
    """Each @name of the sheet is a colour of the theme."""
    for colours, scale in product(ALL.values(), SCALES):
        assert "@" not in style_sheet(colours, scale)
        assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in colours)
        assert target(scale) >= TARGET


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope not in ("app", "card")])
def test_no_two_commands_share_a_shortcut_where_both_are_in_force(scope: str) -> None:
    """App commands are in force everywhere, the others on their screen."""
    here = [each for each in COMMANDS if each.scope in ("app", scope)]
    keys = [QKeySequence(each).toString() for command in here for each in (command.keys, command.also) if each]
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


def test_icons_are_whole_and_sharp_on_every_screen(qapp: QApplication) -> None:
    """At two pixels to a point an icon has twice the pixels, and as much of it is drawn."""
    theme = Theme(qapp, "light")
    for name in ("square", "circle", "menu"):
        drawn = []
        for scale in (1.0, 2.0):
            pixmap = Icons(theme, scale).pixmap(name, "text", 20)
            image = pixmap.toImage()
            assert image.width() == image.height() == 20 * scale
            inked = [
                x for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).alpha() > 40
            ]
            drawn.append((min(inked) / scale, max(inked) / scale))
        assert drawn[0] == pytest.approx(drawn[1], abs=1), name


def test_the_desktop_knows_the_app_by_its_icon_and_its_words() -> None:
    """The icon is there in every size, drawn from one picture; the desktop file and its description name the same app."""
    folder = paths.resources_folder() / "desktop"
    drawing = QSvgRenderer(str(paths.resources_folder() / "mshopper.svg"))
    for size in (16, 24, 32, 48, 64, 128, 256):
        drawn = QImage(size, size, QImage.Format.Format_ARGB32)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing.render(painter)
        painter.end()
        kept = QImage(str(folder / f"mshopper-{size}.png")).convertToFormat(QImage.Format.Format_ARGB32)
        middle = size // 2
        assert kept.size() == drawn.size()
        assert kept.pixelColor(middle, size // 8) == drawn.pixelColor(middle, size // 8)
    entry = ConfigParser(interpolation=None)
    entry.read(folder / "mshopper.desktop", encoding="utf-8")
    about = ElementTree.parse(folder / "mshopper.metainfo.xml").getroot()
    assert about.findtext("launchable") == "mshopper.desktop"
    assert about.findtext("name") == entry["Desktop Entry"]["Name"]
    assert entry["Desktop Entry"]["Exec"] == "mshopper open %F"
    assert {each.get("{http://www.w3.org/XML/1998/namespace}lang", "en") for each in about.iter("p")} == {"en", "it"}
