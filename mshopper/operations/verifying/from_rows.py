"""A visit out of the rows that a laptop published, to be scored again where nothing but the tables is at hand.

What the tables don't say (answers that weren't relevant, instances in which nothing was answered) has no part in a score.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from mshopper.exchange.rows import tables
from mshopper.exchange.schema import Row, Tables
from mshopper.model.answer import Answer, AnswerKey, Value
from mshopper.model.form import Form, Question
from mshopper.model.record import Store, VisitHeader, VisitRecord
from mshopper.model.rules import FormRules
from mshopper.model.scoring import score
from mshopper.operations.verifying.rescored import visit_of

SCORE_COLUMNS = (
    "percent",
    "earned",
    "possible",
    "coverage",
    "verdict",
    "grade",
    "criticals",
    "time",
    "quality",
    "professionalism",
    "efficiency",
    "courtesy",
    "nps",
    "csat",
    "ces",
)
_WHOLE = frozenset({"rating", "nps", "csat", "ces", "integer"})
_EXACT = frozenset({"number", "duration", "money"})
_LISTS = frozenset({"choices", "ranking"})


def record_of(visit: Row, answers: Iterable[Row], scores: Iterable[Row], form: Form) -> VisitRecord:
    """The record that these rows say, without its score. Raises ValueError or ArithmeticError where they can't be read."""
    said: dict[AnswerKey, Answer] = {}
    instances: list[tuple[str, str]] = []
    for row in answers:
        path = form.path_of(row["question_id"])
        if path is None or path not in form.questions:
            continue
        instances.append((path, row["instance"]))
        item = form.questions[path].item
        assert isinstance(item, Question)
        if answer := _answer(item, row):
            said[AnswerKey(path, row["instance"])] = answer
    for row in scores:
        path = form.path_of(row["id"]) if row["kind"] == "section" and row["instance"] else None
        if path is not None:
            instances.append((path, row["instance"]))
    return VisitRecord(_header(visit), form, said, _counts(form, instances))


def scored_rows(record: VisitRecord, rules: FormRules | None = None) -> Tables:
    """The rows that the visit would be published with, scored anew."""
    visit = visit_of(record, record.form, rules)
    computed = {key: visit.value(key) for key in visit.keys() if visit.question(key).type == "calculate"}
    irrelevant = frozenset(key for key in visit.keys() if not visit.is_relevant(key))
    again = VisitRecord(
        record.header,
        record.form,
        visit.answers,
        visit.counts,
        (),
        computed,
        irrelevant,
        score(record.form, visit),
    )
    return tables(again)


def differences(published: Tables, again: Tables) -> Iterator[str]:
    """The columns, questions and sections whose score comes out differently."""
    before, after = published.visits[0], again.visits[0]
    yield from (name for name in SCORE_COLUMNS if before.get(name, "") != after.get(name, ""))
    yield from _parts(published.scores, again.scores, ("kind", "id", "instance"), ("percent", "earned", "possible"))
    columns = ("earned", "possible")
    yield from _parts(published.answers, again.answers, ("question_id", "instance"), columns)


def _parts(
    before: Iterable[Row], after: Iterable[Row], names: tuple[str, ...], columns: tuple[str, ...]
) -> Iterator[str]:
    def keyed(rows: Iterable[Row]) -> dict[tuple[str, ...], list[str]]:
        return {tuple(row[name] for name in names): [row.get(one, "") for one in columns] for row in rows}

    had, has = keyed(before), keyed(after)
    for key in dict.fromkeys([*had, *has]):
        if had.get(key) != has.get(key) and any([*had.get(key, ()), *has.get(key, ())]):
            yield " ".join(part for part in key if part)


def _header(row: Row) -> VisitHeader:
    return VisitHeader(
        visit_id=row["visit_id"],
        revision=int(row["revision"]),
        state=row["status"],
        form_id=row["form_id"],
        form_version=row["form_version"],
        form_hash=row["form_hash"],
        store=Store(row["store_id"], row["store_name"], row["region"]),
        auditor_id=row["auditor_id"],
        auditor=row["auditor"],
        device_id=row["device_id"],
        channel=row["channel"],
        plan_id=row["plan_id"],
        planned_for=row["planned_for"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        submitted_at=row["submitted_at"],
        seal=row["seal"],
        flags=tuple(row["flags"].split()),
    )


def _answer(question: Question, row: Row) -> Answer | None:
    """What was said; None for what is calculated anew."""
    if question.type == "calculate" and not (question.trigger or "once" in question.calculate):
        return None
    number = int(row["photos"] or 0)
    return Answer(
        value=_value(question, row["value"]),
        na=row["na"] == "true",
        comment=row["comment"],
        photos=tuple(f"{row['question_id']}[{row['instance']}]-{one}" for one in range(min(number, 1000))),
        seconds=Decimal(row["seconds"]) if row["seconds"] else None,
    )


def _value(question: Question, text: str) -> Value:
    if not text:
        return None
    if question.type in _WHOLE:
        return int(text)
    if question.type in _EXACT:
        return Decimal(text)
    return tuple(text.split(" ")) if question.type in _LISTS else text


def _counts(form: Form, instances: Iterable[tuple[str, str]]) -> Mapping[AnswerKey, int]:
    """How many instances each repeat has, at the least, by the instances that are named."""
    counts: dict[AnswerKey, int] = {}
    for path, instance in instances:
        numbers = instance.split(".") if instance else []
        for depth, (repeat, number) in enumerate(zip(form.places[path].repeats, numbers, strict=False)):
            key = AnswerKey(repeat, ".".join(numbers[:depth]))
            counts[key] = max(counts.get(key, 0), min(int(number), 1000))
    return counts
