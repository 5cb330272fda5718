"""A form as a whole: its own keys, its sections, and all its problems at once."""

from collections.abc import Callable

import pytest

from mshopper.formfile import FormCheck, check_text
from mshopper.model.form import DIMENSIONS


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mshopper: 2", "1 mshopper: version 2 of the form language is unknown. Write `mshopper: 1`, or open"),
        ("id: a b", "2 id: the id `a b` has a blank in it. Write it without blanks, `a_b`,"),
        ("version: true", "3 version: true stands where a text is due."),
        (
            "title: {de: Formular, it: T, en: F}",
            "4 title.de: the language `de` is not among the form's. Use one of: it, en.",
        ),
        ("languages: it", "5 languages: a list is due here. Write each entry on a line that begins with `- `"),
        ("languages: [it, en, it]", "5 languages.3: `it` stands twice in this list. Remove one of them."),
        ("people: names", "6 people: `names` is not known here. Did you mean `name`?"),
        ("dimensions: [time, time]", "6 dimensions.2: `time` stands twice in this list. Remove one of them."),
        ("scoring: {aggregate: sum}", "6 scoring.aggregate: `sum` is not known here. Use one of: points, mean."),
        ("scoring: {cap: no}", "6 scoring.cap: `no` is neither true nor false. Write false."),
        ("scoring: {pass_mark: 120}", "6 scoring.pass_mark: 120 is not a percentage. Write a number from 0 to 100."),
        ("scoring: {mark: 80}", "6 scoring.mark: the key `mark` is unknown here. Did you mean `pass_mark`?"),
        (
            "scoring: {grades: [{id: A, from: 90}, {id: A, from: 50}]}",
            "6 scoring.grades.A.id: `A` stands twice in this list. Remove one of them.",
        ),
        (
            "scoring: {grades: [{id: A, from: 90}, {id: B, from: 90.0}]}",
            "6 scoring.grades.B.from: `90` stands twice in this list. Remove one of them.",
        ),
        ("scoring: {grades: [{id: A}]}", "6 scoring.grades.A.from: `from` is missing. Add it: `from: …`."),
        ("section: []", "6 section: the key `section` is unknown here. Did you mean `sections`?"),
    ],
)
def test_a_wrong_key_of_the_form_is_told(line: str, expected: str) -> None:
    """Each key of the form is held to its values, with its line."""
    lines = ["mshopper: 1", "id: f", "version: 1", "title: F", "languages: [it, en]", "# own", "sections: []"]
    key = line.split(":")[0]
    own = [position for position, text in enumerate(lines) if text.startswith(f"{key}:")]
    lines[own[0] if own else 5] = line
    found = check_text("\n".join(lines), "f").problems
    assert [f"{p.line} {p.where}: {p.what}. {p.remedy}"[: len(expected)] for p in found] == [expected]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("phase: soon", "9 sections.s.phase: `soon` is not known here. Use one of: before, during, after."),
        ("touchpoint: click & collect", "9 sections.s.touchpoint: `click & collect` can't be an id."),
        ("weight: heavy", "9 sections.s.weight: `heavy` is not a number."),
        ("pass_mark: -1", "9 sections.s.pass_mark: -1 is not a percentage."),
        ("repeat:", "9 sections.s.repeat: there is no value."),
        ("repeat: true", "9 sections.s.repeat: a mapping is due here."),
        ("repeat: {min: 3, max: 2}", "9 sections.s.repeat.max: the most instances (2) are fewer than the least (3)."),
        ("repeat: {min: 100000}", "9 sections.s.repeat.min: `100000` is not a whole number from 0 to 999."),
        ("label: S", "9 sections.s.label: the key `label` is unknown here. Did you mean `title`?"),
        (
            "type: text",
            "9 sections.s.type: a question stands among the sections. Put it under `questions:` of a section.",
        ),
        ("when: '${q'", "9 sections.s.when: "),
        ("hint: '${nothing}'", "9 sections.s.hint: "),
        ("id: s", "9 sections.s.id: the key `id` stands twice (first on line 7). Remove one of them."),
    ],
)
def test_a_wrong_key_of_a_section_is_told(section: str, expected: str) -> None:
    """Each key of a section is held to its values, with its line."""
    lines = ["mshopper: 1", "id: f", "version: 1", "title: F", "languages: [it, en]", "sections:"]
    lines += [
        "  - id: s",
        "    title: S",
        f"    {section}",
        "    questions: [{id: q, type: yes_no, label: Q, points: 1}]",
    ]
    found = check_text("\n".join(lines), "f").problems
    assert [f"{p.line} {p.where}: {p.what}. {p.remedy}"[: len(expected)] for p in found] == [expected]


def test_missing_keys_are_told_together() -> None:
    """A file that only begins is told all it lacks."""
    found = check_text("title: F\n", "f").problems
    assert [problem.where for problem in found] == ["mshopper", "id", "version", "sections"]


def test_problems_of_shape_meaning_and_rules_are_told_at_once(check: Callable[[str], FormCheck]) -> None:
    """Mistakes of every kind in one file come in one list, in the order of the file, and nothing untrue is among them."""
    found = check("""\
        mshopper: 1
        id: f
        version: 1
        title: F
        languages: [it, en]
        colour: red
        sections:
          - id: s
            title: S
            weight: heavy
            questions:
              - {id: broken, type: yes_no, label: Q, na: yes, critical: {when: nope}}
              - {id: ok, type: choice, label: Q, choices: [a, b], points: {c: 1}, when: "${broken} = 'no'"}
              - {id: lost, type: text, label: Q, when: "${nowhere} = 1"}
              - {id: ok, type: text, label: {de: Q, it: Q, en: Q}}
              - {id: stars, type: star, when: "${nothing} = 1"}
              - {id: last, type: text, label: L, dimension: mood, when: "${stars} > 1"}
    """).problems
    assert [(problem.line, problem.where.removeprefix("sections.s.")) for problem in found] == [
        (6, "colour"),
        (10, "weight"),
        (12, "questions.broken.na"),
        (13, "questions.ok.points.c"),
        (14, "questions.lost.when"),
        (15, "questions.ok.id"),
        (15, "questions.ok.label.de"),
        (16, "questions.stars"),
        (16, "questions.stars.when"),
        (17, "questions.last.dimension"),
    ]


def test_items_that_can_not_be_read_hide_nothing_else(check: Callable[[str], FormCheck]) -> None:
    """Sections and questions without a usable id, type or list are told, and so is what is wrong beside them."""
    found = check("""\
        mshopper: 7
        id: a b
        title: F
        sections:
          - welcome
          - {id: 1st, title: S, questions: [{id: q, type: text, label: Q, when: "${lost} = 1"}]}
          - {title: S, questions: [{id: 2nd, type: text, label: Q}, {type: note, label: N}, note]}
          - {id: s, title: S, questions: none}
          - {id: t, title: S, questions: [{id: q, type: text, label: {it: Q}}]}
    """).problems
    assert [(problem.line, problem.where) for problem in found] == [
        (1, "mshopper"),
        (1, "version"),
        (2, "id"),
        (5, "sections.1"),
        (6, "sections.1st.id"),
        (6, "sections.1st.questions.q.when"),
        (7, "sections.3.id"),
        (7, "sections.3.questions.2nd.id"),
        (7, "sections.3.questions.2.id"),
        (7, "sections.3.questions.3"),
        (8, "sections.s.questions"),
        (9, "sections.t.questions.q.label.it"),
    ]


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ("languages: it\ndimensions: [mood]", "languages"),
        ("dimensions: mood", "dimensions"),
        ("languages: [it, en]\ndimensions: [1st, mood]", "dimensions.1"),
    ],
)
def test_nothing_is_concluded_from_what_could_not_be_read(broken: str, where: str) -> None:
    """Where the languages or dimensions can't be read, no text and no question is blamed for not keeping to them."""
    languages = "" if "languages" in broken else "languages: [it, en]\n"
    found = check_text(
        f"mshopper: 1\nid: f\nversion: 1\ntitle: {{it: F, en: F}}\n{languages}{broken}\nsections:\n"
        "  - {id: s, title: S, questions: [{id: q, type: yes_no, points: 1, label: {it: D, en: Q}, dimension: mood}]}\n",
        "f",
    )
    assert [problem.where for problem in found.problems] == [where]
    assert found.warnings == ()


def test_own_dimensions_replace_the_usual_ones(check: Callable[[str], FormCheck]) -> None:
    """`dimensions` may name ids or ids with titles; without it a form has the five of the field."""
    text = "mshopper: 1\nid: f\nversion: 1\ntitle: F\nsections: []\n"
    usual, own = check(text).form, check(text + "dimensions: [time, {id: mood, title: Umore}]\n").form
    assert usual is not None
    assert own is not None
    assert tuple(dimension.id for dimension in usual.dimensions) == DIMENSIONS
    assert [(dimension.id, dimension.title.get("it")) for dimension in own.dimensions] == [
        ("time", ""),
        ("mood", "Umore"),
    ]


def test_a_form_that_can_not_score_but_sets_a_mark_is_warned_of(warnings: Callable[[str], list[str]]) -> None:
    """A mark that no visit can reach is doubtful, like a form without title, sections or translations."""
    found = warnings("""\
        mshopper: 1
        id: f
        version: 1
        languages: [it, en]
        briefing: {it: Entrare}
        scoring: {pass_mark: 80}
        sections: []
    """)
    assert [line.split(": ")[0] for line in found] == ["1 title", "5 briefing", "6 scoring.pass_mark", "7 sections"]


def test_a_problem_says_file_line_place_what_and_remedy() -> None:
    """The sentence can be followed by a person and by an editor."""
    text = "mshopper: 1\nid: f\nversion: 1\ntitle: F\nsections:\n- id: welcome\n  title: S\n  questions:\n"
    text += "  - id: greeted\n    type: yes_no\n    label: Q\n    points: five\n"
    (problem,) = check_text(text, "store.yaml").problems
    assert problem.sentence == (
        "store.yaml:12: sections.welcome.questions.greeted.points: `five` is not a number. "
        "Write a number such as 5 or 2.5."
    )
    assert (problem.file, problem.line, problem.column) == ("store.yaml", 12, 5)
