"""How much do loading and auditing a record cost a number, and does that stay so as the record grows?

    python -m tests.benchmarks record          # all sizes, side by side
    python -m tests.benchmarks.record FOLDER   # one data folder: seconds and peak memory of each step, as JSON

Two records of 70 numbers a briefing. `made up` (tests/made_up.py) is dense: every number hangs together with the
others of its day, of the day before and of the bulletins. `the 155th again` is the real briefing, every third day.
"""

from __future__ import annotations

import csv
import json
import sys
import time
import tracemalloc
from datetime import date, timedelta
from pathlib import Path

from helpers import audit, ledger
from tests import made_up

AUDITS = ("rates", "balances", "changes", "witnesses", "runs")
NUMBERS = 70
UNITS = {"central": 9, "outside": 29}  # as many as the city has


def dense(briefings: int, folder: Path) -> Path:
    """A made-up record, every number of which is tied to others."""
    return made_up.record(briefings, NUMBERS, seed=155, **UNITS).write(folder)


def repeated(briefings: int, folder: Path) -> Path:
    """The 155th briefing, every third day."""
    tables = {path.stem: _rows(path) for path in ledger.DATA.glob("*.csv")}
    model = next(row for row in tables["briefings"] if row["briefing"] == "155")
    rows = _rows(ledger.DATA / "numbers" / "155.csv")
    tables["briefings"], numbers = [], {}
    for k in range(briefings):
        file = str(1000 + k)
        tables["briefings"].append(model | {"briefing": file, "day": _later(model["day"], 3 * k)})
        numbers[file] = [row | {c: _later(row[c], 3 * k) for c in ("start", "end", "since")} for row in rows]
    return made_up.Record(tables, numbers, {}, [], []).write(folder)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _later(moment: str, days: int) -> str:
    return moment and (date.fromisoformat(moment[:10]) + timedelta(days)).isoformat() + moment[10:]


def measured(folder: Path) -> dict:
    """Load a record, gather its evidence once, and pass all audits over it."""
    seconds, wall = {}, time.perf_counter()

    def step(name: str, call):
        start = time.process_time()
        result = call()
        seconds[name] = time.process_time() - start
        return result

    record = step("load", lambda: ledger.load(folder))
    evidence = step("evidence", lambda: audit.Evidence.of(record))
    for name in AUDITS:
        step(name, lambda name=name: getattr(audit, name)(evidence))
    return {"numbers": len(record.numbers), "wall": time.perf_counter() - wall, "seconds": seconds}


def main(folder: str, *options: str) -> None:
    if "--memory" in options:
        tracemalloc.start()
    found = measured(Path(folder))
    if "--memory" in options:
        found["peak"] = tracemalloc.get_traced_memory()[1]
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
