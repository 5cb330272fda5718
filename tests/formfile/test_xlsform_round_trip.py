"""A form goes to XLSForm and comes back the same; what XLSForm can't hold is named; other tools open what is written."""

import contextlib
import importlib.util
import io
import warnings
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from mshopper import paths
from mshopper.errors import MshopperError
from mshopper.formfile import check_form, check_text, differences, profile, read_form, xlsform_sheets
from mshopper.formfile.xlsform.reader import check_sheets
from mshopper.model.form import Form, Question, Section, Text
from mshopper.model.form_document import form_hash
from mshopper.operations.convert import convert_form

_spec = importlib.util.spec_from_file_location("strategies", Path(__file__).parent / "strategies.py")
strategies = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(strategies)

SHIPPED = sorted(paths.forms_folder().glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_form_comes_back_and_opens_in_the_standards_converter(path: Path, tmp_path: Path) -> None:
    """YAML to a workbook and back gives an equal form with nothing lost, and pyxform converts the workbook."""
    from pyxform.xls2xform import convert

    workbook, text = tmp_path / "f.xlsx", tmp_path / "f.yaml"
    assert convert_form(path, workbook) == ()
    assert convert_form(workbook, text) == ()
    assert read_form(workbook) == read_form(text) == read_form(path)
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        assert convert(str(workbook), warnings=[]).xform.startswith("<?xml")


FAILED = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
"""What a spreadsheet writes for a formula that failed: no text of anybody's."""


def spreadsheet(form: Form) -> Form:
    """The form as a spreadsheet can hold it: texts trimmed, none empty, no implicit sections but the reader's own."""

    def text(words: Text) -> Text:
        kept = ((language, " ".join(all_.split())) for language, all_ in words.values)
        return Text(tuple((language, one) for language, one in kept if one not in ("", *FAILED)))

    def item(part: Question | Section) -> Question | Section:
        if isinstance(part, Section):
            repeat = part.repeat and replace(part.repeat, label=text(part.repeat.label))
            return replace(
                part,
                title=text(part.title),
                hint=text(part.hint),
                media=(),
                is_implicit=False,
                repeat=repeat,
                items=tuple(item(one) for one in part.items),
            )
        return replace(
            part,
            label=text(part.label),
            hint=text(part.hint),
            guidance=text(part.guidance),
            required_when="" if part.required_when == "false()" else part.required_when,
            read_only_when="" if part.read_only_when == "false()" else part.read_only_when,
            required_message=text(part.required_message),
            media=(),
            parameters=(),
            checks=tuple(
                replace(check, message=text(check.message) if index == 0 else check.message)
                for index, check in enumerate(part.checks)
            ),
            choices=tuple(
                replace(choice, label=text(choice.label), media=(), attributes=()) for choice in part.choices
            ),
        )

    return replace(
        form,
        title=text(form.title) or Text.of("F"),
        version=form.version.strip(),
        channel=form.channel.strip(),
        briefing=text(form.briefing),
        dimensions=tuple(replace(one, title=text(one.title)) for one in form.dimensions),
        sections=tuple(item(section) for section in form.sections),
        tables=(),
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(strategies.forms)
def test_any_form_comes_back_or_says_what_is_lost(form: Form) -> None:
    """What a spreadsheet can hold comes back with the same hash."""
    form = spreadsheet(form)
    assume(form.questions)
    sheets, lost = xlsform_sheets(form)
    read = check_sheets(sheets, Path("f.xlsx"))
    assert [problem.sentence for problem in read.problems] == []
    assert lost == ()
    assert form_hash(read.form) == form_hash(form)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.forms)
def test_a_loss_is_named(form: Form) -> None:
    """Either nothing differs after the way there and back, or a sentence names the place."""
    assume(form.questions)
    sheets, lost = xlsform_sheets(form)
    read = check_sheets(sheets, Path("f.xlsx"))
    assert bool(lost) == (read.form is None or form_hash(read.form) != form_hash(form))


def test_what_the_other_format_cannot_say_is_a_sentence(tmp_path: Path) -> None:
    """The id of an implicit section isn't in a workbook, nor blanks around a text: both are told by their place."""
    (tmp_path / "f.yaml").write_text(
        "mshopper: 1\nid: f\nversion: 1\ntitle: F\nsections:\n"
        '  - {id: loose, title: F, implicit: true, questions: [{id: q, type: text, label: " Q "}]}\n',
        encoding="utf-8",
    )
    lost = convert_form(tmp_path / "f.yaml", tmp_path / "f.xlsx")
    assert lost == (
        "sections.loose: “loose” can't be said and is left out.",
        "sections.page_1: “page_1” is added.",
    )


def test_a_conversion_never_overwrites_its_source_or_guesses_a_format(tmp_path: Path) -> None:
    """The same file and an unknown suffix are refused, and nothing is written."""
    source = tmp_path / "f.yaml"
    source.write_bytes(SHIPPED[0].read_bytes())
    with pytest.raises(MshopperError, match="overwritten"):
        convert_form(source, source)
    with pytest.raises(MshopperError, match=r"\.yaml or \.xlsx"):
        convert_form(source, tmp_path / "f.doc")
    assert [path.name for path in tmp_path.iterdir()] == ["f.yaml"]


def test_the_example_workbook_shows_every_scoring_column() -> None:
    """The shipped example opens without a word, scores, and documents our columns in its sheet `help`."""
    found = check_form(paths.forms_folder() / "example_scored.xlsx")
    assert [p.sentence for p in (*found.problems, *found.warnings)] == []
    about = profile(found.form)
    assert about.scored >= 5
    assert about.unreachable == about.never_offered == about.without_dimension == ()


PROFILED = """\
mshopper: 1
id: f
version: 1
title: F
dimensions: [time, quality]
sections:
  - id: s
    title: S
    when: "1 = 2"
    questions:
      - {id: a, type: yes_no, label: A, points: 5, weight: 2, dimension: [time, quality]}
  - id: t
    title: T
    questions:
      - {id: b, type: choice, label: B, choice_filter: "region = 'nord'",
         choices: [{id: n, points: 3, attributes: {region: nord}}, {id: m, attributes: {region: sud}}]}
      - {id: c, type: integer, label: C, dimension: time, bands: [{to: 5, points: 4}, {points: 0}], bonus: true}
      - {id: d, type: note, label: D, when: "false()"}
"""


def test_the_profile_of_a_form() -> None:
    """Points by dimension with weights, and what nobody will ever see or be offered."""
    about = profile(check_text(PROFILED, "f.yaml").form)
    assert (about.sections, about.questions, about.scored) == (2, 3, 3)
    assert about.points == (("time", Fraction(10)), ("quality", Fraction(10)), ("", Fraction(3)))
    assert about.unreachable == ("a", "d")
    assert about.never_offered == (("b", "m"),)
    assert about.without_dimension == ("b",)


def test_differences_name_places() -> None:
    """What one form says and another doesn't, by ids."""
    form = check_text(PROFILED, "f.yaml").form
    other = check_text(PROFILED.replace("points: 5", "points: 6").replace("title: T", "title: U"), "f.yaml").form
    assert differences(form, form) == ()
    assert differences(form, other) == (
        "sections.s.questions.a.points: “5” becomes “6”.",
        "sections.t.title: “T” becomes “U”.",
    )
