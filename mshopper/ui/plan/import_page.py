"""Taking in a list of stores or of planned visits: which column is what, the first rows, what is wrong line by line."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QWidget

from mshopper import operations as ops
from mshopper.i18n import N_, _, ngettext
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import button, column, empty_layout, frame, label
from mshopper.ui.theme import restyle, scaled

EXTRA, LEFT_OUT = "+", ""

FIELDS = {
    "store_id": N_("Code of the store"),
    "name": N_("Name"),
    "region": N_("Region"),
    "format": N_("Format"),
    "address": N_("Address"),
    "latitude": N_("Latitude"),
    "longitude": N_("Longitude"),
    "plan_id": N_("Id of the planned visit"),
    "form_id": N_("Id of the form"),
    "auditor_id": N_("Id of the auditor"),
    "from": N_("First day"),
    "to": N_("Last day"),
}
"""What our fields are called."""

_PROBLEMS_SHOWN = 8
_CELL = 216


class ImportPage(QWidget):
    """`imported(n)` once a list is taken in."""

    imported = Signal(int)
    left = Signal()

    def __init__(self, desk: Desk, kind: str) -> None:
        super().__init__()
        self._desk = desk
        self._kind = kind
        self.preview: ops.ListPreview | None = None
        self.choices: list[QComboBox] = []
        self._file = label("", wrap=True)
        self._state = label("", "heading", wrap=True)
        self._choose = button(_("Choose a file…"), self._ask, "primary", desk.icons.beside("folder-open", "on_accent"))
        self._take = button("", lambda: self._import(skip=False), "primary")
        self._skip = button("", lambda: self._import(skip=True))
        self._cancel = button(_("Cancel"), self.left.emit)
        self._build()
        self._show()

    def _build(self) -> None:
        layout = column(self, margin=24, gap=12)
        layout.addWidget(label(_("Import stores") if self._kind == "stores" else _("Import planned visits"), "title"))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._choose)
        row.addWidget(self._file, 8)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addWidget(self._state)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout.addWidget(self._area)
        self._problems = frame("notice")
        restyle(self._problems, kind="bad")
        self._lines = column(self._problems, margin=12, gap=4)
        layout.addWidget(self._problems)
        buttons = QHBoxLayout()
        for made in (self._take, self._skip, self._cancel):
            buttons.addWidget(made)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self._choose.setFocus()

    def _ask(self) -> None:
        kinds = _("Lists (*.csv *.txt *.tsv *.xlsx *.xls *.xlsb *.ods)")
        name, _kind = QFileDialog.getOpenFileName(self, _("Choose a list"), "", kinds)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Look at a file: nothing is taken in yet."""
        self._desk.messages.clear()
        with self._desk.messages.telling():
            self.preview = ops.preview_list(self._desk.workspace, path, self._kind)
            self._show_table(self.preview)
            self._show()
            (self._take if self._take.isEnabled() else self.choices[0] if self.choices else self._choose).setFocus()

    # What is shown

    def _show(self) -> None:
        preview = self.preview
        for widget in (self._area, self._take, self._skip, self._file):
            widget.setVisible(preview is not None)
        restyle(self._choose, kind="primary" if preview is None else "")
        self._choose.setText(_("Choose a file…") if preview is None else _("Choose another file…"))
        icon = "on_accent" if preview is None else "text"
        self._choose.setIcon(self._desk.icons.beside("folder-open", icon))
        empty_layout(self._lines)
        self._problems.setVisible(False)
        if preview is None:
            self._state.setText(
                _(
                    "A CSV file or a workbook, with the names of the columns in its first lines. You will see its first rows"
                    " and say which column is what before anything is taken in."
                )
            )
            restyle(self._state, role="muted")
            return
        restyle(self._state, role="heading")
        self._file.setText(preview.listed.path.name)
        self._state.setText(self._sentence(preview))
        self._show_problems(preview)
        n, wrong = len(preview.items), len(preview.problems)
        self._take.setText(ngettext("Import {n} line", "Import {n} lines", n).format(n=n))
        self._take.setVisible(not (n and wrong))
        self._take.setEnabled(bool(n) and not wrong and not self._desk.read_only)
        self._skip.setVisible(bool(n and wrong))
        self._skip.setEnabled(not self._desk.read_only)
        words = ngettext("Import {n} line, leave {wrong} out", "Import {n} lines, leave {wrong} out", n)
        self._skip.setText(words.format(n=n, wrong=wrong))
        for choice, meaning in zip(self.choices, preview.meanings, strict=True):
            at = choice.findData(meaning)
            choice.blockSignals(True)
            choice.setCurrentIndex(at)
            choice.blockSignals(False)

    def _sentence(self, preview: ops.ListPreview) -> str:
        if not preview.listed.titles:
            return _("This file is empty.")
        if preview.lacking:
            names = ", ".join(_(FIELDS[name]) for name in preview.lacking)
            return _("Say which column is: {names}.").format(names=names)
        n = len(preview.items)
        words = ngettext(
            "{n} line can be imported; {changed} of them is new or changed.",
            "{n} lines can be imported; {changed} of them are new or changed.",
            n,
        )
        return words.format(n=n, changed=preview.changed)

    def _show_problems(self, preview: ops.ListPreview) -> None:
        sentences = [problem.sentence for problem in preview.problems]
        # The path is on the screen already.
        sentences = [sentence.replace(str(preview.listed.path), preview.listed.path.name) for sentence in sentences]
        shown = [*sentences[:_PROBLEMS_SHOWN]]
        more = len(sentences) - len(shown)
        if more > 0:
            shown.append(ngettext("… and {n} more line.", "… and {n} more lines.", more).format(n=more))
        shown += preview.notes
        restyle(self._problems, kind="bad" if sentences else "warn")
        self._problems.setVisible(bool(shown))
        for sentence in shown:
            self._lines.addWidget(label(sentence, wrap=True))

    def _show_table(self, preview: ops.ListPreview) -> None:
        """Each column with its title, what it means, and its first cells."""
        table = QWidget()
        table.setProperty("role", "page")
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        self.choices = []
        for n, title in enumerate(preview.listed.titles):
            heading = _cut(title or _("(no title)"))
            grid.addWidget(heading, 0, n)
            choice = self._choice(preview, title)
            choice.currentIndexChanged.connect(partial(self._mean, n))
            self.choices.append(choice)
            grid.addWidget(choice, 1, n)
            for row, cells in enumerate(preview.rows, 2):
                cell = _cut(cells[n] if n < len(cells) else "")
                cell.setProperty("role", "muted")
                grid.addWidget(cell, row, n)
        grid.setColumnStretch(len(preview.listed.titles), 1)
        self._area.setWidget(table)
        self._area.setFixedHeight(table.sizeHint().height() + 16)

    def _choice(self, preview: ops.ListPreview, title: str) -> QComboBox:
        extra = [(_("Keep as extra"), EXTRA)] if preview.kind == "stores" and title else []
        needed = dict.fromkeys(preview.required, " *")
        fields = [(_(FIELDS[name]) + needed.get(name, ""), name) for name in preview.fields]
        choice = QComboBox()
        choice.setAccessibleName(_("What the column “{title}” is").format(title=title))
        choice.setMaxVisibleItems(len(FIELDS) + 2)
        for words, value in (*fields, *extra, (_("Leave out"), LEFT_OUT)):
            choice.addItem(words, value)
        choice.setFixedWidth(scaled(_CELL))
        return choice

    def _mean(self, column_number: int, _index: int) -> None:
        """A column means something else: no other means the same."""
        assert self.preview is not None
        meaning = str(self.choices[column_number].currentData())
        meanings = list(self.preview.meanings)
        other = EXTRA if self._kind == "stores" else LEFT_OUT
        if meaning not in (EXTRA, LEFT_OUT):
            titles = self.preview.listed.titles
            meanings = [
                (other if titles[n] else LEFT_OUT) if each == meaning else each for n, each in enumerate(meanings)
            ]
        meanings[column_number] = meaning
        self.mean(meanings)

    def mean(self, meanings: Sequence[str]) -> None:
        """Say what the columns are."""
        assert self.preview is not None
        with self._desk.messages.telling():
            self.preview = ops.preview_again(self._desk.workspace, self.preview, meanings)
            self._show()

    def _import(self, *, skip: bool) -> None:
        if self.preview is not None:
            with self._desk.messages.telling():
                self.imported.emit(ops.take_list(self._desk.workspace, self.preview, skip=skip))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _cut(text: str) -> QLabel:
    """A cell of one line, cut where it is too long, whole on hovering."""
    made = label()
    made.setFixedWidth(scaled(_CELL))
    one_line = " ".join(text.split())
    made.setText(made.fontMetrics().elidedText(one_line, Qt.TextElideMode.ElideRight, scaled(_CELL)))
    if made.text() != text:
        made.setToolTip(text)
    return made
