"""The window's own commands: the palette, the sheet of keys, the cover, looks, languages, the first page, recent visits."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from mshopper import app as desktop
from mshopper import i18n, paths
from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.ui.about import About
from mshopper.ui.actions import COMMANDS, SCOPES
from mshopper.ui.afterwards import Afterwards
from mshopper.ui.bar import fill_languages, fill_recent
from mshopper.ui.colours import CONTRAST, CONTRAST_DARK, DARK
from mshopper.ui.filling.visit_page import VisitPage
from mshopper.ui.first_run import FirstRunPage
from mshopper.ui.forms_page import FormsPage
from mshopper.ui.licences import parts
from mshopper.ui.palette import Palette, fitness
from mshopper.ui.photos.camera import is_installed
from mshopper.ui.qt_language import speak_qt
from mshopper.ui.settings_page import SettingsPage
from mshopper.ui.sheet import BASE
from mshopper.ui.shortcuts import ShortcutSheet
from mshopper.ui.theme import Theme
from mshopper.ui.visits.not_done import NotDonePage
from mshopper.ui.visits.page import VisitsPage

from .conftest import WAIT, Person


def palette_of(person: Person) -> Palette:
    """The palette, opened by its keys."""
    person.keys("palette")
    found = person.window.findChild(Palette)
    assert isinstance(found, Palette)
    return found


def offered(palette: Palette) -> list[str]:
    """What the palette lists now, as a screen reader hears it."""
    role = Qt.ItemDataRole.AccessibleTextRole
    return [palette.list.item(n).data(role) for n in range(palette.list.count())]


def test_the_palette_runs_what_a_few_letters_find(person: Person) -> None:
    """Letters that begin words find a command of the app; Enter goes there."""
    palette = palette_of(person)
    assert "New visit, Ctrl+N" in offered(palette)
    person.press("fo")
    assert offered(palette)[0].startswith("Forms")
    person.press("\n")
    person.settle()
    person.screen(FormsPage)


def test_the_palette_knows_the_visit_and_its_questions(person: Person) -> None:
    """While filling in it offers the screen's commands, and the single keys of the question that has the focus."""
    page = person.start("store_visit")
    section = page.pages[page._path]
    key = section.visible_keys()[0]
    section.go_to(key)
    palette = palette_of(person)
    names = [each.rpartition(", ")[0] for each in offered(palette)]
    assert {"Next section", "Comment", "Forms"} <= set(names)
    assert "New visit" not in names
    person.press("comment\n")
    assert section.cards[key].comment.isVisible()


def test_leaving_the_palette_leaves_all_as_it_was(person: Person) -> None:
    """Escape gives the focus back; so does going elsewhere, which closes it."""
    page = person.screen(VisitsPage)
    assert isinstance(page, VisitsPage)
    page.search.setFocus()
    palette_of(person)
    person.press(Qt.Key.Key_Escape)
    person.settle()
    assert QApplication.focusWidget() is page.search
    palette_of(person)
    page.search.setFocus()
    person.settle()
    assert person.window.findChild(Palette) is None


@given(st.text(min_size=1), st.data())
def test_letters_in_their_order_always_fit(text: str, data: st.DataObject) -> None:
    """What is left of a text when letters are taken out of it finds it; a letter that isn't in it never does."""
    kept = data.draw(st.lists(st.sampled_from(range(len(text))), unique=True).map(sorted))
    assert fitness("".join(text[n] for n in kept), text) is not None
    assert fitness(text + "x", text) is None or "x" in text.casefold()


def test_the_sheet_of_keys_shows_every_command_and_its_keys(person: Person) -> None:
    """F1 opens it, from the same table as the menu, and closes it; each scope has its heading."""
    person.keys("shortcuts")
    sheet = person.window.findChild(ShortcutSheet)
    assert isinstance(sheet, ShortcutSheet)
    shown = {each.text() for each in sheet.findChildren(QLabel)}
    absent = () if is_installed() else ("camera",)
    assert {command.text for command in COMMANDS if command.keys and command.id not in absent} <= shown
    assert set(SCOPES.values()) <= shown
    assert {command.scope for command in COMMANDS} == set(SCOPES)
    person.keys("shortcuts")
    person.settle()
    assert person.window.findChild(ShortcutSheet) is None


def test_the_menu_has_every_command_of_the_app(person: Person) -> None:
    """The menu is made of the same table."""
    menu = person.window.bar.menu()
    assert {action.objectName() for action in menu.actions() if action.objectName()} == {
        command.id for command in COMMANDS if command.scope == "app" and command.id != "menu"
    }


def test_the_menu_opens_by_its_key(person: Person) -> None:
    """Over the list and over a visit; arrows and Enter run what is in it."""
    person.keys("menu")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.setActiveAction(next(each for each in menu.actions() if each.objectName() == "place_forms"))
    QTest.keyClick(menu, Qt.Key.Key_Return)
    person.screen(FormsPage)
    person.start("store_visit")
    person.keys("menu")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()


def test_one_key_covers_the_window_and_shows_it_again(person: Person) -> None:
    """Within a visit: nothing of it is to be seen, no other key does anything, and the focus comes back to its place."""
    page = person.start("store_visit")
    section = page.pages[page._path]
    section.go_to(section.visible_keys()[2])
    focus = QApplication.focusWidget()
    person.keys("cover")
    assert not person.window.shell.isVisible()
    assert "mshopper" not in person.window.windowTitle()
    person.keys("place_forms")
    person.keys("palette")
    assert person.visit is page
    assert not person.window.findChild(Palette)
    person.window.resize(1280, 720)
    cover = person.window.commands.cover
    assert cover is not None
    person.settle()
    assert cover.size() == person.window.size()
    person.keys("cover")
    assert person.window.shell.isVisible()
    assert QApplication.focusWidget() is focus
    assert person.window.windowTitle() == "mshopper"


def test_the_cover_stays_while_what_is_behind_it_changes(person: Person) -> None:
    """The system turns dark behind it: nothing shows through, not even the name."""
    person.keys("cover")
    person.desk.theme.choose("dark", 100)
    person.settle()
    assert not person.window.shell.isVisible()
    assert person.window.windowTitle() == "Notes"
    person.keys("cover")
    assert person.window.shell.isVisible()
    assert person.window.windowTitle() == "mshopper"


def test_a_plain_title_and_icon(person: Person) -> None:
    """Where it is asked for, the window doesn't say whose it is; it says so again when that is taken back."""
    person.window.go_to_place("settings")
    page = person.screen(SettingsPage)
    choices = {each.accessibleName(): each for each in page.findChildren(QPushButton)}
    choices["Name of the window: Notes"].click()
    assert person.window.windowTitle() == "Notes"
    assert ops.settings(person.workspace).plain_title
    choices["Name of the window: mshopper"].click()
    assert person.window.windowTitle() == "mshopper"


def test_nothing_here_beeps_or_notifies() -> None:
    """No source file makes a sound or shows a notification."""
    source = paths.resources_folder().parent / "mshopper"
    for path in source.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert [
            word for word in ("beep(", "SystemTray", "QSound", "QApplication.alert", "playsound") if word in text
        ] == []


def test_the_size_of_text_by_keys(person: Person) -> None:
    """Larger, smaller and back; it is kept, and the screen stays as it is, focus and typed words included."""
    person.window.new_visit()
    page = person.window.screen_shown
    assert page is not None
    person.press("tor")
    typed = QApplication.focusWidget()
    assert typed is not None
    person.keys("larger_text")
    person.keys("larger_text")
    assert ops.settings(person.workspace).text_scale == 125
    assert QApplication.font().pixelSize() == round(BASE * 1.25)
    again = person.window.screen_shown
    assert type(again) is type(page)
    assert QApplication.focusWidget() is not typed
    assert QApplication.focusWidget().text() == "tor"  # type: ignore[union-attr]
    person.keys("smaller_text")
    assert ops.settings(person.workspace).text_scale == 110
    person.keys("normal_text")
    assert QApplication.font().pixelSize() == BASE


class System(QObject):
    """A system whose colours and contrast change, as Qt tells of it; the offscreen platform has none of its own."""

    colorSchemeChanged = Signal(Qt.ColorScheme)  # noqa: N815 - Qt's name
    contrastPreferenceChanged = Signal(object)  # noqa: N815 - Qt's name

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.scheme, self.contrast = Qt.ColorScheme.Light, Qt.ContrastPreference.NoPreference
        self.font, self.setFont, self.styleSheet = app.font, app.setFont, app.styleSheet
        self.setPalette, self.setStyleSheet = app.setPalette, app.setStyleSheet
        self.styleHints = self.accessibility = lambda: self
        self.colorScheme, self.contrastPreference = lambda: self.scheme, lambda: self.contrast


def test_colours_follow_the_system_while_it_changes(qapp: QApplication) -> None:
    """Without a wish they are those of the system at any moment, its high contrast included; a wish goes before it."""
    system = System(qapp)
    theme = Theme(system)  # type: ignore[arg-type]
    seen = []
    theme.changed.connect(lambda: seen.append(theme.colours))
    system.scheme = Qt.ColorScheme.Dark
    system.colorSchemeChanged.emit(system.scheme)
    system.contrast = Qt.ContrastPreference.HighContrast
    system.contrastPreferenceChanged.emit(system.contrast)
    system.scheme = Qt.ColorScheme.Light
    system.colorSchemeChanged.emit(system.scheme)
    theme.choose("dark", 100)
    system.colorSchemeChanged.emit(system.scheme)
    assert seen == [DARK, CONTRAST_DARK, CONTRAST, DARK]


def test_light_and_dark_by_keys(person: Person) -> None:
    """From light to dark and back; with high contrast it stays high."""
    for wish, opposite in (("light", "dark"), ("contrast_dark", "contrast")):
        person.window.choose_theme(wish)
        person.keys("switch_theme")
        assert person.desk.theme.wish == opposite


def test_qt_speaks_the_language_too(person: Person, qtbot: QtBot) -> None:
    """The buttons of Qt's own dialogs, and how its widgets write numbers, change without a restart."""
    shown = []
    for language in ("it", "en"):
        person.window.choose_language(language)
        person.settle()
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        qtbot.addWidget(box)
        shown.append((box.buttons()[0].text().replace("&", ""), QLocale().decimalPoint()))
    assert shown == [("Annulla", ","), ("Cancel", ".")]


def test_another_language_is_a_catalogue_in_its_folder(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compiled catalogue that is dropped in is offered by its own name, and spoken when it is chosen."""
    resources = tmp_path / "resources"
    resources.mkdir()
    for each in paths.resources_folder().iterdir():
        if each.name != "translations":
            (resources / each.name).symlink_to(each)
    translations = Path(shutil.copytree(paths.resources_folder() / "translations", resources / "translations"))
    shutil.copytree(translations / "it", translations / "pt")
    monkeypatch.setattr(paths, "resources_folder", lambda: resources)
    i18n.languages.cache_clear()
    try:
        assert i18n.languages() == ("it", "en", "pt")
        menu = QMenu()
        fill_languages(menu, person.window)
        assert [action.text() for action in menu.actions()] == ["Italiano", "English", "Português"]
        menu.actions()[2].trigger()
        person.settle()
        assert person.window.bar.places["visits"].text() == "Visite"  # the words of the catalogue that was copied
        assert ops.settings(person.workspace).language == "pt"
    finally:
        i18n.languages.cache_clear()
        i18n.use_language("en")
        speak_qt()


def test_recent_visits_lead_to_them(person: Person) -> None:
    """One in progress is gone on with, one that is done is shown in the list."""
    person.start("store_visit")
    person.window.go_to_place("forms")
    menu = QMenu()
    fill_recent(menu, person.desk, person.window)
    assert [action.text().split(" · ")[0] for action in menu.actions()] == ["Milano Duomo"]
    menu.actions()[0].trigger()
    person.visit.submit("a trial")
    fill_recent(menu, person.desk, person.window)
    menu.actions()[0].trigger()
    person.screen(VisitsPage)


def test_a_new_data_folder_begins_with_the_first_page(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    """It can be done by keyboard alone: a name, Enter; the next time the list of visits comes first."""
    with ops.open_workspace(tmp_path / "new") as workspace:
        i18n.use_language("en")
        person = Person(qtbot, qapp, workspace)
        person.screen(FirstRunPage)
        person.press("Anna Rossi\n")
        person.screen(VisitsPage)
        assert ops.settings(workspace).auditor == "Anna Rossi"
        assert not ops.is_first_start(workspace)
        person.window.begin()
        person.screen(VisitsPage)
        person.desk.background.stop()


def test_the_first_page_can_be_skipped_and_leads_to_samples(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Escape skips it. Sample data goes into a folder of its own, which the window goes on with."""
    monkeypatch.setattr(paths, "demo_data_folder", lambda: tmp_path / "samples")
    monkeypatch.setattr("mshopper.operations.demo.make_demo", lambda folder, progress: ops.open_workspace(folder))
    with ops.open_workspace(tmp_path / "new") as workspace:
        person = Person(qtbot, qapp, workspace)
        page = person.screen(FirstRunPage)
        assert isinstance(page, FirstRunPage)
        person.press(Qt.Key.Key_Escape)
        person.screen(VisitsPage)
        from mshopper.ui.first_run import show_first_run

        show_first_run(person.desk, person.window)
        again = person.screen(FirstRunPage)
        assert isinstance(again, FirstRunPage)
        again.samples.click()
        qtbot.waitUntil(lambda: person.window.afterwards is not None, timeout=WAIT)
        assert person.window.afterwards is not None
        assert person.window.afterwards.folder == tmp_path / "samples"
        assert not person.window.isVisible()


def test_another_data_folder_is_used_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice is kept; while its disk is away nothing is made in its place; MSHOPPER_DATA goes before it."""
    monkeypatch.delenv("MSHOPPER_DATA", raising=False)
    monkeypatch.setattr(paths, "_user_data", lambda name: tmp_path / name)
    other = tmp_path / "stick"
    other.mkdir()
    paths.choose_data_folder(other)
    assert paths.default_data_folder() == other
    other.rmdir()
    with pytest.raises(MshopperError, match="isn't there"):
        ops.open_workspace(other)
    monkeypatch.setenv("MSHOPPER_DATA", str(tmp_path / "named"))
    assert paths.default_data_folder() == tmp_path / "named"
    monkeypatch.delenv("MSHOPPER_DATA")
    paths.choose_data_folder(tmp_path / paths.APP)
    assert paths.default_data_folder() == tmp_path / paths.APP


def test_about_shows_the_licences_from_their_files(person: Person) -> None:
    """Every part has a licence text; among them are Qt's LGPL, the fonts, and each package that mshopper needs."""
    known = parts()
    assert [part.name for part in known if not part.text.strip()] == []
    texts = {part.name.split()[0].casefold(): part.text for part in known}
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts["qt"]
    assert {"noto", "lucide", "reportlab", "duckdb", "python"} <= texts.keys()
    assert not {"pytest", "pillow-heif"} & texts.keys()
    person.window.commands.open_about()
    about = person.window.findChild(About)
    assert isinstance(about, About)
    assert "the mshopper founders" in about.text.toPlainText()


def test_a_start_goes_on_with_the_folder_that_was_chosen(
    folder: Path, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing the window for another data folder opens a window on that one."""
    opened = []

    def run_on(app: QApplication, now: Afterwards, quit_after_ms: int | None) -> tuple[int, Afterwards | None]:
        opened.append(now.folder)
        return 0, Afterwards(tmp_path) if len(opened) == 1 else None

    monkeypatch.setattr(desktop, "_run_on", run_on)
    assert desktop.run_app(folder) == 0
    assert opened == [folder, tmp_path]


def test_the_not_done_page_stays_over_a_change_of_language(person: Person) -> None:
    """What is typed is there after switching."""
    person.start("store_visit")
    person.window.go_to_place("visits")
    visits = person.screen(VisitsPage)
    assert isinstance(visits, VisitsPage)
    visits.not_done_wanted.emit(visits.chosen())
    page = person.screen(NotDonePage)
    assert isinstance(page, NotDonePage)
    page.note.setPlainText("Shut")
    person.window.choose_language("it")
    person.settle()
    again = person.screen(NotDonePage)
    assert isinstance(again, NotDonePage)
    assert again is not page
    assert again.note.toPlainText() == "Shut"
    assert not isinstance(person.window.screen_shown, VisitPage)
    assert all(isinstance(each, QAction) for each in person.window.actions())
