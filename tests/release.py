"""What the last release held: data/release.json, so that no released row changes without a word.

    python -m tests.release 1.1.0     stamps this version, or says what the log still lacks
    python -m tests.release           says it, and stamps nothing

For each row of each table a short digest of its cells. Rows that are new, and columns that are new,
are no corrections, and the order of rows and columns does not matter. Everything else is one, and
needs a line in the data card's "Corrections", below those there were at the release, that names it.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sys
from datetime import date
from pathlib import Path

from helpers.ledger import DATA


def tables(data: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of each CSV as text, by the name of its file."""
    found = {}
    for path in sorted(data.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found[path.relative_to(data).as_posix()] = list(csv.DictReader(lines))
    return found


def key(file: str, row: dict[str, str]) -> str:
    """What names a row in its file: its first column, or the three that do it together."""
    three = {
        "members.csv": ("area", "scheme", "member"),
        "terms.csv": ("measure", "scheme", "term"),
    }
    return "/".join(row[column] for column in three.get(file, [next(iter(row))]))


def digest(row: dict[str, str], columns: list[str]) -> str:
    cells = "\n".join(f"{column}={row[column]}" for column in sorted(columns) if row.get(column))
    return hashlib.sha256(cells.encode()).hexdigest()[:12]


def corrected(data: Path) -> list[tuple[str, str]]:
    """File and key of every released row that is gone or says something else."""
    now = tables(data)
    changed = []
    for file, was in json.loads((data / "release.json").read_text(encoding="utf-8"))[
        "files"
    ].items():
        rows = {key(file, row): digest(row, was["columns"]) for row in now.get(file, [])}
        changed += [(file, row) for row, said in was["rows"].items() if rows.get(row) != said]
    return changed


def corrections(data: Path) -> list[tuple[str, ...]]:
    """The lines of the log: date, file, what, before, after, why."""
    _, _, log = (data / "README.md").read_text(encoding="utf-8").partition("\n## Corrections\n")
    rows = re.findall(r"^\|(.*)\|$", log.partition("\n## ")[0], re.MULTILINE)
    return [tuple(cell.strip() for cell in row.split("|")) for row in rows[2:]]


def unlogged(data: Path) -> list[tuple[str, str]]:
    """The released rows that were corrected without a new line in the log that names them."""
    before = json.loads((data / "release.json").read_text(encoding="utf-8"))["corrections"]
    logged = {
        (file.strip("`"), row)
        for _, file, what, *_ in corrections(data)[before:]
        for row in re.findall("`([^`]+)`", what)
    }
    return [row for row in corrected(data) if row not in logged]


def stamp(data: Path, day: str) -> None:
    version = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))["version"]
    files = {
        file: {
            "columns": list(rows[0]),
            "rows": {key(file, row): digest(row, list(row)) for row in rows},
        }
        for file, rows in tables(data).items()
        if rows
    }
    told = {"version": version, "date": day, "corrections": len(corrections(data)), "files": files}
    text = json.dumps(told, indent=1) + "\n"
    (data / "release.json").write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> str | None:
    """Stamps, or returns what is to be done first."""
    if missing := unlogged(DATA):
        rows = "\n".join(f"  {file}: {row}" for file, row in missing)
        return f"Changed since the last release, and not in the corrections log:\n{rows}"
    if not arguments:
        return "Every change is in the log. To stamp: python -m tests.release VERSION"
    contract = DATA / "datapackage.json"
    text = contract.read_text(encoding="utf-8")
    old = json.loads(text)["version"]
    contract.write_text(
        text.replace(f'"version": "{old}"', f'"version": "{arguments[0]}"', 1),
        encoding="utf-8",
        newline="\n",
    )
    stamp(DATA, date.today().isoformat())
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
