"""cells.py: what follows from what, one derivation at a time, and that nothing follows that should not."""

from datetime import UTC, datetime
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import ledger
from helpers.cells import DAY, UNKNOWN, ZERO, Cells, add, agree, below, count_bounds, exact, hull, is_exact
from helpers.rounding import Bounds
from tests import made_up
from tests.made_up import day

ON = {"start": day(1), "end": day(2)}
BEFORE = {"start": day(0), "end": day(1)}
NEW = "new_infections"


@cache
def real() -> Cells:
    return Cells(ledger.load())


def moment(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def cell(cells, measure, area, start=ON["start"], end=ON["end"], file=""):
    return cells.cell(measure, area, None, start and moment(start), end and moment(end), file)


def values(record, measure, area, **times):
    """{route: the values that lead there} of one cell of a made-up record."""
    cells = Cells(record.load())
    found = {}
    for witness in cells.witnesses(cell(cells, measure, area, **times)):
        found.setdefault(witness.route, set()).add(witness.value)
    return found


def between(low, high):
    return Bounds(Fraction(low), True, Fraction(high), True)


# Bounds against all values of a fine grid.

GRID = [Fraction(n, 2) for n in range(-8, 9)]
ends = st.one_of(st.none(), st.integers(-3, 3).map(Fraction))


@st.composite
def bounds(draw):
    lower, upper = draw(ends), draw(ends)
    if lower is not None and upper is not None and lower > upper:
        lower, upper = upper, lower
    closed = lower is not None and lower == upper
    incl = (closed or draw(st.booleans()) for _ in range(2))
    return Bounds(lower, next(incl) and lower is not None, upper, next(incl) and upper is not None)


def points(value):
    return [p for p in GRID if value.contains(p)]


@given(bounds(), bounds())
def test_below_and_agree_say_what_all_values_say(left, right):
    assert below(left, right) == all(a < b for a in points(left) for b in points(right))
    assert agree(left, right) == bool(set(points(left)) & set(points(right)))


@given(bounds(), bounds(), st.sampled_from([1, -1]))
def test_a_sum_holds_exactly_the_sums_of_its_values(left, right, sign):
    total = add([(1, left), (sign, right)])
    sums = {a + sign * b for a in points(left) for b in points(right)}
    assert all(total.contains(s) for s in sums)
    inner = [p for p in GRID if -1 <= p <= 1 and total.contains(p)]
    assert all(any(right.contains(sign * (p - Fraction(a, 8))) for a in range(-64, 65) if left.contains(Fraction(a, 8)))
               for p in inner)  # fmt: skip


@given(st.lists(bounds(), min_size=1, max_size=4))
def test_a_hull_is_the_narrowest(several):
    wide = hull(several)
    covered = {p for value in several for p in points(value)}
    assert points(wide) == [p for p in GRID if min(covered) <= p <= max(covered)]


@pytest.mark.parametrize(
    ("printed", "reads", "low", "high"),
    [
        ("75", None, 75, 75),
        ("5,522", None, 5522, 5522),
        ("111.7萬", None, 1116500, 1117499),
        ("3億", None, 250000000, 349999999),
        ("1,000", ">1000", 1001, None),
        ("1000", ">=1000", 1000, None),
        ("300", "<300", 0, 299),
        ("百餘", ">100", 101, None),
        ("20", "~20", 0, None),
        ("兩", "2", 2, 2),
        ("兩萬", "2萬", 15000, 24999),
    ],
)
def test_a_count_stands_for_whole_numbers(printed, reads, low, high):
    assert count_bounds(printed, reads)[::2] == (low, high)


# Each derivation on its own.


def test_parts_make_up_the_whole_and_the_rest_is_what_remains():
    record = made_up.empty()
    record.add("1", "a", 30, NEW, "central", **ON)
    record.add("1", "b", 12, NEW, "outside", **ON)
    assert values(record, NEW, "city") == {"parts": {exact(42)}}
    record.row("1", "b")["area"] = "city"
    record.row("1", "b")["printed"] = "42"
    assert values(record, NEW, "outside") == {"rest": {exact(12)}}


@pytest.mark.parametrize("printed", ["0%", "0.0%"])
def test_a_rate_of_nearly_nothing_bounds_the_part_from_above_and_the_whole_from_below(printed):
    record, precise = made_up.empty(), printed == "0.0%"
    record.add("1", "share", printed, "community_share", "central", kind="rate", **ON)
    record.add("1", "whole", 1000, NEW, "central", **ON)
    assert values(record, "community_infections", "central") == {"rate": {between(0, 0 if precise else 4)}}
    record.row("1", "whole")["measure"] = "community_infections"
    (value,) = values(record, NEW, "central")["rate"]
    assert (value.lower, value.upper) == (2_000_001 if precise else 200_001, None)


def test_an_incomplete_scheme_derives_nothing():
    record = made_up.empty()
    record.add("1", "a", 30, NEW, "unnamed", **ON)
    assert values(record, NEW, "outside") == {}


def test_terms_with_their_signs():
    record = made_up.empty()
    for measure, count in (("new_confirmed", 20), ("converted", 5), ("new_asymptomatic", 100)):
        record.add("1", measure, count, measure, **ON)
    assert values(record, NEW, "city") == {"terms": {exact(115)}}
    record.row("1", "converted")["measure"] = NEW
    assert values(record, "converted", "city") == {"terms": {exact(115)}}


def test_terms_with_their_signs_solved_for_the_subtracted_one():
    record = made_up.empty()
    for measure, count in (("new_confirmed", 20), (NEW, 115), ("new_asymptomatic", 100)):
        record.add("1", measure, count, measure, **ON)
    assert values(record, "converted", "city") == {"terms": {exact(5)}}


@pytest.mark.parametrize(("claim", "before", "after"), [("down", 37, 23), ("up", 23, 37)])
def test_a_change_leads_both_ways(claim, before, after):
    record = made_up.empty()
    record.add("1", "level", 30, NEW, **ON)
    record.add("1", "change", 7, NEW, kind="change", claim=claim, since=day(0), **ON)
    assert values(record, NEW, "city", **BEFORE) == {"change": {exact(before)}}
    record.row("1", "level").update(BEFORE)
    assert values(record, NEW, "city") == {"change": {exact(after)}}


def test_a_change_over_several_days_leads_to_the_day_it_names():
    record = made_up.empty()
    record.add("1", "level", 30, NEW, start=day(4), end=day(5))
    record.add("1", "change", 7, NEW, kind="change", claim="up", since=day(1), start=day(4), end=day(5))
    assert values(record, NEW, "city", start=day(1), end=day(2)) == {"change": {exact(23)}}


def test_a_change_of_half_a_day_is_one_against_the_same_half():
    record = made_up.empty()
    half = {"start": day(1), "end": day(1) + "T12:00"}
    record.add("1", "level", 30, NEW, **half)
    record.add("1", "change", 7, NEW, kind="change", claim="up", since=day(0), **half)
    assert values(record, NEW, "city", start=day(0), end=day(0) + "T12:00") == {"change": {exact(23)}}


def test_a_change_that_would_lead_below_zero_leads_nowhere():
    record = made_up.empty()
    record.add("1", "level", 3, NEW, **ON)
    record.add("1", "change", 7, NEW, kind="change", claim="up", since=day(0), **ON)
    assert values(record, NEW, "city", **BEFORE) == {}


def test_a_span_is_the_sum_of_its_days():
    record = made_up.empty()
    for k, count in ((1, 4), (2, 5), (3, 6)):
        record.add("1", f"d{k}", count, NEW, start=day(k), end=day(k + 1))
    assert not any(c.end - c.start > DAY for c in Cells(record.load()).depths()), "no span is made up"
    record.add("1", "span", 15, NEW, start=day(1), end=day(4))
    assert values(record, NEW, "city", start=day(1), end=day(4)) == {"printed": {exact(15)}, "span": {exact(15)}}
    record.numbers["1"].remove(record.row("1", "d2"))
    assert values(record, NEW, "city", start=day(2), end=day(3)) == {"span": {exact(5)}}


def test_a_stock_is_the_stock_before_and_what_is_new():
    record = made_up.empty()
    record.add("1", "before", 100, "cleared", "central", end=day(1))
    record.add("1", "new", 8, "cleared_new", "central", **ON)
    assert values(record, "cleared", "central", start=None) == {"stock": {exact(108)}}
    record.row("1", "before").update(end=day(2), printed="108")
    assert values(record, "cleared", "central", start=None, end=day(1)) == {"stock": {exact(100)}}
    record.add("1", "more", 130, "cleared", "central", end=day(3))
    assert values(record, "cleared_new", "central", start=day(2), end=day(3)) == {"stock": {exact(22)}}


def test_a_rate_gives_bounds_of_its_part_and_of_its_whole():
    record = made_up.empty()
    record.add("1", "whole", 200, NEW, "central", **ON)
    record.add("1", "share", "8%", "community_share", "central", kind="rate", **ON)
    fits = [k for k in range(201) if made_up.percent(k, 200, 0) == "8%"]
    assert values(record, "community_infections", "central") == {"rate": {between(fits[0], fits[-1])}}
    record.row("1", "whole").update(measure="community_infections", printed="16")
    fits = [n for n in range(16, 999) if made_up.percent(16, n, 0) == "8%"]
    assert values(record, NEW, "central") == {"rate": {between(fits[0], fits[-1])}}


def test_a_share_of_a_larger_area_bounds_the_count_of_either():
    record = made_up.empty()
    record.add("1", "whole", 200, NEW, "central", **ON)
    record.add("1", "share", "8%", "share_of_new_infections", "pair", of_area="central", kind="rate", **ON)
    assert values(record, NEW, "pair") == {"rate": {between(15, 16)}}


def test_a_rate_that_no_whole_number_gives_contradicts_every_count():
    record = made_up.empty()
    record.add("1", "whole", 3, NEW, "central", **ON)
    record.add("1", "share", "50%", "community_share", "central", kind="rate", **ON)
    (value,) = values(record, "community_infections", "central")["rate"]
    assert not any(value.contains(k) for k in range(4))


def test_what_is_not_printed_is_zero_only_where_nothing_is_left():
    record = made_up.empty()
    record.add("1", "whole", 30, NEW, "central", **ON)
    record.add("1", "all", 30, NEW, "c_1", **ON)
    for area in ("c_2", "c_3"):
        assert values(record, NEW, area) == {"nothing left": {ZERO}}
    record.row("1", "whole")["printed"] = "31"
    for area in ("c_2", "c_3"):
        assert values(record, NEW, area) == {}, "missing is never zero"


def test_the_only_part_left_follows_like_any_other():
    record = made_up.empty()
    record.add("1", "whole", 30, NEW, "central", **ON)
    record.add("1", "all", 30, NEW, "c_1", **ON)
    record.add("1", "none", 0, NEW, "c_2", **ON)
    assert values(record, NEW, "c_3") == {"rest": {ZERO}}


def test_a_rounded_count_leaves_room_for_more():
    record = made_up.empty()
    record.add("1", "whole", "3萬", NEW, "central", **ON)
    record.add("1", "all", 30000, NEW, "c_1", **ON)
    assert values(record, NEW, "c_2") == {}


@pytest.mark.parametrize("area", ["central", "c_1"])
def test_nothing_is_zero_where_a_count_is_printed_in_two_ways(area):
    record = made_up.empty()
    record.add("1", "whole", 30, NEW, "central", **ON)
    record.add("1", "all", 30, NEW, "c_1", **ON)
    record.add("2", "again", 31, NEW, area, **ON, source="other")
    assert values(record, NEW, "c_2") == {}


def test_bounds_go_through_sums():
    record = made_up.empty()
    record.add("1", "whole", 50, NEW, "city", **ON)
    record.add("1", "part", 40, NEW, "central", reads=">40", **ON)
    assert values(record, NEW, "outside") == {"rest": {between(0, 9)}}


# What does not go together.


def test_a_cell_without_time_or_area_is_compared_with_its_own_text_alone():
    record = made_up.empty()
    for file, count in (("1", 5), ("2", 6)):
        record.add(file, "undated", count, "firms")
        record.add(file, "nowhere", count, "firms", area="", end=day(2))
    cells = Cells(record.load())
    assert len(cells.printed) == 4
    assert all(len(cells.witnesses(c)) == 1 for c in cells.printed)
    record.add("1", "dated", 5, "firms", end=day(2))
    record.add("2", "dated", 6, "firms", end=day(2))
    assert values(record, "firms", "city", start=None) == {"printed": {exact(5), exact(6)}}


def test_days_and_moments_are_not_mixed():
    record = made_up.empty()
    record.add("1", "half", 5, NEW, "central", start=day(1), end=day(1) + "T12:00")
    record.add("1", "outside", 6, NEW, "outside", **ON)
    assert values(record, NEW, "city") == {}


def test_the_two_ways_of_counting_units_do_not_mix():
    record = made_up.record(briefings=2, numbers=200, central=4, outside=3)
    check_schemes(Cells(record.load()))


def test_the_two_ways_of_counting_units_do_not_mix_in_the_record():
    check_schemes(real())


def check_schemes(cells):
    inner = {"central", *cells.schemes["central", "units"][1]}
    inner |= {area for (area, _), (_, members) in cells.schemes.items() if set(members) <= inner}
    parts = set(cells.schemes["city", "parts"][1])
    outer = set(cells.schemes["outside", "units"][1])
    booked = set(cells.schemes["city", "bulletin"][1]) - outer
    assert booked and not booked & (inner | parts | outer)
    rests = 0
    for c in cells.depths():
        for relation in cells.relations(c):
            areas = {other.area for other in relation.cells}
            assert not (areas & booked and areas & (inner | parts))
        for witness in cells.witnesses(c):
            areas = {cells.row[row].cell.area for row in witness.rows}
            if areas & booked and c.area not in booked:
                rests += 1
                assert c.area not in inner
                assert c.area == "city" or "city" in areas, "through the city alone"
    assert rests


def test_no_value_rests_on_its_own_number():
    for cells in (real(), Cells(made_up.record(3, 200, 5).load())):
        for c in cells.depths():
            own = {row.index for row in cells.printed.get(c, ())}
            for witness in cells.witnesses(c):
                assert witness.rows == witness.rows & own if witness.route == "printed" else not witness.rows & own


def test_an_independent_route_is_not_hidden_by_one_that_leads_back():
    record = made_up.empty()
    record.add("1", "city", 30, NEW, "city", **ON)
    record.add("1", "central", 20, NEW, "central", **ON)
    for i, count in enumerate((1, 2, 8), 1):
        record.add("1", f"o{i}", count, NEW, f"o_{i}", **ON)
    # outside is city − central, or the sum of its units: only the latter says anything of the city
    assert values(record, NEW, "city") == {"printed": {exact(30)}, "parts": {exact(31)}}
    record.row("1", "o3")["printed"] = "7"
    assert values(record, NEW, "city") == {"printed": {exact(30)}, "parts": {exact(30)}}


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4))
def test_every_value_of_a_consistent_record_is_the_true_one_or_holds_it(seed, central, outside):
    record = made_up.record(briefings=3, numbers=200, seed=seed, central=central + 1, outside=outside)
    cells, seen = Cells(record.load()), set()
    for c in cells.depths():
        if c.start and c.end - c.start > DAY:
            continue
        k = (c.end - DAY - moment(day(0))) // DAY
        truth = record.truth.get((c.measure, c.area, k))
        for witness in cells.witnesses(c):
            if truth is not None:
                assert witness.value.contains(truth), (c, witness)
                seen.add(witness.route)
    assert seen >= {"printed", "parts", "terms", "change", "stock", "rate", "span"}


def test_every_end_of_every_value_is_a_whole_number_or_a_fraction():
    for cells in (real(), Cells(made_up.record(2, 200).load())):
        for witness in (w for c in cells.depths() for w in cells.witnesses(c)):
            assert {type(end) for end in witness.value[::2]} <= {int, Fraction, type(None)}


# Which value is taken.


def test_exact_values_come_before_bounds_and_more_texts_before_fewer():
    record = made_up.empty()
    record.add("1", "a", 30, NEW, **ON)
    record.add("2", "b", 40, NEW, **ON, source="other")
    record.add("3", "c", 20, NEW, **ON, reads=">20")
    cells = Cells(record.load())
    c = cell(cells, NEW, "city")
    assert {w.value for w in cells.best_of(cells.witnesses(c))} == {exact(30), exact(40)}, "a tie stays one"
    record.row("1", "a")["second_source"] = "copy"
    cells = Cells(record.load())
    assert len(cells.best_of(cells.witnesses(c))) == 2, "two pages of one text are one witness"
    record.row("1", "a")["second_source"] = "bulletins"
    cells = Cells(record.load())
    assert [w.value for w in cells.best_of(cells.witnesses(c))] == [exact(30)]
    record.numbers["1"].clear()
    record.numbers["1"].append(record.numbers["2"].pop())
    record.add("2", "z", 45, NEW, **ON)
    cells = Cells(record.load())
    assert {w.value for w in cells.best_of(cells.witnesses(c))} == {exact(40), exact(45)}


def test_a_tie_is_broken_by_bounds_that_hold_one_of_the_values():
    record = made_up.empty()
    record.add("1", "a", 30, NEW, "central", **ON)
    record.add("2", "b", 40, NEW, "central", source="other", **ON)
    record.add("1", "part", 8, "community_infections", "central", **ON)
    record.add("1", "share", "20%", "community_share", "central", kind="rate", **ON)
    cells = Cells(record.load())
    assert [w.value for w in cells.best_of(cells.witnesses(cell(cells, NEW, "central")))] == [exact(40)]


# One row changed is the same as the record read anew.


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.data())
def test_a_changed_row_leads_to_what_the_changed_record_leads_to(seed, data):
    record = made_up.record(briefings=2, numbers=200, seed=seed, central=2, outside=2)
    file = data.draw(st.sampled_from(["1", "2", "bulletins"]))
    row = data.draw(st.sampled_from([r for r in record.numbers[file] if r["kind"] != "run"]))
    before = Cells(record.load())
    (index,) = (i for i, r in before.row.items() if (r.file, r.number) == (file, row["number"]))
    if row["kind"] == "level" and data.draw(st.booleans()):
        row["area"] = data.draw(st.sampled_from(["city", "central", "c_1", "o_2", "unnamed"]))
    elif row["kind"] == "rate" and row["of_area"] and data.draw(st.booleans()):
        row["of_area"] = data.draw(st.sampled_from(["city", "central", "outside", "unnamed"]))
    else:
        row["printed"] = data.draw(st.sampled_from(["1", "77", "123456"])) + "%" * (row["kind"] == "rate")
    after = Cells(record.load())
    changed = before.with_row(after.row[index])
    for c in after.depths():
        assert set(changed.witnesses(c)) == set(after.witnesses(c))
    assert changed.depths() == after.depths()
    assert all(before.witnesses(c) for c in before.depths()), "the first stays as it was"


def test_unknown_holds_every_count():
    assert all(UNKNOWN.contains(n) for n in (0, 1, 10**9))
    assert not UNKNOWN.contains(-1) and not is_exact(UNKNOWN)


# What a cell is, and how far a value reaches.


@pytest.mark.parametrize(
    ("measure", "needs_start", "keeps_start"),
    [
        (NEW, True, True),
        ("units_without_community", True, True),  # a tally
        ("community_share", False, True),
        ("firms", False, False),  # a stock
        ("units", False, False),  # the members of an area
    ],
)
def test_a_cell_belongs_to_its_file_where_time_or_area_is_not_stated(measure, needs_start, keeps_start):
    cells = Cells(made_up.record(1, 5).load())
    assert cells.cell(measure, "city", None, 0, DAY, "1") == (measure, "city", "", 0 if keeps_start else None, DAY, "")
    assert cells.cell(measure, "city", None, None, DAY, "1").scope == ("1" if needs_start else "")
    assert cells.cell(measure, "city", None, 0, None, "1").scope == "1"
    assert cells.cell(measure, None, None, 0, DAY, "1") == (measure, "", "", 0 if keeps_start else None, DAY, "1")


def test_what_is_derived_goes_through_two_steps_at_most():
    record = made_up.empty()
    record.add("1", "level", 10, NEW, **ON)
    for k in (2, 3, 4):
        times = {"start": day(k), "end": day(k + 1), "since": day(k - 1)}
        record.add("1", f"change{k}", 1, NEW, kind="change", claim="up", **times)
    cells = Cells(record.load())
    days = [cell(cells, NEW, "city", start=day(k), end=day(k + 1)) for k in (1, 2, 3, 4)]
    assert [cells.depths().get(c) for c in days] == [0, 1, 2, None]
    assert [[w.value for w in cells.witnesses(c)] for c in days] == [[exact(10)], [exact(11)], [exact(12)], []]
    assert cells.witnesses(days[2], 1) == cells.witnesses(days[1], 0) == []


def rows_of_routes(record, measure, area, **times):
    """{route: the numbers that its value rests on} of one cell of a made-up record."""
    cells = Cells(record.load())
    found = cells.witnesses(cell(cells, measure, area, **times))
    return {w.route: {cells.row[index].number for index in w.rows} for w in found}


def test_a_value_rests_on_all_numbers_that_lead_to_it():
    record = made_up.empty()
    record.add("1", "city", 50, NEW, **ON)
    record.add("1", "fall", 7, NEW, kind="change", claim="down", since=day(0), **ON)
    record.add("1", "outside", 20, NEW, "outside", **ON)
    record.add("1", "share", "50%", "community_share", "central", kind="rate", **ON)
    record.add("1", "community", 15, "community_infections", "central", **ON)
    record.add("1", "cleared", 40, "cleared", end=day(2))
    record.add("1", "cleared_new", 4, "cleared_new", **ON)
    assert rows_of_routes(record, NEW, "city", **BEFORE) == {"change": {"city", "fall"}}
    assert rows_of_routes(record, NEW, "central") == {"rest": {"city", "outside"}, "rate": {"share", "community"}}
    assert rows_of_routes(record, "cleared", "city", start=None, end=day(1)) == {"stock": {"cleared", "cleared_new"}}
    record.add("1", "central", 30, NEW, "central", **ON)
    record.add("1", "c_1", 30, NEW, "c_1", **ON)
    assert rows_of_routes(record, NEW, "c_2") == {"nothing left": {"central", "c_1"}}


def test_the_same_value_from_more_rows_is_no_other_value():
    record = made_up.empty()
    record.add("1", "city", 50, NEW, **ON)
    record.add("1", "central", 30, NEW, "central", **ON)
    record.add("2", "central", 30, NEW, "central", **ON, source="other")
    record.add("1", "outside", 20, NEW, "outside", **ON)
    cells = Cells(record.load())
    found = cells.witnesses(cell(cells, NEW, "central"))
    assert [(w.route, len(w.rows)) for w in found] == [("printed", 1), ("printed", 1), ("rest", 2)]
    assert {w.value for w in found} == {exact(30)} and len({w.rows for w in found}) == 3


def test_other_choices_are_tried_in_one_place_at_a_time_and_three_at_most():
    record = made_up.empty()
    for file, source, central, outside in (("1", "report", 30, 200), ("2", "other", 31, 100)):
        record.add(file, "central", central, NEW, "central", **ON, source=source)
        record.add(file, "outside", outside, NEW, "outside", **ON, source=source)
    assert values(record, NEW, "city") == {"parts": {exact(230), exact(231), exact(130)}}
    for number, central in (("third", 32), ("fourth", 33)):
        record.add("2", number, central, NEW, "central", **ON, source="other")
    record.numbers["2"].remove(record.row("2", "outside"))
    assert values(record, NEW, "city") == {"parts": {exact(230), exact(231), exact(232)}}


def test_the_numbers_of_a_file_are_told_apart():
    record = made_up.empty()
    for file, number in (("1", "a"), ("2", "b"), ("1", "c")):
        record.add(file, number, 5, NEW, **ON)
    cells = Cells(record.load())
    assert [[row.number for row in cells.rows_of(file)] for file in ("1", "2")] == [["a", "c"], ["b"]]
    assert [row.number for row in cells.rows] == ["a", "c", "b"]


def test_a_sum_that_assumes_something_says_so_once():
    record = made_up.empty()
    for term, assumes in zip((t for t in record.tables["terms"] if t["scheme"] == "bulletin"), ("one", "two", "one")):
        term["assumes"] = assumes
    record.add("1", "a", 5, NEW, **ON)
    cells = Cells(record.load())
    found = {r.cells[1].measure: r.assumes for r in cells.relations(cell(cells, NEW, "city")) if r.kind == "terms"}
    assert found == {"new_confirmed": "one; two", "community_infections": ""}


# The ends of derivations.


def test_a_count_with_decimals_stands_for_what_rounds_to_it():
    assert count_bounds("1.5", None) == Bounds(Fraction(145, 100), True, Fraction(155, 100), False)


def test_a_change_may_lead_to_zero():
    record = made_up.empty()
    record.add("1", "level", 7, NEW, **ON)
    record.add("1", "change", 7, NEW, kind="change", claim="up", since=day(0), **ON)
    assert values(record, NEW, "city", **BEFORE) == {"change": {ZERO}}


def test_a_change_of_a_stock_leads_to_the_end_of_the_day_it_names():
    record = made_up.empty()
    record.add("1", "level", 100, "firms", end=day(4))
    record.add("1", "change", 7, "firms", kind="change", claim="up", since=day(1), end=day(4))
    assert values(record, "firms", "city", start=None, end=day(2)) == {"change": {exact(93)}}


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_any_one_day_of_a_span_follows_from_the_others(missing):
    record = made_up.empty()
    record.add("1", "span", 15, NEW, start=day(1), end=day(4))
    for k in (0, *{1, 2, 3} - {missing}, 4):
        record.add("1", f"d{k}", k, NEW, start=day(k), end=day(k + 1))
    rest = 15 - (1 + 2 + 3 - missing)
    assert values(record, NEW, "city", start=day(missing), end=day(missing + 1)) == {"span": {exact(rest)}}
    assert values(record, NEW, "city", start=day(4), end=day(5)) == {"printed": {exact(4)}}
    assert values(record, NEW, "city", start=day(0), end=day(1)) == {"printed": {exact(0)}}


def test_a_tally_of_several_days_is_not_the_sum_of_its_days():
    record = made_up.empty()
    for k in (1, 2):
        record.add("1", f"d{k}", 4, "units_without_community", "city", start=day(k), end=day(k + 1))
    record.add("1", "span", 3, "units_without_community", "city", start=day(1), end=day(3))
    assert values(record, "units_without_community", "city", start=day(1), end=day(3)) == {"printed": {exact(3)}}


def test_a_span_of_hours_is_not_the_sum_of_days():
    record = made_up.empty()
    for k in (1, 2):
        record.add("1", f"d{k}", 4, NEW, start=day(k), end=day(k + 1))
    record.add("1", "span", 9, NEW, start=day(1), end=day(3) + "T12:00")
    assert values(record, NEW, "city", start=day(1), end=day(3) + "T12:00") == {"printed": {exact(9)}}


def test_a_stock_and_its_inflow_without_a_day_lead_nowhere():
    record = made_up.empty()
    record.add("1", "stock", 100, "cleared")
    record.add("1", "new", 8, "cleared_new")
    cells = Cells(record.load())
    assert {w.route for c in cells.depths() for w in cells.witnesses(c)} == {"printed"}
    assert len(cells.depths()) == 2


@pytest.mark.parametrize("part", [15, 16, 17])  # 15/200 is 7.5 %, 17/200 is 8.5 %
def test_a_rate_and_a_part_bound_the_whole_by_the_ordinary_rule(part):
    record = made_up.empty()
    record.add("1", "part", part, "community_infections", "central", **ON)
    record.add("1", "share", "8%", "community_share", "central", kind="rate", **ON)
    fits = [n for n in range(part, 999) if made_up.percent(part, n, 0) == "8%"]
    assert values(record, NEW, "central") == {"rate": {between(fits[0], fits[-1])}}


@pytest.mark.parametrize("measure", [NEW, "community_infections"])
def test_a_share_of_nothing_says_nothing(measure):
    record = made_up.empty()
    record.add("1", "count", 0, measure, "central", **ON)
    record.add("1", "share", "8%", "community_share", "central", kind="rate", **ON)
    other = {NEW: "community_infections", "community_infections": NEW}[measure]
    assert values(record, other, "central") == {}


def test_a_rate_in_words_derives_nothing():
    record = made_up.empty()
    record.add("1", "whole", 200, NEW, "central", **ON)
    record.add("1", "share", "一半", "community_share", "central", kind="rate", reads="50%", **ON)
    assert values(record, "community_infections", "central") == {}
    record.row("1", "share").update(printed="50%", reads="")
    assert values(record, "community_infections", "central") == {"rate": {between(99, 100)}}


def test_what_a_rate_bounds_leads_on_to_what_is_left():
    record = made_up.empty()
    record.add("1", "whole", 200, NEW, "central", **ON)
    record.add("1", "share", "8%", "community_share", "central", kind="rate", **ON)
    cells = Cells(record.load())
    community, controlled = (cell(cells, f"{kind}_infections", "central") for kind in ("community", "controlled"))
    assert (cells.depths()[community], cells.depths()[controlled]) == (1, 2)
    assert values(record, "controlled_infections", "central") == {"terms": {between(200 - 16, 200 - 15)}}
    record.numbers["1"].remove(record.row("1", "whole"))
    cells = Cells(record.load())
    assert [c.measure for c in cells.depths()] == ["community_share"], "a rate of unknown counts bounds none"


def test_a_day_follows_from_two_days_and_the_other():
    record = made_up.empty()
    record.add("1", "both", 9, NEW, start=day(1), end=day(3))
    record.add("1", "first", 4, NEW, **ON)
    assert values(record, NEW, "city", start=day(2), end=day(3)) == {"span": {exact(5)}}


@pytest.mark.parametrize("measure", ["index", "community_share"])
def test_the_rates_of_parts_do_not_add_up_to_one_of_the_whole(measure):
    record = made_up.empty()
    record.add("1", "central", "15%", measure, "central", kind="rate", **ON)
    record.add("1", "outside", "13%", measure, "outside", kind="rate", **ON)
    assert values(record, measure, "city") == {}
    assert len(Cells(record.load()).depths()) == 2


def test_a_row_is_changed_in_a_copy_in_all_that_follows_from_it():
    record = made_up.empty()
    record.add("1", "central", 30, NEW, "central", **ON)
    record.add("1", "outside", 12, NEW, "outside", **ON)
    record.add("1", "change", 7, NEW, "outside", kind="change", claim="up", since=day(0), **ON)
    record.add("1", "share", "50%", "community_share", "central", kind="rate", **ON)
    before = Cells(record.load())
    city, outside = cell(before, NEW, "city"), cell(before, NEW, "outside", **BEFORE)
    community = cell(before, "community_infections", "central")
    rows = {row.number: row for row in before.rows}

    def after(number, at, **new):
        return [w.value for w in before.with_row(rows[number]._replace(**new)).witnesses(at)]

    assert after("central", city, printed="31") == [exact(43)]
    assert after("change", outside, claim="down") == [exact(19)]
    assert after("share", community, printed="10%") == [exact(3)]
    moved = before.with_row(rows["central"]._replace(cell=cell(before, NEW, "c_1")))
    assert city in before.depths() and city not in moved.depths()
    assert moved.witnesses(city) == [] and rows["central"].cell not in moved.printed
    assert [[w.value for w in before.witnesses(c)] for c in (city, outside)] == [[exact(42)], [exact(5)]]
