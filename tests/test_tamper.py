"""What would notice a wrong digit in the briefing that was read whole."""

from __future__ import annotations

import pytest

from helpers import ledger, rounding, tamper
from helpers.cells import Cells
from helpers.explain import slips

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
