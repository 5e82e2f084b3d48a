"""What the last release held: data/release.json, so that no released number changes without a word.

    python -m tests.release     at a release, after raising "version" in data/datapackage.json

For each table the length and the digest of its bytes. New rows go to the end of a table and new briefings
into files of their own: neither is a correction. Everything else is, and needs a line in the data card's
"Corrections", dated on or after the release, that names the file; without it nothing is stamped anew.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from datetime import date
from pathlib import Path

from helpers.ledger import DATA


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def corrected(data: Path) -> list[str]:
    """The tables that no longer begin with what was released."""
    released = json.loads((data / "release.json").read_text(encoding="utf-8"))["files"]
    content = {file: (data / file).read_bytes() if (data / file).is_file() else b"" for file in released}
    return [file for file, was in released.items() if digest(content[file][: was["bytes"]]) != was["hash"]]


def corrections(data: Path) -> list[tuple[str, ...]]:
    """The lines of the log: date, file, what, before, after, why."""
    _, _, log = (data / "README.md").read_text(encoding="utf-8").partition("\n## Corrections\n")
    rows = re.findall(r"^\|(.*)\|$", log.partition("\n## ")[0], re.MULTILINE)
    return [tuple(cell.strip().strip("`") for cell in row.split("|")) for row in rows[2:]]


def unlogged(data: Path) -> list[str]:
    """The tables corrected since the release without a line in the log."""
    since = json.loads((data / "release.json").read_text(encoding="utf-8"))["date"]
    logged = {file for day, file, *_ in corrections(data) if day >= since}
    return [file for file in corrected(data) if file not in logged]


def stamp(data: Path, day: str) -> None:
    version = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))["version"]
    files = {path.relative_to(data).as_posix(): path.read_bytes() for path in sorted(data.rglob("*.csv"))}
    told = {file: {"bytes": len(content), "hash": digest(content)} for file, content in files.items()}
    text = json.dumps({"version": version, "date": day, "files": told}, indent=1) + "\n"
    (data / "release.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if (DATA / "release.json").exists() and (missing := unlogged(DATA)):
        sys.exit(f"Not stamped. Changed since the last release, and not in the corrections log: {', '.join(missing)}")
    stamp(DATA, date.today().isoformat())
