"""A visit as rows of the four tables: pure, from the record that `store` hands over to the text that a segment holds.

Nothing is computed here that the score sheet says; what is rounded is rounded here for the first time. Words are those
of the form's default language, so that the same visit gives the same rows whatever language the app speaks.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from mshopper.exchange.cells import fixed, percent, value_cell
from mshopper.exchange.schema import Row, Tables
from mshopper.i18n import languages, speaking
from mshopper.model.answer import NO_ANSWER, Answer, AnswerKey, is_empty
from mshopper.model.form import DIMENSIONS, Form, Question, Section
from mshopper.model.reasons import answer_text, dimension_title, phase_title, section_title, touchpoint_title
from mshopper.model.record import FLAG_PSEUDONYMS, VisitRecord
from mshopper.model.scoresheet import ScoreLine, ScoreSheet, Subtotal

_COUNTED = ("scored", "bonus", "unanswered", "invalid")
PSEUDONYM = "pseudonym"
"""The variant of an answer in which a pseudonym stands for the name that was given."""

_METRICS = ("nps", "csat", "ces")


def tables(record: VisitRecord) -> Tables:
    """The rows of one visit, in the order of its form."""
    return Tables((_visit(record),), tuple(_scores(record)), tuple(_answers(record)), tuple(_photos(record)))


def _visit(record: VisitRecord) -> Row:
    header, sheet = record.header, record.sheet
    spent, currency = _spent(record)
    row = {
        **_identity(record),
        "plan_id": header.plan_id,
        "form_id": header.form_id,
        "form_version": header.form_version,
        "form_hash": header.form_hash,
        "store_id": header.store.store_id,
        "store_name": header.store.name,
        "region": header.store.region,
        "auditor_id": header.auditor_id,
        "auditor": header.auditor,
        "channel": header.channel or record.form.channel,
        "planned_for": header.planned_for,
        "started_at": header.started_at,
        "ended_at": header.ended_at,
        "submitted_at": header.submitted_at,
        "minutes": _minutes(header.started_at, header.ended_at),
        "spent": spent,
        "currency": currency,
        "photos": str(sum(1 for photo in record.photos if _counts(record, photo.key))),
        "flags": " ".join(header.flags),
        # What was decided since is in the reviews: the same revision gives the same row whenever it is published.
        "status": "submitted" if header.state in ("approved", "returned") else header.state,
        "seal": header.seal,
        "device_id": header.device_id,
    }
    return row if sheet is None else row | _score(record.form, sheet)


def shown_percent(form: Form, sheet: ScoreSheet) -> str:
    """The percentage of a visit as its table has it: "" where nothing scored."""
    policy = form.scoring
    marks = [grade.from_percent for grade in policy.grades]
    if policy.pass_mark is not None:
        marks.append(policy.pass_mark)
    return percent(sheet.percent, marks)


def _score(form: Form, sheet: ScoreSheet) -> dict[str, str]:
    by_dimension = {part.id: part.percent for part in sheet.dimensions}
    hits = dict.fromkeys(_question_id(form, hit.path) for hit in sheet.criticals)
    return {
        "percent": shown_percent(form, sheet),
        "earned": fixed(sheet.earned),
        "possible": fixed(sheet.possible),
        "coverage": fixed(sheet.coverage),
        "verdict": sheet.verdict,
        "grade": sheet.grade,
        "criticals": " ".join(hits),
        **{dimension: fixed(by_dimension.get(dimension)) for dimension in DIMENSIONS},
        **{metric: _metric(sheet, metric) for metric in _METRICS},
    }


def _metric(sheet: ScoreSheet, metric_id: str) -> str:
    """A metric's value; "" where the visit has it in several variants, whose scales can't share a column."""
    values = [metric.value for metric in sheet.metrics if metric.id == metric_id]
    return fixed(values[0]) if len(values) == 1 else ""


def _minutes(started_at: str, ended_at: str) -> str:
    try:
        took = dt.datetime.fromisoformat(ended_at) - dt.datetime.fromisoformat(started_at)
    except (ValueError, TypeError):
        return ""
    return fixed(Fraction(took // dt.timedelta(microseconds=1), 60_000_000), 1)


def _spent(record: VisitRecord) -> tuple[str, str]:
    """What was paid, over all instances, and its currency; both "" where several currencies would be added up."""
    paths, currencies, total = _paid(record.form), set(), Fraction(0)
    for key, question in _questions(record):
        answer = record.answers.get(key, NO_ANSWER)
        if key.path in paths and isinstance(answer.value, int | Decimal) and not answer.na:
            currencies.add(question.currency)
            total += Fraction(answer.value)
    if len(currencies) != 1:
        return "", ""
    return _exact(total), currencies.pop()


def _paid(form: Form) -> list[str]:
    """The money questions that say what was paid: those with the id `spent`, else the only one that the form has.

    Other sums of money are asked too (the price on the shelf, the total expected), and nobody spent them.
    """
    asked = [path for path, placed in form.questions.items() if _is_money(placed.item)]
    named = [path for path in asked if path.rpartition("/")[2] == "spent"]
    return named or (asked if len(asked) == 1 else [])


def _is_money(item: Question | Section) -> bool:
    return isinstance(item, Question) and item.type == "money"


def _exact(amount: Fraction) -> str:
    """An amount of money with all its decimals, two at the least; a sum of decimals is a finite decimal."""
    decimals = 2
    while (amount * 10**decimals).denominator != 1:
        decimals += 1
    return fixed(amount, decimals)


def _scores(record: VisitRecord) -> Iterator[Row]:
    sheet, form = record.sheet, record.form
    if sheet is None:
        return
    identity, language = _identity(record), form.language
    instances: dict[str, list[Subtotal]] = {}
    for part in sheet.instances:
        instances.setdefault(part.id.partition("[")[0], []).append(part)
    with speaking(_spoken(form)):
        for part in sheet.sections:
            for one in (part, *instances.get(part.id, ())):
                path, _bracket, instance = one.id.rstrip("]").partition("[")
                title = section_title(form, path, language, instance)
                yield identity | _part("section", _question_id(form, path), title, one, instance)
        for part in sheet.dimensions:
            yield identity | _part("dimension", part.id, dimension_title(form, part.id, language), part)
        for part in sheet.touchpoints:
            yield identity | _part("touchpoint", part.id, touchpoint_title(part.id), part)
        for part in sheet.phases:
            yield identity | _part("phase", part.id, phase_title(part.id), part)


def _part(kind: str, part_id: str, title: str, part: Subtotal, instance: str = "") -> dict[str, str]:
    marks = () if part.pass_mark is None else (part.pass_mark,)
    return {
        "kind": kind,
        "id": part_id,
        "instance": instance,
        "title": title,
        "percent": percent(part.percent, marks),
        "earned": fixed(part.earned),
        "possible": fixed(part.possible),
    }


def _answers(record: VisitRecord) -> Iterator[Row]:
    form = record.form
    identity = _identity(record)
    lines = {(line.path, line.instance): line for line in record.sheet.lines} if record.sheet else {}
    is_hidden = FLAG_PSEUDONYMS in record.header.flags
    with speaking(_spoken(form)):
        for key, question in _questions(record):
            answer, line = _answer(record, key, question), lines.get(key)
            unanswered = record.sheet is not None and question.scores
            if answer.is_blank and not unanswered:
                continue
            yield identity | {
                "question_id": form.question_id(key.path),
                "instance": key.instance,
                "label": question.label.get(form.language) or question.id,
                "type": question.type,
                "variant": PSEUDONYM if question.staff == "name" and is_hidden else _variant(question),
                "value": "" if answer.na else value_cell(answer.value),
                "text": _words(question, answer, form.language),
                "na": "true" if answer.na else "false",
                "comment": answer.comment,
                **_points(line),
                "seconds": "" if answer.seconds is None else value_cell(answer.seconds),
                "photos": str(len(answer.photos)),
            }


def _answer(record: VisitRecord, key: AnswerKey, question: Question) -> Answer:
    if question.type == "calculate":
        value = (record.computed or {}).get(key)
        return Answer(value=None if is_empty(value) else value)
    return record.answers.get(key, NO_ANSWER)


def _words(question: Question, answer: Answer, language: str) -> str:
    return "" if answer.na or is_empty(answer.value) else answer_text(question, answer.value, language)


def _points(line: ScoreLine | None) -> dict[str, str]:
    """Earned and possible where the line counts; an unanswered question that the form excludes counts nowhere."""
    if line is None or line.status not in _COUNTED:
        return {}
    if line.status in ("unanswered", "invalid") and not line.possible and not line.earned:
        return {}
    return {"earned": fixed(line.earned), "possible": fixed(line.possible)}


def _variant(question: Question) -> str:
    match question.type:
        case "ces":
            return question.variant or "seven_mean"
        case "csat":
            return question.scale or "5"
        case "money":
            return question.currency
    return ""


def _photos(record: VisitRecord) -> Iterator[Row]:
    for photo in record.photos:
        if _counts(record, photo.key):
            yield _identity(record) | {
                "question_id": _question_id(record.form, photo.key.path),
                "instance": photo.key.instance,
                "sha256": photo.sha256,
                "original_sha256": photo.original_sha256,
                "taken_at": photo.taken_at,
                "perceptual_hash": photo.perceptual_hash,
                "caption": photo.caption,
            }


def _spoken(form: Form) -> str:
    """The language of our own words in a form's rows: its own where we speak it, and English, never the app's."""
    return form.language if form.language in languages() else "en"


def _identity(record: VisitRecord) -> dict[str, str]:
    return {"visit_id": record.header.visit_id, "revision": str(record.header.revision)}


def _question_id(form: Form, path: str) -> str:
    return form.question_id(path) if path in form.places else path


def _questions(record: VisitRecord) -> Iterator[tuple[AnswerKey, Question]]:
    """Every relevant question in each instance, in the order of the form; notes ask nothing."""
    for key, question in _instances(record, record.form.sections, "", ""):
        if question.type != "note" and _counts(record, key):
            yield key, question


def _instances(
    record: VisitRecord, items: Sequence[Question | Section], prefix: str, instance: str
) -> Iterator[tuple[AnswerKey, Question]]:
    for item in items:
        path = f"{prefix}/{item.id}" if prefix else item.id
        if isinstance(item, Question):
            yield AnswerKey(path, instance), item
        elif item.repeat is None:
            yield from _instances(record, item.items, path, instance)
        else:
            for number in range(1, record.counts.get(AnswerKey(path, instance), item.repeat.minimum) + 1):
                inner = f"{instance}.{number}" if instance else str(number)
                yield from _instances(record, item.items, path, inner)


def _counts(record: VisitRecord, key: AnswerKey) -> bool:
    """Whether a question was relevant; what wasn't keeps its answer in the store, and counts nowhere."""
    return key not in (record.irrelevant or ())
