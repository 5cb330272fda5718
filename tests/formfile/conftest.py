"""Forms as small YAML beside the assertion: what `check_text` says of one question, or of a whole file."""

import textwrap
from collections.abc import Callable

import pytest

from mshopper.formfile import FormCheck, Problem, check_text
from mshopper.model.form import Form

HEAD = """\
mshopper: 1
id: f
version: 1
title: F
languages: [it, en]
sections:
  - id: s
    title: S
    questions:
"""


def told(problems: tuple[Problem, ...], first_line: int = 1) -> list[str]:
    """Problems as "line where: what. Remedy", lines counted from `first_line`."""
    return [f"{p.line - first_line + 1} {p.where}: {p.what}. {p.remedy}" for p in problems]


@pytest.fixture
def check() -> Callable[[str], FormCheck]:
    """Check a whole file's text."""
    return lambda text: check_text(textwrap.dedent(text), "f.yaml")


@pytest.fixture
def problems() -> Callable[[str], list[str]]:
    """The problems of a whole file, as told."""
    return lambda text: told(check_text(textwrap.dedent(text), "f.yaml").problems)


@pytest.fixture
def warnings() -> Callable[[str], list[str]]:
    """The warnings of a whole file, as told."""
    return lambda text: told(check_text(textwrap.dedent(text), "f.yaml").warnings)


def _with_questions(questions: str) -> FormCheck:
    return check_text(HEAD + textwrap.indent(textwrap.dedent(questions).lstrip("\n"), " " * 6), "f.yaml")


@pytest.fixture
def question_check() -> Callable[[str], FormCheck]:
    """Check a form of these questions in the section `s`."""
    return _with_questions


@pytest.fixture
def question_form() -> Callable[[str], Form]:
    """The form of these questions in the section `s`, which has no problems."""

    def of(questions: str) -> Form:
        found = _with_questions(questions)
        assert found.form is not None, told(found.problems)
        return found.form

    return of


@pytest.fixture
def question_problems() -> Callable[[str], list[str]]:
    """The problems of questions in the section `s`: lines from their own first, and `where` from the section on."""

    def of(questions: str) -> list[str]:
        found = told(_with_questions(questions).problems, first_line=HEAD.count("\n") + 1)
        return [line.replace("sections.s.questions.", "") for line in found]

    return of


@pytest.fixture
def question_warnings() -> Callable[[str], list[str]]:
    """The warnings of questions in the section `s`, likewise."""

    def of(questions: str) -> list[str]:
        found = told(_with_questions(questions).warnings, first_line=HEAD.count("\n") + 1)
        return [line.replace("sections.s.questions.", "") for line in found]

    return of
