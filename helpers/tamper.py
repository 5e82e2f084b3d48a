"""ledger → what would notice a wrong digit: arithmetic within a briefing, other texts of the record, or its digest alone.

Every slip of every printed number is tried, by the same generator of edits that explanations use.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from helpers import audit, rounding
from helpers.cells import Cell, Cells, Row
from helpers.explain import at_odds, contradictions, resting, slips
from helpers.ledger import Ledger
from helpers.words_old import frame


def tamper(ledger: Ledger, briefing: str) -> pd.DataFrame:
    """For every printed number of a briefing, every single slip of its digits: what notices it?

    Returns:
        One row a printed number, in reading order. `slips`: how many there are. `arithmetic`: how many contradict
        other numbers of the same text. `record`: how many of the rest contradict other texts. `digest`: how many
        are left that only the digest of the text's numerals notices (or nothing, where the text was not read whole).
    """
    within, beyond = _Checks(ledger.only(briefing), briefing), _Checks(ledger, briefing)
    numbers = ledger.numbers[ledger.numbers["briefing"].eq(briefing)]
    rows = []
    for index, number in numbers.iterrows():
        row = within.cells.row.get(index)
        found = {"slips": 0, "arithmetic": 0, "record": 0, "digest": 0}
        for edited in _slipped(number["printed"]) if row is None else (edit.row for edit in slips(row)):
            noticed_by = "digest"
            if row is not None:
                noticed_by = "arithmetic" if within.notice(edited) else "record" if beyond.notice(edited) else "digest"
            found["slips"] += 1
            found[noticed_by] += 1
        place = {"paragraph": number["paragraph"], "position": number["position"]}
        rows.append(
            {"briefing": briefing, "number": number["number"], "printed": number["printed"], "kind": number["kind"]}
            | place
            | found
        )
    return frame(rows, "briefing number paragraph position printed kind slips arithmetic record digest")


def _slipped(printed: str) -> Iterator[str]:
    """Slips of a number that speaks of no cell: of each run of its digits."""
    for digits in re.finditer("[0-9]+", printed):
        for _, text in rounding.edits(digits.group()):
            yield printed[: digits.start()] + text + printed[digits.end() :]


class _Checks:
    """All checks of a ledger, and whether one changed row of a briefing makes one more of them fail."""

    def __init__(self, ledger: Ledger, briefing: str) -> None:
        self.evidence = audit.Evidence(ledger)
        self.cells: Cells = self.evidence.cells
        self.briefing = briefing
        self.resting = resting(self.cells)
        self.among = self._among(briefing)
        self.failed = {row.index: self._failed(self.evidence, row) for row in self.cells.rows if row.file == briefing}
        self.known = {
            index: {f.rows for f in contradictions(self.cells, self.resting[index], index)} for index in self.failed
        }

    def _among(self, briefing: str) -> dict[int, set[Cell]]:
        """The counts that each row is balanced with, so that one row can be tried without balancing all others anew."""
        index = {reference: row for row, reference in self.evidence.reference.items()}
        among: dict[int, set[Cell]] = defaultdict(set)
        for balance in audit.file_balances(self.evidence, briefing):
            rows = [index[reference] for reference in balance["rests_on"].split("; ")]
            for row in rows:
                among[row] |= {self.cells.row[other].cell for other in rows}
        return among

    def notice(self, row: Row) -> bool:
        if any(rows not in self.known[row.index] for rows in at_odds(self.cells, row)):
            return True
        changed = copy.copy(self.evidence)
        changed.cells = self.cells.with_row(row)
        found = contradictions(changed.cells, self.resting[row.index], row.index)
        return any(f.rows not in self.known[row.index] for f in found) or bool(
            self._failed(changed, row) - self.failed[row.index]
        )

    def _failed(self, evidence: audit.Evidence, row: Row) -> set[str]:
        """The balances and runs that fail and rest on a row."""
        reference, among = evidence.reference[row.index], self.among[row.index]
        balances = audit.file_balances(evidence, self.briefing, among) if among else ()
        failed = {
            b["statement"]
            for b in balances
            if b["verdict"] == audit.Verdict.FAILS and reference in b["rests_on"].split("; ")
        }
        if row.kind == "run" and audit.judged_run(evidence, row)["verdict"] == audit.Verdict.FAILS:
            failed.add("run")
        return failed
