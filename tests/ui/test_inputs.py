"""What is typed is read as people mean it."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mshopper.i18n import use_language
from mshopper.ui.filling.inputs.moments import read_date, read_time
from mshopper.ui.filling.inputs.stopwatch import read_duration
from mshopper.ui.filling.inputs.typed import read_coordinates, read_number, written
from mshopper.ui.words import percent

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12,50", "12.50"),
        ("12.50", "12.50"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("-3", "-3"),
        ("€ 7", "7"),
        (",5", "0.5"),
        ("many", None),
        ("1e3", None),
        ("", None),
    ],
)
def test_numbers(typed: str, number: str | None) -> None:
    """Comma and point both part the decimals; the last one counts."""
    assert read_number(typed) == (None if number is None else Decimal(number))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_number_that_is_shown_is_read_as_itself(language: str, number: Decimal) -> None:
    """What the field writes, it reads."""
    use_language(language)
    try:
        assert read_number(written(number)) == number
    finally:
        use_language("en")


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("65", "65"), ("1:05", "65"), ("1:05,5", "65.5"), ("1:02:05", "3725"), ("2 min 5 s", "125"), ("1h", "3600")],
)
def test_durations(typed: str, seconds: str) -> None:
    """Seconds alone, a clock's writing, or units."""
    assert read_duration(typed) == Decimal(seconds)


@pytest.mark.parametrize("typed", ["", "soon", "1:2:3:4", "-5"])
def test_no_durations(typed: str) -> None:
    """What is no time stays what was typed."""
    assert read_duration(typed) is None


@pytest.mark.parametrize("typed", ["21/11/2026", "21.11.26", "21-11-2026", "2111", "21/11", "2026-11-21", "21112026"])
def test_dates(typed: str) -> None:
    """Day first, with or without the year; ISO as it is."""
    assert read_date(typed, TODAY) == TODAY


@pytest.mark.parametrize("typed", ["31/02/2026", "tomorrow", "1", "1/2/3/4"])
def test_no_dates(typed: str) -> None:
    """A day that isn't there is none."""
    assert read_date(typed, TODAY) is None


@pytest.mark.parametrize(
    ("typed", "time"), [("14:05", dt.time(14, 5)), ("1405", dt.time(14, 5)), ("9", dt.time(9)), ("25:00", None)]
)
def test_times(typed: str, time: dt.time | None) -> None:
    """A clock's writing, four digits, or the hour."""
    assert read_time(typed) == time


def test_coordinates_are_found_in_what_maps_copy() -> None:
    """Two to four numbers; anything else is left alone."""
    assert read_coordinates("45.4642, 9.1900") == ["45.4642", "9.1900"]
    assert read_coordinates("45.4642 9.1900 120 5") == ["45.4642", "9.1900", "120", "5"]
    assert read_coordinates("via Roma 1") == []
    assert read_coordinates("900.1 800.2") == []


def test_a_percentage_is_never_rounded_onto_the_mark() -> None:
    """79.96 of a mark of 80 is shown with more decimals, so that it doesn't read 80.0 and fail."""
    from fractions import Fraction

    assert percent(Fraction("79.96"), Fraction(80)) == "79.96"
    assert percent(Fraction("79.94"), Fraction(80)) == "79.9"
    assert percent(None) == "–"
