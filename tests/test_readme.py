"""The front page, held against what it describes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import audit, charts, ledger

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
WORDS = dict(enumerate(["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]))


def test_the_answer_is_what_the_audit_says():
    verdicts = audit.rates(ledger.load().only("155"))["verdict"].value_counts()
    said = README.split("**The answer.**")[1].split("\n\n")[0].lower()
    assert f"{WORDS[verdicts['reproduces']]} of the {WORDS[verdicts.sum()]} rates reproduce" in said
    assert f"{WORDS[verdicts['cannot be checked']]} cannot be checked" in said
    assert set(verdicts.index) == {"reproduces", "cannot be checked"} and "none fails" in said


def test_the_scorecard_is_what_the_terminal_prints():
    printed = subprocess.run([sys.executable, "-m", "helpers"], cwd=ROOT, capture_output=True, check=True).stdout
    assert f"```\n{printed.decode('utf-8')}```" in README


def test_the_figure_is_drawn_from_the_record(tmp_path):
    record = ledger.load()
    charts.scorecard(record.only("155"), audit.rates(record.only("155")), save=tmp_path / "scorecard.png")
    again, stored = ((folder / "scorecard.png").read_bytes() for folder in (tmp_path, ROOT / "notebooks"))
    if sys.platform != "linux":
        pytest.skip("figures are drawn a little differently on this system; compared on Linux")
    assert again == stored, "draw it again, with save="


def test_every_path_and_link_exists():
    named = re.findall(r"\]\((?!http)([^)#]+)\)", README) + re.findall(
        r"`((?:data|helpers|notebooks|tests)/[^`*\s]*)`", README
    )
    assert named and [path for path in named if not (ROOT / path).exists()] == []


def test_every_command_is_one_that_the_helpers_know():
    asked = subprocess.run([sys.executable, "-m", "helpers", "--help"], cwd=ROOT, capture_output=True, check=True)
    for command in set(re.findall(r"python3 -m helpers (\w+)", README)):
        assert re.search(rf"^    {command} ", asked.stdout.decode(), re.MULTILINE), command


def test_every_notebook_is_listed_with_its_question():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        title = re.search(r'"# ([^"\\]*\?)', path.read_text(encoding="utf-8"))[1]
        assert f"[{title}](notebooks/{path.name})" in README


def test_every_module_is_described():
    listed = README.split("helpers/     ")[1].split("notebooks/")[0]
    for path in (ROOT / "helpers").glob("[a-z]*"):
        assert re.search(rf"\b{path.stem}\b", listed), path.name
