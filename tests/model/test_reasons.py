"""Codes in words: every reason and violation has its sentence, every answer its words, in Italian and in English."""

import inspect
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest

from mshopper import paths
from mshopper.i18n import speaking
from mshopper.model import reasons, scoring, validation, visit
from mshopper.model.answer import Answer, AnswerKey, Value, Violation
from mshopper.model.form import DIMENSIONS, PHASES, Band, Choice, Condition, Critical, Dimension, Question, Text
from mshopper.model.scoresheet import CriticalHit, Reason
from tests.builders import calculate, form_of, question, section, sheet_of, visit_of, yaml_form

LANGUAGES = ("it", "en")

CHOICES = (
    Choice("a", Text.of({"it": "Mele", "en": "Apples"})),
    Choice("b", Text.of({"it": "Pere", "en": "Pears"})),
    Choice("c"),
)

QUESTIONS = {
    "yes_no": question("yes_no", points=1),
    "choice": question("choice", "choice", choices=CHOICES),
    "choices": question("choices", "choices", choices=CHOICES),
    "ranking": question("ranking", "ranking", choices=CHOICES),
    "rating": question("rating", "rating", 4),
    "faces": question("faces", "csat", 4, scale="faces"),
    "number": question("number", "number", bands=(Band(Fraction(5), Fraction(10)), Band(Fraction(2), Fraction(20)))),
    "duration": question("duration", "duration", bands=(Band(Fraction(5), Fraction(60)), Band(Fraction(1)))),
    "money": question("money", "money", bands=(Band(Fraction(5), Fraction(10)),), currency="EUR"),
    "points": question("points", "money", currency="ISK"),
    "tokens": question("tokens", "money", currency="QQQ"),
    "place": question("place", "location"),
    "text": question("text", "text"),
    "date": question("date", "date"),
    "photo": question("photo", "photo"),
}
FORM = form_of(*QUESTIONS.values())


def both(tell: object, *arguments: object) -> Iterator[tuple[str, str]]:
    """(language, sentence) in both languages."""
    for language in LANGUAGES:
        with speaking(language):
            yield language, tell(*arguments, FORM, language)  # type: ignore[operator]


def in_english(reason: Reason, name: str = "") -> str:
    with speaking("en"):
        return reasons.sentence(reason, FORM, "en", f"s/{name}" if name else "")


# --- every code


def codes_in(*modules: object) -> set[str]:
    """The reason codes that the modules make, read from their source: `Reason("…"` and `_violation(key, "…"`."""
    found: set[str] = set()
    for module in modules:
        source = inspect.getsource(module)  # type: ignore[arg-type]
        found |= set(re.findall(r'(?:Reason\(|_violation\(key, )"([a-z_]+)"', source))
        for status in re.findall(r'Reason\(f"\{status\}_([a-z]+)"', source):
            found |= {f"unanswered_{status}", f"invalid_{status}"}
    return found


def test_every_code_has_a_sentence() -> None:
    """Each code that scoring, validation or a visit can make is told in words, never as the code, in both languages."""
    codes = codes_in(scoring, validation, visit)
    assert {"band", "choice", "critical", "required", "photos", "out_of_range", "unanswered_excluded"} <= codes
    values = (("value", "7"), ("low", "1"), ("high", "5"), ("to", "9"), ("needed", "2"), ("found", "0"))
    for code in sorted(codes):
        for path in ("", "s/rating", "s/number"):
            reason = Reason(code, (*values, ("type", "number"), ("rule", ". > 1"), ("choice", "a"), ("choices", "a b")))
            for language in LANGUAGES:
                with speaking(language):
                    words = reasons.sentence(reason, FORM, language, path)
                assert words
                assert words != code
                assert "{" not in words, words
                assert not re.search(r"\b[a-z]+_[a-z]+\b", words), words


def test_italian_is_translated() -> None:
    """Where the catalogue is compiled, a sentence in Italian isn't the English one."""
    if not (paths.resources_folder() / "translations" / "it" / "LC_MESSAGES" / "mshopper.mo").exists():
        pytest.skip("the Italian catalogue isn't compiled")
    told = dict(both(reasons.sentence, Reason("na")))
    assert told["it"] != told["en"]


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("yes_no", "yes", "Points of “Yes”."),
        ("rating", 4, "4 on a scale of 1 to 5."),
        ("number", "7.50", "7.5 is in the band up to 10."),
        ("number", "21", "21 is above every band: no points."),
        ("duration", 45, "45\u00a0s is within 1\u00a0min."),
        ("duration", 90, "1\u00a0min 30\u00a0s is beyond all other bands."),
        ("money", "9.99", "€9.99 is in the band up to €10.00."),
        ("rating", 9, "The answer isn't valid: no points of those possible."),
        ("rating", None, "Not answered: no points of those possible."),
        ("text", "x", "Not scored."),
    ],
)
def test_score_lines_in_words(name: str, answer: object, sentence: str) -> None:
    """A line says with the question's own words and unit why it earned what it did."""
    line = sheet_of(FORM, {name: answer} if answer is not None else {}).line(f"s/{name}")
    assert line is not None
    assert in_english(line.reason, name) == sentence


def test_choices_in_the_forms_languages() -> None:
    """Choices are told by their label in the language asked for."""
    scored = question("choices", "choices", choices=(*CHOICES[:2], Choice("c", points=Fraction(1))))
    (line,) = sheet_of(form_of(scored), {"choices": ["a", "c"]}).lines
    told = [reasons.sentence(line.reason, FORM, language, "s/choices") for language in LANGUAGES]
    assert ["Mele, c" in told[0], "Apples, c" in told[1]] == [True, True]


# --- criticals


@pytest.mark.parametrize(
    ("name", "rule", "answer", "words"),
    [
        ("yes_no", "", "yes", "Critical answer: Yes."),
        ("choices", "selected(., 'a')", ["a", "b"], "Critical answer: Apples, Pears."),
        ("duration", ". > 60", 90, "Critical answer: 1\u00a0min 30\u00a0s."),
        ("money", ". > 1", "1234.5", "Critical answer: €1,234.50."),
        ("number", ". > 1", "0.1e3", "Critical answer: 100."),
        ("text", ". != ''", "1/0", "Critical answer: 1/0."),
        ("text", ". != ''", "007", "Critical answer: 007."),
        ("date", ". > '2026-01-01'", "2026-11-21", "Critical answer: Nov 21, 2026."),
        ("photo", "true()", Answer(photos=("p",)), "Critical answer."),
    ],
)
def test_criticals_in_words(name: str, rule: str, answer: object, words: str) -> None:
    """A critical answer is told as a person reads it, whatever its type."""
    asked = QUESTIONS[name]
    condition = Condition(rule=rule) if rule else Condition(("yes",))
    form = form_of(
        Question(
            asked.id,
            asked.type,
            choices=asked.choices,
            currency=asked.currency,
            points=asked.points,
            bands=asked.bands,
            critical=(Critical(condition),),
        )
    )
    (hit,) = sheet_of(form, {name: answer}).criticals
    with speaking("en"):
        assert reasons.sentence(hit.reason, form, "en", hit.path) == words


def test_a_calculated_text_that_looks_like_a_huge_number_is_only_text() -> None:
    """What a calculation wrote is shown, not computed."""
    form = form_of(calculate("c", "concat('1e', '999999999')", critical=(Critical(Condition(rule=". != ''")),)))
    (hit,) = sheet_of(form).criticals
    with speaking("en"):
        assert reasons.sentence(hit.reason, form, "en", hit.path) == "Critical answer: 1e999999999."


@pytest.mark.parametrize("effect", ["fail", "zero_section", "zero_form", "cap"])
def test_effects_in_words(effect: str) -> None:
    """Each effect is a sentence in both languages."""
    hit = CriticalHit("s/yes_no", "", effect, Fraction(125, 2) if effect == "cap" else None, Reason("critical"))
    for language, words in both(reasons.effect_sentence, hit):
        assert "_" not in words
        assert words.endswith(".")
        assert effect != "cap" or ("62,5" if language == "it" else "62.5") in words


# --- violations


def test_the_authors_own_words_come_first() -> None:
    """A check's message is said as the author wrote it; without one the rule is quoted."""
    key = AnswerKey("s/number")
    own = Violation(key, Reason("check", (("rule", ". > 1"),)), Text.of({"it": "Più di uno", "en": "More than one"}))
    assert [words for _language, words in both(reasons.violation_sentence, own)] == ["Più di uno", "More than one"]
    plain = Violation(key, Reason("check", (("rule", ". > 1"),)))
    assert all(". > 1" in words for _language, words in both(reasons.violation_sentence, plain))


def test_every_violation_of_a_form_in_words() -> None:
    """Real violations of every code, in both languages, name the values that matter."""
    form = yaml_form("""
        sections:
        - id: s
          title: S
          questions:
          - {id: a, label: A, type: yes_no, required: true}
          - {id: b, label: B, type: rating}
          - {id: c, label: C, type: choice, choices: [x, y]}
          - {id: d, label: D, type: date}
          - {id: e, label: E, type: integer, min: 3, check: {that: ". != 4"}}
          - {id: f, label: F, type: text, evidence: {photos: 2, comment: 20}}
          - {id: g, label: G, type: number, max: 0.5}
    """)
    said = {"b": 9, "c": "z", "d": "tomorrow", "e": 4, "f": "x", "g": 2}
    problems = visit_of(form, said).problems()
    assert [p.code for p in problems] == [
        "required",
        "out_of_range",
        "unknown_choice",
        "wrong_type",
        "check",
        "photos",
        "comment",
        "out_of_range",
    ]
    with speaking("en"):
        assert [reasons.violation_sentence(p, form, "en") for p in problems] == [
            "Please answer this question.",
            "9 is outside 1 to 5.",
            "“z” is not one of the choices.",
            "“tomorrow” is not a date such as 2026-11-30.",
            "This answer doesn't meet the form's condition: . != 4",
            "Please add photos: this answer needs 2, there are 0.",
            "Please comment: this answer needs at least 20 characters.",
            "2 is too high: at most 0.5.",
        ]


# --- answers


@pytest.mark.parametrize(
    ("name", "value", "english", "italian"),
    [
        ("yes_no", "yes", "Yes", None),
        ("choice", "a", "Apples", "Mele"),
        ("choice", "c", "c", "c"),
        ("choice", "gone", "gone", "gone"),
        ("choices", ("b", "a"), "Pears, Apples", "Pere, Mele"),
        ("ranking", ("b", "a"), "1. Pears  2. Apples", "1. Pere  2. Mele"),
        ("rating", 4, "4 of 5", None),
        ("faces", 3, "Happy face", None),
        ("number", Decimal("1234.50"), "1,234.5", "1.234,5"),
        ("number", Decimal("-0.5"), "−0.5", "−0,5"),
        ("duration", Decimal(3725), "1\u00a0h 2\u00a0min 5\u00a0s", "1\u00a0h 2\u00a0min 5\u00a0s"),
        ("duration", Decimal("5.8"), "5.8\u00a0s", "5,8\u00a0s"),
        ("duration", Decimal(262805), "3 days 1\u00a0h 5\u00a0s", "3 giorni 1\u00a0h 5\u00a0s"),
        ("money", Decimal("1234.5"), "€1,234.50", "1.234,50\u00a0€"),
        ("money", Decimal(-49), "−€49.00", "−49,00\u00a0€"),
        ("money", Decimal("1.869"), "€1.869", "1,869\u00a0€"),
        ("points", Decimal(12), "ISK\u00a012", "12\u00a0ISK"),
        ("tokens", Decimal(12), "QQQ\u00a012.00", "12,00\u00a0QQQ"),
        ("place", "40.84201 14.2487 0 19.4", "40.8420° N, 14.2487° E (±\u00a019\u00a0m)", None),
        ("place", "-33.8568 -70.65", "33.8568° S, 70.6500° W", "33,8568° S, 70,6500° O"),
        ("place", "by the till", "by the till", "by the till"),
        ("text", "<b>ciao</b>", "<b>ciao</b>", "<b>ciao</b>"),
        ("date", "2026-11-21", "Nov 21, 2026", "21 nov 2026"),
        ("date", "whenever", "whenever", "whenever"),
        ("photo", None, "", ""),
    ],
)
def test_answers_in_words(name: str, value: Value, english: str, italian: str | None) -> None:
    """An answer as a person reads it, in either language; what doesn't fit its type is shown as it is."""
    with speaking("en"):
        assert reasons.answer_text(QUESTIONS[name], value, "en") == english
    with speaking("it"):
        told = reasons.answer_text(QUESTIONS[name], value, "it")
        assert told if italian is None and value is not None else told == italian


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", 7),
        ("nps", 10),
        ("csat", 5),
        ("ces", 7),
        ("time", "10:45"),
        ("datetime", "2026-11-21T10:45:00+01:00"),
        ("barcode", "8001234567890"),
        ("location", "45.4642 9.1900"),
        ("signature", None),
        ("note", None),
        ("calculate", Decimal("0.5")),
        ("calculate", "words"),
    ],
)
def test_answers_of_the_other_types(kind: str, value: Value) -> None:
    """No type is without words for its values."""
    for language in LANGUAGES:
        with speaking(language):
            assert bool(reasons.answer_text(question("q", kind), value, language)) == (value is not None)


# --- titles


def test_titles() -> None:
    """Sections by title, repeat label and number; dimensions, phases and touchpoints by the field's words or their own."""
    form = form_of(
        section("till_area", question("a"), title=Text.of({"it": "Casse", "en": "Tills"}), repeat=2),
        dimensions=(*map(Dimension, DIMENSIONS), Dimension("light", Text.of({"it": "Luce", "en": "Light"}))),
    )
    with speaking("en"):
        assert reasons.section_title(form, "till_area", "en") == "Tills"
        assert reasons.section_title(form, "till_area", "en", "2") == "Tills 2"
        assert reasons.dimension_title(form, "light", "it") == "Luce"
        assert [reasons.dimension_title(form, d, "en") for d in DIMENSIONS] == [d.capitalize() for d in DIMENSIONS]
        assert [reasons.phase_title(phase) for phase in PHASES] == ["Before", "During", "After"]
        assert reasons.touchpoint_title("drive_through") == "Drive through"
        assert [reasons.verdict_text(v) for v in ("pass", "fail", "not_scored", "none")] == [
            "Passed",
            "Not passed",
            "Not scored",
            "",
        ]
