"""What happened at the last syncs: when, with which folder, what went and came; problems can be read and copied."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.i18n import _, ngettext
from mshopper.ui.icons import Icons
from mshopper.ui.layouts import button, column, empty_layout, frame, label
from mshopper.ui.words import day_and_time

AT_ONCE = 10
"""How many syncs are shown before older ones are asked for."""


class Problems(QWidget):
    """Sentences on what was left aside, to be read and copied."""

    def __init__(self, problems: tuple[str, ...], icons: Icons) -> None:
        super().__init__()
        inside = column(self, gap=4)
        for problem in problems:
            inside.addWidget(selectable(problem))
        row = QHBoxLayout()
        words = ngettext("Copy the problem", "Copy the problems", len(problems))
        row.addWidget(
            button(words, lambda: QApplication.clipboard().setText("\n".join(problems)), "", icons.beside("copy"))
        )
        row.addStretch(1)
        inside.addLayout(row)


class HistoryView(QWidget):
    """The last syncs, the newest first; older ones on demand."""

    def __init__(self, workspace: "ops.Workspace", icons: Icons) -> None:
        super().__init__()
        self._workspace, self._icons = workspace, icons
        self._shown = AT_ONCE
        self._rows: QVBoxLayout = column(self, gap=8)

    def refresh(self) -> None:
        """Show the syncs that are remembered."""
        empty_layout(self._rows)
        syncs = ops.list_syncs(self._workspace, self._shown + 1)
        for one in syncs[: self._shown]:
            self._rows.addWidget(self._row(one))
        if not syncs:
            self._rows.addWidget(
                label(_("No sync yet: what goes and comes is listed here, the newest first."), "muted", wrap=True)
            )
        if len(syncs) > self._shown:
            row = QHBoxLayout()
            row.addWidget(button(_("Show older syncs"), self._show_older))
            row.addStretch(1)
            self._rows.addLayout(row)

    def _show_older(self) -> None:
        self._shown += 4 * AT_ONCE
        self.refresh()

    def _row(self, one: "ops.SyncedOnce") -> QWidget:
        card = frame("card")
        inside = column(card, margin=12, gap=4)
        seconds = ngettext("{n} second", "{n} seconds", round(one.seconds)).format(n=round(one.seconds))
        parts = [day_and_time(one.at), one.place, seconds, _("by itself") if one.automatic else ""]
        inside.addWidget(label(" · ".join(part for part in parts if part), "small", wrap=True))
        if one.result is None:
            inside.addWidget(label(_("The sync failed."), wrap=True))
        else:
            inside.addWidget(label(one.result.sentence(), wrap=True))
            for change in one.result.changes():
                inside.addWidget(label(change, "muted", wrap=True))
        if one.problems:
            self._add_problems(inside, one.problems)
        return card

    def _add_problems(self, inside: QVBoxLayout, problems: tuple[str, ...]) -> None:
        listed = Problems(problems, self._icons)
        listed.hide()
        words = ngettext("Show {n} problem", "Show {n} problems", len(problems)).format(n=len(problems))
        row = QHBoxLayout()

        def show() -> None:
            listed.show()
            opener.hide()

        opener = button(words, show, "", self._icons.beside("triangle-alert", "warn"))
        row.addWidget(opener)
        row.addStretch(1)
        inside.addLayout(row)
        inside.addWidget(listed)


def selectable(text: str) -> QLabel:
    """A label whose words can be marked and copied."""
    made = label(text, wrap=True)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    made.setAccessibleName(text)
    return made
