"""What each type of question may say: every wrong key and value is a problem with its line, place and remedy."""

from collections.abc import Callable

import pytest

from mshopper.formfile import FormCheck
from mshopper.model.form import Form, Question

TYPES = [
    ("yes_no", ""),
    ("choice", "choices: [a, b]"),
    ("choices", "choices: [{id: a, label: A, points: -1}, {id: b, points: 2}]"),
    ("rating", "min: 0, max: 10, style: stars"),
    ("nps", "points: 10"),
    ("csat", "scale: 5"),
    ("csat", "scale: faces"),
    ("ces", "variant: five_top"),
    ("number", "min: -1.5, max: 2"),
    ("integer", "min: 0"),
    ("duration", "bands: [{to: 60, points: 10}, {points: 0}], points: 12"),
    ("date", "default: today()"),
    ("time", ""),
    ("datetime", ""),
    ("text", "check: {that: 'string-length(.) > 3', message: Longer}"),
    ("barcode", ""),
    ("location", ""),
    ("photo", "required: true"),
    ("signature", ""),
    ("ranking", "choices: [a, b, c]"),
    ("money", "currency: EUR"),
    ("note", ""),
    ("calculate", "calculate: 1 + 1, bands: [{points: 1}], dimension: time"),
]


@pytest.mark.parametrize(("kind", "keys"), TYPES)
def test_every_type_opens_with_its_own_keys(question_check: Callable[[str], FormCheck], kind: str, keys: str) -> None:
    """Each type of the language is read without problems or warnings, in the type it was written."""
    found = question_check(f"- {{id: q, type: {kind}, label: Q, {keys}}}")
    assert (found.problems, found.warnings) == ((), ())
    assert found.form is not None
    question = found.form.questions["s/q"].item
    assert isinstance(question, Question)
    assert question.type == kind


@pytest.mark.parametrize(
    ("label", "warns"),
    [
        ("Nome dell'addetto", True),
        ("What is the name of the assistant?", True),
        ("The cashier's name", True),
        ("Ruolo dell'addetto", False),
        ("Nome del negozio", False),
    ],
)
def test_a_question_whose_words_ask_for_a_name_is_warned_of(
    question_check: Callable[[str], FormCheck], label: str, warns: bool
) -> None:
    """A text question that doesn't say `staff` and asks for a name all the same."""
    found = question_check(f'- {{id: q, type: text, label: "{label}"}}')
    assert found.problems == ()
    assert [warning.what for warning in found.warnings] == (
        ["the question seems to ask for the name of staff, and the form says `people: none`"] if warns else []
    )


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (
            "- {id: q, type: yesno, label: Q}",
            "1 q: `yesno` is no type of question. Did you mean `yes_no`?",
        ),
        (
            "- {id: q, label: Q}",
            "1 q: this has neither a `type` nor `questions`. Add `type: …` for a question, or `questions: …` for a section.",
        ),
        (
            "- {id: q, type: text, label: Q, staff: name}",
            (
                "1 q.staff: the question identifies staff by name, and the form says `people: none`. "
                "Ask for the role: `staff: role` and `people: role`; or say `people: name` in the form."
            ),
        ),
        (
            "- {id: q, type: choice, label: Q, choices: [till, floor], staff: role}",
            "1 q.staff: the question identifies staff by role, and the form says `people: none`. Say `people: role`",
        ),
        ("- {id: q, type: text, label: Q, staff: nome}", "1 q.staff: `nome` is not known here. "),
        ("- greeted", "1 1: a mapping is due here. Write keys and values: `key: value`."),
        (
            "- id: q\n  type: yes_no\n  label: Q\n  pionts: 5",
            "4 q.pionts: the key `pionts` is unknown here. Did you mean `points`?",
        ),
        ("- {id: q, type: text, title: Q}", "1 q.title: the key `title` is unknown here. Did you mean `label`?"),
        (
            "- {id: q, type: yes_no, label: Q, min: 1}",
            (
                "1 q.min: the key `min` doesn't belong to a question of type yes_no. "
                "Remove it, or change the type: it belongs to rating, number, integer, duration, money."
            ),
        ),
        (
            "- {id: q, type: text, label: Q, points: 3}",
            (
                "1 q.points: the key `points` doesn't belong to a question of type text. Remove it, or change the type: "
                "it belongs to yes_no, choice, choices, rating, nps, csat, ces, number, integer, duration, money, calculate."
            ),
        ),
        (
            "- {id: q, type: yes_no, label: Q, questions: []}",
            "1 q.questions: the key `questions` is unknown here. A section has no `type`: remove `type`, or `questions`.",
        ),
        ("- {type: text, label: Q}", "1 1.id: `id` is missing. Add it: `id: …`."),
        (
            "- {id: 1st try, type: text, label: Q}",
            (
                "1 1st try.id: `1st try` can't be an id. "
                "Begin with a letter and use letters, digits, - and _ only: `q_1st_try`."
            ),
        ),
        ("- {id: 'a:b', type: text, label: Q}", "1 a:b.id: `a:b` can't be an id. Begin with a letter"),
        ("- {id: a/b, type: text, label: Q}", "1 a/b.id: `a/b` can't be an id. Begin with a letter"),
        (
            "- {id: q, type: text, label: Q}\n- {id: r, type: text, label: R}\n- {id: q, type: text, label: Q}",
            "3 q.id: the id `q` stands twice in the same section. Give this one another id: `q_2`.",
        ),
        ("- {id: q, type: choice, label: Q}", "1 q.choices: the question has no choices. Add them: `choices: "),
        (
            "- {id: q, type: choice, label: Q, choices: []}",
            "1 q.choices: the question has no choices. Add them: `choices: [{id: a, label: …}]`.",
        ),
        (
            "- {id: q, type: choice, label: Q, choices: a}",
            "1 q.choices: a list is due here. Write each entry on a line that begins with `- `, or all in brackets: [a, b].",
        ),
        (
            "- id: q\n  type: choice\n  label: Q\n  choices:\n    - a\n    - b\n    - {id: a, label: A}",
            "7 q.choices.a.id: the choice `a` stands twice. Remove one of them, or give it another id.",
        ),
        (
            "- {id: q, type: choice, label: Q, choices: [very good]}",
            (
                "1 q.choices.1: the id `very good` has a blank in it. "
                "Write it without blanks, `very_good`, and the words as its label or title."
            ),
        ),
        (
            "- {id: q, type: choice, label: Q, choices: [a, b], points: {a: 1, c: 2}}",
            "1 q.points.c: `c` is no choice of this question. Use one of: a, b.",
        ),
        (
            "- {id: q, type: choice, label: Q, choices: [{id: a, points: 1}], points: {a: 1}}",
            "1 q.points.a: the points of `a` stand twice. Keep them here or on the choice.",
        ),
        (
            "- {id: q, type: choices, label: Q, choices: [a, b], points: 5}",
            (
                "1 q.points: one number of points stands at a question with several choices. "
                "Give points to each choice: {a: 0, b: 1}."
            ),
        ),
        (
            "- {id: q, type: yes_no, label: Q, points: {yes: 1, maybe: 2}}",
            "1 q.points.maybe: `maybe` is no choice of this question. Use one of: yes, no.",
        ),
        (
            "- {id: q, type: yes_no, label: Q, points: {yes: 1, no: a}}",
            "1 q.points.no: `a` is not a number. Write a number such as 5 or 2.5.",
        ),
        (
            "- {id: q, type: nps, label: Q, points: {9: 5}}",
            "1 q.points: points by answer stand at a question of type nps. Write one number: the points of the highest answer.",
        ),
        (
            "- {id: q, type: ranking, label: Q, choices: [{id: a, points: 1}, b]}",
            "1 q.choices.a.points: a ranking can't score. Remove the points, or ask for a choice.",
        ),
        (
            "- {id: q, type: duration, label: Q, points: 5}",
            (
                "1 q.points: a question of type duration scores by bands only. "
                "Add `bands: [{to: 60, points: 10}, {to: 180, points: 5}]`, or remove the points."
            ),
        ),
        (
            "- id: q\n  type: number\n  label: Q\n  bands:\n    - {to: 60, points: 5}\n    - {to: 60, points: 1}",
            "6 q.bands.2.to: the bands don't ascend, so that this one is never reached. Order them by `to`, the lowest first.",
        ),
        (
            "- {id: q, type: number, label: Q, bands: [{points: 5}, {to: 60, points: 1}]}",
            (
                "1 q.bands.2: a band follows the one without `to`, which takes all that is above. "
                "Move the band without `to` to the end."
            ),
        ),
        (
            "- {id: q, type: number, label: Q, bands: [{to: 60}]}",
            "1 q.bands.1.points: `points` is missing. Add it: `points: …`.",
        ),
        ("- {id: q, type: yes_no, label: Q, weight: -1}", "1 q.weight: -1 is negative. Write 0 or more."),
        (
            "- {id: q, type: rating, label: Q, min: 5}",
            "1 q.min: a rating from 5 to 5 has no steps. Make `max` greater than `min`.",
        ),
        (
            "- {id: q, type: rating, label: Q, max: 60}",
            (
                "1 q.max: a rating from 1 to 60 has too many steps to choose from. "
                "Keep it within 20 steps, or ask for an integer."
            ),
        ),
        (
            "- {id: q, type: rating, label: Q, max: 4.5}",
            "1 q.max: `4.5` is not a whole number from -100 to 100. Write a number from -100 to 100.",
        ),
        (
            "- {id: q, type: rating, label: Q, style: star}",
            "1 q.style: `star` is not known here. Did you mean `stars`?",
        ),
        (
            "- {id: q, type: number, label: Q, min: 2, max: 1}",
            "1 q.max: no number can be at least `min` and at most `max`. Make `max` at least `min`.",
        ),
        ("- {id: q, type: csat, label: Q, scale: 7}", "1 q.scale: `7` is not known here. Use one of: 5, faces."),
        (
            "- {id: q, type: ces, label: Q, variant: seven}",
            "1 q.variant: `seven` is not known here. Did you mean `seven_top`?",
        ),
        ("- {id: q, type: money, label: Q}", "1 q.currency: `currency` is missing. Add it: `currency: …`."),
        (
            "- {id: q, type: money, label: Q, currency: euro}",
            "1 q.currency: `euro` is no currency. Write its three capital letters: EUR.",
        ),
        ("- {id: q, type: calculate}", "1 q.calculate: nothing says what to calculate. Write a rule: `calculate: …`."),
        (
            "- {id: q, type: calculate, calculate: ' '}",
            "1 q.calculate: there is nothing here. Write something, or remove the key.",
        ),
        (
            "- {id: q, type: yes_no, label: Q, dimension: [time, curtesy]}",
            "1 q.dimension.2: `curtesy` is no dimension of this form. Did you mean `courtesy`?",
        ),
        (
            "- {id: q, type: yes_no, label: Q, dimension: mood}",
            (
                "1 q.dimension: `mood` is no dimension of this form. "
                "Use one of: time, quality, professionalism, efficiency, courtesy."
            ),
        ),
        (
            "- {id: q, type: yes_no, label: Q, dimension: [time, time]}",
            "1 q.dimension.2: `time` stands twice in this list. Remove one of them.",
        ),
        (
            "- {id: q, type: yes_no, label: Q, critical: {effect: fail}}",
            "1 q.critical.when: `when` is missing. Add it: `when: …`.",
        ),
        (
            "- {id: q, type: yes_no, label: Q, critical: {when: perhaps}}",
            "1 q.critical.when: `perhaps` is no answer to this question. Use one of: yes, no.",
        ),
        (
            "- {id: q, type: choice, label: Q, choices: [good, bad], critical: [{when: bad}, {when: bad, effect: zero}]}",
            "1 q.critical.2.effect: `zero` is no effect. Write fail, zero_section, zero_form or {cap: 50}.",
        ),
        (
            "- {id: q, type: choice, label: Q, choices: [good, bad], critical: [{when: bad}, {when: [bad, godo]}]}",
            "1 q.critical.2.when.2: `godo` is no answer to this question. Did you mean `good`?",
        ),
        (
            "- {id: q, type: yes_no, label: Q, critical: {when: no, effect: {cap: 101}}}",
            "1 q.critical.effect.cap: 101 is not a percentage. Write a number from 0 to 100.",
        ),
        (
            "- {id: q, type: csat, label: Q, critical: {when: 6}}",
            "1 q.critical.when: `6` is no answer to this question. Write a whole number from 1 to 5, or a rule: `. < 5`.",
        ),
        (
            "- {id: q, type: duration, label: Q, evidence: {photos: 1, when: late}}",
            "1 q.evidence.when: `late` is no answer to this question. Write a number, or a rule: `. > 600`.",
        ),
        (
            "- {id: q, type: photo, label: Q, critical: {when: yes}}",
            (
                "1 q.critical.when: the answer to a question of type photo can't be compared. "
                "Write a rule on another question, or remove this."
            ),
        ),
        (
            "- {id: q, type: duration, label: Q, critical: {when: ['. > 600', 5]}}",
            "1 q.critical.when: a rule stands in a list of answers. Write the rule alone, and join several by `or`.",
        ),
        (
            "- {id: q, type: yes_no, label: Q, evidence: {when: no}}",
            "1 q.evidence: this evidence asks for nothing. Add `photos: 1` or `comment: 20`, or remove it.",
        ),
        (
            "- {id: q, type: yes_no, label: Q, evidence: {photos: many}}",
            "1 q.evidence.photos: `many` is not a whole number from 0 to 9999. Write a number from 0 to 9999.",
        ),
        (
            "- {id: q, type: choice, label: Q, choices: [a, b], default: c}",
            "1 q.default: `c` is no answer to this question. Use one of: a, b.",
        ),
        (
            "- {id: q, type: yes_no, label: Q, check: {message: M}}",
            "1 q.check.that: `that` is missing. Add it: `that: …`.",
        ),
        (
            "- {id: q, type: text, label: {de: Frage, it: D, en: Q}}",
            "1 q.label.de: the language `de` is not among the form's. Use one of: it, en.",
        ),
        (
            "- {id: q, type: text, label: [a]}",
            "1 q.label: a list stands where a text is due. Write a text, or one for each",
        ),
        ("- {id: q, type: text, label: {it: {x: y}}}", "1 q.label.it: a list or a mapping stands where a text is due."),
    ],
)
def test_a_wrong_question_is_one_problem_with_its_place(
    question_problems: Callable[[str], list[str]], questions: str, expected: str
) -> None:
    """One mistake, one problem: line, question, key, what is wrong, what to do."""
    found = question_problems(questions)
    assert [line[: len(expected)] for line in found] == [expected]


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (
            "- {id: q, type: text}",
            "1 q.label: the question has no label. Add one: `label: …`; its id is shown till then.",
        ),
        (
            "- {id: q, type: text, label: {it: Domanda}}",
            "1 q.label: there is no text in: en. Translate it; another language is shown till then.",
        ),
        (
            "- {id: q, type: choice, label: Q, choices: [{id: a, label: {it: A, en: ''}}]}",
            "1 q.choices.a.label: there is no text in: en. Translate it; another language is shown till then.",
        ),
        (
            "- {id: s2, title: T, weight: 2, questions: [{id: q, type: yes_no, label: Q, points: 1}]}",
            (
                "1 s2.weight: the weight of a section within a section has no effect. "
                "Weigh the questions, or the section around it."
            ),
        ),
        (
            "- {id: s2, title: T, pass_mark: 2, questions: [{id: q, type: yes_no, label: Q}]}",
            (
                "1 s2.pass_mark: nothing in the section scores, so this mark has no effect. "
                "Give points to a question in it, or remove the mark."
            ),
        ),
        (
            "- {id: s2, title: T, questions: []}",
            "1 s2.questions: the section has no questions. Add some, or remove it.",
        ),
    ],
)
def test_what_is_doubtful_is_a_warning_and_the_form_opens(
    question_check: Callable[[str], FormCheck],
    question_warnings: Callable[[str], list[str]],
    questions: str,
    expected: str,
) -> None:
    """A warning never keeps a form from opening."""
    assert question_check(questions).form is not None
    assert question_warnings(questions) == [expected]


def test_equal_ids_may_stand_in_different_sections(question_form: Callable[[str], Form]) -> None:
    """XLSForm permits equal names in different groups, so each is known by its path."""
    form = question_form("""
        - {id: q, type: text, label: Q}
        - {id: s2, title: T, questions: [{id: q, type: text, label: Q}]}
    """)
    assert [form.question_id(path) for path in form.questions] == ["s/q", "s/s2/q"]


@pytest.mark.parametrize(
    ("questions", "place"),
    [
        ("- {id: q, type: text, label: Q, when: '${p} = 1'}", "1 q.when: "),
        ("- {id: q, type: text, label: Q, when: '1 +'}", "1 q.when: "),
        ("- {id: q, type: text, label: 'Hello ${p}'}", "1 q.label: "),
        ("- {id: q, type: text, label: Q, check: {that: 'nofunction(.)'}}", "1 q.check.that: "),
        ("- {id: q, type: text, label: Q, check: [{that: '. > 1'}, {that: '. >'}]}", "1 q.check.2.that: "),
        ("- {id: q, type: number, label: Q, critical: {when: '. > ${p}'}}", "1 q.critical.when: "),
        ("- {id: q, type: number, label: Q, evidence: [{photos: 1, when: '. >'}]}", "1 q.evidence.1.when: "),
        ("- {id: q, type: number, label: Q, default: '${p}'}", "1 q.default: "),
        (
            "- {id: q, type: calculate, calculate: '${p}'}\n- {id: p, type: calculate, calculate: '${q}'}",
            "1 q.calculate: ",
        ),
        (
            "- {id: t, title: T, repeat: {label: '${p}'}, questions: [{id: q, type: note, label: Q}]}",
            "1 t.repeat.label: ",
        ),
    ],
)
def test_a_rule_that_cannot_be_used_is_a_problem_where_it_stands(
    question_problems: Callable[[str], list[str]], questions: str, place: str
) -> None:
    """Syntax, unknown functions, unknown references and cycles are told with the line of the rule."""
    found = question_problems(questions)
    assert len(found) == 1
    assert found[0].startswith(place)
