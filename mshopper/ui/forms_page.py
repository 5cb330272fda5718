"""The forms that visits can be made with: shipped ones and those taken in, and importing one with its problems."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import FormProblemsError, MshopperError
from mshopper.formfile.problems import Problem
from mshopper.i18n import _, current_language, ngettext
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import button, column, empty_layout, frame, label, scrolling_page

PROBLEMS_SHOWN = 50


class FormsPage(QWidget):
    """The list of forms, and what is wrong with a file that could not be taken in."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        area, self._column = scrolling_page()
        column(self).addWidget(area)
        self._add = button(_("Import a form…"), self._ask, "primary", desk.icons.beside("file-up", "on_accent"))
        self._add.setEnabled(not desk.read_only)
        self._problems = frame("card")
        self._problem_list = column(self._problems, margin=16, gap=8)
        self._problems.hide()
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label(_("Forms"), "title"))
        head.addStretch(1)
        head.addWidget(self._add)
        self._column.addLayout(head)
        self._column.addWidget(self._problems)
        self._column.addLayout(self._list)
        self._column.addStretch(1)
        self.refresh()

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self._add.setFocus()

    def refresh(self) -> None:
        """Read the list anew."""
        empty_layout(self._list)
        forms: tuple[ops.FormInfo, ...] = ()
        with self._desk.messages.telling():
            forms = tuple(ops.list_forms(self._desk.workspace))
        for info in forms:
            self._list.addWidget(self._row(info))
        if not forms:
            words = _("No forms yet. Import a form file (YAML), or sync with the head office to take its forms.")
            self._list.addWidget(label(words, "muted", wrap=True))

    def _row(self, info: ops.FormInfo) -> QWidget:
        card = frame("card")
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(16)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(label(info.title.get(current_language()) or info.id, "heading"))
        names.addWidget(label(info.id, "small"))
        row.addLayout(names, 1)
        row.addWidget(label(_("version {version}").format(version=info.version), "muted"))
        row.addWidget(label(" ".join(info.languages).upper(), "muted"))
        origin = label(_("shipped") if info.shipped else _("imported"), "muted")
        origin.setMinimumWidth(80)
        row.addWidget(origin)
        return card

    def _ask(self) -> None:
        kinds = f"{_('Forms')} (*.yaml *.yml *.json)"
        name, _kind = QFileDialog.getOpenFileName(self, _("Import a form"), "", kinds)
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        """Take in a form file; its problems are listed here, with where each is and what to do."""
        self._problems.hide()
        try:
            info = ops.import_form(self._desk.workspace, path)
        except FormProblemsError as refused:
            self._show_problems(path, refused)
            return
        except MshopperError as error:
            self._desk.messages.show_error(error)
            return
        title = info.title.get(current_language()) or info.id
        self._desk.messages.say(_("“{title}” can be used for new visits.").format(title=title), "good")
        self.refresh()

    def _show_problems(self, path: Path, refused: FormProblemsError) -> None:
        empty_layout(self._problem_list)
        count = len(refused.problems)
        head = ngettext("{file}: {n} problem", "{file}: {n} problems", count).format(file=path.name, n=count)
        self._problem_list.addWidget(label(head if count else str(refused), "heading", wrap=True))
        for problem in refused.problems[:PROBLEMS_SHOWN]:
            self._add_problem(problem)
        if count > PROBLEMS_SHOWN:
            self._problem_list.addWidget(label(_("… and {n} more").format(n=count - PROBLEMS_SHOWN), "muted"))
        self._problems.show()

    def _add_problem(self, problem: object) -> None:
        """Where it is and what, and under it what to do."""
        assert isinstance(problem, Problem)
        place = _("line {line}").format(line=problem.line) if problem.line else ""
        where = ", ".join(part for part in (place, problem.where) if part)
        self._problem_list.addWidget(label(f"{where}: {problem.what}" if where else problem.what, wrap=True))
        self._problem_list.addWidget(label(problem.remedy, "muted", wrap=True))
