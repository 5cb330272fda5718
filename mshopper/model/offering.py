"""Which choices a question offers: its own or a table's, those that its filter lets through, shuffled where it says so.

`visit.Visit` asks per instance; a filter is a rule that runs on each choice's row (`rules.compile_filter`).
"""

from collections.abc import Callable
from hashlib import sha256

from mshopper.model.form import NO_TEXT, Choice, Form, Question, Text
from mshopper.model.rules import FormRules, RuleFailure
from mshopper.model.rules.list_functions import seed_of, shuffled
from mshopper.model.rules.scope import Frame, Predicate, Row

_TRUE = frozenset({"true", "yes", "1"})


class Offering:
    """The choices of a form's questions. Raises nothing: a filter that fails lets its choice through."""

    def __init__(self, form: Form, rules: FormRules) -> None:
        self.form = form
        self.rules = rules
        self.failures: dict[str, str] = {}
        self._choices: dict[str, tuple[Choice, ...]] = {}
        self._rows: dict[str, tuple[Row, ...]] = {}

    def varies(self, question: Question) -> bool:
        """Whether the choices are more than what stands in the question."""
        return bool(question.choice_filter or question.choices_from)

    def choices(self, path: str) -> tuple[Choice, ...]:
        """All choices that there may be."""
        found = self._choices.get(path)
        if found is None:
            question = self._question(path)
            found = self._choices[path] = question.choices + self._of_table(question)
        return found

    def choice(self, path: str, choice_id: str) -> Choice | None:
        """The choice of that id."""
        return next((choice for choice in self.choices(path) if choice.id == choice_id), None)

    def offered(self, path: str, frame: Frame) -> tuple[Choice, ...]:
        """The choices that are offered in one instance, in their order."""
        found = self.choices(path)
        if rule := self.rules.filters.get(path):
            self.failures.pop(path, None)
            found = tuple(
                choice
                for choice, row in zip(found, self._rows_of(path), strict=True)
                if self._passes(path, row, frame, rule.holds)
            )
        return self._in_order(path, frame, found)

    def _passes(self, path: str, row: Row, frame: Frame, holds: Callable[[Predicate], bool]) -> bool:
        try:
            return holds(Predicate(row, frame))
        except RuleFailure as failure:
            self.failures[path] = str(failure)
            return True

    def _in_order(self, path: str, frame: Frame, found: tuple[Choice, ...]) -> tuple[Choice, ...]:
        parameters = dict(self._question(path).parameters)
        if parameters.get("randomize", "").lower() not in _TRUE:
            return found
        seed: object = parameters.get("seed", "")
        if rule := self.rules.seeds.get(path):
            try:
                seed = rule.run(frame)
            except RuleFailure as failure:
                self.failures[path] = str(failure)
        elif not seed:
            place = f"{frame.world.seed}/{path}/{frame.instance}"
            seed = float(int.from_bytes(sha256(place.encode()).digest()[:4], "big"))
        return tuple(shuffled(found, seed_of(seed)))

    def _question(self, path: str) -> Question:
        item = self.form.questions[path].item
        assert isinstance(item, Question)
        return item

    def _of_table(self, question: Question) -> tuple[Choice, ...]:
        table = next((table for table in self.form.tables if table.name == question.choices_from), None)
        if table is None:
            return ()
        parameters = dict(question.parameters)
        value, label = parameters.get("value", "name"), parameters.get("label", "label")
        found = []
        for row in table.rows:
            cells = dict(zip(table.columns, row, strict=False))
            words = {
                column.partition("::")[2]: text
                for column, text in cells.items()
                if text and (column == label or column.startswith(f"{label}::"))
            }
            found.append(
                Choice(cells.get(value, ""), Text.of(words) if words else NO_TEXT, attributes=tuple(cells.items()))
            )
        return tuple({choice.id: choice for choice in reversed(found) if choice.id}.values())[::-1]

    def _rows_of(self, path: str) -> tuple[Row, ...]:
        rows = self._rows.get(path)
        if rows is None:
            language = self.form.language
            rows = self._rows[path] = tuple(
                {"name": choice.id, "label": choice.label.get(language), **dict(choice.attributes)}
                for choice in self.choices(path)
            )
        return rows
