"""The screen on which a visit is filled in: header, sections beside, a page of cards, and the page before submitting.

It ties a FillingSession to its pages: what a change names is shown, where the person is is kept (also for a kill -9).
"""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.answer import AnswerChange, AnswerKey, Violation
from mshopper.ui.actions import keys_text, make_action
from mshopper.ui.background import ProgressStrip
from mshopper.ui.desk import Desk
from mshopper.ui.filling import watches
from mshopper.ui.filling.briefing_page import BriefingPage, is_worth_reading
from mshopper.ui.filling.card import Card
from mshopper.ui.filling.finder import Finder
from mshopper.ui.filling.progress import VisitProgress, top
from mshopper.ui.filling.section_page import SectionPage
from mshopper.ui.filling.session import FAILED, TYPING, FillingSession, without_markup
from mshopper.ui.filling.side import Side
from mshopper.ui.filling.submit_page import SubmitPage
from mshopper.ui.filling.visit_photos import VisitPhotos
from mshopper.ui.layouts import button, frame, icon_button, label
from mshopper.ui.photos import camera
from mshopper.ui.theme import restyle, tabular
from mshopper.ui.words import moment, stretch_of_time

RESUME_MS = 400


class VisitPage(QWidget):
    """One visit being filled in. `left()` on going back to the list; `report_wanted(visit_id)` to open the PDF."""

    left = Signal()
    report_wanted = Signal(str)

    def __init__(self, desk: Desk, session: FillingSession) -> None:
        super().__init__()
        self._desk, self.session = desk, session
        self.progress = VisitProgress(session)
        self.pages: dict[str, SectionPage] = {}
        self._path = ""
        self._current: Card | None = None
        self._sealed = False
        self._is_drawn = False
        self._is_left = False
        self._hides_score = False
        self.side = Side(desk, session)
        self.stack = QStackedWidget()
        self.strip = ProgressStrip()
        self.photos = VisitPhotos(self, session, self.strip, self._current_key)
        self.summary = SubmitPage(session)
        self.finder = Finder(desk, session)
        self.stack.addWidget(self.summary)
        self._build()
        self._connect()
        self._actions()
        self._show_saved()
        self._tick()

    # Building

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header())
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.side)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.finder)
        right.addWidget(self.stack, 1)
        right.addWidget(self.photos.bar.widget)
        foot = QWidget()
        inside = QHBoxLayout(foot)
        inside.setContentsMargins(24, 0, 24, 0)
        inside.addWidget(self.strip)
        right.addWidget(foot)
        body.addLayout(right, 1)
        outer.addLayout(body, 1)

    def _header(self) -> QWidget:
        icons, header = self._desk.icons, self.session.open_visit.header
        bar = frame("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 16, 6)
        row.setSpacing(12)
        trial = self.session.is_trial
        back = button(_("Forms") if trial else _("Visits"), self.leave, "quiet", icons.beside("chevron-left", "muted"))
        back.setToolTip(keys_text("back"))
        row.addWidget(back)
        form_title = self.session.form.title.get(self.session.language, self.session.form.language)
        form_title = without_markup(form_title) or self.session.form.id
        self._title = label(form_title if trial else header.store.name or header.store.store_id, "heading")
        row.addWidget(self._title)
        row.addWidget(label(_("Trial: nothing is saved"), "warn") if trial else label(form_title, "muted"))
        row.addStretch(1)
        self._elapsed = label("", "muted")
        self._elapsed.setFont(tabular(self._elapsed.font()))
        self._clock_icon = QLabel()
        self._clock_icon.setPixmap(icons.pixmap("clock", "muted", 16))
        row.addWidget(self._clock_icon)
        row.addWidget(self._elapsed)
        self._saved = label("", "muted")
        self._saved.setMinimumWidth(150)
        row.addWidget(self._saved)
        name = _("Search in the form") + f" ({keys_text('find_question')})"
        self._search = icon_button(name, icons.icon("search"), self.search)
        row.addWidget(self._search)
        self._undo = icon_button(_("Undo"), icons.icon("undo-2"), self.undo)
        self._redo = icon_button(_("Redo"), icons.icon("redo-2"), self.redo)
        row.addWidget(self._undo)
        row.addWidget(self._redo)
        if is_worth_reading(self.session):
            row.addWidget(icon_button(_("Briefing"), icons.icon("info"), self.show_briefing))
        if len(self.session.form.languages) > 1:
            self._language = button(self.session.language.upper(), self._next_language, "quiet")
            self._language.setToolTip(_("Language of the form"))
            self._language.setAccessibleName(_("Language of the form"))
            row.addWidget(self._language)
        return bar

    def _connect(self) -> None:
        session = self.session
        session.changed.connect(self._apply)
        session.state_changed.connect(self._show_saved)
        session.state_changed.connect(self._place_changed)  # a stopwatch may have been started or stopped
        session.replayed.connect(self._show_replayed)
        # A step counts as taken back only after its own signals.
        self._name_timer = QTimer(self)
        self._name_timer.setSingleShot(True)
        self._name_timer.setInterval(0)
        self._name_timer.timeout.connect(self._name_undo)
        session.state_changed.connect(self._name_timer.start)
        self.finder.go_to.connect(self.go_to)
        self.finder.closed.connect(self._leave_finder)
        self.side.chosen.connect(self.show_section)
        self.side.next_problem.connect(self.go_to_next_problem)
        self.side.submit.connect(lambda: self.show_summary())
        self.side.toggle_score.connect(self.toggle_score)
        self.summary.go_to.connect(self.go_to)
        self.summary.go_back.connect(lambda: self.show_section(self._path))
        self.summary.submit.connect(self.submit)
        self.summary.leave.connect(self.leave)
        self.summary.typing.connect(self._place_changed)
        self.summary.open_report.connect(lambda: self.report_wanted.emit(session.open_visit.header.visit_id))
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self._resume_timer = QTimer(self)
        self._resume_timer.setSingleShot(True)
        self._resume_timer.setInterval(RESUME_MS)
        self._resume_timer.timeout.connect(self.save_place)
        self._side_timer = QTimer(self)
        self._side_timer.setSingleShot(True)
        self._side_timer.setInterval(0)
        self._side_timer.timeout.connect(self._refresh_side)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def _actions(self) -> None:
        slots: tuple[tuple[str, Callable[[], object]], ...] = (
            ("back", self.leave),
            ("undo", self.undo),
            ("redo", self.redo),
            ("find_question", self.search),
            ("next_problem", self.go_to_next_problem),
            ("next_question", lambda: self.step(1)),
            ("previous_question", lambda: self.step(-1)),
            ("next_section", lambda: self.step_section(1)),
            ("previous_section", lambda: self.step_section(-1)),
            ("hide_score", self.toggle_score),
            ("submit", self.show_summary),
        )
        if not self.session.read_only:
            slots += (("paste_photos", self.photos.paste),)
            slots += (("camera", self.photos.open_camera),) if camera.is_installed() else ()
            if not self.session.is_trial:
                slots += (
                    ("take_new_photos", self.photos.take_new),
                    ("watch_folder", self.photos.choose_folder),
                )
        self._acts = {command_id: make_action(command_id, self, slot) for command_id, slot in slots}
        self.session.rename_steps()
        self._name_undo()

    # Undo

    def undo(self) -> None:
        """Take the last step back, what is being typed among them."""
        self.flush()
        if not self._sealed:
            self.session.undo.undo()
            self._name_undo()

    def redo(self) -> None:
        """Do again what was taken back last."""
        self.flush()
        if not self._sealed:
            self.session.undo.redo()
            self._name_undo()

    def _name_undo(self) -> None:
        """Say what undo and redo would do, on hovering, to a screen reader and in the list of commands."""
        undo, may_change = self.session.undo, not self.session.read_only
        for command_id, control, can, step in (
            ("undo", self._undo, undo.canUndo(), undo.undoText()),
            ("redo", self._redo, undo.canRedo(), undo.redoText()),
        ):
            name = _("Undo") if command_id == "undo" else _("Redo")
            if can:
                name = (_("Undo: {step}") if command_id == "undo" else _("Redo: {step}")).format(step=step)
            control.setEnabled(can and may_change)
            control.setToolTip(f"{name} ({keys_text(command_id)})")
            control.setAccessibleName(name)
            self._acts[command_id].setText(name)
            self._acts[command_id].setEnabled(can and may_change)

    def _show_replayed(self, key: AnswerKey) -> None:
        """Show what undo or redo changed, wherever it stands."""
        if key.path in self.session.form.questions and self.session.visit.has(key):
            if self.session.visit.is_relevant(key) and key in self._page(top(key)).cards:
                self.go_to(key)
        elif top(key) != self._path:
            self.show_section(top(key))

    # Where the person is

    def open_place(self, place: dict[str, object]) -> bool:
        """Go to where the visit was left: section, question, scroll position; else to its beginning.

        Stopwatches that ran when the process ended go on; whether any does.
        """
        path = str(place.get("section") or "")
        states = {state.path: state for state in self.progress.sections}
        if path not in states or not states[path].relevant:
            path = next((state.path for state in self.progress.sections if state.relevant), "")
        if not path:
            return False
        self.show_section(path)
        goes_on = self._go_on(place.get("watches"))
        key = AnswerKey(str(place.get("question") or ""), str(place.get("instance") or ""))
        page = self.pages[path]
        if key in page.cards:
            page.go_to(key)
        elif keys := page.visible_keys():
            page.cards[keys[0]].focus_target().setFocus()
        if not place and is_worth_reading(self.session):
            self.show_briefing()
        scroll = place.get("top")
        if isinstance(scroll, list) and len(scroll) == 3:
            row = AnswerKey(str(scroll[0]), str(scroll[1]))
            if row in page.rows and isinstance(scroll[2], int):
                page.aim(row, scroll[2])
        if place.get("comment") and key in page.cards and not self.session.read_only:
            page.cards[key].begin_comment()
        if place.get("submitting") and not self.session.is_trial:
            self.show_summary(str(place.get("reason") or ""))
        return goes_on

    def place_now(self) -> dict[str, object]:
        """Where the person is, as `open_place` takes it."""
        key = self._current.key if self._current is not None else AnswerKey("")
        page = self.pages.get(self._path)
        first = page.first_question() if page is not None else None
        top_row = [*first[0], first[1]] if first is not None else []
        return {"section": self._path, "question": key.path, "instance": key.instance, "top": top_row}

    def show_path(self, path: str) -> None:
        """Show a question or section in its first instance; where it isn't shown as things stand, say so."""
        keys = [key for key in self.session.visit.keys() if key.path == path or key.path.startswith(f"{path}/")]
        is_listed = bool(keys) and top(keys[0]) in {section.id for section in self.session.sections}
        shown = [key for key in keys if key in self._page(top(key)).cards] if is_listed else []
        relevant = [key for key in shown if self.session.visit.is_relevant(key)]
        if relevant:
            self.go_to(relevant[0])
            return
        words = _("“{question}” isn't shown as things stand: it is only recorded, or its rule isn't met.")
        self._desk.messages.say(words.format(question=self.session.form.question_id(path)))

    def show_briefing(self) -> None:
        """Show what the auditor should do."""
        page = BriefingPage(self.session)
        page.go_on.connect(lambda: self._leave_briefing(page))
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        page.begin()

    def _leave_briefing(self, page: BriefingPage) -> None:
        self.show_section(self._path)
        self.stack.removeWidget(page)
        page.deleteLater()
        if keys := self.pages[self._path].visible_keys():
            self.go_to(keys[0])

    def show_section(self, path: str) -> None:
        """Show a section's page, building it the first time."""
        if self._sealed:
            return
        if self._path in self.pages and self._path != path:
            self.pages[self._path].flush()
        self._path = path
        self.stack.setCurrentWidget(self._page(path))
        self._refresh_side()
        self._place_changed()

    def _page(self, path: str) -> SectionPage:
        """The page of a section, built the first time."""
        if path not in self.pages:
            page = SectionPage(self.session, path, self._footer(path))
            page.photo_wanted.connect(self.photos.choose)
            page.photos_dropped.connect(self.photos.drop)
            page.photo_opened.connect(self.photos.view)
            page.photo_move_wanted.connect(self.photos.move)
            page.signed.connect(self._take_signature)
            page.stepped.connect(lambda key, step: self.step(step, key))
            page.verticalScrollBar().valueChanged.connect(lambda _value: self._place_changed())
            self.pages[path] = page
            self.stack.addWidget(page)
        return self.pages[path]

    def _running(self) -> list[dict[str, object]]:
        """The stopwatches that run."""
        cards = [card for page in self.pages.values() for card in page.cards.built.values()]
        return watches.kept(cards, self.session, self._desk.workspace.clock())

    def _go_on(self, running: object) -> bool:
        """Let stopwatches run on; whether any does."""
        if self.session.read_only:
            return False

        def card_of(key: AnswerKey) -> Card | None:
            return self._page(top(key)).cards.get(key) if key.path in self.session.form.places else None

        return watches.go_on(running, card_of, self.session, self._desk.workspace.clock())

    def _footer(self, path: str) -> QWidget:
        """The ways to the sections before and after."""
        footer = QWidget()
        row = QHBoxLayout(footer)
        row.setContentsMargins(0, 8, 0, 8)
        icons = self._desk.icons
        self_at = [section.id for section in self.session.sections].index(path)
        if self_at > 0:
            row.addWidget(
                button(_("Previous section"), lambda: self.step_section(-1), icon=icons.beside("chevron-left"))
            )
        row.addStretch(1)
        if self_at < len(self.session.sections) - 1:
            onward = button(_("Next section"), lambda: self.step_section(1), icon=icons.icon("chevron-right"))
            onward.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            row.addWidget(onward)
        elif not self.session.is_trial:
            row.addWidget(button(_("Submit…"), lambda: self.show_summary()))
        return footer

    def go_to(self, key: AnswerKey) -> None:
        """Show a question and give it the focus."""
        self.show_section(top(key))
        self.pages[top(key)].go_to(key)

    def search(self) -> None:
        """Search in the questions, hints, answers and comments of the form."""
        if not self._sealed:
            self.flush()
            self.finder.begin(self.progress)

    def _leave_finder(self) -> None:
        if self._current is not None and self._current.isVisible():
            self._current.focus_target().setFocus()
        else:
            self.stack.setFocus()

    def step(self, step: int, key: AnswerKey | None = None) -> None:
        """Go to the next (1) or previous (-1) question, over the end of the section too."""
        page = self.pages.get(self._path)
        if page is None:
            return
        keys = page.visible_keys()
        here = key or (self._current.key if self._current is not None else None)
        at = keys.index(here) + step if here in keys else 0
        if 0 <= at < len(keys):
            page.go_to(keys[at])
        else:
            self.step_section(step, last=step < 0)

    def step_section(self, step: int, *, last: bool = False) -> None:
        """Go to the next (1) or previous (-1) relevant section, to its first question or its last."""
        paths = [state.path for state in self.progress.sections if state.relevant or state.path == self._path]
        if self._path not in paths:
            return
        at = paths.index(self._path) + step
        if at >= len(paths):
            self._end()
        elif at >= 0:
            self.show_section(paths[at])
            page = self.pages[paths[at]]
            if keys := page.visible_keys():
                page.go_to(keys[-1 if last else 0])
            if not last:
                page.aim_top()

    def _end(self) -> None:
        """What follows the last section: the page before submitting; in a trial nothing."""
        if self.session.is_trial:
            self._desk.messages.say(_("This is the end of the form. What you tried here is not kept."))
        else:
            self.show_summary()

    def go_to_next_problem(self) -> None:
        """Go to the next question after this one that still keeps the visit from being submitted."""
        self.flush()
        wanted = self.progress.open_keys()
        if not wanted:
            words = _("Nothing is missing.") if self.session.is_trial else ""
            self._desk.messages.say(words or _("Nothing is missing: the visit can be submitted."), "good")
            return
        order = {key: n for n, key in enumerate(self.session.visit.keys())}
        here = order.get(self._current.key, -1) if self._current is not None else -1
        key = next((each for each in wanted if order[each] > here), wanted[0])
        self.go_to(key)
        self.pages[top(key)].insist_on([key])

    def _focus_moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        card = now
        while card is not None and not isinstance(card, Card):
            card = card.parentWidget()
        if now is None or card is self._current or not self.isAncestorOf(now):
            return
        if self._current is not None:
            self._current.set_current(False)
        self._current = card
        if card is not None:
            card.set_current(True)
            self._place_changed()
        if self.photos.watch.waiting:
            self.photos.show_waiting()

    def _place_changed(self) -> None:
        if not self.session.read_only and not self.session.is_trial and not self._sealed:
            self._resume_timer.start()

    def save_place(self, *, leaving: bool = False) -> None:
        """Keep where the person is, for the next start; and the stopwatches that run, unless the visit is being left."""
        page = self.pages.get(self._path)
        if page is None or self.session.read_only or self.session.is_trial or self._sealed:
            return
        key = self._current.key if self._current is not None else AnswerKey("")
        first = page.first_question()
        submitting = self.stack.currentWidget() is self.summary and not leaving
        place: dict[str, object] = {
            "section": self._path,
            "question": key.path,
            "instance": key.instance,
            "comment": self._current is not None and self._current.is_commenting,
            "top": [*first[0], first[1]] if first is not None else [],
            "watches": [] if leaving else self._running(),
            "submitting": submitting,
            "reason": self.summary.reason if submitting else "",
        }
        with self._desk.messages.telling():
            ops.save_resume(self._desk.workspace, self.session.open_visit, place)

    # Showing

    def _apply(self, change: AnswerChange) -> None:
        self.progress.refresh(change)
        for page in self.pages.values():
            page.apply(change)
        self._side_timer.start()

    def _refresh_side(self) -> None:
        if self._is_left:
            return
        hidden = self._hides_score if self.session.is_trial else self._desk.settings.hide_score
        self.side.show_progress(self.progress.sections, self._path)
        if hidden or self._is_drawn:
            self.side.score.show_score(None if hidden else self.session.live_sheet())
        else:
            self._is_drawn = True
            self._side_timer.start()  # the cards are shown first
            QTimer.singleShot(200, self, self._set_aside_garbage)

    def toggle_score(self) -> None:
        """Hide or show the live score."""
        if self.session.is_trial:
            self._hides_score = not self._hides_score
        else:
            with self._desk.messages.telling():
                ops.change_settings(self._desk.workspace, hide_score=not self._desk.settings.hide_score)
        self._refresh_side()

    def _show_saved(self) -> None:
        state = self.session.state
        if self.session.is_trial:
            text, role = _("not saved: trial"), "muted"
        elif self._desk.read_only:
            text, role = _("read only"), "warn"
        elif state == FAILED:
            text, role = _("not saved: trying again"), "bad"
            self._desk.messages.say(
                _("{problem} The answer stays on the screen until it is saved.").format(problem=self.session.failure),
                "bad",
                action=_("Try now"),
                then=self.session.retry,
            )
        elif state == TYPING:
            text, role = _("not saved yet"), "muted"
        else:
            at = self.session.saved_at
            text, role = (_("saved {time}").format(time=at.strftime("%H:%M:%S")) if at else _("saved")), "muted"
        self._saved.setText(text)
        restyle(self._saved, role=role)

    def _tick(self) -> None:
        started = moment(self.session.open_visit.header.started_at)
        if started is not None and not self._sealed:
            if started.tzinfo is None:
                started = started.astimezone()
            seconds = (self._desk.workspace.clock() - started).total_seconds()
            self._elapsed.setText(stretch_of_time(int(seconds)))
            self._elapsed.setToolTip(_("Time since the visit was started"))

    def _next_language(self) -> None:
        languages = self.session.form.languages
        at = languages.index(self.session.language) if self.session.language in languages else -1
        self.session.language = languages[(at + 1) % len(languages)]
        self._language.setText(self.session.language.upper())
        self.flush()
        running = self._running()
        for page in self.pages.values():
            self.stack.removeWidget(page)
            page.deleteLater()
        self.pages.clear()
        self._current = None
        self.show_section(self._path)
        self._go_on(running)

    # Photos

    def _current_key(self) -> AnswerKey | None:
        return self._current.key if self._current is not None else None

    def add_photos(self, key: AnswerKey, paths: Sequence[Path]) -> None:
        """Take photo files into the answer of a question."""
        self.photos.take(key, paths)

    def _take_signature(self, key: AnswerKey, png: bytes) -> None:
        holder = self._desk.workspace.temporary_folder()
        path = Path(holder.name) / "signature.png"
        path.write_bytes(png)
        self.photos.take(key, [path], holder.cleanup)

    # Submitting and leaving

    def _set_aside_garbage(self) -> None:
        """Where the app looks for garbage from its start on, look from here on: all of a form again takes some 20 ms."""
        if gc.get_freeze_count():
            gc.freeze()

    def flush(self) -> None:
        """Keep what is typed and not kept yet."""
        for page in self.pages.values():
            page.flush()

    def show_summary(self, reason: str = "") -> None:
        """Show what is missing before the visit is submitted; `reason` is what was typed there before."""
        if self._sealed or self.session.read_only or self.session.is_trial:
            return
        self.flush()
        self._show_missing(ops.missing(self.session.open_visit), reason)
        self._place_changed()

    def _show_missing(self, missing: Sequence[Violation], reason: str = "") -> None:
        self.finder.hide()
        self.summary.show_missing(missing, reason)
        for page in self.pages.values():
            page.insist_on([violation.key for violation in missing])
        self.stack.setCurrentWidget(self.summary)
        self.summary.start()

    def submit(self, reason: str) -> None:
        """Submit and seal the visit; with a reason also where something is missing."""
        self.flush()
        if self.photos.taking.is_busy:
            self._desk.messages.say(_("Photos are still being taken in: submit once they are there."))
            return
        if self.session.state == FAILED:
            self._show_saved()
            return
        try:
            header = ops.submit_visit(self._desk.workspace, self.session.open_visit, reason=reason)
        except ops.IncompleteVisitError as incomplete:
            self._show_missing(incomplete.violations)
            return
        except MshopperError as error:
            self._desk.messages.show_error(error)
            return
        self._sealed = True
        self.photos.watch.watch(None)
        self._clock.stop()
        with self._desk.messages.telling():
            ops.change_settings(self._desk.workspace, last_visit="")
        for widget in (
            self.side,
            self._search,
            self.finder,
            self._undo,
            self._redo,
            self._saved,
            self._elapsed,
            self._clock_icon,
        ):
            widget.hide()
        self.summary.show_sealed(header, self._desk.workspace.store.visit_list.rows([header.visit_id])[0])
        self.stack.setCurrentWidget(self.summary)

    def leave(self) -> None:
        """Go back to the list."""
        self.left.emit()

    def close_visit(self, *, leaving: bool = True) -> bool:
        """Keep what is typed and where the person is. False where an answer could not be saved: then stay.

        A stopwatch ends with what it shows, unless the screen is only made anew.
        """
        self._resume_timer.stop()
        if leaving:
            QTimer.singleShot(0, _look_for_garbage)  # not of this page, which may be gone by then
        if self._sealed:
            return True
        self.flush()
        if leaving:
            self.photos.taking.settle()
        self.photos.watch.watch(None)
        self._resume_timer.stop()
        self.save_place(leaving=leaving)
        self._is_left = self.session.state != FAILED
        return self._is_left

    @property
    def is_trial(self) -> bool:
        """Whether a form is only tried out here."""
        return self.session.is_trial

    @property
    def is_sealed(self) -> bool:
        """Whether the visit was submitted here."""
        return self._sealed


def _look_for_garbage() -> None:
    """Take up what a visit left behind, where the app set aside what was there."""
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
        gc.freeze()
