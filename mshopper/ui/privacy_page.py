"""Personal data: whom reports name, how long visits stay, one person's data, and the notice for the staff that is seen.

Reached from the settings. What erasing does is said before, and that it can't be undone.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from mshopper import operations as ops
from mshopper.i18n import _, current_language, ngettext
from mshopper.progress import Progress
from mshopper.ui.background import ProgressStrip
from mshopper.ui.backups_page import error_words
from mshopper.ui.desk import Desk
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, column, empty_layout, frame, icon_button, label, rule, scrolling_page
from mshopper.ui.settings_page import choice_row

if TYPE_CHECKING:
    from mshopper.operations import Erased, Mention, Workspace
    from mshopper.ui.navigator import Navigator

VISIT_MONTHS = (0, 12, 24, 36, 60)
PHOTO_MONTHS = (0, 3, 6, 12, 24)
_MOST_WORDS = 3
"""Mentions that a visit shows; the others are counted."""

_MOST_VISITS = 200
"""Visits that a search shows at once; the others come when these are erased."""


class PrivacyPage(QWidget):
    """Settings are kept as they are changed; what erases asks first."""

    def __init__(self, desk: Desk, navigator: "Navigator") -> None:
        super().__init__()
        self._desk, self._navigator = desk, navigator
        self._found: list[Mention] = []
        self.chosen: dict[str, QCheckBox] = {}
        area, layout = scrolling_page()
        column(self).addWidget(area)
        head = QHBoxLayout()
        head.addWidget(icon_button(_("Back to the settings"), desk.icons.icon("chevron-left"), self._leave))
        head.addWidget(label(_("Privacy"), "title"), 1)
        layout.addLayout(head)
        self.strip = ProgressStrip()
        self.result = label("", wrap=True)
        self.result.hide()
        self.name = QLineEdit()
        self.due = label("", "muted", wrap=True)
        self.erase_due = button(_("Erase them now…"), self._ask_due)
        self._people, self._actions = QVBoxLayout(), Flow()
        self.notice = QTextBrowser()
        layout.addWidget(self.strip)
        layout.addWidget(self.result)
        for title, fill in (
            (_("One person"), self._person),
            (_("Whom reports and tables name"), self._names),
            (_("How long data stays"), self._retention),
            (_("Notice for the staff"), self._notice),
        ):
            layout.addWidget(label(title, "heading"))
            card = frame("card")
            fill(column(card, margin=24, gap=8))
            layout.addWidget(card)
        layout.addStretch(1)
        self._show_due()

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self.name.setFocus()

    def _leave(self) -> None:
        self._navigator.go_to_place("settings")

    # Whom reports name, and how long data stays

    def _names(self, inside: QVBoxLayout) -> None:
        settings, may = self._desk.settings, not self._desk.read_only
        choice_row(
            inside,
            _("Staff"),
            {"": _("As answered"), "hidden": _("Under pseudonyms")},
            "hidden" if settings.pseudonyms else "",
            lambda chosen: self._keep(pseudonyms=chosen == "hidden"),
            may,
        )
        choice_row(
            inside,
            _("Auditor"),
            {"": _("Name and id"), "id": _("Id alone")},
            "id" if settings.auditor_by_id else "",
            lambda chosen: self._keep(auditor_by_id=chosen == "id"),
            may,
        )
        words = _(
            "A person has the same pseudonym in all reports. The seal covers the real answer; an exported visit holds it, "
            "since it couldn't be verified otherwise. What went to the head office before stays as it went."
        )
        inside.addWidget(label(words, "small", wrap=True))

    def _retention(self, inside: QVBoxLayout) -> None:
        settings, may = self._desk.settings, not self._desk.read_only
        choice_row(
            inside,
            _("Visits"),
            _months(VISIT_MONTHS, settings.retention_months, _("For ever")),
            str(settings.retention_months),
            lambda chosen: self._keep(retention_months=int(chosen)),
            may,
        )
        choice_row(
            inside,
            _("Photos"),
            _months(PHOTO_MONTHS, settings.photo_months, _("As long as their visit")),
            str(settings.photo_months),
            lambda chosen: self._keep(photo_months=int(chosen)),
            may,
        )
        asked = ops.policy_of(self._desk.workspace)
        if asked.from_head_office:
            words = _("With what the head office asks, visits stay {visits} months and photos {photos} (0: no limit).")
            inside.addWidget(label(words.format(visits=asked.retention_months, photos=asked.photo_months), wrap=True))
        words = _(
            "Older ones are erased once a day, and can't be brought back: only what was submitted, and where there is a "
            "head office, what it received and approved. The head office keeps its copies."
        )
        inside.addWidget(label(words, "small", wrap=True))
        row = QHBoxLayout()
        row.addWidget(self.due, 1)
        row.addWidget(self.erase_due)
        inside.addLayout(row)

    def _keep(self, **changes: object) -> None:
        with self._desk.messages.telling():
            ops.change_settings(self._desk.workspace, **changes)
        self._show_due()

    def _show_due(self) -> None:
        found = ops.due(self._desk.workspace)
        self.due.setText(found.sentence())
        self.erase_due.setVisible(bool(found) and not self._desk.read_only)

    def _ask_due(self) -> None:
        found = ops.due(self._desk.workspace)
        if self._confirmed([found.sentence(), _("This can't be undone.")]):
            self._run(
                lambda workspace, progress: ops.apply_retention(workspace, progress).done_sentence(), _("Erasing")
            )

    # One person

    def _person(self, inside: QVBoxLayout) -> None:
        words = _(
            "Everything about one person: a name, as an answer, comment or caption may have it, or an auditor's id."
        )
        inside.addWidget(label(words, wrap=True))
        row = QHBoxLayout()
        self.name.setAccessibleName(_("Name or auditor's id"))
        self.name.setPlaceholderText(_("Name or auditor's id"))
        self.name.returnPressed.connect(self.search)
        row.addWidget(self.name, 1)
        row.addWidget(button(_("Search"), self.search, "primary", self._desk.icons.beside("search", "on_accent")))
        inside.addLayout(row)
        inside.addLayout(self._people)
        may_erase = not self._desk.read_only
        self.save = button(_("Save all of it…"), self._ask_where, icon=self._desk.icons.beside("download"))
        self.erase = button(_("Erase the chosen visits…"), self._ask_chosen)
        self.unname = button(_("Put the auditor's id in place of the name…"), self._ask_unname)
        self.all = button(_("Tick all"), self._tick_all)
        for each in (self.all, self.save, self.erase, self.unname):
            self._actions.add(each)
            each.setEnabled(may_erase or each in (self.all, self.save))
        inside.addWidget(self._actions)
        self._actions.hide()

    def search(self) -> None:
        """Look for the person, in the background."""
        self._say("")
        self._look()

    def _look(self) -> None:
        name, found = self.name.text(), []

        def work(workspace: "Workspace", progress: Progress) -> str:
            found.extend(ops.find_person(workspace, name, progress))
            return ""

        self._run(work, _("Searching"), lambda: self._show(found), writes=False)

    def _show(self, found: "Sequence[Mention]") -> None:
        self._found = list(found)
        self.chosen = {}
        empty_layout(self._people)
        by_visit: dict[str, list[Mention]] = {}
        for one in found:
            by_visit.setdefault(one.visit_id, []).append(one)
        self._actions.setVisible(bool(found))
        if not found:
            self._people.addWidget(label(_("Nobody of that name stands in any visit here."), "muted", wrap=True))
            return
        words = ngettext(
            "{n} visit, of which those ticked are erased:",
            "{n} visits, of which those ticked are erased:",
            len(by_visit),
        )
        self._people.addWidget(label(words.format(n=len(by_visit)), wrap=True))
        for visit_id, mentions in list(by_visit.items())[:_MOST_VISITS]:
            self._people.addWidget(rule())
            first = mentions[0]
            box = QCheckBox(f"{first.store} · {first.day} · {visit_id[:8]}")
            box.setMinimumHeight(40)
            box.toggled.connect(self._count)
            self.chosen[visit_id] = box
            self._people.addWidget(box)
            texts = dict.fromkeys(f"{one.kind_text}: {' '.join(one.text.split())}" for one in mentions)
            for text in list(texts)[:_MOST_WORDS]:
                self._people.addWidget(label(text, "small", wrap=True))
            if len(texts) > _MOST_WORDS:
                self._people.addWidget(label(_more(len(texts) - _MOST_WORDS), "small"))
        if len(by_visit) > _MOST_VISITS:
            self._people.addWidget(rule())
            self._people.addWidget(label(_more(len(by_visit) - _MOST_VISITS), wrap=True))
        self.unname.setVisible(bool(self._auditor_ids()))
        self._count()

    def _tick_all(self) -> None:
        for box in self.chosen.values():
            box.setChecked(True)

    def _count(self) -> None:
        self.erase.setEnabled(any(box.isChecked() for box in self.chosen.values()) and not self._desk.read_only)

    def _auditor_ids(self) -> list[str]:
        """The ids of the auditors that were found and still have a name."""
        found = []
        for one in self._found:
            header = (
                self._desk.workspace.store.visits.header(one.visit_id, one.revision) if one.kind == "auditor" else None
            )
            if header and header.auditor_id and header.auditor != header.auditor_id:
                found.append(header.auditor_id)
        return list(dict.fromkeys(found))

    def _ask_chosen(self) -> None:
        wanted = [visit_id for visit_id, box in self.chosen.items() if box.isChecked()]
        if self._confirmed(ops.what_erasing_does(self._desk.workspace, wanted)):
            self.erase_visits(wanted)

    def erase_visits(self, visit_ids: Sequence[str]) -> None:
        """Erase these, in the background."""
        self._erase(lambda workspace, progress: ops.erase_visits(workspace, visit_ids, progress))

    def _ask_unname(self) -> None:
        ids = self._auditor_ids()
        words = [
            _("The name of auditor {id} is erased in all visits here, and the id takes its place.").format(
                id=", ".join(ids)
            ),
            _("All backups and reports in the data folder are replaced. This can't be undone."),
            _("The seals of these visits can't be recomputed any more; they verify as erased."),
        ]
        if self._confirmed(words):
            for auditor_id in ids:
                self._erase(
                    lambda workspace, progress, auditor_id=auditor_id: ops.erase_auditor_name(  # type: ignore[misc]
                        workspace, auditor_id, progress
                    )
                )

    def _erase(self, work: "Callable[[Workspace, Progress], Erased]") -> None:
        self._run(lambda workspace, progress: work(workspace, progress).sentence(), _("Erasing"), self._look)

    def _ask_where(self) -> None:
        suggested = Path.home() / "mshopper-person.zip"
        name, _kind = QFileDialog.getSaveFileName(self, _("Save all about this person"), str(suggested), "ZIP (*.zip)")
        if name:
            self.save_to(Path(name))

    def save_to(self, file: Path) -> None:
        """Write all about the person who was searched last into `file`, in the background."""
        name = self.name.text()

        def work(workspace: "Workspace", progress: Progress) -> str:
            found = ops.export_person(workspace, name, file, progress)
            words = ngettext("{n} place saved in {file}.", "{n} places saved in {file}.", len(found))
            return words.format(n=len(found), file=file)

        self._run(work, _("Searching"), writes=not self._desk.read_only)

    # The notice

    def _notice(self, inside: QVBoxLayout) -> None:
        words = _(
            "A text to adapt for those who work where visits are made, on their data and on control at work. It needs a "
            "lawyer's eye before it is used."
        )
        inside.addWidget(label(words, wrap=True))
        tools = Flow()
        self._read = button(_("Read it"), self._toggle_notice)
        self._read.setCheckable(True)
        tools.add(self._read)
        tools.add(button(_("Save it…"), self._ask_notice, icon=self._desk.icons.beside("download")))
        inside.addWidget(tools)
        self.notice.setAccessibleName(_("Notice for the staff"))
        self.notice.setMinimumHeight(360)
        self.notice.hide()
        inside.addWidget(self.notice)

    def _toggle_notice(self) -> None:
        if not self.notice.toPlainText():
            self.notice.setMarkdown(ops.notice_text(current_language()))
        self.notice.setVisible(self._read.isChecked())

    def _ask_notice(self) -> None:
        suggested = Path.home() / f"mshopper-notice-{current_language()}.md"
        name, _kind = QFileDialog.getSaveFileName(self, _("Save the notice"), str(suggested), "Markdown (*.md)")
        if name:
            with self._desk.messages.telling():
                self._say(_("Saved in {file}.").format(file=ops.write_notice(Path(name), current_language())))

    # What all of it needs

    def _confirmed(self, sentences: Sequence[str]) -> bool:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(_("Erase for good"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(sentences[0])
        box.setInformativeText("\n\n".join(sentences[1:]))
        yes = box.addButton(_("Erase for good"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(_("Leave it as it is"), QMessageBox.ButtonRole.RejectRole))
        box.exec()
        return box.clickedButton() is yes

    def _run(
        self,
        work: "Callable[[Workspace, Progress], str]",
        name: str,
        then: Callable[[], object] | None = None,
        *,
        writes: bool = True,
    ) -> None:
        """Do it in the background with a workspace of its own; say what it returns, or what went wrong."""
        workspace = self._desk.workspace

        def job(progress: Progress) -> str:
            with workspace.writer() if writes else workspace.reader() as own:
                return work(own, progress)

        def done(said: str) -> None:
            if said:
                self._say(said)
            if then is not None:
                then()
            self._show_due()

        running = self._desk.background.run(job, done, lambda error: self._say(error_words(self._desk, error)))
        self.strip.follow(running, name)

    def _say(self, words: str) -> None:
        self.result.setText(words)
        self.result.setVisible(bool(words))


def _more(n: int) -> str:
    return ngettext("and {n} more", "and {n} more", n).format(n=n)


def _months(offered: Sequence[int], current: int, none: str) -> dict[str, str]:
    """Months to choose from, by what the settings call them."""
    return {
        str(n): ngettext("{n} month", "{n} months", n).format(n=n) if n else none for n in sorted({*offered, current})
    }
