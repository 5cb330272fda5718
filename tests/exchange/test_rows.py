"""A visit as rows: what the design's columns hold, for a visit that has everything."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from mshopper.exchange.rows import tables
from mshopper.exchange.schema import ANSWERS, TABLES, VISITS, Row
from mshopper.i18n import speaking
from mshopper.model.answer import Answer, AnswerKey, Value
from mshopper.model.form import (
    Choice,
    Condition,
    Critical,
    Dimension,
    Form,
    Grade,
    Question,
    Repeat,
    ScoringPolicy,
    Section,
    Text,
)
from mshopper.model.record import PhotoInfo, Store, VisitHeader, VisitRecord
from mshopper.model.scoring import score
from mshopper.model.visit import Visit

FORM = Form(
    "shop",
    "2026.1",
    languages=("it", "en"),
    channel="store",
    dimensions=(Dimension("courtesy"), Dimension("brand", Text.of({"it": "Marchio"}))),
    scoring=ScoringPolicy(pass_mark=Fraction(80), grades=(Grade("A", Fraction(90)), Grade("B", Fraction(0)))),
    sections=(
        Section(
            "welcome",
            Text.of({"it": "Accoglienza", "en": "Welcome"}),
            phase="during",
            touchpoint="store",
            items=(
                Question(
                    "greeted",
                    "yes_no",
                    Text.of({"it": "Ha salutato?", "en": "Did they greet?"}),
                    dimensions=("courtesy", "brand"),
                    points=Fraction(5),
                    critical=(Critical(Condition(("no",))),),
                ),
                Question("why", "text", when="${greeted} = 'no'", points=None),
                Question("farewell", "yes_no", points=Fraction(2), na=True),
                Question("badge", "yes_no", points=Fraction(1)),
                Question("seen", "choices", choices=(Choice("a", Text.of("Uno")), Choice("b", Text.of("Due")))),
                Question("note", "note", Text.of("Leggere")),
                Question("picture", "photo"),
            ),
        ),
        Section(
            "tills",
            Text.of({"it": "Casse"}),
            repeat=Repeat(1, None, Text.of({"it": "Cassa"})),
            items=(
                Question("wait", "duration"),
                Question("paid", "money", currency="EUR"),
                Question("double", "calculate", calculate="${wait} * 2"),
            ),
        ),
        Section(
            "feeling",
            items=(
                Question("recommend", "nps"),
                Question("effort", "ces", variant="seven_top"),
                Question("smile", "csat", scale="faces"),
                Question("place", "location"),
                Question("hidden", "yes_no", when="${greeted} = 'yes'", points=Fraction(9)),
            ),
        ),
    ),
)
ANSWERED: dict[tuple[str, str], Answer] = {
    ("welcome/greeted", ""): Answer("no", comment="=nobody\nlooked", seconds=Decimal("3.5")),
    ("welcome/farewell", ""): Answer(na=True),
    ("welcome/seen", ""): Answer(("b", "a")),
    ("welcome/picture", ""): Answer(photos=("p1", "p2")),
    ("tills/wait", "1"): Answer(Decimal("90")),
    ("tills/paid", "1"): Answer(Decimal("12.50")),
    ("tills/wait", "2"): Answer(Decimal("30.5")),
    ("tills/paid", "2"): Answer(Decimal("0.005")),
    ("feeling/recommend", ""): Answer(9),
    ("feeling/effort", ""): Answer(3),
    ("feeling/smile", ""): Answer(3),
    ("feeling/place", ""): Answer("45.4642 9.1900 120 5"),
    ("feeling/hidden", ""): Answer("yes", comment="kept, but counts nowhere"),
}
HEADER = VisitHeader(
    visit_id="v1",
    revision=2,
    state="submitted",
    form_id="shop",
    form_version="2026.1",
    form_hash="f" * 64,
    store=Store("010", "Milano", "Lombardia"),
    auditor_id="a1",
    auditor="Anna",
    device_id="d1",
    started_at="2026-11-21T10:00:00+01:00",
    ended_at="2026-11-21T10:32:39+01:00",
    submitted_at="2026-11-21T09:40:00+00:00",
    seal="5" * 64,
    flags=("incomplete", "short"),
)


def photo(name: str, key: AnswerKey) -> PhotoInfo:
    return PhotoInfo(
        name, key, f"sha-{name}", f"original-{name}", 4, 3, "00ff", "2026-11-21T10:05:00", caption="Ingresso"
    )


def submitted(answers: dict[tuple[str, str], Answer], form: Form = FORM) -> VisitRecord:
    """The record of a visit with those answers, computed and scored as at submission."""
    given = {AnswerKey(*key): answer for key, answer in answers.items()}
    visit = Visit(
        form,
        now=lambda: dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.UTC),
        visit_id="v1",
        answers=given,
        counts={AnswerKey("tills"): 2},
    )
    keys = list(visit.keys())
    computed: dict[AnswerKey, Value] = {
        key: visit.value(key) for key in keys if visit.question(key).type == "calculate"
    }
    return VisitRecord(
        header=HEADER,
        form=form,
        answers=given,
        counts=visit.counts,
        photos=(photo("p1", AnswerKey("welcome/picture")), photo("p2", AnswerKey("welcome/picture"))),
        computed=computed,
        irrelevant=frozenset(key for key in keys if not visit.is_relevant(key)),
        sheet=score(form, visit),
    )


def by_question(record: VisitRecord) -> dict[tuple[str, str], Row]:
    return {(row["question_id"], row["instance"]): row for row in tables(record).answers}


def test_a_row_a_visit() -> None:
    """Ids, store, times, score, metrics, money, photos, flags, status and seal, in the design's columns."""
    (row,) = tables(submitted(ANSWERED)).visits
    assert set(row) <= set(VISITS.column_names)
    assert {name: row.get(name, "") for name in VISITS.column_names} == {
        "visit_id": "v1",
        "revision": "2",
        "plan_id": "",
        "form_id": "shop",
        "form_version": "2026.1",
        "form_hash": "f" * 64,
        "store_id": "010",
        "store_name": "Milano",
        "region": "Lombardia",
        "auditor_id": "a1",
        "auditor": "Anna",
        "channel": "store",
        "planned_for": "",
        "started_at": "2026-11-21T10:00:00+01:00",
        "ended_at": "2026-11-21T10:32:39+01:00",
        "submitted_at": "2026-11-21T09:40:00+00:00",
        "minutes": "32.7",
        "percent": "0.00",
        "earned": "0.00",
        "possible": "6.00",
        "coverage": "83.33",
        "verdict": "fail",
        "grade": "B",
        "criticals": "greeted",
        "time": "",
        "quality": "",
        "professionalism": "",
        "efficiency": "",
        "courtesy": "0.00",
        "nps": "100.00",
        "csat": "100.00",
        "ces": "0.00",
        "spent": "12.505",
        "currency": "EUR",
        "photos": "2",
        "flags": "incomplete short",
        "status": "submitted",
        "seal": "5" * 64,
        "device_id": "d1",
    }


def test_answers() -> None:
    """A line for what was said, for calculations and for lost points; none for notes, silence and what didn't apply."""
    rows = by_question(submitted(ANSWERED))
    assert list(rows) == [
        ("greeted", ""),
        ("farewell", ""),
        ("badge", ""),
        ("seen", ""),
        ("picture", ""),
        ("wait", "1"),
        ("paid", "1"),
        ("double", "1"),
        ("wait", "2"),
        ("paid", "2"),
        ("double", "2"),
        ("recommend", ""),
        ("effort", ""),
        ("smile", ""),
        ("place", ""),
    ]
    said = {key: (row["value"], row["na"], row["photos"]) for key, row in rows.items()}
    assert said["greeted", ""] == ("no", "false", "0")
    assert said["farewell", ""] == ("", "true", "0")
    assert said["badge", ""] == ("", "false", "0")
    assert said["seen", ""] == ("b a", "false", "0")
    assert said["picture", ""] == ("", "false", "2")
    assert said["double", "2"] == ("61", "false", "0")
    assert said["place", ""] == ("45.4642 9.1900 120 5", "false", "0")
    points = {key: (row.get("earned", ""), row.get("possible", "")) for key, row in rows.items()}
    assert points["greeted", ""] == ("0.00", "5.00")
    assert points["farewell", ""] == ("", "")
    assert points["badge", ""] == ("0.00", "1.00")
    assert points["seen", ""] == ("", "")
    assert rows["greeted", ""]["seconds"] == "3.5"
    assert rows["greeted", ""]["comment"] == "=nobody\nlooked"
    assert [rows[key, ""]["variant"] for key in ("effort", "smile", "recommend")] == ["seven_top", "faces", ""]
    assert rows["paid", "1"]["variant"] == "EUR"
    assert all(set(row) <= set(ANSWERS.column_names) for row in rows.values())


def test_words_are_the_forms_whatever_the_app_speaks() -> None:
    """Labels and answers in words are in the form's default language."""
    with speaking("en"):
        english = tables(submitted(ANSWERED))
    with speaking("it"):
        assert tables(submitted(ANSWERED)) == english
    row = by_question(submitted(ANSWERED))["seen", ""]
    assert (row["label"], row["text"]) == ("seen", "Due, Uno")
    assert by_question(submitted(ANSWERED))["greeted", ""]["label"] == "Ha salutato?"


def test_a_form_in_a_language_that_nobody_here_speaks() -> None:
    """A form whose only language has no locale is published all the same."""
    form = replace(FORM, languages=("Volapük (zz)",))
    assert by_question(submitted(ANSWERED, form))["wait", "2"]["value"] == "30.5"


def test_scores() -> None:
    """Sections with their instances, dimensions (own ones too), touchpoints and phases, with titles."""
    rows = tables(submitted(ANSWERED)).scores
    found = {
        (row["kind"], row["id"], row["instance"]): (row["percent"], row["earned"], row["possible"]) for row in rows
    }
    assert found["section", "welcome", ""] == ("0.00", "0.00", "6.00")
    assert found["section", "tills", ""] == ("", "0.00", "0.00")
    assert found["dimension", "brand", ""] == ("0.00", "0.00", "5.00")
    assert found["touchpoint", "store", ""][0] == "0.00"
    assert found["phase", "during", ""][0] == "0.00"
    titles = {(row["kind"], row["id"], row["instance"]): row["title"] for row in rows}
    assert titles["section", "welcome", ""] == "Accoglienza"
    assert titles["dimension", "brand", ""] == "Marchio"


def test_instances_of_a_repeated_section_stand_after_it() -> None:
    """Each with its number and its own points."""
    tills = replace(
        FORM.sections[1],
        items=(Question("open", "yes_no", points=Fraction(4)), *FORM.sections[1].items),
    )
    form = replace(FORM, sections=(FORM.sections[0], tills, FORM.sections[2]))
    rows = tables(submitted({("tills/open", "1"): Answer("yes"), ("tills/open", "2"): Answer("no")}, form)).scores
    found = [(row["instance"], row["title"], row["percent"]) for row in rows if row["id"] == "tills"]
    assert found == [("", "Casse", "50.00"), ("1", "Cassa 1", "100.00"), ("2", "Cassa 2", "0.00")]


@pytest.mark.parametrize(
    ("asked", "spent"),
    [
        ({"paid": "EUR"}, ("12.505", "EUR")),
        ({"paid": "EUR", "fee": "CHF"}, ("", "")),
        ({"paid": "EUR", "spent": "EUR"}, ("3.00", "EUR")),
        ({"paid": "EUR", "spent": "CHF"}, ("3.00", "CHF")),
    ],
)
def test_only_what_was_paid_is_spent(asked: dict[str, str], spent: tuple[str, str]) -> None:
    """The question `spent`, or the only money question, says what was paid; a price that was only asked isn't added."""
    others = (item for item in FORM.sections[1].items if isinstance(item, Question) and item.type != "money")
    money = (Question(name, "money", currency=currency) for name, currency in asked.items())
    form = replace(FORM, sections=(FORM.sections[0], replace(FORM.sections[1], items=(*others, *money))))
    said = {
        ("tills/paid", "1"): "12.50",
        ("tills/paid", "2"): "0.005",
        ("tills/fee", "1"): "3",
        ("tills/spent", "2"): "3",
    }
    (row,) = tables(submitted({key: Answer(Decimal(amount)) for key, amount in said.items()}, form)).visits
    assert (row["spent"], row["currency"]) == spent


def test_money_of_several_currencies_is_not_added_up() -> None:
    """Francs and euros have no sum."""
    items = (Question("spent", "money", currency="CHF"),)
    form = replace(
        FORM,
        sections=(
            *FORM.sections[:2],
            Section("bill", items=items),
            Section("bar", items=tuple(replace(item, currency="EUR") for item in items)),
        ),
    )
    said = {("bill/spent", ""): Answer(Decimal(3)), ("bar/spent", ""): Answer(Decimal(4))}
    (row,) = tables(submitted(said, form)).visits
    assert (row["spent"], row["currency"]) == ("", "")
    (row,) = tables(submitted({key: said[key] for key in list(said)[:1]}, form)).visits
    assert (row["spent"], row["currency"]) == ("3.00", "CHF")


def test_photos() -> None:
    """A line a photo; one of a question that didn't apply counts nowhere, one of the visit itself does."""
    record = submitted(ANSWERED)
    extra = (photo("p3", AnswerKey("feeling/hidden")), photo("p4", AnswerKey("")))
    found = tables(replace(record, photos=record.photos + extra))
    assert [(row["question_id"], row["sha256"]) for row in found.photos] == [
        ("picture", "sha-p1"),
        ("picture", "sha-p2"),
        ("", "sha-p4"),
    ]
    assert found.photos[0] == {
        "visit_id": "v1",
        "revision": "2",
        "question_id": "picture",
        "instance": "",
        "sha256": "sha-p1",
        "original_sha256": "original-p1",
        "taken_at": "2026-11-21T10:05:00",
        "perceptual_hash": "00ff",
        "caption": "Ingresso",
    }
    assert found.visits[0]["photos"] == "3"


def test_a_visit_that_was_not_done_has_no_score() -> None:
    """It stands among the visits, with its answers, and with empty numbers: never 0%."""
    record = replace(
        submitted({("welcome/picture", ""): Answer(photos=("p1",))}),
        header=replace(HEADER, state="not_done", ended_at="", flags=()),
        computed=None,
        irrelevant=None,
        sheet=None,
    )
    found = tables(record)
    assert found.scores == ()
    assert [row["question_id"] for row in found.answers] == ["picture"]
    assert "percent" not in found.visits[0]
    assert (found.visits[0]["status"], found.visits[0]["minutes"]) == ("not_done", "")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_cell_has_a_column(table: Any) -> None:
    """No row says what its table has no column for."""
    for row in tables(submitted(ANSWERED)).of(table):
        assert set(row) <= set(table.column_names)
