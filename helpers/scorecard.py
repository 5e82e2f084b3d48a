"""The verdicts of a terminal: a briefing's rates as a table, or those of all the record as CSV.

Nothing here needs more than Python.
"""

from __future__ import annotations

import csv
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from io import StringIO

from helpers import Refused, ledger, words
from helpers.record import audit

LIMIT = "A percentage that reproduces shows that the division is right, not that the counts are."
WIDTH = 80
COLUMNS = {"printed": "printed", "counts": "counts", "half_up": "gives", "verdict": "verdict"}
COLUMNS |= {"power": "fits", "place": "line:nth"}
NOTES = f"""\
"fits": how many whole numbers would have printed the same.
"line:nth": place in the text.
{textwrap.fill(LIMIT, WIDTH)}
"""
KINDS = {
    "rates": audit.rate_rows,
    "balances": audit.balance_rows,
    "changes": audit.change_rows,
    "runs": audit.run_rows,
    "witnesses": audit.witness_rows,
}


def main(briefing: str = ledger.BRIEFING) -> None:
    """Print the scorecard of a briefing."""
    sys.stdout.write(scorecard(_record(briefing), briefing))


def verdicts(of: str = "rates", briefing: str | None = None) -> None:
    """Print the verdicts of a kind as CSV."""
    _refuse_other("verdicts of", of, KINDS)
    sys.stdout.write(as_csv(_record(briefing), of, briefing))


def _record(briefing: str | None) -> ledger.Ledger:
    record = ledger.load()
    if briefing is not None:
        _refuse_other("briefing", briefing, [row.briefing for row in record.tables["briefings"]])
    return record


def _refuse_other(what: str, given: str, known: Iterable[str]) -> None:
    if given not in known:
        raise Refused(f"{what} {given}: not in the record; expected one of {', '.join(known)}")


def scorecard(record: ledger.Ledger, briefing: str) -> str:
    """The rates of a briefing by its own counts: each division, and below it what of what."""
    names, own = words.Names(record), record.only(briefing)
    rates = _rows(own, "rates")
    table = words.as_text([rate._asdict() | _told(rate) for rate in rates], "", COLUMNS)
    head, line, *divided = table.splitlines()
    title = f"Do the rates of the {names.briefing(briefing)}, follow from its own counts?"
    lines = [*textwrap.wrap(title, WIDTH), "", head, line]
    indent = " " * 9
    for row, rate in zip(divided, rates, strict=True):
        subject = textwrap.fill(_subject(rate, names), WIDTH - len(indent))
        lines += [row, textwrap.indent(subject, indent)]
    said = Counter(rate.verdict for rate in rates)
    counts = ", ".join(f"{verdict} {said[verdict]}" for verdict in words.Verdict if verdict in said)
    total = f"{len(rates)} rate{'s'[: len(rates) != 1]}: {counts}"
    return "\n".join([*lines, "", *textwrap.wrap(total, WIDTH), NOTES])


def as_csv(record: ledger.Ledger, of: str = "rates", briefing: str | None = None) -> str:
    """The verdicts of a kind on all the record, or on one briefing of it."""
    rows, file = _rows(record, of), StringIO()
    columns = [name for name in rows[0]._fields if name != "rows"]  # those are for programs
    table = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    for row in rows:
        cells = {name: _plain(value) for name, value in row._asdict().items()}
        if briefing in (None, cells.get("briefing")):
            table.writerow(cells)
    return file.getvalue()


def _plain(value: object) -> object:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value


def _rows(record: ledger.Ledger, of: str) -> list:
    """The verdicts of a kind; where the reading of a numeral has a sign, "under 5%", with it."""
    rows = KINDS[of](record)
    if of in ("balances", "witnesses"):  # they are of several numerals
        return rows
    signed = {
        (row.briefing, row.number): row.reads
        for row in record.tables["numbers"]
        if row.reads and row.reads[0] in "<>~"
    }
    return [
        row._replace(printed=signed.get((row.briefing, row.number), row.printed)) for row in rows
    ]


def _told(rate: audit.Rate) -> dict[str, str]:
    counts = ("?" if count is None else words.text(count) for count in (rate.part, rate.whole))
    return {
        "counts": " / ".join(counts),
        "place": f"{rate.paragraph}:{rate.position}" if rate.position else "",
    }


def _subject(rate: audit.Rate, names: words.Names) -> str:
    """What a rate is of: its measure, the area of its part and, if another, that of its whole."""
    areas = filter(None, dict.fromkeys((rate.area, rate.of_area)))
    missing = f" (missing: {rate.missing})" if rate.missing else ""
    named = " / ".join(names.columns["area"][area] for area in areas)
    return f"{names.columns['measure'][rate.measure]}: {named}{missing}"
