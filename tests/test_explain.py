"""Single edits that would explain a contradiction: complete, exact, the true one among them."""

from __future__ import annotations

import random
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers import audit, ledger, rounding
from helpers.cells import ZERO, Cells, Witness
from helpers.explain import Finding, _apart, at_odds, contradictions, edits, explain, slips
from tests import made_up
from tests.made_up import day
from tests.test_audit import checkable, edited, one

NEW = "new_infections"
ON = {"start": day(1), "end": day(2)}
BEFORE = {"start": day(0), "end": day(1)}


@pytest.fixture(scope="module")
def real():
    return explain(ledger.load())


def test_a_record_that_is_consistent_needs_no_explanation():
    assert explain(made_up.record(briefings=3, numbers=30, seed=7).load()).empty


@settings(max_examples=6)
@given(seed=st.integers(0, 10**6))
def test_a_slip_in_a_number_that_others_bear_out_is_found_and_undone_first(seed):
    record = made_up.record(briefings=3, numbers=30, seed=seed)
    assert explain(record.load()).empty
    chance = random.Random(seed)
    names = [
        row["number"] for row in record.numbers["2"] if row["kind"] == "level" and row["measure"] == "new_infections"
    ]
    row = record.row(
        "2", chance.choice([name for name in names if record.row("2", name)["area"] in ("city", "central")])
    )
    printed = row["printed"]
    wrong = [text for _, text in rounding.edits(printed) if abs(int(text) - int(printed)) > 9]
    row["printed"] = chance.choice(wrong)
    found = explain(record.load())
    undone = found[found["number"].eq(f"2/{row['number']}") & found["instead"].eq(printed)]
    assert len(undone), "the edit that undoes the slip is listed"
    first = found[found["finding"].eq(undone["finding"].iloc[0])].iloc[0]
    assert first["explains"] >= undone["explains"].iloc[0] and first["support"] >= 1
    if first["number"] != f"2/{row['number']}":
        assert first["explains"] == undone["explains"].iloc[0], "only an edit that explains as much may stand before it"


def test_the_slips_tried_are_all_there_are():
    row = next(row for row in Cells(ledger.load()).rows if row.printed == "71.17%")
    assert [edit.instead for edit in slips(row)] == [text for _, text in rounding.edits("71.17%")]
    assert [edit.row.printed for edit in slips(row)] == [edit.instead for edit in slips(row)]


def test_nothing_that_is_listed_leaves_a_contradiction_around_the_edited_number(real):
    record = ledger.load()
    cells = Cells(record)
    index = dict(zip(record.numbers["briefing"] + "/" + record.numbers["number"], record.numbers.index, strict=True))
    for reference, kind, instead in real.loc[real["edit"].ne(""), ["number", "edit", "instead"]].itertuples(
        index=False
    ):
        row = cells.row[index[reference]]
        edit = next(e for e in edits(cells, row) if (e.kind, e.instead) == (kind, instead))
        assert contradictions(cells, cells.depths(), row.index), "there is something to explain"
        changed = cells.with_row(edit.row)
        assert contradictions(changed, changed.depths(), row.index) == []


def test_nothing_is_applied(real):
    record = ledger.load()
    before = record.numbers.copy()
    explain(record)
    assert record.numbers.equals(before)


def number(briefing: str, name: str) -> str:
    numbers = ledger.load().numbers
    return numbers[numbers["briefing"].eq(briefing) & numbers["number"].eq(name)]["printed"].iloc[0].replace(",", "")


def share(part: int, whole: int, like: str) -> str:
    """part/whole in percent, printed like another, by the decimal module."""
    places = len(like.rstrip("%").partition(".")[2])
    exact = Decimal(100 * part) / Decimal(whole)
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}%"


def listed(real, reference: str) -> list[str]:
    return real.loc[real["number"].eq(reference), "instead"].tolist()


def test_the_count_outside_on_27_november_follows_from_three_numbers(real):
    (instead,) = listed(real, "152/outside_community")
    city, central, outside = (int(number("152", n)) for n in ("city_community", "central_community", "outside_new"))
    assert city - central == int(instead)
    assert share(int(instead), outside, number("152", "outside_community_share")) == number(
        "152", "outside_community_share"
    )


def test_the_change_of_the_158th_follows_from_its_own_parts(real):
    (instead,) = listed(real, "158/city_new_change")
    assert int(instead) == int(number("158", "central_new_change")) + int(number("158", "outside_new_change"))


def test_the_count_of_the_146th_follows_from_its_total_and_its_share(real):
    (instead,) = listed(real, "146/central_community")
    total, controlled = int(number("146", "central_new")), int(number("146", "central_controlled"))
    assert int(instead) == total - controlled
    assert share(int(instead), total, "10.9%") == number("146", "central_community_share")


def test_the_share_of_the_147th_follows_from_its_counts(real):
    (instead,) = listed(real, "147/central_community_share")
    assert instead == share(int(number("147", "central_community")), int(number("147", "central_new")), instead)


def test_where_two_pages_differ_and_nothing_else_speaks_both_are_listed(real):
    edited = real[real["number"].isin(["155/half_day_confirmed", "press/pacq_half_day_confirmed"])]
    assert len(edited) == 2 and not edited["only"].any()


def test_what_no_single_edit_explains_is_told_once(real):
    none = real[real["edit"].eq("")]
    assert len(none) == none["finding"].nunique() == 1 and none["number"].isna().all()


def test_the_audit_offers_it_by_the_same_name():
    assert audit.explain is explain


def altered(record, data, rows):
    file, number = data.draw(st.sampled_from(rows))
    row = record.row(file, number)
    texts = [text for _, text in rounding.edits(row["printed"]) if edited(record, file, row, text)]
    assume(texts)
    printed, row["printed"] = row["printed"], data.draw(st.sampled_from(texts))
    return f"{file}/{number}", printed


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.data())
def test_an_altered_number_is_undone_among_the_explanations(seed, data):
    record = made_up.record(briefings=2, numbers=200, seed=seed, central=2, outside=2)
    reference, printed = altered(record, data, checkable(record))
    found = explain(record.load())
    assert set(found["finding"]) == {1}, "one slip is one finding"
    assert found["rests_on"].str.split("; ").map(lambda rows: reference in rows).all()
    undone = one(found, number=reference, instead=printed)
    assert undone.explains == found["explains"].max()
    rivals = found[found.index != undone.name]
    as_good = [(r.explains, r.support) >= (undone.explains, undone.support) for r in rivals.itertuples()]
    assert any(as_good) or undone.name == 0
    assert undone.only == (len(found) == 1)


@settings(max_examples=4)
@given(st.integers(0, 10**6), st.data())
def test_what_many_numbers_bear_out_is_explained_in_one_way_alone(seed, data):
    record = made_up.record(briefings=3, numbers=200, seed=seed, central=3, outside=3)
    reference, printed = altered(record, data, [("2", f"{area}_new_infections") for area in ("city", "central")])
    found = explain(record.load())
    assert (found["number"].iloc[0], found["instead"].iloc[0]) == (reference, printed)
    assert found["explains"].iloc[0] > found["explains"][1:].max() or len(found) == 1


def edits_of(record, number):
    cells = Cells(record.load())
    row = next(row for row in cells.rows if row.number == number)
    return [(e.kind, e.instead) for e in edits(cells, row)]


def test_a_share_of_nothing_beside_a_count_is_explained_like_any_other():
    record = made_up.empty()
    record.add("1", "part", 30, "community_infections", "central", **ON)
    record.add("1", "whole", 1000, NEW, "central", **ON)
    record.add("1", "share", "0%", "community_share", "central", kind="rate", **ON)  # rounded up: none at all
    found = explain(record.load())
    assert one(found, number="1/share", instead="3%").edit == "digit changed"


def test_every_slip_of_a_digit_is_tried():
    record = made_up.empty()
    record.add("1", "a", 102, NEW, **ON)
    tried = {text for kind, text in edits_of(record, "a") if kind.startswith("digit")}
    digits = {f"{n}" for n in range(100, 1000) if sum(a != b for a, b in zip(str(n), "102")) == 1}
    assert tried == digits | {"012", "120"} - {"012"} | {"10", "12", "1102", "1002", "1022"}


def test_a_count_of_another_area_or_day_or_measure():
    record = made_up.empty()
    record.add("1", "city", 50, NEW, "city", **ON)
    record.add("1", "central", 30, NEW, "central", **ON)
    record.add("1", "outside", 20, NEW, "outside", **ON)
    record.add("2", "again", 30, NEW, "outside", **ON, source="other")
    found = explain(record.load())
    assert one(found, number="2/again", edit="another area").instead == "central"
    record.numbers["2"].clear()
    record.add("2", "again", 30, NEW, "city", **ON, source="other")
    record.add("3", "before", 30, NEW, "city", **BEFORE, source="bulletins")
    assert one(explain(record.load()), number="2/again", edit="another day").instead == "-1 day"
    record.numbers["3"].clear()
    record.add("3", "community", 30, "community_infections", "city", **ON, source="bulletins")
    found = explain(record.load())
    assert one(found, number="2/again", edit="another measure").instead == "community_infections"


def test_a_share_of_another_whole():
    record = made_up.empty()
    for area, printed in (("pair", 20), ("central", 50), ("city", 80)):
        record.add("1", area, printed, NEW, area, **ON)
    record.add("1", "share", "40%", "share_of_new_infections", "pair", of_area="city", kind="rate", **ON)
    assert one(explain(record.load()), number="1/share", edit="another base").instead == "of central"


@pytest.mark.parametrize(("printed", "rules"), [("66.6%", {"down"}), ("66.7%", set()), ("66.5%", set())])
def test_a_rate_by_another_rule(printed, rules):
    record = made_up.empty()
    record.add("1", "part", 200, "community_infections", "central", **ON)
    record.add("1", "whole", 300, NEW, "central", **ON)
    record.add("1", "share", printed, "community_share", "central", kind="rate", **ON)
    found = explain(record.load())
    assert {i.removeprefix("rounded by ") for i in found.loc[found["edit"] == "another rule", "instead"]} == rules
    assert found.empty == (printed == "66.7%")
    if printed == "66.5%":
        assert "66.7%" in set(found["instead"])


def test_a_rate_rounded_twice():
    part, whole = 2246, 10_000  # 22.46 %, so 22.5 and then 23
    assert made_up.percent(part, whole, 0) == "22%" and made_up.percent(part, whole, 1) == "22.5%"
    record = made_up.empty()
    record.add("1", "part", part, "community_infections", "central", **ON)
    record.add("1", "whole", whole, NEW, "central", **ON)
    record.add("1", "share", "23%", "community_share", "central", kind="rate", **ON)
    assert "rounded twice" in set(explain(record.load())["edit"])
    record.row("1", "part")["printed"] = "2244"  # 22.4 and 22
    assert "rounded twice" not in set(explain(record.load())["edit"])


def test_a_change_of_the_wrong_direction():
    record = made_up.empty()
    record.add("1", "level", 30, NEW, **ON)
    record.add("2", "before", 37, NEW, **BEFORE)
    record.add("1", "change", 7, NEW, kind="change", claim="up", since=day(0), **ON)
    found = explain(record.load())
    assert one(found, number="1/change").instead == "down by 7"


def test_two_values_that_nothing_else_bears_out_are_explained_both_ways_round():
    record = made_up.empty()
    record.add("1", "a", 53, NEW, **ON)
    record.add("2", "b", 50, NEW, **ON, source="other")
    found = explain(record.load())
    assert set(zip(found["number"], found["instead"])) == {("1/a", "50"), ("2/b", "53")}
    assert not found["only"].any()


def test_what_no_single_edit_explains_is_listed_without_one():
    record = made_up.record(2, 9, seed=1)
    for number in ("city_new_infections", "outside_new_infections"):
        record.row("2", number)["printed"] += "77"
    found = explain(record.load())
    assert (found["edit"] == "").any() and found.loc[found["edit"] == "", "explains"].eq(0).all()


def test_the_swapped_digits_of_28_november_follow_from_the_city_total(real):
    printed = int(number("bulletins", "city_asymptomatic_1128_reuters_later"))
    right = int(number("bulletins", "city_asymptomatic_1128"))
    others = int(number("bulletins", "city_confirmed_1128")) - int(number("153", "city_converted"))
    assert (printed, right) == (8538, 8583) and others + right == int(number("153", "city_new")) != others + printed
    assert listed(real, "bulletins/city_asymptomatic_1128_reuters_later") == ["8,583"]


def test_the_swapped_digits_of_13_november_follow_from_the_sum_of_the_pages(real):
    printed = int(number("bulletins", "city_asymptomatic_1113_chongqing_report"))
    right = int(number("bulletins", "city_asymptomatic_1113"))
    both = int(number("bulletins", "city_confirmed_1113")) + right
    assert (printed, right) == (2174, 2147) and sorted(str(printed)) == sorted(str(right))
    assert both == 2297
    assert listed(real, "bulletins/city_asymptomatic_1113_chongqing_report") == ["2,147"]


def test_a_rate_that_misses_its_rounding_by_a_hair_is_explained_by_its_digits_or_its_rule(real):
    cells = Cells(ledger.load())
    for number, printed, rule in (
        ("144/central_share", "82.67%", "up"),
        ("148/liangping_community_share", "37.67%", "down"),
    ):
        found = real[real["number"] == number]
        row = next(r for r in cells.rows if f"{r.file}/{r.number}" == number)
        part, whole = (int(cells.printed[c][0].printed.replace(",", "")) for c in cells.rate_cells(row.cell))
        assert made_up.percent(part, whole, 2) in set(found["instead"]) and row.printed == printed != made_up.percent(
            part, whole, 2
        )
        assert f"rounded by {rule}" in set(found["instead"])
        assert rounding.unround(printed, rule).contains(Fraction(part, whole))


def test_findings_are_apart_and_in_order(real):
    found = real
    assert list(dict.fromkeys(found["finding"])) == list(range(1, found["finding"].nunique() + 1))
    for _, group in found.groupby("finding"):
        ranks = list(zip(-group["explains"], -group["support"]))
        assert ranks == sorted(ranks)
        assert max(Counter(zip(group["number"], group["edit"], group["instead"])).values()) == 1


def test_the_change_of_the_158th_follows_from_the_bulletin_too():
    city, change = int(number("158", "city_new")), int(number("158", "city_new_change"))
    parts = int(number("158", "central_new_change")) + int(number("158", "outside_new_change"))
    confirmed, converted, asymptomatic = (
        int(number("bulletins", f"city_{kind}_1202")) for kind in ("confirmed", "converted", "asymptomatic")
    )
    assert (change, parts) == (533, 553)
    assert city + parts == confirmed - converted + asymptomatic != city + change


# What is told of a finding.


def test_a_finding_says_what_disagrees_and_each_edit_what_it_would_change():
    record = made_up.empty()
    record.add("1", "a", 153, NEW, **ON)
    record.add("2", "b", 50, NEW, **ON, source="other")
    found = explain(record.load())
    said = {
        "finding": 1,
        "statement": f"new_infections, city, {day(1)}: 153 (printed) or 50 (printed)",
        "measure": NEW,
        "area": "city",
        "edit": "what the rest implies",
        "support": 1,
        "explains": 1,
        "only": False,
        "rests_on": "1/a; 2/b",
    }
    edits_told = [
        {"number": "1/a", "printed": "153", "instead": "50"},
        {"number": "2/b", "printed": "50", "instead": "153"},
    ]
    assert found.to_dict("records") == [said | told for told in edits_told]


def test_a_value_that_a_rate_bounds_is_told_as_what_prints_the_rate():
    record = with_share("9%", part=30, whole=1000)
    (statement,) = {s for s in explain(record.load())["statement"] if s.startswith("community_infections")}
    fits = [n for n in range(1001) if made_up.percent(n, 1000, 0) == "9%"]
    assert statement.endswith(f": 30 (printed) or {fits[0]} to {fits[-1]} (to print 9%)")


def with_share(printed, part=None, whole=None):
    """A record of a share beside its part and its whole."""
    record = made_up.empty()
    for name, measure, count in (("part", "community_infections", part), ("whole", NEW, whole)):
        if count is not None:
            record.add("1", name, count, measure, "central", **ON)
    record.add("1", "share", printed, "community_share", "central", kind="rate", **ON)
    return record


def test_the_more_values_bear_an_edit_out_the_higher_its_support():
    record = made_up.empty()
    record.add("1", "a", 153, NEW, **ON)
    for file, source in (("2", "other"), ("3", "bulletins"), ("4", "copy")):
        record.add(file, "b", 50, NEW, **ON, source=source)
    (edit,) = explain(record.load()).itertuples()
    assert (edit.number, edit.instead, edit.support, edit.explains, edit.only) == ("1/a", "50", 3, 3, True)


def test_what_stands_where_a_moved_count_came_from_does_not_bear_it_out():
    record = made_up.empty()
    record.add("1", "city", 50, NEW, **ON)
    record.add("2", "again", 30, NEW, **ON, source="other")
    record.add("3", "before", 30, NEW, **BEFORE, source="bulletins")
    assert one(explain(record.load()), edit="another day").support == 1


def test_an_edit_is_told_once_by_its_plainest_kind_and_as_good_ones_in_reading_order():
    record = made_up.empty()
    record.add("1", "a", 500, NEW, **ON)
    record.add("2", "b", 50, NEW, **ON, source="other")
    found = explain(record.load())
    assert list(zip(found["number"], found["edit"], found["instead"])) == [
        ("1/a", "digit dropped", "50"),
        ("2/b", "digit doubled", "500"),
    ]


def test_the_best_supported_edit_of_a_finding_comes_first():
    record = made_up.empty()
    record.add("1", "change", 17, NEW, kind="change", claim="down", since=day(0), **ON)
    record.add("2", "before", 137, NEW, **BEFORE)
    record.add("3", "level", 130, NEW, **ON)
    record.add("3", "part", 1, "community_infections", **ON)  # borne out by the level, be it 120 or 130
    record.add("3", "share", "1%", "community_share", kind="rate", **ON)
    found = explain(record.load())
    told = list(zip(found["number"], found["instead"], found["support"]))
    assert told == [("3/level", "120", 4), ("1/change", "7", 3), ("2/before", "147", 3)]


def test_findings_are_told_in_reading_order_and_what_an_edit_removes_is_not_told_again():
    record = made_up.empty()
    for file, source, counts in (("1", "report", (153, 64)), ("2", "other", (50, 61)), ("3", "bulletins", (50,))):
        for area, count in zip(("o_1", "c_1"), counts):
            record.add(file, area, count, NEW, area, **ON, source=source)
    found = explain(record.load())
    assert list(zip(found["finding"], found["number"])) == [(1, "1/o_1"), (2, "1/c_1"), (2, "2/c_1")]
    assert list(found["explains"]) == [2, 1, 1]


def test_an_edit_need_not_settle_what_its_number_has_no_part_in():
    record = with_share("9%", part=5, whole=1000)
    record.add("2", "part", 6, "community_infections", "central", source="other", **ON)
    found = explain(record.load())
    edit = one(found, number="1/share", instead="1%")  # what both 5 and 6 of 1,000 are
    assert {"1/part", "1/share"} <= {*edit.rests_on.split("; ")}
    left = found.iloc[-1]
    assert (left.edit, left.rests_on, left.support, left.explains, left.only) == ("", "1/part; 2/part", 0, 0, False)
    assert left.finding == found["finding"].max() > edit.finding


def test_of_findings_that_hang_together_only_the_first_is_told():
    cell, nothing = Cells(made_up.record(1, 5).load()).rows[0].cell, frozenset()
    findings = [Finding(cell, Witness(ZERO, frozenset(rows), "printed"), Witness(ZERO, nothing, "printed"))
                for rows in ("ab", "cd", "xy", "bc", "de", "zx")]  # fmt: skip
    assert [sorted(finding.rows) for finding in _apart(findings)] == [["a", "b"], ["x", "y"]]


def test_the_contradictions_of_a_row_are_those_with_a_value_that_rests_on_it():
    record = made_up.empty()
    for file, count, source in (("1", 53, "report"), ("2", 50, "other"), ("3", 60, "bulletins")):
        record.add(file, "a", count, NEW, **ON, source=source)
    cells = Cells(record.load())
    pairs = {finding.rows for finding in contradictions(cells, cells.depths())}
    assert len(pairs) == 3
    for index in cells.row:
        assert {f.rows for f in contradictions(cells, cells.depths(), index)} == {p for p in pairs if index in p}


@pytest.mark.parametrize(
    ("measure", "kind", "printed", "changed"),
    [(NEW, "level", (50, 50, 60), "60"), ("index", "rate", (1.5, 1.5, 1.6), "1.6")],
)
def test_what_is_at_odds_with_a_changed_row_is_what_would_contradict_it(measure, kind, printed, changed):
    record = made_up.empty()
    for file, number, source in zip("123", printed, ("report", "other", "bulletins"), strict=True):
        record.add(file, "a", number, measure, kind=kind, **ON, source=source)
    cells = Cells(record.load())
    first, second, third = cells.rows
    assert [*at_odds(cells, first)] == [{first.index, third.index}]
    edited_row = first._replace(printed=changed)
    after = contradictions(cells.with_row(edited_row), [first.cell], first.index)
    assert [*at_odds(cells, edited_row)] == [f.rows for f in after] == [{first.index, second.index}]


# What is tried, kind by kind.


def of_kind(record, number, kind):
    return [instead for tried, instead in edits_of(record, number) if tried == kind]


IMPLIED = "what the rest implies"


def test_an_implied_count_is_written_with_separators_where_the_printed_one_is():
    record = made_up.empty()
    record.add("1", "a", "1,153", NEW, **ON)
    record.add("2", "b", "2050", NEW, **ON, source="other")
    assert "2,050" in of_kind(record, "a", IMPLIED)
    assert "1153" in of_kind(record, "b", IMPLIED)


@pytest.mark.parametrize("printed", ["9.99%", "0.10%"])
def test_an_implied_rate_is_written_like_the_printed_one(printed):
    record = with_share(printed, part=30, whole=1000)
    assert of_kind(record, "share", IMPLIED) == ["3.00%"]
    assert one(explain(record.load()), number="1/share", edit=IMPLIED).instead == "3.00%"


@pytest.mark.parametrize(
    ("counts", "again"),
    [
        ({"whole": 1000}, {}),
        ({"part": 30}, {}),
        ({"part": 0, "whole": 0}, {}),
        ({"part": 30, "whole": 1000}, {"printed": 31, "source": "other"}),  # a tie
    ],
)
def test_a_rate_is_implied_only_by_a_part_and_a_whole_that_are_beyond_doubt(counts, again):
    record = with_share("9.99%", **counts)
    if again:
        record.add("2", "part", again.pop("printed"), "community_infections", "central", **ON, **again)
    assert of_kind(record, "share", IMPLIED) == []


def test_a_rate_is_not_implied_by_the_end_of_a_bound():
    record = with_share("9.99%", whole=1000)
    record.add("1", "part", "1,000", "community_infections", "central", reads=">1000", **ON)
    assert of_kind(record, "share", IMPLIED) == []


def test_a_rate_that_is_no_share_of_anything_has_no_base_and_nothing_that_implies_it():
    record = made_up.empty()
    record.add("1", "a", "1.5", "index", kind="rate", **ON)
    record.add("2", "b", "1.3", "index", kind="rate", **ON, source="other")
    kinds = {kind for kind, _ in edits_of(record, "a")}
    assert "digit changed" in kinds and not kinds & {IMPLIED, "another base"}


def test_what_is_printed_in_words_has_no_digits_to_slip_and_nothing_is_written_in_its_place():
    record = made_up.empty()
    record.add("1", "a", "兩", NEW, reads="2", **ON)
    record.add("2", "b", 5, NEW, **ON, source="other")
    assert edits_of(record, "a") == []
    record.add("1", "change", "兩", NEW, kind="change", claim="up", reads="2", since=day(0), **ON)
    record.add("1", "before", 1, NEW, **BEFORE)
    assert edits_of(record, "change") == []


@pytest.mark.parametrize(
    ("before", "level", "claim", "instead"),
    [
        (30, 41, "up", "11"),
        (30, 41, "down", "up by 11"),
        (41, 30, "down", "11"),
        (41, 30, "up", "down by 11"),
        (30, 30, "up", "0"),
    ],
)
def test_an_implied_change_says_its_direction_where_that_is_another(before, level, claim, instead):
    record = made_up.empty()
    record.add("1", "level", level, NEW, **ON)
    record.add("2", "before", before, NEW, **BEFORE)
    record.add("1", "change", 25, NEW, kind="change", claim=claim, since=day(0), **ON)
    assert of_kind(record, "change", IMPLIED) == [instead]
    found = one(explain(record.load()), number="1/change")
    assert (found.edit, found.instead, found.support) == (IMPLIED, instead, 2)


def test_a_change_is_implied_only_by_two_levels():
    record = made_up.empty()
    record.add("1", "level", 30, NEW, **ON)
    record.add("1", "change", 25, NEW, kind="change", claim="up", since=day(0), **ON)
    assert of_kind(record, "change", IMPLIED) == []
    record.row("1", "level").update(BEFORE)
    assert of_kind(record, "change", IMPLIED) == []


def one_by_one(value, places):
    """A value in percent rounded by the ordinary rule to so many places, then to one less, and so on to none."""
    for place in range(places, -1, -1):
        value = value.quantize(Decimal(1).scaleb(-place), ROUND_HALF_UP)
    return value


def test_another_rounding_stands_for_what_the_decimal_module_rounds_so():
    record = with_share("23%", part=230, whole=1000)
    cells = Cells(record.load())
    row = next(row for row in cells.rows if row.number == "share")
    tried = {e.instead: e.row.bounds for e in edits(cells, row) if e.kind in ("another rule", "rounded twice")}
    ways = {f"rounded by {rule}": (lambda v, rule=rule: v.quantize(Decimal(1), f"ROUND_{rule.upper()}"))
            for rule in ("half_even", "half_down", "down", "up")}  # fmt: skip
    ways["rounded to one more place first"] = lambda v: one_by_one(v, 1)
    ways["rounded to 2 more places, one by one, first"] = lambda v: one_by_one(v, 2)
    assert tried.keys() == ways.keys()
    ends = [
        Decimal(n) / 1000 for end in (21990, 22440, 22490, 22990, 23440, 23490, 23990) for n in range(end, end + 21)
    ]
    for way, bounds in tried.items():
        assert [bounds.contains(Fraction(v) / 100) for v in ends] == [ways[way](v) == 23 for v in ends], way


@pytest.mark.parametrize("stock", [False, True])
def test_a_count_is_tried_for_the_three_days_before_and_after_its_own(stock):
    record = made_up.empty()
    for k in range(1, 10):
        times = {"end": day(k + 1)} if stock else {"start": day(k), "end": day(k + 1)}
        record.add("bulletins", f"d{k}", 30, "firms" if stock else NEW, **times)
        if k == 5:
            record.add("1", "again", 30, "firms" if stock else NEW, **times)
    days = ["-1 day", "+1 day", "-2 days", "+2 days", "-3 days", "+3 days"]
    assert of_kind(record, "again", "another day") == days
    record.row("bulletins", "d3")["printed"] = "31"
    assert of_kind(record, "again", "another day") == [day for day in days if day != "-2 days"]


def test_a_count_is_not_moved_to_where_only_itself_would_bear_it_out():
    record = made_up.empty()
    record.add("1", "city", 50, NEW, **ON)
    record.add("1", "central", 50, NEW, "central", **ON)
    record.add("1", "outside", 0, NEW, "outside", **ON)
    assert of_kind(record, "city", "another area") == ["central"]
    record.numbers["1"].remove(record.row("1", "central"))
    assert of_kind(record, "city", "another area") == [], "the rest of it is 50, but rests on it"


@pytest.mark.parametrize("times", [ON, {}])
def test_another_base_is_a_whole_of_the_same_text_and_time(times):
    record = made_up.empty()
    for area, printed in (("pair", 20), ("central", 50), ("city", 80)):
        record.add("1", area, printed, NEW, area, **times)
    record.add("1", "before", 50, NEW, "outside", **BEFORE)
    record.add("1", "other_measure", 50, "community_infections", "outside", **times)
    record.add("2", "other_text", 50, NEW, "outside", **times, source="other")
    record.add("1", "share", "40%", "share_of_new_infections", "pair", of_area="city", kind="rate", **times)
    assert of_kind(record, "share", "another base") == ["of central"]


def test_a_rate_without_a_day_is_implied_by_its_own_text():
    record = made_up.empty()
    for file, running in (("1", 30), ("2", 70)):
        record.add(file, "firms", 100, "firms")
        record.add(file, "running", running, "firms_running")
    record.add("1", "share", "99%", "firms_running_share", kind="rate")
    assert of_kind(record, "share", IMPLIED) == ["30%"]
    assert one(explain(record.load()), number="1/share").instead == "30%"


def test_a_change_is_held_against_both_days_even_where_it_led_nowhere_as_printed():
    record = made_up.empty()
    record.add("1", "change", 7, NEW, kind="change", claim="down", since=day(0), **ON)  # down by 7 from 5: below zero
    record.add("1", "level", 3, NEW, **ON, second_source="bulletins")
    record.add("2", "again", 4, NEW, **ON, source="other")
    record.add("3", "before", 5, NEW, **BEFORE, source="bulletins")
    found = explain(record.load())
    assert not (found["number"].eq("1/change") & found["instead"].eq("2")).any(), "5 - 2 is 3, and another text says 4"
