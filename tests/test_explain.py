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
from helpers.cells import Cells
from helpers.explain import contradictions, edits, explain, slips
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
