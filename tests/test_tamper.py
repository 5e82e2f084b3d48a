"""What would notice a wrong digit in the briefing that was read whole."""

from __future__ import annotations

import pytest

from helpers import ledger, rounding, tamper
from helpers.cells import Cells
from helpers.explain import slips
from tests import made_up
from tests.made_up import day

# Numbers of which arithmetic within the briefing notices every slip of a digit. Losing one is losing protection.
PROTECTED = {
    "central_new", "central_community", "central_community_share", "central_new_run", "central_new_run_heading", "city_new",
    "epidemic_free_communities", "epidemic_free_communities_heading", "epidemic_free_estates", "epidemic_free_estates_heading",
    "firms_closed_loop_share", "firms_in_production_share", "firms_sealed_share", "four_districts_new", "four_districts_share",
    "four_districts_units", "liangping_new", "outside_community_share", "outside_new", "seven_units_units",
}  # fmt: skip
# Numbers of which other texts of the record notice every slip that arithmetic within the briefing does not.
WITNESSED = {"central_new_change", "city_converted", "city_new_change", "half_day_asymptomatic"}


@pytest.fixture(scope="module")
def found():
    return tamper.tamper(ledger.load(), "155").set_index("number")


def test_every_slip_of_every_printed_number_is_tried_and_counted_once(found):
    record = ledger.load().only("155")
    parsed = Cells(record).row
    for index, number in record.numbers.iterrows():
        row = found.loc[number["number"]]
        assert row["arithmetic"] + row["record"] + row["digest"] == row["slips"]
        if index in parsed and not parsed[index].reads:
            assert row["slips"] == len(list(rounding.edits(number["printed"]))) == len(list(slips(parsed[index])))
        elif number["printed"].isdecimal():
            assert row["slips"] == len(list(rounding.edits(number["printed"])))
    assert len(found) == len(record.numbers)


def test_every_number_keeps_its_place(found):
    numbers, columns = ledger.load().only("155").numbers, ["briefing", "paragraph", "position", "printed", "kind"]
    assert (
        found.reset_index()[["number", *columns]]
        .astype(str)
        .equals(numbers[["number", *columns]].astype(str).reset_index(drop=True))
    )


def test_a_longer_run_than_the_text_itself_bears_out_is_noticed_by_arithmetic():
    record = made_up.empty()
    for k, count in enumerate([5, 9, 8, 7, 6]):  # three days down, and up before
        record.add("1", f"day_{k}", count, "new_infections", start=day(k), end=day(k + 1))
    record.add("1", "run", 3, "new_infections", kind="run", claim="down", start=day(4), end=day(5))
    run = tamper.tamper(record.load(), "1").set_index("number").loc["run"]
    longer = [text for _, text in rounding.edits("3") if int(text) > 3]
    assert (run["arithmetic"], run["record"]) == (len(longer), 0) and len(longer) < run["slips"]


def test_what_only_other_texts_contradict_is_noticed_by_the_record():
    record = made_up.empty()
    record.add("1", "count", 50, "new_infections", start=day(1), end=day(2))
    record.add("2", "count", 50, "new_infections", start=day(1), end=day(2), source="other")
    row = tamper.tamper(record.load(), "1").iloc[0]
    assert (row["arithmetic"], row["record"], row["digest"]) == (0, row["slips"], 0)


def test_arithmetic_protects_no_number_less_than_it_used_to(found):
    left = found.loc[sorted(PROTECTED)]
    assert left.index[left["arithmetic"] != left["slips"]].tolist() == []


def test_other_texts_protect_no_number_less_than_they_used_to(found):
    left = found.loc[sorted(WITNESSED)]
    assert left.index[left["record"] != left["slips"]].tolist() == []


def test_context_is_protected_by_the_digest_alone(found):
    context = found[found["kind"] == "context"]
    assert (context["digest"] == context["slips"]).all() and len(context)


def test_a_slip_that_prints_the_same_ratio_with_less_precision_is_not_noticed_by_arithmetic(found):
    assert found.loc["liangping_share", "digest"] == 1  # 39.7% for 39.74%


def test_a_contradiction_that_is_there_anyway_is_none_that_a_slip_makes():
    record = made_up.empty()
    record.add("1", "count", 50, "new_infections", start=day(1), end=day(2))
    record.add("2", "count", 70, "new_infections", start=day(1), end=day(2), source="other")
    row = tamper.tamper(record.load(), "1").iloc[0]
    assert row["digest"] == row["slips"]


def test_every_balance_of_a_number_is_tried():
    record = made_up.empty()
    on = {"start": day(1), "end": day(2)}
    record.add("1", "new", 52, "new_infections", "central", **on)
    record.add("1", "of_one_unit", 45, "new_infections", "c_1", **on)
    record.add("1", "community", 40, "community_infections", "central", **on)
    row = tamper.tamper(record.load(), "1").set_index("number").loc["new"]
    assert row["arithmetic"] == sum(int(text) < 45 for _, text in rounding.edits("52"))
