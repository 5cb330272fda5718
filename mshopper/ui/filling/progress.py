"""How far a visit is: for each top section how many questions count, are answered, and have something to fix."""

from dataclasses import dataclass

from mshopper.model.answer import AnswerChange, AnswerKey
from mshopper.model.form import Question
from mshopper.ui.filling.session import FillingSession, is_asked, is_shown


@dataclass(frozen=True, slots=True)
class SectionState:
    """A top section: its path, whether it applies and shows anything now, answered of all, and how many need fixing."""

    path: str
    relevant: bool
    answered: int
    total: int
    to_fix: int

    @property
    def is_done(self) -> bool:
        """Whether all is answered and nothing needs fixing."""
        return self.total > 0 and self.answered == self.total and not self.to_fix


class VisitProgress:
    """Counts by section; after a change only the sections that it touches are counted again."""

    def __init__(self, session: FillingSession) -> None:
        self._session = session
        self._keys: dict[str, list[AnswerKey]] = {}
        self._states: dict[str, SectionState] = {}
        self.refresh()

    @property
    def sections(self) -> tuple[SectionState, ...]:
        """The top sections that show anything, in the form's order."""
        return tuple(self._states[section.id] for section in self._session.sections)

    def refresh(self, change: AnswerChange | None = None) -> None:
        """Count again what `change` touches; all without one."""
        if change is None or change.counts or change.recounted:
            self._keys = {section.id: [] for section in self._session.form.sections}
            for key in self._session.visit.keys():
                self._keys[top(key)].append(key)
            touched = set(self._keys)
        else:
            keys = {step.key for step in change.answers} | change.appeared | change.vanished | change.revalidated
            touched = {top(key) for key in keys}
        for path in touched:
            self._states[path] = self._count(path)

    def open_keys(self) -> list[AnswerKey]:
        """The questions that still keep the visit from being submitted, in the form's order."""
        wanted = {violation.key for violation in self._session.visit.problems()}
        return [key for keys in self._keys.values() for key in keys if key in wanted]

    def keys_of(self, path: str) -> list[AnswerKey]:
        """The questions of a top section, in order."""
        return self._keys[path]

    def _count(self, path: str) -> SectionState:
        visit, form = self._session.visit, self._session.form
        answered = total = to_fix = 0
        shows = any(place.repeats for place in form.places.values() if place.path.partition("/")[0] == path)
        for key in self._keys[path]:
            item = form.places[key.path].item
            if not isinstance(item, Question) or not visit.is_relevant(key):
                continue
            shows = shows or is_shown(item)
            if not is_asked(item):
                continue
            total += 1
            answered += visit.is_na(key) or visit.is_answered(key)
            to_fix += any(violation.code != "required" for violation in visit.violations(key))
        return SectionState(path, shows and self._session.applies(AnswerKey(path)), answered, total, to_fix)


def top(key: AnswerKey) -> str:
    """The path of the top section around a key."""
    return key.path.partition("/")[0]
