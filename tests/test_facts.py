"""What is known of each cell: the order of rows decides nothing, and every value says its rows."""

import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import ledger
from helpers.record import audit, bounds
from helpers.record.bounds import Bounds, Reading, judge, stands_for, sure
from helpers.record.facts import Cell, Sum, whole_and_parts
from tests import made_up
from tests.made_up import change, level, rate, run

NEW, COMMUNITY, SHARE = "new_infections", "community_infections", "community_share"

# ── Bounds ──

ends = st.none() | st.integers(-3, 3)


@st.composite
def intervals(draw):
    lower, upper = draw(ends), draw(ends)
    if None not in (lower, upper) and lower > upper:
        lower, upper = upper, lower
    closed = lower == upper and lower is not None
    return Bounds(lower, closed or draw(st.booleans()), upper, closed or draw(st.booleans()))


SOME = [Fraction(n, 4) for n in range(-40, 41)]


def points(interval):
    return {n for n in SOME if interval.contains(n)}


@given(intervals(), intervals())
def test_intervals_agree_hold_and_meet_as_their_points_do(one, other):
    assert bounds.agree(one, other) == bool(points(one) & points(other))
    assert bounds.inside(one, other) == (points(one) <= points(other))
    assert points(bounds.hull(one, other)) >= points(one) | points(other)
    if bounds.agree(one, other):
        assert points(bounds.meet(one, other)) == points(one) & points(other)


@given(intervals(), intervals())
def test_sums_products_and_ratios_hold_all_that_their_terms_can_make(one, other):
    total = bounds.total((1, -1), [sure(one), sure(other)]).usual
    product, ratio = (
        bounds.product(*(map(bounds.not_negative, (one, other)))),
        bounds.ratio(one, other),
    )
    for a in [n for n in points(one) if abs(n) <= 3]:
        for b in [n for n in points(other) if abs(n) <= 3]:
            assert total.contains(a - b)
            if a >= 0 and b >= 0:
                assert product.contains(a * b)
                assert b == 0 or ratio.contains(a / b)


def test_judging_takes_rounded_numbers_for_all_that_any_rule_could_print():
    eight = stands_for("8%", None, rate=True)
    for share, verdict in (
        (75, True),
        (79, True),
        (85, None),
        (72, None),
        (70, False),
        (90, False),
    ):
        assert judge(sure(bounds.exactly(Fraction(share, 1000))), eight) is verdict
    assert judge(eight, sure(Bounds(Fraction(75, 1000), True, None, False))) is None
    assert judge(eight.ordinary, sure(Bounds(Fraction(75, 1000), True, None, False))) is True
    assert judge(None, eight) is None
    assert judge(eight, sure(bounds.ANY)) is None


def test_a_printed_number_stands_for_whole_numbers_where_it_counts():
    assert stands_for("2萬", None, rate=False).usual == Bounds(15000, True, 24999, True)
    assert stands_for("百餘", ">100", rate=False).usual == Bounds(101, True, None, False)
    assert stands_for("5,522", None, rate=False) == sure(bounds.exactly(5522))
    assert stands_for("1", None, rate=True).usual == Bounds(
        Fraction(1, 2), True, Fraction(3, 2), False
    )


# ── Order ──


def verdicts(record):
    """All that the audits say, without what names rows by their place."""
    evidence, found = audit.Evidence(record), Counter()
    for question in ("rate", "balance", "change", "run", "witness"):
        for row in getattr(audit, f"{question}_rows")(evidence):
            said = row._asdict()
            order = {"rows", "rests_on", "position", "statement", "arithmetic", "missing", "best"}
            order |= {"part_from", "whole_from"}
            found[question, *(str(v) for k, v in said.items() if k not in order)] += 1
    return found


def shuffled(record, seed):
    """The same rows of a ledger in another order, file by file."""
    chance, numbers = random.Random(seed), list(record.tables["numbers"])
    chance.shuffle(numbers)
    numbers.sort(key=lambda row: row.briefing)
    placed = tuple(row._replace(index=n) for n, row in enumerate(numbers))
    return ledger.Ledger(record.tables | {"numbers": placed}, record.dtypes)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_decides_nothing_in_the_record(seed):
    assert verdicts(shuffled(ledger.load(), seed)) == verdicts(ledger.load())


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_rows_decides_nothing_in_made_up_records_with_lies(seed):
    made, chance = made_up.record(3, 30, seed=seed), random.Random(seed)
    for rows in made.numbers.values():
        for row in chance.sample(rows, 3):
            if row["printed"].isdigit():
                row["printed"] = str(int(row["printed"]) + chance.choice((1, 10)))
        again = dict(chance.choice(rows))
        rows.append(again | {"number": "again", "position": str(len(rows) + 1)})
        if again["printed"].isdigit():
            rows[-1]["printed"] = str(int(again["printed"]) + 3)
    record = made.load()
    assert verdicts(shuffled(record, seed)) == verdicts(record)


# ── Known values ──


def known(measure, area, *rows, on=1):
    """The values of a cell as (route, low, high, the rows it rests on)."""
    found = audit.witness_rows(made_up.empty(2, 2).say(*rows))
    day = made_up.place
    return {
        (w.route, w.low, w.high, w.rests_on)
        for w in found
        if (w.measure, w.area) == (measure, area) and w.end and day(w.end) == on + 1
    }


def test_what_follows_says_its_route_and_its_rows():
    parts = level(30, NEW, "city"), level(12, NEW, "outside")
    assert known(NEW, "central", *parts) == {("rest", 18, 18, "1/n1; 1/n2")}
    assert known(NEW, "city", level(18, NEW), parts[1]) == {("parts", 30, 30, "1/n1; 1/n2")}
    terms = level(9, COMMUNITY), level(21, "controlled_infections")
    assert known(NEW, "central", *terms) == {("terms", 30, 30, "1/n1; 1/n2")}
    back = level(30, NEW), change("down", 5, NEW)
    assert known(NEW, "central", *back, on=0) == {("change", 35, 35, "1/n1; 1/n2")}
    relative = level(75, NEW), change("down", "25%", NEW)
    assert known(NEW, "central", *relative, on=0) == {("growth", 100, 100, "1/n1; 1/n2")}
    of_rate = level(1062, NEW, "outside"), rate("8%", SHARE, "outside")
    assert known(COMMUNITY, "outside", *of_rate) == {("rate", 80, 90, "1/n1; 1/n2")}
    span = level(30, NEW, on=(1, 3)), level(9, NEW), level(8, NEW, on=3)
    assert known(NEW, "central", *span, on=2) == {("span", 13, 13, "1/n1; 1/n2; 1/n3")}
    stock = level(30, "cleared"), level(33, "cleared", on=2)
    assert known("cleared_new", "central", *stock, on=2) == {("stock", 3, 3, "1/n1; 1/n2")}
    points = rate("10.0%", SHARE), change("down", "2.0pp", SHARE)
    (found,) = known(SHARE, "central", *points, on=0)
    assert found == ("points", Fraction(119, 1000), Fraction(121, 1000), "1/n1; 1/n2")


def test_a_complete_list_gives_the_one_that_is_missing():
    listed = [level(n, NEW, area, part_of="n1") for n, area in ((3, "c_1"), (2, "o_1"))]
    vague = level("幾", NEW, "o_2", reads=">1", part_of="n1")
    assert ("list", 7, 7, "1/n1; 1/n2; 1/n3") in known(
        NEW, "o_2", level(12, NEW, "city"), *listed, vague
    )


def test_nothing_follows_from_what_is_printed_for_the_cell_itself():
    rows = level(30, NEW), change("down", 5, NEW), level(36, NEW, on=0, file="2")
    found = {("printed", 30, 30, "1/n1"), ("change", 31, 31, "1/n2; 2/n3")}
    assert known(NEW, "central", *rows) == found


def test_the_best_supported_value_is_taken_and_ties_are_held_together():
    def best(*rows):
        return audit.daily(made_up.empty(2, 2).say(*rows))[["low", "high", "route"]].values.tolist()

    one, other = level(53, NEW), level(50, NEW, file="2", source="other")
    assert best(one, other) == [[50, 53, "in conflict"]]
    assert best(one | {"second_source": "copy"}, other) == [[50, 53, "in conflict"]]
    assert best(one | {"second_source": "bulletins"}, other) == [[53, 53, "printed"]]


def test_runs_are_no_values():
    assert known(NEW, "central", run("down", 3, NEW)) == set()


@given(st.lists(st.integers(0, 50), min_size=2, max_size=4), st.integers(0, 3))
def test_a_sum_is_solved_for_any_of_its_cells(numbers, place):
    cells = [Cell("m", str(n), "", None, None) for n in range(len(numbers) + 1)]
    one, place = Sum("parts", whole_and_parts(cells)), place % len(cells)
    readings = [sure(bounds.exactly(n)) for n in (sum(numbers), *numbers)]
    others = [r for i, r in enumerate(readings) if i != place]
    assert one.solved(place, others) == readings[place]
    assert one.total(readings) == Reading(bounds.ZERO, bounds.ZERO)
