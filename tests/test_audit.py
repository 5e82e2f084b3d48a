"""audit.py: verdicts against recomputations that share nothing with it but the CSV files."""

import csv
import decimal
import hashlib
import math
import re
import shutil
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import ceil, floor

import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from helpers import audit, ledger, rounding, trace
from helpers.audit import Verdict
from tests import made_up
from tests.made_up import DATA, day, percent

ON = {"start": day(1), "end": day(2)}
BEFORE = {"start": day(0), "end": day(1)}
NEW = "new_infections"
RATE_MEASURES = "community_share", "share_of_new_infections"
BAD = {Verdict.DIFFERS, Verdict.OTHER_RULE, Verdict.FAILS, Verdict.CONFLICT}


@cache
def frames():
    evidence = audit.Evidence(ledger.load())
    names = ("rates", "unstated", "balances", "changes", "runs", "witnesses", "daily")
    return {name: getattr(audit, name)(evidence) for name in names}


@cache
def rows(file):
    with (DATA / "numbers" / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["number"]: row for row in csv.DictReader(lines)}


def count(file, number):
    return int(rows(file)[number]["printed"].replace(",", ""))


@cache
def files():
    return sorted(path.stem for path in (DATA / "numbers").glob("*.csv"))


def one(frame, **wanted):
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, frame
    return frame.iloc[0]


def rounded(part, whole, printed, rule):
    """part/whole as decimal prints it with the places and the suffix of a printed rate."""
    suffix = printed[-1] if printed[-1] in "%‰" else ""
    places = len(printed.rstrip("%‰").partition(".")[2])
    with decimal.localcontext(prec=60):
        value = Decimal(int(part)) * {"%": 100, "‰": 1000, "": 1}[suffix] / Decimal(int(whole))
        return f"{value.quantize(Decimal(1).scaleb(-places), getattr(decimal, f'ROUND_{rule.upper()}'))}{suffix}"


def verdict_of(part, whole, printed):
    fits = [rule for rule in rounding.RULES if rounded(part, whole, printed, rule) == printed]
    if "half_up" in fits:
        return "reproduces"
    return "reproduces by another rule" if fits else "does not reproduce"


# The 155th briefing, recomputed from its file.


def test_of_its_ten_rates_seven_reproduce_and_three_cannot_be_checked():
    rates = frames()["rates"].query("briefing == '155'")
    assert len(rates) == 10
    pairs = {
        "four_districts_share": ("four_districts_new", "central_new"),
        "central_community_share": ("central_community", "central_new"),
        "liangping_share": ("liangping_new", "outside_new"),
        "outside_community_share": ("outside_community", "outside_new"),
        "firms_in_production_share": ("firms_in_production", "firms"),
        "firms_sealed_share": ("firms_sealed", "firms_in_production"),
        "firms_closed_loop_share": ("firms_closed_loop", "firms_in_production"),
    }
    for rate in rates.itertuples():
        printed = rows("155")[rate.number]["printed"]
        if rate.number not in pairs:
            assert rate.verdict == "cannot be checked" and rate.missing
            continue
        part, whole = (count("155", number) for number in pairs.pop(rate.number))
        assert (rate.printed, rate.part, rate.whole) == (printed, part, whole)
        assert rate.reconstructed == Fraction(part, whole)
        for rule in rounding.RULES:
            assert getattr(rate, rule) == rounded(part, whole, printed, rule)
        assert rate.verdict == verdict_of(part, whole, printed) == "reproduces"
        assert rate.power == sum(rounded(k, whole, printed, "half_up") == printed for k in range(whole + 1))
    assert not pairs


def test_power_is_one_of_5522_and_eleven_of_1062():
    rates = frames()["rates"]
    for number, whole, power in (("four_districts_share", 5522, 1), ("outside_community_share", 1062, 11)):
        rate = one(rates, briefing="155", number=number)
        assert (rate.whole, rate.power) == (whole, power)


def test_the_values_of_29_november_that_its_changes_imply():
    changes = frames()["changes"].query("briefing == '155'")
    city = count("155", "city_new") + count("155", "city_new_change")
    central = count("155", "central_new") + count("155", "central_new_change")
    assert (city, central, city - central) == (7792, 6385, 1407)
    for area, value in (("city", city), ("central", central), ("outside", city - central)):
        change = one(changes, area=area)
        assert (change.implied, change.verdict) == (value, "holds")
        assert change.earlier == count("154", f"{area}_new")
    assert one(changes, area="outside").change == count("155", "outside_new") - 1407


def fits(printed, wholes, parts, rule):
    """The wholes for which one of the parts, which are given as a range for each whole, prints as printed."""
    found = [n for n in wholes if any(rounded(k, n, printed, rule) == printed for k in parts(n))]
    return found[0], found[-1]


@pytest.mark.parametrize(("rule", "low", "high"), [("half_up", 7486, 7939), ("down", 7278, 7705)])
def test_the_firms_that_nobody_counted(rule, low, high):
    part = count("155", "infected_firms")
    assert fits("1.7%", range(7000, 8500), lambda n: [part], rule) == (low, high)
    found = one(frames()["unstated"], briefing="155", number="infected_firms_share", basis="alone", rule=rule)
    assert (found.wanted, found.low, found.high) == ("whole", low, high)


@pytest.mark.parametrize("rule", ["half_up", "down"])
def test_the_staff_that_nobody_counted(rule):
    to_even_thousands = {"half_up": range(1_116_500, 1_117_500), "down": range(1_117_000, 1_118_000)}[rule]
    assert rows("155")["staff_on_duty"]["printed"] == "111.7萬"
    for k in (to_even_thousands[0], to_even_thousands[-1]):
        assert rounded(k, 10_000, "111.7", rule) == "111.7"
    for k in (to_even_thousands[0] - 1, to_even_thousands[-1] + 1):
        assert rounded(k, 10_000, "111.7", rule) != "111.7"
    # the more staff on duty, the more staff in all: only the ends are to be tried
    low = next(n for n in range(1_490_000, 1_510_000) if rounded(to_even_thousands[0], n, "74.5%", rule) == "74.5%")
    high = next(
        n for n in range(1_510_000, 1_490_000, -1) if rounded(to_even_thousands[-1], n, "74.5%", rule) == "74.5%"
    )
    found = one(frames()["unstated"], briefing="155", number="staff_on_duty_share", basis="alone", rule=rule)
    assert (found.low, found.high) == (low, high)
    assert rule != "half_up" or (low, high) == (1_497_653, 1_501_006)


def test_its_balances_hold_and_the_25_districts_stay_undecided():
    balances = frames()["balances"].query("briefing == '155'")
    new = {area: count("155", f"{area}_new") for area in ("city", "central", "outside")}
    assert new["city"] == new["central"] + new["outside"]
    assert one(balances, balance="parts", measure=NEW, area="city").difference == 0
    firms = [count("155", f"firms_{kind}") for kind in ("in_production", "sealed", "closed_loop")]
    found = one(balances, balance="within", measure="firms_in_production", area="key_industrial_districts",
                difference=firms[0] - firms[1] - firms[2])  # fmt: skip
    assert found.verdict == "holds" and found.assumes
    tally = one(balances, balance="longer time")
    longer, shorter = (count("155", f"outside_units_without_community{end}") for end in ("_three_days", ""))
    assert (longer, shorter) == (13, 23) and tally.difference == shorter - longer and tally.verdict == "holds"
    undecided = balances[balances["verdict"] == "undecided"]
    assert list(undecided["rests_on"]) == ["155/key_districts_units"] and undecided["missing"].iloc[0]
    assert not (balances["verdict"] == "does not hold").any()


def test_named_units_are_as_many_as_printed():
    with (DATA / "members.csv").open(encoding="utf-8", newline="") as lines:
        members = list(csv.DictReader(lines))
    for number, area in (("four_districts_units", "four_districts"), ("seven_units_units", "seven_units")):
        named = [m for m in members if m["area"] == area]
        assert count("155", number) == len(named)
        found = one(frames()["balances"], balance="units", rests_on=f"155/{number}")
        assert found.verdict == "holds" and found.arithmetic == f"{len(named)} = {len(named)}"


def test_its_three_falls_are_four_printed_values():
    series = [count("152", "central_new"), count("153", "central_new"), count("154", "central_new")]
    series.append(count("155", "central_new"))
    assert all(a > b for a, b in pairwise(series))
    for number in ("central_new_run", "central_new_run_heading"):
        run = one(frames()["runs"], briefing="155", number=number)
        assert (run.verdict, run.days, run.shown) == ("holds", 3, 3)
        assert [int(v) for v in re.findall(r": (\d+)", run["values"].replace(",", ""))] == series


def test_in_its_own_right_the_155th_shows_no_run():
    alone = audit.runs(ledger.load().only("155"))
    assert set(alone["verdict"]) == {"undecided"} and alone["missing"].all()


# The whole record.


def plain(row):
    return row["printed"].replace(",", "") if not row["reads"] and row["printed"].replace(",", "").isdigit() else None


def test_every_rate_with_both_counts_beside_it_is_judged_as_decimal_judges_it():
    with (DATA / "measures.csv").open(encoding="utf-8", newline="") as lines:
        made_of = {m["measure"]: (m["part"], m["whole"]) for m in csv.DictReader(lines)}
    checked = 0
    for file in files():
        for rate in (row for row in rows(file).values() if row["kind"] == "rate" and not row["reads"]):
            part, whole = made_of[rate["measure"]]
            areas = rate["area"], rate["of_area"] or rate["area"]
            same = [row for row in rows(file).values() if row["kind"] == "level" and row["end"] == rate["end"]]
            found = [
                [
                    r
                    for r in same
                    if (r["measure"], r["area"]) == key and (not r["start"] or r["start"] == rate["start"])
                ]
                for key in zip((part, whole), areas)
            ]
            if not part or not all(found) or not all(plain(r[0]) for r in found) or not rate["end"]:
                continue
            counts = [plain(r[0]) for r in found]
            judged = one(frames()["rates"], briefing=file, number=rate["number"])
            assert judged.verdict == verdict_of(*counts, rate["printed"])
            assert (judged.part, judged.whole) == tuple(map(int, counts))
            checked += 1
    assert checked >= 30


def test_every_rate_is_judged_by_the_counts_it_names():
    for rate in frames()["rates"].itertuples():
        if rate.reconstructed is None:
            assert rate.verdict in ("cannot be checked", "does not reproduce", "reproduces")
            continue
        assert rate.reconstructed == Fraction(rate.part, rate.whole)
        if re.fullmatch(r"[\d.]+[%‰]", rate.printed) and not rows(rate.briefing)[rate.number]["reads"]:
            assert rate.verdict == verdict_of(rate.part, rate.whole, rate.printed)
        for value, rests_on in ((rate.part, rate.part_from), (rate.whole, rate.whole_from)):
            sources = [tuple(reference.split("/")) for reference in rests_on.split("; ")]
            assert (rate.briefing, rate.number) not in sources, "a rate does not bear itself out"
            if len(sources) == 1:
                assert plain(rows(sources[0][0])[sources[0][1]]) == str(value)


def test_every_sum_of_exact_counts_adds_up_as_stated():
    checked = 0
    for found in frames()["balances"].itertuples():
        match = re.fullmatch(r"(\d+) ([=≥≤]) (\d+(?: [+−] \d+)*)", found.arithmetic.replace(",", ""))
        if not match or found.balance == "repeat":
            continue
        left, sign, right = match.groups()
        right = sum(int(n) for n in re.sub(" − ", " + -", right).split(" + "))
        holds = {"=": int(left) == right, "≥": int(left) >= right, "≤": int(left) <= right}[sign]
        assert found.verdict == ("holds" if holds else "does not hold")
        assert found.difference == (right - int(left) if sign == "≤" else int(left) - right) or found.balance == "units"
        checked += 1
    assert checked > 100


def test_every_run_of_counts_is_judged_by_its_values():
    checked = 0
    for run in frames()["runs"].itertuples():
        series = re.findall(r": (\?|\d+)(?=;|$)", run.values.replace(",", ""))
        if len(series) != run.values.count(";") + 1:
            continue  # rates and bounds: below, on made-up records
        series = [None if v == "?" else int(v) for v in series]
        assert run.verdict == expected_run(run.claim, run.days, dict(enumerate(series)), len(series) - 1)
        checked += 1
    assert checked >= 10


def test_the_daily_series_is_the_best_witness_and_leaves_gaps():
    daily, witnesses = frames()["daily"], frames()["witnesses"]
    city = daily[(daily["measure"] == NEW) & (daily["area"] == "city")].set_index("day")
    for file in ("152", "153", "155"):
        on = rows(file)["city_new"]["start"]
        assert city.loc[on, "low"] == city.loc[on, "high"] == count(file, "city_new")
    assert city.index.is_unique and not city["low"].isna().any()
    known = set(zip(witnesses["measure"], witnesses["area"], witnesses["end"], strict=True))
    for found in daily.itertuples():
        if found.route != "part over whole":
            assert (found.measure, found.area, found.day + pd.Timedelta(days=1)) in known


def test_two_rates_of_one_record_follow_one_rule_or_say_so():
    rules = audit.rules(ledger.load())
    rates = frames()["rates"]
    known = rates[rates["reconstructed"].notna()]
    for rule in rounding.RULES:
        kept = [r for r in known.itertuples() if rule in r.rule.split(", ")]
        total = one(rules, briefing="all", rule=rule)
        assert (total.rates, total.reproduced) == (len(known), len(kept))
        assert len(total.excluded.split("; ")) == len(known) - len(kept)


def test_no_float_stands_in_any_verdict():
    for name, frame in frames().items():
        for column in frame.columns:
            assert not any(isinstance(value, float) and not math.isnan(value) for value in frame[column]), (
                name,
                column,
            )


def test_every_column_says_something_of_some_row():
    for name, frame in frames().items():
        for column in frame.columns:
            assert any(not pd.isna(value) and value != "" for value in frame[column]), (name, column)


def repeats(frame, row_of, name):
    """Do the verdicts of a frame repeat what the files say of the numbers they are on?"""
    for found in frame.to_dict("records"):
        if found.get("route") == "by difference":
            continue
        row = row_of(found["briefing"], found["number"])
        for column in {"printed", "paragraph", "position", "claim"} & found.keys():
            assert str(found[column] or "") == row.get(column, ""), (name, column)
        if name != "unstated":  # which speaks of the other count
            assert (found["measure"], found["area"]) == (row["measure"], row["area"])
            for column in {"start", "end", "since"} & found.keys():
                assert found[column] == pd.Timestamp(row.get(column)) or not row.get(column)


def test_a_verdict_on_a_number_repeats_what_the_file_says_of_it():
    for name in ("rates", "unstated", "changes", "runs"):
        repeats(frames()[name], lambda file, number: rows(file)[number], name)
    record = made_up.record(briefings=2, numbers=30, seed=1)
    for name in ("rates", "changes", "runs"):
        frame = getattr(audit, name)(record.load())
        assert len(frame)
        repeats(frame, record.row, name)


# Made-up records.


def red(record):
    """Does any audit of a record complain?"""
    evidence = audit.Evidence(record.load())
    frames = (getattr(audit, name)(evidence) for name in ("witnesses", "rates", "balances", "changes", "runs"))
    return any(frame["verdict"].isin(BAD).any() for frame in frames)


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(2, 5), st.integers(1, 4), st.integers(5, 200))
def test_a_consistent_record_shows_no_conflict(seed, briefings, central, outside, numbers):
    record = made_up.record(briefings, numbers, seed, central, outside)
    evidence = audit.Evidence(record.load())
    rates = audit.rates(evidence)
    assert set(rates["verdict"]) <= {"reproduces", "cannot be checked"}
    if numbers == 200:
        assert set(rates["verdict"]) == {"reproduces"}
    balances, changes = audit.balances(evidence), audit.changes(evidence)
    assert set(balances["verdict"]) == {"holds"} and set(changes["verdict"]) <= {"holds", "undecided"}
    assert not changes.query("verdict == 'undecided'")["area"].isin(["city"]).any()
    assert set(audit.runs(evidence)["verdict"]) <= {"holds", "undecided"}
    assert "in conflict" not in set(audit.witnesses(evidence)["verdict"])
    assert audit.explain(record.load()).empty


def checkable(record):
    """Every printed number that others of the record determine: all but claims of runs, and loose ends of day 1."""
    return [
        (file, row["number"])
        for file, printed in record.numbers.items()
        for row in printed
        if row["kind"] != "run" and not (file == "1" and re.fullmatch(r"\w+_cleared_new|[co]_\d_change", row["number"]))
    ]


def edited(record, file, row, text):
    """Is the edited text another number, for a count, or another rounding, for a rate?"""
    if row["kind"] != "rate":
        return int(text) != int(row["printed"])
    part = "community_infections" if row["measure"] == "community_share" else NEW
    k = int(file)
    counts = record.truth[part, row["area"], k], record.truth[NEW, row["of_area"] or row["area"], k]
    return text != percent(*counts, len(text.rstrip("%").partition(".")[2]))


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.data())
def test_one_number_altered_is_found(seed, data):
    record = made_up.record(briefings=2, numbers=200, seed=seed, central=2, outside=2)
    file, number = data.draw(st.sampled_from(checkable(record)))
    row = record.row(file, number)
    texts = [text for _, text in rounding.edits(row["printed"]) if edited(record, file, row, text)]
    assume(texts)
    row["printed"] = data.draw(st.sampled_from(texts))
    assert red(record), (file, row)


def test_every_checkable_number_altered_is_found():
    record = made_up.record(briefings=2, numbers=200, seed=5, central=2, outside=2)
    for file, number in checkable(record):
        row = record.row(file, number)
        printed = row["printed"]
        texts = [text for _, text in rounding.edits(printed) if edited(record, file, row, text)]
        row["printed"] = texts[len(texts) // 2]
        assert red(record), (file, row)
        row["printed"] = printed
    assert not red(record)


def test_another_rule_of_rounding_is_named():
    record = made_up.empty()
    for number, part, printed in (("down", 2, "66.6%"), ("none", 2, "66.5%"), ("up", 1, "33.4%"), ("good", 1, "33.3%")):
        record.add(number, "part", part, "community_infections", "central", source="report", **ON)
        record.add(number, "whole", 3, NEW, "central", source="report", **ON)
        record.add(number, "share", printed, "community_share", "central", kind="rate", source="report", **ON)
    found = audit.rates(record.load()).set_index("briefing")
    assert found["verdict"].to_dict() == {"down": "reproduces by another rule", "none": "does not reproduce",
                                          "up": "reproduces by another rule", "good": "reproduces"}  # fmt: skip
    assert found["rule"].to_dict() == {
        "down": "down",
        "none": "",
        "up": "up",
        "good": "half_up, half_even, half_down, down",
    }


def rate(part=None, whole=None, printed="50%", **more):
    """The verdict on one rate with a part and a whole as given: text, or (text, reads)."""
    record = made_up.empty()
    for number, measure, value in (("part", "community_infections", part), ("whole", NEW, whole)):
        if value is not None:
            text, reads = value if isinstance(value, tuple) else (value, "")
            record.add("1", number, text, measure, "central", reads=reads, **ON)
    record.add("1", "share", printed, "community_share", "central", kind="rate", **ON | more)
    return one(audit.rates(record.load()), number="share")


@pytest.mark.parametrize(
    ("part", "whole", "printed", "verdict"),
    [
        (30, 20, "50%", "does not reproduce"),
        (30, 20, "150%", "reproduces"),
        (0, 0, "50%", "cannot be checked"),
        (0, 20, "0%", "reproduces"),
        (0, 20, "0.1%", "does not reproduce"),
        (None, 3, "50%", "does not reproduce"),  # no whole number of three is half of them
        (None, 4, "50%", "cannot be checked"),
        (2, None, "50%", "cannot be checked"),
        (("2萬", ""), 40000, "50%", "cannot be checked"),  # from 37.5 to 62.5 %
        (("2萬", ""), 40000, "90%", "does not reproduce"),
        (("2.0000萬", ""), 40000, "50%", "reproduces"),
        (("1,000", ">1000"), 1500, "50%", "does not reproduce"),
        (("1,000", ">1000"), 3000, "50%", "cannot be checked"),
        (("20", "~20"), 40, "50%", "cannot be checked"),
        (20, ("30", "<30"), "50%", "does not reproduce"),
        (("三", "3"), 6, "50%", "reproduces"),
    ],
)
def test_a_rate_is_judged_as_far_as_its_counts_decide(part, whole, printed, verdict):
    found = rate(part, whole, printed)
    assert found.verdict == verdict
    assert bool(found.missing) == (verdict == "cannot be checked")


@pytest.mark.parametrize(
    ("reads", "printed", "part", "verdict"),
    [
        (">=60%", "六成", 60, "reproduces"),
        (">=60%", "六成", 59, "does not reproduce"),
        (">60%", "逾60%", 60, "does not reproduce"),
        ("<5%", "5%", 5, "does not reproduce"),
        ("<5%", "5%", 4, "reproduces"),
        ("<=5%", "5%", 5, "reproduces"),
        ("~75%", "75%", 75, "cannot be checked"),
    ],
)
def test_a_worded_or_qualified_rate_is_taken_at_its_word(reads, printed, part, verdict):
    assert rate(part, 100, printed, reads=reads).verdict == verdict


def test_a_rate_without_part_and_whole_cannot_be_checked():
    record = made_up.empty()
    record.add("1", "index", "1.6", "index", kind="rate", **ON)
    found = one(audit.rates(record.load()))
    assert found.verdict == "cannot be checked" and found.missing and found.part is None


def test_the_power_of_a_check_is_the_number_of_parts_that_print_alike():
    assert rate(50, 100).power == 1 and rate(100, 200).power == 2  # 99 of 200 are 49.5 %
    assert rate(1, 1, "100%").power == 1 and rate(None, 200).power == 2
    for part, whole, reads in ((2, None, ""), (0, 0, ""), (2, ("4", ">4"), ""), (50, 100, ">=50%")):
        assert rate(part, whole, reads=reads).power is None


def test_what_a_rate_lacks_is_named():
    assert rate(None, 4).missing == f"part: community_infections, central, {day(1)}"
    assert rate(2, None).missing == f"whole: new_infections, central, {day(1)}"
    assert rate(("2萬", ""), 40000).missing.endswith(f"of community_infections, central, {day(1)}: 15,000 to 24,999")
    found = rate(2, 4)
    assert (found.missing, found.rule.split(", ")) == ("", list(rounding.RULES))
    assert rate(2, None).rule == ""


def test_only_a_rounded_count_is_shown_as_printed_without_being_exact():
    shown = [rate(part, whole)[["part", "whole"]].tolist() for part, whole in (
        (2, 4), (("2萬", ""), 40000), (("1,000", ">1000"), 3000), (None, 4), (2, ("5萬", "")))]  # fmt: skip
    assert shown == [[2, 4], [20000, 40000], [None, 3000], [None, 4], [2, 50000]]


def test_a_rate_printed_twice_does_not_bear_itself_out():
    record = made_up.empty()
    record.add("1", "whole", 50, NEW, "central", **ON)
    record.add("1", "heading", "34%", "community_share", "central", kind="rate", **ON)
    record.add("2", "body", "34%", "community_share", "central", kind="rate", **ON)
    assert set(audit.rates(record.load())["verdict"]) == {"cannot be checked"}


def test_a_count_is_taken_from_the_rates_own_text_and_else_from_the_record():
    record = made_up.empty()
    record.add("1", "part", 20, "community_infections", "central", **ON)
    record.add("1", "whole", 50, NEW, "central", **ON)
    record.add("2", "part", 10, "community_infections", "central", **ON)
    record.add("2", "share", "20%", "community_share", "central", kind="rate", **ON)
    found = one(audit.rates(record.load()))
    assert (found.verdict, found.part_from, found.whole_from) == ("reproduces", "2/part", "1/whole")


def test_of_area_is_the_area_of_the_whole():
    record = made_up.empty()
    record.add("1", "pair", 20, NEW, "pair", **ON)
    record.add("1", "central", 50, NEW, "central", **ON)
    record.add("1", "city", 80, NEW, "city", **ON)
    record.add("1", "share", "40%", "share_of_new_infections", "pair", of_area="central", kind="rate", **ON)
    record.add("1", "other", "25%", "share_of_new_infections", "pair", of_area="city", kind="rate", **ON)
    found = audit.rates(record.load())
    assert list(found["verdict"]) == ["reproduces", "reproduces"]
    assert list(found["of_area"]) == ["central", "city"]
    assert list(found["whole_from"]) == ["1/central", "1/city"]


# Unstated counts.


@settings(max_examples=20)
@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 1))
def test_what_fits_an_unstated_count_is_found_by_trying_all(part, whole, places):
    assume(part <= whole)
    record, printed = made_up.empty(), percent(part, whole, places)
    for area, measure, number in (("central", "firms_running", part), ("outside", "firms", whole)):
        record.add("1", measure, number, measure, area, end=day(2))
        record.add("1", f"{area}_share", printed, "firms_running_share", area, kind="rate", end=day(2))
    found = audit.unstated(record.load()).query("basis == 'alone'")
    for rule in ("half_up", "down"):
        parts = [k for k in range(2 * whole + 2) if rounded(k, whole, printed, rule) == printed]
        given_whole = one(found, area="outside", rule=rule)
        if parts:
            assert (given_whole.low, given_whole.high) == (parts[0], parts[-1])
        wholes = [n for n in range(1, 200) if rounded(part, n, printed, rule) == printed]
        given_part = one(found, area="central", rule=rule)
        if given_part.high is None:
            assert wholes[0] == given_part.low and wholes[-1] == 199
        elif given_part.high < 200 and wholes:
            assert (given_part.low, given_part.high) == (wholes[0], wholes[-1])


def unstated(whole, printed="70%", **more):
    record = made_up.empty()
    record.add("1", "whole", whole, "firms", "central", end=day(2), **more)
    record.add("1", "share", printed, "firms_running_share", "central", kind="rate", end=day(2))
    return one(audit.unstated(record.load()), rule="half_up")


def test_an_unstated_part_of_a_rounded_whole_and_of_none():
    found = unstated("11.7萬")
    wholes = (116500, 117499)
    assert (found.low, found.high) == (ceil(wholes[0] * Fraction(695, 1000)), floor(wholes[1] * Fraction(705, 1000)))
    assert (unstated(0).low, unstated(0).high) == (0, None)
    assert (unstated("1,000", reads=">1000").low, unstated("1,000", reads=">1000").high) == (0, None)


def test_a_rate_that_may_be_zero_with_its_part_printed_leaves_no_end():
    record = made_up.empty()
    record.add("1", "firms", 50, "firms", "central", end=day(2))
    record.add("1", "running", 1, "firms_running", end=day(2))
    record.add("1", "share", "0%", "firms_running_share", kind="rate", end=day(2))
    found = audit.unstated(record.load())
    assert one(found, basis="alone", rule="half_up")[["low", "high"]].tolist() == [201, None]
    assert len(found) == 6


def test_what_two_numbers_of_a_text_say_together():
    unstated = frames()["unstated"].query("briefing == '155'")
    alone = one(unstated, number="infected_firms_share", basis="alone", rule="half_up")
    joint = unstated[(unstated["number"] == "infected_firms_share") & (unstated["basis"] == "joint")]
    firms = count("155", "firms")
    rest = one(joint, rule="half_up", area="city without key_industrial_districts")
    assert (rest.low, rest.high) == (alone.low - firms, alone.high - firms) and rest.assumes
    assert one(joint, rule="half_up", area="city").low == max(alone.low, firms)
    candidates = unstated[unstated["basis"] == "candidate"]
    for found in candidates[candidates["high"].notna() & candidates["low"].notna()].itertuples():
        own = one(unstated, number=found.number, basis="alone", rule=found.rule, wanted=found.wanted)
        if own.high is not None and found.fits is not None:
            assert found.fits == (own.low <= found.low <= own.high) or found.low is None


def two_areas(**printed):
    """What a text says that prints these counts of firms, and in percent how many of them run."""
    record = made_up.empty()
    record.add("1", "share", "10%", "firms_running_share", "city", kind="rate", end=day(2))
    for number, text in printed.items():
        area, measure = number.split("_", 1)
        kind = "rate" if measure.endswith("share") else "level"
        record.add("1", number, text, measure, area, kind=kind, end=day(2))
    record.add("2", "other_text", 150, "firms", "central", end=day(2))
    found = audit.unstated(record.load()).query("basis == 'joint' and rule == 'half_up' and number == 'share'")
    ranges = [(r.wanted, r.measure, r.area, r.low, r.high) for r in found.itertuples()]
    return ranges, list(dict.fromkeys(found["rests_on"])), list(found["assumes"])


def test_a_part_of_the_area_bounds_a_whole_that_a_rate_implies():
    # 20 are 10 % of 191 to 210, of which 180 to 195 are printed or implied elsewhere in the text
    ranges, rests_on, assumes = two_areas(city_firms_running=20, central_firms=195, central_firms_running=3)
    assert ranges == [("whole", "firms", "city", 195, 210), ("whole", "firms", "city without central", 0, 15)]
    assert rests_on == ["1/share; 1/city_firms_running; 1/central_firms"]
    assert all(said.startswith("central: part of city") for said in assumes) and len(set(assumes)) == 2


def test_a_rate_of_a_part_bounds_the_whole_of_the_area():
    # 10 are 10 % of 96 to 105, by the same rule
    ranges, rests_on, _ = two_areas(city_firms_running=20, central_firms_running=10, central_firms_running_share="10%")
    assert ranges == [
        ("whole", "firms", "city", 191, 210),
        ("whole", "firms", "city without central", 191 - 105, 210 - 96),
    ]
    references = ("share", "city_firms_running", "central_firms_running", "central_firms_running_share")
    assert rests_on == ["; ".join(f"1/{number}" for number in references)]


def test_without_any_count_of_its_own_the_part_of_the_area_is_taken_for_all_of_it():
    ranges, rests_on, assumes = two_areas(central_firms=250)
    assert ranges == [
        ("whole", "firms", "city", 250, None),
        ("whole", "firms", "city", 250, 250),
        ("part", "firms_running", "city", 24, 26),  # 9.6 % to 10.4 % of 250
    ]
    assert rests_on == ["1/share; 1/central_firms"]
    assert assumes[1:] == ["central: counted as if they were all of city"] * 2


def test_no_other_area_measure_or_text_is_joined():
    for printed in ({}, {"central_firms_running": 3}, {"pair_firms": 3}):
        assert two_areas(city_firms_running=20, **printed) == ([], [], [])


@pytest.mark.parametrize(
    ("text", "reads", "shown", "fits"),
    [
        (191, "", 191, True),
        (190, "", 190, False),
        (210, "", 210, True),
        (211, "", 211, False),
        (200, ">200", None, None),
        (210, ">210", None, False),
        ("0.02萬", "", 200, None),
    ],
)
def test_a_candidate_fits_or_not_or_may_fit(text, reads, shown, fits):
    record = made_up.empty()
    record.add("1", "running", 20, "firms_running", end=day(2))
    record.add("1", "share", "10%", "firms_running_share", kind="rate", end=day(2))
    record.add("2", "firms", text, "firms", reads=reads, end=day(9))
    record.add("2", "part", 200, "firms", "central", end=day(9))
    found = audit.unstated(record.load()).query("rule == 'half_up'")
    found = one(found, basis="candidate")
    assert (found.low, found.high, found.fits, found.rests_on) == (shown, shown, fits, "2/firms")
    assert day(8) in found.assumes, "says which day's number it is"


def test_unstated_counts_are_listed_by_text_and_number():
    record = made_up.empty()
    for file, number, area in (("1", "b", "city"), ("1", "a", "central"), ("2", "c", "city")):
        record.add(file, number, "10%", "firms_running_share", area, kind="rate", end=day(2))
        record.add(file, f"{number}_firms", 200, "firms", area, end=day(2))
    found = audit.unstated(record.load())
    assert list(zip(found["briefing"], found["number"])) == sorted(zip(found["briefing"], found["number"]))
    assert list(found.query("basis == 'alone'")["rule"]) == ["half_up", "down"] * 3


# Changes.


def change(level=30, before=None, printed=7, claim="up", since=0, measure=NEW, **more):
    record = made_up.empty()
    if level is not None:
        record.add("1", "level", level, measure, **ON)
    if before is not None:
        record.add("2", "before", before, measure, start=day(since), end=day(since + 1))
    record.add("1", "change", printed, measure, kind="change", claim=claim, since=day(since), **ON | more)
    return one(audit.changes(record.load()), number="change")


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({"before": 23}, "holds"),
        ({"before": 24}, "does not hold"),
        ({"before": 37, "claim": "down"}, "holds"),
        ({}, "undecided"),
        ({"level": None, "before": 23}, "undecided"),
        ({"level": 3}, "does not hold"),  # 3 after a rise of 7
        ({"level": 32034, "before": 20030, "printed": "1.2萬"}, "holds"),
        ({"level": 33034, "before": 20030, "printed": "1.2萬"}, "does not hold"),
        ({"level": 1300, "before": 100, "printed": "1,000", "reads": ">1000"}, "holds"),
        ({"level": 1100, "before": 100, "printed": "1,000", "reads": ">1000"}, "does not hold"),
        ({"level": 1100, "before": 100, "printed": "1,000", "reads": "~1000"}, "undecided"),
        ({"level": 50, "before": 100, "printed": "1,000", "reads": "~1000"}, "does not hold"),
        ({"level": "3萬", "before": 20000, "printed": 9000}, "undecided"),
        ({"level": "3萬", "before": 20000, "printed": 900}, "does not hold"),
    ],
)
def test_a_change_is_judged_as_far_as_its_days_decide(given, verdict):
    found = change(**given)
    assert found.verdict == verdict
    assert bool(found.missing) == (verdict == "undecided")


def test_a_change_printed_twice_does_not_bear_itself_out():
    record = made_up.empty()
    for file in ("1", "2"):
        record.add(file, "level", 30, NEW, **ON)
        record.add(file, "change", 7, NEW, kind="change", claim="up", since=day(0), **ON)
    assert set(audit.changes(record.load())["verdict"]) == {"undecided"}


def test_a_change_of_a_rate_is_judged_by_its_counts():
    record = made_up.empty()
    for times, part in ((BEFORE, 30), (ON, 20)):
        record.add("1", f"part_{part}", part, "community_infections", **times)
        record.add("1", f"whole_{part}", 100, NEW, **times)
    record.add("1", "fall", "10pp", "community_share", kind="change", claim="down", since=day(0), **ON)
    record.add("1", "other", "12pp", "community_share", kind="change", claim="down", since=day(0), **ON)
    assert list(audit.changes(record.load())["verdict"]) == ["holds", "does not hold"]


def test_the_change_of_the_rest_follows_and_an_exact_change_comes_before_a_vague_one():
    record = made_up.empty()
    for area, now, up in (("city", 30, 7), ("central", 20, 4)):
        record.add("1", area, now, NEW, area, **ON)
        record.add("1", f"{area}_change", up, NEW, area, kind="change", claim="up", since=day(0), **ON)
    record.add("1", "vague", 10, NEW, "city", reads="~10", kind="change", claim="up", since=day(0), **ON)
    record.add("1", "outside", 10, NEW, "outside", **ON)
    record.add("2", "outside", 7, NEW, "outside", **BEFORE)
    found = one(audit.changes(record.load()), route="by difference")
    assert (found.area, found.change, found.implied, found.verdict) == ("outside", 3, 7, "holds")


def rest(city, central, now=10, before=None):
    """The change of the outside that the changes of the city and of the centre leave: (claim, printed, reads) each."""
    record = made_up.empty()
    for area, (claim, printed, reads) in {"city": city, "central": central}.items():
        record.add("1", area, printed, NEW, area, reads=reads, kind="change", claim=claim, since=day(0), **ON)
    record.add("1", "now", now, NEW, "outside", **ON)
    if before is not None:
        record.add("2", "before", before, NEW, "outside", **BEFORE)
    return one(audit.changes(record.load()), route="by difference")


@pytest.mark.parametrize(
    ("city", "central", "left", "claim"),
    [(7, 4, 3, "up"), (4, 7, -3, "down"), (-3, 4, -7, "down"), (-3, -4, 1, "up"), (-4, -4, 0, "")],
)
def test_the_change_of_the_rest_has_its_own_direction(city, central, left, claim):
    signed = [("down" if n < 0 else "up", abs(n), "") for n in (city, central)]
    for before, verdict in ((10 - left, "holds"), (11 - left, "does not hold"), (None, "undecided")):
        found = rest(*signed, before=before)
        assert (found.measure, found.area, found.change, found.claim) == (NEW, "outside", left, claim)
        assert (found.level, found.implied, found.verdict) == (10, 10 - left, verdict)
        assert (found.since, found.start, found.end) == tuple(pd.Timestamp(day(k)) for k in (0, 1, 2))
        assert found.rests_on == "1/city; 1/central; 1/now" + ("" if before is None else "; 2/before")


def test_a_vague_change_decides_the_rest_as_far_as_it_goes():
    vague, exact = ("up", 10, ">10"), ("up", 4, "")  # so the rest rose by more than six
    assert rest(vague, exact, before=3).verdict == "undecided"
    assert rest(vague, exact, before=4).verdict == "does not hold"
    assert rest(vague, exact, before=3).claim == "up"
    assert rest(vague, exact, now=6).verdict == "does not hold", "none fell below zero"


# Runs.


def expected_run(claim, length, series, last):
    """The verdict on a run of `length` days to day `last`, from {day: count or None}: what the claim means."""
    if claim in ("down", "up"):
        steps = [(series.get(last - n - 1), series.get(last - n)) for n in range(length)]
        held = [None if None in step else step[0] > step[1] if claim == "down" else step[0] < step[1] for step in steps]
    else:
        values = [series.get(last - n) for n in range(length)]
        limit = 0 if claim == "zero" else int(claim[1:])
        meets = {"z": lambda v: v == 0, "<": lambda v: v < limit, ">": lambda v: v > limit}[claim[0]]
        held = [None if v is None else meets(v) for v in values]
    return "does not hold" if False in held else "undecided" if None in held else "holds"


@settings(max_examples=60)
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=1, max_size=8),
    st.sampled_from(["down", "up", "zero", "<3", ">3"]),
    st.integers(1, 8),
)
@example([4, 3, 2, 1], "down", 3)
@example([4, 3, 2, 1], "down", 4)
@example([4, 4], "down", 1)
@example([0, None, 0], "zero", 3)
@example([1, None, 0], "zero", 3)
@example([3], "<3", 1)
def test_a_run_means_as_many_falls_or_as_many_values(series, claim, length):
    record = made_up.empty()
    last = len(series) - 1
    for k, value in enumerate(series):
        if value is not None:
            record.add("1", f"d{k}", value, NEW, "c_1", start=day(k), end=day(k + 1))
    record.add("1", "run", length, NEW, "c_1", kind="run", claim=claim, start=day(last), end=day(last + 1))
    found = one(audit.runs(record.load()))
    assert found.verdict == expected_run(claim, length, dict(enumerate(series)), last)
    assert bool(found.missing) == (found.verdict == "undecided")
    assert found.shown == sum(
        expected_run(claim, 1, dict(enumerate(series)), last - n) == "holds" for n in range(length)
    )
    true = 0
    while expected_run(claim, true + 1, dict(enumerate(series)), last) == "holds":
        true += 1
    assert found.longest == true
    as_values = (
        expected_run(claim, length - 1, dict(enumerate(series)), last) if claim in ("down", "up") else found.verdict
    )
    assert found.verdict_as_values == as_values


@pytest.mark.parametrize(
    ("values", "claim", "needed"),
    [
        ((30, None, 10), "down", [" (below 30 and above 10)"]),
        ((10, None, 30), "up", [" (above 10 and below 30)"]),
        ((30, None, None), "down", [" (below 30)", " (below 30)"]),
        ((None, None, 30), "up", [" (below 30)", " (below 30)"]),
        ((0, None, 0), "zero", [" (zero)"]),
        ((2, None, 2), "<3", [" (below 3)"]),
        ((None, 4, 4), ">3", [" (above 3)"]),
    ],
)
def test_a_missing_day_is_named_with_what_it_would_have_to_be(values, claim, needed):
    record = made_up.empty()
    for k, value in enumerate(values):
        if value is not None:
            record.add("1", f"d{k}", value, NEW, start=day(k), end=day(k + 1))
    length = len(values) - (claim in ("down", "up"))
    record.add("1", "run", length, NEW, kind="run", claim=claim, start=day(2), end=day(3))
    found = one(audit.runs(record.load()))
    missing = [day(k) for k, value in enumerate(values) if value is None]
    assert found.missing == "; ".join(f"{on}{ends}" for on, ends in zip(missing, needed, strict=True))
    assert found["values"] == "; ".join(f"{day(k)[5:]}: {'?' if v is None else v}" for k, v in enumerate(values))
    known = [f"1/d{k}" for k, value in enumerate(values) if value is not None]
    assert found.rests_on == "; ".join(known)


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.integers(1, 6), st.sampled_from(["down", "up"]), st.sampled_from(["city", "central"]))
def test_a_run_in_a_full_record_is_what_the_true_series_has(seed, length, claim, area):
    record = made_up.record(briefings=5, numbers=12, seed=seed)
    record.add("5", "claimed", length, NEW, area, kind="run", claim=claim, start=day(5), end=day(6))
    series = {k: record.truth[NEW, area, k] for k in range(6)}
    assert one(audit.runs(record.load()), number="claimed").verdict == expected_run(claim, length, series, 5)


@pytest.mark.parametrize(
    ("values", "claim", "verdict"),
    [
        ((("1000", ">1000"), 900), "down", "holds"),
        ((("1000", ">1000"), 1500), "down", "undecided"),
        ((("1000", ">1000"), 1000), "up", "does not hold"),
        ((("1000", ">=1000"), 1000), "up", "does not hold"),
        ((("3萬", ""), ("2萬", "")), "down", "holds"),
        ((("3萬", ""), ("3萬", "")), "down", "undecided"),
        ((5, ("300", "<300")), "<300", "holds"),
        ((5, ("300", "<300")), "<200", "undecided"),
        ((("1", "<1"), 0), "zero", "holds"),
        ((("1", ">1"), 0), "zero", "does not hold"),
        ((("2", "<2"), 0), "zero", "undecided"),
    ],
)
def test_bounds_decide_a_run_as_far_as_they_go(values, claim, verdict):
    record = made_up.empty()
    for k, value in enumerate(values):
        text, reads = value if isinstance(value, tuple) else (value, "")
        record.add("1", f"d{k}", text, NEW, "c_1", reads=reads, start=day(k), end=day(k + 1))
    length = 1 if claim in ("down", "up") else 2
    record.add("1", "run", length, NEW, "c_1", kind="run", claim=claim, **ON)
    assert one(audit.runs(record.load())).verdict == verdict


def test_the_values_of_a_run_of_a_rate_are_told_in_percent():
    record = made_up.empty()
    record.add("1", "share", "10%", "community_share", "central", kind="rate", **BEFORE)
    record.add("1", "part", 1, "community_infections", "central", **ON)
    record.add("1", "whole", 3, NEW, "central", **ON)
    record.add("1", "run", 2, "community_share", "central", kind="run", claim="up", **ON)
    found = one(audit.runs(record.load()))
    before, first, second = (day(k)[5:] for k in (-1, 0, 1))
    assert found["values"] == f"{before}: ?; {first}: 9.50% to 10.50%; {second}: 33.33%"
    assert found.missing == f"{day(-1)} (below 9.50% to 10.50%)"


def test_a_run_of_a_rate_rests_on_its_counts_rather_than_on_its_print():
    record = made_up.empty()
    for k, part in enumerate((101, 100)):
        times = {"start": day(k), "end": day(k + 1)}
        record.add("1", f"share{k}", "10%", "community_share", "central", kind="rate", **times)
        record.add("1", f"part{k}", part, "community_infections", "central", **times)
        record.add("1", f"whole{k}", 1000, NEW, "central", **times)
    record.add("1", "run", 1, "community_share", "central", kind="run", claim="down", **ON)
    assert one(audit.runs(record.load())).verdict == "holds"
    record.numbers["1"] = [row for row in record.numbers["1"] if row["number"] != "part1"]
    assert one(audit.runs(record.load())).verdict == "undecided"


def test_a_run_of_more_than_two_days_is_one_of_three():
    record = made_up.empty()
    for k, value in enumerate((30, 20, 10)):
        record.add("1", f"d{k}", value, NEW, start=day(k), end=day(k + 1))
    record.add("1", "run", "兩", NEW, reads=">2", kind="run", claim="down", start=day(2), end=day(3))
    found = one(audit.runs(record.load()))
    assert (found.days, found.verdict) == (3, "undecided")


def test_a_claim_of_more_than_a_year_is_never_shown_true():
    record = made_up.empty()
    for k in range(368):
        record.add("1", f"d{k}", k, NEW, start=day(k), end=day(k + 1))
    for number, length in (("year", 366), ("more", 367)):
        record.add("1", number, length, NEW, kind="run", claim="up", start=day(367), end=day(368))
    assert list(audit.runs(record.load())["verdict"]) == ["holds", "undecided"]


def test_a_run_of_a_rate_without_an_area_rests_on_the_counts_of_its_own_text():
    record = made_up.empty()
    for k, part in enumerate((101, 100)):
        times = {"start": day(k), "end": day(k + 1)}
        record.add("1", f"part{k}", part, "community_infections", "", **times)
        record.add("1", f"whole{k}", 1000, NEW, "", **times)
    record.add("1", "run", 1, "community_share", "", kind="run", claim="down", **ON)
    assert one(audit.runs(record.load())).verdict == "holds"


def test_a_claim_of_a_thousand_years_takes_no_time():
    record = made_up.empty()
    for k, value in enumerate((10, 20)):
        record.add("1", f"d{k}", value, NEW, start=day(k), end=day(k + 1))
    for claim in ("down", "up"):
        record.add("1", claim, 365_000, NEW, kind="run", claim=claim, **ON)
    assert list(audit.runs(record.load())["verdict"]) == ["does not hold", "undecided"]


# Balances.


def balance(*printed, name):
    record = made_up.empty()
    for i, (area, measure, text, more) in enumerate(printed):
        times = {"end": day(2)} if measure in ("firms", "cleared", "units") else ON
        record.add("1", f"n{i}", text, measure, area, **times | more)
    return list(audit.balances(record.load()).query(f"balance == '{name}'")["verdict"])


@pytest.mark.parametrize(
    ("printed", "name", "verdict"),
    [
        ([("city", 50), ("central", 30), ("outside", 20)], "parts", "holds"),
        ([("city", 50), ("central", 30), ("outside", 21)], "parts", "does not hold"),
        ([("city", "5萬"), ("central", 30000), ("outside", 21000)], "parts", "undecided"),
        ([("city", "5萬"), ("central", 30000), ("outside", 31000)], "parts", "does not hold"),
        ([("city", 50), ("central", 51)], "within", "does not hold"),
        ([("city", 50), ("central", 50)], "within", "holds"),
        ([("central", 50), ("c_1", 30), ("c_2", 21)], "within", "does not hold"),
        ([("central", 50), ("c_1", 30), ("c_2", 20)], "within", "holds"),
        ([("central", 50), ("pair", 51)], "within", "does not hold"),
        ([("city", 50), ("city", 50)], "repeat", "holds"),
        ([("city", 50), ("city", 51), ("city", 50)], "repeat", "does not hold"),
        ([("city", 50), ("city", 51), ("city", 51)], "repeat", "does not hold"),
        ([("city", "5萬"), ("city", 50123)], "repeat", "undecided"),
        ([("city", "5萬"), ("city", 60123)], "repeat", "does not hold"),
        ([("city", "5萬"), ("city", 50123), ("city", 50123)], "repeat", "undecided"),
        ([("city", "5萬"), ("city", "5萬")], "repeat", "holds"),
    ],
)
def test_a_balance_of_areas(printed, name, verdict):
    assert balance(*((area, NEW, text, {}) for area, text in printed), name=name) == [verdict]


@pytest.mark.parametrize(
    ("printed", "statement", "arithmetic", "difference"),
    [
        ([(NEW, "city", 1, 50), (NEW, "central", 1, 30), (NEW, "outside", 1, 21)],
         f"new_infections, city, {day(1)} = central + outside", "50 = 30 + 21", -1),
        ([(NEW, "central", 1, 50), (NEW, "c_1", 1, 30), (NEW, "c_2", 1, 25)],
         f"new_infections, central, {day(1)} ≥ c_1 + c_2", "50 ≥ 30 + 25", -5),
        ([(NEW, "city", 1, 50), ("new_confirmed", "city", 1, 30), ("converted", "city", 1, 5),
          ("new_asymptomatic", "city", 1, 22)],
         f"new_infections, city, {day(1)} = new_confirmed − converted + new_asymptomatic", "50 = 30 − 5 + 22", 3),
        ([(NEW, "c_1", 2, 9), (NEW, "c_1", 0, 5), (NEW, "c_1", 1, 4)],
         f"new_infections, c_1, {day(0)} to {day(1)} = {day(0)} + {day(1)}", "9 = 5 + 4", 0),
        ([(NEW, "central", 1, 50), (NEW, "pair", 1, 51)],
         f"new_infections, pair, {day(1)} ≤ central", "51 ≤ 50", -1),
        ([(NEW, "pair", 1, 50), ("community_infections", "pair", 1, 20)],
         f"community_infections, pair, {day(1)} ≤ new_infections", "20 ≤ 50", 30),
        ([("units", "pair", None, 3)], f"units, pair, at the end of {day(1)} = the units that make it up", "3 = 2", -1),
        ([("units", "unnamed", None, 3)],
         f"units, unnamed, at the end of {day(1)} = the units that make it up", "3 = not known", None),
        ([("units_without_community", "outside", 1, 2)],
         f"units_without_community, outside, {day(1)} ≤ the units that make it up", "2 ≤ 3", 1),
    ],
)  # fmt: skip
def test_a_balance_is_stated_in_words_and_in_numbers(printed, statement, arithmetic, difference):
    record, first = made_up.empty(), {1: day(1), 0: day(0), 2: day(0)}
    for i, (measure, area, when, text) in enumerate(printed):
        times = {"end": day(2)} if when is None else {"start": first[when], "end": day(2 if when else 1)}
        record.add("1", f"n{i}", text, measure, area, **times)
    found = one(audit.balances(record.load()), statement=statement)
    assert (found.arithmetic, found.difference) == (arithmetic, difference)
    assert set(found.rests_on.split("; ")) == {f"1/n{i}" for i in range(len(printed))}
    assert found.end == pd.Timestamp(day(2)) and found.briefing == "1"
    assert (found.measure, found.area) in {(measure, area) for measure, area, _, _ in printed}
    assert (found.missing == "") == (found.verdict != "undecided")


def test_a_longer_time_bounds_tallies_but_neither_counts_nor_other_areas():
    record = made_up.empty()
    for number, measure, area in (("tally", "units_without_community", "outside"), ("flow", NEW, "c_1")):
        for first, text in ((0, 3), (1, 2)):
            record.add("1", f"{number}{first}", text, measure, area, start=day(first), end=day(2))
    record.add("1", "else", 1, "units_without_community", "central", start=day(0), end=day(2))
    found = one(audit.balances(record.load()), balance="longer time")
    assert found.statement == f"units_without_community, outside, {day(0)} to {day(1)} ≤ {day(1)}"
    assert (found.arithmetic, found.verdict) == ("3 ≤ 2", "does not hold")


def test_numbers_of_units_are_not_held_against_those_of_a_larger_area():
    printed = ("pair", "units", 2, {}), ("central", "units", 3, {})
    assert balance(*printed, name="within") == []
    assert balance(*printed, name="units") == ["holds", "holds"]


def test_a_part_of_a_rate_fits_into_its_whole():
    for part, verdict in ((50, "holds"), (51, "does not hold")):
        printed = ("central", NEW, 50, {}), ("central", "community_infections", part, {})
        assert balance(*printed, name="within") == [verdict]


def test_units_are_counted_where_they_are_named():
    for area, text, verdict in (("pair", 2, "holds"), ("pair", 3, "does not hold"), ("unnamed", 2, "undecided"),
                                ("central", 3, "holds"), ("city", 6, "holds")):  # fmt: skip
        assert balance((area, "units", text, {}), name="units") == [verdict]
    for text, verdict in ((3, "holds"), (4, "does not hold")):
        assert balance(("outside", "units_without_community", text, {}), name="units") == [verdict]


def test_a_tally_cannot_grow_with_the_time():
    longer = {"start": day(0)}
    for text, verdict in ((2, "holds"), (3, "does not hold")):
        printed = ("outside", "units_without_community", 2, {}), ("outside", "units_without_community", text, longer)
        assert balance(*printed, name="longer time") == [verdict]


# Witnesses, days and rules.


@pytest.mark.parametrize(
    ("sources", "verdict"),
    [
        (["report"], "single"),
        (["report", "copy"], "single"),  # a repost of the same text
        (["report", "other"], "corroborated"),
        (["report", "copy", "other"], "corroborated"),
    ],
)
def test_two_texts_bear_one_another_out_and_two_pages_of_one_do_not(sources, verdict):
    together, apart = made_up.empty(), made_up.empty()
    for k, source in enumerate(sources, 1):
        apart.add(str(k), "count", 50, NEW, source=source, **ON)
    together.add("1", "count", 50, NEW, source=sources[0], second_source=sources[-1], **ON)
    records = [apart, together] if len(sources) > 1 else [apart]
    for record in records:
        evidence = audit.Evidence(record.load())
        assert set(audit.witnesses(evidence)["verdict"]) == {verdict}
        assert one(audit.daily(evidence)).verdict == verdict
    apart.add("9", "count", 51, NEW, **ON)
    evidence = audit.Evidence(apart.load())
    assert set(audit.witnesses(evidence)["verdict"]) == {"in conflict"}
    found = one(audit.daily(evidence))
    assert found.verdict == "in conflict" and found.low in (50, 51)


def test_different_routes_from_different_numbers_bear_one_another_out_even_in_one_text():
    record = made_up.empty()
    record.add("1", "city", 50, NEW, "city", **ON)
    record.add("1", "central", 30, NEW, "central", **ON)
    assert set(audit.witnesses(record.load())["verdict"]) == {"single"}, "the rest rests on both"
    record.add("1", "outside", 20, NEW, "outside", **ON)
    verdicts = audit.witnesses(record.load()).query("area in ('city', 'central', 'outside')").groupby("area")["verdict"]
    assert verdicts.agg(set).to_dict() == {key: {"corroborated"} for key in ("central", "city", "outside")}
    record.add("2", "outside", 21, NEW, "outside", source="other", **ON)
    assert {"in conflict"} == set(audit.witnesses(record.load()).query("area == 'outside'")["verdict"])


def test_a_witness_says_of_which_cell_it_is_and_where_from():
    record = made_up.empty()
    record.add("1", "city", 50, NEW, **ON)
    record.add("2", "central", 20, NEW, "central", source="other", **ON)
    found = audit.witnesses(record.load())
    derived = one(found, area="outside")
    assert (derived.measure, derived.low, derived.high, derived.route) == (NEW, 30, 30, "rest")
    assert (derived.start, derived.end) == (pd.Timestamp(day(1)), pd.Timestamp(day(2)))
    assert (derived.rests_on, derived.texts, derived.verdict) == ("1/city; 2/central", "other; report", "single")
    assert found["best"].all()


def test_the_daily_series_has_whole_days_of_stated_areas_in_order():
    record = made_up.empty()
    for number, measure, area, times in (
        ("later", NEW, "c_1", {"start": day(2), "end": day(3)}),
        ("day", NEW, "c_1", {"start": day(1), "end": day(2)}),
        ("two_days", NEW, "c_2", {"start": day(1), "end": day(3)}),
        ("hours", NEW, "c_3", {"start": f"{day(1)}T00:00", "end": f"{day(1)}T12:00"}),
        ("nowhere", NEW, "", {"start": day(1), "end": day(2)}),
        ("stock", "firms", "c_1", {"end": day(5)}),
    ):
        record.add("1", number, 7, measure, area, **times)
    found = audit.daily(record.load())
    assert [(r.measure, r.area, r.day.date().isoformat()) for r in found.itertuples()] == [
        ("firms", "c_1", day(4)), (NEW, "c_1", day(1)), (NEW, "c_1", day(2))
    ]  # fmt: skip
    assert list(found["rests_on"]) == ["1/stock", "1/day", "1/later"]
    assert set(found["route"]) == {"printed"} and set(found["low"]) == set(found["high"]) == {7}


def test_a_daily_share_is_its_part_over_its_whole_or_else_as_printed():
    record = made_up.empty()
    for number, measure, text in (("part", "community_infections", 1), ("whole", NEW, 3)):
        record.add("1", number, text, measure, "central", **ON)
    record.add("1", "share", "40%", "community_share", "outside", kind="rate", **ON)
    record.add("1", "of_city", "30%", "share_of_new_infections", "outside", of_area="city", kind="rate", **ON)
    daily = audit.daily(record.load())
    assert one(daily, measure="share_of_new_infections").of_area == "city"
    found = daily.query("measure == 'community_share'")
    exact, printed = one(found, area="central"), one(found, area="outside")
    assert (exact.low, exact.high, exact.route, exact.verdict) == (
        Fraction(1, 3),
        Fraction(1, 3),
        "part over whole",
        "",
    )
    assert exact.rests_on == "1/part; 1/whole"
    assert (printed.low, printed.high) == (Fraction(395, 1000), Fraction(405, 1000)) and printed.rests_on == "1/share"


def test_a_day_that_rests_on_translated_pages_alone_is_marked():
    record = made_up.empty()
    source = {"outlet": "english", "seen": "2030-01-01", "text": "report"}
    record.tables["sources"] += [source | {"source": name, "kind": "translation"} for name in ("english", "italian")]
    for area, pages, _ in (expected := [
        ("c_1", {"source": "english"}, True), ("c_2", {"source": "report"}, False),
        ("c_3", {"source": "english", "second_source": "italian"}, True),
        ("o_1", {"source": "english", "second_source": "report"}, False),
    ]):  # fmt: skip
        record.add("1", area, 7, NEW, area, **ON | pages)
    found = audit.daily(record.load()).set_index("area")
    assert {area: found.loc[area, "translated"] for area, *_ in expected} == {area: t for area, _, t in expected}


def test_rules_are_listed_briefing_after_briefing_and_name_what_they_exclude():
    record = made_up.empty()
    for file, printed in (("8", "66.7%"), ("9", "66.6%")):
        record.add(file, "part", 2, "community_infections", "central", **ON)
        record.add(file, "whole", 3, NEW, "central", **ON)
        record.add(file, "share", printed, "community_share", "central", kind="rate", **ON)
    found = audit.rules(record.load())
    assert list(dict.fromkeys(found["briefing"])) == ["8", "9", "all"]
    assert list(found["rule"]) == [*rounding.RULES] * 3
    assert one(found, briefing="9", rule="half_up")[["rates", "reproduced", "excluded"]].tolist() == [
        1, 0, "9/share 66.6%"
    ]  # fmt: skip
    down = one(found, briefing="all", rule="down")
    assert (down.rates, down.reproduced, down.excluded) == (2, 1, "8/share 66.7%")


# A new briefing, and numbers gone wrong.


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(DATA, tmp_path / "data")


def write_rows(folder, file, changed):
    columns = list(next(iter(rows("155").values())))
    made_up._write(folder / "numbers" / f"{file}.csv", columns, changed)


def test_a_new_briefing_is_one_file_and_one_row(copy):
    report = rows("155")["city_new"]["source"]
    new = date(2023, 1, 8)
    on = {"start": str(new), "end": str(new + timedelta(days=1))}
    record = made_up.empty()
    for number, printed, measure, area, more in (
        ("city_new", 300, NEW, "city", {}),
        ("central_new", 200, NEW, "central", {}),
        ("outside_new", 100, NEW, "outside", {}),
        ("city_change", 20, NEW, "city", {"kind": "change", "claim": "down", "since": str(new - timedelta(days=1))}),
        ("city_run", 2, NEW, "city", {"kind": "run", "claim": "down"}),
        ("central_share", "66.7%", "share_of_new_infections", "central", {"kind": "rate", "of_area": "city"}),
    ):
        record.add("x161", number, printed, measure, area, **on | more | {"source": report})
    with (copy / "briefings.csv").open("a", encoding="utf-8", newline="") as lines:
        lines.write("161,printed,2023-01-09,part,,made up\n")
    write_rows(copy, "161", record.numbers["x161"])
    new_ledger = ledger.load(copy)
    assert "161" in set(new_ledger.briefings["briefing"])
    evidence = audit.Evidence(new_ledger)
    for name in ("rates", "balances", "changes", "runs", "rules"):
        frame = getattr(audit, name)(evidence)
        before = audit.rules(ledger.load()) if name == "rules" else frames()[name]
        own = frame[frame["briefing"] == "161"]
        assert len(own) and len(frame) - len(own) == len(before)
    assert one(audit.rates(evidence), briefing="161").verdict == "reproduces"
    assert one(audit.balances(evidence), briefing="161", balance="parts").verdict == "holds"
    assert one(audit.changes(evidence), briefing="161").implied == 320
    run = one(audit.runs(evidence), briefing="161")
    assert (run.verdict, run.longest) == ("undecided", 1)
    witnesses, daily = audit.witnesses(evidence), audit.daily(evidence)
    assert witnesses["rests_on"].str.contains("161/").any()
    assert one(daily[daily["day"] == pd.Timestamp(new - timedelta(days=1))], area="city").low == 320


def digest(folder, file="155"):
    """The digest of a briefing's numerals as the card defines it, from the CSV alone."""
    with (folder / "numbers" / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
        said = dict.fromkeys((row["paragraph"], row["position"], row["printed"]) for row in csv.DictReader(lines))
    return hashlib.sha256("".join(f"{p}\t{text}\n" for p, _, text in said).encode()).hexdigest()


def is_red(folder):
    """The checks that notice: the loader, the audits of the 155th, the digest."""
    try:
        loaded = ledger.load(folder)
    except ledger.LedgerError:
        return {"ledger"} | ({"digest"} if digest(folder) != stored() else set())
    numbers = loaded.numbers[loaded.numbers["briefing"] == "155"]
    places = zip(numbers["paragraph"], numbers["position"], numbers["printed"])
    assert trace.digest(trace.recorded(places)) == digest(folder)
    evidence = audit.Evidence(loaded)
    found = {"digest"} if digest(folder) != stored() else set()
    for name in ("rates", "balances", "changes", "runs"):
        frame = getattr(audit, name)(evidence).query("briefing == '155'")
        found |= {name} if frame["verdict"].isin(BAD).any() else set()
    return found


def stored():
    with (DATA / "briefings.csv").open(encoding="utf-8", newline="") as lines:
        return next(row["digest"] for row in csv.DictReader(lines) if row["briefing"] == "155")


@pytest.mark.parametrize(
    ("number", "column", "instead", "noticed"),
    [
        ("central_new", "printed", "5523", {"digest", "rates", "balances", "changes"}),
        ("four_districts_share", "printed", "71.71%", {"digest", "rates"}),
        ("central_new_change", "printed", "836", {"digest", "changes"}),
        ("central_new_run", "printed", "8", {"digest", "balances", "runs"}),
        ("outside_units_without_community", "printed", "3", {"digest", "balances"}),
        ("central_month", "paragraph", "3", {"digest"}),
        ("central_new", "position", "19", {"ledger"}),
        ("central_new", "paragraph", "2", {"ledger", "digest"}),
        ("permit_days", "printed", "21", {"digest"}),
        ("briefing_number", "printed", "156", {"digest"}),
        ("supply_chain_problems", "printed", "3261", {"digest"}),
    ],
)
def test_one_digit_changed_in_the_155th_is_noticed(copy, number, column, instead, noticed):
    changed = [row | {column: instead} if row["number"] == number else row for row in rows("155").values()]
    write_rows(copy, "155", changed)
    assert is_red(copy) == noticed


def test_the_155th_as_it_is_is_noticed_by_none(copy):
    write_rows(copy, "155", rows("155").values())
    assert is_red(copy) == set()
    assert (copy / "numbers" / "155.csv").read_bytes() == (DATA / "numbers" / "155.csv").read_bytes()


def test_its_digest_is_that_of_67_numerals():
    place = {row["position"]: (row["paragraph"], row["printed"]) for row in rows("155").values()}
    lines = [f"{paragraph}\t{printed}\n" for paragraph, printed in place.values()]
    assert len(lines) == 67
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == stored()


def test_a_change_does_not_bear_itself_out():
    record = made_up.empty()
    record.add("1", "before", 100, NEW, **BEFORE)
    record.add("2", "change", 10, NEW, kind="change", claim="down", since=day(0), **ON)
    found = one(audit.changes(record.load()))
    assert (found.verdict, found.level, found.route) == ("undecided", None, "printed")
    assert found.missing.startswith("new_infections")


def test_what_may_be_taken_away_again_need_not_fit_into_the_whole():
    record = made_up.empty()
    record.add("1", "whole", 50, NEW, **ON)
    record.add("1", "confirmed", 60, "new_confirmed", **ON)  # converted ones are taken away, and not printed
    assert audit.balances(record.load()).empty
