"""The settings in sections: who makes the visits, language and looks, discretion, where the data is, head office."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper import paths
from mshopper.i18n import _, current_language, languages
from mshopper.ui.actions import keys_text
from mshopper.ui.desk import Desk
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import add_row, button, column, frame, label, scrolling_page
from mshopper.ui.qt_language import own_name
from mshopper.ui.theme import SCALES

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator

ONE_COLUMN_FROM = 150
"""The size of text, in percent, from which the sections stand below each other."""


class SettingsPage(QWidget):
    """Each setting is kept as it is changed."""

    def __init__(self, desk: Desk, navigator: "Navigator") -> None:
        super().__init__()
        self._desk, self._navigator = desk, navigator
        area, page = scrolling_page(width=1200)
        column(self).addWidget(area)
        page.addWidget(label(_("Settings"), "title"))
        columns = QHBoxLayout()
        columns.setSpacing(24)
        page.addLayout(columns)
        page.addStretch(1)
        sides = [QVBoxLayout() for _side in range(2 if desk.theme.scale < ONE_COLUMN_FROM else 1)]
        for side in sides:
            side.setSpacing(12)
            columns.addLayout(side, 1)
        for n, build in enumerate(
            (self._who, self._looks, self._discretion, self._data, self._photos, self._head_office)
        ):
            self._column = sides[-1 if n > 1 else 0]
            build()
        for side in sides:
            side.addStretch(1)

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self.auditor.setFocus()

    def _section(self, title: str) -> QVBoxLayout:
        self._column.addWidget(label(title, "heading"))
        card = frame("card")
        self._column.addWidget(card)
        return column(card, margin=24, gap=8)

    def _who(self) -> None:
        settings, inside = self._desk.settings, self._section(_("The auditor"))
        self.auditor = QLineEdit(settings.auditor)
        self.auditor_id = QLineEdit(settings.auditor_id)
        add_row(inside, _("Auditor"), self.auditor, _("The name that reports show."))
        words = _("The id that head office gave you; it stands in its tables.")
        add_row(inside, _("Auditor's id"), self.auditor_id, words)
        for field in (self.auditor, self.auditor_id):
            field.editingFinished.connect(self._keep_auditor)
            field.setEnabled(not self._desk.read_only)

    def _looks(self) -> None:
        desk, inside = self._desk, self._section(_("Language and looks"))
        names = {language: own_name(language) for language in languages()}
        choice_row(inside, _("Language"), names, current_language(), self._navigator.choose_language)
        choice_row(inside, _("Colours"), theme_names(), desk.theme.wish, self._navigator.choose_theme)
        scales = {str(scale): f"{scale} %" for scale in SCALES}
        row = choice_row(
            inside,
            _("Size of text"),
            scales,
            str(desk.theme.scale),
            lambda scale: self._navigator.choose_text_scale(int(scale)),
        )
        keys = " ".join(keys_text(each) for each in ("larger_text", "smaller_text", "normal_text"))
        row.setToolTip(keys)
        inside.addWidget(label(_("Also by keys: {keys}").format(keys=keys), "small"))

    def _discretion(self) -> None:
        settings, inside = self._desk.settings, self._section(_("Discretion"))
        shown_or_hidden = {"": _("Shown"), "hidden": _("Hidden")}
        hidden = "hidden" if settings.hide_score else ""
        choice_row(
            inside,
            _("Score while filling in"),
            shown_or_hidden,
            hidden,
            lambda chosen: self._keep(hide_score=chosen == "hidden"),
            not self._desk.read_only,
        )
        titles = {"": "mshopper", "plain": _("Notes")}
        plain = "plain" if settings.plain_title else ""
        choice_row(inside, _("Name of the window"), titles, plain, self._keep_plain_title, not self._desk.read_only)
        words = _("{key} covers the window with a page of notes; the same key shows again what was there.")
        inside.addWidget(label(words.format(key=keys_text("cover")), "small", wrap=True))

    def _data(self) -> None:
        inside, folder = self._section(_("Data")), self._desk.workspace.folder
        inside.addWidget(label(_("Data folder: {folder}").format(folder=folder), wrap=True))
        words = _("All visits and photos are in it, on this computer alone.")
        inside.addWidget(label(words, "small", wrap=True))
        tools = Flow()
        url = QUrl.fromLocalFile(str(folder))
        tools.add(button(_("Backups"), self._show_backups))
        if ops.can_encrypt():
            tools.add(button(_("Encryption"), lambda: show_encryption(self._desk, self._navigator)))
        tools.add(button(_("Privacy"), self.show_privacy))
        tools.add(button(_("Open the folder"), lambda: QDesktopServices.openUrl(url)))
        if can_choose_folder(self._desk):
            other = button(
                _("Use another data folder…"), lambda: ask_for_data_folder(self, self._desk, self._navigator)
            )
            tools.add(other)
        inside.addWidget(tools)

    def _photos(self) -> None:
        folder, inside = self._desk.settings.photo_folder, self._section(_("Photos"))
        self._watched = label("", wrap=True)
        inside.addWidget(self._watched)
        words = _("What a phone or a card puts there while a visit is filled in is offered to its questions.")
        inside.addWidget(label(words, "small", wrap=True))
        tools = Flow()
        tools.add(button(_("Watch a folder…"), self._choose_watched))
        self._unwatch = button(_("Watch none"), lambda: self._watch(""))
        tools.add(self._unwatch)
        tools.setEnabled(not self._desk.read_only)
        inside.addWidget(tools)
        self._show_watched(folder)

    def _choose_watched(self) -> None:
        words = _("Choose the folder that new photos come to")
        if name := QFileDialog.getExistingDirectory(self, words, self._desk.settings.photo_folder):
            self._watch(name)

    def _watch(self, folder: str) -> None:
        self._keep(photo_folder=folder)
        self._show_watched(folder)

    def _show_watched(self, folder: str) -> None:
        watched = _("Folder watched for new photos: {folder}").format(folder=folder)
        self._watched.setText(watched if folder else _("No folder is watched for new photos."))
        self._unwatch.setVisible(bool(folder))

    def _head_office(self) -> None:
        settings, inside = self._desk.settings, self._section(_("Head office"))
        inside.addWidget(label(settings.head_office or _("No folder chosen yet"), wrap=True))
        tools = Flow()
        tools.add(button(_("Folder and sync"), lambda: self._navigator.go_to_place("head_office")))
        inside.addWidget(tools)
        sent = {"": _("Answers and scores"), "all": _("Photos and reports too")}
        chosen = "all" if settings.evidence else ""
        choice_row(
            inside,
            _("What a sync sends"),
            sent,
            chosen,
            lambda value: self._keep(evidence=value == "all"),
            not self._desk.read_only,
        )

    def _show_backups(self) -> None:
        from mshopper.ui.backups_page import BackupsPage

        self._navigator.show_screen(BackupsPage(self._desk, self._navigator), self._show_backups)

    def show_privacy(self) -> None:
        """Go to the page on personal data."""
        from mshopper.ui.privacy_page import PrivacyPage

        self._navigator.show_screen(PrivacyPage(self._desk, self._navigator), self.show_privacy)

    def _keep_auditor(self) -> None:
        name, given = self.auditor.text().strip(), self.auditor_id.text().strip()
        self._keep(auditor=name, auditor_id=given)

    def _keep_plain_title(self, chosen: str) -> None:
        self._keep(plain_title=chosen == "plain")
        self._navigator.name_window()

    def _keep(self, **changes: object) -> None:
        with self._desk.messages.telling():
            ops.change_settings(self._desk.workspace, **changes)


def show_encryption(desk: Desk, navigator: "Navigator") -> None:
    """Show the page on encryption."""
    from mshopper.ui.encryption_page import EncryptionPage

    navigator.show_screen(EncryptionPage(desk, navigator), lambda: show_encryption(desk, navigator))


def theme_names() -> dict[str, str]:
    """The colours to choose from, by what the settings call them."""
    return {
        "system": _("As the system"),
        "light": _("Light"),
        "dark": _("Dark"),
        "contrast": _("High contrast, light"),
        "contrast_dark": _("High contrast, dark"),
    }


def choice_row(
    layout: QVBoxLayout,
    name: str,
    options: dict[str, str],
    chosen: str,
    slot: Callable[[str], object],
    enabled: bool = True,
) -> QWidget:
    """Add a label and its options as buttons, one of them checked; `slot` is called with the one that is pressed."""
    layout.addWidget(label(name))
    flow = Flow()
    flow.setEnabled(enabled)
    group = QButtonGroup(flow)
    for value, words in options.items():
        made = button(words, lambda value=value: slot(value), "option")  # type: ignore[misc]
        made.setCheckable(True)
        made.setChecked(value == chosen)
        made.setAccessibleName(f"{name}: {words}")
        group.addButton(made)
        flow.add(made)
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 8)
    row.addWidget(flow)
    layout.addWidget(holder)
    return holder


def can_choose_folder(desk: Desk) -> bool:
    """Whether the app opens the data folder that was chosen, and not one that its start names."""
    return desk.workspace.folder == paths.default_data_folder() and not paths.data_folder_is_named()


def ask_for_data_folder(parent: QWidget, desk: Desk, navigator: "Navigator") -> None:
    """Ask for a data folder and go on with it, at the next starts too."""
    name = QFileDialog.getExistingDirectory(parent, _("Choose the data folder"), str(desk.workspace.folder.parent))
    if name and Path(name) != desk.workspace.folder:
        with desk.messages.telling():
            paths.choose_data_folder(Path(name))
            navigator.reopen(Path(name))
