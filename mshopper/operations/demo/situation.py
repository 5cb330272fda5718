"""What a sample respondent knows while answering one question: the visit so far, the store, the day, and chance."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from mshopper.model.answer import AnswerKey, Value
from mshopper.model.form import Question
from mshopper.model.record import Store
from mshopper.model.scoring import score
from mshopper.model.visit import Visit
from mshopper.operations.demo.samples import Samples
from mshopper.operations.demo.schedule import Appointment


@dataclass
class Situation:
    """A question being answered in `visit`; `rng` is the visit's own, so that it is answered the same way every time."""

    visit: Visit
    key: AnswerKey
    appointment: Appointment
    store: Store
    samples: Samples
    rng: Random

    @cached_property
    def question(self) -> Question:
        """The question."""
        return self.visit.question(self.key)

    @property
    def form_id(self) -> str:
        """The form's id."""
        return self.visit.form.id

    @property
    def question_id(self) -> str:
        """The question's bare id."""
        return self.question.id

    def said(self, question_id: str) -> Value:
        """What was answered before, in the same instance of a repeat; None where nothing was."""
        path = self.visit.form.path_of(question_id)
        if path is None:
            raise LookupError(question_id)
        repeated = self.visit.form.questions[path].repeats
        key = AnswerKey(path, self.key.instance if repeated else "")
        return self.visit.value(key) if self.visit.is_relevant(key) else None

    def day(self, days: int = 0) -> dt.date:
        """A day counted from that on which the visit began."""
        return self.appointment.started.date() + dt.timedelta(days=days)

    def at(self, minutes: int = 0) -> str:
        """A moment counted from the beginning, as a date and time are answered."""
        return (self.appointment.started + dt.timedelta(minutes=minutes)).isoformat(timespec="minutes")

    def before_end(self, minutes: int) -> str:
        """A moment counted back from the end."""
        return (self.appointment.ended - dt.timedelta(minutes=minutes)).isoformat(timespec="minutes")

    def is_good(self) -> bool:
        """Whether chance, at this store's level, has it go well."""
        return self.rng.random() < self.appointment.level

    def feeling(self) -> float:
        """How the visit felt, 0 to 1, by what was scored so far: 90% is delight, 40% the contrary."""
        percent = score(self.visit.form, self.visit, answered_only=True).percent
        so_far = self.appointment.level if percent is None else float(percent) / 100
        return min(1.0, max(0.0, (so_far - 0.4) / 0.5 + self.rng.uniform(-0.08, 0.08)))

    def mood(self) -> int:
        """How it felt, from 1 to 5."""
        return 1 + round(self.feeling() * 4)

    def text(self, name: str = "") -> Value:
        """Something written: of the form, of the question, or by whether the visit felt good."""
        name = name or self.question_id
        tone = "good" if self.feeling() >= 0.6 else "bad"
        names = (f"{self.form_id}/{name}", f"{self.form_id}/{name}/{tone}", name, f"{name}/{tone}")
        known: Sequence[str] = self.samples.texts(*names)
        return self.rng.choice(known) if known else None
