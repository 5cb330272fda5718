"""The forms that visits can be made with: the list, importing a file, what was found in it, and trying a form out."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _, current_language
from mshopper.model.form import Form
from mshopper.ui.desk import Desk
from mshopper.ui.form_panel import Findings, findings_title, profile_card
from mshopper.ui.layouts import button, empty_layout, frame, label, scrolling_page
from mshopper.ui.theme import restyle

PANEL_WIDTH = 400
KINDS = ("xlsx", "xls", "ods", "csv", "yaml", "yml", "json")
"""What form files end with; what is in one is told by its content."""


class FormsPage(QWidget):
    """The list of forms and, beside it, the chosen one. `trial_wanted(form, path)` asks to try a form out, at `path`."""

    trial_wanted = Signal(object, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.chosen = ""
        """The hash of the form that is shown in the panel; "" for none."""
        self._cards: dict[str, QFrame] = {}
        area, self._column = scrolling_page()
        panel_area, self._panel = scrolling_page(gap=12)
        panel_area.setFixedWidth(PANEL_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(area, 1)
        row.addWidget(panel_area)
        self._add = button(_("Import a form…"), self._ask, "primary", desk.icons.beside("file-up", "on_accent"))
        self._add.setEnabled(not desk.read_only)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label(_("Forms"), "title"))
        head.addStretch(1)
        head.addWidget(self._add)
        self._column.addLayout(head)
        words = _(
            "Excel, ODS and CSV forms (XLSForm), YAML or JSON. A file can also be dropped anywhere on this window."
        )
        self._column.addWidget(label(words, "muted", wrap=True))
        self._column.addLayout(self._list)
        self._column.addStretch(1)
        self.refresh()
        self._show_nothing()

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self._add.setFocus()

    # The list

    def refresh(self) -> None:
        """Read the list anew."""
        empty_layout(self._list)
        self._cards.clear()
        forms: tuple[ops.FormInfo, ...] = ()
        with self._desk.messages.telling():
            forms = tuple(ops.list_forms(self._desk.workspace))
        for info in forms:
            self._list.addWidget(self._row(info))
        if not forms:
            words = _("No forms yet. Import a form file, or sync with the head office to take its forms.")
            self._list.addWidget(label(words, "muted", wrap=True))

    def _row(self, info: ops.FormInfo) -> QWidget:
        card = frame("card")
        self._cards[info.hash] = card
        row = QHBoxLayout(card)
        row.setContentsMargins(8, 8, 12, 8)
        row.setSpacing(12)
        names = QVBoxLayout()
        names.setSpacing(0)
        title = info.title.get(current_language()) or info.id
        opener = button(title.replace("&", "&&"), lambda: self.choose(info.hash), "link")
        opener.setToolTip(_("Show what is in it"))
        names.addWidget(opener)
        origin = _("shipped") if info.shipped else _("imported")
        version = _("version {version}").format(version=info.version) if info.version else ""
        parts = (info.id, version, languages_text(info.languages), origin)
        about = label(" · ".join(part for part in parts if part), "small")
        about.setContentsMargins(9, 0, 0, 4)
        names.addWidget(about)
        row.addLayout(names, 1)
        warnings = len(ops.form_warnings(self._desk.workspace, info.hash))
        row.addWidget(label(findings_title(0, warnings), "warn" if warnings else "muted"))
        attempt = button(_("Try it out"), lambda: self.try_out(info.hash))
        attempt.setAccessibleName(_("Try out {form}").format(form=title))
        row.addWidget(attempt)
        return card

    # The panel

    def _show_nothing(self) -> None:
        empty_layout(self._panel)
        words = _("Choose a form to see what is in it, and what was found when it was taken in.")
        self._panel.addWidget(label(words, "muted", wrap=True))
        self._panel.addStretch(1)

    def choose(self, form_hash: str) -> None:
        """Show a form in the panel: its warnings and its profile."""
        workspace = self._desk.workspace
        with self._desk.messages.telling():
            form = ops.load_form(workspace, form_hash)
            warnings = ops.form_warnings(workspace, form_hash)
            self._mark(form_hash)
            self._show_form(form, warnings, ops.form_content(workspace, form_hash) if warnings else b"")

    def _mark(self, form_hash: str) -> None:
        self.chosen = form_hash
        for each, card in self._cards.items():
            restyle(card, current="true" if each == form_hash else "false")

    def _show_form(self, form: Form, warnings: Sequence[object], content: bytes) -> None:
        empty_layout(self._panel)
        title = form.title.get(current_language(), form.language) or form.id
        self._panel.addWidget(label(title, "heading", wrap=True))
        self._panel.addWidget(
            button(_("Preview and try out"), lambda: self.trial_wanted.emit(form, ""), "primary"),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        if warnings:
            self._add_findings(findings_title(0, len(warnings)), "warn", warnings, content, form)
        self._panel.addWidget(label(_("What is in it"), "heading"))
        self._panel.addWidget(profile_card(form))
        self._panel.addStretch(1)

    def _add_findings(self, title: str, role: str, found: Sequence[object], content: bytes, form: Form | None) -> None:
        from mshopper.formfile.problems import Problem

        self._panel.addWidget(label(title, role))
        findings = Findings([each for each in found if isinstance(each, Problem)], content, form, title)
        findings.wanted.connect(lambda path: self.trial_wanted.emit(form, path))
        self._panel.addWidget(findings)

    def try_out(self, form_hash: str) -> None:
        """Ask to try a form out."""
        with self._desk.messages.telling():
            self.chosen = form_hash
            self.trial_wanted.emit(ops.load_form(self._desk.workspace, form_hash), "")

    # Importing

    def _ask(self) -> None:
        endings = " ".join(f"*.{kind} *.{kind.upper()}" for kind in KINDS)
        forms, others = _("Forms"), _("All files")
        kinds = f"{forms} ({endings});;{others} (*)"
        name, _kind = QFileDialog.getOpenFileName(self, _("Import a form"), "", kinds)
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        """Take in a form file; what was found in it is listed in the panel, with where each is and what to do."""
        try:
            result = ops.import_checked(self._desk.workspace, path)
        except MshopperError as error:
            self._desk.messages.show_error(error)
            return
        if result.info is None:
            self._show_refused(path, result)
            return
        title = result.info.title.get(current_language()) or result.info.id
        count = len(result.check.warnings)
        said = _("“{title}” can be used for new visits.").format(title=title)
        if count:
            said += " " + _("Found in it: {findings}.").format(findings=findings_title(0, count))
        self._desk.messages.say(said, "good")
        self.refresh()
        self.choose(result.info.hash)

    def _show_refused(self, path: Path, result: ops.CheckedImport) -> None:
        problems, warnings = result.check.problems, result.check.warnings
        words = _("{file} can't be used yet: {findings}.").format(
            file=path.name, findings=findings_title(len(problems), len(warnings))
        )
        self._desk.messages.say(words, "bad")
        self._mark("")
        empty_layout(self._panel)
        self._panel.addWidget(label(path.name, "heading", wrap=True))
        self._add_findings(findings_title(len(problems), 0), "bad", problems, result.content, None)
        if warnings:
            self._add_findings(findings_title(0, len(warnings)), "warn", warnings, result.content, None)
        again = button(_("Read the file again"), lambda: self.take(path))
        self._panel.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
        self._panel.addStretch(1)


def languages_text(languages: Sequence[str]) -> str:
    """Languages in a list: codes in capitals, names as the form has them."""
    return ", ".join(each.upper() if len(each) <= 3 else each for each in languages if each)


def form_files(paths: Sequence[str]) -> list[Path]:
    """Those of some files that may be form files, by how their names end."""
    return [Path(path) for path in paths if path.rpartition(".")[2].lower() in KINDS]
