"""Single edits that would explain a contradiction: complete, exact, the true one among them."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import audit, ledger, rounding
from helpers.cells import Cells
from helpers.explain import contradictions, edits, explain, slips
from tests import made_up


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
