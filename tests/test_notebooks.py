"""The stored notebooks: executed in order, short, led by their answer, and the same set-up in each.

That a fresh run prints what is stored, nbval checks; the pictures, test_pictures; the numerals of
the prose, test_prose.
"""

from __future__ import annotations

import ast
import json
import re
import statistics
from itertools import pairwise

import pytest

from helpers import ledger
from tests.shell import NOTEBOOKS, cells, run

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code(path):
    return [cell for cell in cells(path) if cell.kind == "code"]


def test_the_seven_questions_are_there_in_reading_order():
    assert [path.name[:3] for path in NOTEBOOKS] == [f"0{n}_" for n in range(7)]


@every
def test_every_code_cell_was_executed_in_order_from_a_fresh_start(path):
    assert [cell.count for cell in code(path)] == list(range(1, len(code(path)) + 1))


@every
def test_what_a_cell_shows_is_stored_and_nothing_else(path):
    for cell in code(path):
        last = ast.parse(cell.source).body[-1]
        assert bool(cell.outputs) == isinstance(last, ast.Expr) or "sys.path" in cell.source
    raw = json.loads(path.read_text("utf-8"))["cells"]
    outputs = [output for cell in raw for output in cell.get("outputs", [])]
    assert {o["output_type"] for o in outputs} <= {"display_data", "execute_result"}
    told = json.dumps([o["data"] for o in outputs if "image/png" not in o["data"]])
    assert not re.search(r"/work/|/home/|/root/|/tmp/|[A-Z]:\\\\|0x[0-9a-f]{6,}", told)
    assert not any({"execution", "collapsed"} & cell["metadata"].keys() for cell in raw)


def test_the_set_up_is_the_same_three_lines_in_each_and_needs_no_installation():
    first = {code(path)[0].source for path in NOTEBOOKS}
    assert len(first) == 1
    (lines,) = (source.splitlines() for source in first)
    assert len(lines) <= 3 and 'sys.path.insert(0, "..")' in lines[0]


@every
def test_a_notebook_is_short(path):
    shown = [output for cell in code(path) for output in cell.outputs]
    assert len(code(path)) <= 16
    assert sum("image/png" in output for output in shown) <= 3
    assert sum("<table>" in output.get("text/html", "") for output in shown) <= 4


@every
def test_cells_are_short_and_define_nothing(path):
    lengths = [len(cell.source.splitlines()) for cell in code(path)]
    assert statistics.median(lengths) <= 3 and max(lengths) <= 8, lengths
    for cell in code(path):
        assert not re.search(r"^\s*(def|class|%|!)|://", cell.source, re.MULTILINE)
        assert not cell.source.rstrip().endswith(";")
        assert all(len(line) <= 100 for line in cell.source.splitlines()), cell.source


@every
def test_prose_is_markdown_and_no_template_in_code(path):
    for cell in code(path):
        for text in ast.walk(ast.parse(cell.source)):
            if isinstance(text, ast.JoinedStr):
                assert " " not in ast.unparse(text), cell.source
    kinds = [cell.kind for cell in cells(path)]
    assert kinds[0] == "markdown"
    assert all(pair != ("code", "code") for pair in pairwise(kinds)), "a line before each cell"


@every
def test_a_notebook_answers_first_in_english_then_in_chinese(path):
    first = re.sub(r"<!--.*?-->", "", cells(path)[0].source, flags=re.DOTALL)
    title, english, chinese = first.split("\n\n")[:3]
    assert re.fullmatch(r"# [^\n]*\?", title)
    assert len(re.findall(r"[.:] ", english)) >= 1 and re.match("[A-Z]", english)
    assert len(re.findall("[一-鿿]", chinese)) > 20 and chinese.endswith("。")
    assert json.loads(path.read_text("utf-8"))["metadata"]["title_zh"].endswith("？")


def test_no_sentence_is_met_twice():
    said = [
        sentence
        for path in NOTEBOOKS
        for cell in cells(path)
        if cell.kind == "markdown"
        for sentence in re.split(r"(?<=[.:?])\s+|\n", re.sub(r"<!--.*?-->", "", cell.source))
        if len(sentence) > 60 and not sentence.startswith(("|", "Next:", "Before:"))
    ]
    assert len(said) == len(set(said)), {s for s in said if said.count(s) > 1}


@every
def test_links_lead_to_notebooks_and_headings_that_are_there(path):
    for link in re.findall(r"\]\(([^)]+)\)", "\n".join(c.source for c in cells(path))):
        name, _, heading = link.partition("#")
        if not name.startswith("http"):
            there = (path.parent / name).read_text("utf-8")
            assert not heading or f"## {heading.replace('-', ' ')}" in there


def test_the_ten_percentages_are_divided_before_ones_eyes():
    rates = [r for r in ledger.load().only("155").tables["numbers"] if r.kind == "rate"]
    checks = [
        (found[1], cell)
        for cell in code(NOTEBOOKS[0])
        if (
            found := re.search(
                r'words\.check\("([^"]+)", (.+ / .+|words\.Division.*)\)', cell.source
            )
        )
    ]
    assert [printed for printed, _ in checks] == [rate.printed for rate in rates]
    for printed, cell in checks:
        (shown,) = cell.outputs
        assert f"prints as {printed}" in shown["text/plain"] or "missing:" in shown["text/plain"]


def test_the_first_notebook_judges_the_rates_of_the_record_as_the_audit_does():
    names = run(NOTEBOOKS[0]).variables
    assert [found.verdict for found in names["checks"]] == names["known"]["verdict"].tolist()
