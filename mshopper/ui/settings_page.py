"""Who makes the visits, in which language and colours, and whether the score is seen while filling in."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.i18n import _, current_language
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import add_row, button, column, frame, label, scrolling_page

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator

LANGUAGE_NAMES = {"it": "Italiano", "en": "English"}


class SettingsPage(QWidget):
    """Each setting is kept as it is changed."""

    def __init__(self, desk: Desk, navigator: "Navigator") -> None:
        super().__init__()
        self._desk = desk
        settings = desk.settings
        area, layout = scrolling_page(width=640)
        column(self).addWidget(area)
        layout.addWidget(label(_("Settings"), "title"))
        who = frame("card")
        inside = column(who, margin=24, gap=8)
        self.auditor = QLineEdit(settings.auditor)
        self.auditor_id = QLineEdit(settings.auditor_id)
        add_row(inside, _("Auditor"), self.auditor, _("The name that reports show."))
        add_row(
            inside, _("Auditor's id"), self.auditor_id, _("The id that head office gave you; it stands in its tables.")
        )
        for field in (self.auditor, self.auditor_id):
            field.editingFinished.connect(self._keep_auditor)
            field.setEnabled(not desk.read_only)
        layout.addWidget(who)
        looks = frame("card")
        inside = column(looks, margin=24, gap=8)
        self._row(inside, _("Language"), LANGUAGE_NAMES, current_language(), navigator.choose_language)
        themes = {"system": _("As the system"), "light": _("Light"), "dark": _("Dark")}
        self._row(inside, _("Colours"), themes, settings.theme or "system", navigator.choose_theme)
        scores = {"": _("Shown"), "hidden": _("Hidden")}
        self._row(
            inside, _("Score while filling in"), scores, "hidden" if settings.hide_score else "", self._keep_hide_score
        )
        layout.addWidget(looks)
        where = _("Data folder: {folder}").format(folder=desk.workspace.folder)
        layout.addWidget(label(where, "small", wrap=True))
        layout.addStretch(1)

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self.auditor.setFocus()

    def _row(
        self, layout: QVBoxLayout, name: str, options: dict[str, str], chosen: str, slot: Callable[[str], object]
    ) -> None:
        layout.addWidget(label(name))
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 8)
        group = QButtonGroup(holder)
        for value, words in options.items():
            made: QPushButton = button(words, lambda value=value: slot(value), "option")  # type: ignore[misc]
            made.setCheckable(True)
            made.setChecked(value == chosen)
            made.setAccessibleName(f"{name}: {words}")
            group.addButton(made)
            row.addWidget(made)
        row.addStretch(1)
        layout.addWidget(holder)

    def _keep_auditor(self) -> None:
        with self._desk.messages.telling():
            name, given = self.auditor.text().strip(), self.auditor_id.text().strip()
            ops.change_settings(self._desk.workspace, auditor=name, auditor_id=given)

    def _keep_hide_score(self, value: str) -> None:
        with self._desk.messages.telling():
            ops.change_settings(self._desk.workspace, hide_score=value == "hidden")
