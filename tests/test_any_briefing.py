"""Another briefing is its rows: nothing but the documented steps, no code and no test edited.

Four made-up texts stand for the cases met: read whole, older than the others, with a complete list
(120); read in part, with positions (161); another city, without a number; a statistics release
with growth and rounded sums. `briefings/` has each text and the rows that a curator makes of its
draft. Each is added to a copy of the project, where its commands, the record's own tests, the
notebooks and the pages must then do.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from helpers.ledger import BRIEFING

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "tests" / "briefings"
MADE_UP = "made up for a test"


class Case(NamedTuple):
    """A text, what a curator enters for it, and the rows of other tables that its rows need.

    areas: id and kind. measures: id, nature, and the unit of a count or part and whole of a rate.
    """

    briefing: str
    day: str
    verdicts: str
    coverage: str = "whole"
    area: str = "city"
    areas: str = ""
    measures: str = ""


EAST_WEST = "madeup other_city; madeup_east district; madeup_west district; madeup_south district"
OUTPUT = "output flow yuan; output_farms flow yuan; output_industry flow yuan"
OUTPUT += "; output_services flow yuan; industry_share rate output_industry output"
CASES = [
    Case("120", "2022-09-10", "1 rate: reproduces 1"),
    Case("161", "2022-12-08", "1 rate: reproduces 1", "part"),
    Case(
        "madeup_2022-09-02",
        "2022-09-02",
        "3 rates: reproduces 2, does not reproduce 1",
        area="madeup",
        areas=EAST_WEST,
    ),
    Case(
        "output_2022-10-24",
        "2022-10-24",
        "1 rate: cannot be checked 1",
        area="madeup_country",
        areas="madeup_country country",
        measures=OUTPUT,
    ),
]


class Copy(NamedTuple):
    """A copy of the project with one more briefing, added step by step."""

    case: Case
    root: Path

    def helpers(self, *arguments: str) -> subprocess.CompletedProcess:
        return self.run("-m", "helpers", *arguments)

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=inherited | {"PYTHONPATH": str(self.root), "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def text(self) -> str:
        return str(TEXTS / f"{self.case.briefing}.txt")

    def add(self, table: str, *rows: dict[str, str]) -> None:
        with (self.root / "data" / table).open("a", encoding="utf-8", newline="") as file:
            columns = read(self.root / "data" / table)[0]
            csv.DictWriter(file, list(columns), lineterminator="\n").writerows(rows)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.briefing)
def copy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Copy]:
    """The steps of the curator's guide: draft, fill in, finish."""
    copy = Copy(request.param, tmp_path_factory.mktemp("a copy 重慶"))
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, encoding="utf-8")
    for name in filter(None, listed.split("\0")):
        target = copy.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    done = copy.helpers("draft", copy.text(), "--as", copy.case.briefing)
    assert done.returncode == 0, done.stderr
    fill_in(copy)
    done = copy.helpers("draft", copy.text(), "--as", copy.case.briefing, "--finish")
    assert done.returncode == 0, done.stdout + done.stderr
    done = copy.helpers("execute")
    assert done.returncode == 0, done.stdout + done.stderr
    yield copy
    shutil.rmtree(copy.root)


def fill_in(copy: Copy) -> None:
    """What a curator writes into the draft and into the tables beside it."""
    case, data = copy.case, copy.root / "data"
    curated = {row["position"]: row for row in read(TEXTS / f"{case.briefing}.csv")}
    path = data / "numbers" / f"{case.briefing}.csv"
    drafted = read(path)
    source = drafted[0]["source"]
    rows = [row | curated[row["position"]] for row in drafted if row["position"] in curated]
    write(path, [row | {"source": source} for row in rows])
    for area, kind in map(str.split, filter(None, case.areas.split("; "))):
        copy.add("areas.csv", {"area": area, "kind": kind} | named(area))
    for measure, nature, *rest in map(str.split, filter(None, case.measures.split("; "))):
        columns = ["unit"] if len(rest) == 1 else ["part", "whole"]
        about = {"measure": measure, "nature": nature, "definition": MADE_UP}
        copy.add("measures.csv", about | dict(zip(columns, rest, strict=True)) | named(measure))
    numbering = "printed" if case.briefing.isdecimal() else "none"
    about = {"area": case.area, "day": case.day, "coverage": case.coverage}
    last_row(data / "briefings.csv", numbering=numbering, **about)
    last_row(data / "sources.csv", outlet=MADE_UP, kind="original")


def named(key: str) -> dict[str, str]:
    return {"name_en": key.replace("_", " "), "name_zh": f"虛構{key}"}


def last_row(path: Path, **cells: str) -> None:
    rows = read(path)
    rows[-1].update(cells)
    write(path, rows)


def test_its_scorecard_says_what_its_numbers_give(copy: Copy) -> None:
    done = copy.helpers("scorecard", copy.case.briefing)
    assert done.returncode == 0, done.stderr
    assert copy.case.verdicts in done.stdout


def test_the_scorecard_of_the_collection_stays_that_of_its_briefing(copy: Copy) -> None:
    done = copy.helpers()
    assert done.returncode == 0 and f"```\n{done.stdout}```" in (ROOT / "README.md").read_text(
        "utf-8"
    )


def test_trace_finds_all_of_it(copy: Copy) -> None:
    done = copy.helpers("trace", copy.text())
    differs = copy.case.coverage == "part"  # the text has more than the record
    assert done.returncode == differs, done.stdout
    assert f"numbers/{copy.case.briefing}.csv" in done.stdout


def test_a_list_that_is_complete_is_an_equation(copy: Copy) -> None:
    if not any(row["part_of"] for row in read(TEXTS / f"{copy.case.briefing}.csv")):
        pytest.skip("this text has no complete list")
    done = copy.helpers("verdicts", "--of", "balances", "--briefing", copy.case.briefing)
    kinds = {row["balance"]: row["verdict"] for row in csv.DictReader(done.stdout.splitlines())}
    expected = "holds within rounding" if copy.case.area == "madeup_country" else "holds"
    assert kinds["list"] == expected


def test_growth_is_judged_by_the_earlier_value(copy: Copy) -> None:
    done = copy.helpers("verdicts", "--of", "changes", "--briefing", copy.case.briefing)
    assert done.returncode == 0, done.stderr
    if copy.case.area == "madeup_country":
        row, *_ = csv.DictReader(done.stdout.splitlines())
        assert row["number"] == "output_growth" and row["verdict"] == "holds"


def test_the_records_own_tests_pass(copy: Copy) -> None:
    tests = ["tests/test_data.py", "tests/test_notebooks.py", "tests/test_prose.py"]
    done = copy.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests)
    assert done.returncode == 0, done.stdout[-6000:]


def test_its_page_has_its_verdicts_and_the_front_page_stays_true(copy: Copy) -> None:
    done = copy.helpers("pages", "site")
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {path.name: path.read_text("utf-8") for path in (copy.root / "site").rglob("*.html")}
    own = next(page for name, page in pages.items() if copy.case.briefing in name)
    for row in read(TEXTS / f"{copy.case.briefing}.csv"):
        assert row["printed"] in re.sub("<[^>]+>", "", own)
    chinese = next(page for page in pages.values() if '<html lang="zh' in page)
    chinese = re.sub("<[^>]+>", "", chinese)
    assert f"第{BRIEFING}場" in chinese and copy.case.day not in chinese
