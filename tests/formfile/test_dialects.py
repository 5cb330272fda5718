"""The strict dialects of YAML and JSON: what a scalar is, and what a form file may not hold."""

import json
from collections.abc import Callable
from fractions import Fraction

import pytest

from mshopper.formfile import FormCheck, check_text
from mshopper.model.form import Form, Question


def test_plain_scalars_are_text_where_yaml_11_would_change_them(question_form: Callable[[str], Form]) -> None:
    """`no`, `010`, `12:30`, `1e3`, `2026.10` and `{text: Greeted?}` stay what was typed."""
    form = question_form("""
        - id: no
          type: choice
          label: {it: Salutato?, en: 12:30}
          choices: [yes, no, 010, 1e3, 12:30, on, null, ~]
          critical: {when: [no, 010]}
          default: 12:30
    """)
    question = form.sections[0].items[0]
    assert isinstance(question, Question)
    assert question.id == "no"
    assert question.label.values == (("it", "Salutato?"), ("en", "12:30"))
    assert [choice.id for choice in question.choices] == ["yes", "no", "010", "1e3", "12:30", "on", "null", "~"]
    assert question.critical[0].when.answers == ("no", "010")
    assert question.default == "12:30"


def test_a_version_keeps_its_zero(check: Callable[[str], FormCheck]) -> None:
    """`version: 2026.10` isn't 2026.1."""
    form = check("mshopper: 1\nid: f\nversion: 2026.10\ntitle: F\nsections: []\n").form
    assert form is not None
    assert form.version == "2026.10"


def test_numbers_are_exact_decimals(question_form: Callable[[str], Form]) -> None:
    """A weight of 0.1 is a tenth, in YAML and in JSON."""
    question = question_form("- {id: q, type: yes_no, label: Q, points: 2.5, weight: 0.1}").sections[0].items[0]
    assert isinstance(question, Question)
    assert (question.points, question.weight) == (Fraction(5, 2), Fraction(1, 10))


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (
            "- {id: q, type: yes_no, label: Q, na: yes}",
            "1 q.na: `yes` is neither true nor false. Write true.",
        ),
        (
            "- {id: q, type: yes_no, label: Q, required: No}",
            "1 q.required: `No` is neither true nor false. Write false.",
        ),
        (
            '- {id: q, type: yes_no, label: Q, na: "true"}',
            "1 q.na: `true` is a text here. Write true without quotes.",
        ),
        (
            "- {id: q, type: text, label: true}",
            '1 q.label: true stands where a text is due. If it is meant as a text, put it in quotes: "true".',
        ),
        (
            "- {id: q, type: text, label: {it: false}}",
            '1 q.label.it: false stands where a text is due. If it is meant as a text, put it in quotes: "false".',
        ),
        (
            "- {id: q, type: yes_no, label: Q, points: true}",
            "1 q.points: `true` is not a number. Write a number such as 5 or 2.5.",
        ),
        (
            "- {id: q, type: yes_no, label: Q, critical: {when: false}}",
            "1 q.critical.when: false is not an answer. Write no, or the id of a choice.",
        ),
        ("- {id: q, type: text, label: }", "1 q.label: there is no value. Write one, or remove the key."),
        (
            "- {id: q, type: yes_no, label: Q, points: '2,5'}",
            "1 q.points: `2,5` is not a number. Write it with a dot: 2.5.",
        ),
        (
            "- {id: q, type: yes_no, label: Q, points: 1e3}",
            "1 q.points: `1e3` is not a number. Write a number such as 5 or 2.5.",
        ),
        (
            "- {id: q, type: text, label: Q}\n- id: r\n  type: text\n  label: R\n  id: t",
            "5 r.id: the key `id` stands twice (first on line 11). Remove one of them.",
        ),
        (
            "- &first {id: q, type: text, label: Q}",
            "1 q: a form has no anchors (`&first`). Remove it, or put a text that begins with & in quotes.",
        ),
        (
            "- {id: q, type: !!str text, label: Q}",
            "1 q.type: a form has no tags (`!!str`). Remove it, or put a text that begins with ! in quotes.",
        ),
        (
            "- {id: q, type: text, label: Q, <<: {na: true}}",
            "1 q.<<: a form has no merge keys. Write the keys themselves here.",
        ),
        (
            "- {id: q, type: text, [a]: Q}",
            "1 q: a list or a mapping stands where a key is due. Put a text that begins with [ or { in quotes.",
        ),
        (
            "- id: q\n  type: text\n  label: Q: or not",
            (
                "3 : a colon stands where no key can be. Put the text in quotes if it holds a colon and a space; "
                "else check the indentation."
            ),
        ),
        ("- id: q\n\ttype: text", "2 : the line is indented with a tab. Indent with spaces."),
        (
            "- {id: q, type: text, label: @home}",
            "1 : a character stands here that no text can begin with. Put the text in quotes.",
        ),
    ],
)
def test_what_a_form_file_may_not_hold(
    question_problems: Callable[[str], list[str]], questions: str, expected: str
) -> None:
    """Each is one problem with its line, its place, what is wrong and what to do."""
    assert question_problems(questions) == [expected]


def test_an_alias_is_one_problem_and_its_value_is_not_judged(question_problems: Callable[[str], list[str]]) -> None:
    """What an alias stands for isn't known, so nothing is said of it but that it is one."""
    assert question_problems("- {id: q, type: text, label: *title}") == [
        "1 q.label: a form has no aliases (`*title`). Write the value itself here, or put a text that begins with * in quotes."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# only a comment\n", "0 : the file holds no form. Begin with `mshopper: 1`."),
        ("just words\n", "1 : this is not a form. Begin with `mshopper: 1`, and write keys and values."),
        ("- a\n- b\n", "1 : this is not a form. Begin with `mshopper: 1`, and write keys and values."),
        (
            "mshopper: 1\n---\nmshopper: 1\n",
            (
                "2 : a second document begins here. "
                "Keep one form in one file: remove `---` and what follows, or the form before it."
            ),
        ),
        ("mshopper: 1\nid: a\x01b\n", "2 : a control character (U+0001) stands here. Remove it."),
        ("mshopper: 1\nid: 'a\ntitle: F\n", "2 : a quotation mark or bracket is never closed. Close it."),
        ("a: " + "[" * 100_000, "1 : the file nests too deep. Check the indentation and the brackets."),
        ("a: " + "{a: " * 100_000, "1 : the file nests too deep. Check the indentation and the brackets."),
        ('{"a": ' * 100_000, "1 : the file nests too deep. Check the indentation and the brackets."),
    ],
)
def test_a_file_without_a_form_is_one_problem(problems: Callable[[str], list[str]], text: str, expected: str) -> None:
    """What can't be read as one form is told once, and deep nesting costs no stack."""
    assert problems(text) == [expected]


JSON_FORM = """
{
  "mshopper": 1, "id": "f", "version": "1", "title": "F", "languages": ["en"],
  "sections": [
    {
      "id": "s", "title": "S",
      "questions": [
        {"id": "q", "type": "rating", "label": "Qu\\u00e8 \\ud83d\\ude00", "points": 0.1, "min": 0, "max": 10,
         "critical": {"when": [0, 1]}, "na": true}
      ]
    }
  ]
}
"""


def test_json_gives_the_same_form_with_exact_numbers() -> None:
    """A file that begins with a brace is JSON: surrogate pairs join, 0.1 is a tenth, numbers may be answers."""
    form = check_text(JSON_FORM, "f.json").form
    assert form is not None
    question = form.sections[0].items[0]
    assert isinstance(question, Question)
    assert (question.label.get("en"), question.points) == ("Què 😀", Fraction(1, 10))
    assert (question.na, question.scale_bounds, question.critical[0].when.answers) == (True, (0, 10), ("0", "1"))
    assert check_text("\n\n" + JSON_FORM, "f.json").problems == ()


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        (
            '"version": "1"',
            '"version": 2026.10',
            'f.json:3: version: the number 2026.10 stands where a text is due. Put it in quotes: "2026.10".',
        ),
        (
            '"type": "rating"',
            '"id": "r", "type": "rating"',
            "f.json:8: sections.s.questions.q.id: the key `id` stands twice (first on line 8). Remove one of them.",
        ),
        (
            '"na": true',
            '"na": 1',
            "f.json:9: sections.s.questions.q.na: `1` is neither true nor false. Write true.",
        ),
        (
            '"na": true',
            '"na": null',
            "f.json:9: sections.s.questions.q.na: there is no value. Write one, or remove the key.",
        ),
        (
            '"points": 0.1',
            '"points": 1e999999999',
            "f.json:8: sections.s.questions.q.points: `1E+999999999` is not a number. Write a number such as 5 or 2.5.",
        ),
        (
            "\\\\ude00",
            "x",
            "f.json:8: sections.s.questions.q.label: the text holds a character that can't be shown. Remove it;",
        ),
        (
            '"na": true',
            '"na": true,',
            "f.json:9: sections.s.questions.q: a comma stands before the closing bracket. Remove the comma.",
        ),
        ('"id": "f",', '"id": "f"', "f.json:3: `,` / `}` is missing here."),
        ('"title": "F"', '"title" "F"', "f.json:3: title: `:` is missing here."),
        ('"title": "F"', "title: F", 'f.json:3: `"` is missing here.'),
        ('"title": "F"', '"title": F', "f.json:3: title: this isn't JSON. A file that begins with { is read as JSON"),
        (
            '"title": "F"',
            '"title": "F\n"',
            "f.json:3: title: a text is never closed, or holds a line break or a wrong escape.",
        ),
    ],
)
def test_json_problems_have_their_line(was: str, becomes: str, expected: str) -> None:
    """The same checks hold in JSON, with the line of the key; numbers where a text is due are problems there."""
    text = JSON_FORM.replace(was.replace("\\\\", "\\"), becomes, 1)
    assert text != JSON_FORM
    found = [problem.sentence for problem in check_text(text, "f.json").problems]
    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.parametrize("text", ['{"mshopper": 1', '{"a": [1, 2', "{", '{"a"', '{"a": ', "{} x", '{"a": nan}'])
def test_broken_json_is_one_problem(text: str) -> None:
    """A JSON text that ends or goes on where it shouldn't is told once."""
    assert len(check_text(text, "f.json").problems) == 1


def test_yaml_and_json_of_one_form_are_equal(question_check: Callable[[str], FormCheck]) -> None:
    """The notation doesn't matter: the same keys give the same form."""
    text = (
        "- {id: q, type: choice, label: Q, choices: [{id: a, points: 1.50}, b], points: {b: 2}, evidence: {photos: 1}}"
    )
    questions = [
        {
            "id": "q",
            "type": "choice",
            "label": "Q",
            "choices": [{"id": "a", "points": 1.5}, {"id": "b", "points": "2"}],
            "evidence": [{"photos": 1}],
        }
    ]
    data = {
        "mshopper": 1,
        "id": "f",
        "version": "1",
        "title": "F",
        "languages": ["it", "en"],
        "sections": [{"id": "s", "title": "S", "questions": questions}],
    }
    assert question_check(text).form == check_text(json.dumps(data), "f.json").form
