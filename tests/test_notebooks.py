"""The stored notebooks: executed, in order, clean, and computed. (That a fresh run prints the same, nbval checks.)"""

from __future__ import annotations

import ast
import csv
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests import fast

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST = 15  # lines of a code cell
DIGITS = re.compile(r"(?<![\w.])[0-9][0-9,.]*[%‰]?(?![\w])")


def cells(path: Path, kind: str) -> list[dict]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell | {"source": "".join(cell["source"])} for cell in notebook["cells"] if cell["cell_type"] == kind]


def markdown(path: Path) -> str:
    return "\n".join(cell["source"] for cell in cells(path, "markdown"))


every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_the_seven_questions_are_there_in_reading_order():
    assert [path.name[:3] for path in NOTEBOOKS] == [f"0{n}_" for n in range(7)]


@every
def test_every_code_cell_was_executed_in_order_from_a_fresh_start(path):
    code = cells(path, "code")
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))


@every
def test_every_cell_that_displays_something_has_its_output_stored(path):
    for cell in cells(path, "code"):
        shows = re.search(r"\b(tables\.(show|say)|charts\.\w+)\(", cell["source"]) or ends_in_a_value(cell["source"])
        assert bool(cell["outputs"]) == bool(shows), cell["source"]


def ends_in_a_value(source: str) -> bool:
    last = ast.parse(source).body[-1]
    return isinstance(last, ast.Expr)


@every
def test_outputs_hold_no_error_stream_path_or_time_of_day(path):
    for cell in cells(path, "code"):
        assert not {"execution", "collapsed"} & cell["metadata"].keys()
        for output in cell["outputs"]:
            assert output["output_type"] in ("display_data", "execute_result"), output
            words = json.dumps({k: v for k, v in output["data"].items() if k != "image/png"}, ensure_ascii=False)
            assert not re.search(r"/work/|/home/|/root/|/tmp/|[A-Z]:\\\\|0x[0-9a-f]{6,}", words)


@every
def test_every_figure_carries_its_description_as_text(path):
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            if "image/png" in output["data"]:
                assert len("".join(output["data"]["text/plain"])) > 60


@every
def test_code_is_short_and_defines_nothing(path):
    for cell in cells(path, "code"):
        source = cell["source"]
        assert len(source.splitlines()) <= LONGEST, source
        assert not re.search(r"^\s*(def|class|%|!)", source, re.MULTILINE), source
        assert "://" not in source and not source.rstrip().endswith(";"), source


@every
def test_each_code_cell_has_a_line_of_prose_before_it(path):
    kinds = [cell["cell_type"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert kinds[0] == "markdown" and all(not (before == after == "code") for before, after in pairwise(kinds)), kinds


@every
def test_numbers_in_prose_are_those_that_the_sources_print(path):
    printed = {"2022"}  # the year, which the texts leave to the reader
    for table in sorted((ROOT / "data" / "numbers").glob("*.csv")):
        with table.open(encoding="utf-8", newline="") as rows:
            printed |= {plain(number) for row in csv.DictReader(rows) for number in DIGITS.findall(row["printed"])}
    said = re.sub(r"\]\([^)]*\)|`[^`]*`", "]", markdown(path))  # addresses of links, and code
    typed = [number for number in DIGITS.findall(said) if plain(number) not in printed]
    assert typed == [], "say it with code: tables.say"


def plain(number: str) -> str:
    return number.replace(",", "").rstrip(".")


@every
def test_a_notebook_answers_first_and_leads_on(path):
    said = markdown(path)
    assert re.match(r"# [^\n]*\?\n?", said), "the title is a question"
    first_heading = re.search(r"^## (.*)$", said, re.MULTILINE)
    assert first_heading and first_heading[1].startswith("In short")
    for heading in ("Does it add up?", "What would change the verdict?"):
        assert f"## {heading}" in said, heading
    links = re.findall(r"\]\(([^)#]+\.ipynb)", said)
    assert links and all((path.parent / link).is_file() for link in links)


class _Manager:
    """Stands for a kernel manager of jupyter_client."""

    def __init__(self) -> None:
        self.has_kernel, self.stopped = False, False

    def start_kernel(self, **how: object) -> None:
        assert not self.has_kernel, "started twice"
        self.has_kernel = True

    def shutdown_kernel(self, now: bool) -> None:
        self.stopped = True

    async def _async_wait(self, pollinterval: float = 0.1) -> None: ...


def test_the_next_kernel_starts_while_a_notebook_runs_and_none_is_left_over():
    made = []
    kernels = fast.Kernels(lambda: made.append(_Manager()) or made[-1])
    kernels.to_come = 3
    for k in range(3):
        manager = kernels()
        manager.start_kernel(cwd="notebooks")
        assert manager is made[k], "each notebook has its own"
        assert [m.has_kernel for m in made] == [True] * min(k + 2, 3)
    kernels.stop()
    assert not any(m.stopped for m in made)


def test_a_kernel_that_no_notebook_came_for_is_stopped():
    made = []
    kernels = fast.Kernels(lambda: made.append(_Manager()) or made[-1])
    kernels.to_come = 2
    kernels().start_kernel()
    kernels.stop()
    assert [m.stopped for m in made] == [False, True]
