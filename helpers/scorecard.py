"""ledger → the verdicts of a terminal: a briefing's quoted rates as a table, or those of the whole record as CSV."""

from __future__ import annotations

import sys

import pandas as pd

from helpers import audit, tables
from helpers.ledger import LedgerError, load

LIMIT = "A percentage that reproduces shows that the division is right, not that the counts are."


def main(as_csv: bool) -> int:
    """Print it, or why the record is refused; the exit status to match."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    try:
        record = load()
    except LedgerError as error:
        print(error, file=sys.stderr)
        return 2
    if as_csv:
        sys.stdout.write(audit.rates(record).to_csv(index=False, lineterminator="\n"))
        return 0
    whole = record.briefings.query("coverage == 'whole'").iloc[-1]
    found = audit.rates(record.only(whole["briefing"]))
    found["counts"] = [_counts(part, of) for part, of in zip(found["part"], found["whole"], strict=True)]
    found["place"] = [
        f"{paragraph}:{position}" for paragraph, position in zip(found["paragraph"], found["position"], strict=True)
    ]
    columns = {"printed": "printed", "measure": "rate", "area": "of", "counts": "counts", "half_up": "gives"}
    columns |= {"verdict": "verdict", "power": "fits", "place": "line:nth"}
    title = f"Do the percentages of briefing {whole['briefing']} ({whole['day']:%Y-%m-%d}) follow from its own counts?"
    print(tables.as_text(found, title, columns, names=tables.names(record, chinese=False)), end="\n\n")
    said = found["verdict"].value_counts()
    print(
        f"{len(found)} rates: "
        + ", ".join(f"{verdict} {said[verdict]}" for verdict in audit.Verdict if verdict in said)
    )
    print('"fits": how many whole numbers would have printed the same. "line:nth": place in the text.')
    print(LIMIT)
    return 0


def _counts(part: object, whole: object) -> str:
    """Part and whole of a rate, a question mark for what is not printed."""
    return " / ".join("?" if pd.isna(count) else tables.text(count) for count in (part, whole))
