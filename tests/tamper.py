"""For every printed number of a file, every slip of its digits: what would notice it?"""

from __future__ import annotations

import re
from typing import NamedTuple

from helpers import rounding
from helpers.ledger import Ledger
from helpers.record.audit import Evidence, steps_back
from helpers.record.bounds import Bounds, agree
from helpers.record.facts import Row
from helpers.record.slips import reprinted, rest, said


class Tampered(NamedTuple):
    """A number, how many slips it has, and how many are noticed first by what.

    arithmetic: by the other numbers of the same file. record: by other files. digest: by the digest
    of the text's numerals alone, if it was read whole.
    """

    number: str
    kind: str
    slips: int
    arithmetic: int
    record: int
    digest: int


def tamper(ledger: Ledger, file: str) -> list[Tampered]:
    """Every number of a file in its order, also those that speak of no cell."""
    alone, beside = Evidence(ledger.only(file)), Evidence(ledger)
    numbers = [number for number in ledger.tables["numbers"] if number.briefing == file]
    return [_tampered(number, alone, beside) for number in numbers]


def _tampered(number, alone: Evidence, beside: Evidence) -> Tampered:
    row, texts = beside.rows.get(number.index), []
    if row is None:
        runs_of_digits = re.findall("[0-9]+", number.printed)
        texts = [text for digits in runs_of_digits for _, text in rounding.edits(digits)]
    elif not row.reads:
        texts = [text for _, text in rounding.edits(row.printed)]
    first = [_noticed_by(row, text, alone, beside) if row else "digest" for text in texts]
    found = (first.count(by) for by in ("arithmetic", "record", "digest"))
    return Tampered(number.number, number.kind, len(first), *found)


def _noticed_by(row: Row, text: str, alone: Evidence, beside: Evidence) -> str:
    for name, evidence in (("arithmetic", alone), ("record", beside)):
        allowed = _allowed(evidence, row)
        slip = said(reprinted(evidence, row, text))
        if any(agree(said(row), bounds) and not agree(slip, bounds) for bounds in allowed):
            return name
    return "digest"


def _allowed(evidence: Evidence, row: Row) -> list[Bounds]:
    """What all other rows allow it to say; a run ends before the first day that goes otherwise."""
    if row.kind != "run":
        return [value.bounds for value in rest(evidence, row, frozenset([row.index]))]
    days = enumerate(steps_back(evidence, row))
    broken = next((number for number, day in days if day.holds is False), None)
    return [Bounds(0, True, broken, broken is not None)]
