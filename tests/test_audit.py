"""The audits: every verdict on small made-up records whose truth is plain, and what they must see.

`made_up.empty().say(…)` is a record of the rows that a test names; `level`, `rate`, `change` and
`run` make them, of day 1 and of the central part unless said otherwise.
"""

from fractions import Fraction

import pytest

from helpers import ledger
from helpers.record import audit
from helpers.words import Verdict
from tests import made_up
from tests.made_up import change, day, level, rate, run

NEW, COMMUNITY, SHARE = "new_infections", "community_infections", "community_share"
OF_CITY = {"of_area": "city", "measure": "share_of_new_infections"}
HOLDS, FAILS, UNDECIDED = Verdict.HOLDS, Verdict.FAILS, Verdict.UNDECIDED


def say(*rows):
    return made_up.empty(2, 2).say(*rows)


def only(question, *rows):
    """The one verdict of a question on these rows."""
    (found,) = getattr(audit, f"{question}_rows")(say(*rows))
    return found


def last(question, *rows):
    """The verdict on the last of these rows."""
    return getattr(audit, f"{question}_rows")(say(*rows))[-1]


def balances(kind, *rows):
    """The balances of a kind as (arithmetic, verdict)."""
    found = audit.balance_rows(say(*rows))
    return [(b.arithmetic, b.verdict) for b in found if b.balance == kind]


def series(*values, measure=NEW):
    """What the bulletins print of days 0, 1, 2, …; nothing where None."""
    known = [(on, value) for on, value in enumerate(values) if value is not None]
    return [level(value, measure, on=on, file="bulletins") for on, value in known]


# ── Rates ──


@pytest.mark.parametrize(
    ("part", "printed", "verdict", "rule"),
    [
        (75, "7.5%", Verdict.REPRODUCES, "half_up, half_even, half_down, down, up"),
        (79, "7%", Verdict.OTHER_RULE, "down"),
        (72, "8%", Verdict.OTHER_RULE, "up"),
        (75, "7%", Verdict.OTHER_RULE, "half_down, down"),
        (75, "9%", Verdict.DIFFERS, ""),
    ],
)
def test_a_rate_of_exact_counts_reproduces_by_the_rules_that_print_it(part, printed, verdict, rule):
    found = only("rate", level(part, COMMUNITY), level(1000, NEW), rate(printed, SHARE))
    assert (found.verdict, found.rule) == (verdict, rule)
    assert found.reconstructed == Fraction(part, 1000)


def test_a_rounded_part_differs_only_where_no_rule_could_print_the_rate():
    rows = level("1.29萬", COMMUNITY), level(100000, NEW)
    assert only("rate", *rows, rate("12%", SHARE)).rule == "down"
    assert only("rate", *rows, rate("11%", SHARE)).verdict == Verdict.DIFFERS


def test_a_rate_that_only_the_ordinary_rule_bears_out_cannot_be_checked():
    found = only("rate", level("1.2萬", COMMUNITY), level(100000, NEW), rate("12%", SHARE))
    assert found.verdict == Verdict.UNCHECKED
    assert "by the ordinary rule of rounding it reproduces" in found.missing


@pytest.mark.parametrize("parts", [(75, 90), (90, 75)])
def test_two_values_in_one_text_are_both_tried_whatever_their_order(parts):
    rows = *(level(part, COMMUNITY) for part in parts), level(1000, NEW)
    found = only("rate", *rows, rate("7.5%", SHARE))
    assert found.verdict == Verdict.UNCHECKED
    assert found.missing.endswith(f"{parts[0]} or {parts[1]}")
    assert only("rate", *rows, rate("20%", SHARE)).verdict == Verdict.DIFFERS


def test_a_vague_and_an_exact_number_of_one_text_are_one_number():
    rows = level("百餘", COMMUNITY, reads=">100"), level(131, COMMUNITY), level(1000, NEW)
    found = only("rate", *rows, rate("13.1%", SHARE))
    assert (found.verdict, found.part) == (Verdict.REPRODUCES, 131)


@pytest.mark.parametrize("order", [1, -1])
def test_what_two_rounded_numbers_of_one_text_leave_is_shown_whatever_their_order(order):
    rows = [level("2.1百", COMMUNITY), level("兩百", COMMUNITY, reads=">205")][::order]
    assert balances("within", level(1000, NEW), *rows) == [("1,000 ≥ 206 to 214", HOLDS)]


def test_power_nought_is_told_from_what_cannot_be_checked():
    """The shipped record has one: 3.15% of 7,571."""
    other = only("rate", level(7571, NEW), rate("3.15%", SHARE))
    assert (other.verdict, other.rule, other.power) == (Verdict.OTHER_RULE, "down, up", 0)
    assert other.missing.startswith("part: community_infections")
    assert only("rate", level(3, NEW), rate("12%", SHARE)).verdict == Verdict.DIFFERS
    assert only("rate", level(1, COMMUNITY), rate("60%", SHARE)).verdict == Verdict.DIFFERS
    assert only("rate", level(7571, NEW), rate("3.14%", SHARE)).verdict == Verdict.UNCHECKED


def test_a_share_above_its_whole_differs_without_any_count():
    assert only("rate", rate("120%", SHARE)).verdict == Verdict.DIFFERS
    assert only("rate", rate("100%", SHARE)).verdict == Verdict.UNCHECKED


@pytest.mark.parametrize(
    ("reads", "verdict"), [("<5%", HOLDS), (">1%", FAILS), ("<=0.5%", HOLDS), ("~5%", UNDECIDED)]
)
def test_a_bound_holds_or_not_and_is_no_reproduced_rate(reads, verdict):
    record = say(level(5, COMMUNITY), level(1000, NEW), rate("幾", SHARE, reads=reads))
    (found,) = audit.rate_rows(record)
    assert (found.verdict, found.rule) == (verdict, "")
    assert set(audit.rules(record)["rates"]) == {0}


def test_a_rate_without_counts_says_which():
    found = only("rate", level(5, COMMUNITY), rate("7.5%", SHARE))
    assert found.verdict == Verdict.UNCHECKED
    assert found.missing == "whole: new_infections, central, 2030-01-02"
    assert only("rate", rate("1.2", "index")).missing == "what it is a rate of, in counts"
    nothing = level(0, COMMUNITY), level(0, NEW), rate("0%", SHARE)
    assert only("rate", *nothing).missing == "a whole above zero"


def test_a_count_of_another_text_is_taken_where_the_own_has_none_but_nothing_rests_on_the_rate():
    elsewhere = level(75, COMMUNITY, file="2"), level(1000, NEW, file="3")
    found = only("rate", *elsewhere, rate("7.5%", SHARE))
    assert (found.part_from, found.whole_from) == ("2/n1", "3/n2")
    alone = only("rate", level(1000, NEW), rate("7.5%", SHARE))
    assert (alone.part, alone.verdict, alone.power) == (None, Verdict.UNCHECKED, 1)


def test_numbers_without_a_day_in_a_collecting_file_are_of_their_page():
    there = {"file": "other", "start": "", "end": ""}
    rows = [level(10, COMMUNITY, source="report"), level(100, NEW, source="other")]
    rows.append(rate("50%", SHARE, source="bulletins"))
    assert only("rate", *(row | there for row in rows)).verdict == Verdict.UNCHECKED
    apart = [row | there for row in (rows[0], level(20, COMMUNITY, source="other"))]
    assert audit.balance_rows(say(*apart)) == []
    together = [row | there | {"source": "other"} for row in rows]
    assert only("rate", *together).verdict == Verdict.DIFFERS


def test_what_the_loader_takes_crashes_nothing():
    odd = [level("1.5", COMMUNITY, reads="~1.5"), level(1000, NEW), rate("7.5%", SHARE)]
    large = [level(10**24, COMMUNITY), level(10**25, NEW), rate("10%", SHARE)]
    vague = [level("1.5", COMMUNITY, reads="<1.5"), level(2, NEW, reads="~2"), rate("7%", SHARE)]
    for rows in (odd, large, vague):
        record = audit.Evidence(say(*rows))
        for question in ("rates", "rules", "unstated", "balances", "changes", "runs", "daily"):
            getattr(audit, question)(record)
        audit.witnesses(record)
    assert only("rate", *large).power == 10**23


def test_unstated_counts_are_those_that_fit_and_never_low_above_high():
    fits = audit.unstated(say(level(131, COMMUNITY), rate("1.7%", SHARE)))
    assert fits[["rule", "low", "high"]].values.tolist() == [
        ["half_up", 7486, 7939],
        ["down", 7278, 7705],
    ]
    none = audit.unstated(say(level(1, COMMUNITY), rate("60%", SHARE)))
    assert none["low"].isna().all() and none["high"].isna().all()
    assert none["fits"].tolist() == [False, False]


def test_unstated_stocks_are_looked_up_in_other_texts():
    here = level(111, "firms_running"), rate("1.5%", "firms_running_share")
    found = audit.unstated(say(*here, level(7400, "firms", on=9, file="2")))
    candidates = found[found["basis"].eq("candidate")]
    assert candidates[["rule", "low", "fits"]].values.tolist() == [
        ["half_up", 7400, True],
        ["down", 7400, True],
    ]


# ── Balances ──


def test_parts_terms_and_lists_are_equations():
    parts = level(30, NEW, "city"), level(10, NEW), level(21, NEW, "outside")
    assert ("30 = 10 + 21", FAILS) in balances("parts", *parts)
    terms = [level(n, m, "city") for n, m in ((9, "new_confirmed"), (2, "converted"))]
    terms += [level(30, NEW, "city"), level(23, "new_asymptomatic", "city")]
    assert balances("terms", *terms) == [("30 = 9 − 2 + 23", HOLDS)]
    listed = [level(n, NEW, area, part_of="n1") for n, area in ((3, "c_1"), (2, "o_1"), (7, "o_2"))]
    assert balances("list", level(12, NEW, "city"), *listed) == [("12 = 3 + 2 + 7", HOLDS)]
    assert balances("list", level(13, NEW, "city"), *listed) == [("13 = 3 + 2 + 7", FAILS)]


def test_a_rounded_sum_holds_within_rounding_and_says_how_far_it_is_off():
    rows = level("870269億", "firms", "city"), level("54779億", "firms")
    found = audit.balance_rows(say(*rows, level("815491億", "firms", "outside")))[0]
    assert (found.verdict, found.difference) == (Verdict.WITHIN, -(10**8))
    assert found.arithmetic == "870269億 = 54779億 + 815491億"
    assert ("870269億 = 54779億 + 815493億", FAILS) in balances(
        "parts", *rows, level("815493億", "firms", "outside")
    )
    exact = level(10000, NEW), level(11500, NEW, "outside"), level("2.1萬", NEW, "city")
    assert ("2.1萬 = 10,000 + 11,500", UNDECIDED) in balances("parts", *exact)


def test_an_equation_whose_whole_is_a_bound_is_judged_by_its_parts():
    parts = level(4500, NEW), level(4200, NEW, "outside")
    for reads, verdict in ((">8000", HOLDS), ("<8000", FAILS), (">8700", FAILS)):
        (found,) = [
            v for _, v in balances("parts", level("幾千", NEW, "city", reads=reads), *parts)
        ]
        assert found == verdict


def test_a_part_is_within_its_whole():
    assert balances("within", level(10, NEW), level(12, COMMUNITY)) == [("10 ≥ 12", FAILS)]
    three_units = made_up.empty(3, 2).say(level(10, NEW), level(12, NEW, "pair"))
    assert [b.verdict for b in audit.balance_rows(three_units)] == [FAILS]
    some = level(10, NEW, "city"), level(4, NEW, "o_1"), level(7, NEW, "o_2")
    assert balances("within", *some) == [("10 ≥ 4 + 7", FAILS)]
    half = level(10, NEW, "outside"), level(11, NEW, "o_1")
    assert balances("within", *half) == [("10 ≥ 11", FAILS)]


def test_part_of_a_day_is_within_its_day_and_a_day_in_a_longer_time():
    """The shipped record has one: 318 conversions in 14 hours, 122 on the whole day."""
    part = level(318, "converted", "city", end=day(1) + "T14:00", file="2")
    assert balances("within", level(122, "converted", "city"), part) == [("122 ≥ 318", FAILS)]
    assert balances("within", level(9, NEW, on=(1, 3)), level(10, NEW, on=2, file="2")) == [
        ("9 ≥ 10", FAILS)
    ]


def test_a_running_total_is_the_sum_of_its_days_and_does_not_fall():
    days = [level(n, NEW, on=on, file="bulletins") for on, n in ((1, 5), (2, 6), (3, 7))]
    assert balances("span", level(18, NEW, on=(1, 3)), *days) == [("18 = 5 + 6 + 7", HOLDS)]
    assert balances("span", level(19, NEW, on=(1, 3)), *days) == [("19 = 5 + 6 + 7", FAILS)]
    falls = level(3341, NEW, on=(1, 16)), level(3300, NEW, on=(1, 17), file="2")
    assert balances("within", *falls) == [("3,300 ≥ 3,341", FAILS)]
    partly = [level(10, NEW, on=(1, 4)), days[0], days[2]]
    assert balances("within", *partly) == [("10 ≥ 5 + 7", FAILS)]


def test_a_running_total_is_followed_over_part_days_and_derived_days():
    until_noon = level(20, NEW, on=(1, 3), end=day(3) + "T12:00")
    morning = level(4, NEW, on=3, end=day(3) + "T12:00", file="2")
    whole_day = level(9, NEW, on=3, file="3")
    total = level(26, NEW, on=(1, 3), file="4")
    assert ("26 = 20 − 4 + 9", FAILS) in balances("span", until_noon, morning, whole_day, total)


def test_a_stock_that_nothing_leaves_does_not_fall():
    falls = level(126, "cleared"), level(120, "cleared", on=3, file="2")
    assert balances("within", *falls) == [("120 ≥ 126", FAILS)]
    grows = level(126, "cleared"), level(130, "cleared", on=2, file="2")
    assert balances("stock", *grows, level(4, "cleared_new", on=2)) == [("130 = 126 + 4", HOLDS)]
    partly = level(126, "cleared"), level(130, "cleared", on=3, file="2")
    assert balances("within", *partly, level(5, "cleared_new", on=2)) == [("130 ≥ 126 + 5", FAILS)]
    assert balances("within", level(9, "firms"), level(8, "firms", on=3)) == []


def test_shares_of_one_whole_add_up_within_their_rounding():
    one = rate("60%", **OF_CITY)
    for other, verdict in (("50%", FAILS), ("40%", Verdict.WITHIN), ("42%", FAILS)):
        (found,) = balances("shares", one, rate(other, area="outside", **OF_CITY))
        assert found == (f"100% = 60% + {other}", verdict)
    (found,) = audit.balance_rows(say(one, rate("39%", area="outside", **OF_CITY)))
    assert found.difference == Fraction(1, 100)
    by_place = rate("60%", SHARE), rate("50%", "controlled_share")
    assert balances("shares", *by_place) == [("100% = 60% + 50%", FAILS)]
    unit = {"measure": "share_of_new_infections", "of_area": "central"}
    assert balances("shares", rate("60%", area="c_1", **unit), rate("50%", area="c_2", **unit)) == [
        ("100% = 60% + 50%", FAILS)
    ]


def test_units_are_those_that_some_scheme_names():
    for printed, verdict in ((4, HOLDS), (3, HOLDS), (5, FAILS)):
        (found,) = balances("units", level(printed, "units", "city"))
        assert found[1] == verdict
    assert balances("units", level(3, "units", "unnamed")) == [("3 = not known", UNDECIDED)]
    tally = level(3, "units_without_community"), level(2, "units_without_community", on=(1, 2))
    assert ("2 ≤ 2", HOLDS) in balances("units", *tally)
    assert balances("longer time", *tally) == [("3 ≥ 2", HOLDS)]
    grows = level(1, "units_without_community"), level(2, "units_without_community", on=(1, 2))
    assert balances("longer time", *grows) == [("1 ≥ 2", FAILS)]
    across = (level(n, "units_without_community", on=(n, n + 1)) for n in (1, 2))
    assert balances("longer time", *across) == []


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (level(75, NEW), level(75, NEW), HOLDS),
        (level(75, NEW), level(90, NEW), FAILS),
        (level(2297, NEW), level("兩千", NEW, reads=">2000"), HOLDS),
        (level(929, NEW), level("1,000", NEW, reads="~1000"), UNDECIDED),
        (rate("1", "index"), rate("1.2", "index"), HOLDS),
        (rate("3%", SHARE), rate("3.0%", SHARE), HOLDS),
        (rate("3%", SHARE), rate("5%", SHARE), FAILS),
        (rate("4.02%", SHARE), rate("5%", SHARE, reads="<=5%"), HOLDS),
    ],
)
def test_a_number_printed_twice_is_the_same(one, other, verdict):
    assert [v for _, v in balances("repeat", one, other)] == [verdict]


def test_two_ends_of_a_range_and_runs_of_two_lengths_are_no_repeat():
    ends = rate("81%", SHARE, reads=">=81%"), rate("86%", SHARE, reads="<=86%")
    assert balances("repeat", *ends) == []
    assert balances("repeat", run("down", 3, NEW), run("down", 6, NEW)) == []
    assert balances("repeat", run("down", 3, NEW), run("down", 3, NEW)) == [("3 = 3", HOLDS)]


# ── Changes ──


@pytest.mark.parametrize(("before", "verdict"), [(95, HOLDS), (96, FAILS)])
def test_a_change_is_the_difference_of_two_days(before, verdict):
    found = only(
        "change", level(before, NEW, on=0, file="2"), level(85, NEW), change("down", 10, NEW)
    )
    assert (found.change, found.implied, found.earlier, found.verdict) == (-10, 95, before, verdict)


def test_a_change_that_leads_below_zero_fails_without_an_earlier_value():
    assert only("change", level(5, NEW), change("up", 6, NEW)).verdict == FAILS


def test_a_true_change_does_not_fail_for_a_rate_that_was_cut_off():
    rows = level(1000, NEW), rate("8%", SHARE), level(99, COMMUNITY, on=0, file="2")
    found = only("change", *rows, change("down", 10, COMMUNITY))
    assert found.verdict == UNDECIDED
    assert "by the ordinary rule of rounding it does not hold" in found.missing


def test_a_change_without_an_own_level_takes_the_best_supported_and_tries_all_that_tie():
    rows = level(90, NEW, on=0), change("down", 5, NEW, file="2"), level(80, NEW, file="3")
    elsewhere = level(85, NEW, file="4", source="other")
    found = only("change", *rows, elsewhere)
    assert (found.verdict, found.level) == (UNDECIDED, None)
    assert found.missing == "one exact value of new_infections, central, 2030-01-02: 80 or 85"
    twice = only("change", *rows, elsewhere | {"second_source": "bulletins"})
    assert (twice.verdict, twice.level) == (HOLDS, 85)


def test_a_change_of_a_count_in_percent_is_relative():
    days = level(845, NEW, "city"), level(1000, NEW, "city", on=0, file="2")
    for printed, verdict in (("15.5%", HOLDS), ("16.5%", FAILS), ("155‰", HOLDS)):
        assert only("change", *days, change("down", printed, NEW, "city")).verdict == verdict


def test_growth_is_compared_with_the_interval_that_since_names():
    earlier = level(200, NEW, on=(0, 2))
    grown = change("up", "50%", NEW, on=(100, 102), since=f"{day(0)}/{day(3)}")
    assert last("change", earlier, level(300, NEW, on=(100, 102)), grown).verdict == HOLDS
    assert last("change", earlier, level(320, NEW, on=(100, 102)), grown).verdict == FAILS


def test_a_change_of_a_rate_is_in_points():
    counts = [
        level(n, m, on=on) for on in (0, 1) for n, m in ((100 + 20 * on, COMMUNITY), (1000, NEW))
    ]
    assert last("change", *counts, change("up", "2pp", SHARE)).verdict == HOLDS
    assert last("change", *counts, change("up", "3pp", SHARE)).verdict == FAILS
    printed = rate("12.0%", SHARE), rate("10.0%", SHARE, on=0, file="2")
    assert last("change", *printed, change("up", "2.0pp", SHARE)).verdict == Verdict.WITHIN


def test_no_change_of_a_rounded_count_is_not_proved_by_what_it_may_stand_for():
    rows = level("0.3百", NEW), level(31, NEW, on=0, file="2"), change("up", 0, NEW)
    assert only("change", *rows).verdict == Verdict.WITHIN


def test_an_approximate_change_is_undecided():
    days = level(90, NEW, on=0, file="2"), level(80, NEW)
    for printed in ("10", "11%"):
        about = change("down", printed, NEW, reads=f"~{printed}")
        assert only("change", *days, about).verdict == UNDECIDED


def test_the_change_of_the_last_part_follows():
    rows = [level(n, NEW, area) for n, area in ((30, "city"), (12, "central"), (18, "outside"))]
    rows += [change("down", 5, NEW, "city"), change("up", 2, NEW)]
    found = last("change", *rows, level(25, NEW, "outside", on=0, file="2"))
    said = found.route, found.area, found.claim, found.change, found.earlier, found.verdict
    assert said == ("by difference", "outside", "down", -7, 25, HOLDS)


# ── Runs ──


@pytest.mark.parametrize(
    ("values", "verdict", "as_values"),
    [
        ((9, 8, 7, 6), HOLDS, HOLDS),
        ((8, 8, 7, 6), FAILS, HOLDS),
        ((9, None, 7, 6), UNDECIDED, UNDECIDED),
        ((None, 8, 7, 6), UNDECIDED, HOLDS),
        ((7, None, None, 6), FAILS, UNDECIDED),
        ((9, None, None, 6), UNDECIDED, UNDECIDED),
        ((None, None, 1, None), UNDECIDED, UNDECIDED),
        ((None, 1, None, None), FAILS, FAILS),
    ],
)
def test_a_run_of_three_falls_has_four_values_and_room_for_them(values, verdict, as_values):
    found = only("run", *series(*values), run("down", 3, NEW))
    assert (found.verdict, found.verdict_as_values) == (verdict, as_values)


def test_a_run_upward_starts_at_zero_or_above():
    assert only("run", *series(None, None, 1, None), run("up", 3, NEW)).verdict == FAILS
    assert only("run", *series(None, None, 2, None), run("up", 3, NEW)).verdict == UNDECIDED


@pytest.mark.parametrize(
    ("claim", "values", "verdict"),
    [
        ("zero", (9, 0, 0, 0), HOLDS),
        ("zero", (9, 0, 1, 0), FAILS),
        ("<10", (99, 9, 9, None), UNDECIDED),
        ("<10", (99, 9, 10, None), FAILS),
        (">6000", (0, 6001, 7000, 8000), HOLDS),
    ],
)
def test_a_run_of_three_days_at_a_level_has_three_values(claim, values, verdict):
    found = only("run", *series(*values), run(claim, 3, NEW))
    assert (found.verdict, found.verdict_as_values) == (verdict, verdict)


@pytest.mark.parametrize("reads", ["~3", "<3", "<=3"])
def test_about_and_fewer_than_three_days_are_not_exactly_three(reads):
    found = only("run", *series(9, 7, 8, 6), run("down", "幾", NEW, reads=reads, note="said so"))
    assert (found.verdict, found.missing) == (UNDECIDED, "how many days exactly")


def test_more_than_two_days_are_at_least_three():
    several = run("down", "幾", NEW, reads=">2", note="said so")
    assert only("run", *series(9, 7, 8, 6), several).verdict == FAILS


def test_one_day_is_no_run():
    found = only("run", *series(9, 8), run("down", 1, NEW, on=1))
    assert {found.verdict, found.verdict_as_values} == {UNDECIDED}
    assert found.longest == 1


def test_a_rounded_rate_makes_no_true_run_fail_and_no_false_one_hold():
    cut_off = level(1000, NEW), rate("8%", SHARE), level(86, COMMUNITY, on=0, file="2")
    before = level(85, COMMUNITY, on=-1, file="3")
    assert only("run", *cut_off, before, run("up", 2, COMMUNITY, on=1)).verdict == UNDECIDED
    rates = [rate(p, SHARE, on=on) for on, p in enumerate(("12%", "10.9%", "10%"))]
    assert last("run", *rates, run("down", 2, SHARE, on=2)).verdict == UNDECIDED


def test_a_run_says_what_is_known_of_each_day_and_marks_what_is_contested():
    found = only(
        "run", *series(9, None, 7), level(8, NEW, on=2, file="2"), run("down", 2, NEW, on=2)
    )
    assert found.values == "01-01: 9; 01-02: ?; 01-03: 7 to 8 ◇"


# ── Days and witnesses ──


def test_two_texts_or_two_routes_corroborate_and_contradictions_are_told():
    def agreement(*rows):
        found = audit.witness_rows(say(*rows))
        return {w.verdict for w in found if (w.measure, w.area) == (NEW, "central")}

    assert agreement(level(5, NEW)) == {Verdict.SINGLE}
    assert agreement(level(5, NEW), level(5, NEW, file="2")) == {Verdict.SINGLE}
    other = level(5, NEW, file="2", source="other")
    assert agreement(level(5, NEW), other) == {Verdict.CORROBORATED}
    assert agreement(level(5, NEW, second_source="other")) == {Verdict.CORROBORATED}
    parts = level(2, NEW, "c_1"), level(3, NEW, "c_2")
    assert agreement(level(5, NEW), *parts) == {Verdict.CORROBORATED}
    assert agreement(level(6, NEW), *parts) == {Verdict.CONFLICT}


def test_what_derives_from_a_contested_number_is_marked():
    rows = level(53, NEW), level(50, NEW, file="2", source="other"), change("down", 3, NEW)
    found = audit.daily(say(*rows, level(9, NEW, "outside"), level(8, NEW, "outside", on=0)))
    days = {(r.area, r.day.day): r.contested for r in found.itertuples()}
    assert days == {
        ("central", 2): True,
        ("central", 1): True,
        ("city", 2): True,
        ("city", 1): True,
        ("outside", 2): False,
        ("outside", 1): False,
    }


def test_parts_that_make_up_the_whole_leave_nothing_for_the_others():
    rows = [level(n, NEW, area) for n, area in ((9, "city"), (4, "o_1"), (5, "o_2"))]
    record = made_up.empty(3, 2).say(*rows)
    found = [w for w in audit.witness_rows(record) if w.route == "nothing left"]
    assert [(w.area, w.low, w.high) for w in found] == [("b_1", 0, 0), ("b_2", 0, 0)]


def test_daily_leaves_every_gap_and_gives_exact_shares():
    found = audit.daily(say(*series(9, None, 7), level(1, COMMUNITY, on=2)))
    assert found.loc[found["measure"].eq(NEW), "day"].dt.day.tolist() == [1, 3]
    assert found.loc[found["measure"].eq(SHARE), "low"].tolist() == [Fraction(1, 7)]
    days = audit.daily(ledger.load()).query("area == 'central'").set_index("day")
    low = days.loc["2022-11-28"].set_index("measure")["low"]
    assert low[SHARE] == Fraction(low[COMMUNITY], low[NEW]), "whatever else has that part"


def test_evidence_is_shared_and_frames_have_the_columns_of_their_rows():
    evidence = audit.Evidence.of(ledger.load())
    assert audit.Evidence.of(evidence) is evidence
    for question, row in (("rates", audit.Rate), ("balances", audit.Balance), ("runs", audit.Run)):
        assert list(getattr(audit, question)(evidence).columns) == list(row._fields)
