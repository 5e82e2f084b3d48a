"""The command `draft`: from a text to the rows of a new briefing, and, filled in, to the record.

What can be read off the text is filled in: place, numeral in the record's spelling, what it reads,
dates as context. The last column, `words`, shows the numeral among its neighbours, and for a
percentage what it may come from. It is for the curator alone: the record refuses it until
`--finish` has compared rows and text, taken it out, and noted the digest of the rows.
"""

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from helpers import ledger
from helpers.curate import trace
from helpers.curate.numerals import numerals
from helpers.curate.pairs import pairs

WORDS = "words"
_NEXT = """{table}: a row for each numeral; words shows where it stands.
Until it is finished the record does not load. What is left for a person:
1. Each row's kind, measure, area, start and end, and a readable number. The data card tells how,
   with examples; where one numeral is said of several areas, a row for each.
2. In briefings.csv and sources.csv what is empty in the last row, and whether day and area are
   right. New areas and measures in their tables.
3. python3 -m helpers draft TEXT --as {briefing} --finish"""


def drafted(text: str, source: str) -> Iterator[dict[str, str]]:
    """A row for each numeral of a text, as far as the text says; `source` is the key of its page.

    >>> row = next(drafted("负3.9%", "report_161"))
    >>> row["printed"], row["reads"], row["claim"], row["words"]
    ('負3.9%', '3.9%', 'down', '…[负3.9%]')
    """
    perhaps = {one.spot.numeral.position: one for one in pairs(text) if one.best}
    for n in numerals(text):
        hint = ""
        if one := perhaps.get(n.position):
            part, whole, verdict = one.best.part, one.best.whole, one.best.verdict
            hint = f"; {one.kind} of {part.numeral.printed} and {whole.numeral.printed} {verdict}"
        falls = "-" in n.spelling[0] + n.reads
        yield {
            "number": f"n{n.position}",
            "paragraph": n.paragraph,
            "position": n.position,
            "printed": n.spelling,
            "reads": n.reads.replace("-", "") or n.spelling[1:] * falls,
            "kind": "" if n.quantity else "context",
            "claim": "down" * falls,
            "source": source,
            "note": "printed with a minus, which the claim tells" * falls,
            WORDS: "…" + trace.around(text, n) + hint,
        }


def described(text: str, briefing: str, known: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The row of briefings.csv, as far as its id and the text say it: any of it can be wrong.

    known: the rows that are there. The first month and day of the text are taken for the day, with
    the year of the briefing that the collection is about, and its area where the id is a number.
    """
    usual = next((row for row in known if row["briefing"] == ledger.BRIEFING), {})
    name, day = re.fullmatch(r"(.*?)[_-]?(\d{4}-\d\d-\d\d)?", briefing).groups(default="")
    first = re.search(r"(\d\d?)\s*月\s*(\d\d?)\s*[日號号]", text)
    if first and not day:
        day = f"{usual['day'][:4]}-{int(first[1]):02}-{int(first[2]):02}"
    printed = re.search(rf"第\s*{name}\s*[場场]", text)
    numbering = ("printed" if printed else "inferred") if name.isdecimal() else "none"
    area = usual["area"] if name.isdecimal() else name
    return {"briefing": briefing, "area": area, "numbering": numbering, "day": day}


def _write(path: Path, rows: Iterable[Mapping[str, object]], columns: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(columns), extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _put(path: Path, row: Mapping[str, str], **renewed: str) -> None:
    """Add a row at the end of a table; of one that is there only what is `renewed` changes."""
    key = next(iter(row))
    rows = {old[key]: old for old in trace.read_rows(path)}
    columns = next(iter(rows.values()))
    rows[row[key]] = {**row, **rows.get(row[key], {}), **renewed}
    _write(path, rows.values(), columns)


def _list(path: Path, file: str) -> None:
    """Name a file of numbers/ in the contract, in its sorted place."""
    package = json.loads(path.read_text("utf-8"))
    listed = {resource["path"]: resource for resource in package["resources"]}
    like = listed[f"numbers/{ledger.BRIEFING}.csv"]
    listed[file] = listed.get(file) or like | {"path": file, "name": re.sub("/", "-", file[:-4])}
    order = sorted(listed, key=lambda path: path * path.startswith("numbers/"))
    package["resources"] = [listed[path] for path in order]
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")


def main(arguments: list[str], data: Path = ledger.DATA) -> int:
    """The command `draft`: 0 done, 1 text, rows and record do not yet agree, 2 not possible."""
    parser = argparse.ArgumentParser(
        prog="python3 -m helpers draft",
        description="Write the rows of a new briefing from its text, to be filled in by a person.",
        epilog="exit status: 0 done, 1 not yet in order, 2 not possible",
    )
    add = parser.add_argument
    add("text", metavar="TEXT", help="UTF-8, a paragraph a line; - for standard input")
    add("--as", metavar="ID", dest="briefing", required=True, help="161, or guangzhou_2022-11-07")
    add("--part", action="store_true", help="the text is only a part of what was said")
    add("--force", action="store_true", help="write anew what is there")
    add("--finish", action="store_true", help="compare, take the words out, load the record")
    options = parser.parse_args(arguments)
    try:
        text, briefing = trace.read_text(options.text), options.briefing
        if not re.fullmatch("[a-z0-9]+(?:[_-][a-z0-9]+)*", briefing):
            raise ValueError(f"{briefing!r}: expected such as 161 or guangzhou_2022-11-07")
        table = data / "numbers" / f"{briefing}.csv"
        if options.finish:
            return _finish(text, briefing, table)
        if table.exists() and not options.force:
            raise ValueError(f"{table} is there; --force writes it anew, --finish checks it")
        _draft(text, briefing, table, "part" if options.part else "whole")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(_NEXT.format(table=table, briefing=briefing))
    return 0


def _draft(text: str, briefing: str, table: Path, coverage: str) -> None:
    data, page = table.parent.parent, f"report_{briefing.replace('-', '_')}"
    schema = json.loads((data / "numbers.schema.json").read_text("utf-8"))
    columns = [*(field["name"] for field in schema["fields"]), WORDS]
    _write(table, drafted(text, page), columns)
    known = data / "briefings.csv"
    _put(known, described(text, briefing, trace.read_rows(known)), coverage=coverage)
    seen = {"seen": str(date.today()), "text": page, "briefing": briefing}
    _put(data / "sources.csv", {"source": page} | seen)
    _list(data / "datapackage.json", f"numbers/{briefing}.csv")


def _finish(text: str, briefing: str, table: Path) -> int:
    """Compare rows and text, take the words out, note the digest, and load the record."""
    known, rows = table.parent.parent / "briefings.csv", trace.recorded(table)
    coverage = {row["briefing"]: row["coverage"] for row in trace.read_rows(known)}
    whole = coverage.get(briefing) != "part"
    lacking, wrong = trace.compare(text, rows)
    wrong += [f"not in the rows: {trace.around(text, n)}" for n in lacking * whole]
    if wrong:
        print(*wrong, f"{table}: expected the numerals of the text", sep="\n")
        return 1
    digest = ledger.digest((row.paragraph, row.spelling) for row in rows)
    cells = trace.read_rows(table)
    _write(table, cells, (column for column in cells[0] if column != WORDS))
    _put(known, {"briefing": briefing}, digest=digest * whole)
    try:
        ledger.load(known.parent)
    except ledger.LedgerError as error:
        _write(table, cells, cells[0])  # the words are of use until all is in order
        print(f"{table} has the numerals of the text.", error, sep="\n")
        return 1
    print(f"{table} has the numerals of the text, and the record loads.")
    print(f"Next: python3 -m helpers scorecard {briefing}, and python3 -m helpers test")
    return 0
