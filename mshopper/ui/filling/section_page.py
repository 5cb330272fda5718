"""One top section as a page of cards, each made when it comes into view; sub-sections and repeats stand among them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from mshopper.i18n import _
from mshopper.model import reasons
from mshopper.model.answer import Answer, AnswerChange, AnswerKey, Violation
from mshopper.model.consequences import is_computed
from mshopper.model.form import CHOICE_TYPES, Question, Section
from mshopper.ui.filling.card import Card, failure_sentence
from mshopper.ui.filling.inputs.base import Asked
from mshopper.ui.filling.photo_strip import PhotoStrip, Shown
from mshopper.ui.filling.pictures import Picture
from mshopper.ui.filling.rows import Row, RowsPage
from mshopper.ui.filling.session import FillingSession, instance_key, is_asked, is_shown
from mshopper.ui.filling.why import has_rules, why
from mshopper.ui.layouts import button, column, label
from mshopper.ui.words import plain_number


class Cards(Mapping[AnswerKey, Card]):
    """The cards of a page by key, in its order; one that is asked for is made. `built` are those that were."""

    def __init__(self, make: Callable[[AnswerKey], Card]) -> None:
        self._make = make
        self.keys_in_order: dict[AnswerKey, None] = {}
        self.built: dict[AnswerKey, Card] = {}

    def __getitem__(self, key: AnswerKey) -> Card:
        if key not in self.keys_in_order:
            raise KeyError(key)
        return self.built[key] if key in self.built else self._make(key)

    def __contains__(self, key: object) -> bool:
        return key in self.keys_in_order

    def __iter__(self) -> Iterator[AnswerKey]:
        return iter(self.keys_in_order)

    def __len__(self) -> int:
        return len(self.keys_in_order)


class _Title(QWidget):
    """What stands over a section: its title, its hint, and what can't be worked out."""

    def __init__(self, role: str) -> None:
        super().__init__()
        layout = column(self, gap=6)
        self.heading, self.hint = label("", role, wrap=True), label("", "muted", wrap=True)
        self.aside = label("", "warn", wrap=True)
        for part in (self.heading, self.hint, self.aside):
            layout.addWidget(part)

    def show_picture(self, jpeg: bytes, name: str) -> None:
        """Show a picture below the hint."""
        picture = Picture(jpeg)
        picture.setAccessibleName(name)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(2, picture)

    def show_texts(self, *texts: str) -> None:
        """Show the three texts; one that is empty takes no room."""
        for part, text in zip((self.heading, self.hint, self.aside), texts, strict=True):
            part.setText(text)
            part.setVisible(bool(text))


class SectionPage(RowsPage):
    """The cards of the section at `path`. `insist` shows also that a required answer is missing."""

    photo_wanted = Signal(object)
    photos_dropped = Signal(object, object)
    """The key of a question, and the QMimeData that was dropped on it."""
    photo_opened = Signal(object, str)
    photo_move_wanted = Signal(str)
    signed = Signal(object, bytes)
    stepped = Signal(object, int)

    def __init__(self, session: FillingSession, path: str, footer: QWidget) -> None:
        super().__init__()
        self._session = session
        self.path = path
        self.cards = Cards(lambda key: self._card_made(key))
        self._numbers: dict[AnswerKey, int] = {}
        self._failing = session.failing()
        self._insist: set[AnswerKey] = set()
        self._number = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._footer = footer
        self._build()

    # Which rows there are

    def _build(self) -> None:
        """Say which rows there are, in the order of the form."""
        self._number = 0
        self._numbers.clear()
        section = self._session.form.places[self.path].item
        assert isinstance(section, Section)
        rows: list[Row] = []
        self._add_section(rows, section, AnswerKey(self.path), "title")
        rows.append(Row("footer", "footer", lambda: self._footer))
        self.cards.keys_in_order = {row.id: None for row in rows if isinstance(row.id, AnswerKey)}
        self.cards.built = {key: card for key, card in self.cards.built.items() if key in self.cards.keys_in_order}
        self.set_rows(rows)

    def _add_section(self, rows: list[Row], section: Section, key: AnswerKey, role: str) -> None:
        """A section with its title; where it repeats, each instance, and a button for one more."""
        shown = self._has_title(key)
        rows.append(Row(("title", key), "title", partial(self._title, key, role), shown=shown))
        if section.repeat is None:
            self._add_items(rows, section, key)
        else:
            self._add_instances(rows, section, key)

    def _add_instances(self, rows: list[Row], section: Section, key: AnswerKey) -> None:
        repeat = section.repeat
        assert repeat is not None
        count, before = self._session.count(key), self._number
        is_fixed = bool(repeat.count) or self._session.read_only
        for n in range(1, count + 1):
            self._number = before  # questions are numbered anew in each instance
            may = (count > repeat.minimum and not is_fixed, self._may_grow(section, count) and not is_fixed)
            head_id = ("instance", key, n, self._instance_name(key, n), *may)
            shown = self._session.visit.is_relevant(instance_key(key, n))
            rows.append(Row(head_id, "instance", partial(self._instance_head, key, n, *may), shown=shown))
            self._add_items(rows, section, instance_key(key, n))
        if self._may_grow(section, count) and not is_fixed:
            made = partial(self._add_button, key, count + 1)
            rows.append(Row(("add", key, count), "add", made, shown=self._session.applies(key)))

    def _may_grow(self, section: Section, count: int) -> bool:
        assert section.repeat is not None
        return section.repeat.maximum is None or count < section.repeat.maximum

    def _add_items(self, rows: list[Row], section: Section, key: AnswerKey) -> None:
        for item in section.items:
            inner = AnswerKey(f"{key.path}/{item.id}", key.instance)
            if isinstance(item, Section):
                self._add_section(rows, item, inner, "heading")
            elif is_shown(item):
                self._number += is_asked(item)
                self._numbers[inner] = self._number
                shown = self._session.visit.is_relevant(inner)
                rows.append(Row(inner, item.type, partial(self._card, item, inner), shown=shown))

    # Making them

    def _title(self, key: AnswerKey, role: str) -> QWidget:
        made = _Title(role)
        made.show_texts(*self._title_texts(key))
        if jpeg := self._picture(key):
            made.show_picture(jpeg, self._session.title(key.path, key.instance))
        return made

    def _picture(self, key: AnswerKey) -> bytes:
        """The picture that stands with a section's title."""
        section = self._session.form.places[key.path].item
        assert isinstance(section, Section)
        return self._session.picture(section.media) if section.media else b""

    def _has_title(self, key: AnswerKey) -> bool:
        """Whether anything stands over a section as things are."""
        return self._session.applies(key) and (any(self._title_texts(key)) or bool(self._picture(key)))

    def _title_texts(self, key: AnswerKey) -> tuple[str, str, str]:
        section = self._session.form.places[key.path].item
        assert isinstance(section, Section)
        failures = "\n".join(failure_sentence(each) for each in self._session.failures(key.path))
        return self._session.heading(key.path, key.instance), self._session.words(section.hint, key), failures

    def _instance_name(self, key: AnswerKey, n: int) -> str:
        return f"{self._session.instance_title(key)} {n}"

    def _instance_head(self, key: AnswerKey, n: int, may_go: bool, may_double: bool) -> QWidget:
        session, name = self._session, self._instance_name(key, n)
        made = QWidget()
        head = QHBoxLayout(made)
        head.setContentsMargins(0, 8, 0, 0)
        head.addWidget(label(name, "heading"), 1)
        if may_double:
            double = button(_("Duplicate"), lambda: session.duplicate_instance(key, n), "quiet")
            double.setAccessibleName(_("Duplicate {name}").format(name=name))
            head.addWidget(double)
        if may_go:
            remove = button(_("Remove"), lambda: session.remove_instance(key, n), "quiet")
            remove.setAccessibleName(_("Remove {name}").format(name=name))
            head.addWidget(remove)
        return made

    def _add_button(self, key: AnswerKey, n: int) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        name = _("Add: {name}").format(name=self._instance_name(key, n))
        row.addWidget(
            button(name, lambda: self._session.add_instance(key), icon=self._session.desk.icons.beside("plus"))
        )
        row.addStretch(1)
        return made

    def _card_made(self, key: AnswerKey) -> Card:
        made = self.made(self.rows[key])
        assert isinstance(made, Card)
        return made

    def _card(self, question: Question, key: AnswerKey) -> Card:
        session = self._session
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
        card = Card(asked, key, self._numbers[key], worth(question, session), lambda: session.thumbnails)
        card.answered.connect(session.give)
        card.typing.connect(session.note_typing)
        card.strip_made.connect(partial(self._connect_strip, key))
        card.photos_dropped.connect(self.photos_dropped)
        card.photo_wanted.connect(self.photo_wanted)
        card.signed.connect(self.signed)
        card.stepped.connect(self.stepped)
        if is_asked(question):
            card.explain_by(partial(why, session, key), offer=has_rules(session, key))
        if session.read_only:
            card.set_read_only()
        self.cards.built[key] = card
        self.refresh_card(key)
        return card

    def _connect_strip(self, key: AnswerKey, strip: PhotoStrip) -> None:
        session = self._session
        strip.captioned.connect(session.caption)
        strip.removed.connect(partial(session.remove_photo, key))
        strip.arranged.connect(partial(session.arrange_photos, key))
        strip.opened.connect(partial(self.photo_opened.emit, key))
        strip.move_wanted.connect(self.photo_move_wanted)
        strip.dropped.connect(partial(self._photo_dropped, key))
        strip.refused_seen.connect(lambda: session.refuse(key, ""))

    def _photo_dropped(self, key: AnswerKey, photo_id: str, at: int) -> None:
        """Put a photo at a place among a question's own; one of another question moves to its end."""
        ids = list(self._session.visit.answer(key).photos)
        if photo_id in ids:
            ids.remove(photo_id)
            ids.insert(at, photo_id)
            self._session.arrange_photos(key, ids)
        else:
            self._session.move_photo(photo_id, key)

    # Showing what changed

    def apply(self, change: AnswerChange) -> None:
        """Show a change: only the cards that it names are touched."""
        recounted = {step.key.path for step in change.counts} | {key.path for key in change.recounted}
        if any(path == self.path or path.startswith(f"{self.path}/") for path in recounted):
            self._rebuild(grown_by_person=bool(change.counts))
        built = self.cards.built
        self._show_relevant(change)
        reworded = {key for key in change.relabelled if self._offers_choices(key)}
        for key in (change.reoffered | reworded) & built.keys():
            built[key].show_offered(self._session.visit.offered(key))
        self._show_failures()
        answered = {step.key for step in change.answers}
        if any(self._session.question(key).staff == "name" for key in answered):
            answered |= {key for key in built if self._session.answer(key).comment}
        touched = answered | change.recalculated | change.revalidated | change.relabelled | change.appeared
        for key in (touched | change.reoffered) & built.keys():
            self.refresh_card(key)
        for key in change.relabelled:
            self._refresh_title(key)

    def _show_relevant(self, change: AnswerChange) -> None:
        """Let rows come and go with what applies."""
        moved = change.appeared | change.vanished
        changed = [self.show_row(key, shown=self._session.visit.is_relevant(key)) for key in moved if key in self.cards]
        if any(key not in self.cards for key in moved):
            for row in self.rows.values():
                if isinstance(row.id, tuple) and row.id[0] in ("title", "add"):
                    shown = self._session.applies(row.id[1]) if row.id[0] == "add" else self._has_title(row.id[1])
                    changed.append(self.show_row(row.id, shown=shown))
                elif isinstance(row.id, tuple) and row.id[0] == "instance":
                    shown = self._session.visit.is_relevant(instance_key(row.id[1], row.id[2]))
                    changed.append(self.show_row(row.id, shown=shown))
        if any(changed):
            self.rows_changed()

    def _offers_choices(self, key: AnswerKey) -> bool:
        item = self._session.form.places[key.path].item
        return isinstance(item, Question) and item.type in CHOICE_TYPES and item.type != "yes_no"

    def insist_on(self, keys: Sequence[AnswerKey]) -> None:
        """From now on say also that a required answer is missing, for these."""
        self._insist.update(keys)
        for key in keys:
            if key in self.cards.built:
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
        card.show_photos(photos_of(session, answer.photos), session.refused.get(key, ()))
        violations = session.visit.violations(key)
        if question.read_only_when and is_asked(question) and not session.read_only:
            card.set_read_only(session.visit.is_read_only(key))
        card.show_required(question.required or any(each.code == "required" for each in violations))
        card.show_failures(session.failures(key.path))
        self._show_violations(card, violations)

    def _show_violations(self, card: Card, violations: Sequence[Violation]) -> None:
        said = [each for each in violations if each.code != "required" or card.key in self._insist]
        wrong = [self._sentence(each) for each in said if each.is_invalid or each.code == "required"]
        lacking = [self._sentence(each) for each in said if each.code in ("photos", "comment")]
        lacking += self._names_said(card.key)
        card.show_problems(wrong, lacking, open_comment=any(each.code == "comment" for each in said))

    def _names_said(self, key: AnswerKey) -> list[str]:
        """That the comment names somebody whom an answer of this visit names: reports can hide the name there alone."""
        comment = self._session.answer(key).comment
        if not comment or self._session.form.people != "name":
            return []
        from mshopper.model.people import names_in, staff_names

        found = names_in(comment, staff_names(self._session.form, self._session.visit.answers))
        words = _("The comment names {names}: write the role instead, the name has its own question.")
        return [words.format(names=", ".join(found))] if found else []

    def _sentence(self, violation: Violation) -> str:
        return violation_sentence(self._session, violation)

    def _show_failures(self) -> None:
        """Say of the rules that began or ceased to fail."""
        failing = self._session.failing()
        if failing == self._failing:
            return
        for path in {path for path, _said in {*self._failing.items()} ^ {*failing.items()}}:
            for key, card in self.cards.built.items():
                if key.path == path:
                    card.show_failures(failing.get(path, ()))
            for row in list(self.rows.values()):
                if isinstance(row.id, tuple) and row.id[0] == "title" and row.id[1].path == path:
                    self._refresh_title(row.id[1])
        self._failing = failing

    def _refresh_title(self, key: AnswerKey) -> None:
        """Show a section's heading, hint and failures as they stand."""
        row = self.rows.get(("title", key))
        if row is None:
            return
        texts = self._title_texts(key)
        if isinstance(row.widget, _Title):
            row.widget.show_texts(*texts)
        if self.show_row(row.id, shown=self._has_title(key)):
            self.rows_changed()

    def _rebuild(self, *, grown_by_person: bool) -> None:
        """Say anew which rows there are: instances were added or removed; the cards of those that stay are kept.

        The focus goes to what the person added; else it stays where it was, or near.
        """
        before = set(self.cards)
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        self._build()
        added = [key for key in self.visible_keys() if key not in before]
        if not self.isVisible():
            return
        if added and before and grown_by_person:
            self.go_to(added[0])
            return
        focus = QApplication.focusWidget()
        if had_focus and (focus is None or not self.isAncestorOf(focus) or not focus.isVisible()):
            place, keys = self.place(), self.visible_keys()
            if place is not None and place[0] in self.cards and isinstance(place[0], AnswerKey):
                self.cards[place[0]].focus_target().setFocus()
            elif keys:
                self.cards[keys[-1]].focus_target().setFocus()

    # Going places

    def go_to(self, key: AnswerKey) -> None:
        """Give the focus to a question and bring it into view."""
        if key not in self.cards or not self._session.visit.is_relevant(key):
            return
        self.cards[key].focus_target().setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.reveal(key)

    def visible_keys(self) -> list[AnswerKey]:
        """The questions that can be answered now, from top to bottom."""
        return [
            key for key in self.cards if self._session.visit.is_relevant(key) and is_asked(self._session.question(key))
        ]

    def first_question(self) -> tuple[AnswerKey, int] | None:
        """The first question in view, and how far below the upper edge it begins, in pixels."""
        edge = self.verticalScrollBar().value()
        for row in self.placed.values():
            if isinstance(row.id, AnswerKey) and row.y + row.height > edge:
                return row.id, row.y - edge
        return None

    def flush(self) -> None:
        """Tell what is typed and not told yet."""
        for card in list(self.cards.built.values()):
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
        Shown(photo_id, infos[photo_id].caption, bool(infos[photo_id].derived_from))
        if photo_id in infos
        else Shown(photo_id, "")
        for photo_id in photo_ids
    ]
