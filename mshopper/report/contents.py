"""A visit as its report tells it: chapters of questions with numbers, answers, lines and photos, all in words.

Reads a VisitRecord and computes no score; `first_page`, `questions`, `pictures` and `closing` print what stands here.
Made and read inside `with speaking(language)`.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from mshopper.i18n import (
    _,
    format_date,
    format_dates,
    format_datetime,
    format_fixed,
    format_number,
    ngettext,
    rounded,
    span_in_words,
)
from mshopper.model import reasons
from mshopper.model.answer import NO_ANSWER, Answer, AnswerKey, Value, is_empty
from mshopper.model.form import PICTURE_TYPES, Question, Section, Text
from mshopper.model.record import PhotoInfo, VisitRecord
from mshopper.model.scoresheet import CriticalHit, Metric, ScoreLine, Subtotal

LabelOf = Callable[[AnswerKey], str]


@dataclass(frozen=True)
class Asked:
    """One question in one instance: what was asked, what was said, what it earned."""

    key: AnswerKey
    number: str
    question: Question
    answer: Answer
    value: Value
    line: ScoreLine | None
    photos: tuple[PhotoInfo, ...]
    criticals: tuple[CriticalHit, ...]


@dataclass(frozen=True)
class Chapter:
    """A section in one instance, without its sub-sections, which are chapters of their own at a deeper `level`.

    `not_relevant` counts the questions that didn't apply; `subtotal` is None where the sheet has none.
    """

    key: AnswerKey
    title: str
    level: int
    subtotal: Subtotal | None
    asked: tuple[Asked, ...]
    not_relevant: int


class Contents:
    """What the report of `record` says in `language`.

    `label` gives the words of a question, or of a section, whose text shows answers (`${q}`).
    """

    def __init__(self, record: VisitRecord, language: str, label: LabelOf | None = None) -> None:
        self.record = record
        self.header = record.header
        self.form = record.form
        self.sheet = record.sheet
        self.language = language
        self._label = label

    # --- words ---

    def text(self, text: Text) -> str:
        """A text of the form in the report's language, else in the form's own."""
        return text.get(self.language, self.form.language)

    def label(self, key: AnswerKey) -> str:
        """A question's label as it was asked; its id where it has none."""
        item = self.form.places[key.path].item
        assert isinstance(item, Question)
        words = self.text(item.label)
        return (self._label(key) if self._label and "${" in words else words) or item.id

    @property
    def store_name(self) -> str:
        """The store's name, else its id."""
        return self.header.store.name or self.header.store.store_id

    @property
    def form_title(self) -> str:
        """The form's title, else its id."""
        return self.text(self.form.title) or self.form.id

    @property
    def is_draft(self) -> bool:
        """Whether the visit still goes on, so that all this may change."""
        return self.header.state in ("planned", "in_progress")

    @property
    def is_not_done(self) -> bool:
        """Whether the visit could not be made."""
        return self.header.state == "not_done"

    @property
    def date(self) -> str:
        """The day of the visit in words, or its first and last; "" where it hasn't begun and isn't planned."""
        start, end = moment_of(self.header.started_at), moment_of(self.header.ended_at)
        if start and end and start.date() < end.date():
            return format_dates(start.date(), end.date(), self.language)
        for written in (self.header.started_at, self.header.submitted_at, self.header.planned_for):
            moment = moment_of(written)
            if moment:
                return format_date(moment.date(), self.language)
        return ""

    @property
    def duration(self) -> str:
        """How long the visit took, in words; "" where that isn't known."""
        start, end = moment_of(self.header.started_at), moment_of(self.header.ended_at)
        if not start or not end or (start.tzinfo is None) != (end.tzinfo is None) or end < start:
            return ""
        return span_in_words((end - start) // dt.timedelta(seconds=1))

    def time(self, written: str) -> str:
        """A moment in words, in the offset it was written with; what isn't a time stays as it is."""
        moment = moment_of(written)
        return format_datetime(moment, self.language) if moment else written

    def percent(self, percent: Fraction | None, mark: Fraction | None = None, *, fixed: bool = False) -> str:
        """A percentage as shown: two decimals, and more where they would read as the mark itself."""
        if percent is None:
            return _("not scored")
        decimals = 2
        while mark is not None and percent != mark and decimals < 9:
            if rounded(percent, decimals) != rounded(mark, decimals):
                break
            decimals += 1
        write = format_fixed if fixed else format_number
        return f"{write(percent, decimals, self.language)}%"

    def number(self, value: Fraction) -> str:
        """A number with at most two decimals."""
        return format_number(value, 2, self.language)

    def points(self, earned: Fraction, possible: Fraction) -> str:
        """Earned of possible."""
        return f"{self.number(earned)} / {self.number(possible)}"

    def answer(self, asked: Asked) -> str:
        """The answer in words; "" where there is none."""
        if asked.answer.na:
            return _("Not applicable")
        if asked.question.type in PICTURE_TYPES:
            return self.photo_count(len(asked.photos)) if asked.photos else ""
        return "" if is_empty(asked.value) else reasons.answer_text(asked.question, asked.value, self.language)

    def single_answer(self, metric: Metric) -> Asked | None:
        """The one valid answer that a metric is made of; None where there are several."""
        found = [
            asked for chapter in self.chapters for asked in chapter.asked if metric.n == 1 and _is_within(metric, asked)
        ]
        return found[0] if len(found) == 1 else None

    def reason(self, line: ScoreLine) -> str:
        """Why the line earned what it did; "" where the answer printed beside it says as much."""
        if line.reason.code in ("choice", "choices", "scale"):
            return ""
        return reasons.sentence(line.reason, self.form, self.language, line.path)

    def effect(self, hit: CriticalHit) -> str:
        """What a critical answer did to the score."""
        return reasons.effect_sentence(hit, self.form, self.language)

    def photo_count(self, n: int) -> str:
        """So many photos."""
        return ngettext("{n} photo", "{n} photos", n).format(n=n)

    def place(self, key: AnswerKey) -> str:
        """The title of the section around a question, with its instance."""
        path = self.form.places[key.path].section_path
        return self.title(AnswerKey(path, key.instance)) if path else ""

    def title(self, key: AnswerKey) -> str:
        """A section's title; in a repeat "Till 2", and "Till 2 · Payment" for a section within it."""
        placed = self.form.places[key.path]
        section = placed.item
        assert isinstance(section, Section)
        if self._label and "${" in self.text(section.title):
            words = self._label(key) or section.id
        else:
            words = reasons.section_title(self.form, key.path, self.language, key.instance)
        if section.repeat is None and key.instance and placed.repeats:
            around = AnswerKey(placed.repeats[-1], key.instance)
            return f"{self.title(around)} · {words}"
        return words

    # --- chapters ---

    @cached_property
    def numbers(self) -> dict[str, str]:
        """A number for every question that is printed as one, by path: notes have none."""
        printed = [path for path, placed in self.form.questions.items() if _is_printed(placed.item)]
        return {path: str(n) for n, path in enumerate(printed, 1)}

    @cached_property
    def photo_numbers(self) -> dict[str, int]:
        """The number of each photo, by id, in the order of the report."""
        order = {key: n for n, key in enumerate(self._keys())}

        def rank(photo: PhotoInfo) -> tuple[int, int]:
            ids = self.record.answers.get(photo.key, NO_ANSWER).photos
            return order.get(photo.key, len(order)), ids.index(photo.id) if photo.id in ids else len(ids)

        return {photo.id: n for n, photo in enumerate(sorted(self.record.photos, key=rank), 1)}

    @cached_property
    def photos(self) -> tuple[PhotoInfo, ...]:
        """The photos in the order of their numbers."""
        return tuple(sorted(self.record.photos, key=lambda photo: self.photo_numbers[photo.id]))

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """Every section in every instance, in the form's order."""
        return tuple(self._chapter(key, section, level) for key, section, level in self._sections())

    def asked(self, key: AnswerKey) -> Asked:
        """One question as it was asked and answered."""
        question = self.form.places[key.path].item
        assert isinstance(question, Question)
        answer = self.record.answers.get(key, NO_ANSWER)
        value = (self.record.computed or {}).get(key) if question.type == "calculate" else answer.value
        line = self._lines.get(key)
        number = self.numbers.get(key.path, "")
        photos = tuple(self._photos_by_key.get(key, ()))
        return Asked(key, number, question, answer, value, line, photos, tuple(self._criticals.get(key, ())))

    def is_relevant(self, key: AnswerKey) -> bool:
        """Whether the question applied in this visit."""
        line = self._lines.get(key)
        irrelevant = self.record.irrelevant or frozenset()
        return key not in irrelevant and (line is None or line.status != "not_relevant")

    def _chapter(self, key: AnswerKey, section: Section, level: int) -> Chapter:
        keys = [
            AnswerKey(f"{key.path}/{item.id}", key.instance)
            for item in section.items
            if isinstance(item, Question) and _is_printed(item, with_notes=True)
        ]
        relevant = [k for k in keys if self.is_relevant(k)]
        missing = sum(1 for k in keys if k not in relevant and self.numbers.get(k.path))
        return Chapter(
            key, self.title(key), level, self._subtotal(key, section), tuple(map(self.asked, relevant)), missing
        )

    def _sections(self) -> Iterator[tuple[AnswerKey, Section, int]]:
        for section in self.form.sections:
            yield from self._walk(AnswerKey(section.id), section, 0)

    def _walk(self, key: AnswerKey, section: Section, level: int) -> Iterator[tuple[AnswerKey, Section, int]]:
        for instance in self._instances(key, section):
            yield instance, section, level
            for item in section.items:
                if isinstance(item, Section):
                    yield from self._walk(AnswerKey(f"{key.path}/{item.id}", instance.instance), item, level + 1)

    def _instances(self, key: AnswerKey, section: Section) -> Iterator[AnswerKey]:
        if section.repeat is None:
            yield key
            return
        for n in range(1, self.record.counts.get(key, section.repeat.minimum) + 1):
            yield AnswerKey(key.path, f"{key.instance}.{n}" if key.instance else str(n))

    def _keys(self) -> Iterator[AnswerKey]:
        for key, section, _level in self._sections():
            for item in section.items:
                if isinstance(item, Question):
                    yield AnswerKey(f"{key.path}/{item.id}", key.instance)

    def _subtotal(self, key: AnswerKey, section: Section) -> Subtotal | None:
        if self.sheet is None:
            return None
        if section.repeat is None and not key.instance:
            return next((part for part in self.sheet.sections if part.id == key.path), None)
        wanted = f"{key.path}[{key.instance}]"
        return next((part for part in self.sheet.instances if part.id == wanted), None)

    @cached_property
    def _lines(self) -> dict[AnswerKey, ScoreLine]:
        lines = self.sheet.lines if self.sheet else ()
        return {AnswerKey(line.path, line.instance): line for line in lines}

    @cached_property
    def _criticals(self) -> dict[AnswerKey, list[CriticalHit]]:
        found: dict[AnswerKey, list[CriticalHit]] = {}
        for hit in self.sheet.criticals if self.sheet else ():
            found.setdefault(AnswerKey(hit.path, hit.instance), []).append(hit)
        return found

    @cached_property
    def _photos_by_key(self) -> dict[AnswerKey, list[PhotoInfo]]:
        found: dict[AnswerKey, list[PhotoInfo]] = {}
        for photo in self.photos:
            found.setdefault(photo.key, []).append(photo)
        return found


def moment_of(written: str) -> dt.datetime | None:
    """An ISO 8601 time; None where it is none."""
    try:
        return dt.datetime.fromisoformat(written)
    except ValueError:
        return None


def _is_within(metric: Metric, asked: Asked) -> bool:
    question, value = asked.question, asked.value
    variant = {"csat": question.scale or "5", "ces": question.variant or "seven_mean"}.get(question.type, "")
    if (question.type, variant) != (metric.id, metric.variant) or asked.answer.na or question.scale_bounds is None:
        return False
    low, high = question.scale_bounds
    return isinstance(value, int | Decimal) and low <= value <= high


def _is_printed(item: object, *, with_notes: bool = False) -> bool:
    """Whether a question has a row: a calculation only where it has words or points, a note only `with_notes`."""
    assert isinstance(item, Question)
    if item.type == "note":
        return with_notes and bool(item.label)
    return item.type != "calculate" or bool(item.label) or item.scores
