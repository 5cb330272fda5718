"""Beside the list of forms: one form's warnings, or why a file could not be taken in, and what the form amounts to.

A finding that is chosen shows where it stands: file, sheet, cell and the words there; one about a question leads to it.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QListWidget, QListWidgetItem, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.formfile.problems import Problem, column_letters
from mshopper.formfile.profile import FormProfile
from mshopper.i18n import _, ngettext
from mshopper.model import reasons
from mshopper.model.form import Form
from mshopper.ui.filling.session import form_language
from mshopper.ui.layouts import button, column, frame, label
from mshopper.ui.words import plain_number

NAMES_SHOWN = 12
LINES_SHOWN = 5
LONGEST_QUOTE = 400


class Findings(QWidget):
    """The problems or warnings of one file. `wanted(path)` asks to see the question or section that one is about."""

    wanted = Signal(str)

    def __init__(self, found: Sequence[Problem], content: bytes, form: Form | None, name: str) -> None:
        super().__init__()
        self._found, self._content, self._form = tuple(found), content, form
        self.list = QListWidget()
        self.list.setProperty("role", "choose")
        self.list.setAccessibleName(name)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for problem in self._found:
            item = QListWidgetItem(": ".join(part for part in (place_of(problem), problem.what) if part))
            item.setSizeHint(QSize(100, 52))
            item.setToolTip(problem.sentence)
            self.list.addItem(item)
        self.list.setFixedHeight(min(len(self._found), LINES_SHOWN) * 52 + 6)
        self.list.currentRowChanged.connect(self.show_finding)
        self.list.itemActivated.connect(lambda _item: self._go())
        self.detail = frame("card")
        self._lines = QGridLayout(self.detail)
        self._lines.setContentsMargins(12, 12, 12, 12)
        self._lines.setHorizontalSpacing(12)
        self._lines.setVerticalSpacing(6)
        self._lines.setColumnStretch(1, 1)
        self.detail.hide()
        outer = column(self)
        outer.addWidget(self.list)
        outer.addWidget(self.detail)

    def show_finding(self, row: int) -> None:
        """Show where a finding is, what stands there, and what to do."""
        while item := self._lines.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        if not 0 <= row < len(self._found):
            return
        problem = self._found[row]
        cell = f"{column_letters(problem.column)}{problem.line}" if problem.line else ""
        place = (
            [(_("Sheet"), problem.sheet), (_("Cell"), cell)]
            if problem.sheet
            else [(_("Line"), str(problem.line) if problem.line else "")]
        )
        rows = [
            (_("In the file"), problem.file.replace("\\", "/").rpartition("/")[2]),
            *place,
            (_("Where"), problem.where),
            (_("It says"), self._quote(problem)),
            (_("Found"), problem.what),
            (_("Remedy"), problem.remedy),
        ]
        at = 0
        for name, words in rows:
            if words:
                self._lines.addWidget(label(name, "small"), at, 0, Qt.AlignmentFlag.AlignTop)
                said = label(words, wrap=True)
                said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                said.setMinimumWidth(120)
                self._lines.addWidget(said, at, 1)
                at += 1
        if self.path_of(problem):
            go = button(_("Show it in the form"), self._go)
            self._lines.addWidget(go, at, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self.detail.show()

    def path_of(self, problem: Problem) -> str:
        """The path of the question or section that a finding of a usable form is about; "" without one."""
        if self._form is None or not problem.where:
            return ""
        if path := self._form.path_of(problem.where):
            return path
        # In a text file the place is named by keys too: sections.till.questions.speed.points
        ids = [each for each in problem.where.split(".") if each not in ("sections", "questions")]
        for n in range(len(ids), 0, -1):
            if path := self._form.path_of("/".join(ids[:n])) or self._form.path_of(ids[n - 1]):
                return path
        return ""

    def _quote(self, problem: Problem) -> str:
        try:
            words = ops.quoted(self._content, problem)
        except MshopperError:
            return ""  # what can't be read can't be quoted; the problem itself says so
        return words if len(words) <= LONGEST_QUOTE else f"{words[: LONGEST_QUOTE - 1]}…"

    def _go(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._found) and (path := self.path_of(self._found[row])):
            self.wanted.emit(path)


def place_of(problem: Problem) -> str:
    """Where a problem is, in short: the sheet and cell, or the line; and whose question it is."""
    place = ""
    if problem.sheet:
        cell = f" {column_letters(problem.column)}{problem.line}" if problem.line else ""
        place = f"{problem.sheet}{cell}"
    elif problem.line:
        place = _("line {line}").format(line=problem.line)
    return ", ".join(part for part in (place, problem.where) if part)


def findings_title(problems: int, warnings: int) -> str:
    """How many problems and warnings there are: "2 problems, 1 warning"."""
    parts = []
    if problems:
        parts.append(ngettext("{n} problem", "{n} problems", problems).format(n=problems))
    if warnings:
        parts.append(ngettext("{n} warning", "{n} warnings", warnings).format(n=warnings))
    return ", ".join(parts) or _("no problems")


def profile_rows(form: Form, profile: FormProfile) -> list[tuple[str, str]]:
    """A form's profile as names and words; what there is none of is left out."""
    language = form_language(form)
    rows = [
        (_("Sections"), str(profile.sections)),
        (_("Questions"), str(profile.questions)),
        (_("Questions that score"), str(profile.scored)),
    ]
    for dimension, points in profile.points:
        title = reasons.dimension_title(form, dimension, language) if dimension else _("no dimension")
        rows.append((_("Points: {dimension}").format(dimension=title), plain_number(points)))
    named: list[tuple[Callable[[], str], Sequence[str]]] = [
        (lambda: _("Never asked"), profile.unreachable),
        (lambda: _("Choices never offered"), [f"{question}: {choice}" for question, choice in profile.never_offered]),
        (lambda: _("Score without a dimension"), profile.without_dimension),
    ]
    for name, ids in named:
        if ids:
            more = f", … ({len(ids)})" if len(ids) > NAMES_SHOWN else ""
            rows.append((name(), ", ".join(ids[:NAMES_SHOWN]) + more))
    return rows


def profile_card(form: Form) -> QWidget:
    """What a form amounts to, as a card."""
    from mshopper.formfile import profile

    card = frame("card")
    grid = QGridLayout(card)
    grid.setContentsMargins(12, 12, 12, 12)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for at, (name, words) in enumerate(profile_rows(form, profile(form))):
        named = label(name, "muted", wrap=True)
        named.setMinimumWidth(140)
        grid.addWidget(named, at, 0, Qt.AlignmentFlag.AlignTop)
        said = label(words, wrap=True)
        said.setMinimumWidth(100)
        grid.addWidget(said, at, 1)
    return card
