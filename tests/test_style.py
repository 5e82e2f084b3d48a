"""The code's style, as pyproject.toml sets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_finds_nothing(command):
    ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
    done = subprocess.run(ruff, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


def test_imports_run_one_way():
    order = ["rounding", "ledger", "cells", "words", "explain", "audit", "tamper", "tables", "charts", "scorecard"]
    for place, module in enumerate(order):
        path = ROOT / "helpers" / f"{module}.py"
        code = path.read_text(encoding="utf-8")
        above = [name for name in order[place:] if f"from helpers.{name} import" in code or f"import {name}\n" in code]
        assert [name for name in above if name != module] == [], module
