"""Verdicts, numbers, divisions and tables as a reader sees them."""

from __future__ import annotations

import re
from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import ledger, words
from helpers.words import Count, Verdict, check, text, when


def test_every_verdict_has_a_sign_a_colour_and_a_name_in_chinese():
    for verdict in Verdict:
        assert verdict.sign in "●▲✕○"
        assert re.fullmatch("#[0-9A-F]{6}", verdict.colour)
        assert re.fullmatch("[一-鿿]+", verdict.chinese)
    assert len({verdict.chinese for verdict in Verdict}) == len(Verdict)
    assert text(Verdict.DIFFERS) == "✕ does not reproduce"


def test_a_value_is_shown_in_one_way():
    assert text(6584) == text(6584.0) == text(Fraction(6584)) == "6,584"
    assert (text(-1208), text(None), text(float("nan"))) == ("−1,208", "–", "–")
    assert text(Fraction(3930, 5522), "0.00%") == "71.17%"
    assert text(words.Unsure(862)) == "862 ◇"
    assert text(date(2022, 11, 30)) == text(datetime(2022, 11, 30)) == "2022-11-30"
    with pytest.raises(TypeError, match="whole number or a Fraction"):
        text(0.7117)


def test_hidden_characters_are_made_visible():
    assert text("a\u200bb\u202e") == "a‹U+200B›b‹U+202E›"


def test_a_time_is_said_with_its_last_day():
    midnight, noon = datetime(2022, 11, 30), datetime(2022, 11, 30, 12)
    assert when(midnight, datetime(2022, 12, 1)) == "2022-11-30"
    assert when(None, midnight) == "at the end of 2022-11-29"
    assert when(midnight, noon) == "2022-11-30 from 00:00 to 12:00"
    assert when(noon, datetime(2022, 12, 1)) == "2022-11-30 from 12:00 to 24:00"
    assert when(datetime(2022, 11, 1), midnight) == "2022-11-01 to 2022-11-29"
    assert when(midnight, None) == "day not stated"


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_division_keeps_both_counts_and_prints_as_its_own_rounding(part, whole):
    found = check("0.00%", Count(str(part)) / whole)
    again = check(found.prints_as, part / Count(str(whole)))
    assert again.verdict == Verdict.REPRODUCES and again.fits >= 1
    assert again.division == f"{part:,} / {whole:,}" == found.division


def test_another_count_is_another_verdict():
    verdicts = [check("71.17%", Count(part) / 5522).verdict for part in ("3930", "3931")]
    assert verdicts == [Verdict.REPRODUCES, Verdict.DIFFERS]
    assert check("1.7%", Count("131") / 7346).verdict == Verdict.OTHER_RULE


def test_what_is_missing_is_named():
    assert "missing: the whole (1.7% would need 7,486 to" in str(check("1.7%", Count("131") / None))
    assert "1,497,653 to 1,501,006" in check("74.5%", Count("111.7萬") / None).detail, "a range"
    assert check("1.7%", None / Count("131")).detail == "missing: the part"
    neither = check("0.7‰", words.Division(None, None))
    assert neither.verdict == Verdict.UNCHECKED and neither.detail.endswith("part and the whole")


def test_two_typed_numbers_leave_a_float_and_are_refused():
    with pytest.raises(TypeError, match=r"Count\('3930'\) / 5522"):
        check("71.17%", 3930 / 5522)


def test_counts_are_what_the_briefing_prints():
    count = words.counts(ledger.load().only("155"))
    assert (count["central_new"], count["city_new_change"]) == (5522, 1208)
    assert "four_districts_share" not in count


EVIL = '<b onclick="x">&$a$'


def test_hostile_text_stays_text_in_a_table():
    shown = words.html([{EVIL: EVIL}], EVIL, [EVIL])
    tags = {"table", "caption", "strong", "thead", "tr", "th", "tbody", "span"}
    assert set(re.findall(r"</?(\w+)", shown)) <= tags
    assert "$a" not in shown and "onclick=&quot;" in shown


def test_numbers_stand_right_and_text_left_without_styles():
    shown = words.html([{"a": 1, "b": Verdict.HOLDS}], "", ["b", "a"])
    assert '<th scope="row" align="left"><span style="color:#0072B2">●</span>&nbsp;holds' in shown
    assert '<td align="right">1</td>' in shown


@given(st.lists(st.tuples(st.text("aé一，\u0301", max_size=8), st.integers()), min_size=1))
def test_columns_of_a_terminal_are_as_wide_as_their_widest_cell(rows):
    lines = words.as_text([dict(zip("ab", row, strict=True)) for row in rows], "", "ab").split("\n")
    assert len({words.width(line) for line in lines}) == 1


def test_chinese_characters_are_two_columns_wide_and_accents_none():
    assert words.width("中a，é") == 6 and words.width("e\u0301") == 1


def test_a_long_table_is_folded_and_a_short_one_is_not():
    assert "<details " in words.html([{"a": 1}] * 13, "c", "a")
    assert "<details " not in words.html([{"a": 1}] * 12, "c", "a")
