"""Whatever a file holds, it is told as problems: no text and no data break the reader."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mshopper import paths
from mshopper.errors import FormProblemsError
from mshopper.formfile import check_text, read_form_document

SOURCE = (paths.forms_folder() / "store_visit.yaml").read_text(encoding="utf-8")
LINES = SOURCE.split("\n")
WORDS = [
    "",
    "-",
    "- ",
    "  ",
    "\t",
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    ": ",
    "&a ",
    "*a",
    "!x ",
    "<<: ",
    "true",
    "~",
    "---",
    "\x00",
    "id",
    "|",
]

simple = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.sampled_from(["q", "text", "yes_no", "${q}", ". >", ""]),
)
KEYS = [
    "id",
    "type",
    "label",
    "questions",
    "points",
    "critical",
    "when",
    "repeat",
    "bands",
    "choices",
    "check",
    "languages",
    "scoring",
]
data = st.recursive(
    simple,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(LINES) - 1), st.integers(0, 80), st.integers(0, 3), st.sampled_from(WORDS))
def test_a_damaged_form_is_told_as_problems(line: int, column: int, gone: int, word: str) -> None:
    """A real form with a slip anywhere opens or has located problems."""
    slip = LINES[line][:column] + word + LINES[line][column + gone :]
    found = check_text("\n".join([*LINES[:line], slip, *LINES[line + 1 :]]), "f.yaml")
    assert (found.form is None) == bool(found.problems)
    assert all(problem.line > 0 and problem.what and problem.remedy for problem in found.problems)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*KEYS, "mshopper", "version", "sections", "title"]), data),
    st.lists(data, max_size=3),
)
def test_any_data_is_a_form_or_problems(keys: dict[str, object], items: list[object]) -> None:
    """Data of every shape, in every place, end as FormProblemsError with problems, never as another error."""
    whole = {"mshopper": 1, "id": "f", "version": "1", "sections": [{"id": "s", "questions": items}], **keys}
    try:
        read_form_document(whole, name="data")
    except FormProblemsError as error:
        assert error.problems  # noqa: PT017 - either outcome is right, this is about one of them


@pytest.mark.parametrize("wrong", [None, [], "form", 5, Decimal("NaN"), {}, {"sections": {"id": 1}}])
def test_data_that_are_no_form_are_refused(wrong: object) -> None:
    """What isn't a form at all is told in one sentence."""
    with pytest.raises(FormProblemsError, match="data can't be used"):
        read_form_document(wrong, name="data")
