"""rounding.py against independent oracles: the decimal module, and counting."""

import decimal
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.rounding import (
    ANY,
    RULES,
    Numeral,
    WholeNumbers,
    consistent,
    edits,
    implied_parts,
    implied_wholes,
    parse,
    reround,
    unround,
)

UNITS = {"": 1, "%": Fraction(1, 100), "‰": Fraction(1, 1000), "萬": 10**4}
rules = st.sampled_from(RULES)


def rounded_by_decimal(value: Fraction, places: int, rule: str) -> str:
    """Decimal's own rounding. A quotient that has no end is cut and marked as 'and a bit more':
    division by ROUND_05UP to more digits than are kept cannot turn into a false tie."""
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
    """A value close to a printed one; half of the time exactly at an end of its interval."""
    value, _, unit, _ = parse(printed)
    ends = st.sampled_from([Fraction(n, 2) for n in range(-3, 4)])
    return value + unit * draw(ends | st.fractions(-2, 2, max_denominator=10**6))


# ------------------------------------------------------------------ parse


@pytest.mark.parametrize(
    ("printed", "value", "places", "unit"),
    [
        ("71.17%", "7117/10000", 2, "1/10000"),
        ("0.7‰", "7/10000", 1, "1/10000"),
        ("0.5pp", "5/1000", 1, "1/1000"),
        ("0.6個百分點", "6/1000", 1, "1/1000"),
        ("1.2百分點", "12/1000", 1, "1/1000"),
        ("111.7萬", "1117000", 1, "1000"),
        ("1.25億", "125000000", 2, "1000000"),
        ("2.5萬億", "2500000000000", 1, "100000000000"),
        ("5千", "5000", 0, "1000"),
        ("3百萬", "3000000", 0, "1000000"),
        ("5,522", "5522", 0, "1"),
        ("1,234,567.80", "1234567.8", 2, "1/100"),
        ("+863", "863", 0, "1"),
        ("-1208", "-1208", 0, "1"),
        ("-0.0", "0", 1, "1/10"),
        ("083", "83", 0, "1"),
        ("1" * 25, "1" * 25, 0, "1"),
    ],
)
def test_reads_value_places_and_unit(printed, value, places, unit):
    assert parse(printed) == Numeral(Fraction(value), places, Fraction(unit), "")


NO_NUMERAL = "|.|1.|.5|1..2|1.2.3|12,34|1,2345|,123|1,|1,,234|0,123|1234,567|1.234,567|--1|- 1|1-"
NO_NUMERAL += (
    "|%|萬|1萬%|1%%|1萬萬|%1|1p|1 %|1e5|nan|0x10|1_000|1 000|1/2|½|5\n|٣|５|²|五|百餘|>100|~5"
)
NO_NUMERAL += "|2萬4866|9成|百分之71.17|零點六個百分點|1'000|5\u200b"


@pytest.mark.parametrize("text", [*NO_NUMERAL.split("|"), "1" * 4000, None, 5, 5.0, b"5"])
def test_refuses_what_is_no_digits_and_shows_it(text):
    with pytest.raises(ValueError, match="is not a numeral: expected digits such as") as refusal:
        parse(text)
    assert repr(text)[:80] in str(refusal.value)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    ("printed", "reads", "value", "unit", "comparator"),
    [
        ("百餘", ">100", 100, 1, ">"),
        ("不到5%", "<5%", Fraction(1, 20), Fraction(1, 100), "<"),
        ("至多三", "<=3", 3, 1, "<="),
        ("兩", "2", 2, 1, ""),
        ("2萬4866", "24866", 24866, 1, ""),
        ("9", "90%", Fraction(9, 10), Fraction(1, 100), ""),  # the last word is the curator's
        ("-5.6%", "5.6%", Fraction(56, 1000), Fraction(1, 1000), ""),
        ("8萬", ">80,000", 80000, 10**4, ">"),  # digits of the same value keep their own unit
        ("13個百分點", "13pp", Fraction(13, 100), Fraction(1, 100), ""),
        ("20.0", "~20", 20, Fraction(1, 10), "~"),
    ],
)
def test_what_a_numeral_reads_has_the_last_word(printed, reads, value, unit, comparator):
    numeral = parse(printed, reads)
    assert (numeral.value, numeral.unit, numeral.comparator) == (value, unit, comparator)


@pytest.mark.parametrize("reads", ["", ">", ">>1", "over 100", "=5", "≥5", ">5\n", "\n>5", "=>5"])
def test_refuses_readings_that_say_nothing(reads):
    with pytest.raises(ValueError, match="expected digits"):
        parse("百餘", reads)


# ------------------------------------------------------------------ unround and reround


@pytest.mark.parametrize(
    ("rule", "five", "zero"),
    [
        ("half_up", ("4.5", True, "5.5", False), ("-0.5", False, "0.5", False)),
        ("half_even", ("4.5", False, "5.5", False), ("-0.5", True, "0.5", True)),
        ("half_down", ("4.5", False, "5.5", True), ("-0.5", True, "0.5", True)),
        ("down", ("5", True, "6", False), ("-1", False, "1", False)),
        ("up", ("4", False, "5", True), ("0", True, "0", True)),
        (ANY, ("4", False, "6", False), ("-1", False, "1", False)),
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
def test_a_value_is_within_the_bounds_exactly_if_decimal_rounds_it_so(data, printed, rule):
    numeral = parse(printed)
    value = data.draw(values_near(printed))
    in_units = rounded_by_decimal(value / numeral.unit, 0, rule)
    assert unround(printed, rule).contains(value) == (in_units == str(numeral.value / numeral.unit))


@given(st.data(), numerals())
def test_any_rule_stands_for_what_one_of_the_five_could_have_printed(data, printed):
    value = data.draw(values_near(printed))
    by_some_rule = any(unround(printed, rule).contains(value) for rule in RULES)
    assert unround(printed, ANY).contains(value) == by_some_rule
    assert consistent(printed, value, 1, ANY) == by_some_rule


@given(st.data(), numerals(), rules)
def test_reround_prints_what_decimal_prints(data, printed, rule):
    numeral = parse(printed)
    suffix = printed.lstrip("-.0123456789")
    value = data.draw(values_near(printed))
    whole = data.draw(st.integers(1, 10**30))
    expected = rounded_by_decimal(value / UNITS[suffix], numeral.places, rule) + suffix
    assert reround(value * whole, whole, like=printed, rule=rule) == expected


def test_reround_decides_sign_and_separators_anew():
    assert reround(1234567, 1, like="9,999") == "1,234,567"
    assert reround(12, 1, like="9,999") == "12"
    assert reround(1234567, 1, like="999") == "1234567"
    assert reround(-3, 100, like="7%") == reround(-3, 100, like="+7%") == "-3%"
    assert reround(3, 100, like="-7%") == "3%"
    assert reround(86, 1, like="+5") == "+86"
    assert reround(-1, 10000, like="-7%") == reround(1, 10000, like="+7%") == "0%"
    assert reround(7, 10000, like="0.70‰") == "0.70‰"


def test_a_tie_is_printed_by_its_rule_alone():
    printed = {rule: reround(1, 32, like="0.00%", rule=rule) for rule in RULES}
    two = {"half_even": "3.12%", "half_down": "3.12%", "down": "3.12%"}
    assert printed == {"half_up": "3.13%", "up": "3.13%"} | two
    for rule in RULES:
        fits = [text for text in ("3.12%", "3.13%") if consistent(text, 1, 32, rule)]
        assert fits == [printed[rule]]


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
@pytest.mark.parametrize("rule", [*RULES, ANY])
def test_a_comparator_is_taken_at_its_word(reads, inside, outside, rule):
    bounds = unround("若干", rule, reads)
    assert all(map(bounds.contains, inside))
    assert not any(map(bounds.contains, outside))
    assert bounds.times(2).contains(40) == bounds.contains(20)


@pytest.mark.parametrize("rule", ["ceiling", "HALF_UP", "", None])
def test_other_rules_are_refused(rule):
    assert all(hasattr(decimal, f"ROUND_{known.upper()}") for known in RULES)
    calls = [
        lambda: unround("5", rule),
        lambda: unround("百餘", rule, ">100"),
        lambda: reround(1, 3, "5%", rule),
        lambda: reround(1, 3, "5%", ANY),  # one number is printed by one rule
        lambda: consistent("5%", 1, 3, rule),
        lambda: implied_parts("5%", 3, rule),
        lambda: implied_wholes("5%", 3, rule),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="half_up, half_even, half_down, down, up"):
            call()


# ------------------------------------------------------------------ consistent


@given(st.data(), numerals(), rules)
def test_consistent_is_reround_giving_the_same_text(data, printed, rule):
    whole = data.draw(st.integers(1, 10**5) | st.sampled_from([2**63, 10**25]))
    near = values_near(printed).map(lambda value: round(value * whole))
    part = data.draw(st.integers(-10, 10) | near)
    prints = reround(part, whole, like=printed, rule=rule) == printed
    assert consistent(printed, part, whole, rule) is prints


@given(st.data(), numerals(), rules)
def test_consistent_decides_at_the_very_ends_of_the_bounds(data, printed, rule):
    value = data.draw(values_near(printed))
    expected = unround(printed, rule).contains(value)
    assert consistent(printed, value, 1, rule) is expected
    assert consistent(printed, *value.as_integer_ratio(), rule) is expected
    assert consistent(printed, value * Fraction(3, 7), Fraction(3, 7), rule) is expected


@pytest.mark.parametrize(
    ("part", "whole", "message"),
    [
        (1, 0, "whole is 0"),
        (1, -3, "whole is -3"),
        (1.0, 3, "1.0: expected a whole number or a Fraction"),
        (1, 3.0, "3.0: expected"),
        (True, 3, "True: expected"),
        (decimal.Decimal(1), 3, "Decimal"),
        (None, 3, "None: expected"),
        (1, float("nan"), "nan: expected"),
    ],
)
def test_refuses_what_cannot_be_exact(part, whole, message):
    for call in (consistent, lambda _, *pair: reround(*pair, like="5%")):
        with pytest.raises(ValueError, match=message):
            call("5%", part, whole)


# ------------------------------------------------------------------ implied parts and wholes


def test_known_answers():
    assert list(implied_parts("8%", 1062)) == list(range(80, 91))
    assert list(implied_parts("71.17%", 5522)) == [3930]
    assert [len(implied_parts(text, 6568)) for text in ("83.30%", "83.3%", "83%")] == [1, 7, 66]
    assert implied_wholes("1.7%", 131) == WholeNumbers(7486, 7939)
    assert implied_wholes("1.7%", 131, "down") == WholeNumbers(7278, 7705)
    assert implied_wholes("74.5%", "111.7萬") == WholeNumbers(1497653, 1501006)
    assert implied_parts("71.17%", 10**40).size == 10**36


@given(numerals(most=300), st.integers(1, 400), rules)
def test_implied_parts_are_the_parts_that_print_the_numeral(printed, whole, rule):
    parts = implied_parts(printed, whole, rule)
    least = int(max(0, (parse(printed).value - 3 * parse(printed).unit) * whole))
    tried = range(least, least + 3000)
    expected = [part for part in tried if consistent(printed, part, whole, rule)]
    assert [part for part in tried if part in parts] == expected
    assert list(islice(parts, len(expected))) == expected[: parts.size]
    assert parts or not expected


@given(numerals(signs=[""], suffixes=["%", "‰", ""], most=2000), st.integers(0, 40), rules)
def test_implied_wholes_are_the_wholes_that_print_the_numeral(printed, part, rule):
    wholes = implied_wholes(printed, part, rule)
    expected = [whole for whole in range(1, 2000) if consistent(printed, part, whole, rule)]
    assert [whole for whole in range(2000) if whole in wholes] == expected
    if wholes.high is not None and wholes.high < 2000:
        assert list(wholes) == expected
    assert wholes or not expected


@given(numerals(signs=[""], suffixes=["%", "‰"], most=1000), st.integers(0, 40), rules)
def test_a_rounded_part_stands_for_each_of_its_counts(printed, count, rule):
    part, most = f"0.{count:03d}萬", 700
    counts = list(unround(part, rule).whole_numbers())
    assert counts == [k for k in range(500) if reround(k, 1, like=part, rule=rule) == part]
    wholes, rate = implied_wholes(printed, part, rule), unround(printed, rule)
    zero = 0 in counts and rate.contains(0)
    least, most_parts = (max(counts[0], 1), counts[-1]) if counts else (1, 0)
    for n in range(1, most):
        parts = rate.times(n)  # of n, what the rate allows: does it meet what the part allows?
        ends = parts.contains(least) or parts.contains(most_parts)
        meet = least <= most_parts and (ends or least < parts.lower < most_parts)
        assert (n in wholes) == (zero or meet)


@pytest.mark.parametrize(
    ("printed", "part", "rule", "low"),
    [
        ("0.0%", 0, "half_up", 1),
        ("0.0%", 3, "half_up", 6001),
        ("0.0%", 3, "half_down", 6000),
        ("0%", "0", "up", 1),
        ("1%", 3, "up", 300),
        ("-0.0%", 3, "down", 3001),
        ("0.0%", "1.0萬", "half_up", 19000001),
    ],
)
def test_a_numeral_that_can_be_zero_sets_no_upper_end(printed, part, rule, low):
    wholes = implied_wholes(printed, part, rule)
    assert (wholes.low, wholes.high, wholes.size) == (low, None, None)
    assert wholes and low in wholes and low - 1 not in wholes and 10**50 in wholes
    assert list(islice(wholes, 3)) == [low, low + 1, low + 2]


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
    ):
        assert nothing == WholeNumbers(0, -1)
        assert not nothing and list(nothing) == [] and len(nothing) == 0 and 0 not in nothing


def test_counts_that_are_no_counts_are_refused():
    for call in (lambda: implied_parts("5%", 0), lambda: implied_parts("5%", 1.0)):
        with pytest.raises(ValueError, match="expected"):
            call()
    with pytest.raises(ValueError, match=r"3\.5: expected"):
        implied_wholes("5%", 3.5)
    with pytest.raises(ValueError, match="'百餘' is not a numeral"):
        implied_wholes("5%", "百餘")


# ------------------------------------------------------------------ edits


def test_edits_of_a_rate():
    slips = list(edits("1.36%"))
    kinds = [kind for kind, _ in slips]
    counted = {kind: kinds.count(kind) for kind in kinds}
    assert counted == {"changed": 27, "swapped": 2, "dropped": 2, "doubled": 3}
    assert [text for kind, text in slips if kind == "dropped"] == ["1.6%", "1.3%"]
    assert [text for kind, text in slips if kind == "doubled"] == ["11.36%", "1.336%", "1.366%"]
    assert [text for _, text in slips][:9] == [f"{d}.36%" for d in "023456789"]


@pytest.mark.parametrize(
    ("printed", "others"),
    [
        ("0.75", "7.05 0.57 0.5 0.7 0.775 0.755"),
        ("105", "150 15 10 1105 1005 1055"),
        ("085", "805 058 85 05 08 0885 0855"),
        ("5", "55"),
        ("3.5%", "5.3% 33.5% 3.55%"),
        ("+1,075", "+1,705 +1,057 +175 +105 +107 +11,075 +10,075 +10,775 +10,755"),
    ],
)
def test_edits_put_no_new_zero_in_front_and_keep_the_manner(printed, others):
    assert [text for kind, text in edits(printed) if kind != "changed"] == others.split()


@given(numerals())
def test_edits_are_numerals_each_once_and_one_slip_away(printed):
    slips = list(edits(printed))
    texts = [text for _, text in slips]
    assert len(set(texts)) == len(texts) and printed not in texts
    digits = [mark for mark in printed if mark.isdigit()]
    for kind, text in slips:
        edited = [mark for mark in text if mark.isdigit()]
        assert len(edited) - len(digits) == {"dropped": -1, "doubled": 1}.get(kind, 0)
        assert parse(text).comparator == ""
        moved = [place for place, pair in enumerate(zip(digits, edited)) if pair[0] != pair[1]]
        if kind == "changed":
            assert len(moved) == 1
        if kind == "swapped":
            assert sorted(edited) == sorted(digits) and len(moved) == 2
        if kind == "dropped":
            assert any(digits[:i] + digits[i + 1 :] == edited for i in range(len(digits)))
        if kind == "doubled":
            assert any(digits[: i + 1] + digits[i:] == edited for i in range(len(digits)))


def test_no_single_slip_of_a_precise_rate_goes_unnoticed():
    assert consistent("71.17%", 3930, 5522)
    assert not any(consistent(text, 3930, 5522) for _, text in edits("71.17%"))
