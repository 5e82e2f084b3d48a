"""words.py: how verdicts, cells and numbers are worded."""

from datetime import datetime, timedelta
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import words_old as words
from helpers.cells import DAY, Cell, count_bounds, exact
from helpers.rounding import Bounds
from tests import made_up
from tests.made_up import day

HOUR = 3600
NEW = "new_infections"


def seconds(text):
    """Seconds since 1970 of a day or a moment, by the datetime module."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1)) // timedelta(seconds=1)


def cell(start, end):
    moments = (None if text is None else seconds(text) for text in (start, end))
    return Cell(NEW, "city", "", *moments, "")


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (None, None, "day not stated"),
        ("2022-04-30", None, "day not stated"),
        (None, "2022-05-01", "at the end of 2022-04-30"),
        (None, "2022-05-01T09:05", "2022-05-01 at 09:05"),
        ("2022-04-30", "2022-05-01", "2022-04-30"),
        ("2022-12-31", "2023-01-01", "2022-12-31"),
        ("2022-04-30T00:00", "2022-04-30T12:30", "2022-04-30 from 00:00 to 12:30"),
        ("2022-04-29", "2022-05-01", "2022-04-29 to 2022-04-30"),
        ("2022-04-29", "2022-05-01T10:00", "2022-04-29 to 2022-05-01 at 10:00"),
        ("2022-04-29", "2022-04-30T00:01", "2022-04-29 to 2022-04-30 at 00:01"),
        ("1970-01-01", "1970-01-02", "1970-01-01"),
    ],
)
def test_a_time_names_its_last_day_and_a_clock_time_only_where_it_is_not_midnight(start, end, said):
    assert words.when(cell(start, end)) == said


@settings(max_examples=30)
@given(st.integers(0, 30_000), st.integers(1, 400))
def test_a_span_of_whole_days_names_its_first_and_its_last_day(first, length):
    names = [f"{datetime(1970, 1, 1) + timedelta(days=k):%Y-%m-%d}" for k in (first, first + length - 1)]
    said = words.when(Cell(NEW, "city", "", first * DAY, (first + length) * DAY, ""))
    assert said == " to ".join(dict.fromkeys(names))


@pytest.mark.parametrize("value", [None, Bounds(1, True, 2, True), Bounds(1, True, None, False),
                                   Bounds(None, False, None, False)])  # fmt: skip
def test_what_is_not_exact_is_no_number(value):
    assert words.number(value) is None


@settings(max_examples=30)
@given(st.fractions())
def test_an_exact_value_is_a_number_whole_if_it_can_be(value):
    for bounds in (exact(value), Bounds(value, True, value, True)):
        found = words.number(bounds)
        assert found == value
        assert type(found) is (int if value.denominator == 1 else Fraction)
        assert words.says(bounds).replace(",", "") == str(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "not known"),
        (exact(0), "0"),
        (count_bounds("3萬", None), "25,000 to 34,999"),
        (count_bounds("1,000", ">1000"), "1,001 to …"),
        (Bounds(None, False, 5, True), "… to 5"),
        (Bounds(None, False, None, False), "… to …"),
        (Bounds(Fraction(1, 3), True, Fraction(7, 2), True), "0.33333 to 3.50000"),
        (Bounds(Fraction(2, 3), True, Fraction(3), True), "0.66667 to 3"),
    ],
)
def test_bounds_are_told_from_end_to_end(value, said):
    assert words.says(value) == said


# The names of a ledger.


def names():
    record = made_up.empty()
    record.add("1", "first", 50, NEW, "city", start=day(1), end=day(2), paragraph=2, position=7)
    record.add("1", "second", 30, NEW, "central", start=day(1), end=day(2), paragraph=2, position=9)
    record.add("2", "first", 20, NEW, "outside", start=day(1), end=day(2), paragraph=4, position=1)
    return words.Names(record.load())


def test_every_row_has_a_reference_and_a_place():
    found = names()
    assert list(found.reference.values()) == ["1/first", "1/second", "2/first"]
    assert list(found.place.values()) == [(2, 7), (2, 9), (4, 1)]
    assert list(found.reference) == list(found.place)


def test_rows_are_cited_in_reading_order():
    found = names()
    first, second, third = found.reference
    for rows in ({third, first, second}, [second, third, first]):
        assert found.rests_on(rows) == "1/first; 1/second; 2/first"
    assert found.rests_on([second]) == "1/second" and found.rests_on([]) == ""


def test_a_cell_is_named_by_measure_area_and_time_in_english():
    record = made_up.empty()
    record.tables["measures"][0]["name_en"] = "new infections"
    record.tables["areas"][0]["name_en"] = "the city"
    record.tables["areas"][1]["name_en"] = "the centre"
    record.add("1", "first", 50, NEW, start=day(1), end=day(2))
    found, on = words.Names(record.load()), (seconds(day(1)), seconds(day(2)), "")
    assert found.name(Cell(NEW, "city", "", *on)) == f"new infections, the city, {day(1)}"
    assert found.name(Cell(NEW, "central", "city", *on)) == f"new infections, the centre in the city, {day(1)}"
    assert found.name(Cell(NEW, "", "", *on)) == f"new infections, an area not stated, {day(1)}"
    assert set(found.measure_names) == {m["measure"] for m in record.tables["measures"]}
    assert found.area_names["outside"] == "outside"


# Frames.


def test_a_frame_has_just_its_columns_and_none_where_a_row_has_no_value():
    found = words.frame([{"b": 1, "c": 2}, {"a": Fraction(1, 2), "b": None}], "b a")
    assert list(found.columns) == ["b", "a"]
    assert found.to_numpy().tolist() == [[1, None], [None, Fraction(1, 2)]]
    assert {str(kind) for kind in found.dtypes} == {"object"}
    assert type(found.loc[0, "b"]) is int, "no float, though a value is missing beside it"


def test_times_become_dates_and_missing_ones_stay_missing():
    times = ["start", "end", "since", "day"]
    rows = ({name: seconds(day(k)) for k, name in enumerate(times)}, {"start": None, "count": 0})
    found = words.frame(iter(rows), "count start end since day")
    assert [found.loc[0, name] for name in times] == [pd.Timestamp(day(k)) for k in range(4)]
    assert found.loc[1, times].isna().all() and found.loc[1, "count"] == 0
    assert {str(found[name].dtype) for name in times} == {"datetime64[s]"}


def test_a_frame_of_nothing_has_the_columns_and_types_of_any_other():
    found = words.frame([], "count day")
    assert found.empty and list(found.columns) == ["count", "day"]
    assert str(found["day"].dtype) == "datetime64[s]"
