"""A score sheet as JSON comes back exactly."""

import json
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from mshopper.model.scoresheet import CriticalHit, Metric, Reason, ScoreLine, ScoreSheet, Subtotal
from mshopper.model.sheet_document import read_sheet, sheet_document

texts = st.text(max_size=5)
exact = st.fractions()
maybe = st.none() | exact
reasons = st.builds(Reason, texts, st.lists(st.tuples(texts, texts), max_size=2).map(tuple))
names = st.lists(texts, max_size=2).map(tuple)
subtotals = st.lists(st.builds(Subtotal, texts, exact, exact, maybe, maybe, names), max_size=2).map(tuple)
sheets = st.builds(
    ScoreSheet,
    texts,
    exact,
    exact,
    maybe,
    maybe,
    texts,
    texts,
    st.lists(st.builds(CriticalHit, texts, texts, texts, maybe, reasons), max_size=2).map(tuple),
    subtotals,
    subtotals,
    subtotals,
    subtotals,
    subtotals,
    st.lists(st.builds(Metric, texts, exact, st.integers(), texts), max_size=2).map(tuple),
    st.lists(
        st.builds(ScoreLine, texts, texts, texts, exact, exact, exact, reasons, names, texts, texts), max_size=2
    ).map(tuple),
    maybe,
    st.booleans(),
)


@given(sheets)
def test_a_sheet_survives_json_exactly(sheet: ScoreSheet) -> None:
    """Whatever is in a sheet, its document written as JSON text and read back is the same sheet."""
    assert read_sheet(json.loads(json.dumps(sheet_document(sheet)))) == sheet


def test_fractions_are_text() -> None:
    """A third is "1/3" and a whole number has no denominator, so that no reader makes a float of it."""
    part = Subtotal("welcome", Fraction(1, 3), Fraction(5), None)
    sheet = ScoreSheet(
        "1", Fraction(1), Fraction(3), Fraction(100, 3), None, "none", "", (), (part,), (), (), (), (), (), ()
    )
    document = sheet_document(sheet)
    assert (document["earned"], document["percent"], document["coverage"]) == ("1", "100/3", None)
    assert (document["sections"][0]["earned"], document["sections"][0]["possible"]) == ("1/3", "5")
