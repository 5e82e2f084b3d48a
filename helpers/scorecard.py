"""The verdicts of a terminal: a briefing's rates as a table, or those of all the record as CSV.

Nothing here needs more than Python.
"""

from __future__ import annotations

import csv
import sys
import textwrap
from datetime import datetime
from io import StringIO

from helpers import Refused, ledger, words
from helpers.record import audit

LIMIT = "A percentage that reproduces shows that the division is right, not that the counts are."
WIDTH, INDENT = 80, " " * 9
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
    sys.stdout.write(as_csv(_record(briefing), of, briefing))


def _record(briefing: str | None) -> ledger.Ledger:
    """The record; Refused where it has no briefing of that name."""
    record = ledger.load()
    known = [row.briefing for row in record.tables["briefings"]]
    if briefing is not None and briefing not in known:
        expected = f"expected one of {', '.join(known)}"
        raise Refused(f"briefing {briefing}: not in the record; {expected}")
    return record


def scorecard(record: ledger.Ledger, briefing: str) -> str:
    """The rates of a briefing by its own counts: each division, and below it what of what."""
    names, rates = words.Names(record), _found(record.only(briefing), "rates")
    for rate in rates:
        counts = (words.text(rate[name], missing="?") for name in ("part", "whole"))
        rate["counts"] = " / ".join(counts)
        rate["place"] = f"{rate['paragraph']}:{rate['position']}" if rate["position"] else ""
    head, line, *divided = words.as_text(rates, "", COLUMNS).splitlines()
    title = f"Do the rates of the {names.briefing(briefing)}, follow from its own counts?"
    lines = [*textwrap.wrap(title, WIDTH), "", head, line]
    below = textwrap.TextWrapper(WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
    for row, rate in zip(divided, rates, strict=True):
        lines += [row, below.fill(_subject(rate, names))]
    said = [rate["verdict"] for rate in rates]
    counts = [f"{verdict} {said.count(verdict)}" for verdict in words.Verdict if verdict in said]
    total = f"{len(said)} rate{'s' * (len(said) != 1)}: {', '.join(counts) or 'none is quoted'}"
    return "\n".join([*lines, "", *textwrap.wrap(total, WIDTH), NOTES])


def as_csv(record: ledger.Ledger, of: str = "rates", briefing: str | None = None) -> str:
    """The verdicts of a kind on all the record, or on one briefing of it."""
    rows, file = _found(record, of), StringIO()
    columns = [name for name in rows[0] if name != "rows"]  # those are for programs
    table = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(row for row in rows if briefing in (None, row.get("briefing")))
    return file.getvalue()


def _found(record: ledger.Ledger, of: str) -> list[dict[str, object]]:
    """The verdicts of a kind by column, times as in the record, signs of a reading, <5%, kept."""
    reads = {(row.briefing, row.number): row.reads for row in record.tables["numbers"]}
    rows = [row._asdict() for row in KINDS[of](record)]
    for row in rows:
        said = reads.get((row.get("briefing"), row.get("number"))) or ""
        if said.startswith(("<", ">", "~")):
            row["printed"] = said
        for name, value in row.items():
            if isinstance(value, datetime):
                row[name] = value.isoformat(timespec="minutes")
    return rows


def _subject(rate: dict, names: words.Names) -> str:
    """What a rate is of: its measure, the area of its part and, if another, that of its whole."""
    areas = dict.fromkeys([rate["area"], rate["of_area"]])
    named = " / ".join(names.columns["area"][area] for area in areas)
    missing = f" (missing: {rate['missing']})" if rate["missing"] else ""
    return f"{names.columns['measure'][rate['measure']]}: {named}{missing}"
