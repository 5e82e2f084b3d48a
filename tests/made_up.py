"""Made-up records that are consistent throughout, of any length, for tests and benchmarks.

    record = made_up.record(briefings=5, numbers=70, seed=1)
    folder = record.write(tmp_path / "data")         # a whole data folder, as the loader takes it
    record.load()                                    # the same as a Ledger
    record.row("3", "city_new_infections")["printed"] = "12"  # rows are dicts: change one, then write or load anew
    record.truth["new_infections", "central", day]    # what the numbers were drawn from

A city of a central part and an outside, whose units the briefings count in one way and the bulletins in another.
Briefing k speaks of day k (counted from 1) and of its change since day k - 1; day 0 is known from the bulletins.
`numbers` is how many numbers a briefing prints: the totals come first, then unit after unit. Rates are rounded by
the decimal module, so that nothing here shares code with what is tested.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path

from helpers import ledger

DATA = Path(__file__).resolve().parent.parent / "data"
FIRST = date(2030, 1, 1)
MEASURES = """
new_infections,flow,,,
new_confirmed,flow,,,
converted,flow,,,
new_asymptomatic,flow,,,
community_infections,flow,,,
controlled_infections,flow,,,
community_share,rate,community_infections,new_infections,
controlled_share,rate,controlled_infections,new_infections,
share_of_new_infections,rate,new_infections,new_infections,
cleared_new,flow,,,
cleared,stock,,,cleared_new
units,members,,,
units_without_community,tally,,,
index,rate,,,
firms,stock,,,
firms_running,stock,,,
firms_running_share,rate,firms_running,firms,
"""
NATURES = dict(line.split(",")[:2] for line in MEASURES.split())
TERMS = """
new_infections,bulletin,new_confirmed,+,yes
new_infections,bulletin,converted,-,yes
new_infections,bulletin,new_asymptomatic,+,yes
new_infections,place,community_infections,+,yes
new_infections,place,controlled_infections,+,yes
"""
_MANY = Context(prec=60)


def percent(part: int, whole: int, places: int) -> str:
    """part/whole in percent by the ordinary rule, from the decimal module."""
    value = _MANY.divide(Decimal(100 * part), Decimal(whole))
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}%"


def day(k: int) -> str:
    """Day k of the record; a count of that day runs from day(k) to day(k + 1)."""
    return (FIRST + timedelta(days=k)).isoformat()


def place(moment: datetime) -> int:
    """How many days after the first one a moment is."""
    return (moment.date() - FIRST).days


@dataclass
class Record:
    """The tables as lists of dicts, and the truth behind them by (measure, area, day)."""

    tables: dict[str, list[dict[str, str]]]
    numbers: dict[str, list[dict[str, str]]]
    truth: dict[tuple[str, str, int], int]
    central: list[str]
    outside: list[str]

    def write(self, folder: Path) -> Path:
        """Write the whole folder anew, with the contract of the real one."""
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "numbers").mkdir(parents=True)
        contract = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
        schema = (DATA / "numbers.schema.json").read_text(encoding="utf-8")
        (folder / "numbers.schema.json").write_text(schema, encoding="utf-8")
        listed = [r for r in contract["resources"] if not r["path"].startswith("numbers/")]
        numbers = next(r for r in contract["resources"] if r["path"].startswith("numbers/"))
        listed += [
            numbers | {"name": f"numbers-{file}", "path": f"numbers/{file}.csv"}
            for file in self.numbers
        ]
        text = json.dumps(contract | {"resources": listed}, ensure_ascii=False)
        (folder / "datapackage.json").write_text(text, encoding="utf-8")
        for resource in listed:
            if not resource["path"].startswith("numbers/"):
                columns = [field["name"] for field in resource["schema"]["fields"]]
                _write(folder / resource["path"], columns, self.tables[resource["name"]])
        columns = [field["name"] for field in json.loads(schema)["fields"]]
        for file, rows in self.numbers.items():
            _write(folder / "numbers" / f"{file}.csv", columns, rows)
        return folder

    def load(self) -> ledger.Ledger:
        """The record as the loader gives it."""
        with tempfile.TemporaryDirectory() as folder:
            return ledger.load(self.write(Path(folder) / "data"))

    def say(self, *rows: dict) -> ledger.Ledger:
        """Add rows that name their file and are numbered n1, n2, …; the record loaded."""
        for n, row in enumerate(rows, 1):
            self.add(**{"number": f"n{n}", "file": "1"} | row)
        for briefing in self.tables["briefings"]:
            ends = [row.get("end", "")[:10] for row in self.numbers[briefing["briefing"]]]
            briefing["day"] = max(ends) or briefing["day"]
        return self.load()

    def row(self, file: str, number: str) -> dict[str, str]:
        return next(row for row in self.numbers[file] if row["number"] == number)

    def add(
        self,
        file: str,
        number: str,
        printed: object,
        measure: str,
        area: str = "city",
        **cells: object,
    ) -> dict:
        """One more printed number, a level unless said otherwise; a file that is new gets its row in briefings."""
        if file not in self.numbers:
            self.numbers[file] = []
            if file.isdigit():
                self.tables["briefings"].append(_briefing(int(file)))
        place = len(self.numbers[file]) + 1
        row = {
            "number": number,
            "paragraph": 1,
            "position": place,
            "printed": printed,
            "kind": "level",
        }
        row |= {"measure": measure, "area": area, "source": "report" if file.isdigit() else file}
        self.numbers[file].append({k: str(v) for k, v in (row | cells).items()})
        return self.numbers[file][-1]


def level(
    printed: object, measure: str, area: str = "central", on: int = 1, **more: object
) -> dict:
    """A level of one day, a stock at its end; `on` may be (first day, last day)."""
    first, last = on if isinstance(on, tuple) else (on, on)
    times = {"start": day(first), "end": day(last + 1)}
    if NATURES[measure] in ("stock", "members"):
        times.pop("start")
    return {"printed": printed, "measure": measure, "area": area} | times | more


def rate(printed: str, measure: str, area: str = "central", on: int = 1, **more: object) -> dict:
    return level(printed, measure, area, on, kind="rate", **more)


def change(
    claim: str, printed: object, measure: str, area: str = "central", on: int = 1, **more: object
) -> dict:
    """A change since the day before, unless said otherwise."""
    first = on[0] if isinstance(on, tuple) else on
    said = {"kind": "change", "claim": claim, "since": day(first - 1)}
    return level(printed, measure, area, on, **said | more)


def run(
    claim: str, printed: object, measure: str, area: str = "central", on: int = 3, **more: object
) -> dict:
    return level(printed, measure, area, on, kind="run", claim=claim, **more)


def _write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _briefing(k: int) -> dict[str, str]:
    return {
        "briefing": str(k),
        "area": "city",
        "numbering": "printed",
        "day": day(k + 1),
        "coverage": "part",
    }


def empty(central: int = 3, outside: int = 3) -> Record:
    """The tables without a number: a city, its two parts and their units, groups, and the measures."""
    inner, outer = (
        [f"{side}_{i}" for i in range(1, n + 1)] for side, n in (("c", central), ("o", outside))
    )
    booked = [f"b_{i}" for i in range(1, central)] or [
        "b_1"
    ]  # the bulletins have one central row less
    areas = [("city", "city"), ("central", "part"), ("outside", "part")]
    areas += [(area, "district") for area in inner + outer] + [
        (area, "bulletin_district") for area in booked
    ]
    areas += [("pair", "group"), ("unnamed", "group")]
    members = [("city", "parts", area, "yes") for area in ("central", "outside")]
    members += [("city", "bulletin", area, "yes") for area in booked + outer]
    members += [("central", "units", area, "yes") for area in inner] + [
        ("outside", "units", area, "yes") for area in outer
    ]
    members += [("pair", "named", area, "yes") for area in inner[:2]] + [
        ("outside", "some", "unnamed", "no")
    ]
    measures = [line.split(",") for line in MEASURES.split()]
    terms = [line.split(",") for line in TERMS.split()]
    pages = [
        ("report", "original", "report"),
        ("copy", "repost", "report"),
        ("other", "original", "other"),
    ]
    pages += [("bulletins", "original", "bulletins")]
    tables = {
        "briefings": [],
        "sources": [
            {"source": s, "outlet": s, "seen": "2030-01-01", "kind": kind, "text": text}
            for s, kind, text in pages
        ],
        "areas": [{"area": a, "kind": kind, "name_en": a, "name_zh": a} for a, kind in areas],
        "members": [dict(zip(("area", "scheme", "member", "complete"), row)) for row in members],
        "measures": [
            dict(zip(("measure", "nature", "part", "whole", "inflow"), row))
            | {
                "unit": "units"
                if row[0].startswith("units")
                else ""
                if row[1] == "rate"
                else "things"
            }
            | {"name_en": row[0], "name_zh": row[0], "definition": row[0]}
            for row in measures
        ],
        "terms": [
            dict(zip(("measure", "scheme", "term", "sign", "complete"), row)) for row in terms
        ],
    }
    return Record(tables, {}, {}, inner, outer)


def record(
    briefings: int = 5, numbers: int = 40, seed: int = 0, central: int = 3, outside: int = 3
) -> Record:
    """A consistent record. Give more units (central, outside) where a briefing shall print many numbers."""
    made, chance = empty(central, outside), random.Random(seed)
    for k in range(briefings + 1):
        _draw(made, chance, k)
        _bulletin(made, k)
    for k in range(1, briefings + 1):
        rows = _briefing_rows(made, chance, k)[:numbers]
        for row in rows:
            made.add(str(k), **row)
    last = briefings
    for area in [m["member"] for m in made.tables["members"] if m["scheme"] == "bulletin"]:
        made.add("bulletins", f"{area}_asymptomatic", made.truth["asymptomatic", area, last], "new_asymptomatic", area,
                 start=day(last), end=day(last + 1))  # fmt: skip
    return made


def _draw(made: Record, chance: random.Random, k: int) -> None:
    """The truth of one day."""
    truth = made.truth
    level = chance.choice((30, 300, 3000))
    for area in made.central + made.outside:
        new = chance.randint(0, level) if chance.random() > 0.1 else 0
        truth["new_infections", area, k] = new
        truth["community_infections", area, k] = (
            chance.randint(0, new) if chance.random() > 0.3 else 0
        )
    sums = {
        "central": made.central,
        "outside": made.outside,
        "city": ["central", "outside"],
        "pair": made.central[:2],
    }
    for measure in ("new_infections", "community_infections"):
        for area, parts in sums.items():
            truth[measure, area, k] = sum(truth[measure, part, k] for part in parts)
    for area in (*made.central, *made.outside, *sums):
        new, community = (truth[m, area, k] for m in ("new_infections", "community_infections"))
        truth["controlled_infections", area, k] = new - community
    new = truth["new_infections", "city", k]
    converted = chance.randint(0, 60)
    confirmed = converted + chance.randint(0, new)
    truth["converted", "city", k], truth["new_confirmed", "city", k] = converted, confirmed
    truth["new_asymptomatic", "city", k] = left = new - confirmed + converted
    booked = [m["member"] for m in made.tables["members"] if m["scheme"] == "bulletin"]
    for area in booked[:-1]:
        truth["asymptomatic", area, k] = share = chance.randint(0, left)
        left -= share
    truth["asymptomatic", booked[-1], k] = left
    for area in ("central", "outside"):
        truth["cleared_new", area, k] = chance.randint(0, 50)
        truth["cleared", area, k] = (
            truth.get(("cleared", area, k - 1), 100) + truth["cleared_new", area, k]
        )


def _bulletin(made: Record, k: int) -> None:
    for measure in ("new_confirmed", "converted", "new_asymptomatic"):
        made.add(
            "bulletins",
            f"{measure}_{k}",
            made.truth[measure, "city", k],
            measure,
            start=day(k),
            end=day(k + 1),
        )


def _briefing_rows(made: Record, chance: random.Random, k: int) -> list[dict]:
    """All that a briefing can print of day k, the totals first."""
    truth, times, rows = made.truth, {"start": day(k), "end": day(k + 1)}, []

    def level(area: str, measure: str = "new_infections") -> None:
        rows.append({"number": f"{area}_{measure}", "printed": truth[measure, area, k], "measure": measure,
                     "area": area, **times})  # fmt: skip

    def rate(area: str, of_area: str = "") -> None:
        measure, part = (
            ("share_of_new_infections", "new_infections")
            if of_area
            else ("community_share", "community_infections")
        )
        whole = truth["new_infections", of_area or area, k]
        if whole:
            printed = percent(truth[part, area, k], whole, chance.choice((0, 1, 2)))
            rows.append({"number": f"{area}_{measure}", "printed": printed, "kind": "rate", "measure": measure,
                         "area": area, "of_area": of_area, **times})  # fmt: skip

    def change(area: str) -> None:
        now, before = (truth["new_infections", area, d] for d in (k, k - 1))
        rows.append({"number": f"{area}_change", "printed": abs(now - before), "kind": "change", "area": area,
                     "measure": "new_infections", "claim": "down" if now < before else "up", "since": day(k - 1),
                     **times})  # fmt: skip

    for area in ("city", "central", "outside"):
        level(area)
        change(area)
        level(area, "community_infections")
        rate(area)
    for area in ("central", "outside"):
        rate(area, "city")
        level(area, "controlled_infections")
        level(area, "cleared_new")
        stock = {
            "number": f"{area}_cleared",
            "printed": truth["cleared", area, k],
            "measure": "cleared",
            "area": area,
        }
        rows.append(stock | {"end": day(k + 1)})
    rows += [run for area in ("city", "central", "outside") if (run := _run(truth, area, k))]
    if k > 1:
        counted = truth["new_infections", "outside", k - 1] + truth["new_infections", "outside", k]
        rows.append({"number": "outside_two_days", "printed": counted, "measure": "new_infections", "area": "outside",
                     "start": day(k - 1), "end": day(k + 1)})  # fmt: skip
    level("pair")
    rate("pair", "central")
    for side, units in (("central", made.central), ("outside", made.outside)):
        for area in units:
            level(area)
        for area in units:
            rate(area, side)
            level(area, "community_infections")
            rate(area)
            change(area)
            level(area, "controlled_infections")
    return rows


def _run(truth: dict, area: str, k: int) -> dict | None:
    """The run of falls or rises that ends with day k, as the truth has it."""
    series = [truth["new_infections", area, d] for d in range(k, -1, -1)]
    for claim, goes_on in (("down", int.__gt__), ("up", int.__lt__)):
        length = 0
        while length + 1 < len(series) and goes_on(series[length + 1], series[length]):
            length += 1
        if length:
            return {"number": f"{area}_run", "printed": length, "kind": "run", "measure": "new_infections",
                    "area": area, "claim": claim, "start": day(k), "end": day(k + 1)}  # fmt: skip
    return None
