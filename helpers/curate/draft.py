"""The command `draft`: from a text to the rows of a new briefing, and, filled in, to the record.

What can be read off the text is filled in: place, numeral in the record's spelling, what it reads,
dates as context. The last column, `words`, shows the numeral among its neighbours, and for a
percentage what it may come from. It is for the curator alone: the record refuses it until
`--finish` has compared rows and text, taken it out, and noted the digest of the rows.
"""

import csv
import json
import re
from bisect import insort
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path
from shlex import quote

from helpers import Refused, ledger
from helpers.curate import trace
from helpers.curate.numerals import numerals
from helpers.curate.pairs import division, pairs

_NEXT = """{table}: a row for each numeral; words shows where it stands.
Until it is finished the record does not load. What is left for a person:
1. Each row's kind, measure, area, start and end, and a readable number. The data card tells how,
   with examples; where one numeral is said of several areas, a row for each.
2. In briefings.csv and sources.csv what is empty in the last row; coverage is part if the text is
   only a part of what was said. New areas and measures in their tables.
3. python3 -m helpers draft {text} --as {briefing} --finish"""

_ID = re.compile(
    r"(?:[a-z]+_)*[1-9][0-9]*|(?:[a-z]+_)+\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
)
"""A number; or whose it is, and the day or a number."""


def drafted(text: str, source: str) -> Iterator[dict[str, str]]:
    """A row for each numeral of a text, as far as the text says; `source` is the key of its page.

    >>> row = next(drafted("负3.9%", "report_161"))
    >>> row["printed"], row["reads"], row["claim"], row["words"]
    ('負3.9%', '3.9%', 'down', '…[负3.9%]… ')
    """
    bases = {
        one.spot.numeral: division(one.spot, one.best)
        for one in pairs(text)
        if one.best and one.best.prints
    }
    for n in numerals(text):
        yield {
            "number": f"n{n.position}",
            "paragraph": n.paragraph,
            "position": n.position,
            "printed": n.spelling,
            "reads": n.reads.replace("-", ""),
            "kind": "" if n.quantity else "context",
            "claim": "down" if "-" in n.spelling[0] + n.reads else "",
            "source": source,
            "words": f"…{trace.around(text, n)}… {bases.get(n, '')}",
        }


def _write(path: Path, rows: Iterable[dict], columns: Collection[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _add(path: Path, row: dict[str, str]) -> None:
    """Put a row at the end of a table, unless one with its key, the first cell, is there."""
    key = next(iter(row))
    rows = trace.read_rows(path, key)
    if row[key] not in [old[key] for old in rows]:
        _write(path, [*rows, row], rows[0])


def _list(path: Path, briefing: str) -> None:
    """Name the file of a briefing in the contract, in its sorted place."""
    package = json.loads(path.read_text("utf-8"))
    resources = package["resources"]
    own = resources[-1] | {"path": f"numbers/{briefing}.csv", "name": f"numbers-{briefing}"}
    if own not in resources:
        insort(resources, own, key=lambda one: one["path"].partition("/")[2])
    text = json.dumps(package, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", "utf-8", newline="\n")


def main(text: str, briefing: str, finish: bool = False, data: Path = ledger.DATA) -> int:
    """The command `draft`: 0 done, 1 text, rows and record do not yet agree, 2 not possible."""
    table, read = data / "numbers" / f"{briefing}.csv", trace.read_text(text)
    if not _ID.fullmatch(briefing):
        raise Refused(f"{briefing!r}: expected such as 161 or guangzhou_2022-11-07")
    if finish:
        return _finish(read, table)
    if table.exists():
        raise Refused(f"{table} is there: it is not written anew; --finish checks it")
    _draft(read, data, briefing)
    print(_NEXT.format(table=table, text=quote(text), briefing=briefing))
    return 0


def _draft(text: str, data: Path, briefing: str) -> None:
    """What names a briefing, then its rows: where that breaks off, the next try goes on with it."""
    page = "report_" + briefing.replace("-", "_")
    area, _, day = briefing.rpartition("_")
    named = {"area": area, "numbering": "none", "day": day} if area else {}
    _add(data / "briefings.csv", {"briefing": briefing, "coverage": "whole", **named})
    told = {"source": page, "seen": str(date.today()), "text": page, "briefing": briefing}
    _add(data / "sources.csv", told)
    _list(data / "datapackage.json", briefing)
    fields = json.loads((data / "numbers.schema.json").read_text("utf-8"))["fields"]
    columns = [*(field["name"] for field in fields), "words"]
    _write(data / "numbers" / f"{briefing}.csv", drafted(text, page), columns)


def _finish(text: str, table: Path) -> int:
    """Compare rows and text, take the words out, note the digest, and load the record."""
    known, briefing = table.parents[1] / "briefings.csv", table.stem
    cells, rows = trace.read_rows(table, "printed"), trace.recorded(table)
    briefings = trace.read_rows(known, "coverage")
    own = next((row for row in briefings if row["briefing"] == briefing), {})
    whole = own.get("coverage") != "part"
    lacking, wrong = trace.compare(text, rows)
    wrong += lacking * whole
    if wrong:
        print(*wrong, f"{table}: expected the numerals of the text", sep="\n")
        return 1
    digest = ledger.digest((row.paragraph, row.spelling) for row in rows)
    own["digest"] = digest * whole
    _write(known, briefings, briefings[0])
    _write(table, cells, [column for column in cells[0] if column != "words"])
    try:
        ledger.load(known.parent)
    except ledger.LedgerError as error:
        _write(table, cells, cells[0])  # the words are of use until all is in order
        print(error)
        return 1
    print(f"The record loads. Next: python3 -m helpers scorecard {briefing}, and test")
    return 0
