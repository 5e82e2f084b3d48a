"""The front page, held against what it describes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from helpers import ledger
from helpers.record import audit
from helpers.words import Verdict

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def printed(*arguments: str) -> str:
    command = [sys.executable, "-m", "helpers", *arguments]
    return subprocess.check_output(command, cwd=ROOT, encoding="utf-8")


def test_the_answer_is_what_the_audit_says_in_both_languages() -> None:
    rates = audit.rate_rows(ledger.load().only(ledger.BRIEFING))
    said = Counter(rate.verdict for rate in rates)
    right, unchecked = said[Verdict.REPRODUCES], said[Verdict.UNCHECKED]
    answer = re.sub(r"\s+", " ", README.split("**The answer.**")[1].split("\n\n")[0]).lower()
    assert f"{WORDS[right]} of the {WORDS[len(rates)]} rates reproduce" in answer
    assert f"{WORDS[unchecked]} cannot be checked" in answer
    assert right + unchecked == len(rates) and "none fails" in answer
    chinese = f"{len(rates)}個比率中，{right}個完全相符，{unchecked}個無從核對，沒有一個算錯"
    assert chinese in README


def test_the_scorecard_is_what_the_terminal_prints() -> None:
    assert f"```\n{printed()}```" in README


def test_every_path_and_link_exists() -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    named = re.findall(r"`((?:data|helpers|notebooks|tests)/[^`*\s]*)`", README)
    assert linked and named
    assert [path for path in linked + named if not (ROOT / path).exists()] == []


def test_every_command_is_told_and_is_one_that_the_helpers_know() -> None:
    known = set(re.findall(r"^  ([a-z]+) ", printed("--help").split("commands:")[1], re.MULTILINE))
    told = set(re.findall(r"python3 -m helpers ([a-z]+)", README))
    assert told == known


def test_every_notebook_is_listed_with_its_question() -> None:
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        title = re.search(r'"# ([^"\\]*\?)', path.read_text(encoding="utf-8"))[1]
        assert f"[{title}](notebooks/{path.name})" in README


def test_every_module_is_described() -> None:
    listed = README.split("helpers/     ")[1].split("notebooks/")[0]
    for path in (ROOT / "helpers").rglob("[a-z]*.py"):
        name = path.parent.name if path.parent.name == "edition" else path.stem
        assert re.search(rf"\b{name}\b", listed), path.name
