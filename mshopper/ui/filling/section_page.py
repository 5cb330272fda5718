"""One top section as a page of cards, built when it is first shown; sub-sections and repeats stand inside it."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from mshopper.i18n import _
from mshopper.model import reasons
from mshopper.model.answer import Answer, AnswerChange, AnswerKey, Violation
from mshopper.model.consequences import is_computed
from mshopper.model.form import CHOICE_TYPES, Question, Section
from mshopper.ui.filling.card import Card, failure_sentence
from mshopper.ui.filling.inputs.base import Asked
from mshopper.ui.filling.photo_strip import Shown
from mshopper.ui.filling.pictures import Picture
from mshopper.ui.filling.session import FillingSession, instance_key, is_asked, is_shown
from mshopper.ui.layouts import PAGE_WIDTH, button, column, label
from mshopper.ui.words import plain_number


class SectionPage(QScrollArea):
    """The cards of the section at `path`. `insist` shows also that a required answer is missing."""

    photo_wanted = Signal(object)
    signed = Signal(object, str)
    stepped = Signal(object, int)

    def __init__(self, session: FillingSession, path: str, footer: QWidget) -> None:
        super().__init__()
        self._session = session
        self.path = path
        self.cards: dict[AnswerKey, Card] = {}
        self._kept: dict[AnswerKey, Card] = {}
        self._groups: dict[AnswerKey, QWidget] = {}
        self._asides: dict[str, QLabel] = {}
        self._failing = session.failing()
        self._insist: set[AnswerKey] = set()
        self._number = 0
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._footer = footer
        self._build()

    # Building

    def _build(self) -> None:
        self._kept, self.cards = self.cards, {}
        self._groups.clear()
        self._asides.clear()
        self._number = 0
        inner = QWidget()
        inner.setProperty("role", "page")
        inner.setMaximumWidth(PAGE_WIDTH + 48)
        layout = column(inner, margin=24, gap=12)
        section = self._session.form.places[self.path].item
        assert isinstance(section, Section)
        self._add_section(layout, section, AnswerKey(self.path), "title")
        layout.addWidget(self._footer)
        layout.addStretch(1)
        if old := self.takeWidget():
            old.deleteLater()
        self.setWidget(inner)
        self._kept = {}
        for key in self.cards:
            self.refresh_card(key)

    def _add_section(self, layout: QVBoxLayout, section: Section, key: AnswerKey, role: str) -> None:
        """A section with its title; where it repeats, each instance, and a button for one more."""
        holder = QWidget()
        inside = column(holder, gap=12)
        layout.addWidget(holder)
        self._groups[key] = holder
        if heading := self._session.heading(key.path, key.instance):
            inside.addWidget(label(heading, role, wrap=True))
        if hint := self._session.words(section.hint, key):
            inside.addWidget(label(hint, "muted", wrap=True))
        if section.media and (jpeg := self._session.picture(section.media)):
            picture = Picture(jpeg)
            picture.setAccessibleName(self._session.title(key.path, key.instance))
            inside.addWidget(picture)
        aside = label("", "warn", wrap=True)
        inside.addWidget(aside)
        self._asides[key.path] = aside
        self._show_aside(key.path)
        if section.repeat is None:
            self._add_items(inside, section, key)
        else:
            self._add_instances(inside, section, key)
        holder.setVisible(self._session.applies(key))

    def _add_instances(self, layout: QVBoxLayout, section: Section, key: AnswerKey) -> None:
        repeat = section.repeat
        assert repeat is not None
        count = self._session.count(key)
        name = repeat.label.get(self._session.language, self._session.form.language) or self._session.title(key.path)
        before = self._number
        for n in range(1, count + 1):
            self._number = before  # questions are numbered anew in each instance
            head = QHBoxLayout()
            head.addWidget(label(f"{name} {n}", "heading"), 1)
            if count > repeat.minimum and not repeat.count and not self._session.read_only:
                remove = button(_("Remove"), lambda n=n: self._session.remove_instance(key, n), "quiet")  # type: ignore[misc]
                remove.setAccessibleName(_("Remove {name}").format(name=f"{name} {n}"))
                head.addWidget(remove)
            layout.addLayout(head)
            self._add_items(layout, section, instance_key(key, n))
        if (repeat.maximum is None or count < repeat.maximum) and not repeat.count and not self._session.read_only:
            icon = self._session.desk.icons.beside("plus")
            add = button(
                _("Add: {name}").format(name=f"{name} {count + 1}"),
                lambda: self._session.add_instance(key),
                icon=icon,
            )
            row = QHBoxLayout()
            row.addWidget(add)
            row.addStretch(1)
            layout.addLayout(row)

    def _add_items(self, layout: QVBoxLayout, section: Section, key: AnswerKey) -> None:
        for item in section.items:
            inner = AnswerKey(f"{key.path}/{item.id}", key.instance)
            if isinstance(item, Section):
                self._add_section(layout, item, inner, "heading")
            elif is_shown(item):
                layout.addWidget(self._card(item, inner))

    def _card(self, question: Question, key: AnswerKey) -> Card:
        session = self._session
        if is_asked(question):
            self._number += 1
        if (kept := self._kept.get(key)) is not None:
            self.cards[key] = kept
            if self._offers_choices(key):
                kept.show_offered(session.visit.offered(key))
            return kept
        desk = session.desk
        asked = Asked(
            question,
            lambda text: session.words(text, key),
            desk.icons,
            desk.theme,
            session.visit.choices(key.path) if question.type in CHOICE_TYPES else (),
            session.visit.offered(key) if question.type in CHOICE_TYPES else (),
            session.picture,
        )
        card = Card(asked, key, self._number, worth(question, session))
        card.answered.connect(session.give)
        card.typing.connect(session.note_typing)
        card.photo_removed.connect(session.remove_photo)
        card.captioned.connect(session.caption)
        card.photo_wanted.connect(self.photo_wanted)
        card.signed.connect(self.signed)
        card.stepped.connect(self.stepped)
        if session.read_only:
            card.set_read_only()
        self.cards[key] = card
        return card

    # Showing what changed

    def apply(self, change: AnswerChange) -> None:
        """Show a change: only the cards that it names are touched."""
        recounted = {step.key.path for step in change.counts} | {key.path for key in change.recounted}
        if any(path == self.path or path.startswith(f"{self.path}/") for path in recounted):
            self._rebuild(grown_by_person=bool(change.counts))
            return
        for key in change.appeared | change.vanished:
            if key in self.cards:
                self.cards[key].setVisible(self._session.visit.is_relevant(key))
        if any(key not in self.cards for key in change.appeared | change.vanished):
            self._show_groups()
        reworded = {key for key in change.relabelled if self._offers_choices(key)}
        for key in (change.reoffered | reworded) & self.cards.keys():
            self.cards[key].show_offered(self._session.visit.offered(key))
        self._show_failures()
        answered = {step.key for step in change.answers}
        for key in (
            answered | change.recalculated | change.revalidated | change.relabelled | change.appeared | change.reoffered
        ):
            if key in self.cards:
                self.refresh_card(key)

    def _offers_choices(self, key: AnswerKey) -> bool:
        item = self._session.form.places[key.path].item
        return isinstance(item, Question) and item.type in CHOICE_TYPES and item.type != "yes_no"

    def insist_on(self, keys: Sequence[AnswerKey]) -> None:
        """From now on say also that a required answer is missing, for these."""
        self._insist.update(keys)
        for key in keys:
            if key in self.cards:
                self.refresh_card(key)

    def refresh_card(self, key: AnswerKey) -> None:
        """Show a question as it stands."""
        card, session = self.cards[key], self._session
        question = session.question(key)
        guidance = session.words(question.guidance, key) if question.guidance else ""
        card.show_words(session.label(key), session.words(question.hint, key), guidance)
        if question.type == "calculate":
            card.show_calculated(reasons.answer_text(question, session.visit.value(key), session.language))
        answer = session.answer(key)
        if is_computed(question) and question.type != "calculate":
            answer = Answer(value=session.visit.value(key))
        card.show_answer(answer)
        card.show_photos(photos_of(session, answer.photos))
        violations = session.visit.violations(key)
        if question.read_only_when and is_asked(question) and not session.read_only:
            card.set_read_only(session.visit.is_read_only(key))
        card.show_required(question.required or any(each.code == "required" for each in violations))
        card.show_failures(session.failures(key.path))
        self._show_violations(card, violations)
        card.setVisible(session.visit.is_relevant(key))

    def _show_violations(self, card: Card, violations: Sequence[Violation]) -> None:
        said = [each for each in violations if each.code != "required" or card.key in self._insist]
        wrong = [self._sentence(each) for each in said if each.is_invalid or each.code == "required"]
        lacking = [self._sentence(each) for each in said if each.code in ("photos", "comment")]
        card.show_problems(wrong, lacking, open_comment=any(each.code == "comment" for each in said))

    def _sentence(self, violation: Violation) -> str:
        return violation_sentence(self._session, violation)

    def _show_failures(self) -> None:
        """Say of the rules that began or ceased to fail."""
        failing = self._session.failing()
        for path in {path for path, _said in {*self._failing.items()} ^ {*failing.items()}}:
            for key, card in self.cards.items():
                if key.path == path:
                    card.show_failures(failing.get(path, ()))
            self._show_aside(path)
        self._failing = failing

    def _show_aside(self, path: str) -> None:
        if aside := self._asides.get(path):
            said = self._session.failures(path)
            aside.setText("\n".join(failure_sentence(each) for each in said))
            aside.setVisible(bool(said))

    def _show_groups(self) -> None:
        for key, holder in self._groups.items():
            holder.setVisible(self._session.applies(key))

    def _rebuild(self, *, grown_by_person: bool) -> None:
        """Build the page anew: instances were added or removed; the cards of those that stay are kept.

        The focus goes to what the person added; else it stays where it was, or near.
        """
        at, before = self.verticalScrollBar().value(), set(self.cards)
        focus = QApplication.focusWidget()
        here = next((key for key, card in self.cards.items() if focus is not None and card.isAncestorOf(focus)), None)
        self._footer.setParent(None)
        self._build()
        added = [key for key in self.visible_keys() if key not in before]
        if not self.isVisible():
            return
        if added and before and grown_by_person:
            self.go_to(added[0])
            return
        if here in self.cards and focus is not None and not self.cards[here].isHidden():
            focus.setFocus()
        elif keys := self.visible_keys():
            self.cards[keys[-1]].focus_target().setFocus()
        QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(at))

    # Going places

    def go_to(self, key: AnswerKey) -> None:
        """Give the focus to a question and bring it into view."""
        card = self.cards.get(key)
        if card is None or card.isHidden():
            return
        card.focus_target().setFocus(Qt.FocusReason.ShortcutFocusReason)
        QTimer.singleShot(0, card, lambda: self._reveal(card))

    def _reveal(self, card: Card) -> None:
        inner = self.widget()
        if inner is None or not inner.isAncestorOf(card):
            return
        top = card.mapTo(inner, QPoint(0, 0)).y()
        bar = self.verticalScrollBar()
        height = self.viewport().height()
        if top < bar.value() + 16 or top + card.height() > bar.value() + height - 16:
            bar.setValue(top - 24 if card.height() > height // 2 else top - height // 4)

    def visible_keys(self) -> list[AnswerKey]:
        """The questions that can be answered now, from top to bottom."""
        return [
            key
            for key, card in self.cards.items()
            if self._session.visit.is_relevant(key) and is_asked(self._session.question(key))
        ]

    def flush(self) -> None:
        """Tell what is typed and not told yet."""
        for card in self.cards.values():
            card.flush()


def worth(question: Question, session: FillingSession) -> str:
    """What a question judges and may earn: "courtesy · 5"."""
    parts = [reasons.dimension_title(session.form, each, session.language) for each in question.dimensions]
    points = [band.points for band in question.bands]
    points += [choice.points for choice in question.choices if choice.points is not None]
    best = question.points if question.points is not None else max(points, default=None)
    if question.scores and best is not None:
        parts.append(plain_number(best))
    return " · ".join(parts)


def violation_sentence(session: FillingSession, violation: Violation) -> str:
    """A violation in words: the form author's where there are any."""
    if violation.message:
        return session.words(violation.message, violation.key)
    return reasons.violation_words(violation.reason)


def photos_of(session: FillingSession, photo_ids: Sequence[str]) -> list[Shown]:
    """The photos of an answer as a strip shows them."""
    infos = {photo.id: photo for photo in session.open_visit.photos}
    return [
        Shown(photo_id, infos[photo_id].caption if photo_id in infos else "", session.thumbnail(photo_id))
        for photo_id in photo_ids
    ]
