"""Explanations: the edit that undoes a known slip is listed, and nothing worse supported is."""

import random

import pytest

from helpers import ledger, rounding
from helpers.record import audit, slips
from helpers.record.bounds import agree
from tests import made_up
from tests.made_up import change, day, level, rate
from tests.tamper import tamper

NEW, COMMUNITY, SHARE = "new_infections", "community_infections", "community_share"
OF_CITY = {"of_area": "city", "measure": "share_of_new_infections"}


def edits(*rows, units=2):
    """The edits listed for these rows as (number, edit, instead)."""
    found = slips.explain(made_up.empty(units, 2).say(*rows))
    return list(zip(found["number"], found["edit"], found["instead"], strict=True))


# ── Known slips ──


def slipped(seed, slips_made):
    """A consistent record with so many slips that its rest notices; and what undoes each."""
    made, chance, undo = made_up.record(3, 30, seed=seed), random.Random(seed), {}
    evidence = audit.Evidence(made.load())
    rows = [row for row in evidence.rows.values() if row.file.isdigit()]
    rows = [row for row in rows if row.kind in ("level", "rate", "change")]
    while len(undo) < slips_made:
        row = chance.choice(rows)
        text = chance.choice([text for _, text in rounding.edits(row.printed)])
        allowed = slips.rest(evidence, row, frozenset([row.index]))
        slip = slips.said(slips.reprinted(evidence, row, text))
        is_noticed = not all(agree(slip, value.bounds) for value in allowed)
        if is_noticed and f"{row.file}/{row.number}" not in undo:
            undo[f"{row.file}/{row.number}"] = row.printed
            made.row(row.file, row.number)["printed"] = text
    return made.load(), undo


@pytest.mark.parametrize(("slips_made", "at_least"), [(1, 60), (2, 105), (3, 133)])
def test_the_edit_that_undoes_a_slip_is_listed(slips_made, at_least):
    """Of 60, 120 and 180 slips."""
    listed = 0
    for seed in range(60):
        record, undo = slipped(seed, slips_made)
        found = slips.explain(record)
        told = set(zip(found["number"], found["instead"], strict=True))
        listed += sum(pair in told for pair in undo.items())
    assert listed >= at_least


def test_a_consistent_record_has_nothing_to_explain():
    assert slips.explain(made_up.record(3, 40, seed=2).load()).empty


# ── Kinds of edit ──


def test_support_counts_the_texts_behind_a_value():
    """53, which two reports print, is not explained away by 50, which one prints."""
    twice = level(53, NEW) | {"second_source": "bulletins"}
    once = level(50, NEW, file="2", source="other")
    assert edits(twice, once) == [("2/n2", "digit changed", "53")]


def test_a_rate_may_have_another_base_or_be_that_of_another_area_or_measure():
    counts = level(75, COMMUNITY), level(600, NEW)
    counts += level(100, COMMUNITY, "city"), level(1000, NEW, "city")
    assert ("1/n5", "another base", "of city") in edits(*counts, rate("7.5%", SHARE))
    assert ("1/n5", "another area", "city") in edits(*counts, rate("10.0%", SHARE))
    assert ("1/n5", "another measure", "controlled_share") in edits(*counts, rate("87.5%", SHARE))


def test_a_rate_may_have_been_cut_off_or_rounded_twice():
    cut_off = edits(level(79, COMMUNITY), level(1000, NEW), rate("7%", SHARE))
    assert ("1/n3", "another rule", "rounded by down") in cut_off
    twice = edits(level(745, COMMUNITY), level(10000, NEW), rate("8%", SHARE))
    assert ("1/n3", "rounded twice", "rounded to one more place first") in twice


def test_a_count_may_be_of_another_area_measure_or_day():
    parts = level(30, NEW, "city"), level(12, NEW, "outside")
    wrong_day = level(25, NEW), level(25, NEW, on=2, file="2", source="other")
    assert ("1/n3", "another day", "+1 day") in edits(*parts, *wrong_day)
    wrong_area = level(12, NEW), level(18, NEW, file="2", source="other")
    assert ("1/n3", "another area", "outside") in edits(*parts, *wrong_area)


def test_the_value_that_the_rest_implies_is_an_edit():
    parts = level(30, NEW, "city"), level(12, NEW, "outside"), level(25, NEW)
    assert ("1/n3", "what the rest implies", "18") in edits(*parts)
    days = level(90, NEW, on=0, file="2"), level(85, NEW), change("up", 9, NEW)
    assert ("1/n3", "what the rest implies", "down by 5") in edits(*days)


def test_two_counts_exchanged_are_told_as_one_edit():
    before = level(6385, NEW, on=0, file="2"), level(1407, NEW, "outside", on=0, file="2")
    now = change("down", 863, NEW), change("down", 345, NEW, "outside"), level(6584, NEW, "city")
    exchanged = level(1062, NEW), level(5522, NEW, "outside")
    assert ("1/n6", "exchanged", "exchanged with 1/n7") in edits(*before, *now, *exchanged)


def test_a_change_in_points_takes_part():
    counts = [
        level(n, m, on=on) for on in (0, 1) for n, m in ((100 + 20 * on, COMMUNITY), (1000, NEW))
    ]
    assert ("1/n5", "digit changed", "2pp") in edits(*counts, change("up", "3pp", SHARE))
    assert ("1/n5", "what the rest implies", "2pp") in edits(*counts, change("up", "45pp", SHARE))
    points = change("up", "2.0pp", SHARE), rate("10.0%", SHARE, on=0)
    assert edits(*points, rate("15.0%", SHARE)) == [(None, "", None)]


@pytest.mark.parametrize(
    "rows",
    [
        (level(10000, NEW), level(12000, COMMUNITY)),
        (level(3341, NEW, on=(1, 16)), level(3300, NEW, on=(1, 17))),
        (level(126, "cleared"), level(120, "cleared", on=3)),
        (rate("60%", **OF_CITY), rate("50%", area="outside", **OF_CITY)),
        (level(122, "converted"), level(318, "converted", end=day(1) + "T14:00")),
    ],
)
def test_a_claim_that_fails_inside_its_own_text_is_a_finding(rows):
    found = slips.explain(made_up.empty(2, 2).say(*rows))
    assert set(found["rests_on"]) == {"1/n1; 1/n2"}


def test_a_list_that_does_not_add_up_has_its_slip_listed():
    listed = [level(n, NEW, a, part_of="n1") for n, a in ((3, "c_1"), (2, "o_1"), (7, "o_2"))]
    found = edits(level(13, NEW, "city"), *listed)
    assert ("1/n1", "digit changed", "12") in found
    assert not [edit for edit in found if edit[1] == "another area"]


# ── Tampering ──


def test_slips_are_noticed_by_the_text_then_by_the_record_then_by_the_digest_alone():
    rows = level(30, NEW, "city"), level(12, NEW, "outside"), level(18, NEW), level(7, "firms")
    record = made_up.empty(2, 2).say(*rows, level(7, "firms", file="2", source="other"))
    by_number = {row.number: row for row in tamper(record, "1")}
    assert by_number["n1"].arithmetic == by_number["n1"].slips > 0
    assert by_number["n4"].record == by_number["n4"].slips > 0
    assert tamper(record.only("1"), "1")[3].digest == by_number["n4"].slips


def test_a_slip_of_context_is_noticed_by_the_digest_and_one_of_units_by_those_that_are_named():
    record = ledger.load()
    (row,) = tamper(record, "160")
    assert (row.kind, row.digest) == ("context", row.slips)
    units = next(row for row in tamper(record, "155") if row.number == "four_districts_units")
    assert units.arithmetic == units.slips > 0
