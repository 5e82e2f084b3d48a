"""What the page of a briefing shows: its printed numbers, and every verdict on them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from helpers import ledger, words
from helpers.record import audit
from helpers.words import Verdict


class Audits:
    """Every verdict of a record by text, each question asked once.

    A text is a file of numbers: a briefing, or what was collected from several pages.
    """

    def __init__(self, record: ledger.Ledger) -> None:
        tables, evidence = record.tables, audit.Evidence(record)
        self.names, self.titles = words.Names(record, chinese=True), words.Names(record)
        self.number = {row.index: row for row in tables["numbers"]}
        self.reference = {row.reference: row for row in tables["numbers"]}
        self.sources = {row.source: row for row in tables["sources"]}
        self.held = {row.briefing: row for row in tables["briefings"]}
        self.zh = {row[0]: row.name_zh for row in (*tables["areas"], *tables["measures"])}
        asked = [audit.rate_rows, audit.balance_rows, audit.change_rows, audit.run_rows]
        found = [tables["numbers"], *(ask(evidence) for ask in asked)]
        texts = dict.fromkeys(row.briefing for row in found[0])
        self.numbers, self.rates, self.balances, self.changes, self.runs = (
            {text: [row for row in rows if row.briefing == text] for text in texts}
            for rows in found
        )
        self.own_rates = {text: audit.rate_rows(record.only(text)) for text in texts}
        own = [rate for rates in self.own_rates.values() for rate in rates]
        judged = [*own, *found[3], *found[4]]
        self.verdicts = {f"{f.briefing}/{f.number}": f.verdict for f in judged}
        self.tests = {  # a bound such as "<5%" is no percentage to divide for
            row.reference: check(row, rate)
            for rate in own
            if ((row := self.row(rate)).reads or "0")[0] not in "<>~"
        }
        self.touched = audit.touched(evidence)

    def row(self, found: Any) -> Any:
        """The printed number that a verdict is on; None if that one is not printed."""
        return self.reference.get(f"{found.briefing}/{found.number}")

    def pages(self, row: Any) -> list[Any]:
        """The pages that print a number: a verdict is fair only beside them."""
        return [self.sources[key] for key in (row.source, row.second_source) if key]

    def title(self, text: str) -> tuple[str, str]:
        """What a text is called, in English and in Chinese."""
        if text not in self.held:
            return f"Collected numbers: {text}", ""
        held = self.held[text]
        digits = text[len(text.rstrip("0123456789")) :]
        which = held.day if held.numbering == "none" else f"第{int(digits)}場新聞發布會"
        return self.titles.briefing(text), f"{self.zh[held.area] or ''}{which}"

    def counted(self, text: str) -> str:
        """How many of a text's rates have which verdict, by its own counts."""
        found = [rate.verdict for rate in self.own_rates[text]]
        said = [f"{words.text(v)} {found.count(v)}" for v in Verdict if v in found]
        return f"Rates: {len(found)} ({', '.join(said)})." if said else ""


def check(row: Any, rate: audit.Rate) -> str:
    """Where a rate is tested, with the whole numbers that were printed for it."""
    part, whole = (n if isinstance(n, int) else "" for n in (rate.part, rate.whole))
    return f"check.html#{quote(row.reads or row.printed)}/{part}/{whole}"
