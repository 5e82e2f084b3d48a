"""rounding.py against independent oracles: the decimal module, and counting."""

import decimal
from fractions import Fraction
from itertools import count, islice

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpers import rounding
from helpers.rounding import (
    MAX_DIGITS,
    RULES,
    Bounds,
    Numeral,
    WholeNumbers,
    consistent,
    edits,
    implied_parts,
    implied_wholes,
    parse,
    parse_column,
    reround,
    reround_by_rules,
    unround,
)

UNITS = {"": Fraction(1), "%": Fraction(1, 100), "‰": Fraction(1, 1000), "萬": Fraction(10**4)}
rules = st.sampled_from(RULES)


def rounded_by_decimal(value: Fraction, places: int, rule: str) -> str:
    """Decimal's own rounding. A quotient that has no end is cut and marked as 'and a bit more':
    decimal division by ROUND_05UP to more digits than are kept cannot turn into a false tie."""
    digits = len(str(abs(value.numerator))) + len(str(value.denominator)) + places + 5
    context = decimal.Context(prec=digits, rounding=decimal.ROUND_05UP)
    quotient = context.divide(*map(decimal.Decimal, value.as_integer_ratio()))
    unit = decimal.Decimal(1).scaleb(-places)
    with decimal.localcontext(prec=2 * digits + places):
        printed = quotient.quantize(unit, rounding=f"ROUND_{rule.upper()}")
        return f"{printed + 0 if printed else abs(printed):f}"


@st.composite
def numerals(draw, signs=("", "-"), suffixes=tuple(UNITS), most=10**6) -> str:
    sign, suffix = draw(st.sampled_from(signs)), draw(st.sampled_from(suffixes))
    places = draw(st.integers(0, 4))
    digits = str(draw(st.integers(0, most))).zfill(places + 1)
    point = len(digits) - places
    sign = sign if int(digits) else ""
    return sign + digits[:point] + ("." if places else "") + digits[point:] + suffix


@st.composite
def values_near(draw, printed: str) -> Fraction:
    """A value close to a printed one; half of the time exactly at an end of its interval or on it."""
    value, _, unit, _ = parse(printed)
    near = st.fractions(-2, 2, max_denominator=10**6)
    return value + unit * draw(st.sampled_from([Fraction(n, 2) for n in range(-3, 4)]) | near)


# parse


@pytest.mark.parametrize(
    ("printed", "value", "places", "unit"),
    [
        ("71.17%", "7117/10000", 2, "1/10000"),
        ("0.7‰", "7/10000", 1, "1/10000"),
        ("0.5pp", "5/1000", 1, "1/1000"),
        ("111.7萬", "1117000", 1, "1000"),
        ("111.7万", "1117000", 1, "1000"),
        ("1.25億", "125000000", 2, "1000000"),
        ("3亿", "300000000", 0, "100000000"),
        ("5,522", "5522", 0, "1"),
        ("1,234,567.80", "1234567.8", 2, "1/100"),
        ("８，７５９", "8759", 0, "1"),
        ("７１．１７％", "7117/10000", 2, "1/10000"),
        ("+863", "863", 0, "1"),
        ("＋863", "863", 0, "1"),
        ("-1208", "-1208", 0, "1"),
        ("−1208", "-1208", 0, "1"),
        ("－1208", "-1208", 0, "1"),
        ("-0.0", "0", 1, "1/10"),
        (" 3.15 % ", "63/2000", 2, "1/10000"),
        ("\u30003.15\u00a0%\u202f", "63/2000", 2, "1/10000"),
        ("083", "83", 0, "1"),
    ],
)
def test_reads_value_places_and_unit(printed, value, places, unit):
    assert parse(printed) == Numeral(Fraction(value), places, Fraction(unit), "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "1.",
        ".5",
        "1..2",
        "1.2.3",
        "12,34",
        "1,2345",
        ",123",
        "1,",
        "1,,234",
        "0,123",
        "1234,567",
        "1.234,567",
        "01,234",
        "--1",
        "+-1",
        "- 1",
        "1-",
        "%",
        "萬",
        "1萬%",
        "1%%",
        "1萬萬",
        "%1",
        "1p",
        "1 pp x",
        "1e5",
        "nan",
        "inf",
        "Infinity",
        "0x10",
        "1_000",
        "1 000",
        "1/2",
        "½",
        "5\x00",
        "\x005",
        "5\n",
        "\t5",
        "٣",
        "３٣",
        "१",
        "²",
        "𝟓",
        "五",
        "百餘",
        ">100",
        "~5",
        "5︒5",
        "5﹪",
        "１、２",
        "5\u200b",
        "1'000",
        None,
        5,
        5.0,
        float("nan"),
        b"5",
        ["5"],
        pd.NA,
    ],
)
def test_refuses_what_is_no_numeral_and_shows_it(text):
    with pytest.raises(ValueError, match="is not a numeral: expected") as refusal:
        parse(text)
    assert repr(text) in str(refusal.value)


def test_reads_long_numerals_and_refuses_longer_ones_in_few_words():
    longest = "9" * (MAX_DIGITS - 2) + ".99"
    assert parse(longest + "萬").value == (10**MAX_DIGITS - 1) * 100
    assert reround(parse(longest).value, 1, like=longest) == longest
    for text in ("9" + longest, "1" * 10**6, "1" + ",000" * 10**5, "1." + "1" * 10**6, " " * 10**6 + "x"):
        with pytest.raises(ValueError, match=r"expected at most 4,000 digits") as refusal:
            parse(text)
        assert len(str(refusal.value)) < 250


@pytest.mark.parametrize(
    ("printed", "reads", "value", "comparator"),
    [
        ("百餘", ">100", 100, ">"),
        ("六成以上", ">=60%", Fraction(3, 5), ">="),
        ("不到5%", "<5%", Fraction(1, 20), "<"),
        ("至多三", "<=3", 3, "<="),
        ("20", "~20", 20, "~"),
        ("8萬", ">8萬", 80000, ">"),
        ("8萬", ">80,000", 80000, ">"),
        ("兩", "2", 2, ""),
        ("20", "20", 20, ""),
    ],
)
def test_a_worded_numeral_has_the_value_that_it_reads(printed, reads, value, comparator):
    numeral = parse(printed, reads)
    assert (numeral.value, numeral.comparator) == (value, comparator)


def test_a_numeral_keeps_its_places_whatever_it_reads():
    assert parse("20.0", "~20") == Numeral(Fraction(20), 1, Fraction(1, 10), "~")
    assert parse("兩成", "20.0%") == Numeral(Fraction(1, 5), 1, Fraction(1, 1000), "")


@pytest.mark.parametrize(
    ("printed", "reads"),
    [
        ("20", "~21"),
        ("8萬", ">8"),
        ("百餘", ""),
        ("百餘", ">"),
        ("百餘", ">>1"),
        ("百餘", "over 100"),
        ("百餘", "=5"),
        ("百餘", "≥5"),
        ("百餘", 100),
        ("", "5"),
        (" ", "5"),
        (None, "5"),
        (float("nan"), "5"),
        ("百餘", float("nan")),
        ("百餘", ">5\n"),
        ("百餘", "\n>5"),
        ("百餘", "=>5"),
    ],
)
def test_refuses_readings_that_contradict_or_say_nothing(printed, reads):
    with pytest.raises(ValueError, match="expected"):
        parse(printed, reads)


# unround and reround


def test_half_even_bounds_depend_on_the_last_digit():
    def tenths(low, high):
        return Fraction(low, 100), Fraction(high, 100)

    for sign, mirrored in (("", 1), ("-", -1)):
        low, high = sorted(mirrored * end for end in tenths(815, 825))
        assert unround(f"{sign}8.2", "half_even") == Bounds(low, True, high, True)
        low, high = sorted(mirrored * end for end in tenths(825, 835))
        assert unround(f"{sign}8.3", "half_even") == Bounds(low, False, high, False)


@pytest.mark.parametrize(
    ("rule", "five", "zero"),
    [
        ("half_up", ("4.5", True, "5.5", False), ("-0.5", False, "0.5", False)),
        ("half_even", ("4.5", False, "5.5", False), ("-0.5", True, "0.5", True)),
        ("half_down", ("4.5", False, "5.5", True), ("-0.5", True, "0.5", True)),
        ("down", ("5", True, "6", False), ("-1", False, "1", False)),
        ("up", ("4", False, "5", True), ("0", True, "0", True)),
    ],
)
def test_bounds_of_each_rule_mirror_at_zero(rule, five, zero):
    low, incl_low, high, incl_high = five
    assert unround("5", rule) == (Fraction(low), incl_low, Fraction(high), incl_high)
    assert unround("-5", rule) == (-Fraction(high), incl_high, -Fraction(low), incl_low)
    low, incl_low, high, incl_high = zero
    for printed in ("0", "-0", "+0"):
        assert unround(printed, rule) == (Fraction(low), incl_low, Fraction(high), incl_high)


@given(st.data(), numerals(), rules)
def test_a_value_is_within_the_bounds_exactly_if_decimal_rounds_it_to_the_numeral(data, printed, rule):
    numeral = parse(printed)
    value = data.draw(values_near(printed))
    prints = rounded_by_decimal(value / numeral.unit, 0, rule) == str(numeral.in_units)
    assert unround(printed, rule).contains(value) == prints


@given(st.data(), numerals(), rules)
def test_reround_prints_what_decimal_prints(data, printed, rule):
    numeral = parse(printed)
    suffix = printed.lstrip("-.0123456789")
    value = data.draw(values_near(printed))
    whole = data.draw(st.integers(1, 10**30))
    expected = rounded_by_decimal(value / UNITS[suffix], numeral.places, rule) + suffix
    assert reround(value * whole, whole, like=printed, rule=rule) == expected


@given(st.data(), numerals())
def test_reround_by_rules_is_reround_by_each(data, printed):
    value = data.draw(values_near(printed))
    expected = {rule: reround(value, 1, like=printed, rule=rule) for rule in RULES}
    assert reround_by_rules(value, 1, like=printed) == expected


@given(numerals(), rules)
def test_a_numeral_is_what_its_own_value_prints(printed, rule):
    assert reround(parse(printed).value, 1, like=printed, rule=rule) == printed


@pytest.mark.parametrize(
    "printed", ["７１．１７％", "−1,208", "－１，２０８．５ 萬", "+863", "＋８６３", "3.15 %", "0.70‰"]
)
def test_reround_keeps_the_manner_of_the_numeral(printed):
    assert reround(parse(printed).value, 1, like=printed) == printed


def test_reround_decides_sign_and_separators_anew():
    assert reround(86, 1, like="１２") == "８６"
    assert reround(1234567, 1, like="9,999") == "1,234,567"
    assert reround(12, 1, like="9,999") == "12"
    assert reround(1234567, 1, like="999") == "1234567"
    assert reround(-3, 100, like="7%") == "-3%"
    assert reround(3, 100, like="-7%") == "3%"
    assert reround(-3, 100, like="+7%") == "-3%"
    assert reround(-1, 10000, like="-7%") == "0%"
    assert reround(1, 10000, like="+7%") == "0%"
    assert reround(5, 100, like=" 7% ") == "5%"


def test_a_tie_is_printed_by_its_rule_alone():
    printed = {rule: reround(1, 32, like="0.00%", rule=rule) for rule in RULES}
    assert printed == {"half_up": "3.13%", "half_even": "3.12%", "half_down": "3.12%", "down": "3.12%", "up": "3.13%"}
    for rule in RULES:
        assert [consistent(text, 1, 32, rule) for text in ("3.12%", "3.13%")] == [
            printed[rule] == "3.12%",
            printed[rule] == "3.13%",
        ]


@pytest.mark.parametrize(
    ("reads", "inside", "outside"),
    [
        (">100", [101, Fraction(1001, 10), 10**30], [100, 99]),
        (">=60%", [Fraction(3, 5), 1], [Fraction(59, 100)]),
        ("<5%", [0, -3, Fraction(4, 100)], [Fraction(1, 20), 1]),
        ("<=5%", [Fraction(1, 20), -1], [Fraction(6, 100)]),
        ("~20", [-(10**9), 0, 20, 10**9], []),
    ],
)
def test_a_comparator_is_taken_at_its_word(reads, inside, outside):
    bounds = unround("若干", reads=reads)
    assert all(map(bounds.contains, inside))
    assert not any(map(bounds.contains, outside))
    assert (bounds.lower is None) == (reads[0] in "<~")
    assert (bounds.upper is None) == (reads[0] in ">~")
    assert (bounds.incl_lower, bounds.incl_upper) == (reads[:2] == ">=", reads[:2] == "<=")
    assert bounds.times(2).contains(40) == bounds.contains(20)


def test_rules_are_those_of_decimal_and_others_are_refused():
    assert all(hasattr(decimal, f"ROUND_{rule.upper()}") for rule in RULES)
    calls = [
        lambda rule: unround("5", rule),
        lambda rule: unround("百餘", rule, ">100"),
        lambda rule: reround(1, 3, "5%", rule),
        lambda rule: consistent("5%", 1, 3, rule),
        lambda rule: consistent(["5%"], [1], [3], rule),
        lambda rule: implied_parts("5%", 3, rule),
        lambda rule: implied_wholes("5%", 3, rule),
    ]
    for call in calls:
        for rule in ("ceiling", "HALF_UP", "", None):
            with pytest.raises(ValueError, match="half_up, half_even, half_down, down, up"):
                call(rule)


# consistent


@given(st.data(), numerals(), rules)
def test_consistent_is_reround_giving_the_same_text(data, printed, rule):
    whole = data.draw(st.integers(1, 10**5))
    part = data.draw(st.integers(-10, 10) | values_near(printed).map(lambda value: round(value * whole)))
    answer = consistent(printed, part, whole, rule)
    assert answer is (reround(part, whole, like=printed, rule=rule) == printed)


@given(st.data(), numerals(), rules)
def test_consistent_decides_at_the_very_ends_of_the_bounds(data, printed, rule):
    value = data.draw(values_near(printed))
    expected = unround(printed, rule).contains(value)
    assert consistent(printed, value, 1, rule) is expected
    assert consistent(printed, *value.as_integer_ratio(), rule) is expected
    assert consistent(printed, value * Fraction(3, 7), Fraction(3, 7), rule) is expected
    assert consistent(printed, [value * Fraction(3, 7)], Fraction(3, 7), rule).tolist() == [expected]


@st.composite
def rows(draw):
    """Printed, part and whole that are often on the edge, with rows that do not fit in 64 bits."""
    printed = draw(numerals())
    whole = draw(st.integers(1, 10**5) | st.sampled_from([2**31, 2**53 + 1, 2**62, 2**63 - 1, 2**63, 10**40]))
    return printed, round(draw(values_near(printed)) * whole), whole


@given(st.lists(rows(), max_size=12), rules, st.integers(1, 4))
def test_a_column_gives_the_answers_of_its_rows(table, rule, chunk):
    printed, parts, wholes = map(list, zip(*table)) if table else ([], [], [])
    expected = [consistent(*row, rule) for row in table]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounding, "_CHUNK", chunk)
        answer = consistent(printed, parts, wholes, rule)
        assert answer.dtype == bool
        assert answer.tolist() == expected
        assert consistent(parse_column(printed), np.array(parts, object), tuple(wholes), rule).tolist() == expected


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("exponent", range(50, 66))
def test_no_column_wraps_around_near_64_bits(rule, exponent):
    wholes = [2**exponent + step for step in (-1, 0, 1)] * 3
    parts = [whole * 3 // 4 + step for whole in wholes[:3] for step in (-1, 0, 1)]
    for printed in ("75%", "75.00%", "-75%", "0.75", "1", "0", "7500‰", "0.0001萬", str(2**exponent)):
        for sign in (1, -1):
            signed = [sign * part for part in parts]
            expected = [consistent(printed, *row, rule) for row in zip(signed, wholes)]
            assert consistent(printed, signed, wholes, rule).tolist() == expected
            expected = [consistent(printed, part, 1, rule) for part in signed]
            assert consistent([printed] * 9, signed, 1, rule).tolist() == expected


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64, np.int64, object, "Int64"])
def test_every_integer_type_is_computed_in_full(dtype):
    parts, wholes = pd.Series([127, 100, 0], dtype=dtype), pd.Series([127, 127, 1], dtype=dtype)
    assert consistent(["100.00%", "78.74%", "0%"], parts, wholes).tolist() == [True] * 3
    if dtype == np.uint64:
        assert consistent("100%", np.array([2**64 - 1], dtype), np.array([2**64 - 1], dtype)).tolist() == [True]
    if dtype == np.int64:
        assert consistent("-100%", np.array([-(2**63)]), np.array([2**63 - 1])).tolist() == [True]


def test_numerals_that_need_more_than_64_bits_are_computed_in_full():
    large, small = "1" + "0" * 30, "0." + "0" * 30 + "1"
    printed = [large, small, "-" + large, "5%"]
    assert consistent(printed, [10**30, 1, -(10**30), 5], [1, 10**31, 1, 100]).tolist() == [True] * 4
    assert consistent(printed, [10**30 + 1, 0, 10**30, 6], [1, 1, 1, 100]).tolist() == [False] * 4
    assert consistent(small, np.zeros(2, int), [1, 2]).tolist() == [False, False]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_large_numeral_is_not_taken_for_a_small_one(sign):
    for size in range(48, 64):
        large = str(sign * 2**size)  # 2·size·whole would wrap to zero at 64 bits
        for whole in (2**power for power in range(3, 17)):
            assert consistent([large], [sign], [whole]).tolist() == [False]
            assert consistent(large, sign, [1, whole, 1]).tolist() == [False] * 3
            assert consistent([large, "0.0001"], sign, whole).tolist()[0] is False


def test_a_large_part_is_not_taken_for_a_small_one():
    for part in (2**power for power in range(48, 64)):  # 2·10,000·part would wrap to zero
        for printed in ("0.00%", "-0.00%", "50.00%"):
            assert consistent(printed, [-1, -part, part, 1], 2).tolist() == [
                consistent(printed, each, 2) for each in (-1, -part, part, 1)
            ]
            assert consistent(printed, [0, part], 1).tolist() == [printed != "50.00%", False]


def test_one_huge_row_leaves_the_others_as_they_are():
    parts, wholes = [3930] * 40000, [5522] * 40000
    parts[20000], wholes[20000] = 3930 * 10**30, 5522 * 10**30
    assert consistent("71.17%", parts, wholes).all()


def test_single_values_stand_for_every_row():
    assert consistent("50%", 1, [2, 3, 2]).tolist() == [True, False, True]
    assert consistent("50%", [1, 2], 2).tolist() == [True, False]
    assert consistent(["50%", "33%"], 1, 3).tolist() == [False, True]
    assert consistent(parse_column("50%"), [1, 2], 2).tolist() == [True, False]
    assert consistent(parse_column(["50%", "0.5", "50"]), Fraction(1, 2), 1).tolist() == [True, True, False]
    assert consistent(["50%", "50%"], [Fraction(1, 2), 1], Fraction(1)).tolist() == [True, False]
    assert consistent("0", [Fraction(-1, 2), Fraction(-1, 3)], 1).tolist() == [False, True]
    assert consistent(parse_column("50%"), 1, 2).tolist() == [True]


def test_a_series_keeps_its_index():
    index = pd.Index(["b", "a"])
    printed, wholes = pd.Series(["50%", "33%"], index), pd.Series([3, 3], index)
    expected = pd.Series([False, True], index)
    for answer in (
        consistent(printed, 1, 3),
        consistent(parse_column(printed), 1, 3),
        consistent(["50%", "33%"], [1, 1], wholes),
        consistent(printed, 1, wholes),
    ):
        pd.testing.assert_series_equal(answer, expected)
    with pytest.raises(ValueError, match="index"):
        consistent(printed, 1, wholes.reset_index(drop=True))
    with pytest.raises(ValueError, match="index"):
        consistent(printed.reset_index(drop=True), wholes, 3)


@pytest.mark.parametrize(
    ("printed", "part", "whole", "message"),
    [
        ("5%", 1, 0, "whole is 0"),
        ("5%", 1, -3, "whole is -3"),
        ("5%", 0, 0, "whole is 0"),
        ("5%", [1, 1, 1], [1, 0, -1], "whole at position 1 is 0"),
        ("5%", [1, 1], 0, "whole at position 0 is 0"),
        ("5%", [1] * 40000, [1] * 39999 + [-7], "whole at position 39999 is -7"),
        ("5%", [1, 2], [1, 2, 3], "length"),
        (["5%"], [1, 2], 3, "length"),
        (["5%"] * 2, 1, [3], "length"),
        ("5%", 1.0, 3, "part is 1.0"),
        ("5%", 1, 3.0, "whole is 3.0"),
        ("5%", True, 3, "part is True"),
        ("5%", decimal.Decimal(1), 3, "part is Decimal"),
        ("5%", None, 3, "part is None"),
        ("5%", 1, pd.NA, "whole is <NA>"),
        ("5%", [1, 2.0], 3, "part at position 1 is 2.0"),
        ("5%", np.array([1.0]), 3, "part at position 0 is "),
        ("5%", np.array([True]), 3, "part at position 0 is "),
        ("5%", ["1"], 3, "part at position 0 is '1'"),
        ("5%", [1, None], 3, "part is missing at position 1"),
        ("5%", [1, 2], pd.Series([3, float("nan")]), "whole is missing at position 1"),
        ("5%", pd.Series([1, pd.NA], dtype="Int64"), 3, "part is missing at position 1"),
        ("5%", [[1, 2]], 3, "2 dimensions"),
        ([["5%", "6%"]], 1, 20, "printed has 2 dimensions"),
        (["5%", "5 %", "x", "x"], 1, 2, "printed at position 2: 'x' is not a numeral"),
        (["5%", None], 1, 2, "printed at position 1: nan is not a numeral"),
        (pd.Series(["5%", None]), 1, 2, "printed at position 1"),
        (None, 1, 2, "None is not a numeral"),
        (None, [1], 2, "nan is not a numeral"),
        (5, [1], 2, "5 is not a numeral"),
    ],
)
def test_refuses_what_cannot_be_decided_and_says_where(printed, part, whole, message):
    with pytest.raises(ValueError, match=message):
        consistent(printed, part, whole)


def test_reround_refuses_what_cannot_be_exact():
    for part, whole in ((1, 0), (1, -2), (0.5, 1), (1, None), (float("nan"), 1)):
        with pytest.raises(ValueError, match="expected"):
            reround(part, whole, like="5%")
    with pytest.raises(ValueError, match="'百餘' is not a numeral"):
        reround(1, 2, like="百餘")


# implied parts and wholes


def test_known_answers():
    assert list(implied_parts("8%", 1062)) == list(range(80, 91))
    assert list(implied_parts("71.17%", 5522)) == [3930]
    assert [len(implied_parts(printed, 6568)) for printed in ("83.30%", "83.3%", "83%")] == [1, 7, 66]
    assert implied_wholes("1.7%", 131) == WholeNumbers(7486, 7939)
    assert implied_wholes("1.7%", 131, "down") == WholeNumbers(7278, 7705)
    assert implied_wholes("74.5%", "111.7萬") == WholeNumbers(1497653, 1501006)


@given(numerals(most=300), st.integers(1, 400), rules)
def test_implied_parts_are_the_parts_that_print_the_numeral(printed, whole, rule):
    parts = implied_parts(printed, whole, rule)
    least = int(max(0, (parse(printed).value - 3 * parse(printed).unit) * whole))
    tried = range(least, least + 3000)
    expected = [part for part in tried if consistent(printed, part, whole, rule)]
    inside = [part for part in tried if part in parts]
    assert inside == expected
    assert list(islice(parts, len(expected))) == expected[: len(parts)]
    assert bool(parts) == bool(len(parts))
    assert parts.size == len(parts) == parts.high - parts.low + 1


@given(numerals(signs=[""], suffixes=["%", "‰", ""], most=2000), st.integers(0, 40), rules)
def test_implied_wholes_are_the_wholes_that_print_the_numeral(printed, part, rule):
    wholes = implied_wholes(printed, part, rule)
    expected = [whole for whole in range(1, 2000) if consistent(printed, part, whole, rule)]
    assert [whole for whole in range(2000) if whole in wholes] == expected
    if wholes.high is not None and wholes.high < 2000:
        assert list(wholes) == expected
        assert wholes.size == len(wholes) == len(expected)
    assert (wholes.low, wholes.high) != (0, -1) or not expected


@pytest.mark.parametrize("rule", RULES)
@given(printed=numerals(signs=[""], suffixes=["%", "‰"], most=10**4), count=st.integers(0, 40))
def test_a_rounded_part_stands_for_each_of_its_counts(rule, printed, count):
    part, most = f"0.{count:03d}萬", 700
    counts = list(unround(part, rule).whole_numbers())
    assert counts == [k for k in range(500) if reround(k, 1, like=part, rule=rule) == part]
    bounds, wholes = unround(printed, rule), implied_wholes(printed, part, rule)
    expected = [n for n in range(1, most) if any(bounds.contains(Fraction(k, n)) for k in counts)]
    assert [n for n in range(most) if n in wholes] == expected
    if wholes.high is None or wholes.high >= most:
        assert list(islice(wholes, len(expected))) == expected
    else:
        assert list(wholes) == expected
        assert wholes.size == len(wholes) == len(expected)
        assert (wholes.low, wholes.high) == ((expected[0], expected[-1]) if expected else (0, -1))


small = st.fractions(0, 3, max_denominator=12)


@given(small, small, st.booleans(), st.booleans(), st.integers(1, 30), st.integers(0, 30))
@example(Fraction(0), Fraction(0), False, False, 30, 1)  # 30 times it runs from 0 to 1 and holds neither
@example(Fraction(1, 10), Fraction(0), True, True, 30, 1)  # or from 3 to 4 and holds both, which counts once
def test_numbers_with_gaps_are_counted_as_one_would(lower, length, incl_lower, incl_upper, first, more):
    ratio = Bounds(lower, incl_lower, lower + length + Fraction(1, 30), incl_upper)
    expected = [n for n in range(first, first + more) if any(ratio.contains(Fraction(k, n)) for k in range(7 * n))]
    assert rounding._multiples(ratio, first, first + more - 1) == len(expected)
    for nth, number in enumerate(expected, start=1):
        assert rounding._nth_multiple(nth, ratio, first, first + more - 1) == number


def test_a_precise_rate_of_a_rounded_part_leaves_gaps():
    wholes = implied_wholes("83.333%", "0.12萬")
    assert wholes.ratio is not None
    assert list(wholes) == [n for n in range(1380, 1501) if any(consistent("83.333%", k, n) for k in range(1150, 1250))]
    assert len(wholes) == 20 and wholes.high + 1 not in wholes and wholes.low - 1 not in wholes
    assert wholes.low + 1 not in wholes


def test_a_numeral_that_can_be_zero_sets_no_upper_end():
    for printed, part, rule, low in (
        ("0.0%", 0, "half_up", 1),
        ("0.0%", 3, "half_up", 6001),
        ("0.0%", 3, "half_down", 6000),
        ("0%", "0", "up", 1),
        ("1%", 3, "up", 300),
        ("1%", "3", "up", 300),
        ("-0.0%", 3, "down", 3001),
        ("0.0%", "1.0萬", "half_up", 19000001),
    ):
        wholes = implied_wholes(printed, part, rule)
        assert (wholes.low, wholes.high, wholes.size) == (low, None, None)
        assert wholes and low in wholes and low - 1 not in wholes and 10**50 in wholes
        assert list(islice(wholes, 3)) == list(islice(count(low), 3))
        with pytest.raises(OverflowError, match="no end"):
            len(wholes)


def test_nothing_implied_is_empty():
    for nothing in (
        implied_parts("83.33%", 7),
        implied_parts("-5%", 100),
        implied_wholes("0%", 3, "up"),
        implied_wholes("71.17%", 0),
        implied_wholes("-5%", 3),
        implied_wholes("99.99%", 1),
        implied_wholes("5%", "-3"),
        implied_wholes("5%", "0.4"),
        implied_wholes("99.9999%", "0.01萬"),
        implied_wholes("5%", "-3萬"),
    ):
        assert nothing == WholeNumbers(0, -1)
        assert not nothing and list(nothing) == [] and len(nothing) == 0 and 0 not in nothing


def test_only_whole_numbers_are_members():
    parts = implied_parts("8%", 1062)
    assert 80 in parts and np.int64(90) in parts
    for other in (80.0, Fraction(80), "80", None, 79, 91):
        assert other not in parts


def test_huge_numbers_are_answered_at_once():
    parts = implied_parts("71.17%", 10**40)
    assert (parts.low, parts.high) == (71165 * 10**35, 71175 * 10**35 - 1)
    assert parts.size == 10**36
    wholes = implied_wholes("71.17%", "1" + "0" * 20 + "億")
    assert wholes.size > 10**20 and wholes.low in wholes and wholes.low - 1 not in wholes
    gaps = implied_wholes("33." + "3" * 30 + "%", "12億")
    assert [n % 3 for n in islice(gaps, 5)] == [0] * 5
    assert (gaps.low, gaps.high, len(gaps)) == (3 * 1150000000, 3 * 1249999999, 10**8)
    with pytest.raises(OverflowError):
        len(parts)


def test_counts_that_are_no_counts_are_refused():
    for whole in (0, -1, 1.0, Fraction(3), True, None, "5"):
        with pytest.raises(ValueError, match=r"whole is .*: expected a whole number, 1 or more"):
            implied_parts("5%", whole)
    for part in (-1, 1.0, Fraction(3), True, None):
        with pytest.raises(ValueError, match=r"part is .*: expected a whole number, 0 or more"):
            implied_wholes("5%", part)
    with pytest.raises(ValueError, match="'百餘' is not a numeral"):
        implied_wholes("5%", "百餘")


# edits


def test_edits_of_a_rate():
    slips = list(edits("1.36%"))
    kinds = [kind for kind, _ in slips]
    assert {kind: kinds.count(kind) for kind in kinds} == {"changed": 27, "swapped": 2, "dropped": 2, "doubled": 3}
    assert [text for kind, text in slips if kind == "dropped"] == ["1.6%", "1.3%"]
    assert [text for kind, text in slips if kind == "doubled"] == ["11.36%", "1.336%", "1.366%"]
    assert [text for kind, text in slips if kind == "changed"][:9] == [f"{d}.36%" for d in "023456789"]


def test_edits_keep_the_manner_of_the_numeral():
    texts = {text for _, text in edits(" −１，０７５ 萬")}
    assert {" −１，７０５ 萬", " −１７５ 萬", " −１１，０７５ 萬"} <= texts
    assert all(text.startswith(" −") and text.endswith(" 萬") for text in texts)
    assert ("doubled", "1002345") in edits("102345") and ("doubled", "1,002,345") in edits("102,345")


def test_edits_put_no_new_zero_in_front():
    assert [text for kind, text in edits("0.75") if kind != "changed"] == [
        "7.05",
        "0.57",
        "0.5",
        "0.7",
        "0.775",
        "0.755",
    ]
    assert [text for kind, text in edits("105") if kind != "changed"] == ["150", "15", "10", "1105", "1005", "1055"]
    assert [text for kind, text in edits("085") if kind != "changed"] == [
        "805",
        "058",
        "85",
        "05",
        "08",
        "0885",
        "0855",
    ]
    assert [text for kind, text in edits("5") if kind != "changed"] == ["55"]
    assert "085" not in {text for _, text in edits("185")} and "085" in {text for _, text in edits("095")}


def test_edits_never_lose_the_point_or_the_digits_before_it():
    assert [text for kind, text in edits("3.5%") if kind != "changed"] == ["5.3%", "33.5%", "3.55%"]


@given(numerals())
def test_edits_are_numerals_each_once_and_one_slip_away(printed):
    slips = list(edits(printed))
    texts = [text for _, text in slips]
    assert len(set(texts)) == len(texts) and printed not in texts
    digits = [mark for mark in printed if mark.isdigit()]
    for kind, text in slips:
        edited = [mark for mark in text if mark.isdigit()]
        assert parse(text).unit in {parse(printed).unit * power for power in (1, 10, Fraction(1, 10))}
        assert len(edited) - len(digits) == {"dropped": -1, "doubled": 1}.get(kind, 0)
        if kind == "changed":
            assert sum(old != new for old, new in zip(digits, edited)) == 1
        if kind == "swapped":
            assert sorted(edited) == sorted(digits) and sum(old != new for old, new in zip(digits, edited)) == 2
        if kind == "dropped":
            assert any(digits[:i] + digits[i + 1 :] == edited for i in range(len(digits)))
        if kind == "doubled":
            assert any(digits[: i + 1] + digits[i:] == edited for i in range(len(digits)))


def test_no_single_slip_of_a_precise_rate_goes_unnoticed():
    assert consistent("71.17%", 3930, 5522)
    assert not any(consistent(text, 3930, 5522) for _, text in edits("71.17%"))
